//! The stack size of a unit, and the depth at which each block starts.

use std::sync::LazyLock;

use pyaot_code::Opcode;

use super::{BlockId, Cfg, ENTRY, Result};
use crate::instr::CompileFailure;

/// Stack items that an instruction takes and leaves.
#[derive(Clone, Copy)]
pub(super) struct Effect {
    /// Whether they are the same for every oparg.
    fixed: bool,
    popped: i8,
    pushed: i8,
}

/// By opcode number. Opargs either do not count, are added, or are split into bits and bytes, so a few samples show
/// which opcodes they count for.
static EFFECTS: LazyLock<[Effect; 267]> = LazyLock::new(|| {
    let unknown = Effect {
        fixed: false,
        popped: 0,
        pushed: 0,
    };
    let mut effects = [unknown; 267];
    for &opcode in Opcode::ALL {
        let (popped, pushed) = (opcode.popped(0), opcode.pushed(0));
        let same = |oparg| opcode.popped(oparg) == popped && opcode.pushed(oparg) == pushed;
        effects[usize::from(opcode.number())] = Effect {
            fixed: [1, 2, 3, 0x100, 0xffff].into_iter().all(same),
            popped: popped as i8,
            pushed: pushed as i8,
        };
    }
    effects
});

pub(super) fn effects() -> &'static [Effect; 267] {
    &EFFECTS
}

/// Items taken and left.
#[inline]
pub(super) fn popped_and_pushed(effects: &[Effect; 267], opcode: Opcode, oparg: i32) -> (i64, i64) {
    let effect = effects[opcode as usize];
    if effect.fixed {
        (i64::from(effect.popped), i64::from(effect.pushed))
    } else {
        (opcode.popped(oparg as u32), opcode.pushed(oparg as u32))
    }
}

impl Cfg {
    /// CPython: Python/flowgraph.c, calculate_stackdepth and get_stack_effects
    pub(super) fn calculate_stackdepth(&mut self) -> Result<u32> {
        let effects = effects();
        self.blocks.iter_mut().for_each(|block| block.startdepth = i32::MIN);
        let mut stack = std::mem::take(&mut self.todo);
        stack.clear();
        let mut maxdepth = 0;
        self.stackdepth_push(&mut stack, ENTRY, 0)?;
        while let Some(b) = stack.pop() {
            let block = self[b];
            let mut depth = i64::from(block.startdepth);
            let mut next = block.next;
            for at in block.start as usize..(block.start + block.used) as usize {
                let instr = &self.slots[at];
                let (popped, pushed) = popped_and_pushed(effects, instr.opcode, instr.oparg);
                let is_block_push = instr.opcode.is_block_push();
                // Handlers are entered by a jump, and only the jump pushes.
                let jump_depth = depth + pushed - popped;
                let new_depth = if is_block_push { depth } else { jump_depth };
                if new_depth < 0 {
                    return Err(CompileFailure::internal(
                        "calculate_stackdepth",
                        "Invalid CFG, stack underflow",
                    ));
                }
                maxdepth = maxdepth.max(depth);
                if instr.opcode.has_target() && instr.opcode != Opcode::END_ASYNC_FOR {
                    let target = instr.jump_target("calculate_stackdepth")?;
                    let ends = instr.opcode.is_unconditional_jump();
                    self.stackdepth_push(&mut stack, target, jump_depth)?;
                    if ends {
                        next = None;
                        break;
                    }
                } else if instr.opcode.is_scope_exit() {
                    next = None;
                    break;
                }
                depth = new_depth;
            }
            if let Some(next) = next {
                self.stackdepth_push(&mut stack, next, depth)?;
            }
        }
        self.end_traversal(stack);
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
