//! `memoryview`: windows on the memory of other objects, with shape, strides and format (CPython: Objects/memoryobject.c).
//!
//! All views made from one export share a `managedbuffer`, which gives the memory back when the last of them is released.
use crate::buffer::{self, Buffer, BufferView, request};
use crate::call::{Args, Bound, MethodDef, bound, convert, noargs, one, raw, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol;
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getter, slots::Visitor};
use crate::types::{bytes, list, str as str_, tuple};
use core::cell::{Cell, RefCell};
use pyaot_abi::type_flag;

pub mod item;
mod iter;

pub use iter::MEMORY_ITERATOR_TYPE;

/// The export that views share.
#[repr(C)]
pub struct ManagedBuffer {
    header: Header,
    view: RefCell<Option<BufferView>>,
    /// Views that are not released.
    views: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for ManagedBuffer {
    fn type_object() -> &'static TypeObject {
        &MANAGED_BUFFER_TYPE
    }
}
pub static MANAGED_BUFFER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "managedbuffer",
    basic_size: size_of::<ManagedBuffer>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        traverse: Some(|m: Ref, visit: Visitor| {
            // SAFETY: slots receive instances.
            if let Ok(v) = unsafe { m.cast::<ManagedBuffer>() }.view.try_borrow() {
                if let Some(v) = &*v {
                    visit(v.object.value());
                }
            }
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let m = unsafe { &*p.cast::<ManagedBuffer>() };
            give_back(m);
            drop(m.view.take());
        }),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// Gives the exporter its memory back.
fn give_back(m: &ManagedBuffer) {
    let view = m.view.borrow_mut().take();
    if let Some(mut view) = view {
        buffer::release(&mut view);
    }
}

/// What a view shows.
#[derive(Clone)]
struct Window {
    ptr: *mut u8,
    readonly: bool,
    item_size: usize,
    format: String,
    shape: Vec<isize>,
    strides: Vec<isize>,
}

#[repr(C)]
pub struct MemoryView {
    header: Header,
    /// ManagedBuffer; the null word once released.
    managed: Cell<Value>,
    /// Buffers that this view has given out.
    exports: Cell<usize>,
    /// For the time of a call of `__release_buffer__`: no further view of the memory may be made.
    restricted: Cell<bool>,
    hash: Cell<i64>,
    window: RefCell<Window>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for MemoryView {
    fn type_object() -> &'static TypeObject {
        &MEMORYVIEW_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_memoryview")]
pub static MEMORYVIEW_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "memoryview",
    basic_size: size_of::<MemoryView>(),
    flags: type_flag::GC | type_flag::SEQUENCE | type_flag::WEAKREFABLE,
    slots: Slots {
        repr: Some(|m| {
            let state = if this(m).managed.get().is_null() {
                "released "
            } else {
                ""
            };
            Ok(Own::str(&format!("<{state}memory at {:#x}>", m.value().0)))
        }),
        hash: Some(hash),
        richcompare: Some(richcompare),
        iter: Some(iter::new),
        new: Some(new),
        sq_length: Some(length),
        sq_item: Some(item_at),
        mp_length: Some(length),
        mp_subscript: Some(subscript),
        mp_ass_subscript: Some(assign),
        bf_getbuffer: Some(getbuffer),
        bf_releasebuffer: Some(|m, _| this(m).exports.set(this(m).exports.get() - 1)),
        traverse: Some(|m: Ref, visit: Visitor| visit(this(m).managed.get())),
        clear: Some(|m| {
            if this(m).exports.get() == 0 {
                let _ = release_view(m);
            }
        }),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    noargs(sig!("release($self, /)"), |m| {
        release_view(m)?;
        Ok(Own::none())
    }),
    noargs(sig!("__enter__($self, /)"), |m| {
        alive(m)?;
        Ok(m.own())
    }),
    raw(sig!("__exit__($self, /, *exc_info)"), |m, _| {
        release_view(m)?;
        Ok(Own::none())
    }),
    noargs(sig!("toreadonly($self, /)"), |m| {
        let mut w = extensible(m)?;
        w.readonly = true;
        derive(m, w)
    }),
    bound(sig!("cast($self, /, format, shape=<unrepresentable>)"), cast),
    bound(sig!("tobytes($self, /, order='C')"), tobytes),
    noargs(sig!("tolist($self, /)"), |m| tolist(&alive(m)?)),
    bound(sig!("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)"), |m, b| {
        alive(m)?;
        let hold = Hold::new(m);
        if buffer::is_contiguous(&hold.view) {
            // SAFETY: contiguous memory of that size, which `hold` keeps.
            return bytes::hex::hex_method(unsafe { slice_of(hold.view.ptr, hold.view.len) }, b);
        }
        bytes::hex::hex_method(&buffer::flatten(&hold.view)?, b)
    }),
    one(
        sig!("__class_getitem__($type, object, /)"),
        crate::types::generic_alias::new,
    )
    .class(),
    one(sig!("count($self, value, /)"), count),
    bound(sig!("index($self, value, start=0, stop=sys.maxsize, /)"), index),
    bound(sig!("_from_flags($type, /, object, flags)"), |_, b| {
        let flags = convert::c_int(b.arg(1))?;
        from_object(b.arg(0), flags)
    })
    .class(),
];

static GETSET: &[GetSetDef] = &[
    getter("obj", |m| {
        alive(m)?;
        let managed = managed(m);
        let view = managed.view.borrow();
        Ok(view.as_ref().map_or(Own::none(), |v| v.object.clone()))
    }),
    getter("nbytes", |m| Ok(Own::usize(alive(m)?.byte_len()))),
    getter("readonly", |m| Ok(Own::bool(alive(m)?.readonly))),
    getter("itemsize", |m| Ok(Own::usize(alive(m)?.item_size))),
    getter("format", |m| Ok(Own::str(&alive(m)?.format))),
    getter("ndim", |m| Ok(Own::usize(alive(m)?.shape.len()))),
    getter("shape", |m| ints(&alive(m)?.shape)),
    getter("strides", |m| ints(&alive(m)?.strides)),
    getter("suboffsets", |m| {
        alive(m)?;
        ints(&[])
    }),
    getter("c_contiguous", |m| Ok(Own::bool(alive(m)?.c_contiguous()))),
    getter("f_contiguous", |m| Ok(Own::bool(alive(m)?.f_contiguous()))),
    getter("contiguous", |m| {
        let w = alive(m)?;
        Ok(Own::bool(w.c_contiguous() || w.f_contiguous()))
    }),
];

fn ints(v: &[isize]) -> PyResult {
    tuple::try_from_vec(v.iter().map(|&i| Own::int(i as i64)).collect())
}

fn this(m: Ref<'_>) -> &MemoryView {
    // SAFETY: slots and methods receive instances.
    unsafe { m.cast() }
}
/// The shared export of a view that is not released.
fn managed(m: Ref<'_>) -> &ManagedBuffer {
    // SAFETY: the field holds a ManagedBuffer.
    unsafe { Ref::from_value(this(m).managed.get()).cast() }
}
/// The window, or ValueError once released.
fn alive(m: Ref) -> PyResult<Window> {
    if this(m).managed.get().is_null() {
        return exc::value_error(format_args!("operation forbidden on released memoryview object"));
    }
    Ok(this(m).window.borrow().clone())
}

/// The window of a view from which others may be made (CPython: CHECK_RESTRICTED).
fn extensible(m: Ref) -> PyResult<Window> {
    let w = alive(m)?;
    if this(m).restricted.get() {
        return exc::value_error(format_args!("cannot create new view on restricted memoryview"));
    }
    Ok(w)
}

impl Window {
    fn of(v: &BufferView) -> Window {
        Window {
            ptr: v.ptr,
            readonly: v.readonly,
            item_size: v.item_size,
            format: v.format.clone(),
            shape: v.shape.clone(),
            strides: v.strides.clone(),
        }
    }
    fn count(&self) -> usize {
        self.shape.iter().product::<isize>() as usize
    }
    fn byte_len(&self) -> usize {
        self.count() * self.item_size
    }
    fn c_contiguous(&self) -> bool {
        self.contiguous_in(self.shape.iter().zip(&self.strides).rev())
    }
    fn f_contiguous(&self) -> bool {
        self.contiguous_in(self.shape.iter().zip(&self.strides))
    }
    fn contiguous_in<'a>(&self, dims: impl Iterator<Item = (&'a isize, &'a isize)>) -> bool {
        if self.count() == 0 {
            return true;
        }
        let mut expected = self.item_size as isize;
        for (&n, &stride) in dims {
            if n > 1 && stride != expected {
                return false;
            }
            expected *= n;
        }
        true
    }
    fn native(&self) -> PyResult<u8> {
        match item::native_char(&self.format) {
            Some(c) => Ok(c),
            None => exc::not_implemented_error(format_args!("memoryview: format {} not supported", self.format)),
        }
    }
    fn view(&self, object: Ref) -> BufferView {
        BufferView {
            ptr: self.ptr,
            len: self.byte_len(),
            readonly: self.readonly,
            item_size: self.item_size,
            format: self.format.clone(),
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            object: object.own(),
        }
    }
}

fn c_strides(shape: &[isize], item_size: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = item_size as isize;
    for (s, n) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step *= n;
    }
    strides
}

// ---- making and releasing ----

fn make(managed: Own, window: Window) -> PyResult {
    // SAFETY: the callers pass a ManagedBuffer.
    let m = unsafe { managed.r().cast::<ManagedBuffer>() };
    m.views.set(m.views.get() + 1);
    alloc::object(|header| MemoryView {
        header,
        managed: Cell::new(managed.into_value()),
        exports: Cell::new(0),
        restricted: Cell::new(false),
        hash: Cell::new(-1),
        window: RefCell::new(window),
    })
}
/// Another view of the same export.
fn derive(m: Ref, window: Window) -> PyResult {
    make(Ref::from_value(this(m).managed.get()).own(), window)
}

/// `memoryview(v)` with flags of `buffer::request`.
pub fn from_object(v: Ref, flags: i32) -> PyResult {
    if let Some(m) = v.downcast_exact::<MemoryView>() {
        let w = extensible(v)?;
        return make(Ref::from_value(m.managed.get()).own(), w);
    }
    if !buffer::supports(v) {
        return exc::type_error(format_args!(
            "memoryview: a bytes-like object is required, not '{}'",
            v.ty().full_name()
        ));
    }
    from_view(Buffer::of(v, flags)?.into_view())
}

/// A memoryview that gives `view` back in the end (CPython: _PyMemoryView_FromBufferProc).
pub fn from_view(view: BufferView) -> PyResult {
    if view.shape.len() > 64 {
        return exc::value_error(format_args!("memoryview: number of dimensions must not exceed 64"));
    }
    let window = Window::of(&view);
    let managed = alloc::object(|header| ManagedBuffer {
        header,
        view: RefCell::new(Some(view)),
        views: Cell::new(0),
    })?;
    make(managed, window)
}

/// The view that `__release_buffer__` gets of memory that its object gives back by itself: whoever keeps it cannot make others of
/// it, and it is released after the call (CPython: Objects/typeobject.c, releasebuffer_call_python).
pub fn restricted(view: &BufferView) -> PyResult {
    let m = from_view(Window::of(view).view(Ref::from_value(Value::NONE)))?;
    this(m.r()).restricted.set(true);
    Ok(m)
}
pub fn is_memoryview(v: Ref) -> bool {
    v.is_exact::<MemoryView>()
}
pub fn is_released(m: Ref) -> bool {
    this(m).managed.get().is_null()
}
/// The exporter that gets the memory of a view back; `None` once released, and for restricted views.
pub fn exporter(m: Ref) -> Option<Own> {
    alive(m).ok()?;
    let object = managed(m).view.borrow().as_ref()?.object.clone();
    (!object.r().is_none()).then_some(object)
}

/// A view of memory that `owner` keeps alive: for native modules. `owner` need not export buffers itself.
///
/// # Safety
/// `len` bytes at `ptr` stay valid as long as `owner` lives.
pub unsafe fn from_memory(owner: Ref, ptr: *mut u8, len: usize, readonly: bool) -> PyResult {
    let view = buffer::simple_view(owner, ptr, len, readonly);
    let window = Window::of(&view);
    let managed = alloc::object(|header| ManagedBuffer {
        header,
        view: RefCell::new(Some(view)),
        views: Cell::new(0),
    })?;
    make(managed, window)
}

fn new(_: &'static TypeObject, args: &Args) -> PyResult {
    crate::call::bind(sig!("memoryview(object)"), args, |b| {
        from_object(b.arg(0), request::FULL_RO)
    })
}

/// CPython: _memory_release.
pub fn release_view(m: Ref) -> PyResult<()> {
    let o = this(m);
    if o.managed.get().is_null() {
        return Ok(());
    }
    let n = o.exports.get();
    if n > 0 {
        return exc::buffer_error(format_args!(
            "memoryview has {n} exported buffer{}",
            if n == 1 { "" } else { "s" }
        ));
    }
    let shared = managed(m);
    let left = shared.views.get() - 1;
    shared.views.set(left);
    let hold = Ref::from_value(o.managed.get()).own();
    set_field(&o.managed, None);
    if left == 0 {
        // SAFETY: kept alive by `hold`.
        give_back(unsafe { hold.r().cast() });
    }
    Ok(())
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let o = unsafe { &*p.cast::<MemoryView>() };
    if let Some(m) = field(&o.managed) {
        // SAFETY: the field holds a ManagedBuffer.
        let shared = unsafe { m.cast::<ManagedBuffer>() };
        let left = shared.views.get() - 1;
        shared.views.set(left);
        if left == 0 {
            give_back(shared);
        }
        decref(o.managed.replace(Value::NULL));
    }
    // SAFETY: the memory goes without running drop glue otherwise.
    unsafe { core::ptr::drop_in_place((&raw const o.window).cast_mut()) };
}

/// CPython: memory_getbuf.
fn getbuffer(m: Ref, flags: i32) -> PyResult<BufferView> {
    let w = extensible(m)?;
    let (c, f) = (w.c_contiguous(), w.f_contiguous());
    let asks = |what| request::has(flags, what);
    let fail = |what: &str| exc::buffer_error(format_args!("memoryview: {what}"));
    if asks(request::WRITABLE) && w.readonly {
        return fail("underlying buffer is not writable");
    }
    if !c && (asks(request::C_CONTIGUOUS) || !asks(request::STRIDES)) {
        return fail("underlying buffer is not C-contiguous");
    }
    if asks(request::F_CONTIGUOUS) && !f {
        return fail("underlying buffer is not Fortran contiguous");
    }
    if asks(request::ANY_CONTIGUOUS) && !c && !f {
        return fail("underlying buffer is not contiguous");
    }
    if asks(request::FORMAT) && !asks(request::ND) {
        return fail("cannot cast to unsigned bytes if the format flag is present");
    }
    let o = this(m);
    o.exports.set(o.exports.get() + 1);
    Ok(w.view(m).narrowed(flags))
}

// ---- reading ----

fn length(m: Ref) -> PyResult<usize> {
    match alive(m)?.shape.first() {
        Some(&n) => Ok(n as usize),
        None => exc::type_error(format_args!("0-dim memory has no length")),
    }
}

/// Address of item `i` along the dimension `dim`.
fn step(w: &Window, p: *mut u8, dim: usize, i: isize) -> PyResult<*mut u8> {
    let n = w.shape[dim];
    let at = if i < 0 { i + n } else { i };
    if at < 0 || at >= n {
        return exc::index_error(format_args!("index out of bounds on dimension {}", dim + 1));
    }
    Ok(p.wrapping_offset(at * w.strides[dim]))
}

pub(super) fn item_at(m: Ref, i: isize) -> PyResult {
    let w = alive(m)?;
    let c = w.native()?;
    match w.shape.len() {
        0 => exc::type_error(format_args!("invalid indexing of 0-dim memory")),
        // SAFETY: `step` keeps inside the shape.
        1 => unsafe { item::unpack(step(&w, w.ptr, 0, i)?, c) },
        _ => exc::not_implemented_error(format_args!("multi-dimensional sub-views are not implemented")),
    }
}

/// Address for a tuple of as many indices as there are dimensions.
fn address(w: &Window, key: Ref) -> PyResult<*mut u8> {
    let n = tuple::len(key);
    if n > w.shape.len() {
        return exc::type_error(format_args!(
            "cannot index {}-dimension view with {n}-element tuple",
            w.shape.len()
        ));
    }
    let mut p = w.ptr;
    for dim in 0..n {
        let i = convert::item_index(tuple::get(key, dim))?;
        p = step(w, p, dim, i)?;
    }
    Ok(p)
}
fn is_multi_index(key: Ref) -> bool {
    key.ty().has(type_flag::TUPLE) && tuple::items(key).iter().all(|v| convert::is_index(Ref::from_value(*v)))
}
fn is_multi_slice(key: Ref) -> bool {
    key.ty().has(type_flag::TUPLE)
        && tuple::len(key) > 0
        && tuple::items(key)
            .iter()
            .all(|v| convert::as_slice(Ref::from_value(*v)).is_some())
}

/// The window cut along the first dimension.
fn sliced(w: &Window, slice: &pyaot_abi::SliceObject) -> PyResult<Window> {
    let mut out = w.clone();
    let b = convert::slice_bounds(slice, w.shape[0] as usize)?;
    if b.count > 0 {
        out.ptr = w.ptr.wrapping_offset(w.strides[0] * b.start);
    }
    out.shape[0] = b.count as isize;
    out.strides[0] = w.strides[0].wrapping_mul(b.step);
    Ok(out)
}

/// CPython: memory_subscript.
fn subscript(m: Ref, key: Ref) -> PyResult {
    let w = alive(m)?;
    if w.shape.is_empty() {
        if key.ty().has(type_flag::TUPLE) && tuple::len(key) == 0 {
            // SAFETY: a 0-dimensional view has one item.
            return unsafe { item::unpack(w.ptr, w.native()?) };
        }
        if key.value() == Value::ELLIPSIS {
            return Ok(m.own());
        }
        return exc::type_error(format_args!("invalid indexing of 0-dim memory"));
    }
    if convert::is_index(key) {
        let i = convert::item_index(key)?;
        return item_at(m, i);
    }
    if let Some(slice) = convert::as_slice(key) {
        extensible(m)?;
        let cut = sliced(&w, slice)?;
        alive(m)?;
        return derive(m, cut);
    }
    if is_multi_index(key) {
        if tuple::len(key) < w.shape.len() {
            return exc::not_implemented_error(format_args!("sub-views are not implemented"));
        }
        let c = w.native()?;
        let p = address(&w, key)?;
        alive(m)?;
        // SAFETY: `address` keeps inside the shape.
        return unsafe { item::unpack(p, c) };
    }
    if is_multi_slice(key) {
        return exc::not_implemented_error(format_args!("multi-dimensional slicing is not implemented"));
    }
    exc::type_error(format_args!("memoryview: invalid slice key"))
}

fn tolist(w: &Window) -> PyResult {
    let c = w.native()?;
    fn walk(w: &Window, c: u8, p: *mut u8, dim: usize) -> PyResult {
        if dim == w.shape.len() {
            // SAFETY: inside the shape.
            return unsafe { item::unpack(p, c) };
        }
        let mut items = Vec::with_capacity(w.shape[dim] as usize);
        for i in 0..w.shape[dim] {
            items.push(walk(w, c, p.wrapping_offset(i * w.strides[dim]), dim + 1)?);
        }
        list::from_vec(items)
    }
    walk(w, c, w.ptr, 0)
}

fn tobytes(m: Ref, b: &Bound) -> PyResult {
    let w = alive(m)?;
    let order = match b.get_not_none(0) {
        None => b'C',
        Some(o) => match convert::text_arg("tobytes", "argument 'order'", o)?.as_ref() {
            "C" => b'C',
            "F" => b'F',
            "A" => b'A',
            _ => return exc::value_error(format_args!("order must be 'C', 'F' or 'A'")),
        },
    };
    let fortran = order == b'F' || (order == b'A' && w.f_contiguous() && !w.c_contiguous());
    if !fortran && w.c_contiguous() {
        // SAFETY: contiguous memory of that size.
        return bytes::from_slice(unsafe { slice_of(w.ptr, w.byte_len()) });
    }
    let mut view = w.view(m);
    if fortran {
        // C order of the transposed view.
        view.shape.reverse();
        view.strides.reverse();
    }
    bytes::from_slice(&buffer::flatten(&view)?)
}

/// # Safety
/// `n` bytes at `p` are readable; `p` may be anything when `n` is 0.
unsafe fn slice_of<'a>(p: *const u8, n: usize) -> &'a [u8] {
    if n == 0 {
        return &[];
    }
    // SAFETY: by contract.
    unsafe { core::slice::from_raw_parts(p, n) }
}

fn count(m: Ref, v: Ref) -> PyResult {
    let n = {
        let w = alive(m)?;
        if w.shape.is_empty() {
            return exc::type_error(format_args!("invalid indexing of 0-dim memory"));
        }
        if w.shape.len() > 1 {
            return exc::not_implemented_error(format_args!("multi-dimensional sub-views are not implemented"));
        }
        w.shape[0]
    };
    let mut found = 0;
    for i in 0..n {
        let x = item_at(m, i)?;
        found += object_protocol::compare_bool(x.r(), v, CompareOp::Eq)? as i64;
    }
    Ok(Own::int(found))
}

/// CPython: memoryview_index_impl.
fn index(m: Ref, b: &Bound) -> PyResult {
    let w = alive(m)?;
    let bound = |i: usize, default: isize| match b.get(i) {
        Some(v) => convert::slice_index(Some(v), default),
        None => Ok(default),
    };
    let (start, stop) = (bound(1, 0)?, bound(2, isize::MAX)?);
    match w.shape.len() {
        0 => return exc::type_error(format_args!("invalid lookup on 0-dim memory")),
        1 => {}
        _ => return exc::not_implemented_error(format_args!("multi-dimensional lookup is not implemented")),
    }
    let n = w.shape[0];
    let place = |i: isize| if i < 0 { (i + n).max(0) } else { i };
    let (start, stop) = (place(start), place(stop).min(n));
    for i in start..stop {
        let x = item_at(m, i)?;
        if object_protocol::compare_bool(x.r(), b.arg(0), CompareOp::Eq)? {
            return Ok(Own::int(i as i64));
        }
    }
    exc::value_error(format_args!("memoryview.index(x): x not found"))
}

// ---- writing ----

/// CPython: memory_ass_sub.
fn assign(m: Ref, key: Ref, v: Option<Ref>) -> PyResult<()> {
    let w = alive(m)?;
    if w.readonly {
        return exc::type_error(format_args!("cannot modify read-only memory"));
    }
    let Some(v) = v else {
        return exc::type_error(format_args!("cannot delete memory"));
    };
    let put = |p: *mut u8| -> PyResult<()> {
        let c = w.native()?;
        let data = item::pack(v, c)?;
        // The conversion may have released the view.
        alive(m)?;
        // SAFETY: the address lies inside the shape of a writable buffer.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), p, w.item_size) };
        Ok(())
    };
    if w.shape.is_empty() {
        if key.value() == Value::ELLIPSIS || (key.ty().has(type_flag::TUPLE) && tuple::len(key) == 0) {
            return put(w.ptr);
        }
        return exc::type_error(format_args!("invalid indexing of 0-dim memory"));
    }
    if convert::is_index(key) {
        if w.shape.len() > 1 {
            return exc::not_implemented_error(format_args!("sub-views are not implemented"));
        }
        let i = convert::item_index(key)?;
        return put(step(&w, w.ptr, 0, i)?);
    }
    if let Some(slice) = convert::as_slice(key) {
        if w.shape.len() > 1 {
            return exc::not_implemented_error(format_args!(
                "memoryview slice assignments are currently restricted to ndim = 1"
            ));
        }
        return assign_slice(m, &w, slice, v);
    }
    if is_multi_index(key) {
        if tuple::len(key) < w.shape.len() {
            return exc::not_implemented_error(format_args!("sub-views are not implemented"));
        }
        return put(address(&w, key)?);
    }
    if is_multi_slice(key) {
        return exc::not_implemented_error(format_args!(
            "memoryview slice assignments are currently restricted to ndim = 1"
        ));
    }
    exc::type_error(format_args!("memoryview: invalid slice key"))
}

fn assign_slice(m: Ref, w: &Window, slice: &pyaot_abi::SliceObject, v: Ref) -> PyResult<()> {
    let source = Buffer::of(v, request::FULL_RO)?;
    let dest = sliced(w, slice)?;
    alive(m)?;
    let view = source.view();
    let plain = |f: &str| f.strip_prefix('@').unwrap_or(f).to_owned();
    if view.shape.len() != 1
        || view.shape[0] != dest.shape[0]
        || view.item_size != dest.item_size
        || plain(&view.format) != plain(&dest.format)
    {
        return exc::value_error(format_args!(
            "memoryview assignment: lvalue and rvalue have different structures"
        ));
    }
    // The two may overlap: through a copy.
    let data = buffer::flatten(view)?;
    for (i, x) in data.chunks_exact(dest.item_size.max(1)).enumerate() {
        let p = dest.ptr.wrapping_offset(i as isize * dest.strides[0]);
        // SAFETY: inside the shape of a writable buffer.
        unsafe { core::ptr::copy_nonoverlapping(x.as_ptr(), p, x.len()) };
    }
    Ok(())
}

// ---- cast ----

/// CPython: memoryview_cast_impl.
fn cast(m: Ref, b: &Bound) -> PyResult {
    let w = extensible(m)?;
    let format = convert::str_arg("cast", "argument 'format'", b.arg(0))?;
    let format = str_::to_utf8(format)?.into_owned();
    let shape = b.get(1);
    if !w.c_contiguous() {
        return exc::type_error(format_args!("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || w.shape.len() != 1) && shape.is_some() && w.shape.len() != 1 {
        return exc::type_error(format_args!("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let shape = match shape {
        None => None,
        Some(s) if s.ty().has(type_flag::TUPLE) || s.ty().has(type_flag::LIST) => {
            Some(convert::sequence(s, "shape must be a list or a tuple")?)
        }
        Some(_) => return exc::type_error(format_args!("shape must be a list or a tuple")),
    };
    let Some(old) = item::native_char(&w.format) else {
        return exc::value_error(format_args!(
            "memoryview: source format must be a native single character format prefixed with an optional '@'"
        ));
    };
    let Some(c) = item::native_char(&format) else {
        return exc::value_error(format_args!(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'"
        ));
    };
    let is_byte = |c: u8| matches!(c, b'b' | b'B' | b'c');
    if !is_byte(c) && !is_byte(old) {
        return exc::type_error(format_args!("memoryview: cannot cast between two non-byte formats"));
    }
    let size = item::size(c).unwrap_or(1);
    let len = w.byte_len();
    if len % size != 0 {
        return exc::type_error(format_args!("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![(len / size) as isize],
        Some(items) => {
            if items.len() > 64 {
                return exc::value_error(format_args!("memoryview: number of dimensions must not exceed 64"));
            }
            let mut shape = Vec::with_capacity(items.len());
            let mut product = size as isize;
            for v in &items {
                if !v.r().ty().has(type_flag::INT) {
                    return exc::type_error(format_args!("memoryview.cast(): elements of shape must be integers"));
                }
                let n = convert::index(v.r())?;
                if n <= 0 {
                    return exc::value_error(format_args!(
                        "memoryview.cast(): elements of shape must be integers > 0"
                    ));
                }
                product = match product.checked_mul(n) {
                    Some(p) => p,
                    None => {
                        return exc::value_error(format_args!("memoryview.cast(): product(shape) > SSIZE_MAX"));
                    }
                };
                shape.push(n);
            }
            if product as usize != len {
                return exc::type_error(format_args!("memoryview: product(shape) * itemsize != buffer size"));
            }
            shape
        }
    };
    alive(m)?;
    let strides = c_strides(&shape, size);
    derive(
        m,
        Window {
            item_size: size,
            format,
            shape,
            strides,
            ..w
        },
    )
}

// ---- comparison and hash ----

fn hash(m: Ref) -> PyResult<i64> {
    let o = this(m);
    if o.hash.get() != -1 {
        return Ok(o.hash.get());
    }
    let w = alive(m)?;
    if !w.readonly {
        return exc::value_error(format_args!("cannot hash writable memoryview object"));
    }
    if !matches!(item::native_char(&w.format), Some(b'b' | b'B' | b'c')) {
        return exc::value_error(format_args!(
            "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"
        ));
    }
    // The exporter has to be hashable itself.
    let object = managed(m).view.borrow().as_ref().map(|v| v.object.clone());
    if let Some(object) = object {
        object_protocol::hash(object.r())?;
    }
    let h = pyaot_text::hash::bytes(&buffer::flatten(&w.view(m))?);
    o.hash.set(h);
    Ok(h)
}

/// Keeps a view from being released while its memory is looked at, also a restricted one.
struct Hold<'a> {
    view: BufferView,
    of: &'a MemoryView,
}
impl<'a> Hold<'a> {
    fn new(m: Ref<'a>) -> Hold<'a> {
        let of = this(m);
        of.exports.set(of.exports.get() + 1);
        Hold {
            view: of.window.borrow().view(m),
            of,
        }
    }
}
impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.of.exports.set(self.of.exports.get() - 1);
    }
}

/// CPython: memory_richcompare.
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let answer = |same: bool| Ok(Own::bool(same == (op == CompareOp::Eq)));
    if this(a).managed.get().is_null() {
        return answer(a.is(b));
    }
    if let Some(other) = b.downcast_exact::<MemoryView>() {
        if other.managed.get().is_null() {
            return answer(a.is(b));
        }
    }
    if !buffer::supports(b) {
        return Ok(Own::not_implemented());
    }
    let other = match Buffer::of(b, request::FULL_RO) {
        Ok(o) => o,
        Err(_) => {
            drop(exc::take());
            return Ok(Own::not_implemented());
        }
    };
    // Code of the other exporter has run, and the view stays while items are compared.
    alive(a)?;
    let own = Hold::new(a);
    let (x, y) = (&own.view, other.view());
    if x.shape != y.shape {
        return answer(false);
    }
    match (item::native_char(&x.format), item::native_char(&y.format)) {
        (Some(c), Some(d)) => {
            if c == d
                && matches!(
                    c,
                    b'b' | b'B' | b'c' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'P'
                )
            {
                return answer(buffer::flatten(x)? == buffer::flatten(y)?);
            }
            let (p, q) = (buffer::flatten(x)?, buffer::flatten(y)?);
            let (n, k) = (x.item_size.max(1), y.item_size.max(1));
            for (i, j) in p.chunks_exact(n).zip(q.chunks_exact(k)) {
                // SAFETY: whole items.
                if !unsafe { item::equal(i.as_ptr(), c, j.as_ptr(), d)? } {
                    return answer(false);
                }
            }
            answer(true)
        }
        _ => answer(compare_by_struct(x, y)?),
    }
}

/// Items in formats beyond the native ones, through the module `struct`; formats that it does not know are never equal.
fn compare_by_struct(x: &BufferView, y: &BufferView) -> PyResult<bool> {
    let unpack = |v: &BufferView| -> PyResult<Option<Vec<Own>>> {
        let module = crate::import::import_module("struct")?;
        let f = object_protocol::get_attr(module.r(), crate::istr!("unpack"))?;
        let format = Own::str(&v.format);
        let data = buffer::flatten(v)?;
        let mut out = Vec::new();
        for chunk in data.chunks_exact(v.item_size.max(1)) {
            let b = bytes::from_slice(chunk)?;
            match crate::call::call2(f.r(), format.r(), b.r()) {
                Ok(t) => out.push(t),
                Err(_) => {
                    drop(exc::take());
                    return Ok(None);
                }
            }
        }
        Ok(Some(out))
    };
    let (Some(a), Some(b)) = (unpack(x)?, unpack(y)?) else {
        return Ok(false);
    };
    for (i, j) in a.iter().zip(&b) {
        if !object_protocol::compare_bool(i.r(), j.r(), CompareOp::Eq)? {
            return Ok(false);
        }
    }
    Ok(true)
}
