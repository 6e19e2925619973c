//! The str methods that look at letters: case conversion of whole texts, the is… predicates, splitlines, identifiers.
//! ASCII text never touches the tables.

use crate::unicode as u;
use crate::units::{StrBuf, Unit, Units};
use crate::with_units;

/// CPython: Objects/unicodeobject.c, handle_capital_sigma.
fn lower_sigma<T: Unit>(s: &[T], i: usize) -> u32 {
    let before = s[..i]
        .iter()
        .rev()
        .map(|c| c.cp())
        .find(|&c| !u::is_case_ignorable(c))
        .is_some_and(u::is_cased);
    let after = s[i + 1..]
        .iter()
        .map(|c| c.cp())
        .find(|&c| !u::is_case_ignorable(c))
        .is_some_and(u::is_cased);
    if before && !after { 0x3c2 } else { 0x3c3 }
}

#[inline]
fn lower_at<T: Unit>(s: &[T], i: usize) -> u::Mapped {
    let c = s[i].cp();
    if c == 0x3a3 {
        u::Mapped::one(lower_sigma(s, i))
    } else {
        u::to_lower(c)
    }
}

/// Maps each index of `s` to one to three characters: by `simple` where that is enough (it says `u::NOT_SIMPLE` where it
/// is not), else by `full`. Output stays in the units of the input while it fits.
#[inline]
fn map<T: Unit>(s: &[T], mut simple: impl FnMut(u32) -> u32, mut full: impl FnMut(&[T], usize) -> u::Mapped) -> StrBuf {
    let mut out: Vec<T> = Vec::with_capacity(s.len());
    let mut bits = 0;
    let mut i = 0;
    while i < s.len() {
        let c = simple(s[i].cp());
        if c <= T::MAX {
            out.push(T::from_cp(c));
            bits |= c;
            i += 1;
            continue;
        }
        let m = full(s, i);
        if m.as_slice().iter().any(|&c| c > T::MAX) {
            break;
        }
        for &c in m.as_slice() {
            out.push(T::from_cp(c));
            bits |= c;
        }
        i += 1;
    }
    let mut out = StrBuf::from_units(out, bits);
    if i == s.len() {
        return out.minimal();
    }
    (i..s.len()).for_each(|i| full(s, i).as_slice().iter().for_each(|&c| out.push(c)));
    out.minimal()
}

fn ascii_map(s: &[u8], f: impl FnMut(&u8) -> u8) -> StrBuf {
    StrBuf::from_ascii(s.iter().map(f).collect())
}

fn ascii(s: Units<'_>) -> Option<&[u8]> {
    match s {
        Units::One(b) if b.is_ascii() => Some(b),
        _ => None,
    }
}

/// str.lower.
pub fn lower(s: Units) -> StrBuf {
    match ascii(s) {
        Some(b) => ascii_map(b, u8::to_ascii_lowercase),
        None => with_units!(s, s => map(s, u::quick_lower, lower_at)),
    }
}

/// str.upper.
pub fn upper(s: Units) -> StrBuf {
    match ascii(s) {
        Some(b) => ascii_map(b, u8::to_ascii_uppercase),
        None => with_units!(s, s => map(s, u::quick_upper, |s, i| u::to_upper(s[i].cp()))),
    }
}

/// str.casefold.
pub fn casefold(s: Units) -> StrBuf {
    match ascii(s) {
        Some(b) => ascii_map(b, u8::to_ascii_lowercase),
        None => with_units!(s, s => map(s, |_| u::NOT_SIMPLE, |s, i| u::to_folded(s[i].cp()))),
    }
}

/// str.swapcase.
pub fn swapcase(s: Units) -> StrBuf {
    if let Some(b) = ascii(s) {
        return StrBuf::from_ascii(crate::bytes_text::swapcase(b));
    }
    with_units!(s, s => map(s, |_| u::NOT_SIMPLE, |s, i| {
        let c = s[i].cp();
        if u::is_upper(c) {
            lower_at(s, i)
        } else if u::is_lower(c) {
            u::to_upper(c)
        } else {
            u::Mapped::one(c)
        }
    }))
}

/// str.title.
pub fn title(s: Units) -> StrBuf {
    if let Some(b) = ascii(s) {
        return StrBuf::from_ascii(crate::bytes_text::title(b));
    }
    // `map` may ask for a character twice, so the state is what stands before it.
    with_units!(s, s => map(s, |_| u::NOT_SIMPLE, |s, i| {
        if i > 0 && u::is_cased(s[i - 1].cp()) {
            lower_at(s, i)
        } else {
            u::to_title(s[i].cp())
        }
    }))
}

/// str.capitalize.
pub fn capitalize(s: Units) -> StrBuf {
    if let Some(b) = ascii(s) {
        return StrBuf::from_ascii(crate::bytes_text::capitalize(b));
    }
    with_units!(s, s => map(s, |_| u::NOT_SIMPLE, |s, i| if i == 0 { u::to_title(s[0].cp()) } else { lower_at(s, i) }))
}

fn all(s: Units, f: impl Fn(u32) -> bool) -> bool {
    !s.is_empty() && with_units!(s, s => s.iter().all(|c| f(c.cp())))
}

macro_rules! all_of {
    ($($name:ident)*) => { $(
        /// The str method of this name without its underscore.
        pub fn $name(s: Units) -> bool { all(s, u::$name) }
    )* };
}
all_of! { is_alpha is_decimal is_digit is_numeric is_alnum is_space }

/// str.isprintable (true for empty text).
pub fn is_printable(s: Units) -> bool {
    s.is_empty() || all(s, u::is_printable)
}

/// str.isupper: no lower- or titlecase letter, and at least one uppercase letter.
pub fn is_upper(s: Units) -> bool {
    let mut cased = false;
    for c in s.iter() {
        if u::is_lower(c) || u::is_title(c) {
            return false;
        }
        cased |= u::is_upper(c);
    }
    cased
}

/// str.islower.
pub fn is_lower(s: Units) -> bool {
    let mut cased = false;
    for c in s.iter() {
        if u::is_upper(c) || u::is_title(c) {
            return false;
        }
        cased |= u::is_lower(c);
    }
    cased
}

/// str.istitle.
pub fn is_title(s: Units) -> bool {
    let (mut cased, mut after_cased) = (false, false);
    for c in s.iter() {
        if u::is_upper(c) || u::is_title(c) {
            if after_cased {
                return false;
            }
            (cased, after_cased) = (true, true);
        } else if u::is_lower(c) {
            if !after_cased {
                return false;
            }
            cased = true;
        } else {
            after_cased = false;
        }
    }
    cased
}

/// str.isidentifier.
pub fn is_identifier(s: Units) -> bool {
    let mut it = s.iter();
    it.next().is_some_and(u::is_identifier_start) && it.all(u::is_xid_continue)
}

/// str.splitlines as (start, end of the line, end of its break): the line is `start..end`, with keepends `start..next`.
pub struct Lines<'a> {
    text: Units<'a>,
    at: usize,
}

pub fn split_lines(text: Units<'_>) -> Lines<'_> {
    Lines { text, at: 0 }
}

impl Iterator for Lines<'_> {
    type Item = (usize, usize, usize);
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let n = self.text.len();
        if start == n {
            return None;
        }
        let end = with_units!(self.text, s => {
            s[start..].iter().position(|c| u::is_line_break(c.cp())).map_or(n, |i| start + i)
        });
        let mut next = end;
        if end < n {
            next += 1;
            if self.text.get(end) == 13 && next < n && self.text.get(next) == 10 {
                next += 1;
            }
        }
        self.at = next;
        Some((start, end, next))
    }
}

/// bytes.splitlines: only \n, \r and \r\n end a line. Triples as in `Lines`.
pub fn split_lines_bytes(s: &[u8]) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        if start == s.len() {
            return None;
        }
        let end = s[start..]
            .iter()
            .position(|&c| c == 10 || c == 13)
            .map_or(s.len(), |i| start + i);
        let crlf = s.get(end) == Some(&13) && s.get(end + 1) == Some(&10);
        at = (end + 1 + crlf as usize).min(s.len());
        Some((start, end, at))
    })
}

/// str.expandtabs (bytes.expandtabs over `Units::One`).
pub fn expand_tabs(s: Units, tab_size: isize) -> Result<StrBuf, TabError> {
    // The length first: it may be beyond all bounds.
    let (mut column, mut total) = (0isize, 0isize);
    for c in s.iter() {
        let step = match c {
            9 if tab_size <= 0 => continue,
            9 => tab_size - column % tab_size,
            _ => 1,
        };
        total = total.checked_add(step).ok_or(TabError::TooLong)?;
        column = if c == 10 || c == 13 { 0 } else { column + step };
    }
    let mut out = StrBuf::try_with_capacity(total as usize, s.widest()).map_err(|_| TabError::NoMemory)?;
    column = 0;
    for c in s.iter() {
        match c {
            9 if tab_size <= 0 => {}
            9 => {
                let n = tab_size - column % tab_size;
                out.push_repeat(32, n as usize);
                column += n;
            }
            _ => {
                out.push(c);
                column = if c == 10 || c == 13 { 0 } else { column + 1 };
            }
        }
    }
    Ok(out)
}

/// Why expandtabs has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabError {
    /// OverflowError "new string is too long" (bytes: "result too long").
    TooLong,
    /// MemoryError.
    NoMemory,
}
