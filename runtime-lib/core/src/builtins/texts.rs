//! `eval` and `exec` of texts that the compiler foresaw.
//!
//! Modules of the library make functions from generated source (`collections.namedtuple`). Where the text can be told from the
//! program, the compiler compiled it as a module named by kind and text; any other text needs an interpreter, which is not linked.
use crate::call::Bound;
use crate::object::{Own, PyResult, Ref, Value};
use crate::types::{dict, function, module, str as str_};
use crate::{exc, exec, import, istr};
use pyaot_abi::{CodeObject, FunctionObject, ModuleStatic, type_flag};

/// CPython: Python/bltinmodule.c, builtin_eval_impl.
pub fn eval(b: &Bound) -> PyResult {
    let (globals, locals) = (b.get_not_none(1), b.get_not_none(2));
    if locals.is_some_and(|l| !is_mapping(l)) {
        return exc::type_error(format_args!("locals must be a mapping"));
    }
    if let Some(g) = globals.filter(|g| !g.ty().has(type_flag::DICT)) {
        return exc::type_error(format_args!(
            "{}",
            if is_mapping(g) {
                "globals must be a real dict; try eval(code, {}, mapping)"
            } else {
                "globals must be a dict"
            }
        ));
    }
    let source = b.arg(0);
    if source.downcast::<CodeObject>().is_some() {
        return not_foreseen("eval", "a code object");
    }
    let text = source_text(source, "eval")?;
    run("eval", text.trim_start_matches([' ', '\t']), globals, locals)
}

/// CPython: builtin_exec_impl.
pub fn exec(b: &Bound) -> PyResult {
    let (globals, locals) = (b.get_not_none(1), b.get_not_none(2));
    if let Some(g) = globals.filter(|g| !g.ty().has(type_flag::DICT)) {
        return exc::type_error(format_args!("exec() globals must be a dict, not {}", g.ty().name()));
    }
    if let Some(l) = locals.filter(|l| !is_mapping(*l)) {
        return exc::type_error(format_args!("locals must be a mapping or None, not {}", l.ty().name()));
    }
    let source = b.arg(0);
    if source.downcast::<CodeObject>().is_some() {
        return not_foreseen("exec", "a code object");
    }
    if b.get_not_none(3).is_some() {
        return exc::type_error(format_args!(
            "closure argument can only be used when source is a code object"
        ));
    }
    let text = source_text(source, "exec")?;
    run("exec", &text, globals, locals)?;
    Ok(Own::none())
}

fn is_mapping(v: Ref) -> bool {
    v.ty().slots().mp_subscript.is_some()
}

fn source_text(source: Ref, what: &str) -> PyResult<String> {
    if source.ty().has(type_flag::STR) {
        return Ok(str_::to_string_lossy(source));
    }
    if source.ty().has(type_flag::BYTES) {
        let bytes = crate::types::bytes::as_slice(source);
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    exc::type_error(format_args!("{what}() arg 1 must be a string, bytes or code object"))
}

fn run(what: &'static str, text: &str, globals: Option<Ref>, locals: Option<Ref>) -> PyResult {
    let Some(compiled) = import::find_text(&format!("{what}:{text}")) else {
        return not_foreseen(what, "this text");
    };
    let globals = match globals {
        Some(g) => g.own(),
        None => {
            // The names of a function's or a class body's frame are not in a namespace that the text could use.
            let at_module = exec::frames::at(0).is_some_and(|(code, _)| is_module_code(code));
            if locals.is_none() && !at_module {
                return not_foreseen(what, "a text that uses the local names of its caller");
            }
            match exec::frames::globals(0) {
                Some(g) => g.own(),
                None => return exc::system_error(format_args!("globals and locals cannot be NULL")),
            }
        }
    };
    if dict::get(globals.r(), istr!("__builtins__"))?.is_none() {
        let builtins = super::module();
        dict::set(globals.r(), istr!("__builtins__"), module::dict(builtins))?;
    }
    let f = function_over(code_of(compiled), globals.r())?;
    // SAFETY: just made.
    let object = unsafe { f.r().cast::<FunctionObject>() };
    function::bind::call_with_slots(f.r(), object, &mut [locals.unwrap_or(globals.r()).value()])
}

fn is_module_code(code: &CodeObject) -> bool {
    // SAFETY: static data of the compiler, null for code made at run time.
    unsafe { code.module.as_ref() }.is_some_and(|m| core::ptr::eq(m.code, code))
}

fn code_of(m: &'static ModuleStatic) -> &'static CodeObject {
    // SAFETY: static data of the program.
    unsafe { &*m.code }
}

/// A function of `code` whose globals are `globals`. The code must read its globals through its function.
pub fn function_over(code: &'static CodeObject, globals: Ref) -> PyResult {
    let holder = module::over(globals)?;
    function::new(code, holder.r())
}

/// Whether functions of `code` can have any globals: annotation scopes and the code of texts (the compiler's rule is
/// `is_annotation_scope` in `pyaot_lower`).
pub fn has_own_globals(code: &CodeObject) -> bool {
    // SAFETY: static data of the compiler, null for code made at run time.
    if unsafe { code.module.as_ref() }.is_some_and(|m| m.flags & pyaot_abi::MODULE_TEXT != 0) {
        return true;
    }
    let one = code.argcount == 1 && code.posonlyargcount == 1 && code.kwonlyargcount == 0;
    one && crate::types::tuple::items(Ref::from_value(code.localsplusnames))
        .first()
        .is_some_and(|n: &Value| matches!(str_::as_ascii(Ref::from_value(*n)), Some("format" | ".format")))
}

#[cold]
fn not_foreseen<R>(what: &str, source: &str) -> PyResult<R> {
    exc::not_implemented_error(format_args!(
        "{what}() of {source} is not available in this executable: pyaot compiles ahead of time and links no interpreter"
    ))
}
