//! Iteration over any value.
use crate::object::{Own, PyResult, Ref};
use crate::{exc, types};

/// `iter(v)` (CPython: PyObject_GetIter).
pub fn iter(v: Ref) -> PyResult {
    let s = v.ty().slots();
    if let Some(f) = s.iter {
        let it = f(v)?;
        if it.r().ty().slots().iternext.is_none() {
            return exc::type_error(format_args!(
                "iter() returned non-iterator of type '{}'",
                it.r().ty().full_name()
            ));
        }
        return Ok(it);
    }
    if is_sequence(v) {
        return types::seq_iter::new(v);
    }
    not_iterable(v)
}
#[cold]
pub fn not_iterable<R>(v: Ref) -> PyResult<R> {
    exc::type_error(format_args!("'{}' object is not iterable", v.ty().full_name()))
}
/// CPython: PySequence_Check.
pub fn is_sequence(v: Ref) -> bool {
    let ty = v.ty();
    !ty.has(pyaot_abi::type_flag::DICT) && ty.slots().sq_item.is_some()
}
/// Next item; `Ok(None)` at the end (StopIteration is taken as the end).
#[inline]
pub fn next(it: Ref) -> PyResult<Option<Own>> {
    if let Some(found) = crate::types::generator::next_plainly(it) {
        return found;
    }
    match it.ty().slots().iternext {
        Some(f) => match f(it) {
            Err(_) if exc::raised_is(&exc::types::STOP_ITERATION) => {
                drop(exc::take());
                Ok(None)
            }
            r => r,
        },
        None => exc::type_error(format_args!("'{}' object is not an iterator", it.ty().full_name())),
    }
}
