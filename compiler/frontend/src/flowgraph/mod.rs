//! The control flow graph of one unit: built from codegen's instruction sequence, optimised, flattened again.
//!
//! In: an `InstructionSequence` and the unit's constants. Out: an optimised sequence whose jumps and handlers are
//! instruction indices, the stack size, and the number of `localsplus` slots.
//! Every pass does what CPython's does, in CPython's order, quirks included, because code objects must be identical.
//! The surprising one: a block's instruction array keeps what stood beyond its end, as in C, since an instruction
//! appended later inherits the exception handler that the stale slot had (`basicblock_addop` does not set it).
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

use crate::instr::{CompileFailure, ConstTable, ExceptHandlerInfo, InstructionSequence, Label, Location, UnitMetadata};

type Result<T> = std::result::Result<T, CompileFailure>;

/// CPython `_PY_STACK_USE_GUIDELINE`.
const STACK_USE_GUIDELINE: usize = 30;

/// Index of a block in `Cfg::blocks`, plus one, so that an absent one takes no room of its own; the first is the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BlockId(NonZeroU32);

const ENTRY: BlockId = BlockId(NonZeroU32::MIN);

#[derive(Clone, Copy, Debug)]
struct CfgInstr {
    opcode: Opcode,
    oparg: i32,
    loc: Location,
    /// Of a jump or `SETUP_*`.
    target: Option<BlockId>,
    /// Innermost handler.
    except: Option<BlockId>,
}

impl CfgInstr {
    fn new(opcode: Opcode, oparg: i32, loc: Location) -> CfgInstr {
        CfgInstr {
            opcode,
            oparg,
            loc,
            target: None,
            except: None,
        }
    }

    fn set(&mut self, opcode: Opcode, oparg: i32) {
        self.opcode = opcode;
        self.oparg = oparg;
    }

    fn set_nop(&mut self) {
        self.set(Opcode::NOP, 0);
    }

    fn jump_target(&self, function: &'static str) -> Result<BlockId> {
        self.target
            .ok_or_else(|| CompileFailure::internal(function, format!("{} without target", self.opcode)))
    }
}

#[derive(Clone, Debug, Default)]
struct BasicBlock {
    label: Option<i32>,
    /// `slots[..used]` are the instructions; what follows is stale.
    slots: Vec<CfgInstr>,
    used: usize,
    next: Option<BlockId>,
    /// Handlers at the start of the block while `label_exception_targets` runs.
    exceptstack: Option<Vec<BlockId>>,
    unsafe_locals_mask: u64,
    predecessors: i32,
    /// Negative: not computed.
    startdepth: i32,
    preserve_lasti: bool,
    visited: bool,
    except_handler: bool,
    cold: bool,
    warm: bool,
}

impl BasicBlock {
    fn instrs(&self) -> &[CfgInstr] {
        &self.slots[..self.used]
    }

    fn instrs_mut(&mut self) -> &mut [CfgInstr] {
        &mut self.slots[..self.used]
    }

    fn last(&self) -> Option<&CfgInstr> {
        self.instrs().last()
    }

    fn last_mut(&mut self) -> Option<&mut CfgInstr> {
        self.instrs_mut().last_mut()
    }

    /// CPython `basicblock_addop`: the slot keeps its handler.
    fn addop(&mut self, opcode: Opcode, oparg: i32, loc: Location) {
        let except = self.slots.get(self.used).and_then(|stale| stale.except);
        self.push(CfgInstr {
            opcode,
            oparg,
            loc,
            target: None,
            except,
        });
    }

    fn push(&mut self, instr: CfgInstr) {
        if self.used < self.slots.len() {
            self.slots[self.used] = instr;
        } else {
            self.slots.push(instr);
        }
        self.used += 1;
    }

    /// CPython `basicblock_insert_instruction`: the first stale slot is overwritten.
    fn insert(&mut self, pos: usize, instr: CfgInstr) {
        if self.used < self.slots.len() {
            self.slots.remove(self.used);
        }
        self.slots.insert(pos, instr);
        self.used += 1;
    }

    fn has_fallthrough(&self) -> bool {
        !self
            .last()
            .is_some_and(|last| last.opcode.is_scope_exit() || last.opcode.is_unconditional_jump())
    }

    fn exits_scope(&self) -> bool {
        self.last().is_some_and(|last| last.opcode.is_scope_exit())
    }

    fn has_eval_break(&self) -> bool {
        self.instrs().iter().any(|instr| instr.opcode.has_eval_break())
    }

    fn has_no_lineno(&self) -> bool {
        self.instrs().iter().all(|instr| instr.loc.lineno < 0)
    }
}

/// CPython's `_PyCfgBuilder` with the constants that passes append to.
pub(crate) struct Cfg {
    blocks: Vec<BasicBlock>,
    consts: ConstTable,
}

impl Index<BlockId> for Cfg {
    type Output = BasicBlock;

    fn index(&self, id: BlockId) -> &BasicBlock {
        &self.blocks[id.0.get() as usize - 1]
    }
}

impl IndexMut<BlockId> for Cfg {
    fn index_mut(&mut self, id: BlockId) -> &mut BasicBlock {
        &mut self.blocks[id.0.get() as usize - 1]
    }
}

/// What `Cfg::into_sequence` makes.
pub(crate) struct OptimizedUnit {
    pub(crate) instrs: InstructionSequence,
    pub(crate) consts: ConstTable,
    pub(crate) stackdepth: u32,
    pub(crate) nlocalsplus: usize,
}

/// Runs all passes on one unit. CPython: Python/compile.c, optimize_and_assemble_code_unit
pub(crate) fn optimize(unit: &mut UnitMetadata, seq: InstructionSequence, code_flags: u32) -> Result<OptimizedUnit> {
    let mut cfg = Cfg::from_instruction_sequence(seq, std::mem::take(&mut unit.consts))?;
    cfg.optimize_code_unit(unit.varnames.len(), unit.nparams)?;
    cfg.into_sequence(unit, code_flags)
}

impl Cfg {
    /// CPython: Python/flowgraph.c, _PyCfg_FromInstructionSequence
    fn from_instruction_sequence(mut seq: InstructionSequence, consts: ConstTable) -> Result<Cfg> {
        const FUNCTION: &str = "_PyCfg_FromInstructionSequence";
        seq.splice_annotations()?;
        seq.apply_label_map()?;
        let mut is_target = vec![false; seq.len()];
        for instr in seq.instrs.iter().filter(|instr| instr.opcode.has_target()) {
            match usize::try_from(instr.oparg).ok().and_then(|i| is_target.get_mut(i)) {
                Some(flag) => *flag = true,
                None => {
                    return Err(CompileFailure::internal(
                        FUNCTION,
                        format!("target {} out of range", instr.oparg),
                    ));
                }
            }
        }
        let mut cfg = Cfg {
            blocks: vec![BasicBlock::default()],
            consts,
        };
        let mut builder = Builder {
            current: ENTRY,
            label: None,
        };
        for (i, instr) in seq.instrs.iter().enumerate() {
            if is_target[i] {
                builder.label = Some(i as i32);
                builder.maybe_start_new_block(&mut cfg);
            }
            builder.maybe_start_new_block(&mut cfg);
            cfg[builder.current].addop(instr.opcode, instr.oparg, instr.loc);
        }
        Ok(cfg)
    }

    /// CPython: Python/flowgraph.c, _PyCfg_OptimizeCodeUnit
    fn optimize_code_unit(&mut self, nlocals: usize, nparams: usize) -> Result<()> {
        self.translate_jump_labels_to_targets()?;
        self.mark_except_handlers()?;
        self.label_exception_targets()?;

        self.optimize_cfg()?;
        self.remove_unused_consts()?;
        self.add_checks_for_loads_of_uninitialized_variables(nlocals, nparams);
        self.insert_superinstructions();

        self.push_cold_blocks_to_end()?;
        self.resolve_line_numbers()
    }

    /// CPython: Python/flowgraph.c, optimize_cfg
    fn optimize_cfg(&mut self) -> Result<()> {
        self.check_cfg()?;
        self.inline_small_or_no_lineno_blocks()?;
        self.remove_unreachable()?;
        self.resolve_line_numbers()?;
        for b in self.order() {
            self.optimize_load_const(b)?;
        }
        for b in self.order() {
            self.optimize_basic_block(b)?;
        }
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable()?;
        self.remove_redundant_nops_and_jumps()
    }

    /// CPython: Python/flowgraph.c, _PyCfg_OptimizedCfgToInstructionSequence
    fn into_sequence(mut self, unit: &UnitMetadata, code_flags: u32) -> Result<OptimizedUnit> {
        self.convert_pseudo_conditional_jumps();
        let stackdepth = self.calculate_stackdepth()?;
        let nlocalsplus = self.prepare_localsplus(unit, code_flags)?;
        self.convert_pseudo_ops()?;
        self.normalize_jumps()?;
        self.optimize_load_fast()?;
        let instrs = self.to_instruction_sequence()?;
        Ok(OptimizedUnit {
            instrs,
            consts: self.consts,
            stackdepth,
            nlocalsplus,
        })
    }

    /// CPython: Python/flowgraph.c, _PyCfg_ToInstructionSequence
    fn to_instruction_sequence(&mut self) -> Result<InstructionSequence> {
        let order = self.order();
        for (i, &b) in order.iter().enumerate() {
            self[b].label = Some(i as i32);
        }
        let label = |b: BlockId| self[b].label.unwrap_or(-1);
        let mut seq = InstructionSequence::new();
        for &b in &order {
            seq.use_label(Label(label(b)));
            for instr in self[b].instrs() {
                let oparg = match instr.target {
                    Some(target) if instr.opcode.has_target() => label(target),
                    _ => instr.oparg,
                };
                seq.addop(instr.opcode, oparg, instr.loc);
                if let (Some(handler), Some(last)) = (instr.except, seq.instrs.last_mut()) {
                    last.handler = ExceptHandlerInfo {
                        label: label(handler),
                        start_depth: self[handler].startdepth,
                        preserve_lasti: self[handler].preserve_lasti,
                    };
                }
            }
        }
        seq.apply_label_map()?;
        Ok(seq)
    }

    /// Blocks in code order.
    fn order(&self) -> Vec<BlockId> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            order.push(b);
            cursor = self[b].next;
        }
        order
    }

    fn new_block(&mut self) -> BlockId {
        self.blocks.push(BasicBlock::default());
        // A code object of four thousand million blocks fits no memory.
        BlockId(NonZeroU32::new(self.blocks.len() as u32).unwrap_or(NonZeroU32::MAX))
    }

    /// Appends a jump; the block must not end with one. CPython `basicblock_add_jump`
    fn add_jump(&mut self, b: BlockId, opcode: Opcode, target: BlockId, loc: Location) -> Result<()> {
        if self[b].last().is_some_and(|last| last.opcode.has_jump()) {
            return Err(CompileFailure::internal(
                "basicblock_add_jump",
                "the block already ends with a jump",
            ));
        }
        let label = self[target].label.unwrap_or(-1);
        self[b].addop(opcode, label, loc);
        if let Some(last) = self[b].last_mut() {
            last.target = Some(target);
        }
        Ok(())
    }

    fn append_instructions(&mut self, to: BlockId, from: BlockId) {
        for i in 0..self[from].used {
            let instr = self[from].slots[i];
            self[to].push(instr);
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

    /// CPython `get_max_label`, plus one.
    fn next_label(&self) -> i32 {
        self.order()
            .into_iter()
            .filter_map(|b| self[b].label)
            .max()
            .unwrap_or(-1)
            + 1
    }

    /// Clears the marks of all blocks in code order: CPython `make_cfg_traversal_stack`.
    fn clear_visited(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self[b].visited = false;
            cursor = self[b].next;
        }
    }

    /// Marks `b` and puts it on `stack`, unless it is marked.
    fn visit(&mut self, b: BlockId, stack: &mut Vec<BlockId>) {
        if !self[b].visited {
            self[b].visited = true;
            stack.push(b);
        }
    }
}

struct Builder {
    current: BlockId,
    label: Option<i32>,
}

impl Builder {
    /// CPython `cfg_builder_current_block_is_terminated`
    fn is_terminated(&mut self, cfg: &mut Cfg) -> bool {
        let block = &mut cfg[self.current];
        let last = block.last().map(|last| last.opcode);
        if last.is_some_and(Opcode::is_terminator) {
            return true;
        }
        if self.label.is_some() {
            if last.is_some() || block.label.is_some() {
                return true;
            }
            block.label = self.label.take();
        }
        false
    }

    /// CPython `cfg_builder_maybe_start_new_block`
    fn maybe_start_new_block(&mut self, cfg: &mut Cfg) {
        if self.is_terminated(cfg) {
            let b = cfg.new_block();
            cfg[b].label = self.label.take();
            cfg[self.current].next = Some(b);
            self.current = b;
        }
    }
}
