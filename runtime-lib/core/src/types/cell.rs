//! `cell`: a variable shared by closures (CPython: Objects/cellobject.c).
use crate::call::Args;
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getset};
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
    doc: "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    slots: Slots {
        new: Some(construct),
        repr: Some(repr),
        richcompare: Some(richcompare),
        traverse: Some(traverse),
        clear: Some(clear),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    getset: &[getset("cell_contents", get_contents, |c, v| {
        decref(
            cast(c)
                .value
                .replace(v.map_or(Value::UNBOUND, |v| v.own().into_value())),
        );
        Ok(())
    })],
    ..TypeDef::NEW
});

fn cast(c: Ref<'_>) -> &CellObject {
    // SAFETY: slots and getters receive instances.
    unsafe { c.cast() }
}
/// Takes the reference in `v` (UNBOUND for an empty cell).
pub fn new(v: Value) -> PyResult {
    alloc::object(|header| CellObject {
        header,
        value: Cell::new(v),
    })
}
fn construct(_: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("cell")?;
    args.count("cell", 0, 1)?;
    new(args.get(0).map_or(Value::UNBOUND, |v| v.own().into_value()))
}
/// The content; `None` when the cell is empty.
pub fn content(c: &CellObject) -> Option<Ref<'_>> {
    let v = c.value.get();
    if v == Value::UNBOUND {
        None
    } else {
        Ref::from_nullable(v)
    }
}
fn get_contents(c: Ref) -> PyResult {
    match content(cast(c)) {
        Some(v) => Ok(v.own()),
        None => exc::value_error(format_args!("Cell is empty")),
    }
}
fn repr(c: Ref) -> PyResult {
    Ok(Own::str(&match content(cast(c)) {
        None => format!("<cell at {:#x}: empty>", c.value().0),
        Some(v) => format!(
            "<cell at {:#x}: {} object at {:#x}>",
            c.value().0,
            v.ty().full_name(),
            v.value().0
        ),
    }))
}
/// Empty cells sort first (CPython: cell_compare_impl).
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<CellObject>(), b.downcast::<CellObject>()) else {
        return Ok(Own::not_implemented());
    };
    match (content(x).map(Ref::own), content(y).map(Ref::own)) {
        (Some(v), Some(w)) => protocol::compare(v.r(), w.r(), op),
        (v, w) => Ok(Own::bool(op.test(v.is_some().cmp(&w.is_some())))),
    }
}
fn traverse(c: Ref, visit: crate::typeobj::slots::Visitor) {
    visit(cast(c).value.get());
}
fn clear(c: Ref) {
    decref(cast(c).value.replace(Value::UNBOUND));
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<CellObject>() }.value.get());
}
