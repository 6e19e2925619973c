//! Opcodes that only move stack entries, and constants.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Const, Op};

impl Frame<'_> {
    pub fn load_small_int(&mut self, n: u32) -> R {
        let id = self.module.add_const(Const::Int(i64::from(n)));
        self.push(Slot::Const(id));
        Ok(())
    }

    pub fn load_common_constant(&mut self, which: u32) -> R {
        let which = self.i32(i64::from(which));
        let value = self.call1("common_constant", vec![which])?;
        self.push_value(value);
        Ok(())
    }

    pub fn push_null(&mut self) -> R {
        self.push(Slot::Null);
        Ok(())
    }

    pub fn pop_top(&mut self) -> R {
        match self.pop()? {
            Slot::Val(v) | Slot::Opt(v) => self.b().none(Op::Release, vec![], vec![v]),
            Slot::Flag(_) | Slot::Const(_) | Slot::Null | Slot::Lasti => {}
        }
        Ok(())
    }

    pub fn copy(&mut self, depth: usize) -> R {
        let at = self.peek(depth)?;
        let slot = self.stack[at];
        self.push(slot);
        Ok(())
    }

    pub fn swap(&mut self, depth: usize) -> R {
        let at = self.peek(depth)?;
        let top = self.stack.len() - 1;
        self.stack.swap(at, top);
        Ok(())
    }
}
