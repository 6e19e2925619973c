//! `LOAD_FAST` that may borrow: the value is consumed before its local can change.
//!
//! Each block is run on a stack of references, each knowing the load that made it and its local. A load may borrow
//! unless its reference is stored to a local, or stands on the stack when that local is killed or the block ends.
//! CPython: Python/flowgraph.c, optimize_load_fast.

use pyaot_code::Opcode;

use super::stackdepth::{Effect, effects, popped_and_pushed};
use super::{BlockId, Cfg, CfgInstr, ENTRY, Result, has};
use crate::instr::CompileFailure;

#[derive(Clone, Copy)]
struct Ref {
    /// Index of the instruction that pushed it; `NONE` at the start of a block.
    instr: u32,
    /// `NO_LOCAL` where it is not the value of a local.
    local: i32,
}

const NONE: u32 = u32::MAX;
const NO_LOCAL: i32 = -1;

/// The stack of references of one block, and what spoils each load.
#[derive(Default)]
pub(super) struct Refs {
    stack: Vec<Ref>,
    spoiled: Vec<bool>,
}

impl Refs {
    fn start(&mut self, depth: usize, instrs: usize) {
        self.stack.clear();
        self.stack.resize(
            depth,
            Ref {
                instr: NONE,
                local: NO_LOCAL,
            },
        );
        self.spoiled.clear();
        self.spoiled.resize(instrs, false);
    }

    #[inline]
    fn push(&mut self, instr: usize, local: i32) {
        self.stack.push(Ref {
            instr: instr as u32,
            local,
        });
    }

    #[inline]
    fn pop(&mut self) -> Result<Ref> {
        self.stack.pop().ok_or_else(underflow)
    }

    fn pop_many(&mut self, count: i64) -> Result<()> {
        let depth = usize::try_from(count)
            .ok()
            .and_then(|n| self.stack.len().checked_sub(n));
        self.stack.truncate(depth.ok_or_else(underflow)?);
        Ok(())
    }

    fn spoil(&mut self, reference: Ref) {
        if let Some(flag) = self.spoiled.get_mut(reference.instr as usize) {
            *flag = true;
        }
    }

    /// The local gets another value: references to it that are still on the stack need their own count.
    fn kill_local(&mut self, local: i32) {
        for i in 0..self.stack.len() {
            if self.stack[i].local == local {
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
            .filter(|depth| *depth > 0)
            .and_then(|d| self.stack.len().checked_sub(d))
            .ok_or_else(underflow)
    }

    /// The effect of instruction `i` of the block.
    fn run(&mut self, instr: &CfgInstr, i: usize, effects: &[Effect; 267]) -> Result<()> {
        let oparg = instr.oparg;
        match instr.opcode {
            Opcode::LOAD_FAST => self.push(i, oparg),
            Opcode::LOAD_FAST_AND_CLEAR => {
                self.kill_local(oparg);
                self.push(i, oparg);
            }
            Opcode::LOAD_FAST_LOAD_FAST => {
                self.push(i, oparg >> 4);
                self.push(i, oparg & 15);
            }
            Opcode::STORE_FAST => self.store_local(oparg)?,
            Opcode::STORE_FAST_LOAD_FAST => {
                self.store_local(oparg >> 4)?;
                self.push(i, oparg & 15);
            }
            Opcode::STORE_FAST_STORE_FAST => {
                self.store_local(oparg >> 4)?;
                self.store_local(oparg & 15)?;
            }
            Opcode::DELETE_FAST => self.kill_local(oparg),
            Opcode::COPY => {
                let copied = self.stack[self.at(oparg)?];
                self.stack.push(copied);
            }
            Opcode::SWAP => {
                let other = self.at(oparg)?;
                let top = self.at(1)?;
                self.stack.swap(other, top);
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
                let (popped, pushed) = popped_and_pushed(effects, instr.opcode, oparg);
                for first in 0..(pushed - popped) as usize {
                    self.push(first, NO_LOCAL);
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
                let (popped, pushed) = popped_and_pushed(effects, instr.opcode, oparg);
                self.pop_many(popped - pushed)?;
            }
            // A generator is its own iterator and a string its own text, so what was loaded may stay on the stack.
            Opcode::GET_YIELD_FROM_ITER | Opcode::FORMAT_SIMPLE => {
                self.at(1)?;
            }
            Opcode::END_SEND | Opcode::SET_FUNCTION_ATTRIBUTE => {
                let top = self.pop()?;
                self.pop()?;
                self.stack.push(top);
            }
            Opcode::CHECK_EXC_MATCH => {
                self.pop()?;
                self.push(i, NO_LOCAL);
            }
            Opcode::FOR_ITER => self.push(i, NO_LOCAL),
            Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR => {
                let owner = self.pop()?;
                if instr.opcode == Opcode::LOAD_SUPER_ATTR {
                    self.pop_many(2)?;
                }
                self.push(i, NO_LOCAL);
                if oparg & 1 != 0 {
                    // A method call may push the owner back.
                    self.stack.push(owner);
                }
            }
            Opcode::LOAD_SPECIAL | Opcode::PUSH_EXC_INFO => {
                let top = self.pop()?;
                self.push(i, NO_LOCAL);
                self.stack.push(top);
            }
            Opcode::SEND => {
                self.pop()?;
                self.push(i, NO_LOCAL);
            }
            opcode => {
                if !opcode.is_block_push() {
                    let (popped, pushed) = popped_and_pushed(effects, opcode, oparg);
                    self.pop_many(popped)?;
                    for _ in 0..pushed {
                        self.push(i, NO_LOCAL);
                    }
                }
            }
        }
        Ok(())
    }
}

fn underflow() -> CompileFailure {
    CompileFailure::internal("optimize_load_fast", "stack underflow")
}

impl Cfg {
    pub(super) fn optimize_load_fast(&mut self) -> Result<()> {
        if !self.blocks.iter().any(|block| block.may_have(has::FAST)) {
            return Ok(());
        }
        let effects = effects();
        let mut todo = self.start_traversal();
        let mut refs = std::mem::take(&mut self.refs);
        self[ENTRY].startdepth = 0;
        self.visit(ENTRY, &mut todo);
        while let Some(b) = todo.pop() {
            if self[b].may_have(has::FAST) {
                self.borrow_in(b, &mut refs, effects)?;
            }
            for i in self.first_target(b).saturating_sub(1)..self.used(b) {
                let instr = self.at(b, i);
                if instr.opcode.has_target() {
                    let target = instr.jump_target("optimize_load_fast")?;
                    self.visit(target, &mut todo);
                }
            }
            if let (Some(last), Some(next)) = (self.last(b), self[b].next)
                && !(last.opcode.is_unconditional_jump() || last.opcode.is_scope_exit())
            {
                self.visit(next, &mut todo);
            }
        }
        self.refs = refs;
        self.end_traversal(todo);
        Ok(())
    }

    fn borrow_in(&mut self, b: BlockId, refs: &mut Refs, effects: &[Effect; 267]) -> Result<()> {
        let depth = usize::try_from(self[b].startdepth).unwrap_or(0);
        refs.start(depth, self.used(b));
        for (i, instr) in self.instrs(b).iter().enumerate() {
            refs.run(instr, i, effects)?;
        }
        for i in 0..refs.stack.len() {
            refs.spoil(refs.stack[i]);
        }
        for (instr, spoiled) in self.instrs_mut(b).iter_mut().zip(&refs.spoiled) {
            match instr.opcode {
                Opcode::LOAD_FAST if !spoiled => instr.opcode = Opcode::LOAD_FAST_BORROW,
                Opcode::LOAD_FAST_LOAD_FAST if !spoiled => {
                    instr.opcode = Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
