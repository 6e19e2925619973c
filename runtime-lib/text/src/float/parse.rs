//! float(), complex() and float.fromhex text, and float.hex. Input is ASCII with outer whitespace already taken off
//! (`int_text::to_ascii_number` makes it from a str); `parse_hex` alone strips ASCII whitespace itself.

/// Removes underscores that stand between digits; None when one stands elsewhere.
/// CPython: Python/pystrtod.c, _Py_string_to_number_with_underscores.
fn without_underscores(s: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    for (i, &c) in s.iter().enumerate() {
        if c == b'_' {
            let digit = |c: Option<&u8>| c.is_some_and(u8::is_ascii_digit);
            if i == 0 || !digit(s.get(i - 1)) || !digit(s.get(i + 1)) {
                return None;
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// Length of the longest prefix that is a float: `[sign] (digits [. digits] | . digits) [e [sign] digits]`, inf, nan.
fn float_prefix(s: &[u8]) -> usize {
    let digits = |mut i: usize| {
        while s.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let start = matches!(s.first(), Some(b'+' | b'-')) as usize;
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if s.len() >= start + word.len() && s[start..start + word.len()].eq_ignore_ascii_case(word) {
            return start + word.len();
        }
    }
    let int_end = digits(start);
    let mut end = int_end;
    if s.get(end) == Some(&b'.') {
        end = digits(end + 1);
        if end == int_end + 1 && int_end == start {
            return 0;
        }
    } else if int_end == start {
        return 0;
    }
    if matches!(s.get(end), Some(b'e' | b'E')) {
        let exp = end + 1 + matches!(s.get(end + 1), Some(b'+' | b'-')) as usize;
        let exp_end = digits(exp);
        if exp_end > exp {
            end = exp_end;
        }
    }
    end
}

/// The value of what `float_prefix` accepted.
fn value(s: &[u8]) -> f64 {
    let text = std::str::from_utf8(s).unwrap_or("");
    let unsigned = text.trim_start_matches(['+', '-']);
    let x = if unsigned.as_bytes().first().is_some_and(|c| matches!(c, b'n' | b'N')) {
        f64::NAN
    } else {
        unsigned.parse().unwrap_or(f64::NAN)
    };
    if s[0] == b'-' { -x } else { x }
}

/// float(text); None is "could not convert string to float".
pub fn parse_float(s: &[u8]) -> Option<f64> {
    let clean;
    let s = if s.contains(&b'_') {
        clean = without_underscores(s)?;
        &clean[..]
    } else {
        s
    };
    if s.is_empty() || float_prefix(s) != s.len() {
        None
    } else {
        Some(value(s))
    }
}

/// complex(text) as (real, imaginary); None is "complex() arg is a malformed string".
/// CPython: Objects/complexobject.c, complex_from_string_inner.
pub fn parse_complex(s: &[u8]) -> Option<(f64, f64)> {
    let clean;
    let mut s = s.trim_ascii();
    if s.contains(&b'_') {
        clean = without_underscores(s)?;
        s = &clean;
    }
    if s.first() == Some(&b'(') {
        s = s[1..].trim_ascii_start().strip_suffix(b")")?.trim_ascii_end();
    }
    let is_j = |s: &[u8], i: usize| matches!(s.get(i), Some(b'j' | b'J'));
    let sign = |s: &[u8]| matches!(s.first(), Some(b'+' | b'-')) as usize;
    let n = float_prefix(s);
    if n > 0 {
        let x = value(&s[..n]);
        if n == s.len() {
            return Some((x, 0.0));
        }
        if is_j(s, n) {
            return (n + 1 == s.len()).then_some((0.0, x));
        }
        let rest = &s[n..];
        if sign(rest) == 0 {
            return None;
        }
        let m = float_prefix(rest);
        if m == 0 {
            let unit = if rest[0] == b'-' { -1.0 } else { 1.0 };
            return (is_j(rest, 1) && rest.len() == 2).then_some((x, unit));
        }
        return (is_j(rest, m) && rest.len() == m + 1).then(|| (x, value(&rest[..m])));
    }
    let k = sign(s);
    let unit = if s.first() == Some(&b'-') { -1.0 } else { 1.0 };
    (is_j(s, k) && s.len() == k + 1).then_some((0.0, unit))
}

/// float.hex.
pub fn float_hex(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = x.to_bits();
    let (exp, frac) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let (lead, exp) = if exp == 0 { (0, -1022) } else { (1, exp - 1023) };
    format!("{sign}0x{lead}.{frac:013x}p{exp:+}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// ValueError.
    Invalid,
    /// OverflowError.
    TooLarge,
}

impl HexError {
    pub fn message(self) -> &'static str {
        match self {
            HexError::Invalid => "invalid hexadecimal floating-point string",
            HexError::TooLarge => "hexadecimal value too large to represent as a float",
        }
    }
}

/// float.fromhex.
pub fn parse_hex(s: &[u8]) -> Result<f64, HexError> {
    let space = |c: &u8| matches!(c, 9..=13 | 32);
    let s = &s[s.iter().position(|c| !space(c)).unwrap_or(s.len())..];
    let s = &s[..s.iter().rposition(|c| !space(c)).map_or(0, |i| i + 1)];
    let negative = s.first() == Some(&b'-');
    let s = if matches!(s.first(), Some(b'+' | b'-')) {
        &s[1..]
    } else {
        s
    };
    let done = |x: f64| Ok(if negative { -x } else { x });
    for (word, x) in [
        (&b"inf"[..], f64::INFINITY),
        (b"infinity", f64::INFINITY),
        (b"nan", f64::NAN),
    ] {
        if s.eq_ignore_ascii_case(word) {
            return done(x);
        }
    }
    let s = if s.len() >= 2 && s[0] == b'0' && matches!(s[1], b'x' | b'X') {
        &s[2..]
    } else {
        s
    };
    let hex = |c: u8| (c as char).to_digit(16);
    // The first 60 significant bits, and whether anything but zeros follows them; the value is mantissa * 2^exp.
    let (mut mantissa, mut sticky, mut exp): (u64, bool, i64) = (0, false, 0);
    let (mut i, mut dot, mut any) = (0, false, false);
    while let Some(&c) = s.get(i) {
        if c == b'.' && !dot {
            dot = true;
        } else if let Some(d) = hex(c) {
            any = true;
            if mantissa >> 56 == 0 {
                mantissa = mantissa << 4 | d as u64;
                exp -= 4 * dot as i64;
            } else {
                sticky |= d != 0;
                exp += 4 * !dot as i64;
            }
        } else {
            break;
        }
        i += 1;
    }
    if !any {
        return Err(HexError::Invalid);
    }
    if matches!(s.get(i), Some(b'p' | b'P')) {
        i += 1;
        let minus = s.get(i) == Some(&b'-');
        i += matches!(s.get(i), Some(b'+' | b'-')) as usize;
        let start = i;
        let mut p: i64 = 0;
        while let Some(c) = s.get(i).filter(|c| c.is_ascii_digit()) {
            p = p.saturating_mul(10).saturating_add((c - b'0') as i64).min(1 << 60);
            i += 1;
        }
        if i == start {
            return Err(HexError::Invalid);
        }
        exp += if minus { -p } else { p };
    }
    if i != s.len() {
        return Err(HexError::Invalid);
    }
    if mantissa == 0 {
        return done(0.0);
    }
    // Normalise to 64 bits with the top one set, then round at bit 53 or where a subnormal ends.
    let shift = mantissa.leading_zeros();
    mantissa <<= shift;
    exp -= shift as i64;
    let top = exp + 63;
    if top > 1023 {
        return Err(HexError::TooLarge);
    }
    let keep = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    if keep < 0 {
        return done(0.0);
    }
    let drop = 64 - keep as u32;
    let (mut kept, lost) = if drop == 64 {
        (0, mantissa)
    } else {
        (mantissa >> drop, mantissa << keep)
    };
    let half = 1u64 << 63;
    if lost > half || (lost == half && (sticky || kept & 1 == 1)) {
        kept += 1;
    }
    if kept >> 53 != 0 && top == 1023 {
        return Err(HexError::TooLarge);
    }
    // kept * 2^(exp + drop), by adding into the bit pattern: a carry moves on into the exponent.
    let bits = if top >= -1022 {
        (((top + 1022) as u64) << 52) + kept
    } else {
        kept
    };
    done(f64::from_bits(bits))
}
