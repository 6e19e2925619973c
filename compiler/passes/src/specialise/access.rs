//! Items of lists and tuples, and loops over ranges, lists and tuples without iterator objects.
//!
//! What memory holds is read each time; only the type of the sequence is a fact. An item is borrowed until it is known whether it
//! is a number, which needs no reference.
use super::arith::Num;
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, NOT_FLOAT, NOT_INT, NOT_LIST, NOT_STR, NOT_TUPLE, TypeIs};
use super::generators::GENERATOR;
use super::hints;
use pyaot_abi::{ListObject, TupleObject};
use pyaot_ir::builder::row;
use pyaot_ir::{Cond, Edge, Imm, Inst, Op, Shape, Ty, ValueId};
use std::mem::offset_of;

/// Length of str, list and tuple objects alike.
pub const LENGTH: usize = offset_of!(ListObject, len);
const LIST_ITEMS: usize = offset_of!(ListObject, items);
pub const TUPLE_ITEMS: usize = offset_of!(TupleObject, items);
const _: () = assert!(offset_of!(TupleObject, len) == LENGTH && offset_of!(pyaot_abi::StrObject, len) == LENGTH);

impl Body<'_, '_> {
    /// The sequence type that a value has, or is guessed and tested to have. `second`: what is likely for one that is no list.
    pub fn sequence(&mut self, i: usize, value: ValueId, second: TypeIs) -> Result<Option<TypeIs>, String> {
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::Boxed(ty @ (TypeIs::List | TypeIs::Tuple | TypeIs::Str), _) => Ok(Some(ty)),
            Fact::Boxed(TypeIs::Any, not) => {
                let hint = match self.hints.get(value) {
                    hints::CHARACTERS if not & NOT_STR != 0 => 0,
                    hint => hint,
                };
                let text = hints::STR | hints::CHARACTERS;
                let mut all = [
                    (text, TypeIs::Str, NOT_STR),
                    (hints::LIST, TypeIs::List, NOT_LIST),
                    (hints::TUPLE, TypeIs::Tuple, NOT_TUPLE),
                ];
                if hint == 0 {
                    all.swap(0, 1);
                    if second == TypeIs::Tuple {
                        all.swap(1, 2);
                    }
                }
                let possible = |(kind, _, bit): &&(u16, TypeIs, u8)| not & bit == 0 && (hint == 0 || hint & kind != 0);
                let mut possible = all.iter().filter(possible);
                let Some((_, ty, bit)) = possible.next().copied() else {
                    return Ok(None);
                };
                // A guess without a hint is not worth the way to generic code.
                let guessed = matches!(hint, 0 | hints::CHARACTERS);
                if guessed && !self.has_room((self.b, i)) {
                    return Ok(None);
                }
                let exit = match possible.next() {
                    None if !guessed => self.rare(i)?,
                    None => self.failed(i, value, bit)?,
                    Some(_) => self.failed(i, value, bit)?,
                };
                let part = abs.parts[0].ok_or("a part is missing")?;
                self.guarded(Op::GuardType, vec![Imm::Type(ty.ty())], vec![part], exit);
                self.env.insert(
                    value,
                    Abs {
                        fact: Fact::Boxed(ty, 0),
                        ..abs
                    },
                );
                Ok(Some(ty))
            }
            _ => Ok(None),
        }
    }

    /// The sign of an index, or a guess: what is below zero after all is out of range.
    fn known_sign(&self, key: ValueId) -> Option<i64> {
        self.const_int(key).or(self.hints.is_index(key).then_some(0))
    }

    /// A raw index of either sign as one from the start; out of range leaves.
    fn item_index(&mut self, i: usize, seq: ValueId, key: ValueId, known: Option<i64>) -> Result<ValueId, String> {
        let n = self.b().load(Ty::I64, seq, LENGTH);
        let index = match known {
            Some(0..) => key,
            Some(_) => self.one(Op::IAdd, vec![], vec![key, n]),
            None => {
                let bits = self.i64(63);
                let sign = self.one(Op::IShr, vec![], vec![key, bits]);
                let from_end = self.one(Op::IAnd, vec![], vec![sign, n]);
                self.one(Op::IAdd, vec![], vec![key, from_end])
            }
        };
        let inside = self.icmp(Cond::Ult, index, n);
        self.require(i, inside)?;
        Ok(index)
    }

    pub fn place(&mut self, seq: ValueId, ty: TypeIs, index: ValueId) -> ValueId {
        let base = match ty {
            TypeIs::List => self.b().load(Ty::Ptr, seq, LIST_ITEMS),
            _ => self.one(Op::Offset, vec![Imm::Int(TUPLE_ITEMS as i64)], vec![seq]),
        };
        self.one(Op::Index, vec![], vec![base, index])
    }

    pub fn getitem(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        Ok(self.container(inst, "getitem")? || self.item_of_sequence(i, inst)?)
    }

    /// The item at an index.
    pub fn item_of_sequence(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (a, key) = (inst.args[0], inst.args[1]);
        if !self.may_be_number(key, NOT_INT) {
            return Ok(false);
        }
        // What has a key of which nothing is known may as well be a dict.
        let is_open = self.hints.get(a) == 0 && matches!(self.fact(key), Fact::Boxed(..));
        if is_open && matches!(self.fact(a), Fact::Boxed(TypeIs::Any, _)) {
            return Ok(false);
        }
        // Texts are walked through, tuples have fields.
        let second = match self.const_int(key) {
            Some(_) => TypeIs::Tuple,
            None => TypeIs::Str,
        };
        let Some(ty) = self.sequence(i, a, second)? else {
            return Ok(false);
        };
        let Some(Num::I(index)) = self.number(i, key, NOT_INT, false)? else {
            return Ok(false);
        };
        let seq = self.boxed(a)?;
        let known = self.known_sign(key);
        if ty == TypeIs::Str {
            let index = self.item_index(i, seq, index, known)?;
            let code = self.character_at(seq, index);
            self.env.insert(inst.results[0], Abs::new(Fact::Char, code));
            return Ok(true);
        }
        let index = self.item_index(i, seq, index, known)?;
        let address = self.place(seq, ty, index);
        let item = self.b().load(Ty::Any, address, 0);
        self.loaded(i, item, inst.results[0])?;
        self.none(Op::Keep, vec![], vec![seq]);
        Ok(true)
    }

    /// A borrowed value becomes the result of inst `i`: a raw number where a number is wanted next, else with a reference of its own.
    pub fn loaded(&mut self, i: usize, item: ValueId, result: ValueId) -> Result<(), String> {
        if self.wants_number(self.b, i + 1, result, 0) {
            self.env.insert(result, Abs::new(ANY, item));
            let order = self.floats_first;
            if self.number(i + 1, result, NOT_INT | NOT_FLOAT, order)?.is_some() {
                return Ok(());
            }
        }
        let owned = self.one(Op::Retain, vec![], vec![item]);
        self.env.insert(result, Abs::new(ANY, owned));
        Ok(())
    }

    /// Does `work` in a block made by [`Body::split`], which then goes on behind inst `i` in generic code; the state here is not changed by it.
    pub fn aside(
        &mut self,
        block: pyaot_ir::BlockId,
        i: usize,
        kept: &[ValueId],
        work: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let (here, env, slots, exit) = (self.block, self.env.clone(), self.slots.clone(), self.exit.clone());
        let (tested, methods) = (self.tested.clone(), self.methods.clone());
        let (fields, apart, quiet) = (self.fields.clone(), self.apart.clone(), self.quiet);
        self.land(block, 0, kept, &env)?;
        self.set_held(&slots)?;
        work(self)?;
        let on = self.edge((self.b, i + 1), None, true)?;
        self.end(Op::Jump, vec![], vec![], vec![on]);
        (self.block, self.env, self.slots, self.exit) = (here, env, slots, exit);
        (self.tested, self.methods) = (tested, methods);
        (self.fields, self.apart, self.quiet) = (fields, apart, quiet);
        Ok(())
    }

    /// Whether the first use of a value, from inst `i` of block `b` on, is as a number.
    pub fn wants_number(&self, b: usize, i: usize, value: ValueId, depth: usize) -> bool {
        let f = self.f;
        for inst in &f.blocks[b].insts[i..] {
            let used = inst.args.iter().position(|v| *v == value);
            if let Some(k) = used {
                let name = inst.intrinsic().map_or("", |row| row.name);
                match (inst.op, name) {
                    (Op::SetLocal | Op::Release | Op::CheckBound, _) => continue,
                    (Op::TakeAdd, _) => return true,
                    (Op::Call, "getitem" | "setitem") => {
                        return k == 1 && self.hints.get(inst.args[0]) & hints::DICT == 0;
                    }
                    (Op::CallPython, _) => return k > 1 && self.is_extreme(inst.args[0]),
                    // Equality is asked of anything, and tested where it is asked.
                    (Op::Call, "compare" | "compare_bool") if self.is_equality(inst) => {
                        let other = inst.args.get(1 - k.min(1));
                        return other.is_some_and(|o| self.is_known_number(*o));
                    }
                    (Op::Call, "add" | "mul" | "mod" | "compare" | "compare_bool") => {
                        let other = inst.args.get(1 - k.min(1)).copied();
                        return other.is_none_or(|o| {
                            self.may_be_number(o, NOT_INT | NOT_FLOAT)
                                || !self.env.contains_key(&o) && !self.is_const(o)
                        });
                    }
                    (
                        Op::Call,
                        "sub" | "truediv" | "floordiv" | "and" | "or" | "xor" | "lshift" | "rshift" | "pow"
                        | "inplace_op" | "neg" | "invert",
                    ) => return true,
                    _ => return false,
                }
            }
            if inst.op.row().shape != Shape::Plain {
                let Some(edge) = inst.targets.last() else { return false };
                let Some(k) = edge.args.iter().position(|v| *v == value) else {
                    return false;
                };
                let target = edge.block.index();
                let param = f.blocks[target].params.get(k).map(|p| p.value);
                return depth < 2 && param.is_some_and(|p| self.wants_number(target, 0, p, depth + 1));
            }
        }
        false
    }

    fn is_equality(&self, inst: &Inst) -> bool {
        matches!(inst.args.get(2).and_then(|v| self.int_of(*v)), Some(2 | 3))
    }

    /// It is known to be one.
    fn is_known_number(&self, value: ValueId) -> bool {
        self.env.contains_key(&value)
            && match self.fact(value) {
                Fact::I64 | Fact::F64 => true,
                Fact::Const(_) => self.may_be_number(value, NOT_INT | NOT_FLOAT),
                _ => false,
            }
    }

    fn is_const(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::Const(_)) && !self.may_be_number(value, NOT_INT | NOT_FLOAT)
    }

    pub fn setitem(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (a, key, value) = (inst.args[0], inst.args[1], inst.args[2]);
        if self.container(inst, "setitem")? {
            return Ok(true);
        }
        if !self.may_be_number(key, NOT_INT) {
            return Ok(false);
        }
        match self.abs(a)?.fact {
            Fact::Boxed(TypeIs::List, _) => {}
            Fact::Boxed(TypeIs::Any, not)
                if not & NOT_LIST == 0
                    && matches!(self.hints.get(a) & !(hints::TUPLE | hints::CHARACTERS), 0 | hints::LIST) =>
            {
                if self.sequence(i, a, TypeIs::Str)? != Some(TypeIs::List) {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
        let Some(Num::I(index)) = self.number(i, key, NOT_INT, false)? else {
            return Ok(false);
        };
        let list = self.boxed(a)?;
        let known = self.known_sign(key);
        let index = self.item_index(i, list, index, known)?;
        let address = self.place(list, TypeIs::List, index);
        if self.is_raw_number(value) {
            let old = self.b().load(Ty::Any, address, 0);
            self.require_immediate(i, old)?;
            let item = self.number_object(i, value)?;
            self.none(Op::Put, vec![Imm::Int(0)], vec![address, item]);
            self.none(Op::Keep, vec![], vec![list]);
            self.quiet_effect();
            return Ok(true);
        }
        self.load_names()?;
        let item = self.boxed(value)?;
        let old = self.b().take(Ty::Any, address, 0);
        self.none(Op::Put, vec![Imm::Int(0)], vec![address, item]);
        self.none(Op::Keep, vec![], vec![list]);
        self.none(Op::Release, vec![], vec![old]);
        self.effect();
        Ok(true)
    }

    pub fn list_append(&mut self, inst: &Inst) -> Result<bool, String> {
        let (list, value) = (inst.args[0], inst.args[1]);
        if !matches!(self.fact(list), Fact::Boxed(TypeIs::List, _)) {
            return Ok(false);
        }
        self.append(inst, list, value)?;
        Ok(true)
    }

    pub fn append(&mut self, inst: &Inst, list: ValueId, value: ValueId) -> Result<(), String> {
        let object = self.boxed(list)?;
        let item = self.boxed(value)?;
        let error = self.error_of(inst)?;
        self.b()
            .push(Op::Call, vec![row("list_push")], vec![object, item], 1, Ty::I32, error);
        self.quiet_effect();
        Ok(())
    }

    // ---- loops ----

    pub fn get_iter(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (value, result) = (inst.args[0], inst.results[0]);
        let abs = self.abs(value)?;
        if let Fact::Range(step) = abs.fact {
            self.env.insert(
                result,
                Abs {
                    fact: Fact::RangeIter(step),
                    ..abs
                },
            );
            return Ok(true);
        }
        if abs.fact == GENERATOR {
            let object = self.boxed(value)?;
            let held = self.one(Op::Retain, vec![], vec![object]);
            self.env.insert(result, Abs::new(GENERATOR, held));
            return Ok(true);
        }
        if !self.only_loops(self.b, i + 1, result) {
            return Ok(false);
        }
        // What a generator is given is often another one.
        let unknown = matches!(self.fact(value), Fact::Boxed(TypeIs::Any, _)) && self.hints.get(value) == 0;
        if self.is_generator && unknown {
            return Ok(false);
        }
        if self.hints.get(value) & (hints::DICT | hints::SET) != 0 || self.hints.get(result) & hints::UNINDEXED != 0 {
            return Ok(false);
        }
        let Some(ty @ (TypeIs::List | TypeIs::Tuple | TypeIs::Str)) = self.sequence(i, value, TypeIs::Tuple)? else {
            return Ok(false);
        };
        let object = self.boxed(value)?;
        let held = self.one(Op::Retain, vec![], vec![object]);
        let zero = self.i64(0);
        self.env.insert(result, Abs::pair(Fact::SeqIter(ty), held, zero));
        Ok(true)
    }

    /// The iterator goes straight into a loop.
    fn only_loops(&self, b: usize, i: usize, iterator: ValueId) -> bool {
        let f = self.f;
        f.blocks[b].insts[i..]
            .iter()
            .all(|inst| !inst.args.contains(&iterator) || inst.calls("iter_next") || matches!(inst.op, Op::Release))
    }

    /// The step of an iterator that has no object; the branch on its result follows.
    pub fn virtual_next(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let f = self.f;
        let (iterator, item) = (inst.args[0], inst.results[0]);
        let Some(branch) = f.blocks[self.b]
            .insts
            .get(i + 1)
            .filter(|n| n.op == Op::BrNull && n.args == [item])
        else {
            return Err("iter_next without its branch".into());
        };
        let abs = self.abs(iterator)?;
        let (Some(a), Some(b)) = (abs.parts[0], abs.parts[1]) else {
            return Err("an iterator lacks a part".into());
        };
        let (end, more) = (&branch.targets[0], &branch.targets[1]);
        match abs.fact {
            Fact::RangeIter(step) => {
                let flag = self.icmp(if step > 0 { Cond::Lt } else { Cond::Gt }, a, b);
                let by = self.i64(step);
                let next = self.one(Op::IAdd, vec![], vec![a, by]);
                let done = self.target(end)?;
                self.env.insert(item, Abs::new(Fact::I64, a));
                self.env.insert(iterator, Abs::pair(abs.fact, next, b));
                let on = self.target(more)?;
                self.end(Op::Br, vec![], vec![flag], vec![on, done]);
            }
            Fact::SeqIter(ty) => {
                let n = self.b().load(Ty::I64, a, LENGTH);
                let flag = self.icmp(Cond::Ult, b, n);
                let done = self.target(end)?;
                let kept: Vec<ValueId> = more.args.iter().copied().filter(|v| *v != item).collect();
                let (on, known) = self.split_known(&kept)?;
                let from = self.block;
                self.land_known(&on, &kept, known)?;
                let abs = self.abs(iterator)?;
                let (Some(seq), Some(index)) = (abs.parts[0], abs.parts[1]) else {
                    return Err("an iterator lacks a part".into());
                };
                let one = self.i64(1);
                let next = self.one(Op::IAdd, vec![], vec![index, one]);
                self.env.insert(iterator, Abs::pair(abs.fact, seq, next));
                if ty == TypeIs::Str {
                    let code = self.character_at(seq, index);
                    self.env.insert(item, Abs::new(Fact::Char, code));
                    let edge = self.target(more)?;
                    self.end(Op::Jump, vec![], vec![], vec![edge]);
                    self.block = from;
                    self.end(Op::Br, vec![], vec![flag], vec![on, done]);
                    return Ok(Next::Ended);
                }
                let address = self.place(seq, ty, index);
                let loaded = self.b().load(Ty::Any, address, 0);
                self.env.insert(item, Abs::new(ANY, loaded));
                let target = more.block.index();
                let param = more
                    .args
                    .iter()
                    .position(|v| *v == item)
                    .map(|k| f.blocks[target].params[k].value);
                if self.guards && param.is_some_and(|p| self.wants_number(target, 0, p, 0)) {
                    let (op, fact, bit) = if self.floats_first {
                        (Op::GuardFloat, Fact::F64, NOT_FLOAT)
                    } else {
                        (Op::GuardInt, Fact::I64, NOT_INT)
                    };
                    self.env.insert(item, Abs::new(Fact::Boxed(TypeIs::Any, bit), loaded));
                    let other = self.target(more)?;
                    let raw = self.guarded(op, vec![], vec![loaded], other).ok_or("no result")?;
                    self.env.insert(item, Abs::new(fact, raw));
                }
                let edge = self.target(more)?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                self.block = from;
                self.end(Op::Br, vec![], vec![flag], vec![on, done]);
            }
            _ => return Err("not an iterator without object".into()),
        }
        Ok(Next::Ended)
    }

    /// A new block that is given these values as they are.
    pub fn split(&mut self, values: &[ValueId], cold: bool) -> Result<Edge, String> {
        let block = self.out.new_block();
        self.out.block_mut(block).cold = cold || self.out.block(self.block).cold;
        let mut args = Vec::new();
        for value in values {
            let abs = self.abs(*value)?;
            for (k, ty) in abs.fact.parts().iter().enumerate() {
                args.push(abs.parts[k].ok_or("a part is missing")?);
                let own = ty.is_object() && self.holds(*value, abs.fact);
                pyaot_ir::Builder::new(&mut self.out, block).param(*ty, own, None);
            }
        }
        Ok(Edge { block, args })
    }

    /// Goes on in a block made by [`Body::split`], behind `skip` parameters of its own; `env` is the state before it.
    pub fn land(
        &mut self,
        block: pyaot_ir::BlockId,
        skip: usize,
        values: &[ValueId],
        env: &super::body::Env,
    ) -> Result<(), String> {
        let facts: Vec<Fact> = values
            .iter()
            .map(|v| env.get(v).map_or_else(|| self.fact(*v), |a| a.fact))
            .collect();
        self.enter(block, skip, values, &facts);
        Ok(())
    }
}
