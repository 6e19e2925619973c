//! `LOAD_FAST` that may borrow: the value is consumed before its local can change.
//!
//! Each block is run on a stack of references, each knowing the load that made it and its local. A load may borrow
//! unless its reference is stored to a local, or stands on the stack when that local is killed or the block ends.
//! CPython: Python/flowgraph.c, optimize_load_fast.

use pyaot_code::Opcode;

use super::{BlockId, Cfg, ENTRY, Result};
use crate::instr::CompileFailure;

#[derive(Clone, Copy)]
struct Ref {
    /// Index of the instruction that pushed it; `None` at the start of a block.
    instr: Option<usize>,
    local: Option<i32>,
}

/// The stack of references of one block, and what spoils each load.
struct Refs {
    stack: Vec<Ref>,
    spoiled: Vec<bool>,
}

impl Refs {
    fn push(&mut self, instr: usize, local: Option<i32>) {
        self.stack.push(Ref {
            instr: Some(instr),
            local,
        });
    }

    fn pop(&mut self) -> Result<Ref> {
        self.stack.pop().ok_or_else(underflow)
    }

    fn spoil(&mut self, reference: Ref) {
        if let Some(flag) = reference.instr.and_then(|i| self.spoiled.get_mut(i)) {
            *flag = true;
        }
    }

    /// The local gets another value: references to it that are still on the stack need their own count.
    fn kill_local(&mut self, local: i32) {
        for i in 0..self.stack.len() {
            if self.stack[i].local == Some(local) {
                self.spoil(self.stack[i]);
            }
        }
    }

    fn store_local(&mut self, local: i32) -> Result<()> {
        let value = self.pop()?;
        self.kill_local(local);
        self.spoil(value);
        Ok(())
    }

    /// Index of the item `depth` below the top, 1 being the top.
    fn at(&self, depth: i32) -> Result<usize> {
        usize::try_from(depth)
            .ok()
            .and_then(|d| self.stack.len().checked_sub(d))
            .ok_or_else(underflow)
    }
}

fn underflow() -> CompileFailure {
    CompileFailure::internal("optimize_load_fast", "stack underflow")
}

impl Cfg {
    pub(super) fn optimize_load_fast(&mut self) -> Result<()> {
        self.clear_visited();
        let mut todo = Vec::new();
        self[ENTRY].startdepth = 0;
        self.visit(ENTRY, &mut todo);
        while let Some(b) = todo.pop() {
            let depth = usize::try_from(self[b].startdepth).unwrap_or(0);
            let mut refs = Refs {
                stack: vec![
                    Ref {
                        instr: None,
                        local: None
                    };
                    depth
                ],
                spoiled: vec![false; self[b].used],
            };
            for i in 0..self[b].used {
                self.run_on_refs(b, i, &mut refs, &mut todo)?;
            }
            if let (Some(last), Some(next)) = (self[b].last(), self[b].next)
                && !(last.opcode.is_unconditional_jump() || last.opcode.is_scope_exit())
            {
                self.visit(next, &mut todo);
            }
            for i in 0..refs.stack.len() {
                refs.spoil(refs.stack[i]);
            }
            for (instr, spoiled) in self[b].instrs_mut().iter_mut().zip(refs.spoiled) {
                match instr.opcode {
                    Opcode::LOAD_FAST if !spoiled => instr.opcode = Opcode::LOAD_FAST_BORROW,
                    Opcode::LOAD_FAST_LOAD_FAST if !spoiled => {
                        instr.opcode = Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The effect of instruction `i` on the references.
    fn run_on_refs(&mut self, b: BlockId, i: usize, refs: &mut Refs, todo: &mut Vec<BlockId>) -> Result<()> {
        let instr = self[b].slots[i];
        let oparg = instr.oparg;
        let popped = instr.opcode.popped(oparg as u32);
        let pushed = instr.opcode.pushed(oparg as u32);
        match instr.opcode {
            Opcode::LOAD_FAST => refs.push(i, Some(oparg)),
            Opcode::LOAD_FAST_AND_CLEAR => {
                refs.kill_local(oparg);
                refs.push(i, Some(oparg));
            }
            Opcode::LOAD_FAST_LOAD_FAST => {
                refs.push(i, Some(oparg >> 4));
                refs.push(i, Some(oparg & 15));
            }
            Opcode::STORE_FAST => refs.store_local(oparg)?,
            Opcode::STORE_FAST_LOAD_FAST => {
                refs.store_local(oparg >> 4)?;
                refs.push(i, Some(oparg & 15));
            }
            Opcode::STORE_FAST_STORE_FAST => {
                refs.store_local(oparg >> 4)?;
                refs.store_local(oparg & 15)?;
            }
            Opcode::DELETE_FAST => refs.kill_local(oparg),
            Opcode::COPY => {
                let copied = refs.stack.get(refs.at(oparg)?).copied().ok_or_else(underflow)?;
                refs.stack.push(copied);
            }
            Opcode::SWAP => {
                let other = refs.at(oparg)?;
                let top = refs.at(1)?;
                refs.stack.swap(other, top);
            }
            // They leave all their inputs and push more. CPython counts the new items from 0 where it means the
            // instruction, so the first instructions of the block take the blame for them.
            Opcode::GET_ANEXT
            | Opcode::GET_LEN
            | Opcode::IMPORT_FROM
            | Opcode::MATCH_KEYS
            | Opcode::MATCH_MAPPING
            | Opcode::MATCH_SEQUENCE
            | Opcode::WITH_EXCEPT_START => {
                for first in 0..(pushed - popped) as usize {
                    refs.push(first, None);
                }
            }
            // They take some of their inputs and push nothing.
            Opcode::DICT_MERGE
            | Opcode::DICT_UPDATE
            | Opcode::LIST_APPEND
            | Opcode::LIST_EXTEND
            | Opcode::MAP_ADD
            | Opcode::RERAISE
            | Opcode::SET_ADD
            | Opcode::SET_UPDATE => {
                for _ in 0..popped - pushed {
                    refs.pop()?;
                }
            }
            // A generator is its own iterator and a string its own text, so what was loaded may stay on the stack.
            Opcode::GET_YIELD_FROM_ITER | Opcode::FORMAT_SIMPLE => {
                refs.at(1)?;
            }
            Opcode::END_SEND | Opcode::SET_FUNCTION_ATTRIBUTE => {
                let top = refs.pop()?;
                refs.pop()?;
                refs.stack.push(top);
            }
            Opcode::CHECK_EXC_MATCH => {
                refs.pop()?;
                refs.push(i, None);
            }
            Opcode::FOR_ITER => {
                self.visit(instr.jump_target("optimize_load_fast")?, todo);
                refs.push(i, None);
            }
            Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR => {
                let owner = refs.pop()?;
                if instr.opcode == Opcode::LOAD_SUPER_ATTR {
                    refs.pop()?;
                    refs.pop()?;
                }
                refs.push(i, None);
                if oparg & 1 != 0 {
                    // A method call may push the owner back.
                    refs.stack.push(owner);
                }
            }
            Opcode::LOAD_SPECIAL | Opcode::PUSH_EXC_INFO => {
                let top = refs.pop()?;
                refs.push(i, None);
                refs.stack.push(top);
            }
            Opcode::SEND => {
                self.visit(instr.jump_target("optimize_load_fast")?, todo);
                refs.pop()?;
                refs.push(i, None);
            }
            opcode => {
                if opcode.has_target() {
                    self.visit(instr.jump_target("optimize_load_fast")?, todo);
                }
                if !opcode.is_block_push() {
                    for _ in 0..popped {
                        refs.pop()?;
                    }
                    for _ in 0..pushed {
                        refs.push(i, None);
                    }
                }
            }
        }
        Ok(())
    }
}
