//! CPython's tokenizer, for diagnosis only: it runs when the parser has refused a source, and over literals that may
//! deserve a warning. In: source text. Out: tokens at CPython's positions and the tokenizer's first error. The
//! surprising decision: there is a second tokenizer at all, because which error CPython reports depends on the
//! tokenizer's state at the failing token and on tokenizer errors behind it.
//!
//! CPython: Parser/lexer/lexer.c, tok_get_normal_mode, tok_get_fstring_mode.

use pyaot_code::printable::is_printable;

use crate::diagnostic::ErrorClass;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    String,
    FStart,
    FMiddle,
    FEnd,
    Op,
    Newline,
    Indent,
    Dedent,
    EndMarker,
}

/// Byte offsets into the source.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Where an error is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The tokenizer stands behind this byte; start and end of the error are the same.
    Cursor(usize),
    /// The byte at which the error starts.
    At(usize),
    /// From a byte to another.
    Range(usize, usize),
    /// The end of a line, without an end position.
    LineEnd(usize),
    /// Behind a byte, without an end column.
    OpenEnd(usize),
}

#[derive(Clone, Debug)]
pub struct TokenError {
    pub class: ErrorClass,
    pub message: String,
    pub place: Place,
    /// Whether it replaces an error of the grammar at an earlier token: those that CPython's tokenizer raises by itself,
    /// outside strings with replacement fields.
    pub overrides: bool,
}

/// A number that runs into a keyword: kind of literal and its range.
pub struct NumberWarning {
    pub kind: &'static str,
    pub start: usize,
    pub end: usize,
}

pub struct Tokenized {
    pub tokens: Vec<Token>,
    pub error: Option<TokenError>,
    /// Brackets open at the end, with their characters.
    pub open: Vec<(u8, usize)>,
    pub warnings: Vec<NumberWarning>,
}

/// CPython: Parser/lexer/state.h, MAXLEVEL, MAXINDENT, MAXFSTRINGLEVEL; Parser/lexer/lexer.c, MAX_EXPR_NESTING.
pub const MAX_LEVEL: usize = 200;
pub const MAX_INDENT: usize = 100;
pub const MAX_FSTRING_LEVEL: usize = 150;
const MAX_EXPR_NESTING: usize = 3;

struct FString {
    quote: u8,
    triple: bool,
    raw: bool,
    template: bool,
    start: usize,
    /// Length of `open` inside each replacement field that is open.
    fields: Vec<Field>,
}

struct Field {
    level: usize,
    in_spec: bool,
}

struct Tokenizer<'a> {
    text: &'a str,
    src: &'a [u8],
    at: usize,
    out: Tokenized,
    indents: Vec<(usize, usize)>,
    line_start: bool,
    fstrings: Vec<FString>,
    implicit_newline: bool,
    /// As for the module `tokenize`: brackets, numbers and letters are not looked at closely.
    extra_tokens: bool,
    /// Start of the comment before the current place.
    comment: Option<usize>,
}

type Step = Result<(), TokenError>;

/// `implicit_newline`: the source is a file, whose last line always ends.
pub fn tokenize(text: &str, implicit_newline: bool) -> Tokenized {
    run(text, implicit_newline, false)
}

/// What the module `tokenize` sees. CPython: Parser/lexer/state.h, tok_extra_tokens
pub fn tokenize_extra(text: &str) -> Tokenized {
    run(text, true, true)
}

fn run(text: &str, implicit_newline: bool, extra_tokens: bool) -> Tokenized {
    let out = Tokenized {
        tokens: Vec::new(),
        error: None,
        open: Vec::new(),
        warnings: Vec::new(),
    };
    let mut t = Tokenizer {
        text,
        src: text.as_bytes(),
        at: 0,
        out,
        indents: vec![(0, 0)],
        line_start: true,
        fstrings: Vec::new(),
        implicit_newline,
        extra_tokens,
        comment: None,
    };
    let result = t.run();
    t.out.error = result.err();
    t.out
}

fn is_ident_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn is_ident(b: u8) -> bool {
    is_ident_start(b) || b.is_ascii_digit()
}

impl Tokenizer<'_> {
    fn peek(&self, n: usize) -> u8 {
        self.src.get(self.at + n).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.out.tokens.push(Token {
            kind,
            start,
            end: self.at,
        });
    }

    fn err<T>(&self, message: impl Into<String>, place: Place) -> Result<T, TokenError> {
        Err(TokenError {
            class: ErrorClass::SyntaxError,
            message: message.into(),
            place,
            overrides: self.fstrings.is_empty(),
        })
    }

    fn line_of(&self, at: usize) -> usize {
        self.src[..at.min(self.src.len())]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1
    }

    fn run(&mut self) -> Step {
        loop {
            if let Some(f) = self.fstrings.last() {
                let in_middle = match f.fields.last() {
                    None => true,
                    Some(field) => field.in_spec && self.out.open.len() == field.level,
                };
                if in_middle {
                    self.middle()?;
                    continue;
                }
            }
            if self.line_start && self.out.open.is_empty() && self.fstrings.is_empty() {
                self.line_start = false;
                self.indentation()?;
            }
            self.line_start = false;
            while matches!(self.peek(0), b' ' | b'\t' | 0x0c) && self.at < self.src.len() {
                self.at += 1;
            }
            self.comment = None;
            if self.at < self.src.len() && self.peek(0) == b'#' {
                self.comment = Some(self.at);
                while self.at < self.src.len() && self.peek(0) != b'\n' {
                    self.at += 1;
                }
            }
            if self.at >= self.src.len() {
                return self.end();
            }
            self.token()?;
        }
    }

    fn end(&mut self) -> Step {
        let at = self.at;
        if !self.fstrings.is_empty() {
            return Ok(());
        }
        if self.out.open.is_empty() {
            if self.implicit_newline
                && self
                    .out
                    .tokens
                    .last()
                    .is_some_and(|t| !matches!(t.kind, Kind::Newline | Kind::Dedent))
            {
                self.out.tokens.push(Token {
                    kind: Kind::Newline,
                    start: self.comment.unwrap_or(at),
                    end: at + 1,
                });
            }
            for _ in 1..self.indents.len() {
                self.push(Kind::Dedent, at);
            }
        }
        self.push(Kind::EndMarker, at);
        Ok(())
    }

    fn indent_error<T>(&self) -> Result<T, TokenError> {
        Err(TokenError {
            class: ErrorClass::TabError,
            message: "inconsistent use of tabs and spaces in indentation".to_string(),
            place: Place::LineEnd(self.at),
            overrides: false,
        })
    }

    fn indentation(&mut self) -> Step {
        loop {
            let (mut col, mut alt) = (0, 0);
            // Indentation cannot be split over lines: that of the first one counts.
            let mut first_line = 0;
            while self.at < self.src.len() {
                match self.peek(0) {
                    b' ' => (col, alt) = (col + 1, alt + 1),
                    b'\t' => (col, alt) = ((col / 8 + 1) * 8, alt + 1),
                    0x0c => (col, alt) = (0, 0),
                    b'\\' => {
                        first_line = if first_line == 0 { col } else { first_line };
                        self.continuation()?;
                        continue;
                    }
                    _ => break,
                }
                self.at += 1;
            }
            if first_line > 0 {
                (col, alt) = (first_line, first_line);
            }
            match self.src.get(self.at) {
                // A blank line or a comment says nothing about indentation.
                Some(b'\n') => {
                    self.at += 1;
                    continue;
                }
                Some(b'#') => {
                    while self.at < self.src.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                    if self.at < self.src.len() {
                        self.at += 1;
                        continue;
                    }
                    return Ok(());
                }
                None => return Ok(()),
                Some(_) => {}
            }
            let (top, alt_top) = self.indents[self.indents.len() - 1];
            if col == top {
                return if alt == alt_top { Ok(()) } else { self.indent_error() };
            }
            if col > top {
                if self.indents.len() >= MAX_INDENT {
                    return Err(TokenError {
                        class: ErrorClass::IndentationError,
                        message: "too many levels of indentation".to_string(),
                        place: Place::LineEnd(self.at),
                        overrides: false,
                    });
                }
                if alt <= alt_top {
                    return self.indent_error();
                }
                self.indents.push((col, alt));
                self.push(Kind::Indent, self.at);
                return Ok(());
            }
            let mut dedents = 0;
            while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                self.indents.pop();
                dedents += 1;
            }
            let (top, alt_top) = self.indents[self.indents.len() - 1];
            if col != top {
                return Err(TokenError {
                    class: ErrorClass::IndentationError,
                    message: "unindent does not match any outer indentation level".to_string(),
                    place: Place::LineEnd(self.at),
                    overrides: false,
                });
            }
            if alt != alt_top {
                return self.indent_error();
            }
            for _ in 0..dedents {
                self.push(Kind::Dedent, self.at);
            }
            return Ok(());
        }
    }

    fn token(&mut self) -> Step {
        let start = self.at;
        let b = self.peek(0);
        if is_ident_start(b) {
            return self.name(start);
        }
        match b {
            b'\n' => {
                self.at += 1;
                let blank = self
                    .out
                    .tokens
                    .last()
                    .is_none_or(|t| matches!(t.kind, Kind::Newline | Kind::Indent | Kind::Dedent));
                if self.out.open.is_empty() && self.fstrings.is_empty() {
                    if !blank {
                        // The end of a line starts with its comment.
                        self.push(Kind::Newline, self.comment.unwrap_or(start));
                    }
                    self.line_start = true;
                }
                Ok(())
            }
            b'\\' => self.continuation(),
            b'0'..=b'9' => self.number(start),
            b'.' if self.peek(1).is_ascii_digit() => self.number(start),
            b'\'' | b'"' => self.string(start, b, false),
            _ => self.operator(start),
        }
    }

    /// A backslash and the end of its line. CPython: tok_continuation_line
    fn continuation(&mut self) -> Step {
        let start = self.at;
        self.at += 1;
        let is_last = self.at >= self.src.len();
        if self.peek(0) == b'\n' || is_last && self.implicit_newline {
            self.at = (self.at + 1).min(self.src.len());
            if self.at < self.src.len() {
                return Ok(());
            }
            return Err(TokenError {
                class: ErrorClass::SyntaxError,
                message: "unexpected EOF while parsing".to_string(),
                place: Place::LineEnd(start),
                overrides: false,
            });
        }
        if !is_last {
            self.next_char();
        }
        Err(TokenError {
            class: ErrorClass::SyntaxError,
            message: "unexpected character after line continuation character".to_string(),
            place: Place::OpenEnd(self.at),
            overrides: false,
        })
    }

    fn next_char(&mut self) -> char {
        let c = self.text[self.at..].chars().next().unwrap_or('\0');
        self.at += c.len_utf8();
        c
    }

    fn name(&mut self, start: usize) -> Step {
        let (mut seen_b, mut seen_r, mut seen_u, mut seen_f, mut seen_t) = (false, false, false, false, false);
        loop {
            let c = self.peek(0);
            match c {
                b'b' | b'B' if !(seen_b || seen_u) => seen_b = true,
                b'u' | b'U' if !(seen_b || seen_u || seen_r || seen_f || seen_t) => seen_u = true,
                b'r' | b'R' if !seen_r => seen_r = true,
                b'f' | b'F' if !(seen_f || seen_b || seen_u) => seen_f = true,
                b't' | b'T' if !(seen_t || seen_b || seen_u) => seen_t = true,
                b'b' | b'B' if !seen_b => seen_b = true,
                b'u' | b'U' if !seen_u => seen_u = true,
                b'f' | b'F' if !seen_f => seen_f = true,
                b't' | b'T' if !seen_t => seen_t = true,
                _ => break,
            }
            self.at += 1;
            if matches!(self.peek(0), b'\'' | b'"') {
                let pairs = [
                    (seen_u && seen_b, 'u', 'b'),
                    (seen_u && seen_r, 'u', 'r'),
                    (seen_u && seen_f, 'u', 'f'),
                    (seen_u && seen_t, 'u', 't'),
                    (seen_b && seen_f, 'b', 'f'),
                    (seen_b && seen_t, 'b', 't'),
                    (seen_f && seen_t, 'f', 't'),
                ];
                if let Some((_, x, y)) = pairs.into_iter().find(|p| p.0) {
                    return self.err(
                        format!("'{x}' and '{y}' prefixes are incompatible"),
                        Place::Range(start, self.at),
                    );
                }
                let quote = self.peek(0);
                if seen_f || seen_t {
                    return self.fstring_start(start, quote, seen_r, seen_t);
                }
                return self.string(start, quote, seen_b);
            }
        }
        while self.at < self.src.len() && is_ident(self.peek(0)) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if !text.is_ascii() && !self.extra_tokens {
            self.verify_identifier(start)?;
        }
        self.push(Kind::Name, start);
        Ok(())
    }

    fn verify_identifier(&mut self, start: usize) -> Step {
        let text = &self.text[start..self.at];
        let bad = text.char_indices().find(|(i, c)| {
            let ok = if *i == 0 { is_xid_start(*c) } else { is_xid_continue(*c) };
            !ok
        });
        if let Some((i, c)) = bad {
            self.at = start + i + c.len_utf8();
            let code = format!("U+{:04X}", c as u32);
            let message = if is_printable(c as u32) {
                format!("invalid character '{c}' ({code})")
            } else {
                format!("invalid non-printable character {code}")
            };
            return self.err(message, Place::Cursor(self.at));
        }
        Ok(())
    }

    fn digits(&mut self, kind: &'static str, ok: fn(u8) -> bool) -> Step {
        loop {
            while self.at < self.src.len() && ok(self.peek(0)) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !ok(self.peek(0)) || self.at >= self.src.len() {
                return self.err(format!("invalid {kind} literal"), Place::Cursor(self.at));
            }
        }
    }

    /// CPython: verify_end_of_number; a keyword right after a number is deprecated, any other name is an error.
    fn end_of_number(&mut self, start: usize, kind: &'static str) -> Step {
        if self.extra_tokens {
            return Ok(());
        }
        let rest = &self.src[self.at..];
        let word = |w: &str| rest.starts_with(w.as_bytes());
        let keyword = match self.peek(0) {
            b'a' => word("and"),
            b'e' => word("else"),
            b'f' => word("for"),
            b'i' => matches!(self.peek(1), b'f' | b'n' | b's'),
            b'o' => word("or"),
            b'n' => word("not"),
            _ => false,
        };
        if keyword {
            self.out.warnings.push(NumberWarning {
                kind,
                start,
                end: self.at,
            });
            return Ok(());
        }
        if self.at < self.src.len() && self.peek(0).is_ascii() && is_ident(self.peek(0)) {
            return self.err(format!("invalid {kind} literal"), Place::Cursor(self.at));
        }
        Ok(())
    }

    fn number(&mut self, start: usize) -> Step {
        let radix = match (self.peek(0), self.peek(1)) {
            (b'0', b'x' | b'X') => Some(("hexadecimal", (|b| b.is_ascii_hexdigit()) as fn(u8) -> bool)),
            (b'0', b'o' | b'O') => Some(("octal", (|b| matches!(b, b'0'..=b'7')) as fn(u8) -> bool)),
            (b'0', b'b' | b'B') => Some(("binary", (|b| matches!(b, b'0' | b'1')) as fn(u8) -> bool)),
            _ => None,
        };
        if let Some((kind, ok)) = radix {
            self.at += 2;
            loop {
                if self.peek(0) == b'_' {
                    self.at += 1;
                }
                let c = self.peek(0);
                if self.at >= self.src.len() || !ok(c) {
                    if c.is_ascii_digit() && kind != "hexadecimal" {
                        self.at += 1;
                        return self.err(
                            format!("invalid digit '{}' in {kind} literal", char::from(c)),
                            Place::Cursor(self.at),
                        );
                    }
                    return self.err(format!("invalid {kind} literal"), Place::Cursor(self.at));
                }
                while self.at < self.src.len() && ok(self.peek(0)) {
                    self.at += 1;
                }
                if self.peek(0) != b'_' {
                    break;
                }
            }
            if self.peek(0).is_ascii_digit() {
                let c = char::from(self.peek(0));
                self.at += 1;
                return self.err(format!("invalid digit '{c}' in {kind} literal"), Place::Cursor(self.at));
            }
            self.end_of_number(start, kind)?;
            self.push(Kind::Number, start);
            return Ok(());
        }
        let digit: fn(u8) -> bool = |b| b.is_ascii_digit();
        let mut nonzero = None;
        let mut is_float = false;
        if self.peek(0) != b'.' {
            if self.peek(0) == b'0' {
                // Leading zeros are fine for zero itself and for floats.
                loop {
                    if self.peek(0) == b'_' {
                        self.at += 1;
                        if !digit(self.peek(0)) {
                            return self.err("invalid decimal literal", Place::Cursor(self.at));
                        }
                    }
                    if self.peek(0) != b'0' {
                        break;
                    }
                    self.at += 1;
                }
                if digit(self.peek(0)) {
                    nonzero = Some(self.at);
                    self.digits("decimal", digit)?;
                }
            } else {
                self.digits("decimal", digit)?;
            }
        }
        let mut kind = "decimal";
        if self.peek(0) == b'.' {
            is_float = true;
            self.at += 1;
            if digit(self.peek(0)) {
                self.digits("decimal", digit)?;
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let e = self.at;
            self.at += 1;
            if matches!(self.peek(0), b'+' | b'-') {
                self.at += 1;
                if !digit(self.peek(0)) {
                    return self.err("invalid decimal literal", Place::Cursor(self.at));
                }
            }
            if digit(self.peek(0)) {
                is_float = true;
                self.digits("decimal", digit)?;
            } else {
                self.at = e;
                self.end_of_number(start, "decimal")?;
                self.push(Kind::Number, start);
                return Ok(());
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            self.at += 1;
            kind = "imaginary";
        } else if nonzero.is_some() && !is_float && !self.extra_tokens {
            return self.err(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                Place::Range(start, nonzero.unwrap_or(start)),
            );
        }
        self.end_of_number(start, kind)?;
        self.push(Kind::Number, start);
        Ok(())
    }

    fn string(&mut self, start: usize, quote: u8, _bytes: bool) -> Step {
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        let mut run = 0;
        while self.at < self.src.len() {
            let b = self.peek(0);
            if !triple && b == b'\n' {
                break;
            }
            self.at += 1;
            if b == quote {
                run += 1;
                if !triple || run == 3 {
                    self.push(Kind::String, start);
                    return Ok(());
                }
            } else {
                run = 0;
                if b == b'\\' && self.at < self.src.len() {
                    self.at += 1;
                }
            }
        }
        self.unterminated(start, triple, "")
    }

    fn unterminated<T>(&mut self, start: usize, triple: bool, kind: &str) -> Result<T, TokenError> {
        // The quote of the f-string around it: a brace is missing.
        if let Some(f) = self.fstrings.last()
            && kind.is_empty()
            && self.src[start..].iter().find(|b| matches!(b, b'"' | b'\'')) == Some(&f.quote)
            && f.triple == triple
        {
            let letter = if f.template { 't' } else { 'f' };
            return self.err(format!("{letter}-string: expecting '}}'"), Place::At(start));
        }
        let last = self.src.len() - usize::from(self.src.ends_with(b"\n"));
        let quote_start = start;
        let (what, line) = if triple {
            ("triple-quoted ", self.line_of(last))
        } else {
            ("", self.line_of(self.at.min(last)))
        };
        let hint = if !triple && kind.is_empty() && self.has_escaped_quote(start) {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        self.err(
            format!("unterminated {what}{kind}string literal (detected at line {line}){hint}"),
            Place::At(quote_start),
        )
    }

    fn has_escaped_quote(&self, start: usize) -> bool {
        let line = &self.src[start..self.at.min(self.src.len())];
        let Some(q) = line.iter().position(|b| matches!(b, b'\'' | b'"')) else {
            return false;
        };
        let quote = line[q];
        line[q + 1..].windows(2).any(|w| w[0] == b'\\' && w[1] == quote)
    }

    fn fstring_start(&mut self, start: usize, quote: u8, raw: bool, template: bool) -> Step {
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if self.fstrings.len() + 1 >= MAX_FSTRING_LEVEL {
            return self.err("too many nested f-strings or t-strings", Place::Cursor(self.at));
        }
        self.push(Kind::FStart, start);
        self.fstrings.push(FString {
            quote,
            triple,
            raw,
            template,
            start,
            fields: Vec::new(),
        });
        Ok(())
    }

    /// A literal part of an f-string, up to a replacement field or the end.
    fn middle(&mut self) -> Step {
        let start = self.at;
        let Some(f) = self.fstrings.last() else { return Ok(()) };
        let (quote, triple, raw, fstart) = (f.quote, f.triple, f.raw, f.start);
        let letter = if f.template { "t-" } else { "f-" };
        let in_spec = !f.fields.is_empty();
        let mut named = false;
        loop {
            let at_end = self.at >= self.src.len();
            if at_end || (!triple && self.peek(0) == b'\n') {
                if in_spec && !triple && (!at_end || self.implicit_newline) {
                    let message = format!(
                        "{letter}string: newlines are not allowed in format specifiers for single quoted {letter}strings"
                    );
                    self.at += 1;
                    return self.err(message, Place::Cursor(self.at));
                }
                return self.unterminated(fstart, triple, letter);
            }
            let b = self.peek(0);
            let closes = b == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote));
            if closes {
                if self.at > start {
                    self.push(Kind::FMiddle, start);
                }
                let end_start = self.at;
                self.at += if triple { 3 } else { 1 };
                self.push(Kind::FEnd, end_start);
                self.fstrings.pop();
                return Ok(());
            }
            match b {
                b'{' if self.peek(1) == b'{' && !in_spec => self.at += 2,
                b'{' => {
                    if self.at > start {
                        self.push(Kind::FMiddle, start);
                    }
                    let op = self.at;
                    self.at += 1;
                    let nesting = self.fstrings.last().map_or(0, |f| f.fields.len());
                    if nesting >= MAX_EXPR_NESTING {
                        return self.err(
                            format!("{letter}string: expressions nested too deeply"),
                            Place::Cursor(self.at - 1),
                        );
                    }
                    self.out.open.push((b'{', op));
                    let level = self.out.open.len();
                    if let Some(f) = self.fstrings.last_mut() {
                        f.fields.push(Field { level, in_spec: false });
                    }
                    self.push(Kind::Op, op);
                    return Ok(());
                }
                b'}' if named => {
                    named = false;
                    self.at += 1;
                }
                b'}' if in_spec => {
                    // Also where it is empty, which tells a lambda from its format spec.
                    self.push(Kind::FMiddle, start);
                    let op = self.at;
                    self.at += 1;
                    self.out.open.pop();
                    if let Some(f) = self.fstrings.last_mut() {
                        f.fields.pop();
                    }
                    self.push(Kind::Op, op);
                    return Ok(());
                }
                b'}' if self.peek(1) == b'}' => self.at += 2,
                b'}' => {
                    self.at += 1;
                    return self.err(
                        format!("{letter}string: single '}}' is not allowed"),
                        Place::Cursor(self.at),
                    );
                }
                b'\\' => {
                    self.at += 1;
                    if !raw && self.peek(0) == b'N' && self.peek(1) == b'{' {
                        // A brace of a character's name opens no field, and the next one that closes belongs to it.
                        self.at += 2;
                        named = true;
                        continue;
                    }
                    if !matches!(self.peek(0), b'{' | b'}') && self.at < self.src.len() {
                        self.at += 1;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn operator(&mut self, start: usize) -> Step {
        let b = self.peek(0);
        match b {
            b'(' | b'[' | b'{' => {
                if self.out.open.len() >= MAX_LEVEL {
                    self.at += 1;
                    return self.err("too many nested parentheses", Place::Cursor(self.at));
                }
                self.out.open.push((b, start));
                self.at += 1;
                self.push(Kind::Op, start);
                return Ok(());
            }
            b')' | b']' | b'}' => return self.close(start, b),
            _ => {}
        }
        if let Some(f) = self.fstrings.last_mut()
            && let Some(field) = f.fields.last_mut()
            && self.out.open.len() == field.level
        {
            if b == b':' {
                field.in_spec = true;
                self.at += 1;
                self.push(Kind::Op, start);
                return Ok(());
            }
        }
        const THREE: [&str; 5] = ["**=", "//=", ">>=", "<<=", "..."];
        const TWO: [&str; 20] = [
            "<>", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "==", ">=", ">>", "@=", "^=",
            "|=", "!=",
        ];
        let rest = &self.text[self.at..];
        if THREE.iter().any(|op| rest.starts_with(op)) {
            self.at += 3;
        } else if TWO.iter().any(|op| rest.starts_with(op)) {
            self.at += 2;
        } else {
            let c = self.next_char();
            if !is_printable(c as u32) {
                return self.err(
                    format!("invalid non-printable character U+{:04X}", c as u32),
                    Place::Cursor(self.at),
                );
            }
        }
        self.push(Kind::Op, start);
        Ok(())
    }

    fn close(&mut self, start: usize, b: u8) -> Step {
        self.at += 1;
        let letter = |f: &FString| if f.template { 't' } else { 'f' };
        let c = char::from(b);
        if let Some(f) = self.fstrings.last()
            && let Some(field) = f.fields.last()
            && self.out.open.len() == field.level
            && b != b'}'
        {
            return self.err(format!("{}-string: unmatched '{c}'", letter(f)), Place::Cursor(self.at));
        }
        let Some((open, at)) = self.out.open.pop() else {
            if self.extra_tokens {
                self.push(Kind::Op, start);
                return Ok(());
            }
            return self.err(format!("unmatched '{c}'"), Place::Cursor(self.at));
        };
        let fits = matches!((open, b), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
        if !fits && !self.extra_tokens {
            let o = char::from(open);
            let (open_line, line) = (self.line_of(at), self.line_of(start));
            let place = if open_line == line {
                String::new()
            } else {
                format!(" on line {open_line}")
            };
            return self.err(
                format!("closing parenthesis '{c}' does not match opening parenthesis '{o}'{place}"),
                Place::Cursor(self.at),
            );
        }
        if b == b'}'
            && let Some(f) = self.fstrings.last_mut()
            && f.fields
                .last()
                .is_some_and(|field| self.out.open.len() + 1 == field.level)
        {
            f.fields.pop();
        }
        self.push(Kind::Op, start);
        Ok(())
    }
}

fn is_xid_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

fn is_xid_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}
