//! Intrinsics of f-strings, t-strings and string building.
use crate::format;
use crate::object::{Own, Ref, Value, decref, to_abi};
use crate::types::str as str_;
use crate::types::template;

/// Takes n owned strs.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_string(items: *mut u8, n: i64) -> Value {
    // SAFETY: the compiler passes n owned strs.
    let parts = unsafe { core::slice::from_raw_parts(items.cast::<Value>(), n as usize) };
    let r = to_abi(str_::join_refs(parts));
    for &v in parts {
        decref(v);
    }
    r
}

/// CONVERT_VALUE: 1 str, 2 repr, 3 ascii.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_convert_value(v: Value, which: i32) -> Value {
    let which = match which {
        1 => b's',
        2 => b'r',
        _ => b'a',
    };
    to_abi(format::convert(Ref::from_value(v), which))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_format_simple(v: Value) -> Value {
    let v = Ref::from_value(v);
    if let Some(i) = v.small_int() {
        return to_abi(str_::from_ascii(pyaot_text::int_text::decimal_i64(i, &mut [0; 21])));
    }
    to_abi(format::format(v, None))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_format_with_spec(v: Value, spec: Value) -> Value {
    to_abi(format::format(Ref::from_value(v), Some(Ref::from_value(spec))))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_template(strings: Value, interpolations: Value) -> Value {
    to_abi(template::new(
        Ref::from_value(strings).own(),
        Ref::from_value(interpolations).own(),
    ))
}

/// `conversion` as in CONVERT_VALUE, 0 for none; `spec` may be the null word.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_interpolation(v: Value, text: Value, conversion: i32, spec: Value) -> Value {
    let conversion = match conversion {
        1 => str_::latin1_char(b's'),
        2 => str_::latin1_char(b'r'),
        3 => str_::latin1_char(b'a'),
        _ => Own::none(),
    };
    let spec = Ref::from_nullable(spec).map_or_else(str_::empty, Ref::own);
    to_abi(template::new_interpolation(
        Ref::from_value(v).own(),
        Ref::from_value(text).own(),
        conversion,
        spec,
    ))
}
