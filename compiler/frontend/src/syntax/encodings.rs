//! The encodings of sources. In: bytes and the name in the coding cookie. Out: text, or CPython's words for why there is
//! none. Tables of single bytes are Python's own (`encodings.txt`, recorded from CPython 3.14 by
//! `tests/identity/encoding_tables.py`); the multi-byte encodings of East Asia are those of the web, which differ from
//! Python's in rare characters. The forms of Unicode are in `utf`; other encodings that are no tables (escapes, IDNA,
//! compressors) are refused.
//!
//! CPython: Lib/encodings/__init__.py, normalize_encoding; Lib/encodings/aliases.py.

use super::utf::{self, Order};
use encoding_rs::{BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS};

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
        Some((name, "*")) => match multibyte(name) {
            Some(encoding) => decode_multibyte(bytes, name, encoding),
            None => Err(format!("unknown encoding: {name}")),
        },
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

fn multibyte(name: &str) -> Option<&'static Encoding> {
    Some(match name {
        "big5" | "big5hkscs" | "cp950" => BIG5,
        "cp932" | "shift_jis" => SHIFT_JIS,
        "cp949" | "euc_kr" => EUC_KR,
        "euc_jp" => EUC_JP,
        "gb18030" => GB18030,
        "gb2312" | "gbk" => GBK,
        "iso2022_jp" => ISO_2022_JP,
        _ => return None,
    })
}

fn decode_multibyte(bytes: &[u8], name: &str, encoding: &'static Encoding) -> Result<String, String> {
    if matches!(name, "big5" | "cp950")
        && let Some(at) = foreign_big5(bytes)
    {
        let byte = bytes[at];
        return Err(format!(
            "'{name}' codec can't decode byte 0x{byte:02x} in position {at}: illegal multibyte sequence"
        ));
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(
        decoder
            .max_utf8_buffer_length_without_replacement(bytes.len())
            .unwrap_or(0),
    );
    match decoder.decode_to_string_without_replacement(bytes, &mut out, true) {
        (DecoderResult::InputEmpty, _) => Ok(match where_python_differs(name) {
            [] => out,
            pairs => out
                .chars()
                .map(|c| pairs.iter().find(|pair| pair.0 == c).map_or(c, |pair| pair.1))
                .collect(),
        }),
        (DecoderResult::OutputFull, _) => Err("source too large".to_string()),
        (DecoderResult::Malformed(bad, after), read) => {
            let at = read.saturating_sub(usize::from(bad) + usize::from(after));
            let byte = bytes.get(at).copied().unwrap_or(0);
            Err(format!(
                "'{name}' codec can't decode byte 0x{byte:02x} in position {at}: illegal multibyte sequence"
            ))
        }
    }
}

/// Characters of the web's tables with those that Python has for the same bytes.
fn where_python_differs(name: &str) -> &'static [(char, char)] {
    match name {
        "shift_jis" | "euc_jp" => &[
            ('\u{ff5e}', '\u{301c}'),
            ('\u{2225}', '\u{2016}'),
            ('\u{ff0d}', '\u{2212}'),
            ('\u{ffe0}', '\u{a2}'),
            ('\u{ffe1}', '\u{a3}'),
            ('\u{ffe2}', '\u{ac}'),
        ],
        "gb2312" => &[('\u{b7}', '\u{30fb}'), ('\u{2014}', '\u{2015}')],
        "big5" | "big5hkscs" => &[
            ('\u{2027}', '\u{2022}'),
            ('\u{fe51}', '\u{ff64}'),
            ('\u{af}', '\u{203e}'),
            ('\u{ff5e}', '\u{223c}'),
            ('\u{2295}', '\u{2641}'),
            ('\u{2299}', '\u{2609}'),
            ('\u{2215}', '\u{ff0f}'),
            ('\u{fe68}', '\u{ff3c}'),
            ('\u{ffe5}', '\u{a5}'),
            ('\u{ffe0}', '\u{a2}'),
            ('\u{ffe1}', '\u{a3}'),
        ],
        _ => &[],
    }
}

/// Where a row stands that the web's Big5 fills otherwise than Python's.
fn foreign_big5(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        if matches!(bytes[at], 0xc6..=0xc8) && bytes.get(at + 1).is_some_and(|trail| *trail >= 0xa1) {
            return Some(at);
        }
        at += 2;
    }
    None
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
