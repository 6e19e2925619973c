//! Items of a buffer in the machine's own formats: what `tolist`, indexing and assignment of memoryview and `array` understand.
//! CPython: Objects/memoryobject.c, unpack_single and pack_single.
use crate::call::convert::{self, IntValue};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::object_protocol;
use crate::types::{bytes, float};
use pyaot_abi::type_flag;

/// The character of a format that has one machine item ("@" in front is allowed).
pub fn native_char(format: &str) -> Option<u8> {
    let f = format.as_bytes();
    let f = f.strip_prefix(b"@").unwrap_or(f);
    match f {
        [c] if size(*c).is_some() => Some(*c),
        _ => None,
    }
}

/// Bytes of an item.
pub fn size(c: u8) -> Option<usize> {
    Some(match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// The item at `p`.
///
/// # Safety
/// `size(c)` bytes are readable at `p`.
pub unsafe fn unpack(p: *const u8, c: u8) -> PyResult {
    // SAFETY: by contract; items need not be aligned.
    unsafe {
        Ok(match c {
            b'B' => Own::int(*p as i64),
            b'b' => Own::int(*p as i8 as i64),
            b'c' => bytes::from_slice(&[*p])?,
            b'?' => Own::bool(*p != 0),
            b'h' => Own::int(p.cast::<i16>().read_unaligned() as i64),
            b'H' => Own::int(p.cast::<u16>().read_unaligned() as i64),
            b'i' => Own::int(p.cast::<i32>().read_unaligned() as i64),
            b'I' => Own::int(p.cast::<u32>().read_unaligned() as i64),
            b'l' | b'q' | b'n' => Own::int(p.cast::<i64>().read_unaligned()),
            b'L' | b'Q' | b'N' | b'P' => Own::uint(p.cast::<u64>().read_unaligned()),
            b'f' => Own::float(p.cast::<f32>().read_unaligned() as f64),
            b'd' => Own::float(p.cast::<f64>().read_unaligned()),
            b'e' => Own::float(half_to_f64(p.cast::<u16>().read_unaligned())),
            _ => return exc::not_implemented_error(format_args!("memoryview: format {} not supported", c as char)),
        })
    }
}

/// An IEEE half as a double.
pub fn half_to_f64(h: u16) -> f64 {
    let sign = if h & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (e, m) = ((h >> 10 & 31) as i32, (h & 0x3ff) as f64);
    sign * match e {
        0 => m * 2f64.powi(-24),
        31 if m == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + m / 1024.0) * 2f64.powi(e - 15),
    }
}

/// The nearest IEEE half, ties to even; `None` when it would be infinite for a finite number.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = ((x.to_bits() >> 48) & 0x8000) as u16;
    let a = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if a.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let quantum = if a < 2f64.powi(-14) {
        2f64.powi(-24)
    } else {
        let e = ((a.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        2f64.powi(e - 10)
    };
    let r = (a / quantum).round_ties_even() * quantum;
    if r >= 65520.0 {
        return None;
    }
    if r < 2f64.powi(-14) {
        return Some(sign | (r / 2f64.powi(-24)) as u16);
    }
    let e = ((r.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let m = (r / 2f64.powi(e) - 1.0) * 1024.0;
    Some(sign | ((e + 15) as u16) << 10 | m as u16)
}

fn bad_value<R>(c: u8) -> PyResult<R> {
    exc::value_error(format_args!("memoryview: invalid value for format '{}'", c as char))
}
fn bad_type<R>(c: u8) -> PyResult<R> {
    exc::type_error(format_args!("memoryview: invalid type for format '{}'", c as char))
}

/// The bytes of a value in format `c`: the first `size(c)` of the result.
pub fn pack(v: Ref, c: u8) -> PyResult<[u8; 8]> {
    let mut out = [0u8; 8];
    let mut put = |b: &[u8]| out[..b.len()].copy_from_slice(b);
    match c {
        b'c' => {
            if !bytes::is_bytes(v) {
                return bad_type(c);
            }
            match bytes::as_slice(v) {
                [b] => put(&[*b]),
                _ => return bad_value(c),
            }
        }
        b'?' => put(&[object_protocol::truth(v)? as u8]),
        b'f' | b'd' | b'e' => {
            let x = match float::as_f64(v) {
                Ok(x) => x,
                Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) => {
                    drop(exc::take());
                    return bad_type(c);
                }
                Err(e) => return Err(e),
            };
            match c {
                b'd' => put(&x.to_ne_bytes()),
                b'f' => {
                    if x.is_finite() && (x as f32).is_infinite() {
                        return bad_value(c);
                    }
                    put(&(x as f32).to_ne_bytes());
                }
                _ => match f64_to_half(x) {
                    Some(h) => put(&h.to_ne_bytes()),
                    None => return bad_value(c),
                },
            }
        }
        _ => {
            if !convert::is_index(v) {
                return bad_type(c);
            }
            let i = convert::index_object(v)?;
            let bits = size(c).unwrap_or(8) as u32 * 8;
            let signed = matches!(c, b'b' | b'h' | b'i' | b'l' | b'q' | b'n');
            let n: i128 = match convert::int_value(i.r()) {
                IntValue::Fits(n) => n as i128,
                IntValue::TooLarge => match u64_of(i.r()) {
                    Some(n) => n as i128,
                    None => return bad_value(c),
                },
                IntValue::TooSmall => return bad_value(c),
            };
            let (min, max) = if signed {
                (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
            } else {
                (0, (1i128 << bits) - 1)
            };
            if n < min || n > max {
                return bad_value(c);
            }
            put(&(n as i64).to_ne_bytes()[..bits as usize / 8]);
        }
    }
    Ok(out)
}

/// An int as an unsigned word.
pub fn u64_of(v: Ref) -> Option<u64> {
    crate::types::int::convert::to_u64(v)
}

/// Equal values of two native items, compared as Python compares them.
///
/// # Safety
/// As for [`unpack`].
pub unsafe fn equal(p: *const u8, pc: u8, q: *const u8, qc: u8) -> PyResult<bool> {
    // SAFETY: by contract.
    let (a, b) = unsafe { (unpack(p, pc)?, unpack(q, qc)?) };
    if a.value() == b.value() && a.value() != Value::NULL && !a.value().is_heap() {
        return Ok(true);
    }
    object_protocol::truth(object_protocol::compare(a.r(), b.r(), crate::typeobj::CompareOp::Eq)?.r())
}

/// True when `v` is an int or has `__index__` or `__float__`: for callers that choose a message of their own.
pub fn is_number(v: Ref) -> bool {
    v.ty().has(type_flag::INT | type_flag::FLOAT) || convert::is_index(v) || v.ty().slots().nb_float.is_some()
}
