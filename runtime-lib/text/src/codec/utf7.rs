//! UTF-7 (RFC 2152). CPython: Objects/unicodeobject.c, PyUnicode_DecodeUTF7Stateful and _PyUnicode_EncodeUTF7.
//! An error always ends the shift sequence that it stands in, so no state lives from step to step.

use super::CodecError;
use crate::units::{StrBuf, Units};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(c: u8) -> Option<u32> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// Written as itself by the encoder.
fn direct(c: u32) -> bool {
    matches!(c, 9 | 10 | 13 | 32..=126) && !matches!(c as u8, b'\\' | b'~' | b'+')
}

pub(super) fn decode(input: &[u8], pos: &mut usize, last: bool, out: &mut StrBuf) -> Result<(), CodecError> {
    let mut i = *pos;
    // Where the shift sequence began, in the input and in the output.
    let (mut shift, mut start, mut out_start) = (false, i, out.len());
    let (mut bits, mut buffer, mut high) = (0u32, 0u32, 0u32);
    while i < input.len() {
        let c = input[i];
        let reason;
        if shift {
            if let Some(v) = sextet(c) {
                buffer = buffer << 6 | v;
                bits += 6;
                i += 1;
                if bits < 16 {
                    continue;
                }
                bits -= 16;
                let unit = buffer >> bits;
                buffer &= (1 << bits) - 1;
                if high != 0 {
                    if (0xdc00..0xe000).contains(&unit) {
                        out.push(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
                        high = 0;
                        continue;
                    }
                    out.push(high);
                    high = 0;
                }
                if (0xd800..0xdc00).contains(&unit) {
                    high = unit
                } else {
                    out.push(unit)
                }
                continue;
            }
            shift = false;
            if bits >= 6 {
                reason = "partial character in shift sequence";
                i += 1;
            } else if bits > 0 && buffer != 0 {
                reason = "non-zero padding bits in shift sequence";
                i += 1;
            } else {
                if high != 0 && c < 128 && c != b'+' {
                    out.push(high);
                }
                high = 0;
                i += (c == b'-') as usize;
                continue;
            }
        } else if c == b'+' {
            start = i;
            i += 1;
            match input.get(i) {
                Some(b'-') => {
                    out.push(b'+' as u32);
                    i += 1;
                    continue;
                }
                Some(&c) if sextet(c).is_none() => {
                    reason = "ill-formed sequence";
                    i += 1;
                }
                _ => {
                    (shift, high, bits, buffer, out_start) = (true, 0, 0, 0, out.len());
                    continue;
                }
            }
        } else if c < 128 {
            out.push(c as u32);
            i += 1;
            continue;
        } else {
            start = i;
            reason = "unexpected special character";
            i += 1;
        }
        return Err(CodecError { start, end: i, reason });
    }
    if shift && !last {
        out.truncate(out_start);
        *pos = start;
        return Ok(());
    }
    if shift && (high != 0 || bits >= 6 || (bits > 0 && buffer != 0)) {
        return Err(CodecError {
            start,
            end: input.len(),
            reason: "unterminated shift sequence",
        });
    }
    *pos = i;
    Ok(())
}

pub fn encode_utf7(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut shift, mut bits, mut buffer) = (false, 0u32, 0u64);
    for c in text.iter() {
        if shift && direct(c) {
            if bits > 0 {
                out.push(ALPHABET[(buffer << (6 - bits)) as usize & 63]);
            }
            (shift, bits, buffer) = (false, 0, 0);
            if sextet(c as u8).is_some() || c == b'-' as u32 {
                out.push(b'-');
            }
        }
        if !shift {
            if c == b'+' as u32 {
                out.extend_from_slice(b"+-");
                continue;
            }
            if direct(c) {
                out.push(c as u8);
                continue;
            }
            out.push(b'+');
            shift = true;
        }
        let mut unit = |u: u32| {
            buffer = (buffer << 16 | u as u64) & 0xffff_ffff;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(ALPHABET[(buffer >> bits) as usize & 63]);
            }
            buffer &= (1 << bits) - 1;
        };
        if c >= 0x10000 {
            unit(0xd800 + ((c - 0x10000) >> 10));
            unit(0xdc00 + (c & 0x3ff));
        } else {
            unit(c);
        }
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (6 - bits)) as usize & 63]);
    }
    if shift {
        out.push(b'-');
    }
    out
}
