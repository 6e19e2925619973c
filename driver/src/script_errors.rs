//! Errors in the text of the script itself. CPython decodes imported modules as a whole, but reads the script from a file, line by
//! line, and words what it then finds differently. In: the diagnostic of the whole text. Out: what `python3.14 SCRIPT` prints.
//!
//! CPython: Parser/tokenizer/file_tokenizer.c; Parser/tokenizer/helpers.c, _PyTokenizer_ensure_utf8
use pyaot_frontend::Diagnostic;

/// What a chunk of the file that is decoded at once holds.
const CHUNK: usize = 8192;

pub fn text(d: &Diagnostic, bytes: &[u8]) -> String {
    let mut d = d.clone();
    if d.message == "source code string cannot contain null bytes" {
        let at = bytes.iter().position(|b| *b == 0).unwrap_or(0);
        let start = line_start(bytes, at);
        d.message = "source code cannot contain null bytes".to_string();
        d.lineno = line_number(bytes, at);
        d.offset = -1;
        d.text = Some(String::from_utf8_lossy(&bytes[start..at]).into_owned());
        return d.to_string();
    }
    if d.message.starts_with("Non-UTF-8 code starting with")
        && let Err(e) = std::str::from_utf8(bytes)
    {
        if cookie_end(bytes).is_none() {
            d.message = d
                .message
                .replacen(" on line ", &format!(" in file {} on line ", d.filename), 1);
        } else {
            let at = e.valid_up_to();
            let column = at - line_start(bytes, at);
            let place = match e.error_len() {
                Some(n) if n > 1 => format!("bytes in position {column}-{}", column + n - 1),
                _ => format!("byte 0x{:02x} in position {column}", bytes[at]),
            };
            let reason = match (e.error_len(), bytes[at]) {
                (None, _) => "unexpected end of data",
                (_, 0xc2..=0xf4) => "invalid continuation byte",
                _ => "invalid start byte",
            };
            d.message = format!("(unicode error) 'utf-8' codec can't decode {place}: {reason}");
            d.offset = -1;
        }
        return d.to_string();
    }
    // The codec refused the text or is not there: no line of it was read.
    if d.lineno == 0 && d.offset == -1 {
        let message = d.message.split("; use codecs.decode()").next().unwrap_or_default();
        let message = match cookie_end(bytes) {
            Some(end) => in_chunk(message, end),
            None => message.to_string(),
        };
        return format!("  File \"{}\", line 0\n{}: {message}", d.filename, d.class.name());
    }
    d.printed(bytes)
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1)
}
fn line_number(bytes: &[u8], at: usize) -> i32 {
    bytes[..at].iter().filter(|b| **b == b'\n').count() as i32 + 1
}

/// Where the line with the coding cookie ends: its newline. The decoder of the file starts there.
fn cookie_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n').take(2) {
        let text = line.trim_ascii();
        if text.starts_with(b"#") && text.windows(7).any(|w| matches!(w, b"coding:" | b"coding=")) {
            return Some(start + line.len() - 1);
        }
        start += line.len();
    }
    None
}

/// `message` with its position counted from the start of the chunk that is decoded.
fn in_chunk(message: &str, start: usize) -> String {
    let Some((before, rest)) = message.split_once(" in position ") else {
        return message.to_string();
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match rest[..digits].parse::<usize>() {
        Ok(at) if at >= start && !rest[digits..].starts_with('-') => {
            format!("{before} in position {}{}", (at - start) % CHUNK, &rest[digits..])
        }
        _ => message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyaot_frontend::{Flags, Mode};

    /// What `python3.14 /t.py` prints, recorded.
    #[test]
    fn as_from_a_file() {
        let cases: [(&[u8], &str); 7] = [
            (
                b"x = 1\nprint(\"a\0b\")\n",
                "  File \"/t.py\", line 2\n    print(\"a\nSyntaxError: source code cannot contain null bytes",
            ),
            (
                b"# -*- coding: nosuch -*-\nx=1\n",
                "  File \"/t.py\", line 0\nSyntaxError: unknown encoding: nosuch",
            ),
            (
                b"x = \"\xe9\"\n",
                "  File \"/t.py\", line 1\n    x = \"\u{fffd}\"\n         ^\nSyntaxError: Non-UTF-8 code starting with '\\xe9' \
                 in file /t.py on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
            ),
            (
                b"# coding: ascii\nx = \"\xe9\"\n",
                "  File \"/t.py\", line 0\nSyntaxError: 'ascii' codec can't decode byte 0xe9 in position 6: \
                 ordinal not in range(128)",
            ),
            (
                b"# coding: cp1252\nx = \"\x81\"\n",
                "  File \"/t.py\", line 0\nSyntaxError: 'charmap' codec can't decode byte 0x81 in position 6: \
                 character maps to <undefined>",
            ),
            (
                b"# coding: utf-8\nx = 1\ny = \"\xff\"\n",
                "  File \"/t.py\", line 3\n    y = \"\u{fffd}\"\nSyntaxError: (unicode error) 'utf-8' codec can't decode \
                 byte 0xff in position 5: invalid start byte",
            ),
            (
                b"# coding: rot13\nx=1\n",
                "  File \"/t.py\", line 0\nSyntaxError: 'rot13' is not a text encoding",
            ),
        ];
        for (source, expected) in cases {
            let Err(d) = pyaot_frontend::compile(source, "/t.py", Mode::Exec, 0, Flags::default()) else {
                panic!("compiled: {expected}");
            };
            assert_eq!(text(&d, source), expected);
        }
    }
}
