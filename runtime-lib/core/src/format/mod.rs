//! Formatting of objects: `format(v, spec)`, f-strings, `str.__format__`; `percent` and `template` are the two template languages.
//!
//! The mini-language itself is `pyaot_text::format_spec`; numbers meet it in `types::format_number`.
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol;
use crate::types::{bool_, float, format_number, int, str as str_};
use crate::{call, istr};
use pyaot_text::format_spec::{self as fs, Of, Spec};

mod fast;
pub mod percent;
pub mod template;

/// `format(v, spec)`; no spec is the empty one (CPython: Objects/abstract.c, PyObject_Format).
pub fn format(v: Ref, spec: Option<Ref>) -> PyResult {
    if let Some(spec) = spec {
        if !str_::is_str(spec) {
            return exc::system_error(format_args!(
                "Format specifier must be a string, not {}",
                spec.ty().full_name()
            ));
        }
    }
    match spec.filter(|s| str_::len(*s) > 0) {
        None => {
            // What `__format__` of these gives for the empty spec.
            if v.is_exact::<str_::StrObject>() {
                return Ok(v.own());
            }
            if v.small_int().is_some() || v.value().is_small_float() || v.value().is_bool() {
                return object_protocol::str(v);
            }
        }
        Some(spec) => {
            if let Some(r) = fast::apply(v, spec) {
                return r;
            }
            if v.is_exact::<str_::StrObject>() {
                return format_str(v, spec);
            }
            if v.small_int().is_some() {
                return format_number::format_int(v, spec);
            }
            if v.value().is_small_float() {
                return format_number::format_float(v, spec);
            }
        }
    }
    let spec = spec.map_or_else(str_::empty, Ref::own);
    let Some(r) = call::call_special(v, istr!("__format__"), &[spec.r()]) else {
        return exc::type_error(format_args!("Type {} doesn't define __format__", v.ty().full_name()));
    };
    let r = r?;
    if !str_::is_str(r.r()) {
        return exc::type_error(format_args!(
            "__format__ must return a str, not {}",
            r.r().ty().full_name()
        ));
    }
    Ok(r)
}

/// `str.__format__` (CPython: Python/formatter_unicode.c, _PyUnicode_FormatAdvancedWriter).
pub fn format_str(s: Ref, spec: Ref) -> PyResult {
    if str_::len(spec) == 0 {
        return if s.is_exact::<str_::StrObject>() {
            Ok(s.own())
        } else {
            object_protocol::str(s)
        };
    }
    let name = s.ty().name();
    let r =
        Spec::parse(str_::units(spec), Of::Str, name).and_then(|parsed| fs::format_str(str_::units(s), &parsed, name));
    match r {
        Ok(b) => str_::from_buf(b),
        Err(e) => format_number::raise(e),
    }
}

/// CONVERT_VALUE and `!s !r !a`: 's', 'r' or 'a'.
pub fn convert(v: Ref, which: u8) -> PyResult {
    match which {
        b's' => object_protocol::str(v),
        b'r' => object_protocol::repr(v),
        _ => ascii(v),
    }
}

/// `ascii(v)`: the repr with everything beyond ASCII escaped.
pub fn ascii(v: Ref) -> PyResult {
    if v.is_exact::<str_::StrObject>() {
        return str_::from_buf(pyaot_text::repr::ascii(str_::units(v)));
    }
    let r = object_protocol::repr(v)?;
    if str_::is_ascii(str_::cast(r.r())) {
        return Ok(r);
    }
    let mut out = pyaot_text::StrBuf::with_capacity(str_::len(r.r()) * 2);
    for c in str_::code_points(str_::cast(r.r())) {
        if c < 128 {
            out.push(c);
        } else {
            pyaot_text::repr::push_escape(&mut out, c);
        }
    }
    str_::from_buf(out)
}

/// Appends `str(v)` of what the f-string and `%` fast paths meet most; false when `v` is something else.
pub fn push_simple(v: Ref, out: &mut pyaot_text::StrBuf) -> bool {
    if v.is_exact::<str_::StrObject>() {
        out.push_units(str_::units(v));
    } else if let Some(i) = v.small_int() {
        out.push_latin1(pyaot_text::int_text::decimal_i64(i, &mut [0; 21]));
    } else if v.value().is_small_float() {
        out.push_latin1(pyaot_text::float::repr(v.value().as_small_f64()).as_bytes());
    } else {
        return false;
    }
    true
}

/// The exact types whose text no Python code decides.
pub fn is_plain(v: Ref) -> bool {
    v.is_exact::<str_::StrObject>()
        || v.is_exact::<int::IntObject>()
        || core::ptr::eq(v.ty(), &bool_::BOOL_TYPE)
        || v.is_exact::<float::FloatObject>()
}

/// Text of an owned str value for error messages.
pub fn shown(v: &Own) -> String {
    str_::to_string_lossy(v.r())
}
