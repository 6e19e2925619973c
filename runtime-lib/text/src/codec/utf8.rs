//! UTF-8. CPython: Objects/stringlib/codecs.h, utf8_decode and utf8_encoder.

use super::CodecError;
use crate::units::{StrBuf, Text, Unit, Units};

pub(super) fn decode(input: &[u8], pos: &mut usize, last: bool, out: &mut StrBuf) -> Result<(), CodecError> {
    let mut at = *pos;
    let stop = loop {
        let stop = out.extend_with(|v| match v {
            Text::One(v) => run(input, &mut at, v),
            Text::Two(v) => run(input, &mut at, v),
            Text::Four(v) => run(input, &mut at, v),
        });
        match stop {
            Stop::TooWide(c) => out.widen_for(c),
            other => break other,
        }
    };
    *pos = at;
    if let Stop::End = stop {
        return Ok(());
    }
    let bad = &input[at..];
    let (end, reason) = match std::str::from_utf8(bad).err().and_then(|e| e.error_len()) {
        None if !last => return Ok(()),
        None => (input.len(), "unexpected end of data"),
        // The start of an encoded surrogate may become whole for the handler 'surrogatepass'.
        Some(_) if !last && bad.len() == 2 && bad[0] == 0xed && (0xa0..=0xbf).contains(&bad[1]) => return Ok(()),
        Some(n) if matches!(bad[0], 0x80..=0xc1 | 0xf5..) => (at + n, "invalid start byte"),
        Some(n) => (at + n, "invalid continuation byte"),
    };
    Err(CodecError { start: at, end, reason })
}

enum Stop {
    End,
    Invalid,
    /// A character that needs wider units stands next.
    TooWide(u32),
}

/// Decodes from `at` on for as long as the input is valid and the characters fit.
fn run<T: Unit>(input: &[u8], at: &mut usize, out: &mut Vec<T>) -> Stop {
    let n = input.len();
    let mut i = *at;
    // No sequence has more characters than bytes.
    out.reserve(n - i);
    let room = out.spare_capacity_mut();
    let mut k = 0;
    let stop = loop {
        if i >= n {
            break Stop::End;
        }
        let a = input[i];
        if a < 0x80 {
            room[k].write(T::from_cp(a as u32));
            i += 1;
            k += 1;
            if i < n && input[i] >= 0x80 {
                continue;
            }
            while let Some(eight) = input.get(i..i + 8)
                && eight.is_ascii()
            {
                for (cell, &c) in room[k..k + 8].iter_mut().zip(eight) {
                    cell.write(T::from_cp(c as u32));
                }
                i += 8;
                k += 8;
            }
            continue;
        }
        if T::MAX > 0xff {
            // Runs of two- and three-byte characters, the usual case of text in other scripts.
            let start = i;
            while let Some(&[a @ 0xc2..0xe0, b @ 0x80..0xc0]) = input.get(i..i + 2) {
                room[k].write(T::from_cp((a as u32 & 31) << 6 | b as u32 & 63));
                i += 2;
                k += 1;
            }
            while let Some(&[a @ 0xe0..0xf0, b @ 0x80..0xc0, c @ 0x80..0xc0]) = input.get(i..i + 3) {
                let c = (a as u32 & 15) << 12 | (b as u32 & 63) << 6 | c as u32 & 63;
                if c < 0x800 || (0xd800..0xe000).contains(&c) {
                    break;
                }
                room[k].write(T::from_cp(c));
                i += 3;
                k += 1;
            }
            if i > start {
                continue;
            }
        }
        let tail = |j: usize| {
            input
                .get(i + j)
                .filter(|&&b| b & 0xc0 == 0x80)
                .map(|&b| (b & 0x3f) as u32)
        };
        let (c, len) = match a {
            0xc2..0xe0 => match tail(1) {
                Some(b) => ((a as u32 & 31) << 6 | b, 2),
                None => break Stop::Invalid,
            },
            0xe0..0xf0 => match (tail(1), tail(2)) {
                (Some(b), Some(c)) => ((a as u32 & 15) << 12 | b << 6 | c, 3),
                _ => break Stop::Invalid,
            },
            0xf0..0xf5 => match (tail(1), tail(2), tail(3)) {
                (Some(b), Some(c), Some(d)) => ((a as u32 & 7) << 18 | b << 12 | c << 6 | d, 4),
                _ => break Stop::Invalid,
            },
            _ => break Stop::Invalid,
        };
        if match len {
            3 => c < 0x800 || (0xd800..0xe000).contains(&c),
            4 => !(0x10000..0x110000).contains(&c),
            _ => false,
        } {
            break Stop::Invalid;
        }
        if c > T::MAX {
            break Stop::TooWide(c);
        }
        room[k].write(T::from_cp(c));
        i += len;
        k += 1;
    };
    *at = i;
    let len = out.len() + k;
    // SAFETY: the first k cells behind the old length were written above.
    unsafe { out.set_len(len) };
    stop
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
    let most = match T::MAX {
        0xff => 2,
        0xffff => 3,
        _ => 4,
    };
    out.reserve(most * (s.len() - *pos));
    let room = out.spare_capacity_mut();
    let mut n = 0;
    let mut refused = None;
    for (i, c) in s.iter().enumerate().skip(*pos) {
        let c = c.cp();
        let tail = |shift: u32| 0x80 | (c >> shift & 0x3f) as u8;
        if c < 0x80 {
            room[n].write(c as u8);
            n += 1;
        } else if c < 0x800 {
            room[n].write(0xc0 | (c >> 6) as u8);
            room[n + 1].write(tail(0));
            n += 2;
        } else if (0xd800..0xe000).contains(&c) {
            refused = Some(i);
            break;
        } else if c < 0x10000 {
            room[n].write(0xe0 | (c >> 12) as u8);
            room[n + 1].write(tail(6));
            room[n + 2].write(tail(0));
            n += 3;
        } else {
            room[n].write(0xf0 | (c >> 18) as u8);
            room[n + 1].write(tail(12));
            room[n + 2].write(tail(6));
            room[n + 3].write(tail(0));
            n += 4;
        }
    }
    let len = out.len() + n;
    // SAFETY: the first n bytes behind the old length were written above.
    unsafe { out.set_len(len) };
    let Some(start) = refused else {
        *pos = s.len();
        return Ok(());
    };
    *pos = start;
    let run = s[start..]
        .iter()
        .take_while(|c| (0xd800..0xe000).contains(&c.cp()))
        .count();
    Err(CodecError {
        start,
        end: start + run,
        reason: "surrogates not allowed",
    })
}
