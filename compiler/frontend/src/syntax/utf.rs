//! Sources in UTF-7, UTF-16 and UTF-32. In: bytes. Out: text, or CPython's words for why there is none. The surprising
//! decision: a lone surrogate, which UTF-7 can write, is refused, since no source text can hold it.
//!
//! CPython: Objects/unicodeobject.c, PyUnicode_DecodeUTF7Stateful, PyUnicode_DecodeUTF16Stateful and
//! PyUnicode_DecodeUTF32Stateful.

/// The message for the bytes from `start` to before `end`.
pub fn refused(codec: &str, bytes: &[u8], start: usize, end: usize, why: &str) -> String {
    if end == start + 1 {
        let byte = bytes[start];
        return format!("'{codec}' codec can't decode byte 0x{byte:02x} in position {start}: {why}");
    }
    format!(
        "'{codec}' codec can't decode bytes in position {start}-{}: {why}",
        end - 1
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
    /// That of a byte order mark, else of the machine.
    Marked,
}

impl Order {
    /// The order, and the length of the mark.
    fn of(self, bytes: &[u8], little: &[u8], big: &[u8]) -> (bool, usize) {
        match self {
            Order::Little => (false, 0),
            Order::Big => (true, 0),
            Order::Marked if bytes.starts_with(little) => (false, little.len()),
            Order::Marked if bytes.starts_with(big) => (true, big.len()),
            Order::Marked => (cfg!(target_endian = "big"), 0),
        }
    }
}

pub fn decode_utf16(bytes: &[u8], order: Order) -> Result<String, String> {
    let (is_big, mut at) = order.of(bytes, b"\xff\xfe", b"\xfe\xff");
    let codec = if is_big { "utf-16-be" } else { "utf-16-le" };
    let unit = |at: usize| {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(if is_big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let mut out = String::with_capacity(bytes.len());
    while at < bytes.len() {
        let Some(first) = unit(at) else {
            return Err(refused(codec, bytes, at, bytes.len(), "truncated data"));
        };
        let mut units = [first, 0];
        let mut len = 1;
        match first {
            0xd800..0xdc00 => {
                let Some(second) = unit(at + 2) else {
                    return Err(refused(codec, bytes, at, bytes.len(), "unexpected end of data"));
                };
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(refused(codec, bytes, at, at + 2, "illegal UTF-16 surrogate"));
                }
                units[1] = second;
                len = 2;
            }
            0xdc00..0xe000 => return Err(refused(codec, bytes, at, at + 2, "illegal encoding")),
            _ => {}
        }
        out.extend(char::decode_utf16(units[..len].iter().copied()).flatten());
        at += 2 * len;
    }
    Ok(out)
}

pub fn decode_utf32(bytes: &[u8], order: Order) -> Result<String, String> {
    let (is_big, mut at) = order.of(bytes, b"\xff\xfe\0\0", b"\0\0\xfe\xff");
    let codec = if is_big { "utf-32-be" } else { "utf-32-le" };
    let mut out = String::with_capacity(bytes.len());
    while at < bytes.len() {
        let Some(&[a, b, c, d]) = bytes.get(at..at + 4).and_then(|unit| unit.first_chunk()) else {
            return Err(refused(codec, bytes, at, bytes.len(), "truncated data"));
        };
        let point = if is_big {
            u32::from_be_bytes([a, b, c, d])
        } else {
            u32::from_le_bytes([a, b, c, d])
        };
        match char::from_u32(point) {
            Some(c) => out.push(c),
            None => {
                let why = if point > 0x10ffff {
                    "code point not in range(0x110000)"
                } else {
                    "code point in surrogate code point range(0xd800, 0xe000)"
                };
                return Err(refused(codec, bytes, at, at + 4, why));
            }
        }
        at += 4;
    }
    Ok(out)
}

fn base64(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

pub fn decode_utf7(bytes: &[u8]) -> Result<String, String> {
    const CODEC: &str = "utf7";
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte != b'+' {
            if byte >= 0x80 {
                return Err(refused(CODEC, bytes, at, at + 1, "unexpected special character"));
            }
            out.push(char::from(byte));
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        match bytes.get(at) {
            Some(b'-') => {
                out.push('+');
                at += 1;
                continue;
            }
            Some(&next) if base64(next).is_none() => {
                return Err(refused(CODEC, bytes, start, at + 1, "ill-formed sequence"));
            }
            _ => {}
        }
        let mut units = Vec::new();
        let (mut bits, mut buffer) = (0, 0u32);
        while let Some(value) = bytes.get(at).copied().and_then(base64) {
            buffer = buffer << 6 | value;
            bits += 6;
            at += 1;
            if bits >= 16 {
                bits -= 16;
                units.push((buffer >> bits) as u16);
                buffer &= (1 << bits) - 1;
            }
        }
        let is_partial = bits >= 6;
        match bytes.get(at) {
            None if is_partial || buffer != 0 => {
                return Err(refused(CODEC, bytes, start, at, "unterminated shift sequence"));
            }
            Some(_) if is_partial => {
                return Err(refused(
                    CODEC,
                    bytes,
                    start,
                    at + 1,
                    "partial character in shift sequence",
                ));
            }
            Some(_) if buffer != 0 => {
                return Err(refused(
                    CODEC,
                    bytes,
                    start,
                    at + 1,
                    "non-zero padding bits in shift sequence",
                ));
            }
            Some(b'-') => at += 1,
            _ => {}
        }
        for c in char::decode_utf16(units) {
            match c {
                Ok(c) => out.push(c),
                Err(lone) => {
                    let point = lone.unpaired_surrogate();
                    return Err(format!(
                        "'utf-8' codec can't encode character '\\u{point:04x}' in position {}: surrogates not allowed",
                        out.chars().count()
                    ));
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16() {
        let little = |bytes: &[u8]| decode_utf16(bytes, Order::Little);
        assert_eq!(decode_utf16(b"\xfe\xff\0a", Order::Marked).as_deref(), Ok("a"));
        assert_eq!(little(b"\xff\xfea\0").as_deref(), Ok("\u{feff}a"));
        assert_eq!(little(b"\x3d\xd8\x00\xde").as_deref(), Ok("\u{1f600}"));
        assert_eq!(
            little(b"\x00\xd8\x00").expect_err("half a pair"),
            "'utf-16-le' codec can't decode bytes in position 0-2: unexpected end of data"
        );
        assert_eq!(
            little(b"\x00\xdca\0").expect_err("half a pair"),
            "'utf-16-le' codec can't decode bytes in position 0-1: illegal encoding"
        );
        assert_eq!(
            little(b"a\0\n").expect_err("half a unit"),
            "'utf-16-le' codec can't decode byte 0x0a in position 2: truncated data"
        );
    }

    #[test]
    fn utf7() {
        let message = |bytes: &[u8]| decode_utf7(bytes).expect_err("damaged");
        assert_eq!(decode_utf7(b"~+AGE b+-+2D3eAA-x").as_deref(), Ok("~a b+\u{1f600}x"));
        assert_eq!(decode_utf7(b"+").as_deref(), Ok(""));
        assert_eq!(
            message(b"a+b"),
            "'utf7' codec can't decode bytes in position 1-2: unterminated shift sequence"
        );
        assert_eq!(
            message(b"+AG-"),
            "'utf7' codec can't decode bytes in position 0-3: partial character in shift sequence"
        );
        assert_eq!(
            message(b"+AGH-"),
            "'utf7' codec can't decode bytes in position 0-4: non-zero padding bits in shift sequence"
        );
        assert_eq!(
            message(b"'+2D0-'"),
            "'utf-8' codec can't encode character '\\ud83d' in position 1: surrogates not allowed"
        );
    }

    #[test]
    fn utf32() {
        assert_eq!(decode_utf32(b"\xff\xfe\0\0a\0\0\0", Order::Marked).as_deref(), Ok("a"));
        assert_eq!(
            decode_utf32(b"\0\x11\0\0", Order::Big).expect_err("too large"),
            "'utf-32-be' codec can't decode bytes in position 0-3: code point not in range(0x110000)"
        );
    }
}
