//! Attribute access: the generic functions behind `getattro` and `setattro`, and the entry points for any object.
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::{Slots, TypeObject, shape};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

/// `getattr(obj, name)`; `name` is a str.
#[inline]
pub fn get_attr(obj: Ref, name: Ref) -> PyResult {
    match obj.ty().slots().getattro {
        Some(f) => f(obj, name),
        None => no_attribute(obj, name),
    }
}
/// `getattr(obj, name, None)` that keeps other errors; no exception is made for a plain miss (CPython: PyObject_GetOptionalAttr).
pub fn get_attr_opt(obj: Ref, name: Ref) -> PyResult<Option<Own>> {
    let s = obj.ty().slots();
    if is_generic_get(s) {
        return exc::swallow(generic_find_attr(obj, name), &exc::types::ATTRIBUTE_ERROR).map(Option::flatten);
    }
    if s.getattro
        .is_some_and(|f| core::ptr::eq(f as *const (), type_get_attr as *const ()))
    {
        return exc::swallow(type_find_attr(obj, name), &exc::types::ATTRIBUTE_ERROR).map(Option::flatten);
    }
    exc::swallow(get_attr(obj, name), &exc::types::ATTRIBUTE_ERROR)
}
/// Attributes of the type's instances are found by [`generic_get_attr`].
#[inline]
pub fn is_generic_get(s: &Slots) -> bool {
    s.getattro
        .is_some_and(|f| core::ptr::eq(f as *const (), generic_get_attr as *const ()))
}
#[inline]
pub fn is_generic_set(s: &Slots) -> bool {
    s.setattro
        .is_some_and(|f| core::ptr::eq(f as *const (), generic_set_attr as *const ()))
}
/// `None` deletes.
#[inline]
pub fn set_attr(obj: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    match obj.ty().slots().setattro {
        Some(f) => f(obj, name, v),
        None => no_attribute(obj, name),
    }
}

/// TypeError when an attribute name is not a str; the interned name otherwise.
fn checked_name(name: Ref) -> PyResult {
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "attribute name must be string, not '{}'",
            name.ty().full_name()
        ));
    }
    Ok(types::str::intern_object(name.own()))
}

#[cold]
pub fn no_attribute<R>(obj: Ref, name: Ref) -> PyResult<R> {
    exc::attribute_error_for(
        obj,
        name,
        format_args!(
            "'{}' object has no attribute '{}'",
            obj.ty().full_name(),
            types::str::to_string_lossy(name)
        ),
    )
}

/// The field of a plain `__dict__`; `None` when instances have no such field.
pub fn dict_cell<'a>(ty: &TypeObject, obj: Ref<'a>) -> Option<&'a Cell<Value>> {
    let offset = ty.dict_offset.get();
    if offset == 0 || !obj.value().is_heap() {
        return None;
    }
    // SAFETY: the type states where the field is.
    Some(unsafe { &*obj.value().as_ptr::<u8>().add(offset as usize).cast::<Cell<Value>>() })
}

/// Attribute of the instance itself, without its type.
#[inline]
pub fn instance_attr(ty: &TypeObject, obj: Ref, name: Ref) -> PyResult<Option<Own>> {
    if obj.value().is_heap() {
        if let Some(a) = shape::attributes(ty, obj.value().as_ptr()) {
            return a.lookup(name);
        }
        if let Some(d) = dict_cell(ty, obj).and_then(|c| Ref::from_nullable(c.get())) {
            let d = d.own();
            return types::dict::get(d.r(), name);
        }
    }
    Ok(None)
}

/// CPython: Objects/object.c, _PyObject_GenericGetAttrWithDict. `None` when there is no such attribute.
pub fn generic_find_attr(obj: Ref, name: Ref) -> PyResult<Option<Own>> {
    let name_own = checked_name(name)?;
    let name = name_own.r();
    let ty = obj.ty();
    let descr = ty.lookup(name).map(Ref::own);
    if let Some(d) = &descr {
        let s = d.r().ty().slots();
        if let (Some(get), Some(_)) = (s.descr_get, s.descr_set) {
            return get(d.r(), Some(obj), Some(ty.r())).map(Some);
        }
    }
    if let Some(v) = instance_attr(ty, obj, name)? {
        return Ok(Some(v));
    }
    match descr {
        Some(d) => match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), Some(obj), Some(ty.r())).map(Some),
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}
pub fn generic_get_attr(obj: Ref, name: Ref) -> PyResult {
    match generic_find_attr(obj, name)? {
        Some(v) => Ok(v),
        None => no_attribute(obj, name),
    }
}

/// CPython: Objects/object.c, _PyObject_GenericSetAttrWithDict.
pub fn generic_set_attr(obj: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    let name_own = checked_name(name)?;
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
        if let Some(cell) = dict_cell(ty, obj) {
            if cell.get().is_null() {
                cell.set(types::dict::new().into_value());
            }
            let d = Ref::from_value(cell.get()).own();
            return match v {
                Some(v) => types::dict::set(d.r(), name, v),
                None if types::dict::delete(d.r(), name)? => Ok(()),
                None => no_attribute(obj, name),
            };
        }
    }
    let text = types::str::to_string_lossy(name);
    match (&descr, v) {
        (Some(_), _) => exc::attribute_error_for(
            obj,
            name,
            format_args!("'{}' object attribute '{text}' is read-only", ty.full_name()),
        ),
        (None, _) if is_generic_set(ty.slots()) => exc::attribute_error_for(
            obj,
            name,
            format_args!(
                "'{}' object has no attribute '{text}' and no __dict__ for setting new attributes",
                ty.full_name()
            ),
        ),
        (None, _) => no_attribute(obj, name),
    }
}

/// Attribute of a class: metatype data descriptors, then the MRO, then the metatype (CPython: type_getattro).
pub fn type_find_attr(cls: Ref, name: Ref) -> PyResult<Option<Own>> {
    let name_own = checked_name(name)?;
    let name = name_own.r();
    let (ty, meta) = (types::type_::cast(cls), cls.ty());
    let meta_attr = meta.lookup(name).map(Ref::own);
    if let Some(d) = &meta_attr {
        let s = d.r().ty().slots();
        if let (Some(get), Some(_)) = (s.descr_get, s.descr_set) {
            return get(d.r(), Some(cls), Some(meta.r())).map(Some);
        }
    }
    if let Some(a) = ty.lookup(name) {
        let a = a.own();
        return match a.r().ty().slots().descr_get {
            Some(get) => get(a.r(), None, Some(cls)).map(Some),
            None => Ok(Some(a)),
        };
    }
    match meta_attr {
        Some(d) => match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), Some(cls), Some(meta.r())).map(Some),
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}
pub fn type_get_attr(cls: Ref, name: Ref) -> PyResult {
    match type_find_attr(cls, name)? {
        Some(v) => Ok(v),
        None => exc::attribute_error_for(
            cls,
            name,
            format_args!(
                "type object '{}' has no attribute '{}'",
                types::type_::cast(cls).name(),
                types::str::to_string_lossy(name)
            ),
        ),
    }
}
