//! The buffer protocol for the runtime itself: borrow the bytes of any exporter, and give them back.
//!
//! [`Contents`] is what functions that take a "bytes-like object" use: bytes and bytearrays cost no allocation. While it lives, a
//! bytearray refuses to change its size, as in CPython; so the slice stays valid even while Python code runs (its bytes may change).
use crate::exc;
use crate::object::{Own, PyResult, Ref};
pub use crate::typeobj::slots::BufferView;
use crate::types::{bytearray, bytes};
use core::ops::Deref;

/// A buffer that is given back when dropped.
pub struct Buffer {
    view: BufferView,
}

impl Buffer {
    pub fn view(&self) -> &BufferView {
        &self.view
    }
    /// Items lie behind each other in C order.
    pub fn is_contiguous(&self) -> bool {
        is_contiguous(&self.view)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let object = self.view.object.clone();
        if let Some(release) = object.r().ty().slots().bf_releasebuffer {
            release(object.r(), &mut self.view);
        }
    }
}

/// C contiguity (CPython: Objects/abstract.c, _IsCContiguous).
pub fn is_contiguous(v: &BufferView) -> bool {
    if v.len == 0 {
        return true;
    }
    let mut expected = v.item_size as isize;
    for (&n, &stride) in v.shape.iter().zip(&v.strides).rev() {
        if n > 1 && stride != expected {
            return false;
        }
        expected *= n;
    }
    true
}

/// True when the type exports buffers.
pub fn supports(v: Ref) -> bool {
    v.ty().slots().bf_getbuffer.is_some()
}

/// The buffer of `v`; TypeError "a bytes-like object is required" when it has none.
pub fn get(v: Ref, writable: bool) -> PyResult<Buffer> {
    match v.ty().slots().bf_getbuffer {
        Some(f) => Ok(Buffer { view: f(v, writable)? }),
        None => exc::type_error(format_args!(
            "a bytes-like object is required, not '{}'",
            v.ty().full_name()
        )),
    }
}

enum Hold {
    Bytes,
    ByteArray,
    Other(#[allow(dead_code)] Box<Buffer>),
    Copy(#[allow(dead_code)] Vec<u8>),
}

/// The bytes of a bytes-like object.
pub struct Contents {
    ptr: *mut u8,
    len: usize,
    hold: Hold,
    object: Own,
}

impl Contents {
    pub fn object(&self) -> Ref<'_> {
        self.object.r()
    }
    /// For writable buffers.
    ///
    /// # Safety
    /// The buffer was asked for as writable, and no other slice of it is alive.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn as_mut(&self) -> &mut [u8] {
        // SAFETY: by contract.
        unsafe { core::slice::from_raw_parts_mut(self.ptr, self.len) }
    }
}

impl Deref for Contents {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps the memory while the buffer is out.
        unsafe { core::slice::from_raw_parts(self.ptr, self.len) }
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        if let Hold::ByteArray = self.hold {
            bytearray::release_export(self.object.r());
        }
    }
}

/// The content of any bytes-like object; what is not contiguous is copied.
pub fn contents(v: Ref) -> PyResult<Contents> {
    if v.ty().has(pyaot_abi::type_flag::BYTES) {
        let s = bytes::as_slice(v);
        return Ok(Contents {
            ptr: s.as_ptr().cast_mut(),
            len: s.len(),
            hold: Hold::Bytes,
            object: v.own(),
        });
    }
    if v.ty().has(pyaot_abi::type_flag::BYTEARRAY) {
        let (ptr, len) = bytearray::export(v);
        return Ok(Contents {
            ptr,
            len,
            hold: Hold::ByteArray,
            object: v.own(),
        });
    }
    let b = Box::new(get(v, false)?);
    if !b.is_contiguous() {
        let mut copy = flatten(&b.view)?;
        return Ok(Contents {
            ptr: copy.as_mut_ptr(),
            len: copy.len(),
            hold: Hold::Copy(copy),
            object: v.own(),
        });
    }
    Ok(Contents {
        ptr: b.view.ptr,
        len: b.view.len,
        hold: Hold::Other(b),
        object: v.own(),
    })
}

/// As [`contents`], writable and contiguous; `what` is the argument error's "f() argument 1".
pub fn writable(v: Ref, what: &str) -> PyResult<Contents> {
    let fail = || {
        exc::type_error(format_args!(
            "{what} must be read-write bytes-like object, not {}",
            crate::call::convert::type_name(v)
        ))
    };
    if v.ty().has(pyaot_abi::type_flag::BYTEARRAY) {
        return contents(v);
    }
    let Some(f) = v.ty().slots().bf_getbuffer else {
        return fail();
    };
    let b = match f(v, true) {
        Ok(view) => Box::new(Buffer { view }),
        Err(_) => {
            drop(exc::take());
            return fail();
        }
    };
    if b.view.readonly || !b.is_contiguous() {
        return fail();
    }
    Ok(Contents {
        ptr: b.view.ptr,
        len: b.view.len,
        hold: Hold::Other(b),
        object: v.own(),
    })
}

/// The items of a view in C order, in one block.
pub fn flatten(v: &BufferView) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(v.len).is_err() {
        return exc::memory_error();
    }
    fn walk(out: &mut Vec<u8>, p: *const u8, shape: &[isize], strides: &[isize], item: usize) {
        match (shape, strides) {
            ([n, shape @ ..], [step, strides @ ..]) => {
                for i in 0..*n {
                    walk(out, p.wrapping_offset(i * step), shape, strides, item);
                }
            }
            // SAFETY: the exporter states that every item of the shape lies in its memory.
            _ => out.extend_from_slice(unsafe { core::slice::from_raw_parts(p, item) }),
        }
    }
    walk(&mut out, v.ptr, &v.shape, &v.strides, v.item_size);
    Ok(out)
}

/// A view of plain bytes: format "B", one dimension.
pub fn simple_view(object: Ref, ptr: *mut u8, len: usize, readonly: bool) -> BufferView {
    BufferView {
        ptr,
        len,
        readonly,
        item_size: 1,
        format: String::from("B"),
        shape: vec![len as isize],
        strides: vec![1],
        object: object.own(),
    }
}
