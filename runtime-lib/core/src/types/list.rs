//! `list`.
use crate::object::{Header, Object, PyResult, Ref, Value, alloc, decref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::ListObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for ListObject {
    fn type_object() -> &'static TypeObject {
        &LIST_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_list")]
pub static LIST_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "list",
    basic_size: size_of::<ListObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::LIST | type_flag::SEQUENCE | type_flag::MATCH_SELF,
    slots: Slots {
        traverse: Some(traverse),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

pub fn new() -> PyResult {
    alloc::object(|header| ListObject {
        header,
        len: Cell::new(0),
        capacity: Cell::new(0),
        items: Cell::new(core::ptr::null_mut()),
    })
}

/// Items of a list; the slice is valid until the list changes.
///
/// # Safety
/// No code that may change the list runs while the slice lives.
pub unsafe fn items<'a>(l: &'a ListObject) -> &'a [Value] {
    match l.len.get() {
        0 => &[],
        // SAFETY: `len` live items.
        n => unsafe { core::slice::from_raw_parts(l.items.get(), n) },
    }
}

fn traverse(l: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: visiting changes nothing; slots receive instances.
    unsafe { items(l.cast::<ListObject>()) }.iter().for_each(|v| visit(*v));
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe {
        let l = &*p.cast::<ListObject>();
        let n = l.len.replace(0);
        for i in (0..n).rev() {
            decref(*l.items.get().add(i));
        }
        libc::free(l.items.get().cast());
    }
}

/// Adds `v` at the end.
pub fn append(l: Ref, v: crate::object::Own) -> PyResult<()> {
    // SAFETY: the caller passes a list.
    let l = unsafe { l.cast::<ListObject>() };
    let n = l.len.get();
    if n == l.capacity.get() {
        let capacity = (n + (n >> 3) + 6) & !3;
        // SAFETY: null or an array from an earlier call.
        let p = unsafe { libc::realloc(l.items.get().cast(), capacity * 8) };
        if p.is_null() {
            return crate::exc::memory_error();
        }
        l.items.set(p.cast());
        l.capacity.set(capacity);
    }
    // SAFETY: room was made.
    unsafe { l.items.get().add(n).write(v.into_value()) };
    l.len.set(n + 1);
    Ok(())
}

/// `list(iterable)`.
pub fn from_iterable(v: Ref) -> PyResult {
    let list = new()?;
    let it = crate::object_protocol::iter(v)?;
    while let Some(item) = crate::object_protocol::next(it.r())? {
        append(list.r(), item)?;
    }
    Ok(list)
}
