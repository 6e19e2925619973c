//! Encoding and decoding of objects: `str.encode`, `bytes.decode` and what `_codecs` exports.
//!
//! The built-in encodings are `pyaot_text`'s and need neither the registry nor the package `encodings`; other names go through
//! [`registry`]. The step loop is here, because an error handler may be a Python function.
use crate::buffer;
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::types::{bytes, str as str_};
use core::cell::Cell;
use pyaot_text::codec::{self, ByName, CodecError, DecodeState, EscapeWarning, Handler};
pub use pyaot_text::codec::{Encoding, Order};
use pyaot_text::{StrBuf, Units};

pub mod charmap;
pub mod errors;
pub mod handlers;
pub mod registry;

/// Names of characters: the module `unicodedata` puts its functions here when it is linked in and first imported.
pub struct Names {
    pub by_name: fn(&[u8]) -> Option<u32>,
    pub name_of: fn(u32) -> Option<String>,
}
struct Hook(Cell<Option<&'static Names>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Hook {}
static NAMES: Hook = Hook(Cell::new(None));

pub fn set_names(names: &'static Names) {
    NAMES.0.set(Some(names));
}
/// The functions of `unicodedata`; the module is imported at the first need, as CPython does.
fn names() -> Option<&'static Names> {
    if NAMES.0.get().is_none() && crate::import::import_module("unicodedata").is_err() {
        drop(exc::take());
    }
    NAMES.0.get()
}
fn by_name(name: &[u8]) -> Option<u32> {
    names().and_then(|n| (n.by_name)(name))
}
fn name_of(c: u32) -> Option<String> {
    names().and_then(|n| (n.name_of)(c))
}
/// For decoders of `\N{…}`.
pub const BY_NAME: ByName<'static> = &by_name;

struct CheckNames(Cell<bool>);
// SAFETY: the GIL guards it.
unsafe impl Sync for CheckNames {}
static CHECK_NAMES: CheckNames = CheckNames(Cell::new(false));

/// Development mode: encodings and error handlers must exist even where the text needs neither.
pub fn set_check_names(on: bool) {
    CHECK_NAMES.0.set(on);
}
/// CPython: Objects/unicodeobject.c, unicode_check_encoding_errors.
fn check_names(encoding: Option<&str>, errors: Option<&str>) -> PyResult<()> {
    if !CHECK_NAMES.0.get() {
        return Ok(());
    }
    if let Some(name) = encoding.filter(|n| Encoding::from_name(n).is_none()) {
        registry::lookup(name)?;
    }
    match errors {
        Some(name) if Handler::from_name(name).is_none() => registry::lookup_error(name).map(drop),
        _ => Ok(()),
    }
}

// ---- encode ----

/// `s.encode(encoding, errors)`: bytes (CPython: Objects/unicodeobject.c, PyUnicode_AsEncodedString).
pub fn encode_str(s: Ref, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
    check_names(encoding, errors)?;
    let known = match encoding {
        None => Some(Encoding::Utf8),
        Some(name) => Encoding::from_name(name).filter(|e| is_direct(*e)),
    };
    match known {
        Some(e) => encode(s, e, errors),
        None => registry::encode_text(s, encoding.unwrap_or("utf-8"), errors),
    }
}

/// The encodings that CPython reaches without the registry; the others come from modules of `encodings`, which are asked for by
/// computed names: where the executable does not have one, the built-in encoding stands in for it.
fn is_direct(e: Encoding) -> bool {
    let module = match e {
        Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii | Encoding::Utf16(_) | Encoding::Utf32(_) => return true,
        Encoding::Utf7 => "encodings.utf_7",
        Encoding::UnicodeEscape => "encodings.unicode_escape",
        Encoding::RawUnicodeEscape => "encodings.raw_unicode_escape",
    };
    !registry::has_encodings() || !crate::import::has_compiled(module)
}

/// Encodes with a built-in encoding.
pub fn encode(s: Ref, encoding: Encoding, errors: Option<&str>) -> PyResult {
    let text = str_::units(s);
    if let Units::One(b) = text {
        // What stays as it is in all three.
        let same = match encoding {
            Encoding::Utf8 | Encoding::Ascii => str_::is_ascii(str_::cast(s)),
            Encoding::Latin1 => true,
            _ => false,
        };
        if same {
            return bytes::from_slice(b);
        }
    }
    let handler = match errors {
        None => Some(Handler::Strict),
        Some(name) => Handler::from_name(name),
    };
    if let Some(handler) = handler {
        return match codec::encode(text, encoding, handler, &name_of) {
            Ok(v) => bytes::from_slice(&v),
            Err(e) => errors::raise_encode(encoding.encode_name(), s, e.start, e.end, e.reason),
        };
    }
    let callback = registry::lookup_error_lazy(errors.unwrap_or("strict"));
    encode_with(s, encoding, callback)
}

/// The step loop with a handler written in Python.
fn encode_with(s: Ref, encoding: Encoding, mut callback: registry::Lazy) -> PyResult {
    let text = str_::units(s);
    let mut out = Vec::with_capacity(text.len());
    let mut pos = 0;
    while let Err(e) = codec::encode_step(text, &mut pos, encoding, &mut out) {
        let (rep, next) = handlers::call_encode(callback.get()?, encoding.encode_name(), s, &e)?;
        if !codec::push_replacement(&rep, encoding, &mut out) {
            return errors::raise_encode(encoding.encode_name(), s, e.start, e.end, e.reason);
        }
        pos = next;
    }
    bytes::from_slice(&out)
}

// ---- decode ----

/// `str(o, encoding, errors)` for a bytes-like object (CPython: PyUnicode_FromEncodedObject).
pub fn decode_object(o: Ref, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
    if str_::is_str(o) {
        return exc::type_error(format_args!("decoding str is not supported"));
    }
    let content = match buffer::contents(o) {
        Ok(c) => c,
        Err(e) => {
            drop(exc::caught(e));
            return exc::type_error(format_args!(
                "decoding to str: need a bytes-like object, {} found",
                o.ty().full_name()
            ));
        }
    };
    let known = match encoding {
        None => Some(Encoding::Utf8),
        Some(name) => Encoding::from_name(name).filter(|e| is_direct(*e)),
    };
    check_names(encoding, errors)?;
    if content.is_empty() {
        return Ok(str_::empty());
    }
    match known {
        Some(e) => Ok(decode(&content, e, errors, true)?.0),
        None => {
            let view = if bytes::is_bytes(o) {
                o.own()
            } else {
                bytes::from_slice(&content)?
            };
            registry::decode_text(view.r(), encoding.unwrap_or("utf-8"), errors)
        }
    }
}

/// UTF-8 or ASCII bytes with a handler, for the runtime itself.
pub fn decode_utf8(data: &[u8], errors: Option<&str>) -> PyResult {
    Ok(decode(data, Encoding::Utf8, errors, true)?.0)
}

/// Decodes with a built-in encoding: the text and the state, whose `pos` is what was consumed.
pub fn decode(data: &[u8], encoding: Encoding, errors: Option<&str>, last: bool) -> PyResult<(Own, DecodeState)> {
    if data.is_ascii() && matches!(encoding, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1) {
        let mut state = DecodeState::new(encoding);
        state.pos = data.len();
        return Ok((str_::from_ascii(data)?, state));
    }
    if encoding == Encoding::Latin1 {
        let mut state = DecodeState::new(encoding);
        state.pos = data.len();
        return Ok((str_::from_latin1(data)?, state));
    }
    let handler = match errors {
        None => Some(Handler::Strict),
        Some(name) => Handler::from_name(name),
    };
    let mut state = DecodeState::new(encoding);
    let mut out = StrBuf::with_capacity(data.len());
    let mut callback = registry::lookup_error_lazy(errors.unwrap_or("strict"));
    // A handler may exchange the input.
    let mut replaced: Option<Own> = None;
    loop {
        let input = replaced.as_ref().map_or(data, |b| bytes::as_slice(b.r()));
        let Err(e) = state.step(input, last, BY_NAME, &mut out) else {
            break;
        };
        let name = state.encoding.decode_name();
        match handler {
            Some(h) if h.can_decode() => match codec::decode_error(h, name, input, &e, &mut out) {
                Some(next) => state.pos = next,
                None => return errors::raise_decode(name, input, e.start, e.end, e.reason),
            },
            Some(_) => {
                return exc::type_error(format_args!(
                    "don't know how to handle UnicodeDecodeError in error callback"
                ));
            }
            None => {
                let answer = handlers::call_decode(callback.get()?, name, input, &e)?;
                out.push_units(str_::units(answer.text.r()));
                state.pos = answer.next;
                replaced = Some(answer.input);
            }
        }
    }
    warn_escape(&state.warning)?;
    Ok((str_::from_buf(out)?, state))
}

/// DeprecationWarning for an escape without meaning (CPython: _PyUnicode_DecodeUnicodeEscapeStateful).
fn warn_escape(w: &Option<EscapeWarning>) -> PyResult<()> {
    let Some(w) = w else { return Ok(()) };
    let text = if w.value > 0xff {
        format!("\"\\{:o}\" is an invalid octal escape sequence", w.value)
    } else {
        format!(
            "\"\\{}\" is an invalid escape sequence",
            char::from_u32(w.value).unwrap_or('?')
        )
    };
    crate::warn::deprecation(format_args!("{text}"))
}

/// The error of a step, for callers with a loop of their own.
pub fn raise_step<R>(name: &str, input: &[u8], e: &CodecError) -> PyResult<R> {
    errors::raise_decode(name, input, e.start, e.end, e.reason)
}
