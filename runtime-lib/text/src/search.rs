//! Searching, counting, replacing, splitting and stripping of str (`Units` of any two kinds) and of bytes
//! (pass `Units::One`; where white space matters there is a `_bytes` twin).
//! One-byte text uses `memchr`; wider text uses a first-unit scan that changes to Knuth-Morris-Pratt when the scan has
//! compared too much, so no input is quadratic. Offsets are in units.

use crate::unicode::is_space;
use crate::units::{StrBuf, Unit, Units};
use crate::with_units;
use memchr::{memchr, memmem, memrchr};
use std::borrow::Cow;

/// The needle in the units of the haystack; None when it cannot occur because it holds wider characters.
fn narrowed<'n, T: Unit, S: Unit>(needle: &'n [S]) -> Option<Cow<'n, [T]>> {
    if std::any::TypeId::of::<T>() == std::any::TypeId::of::<S>() {
        // SAFETY: T and S are the same type.
        return Some(Cow::Borrowed(unsafe {
            std::slice::from_raw_parts(needle.as_ptr().cast::<T>(), needle.len())
        }));
    }
    if needle.iter().any(|c| c.cp() > T::MAX) {
        return None;
    }
    Some(Cow::Owned(needle.iter().map(|c| T::from_cp(c.cp())).collect()))
}

fn as_bytes<T: Unit>(s: &[T]) -> Option<&[u8]> {
    match T::units(s) {
        Units::One(b) => Some(b),
        _ => None,
    }
}

/// Search through accessors, so that one function serves both directions.
fn scan<T: Unit>(n: usize, m: usize, hay: impl Fn(usize) -> T, needle: impl Fn(usize) -> T) -> Option<usize> {
    if m > n {
        return None;
    }
    let (first, last) = (needle(0), needle(m - 1));
    let mut work = 0;
    let mut i = 0;
    while i <= n - m {
        if hay(i) == first && hay(i + m - 1) == last {
            let same = (1..m).take_while(|&j| hay(i + j) == needle(j)).count();
            if same == m - 1 {
                return Some(i);
            }
            work += same;
            if work > 4 * n.max(64) {
                return kmp(n, m, i + 1, hay, needle);
            }
        }
        i += 1;
    }
    None
}

fn kmp<T: Unit>(
    n: usize,
    m: usize,
    from: usize,
    hay: impl Fn(usize) -> T,
    needle: impl Fn(usize) -> T,
) -> Option<usize> {
    let mut border = vec![0usize; m];
    let mut k = 0;
    for i in 1..m {
        while k > 0 && needle(i) != needle(k) {
            k = border[k - 1];
        }
        k += (needle(i) == needle(k)) as usize;
        border[i] = k;
    }
    k = 0;
    for i in from..n {
        while k > 0 && hay(i) != needle(k) {
            k = border[k - 1];
        }
        k += (hay(i) == needle(k)) as usize;
        if k == m {
            return Some(i + 1 - m);
        }
    }
    None
}

/// A needle of two bytes or more. To make ready what memmem searches with takes longer than most texts: a few places where the first
/// byte stands are looked at before.
fn find_bytes(hay: &[u8], needle: &[u8]) -> Option<usize> {
    const LOOKS: usize = 4;
    let last = hay.len().checked_sub(needle.len())?;
    let mut from = 0;
    for _ in 0..LOOKS {
        let at = from + memchr(needle[0], &hay[from..=last])?;
        if hay[at..at + needle.len()] == *needle {
            return Some(at);
        }
        from = at + 1;
        if from > last {
            return None;
        }
    }
    memmem::find(&hay[from..], needle).map(|at| at + from)
}

fn find_in<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [c] => match as_bytes(hay) {
            Some(h) => memchr(c.cp() as u8, h),
            None => hay.iter().position(|x| x == c),
        },
        _ => match (as_bytes(hay), as_bytes(needle)) {
            (Some(h), Some(n)) => find_bytes(h, n),
            _ => scan(hay.len(), needle.len(), |i| hay[i], |j| needle[j]),
        },
    }
}

fn rfind_in<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    let (n, m) = (hay.len(), needle.len());
    match needle {
        [] => Some(n),
        [c] => match as_bytes(hay) {
            Some(h) => memrchr(c.cp() as u8, h),
            None => hay.iter().rposition(|x| x == c),
        },
        _ => match (as_bytes(hay), as_bytes(needle)) {
            (Some(h), Some(n)) => memmem::rfind(h, n),
            _ => scan(n, m, |i| hay[n - 1 - i], |j| needle[m - 1 - j]).map(|i| n - m - i),
        },
    }
}

/// Runs `$body` with both texts in the haystack's units, or gives `$absent` when the needle cannot occur.
macro_rules! both {
    ($h:expr, $n:expr, $hay:ident, $needle:ident, $absent:expr => $body:expr) => {
        with_units!($h, $hay => with_units!($n, n => match narrowed(n) {
            None => $absent,
            Some($needle) => { let $needle = &$needle[..]; $body }
        }))
    };
}

/// First occurrence. An empty needle is found at 0. (str.find over a slice: cut the slice, add its start.)
pub fn find(hay: Units, needle: Units) -> Option<usize> {
    both!(hay, needle, h, n, None => find_in(h, n))
}

/// Last occurrence; an empty needle is found at the end.
pub fn rfind(hay: Units, needle: Units) -> Option<usize> {
    both!(hay, needle, h, n, None => rfind_in(h, n))
}

/// First occurrence of a character.
pub fn find_char(hay: Units, c: u32) -> Option<usize> {
    match hay {
        Units::One(h) => u8::try_from(c).ok().and_then(|c| memchr(c, h)),
        Units::Two(h) => u16::try_from(c).ok().and_then(|c| h.iter().position(|&x| x == c)),
        Units::Four(h) => h.iter().position(|&x| x == c),
    }
}

/// Non-overlapping occurrences, at most `max` (an empty needle occurs len + 1 times).
pub fn count(hay: Units, needle: Units, max: usize) -> usize {
    if needle.is_empty() {
        return (hay.len() + 1).min(max);
    }
    if let (Units::One(h), Units::One(&[c]), usize::MAX) = (hay, needle, max) {
        return memchr::memchr_iter(c, h).count();
    }
    let mut k = 0;
    each(hay, needle, max, |_| k += 1);
    k
}

/// Calls `f` with each of the first `max` non-overlapping occurrences of a non-empty needle.
fn each(hay: Units, needle: Units, max: usize, mut f: impl FnMut(usize)) {
    if let (Units::One(h), Units::One(n)) = (hay, needle) {
        if let [c] = n {
            memchr::memchr_iter(*c, h).take(max).for_each(f);
        } else {
            memmem::find_iter(h, n).take(max).for_each(f);
        }
        return;
    }
    both!(hay, needle, h, n, () => {
        let (mut at, mut left) = (0, max);
        while left > 0 && let Some(i) = find_in(&h[at..], n) {
            f(at + i);
            at += i + n.len();
            left -= 1;
        }
    });
}

/// Why a replacement has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceError {
    /// OverflowError "replace string is too long" (for bytes: "replace bytes is too long").
    TooLong,
    /// MemoryError.
    NoMemory,
}

/// str.replace: None when nothing is replaced, so that the caller can return the same object.
pub fn replace(hay: Units, from: Units, to: Units, max: usize) -> Result<Option<StrBuf>, ReplaceError> {
    if max == 0 || from.same(to) {
        return Ok(None);
    }
    if let (Units::One(h), Units::One(&[x]), Units::One(&[y]), usize::MAX) = (hay, from, to, max) {
        if memchr(x, h).is_none() {
            return Ok(None);
        }
        let mut out = StrBuf::try_with_capacity(h.len(), 0).map_err(|_| ReplaceError::NoMemory)?;
        out.extend_one(h.iter().map(|&c| if c == x { y } else { c }));
        return Ok(Some(out));
    }
    let mut found = Vec::new();
    if from.is_empty() {
        found.extend(0..(hay.len() + 1).min(max));
    } else {
        each(hay, from, max, |i| found.push(i));
    }
    if found.is_empty() {
        return Ok(None);
    }
    let grown = to.len().checked_mul(found.len());
    let grown = grown.and_then(|g| g.checked_add(hay.len() - from.len() * found.len()));
    let len = grown
        .filter(|&l| l <= isize::MAX as usize)
        .ok_or(ReplaceError::TooLong)?;
    let mut out = StrBuf::try_with_capacity(len, hay.widest().max(to.widest())).map_err(|_| ReplaceError::NoMemory)?;
    let mut at = 0;
    for i in found {
        out.push_units(hay.slice(at, i));
        out.push_units(to);
        at = i + from.len();
    }
    out.push_units(hay.slice(at, hay.len()));
    Ok(Some(out))
}

/// str.split(sep, max) with a non-empty separator, as ranges.
pub fn split(hay: Units, sep: Units, max: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    each(hay, sep, max, |i| {
        out.push((at, i));
        at = i + sep.len();
    });
    out.push((at, hay.len()));
    out
}

/// str.rsplit(sep, max), ranges from left to right.
pub fn rsplit(hay: Units, sep: Units, max: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut end = hay.len();
    both!(hay, sep, h, n, () => {
        let mut left = max;
        while left > 0 && let Some(i) = rfind_in(&h[..end], n) {
            out.push((i + n.len(), end));
            end = i;
            left -= 1;
        }
    });
    out.push((0, end));
    out.reverse();
    out
}

fn split_space<T: Unit>(s: &[T], max: usize, space: impl Fn(u32) -> bool) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut i = 0;
    loop {
        while i < s.len() && space(s[i].cp()) {
            i += 1;
        }
        if i == s.len() {
            return out;
        }
        if out.len() == max {
            out.push((i, s.len()));
            return out;
        }
        let start = i;
        while i < s.len() && !space(s[i].cp()) {
            i += 1;
        }
        out.push((start, i));
    }
}

fn rsplit_space<T: Unit>(s: &[T], max: usize, space: impl Fn(u32) -> bool) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut end = s.len();
    loop {
        while end > 0 && space(s[end - 1].cp()) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        if out.len() == max {
            out.push((0, end));
            break;
        }
        let stop = end;
        while end > 0 && !space(s[end - 1].cp()) {
            end -= 1;
        }
        out.push((end, stop));
    }
    out.reverse();
    out
}

/// What bytes methods take for white space.
#[inline]
pub fn is_ascii_space(c: u32) -> bool {
    matches!(c, 9..=13 | 32)
}

/// str.split() at runs of white space; after `max` splits the rest is kept up to its end.
pub fn split_whitespace(s: Units, max: usize) -> Vec<(usize, usize)> {
    with_units!(s, s => split_space(s, max, is_space))
}

/// str.rsplit() at white space.
pub fn rsplit_whitespace(s: Units, max: usize) -> Vec<(usize, usize)> {
    with_units!(s, s => rsplit_space(s, max, is_space))
}

/// bytes.split().
pub fn split_whitespace_bytes(s: &[u8], max: usize) -> Vec<(usize, usize)> {
    split_space(s, max, is_ascii_space)
}

/// bytes.rsplit().
pub fn rsplit_whitespace_bytes(s: &[u8], max: usize) -> Vec<(usize, usize)> {
    rsplit_space(s, max, is_ascii_space)
}

fn strip_by<T: Unit>(s: &[T], left: bool, right: bool, drop: impl Fn(u32) -> bool) -> (usize, usize) {
    let start = if left {
        s.iter().position(|c| !drop(c.cp())).unwrap_or(s.len())
    } else {
        0
    };
    let end = if right {
        s[start..]
            .iter()
            .rposition(|c| !drop(c.cp()))
            .map_or(start, |i| start + i + 1)
    } else {
        s.len()
    };
    (start, end)
}

/// What stays after strip/lstrip/rstrip without argument.
pub fn strip_whitespace(s: Units, left: bool, right: bool) -> (usize, usize) {
    with_units!(s, s => strip_by(s, left, right, is_space))
}

/// What stays after bytes.strip() and its kin.
pub fn strip_whitespace_bytes(s: &[u8], left: bool, right: bool) -> (usize, usize) {
    strip_by(s, left, right, is_ascii_space)
}

/// What stays after strip(chars); serves bytes too.
pub fn strip_chars(s: Units, chars: Units, left: bool, right: bool) -> (usize, usize) {
    // A set of the low characters decides most; the rest is looked for.
    let mut low = [0u64; 4];
    let mut high = false;
    for c in chars.iter() {
        if c < 256 {
            low[c as usize >> 6] |= 1 << (c & 63)
        } else {
            high = true
        }
    }
    let drop = |c: u32| {
        if c < 256 {
            low[c as usize >> 6] >> (c & 63) & 1 != 0
        } else {
            high && find_char(chars, c).is_some()
        }
    };
    with_units!(s, s => strip_by(s, left, right, drop))
}

/// True when `prefix` stands at the start.
pub fn starts_with(s: Units, prefix: Units) -> bool {
    prefix.len() <= s.len() && s.slice(0, prefix.len()).same(prefix)
}

/// True when `suffix` stands at the end.
pub fn ends_with(s: Units, suffix: Units) -> bool {
    suffix.len() <= s.len() && s.slice(s.len() - suffix.len(), s.len()).same(suffix)
}
