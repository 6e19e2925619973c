//! round(x, n) and the exact parts of a float.

/// "rounded value too large to represent" (OverflowError).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

/// round(x, n) of a float: the correctly rounded decimal (ties to even on the exact value), read back.
/// CPython: Objects/floatobject.c, float___round___impl and double_round.
pub fn round_digits(x: f64, n: i64) -> Result<f64, Overflow> {
    if !x.is_finite() || x == 0.0 || n > 323 {
        return Ok(x);
    }
    if n < -308 {
        return Ok(0.0 * x);
    }
    let a = x.abs();
    let text = if n >= 0 {
        format!("{a:.*}", n as usize)
    } else {
        let sci = format!("{a:e}");
        let exp: i64 = sci.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
        // How many significant digits stand left of the place that is rounded to.
        let keep = exp + 1 + n;
        if keep > 0 {
            format!("{a:.*e}", keep as usize - 1)
        } else if keep == 0 && above_half(a, exp) {
            format!("1e{}", -n)
        } else {
            "0".into()
        }
    };
    let r: f64 = text.parse().unwrap_or(f64::NAN);
    if r.is_infinite() {
        return Err(Overflow);
    }
    Ok(r.copysign(x))
}

/// True when the exact value of `a` is more than 5 * 10^exp (shortest digits may have carried it into `exp`).
fn above_half(a: f64, exp: i64) -> bool {
    let exact = format!("{a:.800e}");
    if exact.split_once('e').and_then(|(_, e)| e.parse().ok()) != Some(exp) {
        return false;
    }
    let digits = exact.bytes().take_while(|&c| c != b'e').filter(|&c| c != b'.');
    let mut first = true;
    for d in digits {
        if first && d != b'5' {
            return d > b'5';
        }
        if !first && d != b'0' {
            return true;
        }
        first = false;
    }
    false
}

/// A finite x as m * 2^e with odd m (0 * 2^0 for zero): as_integer_ratio is m * 2^e / 1 or m / 2^-e.
pub fn integer_ratio(x: f64) -> (i64, i32) {
    if x == 0.0 {
        return (0, 0);
    }
    let bits = x.to_bits();
    let (mut m, mut e) = ((bits & ((1 << 52) - 1)) as i64, (bits >> 52 & 0x7ff) as i32);
    if e == 0 {
        e = 1
    } else {
        m |= 1 << 52
    }
    let zeros = m.trailing_zeros();
    m >>= zeros;
    (if x < 0.0 { -m } else { m }, e - 1075 + zeros as i32)
}
