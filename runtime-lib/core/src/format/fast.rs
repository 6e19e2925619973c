//! The forms of `format(v, spec)`, `%` and `str.format` that loops use most, done on bytes without the general machinery.
//!
//! Every function answers `None` for anything else, and has no effect then: the general path starts over. Values are only exact
//! strs of one-byte units, small ints and immediate floats, so no Python code runs here.
use crate::call::Args;
use crate::object::{PyResult, Ref, Value};
use crate::types::str::{self as str_, StrObject, Units};
use crate::types::tuple;
use core::mem::MaybeUninit;
use pyaot_text::int_text::{decimal_u64, radix_u64};

/// Longest number text handled here, sign and padding left out.
const MAX_DIGITS: usize = 40;
const MAX_WIDTH: usize = 1 << 16;

struct Spec {
    fill: u8,
    /// 0 = the type's own.
    align: u8,
    width: usize,
    precision: Option<usize>,
    ty: u8,
}

/// `[[fill]align][0][width][.precision][type]`; everything else is for the general parser.
fn parse(spec: &[u8]) -> Option<Spec> {
    let is_align = |c: u8| matches!(c, b'<' | b'>' | b'^' | b'=');
    let mut s = Spec {
        fill: b' ',
        align: 0,
        width: 0,
        precision: None,
        ty: 0,
    };
    let mut i = 0;
    if spec.len() >= 2 && is_align(spec[1]) {
        (s.fill, s.align, i) = (spec[0], spec[1], 2);
    } else {
        if is_align(*spec.first()?) {
            (s.align, i) = (spec[0], 1);
        }
        if spec.get(i) == Some(&b'0') {
            s.fill = b'0';
            if s.align == 0 {
                s.align = b'0';
            }
            i += 1;
        }
    }
    s.width = digits(spec, &mut i)?.unwrap_or(0);
    if spec.get(i) == Some(&b'.') {
        i += 1;
        s.precision = Some(digits(spec, &mut i)??);
    }
    if let Some(&c) = spec.get(i) {
        s.ty = c;
        i += 1;
    }
    (i == spec.len() && s.width <= MAX_WIDTH).then_some(s)
}

/// Digits at `i`: the number, if there is one; the outer `None` when it is too large.
fn digits(s: &[u8], i: &mut usize) -> Option<Option<usize>> {
    let start = *i;
    let mut n = 0usize;
    while let Some(c @ b'0'..=b'9') = s.get(*i) {
        n = n * 10 + (c - b'0') as usize;
        if n > MAX_WIDTH {
            return None;
        }
        *i += 1;
    }
    Some((*i > start).then_some(n))
}

/// `format(v, spec)`.
pub fn apply(v: Ref, spec: Ref) -> Option<PyResult> {
    let s = parse(str_::as_ascii(spec)?.as_bytes())?;
    let mut buf = [0u8; MAX_DIGITS];
    if let Some(i) = v.small_int() {
        let digits = match s.ty {
            _ if s.precision.is_some() => return None,
            0 | b'd' => copy(&mut buf, decimal_u64(i.unsigned_abs(), &mut [0; 20])),
            b'x' => copy(&mut buf, &radix_u64(i.unsigned_abs(), 16)),
            _ => return None,
        };
        return Some(number(i < 0, &buf[..digits], &s));
    }
    if v.value().is_small_float() {
        if s.ty != b'f' {
            return None;
        }
        let x = v.value().as_small_f64();
        let n = fixed(x, s.precision.unwrap_or(6), &mut buf)?;
        return Some(number(x.is_sign_negative(), &buf[..n], &s));
    }
    if !v.is_exact::<StrObject>() || !matches!(s.ty, 0 | b's') || s.align == b'=' {
        return None;
    }
    let n = s.precision.map_or(str_::len(v), |p| p.min(str_::len(v)));
    let missing = s.width.saturating_sub(n);
    let (left, right) = match s.align {
        b'>' => (missing, 0),
        b'^' => (missing / 2, missing - missing / 2),
        _ => (0, missing),
    };
    Some(str_::slice(v, 0, n).and_then(|t| str_::pad(t.r(), left, right, s.fill as u32)))
}

fn copy(buf: &mut [u8; MAX_DIGITS], s: &[u8]) -> usize {
    buf[..s.len()].copy_from_slice(s);
    s.len()
}

fn number(negative: bool, digits: &[u8], s: &Spec) -> PyResult {
    let n = digits.len() + negative as usize;
    let missing = s.width.saturating_sub(n);
    let (left, middle, right) = match s.align {
        b'<' => (0, 0, missing),
        b'^' => (missing / 2, 0, missing - missing / 2),
        b'=' | b'0' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    if n + missing == 1 {
        return Ok(str_::latin1_char(digits[0]));
    }
    str_::with_len(n + missing, 0, s.fill < 128, |out| {
        // SAFETY: room for the length.
        let out = unsafe { core::slice::from_raw_parts_mut(out, n + missing) };
        let (pad, rest) = out.split_at_mut(left);
        pad.fill(s.fill);
        let (sign, rest) = rest.split_at_mut(negative as usize);
        sign.fill(b'-');
        let (pad, rest) = rest.split_at_mut(middle);
        pad.fill(s.fill);
        let (body, pad) = rest.split_at_mut(digits.len());
        body.copy_from_slice(digits);
        debug_assert_eq!(pad.len(), right);
        pad.fill(s.fill);
    })
}

const POWERS: [u64; 10] = [
    1,
    10,
    100,
    1000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
];

/// |x| with `precision` decimals, correctly rounded (ties to even on the exact value): the value is m / 2^k, so m * 10^precision is
/// divided by a power of two in 128 bits.
fn fixed(x: f64, precision: usize, buf: &mut [u8; MAX_DIGITS]) -> Option<usize> {
    let a = x.abs();
    if precision > 9 || a >= 1e9 || a.is_nan() {
        return None;
    }
    let bits = a.to_bits();
    let (e, m) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (m, k) = if e == 0 { (m, 1074) } else { (m | 1 << 52, 1075 - e) };
    // a < 1e9 makes k at least 23.
    let scaled = m as u128 * POWERS[precision] as u128;
    let q = if k >= 120 {
        0
    } else {
        let (q, rest, half) = (scaled >> k, scaled & ((1 << k) - 1), 1u128 << (k - 1));
        q + (rest > half || (rest == half && q & 1 == 1)) as u128
    } as u64;
    let (int, frac) = (q / POWERS[precision], q % POWERS[precision]);
    let mut n = copy(buf, decimal_u64(int, &mut [0; 20]));
    if precision > 0 {
        buf[n] = b'.';
        n += 1;
        let mut digits = [0u8; 20];
        let d = decimal_u64(frac, &mut digits);
        buf[n..n + precision - d.len()].fill(b'0');
        buf[n + precision - d.len()..n + precision].copy_from_slice(d);
        n += precision;
    }
    Some(n)
}

/// Text under construction: on the stack while it is short.
struct Out {
    small: [MaybeUninit<u8>; SMALL],
    /// Bytes in `small`, while `big` is not used.
    n: usize,
    big: Vec<u8>,
}
const SMALL: usize = 240;
impl Out {
    #[inline(always)]
    fn new() -> Out {
        Out {
            small: [const { MaybeUninit::uninit() }; SMALL],
            n: 0,
            big: Vec::new(),
        }
    }
    #[inline(always)]
    fn extend_from_slice(&mut self, s: &[u8]) {
        if self.big.is_empty() && s.len() <= SMALL - self.n {
            // SAFETY: there is room behind the bytes that are written.
            unsafe { str_::copy_bytes(self.small.as_mut_ptr().add(self.n).cast(), s.as_ptr(), s.len()) };
            self.n += s.len();
        } else {
            self.grow(s);
        }
    }
    #[cold]
    #[inline(never)]
    fn grow(&mut self, s: &[u8]) {
        if self.big.is_empty() {
            self.big.reserve(2 * SMALL + s.len());
            // SAFETY: that many bytes are written.
            self.big
                .extend_from_slice(unsafe { core::slice::from_raw_parts(self.small.as_ptr().cast(), self.n) });
        }
        self.big.extend_from_slice(s);
    }
    #[inline(always)]
    fn push(&mut self, c: u8) {
        self.extend_from_slice(&[c]);
    }
    fn fill(&mut self, n: usize, c: u8) {
        (0..n).for_each(|_| self.push(c));
    }
    fn bytes(&mut self) -> &mut [u8] {
        if self.big.is_empty() {
            // SAFETY: that many bytes are written.
            unsafe { core::slice::from_raw_parts_mut(self.small.as_mut_ptr().cast(), self.n) }
        } else {
            &mut self.big
        }
    }
    #[inline(always)]
    fn len(&self) -> usize {
        self.n.max(self.big.len())
    }
}

/// Appends `str(v)`; false for other values than this file's.
fn push(v: Ref, out: &mut Out, limit: usize, ascii: &mut bool) -> bool {
    if v.is_exact::<StrObject>() {
        let Units::One(s) = str_::units(v) else { return false };
        *ascii &= str_::is_ascii(str_::cast(v));
        out.extend_from_slice(&s[..s.len().min(limit)]);
    } else if limit != usize::MAX {
        return false;
    } else if let Some(i) = v.small_int() {
        out.extend_from_slice(pyaot_text::int_text::decimal_i64(i, &mut [0; 21]));
    } else if v.value().is_small_float() {
        out.extend_from_slice(pyaot_text::float::repr(v.value().as_small_f64()).as_bytes());
    } else {
        return false;
    }
    true
}

fn finish(out: &[u8], ascii: bool) -> PyResult {
    if ascii {
        str_::from_ascii(out)
    } else {
        str_::from_latin1(out)
    }
}

/// `template % args` of a short text with no more than `%d`, `%i`, `%s` and `%%`: small ints and exact ASCII strs in one pass.
#[inline(always)]
fn simple(text: &[u8], values: &[Value]) -> Option<PyResult> {
    const ROOM: usize = 96;
    const LONGEST: usize = 20;
    let mut out = [const { MaybeUninit::<u8>::uninit() }; ROOM];
    let (mut n, mut i, mut taken) = (0, 0, 0);
    // SAFETY: `n` stays below `ROOM` less what one step writes; units of the texts are within their lengths.
    unsafe {
        let start = out.as_mut_ptr().cast::<u8>();
        while i < text.len() {
            if n > ROOM - LONGEST - 1 {
                return None;
            }
            let mut c = *text.get_unchecked(i);
            i += 1;
            if c == b'%' {
                let conversion = *text.get(i)?;
                i += 1;
                c = match conversion {
                    b'%' => c,
                    b'd' | b'i' | b's' => {
                        let v = Ref::from_value(*values.get(taken)?);
                        taken += 1;
                        if let Some(number) = v.small_int() {
                            if !(0..10).contains(&number) {
                                let mut room = [0; 20];
                                let digits = decimal_u64(number.unsigned_abs(), &mut room);
                                if number < 0 {
                                    *start.add(n) = b'-';
                                    n += 1;
                                }
                                str_::copy_bytes(start.add(n), digits.as_ptr(), digits.len());
                                n += digits.len();
                                continue;
                            }
                            b'0' + number as u8
                        } else {
                            if conversion != b's' || !v.is_exact::<StrObject>() {
                                return None;
                            }
                            let s = str_::cast(v);
                            let bytes = match str_::is_ascii(s) {
                                true => str_::bytes(s),
                                false => return None,
                            };
                            if bytes.len() > ROOM - LONGEST - n {
                                return None;
                            }
                            str_::copy_bytes(start.add(n), bytes.as_ptr(), bytes.len());
                            n += bytes.len();
                            continue;
                        }
                    }
                    _ => return None,
                };
            }
            *start.add(n) = c;
            n += 1;
        }
        (taken == values.len()).then(|| str_::from_ascii(core::slice::from_raw_parts(start, n)))
    }
}

/// `template % args` with the conversions s, d, i, x and f, the flags `-` and `0`, width and precision.
pub fn percent(template: Ref, args: Ref) -> Option<PyResult> {
    let text = str_::as_ascii(template)?.as_bytes();
    let single = [args.value()];
    let values: &[Value] = if args.is_exact::<tuple::TupleObject>() {
        tuple::items(args)
    } else {
        &single
    };
    if let Some(done) = simple(text, values) {
        return Some(done);
    }
    general(text, values)
}

fn general(text: &[u8], values: &[Value]) -> Option<PyResult> {
    let mut next = values.iter();
    let mut out = Out::new();
    let (mut i, mut ascii) = (0, true);
    while let Some(at) = text[i..].iter().position(|c| *c == b'%') {
        out.extend_from_slice(&text[i..i + at]);
        i += at + 1;
        if text.get(i) == Some(&b'%') {
            out.push(b'%');
            i += 1;
            continue;
        }
        let (mut left, mut zero) = (false, false);
        while let Some(c @ (b'-' | b'0')) = text.get(i) {
            (left, zero) = (left | (*c == b'-'), zero | (*c == b'0'));
            i += 1;
        }
        let width = digits(text, &mut i)?.unwrap_or(0);
        let mut precision = None;
        if text.get(i) == Some(&b'.') {
            i += 1;
            precision = Some(digits(text, &mut i)?.unwrap_or(0));
        }
        let conversion = *text.get(i)?;
        i += 1;
        let v = Ref::from_value(*next.next()?);
        let start = out.len();
        match conversion {
            b's' => {
                if !push(v, &mut out, precision.unwrap_or(usize::MAX), &mut ascii) {
                    return None;
                }
                zero = false;
            }
            b'd' | b'i' | b'x' if precision.is_none() => {
                let n = v.small_int()?;
                if n < 0 {
                    out.push(b'-');
                }
                if conversion == b'x' {
                    let mut digits = [0; 16];
                    let (mut rest, mut first) = (n.unsigned_abs(), 16);
                    while rest != 0 || first == 16 {
                        first -= 1;
                        digits[first] = b"0123456789abcdef"[(rest & 15) as usize];
                        rest >>= 4;
                    }
                    out.extend_from_slice(&digits[first..]);
                } else {
                    out.extend_from_slice(decimal_u64(n.unsigned_abs(), &mut [0; 20]));
                }
            }
            b'f' if v.value().is_small_float() => {
                let x = v.value().as_small_f64();
                let mut buf = [0u8; MAX_DIGITS];
                let n = fixed(x, precision.unwrap_or(6), &mut buf)?;
                if x.is_sign_negative() {
                    out.push(b'-');
                }
                out.extend_from_slice(&buf[..n]);
            }
            _ => return None,
        }
        let missing = width.saturating_sub(out.len() - start);
        if missing > 0 {
            if left {
                out.fill(missing, b' ');
            } else {
                let sign = (zero && out.bytes()[start] == b'-') as usize;
                let fill = if zero { b'0' } else { b' ' };
                let at = start + sign;
                let old = out.len();
                out.fill(missing, fill);
                let bytes = out.bytes();
                bytes.copy_within(at..old, at + missing);
                bytes[at..at + missing].fill(fill);
            }
        }
    }
    out.extend_from_slice(&text[i..]);
    if next.next().is_some() {
        return None;
    }
    Some(finish(out.bytes(), ascii))
}

/// `template.format(*args)` where every field is `{}`.
pub fn template(s: Ref, args: &Args) -> Option<PyResult> {
    let text = str_::as_ascii(s)?.as_bytes();
    let mut out = Out::new();
    let (mut i, mut ascii, mut n) = (0, true, 0);
    while let Some(at) = text[i..].iter().position(|c| matches!(*c, b'{' | b'}')) {
        out.extend_from_slice(&text[i..i + at]);
        i += at;
        match text.get(i..i + 2)? {
            b"{}" => {
                if !push(args.get(n)?, &mut out, usize::MAX, &mut ascii) {
                    return None;
                }
                n += 1;
            }
            b"{{" => out.push(b'{'),
            b"}}" => out.push(b'}'),
            _ => return None,
        }
        i += 2;
    }
    out.extend_from_slice(&text[i..]);
    Some(finish(out.bytes(), ascii))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Own;

    #[test]
    fn fast_and_general_paths_agree() {
        crate::init();
        let general = |v: Ref, spec: Ref| match v.small_int() {
            Some(_) => crate::types::format_number::format_int(v, spec),
            None if v.value().is_small_float() => crate::types::format_number::format_float(v, spec),
            None => super::super::format_str(v, spec),
        };
        let values = [
            Own::int(0),
            Own::int(-42),
            Own::int(123456789),
            Own::float(0.0),
            Own::float(-0.0),
            Own::float(0.5),
            Own::float(2.5),
            Own::float(-1.005),
            Own::float(0.125),
            Own::float(999999999.9999999),
            Own::float(1e-300),
            Own::float(123456.789),
            Own::float(1e-5),
            Own::float(0.000000000499999),
            Own::str(""),
            Own::str("abc"),
            Own::str("\u{e9}\u{e8}"),
            Own::str("\u{1234}"),
        ];
        let specs = [
            "5", ">8", "<8", "^9", "*^9", "08", "=+8", "d", "x", "05d", ".2f", "10.3f", "<10.0f", "010.2f", "f", ".9f",
            "s", ".2", "8.1s", "=8", "x>5",
        ];
        let mut taken = 0;
        for v in &values {
            for spec in specs {
                let spec = Own::str(spec);
                if let Some(fast) = apply(v.r(), spec.r()) {
                    let (fast, slow) = (fast.unwrap(), general(v.r(), spec.r()).unwrap());
                    assert!(
                        str_::equal(fast.r(), slow.r()),
                        "{:?} {:?} {:?}",
                        str_::to_string_lossy(spec.r()),
                        str_::to_string_lossy(fast.r()),
                        str_::to_string_lossy(slow.r())
                    );
                    taken += 1;
                }
            }
        }
        assert!(taken > 100, "{taken}");
    }
}
