//! The parser's errors in CPython's words: class, message and position. In: ruff's errors and tokens. Out: a
//! `Diagnostic`. The surprising decision: only the first error counts, as in CPython, and unclosed brackets are looked
//! for before anything else, because CPython's tokenizer reports them in place of the error they cause.
//!
//! CPython: Grammar/python.gram (the `invalid_` rules), Parser/pegen_errors.c, Parser/lexer/lexer.c.

mod fstring;
mod rules;

use ruff_python_ast as ruff;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_parser::{ParseError, ParseErrorType, Parsed, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::source::SourceText;
use super::tokenizer::{Kind, MAX_INDENT, MAX_LEVEL, NumberWarning, Place, Token, TokenError, Tokenized, tokenize};
use crate::Mode;
use crate::diagnostic::{Diagnostic, ErrorClass, Result, Warning, WarningCategory};

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

/// Refuses what CPython's tokenizer refuses for its depth.
pub fn check_nesting(source: &SourceText, tokens: &Tokens) -> Result<()> {
    let (mut parens, mut indents) = (0usize, 0usize);
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
            TokenKind::Indent => {
                indents += 1;
                if indents >= MAX_INDENT {
                    let message = "too many levels of indentation";
                    return Err(at(source, ErrorClass::IndentationError, message, token.range()));
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Warnings about numbers that run into a keyword. CPython: Parser/lexer/lexer.c, verify_end_of_number.
pub fn number_warnings(source: &SourceText) -> Vec<Warning> {
    const KEYWORDS: [&str; 7] = ["and", "else", "for", "if", "in", "is", "or"];
    let text = &source.text;
    let suspicious = text.as_bytes().windows(2).enumerate().any(|(i, w)| {
        (w[0].is_ascii_alphanumeric() || w[0] == b'.')
            && w[0] != b'_'
            && KEYWORDS
                .iter()
                .chain(&["not"])
                .any(|k| text.as_bytes()[i + 1..].starts_with(k.as_bytes()))
            && text.as_bytes()[..=i]
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
                .last()
                .is_some_and(|b| b.is_ascii_digit() || *b == b'.')
    });
    if !suspicious {
        return Vec::new();
    }
    let warning = |w: &NumberWarning| Warning {
        category: WarningCategory::SyntaxWarning,
        message: format!("invalid {} literal", w.kind),
        loc: source.location(w.start as u32, w.end as u32),
    };
    tokenize(text, true).warnings.iter().map(warning).collect()
}

pub fn unsupported(source: &SourceText, error: &UnsupportedSyntaxError) -> Box<Diagnostic> {
    let message = match error.kind {
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_)
            if source.text[error.range.start().to_usize()..].starts_with("**") =>
        {
            "dict unpacking cannot be used in dict comprehension"
        }
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) => "iterable unpacking cannot be used in comprehension",
        _ => "invalid syntax",
    };
    let mut range = error.range;
    if message.starts_with("dict") {
        range = TextRange::at(range.start(), TextSize::new(2));
    }
    syntax(source, message, range)
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

pub fn translate(source: &SourceText, parsed: &Parsed<ruff::Mod>, mode: Mode) -> Box<Diagnostic> {
    let errors = parsed.errors();
    let Some(first) = errors.iter().min_by_key(|e| e.location.start()) else {
        return Diagnostic::internal("syntax", "no parse error");
    };
    let tokenized = tokenize(&source.text, mode == Mode::Exec);
    let mut exprs = Exprs(Vec::new());
    match parsed.syntax() {
        ruff::Mod::Module(m) => exprs.visit_body(&m.body),
        ruff::Mod::Expression(m) => exprs.visit_expr(&m.body),
    }
    Translate {
        source,
        tokens: &tokenized.tokens,
        tokenized: &tokenized,
        exprs: exprs.0,
        mode,
    }
    .error(first)
}

/// Ranges and names of all expressions that the parser made out of a damaged source.
struct Exprs(Vec<(TextRange, &'static str)>);

impl<'a> SourceOrderVisitor<'a> for Exprs {
    fn visit_expr(&mut self, expr: &'a ruff::Expr) {
        self.0.push((expr.range(), expr_name(expr)));
        source_order::walk_expr(self, expr);
    }
}

struct Translate<'a> {
    source: &'a SourceText,
    tokens: &'a [Token],
    tokenized: &'a Tokenized,
    exprs: Vec<(TextRange, &'static str)>,
    mode: Mode,
}

impl Translate<'_> {
    pub(super) fn text(&self, range: TextRange) -> &str {
        let len = self.source.text.len();
        self.source
            .text
            .get(range.start().to_usize().min(len)..range.end().to_usize().min(len))
            .unwrap_or("")
    }

    pub(super) fn tok(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| {
            let len = self.source.text.len();
            self.source.text.get(t.start.min(len)..t.end.min(len)).unwrap_or("")
        })
    }

    pub(super) fn kind(&self, i: usize) -> Kind {
        self.tokens.get(i).map_or(Kind::EndMarker, |t| t.kind)
    }

    /// Line and column in characters, both from 1.
    pub(super) fn chars(&self, at: usize) -> (i32, i32) {
        let (line, col) = self.source.position(at.min(self.source.text.len()) as u32);
        let from = at.min(self.source.text.len()) - col as usize;
        (
            line,
            self.source.text[from..from + col as usize].chars().count() as i32 + 1,
        )
    }

    /// An error from one byte to another; a newline token reaches one column behind its line.
    pub(super) fn span(
        &self,
        class: ErrorClass,
        message: impl Into<String>,
        start: usize,
        end: usize,
    ) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(class, message);
        (d.lineno, d.offset) = self.chars(start);
        (d.end_lineno, d.end_offset) = self.chars(end);
        if d.end_lineno > d.lineno && end == start + 1 {
            (d.end_lineno, d.end_offset) = (d.lineno, d.offset + 1);
        }
        d
    }

    /// An error at a token. Tokens without text stand at the end of the last line.
    pub(super) fn at_token(&self, message: impl Into<String>, i: usize) -> Box<Diagnostic> {
        let Some(t) = self.tokens.get(i) else {
            return self.at_end(message);
        };
        match t.kind {
            Kind::EndMarker | Kind::Dedent if t.start >= self.source.text.len() => self.at_end(message),
            Kind::Newline if t.end > self.source.text.len() => {
                let mut d = self.span(ErrorClass::SyntaxError, message, t.start, t.start);
                d.end_offset += 1;
                d
            }
            _ => self.span(ErrorClass::SyntaxError, message, t.start, t.end),
        }
    }

    pub(super) fn last_line(&self) -> (i32, i32) {
        let text = self.source.text.strip_suffix('\n').unwrap_or(&self.source.text);
        let line = text.matches('\n').count() as i32 + 1;
        let len = text.rsplit('\n').next().unwrap_or("").chars().count() as i32;
        (line, len)
    }

    pub(super) fn at_end(&self, message: impl Into<String>) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
        d.lineno = self.last_line().0;
        d.end_lineno = d.lineno;
        d
    }

    pub(super) fn token_error(&self, e: &TokenError) -> Box<Diagnostic> {
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

    /// The order in which CPython looks: tokenizer errors up to the failing token, what the grammar has to say, then
    /// tokenizer errors behind it, then brackets left open.
    pub(super) fn error(&self, first: &ParseError) -> Box<Diagnostic> {
        let start = first.location.start().to_usize();
        let mut fi = self
            .tokens
            .iter()
            .position(|t| t.start >= start)
            .unwrap_or(self.tokens.len());
        if matches!(first.error, ParseErrorType::UnexpectedIndentation) {
            fi = self
                .tokens
                .iter()
                .position(|t| t.kind == Kind::Indent && t.start >= start)
                .unwrap_or(fi);
        }
        // `not` after an operand waits for `in`.
        if self.tok(fi) == "not" && fi > 0 && self.ends_operand(fi - 1) && self.tok(fi + 1) != "in" {
            fi += 1;
        }
        if self.kind(fi) == Kind::Newline
            && self.tok(self.statement_start(fi)) == "@"
            && fi > self.statement_start(fi) + 1
            && fi + 2 == self.tokens.len()
        {
            fi += 1;
        }
        let stopped = self.tokenized.error.as_ref();
        let reached = fi >= self.tokens.len();
        if let Some(e) = stopped
            && (reached || e.at <= self.tokens[fi].start)
        {
            return self.token_error(e);
        }
        let at_end = reached || matches!(self.kind(fi), Kind::EndMarker);
        if at_end && let Some(d) = self.unclosed(None) {
            return d;
        }
        if self.kind(fi) == Kind::Indent && fi > 0 {
            let t = self.tokens[fi];
            let before = self.kind(fi - 1);
            if matches!(before, Kind::Newline | Kind::Dedent) && !self.opens_block(fi - 1) {
                return self.unexpected_indent(t.start);
            }
        }
        if self.kind(fi) == Kind::Indent && fi == 0 {
            return self.unexpected_indent(self.tokens[0].start);
        }
        let found = self.grammar(first, fi);
        // The second pass of CPython's parser reads a little further than the failing token.
        if let Some(e) = stopped.filter(|e| e.overrides || self.tokens.len() <= fi + 2) {
            return self.token_error(e);
        }
        let failing_line = self.tokens.get(fi).map_or(i32::MAX, |t| self.chars(t.start).0);
        if let Some(d) = self.unclosed(Some(failing_line)) {
            return d;
        }
        found
    }

    pub(super) fn unexpected_indent(&self, at: usize) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::IndentationError, "unexpected indent");
        let (line, col) = self.source.position(at as u32);
        (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, col, line, -1);
        d
    }

    /// "'(' was never closed"; with a line, only brackets opened before it.
    pub(super) fn unclosed(&self, before: Option<i32>) -> Option<Box<Diagnostic>> {
        let &(c, at) = self.tokenized.open.last()?;
        let (line, offset) = self.chars(at);
        if before.is_some_and(|b| b <= line) {
            return None;
        }
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, format!("'{}' was never closed", char::from(c)));
        (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, offset, line, 0);
        Some(d)
    }

    /// Whether the line that ends at token `i` is the head of a block.
    pub(super) fn opens_block(&self, i: usize) -> bool {
        let mut j = i;
        while j > 0 && matches!(self.kind(j), Kind::Newline | Kind::Dedent) {
            j -= 1;
        }
        self.tok(j) == ":"
    }

    pub(super) fn ends_operand(&self, i: usize) -> bool {
        match self.kind(i) {
            Kind::Number | Kind::String | Kind::FEnd => true,
            Kind::Name => !is_keyword(self.tok(i)) || matches!(self.tok(i), "None" | "True" | "False"),
            Kind::Op => matches!(self.tok(i), ")" | "]" | "}" | "..."),
            _ => false,
        }
    }

    pub(super) fn starts_operand(&self, i: usize) -> bool {
        match self.kind(i) {
            Kind::Number | Kind::String | Kind::FStart => true,
            Kind::Name => {
                !is_keyword(self.tok(i))
                    || matches!(self.tok(i), "None" | "True" | "False" | "lambda" | "await" | "not")
            }
            Kind::Op => matches!(self.tok(i), "(" | "[" | "{" | "..." | "~"),
            _ => false,
        }
    }

    /// Bracket that encloses token `i`, and its index.
    pub(super) fn enclosing(&self, i: usize) -> Option<(char, usize)> {
        let mut depth = 0;
        for j in (0..i.min(self.tokens.len())).rev() {
            if self.kind(j) != Kind::Op {
                continue;
            }
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                c @ ("(" | "[" | "{") => return c.chars().next().map(|c| (c, j)),
                _ => {}
            }
        }
        None
    }

    /// Index of the first token of the statement that holds token `i`.
    pub(super) fn statement_start(&self, i: usize) -> usize {
        let mut j = i.min(self.tokens.len());
        while j > 0 {
            match self.kind(j - 1) {
                Kind::Newline | Kind::Indent | Kind::Dedent => break,
                Kind::Op if self.tok(j - 1) == ";" => break,
                _ => j -= 1,
            }
        }
        j
    }

    /// The longest expression that ends before token `fi`.
    pub(super) fn expr_before(&self, fi: usize) -> Option<(TextRange, &'static str)> {
        let end = self.tokens.get(fi.checked_sub(1)?)?.end;
        let open = self.enclosing(fi).map_or(0, |(_, i)| self.tokens[i].end);
        self.exprs
            .iter()
            .filter(|(r, _)| r.start().to_usize() >= open)
            .filter(|(r, name)| r.end().to_usize() == end && !r.is_empty() && *name != "starred")
            .min_by_key(|(r, _)| r.start())
            .copied()
    }

    /// The longest expression that starts at token `fi`.
    pub(super) fn expr_after(&self, fi: usize) -> Option<(TextRange, &'static str)> {
        let start = self.tokens.get(fi)?.start;
        self.exprs
            .iter()
            .filter(|(r, _)| r.start().to_usize() == start && !r.is_empty())
            .max_by_key(|(r, _)| r.end())
            .copied()
    }
}

/// CPython: Lib/keyword.py, kwlist.
pub fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}

pub(super) fn expr_name(expr: &ruff::Expr) -> &'static str {
    match expr {
        ruff::Expr::Attribute(_) => "attribute",
        ruff::Expr::Subscript(_) => "subscript",
        ruff::Expr::Starred(_) => "starred",
        ruff::Expr::Name(_) => "name",
        ruff::Expr::List(_) => "list",
        ruff::Expr::Tuple(_) => "tuple",
        ruff::Expr::Lambda(_) => "lambda",
        ruff::Expr::Call(_) => "function call",
        ruff::Expr::BoolOp(_) | ruff::Expr::BinOp(_) | ruff::Expr::UnaryOp(_) => "expression",
        ruff::Expr::Generator(_) => "generator expression",
        ruff::Expr::Yield(_) | ruff::Expr::YieldFrom(_) => "yield expression",
        ruff::Expr::Await(_) => "await expression",
        ruff::Expr::ListComp(_) => "list comprehension",
        ruff::Expr::SetComp(_) => "set comprehension",
        ruff::Expr::DictComp(_) => "dict comprehension",
        ruff::Expr::Dict(_) => "dict literal",
        ruff::Expr::Set(_) => "set display",
        ruff::Expr::FString(_) => "f-string expression",
        ruff::Expr::TString(_) => "t-string expression",
        ruff::Expr::NoneLiteral(_) => "None",
        ruff::Expr::BooleanLiteral(b) => {
            if b.value {
                "True"
            } else {
                "False"
            }
        }
        ruff::Expr::EllipsisLiteral(_) => "ellipsis",
        ruff::Expr::StringLiteral(_) | ruff::Expr::BytesLiteral(_) | ruff::Expr::NumberLiteral(_) => "literal",
        ruff::Expr::Compare(_) => "comparison",
        ruff::Expr::If(_) => "conditional expression",
        ruff::Expr::Named(_) => "named expression",
        ruff::Expr::Slice(_) | ruff::Expr::IpyEscapeCommand(_) => "expression",
    }
}
