//! `sys`: facts and hooks of the running process. What only makes sense with an interpreter (tracing, remote debugging) raises an error
//! that says so, or is absent.
use pyaot_core::call;
use pyaot_core::exc::{self, THREAD};
use pyaot_core::exec::{self, frames};
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::generator::async_gen::HOOKS;
use pyaot_core::types::{self, float, int, module};

pub mod config;
pub mod hooks;
pub mod info;
pub mod namespace;
mod stdlib_names;
pub mod streams;

pub use config::utf8_mode;

struct State {
    switch_interval: Cell<f64>,
    dlopen_flags: Cell<i32>,
    finalizing: Cell<bool>,
    audit: RefCell<Vec<Own>>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    switch_interval: Cell::new(0.005),
    dlopen_flags: Cell::new(libc::RTLD_NOW),
    finalizing: Cell::new(false),
    audit: RefCell::new(Vec::new()),
};

/// From now on `sys.is_finalizing()` is true.
pub fn set_finalizing() {
    STATE.finalizing.set(true);
}

fn no_interpreter(what: &str) -> PyResult {
    exc::runtime_error(format_args!(
        "{what} is not available in this executable: pyaot compiles ahead of time and links no interpreter"
    ))
}

fn handled() -> Option<Ref<'static>> {
    let v = exc::handled();
    (v != Value::NONE).then(|| Ref::from_value(v))
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("exit(status=None, /)"), |_, b| {
        exc::raise_args(&exc::types::SYSTEM_EXIT, b.get(0).map(Ref::own).into_iter().collect())
    }),
    noargs(sig!("getrecursionlimit()"), |_| {
        Ok(Own::int(exec::recursion_limit() as i64))
    }),
    bound(sig!("setrecursionlimit(limit, /)"), |_, b| {
        set_recursion_limit(b.arg(0))
    }),
    one(sig!("getrefcount(object, /)"), |_, v| {
        Ok(Own::int(
            v.header().map_or(pyaot_abi::IMMORTAL_REFCOUNT, |h| h.refcount.get()) as i64,
        ))
    }),
    bound(sig!("getsizeof(object, default=None)"), |_, b| getsizeof(b)),
    one(sig!("intern(string, /)"), |_, v| {
        if !v.ty().has(type_flag::STR) {
            return exc::type_error(format_args!(
                "intern() argument must be str, not {}",
                pyaot_core::call::convert::type_name(v)
            ));
        }
        if !v.is_exact::<pyaot_abi::StrObject>() {
            return exc::type_error(format_args!("can't intern {}", v.ty().full_name()));
        }
        Ok(types::str::intern_object(v.own()))
    }),
    one(sig!("_is_interned(string, /)"), |_, v| {
        if !v.ty().has(type_flag::STR) {
            return exc::type_error(format_args!(
                "_is_interned() argument must be str, not {}",
                pyaot_core::call::convert::type_name(v)
            ));
        }
        Ok(Own::bool(types::str::is_interned(v)))
    }),
    one(sig!("_is_immortal(op, /)"), |_, v| {
        Ok(Own::bool(
            v.header()
                .is_none_or(|h| h.flags.get() & pyaot_abi::flag::IMMORTAL != 0),
        ))
    }),
    one(sig!("_clear_type_descriptors($module, type, /)"), |_, v| {
        let Some(ty) = v.downcast::<TypeObject>() else {
            return pyaot_core::call::convert::bad_argument("_clear_type_descriptors", "argument", "type", v);
        };
        if ty.has(type_flag::IMMUTABLE) {
            return exc::type_error(format_args!("argument is immutable"));
        }
        for name in [istr!("__dict__"), istr!("__weakref__")] {
            pyaot_core::types::dict::delete(ty.dict(), name)?;
        }
        pyaot_core::typeobj::cache::modified(ty);
        Ok(Own::none())
    })
    .doc("Private function for clearing certain descriptors from a type's dictionary.\n\nSee gh-135228 for context."),
    noargs(sig!("_is_gil_enabled()"), |_| Ok(Own::bool(true))),
    noargs(sig!("exc_info()"), |_| {
        let (a, b, c) = match handled() {
            Some(e) => (
                e.ty().own(),
                e.own(),
                exc::records::traceback(e).map_or(Own::none(), Ref::own),
            ),
            None => (Own::none(), Own::none(), Own::none()),
        };
        types::tuple::try_from_vec(vec![a, b, c])
    }),
    noargs(sig!("exception()"), |_| Ok(handled().map_or(Own::none(), Ref::own))),
    bound(sig!("excepthook(exctype, value, traceback, /)"), |_, b| {
        hooks::excepthook(b)
    }),
    one(sig!("unraisablehook(unraisable, /)"), |_, v| hooks::unraisablehook(v)),
    one(sig!("displayhook(object, /)"), |_, v| hooks::displayhook(v)),
    noargs(sig!("getdefaultencoding()"), |_| Ok(Own::str("utf-8"))),
    noargs(sig!("getfilesystemencoding()"), |_| Ok(Own::str("utf-8"))),
    noargs(sig!("getfilesystemencodeerrors()"), |_| Ok(Own::str("surrogateescape"))),
    bound(sig!("_getframe(depth=0, /)"), |_, b| {
        let depth = b.get(0).map_or(Ok(0), call::convert::c_int)?.max(0) as usize;
        match frames::frame_object(depth)? {
            Some(f) => Ok(f),
            None => exc::value_error(format_args!("call stack is not deep enough")),
        }
    }),
    bound(sig!("_getframemodulename(depth=0)"), |_, b| {
        let depth = b.get(0).map_or(Ok(0), call::convert::c_int)?.max(0) as usize;
        match frames::globals(depth) {
            Some(g) => Ok(types::dict::get(g, istr!("__name__"))?.unwrap_or_else(Own::none)),
            None => Ok(Own::none()),
        }
    }),
    noargs(sig!("_current_frames()"), |_| {
        let d = types::dict::new();
        if let Some(f) = frames::frame_object(0)? {
            types::dict::set(d.r(), thread_ident().r(), f.r())?;
        }
        Ok(d)
    }),
    noargs(sig!("_current_exceptions()"), |_| {
        let d = types::dict::new();
        types::dict::set(d.r(), thread_ident().r(), handled().map_or(Own::none(), Ref::own).r())?;
        Ok(d)
    }),
    noargs(sig!("get_int_max_str_digits()"), |_| {
        Ok(Own::usize(int::convert::max_str_digits()))
    }),
    bound(sig!("set_int_max_str_digits(maxdigits)"), |_, b| {
        let n = call::convert::c_int(b.arg(0))?;
        if n != 0 && n < 640 {
            return exc::value_error(format_args!("maxdigits must be >= 640 or 0 for unlimited"));
        }
        int::convert::set_max_str_digits(n as usize);
        Ok(Own::none())
    }),
    noargs(sig!("getswitchinterval()"), |_| {
        Ok(Own::float(STATE.switch_interval.get()))
    }),
    one(sig!("setswitchinterval(interval, /)"), |_, v| {
        let f = float::as_f64(v)?;
        if f.is_nan() || f <= 0.0 {
            return exc::value_error(format_args!("switch interval must be strictly positive"));
        }
        STATE.switch_interval.set(f);
        Ok(Own::none())
    }),
    noargs(sig!("is_finalizing()"), |_| Ok(Own::bool(STATE.finalizing.get()))),
    one(sig!("settrace(function, /)"), |_, v| {
        if v.is_none() {
            Ok(Own::none())
        } else {
            no_interpreter("sys.settrace()")
        }
    }),
    noargs(sig!("gettrace()"), |_| Ok(Own::none())),
    one(sig!("setprofile(function, /)"), |_, v| {
        if v.is_none() {
            Ok(Own::none())
        } else {
            no_interpreter("sys.setprofile()")
        }
    }),
    noargs(sig!("getprofile()"), |_| Ok(Own::none())),
    raw(sig!("audit(event, /, *args)"), |_, a| audit(a)),
    bound(sig!("addaudithook(hook)"), |_, b| {
        STATE.audit.borrow_mut().push(b.arg(0).own());
        Ok(Own::none())
    }),
    noargs(sig!("get_asyncgen_hooks()"), |_| {
        let get = |c: &Cell<Value>| field(c).map_or(Own::none(), Ref::own);
        crate::structseq::new(
            &info::ASYNCGEN_HOOKS,
            vec![get(&HOOKS.firstiter), get(&HOOKS.finalizer)],
        )
    }),
    bound(sig!("set_asyncgen_hooks(firstiter=None, finalizer=None)"), |_, b| {
        for (i, name) in [(1, "finalizer"), (0, "firstiter")] {
            if let Some(v) = b.get_not_none(i).filter(|v| v.ty().head.vectorcall.get().is_none()) {
                return exc::type_error(format_args!("callable {name} expected, got {}", v.ty().name()));
            }
        }
        for (i, cell) in [(1, &HOOKS.finalizer), (0, &HOOKS.firstiter)] {
            if b.get(i).is_some() {
                set_field(cell, b.get_not_none(i).map(Ref::own));
            }
        }
        Ok(Own::none())
    }),
    noargs(sig!("get_coroutine_origin_tracking_depth()"), |_| Ok(Own::int(0))),
    bound(
        sig!("set_coroutine_origin_tracking_depth(depth)"),
        |_, b| match call::convert::c_int(b.arg(0))? {
            0 => Ok(Own::none()),
            n if n < 0 => exc::value_error(format_args!("depth must be >= 0")),
            _ => no_interpreter("tracking the origin of coroutines"),
        },
    ),
    noargs(sig!("getdlopenflags()"), |_| {
        Ok(Own::int(STATE.dlopen_flags.get() as i64))
    }),
    one(sig!("setdlopenflags(flags, /)"), |_, v| {
        STATE.dlopen_flags.set(call::convert::c_int(v)?);
        Ok(Own::none())
    }),
    noargs(sig!("is_stack_trampoline_active()"), |_| Ok(Own::bool(false))),
    noargs(sig!("is_remote_debug_enabled()"), |_| Ok(Own::bool(false))),
    noargs(sig!("_get_cpu_count_config()"), |_| Ok(Own::int(-1))),
];

fn thread_ident() -> Own {
    // SAFETY: always answers.
    Own::uint(unsafe { libc::pthread_self() } as u64)
}

/// CPython: sys_setrecursionlimit_impl.
fn set_recursion_limit(v: Ref) -> PyResult {
    let n = call::convert::c_int(v)?;
    if n < 1 {
        return exc::value_error(format_args!("recursion limit must be greater or equal than 1"));
    }
    let depth = THREAD.depth.get();
    if depth >= n as u32 {
        return exc::recursion_error(format_args!(
            "cannot set the recursion limit to {n} at the recursion depth {depth}: the limit is too low"
        ));
    }
    exec::set_recursion_limit(n as u32);
    Ok(Own::none())
}

/// CPython: _PySys_GetSizeOf.
fn getsizeof(b: &Bound) -> PyResult {
    let v = b.arg(0);
    let size = match call::call_special(v, istr!("__sizeof__"), &[]) {
        Some(r) => r.and_then(|n| {
            if !n.r().ty().has(type_flag::INT) {
                return exc::type_error(format_args!(
                    "'{}' object cannot be interpreted as an integer",
                    n.r().ty().name()
                ));
            }
            int::as_isize(n.r())
        }),
        None => exc::type_error(format_args!("Type {} doesn't define __sizeof__", v.ty().name())),
    };
    let size = match (size, b.get(1)) {
        (Ok(n), _) if n < 0 => return exc::value_error(format_args!("__sizeof__() should return >= 0")),
        (Ok(n), _) => n as usize,
        (Err(_), Some(default)) if exc::raised_is(&exc::types::TYPE_ERROR) => {
            drop(exc::take());
            return Ok(default.own());
        }
        (Err(e), _) => return Err(e),
    };
    // Collected objects have two words in front in CPython; its numbers are what programs know.
    let head = if v.ty().has(type_flag::GC) { 16 } else { 0 };
    Ok(Own::usize(size + head))
}

fn audit(a: &Args) -> PyResult {
    a.no_keywords("sys.audit")?;
    let Some(event) = a.get(0) else {
        return exc::type_error(format_args!("audit expected at least 1 argument, got 0"));
    };
    if !event.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "audit() argument 1 must be str, not {}",
            pyaot_core::call::convert::type_name(event)
        ));
    }
    if STATE.audit.borrow().is_empty() {
        return Ok(Own::none());
    }
    let args = types::tuple::from_refs(a.iter().skip(1))?;
    let hooks: Vec<Own> = STATE.audit.borrow().clone();
    for h in hooks {
        call::call2(h.r(), event, args.r())?;
    }
    Ok(Own::none())
}

/// The `sys` module, with the standard streams.
pub fn make() -> PyResult {
    crate::io::init();
    let m = module::new("sys")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, from) in [
        ("__excepthook__", istr!("excepthook")),
        ("__unraisablehook__", istr!("unraisablehook")),
        ("__displayhook__", istr!("displayhook")),
    ] {
        if let Some(f) = types::dict::get(module::dict(m.r()), from)? {
            module::add(m.r(), name, f)?;
        }
    }
    module::add(m.r(), "__package__", Own::str(""))?;
    module::add(
        m.r(),
        "__doc__",
        Own::str(
            "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
        ),
    )?;
    info::add(m.r())?;
    streams::add(m.r())?;
    exc::unraisable::set_hook(hooks::unraisable);
    Ok(m)
}
