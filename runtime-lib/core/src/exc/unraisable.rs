//! Errors that nobody can catch: in finalisers, weak reference callbacks and the like.
use crate::object::Ref;
use core::cell::Cell;

/// Gets the taken exception, what was going on, and the object it happened in.
pub type Hook = fn(exc: Ref, what: &str, object: Option<Ref>);
struct Installed(Cell<Option<Hook>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Installed {}
static HOOK: Installed = Installed(Cell::new(None));

/// Replaces the report on standard error (traceback printing and `sys.unraisablehook` install theirs).
pub fn set_hook(hook: Hook) {
    HOOK.0.set(Some(hook));
}

/// Takes the raised exception and reports it (CPython: Python/errors.c, PyErr_FormatUnraisable).
#[cold]
pub fn write(what: &str, object: Option<Ref>) {
    let Some(e) = super::take() else { return };
    if let Some(hook) = HOOK.0.get() {
        return hook(e.r(), what, object);
    }
    eprint!("{}", super::print::unraisable_text(what, object, e.r()));
}
