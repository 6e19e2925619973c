//! `try` statements: handlers, `except*`, and `finally` bodies, which are generated once for each way out.
//!
//! CPython: Python/codegen.c, codegen_try_except, codegen_try_star_except, codegen_try_finally.

use pyaot_code::Opcode;
use pyaot_code::opcode::intrinsic2;

use super::unit::BlockKind;
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::instr::Label;
use crate::syntax::ast::*;

const NO_LABEL: Label = Label::NO_LABEL;

impl<'a> Compiler<'a, '_> {
    pub fn try_stmt(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        if t.finalbody.is_empty() {
            self.try_except(loc, t)
        } else {
            self.try_finally(loc, t, false)
        }
    }

    pub fn try_star(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        if t.finalbody.is_empty() {
            self.try_star_except(loc, t)
        } else {
            self.try_finally(loc, t, true)
        }
    }

    fn try_finally(&mut self, loc: Location, t: &'a Try<'a>, star: bool) -> Result<()> {
        let body = self.new_label();
        let end = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.addop_j(loc, Opcode::SETUP_FINALLY, end);
        self.use_label(body);
        self.push_fblock(loc, BlockKind::FinallyTry(t.finalbody), body, end)?;
        if t.handlers.is_empty() {
            self.stmts(t.body)?;
        } else if star {
            self.try_star_except(loc, t)?;
        } else {
            self.try_except(loc, t)?;
        }
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.pop_fblock();
        self.stmts(t.finalbody)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, exit);

        self.use_label(end);
        self.addop_j(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
        self.addop(NO_LOCATION, Opcode::PUSH_EXC_INFO);
        self.push_fblock(NO_LOCATION, BlockKind::FinallyEnd, end, NO_LABEL)?;
        self.stmts(t.finalbody)?;
        self.pop_fblock();
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(exit);
        Ok(())
    }

    /// `name = None; del name`, at the end of a handler.
    fn clear_name(&mut self, name: Ident) -> Result<()> {
        self.load_none(NO_LOCATION);
        self.nameop(NO_LOCATION, name, Ctx::Store)?;
        self.nameop(NO_LOCATION, name, Ctx::Del)
    }

    fn try_except(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        let body = self.new_label();
        let mut except = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        self.addop_j(loc, Opcode::SETUP_FINALLY, except);
        self.use_label(body);
        self.push_fblock(loc, BlockKind::TryExcept, body, NO_LABEL)?;
        self.stmts(t.body)?;
        self.pop_fblock();
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.stmts(t.orelse)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);

        self.use_label(except);
        self.addop_j(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
        self.addop(NO_LOCATION, Opcode::PUSH_EXC_INFO);
        self.push_fblock(loc, BlockKind::ExceptionHandler, NO_LABEL, NO_LABEL)?;
        for (i, handler) in t.handlers.iter().enumerate() {
            let loc = handler.loc;
            if handler.typ.is_none() && i + 1 < t.handlers.len() {
                return self.error(loc, "default 'except:' must be last");
            }
            except = self.new_label();
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.addop(loc, Opcode::CHECK_EXC_MATCH);
                self.addop_j(loc, Opcode::POP_JUMP_IF_FALSE, except);
            }
            if let Some(name) = handler.name {
                let cleanup_end = self.new_label();
                let cleanup_body = self.new_label();
                self.nameop(loc, name, Ctx::Store)?;
                self.addop_j(loc, Opcode::SETUP_CLEANUP, cleanup_end);
                self.use_label(cleanup_body);
                self.push_fblock(loc, BlockKind::HandlerCleanup(Some(name)), cleanup_body, NO_LABEL)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.addop(NO_LOCATION, Opcode::POP_BLOCK);
                self.addop(NO_LOCATION, Opcode::POP_BLOCK);
                self.addop(NO_LOCATION, Opcode::POP_EXCEPT);
                self.clear_name(name)?;
                self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
                self.use_label(cleanup_end);
                self.clear_name(name)?;
                self.addop_i(NO_LOCATION, Opcode::RERAISE, 1);
            } else {
                let cleanup_body = self.new_label();
                self.addop(loc, Opcode::POP_TOP);
                self.use_label(cleanup_body);
                self.push_fblock(loc, BlockKind::HandlerCleanup(None), cleanup_body, NO_LABEL)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.addop(NO_LOCATION, Opcode::POP_BLOCK);
                self.addop(NO_LOCATION, Opcode::POP_EXCEPT);
                self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
            }
            self.use_label(except);
        }
        self.pop_fblock();
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(end);
        Ok(())
    }

    /// Stack in the handlers: the original group, the list of what is raised, what is still unmatched.
    fn try_star_except(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        let body = self.new_label();
        let mut except = self.new_label();
        let orelse = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        let reraise_star = self.new_label();
        self.addop_j(loc, Opcode::SETUP_FINALLY, except);
        self.use_label(body);
        self.push_fblock(loc, BlockKind::TryExcept, body, NO_LABEL)?;
        self.stmts(t.body)?;
        self.pop_fblock();
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, orelse);

        self.use_label(except);
        self.addop_j(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
        self.addop(NO_LOCATION, Opcode::PUSH_EXC_INFO);
        self.push_fblock(loc, BlockKind::ExceptionGroupHandler, NO_LABEL, NO_LABEL)?;
        let n = t.handlers.len();
        for (i, handler) in t.handlers.iter().enumerate() {
            let loc = handler.loc;
            except = self.new_label();
            let except_with_error = self.new_label();
            let no_match = self.new_label();
            if i == 0 {
                self.addop_i(loc, Opcode::BUILD_LIST, 0);
                self.addop_i(loc, Opcode::COPY, 2);
            }
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.addop(loc, Opcode::CHECK_EG_MATCH);
                self.addop_i(loc, Opcode::COPY, 1);
                self.addop_j(loc, Opcode::POP_JUMP_IF_NONE, no_match);
            }
            let cleanup_end = self.new_label();
            let cleanup_body = self.new_label();
            match handler.name {
                Some(name) => self.nameop(loc, name, Ctx::Store)?,
                None => self.addop(loc, Opcode::POP_TOP),
            }
            self.addop_j(loc, Opcode::SETUP_CLEANUP, cleanup_end);
            self.use_label(cleanup_body);
            self.push_fblock(loc, BlockKind::HandlerCleanup(handler.name), cleanup_body, NO_LABEL)?;
            self.stmts(handler.body)?;
            self.pop_fblock();
            self.addop(NO_LOCATION, Opcode::POP_BLOCK);
            if let Some(name) = handler.name {
                self.clear_name(name)?;
            }
            self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except);

            self.use_label(cleanup_end);
            if let Some(name) = handler.name {
                self.clear_name(name)?;
            }
            self.addop_i(NO_LOCATION, Opcode::LIST_APPEND, 3);
            self.addop(NO_LOCATION, Opcode::POP_TOP);
            self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except_with_error);

            self.use_label(except);
            self.addop(NO_LOCATION, Opcode::NOP);
            self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except_with_error);

            self.use_label(no_match);
            self.addop(loc, Opcode::POP_TOP);

            self.use_label(except_with_error);
            if i + 1 == n {
                self.addop_i(NO_LOCATION, Opcode::LIST_APPEND, 1);
                self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, reraise_star);
            }
        }
        self.pop_fblock();
        let reraise = self.new_label();
        self.use_label(reraise_star);
        self.addop_u(NO_LOCATION, Opcode::CALL_INTRINSIC_2, intrinsic2::PREP_RERAISE_STAR);
        self.addop_i(NO_LOCATION, Opcode::COPY, 1);
        self.addop_j(NO_LOCATION, Opcode::POP_JUMP_IF_NOT_NONE, reraise);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.addop(NO_LOCATION, Opcode::POP_EXCEPT);
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);

        self.use_label(reraise);
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.addop_i(NO_LOCATION, Opcode::SWAP, 2);
        self.addop(NO_LOCATION, Opcode::POP_EXCEPT);
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(orelse);
        self.stmts(t.orelse)?;
        self.use_label(end);
        Ok(())
    }
}
