//! `module`: an object with a `__dict__`.
use crate::call::{Args, MethodDef, bind, noargs, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset};
use crate::types::str as str_;
use crate::{call, exc, istr, object_protocol, types};
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
    doc: "module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    slots: Slots {
        new: Some(construct),
        init: Some(init),
        repr: Some(repr),
        getattro: Some(getattr),
        traverse: Some(traverse),
        clear: Some(|m| types::dict::clear(dict(m))),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__dir__($self, /)"), dir).doc("__dir__() -> list\nspecialized dir() implementation")],
    getset: GETSET,
    ..TypeDef::NEW
});
static GETSET: &[GetSetDef] = &[
    getset(
        "__dict__",
        |m| Ok(dict(m).own()),
        |_, _| exc::attribute_error(format_args!("readonly attribute")),
    ),
    getset("__annotations__", get_annotations, set_annotations),
    getset("__annotate__", get_annotate, set_annotate),
];

fn construct(cls: &'static TypeObject, _: &Args) -> PyResult {
    let d = types::dict::new();
    alloc::object_of(cls, |header| ModuleObject {
        header,
        dict: Cell::new(d.into_value()),
        compiled: Cell::new(core::ptr::null_mut()),
    })
}
/// CPython: Objects/moduleobject.c, module___init___impl.
fn init(m: Ref, args: &Args) -> PyResult<()> {
    bind(sig!("module(name, doc=None)"), args, |b| {
        if !b.arg(0).ty().has(type_flag::STR) {
            return exc::type_error(format_args!(
                "module() argument 'name' must be str, not {}",
                types::type_::none_or_name(b.arg(0))
            ));
        }
        let none = Own::none;
        for (k, v) in [
            (istr!("__name__"), b.arg(0).own()),
            (istr!("__doc__"), b.get(1).map_or_else(none, Ref::own)),
            (istr!("__package__"), none()),
            (istr!("__loader__"), none()),
            (istr!("__spec__"), none()),
        ] {
            types::dict::set(dict(m), k, v.r())?;
        }
        Ok(())
    })
}

/// Attributes, then the module's own `__getattr__` function (CPython: _Py_module_getattro_impl).
fn getattr(m: Ref, name: Ref) -> PyResult {
    if let Some(v) = object_protocol::generic_find_attr(m, name)? {
        return Ok(v);
    }
    if let Some(f) = types::dict::get(dict(m), istr!("__getattr__"))? {
        return call::call1(f.r(), name);
    }
    let text = str_::to_string_lossy(name);
    let own_name = types::dict::get(dict(m), istr!("__name__"))?.filter(|n| n.r().ty().has(type_flag::STR));
    let Some(own_name) = own_name else {
        return exc::attribute_error_for(m, name, format_args!("module has no attribute '{text}'"));
    };
    let own_name = str_::to_string_lossy(own_name.r());
    if is_initializing(m)? {
        return exc::attribute_error_for(
            m,
            name,
            format_args!(
                "partially initialized module '{own_name}' has no attribute '{text}' (most likely due to a circular import)"
            ),
        );
    }
    exc::attribute_error_for(m, name, format_args!("module '{own_name}' has no attribute '{text}'"))
}
fn is_initializing(m: Ref) -> PyResult<bool> {
    let Some(spec) = types::dict::get(dict(m), istr!("__spec__"))? else {
        return Ok(false);
    };
    if spec.r().is_none() {
        return Ok(false);
    }
    match object_protocol::get_attr_opt(spec.r(), istr!("_initializing"))? {
        Some(v) => object_protocol::truth(v.r()),
        None => Ok(false),
    }
}

/// CPython: module_dir.
fn dir(m: Ref) -> PyResult {
    let names = object_protocol::get_attr(m, istr!("__dict__"))?;
    if !names.r().ty().has(type_flag::DICT) {
        return exc::type_error(format_args!("<module>.__dict__ is not a dictionary"));
    }
    if let Some(f) = types::dict::get(names.r(), istr!("__dir__"))? {
        return call::call0(f.r());
    }
    types::list::from_vec(types::dict::keys(names.r()))
}

/// CPython: module_get_annotations.
fn get_annotations(m: Ref) -> PyResult {
    if let Some(a) = types::dict::get(dict(m), istr!("__annotations__"))? {
        return Ok(a);
    }
    let annotate = get_annotate(m)?;
    let a = if annotate.r().is_none() {
        types::dict::new()
    } else {
        let a = call::call1(annotate.r(), Own::int(1).r())?;
        if !a.r().ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "__annotate__ returned non-dict of type '{}'",
                a.r().ty().name()
            ));
        }
        a
    };
    if !is_initializing(m)? {
        types::dict::set(dict(m), istr!("__annotations__"), a.r())?;
    }
    Ok(a)
}
fn set_annotations(m: Ref, v: Option<Ref>) -> PyResult<()> {
    match v {
        Some(v) => types::dict::set(dict(m), istr!("__annotations__"), v)?,
        None => {
            if !types::dict::delete(dict(m), istr!("__annotations__"))? {
                return exc::raise_value(&exc::types::ATTRIBUTE_ERROR, istr!("__annotations__").own());
            }
        }
    }
    types::dict::delete(dict(m), istr!("__annotate__"))?;
    Ok(())
}
fn get_annotate(m: Ref) -> PyResult {
    if let Some(a) = types::dict::get(dict(m), istr!("__annotate__"))? {
        return Ok(a);
    }
    types::dict::set(dict(m), istr!("__annotate__"), Own::none().r())?;
    Ok(Own::none())
}
fn set_annotate(m: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("cannot delete __annotate__ attribute"));
    };
    if !v.is_none() && v.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("__annotate__ must be callable or None"));
    }
    types::dict::set(dict(m), istr!("__annotate__"), v)?;
    if !v.is_none() {
        types::dict::delete(dict(m), istr!("__annotations__"))?;
    }
    Ok(())
}

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

/// A module object whose `__dict__` is `globals`: what functions with globals of their own refer to.
pub fn over(globals: Ref) -> PyResult {
    alloc::object(|header| ModuleObject {
        header,
        dict: Cell::new(globals.own().into_value()),
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
        note_native(name.r(), def.name(), f.r());
        add(m, def.name(), f)?;
    }
    Ok(())
}

/// The functions of [`pyaot_abi::NATIVES`] that have been made; alive for good.
pub struct Natives([Cell<Value>; pyaot_abi::NATIVES.len()]);
// SAFETY: the GIL guards it.
unsafe impl Sync for Natives {}
#[unsafe(no_mangle)]
pub static pyaot_natives: Natives = Natives([const { Cell::new(Value::NULL) }; pyaot_abi::NATIVES.len()]);

fn note_native(module: Ref, name: &str, function: Ref) {
    let module = str_::to_string_lossy(module);
    let place = pyaot_abi::NATIVES
        .iter()
        .position(|known| *known == (&module[..], name));
    if let Some(cell) = place.map(|i| &pyaot_natives.0[i])
        && cell.get().is_null()
    {
        cell.set(function.own().into_value());
    }
}

/// CPython: Lib/importlib/_bootstrap.py, _module_repr.
fn repr(m: Ref) -> PyResult {
    let own = |n: Ref| types::dict::get(dict(m), n).map(|v| v.filter(|v| !v.r().is_none()));
    let shown = |v: &Own| -> PyResult<String> { Ok(str_::to_string_lossy(object_protocol::repr(v.r())?.r())) };
    if let Some(spec) = own(istr!("__spec__"))? {
        let part = |n: Ref| object_protocol::get_attr_opt(spec.r(), n).map(|v| v.filter(|v| !v.r().is_none()));
        let name = match part(istr!("name"))? {
            Some(n) => shown(&n)?,
            None => "'?'".to_owned(),
        };
        let text = match part(istr!("origin"))? {
            None => match part(istr!("loader"))? {
                None => format!("<module {name}>"),
                Some(l) => format!("<module {name} ({})>", shown(&l)?),
            },
            Some(o) => {
                let located = match part(istr!("has_location"))? {
                    Some(l) => object_protocol::truth(l.r())?,
                    None => false,
                };
                if located {
                    format!("<module {name} from {}>", shown(&o)?)
                } else {
                    format!(
                        "<module {name} ({})>",
                        str_::to_string_lossy(object_protocol::str(o.r())?.r())
                    )
                }
            }
        };
        return Ok(Own::str(&text));
    }
    let name = match own(istr!("__name__"))? {
        Some(n) => shown(&n)?,
        None => "'?'".to_owned(),
    };
    Ok(Own::str(&match (own(istr!("__file__"))?, own(istr!("__loader__"))?) {
        (Some(f), _) => format!("<module {name} from {}>", shown(&f)?),
        (None, Some(l)) => format!("<module {name} ({})>", shown(&l)?),
        (None, None) => format!("<module {name}>"),
    }))
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
    types::dict::set_owner(dict(m), compiled)?;
    crate::builtins::find_free(compiled)
}

/// First store to a global: the value goes to its cell, the dict gets an entry that refers to the cell.
pub fn bind_cell(m: Ref, name: Ref, cell: *mut Value, v: Own) -> PyResult<()> {
    types::dict::insert_cell(dict(m), name, cell)?;
    // SAFETY: the compiler passes the cell of the name.
    decref(unsafe { cell.replace(v.into_value()) });
    Ok(())
}
