//! Removal of what does nothing: unreachable blocks, NOPs, jumps to the next block; and inlining of small exits.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, CfgInstr, ENTRY, Result, has};
use crate::instr::{CompileFailure, Location};

/// Largest exit block that is copied to its predecessors, CPython `MAX_COPY_SIZE`.
const MAX_COPY_SIZE: usize = 4;

impl Cfg {
    /// Counts predecessors and empties the blocks that have none. CPython: Python/flowgraph.c, remove_unreachable
    pub(super) fn remove_unreachable(&mut self) -> Result<()> {
        self.blocks.iter_mut().for_each(|block| block.predecessors = 0);
        let mut stack = self.start_traversal();
        self[ENTRY].predecessors = 1;
        self.visit(ENTRY, &mut stack);
        while let Some(b) = stack.pop() {
            if let Some(next) = self[b].next
                && self.has_fallthrough(b)
            {
                self.visit(next, &mut stack);
                self[next].predecessors += 1;
            }
            for i in self.first_target(b)..self.used(b) {
                let instr = self.at(b, i);
                if instr.opcode.has_target() {
                    let target = instr.jump_target("remove_unreachable")?;
                    self.visit(target, &mut stack);
                    self[target].predecessors += 1;
                }
            }
        }
        self.end_traversal(stack);
        for block in self.blocks.iter_mut().filter(|block| block.predecessors == 0) {
            block.used = 0;
            block.except_handler = false;
        }
        Ok(())
    }

    /// Removes NOPs that no line needs; returns their number.
    /// CPython: Python/flowgraph.c, basicblock_remove_redundant_nops
    fn remove_redundant_nops_in(&mut self, b: BlockId) -> usize {
        if !self[b].may_have(has::NOP) {
            return 0;
        }
        let mut kept = false;
        let start = self[b].start as usize;
        let used = self.used(b);
        let is_nop = |instr: &CfgInstr| instr.opcode == Opcode::NOP;
        let Some(first) = self.slots[start..start + used].iter().position(is_nop) else {
            self[b].has &= !has::NOP;
            return 0;
        };
        let mut dest = first;
        let mut prev_lineno = first.checked_sub(1).map_or(-1, |i| self.slots[start + i].loc.lineno);
        for src in first..used {
            let instr = &self.slots[start + src];
            let lineno = instr.loc.lineno;
            if instr.opcode == Opcode::NOP {
                let loc = instr.loc;
                if lineno < 0 || prev_lineno == lineno {
                    continue;
                }
                if src < used - 1 {
                    let next = &mut self.slots[start + src + 1];
                    if next.loc.lineno == lineno {
                        continue;
                    }
                    if next.loc.lineno < 0 {
                        next.loc = loc;
                        continue;
                    }
                } else if let Some(next) = self.next_nonempty_block(self[b].next) {
                    // NOPs without location go away too, so they do not count as the next line.
                    let next_lineno = self
                        .instrs(next)
                        .iter()
                        .find(|next| next.opcode != Opcode::NOP || next.loc.lineno >= 0)
                        .map_or(Location::NO_LOCATION.lineno, |next| next.loc.lineno);
                    if lineno == next_lineno {
                        continue;
                    }
                }
                kept = true;
            }
            if dest != src {
                self.slots[start + dest] = self.slots[start + src];
            }
            dest += 1;
            prev_lineno = lineno;
        }
        self[b].used = dest as u32;
        if !kept {
            self[b].has &= !has::NOP;
        }
        used - dest
    }

    /// CPython: Python/flowgraph.c, remove_redundant_nops
    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        let mut removed = 0;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            removed += self.remove_redundant_nops_in(b);
            cursor = self[b].next;
        }
        removed
    }

    /// Also removes a push followed by its `POP_TOP`. CPython: Python/flowgraph.c, remove_redundant_nops_and_pairs
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        let mut done = false;
        while !done {
            done = true;
            // The instruction before, in this block or the one that falls into it.
            let mut before: Option<(BlockId, usize)> = None;
            let mut cursor = Some(ENTRY);
            while let Some(b) = cursor {
                cursor = self[b].next;
                self.remove_redundant_nops_in(b);
                if self[b].labelled {
                    // A jump target: what went before need not have run.
                    before = None;
                }
                let used = self.used(b);
                if self[b].may_have(has::POP_TOP) {
                    for i in 0..used {
                        let prev = before.replace((b, i));
                        if self.at(b, i).opcode != Opcode::POP_TOP {
                            continue;
                        }
                        let Some((pb, pi)) = prev else { continue };
                        let push = self.at(pb, pi);
                        let redundant = match push.opcode {
                            Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT => true,
                            Opcode::COPY => push.oparg == 1,
                            _ => false,
                        };
                        if redundant {
                            self.nop(pb, pi);
                            self.nop(b, i);
                            done = false;
                        }
                    }
                } else if used > 0 {
                    before = Some((b, used - 1));
                }
                let is_jump = before.is_some_and(|(ib, ii)| self.at(ib, ii).opcode.has_jump());
                if is_jump || !self.has_fallthrough(b) {
                    before = None;
                }
            }
        }
    }

    /// Jumps to the next non-empty block become NOPs; returns their number.
    /// CPython: Python/flowgraph.c, remove_redundant_jumps
    fn remove_redundant_jumps(&mut self) -> Result<usize> {
        let mut changes = 0;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            let Some(last) = self.last(b) else { continue };
            if last.opcode.is_unconditional_jump() {
                let target = self.next_nonempty_block(last.target);
                if target.is_none() {
                    return Err(CompileFailure::internal(
                        "remove_redundant_jumps",
                        "jump with NULL target",
                    ));
                }
                if target == self.next_nonempty_block(self[b].next) {
                    changes += 1;
                    self.nop_last(b);
                }
            }
        }
        Ok(changes)
    }

    /// CPython: Python/flowgraph.c, remove_redundant_nops_and_jumps
    pub(super) fn remove_redundant_nops_and_jumps(&mut self) -> Result<()> {
        loop {
            let nops = self.remove_redundant_nops();
            if nops + self.remove_redundant_jumps()? == 0 {
                return Ok(());
            }
        }
    }

    /// A jump to a small exit, or to a block without lines that does not fall through, becomes a copy of it.
    /// CPython: Python/flowgraph.c, inline_small_or_no_lineno_blocks
    pub(super) fn inline_small_or_no_lineno_blocks(&mut self) -> Result<()> {
        loop {
            let mut changes = false;
            let mut cursor = Some(ENTRY);
            while let Some(b) = cursor {
                changes |= self.inline_small_or_no_lineno_block(b)?;
                cursor = self[b].next;
            }
            if !changes {
                return Ok(());
            }
        }
    }

    fn inline_small_or_no_lineno_block(&mut self, b: BlockId) -> Result<bool> {
        let Some(last) = self.last(b).copied() else {
            return Ok(false);
        };
        if !last.opcode.is_unconditional_jump() {
            return Ok(false);
        }
        let target = last.jump_target("inline_small_or_no_lineno_blocks")?;
        let small_exit = self.used(target) <= MAX_COPY_SIZE && self.exits_scope(target);
        let no_lineno_no_fallthrough = self.has_no_lineno(target) && !self.has_fallthrough(target);
        if !(small_exit || no_lineno_no_fallthrough) || target == b {
            return Ok(false);
        }
        self.nop_last(b);
        self.append_instructions(b, target);
        if no_lineno_no_fallthrough
            && let Some(new_last) = self.last_mut(b)
            && new_last.opcode.is_unconditional_jump()
            && last.opcode == Opcode::JUMP
        {
            // Keep the eval-breaker check that the removed jump had.
            new_last.opcode = Opcode::JUMP;
            self[b].has |= has::of(Opcode::JUMP);
        }
        self[target].predecessors -= 1;
        Ok(true)
    }
}
