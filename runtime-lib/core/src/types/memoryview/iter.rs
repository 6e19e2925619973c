//! `memory_iterator`: items of a one-dimensional view, whose length is taken when the iterator is made.
use super::{MemoryView, item_at};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject, slots::Visitor};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct MemoryIter {
    header: Header,
    /// The null word once exhausted.
    view: Cell<Value>,
    next: Cell<isize>,
    len: isize,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for MemoryIter {
    fn type_object() -> &'static TypeObject {
        &MEMORY_ITERATOR_TYPE
    }
}
pub static MEMORY_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "memory_iterator",
    basic_size: size_of::<MemoryIter>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(next),
        traverse: Some(|it: Ref, visit: Visitor| visit(this(it).view.get())),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            decref(unsafe { &*p.cast::<MemoryIter>() }.view.get());
        }),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

fn this(it: Ref<'_>) -> &MemoryIter {
    // SAFETY: slots receive instances.
    unsafe { it.cast() }
}

/// CPython: memory_iter.
pub fn new(m: Ref) -> PyResult {
    // SAFETY: called for memoryviews.
    let _: &MemoryView = unsafe { m.cast() };
    let w = super::alive(m)?;
    let len = match w.shape.len() {
        0 => return exc::type_error(format_args!("invalid indexing of 0-dim memory")),
        1 => w.shape[0],
        _ => return exc::not_implemented_error(format_args!("multi-dimensional sub-views are not implemented")),
    };
    w.native()?;
    alloc::object(|header| MemoryIter {
        header,
        view: Cell::new(m.own().into_value()),
        next: Cell::new(0),
        len,
    })
}

fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = this(it);
    let Some(view) = field(&it.view).map(Ref::own) else {
        return Ok(None);
    };
    super::alive(view.r())?;
    let i = it.next.get();
    if i < it.len {
        it.next.set(i + 1);
        return Ok(Some(item_at(view.r(), i)?));
    }
    set_field(&it.view, None);
    Ok(None)
}
