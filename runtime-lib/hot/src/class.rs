//! Questions about the types of values, which a site answers from its group (`pyaot_abi::MethodGroup`, keys are types).
use crate::*;
use pyaot_abi::{GROUP_KEYS, MethodGroup, Value, group_index};

/// The type of a value that is not null; null for immediates that are neither numbers nor bools.
#[inline(always)]
fn type_of(v: Value) -> *const TypeHead {
    if v.is_heap() {
        // SAFETY: a heap word points at an object's header.
        unsafe { (*v.as_ptr::<Header>()).ty.get() }
    } else if v.is_small_int() {
        &raw const pyaot_type_int
    } else if v.is_small_float() {
        &raw const pyaot_type_float
    } else if v.is_bool() {
        &raw const pyaot_type_bool
    } else {
        core::ptr::null()
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_instance_of(obj: Value, cls: Value, group: *mut u8) -> i32 {
    let ty = type_of(obj) as u64;
    if ty == cls.0 {
        return 1;
    }
    // SAFETY: the site's group.
    let known = unsafe { &*group.cast::<MethodGroup>() };
    let place = group_index(ty, known.head.shift.get());
    if known.head.refused.get() == cls.0 && known.head.keys[place & (GROUP_KEYS - 1)].get() == ty {
        return known.functions[place & (GROUP_KEYS - 1)].get().0 as i32;
    }
    // SAFETY: as above.
    unsafe { pyaot_instance_admit(obj, cls, group) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_left_first(a: Value, b: Value) -> i32 {
    if !b.is_heap() || type_of(a) == type_of(b) {
        return 1;
    }
    // SAFETY: both are values.
    unsafe { pyaot_left_first_slow(a, b) }
}
