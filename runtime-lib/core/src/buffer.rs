//! The buffer protocol for the runtime itself: borrow the bytes of any exporter, and give them back.
//!
//! [`Contents`] is what functions that take a "bytes-like object" use: bytes and bytearrays cost no allocation. While it lives, a
//! bytearray refuses to change its size, as in CPython; so the slice stays valid even while Python code runs (its bytes may change).
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::python_buffer;
pub use crate::typeobj::slots::BufferView;
use crate::types::{bytearray, bytes};
use core::ops::Deref;

/// What a consumer asks of an exporter (CPython: Include/cpython/object.h, PyBUF_SIMPLE and its family).
pub mod request {
    pub const SIMPLE: i32 = 0;
    pub const WRITABLE: i32 = 1;
    pub const FORMAT: i32 = 4;
    pub const ND: i32 = 8;
    pub const STRIDES: i32 = 0x10 | ND;
    pub const C_CONTIGUOUS: i32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: i32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: i32 = 0x80 | STRIDES;
    pub const INDIRECT: i32 = 0x100 | STRIDES;
    pub const CONTIG_RO: i32 = ND;
    pub const FULL_RO: i32 = INDIRECT | FORMAT;
    /// Not requests: what `PyMemoryView_FromMemory` takes in their place.
    pub const READ: i32 = 0x100;
    pub const WRITE: i32 = 0x200;
    /// All bits of `what` are asked for.
    pub fn has(flags: i32, what: i32) -> bool {
        flags & what == what
    }
}

/// A buffer that is given back when dropped.
pub struct Buffer {
    view: BufferView,
}

impl Buffer {
    /// The buffer of `v`, also of a class with `__buffer__` (CPython: Objects/abstract.c, PyObject_GetBuffer).
    pub fn of(v: Ref, flags: i32) -> PyResult<Buffer> {
        let Some(f) = v.ty().slots().bf_getbuffer else {
            return exc::type_error(format_args!(
                "a bytes-like object is required, not '{}'",
                v.ty().full_name()
            ));
        };
        check_request(flags)?;
        Ok(Buffer { view: f(v, flags)? })
    }
    pub fn view(&self) -> &BufferView {
        &self.view
    }
    /// The description, which whoever takes it has to give to [`release`].
    pub fn into_view(self) -> BufferView {
        let this = core::mem::ManuallyDrop::new(self);
        // SAFETY: `this` is neither used nor dropped any more.
        unsafe { core::ptr::read(&this.view) }
    }
    /// Items lie behind each other in C order.
    pub fn is_contiguous(&self) -> bool {
        is_contiguous(&self.view)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        release(&mut self.view);
    }
}

/// Gives memory back to its exporter (CPython: Objects/abstract.c, PyBuffer_Release).
pub fn release(view: &mut BufferView) {
    let object = view.object.clone();
    if let Some(release) = object.r().ty().slots().bf_releasebuffer {
        release(object.r(), view);
    }
}

fn check_request(flags: i32) -> PyResult<()> {
    if flags == request::READ || flags == request::WRITE {
        return exc::system_error(format_args!("bad argument to internal function"));
    }
    Ok(())
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

enum Hold {
    Bytes,
    ByteArray,
    Other(Box<Buffer>),
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
    /// What the buffer names as its exporter: the object itself, or what stands for a class with `__buffer__`.
    pub fn exporter(&self) -> Ref<'_> {
        match &self.hold {
            Hold::Other(b) => b.view.object.r(),
            Hold::Bytes | Hold::ByteArray | Hold::Copy(_) => self.object.r(),
        }
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

/// The content of any bytes-like object; TypeError "a bytes-like object is required" for others, BufferError for what is not
/// contiguous.
pub fn contents(v: Ref) -> PyResult<Contents> {
    contents_as(v, request::SIMPLE)
}

/// The content of an exporter in any form; what is not contiguous is copied.
pub fn full_contents(v: Ref) -> PyResult<Contents> {
    contents_as(v, request::FULL_RO)
}

pub fn contents_as(v: Ref, flags: i32) -> PyResult<Contents> {
    if v.ty().has(pyaot_abi::type_flag::BYTES) && !python_buffer::overrides(v.ty()) {
        let s = bytes::as_slice(v);
        return Ok(Contents {
            ptr: s.as_ptr().cast_mut(),
            len: s.len(),
            hold: Hold::Bytes,
            object: v.own(),
        });
    }
    if v.ty().has(pyaot_abi::type_flag::BYTEARRAY) && !python_buffer::overrides(v.ty()) {
        let (ptr, len) = bytearray::export(v);
        return Ok(Contents {
            ptr,
            len,
            hold: Hold::ByteArray,
            object: v.own(),
        });
    }
    let b = Box::new(Buffer::of(v, flags)?);
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
    if v.ty().has(pyaot_abi::type_flag::BYTEARRAY) && !python_buffer::overrides(v.ty()) {
        return contents(v);
    }
    if !supports(v) {
        return fail();
    }
    let b = match Buffer::of(v, request::WRITABLE) {
        Ok(b) => Box::new(b),
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

/// An exporter's answer when it is plain bytes (CPython: Objects/abstract.c, PyBuffer_FillInfo).
pub fn fill(object: Ref, ptr: *mut u8, len: usize, readonly: bool, flags: i32) -> PyResult<BufferView> {
    check_request(flags)?;
    if readonly && flags & request::WRITABLE != 0 {
        return exc::buffer_error(format_args!("Object is not writable."));
    }
    Ok(simple_view(object, ptr, len, readonly))
}

impl BufferView {
    /// The description without what was not asked for: consumers then see bytes, or one dimension. The size of an item stays that of
    /// the exporter, as in CPython.
    pub fn narrowed(mut self, flags: i32) -> BufferView {
        if flags & request::FORMAT == 0 {
            self.format = String::from("B");
        }
        if !request::has(flags, request::ND) {
            self.shape = vec![(self.len / self.item_size.max(1)) as isize];
            self.strides = vec![self.item_size as isize];
        }
        self
    }
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
