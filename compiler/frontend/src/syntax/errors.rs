//! The parser's errors in CPython's words: class, message and position. In: ruff's errors and tokens. Out: a
//! `Diagnostic`. The surprising decision: only the first error counts, as in CPython, and unclosed brackets are looked
//! for before anything else, because CPython's tokenizer reports them in place of the error they cause.
//!
//! CPython: Grammar/python.gram (the `invalid_` rules), Parser/pegen_errors.c, Parser/lexer/lexer.c.

use ruff_python_ast as ruff;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_parser::{
    LexicalErrorType, ParseError, ParseErrorType, Parsed, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lower::escape_error;
use super::source::SourceText;
use super::tokenizer::{Kind, NumberWarning, Place, Token, TokenError, Tokenized, tokenize};
use crate::Mode;
use crate::diagnostic::{Diagnostic, ErrorClass, Result, Warning, WarningCategory};

/// CPython: Parser/lexer/state.h, MAXLEVEL and MAXINDENT.
const MAX_PARENS: usize = 200;
const MAX_INDENTS: usize = 100;

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
                if parens > MAX_PARENS {
                    let mut d = syntax(source, "too many nested parentheses", token.range());
                    (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
                    return Err(d);
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => parens = parens.saturating_sub(1),
            TokenKind::Indent => {
                indents += 1;
                if indents >= MAX_INDENTS {
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
    fn text(&self, range: TextRange) -> &str {
        let len = self.source.text.len();
        self.source
            .text
            .get(range.start().to_usize().min(len)..range.end().to_usize().min(len))
            .unwrap_or("")
    }

    fn tok(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| {
            let len = self.source.text.len();
            self.source.text.get(t.start.min(len)..t.end.min(len)).unwrap_or("")
        })
    }

    fn kind(&self, i: usize) -> Kind {
        self.tokens.get(i).map_or(Kind::EndMarker, |t| t.kind)
    }

    /// Line and column in characters, both from 1.
    fn chars(&self, at: usize) -> (i32, i32) {
        let (line, col) = self.source.position(at.min(self.source.text.len()) as u32);
        let from = at.min(self.source.text.len()) - col as usize;
        (
            line,
            self.source.text[from..from + col as usize].chars().count() as i32 + 1,
        )
    }

    /// An error from one byte to another; a newline token reaches one column behind its line.
    fn span(&self, class: ErrorClass, message: impl Into<String>, start: usize, end: usize) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(class, message);
        (d.lineno, d.offset) = self.chars(start);
        (d.end_lineno, d.end_offset) = self.chars(end);
        if d.end_lineno > d.lineno && end == start + 1 {
            (d.end_lineno, d.end_offset) = (d.lineno, d.offset + 1);
        }
        d
    }

    /// An error at a token. Tokens without text stand at the end of the last line.
    fn at_token(&self, message: impl Into<String>, i: usize) -> Box<Diagnostic> {
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

    fn last_line(&self) -> (i32, i32) {
        let text = self.source.text.strip_suffix('\n').unwrap_or(&self.source.text);
        let line = text.matches('\n').count() as i32 + 1;
        let len = text.rsplit('\n').next().unwrap_or("").chars().count() as i32;
        (line, len)
    }

    fn at_end(&self, message: impl Into<String>) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
        d.lineno = self.last_line().0;
        d.end_lineno = d.lineno;
        d
    }

    fn token_error(&self, e: &TokenError) -> Box<Diagnostic> {
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
                let line = self.source.line(d.lineno).unwrap_or("").trim_end_matches('\n');
                d.offset = line.chars().count() as i32 + 1;
                (d.end_lineno, d.end_offset) = (d.lineno, -1);
            }
        }
        d
    }

    /// The order in which CPython looks: tokenizer errors up to the failing token, what the grammar has to say, then
    /// tokenizer errors behind it, then brackets left open.
    fn error(&self, first: &ParseError) -> Box<Diagnostic> {
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

    fn unexpected_indent(&self, at: usize) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::IndentationError, "unexpected indent");
        let (line, col) = self.source.position(at as u32);
        (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, col, line, -1);
        d
    }

    /// "'(' was never closed"; with a line, only brackets opened before it.
    fn unclosed(&self, before: Option<i32>) -> Option<Box<Diagnostic>> {
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
    fn opens_block(&self, i: usize) -> bool {
        let mut j = i;
        while j > 0 && matches!(self.kind(j), Kind::Newline | Kind::Dedent) {
            j -= 1;
        }
        self.tok(j) == ":"
    }

    fn ends_operand(&self, i: usize) -> bool {
        match self.kind(i) {
            Kind::Number | Kind::String | Kind::FEnd => true,
            Kind::Name => !is_keyword(self.tok(i)) || matches!(self.tok(i), "None" | "True" | "False"),
            Kind::Op => matches!(self.tok(i), ")" | "]" | "}" | "..."),
            _ => false,
        }
    }

    fn starts_operand(&self, i: usize) -> bool {
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
    fn enclosing(&self, i: usize) -> Option<(char, usize)> {
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
    fn statement_start(&self, i: usize) -> usize {
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
    fn expr_before(&self, fi: usize) -> Option<(TextRange, &'static str)> {
        let end = self.tokens.get(fi.checked_sub(1)?)?.end;
        self.exprs
            .iter()
            .filter(|(r, name)| r.end().to_usize() == end && !r.is_empty() && *name != "starred")
            .min_by_key(|(r, _)| r.start())
            .copied()
    }

    /// The longest expression that starts at token `fi`.
    fn expr_after(&self, fi: usize) -> Option<(TextRange, &'static str)> {
        let start = self.tokens.get(fi)?.start;
        self.exprs
            .iter()
            .filter(|(r, _)| r.start().to_usize() == start && !r.is_empty())
            .max_by_key(|(r, _)| r.end())
            .copied()
    }

    fn grammar(&self, first: &ParseError, fi: usize) -> Box<Diagnostic> {
        let location = first.location;
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let here = |message: &str| self.span(ErrorClass::SyntaxError, message, start, end);
        let at = |message: &str, i: usize| self.at_token(message, i);
        if let Some(d) = self.in_fstring(fi) {
            return d;
        }
        let head = self.statement_start(fi);
        if let Some(d) = self.in_parameters(fi) {
            return d;
        }
        if let Some(d) = self.keyword_argument(location) {
            return d;
        }
        let is_target = matches!(
            first.error,
            ParseErrorType::InvalidAssignmentTarget
                | ParseErrorType::InvalidAnnotatedAssignmentTarget
                | ParseErrorType::InvalidAugmentedAssignmentTarget
        );
        if is_target {
            let after = self.tokens.iter().position(|t| t.start >= end).unwrap_or(fi);
            let value = after + 1;
            let no_value = !self.starts_operand(value) && !matches!(self.tok(value), "-" | "+" | "*" | "yield");
            if self.mode == Mode::Eval || self.tok(after) == ":" && no_value {
                return at("invalid syntax", after);
            }
        }
        match &first.error {
            ParseErrorType::OtherError(message) if message.starts_with("Expected an indented block") => {
                return self.expected_block(fi);
            }
            ParseErrorType::OtherError(message) => {
                if let Some(d) = self.other(message, location, fi) {
                    return d;
                }
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Colon,
                ..
            } => {
                let forced = matches!(self.tok(head), "def" | "try" | "finally" | "else")
                    || (self.tok(head) == "async" && self.tok(head + 1) == "def");
                if self.kind(fi) == Kind::Newline || forced && self.enclosing(fi).is_none() {
                    return at("expected ':'", fi);
                }
                if self.in_lambda(fi) {
                    return at("expected ':'", fi);
                }
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Lpar,
                ..
            } if self.tok(head) == "def" => {
                return at("expected '('", fi);
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Else,
                ..
            } => {
                if let Some((body, _)) = self.conditional_before(fi) {
                    let end = self.tokens[fi - 1].end;
                    if self.tok(fi) != ":" {
                        return self.span(
                            ErrorClass::SyntaxError,
                            "expected 'else' after 'if' expression",
                            body,
                            end,
                        );
                    }
                }
            }
            ParseErrorType::InvalidStarredExpressionUsage => {
                let i = self.tokens.iter().position(|t| t.start >= start).unwrap_or(fi);
                let close = self.tokens.iter().position(|t| t.start >= end).unwrap_or(fi);
                if i > 0 && self.tok(i - 1) == "(" && self.tok(close) == ")" {
                    return here("cannot use starred expression here");
                }
                return at("invalid syntax", i);
            }
            ParseErrorType::PositionalAfterKeywordArgument => {
                return self.after_arguments("positional argument follows keyword argument", fi);
            }
            ParseErrorType::PositionalAfterKeywordUnpacking => {
                return self.after_arguments("positional argument follows keyword argument unpacking", fi);
            }
            ParseErrorType::InvalidArgumentUnpackingOrder => {
                return self.after_arguments("iterable argument unpacking follows keyword argument unpacking", fi);
            }
            ParseErrorType::IterableUnpackingInComprehension => {
                return here("iterable unpacking cannot be used in comprehension");
            }
            ParseErrorType::NonDefaultParamAfterDefaultParam => {
                return here("parameter without a default follows parameter with a default");
            }
            ParseErrorType::ParamAfterVarKeywordParam => {
                let message = match self.tok(fi) {
                    _ if start == end => "invalid syntax",
                    _ => "arguments cannot follow var-keyword argument",
                };
                return here(message);
            }
            ParseErrorType::ExpectedKeywordParam => return here("named parameters must follow bare *"),
            ParseErrorType::VarParameterWithDefault => {
                let text = self.text(location);
                let what = if text.starts_with("**") {
                    "keyword"
                } else {
                    "positional"
                };
                let equals = (fi..self.tokens.len()).find(|&i| self.tok(i) == "=").unwrap_or(fi);
                return at(&format!("var-{what} argument cannot have default value"), equals);
            }
            ParseErrorType::EmptyTypeParams => {
                let close = (fi..self.tokens.len()).find(|&i| self.tok(i) == "]").unwrap_or(fi);
                return at("Type parameter list cannot be empty", close);
            }
            ParseErrorType::EmptyImportNames => {
                return at("Expected one or more names after 'import'", fi);
            }
            ParseErrorType::UnparenthesizedGeneratorExpression => {
                return here("Generator expression must be parenthesized");
            }
            ParseErrorType::InvalidAssignmentTarget => return self.target("assign to", location),
            ParseErrorType::InvalidDeleteTarget => return self.target("delete", location),
            ParseErrorType::InvalidNamedAssignmentTarget => {
                return here(&format!(
                    "cannot use assignment expressions with {}",
                    self.expr_name(location)
                ));
            }
            ParseErrorType::InvalidAnnotatedAssignmentTarget => {
                return match self.expr_name(location) {
                    "list" => here("only single target (not list) can be annotated"),
                    "tuple" => here("only single target (not tuple) can be annotated"),
                    _ => here("illegal target for annotation"),
                };
            }
            ParseErrorType::InvalidAugmentedAssignmentTarget => {
                let name = self.expr_name(location);
                return here(&format!("'{name}' is an illegal expression for augmented assignment"));
            }
            ParseErrorType::InvalidMatchPatternTarget => return here("cannot use '_' as a target"),
            ParseErrorType::ExpectedRealNumber => return here("real number required in complex literal"),
            ParseErrorType::ExpectedImaginaryNumber => return here("imaginary number required in complex literal"),
            ParseErrorType::Lexical(e) => {
                if let Some(d) = self.literal(e, location) {
                    return d;
                }
            }
            ParseErrorType::UnparenthesizedNamedExpression | ParseErrorType::UnparenthesizedTupleExpression => {}
            _ => {}
        }
        self.by_tokens(fi).unwrap_or_else(|| at("invalid syntax", fi))
    }

    /// `f(1=2)`: the left side of a keyword argument is no name.
    fn keyword_argument(&self, location: TextRange) -> Option<Box<Diagnostic>> {
        let i = self.tokens.iter().position(|t| t.start >= location.end().to_usize())?;
        let (open, at) = self.enclosing(i)?;
        if self.tok(i) != "=" || open != '(' || at == 0 || !self.ends_operand(at - 1) || location.is_empty() {
            return None;
        }
        let (left, name) = self.expr_before(i).unwrap_or((location, "expression"));
        let (start, end) = (left.start().to_usize(), self.tokens[i].end);
        let message = match name {
            "True" | "False" | "None" => format!("cannot assign to {name}"),
            _ => "expression cannot contain assignment, perhaps you meant \"==\"?".to_string(),
        };
        Some(self.span(ErrorClass::SyntaxError, message, start, end))
    }

    /// Misplaced `/` and `*` among parameters. CPython: invalid_parameters.
    fn in_parameters(&self, fi: usize) -> Option<Box<Diagnostic>> {
        if !matches!(self.tok(fi), "/" | "*" | "**") {
            return None;
        }
        let mut depth = 0;
        let mut first = None;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" if depth == 0 => {
                    let def = self.statement_start(j);
                    let is_def = self.tok(def) == "def" || self.tok(def) == "async" && self.tok(def + 1) == "def";
                    let after_name = j == def + 2 || j == def + 3 || j > 0 && self.tok(j - 1) == "]";
                    first = (is_def && after_name).then_some(j + 1);
                    break;
                }
                "(" | "[" | "{" if depth == 0 => return None,
                "(" | "[" | "{" => depth -= 1,
                "lambda" if depth == 0 => {
                    first = Some(j + 1);
                    break;
                }
                ":" if depth == 0 && self.in_lambda(fi) => return None,
                _ if self.kind(j) == Kind::Newline => return None,
                _ => {}
            }
        }
        let first = first?;
        let mut depth = 0;
        let (mut slash, mut star, mut double) = (false, false, false);
        for i in first..fi {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                token @ ("/" | "*" | "**") if depth == 0 && (i == first || self.tok(i - 1) == ",") => match token {
                    "/" => slash = true,
                    "*" => star = true,
                    _ => double = true,
                },
                _ => {}
            }
        }
        let starts = fi == first || self.tok(fi - 1) == ",";
        let message = match self.tok(fi) {
            _ if !starts => return None,
            _ if double => "arguments cannot follow var-keyword argument",
            "/" if slash => "/ may appear only once",
            "/" if star => "/ must be ahead of *",
            "/" if fi == first => "at least one argument must precede /",
            "*" if star => "* argument may appear only once",
            _ => return None,
        };
        Some(self.at_token(message, fi))
    }

    /// Whether token `fi` stands in the parameters or at the colon of a lambda.
    fn in_lambda(&self, fi: usize) -> bool {
        let mut depth = 0;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return false,
                "(" | "[" | "{" => depth -= 1,
                ":" if depth == 0 => return false,
                "lambda" if depth == 0 => return true,
                _ if self.kind(j) == Kind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    /// Start of `a if b` before token `fi`.
    fn conditional_before(&self, fi: usize) -> Option<(usize, usize)> {
        let mut depth = 0;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return None,
                "(" | "[" | "{" => depth -= 1,
                "if" if depth == 0 => {
                    let (body, _) = self.expr_before(j)?;
                    return Some((body.start().to_usize(), j));
                }
                _ if self.kind(j) == Kind::Newline => return None,
                _ => {}
            }
        }
        None
    }

    /// Errors about the order of arguments reach from the offending argument to the closing parenthesis.
    fn after_arguments(&self, message: &str, fi: usize) -> Box<Diagnostic> {
        let mut depth = 0;
        for i in fi..self.tokens.len() {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return self.at_token(message, i),
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        self.at_token(message, fi)
    }

    /// What the failing token and those before it say. CPython: the `invalid_` rules of Grammar/python.gram.
    fn by_tokens(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let err =
            |message: &str, start: usize, end: usize| Some(self.span(ErrorClass::SyntaxError, message, start, end));
        let head = self.statement_start(fi);
        let t = self.tokens.get(fi)?;
        let previous = fi.checked_sub(1).map_or("", |i| self.tok(i));
        // `print x` and `exec x`
        if matches!(previous, "print" | "exec")
            && fi >= 1
            && fi - 1 == head
            && (self.starts_operand(fi) || self.tok(fi) == "not")
            && self.tok(fi) != "("
        {
            let end = self.tokens[..]
                .get(fi..)?
                .iter()
                .position(|t| t.kind == Kind::Newline)
                .map(|n| fi + n);
            let end = end.map_or(t.end, |i| self.tokens[i - 1].end);
            return err(
                &format!("Missing parentheses in call to '{previous}'. Did you mean {previous}(...)?"),
                self.tokens[fi - 1].start,
                end,
            );
        }
        if self.tok(fi) == "=" && (self.mode != Mode::Eval || self.enclosing(fi).is_some()) {
            let in_call = matches!(self.enclosing(fi), Some(('(', open)) if open > 0 && self.ends_operand(open - 1));
            if let Some((left, name)) = self.expr_before(fi) {
                let (start, end) = (left.start().to_usize(), left.end().to_usize());
                if matches!(name, "True" | "False" | "None") && in_call {
                    return err(&format!("cannot assign to {name}"), start, t.end);
                }
                if in_call {
                    return err(
                        "expression cannot contain assignment, perhaps you meant \"==\"?",
                        start,
                        t.end,
                    );
                }
                if name == "name" {
                    if let Some((right, _)) = self.expr_after(fi + 1) {
                        return err(
                            "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
                            start,
                            right.end().to_usize(),
                        );
                    }
                } else if !matches!(
                    name,
                    "list" | "tuple" | "generator expression" | "True" | "None" | "False"
                ) {
                    return err(
                        &format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"),
                        start,
                        end,
                    );
                }
            }
        }
        if self.tok(fi) == "not" && fi > 0 && self.kind(fi - 1) == Kind::Op {
            let operators = [
                "+", "-", "*", "/", "//", "%", "@", "<<", ">>", "&", "^", "|", "**", "~", "<", ">", "==", "!=", "<=",
                ">=",
            ];
            if operators.contains(&previous) {
                let end = self.expr_after(fi).map_or(t.end, |(r, _)| r.end().to_usize());
                return err("'not' after an operator must be parenthesized", t.start, end);
            }
        }
        if self.tok(head) == "import" && self.tok(fi) == "from" {
            return err(
                "Did you mean to use 'from ... import ...' instead?",
                self.tokens[head].start,
                {
                    let mut i = fi;
                    while i + 1 < self.tokens.len() && self.kind(i + 1) != Kind::Newline {
                        i += 1;
                    }
                    self.tokens[i].end
                },
            );
        }
        if let Some(d) = self.part_of_string(fi) {
            return Some(d);
        }
        // Two operands side by side inside brackets.
        if fi > 0
            && self.enclosing(fi).is_some()
            && self.ends_operand(fi - 1)
            && self.starts_operand(fi)
            && !(self.kind(fi) == Kind::String && self.kind(fi - 1) == Kind::Name)
            && let (Some((left, _)), Some((right, _))) = (self.expr_before(fi), self.expr_after(fi))
        {
            let name_string = self.kind(fi - 1) == Kind::Name && matches!(self.kind(fi), Kind::FStart | Kind::String);
            if !name_string {
                if matches!(self.kind(fi - 1), Kind::String | Kind::FEnd)
                    && self.kind(fi) == Kind::Name
                    && (fi + 1..self.tokens.len())
                        .take(1)
                        .any(|i| self.kind(i) == Kind::String)
                {
                    return err(
                        "invalid syntax. Is this intended to be part of the string?",
                        self.tokens[fi].start,
                        self.tokens[fi].end,
                    );
                }
                return err(
                    "invalid syntax. Perhaps you forgot a comma?",
                    left.start().to_usize(),
                    right.end().to_usize(),
                );
            }
        }
        None
    }

    /// `"a" b "c"`: the quotes in a string end it.
    fn part_of_string(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let is_string = |i: usize| matches!(self.kind(i), Kind::String | Kind::FEnd);
        let stop = (fi..self.tokens.len())
            .find(|&i| self.kind(i) == Kind::Newline)
            .unwrap_or(self.tokens.len());
        let open = (fi.saturating_sub(1)..stop).find(|&i| is_string(i))?;
        let mut last = open + 1;
        let word = |i: usize| {
            self.kind(i) == Kind::Name && (!is_keyword(self.tok(i)) || matches!(self.tok(i), "None" | "True" | "False"))
                || self.kind(i) == Kind::Number
        };
        if !word(last) {
            return None;
        }
        while word(last) {
            last += 1;
        }
        if !matches!(self.kind(last), Kind::String | Kind::FStart) || last >= stop {
            return None;
        }
        Some(self.span(
            ErrorClass::SyntaxError,
            "invalid syntax. Is this intended to be part of the string?",
            self.tokens[open + 1].start,
            self.tokens[last - 1].end,
        ))
    }

    /// Errors inside a replacement field. CPython: invalid_fstring_replacement_field.
    fn in_fstring(&self, fi: usize) -> Option<Box<Diagnostic>> {
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
                    Kind::Name => None,
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
        if self.ends_operand(fi - 1) && equals.is_none() {
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

    /// Literals that the tokenizer accepts and the parser refuses.
    fn literal(&self, e: &LexicalErrorType, location: TextRange) -> Option<Box<Diagnostic>> {
        let at = location.start().to_usize();
        let token = self
            .tokens
            .iter()
            .find(|t| matches!(t.kind, Kind::String | Kind::FMiddle) && t.start <= at && at <= t.end)?;
        let err = |message: String| Some(self.span(ErrorClass::SyntaxError, message, token.start, token.end));
        match e {
            LexicalErrorType::InvalidByteLiteral => err("bytes can only contain ASCII literal characters".to_string()),
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => {
                let literal = &self.source.text[token.start..token.end.min(self.source.text.len())];
                let (content, bytes) = if token.kind == Kind::FMiddle {
                    (literal, false)
                } else {
                    let prefix = literal.bytes().take_while(u8::is_ascii_alphabetic).count();
                    let body = &literal[prefix..];
                    let quotes = if body.starts_with("\"\"\"") || body.starts_with("'''") {
                        3
                    } else {
                        1
                    };
                    let bytes = literal[..prefix].contains(['b', 'B']);
                    (body.get(quotes..body.len().saturating_sub(quotes)).unwrap_or(""), bytes)
                };
                err(escape_error(content, bytes)?)
            }
            _ => None,
        }
    }

    fn other(&self, message: &str, location: TextRange, fi: usize) -> Option<Box<Diagnostic>> {
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let err = |m: &str| Some(self.span(ErrorClass::SyntaxError, m, start, end));
        let at = |m: &str| Some(self.at_token(m, fi));
        match message {
            m if m.starts_with("Cannot have both 'except'") => {
                let i = (0..self.tokens.len()).find(|&i| self.tokens[i].start >= start && self.tok(i) == "except")?;
                let last = if self.tok(i + 1) == "*" { i + 1 } else { i };
                let message = "cannot have both 'except' and 'except*' on the same 'try'";
                Some(self.span(
                    ErrorClass::SyntaxError,
                    message,
                    self.tokens[i].start,
                    self.tokens[last].end,
                ))
            }
            m if m.contains("mix bytes and nonbytes") || m.contains("bytes literal cannot be mixed") => {
                err("cannot mix bytes and nonbytes literals")
            }
            m if m.contains("mixed with t-string") || m.contains("t-string") && m.contains("mix") => {
                err("cannot mix t-string literals with string or bytes literals")
            }
            m if m.contains("expected `except` or `finally`") || m.contains("Expected `except` or `finally`") => {
                at("expected 'except' or 'finally' block")
            }
            _ => None,
        }
    }

    /// "expected an indented block after ..." names the statement whose block is missing.
    fn expected_block(&self, fi: usize) -> Box<Diagnostic> {
        let mut colon = fi;
        while colon > 0 && matches!(self.kind(colon - 1), Kind::Newline | Kind::Dedent | Kind::Indent) {
            colon -= 1;
        }
        let first = self.statement_start(colon);
        let second = self.tok(first + 1);
        let what = match self.tok(first) {
            "def" => "function definition",
            "class" => "class definition",
            "if" => "'if' statement",
            "elif" => "'elif' statement",
            "else" => "'else' statement",
            "for" => "'for' statement",
            "while" => "'while' statement",
            "with" => "'with' statement",
            "try" => "'try' statement",
            "except" if second == "*" => "'except*' statement",
            "except" => "'except' statement",
            "finally" => "'finally' statement",
            "match" => "'match' statement",
            "case" => "'case' statement",
            "async" => match second {
                "def" => "function definition",
                "for" => "'for' statement",
                _ => "'with' statement",
            },
            _ => "",
        };
        let line = self.tokens.get(first).map_or(1, |t| self.chars(t.start).0);
        let message = if what.is_empty() {
            "expected an indented block".to_string()
        } else {
            format!("expected an indented block after {what} on line {line}")
        };
        let mut next = fi;
        while matches!(self.kind(next), Kind::Newline) {
            next += 1;
        }
        let mut d = Diagnostic::new(ErrorClass::IndentationError, message);
        match self.tokens.get(next) {
            Some(t) if !matches!(t.kind, Kind::Dedent | Kind::EndMarker | Kind::Indent) => {
                (d.lineno, d.offset) = self.chars(t.start);
                (d.end_lineno, d.end_offset) = self.chars(t.end);
            }
            Some(t) if t.kind == Kind::Dedent && t.start < self.source.text.len() => {
                let (line, col) = self.source.position(t.start as u32);
                (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, col, line, -1);
            }
            _ => {
                let (line, len) = self.last_line();
                (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, len + 1, line, -1);
            }
        }
        d
    }

    fn target(&self, verb: &str, location: TextRange) -> Box<Diagnostic> {
        let name = self.expr_name(location);
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let hint = match name {
            "literal"
            | "function call"
            | "expression"
            | "f-string expression"
            | "t-string expression"
            | "dict literal"
            | "set display"
            | "await expression"
            | "list comprehension"
            | "set comprehension"
            | "dict comprehension"
                if verb == "assign to" && self.single_assignment(end) && !self.has_word_operator(start, end) =>
            {
                " here. Maybe you meant '==' instead of '='?"
            }
            _ => "",
        };
        self.span(
            ErrorClass::SyntaxError,
            format!("cannot {verb} {name}{hint}"),
            start,
            end,
        )
    }

    /// Whether `not`, `and` or `or` stands in a range outside brackets: such an expression is no `bitwise_or`.
    fn has_word_operator(&self, start: usize, end: usize) -> bool {
        let mut depth = 0;
        (0..self.tokens.len())
            .filter(|&i| self.tokens[i].start >= start && self.tokens[i].end <= end)
            .any(|i| {
                match self.tok(i) {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth -= 1,
                    "not" | "and" | "or" if depth == 0 => return true,
                    _ => {}
                }
                false
            })
    }

    /// Whether the statement is `target = value` with one `=` right after byte `end`, and the target begins it.
    fn single_assignment(&self, end: usize) -> bool {
        let Some(i) = self.tokens.iter().position(|t| t.start >= end) else {
            return false;
        };
        let value = self.starts_operand(i + 1) || matches!(self.tok(i + 1), "-" | "+");
        if self.tok(i) != "=" || self.enclosing(i).is_some() || !value {
            return false;
        }
        let stop = (i + 1..self.tokens.len())
            .find(|&j| self.kind(j) == Kind::Newline)
            .unwrap_or(self.tokens.len());
        !(i + 1..stop).any(|j| matches!(self.tok(j), "=" | ":=") && self.enclosing(j).is_none())
    }

    /// CPython: Parser/pegen.c, _PyPegen_get_expr_name, from the text of the expression.
    fn expr_name(&self, range: TextRange) -> &'static str {
        let known = self.exprs.iter().find(|(r, _)| *r == range).map(|(_, name)| *name);
        known.unwrap_or_else(|| {
            let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Expression);
            let parsed = ruff_python_parser::parse_unchecked(self.text(range), options);
            match parsed.syntax() {
                ruff::Mod::Expression(m) => expr_name(&m.body),
                ruff::Mod::Module(_) => "expression",
            }
        })
    }
}

fn is_keyword(word: &str) -> bool {
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

fn expr_name(expr: &ruff::Expr) -> &'static str {
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
