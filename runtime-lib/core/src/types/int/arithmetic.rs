//! Operators of int. Small operands stay in machine words; everything else goes through dashu on copies of the limbs.
use super::{View, from_ibig, from_limbs, limbs, view, view_opt};
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::CompareOp;
use core::cmp::Ordering;
use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, Sign, UBig};

/// Slots: both operands must be ints, else NotImplemented.
macro_rules! slots {
    ($($slot:ident => $f:path;)*) => {
        $(pub fn $slot(a: Ref, b: Ref) -> PyResult {
            match (view_opt(a), view_opt(b)) {
                (Some(x), Some(y)) => $f(x, y),
                _ => Ok(Own::not_implemented()),
            }
        })*
    };
}
slots! {
    nb_add => add;
    nb_subtract => sub;
    nb_multiply => mul;
    nb_remainder => modulo;
    nb_divmod => divmod;
    nb_lshift => lshift;
    nb_rshift => rshift;
    nb_and => and;
    nb_xor => xor;
    nb_or => or;
    nb_floor_divide => floordiv;
    nb_true_divide => truediv;
}

/// Refuses results that no machine can hold before dashu asks for the memory (it cannot report a failure).
fn check_bits(bits: u64) -> PyResult<()> {
    // Copies of the operand, and the result twice.
    check_room(bits, 4)
}
/// As [`check_bits`], for products: dashu's transforms of long operands take up to twenty times the room of the result.
fn check_product(bits: u64) -> PyResult<()> {
    check_room(bits, 32)
}
fn check_room(bits: u64, times: u64) -> PyResult<()> {
    const ALWAYS_THERE: u64 = 1 << 23;
    if bits < ALWAYS_THERE {
        return Ok(());
    }
    let bytes = (bits / 8).saturating_mul(times);
    if bytes > isize::MAX as u64 {
        return exc::memory_error();
    }
    // SAFETY: a probe that is freed at once. (LLVM would leave out a block that nobody uses, and say that it was there.)
    let p = core::hint::black_box(unsafe { libc::malloc(bytes as usize) });
    if p.is_null() {
        return exc::memory_error();
    }
    unsafe { libc::free(p) };
    Ok(())
}

pub fn add(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(Own::int(x + y)),
        _ => match doubles(a, b) {
            Some((x, y)) if x.checked_add(y).is_some() => from_double(x + y),
            _ => limbs::add(limbs::parts(a, &mut [0]), limbs::parts(b, &mut [0])),
        },
    }
}
pub fn sub(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(Own::int(x - y)),
        _ => {
            if let Some((x, y)) = doubles(a, b)
                && let Some(d) = x.checked_sub(y)
            {
                return from_double(d);
            }
            let mut word = [0];
            let (negative, magnitude) = limbs::parts(b, &mut word);
            limbs::add(limbs::parts(a, &mut [0]), (!negative, magnitude))
        }
    }
}
pub fn mul(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(match x.checked_mul(y) {
            Some(p) => Own::int(p),
            None => super::big_from_i128(x as i128 * y as i128),
        }),
        (View::Big(n, &[x]), View::Small(s)) | (View::Small(s), View::Big(n, &[x])) => {
            super::from_u128(n ^ (s < 0), x as u128 * s.unsigned_abs() as u128)
        }
        (View::Big(n, l), View::Small(s)) | (View::Small(s), View::Big(n, l)) => {
            limbs::mul_word(n ^ (s < 0), l, s.unsigned_abs())
        }
        (View::Big(n, &[x]), View::Big(m, &[y])) => super::from_u128(n != m, x as u128 * y as u128),
        (View::Big(n, x), View::Big(m, y)) if x.len().min(y.len()) <= limbs::SHORT => limbs::mul_short(n != m, x, y),
        _ => {
            check_product(a.bit_length() + b.bit_length())?;
            from_ibig(&(a.to_ibig() * b.to_ibig()))
        }
    }
}
/// The value in two machine words, where it fits. Copies for the library cost more than the operation on such ints.
#[inline]
fn double(v: View) -> Option<i128> {
    let (negative, magnitude) = match v {
        View::Small(i) => return Some(i as i128),
        View::Big(negative, &[low]) => (negative, low as i128),
        View::Big(negative, &[low, high]) if high >> 63 == 0 => (negative, (high as i128) << 64 | low as i128),
        View::Big(..) => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}
#[inline]
fn doubles(a: View, b: View) -> Option<(i128, i128)> {
    Some((double(a)?, double(b)?))
}
#[inline]
fn from_double(i: i128) -> PyResult {
    super::from_u128(i < 0, i.unsigned_abs())
}
/// Quotient and remainder of two words by one that is above the first. (Division of two words is a loop in software.)
#[inline(always)]
pub(super) fn divide_words(high: u64, low: u64, y: u64) -> (u64, u64) {
    debug_assert!(high < y);
    let (q, r): (u64, u64);
    // SAFETY: by contract the quotient fits a word.
    unsafe {
        core::arch::asm!("div {y}", y = in(reg) y, inlateout("rax") low => q, inlateout("rdx") high => r,
            options(pure, nomem, nostack));
    }
    (q, r)
}
/// Quotient and remainder by a word, which is not zero.
#[inline]
fn divide_by_word(x: u128, y: u64) -> (u128, u64) {
    let (high, low) = ((x >> 64) as u64, x as u64);
    if high == 0 {
        return ((low / y) as u128, low % y);
    }
    let (q, r) = divide_words(high % y, low, y);
    (((high / y) as u128) << 64 | q as u128, r)
}
/// Quotient rounded to negative infinity and remainder with the sign of the divisor, which is not zero.
fn double_div_rem(a: i128, b: i128) -> (i128, i128) {
    if b > 0 && b & (b - 1) == 0 {
        return (a >> b.trailing_zeros(), a & (b - 1));
    }
    let (x, y) = (a.unsigned_abs(), b.unsigned_abs());
    let (q, r) = match u64::try_from(y) {
        Ok(y) => {
            let (q, r) = divide_by_word(x, y);
            (q, r as u128)
        }
        _ => (x / y, x % y),
    };
    // Both magnitudes are below 2^127.
    let (q, r) = (q as i128, r as i128);
    match ((a < 0) != (b < 0), r) {
        (true, 0) => (-q, 0),
        (true, r) => (-q - 1, if b < 0 { r + b } else { b - r }),
        (false, r) => (q, if b < 0 { -r } else { r }),
    }
}

#[cold]
fn zero_division<R>(what: &str) -> PyResult<R> {
    exc::zero_division(format_args!("{what}"))
}
fn is_zero(v: &View) -> bool {
    matches!(v, View::Small(0))
}

/// Quotient rounded to negative infinity and remainder with the sign of the divisor.
fn floor_div_rem(a: View, b: View) -> (IBig, IBig) {
    let (x, y) = (a.to_ibig(), b.to_ibig());
    let (negative, divisor_negative) = (a.is_negative(), b.is_negative());
    let (_, xm) = x.into_parts();
    let (_, ym) = y.into_parts();
    let (q, r) = (&xm).div_rem(&ym);
    let exact = r == UBig::ZERO;
    let sign = |n: bool| if n { Sign::Negative } else { Sign::Positive };
    if negative == divisor_negative {
        (IBig::from(q), IBig::from_parts(sign(divisor_negative), r))
    } else if exact {
        (IBig::from_parts(Sign::Negative, q), IBig::ZERO)
    } else {
        (
            IBig::from_parts(Sign::Negative, q + 1u8),
            IBig::from_parts(sign(divisor_negative), ym - r),
        )
    }
}

pub fn floordiv(a: View, b: View) -> PyResult {
    if is_zero(&b) {
        return zero_division("division by zero");
    }
    match (a, b) {
        (View::Small(x), View::Small(y)) => {
            let q = x / y;
            Ok(Own::int(if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q }))
        }
        _ => {
            if let Some((x, y)) = doubles(a, b) {
                return from_double(double_div_rem(x, y).0);
            }
            let (mut word, mut divisor) = ([0], [0]);
            if let View::Small(w) = b {
                let differ = a.is_negative() != (w < 0);
                return limbs::div_word(differ, limbs::parts(a, &mut word).1, w.unsigned_abs(), differ);
            }
            let ((xn, x), (yn, y)) = (limbs::parts(a, &mut word), limbs::parts(b, &mut divisor));
            match limbs::short_quotient(x, y) {
                Some((q, _)) if xn == yn => from_limbs(false, &[q]),
                // Rounded to negative infinity.
                Some((q, rest)) => match q.checked_add(rest as u64) {
                    Some(q) => from_limbs(true, &[q]),
                    None => from_limbs(true, &[0, 1]),
                },
                None => from_ibig(&floor_div_rem(a, b).0),
            }
        }
    }
}
pub fn modulo(a: View, b: View) -> PyResult {
    if is_zero(&b) {
        return zero_division("division by zero");
    }
    match (a, b) {
        (View::Small(x), View::Small(y)) => {
            let r = x % y;
            Ok(Own::int(if r != 0 && (r < 0) != (y < 0) { r + y } else { r }))
        }
        _ => match doubles(a, b) {
            Some((x, y)) => from_double(double_div_rem(x, y).1),
            None => match b {
                View::Small(w) => {
                    let rest = limbs::rem_word(limbs::parts(a, &mut [0]).1, w.unsigned_abs()) as i64;
                    Ok(Own::int(match (a.is_negative() != (w < 0), w < 0) {
                        _ if rest == 0 => 0,
                        (false, false) => rest,
                        (false, true) => -rest,
                        (true, false) => w - rest,
                        (true, true) => w + rest,
                    }))
                }
                _ => from_ibig(&floor_div_rem(a, b).1),
            },
        },
    }
}
pub fn divmod(a: View, b: View) -> PyResult {
    if is_zero(&b) {
        return zero_division("division by zero");
    }
    let (q, r) = match (a, b) {
        (View::Small(_), View::Small(_)) => (floordiv(a, b)?, modulo(a, b)?),
        _ => match doubles(a, b) {
            Some((x, y)) => {
                let (q, r) = double_div_rem(x, y);
                (from_double(q)?, from_double(r)?)
            }
            None => {
                let (q, r) = floor_div_rem(a, b);
                (from_ibig(&q)?, from_ibig(&r)?)
            }
        },
    };
    crate::types::tuple::try_from_vec(vec![q, r])
}

/// Correctly rounded quotient (CPython: Objects/longobject.c, long_true_divide).
pub fn truediv(a: View, b: View) -> PyResult {
    if is_zero(&b) {
        return zero_division("division by zero");
    }
    if let (View::Small(x), View::Small(y)) = (a, b) {
        const EXACT: i64 = 1 << 53;
        if x.abs() <= EXACT && y.abs() <= EXACT {
            return Ok(Own::float(x as f64 / y as f64));
        }
    }
    let negative = a.is_negative() != b.is_negative();
    let (_, x) = a.to_ibig().into_parts();
    let (_, y) = b.to_ibig().into_parts();
    // The quotient gets 66 or 67 bits, at least 55 of them significant above the subnormal range, and a sticky bit.
    let shift = y.bit_len() as i64 - x.bit_len() as i64 + 66;
    let (q, sticky) = if shift >= 0 {
        let n = x << shift as usize;
        let q = &n / &y;
        let sticky = &q * &y != n;
        (q, sticky)
    } else {
        let d = y << (-shift) as usize;
        let q = &x / &d;
        let sticky = &q * &d != x;
        (q, sticky)
    };
    match super::convert::scale(&q, sticky, -shift) {
        Some(f) => Ok(Own::float(if negative { -f } else { f })),
        None => exc::overflow_error(format_args!("integer division result too large for a float")),
    }
}

pub fn negative(a: Ref) -> PyResult {
    match view(a) {
        View::Small(i) => Ok(Own::int(-i)),
        View::Big(n, l) => from_limbs(!n, l),
    }
}
pub fn absolute(a: Ref) -> PyResult {
    match view(a) {
        View::Small(i) => Ok(Own::int(i.abs())),
        View::Big(_, l) => from_limbs(false, l),
    }
}
pub fn invert(a: Ref) -> PyResult {
    match view(a) {
        View::Small(i) => Ok(Own::int(!i)),
        v => match double(v) {
            Some(i) => from_double(!i),
            None => from_ibig(&!v.to_ibig()),
        },
    }
}

fn lshift(a: View, b: View) -> PyResult {
    if b.is_negative() {
        return exc::value_error(format_args!("negative shift count"));
    }
    if is_zero(&a) {
        return Ok(Own::int(0));
    }
    let View::Small(n) = b else {
        return exc::overflow_error(format_args!("too many digits in integer"));
    };
    if let View::Small(x) = a {
        if n < 62 && x.unsigned_abs().leading_zeros() as i64 > n + 2 {
            return Ok(Own::int(x << n));
        }
    }
    if n < 128
        && a.bit_length() + (n as u64) < 127
        && let Some(x) = double(a)
    {
        return from_double(x << n);
    }
    check_bits(a.bit_length().saturating_add(n as u64))?;
    let mut word = [0];
    let (negative, magnitude) = limbs::parts(a, &mut word);
    limbs::shift_left(negative, magnitude, n as usize)
}
fn rshift(a: View, b: View) -> PyResult {
    if b.is_negative() {
        return exc::value_error(format_args!("negative shift count"));
    }
    match (a, b) {
        (View::Small(x), View::Small(n)) => Ok(Own::int(x >> n.min(63))),
        (View::Big(negative, _), View::Big(..)) => Ok(Own::int(-(negative as i64))),
        (View::Small(x), View::Big(..)) => Ok(Own::int(-((x < 0) as i64))),
        (View::Big(negative, l), View::Small(n)) => {
            if n as u64 >= l.len() as u64 * 64 {
                return Ok(Own::int(-(negative as i64)));
            }
            match double(a) {
                Some(x) => from_double(x >> n),
                None if !negative => limbs::shift_right(l, n as usize),
                None => from_ibig(&(a.to_ibig() >> n as usize)),
            }
        }
    }
}
fn and(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(Own::int(x & y)),
        _ => match doubles(a, b) {
            Some((x, y)) => from_double(x & y),
            None if !a.is_negative() && !b.is_negative() => {
                let (mut x, mut y) = ([0], [0]);
                limbs::bits(limbs::parts(a, &mut x).1, limbs::parts(b, &mut y).1, false, |x, y| {
                    x & y
                })
            }
            None => from_ibig(&(a.to_ibig() & b.to_ibig())),
        },
    }
}
fn or(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(Own::int(x | y)),
        _ => match doubles(a, b) {
            Some((x, y)) => from_double(x | y),
            None if !a.is_negative() && !b.is_negative() => {
                let (mut x, mut y) = ([0], [0]);
                limbs::bits(limbs::parts(a, &mut x).1, limbs::parts(b, &mut y).1, true, |x, y| x | y)
            }
            None => from_ibig(&(a.to_ibig() | b.to_ibig())),
        },
    }
}
fn xor(a: View, b: View) -> PyResult {
    match (a, b) {
        (View::Small(x), View::Small(y)) => Ok(Own::int(x ^ y)),
        _ => match doubles(a, b) {
            Some((x, y)) => from_double(x ^ y),
            None if !a.is_negative() && !b.is_negative() => {
                let (mut x, mut y) = ([0], [0]);
                limbs::bits(limbs::parts(a, &mut x).1, limbs::parts(b, &mut y).1, true, |x, y| x ^ y)
            }
            None => from_ibig(&(a.to_ibig() ^ b.to_ibig())),
        },
    }
}

/// A binary operator by its NB_* number (in-place ones mean the same) on two exact ints; `None` for other operands and operators.
#[inline(always)]
pub fn exact_op(a: Ref, b: Ref, op: i32) -> Option<PyResult> {
    use crate::object_protocol::nb;
    let (x, y) = (super::view_exact(a)?, super::view_exact(b)?);
    let op = if op >= nb::INPLACE { op - nb::INPLACE } else { op };
    Some(match op {
        nb::ADD => add(x, y),
        nb::SUBTRACT => sub(x, y),
        nb::MULTIPLY => mul(x, y),
        nb::REMAINDER => modulo(x, y),
        nb::FLOOR_DIVIDE => floordiv(x, y),
        nb::TRUE_DIVIDE => truediv(x, y),
        nb::AND => and(x, y),
        nb::OR => or(x, y),
        nb::XOR => xor(x, y),
        nb::LSHIFT => lshift(x, y),
        nb::RSHIFT => rshift(x, y),
        _ => return None,
    })
}
/// A comparison of two exact ints.
#[inline(always)]
pub fn exact_compare(a: Ref, b: Ref, op: CompareOp) -> Option<bool> {
    Some(op.test(compare(super::view_exact(a)?, super::view_exact(b)?)))
}

/// Ordering of two ints.
pub fn compare(a: View, b: View) -> Ordering {
    match (a, b) {
        (View::Small(x), View::Small(y)) => x.cmp(&y),
        (View::Small(_), View::Big(n, _)) => {
            if n {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (View::Big(n, _), View::Small(_)) => {
            if n {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (View::Big(n, x), View::Big(m, y)) => {
            if n != m {
                return if n { Ordering::Less } else { Ordering::Greater };
            }
            let o = x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()));
            if n { o.reverse() } else { o }
        }
    }
}
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    match (view_opt(a), view_opt(b)) {
        (Some(x), Some(y)) => Ok(Own::bool(op.test(compare(x, y)))),
        _ => Ok(Own::not_implemented()),
    }
}

pub fn nb_power(a: Ref, b: Ref, m: Ref) -> PyResult {
    let (Some(x), Some(y)) = (view_opt(a), view_opt(b)) else {
        return Ok(Own::not_implemented());
    };
    if m.is_none() {
        return pow(a, x, y);
    }
    match view_opt(m) {
        Some(m) => pow_mod(x, y, m),
        None => Ok(Own::not_implemented()),
    }
}

/// `a ** b`; a negative exponent gives a float.
pub fn pow(base: Ref, a: View, b: View) -> PyResult {
    if b.is_negative() {
        if is_zero(&a) {
            return zero_division("zero to a negative power");
        }
        let exponent = match b {
            View::Small(e) => Own::int(e),
            View::Big(n, l) => from_limbs(n, l)?,
        };
        let (x, y) = (super::as_f64(base)?, super::as_f64(exponent.r())?);
        return crate::types::float::pow(x, y);
    }
    match a {
        View::Small(0) => return Ok(Own::int(is_zero(&b) as i64)),
        View::Small(1) => return Ok(Own::int(1)),
        View::Small(-1) => {
            let odd = match b {
                View::Small(e) => e & 1 != 0,
                View::Big(_, l) => l[0] & 1 != 0,
            };
            return Ok(Own::int(if odd { -1 } else { 1 }));
        }
        _ => {}
    }
    let View::Small(e) = b else { return exc::memory_error() };
    if let View::Small(x) = a {
        if let Some(p) = u32::try_from(e).ok().and_then(|e| x.checked_pow(e)) {
            return Ok(Own::int(p));
        }
    }
    check_product(a.bit_length().saturating_mul(e as u64))?;
    from_ibig(&a.to_ibig().pow(e as usize))
}

/// `pow(a, b, m)` (CPython: long_pow): the result has the sign of `m`; a negative exponent asks for the inverse.
fn pow_mod(a: View, b: View, m: View) -> PyResult {
    if is_zero(&m) {
        return exc::value_error(format_args!("pow() 3rd argument cannot be 0"));
    }
    let negative = m.is_negative();
    let (_, modulus) = m.to_ibig().into_parts();
    if modulus == UBig::ONE {
        return Ok(Own::int(0));
    }
    let mut base = reduce(a.to_ibig(), &modulus);
    let (_, exponent) = b.to_ibig().into_parts();
    if b.is_negative() {
        base = match inverse(&base, &modulus) {
            Some(i) => i,
            None => return exc::value_error(format_args!("base is not invertible for the given modulus")),
        };
    }
    let mut result = UBig::ONE;
    for i in (0..exponent.bit_len()).rev() {
        result = (&result * &result) % &modulus;
        if exponent.as_words()[i / 64] >> (i % 64) & 1 != 0 {
            result = (&result * &base) % &modulus;
        }
    }
    let r = IBig::from(result);
    from_ibig(&if negative && r != IBig::ZERO {
        r - IBig::from(modulus)
    } else {
        r
    })
}
fn reduce(a: IBig, m: &UBig) -> UBig {
    let (sign, a) = a.into_parts();
    let r = a % m;
    if sign == Sign::Negative && r != UBig::ZERO {
        m - r
    } else {
        r
    }
}
/// Extended Euclid.
fn inverse(a: &UBig, m: &UBig) -> Option<UBig> {
    let (mut r0, mut r1) = (IBig::from(m.clone()), IBig::from(a.clone()));
    let (mut t0, mut t1) = (IBig::ZERO, IBig::ONE);
    while r1 != IBig::ZERO {
        let q = &r0 / &r1;
        let r2 = &r0 - &q * &r1;
        let t2 = &t0 - &q * &t1;
        (r0, r1, t0, t1) = (r1, r2, t1, t2);
    }
    (r0 == IBig::ONE).then(|| reduce(t0, m))
}
