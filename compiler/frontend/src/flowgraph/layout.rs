//! Order of the blocks and final form of their jumps; slots of locals, cells and free variables.

use pyaot_code::{Opcode, co};

use super::{BlockId, Cfg, CfgInstr, ENTRY, Result, has};
use crate::instr::{CompileFailure, Location, UnitMetadata};

impl Cfg {
    /// CPython: Python/flowgraph.c, mark_warm
    fn mark_warm(&mut self) -> Result<()> {
        let mut stack = self.start_traversal();
        self.visit(ENTRY, &mut stack);
        while let Some(b) = stack.pop() {
            self[b].warm = true;
            if let Some(next) = self[b].next
                && self.has_fallthrough(b)
            {
                self.visit(next, &mut stack);
            }
            if let Some(last) = self.last(b)
                && last.opcode.has_jump()
            {
                self.visit(last.jump_target("mark_warm")?, &mut stack);
            }
        }
        self.end_traversal(stack);
        Ok(())
    }

    /// CPython: Python/flowgraph.c, mark_cold
    fn mark_cold(&mut self) -> Result<()> {
        self.mark_warm()?;
        let mut stack = self.start_traversal();
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            if self[b].except_handler {
                self.visit(b, &mut stack);
            }
            cursor = self[b].next;
        }
        while let Some(b) = stack.pop() {
            self[b].cold = true;
            if let Some(next) = self[b].next
                && !self[next].warm
                && self.has_fallthrough(b)
            {
                self.visit(next, &mut stack);
            }
            if let Some(last) = self.last(b)
                && last.opcode.has_jump()
            {
                let target = last.jump_target("mark_cold")?;
                if !self[target].warm {
                    self.visit(target, &mut stack);
                }
            }
        }
        self.end_traversal(stack);
        Ok(())
    }

    /// CPython: Python/flowgraph.c, push_cold_blocks_to_end
    pub(super) fn push_cold_blocks_to_end(&mut self) -> Result<()> {
        // Without a handler nothing is cold.
        if !self.has_handlers() || !self.blocks.iter().any(|block| block.except_handler) {
            return Ok(());
        }
        self.mark_cold()?;
        // A cold block must not fall through to a warm one.
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            if let Some(next) = self[b].next
                && self[b].cold
                && self[next].warm
                && self.has_fallthrough(b)
            {
                self[next].labelled = true;
                let jump = self.new_block();
                self.add_jump(jump, Opcode::JUMP_NO_INTERRUPT, next, Location::NO_LOCATION)?;
                self[jump].cold = true;
                self[jump].next = Some(next);
                self[jump].predecessors = 1;
                self[b].next = Some(jump);
            }
            cursor = self[b].next;
        }
        // Two chains, of which the cold one follows. The entry is warm.
        let (mut warm_end, mut cold_start, mut cold_end): (BlockId, Option<BlockId>, Option<BlockId>) =
            (ENTRY, None, None);
        let mut cursor = self[ENTRY].next;
        while let Some(b) = cursor {
            cursor = self[b].next;
            if !self[b].cold {
                self[warm_end].next = Some(b);
                warm_end = b;
                continue;
            }
            match cold_end {
                Some(end) => self[end].next = Some(b),
                None => cold_start = Some(b),
            }
            cold_end = Some(b);
        }
        let Some(end) = cold_end else {
            return Ok(());
        };
        self[end].next = None;
        self[warm_end].next = cold_start;
        self.remove_redundant_nops_and_jumps()
    }

    /// Conditional jumps only go forward; a backward one is reversed around a jump.
    /// CPython: Python/flowgraph.c, normalize_jumps
    pub(super) fn normalize_jumps(&mut self) -> Result<()> {
        self.traversal += 1;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self[b].visited = self.traversal;
            self.normalize_jumps_in_block(b)?;
            cursor = self[b].next;
        }
        Ok(())
    }

    fn normalize_jumps_in_block(&mut self, b: BlockId) -> Result<()> {
        let Some(last) = self.last(b).copied() else {
            return Ok(());
        };
        let reversed = match last.opcode {
            Opcode::POP_JUMP_IF_NOT_NONE => Opcode::POP_JUMP_IF_NONE,
            Opcode::POP_JUMP_IF_NONE => Opcode::POP_JUMP_IF_NOT_NONE,
            Opcode::POP_JUMP_IF_FALSE => Opcode::POP_JUMP_IF_TRUE,
            Opcode::POP_JUMP_IF_TRUE => Opcode::POP_JUMP_IF_FALSE,
            _ => return Ok(()),
        };
        let target = last.jump_target("normalize_jumps")?;
        if self[target].visited != self.traversal {
            self.addop(b, Opcode::NOT_TAKEN, 0, last.loc);
            return Ok(());
        }
        let backward = self.new_block();
        self.addop(backward, Opcode::NOT_TAKEN, 0, last.loc);
        self.add_jump(backward, Opcode::JUMP, target, last.loc)?;
        self[backward].startdepth = self[target].startdepth;
        let next = self[b].next;
        if let Some(last) = self.last_mut(b) {
            last.opcode = reversed;
            last.target = next;
        }
        self[backward].cold = self[b].cold;
        self[backward].next = next;
        self[b].next = Some(backward);
        Ok(())
    }

    /// CPython: Python/flowgraph.c, convert_pseudo_ops
    pub(super) fn convert_pseudo_ops(&mut self) -> Result<()> {
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            if !self[b].may_have(has::PSEUDO) {
                continue;
            }
            self[b].has |= has::NOP;
            for instr in self.instrs_mut(b) {
                match instr.opcode {
                    Opcode::SETUP_FINALLY | Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP => instr.set(Opcode::NOP, 0),
                    Opcode::LOAD_CLOSURE => instr.opcode = Opcode::LOAD_FAST,
                    Opcode::STORE_FAST_MAYBE_NULL => instr.opcode = Opcode::STORE_FAST,
                    _ => {}
                }
            }
            self[b].has = self[b].has & !has::SETUP | has::FAST;
        }
        self.remove_redundant_nops_and_jumps()
    }

    /// Adds the unit's prefix and gives cells their slots; returns the number of slots.
    /// CPython: Python/flowgraph.c, prepare_localsplus
    pub(super) fn prepare_localsplus(&mut self, unit: &UnitMetadata, code_flags: u32) -> Result<usize> {
        let nlocals = unit.varnames.len();
        let noffsets = unit.cellvars.len() + unit.freevars.len();
        if noffsets == 0 {
            self.insert_prefix_instructions(unit, &[], code_flags);
            return Ok(nlocals);
        }
        // Slot of each cell and free variable; a cell that is a parameter shares the parameter's.
        let mut fixed: Vec<usize> = (nlocals..nlocals + noffsets).collect();
        for (i, name) in unit.cellvars.iter().enumerate() {
            if let Some(arg) = unit.varnames.position(name) {
                fixed[i] = arg;
            }
        }
        self.insert_prefix_instructions(unit, &fixed, code_flags);
        let mut dropped = 0;
        for (i, slot) in fixed.iter_mut().enumerate() {
            if *slot == i + nlocals {
                *slot -= dropped;
            } else {
                dropped += 1;
            }
        }
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            if !self[b].may_have(has::CELL) {
                continue;
            }
            for instr in self.instrs_mut(b) {
                if matches!(
                    instr.opcode,
                    Opcode::MAKE_CELL
                        | Opcode::LOAD_CLOSURE
                        | Opcode::LOAD_DEREF
                        | Opcode::STORE_DEREF
                        | Opcode::DELETE_DEREF
                        | Opcode::LOAD_FROM_DICT_OR_DEREF
                ) {
                    let Some(&slot) = fixed.get(instr.oparg as usize) else {
                        let message = format!("{} of cell {}", instr.opcode, instr.oparg);
                        return Err(CompileFailure::internal("fix_cell_offsets", message));
                    };
                    instr.oparg = slot as i32;
                }
            }
        }
        Ok(nlocals + noffsets - dropped)
    }

    /// CPython: Python/flowgraph.c, insert_prefix_instructions
    fn insert_prefix_instructions(&mut self, unit: &UnitMetadata, fixed: &[usize], code_flags: u32) {
        if code_flags & (co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR) != 0 {
            let loc = Location::new(unit.firstlineno, unit.firstlineno, -1, -1);
            self.insert(ENTRY, 0, CfgInstr::new(Opcode::RETURN_GENERATOR, 0, loc));
            self.insert(ENTRY, 1, CfgInstr::new(Opcode::POP_TOP, 0, loc));
        }
        // Cells in the order of their slots: parameters first.
        let mut cells: Vec<usize> = (0..unit.cellvars.len()).collect();
        cells.sort_by_key(|&i| fixed[i]);
        for (at, cell) in cells.into_iter().enumerate() {
            self.insert(
                ENTRY,
                at,
                CfgInstr::new(Opcode::MAKE_CELL, cell as i32, Location::NO_LOCATION),
            );
        }
        if !unit.freevars.is_empty() {
            let count = unit.freevars.len() as i32;
            self.insert(
                ENTRY,
                0,
                CfgInstr::new(Opcode::COPY_FREE_VARS, count, Location::NO_LOCATION),
            );
        }
    }
}
