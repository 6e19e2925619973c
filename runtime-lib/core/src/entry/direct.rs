//! Intrinsics that do what a method of an exact built-in type, a builtin or a function of a native module does, called without binding.
//!
//! In: the words that the call gives. The compiler has tested the types of receivers and what the names mean; errors are those of the
//! functions themselves.
use crate::builtins;
use crate::call;
use crate::exc;
use crate::istr;
use crate::object::{Own, PyResult, Ref, Value, to_abi, to_abi_bool, to_abi_status};
use crate::object_protocol as protocol;
use crate::types::list::heap;
use crate::types::str::StrObject;
use crate::types::{dict, float, int, iterators, list, set, str as str_, tuple};
use pyaot_abi::DIRECT_BUILTINS;
use pyaot_text::case;

fn r<'a>(v: Value) -> Ref<'a> {
    Ref::from_value(v)
}

// ---- dict and set ----

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_getitem(d: Value, key: Value) -> Value {
    match dict::find_value(r(d), r(key)) {
        Ok(Some(v)) => v.own().into_value(),
        Ok(None) => to_abi(exc::key_error(r(key))),
        Err(e) => to_abi(Err(e)),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_setitem(d: Value, key: Value, v: Value) -> i32 {
    to_abi_status(dict::set_own(r(d), r(key), Own::from_value(v)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_contains(d: Value, key: Value) -> i32 {
    to_abi_bool(dict::find_value(r(d), r(key)).map(|v| v.is_some()))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_get(d: Value, key: Value, default: Value) -> Value {
    match dict::find_value(r(d), r(key)) {
        Ok(v) => v.unwrap_or(r(default)).own().into_value(),
        Err(e) => to_abi(Err(e)),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_dict_setdefault(d: Value, key: Value, default: Value) -> Value {
    to_abi(dict::set_default(r(d), r(key), r(default)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_set_contains(s: Value, key: Value) -> i32 {
    to_abi_bool(set::contains(r(s), r(key)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_set_discard(s: Value, v: Value) -> i32 {
    to_abi_status(set::discard(r(s), r(v)).map(drop))
}

// ---- list ----

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_list_pop_slow(l: Value) -> Value {
    to_abi(match list::len(r(l)) {
        0 => exc::index_error(format_args!("pop from empty list")),
        n => Ok(list::remove_at(r(l), n - 1)),
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_heap_push(h: Value, item: Value) -> i32 {
    to_abi_status(heap::check(r(h), "heappush", " 1").and_then(|h| heap::push(h, r(item), heap::MIN)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_heap_pop(h: Value) -> Value {
    to_abi(heap::check(r(h), "heappop", "").and_then(|h| heap::pop(h, heap::MIN)))
}

// ---- str ----

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_is(which: i32, s: Value) -> i32 {
    let s = r(s);
    if let Some(c) = str_::single_ascii(s) {
        return pyaot_hot::text::pyaot_char_is(which, i64::from(c));
    }
    i32::from(text_is(which, str_::units(s)))
}
fn text_is(which: i32, u: str_::Units) -> bool {
    match which {
        0 => case::is_digit(u),
        1 => case::is_alpha(u),
        2 => case::is_alnum(u),
        3 => case::is_space(u),
        4 => case::is_upper(u),
        _ => case::is_lower(u),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_char_is_slow(which: i32, code: i64) -> i32 {
    i32::from(text_is(which, str_::Units::Four(&[code as u32])))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_char_of(code: i64) -> Value {
    match str_::char_object(code as u32) {
        Ok(text) => text.into_value(),
        Err(exc::Raised) => std::process::abort(),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_char_code(v: Value) -> i64 {
    let v = r(v);
    if v.is_exact::<StrObject>() && str_::len(v) == 1 {
        return i64::from(str_::code_point(str_::cast(v), 0));
    }
    -1
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_plain(which: i32, s: Value) -> Value {
    to_abi(str_::call_plain(which, r(s)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_unary(which: i32, s: Value, a: Value) -> Value {
    to_abi(str_::call_unary(which, r(s), r(a)))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_replace(s: Value, old: Value, new: Value) -> Value {
    let (s, old, new) = (r(s), r(old), r(new));
    if old.is_exact::<StrObject>() && new.is_exact::<StrObject>() {
        return to_abi(str_::replace_text(s, old, new, usize::MAX));
    }
    to_abi(call::call_method(s, istr!("replace"), &[old, new]))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_startswith(s: Value, prefix: Value) -> Value {
    let (s, prefix) = (r(s), r(prefix));
    if prefix.is_exact::<StrObject>() {
        return Own::bool(pyaot_text::search::starts_with(str_::units(s), str_::units(prefix))).into_value();
    }
    to_abi(call::call_method(s, istr!("startswith"), &[prefix]))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_endswith(s: Value, suffix: Value) -> Value {
    let (s, suffix) = (r(s), r(suffix));
    if suffix.is_exact::<StrObject>() {
        return Own::bool(pyaot_text::search::ends_with(str_::units(s), str_::units(suffix))).into_value();
    }
    to_abi(call::call_method(s, istr!("endswith"), &[suffix]))
}

// ---- builtins ----

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_builtin_0(which: i32) -> Value {
    to_abi(match DIRECT_BUILTINS[which as usize] {
        "list" => list::new(),
        "tuple" => Ok(tuple::empty()),
        "set" => set::new(),
        _ => dict::try_new(),
    })
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_builtin_1(which: i32, a: Value) -> Value {
    to_abi(builtin_1(which, r(a)))
}
fn builtin_1(which: i32, a: Ref) -> PyResult {
    const fn is(place: i32, name: &str) -> bool {
        let (have, name) = (DIRECT_BUILTINS[place as usize].as_bytes(), name.as_bytes());
        let mut i = 0;
        while i < have.len() && i < name.len() && have[i] == name[i] {
            i += 1;
        }
        i == have.len() && i == name.len()
    }
    const ORDER: () = assert!(
        is(0, "str")
            && is(1, "int")
            && is(2, "float")
            && is(3, "bool")
            && is(4, "list")
            && is(5, "tuple")
            && is(6, "set")
            && is(8, "ord")
            && is(9, "chr")
            && is(10, "abs")
            && is(11, "sum")
            && is(12, "len")
            && is(14, "isinstance")
            && is(16, "sorted")
            && is(17, "reversed")
            && is(18, "any")
            && is(19, "all")
            && is(20, "issubclass")
    );
    let () = ORDER;
    match which {
        0 => protocol::str(a),
        1 => int::methods::convert_object(a),
        2 => float::from_object(a).map(Own::float),
        3 => protocol::truth(a).map(Own::bool),
        4 => list::from_iterable(a),
        5 => tuple::from_iterable(a),
        6 => set::from_iterable(a),
        8 => builtins::functions::ord(a),
        9 => builtins::functions::chr(a),
        10 => protocol::absolute(a),
        11 => builtins::functions::sum(a, None),
        12 => protocol::len(a).map(Own::usize),
        16 => list::sort::sorted(a, None, false),
        17 => iterators::sequence::reversed(a),
        18 => builtins::functions::any(a),
        19 => builtins::functions::all(a),
        _ => protocol::repr(a),
    }
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_builtin_2(which: i32, a: Value, b: Value) -> Value {
    let (a, b) = (r(a), r(b));
    to_abi(match which {
        14 => protocol::is_instance(a, b).map(Own::bool),
        20 => protocol::is_subclass(a, b).map(Own::bool),
        _ => protocol::divmod(a, b),
    })
}
