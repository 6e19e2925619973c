//! Sums, differences, short products and quotients, shifts and bits of big ints, limb by limb into the new object.
//!
//! In: signs and magnitudes. Out: ints. Only what runs in one pass stands here: dashu would copy both operands and the result
//! for it.
use super::{INT_TYPE, IntObject, View, from_limbs};
use crate::object::{Own, PyResult, alloc};
use core::cell::Cell;
use core::cmp::Ordering;
use core::mem::MaybeUninit;

/// Sign and magnitude of a view; `word` holds that of a small one.
pub fn parts<'a>(v: View<'a>, word: &'a mut [u64; 1]) -> (bool, &'a [u64]) {
    match v {
        View::Small(0) => (false, &[]),
        View::Small(i) => {
            word[0] = i.unsigned_abs();
            (i < 0, &word[..])
        }
        View::Big(negative, limbs) => (negative, limbs),
    }
}

/// An int of at most `n` limbs, all of which `fill` writes.
fn build(negative: bool, n: usize, fill: impl FnOnce(&mut [MaybeUninit<u64>])) -> PyResult {
    let p = alloc::raw(&INT_TYPE, size_of::<IntObject>() + n * 8)?.cast::<IntObject>();
    // SAFETY: fresh memory of that size, the limbs of which `fill` writes before they are read.
    let limbs = unsafe {
        (&raw mut (*p).len).write(Cell::new(0));
        let place = (&raw mut (*p).limbs).cast::<MaybeUninit<u64>>();
        fill(core::slice::from_raw_parts_mut(place, n));
        core::slice::from_raw_parts(place.cast::<u64>(), n)
    };
    let used = limbs.iter().rposition(|l| *l != 0).map_or(0, |i| i + 1);
    // SAFETY: the object is whole, with fewer limbs than it has room for.
    let object = unsafe {
        (*p).len.set(if negative { -(used as i64) } else { used as i64 });
        Own::from_ptr(p)
    };
    if used <= 1 {
        return from_limbs(negative, &limbs[..used]);
    }
    Ok(object)
}

fn compare(x: &[u64], y: &[u64]) -> Ordering {
    x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()))
}

/// One limb of a sum; the carry goes in and comes out.
#[inline(always)]
fn add_limb(carry: &mut bool, x: u64, y: u64) -> u64 {
    let (s, a) = x.overflowing_add(y);
    let (s, b) = s.overflowing_add(*carry as u64);
    *carry = a | b;
    s
}
#[inline(always)]
fn sub_limb(borrow: &mut bool, x: u64, y: u64) -> u64 {
    let (d, a) = x.overflowing_sub(y);
    let (d, b) = d.overflowing_sub(*borrow as u64);
    *borrow = a | b;
    d
}
/// `step` over two magnitudes, the second not longer than the first; gives the last carry.
#[inline(always)]
fn chain(x: &[u64], y: &[u64], out: &mut [MaybeUninit<u64>], step: impl Fn(&mut bool, u64, u64) -> u64) -> bool {
    let mut carry = false;
    let (low, high) = x.split_at(y.len());
    let (out_low, out_high) = out.split_at_mut(y.len());
    // Four limbs in a row keep the carry in the processor's flag.
    let (a, b) = (low.chunks_exact(4), y.chunks_exact(4));
    let rest = a.remainder().iter().zip(b.remainder());
    let mut fours = out_low.chunks_exact_mut(4);
    for ((o, x), y) in fours.by_ref().zip(a).zip(b) {
        for k in 0..4 {
            o[k].write(step(&mut carry, x[k], y[k]));
        }
    }
    for (o, (x, y)) in fours.into_remainder().iter_mut().zip(rest) {
        o.write(step(&mut carry, *x, *y));
    }
    for (o, x) in out_high.iter_mut().zip(high) {
        o.write(step(&mut carry, *x, 0));
    }
    carry
}

/// `x + y` of numbers with signs.
pub fn add((xn, x): (bool, &[u64]), (yn, y): (bool, &[u64])) -> PyResult {
    if xn == yn {
        let (x, y) = if x.len() >= y.len() { (x, y) } else { (y, x) };
        return build(xn, x.len() + 1, |out| {
            let carry = chain(x, y, out, add_limb);
            out[x.len()].write(carry as u64);
        });
    }
    let (negative, x, y) = match compare(x, y) {
        Ordering::Equal => return Ok(Own::int(0)),
        Ordering::Greater => (xn, x, y),
        Ordering::Less => (yn, y, x),
    };
    build(negative, x.len(), |out| {
        chain(x, y, out, sub_limb);
    })
}

/// Magnitude times a word.
pub fn mul_word(negative: bool, x: &[u64], w: u64) -> PyResult {
    build(negative, x.len() + 1, |out| {
        let mut carry = 0u64;
        let mut limb = |x: u64| {
            let p = x as u128 * w as u128 + carry as u128;
            carry = (p >> 64) as u64;
            p as u64
        };
        let fours = x.chunks_exact(4);
        let rest = fours.remainder();
        let mut places = out.chunks_exact_mut(4);
        let done = x.len() - rest.len();
        for (o, x) in places.by_ref().zip(fours) {
            for k in 0..4 {
                o[k].write(limb(x[k]));
            }
        }
        for (o, x) in out[done..].iter_mut().zip(rest) {
            o.write(limb(*x));
        }
        out[x.len()].write(carry);
    })
}

/// Products of magnitudes where one has up to this many limbs are made here.
pub const SHORT: usize = 16;

/// Product of magnitudes, row by row. Both have two limbs or more.
pub fn mul_short(negative: bool, x: &[u64], y: &[u64]) -> PyResult {
    build(negative, x.len() + y.len(), |out| {
        for o in out[..x.len()].iter_mut() {
            o.write(0);
        }
        for (i, w) in y.iter().enumerate() {
            let mut carry = 0u64;
            for (o, l) in out[i..].iter_mut().zip(x) {
                // SAFETY: the first row's places are zeroed, those of each other row written by the row before.
                let p = *l as u128 * *w as u128 + carry as u128 + unsafe { o.assume_init() } as u128;
                o.write(p as u64);
                carry = (p >> 64) as u64;
            }
            out[i + x.len()].write(carry);
        }
    })
}

/// A magnitude by a word that is not zero: its quotient, rounded up if `up` and something is left.
pub fn div_word(negative: bool, x: &[u64], w: u64, up: bool) -> PyResult {
    let rest = rem_word(x, w);
    build(negative, x.len() + 1, |out| {
        let mut high = 0u64;
        for (o, l) in out.iter_mut().zip(x).rev() {
            let (q, r) = super::arithmetic::divide_words(high, *l, w);
            o.write(q);
            high = r;
        }
        let mut carry = up && rest != 0;
        for o in out[..x.len()].iter_mut() {
            if !carry {
                break;
            }
            // SAFETY: written above.
            let (l, more) = unsafe { o.assume_init() }.overflowing_add(1);
            o.write(l);
            carry = more;
        }
        out[x.len()].write(carry as u64);
    })
}
/// The remainder of a magnitude by a word that is not zero.
pub fn rem_word(x: &[u64], w: u64) -> u64 {
    x.iter()
        .rev()
        .fold(0, |high, l| super::arithmetic::divide_words(high, *l, w).1)
}

/// Magnitude times `2^n`; the caller has looked whether there is memory for it.
pub fn shift_left(negative: bool, x: &[u64], n: usize) -> PyResult {
    let (words, bits) = (n / 64, n as u32 % 64);
    build(negative, x.len() + words + 1, |out| {
        for o in out[..words].iter_mut() {
            o.write(0);
        }
        let mut carry = 0;
        for (o, l) in out[words..].iter_mut().zip(x) {
            o.write(l << bits | carry);
            carry = if bits == 0 { 0 } else { l >> (64 - bits) };
        }
        out[words + x.len()].write(carry);
    })
}
/// A magnitude without its lowest `n` bits; it has more.
pub fn shift_right(x: &[u64], n: usize) -> PyResult {
    let (words, bits) = (n / 64, n as u32 % 64);
    let x = &x[words..];
    build(false, x.len(), |out| {
        for (i, o) in out.iter_mut().enumerate() {
            let high = x.get(i + 1).copied().unwrap_or(0);
            o.write(if bits == 0 {
                x[i]
            } else {
                x[i] >> bits | high << (64 - bits)
            });
        }
    })
}
/// `f` of each pair of limbs of two numbers that are not negative; with `all` the rest of the longer one follows as it is.
pub fn bits(x: &[u64], y: &[u64], all: bool, f: impl Fn(u64, u64) -> u64) -> PyResult {
    let (x, y) = if x.len() >= y.len() { (x, y) } else { (y, x) };
    build(false, if all { x.len() } else { y.len() }, |out| {
        for (o, (a, b)) in out.iter_mut().zip(x.iter().zip(y)) {
            o.write(f(*a, *b));
        }
        for (o, a) in out.iter_mut().zip(x).skip(y.len()) {
            o.write(*a);
        }
    })
}

/// Quotient of magnitudes and whether a remainder is left, when the quotient fits a word and the divisor has two limbs or more.
/// Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D: one step.
pub fn short_quotient(x: &[u64], y: &[u64]) -> Option<(u64, bool)> {
    let m = y.len();
    if m < 2 || x.len() < m || x.len() > m + 1 {
        return None;
    }
    let shift = y[m - 1].leading_zeros();
    // Limb `i` of a number shifted so that the divisor's top bit is set.
    let shifted = |n: &[u64], i: usize| {
        let high = n.get(i).copied().unwrap_or(0);
        if shift == 0 {
            return high;
        }
        let low = if i > 0 { n.get(i - 1).copied().unwrap_or(0) } else { 0 };
        high << shift | low >> (64 - shift)
    };
    let (top, next, last) = (shifted(x, m), shifted(x, m - 1), shifted(x, m - 2));
    let (v1, v2) = (shifted(y, m - 1), shifted(y, m - 2));
    if shifted(x, m + 1) != 0 || top >= v1 {
        return None;
    }
    let high = (top as u128) << 64 | next as u128;
    let (mut q, mut r) = (high / v1 as u128, high % v1 as u128);
    while q >> 64 != 0 || q * v2 as u128 > (r << 64 | last as u128) {
        q -= 1;
        r += v1 as u128;
        if r >> 64 != 0 {
            break;
        }
    }
    let q = q as u64;
    // With B = 2^64, x = X B^(m-2) + x' and y = Y B^(m-2) + y' (both shifted): x - q y > (X - q Y - q) B^(m-2), since y' < B^(m-2). So a
    // remainder of the upper limbs of q or more settles that the estimate is right and that something is left.
    if r >> 64 != 0 || (r << 64 | last as u128) - q as u128 * v2 as u128 >= q as u128 {
        return Some((q, true));
    }
    let (negative, rest) = minus_product(x, y, q);
    if !negative {
        return Some((q, rest));
    }
    // The estimate is at most one too large.
    Some((q - 1, minus_product(x, y, q - 1).1))
}

/// Whether `x - q * y` is negative, and whether it differs from zero.
fn minus_product(x: &[u64], y: &[u64], q: u64) -> (bool, bool) {
    let (mut carry, mut borrow, mut rest) = (0u64, false, 0u64);
    for i in 0..y.len() {
        let p = y[i] as u128 * q as u128 + carry as u128;
        carry = (p >> 64) as u64;
        let (d, a) = x[i].overflowing_sub(p as u64);
        let (d, b) = d.overflowing_sub(borrow as u64);
        borrow = a | b;
        rest |= d;
    }
    let top = x.get(y.len()).copied().unwrap_or(0) as i128 - carry as i128 - borrow as i128;
    (top < 0, rest != 0 || top != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashu_int::UBig;

    #[test]
    fn short_products_quotients_and_shifts_are_those_of_dashu() {
        use crate::types::int::{to_ibig, view};
        use dashu_int::IBig;
        let of = |limbs: &[u64]| IBig::from(UBig::from_words(limbs));
        let mut seed = 7u64;
        let mut random = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            match seed >> 61 {
                0 => 0,
                1 => u64::MAX,
                _ => seed ^ seed >> 31,
            }
        };
        for round in 0..2_000 {
            let mut x: Vec<u64> = (0..2 + round % 7).map(|_| random()).collect();
            let mut y: Vec<u64> = (0..2 + round % 5).map(|_| random()).collect();
            for n in [&mut x, &mut y] {
                let top = n.last_mut().unwrap();
                *top = (*top).max(1);
            }
            let (w, n) = (random().max(1), (random() % 200) as usize);
            let (a, b) = (of(&x), of(&y));
            let same = |got: PyResult, want: IBig| {
                let got = got.unwrap();
                assert_eq!(to_ibig(got.r()), want, "{x:?} {y:?} {w} {n}");
                let _ = view(got.r());
            };
            same(mul_short(false, &x, &y), &a * &b);
            same(add((false, &x), (false, &y)), &a + &b);
            same(add((false, &x), (true, &y)), &a - &b);
            same(mul_word(true, &x, w), -(&a * IBig::from(w)));
            same(div_word(false, &x, w, false), &a / IBig::from(w));
            same(
                div_word(false, &x, w, true),
                (&a + IBig::from(w) - IBig::ONE) / IBig::from(w),
            );
            assert_eq!(IBig::from(rem_word(&x, w)), &a % IBig::from(w));
            same(shift_left(false, &x, n), &a << n);
            if n < (x.len() - 1) * 64 {
                same(shift_right(&x, n), &a >> n);
            }
            same(bits(&x, &y, false, |p, q| p & q), &a & &b);
            same(bits(&x, &y, true, |p, q| p | q), &a | &b);
            same(bits(&x, &y, true, |p, q| p ^ q), &a ^ &b);
        }
    }

    #[test]
    fn short_quotients_are_those_of_long_division() {
        let mut seed = 1u64;
        let mut random = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            match seed >> 60 {
                0 => 0,
                1 => u64::MAX,
                2 => 1,
                _ => seed ^ seed >> 29,
            }
        };
        let mut found = 0;
        for round in 0..20_000 {
            let m = 2 + round % 3;
            let mut y: Vec<u64> = (0..m).map(|_| random()).collect();
            y[m - 1] = y[m - 1].max(1);
            let (q, add) = (random(), random() % 3);
            let product = UBig::from_words(&y) * UBig::from(q) + UBig::from(add);
            let x = product.as_words().to_vec();
            if let Some((got, rest)) = short_quotient(&x, &y) {
                let (a, b) = (UBig::from_words(&x), UBig::from_words(&y));
                assert_eq!(UBig::from(got), &a / &b, "{x:?} / {y:?}");
                assert_eq!(rest, &a % &b != UBig::ZERO, "{x:?} % {y:?}");
                found += 1;
            }
        }
        assert!(found > 5_000);
    }
}
