//! Warnings that the runtime itself issues: they go through the `warnings` machinery when that is loaded, else nothing filters
//! them and the default filters decide (CPython: Python/_warnings.c).
use crate::exc;
use crate::object::{Own, PyResult, Raised, Ref};
use crate::typeobj::TypeObject;
use core::cell::Cell;
use core::fmt::Arguments;

/// (category, message, stack level, destroyed object): installed by the `_warnings` module.
pub type Hook = fn(&'static TypeObject, Own, i64, Option<Ref>) -> PyResult<()>;
struct Installed(Cell<Option<Hook>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Installed {}
static HOOK: Installed = Installed(Cell::new(None));

pub fn install(f: Hook) {
    HOOK.0.set(Some(f));
}

/// Issues a warning at the caller's line (`stacklevel` 1 = the Python code that called the runtime).
#[cold]
pub fn warn(category: &'static TypeObject, message: Arguments, stacklevel: i64) -> PyResult<()> {
    issue(category, message, stacklevel, None)
}
/// A warning that is about an object.
#[cold]
pub fn warn_about(source: Ref, category: &'static TypeObject, message: Arguments) -> PyResult<()> {
    issue(category, message, 1, Some(source))
}
/// A ResourceWarning about an object that is being destroyed (CPython: PyErr_ResourceWarning).
#[cold]
pub fn resource(source: Ref, message: Arguments) -> PyResult<()> {
    issue(&exc::types::RESOURCE_WARNING, message, 1, Some(source))
}
fn issue(category: &'static TypeObject, message: Arguments, stacklevel: i64, source: Option<Ref>) -> PyResult<()> {
    match HOOK.0.get() {
        Some(f) => f(category, Own::str(&message.to_string()), stacklevel, source),
        None => Ok(()),
    }
}
#[cold]
pub fn deprecation(message: Arguments) -> PyResult<()> {
    warn(&exc::types::DEPRECATION_WARNING, message, 1)
}
/// For code that cannot raise: an error of the warning machinery is reported as unraisable.
pub fn deprecation_unraisable(message: Arguments) {
    if let Err(Raised) = deprecation(message) {
        crate::exec::write_unraisable("Exception ignored", None);
    }
}
