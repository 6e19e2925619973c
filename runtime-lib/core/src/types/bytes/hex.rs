//! Hexadecimal text of bytes: `hex()` and `fromhex()` of bytes, bytearray and memoryview.
use crate::call::{Bound, convert};
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol;
use crate::typeobj::TypeObject;
use crate::types::{bytearray, str as str_};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// `data.hex(sep, bytes_per_sep)` (CPython: Python/pystrhex.c, _Py_strhex_impl). The bytes are copied first where `sep` could
/// change them: its length is asked for by `len()`.
pub fn hex_method(data: &[u8], args: &Bound) -> PyResult {
    hex_args(data, args.get(0), args.get(1))
}
/// As [`hex_method`], with `sep` and `bytes_per_sep` as arguments.
pub fn hex_args(data: &[u8], sep: Option<Ref>, per_sep: Option<Ref>) -> PyResult {
    let group = match per_sep {
        Some(n) => convert::c_int(n)? as i64,
        None => 1,
    };
    let sep = match sep {
        None => None,
        Some(sep) => Some(separator(sep)?),
    };
    hex_text(data, sep, group)
}

fn separator(sep: Ref) -> PyResult<u8> {
    if object_protocol::len(sep)? != 1 {
        return exc::value_error(format_args!("sep must be length 1."));
    }
    let c = if str_::is_str(sep) {
        match str_::single_char(sep) {
            Some(c) => c,
            None => return exc::value_error(format_args!("sep must be length 1.")),
        }
    } else if super::is_bytes(sep) {
        match super::as_slice(sep) {
            [c] => *c as u32,
            _ => return exc::value_error(format_args!("sep must be length 1.")),
        }
    } else {
        return exc::type_error(format_args!("sep must be str or bytes."));
    };
    if c > 127 {
        return exc::value_error(format_args!("sep must be ASCII."));
    }
    Ok(c as u8)
}

/// Hexadecimal text; `group` counts bytes from the right when positive, from the left when negative.
pub fn hex_text(data: &[u8], sep: Option<u8>, group: i64) -> PyResult {
    let size = group.unsigned_abs() as usize;
    let seps = match sep {
        Some(_) if size > 0 && !data.is_empty() => (data.len() - 1) / size,
        _ => 0,
    };
    let Some(n) = data.len().checked_mul(2).and_then(|n| n.checked_add(seps)) else {
        return exc::memory_error();
    };
    if n == 0 {
        return Ok(str_::empty());
    }
    str_::with_len(n, 0, true, |out| {
        let mut at = 0;
        let mut put = |c: u8| {
            // SAFETY: `n` counts digits and separators.
            unsafe { out.add(at).write(c) };
            at += 1;
        };
        for (i, &c) in data.iter().enumerate() {
            if seps > 0 && i > 0 {
                let left = if group > 0 { data.len() - i } else { i };
                if left % size == 0 {
                    put(sep.unwrap_or(b' '));
                }
            }
            put(DIGITS[c as usize >> 4]);
            put(DIGITS[c as usize & 15]);
        }
    })
}

/// The bytes of hexadecimal text with ASCII white space between pairs (CPython: Objects/bytesobject.c, _PyBytes_FromHex).
pub fn parse(arg: Ref) -> PyResult<Vec<u8>> {
    let bad = |i: usize| {
        exc::value_error(format_args!(
            "non-hexadecimal number found in fromhex() arg at position {i}"
        ))
    };
    let owned;
    let text: &[u8] = if str_::is_str(arg) {
        match str_::as_ascii(arg) {
            Some(t) => t.as_bytes(),
            None => {
                let at = str_::units(arg).iter().position(|c| c > 127).unwrap_or(0);
                return bad(at);
            }
        }
    } else if crate::buffer::supports(arg) {
        owned = crate::buffer::contents(arg)?;
        &owned
    } else {
        return exc::type_error(format_args!(
            "fromhex() argument must be str or bytes-like, not {}",
            arg.ty().full_name()
        ));
    };
    let digit = |c: u8| (c as char).to_digit(16);
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut i = 0;
    while i < text.len() {
        if matches!(text[i], 9..=13 | 32) {
            i += 1;
            continue;
        }
        let Some(high) = digit(text[i]) else { return bad(i) };
        i += 1;
        match text.get(i) {
            None => {
                return exc::value_error(format_args!(
                    "fromhex() arg must contain an even number of hexadecimal digits"
                ));
            }
            Some(&c) => match digit(c) {
                Some(low) => out.push((high << 4 | low) as u8),
                None => return bad(i),
            },
        }
        i += 1;
    }
    Ok(out)
}

/// Class method of bytes and bytearray.
pub fn fromhex(cls: Ref, arg: Ref) -> PyResult {
    let data = parse(arg)?;
    let ty: &'static TypeObject = crate::types::type_::cast(cls);
    if core::ptr::eq(ty, &bytearray::BYTEARRAY_TYPE) {
        return bytearray::from_slice(&data);
    }
    let b: Own = super::from_slice(&data)?;
    if core::ptr::eq(ty, &super::BYTES_TYPE) {
        return Ok(b);
    }
    crate::call::call1(cls, b.r())
}
