//! `_codecs`: the registry and the built-in codecs as functions (CPython: Modules/_codecsmodule.c).
use pyaot_core::buffer::{self, Contents};
use pyaot_core::call::convert;
use pyaot_core::codecs::{self, Encoding, Order, charmap, registry};
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, module};
use std::borrow::Cow;

pub fn make() -> PyResult {
    let m = module::new("_codecs")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("register($module, search_function, /)"), |_, f| {
        registry::register(f)?;
        Ok(Own::none())
    }),
    one(sig!("unregister($module, search_function, /)"), |_, f| {
        registry::unregister(f);
        Ok(Own::none())
    }),
    one(sig!("lookup($module, encoding, /)"), |_, name| {
        registry::lookup(&convert::text_arg("lookup", "argument", name)?)
    }),
    bound(
        sig!("encode($module, /, obj, encoding='utf-8', errors='strict')"),
        |_, b| {
            let (encoding, errors) = names("encode", b)?;
            registry::encode(b.arg(0), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref())
        },
    ),
    bound(
        sig!("decode($module, /, obj, encoding='utf-8', errors='strict')"),
        |_, b| {
            let (encoding, errors) = names("decode", b)?;
            registry::decode(b.arg(0), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref())
        },
    ),
    bound(sig!("register_error($module, errors, handler, /)"), |_, b| {
        let name = convert::text_arg("register_error", "argument 1", b.arg(0))?;
        registry::register_error(&name, b.arg(1))?;
        Ok(Own::none())
    }),
    one(sig!("_unregister_error($module, errors, /)"), |_, name| {
        let name = convert::text_arg("_unregister_error", "argument", name)?;
        Ok(Own::bool(registry::unregister_error(&name)?))
    }),
    one(sig!("lookup_error($module, name, /)"), |_, name| {
        registry::lookup_error(&convert::text_arg("lookup_error", "argument", name)?)
    }),
    bound(sig!("escape_decode($module, data, errors=None, /)"), escape_decode),
    bound(sig!("escape_encode($module, data, errors=None, /)"), escape_encode),
    bound(sig!("readbuffer_encode($module, data, errors=None, /)"), |_, b| {
        let data = text_or_buffer(b.arg(0))?;
        pair(bytes::from_slice(&data)?, data.len())
    }),
    bound(
        sig!("charmap_decode($module, data, errors=None, mapping=None, /)"),
        |_, b| {
            let data = buffer::contents(b.arg(0))?;
            let errors = errors_arg("charmap_decode", b, 1)?;
            let text = charmap::decode(&data, b.get_not_none(2), errors.as_deref())?;
            pair(text, data.len())
        },
    ),
    bound(
        sig!("charmap_encode($module, str, errors=None, mapping=None, /)"),
        |_, b| {
            let s = convert::str_arg("charmap_encode", "argument 1", b.arg(0))?;
            let errors = errors_arg("charmap_encode", b, 1)?;
            pair(charmap::encode(s, b.get_not_none(2), errors.as_deref())?, str_::len(s))
        },
    ),
    one(sig!("charmap_build($module, map, /)"), |_, map| {
        charmap::build(convert::str_arg("charmap_build", "argument", map)?)
    }),
    bound(
        sig!("utf_8_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_8_decode", b, Encoding::Utf8, Some(2)),
    ),
    bound(
        sig!("utf_7_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_7_decode", b, Encoding::Utf7, Some(2)),
    ),
    bound(
        sig!("utf_16_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_16_decode", b, Encoding::Utf16(Order::Detect), Some(2)),
    ),
    bound(
        sig!("utf_16_le_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_16_le_decode", b, Encoding::Utf16(Order::Little), Some(2)),
    ),
    bound(
        sig!("utf_16_be_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_16_be_decode", b, Encoding::Utf16(Order::Big), Some(2)),
    ),
    bound(
        sig!("utf_32_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_32_decode", b, Encoding::Utf32(Order::Detect), Some(2)),
    ),
    bound(
        sig!("utf_32_le_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_32_le_decode", b, Encoding::Utf32(Order::Little), Some(2)),
    ),
    bound(
        sig!("utf_32_be_decode($module, data, errors=None, final=False, /)"),
        |_, b| decode("utf_32_be_decode", b, Encoding::Utf32(Order::Big), Some(2)),
    ),
    bound(
        sig!("utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False, /)"),
        |_, b| decode_ex("utf_16_ex_decode", b, Encoding::Utf16),
    ),
    bound(
        sig!("utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False, /)"),
        |_, b| decode_ex("utf_32_ex_decode", b, Encoding::Utf32),
    ),
    bound(sig!("ascii_decode($module, data, errors=None, /)"), |_, b| {
        decode("ascii_decode", b, Encoding::Ascii, None)
    }),
    bound(sig!("latin_1_decode($module, data, errors=None, /)"), |_, b| {
        decode("latin_1_decode", b, Encoding::Latin1, None)
    }),
    bound(
        sig!("unicode_escape_decode($module, data, errors=None, final=True, /)"),
        |_, b| escapes("unicode_escape_decode", b, Encoding::UnicodeEscape),
    ),
    bound(
        sig!("raw_unicode_escape_decode($module, data, errors=None, final=True, /)"),
        |_, b| escapes("raw_unicode_escape_decode", b, Encoding::RawUnicodeEscape),
    ),
    bound(sig!("utf_8_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_8_encode", b, Encoding::Utf8)
    }),
    bound(sig!("utf_7_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_7_encode", b, Encoding::Utf7)
    }),
    bound(
        sig!("utf_16_encode($module, str, errors=None, byteorder=0, /)"),
        |_, b| {
            let order = order_arg(b, 2)?;
            encode("utf_16_encode", b, Encoding::Utf16(order))
        },
    ),
    bound(sig!("utf_16_le_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_16_le_encode", b, Encoding::Utf16(Order::Little))
    }),
    bound(sig!("utf_16_be_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_16_be_encode", b, Encoding::Utf16(Order::Big))
    }),
    bound(
        sig!("utf_32_encode($module, str, errors=None, byteorder=0, /)"),
        |_, b| {
            let order = order_arg(b, 2)?;
            encode("utf_32_encode", b, Encoding::Utf32(order))
        },
    ),
    bound(sig!("utf_32_le_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_32_le_encode", b, Encoding::Utf32(Order::Little))
    }),
    bound(sig!("utf_32_be_encode($module, str, errors=None, /)"), |_, b| {
        encode("utf_32_be_encode", b, Encoding::Utf32(Order::Big))
    }),
    bound(sig!("ascii_encode($module, str, errors=None, /)"), |_, b| {
        encode("ascii_encode", b, Encoding::Ascii)
    }),
    bound(sig!("latin_1_encode($module, str, errors=None, /)"), |_, b| {
        encode("latin_1_encode", b, Encoding::Latin1)
    }),
    bound(sig!("unicode_escape_encode($module, str, errors=None, /)"), |_, b| {
        encode("unicode_escape_encode", b, Encoding::UnicodeEscape)
    }),
    bound(
        sig!("raw_unicode_escape_encode($module, str, errors=None, /)"),
        |_, b| encode("raw_unicode_escape_encode", b, Encoding::RawUnicodeEscape),
    ),
];

type Name<'a> = Option<Cow<'a, str>>;

/// The arguments `encoding` and `errors` of encode() and decode().
fn names<'a>(f: &str, b: &Bound<'a>) -> PyResult<(Name<'a>, Name<'a>)> {
    let text = |i: usize, which: &str| -> PyResult<Name<'a>> {
        match b.get(i) {
            Some(v) => Ok(Some(convert::text_arg(f, which, v)?)),
            None => Ok(None),
        }
    };
    Ok((text(1, "argument 'encoding'")?, text(2, "argument 'errors'")?))
}

fn errors_arg<'a>(f: &str, b: &Bound<'a>, i: usize) -> PyResult<Name<'a>> {
    match b.get_not_none(i) {
        Some(v) if str_::is_str(v) => Ok(Some(convert::text_arg(f, "argument 2", v)?)),
        Some(v) => convert::bad_argument(f, "argument 2", "str or None", v),
        None => Ok(None),
    }
}

fn pair(v: Own, n: usize) -> PyResult {
    Ok(tuple::from_vec(vec![v, Own::usize(n)]))
}

fn truth(b: &Bound, i: Option<usize>, default: bool) -> PyResult<bool> {
    match i.and_then(|i| b.get(i)) {
        Some(v) => protocol::truth(v),
        None => Ok(default),
    }
}

fn decode(f: &str, b: &Bound, encoding: Encoding, last: Option<usize>) -> PyResult {
    let data = buffer::contents(b.arg(0))?;
    let errors = errors_arg(f, b, 1)?;
    let last = truth(b, last, last.is_none())?;
    let (text, state) = codecs::decode(&data, encoding, errors.as_deref(), last)?;
    pair(text, state.pos)
}

fn decode_ex(f: &str, b: &Bound, encoding: fn(Order) -> Encoding) -> PyResult {
    let data = buffer::contents(b.arg(0))?;
    let errors = errors_arg(f, b, 1)?;
    let order = order_arg(b, 2)?;
    let last = truth(b, Some(3), false)?;
    let (text, state) = codecs::decode(&data, encoding(order), errors.as_deref(), last)?;
    let found = match state.encoding {
        Encoding::Utf16(Order::Little) | Encoding::Utf32(Order::Little) => -1,
        Encoding::Utf16(Order::Big) | Encoding::Utf32(Order::Big) => 1,
        _ => 0,
    };
    Ok(tuple::from_vec(vec![text, Own::usize(state.pos), Own::int(found)]))
}

fn order_arg(b: &Bound, i: usize) -> PyResult<Order> {
    Ok(match b.get(i) {
        None => Order::Detect,
        Some(v) => match convert::c_int(v)? {
            0 => Order::Detect,
            n if n < 0 => Order::Little,
            _ => Order::Big,
        },
    })
}

/// Bytes of a buffer, or the UTF-8 of a str.
enum Data<'a> {
    Text(Cow<'a, str>),
    Buffer(Contents),
}
impl core::ops::Deref for Data<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Data::Text(t) => t.as_bytes(),
            Data::Buffer(b) => b,
        }
    }
}
fn text_or_buffer(v: Ref<'_>) -> PyResult<Data<'_>> {
    if str_::is_str(v) {
        return Ok(Data::Text(str_::to_utf8(v)?));
    }
    Ok(Data::Buffer(buffer::contents(v)?))
}

fn escapes(f: &str, b: &Bound, encoding: Encoding) -> PyResult {
    let data = text_or_buffer(b.arg(0))?;
    let errors = errors_arg(f, b, 1)?;
    let last = truth(b, Some(2), true)?;
    let (text, state) = codecs::decode(&data, encoding, errors.as_deref(), last)?;
    pair(text, state.pos)
}

fn encode(f: &str, b: &Bound, encoding: Encoding) -> PyResult {
    let s = convert::str_arg(f, "argument 1", b.arg(0))?;
    let errors = errors_arg(f, b, 1)?;
    pair(codecs::encode(s, encoding, errors.as_deref())?, str_::len(s))
}

/// CPython: Objects/bytesobject.c, _PyBytes_DecodeEscape.
fn escape_decode(_: Ref, b: &Bound) -> PyResult {
    let data = text_or_buffer(b.arg(0))?;
    let errors = errors_arg("escape_decode", b, 1)?;
    let mut out = Vec::with_capacity(data.len());
    let mut i = 0;
    let mut invalid: Option<u32> = None;
    while i < data.len() {
        let c = data[i];
        i += 1;
        if c != b'\\' {
            out.push(c);
            continue;
        }
        let start = i - 1;
        let Some(&e) = data.get(i) else {
            return exc::value_error(format_args!("Trailing \\ in string"));
        };
        i += 1;
        match e {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(e),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'r' => out.push(13),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let mut v = (e - b'0') as u32;
                for _ in 0..2 {
                    match data.get(i) {
                        Some(d @ b'0'..=b'7') => {
                            v = v * 8 + (d - b'0') as u32;
                            i += 1;
                        }
                        _ => break,
                    }
                }
                if v > 0o377 {
                    invalid = invalid.or(Some(v));
                }
                out.push(v as u8);
            }
            b'x' => {
                let digit = |j: usize| data.get(j).and_then(|d| (*d as char).to_digit(16));
                match (digit(i), digit(i + 1)) {
                    (Some(h), Some(l)) => {
                        out.push((h << 4 | l) as u8);
                        i += 2;
                    }
                    (h, _) => {
                        match errors.as_deref() {
                            None | Some("strict") => {
                                return exc::value_error(format_args!("invalid \\x escape at position {start}"));
                            }
                            Some("replace") => out.push(b'?'),
                            Some("ignore") => {}
                            Some(other) => {
                                return exc::value_error(format_args!(
                                    "decoding error; unknown error handling code: {other}"
                                ));
                            }
                        }
                        // A lone digit is skipped with the escape.
                        i += h.is_some() as usize;
                    }
                }
            }
            _ => {
                invalid = invalid.or(Some(e as u32));
                out.extend_from_slice(&[b'\\', e]);
            }
        }
    }
    if let Some(c) = invalid {
        match char::from_u32(c) {
            _ if c > 0xff => {
                pyaot_core::warn::deprecation(format_args!("b\"\\{c:o}\" is an invalid octal escape sequence"))?
            }
            Some(c) => pyaot_core::warn::deprecation(format_args!("b\"\\{c}\" is an invalid escape sequence"))?,
            None => {}
        }
    }
    pair(bytes::from_slice(&out)?, data.len())
}

fn escape_encode(_: Ref, b: &Bound) -> PyResult {
    let v = b.arg(0);
    if !bytes::is_bytes(v) {
        return convert::bad_argument("escape_encode", "argument 1", "bytes", v);
    }
    let data = bytes::as_slice(v);
    let mut out = Vec::with_capacity(data.len());
    for &c in data {
        match c {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', c]),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            32..127 => out.push(c),
            _ => out.extend_from_slice(format!("\\x{c:02x}").as_bytes()),
        }
    }
    pair(bytes::from_slice(&out)?, data.len())
}
