//! `bytearray`: bytes that change. The block comes from malloc; `start` lets deletions at the front be cheap. While buffers are
//! out (`exports`), the size cannot change.
use crate::buffer::{self, BufferView};
use crate::call::{Args, MethodDef, bound, convert, noargs, one, raw, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, alloc};
use crate::object_protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use crate::types::bytes::{self, methods, source};
use crate::types::{str as str_, tuple};
use core::cell::Cell;
use core::ptr::{copy, copy_nonoverlapping, null_mut};
use pyaot_abi::type_flag;

#[repr(C)]
pub struct ByteArrayObject {
    header: Header,
    block: Cell<*mut u8>,
    /// Offset of the first byte in the block.
    start: Cell<usize>,
    len: Cell<usize>,
    /// Bytes of the block; 0 when there is none.
    capacity: Cell<usize>,
    exports: Cell<usize>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for ByteArrayObject {
    fn type_object() -> &'static TypeObject {
        &BYTEARRAY_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_bytearray")]
pub static BYTEARRAY_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "bytearray",
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    basic_size: size_of::<ByteArrayObject>(),
    flags: type_flag::BASETYPE | type_flag::BYTEARRAY | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        richcompare: Some(richcompare),
        iter: Some(|b| bytes::iter_new(b, &bytes::BYTEARRAY_ITERATOR_TYPE)),
        new: Some(new),
        init: Some(init),
        dealloc: Some(dealloc),
        nb_remainder: Some(|a, b| {
            if !is_bytearray(a) {
                return Ok(Own::not_implemented());
            }
            crate::format::percent::bytes_percent(a, b)
        }),
        sq_length: Some(|b| Ok(as_slice(b).len())),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_ass_item: Some(assign_item),
        sq_contains: Some(methods::contains),
        sq_inplace_concat: Some(inplace_concat),
        sq_inplace_repeat: Some(inplace_repeat),
        mp_length: Some(|b| Ok(as_slice(b).len())),
        mp_subscript: Some(subscript),
        mp_ass_subscript: Some(assign_subscript),
        bf_getbuffer: Some(getbuffer),
        bf_releasebuffer: Some(|b, _| release_export(b)),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    noargs(sig!("__alloc__($self, /)"), |b| Ok(Own::usize(this(b).capacity.get()))),
    noargs(sig!("__sizeof__($self, /)"), |b| {
        Ok(Own::usize(56 + this(b).capacity.get()))
    }),
    noargs(sig!("__reduce__($self, /)"), |b| reduce(b, 2)),
    bound(sig!("__reduce_ex__($self, proto=0, /)"), |b, a| {
        let protocol = match a.get(0) {
            Some(p) => convert::c_int(p)?,
            None => 0,
        };
        reduce(b, protocol)
    }),
    one(sig!("append($self, item, /)"), |b, v| {
        let c = source::byte(v, "byte")?;
        let n = this(b).len.get();
        resize(b, n + 1)?;
        as_mut(b)[n] = c;
        Ok(Own::none())
    }),
    noargs(sig!("capitalize($self, /)"), methods::capitalize),
    bound(sig!("center($self, width, fillchar=b' ', /)"), methods::center),
    noargs(sig!("clear($self, /)"), |b| {
        resize(b, 0)?;
        Ok(Own::none())
    }),
    noargs(sig!("copy($self, /)"), |b| from_slice(as_slice(b))),
    raw(sig!("count($self, sub[, start[, end]], /)"), methods::count),
    bound(
        sig!("decode($self, /, encoding='utf-8', errors='strict')"),
        methods::decode,
    ),
    raw(sig!("endswith($self, suffix[, start[, end]], /)"), methods::endswith),
    bound(sig!("expandtabs($self, /, tabsize=8)"), methods::expandtabs),
    one(sig!("extend($self, iterable_of_ints, /)"), extend),
    raw(sig!("find($self, sub[, start[, end]], /)"), methods::find),
    one(sig!("fromhex($type, string, /)"), |cls, s| {
        if core::ptr::eq(crate::types::type_::cast(cls), &BYTEARRAY_TYPE) {
            return from_slice(&bytes::hex::parse(s)?);
        }
        let b = bytes::from_slice(&bytes::hex::parse(s)?)?;
        crate::call::call1(cls, b.r())
    })
    .class(),
    bound(sig!("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)"), |b, a| {
        // `len(sep)` may run code that changes the content.
        let hold = buffer::contents(b)?;
        bytes::hex::hex_method(&hold, a)
    }),
    raw(sig!("index($self, sub[, start[, end]], /)"), methods::index),
    bound(sig!("insert($self, index, item, /)"), |b, a| {
        let at = convert::index(a.arg(0))?;
        let c = source::byte(a.arg(1), "byte")?;
        let n = this(b).len.get();
        let at = if at < 0 { (at + n as isize).max(0) } else { at };
        splice(b, (at as usize).min(n), 0, &[c])?;
        Ok(Own::none())
    }),
    noargs(sig!("isalnum($self, /)"), methods::isalnum),
    noargs(sig!("isalpha($self, /)"), methods::isalpha),
    noargs(sig!("isascii($self, /)"), methods::isascii),
    noargs(sig!("isdigit($self, /)"), methods::isdigit),
    noargs(sig!("islower($self, /)"), methods::islower),
    noargs(sig!("isspace($self, /)"), methods::isspace),
    noargs(sig!("istitle($self, /)"), methods::istitle),
    noargs(sig!("isupper($self, /)"), methods::isupper),
    one(sig!("join($self, iterable_of_bytes, /)"), methods::join),
    bound(sig!("ljust($self, width, fillchar=b' ', /)"), methods::ljust),
    noargs(sig!("lower($self, /)"), methods::lower),
    bound(sig!("lstrip($self, bytes=None, /)"), methods::lstrip),
    bound(sig!("maketrans(frm, to, /)"), methods::maketrans).static_(),
    one(sig!("partition($self, sep, /)"), methods::partition),
    bound(sig!("pop($self, index=-1, /)"), |b, a| {
        let i = match a.get(0) {
            Some(i) => convert::index(i)?,
            None => -1,
        };
        let n = this(b).len.get();
        if n == 0 {
            return exc::index_error(format_args!("pop from empty bytearray"));
        }
        let i = if i < 0 { i + n as isize } else { i };
        if i < 0 || i as usize >= n {
            return exc::index_error(format_args!("pop index out of range"));
        }
        let c = as_slice(b)[i as usize];
        splice(b, i as usize, 1, &[])?;
        Ok(Own::int(c as i64))
    }),
    one(sig!("remove($self, value, /)"), |b, v| {
        let c = source::byte(v, "byte")?;
        match memchr::memchr(c, as_slice(b)) {
            Some(i) => {
                splice(b, i, 1, &[])?;
                Ok(Own::none())
            }
            None => exc::value_error(format_args!("value not found in bytearray")),
        }
    }),
    one(sig!("removeprefix($self, prefix, /)"), methods::removeprefix),
    one(sig!("removesuffix($self, suffix, /)"), methods::removesuffix),
    bound(sig!("replace($self, old, new, count=-1, /)"), methods::replace),
    one(sig!("resize($self, size, /)"), |b, n| {
        let n = convert::index(n)?;
        if n < 0 {
            return exc::value_error(format_args!("Can only resize to positive sizes, got {n}"));
        }
        let old = this(b).len.get();
        resize(b, n as usize)?;
        if n as usize > old {
            as_mut(b)[old..].fill(0);
        }
        Ok(Own::none())
    }),
    noargs(sig!("reverse($self, /)"), |b| {
        as_mut(b).reverse();
        Ok(Own::none())
    }),
    raw(sig!("rfind($self, sub[, start[, end]], /)"), methods::rfind),
    raw(sig!("rindex($self, sub[, start[, end]], /)"), methods::rindex),
    bound(sig!("rjust($self, width, fillchar=b' ', /)"), methods::rjust),
    one(sig!("rpartition($self, sep, /)"), methods::rpartition),
    bound(sig!("rsplit($self, /, sep=None, maxsplit=-1)"), methods::rsplit),
    bound(sig!("rstrip($self, bytes=None, /)"), methods::rstrip),
    bound(sig!("split($self, /, sep=None, maxsplit=-1)"), methods::split),
    bound(sig!("splitlines($self, /, keepends=False)"), methods::splitlines),
    raw(
        sig!("startswith($self, prefix[, start[, end]], /)"),
        methods::startswith,
    ),
    bound(sig!("strip($self, bytes=None, /)"), methods::strip),
    noargs(sig!("swapcase($self, /)"), methods::swapcase),
    noargs(sig!("title($self, /)"), methods::title),
    bound(sig!("translate($self, table, /, delete=b'')"), methods::translate),
    noargs(sig!("upper($self, /)"), methods::upper),
    one(sig!("zfill($self, width, /)"), methods::zfill),
];

// ---- layout ----

fn this(b: Ref<'_>) -> &ByteArrayObject {
    // SAFETY: slots and methods receive instances.
    unsafe { &*b.value().as_ptr::<ByteArrayObject>() }
}
/// bytearray or an instance of a subclass.
pub fn is_bytearray(v: Ref) -> bool {
    v.ty().has(type_flag::BYTEARRAY)
}
/// The content; valid until something changes the size.
#[inline]
pub fn as_slice(b: Ref<'_>) -> &[u8] {
    let o = this(b);
    match o.len.get() {
        0 => &[],
        // SAFETY: `start + len` lies in the block.
        n => unsafe { core::slice::from_raw_parts(o.block.get().add(o.start.get()), n) },
    }
}
/// The content for writing; no other slice of it may be alive, and nothing that runs Python code may be called meanwhile.
#[allow(clippy::mut_from_ref)]
pub fn as_mut(b: Ref<'_>) -> &mut [u8] {
    let o = this(b);
    match o.len.get() {
        0 => &mut [],
        // SAFETY: `start + len` lies in the block; the GIL and the caller keep others away.
        n => unsafe { core::slice::from_raw_parts_mut(o.block.get().add(o.start.get()), n) },
    }
}

fn empty_of(ty: &TypeObject) -> PyResult {
    alloc::object_of(ty, |header| ByteArrayObject {
        header,
        block: Cell::new(null_mut()),
        start: Cell::new(0),
        len: Cell::new(0),
        capacity: Cell::new(0),
        exports: Cell::new(0),
    })
}
pub fn from_slice(s: &[u8]) -> PyResult {
    let b = empty_of(&BYTEARRAY_TYPE)?;
    set_content(b.r(), s)?;
    Ok(b)
}
fn set_content(b: Ref, s: &[u8]) -> PyResult<()> {
    resize(b, s.len())?;
    as_mut(b).copy_from_slice(s);
    Ok(())
}

/// Marks a buffer as being out; gives its address and size.
pub fn export(b: Ref) -> (*mut u8, usize) {
    let o = this(b);
    o.exports.set(o.exports.get() + 1);
    (as_slice(b).as_ptr().cast_mut(), o.len.get())
}
pub fn release_export(b: Ref) {
    let o = this(b);
    o.exports.set(o.exports.get() - 1);
}
fn getbuffer(b: Ref, flags: i32) -> PyResult<BufferView> {
    let s = as_slice(b);
    let view = buffer::fill(b, s.as_ptr().cast_mut(), s.len(), false, flags)?;
    export(b);
    Ok(view)
}
fn check_resizable(b: Ref) -> PyResult<()> {
    if this(b).exports.get() > 0 {
        return exc::buffer_error(format_args!("Existing exports of data: object cannot be re-sized"));
    }
    Ok(())
}

/// Changes the size; new bytes are undefined (CPython: Objects/bytearrayobject.c, PyByteArray_Resize, incl. its growth).
pub fn resize(b: Ref, n: usize) -> PyResult<()> {
    let o = this(b);
    if n == o.len.get() {
        return Ok(());
    }
    check_resizable(b)?;
    if n > isize::MAX as usize - 1 {
        return exc::memory_error();
    }
    let capacity = o.capacity.get();
    if n + o.start.get() < capacity {
        if n >= capacity / 2 {
            o.len.set(n);
            // SAFETY: inside the block: a NUL stands behind the content.
            unsafe { o.block.get().add(o.start.get() + n).write(0) };
            return Ok(());
        }
    } else if n < capacity {
        // The front part is wanted: the content moves down.
        // SAFETY: both ranges lie in the block.
        unsafe { copy(o.block.get().add(o.start.get()), o.block.get(), o.len.get().min(n)) };
        o.start.set(0);
        o.len.set(n);
        return Ok(());
    }
    if n == 0 {
        // SAFETY: the block is malloc's or null.
        unsafe { libc::free(o.block.replace(null_mut()).cast()) };
        o.capacity.set(0);
        o.start.set(0);
        o.len.set(0);
        return Ok(());
    }
    let wanted = if n >= capacity && n <= capacity.saturating_add(capacity >> 3) && capacity > 0 {
        n + (n >> 3) + if n < 9 { 3 } else { 6 }
    } else {
        n + 1
    };
    // SAFETY: malloc's block; the content is moved to its start first, so that realloc keeps it.
    unsafe {
        if o.start.get() > 0 {
            copy(o.block.get().add(o.start.get()), o.block.get(), o.len.get().min(n));
            o.start.set(0);
        }
        let p = libc::realloc(o.block.get().cast(), wanted).cast::<u8>();
        if p.is_null() {
            return exc::memory_error();
        }
        o.block.set(p);
        o.capacity.set(wanted);
        o.len.set(n);
        p.add(n).write(0);
    }
    Ok(())
}

/// Replaces `old` bytes at `at` by `new`, which is no part of `b`.
fn splice(b: Ref, at: usize, old: usize, new: &[u8]) -> PyResult<()> {
    let o = this(b);
    let n = o.len.get();
    if new.len() == old {
        as_mut(b)[at..at + old].copy_from_slice(new);
        return Ok(());
    }
    check_resizable(b)?;
    if new.len() < old {
        let less = old - new.len();
        if at == 0 {
            // CPython keeps the block and moves the start.
            o.start.set(o.start.get() + less);
            o.len.set(n - less);
            as_mut(b)[..new.len()].copy_from_slice(new);
            let len = n - less;
            let start = o.start.get();
            if len < o.capacity.get() / 2 {
                // SAFETY: both ranges lie in the block.
                unsafe { copy(o.block.get().add(start), o.block.get(), len) };
                o.start.set(0);
                shrink(b)?;
            }
            return Ok(());
        }
        let s = as_mut(b);
        s.copy_within(at + old.., at + new.len());
        s[at..at + new.len()].copy_from_slice(new);
        return resize(b, n - less);
    }
    let more = new.len() - old;
    let Some(total) = n.checked_add(more) else {
        return exc::memory_error();
    };
    resize(b, total)?;
    let s = as_mut(b);
    s.copy_within(at + old..n, at + new.len());
    s[at..at + new.len()].copy_from_slice(new);
    Ok(())
}

/// Gives back memory that is not needed any more.
fn shrink(b: Ref) -> PyResult<()> {
    let o = this(b);
    let n = o.len.get();
    if n == 0 {
        // SAFETY: malloc's block or null.
        unsafe { libc::free(o.block.replace(null_mut()).cast()) };
        o.capacity.set(0);
        return Ok(());
    }
    // SAFETY: malloc's block; shrinking keeps the content. A failed realloc leaves the old one.
    unsafe {
        let p = libc::realloc(o.block.get().cast(), n + 1).cast::<u8>();
        if !p.is_null() {
            o.block.set(p);
            o.capacity.set(n + 1);
        }
        o.block.get().add(n).write(0);
    }
    Ok(())
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance; exporters hold a reference, so no buffer is out.
    unsafe { libc::free((*p.cast::<ByteArrayObject>()).block.get().cast()) };
}

// ---- construction ----

fn new(cls: &'static TypeObject, _: &Args) -> PyResult {
    empty_of(cls)
}

/// CPython: Objects/bytearrayobject.c, bytearray___init___impl.
fn init(b: Ref, args: &Args) -> PyResult<()> {
    let s = source::bind("bytearray", args)?;
    if this(b).len.get() != 0 {
        resize(b, 0)?;
    }
    if let Some(text) = s.text {
        return set_content(b, bytes::as_slice(text.r()));
    }
    let Some(s) = s.source else { return Ok(()) };
    if let Some(n) = source::count(s.r())? {
        resize(b, n)?;
        as_mut(b).fill(0);
        return Ok(());
    }
    let content = source::collect(s.r(), "bytearray", "byte")?;
    set_content(b, &content)
}

fn reduce(b: Ref, protocol: i32) -> PyResult {
    let s = as_slice(b);
    let args = if protocol < 3 {
        vec![str_::from_latin1(s)?, Own::str("latin-1")]
    } else {
        vec![bytes::from_slice(s)?]
    };
    let args = if s.is_empty() { vec![] } else { args };
    let state = crate::types::object_methods::state_of(b, false)?;
    Ok(tuple::from_vec(vec![b.ty().own(), tuple::from_vec(args), state]))
}

// ---- slots ----

/// Every single quote is escaped, whatever the outer quote (CPython: Objects/bytearrayobject.c, bytearray_repr).
fn repr(b: Ref) -> PyResult {
    let s = as_slice(b);
    let quote = if s.contains(&b'\'') && !s.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = Vec::with_capacity(s.len() + 16);
    out.extend_from_slice(b.ty().name().as_bytes());
    out.extend_from_slice(b"(b");
    out.push(quote);
    for &c in s {
        match c {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', c]),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            32..127 => out.push(c),
            _ => out.extend_from_slice(format!("\\x{c:02x}").as_bytes()),
        }
    }
    out.extend_from_slice(&[quote, b')']);
    match core::str::from_utf8(&out) {
        Ok(t) => str_::try_from_str(t),
        Err(_) => str_::from_latin1(&out),
    }
}

fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !buffer::supports(a) || !buffer::supports(b) {
        return Ok(Own::not_implemented());
    }
    let (x, y) = match buffer::contents(a).and_then(|x| Ok((x, buffer::contents(b)?))) {
        Ok(both) => both,
        Err(e) => {
            drop(exc::caught(e));
            return Ok(Own::not_implemented());
        }
    };
    Ok(Own::bool(match op {
        CompareOp::Eq => x[..] == y[..],
        CompareOp::Ne => x[..] != y[..],
        _ => op.test(x[..].cmp(&y[..])),
    }))
}

fn concat(a: Ref, b: Ref) -> PyResult {
    let (x, y) = bytes::operands(a, b)?;
    let r = empty_of(&BYTEARRAY_TYPE)?;
    resize(r.r(), x.len().saturating_add(y.len()))?;
    let out = as_mut(r.r());
    out[..x.len()].copy_from_slice(&x);
    out[x.len()..].copy_from_slice(&y);
    Ok(r)
}

fn repeated(target: Ref, s: &[u8], n: isize) -> PyResult<()> {
    let Some(total) = s
        .len()
        .checked_mul(n.max(0) as usize)
        .filter(|t| *t < isize::MAX as usize)
    else {
        return exc::memory_error();
    };
    resize(target, total)?;
    if total > 0 {
        // SAFETY: `total` bytes; `s` is not part of them or stands at their start.
        unsafe { bytes::fill_repeated(as_mut(target).as_mut_ptr(), s, total) };
    }
    Ok(())
}
fn repeat(b: Ref, n: isize) -> PyResult {
    let r = empty_of(&BYTEARRAY_TYPE)?;
    repeated(r.r(), as_slice(b), n)?;
    Ok(r)
}
fn inplace_repeat(b: Ref, n: isize) -> PyResult {
    if n != 1 {
        let s = source::copy(as_slice(b))?;
        repeated(b, &s, n)?;
    }
    Ok(b.own())
}
fn inplace_concat(b: Ref, other: Ref) -> PyResult {
    if b.is(other) {
        return append_buffer(b, other).map(|()| b.own());
    }
    let s = match buffer::contents(other) {
        Ok(s) => s,
        Err(e) => return bytes::cannot_concat(b, other, e),
    };
    splice(b, this(b).len.get(), 0, &s)?;
    Ok(b.own())
}
fn append_buffer(b: Ref, other: Ref) -> PyResult<()> {
    let n = this(b).len.get();
    if b.is(other) {
        let s = source::copy(as_slice(b))?;
        return splice(b, n, 0, &s);
    }
    let s = buffer::contents(other)?;
    // Code of the exporter may have changed the length.
    splice(b, n.min(this(b).len.get()), 0, &s)
}

/// CPython: Objects/bytearrayobject.c, bytearray_extend_impl.
fn extend(b: Ref, v: Ref) -> PyResult {
    if buffer::supports(v) {
        append_buffer(b, v)?;
        return Ok(Own::none());
    }
    let it = match object_protocol::iter(v) {
        Ok(it) => it,
        Err(e) => {
            if exc::raised_is(&exc::types::TYPE_ERROR) {
                drop(exc::take());
                return exc::type_error(format_args!("can't extend bytearray with {}", v.ty().full_name()));
            }
            return Err(e);
        }
    };
    let mut more = Vec::new();
    while let Some(item) = object_protocol::next(it.r())? {
        match source::byte(item.r(), "byte") {
            Ok(c) => more.push(c),
            Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) && str_::is_str(v) => {
                drop(exc::take());
                return exc::type_error(format_args!("expected iterable of integers; got: 'str'"));
            }
            Err(e) => return Err(e),
        }
    }
    let n = this(b).len.get();
    splice(b, n, 0, &more)?;
    Ok(Own::none())
}

fn out_of_range<R>() -> PyResult<R> {
    exc::index_error(format_args!("bytearray index out of range"))
}
fn item(b: Ref, i: isize) -> PyResult {
    match as_slice(b).get(i as usize) {
        Some(&c) if i >= 0 => Ok(Own::int(c as i64)),
        _ => out_of_range(),
    }
}
fn bad_key<R>(key: Ref) -> PyResult<R> {
    exc::type_error(format_args!(
        "bytearray indices must be integers or slices, not {}",
        key.ty().full_name()
    ))
}

fn subscript(b: Ref, key: Ref) -> PyResult {
    if let Some(slice) = convert::as_slice(key) {
        let parts = convert::slice_unpack(slice)?;
        let s = as_slice(b);
        let c = convert::adjust(s.len(), parts);
        if c.count == 0 {
            return from_slice(&[]);
        }
        if c.step == 1 {
            return from_slice(&s[c.start as usize..c.start as usize + c.count]);
        }
        let picked: Vec<u8> = (0..c.count as isize)
            .map(|i| s[(c.start + i * c.step) as usize])
            .collect();
        return from_slice(&picked);
    }
    if convert::is_index(key) {
        let i = convert::item_index(key)?;
        return item(b, if i < 0 { i + as_slice(b).len() as isize } else { i });
    }
    bad_key(key)
}

fn assign_item(b: Ref, i: isize, v: Option<Ref>) -> PyResult<()> {
    if i < 0 || i as usize >= as_slice(b).len() {
        return out_of_range();
    }
    let Some(v) = v else {
        return splice(b, i as usize, 1, &[]);
    };
    let c = source::byte(v, "byte")?;
    // `__index__` may have shortened the array.
    match as_mut(b).get_mut(i as usize) {
        Some(slot) => *slot = c,
        None => return out_of_range(),
    }
    Ok(())
}

/// CPython: Objects/bytearrayobject.c, bytearray_ass_subscript.
fn assign_subscript(b: Ref, key: Ref, v: Option<Ref>) -> PyResult<()> {
    if let Some(slice) = convert::as_slice(key) {
        return assign_slice(b, slice, v);
    }
    if !convert::is_index(key) {
        return bad_key(key);
    }
    let i = convert::item_index(key)?;
    if let Some(v) = v {
        let c = source::byte(v, "byte")?;
        let n = as_slice(b).len();
        let i = if i < 0 { i + n as isize } else { i };
        if i < 0 || i as usize >= n {
            return out_of_range();
        }
        as_mut(b)[i as usize] = c;
        return Ok(());
    }
    let i = if i < 0 { i + as_slice(b).len() as isize } else { i };
    assign_item(b, i, None)
}

fn assign_slice(b: Ref, slice: &pyaot_abi::SliceObject, v: Option<Ref>) -> PyResult<()> {
    let parts = convert::slice_unpack(slice)?;
    let content: Vec<u8> = match v {
        None => Vec::new(),
        Some(v) if v.is(b) => source::copy(as_slice(b))?,
        // CPython makes a bytearray of it first.
        Some(v) if buffer::supports(v) => source::copy(&buffer::full_contents(v)?)?,
        Some(v) => {
            if convert::is_index(v) || str_::is_str(v) {
                return exc::type_error(format_args!(
                    "can assign only bytes, buffers, or iterables of ints in range(0, 256)"
                ));
            }
            source::collect(v, "bytearray", "byte")?
        }
    };
    // Conversions may have changed the length.
    let c = convert::adjust(as_slice(b).len(), parts);
    if c.step == 1 {
        return splice(b, c.start as usize, c.count, &content);
    }
    if v.is_some() && (!content.is_empty() || c.count == 0) {
        if content.len() != c.count {
            return exc::value_error(format_args!(
                "attempt to assign bytes of size {} to extended slice of size {}",
                content.len(),
                c.count
            ));
        }
        let s = as_mut(b);
        for (i, &x) in content.iter().enumerate() {
            s[(c.start + i as isize * c.step) as usize] = x;
        }
        return Ok(());
    }
    if c.count == 0 {
        return Ok(());
    }
    check_resizable(b)?;
    // Deletion: walk upwards whatever the sign of the step.
    let (first, step) = if c.step < 0 {
        (c.start + (c.count as isize - 1) * c.step, -c.step)
    } else {
        (c.start, c.step)
    };
    let n = as_slice(b).len();
    let s = as_mut(b);
    let (mut to, mut next, mut left) = (first as usize, first, c.count);
    for from in first as usize..n {
        if left > 0 && from as isize == next {
            next = next.saturating_add(step);
            left -= 1;
        } else {
            s[to] = s[from];
            to += 1;
        }
    }
    resize(b, to)
}

/// Copies `n` bytes out of a raw block: for readers that fill a bytearray in place.
///
/// # Safety
/// `from` holds `n` bytes, and `b` at least `at + n`.
pub unsafe fn write_at(b: Ref, at: usize, from: *const u8, n: usize) {
    // SAFETY: by contract.
    unsafe { copy_nonoverlapping(from, as_mut(b).as_mut_ptr().add(at), n) };
}
