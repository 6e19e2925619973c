//! Ends of objects, polls, cells of memory: intrinsics that are not about Python operations.
use crate::exc::THREAD;
use crate::object::{Header, Own, Value, alloc};
use crate::{exc, exec, gc};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dealloc(v: Value) {
    gc::dealloc(v);
}

/// Back-edge poll: something asked for attention by setting the limit to 0.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_poll() -> i32 {
    crate::object::to_abi_status(exec::run_pending())
}

/// Function entry with `depth >= limit`.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_stack_poll() -> i32 {
    if THREAD.limit.get() == 0 {
        let r = exec::run_pending();
        if r.is_err() {
            return -1;
        }
    }
    if THREAD.depth.get() >= THREAD.limit.get() && THREAD.limit.get() != 0 {
        return crate::object::to_abi_status(exec::recursion_error());
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_box_f64(f: f64) -> Value {
    Own::float(f).into_value()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_box_i64(i: i64) -> Value {
    Own::int(i).into_value()
}
/// Memory of `n` bytes for a plain object, header not set.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_alloc_slow(n: i64) -> *mut u8 {
    match alloc::raw(&crate::types::object::OBJECT_TYPE, n as usize) {
        Ok(p) => p.cast::<Header>().cast(),
        Err(exc::Raised) => core::ptr::null_mut(),
    }
}
