//! Errors inside the replacement fields of f-strings and t-strings.
//!
//! CPython: Grammar/python.gram, invalid_fstring_replacement_field, invalid_tstring_replacement_field.

use super::super::tokenizer::Kind;
use super::Translate;
use crate::diagnostic::{Diagnostic, ErrorClass};

impl Translate<'_> {
    /// Errors inside a replacement field. CPython: invalid_fstring_replacement_field.
    pub(super) fn in_fstring(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let (open, at) = self.enclosing(fi)?;
        if open != '{' || !(at > 0 && matches!(self.kind(at - 1), Kind::FStart | Kind::FMiddle) || self.is_field(at)) {
            return None;
        }
        let start = (0..at).rev().find(|&i| self.kind(i) == Kind::FStart)?;
        let letter = if self
            .tok(start)
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .any(|b| matches!(b, b't' | b'T'))
        {
            't'
        } else {
            'f'
        };
        let say = |message: &str, i: usize| Some(self.at_token(format!("{letter}-string: {message}"), i));
        if self.tok(at + 1) == "lambda"
            && let Some(colon) = (at + 1..self.tokens.len()).find(|&i| self.tok(i) == ":")
        {
            let message = format!("{letter}-string: lambda expressions are not allowed without parentheses");
            let (start, end) = (self.tokens[at + 1].start, self.tokens[colon].end);
            return Some(self.span(ErrorClass::SyntaxError, message, start, end));
        }
        if fi == at + 1 {
            return match self.tok(fi) {
                c @ ("=" | "!" | ":" | "}") => say(&format!("valid expression required before '{c}'"), fi),
                _ => say("expecting a valid expression after '{'", fi),
            };
        }
        // What of the field has been read.
        let mut depth = 0;
        let (mut equals, mut bang) = (None, None);
        for i in at + 1..fi {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                "=" if depth == 0 => equals = Some(i),
                "!" if depth == 0 => bang = Some(i),
                _ => {}
            }
        }
        if let Some(bang) = bang {
            if fi == bang + 1 {
                return match self.kind(fi) {
                    Kind::Name => {
                        let flag = self.tok(fi);
                        say(
                            &format!("invalid conversion character '{flag}': expected 's', 'r', or 'a'"),
                            fi,
                        )
                    }
                    _ if matches!(self.tok(fi), ":" | "}") => say("missing conversion character", fi),
                    _ => say("invalid conversion character", fi),
                };
            }
            if !matches!(self.tok(fi), ":" | "}") {
                return say("expecting ':' or '}'", fi);
            }
            return None;
        }
        if let Some(equals) = equals
            && fi == equals + 1
        {
            return say("expecting '!', or ':', or '}'", fi);
        }
        if self.ends_operand(fi - 1) && equals.is_none() && !self.starts_operand(fi) {
            return say("expecting '=', or '!', or ':', or '}'", fi);
        }
        None
    }

    fn is_field(&self, at: usize) -> bool {
        // A field that follows another one without text between them.
        at > 0 && self.tok(at - 1) == "}" && {
            let mut starts = 0i32;
            for i in (0..at).rev() {
                match self.kind(i) {
                    Kind::FEnd => starts -= 1,
                    Kind::FStart => {
                        starts += 1;
                        if starts > 0 {
                            return self.enclosing(at).is_none_or(|(_, j)| j < i);
                        }
                    }
                    _ => {}
                }
            }
            false
        }
    }
}
