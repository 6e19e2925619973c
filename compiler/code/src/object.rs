//! `CodeObject` and `Constant`: the contract between the front end (or a `.pyc`) and everything behind it.
//!
//! Plain data; `code` is un-quickened (caches are zero). Equality of constants is CPython's constant key
//! (`Objects/codeobject.c, _PyCode_ConstantKey`): value *and* type, signs of zeros told apart, so `1`, `True` and
//! `1.0` differ and a derived `==` merges exactly what CPython merges.

use std::sync::Arc;

use crate::marshal;
use crate::opcode::Opcode;
use crate::pystr::PyStr;

/// Bits of `co_flags`.
pub mod co {
    pub const OPTIMIZED: u32 = 0x0001;
    pub const NEWLOCALS: u32 = 0x0002;
    pub const VARARGS: u32 = 0x0004;
    pub const VARKEYWORDS: u32 = 0x0008;
    pub const NESTED: u32 = 0x0010;
    pub const GENERATOR: u32 = 0x0020;
    pub const COROUTINE: u32 = 0x0080;
    pub const ITERABLE_COROUTINE: u32 = 0x0100;
    pub const ASYNC_GENERATOR: u32 = 0x0200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;
}

/// Bits of one byte of `co_localspluskinds`.
pub mod kind {
    /// Positional-only, positional-or-keyword, or `*args`.
    pub const ARG_POS: u8 = 0x02;
    /// Keyword-only, positional-or-keyword, or `**kwargs`.
    pub const ARG_KW: u8 = 0x04;
    /// `*args` or `**kwargs`.
    pub const ARG_VAR: u8 = 0x08;
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// A whole number that does not fit an `i64`: magnitude in 64-bit limbs, least significant first, top limb not zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigInt {
    pub negative: bool,
    pub limbs: Vec<u64>,
}

/// A value that a code object can hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    None,
    Bool(bool),
    Ellipsis,
    Int(i64),
    /// Never a value that `Int` can hold; make it with `Constant::int_from_limbs`.
    BigInt(Arc<BigInt>),
    /// IEEE bits.
    Float(u64),
    /// IEEE bits of the real and imaginary parts.
    Complex(u64, u64),
    Str(PyStr),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Constant]>),
    /// Make it with `Constant::frozenset`.
    FrozenSet(SetItems),
    /// start, stop, step
    Slice(Arc<[Constant; 3]>),
    Code(Arc<CodeObject>),
}

/// Items of a frozenset. It is a slice of them in the order in which CPython marshals them, so that equal sets compare equal.
#[derive(Clone, Debug)]
pub struct SetItems {
    marshalled: Arc<[Constant]>,
    given: Arc<[Constant]>,
}

impl SetItems {
    /// The order in which the set was made, which its own order depends on.
    pub fn given(&self) -> &[Constant] {
        &self.given
    }
}

impl std::ops::Deref for SetItems {
    type Target = [Constant];

    fn deref(&self) -> &[Constant] {
        &self.marshalled
    }
}

impl PartialEq for SetItems {
    fn eq(&self, other: &SetItems) -> bool {
        self.marshalled == other.marshalled
    }
}

impl Eq for SetItems {}

impl std::hash::Hash for SetItems {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.marshalled.hash(state);
    }
}

impl Constant {
    pub fn str(text: impl Into<PyStr>) -> Constant {
        Constant::Str(text.into())
    }

    pub fn float(value: f64) -> Constant {
        Constant::Float(value.to_bits())
    }

    pub fn complex(re: f64, im: f64) -> Constant {
        Constant::Complex(re.to_bits(), im.to_bits())
    }

    pub fn bytes(value: &[u8]) -> Constant {
        Constant::Bytes(value.into())
    }

    pub fn tuple(items: Vec<Constant>) -> Constant {
        Constant::Tuple(items.into())
    }

    pub fn frozenset(items: Vec<Constant>) -> Constant {
        let mut keyed: Vec<(Vec<u8>, Constant)> = items
            .iter()
            .map(|item| (marshal::dumps_plain(item), item.clone()))
            .collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.dedup_by(|a, b| a.0 == b.0);
        Constant::FrozenSet(SetItems {
            marshalled: keyed.into_iter().map(|(_, item)| item).collect(),
            given: items.into(),
        })
    }

    /// The int with that sign and magnitude (64-bit limbs, least significant first; zeros at the top are allowed).
    pub fn int_from_limbs(negative: bool, mut limbs: Vec<u64>) -> Constant {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        match (limbs.as_slice(), negative) {
            ([], _) => Constant::Int(0),
            (&[n], false) if n <= i64::MAX as u64 => Constant::Int(n as i64),
            (&[n], true) if n <= 1 << 63 => Constant::Int((n as i64).wrapping_neg()),
            _ => Constant::BigInt(Arc::new(BigInt { negative, limbs })),
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Constant::None)
    }
}

/// CPython's code object; field names are those of the `co_*` attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeObject {
    /// Positional parameters, positional-only ones included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: u32,
    /// Two bytes a unit: opcode and oparg; caches are zero.
    pub code: Vec<u8>,
    pub consts: Vec<Constant>,
    pub names: Vec<PyStr>,
    pub localsplusnames: Vec<PyStr>,
    /// One byte of `kind` bits for each name of `localsplusnames`.
    pub localspluskinds: Vec<u8>,
    pub filename: PyStr,
    pub name: PyStr,
    pub qualname: PyStr,
    pub firstlineno: i32,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
}

/// Of what tells most code objects apart: a code object is hashed each time it becomes a constant, and it may hold others.
impl std::hash::Hash for CodeObject {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.firstlineno.hash(state);
        self.code.len().hash(state);
        self.linetable.len().hash(state);
    }
}

/// One instruction with its `EXTENDED_ARG` prefixes folded in and its caches skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Byte offset of the first `EXTENDED_ARG`, or of the instruction itself.
    pub start_offset: u32,
    /// Byte offset of the instruction proper.
    pub offset: u32,
    /// Byte offset after the caches; relative jumps count from here.
    pub end_offset: u32,
    pub opcode: Opcode,
    pub oparg: u32,
}

impl Instruction {
    /// Byte offset that a jump goes to; `None` for other opcodes and for targets before the start of the code.
    pub fn jump_target(&self) -> Option<u32> {
        if !self.opcode.has_jump() {
            return None;
        }
        let distance = self.oparg.checked_mul(2)?;
        if self.opcode.is_backward_jump() {
            self.end_offset.checked_sub(distance)
        } else if self.opcode == Opcode::END_ASYNC_FOR {
            // Its oparg is the distance back to the SEND of the loop, for monitoring only.
            None
        } else {
            self.end_offset.checked_add(distance)
        }
    }
}

/// Why `CodeObject::instructions` gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCode {
    pub offset: u32,
    pub message: String,
}

impl std::fmt::Display for BadCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at offset {}", self.message, self.offset)
    }
}

impl std::error::Error for BadCode {}

impl CodeObject {
    /// `co_nlocals`: names that are (also) plain locals.
    pub fn nlocals(&self) -> usize {
        self.names_of(kind::LOCAL).count()
    }

    pub fn varnames(&self) -> impl Iterator<Item = &PyStr> {
        self.names_of(kind::LOCAL)
    }

    /// Cells, those that are parameters too included.
    pub fn cellvars(&self) -> impl Iterator<Item = &PyStr> {
        self.names_of(kind::CELL)
    }

    pub fn freevars(&self) -> impl Iterator<Item = &PyStr> {
        self.names_of(kind::FREE)
    }

    fn names_of(&self, kind: u8) -> impl Iterator<Item = &PyStr> {
        self.localsplusnames
            .iter()
            .zip(&self.localspluskinds)
            .filter(move |(_, k)| **k & kind != 0)
            .map(|(n, _)| n)
    }

    /// All instructions in order. A byte that is no opcode of a file, a code of odd length or a cut-off instruction
    /// is an error; opargs are not checked against the tables they index.
    pub fn instructions(&self) -> Result<Vec<Instruction>, BadCode> {
        let bad = |offset: usize, message: &str| BadCode {
            offset: offset as u32,
            message: message.to_string(),
        };
        if !self.code.len().is_multiple_of(2) || u32::try_from(self.code.len()).is_err() {
            return Err(bad(self.code.len(), "bytecode of invalid length"));
        }
        let mut out = Vec::new();
        let (mut at, mut start, mut extended) = (0, 0, 0u32);
        while at < self.code.len() {
            let byte = self.code[at];
            let opcode = match Opcode::from_byte(byte) {
                Some(opcode) if opcode != Opcode::CACHE => opcode,
                _ => return Err(bad(at, &format!("byte {byte} is not an opcode"))),
            };
            let oparg = extended << 8 | u32::from(self.code[at + 1]);
            if opcode == Opcode::EXTENDED_ARG {
                if oparg > 0x00ff_ffff {
                    return Err(bad(at, "oparg of more than 32 bits"));
                }
                extended = oparg;
                at += 2;
                continue;
            }
            let end = at + 2 + 2 * opcode.caches();
            if end > self.code.len() {
                return Err(bad(at, "instruction without its caches"));
            }
            out.push(Instruction {
                start_offset: start as u32,
                offset: at as u32,
                end_offset: end as u32,
                opcode,
                oparg,
            });
            (at, start, extended) = (end, end, 0);
        }
        if start != at {
            return Err(bad(start, "EXTENDED_ARG at the end"));
        }
        Ok(out)
    }
}
