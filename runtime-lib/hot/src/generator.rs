//! Resuming generators: what a body does when it is entered and left, and a loop's step.
use crate::*;
use core::mem::transmute;
use pyaot_abi::{
    GENERATOR_BUSY, GENERATOR_DELEGATING, GENERATOR_RUNNING, GENERATOR_WATCHED, GeneratorObject, ThreadState, Value,
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

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next(g: Value) -> Value {
    // SAFETY: the caller knows the type; a generator's code object has its resume entry, which takes what is sent.
    unsafe {
        let o: &GeneratorObject = &*g.as_ptr();
        if o.state.get() < GENERATOR_RUNNING && o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) == 0 {
            let resume: unsafe extern "C" fn(Value, Value) -> Value = transmute((*o.code).resume);
            let v = resume(g, Value::NONE);
            if !v.is_null() && o.state.get() < GENERATOR_RUNNING {
                return v;
            }
            return pyaot_generator_stopped(g, v);
        }
        pyaot_generator_next_slow(g)
    }
}
