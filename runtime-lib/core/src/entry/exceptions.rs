//! Raising, catching, propagating: the intrinsics of RAISE_VARARGS, RERAISE, handler entry and function exit.
use crate::call;
use crate::exc::types::BaseException;
use crate::exc::{self, THREAD, records};
use crate::object::{Own, PyResult, Raised, Ref, Value, decref, set_field, to_abi, to_abi_bool};
use crate::typeobj::TypeObject;
use crate::types;
use pyaot_abi::{CodeObject, type_flag};

/// CPython: Python/ceval.c, do_raise.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_raise(exc: Value, cause: Value) {
    if exc.is_heap() && (cause.is_null() || cause == Value::NONE) {
        let e = Ref::from_value(exc);
        // SAFETY: tested to be an exception before its fields are read.
        if e.ty().has(type_flag::BASE_EXC) && (cause.is_null() || unsafe { forgets_cause(e) }) {
            return exc::raised_made(Own::from_value(exc));
        }
    }
    raise_other(exc, cause);
}

/// `from None` where there was no cause before; false when nothing was done.
///
/// # Safety
/// An exception.
#[inline(always)]
unsafe fn forgets_cause(e: Ref) -> bool {
    // SAFETY: by contract.
    let o = unsafe { e.cast::<BaseException>() };
    let fits = o.cause.get().is_null();
    if fits {
        o.suppress_context.set(true);
    }
    fits
}

#[inline(never)]
fn raise_other(exc: Value, cause: Value) {
    let (exc, cause) = (Own::from_nullable(exc), Own::from_nullable(cause));
    let Err(Raised) = raise(exc, cause);
}

fn raise(exc: Option<Own>, cause: Option<Own>) -> PyResult<core::convert::Infallible> {
    let Some(exc) = exc else {
        let handled = exc::handled();
        if handled == Value::NONE {
            return exc::runtime_error(format_args!("No active exception to reraise"));
        }
        return exc::restore(Ref::from_value(handled).own());
    };
    let instance = instantiate(exc, "exceptions must derive from BaseException")?;
    if let Some(cause) = cause {
        let cause = if cause.r().is_none() {
            None
        } else {
            Some(instantiate(cause, "exception causes must derive from BaseException")?)
        };
        set_cause(instance.r(), cause);
    }
    exc::raise_object(instance)
}

/// An exception class is called; an instance is taken as it is.
fn instantiate(e: Own, message: &str) -> PyResult {
    if e.r().ty().has(type_flag::BASE_EXC) {
        return Ok(e);
    }
    if let Some(ty) = e.r().downcast::<TypeObject>() {
        if ty.has(type_flag::BASE_EXC) {
            let made = call::call0(e.r())?;
            if !made.r().ty().has(type_flag::BASE_EXC) {
                return exc::type_error(format_args!(
                    "calling <class '{}'> should have returned an instance of BaseException, not <class '{}'>",
                    ty.name(),
                    made.r().ty().name()
                ));
            }
            return Ok(made);
        }
    }
    exc::type_error(format_args!("{message}"))
}

/// `__cause__` and `__suppress_context__`.
pub fn set_cause(e: Ref, cause: Option<Own>) {
    // SAFETY: the caller passes an exception.
    let e = unsafe { e.cast::<BaseException>() };
    e.suppress_context.set(true);
    set_field(&e.cause, cause);
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_reraise(exc: Value) {
    let Err(Raised) = exc::restore::<core::convert::Infallible>(Own::from_value(exc));
}

/// Address of the machine frame of the compiled function that called the entry in which this stands.
macro_rules! callers_frame {
    () => {{
        let base: usize;
        // SAFETY: the runtime is built with frame pointers; a frame starts with the address of its caller's. The register that the asm
        // says to change has to be saved, so that the entry's own frame is there before it, wherever the compiler sets that up.
        unsafe {
            core::arch::asm!("mov {}, [rbp]", out(reg) base, out("r15") _, options(readonly, nostack, preserves_flags))
        };
        base
    }};
}

/// Handler entry: the frame is added to the traceback, the exception leaves the thread state.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_catch(code: *mut u8, position: i32) -> Value {
    let e = THREAD.raised.replace(Value::NULL);
    if position < 0 || records::caught_plainly(Ref::from_value(e), code_of(code), position as u32, callers_frame!()) {
        return e;
    }
    catch_in_known_frame(e, code, position, callers_frame!())
}

#[cold]
#[inline(never)]
fn catch_in_known_frame(e: Value, code: *mut u8, position: i32, base: usize) -> Value {
    records::caught(Ref::from_value(e), code_of(code), position as u32, base);
    e
}

/// Function exit by an exception; `locals` move into the frame of the new traceback entry.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_unwind(code: *mut u8, position: i32, locals: *mut u8, n: i32) {
    let e = Ref::from_value(THREAD.raised.get());
    // SAFETY: the compiler passes n owned words (UNBOUND and the null word allowed).
    if unsafe { !records::left_plainly(e, code_of(code), position, locals.cast(), n as usize) } {
        let base = callers_frame!();
        // SAFETY: likewise.
        unsafe { unwind_in_known_frame(code, position, locals, n, base) };
    }
}

/// # Safety
/// `locals` holds `n` owned words.
#[cold]
#[inline(never)]
unsafe fn unwind_in_known_frame(code: *mut u8, position: i32, locals: *mut u8, n: i32, base: usize) {
    // Code that dropped values run may not find it raised.
    let e = Ref::from_value(THREAD.raised.replace(Value::NULL));
    let (locals, n) = (locals.cast::<Value>(), n as usize);
    // SAFETY: by contract.
    unsafe {
        if position >= 0 {
            records::left(e, code_of(code), position as u32, base, locals, n);
        } else {
            let code = code_of(code);
            records::keep_locals(records::with_entry(e, code, base), code, locals, n);
        }
    }
    let none = THREAD.raised.replace(e.value());
    debug_assert!(none.is_null());
}

fn code_of(code: *mut u8) -> &'static CodeObject {
    // SAFETY: the compiler passes its static code object.
    unsafe { &*code.cast::<CodeObject>() }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_push_exc_info(exc: Value) -> Value {
    THREAD.handled.replace(Ref::from_value(exc).own().into_value())
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_pop_exc_info(previous: Value) {
    let old = THREAD.handled.replace(previous);
    decref(old);
}

/// `except ty:`; a tuple means any of its members (CPython: PyErr_GivenExceptionMatches with _PyEval_CheckExceptTypeValid).
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_check_exc_match(exc: Value, ty: Value) -> i32 {
    // SAFETY: a heap object; its own class is a class of exceptions.
    if unsafe { (*exc.as_ptr::<pyaot_abi::Header>()).ty.get() as u64 } == ty.0 {
        return 1;
    }
    to_abi_bool(check_match(Ref::from_value(exc), Ref::from_value(ty)))
}

#[inline(never)]
fn check_match(exc: Ref, ty: Ref) -> PyResult<bool> {
    const MESSAGE: &str = "catching classes that do not inherit from BaseException is not allowed";
    fn valid(t: Ref<'_>) -> Option<&TypeObject> {
        t.downcast::<TypeObject>().filter(|t| t.has(type_flag::BASE_EXC))
    }
    if let Some(t) = valid(ty) {
        return Ok(exc.is_instance_of(t));
    }
    if ty.ty().has(type_flag::TUPLE) {
        let mut found = false;
        for &item in types::tuple::items(ty) {
            match valid(Ref::from_value(item)) {
                Some(t) => found |= exc.is_instance_of(t),
                None => return exc::type_error(format_args!("{MESSAGE}")),
            }
        }
        return Ok(found);
    }
    exc::type_error(format_args!("{MESSAGE}"))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_init_0(e: Value) {
    exc::memory::set_few(Ref::from_value(e), Value::NULL, Value::NULL, 0);
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_init_1(e: Value, a: Value) {
    exc::memory::set_few(Ref::from_value(e), a, Value::NULL, 1);
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_init_2(e: Value, a: Value, b: Value) {
    exc::memory::set_few(Ref::from_value(e), a, b, 2);
}

/// `__traceback__`.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_traceback_of(exc: Value) -> Value {
    let e = Ref::from_value(exc);
    match e.ty().has(type_flag::BASE_EXC) {
        true => records::traceback(e).map_or(Own::none(), Ref::own).into_value(),
        false => Value::NONE,
    }
}

/// WITH_EXCEPT_START: `exit(type, value, traceback)`.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_with_except_start(exit: Value, exit_self: Value, exc: Value) -> Value {
    let e = Ref::from_value(exc);
    let tb = records::traceback(e).map_or(Own::none(), Ref::own);
    let (exit, ty) = (Ref::from_value(exit), e.ty().r());
    to_abi(match Ref::from_nullable(exit_self) {
        None => call::call3(exit, ty, e, tb.r()),
        Some(this) => call::call(exit, &call::Args::positional(&[this, ty, e, tb.r()])),
    })
}

/// Bare `raise`: the handled exception is raised again as it is (-1), or RuntimeError is raised at this place.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_raise_again(position: i32) -> i32 {
    let handled = exc::handled();
    if handled == Value::NONE {
        let Err(Raised) =
            exc::runtime_error::<core::convert::Infallible>(format_args!("No active exception to reraise"));
        return position;
    }
    let Err(Raised) = exc::restore::<core::convert::Infallible>(Ref::from_value(handled).own());
    -1
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_check_eg_match(exc: Value, ty: Value, out: *mut u8) -> i32 {
    match exc::group::check_match(Ref::from_value(exc), Ref::from_value(ty)) {
        Ok((rest, matched)) => {
            // SAFETY: the compiler passes room for two words.
            unsafe {
                out.cast::<Value>().write(rest.into_value());
                out.cast::<Value>().add(1).write(matched.into_value());
            }
            0
        }
        Err(Raised) => -1,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_prep_reraise_star(orig: Value, list: Value) -> Value {
    to_abi(exc::group::prep_reraise_star(
        Ref::from_value(orig),
        Ref::from_value(list),
    ))
}
