//! Rich comparison (CPython: Objects/object.c, do_richcompare).
use super::truth;
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::CompareOp;
use crate::{exc, types};

pub fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    exc::recursion_guard(" in comparison")?;
    let (ta, tb) = (a.ty(), b.ty());
    let mut tried_reflected = false;
    if !core::ptr::eq(ta, tb) && tb.is_subtype(ta) {
        if let Some(f) = tb.slots().richcompare {
            tried_reflected = true;
            let r = f(b, a, op.swapped())?;
            if !r.r().is_not_implemented() {
                return Ok(r);
            }
        }
    }
    if let Some(f) = ta.slots().richcompare {
        let r = f(a, b, op)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    if !tried_reflected {
        if let Some(f) = tb.slots().richcompare {
            let r = f(b, a, op.swapped())?;
            if !r.r().is_not_implemented() {
                return Ok(r);
            }
        }
    }
    by_identity(a, b, op)
}
/// The comparison once the method of the left operand's class gave NotImplemented.
pub(crate) fn after_method(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if let Some(f) = b.ty().slots().richcompare {
        let r = f(b, a, op.swapped())?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    by_identity(a, b, op)
}
fn by_identity(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq => Ok(Own::bool(a.is(b))),
        CompareOp::Ne => Ok(Own::bool(!a.is(b))),
        _ => exc::type_error(format_args!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            a.ty().full_name(),
            b.ty().full_name()
        )),
    }
}
/// Truth of a comparison; identical objects are equal (CPython: PyObject_RichCompareBool).
pub fn compare_bool(a: Ref, b: Ref, op: CompareOp) -> PyResult<bool> {
    if a.is(b) {
        match op {
            CompareOp::Eq => return Ok(true),
            CompareOp::Ne => return Ok(false),
            _ => {}
        }
    }
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return Ok(op.test(x.cmp(&y)));
    }
    if a.is_exact::<types::tuple::TupleObject>() && b.is_exact::<types::tuple::TupleObject>() {
        return types::tuple::compare_bool(a, b, op);
    }
    truth(compare(a, b, op)?.r())
}
/// `a is b or a == b`.
#[inline]
pub fn equal(a: Ref, b: Ref) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    // Equal small ints are the same word.
    if a.value().is_small_int() && b.value().is_small_int() {
        return Ok(false);
    }
    if a.is_exact::<types::str::StrObject>() && b.is_exact::<types::str::StrObject>() {
        return Ok(types::str::equal(a, b));
    }
    compare_bool(a, b, CompareOp::Eq)
}
