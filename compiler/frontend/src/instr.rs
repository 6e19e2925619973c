//! What codegen hands to the flowgraph: instruction sequences, labels, locations, and a unit's metadata.
//!
//! In: calls from codegen, in CPython's order. Out: the input of `assemble::optimize_and_assemble`.
//! Opcodes here may be pseudo-opcodes; the oparg of a jump is a label id.
//! CPython: Python/instruction_sequence.c, Include/internal/pycore_compile.h (_PyCompile_CodeUnitMetadata).

use rustc_hash::FxHasher;
use std::fmt;
use std::hash::{Hash, Hasher};

use pyaot_code::{Constant, Opcode, PyStr};

use crate::flowgraph::BlockId;
use crate::names::{Ident, NameMap, NameTable};

/// Source range; lines from 1, columns are byte offsets from 0, all -1 where there is none.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Location {
    pub lineno: i32,
    pub end_lineno: i32,
    pub col_offset: i32,
    pub end_col_offset: i32,
}

impl PartialEq for Location {
    /// Two words are compared, not four numbers one after the other.
    #[inline]
    fn eq(&self, other: &Location) -> bool {
        let words = |l: &Location| {
            let word = |low: i32, high: i32| u64::from(low as u32) | u64::from(high as u32) << 32;
            (word(l.lineno, l.end_lineno), word(l.col_offset, l.end_col_offset))
        };
        let ((a, b), (c, d)) = (words(self), words(other));
        (a ^ c) | (b ^ d) == 0
    }
}

impl Location {
    /// No location: takes one from its predecessors in the flowgraph.
    pub const NO_LOCATION: Location = Location::new(-1, -1, -1, -1);
    /// Takes the location of the next instruction that has one.
    pub const NEXT_LOCATION: Location = Location::new(-2, -2, -2, -2);

    pub const fn new(lineno: i32, end_lineno: i32, col_offset: i32, end_col_offset: i32) -> Location {
        Location {
            lineno,
            end_lineno,
            col_offset,
            end_col_offset,
        }
    }
}

/// A jump target inside one sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub i32);

impl Label {
    pub const NO_LABEL: Label = Label(-1);
}

/// One instruction, before the flowgraph and in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instr {
    pub opcode: Opcode,
    pub oparg: i32,
    pub loc: Location,
    /// Of a jump or `SETUP_*` in the flowgraph.
    pub(crate) target: Option<BlockId>,
    /// Innermost handler, in the flowgraph.
    pub(crate) except: Option<BlockId>,
}

impl Instr {
    #[inline]
    pub(crate) fn new(opcode: Opcode, oparg: i32, loc: Location) -> Instr {
        Instr {
            opcode,
            oparg,
            loc,
            target: None,
            except: None,
        }
    }
}

/// CPython's `_PyInstructionSequence`.
#[derive(Clone, Debug, Default)]
pub struct InstructionSequence {
    pub instrs: Vec<Instr>,
    next_free_label: i32,
    /// Index into `instrs` by label id; -1 for a label that is not placed. `None` once targets are indices.
    label_map: Option<Vec<i32>>,
    has_placeholder: bool,
    /// Spliced in at `ANNOTATIONS_PLACEHOLDER`.
    pub annotations_code: Option<Box<InstructionSequence>>,
}

impl InstructionSequence {
    pub fn new() -> InstructionSequence {
        InstructionSequence::default()
    }

    /// Empties the sequence, to be filled again.
    pub(crate) fn clear(&mut self) {
        self.instrs.clear();
        self.next_free_label = 0;
        if let Some(map) = &mut self.label_map {
            map.clear();
        }
        self.has_placeholder = false;
        self.annotations_code = None;
    }

    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.instrs.is_empty()
    }

    pub fn new_label(&mut self) -> Label {
        self.next_free_label += 1;
        Label(self.next_free_label)
    }

    /// Places `label` before the next instruction; a label placed twice keeps the last place.
    pub fn use_label(&mut self, label: Label) {
        let map = self.label_map.get_or_insert_default();
        let index = label.0 as usize;
        if map.len() <= index {
            map.resize(index + 1, -1);
        }
        map[index] = self.instrs.len() as i32;
    }

    /// Appends an instruction; opcodes without argument take 0, jumps and `SETUP_*` the id of a label.
    pub fn addop(&mut self, opcode: Opcode, oparg: i32, loc: Location) {
        debug_assert!(
            opcode.has_arg() || opcode.has_target() || oparg == 0,
            "{opcode} takes no oparg"
        );
        self.instrs.push(Instr::new(opcode, oparg, loc));
        self.has_placeholder |= opcode == Opcode::ANNOTATIONS_PLACEHOLDER;
    }

    /// Appends an instruction that refers to `target`.
    pub fn addop_j(&mut self, opcode: Opcode, target: Label, loc: Location) {
        debug_assert!(opcode.has_target());
        self.addop(opcode, target.0, loc);
    }

    /// Inserts before index `pos`; labels at or after it move along (CPython moves those at `pos` too).
    pub fn insert_instruction(&mut self, pos: usize, opcode: Opcode, oparg: i32, loc: Location) {
        self.instrs.insert(pos, Instr::new(opcode, oparg, loc));
        for place in self.label_map.iter_mut().flatten() {
            if *place >= pos as i32 {
                *place += 1;
            }
        }
    }

    pub fn set_annotations_code(&mut self, annotations: InstructionSequence) {
        self.annotations_code = Some(Box::new(annotations));
    }

    /// Puts the annotations' instructions in the place of the placeholder, which goes away in any case; labels of
    /// both stay valid. CPython does this while it builds the graph.
    pub(crate) fn splice_annotations(&mut self) -> Result<(), CompileFailure> {
        if !self.has_placeholder {
            return Ok(());
        }
        let Some(at) = self
            .instrs
            .iter()
            .position(|instr| instr.opcode == Opcode::ANNOTATIONS_PLACEHOLDER)
        else {
            return Ok(());
        };
        let mut inner = self.annotations_code.take().map(|code| *code).unwrap_or_default();
        self.apply_label_map()?;
        inner.apply_label_map()?;
        let added = inner.len() as i32;
        // Everything after the placeholder moves; a jump to the placeholder itself would go to what replaces it.
        for instr in self.instrs.iter_mut().filter(|instr| instr.opcode.has_target()) {
            if instr.oparg > at as i32 {
                instr.oparg += added - 1;
            }
        }
        for instr in inner.instrs.iter_mut().filter(|instr| instr.opcode.has_target()) {
            instr.oparg += at as i32;
        }
        self.instrs.splice(at..=at, inner.instrs);
        Ok(())
    }

    /// Index of the instruction that a jump's or `SETUP_*`'s oparg means; -1 if its label is not placed.
    #[inline]
    pub(crate) fn place_of(&self, oparg: i32) -> i32 {
        match &self.label_map {
            None => oparg,
            Some(map) => map.get(oparg as usize).copied().unwrap_or(-1),
        }
    }

    /// Turns label ids (in jumps) into instruction indices.
    /// CPython: Python/instruction_sequence.c, _PyInstructionSequence_ApplyLabelMap
    pub(crate) fn apply_label_map(&mut self) -> Result<(), CompileFailure> {
        let Some(map) = self.label_map.take() else {
            return Ok(());
        };
        let place = |label: i32| match usize::try_from(label).ok().and_then(|i| map.get(i)) {
            Some(&index) if index >= 0 => Ok(index),
            _ => Err(CompileFailure::internal(
                "apply_label_map",
                format!("label {label} is not placed"),
            )),
        };
        for instr in &mut self.instrs {
            if instr.opcode.has_target() {
                instr.oparg = place(instr.oparg)?;
            }
        }
        Ok(())
    }
}

/// Open addressing over the values of a table that stand elsewhere: no key is held twice.
#[derive(Clone, Debug, Default)]
struct HashIndex {
    /// Index of the value plus one, and its hash; a power of two of them, or none.
    slots: Vec<(u32, u32)>,
    len: usize,
}

/// Tables up to this length are searched from their start.
const SMALL: usize = 8;

impl HashIndex {
    fn hash(value: &impl Hash) -> u32 {
        let mut hasher = FxHasher::default();
        value.hash(&mut hasher);
        let hash = hasher.finish();
        (hash ^ hash >> 32) as u32
    }

    fn find(&self, hash: u32, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let (index, other) = self.slots[at];
            if index == 0 {
                return None;
            }
            if other == hash && is_it(index as usize - 1) {
                return Some(index as usize - 1);
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, hash: u32, index: usize) {
        if (self.len + 1) * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(4 * SMALL);
            if self.slots.is_empty() {
                self.slots.resize(size, (0, 0));
            }
            let old = if self.slots.len() < size {
                std::mem::replace(&mut self.slots, vec![(0, 0); size])
            } else {
                Vec::new()
            };
            for (index, hash) in old.into_iter().filter(|(index, _)| *index != 0) {
                self.place(hash, index);
            }
        }
        self.place(hash, index as u32 + 1);
        self.len += 1;
    }

    /// Empties the index and keeps its room.
    fn clear(&mut self) {
        self.slots.clear();
        self.len = 0;
    }

    fn place(&mut self, hash: u32, index: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].0 != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = (index, hash);
    }
}

/// Constants in insertion order, equal ones (by `_PyCode_ConstantKey`) merged.
#[derive(Clone, Debug, Default)]
pub struct ConstTable {
    values: Vec<Constant>,
    index: HashIndex,
}

impl ConstTable {
    pub fn new() -> ConstTable {
        ConstTable::default()
    }

    /// Index of `value`, added at the end if it is new. CPython: Python/compile.c, _PyCompile_AddConst
    pub fn add(&mut self, value: Constant) -> usize {
        // A NaN equals nothing, not even another NaN of the same bits, so each keeps a place of its own.
        let is_nan = matches!(value, Constant::Float(bits) if f64::from_bits(bits).is_nan());
        let index = self.values.len();
        if index < SMALL {
            match self.values.iter().position(|other| *other == value) {
                Some(found) if !is_nan => return found,
                _ => {}
            }
            self.values.push(value);
            return index;
        }
        if self.index.len == 0 {
            for i in 0..index {
                self.index.insert(HashIndex::hash(&self.values[i]), i);
            }
        }
        let hash = HashIndex::hash(&value);
        if !is_nan && let Some(found) = self.index.find(hash, |i| self.values[i] == value) {
            return found;
        }
        self.values.push(value);
        self.index.insert(hash, index);
        index
    }

    pub fn get(&self, index: usize) -> Option<&Constant> {
        self.values.get(index)
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn as_slice(&self) -> &[Constant] {
        &self.values
    }

    /// Takes the constants out; the table keeps its room.
    pub(crate) fn take_values(&mut self) -> Vec<Constant> {
        self.index.clear();
        self.values.drain(..).collect()
    }

    /// Empties the table and keeps its room.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.index.clear();
    }

    /// Drops the constants that are not marked.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let mut keep = keep.iter();
        self.values.retain(|_| keep.next().copied().unwrap_or(true));
        self.index.clear();
    }
}

/// CPython's `_PyCompile_CodeUnitMetadata`, with the number of parameters beside it.
#[derive(Clone, Debug, Default)]
pub struct UnitMetadata {
    pub name: Option<Ident>,
    pub qualname: Option<PyStr>,
    pub consts: ConstTable,
    pub names: NameTable,
    /// Plain locals, parameters first, in order.
    pub varnames: NameTable,
    pub cellvars: NameTable,
    /// In order; CPython numbers them from `cellvars.len()`.
    pub freevars: NameTable,
    /// Locals of inlined comprehensions; `true`: a fast local right now.
    pub fasthidden: NameMap<bool>,
    /// Positional-or-keyword parameters; `co_argcount` adds the positional-only ones.
    pub argcount: usize,
    pub posonlyargcount: usize,
    pub kwonlyargcount: usize,
    /// All parameters, `*args` and `**kwargs` included: `len(ste_varnames)` of the symbol table entry.
    pub nparams: usize,
    pub firstlineno: i32,
}

impl UnitMetadata {
    /// Empties the tables and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.consts.clear();
        for table in [
            &mut self.names,
            &mut self.varnames,
            &mut self.cellvars,
            &mut self.freevars,
        ] {
            table.clear();
        }
        self.fasthidden.clear();
    }
}

/// A failure that no position in the source explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileFailure {
    /// We are wrong: stage or function, and what it found.
    Internal { function: &'static str, message: String },
    /// CPython raises this exception (class, message) for such a program, without a position.
    Raise { class: &'static str, message: String },
}

impl CompileFailure {
    pub fn internal(function: &'static str, message: impl Into<String>) -> CompileFailure {
        CompileFailure::Internal {
            function,
            message: message.into(),
        }
    }
}

impl fmt::Display for CompileFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileFailure::Internal { function, message } => write!(f, "internal error in {function}: {message}"),
            CompileFailure::Raise { class, message } => write!(f, "{class}: {message}"),
        }
    }
}

impl std::error::Error for CompileFailure {}
