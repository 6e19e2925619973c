//! Intrinsics of iteration and unpacking.
use super::containers::is_iterable;
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, to_abi, to_abi_status};
use crate::object_protocol as protocol;
use crate::types::{dict, iterators, list, tuple};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_iter(v: Value) -> Value {
    if let Some(made) = iterators::sequence::of_exact(Ref::from_value(v)) {
        return made.into_value();
    }
    to_abi(protocol::iter(Ref::from_value(v)))
}
/// The null word without an exception is the end.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_iter_next_slow(it: Value) -> Value {
    if let Some(word) = iterators::dict::next_word(Ref::from_value(it)) {
        return word;
    }
    match iterators::next(Ref::from_value(it)) {
        Ok(Some(v)) => v.into_value(),
        _ => Value::NULL,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_next_item_slow(it: Value) -> Value {
    to_abi(crate::builtins::functions::next_item(Ref::from_value(it)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_iter_next_pair(it: Value, second: *mut u8) -> Value {
    // SAFETY: the caller's place for one word.
    let second = unsafe { &mut *second.cast::<Value>() };
    let it = Ref::from_value(it);
    if let Some(first) = iterators::dict::next_words(it, second) {
        return first;
    }
    *second = Value::NULL;
    let found = match iterators::pair_maker(it) {
        Some(next) => next(it, second),
        None => return pyaot_iter_next_slow(it.value()),
    };
    match found {
        Ok(Some(v)) => v.into_value(),
        _ => Value::NULL,
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_pair(a: Value, b: Value) -> Value {
    match tuple::pair(Own::from_value(a), Own::from_value(b)) {
        Ok(pair) => pair.into_value(),
        Err(exc::Raised) => std::process::abort(),
    }
}

fn write_all(out: *mut Value, items: &[Value]) {
    for (i, v) in items.iter().enumerate() {
        // SAFETY: the caller's array has room for as many items as it asked for.
        unsafe { out.add(i).write(Ref::from_value(*v).own().into_value()) };
    }
}
fn too_many<R>(expected: usize, got: Option<usize>) -> PyResult<R> {
    match got {
        Some(got) => exc::value_error(format_args!(
            "too many values to unpack (expected {expected}, got {got})"
        )),
        None => exc::value_error(format_args!("too many values to unpack (expected {expected})")),
    }
}
fn not_enough<R>(expected: usize, got: usize, at_least: bool) -> PyResult<R> {
    let word = if at_least { "at least " } else { "" };
    exc::value_error(format_args!(
        "not enough values to unpack (expected {word}{expected}, got {got})"
    ))
}
fn iterator_of(v: Ref) -> PyResult {
    match protocol::iter(v) {
        Err(e) if exc::raised_is(&exc::types::TYPE_ERROR) && !is_iterable(v) => {
            drop(exc::caught(e));
            exc::type_error(format_args!("cannot unpack non-iterable {} object", v.ty().full_name()))
        }
        r => r,
    }
}

/// The items of an exact tuple or list; no other code may run while they are read.
fn items_of(v: Ref<'_>) -> Option<&[Value]> {
    if v.is_exact::<tuple::TupleObject>() {
        return Some(tuple::items(v));
    }
    // SAFETY: by contract.
    v.is_exact::<list::ListObject>()
        .then(|| unsafe { list::items(v.cast()) })
}

/// UNPACK_SEQUENCE (CPython: Python/ceval.c, _PyEval_UnpackIterableStackRef).
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_unpack_sequence_slow(v: Value, out: *mut u8, n: i64) -> i32 {
    let (v, out, n) = (Ref::from_value(v), out.cast::<Value>(), n as usize);
    if tuple::iterates_plainly(v) {
        let items = tuple::items(v);
        if items.len() == n {
            write_all(out, items);
            return 0;
        }
    } else if v.is_exact::<list::ListObject>() && list::len(v) == n {
        // SAFETY: taking references runs no code.
        write_all(out, unsafe { list::items(list::cast(v)) });
        return 0;
    }
    to_abi_status(unpack(v, n).map(|items| {
        for (i, v) in items.into_iter().enumerate() {
            // SAFETY: room for n items.
            unsafe { out.add(i).write(v.into_value()) };
        }
    }))
}
fn unpack(v: Ref, n: usize) -> PyResult<Vec<Own>> {
    let it = iterator_of(v)?;
    let mut items = Vec::with_capacity(n);
    while items.len() < n {
        match iterators::next(it.r())? {
            Some(v) => items.push(v),
            None => return not_enough(n, items.len(), false),
        }
    }
    if iterators::next(it.r())?.is_none() {
        return Ok(items);
    }
    let got = if v.is_exact::<list::ListObject>() {
        Some(list::len(v))
    } else if v.is_exact::<tuple::TupleObject>() {
        Some(tuple::len(v))
    } else if v.is_exact::<dict::DictObject>() {
        Some(dict::len(v))
    } else {
        None
    };
    too_many(n, got.filter(|got| *got > n))
}
/// UNPACK_EX: before + 1 + after items, the middle one a list.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_unpack_ex(v: Value, out: *mut u8, before: i64, after: i64) -> i32 {
    fn unpack(v: Ref, before: usize, after: usize) -> PyResult<Vec<Own>> {
        let it = iterator_of(v)?;
        let mut items = Vec::with_capacity(before + 1 + after);
        while items.len() < before {
            match iterators::next(it.r())? {
                Some(v) => items.push(v),
                None if after == 0 => return not_enough(before, items.len(), true),
                None => return not_enough(before + after, items.len(), true),
            }
        }
        let rest = list::from_iterable(it.r())?;
        let n = list::len(rest.r());
        if n < after {
            return not_enough(before + after, before + n, true);
        }
        let tail: Vec<Own> = (0..after).map(|_| list::remove_at(rest.r(), n - after)).collect();
        items.push(rest);
        items.extend(tail);
        Ok(items)
    }
    let out = out.cast::<Value>();
    if let Some(items) = items_of(Ref::from_value(v)).filter(|items| items.len() as i64 >= before + after) {
        let (before, end) = (before as usize, items.len() - after as usize);
        // SAFETY: live items; room for before + 1 + after of them.
        unsafe {
            let rest = match list::from_borrowed(items.as_ptr().add(before), end - before) {
                Ok(rest) => rest,
                Err(e) => return to_abi_status(Err(e)),
            };
            write_all(out, &items[..before]);
            out.add(before).write(rest.into_value());
            write_all(out.add(before + 1), &items[end..]);
        }
        return 0;
    }
    to_abi_status(
        unpack(Ref::from_value(v), before as usize, after as usize).map(|items| {
            for (i, v) in items.into_iter().enumerate() {
                // SAFETY: room for before + 1 + after items.
                unsafe { out.add(i).write(v.into_value()) };
            }
        }),
    )
}
