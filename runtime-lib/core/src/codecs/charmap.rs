//! Charmap codecs: tables as strs, mappings, or the compact `EncodingMap`. CPython: Objects/unicodeobject.c,
//! PyUnicode_DecodeCharmap and _PyUnicode_EncodeCharmap.
use super::{errors, handlers, registry};
use crate::call::convert::{self, IntValue};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, alloc};
use crate::object_protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::{bytes, dict, str as str_};
use pyaot_text::codec::{self, CodecError, Handler, Replacement, charmap};
use pyaot_text::{StrBuf, Units};

/// `EncodingMap`: what `charmap_build` makes of a decoding table.
#[repr(C)]
pub struct EncodingMapObject {
    header: Header,
    map: *mut charmap::EncodingMap,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for EncodingMapObject {
    fn type_object() -> &'static TypeObject {
        &ENCODING_MAP_TYPE
    }
}
pub static ENCODING_MAP_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "EncodingMap",
    basic_size: size_of::<EncodingMapObject>(),
    flags: pyaot_abi::type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance; the box was made by `build`.
    drop(unsafe { Box::from_raw((*p.cast::<EncodingMapObject>()).map) });
}

/// `_codecs.charmap_build(table)`: a map for tables of 256 different characters that start with ASCII's NUL, else a dict.
pub fn build(table: Ref) -> PyResult {
    let units = str_::units(table);
    let n = units.len().min(256);
    let simple = n > 0 && units.get(0) == 0 && units.iter().take(n).skip(1).all(|c| c != 0 && c < 0xfffe + 1);
    if simple {
        return alloc::object(|header| EncodingMapObject {
            header,
            map: Box::into_raw(Box::new(charmap::EncodingMap::new(units))),
        });
    }
    let d = dict::new();
    for (i, c) in units.iter().take(n).enumerate() {
        dict::set(d.r(), Own::int(c as i64).r(), Own::usize(i).r())?;
    }
    Ok(d)
}

fn handler_of(errors: Option<&str>) -> Option<Handler> {
    errors.map_or(Some(Handler::Strict), Handler::from_name)
}

// ---- decode ----

/// What a mapping says of a byte.
fn decode_one(mapping: Ref, c: u8, out: &mut StrBuf) -> PyResult<bool> {
    let key = Own::int(c as i64);
    let Some(v) = exc::swallow(object_protocol::get_item(mapping, key.r()), &exc::types::LOOKUP_ERROR)? else {
        return Ok(false);
    };
    if v.r().is_none() {
        return Ok(false);
    }
    if v.r().ty().has(pyaot_abi::type_flag::INT) {
        return match convert::int_value(v.r()) {
            IntValue::Fits(0xfffe) => Ok(false),
            IntValue::Fits(i @ 0..=0x10ffff) => {
                out.push(i as u32);
                Ok(true)
            }
            _ => exc::type_error(format_args!("character mapping must be in range(0x110000)")),
        };
    }
    if str_::is_str(v.r()) {
        if str_::single_char(v.r()) == Some(0xfffe) {
            return Ok(false);
        }
        out.push_units(str_::units(v.r()));
        return Ok(true);
    }
    exc::type_error(format_args!("character mapping must return integer, None or str"))
}

/// Text of `data` under a str or mapping (None: Latin-1).
pub fn decode(data: &[u8], mapping: Option<Ref>, errors: Option<&str>) -> PyResult {
    let Some(mapping) = mapping else {
        return str_::from_latin1(data);
    };
    let mut out = StrBuf::with_capacity(data.len());
    let mut replaced: Option<Own> = None;
    let mut callback = registry::lookup_error_lazy(errors.unwrap_or("strict"));
    let mut pos = 0;
    loop {
        let input = replaced.as_ref().map_or(data, |b| bytes::as_slice(b.r()));
        let mut error = None;
        if str_::is_str(mapping) {
            error = charmap::decode(input, &mut pos, str_::units(mapping), &mut out).err();
        } else {
            while pos < input.len() {
                if !decode_one(mapping, input[pos], &mut out)? {
                    error = Some(CodecError {
                        start: pos,
                        end: pos + 1,
                        reason: "character maps to <undefined>",
                    });
                    break;
                }
                pos += 1;
            }
        }
        let Some(e) = error else { return str_::from_buf(out) };
        match handler_of(errors) {
            Some(h) if h.can_decode() => match codec::decode_error(h, "charmap", input, &e, &mut out) {
                Some(next) => pos = next,
                None => return errors::raise_decode("charmap", input, e.start, e.end, e.reason),
            },
            Some(_) => {
                return exc::type_error(format_args!(
                    "don't know how to handle UnicodeDecodeError in error callback"
                ));
            }
            None => {
                let answer = handlers::call_decode(callback.get()?, "charmap", input, &e)?;
                out.push_units(str_::units(answer.text.r()));
                pos = answer.next;
                replaced = Some(answer.input);
            }
        }
    }
}

// ---- encode ----

/// Appends the bytes of a character; false when it has none.
fn encode_one(mapping: Ref, c: u32, out: &mut Vec<u8>) -> PyResult<bool> {
    if let Some(m) = mapping.downcast_exact::<EncodingMapObject>() {
        // SAFETY: the object owns its map.
        return Ok(match unsafe { &*m.map }.get(c) {
            Some(b) => {
                out.push(b);
                true
            }
            None => false,
        });
    }
    let key = Own::int(c as i64);
    let Some(v) = exc::swallow(object_protocol::get_item(mapping, key.r()), &exc::types::LOOKUP_ERROR)? else {
        return Ok(false);
    };
    if v.r().is_none() {
        return Ok(false);
    }
    if v.r().ty().has(pyaot_abi::type_flag::INT) {
        return match convert::int_value(v.r()) {
            IntValue::Fits(i @ 0..=255) => {
                out.push(i as u8);
                Ok(true)
            }
            _ => exc::type_error(format_args!("character mapping must be in range(256)")),
        };
    }
    if bytes::is_bytes(v.r()) {
        out.extend_from_slice(bytes::as_slice(v.r()));
        return Ok(true);
    }
    exc::type_error(format_args!(
        "character mapping must return integer, bytes or None, not {}",
        v.r().ty().full_name()
    ))
}

/// Bytes of a str under a mapping (None: Latin-1).
pub fn encode(s: Ref, mapping: Option<Ref>, errors: Option<&str>) -> PyResult {
    let Some(mapping) = mapping else {
        return super::encode(s, super::Encoding::Latin1, errors);
    };
    let text: Units = str_::units(s);
    let mut out = Vec::with_capacity(text.len());
    let mut callback = registry::lookup_error_lazy(errors.unwrap_or("strict"));
    let mut pos = 0;
    while pos < text.len() {
        if encode_one(mapping, text.get(pos), &mut out)? {
            pos += 1;
            continue;
        }
        // The whole run of characters without bytes is one error.
        let mut end = pos + 1;
        let mut scratch = Vec::new();
        while end < text.len() && !encode_one(mapping, text.get(end), &mut scratch)? {
            end += 1;
        }
        let e = CodecError {
            start: pos,
            end,
            reason: "character maps to <undefined>",
        };
        let refuse = |at: usize| errors::raise_encode("charmap", s, at, e.end, e.reason);
        let (rep, next) = match handler_of(errors) {
            Some(Handler::Strict) => return refuse(e.start),
            Some(h) => match codec::encode_error(h, "charmap", text, &e, &super::name_of) {
                Some(r) => r,
                None => return refuse(e.start),
            },
            None => handlers::call_encode(callback.get()?, "charmap", s, &e)?,
        };
        match rep {
            Replacement::Bytes(b) => out.extend_from_slice(&b),
            Replacement::Text(t) => {
                for c in t.units().iter() {
                    if !encode_one(mapping, c, &mut out)? {
                        return refuse(e.start);
                    }
                }
            }
        }
        pos = next;
    }
    bytes::from_slice(&out)
}
