//! Checks for locals that may be unbound, and superinstructions.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, ENTRY, has};

/// Locals that are followed through the whole graph; those beyond only inside a block.
const TRACKED: usize = 64;

impl Cfg {
    /// CPython: Python/flowgraph.c, maybe_push
    fn maybe_push(&mut self, b: BlockId, unsafe_mask: u64, stack: &mut Vec<BlockId>) {
        let both = self[b].unsafe_locals_mask | unsafe_mask;
        if self[b].unsafe_locals_mask != both {
            self[b].unsafe_locals_mask = both;
            self.visit(b, stack);
        }
    }

    /// CPython: Python/flowgraph.c, scan_block_for_locals
    fn scan_block_for_locals(&mut self, b: BlockId, stack: &mut Vec<BlockId>) {
        let block = self[b];
        let mut unsafe_mask = block.unsafe_locals_mask;
        // Every local is bound here, and stays so.
        if unsafe_mask == 0 && !block.may_have(has::UNBINDS) {
            return;
        }
        let has_handlers = block.may_have(has::HANDLED);
        let from = if has_handlers || block.may_have(has::FAST | has::UNBINDS) {
            block.start
        } else {
            block.start + block.used
        };
        for at in from as usize..(block.start + block.used) as usize {
            let instr = self.slots[at];
            if has_handlers && let Some(handler) = instr.except {
                self.maybe_push(handler, unsafe_mask, stack);
            }
            if instr.oparg >= TRACKED as i32 {
                continue;
            }
            let bit = 1u64 << instr.oparg;
            match instr.opcode {
                Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::STORE_FAST_MAYBE_NULL => unsafe_mask |= bit,
                Opcode::STORE_FAST | Opcode::LOAD_FAST_CHECK => unsafe_mask &= !bit,
                Opcode::LOAD_FAST => {
                    if unsafe_mask & bit != 0 {
                        self.slots[at].opcode = Opcode::LOAD_FAST_CHECK;
                    }
                    unsafe_mask &= !bit;
                }
                _ => continue,
            }
            if unsafe_mask == 0 && !block.may_have(has::UNBINDS) {
                return;
            }
        }
        if unsafe_mask == 0 {
            return;
        }
        if let Some(next) = block.next
            && self.has_fallthrough(b)
        {
            self.maybe_push(next, unsafe_mask, stack);
        }
        if let Some(last) = self.last(b).copied()
            && let Some(target) = last.target
            && last.opcode.has_jump()
        {
            self.maybe_push(target, unsafe_mask, stack);
        }
    }

    /// CPython: Python/flowgraph.c, fast_scan_many_locals
    fn fast_scan_many_locals(&mut self, nlocals: usize) {
        // Number of the block in which a local was last seen bound.
        let mut states = vec![0; nlocals - TRACKED];
        let mut blocknum = 0;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            blocknum += 1;
            for instr in self.instrs_mut(b) {
                let index = usize::try_from(instr.oparg).ok().and_then(|i| i.checked_sub(TRACKED));
                let Some(state) = index.and_then(|i| states.get_mut(i)) else {
                    continue;
                };
                match instr.opcode {
                    Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::STORE_FAST_MAYBE_NULL => {
                        *state = blocknum - 1;
                    }
                    Opcode::STORE_FAST => *state = blocknum,
                    Opcode::LOAD_FAST => {
                        if *state != blocknum {
                            instr.opcode = Opcode::LOAD_FAST_CHECK;
                        }
                        *state = blocknum;
                    }
                    _ => {}
                }
            }
        }
    }

    /// CPython: Python/flowgraph.c, add_checks_for_loads_of_uninitialized_variables
    pub(super) fn add_checks_for_loads_of_uninitialized_variables(&mut self, nlocals: usize, nparams: usize) {
        if nlocals == 0 {
            return;
        }
        if nlocals > TRACKED {
            self.fast_scan_many_locals(nlocals);
        }
        let start_mask = (nparams..nlocals.min(TRACKED)).fold(0, |mask, i| mask | 1u64 << i);
        if start_mask == 0 && self.has & has::UNBINDS == 0 {
            return;
        }
        let mut stack = self.start_traversal();
        self.maybe_push(ENTRY, start_mask, &mut stack);
        // A DELETE_FAST may stand anywhere, so each block is scanned at least once.
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self.scan_block_for_locals(b, &mut stack);
            cursor = self[b].next;
        }
        while let Some(b) = stack.pop() {
            self[b].visited = 0;
            self.scan_block_for_locals(b, &mut stack);
        }
        self.end_traversal(stack);
    }

    /// CPython: Python/flowgraph.c, insert_superinstructions
    pub(super) fn insert_superinstructions(&mut self) {
        let mut changed = false;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            cursor = self[b].next;
            if !self[b].may_have(has::FAST) {
                continue;
            }
            let block = self.instrs_mut(b);
            let mut joined = false;
            for i in 1..block.len() {
                let opcode = match (block[i - 1].opcode, block[i].opcode) {
                    (Opcode::LOAD_FAST, Opcode::LOAD_FAST) => Opcode::LOAD_FAST_LOAD_FAST,
                    (Opcode::STORE_FAST, Opcode::LOAD_FAST) => Opcode::STORE_FAST_LOAD_FAST,
                    (Opcode::STORE_FAST, Opcode::STORE_FAST) => Opcode::STORE_FAST_STORE_FAST,
                    _ => continue,
                };
                let (first, second) = (block[i - 1], block[i]);
                let (line1, line2) = (first.loc.lineno, second.loc.lineno);
                let other_line = line1 >= 0 && line2 >= 0 && line1 != line2;
                if !other_line && first.oparg < 16 && second.oparg < 16 {
                    block[i - 1].set(opcode, first.oparg << 4 | second.oparg);
                    block[i].set(Opcode::NOP, 0);
                    joined = true;
                }
            }
            if joined {
                self[b].has |= has::NOP;
                changed = true;
            }
        }
        if changed || self.blocks.iter().any(|block| block.may_have(has::NOP)) {
            self.remove_redundant_nops();
        }
    }
}
