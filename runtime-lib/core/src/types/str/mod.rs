//! `str`: code points in units of 1, 2 or 4 bytes.
//!
//! `build` makes strs, `single` holds the one-character ones, `intern` the table of names, `methods` what Python calls by
//! name. Algorithms are `pyaot_text`'s; here they meet objects. The type's own behaviour (operators, indexing, comparison,
//! hashing, construction) stands in this file. The kind is always the narrowest that holds the text.
use crate::call::{Args, bind, convert};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, flag};
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::StrObject;
use pyaot_abi::type_flag;
pub use pyaot_text::{StrBuf, Units};
use std::borrow::Cow;

mod build;
mod intern;
mod iter;
mod methods;
mod single;
mod translate;

pub use build::*;
pub use intern::{StaticName, init, intern, intern_object, is_interned};
pub use iter::{STR_ASCII_ITERATOR_TYPE, STR_ITERATOR_TYPE, at as iterator_at, index_of_unshared as iterator_index};
pub use iter::{pass as pass_characters, passes as passes_characters};
pub use methods::{call_plain, call_unary, pad, replace_text};
pub use single::{empty, get as latin1_char};

// SAFETY: abi layout.
unsafe impl Object for StrObject {
    fn type_object() -> &'static TypeObject {
        &STR_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_str")]
pub static STR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "str",
    basic_size: size_of::<StrObject>(),
    item_size: 1,
    flags: type_flag::BASETYPE | type_flag::STR | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    slots: Slots {
        repr: Some(|s| from_buf(pyaot_text::repr::repr(units(s)))),
        str: Some(exact),
        hash: Some(|s| Ok(hash(s))),
        richcompare: Some(richcompare),
        iter: Some(iter::new),
        new: Some(new),
        nb_remainder: Some(remainder),
        sq_length: Some(|s| Ok(len(s))),
        sq_concat: Some(sq_concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_contains: Some(contains),
        mp_length: Some(|s| Ok(len(s))),
        mp_subscript: Some(subscript),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    ..TypeDef::NEW
});

// ---- layout ----

/// Bytes per code unit as its power of two: 0, 1, 2.
#[inline(always)]
pub fn kind(s: &StrObject) -> u32 {
    (s.header.flags.get() & flag::STR_KIND_MASK) >> flag::STR_KIND_SHIFT
}
/// Bytes per code unit: 1, 2 or 4.
#[inline(always)]
pub fn unit_size(s: &StrObject) -> usize {
    1 << kind(s)
}
/// Bytes of the data, the NUL unit included.
pub fn byte_size(s: &StrObject) -> usize {
    (s.len.get() + 1) * unit_size(s)
}
/// The code units as bytes, without the NUL.
#[inline(always)]
pub fn bytes(s: &StrObject) -> &[u8] {
    // SAFETY: the layout states the length.
    unsafe { core::slice::from_raw_parts(s.data.as_ptr(), s.len.get() * unit_size(s)) }
}
#[inline(always)]
pub fn is_ascii(s: &StrObject) -> bool {
    s.header.flags.get() & flag::STR_ASCII != 0
}
#[inline(always)]
pub fn cast(s: Ref<'_>) -> &StrObject {
    // SAFETY: the caller passes a str or an instance of a subclass.
    unsafe { &*s.value().as_ptr::<StrObject>() }
}
#[inline(always)]
pub fn len(s: Ref) -> usize {
    cast(s).len.get()
}
/// A str or an instance of a subclass.
#[inline(always)]
pub fn is_str(v: Ref) -> bool {
    v.ty().has(type_flag::STR)
}
/// The character of an ASCII text of one.
#[inline(always)]
pub fn single_ascii(s: Ref) -> Option<u8> {
    let s = cast(s);
    // SAFETY: an ASCII text has units of one byte, and a NUL behind them.
    (s.len.get() == 1 && is_ascii(s)).then(|| unsafe { *s.data.as_ptr() })
}
/// The text as pyaot_text sees it. Text never changes, so the slice holds as long as the object (the exception is
/// [`append`], which takes the only reference).
#[inline(always)]
pub fn units(s: Ref<'_>) -> Units<'_> {
    units_of(cast(s))
}
#[inline(always)]
pub fn units_of(s: &StrObject) -> Units<'_> {
    let (p, n) = (s.data.as_ptr(), s.len.get());
    // SAFETY: the layout states unit size and length; data is aligned to 16.
    unsafe {
        match kind(s) {
            0 => Units::One(core::slice::from_raw_parts(p, n)),
            1 => Units::Two(core::slice::from_raw_parts(p.cast(), n)),
            _ => Units::Four(core::slice::from_raw_parts(p.cast(), n)),
        }
    }
}
/// Code point `i`; `i` is below the length.
#[inline]
pub fn code_point(s: &StrObject, i: usize) -> u32 {
    // SAFETY: the layout states the unit size, the caller the bound.
    unsafe {
        match kind(s) {
            0 => *s.data.as_ptr().add(i) as u32,
            1 => *s.data.as_ptr().cast::<u16>().add(i) as u32,
            _ => *s.data.as_ptr().cast::<u32>().add(i),
        }
    }
}
pub fn code_points(s: &StrObject) -> impl Iterator<Item = u32> + '_ {
    units_of(s).iter()
}
/// The one code point of a str of length 1.
#[inline]
pub fn single_char(s: Ref) -> Option<u32> {
    let o = cast(s);
    (o.len.get() == 1).then(|| code_point(o, 0))
}

// ---- as Rust text ----

/// Rust text; lone surrogates become U+FFFD.
pub fn to_string_lossy(s: Ref) -> String {
    match as_ascii(s) {
        Some(t) => t.to_owned(),
        None => units(s).to_string_lossy(),
    }
}
/// ASCII text without copying.
#[inline]
pub fn as_ascii(s: Ref<'_>) -> Option<&str> {
    let s = cast(s);
    // SAFETY: ASCII is UTF-8.
    is_ascii(s).then(|| unsafe { core::str::from_utf8_unchecked(bytes(s)) })
}
/// UTF-8; UnicodeEncodeError for lone surrogates.
pub fn to_utf8(s: Ref<'_>) -> PyResult<Cow<'_, str>> {
    if let Some(t) = as_ascii(s) {
        return Ok(Cow::Borrowed(t));
    }
    let mut out = String::with_capacity(len(s) * 2);
    for (i, c) in units(s).iter().enumerate() {
        match char::from_u32(c) {
            Some(c) => out.push(c),
            None => {
                let end = i + units(s)
                    .iter()
                    .skip(i)
                    .take_while(|c| (0xd800..0xe000).contains(c))
                    .count();
                return crate::codecs::errors::raise_encode("utf-8", s, i, end, "surrogates not allowed");
            }
        }
    }
    Ok(Cow::Owned(out))
}
/// The text of an interned or otherwise long-lived str; text that is not ASCII is leaked once (type names).
pub fn as_utf8_lossy_static(s: Ref) -> &'static str {
    match as_ascii(s) {
        // SAFETY: names of types are kept alive by the type.
        Some(t) => unsafe { core::mem::transmute::<&str, &'static str>(t) },
        None => Box::leak(to_string_lossy(s).into_boxed_str()),
    }
}

// ---- equality, order, hash ----

/// Same text (both are str).
#[inline]
pub fn equal(a: Ref, b: Ref) -> bool {
    if a.is(b) {
        return true;
    }
    same_text(cast(a), cast(b))
}
/// Same kind, length and units.
#[inline(always)]
pub fn same_text(x: &StrObject, y: &StrObject) -> bool {
    let mask = flag::STR_KIND_MASK | flag::STR_ASCII;
    let n = x.len.get();
    // SAFETY: both have as many bytes when the kinds are the same.
    n == y.len.get()
        && (x.header.flags.get() ^ y.header.flags.get()) & mask == 0
        && unsafe { same_bytes(x.data.as_ptr(), y.data.as_ptr(), n << kind(x)) }
}
/// The text equals Rust text (ASCII).
#[inline]
pub fn equals_ascii(s: Ref, t: &str) -> bool {
    let s = cast(s);
    is_ascii(s) && bytes(s) == t.as_bytes()
}
/// The hash that Python sees, computed once.
#[inline]
pub fn hash(s: Ref) -> i64 {
    let s = cast(s);
    match s.hash.get() {
        -1 => {
            let h = pyaot_text::hash::bytes(bytes(s));
            s.hash.set(h);
            h
        }
        h => h,
    }
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_str(a) || !is_str(b) {
        return Ok(Own::not_implemented());
    }
    Ok(Own::bool(match op {
        CompareOp::Eq => equal(a, b),
        CompareOp::Ne => !equal(a, b),
        _ => op.test(units(a).compare(units(b))),
    }))
}

// ---- sequence ----

fn sq_concat(a: Ref, b: Ref) -> PyResult {
    if !is_str(b) {
        return exc::type_error(format_args!(
            "can only concatenate str (not \"{}\") to str",
            b.ty().full_name()
        ));
    }
    concat(a, b)
}

pub fn item(s: Ref, i: isize) -> PyResult {
    let o = cast(s);
    if i < 0 || i as usize >= o.len.get() {
        return exc::index_error(format_args!("string index out of range"));
    }
    char_object(code_point(o, i as usize))
}

fn contains(s: Ref, needle: Ref) -> PyResult<bool> {
    if !is_str(needle) {
        return exc::type_error(format_args!(
            "'in <string>' requires string as left operand, not {}",
            needle.ty().full_name()
        ));
    }
    Ok(pyaot_text::search::find(units(s), units(needle)).is_some())
}

/// CPython: Objects/unicodeobject.c, unicode_subscript.
pub fn subscript(s: Ref, key: Ref) -> PyResult {
    if let Some(i) = key.small_int() {
        let n = len(s) as i64;
        return item(s, (if i < 0 { i + n } else { i }) as isize);
    }
    if let Some(slice) = convert::as_slice(key) {
        return slice_step(s, convert::slice_bounds(slice, len(s))?);
    }
    if convert::is_index(key) {
        let i = convert::item_index(key)?;
        return item(s, if i < 0 { i + len(s) as isize } else { i });
    }
    exc::type_error(format_args!(
        "string indices must be integers, not '{}'",
        key.ty().full_name()
    ))
}

/// `s[start:stop:step]`.
pub fn slice_step(s: Ref, b: convert::SliceBounds) -> PyResult {
    if b.count == 0 {
        return Ok(empty());
    }
    if b.step == 1 {
        return slice(s, b.start as usize, b.start as usize + b.count);
    }
    let o = cast(s);
    let at = |i: usize| code_point(o, (b.start + i as isize * b.step) as usize);
    if b.count == 1 {
        return char_object(at(0));
    }
    let bits = if is_ascii(o) {
        0
    } else {
        (0..b.count).fold(0, |m, i| m | at(i))
    };
    let kind = kind_of_bits(bits);
    with_len(b.count, kind, bits < 128, |out| {
        for i in 0..b.count {
            // SAFETY: `i` is below the length; the kind holds all of them.
            unsafe { write_unit(out, kind, i, at(i)) }
        }
    })
}

fn remainder(a: Ref, b: Ref) -> PyResult {
    if !is_str(a) {
        return Ok(Own::not_implemented());
    }
    crate::format::percent::str_percent(a, b)
}

// ---- construction ----

/// `str(object='', encoding='utf-8', errors='strict')`. The exact type and its subclasses word their argument errors differently,
/// as CPython's vectorcall and `__new__` do (Objects/unicodeobject.c, unicode_vectorcall, unicode_new_impl).
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let exact_type = core::ptr::eq(cls, &STR_TYPE);
    if exact_type && !args.has_keywords() {
        match args.len() {
            0 => return Ok(empty()),
            1 => return crate::object_protocol::str(args.get(0).expect("length tested")),
            n => bind::check_positional("str", n, 0, 3)?,
        }
    }
    let sig = crate::call::sig!("str(object='', encoding='utf-8', errors='strict')");
    let text = crate::call::bind(sig, args, |b| {
        let (encoding, errors) = (b.get(1), b.get(2));
        let encoding = match encoding {
            Some(e) => Some(convert::text_arg("str", "argument 'encoding'", e)?),
            None => None,
        };
        let errors = match errors {
            Some(e) => Some(convert::text_arg("str", "argument 'errors'", e)?),
            None => None,
        };
        match b.get(0) {
            None => Ok(empty()),
            Some(o) if encoding.is_none() && errors.is_none() => crate::object_protocol::str(o),
            Some(o) => crate::codecs::decode_object(o, encoding.as_deref(), errors.as_deref()),
        }
    })?;
    if exact_type {
        return Ok(text);
    }
    subclass_copy(cls, text.r())
}

/// An instance of `cls`, a subclass of str, with the text of `s` (CPython: unicode_subtype_new).
pub fn subclass_copy(cls: &'static TypeObject, s: Ref) -> PyResult {
    let o = cast(s);
    let from = bytes(o);
    // SAFETY: room for the same units.
    with_type(cls, o.len.get(), kind(o), is_ascii(o), |out| unsafe {
        core::ptr::copy_nonoverlapping(from.as_ptr(), out, from.len())
    })
}

#[cfg(test)]
mod tests;
