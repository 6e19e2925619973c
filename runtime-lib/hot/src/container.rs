//! Subscripts of exact lists and tuples by small ints, and the step of the iterators that loops meet most.
use crate::*;
use pyaot_abi::{ListObject, RangeIterObject, SeqIterObject, TupleObject, Value, sequence_kind};

/// Position of `key` in a sequence of `len` items, negative keys counted from the end; `len` or more when there is none.
#[inline(always)]
fn position(key: Value, len: usize) -> usize {
    let i = key.as_small() as usize;
    if (i as i64) < 0 { i.wrapping_add(len) } else { i }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_getitem(a: Value, key: Value) -> Value {
    if key.is_small_int() && a.is_heap_nonnull() {
        // SAFETY: the type says which layout stands behind the word; the index is tested against the length.
        unsafe {
            if has_type(a, &raw const pyaot_type_list) {
                let list = a.as_ptr::<ListObject>();
                let i = position(key, (*list).len.get());
                if i < (*list).len.get() {
                    return retain(*(*list).items.get().add(i));
                }
            } else if has_type(a, &raw const pyaot_type_tuple) {
                let tuple = a.as_ptr::<TupleObject>();
                let i = position(key, (*tuple).len.get());
                if i < (*tuple).len.get() {
                    return retain(*(&raw const (*tuple).items).cast::<Value>().add(i));
                }
            }
        }
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_getitem_slow(a, key) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_setitem(a: Value, key: Value, v: Value) -> i32 {
    if key.is_small_int() && has_type(a, &raw const pyaot_type_list) {
        // SAFETY: as in `pyaot_getitem`. The old item is released last, when the list is whole again.
        unsafe {
            let list = a.as_ptr::<ListObject>();
            let i = position(key, (*list).len.get());
            if i < (*list).len.get() {
                let slot = (*list).items.get().add(i);
                let old = *slot;
                *slot = v;
                release(old);
                return 0;
            }
        }
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_setitem_slow(a, key, v) }
}

/// An exact list gets one more item.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_push(list: Value, v: Value) -> i32 {
    // SAFETY: the caller knows the type; there is room behind the items below the capacity.
    unsafe {
        let object = list.as_ptr::<ListObject>();
        let n = (*object).len.get();
        if n < (*object).capacity.get() {
            *(*object).items.get().add(n) = v;
            (*object).len.set(n + 1);
            return 0;
        }
        pyaot_list_append(list, v)
    }
}

/// Items of an exact tuple of `n`, and whatever else can be unpacked.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_unpack_sequence(v: Value, out: *mut u8, n: i64) -> i32 {
    // SAFETY: the type says which layout stands behind the word; the caller's array has room for n items.
    unsafe {
        if has_type(v, &raw const pyaot_type_tuple) {
            let tuple = v.as_ptr::<TupleObject>();
            if (*tuple).len.get() == n as usize {
                let items = (&raw const (*tuple).items).cast::<Value>();
                for i in 0..n as usize {
                    *out.cast::<Value>().add(i) = retain(*items.add(i));
                }
                return 0;
            }
        }
        pyaot_unpack_sequence_slow(v, out, n)
    }
}

/// The last item of an exact list, taken out.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_pop(list: Value) -> Value {
    // SAFETY: the caller knows the type. An array that is half full does not shrink (CPython: list_resize).
    unsafe {
        let object = list.as_ptr::<ListObject>();
        let n = (*object).len.get();
        if n != 0 && n > (*object).capacity.get() >> 1 {
            (*object).len.set(n - 1);
            return *(*object).items.get().add(n - 1);
        }
        pyaot_list_pop_slow(list)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_iter_next(it: Value) -> Value {
    if has_type(it, &raw const pyaot_type_generator) {
        return generator::pyaot_generator_next(it);
    }
    let item = step(it);
    if !item.is_null() {
        return item;
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_iter_next_slow(it) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_next_item(it: Value) -> Value {
    let item = step(it);
    if !item.is_null() {
        return item;
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_next_item_slow(it) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_next_quiet(it: Value) -> Value {
    let item = step(it);
    if !item.is_null() {
        return item;
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_next_quiet_slow(it) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sequence_iterator_index(it: Value, kind: i32) -> i64 {
    // SAFETY: the type says which layout stands behind the word.
    unsafe {
        let ty = match kind & !sequence_kind::PARAMETER {
            sequence_kind::TUPLE => &raw const pyaot_type_tuple_iterator,
            sequence_kind::LIST => &raw const pyaot_type_list_iterator,
            _ => return pyaot_str_iterator_index(it),
        };
        let holders = if kind & sequence_kind::PARAMETER != 0 { 2 } else { 1 };
        if !has_type(it, ty) {
            return -1;
        }
        let iter = it.as_ptr::<SeqIterObject>();
        if (*iter).header.refcount.get() != holders || (*iter).seq.get().is_null() {
            return -1;
        }
        (*iter).index.get() as i64
    }
}

/// The next item of an iterator that loops meet most, or the null word: another iterator, or the end.
#[inline(always)]
fn step(it: Value) -> Value {
    if it.is_heap_nonnull() {
        // SAFETY: the type says which layout stands behind the word. The length of a list is read each time.
        unsafe {
            if has_type(it, &raw const pyaot_type_range_iterator) {
                let range = it.as_ptr::<RangeIterObject>();
                let i = (*range).next.get();
                if (*range).remaining.get() != 0 && Value::fits_small(i) {
                    (*range).next.set(i.wrapping_add((*range).step));
                    (*range).remaining.set((*range).remaining.get() - 1);
                    return Value::from_small(i);
                }
            } else if has_type(it, &raw const pyaot_type_list_iterator) {
                let iter = it.as_ptr::<SeqIterObject>();
                if !(*iter).seq.get().is_null() {
                    let list = (*iter).seq.get().as_ptr::<ListObject>();
                    let i = (*iter).index.get();
                    if i < (*list).len.get() {
                        (*iter).index.set(i + 1);
                        return retain(*(*list).items.get().add(i));
                    }
                }
            } else if has_type(it, &raw const pyaot_type_tuple_iterator) {
                let iter = it.as_ptr::<SeqIterObject>();
                if !(*iter).seq.get().is_null() {
                    let tuple = (*iter).seq.get().as_ptr::<TupleObject>();
                    let i = (*iter).index.get();
                    if i < (*tuple).len.get() {
                        (*iter).index.set(i + 1);
                        return retain(*(&raw const (*tuple).items).cast::<Value>().add(i));
                    }
                }
            }
        }
    }
    Value::NULL
}
