//! The parser's errors in CPython's words: class, message and position. In: a source that the parser refused. Out: a
//! `Diagnostic`. The surprising decision: the parser's own errors are not looked at; CPython's tokenizer and grammar go
//! over the source again (`tokenizer`, `grammar`), and this module only knows where their errors are shown.
//!
//! CPython: Parser/pegen_errors.c, Parser/pegen.c.

use ruff_python_ast as ruff;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::grammar::{self, Tok};
use super::source::SourceText;
use super::tokenizer::{
    Kind, MAX_FSTRING_LEVEL, MAX_INDENT, MAX_LEVEL, NumberWarning, Place, TokenError, Tokenized, tokenize,
    tokenize_extra,
};
use crate::Mode;
use crate::diagnostic::{Diagnostic, ErrorClass, Result, Warning, WarningCategory};

/// CPython: Lib/keyword.py, kwlist
pub const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Whether a word is a keyword everywhere.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// A diagnostic at a byte range; offsets are characters, as CPython's parser reports them.
fn at(source: &SourceText, class: ErrorClass, message: impl Into<String>, range: TextRange) -> Box<Diagnostic> {
    let len = source.text.len() as u32;
    let (start, end) = (range.start().to_u32().min(len), range.end().to_u32().min(len));
    let mut d = Diagnostic::new(class, message);
    let chars = |offset: u32| {
        let (line, col) = source.position(offset);
        let from = offset as usize - col as usize;
        (line, source.text[from..offset as usize].chars().count() as i32 + 1)
    };
    (d.lineno, d.offset) = chars(start);
    (d.end_lineno, d.end_offset) = chars(end);
    d
}

fn syntax(source: &SourceText, message: impl Into<String>, range: TextRange) -> Box<Diagnostic> {
    at(source, ErrorClass::SyntaxError, message, range)
}

/// Refuses what CPython's tokenizer refuses for its depth. `true`: a number runs into what may be a keyword.
pub fn check_nesting(source: &SourceText, tokens: &Tokens, mode: Mode) -> Result<bool> {
    let mut runs_into_keyword = false;
    let (mut parens, mut indents, mut strings) = (0usize, 0usize, 0usize);
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                parens += 1;
                if parens > MAX_LEVEL {
                    let mut d = syntax(source, "too many nested parentheses", token.range());
                    (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
                    return Err(d);
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => parens = parens.saturating_sub(1),
            TokenKind::FStringStart | TokenKind::TStringStart => {
                strings += 1;
                if strings + 1 >= MAX_FSTRING_LEVEL
                    && let Some(error) = diagnose(source, mode, None)
                {
                    return Err(error);
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            TokenKind::Indent => {
                indents += 1;
                if indents >= MAX_INDENT {
                    let message = "too many levels of indentation";
                    return Err(at(source, ErrorClass::IndentationError, message, token.range()));
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                let next = source.text.as_bytes().get(token.range().end().to_usize());
                runs_into_keyword |= next.is_some_and(u8::is_ascii_lowercase);
            }
            _ => {}
        }
    }
    Ok(runs_into_keyword)
}

/// Warnings about numbers that run into a keyword. CPython: Parser/lexer/lexer.c, verify_end_of_number.
pub fn number_warnings(source: &SourceText) -> Vec<Warning> {
    let text = &source.text;
    let warning = |w: &NumberWarning| Warning {
        category: WarningCategory::SyntaxWarning,
        message: format!("invalid {} literal", w.kind),
        loc: source.location(w.start as u32, w.end as u32),
    };
    tokenize(text, true).warnings.iter().map(warning).collect()
}

/// The error of an empty input in `single` mode.
pub fn empty_single(source: &SourceText) -> Box<Diagnostic> {
    syntax(
        source,
        "invalid syntax",
        TextRange::empty(TextSize::new(source.text.len() as u32)),
    )
}

/// Whether all statements stand on one logical line, joined by `;`.
pub fn one_line(body: &[ruff::Stmt], source: &SourceText) -> bool {
    body.windows(2).all(|pair| {
        let between = &source.text[pair[0].range().end().to_usize()..pair[1].range().start().to_usize()];
        between.contains(';') && !between.contains('\n')
    })
}

/// The error for which CPython refuses the source; `None` if its grammar takes it.
pub fn diagnose(source: &SourceText, mode: Mode, barry: Option<usize>) -> Option<Box<Diagnostic>> {
    let tokenized = tokenize(&source.text, mode == Mode::Exec);
    let report = Report {
        source,
        tokenized: &tokenized,
        implicit_newline: mode == Mode::Exec,
        barry,
    };
    grammar::diagnose(&report, mode)
}

/// The TabError of a source whose indentation the parser takes: tabs and spaces that compare differently with other
/// widths of a tab. CPython: Parser/lexer/lexer.c, tok_get_normal_mode
pub fn check_tabs(source: &SourceText, mode: Mode) -> Result<()> {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_mixed = |line: &str| {
        let blank = &line[..indentation(line)];
        blank.contains('\t') && blank.contains(' ')
    };
    if !source.text.contains('\t') || !source.text.lines().any(is_mixed) {
        return Ok(());
    }
    let tokenized = tokenize(&source.text, mode == Mode::Exec);
    match &tokenized.error {
        Some(e) if e.class == ErrorClass::TabError => {
            let report = Report {
                source,
                tokenized: &tokenized,
                implicit_newline: mode == Mode::Exec,
                barry: None,
            };
            Err(report.token_error(e))
        }
        _ => Ok(()),
    }
}

/// The byte ranges of a text's names, keywords too, as the module `tokenize` finds them before it stops at an error.
pub fn names_of_text(text: &str) -> Vec<std::ops::Range<usize>> {
    let tokenized = tokenize_extra(text);
    let names = tokenized.tokens.iter().filter(|token| token.kind == Kind::Name);
    names.map(|token| token.start..token.end).collect()
}

/// "invalid syntax" where the parser stopped.
pub fn plain(source: &SourceText, range: TextRange) -> Box<Diagnostic> {
    syntax(source, "invalid syntax", range)
}

/// What errors are made from.
pub struct Report<'a> {
    pub source: &'a SourceText,
    pub tokenized: &'a Tokenized,
    /// Whether the last line ends though no newline stands there.
    pub implicit_newline: bool,
    /// Where `from __future__ import barry_as_FLUFL` ends.
    pub barry: Option<usize>,
}

impl Report<'_> {
    /// Whether `!=` at this byte should be `<>`.
    pub fn refuses_not_equal(&self, at: usize) -> bool {
        self.barry.is_some_and(|from| at >= from)
    }

    /// Line and column in characters, both from 1.
    pub fn chars(&self, at: usize) -> (i32, i32) {
        let (line, col) = self.source.position(at.min(self.source.text.len()) as u32);
        let from = at.min(self.source.text.len()) - col as usize;
        (
            line,
            self.source.text[from..from + col as usize].chars().count() as i32 + 1,
        )
    }

    /// An error from one byte to another; a newline token reaches one column behind its line.
    pub fn span(&self, class: ErrorClass, message: impl Into<String>, start: usize, end: usize) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(class, message);
        (d.lineno, d.offset) = self.chars(start);
        let text = self.source.text.as_bytes();
        if end > start && text.get(end - 1) == Some(&b'\n') {
            // The end of a line, which belongs to the line.
            (d.end_lineno, d.end_offset) = self.chars(end - 1);
            d.end_offset += 1;
        } else {
            (d.end_lineno, d.end_offset) = self.chars(end);
        }
        if d.end_lineno > d.lineno {
            d.end_offset = self.end_on_first_line(d.lineno, end);
        }
        d
    }

    /// CPython counts the end of an error in the bytes of the line on which the error starts.
    /// CPython: Parser/pegen.c, _PyPegen_byte_offset_to_character_offset
    fn end_on_first_line(&self, lineno: i32, end: usize) -> i32 {
        let line = self.source.line(lineno).unwrap_or("").trim_end_matches('\n').as_bytes();
        let (_, column) = self.source.position(end.min(self.source.text.len()) as u32);
        let bytes = usize::try_from(column).unwrap_or(0) + 1;
        let chars = String::from_utf8_lossy(&line[..bytes.min(line.len())]).chars().count();
        chars as i32 + i32::from(bytes > line.len())
    }

    /// An error at a token. Tokens without text stand at the end of the last line.
    pub fn at_tok(&self, message: &str, token: Option<&Tok<'_>>) -> Box<Diagnostic> {
        let Some(t) = token else {
            return self.at_end(message);
        };
        match t.kind {
            Kind::EndMarker | Kind::Dedent if t.start >= self.source.text.len() => self.at_end(message),
            Kind::Newline if t.end > self.source.text.len() => {
                let mut d = self.span(ErrorClass::SyntaxError, message, t.start, self.source.text.len());
                d.end_offset += 1;
                d
            }
            _ => self.span(ErrorClass::SyntaxError, message, t.start, t.end),
        }
    }

    /// An error at the last token that was read; where it has no text, at the tokenizer's place, without an end.
    /// CPython: Parser/pegen_errors.c, _PyPegen_raise_error
    pub fn at_last(&self, class: ErrorClass, message: &str, token: Option<&Tok<'_>>) -> Box<Diagnostic> {
        let mut d = match token {
            Some(t) if matches!(t.kind, Kind::Indent | Kind::Dedent) && t.start < self.source.text.len() => {
                let (line, column) = self.source.position(t.start as u32);
                let mut d = Diagnostic::new(class, message);
                (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, column, line, -1);
                d
            }
            // In `single` mode the end of a whole line is a second newline without a place.
            Some(t) if t.kind == Kind::Newline && t.end == t.start => self.at_last(class, message, None),
            Some(t) if !matches!(t.kind, Kind::Indent | Kind::Dedent | Kind::EndMarker) => self.at_tok(message, token),
            _ => {
                let (line, len) = self.last_line();
                let mut d = Diagnostic::new(class, message);
                let newline = self.implicit_newline || self.source.text.ends_with('\n');
                (d.lineno, d.offset) = (line, len + i32::from(newline));
                (d.end_lineno, d.end_offset) = (line, -1);
                d
            }
        };
        d.class = class;
        d
    }

    pub fn last_line(&self) -> (i32, i32) {
        let text = self.source.text.strip_suffix('\n').unwrap_or(&self.source.text);
        let line = text.matches('\n').count() as i32 + 1;
        let len = text.rsplit('\n').next().unwrap_or("").chars().count() as i32;
        (line, len)
    }

    pub fn at_end(&self, message: impl Into<String>) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
        d.lineno = self.last_line().0;
        d.end_lineno = d.lineno;
        d
    }

    pub fn token_error(&self, e: &TokenError) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(e.class, e.message.clone());
        match e.place {
            Place::Cursor(at) => {
                (d.lineno, d.offset) = self.chars(at);
                d.offset -= 1;
                if d.offset == 0 && at > 0 {
                    (d.lineno, d.offset) = self.chars(at - 1);
                }
                (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
            }
            Place::At(at) => {
                (d.lineno, d.offset) = self.chars(at);
                (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
            }
            Place::Range(start, end) => {
                (d.lineno, d.offset) = self.chars(start);
                (d.end_lineno, d.end_offset) = self.chars(end);
            }
            Place::OpenEnd(at) => {
                (d.lineno, d.offset) = self.chars(at);
                d.offset -= 1;
                d.end_lineno = d.lineno;
            }
            Place::LineEnd(at) => {
                d.lineno = self.chars(at).0;
                if e.class == ErrorClass::TabError || e.message.starts_with("too many") {
                    (d.offset, d.end_lineno) = (1, d.lineno);
                    return d;
                }
                let line = self.source.line(d.lineno).unwrap_or("").trim_end_matches('\n');
                d.offset = line.chars().count() as i32 + 1;
                (d.end_lineno, d.end_offset) = (d.lineno, -1);
            }
        }
        d
    }

    /// "'(' was never closed"; with a line, only brackets opened before it.
    pub fn unclosed(&self, before: Option<i32>) -> Option<Box<Diagnostic>> {
        let &(c, at) = self.tokenized.open.last()?;
        let (line, offset) = self.chars(at);
        if before.is_some_and(|b| b <= line) {
            return None;
        }
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, format!("'{}' was never closed", char::from(c)));
        (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, offset, line, 0);
        Some(d)
    }
}
