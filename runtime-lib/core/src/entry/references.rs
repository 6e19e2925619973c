//! Ends of objects, polls, cells of memory: intrinsics that are not about Python operations.
use crate::exc::THREAD;
use crate::object::{Header, Own, PyResult, Ref, Value, alloc, incref};
use crate::{exc, exec, gc};
use core::cell::Cell;
use pyaot_abi::number_kind;

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
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_item(text: Value, index: i64) -> Value {
    crate::object::to_abi(crate::types::str::item(Ref::from_value(text), index as isize))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_box_number(bits: i64, kind: i32) -> Value {
    if kind == number_kind::INT && Value::fits_small(bits) {
        return Value::from_small(bits);
    }
    if kind == number_kind::WORD {
        let word = Value(bits as u64);
        incref(word);
        return word;
    }
    box_other(bits, kind)
}

#[inline(never)]
fn box_other(bits: i64, kind: i32) -> Value {
    match kind {
        number_kind::INT => Own::int(bits).into_value(),
        number_kind::FLOAT if bits as u64 == number_kind::UNBOUND_FLOAT => Value::UNBOUND,
        number_kind::FLOAT => Own::float(f64::from_bits(bits as u64)).into_value(),
        number_kind::CHAR => super::direct::pyaot_char_of(bits),
        number_kind::TRACEBACK => super::exceptions::pyaot_traceback_of(crate::exc::handled()),
        _ => Value::UNBOUND,
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_int(i: i64) -> Value {
    Own::int(i).into_value()
}

/// NaNs that compiled code computed: one object for each sign, since a raw number has no identity that it could keep.
struct Nans([Cell<Value>; 2]);
// SAFETY: the GIL guards it.
unsafe impl Sync for Nans {}
static NANS: Nans = Nans([const { Cell::new(Value::NULL) }; 2]);

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_float_pow(x: f64, y: f64) -> f64 {
    crate::types::float::plain_pow(x, y)
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_float(f: f64) -> Value {
    if !f.is_nan() {
        return Own::float(f).into_value();
    }
    let shared = &NANS.0[usize::from(f.is_sign_negative())];
    if shared.get().is_null() {
        shared.set(Own::float(f).into_value());
    }
    incref(shared.get());
    shared.get()
}

/// An iterator that runs out of memory at birth has nobody to tell.
fn made(iterator: PyResult) -> Value {
    iterator
        .unwrap_or_else(|exc::Raised| std::process::abort())
        .into_value()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_range_iterator(next: i64, stop: i64, step: i64) -> Value {
    made(crate::types::iterators::range::between(next, stop, step))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_iterator_index(it: Value) -> i64 {
    let index = crate::types::str::iterator_index(Ref::from_value(it));
    index.map_or(-1, |i| i as i64)
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_range_iterator_fits(it: Value, step: i64) -> i32 {
    i32::from(crate::types::iterators::range::is_unshared(Ref::from_value(it), step))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_sequence_iterator(sequence: Value, index: i64) -> Value {
    let sequence = Own::from_value(sequence);
    made(crate::types::iterators::sequence::at(sequence.r(), index as usize))
}
/// Memory of `n` bytes for a plain object, header not set.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_alloc_slow(n: i64) -> *mut u8 {
    match alloc::raw(&crate::types::object::OBJECT_TYPE, n as usize) {
        Ok(p) => p.cast::<Header>().cast(),
        Err(exc::Raised) => core::ptr::null_mut(),
    }
}
