//! Imports: `sys.modules`, compiled modules of the program, native modules.
//!
//! A compiled module is initialised when it is first imported: parents first, then its module object goes into `sys.modules`, its
//! body runs, and it becomes an attribute of its parent (CPython: importlib._bootstrap, _find_and_load).
pub mod spec;

use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::TypeObject;
use crate::{exc, istr, object_protocol, types};
use core::cell::Cell;
use pyaot_abi::{MODULE_PACKAGE, MODULE_STDLIB, MODULE_TEXT, ModuleStatic};

/// A module written in Rust: its dotted name and its maker.
pub type NativeModule = (&'static str, fn() -> PyResult);
/// A module of the library, and what is done with it when its body has run.
pub type Completion = (&'static str, fn(Ref) -> PyResult<()>);

struct State {
    modules: Cell<Value>,
    native: Cell<&'static [&'static NativeModule]>,
    completions: Cell<&'static [Completion]>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    modules: Cell::new(Value::NULL),
    native: Cell::new(&[]),
    completions: Cell::new(&[]),
};

/// `sys.modules`.
pub fn modules() -> Ref<'static> {
    if STATE.modules.get().is_null() {
        STATE.modules.set(types::dict::new().into_value());
    }
    Ref::from_value(STATE.modules.get())
}

/// Called once at start with the native modules that are linked in.
pub fn register_native(list: &'static [&'static NativeModule]) {
    STATE.native.set(list);
}
/// Called once at start.
pub fn register_completions(list: &'static [Completion]) {
    STATE.completions.set(list);
}
pub fn native_names() -> impl Iterator<Item = &'static str> {
    STATE.native.get().iter().map(|m| m.0)
}

/// Whether the executable has a compiled module of that name.
pub fn has_compiled(name: &str) -> bool {
    find_compiled(name).is_some()
}

fn find_compiled(name: &str) -> Option<&'static ModuleStatic> {
    let all = crate::entry::program::modules();
    let text = |m: &*mut ModuleStatic| types::str::to_string_lossy(Ref::from_value(unsafe { (**m).name }));
    // SAFETY: static data of the program.
    all.binary_search_by(|m| text(m).as_str().cmp(name))
        .ok()
        .map(|i| unsafe { &*all[i] })
}

/// A compiled module of the program.
pub fn find_module(name: &str) -> Option<&'static ModuleStatic> {
    find_compiled(name).filter(|m| m.flags & MODULE_TEXT == 0)
}

/// A new module object of a native module.
fn make_native(name: &str) -> PyResult {
    match STATE.native.get().iter().find(|m| m.0 == name) {
        Some((_, make)) => {
            let m = make()?;
            spec::of_native(m.r(), name)?;
            Ok(m)
        }
        None => not_found(&format!("No module named '{name}'"), name),
    }
}

/// The code of a text for `eval` or `exec`; `name` is kind, colon, text.
pub fn find_text(name: &str) -> Option<&'static ModuleStatic> {
    find_compiled(name).filter(|m| m.flags & MODULE_TEXT != 0)
}

/// Imports a module by its absolute dotted name and gives it (the last component).
pub fn import_module(name: &str) -> PyResult {
    let key = types::str::intern(name);
    if let Some(m) = types::dict::get(modules(), key.r())? {
        if m.r().is_none() {
            return not_found(&format!("import of {name} halted; None in sys.modules"), name);
        }
        return Ok(m);
    }
    let mut parent = None;
    if let Some((parent_name, _)) = name.rsplit_once('.') {
        let p = import_module(parent_name)?;
        // Importing the parent may have imported this module.
        if let Some(m) = types::dict::get(modules(), key.r())? {
            return Ok(m);
        }
        if object_protocol::get_attr_opt(p.r(), istr!("__path__"))?.is_none() {
            return not_found(
                &format!("No module named '{name}'; '{parent_name}' is not a package"),
                name,
            );
        }
        parent = Some(p);
    }
    let module = if native_names().any(|n| n == name) {
        let m = make_native(name)?;
        types::dict::set(modules(), key.r(), m.r())?;
        m
    } else if let Some(compiled) = find_module(name) {
        run_compiled(compiled, name, key.r())?
    } else {
        return not_found(&format!("No module named '{name}'"), name);
    };
    if let Some(p) = parent {
        let (_, last) = name.rsplit_once('.').expect("a parent means a dot");
        object_protocol::set_attr(p.r(), types::str::intern(last).r(), Some(module.r()))?;
    }
    Ok(module)
}

/// Makes the module object of a compiled module, with its standard attributes; nothing has run yet.
pub fn create_compiled(m: &'static ModuleStatic, name: &str) -> PyResult {
    let module = types::module::new(name)?;
    // SAFETY: just made.
    let object = unsafe { module.r().cast::<types::module::ModuleObject>() };
    object.compiled.set(m as *const ModuleStatic as *mut ModuleStatic);
    m.object.set(module.clone().into_value());
    types::module::attach_cells(module.r(), m)?;
    let add = |name: &str, v: Own| types::module::add(module.r(), name, v);
    let file = spec::file_of(m);
    if name == "__main__" {
        if let Some(f) = file {
            add("__loader__", spec::file_loader(name, f)?)?;
        }
        add("__builtins__", crate::builtins::module().own())?;
        if let Some(f) = file {
            add("__file__", f.own())?;
            add("__cached__", Own::none())?;
        }
        return Ok(module);
    }
    let made = spec::of_compiled(m, name)?;
    let package = m.flags & MODULE_PACKAGE != 0;
    let parent = name.rsplit_once('.').map_or("", |(p, _)| p);
    add("__package__", Own::str(if package { name } else { parent }))?;
    add("__loader__", spec::part(made.r(), istr!("loader"))?)?;
    if package {
        add("__path__", spec::part(made.r(), istr!("submodule_search_locations"))?)?;
    }
    if let Some(f) = file {
        add("__file__", f.own())?;
        add("__cached__", spec::part(made.r(), istr!("_cached"))?)?;
    }
    add("__spec__", made)?;
    add("__builtins__", types::module::dict(crate::builtins::module()).own())?;
    Ok(module)
}

fn run_compiled(m: &'static ModuleStatic, name: &str, key: Ref) -> PyResult {
    let module = create_compiled(m, name)?;
    let own_spec = object_protocol::get_attr(module.r(), istr!("__spec__"))?;
    spec::set_initializing(own_spec.r(), true)?;
    types::dict::set(modules(), key, module.r())?;
    let result = run_body(m, module.r()).and_then(|_| complete(m, name, module.r()));
    match result {
        // The body may have replaced its entry.
        Ok(_) => {
            spec::set_initializing(own_spec.r(), false)?;
            // It goes behind the modules that it imported. CPython: Lib/importlib/_bootstrap.py, _load_unlocked
            match types::dict::pop(modules(), key)? {
                Some(m) => {
                    types::dict::set(modules(), key, m.r())?;
                    Ok(m)
                }
                None => Ok(module),
            }
        }
        Err(e) => {
            let raised = exc::caught(e);
            let _ = types::dict::delete(modules(), key);
            exc::restore(raised)
        }
    }
}

fn complete(m: &ModuleStatic, name: &str, module: Ref) -> PyResult<()> {
    match STATE.completions.get().iter().find(|c| c.0 == name) {
        Some((_, f)) if m.flags & MODULE_STDLIB != 0 => f(module),
        _ => Ok(()),
    }
}

/// Runs the body of a compiled module.
pub fn run_body(m: &'static ModuleStatic, module: Ref) -> PyResult {
    // SAFETY: static data; the body's entry takes no parameters.
    let direct = unsafe { (*m.code).direct };
    Own::from_abi(unsafe { types::function::call_direct(module.value(), direct, core::ptr::null_mut(), 0) })
}

#[cold]
fn not_found<R>(message: &str, name: &str) -> PyResult<R> {
    let ty: &'static TypeObject = &exc::types::MODULE_NOT_FOUND_ERROR;
    let e = crate::call::call1(ty.r(), Own::str(message).r())?;
    object_protocol::set_attr(e.r(), istr!("name"), Some(Own::str(name).r()))?;
    exc::raise_object(e)
}
