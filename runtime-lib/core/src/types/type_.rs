//! `type`: calling a class, attributes of classes.
use crate::call::Args;
use crate::object::{Own, PyResult, Ref, Value, to_abi};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::{exc, object_protocol};
use pyaot_abi::type_flag;

#[unsafe(export_name = "pyaot_type_type")]
pub static TYPE_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "type",
        basic_size: size_of::<TypeObject>(),
        flags: type_flag::GC | type_flag::BASETYPE | type_flag::TYPE | type_flag::WEAKREFABLE,
        slots: Slots {
            repr: Some(repr),
            call: Some(call),
            getattro: Some(object_protocol::type_get_attr),
            ..Slots::NONE
        },
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

pub fn cast(t: Ref<'_>) -> &'static TypeObject {
    // SAFETY: the caller passes a type; types outlive what refers to them here.
    unsafe { &*t.value().as_ptr::<TypeObject>() }
}

unsafe extern "C" fn vectorcall(cls: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    let cls = Ref::from_value(cls);
    // SAFETY: the vectorcall contract.
    let args = unsafe { Args::from_abi(args, nargsf, kwnames) };
    to_abi(call(cls, &args))
}

/// `cls(*args)`: `__new__`, then `__init__` if the result is an instance (CPython: type_call).
pub fn call(cls: Ref, args: &Args) -> PyResult {
    let ty = cast(cls);
    if core::ptr::eq(ty, &TYPE_TYPE) && args.len() == 1 && !args.has_keywords() {
        return Ok(args.get(0).expect("length tested").ty().own());
    }
    let Some(new) = ty.slots().new else {
        return exc::type_error(format_args!("cannot create '{}' instances", ty.full_name()));
    };
    let obj = new(ty, args)?;
    let obj_type = obj.r().ty();
    if obj_type.is_subtype(ty) {
        if let Some(init) = obj_type.slots().init {
            init(obj.r(), args)?;
        }
    }
    Ok(obj)
}

fn repr(t: Ref) -> PyResult {
    let ty = cast(t);
    Ok(Own::str(&format!("<class '{}'>", ty.full_name())))
}

/// `__module__` as the type states it; `None` when a class lost it (CPython: type_module).
pub fn module_of(ty: &TypeObject) -> PyResult<Option<Own>> {
    match ty.def {
        Some(def) => Ok(Some(match def.name.rsplit_once('.') {
            Some((module, _)) => Own::str(module),
            None => crate::istr!("builtins").own(),
        })),
        None => crate::types::dict::get(ty.dict(), crate::istr!("__module__")),
    }
}
/// `__qualname__`.
pub fn qualname(ty: &TypeObject) -> PyResult {
    Ok(match Ref::from_nullable(ty.qualname.get()) {
        Some(q) => q.own(),
        None => Own::str(ty.name()),
    })
}
