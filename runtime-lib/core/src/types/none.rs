//! `None`, `Ellipsis` and `NotImplemented`: immediates.
use crate::call::Args;
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::{Slots, TypeDef, TypeObject};

fn singleton(args: &Args, ty: &TypeObject, v: Value) -> PyResult {
    if !args.is_empty() {
        return exc::type_error(format_args!("{} takes no arguments", ty.name()));
    }
    Ok(Own::from_value(v))
}

#[unsafe(export_name = "pyaot_type_none")]
pub static NONE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "NoneType",
    slots: Slots {
        repr: Some(|_| Ok(Own::str("None"))),
        hash: Some(|_| Ok(0xFCA8_6420)),
        nb_bool: Some(|_| Ok(false)),
        new: Some(|_, args| singleton(args, &NONE_TYPE, Value::NONE)),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

pub static ELLIPSIS_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "ellipsis",
    slots: Slots {
        repr: Some(|_| Ok(Own::str("Ellipsis"))),
        new: Some(|_, args| singleton(args, &ELLIPSIS_TYPE, Value::ELLIPSIS)),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

pub static NOT_IMPLEMENTED_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "NotImplementedType",
    slots: Slots {
        repr: Some(|_| Ok(Own::str("NotImplemented"))),
        nb_bool: Some(|_: Ref| exc::type_error(format_args!("NotImplemented should not be used in a boolean context"))),
        new: Some(|_, args| singleton(args, &NOT_IMPLEMENTED_TYPE, Value::NOT_IMPLEMENTED)),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
