//! Length, subscripts and membership of any value (CPython: Objects/abstract.c).
use super::{equal, index, index_isize, int_as_i64, is_index, iter, next};
use crate::call;
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::TypeObject;
use crate::{exc, istr, types};
use pyaot_abi::type_flag;

/// `len(v)` (CPython: PyObject_Size).
pub fn len(v: Ref) -> PyResult<usize> {
    let s = v.ty().slots();
    match s.sq_length.or(s.mp_length) {
        Some(f) => f(v),
        None => exc::type_error(format_args!("object of type '{}' has no len()", v.ty().full_name())),
    }
}
/// What a `__len__` method returned, as a length.
pub fn check_length(r: Ref) -> PyResult<usize> {
    let n = index(r)?;
    let negative = match int_as_i64(n.r()) {
        Some(i) => i < 0,
        None => super::truth(super::compare(n.r(), Own::int(0).r(), crate::typeobj::CompareOp::Lt)?.r())?,
    };
    if negative {
        return exc::value_error(format_args!("__len__() should return >= 0"));
    }
    Ok(index_isize(n.r(), &exc::types::OVERFLOW_ERROR)? as usize)
}

/// Item at a machine index, negative ones counted from the end (CPython: PySequence_GetItem).
pub fn sequence_item(v: Ref, i: isize) -> PyResult {
    let s = v.ty().slots();
    match s.sq_item {
        Some(f) => f(v, from_end(v, i)?),
        None if s.mp_subscript.is_some() => exc::type_error(format_args!("'{}' is not a sequence", v.ty().full_name())),
        None => exc::type_error(format_args!(
            "'{}' object does not support indexing",
            v.ty().full_name()
        )),
    }
}
fn from_end(v: Ref, i: isize) -> PyResult<isize> {
    match v.ty().slots().sq_length {
        Some(len) if i < 0 => Ok(i + len(v)? as isize),
        _ => Ok(i),
    }
}

/// `v[key]` (CPython: PyObject_GetItem).
pub fn get_item(v: Ref, key: Ref) -> PyResult {
    let ty = v.ty();
    let s = ty.slots();
    if let Some(f) = s.mp_subscript {
        return f(v, key);
    }
    if s.sq_item.is_some() {
        if !is_index(key) {
            return exc::type_error(format_args!(
                "sequence index must be integer, not '{}'",
                key.ty().full_name()
            ));
        }
        return sequence_item(v, index_isize(key, &exc::types::INDEX_ERROR)?);
    }
    if ty.has(type_flag::TYPE) {
        return class_item(v, key);
    }
    exc::type_error(format_args!("'{}' object is not subscriptable", ty.full_name()))
}
fn class_item(cls: Ref, key: Ref) -> PyResult {
    let ty = types::type_::cast(cls);
    if core::ptr::eq(ty, &types::type_::TYPE_TYPE) {
        return types::generic_alias::new(cls, key);
    }
    match super::get_attr_opt(cls, istr!("__class_getitem__"))? {
        Some(f) if !f.r().is_none() => call::call1(f.r(), key),
        _ => exc::type_error(format_args!("type '{}' is not subscriptable", ty.full_name())),
    }
}

/// `v[key] = x`, or `del v[key]` for `None` (CPython: PyObject_SetItem, PyObject_DelItem).
pub fn set_item(v: Ref, key: Ref, x: Option<Ref>) -> PyResult<()> {
    let s = v.ty().slots();
    if let Some(f) = s.mp_ass_subscript {
        return f(v, key, x);
    }
    if let Some(f) = s.sq_ass_item {
        if is_index(key) {
            let i = index_isize(key, &exc::types::INDEX_ERROR)?;
            return f(v, from_end(v, i)?, x);
        }
        return exc::type_error(format_args!(
            "sequence index must be integer, not '{}'",
            key.ty().full_name()
        ));
    }
    let name = v.ty().full_name();
    match x {
        Some(_) => exc::type_error(format_args!("'{name}' object does not support item assignment")),
        // What has sequence methods is asked as a sequence when the key is an index, and words it differently.
        None if is_index(key) && (v.ty().def.is_none() || s.sq_item.is_some() || s.sq_contains.is_some()) => {
            exc::type_error(format_args!("'{name}' object doesn't support item deletion"))
        }
        None => exc::type_error(format_args!("'{name}' object does not support item deletion")),
    }
}

/// `item in v` (CPython: PySequence_Contains).
pub fn contains(v: Ref, item: Ref) -> PyResult<bool> {
    match v.ty().slots().sq_contains {
        Some(f) => f(v, item),
        None => contains_by_iteration(v, item),
    }
}
/// CPython: _PySequence_IterSearch.
pub fn contains_by_iteration(v: Ref, item: Ref) -> PyResult<bool> {
    let it = match iter(v) {
        Ok(it) => it,
        Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) && !is_iterable(v.ty()) => {
            drop(exc::take());
            return exc::type_error(format_args!(
                "argument of type '{}' is not a container or iterable",
                v.ty().full_name()
            ));
        }
        Err(e) => return Err(e),
    };
    while let Some(x) = next(it.r())? {
        if equal(x.r(), item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn is_iterable(ty: &TypeObject) -> bool {
    let own = ty.lookup(istr!("__iter__"));
    (ty.slots().iter.is_some() || ty.slots().sq_item.is_some()) && !own.is_some_and(Ref::is_none)
}

/// `v[start:stop]` (BINARY_SLICE).
pub fn get_slice(v: Ref, start: Ref, stop: Ref) -> PyResult {
    get_item(v, types::slice::new(start.own(), stop.own(), Own::none())?.r())
}
/// `v[start:stop] = x` (STORE_SLICE).
pub fn set_slice(v: Ref, start: Ref, stop: Ref, x: Ref) -> PyResult<()> {
    set_item(v, types::slice::new(start.own(), stop.own(), Own::none())?.r(), Some(x))
}
