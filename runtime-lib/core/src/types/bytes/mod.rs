//! `bytes`: immutable bytes with a cached hash. `methods` holds what it shares with bytearray; `source` the conversions of
//! constructor arguments; `hex` the hexadecimal text.
use crate::buffer;
use crate::call::{Args, MethodDef, bound, convert, noargs, one, raw, sig};
use crate::exc;
use crate::object::{Object, Own, PyResult, Raised, Ref, Value, alloc};
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, shape};
use crate::types::tuple;
use core::cell::Cell;
pub use pyaot_abi::BytesObject;
use pyaot_abi::{Header, IMMORTAL_REFCOUNT, flag, type_flag};

pub mod hex;
mod iter;
pub mod methods;
pub mod source;

pub use iter::{BYTEARRAY_ITERATOR_TYPE, BYTES_ITERATOR_TYPE, new as iter_new};
pub use source::object_bytes;

// SAFETY: abi layout.
unsafe impl Object for BytesObject {
    fn type_object() -> &'static TypeObject {
        &BYTES_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_bytes")]
pub static BYTES_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "bytes",
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    basic_size: size_of::<BytesObject>(),
    item_size: 1,
    flags: type_flag::BASETYPE | type_flag::BYTES | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    slots: Slots {
        repr: Some(|b| crate::types::str::from_buf(pyaot_text::repr::repr_bytes(as_slice(b)))),
        hash: Some(|b| Ok(hash(b))),
        richcompare: Some(richcompare),
        iter: Some(|b| iter::new(b, &BYTES_ITERATOR_TYPE)),
        new: Some(new),
        nb_remainder: Some(|a, b| {
            if !is_bytes(a) {
                return Ok(Own::not_implemented());
            }
            crate::format::percent::bytes_percent(a, b)
        }),
        sq_length: Some(|b| Ok(as_slice(b).len())),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_contains: Some(methods::contains),
        mp_length: Some(|b| Ok(as_slice(b).len())),
        mp_subscript: Some(subscript),
        bf_getbuffer: Some(getbuffer),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    noargs(sig!("__bytes__($self, /)"), |b| {
        if b.is_exact::<BytesObject>() {
            return Ok(b.own());
        }
        from_slice(as_slice(b))
    }),
    noargs(sig!("__getnewargs__($self, /)"), |b| {
        Ok(tuple::from_vec(vec![from_slice(as_slice(b))?]))
    }),
    noargs(sig!("__sizeof__($self, /)"), |b| Ok(Own::usize(33 + as_slice(b).len()))),
    noargs(sig!("capitalize($self, /)"), methods::capitalize),
    bound(sig!("center($self, width, fillchar=b' ', /)"), methods::center),
    raw(sig!("count($self, sub[, start[, end]], /)"), methods::count),
    bound(
        sig!("decode($self, /, encoding='utf-8', errors='strict')"),
        methods::decode,
    ),
    raw(sig!("endswith($self, suffix[, start[, end]], /)"), methods::endswith),
    bound(sig!("expandtabs($self, /, tabsize=8)"), methods::expandtabs),
    raw(sig!("find($self, sub[, start[, end]], /)"), methods::find),
    one(sig!("fromhex($type, string, /)"), hex::fromhex).class(),
    bound(sig!("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)"), |b, a| {
        hex::hex_method(as_slice(b), a)
    }),
    raw(sig!("index($self, sub[, start[, end]], /)"), methods::index),
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
    one(sig!("removeprefix($self, prefix, /)"), methods::removeprefix),
    one(sig!("removesuffix($self, suffix, /)"), methods::removesuffix),
    bound(sig!("replace($self, old, new, count=-1, /)"), methods::replace),
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

// ---- layout and construction ----

/// bytes or an instance of a subclass.
#[inline(always)]
pub fn is_bytes(v: Ref) -> bool {
    v.ty().has(type_flag::BYTES)
}

/// Content of bytes or of an instance of a subclass; it never changes.
#[inline(always)]
pub fn as_slice(b: Ref<'_>) -> &[u8] {
    // SAFETY: the caller passes bytes; the layout states the length.
    unsafe {
        let b = &*b.value().as_ptr::<BytesObject>();
        core::slice::from_raw_parts(b.data.as_ptr(), b.len.get())
    }
}

/// bytes of `len` bytes that `fill` writes, as an instance of `ty` (bytes or a subclass).
#[inline]
pub fn with_type(ty: &TypeObject, len: usize, fill: impl FnOnce(*mut u8)) -> PyResult {
    let Some(end) = len
        .checked_add(size_of::<BytesObject>() + 1)
        .filter(|n| *n <= isize::MAX as usize)
    else {
        return exc::memory_error();
    };
    let exact = core::ptr::eq(ty, &BYTES_TYPE);
    let size = if exact { end } else { shape::instance_size(ty, end) };
    let p = alloc::raw(ty, size)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let b = p.cast::<BytesObject>();
        (&raw mut (*b).len).write(Cell::new(len));
        (&raw mut (*b).hash).write(Cell::new(-1));
        let data: *mut u8 = (&raw mut (*b).data).cast();
        fill(data);
        data.add(len).write(0);
        if !exact {
            p.cast::<u8>().add(end).write_bytes(0, size - end);
            shape::init_instance(ty, p);
        }
        Ok(Own::from_ptr(b))
    }
}
#[inline]
pub fn with_len(len: usize, fill: impl FnOnce(*mut u8)) -> PyResult {
    with_type(&BYTES_TYPE, len, fill)
}

#[repr(C)]
struct Single {
    head: BytesObject,
    data: [u8; 8],
}
// SAFETY: immortal; the GIL guards the hash cell.
unsafe impl Sync for Single {}
const fn single(len: usize, c: u8) -> Single {
    Single {
        head: BytesObject {
            header: Header {
                refcount: Cell::new(IMMORTAL_REFCOUNT),
                flags: Cell::new(flag::IMMORTAL),
                ty: Cell::new((&raw const BYTES_TYPE).cast()),
            },
            len: Cell::new(len),
            hash: Cell::new(-1),
            data: [],
        },
        data: [c, 0, 0, 0, 0, 0, 0, 0],
    }
}
static EMPTY: Single = single(0, 0);
static SINGLES: [Single; 256] = {
    let mut all = [const { single(1, 0) }; 256];
    let mut c = 0;
    while c < 256 {
        all[c] = single(1, c as u8);
        c += 1;
    }
    all
};

/// `b''`.
pub fn empty() -> Own {
    Ref::from_value(Value::from_ptr(&EMPTY)).own()
}

/// Exact bytes with this content; empty and one-byte values are kept objects.
pub fn from_slice(s: &[u8]) -> PyResult {
    match s {
        [] => Ok(empty()),
        [c] => Ok(Ref::from_value(Value::from_ptr(&SINGLES[*c as usize])).own()),
        // SAFETY: `fill` gets room for the length.
        _ => with_len(s.len(), |out| unsafe {
            core::ptr::copy_nonoverlapping(s.as_ptr(), out, s.len())
        }),
    }
}

/// CPython: Objects/bytesobject.c, bytes_new_impl.
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let b = source::bytes_from_args(args)?;
    if core::ptr::eq(cls, &BYTES_TYPE) {
        return Ok(b);
    }
    let s = as_slice(b.r());
    // SAFETY: room for the length.
    with_type(cls, s.len(), |out| unsafe {
        core::ptr::copy_nonoverlapping(s.as_ptr(), out, s.len())
    })
}

// ---- slots ----

pub fn hash(b: Ref) -> i64 {
    // SAFETY: the caller passes bytes.
    let o = unsafe { &*b.value().as_ptr::<BytesObject>() };
    match o.hash.get() {
        -1 => {
            let h = pyaot_text::hash::bytes(as_slice(b));
            o.hash.set(h);
            h
        }
        h => h,
    }
}

fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_bytes(a) || !is_bytes(b) {
        return Ok(Own::not_implemented());
    }
    let (x, y) = (as_slice(a), as_slice(b));
    Ok(Own::bool(match op {
        CompareOp::Eq => a.is(b) || x == y,
        CompareOp::Ne => !a.is(b) && x != y,
        _ => op.test(x.cmp(y)),
    }))
}

/// The bytes of both sides of `+`; whatever keeps one from being read is the same TypeError.
pub fn operands(a: Ref, b: Ref) -> PyResult<(buffer::Contents, buffer::Contents)> {
    match buffer::contents(a).and_then(|x| Ok((x, buffer::contents(b)?))) {
        Ok(both) => Ok(both),
        Err(e) => cannot_concat(a, b, e),
    }
}
pub fn cannot_concat<T>(a: Ref, b: Ref, e: Raised) -> PyResult<T> {
    drop(exc::caught(e));
    exc::type_error(format_args!(
        "can't concat {} to {}",
        b.ty().full_name(),
        a.ty().full_name()
    ))
}

/// CPython: Objects/bytesobject.c, bytes_concat.
pub fn concat(a: Ref, b: Ref) -> PyResult {
    let (x, y) = operands(a, b)?;
    if x.is_empty() && b.is_exact::<BytesObject>() {
        return Ok(b.own());
    }
    if y.is_empty() && a.is_exact::<BytesObject>() {
        return Ok(a.own());
    }
    // SAFETY: room for both.
    with_len(x.len().saturating_add(y.len()), |out| unsafe {
        core::ptr::copy_nonoverlapping(x.as_ptr(), out, x.len());
        core::ptr::copy_nonoverlapping(y.as_ptr(), out.add(x.len()), y.len());
    })
}

/// Fills `total` bytes with repetitions of `s`, which is not empty.
///
/// # Safety
/// `out` has room for `total` bytes.
pub unsafe fn fill_repeated(out: *mut u8, s: &[u8], total: usize) {
    // SAFETY: by contract; each round copies what is there.
    unsafe {
        if let [c] = s {
            out.write_bytes(*c, total);
            return;
        }
        let first = s.len().min(total);
        core::ptr::copy_nonoverlapping(s.as_ptr(), out, first);
        let mut done = first;
        while done < total {
            let n = done.min(total - done);
            core::ptr::copy_nonoverlapping(out, out.add(done), n);
            done += n;
        }
    }
}

fn repeat(b: Ref, n: isize) -> PyResult {
    let s = as_slice(b);
    if n <= 0 || s.is_empty() {
        return Ok(empty());
    }
    if n == 1 && b.is_exact::<BytesObject>() {
        return Ok(b.own());
    }
    let Some(total) = s.len().checked_mul(n as usize).filter(|t| *t <= isize::MAX as usize) else {
        return exc::overflow_error(format_args!("repeated bytes are too long"));
    };
    if total == 1 {
        return from_slice(s);
    }
    // SAFETY: room for the whole.
    with_len(total, |out| unsafe { fill_repeated(out, s, total) })
}

fn item(b: Ref, i: isize) -> PyResult {
    match as_slice(b).get(i as usize) {
        Some(&c) if i >= 0 => Ok(Own::int(c as i64)),
        _ => exc::index_error(format_args!("index out of range")),
    }
}

/// CPython: Objects/bytesobject.c, bytes_subscript.
fn subscript(b: Ref, key: Ref) -> PyResult {
    let n = as_slice(b).len();
    if let Some(slice) = convert::as_slice(key) {
        let c = convert::slice_bounds(slice, n)?;
        if c.count == n && c.step == 1 && b.is_exact::<BytesObject>() {
            return Ok(b.own());
        }
        let s = as_slice(b);
        if c.step == 1 || c.count == 0 {
            let start = c.start.max(0) as usize;
            return from_slice(&s[start.min(n)..(start + c.count).min(n)]);
        }
        let picked: Vec<u8> = (0..c.count as isize)
            .map(|i| s[(c.start + i * c.step) as usize])
            .collect();
        return from_slice(&picked);
    }
    if convert::is_index(key) {
        let i = convert::item_index(key)?;
        return item(b, if i < 0 { i + n as isize } else { i });
    }
    exc::type_error(format_args!(
        "byte indices must be integers or slices, not {}",
        key.ty().full_name()
    ))
}

fn getbuffer(b: Ref, flags: i32) -> PyResult<buffer::BufferView> {
    let s = as_slice(b);
    buffer::fill(b, s.as_ptr().cast_mut(), s.len(), true, flags)
}
