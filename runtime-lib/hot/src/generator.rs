//! Resuming generators: what a body does when it is entered and left, and a loop's step.
use crate::*;
use core::mem::transmute;
use pyaot_abi::{
    FunctionObject, GENERATOR_BUSY, GENERATOR_DELEGATING, GENERATOR_RUNNING, GENERATOR_WATCHED, GeneratorObject,
    ThreadState, Value,
};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_enter(g: Value, base: *mut u8) -> i32 {
    // SAFETY: the compiler passes the generator whose body runs; the thread state is the running thread's.
    unsafe {
        let (o, t): (&GeneratorObject, &ThreadState) = (&*g.as_ptr(), &pyaot_thread);
        o.base.set(base as usize);
        o.caller.handled.set(t.handled.get());
        o.caller.callers.set(t.callers.get());
        t.callers.set(&raw const o.caller);
        t.handled.set(o.handled.replace(Value::NONE));
        o.live.set(0);
        o.state.replace(GENERATOR_RUNNING) as i32
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_leave(g: Value) {
    // SAFETY: as above; the body notes its new state first.
    unsafe {
        let (o, t): (&GeneratorObject, &ThreadState) = (&*g.as_ptr(), &pyaot_thread);
        o.handled.set(t.handled.get());
        t.handled.set(o.caller.handled.get());
        t.callers.set(o.caller.callers.get());
        if o.marks.get() & GENERATOR_WATCHED != 0 {
            pyaot_generator_watched(g);
        }
    }
}

/// As `pyaot_generator_enter` for a body that handles no exceptions: what its caller handles stays in its place.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_enter_plain(g: Value, base: *mut u8) -> i32 {
    // SAFETY: as above.
    unsafe {
        let (o, t): (&GeneratorObject, &ThreadState) = (&*g.as_ptr(), &pyaot_thread);
        o.base.set(base as usize);
        o.caller.callers.set(t.callers.get());
        t.callers.set(&raw const o.caller);
        o.live.set(0);
        o.state.replace(GENERATOR_RUNNING) as i32
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_leave_plain(g: Value) {
    // SAFETY: as above.
    unsafe {
        let (o, t): (&GeneratorObject, &ThreadState) = (&*g.as_ptr(), &pyaot_thread);
        t.callers.set(o.caller.callers.get());
        if o.marks.get() & GENERATOR_WATCHED != 0 {
            pyaot_generator_watched(g);
        }
    }
}

/// Runs the body to its next suspension if it can simply be entered; `stopped` for what it gives otherwise.
#[inline(always)]
unsafe fn run(
    g: Value,
    v: Value,
    stopped: unsafe extern "C" fn(Value, Value) -> Value,
    slow: impl FnOnce(Value) -> Value,
) -> Value {
    // SAFETY: the caller knows the type; a generator's code object has its resume entry, which takes what is sent.
    unsafe {
        let o: &GeneratorObject = &*g.as_ptr();
        let starts = o.state.get() == 0 && v != Value::NONE;
        if o.state.get() < GENERATOR_RUNNING && o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) == 0 && !starts
        {
            let resume: unsafe extern "C" fn(Value, Value) -> Value = transmute((*o.code).resume);
            let r = resume(g, v);
            if !r.is_null() && o.state.get() < GENERATOR_RUNNING {
                return r;
            }
            return stopped(g, r);
        }
        slow(v)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next(g: Value) -> Value {
    // SAFETY: the caller knows the type; rows of the table.
    unsafe {
        run(g, Value::NONE, pyaot_generator_stopped, |_| {
            pyaot_generator_next_slow(g)
        })
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_send(g: Value, v: Value) -> Value {
    // SAFETY: as above.
    unsafe { run(g, v, pyaot_generator_returned, |v| pyaot_generator_send_slow(g, v)) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_is_function_of(function: Value, code: *mut u8) -> i32 {
    // SAFETY: the type says what object it is.
    unsafe {
        let is_function = has_type(function, &raw const pyaot_type_function);
        i32::from(is_function && (*function.as_ptr::<FunctionObject>()).code.get().cast::<u8>() == code.cast_const())
    }
}
