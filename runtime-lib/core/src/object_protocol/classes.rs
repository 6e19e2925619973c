//! `isinstance` and `issubclass` (CPython: Objects/abstract.c, PyObject_IsInstance and its family).
use super::{get_attr_opt, is_generic_get, truth};
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::TypeObject;
use crate::typeobj::slot_functions::call_maybe;
use crate::{exc, istr, types};
use pyaot_abi::type_flag;

/// `isinstance(obj, cls)`, `__instancecheck__` included.
pub fn is_instance(obj: Ref, cls: Ref) -> PyResult<bool> {
    if core::ptr::eq(obj.ty().r().value().as_ptr::<TypeObject>(), cls.value().as_ptr()) {
        return Ok(true);
    }
    if core::ptr::eq(cls.ty(), &types::type_::TYPE_TYPE) {
        return real_is_instance(obj, cls);
    }
    if let Some(classes) = alternatives(cls) {
        exc::recursion_guard(" in __instancecheck__")?;
        for i in 0..types::tuple::len(classes.r()) {
            if is_instance(obj, types::tuple::get(classes.r(), i))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match call_maybe(&[cls, obj], istr!("__instancecheck__"))? {
        Some(r) => truth(r.r()),
        None => real_is_instance(obj, cls),
    }
}
/// The classes of a tuple or a union.
fn alternatives(cls: Ref) -> Option<Own> {
    if cls.ty().has(type_flag::TUPLE) {
        return Some(cls.own());
    }
    core::ptr::eq(cls.ty(), &types::union::UNION_TYPE).then(|| types::union::args_of(cls).own())
}
/// `type.__instancecheck__` (CPython: object_isinstance).
pub fn real_is_instance(obj: Ref, cls: Ref) -> PyResult<bool> {
    if let Some(ty) = cls.downcast::<TypeObject>() {
        if obj.is_instance_of(ty) {
            return Ok(true);
        }
        // `__class__` of an instance of a built-in type is its type.
        if obj.ty().has(type_flag::IMMUTABLE) && is_generic_get(obj.ty().slots()) {
            return Ok(false);
        }
        let Some(c) = get_attr_opt(obj, istr!("__class__"))? else {
            return Ok(false);
        };
        if c.r().is(obj.ty().r()) {
            return Ok(false);
        }
        return Ok(c.r().downcast::<TypeObject>().is_some_and(|c| c.is_subtype(ty)));
    }
    check_class(cls, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match get_attr_opt(obj, istr!("__class__"))? {
        Some(c) => abstract_is_subclass(c.r(), cls),
        None => Ok(false),
    }
}
/// `issubclass(derived, cls)`, `__subclasscheck__` included.
pub fn is_subclass(derived: Ref, cls: Ref) -> PyResult<bool> {
    if core::ptr::eq(cls.ty(), &types::type_::TYPE_TYPE) {
        return if derived.is(cls) {
            Ok(true)
        } else {
            real_is_subclass(derived, cls)
        };
    }
    if let Some(classes) = alternatives(cls) {
        exc::recursion_guard(" in __subclasscheck__")?;
        for i in 0..types::tuple::len(classes.r()) {
            if is_subclass(derived, types::tuple::get(classes.r(), i))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match call_maybe(&[cls, derived], istr!("__subclasscheck__"))? {
        Some(r) => truth(r.r()),
        None => real_is_subclass(derived, cls),
    }
}
/// `type.__subclasscheck__` (CPython: recursive_issubclass).
pub fn real_is_subclass(derived: Ref, cls: Ref) -> PyResult<bool> {
    if let (Some(d), Some(c)) = (derived.downcast::<TypeObject>(), cls.downcast::<TypeObject>()) {
        return Ok(d.is_subtype(c));
    }
    check_class(derived, "issubclass() arg 1 must be a class")?;
    check_class(
        cls,
        "issubclass() arg 2 must be a class, a tuple of classes, or a union",
    )?;
    abstract_is_subclass(derived, cls)
}
/// Objects that are no types count as classes when they have a tuple of `__bases__`.
fn check_class(cls: Ref, message: &str) -> PyResult<()> {
    match get_attr_opt(cls, istr!("__bases__"))? {
        Some(b) if b.r().ty().has(type_flag::TUPLE) => Ok(()),
        _ => exc::type_error(format_args!("{message}")),
    }
}
fn abstract_is_subclass(derived: Ref, cls: Ref) -> PyResult<bool> {
    exc::recursion_guard(" in __issubclass__")?;
    if derived.is(cls) {
        return Ok(true);
    }
    let Some(bases) = get_attr_opt(derived, istr!("__bases__"))?.filter(|b| b.r().ty().has(type_flag::TUPLE)) else {
        return Ok(false);
    };
    for i in 0..types::tuple::len(bases.r()) {
        if abstract_is_subclass(types::tuple::get(bases.r(), i), cls)? {
            return Ok(true);
        }
    }
    Ok(false)
}
