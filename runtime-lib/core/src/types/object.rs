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
        repr: Some(repr),
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
fn repr(o: Ref) -> PyResult {
    Ok(Own::str(&format!(
        "<{} object at {:#x}>",
        o.ty().full_name(),
        o.value().0
    )))
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

/// CPython: object_new.
pub fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if !args.is_empty() && cls.slots().init.map(|f| f as usize) == Some(init as *const () as usize) {
        return exc::type_error(format_args!("{}() takes no arguments", cls.name()));
    }
    alloc::object_of(cls, |header| Plain { header })
}

/// CPython: object_init.
pub fn init(o: Ref, args: &Args) -> PyResult<()> {
    let ty = o.ty();
    if !args.is_empty() && ty.slots().new.map(|f| f as usize) == Some(new as *const () as usize) {
        return exc::type_error(format_args!("{}() takes no arguments", ty.name()));
    }
    Ok(())
}
