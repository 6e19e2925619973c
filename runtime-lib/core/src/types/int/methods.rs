//! Constructor, methods and attributes of int.
use super::convert;
use super::{INT_TYPE, IntObject, View, as_isize, exact, from_ibig, from_limbs, index, object_of, to_ibig, view};
use crate::call::{Args, Bound, MethodDef, bind, bound, noargs, one, sig};
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::{GetSetDef, TypeObject, getter};
use crate::{exc, object_protocol, types};
use dashu_int::IBig;
use pyaot_abi::type_flag;

pub static GETSET: &[GetSetDef] = &[
    getter("real", exact),
    getter("imag", |_| Ok(Own::int(0))),
    getter("numerator", exact),
    getter("denominator", |_| Ok(Own::int(1))),
];

pub static METHODS: &[MethodDef] = &[
    noargs(sig!("conjugate()"), exact),
    noargs(sig!("bit_length()"), |i| Ok(Own::uint(view(i).bit_length()))),
    noargs(sig!("bit_count()"), |i| {
        Ok(Own::uint(match view(i) {
            View::Small(i) => i.unsigned_abs().count_ones() as u64,
            View::Big(_, l) => l.iter().map(|w| w.count_ones() as u64).sum(),
        }))
    }),
    bound(sig!("to_bytes(length=1, byteorder='big', *, signed=False)"), to_bytes),
    bound(sig!("from_bytes(bytes, byteorder='big', *, signed=False)"), from_bytes).class(),
    noargs(sig!("as_integer_ratio()"), |i| {
        types::tuple::try_from_vec(vec![exact(i)?, Own::int(1)])
    }),
    noargs(sig!("__trunc__()"), exact),
    noargs(sig!("__floor__()"), exact),
    noargs(sig!("__ceil__()"), exact),
    bound(sig!("__round__(ndigits=None, /)"), |i, b| round(i, b.get_not_none(0))),
    noargs(sig!("__getnewargs__()"), |i| {
        types::tuple::try_from_vec(vec![exact(i)?])
    }),
    one(sig!("__format__(format_spec, /)"), format),
    noargs(sig!("__sizeof__()"), |i| {
        Ok(Own::usize(match view(i) {
            View::Small(0) => 28,
            v => 24 + (v.bit_length() as usize).div_ceil(30) * 4,
        }))
    }),
    noargs(sig!("is_integer()"), |_| Ok(Own::bool(true))),
];

/// `int(x=0, base=10)` (CPython: long_new_impl).
pub fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let value = match (args.len(), args.has_keywords()) {
        (0, false) => Own::int(0),
        (1, false) => convert_object(args.get(0).expect("length tested"))?,
        (0, true) => return without_value(args),
        // CPython: Objects/longobject.c, long_vectorcall.
        (n @ 3.., false) if core::ptr::eq(cls, &INT_TYPE) => {
            return exc::type_error(format_args!("int expected at most 2 arguments, got {n}"));
        }
        _ => bind(sig!("int(x, /, base=10)"), args, with_base)?,
    };
    of_class(cls, value)
}

/// `int(base=2)`, `int(x=1)`.
#[cold]
fn without_value(args: &Args) -> PyResult {
    if args
        .keywords()
        .any(|(name, _)| types::str::as_ascii(name) != Some("base"))
    {
        return crate::call::bind::unexpected_keyword("int", &["base"], args);
    }
    exc::type_error(format_args!("int() missing string argument"))
}

fn with_base(b: &Bound) -> PyResult {
    let Some(base) = b.get(1) else {
        return convert_object(b.arg(0));
    };
    let base = convert::as_isize_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return exc::value_error(format_args!("int() base must be >= 2 and <= 36, or 0"));
    }
    // Other buffers are taken without a base only.
    let is_text = [type_flag::STR, type_flag::BYTES, type_flag::BYTEARRAY]
        .iter()
        .any(|f| b.arg(0).ty().has(*f));
    match text_of(b.arg(0))?.filter(|_| is_text) {
        Some(t) => convert::parse(&t, base as u32, b.arg(0)),
        None => exc::type_error(format_args!("int() can't convert non-string with explicit base")),
    }
}

/// An instance of `cls` with the value of the exact int.
pub fn of_class(cls: &'static TypeObject, value: Own) -> PyResult {
    if core::ptr::eq(cls, &INT_TYPE) {
        return Ok(value);
    }
    match view(value.r()) {
        View::Small(0) => object_of(cls, false, &[]),
        View::Small(i) => object_of(cls, i < 0, &[i.unsigned_abs()]),
        View::Big(negative, limbs) => object_of(cls, negative, limbs),
    }
}

/// ASCII form of text that `int()` and `float()` accept; `None` for other objects.
pub fn text_of(v: Ref) -> PyResult<Option<Vec<u8>>> {
    if v.ty().has(type_flag::STR) {
        let s = types::str::cast(v);
        if types::str::is_ascii(s) {
            return Ok(Some(types::str::bytes(s).to_vec()));
        }
        return Ok(Some(
            pyaot_text::int_text::to_ascii_number(types::str::units(v)).into_owned(),
        ));
    }
    if crate::buffer::supports(v) {
        // What cannot be read is a wrong argument like any other.
        return match crate::buffer::contents(v) {
            Ok(c) => Ok(Some(c.to_vec())),
            Err(e) => {
                drop(exc::caught(e));
                Ok(None)
            }
        };
    }
    Ok(None)
}

/// `int(x)` (CPython: Objects/abstract.c, PyNumber_Long).
pub fn convert_object(v: Ref) -> PyResult {
    if v.value().is_small_int() || v.is_exact::<IntObject>() {
        return Ok(v.own());
    }
    if let Some(s) = v
        .downcast_exact::<pyaot_abi::StrObject>()
        .filter(|s| types::str::is_ascii(s))
    {
        return convert::parse(types::str::bytes(s), 10, v);
    }
    let s = v.ty().slots();
    if let Some(f) = s.nb_int {
        let r = f(v)?;
        return exact(crate::object_protocol::int_result(r, "__int__")?.r());
    }
    if s.nb_index.is_some() {
        return exact(index(v)?.r());
    }
    match text_of(v)? {
        Some(t) => convert::parse(&t, 10, v),
        None => exc::type_error(format_args!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            v.ty().name()
        )),
    }
}
/// CPython: long___round___impl: half to even at a power of ten.
fn round(i: Ref, ndigits: Option<Ref>) -> PyResult {
    let Some(n) = ndigits else { return exact(i) };
    let n = index(n)?;
    let n = convert::to_i64(n.r());
    let Some(n) = n else {
        return if view(ndigits.expect("given")).is_negative() {
            Ok(Own::int(0))
        } else {
            exact(i)
        };
    };
    if n >= 0 {
        return exact(i);
    }
    if -n > view(i).bit_length() as i64 {
        return Ok(Own::int(0));
    }
    let unit = IBig::from(10).pow((-n) as usize);
    let x = to_ibig(i);
    let (q, r) = (&x / &unit, &x % &unit);
    // Truncated quotient; twice the remainder decides, ties go to the even quotient.
    let twice = r.clone() * IBig::from(2);
    let magnitude = |v: &IBig| v.clone().into_parts().1;
    let up = match magnitude(&twice).cmp(&magnitude(&unit)) {
        core::cmp::Ordering::Greater => true,
        core::cmp::Ordering::Equal => magnitude(&q).as_words().first().is_some_and(|w| w & 1 != 0),
        core::cmp::Ordering::Less => false,
    };
    let step = if x < IBig::ZERO { IBig::from(-1) } else { IBig::ONE };
    from_ibig(&((if up { q + step } else { q }) * unit))
}

fn format(i: Ref, spec: Ref) -> PyResult {
    types::format_number::format_int(i, spec)
}

fn byte_order(b: &Bound, i: usize) -> PyResult<bool> {
    let Some(order) = b.get(i) else { return Ok(true) };
    if !order.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("byteorder must be str, not {}", order.ty().name()));
    }
    match types::str::as_ascii(order) {
        Some("big") => Ok(true),
        Some("little") => Ok(false),
        _ => exc::value_error(format_args!("byteorder must be either 'little' or 'big'")),
    }
}
fn flag(b: &Bound, i: usize) -> PyResult<bool> {
    b.get(i).map_or(Ok(false), object_protocol::truth)
}

fn to_bytes(i: Ref, b: &Bound) -> PyResult {
    let length = b.get(0).map_or(Ok(1), as_isize)?;
    let big_endian = byte_order(b, 1)?;
    let signed = flag(b, 2)?;
    if length < 0 {
        return exc::value_error(format_args!("length argument must be non-negative"));
    }
    let v = view(i);
    if v.is_negative() && !signed {
        return exc::overflow_error(format_args!("can't convert negative int to unsigned"));
    }
    let magnitude: Vec<u8> = match v {
        View::Small(i) => i.unsigned_abs().to_le_bytes().to_vec(),
        View::Big(_, l) => l.iter().flat_map(|w| w.to_le_bytes()).collect(),
    };
    let n = length as usize;
    let mut out = Vec::new();
    if out.try_reserve_exact(n).is_err() {
        return exc::memory_error();
    }
    out.resize(n, 0u8);
    let used = magnitude.iter().rposition(|b| *b != 0).map_or(0, |p| p + 1);
    let too_big = || exc::overflow_error(format_args!("int too big to convert"));
    if used > n {
        return too_big();
    }
    out[..used].copy_from_slice(&magnitude[..used]);
    if v.is_negative() {
        let mut carry = true;
        for byte in &mut out {
            let (x, c) = (!*byte).overflowing_add(carry as u8);
            (*byte, carry) = (x, c);
        }
        if out.last().is_none_or(|b| b & 0x80 == 0) {
            return too_big();
        }
    } else if signed && out.last().is_some_and(|b| b & 0x80 != 0) {
        return too_big();
    }
    if big_endian {
        out.reverse();
    }
    types::bytes::from_slice(&out)
}

fn from_bytes(cls: Ref, b: &Bound) -> PyResult {
    let big_endian = byte_order(b, 1)?;
    let signed = flag(b, 2)?;
    let data = types::bytes::object_bytes(b.arg(0))?;
    // SAFETY: `data` is a bytes object that lives here.
    let mut bytes = types::bytes::as_slice(data.r()).to_vec();
    if big_endian {
        bytes.reverse();
    }
    let negative = signed && bytes.last().is_some_and(|b| b & 0x80 != 0);
    if negative {
        let mut carry = true;
        for byte in &mut bytes {
            let (x, c) = (!*byte).overflowing_add(carry as u8);
            (*byte, carry) = (x, c);
        }
    }
    let limbs: Vec<u64> = bytes
        .chunks(8)
        .map(|c| {
            let mut w = [0; 8];
            w[..c.len()].copy_from_slice(c);
            u64::from_le_bytes(w)
        })
        .collect();
    let value = from_limbs(negative, &limbs)?;
    let ty = types::type_::cast(cls);
    if core::ptr::eq(ty, &INT_TYPE) {
        return Ok(value);
    }
    crate::call::call1(cls, value.r())
}
