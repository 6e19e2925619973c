//! `sys.excepthook`, `sys.unraisablehook`, `sys.displayhook`: the native ones, and how the runtime reaches what the program put in their
//! place.
use super::info::{UNRAISABLE, UNRAISABLE_TYPE};
use crate::structseq;
use pyaot_core::builtins::print::sys_attribute;
use pyaot_core::call::{self, call_method};
use pyaot_core::exc::print::theme;
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, traceback::TracebackObject};

/// Writes text to `sys.stderr`, or to descriptor 2 when there is no usable stream.
pub fn write_stderr(text: &str) {
    let file = match sys_attribute(istr!("stderr")) {
        Ok(f) => f,
        Err(_) => {
            drop(exc::take());
            None
        }
    };
    match file {
        Some(f) if f.r().is_none() => {}
        Some(f) => {
            if call_method(f.r(), istr!("write"), &[Own::str(text).r()]).is_err() {
                drop(exc::take());
                eprint!("{text}");
                return;
            }
            if call_method(f.r(), istr!("flush"), &[]).is_err() {
                drop(exc::take());
            }
        }
        None => eprint!("{text}"),
    }
}

/// CPython: sys.excepthook, PyErr_Display.
pub fn excepthook(b: &Bound) -> PyResult {
    let (value, tb) = (b.arg(1), b.arg(2));
    if !value.is_instance_of(&exc::types::BASE_EXCEPTION) {
        write_stderr(&format!(
            "TypeError: print_exception(): Exception expected for value, {} found\n",
            value.ty().name()
        ));
        return Ok(Own::none());
    }
    if tb.downcast::<TracebackObject>().is_some() && exc::records::traceback(value).is_none() {
        exc::records::set_traceback(value, Some(tb.own()));
    }
    flush_stdout();
    let theme = if colours_stderr() {
        &theme::COLOURED
    } else {
        &theme::PLAIN
    };
    write_stderr(&exc::print::format_with(value, theme));
    Ok(Own::none())
}
/// CPython: Lib/_colorize.py, can_colorize.
fn colours_stderr() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    match set("PYTHON_COLORS").as_deref().and_then(|v| v.to_str()) {
        Some("0") => return false,
        Some("1") => return true,
        _ => {}
    }
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("FORCE_COLOR").is_some() {
        return true;
    }
    if set("TERM").is_some_and(|t| t == "dumb") {
        return false;
    }
    let is_terminal = || -> PyResult<bool> {
        let Some(file) = sys_attribute(istr!("stderr"))?.filter(|f| !f.r().is_none()) else {
            return Ok(false);
        };
        if protocol::get_attr_opt(file.r(), istr!("fileno"))?.is_none() {
            return Ok(false);
        }
        let answer = call_method(file.r(), istr!("isatty"), &[])?;
        protocol::truth(answer.r())
    };
    is_terminal().unwrap_or_else(|_| {
        drop(exc::take());
        false
    })
}
fn flush_stdout() {
    if let Ok(Some(f)) = sys_attribute(istr!("stdout"))
        && !f.r().is_none()
        && call_method(f.r(), istr!("flush"), &[]).is_err()
    {
        drop(exc::take());
    }
}

/// Shows an uncaught exception through `sys.excepthook` (CPython: Python/pythonrun.c, _PyErr_PrintEx). A SystemExit raised by the hook
/// comes back.
pub fn report_uncaught(e: Own) -> Option<Own> {
    let value = e.r();
    let tb = exc::records::traceback(value).map_or(Own::none(), Ref::own);
    if let Ok(Some(m)) = types::dict::get(pyaot_core::import::modules(), istr!("sys")) {
        let d = types::module::dict(m.r());
        for (name, v) in [
            (istr!("last_exc"), value),
            (istr!("last_type"), value.ty().r()),
            (istr!("last_value"), value),
            (istr!("last_traceback"), tb.r()),
        ] {
            if types::dict::set(d, name, v).is_err() {
                drop(exc::take());
            }
        }
    }
    let hook = match sys_attribute(istr!("excepthook")) {
        Ok(h) => h,
        Err(_) => {
            drop(exc::take());
            None
        }
    };
    let Some(hook) = hook else {
        write_stderr_object(Own::str("sys.excepthook is missing\n").r());
        write_stderr(&exc::print::format(value));
        return None;
    };
    if let Err(r) = call::call3(hook.r(), value.ty().r(), value, tb.r()) {
        let second = exc::caught(r);
        if second.r().is_instance_of(&exc::types::SYSTEM_EXIT) {
            return Some(second);
        }
        flush_stdout();
        let text = format!(
            "Error in sys.excepthook:\n{}\nOriginal exception was:\n{}",
            exc::print::format(second.r()),
            exc::print::format(value)
        );
        write_stderr(&text);
    }
    None
}

// ---- unraisable ----

/// Installed as the runtime's hook (CPython: Python/errors.c, format_unraisable_v).
pub fn unraisable(e: Ref, message: Option<&str>, object: Option<Ref>) {
    let hook = match sys_attribute(istr!("unraisablehook")) {
        Ok(h) => h,
        Err(_) => {
            drop(exc::take());
            None
        }
    };
    let own_hook = hook.filter(|h| !h.r().is_none());
    let Some(hook) = own_hook else {
        return write_stderr(&exc::print::unraisable_text(message, object, e));
    };
    let tb = exc::records::traceback(e).map_or(Own::none(), Ref::own);
    let message = message.map_or_else(Own::none, Own::str);
    let args = structseq::new(
        &UNRAISABLE,
        vec![e.ty().own(), e.own(), tb, message, object.map_or(Own::none(), Ref::own)],
    );
    let r = args.and_then(|a| call::call1(hook.r(), a.r()));
    if r.is_err()
        && let Some(second) = exc::take()
    {
        let text = format!(
            "Exception ignored in sys.unraisablehook {}",
            exc::print::safe_repr(hook.r())
        );
        write_stderr(&exc::print::unraisable_text(Some(&text), None, second.r()));
    }
}
/// `sys.unraisablehook(args)`.
pub fn unraisablehook(args: Ref) -> PyResult {
    if !core::ptr::eq(args.ty(), &UNRAISABLE_TYPE) {
        return exc::type_error(format_args!(
            "sys.unraisablehook argument type must be UnraisableHookArgs"
        ));
    }
    let (value, message, object) = (
        structseq::item(args, 1),
        structseq::item(args, 3),
        structseq::item(args, 4),
    );
    let what = match message.r().is_none() {
        true => None,
        false => Some(str_::to_string_lossy(protocol::str(message.r())?.r())),
    };
    if value.r().is_none() {
        return Ok(Own::none());
    }
    let object = if object.r().is_none() { None } else { Some(object) };
    write_stderr(&exc::print::unraisable_text(
        what.as_deref(),
        object.as_ref().map(Own::r),
        value.r(),
    ));
    Ok(Own::none())
}

/// `sys.displayhook(value)`.
pub fn displayhook(v: Ref) -> PyResult {
    if v.is_none() {
        return Ok(Own::none());
    }
    let builtins = pyaot_core::builtins::module();
    types::module::add(builtins, "_", Own::none())?;
    let Some(out) = sys_attribute(istr!("stdout"))?.filter(|o| !o.r().is_none()) else {
        return exc::runtime_error(format_args!("lost sys.stdout"));
    };
    let text = protocol::repr(v)?;
    call_method(out.r(), istr!("write"), &[text.r()])?;
    call_method(out.r(), istr!("write"), &[istr!("\n")])?;
    types::module::add(builtins, "_", v.own())?;
    Ok(Own::none())
}

/// Writes a str object to `sys.stderr`.
pub fn write_stderr_object(text: Ref) {
    let file = sys_attribute(istr!("stderr"));
    if let Ok(Some(f)) = file
        && !f.r().is_none()
        && call_method(f.r(), istr!("write"), &[text]).is_ok()
    {
        return;
    }
    drop(exc::take());
    eprint!("{}", str_::to_string_lossy(text));
}
