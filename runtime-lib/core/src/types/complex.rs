//! `complex`.
use crate::call::{Args, MethodDef, bind, noargs, one, sig};
use crate::object::{Object, Own, PyResult, Ref, alloc};
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, member};
use crate::types::int;
use crate::{exc, istr, object_protocol, types};
pub use pyaot_abi::ComplexObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for ComplexObject {
    fn type_object() -> &'static TypeObject {
        &COMPLEX_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_complex")]
pub static COMPLEX_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "complex",
    basic_size: size_of::<ComplexObject>(),
    flags: type_flag::BASETYPE | type_flag::COMPLEX | type_flag::QUIET_DEALLOC,
    doc: "A complex number with real and imaginary parts in double precision.",
    slots: Slots {
        repr: Some(|c| {
            let (re, im) = of(c);
            Ok(Own::str(&pyaot_text::float::complex_repr(re, im)))
        }),
        hash: Some(hash),
        richcompare: Some(richcompare),
        new: Some(new),
        nb_add: Some(|a, b| {
            binary(
                a,
                b,
                |x, y| Ok((x.0 + y.0, x.1 + y.1)),
                |x, r| Ok((x.0 + r, x.1)),
                |r, y| Ok((r + y.0, y.1)),
            )
        }),
        nb_subtract: Some(|a, b| {
            binary(
                a,
                b,
                |x, y| Ok((x.0 - y.0, x.1 - y.1)),
                |x, r| Ok((x.0 - r, x.1)),
                |r, y| Ok((r - y.0, -y.1)),
            )
        }),
        nb_multiply: Some(|a, b| {
            binary(
                a,
                b,
                |x, y| Ok(mul(x, y)),
                |x, r| Ok((x.0 * r, x.1 * r)),
                |r, y| Ok((r * y.0, r * y.1)),
            )
        }),
        nb_true_divide: Some(|a, b| {
            binary(
                a,
                b,
                div,
                |x, r| {
                    if r == 0.0 {
                        zero_division()
                    } else {
                        Ok((x.0 / r, x.1 / r))
                    }
                },
                div_real,
            )
        }),
        nb_power: Some(nb_power),
        nb_negative: Some(|c| from_parts(-of(c).0, -of(c).1)),
        nb_positive: Some(exact),
        nb_absolute: Some(absolute),
        nb_bool: Some(|c| Ok(of(c) != (0.0, 0.0))),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static GETSET: &[GetSetDef] = &[
    member("real", |c| Ok(Own::float(of(c).0))).doc("the real part of a complex number"),
    member("imag", |c| Ok(Own::float(of(c).1))).doc("the imaginary part of a complex number"),
];
static METHODS: &[MethodDef] = &[
    noargs(sig!("conjugate()"), |c| from_parts(of(c).0, -of(c).1)),
    noargs(sig!("__complex__()"), exact),
    noargs(sig!("__getnewargs__()"), |c| {
        types::tuple::try_from_vec(vec![Own::float(of(c).0), Own::float(of(c).1)])
    }),
    one(sig!("__format__(format_spec, /)"), types::format_number::format_complex),
    one(sig!("from_number(number, /)"), from_number).class(),
];

type Parts = (f64, f64);

/// Parts of a complex object.
pub fn of(c: Ref) -> Parts {
    // SAFETY: the caller passes a complex.
    let c = unsafe { c.cast::<ComplexObject>() };
    (c.real, c.imag)
}
pub fn from_parts(real: f64, imag: f64) -> PyResult {
    of_class(&COMPLEX_TYPE, (real, imag))
}
fn of_class(ty: &TypeObject, (real, imag): Parts) -> PyResult {
    alloc::object_of(ty, |header| ComplexObject { header, real, imag })
}
fn exact(c: Ref) -> PyResult {
    if c.is_exact::<ComplexObject>() {
        Ok(c.own())
    } else {
        from_parts(of(c).0, of(c).1)
    }
}

enum Operand {
    Complex(Parts),
    Real(f64),
}
fn operand(v: Ref) -> PyResult<Option<Operand>> {
    if v.ty().has(type_flag::COMPLEX) {
        return Ok(Some(Operand::Complex(of(v))));
    }
    if let Some(f) = types::float::value(v) {
        return Ok(Some(Operand::Real(f)));
    }
    if int::view_opt(v).is_some() {
        return int::as_f64(v).map(|f| Some(Operand::Real(f)));
    }
    Ok(None)
}

/// 3.14 has mixed real and complex arithmetic: a real operand has no imaginary part, not a zero one.
fn binary(
    a: Ref,
    b: Ref,
    cc: impl FnOnce(Parts, Parts) -> PyResult<Parts>,
    cr: impl FnOnce(Parts, f64) -> PyResult<Parts>,
    rc: impl FnOnce(f64, Parts) -> PyResult<Parts>,
) -> PyResult {
    let (Some(x), Some(y)) = (operand(a)?, operand(b)?) else {
        return Ok(Own::not_implemented());
    };
    let (re, im) = match (x, y) {
        (Operand::Complex(x), Operand::Complex(y)) => cc(x, y)?,
        (Operand::Complex(x), Operand::Real(y)) => cr(x, y)?,
        (Operand::Real(x), Operand::Complex(y)) => rc(x, y)?,
        (Operand::Real(_), Operand::Real(_)) => return Ok(Own::not_implemented()),
    };
    from_parts(re, im)
}

/// Product with recovery of infinities (CPython: _Py_c_prod, C99 Annex G).
pub fn mul(x: Parts, y: Parts) -> Parts {
    let ((mut a, mut b), (mut c, mut d)) = (x, y);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let (re, im) = (ac - bd, ad + bc);
    if !(re.is_nan() && im.is_nan()) {
        return (re, im);
    }
    let unit = |v: f64| (if v.is_infinite() { 1f64 } else { 0.0 }).copysign(v);
    let denan = |v: f64| if v.is_nan() { 0f64.copysign(v) } else { v };
    let mut recalc = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (unit(a), unit(b), denan(c), denan(d));
        recalc = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d, a, b) = (unit(c), unit(d), denan(a), denan(b));
        recalc = true;
    }
    if !recalc && (ac.is_infinite() || bd.is_infinite() || ad.is_infinite() || bc.is_infinite()) {
        (a, b, c, d) = (denan(a), denan(b), denan(c), denan(d));
        recalc = true;
    }
    if recalc {
        (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c))
    } else {
        (re, im)
    }
}

#[cold]
fn zero_division<R>() -> PyResult<R> {
    exc::zero_division(format_args!("division by zero"))
}

/// Smith's method with recovery of infinities (CPython: _Py_c_quot).
pub fn div(x: Parts, y: Parts) -> PyResult<Parts> {
    let ((a, b), (c, d)) = (x, y);
    if c == 0.0 && d == 0.0 {
        return zero_division();
    }
    let (re, im) = if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if re.is_nan() && im.is_nan() {
        let unit = |v: f64| (if v.is_infinite() { 1f64 } else { 0.0 }).copysign(v);
        if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
            let (x, y) = (unit(a), unit(b));
            return Ok((f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)));
        }
        if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
            let (x, y) = (unit(c), unit(d));
            return Ok((0.0 * (a * x + b * y), 0.0 * (b * x - a * y)));
        }
    }
    Ok((re, im))
}

/// A real number divided by a complex one (CPython: Objects/complexobject.c, _Py_rc_quot).
fn div_real(a: f64, (c, d): Parts) -> PyResult<Parts> {
    if c == 0.0 && d == 0.0 {
        return zero_division();
    }
    let (re, im) = if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + d * ratio;
        (a / denominator, -a * ratio / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        (a * ratio / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if re.is_nan() && im.is_nan() && a.is_finite() && (c.is_infinite() || d.is_infinite()) {
        let unit = |v: f64| (if v.is_infinite() { 1f64 } else { 0.0 }).copysign(v);
        return Ok((0.0 * (a * unit(c)), 0.0 * (-a * unit(d))));
    }
    Ok((re, im))
}

unsafe extern "C" {
    safe fn hypot(x: f64, y: f64) -> f64;
    safe fn atan2(y: f64, x: f64) -> f64;
    #[link_name = "pow"]
    safe fn c_pow(x: f64, y: f64) -> f64;
    safe fn exp(x: f64) -> f64;
    safe fn log(x: f64) -> f64;
    safe fn cos(x: f64) -> f64;
    safe fn sin(x: f64) -> f64;
}

fn absolute(c: Ref) -> PyResult {
    let (re, im) = of(c);
    let r = hypot(re, im);
    if r.is_infinite() && re.is_finite() && im.is_finite() {
        return exc::overflow_error(format_args!("absolute value too large"));
    }
    Ok(Own::float(r))
}

fn nb_power(a: Ref, b: Ref, m: Ref) -> PyResult {
    let to_parts = |o: Operand| match o {
        Operand::Complex(p) => p,
        Operand::Real(r) => (r, 0.0),
    };
    let (Some(x), Some(y)) = (operand(a)?, operand(b)?) else {
        return Ok(Own::not_implemented());
    };
    if !m.is_none() {
        return exc::value_error(format_args!("complex modulo"));
    }
    pow_of_parts(to_parts(x), to_parts(y))
}

/// CPython: complex_pow: small integral exponents by multiplication, others in polar form.
pub fn pow_of_parts(x: Parts, y: Parts) -> PyResult {
    let r = if y.1 == 0.0 && y.0 == y.0.floor() && y.0.abs() <= 100.0 {
        pow_int(x, y.0 as i64)?
    } else {
        pow(x, y)?
    };
    if r.0.is_infinite() || r.1.is_infinite() {
        return exc::overflow_error(format_args!("complex exponentiation"));
    }
    from_parts(r.0, r.1)
}
fn pow_int(x: Parts, n: i64) -> PyResult<Parts> {
    let mut result = (1.0, 0.0);
    let mut p = x;
    let mut mask = 1u64;
    let count = n.unsigned_abs();
    while mask > 0 && count >= mask {
        if count & mask != 0 {
            result = mul(result, p);
        }
        mask <<= 1;
        p = mul(p, p);
    }
    if n >= 0 {
        Ok(result)
    } else if x == (0.0, 0.0) {
        zero_power()
    } else {
        div((1.0, 0.0), result)
    }
}
#[cold]
fn zero_power<R>() -> PyResult<R> {
    exc::zero_division(format_args!("zero to a negative or complex power"))
}
/// CPython: _Py_c_pow.
fn pow(a: Parts, b: Parts) -> PyResult<Parts> {
    if b == (0.0, 0.0) {
        return Ok((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        return if b.1 != 0.0 || b.0 < 0.0 {
            zero_power()
        } else {
            Ok((0.0, 0.0))
        };
    }
    let vabs = hypot(a.0, a.1);
    let mut len = c_pow(vabs, b.0);
    let at = atan2(a.1, a.0);
    let mut phase = at * b.0;
    if b.1 != 0.0 {
        len *= exp(-at * b.1);
        phase += b.1 * log(vabs);
    }
    Ok((len * cos(phase), len * sin(phase)))
}

fn hash(c: Ref) -> PyResult<i64> {
    let (re, im) = of(c);
    let nan = pyaot_text::hash::pointer(c.value().0 as usize);
    Ok(pyaot_text::hash::complex(
        pyaot_text::hash::float(re, nan),
        pyaot_text::hash::float(im, nan),
    ))
}

fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let (re, im) = of(a);
    let equal = if b.ty().has(type_flag::COMPLEX) {
        of(b) == (re, im)
    } else if let Some(f) = types::float::value(b) {
        im == 0.0 && re == f
    } else if int::view_opt(b).is_some() {
        im == 0.0 && object_protocol::compare_bool(Own::float(re).r(), b, CompareOp::Eq)?
    } else {
        return Ok(Own::not_implemented());
    };
    Ok(Own::bool(equal == (op == CompareOp::Eq)))
}

/// `complex(real=0, imag=0)` (CPython: complex_new_impl, actual_complex_new).
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("complex(real=0, imag=0)"), args, |b| {
        let (real, imag) = (b.get(0), b.get(1));
        if let (Some(r), false) = (real.filter(|_| args.len() == 1), args.has_keywords()) {
            if core::ptr::eq(cls, &COMPLEX_TYPE) && r.is_exact::<ComplexObject>() {
                return Ok(r.own());
            }
            if let Some(p) = by_complex_method(r)? {
                return of_class(cls, p);
            }
            if r.ty().has(type_flag::STR) {
                return parse(cls, r);
            }
            return match types::float::number(r)? {
                Some(f) => of_class(cls, (f, 0.0)),
                None => exc::type_error(format_args!(
                    "complex() argument must be a string or a number, not {}",
                    r.ty().name()
                )),
            };
        }
        let part = |v: Option<Ref>, name: &str| -> PyResult<Option<Operand>> {
            let Some(v) = v else { return Ok(None) };
            if v.ty().has(type_flag::COMPLEX) {
                exc_warn_complex(name, v)?;
                return Ok(Some(Operand::Complex(of(v))));
            }
            if name == "real"
                && let Some(parts) = by_complex_method(v)?
            {
                exc_warn_complex(name, v)?;
                return Ok(Some(Operand::Complex(parts)));
            }
            match types::float::number(v)? {
                Some(f) => Ok(Some(Operand::Real(f))),
                None => exc::type_error(format_args!(
                    "complex() argument '{name}' must be a real number, not {}",
                    v.ty().name()
                )),
            }
        };
        let (r, i) = (part(real, "real")?, part(imag, "imag")?);
        let (mut re, mut im) = match r {
            Some(Operand::Complex(p)) => p,
            Some(Operand::Real(f)) => (f, 0.0),
            None => (0.0, 0.0),
        };
        match i {
            Some(Operand::Complex(p)) => {
                re -= p.1;
                im += p.0;
            }
            Some(Operand::Real(f)) => im = if im == 0.0 { f } else { im + f },
            None => {}
        }
        of_class(cls, (re, im))
    })
}

/// Complex parts are deprecated arguments (CPython 3.14).
fn exc_warn_complex(name: &str, v: Ref) -> PyResult<()> {
    crate::warn::deprecation(format_args!(
        "complex() argument '{name}' must be a real number, not {}",
        v.ty().name()
    ))
}

/// CPython: try_complex_special_method.
fn by_complex_method(v: Ref) -> PyResult<Option<Parts>> {
    if v.is_exact::<ComplexObject>() {
        return Ok(Some(of(v)));
    }
    let Some(r) = crate::call::call_special(v, istr!("__complex__"), &[]) else {
        return Ok(None);
    };
    let r = r?;
    if !r.r().ty().has(type_flag::COMPLEX) {
        return exc::type_error(format_args!(
            "__complex__ returned non-complex (type {})",
            r.r().ty().name()
        ));
    }
    if !r.r().is_exact::<ComplexObject>() {
        crate::warn::deprecation(format_args!(
            "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex is \
             deprecated, and may be removed in a future version of Python.",
            r.r().ty().name()
        ))?;
    }
    Ok(Some(of(r.r())))
}

fn parse(cls: &'static TypeObject, s: Ref) -> PyResult {
    let t = int::text_of(s)?.unwrap_or_default();
    match pyaot_text::float::parse_complex(&t) {
        Some(p) => of_class(cls, p),
        None => exc::value_error(format_args!("complex() arg is a malformed string")),
    }
}

/// The parts that cmath functions take (CPython: PyComplex_AsCComplex).
pub fn as_parts(v: Ref) -> PyResult<Parts> {
    if let Some(p) = by_complex_method(v)? {
        return Ok(p);
    }
    Ok((types::float::as_f64(v)?, 0.0))
}

fn from_number(cls: Ref, v: Ref) -> PyResult {
    let ty = types::type_::cast(cls);
    if core::ptr::eq(ty, &COMPLEX_TYPE) && v.is_exact::<ComplexObject>() {
        return Ok(v.own());
    }
    let (re, im) = as_parts(v)?;
    if core::ptr::eq(ty, &COMPLEX_TYPE) {
        return from_parts(re, im);
    }
    let c = from_parts(re, im)?;
    crate::call::call1(cls, c.r())
}
