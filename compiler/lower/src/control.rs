//! Jumps, loops, return.
use crate::frame::{Frame, R};
use pyaot_code::Instruction;
use pyaot_ir::{Cond, Const, Imm, Op};

impl Frame<'_> {
    fn jump_target(&self, instr: &Instruction) -> R<usize> {
        match instr.jump_target().and_then(|offset| self.flow.at(offset)) {
            Some(target) => Ok(target),
            None => self.fail("jump out of the code"),
        }
    }

    pub fn jump(&mut self, instr: &Instruction) -> R {
        let target = self.jump_target(instr)?;
        let edge = self.edge_to(target)?;
        self.b().end(Op::Jump, vec![], vec![], vec![edge]);
        self.ended = true;
        Ok(())
    }

    pub fn jump_backward(&mut self, instr: &Instruction) -> R {
        self.raising(Op::Poll, vec![], vec![], 0)?;
        self.jump(instr)
    }

    pub fn pop_jump_if(&mut self, instr: &Instruction, when: bool) -> R {
        let target = self.jump_target(instr)?;
        let flag = self.pop_flag()?;
        let taken = self.edge_to(target)?;
        let next = self.edge_to(self.index + 1)?;
        let targets = if when { vec![taken, next] } else { vec![next, taken] };
        self.b().end(Op::Br, vec![], vec![flag], targets);
        self.ended = true;
        Ok(())
    }

    pub fn pop_jump_if_none(&mut self, instr: &Instruction, when: bool) -> R {
        let target = self.jump_target(instr)?;
        let value = self.pop_value()?;
        let none = self.konst_of(Const::None);
        let flag = self.pure(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![value, none]);
        let taken = self.edge_to(target)?;
        let next = self.edge_to(self.index + 1)?;
        let targets = if when { vec![taken, next] } else { vec![next, taken] };
        self.b().end(Op::Br, vec![], vec![flag], targets);
        self.ended = true;
        Ok(())
    }

    pub fn get_iter(&mut self) -> R {
        self.unary("get_iter")
    }

    /// Exhaustion and an error both give null; the rare null edge asks which.
    pub fn for_iter(&mut self) -> R {
        let Some(done) = self.flow.successors(self.index).and_then(|s| s.first().copied()) else {
            return self.fail("jump out of the code");
        };
        let iterator = self.peek_value(1)?;
        let Some(item) = self.call("iter_next", vec![iterator])? else {
            return self.fail("iter_next has no result");
        };
        let (end, _, kinds) = self.fresh(false)?;
        let end_block = end.block;
        self.push_value(item);
        let more = self.edge_to(self.index + 1)?;
        self.b().end(Op::BrNull, vec![], vec![item], vec![end, more]);
        self.continue_in(end_block, false, &kinds);
        self.raising(Op::CheckRaised, vec![], vec![], 0)?;
        let edge = self.edge_to(done)?;
        self.b().end(Op::Jump, vec![], vec![], vec![edge]);
        self.ended = true;
        Ok(())
    }

    pub fn return_value(&mut self) -> R {
        let result = self.pop_value()?;
        while !self.stack.is_empty() {
            self.pop_top()?;
        }
        self.leave(result)
    }
}
