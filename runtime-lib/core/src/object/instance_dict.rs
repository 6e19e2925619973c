//! `__dict__` of an instance, whatever way its type keeps attributes: by shape, or in a plain dict field.
use super::{Own, PyResult, Ref, Value, field, set_field};
use crate::typeobj::shape;
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

fn dict_cell(obj: Ref<'_>) -> Option<&Cell<Value>> {
    let offset = obj.ty().dict_offset.get();
    // SAFETY: the type states where the field is.
    (offset != 0).then(|| unsafe { &*obj.value().as_ptr::<u8>().add(offset as usize).cast::<Cell<Value>>() })
}

/// `obj.__dict__`; AttributeError when instances of the type have none.
pub fn get(obj: Ref) -> PyResult {
    match get_opt(obj)? {
        Some(d) => Ok(d),
        None => exc::attribute_error(format_args!("'{}' object has no attribute '__dict__'", obj.ty().name())),
    }
}

/// The dict, made if need be; `None` when instances of the type have none.
pub fn get_opt(obj: Ref) -> PyResult<Option<Own>> {
    if !obj.value().is_heap() {
        return Ok(None);
    }
    if let Some(a) = shape::attributes(obj.ty(), obj.value().as_ptr()) {
        return a.materialize().map(|d| Some(d.own()));
    }
    let Some(cell) = dict_cell(obj) else { return Ok(None) };
    if cell.get().is_null() {
        cell.set(types::dict::new().into_value());
    }
    Ok(field(cell).map(Ref::own))
}

/// `obj.__dict__ = v` and `del obj.__dict__` (CPython: PyObject_GenericSetDict).
pub fn set(obj: Ref, v: Option<Ref>) -> PyResult<()> {
    if let Some(v) = v {
        if !v.ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "__dict__ must be set to a dictionary, not a '{}'",
                v.ty().name()
            ));
        }
    }
    if let Some(a) = shape::attributes(obj.ty(), obj.value().as_ptr()) {
        a.replace_dict(v.map(Ref::own));
        return Ok(());
    }
    match dict_cell(obj) {
        Some(cell) => {
            set_field(cell, v.map(Ref::own));
            Ok(())
        }
        None => exc::attribute_error(format_args!("This object has no __dict__")),
    }
}
