//! `_warnings`: filtering and showing warnings (CPython: Python/_warnings.c).
//!
//! The module `warnings`, once loaded, has the last word: its `filters`, `defaultaction`, `onceregistry` and `_showwarnmsg` are read
//! at every warning. Without it (a program that does not import it does not contain it) what stands here decides alone.
use crate::contextvars;
use crate::thread::raw::{RawLock, Wait};
use pyaot_abi::CodeObject;
use pyaot_core::call::{Bound, call1, convert};
use pyaot_core::exc::types as errors;
use pyaot_core::prelude::*;
use pyaot_core::types::{list, module, traceback};
use pyaot_core::{exec, import, istr};

mod filter;
mod options;
mod show;

struct State {
    filters: Cell<Value>,
    once_registry: Cell<Value>,
    default_action: Cell<Value>,
    context: Cell<Value>,
    version: Cell<i64>,
    lock: RawLock,
    /// Thread that holds the lock, and how often.
    owner: Cell<u64>,
    depth: Cell<u64>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    filters: Cell::new(Value::NULL),
    once_registry: Cell::new(Value::NULL),
    default_action: Cell::new(Value::NULL),
    context: Cell::new(Value::NULL),
    version: Cell::new(0),
    lock: RawLock::new(),
    owner: Cell::new(0),
    depth: Cell::new(0),
};

/// A value of the state, made at the first use.
fn kept(cell: &'static Cell<Value>, make: impl FnOnce() -> PyResult) -> PyResult {
    if let Some(v) = field(cell) {
        return Ok(v.own());
    }
    let v = make()?;
    set_field(cell, Some(v.clone()));
    Ok(v)
}
/// The filters of a process without options (CPython: init_filters).
fn filters() -> PyResult {
    kept(&STATE.filters, || {
        let row = |action: &str, category: &'static TypeObject, module: Option<&str>| {
            tuple::try_from_vec(vec![
                str_::intern(action),
                Own::none(),
                category.own(),
                module.map_or_else(Own::none, str_::intern),
                Own::int(0),
            ])
        };
        list::from_vec(vec![
            row("default", &errors::DEPRECATION_WARNING, Some("__main__"))?,
            row("ignore", &errors::DEPRECATION_WARNING, None)?,
            row("ignore", &errors::PENDING_DEPRECATION_WARNING, None)?,
            row("ignore", &errors::IMPORT_WARNING, None)?,
            row("ignore", &errors::RESOURCE_WARNING, None)?,
        ])
    })
}
fn once_registry() -> PyResult {
    kept(&STATE.once_registry, dict::try_new)
}
fn default_action() -> PyResult {
    kept(&STATE.default_action, || Ok(str_::intern("default")))
}
fn context_variable() -> PyResult {
    kept(&STATE.context, || contextvars::variable_named("_warnings_context"))
}

// ---- the lock ----

fn lock_held() -> bool {
    STATE.depth.get() > 0 && STATE.owner.get() == crate::thread::ident()
}
fn acquire_lock() -> PyResult<()> {
    if !lock_held() {
        STATE.lock.acquire(Wait::Forever)?;
        STATE.owner.set(crate::thread::ident());
    }
    STATE.depth.set(STATE.depth.get() + 1);
    Ok(())
}
fn release_lock() -> PyResult<()> {
    if !lock_held() {
        return exc::runtime_error(format_args!("cannot release un-acquired lock"));
    }
    STATE.depth.set(STATE.depth.get() - 1);
    if STATE.depth.get() == 0 {
        STATE.owner.set(0);
        STATE.lock.release();
    }
    Ok(())
}

// ---- the loaded `warnings` module ----

/// An attribute of the module `warnings`; `None` when it is not loaded or lacks the attribute.
fn attr(name: Ref) -> PyResult<Option<Own>> {
    match dict::get(import::modules(), istr!("warnings"))? {
        Some(m) if !m.r().is_none() => protocol::get_attr_opt(m.r(), name),
        _ => Ok(None),
    }
}
/// As [`attr`], loading the module if the program contains it.
fn attr_after_import(name: Ref) -> PyResult<Option<Own>> {
    exc::swallow(import::import_module("warnings"), &errors::IMPORT_ERROR)?;
    attr(name)
}

// ---- issuing ----

/// Where a warning belongs.
struct Place {
    filename: Own,
    line: i64,
    module: Own,
    registry: Own,
}

fn filename_of(code: &CodeObject) -> Ref<'_> {
    Ref::from_value(code.filename.get())
}
/// Frames of the import machinery do not count.
fn is_internal(code: &CodeObject) -> bool {
    let name = str_::to_string_lossy(filename_of(code));
    name.contains("importlib") && name.contains("_bootstrap")
}
fn is_skipped(code: &CodeObject, prefixes: &[String]) -> bool {
    if prefixes.is_empty() {
        return false;
    }
    let name = str_::to_string_lossy(filename_of(code));
    prefixes.iter().any(|p| name.starts_with(p.as_str()))
}

/// CPython: setup_context.
fn place(level: i64, prefixes: &[String]) -> PyResult<Place> {
    let mut frames: Vec<(&'static CodeObject, u32)> = Vec::new();
    exec::frames::walk(|r| {
        frames.push((r.code, r.position));
        true
    });
    let plain = level <= 0 || frames.first().is_some_and(|f| is_internal(f.0));
    let mut at = 0usize;
    for _ in 1..level.max(1) {
        if at >= frames.len() {
            break;
        }
        at += 1;
        while !plain && at < frames.len() && (is_internal(frames[at].0) || is_skipped(frames[at].0, prefixes)) {
            at += 1;
        }
    }
    let (globals, filename, line) = match frames.get(at) {
        Some((code, position)) => {
            // SAFETY: code objects of compiled modules name their module.
            let module = unsafe { code.module.as_ref() }.and_then(|m| Ref::from_nullable(m.object.get()));
            let line = traceback::line_at(code, *position).unwrap_or(0) as i64;
            (module.map(|m| module::dict(m).own()), filename_of(code).own(), line)
        }
        None => {
            let sys = dict::get(import::modules(), istr!("sys"))?;
            (sys.map(|m| module::dict(m.r()).own()), Own::str("<sys>"), 0)
        }
    };
    let Some(globals) = globals else {
        return Ok(Place {
            filename,
            line,
            module: Own::str("<string>"),
            registry: dict::try_new()?,
        });
    };
    let registry = match dict::get(globals.r(), istr!("__warningregistry__"))? {
        Some(r) => r,
        None => {
            let r = dict::try_new()?;
            dict::set(globals.r(), istr!("__warningregistry__"), r.r())?;
            r
        }
    };
    let module = match dict::get(globals.r(), istr!("__name__"))? {
        Some(m) if m.r().is_none() || m.r().ty().has(type_flag::STR) => m,
        _ => Own::str("<string>"),
    };
    Ok(Place {
        filename,
        line,
        module,
        registry,
    })
}

/// CPython: get_category.
fn category_of(message: Ref, category: Option<Ref>) -> PyResult {
    if protocol::is_instance(message, errors::WARNING.r())? {
        return Ok(message.ty().own());
    }
    let Some(c) = category.filter(|c| !c.is_none()) else {
        return Ok(errors::USER_WARNING.own());
    };
    let ok = c.downcast::<TypeObject>().is_some() && protocol::is_subclass(c, errors::WARNING.r())?;
    if ok {
        return Ok(c.own());
    }
    exc::type_error(format_args!(
        "category must be a Warning subclass, not '{}'",
        c.ty().full_name()
    ))
}

fn issue(message: Ref, category: Ref, level: i64, source: Option<Ref>, prefixes: &[String]) -> PyResult<()> {
    let p = place(level, prefixes)?;
    explicit(&Warning {
        message,
        category,
        filename: p.filename.r(),
        line: p.line,
        module: Some(p.module.r()),
        registry: Some(p.registry.r()),
        source_line: None,
        source,
    })
}

/// One warning with its place.
struct Warning<'a> {
    message: Ref<'a>,
    category: Ref<'a>,
    filename: Ref<'a>,
    line: i64,
    module: Option<Ref<'a>>,
    registry: Option<Ref<'a>>,
    /// Text of the line, where the caller knows it.
    source_line: Option<Ref<'a>>,
    /// The object that was destroyed.
    source: Option<Ref<'a>>,
}

fn explicit(w: &Warning) -> PyResult<()> {
    acquire_lock()?;
    let r = explicit_locked(w);
    // An error of the warning is the one that counts.
    let pending = if r.is_err() { exc::take() } else { None };
    let released = release_lock();
    match pending {
        Some(e) => exc::restore(e),
        None => released.and(r),
    }
}

/// CPython: warn_explicit.
fn explicit_locked(w: &Warning) -> PyResult<()> {
    if w.module.is_some_and(Ref::is_none) {
        return Ok(());
    }
    let registry = w.registry.filter(|r| !r.is_none());
    if registry.is_some_and(|r| !r.ty().has(type_flag::DICT)) {
        return exc::type_error(format_args!("'registry' must be a dict or None"));
    }
    let module = match w.module {
        Some(m) => m.own(),
        None => filter::module_of_file(w.filename),
    };
    let (text, message, category) = if protocol::is_instance(w.message, errors::WARNING.r())? {
        (protocol::str(w.message)?, w.message.own(), w.message.ty().own())
    } else {
        (w.message.own(), call1(w.category, w.message)?, w.category.own())
    };
    let key = tuple::try_from_vec(vec![text.clone(), category.clone(), Own::int(w.line)])?;
    if let Some(r) = registry
        && filter::already_warned(r, key.r(), false)?
    {
        return Ok(());
    }
    let (action, item) = filter::action(category.r(), text.r(), w.line, module.r())?;
    let is = |name: &str| str_::equals_ascii(action.r(), name);
    if is("error") {
        if !message.r().is_instance_of(&errors::BASE_EXCEPTION) {
            return exc::type_error(format_args!("exceptions must derive from BaseException"));
        }
        return exc::raise_object(message);
    }
    if is("ignore") {
        return Ok(());
    }
    let mut known = false;
    if !is("always") && !is("all") {
        if let Some(r) = registry {
            dict::set(r, key.r(), Own::bool(true).r())?;
        }
        if is("once") {
            let r = match registry {
                Some(r) => r.own(),
                None => filter::once_registry()?,
            };
            known = filter::update(r.r(), text.r(), category.r(), false)?;
        } else if is("module") {
            if let Some(r) = registry {
                known = filter::update(r, text.r(), category.r(), true)?;
            }
        } else if !is("default") {
            let (a, i) = (protocol::repr(action.r())?, protocol::repr(item.r())?);
            return exc::runtime_error(format_args!(
                "Unrecognized action ({}) in warnings.filters:\n {}",
                str_::to_string_lossy(a.r()),
                str_::to_string_lossy(i.r())
            ));
        }
    }
    if known {
        return Ok(());
    }
    show::show(w, text.r(), message.r(), category.r())
}

// ---- the module's functions ----

fn warn(_: Ref, b: &Bound) -> PyResult {
    let category = category_of(b.arg(0), b.get(1))?;
    let mut level = b.get(2).map_or(Ok(1), convert::index)? as i64;
    let mut prefixes = Vec::new();
    if let Some(p) = b.get(4) {
        if !p.ty().has(type_flag::TUPLE) {
            return convert::bad_argument("warn", "argument 'skip_file_prefixes'", "tuple", p);
        }
        for v in tuple::items(p) {
            let v = Ref::from_value(*v);
            if !v.ty().has(type_flag::STR) {
                return exc::type_error(format_args!(
                    "Found non-str '{}' in skip_file_prefixes.",
                    v.ty().full_name()
                ));
            }
            prefixes.push(str_::to_string_lossy(v));
        }
        if !prefixes.is_empty() {
            level = level.max(2);
        }
    }
    issue(b.arg(0), category.r(), level, b.get_not_none(3), &prefixes)?;
    Ok(Own::none())
}

fn warn_explicit(_: Ref, b: &Bound) -> PyResult {
    let filename = convert::str_arg("warn_explicit", "argument 'filename'", b.arg(2))?;
    let line = convert::c_int(b.arg(3))? as i64;
    let mut source_line = None;
    if let Some(globals) = b.get_not_none(6) {
        if !globals.ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "module_globals must be a dict, not '{}'",
                globals.ty().full_name()
            ));
        }
        source_line = show::loader_line(globals, line)?;
    }
    explicit(&Warning {
        message: b.arg(0),
        category: b.arg(1),
        filename,
        line,
        module: b.get(4),
        registry: b.get(5),
        source_line: source_line.as_ref().map(Own::r),
        source: b.get_not_none(7),
    })?;
    Ok(Own::none())
}

static FUNCTIONS: &[MethodDef] = &[
    bound(
        sig!("warn($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())"),
        warn,
    )
    .doc("Issue a warning, or maybe ignore it or raise an exception.\n\n  message\n    Text of the warning message.\n  category\n    The Warning category subclass. Defaults to UserWarning.\n  stacklevel\n    How far up the call stack to make this warning appear. A value of 2 for\n    example attributes the warning to the caller of the code calling warn().\n  source\n    If supplied, the destroyed object which emitted a ResourceWarning\n  skip_file_prefixes\n    An optional tuple of module filename prefixes indicating frames to skip\n    during stacklevel computations for stack frame attribution."),
    bound(
        sig!("warn_explicit($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)"),
        warn_explicit,
    )
    .doc("Issue a warning, or maybe ignore it or raise an exception."),
    noargs(sig!("_filters_mutated_lock_held($module, /)"), |_| {
        if !lock_held() {
            return exc::runtime_error(format_args!("warnings lock is not held"));
        }
        STATE.version.set(STATE.version.get() + 1);
        Ok(Own::none())
    }),
    noargs(sig!("_acquire_lock($module, /)"), |_| acquire_lock().map(|()| Own::none())),
    noargs(sig!("_release_lock($module, /)"), |_| release_lock().map(|()| Own::none())),
];

pub fn make() -> PyResult {
    let m = module::new("_warnings")?;
    module::add(
        m.r(),
        "__doc__",
        Own::str(
            "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
        ),
    )?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "filters", filters()?)?;
    module::add(m.r(), "_onceregistry", once_registry()?)?;
    module::add(m.r(), "_defaultaction", default_action()?)?;
    module::add(m.r(), "_warnings_context", context_variable()?)?;
    Ok(m)
}

/// Warnings of the runtime go through the filters from now on; options of the process are applied. Called once at start.
pub fn install() -> PyResult<()> {
    pyaot_core::warn::install(|category, message, level, source| issue(message.r(), category.r(), level, source, &[]));
    if crate::sys::config::get().warn_options.is_empty() {
        return Ok(());
    }
    // The module applies the options itself; a program that does not contain it has them applied here.
    if exc::swallow(import::import_module("warnings"), &errors::IMPORT_ERROR)?.is_none() {
        options::apply()?;
    }
    Ok(())
}
