//! Errors that nobody can catch: in finalisers, weak reference callbacks and the like.
use crate::object::Ref;
use core::cell::Cell;

/// Gets the taken exception, `err_msg` and `object` of `sys.unraisablehook`'s argument.
pub type Hook = fn(exc: Ref, message: Option<&str>, object: Option<Ref>);
struct Installed(Cell<Option<Hook>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Installed {}
static HOOK: Installed = Installed(Cell::new(None));

/// Replaces the report on standard error (traceback printing and `sys.unraisablehook` install theirs).
pub fn set_hook(hook: Hook) {
    HOOK.0.set(Some(hook));
}

/// Takes the raised exception and reports it: "Exception ignored in" is CPython's PyErr_WriteUnraisable, any other text goes with the
/// object's repr into one message, as PyErr_FormatUnraisable's callers do.
#[cold]
pub fn write(what: &str, object: Option<Ref>) {
    let Some(e) = super::take() else { return };
    let formatted;
    let (message, object) = match (what, object) {
        ("Exception ignored in", o) => (None, o),
        (what, None) => (Some(what), None),
        (what, Some(o)) => {
            formatted = format!("{what} {}", super::print::safe_repr(o));
            (Some(formatted.as_str()), None)
        }
    };
    match HOOK.0.get() {
        Some(hook) => hook(e.r(), message, object),
        None => eprint!("{}", super::print::unraisable_text(message, object, e.r())),
    }
}
