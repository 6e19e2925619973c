//! Error handlers as objects: calling one that is written in Python, and the built-in ones as functions that Python can call
//! (`codecs.lookup_error('replace')`). CPython: Python/codecs.c.
use super::errors;
use crate::call::{MethodDef, call1, convert, one, sig};
use crate::exc::{self, unicode};
use crate::object::{Own, PyResult, Ref};
use crate::types::{bytes, str as str_, tuple};
use pyaot_text::StrBuf;
use pyaot_text::codec::{self, CodecError, Handler, Replacement};

/// What a decoding handler said.
pub struct DecodeAnswer {
    pub text: Own,
    pub next: usize,
    /// The input from now on: bytes.
    pub input: Own,
}

fn position(v: Ref, len: usize) -> PyResult<usize> {
    let given = convert::index(v)?;
    let at = if given < 0 { given + len as isize } else { given };
    if at < 0 || at as usize > len {
        return exc::index_error(format_args!("position {at} from error handler out of bounds"));
    }
    Ok(at as usize)
}

/// CPython: Objects/unicodeobject.c, unicode_decode_call_errorhandler_writer.
pub fn call_decode(handler: Ref, encoding: &str, input: &[u8], e: &CodecError) -> PyResult<DecodeAnswer> {
    let error = errors::decode_error(encoding, input, e.start, e.end, e.reason)?;
    let r = call1(handler, error.r())?;
    let wrong = || exc::type_error(format_args!("decoding error handler must return (str, int) tuple"));
    if !r.r().ty().has(pyaot_abi::type_flag::TUPLE) || tuple::len(r.r()) != 2 {
        return wrong();
    }
    let text = tuple::get(r.r(), 0).own();
    if !str_::is_str(text.r()) {
        return wrong();
    }
    let new_input = match unicode::parts(error.r()).1 {
        Some(o) if bytes::is_bytes(o.r()) => o,
        _ => return exc::type_error(format_args!("exception attribute object must be bytes")),
    };
    let next = position(tuple::get(r.r(), 1), bytes::as_slice(new_input.r()).len())?;
    Ok(DecodeAnswer {
        text,
        next,
        input: new_input,
    })
}

/// CPython: Objects/unicodeobject.c, unicode_encode_call_errorhandler.
pub fn call_encode(handler: Ref, encoding: &str, text: Ref, e: &CodecError) -> PyResult<(Replacement, usize)> {
    let error = errors::encode_error(encoding, text, e.start, e.end, e.reason)?;
    let r = call1(handler, error.r())?;
    let wrong = || {
        exc::type_error(format_args!(
            "encoding error handler must return (str/bytes, int) tuple"
        ))
    };
    if !r.r().ty().has(pyaot_abi::type_flag::TUPLE) || tuple::len(r.r()) != 2 {
        return wrong();
    }
    let rep = tuple::get(r.r(), 0);
    let rep = if str_::is_str(rep) {
        let mut b = StrBuf::new();
        b.push_units(str_::units(rep));
        Replacement::Text(b)
    } else if bytes::is_bytes(rep) {
        Replacement::Bytes(bytes::as_slice(rep).to_vec())
    } else {
        return wrong();
    };
    let next = position(tuple::get(r.r(), 1), str_::len(text))?;
    Ok((rep, next))
}

/// The built-in handlers as Python functions.
pub static FUNCTIONS: [(&str, MethodDef); 8] = [
    ("strict", one(sig!("strict_errors($self, exc, /)"), |_, e| strict(e))),
    (
        "ignore",
        one(sig!("ignore_errors($self, exc, /)"), |_, e| run(Handler::Ignore, e)),
    ),
    (
        "replace",
        one(sig!("replace_errors($self, exc, /)"), |_, e| run(Handler::Replace, e)),
    ),
    (
        "xmlcharrefreplace",
        one(sig!("xmlcharrefreplace_errors($self, exc, /)"), |_, e| {
            run(Handler::XmlCharRefReplace, e)
        }),
    ),
    (
        "backslashreplace",
        one(sig!("backslashreplace_errors($self, exc, /)"), |_, e| {
            run(Handler::BackslashReplace, e)
        }),
    ),
    (
        "namereplace",
        one(sig!("namereplace_errors($self, exc, /)"), |_, e| {
            run(Handler::NameReplace, e)
        }),
    ),
    (
        "surrogatepass",
        one(sig!("surrogatepass($self, exc, /)"), |_, e| {
            run(Handler::SurrogatePass, e)
        }),
    ),
    (
        "surrogateescape",
        one(sig!("surrogateescape($self, exc, /)"), |_, e| {
            run(Handler::SurrogateEscape, e)
        }),
    ),
];

fn strict(e: Ref) -> PyResult {
    if e.ty().has(pyaot_abi::type_flag::BASE_EXC) {
        return exc::raise_object(e.own());
    }
    exc::type_error(format_args!("codec must pass exception instance"))
}

fn run(handler: Handler, e: Ref) -> PyResult {
    let wrong = || {
        exc::type_error(format_args!(
            "don't know how to handle {} in error callback",
            e.ty().full_name()
        ))
    };
    let is_decode = e.is_instance_of(&exc::types::UNICODE_DECODE_ERROR);
    let is_translate = e.is_instance_of(&exc::types::UNICODE_TRANSLATE_ERROR);
    if !is_decode && !is_translate && !e.is_instance_of(&exc::types::UNICODE_ENCODE_ERROR) {
        return wrong();
    }
    if (is_decode && !handler.can_decode())
        || (is_translate
            && matches!(
                handler,
                Handler::XmlCharRefReplace | Handler::NameReplace | Handler::SurrogateEscape | Handler::SurrogatePass
            ))
    {
        return wrong();
    }
    let (encoding, object, start, end, _) = unicode::parts(e);
    let Some(object) = object.filter(|o| {
        if is_decode {
            bytes::is_bytes(o.r())
        } else {
            str_::is_str(o.r())
        }
    }) else {
        return exc::type_error(format_args!("UnicodeError 'object' attribute is not set"));
    };
    let len = if is_decode {
        bytes::as_slice(object.r()).len()
    } else {
        str_::len(object.r())
    };
    // CPython: Objects/exceptions.c, unicode_error_adjust_start and _end.
    let start = start.min(len.saturating_sub(1));
    let end = end.max(1).min(len);
    let error = CodecError {
        start,
        end: end.max(start),
        reason: "",
    };
    let encoding = encoding.map_or(String::new(), |e| str_::to_string_lossy(e.r()));
    let mut out = StrBuf::new();
    let (rep, next) = if is_decode {
        match codec::decode_error(handler, &encoding, bytes::as_slice(object.r()), &error, &mut out) {
            Some(next) => (str_::from_buf(out)?, next),
            None => return exc::raise_object(e.own()),
        }
    } else if is_translate && handler == Handler::Replace {
        out.push_repeat(0xfffd, end.saturating_sub(start));
        (str_::from_buf(out)?, end)
    } else {
        match codec::encode_error(handler, &encoding, str_::units(object.r()), &error, &super::name_of) {
            Some((Replacement::Text(t), next)) => (str_::from_buf(t)?, next),
            Some((Replacement::Bytes(b), next)) => (bytes::from_slice(&b)?, next),
            None => return exc::raise_object(e.own()),
        }
    };
    Ok(tuple::from_vec(vec![rep, Own::usize(next)]))
}
