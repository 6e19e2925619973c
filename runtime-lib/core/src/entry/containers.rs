//! Intrinsics that change containers under construction (comprehensions, displays with stars, calls with `**`).
use crate::exc;
use crate::object::{Own, Ref, Value, to_abi_status};
use crate::object_protocol as protocol;
use crate::types::{dict, list, set};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_append(l: Value, v: Value) -> i32 {
    to_abi_status(list::append(Ref::from_value(l), Own::from_value(v)))
}
/// `[*iterable]` (CPython: LIST_EXTEND).
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_extend(l: Value, iterable: Value) -> i32 {
    let v = Ref::from_value(iterable);
    let r = list::extend(Ref::from_value(l), v);
    if r.is_err() && exc::raised_is(&exc::types::TYPE_ERROR) && !is_iterable(v) {
        drop(exc::take());
        return to_abi_status(exc::type_error(format_args!(
            "Value after * must be an iterable, not {}",
            v.ty().full_name()
        )));
    }
    to_abi_status(r)
}
/// Has an iteration slot or the sequence protocol.
pub(super) fn is_iterable(v: Ref) -> bool {
    let s = v.ty().slots();
    s.iter.is_some() || s.sq_item.is_some()
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_set_add(s: Value, v: Value) -> i32 {
    let v = Own::from_value(v);
    to_abi_status(set::add(Ref::from_value(s), v.r()))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_set_update(s: Value, iterable: Value) -> i32 {
    to_abi_status(set::update(Ref::from_value(s), Ref::from_value(iterable)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_map_add(map: Value, key: Value, v: Value) -> i32 {
    let (key, v) = (Own::from_value(key), Own::from_value(v));
    to_abi_status(dict::set_own(Ref::from_value(map), key.r(), v))
}
/// `{**other}` (CPython: DICT_UPDATE).
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_update(map: Value, other: Value) -> i32 {
    let other = Ref::from_value(other);
    let r = dict::merge::merge(Ref::from_value(map), other, dict::merge::Present::Replace);
    if r.is_err() && exc::raised_is(&exc::types::ATTRIBUTE_ERROR) {
        drop(exc::take());
        return to_abi_status(exc::type_error(format_args!(
            "'{}' object is not a mapping",
            other.ty().full_name()
        )));
    }
    to_abi_status(r)
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_keywords_of(other: Value, callable: Value) -> Value {
    let [other, callable] = [other, callable].map(Ref::from_value);
    if other.is_exact::<dict::DictObject>() {
        return other.own().into_value();
    }
    let all = dict::new();
    crate::object::to_abi(dict::merge_keywords(all.r(), other, callable).map(|()| all))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_merge(map: Value, other: Value, callable: Value) -> i32 {
    let [map, other, callable] = [map, other, callable].map(Ref::from_value);
    to_abi_status(dict::merge_keywords(map, other, callable))
}
/// Truth of `item in container` for a container of a built-in type, without its slot's indirection.
pub fn contains_fast(container: Ref, item: Ref) -> Option<crate::object::PyResult<bool>> {
    if container.is_exact::<dict::DictObject>() {
        return Some(dict::contains(container, item));
    }
    if set::is_exact_any(container) {
        return Some(set::contains(container, item));
    }
    container
        .ty()
        .slots()
        .sq_contains
        .filter(|_| !container.ty().is_heap())
        .map(|f| f(container, item))
}
/// Iterates until `item` is found; what `in` does on an iterable without `__contains__`.
pub fn search(iterable: Ref, item: Ref) -> crate::object::PyResult<bool> {
    let it = protocol::iter(iterable)?;
    while let Some(v) = crate::types::iterators::next(it.r())? {
        if protocol::equal(v.r(), item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
