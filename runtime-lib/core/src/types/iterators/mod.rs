//! Iterators of the built-in containers and the iterator adapters; taking items out of any iterable.
//!
//! The loops that the runtime itself runs over an iterable go through [`collect`] and [`for_each`], which read exact lists and tuples
//! without an iterator, as CPython's PySequence_Fast does.
use crate::call;
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::object_protocol as protocol;
use crate::types::{list, tuple};
use pyaot_abi::type_flag;

pub mod adapters;
pub mod dict;
pub mod range;
pub mod sequence;
pub mod set;

/// All items of an iterable, as `list(v)` takes them.
pub fn collect(v: Ref) -> PyResult<Vec<Own>> {
    if v.is_exact::<list::ListObject>() {
        return Ok(list::snapshot(v));
    }
    if v.is_exact::<tuple::TupleObject>() {
        return Ok(tuple::items(v).iter().map(|v| Ref::from_value(*v).own()).collect());
    }
    let mut items = Vec::new();
    for_each(v, |item| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}
/// Runs `f` with every item of an iterable.
pub fn for_each(v: Ref, mut f: impl FnMut(Own) -> PyResult<()>) -> PyResult<()> {
    if v.is_exact::<list::ListObject>() {
        let mut i = 0;
        while let Some(item) = list::get(v, i) {
            f(item.own())?;
            i += 1;
        }
        return Ok(());
    }
    if v.is_exact::<tuple::TupleObject>() {
        for i in 0..tuple::len(v) {
            f(tuple::get(v, i).own())?;
        }
        return Ok(());
    }
    let it = protocol::iter(v)?;
    while let Some(item) = next(it.r())? {
        f(item)?;
    }
    Ok(())
}
/// The next item of an iterator: its slot, called straight.
#[inline]
pub fn next(it: Ref) -> PyResult<Option<Own>> {
    match it.ty().slots().iternext {
        Some(f) => match f(it) {
            Err(e) => stop(e),
            r => r,
        },
        None => protocol::next(it),
    }
}
/// How the items of an iterator that makes pairs are taken without the pair.
#[inline]
pub fn pair_maker(it: Ref) -> Option<fn(Ref, &mut Value) -> PyResult<Option<Own>>> {
    let ty = it.ty();
    if core::ptr::eq(ty, &dict::ITEM_ITERATOR_TYPE) {
        Some(dict::next_pair)
    } else if core::ptr::eq(ty, &adapters::ENUMERATE_TYPE) {
        Some(adapters::enumerate_pair)
    } else if core::ptr::eq(ty, &adapters::ZIP_TYPE) {
        Some(adapters::zip_pair)
    } else {
        None
    }
}
/// StopIteration is the end.
#[cold]
pub fn stop(e: exc::Raised) -> PyResult<Option<Own>> {
    if exc::raised_is(&exc::types::STOP_ITERATION) {
        drop(exc::take());
        return Ok(None);
    }
    Err(e)
}

/// Keywords are an error for `exact` and for subclasses that have no `__init__` of their own.
pub fn takes_no_keywords(cls: &crate::typeobj::TypeObject, exact: &crate::typeobj::TypeObject) -> bool {
    core::ptr::eq(cls, exact) || cls.slots().init.map(|f| f as usize) == exact.slots().init.map(|f| f as usize)
}
/// Has `__len__`.
pub fn has_len(v: Ref) -> bool {
    let s = v.ty().slots();
    s.sq_length.is_some() || s.mp_length.is_some()
}

/// CPython: Objects/abstract.c, PyObject_LengthHint.
pub fn length_hint(v: Ref, default: usize) -> PyResult<usize> {
    if has_len(v) {
        match protocol::len(v) {
            Ok(n) => return Ok(n),
            Err(e) => {
                if !exc::raised_is(&exc::types::TYPE_ERROR) {
                    return Err(e);
                }
                drop(exc::take());
            }
        }
    }
    let r = match call::call_special(v, crate::istr!("__length_hint__"), &[]) {
        None => return Ok(default),
        Some(Ok(r)) => r,
        Some(Err(e)) => {
            if exc::raised_is(&exc::types::TYPE_ERROR) {
                drop(exc::take());
                return Ok(default);
            }
            return Err(e);
        }
    };
    if r.r().is_not_implemented() {
        return Ok(default);
    }
    if !r.r().ty().has(type_flag::INT) {
        return exc::type_error(format_args!(
            "__length_hint__ must be an integer, not {}",
            r.r().ty().full_name()
        ));
    }
    let n = super::slice::index_to_isize(r.r())?;
    if n < 0 {
        return exc::value_error(format_args!("__length_hint__() should return >= 0"));
    }
    Ok(n as usize)
}

/// The builtin function `name` as a program sees it now (CPython: _PyEval_GetBuiltin).
pub fn builtin(name: Ref) -> PyResult {
    match crate::builtins::lookup(name)? {
        Some(f) => Ok(f),
        None => exc::attribute_error(format_args!("{}", super::str::to_string_lossy(name))),
    }
}
/// `(builtin, (arg,))`: what `__reduce__` of most iterators gives.
pub fn reduce_with(name: Ref, arg: Own) -> PyResult {
    let f = builtin(name)?;
    tuple::pair(f, tuple::try_from_vec(vec![arg])?)
}
/// `(builtin, (arg,), state)`.
pub fn reduce_with_state(name: Ref, arg: Own, state: Own) -> PyResult {
    let f = builtin(name)?;
    tuple::try_from_vec(vec![f, tuple::try_from_vec(vec![arg])?, state])
}
/// `(iter, ((),))`-like answer of an exhausted iterator over tuples.
pub fn reduce_empty_tuple() -> PyResult {
    reduce_with(crate::istr!("iter"), tuple::try_from_vec(Vec::new())?)
}
/// `(iter, ([],))`.
pub fn reduce_empty_list() -> PyResult {
    reduce_with(crate::istr!("iter"), list::new()?)
}
