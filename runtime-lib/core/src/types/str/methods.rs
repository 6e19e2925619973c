//! The methods of str, in CPython's order of families: case, search, split and join, strip, pad, tests, encoding, formatting.
use super::*;
use crate::call::{Bound, MethodDef, bound, convert, noargs, one, raw, sig};
use crate::types::{list, tuple};
use pyaot_text::{case, search};

pub static METHODS: &[MethodDef] = &[
    raw(
        sig!("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)"),
        translate::maketrans,
    )
    .static_(),
    one(sig!("translate($self, table, /)"), translate::translate),
    noargs(sig!("capitalize($self, /)"), capitalize),
    noargs(sig!("casefold($self, /)"), |s| lower_ascii(s, case::casefold)),
    noargs(sig!("lower($self, /)"), |s| lower_ascii(s, case::lower)),
    noargs(sig!("upper($self, /)"), upper),
    noargs(sig!("swapcase($self, /)"), |s| case_ascii(s, case::swapcase)),
    noargs(sig!("title($self, /)"), title),
    raw(sig!("count($self, sub[, start[, end]], /)"), count),
    raw(sig!("find($self, sub[, start[, end]], /)"), |s, a| {
        Ok(found("find", s, a, search::find)?.map_or(Own::int(-1), Own::usize))
    }),
    raw(sig!("rfind($self, sub[, start[, end]], /)"), |s, a| {
        Ok(found("rfind", s, a, search::rfind)?.map_or(Own::int(-1), Own::usize))
    }),
    raw(sig!("index($self, sub[, start[, end]], /)"), |s, a| {
        located(found("index", s, a, search::find)?)
    }),
    raw(sig!("rindex($self, sub[, start[, end]], /)"), |s, a| {
        located(found("rindex", s, a, search::rfind)?)
    }),
    raw(sig!("startswith($self, prefix[, start[, end]], /)"), |s, a| {
        affix("startswith", s, a, search::starts_with)
    }),
    raw(sig!("endswith($self, suffix[, start[, end]], /)"), |s, a| {
        affix("endswith", s, a, search::ends_with)
    }),
    bound(sig!("replace($self, old, new, /, count=-1)"), replace),
    bound(sig!("split($self, /, sep=None, maxsplit=-1)"), |s, b| {
        split(s, b, false)
    }),
    bound(sig!("rsplit($self, /, sep=None, maxsplit=-1)"), |s, b| {
        split(s, b, true)
    }),
    bound(sig!("splitlines($self, /, keepends=False)"), splitlines),
    one(sig!("partition($self, sep, /)"), |s, sep| partition(s, sep, false)),
    one(sig!("rpartition($self, sep, /)"), |s, sep| partition(s, sep, true)),
    one(sig!("join($self, iterable, /)"), join),
    bound(sig!("strip($self, chars=None, /)"), |s, b| {
        strip(s, b, "strip", true, true)
    }),
    bound(sig!("lstrip($self, chars=None, /)"), |s, b| {
        strip(s, b, "lstrip", true, false)
    }),
    bound(sig!("rstrip($self, chars=None, /)"), |s, b| {
        strip(s, b, "rstrip", false, true)
    }),
    one(sig!("removeprefix($self, prefix, /)"), |s, p| {
        convert::str_arg("removeprefix", "argument", p)?;
        match search::starts_with(units(s), units(p)) {
            true => slice(s, len(p), len(s)),
            false => exact(s),
        }
    }),
    one(sig!("removesuffix($self, suffix, /)"), |s, p| {
        convert::str_arg("removesuffix", "argument", p)?;
        match search::ends_with(units(s), units(p)) {
            true => slice(s, 0, len(s) - len(p)),
            false => exact(s),
        }
    }),
    bound(sig!("center($self, width, fillchar=' ', /)"), |s, b| {
        justify(s, b, |n, width| {
            let left = n / 2 + (n & width & 1);
            (left, n - left)
        })
    }),
    bound(sig!("ljust($self, width, fillchar=' ', /)"), |s, b| {
        justify(s, b, |n, _| (0, n))
    }),
    bound(sig!("rjust($self, width, fillchar=' ', /)"), |s, b| {
        justify(s, b, |n, _| (n, 0))
    }),
    one(sig!("zfill($self, width, /)"), zfill),
    bound(sig!("expandtabs($self, /, tabsize=8)"), |s, b| {
        let size = match b.get(0) {
            Some(n) => convert::c_int(n)? as isize,
            None => 8,
        };
        if s.is_exact::<StrObject>() && !units(s).iter().any(|c| c == '\t' as u32) {
            return Ok(s.own());
        }
        match case::expand_tabs(units(s), size) {
            Ok(t) => from_buf(t),
            Err(case::TabError::TooLong) => exc::overflow_error(format_args!("new string is too long")),
            Err(case::TabError::NoMemory) => exc::memory_error(),
        }
    }),
    noargs(sig!("isalnum($self, /)"), |s| Ok(Own::bool(case::is_alnum(units(s))))),
    noargs(sig!("isalpha($self, /)"), |s| Ok(Own::bool(case::is_alpha(units(s))))),
    noargs(sig!("isascii($self, /)"), |s| Ok(Own::bool(is_ascii(cast(s))))),
    noargs(sig!("isdecimal($self, /)"), |s| {
        Ok(Own::bool(case::is_decimal(units(s))))
    }),
    noargs(sig!("isdigit($self, /)"), |s| Ok(Own::bool(case::is_digit(units(s))))),
    noargs(sig!("isidentifier($self, /)"), |s| {
        Ok(Own::bool(case::is_identifier(units(s))))
    }),
    noargs(sig!("islower($self, /)"), |s| Ok(Own::bool(case::is_lower(units(s))))),
    noargs(sig!("isnumeric($self, /)"), |s| {
        Ok(Own::bool(case::is_numeric(units(s))))
    }),
    noargs(sig!("isprintable($self, /)"), |s| {
        Ok(Own::bool(case::is_printable(units(s))))
    }),
    noargs(sig!("isspace($self, /)"), |s| Ok(Own::bool(case::is_space(units(s))))),
    noargs(sig!("istitle($self, /)"), |s| Ok(Own::bool(case::is_title(units(s))))),
    noargs(sig!("isupper($self, /)"), |s| Ok(Own::bool(case::is_upper(units(s))))),
    bound(sig!("encode($self, /, encoding='utf-8', errors='strict')"), |s, b| {
        let encoding = match b.get(0) {
            Some(e) => Some(convert::text_arg("encode", "argument 'encoding'", e)?),
            None => None,
        };
        let errors = match b.get(1) {
            Some(e) => Some(convert::text_arg("encode", "argument 'errors'", e)?),
            None => None,
        };
        crate::codecs::encode_str(s, encoding.as_deref(), errors.as_deref())
    }),
    raw(
        sig!("format($self, /, *args, **kwargs)"),
        crate::format::template::str_format,
    ),
    one(
        sig!("format_map($self, mapping, /)"),
        crate::format::template::str_format_map,
    ),
    one(sig!("__format__($self, format_spec, /)"), |s, spec| {
        convert::str_arg("__format__", "argument", spec)?;
        crate::format::format_str(s, spec)
    }),
    noargs(sig!("__getnewargs__($self, /)"), |s| {
        Ok(tuple::from_vec(vec![subclass_copy(&STR_TYPE, s)?]))
    }),
    // The sizes of CPython's layouts (Objects/unicodeobject.c, unicode_sizeof_impl).
    noargs(sig!("__sizeof__($self, /)"), |s| {
        let o = cast(s);
        let head = if !s.is_exact::<StrObject>() {
            64
        } else if is_ascii(o) {
            40
        } else {
            56
        };
        Ok(Own::usize(head + byte_size(o)))
    }),
];

// ---- case ----

fn case_ascii(s: Ref, f: fn(Units) -> StrBuf) -> PyResult {
    from_buf(f(units(s)))
}

/// ASCII text with the case of the letters from `first` (`a` or `A`) on changed, eight bytes at a time.
fn change_case(s: Ref, first: u8) -> PyResult {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Bit 7 of the sums says which bytes are at least the first letter, and which are behind the last.
    let (low, high) = (ONES * u64::from(0x80 - first), ONES * u64::from(0x7f - (first + 25)));
    let changed = |x: u64| x ^ (x.wrapping_add(low) ^ x.wrapping_add(high)) >> 2 & (ONES * 0x20);
    let from = bytes(cast(s));
    match from {
        [] => return Ok(empty()),
        [c] => return Ok(latin1_char(changed(u64::from(*c)) as u8)),
        _ => {}
    }
    let n = from.len();
    with_len(n, 0, true, |out| {
        // SAFETY: source and room have `n` bytes; words at the end overlap those before.
        unsafe {
            let from = from.as_ptr();
            if n >= 8 {
                let word = |i: usize| {
                    let x = from.add(i).cast::<u64>().read_unaligned();
                    out.add(i).cast::<u64>().write_unaligned(changed(x));
                };
                let mut i = 0;
                while i + 8 < n {
                    word(i);
                    i += 8;
                }
                word(n - 8);
            } else if n >= 4 {
                for i in [0, n - 4] {
                    let x = from.add(i).cast::<u32>().read_unaligned();
                    out.add(i).cast::<u32>().write_unaligned(changed(u64::from(x)) as u32);
                }
            } else {
                for i in 0..n {
                    *out.add(i) = changed(u64::from(*from.add(i))) as u8;
                }
            }
        }
    })
}
fn lower_ascii(s: Ref, f: fn(Units) -> StrBuf) -> PyResult {
    if is_ascii(cast(s)) {
        return change_case(s, b'A');
    }
    from_buf(f(units(s)))
}
/// Gives the units of a text that [`change_case`] has made and nobody else has seen.
///
/// # Safety
/// The text is new: no cached one, and of one-byte units.
unsafe fn new_units(text: &mut Own) -> &mut [u8] {
    let o = cast(text.r());
    // SAFETY: by contract.
    unsafe { core::slice::from_raw_parts_mut(o.data.as_ptr().cast_mut(), o.len.get()) }
}
fn capitalize(s: Ref) -> PyResult {
    if !is_ascii(cast(s)) {
        return case_ascii(s, case::capitalize);
    }
    match bytes(cast(s)) {
        [] => Ok(empty()),
        [c] => Ok(latin1_char(c.to_ascii_uppercase())),
        _ => {
            let mut text = change_case(s, b'A')?;
            // SAFETY: texts of two units and more are made anew.
            unsafe { new_units(&mut text)[0].make_ascii_uppercase() };
            Ok(text)
        }
    }
}
fn title(s: Ref) -> PyResult {
    if !is_ascii(cast(s)) || len(s) < 2 {
        return case_ascii(s, case::title);
    }
    let mut text = change_case(s, b'A')?;
    let mut inside = false;
    // SAFETY: as above.
    for c in unsafe { new_units(&mut text) } {
        let letter = c.is_ascii_lowercase();
        if letter && !inside {
            c.make_ascii_uppercase();
        }
        inside = letter;
    }
    Ok(text)
}
fn upper(s: Ref) -> PyResult {
    if is_ascii(cast(s)) {
        return change_case(s, b'a');
    }
    from_buf(case::upper(units(s)))
}

// ---- search ----

/// The arguments of the find family: needle and bounds put into the text.
fn bounds<'a>(name: &str, s: Ref, args: &Args<'a>) -> PyResult<(Ref<'a>, usize, usize)> {
    if args.has_keywords() {
        return exc::type_error(format_args!("str.{name}() takes no keyword arguments"));
    }
    args.count(name, 1, 3)?;
    let sub = args.get(0).expect("counted");
    if args.len() == 1 {
        return Ok((sub, 0, len(s)));
    }
    let start = convert::slice_index(args.get(1), 0)?;
    let end = convert::slice_index(args.get(2), isize::MAX)?;
    let (start, end) = convert::range_of(start, end, len(s));
    Ok((sub, start, end))
}

fn found(name: &str, s: Ref, args: &Args, f: fn(Units, Units) -> Option<usize>) -> PyResult<Option<usize>> {
    if let Some(sub) = args.get(0) {
        if !is_str(sub) && !args.has_keywords() && args.len() <= 3 {
            return convert::bad_argument(name, "argument 1", "str", sub);
        }
    }
    let (sub, start, end) = bounds(name, s, args)?;
    if start > end {
        return Ok(None);
    }
    Ok(f(units(s).slice(start, end), units(sub)).map(|i| i + start))
}

fn located(at: Option<usize>) -> PyResult {
    match at {
        Some(i) => Ok(Own::usize(i)),
        None => exc::value_error(format_args!("substring not found")),
    }
}

fn count(s: Ref, args: &Args) -> PyResult {
    if let Some(sub) = args.get(0) {
        if !is_str(sub) && !args.has_keywords() && args.len() <= 3 {
            return convert::bad_argument("count", "argument 1", "str", sub);
        }
    }
    let (sub, start, end) = bounds("count", s, args)?;
    if start > end {
        return Ok(Own::int(0));
    }
    Ok(Own::usize(search::count(
        units(s).slice(start, end),
        units(sub),
        usize::MAX,
    )))
}

/// CPython: Objects/unicodeobject.c, unicode_startswith_impl.
fn affix(name: &str, s: Ref, args: &Args, f: fn(Units, Units) -> bool) -> PyResult {
    let (sub, start, end) = bounds(name, s, args)?;
    let test = |sub: Ref| start <= end && f(units(s).slice(start, end), units(sub));
    if is_str(sub) {
        return Ok(Own::bool(test(sub)));
    }
    if sub.ty().has(type_flag::TUPLE) {
        for &v in tuple::items(sub) {
            let v = Ref::from_value(v);
            if !is_str(v) {
                return exc::type_error(format_args!(
                    "tuple for {name} must only contain str, not {}",
                    v.ty().full_name()
                ));
            }
            if test(v) {
                return Ok(Own::bool(true));
            }
        }
        return Ok(Own::bool(false));
    }
    exc::type_error(format_args!(
        "{name} first arg must be str or a tuple of str, not {}",
        sub.ty().full_name()
    ))
}

/// A count argument where negative means all.
fn limit(v: Option<Ref>) -> PyResult<usize> {
    Ok(match v {
        None => usize::MAX,
        Some(v) => match convert::index(v)? {
            n if n < 0 => usize::MAX,
            n => n as usize,
        },
    })
}

fn replace(s: Ref, b: &Bound) -> PyResult {
    let old = convert::str_arg("replace", "argument 1", b.arg(0))?;
    let new = convert::str_arg("replace", "argument 2", b.arg(1))?;
    let max = limit(b.get(2))?;
    replace_text(s, old, new, max)
}

/// `s.replace(old, new, max)`.
pub fn replace_text(s: Ref, old: Ref, new: Ref, max: usize) -> PyResult {
    let (hay, from, to) = (units(s), units(old), units(new));
    // One character for another of the same width: a copy and a pass over it.
    if let (Units::One(h), Units::One(&[a]), Units::One(&[z])) = (hay, from, to) {
        if max == usize::MAX {
            if a == z || memchr::memchr(a, h).is_none() {
                return exact(s);
            }
            if h.len() > 1 {
                let ascii = if is_ascii(cast(s)) { z < 128 } else { false };
                if ascii || (!is_ascii(cast(s)) && a < 128) || (is_ascii(cast(s)) && z >= 128) {
                    return with_len(h.len(), 0, ascii, |out| {
                        // SAFETY: room for the length.
                        let out = unsafe { core::slice::from_raw_parts_mut(out, h.len()) };
                        for (o, &c) in out.iter_mut().zip(h) {
                            *o = if c == a { z } else { c };
                        }
                    });
                }
            }
        }
    }
    if is_ascii(cast(s)) && is_ascii(cast(old)) && is_ascii(cast(new)) && len(old) > 0 {
        return replace_ascii(s, bytes(cast(old)), bytes(cast(new)), max);
    }
    match search::replace(hay, from, to, max) {
        Ok(Some(t)) => from_buf(t),
        Ok(None) => exact(s),
        Err(search::ReplaceError::TooLong) => exc::overflow_error(format_args!("replace string is too long")),
        Err(search::ReplaceError::NoMemory) => exc::memory_error(),
    }
}

/// The same for ASCII texts and a text to replace that is not empty: one pass to count, one to copy.
fn replace_ascii(s: Ref, old: &[u8], new: &[u8], max: usize) -> PyResult {
    let text = bytes(cast(s));
    let places = || memchr::memmem::find_iter(text, old).take(max);
    let single = || memchr::memchr_iter(old[0], text).take(max);
    let count = match old {
        _ if old == new => 0,
        [_] => single().count(),
        _ if old.len() > text.len() => 0,
        _ => places().count(),
    };
    if count == 0 {
        return exact(s);
    }
    let kept = text.len() - count * old.len();
    let Some(n) = count
        .checked_mul(new.len())
        .and_then(|n| n.checked_add(kept))
        .filter(|n| *n <= isize::MAX as usize)
    else {
        return exc::overflow_error(format_args!("replace string is too long"));
    };
    match n {
        0 => return Ok(empty()),
        1 => {
            return Ok(latin1_char(if new.is_empty() {
                rest_of(text, old, max)
            } else {
                new[0]
            }));
        }
        _ => {}
    }
    with_len(n, 0, true, |out| {
        let (mut from, mut to) = (0, 0);
        let mut copy = |part: &[u8]| {
            // SAFETY: the parts add up to the length.
            unsafe { copy_bytes(out.add(to), part.as_ptr(), part.len()) };
            to += part.len();
        };
        let mut put = |at: usize| {
            copy(&text[from..at]);
            copy(new);
            from = at + old.len();
        };
        match old {
            [_] => single().for_each(&mut put),
            _ => places().for_each(&mut put),
        }
        copy(&text[from..]);
    })
}
/// The one byte of `text` that stands in no occurrence of `old`.
#[cold]
fn rest_of(text: &[u8], old: &[u8], max: usize) -> u8 {
    let mut from = 0;
    for at in memchr::memmem::find_iter(text, old).take(max) {
        if at > from {
            return text[from];
        }
        from = at + old.len();
    }
    text[from]
}

// ---- split and join ----

/// A list of slices of `s`.
fn pieces(s: Ref, ranges: impl ExactSizeIterator<Item = (usize, usize)>) -> PyResult {
    let mut items = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        items.push(slice(s, start, end)?);
    }
    list::from_vec(items)
}

/// CPython: Objects/unicodeobject.c, unicode_split_impl.
fn split(s: Ref, b: &Bound, right: bool) -> PyResult {
    let max = limit(b.get(1))?;
    match b.get_not_none(0) {
        None => split_whitespace(s, max, right),
        Some(sep) if is_str(sep) => split_text(s, sep, max, right),
        Some(sep) => exc::type_error(format_args!("must be str or None, not {}", sep.ty().full_name())),
    }
}

/// `s.split(None, max)`; ASCII text goes straight from bytes to list items.
pub fn split_whitespace(s: Ref, max: usize, right: bool) -> PyResult {
    if !right && max == usize::MAX && is_ascii(cast(s)) {
        let text = bytes(cast(s));
        let space = |c: u8| matches!(c, 9..=13 | 28..=32);
        let items = list::with_capacity(12.min(text.len() / 2 + 1))?;
        let mut i = 0;
        loop {
            while i < text.len() && space(text[i]) {
                i += 1;
            }
            if i == text.len() {
                return Ok(items);
            }
            let start = i;
            while i < text.len() && !space(text[i]) {
                i += 1;
            }
            list::append(items.r(), slice(s, start, i)?)?;
        }
    }
    let ranges = if right {
        search::rsplit_whitespace(units(s), max)
    } else {
        search::split_whitespace(units(s), max)
    };
    pieces(s, ranges.into_iter())
}

/// `s.split(sep, max)` and `s.rsplit(sep, max)`.
pub fn split_text(s: Ref, sep: Ref, max: usize, right: bool) -> PyResult {
    if len(sep) == 0 {
        return exc::value_error(format_args!("empty separator"));
    }
    if !right && is_ascii(cast(s)) && len(sep) == 1 && is_ascii(cast(sep)) {
        let (text, byte) = (bytes(cast(s)), bytes(cast(sep))[0]);
        let count = memchr::memchr_iter(byte, text).count().min(max);
        let items = list::with_capacity(count + 1)?;
        let mut start = 0;
        for at in memchr::memchr_iter(byte, text).take(count) {
            list::append(items.r(), slice(s, start, at)?)?;
            start = at + 1;
        }
        list::append(items.r(), slice(s, start, text.len())?)?;
        return Ok(items);
    }
    let ranges = if right {
        search::rsplit(units(s), units(sep), max)
    } else {
        search::split(units(s), units(sep), max)
    };
    pieces(s, ranges.into_iter())
}

fn splitlines(s: Ref, b: &Bound) -> PyResult {
    let keep = match b.get(0) {
        Some(k) => crate::object_protocol::truth(k)?,
        None => false,
    };
    let mut items = Vec::new();
    for (start, end, next) in case::split_lines(units(s)) {
        items.push(slice(s, start, if keep { next } else { end })?);
    }
    list::from_vec(items)
}

fn partition(s: Ref, sep: Ref, right: bool) -> PyResult {
    if !is_str(sep) {
        return exc::type_error(format_args!("must be str, not {}", sep.ty().full_name()));
    }
    if len(sep) == 0 {
        return exc::value_error(format_args!("empty separator"));
    }
    let at = if right {
        search::rfind(units(s), units(sep))
    } else {
        search::find(units(s), units(sep))
    };
    tuple::from_array(match at {
        Some(i) => [slice(s, 0, i)?, exact(sep)?, slice(s, i + len(sep), len(s))?],
        None if right => [empty(), empty(), exact(s)?],
        None => [exact(s)?, empty(), empty()],
    })
}

/// CPython: Objects/unicodeobject.c, PyUnicode_Join.
pub fn join(sep: Ref, iterable: Ref) -> PyResult {
    // Exact lists and tuples are read in place: nothing below runs Python code.
    let owned;
    let items: &[Value] = if iterable.is_exact::<list::ListObject>() {
        // SAFETY: no code that could change the list runs while the slice lives.
        unsafe { list::items(iterable.cast()) }
    } else if iterable.is_exact::<tuple::TupleObject>() {
        tuple::items(iterable)
    } else {
        owned = convert::sequence(iterable, "can only join an iterable")?;
        // SAFETY: `Own` is a transparent word.
        unsafe { core::slice::from_raw_parts(owned.as_ptr().cast::<Value>(), owned.len()) }
    };
    join_values(sep, items)
}

/// Joins words; they stay alive and unchanged through the call.
fn join_values(sep: Ref, items: &[Value]) -> PyResult {
    if let [v] = items {
        let v = Ref::from_value(*v);
        if v.is_exact::<StrObject>() {
            return Ok(v.own());
        }
    }
    if items.is_empty() {
        return Ok(empty());
    }
    let sep = cast(sep);
    let gap = sep.len.get();
    let (mut n, mut k, mut ascii) = (0usize, 0, true);
    if items.len() > 1 && gap > 0 {
        (k, ascii) = (kind(sep), is_ascii(sep));
    }
    let too_long = || exc::overflow_error(format_args!("join() result is too long for a Python string"));
    for (i, &v) in items.iter().enumerate() {
        let v = Ref::from_value(v);
        if !is_str(v) {
            return exc::type_error(format_args!(
                "sequence item {i}: expected str instance, {} found",
                v.ty().full_name()
            ));
        }
        let s = cast(v);
        n = match n.checked_add(s.len.get() + if i > 0 { gap } else { 0 }) {
            Some(n) if n <= isize::MAX as usize => n,
            _ => return too_long(),
        };
        k = k.max(kind(s));
        ascii &= is_ascii(s);
    }
    if n == 0 {
        return Ok(empty());
    }
    let sep_units = units_of(sep);
    let text = with_len(n, k, ascii, |out| {
        let mut at = 0;
        for (i, &v) in items.iter().enumerate() {
            // SAFETY: the lengths add up to `n`, the kind is the widest.
            unsafe {
                if i > 0 && gap > 0 {
                    copy_units(out.add(at << k), k, sep_units);
                    at += gap;
                }
                let s = cast(Ref::from_value(v));
                copy_units(out.add(at << k), k, units_of(s));
                at += s.len.get();
            }
        }
    })?;
    // One character in all: the cached object.
    if n == 1 {
        slice(text.r(), 0, 1).map(single_of)
    } else {
        Ok(text)
    }
}

fn single_of(s: Own) -> Own {
    match units(s.r()) {
        Units::One(&[c]) => latin1_char(c),
        _ => s,
    }
}

// ---- strip, pad ----

fn strip(s: Ref, b: &Bound, name: &str, left: bool, right: bool) -> PyResult {
    let (start, end) = match b.get_not_none(0) {
        None => whitespace_around(s, left, right),
        Some(chars) if is_str(chars) => search::strip_chars(units(s), units(chars), left, right),
        Some(_) => return exc::type_error(format_args!("{name} arg must be None or str")),
    };
    slice(s, start, end)
}

/// Where the text without whitespace at its ends begins and ends.
fn whitespace_around(s: Ref, left: bool, right: bool) -> (usize, usize) {
    if !is_ascii(cast(s)) {
        return search::strip_whitespace(units(s), left, right);
    }
    let text = bytes(cast(s));
    let space = |c: &u8| matches!(*c, 9..=13 | 28..=32);
    let (mut start, mut end) = (0, text.len());
    while left && start < end && space(&text[start]) {
        start += 1;
    }
    while right && end > start && space(&text[end - 1]) {
        end -= 1;
    }
    (start, end)
}
/// A method without arguments, by its place in `str_kind::PLAIN`.
pub fn call_plain(which: i32, s: Ref) -> PyResult {
    use pyaot_abi::str_kind::place;
    const LOWER: i32 = place(&pyaot_abi::str_kind::PLAIN, "lower");
    const UPPER: i32 = place(&pyaot_abi::str_kind::PLAIN, "upper");
    const SPLIT: i32 = place(&pyaot_abi::str_kind::PLAIN, "split");
    const CAPITALIZE: i32 = place(&pyaot_abi::str_kind::PLAIN, "capitalize");
    const TITLE: i32 = place(&pyaot_abi::str_kind::PLAIN, "title");
    const LEFT: i32 = place(&pyaot_abi::str_kind::PLAIN, "lstrip");
    const RIGHT: i32 = place(&pyaot_abi::str_kind::PLAIN, "rstrip");
    match which {
        LOWER => lower_ascii(s, case::lower),
        UPPER => upper(s),
        SPLIT => split_whitespace(s, usize::MAX, false),
        CAPITALIZE => capitalize(s),
        TITLE => title(s),
        _ => {
            let (start, end) = whitespace_around(s, which != RIGHT, which != LEFT);
            slice(s, start, end)
        }
    }
}
/// A method with one argument, by its place in `str_kind::UNARY`.
pub fn call_unary(which: i32, s: Ref, a: Ref) -> PyResult {
    use pyaot_abi::str_kind::{UNARY, place};
    const JOIN: i32 = place(&UNARY, "join");
    const SPLIT: i32 = place(&UNARY, "split");
    const FIND: i32 = place(&UNARY, "find");
    const PARTITION: i32 = place(&UNARY, "partition");
    const RPARTITION: i32 = place(&UNARY, "rpartition");
    const INDEX: i32 = place(&UNARY, "index");
    const RFIND: i32 = place(&UNARY, "rfind");
    const COUNT: i32 = place(&UNARY, "count");
    match which {
        JOIN => return join(s, a),
        PARTITION => return partition(s, a, false),
        RPARTITION => return partition(s, a, true),
        _ => {}
    }
    let place = |at: Option<usize>| Ok(at.map_or(Own::int(-1), Own::usize));
    match which {
        SPLIT if is_str(a) => split_text(s, a, usize::MAX, false),
        FIND if is_str(a) => place(search::find(units(s), units(a))),
        RFIND if is_str(a) => place(search::rfind(units(s), units(a))),
        INDEX if is_str(a) => located(search::find(units(s), units(a))),
        COUNT if is_str(a) => Ok(Own::usize(search::count(units(s), units(a), usize::MAX))),
        _ => crate::call::call_method(s, crate::types::str::intern(UNARY[which as usize]).r(), &[a]),
    }
}

/// CPython: Objects/unicodeobject.c, convert_uc.
fn fill_char(v: Option<Ref>) -> PyResult<u32> {
    let Some(v) = v else { return Ok(32) };
    if !is_str(v) {
        return exc::type_error(format_args!(
            "The fill character must be a unicode character, not {}",
            v.ty().full_name()
        ));
    }
    match single_char(v) {
        Some(c) => Ok(c),
        None => exc::type_error(format_args!("The fill character must be exactly one character long")),
    }
}

/// `share` gives (left, right) of the missing characters; it also gets the width.
fn justify(s: Ref, b: &Bound, share: fn(usize, usize) -> (usize, usize)) -> PyResult {
    let width = convert::index(b.arg(0))?;
    let fill = fill_char(b.get(1))?;
    let n = len(s);
    if width <= n as isize {
        return exact(s);
    }
    let (left, right) = share(width as usize - n, width as usize);
    pad(s, left, right, fill)
}

/// `s` with fill characters on both sides (CPython: Objects/unicodeobject.c, pad).
pub fn pad(s: Ref, left: usize, right: usize, fill: u32) -> PyResult {
    let o = cast(s);
    if left == 0 && right == 0 {
        return exact(s);
    }
    let Some(n) = left.checked_add(right).and_then(|p| p.checked_add(o.len.get())) else {
        return exc::overflow_error(format_args!("padded string is too long"));
    };
    let k = kind(o).max(kind_of_bits(fill));
    if n == 1 {
        return char_object(fill);
    }
    with_len(n, k, is_ascii(o) && fill < 128, |out| {
        // SAFETY: the three parts fill the length.
        unsafe {
            fill_units(out, k, left, fill);
            copy_units(out.add(left << k), k, units_of(o));
            fill_units(out.add((left + o.len.get()) << k), k, right, fill);
        }
    })
}

/// # Safety
/// `out` has room for `n` units of kind `k`.
unsafe fn fill_units(out: *mut u8, k: u32, n: usize, c: u32) {
    // SAFETY: by contract.
    unsafe {
        if k == 0 {
            out.write_bytes(c as u8, n);
        } else {
            for i in 0..n {
                write_unit(out, k, i, c);
            }
        }
    }
}

/// CPython: Objects/unicodeobject.c, unicode_zfill_impl.
fn zfill(s: Ref, width: Ref) -> PyResult {
    let width = convert::index(width)?;
    let n = len(s);
    if width <= n as isize {
        return exact(s);
    }
    let missing = width as usize - n;
    let sign = (n > 0)
        .then(|| code_point(cast(s), 0))
        .filter(|c| matches!(c, 0x2b | 0x2d));
    let padded = pad(s, missing, 0, b'0' as u32)?;
    if let Some(c) = sign {
        let p = cast(padded.r());
        if p.header.flags.get() & flag::IMMORTAL == 0 {
            let data = p.data.as_ptr().cast_mut();
            // SAFETY: a new str that nobody else has seen; both units lie in it.
            unsafe {
                write_unit(data, kind(p), 0, c);
                write_unit(data, kind(p), missing, b'0' as u32);
            }
        }
    }
    Ok(padded)
}
