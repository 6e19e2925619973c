//! The abstract object layer: what CPython's Objects/object.c and abstract.c offer, by family.
//!
//! In: borrowed references to any values. Out: owned results. Exact built-in types are tried first where it pays; everything else
//! goes through the type's slots.

mod attributes;
mod classes;
pub mod compare;
mod container;
mod index;
mod iter;
pub mod number;
mod text;

pub use attributes::*;
pub use classes::*;
pub use compare::*;
pub use container::*;
pub use index::*;
pub use iter::*;
pub use number::*;
pub use text::*;
