//! Text of floats as CPython writes and reads it ("short" repr style), all roundings exact.
//! Shortest digits come from `zmij`, digits to a precision from Rust's exact conversion (ties to even); layout is here.

mod parse;
mod round;

pub use parse::{HexError, float_hex, parse_complex, parse_float, parse_hex};
pub use round::{Overflow, integer_ratio, round_digits};

use crate::units::{NoMemory, room_for};
use std::io::Write;

/// The text of a number that is known to be short; no heap.
#[derive(Clone, Copy)]
pub struct ShortText {
    buf: [u8; 40],
    len: u8,
}

impl ShortText {
    fn new() -> ShortText {
        ShortText { buf: [0; 40], len: 0 }
    }
    #[inline]
    fn push(&mut self, s: &[u8]) {
        let at = self.len as usize;
        self.buf[at..at + s.len()].copy_from_slice(s);
        self.len += s.len() as u8;
    }
    #[inline]
    fn zeros(&mut self, n: usize) {
        let at = self.len as usize;
        self.buf[at..at + n].fill(b'0');
        self.len += n as u8;
    }
    /// ASCII bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buf[..self.len as usize]
    }
    #[inline]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or("")
    }
}

impl Write for ShortText {
    fn write(&mut self, s: &[u8]) -> std::io::Result<usize> {
        self.push(s);
        Ok(s.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Significant digits without leading or trailing zeros, and the place of the decimal point before them:
/// the value is 0.DIGITS * 10^point. Zero is "0" with point 1, as CPython's dtoa gives it.
struct Digits {
    text: Vec<u8>,
    point: i32,
}

/// repr(x) and str(x) of a float.
pub fn repr(x: f64) -> ShortText {
    short(x, true)
}

/// The shortest text without ".0" behind integral values: what complex uses for its parts.
pub fn repr_part(x: f64) -> ShortText {
    short(x, false)
}

fn short(x: f64, dot_zero: bool) -> ShortText {
    let mut out = ShortText::new();
    if !x.is_finite() {
        out.push(if x.is_nan() {
            b"nan"
        } else if x > 0.0 {
            b"inf"
        } else {
            b"-inf"
        });
        return out;
    }
    if x.is_sign_negative() {
        out.push(b"-");
    }
    let x = x.abs();
    if x < 1e15 && x == x.trunc() {
        // Integral and below 2^53: the shortest digits are the integer's own.
        let mut buf = [0u8; 20];
        out.push(crate::int_text::decimal_u64(x as u64, &mut buf));
        if dot_zero {
            out.push(b".0");
        }
        return out;
    }
    let mut buf = [0; 20];
    let (n, point) = shortest(x, &mut buf);
    let digits = &buf[..n];
    let exp = point - 1;
    if point <= -4 || point > 16 {
        out.push(&digits[..1]);
        if n > 1 {
            out.push(b".");
            out.push(&digits[1..]);
        }
        push_exponent(exp, &mut |s| out.push(s));
    } else if point <= 0 {
        out.push(b"0.");
        out.zeros(-point as usize);
        out.push(digits);
    } else if (point as usize) < n {
        out.push(&digits[..point as usize]);
        out.push(b".");
        out.push(&digits[point as usize..]);
    } else {
        out.push(digits);
        out.zeros(point as usize - n);
        if dot_zero {
            out.push(b".0");
        }
    }
    out
}

/// The shortest digits that read back as `x` (finite, not negative), and the decimal point's place before them.
fn shortest(x: f64, digits: &mut [u8; 20]) -> (usize, i32) {
    if x == 0.0 {
        digits[0] = b'0';
        return (1, 1);
    }
    let mut buf = zmij::Buffer::new();
    let text = buf.format_finite(x).as_bytes();
    let (mantissa, exp) = match text.iter().position(|&c| c == b'e') {
        Some(e) => (&text[..e], small_int(&text[e + 1..])),
        None => (text, 0),
    };
    let dot = mantissa.iter().position(|&c| c == b'.').unwrap_or(mantissa.len());
    let lead = mantissa.iter().position(|c| (b'1'..=b'9').contains(c)).unwrap_or(0);
    let mut n = 0;
    for &c in &mantissa[lead..] {
        if c != b'.' {
            digits[n] = c;
            n += 1;
        }
    }
    while n > 1 && digits[n - 1] == b'0' {
        n -= 1;
    }
    // Leading zeros stand on one side of the dot or around it ("0.00123").
    let point = if lead < dot {
        (dot - lead) as i32
    } else {
        dot as i32 + 1 - lead as i32
    };
    (n, point + exp)
}

fn small_int(s: &[u8]) -> i32 {
    let (neg, s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    let n = s.iter().fold(0i32, |n, &c| n * 10 + (c - b'0') as i32);
    if neg { -n } else { n }
}

fn push_exponent(exp: i32, push: &mut dyn FnMut(&[u8])) {
    let mut buf = [0u8; 20];
    push(if exp < 0 { b"e-" } else { b"e+" });
    if exp.abs() < 10 {
        push(b"0");
    }
    push(crate::int_text::decimal_u64(exp.unsigned_abs() as u64, &mut buf));
}

/// repr of a complex number.
pub fn complex_repr(re: f64, im: f64) -> String {
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", repr_part(im).as_str());
    }
    let sign = if im.is_nan() || im.is_sign_positive() { "+" } else { "" };
    format!("({}{sign}{}j)", repr_part(re).as_str(), repr_part(im).as_str())
}

/// Options of `format`: CPython's Py_DTSF flags.
#[derive(Clone, Copy, Default, Debug)]
pub struct Flags {
    /// '#': always a decimal point, and 'g' keeps trailing zeros.
    pub alt: bool,
    /// Integral values get ".0" (str(x) with a precision).
    pub dot_zero: bool,
    /// 'z': a result that rounds to zero loses its minus sign.
    pub no_neg_zero: bool,
    /// A '+' stands before what has no '-'.
    pub sign: bool,
}

/// The exact expansion of a double has at most 767 significant digits and 1074 decimals.
const MAX_SIGNIFICANT: usize = 800;
const MAX_DECIMALS: usize = 1100;

fn significant(x: f64, n: usize) -> Digits {
    let n = n.clamp(1, MAX_SIGNIFICANT);
    let mut s = Vec::with_capacity(n + 8);
    let _ = write!(s, "{x:.*e}", n - 1);
    let e = s.iter().rposition(|&c| c == b'e').unwrap_or(s.len());
    let exp = small_int(&s[e + 1..]);
    s.truncate(e);
    if s.len() > 1 {
        s.remove(1);
    }
    trim_zeros(&mut s);
    if s.is_empty() {
        return Digits {
            text: b"0".to_vec(),
            point: 1,
        };
    }
    Digits {
        text: s,
        point: exp + 1,
    }
}

fn decimals(x: f64, n: usize) -> Digits {
    if x == 0.0 {
        return Digits {
            text: b"0".to_vec(),
            point: 1,
        };
    }
    let mut s = Vec::with_capacity(n.min(MAX_DECIMALS) + 20);
    let _ = write!(s, "{x:.*}", n.min(MAX_DECIMALS));
    let mut point = s.len() as i32;
    if let Some(dot) = s.iter().position(|&c| c == b'.') {
        s.remove(dot);
        point = dot as i32;
    }
    let lead = s.iter().position(|&c| c != b'0').unwrap_or(s.len());
    s.drain(..lead);
    point -= lead as i32;
    trim_zeros(&mut s);
    if s.is_empty() {
        point = -(n.min(i32::MAX as usize) as i32);
    }
    Digits { text: s, point }
}

fn trim_zeros(s: &mut Vec<u8>) {
    while s.last() == Some(&b'0') {
        s.pop();
    }
}

/// round(x * 10^n), ties to even and exact, where that is quick and fits.
fn scaled(x: f64, n: usize) -> Option<u64> {
    if n > 17 || x >= 1e15 {
        return None;
    }
    let bits = x.to_bits();
    let (mut m, mut e) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    if e == 0 {
        e = 1
    } else {
        m |= 1 << 52
    }
    let shift = 1075 - e;
    if shift > 126 {
        return if m == 0 { Some(0) } else { None };
    }
    // m * 10^17 stays below 2^110, and x < 10^15 makes the shift positive.
    let v = m as u128 * 10u128.pow(n as u32);
    let (q, rest) = (v >> shift, v & ((1 << shift) - 1));
    let half = 1u128 << (shift - 1);
    let up = rest > half || (rest == half && q & 1 == 1);
    u64::try_from(q + up as u128).ok()
}

/// Writes n / 10^precision.
fn fixed(n: u64, precision: usize, negative: bool, flags: Flags, out: &mut Vec<u8>) {
    let mut buf = [0; 20];
    let digits = crate::int_text::decimal_u64(n, &mut buf);
    if negative {
        out.push(b'-');
    } else if flags.sign {
        out.push(b'+');
    }
    if digits.len() > precision {
        out.extend_from_slice(&digits[..digits.len() - precision]);
    } else {
        out.push(b'0');
    }
    if precision > 0 || flags.alt {
        out.push(b'.');
    }
    let zeros = precision.saturating_sub(digits.len());
    out.resize(out.len() + zeros, b'0');
    out.extend_from_slice(&digits[digits.len().saturating_sub(precision)..]);
}

/// Formats `x` under one of the codes e E f F g G r; 'r' takes no precision. CPython: Python/pystrtod.c,
/// PyOS_double_to_string and format_float_short.
pub fn format(x: f64, code: u8, precision: usize, flags: Flags) -> Result<Vec<u8>, NoMemory> {
    room_for(precision)?;
    let mut out = Vec::with_capacity(24);
    let upper = code.is_ascii_uppercase();
    if !x.is_finite() {
        let text: &[u8] = match (x.is_nan(), upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        if !x.is_nan() && x < 0.0 {
            out.push(b'-');
        } else if flags.sign {
            out.push(b'+');
        }
        out.extend_from_slice(text);
        return Ok(out);
    }
    let abs = x.abs();
    let lower = code.to_ascii_lowercase();
    if lower == b'f'
        && let Some(n) = scaled(abs, precision)
    {
        fixed(
            n,
            precision,
            x.is_sign_negative() && !(flags.no_neg_zero && n == 0),
            flags,
            &mut out,
        );
        return Ok(out);
    }
    let digits = match lower {
        b'e' => significant(abs, precision.saturating_add(1)),
        b'f' => decimals(abs, precision),
        b'g' => significant(abs, precision.max(1)),
        _ => {
            let mut buf = [0; 20];
            let (n, point) = shortest(abs, &mut buf);
            Digits {
                text: buf[..n].to_vec(),
                point,
            }
        }
    };
    let zero = digits.text.is_empty() || digits.text == b"0";
    if x.is_sign_negative() && !(flags.no_neg_zero && zero) {
        out.push(b'-');
    } else if flags.sign {
        out.push(b'+');
    }
    let precision = precision as i64;
    let mut point = digits.point as i64;
    let len = digits.text.len() as i64;
    // One past the last digit shown, counted from the first significant digit.
    let mut end = len;
    let mut exponent = None;
    match lower {
        b'e' => {
            exponent = Some(point - 1);
            end = precision + 1;
        }
        b'f' => end = point + precision,
        b'g' => {
            let precision = precision.max(1);
            if point <= -4 || point > precision - flags.dot_zero as i64 {
                exponent = Some(point - 1);
            }
            if flags.alt {
                end = precision;
            }
        }
        _ => {
            if point <= -4 || point > 16 {
                exponent = Some(point - 1);
            }
        }
    }
    if exponent.is_some() {
        point = 1;
    }
    end = end.max(if exponent.is_none() && flags.dot_zero {
        point + 1
    } else {
        point
    });
    let place = |from: i64, to: i64, out: &mut Vec<u8>| {
        // The digits at places from..to; outside the significant ones stand zeros.
        let zeros = from.min(0).abs().min(to - from);
        out.resize(out.len() + zeros as usize, b'0');
        let from = from + zeros;
        let mid = to.min(len);
        if from < mid {
            out.extend_from_slice(&digits.text[from as usize..mid as usize]);
        }
        let from = from.max(mid);
        if to > from {
            out.resize(out.len() + (to - from) as usize, b'0');
        }
    };
    if point <= 0 {
        out.push(b'0');
        if end > point {
            out.push(b'.');
            place(point, end, &mut out);
        } else if flags.alt {
            out.push(b'.');
        }
    } else {
        place(0, point, &mut out);
        if end > point {
            out.push(b'.');
            place(point, end, &mut out);
        } else if flags.alt {
            out.push(b'.');
        }
    }
    if let Some(exp) = exponent {
        push_exponent(exp as i32, &mut |s| out.extend_from_slice(s));
        if upper && let Some(e) = out.iter().rposition(|&c| c == b'e') {
            out[e] = b'E';
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats() -> impl Iterator<Item = f64> {
        let mut x = 88172645463325252u64;
        (0..60_000).map(move |i| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            match i % 4 {
                0 => f64::from_bits(x & !(1 << 63)),
                1 => (x >> 40) as f64 / 8.0,
                2 => (x >> 30) as f64 / 1e5,
                _ => (x >> 44) as f64 / 1000.0,
            }
        })
    }

    #[test]
    fn quick_ways_agree_with_the_exact_ones() {
        for (i, x) in floats().filter(|x| x.is_finite()).enumerate() {
            let n = i % 19;
            let text = format(x, b'f', n, Flags::default()).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), format!("{x:.n$}"));
            let mut buf = [0; 20];
            let (n, point) = shortest(x, &mut buf);
            // Equally near digits may differ (Rust's are not the even ones), their number and their value may not.
            let digits = std::str::from_utf8(&buf[..n]).unwrap();
            let exact = format!("{x:e}");
            assert_eq!(
                n,
                exact.bytes().take_while(|&c| c != b'e').filter(|&c| c != b'.').count(),
                "{x:e}"
            );
            assert_eq!(format!("0.{digits}e{point}").parse::<f64>().unwrap(), x);
        }
    }
}
