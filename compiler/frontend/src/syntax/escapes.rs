//! Sources in Python's encodings of ASCII: escapes, IDNA, Punycode. In: bytes. Out: text, or CPython's words for why
//! there is none. The surprising decision: Punycode refuses every source, as in CPython: behind the last hyphen it knows
//! letters and digits only, and a source ends with a newline.
//!
//! CPython: Objects/unicodeobject.c, _PyUnicode_DecodeRawUnicodeEscapeStateful; Lib/encodings/idna.py, punycode.py.

use super::lower::unescape_source;
use super::utf::refused;

/// UTF-8 that may hold surrogates, which no source can.
fn without_surrogates(text: Vec<u8>) -> Result<String, String> {
    let error = match String::from_utf8(text) {
        Ok(text) => return Ok(text),
        Err(e) => e,
    };
    let at = error.utf8_error().valid_up_to();
    let text = error.into_bytes();
    let position = text[..at].iter().filter(|b| **b & 0xc0 != 0x80).count();
    let is_surrogate = |char: &&[u8]| char[0] == 0xed && char.get(1).is_some_and(|b| *b >= 0xa0);
    let count = text[at..].chunks(3).take_while(is_surrogate).count();
    if count > 1 {
        let last = position + count - 1;
        return Err(format!(
            "'utf-8' codec can't encode characters in position {position}-{last}: surrogates not allowed"
        ));
    }
    let point = 0xd000 | u32::from(text[at + 1] & 0x3f) << 6 | u32::from(text[at + 2] & 0x3f);
    Err(format!(
        "'utf-8' codec can't encode character '\\u{point:04x}' in position {position}: surrogates not allowed"
    ))
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

pub fn decode_unicode_escape(bytes: &[u8]) -> Result<String, String> {
    without_surrogates(unescape_source(&latin1(bytes))?)
}

/// Only `\u` and `\U` are escapes.
pub fn decode_raw_unicode_escape(bytes: &[u8]) -> Result<String, String> {
    const CODEC: &str = "rawunicodeescape";
    let mut out = Vec::with_capacity(bytes.len());
    let mut push = |point: u32| match char::from_u32(point) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xed, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8]),
    };
    let mut at = 0;
    while at < bytes.len() {
        let (digits, form) = match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(b'u')) => (4, "\\uXXXX"),
            (b'\\', Some(b'U')) => (8, "\\UXXXXXXXX"),
            (b'\\', Some(next)) => {
                push(u32::from(b'\\'));
                push(u32::from(*next));
                at += 2;
                continue;
            }
            (byte, _) => {
                push(u32::from(byte));
                at += 1;
                continue;
            }
        };
        let hex: Vec<u32> = bytes[at + 2..]
            .iter()
            .take(digits)
            .map_while(|b| char::from(*b).to_digit(16))
            .collect();
        let end = at + 2 + hex.len();
        if hex.len() < digits {
            return Err(refused(CODEC, bytes, at, end, &format!("truncated {form} escape")));
        }
        let point = hex.iter().fold(0, |point, digit| point << 4 | digit);
        if point > 0x10_ffff {
            return Err(refused(CODEC, bytes, at, end, "\\Uxxxxxxxx out of range"));
        }
        push(point);
        at = end;
    }
    without_surrogates(out)
}

pub fn decode_idna(bytes: &[u8]) -> Result<String, String> {
    let is_encoded = |label: &[u8]| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    if bytes.split(|b| *b == b'.').any(is_encoded) {
        // No source needs it.
        return Err("unknown encoding: idna".to_string());
    }
    ascii("idna", bytes)
}

fn ascii(codec: &str, bytes: &[u8]) -> Result<String, String> {
    match bytes.iter().position(|b| *b >= 0x80) {
        Some(at) => Err(refused(codec, bytes, at, at + 1, "ordinal not in range(128)")),
        None => Ok(latin1(bytes)),
    }
}

pub fn decode_punycode(bytes: &[u8]) -> Result<String, String> {
    let mut bytes = bytes.to_vec();
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let start = bytes.iter().rposition(|b| *b == b'-').map_or(0, |at| at + 1);
    if let Some(at) = bytes[..start].iter().position(|b| *b >= 0x80) {
        return Err(refused("ascii", &bytes, at, at + 1, "ordinal not in range(128)"));
    }
    let foreign = bytes[start..].iter().position(|b| !b.is_ascii_alphanumeric());
    let at = start + foreign.unwrap_or(0);
    let why = format!("Invalid extended code point '{}'", bytes[at]);
    Err(refused("punycode", &bytes, at, at + 1, &why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(decode_unicode_escape(b"\xe9\\n\\u1234").as_deref(), Ok("é\n\u{1234}"));
        assert_eq!(
            decode_raw_unicode_escape(b"\\n\\u1234\\\\u1234").as_deref(),
            Ok("\\n\u{1234}\\\\u1234")
        );
        assert_eq!(
            decode_unicode_escape(b"\\ud800").expect_err("a surrogate"),
            "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"
        );
        assert_eq!(
            decode_raw_unicode_escape(b"\xe9\\u12").expect_err("damaged"),
            "'rawunicodeescape' codec can't decode bytes in position 1-4: truncated \\uXXXX escape"
        );
        assert_eq!(
            decode_punycode(b"x").expect_err("never"),
            "'punycode' codec can't decode byte 0x0a in position 1: Invalid extended code point '10'"
        );
    }
}
