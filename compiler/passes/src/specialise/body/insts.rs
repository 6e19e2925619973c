//! One inst of the original: what a handler knows is specialised, the rest is copied over Python values.
use super::{Abs, Body, Next};
use crate::specialise::Result_;
use crate::specialise::facts::{ANY, Fact, NOT_FLOAT, NOT_INT, NOT_NUMBER, TypeIs, WordTy};
use crate::specialise::generators::GENERATOR;
use crate::specialise::points;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Builder, Const, Edge, Imm, Inst, Op, Shape, Ty, ValueId};
use std::collections::HashSet;

impl Body<'_, '_> {
    pub(super) fn inst(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        self.carries = matches!(inst.op, Op::Jump | Op::Br | Op::BrNull) || inst.calls("iter_next");
        let next = self.inst_of(i, inst);
        self.carries = false;
        next
    }

    fn inst_of(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        if points::is_constant(inst) {
            return Ok(Next::On);
        }
        if self.is_inlined(self.b) {
            return self.inlined(i, inst);
        }
        self.inst_plain(i, inst)
    }

    pub(super) fn inst_plain(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        match inst.op {
            Op::SetLocal => {
                let Some(Imm::Int(slot)) = inst.imms.first().copied() else {
                    return Err("set_local without a slot".into());
                };
                let value = inst.args[0];
                let unbound = self.fact(value) == Fact::Unbound;
                let place = self.slots.get_mut(slot as usize).ok_or("slot out of range")?;
                let old = std::mem::replace(place, (!unbound).then_some(value));
                self.note_slot(slot as u32, value)?;
                let only_passes = old.is_some_and(|old| self.unread.contains(&old));
                if only_passes && self.again && self.is_in_quiet_loop() && self.fact(value) == Fact::F64 {
                    // What the variable held before is not to be kept for the way out of later tests.
                    self.quiet_effect();
                }
                Ok(Next::On)
            }
            Op::Release => {
                let abs = self.abs(inst.args[0])?;
                if abs.fact == Fact::Pair {
                    for part in abs.parts.iter().rev().flatten() {
                        self.none(Op::Release, vec![], vec![*part]);
                    }
                    self.effect();
                }
                if matches!(abs.fact, Fact::Boxed(..)) && self.is_in_quiet_loop() && self.is_shared(inst.args[0]) {
                    let part = abs.parts[0].ok_or("a part is missing")?;
                    let exit = self.rare(i)?;
                    self.guarded(Op::GuardShared, vec![], vec![part], exit);
                    self.none(Op::Release, vec![], vec![part]);
                    self.quiet_effect();
                    return Ok(Next::On);
                }
                if matches!(abs.fact, Fact::Boxed(..) | Fact::Opt | Fact::SeqIter(_)) {
                    let part = abs.parts[0].ok_or("a part is missing")?;
                    self.none(Op::Release, vec![], vec![part]);
                    self.effect();
                }
                Ok(Next::On)
            }
            Op::Keep => {
                let abs = self.abs(inst.args[0])?;
                if matches!(abs.fact, Fact::Boxed(..) | Fact::Opt | Fact::SeqIter(_)) {
                    let part = abs.parts[0].ok_or("a part is missing")?;
                    self.none(Op::Keep, vec![], vec![part]);
                }
                Ok(Next::On)
            }
            Op::CheckBound => match self.fact(inst.args[0]) {
                Fact::Boxed(TypeIs::Any, 0) | Fact::Unbound | Fact::Opt => self.copy(inst),
                Fact::Boxed(TypeIs::Any, _) => self.copy(inst),
                _ => Ok(Next::On),
            },
            Op::Poll if self.is_in_quiet_loop() => {
                let exit = self.rare(i)?;
                self.guarded(Op::GuardPoll, vec![], vec![], exit);
                Ok(Next::On)
            }
            Op::ICmp => self.identity(inst),
            Op::Not => {
                let abs = self.abs(inst.args[0])?;
                let new = match abs.fact {
                    Fact::Flag(yes) => Abs::nothing(Fact::Flag(!yes)),
                    _ => {
                        let flag = self.word(inst.args[0])?;
                        let not = self.one(Op::Not, vec![], vec![flag]);
                        Abs::new(Fact::Word(WordTy::of(self.out.ty(not))), not)
                    }
                };
                self.env.insert(inst.results[0], new);
                Ok(Next::On)
            }
            Op::BoxBool => {
                let abs = self.abs(inst.args[0])?;
                let new = match abs.fact {
                    Fact::Flag(yes) => {
                        let id = self
                            .shared
                            .module
                            .add_const(if yes { Const::True } else { Const::False });
                        Abs::nothing(Fact::Const(id))
                    }
                    _ => {
                        let word = self.word(inst.args[0])?;
                        let flag = self.as_flag(word);
                        Abs::new(Fact::Bool, flag)
                    }
                };
                self.env.insert(inst.results[0], new);
                Ok(Next::On)
            }
            Op::Jump => {
                let edge = self.target(&inst.targets[0])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                Ok(Next::Ended)
            }
            Op::Br => {
                if let Fact::Flag(yes) = self.fact(inst.args[0]) {
                    let edge = self.target(&inst.targets[usize::from(!yes)])?;
                    self.end(Op::Jump, vec![], vec![], vec![edge]);
                    return Ok(Next::Ended);
                }
                let flag = self.word(inst.args[0])?;
                let targets = vec![self.target(&inst.targets[0])?, self.target(&inst.targets[1])?];
                self.end(Op::Br, vec![], vec![flag], targets);
                Ok(Next::Ended)
            }
            Op::BrNull => self.br_null(inst),
            Op::Ret => {
                self.ret(inst.args[0])?;
                Ok(Next::Ended)
            }
            Op::Yield | Op::ReturnGenerator => self.suspend(inst),
            Op::Call => self.call(i, inst),
            Op::TakeAdd => {
                self.objects = self.defines_binary("add");
                let done = self.guards && self.binary(i, "add", inst.args[0], inst.args[1], inst.results[0])?;
                self.objects = false;
                if done {
                    let mut unbound = HashSet::new();
                    points::step(inst, &mut self.slots, &mut unbound);
                    return Ok(Next::On);
                }
                let inplace = inst.imms.first() == Some(&Imm::Int(13));
                if self.guards && self.special_binary(i, inst, "add", (inst.args[0], inst.args[1]), inplace)? {
                    return Ok(Next::On);
                }
                let next = self.copy(inst)?;
                points::step(inst, &mut self.slots, &mut HashSet::new());
                Ok(next)
            }
            Op::LoadGlobal if self.guards => self.load_global(i, inst),
            Op::LoadMethod if self.guards => self.load_method(i, inst),
            Op::LoadSpecial if self.guards => self.load_special(i, inst),
            Op::LoadSuperMethod if self.guards => self.load_super_method(i, inst),
            Op::CallPython if self.fused == Some((self.b, i)) => {
                self.fused = None;
                Ok(Next::On)
            }
            Op::CallPython if self.guards => self.call_python(i, inst),
            Op::UnpackSequence if self.guards => self.unpack(i, inst),
            Op::CallPythonKw if self.guards => self.call_keywords(i, inst),
            _ => self.copy(inst),
        }
    }

    pub(super) fn call(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        if inst.calls("iter_next") && self.fact(inst.args[0]).is_virtual() {
            return self.virtual_next(i, inst);
        }
        if !self.guards {
            return self.copy(inst);
        }
        if inst.calls("iter_next")
            && let Some(fact) = self.taken_apart(i, inst)
        {
            return self.next_apart(i, inst, fact);
        }
        if inst.calls("iter_next") && self.fact(inst.args[0]) == GENERATOR {
            return self.next_of_generator(i, inst);
        }
        if inst.calls("iter_next") && self.makes_pairs(i, inst) {
            return self.next_pair(i, inst);
        }
        let operands = |k: usize| inst.args[k];
        let family = family(inst);
        self.objects = match &family {
            Some(Family::Binary(name)) => self.defines_binary(name),
            Some(Family::InPlace) => {
                let name = self.int_of(operands(2)).and_then(inplace_name);
                name.is_some_and(|name| self.defines_binary(name))
            }
            Some(Family::Unary(name)) => self.defines(unary_method(name)),
            Some(Family::Compare) => self.defines_compare(inst),
            _ => false,
        };
        let done = self.family_inst(i, inst, family)?;
        self.objects = false;
        if done {
            return Ok(Next::On);
        }
        let next = self.copy(inst)?;
        if inst.calls("compare") && self.guards {
            self.counted_comparison(i, inst.results[0])?;
        }
        Ok(next)
    }

    fn family_inst(&mut self, i: usize, inst: &Inst, family: Option<Family>) -> Result<bool, String> {
        let operands = |k: usize| inst.args[k];
        Ok(match family {
            Some(Family::Binary(name)) => {
                self.binary(i, name, operands(0), operands(1), inst.results[0])?
                    || self.special_binary(i, inst, name, (operands(0), operands(1)), false)?
            }
            Some(Family::InPlace) => match self.int_of(operands(2)).and_then(inplace_name) {
                Some(name) => {
                    self.binary(i, name, operands(0), operands(1), inst.results[0])?
                        || self.special_binary(i, inst, name, (operands(0), operands(1)), true)?
                }
                None => false,
            },
            Some(Family::Unary(name)) => {
                self.unary(i, name, inst)? || self.special_call(i, inst, unary_method(name), &inst.args)?
            }
            Some(Family::Compare) => self.compare(i, inst)? || self.special_compare(i, inst)?,
            Some(Family::LoadAttr) => self.load_attr(i, inst)?,
            Some(Family::StoreAttr) => self.store_attr(i, inst)?,
            Some(Family::GetItem) => {
                self.getitem_quietly(i, inst)?
                    || self.getitem(i, inst)?
                    || self.special_call(i, inst, "__getitem__", &inst.args)?
            }
            Some(Family::SetItem) => self.setitem(i, inst)? || self.special_call(i, inst, "__setitem__", &inst.args)?,
            Some(Family::Contains) => self.container(inst, "contains")?,
            Some(Family::GetSlice) => self.container(inst, "getslice")?,
            Some(Family::GetIter) => self.get_iter(i, inst)?,
            Some(Family::Append) => self.list_append(inst)?,
            Some(Family::MatchKind(mapping)) => self.match_kind(i, inst, mapping)?,
            Some(Family::Length) => self.length(inst)?,
            None if inst.calls("with_except_start") => self.with_except_start(i, inst)?,
            None => inst.calls("truth") && self.truth(inst)?,
        })
    }

    /// An i1 from a flag of any width.
    pub fn as_flag(&mut self, word: ValueId) -> ValueId {
        if self.out.ty(word) == Ty::I1 {
            return word;
        }
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        self.one(Op::ICmp, vec![Imm::Cond(pyaot_ir::Cond::Ne)], vec![word, zero])
    }

    pub fn target(&mut self, edge: &Edge) -> Result<Edge, String> {
        self.go(edge.block.index(), &edge.args)
    }

    pub(super) fn br_null(&mut self, inst: &Inst) -> Result<Next, String> {
        let value = inst.args[0];
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::Null => {
                let edge = self.target(&inst.targets[0])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
            }
            Fact::Opt => {
                let null = self.target(&inst.targets[0])?;
                self.env.insert(value, Abs { fact: ANY, ..abs });
                let some = self.target(&inst.targets[1])?;
                self.env.insert(value, abs);
                let word = abs.parts[0].ok_or("a part is missing")?;
                self.end(Op::BrNull, vec![], vec![word], vec![null, some]);
            }
            _ => {
                let edge = self.target(&inst.targets[1])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
            }
        }
        Ok(Next::Ended)
    }

    pub(super) fn ret(&mut self, value: ValueId) -> Result<(), String> {
        let abs = self.abs(value)?;
        let is_int = matches!(abs.fact, Fact::Const(id) if self.shared.int_const(id).is_some());
        let is_float = matches!(abs.fact, Fact::Const(id) if self.shared.float_const(id).is_some());
        match abs.fact {
            Fact::I64 => self.returns.ints += 1,
            Fact::F64 => self.returns.floats += 1,
            Fact::Const(_) if is_int => self.returns.ints += 1,
            Fact::Const(_) if is_float => self.returns.floats += 1,
            Fact::Boxed(TypeIs::Any, not) if not & NOT_NUMBER != NOT_NUMBER => self.returns.ty = Some(TypeIs::Any),
            Fact::Boxed(ty, _) => self.returns.add_other(ty),
            _ => self.returns.add_other(TypeIs::Any),
        }
        let raw = match (self.result, abs.fact) {
            (Some(Result_::I64), Fact::I64) | (Some(Result_::F64), Fact::F64) => abs.parts[0],
            (Some(Result_::I64), Fact::Const(_)) if is_int => Some(self.convert(value, Fact::I64)?[0]),
            (Some(Result_::F64), Fact::Const(_)) if is_float => Some(self.convert(value, Fact::F64)?[0]),
            _ => None,
        };
        match raw {
            Some(raw) => self.ret_raw(raw),
            None => {
                let boxed = self.boxed(value)?;
                match (self.result, abs.fact) {
                    (Some(kind @ (Result_::I64 | Result_::F64)), Fact::Boxed(TypeIs::Any, not)) => {
                        self.ret_number(boxed, self.owned(value), kind, not)?;
                    }
                    _ => self.end(Op::Ret, vec![], vec![boxed], vec![]),
                }
            }
        }
        Ok(())
    }

    /// Callers go on with raw numbers: what turns out to be one is returned as such.
    fn ret_number(&mut self, boxed: ValueId, own: bool, kind: Result_, not: u8) -> Result<(), String> {
        let (op, bit) = match kind {
            Result_::F64 => (Op::GuardFloat, NOT_FLOAT),
            _ => (Op::GuardInt, NOT_INT),
        };
        if not & bit != 0 {
            self.end(Op::Ret, vec![], vec![boxed], vec![]);
            return Ok(());
        }
        let other = self.out.new_block();
        self.out.block_mut(other).cold = self.out.block(self.block).cold;
        let mut b = Builder::new(&mut self.out, other);
        b.site = self.site;
        let object = b.param(Ty::Any, own, None);
        b.end(Op::Ret, vec![], vec![object], vec![]);
        let exit = Edge {
            block: other,
            args: vec![boxed],
        };
        let raw = self.guarded(op, vec![], vec![boxed], exit).ok_or("no result")?;
        self.ret_raw(raw);
        Ok(())
    }

    fn ret_raw(&mut self, raw: ValueId) {
        let word = match self.out.ty(raw) {
            Ty::F64 => self.one(Op::F64Bits, vec![], vec![raw]),
            _ => raw,
        };
        self.end(Op::RetRaw, vec![], vec![word], vec![]);
    }

    /// A heap frame holds Python values, and for versions that go on with these, raw numbers and iterators that have no object.
    pub(super) fn suspend(&mut self, inst: &Inst) -> Result<Next, String> {
        if self.may_hand_on(inst) {
            self.hand_on(inst)?;
        }
        let operands = inst
            .args
            .iter()
            .map(|v| self.boxed(*v))
            .collect::<Result<Vec<_>, _>>()?;
        let defined = usize::from(inst.op.row().shape == Shape::EndsResume);
        let edge = inst.targets.last().ok_or("a suspension that does not go on")?;
        let numbers = inst.op == Op::Yield && !self.generic;
        let is_raw = |fact: Fact| matches!(fact, Fact::I64 | Fact::F64 | Fact::RangeIter(_) | Fact::SeqIter(_));
        for value in inst.edges().flat_map(|e| &e.args) {
            let raw = numbers && is_raw(self.fact(*value));
            if self.f.ty(*value).is_object() && !raw {
                let object = self.boxed(*value)?;
                let fact = match (self.out.ty(object), self.fact(*value)) {
                    (Ty::Opt, _) => Fact::Opt,
                    (_, Fact::Boxed(ty, _)) => Fact::Boxed(ty, 0),
                    _ => ANY,
                };
                self.env.insert(*value, Abs::new(fact, object));
            }
        }
        let point = (edge.block.index(), 0);
        let mut facts: Vec<Fact> = vec![ANY; defined];
        for value in &edge.args {
            facts.push(self.fact(*value));
        }
        let version = self.request(point, facts, self.generic, false, None);
        // What the version wants otherwise is converted before the suspension, whose edge has no room for that.
        let wants = self.wants(version)[defined..].to_vec();
        for (value, want) in edge.args.iter().zip(wants) {
            if is_raw(self.fact(*value)) && !self.passes(*value, want) {
                let parts = self.convert(*value, want)?;
                let mut abs = Abs::nothing(want);
                for (place, part) in abs.parts.iter_mut().zip(parts) {
                    *place = Some(part);
                }
                self.env.insert(*value, abs);
            }
        }
        let error = self.error_of(inst)?;
        let target = self.edge_to(version, &edge.args, defined)?;
        let mut targets = self.entries(inst)?;
        targets.push(target);
        self.end(inst.op, inst.imms.clone(), operands, targets);
        let block = self.block;
        if let Some(last) = self.out.block_mut(block).insts.last_mut() {
            last.error = error;
        }
        Ok(Next::Ended)
    }

    /// Versions for unknown values of the blocks at which objects of a generator go on that were made elsewhere.
    fn entries(&mut self, inst: &Inst) -> Result<Vec<Edge>, String> {
        if inst.op != Op::ReturnGenerator || inst.imms.is_empty() {
            return Ok(vec![]);
        }
        let function = self.boxed(inst.args[0])?;
        let nothing = self.one(Op::Unbound, vec![], vec![]);
        let mut edges = Vec::with_capacity(inst.imms.len());
        for edge in &inst.targets[..inst.imms.len()] {
            let params = &self.f.block(edge.block).params;
            let facts: Vec<Fact> = params.iter().map(|p| Fact::unknown(self.f.ty(p.value))).collect();
            let point = (edge.block.index(), 0);
            let mut version = self.request(point, facts.clone(), false, false, None);
            if self.wants(version) != facts {
                version = self.request(point, facts, true, false, None);
            }
            let args = edge
                .args
                .iter()
                .map(|v| if *v == inst.args[0] { function } else { nothing });
            edges.push(Edge {
                block: self.block_of(version),
                args: args.collect(),
            });
        }
        Ok(edges)
    }

    /// Names that were only tested become objects before other code can bind them anew.
    pub fn load_names(&mut self) -> Result<(), String> {
        let mut names: Vec<ValueId> = self
            .env
            .iter()
            .filter(|(_, abs)| matches!(abs.fact, Fact::Function(_) | Fact::Builtin(_)))
            .map(|(v, _)| *v)
            .collect();
        names.sort();
        for value in names {
            self.boxed(value)?;
        }
        Ok(())
    }

    /// The op as it is, over Python values.
    pub fn copy(&mut self, inst: &Inst) -> Result<Next, String> {
        if self.is_inlined(self.b) && !self.only_computes(inst) {
            return self.leave_inlined();
        }
        self.copied = true;
        if inst.effect() == OpEffect::Foreign {
            self.load_names()?;
        }
        // A name is read again with the same outcome.
        if inst.effect() != OpEffect::Pure && inst.op != Op::LoadGlobal {
            self.effect();
        }
        let args = inst
            .args
            .iter()
            .map(|v| self.operand(*v))
            .collect::<Result<Vec<_>, _>>()?;
        let error = self.error_of(inst)?;
        let targets = inst
            .targets
            .iter()
            .map(|e| self.target(e))
            .collect::<Result<Vec<_>, _>>()?;
        let mut new = Inst::new(inst.op, inst.imms.clone(), args);
        new.site = inst.site;
        new.error = error;
        new.targets = targets;
        for result in &inst.results {
            let ty = self.f.ty(*result);
            let value = self.out.new_value(ty);
            new.results.push(value);
            let fact = match ty {
                Ty::Any => made_type(inst).map_or(ANY, |t| Fact::Boxed(t, 0)),
                _ => Fact::unknown(ty),
            };
            self.env.insert(*result, Abs::new(fact, value));
        }
        let ended = inst.op.is_terminator();
        let block = self.block;
        self.out.block_mut(block).insts.push(new);
        Ok(if ended { Next::Ended } else { Next::On })
    }
}

/// Type of what an op always makes.
fn made_type(inst: &Inst) -> Option<TypeIs> {
    match inst.intrinsic()?.name {
        "build_list" => Some(TypeIs::List),
        "build_tuple" | "list_to_tuple" => Some(TypeIs::Tuple),
        "build_map" => Some(TypeIs::Dict),
        "build_set" => Some(TypeIs::Set),
        "build_generator" => Some(TypeIs::Generator),
        "build_string" | "format_simple" | "format_with_spec" | "convert_value" => Some(TypeIs::Str),
        _ => None,
    }
}

fn unary_method(name: &str) -> &'static str {
    match name {
        "neg" => "__neg__",
        "pos" => "__pos__",
        _ => "__invert__",
    }
}

/// Intrinsics that have code of their own behind guards.
enum Family {
    Binary(&'static str),
    InPlace,
    Unary(&'static str),
    Compare,
    LoadAttr,
    StoreAttr,
    GetItem,
    SetItem,
    Contains,
    GetSlice,
    GetIter,
    Append,
    /// A sequence pattern's test, or (true) that of a mapping pattern.
    MatchKind(bool),
    Length,
}

fn family(inst: &Inst) -> Option<Family> {
    if inst.op != Op::Call {
        return None;
    }
    Some(match inst.intrinsic()?.name {
        name @ ("add" | "sub" | "mul" | "truediv" | "floordiv" | "mod" | "and" | "or" | "xor" | "lshift" | "rshift"
        | "pow") => Family::Binary(name),
        "inplace_op" => Family::InPlace,
        name @ ("neg" | "pos" | "invert") => Family::Unary(name),
        "compare" | "compare_bool" => Family::Compare,
        "load_attr" => Family::LoadAttr,
        "store_attr" => Family::StoreAttr,
        "getitem" => Family::GetItem,
        "setitem" => Family::SetItem,
        "contains" => Family::Contains,
        "getslice" => Family::GetSlice,
        "get_iter" => Family::GetIter,
        "list_append" => Family::Append,
        "match_sequence" => Family::MatchKind(false),
        "match_mapping" => Family::MatchKind(true),
        "get_len" => Family::Length,
        _ => return None,
    })
}

/// CPython: Include/opcode.h, NB_INPLACE_ADD = 13 and the rest in the order of the plain ones.
pub(super) fn inplace_name(op: i64) -> Option<&'static str> {
    Some(match op - 13 {
        0 => "add",
        1 => "and",
        2 => "floordiv",
        3 => "lshift",
        5 => "mul",
        6 => "mod",
        7 => "or",
        8 => "pow",
        9 => "rshift",
        10 => "sub",
        11 => "truediv",
        12 => "xor",
        _ => return None,
    })
}
