//! Fills the `__dict__` of a built-in type from its definition at the first lookup: methods, computed attributes, slot wrappers.
use super::TypeObject;
use crate::call::{MethodDef, builtin, one, sig};
use crate::object::{Own, PyResult, Raised};
use crate::types::{self, descr};
use pyaot_abi::type_flag;

/// Cannot fail short of running out of memory at start.
pub fn fill(ty: &TypeObject) {
    // The dict is in place before it is filled: lookups while filling see what is there.
    ty.dict.set(types::dict::new().into_value());
    // SAFETY: built-in types are statics.
    let ty: &'static TypeObject = unsafe { &*(ty as *const TypeObject) };
    fill_dict(ty).unwrap_or_else(|Raised| std::process::abort());
}

/// Built-in types that take type arguments: `list[int]`.
const GENERIC: &[&str] = &[
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "enumerate",
    "staticmethod",
    "classmethod",
    "generator",
    "coroutine",
    "async_generator",
    "weakref.ReferenceType",
    "BaseExceptionGroup",
];
static CLASS_GETITEM: MethodDef = one(
    sig!("__class_getitem__($type, object, /)"),
    crate::types::generic_alias::new,
)
.class()
.doc("See PEP 585");

/// Types with an entry of their own for calls and no `call` slot in their definition.
fn called_directly(ty: &TypeObject) -> bool {
    let entry = ty.head.vectorcall.get().map(|f| f as usize);
    entry.is_some() && entry != ty.base().and_then(|b| b.head.vectorcall.get()).map(|f| f as usize)
}

fn fill_dict(ty: &'static TypeObject) -> PyResult<()> {
    let Some(def) = ty.def else { return Ok(()) };
    let add = |name: &str, v: Own| types::dict::set(ty.dict(), types::str::intern(name).r(), v.r());
    for w in super::wrappers::WRAPPERS {
        // Only what the type itself defines: an inherited slot is found through the base's dict.
        let present = w.present(&def.slots) || (w.name == "__call__" && called_directly(ty));
        if present && types::dict::get_str_static(ty.dict(), w.key.get()).is_none() {
            types::dict::set(ty.dict(), w.key.get(), descr::new_wrapper(ty, w)?.r())?;
        }
    }
    if def.slots.new.is_some() && !ty.has(type_flag::DISALLOW_INSTANTIATION) {
        add("__new__", builtin::new(&builtin::NEW_METHOD, Some(ty.own()), None)?)?;
    }
    for m in def.methods {
        add(m.name(), descr::new_method(ty, m)?)?;
    }
    for g in def.getset {
        add(g.name, descr::new_getset(ty, g)?)?;
    }
    if def.slots.richcompare.is_some() && def.slots.hash.is_none() {
        add("__hash__", Own::none())?;
    }
    if let Some(f) = def.attributes {
        f(ty)?;
    }
    // Types whose instances have a doc string of their own have a descriptor there.
    if types::dict::get_str_static(ty.dict(), crate::istr!("__doc__")).is_none() {
        let doc = def.doc.split_once("\n--\n\n").map_or(def.doc, |(_, text)| text);
        add("__doc__", if doc.is_empty() { Own::none() } else { Own::str(doc) })?;
    }
    if GENERIC.contains(&def.name) {
        add("__class_getitem__", descr::new_method(ty, &CLASS_GETITEM)?)?;
    }
    Ok(())
}
