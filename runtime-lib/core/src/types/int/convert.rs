//! Conversions of int: machine words, floats, decimal and other text.
use super::{View, from_ibig, from_limbs, view, view_opt};
use crate::object::{Own, PyResult, Ref};
use crate::{exc, types};
use core::cell::Cell;
use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};
use pyaot_abi::type_flag;

/// `operator.index(v)`: an int object (CPython: PyNumber_Index; a subclass instance is kept).
#[inline]
pub fn index(v: Ref) -> PyResult {
    if v.value().is_small_int() || v.ty().has(type_flag::INT) {
        return Ok(v.own());
    }
    crate::object_protocol::index(v)
}

/// Any machine integer; `None` when it does not fit an i64. `v` is an int.
pub fn to_i64(v: Ref) -> Option<i64> {
    match view(v) {
        View::Small(i) => Some(i),
        View::Big(negative, [l]) => i64::try_from(if negative { -(*l as i128) } else { *l as i128 }).ok(),
        View::Big(..) => None,
    }
}
/// `v` is an int; `None` when it does not fit a u64.
pub fn to_u64(v: Ref) -> Option<u64> {
    match view(v) {
        View::Small(i) => u64::try_from(i).ok(),
        View::Big(false, [l]) => Some(*l),
        View::Big(..) => None,
    }
}

/// An index or count: OverflowError when it does not fit (CPython: PyNumber_AsSsize_t with OverflowError).
#[inline]
pub fn as_isize(v: Ref) -> PyResult<isize> {
    if let Some(i) = v.small_int() {
        return Ok(i as isize);
    }
    let i = index(v)?;
    match to_i64(i.r()) {
        Some(i) => Ok(i as isize),
        None => exc::overflow_error(format_args!(
            "cannot fit '{}' into an index-sized integer",
            v.ty().name()
        )),
    }
}
/// Like [`as_isize`], with the ends of the range for what does not fit.
pub fn as_isize_clamped(v: Ref) -> PyResult<isize> {
    let i = index(v)?;
    Ok(to_i64(i.r()).unwrap_or(if view(i.r()).is_negative() { i64::MIN } else { i64::MAX }) as isize)
}
/// CPython: PyLong_AsLong.
pub fn as_i64(v: Ref) -> PyResult<i64> {
    let i = index(v)?;
    match to_i64(i.r()) {
        Some(i) => Ok(i),
        None => exc::overflow_error(format_args!("Python int too large to convert to C long")),
    }
}

/// `magnitude * 2^exponent` with `sticky` for dropped low bits, rounded half to even; `None` on overflow.
pub(super) fn scale(magnitude: &UBig, sticky: bool, exponent: i64) -> Option<f64> {
    let bits = magnitude.bit_len() as i64;
    if bits == 0 {
        return Some(0.0);
    }
    // Position of the top bit: 2^(top - 1) <= value < 2^top.
    let top = bits + exponent;
    if top > 1024 {
        return None;
    }
    // Bits that the result keeps: 53, fewer for subnormals.
    let keep = (53).min(top + 1074);
    if keep < 0 {
        return Some(0.0);
    }
    let drop = bits - keep;
    let (mut m, round, rest) = if drop <= 0 {
        (low64(magnitude) << (-drop).min(63), false, sticky)
    } else {
        let d = drop as usize;
        let words = magnitude.as_words();
        let bit = |i: usize| words[i / 64] >> (i % 64) & 1 != 0;
        let below = (0..(d - 1) / 64).any(|w| words[w] != 0)
            || !(d - 1).is_multiple_of(64) && words[(d - 1) / 64] & ((1u64 << ((d - 1) % 64)) - 1) != 0;
        (low64(&(magnitude >> d)), bit(d - 1), below || sticky)
    };
    if round && (rest || m & 1 != 0) {
        m += 1;
    }
    let e = exponent + drop;
    // m has at most 54 bits and e is at least -1074: both factors are exact, the product rounds nothing.
    let f = if e < -1000 {
        m as f64 * 2f64.powi(-1000) * 2f64.powi((e + 1000) as i32)
    } else if e > 960 {
        m as f64 * 2f64.powi(960) * 2f64.powi((e - 960) as i32)
    } else {
        m as f64 * 2f64.powi(e as i32)
    };
    f.is_finite().then_some(f)
}
fn low64(u: &UBig) -> u64 {
    u.as_words().first().copied().unwrap_or(0)
}

/// `float(int)`: correctly rounded; OverflowError "int too large to convert to float".
pub fn as_f64(v: Ref) -> PyResult<f64> {
    match view(v) {
        View::Small(i) => Ok(i as f64),
        View::Big(negative, limbs) => match scale(&UBig::from_words(limbs), false, 0) {
            Some(f) => Ok(if negative { -f } else { f }),
            None => exc::overflow_error(format_args!("int too large to convert to float")),
        },
    }
}

/// `int(f)` for a finite float; the errors for infinities and NaN are CPython's.
pub fn from_f64_trunc(f: f64) -> PyResult {
    if f.is_nan() {
        return exc::value_error(format_args!("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return exc::overflow_error(format_args!("cannot convert float infinity to integer"));
    }
    if f.abs() < 9.2e18 {
        return Ok(Own::int(f as i64));
    }
    let bits = f.to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let shift = (bits >> 52 & 0x7ff) as usize - 1075;
    from_ibig(&IBig::from_parts(
        if f < 0.0 { Sign::Negative } else { Sign::Positive },
        UBig::from(mantissa) << shift,
    ))
}

// ---- text ----

struct Limit(Cell<usize>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Limit {}
static MAX_STR_DIGITS: Limit = Limit(Cell::new(4300));
/// `sys.get_int_max_str_digits()`; 0 = no limit.
pub fn max_str_digits() -> usize {
    MAX_STR_DIGITS.0.get()
}
pub fn set_max_str_digits(n: usize) {
    MAX_STR_DIGITS.0.set(n);
}

/// Decimal digits of a magnitude, with CPython's limit.
pub fn decimal_digits(limbs: &[u64]) -> PyResult<String> {
    let limit = max_str_digits();
    let too_long = || {
        exc::value_error(format_args!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        ))
    };
    // A magnitude of n bits has at least this many digits; the conversion of a long one takes long.
    let bits = limbs.len() as u64 * 64 - limbs.last().map_or(0, |l| u64::from(l.leading_zeros()));
    let least = (bits.saturating_sub(1) as f64 * core::f64::consts::LOG10_2 - 1e-6) as u64 + 1;
    if limit > 0 && least > limit as u64 {
        return too_long();
    }
    let text = UBig::from_words(limbs).to_string();
    if limit > 0 && text.len() > limit {
        return too_long();
    }
    Ok(text)
}

/// `str(i)`.
pub fn to_decimal(v: Ref) -> PyResult {
    match view(v) {
        View::Small(i) => {
            let mut buf = [0; 21];
            types::str::from_ascii(pyaot_text::int_text::decimal_i64(i, &mut buf))
        }
        View::Big(negative, limbs) => {
            let digits = decimal_digits(limbs)?;
            types::str::try_from_str(&if negative { format!("-{digits}") } else { digits })
        }
    }
}

/// Lowercase digits of the magnitude in `base` (2, 8, 10 or 16), no sign, no prefix.
pub fn digits(v: View, base: u32) -> PyResult<Vec<u8>> {
    match v {
        View::Small(i) => Ok(pyaot_text::int_text::radix_u64(i.unsigned_abs(), base)),
        View::Big(_, limbs) if base == 10 => Ok(decimal_digits(limbs)?.into_bytes()),
        View::Big(_, limbs) => Ok(UBig::from_words(limbs).in_radix(base as u8).to_string().into_bytes()),
    }
}

/// The value of an accepted literal; limit on decimal digits as in CPython.
pub fn from_int_text(t: &pyaot_text::int_text::IntText) -> PyResult {
    if let Some(i) = t.to_i64() {
        return Ok(Own::int(i));
    }
    let limit = max_str_digits();
    if !t.base.is_power_of_two() && limit > 0 && t.digits.len() > limit {
        return exc::value_error(format_args!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit",
            t.digits.len()
        ));
    }
    let text = core::str::from_utf8(&t.digits).unwrap_or("0");
    match UBig::from_str_radix(text, t.base) {
        Ok(u) => from_limbs(t.negative, u.as_words()),
        Err(_) => exc::value_error(format_args!("invalid literal for int() with base {}", t.base)),
    }
}

/// `int(text, base)`; `shown` is the argument, for the message.
pub fn parse(text: &[u8], base: u32, shown: Ref) -> PyResult {
    match parse_text(text, base)? {
        Some(i) => Ok(i),
        None => invalid_literal(base, shown),
    }
}

/// As [`parse`]; `None` when the text is no int.
#[inline]
pub fn parse_text(text: &[u8], base: u32) -> PyResult<Option<Own>> {
    if base == 10 {
        // Neither space nor sign nor digit.
        if text.first().is_some_and(u8::is_ascii_alphabetic) {
            return Ok(None);
        }
        if let Some(i) = pyaot_text::int_text::parse_small_decimal(text) {
            return Ok(Some(Own::int(i)));
        }
    }
    match pyaot_text::int_text::parse_int(text, base) {
        Some(t) => from_int_text(&t).map(Some),
        None => Ok(None),
    }
}

#[cold]
fn invalid_literal(base: u32, shown: Ref) -> PyResult {
    const SHOWN: usize = 200;
    const FRONT: &[u8; 36] = b"invalid literal for int() with base ";
    if let Some(text) = plain_text(shown).filter(|t| t.len() <= SHOWN / 2) {
        let two = usize::from(base >= 10);
        let n = FRONT.len() + two + 1 + 3 + text.len() + 1;
        let made = types::str::with_len(n, 0, true, |out| {
            // SAFETY: the pieces have that length together.
            unsafe {
                out.cast::<[u8; 36]>().write(*FRONT);
                let mut at = out.add(FRONT.len());
                *at = b'0' + (base / 10) as u8;
                at = at.add(two);
                *at = b'0' + (base % 10) as u8;
                at.add(1).cast::<[u8; 3]>().write(*b": '");
                types::str::copy_bytes(at.add(4), text.as_ptr(), text.len());
                *at.add(4 + text.len()) = b'\'';
            }
        });
        return exc::value_error_of(made?);
    }
    let repr = crate::object_protocol::repr(shown)?;
    exc::value_error(format_args!(
        "invalid literal for int() with base {base}: {}",
        types::str::to_string_lossy(repr.r())
            .chars()
            .take(SHOWN)
            .collect::<String>()
    ))
}

/// The bytes of an exact str that its repr shows as they are.
fn plain_text<'a>(v: Ref<'a>) -> Option<&'a [u8]> {
    let s = v
        .downcast_exact::<pyaot_abi::StrObject>()
        .filter(|s| types::str::is_ascii(s))?;
    let bytes = types::str::bytes(s);
    let plain = |b: &u8| (b' '..=b'~').contains(b) && !matches!(b, b'\'' | b'\\');
    bytes.iter().all(plain).then_some(bytes)
}

/// Value of anything that has one as an int view, for callers that hold an exact answer.
pub fn view_index(v: Ref<'_>) -> Option<View<'_>> {
    view_opt(v)
}
