//! Reading and writing marshal data (version 5) and `.pyc` files.
//!
//! In: bytes that anybody may have damaged. Out: `CodeObject`/`Constant`, or an error that says where and why; sizes
//! are believed only as far as bytes are there, nesting is bounded as in CPython. `graph` knows all types of marshal; its
//! mutable ones (list, dict, set) and StopIteration cannot stand in a `Constant` and are refused by name.
//! The writer marks as shared what CPython's reference counts show as shared right after a compilation; elsewhere (a
//! constant that the compiling process happens to hold) bodies are equal as trees only.
//! CPython: Python/marshal.c.

pub mod graph;
mod read;
mod write;

use std::fmt;
use std::sync::Arc;

use crate::object::{CodeObject, Constant};

pub use read::loads;
pub use write::{dumps, dumps_plain};

/// Version that CPython 3.14 writes.
pub const VERSION: u32 = 5;
/// First two bytes of a `.pyc` of CPython 3.14, little-endian; `\r\n` follows.
pub const MAGIC_NUMBER: u16 = 3627;
/// Bit of a type code: the object gets a number, so that it can be referred to.
const FLAG_REF: u8 = 0x80;

/// The class of the exception that `marshal.loads` raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// EOFError
    Eof,
    /// ValueError
    Value,
    /// TypeError
    Type,
}

/// Why data was refused, in CPython's words where it refuses the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarshalError {
    pub kind: Damage,
    /// Byte offset in the input.
    pub offset: usize,
    pub message: String,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.offset)
    }
}

impl std::error::Error for MarshalError {}

/// How a `.pyc` says whether it fits its source; PEP 552.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PycKind {
    /// Source modification time (seconds) and size, both modulo 2^32.
    Timestamp { mtime: u32, size: u32 },
    /// Hash of the source; `check` asks the importer to compare it.
    Hash { hash: [u8; 8], check: bool },
}

/// Why a `.pyc` was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PycError {
    /// Fewer than 16 bytes.
    TooShort(usize),
    /// Made by another version, or no `.pyc`.
    WrongMagic(u32),
    /// Flag bits that 3.14 does not know.
    WrongFlags(u32),
    Marshal(MarshalError),
    /// The body is well-formed but no code object.
    NotCode,
}

impl fmt::Display for PycError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PycError::TooShort(n) => write!(f, "not a .pyc file: {n} bytes, the header alone has 16"),
            PycError::WrongMagic(magic) if magic >> 16 == 0x0a0d => write!(
                f,
                "made by another Python version (magic number {}, CPython 3.14 writes {MAGIC_NUMBER})",
                magic & 0xffff
            ),
            PycError::WrongMagic(_) => f.write_str("not a .pyc file: it does not start with a Python magic number"),
            PycError::WrongFlags(flags) => write!(f, "invalid flags {flags:#x} in the .pyc header"),
            PycError::Marshal(error) => write!(f, "damaged: {error}"),
            PycError::NotCode => f.write_str("the .pyc file does not hold a code object"),
        }
    }
}

impl std::error::Error for PycError {}

/// Reads a whole `.pyc` file.
pub fn read_pyc(data: &[u8]) -> Result<(PycKind, CodeObject), PycError> {
    let Some((header, body)) = data.split_at_checked(16) else {
        return Err(PycError::TooShort(data.len()));
    };
    let word = |i: usize| u32::from_le_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
    if word(0) != u32::from(MAGIC_NUMBER) | 0x0a0d_0000 {
        return Err(PycError::WrongMagic(word(0)));
    }
    let kind = match word(4) {
        0 => PycKind::Timestamp {
            mtime: word(8),
            size: word(12),
        },
        flags @ (1 | 3) => {
            let mut hash = [0; 8];
            hash.copy_from_slice(&header[8..]);
            PycKind::Hash {
                hash,
                check: flags & 2 != 0,
            }
        }
        flags => return Err(PycError::WrongFlags(flags)),
    };
    let shift = |e: MarshalError| {
        PycError::Marshal(MarshalError {
            offset: e.offset + 16,
            ..e
        })
    };
    match loads(body).map_err(shift)? {
        Constant::Code(code) => Ok((kind, Arc::unwrap_or_clone(code))),
        _ => Err(PycError::NotCode),
    }
}

/// The bytes of a `.pyc` file.
pub fn write_pyc(kind: PycKind, code: &Arc<CodeObject>) -> Vec<u8> {
    let mut out = (u32::from(MAGIC_NUMBER) | 0x0a0d_0000).to_le_bytes().to_vec();
    match kind {
        PycKind::Timestamp { mtime, size } => {
            out.extend_from_slice(&0u32.to_le_bytes());
            out.extend_from_slice(&mtime.to_le_bytes());
            out.extend_from_slice(&size.to_le_bytes());
        }
        PycKind::Hash { hash, check } => {
            out.extend_from_slice(&(1 | u32::from(check) << 1).to_le_bytes());
            out.extend_from_slice(&hash);
        }
    }
    out.extend_from_slice(&dumps(&Constant::Code(code.clone())));
    out
}
