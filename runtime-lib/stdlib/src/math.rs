//! `math`: the platform's libm with CPython's error rules, exact sums, integer functions (CPython: Modules/mathmodule.c).
// NaN passes every test of a domain, so the tests are negated.
#![allow(clippy::neg_cmp_op_on_partial_ord)]
use dashu_int::ops::{BitTest, Gcd, SquareRoot};
use dashu_int::{IBig, UBig};
use pyaot_core::prelude::*;
use pyaot_core::types::{float, int, module};
use pyaot_core::{call as calls, istr};

pub fn make() -> PyResult {
    let m = module::new("math")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, v) in [
        ("pi", core::f64::consts::PI),
        ("e", core::f64::consts::E),
        ("tau", core::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        module::add(m.r(), name, Own::float(v))?;
    }
    Ok(m)
}

mod c {
    unsafe extern "C" {
        pub safe fn acos(x: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asin(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atan(x: f64) -> f64;
        pub safe fn atan2(y: f64, x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn cbrt(x: f64) -> f64;
        pub safe fn cos(x: f64) -> f64;
        pub safe fn cosh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn exp(x: f64) -> f64;
        pub safe fn exp2(x: f64) -> f64;
        pub safe fn expm1(x: f64) -> f64;
        pub safe fn fma(x: f64, y: f64, z: f64) -> f64;
        pub safe fn fmod(x: f64, y: f64) -> f64;
        pub safe fn log(x: f64) -> f64;
        pub safe fn log10(x: f64) -> f64;
        pub safe fn log1p(x: f64) -> f64;
        pub safe fn log2(x: f64) -> f64;
        pub safe fn pow(x: f64, y: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub safe fn sin(x: f64) -> f64;
        pub safe fn sinh(x: f64) -> f64;
        pub safe fn tan(x: f64) -> f64;
        pub safe fn tanh(x: f64) -> f64;
        pub safe fn ldexp(x: f64, e: i32) -> f64;
        pub safe fn lgamma(x: f64) -> f64;
        pub safe fn tgamma(x: f64) -> f64;
        pub safe fn nextafter(x: f64, y: f64) -> f64;
    }
}

fn domain<R>() -> PyResult<R> {
    exc::value_error(format_args!("math domain error"))
}
fn range<R>() -> PyResult<R> {
    exc::overflow_error(format_args!("math range error"))
}

/// A NaN from a number is a domain error; an infinity from a finite number is a range error where the function can overflow,
/// else a domain error (CPython: math_1).
fn check(x: f64, r: f64, can_overflow: bool) -> PyResult {
    if r.is_nan() && !x.is_nan() || r.is_infinite() && x.is_finite() && !can_overflow {
        return domain();
    }
    if r.is_infinite() && x.is_finite() {
        return range();
    }
    Ok(Own::float(r))
}
/// Like `check` with the 3.14 wording "expected a …, got x".
fn expected(ok: bool, x: f64, what: &str) -> PyResult<()> {
    if ok {
        return Ok(());
    }
    exc::value_error(format_args!("expected {what}, got {}", pyaot_text_repr(x)))
}
fn pyaot_text_repr(x: f64) -> String {
    protocol::repr(Own::float(x).r()).map_or(String::new(), |s| str_::to_string_lossy(s.r()))
}
fn f(v: Ref) -> PyResult<f64> {
    float::as_f64(v)
}

macro_rules! unary {
    ($text:literal, $c:path, $overflow:literal) => {
        one(sig!($text), |_, v| {
            let x = f(v)?;
            check(x, $c(x), $overflow)
        })
    };
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("acos(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x.abs() > 1.0), x, "a number in range from -1 up to 1")?;
        check(x, c::acos(x), false)
    }),
    one(sig!("acosh(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x < 1.0), x, "argument value not less than 1")?;
        check(x, c::acosh(x), false)
    }),
    one(sig!("asin(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x.abs() > 1.0), x, "a number in range from -1 up to 1")?;
        check(x, c::asin(x), false)
    }),
    unary!("asinh(x, /)", c::asinh, false),
    unary!("atan(x, /)", c::atan, false),
    bound(sig!("atan2(y, x, /)"), |_, b| {
        Ok(Own::float(c::atan2(f(b.arg(0))?, f(b.arg(1))?)))
    }),
    one(sig!("atanh(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x.abs() >= 1.0), x, "a number between -1 and 1")?;
        check(x, c::atanh(x), false)
    }),
    unary!("cbrt(x, /)", c::cbrt, false),
    one(sig!("ceil(x, /)"), |_, v| rounded(v, istr!("__ceil__"), f64::ceil)),
    bound(sig!("comb(n, k, /)"), |_, b| comb(b.arg(0), b.arg(1))),
    bound(sig!("copysign(x, y, /)"), |_, b| {
        Ok(Own::float(f(b.arg(0))?.copysign(f(b.arg(1))?)))
    }),
    one(sig!("cos(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!x.is_infinite(), x, "a finite input")?;
        check(x, c::cos(x), false)
    }),
    unary!("cosh(x, /)", c::cosh, true),
    one(sig!("degrees(x, /)"), |_, v| {
        Ok(Own::float(f(v)? * (180.0 / core::f64::consts::PI)))
    }),
    bound(sig!("dist(p, q, /)"), |_, b| dist(b.arg(0), b.arg(1))),
    unary!("erf(x, /)", c::erf, false),
    unary!("erfc(x, /)", c::erfc, false),
    unary!("exp(x, /)", c::exp, true),
    unary!("exp2(x, /)", c::exp2, true),
    unary!("expm1(x, /)", c::expm1, true),
    one(sig!("fabs(x, /)"), |_, v| Ok(Own::float(f(v)?.abs()))),
    one(sig!("factorial(n, /)"), |_, v| factorial(v)),
    one(sig!("floor(x, /)"), |_, v| rounded(v, istr!("__floor__"), f64::floor)),
    bound(sig!("fma(x, y, z, /)"), |_, b| {
        let (x, y, z) = (f(b.arg(0))?, f(b.arg(1))?, f(b.arg(2))?);
        let r = c::fma(x, y, z);
        if r.is_finite() {
            return Ok(Own::float(r));
        }
        if r.is_nan() {
            if !x.is_nan() && !y.is_nan() && !z.is_nan() {
                return exc::value_error(format_args!("invalid operation in fma"));
            }
        } else if x.is_finite() && y.is_finite() && z.is_finite() {
            return exc::overflow_error(format_args!("overflow in fma"));
        }
        Ok(Own::float(r))
    }),
    bound(sig!("fmod(x, y, /)"), |_, b| {
        let (x, y) = (f(b.arg(0))?, f(b.arg(1))?);
        if y.is_infinite() && x.is_finite() {
            return Ok(Own::float(x));
        }
        let r = c::fmod(x, y);
        if r.is_nan() && !x.is_nan() && !y.is_nan() {
            domain()
        } else {
            Ok(Own::float(r))
        }
    }),
    one(sig!("frexp(x, /)"), |_, v| frexp(f(v)?)),
    one(sig!("fsum(seq, /)"), |_, v| fsum(v)),
    one(sig!("gamma(x, /)"), |_, v| {
        let x = f(v)?;
        let pole = x == 0.0 || x < 0.0 && x == x.floor();
        expected(!(x == f64::NEG_INFINITY || pole), x, "a noninteger or positive integer")?;
        check(x, c::tgamma(x), true)
    }),
    raw(sig!("gcd(*integers)"), |_, a| {
        a.no_keywords("gcd")?;
        let mut r = UBig::ZERO;
        for v in a.iter() {
            let m = int::to_ibig(int::index(v)?.r()).into_parts().1;
            r = if r == UBig::ZERO {
                m
            } else if m == UBig::ZERO {
                r
            } else {
                r.gcd(m)
            };
        }
        int::from_ibig(&IBig::from(r))
    }),
    raw(sig!("hypot(*coordinates)"), |_, a| {
        a.no_keywords("hypot")?;
        let xs = a.iter().map(|v| Ok(f(v)?.abs())).collect::<PyResult<Vec<f64>>>()?;
        Ok(Own::float(vector_norm(xs)))
    }),
    bound(sig!("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)"), |_, b| {
        let (x, y) = (f(b.arg(0))?, f(b.arg(1))?);
        let rel = b.get(2).map_or(Ok(1e-9), f)?;
        let abs = b.get(3).map_or(Ok(0.0), f)?;
        if rel < 0.0 || abs < 0.0 {
            return exc::value_error(format_args!("tolerances must be non-negative"));
        }
        if x == y {
            return Ok(Own::bool(true));
        }
        if x.is_infinite() || y.is_infinite() {
            return Ok(Own::bool(false));
        }
        let diff = (x - y).abs();
        Ok(Own::bool(
            diff <= (rel * y).abs() || diff <= (rel * x).abs() || diff <= abs,
        ))
    }),
    one(sig!("isfinite(x, /)"), |_, v| Ok(Own::bool(f(v)?.is_finite()))),
    one(sig!("isinf(x, /)"), |_, v| Ok(Own::bool(f(v)?.is_infinite()))),
    one(sig!("isnan(x, /)"), |_, v| Ok(Own::bool(f(v)?.is_nan()))),
    one(sig!("isqrt(n, /)"), |_, v| {
        let i = int::index(v)?;
        let n = int::to_ibig(i.r());
        if n < IBig::ZERO {
            return exc::value_error(format_args!("isqrt() argument must be nonnegative"));
        }
        int::from_ibig(&IBig::from(n.into_parts().1.sqrt()))
    }),
    raw(sig!("lcm(*integers)"), |_, a| {
        a.no_keywords("lcm")?;
        let mut r = UBig::ONE;
        for v in a.iter() {
            let m = int::to_ibig(int::index(v)?.r()).into_parts().1;
            if r == UBig::ZERO || m == UBig::ZERO {
                r = UBig::ZERO;
                continue;
            }
            let g = (&r).gcd(&m);
            r = r / g * m;
        }
        int::from_ibig(&IBig::from(r))
    }),
    bound(sig!("ldexp(x, i, /)"), |_, b| {
        let x = f(b.arg(0))?;
        if int::view_opt(b.arg(1)).is_none() {
            return exc::type_error(format_args!("Expected an int as second argument to ldexp."));
        }
        let e = int::as_isize_clamped(b.arg(1))?;
        if x == 0.0 || !x.is_finite() {
            return Ok(Own::float(x));
        }
        let r = c::ldexp(x, e.clamp(-100_000, 100_000) as i32);
        if r.is_infinite() { range() } else { Ok(Own::float(r)) }
    }),
    one(sig!("lgamma(x, /)"), |_, v| {
        let x = f(v)?;
        if x.is_infinite() {
            return Ok(Own::float(f64::INFINITY));
        }
        let pole = x == x.floor() && x <= 0.0;
        expected(!pole, x, "a noninteger or positive integer")?;
        check(x, c::lgamma(x), true)
    }),
    raw(sig!("log(x, [base=math.e])"), |_, a| {
        a.no_keywords("log")?;
        a.count("log", 1, 2)?;
        let n = logarithm(a.get(0).expect("count tested"), |x| c::log(x))?;
        let Some(base) = a.get(1) else { return Ok(Own::float(n)) };
        let d = logarithm(base, |x| c::log(x))?;
        if d == 0.0 {
            return exc::zero_division(format_args!("division by zero"));
        }
        Ok(Own::float(n / d))
    }),
    one(sig!("log10(x, /)"), |_, v| {
        Ok(Own::float(logarithm(v, |x| c::log10(x))?))
    }),
    one(sig!("log1p(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x <= -1.0), x, "argument value > -1")?;
        check(x, c::log1p(x), false)
    }),
    one(sig!("log2(x, /)"), |_, v| Ok(Own::float(logarithm(v, |x| c::log2(x))?))),
    one(sig!("modf(x, /)"), |_, v| {
        let x = f(v)?;
        let (frac, whole) = if x.is_infinite() {
            (0f64.copysign(x), x)
        } else {
            ((x - x.trunc()).copysign(x), x.trunc())
        };
        tuple::try_from_vec(vec![Own::float(frac), Own::float(whole)])
    }),
    bound(sig!("nextafter(x, y, /, *, steps=None)"), |_, b| {
        let (mut x, y) = (f(b.arg(0))?, f(b.arg(1))?);
        let Some(steps) = b.get_not_none(2) else {
            return Ok(Own::float(c::nextafter(x, y)));
        };
        let i = int::index(steps)?;
        let n = match int::view(i.r()) {
            v if v.is_negative() => {
                return exc::value_error(format_args!("steps must be a non-negative integer"));
            }
            int::View::Small(n) => n as u64,
            int::View::Big(..) => u64::MAX,
        };
        if n == 0 || x.is_nan() {
            return Ok(Own::float(x));
        }
        if y.is_nan() {
            return Ok(Own::float(y));
        }
        // Floats in order as integers.
        let key = |v: f64| {
            let b = v.to_bits() as i64;
            if b < 0 { i64::MIN.wrapping_sub(b) } else { b }
        };
        let (a, z) = (key(x) as i128, key(y) as i128);
        let k = if a < z {
            (a + n as i128).min(z)
        } else {
            (a - n as i128).max(z)
        } as i64;
        x = if k == z as i64 {
            y
        } else {
            f64::from_bits(if k < 0 {
                i64::MIN.wrapping_sub(k) as u64
            } else {
                k as u64
            })
        };
        if k == 0 && x == 0.0 && a < 0 {
            x = -0.0;
        }
        Ok(Own::float(x))
    }),
    bound(sig!("perm(n, k=None, /)"), |_, b| perm(b.arg(0), b.get_not_none(1))),
    bound(sig!("pow(x, y, /)"), |_, b| pow(f(b.arg(0))?, f(b.arg(1))?)),
    bound(sig!("prod(iterable, /, *, start=1)"), |_, b| {
        let mut r = b.get(1).map_or(Own::int(1), Ref::own);
        let it = protocol::iter(b.arg(0))?;
        while let Some(x) = protocol::next(it.r())? {
            r = protocol::multiply(r.r(), x.r())?;
        }
        Ok(r)
    }),
    one(sig!("radians(x, /)"), |_, v| {
        Ok(Own::float(f(v)? * (core::f64::consts::PI / 180.0)))
    }),
    bound(sig!("remainder(x, y, /)"), |_, b| {
        let (x, y) = (f(b.arg(0))?, f(b.arg(1))?);
        if x.is_finite() && y.is_infinite() {
            return Ok(Own::float(x));
        }
        let r = c::remainder(x, y);
        if r.is_nan() && !x.is_nan() && !y.is_nan() {
            domain()
        } else {
            Ok(Own::float(r))
        }
    }),
    one(sig!("sin(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!x.is_infinite(), x, "a finite input")?;
        check(x, c::sin(x), false)
    }),
    unary!("sinh(x, /)", c::sinh, true),
    one(sig!("sqrt(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!(x < 0.0), x, "a nonnegative input")?;
        check(x, x.sqrt(), false)
    }),
    bound(sig!("sumprod(p, q, /)"), |_, b| sumprod(b.arg(0), b.arg(1))),
    one(sig!("tan(x, /)"), |_, v| {
        let x = f(v)?;
        expected(!x.is_infinite(), x, "a finite input")?;
        check(x, c::tan(x), false)
    }),
    unary!("tanh(x, /)", c::tanh, false),
    one(sig!("trunc(x, /)"), |_, v| {
        if v.is_exact::<float::FloatObject>() {
            return int::from_f64_trunc(f(v)?);
        }
        match calls::call_special_optional(v, istr!("__trunc__"), &[]) {
            Some(r) => r,
            None => exc::type_error(format_args!("type {} doesn't define __trunc__ method", v.ty().name())),
        }
    }),
    one(sig!("ulp(x, /)"), |_, v| {
        let x = f(v)?.abs();
        if x.is_nan() || x.is_infinite() {
            return Ok(Own::float(x));
        }
        let next = c::nextafter(x, f64::INFINITY);
        Ok(Own::float(if next.is_infinite() {
            x - c::nextafter(x, f64::NEG_INFINITY)
        } else {
            next - x
        }))
    }),
];

/// `ceil` and `floor`: the special method, else the float's.
fn rounded(v: Ref, method: Ref, g: fn(f64) -> f64) -> PyResult {
    if !v.is_exact::<float::FloatObject>() {
        if let Some(r) = calls::call_special_optional(v, method, &[]) {
            return r;
        }
    }
    int::from_f64_trunc(g(f(v)?))
}

/// Logarithm of a real number or of an int of any size (CPython: loghelper).
fn logarithm(v: Ref, g: fn(f64) -> f64) -> PyResult<f64> {
    if let Some(view) = int::view_opt(v) {
        if view.is_negative() || matches!(view, int::View::Small(0)) {
            return exc::value_error(format_args!("expected a positive input"));
        }
        if let int::View::Big(_, limbs) = view {
            let m = UBig::from_words(limbs);
            let n = m.bit_len();
            if n > 1000 {
                // x = m * 2^e with m in [0.5, 1).
                let e = n - 64;
                let top = (m >> e).as_words()[0] as f64 / 18446744073709551616.0;
                return Ok(g(top) + g(2.0) * n as f64);
            }
        }
        return Ok(g(int::as_f64(v)?));
    }
    let x = f(v)?;
    expected(!(x <= 0.0), x, "a positive input")?;
    Ok(g(x))
}

fn frexp(x: f64) -> PyResult {
    let (m, e) = if x == 0.0 || !x.is_finite() {
        (x, 0)
    } else {
        let bits = x.to_bits();
        let raw = (bits >> 52 & 0x7ff) as i64;
        if raw == 0 {
            let y = x * 18014398509481984.0;
            let b = y.to_bits();
            (
                f64::from_bits(b & !(0x7ff << 52) | 1022 << 52),
                (b >> 52 & 0x7ff) as i64 - 1022 - 54,
            )
        } else {
            (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), raw - 1022)
        }
    };
    tuple::try_from_vec(vec![Own::float(m), Own::int(e)])
}

/// C99 Annex F cases around the platform's pow (CPython: math_pow_impl).
fn pow(x: f64, y: f64) -> PyResult {
    if !x.is_finite() || !y.is_finite() {
        let r = if x.is_nan() {
            if y == 0.0 { 1.0 } else { x }
        } else if y.is_nan() {
            if x == 1.0 { 1.0 } else { y }
        } else if x.is_infinite() {
            let odd = y.is_finite() && (y.abs() % 2.0) == 1.0;
            if y > 0.0 {
                if odd { x } else { x.abs() }
            } else if y == 0.0 {
                1.0
            } else if odd {
                0f64.copysign(x)
            } else {
                0.0
            }
        } else if x.abs() == 1.0 {
            1.0
        } else if (y > 0.0) == (x.abs() > 1.0) {
            f64::INFINITY
        } else {
            0.0
        };
        return Ok(Own::float(r));
    }
    let r = c::pow(x, y);
    if r.is_nan() {
        return domain();
    }
    if r.is_infinite() {
        return if x == 0.0 { domain() } else { range() };
    }
    Ok(Own::float(r))
}

/// Shewchuk's exact summation (CPython: math_fsum).
fn fsum(v: Ref) -> PyResult {
    let it = protocol::iter(v)?;
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut inf) = (0.0, 0.0);
    while let Some(item) = protocol::next(it.r())? {
        let original = f(item.r())?;
        let mut x = original;
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials[j];
            if x.abs() < y.abs() {
                core::mem::swap(&mut x, &mut y);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                partials[kept] = lo;
                kept += 1;
            }
            x = hi;
        }
        partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if original.is_finite() {
                    return exc::overflow_error(format_args!("intermediate overflow in fsum"));
                }
                if original.is_infinite() {
                    inf += original;
                }
                special += original;
                partials.clear();
            } else {
                partials.push(x);
            }
        }
    }
    if special != 0.0 {
        if inf.is_nan() {
            return exc::value_error(format_args!("-inf + inf in fsum"));
        }
        return Ok(Own::float(special));
    }
    let mut n = partials.len();
    if n == 0 {
        return Ok(Own::float(0.0));
    }
    n -= 1;
    let mut hi = partials[n];
    let mut lo = 0.0;
    while n > 0 {
        let x = hi;
        n -= 1;
        let y = partials[n];
        hi = x + y;
        lo = y - (hi - x);
        if lo != 0.0 {
            break;
        }
    }
    // Half-even: a tie is broken by the sign of the next partial.
    if n > 0 && (lo < 0.0 && partials[n - 1] < 0.0 || lo > 0.0 && partials[n - 1] > 0.0) {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    Ok(Own::float(hi))
}

/// Euclidean norm with scaling and compensation (CPython: vector_norm).
fn vector_norm(xs: Vec<f64>) -> f64 {
    let max = xs.iter().copied().fold(0.0, f64::max);
    if xs.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if xs.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if max == 0.0 || xs.len() <= 1 {
        return max;
    }
    let e = ((max.to_bits() >> 52 & 0x7ff) as i32).max(1) - 1022;
    if e < -1023 + 53 {
        // Subnormal range: scale up first.
        let big = 2f64.powi(537);
        return vector_norm(xs.iter().map(|x| x * big).collect()) / big;
    }
    let scale = c::ldexp(1.0, -e);
    let (mut csum, mut frac1, mut frac2) = (1.0f64, 0.0, 0.0);
    let add = |csum: &mut f64, frac: &mut f64, hi: f64| {
        let s = *csum + hi;
        *frac += hi - (s - *csum);
        *csum = s;
    };
    for x in &xs {
        let x = x * scale;
        let p = x * x;
        let low = x.mul_add(x, -p);
        add(&mut csum, &mut frac1, p);
        frac2 += low;
    }
    let h = (csum - 1.0 + (frac1 + frac2)).sqrt();
    let p = -h * h;
    let low = (-h).mul_add(h, -p);
    add(&mut csum, &mut frac1, p);
    frac2 += low;
    let r = csum - 1.0 + (frac1 + frac2);
    (h + r / (2.0 * h)) / scale
}

fn dist(p: Ref, q: Ref) -> PyResult {
    let to_tuple = |v: Ref| -> PyResult<Own> {
        if v.ty().has(type_flag::TUPLE) {
            Ok(v.own())
        } else {
            calls::call1(tuple::TUPLE_TYPE.r(), v)
        }
    };
    let (p, q) = (to_tuple(p)?, to_tuple(q)?);
    if tuple::len(p.r()) != tuple::len(q.r()) {
        return exc::value_error(format_args!("both points must have the same number of dimensions"));
    }
    let mut xs = Vec::new();
    for i in 0..tuple::len(p.r()) {
        xs.push((f(tuple::get(p.r(), i))? - f(tuple::get(q.r(), i))?).abs());
    }
    Ok(Own::float(vector_norm(xs)))
}

/// Exact for ints; floats with a doubled intermediate precision (CPython: math_sumprod_impl).
fn sumprod(p: Ref, q: Ref) -> PyResult {
    let (pi, qi) = (protocol::iter(p)?, protocol::iter(q)?);
    let mut total = Own::int(0);
    // Triple-length float accumulator while everything is a float or small int.
    let (mut hi, mut lo, mut tiny, mut floats) = (0.0f64, 0.0, 0.0, false);
    loop {
        let (a, b) = (protocol::next(pi.r())?, protocol::next(qi.r())?);
        let (a, b) = match (a, b) {
            (None, None) => break,
            (Some(a), Some(b)) => (a, b),
            _ => return exc::value_error(format_args!("Inputs are not the same length")),
        };
        let is_float = |v: &Own| v.r().is_exact::<float::FloatObject>();
        let number = |v: &Own| is_float(v) || v.r().small_int().is_some();
        if (is_float(&a) || is_float(&b)) && number(&a) && number(&b) {
            let (x, y) = (f(a.r())?, f(b.r())?);
            let product = x * y;
            let error = x.mul_add(y, -product);
            let s = hi + product;
            let t = s - hi;
            let e1 = (hi - (s - t)) + (product - t);
            let s2 = lo + e1;
            let t2 = s2 - lo;
            tiny += (lo - (s2 - t2)) + (e1 - t2) + error;
            (hi, lo, floats) = (s, s2, true);
            continue;
        }
        if floats {
            total = protocol::add(total.r(), Own::float(hi + (lo + tiny)).r())?;
            (hi, lo, tiny, floats) = (0.0, 0.0, 0.0, false);
        }
        let product = protocol::multiply(a.r(), b.r())?;
        total = protocol::add(total.r(), product.r())?;
    }
    if floats {
        total = protocol::add(total.r(), Own::float(hi + (lo + tiny)).r())?;
    }
    Ok(total)
}

/// A non-negative int argument that fits a machine word where the result can be computed at all.
fn count(v: Ref, negative: &str) -> PyResult<Option<u64>> {
    let i = int::index(v)?;
    let view = int::view(i.r());
    if view.is_negative() {
        return exc::value_error(format_args!("{negative}"));
    }
    Ok(match view {
        int::View::Small(i) => Some(i as u64),
        int::View::Big(..) => None,
    })
}

fn product(from: u64, to: u64) -> UBig {
    if from > to {
        return UBig::ONE;
    }
    if to - from < 8 {
        return (from..=to).fold(UBig::ONE, |r, i| r * UBig::from(i));
    }
    let middle = from + (to - from) / 2;
    product(from, middle) * product(middle + 1, to)
}

fn factorial(v: Ref) -> PyResult {
    match count(v, "factorial() not defined for negative values")? {
        Some(n) if n <= i64::MAX as u64 >> 8 => int::from_ibig(&IBig::from(product(2, n))),
        _ => exc::overflow_error(format_args!("factorial() argument should not exceed {}", i64::MAX)),
    }
}

fn perm(n: Ref, k: Option<Ref>) -> PyResult {
    let Some(k) = k else { return factorial(n) };
    let top = int::index(n)?;
    count(n, "n must be a non-negative integer")?;
    let Some(k) = count(k, "k must be a non-negative integer")? else {
        return exc::overflow_error(format_args!("k must not exceed {}", i64::MAX));
    };
    let top = int::to_ibig(top.r());
    if IBig::from(k) > top {
        return Ok(Own::int(0));
    }
    let mut r = IBig::ONE;
    for i in 0..k {
        r *= &top - IBig::from(i);
    }
    int::from_ibig(&r)
}

fn comb(n: Ref, k: Ref) -> PyResult {
    let (ni, ki) = (int::index(n)?, int::index(k)?);
    count(n, "n must be a non-negative integer")?;
    count(k, "k must be a non-negative integer")?;
    let (top, mut k) = (int::to_ibig(ni.r()), int::to_ibig(ki.r()));
    if k > top {
        return Ok(Own::int(0));
    }
    let other = &top - &k;
    if other < k {
        k = other;
    }
    let steps = match k.as_sign_words().1 {
        [] => 0,
        [w] if *w <= i64::MAX as u64 => *w,
        _ => return exc::overflow_error(format_args!("min(n - k, k) must not exceed {}", i64::MAX)),
    };
    let mut r = IBig::ONE;
    for i in 0..steps {
        r = r * (&top - IBig::from(i)) / IBig::from(i + 1);
    }
    int::from_ibig(&r)
}
