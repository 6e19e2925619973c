//! Making strs: from units, from Rust text, from builders; slices, concatenation, growth in place.
use super::*;
use crate::object::decref;
use crate::typeobj::shape;

/// Bytes of a str object with `len` units of `1 << kind` bytes; `None` when there cannot be such an object.
fn object_size(len: usize, kind: u32) -> Option<usize> {
    let bytes = len.checked_add(1)?.checked_mul(1 << kind)?;
    bytes
        .checked_add(size_of::<StrObject>())
        .filter(|n| *n <= isize::MAX as usize)
}

/// A str of `len` units of `1 << kind` bytes; `fill` writes the units. `ascii` may only be true for kind 0.
#[inline]
pub fn with_len(len: usize, kind: u32, ascii: bool, fill: impl FnOnce(*mut u8)) -> PyResult {
    let Some(bytes) = object_size(len, kind) else {
        return crate::exc::memory_error();
    };
    let flags = kind << flag::STR_KIND_SHIFT | if ascii { flag::STR_ASCII } else { 0 };
    let p = alloc::raw_plain(&STR_TYPE, bytes, flags)?;
    // SAFETY: fresh memory of that size; its length stands where other objects have their shape.
    unsafe {
        let s = p.cast::<StrObject>();
        (&raw mut (*s).len).write(Cell::new(len));
        (&raw mut (*s).hash).write(Cell::new(-1));
        let data: *mut u8 = (&raw mut (*s).data).cast();
        fill(data);
        match kind {
            0 => data.add(len).write(0),
            _ => data.add(len << kind).write_bytes(0, 1 << kind),
        }
        Ok(Own::from_ptr(s))
    }
}

/// Copies bytes; short texts without a call.
///
/// # Safety
/// `from` has `n` bytes, `out` room for them; they do not overlap.
#[inline(always)]
pub unsafe fn copy_bytes(out: *mut u8, from: *const u8, n: usize) {
    // SAFETY: by contract; of up to sixteen bytes the first and the last half are taken, which may overlap.
    unsafe {
        match n {
            8..=16 => {
                let (a, b) = (
                    from.cast::<u64>().read_unaligned(),
                    from.add(n - 8).cast::<u64>().read_unaligned(),
                );
                out.cast::<u64>().write_unaligned(a);
                out.add(n - 8).cast::<u64>().write_unaligned(b);
            }
            4..8 => {
                let (a, b) = (
                    from.cast::<u32>().read_unaligned(),
                    from.add(n - 4).cast::<u32>().read_unaligned(),
                );
                out.cast::<u32>().write_unaligned(a);
                out.add(n - 4).cast::<u32>().write_unaligned(b);
            }
            2..4 => {
                let (a, b) = (from.cast::<u16>().read_unaligned(), *from.add(n - 1));
                out.cast::<u16>().write_unaligned(a);
                *out.add(n - 1) = b;
            }
            1 => *out = *from,
            0 => {}
            _ => core::ptr::copy_nonoverlapping(from, out, n),
        }
    }
}
/// Whether two places of `n` bytes hold the same; short ones without a call.
///
/// # Safety
/// Both have `n` bytes.
#[inline(always)]
pub unsafe fn same_bytes(p: *const u8, q: *const u8, n: usize) -> bool {
    // SAFETY: by contract; as in `copy_bytes`.
    unsafe {
        match n {
            8..=16 => {
                let word = |p: *const u8| p.cast::<u64>().read_unaligned();
                word(p) == word(q) && word(p.add(n - 8)) == word(q.add(n - 8))
            }
            4..8 => {
                let word = |p: *const u8| p.cast::<u32>().read_unaligned();
                word(p) == word(q) && word(p.add(n - 4)) == word(q.add(n - 4))
            }
            1..4 => (0..n).all(|i| *p.add(i) == *q.add(i)),
            0 => true,
            _ => core::slice::from_raw_parts(p, n) == core::slice::from_raw_parts(q, n),
        }
    }
}

/// As [`with_len`] for an instance of `ty`, str or a subclass of it.
#[inline]
pub fn with_type(ty: &TypeObject, len: usize, kind: u32, ascii: bool, fill: impl FnOnce(*mut u8)) -> PyResult {
    let Some(bytes) = object_size(len, kind) else {
        return crate::exc::memory_error();
    };
    let exact = core::ptr::eq(ty, &STR_TYPE);
    let size = if exact { bytes } else { shape::instance_size(ty, bytes) };
    let p = alloc::raw(ty, size)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let s = p.cast::<StrObject>();
        let h = &(*s).header;
        h.flags
            .set(h.flags.get() | kind << flag::STR_KIND_SHIFT | if ascii { flag::STR_ASCII } else { 0 });
        (&raw mut (*s).len).write(Cell::new(len));
        (&raw mut (*s).hash).write(Cell::new(-1));
        let data: *mut u8 = (&raw mut (*s).data).cast();
        fill(data);
        data.add(len << kind).write_bytes(0, 1 << kind);
        if !exact {
            p.cast::<u8>().add(bytes).write_bytes(0, size - bytes);
            shape::init_instance(ty, p);
        }
        Ok(Own::from_ptr(s))
    }
}

/// The narrowest kind (0, 1, 2) for code points whose bits are or-ed together in `bits`.
#[inline]
pub fn kind_of_bits(bits: u32) -> u32 {
    (bits > 0xff) as u32 + (bits > 0xffff) as u32
}

/// Copies units into memory of kind `kind`, which is wide enough for them.
///
/// # Safety
/// `out` has room for `from.len()` units of that kind.
#[inline]
pub unsafe fn copy_units(out: *mut u8, kind: u32, from: Units) {
    // SAFETY: by contract.
    unsafe {
        if 1 << kind == from.kind() {
            let b = from.bytes();
            core::ptr::copy_nonoverlapping(b.as_ptr(), out, b.len());
            return;
        }
        macro_rules! convert {
            ($s:expr, $t:ty) => {
                for (i, &c) in $s.iter().enumerate() {
                    out.cast::<$t>().add(i).write(c as $t);
                }
            };
        }
        match (from, kind) {
            (Units::One(s), 1) => convert!(s, u16),
            (Units::One(s), _) => convert!(s, u32),
            (Units::Two(s), 0) => convert!(s, u8),
            (Units::Two(s), _) => convert!(s, u32),
            (Units::Four(s), 0) => convert!(s, u8),
            (Units::Four(s), _) => convert!(s, u16),
        }
    }
}

/// All code points or-ed together: enough to decide the kind and whether text is ASCII.
// The same text is expanded for units of one, two and four bytes.
#[allow(clippy::useless_conversion)]
pub fn bits_of(u: Units) -> u32 {
    pyaot_text::with_units!(u, s => s.iter().fold(0u32, |m, &c| m | u32::from(c)))
}

/// An exact str with this text, in its narrowest kind.
pub fn from_units(u: Units) -> PyResult {
    match u {
        Units::One([]) | Units::Two([]) | Units::Four([]) => Ok(empty()),
        Units::One(&[c]) => Ok(single::get(c)),
        Units::One(s) => from_latin1_known(s, s.is_ascii()),
        _ => {
            let bits = bits_of(u);
            if bits < 0x100 && u.len() == 1 {
                return Ok(single::get(bits as u8));
            }
            let kind = kind_of_bits(bits);
            // SAFETY: `fill` gets room for the length.
            with_len(u.len(), kind, bits < 128, |out| unsafe { copy_units(out, kind, u) })
        }
    }
}

/// Bytes as Latin-1 code points.
pub fn from_latin1(s: &[u8]) -> PyResult {
    from_units(Units::One(s))
}
/// Bytes known to be ASCII.
#[inline]
pub fn from_ascii(s: &[u8]) -> PyResult {
    match s {
        [] => Ok(empty()),
        [c] => Ok(single::get(*c)),
        _ => from_latin1_known(s, true),
    }
}
#[inline]
fn from_latin1_known(s: &[u8], ascii: bool) -> PyResult {
    // SAFETY: `fill` gets room for the length.
    with_len(s.len(), 0, ascii, |out| unsafe { copy_bytes(out, s.as_ptr(), s.len()) })
}

/// The text of a builder.
pub fn from_buf(b: StrBuf) -> PyResult {
    match b.units() {
        Units::One(s) if s.len() > 1 => from_latin1_known(s, b.is_ascii()),
        u => from_units(u),
    }
}

/// From Rust text (no surrogates).
pub fn try_from_str(s: &str) -> PyResult {
    if s.is_ascii() {
        return from_ascii(s.as_bytes());
    }
    let (mut n, mut bits) = (0, 0);
    for c in s.chars() {
        n += 1;
        bits |= c as u32;
    }
    if n == 1 {
        return char_object(bits);
    }
    let kind = kind_of_bits(bits);
    with_len(n, kind, false, |out| {
        for (i, c) in s.chars().enumerate() {
            // SAFETY: `i` is below the length; the kind is wide enough.
            unsafe { write_unit(out, kind, i, c as u32) }
        }
    })
}
pub fn from_str(s: &str) -> Own {
    try_from_str(s).unwrap_or_else(|Raised| std::process::abort())
}
/// From code points, surrogates allowed; the narrowest kind.
pub fn from_code_points(points: &[u32]) -> PyResult {
    from_units(Units::Four(points))
}

/// # Safety
/// Unit `i` of kind `kind` lies in the memory at `out`.
#[inline(always)]
pub unsafe fn write_unit(out: *mut u8, kind: u32, i: usize, c: u32) {
    // SAFETY: by contract.
    unsafe {
        match kind {
            0 => out.add(i).write(c as u8),
            1 => out.cast::<u16>().add(i).write(c as u16),
            _ => out.cast::<u32>().add(i).write(c),
        }
    }
}

/// The str of one code point.
#[inline]
pub fn char_object(c: u32) -> PyResult {
    if c < 0x100 {
        return Ok(single::get(c as u8));
    }
    let kind = kind_of_bits(c);
    // SAFETY: room for one unit.
    with_len(1, kind, false, |out| unsafe { write_unit(out, kind, 0, c) })
}

/// An exact str with the text of a str or of an instance of a subclass.
pub fn exact_copy(s: Ref) -> Own {
    if s.is_exact::<StrObject>() {
        return s.own();
    }
    from_units(units(s)).unwrap_or_else(|Raised| std::process::abort())
}
/// As [`exact_copy`], for text of any size.
pub fn exact(s: Ref) -> PyResult {
    if s.is_exact::<StrObject>() {
        return Ok(s.own());
    }
    from_units(units(s))
}

/// `s[start:end]` with bounds that hold; the same object when nothing is cut off an exact str.
#[inline]
pub fn slice(s: Ref, start: usize, end: usize) -> PyResult {
    if start >= end {
        return Ok(empty());
    }
    let o = cast(s);
    if end - start == o.len.get() && s.is_exact::<StrObject>() {
        return Ok(s.own());
    }
    if is_ascii(o) {
        let part = &bytes(o)[start..end];
        return match part {
            [c] => Ok(single::get(*c)),
            _ => from_latin1_known(part, true),
        };
    }
    match units_of(o).slice(start, end) {
        Units::One(&[c]) => Ok(single::get(c)),
        Units::One(b) if is_ascii(o) => from_latin1_known(b, true),
        u => from_units(u),
    }
}

/// `a + b`.
pub fn concat(a: Ref, b: Ref) -> PyResult {
    let (x, y) = (cast(a), cast(b));
    if y.len.get() == 0 && a.is_exact::<StrObject>() {
        return Ok(a.own());
    }
    if x.len.get() == 0 && b.is_exact::<StrObject>() {
        return Ok(b.own());
    }
    let Some(n) = total_len(x.len.get(), y.len.get()) else {
        return crate::exc::overflow_error(format_args!("strings are too large to concat"));
    };
    if n == 1 {
        return from_units(if x.len.get() == 0 { units_of(y) } else { units_of(x) });
    }
    let kind = kind(x).max(kind(y));
    // SAFETY: room for both; the kind is the wider one.
    with_len(n, kind, is_ascii(x) && is_ascii(y), |out| unsafe {
        copy_units(out, kind, units_of(x));
        copy_units(out.add(x.len.get() << kind), kind, units_of(y));
    })
}

/// The sum of two lengths, if a str can have it.
fn total_len(a: usize, b: usize) -> Option<usize> {
    a.checked_add(b).filter(|n| *n <= isize::MAX as usize)
}

/// `a + b` where the caller gives `a` up: when nobody else has `a`, it grows in place, so that `s += x` in a loop is linear
/// (CPython: Objects/unicodeobject.c, PyUnicode_Append). `a` is a str; `b` a str or an instance of a subclass.
pub fn append(a: Own, b: Ref) -> PyResult {
    match append_take(a.value(), b) {
        Some(v) => {
            core::mem::forget(a);
            Ok(Own::from_value(v))
        }
        None => Err(Raised),
    }
}

/// As [`append`] over words: the reference of `a` is taken on success only; `None` = raised.
pub fn append_take(a: Value, b: Ref) -> Option<Value> {
    if let Some(v) = grow_in_place(a, b) {
        return Some(v);
    }
    let r = concat(Ref::from_value(a), b).ok()?;
    decref(a);
    Some(r.into_value())
}

/// `None` when `a` cannot grow where it is; nothing has happened then.
fn grow_in_place(a: Value, b: Ref) -> Option<Value> {
    let a = Ref::from_value(a);
    let (x, y) = (cast(a), cast(b));
    let (old, more) = (x.len.get(), y.len.get());
    let h = &x.header;
    if h.refcount.get() != 1
        || h.flags.get() & (flag::IMMORTAL | flag::STR_INTERNED) != 0
        || kind(y) > kind(x)
        || old == 0
        || !a.is_exact::<StrObject>()
    {
        return None;
    }
    if more == 0 {
        return Some(a.value());
    }
    let kind = kind(x);
    let ascii = is_ascii(x) && is_ascii(y);
    let n = total_len(old, more)?;
    let size = object_size(n, kind)?;
    let p = x as *const StrObject as *mut Header;
    // SAFETY: nobody else refers to the object, which is a plain exact str.
    let p = unsafe { alloc::grow(p, size) }?.cast::<StrObject>();
    // SAFETY: `size` bytes are there; `b` is another object, since nobody else referred to this one.
    unsafe {
        let s = &*p;
        let data: *mut u8 = (&raw mut (*p).data).cast();
        match kind {
            0 => {
                copy_bytes(data.add(old), y.data.as_ptr(), more);
                data.add(n).write(0);
            }
            _ => {
                copy_units(data.add(old << kind), kind, units_of(y));
                data.add(n << kind).write_bytes(0, 1 << kind);
            }
        }
        s.len.set(n);
        s.hash.set(-1);
        if !ascii {
            s.header.flags.set(s.header.flags.get() & !flag::STR_ASCII);
        }
    }
    // The block may have moved: the old reference is void, the new one takes its place.
    Some(Value::from_ptr(p))
}

/// `s * n`.
pub fn repeat(s: Ref, n: isize) -> PyResult {
    let o = cast(s);
    let len = o.len.get();
    if n <= 0 || len == 0 {
        return Ok(empty());
    }
    if n == 1 {
        return exact(s);
    }
    let Some(total) = len.checked_mul(n as usize).filter(|t| *t <= isize::MAX as usize) else {
        return crate::exc::overflow_error(format_args!("repeated string is too long"));
    };
    let kind = kind(o);
    let from = bytes(o);
    // SAFETY: room for the whole; each round doubles what is there.
    with_len(total, kind, is_ascii(o), |out| unsafe {
        let all = total << kind;
        if from.len() == 1 {
            out.write_bytes(from[0], all);
            return;
        }
        core::ptr::copy_nonoverlapping(from.as_ptr(), out, from.len());
        let mut done = from.len();
        while done < all {
            let n = done.min(all - done);
            core::ptr::copy_nonoverlapping(out, out.add(done), n);
            done += n;
        }
    })
}

/// The texts of `parts` behind each other (all strs): one allocation.
pub fn join_refs(parts: &[Value]) -> PyResult {
    let (mut n, mut k, mut ascii) = (0usize, 0, true);
    let mut filled = None;
    let mut count = 0;
    for &v in parts {
        let s = cast(Ref::from_value(v));
        if s.len.get() == 0 {
            continue;
        }
        count += 1;
        filled = Some(v);
        n = match total_len(n, s.len.get()) {
            Some(n) => n,
            None => return crate::exc::overflow_error(format_args!("join() result is too long for a Python string")),
        };
        k = kind(s).max(k);
        ascii &= is_ascii(s);
    }
    match (count, filled) {
        (0, _) | (_, None) => return Ok(empty()),
        (1, Some(v)) => return exact(Ref::from_value(v)),
        _ => {}
    }
    with_len(n, k, ascii, |out| {
        let mut at = 0;
        for &v in parts {
            let s = cast(Ref::from_value(v));
            // SAFETY: the lengths add up to `n`, the kind is the widest.
            unsafe { copy_units(out.add(at << k), k, units_of(s)) };
            at += s.len.get();
        }
    })
}

/// Drops owned words.
pub fn release_all(values: &[Value]) {
    for &v in values {
        decref(v);
    }
}
