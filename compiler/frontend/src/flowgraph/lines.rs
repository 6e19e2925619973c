//! Line numbers of instructions that codegen left without one.
//!
//! PEP 626 wants a correct line on every exit, so exits without a line are copied until each has one predecessor.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, CfgInstr, ENTRY, Result, has};
use crate::instr::Location;

impl Cfg {
    /// CPython: Python/flowgraph.c, resolve_line_numbers
    pub(super) fn resolve_line_numbers(&mut self) -> Result<()> {
        if !self.blocks.iter().any(|block| block.may_have(has::NO_LINE)) {
            return Ok(());
        }
        self.duplicate_exits_without_lineno();
        self.propagate_line_numbers();
        Ok(())
    }

    fn is_exit_or_eval_check_without_lineno(&self, b: BlockId) -> bool {
        self[b].may_have(has::NO_LINE) && (self.exits_scope(b) || self.has_eval_break(b)) && self.has_no_lineno(b)
    }

    /// CPython: Python/flowgraph.c, duplicate_exits_without_lineno
    fn duplicate_exits_without_lineno(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            if let Some(last) = self.last(b).copied()
                && last.opcode.has_jump()
            {
                let target = self.next_nonempty_block(last.target);
                if let Some(target) = target
                    && self[target].predecessors > 1
                    && self.is_exit_or_eval_check_without_lineno(target)
                {
                    let copy = self.new_block();
                    self.append_instructions(copy, target);
                    self.at_mut(copy, 0).loc = last.loc;
                    if let Some(last) = self.last_mut(b) {
                        last.target = Some(copy);
                    }
                    self[target].predecessors -= 1;
                    self[copy].predecessors = 1;
                    self[copy].next = self[target].next;
                    self[copy].labelled = true;
                    self[target].next = Some(copy);
                }
            }
            cursor = self[b].next;
        }
        // What exits are left without a line are reached by falling through only.
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            if let Some(next) = self[b].next
                && self[next].may_have(has::NO_LINE)
                && let Some(last) = self.last(b).copied()
                && self.has_fallthrough(b)
                && self.is_exit_or_eval_check_without_lineno(next)
            {
                self.at_mut(next, 0).loc = last.loc;
            }
        }
    }

    /// CPython: Python/flowgraph.c, propagate_line_numbers
    fn propagate_line_numbers(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            let Some(last) = self.last(b).copied() else { continue };
            let mut prev = last.loc;
            if self[b].may_have(has::NO_LINE) {
                prev = Location::NO_LOCATION;
                let mut is_left = false;
                for instr in self.instrs_mut(b) {
                    if instr.loc.lineno == Location::NO_LOCATION.lineno {
                        instr.loc = prev;
                        is_left |= prev.lineno < 0;
                    } else {
                        prev = instr.loc;
                        is_left |= prev.lineno < 0;
                    }
                }
                if !is_left {
                    self[b].has &= !has::NO_LINE;
                }
            }
            if self.has_fallthrough(b)
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
        let block = self[b];
        if block.predecessors == 1
            && block.may_have(has::NO_LINE)
            && let Some(first) = self.instrs_mut(b).first_mut()
            && first.loc.lineno == Location::NO_LOCATION.lineno
        {
            first.loc = loc;
        }
    }

    /// CPython: Python/flowgraph.c, convert_pseudo_conditional_jumps
    pub(super) fn convert_pseudo_conditional_jumps(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            let Some(last) = self.last_mut(b) else { continue };
            last.opcode = match last.opcode {
                Opcode::JUMP_IF_FALSE => Opcode::POP_JUMP_IF_FALSE,
                Opcode::JUMP_IF_TRUE => Opcode::POP_JUMP_IF_TRUE,
                _ => continue,
            };
            let (loc, except) = (last.loc, last.except);
            let at = self.used(b) - 1;
            for (i, opcode, oparg) in [(at, Opcode::COPY, 1), (at + 1, Opcode::TO_BOOL, 0)] {
                let instr = CfgInstr::new(opcode, oparg, loc);
                self.insert(b, i, CfgInstr { except, ..instr });
            }
        }
    }
}
