//! Peephole optimisation of one block: constant folding, jump threading, simplified tests, static swaps.
//!
//! CPython: Python/flowgraph.c, optimize_load_const and optimize_basic_block.

// Conditions stay inside their arm: a guard would hide that the opcode is dealt with there.
#![allow(clippy::collapsible_match)]

use pyaot_code::opcode::intrinsic1;
use pyaot_code::{Constant, Opcode};

use super::consts::no_constant;
use super::fold::{self, is_true};
use super::{BlockId, Cfg, CfgInstr, Result, STACK_USE_GUIDELINE, has};

/// CPython `MIN_CONST_SEQUENCE_SIZE`.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

impl Cfg {
    fn opcode_at(&self, b: BlockId, i: usize) -> Option<Opcode> {
        self.instrs(b).get(i).map(|instr| instr.opcode)
    }

    /// Small ints get their own opcode; a constant in front of a test decides it.
    /// CPython: Python/flowgraph.c, basicblock_optimize_load_const
    pub(super) fn optimize_load_const(&mut self, b: BlockId) -> Result<()> {
        if !self[b].may_have(has::CONST) {
            return Ok(());
        }
        let (mut opcode, mut oparg) = (Opcode::CACHE, 0);
        for i in 0..self.used(b) {
            if self.at(b, i).opcode == Opcode::LOAD_CONST {
                let index = self.at(b, i).oparg;
                match self.consts.get(index as usize) {
                    Some(&Constant::Int(n @ 0..256)) => self.at_mut(b, i).set(Opcode::LOAD_SMALL_INT, n as i32),
                    Some(_) => {}
                    None => return Err(no_constant(index)),
                }
            }
            let instr = *self.at(b, i);
            let is_copy_of_load_const =
                opcode == Opcode::LOAD_CONST && instr.opcode == Opcode::COPY && instr.oparg == 1;
            if !is_copy_of_load_const {
                (opcode, oparg) = (instr.opcode, instr.oparg);
            }
            if !matches!(opcode, Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT) {
                continue;
            }
            match self.opcode_at(b, i + 1) {
                Some(
                    next @ (Opcode::POP_JUMP_IF_FALSE
                    | Opcode::POP_JUMP_IF_TRUE
                    | Opcode::JUMP_IF_FALSE
                    | Opcode::JUMP_IF_TRUE),
                ) => {
                    let truth = is_true(&self.const_value(opcode, oparg)?);
                    if matches!(next, Opcode::POP_JUMP_IF_FALSE | Opcode::POP_JUMP_IF_TRUE) {
                        self.nop(b, i);
                    }
                    let jump_if_true = matches!(next, Opcode::POP_JUMP_IF_TRUE | Opcode::JUMP_IF_TRUE);
                    if truth == jump_if_true {
                        self.at_mut(b, i + 1).opcode = Opcode::JUMP;
                    } else {
                        self.nop(b, i + 1);
                    }
                }
                Some(Opcode::IS_OP) => {
                    if self.const_value(opcode, oparg)?.is_none() {
                        self.fold_is_none(b, i);
                    }
                }
                Some(Opcode::TO_BOOL) => {
                    let truth = is_true(&self.const_value(opcode, oparg)?);
                    let index = self.consts.add(Constant::Bool(truth)) as i32;
                    self.nop(b, i);
                    self.at_mut(b, i + 1).set(Opcode::LOAD_CONST, index);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `LOAD_CONST None; IS_OP; [TO_BOOL;] POP_JUMP_IF_*` at `i` becomes one jump.
    fn fold_is_none(&mut self, b: BlockId, i: usize) {
        let mut jump = i + 2;
        if self.opcode_at(b, jump) == Some(Opcode::TO_BOOL) {
            // The result of IS_OP is a bool whatever follows.
            self.nop(b, jump);
            jump += 1;
        }
        let is_not = self.at(b, i + 1).oparg != 0;
        let invert = match self.opcode_at(b, jump) {
            Some(Opcode::POP_JUMP_IF_FALSE) => !is_not,
            Some(Opcode::POP_JUMP_IF_TRUE) => is_not,
            _ => return,
        };
        self.nop(b, i);
        self.nop(b, i + 1);
        self.at_mut(b, jump).opcode = if invert {
            Opcode::POP_JUMP_IF_NOT_NONE
        } else {
            Opcode::POP_JUMP_IF_NONE
        };
    }

    /// CPython: Python/flowgraph.c, optimize_basic_block
    pub(super) fn optimize_basic_block(&mut self, b: BlockId) -> Result<()> {
        if !self[b].may_have(has::PEEPHOLE) {
            return Ok(());
        }
        let mut i = 0;
        while i < self.used(b) {
            if has::of(self.at(b, i).opcode) & has::PEEPHOLE == 0 || !self.optimize_instr(b, i)? {
                i += 1;
            }
        }
        if !self[b].may_have(has::SWAP) {
            return Ok(());
        }
        let mut i = 0;
        while i < self.used(b) {
            if self.at(b, i).opcode == Opcode::SWAP {
                i = self.swaptimize(b, i);
                self.apply_static_swaps(b, i);
            }
            i += 1;
        }
        Ok(())
    }

    /// Optimises the instruction at `i`; `true`: look at index `i` again.
    fn optimize_instr(&mut self, b: BlockId, i: usize) -> Result<bool> {
        let instr = *self.at(b, i);
        let next = self.opcode_at(b, i + 1);
        match instr.opcode {
            Opcode::BUILD_TUPLE => {
                if next == Some(Opcode::UNPACK_SEQUENCE) && instr.oparg == self.at(b, i + 1).oparg {
                    match instr.oparg {
                        1 => {
                            self.nop(b, i);
                            self.nop(b, i + 1);
                            return Ok(false);
                        }
                        2 | 3 => {
                            self.nop(b, i);
                            self.at_mut(b, i + 1).opcode = Opcode::SWAP;
                            self[b].has |= has::SWAP;
                            return Ok(false);
                        }
                        _ => {}
                    }
                }
                self.fold_tuple_of_constants(b, i)?;
            }
            Opcode::LIST_APPEND | Opcode::SET_ADD => {
                if matches!(next, Some(Opcode::GET_ITER | Opcode::CONTAINS_OP)) {
                    self.fold_constant_sequence(b, i)?;
                }
            }
            Opcode::BUILD_LIST | Opcode::BUILD_SET => self.optimize_lists_and_sets(b, i, next)?,
            Opcode::POP_JUMP_IF_NOT_NONE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::JUMP_IF_FALSE
            | Opcode::JUMP_IF_TRUE
            | Opcode::JUMP
            | Opcode::JUMP_NO_INTERRUPT => return self.optimize_jump(b, i, instr),
            Opcode::STORE_FAST => {
                if let Some(other) = self.instrs(b).get(i + 1)
                    && other.opcode == Opcode::STORE_FAST
                    && other.oparg == instr.oparg
                    && other.loc.lineno == instr.loc.lineno
                {
                    self.at_mut(b, i).set(Opcode::POP_TOP, 0);
                    self[b].has |= has::POP_TOP;
                }
            }
            Opcode::SWAP => {
                if instr.oparg == 1 {
                    self.nop(b, i);
                }
            }
            Opcode::LOAD_GLOBAL => {
                if next == Some(Opcode::PUSH_NULL) && instr.oparg & 1 == 0 {
                    self.at_mut(b, i).oparg |= 1;
                    self.nop(b, i + 1);
                }
            }
            Opcode::COMPARE_OP => {
                if next == Some(Opcode::TO_BOOL) {
                    self.nop(b, i);
                    self.at_mut(b, i + 1).set(Opcode::COMPARE_OP, instr.oparg | 16);
                }
            }
            Opcode::CONTAINS_OP | Opcode::IS_OP => match next {
                Some(Opcode::TO_BOOL) => {
                    self.nop(b, i);
                    self.at_mut(b, i + 1).set(instr.opcode, instr.oparg);
                }
                Some(Opcode::UNARY_NOT) => {
                    self.nop(b, i);
                    self.at_mut(b, i + 1).set(instr.opcode, instr.oparg ^ 1);
                }
                _ => {}
            },
            Opcode::TO_BOOL => {
                if next == Some(Opcode::TO_BOOL) {
                    self.nop(b, i);
                }
            }
            Opcode::UNARY_NOT => match next {
                Some(Opcode::TO_BOOL) => {
                    self.nop(b, i);
                    self.at_mut(b, i + 1).set(Opcode::UNARY_NOT, 0);
                }
                Some(Opcode::UNARY_NOT) => {
                    self.nop(b, i);
                    self.nop(b, i + 1);
                }
                _ => self.fold_const_unaryop(b, i)?,
            },
            Opcode::UNARY_INVERT | Opcode::UNARY_NEGATIVE => self.fold_const_unaryop(b, i)?,
            Opcode::CALL_INTRINSIC_1 => match instr.oparg as u32 {
                intrinsic1::LIST_TO_TUPLE => {
                    self.fold_constant_sequence(b, i)?;
                    if next == Some(Opcode::GET_ITER) && self.at(b, i).opcode == Opcode::CALL_INTRINSIC_1 {
                        self.nop(b, i);
                    }
                }
                intrinsic1::UNARY_POSITIVE => self.fold_const_unaryop(b, i)?,
                _ => {}
            },
            Opcode::BINARY_OP => self.fold_const_binop(b, i)?,
            _ => {}
        }
        Ok(false)
    }

    /// Jumps to jumps. `true`: the jump changed, look at it again.
    fn optimize_jump(&mut self, b: BlockId, i: usize, instr: CfgInstr) -> Result<bool> {
        use Opcode::{JUMP, JUMP_IF_FALSE, JUMP_IF_TRUE, JUMP_NO_INTERRUPT};
        let target = instr.jump_target("optimize_basic_block")?;
        let Some(at_target) = self.instrs(target).first().copied() else {
            return Ok(false);
        };
        match (instr.opcode, at_target.opcode) {
            (JUMP_IF_FALSE, JUMP_IF_TRUE) | (JUMP_IF_TRUE, JUMP_IF_FALSE) => {
                self.at_mut(b, i).target = self[target].next;
                Ok(true)
            }
            (JUMP_IF_FALSE, JUMP | JUMP_IF_FALSE) | (JUMP_IF_TRUE, JUMP | JUMP_IF_TRUE) => {
                self.jump_thread(b, i, &at_target, instr.opcode)
            }
            (JUMP | JUMP_NO_INTERRUPT, JUMP) => self.jump_thread(b, i, &at_target, JUMP),
            (JUMP | JUMP_NO_INTERRUPT, JUMP_NO_INTERRUPT) => self.jump_thread(b, i, &at_target, instr.opcode),
            (JUMP_IF_FALSE | JUMP_IF_TRUE | JUMP | JUMP_NO_INTERRUPT, _) => Ok(false),
            (_, JUMP) => self.jump_thread(b, i, &at_target, instr.opcode),
            _ => Ok(false),
        }
    }

    /// The jump at `i` becomes a NOP, and a jump to where `at_target` goes is appended.
    /// CPython: Python/flowgraph.c, jump_thread
    fn jump_thread(&mut self, b: BlockId, i: usize, at_target: &CfgInstr, opcode: Opcode) -> Result<bool> {
        if self.at(b, i).target == at_target.target {
            return Ok(false);
        }
        let target = at_target.jump_target("jump_thread")?;
        self.nop(b, i);
        self.add_jump(b, opcode, target, at_target.loc)?;
        Ok(true)
    }

    /// CPython: Python/flowgraph.c, fold_tuple_of_constants
    fn fold_tuple_of_constants(&mut self, b: BlockId, i: usize) -> Result<()> {
        let size = self.at(b, i).oparg as usize;
        if size > STACK_USE_GUIDELINE {
            return Ok(());
        }
        let Some(loads) = self.const_loads_before(b, i, size) else {
            return Ok(());
        };
        let items = self.values_of(b, &loads)?;
        self.nop_out(b, &loads);
        self.make_load_const(b, i, Constant::tuple(items));
        Ok(())
    }

    /// `BUILD_LIST 0; (LOAD_CONST; LIST_APPEND 1)*` up to the intrinsic or last append at `i` becomes one constant;
    /// likewise for sets. An append has no location afterwards, the intrinsic keeps its own.
    /// CPython: Python/flowgraph.c, fold_constant_intrinsic_list_to_tuple and fold_constant_seq_into_load_const
    fn fold_constant_sequence(&mut self, b: BlockId, i: usize) -> Result<()> {
        let is_intrinsic = self.at(b, i).opcode == Opcode::CALL_INTRINSIC_1;
        let is_set = self.at(b, i).opcode == Opcode::SET_ADD;
        let (build, append) = if is_set {
            (Opcode::BUILD_SET, Opcode::SET_ADD)
        } else {
            (Opcode::BUILD_LIST, Opcode::LIST_APPEND)
        };
        let end = if is_intrinsic { i } else { i + 1 };
        let mut loads = Vec::new();
        let mut expect_append = true;
        for pos in (0..end).rev() {
            let instr = *self.at(b, pos);
            if instr.opcode == Opcode::NOP {
                continue;
            }
            if instr.opcode == build && instr.oparg == 0 {
                if !expect_append {
                    return Ok(());
                }
                loads.reverse();
                let items = self.values_of(b, &loads)?;
                let all: Vec<usize> = (pos..end).filter(|&p| self.at(b, p).opcode != Opcode::NOP).collect();
                self.nop_out(b, &all);
                self.make_load_const(
                    b,
                    i,
                    if is_set {
                        fold::frozenset(items)
                    } else {
                        Constant::tuple(items)
                    },
                );
                return Ok(());
            }
            if expect_append {
                if instr.opcode != append || instr.oparg != 1 {
                    return Ok(());
                }
            } else {
                if !instr.loads_const() {
                    return Ok(());
                }
                loads.push(pos);
            }
            expect_append = !expect_append;
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, optimize_lists_and_sets
    fn optimize_lists_and_sets(&mut self, b: BlockId, i: usize, next: Option<Opcode>) -> Result<()> {
        let instr = *self.at(b, i);
        let contains_or_iter = matches!(next, Some(Opcode::GET_ITER | Opcode::CONTAINS_OP));
        let size = instr.oparg as usize;
        if size > STACK_USE_GUIDELINE || (size < MIN_CONST_SEQUENCE_SIZE && !contains_or_iter) {
            return Ok(());
        }
        let Some(loads) = self.const_loads_before(b, i, size) else {
            if contains_or_iter && instr.opcode == Opcode::BUILD_LIST {
                self.at_mut(b, i).opcode = Opcode::BUILD_TUPLE;
            }
            return Ok(());
        };
        let items = self.values_of(b, &loads)?;
        let is_set = instr.opcode == Opcode::BUILD_SET;
        let value = if is_set {
            fold::frozenset(items)
        } else {
            Constant::tuple(items)
        };
        let index = self.consts.add(value) as i32;
        self[b].has |= has::CONST;
        self.nop_out(b, &loads);
        if contains_or_iter {
            self.at_mut(b, i).set(Opcode::LOAD_CONST, index);
        } else {
            let slots = self.instrs_mut(b);
            slots[i - 2].loc = instr.loc;
            slots[i - 2].set(instr.opcode, 0);
            slots[i - 1].set(Opcode::LOAD_CONST, index);
            slots[i].set(
                if is_set {
                    Opcode::SET_UPDATE
                } else {
                    Opcode::LIST_EXTEND
                },
                1,
            );
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, fold_const_binop
    fn fold_const_binop(&mut self, b: BlockId, i: usize) -> Result<()> {
        let Some(loads) = self.const_loads_before(b, i, 2) else {
            return Ok(());
        };
        let operands = self.values_of(b, &loads)?;
        if let Some(value) = fold::binary(&operands[0], self.at(b, i).oparg as u32, &operands[1]) {
            self.nop_out(b, &loads);
            self.make_load_const(b, i, value);
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, fold_const_unaryop
    fn fold_const_unaryop(&mut self, b: BlockId, i: usize) -> Result<()> {
        let Some(loads) = self.const_loads_before(b, i, 1) else {
            return Ok(());
        };
        let operands = self.values_of(b, &loads)?;
        if let Some(value) = fold::unary(self.at(b, i).opcode, &operands[0]) {
            self.nop_out(b, &loads);
            self.make_load_const(b, i, value);
        }
        Ok(())
    }

    /// Replaces the run of SWAPs and NOPs at `start` by a shortest run with the same effect; returns its last index.
    /// CPython: Python/flowgraph.c, swaptimize
    fn swaptimize(&mut self, b: BlockId, start: usize) -> usize {
        self[b].has |= has::NOP;
        let run = &mut self.instrs_mut(b)[start..];
        let len = run
            .iter()
            .take_while(|i| matches!(i.opcode, Opcode::SWAP | Opcode::NOP))
            .count();
        let run = &mut run[..len];
        let swaps = || {
            run.iter()
                .filter(|i| i.opcode == Opcode::SWAP)
                .map(|i| i.oparg as usize)
        };
        if swaps().count() < 2 {
            return start;
        }
        let depth = swaps().max().unwrap_or(0);
        let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
        swaps().for_each(|oparg| stack.swap(0, oparg - 1));
        // The cycles of the permutation, written from the end of the run; each swap goes through position 0.
        let mut current = len;
        for i in 0..depth {
            if stack[i].is_none() || stack[i] == Some(i) {
                continue;
            }
            let mut j = i;
            loop {
                if j != 0 {
                    current -= 1;
                    run[current].set(Opcode::SWAP, j as i32 + 1);
                }
                match stack[j].take() {
                    Some(next) => j = next,
                    None => break,
                }
            }
        }
        run[..current].iter_mut().for_each(|instr| instr.set(Opcode::NOP, 0));
        start + len - 1
    }

    /// Swaps the instructions that a SWAP at or before `i` is for, instead of the stack items.
    /// CPython: Python/flowgraph.c, apply_static_swaps
    fn apply_static_swaps(&mut self, b: BlockId, i: usize) {
        self[b].has |= has::NOP;
        let block = self.instrs_mut(b);
        for i in (0..=i).rev() {
            let swap = block[i];
            if swap.opcode != Opcode::SWAP {
                if swap.opcode == Opcode::NOP || is_swappable(swap.opcode) {
                    continue;
                }
                return;
            }
            let Some(j) = next_swappable_instruction(block, i, -1) else {
                return;
            };
            let mut k = j;
            let lineno = block[j].loc.lineno;
            for _ in 1..swap.oparg {
                match next_swappable_instruction(block, k, lineno) {
                    Some(next) => k = next,
                    None => return,
                }
            }
            // Not safe if both store to one variable, or anything between stores to a variable of either.
            let (store_j, store_k) = (stores_to(&block[j]), stores_to(&block[k]));
            if store_j.is_some() || store_k.is_some() {
                if store_j == store_k {
                    return;
                }
                for between in &block[j + 1..k] {
                    let store = stores_to(between);
                    if store.is_some() && (store == store_j || store == store_k) {
                        return;
                    }
                }
            }
            block[i].set(Opcode::NOP, 0);
            block.swap(j, k);
        }
    }
}

fn is_swappable(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL | Opcode::POP_TOP
    )
}

fn stores_to(instr: &CfgInstr) -> Option<i32> {
    matches!(instr.opcode, Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL).then_some(instr.oparg)
}

/// CPython: Python/flowgraph.c, next_swappable_instruction
fn next_swappable_instruction(block: &[CfgInstr], i: usize, lineno: i32) -> Option<usize> {
    for (at, instr) in block.iter().enumerate().skip(i + 1) {
        if lineno >= 0 && instr.loc.lineno != lineno {
            return None;
        }
        if instr.opcode == Opcode::NOP {
            continue;
        }
        return is_swappable(instr.opcode).then_some(at);
    }
    None
}
