//! Control flow: conditions, loops, and leaving blocks by `return`, `break` and `continue`.
//!
//! CPython: Python/codegen.c, codegen_jump_if, codegen_for, codegen_unwind_fblock.

use pyaot_code::Opcode;

use super::unit::{BlockKind, FBlock};
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::instr::Label;
use crate::syntax::ast::*;

const NO_LABEL: Label = Label::NO_LABEL;

impl<'a> Compiler<'a, '_> {
    /// Jumps to `next` if the truth of `e` is `cond`, else falls through.
    pub fn jump_if(&mut self, e: &'a Expr<'a>, next: Label, cond: bool) -> Result<()> {
        match e.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => return self.jump_if(operand, next, !cond),
            ExprKind::BoolOp { op, values } => {
                let cond2 = op == BoolOp::Or;
                let next2 = if cond2 != cond { self.new_label() } else { next };
                if let Some((last, rest)) = values.split_last() {
                    for value in rest {
                        self.jump_if(value, next2, cond2)?;
                    }
                    self.jump_if(last, next, cond)?;
                }
                if next2 != next {
                    self.use_label(next2);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let next2 = self.new_label();
                self.jump_if(test, next2, false)?;
                self.jump_if(body, next, cond)?;
                self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
                self.use_label(next2);
                self.jump_if(orelse, next, cond)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare(Compare { left, ops, comparators }) if ops.len() > 1 => {
                return self.jump_if_chain(e, left, ops, comparators, next, cond);
            }
            _ => {}
        }
        self.expr(e)?;
        self.addop(e.loc, Opcode::TO_BOOL);
        self.addop_j(
            e.loc,
            if cond {
                Opcode::POP_JUMP_IF_TRUE
            } else {
                Opcode::POP_JUMP_IF_FALSE
            },
            next,
        );
        Ok(())
    }

    fn jump_if_chain(
        &mut self,
        e: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &[CmpOp],
        comparators: &'a [Expr<'a>],
        next: Label,
        cond: bool,
    ) -> Result<()> {
        self.check_compare(e.loc, left, ops, comparators);
        let n = ops.len() - 1;
        let cleanup = self.new_label();
        self.expr(left)?;
        for i in 0..n {
            self.expr(&comparators[i])?;
            self.addop_i(e.loc, Opcode::SWAP, 2);
            self.addop_i(e.loc, Opcode::COPY, 2);
            self.addop_compare(e.loc, ops[i]);
            self.addop(e.loc, Opcode::TO_BOOL);
            self.addop_j(e.loc, Opcode::POP_JUMP_IF_FALSE, cleanup);
        }
        self.expr(&comparators[n])?;
        self.addop_compare(e.loc, ops[n]);
        self.addop(e.loc, Opcode::TO_BOOL);
        self.addop_j(
            e.loc,
            if cond {
                Opcode::POP_JUMP_IF_TRUE
            } else {
                Opcode::POP_JUMP_IF_FALSE
            },
            next,
        );
        let end = self.new_label();
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.addop(e.loc, Opcode::POP_TOP);
        if !cond {
            self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, next);
        }
        self.use_label(end);
        Ok(())
    }

    pub fn if_stmt(&mut self, test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>]) -> Result<()> {
        let end = self.new_label();
        let next = if orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
            self.use_label(next);
            self.stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    pub fn for_stmt(&mut self, loc: Location, f: &'a For<'a>) -> Result<()> {
        let start = self.new_label();
        let body = self.new_label();
        let cleanup = self.new_label();
        let end = self.new_label();
        self.push_fblock(loc, BlockKind::ForLoop, start, end)?;
        self.expr(f.iter)?;
        let loc = f.iter.loc;
        self.addop(loc, Opcode::GET_ITER);
        self.use_label(start);
        self.addop_j(loc, Opcode::FOR_ITER, cleanup);
        // Keeps line events right when the target stands on another line.
        self.addop(f.target.loc, Opcode::NOP);
        self.use_label(body);
        self.expr(f.target)?;
        self.stmts(f.body)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP, start);
        self.use_label(cleanup);
        self.addop(NO_LOCATION, Opcode::END_FOR);
        self.addop(NO_LOCATION, Opcode::POP_ITER);
        self.pop_fblock();
        self.stmts(f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn async_for(&mut self, loc: Location, f: &'a For<'a>) -> Result<()> {
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let end = self.new_label();
        self.expr(f.iter)?;
        self.addop(f.iter.loc, Opcode::GET_AITER);
        self.use_label(start);
        self.push_fblock(loc, BlockKind::ForLoop, start, end)?;
        self.addop_j(loc, Opcode::SETUP_FINALLY, except);
        self.addop(loc, Opcode::GET_ANEXT);
        self.load_none(loc);
        self.use_label(send);
        self.add_yield_from(loc, true);
        self.addop(loc, Opcode::POP_BLOCK);
        self.addop(loc, Opcode::NOT_TAKEN);
        self.expr(f.target)?;
        self.stmts(f.body)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP, start);
        self.pop_fblock();
        self.use_label(except);
        self.addop_j(f.iter.loc, Opcode::END_ASYNC_FOR, send);
        self.stmts(f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn while_stmt(
        &mut self,
        loc: Location,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result<()> {
        let top = self.new_label();
        let end = self.new_label();
        let anchor = self.new_label();
        self.use_label(top);
        self.push_fblock(loc, BlockKind::WhileLoop, top, end)?;
        self.jump_if(test, anchor, false)?;
        self.stmts(body)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP, top);
        self.pop_fblock();
        self.use_label(anchor);
        self.stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn return_stmt(&mut self, stmt_loc: Location, value: Option<&'a Expr<'a>>) -> Result<()> {
        let mut loc = stmt_loc;
        let constant = value.and_then(Expr::as_constant);
        let preserve_tos = value.is_some() && constant.is_none();
        let entry = self.entry();
        if !entry.is_function_like() {
            return self.error(loc, "'return' outside function");
        }
        if value.is_some() && entry.coroutine && entry.generator {
            return self.error(loc, "'return' with value in async generator");
        }
        if let Some(value) = value {
            if preserve_tos {
                self.expr(value)?;
            } else {
                loc = value.loc;
                self.addop(loc, Opcode::NOP);
            }
        }
        if value.is_none_or(|v| v.loc.lineno != stmt_loc.lineno) {
            loc = stmt_loc;
            self.addop(loc, Opcode::NOP);
        }
        self.unwind_fblock_stack(&mut loc, preserve_tos, false)?;
        match (value, constant) {
            (None, _) => self.load_none(loc),
            (Some(_), Some(constant)) => self.load_const(loc, constant.clone()),
            (Some(_), None) => {}
        }
        self.addop(loc, Opcode::RETURN_VALUE);
        Ok(())
    }

    pub fn break_stmt(&mut self, origin: Location) -> Result<()> {
        let mut loc = origin;
        self.addop(loc, Opcode::NOP);
        let Some(top) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error(origin, "'break' outside loop");
        };
        self.unwind_fblock(&mut loc, top, false)?;
        self.addop_j(loc, Opcode::JUMP, top.exit);
        Ok(())
    }

    pub fn continue_stmt(&mut self, origin: Location) -> Result<()> {
        let mut loc = origin;
        self.addop(loc, Opcode::NOP);
        let Some(top) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error(origin, "'continue' not properly in loop");
        };
        self.addop_j(loc, Opcode::JUMP, top.block);
        Ok(())
    }

    /// Emits what leaving one block takes. With `preserve_tos` the value on top survives.
    fn unwind_fblock(&mut self, loc: &mut Location, info: FBlock<'a>, preserve_tos: bool) -> Result<()> {
        let swap = |c: &mut Self, loc: Location| {
            if preserve_tos {
                c.addop_i(loc, Opcode::SWAP, 2);
            }
        };
        match info.kind {
            BlockKind::WhileLoop
            | BlockKind::ExceptionHandler
            | BlockKind::ExceptionGroupHandler
            | BlockKind::AsyncComprehensionGenerator
            | BlockKind::StopIteration => {}
            BlockKind::ForLoop | BlockKind::PopValue => {
                swap(self, *loc);
                self.addop(*loc, Opcode::POP_TOP);
            }
            BlockKind::TryExcept => self.addop(*loc, Opcode::POP_BLOCK),
            BlockKind::FinallyTry(body) => {
                self.addop(*loc, Opcode::POP_BLOCK);
                if preserve_tos {
                    self.push_fblock(*loc, BlockKind::PopValue, NO_LABEL, NO_LABEL)?;
                }
                self.stmts(body)?;
                if preserve_tos {
                    self.pop_fblock();
                }
                // The finally block runs after the statement that leaves, so what follows is artificial.
                *loc = NO_LOCATION;
            }
            BlockKind::FinallyEnd => {
                swap(self, *loc);
                self.addop(*loc, Opcode::POP_TOP);
                swap(self, *loc);
                self.addop(*loc, Opcode::POP_BLOCK);
                self.addop(*loc, Opcode::POP_EXCEPT);
            }
            BlockKind::With | BlockKind::AsyncWith => {
                *loc = info.loc;
                self.addop(*loc, Opcode::POP_BLOCK);
                if preserve_tos {
                    self.addop_i(*loc, Opcode::SWAP, 3);
                    self.addop_i(*loc, Opcode::SWAP, 2);
                }
                self.call_exit_with_nones(*loc);
                if matches!(info.kind, BlockKind::AsyncWith) {
                    self.await_value(*loc, 2);
                }
                self.addop(*loc, Opcode::POP_TOP);
                *loc = NO_LOCATION;
            }
            BlockKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.addop(*loc, Opcode::POP_BLOCK);
                }
                swap(self, *loc);
                self.addop(*loc, Opcode::POP_BLOCK);
                self.addop(*loc, Opcode::POP_EXCEPT);
                if let Some(name) = name {
                    self.load_none(*loc);
                    self.nameop(*loc, name, Ctx::Store)?;
                    self.nameop(*loc, name, Ctx::Del)?;
                }
            }
        }
        Ok(())
    }

    /// Unwinds all blocks, or those up to the innermost loop, which is returned. The stack is as before afterwards.
    fn unwind_fblock_stack(
        &mut self,
        loc: &mut Location,
        preserve_tos: bool,
        to_loop: bool,
    ) -> Result<Option<FBlock<'a>>> {
        let Some(&top) = self.unit().fblocks.last() else {
            return Ok(None);
        };
        if matches!(top.kind, BlockKind::ExceptionGroupHandler) {
            return self.error(
                *loc,
                "'break', 'continue' and 'return' cannot appear in an except* block",
            );
        }
        if to_loop && matches!(top.kind, BlockKind::WhileLoop | BlockKind::ForLoop) {
            return Ok(Some(top));
        }
        self.pop_fblock();
        self.unwind_fblock(loc, top, preserve_tos)?;
        let found = self.unwind_fblock_stack(loc, preserve_tos, to_loop)?;
        self.push_fblock(top.loc, top.kind, top.block, top.exit)?;
        Ok(found)
    }
}
