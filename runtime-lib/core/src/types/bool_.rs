//! `bool`: two immediates of a subclass of int.
use crate::object::{Own, Ref, Value};
use crate::typeobj::{Slots, TypeDef, TypeObject};

#[unsafe(export_name = "pyaot_type_bool")]
pub static BOOL_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "bool",
    base: Some(&super::int::INT_TYPE),
    slots: Slots {
        repr: Some(|b: Ref| Ok(Own::str(if b.value() == Value::TRUE { "True" } else { "False" }))),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
