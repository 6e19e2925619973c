//! Text of ints: decimal, binary, octal, hexadecimal of machine words, and int(text, base) up to the digits.
//! Big ints convert elsewhere; here they only pass as digit text. Digit limits are the caller's (`IntText::digits`).

use crate::unicode as u;
use crate::units::Units;
use std::borrow::Cow;

const PAIRS: &[u8; 200] =
    b"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// Decimal digits of `v`, in the tail of `buf`.
#[inline]
pub fn decimal_u64(mut v: u64, buf: &mut [u8; 20]) -> &[u8] {
    let mut at = 20;
    while v >= 100 {
        let pair = (v % 100) as usize * 2;
        v /= 100;
        at -= 2;
        buf[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if v >= 10 {
        at -= 2;
        buf[at..at + 2].copy_from_slice(&PAIRS[v as usize * 2..v as usize * 2 + 2]);
    } else {
        at -= 1;
        buf[at] = b'0' + v as u8;
    }
    &buf[at..]
}

/// str(v), in the tail of `buf`.
#[inline]
pub fn decimal_i64(v: i64, buf: &mut [u8; 21]) -> &[u8] {
    let mut digits = [0u8; 20];
    let d = decimal_u64(v.unsigned_abs(), &mut digits);
    let start = 21 - d.len();
    buf[start..].copy_from_slice(d);
    let start = if v < 0 {
        buf[start - 1] = b'-';
        start - 1
    } else {
        start
    };
    &buf[start..]
}

/// Digits of a magnitude in base 2 ..= 36, lowercase, without prefix.
pub fn radix_u64(mut v: u64, base: u32) -> Vec<u8> {
    if base == 10 {
        return decimal_u64(v, &mut [0; 20]).to_vec();
    }
    let mut out = Vec::with_capacity(16);
    loop {
        out.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(v % base as u64) as usize]);
        v /= base as u64;
        if v == 0 {
            break;
        }
    }
    out.reverse();
    out
}

/// The prefix of a base in literals and under '#': 0b, 0o, 0x or nothing.
pub fn prefix(base: u32) -> &'static [u8] {
    match base {
        2 => b"0b",
        8 => b"0o",
        16 => b"0x",
        _ => b"",
    }
}

/// bin(), oct(), hex() of a word.
pub fn prefixed_i64(v: i64, base: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(20);
    if v < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(prefix(base));
    out.extend_from_slice(&radix_u64(v.unsigned_abs(), base));
    out
}

fn c_space(c: u8) -> bool {
    matches!(c, 9..=13 | 32)
}

/// Takes ASCII white space (as C's isspace sees it) off both ends.
pub fn trim(s: &[u8]) -> &[u8] {
    let Some(start) = s.iter().position(|&c| !c_space(c)) else {
        return &[];
    };
    let end = s.iter().rposition(|&c| !c_space(c)).map_or(start, |i| i + 1);
    &s[start..end]
}

/// What int(), float() and complex() read of a str: decimal digits of all scripts become ASCII ones, other white space
/// becomes a blank, anything else beyond ASCII a '?', which no number contains. ASCII text is passed through as it is.
/// CPython: Objects/unicodeobject.c, _PyUnicode_TransformDecimalAndSpaceToASCII.
pub fn to_ascii_number(s: Units<'_>) -> Cow<'_, [u8]> {
    if let Units::One(b) = s
        && b.is_ascii()
    {
        return Cow::Borrowed(b);
    }
    let mut out = Vec::with_capacity(s.len());
    for c in s.iter() {
        out.push(match c {
            0..0x80 => c as u8,
            _ if u::is_space(c) => b' ',
            _ => match u::decimal_value(c) {
                Some(d) => b'0' + d as u8,
                None => {
                    // CPython cuts the text here; nothing behind can make it valid.
                    out.push(b'?');
                    break;
                }
            },
        });
    }
    Cow::Owned(out)
}

/// An accepted int literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntText {
    pub negative: bool,
    pub base: u32,
    /// Digits of `base` in ASCII, no underscores, no prefix; leading zeros may stand there.
    pub digits: Vec<u8>,
}

/// int(text, base) for base 0 or 2 ..= 36; None is "invalid literal for int() with base …".
/// `s` comes from `to_ascii_number` (or is the bytes object's content). CPython: Objects/longobject.c, PyLong_FromString.
pub fn parse_int(s: &[u8], base: u32) -> Option<IntText> {
    let mut s = trim(s);
    let negative = s.first() == Some(&b'-');
    if matches!(s.first(), Some(b'+' | b'-')) {
        s = &s[1..];
    }
    let named = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut only_zero = false;
    let mut radix = base;
    if base == 0 {
        radix = if named != 0 { named } else { 10 };
        // "0123" is no decimal literal, "000" is.
        only_zero = named == 0 && s.first() == Some(&b'0');
    }
    if named == radix && named != 0 {
        s = &s[2..];
        if s.first() == Some(&b'_') {
            s = &s[1..];
        }
    }
    let is_digit = |c: &u8| (*c as char).to_digit(36).is_some_and(|d| d < radix);
    if !s.first().is_some_and(is_digit) {
        return None;
    }
    let mut digits = Vec::with_capacity(s.len());
    let mut after_digit = false;
    for &c in s {
        if c == b'_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            continue;
        }
        if (c as char).to_digit(36).is_none_or(|d| d >= radix) || (only_zero && c != b'0') {
            return None;
        }
        digits.push(c);
        after_digit = true;
    }
    if !after_digit {
        None
    } else {
        Some(IntText {
            negative,
            base: radix,
            digits,
        })
    }
}

impl IntText {
    /// The value, when it fits an i64.
    pub fn to_i64(&self) -> Option<i64> {
        let mut v: i64 = 0;
        for &c in &self.digits {
            let d = (c as char).to_digit(36)? as i64;
            v = v.checked_mul(self.base as i64)?;
            v = if self.negative {
                v.checked_sub(d)?
            } else {
                v.checked_add(d)?
            };
        }
        Some(v)
    }
}

/// int(text) in base 10 of plain ASCII digits with an optional sign: the case that needs no allocation.
/// None says nothing: ask `parse_int`.
#[inline]
pub fn parse_small_decimal(s: &[u8]) -> Option<i64> {
    let s = trim(s);
    let (negative, s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    if s.is_empty() || s.len() > 18 {
        return None;
    }
    let mut v: i64 = 0;
    for &c in s {
        let d = c.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        v = v * 10 + d as i64;
    }
    Some(if negative { -v } else { v })
}
