//! Attribute sites: the inline test of an [`AttrCache`] and what a hit gives.
//!
//! In: an object and the site's cache, which the slow functions fill and the runtime clears when a type changes. A shape word
//! is unique (its tag makes every other word at the same offset differ), so one compare decides.
use crate::*;
use pyaot_abi::{AttrCache, Header, InstanceObject, Value};

/// Whether the entry is for objects like `obj`, a heap object. Objects are at least 24 bytes long.
#[inline(always)]
unsafe fn hit(obj: Value, entry: *const AttrCache) -> bool {
    // SAFETY: `entry` is the site's entry.
    unsafe {
        (*obj.as_ptr::<InstanceObject>()).shape.get() == (*entry).shape.get()
            || (*obj.as_ptr::<Header>()).ty.get() == (*entry).ty.get()
    }
}

/// The slot at a byte offset of an object.
#[inline(always)]
unsafe fn slot(obj: Value, offset: u32) -> *mut Value {
    // SAFETY: the caller's cache entry says that objects of this shape have the slot.
    unsafe { obj.as_ptr::<u8>().add(offset as usize).cast() }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_attr(obj: Value, name: Value, cache: *mut u8) -> Value {
    // SAFETY: `cache` is the site's entry.
    unsafe {
        let entry = cache.cast::<AttrCache>();
        if obj.is_heap_nonnull() && hit(obj, entry) {
            let offset = (*entry).offset.get();
            if offset != 0 {
                let v = *slot(obj, offset);
                if !v.is_null() {
                    return retain(v);
                }
            }
        }
        pyaot_load_attr_slow(obj, name, cache)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_method(obj: Value, name: Value, cache: *mut u8, self_out: *mut u8) -> Value {
    // SAFETY: as in `pyaot_load_attr`. `obj` moves to `*self_out`.
    unsafe {
        let entry = cache.cast::<AttrCache>();
        if obj.is_heap_nonnull() {
            let v = (*entry).value.get();
            if !v.is_null() && hit(obj, entry) && (*entry).offset.get() == 0 {
                *self_out.cast::<Value>() = obj;
                return retain(v);
            }
        }
        pyaot_load_method_slow(obj, name, cache, self_out)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_attr(obj: Value, name: Value, v: Value, cache: *mut u8) -> i32 {
    // SAFETY: as in `pyaot_load_attr`. The old value is released last, when the object is whole again.
    unsafe {
        let entry = cache.cast::<AttrCache>();
        if obj.is_heap_nonnull() {
            let instance = obj.as_ptr::<InstanceObject>();
            let offset = (*entry).offset.get();
            if offset != 0 && hit(obj, entry) {
                let place = slot(obj, offset);
                let old = *place;
                *place = v;
                if (*entry).next_shape.get() != (*entry).shape.get() {
                    // The store adds the attribute: the slot held nothing.
                    (*instance).shape.set((*entry).next_shape.get());
                } else if !old.is_null() {
                    release(old);
                }
                return 0;
            }
        }
        pyaot_store_attr_slow(obj, name, v, cache)
    }
}
