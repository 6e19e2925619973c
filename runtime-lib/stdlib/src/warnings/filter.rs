//! Which filter decides about a warning, and the registries of what was shown before.
use super::{Own, PyResult, Ref, STATE, attr, options};
use crate::contextvars;
use pyaot_core::call::{call_method, convert};
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::list;

/// The action for a warning, and the filter that says so (None for the default action) (CPython: get_filter).
pub fn action(category: Ref, text: Ref, line: i64, module: Ref) -> PyResult<(Own, Own)> {
    if let Some(context) = context_filters()? {
        if let Some(found) = search(context.r(), "_warnings_context _filters", category, text, line, module)? {
            return Ok(found);
        }
        return Ok((default_action()?, Own::none()));
    }
    match attr(istr!("filters"))? {
        Some(f) => set_field(&STATE.filters, Some(f)),
        None => {
            if let Some(action) = options::search(category, text, line, module)? {
                return Ok((action, Own::none()));
            }
        }
    }
    let filters = super::filters()?;
    if !filters.r().ty().has(type_flag::LIST) {
        return exc::value_error(format_args!("_warnings.filters must be a list"));
    }
    match search(filters.r(), "filters", category, text, line, module)? {
        Some(found) => Ok(found),
        None => Ok((default_action()?, Own::none())),
    }
}

/// `_filters` of the context that `catch_warnings` has entered, if there is one (CPython: get_warnings_context_filters).
fn context_filters() -> PyResult<Option<Own>> {
    let Some(var) = attr(istr!("_warnings_context"))? else {
        return Ok(None);
    };
    if !contextvars::is_variable(var.r()) {
        return exc::type_error(format_args!(
            "_warnings._warnings_context must be a ContextVar, not '{}'",
            var.r().ty().full_name()
        ));
    }
    let Some(context) = contextvars::get(var.r(), None)?.filter(|c| !c.r().is_none()) else {
        return Ok(None);
    };
    let filters = protocol::get_attr(context.r(), istr!("_filters"))?;
    if !filters.r().ty().has(type_flag::LIST) {
        return exc::value_error(format_args!("_filters of warnings._warnings_context must be a list"));
    }
    Ok(Some(filters))
}

fn search(filters: Ref, name: &str, category: Ref, text: Ref, line: i64, module: Ref) -> PyResult<Option<(Own, Own)>> {
    let mut i = 0;
    // The matching of a row may change the list.
    while let Some(item) = list::get(filters, i).map(Ref::own) {
        if !item.r().ty().has(type_flag::TUPLE) || tuple::len(item.r()) != 5 {
            return exc::value_error(format_args!("warnings.{name} item {i} isn't a 5-tuple"));
        }
        let [action, message, class, place, number] = [0, 1, 2, 3, 4].map(|k| tuple::get(item.r(), k));
        if !action.ty().has(type_flag::STR) {
            return exc::type_error(format_args!(
                "action must be a string, not '{}'",
                action.ty().full_name()
            ));
        }
        let good_message = matches(message, text)?;
        let good_module = matches(place, module)?;
        let good_class = protocol::is_subclass(category, class)?;
        let number = convert::index(number)? as i64;
        if good_message && good_class && good_module && (number == 0 || number == line) {
            return Ok(Some((action.own(), item.clone())));
        }
        i += 1;
    }
    Ok(None)
}
/// None matches everything, a str itself, anything else by its `match` method (CPython: check_matched).
fn matches(pattern: Ref, text: Ref) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.is_exact::<str_::StrObject>() {
        return Ok(text.ty().has(type_flag::STR) && str_::equal(pattern, text));
    }
    let r = call_method(pattern, istr!("match"), &[text])?;
    protocol::truth(r.r())
}

fn default_action() -> PyResult {
    let Some(action) = attr(istr!("defaultaction"))? else {
        return super::default_action();
    };
    if !action.r().ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "_warnings.defaultaction must be a string, not '{}'",
            action.r().ty().full_name()
        ));
    }
    set_field(&STATE.default_action, Some(action.clone()));
    Ok(action)
}
pub fn once_registry() -> PyResult {
    let Some(registry) = attr(istr!("onceregistry"))? else {
        return super::once_registry();
    };
    if !registry.r().ty().has(type_flag::DICT) {
        return exc::type_error(format_args!(
            "_warnings.onceregistry must be a dict, not '{}'",
            registry.r().ty().full_name()
        ));
    }
    set_field(&STATE.once_registry, Some(registry.clone()));
    Ok(registry)
}

/// True when the registry has the key; a registry of older filters is emptied first (CPython: already_warned).
pub fn already_warned(registry: Ref, key: Ref, store: bool) -> PyResult<bool> {
    let version = dict::get(registry, istr!("version"))?;
    if version.and_then(|v| v.r().small_int()) == Some(STATE.version.get()) {
        if let Some(v) = dict::get(registry, key)?
            && protocol::truth(v.r())?
        {
            return Ok(true);
        }
    } else {
        dict::clear(registry);
        dict::set(registry, istr!("version"), Own::int(STATE.version.get()).r())?;
    }
    if store {
        dict::set(registry, key, Own::bool(true).r())?;
    }
    Ok(false)
}
/// Notes a text for all lines (`zero`) or all modules; true when it was noted before (CPython: update_registry).
pub fn update(registry: Ref, text: Ref, category: Ref, zero: bool) -> PyResult<bool> {
    let mut key = vec![text.own(), category.own()];
    if zero {
        key.push(Own::int(0));
    }
    already_warned(registry, tuple::try_from_vec(key)?.r(), true)
}

/// The module name that stands for a file: without ".py" (CPython: normalize_module).
pub fn module_of_file(filename: Ref) -> Own {
    let name = str_::to_string_lossy(filename);
    match name.strip_suffix(".py") {
        _ if name.is_empty() => Own::str("<unknown>"),
        Some(stem) => Own::str(stem),
        None => filename.own(),
    }
}
