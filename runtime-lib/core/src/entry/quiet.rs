//! Intrinsics for a `try` whose handler drops the exception unseen: null without an exception where one would be raised.
//!
//! Only where nothing else runs between the operation and the handler: no Python code, no end of an object. Everywhere else the
//! exception is raised as ever.
use crate::builtins::functions::next_item;
use crate::object::{Header, Own, PyResult, Ref, Value, to_abi};
use crate::object_protocol as protocol;
use crate::types::dict::DictObject;
use crate::types::{dict, int, iterators, str as str_};
use pyaot_abi::{SeqIterObject, StrObject};

fn or_null(r: PyResult<Option<Own>>) -> Value {
    match r {
        Ok(Some(v)) => v.into_value(),
        _ => Value::NULL,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_next_quiet_slow(it: Value) -> Value {
    let it = Ref::from_value(it);
    if !ends_quietly(it) {
        return to_abi(next_item(it));
    }
    or_null(iterators::next(it))
}

/// The end of the iterator is no end of its sequence.
fn ends_quietly(it: Ref) -> bool {
    let ty = it.ty();
    if core::ptr::eq(ty, &iterators::range::RANGE_ITERATOR_TYPE) {
        return true;
    }
    let known = [
        &iterators::sequence::LIST_ITERATOR_TYPE,
        &iterators::sequence::TUPLE_ITERATOR_TYPE,
    ];
    if !known.into_iter().any(|t| core::ptr::eq(t, ty)) {
        return false;
    }
    // SAFETY: the layout of these types; a sequence is a heap object.
    unsafe {
        let sequence = (*it.value().as_ptr::<SeqIterObject>()).seq.get();
        sequence.is_null() || (*sequence.as_ptr::<Header>()).refcount.get() > 1
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_int_quiet(v: Value) -> Value {
    let v = Ref::from_value(v);
    let Some(text) = v.downcast_exact::<StrObject>().filter(|s| str_::is_ascii(s)) else {
        return to_abi(int::methods::convert_object(v));
    };
    or_null(int::convert::parse_text(str_::bytes(text), 10))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_int_of(v: Value) -> Value {
    to_abi(int::methods::convert_object(Ref::from_value(v)))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_getitem_quiet(a: Value, key: Value) -> Value {
    let (a, key) = (Ref::from_value(a), Ref::from_value(key));
    if a.is_exact::<DictObject>()
        && let Some(found) = dict::find_quietly(a, key)
    {
        return found.map_or(Value::NULL, Own::into_value);
    }
    to_abi(protocol::get_item(a, key))
}
