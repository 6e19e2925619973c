//! `pyaot_ir`: the intermediate representation between code objects and LLVM. Knows neither bytecode nor LLVM.
//!
//! Block-argument SSA. A [`Function`] is a list of [`Block`]s; a block is a list of [`Inst`]s of which the last is a
//! terminator. Every op is one row of the table in [`op`]; builder, printer, parser and verifier read the rows.
//!
//! # Ownership
//! A value of type `any` or `opt` is *owned* (one reference that somebody must end), *borrowed* (somebody else keeps it
//! alive at least as long as it is used: the caller, for parameters; the function object, for closure cells) or *static*
//! (an immediate or an immortal constant: needs no count ever). Results take theirs from the op's row, block parameters
//! carry a flag (`own`). Until the counting pass an owned value may be used any number of times, also by operands that
//! take ownership, and simply dies after its last use; that pass makes every reference explicit.
//!
//! # Stages
//! | stage | what changes |
//! |---|---|
//! | Raw | closed blocks (a block uses only its own parameters and values); `release` where CPython lets go of a local or pops a value; raising ops inside protected regions carry a handler edge; `set_local` says what each local variable holds |
//! | Checked | every raising op has an error edge; `set_local` and `Param::local` are gone |
//! | Counted | `inc`/`dec` explicit, `release` is gone; each owned value is consumed exactly once on every path |
//! | Lowered | generators split, rich ops expanded, blocks open (values of dominating blocks are used freely); what the back end reads |
//!
//! # What a back end must handle (stage Lowered)
//! - [`Module`]: `consts` (the static data), `globals` (name of each module cell), `codes` (one per code object in
//!   pre-order: functions `direct` and `resume`, the `co_consts` as pool ids), `attr_caches` (how many [`pyaot_abi::AttrCache`]).
//! - The ops whose row allows stage `L`. `Kind::Direct` functions: the entry block's parameters are the function object and
//!   then the parameter slots, all in registers when there are at most `MAX_REGISTER_PARAMS` slots, else `(function, ptr)`
//!   with the pointer to the slots. A class body has one parameter slot, the namespace. `Kind::Resume`: `(generator, sent)`.
//! - An inst with `error: Some(edge)` goes to that edge when it raises: `call` by its row's [`pyaot_abi::Error`] (`Null`:
//!   result word 0; `Negative`: result below 0; `Always`: unconditionally, an `unreachable` follows; `NullOrEnd`: never has
//!   an edge, the null word is tested by a later `br_null`), `call_direct` by the null word,
//!   `enter`/`poll` by a negative result of the row they call, `check_raised` by the thread state, `add_overflow` has two results instead.
//! - `site` is the instruction index (byte offset / 2) in `co_code`, the column of the debug location.
//! - `scratch` words of stack memory per function, addressed by `scratch_addr`.
#![forbid(unsafe_code)]

pub mod builder;
pub mod function;
pub mod module;
pub mod op;
pub mod text;
pub mod types;
pub mod verify;

pub use builder::Builder;
pub use function::{
    Block, BlockId, CacheId, CodeId, ConstId, Edge, Function, GlobalId, Imm, Inst, Kind, Param, Stage, ValueId,
};
pub use module::{CodeInfo, Const, Module, Signature};
pub use op::{ArgKind, ImmKind, Op, OpRow, Raises, ResKind, Shape};
pub use types::{Cond, Ownership, Ty};
pub use verify::{verify_function, verify_module};
