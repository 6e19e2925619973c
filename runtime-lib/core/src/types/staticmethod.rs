//! `staticmethod` (CPython: Objects/funcobject.c, PyStaticMethod_Type).
use crate::call::{self, Args};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
use crate::{istr, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct StaticMethod {
    header: Header,
    function: Cell<Value>,
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for StaticMethod {
    fn type_object() -> &'static TypeObject {
        &STATICMETHOD_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_staticmethod")]
pub static STATICMETHOD_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "staticmethod",
    basic_size: size_of::<StaticMethod>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    doc: "staticmethod(function, /)\n--\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    dict_offset: core::mem::offset_of!(StaticMethod, dict),
    slots: Slots {
        new: Some(construct),
        init: Some(init),
        repr: Some(|d| {
            let f = protocol::repr(function(d))?;
            Ok(Own::str(&format!(
                "<staticmethod({})>",
                types::str::to_string_lossy(f.r())
            )))
        }),
        descr_get: Some(|d, _, _| Ok(function(d).own())),
        call: Some(|d, args| call::call(function(d), args)),
        traverse: Some(|d, visit| {
            visit(cast(d).function.get());
            visit(cast(d).dict.get());
        }),
        clear: Some(|d| {
            set_field(&cast(d).function, None);
            set_field(&cast(d).dict, None);
        }),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    getset: GETSET,
    ..TypeDef::NEW
});

static GETSET: &[GetSetDef] = &[
    getter("__func__", |d| Ok(function(d).own())),
    getter("__wrapped__", |d| Ok(function(d).own())),
    getter("__isabstractmethod__", |d| Ok(Own::bool(is_abstract(function(d))?))),
    getset("__dict__", types::object::get_dict, types::object::set_dict),
    getset(
        "__annotations__",
        |d| types::function::wrapped_get(d, function(d), istr!("__annotations__")),
        |d, v| types::function::wrapped_set(d, istr!("__annotations__"), v),
    ),
    getset(
        "__annotate__",
        |d| types::function::wrapped_get(d, function(d), istr!("__annotate__")),
        |d, v| types::function::wrapped_set(d, istr!("__annotate__"), v),
    ),
];

fn cast(d: Ref<'_>) -> &StaticMethod {
    // SAFETY: slots and getters receive instances.
    unsafe { d.cast() }
}
/// The wrapped callable; None before `__init__`.
/// The function of an exact staticmethod.
pub fn exact_function(d: Ref<'_>) -> Option<Ref<'_>> {
    d.downcast_exact::<StaticMethod>().is_some().then(|| function(d))
}
pub fn function(d: Ref<'_>) -> Ref<'_> {
    field(&cast(d).function).unwrap_or(Ref::from_value(Value::NONE))
}
fn is_abstract(f: Ref) -> PyResult<bool> {
    match protocol::get_attr_opt(f, istr!("__isabstractmethod__"))? {
        Some(v) => protocol::truth(v.r()),
        None => Ok(false),
    }
}
/// Without copying the function's attributes, as the compiler's implicit ones are.
pub fn new(function: Ref) -> PyResult {
    let d = alloc::object(|header| StaticMethod {
        header,
        function: Cell::new(Value::NULL),
        dict: Cell::new(Value::NULL),
    })?;
    set_function(d.r(), function)?;
    Ok(d)
}
fn construct(cls: &'static TypeObject, _: &Args) -> PyResult {
    alloc::object_of(cls, |header| StaticMethod {
        header,
        function: Cell::new(Value::NONE),
        dict: Cell::new(Value::NULL),
    })
}
fn init(d: Ref, args: &Args) -> PyResult<()> {
    if args.has_keywords() {
        return crate::exc::type_error(format_args!("staticmethod() takes no keyword arguments"));
    }
    args.count("staticmethod", 1, 1)?;
    set_function(d, args.get(0).expect("counted"))
}
fn set_function(d: Ref, f: Ref) -> PyResult<()> {
    set_field(&cast(d).function, Some(f.own()));
    types::function::copy_wrapper_attributes(d, f)
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let d = unsafe { &*p.cast::<StaticMethod>() };
    decref(d.function.replace(Value::NULL));
    decref(d.dict.replace(Value::NULL));
}
