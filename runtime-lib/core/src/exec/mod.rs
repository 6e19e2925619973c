//! Running code: the recursion limit, asynchronous requests, start and end of the process.
//!
//! Compiled code compares the depth with `THREAD.limit` at function entry and looks for 0 there at loop back-edges; a request
//! (collection, signal, GIL) stores 0, and the next poll does the work and puts the limit back.
pub mod frames;
pub mod watch;

use crate::exc::{self, THREAD};
use crate::object::{Own, PyResult};
use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

struct Limits {
    /// `sys.getrecursionlimit()`.
    recursion: Cell<u32>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for Limits {}
static LIMITS: Limits = Limits {
    recursion: Cell::new(1000),
};
/// Set by signal handlers.
static SIGNAL: AtomicBool = AtomicBool::new(false);
struct Hooks {
    signals: Cell<Option<fn() -> PyResult<()>>>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for Hooks {}
static HOOKS: Hooks = Hooks {
    signals: Cell::new(None),
};

pub fn recursion_limit() -> u32 {
    LIMITS.recursion.get()
}
pub fn set_recursion_limit(n: u32) {
    LIMITS.recursion.set(n);
    if THREAD.limit.get() != 0 {
        THREAD.limit.set(n);
    }
}

/// Asks for attention at the next poll.
pub fn request() {
    THREAD.limit.set(0);
}
/// Like [`request`], callable from a signal handler.
pub fn request_from_signal() {
    SIGNAL.store(true, Ordering::Relaxed);
    THREAD.limit.set(0);
}
/// The signal module's handler runner, called at polls after a signal.
pub fn set_signal_hook(f: fn() -> PyResult<()>) {
    HOOKS.signals.set(Some(f));
}

/// Work that a poll finds: signals, then collection.
#[cold]
pub fn run_pending() -> PyResult<()> {
    THREAD.limit.set(LIMITS.recursion.get());
    if SIGNAL.swap(false, Ordering::Relaxed) {
        if let Some(f) = HOOKS.signals.get() {
            f()?;
        }
    }
    crate::gc::run_if_requested();
    Ok(())
}

#[cold]
pub fn recursion_error() -> PyResult<()> {
    exc::recursion_error(format_args!("maximum recursion depth exceeded"))
}

/// Reports an error that nobody can catch (`__del__`, callbacks): "Exception ignored in: …" through `sys.unraisablehook`.
pub fn write_unraisable(message: &str, object: Option<Own>) {
    exc::unraisable::write(message, object.as_ref().map(Own::r));
}
