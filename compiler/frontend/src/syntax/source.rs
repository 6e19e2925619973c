//! Source bytes to text: byte order mark, coding cookie, null bytes, newlines; and offsets to CPython's positions.
//! In: the bytes of a file. Out: `SourceText` (UTF-8, `\n` newlines only) with a line index. The surprising decision:
//! newlines are translated before the parser runs, because CPython's tokenizer does, and string literals see it.
//!
//! CPython: Parser/tokenizer/helpers.c, check_coding_spec, translate_newlines; Lib/tokenize.py, detect_encoding.

use super::ast::Location;
use crate::diagnostic::{Diagnostic, ErrorClass, Result};

pub struct SourceText {
    pub text: String,
    /// Byte offset of each line's first byte.
    line_starts: Vec<u32>,
}

impl SourceText {
    /// `ignore_cookie`: the bytes are UTF-8 whatever the coding cookie says.
    pub fn decode(source: &[u8], ignore_cookie: bool) -> Result<SourceText> {
        if source.contains(&0) {
            return Err(Diagnostic::new(
                ErrorClass::SyntaxError,
                "source code string cannot contain null bytes",
            ));
        }
        let (bytes, bom) = match source.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !ignore_cookie => (rest, true),
            _ => (source, false),
        };
        let text = match coding_cookie(bytes).filter(|_| !ignore_cookie) {
            Some(cookie) => {
                let encoding = normal_name(&cookie);
                if bom && encoding != "utf-8" {
                    return Err(Diagnostic::new(
                        ErrorClass::SyntaxError,
                        format!("encoding problem: {cookie} with BOM"),
                    ));
                }
                decode_as(bytes, &encoding, &cookie)?
            }
            None => decode_as(bytes, "utf-8", "utf-8")?,
        };
        if u32::try_from(text.len()).is_err() {
            return Err(Diagnostic::new(ErrorClass::MemoryError, "source is larger than 4 GiB"));
        }
        let text = translate_newlines(text);
        let mut line_starts = vec![0];
        line_starts.extend(memchr_newlines(text.as_bytes()));
        Ok(SourceText { text, line_starts })
    }

    /// Line (from 1) and column (UTF-8 bytes, from 0) of a byte offset.
    pub fn position(&self, offset: u32) -> (i32, i32) {
        let line = self.line_starts.partition_point(|&s| s <= offset) - 1;
        (line as i32 + 1, (offset - self.line_starts[line]) as i32)
    }

    pub fn location(&self, start: u32, end: u32) -> Location {
        let (lineno, col_offset) = self.position(start);
        let (end_lineno, end_col_offset) = if (self.line_starts.get(lineno as usize)).is_none_or(|&next| end < next) {
            (lineno, (end - self.line_starts[lineno as usize - 1]) as i32)
        } else {
            self.position(end)
        };
        Location {
            lineno,
            end_lineno,
            col_offset,
            end_col_offset,
        }
    }

    /// The text of a line (from 1), with its newline.
    pub fn line(&self, lineno: i32) -> Option<&str> {
        let i = usize::try_from(lineno).ok()?.checked_sub(1)?;
        let start = *self.line_starts.get(i)? as usize;
        let end = self.line_starts.get(i + 1).map_or(self.text.len(), |&e| e as usize);
        Some(&self.text[start..end])
    }
}

fn memchr_newlines(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .map(|(i, _)| i as u32 + 1)
}

fn translate_newlines(text: String) -> String {
    if !text.contains('\r') {
        return text;
    }
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The encoding named in a comment of the first two lines.
fn coding_cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|b| *b == b'\n' || *b == b'\r').take(2) {
        let body = line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\x0c'));
        let Some(start) = body else { continue };
        if line[start] != b'#' {
            return None;
        }
        let line = &line[start..];
        let mut from = 0;
        while let Some(at) = line[from..].windows(6).position(|w| w == b"coding") {
            let mut i = from + at + 6;
            if matches!(line.get(i), Some(b':' | b'=')) {
                i += 1;
                while matches!(line.get(i), Some(b' ' | b'\t')) {
                    i += 1;
                }
                let name: Vec<u8> = line[i..]
                    .iter()
                    .copied()
                    .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
                    .collect();
                if !name.is_empty() {
                    return String::from_utf8(name).ok();
                }
            }
            from += at + 6;
        }
    }
    None
}

/// CPython: Parser/tokenizer/helpers.c, get_normal_name.
fn normal_name(name: &str) -> String {
    let lower: String = name
        .chars()
        .take(12)
        .map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() })
        .collect();
    if lower == "utf-8" || lower.starts_with("utf-8-") {
        return "utf-8".to_string();
    }
    for latin in ["latin-1", "iso-8859-1", "iso-latin-1"] {
        if lower == latin || lower.strip_prefix(latin).is_some_and(|rest| rest.starts_with('-')) {
            return "iso-8859-1".to_string();
        }
    }
    name.to_ascii_lowercase().replace('_', "-")
}

fn decode_as(bytes: &[u8], encoding: &str, cookie: &str) -> Result<String> {
    let table: fn(u8) -> Option<char> = match encoding {
        "utf-8" | "utf8" | "u8" | "utf" | "cp65001" => {
            return match std::str::from_utf8(bytes) {
                Ok(s) => Ok(s.to_string()),
                Err(e) => Err(utf8_error(bytes, e.valid_up_to())),
            };
        }
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin" | "l1" | "8859" | "cp819" => |b| Some(char::from(b)),
        "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => |b| b.is_ascii().then(|| char::from(b)),
        "iso-8859-15" | "iso8859-15" | "latin-9" | "latin9" => |b| {
            Some(match b {
                0xa4 => '\u{20ac}',
                0xa6 => '\u{160}',
                0xa8 => '\u{161}',
                0xb4 => '\u{17d}',
                0xb8 => '\u{17e}',
                0xbc => '\u{152}',
                0xbd => '\u{153}',
                0xbe => '\u{178}',
                _ => char::from(b),
            })
        },
        "cp1252" | "windows-1252" | "1252" => |b| match b {
            0x80..=0x9f => CP1252[b as usize - 0x80],
            _ => Some(char::from(b)),
        },
        "koi8-r" | "koi8r" | "cskoi8r" => |b| {
            if b < 0x80 {
                Some(char::from(b))
            } else {
                KOI8_R.chars().nth(b as usize - 0x80)
            }
        },
        "cp1251" | "windows-1251" | "1251" => |b| match b {
            0..=0x7f => Some(char::from(b)),
            0xc0..=0xff => char::from_u32(0x410 + u32::from(b) - 0xc0),
            0xa8 => Some('\u{401}'),
            0xb8 => Some('\u{451}'),
            0xa0 | 0xa4 | 0xa6 | 0xa7 | 0xa9 | 0xab..=0xae | 0xb0 | 0xb1 | 0xb5..=0xb7 | 0xbb => Some(char::from(b)),
            _ => None,
        },
        _ => {
            return Err(Diagnostic::new(
                ErrorClass::SyntaxError,
                format!("unknown encoding: {cookie}"),
            ));
        }
    };
    let mut text = String::with_capacity(bytes.len());
    for (i, &b) in bytes.iter().enumerate() {
        match table(b) {
            Some(c) => text.push(c),
            None => {
                let why = if encoding == "ascii" {
                    "ordinal not in range(128)"
                } else {
                    "character maps to <undefined>"
                };
                let codec = if encoding == "ascii" { "ascii" } else { "charmap" };
                return Err(Diagnostic::new(
                    ErrorClass::SyntaxError,
                    format!("(unicode error) '{codec}' codec can't decode byte 0x{b:02x} in position {i}: {why}"),
                ));
            }
        }
    }
    Ok(text)
}

fn utf8_error(bytes: &[u8], at: usize) -> Box<Diagnostic> {
    let b = bytes[at];
    let needed = match b {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    };
    let follow = bytes[at + 1..]
        .iter()
        .take(needed)
        .take_while(|c| (0x80..0xc0).contains(*c))
        .count();
    let span = |n: usize, why: &str| {
        if n == 1 {
            format!("(unicode error) 'utf-8' codec can't decode byte 0x{b:02x} in position {at}: {why}")
        } else {
            format!(
                "(unicode error) 'utf-8' codec can't decode bytes in position {at}-{}: {why}",
                at + n - 1
            )
        }
    };
    let message = if needed == 0 {
        span(1, "invalid start byte")
    } else if at + 1 + follow == bytes.len() && follow < needed {
        span(1 + follow, "unexpected end of data")
    } else {
        span(follow.max(1), "invalid continuation byte")
    };
    let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
    d.lineno = bytes[..at].iter().filter(|c| **c == b'\n').count() as i32 + 1;
    d
}

#[rustfmt::skip]
const CP1252: [Option<char>; 32] = [
    Some('\u{20ac}'), None, Some('\u{201a}'), Some('\u{192}'), Some('\u{201e}'), Some('\u{2026}'), Some('\u{2020}'),
    Some('\u{2021}'), Some('\u{2c6}'), Some('\u{2030}'), Some('\u{160}'), Some('\u{2039}'), Some('\u{152}'), None,
    Some('\u{17d}'), None, None, Some('\u{2018}'), Some('\u{2019}'), Some('\u{201c}'), Some('\u{201d}'),
    Some('\u{2022}'), Some('\u{2013}'), Some('\u{2014}'), Some('\u{2dc}'), Some('\u{2122}'), Some('\u{161}'),
    Some('\u{203a}'), Some('\u{153}'), None, Some('\u{17e}'), Some('\u{178}'),
];

const KOI8_R: &str = "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{a0}⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©\
юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        assert_eq!(
            coding_cookie(b"# -*- coding: latin-1 -*-\n").as_deref(),
            Some("latin-1")
        );
        assert_eq!(
            coding_cookie(b"#!/bin/sh\n# vim: set fileencoding=koi8-r :\n").as_deref(),
            Some("koi8-r")
        );
        assert_eq!(coding_cookie(b"x = 1\n# coding: latin-1\n"), None);
        assert_eq!(
            SourceText::decode(b"# coding: latin-1\n'\xe9'\r\nx\r", false)
                .unwrap()
                .text,
            "# coding: latin-1\n'é'\nx\n"
        );
        assert_eq!(KOI8_R.chars().count(), 128);
    }

    #[test]
    fn positions_are_utf8_columns() {
        let s = SourceText::decode("é = 1\nx".as_bytes(), false).unwrap();
        assert_eq!(s.position(3), (1, 3));
        assert_eq!(s.position(7), (2, 0));
        assert_eq!(s.line(2), Some("x"));
    }
}
