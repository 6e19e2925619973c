//! Attributes of functions (CPython: Objects/funcobject.c).
use super::{FunctionObject, new};
use crate::call::{Args, bind, sig};
use crate::object::{Own, PyResult, Ref, Value, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{GetSetDef, TypeObject, getset};
use crate::types::{dict, str as str_, tuple};
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::{CodeObject, guard, type_flag};

pub const DOC: &str = "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values";

pub static GETSET: &[GetSetDef] = &[
    getset("__code__", |f| Ok(types::traceback::code_ref(code(f)).own()), set_code),
    getset(
        "__defaults__",
        |f| get(&cast(f).defaults),
        |f, v| {
            forget_bindings(f);
            set_typed(
                &cast(f).defaults,
                v,
                type_flag::TUPLE,
                "__defaults__ must be set to a tuple object",
            )
        },
    ),
    getset(
        "__kwdefaults__",
        |f| {
            // Whoever has the dict may change it.
            forget_bindings(f);
            get(&cast(f).kwdefaults)
        },
        |f, v| {
            forget_bindings(f);
            set_typed(
                &cast(f).kwdefaults,
                v,
                type_flag::DICT,
                "__kwdefaults__ must be set to a dict object",
            )
        },
    ),
    getset(
        "__name__",
        |f| get(&cast(f).name),
        |f, v| set_text(&cast(f).name, v, "__name__"),
    ),
    getset(
        "__qualname__",
        |f| get(&cast(f).qualname),
        |f, v| set_text(&cast(f).qualname, v, "__qualname__"),
    ),
    getset(
        "__module__",
        |f| get(&cast(f).module_name),
        |f, v| {
            set_field(&cast(f).module_name, v.map(Ref::own));
            Ok(())
        },
    ),
    getset("__doc__", get_doc, |f, v| {
        set_field(&cast(f).doc, Some(v.map_or_else(Own::none, Ref::own)));
        Ok(())
    }),
    getset(
        "__globals__",
        |f| Ok(types::module::dict(Ref::from_value(cast(f).module.get())).own()),
        read_only,
    ),
    getset(
        "__builtins__",
        |_| Ok(types::module::dict(crate::builtins::module()).own()),
        read_only,
    ),
    getset("__closure__", |f| get(&cast(f).closure), read_only),
    getset("__annotations__", get_annotations, set_annotations),
    getset("__annotate__", |f| get(&cast(f).annotate), set_annotate),
    getset(
        "__type_params__",
        |f| Ok(field(&cast(f).type_params).map_or_else(|| tuple::from_vec(Vec::new()), Ref::own)),
        |f, v| match v {
            Some(v) if v.ty().has(type_flag::TUPLE) => {
                set_field(&cast(f).type_params, Some(v.own()));
                Ok(())
            }
            _ => exc::type_error(format_args!("__type_params__ must be set to a tuple")),
        },
    ),
    getset("__dict__", types::object::get_dict, types::object::set_dict),
];

fn cast(f: Ref<'_>) -> &FunctionObject {
    // SAFETY: getters receive instances.
    unsafe { f.cast() }
}
fn code(f: Ref) -> &'static CodeObject {
    // SAFETY: code objects of functions are static or kept by the function.
    unsafe { &*cast(f).code.get() }
}
fn get(c: &Cell<Value>) -> PyResult {
    Ok(field(c).map_or_else(Own::none, Ref::own))
}
fn read_only(_: Ref, _: Option<Ref>) -> PyResult<()> {
    exc::attribute_error(format_args!("readonly attribute"))
}
/// The function changes: code that knows it by the name of a global variable has to look again.
fn forget_bindings(f: Ref) {
    for m in crate::entry::program::modules() {
        // SAFETY: static data of the program; arrays of `cell_count` items.
        let cells = unsafe { core::slice::from_raw_parts((**m).cells, (**m).cell_count as usize) };
        for cell in cells.iter().filter(|c| c.value.get() == f.value()) {
            cell.guard.set(guard::BROKEN);
        }
    }
}
/// None and `del` empty the field.
fn set_typed(c: &Cell<Value>, v: Option<Ref>, flag: u64, message: &str) -> PyResult<()> {
    let v = v.filter(|v| !v.is_none());
    if v.is_some_and(|v| !v.ty().has(flag)) {
        return exc::type_error(format_args!("{message}"));
    }
    set_field(c, v.map(Ref::own));
    Ok(())
}
fn set_text(c: &Cell<Value>, v: Option<Ref>, name: &str) -> PyResult<()> {
    match v {
        Some(v) if v.ty().has(type_flag::STR) => {
            set_field(c, Some(v.own()));
            Ok(())
        }
        _ => exc::type_error(format_args!("{name} must be set to a string object")),
    }
}

/// CPython: func_set_code.
fn set_code(f: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(new) = v.and_then(|v| v.downcast::<CodeObject>()) else {
        return exc::type_error(format_args!("__code__ must be set to a code object"));
    };
    // SAFETY: code objects are static data.
    let new: &'static CodeObject = unsafe { &*(new as *const CodeObject) };
    let free = types::code::free_count(new);
    let have = field(&cast(f).closure).map_or(0, tuple::len);
    if free != have {
        return exc::value_error(format_args!(
            "{}() requires a code object with {have} free vars, not {free}",
            str_::to_string_lossy(Ref::from_value(cast(f).name.get()))
        ));
    }
    // CO_GENERATOR, CO_COROUTINE and CO_ASYNC_GENERATOR: the kinds of functions that do not run when they are called.
    const KINDS: u32 = 0x20 | 0x80 | 0x200;
    if code(f).flags & KINDS != new.flags & KINDS {
        crate::warn::deprecation(format_args!(
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)"
        ))?;
    }
    forget_bindings(f);
    let o = cast(f);
    o.code.set(new);
    o.direct.set(new.direct);
    o.fast_arity.set(new.fast_arity);
    o.version.set(o.version.get().wrapping_add(1));
    Ok(())
}

/// The code's first constant is the doc string when a flag says so.
fn get_doc(f: Ref) -> PyResult {
    const HAS_DOCSTRING: u32 = 0x4000000;
    if let Some(d) = field(&cast(f).doc) {
        return Ok(d.own());
    }
    let c = code(f);
    if c.flags & HAS_DOCSTRING != 0 {
        if let Some(v) = Ref::from_nullable(c.consts.get()).and_then(|t| tuple::items(t).first().copied()) {
            if !v.is_null() {
                return Ok(Ref::from_value(v).own());
            }
        }
    }
    Ok(Own::none())
}

/// CPython: func_get_annotation_dict.
fn get_annotations(f: Ref) -> PyResult {
    let o = cast(f);
    if let Some(a) = field(&o.annotations).map(Ref::own) {
        if a.r().ty().has(type_flag::DICT) {
            return Ok(a);
        }
        // The compiler's form: name, value, name, value, …
        let d = dict::new();
        for pair in tuple::items(a.r()).chunks_exact(2) {
            dict::set(d.r(), Ref::from_value(pair[0]), Ref::from_value(pair[1]))?;
        }
        set_field(&o.annotations, Some(d.clone()));
        return Ok(d);
    }
    let d = match field(&o.annotate).filter(|a| !a.is_none()).map(Ref::own) {
        Some(annotate) => {
            let d = crate::call::call1(annotate.r(), Own::int(1).r())?;
            if !d.r().ty().has(type_flag::DICT) {
                return exc::type_error(format_args!(
                    "__annotate__() must return a dict, not {}",
                    d.r().ty().name()
                ));
            }
            d
        }
        None => dict::new(),
    };
    set_field(&o.annotations, Some(d.clone()));
    Ok(d)
}
fn set_annotations(f: Ref, v: Option<Ref>) -> PyResult<()> {
    let v = v.filter(|v| !v.is_none());
    if v.is_some_and(|v| !v.ty().has(type_flag::DICT)) {
        return exc::type_error(format_args!("__annotations__ must be set to a dict object"));
    }
    set_field(&cast(f).annotations, v.map(Ref::own));
    set_field(&cast(f).annotate, None);
    Ok(())
}
fn set_annotate(f: Ref, v: Option<Ref>) -> PyResult<()> {
    match v {
        None => exc::type_error(format_args!("__annotate__ cannot be deleted")),
        Some(v) if v.is_none() => {
            set_field(&cast(f).annotate, Some(v.own()));
            Ok(())
        }
        Some(v) if v.ty().head.vectorcall.get().is_some() => {
            set_field(&cast(f).annotate, Some(v.own()));
            set_field(&cast(f).annotations, None);
            Ok(())
        }
        Some(_) => exc::type_error(format_args!("__annotate__ must be callable or None")),
    }
}

pub fn repr(f: Ref) -> PyResult {
    Ok(Own::str(&format!(
        "<function {} at {:#x}>",
        str_::to_string_lossy(Ref::from_value(cast(f).qualname.get())),
        f.value().0
    )))
}

/// `types.FunctionType(...)`: compiled code runs over the globals of its own module only (CPython: func_new_impl).
pub fn construct(_: &'static TypeObject, args: &Args) -> PyResult {
    let sig = sig!("function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)");
    bind(sig, args, |b| {
        let Some(code) = b.arg(0).downcast::<CodeObject>() else {
            return exc::type_error(format_args!(
                "function() argument 'code' must be code, not {}",
                types::type_::none_or_name(b.arg(0))
            ));
        };
        // SAFETY: code objects are static data.
        let code: &'static CodeObject = unsafe { &*(code as *const CodeObject) };
        let globals = b.arg(1);
        if !globals.ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "function() argument 'globals' must be dict, not {}",
                types::type_::none_or_name(globals)
            ));
        }
        let check = |i: usize, flag: u64, message: &str| -> PyResult<()> {
            match b.get_not_none(i) {
                Some(v) if !v.ty().has(flag) => exc::type_error(format_args!("{message}")),
                _ => Ok(()),
            }
        };
        check(2, type_flag::STR, "arg 3 (name) must be None or string")?;
        check(3, type_flag::TUPLE, "arg 4 (defaults) must be None or tuple")?;
        check(5, type_flag::DICT, "arg 6 (kwdefaults) must be None or dict")?;
        let free = types::code::free_count(code);
        match b.get_not_none(4) {
            None if free > 0 => return exc::type_error(format_args!("arg 5 (closure) must be tuple")),
            Some(c) if !c.ty().has(type_flag::TUPLE) => {
                return exc::type_error(format_args!("arg 5 (closure) must be None or tuple"));
            }
            c => {
                let n = c.map_or(0, tuple::len);
                if n != free {
                    return exc::value_error(format_args!(
                        "{} requires closure of length {free}, not {n}",
                        str_::to_string_lossy(Ref::from_value(code.name.get()))
                    ));
                }
                for cell in c.map_or(&[][..], tuple::items) {
                    if Ref::from_value(*cell).downcast::<pyaot_abi::CellObject>().is_none() {
                        return exc::type_error(format_args!(
                            "arg 5 (closure) expected cell, found {}",
                            Ref::from_value(*cell).ty().name()
                        ));
                    }
                }
            }
        }
        // SAFETY: static data of the compiler, null for code made at run time.
        let module = unsafe { code.module.as_ref() }.and_then(|m| Ref::from_nullable(m.object.get()));
        let f = match module.filter(|m| types::module::dict(*m).is(globals)) {
            Some(module) => new(code, module)?,
            None if crate::builtins::texts::has_own_globals(code) => {
                crate::builtins::texts::function_over(code, globals)?
            }
            None => {
                return exc::not_implemented_error(format_args!(
                    "compiled code of {} cannot run over other globals than those of its module",
                    str_::to_string_lossy(Ref::from_value(code.name.get()))
                ));
            }
        };
        let o = cast(f.r());
        let fill = |c: &Cell<Value>, i: usize| {
            if let Some(v) = b.get_not_none(i) {
                set_field(c, Some(v.own()));
            }
        };
        fill(&o.name, 2);
        fill(&o.defaults, 3);
        fill(&o.closure, 4);
        fill(&o.kwdefaults, 5);
        Ok(f)
    })
}

/// What `staticmethod` and `classmethod` take over from the callable they wrap (CPython: functools_wraps).
pub fn copy_wrapper_attributes(wrapper: Ref, wrapped: Ref) -> PyResult<()> {
    for name in [
        istr!("__module__"),
        istr!("__name__"),
        istr!("__qualname__"),
        istr!("__doc__"),
    ] {
        if let Some(v) = protocol::get_attr_opt(wrapped, name)? {
            protocol::set_attr(wrapper, name, Some(v.r()))?;
        }
    }
    Ok(())
}
/// An attribute of a wrapper that shows the wrapped callable's until it is set (CPython: descriptor_get_wrapped_attribute).
pub fn wrapped_get(wrapper: Ref, wrapped: Ref, name: Ref) -> PyResult {
    let d = types::object::get_dict(wrapper)?;
    if let Some(v) = dict::get(d.r(), name)? {
        return Ok(v);
    }
    let v = protocol::get_attr(wrapped, name)?;
    dict::set(d.r(), name, v.r())?;
    Ok(v)
}
pub fn wrapped_set(wrapper: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    let d = types::object::get_dict(wrapper)?;
    match v {
        Some(v) => dict::set(d.r(), name, v),
        None if dict::delete(d.r(), name)? => Ok(()),
        None => exc::attribute_error(format_args!(
            "'{}' object has no attribute '{}'",
            wrapper.ty().name(),
            str_::to_string_lossy(name)
        )),
    }
}
