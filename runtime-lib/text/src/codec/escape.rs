//! unicode-escape and raw-unicode-escape. CPython: Objects/unicodeobject.c, _PyUnicode_DecodeUnicodeEscapeInternal2.

use super::{ByName, CodecError};
use crate::units::{StrBuf, Units};

/// The first escape that has no meaning: the caller warns ("\q" is an invalid escape sequence).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscapeWarning {
    /// Offset of the backslash.
    pub pos: usize,
    /// The character behind it, or the value of an octal escape above 0o377.
    pub value: u32,
}

enum Digits {
    Value(u32),
    /// The input ended first.
    Short,
    /// Something else stood there.
    Bad,
}

fn hex(input: &[u8], at: &mut usize, count: usize) -> Digits {
    let mut v = 0u32;
    for _ in 0..count {
        let Some(&c) = input.get(*at) else { return Digits::Short };
        let Some(d) = (c as char).to_digit(16) else {
            return Digits::Bad;
        };
        v = v << 4 | d;
        *at += 1;
    }
    Digits::Value(v)
}

pub(super) fn decode(
    input: &[u8],
    pos: &mut usize,
    last: bool,
    by_name: ByName,
    warning: &mut Option<EscapeWarning>,
    out: &mut StrBuf,
) -> Result<(), CodecError> {
    while *pos < input.len() {
        let start = *pos;
        let run = memchr::memchr(b'\\', &input[start..]).unwrap_or(input.len() - start);
        if run > 0 {
            out.push_latin1(&input[start..start + run]);
            *pos += run;
            continue;
        }
        let mut i = start + 1;
        let incomplete = |i: usize, reason| {
            if last {
                Err(CodecError { start, end: i, reason })
            } else {
                Ok(())
            }
        };
        let Some(&c) = input.get(i) else {
            return incomplete(i, "\\ at end of string");
        };
        i += 1;
        let (count, reason) = match c {
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            _ => (0, "malformed \\N character escape"),
        };
        if count > 0 {
            match hex(input, &mut i, count) {
                Digits::Short => return incomplete(i, reason),
                Digits::Bad => return Err(CodecError { start, end: i, reason }),
                Digits::Value(v) if v > 0x10ffff => {
                    return Err(CodecError {
                        start,
                        end: i,
                        reason: "illegal Unicode character",
                    });
                }
                Digits::Value(v) => out.push(v),
            }
            *pos = i;
            continue;
        }
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c as u32),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'r' => out.push(13),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let mut v = (c - b'0') as u32;
                for _ in 0..2 {
                    let Some(&d @ b'0'..=b'7') = input.get(i) else { break };
                    v = v << 3 | (d - b'0') as u32;
                    i += 1;
                }
                if v > 0o377 {
                    warning.get_or_insert(EscapeWarning { pos: start, value: v });
                }
                out.push(v);
            }
            b'N' => {
                match input.get(i) {
                    None => return incomplete(i, reason),
                    Some(b'{') => {}
                    Some(_) => return Err(CodecError { start, end: i, reason }),
                }
                let name = i + 1;
                let Some(len) = memchr::memchr(b'}', &input[name..]) else {
                    return incomplete(input.len(), reason);
                };
                if len == 0 {
                    return Err(CodecError {
                        start,
                        end: name,
                        reason,
                    });
                }
                i = name + len + 1;
                let Some(v) = by_name(&input[name..name + len]) else {
                    return Err(CodecError {
                        start,
                        end: i,
                        reason: "unknown Unicode character name",
                    });
                };
                out.push(v);
            }
            _ => {
                warning.get_or_insert(EscapeWarning {
                    pos: start,
                    value: c as u32,
                });
                out.push(b'\\' as u32);
                out.push(c as u32);
            }
        }
        *pos = i;
    }
    Ok(())
}

pub(super) fn decode_raw(input: &[u8], pos: &mut usize, last: bool, out: &mut StrBuf) -> Result<(), CodecError> {
    while *pos < input.len() {
        let start = *pos;
        let run = memchr::memchr(b'\\', &input[start..]).unwrap_or(input.len() - start);
        if run > 0 {
            out.push_latin1(&input[start..start + run]);
            *pos += run;
            continue;
        }
        let mut i = start + 1;
        let Some(&c) = input.get(i) else {
            if last {
                out.push(b'\\' as u32);
                *pos = i;
            }
            return Ok(());
        };
        i += 1;
        let (count, reason) = match c {
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            _ => {
                out.push_latin1(&[b'\\', c]);
                *pos = i;
                continue;
            }
        };
        let reason = match hex(input, &mut i, count) {
            Digits::Value(v) if v <= 0x10ffff => {
                out.push(v);
                *pos = i;
                continue;
            }
            Digits::Value(_) => "\\Uxxxxxxxx out of range",
            Digits::Short if !last => return Ok(()),
            _ => reason,
        };
        return Err(CodecError { start, end: i, reason });
    }
    Ok(())
}

pub(super) fn push_escape(c: u32, out: &mut Vec<u8>) {
    let (kind, digits) = match c {
        0..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', kind]);
    out.extend(
        (0..digits)
            .rev()
            .map(|i| b"0123456789abcdef"[(c >> (4 * i) & 15) as usize]),
    );
}

/// str.encode("unicode-escape").
pub fn encode_unicode_escape(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.iter() {
        match c {
            0x5c => out.extend_from_slice(b"\\\\"),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            32..127 => out.push(c as u8),
            _ => push_escape(c, &mut out),
        }
    }
    out
}

/// str.encode("raw-unicode-escape").
pub fn encode_raw_unicode_escape(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.iter() {
        if c < 256 {
            out.push(c as u8)
        } else {
            push_escape(c, &mut out)
        }
    }
    out
}
