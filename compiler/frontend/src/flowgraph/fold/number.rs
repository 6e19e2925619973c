//! Arithmetic of int, float and complex constants, as CPython's number types do it.

use dashu_int::{IBig, Sign, UBig};
use pyaot_code::Constant;
use pyaot_code::opcode::nb;

use super::MAX_INT_SIZE;

/// A number constant, bool taken as int.
pub(super) enum Number {
    Int(IBig),
    Float(f64),
    Complex(Complex),
}

#[derive(Clone, Copy)]
pub(super) struct Complex {
    re: f64,
    im: f64,
}

impl Number {
    pub(super) fn new(value: &Constant) -> Option<Number> {
        Some(match value {
            Constant::Bool(b) => Number::Int(IBig::from(u8::from(*b))),
            Constant::Int(n) => Number::Int(IBig::from(*n)),
            Constant::BigInt(n) => {
                let sign = if n.negative { Sign::Negative } else { Sign::Positive };
                let bytes: Vec<u8> = n.limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
                Number::Int(IBig::from_parts(sign, UBig::from_le_bytes(&bytes)))
            }
            Constant::Float(bits) => Number::Float(f64::from_bits(*bits)),
            Constant::Complex(re, im) => Number::Complex(Complex {
                re: f64::from_bits(*re),
                im: f64::from_bits(*im),
            }),
            _ => return None,
        })
    }

    pub(super) fn negative(&self) -> Option<Constant> {
        Some(match self {
            Number::Int(n) => int(-n),
            Number::Float(x) => Constant::float(-x),
            Number::Complex(z) => Constant::complex(-z.re, -z.im),
        })
    }

    pub(super) fn positive(&self) -> Option<Constant> {
        Some(match self {
            Number::Int(n) => int(n.clone()),
            Number::Float(x) => Constant::float(*x),
            Number::Complex(z) => Constant::complex(z.re, z.im),
        })
    }

    pub(super) fn invert(&self) -> Option<Constant> {
        match self {
            Number::Int(n) => Some(int(!n.clone())),
            Number::Float(_) | Number::Complex(_) => None,
        }
    }

    /// The whole number if it is one, else the real number if it is one, else itself.
    pub(super) fn canonical(&self) -> Constant {
        match self {
            Number::Int(n) => int(n.clone()),
            Number::Float(x) => exact_int(*x).map_or(Constant::float(*x), int),
            Number::Complex(z) if z.im == 0.0 => Number::Float(z.re).canonical(),
            Number::Complex(z) => Constant::complex(z.re, z.im),
        }
    }

    pub(super) fn binary(&self, op: u32, other: &Number) -> Option<Constant> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => int_binary(a, op, b),
            (Number::Complex(_), _) | (_, Number::Complex(_)) => complex_binary(self, op, other),
            _ => float_binary(self.to_f64()?, op, other.to_f64()?),
        }
    }

    /// The real value as a float; `None` where CPython raises OverflowError, and for complex.
    fn to_f64(&self) -> Option<f64> {
        match self {
            Number::Int(n) => int_to_f64(n),
            Number::Float(x) => Some(*x),
            Number::Complex(_) => None,
        }
    }
}

fn int(value: IBig) -> Constant {
    let (sign, magnitude) = value.into_parts();
    let bytes = magnitude.to_le_bytes();
    let limbs = bytes.chunks(8).map(|chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(bytes)
    });
    Constant::int_from_limbs(sign == Sign::Negative, limbs.collect())
}

fn bits(value: &IBig) -> usize {
    let (_, magnitude) = value.clone().into_parts();
    bit_len(&magnitude)
}

fn bit_len(value: &UBig) -> usize {
    let bytes = value.to_le_bytes();
    bytes
        .last()
        .map_or(0, |top| bytes.len() * 8 - top.leading_zeros() as usize)
}

fn is_negative(value: &IBig) -> bool {
    *value < IBig::ZERO
}

/// The whole number that `x` is, if it is one.
fn exact_int(x: f64) -> Option<IBig> {
    if !x.is_finite() || x.fract() != 0.0 {
        return None;
    }
    let exponent = (x.to_bits() >> 52 & 0x7ff) as i64 - 1075;
    if exponent <= 0 {
        return Some(IBig::from(x as i64));
    }
    let mantissa = IBig::from((x.to_bits() & ((1 << 52) - 1)) | 1 << 52) << exponent as usize;
    Some(if x < 0.0 { -mantissa } else { mantissa })
}

/// CPython: Objects/longobject.c, PyLong_AsDouble
fn int_to_f64(value: &IBig) -> Option<f64> {
    let (sign, magnitude) = value.clone().into_parts();
    let x = ratio(magnitude, UBig::ONE)?;
    Some(if sign == Sign::Negative { -x } else { x })
}

/// `a / b` rounded half to even; `None` on overflow. `b` is not zero.
fn ratio(a: UBig, b: UBig) -> Option<f64> {
    if a.is_zero() {
        return Some(0.0);
    }
    // A quotient of 64 or 65 bits, and whether something is below it.
    let shift = 64 - (bit_len(&a) as i64 - bit_len(&b) as i64);
    let (a, b) = if shift >= 0 {
        (a << shift as usize, b)
    } else {
        (a, b << (-shift) as usize)
    };
    let quotient = &a / &b;
    let sticky = a != &quotient * &b;
    let quotient = u128::try_from(quotient).ok()?;
    let width = 128 - i64::from(quotient.leading_zeros());
    let exponent = width - 1 - shift;
    let precision = if exponent >= -1022 {
        53
    } else {
        (53 + exponent + 1022).max(0)
    };
    let drop = (width - precision) as u32;
    let rest = quotient & ((1 << drop) - 1);
    let half = 1u128 << (drop - 1);
    let mut mantissa = (quotient >> drop) as u64;
    if rest > half || (rest == half && (sticky || mantissa & 1 != 0)) {
        mantissa += 1;
    }
    // Exact: the mantissa has at most 53 bits, and two steps keep the first product normal.
    let scale = (i64::from(drop) - shift) as i32;
    let x = mantissa as f64 * 2f64.powi(scale / 2) * 2f64.powi(scale - scale / 2);
    x.is_finite().then_some(x)
}

fn int_binary(a: &IBig, op: u32, b: &IBig) -> Option<Constant> {
    let (a_zero, b_zero) = (*a == IBig::ZERO, *b == IBig::ZERO);
    Some(int(match op {
        nb::ADD => a + b,
        nb::SUBTRACT => a - b,
        nb::AND => a & b,
        nb::OR => a | b,
        nb::XOR => a ^ b,
        nb::MULTIPLY => {
            if !a_zero && !b_zero && bits(a) + bits(b) > MAX_INT_SIZE {
                return None;
            }
            a * b
        }
        nb::FLOOR_DIVIDE if !b_zero => floor_div(a, b),
        nb::REMAINDER if !b_zero => a - floor_div(a, b) * b,
        nb::TRUE_DIVIDE if !b_zero => {
            let ((sa, a), (sb, b)) = (a.clone().into_parts(), b.clone().into_parts());
            let x = ratio(a, b)?;
            return Some(Constant::float(if sa != sb { -x } else { x }));
        }
        nb::POWER => {
            if is_negative(b) {
                return float_binary(int_to_f64(a)?, op, int_to_f64(b)?);
            }
            if a_zero || b_zero {
                return Some(Constant::Int(i64::from(b_zero)));
            }
            let exponent = usize::try_from(b.clone()).ok()?;
            if bits(a) > MAX_INT_SIZE / exponent {
                return None;
            }
            a.pow(exponent)
        }
        nb::LSHIFT => {
            if is_negative(b) {
                return None;
            }
            if a_zero || b_zero {
                return Some(int(a.clone()));
            }
            let shift = usize::try_from(b.clone()).ok()?;
            if shift > MAX_INT_SIZE || bits(a) > MAX_INT_SIZE - shift {
                return None;
            }
            a << shift
        }
        nb::RSHIFT => {
            if is_negative(b) {
                return None;
            }
            match usize::try_from(b.clone()) {
                Ok(shift) if shift <= bits(a) => a >> shift,
                _ => IBig::from(-i8::from(is_negative(a))),
            }
        }
        _ => return None,
    }))
}

fn floor_div(a: &IBig, b: &IBig) -> IBig {
    let quotient = a / b;
    let exact = &quotient * b == *a;
    if !exact && is_negative(a) != is_negative(b) {
        quotient - IBig::ONE
    } else {
        quotient
    }
}

fn float_binary(x: f64, op: u32, y: f64) -> Option<Constant> {
    Some(Constant::float(match op {
        nb::ADD => x + y,
        nb::SUBTRACT => x - y,
        nb::MULTIPLY => x * y,
        nb::TRUE_DIVIDE if y != 0.0 => x / y,
        nb::FLOOR_DIVIDE if y != 0.0 => float_divmod(x, y).0,
        nb::REMAINDER if y != 0.0 => float_divmod(x, y).1,
        nb::POWER => return float_pow(x, y),
        _ => return None,
    }))
}

/// CPython: Objects/floatobject.c, _float_div_mod
fn float_divmod(x: f64, y: f64) -> (f64, f64) {
    let mut remainder = x % y;
    let mut quotient = (x - remainder) / y;
    if remainder != 0.0 {
        if (y < 0.0) != (remainder < 0.0) {
            remainder += y;
            quotient -= 1.0;
        }
    } else {
        remainder = 0f64.copysign(y);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(x / y)
    };
    (floor, remainder)
}

/// `None` where Python raises. CPython: Objects/floatobject.c, float_pow
fn float_pow(x: f64, y: f64) -> Option<Constant> {
    let odd = (y.abs() % 2.0) == 1.0;
    let value = if y == 0.0 {
        1.0
    } else if x.is_nan() {
        x
    } else if y.is_nan() {
        if x == 1.0 { 1.0 } else { y }
    } else if y.is_infinite() {
        let x = x.abs();
        if x == 1.0 {
            1.0
        } else if (y > 0.0) == (x > 1.0) {
            y.abs()
        } else {
            0.0
        }
    } else if x.is_infinite() {
        match (y > 0.0, odd) {
            (true, true) => x,
            (true, false) => x.abs(),
            (false, true) => 0f64.copysign(x),
            (false, false) => 0.0,
        }
    } else if x == 0.0 {
        if y < 0.0 {
            return None;
        }
        if odd { x } else { 0.0 }
    } else if x < 0.0 && y != y.floor() {
        return complex_pow(Complex { re: x, im: 0.0 }, Complex { re: y, im: 0.0 });
    } else {
        let negate = x < 0.0 && odd;
        let magnitude = if x.abs() == 1.0 { 1.0 } else { x.abs().powf(y) };
        if magnitude.is_infinite() {
            return None;
        }
        if negate { -magnitude } else { magnitude }
    };
    Some(Constant::float(value))
}

/// Real operands stay real, so that signs of zeros are C's. CPython: Objects/complexobject.c, complex_add and others
fn complex_binary(a: &Number, op: u32, b: &Number) -> Option<Constant> {
    let (z, w) = (Complex::from(a)?, Complex::from(b)?);
    let (a_real, b_real) = (!matches!(a, Number::Complex(_)), !matches!(b, Number::Complex(_)));
    let value = match op {
        nb::ADD if b_real => Complex {
            re: z.re + w.re,
            im: z.im,
        },
        nb::ADD if a_real => Complex {
            re: w.re + z.re,
            im: w.im,
        },
        nb::ADD => Complex {
            re: z.re + w.re,
            im: z.im + w.im,
        },
        nb::SUBTRACT if b_real => Complex {
            re: z.re - w.re,
            im: z.im,
        },
        nb::SUBTRACT if a_real => Complex {
            re: z.re - w.re,
            im: -w.im,
        },
        nb::SUBTRACT => Complex {
            re: z.re - w.re,
            im: z.im - w.im,
        },
        nb::MULTIPLY if b_real => Complex {
            re: z.re * w.re,
            im: z.im * w.re,
        },
        nb::MULTIPLY if a_real => Complex {
            re: w.re * z.re,
            im: w.im * z.re,
        },
        nb::MULTIPLY => product(z, w),
        nb::TRUE_DIVIDE if b_real => {
            if w.re == 0.0 {
                return None;
            }
            Complex {
                re: z.re / w.re,
                im: z.im / w.re,
            }
        }
        nb::TRUE_DIVIDE if a_real => quotient_of_real(z.re, w)?,
        nb::TRUE_DIVIDE => quotient(z, w)?,
        nb::POWER => return complex_pow(z, w),
        _ => return None,
    };
    Some(value.constant())
}

impl Complex {
    fn from(value: &Number) -> Option<Complex> {
        match value {
            Number::Complex(z) => Some(*z),
            real => Some(Complex {
                re: real.to_f64()?,
                im: 0.0,
            }),
        }
    }

    fn constant(self) -> Constant {
        Constant::complex(self.re, self.im)
    }
}

/// 1 with the sign of `x` where it is infinite, else 0 with its sign.
fn box_infinity(x: f64) -> f64 {
    f64::from(u8::from(x.is_infinite())).copysign(x)
}

/// A NaN counts as a zero of its sign.
fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0f64.copysign(x) } else { x }
}

/// With C99's recovery of infinities. CPython: Objects/complexobject.c, _Py_c_prod
fn product(z: Complex, w: Complex) -> Complex {
    let (mut a, mut b, mut c, mut d) = (z.re, z.im, w.re, w.im);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let r = Complex {
        re: ac - bd,
        im: ad + bc,
    };
    if !(r.re.is_nan() && r.im.is_nan()) {
        return r;
    }
    let mut recalc = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b) = (box_infinity(a), box_infinity(b));
        (c, d) = (nan_to_zero(c), nan_to_zero(d));
        recalc = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d) = (box_infinity(c), box_infinity(d));
        (a, b) = (nan_to_zero(a), nan_to_zero(b));
        recalc = true;
    }
    if !recalc && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
        recalc = true;
    }
    if recalc {
        return Complex {
            re: f64::INFINITY * (a * c - b * d),
            im: f64::INFINITY * (a * d + b * c),
        };
    }
    r
}

/// CPython: Objects/complexobject.c, _Py_c_quot
fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    let mut r = if b.re.abs() >= b.im.abs() {
        if b.re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        Complex {
            re: (a.re + a.im * ratio) / denominator,
            im: (a.im - a.re * ratio) / denominator,
        }
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        Complex {
            re: (a.re * ratio + a.im) / denominator,
            im: (a.im * ratio - a.re) / denominator,
        }
    } else {
        Complex {
            re: f64::NAN,
            im: f64::NAN,
        }
    };
    if r.re.is_nan() && r.im.is_nan() {
        if (a.re.is_infinite() || a.im.is_infinite()) && b.re.is_finite() && b.im.is_finite() {
            let (x, y) = (box_infinity(a.re), box_infinity(a.im));
            r = Complex {
                re: f64::INFINITY * (x * b.re + y * b.im),
                im: f64::INFINITY * (y * b.re - x * b.im),
            };
        } else if (b.re.is_infinite() || b.im.is_infinite()) && a.re.is_finite() && a.im.is_finite() {
            let (x, y) = (box_infinity(b.re), box_infinity(b.im));
            r = Complex {
                re: 0.0 * (a.re * x + a.im * y),
                im: 0.0 * (a.im * x - a.re * y),
            };
        }
    }
    Some(r)
}

/// CPython: Objects/complexobject.c, _Py_rc_quot
fn quotient_of_real(a: f64, b: Complex) -> Option<Complex> {
    let mut r = if b.re.abs() >= b.im.abs() {
        if b.re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        Complex {
            re: a / denominator,
            im: (-a * ratio) / denominator,
        }
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        Complex {
            re: (a * ratio) / denominator,
            im: (-a) / denominator,
        }
    } else {
        Complex {
            re: f64::NAN,
            im: f64::NAN,
        }
    };
    if r.re.is_nan() && r.im.is_nan() && a.is_finite() && (b.re.is_infinite() || b.im.is_infinite()) {
        let (x, y) = (box_infinity(b.re), box_infinity(b.im));
        r = Complex {
            re: 0.0 * (a * x),
            im: 0.0 * (-a * y),
        };
    }
    Some(r)
}

/// `None` where Python raises. CPython: Objects/complexobject.c, complex_pow
fn complex_pow(a: Complex, b: Complex) -> Option<Constant> {
    let small_int = b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0;
    let r = if small_int { powi(a, b.re as i32)? } else { pow(a, b)? };
    (!r.re.is_infinite() && !r.im.is_infinite()).then(|| r.constant())
}

fn powi(x: Complex, n: i32) -> Option<Complex> {
    const ONE: Complex = Complex { re: 1.0, im: 0.0 };
    let power = |n: u32| {
        let (mut r, mut p, mut mask) = (ONE, x, 1);
        while n >= mask {
            if n & mask != 0 {
                r = product(r, p);
            }
            mask <<= 1;
            p = product(p, p);
        }
        r
    };
    match n {
        0 => Some(ONE),
        1.. => Some(power(n.unsigned_abs())),
        _ => quotient(ONE, power(n.unsigned_abs())),
    }
}

fn pow(a: Complex, b: Complex) -> Option<Complex> {
    if b.re == 0.0 && b.im == 0.0 {
        return Some(Complex { re: 1.0, im: 0.0 });
    }
    if a.re == 0.0 && a.im == 0.0 {
        return (b.im == 0.0 && b.re >= 0.0).then_some(Complex { re: 0.0, im: 0.0 });
    }
    let magnitude = a.re.hypot(a.im);
    let angle = a.im.atan2(a.re);
    let mut len = magnitude.powf(b.re);
    let mut phase = angle * b.re;
    if b.im != 0.0 {
        len *= (-angle * b.im).exp();
        phase += b.im * magnitude.ln();
    }
    Some(Complex {
        re: len * phase.cos(),
        im: len * phase.sin(),
    })
}
