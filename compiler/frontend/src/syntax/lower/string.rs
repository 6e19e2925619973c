//! String, bytes, f-string and t-string literals: escapes, implicit concatenation, and the flat list of pieces that
//! CPython makes of an f-string. In: the parser's parts. Out: constants, `JoinedStr`, `TemplateStr`. The surprising
//! decision: escapes are decoded here and not taken from the parser, which cannot hold lone surrogates.
//!
//! CPython: Parser/string_parser.c; Parser/action_helpers.c, _PyPegen_concatenate_strings, _PyPegen_formatted_value.

use pyaot_code::PyStr;
use pyaot_code::pystr::push_code_point;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::super::ast::*;
use super::Lower;
use crate::diagnostic::{Diagnostic, Result, Warning, WarningCategory};

/// CPython: Parser/lexer/lexer.c, MAX_EXPR_NESTING.
const MAX_EXPR_NESTING: u32 = 3;

impl<'a, 't> Lower<'a, 't> {
    fn slice(&self, range: TextRange) -> &'a str {
        &self.text()[range.start().to_usize()..range.end().to_usize()]
    }

    pub(super) fn string_value(&mut self, value: &ruff::StringLiteralValue) -> Result<PyStr> {
        let parts = value.as_slice();
        if let [part] = parts {
            return self.string_part(part);
        }
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(self.string_part(part)?.as_bytes());
        }
        self.py_str(bytes)
    }

    fn py_str(&self, bytes: Vec<u8>) -> Result<PyStr> {
        PyStr::from_surrogatepass(&bytes).ok_or_else(|| Diagnostic::internal("syntax", "string is not UTF-8"))
    }

    fn string_part(&mut self, part: &ruff::StringLiteral) -> Result<PyStr> {
        let range = part.content_range();
        if part.flags.prefix().is_raw() || !self.slice(range).contains('\\') {
            return Ok(PyStr::from(&*part.value));
        }
        let mut out = Vec::new();
        self.unescape(range, part.range, false, &mut out)?;
        self.py_str(out)
    }

    /// The content of the string or bytes literal from one byte to another.
    pub(in crate::syntax) fn literal(&mut self, start: u32, end: u32, bytes: bool) -> Result<Constant> {
        let (content, raw) = self.content(start, end);
        let text = self.slice(content);
        if !bytes && (raw || !text.contains('\\')) {
            return Ok(Constant::Str(PyStr::from(text)));
        }
        let mut out = Vec::new();
        self.literal_part(start, end, bytes, &mut out)?;
        Ok(if bytes {
            Constant::Bytes(out.into())
        } else {
            Constant::Str(self.py_str(out)?)
        })
    }

    /// Appends what `literal` gives.
    pub(in crate::syntax) fn literal_part(
        &mut self,
        start: u32,
        end: u32,
        bytes: bool,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let (content, raw) = self.content(start, end);
        let text = self.slice(content);
        if bytes && !text.is_ascii() {
            return Err(Diagnostic::internal("syntax", "bytes that are not ASCII"));
        }
        if raw || !text.contains('\\') {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        let token = TextRange::new(TextSize::new(start), TextSize::new(end));
        self.unescape(content, token, bytes, out)
    }

    /// The range between the quotes of a literal, and whether it is raw.
    fn content(&self, start: u32, end: u32) -> (TextRange, bool) {
        let literal = &self.text().as_bytes()[start as usize..end as usize];
        let prefix = literal.iter().take_while(|b| !matches!(b, b'"' | b'\'')).count();
        let raw = literal[..prefix].iter().any(|b| matches!(b, b'r' | b'R'));
        let quote = literal.get(prefix);
        let is_triple = literal.len() >= prefix + 6 && (1..3).all(|i| literal.get(prefix + i) == quote);
        let quotes = if is_triple { 3 } else { 1 };
        let (from, to) = (start + prefix as u32 + quotes, end - quotes);
        (TextRange::new(TextSize::new(from), TextSize::new(to)), raw)
    }

    pub(super) fn bytes_value(&mut self, value: &ruff::BytesLiteralValue) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for part in value.as_slice() {
            let range = part.content_range();
            if part.flags.prefix().is_raw() || !self.slice(range).contains('\\') {
                out.extend_from_slice(&part.value);
            } else {
                self.unescape(range, part.range, true, &mut out)?;
            }
        }
        Ok(out)
    }

    /// Decodes the escapes of `range` and records a warning for the first invalid one.
    fn unescape(&mut self, range: TextRange, token: TextRange, bytes: bool, out: &mut Vec<u8>) -> Result<()> {
        let invalid = match unescape(self.slice(range), bytes, WIDE, out) {
            Ok(invalid) => invalid,
            Err(message) => return Err(Diagnostic::syntax(self.loc(token), message)),
        };
        if let Some(invalid) = invalid {
            let at = range.start() + TextSize::new(invalid.at as u32);
            let loc = self.loc(TextRange::at(at, TextSize::new(invalid.text.len() as u32)));
            self.warnings.push(invalid_escape(&invalid.text, invalid.octal, loc));
        }
        Ok(())
    }

    pub(super) fn fstring(&mut self, e: &ruff::ExprFString) -> Result<Expr<'t>> {
        let mut pieces = Vec::new();
        for part in e.value.iter() {
            match part {
                ruff::FStringPart::Literal(literal) => {
                    let value = self.nodes.constant(Constant::Str(self.string_part(literal)?));
                    let u_prefix = literal.flags.prefix().is_unicode();
                    pieces.push(Expr {
                        loc: self.loc(literal.range),
                        kind: ExprKind::Constant { value, u_prefix },
                    });
                }
                ruff::FStringPart::FString(f) => {
                    let raw = f.flags.prefix().is_raw();
                    self.elements(&f.elements, raw, false, false, &mut pieces)?;
                }
            }
        }
        Ok(Expr {
            loc: self.loc(e.range),
            kind: ExprKind::JoinedStr(self.merge(pieces)?),
        })
    }

    pub(super) fn tstring(&mut self, e: &ruff::ExprTString) -> Result<Expr<'t>> {
        let mut pieces = Vec::new();
        for t in e.value.iter() {
            self.elements(&t.elements, t.flags.prefix().is_raw(), true, false, &mut pieces)?;
        }
        Ok(Expr {
            loc: self.loc(e.range),
            kind: ExprKind::TemplateStr(self.merge(pieces)?),
        })
    }

    fn elements(
        &mut self,
        elements: &[ruff::InterpolatedStringElement],
        raw: bool,
        template: bool,
        in_spec: bool,
        pieces: &mut Vec<Expr<'t>>,
    ) -> Result<()> {
        for element in elements {
            match element {
                ruff::InterpolatedStringElement::Literal(literal) => {
                    let expr = self.middle(literal, raw, in_spec)?;
                    pieces.push(expr);
                }
                ruff::InterpolatedStringElement::Interpolation(i) => self.replacement(i, raw, template, pieces)?,
            }
        }
        Ok(())
    }

    /// A literal piece between replacement fields.
    fn middle(
        &mut self,
        literal: &ruff::InterpolatedStringLiteralElement,
        raw: bool,
        in_spec: bool,
    ) -> Result<Expr<'t>> {
        let text = self.slice(literal.range);
        let value = if raw || !text.contains('\\') {
            PyStr::from(&*literal.value)
        } else {
            let mut out = Vec::new();
            let mut at = literal.range.start();
            for token in split_braces(text, in_spec) {
                let token_range = TextRange::at(at, TextSize::new(token.text.len() as u32));
                self.unescape(token_range, token_range, false, &mut out)?;
                at = token_range.end() + TextSize::new(u32::from(token.dropped_brace));
            }
            self.py_str(out)?
        };
        // `\{` is a backslash and a replacement field.
        let backslashes = text.len() - text.trim_end_matches('\\').len();
        if !raw && backslashes % 2 == 1 && self.text()[literal.range.end().to_usize()..].starts_with('{') {
            let loc = self.loc(TextRange::empty(literal.range.end()));
            self.warnings.push(invalid_escape("\\{", false, loc));
        }
        Ok(self.constant(self.loc(literal.range), Constant::Str(value)))
    }

    /// A replacement field, with the text of `{x=}` before it.
    fn replacement(
        &mut self,
        i: &ruff::InterpolatedElement,
        raw: bool,
        template: bool,
        pieces: &mut Vec<Expr<'t>>,
    ) -> Result<()> {
        let loc = self.loc(i.range);
        if self.field_depth >= MAX_EXPR_NESTING {
            let letter = if template { 't' } else { 'f' };
            let mut d = Diagnostic::syntax(loc, format!("{letter}-string: expressions nested too deeply"));
            // The tokenizer stands before the brace.
            d.offset -= 1;
            (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
            return Err(d);
        }
        let inner = i.range.start() + TextSize::new(1);
        if let Some(debug) = &i.debug_text {
            let range = TextRange::at(inner, TextSize::new(debug.as_str().len() as u32));
            let text = strip_comments(debug.as_str());
            pieces.push(self.constant(self.loc(range), Constant::str(text)));
        }
        let depth = std::mem::take(&mut self.field_depth);
        let value = self.boxed(&i.expression)?;
        self.field_depth = depth + 1;
        let format_spec = match &i.format_spec {
            Some(spec) => Some(self.nodes.one(self.format_spec(spec, raw)?)),
            None => None,
        };
        self.field_depth = depth;
        let mut conversion = i.conversion.to_byte();
        if i.debug_text.is_some() && conversion.is_none() && format_spec.is_none() {
            conversion = Some(b'r');
        }
        let kind = if template {
            let mut text = self.interpolation_text(inner, i.expression.range().end());
            if let Some(debug) = &i.debug_text {
                let debug = strip_comments(debug.as_str());
                text = debug[..debug.rfind('=').unwrap_or(debug.len())].to_string();
            }
            let str = self.nodes.constant(Constant::str(text));
            ExprKind::Interpolation {
                value,
                str,
                conversion,
                format_spec,
            }
        } else {
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            }
        };
        pieces.push(Expr { loc, kind });
        Ok(())
    }

    fn format_spec(&mut self, spec: &ruff::InterpolatedStringFormatSpec, raw: bool) -> Result<Expr<'t>> {
        let mut pieces = Vec::new();
        self.elements(&spec.elements, raw, false, true, &mut pieces)?;
        // The node begins at the colon.
        let mut start = spec.range.start();
        if !self.slice(spec.range).starts_with(':') || !self.text()[..start.to_usize()].ends_with(':') {
            let before = self.text()[..start.to_usize()].rfind(':').unwrap_or(start.to_usize());
            start = TextSize::new(before as u32);
        } else {
            start -= TextSize::new(1);
        }
        let loc = self.loc(TextRange::new(start, spec.range.end()));
        Ok(Expr {
            loc,
            kind: ExprKind::JoinedStr(self.merge(pieces)?),
        })
    }

    /// Source of an interpolation: all between the brace and the `!`, `:` or `}` after the expression.
    fn interpolation_text(&self, start: TextSize, expr_end: TextSize) -> String {
        let rest = &self.text()[expr_end.to_usize()..];
        let end = expr_end.to_usize() + rest.find(['!', ':', '}']).unwrap_or(0);
        strip_comments(&self.text()[start.to_usize()..end])
    }
}

fn invalid_escape(text: &str, octal: bool, loc: Location) -> Warning {
    let what = if octal { "octal escape" } else { "escape" };
    Warning {
        category: WarningCategory::SyntaxWarning,
        message: format!(
            "\"{text}\" is an invalid {what} sequence. Such sequences will not work in the future. \
             Did you mean \"\\{text}\"? A raw string is also an option."
        ),
        loc,
    }
}

/// Debug text without comments. CPython: Parser/lexer/lexer.c, set_ftstring_expr.
fn strip_comments(text: &str) -> String {
    let mut quote = None;
    let toggle = |quote: &mut Option<char>, c: char| match *quote {
        None => *quote = Some(c),
        Some(q) if q == c => *quote = None,
        Some(_) => {}
    };
    if !text.contains('#') {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '"' | '\'' => toggle(&mut quote, c),
            '#' if quote.is_none() => {
                if chars.by_ref().any(|c| c == '\n') {
                    out.push('\n');
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

struct MiddleToken<'a> {
    text: &'a str,
    dropped_brace: bool,
}

/// Splits a middle at doubled braces, as the tokenizer does; `\N{...}` is not a brace.
fn split_braces(text: &str, in_spec: bool) -> Vec<MiddleToken<'_>> {
    let mut tokens = Vec::new();
    let bytes = text.as_bytes();
    let (mut start, mut i) = (0, 0);
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if bytes.get(i + 1) == Some(&b'N') && bytes.get(i + 2) == Some(&b'{') => {
                i += bytes[i..]
                    .iter()
                    .position(|b| *b == b'}')
                    .map_or(bytes.len() - i, |n| n + 1);
                continue;
            }
            b'\\' if bytes.get(i + 1).is_some_and(|b| !matches!(b, b'{' | b'}')) => i += 2,
            b @ (b'{' | b'}') if !in_spec && bytes.get(i + 1) == Some(&b) => {
                tokens.push(MiddleToken {
                    text: &text[start..i + 1],
                    dropped_brace: true,
                });
                i += 2;
                start = i;
            }
            _ => i += 1,
        }
        while !text.is_char_boundary(i.min(text.len())) {
            i += 1;
        }
    }
    if start < text.len() {
        tokens.push(MiddleToken {
            text: &text[start..],
            dropped_brace: false,
        });
    }
    tokens
}

impl<'t> Lower<'_, 't> {
    /// Joins neighbouring constants and drops empty ones.
    fn merge(&self, pieces: Vec<Expr<'t>>) -> Result<&'t [Expr<'t>]> {
        let mut out: Vec<Expr> = Vec::with_capacity(pieces.len());
        let mut last_was_constant = false;
        for piece in pieces {
            let Some(Constant::Str(text)) = piece.as_constant() else {
                last_was_constant = false;
                out.push(piece);
                continue;
            };
            if last_was_constant
                && let Some(last) = out.last_mut()
                && let Some(Constant::Str(before)) = last.as_constant()
            {
                let joined = self.py_str([before.as_bytes(), text.as_bytes()].concat())?;
                if let ExprKind::Constant { value, .. } = &mut last.kind {
                    *value = self.nodes.constant(Constant::Str(joined));
                }
                last.loc.end_lineno = piece.loc.end_lineno;
                last.loc.end_col_offset = piece.loc.end_col_offset;
            } else {
                out.push(piece);
            }
            last_was_constant = true;
        }
        out.retain(|e| !matches!(e.as_constant(), Some(Constant::Str(s)) if s.is_empty()));
        Ok(self.nodes.list(&out))
    }
}

struct InvalidEscape {
    at: usize,
    text: String,
    octal: bool,
}

/// Decodes escapes. `Err` is the message of the SyntaxError; in it a character outside ASCII counts as `wide`.
fn unescape(
    text: &str,
    bytes: bool,
    wide: usize,
    out: &mut Vec<u8>,
) -> std::result::Result<Option<InvalidEscape>, String> {
    let src = text.as_bytes();
    let mut invalid: Option<InvalidEscape> = None;
    let mut i = 0;
    while i < src.len() {
        let Some(n) = src[i..].iter().position(|b| *b == b'\\') else {
            out.extend_from_slice(&src[i..]);
            break;
        };
        out.extend_from_slice(&src[i..i + n]);
        let at = i + n;
        let Some(&c) = src.get(at + 1) else {
            out.push(b'\\');
            break;
        };
        i = at + 2;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let mut value = u32::from(c - b'0');
                while i < at + 4 && matches!(src.get(i), Some(b'0'..=b'7')) {
                    value = value * 8 + u32::from(src[i] - b'0');
                    i += 1;
                }
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(InvalidEscape {
                        at,
                        text: text[at..i].to_string(),
                        octal: true,
                    });
                }
                if bytes {
                    out.push(value as u8);
                } else {
                    let _ = push_code_point(out, value);
                }
            }
            b'x' | b'u' | b'U' if c == b'x' || !bytes => {
                let (digits, form) = match c {
                    b'x' => (2, "\\xXX"),
                    b'u' => (4, "\\uXXXX"),
                    _ => (8, "\\UXXXXXXXX"),
                };
                let hex = src[i..]
                    .iter()
                    .take(digits)
                    .take_while(|b| b.is_ascii_hexdigit())
                    .count();
                if hex < digits {
                    return Err(if bytes {
                        format!("(value error) invalid \\x escape at position {at}")
                    } else {
                        unicode_error(text, wide, at, i + hex, &format!("truncated {form} escape"))
                    });
                }
                let value = u32::from_str_radix(&text[i..i + digits], 16).unwrap_or(u32::MAX);
                i += digits;
                if bytes {
                    out.push(value as u8);
                } else if push_code_point(out, value).is_none() {
                    return Err(unicode_error(text, wide, at, i, "illegal Unicode character"));
                }
            }
            b'N' if !bytes => {
                let close = src[i..].iter().position(|b| *b == b'}').map(|n| i + n);
                let (Some(b'{'), Some(close)) = (src.get(i), close) else {
                    // A name without an end reaches to the end of the literal.
                    let end = if src.get(i) == Some(&b'{') { src.len() } else { i };
                    return Err(unicode_error(text, wide, at, end, "malformed \\N character escape"));
                };
                if close == i + 1 {
                    return Err(unicode_error(text, wide, at, close, "malformed \\N character escape"));
                }
                match unicode_names2::character(&text[i + 1..close]) {
                    Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    None => {
                        return Err(unicode_error(
                            text,
                            wide,
                            at,
                            close + 1,
                            "unknown Unicode character name",
                        ));
                    }
                }
                i = close + 1;
            }
            _ => {
                let end = at + 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
                if invalid.is_none() {
                    invalid = Some(InvalidEscape {
                        at,
                        text: text[at..end].to_string(),
                        octal: false,
                    });
                }
                out.extend_from_slice(&src[at..end]);
                i = end;
            }
        }
    }
    Ok(invalid)
}

/// CPython decodes a form of the literal in which each non-ASCII character is written as a ten byte escape.
const WIDE: usize = 10;

fn unicode_error(text: &str, wide: usize, start: usize, end: usize, reason: &str) -> String {
    let at = |offset: usize| {
        text[..offset]
            .chars()
            .map(|c| if c.is_ascii() { 1 } else { wide })
            .sum::<usize>()
    };
    let (start, last) = (at(start), at(end) - 1);
    if start == last {
        return format!("(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}");
    }
    format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{last}: {reason}")
}

/// The SyntaxError message of a literal's content, for literals that the parser rejected.
pub fn escape_error(text: &str, bytes: bool) -> Option<String> {
    unescape(text, bytes, WIDE, &mut Vec::new()).err()
}

/// A source in the encoding `unicode_escape`, as UTF-8 that may hold surrogates.
pub fn unescape_source(text: &str) -> std::result::Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    match unescape(text, false, 1, &mut out) {
        Ok(_) => Ok(out),
        Err(message) => Err(message.trim_start_matches("(unicode error) ").to_string()),
    }
}
