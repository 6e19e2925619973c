//! Truth, text and hash of any value.
use crate::object::{Own, PyResult, Ref, Value};
use crate::{exc, types};
use pyaot_abi::type_flag;

/// `bool(v)` (CPython: PyObject_IsTrue).
#[inline]
pub fn truth(v: Ref) -> PyResult<bool> {
    let w = v.value();
    if w.is_bool() {
        return Ok(w == Value::TRUE);
    }
    if w.is_small_int() {
        return Ok(w.as_small() != 0);
    }
    if w == Value::NONE {
        return Ok(false);
    }
    let s = v.ty().slots();
    if let Some(f) = s.nb_bool {
        f(v)
    } else if let Some(f) = s.mp_length {
        Ok(f(v)? != 0)
    } else if let Some(f) = s.sq_length {
        Ok(f(v)? != 0)
    } else {
        Ok(true)
    }
}

fn checked_text(r: Own, what: &str) -> PyResult {
    if r.r().ty().has(type_flag::STR) {
        return Ok(r);
    }
    exc::type_error(format_args!(
        "{what} returned non-string (type {})",
        r.r().ty().full_name()
    ))
}
/// `repr(v)`; always a str.
pub fn repr(v: Ref) -> PyResult {
    match v.ty().slots().repr {
        Some(f) => checked_text(f(v)?, "__repr__"),
        None => types::object::default_repr(v),
    }
}
/// `str(v)`; always a str.
pub fn str(v: Ref) -> PyResult {
    if let Some(i) = v.small_int() {
        return types::str::from_ascii(pyaot_text::int_text::decimal_i64(i, &mut [0; 21]));
    }
    match v.ty().slots().str {
        Some(f) => checked_text(f(v)?, "__str__"),
        None => repr(v),
    }
}
/// `hash(v)`.
#[inline]
pub fn hash(v: Ref) -> PyResult<i64> {
    match v.ty().slots().hash {
        Some(f) => f(v),
        None => unhashable(v),
    }
}
#[cold]
pub fn unhashable<R>(v: Ref) -> PyResult<R> {
    exc::type_error(format_args!("unhashable type: '{}'", v.ty().full_name()))
}
