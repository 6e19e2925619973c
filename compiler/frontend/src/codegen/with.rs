//! `with` and `async with`: one level per item.
//!
//! CPython: Python/codegen.c, codegen_with_inner, codegen_async_with_inner.

use pyaot_code::Opcode;
use pyaot_code::opcode::special;

use super::unit::BlockKind;
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::instr::Label;
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    /// Loads the bound exit method below the manager's enter method and calls the latter.
    fn enter_manager(&mut self, loc: Location, enter: u32, exit: u32) {
        self.addop_i(loc, Opcode::COPY, 1);
        self.addop_u(loc, Opcode::LOAD_SPECIAL, exit);
        self.addop_i(loc, Opcode::SWAP, 2);
        self.addop_i(loc, Opcode::SWAP, 3);
        self.addop_u(loc, Opcode::LOAD_SPECIAL, enter);
        self.addop_i(loc, Opcode::CALL, 0);
    }

    fn bind_manager(&mut self, loc: Location, item: &'a WithItem<'a>) -> Result<()> {
        match item.optional_vars {
            Some(vars) => self.expr(vars),
            None => {
                self.addop(loc, Opcode::POP_TOP);
                Ok(())
            }
        }
    }

    pub fn with(&mut self, w: &'a With<'a>, pos: usize) -> Result<()> {
        let item = &w.items[pos];
        let block = self.new_label();
        let handler = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.expr(&item.context_expr)?;
        let loc = item.context_expr.loc;
        self.enter_manager(loc, special::ENTER, special::EXIT);
        self.addop_j(loc, Opcode::SETUP_WITH, handler);
        self.use_label(block);
        self.push_fblock(loc, BlockKind::With, block, handler)?;
        self.bind_manager(loc, item)?;
        if pos + 1 == w.items.len() {
            self.stmts(w.body)?;
        } else {
            self.with(w, pos + 1)?;
        }
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.pop_fblock();
        self.call_exit_with_nones(loc);
        self.addop(loc, Opcode::POP_TOP);
        self.addop_j(loc, Opcode::JUMP, exit);

        self.use_label(handler);
        self.addop_j(loc, Opcode::SETUP_CLEANUP, cleanup);
        self.addop(loc, Opcode::PUSH_EXC_INFO);
        self.addop(loc, Opcode::WITH_EXCEPT_START);
        self.with_except_finish(cleanup);
        self.use_label(exit);
        Ok(())
    }

    pub fn async_with(&mut self, w: &'a With<'a>, pos: usize) -> Result<()> {
        let item = &w.items[pos];
        let block = self.new_label();
        let handler = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.expr(&item.context_expr)?;
        let loc = item.context_expr.loc;
        self.enter_manager(loc, special::AENTER, special::AEXIT);
        self.await_value(loc, 1);
        self.addop_j(loc, Opcode::SETUP_WITH, handler);
        self.use_label(block);
        self.push_fblock(loc, BlockKind::AsyncWith, block, handler)?;
        self.bind_manager(loc, item)?;
        if pos + 1 == w.items.len() {
            self.stmts(w.body)?;
        } else {
            self.async_with(w, pos + 1)?;
        }
        self.pop_fblock();
        self.addop(loc, Opcode::POP_BLOCK);
        self.call_exit_with_nones(loc);
        self.await_value(loc, 2);
        self.addop(loc, Opcode::POP_TOP);
        self.addop_j(loc, Opcode::JUMP, exit);

        self.use_label(handler);
        self.addop_j(loc, Opcode::SETUP_CLEANUP, cleanup);
        self.addop(loc, Opcode::PUSH_EXC_INFO);
        self.addop(loc, Opcode::WITH_EXCEPT_START);
        self.await_value(loc, 2);
        self.with_except_finish(cleanup);
        self.use_label(exit);
        Ok(())
    }

    fn with_except_finish(&mut self, cleanup: Label) {
        let suppress = self.new_label();
        self.addop(NO_LOCATION, Opcode::TO_BOOL);
        self.addop_j(NO_LOCATION, Opcode::POP_JUMP_IF_TRUE, suppress);
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 2);
        self.use_label(suppress);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.addop(NO_LOCATION, Opcode::POP_EXCEPT);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        let exit = self.new_label();
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, exit);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(exit);
    }
}
