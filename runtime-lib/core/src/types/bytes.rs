//! `bytes`.
use crate::object::{Object, Own, PyResult, Ref, alloc};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::{exc, types};
use core::cell::Cell;
pub use pyaot_abi::BytesObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for BytesObject {
    fn type_object() -> &'static TypeObject {
        &BYTES_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_bytes")]
pub static BYTES_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "bytes",
    basic_size: size_of::<BytesObject>(),
    item_size: 1,
    flags: type_flag::BASETYPE | type_flag::BYTES | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    slots: Slots::NONE,
    ..TypeDef::NEW
});

/// A new bytes object with a copy of `data`.
pub fn from_slice(data: &[u8]) -> PyResult {
    let p = alloc::raw(&BYTES_TYPE, size_of::<BytesObject>() + data.len() + 1)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = p.cast::<BytesObject>();
        (&raw mut (*p).len).write(Cell::new(data.len()));
        (&raw mut (*p).hash).write(Cell::new(-1));
        let out: *mut u8 = (&raw mut (*p).data).cast();
        core::ptr::copy_nonoverlapping(data.as_ptr(), out, data.len());
        out.add(data.len()).write(0);
        Ok(Own::from_ptr(p))
    }
}

/// Content of a bytes object or of an instance of a subclass.
pub fn as_slice(b: Ref<'_>) -> &[u8] {
    types::code::bytes_of(b)
}

/// `bytes(v)` for bytes-like objects and iterables of ints (CPython: PyObject_Bytes without the int and str forms).
pub fn object_bytes(v: Ref) -> PyResult {
    if v.ty().has(type_flag::BYTES) {
        return Ok(v.own());
    }
    if let Some(get) = v.ty().slots().bf_getbuffer {
        let mut view = get(v, true)?;
        // SAFETY: the view holds the memory.
        let r = from_slice(unsafe { core::slice::from_raw_parts(view.ptr, view.len) });
        if let Some(release) = v.ty().slots().bf_releasebuffer {
            release(v, &mut view);
        }
        return r;
    }
    exc::type_error(format_args!("cannot convert '{}' object to bytes", v.ty().name()))
}
