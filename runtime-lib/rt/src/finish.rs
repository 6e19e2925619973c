//! The end of the process in CPython's order (Python/pylifecycle.c, Py_FinalizeEx; Modules/main.c, Py_RunMain; Python/pythonrun.c,
//! handle_system_exit).
use crate::collect;
use pyaot_abi::{FunctionObject, flag};
use pyaot_core::gc::{collect as gc, finalize_in_order};
use pyaot_core::object::{Own, Ref, Value};
use pyaot_core::{exc, import, istr, object_protocol as protocol, types};
use pyaot_stdlib::sys::{self, hooks, streams};
use pyaot_stdlib::{_signal, atexit};
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasherDefault;

/// Objects, by their addresses.
type Seen = HashSet<u64, BuildHasherDefault<gc::AddressHash>>;

/// Status of a process that a KeyboardInterrupt ended: the signal is sent again at the very end. (Larger than what `sys.exit` gives.)
const INTERRUPTED: i32 = 0x100 + 130;

/// What `__main__` printed is written before its exception is reported (CPython: Python/pythonrun.c, flush_io).
pub fn flush_streams() {
    for name in [istr!("stderr"), istr!("stdout")] {
        if streams::flush_one(name).is_err() {
            drop(exc::take());
        }
    }
}

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
        return types::int::convert::to_i64(code.r()).map_or(-1, |i| i as i32) & 0xff;
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
    // What finalisers printed; a stream that has failed is not tried again.
    let flushed = flushed && streams::flush();
    let status = if flushed || status == INTERRUPTED { status } else { 120 };
    if status == INTERRUPTED && _signal::interrupt_is_default() {
        // SAFETY: the default action ends the process as the shell expects.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
    }
    status & 0xff
}

/// Runs the finalisers of what the modules hold, then empties the modules (CPython: Python/import.c, finalize_modules).
///
/// In CPython the globals of a module without functions die one after the other as `sys.modules` lets the module go. The other modules
/// are garbage then, and a collection runs all finalisers while every global still has its value: the order is that in which an earlier
/// collection found the objects, breadth first. Here compiled code keeps the modules alive, so what would die is found from the globals.
fn modules() {
    let mut all = types::dict::items_snapshot(import::modules());
    let main = istr!("__main__");
    // What sys holds lives to the end.
    let mut seen = Seen::default();
    if let Some((_, sys)) = all.iter().find(|(k, _)| types::str::equal(k.r(), istr!("sys"))) {
        let d = types::module::dict(sys.r());
        for name in ["stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"] {
            if let Some(v) = types::dict::get_str(d, name) {
                reach(vec![v.value()], &mut seen, &mut |_| true);
            }
        }
    }
    let is_main = |k: Ref| types::str::equal(k, main);
    // What is in `sys.modules` without being a module.
    for (k, m) in all.extract_if(.., |(_, m)| m.r().downcast::<types::module::ModuleObject>().is_none()) {
        if types::dict::set(import::modules(), k.r(), Own::none().r()).is_err() {
            drop(exc::take());
        }
        drop(m);
    }
    let (with_functions, plain): (Vec<_>, Vec<_>) = all
        .iter()
        .filter(|(k, _)| !keep(k.r()))
        .partition(|(_, m)| has_functions(m.r()));
    let mut imported = HashSet::new();
    for (_, m) in &with_functions {
        imported.extend(
            types::dict::values(types::module::dict(m.r()))
                .iter()
                .map(|v| v.value().0),
        );
    }
    let dying: Vec<_> = plain
        .into_iter()
        .filter(|(_, m)| !imported.contains(&m.value().0))
        .collect();
    for (_, m) in dying.iter().filter(|(k, _)| is_main(k.r())) {
        clear_module(m.r());
    }
    for (_, m) in dying.iter().filter(|(k, _)| !is_main(k.r())) {
        clear_module(m.r());
    }
    // In the order of `sys.modules`, in which `__main__` stands before all that it imports and a module behind what it imports.
    let dead: HashSet<u64> = dying.iter().map(|(_, m)| m.value().0).collect();
    let rest = || all.iter().filter(|(k, m)| !keep(k.r()) && !dead.contains(&m.value().0));
    let roots = rest()
        .filter(|(k, _)| is_main(k.r()))
        .chain(rest().filter(|(k, _)| !is_main(k.r())))
        .flat_map(|(_, m)| types::dict::values(types::module::dict(m.r())))
        .map(|v| v.value())
        .collect();
    // Most programs have nothing to finalise: then a walk over the objects where they lie is enough.
    if gc::any_to_finalize(|p| seen.contains(&p)) {
        finalize_from(roots, &mut seen);
    }
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

fn keep(k: Ref) -> bool {
    types::str::equal(k, istr!("sys")) || types::str::equal(k, istr!("builtins"))
}

/// Visits every container that is reachable from `roots` and was not seen before, nearest first, until `visit` says false.
fn reach(roots: Vec<Value>, seen: &mut Seen, visit: &mut dyn FnMut(Ref) -> bool) {
    let mut queue = VecDeque::from(roots);
    while let Some(v) = queue.pop_front() {
        let Some(r) = Ref::from_nullable(v) else { continue };
        let Some(h) = r.header() else { continue };
        if h.flags.get() & flag::TRACKED == 0
            || r.downcast::<types::module::ModuleObject>().is_some()
            || !seen.insert(v.0)
        {
            continue;
        }
        if !visit(r) {
            return;
        }
        gc::visit_children(v.as_ptr(), &mut |child| queue.push_back(child));
    }
}

/// Whether functions keep the globals of a module alive that nobody else refers to.
fn has_functions(m: Ref) -> bool {
    let mut found = false;
    let values = types::dict::values(types::module::dict(m));
    let roots = values.iter().map(|v| v.value()).collect();
    reach(roots, &mut Seen::default(), &mut |r| {
        found = r
            .downcast::<FunctionObject>()
            .is_some_and(|f| f.module.get() == m.value());
        !found
    });
    found
}

/// Calls the finalisers of the objects that are reachable from globals.
fn finalize_from(roots: Vec<Value>, seen: &mut Seen) {
    let mut found = Vec::new();
    reach(roots, seen, &mut |r| {
        let ready = r.header().is_some_and(|h| h.flags.get() & flag::FINALIZED == 0);
        if ready && r.ty().slots().finalize.is_some() {
            found.push(r.value());
        }
        true
    });
    finalize_in_order(&found);
}

/// Sets every global of a module to None, in the order of their first binding.
fn clear_module(m: Ref) {
    if m.downcast::<types::module::ModuleObject>().is_none() {
        return;
    }
    let d = types::module::dict(m).own();
    for k in types::dict::keys(d.r()) {
        if types::str::is_str(k.r()) && types::str::equals_ascii(k.r(), "__builtins__") {
            continue;
        }
        if types::dict::set(d.r(), k.r(), Ref::from_value(Value::NONE)).is_err() {
            drop(exc::take());
        }
    }
}
