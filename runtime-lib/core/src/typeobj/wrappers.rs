//! The dunder methods of built-in types: one row per name, saying which slot it stands for and how to call it.
use crate::types::descr::WrapperDef;

/// CPython: Objects/typeobject.c, slotdefs.
pub static WRAPPERS: &[WrapperDef] = &[];
