//! `function`: a Python function. Binding of arguments is in [`bind`], attributes in [`attributes`].
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, incref, set_field, to_abi};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::FunctionObject;
use pyaot_abi::{ARGS_MASK, ARGS_STEAL, CodeObject, type_flag};

pub mod attributes;
pub mod bind;
pub use attributes::{copy_wrapper_attributes, wrapped_get, wrapped_set};

// SAFETY: abi layout.
unsafe impl Object for FunctionObject {
    fn type_object() -> &'static TypeObject {
        &FUNCTION_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_function")]
pub static FUNCTION_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "function",
        basic_size: size_of::<FunctionObject>(),
        flags: type_flag::GC | type_flag::METHOD_DESCRIPTOR | type_flag::WEAKREFABLE,
        dict_offset: core::mem::offset_of!(FunctionObject, dict),
        doc: attributes::DOC,
        slots: Slots {
            new: Some(attributes::construct),
            repr: Some(attributes::repr),
            traverse: Some(traverse),
            clear: Some(clear),
            dealloc: Some(dealloc),
            descr_get: Some(descr_get),
            ..Slots::NONE
        },
        getset: attributes::GETSET,
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

pub(super) const CO_VARARGS: u32 = 4;
pub(super) const CO_VARKEYWORDS: u32 = 8;

/// MAKE_FUNCTION. `module` is the module object whose globals the function reads.
pub fn new(code: &'static CodeObject, module: Ref) -> PyResult {
    let null = || Cell::new(Value::NULL);
    let own = |v: Value| {
        incref(v);
        Cell::new(v)
    };
    let module_name = crate::types::dict::get(crate::types::module::dict(module), crate::istr!("__name__"))?;
    alloc::object(|header| FunctionObject {
        header,
        direct: Cell::new(code.direct),
        fast_arity: Cell::new(code.fast_arity),
        version: Cell::new(0),
        code: Cell::new(code),
        module: own(module.value()),
        closure: null(),
        defaults: null(),
        kwdefaults: null(),
        name: own(code.name.get()),
        qualname: own(code.qualname.get()),
        doc: null(),
        module_name: Cell::new(module_name.map_or(Value::NULL, Own::into_value)),
        annotate: null(),
        annotations: null(),
        type_params: null(),
        dict: null(),
    })
}

fn descr_get(f: Ref, instance: Option<Ref>, _owner: Option<Ref>) -> PyResult {
    match instance.filter(|i| !i.is_none() || _owner.is_none_or(|o| o.is(crate::types::none::NONE_TYPE.r()))) {
        None => Ok(f.own()),
        Some(i) => super::method::new(f, i),
    }
}

/// Calls the direct entry with the parameter slots in `slots` (borrowed; consumed ones are taken).
///
/// # Safety
/// `slots` holds `nparams` values as the entry expects them.
pub unsafe fn call_direct(f: Value, direct: *const u8, slots: *mut Value, n: usize) -> Value {
    type V = Value;
    // SAFETY: the entry of a code object with `n` parameters has that C signature.
    unsafe {
        use core::mem::transmute as t;
        let s = |i: usize| *slots.add(i);
        match n {
            0 => t::<_, extern "C" fn(V) -> V>(direct)(f),
            1 => t::<_, extern "C" fn(V, V) -> V>(direct)(f, s(0)),
            2 => t::<_, extern "C" fn(V, V, V) -> V>(direct)(f, s(0), s(1)),
            3 => t::<_, extern "C" fn(V, V, V, V) -> V>(direct)(f, s(0), s(1), s(2)),
            4 => t::<_, extern "C" fn(V, V, V, V, V) -> V>(direct)(f, s(0), s(1), s(2), s(3)),
            5 => t::<_, extern "C" fn(V, V, V, V, V, V) -> V>(direct)(f, s(0), s(1), s(2), s(3), s(4)),
            6 => t::<_, extern "C" fn(V, V, V, V, V, V, V) -> V>(direct)(f, s(0), s(1), s(2), s(3), s(4), s(5)),
            7 => {
                t::<_, extern "C" fn(V, V, V, V, V, V, V, V) -> V>(direct)(f, s(0), s(1), s(2), s(3), s(4), s(5), s(6))
            }
            8 => t::<_, extern "C" fn(V, V, V, V, V, V, V, V, V) -> V>(direct)(
                f,
                s(0),
                s(1),
                s(2),
                s(3),
                s(4),
                s(5),
                s(6),
                s(7),
            ),
            _ => t::<_, extern "C" fn(V, *mut V) -> V>(direct)(f, slots),
        }
    }
}

/// Generic entry of Python functions.
pub unsafe extern "C" fn vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: `callable` is of this type.
    let f = unsafe { &*callable.as_ptr::<FunctionObject>() };
    let code = unsafe { &*f.code.get() };
    let n = (nargsf & ARGS_MASK) as usize;
    let direct = f.direct.get();
    if direct.is_null() {
        return to_abi(no_machine_code(code));
    }
    let simple = kwnames.is_null()
        && n == code.argcount as usize
        && code.kwonlyargcount == 0
        && code.flags & (CO_VARARGS | CO_VARKEYWORDS) == 0;
    if simple {
        if code.consumed != 0 {
            // SAFETY: n arguments.
            return unsafe { call_consuming(callable, direct, code, args, n, nargsf & ARGS_STEAL != 0) };
        }
        // SAFETY: all parameters are there.
        return unsafe { call_direct(callable, direct, args, n) };
    }
    // SAFETY: the vectorcall contract.
    to_abi(unsafe { bind::bind_and_call(callable, f, code, args, nargsf, kwnames) })
}

#[cold]
pub fn no_machine_code(code: &CodeObject) -> PyResult {
    exc::runtime_error(format_args!(
        "code object {} has no machine code in this program",
        crate::types::str::to_string_lossy(Ref::from_value(code.name.get()))
    ))
}

/// Consumed parameters become the callee's: taken out of the array, or counted.
unsafe fn call_consuming(
    callable: Value,
    direct: *const u8,
    code: &CodeObject,
    args: *mut Value,
    n: usize,
    steal: bool,
) -> Value {
    bind::with_slots(n, |slots| {
        for i in 0..n {
            // SAFETY: n arguments.
            let arg = unsafe { &mut *args.add(i) };
            slots[i] = *arg;
            if i < 64 && code.consumed >> i & 1 != 0 {
                if steal {
                    *arg = Value::NULL;
                } else {
                    incref(*arg);
                }
            }
        }
        // SAFETY: all parameters are there.
        unsafe { call_direct(callable, direct, slots.as_mut_ptr(), n) }
    })
}

/// SET_FUNCTION_ATTRIBUTE; `which` is the oparg bit.
pub fn set_attribute(f: &FunctionObject, v: Own, which: i32) {
    let cell = match which {
        1 => &f.defaults,
        2 => &f.kwdefaults,
        4 => &f.annotations,
        8 => &f.closure,
        _ => &f.annotate,
    };
    set_field(cell, Some(v));
}

/// `__name__` of the module whose code called the running built-in function, if there is one.
pub fn calling_module_name() -> PyResult<Option<Own>> {
    match crate::exec::frames::globals(0) {
        Some(d) => crate::types::dict::get(d, crate::istr!("__name__")),
        None => Ok(None),
    }
}

/// Makes a running program forget what a function refers to (cycle breaking); it stays callable until it dies.
fn clear(f: Ref) {
    // SAFETY: slots receive instances.
    let f = unsafe { f.cast::<FunctionObject>() };
    for c in [
        &f.closure,
        &f.defaults,
        &f.kwdefaults,
        &f.doc,
        &f.module_name,
        &f.annotate,
        &f.annotations,
        &f.type_params,
        &f.dict,
    ] {
        set_field(c, None);
    }
}

fn fields(f: &FunctionObject) -> [&Cell<Value>; 12] {
    [
        &f.module,
        &f.closure,
        &f.defaults,
        &f.kwdefaults,
        &f.name,
        &f.qualname,
        &f.doc,
        &f.module_name,
        &f.annotate,
        &f.annotations,
        &f.type_params,
        &f.dict,
    ]
}
fn traverse(f: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: slots receive instances.
    fields(unsafe { f.cast::<FunctionObject>() })
        .iter()
        .for_each(|c| visit(c.get()));
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for c in fields(unsafe { &*p.cast::<FunctionObject>() }) {
        decref(c.get());
    }
}
