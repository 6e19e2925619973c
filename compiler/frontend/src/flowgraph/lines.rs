//! Line numbers of instructions that codegen left without one.
//!
//! PEP 626 wants a correct line on every exit, so exits without a line are copied until each has one predecessor.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, CfgInstr, Result};
use crate::instr::Location;

impl Cfg {
    /// CPython: Python/flowgraph.c, resolve_line_numbers
    pub(super) fn resolve_line_numbers(&mut self) -> Result<()> {
        self.duplicate_exits_without_lineno()?;
        self.propagate_line_numbers();
        Ok(())
    }

    fn is_exit_or_eval_check_without_lineno(&self, b: BlockId) -> bool {
        let block = &self[b];
        (block.exits_scope() || block.has_eval_break()) && block.has_no_lineno()
    }

    /// CPython: Python/flowgraph.c, duplicate_exits_without_lineno
    fn duplicate_exits_without_lineno(&mut self) -> Result<()> {
        let mut next_label = self.next_label();
        let mut cursor = Some(super::ENTRY);
        while let Some(b) = cursor {
            if let Some(last) = self[b].last().copied()
                && last.opcode.has_jump()
            {
                let target = self.next_nonempty_block(last.target);
                if let Some(target) = target
                    && self.is_exit_or_eval_check_without_lineno(target)
                    && self[target].predecessors > 1
                {
                    let copy = self.new_block();
                    self.append_instructions(copy, target);
                    self[copy].slots[0].loc = last.loc;
                    if let Some(last) = self[b].last_mut() {
                        last.target = Some(copy);
                    }
                    self[target].predecessors -= 1;
                    self[copy].predecessors = 1;
                    self[copy].next = self[target].next;
                    self[copy].label = Some(next_label);
                    next_label += 1;
                    self[target].next = Some(copy);
                }
            }
            cursor = self[b].next;
        }
        // What exits are left without a line are reached by falling through only.
        for b in self.order() {
            if let Some(next) = self[b].next
                && let Some(last) = self[b].last().copied()
                && self[b].has_fallthrough()
                && self.is_exit_or_eval_check_without_lineno(next)
            {
                self[next].slots[0].loc = last.loc;
            }
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, propagate_line_numbers
    fn propagate_line_numbers(&mut self) {
        for b in self.order() {
            let Some(last) = self[b].last().copied() else { continue };
            let mut prev = Location::NO_LOCATION;
            for instr in self[b].instrs_mut() {
                if instr.loc.lineno == Location::NO_LOCATION.lineno {
                    instr.loc = prev;
                } else {
                    prev = instr.loc;
                }
            }
            if self[b].has_fallthrough()
                && let Some(next) = self[b].next
            {
                self.inherit_line(next, prev);
            }
            if last.opcode.has_jump()
                && let Some(target) = last.target
            {
                self.inherit_line(target, prev);
            }
        }
    }

    fn inherit_line(&mut self, b: BlockId, loc: Location) {
        if self[b].predecessors == 1
            && let Some(first) = self[b].instrs_mut().first_mut()
            && first.loc.lineno == Location::NO_LOCATION.lineno
        {
            first.loc = loc;
        }
    }

    /// CPython: Python/flowgraph.c, convert_pseudo_conditional_jumps
    pub(super) fn convert_pseudo_conditional_jumps(&mut self) {
        for b in self.order() {
            let Some(last) = self[b].last_mut() else { continue };
            let opcode = match last.opcode {
                Opcode::JUMP_IF_FALSE => Opcode::POP_JUMP_IF_FALSE,
                Opcode::JUMP_IF_TRUE => Opcode::POP_JUMP_IF_TRUE,
                _ => continue,
            };
            last.opcode = opcode;
            let (loc, except) = (last.loc, last.except);
            let at = self[b].used - 1;
            self[b].insert(
                at,
                CfgInstr {
                    except,
                    ..CfgInstr::new(Opcode::COPY, 1, loc)
                },
            );
            self[b].insert(
                at + 1,
                CfgInstr {
                    except,
                    ..CfgInstr::new(Opcode::TO_BOOL, 0, loc)
                },
            );
        }
    }
}
