//! `cell`: a variable shared by closures.
use crate::object::{Header, Object, PyResult, Ref, Value, alloc, decref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::CellObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for CellObject {
    fn type_object() -> &'static TypeObject {
        &CELL_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_cell")]
pub static CELL_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "cell",
    basic_size: size_of::<CellObject>(),
    flags: type_flag::GC,
    slots: Slots {
        traverse: Some(traverse),
        clear: Some(clear),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// Takes the reference in `v` (UNBOUND for an empty cell).
pub fn new(v: Value) -> PyResult {
    alloc::object(|header| CellObject {
        header,
        value: Cell::new(v),
    })
}
fn traverse(c: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: slots receive instances.
    visit(unsafe { c.cast::<CellObject>() }.value.get());
}
fn clear(c: Ref) {
    // SAFETY: slots receive instances.
    decref(unsafe { c.cast::<CellObject>() }.value.replace(Value::UNBOUND));
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<CellObject>() }.value.get());
}
