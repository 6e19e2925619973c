//! Raising, catching and chaining exceptions. The raised exception lies in the thread state; [`Raised`] is the proof of it.
pub use crate::object::Raised;
use crate::object::{Own, PyResult, Ref, Value, decref};
use crate::typeobj::TypeObject;
use core::cell::Cell;
use core::fmt::Arguments;
use pyaot_abi::ThreadState;

pub mod base;
pub mod fields;
pub mod group;
pub mod memory;
pub mod os_error;
pub mod print;
pub mod records;
pub mod recursion;
pub mod syntax;
pub mod types;
pub mod unicode;
pub mod unraisable;

pub use recursion::{recursion_guard, repr_enter};

/// State of the running thread; compiled code reads and writes it directly.
#[unsafe(export_name = "pyaot_thread")]
pub static THREAD: ThreadState = ThreadState {
    depth: Cell::new(0),
    limit: Cell::new(1000),
    raised: Cell::new(Value::NULL),
    handled: Cell::new(Value::NONE),
    callers: Cell::new(core::ptr::null()),
};

/// The exception that is being handled, by the running generator or by whoever called it; borrowed, NONE when none
/// (CPython: Python/errors.c, _PyErr_GetTopmostException).
#[inline]
pub fn handled() -> Value {
    let mut v = THREAD.handled.get();
    let mut at = THREAD.callers.get();
    while v == Value::NONE && !at.is_null() {
        // SAFETY: a generator keeps the entry while it runs.
        (v, at) = unsafe { ((*at).handled.get(), (*at).callers.get()) };
    }
    v
}

/// Raises `ty(message)`.
#[cold]
pub fn raise<R>(ty: &'static TypeObject, message: Arguments) -> PyResult<R> {
    Err(raised_message(ty, message))
}
#[cold]
#[inline(never)]
fn raised_message(ty: &'static TypeObject, message: Arguments) -> Raised {
    let text = match message.as_str() {
        Some(s) => Own::str(s),
        None => Own::str(&message.to_string()),
    };
    raised_new(ty, &[text])
}

/// Raises `ty(value)`: one argument that is any object.
#[cold]
pub fn raise_value<R>(ty: &'static TypeObject, value: Own) -> PyResult<R> {
    Err(raised_new(ty, &[value]))
}

/// Raises ValueError of a text.
#[cold]
pub fn value_error_of<R>(text: Own) -> PyResult<R> {
    Err(raised_plain(&types::VALUE_ERROR, text.r()))
}

/// Raises `ty(*args)`; the constructor of a built-in exception class.
#[cold]
pub fn raise_args<R>(ty: &'static TypeObject, args: Vec<Own>) -> PyResult<R> {
    Err(raised_new(ty, &args))
}

/// Not generic, so that there is one of it.
#[cold]
#[inline(never)]
fn raised_new(ty: &'static TypeObject, args: &[Own]) -> Raised {
    // SAFETY: `Own` is a transparent word.
    let words = unsafe { core::slice::from_raw_parts(args.as_ptr().cast::<Value>(), args.len()) };
    let made = types::construct(ty, words)
        .unwrap_or_else(|| crate::call::call(ty.r(), &crate::call::Args::new(words, words.len(), None)));
    match made {
        Ok(exc) => {
            raised_made(exc);
            Raised
        }
        Err(raised) => raised,
    }
}

/// Raises a new instance.
#[inline]
pub fn raised_made(exc: Own) {
    types::set_context_from_handled(exc.r());
    let old = THREAD.raised.replace(exc.into_value());
    decref(old);
}

/// Raises `ty(value)` for a built-in class without fields of its own whose constructor only keeps the argument.
#[cold]
#[inline(never)]
fn raised_plain(ty: &'static TypeObject, value: Ref) -> Raised {
    match memory::make_few(ty, value.value(), Value::NULL, 1) {
        Ok(exc) => {
            raised_made(exc);
            Raised
        }
        Err(raised) => raised,
    }
}

/// Makes `exc` (an exception instance) the raised exception; its `__context__` becomes the handled one (CPython: _PyErr_SetObject).
#[cold]
pub fn raise_object<R>(exc: Own) -> PyResult<R> {
    raised_made(exc);
    Err(Raised)
}

/// Makes `exc` the raised exception as it is.
#[cold]
pub fn restore<R>(exc: Own) -> PyResult<R> {
    let old = THREAD.raised.replace(exc.into_value());
    decref(old);
    Err(Raised)
}

/// Takes the raised exception out of the thread state.
pub fn take() -> Option<Own> {
    Own::from_nullable(THREAD.raised.replace(Value::NULL))
}

/// Takes the exception that `r` stands for.
pub fn caught(_: Raised) -> Own {
    take().expect("an error result comes with an exception")
}

pub fn is_raised() -> bool {
    !THREAD.raised.get().is_null()
}

/// The raised exception is an instance of `ty`.
pub fn raised_is(ty: &TypeObject) -> bool {
    Ref::from_nullable(THREAD.raised.get()).is_some_and(|e| e.is_instance_of(ty))
}

/// Drops the raised exception if it is a `ty`; `Ok(None)` then. Other errors pass.
pub fn swallow<T>(r: PyResult<T>, ty: &TypeObject) -> PyResult<Option<T>> {
    match r {
        Ok(v) => Ok(Some(v)),
        Err(Raised) if raised_is(ty) => {
            drop(take());
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

#[cold]
pub fn memory_error<R>() -> PyResult<R> {
    restore(types::memory_error_instance())
}

macro_rules! shorthands {
    ($($name:ident => $ty:ident),* $(,)?) => {
        $(#[cold] pub fn $name<R>(message: Arguments) -> PyResult<R> { raise(&types::$ty, message) })*
    };
}
shorthands! {
    type_error => TYPE_ERROR,
    value_error => VALUE_ERROR,
    index_error => INDEX_ERROR,
    attribute_error => ATTRIBUTE_ERROR,
    runtime_error => RUNTIME_ERROR,
    overflow_error => OVERFLOW_ERROR,
    zero_division => ZERO_DIVISION_ERROR,
    name_error => NAME_ERROR,
    system_error => SYSTEM_ERROR,
    buffer_error => BUFFER_ERROR,
    not_implemented_error => NOT_IMPLEMENTED_ERROR,
    lookup_error => LOOKUP_ERROR,
    unicode_error => UNICODE_ERROR,
    import_error => IMPORT_ERROR,
    recursion_error => RECURSION_ERROR,
}

/// AttributeError about `name` of `obj`.
#[cold]
pub fn attribute_error_for<R>(obj: Ref, name: Ref, message: Arguments) -> PyResult<R> {
    fields::raise_attribute_error(obj, name, message)
}
#[cold]
pub fn key_error<R>(key: Ref) -> PyResult<R> {
    Err(raised_plain(&types::KEY_ERROR, key))
}
#[cold]
pub fn stop_iteration<R>(value: Option<Own>) -> PyResult<R> {
    Err(match value {
        None => raised_new(&types::STOP_ITERATION, &[]),
        Some(v) => raised_new(&types::STOP_ITERATION, &[v]),
    })
}
