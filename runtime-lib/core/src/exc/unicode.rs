//! UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError: encoding, object, start, end, reason.
use super::fields::field_attribute;
use super::types::{self as t, init as base_init, own_fields};
use crate::call::Args;
use crate::exc;
use crate::object::{Own, PyResult, Ref, field, set_field};
use crate::typeobj::{GetSetDef, Slots, getset};
use crate::types;
use pyaot_abi::type_flag;

pub const DECODE_SLOTS: Slots = Slots {
    init: Some(decode_init),
    str: Some(decode_str),
    ..Slots::NONE
};
pub const ENCODE_SLOTS: Slots = Slots {
    init: Some(encode_init),
    str: Some(encode_str),
    ..Slots::NONE
};
pub const TRANSLATE_SLOTS: Slots = Slots {
    init: Some(translate_init),
    str: Some(translate_str),
    ..Slots::NONE
};
/// Fields: encoding, object, start, end, reason.
pub static GETSET: &[GetSetDef] = &[
    field_attribute!("encoding", 0),
    field_attribute!("object", 1),
    getset("start", |e| index_of(e, 2), |e, v| set_index(e, 2, v)),
    getset("end", |e| index_of(e, 3), |e, v| set_index(e, 3, v)),
    field_attribute!("reason", 4),
];

/// 0 before `__init__` ran.
fn index_of(e: Ref, i: usize) -> PyResult {
    Ok(field(&own_fields(e)[i]).map_or(Own::int(0), Ref::own))
}
fn set_index(e: Ref, i: usize, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("can't delete numeric/char attribute"));
    };
    set_field(&own_fields(e)[i], Some(Own::int(types::int::as_isize(v)? as i64)));
    Ok(())
}

fn expect(i: usize, what: &str, v: Ref, ok: bool) -> PyResult<()> {
    if ok {
        return Ok(());
    }
    exc::type_error(format_args!(
        "argument {} must be {what}, not {}",
        i + 1,
        crate::call::convert::type_name(v)
    ))
}
fn arguments<'a>(class: &str, a: &Args<'a>, n: usize) -> PyResult<Vec<Ref<'a>>> {
    a.no_keywords(class)?;
    if a.len() != n {
        return exc::type_error(format_args!("function takes exactly {n} arguments ({} given)", a.len()));
    }
    Ok(a.iter().collect())
}
fn store(e: Ref, values: [Option<Own>; 5]) {
    for (i, v) in values.into_iter().enumerate() {
        set_field(&own_fields(e)[i], v);
    }
}

fn decode_init(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    let v = arguments("UnicodeDecodeError", a, 5)?;
    expect(0, "str", v[0], v[0].ty().has(type_flag::STR))?;
    let (start, end) = (types::int::as_isize(v[2])?, types::int::as_isize(v[3])?);
    expect(4, "str", v[4], v[4].ty().has(type_flag::STR))?;
    let object = if v[1].ty().has(type_flag::BYTES) {
        v[1].own()
    } else {
        types::bytes::from_slice(&crate::buffer::contents(v[1])?)?
    };
    store(
        e,
        [
            Some(v[0].own()),
            Some(object),
            Some(Own::int(start as i64)),
            Some(Own::int(end as i64)),
            Some(v[4].own()),
        ],
    );
    Ok(())
}
fn encode_init(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    let v = arguments("UnicodeEncodeError", a, 5)?;
    expect(0, "str", v[0], v[0].ty().has(type_flag::STR))?;
    expect(1, "str", v[1], v[1].ty().has(type_flag::STR))?;
    let (start, end) = (types::int::as_isize(v[2])?, types::int::as_isize(v[3])?);
    expect(4, "str", v[4], v[4].ty().has(type_flag::STR))?;
    store(
        e,
        [
            Some(v[0].own()),
            Some(v[1].own()),
            Some(Own::int(start as i64)),
            Some(Own::int(end as i64)),
            Some(v[4].own()),
        ],
    );
    Ok(())
}
fn translate_init(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    let v = arguments("UnicodeTranslateError", a, 4)?;
    expect(0, "str", v[0], v[0].ty().has(type_flag::STR))?;
    let (start, end) = (types::int::as_isize(v[1])?, types::int::as_isize(v[2])?);
    expect(3, "str", v[3], v[3].ty().has(type_flag::STR))?;
    store(
        e,
        [
            None,
            Some(v[0].own()),
            Some(Own::int(start as i64)),
            Some(Own::int(end as i64)),
            Some(v[3].own()),
        ],
    );
    Ok(())
}

struct Shown {
    encoding: String,
    start: i64,
    end: i64,
    reason: String,
}
impl Shown {
    /// The error is about one item that is there.
    fn single(&self, len: usize) -> bool {
        self.start >= 0 && (self.start as usize) < len && self.end == self.start.wrapping_add(1)
    }
}
/// The fields as the texts print them; `None` before `__init__` ran.
fn shown(e: Ref) -> Option<Shown> {
    let f = own_fields(e);
    let text = |i: usize| -> Option<String> {
        let s = crate::object_protocol::str(field(&f[i])?).ok()?;
        Some(types::str::to_string_lossy(s.r()))
    };
    let n = |i: usize| field(&f[i]).and_then(Ref::small_int).unwrap_or(0);
    Some(Shown {
        encoding: text(0).unwrap_or_default(),
        start: n(2),
        end: n(3),
        reason: text(4)?,
    })
}
fn code_point_text(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

fn decode_str(e: Ref) -> PyResult {
    let Some(object) = field(&own_fields(e)[1]).map(Ref::own) else {
        return Ok(Own::str(""));
    };
    let data = types::bytes::as_slice(object.r());
    let Some(s) = shown(e) else {
        return Ok(Own::str(""));
    };
    Ok(Own::str(&if s.single(data.len()) {
        format!(
            "'{}' codec can't decode byte 0x{:02x} in position {}: {}",
            s.encoding, data[s.start as usize], s.start, s.reason
        )
    } else {
        format!(
            "'{}' codec can't decode bytes in position {}-{}: {}",
            s.encoding,
            s.start,
            s.end.wrapping_sub(1),
            s.reason
        )
    }))
}
fn encode_str(e: Ref) -> PyResult {
    let Some(object) = field(&own_fields(e)[1]).map(Ref::own) else {
        return Ok(Own::str(""));
    };
    let text = types::str::cast(object.r());
    let Some(s) = shown(e) else {
        return Ok(Own::str(""));
    };
    Ok(Own::str(&if s.single(text.len.get()) {
        let c = code_point_text(types::str::code_point(text, s.start as usize));
        format!(
            "'{}' codec can't encode character '{c}' in position {}: {}",
            s.encoding, s.start, s.reason
        )
    } else {
        format!(
            "'{}' codec can't encode characters in position {}-{}: {}",
            s.encoding,
            s.start,
            s.end.wrapping_sub(1),
            s.reason
        )
    }))
}
fn translate_str(e: Ref) -> PyResult {
    let Some(object) = field(&own_fields(e)[1]).map(Ref::own) else {
        return Ok(Own::str(""));
    };
    let text = types::str::cast(object.r());
    let Some(s) = shown(e) else {
        return Ok(Own::str(""));
    };
    Ok(Own::str(&if s.single(text.len.get()) {
        let c = code_point_text(types::str::code_point(text, s.start as usize));
        format!("can't translate character '{c}' in position {}: {}", s.start, s.reason)
    } else {
        format!(
            "can't translate characters in position {}-{}: {}",
            s.start,
            s.end.wrapping_sub(1),
            s.reason
        )
    }))
}

/// A UnicodeDecodeError object.
pub fn decode_error(encoding: &str, object: Ref, start: usize, end: usize, reason: &str) -> PyResult {
    make(&t::UNICODE_DECODE_ERROR, encoding, object, start, end, reason)
}
/// A UnicodeEncodeError object.
pub fn encode_error(encoding: &str, object: Ref, start: usize, end: usize, reason: &str) -> PyResult {
    make(&t::UNICODE_ENCODE_ERROR, encoding, object, start, end, reason)
}
fn make(
    ty: &'static crate::typeobj::TypeObject,
    encoding: &str,
    object: Ref,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult {
    let (encoding, reason, start, end) = (Own::str(encoding), Own::str(reason), Own::usize(start), Own::usize(end));
    crate::call::call(
        ty.r(),
        &Args::positional(&[encoding.r(), object, start.r(), end.r(), reason.r()]),
    )
}
/// The five fields, typed: (encoding, object, start, end, reason); for error handlers.
pub fn parts(e: Ref) -> (Option<Own>, Option<Own>, usize, usize, Option<Own>) {
    let f = own_fields(e);
    let own = |i: usize| field(&f[i]).map(Ref::own);
    let n = |i: usize| field(&f[i]).and_then(Ref::small_int).unwrap_or(0).max(0) as usize;
    (own(0), own(1), n(2), n(3), own(4))
}
