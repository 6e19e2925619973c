//! Unicode 16.0 as CPython knows it: one record per kind of character behind a three-level table, made by gen_tables.py.
//! Case mappings give one to three code points; `normal` (separate tables) holds the normalisation forms.
//! The final-sigma rule and everything else that looks at neighbours is in `crate::case`.

pub mod normal;
#[path = "normal_tables.rs"]
mod normal_tables;
pub(crate) mod tables;

use tables as t;

#[inline]
fn record(c: u32) -> &'static t::Record {
    if c > 0x10ffff {
        return &t::RECORDS[t::RECORD_DATA[0] as usize];
    }
    // SAFETY: the generator makes index, data and records for every code point, and c is one.
    unsafe {
        const BLOCKS: usize = t::RECORD_TOP_SHIFT - t::RECORD_SHIFT;
        let c = c as usize;
        let top = *t::RECORD_TOP.get_unchecked(c >> t::RECORD_TOP_SHIFT) as usize;
        let middle = (top << BLOCKS) + (c >> t::RECORD_SHIFT & ((1 << BLOCKS) - 1));
        let block = *t::RECORD_INDEX.get_unchecked(middle) as usize;
        let at = (block << t::RECORD_SHIFT) + (c & ((1 << t::RECORD_SHIFT) - 1));
        t::RECORDS.get_unchecked(*t::RECORD_DATA.get_unchecked(at) as usize)
    }
}

#[inline]
fn flags(c: u32) -> u16 {
    if c < 256 {
        t::LATIN1_FLAGS[c as usize]
    } else {
        record(c).flags
    }
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {
        $($(#[$doc])* #[inline] pub fn $name(c: u32) -> bool { flags(c) & ($flags) != 0 })*
    };
}
predicates! {
    /// str.isalpha of one character.
    is_alpha = t::ALPHA;
    /// str.isdecimal.
    is_decimal = t::DECIMAL;
    /// str.isdigit.
    is_digit = t::DIGIT;
    /// str.isnumeric.
    is_numeric = t::NUMERIC;
    /// str.isalnum.
    is_alnum = t::ALPHA | t::DECIMAL | t::DIGIT | t::NUMERIC;
    /// str.isspace; also what strip() and split() remove.
    is_space = t::SPACE;
    /// str.isprintable: shown unescaped by repr().
    is_printable = t::PRINTABLE;
    /// An uppercase letter (Py_UNICODE_ISUPPER).
    is_upper = t::UPPER;
    /// A lowercase letter.
    is_lower = t::LOWER;
    /// A titlecase letter (category Lt), such as U+01C5.
    is_title = t::TITLE;
    /// XID_Start as str.isidentifier uses it; the underscore is not in it.
    is_xid_start = t::XID_START;
    /// XID_Continue.
    is_xid_continue = t::XID_CONTINUE;
    /// Cased, as str.title() sees it.
    is_cased = t::CASED;
    /// Skipped by the final-sigma rule.
    is_case_ignorable = t::CASE_IGNORABLE;
    /// Ends a line for str.splitlines.
    is_line_break = t::LINE_BREAK;
    /// _sre.unicode_iscased.
    is_sre_cased = t::SRE_CASED;
}

/// str.isidentifier's test of a first character.
#[inline]
pub fn is_identifier_start(c: u32) -> bool {
    c == '_' as u32 || is_xid_start(c)
}

/// The value of a decimal digit (unicodedata.decimal).
#[inline]
pub fn decimal_value(c: u32) -> Option<u32> {
    if c < 0x80 {
        return c.checked_sub(48).filter(|&d| d < 10);
    }
    Some(record(c).decimal as u32).filter(|&d| d != 255)
}

/// unicodedata.digit.
pub fn digit_value(c: u32) -> Option<u32> {
    Some(record(c).digit as u32).filter(|&d| d != 255)
}

/// unicodedata.numeric.
pub fn numeric_value(c: u32) -> Option<f64> {
    if let Some(d) = digit_value(c) {
        return Some(d as f64);
    }
    let i = t::NUMERIC_TABLE.partition_point(|r| r.0 <= c);
    let (first, count, num, den) = *t::NUMERIC_TABLE.get(i.checked_sub(1)?)?;
    if c - first >= count as u32 {
        None
    } else {
        Some((num + (c - first) as i64) as f64 / den as f64)
    }
}

/// The simple lower mapping (Py_UNICODE_TOLOWER; `_sre.unicode_tolower`).
#[inline]
pub fn simple_lower(c: u32) -> u32 {
    if c < 0x80 {
        return if (c as u8).is_ascii_uppercase() { c + 32 } else { c };
    }
    (c as i32 + record(c).lower) as u32
}

/// One to three code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    chars: [u32; 3],
    len: u8,
}

impl Mapped {
    #[inline]
    pub(crate) fn one(c: u32) -> Mapped {
        Mapped {
            chars: [c, 0, 0],
            len: 1,
        }
    }
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        &self.chars[..self.len as usize]
    }
}

#[cold]
fn special(row: i32, which: usize) -> Mapped {
    let (start, len) = t::SPECIAL_ROWS[row as usize][which];
    let mut m = Mapped { chars: [0; 3], len };
    for (i, &c) in t::SPECIAL_POOL[start as usize..start as usize + len as usize]
        .iter()
        .enumerate()
    {
        m.chars[i] = c as u32;
    }
    m
}

macro_rules! mapping {
    ($(#[$doc:meta])* $name:ident, $field:ident, $which:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $name(c: u32) -> Mapped {
            let r = record(c);
            if r.flags & t::SPECIAL != 0 { special(r.upper, $which) } else { Mapped::one((c as i32 + r.$field) as u32) }
        }
    };
}
mapping!(
    /// Full lowercase of one character, without the final-sigma rule.
    to_lower, lower, 0);
mapping!(
    /// Full uppercase.
    to_upper, upper, 1);
mapping!(
    /// Full titlecase.
    to_title, title, 2);
mapping!(
    /// Full case folding.
    to_folded, fold, 3);

/// What the quick mappings answer for a character that needs the full one.
pub(crate) const NOT_SIMPLE: u32 = u32::MAX;

/// Lowercase, where it is one character and no neighbour decides (the capital sigma).
#[inline]
pub(crate) fn quick_lower(c: u32) -> u32 {
    let r = record(c);
    if r.flags & t::SPECIAL != 0 || c == 0x3a3 {
        NOT_SIMPLE
    } else {
        (c as i32 + r.lower) as u32
    }
}

/// Uppercase, where it is one character.
#[inline]
pub(crate) fn quick_upper(c: u32) -> u32 {
    let r = record(c);
    if r.flags & t::SPECIAL != 0 {
        NOT_SIMPLE
    } else {
        (c as i32 + r.upper) as u32
    }
}
