//! `pyaot_code`: CPython 3.14's code objects as data. A leaf crate.
//!
//! In: bytes of a `.pyc`, or the fields that the front end made. Out: `CodeObject`, its decoded instructions and
//! tables, marshal bytes, and the text that `dis` prints.
#![forbid(unsafe_code)]

pub mod dis;
pub mod marshal;
pub mod object;
pub mod opcode;
pub mod printable;
pub mod pystr;
pub mod repr;
pub mod tables;

pub use object::{BadCode, BigInt, CodeObject, Constant, Instruction, SetItems, co, kind};
pub use opcode::Opcode;
pub use pystr::PyStr;
pub use tables::{ExceptionEntry, LineEntry, Position};
