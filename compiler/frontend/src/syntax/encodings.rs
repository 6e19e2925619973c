//! The encodings of sources. In: bytes and the name in the coding cookie. Out: text, or CPython's words for why there is
//! none. Tables of single bytes are Python's own (`encodings.txt`, recorded from CPython 3.14 by
//! `tests/identity/encoding_tables.py`). The encodings of East Asia are in `east_asia`, the forms of Unicode in `utf`,
//! escapes in `escapes`; what is no encoding of text (compressors, hex) is refused, as in CPython.
//!
//! CPython: Lib/encodings/__init__.py, normalize_encoding; Lib/encodings/aliases.py.

use super::utf::{self, Order};
use super::{east_asia, escapes};

const TABLES: &str = include_str!("encodings.txt");

/// Letters and digits in lower case, anything between them as one underscore; dots stay.
fn normalize(name: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// The table's line for `name`: Python's name of the encoding and what stands behind the colon.
fn find(name: &str) -> Option<(&'static str, &'static str)> {
    let wanted = normalize(name).replace('.', "_");
    TABLES.lines().find_map(|line| {
        let (names, table) = line.split_once(':')?;
        let first = names.split(',').next()?;
        let found = names.split(',').any(|name| name.replace('.', "_") == wanted);
        found.then_some((first, table))
    })
}

pub fn decode(bytes: &[u8], name: &str) -> Result<String, String> {
    match normalize(name).as_str() {
        "utf_7" | "u7" | "utf7" | "unicode_1_1_utf_7" => return utf::decode_utf7(bytes),
        "utf_16" | "u16" | "utf16" => return utf::decode_utf16(bytes, Order::Marked),
        "utf_16_be" | "utf_16be" | "unicodebigunmarked" => return utf::decode_utf16(bytes, Order::Big),
        "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => return utf::decode_utf16(bytes, Order::Little),
        "utf_32" | "u32" | "utf32" => return utf::decode_utf32(bytes, Order::Marked),
        "utf_32_be" | "utf_32be" => return utf::decode_utf32(bytes, Order::Big),
        "utf_32_le" | "utf_32le" => return utf::decode_utf32(bytes, Order::Little),
        // Without a mapping it is Latin-1.
        "charmap" => return Ok(bytes.iter().map(|b| char::from(*b)).collect()),
        "undefined" => return Err("undefined encoding".to_string()),
        _ => {}
    }
    match find(name) {
        None => Err(format!("unknown encoding: {name}")),
        Some((_, "!")) => Err(format!(
            "'{name}' is not a text encoding; use codecs.decode() to handle arbitrary codecs"
        )),
        Some(("utf_8" | "utf_8_sig", _)) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_string()),
            Err(e) => Err(utf8_error(bytes, e.valid_up_to())),
        },
        Some(("unicode_escape", _)) => escapes::decode_unicode_escape(bytes),
        Some(("raw_unicode_escape", _)) => escapes::decode_raw_unicode_escape(bytes),
        Some(("idna", _)) => escapes::decode_idna(bytes),
        Some(("punycode", _)) => escapes::decode_punycode(bytes),
        Some((name, "*")) => east_asia::decode(bytes, name),
        Some((name, table)) => decode_single(bytes, name, &single_table(table)),
    }
}

/// CPython: Objects/unicodeobject.c, unicode_decode_utf8
fn utf8_error(bytes: &[u8], at: usize) -> String {
    let first = bytes[at];
    let needed = match first {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    };
    let rest = bytes[at + 1..].iter().take(needed);
    let follow = rest.take_while(|c| (0x80..0xc0).contains(*c)).count();
    let (n, why) = if needed == 0 {
        (1, "invalid start byte")
    } else if at + 1 + follow == bytes.len() && follow < needed {
        (1 + follow, "unexpected end of data")
    } else {
        (follow.max(1), "invalid continuation byte")
    };
    if n == 1 {
        format!("'utf-8' codec can't decode byte 0x{first:02x} in position {at}: {why}")
    } else {
        format!(
            "'utf-8' codec can't decode bytes in position {at}-{}: {why}",
            at + n - 1
        )
    }
}

/// A byte of ISO-8859-7.
pub fn greek(byte: u8) -> Option<char> {
    let (_, table) = find("iso8859_7")?;
    single_table(table)[usize::from(byte)]
}

/// Code points of the 256 bytes.
fn single_table(text: &str) -> Vec<Option<char>> {
    let mut table: Vec<Option<char>> = (0..=255u8).map(|b| Some(char::from(b))).collect();
    for run in text.split(';') {
        let Some((first, points)) = run.split_once('=') else {
            continue;
        };
        let first = usize::from_str_radix(first, 16).unwrap_or(0);
        for (i, point) in points.split(' ').enumerate() {
            if let Some(place) = table.get_mut(first + i) {
                *place = u32::from_str_radix(point, 16).ok().and_then(char::from_u32);
            }
        }
    }
    table
}

fn decode_single(bytes: &[u8], name: &str, table: &[Option<char>]) -> Result<String, String> {
    let (codec, why) = match name {
        "ascii" => ("ascii", "ordinal not in range(128)"),
        _ => ("charmap", "character maps to <undefined>"),
    };
    let mut out = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match table[usize::from(byte)] {
            Some(c) => out.push(c),
            None => {
                return Err(format!(
                    "'{codec}' codec can't decode byte 0x{byte:02x} in position {at}: {why}"
                ));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        let decoded = |name: &str, bytes: &[u8]| decode(bytes, name);
        assert_eq!(decoded("KOI8-R", b"\xc1").as_deref(), Ok("а"));
        assert_eq!(decoded("windows_1252", b"a\x80").as_deref(), Ok("a€"));
        assert_eq!(decoded("l9", b"\xa4").as_deref(), Ok("€"));
        assert!(decoded("euc-jp", b"\xff").is_err());
        assert_eq!(decoded("Shift_JIS", b"\x83\x5c").as_deref(), Ok("ソ"));
        assert_eq!(
            decoded("cp1252", b"'\x81").expect_err("undefined"),
            "'charmap' codec can't decode byte 0x81 in position 1: character maps to <undefined>"
        );
        assert_eq!(decoded("nosuch", b"").expect_err("unknown"), "unknown encoding: nosuch");
        assert_eq!(decoded("u8", "é".as_bytes()).as_deref(), Ok("é"));
        assert_eq!(
            decoded("utf8", b"a\xe9b").expect_err("damaged"),
            "'utf-8' codec can't decode byte 0xe9 in position 1: invalid continuation byte"
        );
    }
}
