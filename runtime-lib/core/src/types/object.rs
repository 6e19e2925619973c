//! `object`: default behaviour of every type.
use crate::call::Args;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc};
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getset, shape};
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
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    methods: super::object_methods::METHODS,
    getset: &[getset("__class__", get_class, set_class)],
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

/// `__dict__` of instances of classes.
pub static DICT_GETSET: GetSetDef = GetSetDef {
    name: "__dict__",
    get: subtype_dict,
    set: Some(set_subtype_dict),
    doc: "dictionary for instance variables",
    member: false,
};
/// `__weakref__` of instances of classes.
pub static WEAKREF_GETSET: GetSetDef = GetSetDef {
    name: "__weakref__",
    get: |o| {
        Ok(crate::types::weakref::references(o)
            .into_iter()
            .next()
            .unwrap_or_else(Own::none))
    },
    set: None,
    doc: "list of weak references to the object",
    member: false,
};

/// A built-in base that has a `__dict__` of its own keeps it: metaclasses, subclasses of module
/// (CPython: Objects/typeobject.c, subtype_dict, get_builtin_base_with_dict).
fn builtin_dict_descriptor(o: Ref) -> Option<Ref<'static>> {
    let mut at = Some(o.ty());
    while let Some(ty) = at {
        if !ty.is_heap()
            && (ty.head.shape_offset.get() != 0 || ty.dict_offset.get() != 0 || ty.has(pyaot_abi::type_flag::TYPE))
        {
            return ty.lookup(crate::istr!("__dict__"));
        }
        at = ty.base();
    }
    None
}
fn subtype_dict(o: Ref) -> PyResult {
    match builtin_dict_descriptor(o).and_then(|d| Some((d, d.ty().slots().descr_get?))) {
        Some((d, get)) => get(d, Some(o), Some(o.ty().r())),
        None => get_dict(o),
    }
}
fn set_subtype_dict(o: Ref, v: Option<Ref>) -> PyResult<()> {
    match builtin_dict_descriptor(o).and_then(|d| Some((d, d.ty().slots().descr_set?))) {
        Some((d, set)) => set(d, o, v),
        None => set_dict(o, v),
    }
}

pub use crate::object::instance_dict::{get as get_dict, set as set_dict};

fn get_class(o: Ref) -> PyResult {
    Ok(o.ty().own())
}
/// `obj.__class__ = cls` (CPython: object_set_class, compatible_for_assignment).
fn set_class(o: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("can't delete __class__ attribute"));
    };
    let Some(new) = v.downcast::<TypeObject>() else {
        return exc::type_error(format_args!(
            "__class__ must be set to a class, not '{}' object",
            v.ty().name()
        ));
    };
    let new = crate::types::type_::cast(new.r());
    let old = o.ty();
    if core::ptr::eq(old, new) {
        return Ok(());
    }
    let module = &crate::types::module::MODULE_TYPE;
    let modules = new.is_subtype(module) && old.is_subtype(module);
    if !modules && (new.has(type_flag::IMMUTABLE) || old.has(type_flag::IMMUTABLE)) {
        return exc::type_error(format_args!(
            "__class__ assignment only supported for mutable types or ModuleType subclasses"
        ));
    }
    check_layout(old, new, "__class__")?;
    if new.has(type_flag::TUPLE) {
        crate::types::tuple::check_least_items(new, crate::types::tuple::len(o));
    }
    if let Some(a) = shape::attributes(old, o.value().as_ptr()) {
        a.change_type(old, new)?;
    }
    let h = o.header().expect("instances of classes are heap objects");
    // The reference to the type is the instance's own.
    core::mem::forget(new.own());
    h.ty.set((new as *const TypeObject).cast());
    if old.is_heap() {
        crate::object::decref(Value::from_ptr(old));
    }
    Ok(())
}

/// Instances of both types can have the same memory (CPython: compatible_for_assignment).
pub fn check_layout(old: &TypeObject, new: &TypeObject, what: &str) -> PyResult<()> {
    let solid = |t: &'static TypeObject| crate::typeobj::create::solid_base(t);
    let (a, b) = (
        solid(crate::types::type_::cast(old.r())),
        solid(crate::types::type_::cast(new.r())),
    );
    // SAFETY: members never change after creation.
    let members = |t: &TypeObject| unsafe { &*t.members.get() };
    let same_members = core::ptr::eq(a, b)
        || (a.is_heap()
            && b.is_heap()
            && members(a).len() == members(b).len()
            && members(a)
                .iter()
                .zip(members(b))
                .all(|(x, y)| x.name.r().is(y.name.r()) && x.offset == y.offset)
            && a.base().map(|t| t as *const TypeObject) == b.base().map(|t| t as *const TypeObject));
    let same = same_members
        && old.head.shape_offset.get() == new.head.shape_offset.get()
        && old.dict_offset.get() == new.dict_offset.get()
        && old.has(type_flag::GC) == new.has(type_flag::GC)
        && old.has(type_flag::WEAKREFABLE) == new.has(type_flag::WEAKREFABLE);
    if same {
        return Ok(());
    }
    exc::type_error(format_args!(
        "{what} assignment: '{}' object layout differs from '{}'",
        new.name(),
        old.name()
    ))
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
    new_plain(cls)
}
/// An instance of a class without built-in base, no questions asked.
#[inline]
pub fn new_plain(cls: &'static TypeObject) -> PyResult {
    if let Some(object) = alloc::quick(cls) {
        return Ok(object);
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
        return exc::type_error(format_args!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            ty.name()
        ));
    }
    Ok(())
}
