//! `_signal`: handlers, and the way from a caught signal to Python code at the next poll (CPython: Modules/signalmodule.c).
use crate::os_call;
use pyaot_core::call::{self, convert};
use pyaot_core::exc::os_error::last_errno;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, float, module};
use pyaot_core::{exec, istr};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

const NSIG: usize = 65;
static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static WAKEUP: AtomicI32 = AtomicI32::new(-1);

struct State {
    /// Handler of each signal: a callable, SIG_DFL, SIG_IGN, or null (None: set outside Python).
    handlers: [Cell<Value>; NSIG],
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    handlers: [const { Cell::new(Value::NULL) }; NSIG],
};

extern "C" fn caught(number: i32) {
    // SAFETY: errno of the interrupted code is kept; only async-signal-safe things are done.
    unsafe {
        let saved = *libc::__errno_location();
        TRIPPED[number as usize].store(true, Ordering::Relaxed);
        exec::request_from_signal();
        let fd = WAKEUP.load(Ordering::Relaxed);
        if fd >= 0 {
            let byte = number as u8;
            libc::write(fd, (&raw const byte).cast(), 1);
        }
        *libc::__errno_location() = saved;
    }
}

fn set_disposition(number: i32, handler: usize) -> i32 {
    // SAFETY: zeroed plain data; no SA_RESTART, so that blocking calls return and handlers run.
    unsafe {
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = handler;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(number, &action, core::ptr::null_mut())
    }
}

/// Runs the Python handlers of the signals that came (CPython: _PyErr_CheckSignalsTstate).
fn run_handlers() -> PyResult<()> {
    for number in 1..NSIG {
        if !TRIPPED[number].swap(false, Ordering::Relaxed) {
            continue;
        }
        let handler = field(&STATE.handlers[number]).map(Ref::own);
        match handler {
            Some(h) if h.r().ty().head.vectorcall.get().is_some() => {
                let frame = exec::frames::frame_object(0)?.unwrap_or_else(Own::none);
                if let Err(e) = call::call2(h.r(), Own::usize(number).r(), frame.r()) {
                    rearm();
                    return Err(e);
                }
            }
            None if number as i32 == libc::SIGINT => {
                rearm();
                return exc::raise_args(&exc::types::KEYBOARD_INTERRUPT, vec![]);
            }
            _ => {}
        }
    }
    Ok(())
}
/// After an error in a handler the signals behind it wait for the next poll.
fn rearm() {
    if TRIPPED.iter().any(|t| t.load(Ordering::Relaxed)) {
        exec::request_from_signal();
    }
}

/// SIGINT raises KeyboardInterrupt from now on, unless it is ignored.
pub fn install_interrupt() {
    exec::set_signal_hook(run_handlers);
    if disposition(libc::SIGINT) == libc::SIG_DFL {
        set_disposition(libc::SIGINT, caught as *const () as usize);
    }
}
fn disposition(number: i32) -> usize {
    // SAFETY: zeroed plain data, filled by the call.
    unsafe {
        let mut old: libc::sigaction = core::mem::zeroed();
        if libc::sigaction(number, core::ptr::null(), &mut old) != 0 {
            return usize::MAX;
        }
        old.sa_sigaction
    }
}
/// The program did not take SIGINT for itself.
pub fn interrupt_is_default() -> bool {
    disposition(libc::SIGINT) != libc::SIG_IGN
}

fn number_arg(v: Ref) -> PyResult<i32> {
    let n = convert::c_int(v)?;
    if n < 1 || n as usize >= NSIG {
        return exc::value_error(format_args!("signal number out of range"));
    }
    Ok(n)
}

fn sig_dfl() -> Own {
    Own::int(libc::SIG_DFL as i64)
}
fn sig_ign() -> Own {
    Own::int(libc::SIG_IGN as i64)
}
fn default_int_handler() -> PyResult {
    let m = pyaot_core::import::import_module("_signal")?;
    protocol::get_attr(m.r(), istr!("default_int_handler"))
}
/// The handler as `getsignal` shows it.
fn current(n: i32) -> PyResult {
    if let Some(h) = field(&STATE.handlers[n as usize]) {
        return Ok(h.own());
    }
    match disposition(n) {
        d if d == libc::SIG_DFL => Ok(sig_dfl()),
        d if d == libc::SIG_IGN => Ok(sig_ign()),
        d if d == caught as *const () as usize => default_int_handler(),
        _ => Ok(Own::none()),
    }
}

fn signal(number: Ref, handler: Ref) -> PyResult {
    let n = convert::c_int(number)?;
    if n < 1 || n as usize >= NSIG {
        return exc::value_error(format_args!("signal number out of range"));
    }
    let callable = handler.ty().head.vectorcall.get().is_some() && !handler.ty().has(type_flag::INT);
    let disposition = if callable {
        caught as *const () as usize
    } else if protocol::equal(handler, sig_ign().r())? {
        libc::SIG_IGN
    } else if protocol::equal(handler, sig_dfl().r())? {
        libc::SIG_DFL
    } else {
        return exc::type_error(format_args!(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
        ));
    };
    exec::run_pending()?;
    let old = current(n)?;
    if set_disposition(n, disposition) != 0 {
        return os_call::raise_last();
    }
    set_field(&STATE.handlers[n as usize], Some(handler.own()));
    Ok(old)
}

fn sigset(v: Ref) -> PyResult<libc::sigset_t> {
    // SAFETY: zeroed plain data, emptied by the call.
    let mut set: libc::sigset_t = unsafe { core::mem::zeroed() };
    unsafe { libc::sigemptyset(&mut set) };
    let it = protocol::iter(v)?;
    while let Some(item) = protocol::next(it.r())? {
        let n = types::int::as_i64(item.r())?;
        if n < 1 || n as usize >= NSIG {
            return exc::value_error(format_args!("signal number {n} out of range [1; 64]"));
        }
        // SAFETY: a set made above.
        unsafe { libc::sigaddset(&mut set, n as i32) };
    }
    Ok(set)
}
fn sigset_object(set: &libc::sigset_t) -> PyResult {
    let list = types::list::new()?;
    for n in 1..NSIG as i32 {
        // SAFETY: a set filled by the system.
        if unsafe { libc::sigismember(set, n) } == 1 {
            types::list::append(list.r(), Own::int(n as i64))?;
        }
    }
    crate::io::builtin_call("set", list.r())
}

fn timeval(seconds: f64) -> libc::timeval {
    libc::timeval {
        tv_sec: seconds.floor() as libc::time_t,
        tv_usec: ((seconds - seconds.floor()) * 1e6).round() as libc::suseconds_t,
    }
}
fn itimer_object(t: &libc::itimerval) -> PyResult {
    let f = |v: &libc::timeval| Own::float(v.tv_sec as f64 + v.tv_usec as f64 * 1e-6);
    types::tuple::try_from_vec(vec![f(&t.it_value), f(&t.it_interval)])
}
fn itimer_error<R>() -> PyResult<R> {
    let e = call::call2(
        exc::types::OS_ERROR.r(),
        Own::int(last_errno() as i64).r(),
        Own::str(&exc::os_error::strerror(last_errno())).r(),
    )?;
    exc::raise_object(e)
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("default_int_handler(signalnum, frame, /)"), |_, _| {
        exc::raise_args(&exc::types::KEYBOARD_INTERRUPT, vec![])
    }),
    bound(sig!("signal(signalnum, handler, /)"), |_, b| signal(b.arg(0), b.arg(1))),
    one(sig!("getsignal(signalnum, /)"), |_, v| current(number_arg(v)?)),
    one(sig!("raise_signal(signalnum, /)"), |_, v| {
        let n = convert::c_int(v)?;
        // SAFETY: plain call.
        if unsafe { libc::raise(n) } != 0 {
            return os_call::raise_last();
        }
        exec::run_pending()?;
        Ok(Own::none())
    }),
    one(sig!("alarm(seconds, /)"), |_, v| {
        let n = convert::c_int(v)?;
        // SAFETY: plain call.
        Ok(Own::int(unsafe { libc::alarm(n as u32) } as i64))
    }),
    noargs(sig!("pause()"), |_| {
        // SAFETY: plain call.
        unsafe { libc::pause() };
        exec::run_pending()?;
        Ok(Own::none())
    }),
    bound(sig!("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)"), |_, b| {
        let fd = convert::c_int(b.arg(0))?;
        if fd >= 0 {
            // SAFETY: questions about a descriptor.
            let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
            if flags < 0 {
                return os_call::raise_last();
            }
            if flags & libc::O_NONBLOCK == 0 {
                return exc::value_error(format_args!("the fd {fd} must be in non-blocking mode"));
            }
        }
        Ok(Own::int(WAKEUP.swap(fd, Ordering::Relaxed) as i64))
    }),
    bound(sig!("siginterrupt(signalnum, flag, /)"), |_, b| {
        let n = number_arg(b.arg(0))?;
        let flag = convert::c_int(b.arg(1))?;
        // SAFETY: plain data and calls.
        unsafe {
            let mut action: libc::sigaction = core::mem::zeroed();
            libc::sigaction(n, core::ptr::null(), &mut action);
            if flag != 0 {
                action.sa_flags &= !libc::SA_RESTART;
            } else {
                action.sa_flags |= libc::SA_RESTART;
            }
            if libc::sigaction(n, &action, core::ptr::null_mut()) != 0 {
                return os_call::raise_last();
            }
        }
        Ok(Own::none())
    }),
    one(sig!("strsignal(signalnum, /)"), |_, v| {
        let n = number_arg(v)?;
        // SAFETY: gives a static text.
        let p = unsafe { libc::strsignal(n) };
        if p.is_null() {
            return Ok(Own::none());
        }
        // SAFETY: NUL-terminated.
        let text = unsafe { std::ffi::CStr::from_ptr(p) }.to_string_lossy().into_owned();
        Ok(if text.starts_with("Unknown signal") {
            Own::none()
        } else {
            Own::str(&text)
        })
    }),
    noargs(sig!("valid_signals()"), |_| {
        // SAFETY: plain data and calls; 32 and 33 belong to the C library.
        let mut set: libc::sigset_t = unsafe { core::mem::zeroed() };
        unsafe {
            libc::sigfillset(&mut set);
            libc::sigdelset(&mut set, 32);
            libc::sigdelset(&mut set, 33);
        }
        sigset_object(&set)
    }),
    bound(sig!("pthread_sigmask(how, mask, /)"), |_, b| {
        let how = convert::c_int(b.arg(0))?;
        let set = sigset(b.arg(1))?;
        // SAFETY: sets made above.
        let mut old: libc::sigset_t = unsafe { core::mem::zeroed() };
        let r = unsafe { libc::pthread_sigmask(how, &set, &mut old) };
        if r != 0 {
            return exc::os_error::raise_errno(r, None, None);
        }
        exec::run_pending()?;
        sigset_object(&old)
    }),
    noargs(sig!("sigpending()"), |_| {
        // SAFETY: plain data, filled by the call.
        let mut set: libc::sigset_t = unsafe { core::mem::zeroed() };
        if unsafe { libc::sigpending(&mut set) } != 0 {
            return os_call::raise_last();
        }
        sigset_object(&set)
    }),
    one(sig!("sigwait(sigset, /)"), |_, v| {
        let set = sigset(v)?;
        let mut n = 0;
        // SAFETY: a set made above.
        let r = unsafe { libc::sigwait(&set, &mut n) };
        if r != 0 {
            return exc::os_error::raise_errno(r, None, None);
        }
        Ok(Own::int(n as i64))
    }),
    bound(sig!("pthread_kill(thread_id, signalnum, /)"), |_, b| {
        let id = types::int::as_i64(b.arg(0))?;
        let n = convert::c_int(b.arg(1))?;
        // SAFETY: the caller names a living thread, as in C.
        let r = unsafe { libc::pthread_kill(id as libc::pthread_t, n) };
        if r != 0 {
            return exc::os_error::raise_errno(r, None, None);
        }
        exec::run_pending()?;
        Ok(Own::none())
    }),
    bound(sig!("setitimer(which, seconds, interval=0.0, /)"), |_, b| {
        let which = convert::c_int(b.arg(0))?;
        let value = timeval(float::as_f64(b.arg(1))?);
        let interval = timeval(b.get(2).map_or(Ok(0.0), float::as_f64)?);
        let new = libc::itimerval {
            it_value: value,
            it_interval: interval,
        };
        // SAFETY: plain data, filled by the call.
        let mut old: libc::itimerval = unsafe { core::mem::zeroed() };
        if unsafe { setitimer(which, &new, &mut old) } != 0 {
            return itimer_error();
        }
        itimer_object(&old)
    }),
    one(sig!("getitimer(which, /)"), |_, v| {
        let which = convert::c_int(v)?;
        // SAFETY: plain data, filled by the call.
        let mut old: libc::itimerval = unsafe { core::mem::zeroed() };
        if unsafe { getitimer(which, &mut old) } != 0 {
            return itimer_error();
        }
        itimer_object(&old)
    }),
];
unsafe extern "C" {
    fn setitimer(which: i32, new: *const libc::itimerval, old: *mut libc::itimerval) -> i32;
    fn getitimer(which: i32, old: *mut libc::itimerval) -> i32;
}

static CONSTANTS: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGIOT", libc::SIGABRT),
    ("SIGABRT", libc::SIGABRT),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGBUS", libc::SIGBUS),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGSYS", libc::SIGSYS),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGCLD", libc::SIGCHLD),
    ("SIGCHLD", libc::SIGCHLD),
    ("SIGPWR", libc::SIGPWR),
    ("SIGIO", libc::SIGIO),
    ("SIGURG", libc::SIGURG),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGPOLL", libc::SIGPOLL),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGCONT", libc::SIGCONT),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIGRTMIN", 34),
    ("SIGRTMAX", 64),
    ("SIG_BLOCK", libc::SIG_BLOCK),
    ("SIG_UNBLOCK", libc::SIG_UNBLOCK),
    ("SIG_SETMASK", libc::SIG_SETMASK),
    ("ITIMER_REAL", libc::ITIMER_REAL),
    ("ITIMER_VIRTUAL", libc::ITIMER_VIRTUAL),
    ("ITIMER_PROF", libc::ITIMER_PROF),
    ("NSIG", NSIG as i32),
];

pub fn make() -> PyResult {
    let m = module::new("_signal")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, n) in CONSTANTS {
        module::add(m.r(), name, Own::int(*n as i64))?;
    }
    module::add(m.r(), "SIG_DFL", sig_dfl())?;
    module::add(m.r(), "SIG_IGN", sig_ign())?;
    module::add(m.r(), "ItimerError", exc::types::OS_ERROR.own())?;
    Ok(m)
}

/// `interrupt_main`: as if the signal had come; one that Python code does not handle stays without effect
/// (CPython: PyErr_SetInterruptEx).
pub fn simulate(number: i32) -> PyResult {
    if number < 1 || number as usize >= NSIG {
        return exc::value_error(format_args!("signal number out of range"));
    }
    if disposition(number) == caught as *const () as usize {
        caught(number);
    }
    Ok(Own::none())
}
