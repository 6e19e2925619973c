//! The methods that bytes and bytearray share. Results have the type of `self` (exact bytes or bytearray). Arguments are converted
//! before the content of `self` is looked at, since conversions may run Python code that changes a bytearray.
use super::source::byte;
use crate::buffer::{self, Contents, contents};
use crate::call::{Args, Bound, convert};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::object_protocol;
use crate::types::{bytearray, list, tuple};
use pyaot_abi::type_flag;
use pyaot_text::{Units, case, search};

/// Content of bytes or bytearray.
#[inline]
pub fn data(b: Ref<'_>) -> &[u8] {
    if b.ty().has(type_flag::BYTES) {
        super::as_slice(b)
    } else {
        bytearray::as_slice(b)
    }
}

/// An object of `b`'s kind.
fn same(b: Ref, s: &[u8]) -> PyResult {
    if b.ty().has(type_flag::BYTES) {
        super::from_slice(s)
    } else {
        bytearray::from_slice(s)
    }
}
/// `b` itself when it is exact bytes, else a copy.
fn unchanged(b: Ref) -> PyResult {
    if b.is_exact::<super::BytesObject>() {
        return Ok(b.own());
    }
    same(b, data(b))
}
fn part(b: Ref, start: usize, end: usize) -> PyResult {
    let s = data(b);
    if start == 0 && end == s.len() {
        return unchanged(b);
    }
    same(b, &s[start..end])
}

// ---- tests and case ----

fn test(b: Ref, f: impl Fn(u8) -> bool) -> PyResult {
    let s = data(b);
    Ok(Own::bool(!s.is_empty() && s.iter().all(|&c| f(c))))
}
pub fn isalnum(b: Ref) -> PyResult {
    test(b, |c| c.is_ascii_alphanumeric())
}
pub fn isalpha(b: Ref) -> PyResult {
    test(b, |c| c.is_ascii_alphabetic())
}
pub fn isdigit(b: Ref) -> PyResult {
    test(b, |c| c.is_ascii_digit())
}
pub fn isspace(b: Ref) -> PyResult {
    test(b, |c| search::is_ascii_space(c as u32))
}
pub fn isascii(b: Ref) -> PyResult {
    Ok(Own::bool(data(b).is_ascii()))
}
pub fn islower(b: Ref) -> PyResult {
    let s = data(b);
    Ok(Own::bool(
        s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase),
    ))
}
pub fn isupper(b: Ref) -> PyResult {
    let s = data(b);
    Ok(Own::bool(
        s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase),
    ))
}
/// CPython: Objects/bytes_methods.c, _Py_bytes_istitle.
pub fn istitle(b: Ref) -> PyResult {
    let (mut cased, mut after_cased) = (false, false);
    for c in data(b) {
        if c.is_ascii_uppercase() {
            if after_cased {
                return Ok(Own::bool(false));
            }
            (cased, after_cased) = (true, true);
        } else if c.is_ascii_lowercase() {
            if !after_cased {
                return Ok(Own::bool(false));
            }
            cased = true;
        } else {
            after_cased = false;
        }
    }
    Ok(Own::bool(cased))
}
fn map(b: Ref, f: impl FnMut(&u8) -> u8) -> PyResult {
    let v: Vec<u8> = data(b).iter().map(f).collect();
    same(b, &v)
}
pub fn lower(b: Ref) -> PyResult {
    map(b, u8::to_ascii_lowercase)
}
pub fn upper(b: Ref) -> PyResult {
    map(b, u8::to_ascii_uppercase)
}
pub fn swapcase(b: Ref) -> PyResult {
    map(b, |c| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    })
}
pub fn capitalize(b: Ref) -> PyResult {
    let mut first = true;
    map(b, |c| {
        if core::mem::replace(&mut first, false) {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    })
}
pub fn title(b: Ref) -> PyResult {
    let mut after_letter = false;
    map(b, |c| {
        let r = if after_letter {
            c.to_ascii_lowercase()
        } else {
            c.to_ascii_uppercase()
        };
        after_letter = c.is_ascii_alphabetic();
        r
    })
}

// ---- search ----

/// A needle: a byte or the content of a buffer.
enum Needle {
    Byte(u8),
    Buffer(Contents),
}
impl core::ops::Deref for Needle {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Needle::Byte(c) => core::slice::from_ref(c),
            Needle::Buffer(b) => b,
        }
    }
}

/// CPython: Objects/bytes_methods.c, parse_args_finds_byte.
fn needle(v: Ref) -> PyResult<Needle> {
    if buffer::supports(v) {
        return Ok(Needle::Buffer(contents(v)?));
    }
    if !convert::is_index(v) {
        return exc::type_error(format_args!(
            "argument should be integer or bytes-like object, not '{}'",
            v.ty().full_name()
        ));
    }
    match byte(v, "byte") {
        Ok(c) => Ok(Needle::Byte(c)),
        Err(_) if exc::raised_is(&exc::types::OVERFLOW_ERROR) => {
            drop(exc::take());
            exc::value_error(format_args!("byte must be in range(0, 256)"))
        }
        Err(e) => Err(e),
    }
}

/// Start and end arguments as they were given.
fn bounds(b: Ref, name: &str, args: &Args) -> PyResult<(isize, isize)> {
    if args.has_keywords() {
        return exc::type_error(format_args!("{}.{name}() takes no keyword arguments", b.ty().name()));
    }
    args.count(name, 1, 3)?;
    Ok((
        convert::slice_index(args.get(1), 0)?,
        convert::slice_index(args.get(2), isize::MAX)?,
    ))
}

fn search_for(b: Ref, name: &str, args: &Args, f: fn(Units, Units) -> Option<usize>) -> PyResult<Option<usize>> {
    let (start, end) = bounds(b, name, args)?;
    let needle = needle(args.get(0).expect("counted"))?;
    let s = data(b);
    let (start, end) = convert::range_of(start, end, s.len());
    if start > end {
        return Ok(None);
    }
    Ok(f(Units::One(&s[start..end]), Units::One(&needle)).map(|i| i + start))
}
fn position(at: Option<usize>) -> PyResult {
    Ok(at.map_or(Own::int(-1), Own::usize))
}
fn located(at: Option<usize>) -> PyResult {
    match at {
        Some(i) => Ok(Own::usize(i)),
        None => exc::value_error(format_args!("subsection not found")),
    }
}
pub fn find(b: Ref, args: &Args) -> PyResult {
    position(search_for(b, "find", args, search::find)?)
}
pub fn rfind(b: Ref, args: &Args) -> PyResult {
    position(search_for(b, "rfind", args, search::rfind)?)
}
pub fn index(b: Ref, args: &Args) -> PyResult {
    located(search_for(b, "index", args, search::find)?)
}
pub fn rindex(b: Ref, args: &Args) -> PyResult {
    located(search_for(b, "rindex", args, search::rfind)?)
}
pub fn count(b: Ref, args: &Args) -> PyResult {
    let (start, end) = bounds(b, "count", args)?;
    let needle = needle(args.get(0).expect("counted"))?;
    let s = data(b);
    let (start, end) = convert::range_of(start, end, s.len());
    if start > end {
        return Ok(Own::int(0));
    }
    Ok(Own::usize(search::count(
        Units::One(&s[start..end]),
        Units::One(&needle),
        usize::MAX,
    )))
}

/// `item in b` (CPython: Objects/bytes_methods.c, _Py_bytes_contains).
pub fn contains(b: Ref, item: Ref) -> PyResult<bool> {
    if convert::is_index(item) {
        match byte(item, "byte") {
            Ok(c) => return Ok(memchr::memchr(c, data(b)).is_some()),
            Err(e) if !exc::raised_is(&exc::types::TYPE_ERROR) => return Err(e),
            Err(_) => drop(exc::take()),
        }
    }
    let needle = contents(item)?;
    Ok(search::find(Units::One(data(b)), Units::One(&needle)).is_some())
}

/// CPython: Objects/bytes_methods.c, _Py_bytes_tailmatch.
fn affix(b: Ref, name: &str, args: &Args, end_side: bool) -> PyResult {
    let (start, end) = bounds(b, name, args)?;
    let sub = args.get(0).expect("counted");
    let test = |sub: Ref| -> PyResult<bool> {
        let sub = contents(sub)?;
        let s = data(b);
        let (start, end) = convert::range_of(start, end, s.len());
        if start > end {
            return Ok(false);
        }
        let s = &s[start..end];
        Ok(if end_side {
            s.ends_with(&sub)
        } else {
            s.starts_with(&sub)
        })
    };
    if sub.ty().has(type_flag::TUPLE) {
        for i in 0..tuple::len(sub) {
            if test(tuple::get(sub, i))? {
                return Ok(Own::bool(true));
            }
        }
        return Ok(Own::bool(false));
    }
    if !buffer::supports(sub) {
        return exc::type_error(format_args!(
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            sub.ty().full_name()
        ));
    }
    Ok(Own::bool(test(sub)?))
}
pub fn startswith(b: Ref, args: &Args) -> PyResult {
    affix(b, "startswith", args, false)
}
pub fn endswith(b: Ref, args: &Args) -> PyResult {
    affix(b, "endswith", args, true)
}

// ---- replace, split, join ----

fn limit(v: Option<Ref>) -> PyResult<usize> {
    Ok(match v {
        None => usize::MAX,
        Some(v) => match convert::index(v)? {
            n if n < 0 => usize::MAX,
            n => n as usize,
        },
    })
}

pub fn replace(b: Ref, args: &Bound) -> PyResult {
    let (old, new) = (contents(args.arg(0))?, contents(args.arg(1))?);
    let max = limit(args.get(2))?;
    let s = data(b);
    let n = if max == 0 {
        0
    } else {
        search::count(Units::One(s), Units::One(&old), max)
    };
    if n == 0 {
        return unchanged(b);
    }
    let size = new
        .len()
        .checked_mul(n)
        .and_then(|g| g.checked_add(s.len() - old.len() * n))
        .filter(|n| *n <= isize::MAX as usize);
    let Some(size) = size else {
        return exc::overflow_error(format_args!("replace bytes is too long"));
    };
    let mut out = Vec::new();
    if out.try_reserve_exact(size).is_err() {
        return exc::memory_error();
    }
    if old.is_empty() {
        for i in 0..n {
            out.extend_from_slice(&new);
            out.extend(s.get(i));
        }
        out.extend_from_slice(s.get(n..).unwrap_or(&[]));
    } else {
        let mut at = 0;
        for i in memchr::memmem::find_iter(s, &*old).take(n) {
            out.extend_from_slice(&s[at..i]);
            out.extend_from_slice(&new);
            at = i + old.len();
        }
        out.extend_from_slice(&s[at..]);
    }
    same(b, &out)
}

fn pieces(b: Ref, ranges: Vec<(usize, usize)>) -> PyResult {
    let mut items = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        items.push(part(b, start, end)?);
    }
    list::from_vec(items)
}
fn split_by(b: Ref, args: &Bound, right: bool) -> PyResult {
    let max = limit(args.get(1))?;
    let ranges = match args.get_not_none(0) {
        None if right => search::rsplit_whitespace_bytes(data(b), max),
        None => search::split_whitespace_bytes(data(b), max),
        Some(sep) => {
            let sep = contents(sep)?;
            if sep.is_empty() {
                return exc::value_error(format_args!("empty separator"));
            }
            if right {
                search::rsplit(Units::One(data(b)), Units::One(&sep), max)
            } else {
                search::split(Units::One(data(b)), Units::One(&sep), max)
            }
        }
    };
    pieces(b, ranges)
}
pub fn split(b: Ref, args: &Bound) -> PyResult {
    split_by(b, args, false)
}
pub fn rsplit(b: Ref, args: &Bound) -> PyResult {
    split_by(b, args, true)
}
pub fn splitlines(b: Ref, args: &Bound) -> PyResult {
    let keep = match args.get(0) {
        Some(k) => object_protocol::truth(k)?,
        None => false,
    };
    let ranges = case::split_lines_bytes(data(b))
        .map(|(start, end, next)| (start, if keep { next } else { end }))
        .collect();
    pieces(b, ranges)
}

fn partition_by(b: Ref, sep: Ref, right: bool) -> PyResult {
    let c = contents(sep)?;
    if c.is_empty() {
        return exc::value_error(format_args!("empty separator"));
    }
    let (h, n) = (Units::One(data(b)), Units::One(&c[..]));
    let at = if right { search::rfind(h, n) } else { search::find(h, n) };
    let len = data(b).len();
    // A bytearray gives new objects in all places.
    let sep_object = |c: &Contents| {
        if b.ty().has(type_flag::BYTES) {
            Ok(c.exporter().own())
        } else {
            same(b, c)
        }
    };
    let items = match at {
        Some(i) => vec![part(b, 0, i)?, sep_object(&c)?, part(b, i + c.len(), len)?],
        None if right => vec![same(b, &[])?, same(b, &[])?, unchanged(b)?],
        None => vec![unchanged(b)?, same(b, &[])?, same(b, &[])?],
    };
    tuple::try_from_vec(items)
}
pub fn partition(b: Ref, sep: Ref) -> PyResult {
    partition_by(b, sep, false)
}
pub fn rpartition(b: Ref, sep: Ref) -> PyResult {
    partition_by(b, sep, true)
}

/// CPython: Objects/stringlib/join.h.
pub fn join(b: Ref, iterable: Ref) -> PyResult {
    let items = convert::sequence(iterable, "can only join an iterable")?;
    if let [v] = &items[..] {
        if v.r().is_exact::<super::BytesObject>() && b.ty().has(type_flag::BYTES) {
            return Ok(v.clone());
        }
    }
    let mut parts = Vec::with_capacity(items.len());
    let sep_len = data(b).len();
    let mut n = 0usize;
    for (i, v) in items.iter().enumerate() {
        let c = match contents(v.r()) {
            Ok(c) => c,
            Err(e) => {
                drop(exc::caught(e));
                return exc::type_error(format_args!(
                    "sequence item {i}: expected a bytes-like object, {} found",
                    v.r().ty().full_name()
                ));
            }
        };
        n = match n.checked_add(c.len() + if i > 0 { sep_len } else { 0 }) {
            Some(n) if n <= isize::MAX as usize => n,
            _ => return exc::overflow_error(format_args!("join() result is too long")),
        };
        parts.push(c);
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(n).is_err() {
        return exc::memory_error();
    }
    for (i, p) in parts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(data(b));
        }
        out.extend_from_slice(p);
    }
    same(b, &out)
}

// ---- strip and pad ----

fn strip_by(b: Ref, args: &Bound, left: bool, right: bool) -> PyResult {
    let (start, end) = match args.get_not_none(0) {
        None => search::strip_whitespace_bytes(data(b), left, right),
        Some(chars) => {
            let chars = contents(chars)?;
            search::strip_chars(Units::One(data(b)), Units::One(&chars), left, right)
        }
    };
    part(b, start, end)
}
pub fn strip(b: Ref, args: &Bound) -> PyResult {
    strip_by(b, args, true, true)
}
pub fn lstrip(b: Ref, args: &Bound) -> PyResult {
    strip_by(b, args, true, false)
}
pub fn rstrip(b: Ref, args: &Bound) -> PyResult {
    strip_by(b, args, false, true)
}
pub fn removeprefix(b: Ref, p: Ref) -> PyResult {
    let p = contents(p)?;
    let s = data(b);
    if s.starts_with(&p) {
        return part(b, p.len(), s.len());
    }
    unchanged(b)
}
pub fn removesuffix(b: Ref, p: Ref) -> PyResult {
    let p = contents(p)?;
    let s = data(b);
    if s.ends_with(&p) {
        return part(b, 0, s.len() - p.len());
    }
    unchanged(b)
}

fn fill_byte(name: &str, v: Option<Ref>) -> PyResult<u8> {
    let Some(v) = v else { return Ok(b' ') };
    let s = if v.ty().has(type_flag::BYTES) || v.ty().has(type_flag::BYTEARRAY) {
        data(v)
    } else {
        return convert::bad_argument(name, "argument 2", "a byte string of length 1", v);
    };
    match s {
        [c] => Ok(*c),
        _ => exc::type_error(format_args!(
            "{name}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
            v.ty().full_name(),
            s.len()
        )),
    }
}
fn justify(b: Ref, args: &Bound, name: &str, share: fn(usize, usize) -> usize) -> PyResult {
    let width = convert::index(args.arg(0))?;
    let fill = fill_byte(name, args.get(1))?;
    let s = data(b);
    if width <= s.len() as isize {
        return unchanged(b);
    }
    let missing = width as usize - s.len();
    let left = share(missing, width as usize);
    pad(b, left, missing - left, fill)
}
fn pad(b: Ref, left: usize, right: usize, fill: u8) -> PyResult {
    let s = data(b);
    let mut out = Vec::new();
    if out.try_reserve_exact(s.len() + left + right).is_err() {
        return exc::memory_error();
    }
    out.resize(left, fill);
    out.extend_from_slice(s);
    out.resize(left + s.len() + right, fill);
    same(b, &out)
}
pub fn center(b: Ref, args: &Bound) -> PyResult {
    justify(b, args, "center", |n, width| n / 2 + (n & width & 1))
}
pub fn ljust(b: Ref, args: &Bound) -> PyResult {
    justify(b, args, "ljust", |_, _| 0)
}
pub fn rjust(b: Ref, args: &Bound) -> PyResult {
    justify(b, args, "rjust", |n, _| n)
}
pub fn zfill(b: Ref, width: Ref) -> PyResult {
    let width = convert::index(width)?;
    let s = data(b);
    if width <= s.len() as isize {
        return unchanged(b);
    }
    let missing = width as usize - s.len();
    let mut out = Vec::new();
    if out.try_reserve_exact(width as usize).is_err() {
        return exc::memory_error();
    }
    let sign = matches!(s.first(), Some(b'+' | b'-')) as usize;
    out.extend_from_slice(&s[..sign]);
    out.resize(sign + missing, b'0');
    out.extend_from_slice(&s[sign..]);
    same(b, &out)
}
pub fn expandtabs(b: Ref, args: &Bound) -> PyResult {
    let size = match args.get(0) {
        Some(n) => convert::c_int(n)? as isize,
        None => 8,
    };
    let mut out = Vec::new();
    let mut column = 0isize;
    for &c in data(b) {
        if c == b'\t' {
            if size > 0 {
                let n = size - column % size;
                if out.try_reserve(n as usize).is_err() {
                    return exc::memory_error();
                }
                out.resize(out.len() + n as usize, b' ');
                column += n;
            }
            continue;
        }
        column = if c == b'\n' || c == b'\r' { 0 } else { column + 1 };
        out.push(c);
    }
    same(b, &out)
}

// ---- translate, decode ----

/// CPython: Objects/bytesobject.c, bytes_translate_impl.
pub fn translate(b: Ref, args: &Bound) -> PyResult {
    let table = match args.arg(0) {
        t if t.is_none() => None,
        t => {
            let t = contents(t)?;
            if t.len() != 256 {
                return exc::value_error(format_args!("translation table must be 256 characters long"));
            }
            Some(t)
        }
    };
    let mut deleted = [false; 256];
    let mut any = false;
    if let Some(d) = args.get(1) {
        for &c in contents(d)?.iter() {
            deleted[c as usize] = true;
            any = true;
        }
    }
    if table.is_none() && !any {
        return unchanged(b);
    }
    let out: Vec<u8> = data(b)
        .iter()
        .filter(|&&c| !deleted[c as usize])
        .map(|&c| table.as_ref().map_or(c, |t| t[c as usize]))
        .collect();
    if out == data(b) {
        return unchanged(b);
    }
    same(b, &out)
}

/// CPython: Objects/bytes_methods.c, _Py_bytes_maketrans.
pub fn maketrans(_: Ref, args: &Bound) -> PyResult {
    let (from, to) = (contents(args.arg(0))?, contents(args.arg(1))?);
    if from.len() != to.len() {
        return exc::value_error(format_args!("maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = core::array::from_fn(|i| i as u8);
    for (a, b) in from.iter().zip(to.iter()) {
        table[*a as usize] = *b;
    }
    super::from_slice(&table)
}

pub fn decode(b: Ref, args: &Bound) -> PyResult {
    let encoding = match args.get(0) {
        Some(e) => Some(convert::text_arg("decode", "argument 'encoding'", e)?),
        None => None,
    };
    let errors = match args.get(1) {
        Some(e) => Some(convert::text_arg("decode", "argument 'errors'", e)?),
        None => None,
    };
    crate::codecs::decode_object(b, encoding.as_deref(), errors.as_deref())
}

/// Words of a slice of owned references.
pub fn words(items: &[Own]) -> &[Value] {
    // SAFETY: `Own` is a transparent word.
    unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) }
}
