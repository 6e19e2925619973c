//! The abstract object layer: attributes, truth, text, comparison, hashing, iteration, as CPython's Objects/object.c and abstract.c.
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::{CompareOp, TypeObject, shape};
use crate::{exc, types};
use pyaot_abi::type_flag;

// ---- attributes ----

/// `getattr(obj, name)`; `name` is a str.
pub fn get_attr(obj: Ref, name: Ref) -> PyResult {
    match obj.ty().slots().getattro {
        Some(f) => f(obj, name),
        None => no_attribute(obj, name),
    }
}
/// `getattr(obj, name, None)` that keeps other errors.
pub fn get_attr_opt(obj: Ref, name: Ref) -> PyResult<Option<Own>> {
    exc::swallow(get_attr(obj, name), &exc::types::ATTRIBUTE_ERROR)
}
pub fn set_attr(obj: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    match obj.ty().slots().setattro {
        Some(f) => f(obj, name, v),
        None => no_attribute(obj, name),
    }
}

#[cold]
pub fn no_attribute<R>(obj: Ref, name: Ref) -> PyResult<R> {
    exc::attribute_error(format_args!(
        "'{}' object has no attribute '{}'",
        obj.ty().name(),
        types::str::to_string_lossy(name)
    ))
}

/// `__dict__` of an instance with a plain dict field, or in dict mode; `None` when attributes are in a shape or nowhere.
fn dict_field(ty: &TypeObject, obj: Ref) -> Option<Value> {
    let offset = ty.dict_offset.get();
    if offset == 0 {
        return None;
    }
    // SAFETY: the type states where the field is.
    Some(unsafe { *obj.value().as_ptr::<u8>().add(offset as usize).cast::<Value>() })
}

/// CPython: Objects/object.c, _PyObject_GenericGetAttrWithDict.
pub fn generic_get_attr(obj: Ref, name: Ref) -> PyResult {
    let name_own = types::str::intern_object(name.own());
    let name = name_own.r();
    let ty = obj.ty();
    let descr = ty.lookup(name).map(Ref::own);
    if let Some(d) = &descr {
        let s = d.r().ty().slots();
        if let (Some(get), Some(_)) = (s.descr_get, s.descr_set) {
            return get(d.r(), Some(obj), Some(ty.r()));
        }
    }
    if obj.value().is_heap() {
        if let Some(a) = shape::attributes(ty, obj.value().as_ptr()) {
            if let Some(v) = a.get(name) {
                return Ok(v.own());
            }
        } else if let Some(d) = dict_field(ty, obj).and_then(Ref::from_nullable) {
            if let Some(v) = types::dict::get(d, name)? {
                return Ok(v);
            }
        }
    }
    match descr {
        Some(d) => match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), Some(obj), Some(ty.r())),
            None => Ok(d),
        },
        None => no_attribute(obj, name),
    }
}

/// CPython: Objects/object.c, _PyObject_GenericSetAttrWithDict.
pub fn generic_set_attr(obj: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    let name_own = types::str::intern_object(name.own());
    let name = name_own.r();
    let ty = obj.ty();
    let descr = ty.lookup(name).map(Ref::own);
    if let Some(d) = &descr {
        if let Some(set) = d.r().ty().slots().descr_set {
            return set(d.r(), obj, v);
        }
    }
    if obj.value().is_heap() {
        if let Some(a) = shape::attributes(ty, obj.value().as_ptr()) {
            return match v {
                Some(v) => a.set(name, v.own()),
                None if a.delete(ty, name)? => Ok(()),
                None => no_attribute(obj, name),
            };
        }
        if ty.dict_offset.get() != 0 {
            // SAFETY: the type states where the field is.
            let cell = unsafe {
                &*obj
                    .value()
                    .as_ptr::<u8>()
                    .add(ty.dict_offset.get() as usize)
                    .cast::<core::cell::Cell<Value>>()
            };
            if cell.get().is_null() {
                cell.set(types::dict::new().into_value());
            }
            let d = Ref::from_value(cell.get());
            return match v {
                Some(v) => types::dict::set(d, name, v),
                None if types::dict::delete(d, name)? => Ok(()),
                None => no_attribute(obj, name),
            };
        }
    }
    let text = types::str::to_string_lossy(name);
    if descr.is_some() {
        return exc::attribute_error(format_args!("'{}' object attribute '{text}' is read-only", ty.name()));
    }
    no_attribute(obj, name)
}

/// Attribute of a class: metatype data descriptors, then the MRO, then the metatype (CPython: type_getattro).
pub fn type_get_attr(cls: Ref, name: Ref) -> PyResult {
    let name_own = types::str::intern_object(name.own());
    let name = name_own.r();
    let (ty, meta) = (types::type_::cast(cls), cls.ty());
    let meta_attr = meta.lookup(name).map(Ref::own);
    if let Some(d) = &meta_attr {
        let s = d.r().ty().slots();
        if let (Some(get), Some(_)) = (s.descr_get, s.descr_set) {
            return get(d.r(), Some(cls), Some(meta.r()));
        }
    }
    if let Some(a) = ty.lookup(name) {
        let a = a.own();
        return match a.r().ty().slots().descr_get {
            Some(get) => get(a.r(), None, Some(cls)),
            None => Ok(a),
        };
    }
    match meta_attr {
        Some(d) => match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), Some(cls), Some(meta.r())),
            None => Ok(d),
        },
        None => exc::attribute_error(format_args!(
            "type object '{}' has no attribute '{}'",
            ty.name(),
            types::str::to_string_lossy(name)
        )),
    }
}

// ---- truth, text, hash ----

/// `bool(v)` (CPython: PyObject_IsTrue).
pub fn truth(v: Ref) -> PyResult<bool> {
    let w = v.value();
    if w.is_bool() {
        return Ok(w == Value::TRUE);
    }
    if w.is_small_int() {
        return Ok(w.as_small() != 0);
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
    exc::type_error(format_args!("{what} returned non-string (type {})", r.r().ty().name()))
}
/// `repr(v)`; always a str.
pub fn repr(v: Ref) -> PyResult {
    match v.ty().slots().repr {
        Some(f) => checked_text(f(v)?, "__repr__"),
        None => Ok(Own::str(&format!(
            "<{} object at {:#x}>",
            v.ty().full_name(),
            v.value().0
        ))),
    }
}
/// `str(v)`; always a str.
pub fn str(v: Ref) -> PyResult {
    match v.ty().slots().str {
        Some(f) => checked_text(f(v)?, "__str__"),
        None => repr(v),
    }
}
/// `hash(v)`.
pub fn hash(v: Ref) -> PyResult<i64> {
    match v.ty().slots().hash {
        Some(f) => f(v),
        None => exc::type_error(format_args!("unhashable type: '{}'", v.ty().name())),
    }
}

// ---- comparison ----

/// CPython: Objects/object.c, do_richcompare.
pub fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
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
    match op {
        CompareOp::Eq => Ok(Own::bool(a.is(b))),
        CompareOp::Ne => Ok(Own::bool(!a.is(b))),
        _ => exc::type_error(format_args!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            ta.name(),
            tb.name()
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
    truth(compare(a, b, op)?.r())
}
/// `a is b or a == b`.
#[inline]
pub fn equal(a: Ref, b: Ref) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if a.is_exact::<types::str::StrObject>() && b.is_exact::<types::str::StrObject>() {
        return Ok(types::str::equal(a, b));
    }
    compare_bool(a, b, CompareOp::Eq)
}

// ---- iteration ----

/// `iter(v)` (CPython: PyObject_GetIter).
pub fn iter(v: Ref) -> PyResult {
    if let Some(f) = v.ty().slots().iter {
        let it = f(v)?;
        if it.r().ty().slots().iternext.is_none() {
            return exc::type_error(format_args!(
                "iter() returned non-iterator of type '{}'",
                it.r().ty().name()
            ));
        }
        return Ok(it);
    }
    exc::type_error(format_args!("'{}' object is not iterable", v.ty().name()))
}
/// Next item; `Ok(None)` at the end (StopIteration is taken as the end).
pub fn next(it: Ref) -> PyResult<Option<Own>> {
    match it.ty().slots().iternext {
        Some(f) => match f(it) {
            Err(_) if exc::raised_is(&exc::types::STOP_ITERATION) => {
                drop(exc::take());
                Ok(None)
            }
            r => r,
        },
        None => exc::type_error(format_args!("'{}' object is not an iterator", it.ty().name())),
    }
}
