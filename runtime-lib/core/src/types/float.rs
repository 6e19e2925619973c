//! `float`: most values are immediates, the rest [`FloatObject`]s.
use crate::call::{Args, Bound, MethodDef, bound, noargs, one, sig};
use crate::object::{Object, Own, PyResult, Raised, Ref, alloc};
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getter};
use crate::types::int::{self, View};
use crate::{exc, object_protocol, types};
use core::cmp::Ordering;
use dashu_int::{IBig, Sign, UBig};
pub use pyaot_abi::FloatObject;
use pyaot_abi::type_flag;
use pyaot_text::float as text;

// SAFETY: abi layout.
unsafe impl Object for FloatObject {
    fn type_object() -> &'static TypeObject {
        &FLOAT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_float")]
pub static FLOAT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "float",
    basic_size: size_of::<FloatObject>(),
    flags: type_flag::BASETYPE | type_flag::FLOAT | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    doc: "A double precision floating point number.",
    slots: Slots {
        repr: Some(|f| types::str::try_from_str(text::repr(of(f)).as_str())),
        hash: Some(|f| {
            Ok(pyaot_text::hash::float(
                of(f),
                pyaot_text::hash::pointer(f.value().0 as usize),
            ))
        }),
        richcompare: Some(richcompare),
        new: Some(new),
        nb_add: Some(|a, b| binary(a, b, |x, y| Ok(x + y))),
        nb_subtract: Some(|a, b| binary(a, b, |x, y| Ok(x - y))),
        nb_multiply: Some(|a, b| binary(a, b, |x, y| Ok(x * y))),
        nb_remainder: Some(|a, b| binary(a, b, |x, y| Ok(divmod(x, y)?.1))),
        nb_divmod: Some(nb_divmod),
        nb_power: Some(nb_power),
        nb_negative: Some(|f| Ok(Own::float(-of(f)))),
        nb_positive: Some(exact),
        nb_absolute: Some(|f| Ok(Own::float(of(f).abs()))),
        nb_bool: Some(|f| Ok(of(f) != 0.0)),
        nb_int: Some(|f| int::from_f64_trunc(of(f))),
        nb_float: Some(exact),
        nb_floor_divide: Some(|a, b| binary(a, b, |x, y| Ok(divmod(x, y)?.0))),
        nb_true_divide: Some(|a, b| {
            binary(a, b, |x, y| {
                if y == 0.0 {
                    exc::zero_division(format_args!("division by zero"))
                } else {
                    Ok(x / y)
                }
            })
        }),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static GETSET: &[GetSetDef] = &[getter("real", exact), getter("imag", |_| Ok(Own::float(0.0)))];
static METHODS: &[MethodDef] = &[
    noargs(sig!("conjugate()"), exact),
    noargs(sig!("is_integer()"), |f| {
        Ok(Own::bool(of(f).is_finite() && of(f).trunc() == of(f)))
    }),
    noargs(sig!("as_integer_ratio()"), |f| as_integer_ratio(of(f))),
    noargs(sig!("hex()"), |f| Ok(Own::str(&text::float_hex(of(f))))),
    one(sig!("fromhex(string, /)"), fromhex).class(),
    one(sig!("from_number(number, /)"), from_number).class(),
    noargs(sig!("__trunc__()"), |f| int::from_f64_trunc(of(f))),
    noargs(sig!("__floor__()"), |f| int::from_f64_trunc(of(f).floor())),
    noargs(sig!("__ceil__()"), |f| int::from_f64_trunc(of(f).ceil())),
    bound(sig!("__round__(ndigits=None, /)"), round),
    noargs(sig!("__getnewargs__()"), |f| {
        types::tuple::try_from_vec(vec![Own::float(of(f))])
    }),
    one(sig!("__format__(format_spec, /)"), types::format_number::format_float),
    one(sig!("__getformat__(typestr, /)"), getformat).class(),
];

/// A float object for a value that has no immediate form.
#[cold]
pub fn boxed(f: f64) -> Own {
    object_of(&FLOAT_TYPE, f).unwrap_or_else(|Raised| std::process::abort())
}
fn object_of(ty: &TypeObject, f: f64) -> PyResult {
    alloc::object_of(ty, |header| FloatObject { header, value: f })
}

/// The value of a float or an instance of a subclass.
#[inline]
pub fn value(r: Ref) -> Option<f64> {
    if r.value().is_small_float() {
        Some(r.value().as_small_f64())
    } else {
        r.downcast::<FloatObject>().map(|f| f.value)
    }
}
/// The value of what is known to be a float.
#[inline]
fn of(r: Ref) -> f64 {
    // SAFETY: slots and methods of this type receive its instances.
    if r.value().is_small_float() {
        r.value().as_small_f64()
    } else {
        unsafe { r.cast::<FloatObject>() }.value
    }
}

/// The exact float of a float or an instance of a subclass.
fn exact(f: Ref) -> PyResult {
    if f.value().is_small_float() || f.is_exact::<FloatObject>() {
        Ok(f.own())
    } else {
        Ok(Own::float(of(f)))
    }
}

/// Operand of an arithmetic slot: float or int; `None` = NotImplemented (CPython: CONVERT_TO_DOUBLE).
fn operand(r: Ref) -> PyResult<Option<f64>> {
    if let Some(f) = value(r) {
        return Ok(Some(f));
    }
    match int::view_opt(r) {
        Some(View::Small(i)) => Ok(Some(i as f64)),
        Some(_) => int::as_f64(r).map(Some),
        None => Ok(None),
    }
}
fn binary(a: Ref, b: Ref, f: impl FnOnce(f64, f64) -> PyResult<f64>) -> PyResult {
    let Some(x) = operand(a)? else {
        return Ok(Own::not_implemented());
    };
    let Some(y) = operand(b)? else {
        return Ok(Own::not_implemented());
    };
    Ok(Own::float(f(x, y)?))
}

/// CPython: Objects/floatobject.c, _float_div_mod.
pub fn divmod(x: f64, y: f64) -> PyResult<(f64, f64)> {
    if y == 0.0 {
        return exc::zero_division(format_args!("division by zero"));
    }
    let mut m = x % y;
    let mut d = (x - m) / y;
    if m != 0.0 {
        if (y < 0.0) != (m < 0.0) {
            m += y;
            d -= 1.0;
        }
    } else {
        m = 0f64.copysign(y);
    }
    let floor = if d != 0.0 {
        let f = d.floor();
        if d - f > 0.5 { f + 1.0 } else { f }
    } else {
        0f64.copysign(x / y)
    };
    Ok((floor, m))
}
fn nb_divmod(a: Ref, b: Ref) -> PyResult {
    let Some(x) = operand(a)? else {
        return Ok(Own::not_implemented());
    };
    let Some(y) = operand(b)? else {
        return Ok(Own::not_implemented());
    };
    let (q, r) = divmod(x, y)?;
    types::tuple::try_from_vec(vec![Own::float(q), Own::float(r)])
}

fn nb_power(a: Ref, b: Ref, m: Ref) -> PyResult {
    if !m.is_none() {
        return exc::type_error(format_args!(
            "pow() 3rd argument not allowed unless all arguments are integers"
        ));
    }
    let Some(x) = operand(a)? else {
        return Ok(Own::not_implemented());
    };
    let Some(y) = operand(b)? else {
        return Ok(Own::not_implemented());
    };
    pow(x, y)
}

/// C's `pow`.
pub fn plain_pow(x: f64, y: f64) -> f64 {
    unsafe extern "C" {
        safe fn pow(x: f64, y: f64) -> f64;
    }
    pow(x, y)
}

/// `x ** y` (CPython: float_pow): errors for zero to a negative power and overflow, complex for negative bases.
pub fn pow(x: f64, y: f64) -> PyResult {
    let r = plain_pow(x, y);
    if r.is_finite() {
        return Ok(Own::float(r));
    }
    if y == 0.0 {
        return Ok(Own::float(1.0));
    }
    if x.is_nan() {
        return Ok(Own::float(x));
    }
    if y.is_nan() {
        return Ok(Own::float(if x == 1.0 { 1.0 } else { y }));
    }
    if y.is_infinite() {
        let a = x.abs();
        return Ok(Own::float(if a == 1.0 {
            1.0
        } else if (y > 0.0) == (a > 1.0) {
            y.abs()
        } else {
            0.0
        }));
    }
    let odd = y.abs() % 2.0 == 1.0;
    if x.is_infinite() {
        return Ok(Own::float(if y > 0.0 {
            if odd { x } else { x.abs() }
        } else if odd {
            0f64.copysign(x)
        } else {
            0.0
        }));
    }
    if x == 0.0 {
        if y < 0.0 {
            return exc::zero_division(format_args!("zero to a negative power"));
        }
        return Ok(Own::float(if odd { x } else { 0.0 }));
    }
    let mut negate = false;
    let mut base = x;
    if x < 0.0 {
        if y != y.floor() {
            return types::complex::pow_of_parts((x, 0.0), (y, 0.0));
        }
        base = -x;
        negate = odd;
    }
    if base == 1.0 {
        return Ok(Own::float(if negate { -1.0 } else { 1.0 }));
    }
    let r = plain_pow(base, y);
    if r.is_infinite() {
        let args = vec![Own::int(34), Own::str("Numerical result out of range")];
        return exc::raise_args(&exc::types::OVERFLOW_ERROR, args);
    }
    Ok(Own::float(if negate { -r } else { r }))
}

/// Exact comparison, ints of any size included (CPython: float_richcompare).
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let x = of(a);
    if let Some(y) = value(b) {
        return Ok(Own::bool(match x.partial_cmp(&y) {
            Some(o) => op.test(o),
            None => op == CompareOp::Ne,
        }));
    }
    let Some(i) = int::view_opt(b) else {
        return Ok(Own::not_implemented());
    };
    Ok(Own::bool(match compare_int(x, i) {
        Some(o) => op.test(o),
        None => op == CompareOp::Ne,
    }))
}
fn compare_int(x: f64, i: View) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if let View::Small(i) = i {
        if i.abs() < 1 << 53 {
            return x.partial_cmp(&(i as f64));
        }
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let whole = x.trunc();
    let bits = whole.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let integer = if whole == 0.0 {
        IBig::ZERO
    } else {
        let m = UBig::from(bits & ((1 << 52) - 1) | 1 << 52);
        let m = if exponent >= 0 {
            m << exponent as usize
        } else {
            m >> (-exponent) as usize
        };
        IBig::from_parts(if x < 0.0 { Sign::Negative } else { Sign::Positive }, m)
    };
    Some(
        integer
            .cmp(&i.to_ibig())
            .then_with(|| (x - whole).partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
    )
}

/// `float(x)` (CPython: PyNumber_Float); `None` arguments mean 0.0.
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if !core::ptr::eq(cls, &FLOAT_TYPE)
        && args.has_keywords()
        && cls.slots().init.map(|f| f as usize) != types::object::OBJECT_TYPE.slots().init.map(|f| f as usize)
    {
        // A subclass with an __init__ of its own may take keywords.
    } else {
        args.no_keywords("float")?;
    }
    args.count("float", 0, 1)?;
    let f = match args.get(0) {
        None => 0.0,
        Some(x) => from_object(x)?,
    };
    of_class(cls, f)
}
fn of_class(cls: &'static TypeObject, f: f64) -> PyResult {
    if core::ptr::eq(cls, &FLOAT_TYPE) {
        Ok(Own::float(f))
    } else {
        object_of(cls, f)
    }
}

/// The float that `float(x)` gives (CPython: Objects/abstract.c, PyNumber_Float).
pub fn from_object(x: Ref) -> PyResult<f64> {
    let exact_text = core::ptr::eq(x.ty(), &types::str::STR_TYPE);
    if !exact_text {
        if let Some(f) = by_float_method(x)? {
            return Ok(f);
        }
        if x.ty().slots().nb_index.is_some() {
            return int::as_f64(int::index(x)?.r());
        }
        if let Some(f) = value(x) {
            return Ok(f);
        }
    }
    if exact_text && types::str::is_ascii(types::str::cast(x)) {
        return parse(types::str::bytes(types::str::cast(x)), x);
    }
    match int::text_of(x)? {
        Some(t) => parse(&t, x),
        None => exc::type_error(format_args!(
            "float() argument must be a string or a real number, not '{}'",
            x.ty().name()
        )),
    }
}
/// What `__float__` gives, if there is one; a float of a subclass is deprecated.
fn by_float_method(x: Ref) -> PyResult<Option<f64>> {
    if x.value().is_small_float() || x.is_exact::<FloatObject>() {
        return Ok(value(x));
    }
    let Some(f) = x.ty().slots().nb_float else {
        return Ok(None);
    };
    let r = f(x)?;
    let Some(f) = value(r.r()) else {
        return exc::type_error(format_args!(
            "{}.__float__ returned non-float (type {})",
            x.ty().name(),
            r.r().ty().name()
        ));
    };
    if !r.value().is_small_float() && !r.r().is_exact::<FloatObject>() {
        crate::warn::deprecation(format_args!(
            "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of float is \
             deprecated, and may be removed in a future version of Python.",
            x.ty().name(),
            r.r().ty().name()
        ))?;
    }
    Ok(Some(f))
}
fn parse(t: &[u8], shown: Ref) -> PyResult<f64> {
    match text::parse_float(pyaot_text::int_text::trim(t)) {
        Some(f) => Ok(f),
        None => {
            let repr = object_protocol::repr(shown)?;
            exc::value_error(format_args!(
                "could not convert string to float: {}",
                types::str::to_string_lossy(repr.r())
            ))
        }
    }
}
/// Value of a real number by `__float__` or `__index__`; `None` when it has neither.
pub fn number(x: Ref) -> PyResult<Option<f64>> {
    if let Some(f) = value(x) {
        return Ok(Some(f));
    }
    if let Some(f) = by_float_method(x)? {
        return Ok(Some(f));
    }
    if x.ty().slots().nb_index.is_some() {
        return int::as_f64(int::index(x)?.r()).map(Some);
    }
    Ok(None)
}
/// A C double argument (CPython: PyFloat_AsDouble).
pub fn as_f64(x: Ref) -> PyResult<f64> {
    match number(x)? {
        Some(f) => Ok(f),
        None => exc::type_error(format_args!("must be real number, not {}", x.ty().name())),
    }
}

fn fromhex(cls: Ref, s: Ref) -> PyResult {
    if !s.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("bad argument type for built-in operation"));
    }
    // Unlike in float(), digits of other scripts are not digits here.
    let ascii = types::str::as_ascii(s).unwrap_or("?");
    let f = match text::parse_hex(ascii.as_bytes()) {
        Ok(f) => f,
        Err(e @ text::HexError::Invalid) => return exc::value_error(format_args!("{}", e.message())),
        Err(e @ text::HexError::TooLarge) => return exc::overflow_error(format_args!("{}", e.message())),
    };
    construct(cls, f)
}
fn from_number(cls: Ref, x: Ref) -> PyResult {
    if core::ptr::eq(types::type_::cast(cls), &FLOAT_TYPE)
        && (x.value().is_small_float() || x.is_exact::<FloatObject>())
    {
        return Ok(x.own());
    }
    construct(cls, as_f64(x)?)
}
fn construct(cls: Ref, f: f64) -> PyResult {
    let v = Own::float(f);
    if core::ptr::eq(types::type_::cast(cls), &FLOAT_TYPE) {
        Ok(v)
    } else {
        crate::call::call1(cls, v.r())
    }
}

fn as_integer_ratio(f: f64) -> PyResult {
    if f.is_infinite() {
        return exc::overflow_error(format_args!("cannot convert Infinity to integer ratio"));
    }
    if f.is_nan() {
        return exc::value_error(format_args!("cannot convert NaN to integer ratio"));
    }
    let (m, e) = text::integer_ratio(f);
    let power = |n: i32| int::from_ibig(&(IBig::ONE << n as usize));
    let (n, d) = if e >= 0 {
        (int::from_ibig(&(IBig::from(m) << e as usize))?, Own::int(1))
    } else {
        (Own::int(m), power(-e)?)
    };
    types::tuple::try_from_vec(vec![n, d])
}

/// CPython: float___round___impl.
fn round(f: Ref, b: &Bound) -> PyResult {
    let x = of(f);
    let Some(n) = b.get_not_none(0) else {
        return int::from_f64_trunc(x.round_ties_even());
    };
    let n = int::as_isize_clamped(n)?;
    if !x.is_finite() || x == 0.0 {
        return Ok(Own::float(x));
    }
    match text::round_digits(x, n as i64) {
        Ok(r) => Ok(Own::float(r)),
        Err(_) => exc::overflow_error(format_args!("rounded value too large to represent")),
    }
}

fn getformat(_cls: Ref, what: Ref) -> PyResult {
    if !what.ty().has(type_flag::STR) {
        return crate::call::convert::bad_argument("__getformat__", "argument", "str", what);
    }
    match types::str::as_ascii(what) {
        Some("double" | "float") => Ok(Own::str("IEEE, little-endian")),
        _ => exc::value_error(format_args!("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}
