//! Sums, differences, products by a word and short quotients of big ints, limb by limb into the new object.
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

/// `x + y` of numbers with signs.
pub fn add((xn, x): (bool, &[u64]), (yn, y): (bool, &[u64])) -> PyResult {
    if xn == yn {
        let (x, y) = if x.len() >= y.len() { (x, y) } else { (y, x) };
        return build(xn, x.len() + 1, |out| {
            let mut carry = false;
            for i in 0..y.len() {
                let (s, a) = x[i].overflowing_add(y[i]);
                let (s, b) = s.overflowing_add(carry as u64);
                out[i].write(s);
                carry = a | b;
            }
            for i in y.len()..x.len() {
                let (s, b) = x[i].overflowing_add(carry as u64);
                out[i].write(s);
                carry = b;
            }
            out[x.len()].write(carry as u64);
        });
    }
    let (negative, x, y) = match compare(x, y) {
        Ordering::Equal => return Ok(Own::int(0)),
        Ordering::Greater => (xn, x, y),
        Ordering::Less => (yn, y, x),
    };
    build(negative, x.len(), |out| {
        let mut borrow = false;
        for i in 0..y.len() {
            let (d, a) = x[i].overflowing_sub(y[i]);
            let (d, b) = d.overflowing_sub(borrow as u64);
            out[i].write(d);
            borrow = a | b;
        }
        for i in y.len()..x.len() {
            let (d, b) = x[i].overflowing_sub(borrow as u64);
            out[i].write(d);
            borrow = b;
        }
    })
}

/// Magnitude times a word.
pub fn mul_word(negative: bool, x: &[u64], w: u64) -> PyResult {
    build(negative, x.len() + 1, |out| {
        let mut carry = 0u64;
        for (l, o) in x.iter().zip(out.iter_mut()) {
            let p = *l as u128 * w as u128 + carry as u128;
            o.write(p as u64);
            carry = (p >> 64) as u64;
        }
        out[x.len()].write(carry);
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
