//! `_thread`: locks, thread-local data, the identity of threads (CPython: Modules/_threadmodule.c).
//!
//! Starting threads is not part of it: `start_new_thread` and the handles of joinable threads are absent.
use crate::os_call;
use crate::structseq;
use pyaot_core::builtins::print::sys_attribute;
use pyaot_core::call::{call_method, convert};
use pyaot_core::prelude::*;
use pyaot_core::types::module;
use pyaot_core::{istr, typeobj};

mod local;
mod lock;
pub mod raw;

/// Longest timeout in seconds: what fits microseconds of a C `long long`.
const TIMEOUT_MAX: f64 = 9223372036.0;
/// Bytes of a thread name that the kernel keeps.
const NAME_MAXLEN: usize = 15;

crate::structseq!(EXCEPT_HOOK_ARGS_TYPE, EXCEPT_HOOK_ARGS, "_thread._ExceptHookArgs", 0, 4, "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.", [
    0 "exc_type", 1 "exc_value", 2 "exc_traceback", 3 "thread",
]);

struct StackSize(Cell<usize>);
// SAFETY: the GIL guards it.
unsafe impl Sync for StackSize {}
/// What `stack_size` was set to; 0 = the system's default.
static STACK_SIZE: StackSize = StackSize(Cell::new(0));
const STACK_MIN: usize = 53248;

/// Identity of the running thread.
pub fn ident() -> u64 {
    // SAFETY: asks for the running thread.
    unsafe { libc::pthread_self() as u64 }
}
struct MainThread(Cell<u64>);
// SAFETY: the GIL guards it.
unsafe impl Sync for MainThread {}
static MAIN: MainThread = MainThread(Cell::new(0));

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("allocate_lock($module, /)"), |_| lock::new())
        .doc("Create a new lock object. See help(type(threading.Lock())) for\ninformation about locks."),
    noargs(sig!("allocate($module, /)"), |_| lock::new()).doc("An obsolete synonym of allocate_lock()."),
    noargs(sig!("get_ident($module, /)"), |_| Ok(Own::uint(ident()))).doc(
        "Return a non-zero integer that uniquely identifies the current thread\namongst other threads that exist simultaneously.",
    ),
    noargs(sig!("get_native_id($module, /)"), |_| {
        // SAFETY: asks for the running thread.
        Ok(Own::int(unsafe { libc::syscall(libc::SYS_gettid) }))
    }),
    noargs(sig!("_get_main_thread_ident($module, /)"), |_| Ok(Own::uint(MAIN.0.get()))),
    noargs(sig!("_is_main_interpreter($module, /)"), |_| Ok(Own::bool(true))),
    noargs(sig!("daemon_threads_allowed($module, /)"), |_| Ok(Own::bool(true))),
    noargs(sig!("exit($module, /)"), |_| exc::raise_args(&exc::types::SYSTEM_EXIT, vec![])),
    noargs(sig!("exit_thread($module, /)"), |_| exc::raise_args(&exc::types::SYSTEM_EXIT, vec![])),
    bound(sig!("interrupt_main($module, signum=signal.SIGINT, /)"), |_, b| {
        let number = b.get(0).map_or(Ok(libc::SIGINT), convert::c_int)?;
        crate::_signal::simulate(number)
    }),
    bound(sig!("stack_size($module, size=0, /)"), |_, b| stack_size(b)),
    bound(sig!("set_name($module, /, name)"), |_, b| set_name(b.arg(0))),
    noargs(sig!("_get_name($module, /)"), |_| get_name()),
    one(sig!("_excepthook($module, args, /)"), |_, args| excepthook(args)),
];

fn stack_size(b: &Bound) -> PyResult {
    let n = b.get(0).map_or(Ok(0), convert::index)?;
    if n != 0 && n < STACK_MIN as isize {
        return exc::value_error(format_args!("size must be at least {STACK_MIN} bytes"));
    }
    Ok(Own::usize(STACK_SIZE.0.replace(n as usize)))
}

fn set_name(name: Ref) -> PyResult {
    let name = convert::str_arg("set_name", "argument 'name'", name)?;
    let mut bytes = os_call::fs_encode(name)?;
    bytes.truncate(NAME_MAXLEN);
    bytes.push(0);
    // SAFETY: a text with a NUL at its end.
    unsafe { libc::prctl(libc::PR_SET_NAME, bytes.as_ptr()) };
    Ok(Own::none())
}
fn get_name() -> PyResult {
    let mut text = [0u8; NAME_MAXLEN + 1];
    // SAFETY: the kernel fills in at most 16 bytes.
    unsafe { libc::prctl(libc::PR_GET_NAME, text.as_mut_ptr()) };
    let end = text.iter().position(|c| *c == 0).unwrap_or(NAME_MAXLEN);
    os_call::fs_decode(&text[..end])
}

/// The report of an exception that ends a thread (CPython: thread_excepthook).
fn excepthook(args: Ref) -> PyResult {
    if !core::ptr::eq(args.ty(), &EXCEPT_HOOK_ARGS_TYPE) {
        return exc::type_error(format_args!("_thread.excepthook argument type must be ExceptHookArgs"));
    }
    let [ty, value, tb, thread] = [0, 1, 2, 3].map(|i| structseq::item(args, i));
    if ty.r().is(exc::types::SYSTEM_EXIT.r()) {
        return Ok(Own::none());
    }
    let mut file = sys_attribute(istr!("stderr"))?.filter(|f| !f.r().is_none());
    if file.is_none() && !thread.r().is_none() {
        // The stream that the thread kept when it was made.
        file = protocol::get_attr_opt(thread.r(), istr!("_stderr"))?.filter(|f| !f.r().is_none());
    }
    let Some(file) = file else { return Ok(Own::none()) };
    let name = match thread.r().is_none() {
        true => None,
        false => protocol::get_attr_opt(thread.r(), istr!("name"))?,
    };
    let name = match name {
        Some(n) => str_::to_string_lossy(protocol::str(n.r())?.r()),
        None => ident().to_string(),
    };
    let report = if value.r().is_instance_of(&exc::types::BASE_EXCEPTION) {
        if !tb.r().is_none() && exc::records::traceback(value.r()).is_none() {
            exc::records::set_traceback(value.r(), Some(tb));
        }
        exc::print::format(value.r())
    } else {
        "NoneType: None\n".to_owned()
    };
    let text = Own::str(&format!("Exception in thread {name}:\n{report}"));
    call_method(file.r(), istr!("write"), &[text.r()])?;
    call_method(file.r(), istr!("flush"), &[])?;
    Ok(Own::none())
}

pub fn make() -> PyResult {
    MAIN.0.set(ident());
    let m = module::new("_thread")?;
    module::add(
        m.r(),
        "__doc__",
        Own::str(
            "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
        ),
    )?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, ty) in [
        ("lock", &lock::LOCK_TYPE),
        ("LockType", &lock::LOCK_TYPE),
        ("RLock", &lock::RLOCK_TYPE),
        ("_local", &local::LOCAL_TYPE),
        ("_ExceptHookArgs", &EXCEPT_HOOK_ARGS_TYPE),
    ] {
        typeobj::ready(ty);
        module::add(m.r(), name, ty.own())?;
    }
    module::add(m.r(), "error", exc::types::RUNTIME_ERROR.own())?;
    module::add(m.r(), "TIMEOUT_MAX", Own::float(TIMEOUT_MAX))?;
    module::add(m.r(), "_NAME_MAXLEN", Own::usize(NAME_MAXLEN))?;
    Ok(m)
}
