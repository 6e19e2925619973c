//! The binary contract between compiled code and the runtime: value encoding, object layouts, the intrinsic table.
//!
//! Both sides expand the same definitions, so a row that one side forgets does not compile. `no_std`, no dependencies.
//! Surprising decision: a float is self-tagged (its exponent decides whether the word is immediate), see [`value`].
#![no_std]

pub mod intrinsic;
pub mod layout;
pub mod value;

pub use intrinsic::{ADD_TAKES_BOTH, Arg, Effect, Error, INTRINSICS, Intrinsic, Ret};
pub use layout::*;
pub use value::Value;

/// Revision of the contract; part of every cache key and of the symbol that an executable must find in the runtime.
pub const ABI_REVISION: u32 = 5;
