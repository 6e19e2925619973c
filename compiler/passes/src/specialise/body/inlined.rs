//! Blocks of generators that were inlined into their consumer. In: a block that begins with `inlined`. Out: versions in which it only computes.
//!
//! Whatever is more than that, and every test that fails, leads to the generic code of the block's start, which is where the `inlined` op
//! leads. So what the block computes has no effect before its end, where at most one value goes, that somebody else holds, too.
use super::{Body, Next};
use crate::specialise::facts::{Fact, NOT_NUMBER, NOT_STR, TypeIs};
use pyaot_ir::builder::row;
use pyaot_ir::op::OpEffect;
use pyaot_ir::op::Raises;
use pyaot_ir::{BlockId, Cond, Const, Imm, Inst, Op, Ty, ValueId};

impl Body<'_, '_> {
    pub fn is_inlined(&self, block: usize) -> bool {
        self.f.blocks[block].insts.first().is_some_and(|i| i.op == Op::Inlined)
    }

    /// To where the generators have objects.
    pub fn leave_inlined(&mut self) -> Result<Next, String> {
        self.leaves = true;
        let exit = self.rare(0)?;
        self.end(Op::Jump, vec![], vec![], vec![exit]);
        Ok(Next::Ended)
    }

    /// Ops that may be copied: what they give is dropped when the block is left.
    pub(super) fn only_computes(&self, inst: &Inst) -> bool {
        let builds = inst.op == Op::Build && inst.intrinsic().is_some_and(|row| row.name == "build_tuple");
        inst.effect() == OpEffect::Pure || builds || inst.calls("is_function_of")
    }

    /// What a version of such a block has become.
    pub(super) fn note_inlined(&mut self, version: BlockId, first: usize) -> Result<(), String> {
        let start = self.f.blocks[self.b].insts.first();
        if let Some([Imm::Code(code), Imm::Int(block)]) = start.map(|i| &i.imms[..]) {
            let place = (self.f.code, *code, *block as usize);
            match std::mem::take(&mut self.leaves) {
                true => self.shared.left.insert(place),
                false => self.shared.passed.insert(place),
            };
        }
        self.only_computed(version, first)
    }

    /// Proves that the version of such a block, and the blocks made for it, run no other code and raise nothing.
    fn only_computed(&self, version: BlockId, first: usize) -> Result<(), String> {
        let made = self.out.blocks.iter().skip(first);
        for inst in made.chain([self.out.block(version)]).flat_map(|b| &b.insts) {
            let ends = inst.op == Op::Release;
            let builds = inst.op == Op::Build;
            let raises = inst.raises() != Raises::Never && inst.error.is_none();
            if !ends && !builds && (raises || inst.effect() == OpEffect::Foreign) {
                let name = inst.intrinsic().map_or("", |row| row.name);
                return Err(format!(
                    "an inlined generator does more than compute: {} {name}",
                    inst.op.row().text
                ));
            }
        }
        Ok(())
    }

    pub(super) fn inlined(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        match inst.op {
            Op::Inlined if self.generic => {
                let edge = inst.error.as_ref().ok_or("no way out of an inlined generator")?;
                // What follows is as good as new.
                let edge = self.edge((edge.block.index(), 0), Some(&edge.args), false)?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                Ok(Next::Ended)
            }
            Op::Inlined => Ok(Next::On),
            Op::SetLocal => {
                let Some(Imm::Int(slot)) = inst.imms.first().copied() else {
                    return Err("set_local without a slot".into());
                };
                let place = self.slots.get_mut(slot as usize).ok_or("slot out of range")?;
                *place = Some(inst.args[0]);
                self.note_slot(slot as u32, inst.args[0])?;
                Ok(Next::On)
            }
            Op::Guard => {
                let flag = self.word(inst.args[0])?;
                self.require(i, flag)?;
                Ok(Next::On)
            }
            Op::Poll => {
                let exit = self.rare(i)?;
                self.guarded(Op::GuardPoll, vec![], vec![], exit);
                Ok(Next::On)
            }
            Op::CheckBound => self.bound_or_leave(i, inst.args[0]),
            Op::Release => self.release_inlined(i),
            Op::TakeAdd => match self.binary(i, "add", inst.args[0], inst.args[1], inst.results[0])? {
                true => Ok(Next::On),
                false => self.leave_inlined(),
            },
            Op::ICmp => self.identity(inst),
            Op::Not | Op::BoxBool | Op::Jump | Op::Br | Op::BrNull => self.inst_plain(i, inst),
            Op::LoadGlobal => self.load_global(i, inst),
            Op::CallPython => self.call_computing(i, inst),
            Op::UnpackSequence => self.unpack(i, inst),
            Op::Call => self.call_inlined(i, inst),
            _ => self.copy(inst),
        }
    }

    fn bound_or_leave(&mut self, i: usize, value: ValueId) -> Result<Next, String> {
        match self.fact(value) {
            Fact::Boxed(..) | Fact::Opt => {
                let word = self.boxed(value)?;
                let unbound = self.one(Op::Unbound, vec![], vec![]);
                let bound = self.icmp(Cond::Ne, word, unbound);
                self.require(i, bound)?;
                Ok(Next::On)
            }
            Fact::Unbound | Fact::Unread | Fact::UnreadFloat => self.leave_inlined(),
            _ => Ok(Next::On),
        }
    }

    /// The last ops before the block's end: nothing runs when their values go.
    fn release_inlined(&mut self, i: usize) -> Result<Next, String> {
        let insts = &self.f.blocks[self.b].insts;
        if i > 0 && insts[i - 1].op == Op::Release {
            return Ok(Next::On);
        }
        let mut parts: Vec<ValueId> = Vec::new();
        for inst in insts[i..].iter().take_while(|inst| inst.op == Op::Release) {
            let abs = self.abs(inst.args[0])?;
            match abs.fact {
                Fact::Boxed(..) | Fact::SeqIter(_) => parts.extend(abs.parts[0]),
                Fact::Opt | Fact::Pair => return self.leave_inlined(),
                _ => {}
            }
        }
        let exit = self.rare(i)?;
        for (k, part) in parts.iter().enumerate() {
            self.guarded(Op::GuardShared, vec![], vec![*part], exit.clone());
            // Two references of one object may be all that it has.
            for other in &parts[..k] {
                let words = [*part, *other].map(|v| self.one(Op::Bits, vec![], vec![v]));
                let differ = self.icmp(Cond::Ne, words[0], words[1]);
                self.guarded(Op::Guard, vec![], vec![differ], exit.clone());
            }
        }
        for part in parts {
            self.none(Op::Release, vec![], vec![part]);
        }
        Ok(Next::On)
    }

    /// Equality of None with what has another type, and of texts.
    fn equal_objects(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let negated = match self.int_of(inst.args[2]) {
            Some(2) => false,
            Some(3) => true,
            _ => return Ok(false),
        };
        let operands = [inst.args[0], inst.args[1]];
        let is_none = operands.map(|v| self.is_none(v));
        if is_none.contains(&true) {
            for value in operands {
                if self.may_be_number(value, NOT_NUMBER) {
                    self.number(i, value, NOT_NUMBER, self.floats_first)?;
                }
            }
            let is_plain = |v: &ValueId| match self.fact(*v) {
                Fact::I64 | Fact::F64 | Fact::Bool | Fact::Char => true,
                Fact::Boxed(ty, _) => ty != TypeIs::Any,
                _ => self.is_none(*v),
            };
            if !operands.iter().all(is_plain) {
                return Ok(false);
            }
            let same = is_none == [true; 2];
            let flag = self.one(Op::I1, vec![Imm::Int(i64::from(same != negated))], vec![]);
            self.define_flag(inst, flag);
            return Ok(true);
        }
        let known = operands.map(|v| self.is_text(v));
        let may_be = |v: ValueId| matches!(self.fact(v), Fact::Boxed(TypeIs::Any, not) if not & NOT_STR == 0);
        // Something is known not to be a number.
        let likely = known.contains(&true) || operands.iter().any(|v| !self.may_be_number(*v, NOT_NUMBER));
        if !likely || !operands.iter().zip(known).all(|(v, known)| known || may_be(*v)) {
            return Ok(false);
        }
        let mut texts = Vec::new();
        for (value, known) in operands.into_iter().zip(known) {
            let text = self.boxed(value)?;
            if !known {
                let exit = self.rare(i)?;
                self.guarded(Op::GuardType, vec![Imm::Type(Ty::Str)], vec![text], exit);
            }
            texts.push(text);
        }
        let equal = self.one(Op::Call, vec![row("str_equal")], texts);
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let flag = self.icmp(if negated { Cond::Eq } else { Cond::Ne }, equal, zero);
        self.define_flag(inst, flag);
        Ok(true)
    }

    fn is_none(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::Const(id) if *self.shared.module.constant(id) == Const::None)
    }

    fn is_text(&self, value: ValueId) -> bool {
        match self.fact(value) {
            Fact::Boxed(ty, _) => ty == TypeIs::Str,
            Fact::Const(id) => matches!(self.shared.module.constant(id), Const::Str(_)),
            _ => false,
        }
    }

    fn call_inlined(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let operand = |k: usize| inst.args[k];
        let name = inst.intrinsic().map_or("", |row| row.name);
        let done = match name {
            "iter_next" if self.fact(operand(0)).is_virtual() => return self.virtual_next(i, inst),
            "get_iter" => self.get_iter(i, inst)?,
            "getitem" => self.item_of_sequence(i, inst)?,
            "load_attr" => self.load_slot(i, inst)?,
            "truth" => self.truth(inst)?,
            "compare" | "compare_bool" => self.compare(i, inst)? || self.equal_objects(i, inst)?,
            "neg" | "pos" | "invert" => self.unary(i, name, inst)?,
            "inplace_op" => match self.int_of(operand(2)).and_then(super::insts::inplace_name) {
                Some(name) => self.binary(i, name, operand(0), operand(1), inst.results[0])?,
                None => false,
            },
            "add" | "sub" | "mul" | "truediv" | "floordiv" | "mod" | "and" | "or" | "xor" | "lshift" | "rshift"
            | "pow" => self.binary(i, name, operand(0), operand(1), inst.results[0])?,
            _ => false,
        };
        match done {
            true => Ok(Next::On),
            false => self.copy(inst),
        }
    }
}
