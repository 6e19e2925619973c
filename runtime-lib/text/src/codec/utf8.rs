//! UTF-8. CPython: Objects/stringlib/codecs.h, utf8_decode and utf8_encoder.

use super::CodecError;
use crate::units::{StrBuf, Unit, Units};

pub(super) fn decode(input: &[u8], pos: &mut usize, last: bool, out: &mut StrBuf) -> Result<(), CodecError> {
    let rest = &input[*pos..];
    let e = match std::str::from_utf8(rest) {
        Ok(s) => {
            out.push_str(s);
            *pos = input.len();
            return Ok(());
        }
        Err(e) => e,
    };
    let (valid, bad) = rest.split_at(e.valid_up_to());
    // SAFETY: from_utf8 has found this part valid.
    out.push_str(unsafe { std::str::from_utf8_unchecked(valid) });
    let start = *pos + valid.len();
    *pos = start;
    match e.error_len() {
        None if !last => Ok(()),
        None => Err(CodecError {
            start,
            end: input.len(),
            reason: "unexpected end of data",
        }),
        // The start of an encoded surrogate may become whole for the handler 'surrogatepass'.
        Some(_) if !last && bad.len() == 2 && bad[0] == 0xed && (0xa0..=0xbf).contains(&bad[1]) => Ok(()),
        Some(n) => {
            let start_byte = matches!(bad[0], 0x80..=0xc1 | 0xf5..);
            let reason = if start_byte {
                "invalid start byte"
            } else {
                "invalid continuation byte"
            };
            Err(CodecError {
                start,
                end: start + n,
                reason,
            })
        }
    }
}

/// Appends any code point, surrogates included.
#[inline]
pub(super) fn push(c: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (c >> shift & 0x3f) as u8;
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend_from_slice(&[0xc0 | (c >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend_from_slice(&[0xe0 | (c >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xf0 | (c >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// The length of the UTF-8 form, surrogates counted as three bytes.
pub fn utf8_len(text: Units) -> usize {
    let count = |c: u32| match c {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x10000 => 3,
        _ => 4,
    };
    match text {
        Units::One(s) => s.len() + s.iter().filter(|&&c| c >= 0x80).count(),
        _ => text.iter().map(count).sum(),
    }
}

pub(super) fn encode(text: Units, pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    match text {
        Units::One(s) if s.is_ascii() => {
            out.extend_from_slice(&s[*pos..]);
            *pos = s.len();
            Ok(())
        }
        Units::One(s) => encode_units(s, pos, out),
        Units::Two(s) => encode_units(s, pos, out),
        Units::Four(s) => encode_units(s, pos, out),
    }
}

fn encode_units<T: Unit>(s: &[T], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    out.reserve(s.len() - *pos);
    for (i, c) in s.iter().enumerate().skip(*pos) {
        let c = c.cp();
        if (0xd800..0xe000).contains(&c) {
            let run = s[i..].iter().take_while(|c| (0xd800..0xe000).contains(&c.cp())).count();
            *pos = i;
            return Err(CodecError {
                start: i,
                end: i + run,
                reason: "surrogates not allowed",
            });
        }
        push(c, out);
    }
    *pos = s.len();
    Ok(())
}
