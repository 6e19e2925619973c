//! Operators, comparison, truth and subscripts of compiled code: the ends that the inlined fast paths leave out.
use crate::object::{Own, PyResult, Ref, Value, decref, to_abi, to_abi_bool, to_abi_status};
use crate::object_protocol::{self as protocol, nb};
use crate::typeobj::CompareOp;
use crate::types::{dict, int, list, tuple};

fn r<'a>(v: Value) -> Ref<'a> {
    Ref::from_value(v)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_binary_op(a: Value, b: Value, op: i32) -> Value {
    if let Some(result) = int::exact_op(r(a), r(b), op) {
        return to_abi(result);
    }
    to_abi(protocol::binary_op(r(a), r(b), op))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_matmul(a: Value, b: Value) -> Value {
    to_abi(protocol::binary_op(r(a), r(b), nb::MATRIX_MULTIPLY))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_pow(a: Value, b: Value) -> Value {
    to_abi(protocol::binary_op(r(a), r(b), nb::POWER))
}
/// Takes `a` on success only; see the table.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_add_take_slow(a: Value, b: Value, op: i32) -> Value {
    use crate::types::str as str_;
    let b_dies = op & pyaot_abi::ADD_TAKES_BOTH != 0;
    if r(a).is_exact::<str_::StrObject>() && r(b).is_exact::<str_::StrObject>() {
        let result = str_::append_take(a, r(b)).unwrap_or(Value::NULL);
        if b_dies {
            decref(b);
        }
        return result;
    }
    let plain = op & !pyaot_abi::ADD_TAKES_BOTH;
    let result = to_abi(match int::exact_op(r(a), r(b), plain) {
        Some(result) => result,
        None => protocol::binary_op(r(a), r(b), plain),
    });
    // The operand dies with the operation, the old value of the local at the store that follows.
    if b_dies {
        decref(b);
    }
    if !result.is_null() {
        decref(a);
    }
    result
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_neg_slow(a: Value) -> Value {
    to_abi(protocol::negative(r(a)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_pos(a: Value) -> Value {
    to_abi(protocol::positive(r(a)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_invert(a: Value) -> Value {
    to_abi(protocol::invert(r(a)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_truth_slow(a: Value) -> i32 {
    to_abi_bool(protocol::truth(r(a)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare_slow(a: Value, b: Value, op: i32) -> Value {
    if let Some(flag) = int::exact_compare(r(a), r(b), CompareOp::from_i32(op)) {
        return Own::bool(flag).into_value();
    }
    to_abi(protocol::compare(r(a), r(b), CompareOp::from_i32(op)))
}
/// COMPARE_OP with the to-bool bit: the truth of the result, without the identity shortcut of containers.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare_bool_slow(a: Value, b: Value, op: i32) -> i32 {
    // Two strs, what text-handling loops compare most.
    if op == CompareOp::Eq as i32 || op == CompareOp::Ne as i32 {
        use crate::types::str as str_;
        if r(a).is_exact::<str_::StrObject>() && r(b).is_exact::<str_::StrObject>() {
            return (str_::equal(r(a), r(b)) == (op == CompareOp::Eq as i32)) as i32;
        }
    }
    if let Some(flag) = int::exact_compare(r(a), r(b), CompareOp::from_i32(op)) {
        return flag as i32;
    }
    let truth = |v: Own| -> PyResult<bool> { protocol::truth(v.r()) };
    to_abi_bool(protocol::compare(r(a), r(b), CompareOp::from_i32(op)).and_then(truth))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_contains(container: Value, item: Value) -> i32 {
    let (container, item) = (r(container), r(item));
    if container.is_exact::<dict::DictObject>() {
        return to_abi_bool(dict::find_value(container, item).map(|v| v.is_some()));
    }
    to_abi_bool(protocol::contains(container, item))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_getitem_slow(a: Value, key: Value) -> Value {
    let (a, key) = (r(a), r(key));
    if a.is_exact::<dict::DictObject>() {
        return super::direct::pyaot_dict_getitem(a.value(), key.value());
    }
    if a.is_exact::<crate::types::str::StrObject>() {
        return to_abi(crate::types::str::subscript(a, key));
    }
    to_abi(protocol::get_item(a, key))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_setitem_slow(a: Value, key: Value, v: Value) -> i32 {
    let (a, key, v) = (r(a), r(key), Own::from_value(v));
    if a.is_exact::<dict::DictObject>() {
        return to_abi_status(dict::set_own(a, key, v));
    }
    to_abi_status(protocol::set_item(a, key, Some(v.r())))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_delitem(a: Value, key: Value) -> i32 {
    to_abi_status(protocol::set_item(r(a), r(key), None))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_len(v: Value) -> Value {
    to_abi(protocol::len(r(v)).map(Own::usize))
}
/// Bounds of a slice of `n` items, where they are small ints or None: these run no code and need no slice object.
fn plain_bounds(start: Value, stop: Value, n: usize) -> Option<(usize, usize)> {
    let bound = |v: Value, default: usize| match r(v).small_int() {
        Some(i) if i < 0 => Some((i + n as i64).max(0) as usize),
        Some(i) => Some((i as usize).min(n)),
        None if v == Value::NONE => Some(default),
        None => None,
    };
    Some((bound(start, 0)?, bound(stop, n)?))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_getslice(a: Value, start: Value, stop: Value) -> Value {
    use crate::types::str as str_;
    let is_text = r(a).is_exact::<str_::StrObject>();
    let is_list = r(a).is_exact::<list::ListObject>();
    if is_text || is_list || r(a).is_exact::<tuple::TupleObject>() {
        let n = match (is_text, is_list) {
            (true, _) => str_::len(r(a)),
            (_, true) => list::len(r(a)),
            _ => tuple::len(r(a)),
        };
        if let Some((from, to)) = plain_bounds(start, stop, n) {
            return to_abi(match (is_text, is_list) {
                (true, _) => str_::slice(r(a), from, to),
                (_, true) => list::part(r(a), from, to),
                _ if from == 0 && to == n => Ok(r(a).own()),
                _ => tuple::range(r(a), from, to.max(from)),
            });
        }
    }
    to_abi(protocol::get_slice(r(a), r(start), r(stop)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_setslice(a: Value, start: Value, stop: Value, v: Value) -> i32 {
    if r(a).is_exact::<list::ListObject>()
        && let Some((from, to)) = plain_bounds(start, stop, list::len(r(a)))
        && let Some(done) = list::store_range(r(a), from, to.max(from), r(v))
    {
        return to_abi_status(done);
    }
    to_abi_status(protocol::set_slice(r(a), r(start), r(stop), r(v)))
}
