//! `bool`: two immediates of a subclass of int.
use crate::call::Args;
use crate::object::{Own, PyResult, Ref, Value};
use crate::object_protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::int::INT_TYPE;

#[unsafe(export_name = "pyaot_type_bool")]
pub static BOOL_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "bool",
    base: Some(&INT_TYPE),
    doc: "True or False; the truth value of an object.",
    slots: Slots {
        repr: Some(|b: Ref| Ok(Own::str(if b.value() == Value::TRUE { "True" } else { "False" }))),
        new: Some(new),
        nb_and: Some(|a, b| logic(a, b, |x, y| x & y, INT_TYPE.slots().nb_and)),
        nb_or: Some(|a, b| logic(a, b, |x, y| x | y, INT_TYPE.slots().nb_or)),
        nb_xor: Some(|a, b| logic(a, b, |x, y| x ^ y, INT_TYPE.slots().nb_xor)),
        nb_invert: Some(invert),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

fn new(_cls: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("bool")?;
    args.count("bool", 0, 1)?;
    Ok(Own::bool(match args.get(0) {
        Some(v) => object_protocol::truth(v)?,
        None => false,
    }))
}

fn logic(a: Ref, b: Ref, f: fn(bool, bool) -> bool, int: Option<fn(Ref, Ref) -> PyResult>) -> PyResult {
    if a.value().is_bool() && b.value().is_bool() {
        return Ok(Own::bool(f(a.value() == Value::TRUE, b.value() == Value::TRUE)));
    }
    int.map_or_else(|| Ok(Own::not_implemented()), |f| f(a, b))
}

fn invert(b: Ref) -> PyResult {
    crate::warn::deprecation(format_args!(
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the \
         underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean \
         negation or ~int(x) if you really want the bitwise inversion of the underlying int."
    ))?;
    Ok(Own::int(!((b.value() == Value::TRUE) as i64)))
}
