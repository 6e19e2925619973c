//! The stack size of a unit, and the depth at which each block starts.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, ENTRY, Result};
use crate::instr::CompileFailure;

/// Change of the stack depth; `jump`: when the jump is taken (handlers are entered by a jump).
/// CPython: Python/flowgraph.c, get_stack_effects
fn stack_effect(opcode: Opcode, oparg: i32, jump: bool) -> i64 {
    if opcode.is_block_push() && !jump {
        return 0;
    }
    opcode.pushed(oparg as u32) - opcode.popped(oparg as u32)
}

impl Cfg {
    /// CPython: Python/flowgraph.c, calculate_stackdepth
    pub(super) fn calculate_stackdepth(&mut self) -> Result<u32> {
        for b in self.order() {
            self[b].startdepth = i32::MIN;
        }
        let mut stack = Vec::new();
        let mut maxdepth = 0;
        self.stackdepth_push(&mut stack, ENTRY, 0)?;
        while let Some(b) = stack.pop() {
            let mut depth = i64::from(self[b].startdepth);
            let mut next = self[b].next;
            for i in 0..self[b].used {
                let instr = self[b].slots[i];
                let new_depth = depth + stack_effect(instr.opcode, instr.oparg, false);
                if new_depth < 0 {
                    return Err(CompileFailure::internal(
                        "calculate_stackdepth",
                        "Invalid CFG, stack underflow",
                    ));
                }
                maxdepth = maxdepth.max(depth);
                if instr.opcode.has_target() && instr.opcode != Opcode::END_ASYNC_FOR {
                    let target_depth = depth + stack_effect(instr.opcode, instr.oparg, true);
                    let target = instr.jump_target("calculate_stackdepth")?;
                    self.stackdepth_push(&mut stack, target, target_depth)?;
                }
                depth = new_depth;
                if instr.opcode.is_unconditional_jump() || instr.opcode.is_scope_exit() {
                    next = None;
                    break;
                }
            }
            if let Some(next) = next {
                self.stackdepth_push(&mut stack, next, depth)?;
            }
        }
        Ok(maxdepth as u32)
    }

    fn stackdepth_push(&mut self, stack: &mut Vec<BlockId>, b: BlockId, depth: i64) -> Result<()> {
        let start = i64::from(self[b].startdepth);
        if start >= 0 && start != depth {
            let message = format!("Invalid CFG, inconsistent stackdepth ({start} and {depth})");
            return Err(CompileFailure::internal("stackdepth_push", message));
        }
        let Ok(depth) = i32::try_from(depth) else {
            return Err(CompileFailure::internal("stackdepth_push", "stack depth out of range"));
        };
        if self[b].startdepth < depth && self[b].startdepth < 100 {
            self[b].startdepth = depth;
            stack.push(b);
        }
        Ok(())
    }
}
