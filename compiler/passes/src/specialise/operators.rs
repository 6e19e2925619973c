//! Operators of the module's classes: calls of the special methods that they stand for.
//!
//! In: an op whose operands are no numbers and no built-in sequences as far as tests have told. Out: the call of a version of the method,
//! where the module defines methods of that name. The class is asked by a group (`found::SPECIAL`), and the right operand for whether
//! it goes first. What NotImplemented leads to is left to the runtime.
use super::body::{Abs, Body};
use super::facts::{ANY, Fact, TypeIs, WordTy};
use super::methods::CANDIDATES;
use super::points;
use pyaot_abi::{FunctionObject, Value, found};
use pyaot_ir::builder::row;
use pyaot_ir::{Builder, Cond, Const, ConstId, Imm, Inst, Op, Ty, ValueId};
use std::collections::HashSet;
use std::mem::offset_of;

/// Intrinsic, CPython's NB_* number, method and reflected method.
const BINARY: [(&str, i64, &str, &str); 11] = [
    ("add", 0, "__add__", "__radd__"),
    ("and", 1, "__and__", "__rand__"),
    ("floordiv", 2, "__floordiv__", "__rfloordiv__"),
    ("lshift", 3, "__lshift__", "__rlshift__"),
    ("mul", 5, "__mul__", "__rmul__"),
    ("mod", 6, "__mod__", "__rmod__"),
    ("or", 7, "__or__", "__ror__"),
    ("rshift", 9, "__rshift__", "__rrshift__"),
    ("sub", 10, "__sub__", "__rsub__"),
    ("truediv", 11, "__truediv__", "__rtruediv__"),
    ("xor", 12, "__xor__", "__rxor__"),
];
const COMPARE: [&str; 6] = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"];
const INPLACE: i64 = 13;

impl Body<'_, '_> {
    /// Name and functions of a special method that the module's classes define with that many parameters.
    pub fn special(&mut self, name: &str, params: usize) -> Option<(ConstId, Vec<pyaot_ir::CodeId>)> {
        let name = self.shared.module.add_str(name);
        let all = self.that_take(self.shared.names.methods.get(&name), params, &[]);
        let exact = |code: &pyaot_ir::CodeId| {
            let info = &self.shared.module.codes[code.index()];
            info.plain_params && info.nparams as usize == params
        };
        let fits = !all.is_empty() && all.len() <= CANDIDATES && all.iter().all(exact);
        fits.then_some((name, all))
    }

    /// Some class of the module has a method of this name.
    pub fn defines(&mut self, name: &str) -> bool {
        let name = self.shared.module.add_str(name);
        self.shared.names.methods.contains_key(&name)
    }

    pub fn defines_binary(&mut self, name: &str) -> bool {
        let row = BINARY.into_iter().find(|row| row.0 == name);
        row.is_some_and(|(_, _, plain, reflected)| self.defines(plain) || self.defines(reflected))
    }

    pub fn defines_compare(&mut self, inst: &Inst) -> bool {
        let op = self.int_of(inst.args[2]).filter(|op| (0..6).contains(op));
        op.is_some_and(|op| self.defines(COMPARE[op as usize]))
    }

    pub fn is_object(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::Boxed(TypeIs::Any, _)) && self.hints.get(value) == 0
    }

    fn is_number(&self, value: ValueId) -> bool {
        match self.fact(value) {
            Fact::I64 | Fact::F64 => true,
            Fact::Const(id) => self.shared.int_const(id).is_some() || self.shared.float_const(id).is_some(),
            _ => false,
        }
    }

    /// The call of the special method. `also`: operands that are wanted afterwards, of an operator that asks the right one, too.
    fn call_special(
        &mut self,
        i: usize,
        inst: &Inst,
        (name, candidates): &(ConstId, Vec<pyaot_ir::CodeId>),
        operands: &[ValueId],
        kind: i32,
        also: &[ValueId],
    ) -> Result<(), String> {
        let function = self.found(i, inst.results[0], Op::MethodOf, operands[0], *name, kind)?;
        let code = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        if let [_, other, ..] = operands[..]
            && matches!(self.fact(other), Fact::Boxed(..))
            && !also.is_empty()
        {
            let (a, b) = (self.boxed(operands[0])?, self.boxed(other)?);
            let first = self.one(Op::Call, vec![row("left_first")], vec![a, b]);
            let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
            let yes = self.icmp(Cond::Ne, first, zero);
            self.require(i, yes)?;
        }
        self.load_names()?;
        self.dispatch(i, inst, None, code, (operands, also), candidates)?;
        Ok(())
    }

    /// A binary operator by its intrinsic; `inplace` for `a += b`. The result of inst `i` is the op's.
    pub fn special_binary(
        &mut self,
        i: usize,
        inst: &Inst,
        name: &str,
        (a, b): (ValueId, ValueId),
        inplace: bool,
    ) -> Result<bool, String> {
        let Some((_, number, plain, reflected)) = BINARY.into_iter().find(|row| row.0 == name) else {
            return Ok(false);
        };
        let turned = self.is_number(a) && self.is_object(b);
        if !turned && !self.is_object(a) {
            return Ok(false);
        }
        let own_form = format!("__i{}", &plain[2..]);
        if inplace && self.special(&own_form, 2).is_some() {
            return Ok(false);
        }
        let Some(method) = self.special(if turned { reflected } else { plain }, 2) else {
            return Ok(false);
        };
        let kind = found::SPECIAL | if inplace && !turned { found::NOT_INPLACE } else { 0 };
        let operands = if turned { [b, a] } else { [a, b] };
        let takes = inst.op == Op::TakeAdd;
        let held = self.slots.clone();
        self.call_special(i, inst, &method, &operands, kind, &[a, b])?;
        let result = inst.results[0];
        let op = number + if inplace { INPLACE } else { 0 };
        let mut stepped = held.clone();
        if takes {
            points::step(inst, &mut stepped, &mut HashSet::new());
        }
        let value = self.boxed(result)?;
        let word = self.one(Op::Bits, vec![], vec![value]);
        let unknown = self.i64(Value::NOT_IMPLEMENTED.0 as i64);
        let fine = self.icmp(Cond::Ne, word, unknown);
        let mut kept = self.kept_with(i, result, &[a, b]);
        kept.retain(|v| self.env.contains_key(v));
        let rare = self.split(&kept, true)?;
        let block = rare.block;
        self.guarded(Op::Guard, vec![], vec![fine], rare);
        self.aside(block, i, &kept, |body| {
            let (x, y) = (body.boxed(a)?, body.boxed(b)?);
            let op = body.one(Op::I32, vec![Imm::Int(op)], vec![]);
            let turned = body.one(Op::I32, vec![Imm::Int(i64::from(turned))], vec![]);
            let error = body.error_of(inst)?;
            let args = vec![x, y, op, turned];
            let value = body
                .b()
                .push(Op::Call, vec![row("binary_rest")], args, 1, Ty::Any, error)[0];
            body.env.insert(result, Abs::new(ANY, value));
            if takes {
                body.let_go(a, &stepped)?;
            }
            Ok(())
        })?;
        if takes {
            self.let_go(a, &stepped)?;
        }
        Ok(true)
    }

    /// The local variable that is overwritten next no longer holds its value.
    fn let_go(&mut self, value: ValueId, slots: &[Option<ValueId>]) -> Result<(), String> {
        if matches!(self.fact(value), Fact::Boxed(..)) {
            let word = self.boxed(value)?;
            self.none(Op::Release, vec![], vec![word]);
            self.effect();
        }
        self.slots = slots.to_vec();
        Ok(())
    }

    /// What is wanted after inst `i`, without its result, and these.
    fn kept_with(&mut self, i: usize, result: ValueId, more: &[ValueId]) -> Vec<ValueId> {
        let live = self.live((self.b, i + 1));
        let mut kept: Vec<ValueId> = live.values.iter().copied().filter(|v| *v != result).collect();
        for value in more {
            if !kept.contains(value) {
                kept.push(*value);
            }
        }
        kept
    }

    /// A comparison, whose result is an object or its truth.
    pub fn special_compare(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (a, b) = (inst.args[0], inst.args[1]);
        let Some(op) = self.int_of(inst.args[2]).filter(|op| (0..6).contains(op)) else {
            return Ok(false);
        };
        if !self.is_object(a) {
            return Ok(false);
        }
        let Some((name, candidates)) = self.special(COMPARE[op as usize], 2) else {
            return Ok(false);
        };
        // One candidate only: the truth of the result has no object to meet in.
        let [code] = candidates[..] else { return Ok(false) };
        let result = inst.results[0];
        let function = self.found(i, result, Op::MethodOf, a, name, found::SPECIAL)?;
        let is = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        let wanted = self.one(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
        let same = self.icmp(Cond::Eq, is, wanted);
        self.require(i, same)?;
        if matches!(self.fact(b), Fact::Boxed(..)) {
            let (x, y) = (self.boxed(a)?, self.boxed(b)?);
            let first = self.one(Op::Call, vec![row("left_first")], vec![x, y]);
            let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
            let yes = self.icmp(Cond::Ne, first, zero);
            self.require(i, yes)?;
        }
        self.load_names()?;
        let value = self.call_version_boxed(inst, &[a, b], code)?;
        let truth = !self.f.ty(result).is_object();
        let word = self.one(Op::Bits, vec![], vec![value]);
        let fine = if truth {
            // True and False differ from anything else.
            let (yes, no) = (self.i64(Value::TRUE.0 as i64), self.i64(Value::FALSE.0 as i64));
            let (is_true, is_false) = (self.icmp(Cond::Eq, word, yes), self.icmp(Cond::Eq, word, no));
            self.one(Op::Select, vec![], vec![is_true, is_false, is_true])
        } else {
            let unknown = self.i64(Value::NOT_IMPLEMENTED.0 as i64);
            self.icmp(Cond::Ne, word, unknown)
        };
        let mut kept = self.kept_with(i, result, &[a, b]);
        kept.retain(|v| self.env.contains_key(v));
        let mut rare = self.split(&kept, true)?;
        let given = Builder::new(&mut self.out, rare.block).param(Ty::Any, true, None);
        rare.args.push(value);
        let block = rare.block;
        self.guarded(Op::Guard, vec![], vec![fine], rare);
        self.aside(block, i, &kept, |body| {
            let (x, y) = (body.boxed(a)?, body.boxed(b)?);
            let op = body.one(Op::I32, vec![Imm::Int(op)], vec![]);
            let error = body.error_of(inst)?;
            let name = if truth { "compare_truth" } else { "compare_rest" };
            let args = vec![given, x, y, op];
            let ty = if truth { Ty::I32 } else { Ty::Any };
            let value = body.b().push(Op::Call, vec![row(name)], args, 1, ty, error)[0];
            let fact = if truth { Fact::Word(WordTy::I32) } else { ANY };
            body.env.insert(result, Abs::new(fact, value));
            Ok(())
        })?;
        if truth {
            let yes = self.shared.module.add_const(Const::True);
            let yes = self.one(Op::Const, vec![Imm::Const(yes)], vec![]);
            let flag = self.icmp(Cond::Eq, value, yes);
            self.env.insert(result, Abs::new(Fact::Word(WordTy::I1), flag));
        } else {
            self.env.insert(result, Abs::new(ANY, value));
        }
        Ok(true)
    }

    /// An operator that asks its first operand only.
    pub fn special_call(&mut self, i: usize, inst: &Inst, name: &str, operands: &[ValueId]) -> Result<bool, String> {
        if !self.is_object(operands[0]) {
            return Ok(false);
        }
        let Some(method) = self.special(name, operands.len()) else {
            return Ok(false);
        };
        self.call_special(i, inst, &method, operands, found::SPECIAL, &[])?;
        Ok(true)
    }
}
