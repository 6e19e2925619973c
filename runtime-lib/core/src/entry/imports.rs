//! IMPORT_NAME, IMPORT_FROM, `from m import *`.
use crate::import::import_module;
use crate::object::{Own, PyResult, Ref, Value, to_abi, to_abi_status};
use crate::{exc, istr, object_protocol, types};
use pyaot_abi::{ModuleStatic, type_flag};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_import_name(module: *mut u8, name: Value, fromlist: Value, level: Value) -> Value {
    // SAFETY: the compiler passes the module's static data.
    let m = unsafe { &*module.cast::<ModuleStatic>() };
    let globals = Ref::from_nullable(m.object.get()).map(types::module::dict);
    to_abi(import(
        Ref::from_value(name),
        globals,
        Ref::from_value(fromlist),
        Ref::from_value(level).small_int().unwrap_or(0),
    ))
}

/// `__import__(name, globals, locals, fromlist, level)` (CPython: Python/import.c, PyImport_ImportModuleLevelObject).
pub fn import(name: Ref, globals: Option<Ref>, fromlist: Ref, level: i64) -> PyResult {
    let text = types::str::to_string_lossy(name);
    if level < 0 {
        return exc::value_error(format_args!("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve(&text, globals, level)?
    } else {
        text.clone()
    };
    if absolute.is_empty() {
        return exc::value_error(format_args!("Empty module name"));
    }
    let has_from = !fromlist.is_none() && object_protocol::truth(fromlist)?;
    let module = import_module(&absolute)?;
    if !has_from {
        if level == 0 || text.is_empty() {
            return match text.split_once('.') {
                Some((first, _)) => import_module(first),
                None => Ok(module),
            };
        }
        // Relative without a from-list: the package that the first component names.
        let Some((_, rest)) = text.split_once('.') else {
            return Ok(module);
        };
        return import_module(&absolute[..absolute.len() - rest.len() - 1]);
    }
    if object_protocol::get_attr_opt(module.r(), istr!("__path__"))?.is_some() {
        handle_fromlist(module.r(), fromlist, &absolute)?;
    }
    Ok(module)
}

/// CPython: Python/import.c, resolve_name.
fn resolve(name: &str, globals: Option<Ref>, level: i64) -> PyResult<String> {
    let Some(globals) = globals else {
        return exc::key_error(Own::str("'__name__' not in globals").r());
    };
    if !globals.ty().has(type_flag::DICT) {
        return exc::type_error(format_args!("globals must be a dict"));
    }
    let package = match types::dict::get(globals, istr!("__package__"))?.filter(|p| !p.r().is_none()) {
        Some(p) if !types::str::is_str(p.r()) => {
            return exc::type_error(format_args!("package must be a string"));
        }
        Some(p) => types::str::to_string_lossy(p.r()),
        None => {
            let Some(own_name) = types::dict::get(globals, istr!("__name__"))? else {
                return exc::key_error(Own::str("'__name__' not in globals").r());
            };
            if !types::str::is_str(own_name.r()) {
                return exc::type_error(format_args!("__name__ must be a string"));
            }
            let own_name = types::str::to_string_lossy(own_name.r());
            match types::dict::get(globals, istr!("__path__"))? {
                Some(_) => own_name,
                None => own_name.rsplit_once('.').map_or(String::new(), |(p, _)| p.to_owned()),
            }
        }
    };
    if package.is_empty() {
        return exc::import_error(format_args!("attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((b, _)) => base = b,
            None => return exc::import_error(format_args!("attempted relative import beyond top-level package")),
        }
    }
    Ok(if name.is_empty() {
        base.to_owned()
    } else {
        format!("{base}.{name}")
    })
}

/// Imports submodules that a from-list names (CPython: importlib._bootstrap, _handle_fromlist).
fn handle_fromlist(module: Ref, fromlist: Ref, package: &str) -> PyResult<()> {
    let it = object_protocol::iter(fromlist)?;
    while let Some(item) = object_protocol::next(it.r())? {
        if !item.r().ty().has(pyaot_abi::type_flag::STR) {
            return exc::type_error(format_args!(
                "Item in ``from list'' must be str, not {}",
                item.r().ty().name()
            ));
        }
        let name = types::str::to_string_lossy(item.r());
        if name == "*" {
            if let Some(all) = object_protocol::get_attr_opt(module, istr!("__all__"))? {
                handle_fromlist(module, all.r(), package)?;
            }
            continue;
        }
        if object_protocol::get_attr_opt(module, item.r())?.is_none() {
            let full = format!("{package}.{name}");
            match import_module(&full) {
                Ok(_) => {}
                Err(e) if exc::raised_is(&exc::types::MODULE_NOT_FOUND_ERROR) => {
                    // Only the submodule itself may be missing, not what it imports.
                    let raised = exc::caught(e);
                    let missing = object_protocol::get_attr_opt(raised.r(), istr!("name"))?;
                    let full = Own::str(&full);
                    let itself = missing.is_some_and(|n| {
                        n.r().ty().has(pyaot_abi::type_flag::STR) && types::str::equal(n.r(), full.r())
                    });
                    let blocked =
                        types::dict::get(crate::import::modules(), full.r())?.is_some_and(|m| m.r().is_none());
                    if !itself || blocked {
                        return exc::restore(raised);
                    }
                }
                Err(e) => return Err(e),
            }
        }
    }
    Ok(())
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_import_from(module: Value, name: Value) -> Value {
    to_abi(import_from(Ref::from_value(module), Ref::from_value(name)))
}

/// CPython: Python/ceval.c, _PyEval_ImportFrom.
fn import_from(module: Ref, name: Ref) -> PyResult {
    if let Some(v) = object_protocol::get_attr_opt(module, name)? {
        return Ok(v);
    }
    let text = types::str::to_string_lossy(name);
    let package =
        object_protocol::get_attr_opt(module, istr!("__name__"))?.filter(|n| n.r().ty().has(pyaot_abi::type_flag::STR));
    let package = package.map_or("<unknown module name>".to_owned(), |n| {
        types::str::to_string_lossy(n.r())
    });
    let full = Own::str(&format!("{package}.{text}"));
    if let Some(m) = types::dict::get(crate::import::modules(), full.r())? {
        return Ok(m);
    }
    let origin = object_protocol::get_attr_opt(module, istr!("__file__"))?.map(|f| types::str::to_string_lossy(f.r()));
    let origin = origin.unwrap_or_else(|| "unknown location".to_owned());
    let known = package != "<unknown module name>";
    let path = object_protocol::get_attr_opt(module, istr!("__file__"))?;
    let package_name = Own::str(&package);
    exc::fields::raise_import_error(
        &exc::types::IMPORT_ERROR,
        format_args!("cannot import name '{text}' from '{package}' ({origin})"),
        known.then(|| package_name.r()),
        path.as_ref().map(Own::r),
        Some(name),
    )
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_import_star(module: Value, namespace: Value) -> i32 {
    to_abi_status(import_star(Ref::from_value(module), Ref::from_value(namespace)))
}

/// CPython: Python/intrinsics.c, import_all_from.
fn import_star(module: Ref, namespace: Ref) -> PyResult<()> {
    let all = object_protocol::get_attr_opt(module, istr!("__all__"))?;
    let skip_private = all.is_none();
    let names = match all {
        Some(a) => a,
        None => match object_protocol::get_attr_opt(module, istr!("__dict__"))? {
            Some(d) => types::list::from_iterable(d.r())?,
            None => return exc::import_error(format_args!("from-import-* object has no __dict__ and no __all__")),
        },
    };
    let it = object_protocol::iter(names.r())?;
    while let Some(name) = object_protocol::next(it.r())? {
        if !name.r().ty().has(pyaot_abi::type_flag::STR) {
            return exc::type_error(format_args!(
                "attribute name must be string, not '{}'",
                name.r().ty().name()
            ));
        }
        if skip_private
            && types::str::len(name.r()) > 0
            && types::str::code_point(types::str::cast(name.r()), 0) == '_' as u32
        {
            continue;
        }
        let v = object_protocol::get_attr(module, name.r())?;
        types::dict::set(namespace, name.r(), v.r())?;
    }
    Ok(())
}
