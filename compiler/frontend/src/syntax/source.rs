//! Source bytes to text: byte order mark, coding cookie, null bytes, newlines; and offsets to CPython's positions.
//! In: the bytes of a file. Out: `SourceText` (UTF-8, `\n` newlines only) with a line index. The surprising decision:
//! newlines are translated before the parser runs, because CPython's tokenizer does, and string literals see it.
//!
//! CPython: Parser/tokenizer/helpers.c, check_coding_spec, translate_newlines; Lib/tokenize.py, detect_encoding.

use std::cell::Cell;

use super::ast::Location;
use super::encodings;
use crate::diagnostic::{Diagnostic, ErrorClass, Result};

pub struct SourceText {
    pub text: String,
    /// Byte offset of each line's first byte.
    line_starts: Vec<u32>,
    /// The line that was asked for last: most questions are about it or the next one.
    last_line: Cell<usize>,
}

impl SourceText {
    /// `ignore_cookie`: the bytes are UTF-8 whatever the coding cookie says.
    pub fn decode(source: &[u8], ignore_cookie: bool) -> Result<SourceText> {
        if memchr::memchr(0, source).is_some() {
            return Err(Diagnostic::new(
                ErrorClass::SyntaxError,
                "source code string cannot contain null bytes",
            ));
        }
        let (bytes, bom) = match source.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !ignore_cookie => (rest, true),
            _ => (source, false),
        };
        let text = match coding_cookie(bytes)
            .filter(|_| !ignore_cookie)
            .map(|name| normal_name(&name))
        {
            Some(name) if bom && name != "utf-8" => return Err(cookie_with_bom(bytes, &name)),
            Some(name) if name != "utf-8" => {
                // CPython decodes before it reads a line, so there is no place to show.
                encodings::decode(bytes, &name).map_err(|message| {
                    let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
                    d.offset = -1;
                    d
                })?
            }
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_string(),
                Err(e) => return Err(not_utf8(bytes, e.valid_up_to())),
            },
        };
        if u32::try_from(text.len()).is_err() {
            return Err(Diagnostic::new(ErrorClass::MemoryError, "source is larger than 4 GiB"));
        }
        let text = translate_newlines(text);
        let mut line_starts = vec![0];
        line_starts.extend(memchr_newlines(text.as_bytes()));
        Ok(SourceText {
            text,
            line_starts,
            last_line: Cell::new(0),
        })
    }

    /// Line (from 1) and column (UTF-8 bytes, from 0) of a byte offset.
    pub fn position(&self, offset: u32) -> (i32, i32) {
        let starts = |line: usize| self.line_starts.get(line).copied().unwrap_or(u32::MAX);
        let mut line = self.last_line.get();
        if offset >= starts(line + 1) && offset < starts(line + 2) {
            line += 1;
        } else if offset < starts(line) || offset >= starts(line + 1) {
            line = self.line_starts.partition_point(|&s| s <= offset) - 1;
        }
        self.last_line.set(line);
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
    memchr::memchr_iter(b'\n', bytes).map(|i| i as u32 + 1)
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

/// CPython: Parser/tokenizer/helpers.c, get_normal_name
fn normal_name(name: &str) -> String {
    let start: String = name
        .chars()
        .take(12)
        .map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() })
        .collect();
    if start == "utf-8" || start.starts_with("utf-8-") {
        return "utf-8".to_string();
    }
    for latin in ["latin-1", "iso-8859-1", "iso-latin-1"] {
        if start == latin || start.strip_prefix(latin).is_some_and(|rest| rest.starts_with('-')) {
            return "iso-8859-1".to_string();
        }
    }
    name.to_string()
}

fn cookie_with_bom(bytes: &[u8], name: &str) -> Box<Diagnostic> {
    let is_comment = |line: &&[u8]| coding_cookie(line).is_some();
    let mut lines = bytes.split(|b| *b == b'\n' || *b == b'\r').take(2).enumerate();
    let (number, line) = lines.find(|(_, line)| is_comment(line)).unwrap_or((0, bytes));
    let mut d = Diagnostic::new(ErrorClass::SyntaxError, format!("encoding problem: {name} with BOM"));
    d.lineno = number as i32 + 1;
    (d.end_lineno, d.end_offset) = (d.lineno, line.len() as i32);
    d.text = Some(String::from_utf8_lossy(line).into_owned());
    d
}

/// CPython: Parser/tokenizer/helpers.c, _PyTokenizer_ensure_utf8
fn not_utf8(bytes: &[u8], at: usize) -> Box<Diagnostic> {
    let line_start = bytes[..at]
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |newline| newline + 1);
    let line_end = bytes[at..]
        .iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |n| at + n);
    let lineno = bytes[..at].iter().filter(|b| **b == b'\n').count() as i32 + 1;
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}' on line {lineno}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details",
        bytes[at]
    );
    let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
    let column = String::from_utf8_lossy(&bytes[line_start..at]).chars().count() as i32 + 1;
    (d.lineno, d.offset, d.end_lineno, d.end_offset) = (lineno, column, lineno, column);
    d.text = Some(String::from_utf8_lossy(&bytes[line_start..line_end]).into_owned());
    d
}

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
    }

    #[test]
    fn positions_are_utf8_columns() {
        let s = SourceText::decode("é = 1\nx".as_bytes(), false).unwrap();
        assert_eq!(s.position(3), (1, 3));
        assert_eq!(s.position(7), (2, 0));
        assert_eq!(s.line(2), Some("x"));
    }
}
