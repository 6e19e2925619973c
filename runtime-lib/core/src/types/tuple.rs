//! `tuple`.
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::TupleObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for TupleObject {
    fn type_object() -> &'static TypeObject {
        &TUPLE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_tuple")]
pub static TUPLE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "tuple",
    basic_size: size_of::<TupleObject>(),
    item_size: 8,
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::TUPLE | type_flag::SEQUENCE | type_flag::MATCH_SELF,
    slots: Slots {
        traverse: Some(traverse),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// A tuple whose items are written by `fill` before anybody sees it.
fn with_len(n: usize, fill: impl FnOnce(*mut Value)) -> PyResult {
    let p = alloc::raw(
        &TUPLE_TYPE,
        size_of::<TupleObject>().saturating_add(n.saturating_mul(8)),
    )?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = p.cast::<TupleObject>();
        (&raw mut (*p).len).write(Cell::new(n));
        (&raw mut (*p).hash).write(Cell::new(-1));
        fill((&raw mut (*p).items).cast());
        Ok(Own::from_ptr(p))
    }
}

pub fn try_from_vec(items: Vec<Own>) -> PyResult {
    with_len(items.len(), |out| {
        for (i, v) in items.into_iter().enumerate() {
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(v.into_value()) };
        }
    })
}
/// For lengths that the interpreter itself bounds.
pub fn from_vec(items: Vec<Own>) -> Own {
    try_from_vec(items).unwrap_or_else(|Raised| std::process::abort())
}
pub fn from_refs<'a>(items: impl IntoIterator<Item = Ref<'a>>) -> PyResult {
    try_from_vec(items.into_iter().map(Ref::own).collect())
}
/// Takes `n` owned values at `items`.
///
/// # Safety
/// The array holds n values that the caller gives up.
pub unsafe fn from_raw(items: *const Value, n: usize) -> PyResult {
    // SAFETY: by contract.
    with_len(n, |out| unsafe { core::ptr::copy_nonoverlapping(items, out, n) })
}

/// Items of a tuple or of an instance of a subclass.
#[inline(always)]
pub fn items(t: Ref<'_>) -> &[Value] {
    // SAFETY: the caller passes a tuple.
    unsafe {
        let t = &*t.value().as_ptr::<TupleObject>();
        core::slice::from_raw_parts(t.items.as_ptr(), t.len.get())
    }
}
#[inline(always)]
pub fn len(t: Ref) -> usize {
    items(t).len()
}
pub fn get(t: Ref<'_>, i: usize) -> Ref<'_> {
    Ref::from_value(items(t)[i])
}

fn traverse(t: Ref, visit: crate::typeobj::slots::Visitor) {
    items(t).iter().for_each(|v| visit(*v));
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe {
        let t = &*p.cast::<TupleObject>();
        for i in (0..t.len.get()).rev() {
            decref(*t.items.as_ptr().add(i));
        }
    }
}
