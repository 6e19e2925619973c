//! Weak references.
use crate::object::Value;

/// The object at `v` dies: its weak references become dead, callbacks run.
pub fn clear_weakrefs(_v: Value) {}
