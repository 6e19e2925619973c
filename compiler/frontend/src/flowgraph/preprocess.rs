//! Before optimisation: every instruction learns its handler.

use pyaot_code::opcode::{Opcode, resume};

use super::{BlockId, Cfg, ENTRY, Handlers, Result, has};
use crate::instr::CompileFailure;

/// CPython `CO_MAXBLOCKS`: nesting of blocks that codegen allows.
const MAX_BLOCKS: u32 = 40;

/// Node of `Cfg::handlers` that stands for no handler.
const NO_HANDLERS: u32 = 0;

impl Cfg {
    /// CPython: Python/flowgraph.c, mark_except_handlers
    pub(super) fn mark_except_handlers(&mut self) -> Result<()> {
        for b in 0..self.blocks.len() {
            let block = self.blocks[b];
            if !block.may_have(has::SETUP) {
                continue;
            }
            for at in block.start..block.start + block.used {
                let instr = self.slots[at as usize];
                if instr.opcode.is_block_push() {
                    let target = instr.jump_target("mark_except_handlers")?;
                    self[target].except_handler = true;
                }
            }
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, label_exception_targets
    pub(super) fn label_exception_targets(&mut self) -> Result<()> {
        const FUNCTION: &str = "label_exception_targets";
        let none = Handlers {
            innermost: None,
            outer: NO_HANDLERS,
            depth: 0,
        };
        self.handlers.clear();
        self.handlers.push(none);
        let mut todo = self.start_traversal();
        todo.clear();
        self.visit(ENTRY, &mut todo);
        while let Some(b) = todo.pop() {
            let block = self[b];
            let mut stack = block.exceptstack;
            let mut handlers = self.handlers[stack as usize];
            let mut last_yield_except_depth = None;
            for at in block.start as usize..(block.start + block.used) as usize {
                let instr = self.slots[at];
                if instr.opcode.is_block_push() {
                    let target = instr.jump_target(FUNCTION)?;
                    self.enter_with(target, stack, &mut todo);
                    if matches!(instr.opcode, Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP) {
                        self[target].preserve_lasti = true;
                    }
                    if handlers.depth > MAX_BLOCKS {
                        return Err(CompileFailure::internal(FUNCTION, "too many nested blocks"));
                    }
                    handlers = Handlers {
                        innermost: Some(target),
                        outer: stack,
                        depth: handlers.depth + 1,
                    };
                    stack = self.handlers.len() as u32;
                    self.handlers.push(handlers);
                    continue;
                }
                if instr.opcode == Opcode::POP_BLOCK {
                    if handlers.depth == 0 {
                        return Err(CompileFailure::internal(FUNCTION, "POP_BLOCK without block"));
                    }
                    stack = handlers.outer;
                    handlers = self.handlers[stack as usize];
                    self.slots[at].set(Opcode::NOP, 0);
                    self[b].has |= has::NOP;
                    continue;
                }
                if handlers.innermost.is_some() {
                    self.slots[at].except = handlers.innermost;
                    self[b].has |= has::HANDLED;
                }
                if instr.opcode.has_jump() {
                    self.enter_with(instr.jump_target(FUNCTION)?, stack, &mut todo);
                } else if instr.opcode == Opcode::YIELD_VALUE {
                    last_yield_except_depth = Some(handlers.depth);
                } else if instr.opcode == Opcode::RESUME && instr.oparg != resume::AT_FUNC_START as i32 {
                    if last_yield_except_depth == Some(1) {
                        self.slots[at].oparg |= resume::DEPTH1_MASK as i32;
                    }
                    last_yield_except_depth = None;
                }
            }
            if let Some(next) = block.next
                && self.has_fallthrough(b)
            {
                self.enter_with(next, stack, &mut todo);
            }
        }
        self.end_traversal(todo);
        Ok(())
    }

    fn enter_with(&mut self, b: BlockId, stack: u32, todo: &mut Vec<BlockId>) {
        let traversal = self.traversal;
        let block = &mut self[b];
        if block.visited != traversal {
            block.visited = traversal;
            block.exceptstack = stack;
            todo.push(b);
        }
    }
}
