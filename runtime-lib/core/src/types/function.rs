//! `function`: a Python function; binding of arguments to its parameters.
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, incref, to_abi};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::FunctionObject;
use pyaot_abi::{ARGS_MASK, ARGS_STEAL, CodeObject, MAX_REGISTER_PARAMS, NO_FAST_ARITY, type_flag};

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
        slots: Slots {
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            descr_get: Some(descr_get),
            ..Slots::NONE
        },
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

const CO_VARARGS: u32 = 4;
const CO_VARKEYWORDS: u32 = 8;

/// The code can be entered with exactly `argcount` borrowed registers: no defaults are needed, nothing is consumed or collected.
fn fast_arity(code: &CodeObject) -> u32 {
    let simple = code.flags & (CO_VARARGS | CO_VARKEYWORDS) == 0 && code.kwonlyargcount == 0 && code.consumed == 0;
    if simple && code.argcount <= MAX_REGISTER_PARAMS {
        code.argcount
    } else {
        NO_FAST_ARITY
    }
}

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
        fast_arity: Cell::new(fast_arity(code)),
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
    match instance {
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
    let simple = kwnames.is_null()
        && n == code.argcount as usize
        && code.kwonlyargcount == 0
        && code.flags & (CO_VARARGS | CO_VARKEYWORDS) == 0;
    if simple {
        for i in 0..n.min(64) {
            if code.consumed >> i & 1 != 0 {
                // SAFETY: below the argument count.
                unsafe {
                    let slot = args.add(i);
                    let v = *slot;
                    if nargsf & ARGS_STEAL != 0 {
                        // The array keeps its word for the call below; the reference goes to the callee.
                        return call_stealing(callable, f, code, args, n);
                    }
                    incref(v);
                }
            }
        }
        // SAFETY: all parameters are there.
        return unsafe { call_direct(callable, f.direct.get(), args, n) };
    }
    to_abi(bind_and_call(f, args, nargsf, kwnames))
}

#[inline(never)]
unsafe fn call_stealing(callable: Value, f: &FunctionObject, code: &CodeObject, args: *mut Value, n: usize) -> Value {
    // SAFETY: n arguments; consumed ones leave the array.
    unsafe {
        let mut slots: Vec<Value> = core::slice::from_raw_parts(args, n).to_vec();
        for i in 0..n.min(64) {
            if code.consumed >> i & 1 != 0 {
                args.add(i).write(Value::NULL);
            }
        }
        call_direct(callable, f.direct.get(), slots.as_mut_ptr(), n)
    }
}

fn bind_and_call(f: &FunctionObject, _args: *mut Value, _nargsf: u64, _kwnames: Value) -> PyResult {
    let name = crate::types::str::to_string_lossy(Ref::from_value(f.qualname.get()));
    exc::type_error::<Own>(format_args!("{name}() takes other arguments")).map_err(|Raised| Raised)
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
