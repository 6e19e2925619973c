//! Intrinsics that make containers. Arrays hold owned values, which the new object takes, also on error.
use crate::object::{Own, PyResult, Ref, Value, decref, to_abi};
use crate::types::{dict, list, set, slice, tuple};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_tuple(items: *mut u8, n: i64) -> Value {
    // SAFETY: the array holds n values that the caller gives up.
    to_abi(unsafe { tuple::from_raw(items.cast(), n as usize) })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_pair(a: Value, b: Value) -> Value {
    to_abi(tuple::pair(Own::from_value(a), Own::from_value(b)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_list(items: *mut u8, n: i64) -> Value {
    // SAFETY: the array holds n values that the caller gives up.
    to_abi(unsafe { list::from_raw(items.cast(), n as usize) })
}
/// Takes the `n` values at `items`.
fn take(items: *mut u8, n: i64) -> Vec<Own> {
    // SAFETY: the array holds n values that the caller gives up.
    (0..n as usize)
        .map(|i| Own::from_value(unsafe { *items.cast::<Value>().add(i) }))
        .collect()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_set(items: *mut u8, n: i64) -> Value {
    fn build(items: &[Own]) -> PyResult {
        let s = set::new()?;
        items.iter().try_for_each(|v| set::add(s.r(), v.r()))?;
        Ok(s)
    }
    let items = take(items, n);
    to_abi(build(&items))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_map(items: *mut u8, n: i64) -> Value {
    if n == 0 {
        return to_abi(dict::try_new());
    }
    let p = items.cast::<Value>();
    let n = n as usize;
    let d = match dict::with_capacity(n) {
        Ok(d) => d,
        Err(_) => {
            drop(take(items, n as i64 * 2));
            return Value::NULL;
        }
    };
    for i in 0..n {
        // SAFETY: the array holds n pairs that the caller gives up.
        let (key, v) = unsafe { (Own::from_value(*p.add(2 * i)), Own::from_value(*p.add(2 * i + 1))) };
        if dict::set_own(d.r(), key.r(), v).is_err() {
            for k in 2 * i + 2..2 * n {
                // SAFETY: as above.
                decref(unsafe { *p.add(k) });
            }
            return Value::NULL;
        }
    }
    d.into_value()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_slice(start: Value, stop: Value, step: Value) -> Value {
    let [start, stop, step] = [start, stop, step].map(Own::from_value);
    to_abi(slice::new(start, stop, step))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_to_tuple(l: Value) -> Value {
    let l = list::cast(Ref::from_value(l));
    // SAFETY: live items of the list.
    to_abi(unsafe { tuple::from_borrowed(l.items.get(), l.len.get()) })
}
/// A frozenset constant, made at its first use and kept in `*cell`.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_const_frozenset(cell: *mut u8, items: Value) -> Value {
    let cell = cell.cast::<Value>();
    // SAFETY: a cell of the module's static data.
    unsafe {
        if (*cell).is_null() {
            match set::frozen_from_iterable(Ref::from_value(items)) {
                Ok(s) => *cell = s.into_value(),
                Err(_) => return Value::NULL,
            }
        }
        *cell
    }
}
