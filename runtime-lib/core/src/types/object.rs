//! `object`: default behaviour of every type.
use crate::call::Args;
use crate::object::{Header, Object, Own, PyResult, Ref, alloc};
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use crate::{exc, object_protocol};
use pyaot_abi::type_flag;

/// A plain object: nothing but its header.
#[repr(C)]
pub struct Plain {
    header: Header,
}
// SAFETY: every object begins with a header.
unsafe impl Object for Plain {
    fn type_object() -> &'static TypeObject {
        &OBJECT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_object")]
pub static OBJECT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "object",
    flags: type_flag::BASETYPE,
    slots: Slots {
        repr: Some(default_repr),
        str: Some(str),
        hash: Some(hash),
        richcompare: Some(richcompare),
        getattro: Some(object_protocol::generic_get_attr),
        setattro: Some(object_protocol::generic_set_attr),
        new: Some(new),
        init: Some(init),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// CPython: Objects/typeobject.c, object_repr.
pub fn default_repr(o: Ref) -> PyResult {
    let ty = o.ty();
    let module = crate::types::type_::module_of(ty)?;
    let name = crate::types::type_::qualname(ty)?;
    let name = crate::types::str::to_string_lossy(name.r());
    let text = match module.filter(|m| m.r().ty().has(type_flag::STR)) {
        Some(m) if crate::types::str::as_ascii(m.r()) != Some("builtins") => format!(
            "<{}.{name} object at {:#x}>",
            crate::types::str::to_string_lossy(m.r()),
            o.value().0
        ),
        _ => format!("<{name} object at {:#x}>", o.value().0),
    };
    Ok(Own::str(&text))
}

fn str(o: Ref) -> PyResult {
    object_protocol::repr(o)
}

pub fn hash(o: Ref) -> PyResult<i64> {
    let h = o.value().0.rotate_right(4) as i64;
    Ok(if h == -1 { -2 } else { h })
}

/// Identity equality; `!=` is the inverse of the type's `==` (CPython: object_richcompare).
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq => Ok(if a.is(b) {
            Own::bool(true)
        } else {
            Own::not_implemented()
        }),
        CompareOp::Ne => {
            let Some(f) = a.ty().slots().richcompare else {
                return Ok(Own::not_implemented());
            };
            let r = f(a, b, CompareOp::Eq)?;
            if r.r().is_not_implemented() {
                Ok(r)
            } else {
                Ok(Own::bool(!object_protocol::truth(r.r())?))
            }
        }
        _ => Ok(Own::not_implemented()),
    }
}

fn has_init(ty: &TypeObject) -> bool {
    !ty.slots()
        .init
        .is_some_and(|f| core::ptr::eq(f as *const (), init as *const ()))
}
fn has_new(ty: &TypeObject) -> bool {
    !ty.slots()
        .new
        .is_some_and(|f| core::ptr::eq(f as *const (), new as *const ()))
}

/// CPython: object_new.
pub fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if !args.is_empty() {
        if has_new(cls) {
            return exc::type_error(format_args!(
                "object.__new__() takes exactly one argument (the type to instantiate)"
            ));
        }
        if !has_init(cls) {
            return exc::type_error(format_args!("{}() takes no arguments", cls.name()));
        }
    }
    if cls.has(type_flag::ABSTRACT) {
        return abstract_error(cls);
    }
    alloc::object_of(cls, |header| Plain { header })
}

/// CPython: object_new, the branch for abstract classes.
#[cold]
fn abstract_error(cls: &'static TypeObject) -> PyResult {
    let methods = object_protocol::get_attr(cls.r(), crate::istr!("__abstractmethods__"))?;
    let mut names = Vec::new();
    let it = object_protocol::iter(methods.r())?;
    while let Some(n) = object_protocol::next(it.r())? {
        names.push(crate::types::str::to_string_lossy(object_protocol::str(n.r())?.r()));
    }
    names.sort();
    let s = if names.len() == 1 { "" } else { "s" };
    exc::type_error(format_args!(
        "Can't instantiate abstract class {} without an implementation for abstract method{s} '{}'",
        cls.name(),
        names.join("', '")
    ))
}

/// CPython: object_init.
pub fn init(o: Ref, args: &Args) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let ty = o.ty();
    if has_init(ty) {
        return exc::type_error(format_args!(
            "object.__init__() takes exactly one argument (the instance to initialize)"
        ));
    }
    if !has_new(ty) {
        return exc::type_error(format_args!("{}() takes no arguments", ty.name()));
    }
    Ok(())
}
