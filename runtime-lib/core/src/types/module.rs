//! `module`: an object with a `__dict__`.
use crate::call::MethodDef;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::{istr, object_protocol, types};
use core::cell::Cell;
use pyaot_abi::{ModuleStatic, type_flag};

#[repr(C)]
pub struct ModuleObject {
    pub header: Header,
    pub dict: Cell<Value>,
    /// The compiled module, null for native and dynamic ones.
    pub compiled: Cell<*mut ModuleStatic>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for ModuleObject {
    fn type_object() -> &'static TypeObject {
        &MODULE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_module")]
pub static MODULE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "module",
    basic_size: size_of::<ModuleObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    dict_offset: core::mem::offset_of!(ModuleObject, dict),
    slots: Slots {
        repr: Some(repr),
        traverse: Some(traverse),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// An empty module with `__name__` and the other standard names set.
pub fn new(name: &str) -> PyResult {
    let dict = types::dict::new();
    for (k, v) in [
        (istr!("__name__"), Own::str(name)),
        (istr!("__doc__"), Own::none()),
        (istr!("__package__"), Own::none()),
        (istr!("__loader__"), Own::none()),
        (istr!("__spec__"), Own::none()),
    ] {
        types::dict::set(dict.r(), k, v.r())?;
    }
    alloc::object(|header| ModuleObject {
        header,
        dict: Cell::new(dict.into_value()),
        compiled: Cell::new(core::ptr::null_mut()),
    })
}

pub fn dict(m: Ref<'_>) -> Ref<'_> {
    // SAFETY: the caller passes a module.
    Ref::from_value(unsafe { m.cast::<ModuleObject>() }.dict.get())
}

/// Adds `value` under `name`.
pub fn add(m: Ref, name: &str, value: Own) -> PyResult<()> {
    types::dict::set(dict(m), types::str::intern(name).r(), value.r())
}

/// Adds functions, with the module as `self`.
pub fn add_functions(m: Ref, functions: &'static [MethodDef]) -> PyResult<()> {
    let name = object_protocol::get_attr(m, istr!("__name__"))?;
    for def in functions {
        let f = crate::call::builtin::new(def, Some(m.own()), Some(name.clone()))?;
        add(m, def.name(), f)?;
    }
    Ok(())
}

fn repr(m: Ref) -> PyResult {
    let name = types::dict::get(dict(m), istr!("__name__"))?;
    let name = name.map_or("?".to_owned(), |n| types::str::to_string_lossy(n.r()));
    Ok(Own::str(&format!("<module '{name}'>")))
}
fn traverse(m: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: slots receive instances.
    visit(unsafe { m.cast::<ModuleObject>() }.dict.get());
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<ModuleObject>() }.dict.get());
}

/// Ties a module object to the cells of its compiled module: names that it already has (`__name__`, …) move into their cells.
pub fn attach_cells(m: Ref, compiled: &'static ModuleStatic) -> PyResult<()> {
    types::dict::set_owner(dict(m), compiled)
}

/// First store to a global: the value goes to its cell, the dict gets an entry that refers to the cell.
pub fn bind_cell(m: Ref, name: Ref, cell: *mut Value, v: Own) -> PyResult<()> {
    types::dict::insert_cell(dict(m), name, cell)?;
    // SAFETY: the compiler passes the cell of the name.
    decref(unsafe { cell.replace(v.into_value()) });
    Ok(())
}
