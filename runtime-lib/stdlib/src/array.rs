//! `array`: machine values in a row (CPython: Modules/arraymodule.c).
//!
//! Items are read and written as bytes of the type code's machine format; the block is a `Vec<u8>` that cannot change its size
//! while buffers are out.
use pyaot_core::buffer::{self, BufferView};
use pyaot_core::call::convert::{self, IntValue};
use pyaot_core::prelude::*;
use pyaot_core::types::memoryview::item::{self, u64_of};
use pyaot_core::types::{bytearray, bytes, float, generic_alias, list, module};
use pyaot_core::{istr, object_protocol};
use pyaot_text::StrBuf;

pub fn make() -> PyResult {
    for ty in [&ARRAY, &ARRAY_ITERATOR] {
        pyaot_core::typeobj::ready(ty);
    }
    let m = module::new("array")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "array", ARRAY.own())?;
    module::add(m.r(), "ArrayType", ARRAY.own())?;
    module::add(m.r(), "typecodes", Own::str("bBuwhHiIlLqQfd"))?;
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[bound(
    sig!("_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)"),
    reconstruct,
)];

#[repr(C)]
pub struct ArrayObject {
    header: Header,
    /// Stands first: attribute caches read the word behind the header, which must have no padding.
    exports: Cell<usize>,
    code: u8,
    data: RefCell<Vec<u8>>,
}
// SAFETY: `repr(C)` with a header; subclasses extend it.
unsafe impl Object for ArrayObject {
    fn type_object() -> &'static TypeObject {
        &ARRAY
    }
}

static ARRAY: TypeObject = TypeObject::builtin(&TypeDef {
    name: "array.array",
    basic_size: size_of::<ArrayObject>(),
    flags: type_flag::BASETYPE | type_flag::SEQUENCE | type_flag::WEAKREFABLE,
    slots: Slots {
        repr: Some(repr),
        richcompare: Some(richcompare),
        iter: Some(|a| {
            alloc::object(|header| ArrayIterator {
                header,
                array: Cell::new(a.own().into_value()),
                next: Cell::new(0),
            })
        }),
        new: Some(new),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            unsafe { core::ptr::drop_in_place(&raw mut (*p.cast::<ArrayObject>()).data) };
        }),
        sq_length: Some(|a| Ok(len(a))),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item_at),
        sq_ass_item: Some(set_item),
        sq_contains: Some(contains),
        sq_inplace_concat: Some(inplace_concat),
        sq_inplace_repeat: Some(inplace_repeat),
        mp_length: Some(|a| Ok(len(a))),
        mp_subscript: Some(subscript),
        mp_ass_subscript: Some(assign_subscript),
        bf_getbuffer: Some(getbuffer),
        bf_releasebuffer: Some(|a, _| this(a).exports.set(this(a).exports.get() - 1)),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[
        getter("typecode", |a| Ok(str_::latin1_char(this(a).code))),
        getter("itemsize", |a| Ok(Own::usize(size(this(a).code)))),
    ],
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("append($self, v, /)"), |a, v| {
        let n = len(a);
        insert_at(a, n, v)
    }),
    noargs(sig!("buffer_info($self, /)"), |a| {
        let address = this(a).data.borrow().as_ptr() as u64;
        Ok(tuple::from_vec(vec![Own::uint(address), Own::usize(len(a))]))
    }),
    noargs(sig!("byteswap($self, /)"), |a| {
        let n = size(this(a).code);
        this(a).data.borrow_mut().chunks_exact_mut(n).for_each(<[u8]>::reverse);
        Ok(Own::none())
    }),
    noargs(sig!("clear($self, /)"), |a| {
        splice(a, 0, len(a), &[])?;
        Ok(Own::none())
    }),
    noargs(sig!("__copy__($self, /)"), copy),
    one(sig!("__deepcopy__($self, unused, /)"), |a, _| copy(a)),
    one(sig!("count($self, v, /)"), |a, v| {
        let mut n = 0;
        let mut i = 0;
        while i < len(a) {
            let x = item_at(a, i as isize)?;
            n += object_protocol::compare_bool(x.r(), v, CompareOp::Eq)? as i64;
            i += 1;
        }
        Ok(Own::int(n))
    }),
    one(sig!("extend($self, bb, /)"), |a, v| {
        extend(a, v)?;
        Ok(Own::none())
    }),
    bound(sig!("fromfile($self, f, n, /)"), fromfile),
    one(sig!("fromlist($self, list, /)"), |a, l| {
        if !l.ty().has(type_flag::LIST) {
            return exc::type_error(format_args!("arg must be list"));
        }
        let mut new = Vec::new();
        let n = list::len(l);
        for i in 0..n {
            let Some(v) = list::get(l, i).map(Ref::own) else { break };
            new.extend_from_slice(&pack(this(a).code, v.r())?[..size(this(a).code)]);
            if list::len(l) != n {
                return exc::runtime_error(format_args!("list changed size during iteration"));
            }
        }
        splice(a, len(a), 0, &new)?;
        Ok(Own::none())
    }),
    one(sig!("frombytes($self, buffer, /)"), |a, v| {
        frombytes(a, &buffer::contents(v)?)?;
        Ok(Own::none())
    }),
    one(sig!("fromunicode($self, ustr, /)"), |a, s| {
        convert::str_arg("fromunicode", "argument", s)?;
        check_unicode(a, "fromunicode")?;
        splice(a, len(a), 0, &text_bytes(s))?;
        Ok(Own::none())
    }),
    bound(sig!("index($self, v, start=0, stop=sys.maxsize, /)"), index),
    bound(sig!("insert($self, i, v, /)"), |a, b| {
        let i = convert::index(b.arg(0))?;
        let n = len(a) as isize;
        let at = if i < 0 { (i + n).max(0) } else { i.min(n) };
        insert_at(a, at as usize, b.arg(1))
    }),
    bound(sig!("pop($self, i=-1, /)"), |a, b| {
        let i = match b.get(0) {
            Some(i) => convert::index(i)?,
            None => -1,
        };
        let n = len(a) as isize;
        if n == 0 {
            return exc::index_error(format_args!("pop from empty array"));
        }
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n {
            return exc::index_error(format_args!("pop index out of range"));
        }
        let v = item_at(a, i)?;
        splice(a, i as usize, 1, &[])?;
        Ok(v)
    }),
    one(sig!("__reduce_ex__($self, value, /)"), reduce),
    one(sig!("remove($self, v, /)"), |a, v| {
        let mut i = 0;
        while i < len(a) {
            let x = item_at(a, i as isize)?;
            if object_protocol::compare_bool(x.r(), v, CompareOp::Eq)? {
                splice(a, i, 1, &[])?;
                return Ok(Own::none());
            }
            i += 1;
        }
        exc::value_error(format_args!("array.remove(x): x not in array"))
    }),
    noargs(sig!("reverse($self, /)"), |a| {
        let n = size(this(a).code);
        let mut data = this(a).data.borrow_mut();
        data.reverse();
        data.chunks_exact_mut(n).for_each(<[u8]>::reverse);
        Ok(Own::none())
    }),
    one(sig!("tofile($self, f, /)"), |a, f| {
        // In blocks, as CPython writes them.
        const BLOCK: usize = 64 * 1024;
        let mut at = 0;
        loop {
            let chunk = {
                let data = this(a).data.borrow();
                let end = (at + BLOCK).min(data.len());
                if at >= end {
                    break;
                }
                bytes::from_slice(&data[at..end])?
            };
            at += BLOCK;
            drop(pyaot_core::call::call_method(f, istr!("write"), &[chunk.r()])?);
        }
        Ok(Own::none())
    }),
    noargs(sig!("tolist($self, /)"), tolist),
    noargs(sig!("tobytes($self, /)"), |a| bytes::from_slice(&this(a).data.borrow())),
    noargs(sig!("tounicode($self, /)"), |a| {
        check_unicode(a, "tounicode")?;
        text(a)
    }),
    noargs(sig!("__sizeof__($self, /)"), |a| {
        Ok(Own::usize(80 + this(a).data.borrow().capacity()))
    }),
    one(sig!("__class_getitem__($type, object, /)"), |cls, v| {
        generic_alias::new(cls, v)
    })
    .class(),
];

fn this(a: Ref<'_>) -> &ArrayObject {
    // SAFETY: slots and methods receive instances.
    unsafe { a.cast() }
}
fn len(a: Ref) -> usize {
    this(a).data.borrow().len() / size(this(a).code)
}

/// Bytes of an item; `None` for what is no type code.
fn code_size(c: u8) -> Option<usize> {
    Some(match c {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'f' | b'u' | b'w' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        _ => return None,
    })
}
fn size(c: u8) -> usize {
    code_size(c).unwrap_or(1)
}
fn is_text(c: u8) -> bool {
    matches!(c, b'u' | b'w')
}

// ---- items ----

fn pack(code: u8, v: Ref) -> PyResult<[u8; 8]> {
    let mut out = [0u8; 8];
    let mut put = |b: &[u8]| out[..b.len()].copy_from_slice(b);
    match code {
        b'f' => put(&(float::as_f64(v)? as f32).to_ne_bytes()),
        b'd' => put(&float::as_f64(v)?.to_ne_bytes()),
        b'u' | b'w' => {
            if !str_::is_str(v) {
                return exc::type_error(format_args!(
                    "array item must be a unicode character, not {}",
                    v.ty().full_name()
                ));
            }
            match str_::single_char(v) {
                Some(c) => put(&c.to_ne_bytes()),
                None => {
                    return exc::type_error(format_args!(
                        "array item must be a unicode character, not a string of length {}",
                        str_::len(v)
                    ));
                }
            }
        }
        _ => {
            let i = convert::index_object(v)?;
            let n: i128 = match convert::int_value(i.r()) {
                IntValue::Fits(n) => n as i128,
                IntValue::TooSmall => i128::MIN,
                IntValue::TooLarge => u64_of(i.r()).map_or(i128::MAX, |n| n as i128),
            };
            let bits = size(code) as u32 * 8;
            let (min, max) = if code.is_ascii_lowercase() {
                (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
            } else {
                (0, (1i128 << bits) - 1)
            };
            if n < min || n > max {
                return exc::overflow_error(format_args!("{}", range_text(code, n < min)));
            }
            put(&(n as i64).to_ne_bytes()[..size(code)]);
        }
    }
    Ok(out)
}

/// CPython's words for a value outside a type's range: each item setter has its own.
fn range_text(code: u8, below: bool) -> &'static str {
    match (code, below) {
        (b'b', true) => "signed char is less than minimum",
        (b'b', false) => "signed char is greater than maximum",
        (b'B', true) => "unsigned byte integer is less than minimum",
        (b'B', false) => "unsigned byte integer is greater than maximum",
        (b'h', true) => "signed short integer is less than minimum",
        (b'h', false) => "signed short integer is greater than maximum",
        (b'H', true) => "unsigned short is less than minimum",
        (b'H', false) => "unsigned short is greater than maximum",
        (b'i', true) => "signed integer is less than minimum",
        (b'i', false) => "signed integer is greater than maximum",
        (b'I' | b'L', true) => "can't convert negative value to unsigned int",
        (b'I', false) => "unsigned int is greater than maximum",
        (b'L', false) => "Python int too large to convert to C unsigned long",
        (b'l', _) => "Python int too large to convert to C long",
        (b'Q', true) => "can't convert negative int to unsigned",
        _ => "int too big to convert",
    }
}

fn item_at(a: Ref, i: isize) -> PyResult {
    let o = this(a);
    let n = size(o.code);
    let data = o.data.borrow();
    let Some(p) = data
        .get((i.max(0) as usize).saturating_mul(n)..)
        .filter(|p| i >= 0 && p.len() >= n)
    else {
        return exc::index_error(format_args!("array index out of range"));
    };
    if is_text(o.code) {
        let c = u32::from_ne_bytes([p[0], p[1], p[2], p[3]]);
        if c > 0x10ffff {
            return exc::value_error(format_args!("character U+{c:x} is not in range [U+0000; U+10ffff]"));
        }
        return str_::char_object(c);
    }
    // SAFETY: `n` bytes are there.
    unsafe { item::unpack(p.as_ptr(), o.code) }
}

fn check_unicode(a: Ref, name: &str) -> PyResult<()> {
    if is_text(this(a).code) {
        return Ok(());
    }
    exc::value_error(format_args!(
        "{name}() may only be called on unicode type arrays ('u' or 'w')"
    ))
}
fn text_bytes(s: Ref) -> Vec<u8> {
    str_::units(s).iter().flat_map(u32::to_ne_bytes).collect()
}
fn text(a: Ref) -> PyResult {
    let data = this(a).data.borrow();
    let points: Vec<u32> = data
        .chunks_exact(4)
        .map(|p| u32::from_ne_bytes([p[0], p[1], p[2], p[3]]))
        .collect();
    if let Some(c) = points.iter().find(|c| **c > 0x10ffff) {
        return exc::value_error(format_args!("character U+{c:x} is not in range [U+0000; U+10ffff]"));
    }
    str_::from_code_points(&points)
}

// ---- making ----

fn with_data(ty: &'static TypeObject, code: u8, data: Vec<u8>) -> PyResult {
    alloc::object_of(ty, |header| ArrayObject {
        header,
        code,
        exports: Cell::new(0),
        data: RefCell::new(data),
    })
}

/// CPython: array_new.
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if core::ptr::eq(cls, &ARRAY) {
        args.no_keywords("array.array")?;
    }
    let n = args.len();
    if n == 0 || n > 2 {
        let (word, limit) = if n == 0 { ("least", 1) } else { ("most", 2) };
        return exc::type_error(format_args!(
            "array() takes at {word} {limit} argument{} ({n} given)",
            if limit == 1 { "" } else { "s" }
        ));
    }
    let code = args.get(0).expect("counted");
    if !str_::is_str(code) {
        return exc::type_error(format_args!(
            "array() argument 1 must be a unicode character, not {}",
            code.ty().full_name()
        ));
    }
    let Some(code) = str_::single_char(code) else {
        return exc::type_error(format_args!(
            "array() argument 1 must be a unicode character, not a string of length {}",
            str_::len(code)
        ));
    };
    let code = match u8::try_from(code).ok().filter(|c| code_size(*c).is_some()) {
        Some(c) => c,
        None => {
            return exc::value_error(format_args!(
                "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"
            ));
        }
    };
    if code == b'u' {
        pyaot_core::warn::deprecation(format_args!(
            "The 'u' type code is deprecated and will be removed in Python 3.16"
        ))?;
    }
    let Some(initial) = args.get(1) else {
        return with_data(cls, code, Vec::new());
    };
    let other = initial.downcast::<ArrayObject>();
    if !is_text(code) {
        if str_::is_str(initial) {
            return exc::type_error(format_args!(
                "cannot use a str to initialize an array with typecode '{}'",
                code as char
            ));
        }
        if other.is_some_and(|o| is_text(o.code)) {
            return exc::type_error(format_args!(
                "cannot use a unicode array to initialize an array with typecode '{}'",
                code as char
            ));
        }
    }
    if initial.ty().has(type_flag::BYTES) || bytearray::is_bytearray(initial) {
        let a = with_data(cls, code, Vec::new())?;
        frombytes(a.r(), &buffer::contents(initial)?)?;
        return Ok(a);
    }
    if str_::is_str(initial) {
        return with_data(cls, code, text_bytes(initial));
    }
    if let Some(o) = other {
        if o.code == code || (is_text(code) && is_text(o.code)) {
            let data = o.data.borrow().clone();
            return with_data(cls, code, data);
        }
    }
    let a = with_data(cls, code, Vec::new())?;
    extend_from_iterable(a.r(), initial)?;
    Ok(a)
}

fn frombytes(a: Ref, data: &[u8]) -> PyResult<()> {
    if !data.len().is_multiple_of(size(this(a).code)) {
        return exc::value_error(format_args!("bytes length not a multiple of item size"));
    }
    let data = data.to_vec();
    splice(a, len(a), 0, &data)
}

fn copy(a: Ref) -> PyResult {
    with_data(&ARRAY, this(a).code, this(a).data.borrow().clone())
}

// ---- changing ----

/// Replaces `old` items at item `at` by the bytes `new`.
fn splice(a: Ref, at: usize, old: usize, new: &[u8]) -> PyResult<()> {
    let o = this(a);
    let n = size(o.code);
    if new.len() != old * n && o.exports.get() > 0 {
        return exc::buffer_error(format_args!("cannot resize an array that is exporting buffers"));
    }
    let mut data = o.data.borrow_mut();
    if data.try_reserve(new.len()).is_err() {
        return exc::memory_error();
    }
    drop(data.splice(at * n..(at + old) * n, new.iter().copied()));
    Ok(())
}

fn insert_at(a: Ref, at: usize, v: Ref) -> PyResult {
    let item = pack(this(a).code, v)?;
    splice(a, at.min(len(a)), 0, &item[..size(this(a).code)])?;
    Ok(Own::none())
}

fn extend_from_iterable(a: Ref, v: Ref) -> PyResult<()> {
    let it = object_protocol::iter(v)?;
    while let Some(x) = object_protocol::next(it.r())? {
        let n = len(a);
        insert_at(a, n, x.r())?;
    }
    Ok(())
}
/// CPython: array_do_extend, array_iter_extend.
fn extend(a: Ref, v: Ref) -> PyResult<()> {
    let Some(o) = v.downcast::<ArrayObject>() else {
        return extend_from_iterable(a, v);
    };
    if o.code != this(a).code {
        return exc::type_error(format_args!("can only extend with array of same kind"));
    }
    let data = o.data.borrow().clone();
    splice(a, len(a), 0, &data)
}

fn same_kind<'a>(a: Ref, v: Ref<'a>) -> PyResult<&'a ArrayObject> {
    match v.downcast::<ArrayObject>() {
        Some(o) if o.code == this(a).code => Ok(o),
        _ => exc::type_error(format_args!("bad argument type for built-in operation")),
    }
}
fn concat(a: Ref, b: Ref) -> PyResult {
    if b.downcast::<ArrayObject>().is_none() {
        return exc::type_error(format_args!(
            "can only append array (not \"{}\") to array",
            b.ty().full_name()
        ));
    }
    let o = same_kind(a, b)?;
    let mut data = this(a).data.borrow().clone();
    data.extend_from_slice(&o.data.borrow());
    with_data(&ARRAY, o.code, data)
}
fn inplace_concat(a: Ref, b: Ref) -> PyResult {
    if b.downcast::<ArrayObject>().is_none() {
        return exc::type_error(format_args!(
            "can only extend array with array (not \"{}\")",
            b.ty().full_name()
        ));
    }
    extend(a, b)?;
    Ok(a.own())
}
fn repeated(a: Ref, n: isize) -> PyResult<Vec<u8>> {
    let data = this(a).data.borrow();
    let n = n.max(0) as usize;
    let mut out = Vec::new();
    match data.len().checked_mul(n) {
        Some(total) if out.try_reserve_exact(total).is_ok() => {}
        _ => return exc::memory_error(),
    }
    for _ in 0..n {
        out.extend_from_slice(&data);
    }
    Ok(out)
}
fn repeat(a: Ref, n: isize) -> PyResult {
    with_data(&ARRAY, this(a).code, repeated(a, n)?)
}
fn inplace_repeat(a: Ref, n: isize) -> PyResult {
    let data = repeated(a, n)?;
    splice(a, 0, len(a), &data)?;
    Ok(a.own())
}

fn contains(a: Ref, v: Ref) -> PyResult<bool> {
    let mut i = 0;
    while i < len(a) {
        let x = item_at(a, i as isize)?;
        if object_protocol::compare_bool(x.r(), v, CompareOp::Eq)? {
            return Ok(true);
        }
        i += 1;
    }
    Ok(false)
}
fn index(a: Ref, b: &Bound) -> PyResult {
    let start = convert::slice_index(b.get(1), 0)?;
    let stop = convert::slice_index(b.get(2), isize::MAX)?;
    let (start, stop) = convert::range_of(start, stop, len(a));
    let mut i = start;
    while i < stop.min(len(a)) {
        let x = item_at(a, i as isize)?;
        if object_protocol::compare_bool(x.r(), b.arg(0), CompareOp::Eq)? {
            return Ok(Own::usize(i));
        }
        i += 1;
    }
    exc::value_error(format_args!("array.index(x): x not in array"))
}

fn subscript(a: Ref, key: Ref) -> PyResult {
    if let Some(slice) = convert::as_slice(key) {
        let parts = convert::slice_unpack(slice)?;
        let b = convert::adjust(len(a), parts);
        let o = this(a);
        let n = size(o.code);
        let data = o.data.borrow();
        let mut out = Vec::with_capacity(b.count * n);
        for i in 0..b.count as isize {
            let at = (b.start + i * b.step) as usize * n;
            out.extend_from_slice(&data[at..at + n]);
        }
        return with_data(&ARRAY, o.code, out);
    }
    if convert::is_index(key) {
        let i = convert::item_index(key)?;
        return item_at(a, if i < 0 { i + len(a) as isize } else { i });
    }
    exc::type_error(format_args!("array indices must be integers"))
}

fn set_item(a: Ref, i: isize, v: Option<Ref>) -> PyResult<()> {
    let out_of_range = || exc::index_error(format_args!("array assignment index out of range"));
    if i < 0 || i as usize >= len(a) {
        return out_of_range();
    }
    let Some(v) = v else {
        return splice(a, i as usize, 1, &[]);
    };
    let item = pack(this(a).code, v)?;
    // `__index__` may have shortened the array.
    if i as usize >= len(a) {
        return out_of_range();
    }
    splice(a, i as usize, 1, &item[..size(this(a).code)])
}

/// CPython: array_ass_subscr.
fn assign_subscript(a: Ref, key: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(slice) = convert::as_slice(key) else {
        if convert::is_index(key) {
            let i = convert::item_index(key)?;
            return set_item(a, if i < 0 { i + len(a) as isize } else { i }, v);
        }
        return exc::type_error(format_args!("array indices must be integers"));
    };
    let parts = convert::slice_unpack(slice)?;
    let b = convert::adjust(len(a), parts);
    let n = size(this(a).code);
    let new = match v {
        None => Vec::new(),
        Some(v) => {
            if v.downcast::<ArrayObject>().is_none() {
                return exc::type_error(format_args!(
                    "can only assign array (not \"{}\") to array slice",
                    v.ty().full_name()
                ));
            }
            same_kind(a, v)?.data.borrow().clone()
        }
    };
    if b.step == 1 {
        return splice(a, b.start as usize, b.count, &new);
    }
    if v.is_none() {
        if b.count > 0 && this(a).exports.get() > 0 {
            return exc::buffer_error(format_args!("cannot resize an array that is exporting buffers"));
        }
        let mut gone: Vec<usize> = (0..b.count as isize).map(|i| (b.start + i * b.step) as usize).collect();
        gone.sort_unstable();
        let mut data = this(a).data.borrow_mut();
        let mut at = 0;
        let kept: Vec<u8> = data
            .chunks_exact(n)
            .enumerate()
            .filter(|(i, _)| {
                let hit = gone.get(at) == Some(i);
                at += hit as usize;
                !hit
            })
            .flat_map(|(_, p)| p.iter().copied())
            .collect();
        *data = kept;
        return Ok(());
    }
    if new.len() != b.count * n {
        return exc::value_error(format_args!(
            "attempt to assign array of size {} to extended slice of size {}",
            new.len() / n,
            b.count
        ));
    }
    let mut data = this(a).data.borrow_mut();
    for (i, p) in new.chunks_exact(n).enumerate() {
        let at = (b.start + i as isize * b.step) as usize * n;
        data[at..at + n].copy_from_slice(p);
    }
    Ok(())
}

// ---- comparison, text, pickling ----

fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<ArrayObject>(), b.downcast::<ArrayObject>()) else {
        return Ok(Own::not_implemented());
    };
    if len(a) != len(b) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::bool(op == CompareOp::Ne));
    }
    if x.code == y.code && !matches!(x.code, b'f' | b'd') && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        let same = *x.data.borrow() == *y.data.borrow();
        return Ok(Own::bool(same == (op == CompareOp::Eq)));
    }
    let mut i = 0;
    while i < len(a).min(len(b)) {
        let (p, q) = (item_at(a, i as isize)?, item_at(b, i as isize)?);
        if !object_protocol::compare_bool(p.r(), q.r(), CompareOp::Eq)? {
            return match op {
                CompareOp::Eq => Ok(Own::bool(false)),
                CompareOp::Ne => Ok(Own::bool(true)),
                _ => object_protocol::compare(p.r(), q.r(), op),
            };
        }
        i += 1;
    }
    Ok(Own::bool(op.test(len(a).cmp(&len(b)))))
}

fn tolist(a: Ref) -> PyResult {
    let n = len(a);
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        items.push(item_at(a, i as isize)?);
    }
    list::from_vec(items)
}

fn repr(a: Ref) -> PyResult {
    let mut out = StrBuf::from(&*format!("{}('{}'", a.ty().name(), this(a).code as char));
    if len(a) > 0 {
        let content = if is_text(this(a).code) { text(a)? } else { tolist(a)? };
        out.push_str(", ");
        out.push_units(str_::units(object_protocol::repr(content.r())?.r()));
    }
    out.push(')' as u32);
    str_::from_buf(out)
}

/// Machine format codes of `_array_reconstructor` (CPython: enum machine_format_code), for little endian.
fn machine_format(code: u8) -> i64 {
    match code {
        b'B' => 0,
        b'b' => 1,
        b'H' => 2,
        b'h' => 4,
        b'I' => 6,
        b'i' => 8,
        b'L' | b'Q' => 10,
        b'l' | b'q' => 12,
        b'f' => 14,
        b'd' => 16,
        _ => 20,
    }
}

fn reduce(a: Ref, protocol: Ref) -> PyResult {
    let protocol = convert::index(protocol)?;
    let state = object_protocol::get_attr_opt(a, istr!("__dict__"))?.unwrap_or(Own::none());
    let code = str_::latin1_char(this(a).code);
    if protocol < 3 {
        let args = tuple::from_vec(vec![code, tolist(a)?]);
        return Ok(tuple::from_vec(vec![a.ty().own(), args, state]));
    }
    let m = pyaot_core::import::import_module("array")?;
    let f = object_protocol::get_attr(m.r(), istr!("_array_reconstructor"))?;
    let content = bytes::from_slice(&this(a).data.borrow())?;
    let args = tuple::from_vec(vec![
        a.ty().own(),
        code,
        Own::int(machine_format(this(a).code)),
        content,
    ]);
    Ok(tuple::from_vec(vec![f, args, state]))
}

/// CPython: array__array_reconstructor_impl.
fn reconstruct(_: Ref, b: &Bound) -> PyResult {
    let cls = b.arg(0);
    if !cls.ty().has(type_flag::TYPE) {
        return exc::type_error(format_args!(
            "first argument must be a type object, not {}",
            cls.ty().full_name()
        ));
    }
    let ty = pyaot_core::types::type_::cast(cls);
    if !ty.is_subtype(&ARRAY) {
        return exc::type_error(format_args!("{} is not a subtype of array.array", ty.full_name()));
    }
    let code = convert::str_arg("_array_reconstructor", "argument 2", b.arg(1))?;
    let code = match str_::single_char(code).and_then(|c| u8::try_from(c).ok()) {
        Some(c) if code_size(c).is_some() => c,
        _ => return exc::value_error(format_args!("second argument must be a valid type code")),
    };
    let format = convert::index(b.arg(2))?;
    if !(0..=21).contains(&format) {
        return exc::value_error(format_args!("third argument must be a valid machine format code."));
    }
    if !bytes::is_bytes(b.arg(3)) {
        return exc::type_error(format_args!(
            "fourth argument should be bytes, not {}",
            b.arg(3).ty().full_name()
        ));
    }
    let data = bytes::as_slice(b.arg(3));
    // (code here, bytes, big endian) of each machine format.
    let (target, width, big) = match format {
        0 => (b'B', 1, false),
        1 => (b'b', 1, false),
        2 | 3 => (b'H', 2, format == 3),
        4 | 5 => (b'h', 2, format == 5),
        6 | 7 => (b'I', 4, format == 7),
        8 | 9 => (b'i', 4, format == 9),
        10 | 11 => (b'Q', 8, format == 11),
        12 | 13 => (b'q', 8, format == 13),
        14 | 15 => (b'f', 4, format == 15),
        16 | 17 => (b'd', 8, format == 17),
        18 | 19 => (b'u', 2, format == 19),
        _ => (b'u', 4, format == 21),
    };
    if !data.len().is_multiple_of(width) {
        return exc::value_error(format_args!("bytes length not a multiple of item size"));
    }
    let mut data = data.to_vec();
    if big {
        data.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    if width == 2 && format >= 18 {
        let text = pyaot_core::codecs::decode(
            &data,
            pyaot_core::codecs::Encoding::Utf16(pyaot_core::codecs::Order::Little),
            None,
            true,
        )?;
        data = text_bytes(text.0.r());
    }
    // The wished code stays where it has the same width and kind.
    let same = size(code) == size(target)
        && code.is_ascii_lowercase() == target.is_ascii_lowercase()
        && matches!(code, b'f' | b'd') == matches!(target, b'f' | b'd');
    let final_code = if same || (is_text(code) && format >= 18) {
        code
    } else {
        target
    };
    with_data(ty, final_code, data)
}

fn fromfile(a: Ref, b: &Bound) -> PyResult {
    let n = convert::index(b.arg(1))?;
    if n < 0 {
        return exc::value_error(format_args!("negative count"));
    }
    let Some(wanted) = (n as usize).checked_mul(size(this(a).code)) else {
        return exc::memory_error();
    };
    let data = pyaot_core::call::call_method(b.arg(0), istr!("read"), &[Own::usize(wanted).r()])?;
    if !bytes::is_bytes(data.r()) {
        return exc::type_error(format_args!("read() didn't return bytes"));
    }
    let content = bytes::as_slice(data.r());
    frombytes(a, content)?;
    if content.len() != wanted {
        return exc::raise(&exc::types::EOF_ERROR, format_args!("read() returned not enough bytes"));
    }
    Ok(Own::none())
}

fn getbuffer(a: Ref, flags: i32) -> PyResult<BufferView> {
    let o = this(a);
    o.exports.set(o.exports.get() + 1);
    let n = size(o.code);
    let data = o.data.borrow();
    Ok(BufferView {
        ptr: data.as_ptr().cast_mut(),
        len: data.len(),
        readonly: false,
        item_size: n,
        format: String::from(if is_text(o.code) { 'w' } else { o.code as char }),
        shape: vec![(data.len() / n) as isize],
        strides: vec![n as isize],
        object: a.own(),
    }
    .narrowed(flags))
}

// ---- iteration ----

#[repr(C)]
struct ArrayIterator {
    header: Header,
    /// The null word once exhausted.
    array: Cell<Value>,
    next: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for ArrayIterator {
    fn type_object() -> &'static TypeObject {
        &ARRAY_ITERATOR
    }
}
static ARRAY_ITERATOR: TypeObject = TypeObject::builtin(&TypeDef {
    name: "array.arrayiterator",
    basic_size: size_of::<ArrayIterator>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(|it| {
            let it = iterator(it);
            let Some(a) = field(&it.array) else { return Ok(None) };
            let i = it.next.get();
            if i < len(a) {
                it.next.set(i + 1);
                return Ok(Some(item_at(a, i as isize)?));
            }
            set_field(&it.array, None);
            Ok(None)
        }),
        traverse: Some(|it: Ref, visit: Visitor| visit(iterator(it).array.get())),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            decref(unsafe { &*p.cast::<ArrayIterator>() }.array.get());
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__reduce__($self, /)"), |it| {
            let f = pyaot_core::builtins::lookup(istr!("iter"))?.unwrap_or(Own::none());
            let it = iterator(it);
            Ok(match field(&it.array) {
                Some(a) => tuple::from_vec(vec![f, tuple::from_vec(vec![a.own()]), Own::usize(it.next.get())]),
                None => tuple::from_vec(vec![f, tuple::from_vec(vec![tuple::from_vec(vec![])])]),
            })
        }),
        one(sig!("__setstate__($self, state, /)"), |it, state| {
            let i = convert::index(state)?;
            let it = iterator(it);
            if let Some(a) = field(&it.array) {
                it.next.set((i.max(0) as usize).min(len(a)));
            }
            Ok(Own::none())
        }),
    ],
    ..TypeDef::NEW
});
fn iterator(it: Ref<'_>) -> &ArrayIterator {
    // SAFETY: slots and methods receive instances.
    unsafe { it.cast() }
}
