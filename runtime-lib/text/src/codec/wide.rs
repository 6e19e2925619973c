//! UTF-16 and UTF-32. CPython: Objects/unicodeobject.c, PyUnicode_DecodeUTF16Stateful, PyUnicode_DecodeUTF32Stateful,
//! _PyUnicode_EncodeUTF16, _PyUnicode_EncodeUTF32.

use super::{CodecError, Order};
use crate::units::{StrBuf, Units};

fn read16(b: &[u8], order: Order) -> u32 {
    let b = [b[0], b[1]];
    (if order == Order::Big {
        u16::from_be_bytes(b)
    } else {
        u16::from_le_bytes(b)
    }) as u32
}

fn read32(b: &[u8], order: Order) -> u32 {
    let b = [b[0], b[1], b[2], b[3]];
    if order == Order::Big {
        u32::from_be_bytes(b)
    } else {
        u32::from_le_bytes(b)
    }
}

pub(super) fn push16(c: u16, order: Order, out: &mut Vec<u8>) {
    out.extend_from_slice(&if order == Order::Big {
        c.to_be_bytes()
    } else {
        c.to_le_bytes()
    });
}

pub(super) fn push32(c: u32, order: Order, out: &mut Vec<u8>) {
    out.extend_from_slice(&if order == Order::Big {
        c.to_be_bytes()
    } else {
        c.to_le_bytes()
    });
}

pub(super) fn decode16(
    input: &[u8],
    pos: &mut usize,
    order: &mut Order,
    last: bool,
    out: &mut StrBuf,
) -> Result<(), CodecError> {
    if *order == Order::Detect && *pos == 0 {
        match input {
            [0xff, 0xfe, ..] => (*order, *pos) = (Order::Little, 2),
            [0xfe, 0xff, ..] => (*order, *pos) = (Order::Big, 2),
            _ => {}
        }
    }
    let n = input.len();
    loop {
        let at = *pos;
        if n - at < 2 {
            if at == n || !last {
                return Ok(());
            }
            return Err(CodecError {
                start: at,
                end: n,
                reason: "truncated data",
            });
        }
        let c = read16(&input[at..], *order);
        match c {
            0xd800..0xdc00 => {
                if n - at < 4 {
                    if !last {
                        return Ok(());
                    }
                    return Err(CodecError {
                        start: at,
                        end: n,
                        reason: "unexpected end of data",
                    });
                }
                let low = read16(&input[at + 2..], *order);
                if !(0xdc00..0xe000).contains(&low) {
                    return Err(CodecError {
                        start: at,
                        end: at + 2,
                        reason: "illegal UTF-16 surrogate",
                    });
                }
                out.push(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
                *pos = at + 4;
            }
            0xdc00..0xe000 => {
                return Err(CodecError {
                    start: at,
                    end: at + 2,
                    reason: "illegal encoding",
                });
            }
            _ => {
                out.push(c);
                *pos = at + 2;
            }
        }
    }
}

pub(super) fn decode32(
    input: &[u8],
    pos: &mut usize,
    order: &mut Order,
    last: bool,
    out: &mut StrBuf,
) -> Result<(), CodecError> {
    if *order == Order::Detect && *pos == 0 {
        match input {
            [0xff, 0xfe, 0, 0, ..] => (*order, *pos) = (Order::Little, 4),
            [0, 0, 0xfe, 0xff, ..] => (*order, *pos) = (Order::Big, 4),
            _ => {}
        }
    }
    let n = input.len();
    loop {
        let at = *pos;
        if n - at < 4 {
            if at == n || !last {
                return Ok(());
            }
            return Err(CodecError {
                start: at,
                end: n,
                reason: "truncated data",
            });
        }
        let c = read32(&input[at..], *order);
        let reason = match c {
            0xd800..0xe000 => "code point in surrogate code point range(0xd800, 0xe000)",
            0..0x110000 => {
                out.push(c);
                *pos = at + 4;
                continue;
            }
            _ => "code point not in range(0x110000)",
        };
        return Err(CodecError {
            start: at,
            end: at + 4,
            reason,
        });
    }
}

pub(super) fn encode16(text: Units, pos: &mut usize, order: Order, out: &mut Vec<u8>) -> Result<(), CodecError> {
    if order == Order::Detect && *pos == 0 && out.is_empty() {
        push16(0xfeff, order, out);
    }
    out.reserve(2 * (text.len() - *pos));
    while *pos < text.len() {
        let c = text.get(*pos);
        match c {
            0xd800..0xe000 => {
                return Err(CodecError {
                    start: *pos,
                    end: *pos + 1,
                    reason: "surrogates not allowed",
                });
            }
            0..0x10000 => push16(c as u16, order, out),
            _ => {
                push16((0xd800 + ((c - 0x10000) >> 10)) as u16, order, out);
                push16((0xdc00 + (c & 0x3ff)) as u16, order, out);
            }
        }
        *pos += 1;
    }
    Ok(())
}

pub(super) fn encode32(text: Units, pos: &mut usize, order: Order, out: &mut Vec<u8>) -> Result<(), CodecError> {
    if order == Order::Detect && *pos == 0 && out.is_empty() {
        push32(0xfeff, order, out);
    }
    out.reserve(4 * (text.len() - *pos));
    while *pos < text.len() {
        let c = text.get(*pos);
        if (0xd800..0xe000).contains(&c) {
            return Err(CodecError {
                start: *pos,
                end: *pos + 1,
                reason: "surrogates not allowed",
            });
        }
        push32(c, order, out);
        *pos += 1;
    }
    Ok(())
}
