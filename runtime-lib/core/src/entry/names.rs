//! Names of class bodies and annotation scopes, deletion of globals, cells, and the errors of unbound variables.
use crate::exc::fields::raise_name_error;
use crate::object::{Own, PyResult, Raised, Ref, Value, to_abi, to_abi_status};
use crate::object_protocol as protocol;
use crate::types::{cell, dict, module, str as str_};
use crate::{builtins, exc, istr};
use core::cell::Cell;
use pyaot_abi::{CellObject, FunctionObject, ModuleStatic, type_flag};

fn r<'a>(v: Value) -> Ref<'a> {
    Ref::from_value(v)
}
fn module_object<'a>(m: *mut u8) -> Ref<'a> {
    // SAFETY: the compiler passes the static data of a module that runs, so its object exists.
    Ref::from_value(unsafe { (*m.cast::<ModuleStatic>()).object.get() })
}

/// Item of a namespace; `None` when it has none (CPython: PyMapping_GetOptionalItem).
fn from_namespace(ns: Ref, name: Ref) -> PyResult<Option<Own>> {
    if ns.is_exact::<dict::DictObject>() {
        return dict::get(ns, name);
    }
    exc::swallow(protocol::get_item(ns, name), &exc::types::KEY_ERROR)
}
#[cold]
pub fn not_defined<R>(name: Ref) -> PyResult<R> {
    raise_name_error(
        &exc::types::NAME_ERROR,
        name,
        format_args!("name '{}' is not defined", str_::to_string_lossy(name)),
    )
}
fn builtin(name: Ref) -> PyResult {
    match builtins::lookup(name)? {
        Some(v) => Ok(v),
        None => not_defined(name),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_name(namespace: Value, module: *mut u8, name: Value, cell: *mut u8) -> Value {
    match from_namespace(r(namespace), r(name)) {
        Ok(Some(v)) => v.into_value(),
        Ok(None) => super::spine::pyaot_load_global(module, name, cell),
        Err(Raised) => Value::NULL,
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_name(namespace: Value, name: Value, v: Value) -> i32 {
    let v = Own::from_value(v);
    let ns = r(namespace);
    to_abi_status(if ns.is_exact::<dict::DictObject>() {
        dict::set(ns, r(name), v.r())
    } else {
        protocol::set_item(ns, r(name), Some(v.r()))
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_delete_name(namespace: Value, name: Value) -> i32 {
    let (ns, name) = (r(namespace), r(name));
    let deleted = if ns.is_exact::<dict::DictObject>() {
        dict::delete(ns, name)
    } else {
        exc::swallow(protocol::set_item(ns, name, None), &exc::types::KEY_ERROR).map(|d| d.is_some())
    };
    to_abi_status(match deleted {
        Ok(true) => Ok(()),
        Ok(false) => not_defined(name),
        Err(e) => Err(e),
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_delete_global(module: *mut u8, name: Value, _cell: *mut u8) -> i32 {
    let m = module_object(module);
    to_abi_status(match dict::delete(module::dict(m), r(name)) {
        Ok(true) => Ok(()),
        Ok(false) => not_defined(r(name)),
        Err(e) => Err(e),
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_from_dict_or_deref(
    namespace: Value,
    name: Value,
    cell_object: Value,
    is_free: i32,
) -> Value {
    to_abi(from_namespace(r(namespace), r(name)).and_then(|found| {
        if let Some(v) = found {
            return Ok(v);
        }
        // SAFETY: the compiler passes a cell.
        let c = unsafe { r(cell_object).cast::<CellObject>() };
        match cell::content(c) {
            Some(v) => Ok(v.own()),
            None => unbound_deref(r(name), is_free != 0),
        }
    }))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_function_global(function: Value, name: Value) -> Value {
    to_abi(function_global(function, r(name)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_function_name(namespace: Value, function: Value, name: Value) -> Value {
    to_abi(match from_namespace(r(namespace), r(name)) {
        Ok(Some(v)) => Ok(v),
        Ok(None) => function_global(function, r(name)),
        Err(e) => Err(e),
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_function_global(function: Value, name: Value, v: Value) -> i32 {
    let v = Own::from_value(v);
    to_abi_status(dict::set(own_globals(function), r(name), v.r()))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_delete_function_global(function: Value, name: Value) -> i32 {
    to_abi_status(match dict::delete(own_globals(function), r(name)) {
        Ok(true) => Ok(()),
        Ok(false) => not_defined(r(name)),
        Err(e) => Err(e),
    })
}
/// `__globals__` of the running function.
fn own_globals<'a>(function: Value) -> Ref<'a> {
    // SAFETY: the compiler passes the running function.
    module::dict(r(unsafe { r(function).cast::<FunctionObject>() }.module.get()))
}
/// Globals may be an instance of a subclass of dict, whose `__missing__` answers; builtins are those that the globals name
/// (CPython: Python/ceval.c, _PyEval_LoadGlobalStackRef).
fn function_global(function: Value, name: Ref) -> PyResult {
    let globals = own_globals(function);
    if let Some(v) = from_namespace(globals, name)? {
        return Ok(v);
    }
    match dict::get(globals, istr!("__builtins__"))? {
        Some(b) if b.r().ty().has(type_flag::DICT) => match from_namespace(b.r(), name)? {
            Some(v) => Ok(v),
            None => not_defined(name),
        },
        _ => builtin(name),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_module_dict(module: *mut u8) -> Value {
    module::dict(module_object(module)).value()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_setup_annotations(namespace: Value) -> i32 {
    let (ns, name) = (r(namespace), istr!("__annotations__"));
    to_abi_status(from_namespace(ns, name).and_then(|found| match found {
        Some(_) => Ok(()),
        None => protocol::set_item(ns, name, Some(dict::new().r())),
    }))
}

/// LOAD_COMMON_CONSTANT: AssertionError, NotImplementedError, tuple, all, any. The functions are those of `builtins` at the first use.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_common_constant(which: i32) -> Value {
    struct Kept([Cell<Value>; 2]);
    // SAFETY: the GIL guards it.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept([Cell::new(Value::NULL), Cell::new(Value::NULL)]);
    let function = |i: usize, name: Ref| {
        if KEPT.0[i].get().is_null() {
            match builtins::lookup(name) {
                Ok(Some(f)) => KEPT.0[i].set(f.into_value()),
                _ => std::process::abort(),
            }
        }
        KEPT.0[i].get()
    };
    match which {
        0 => exc::types::ASSERTION_ERROR.r().value(),
        1 => exc::types::NOT_IMPLEMENTED_ERROR.r().value(),
        2 => crate::types::tuple::TUPLE_TYPE.r().value(),
        3 => function(0, istr!("all")),
        _ => function(1, istr!("any")),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_make_cell(v: Value) -> Value {
    to_abi(cell::new(if v.is_null() { Value::UNBOUND } else { v }))
}
#[cold]
fn unbound_deref<R>(name: Ref, is_free: bool) -> PyResult<R> {
    let text = str_::to_string_lossy(name);
    if is_free {
        return raise_name_error(
            &exc::types::NAME_ERROR,
            name,
            format_args!(
                "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
            ),
        );
    }
    unbound_local(name)
}
#[cold]
fn unbound_local<R>(name: Ref) -> PyResult<R> {
    raise_name_error(
        &exc::types::UNBOUND_LOCAL_ERROR,
        name,
        format_args!(
            "cannot access local variable '{}' where it is not associated with a value",
            str_::to_string_lossy(name)
        ),
    )
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_raise_unbound_deref(name: Value, is_free: i32) {
    let _ = unbound_deref::<()>(r(name), is_free != 0);
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_raise_unbound_local(name: Value) {
    let _ = unbound_local::<()>(r(name));
}
