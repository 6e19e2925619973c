//! The end of the process in CPython's order (Python/pylifecycle.c, Py_FinalizeEx; Modules/main.c, Py_RunMain; Python/pythonrun.c,
//! handle_system_exit).
use crate::collect;
use pyaot_core::object::{Own, Ref, Value};
use pyaot_core::{exc, import, istr, object_protocol as protocol, types};
use pyaot_stdlib::sys::{self, hooks, streams};
use pyaot_stdlib::{_signal, atexit};

/// Status of a process that a KeyboardInterrupt ended: the signal is sent again at the very end.
const INTERRUPTED: i32 = 130;

/// Reports what nobody caught and gives the exit status.
pub fn uncaught(e: Own) -> i32 {
    if e.r().is_instance_of(&exc::types::SYSTEM_EXIT) {
        return system_exit(e.r());
    }
    let interrupted = e.r().is_instance_of(&exc::types::KEYBOARD_INTERRUPT);
    if let Some(exit) = hooks::report_uncaught(e) {
        return system_exit(exit.r());
    }
    if interrupted { INTERRUPTED } else { 1 }
}

/// None is 0, an int is the status, anything else is printed to stderr with status 1.
fn system_exit(e: Ref) -> i32 {
    let code = match protocol::get_attr_opt(e, istr!("code")) {
        Ok(Some(c)) => c,
        Ok(None) => e.own(),
        Err(_) => {
            drop(exc::take());
            return 1;
        }
    };
    if code.r().is_none() {
        return 0;
    }
    if types::int::view_opt(code.r()).is_some() {
        return types::int::convert::to_i64(code.r()).map_or(-1, |i| i as i32);
    }
    match protocol::str(code.r()) {
        Ok(text) => {
            if streams::flush_one(istr!("stdout")).is_err() {
                drop(exc::take());
            }
            hooks::write_stderr_object(text.r());
            hooks::write_stderr("\n");
        }
        Err(_) => drop(exc::take()),
    }
    1
}

/// Ends the process; gives the status that `main` returns.
pub fn process(status: i32) -> i32 {
    atexit::run();
    let flushed = streams::flush();
    sys::set_finalizing();
    collect();
    modules();
    collect();
    // What finalisers printed.
    let flushed = streams::flush() && flushed;
    let status = if flushed || status != 0 { status } else { 120 };
    if status == INTERRUPTED && _signal::interrupt_is_default() {
        // SAFETY: the default action ends the process as the shell expects.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
    }
    status & 0xff
}

/// Empties modules so that `__del__` of what their globals hold runs: `__main__` and the program's modules first, `sys` and `builtins`
/// last (CPython: Python/import.c, finalize_modules).
fn modules() {
    let all = types::dict::items_snapshot(import::modules());
    let main = istr!("__main__");
    // References from sys go first.
    if let Some((_, sys)) = all.iter().find(|(k, _)| types::str::equal(k.r(), istr!("sys"))) {
        let d = types::module::dict(sys.r());
        for name in [
            "path",
            "argv",
            "last_exc",
            "last_type",
            "last_value",
            "last_traceback",
            "path_hooks",
            "meta_path",
            "path_importer_cache",
        ] {
            let key = types::str::intern(name);
            if matches!(types::dict::contains(d, key.r()), Ok(true))
                && types::dict::set(d, key.r(), Own::none().r()).is_err()
            {
                drop(exc::take());
            }
        }
        for (name, original) in [
            ("stdin", "__stdin__"),
            ("stdout", "__stdout__"),
            ("stderr", "__stderr__"),
        ] {
            let v = types::dict::get_str(d, original).unwrap_or_else(Own::none);
            if types::dict::set(d, types::str::intern(name).r(), v.r()).is_err() {
                drop(exc::take());
            }
        }
    }
    let keep = |k: Ref| types::str::equal(k, istr!("sys")) || types::str::equal(k, istr!("builtins"));
    // Weak references tell which modules still live once `sys.modules` let them go; here every module is emptied, `__main__` first,
    // the others in the reverse order of their import.
    for (k, m) in &all {
        if types::str::equal(k.r(), main) {
            clear_module(m.r());
        }
    }
    collect();
    for (k, m) in all.iter().rev() {
        if !types::str::equal(k.r(), main) && !keep(k.r()) {
            clear_module(m.r());
        }
    }
    drop(all);
}

/// CPython: Objects/moduleobject.c, _PyModule_ClearDict: names with one underscore first, then all but `__builtins__`.
fn clear_module(m: Ref) {
    if m.downcast::<types::module::ModuleObject>().is_none() {
        return;
    }
    let d = types::module::dict(m).own();
    for first in [true, false] {
        for k in types::dict::keys(d.r()) {
            if !types::str::is_str(k.r()) || types::str::equals_ascii(k.r(), "__builtins__") {
                continue;
            }
            let u = types::str::units(k.r());
            let single = u.len() > 1 && u.get(0) == '_' as u32 && u.get(1) != '_' as u32;
            if first && !single {
                continue;
            }
            if types::dict::set(d.r(), k.r(), Ref::from_value(Value::NONE)).is_err() {
                drop(exc::take());
            }
        }
    }
}
