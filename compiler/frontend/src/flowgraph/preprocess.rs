//! Before optimisation: labels become block references, and every instruction learns its handler.

use pyaot_code::opcode::{Opcode, resume};

use super::{BlockId, Cfg, ENTRY, Result};
use crate::instr::CompileFailure;

/// CPython `CO_MAXBLOCKS`: nesting of blocks that codegen allows.
const MAX_BLOCKS: usize = 40;

impl Cfg {
    /// CPython: Python/flowgraph.c, translate_jump_labels_to_targets
    pub(super) fn translate_jump_labels_to_targets(&mut self) -> Result<()> {
        let order = self.order();
        let mut label2block = vec![None; self.next_label() as usize];
        for &b in &order {
            if let Some(label) = self[b].label {
                label2block[label as usize] = Some(b);
            }
        }
        for b in order {
            for instr in self[b].instrs_mut() {
                if instr.opcode.has_target() {
                    instr.target = label2block.get(instr.oparg as usize).copied().flatten();
                    instr.jump_target("translate_jump_labels_to_targets")?;
                }
            }
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, mark_except_handlers
    pub(super) fn mark_except_handlers(&mut self) -> Result<()> {
        for b in self.order() {
            for i in 0..self[b].used {
                let instr = self[b].slots[i];
                if instr.opcode.is_block_push() {
                    let target = instr.jump_target("mark_except_handlers")?;
                    self[target].except_handler = true;
                }
            }
        }
        Ok(())
    }

    /// A jump or exit must be last in its block. CPython: Python/flowgraph.c, check_cfg
    pub(super) fn check_cfg(&self) -> Result<()> {
        for b in self.order() {
            let instrs = self[b].instrs();
            if instrs.iter().rev().skip(1).any(|instr| instr.opcode.is_terminator()) {
                return Err(CompileFailure::internal("check_cfg", "malformed control flow graph"));
            }
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, label_exception_targets
    pub(super) fn label_exception_targets(&mut self) -> Result<()> {
        const FUNCTION: &str = "label_exception_targets";
        let underflow = || CompileFailure::internal(FUNCTION, "POP_BLOCK without block");
        self.clear_visited();
        let mut todo = vec![ENTRY];
        self[ENTRY].visited = true;
        self[ENTRY].exceptstack = Some(Vec::new());
        while let Some(b) = todo.pop() {
            let mut stack = Some(self[b].exceptstack.take().ok_or_else(underflow)?);
            let mut handler: Option<BlockId> = stack.as_ref().and_then(|s| s.last().copied());
            let mut last_yield_except_depth = None;
            for i in 0..self[b].used {
                let instr = self[b].slots[i];
                let handlers = stack.as_mut().ok_or_else(underflow)?;
                if instr.opcode.is_block_push() {
                    let target = instr.jump_target(FUNCTION)?;
                    if !self[target].visited {
                        self[target].exceptstack = Some(handlers.clone());
                        self.visit(target, &mut todo);
                    }
                    if matches!(instr.opcode, Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP) {
                        self[target].preserve_lasti = true;
                    }
                    if handlers.len() > MAX_BLOCKS {
                        return Err(CompileFailure::internal(FUNCTION, "too many nested blocks"));
                    }
                    handlers.push(target);
                    handler = Some(target);
                } else if instr.opcode == Opcode::POP_BLOCK {
                    handlers.pop().ok_or_else(underflow)?;
                    handler = handlers.last().copied();
                    self[b].slots[i].set_nop();
                } else if instr.opcode.has_jump() {
                    self[b].slots[i].except = handler;
                    let target = instr.jump_target(FUNCTION)?;
                    if !self[target].visited {
                        self[target].exceptstack = if self[b].has_fallthrough() {
                            Some(handlers.clone())
                        } else {
                            stack.take()
                        };
                        self.visit(target, &mut todo);
                    }
                } else if instr.opcode == Opcode::YIELD_VALUE {
                    self[b].slots[i].except = handler;
                    last_yield_except_depth = Some(handlers.len());
                } else if instr.opcode == Opcode::RESUME {
                    self[b].slots[i].except = handler;
                    if instr.oparg != resume::AT_FUNC_START as i32 {
                        if last_yield_except_depth == Some(1) {
                            self[b].slots[i].oparg |= resume::DEPTH1_MASK as i32;
                        }
                        last_yield_except_depth = None;
                    }
                } else {
                    self[b].slots[i].except = handler;
                }
            }
            if let Some(next) = self[b].next
                && self[b].has_fallthrough()
                && !self[next].visited
            {
                self[next].exceptstack = stack;
                self.visit(next, &mut todo);
            }
        }
        Ok(())
    }
}
