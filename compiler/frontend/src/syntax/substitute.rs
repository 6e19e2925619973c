//! Sources that CPython takes and the parser does not: the same text with something of the same length in its place.
//!
//! In: source text. Out: text for the parser, and where it differs. There are two such places: `<>` after
//! `from __future__ import barry_as_FLUFL`, and a `raise` without an exception before a semicolon.

use super::tokenizer::{Kind, Token, tokenize};

pub struct Barry {
    /// The source with `!=` for `<>`.
    pub text: String,
    /// Behind the import.
    pub from: usize,
    /// Whether `!=` is used there, which CPython then refuses.
    pub has_not_equal: bool,
}

fn word<'a>(text: &'a str, token: &Token) -> &'a str {
    text.get(token.start..token.end).unwrap_or("")
}

/// CPython: Parser/action_helpers.c, _PyPegen_checked_future_import
pub fn barry(text: &str) -> Option<Barry> {
    if !text.contains("barry_as_FLUFL") {
        return None;
    }
    let tokens = tokenize(text, true).tokens;
    let words: Vec<&str> = tokens.iter().map(|token| word(text, token)).collect();
    let start = words.windows(3).position(|w| w == ["from", "__future__", "import"])?;
    let mut at = start + 3;
    let mut imported = false;
    while at < tokens.len() && tokens[at].kind != Kind::Newline && words[at] != ";" {
        imported |= words[at] == "barry_as_FLUFL" && words[at - 1] != "as";
        at += 1;
    }
    let from = tokens.get(at).filter(|_| imported)?.start;
    let behind = |token: &&Token| token.start >= from && token.kind == Kind::Op;
    let mut out = text.to_string();
    let mut has_not_equal = false;
    for token in tokens.iter().filter(behind) {
        match word(text, token) {
            "<>" => out.replace_range(token.start..token.end, "!="),
            "!=" => has_not_equal = true,
            _ => {}
        }
    }
    Some(Barry {
        text: out,
        from,
        has_not_equal,
    })
}

/// The source with `pass` for each `raise` before a semicolon, and the bytes at which they start.
pub fn bare_raises(text: &str) -> (String, Vec<u32>) {
    let mut out = text.to_string();
    let mut places = Vec::new();
    if text.contains("raise") && text.contains(';') {
        for pair in tokenize(text, true).tokens.windows(2) {
            if word(text, &pair[0]) == "raise" && word(text, &pair[1]) == ";" && pair[0].kind == Kind::Name {
                out.replace_range(pair[0].start..pair[0].end, "pass ");
                places.push(pair[0].start as u32);
            }
        }
    }
    (out, places)
}
