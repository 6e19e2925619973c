//! "Did you mean: 'x'?" of NameError, AttributeError and ImportError (CPython: Lib/traceback.py, _compute_suggestion_error).
use crate::call;
use crate::exc::types::{self as t, own_fields};
use crate::object::{Own, PyResult, Ref, field};
use crate::types::traceback::{FrameObject, TracebackObject};
use crate::{exc, istr, object_protocol as protocol, types};
use pyaot_abi::type_flag;

const MAX_CANDIDATES: usize = 750;

/// What follows the message, "" when there is nothing to suggest. Errors on the way mean nothing to suggest.
pub fn suffix(e: Ref, traceback: Option<Ref>) -> String {
    let fields = own_fields(e);
    let text = |i: usize| {
        field(&fields[i])
            .filter(|v| v.ty().has(type_flag::STR))
            .map(types::str::to_string_lossy)
    };
    let saved = exc::take();
    let result = if e.is_instance_of(&t::IMPORT_ERROR) {
        text(3)
            .and_then(|wrong| candidates_of_module(e).and_then(|c| best(&c, &wrong)))
            .map(|s| did_you_mean(&s))
    } else if e.is_instance_of(&t::ATTRIBUTE_ERROR) {
        text(0)
            .and_then(|wrong| attribute(e, &wrong, traceback))
            .map(|s| did_you_mean(&s))
    } else if e.is_instance_of(&t::NAME_ERROR) {
        text(0).map(|wrong| name(&wrong, traceback))
    } else {
        None
    };
    drop(exc::take());
    if let Some(e) = saved {
        let _ = exc::restore::<()>(e);
    }
    result.unwrap_or_default()
}

fn did_you_mean(s: &str) -> String {
    format!(". Did you mean: '{s}'?")
}

fn best(candidates: &[String], wrong: &str) -> Option<String> {
    if candidates.len() > MAX_CANDIDATES {
        return None;
    }
    let i = pyaot_text::levenshtein::suggest(candidates.iter().map(String::as_bytes), wrong.as_bytes())?;
    Some(candidates[i].clone())
}

/// Sorted str items of `obj.__dir__()`.
fn dir_of(obj: Ref) -> PyResult<Vec<String>> {
    let names = match call::call_special(obj, istr!("__dir__"), &[]) {
        Some(r) => r?,
        None => return Ok(Vec::new()),
    };
    let list = types::list::from_iterable(names.r())?;
    // SAFETY: the list is ours.
    let items = unsafe { types::list::items(list.r().cast()) };
    let mut out: Vec<String> = items
        .iter()
        .map(|v| Ref::from_value(*v))
        .filter(|v| v.ty().has(type_flag::STR))
        .map(types::str::to_string_lossy)
        .collect();
    out.sort();
    Ok(out)
}

fn attribute(e: Ref, wrong: &str, traceback: Option<Ref>) -> Option<String> {
    let obj = field(&own_fields(e)[1])?;
    let mut names = dir_of(obj).ok()?;
    let own_method = innermost(traceback)
        .and_then(|f| local(f.r(), "self"))
        .is_some_and(|s| s.r().is(obj));
    if !wrong.starts_with('_') && !own_method {
        names.retain(|n| !n.starts_with('_'));
    }
    best(&names, wrong)
}

fn candidates_of_module(e: Ref) -> Option<Vec<String>> {
    let name = field(&own_fields(e)[1])?;
    let module = types::dict::get(crate::import::modules(), name).ok()??;
    let mut names = dir_of(module.r()).ok()?;
    let wrong = field(&own_fields(e)[3]).map(types::str::to_string_lossy)?;
    if !wrong.starts_with('_') {
        names.retain(|n| !n.starts_with('_'));
    }
    Some(names)
}

/// The frame where the exception was raised.
fn innermost(traceback: Option<Ref>) -> Option<Own> {
    let mut at = traceback?;
    loop {
        // SAFETY: links of a traceback are tracebacks.
        let tb = unsafe { at.cast::<TracebackObject>() };
        match field(&tb.next) {
            Some(n) => at = n,
            None => return field(&tb.frame).map(Ref::own),
        }
    }
}
fn locals(frame: Ref) -> Option<Own> {
    protocol::get_attr(frame, istr!("f_locals")).ok()
}
fn local(frame: Ref, name: &str) -> Option<Own> {
    types::dict::get(locals(frame)?.r(), Own::str(name).r()).ok()?
}

fn name(wrong: &str, traceback: Option<Ref>) -> String {
    let mut out = String::new();
    let found = (|| {
        let frame = innermost(traceback)?;
        let mut names = Vec::new();
        let mut add = |d: Ref| {
            for (k, _) in types::dict::items_snapshot(d) {
                if k.r().ty().has(type_flag::STR) {
                    names.push(types::str::to_string_lossy(k.r()));
                }
            }
        };
        add(locals(frame.r())?.r());
        // SAFETY: the field holds a frame.
        if let Some(g) = field(&unsafe { frame.r().cast::<FrameObject>() }.globals) {
            add(g);
        }
        add(types::module::dict(crate::builtins::module()));
        if let Some(this) = local(frame.r(), "self") {
            if protocol::get_attr_opt(this.r(), types::str::intern(wrong).r())
                .ok()?
                .is_some()
            {
                return Some(format!("self.{wrong}"));
            }
        }
        best(&names, wrong)
    })();
    if let Some(s) = &found {
        out.push_str(&did_you_mean(s));
    }
    if is_stdlib_module(wrong) {
        if found.is_some() {
            out.push_str(&format!(" Or did you forget to import '{wrong}'?"));
        } else {
            out.push_str(&format!(". Did you forget to import '{wrong}'?"));
        }
    }
    out
}

/// Member of `sys.stdlib_module_names`.
fn is_stdlib_module(name: &str) -> bool {
    let set = crate::builtins::print::sys_attribute(istr!("stdlib_module_names"));
    let Ok(Some(set)) = set else { return false };
    protocol::contains(set.r(), Own::str(name).r()).unwrap_or(false)
}
