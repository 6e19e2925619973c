//! The control flow graph of one unit: built from codegen's instruction sequence, optimised, read by the assembler.
//!
//! In: an `InstructionSequence` and the unit's constants. Out: blocks in code order whose jumps and handlers are block
//! references, the stack size, and the number of `localsplus` slots.
//! Every pass does what CPython's does, in CPython's order, quirks included, because code objects must be identical.
//! Two surprising decisions. A block keeps what stood beyond its end, as in C, since an instruction appended later
//! inherits the exception handler that the stale slot had (`basicblock_addop` does not set it). And all blocks lie in
//! one array that is used again for the next unit, each with a set of what it may hold (`has`), so that most passes
//! skip most blocks: with thirty passes, walking is what costs.
//! CPython: Python/flowgraph.c.

mod consts;
mod fold;
mod layout;
mod lines;
mod load_fast;
mod locals;
mod peephole;
mod preprocess;
mod redundant;
mod stackdepth;

use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

use pyaot_code::Opcode;

use crate::instr::{CompileFailure, ConstTable, Instr, InstructionSequence, Location, UnitMetadata};

type Result<T> = std::result::Result<T, CompileFailure>;

/// CPython `_PY_STACK_USE_GUIDELINE`.
const STACK_USE_GUIDELINE: usize = 30;

/// Index of a block in `Cfg::blocks`, plus one, so that an absent one takes no room of its own; the first is the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockId(NonZeroU32);

pub(crate) const ENTRY: BlockId = BlockId(NonZeroU32::MIN);

impl BlockId {
    #[inline]
    fn of(index: usize) -> BlockId {
        // A code object of four thousand million blocks fits no memory.
        BlockId(NonZeroU32::new(index as u32 + 1).unwrap_or(NonZeroU32::MAX))
    }
}

/// An instruction whose target is a block.
pub(crate) type CfgInstr = Instr;

impl Instr {
    fn set(&mut self, opcode: Opcode, oparg: i32) {
        self.opcode = opcode;
        self.oparg = oparg;
    }

    pub(crate) fn jump_target(&self, function: &'static str) -> Result<BlockId> {
        self.target
            .ok_or_else(|| CompileFailure::internal(function, format!("{} without target", self.opcode)))
    }
}

/// What a block may hold: bits of `BasicBlock::has`. A bit that is not set says that there is none.
mod has {
    use pyaot_code::Opcode;

    pub const NOP: u16 = 1;
    /// A target that is not that of the last instruction.
    pub const SETUP: u16 = 2;
    /// `LOAD_CONST`, `LOAD_SMALL_INT`.
    pub const CONST: u16 = 4;
    pub const SWAP: u16 = 8;
    pub const POP_TOP: u16 = 16;
    /// Loads and stores of locals that become superinstructions or borrow.
    pub const FAST: u16 = 32;
    /// What leaves a local unbound.
    pub const UNBINDS: u16 = 64;
    /// What `convert_pseudo_ops` changes.
    pub const PSEUDO: u16 = 128;
    /// Cells and free variables.
    pub const CELL: u16 = 256;
    /// An instruction without a line.
    pub const NO_LINE: u16 = 512;
    pub const EVAL_BREAK: u16 = 1024;
    /// What the peephole optimiser looks at.
    pub const PEEPHOLE: u16 = 2048;
    /// An instruction with a handler, or the end of a handler's range.
    pub const HANDLED: u16 = 4096;
    /// What ends its block.
    pub const TERMINATOR: u16 = 8192;

    static OF: [u16; 267] = {
        let mut of = [0; 267];
        let mut i = 0;
        while i < Opcode::ALL.len() {
            let opcode = Opcode::ALL[i];
            let eval_break = if opcode.table_eval_break() { EVAL_BREAK } else { 0 };
            let terminator = if opcode.table_terminator() { TERMINATOR } else { 0 };
            let family = match opcode {
                Opcode::NOP => NOP,
                Opcode::SETUP_FINALLY | Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP => SETUP | PSEUDO,
                Opcode::POP_BLOCK => HANDLED,
                Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT => CONST,
                Opcode::SWAP => SWAP | PEEPHOLE,
                Opcode::POP_TOP => POP_TOP,
                Opcode::LOAD_FAST => FAST,
                Opcode::STORE_FAST => FAST | PEEPHOLE,
                Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR => UNBINDS,
                Opcode::STORE_FAST_MAYBE_NULL => UNBINDS | PSEUDO,
                Opcode::LOAD_CLOSURE => PSEUDO | CELL,
                Opcode::MAKE_CELL
                | Opcode::LOAD_DEREF
                | Opcode::STORE_DEREF
                | Opcode::DELETE_DEREF
                | Opcode::LOAD_FROM_DICT_OR_DEREF => CELL,
                Opcode::JUMP
                | Opcode::BUILD_TUPLE
                | Opcode::LIST_APPEND
                | Opcode::SET_ADD
                | Opcode::BUILD_LIST
                | Opcode::BUILD_SET
                | Opcode::POP_JUMP_IF_NOT_NONE
                | Opcode::POP_JUMP_IF_NONE
                | Opcode::POP_JUMP_IF_FALSE
                | Opcode::POP_JUMP_IF_TRUE
                | Opcode::JUMP_IF_FALSE
                | Opcode::JUMP_IF_TRUE
                | Opcode::JUMP_NO_INTERRUPT
                | Opcode::LOAD_GLOBAL
                | Opcode::COMPARE_OP
                | Opcode::CONTAINS_OP
                | Opcode::IS_OP
                | Opcode::TO_BOOL
                | Opcode::UNARY_NOT
                | Opcode::UNARY_INVERT
                | Opcode::UNARY_NEGATIVE
                | Opcode::BINARY_OP => PEEPHOLE,
                Opcode::CALL_INTRINSIC_1 => PEEPHOLE,
                _ => 0,
            };
            of[opcode as usize] = family | eval_break | terminator;
            i += 1;
        }
        of
    };

    #[inline]
    pub fn of(opcode: Opcode) -> u16 {
        OF[opcode as usize]
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BasicBlock {
    /// First slot in `Cfg::slots`; `used` slots are the instructions, what follows up to `len` is stale.
    start: u32,
    used: u32,
    len: u32,
    pub(crate) next: Option<BlockId>,
    unsafe_locals_mask: u64,
    /// Node of `Cfg::handlers`: the handlers at the start of the block while `label_exception_targets` runs.
    exceptstack: u32,
    predecessors: i32,
    /// The traversal that came here last.
    visited: u32,
    /// Negative: not computed.
    pub(crate) startdepth: i32,
    /// Index of the first instruction in the final code; the assembler sets it.
    pub(crate) index: u32,
    has: u16,
    /// A jump goes here.
    labelled: bool,
    pub(crate) preserve_lasti: bool,
    except_handler: bool,
    cold: bool,
    warm: bool,
}

impl BasicBlock {
    fn new(start: u32) -> BasicBlock {
        BasicBlock {
            start,
            used: 0,
            len: 0,
            next: None,
            unsafe_locals_mask: 0,
            exceptstack: 0,
            predecessors: 0,
            startdepth: 0,
            index: 0,
            has: 0,
            labelled: false,
            preserve_lasti: false,
            visited: 0,
            except_handler: false,
            cold: false,
            warm: false,
        }
    }

    fn may_have(&self, bits: u16) -> bool {
        self.has & bits != 0
    }
}

/// A handler and those around it.
#[derive(Clone, Copy, Debug)]
struct Handlers {
    innermost: Option<BlockId>,
    outer: u32,
    depth: u32,
}

/// CPython's `_PyCfgBuilder` with the constants that passes append to. One serves for all units of a module.
#[derive(Default)]
pub(crate) struct Cfg {
    blocks: Vec<BasicBlock>,
    slots: Vec<CfgInstr>,
    pub(crate) consts: ConstTable,
    handlers: Vec<Handlers>,
    /// Room of passes that follow the graph.
    todo: Vec<BlockId>,
    /// Block that starts at an instruction of the sequence, while the graph is built.
    block_at: Vec<Option<BlockId>>,
    refs: load_fast::Refs,
    /// Marks of `remove_unused_consts`.
    used_consts: Vec<bool>,
    /// Number of the traversal; no block is reached by that of number 0.
    traversal: u32,
    /// What the sequence holds: that of all blocks.
    has: u16,
}

impl Index<BlockId> for Cfg {
    type Output = BasicBlock;

    #[inline]
    fn index(&self, id: BlockId) -> &BasicBlock {
        &self.blocks[id.0.get() as usize - 1]
    }
}

impl IndexMut<BlockId> for Cfg {
    #[inline]
    fn index_mut(&mut self, id: BlockId) -> &mut BasicBlock {
        &mut self.blocks[id.0.get() as usize - 1]
    }
}

/// Sizes of an optimised unit.
pub(crate) struct OptimizedUnit {
    pub(crate) stackdepth: u32,
    pub(crate) nlocalsplus: usize,
}

impl Cfg {
    /// Runs all passes on one unit. CPython: Python/compile.c, optimize_and_assemble_code_unit
    pub(crate) fn optimize(
        &mut self,
        unit: &mut UnitMetadata,
        seq: &mut InstructionSequence,
        code_flags: u32,
    ) -> Result<OptimizedUnit> {
        self.consts = std::mem::take(&mut unit.consts);
        self.read_sequence(seq)?;
        self.optimize_code_unit(unit.varnames.len(), unit.nparams)?;
        self.finish(unit, code_flags)
    }

    /// CPython: Python/flowgraph.c, _PyCfg_FromInstructionSequence and translate_jump_labels_to_targets
    fn read_sequence(&mut self, seq: &mut InstructionSequence) -> Result<()> {
        const FUNCTION: &str = "_PyCfg_FromInstructionSequence";
        seq.splice_annotations()?;
        let len = seq.len();
        if u32::try_from(len).is_err() {
            return Err(CompileFailure::internal(FUNCTION, "too many instructions"));
        }
        self.blocks.clear();
        // The graph takes the instructions as they are, and leaves its former room to the sequence.
        std::mem::swap(&mut self.slots, &mut seq.instrs);
        seq.instrs.clear();
        self.block_at.clear();
        self.block_at.resize(len, None);
        for instr in self.slots.iter().filter(|instr| instr.opcode.has_target()) {
            let index = seq.place_of(instr.oparg);
            match self.block_at.get_mut(index as usize) {
                Some(block) => *block = Some(ENTRY),
                None => {
                    return Err(CompileFailure::internal(
                        FUNCTION,
                        format!("target {index} out of range"),
                    ));
                }
            }
        }
        self.traversal = 0;
        let mut all = 0;
        let mut current = BasicBlock::new(0);
        let mut is_terminated = false;
        for (i, (instr, block_at)) in self.slots.iter().zip(&mut self.block_at).enumerate() {
            let is_target = block_at.is_some();
            // CPython cfg_builder_maybe_start_new_block
            let is_begun = i as u32 > current.start || current.labelled;
            if is_terminated || is_target && is_begun {
                current.next = Some(BlockId::of(self.blocks.len() + 1));
                current.used = i as u32 - current.start;
                current.len = current.used;
                all |= current.has;
                self.blocks.push(current);
                current = BasicBlock::new(i as u32);
            }
            if is_target {
                current.labelled = true;
                *block_at = Some(BlockId::of(self.blocks.len()));
            }
            let holds = has::of(instr.opcode);
            current.has |= holds | (instr.loc.lineno >> 31) as u16 & has::NO_LINE;
            is_terminated = holds & has::TERMINATOR != 0;
        }
        current.used = len as u32 - current.start;
        current.len = current.used;
        self.has = all | current.has;
        self.blocks.push(current);
        for i in 0..self.blocks.len() {
            let block = self.blocks[i];
            let (start, end) = (block.start as usize, (block.start + block.used) as usize);
            let from = if block.may_have(has::SETUP) {
                start
            } else {
                end.saturating_sub(1).max(start)
            };
            for at in from..end {
                let instr = self.slots[at];
                if instr.opcode.has_target() {
                    self.slots[at].target = self.block_at[seq.place_of(instr.oparg) as usize];
                }
            }
        }
        Ok(())
    }

    /// CPython: Python/flowgraph.c, _PyCfg_OptimizeCodeUnit
    fn optimize_code_unit(&mut self, nlocals: usize, nparams: usize) -> Result<()> {
        if self.has_handlers() {
            self.mark_except_handlers()?;
            self.label_exception_targets()?;
        }

        self.optimize_cfg()?;
        self.remove_unused_consts()?;
        self.add_checks_for_loads_of_uninitialized_variables(nlocals, nparams);
        self.insert_superinstructions();

        self.push_cold_blocks_to_end()?;
        self.resolve_line_numbers()
    }

    /// CPython: Python/flowgraph.c, optimize_cfg
    fn optimize_cfg(&mut self) -> Result<()> {
        self.inline_small_or_no_lineno_blocks()?;
        self.remove_unreachable()?;
        self.resolve_line_numbers()?;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self.optimize_load_const(b)?;
            cursor = self[b].next;
        }
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self.optimize_basic_block(b)?;
            cursor = self[b].next;
        }
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable()?;
        self.remove_redundant_nops_and_jumps()
    }

    /// CPython: Python/flowgraph.c, _PyCfg_OptimizedCfgToInstructionSequence
    fn finish(&mut self, unit: &UnitMetadata, code_flags: u32) -> Result<OptimizedUnit> {
        self.convert_pseudo_conditional_jumps();
        let stackdepth = self.calculate_stackdepth()?;
        let nlocalsplus = self.prepare_localsplus(unit, code_flags)?;
        self.convert_pseudo_ops()?;
        self.normalize_jumps()?;
        self.optimize_load_fast()?;
        Ok(OptimizedUnit {
            stackdepth,
            nlocalsplus,
        })
    }

    /// Whether the unit may have handlers.
    pub(crate) fn has_handlers(&self) -> bool {
        self.has & (has::SETUP | has::HANDLED) != 0
    }

    #[inline]
    pub(crate) fn instrs(&self, b: BlockId) -> &[CfgInstr] {
        let block = &self[b];
        let start = block.start as usize;
        &self.slots[start..start + block.used as usize]
    }

    #[inline]
    fn instrs_mut(&mut self, b: BlockId) -> &mut [CfgInstr] {
        let block = &self[b];
        let (start, used) = (block.start as usize, block.used as usize);
        &mut self.slots[start..start + used]
    }

    #[inline]
    fn used(&self, b: BlockId) -> usize {
        self[b].used as usize
    }

    /// Instruction `i` of the block.
    #[inline]
    fn at(&self, b: BlockId, i: usize) -> &CfgInstr {
        &self.slots[self[b].start as usize + i]
    }

    #[inline]
    fn at_mut(&mut self, b: BlockId, i: usize) -> &mut CfgInstr {
        let at = self[b].start as usize + i;
        &mut self.slots[at]
    }

    #[inline]
    fn last(&self, b: BlockId) -> Option<&CfgInstr> {
        let block = &self[b];
        match block.used {
            0 => None,
            used => Some(&self.slots[(block.start + used) as usize - 1]),
        }
    }

    #[inline]
    fn last_mut(&mut self, b: BlockId) -> Option<&mut CfgInstr> {
        let block = self[b];
        match block.used {
            0 => None,
            used => Some(&mut self.slots[(block.start + used) as usize - 1]),
        }
    }

    /// Instruction `i` becomes a NOP.
    fn nop(&mut self, b: BlockId, i: usize) {
        self.at_mut(b, i).set(Opcode::NOP, 0);
        self[b].has |= has::NOP;
    }

    fn nop_last(&mut self, b: BlockId) {
        if let Some(last) = self.used(b).checked_sub(1) {
            self.nop(b, last);
        }
    }

    /// CPython `basicblock_addop`: the slot keeps its handler.
    fn addop(&mut self, b: BlockId, opcode: Opcode, oparg: i32, loc: Location) {
        let block = &self[b];
        let except = if block.used < block.len {
            self.slots[(block.start + block.used) as usize].except
        } else {
            None
        };
        self.push(
            b,
            CfgInstr {
                except,
                ..CfgInstr::new(opcode, oparg, loc)
            },
        );
    }

    fn push(&mut self, b: BlockId, instr: CfgInstr) {
        let block = self[b];
        if block.used == block.len {
            self.make_room(b);
        }
        let at = (self[b].start + block.used) as usize;
        self.slots[at] = instr;
        let block = &mut self[b];
        block.used += 1;
        block.has |= has::of(instr.opcode);
        if instr.loc.lineno < 0 {
            block.has |= has::NO_LINE;
        }
        if instr.except.is_some() {
            block.has |= has::HANDLED;
        }
    }

    /// Adds a slot behind those of a block, which moves to the end of the array unless it is there.
    fn make_room(&mut self, b: BlockId) {
        let block = self[b];
        let (start, len) = (block.start as usize, block.len as usize);
        if start + len != self.slots.len() {
            self[b].start = self.slots.len() as u32;
            self.slots.extend_from_within(start..start + len);
        }
        self.slots.push(CfgInstr::new(Opcode::NOP, 0, Location::NO_LOCATION));
        self[b].len += 1;
    }

    /// CPython `basicblock_insert_instruction`: the first stale slot is overwritten.
    fn insert(&mut self, b: BlockId, pos: usize, instr: CfgInstr) {
        let used = self.used(b);
        self.push(b, instr);
        self.instrs_mut(b)[pos..=used].rotate_right(1);
    }

    fn has_fallthrough(&self, b: BlockId) -> bool {
        !self
            .last(b)
            .is_some_and(|last| last.opcode.is_scope_exit() || last.opcode.is_unconditional_jump())
    }

    fn exits_scope(&self, b: BlockId) -> bool {
        self.last(b).is_some_and(|last| last.opcode.is_scope_exit())
    }

    fn has_eval_break(&self, b: BlockId) -> bool {
        self[b].may_have(has::EVAL_BREAK) && self.instrs(b).iter().any(|instr| instr.opcode.has_eval_break())
    }

    fn has_no_lineno(&self, b: BlockId) -> bool {
        self.instrs(b).iter().all(|instr| instr.loc.lineno < 0)
    }

    /// Index of the first instruction that can have a target: the last, unless there are `SETUP_*`.
    #[inline]
    fn first_target(&self, b: BlockId) -> usize {
        let block = &self[b];
        if block.may_have(has::SETUP) {
            0
        } else {
            (block.used as usize).saturating_sub(1)
        }
    }

    fn new_block(&mut self) -> BlockId {
        let id = BlockId::of(self.blocks.len());
        let start = self.slots.len() as u32;
        self.blocks.push(BasicBlock::new(start));
        id
    }

    /// Appends a jump; the block must not end with one. CPython `basicblock_add_jump`
    fn add_jump(&mut self, b: BlockId, opcode: Opcode, target: BlockId, loc: Location) -> Result<()> {
        if self.last(b).is_some_and(|last| last.opcode.has_jump()) {
            return Err(CompileFailure::internal(
                "basicblock_add_jump",
                "the block already ends with a jump",
            ));
        }
        self.addop(b, opcode, 0, loc);
        if let Some(last) = self.last_mut(b) {
            last.target = Some(target);
        }
        Ok(())
    }

    fn append_instructions(&mut self, to: BlockId, from: BlockId) {
        for i in 0..self.used(from) {
            let instr = *self.at(from, i);
            self.push(to, instr);
        }
    }

    /// CPython `next_nonempty_block`, from `b` on.
    fn next_nonempty_block(&self, mut b: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = b
            && self[id].used == 0
        {
            b = self[id].next;
        }
        b
    }

    /// No block is marked any more: CPython `make_cfg_traversal_stack`. The stack is handed out for the pass.
    fn start_traversal(&mut self) -> Vec<BlockId> {
        self.traversal += 1;
        std::mem::take(&mut self.todo)
    }

    fn end_traversal(&mut self, todo: Vec<BlockId>) {
        self.todo = todo;
    }

    /// Marks `b` and puts it on `stack`, unless it is marked.
    #[inline]
    fn visit(&mut self, b: BlockId, stack: &mut Vec<BlockId>) {
        let traversal = self.traversal;
        let block = &mut self[b];
        if block.visited != traversal {
            block.visited = traversal;
            stack.push(b);
        }
    }
}
