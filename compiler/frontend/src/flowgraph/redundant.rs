//! Removal of what does nothing: unreachable blocks, NOPs, jumps to the next block; and inlining of small exits.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, ENTRY, Result};
use crate::instr::{CompileFailure, Location};

/// Largest exit block that is copied to its predecessors, CPython `MAX_COPY_SIZE`.
const MAX_COPY_SIZE: usize = 4;

impl Cfg {
    /// Counts predecessors and empties the blocks that have none. CPython: Python/flowgraph.c, remove_unreachable
    pub(super) fn remove_unreachable(&mut self) -> Result<()> {
        for b in self.order() {
            self[b].predecessors = 0;
        }
        self.clear_visited();
        self[ENTRY].predecessors = 1;
        let mut stack = Vec::new();
        self.visit(ENTRY, &mut stack);
        while let Some(b) = stack.pop() {
            if let Some(next) = self[b].next
                && self[b].has_fallthrough()
            {
                self.visit(next, &mut stack);
                self[next].predecessors += 1;
            }
            for i in 0..self[b].used {
                let instr = self[b].slots[i];
                if instr.opcode.has_target() {
                    let target = instr.jump_target("remove_unreachable")?;
                    self.visit(target, &mut stack);
                    self[target].predecessors += 1;
                }
            }
        }
        for b in self.order() {
            if self[b].predecessors == 0 {
                self[b].used = 0;
                self[b].except_handler = false;
            }
        }
        Ok(())
    }

    /// Removes NOPs that no line needs; returns their number.
    /// CPython: Python/flowgraph.c, basicblock_remove_redundant_nops
    fn remove_redundant_nops_in(&mut self, b: BlockId) -> usize {
        let mut dest = 0;
        let mut prev_lineno = -1;
        let used = self[b].used;
        for src in 0..used {
            let instr = self[b].slots[src];
            let lineno = instr.loc.lineno;
            if instr.opcode == Opcode::NOP {
                if lineno < 0 || prev_lineno == lineno {
                    continue;
                }
                if src < used - 1 {
                    let next_lineno = self[b].slots[src + 1].loc.lineno;
                    if next_lineno == lineno {
                        continue;
                    }
                    if next_lineno < 0 {
                        self[b].slots[src + 1].loc = instr.loc;
                        continue;
                    }
                } else if let Some(next) = self.next_nonempty_block(self[b].next) {
                    // NOPs without location go away too, so they do not count as the next line.
                    let next_lineno = self[next]
                        .instrs()
                        .iter()
                        .find(|next| next.opcode != Opcode::NOP || next.loc.lineno >= 0)
                        .map_or(Location::NO_LOCATION.lineno, |next| next.loc.lineno);
                    if lineno == next_lineno {
                        continue;
                    }
                }
            }
            self[b].slots[dest] = self[b].slots[src];
            dest += 1;
            prev_lineno = lineno;
        }
        self[b].used = dest;
        used - dest
    }

    /// CPython: Python/flowgraph.c, remove_redundant_nops
    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        self.order().into_iter().map(|b| self.remove_redundant_nops_in(b)).sum()
    }

    /// Also removes a push followed by its `POP_TOP`. CPython: Python/flowgraph.c, remove_redundant_nops_and_pairs
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        let mut done = false;
        while !done {
            done = true;
            let mut instr: Option<(BlockId, usize)> = None;
            for b in self.order() {
                self.remove_redundant_nops_in(b);
                if self[b].label.is_some() {
                    // A jump target: what went before need not have run.
                    instr = None;
                }
                for i in 0..self[b].used {
                    let prev = instr.replace((b, i));
                    let Some((pb, pi)) = prev else { continue };
                    if self[b].slots[i].opcode != Opcode::POP_TOP {
                        continue;
                    }
                    let before = self[pb].slots[pi];
                    let redundant = match before.opcode {
                        Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT => true,
                        Opcode::COPY => before.oparg == 1,
                        _ => false,
                    };
                    if redundant {
                        self[pb].slots[pi].set_nop();
                        self[b].slots[i].set_nop();
                        done = false;
                    }
                }
                let is_jump = instr.is_some_and(|(ib, ii)| self[ib].slots[ii].opcode.has_jump());
                if is_jump || !self[b].has_fallthrough() {
                    instr = None;
                }
            }
        }
    }

    /// Jumps to the next non-empty block become NOPs; returns their number.
    /// CPython: Python/flowgraph.c, remove_redundant_jumps
    fn remove_redundant_jumps(&mut self) -> Result<usize> {
        let mut changes = 0;
        for b in self.order() {
            let Some(last) = self[b].last().copied() else { continue };
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
                    if let Some(last) = self[b].last_mut() {
                        last.set_nop();
                    }
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
            for b in self.order() {
                changes |= self.inline_small_or_no_lineno_block(b)?;
            }
            if !changes {
                return Ok(());
            }
        }
    }

    fn inline_small_or_no_lineno_block(&mut self, b: BlockId) -> Result<bool> {
        let Some(last) = self[b].last().copied() else {
            return Ok(false);
        };
        if !last.opcode.is_unconditional_jump() {
            return Ok(false);
        }
        let target = last.jump_target("inline_small_or_no_lineno_blocks")?;
        let small_exit = self[target].exits_scope() && self[target].used <= MAX_COPY_SIZE;
        let no_lineno_no_fallthrough = self[target].has_no_lineno() && !self[target].has_fallthrough();
        if !(small_exit || no_lineno_no_fallthrough) || target == b {
            return Ok(false);
        }
        if let Some(last) = self[b].last_mut() {
            last.set_nop();
        }
        self.append_instructions(b, target);
        if no_lineno_no_fallthrough
            && let Some(new_last) = self[b].last_mut()
            && new_last.opcode.is_unconditional_jump()
            && last.opcode == Opcode::JUMP
        {
            // Keep the eval-breaker check that the removed jump had.
            new_last.opcode = Opcode::JUMP;
        }
        self[target].predecessors -= 1;
        Ok(true)
    }
}
