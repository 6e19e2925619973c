//! `with` statements over instances of the module's classes. In: the loads of `__enter__` and `__exit__`, and the two ways in which the
//! latter is called. Out: methods found by a group (`found::SPECIAL`) and calls of their versions.
//!
//! `__exit__` waits on the stack while the body runs, so its calls stand in other blocks: whether a value can only be such a method is
//! asked of the whole function, and that it is a Python function is tested again. The third argument, the traceback, is made for
//! those methods only that read it; for others it is a number (`number_kind::TRACEBACK`) that becomes the object when the frame is shown.
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact};
use super::points;
use pyaot_abi::{FunctionObject, Header, found, number_kind};
use pyaot_ir::builder::row;
use pyaot_ir::{CodeId, Function, Imm, Inst, Op, Ty, ValueId};
use std::collections::HashSet;
use std::mem::offset_of;

/// CPython: Include/internal/pycore_ceval.h, SPECIAL___ENTER__ and SPECIAL___EXIT__.
const ENTER: i64 = 0;
const EXIT: i64 = 1;

/// Values that hold the method of a `with` statement's exit, or nothing else, wherever they come from.
pub fn exits(f: &Function) -> HashSet<ValueId> {
    let insts = || f.blocks.iter().flat_map(|b| &b.insts);
    let is_exit = |inst: &&Inst| inst.op == Op::LoadSpecial && inst.imms.first() == Some(&Imm::Int(EXIT));
    let loaded: Vec<ValueId> = insts().filter(is_exit).map(|inst| inst.results[0]).collect();
    if loaded.is_empty() {
        return HashSet::new();
    }
    let params = f.blocks.iter().skip(1).flat_map(|b| &b.params).map(|p| p.value);
    let mut all: HashSet<ValueId> = params.chain(loaded).collect();
    loop {
        let before = all.len();
        for inst in insts() {
            for (edge, defined) in points::edges(inst) {
                let params = &f.blocks[edge.block.index()].params;
                for given in &params[..defined] {
                    all.remove(&given.value);
                }
                for (arg, param) in edge.args.iter().zip(&params[defined..]) {
                    if !all.contains(arg) {
                        all.remove(&param.value);
                    }
                }
            }
        }
        if all.len() == before {
            return all;
        }
    }
}

impl Body<'_, '_> {
    /// What the module's classes may have for this name.
    fn managers(&mut self, which: i64) -> Option<(pyaot_ir::ConstId, Vec<CodeId>)> {
        match which {
            ENTER => self.special("__enter__", 1),
            EXIT => self.special("__exit__", 4),
            _ => None,
        }
    }

    pub fn load_special(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let object = inst.args[0];
        let Some(Imm::Int(which)) = inst.imms.first().copied() else {
            return Err("load_special without a number".into());
        };
        let Some((name, candidates)) = self.managers(which).filter(|_| self.is_object(object)) else {
            return self.copy(inst);
        };
        let function = self.found(i, inst.results[0], Op::MethodOf, object, name, found::SPECIAL)?;
        let this = self.this_of(object)?;
        self.found_function(inst, function, this, candidates);
        Ok(Next::On)
    }

    /// The code that a method of this kind likely has, where the value is one: loaded behind a test that it is a function.
    fn exit_code(
        &mut self,
        i: usize,
        callable: ValueId,
        this: ValueId,
    ) -> Result<Option<(ValueId, Vec<CodeId>)>, String> {
        if !self.exits.contains(&callable) || !matches!(self.fact(this), Fact::Boxed(..) | Fact::Opt) {
            return Ok(None);
        }
        let Some((_, candidates)) = self.managers(EXIT) else {
            return Ok(None);
        };
        let exit = self.rare(i)?;
        let function = self.boxed(callable)?;
        self.guarded(Op::GuardType, vec![Imm::Type(Ty::Function)], vec![function], exit);
        let abs = self.abs(this)?;
        if abs.fact == Fact::Opt {
            let word = abs.parts[0].ok_or("a part is missing")?;
            let bits = self.one(Op::Bits, vec![], vec![word]);
            let zero = self.i64(0);
            let some = self.icmp(pyaot_ir::Cond::Ne, bits, zero);
            self.require(i, some)?;
            let object = self.one(Op::FromBits, vec![], vec![bits]);
            let object = self.one(Op::Retain, vec![], vec![object]);
            self.none(Op::Keep, vec![], vec![word]);
            self.env.insert(this, Abs::new(ANY, object));
        }
        let code = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        self.none(Op::Keep, vec![], vec![function]);
        Ok(Some((code, candidates)))
    }

    /// The call of `__exit__` when no exception was raised; `None` when nothing was done.
    pub fn call_exit(&mut self, i: usize, inst: &Inst) -> Result<Option<Next>, String> {
        if inst.op != Op::CallPython || inst.args.len() != 5 {
            return Ok(None);
        }
        let Some((code, candidates)) = self.exit_code(i, inst.args[0], inst.args[1])? else {
            return Ok(None);
        };
        self.load_names()?;
        let arguments = inst.args[1..].to_vec();
        self.dispatch(i, inst, None, code, (&arguments, &[]), &candidates)
            .map(Some)
    }

    /// The call of `__exit__` with an exception; false when nothing was done.
    pub fn with_except_start(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let [callable, this, exception] = inst.args[..] else {
            return Err("with_except_start of other than three".into());
        };
        // One candidate only: the arguments are no values of the original that ways could meet with.
        if !matches!(self.managers(EXIT), Some((_, all)) if all.len() == 1) {
            return Ok(false);
        }
        let Some((code, candidates)) = self.exit_code(i, callable, this)? else {
            return Ok(false);
        };
        let [kind, traceback] = self.extra;
        let word = self.boxed(exception)?;
        let ty = self.b().load(Ty::Any, word, offset_of!(Header, ty));
        let ty = self.one(Op::Retain, vec![], vec![ty]);
        self.none(Op::Keep, vec![], vec![word]);
        self.env.insert(kind, Abs::new(ANY, ty));
        let abs = match self.leaves_unread(candidates[0], 3) {
            true => {
                let none = self.i64(0);
                let kind = i64::from(number_kind::TRACEBACK);
                let kind = self.one(Op::I32, vec![Imm::Int(kind)], vec![]);
                Abs::pair(Fact::Unread, none, kind)
            }
            false => {
                let object = self.one(Op::Call, vec![row("traceback_of")], vec![word]);
                Abs::new(ANY, object)
            }
        };
        self.env.insert(traceback, abs);
        self.load_names()?;
        let arguments = [this, kind, exception, traceback];
        self.dispatch(i, inst, None, code, (&arguments, &[]), &candidates)?;
        for value in [kind, traceback] {
            self.env.remove(&value);
        }
        Ok(true)
    }

    /// The code does nothing with its parameter `k` but keep it.
    fn leaves_unread(&self, code: CodeId, k: usize) -> bool {
        let raw = self.shared.raw.clone();
        let Some(f) = self.shared.module.codes[code.index()].direct.map(|i| &raw[i as usize]) else {
            return false;
        };
        let param = f.blocks[0].params.get(k + 1).map(|p| p.value);
        param.is_some_and(|param| points::unread(f, &HashSet::new()).contains(&param))
    }
}
