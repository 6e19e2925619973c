//! What the constructors of bytes and bytearray accept: text with an encoding, a count, buffers, iterables of ints.
use crate::buffer;
use crate::call::{Args, convert};
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol;
use crate::types::{list, str as str_, tuple};
use pyaot_abi::type_flag;

/// A byte from an int argument; `what` is "byte" or "bytes" in the ValueError.
#[inline]
pub fn byte(v: Ref, what: &str) -> PyResult<u8> {
    if let Some(i @ 0..=255) = v.small_int() {
        return Ok(i as u8);
    }
    match convert::int_value(convert::index_object(v)?.r()) {
        convert::IntValue::Fits(i @ 0..=255) => Ok(i as u8),
        _ => exc::value_error(format_args!("{what} must be in range(0, 256)")),
    }
}

/// The constructor's arguments: `source`, then encoding and errors, which only text takes.
pub struct Source {
    pub source: Option<Own>,
    pub text: Option<Own>,
}

/// Binds `(source=b'', encoding='utf-8', errors='strict')` and encodes text.
pub fn bind(name: &'static str, args: &Args) -> PyResult<Source> {
    let sig = match name {
        "bytes" => crate::call::sig!("bytes(source=b'', encoding='utf-8', errors='strict')"),
        _ => crate::call::sig!("bytearray(source=b'', encoding='utf-8', errors='strict')"),
    };
    crate::call::bind(sig, args, |b| {
        let encoding = match b.get(1) {
            Some(e) => Some(convert::text_arg(name, "argument 'encoding'", e)?),
            None => None,
        };
        let errors = match b.get(2) {
            Some(e) => Some(convert::text_arg(name, "argument 'errors'", e)?),
            None => None,
        };
        let without = |what: &str, of: &str| exc::type_error(format_args!("{what} without {of}"));
        match b.get(0) {
            Some(s) if str_::is_str(s) => {
                if encoding.is_none() {
                    // A subclass of str may say itself what its bytes are.
                    return match dunder_bytes(s).filter(|_| name == "bytes" && errors.is_none()) {
                        Some(r) => Ok(Source {
                            source: None,
                            text: Some(r?),
                        }),
                        None => without("string argument", "an encoding"),
                    };
                }
                Ok(Source {
                    source: None,
                    text: Some(crate::codecs::encode_str(s, encoding.as_deref(), errors.as_deref())?),
                })
            }
            _ if encoding.is_some() => without("encoding", "a string argument"),
            _ if errors.is_some() => without("errors", "a string argument"),
            s => Ok(Source {
                source: s.map(Ref::own),
                text: None,
            }),
        }
    })
}

/// `bytes(*args)` as exact bytes (CPython: Objects/bytesobject.c, bytes_new_impl). `__bytes__` may give an instance of a subclass.
pub fn bytes_from_args(args: &Args) -> PyResult {
    let s = bind("bytes", args)?;
    if let Some(text) = s.text {
        return Ok(text);
    }
    let Some(source) = s.source else {
        return Ok(super::empty());
    };
    from_object_or_count(source.r())
}

fn from_object_or_count(v: Ref) -> PyResult {
    if v.is_exact::<super::BytesObject>() {
        return Ok(v.own());
    }
    if let Some(r) = dunder_bytes(v) {
        return r;
    }
    match count(v)? {
        Some(n) => match super::with_len(n, |out| {
            // SAFETY: room for the length.
            unsafe { out.write_bytes(0, n) }
        }) {
            Ok(_) if n == 0 => Ok(super::empty()),
            r => r,
        },
        None => from_object(v),
    }
}

/// The answer of `__bytes__`, if the type has it.
pub fn dunder_bytes(v: Ref) -> Option<PyResult> {
    if v.value().is_small_int() || v.is_exact::<super::BytesObject>() {
        return None;
    }
    let r = crate::call::call_special(v, crate::istr!("__bytes__"), &[])?;
    Some(r.and_then(|b| {
        if super::is_bytes(b.r()) {
            return Ok(b);
        }
        exc::type_error(format_args!(
            "__bytes__ returned non-bytes (type {})",
            b.r().ty().full_name()
        ))
    }))
}

/// The count when the argument is an index; TypeError of `__index__` falls back to the other sources.
pub fn count(v: Ref) -> PyResult<Option<usize>> {
    if !convert::is_index(v) {
        return Ok(None);
    }
    match convert::index_or(v, &exc::types::OVERFLOW_ERROR) {
        Ok(n) if n < 0 => exc::value_error(format_args!("negative count")),
        Ok(n) => Ok(Some(n as usize)),
        Err(e) => {
            if exc::raised_is(&exc::types::TYPE_ERROR) {
                drop(exc::take());
                return Ok(None);
            }
            Err(e)
        }
    }
}

/// Exact bytes from a buffer or an iterable of ints (CPython: PyBytes_FromObject).
pub fn from_object(v: Ref) -> PyResult {
    if v.is_exact::<super::BytesObject>() {
        return Ok(v.own());
    }
    super::from_slice(&collect(v, "bytes", "bytes")?)
}

/// The bytes of a buffer or an iterable of ints; `target` names the type in the TypeError.
pub fn collect(v: Ref, target: &str, what: &str) -> PyResult<Vec<u8>> {
    if buffer::supports(v) {
        return copy(&buffer::full_contents(v)?);
    }
    if str_::is_str(v) {
        return exc::type_error(format_args!(
            "cannot convert '{}' object to {target}",
            v.ty().full_name()
        ));
    }
    if v.is_exact::<list::ListObject>() || v.ty().has(type_flag::TUPLE) {
        // The list may shrink while `__index__` of an item runs: it is asked for its length each time.
        let mut out = Vec::new();
        let mut i = 0;
        loop {
            let item = if v.ty().has(type_flag::TUPLE) {
                tuple::items(v).get(i).copied()
            } else {
                // SAFETY: the slice is gone before anything runs.
                unsafe { list::items(v.cast()) }.get(i).copied()
            };
            let Some(item) = item else { return Ok(out) };
            let item = Ref::from_value(item).own();
            out.push(byte(item.r(), what)?);
            i += 1;
        }
    }
    let it = match object_protocol::iter(v) {
        Ok(it) => it,
        Err(e) => {
            if exc::raised_is(&exc::types::TYPE_ERROR) {
                drop(exc::take());
                return exc::type_error(format_args!(
                    "cannot convert '{}' object to {target}",
                    v.ty().full_name()
                ));
            }
            return Err(e);
        }
    };
    let mut out = Vec::new();
    while let Some(item) = object_protocol::next(it.r())? {
        if out.len() == out.capacity() && out.try_reserve(64).is_err() {
            return exc::memory_error();
        }
        out.push(byte(item.r(), what)?);
    }
    Ok(out)
}

/// A copy that fails with MemoryError.
pub fn copy(s: &[u8]) -> PyResult<Vec<u8>> {
    let mut v = Vec::new();
    if v.try_reserve_exact(s.len()).is_err() {
        return exc::memory_error();
    }
    v.extend_from_slice(s);
    Ok(v)
}

/// `bytes(v)` for bytes-like objects and iterables of ints; an instance of a subclass of bytes is returned as it is.
pub fn object_bytes(v: Ref) -> PyResult {
    if super::is_bytes(v) {
        return Ok(v.own());
    }
    from_object(v)
}
