//! Objects as integers: `__index__` and machine sizes.
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::TypeObject;
use crate::types::int::IntObject;
use pyaot_abi::type_flag;

/// An int, bool or instance of a subclass as a machine integer; `None` when it is larger.
pub fn int_as_i64(v: Ref) -> Option<i64> {
    if let Some(i) = v.small_int() {
        return Some(i);
    }
    if v.value().is_bool() {
        return Some((v.value() == Value::TRUE) as i64);
    }
    let i = v.downcast::<IntObject>()?;
    // SAFETY: the length states the limbs.
    let limb = |n: usize| unsafe { *i.limbs.as_ptr().add(n) };
    match i.len.get() {
        0 => Some(0),
        1 => i64::try_from(limb(0)).ok(),
        -1 => (-(limb(0) as i128)).try_into().ok(),
        _ => None,
    }
}

/// `operator.index(v)`: an int or an instance of a subclass (CPython: Objects/abstract.c, _PyNumber_Index).
pub fn index(v: Ref) -> PyResult {
    if v.value().is_small_int() || v.ty().has(type_flag::INT) {
        return Ok(v.own());
    }
    let Some(f) = v.ty().slots().nb_index else {
        return exc::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer",
            v.ty().full_name()
        ));
    };
    int_result(f(v)?, "__index__")
}

/// The int that `__index__` or `__int__` gave; one of a subclass is deprecated.
pub fn int_result(r: Own, method: &str) -> PyResult {
    if r.value().is_small_int() || r.r().is_exact::<IntObject>() {
        return Ok(r);
    }
    let ty = r.r().ty();
    if !ty.has(type_flag::INT) {
        return exc::type_error(format_args!("{method} returned non-int (type {})", ty.full_name()));
    }
    crate::warn::deprecation(format_args!(
        "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and \
         may be removed in a future version of Python.",
        ty.full_name()
    ))?;
    Ok(r)
}

/// Whether [`index`] would call anything at all (CPython: PyIndex_Check).
#[inline]
pub fn is_index(v: Ref) -> bool {
    v.value().is_small_int() || v.ty().slots().nb_index.is_some() || v.ty().has(type_flag::INT)
}

/// As a Py_ssize_t; `error` outside its range (CPython: PyNumber_AsSsize_t).
pub fn index_isize(v: Ref, error: &'static TypeObject) -> PyResult<isize> {
    let i: Own = index(v)?;
    match int_as_i64(i.r()) {
        Some(i) => Ok(i as isize),
        None => exc::raise(
            error,
            format_args!("cannot fit '{}' into an index-sized integer", v.ty().full_name()),
        ),
    }
}
