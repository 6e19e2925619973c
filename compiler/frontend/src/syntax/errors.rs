//! The parser's errors in CPython's words: class, message and position. In: ruff's errors and tokens. Out: a
//! `Diagnostic`. The surprising decision: only the first error counts, as in CPython, and unclosed brackets are looked
//! for before anything else, because CPython's tokenizer reports them in place of the error they cause.
//!
//! CPython: Grammar/python.gram (the `invalid_` rules), Parser/pegen_errors.c, Parser/lexer/lexer.c.

use ruff_python_ast as ruff;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType, UnsupportedSyntaxError,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lower::escape_error;
use super::source::SourceText;
use crate::diagnostic::{Diagnostic, ErrorClass, Result};

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

pub fn unsupported(source: &SourceText, error: &UnsupportedSyntaxError) -> Box<Diagnostic> {
    syntax(source, "invalid syntax", error.range)
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

pub fn translate(source: &SourceText, errors: &[ParseError], tokens: &Tokens) -> Box<Diagnostic> {
    let Some(first) = errors.iter().min_by_key(|e| e.location.start()) else {
        return Diagnostic::internal("syntax", "no parse error");
    };
    let found: Vec<Token> = tokens.iter().copied().filter(|t| !t.kind().is_trivia()).collect();
    Translate { source, tokens: &found }.error(first, errors)
}

struct Translate<'a> {
    source: &'a SourceText,
    tokens: &'a [Token],
}

impl Translate<'_> {
    fn text(&self, range: TextRange) -> &str {
        let len = self.source.text.len();
        self.source
            .text
            .get(range.start().to_usize().min(len)..range.end().to_usize().min(len))
            .unwrap_or("")
    }

    /// First token at or after an offset.
    fn token_at(&self, offset: TextSize) -> Option<Token> {
        self.tokens.iter().copied().find(|t| t.range().start() >= offset)
    }

    fn error(&self, first: &ParseError, all: &[ParseError]) -> Box<Diagnostic> {
        if let Some(d) = self.lexical(all) {
            return d;
        }
        let location = first.location;
        let syntax_at = |message: &str| syntax(self.source, message, location);
        let generic = |d: Box<Diagnostic>| self.unclosed(location.start()).unwrap_or(d);
        let token = self.token_at(location.start());
        match &first.error {
            ParseErrorType::UnexpectedIndentation => self.indentation("unexpected indent", location),
            ParseErrorType::OtherError(message) => self.other(message, location),
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Colon,
                found,
            } => match found {
                TokenKind::Newline | TokenKind::EndOfFile => generic(syntax_at("expected ':'")),
                TokenKind::Equal => generic(self.invalid(token, location)),
                _ => generic(self.invalid(token, location)),
            },
            ParseErrorType::ExpectedToken {
                expected: TokenKind::In,
                ..
            } => generic(self.invalid(token, location)),
            ParseErrorType::InvalidStarredExpressionUsage => syntax_at("can't use starred expression here"),
            ParseErrorType::PositionalAfterKeywordArgument => syntax_at("positional argument follows keyword argument"),
            ParseErrorType::PositionalAfterKeywordUnpacking => {
                syntax_at("positional argument follows keyword argument unpacking")
            }
            ParseErrorType::InvalidArgumentUnpackingOrder => {
                syntax_at("iterable argument unpacking follows keyword argument unpacking")
            }
            ParseErrorType::IterableUnpackingInComprehension => {
                syntax_at("iterable unpacking cannot be used in comprehension")
            }
            ParseErrorType::NonDefaultParamAfterDefaultParam => {
                syntax_at("parameter without a default follows parameter with a default")
            }
            ParseErrorType::ParamAfterVarKeywordParam => syntax_at("arguments cannot follow var-keyword argument"),
            ParseErrorType::ExpectedKeywordParam => syntax_at("named parameters must follow bare *"),
            ParseErrorType::VarParameterWithDefault => syntax_at("var-positional parameter cannot have default value"),
            ParseErrorType::EmptyTypeParams => syntax_at("Type parameter list cannot be empty"),
            ParseErrorType::EmptyImportNames => syntax_at("Expected one or more names after 'import'"),
            ParseErrorType::UnparenthesizedGeneratorExpression => {
                syntax_at("Generator expression must be parenthesized")
            }
            ParseErrorType::InvalidAssignmentTarget => self.target("assign to", location, true),
            ParseErrorType::InvalidNamedAssignmentTarget => syntax_at(&format!(
                "cannot use assignment expressions with {}",
                self.expr_name(location)
            )),
            ParseErrorType::InvalidAnnotatedAssignmentTarget => match self.expr_name(location) {
                "list" => syntax_at("only single target (not list) can be annotated"),
                "tuple" => syntax_at("only single target (not tuple) can be annotated"),
                _ => syntax_at("illegal target for annotation"),
            },
            ParseErrorType::InvalidAugmentedAssignmentTarget => syntax_at(&format!(
                "'{}' is an illegal expression for augmented assignment",
                self.expr_name(location)
            )),
            ParseErrorType::InvalidDeleteTarget => self.target("delete", location, false),
            ParseErrorType::InvalidMatchPatternTarget => syntax_at("cannot use '_' as a target"),
            ParseErrorType::ExpectedRealNumber => syntax_at("real number required in complex literal"),
            ParseErrorType::ExpectedImaginaryNumber => syntax_at("imaginary number required in complex literal"),
            ParseErrorType::FStringError(e) => self.interpolated("f-string", e, location),
            ParseErrorType::TStringError(e) => self.interpolated("t-string", e, location),
            ParseErrorType::Lexical(e) => self.lexical_error(e, location),
            _ => generic(self.invalid(token, location)),
        }
    }

    /// "invalid syntax" at a token.
    fn invalid(&self, token: Option<Token>, location: TextRange) -> Box<Diagnostic> {
        let range = token.map_or(location, |t| t.range());
        if token.is_some_and(|t| t.kind() == TokenKind::Indent) {
            return self.indentation("unexpected indent", range);
        }
        syntax(self.source, "invalid syntax", range)
    }

    fn indentation(&self, message: &str, location: TextRange) -> Box<Diagnostic> {
        let mut d = at(self.source, ErrorClass::IndentationError, message, location);
        // The tokenizer stands behind the indentation.
        if message == "unexpected indent" {
            d.offset = d.end_offset;
        }
        (d.end_lineno, d.end_offset) = (d.lineno, -1);
        d
    }

    fn other(&self, message: &str, location: TextRange) -> Box<Diagnostic> {
        if message.starts_with("Expected an indented block") {
            return self.expected_block(location);
        }
        self.unclosed(location.start())
            .unwrap_or_else(|| self.invalid(self.token_at(location.start()), location))
    }

    /// "expected an indented block after ..." names the statement whose block is missing.
    fn expected_block(&self, location: TextRange) -> Box<Diagnostic> {
        let before: Vec<&Token> = self
            .tokens
            .iter()
            .take_while(|t| t.range().end() <= location.start())
            .collect();
        let line_start = before
            .iter()
            .rposition(|t| {
                matches!(t.kind(), TokenKind::Newline)
                    && t.range().end() < location.start() - TextSize::new(1).min(location.start())
            })
            .map_or(0, |i| i + 1);
        let mut head = before[line_start.min(before.len().saturating_sub(1))..]
            .iter()
            .filter(|t| !matches!(t.kind(), TokenKind::Indent | TokenKind::Dedent | TokenKind::Newline));
        let first = head.next();
        let what = match first.map(|t| t.kind()) {
            Some(TokenKind::Def) => "function definition",
            Some(TokenKind::Class) => "class definition",
            Some(TokenKind::If) => "'if' statement",
            Some(TokenKind::Elif) => "'elif' statement",
            Some(TokenKind::Else) => "'else' statement",
            Some(TokenKind::For) => "'for' statement",
            Some(TokenKind::While) => "'while' statement",
            Some(TokenKind::With) => "'with' statement",
            Some(TokenKind::Try) => "'try' statement",
            Some(TokenKind::Except) => match head.next().map(|t| t.kind()) {
                Some(TokenKind::Star) => "'except*' statement",
                _ => "'except' statement",
            },
            Some(TokenKind::Finally) => "'finally' statement",
            Some(TokenKind::Match) => "'match' statement",
            Some(TokenKind::Case) => "'case' statement",
            Some(TokenKind::Async) => match head.next().map(|t| t.kind()) {
                Some(TokenKind::Def) => "function definition",
                Some(TokenKind::For) => "'for' statement",
                _ => "'with' statement",
            },
            _ => "",
        };
        let line = first.map_or(1, |t| self.source.position(t.range().start().to_u32()).0);
        let message = if what.is_empty() {
            "expected an indented block".to_string()
        } else {
            format!("expected an indented block after {what} on line {line}")
        };
        let range = self.token_at(location.start()).map_or(location, |t| t.range());
        at(self.source, ErrorClass::IndentationError, message, range)
    }

    /// Errors of the tokenizer win over those of the grammar that come at the same place or later.
    fn lexical(&self, all: &[ParseError]) -> Option<Box<Diagnostic>> {
        let (error, location) = all.iter().find_map(|e| match &e.error {
            ParseErrorType::Lexical(error) => Some((error, e.location)),
            _ => None,
        })?;
        let earlier = all
            .iter()
            .any(|e| e.location.start() < location.start() && !matches!(e.error, ParseErrorType::Lexical(_)));
        if earlier
            && !matches!(
                error,
                LexicalErrorType::UnclosedStringError | LexicalErrorType::IndentationError
            )
        {
            return None;
        }
        Some(self.lexical_error(error, location))
    }

    fn lexical_error(&self, error: &LexicalErrorType, location: TextRange) -> Box<Diagnostic> {
        let text = self.text(location);
        match error {
            LexicalErrorType::UnclosedStringError => self.unterminated(location, ""),
            LexicalErrorType::FStringError(e) => self.interpolated("f-string", e, location),
            LexicalErrorType::TStringError(e) => self.interpolated("t-string", e, location),
            LexicalErrorType::IndentationError => {
                let mut d = at(
                    self.source,
                    ErrorClass::IndentationError,
                    "unindent does not match any outer indentation level",
                    location,
                );
                let line = self.source.line(d.lineno).unwrap_or("").trim_end_matches('\n');
                d.offset = line.chars().count() as i32 + 1;
                (d.end_lineno, d.end_offset) = (d.lineno, -1);
                d
            }
            LexicalErrorType::LineContinuationError => {
                let mut d = syntax(
                    self.source,
                    "unexpected character after line continuation character",
                    location,
                );
                d.offset += 1;
                (d.end_lineno, d.end_offset) = (d.lineno, 0);
                d
            }
            LexicalErrorType::Eof => syntax(self.source, "unexpected EOF while parsing", location),
            LexicalErrorType::InvalidByteLiteral => {
                let range = self.string_token(location).unwrap_or(location);
                syntax(self.source, "bytes can only contain ASCII literal characters", range)
            }
            LexicalErrorType::UnrecognizedToken { tok } => match tok {
                '$' | '?' | '!' | '`' => syntax(self.source, "invalid syntax", location),
                c if c.is_ascii_graphic() => syntax(self.source, "invalid syntax", location),
                c if (*c as u32) < 0x20 || *c == '\x7f' || c.is_control() => syntax(
                    self.source,
                    format!("invalid non-printable character U+{:04X}", *c as u32),
                    location,
                ),
                c if c.is_whitespace() || ('\u{200b}'..='\u{200f}').contains(c) || *c == '\u{feff}' => syntax(
                    self.source,
                    format!("invalid non-printable character U+{:04X}", *c as u32),
                    location,
                ),
                c => syntax(
                    self.source,
                    format!("invalid character '{c}' (U+{:04X})", *c as u32),
                    location,
                ),
            },
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => {
                let range = self.string_token(location).unwrap_or(location);
                let literal = self.text(range);
                let prefix: String = literal.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
                let body = &literal[prefix.len()..];
                let quotes = if body.starts_with("\"\"\"") || body.starts_with("'''") {
                    3
                } else {
                    1
                };
                let bytes = prefix.contains(['b', 'B']);
                let content = body.get(quotes..body.len().saturating_sub(quotes)).unwrap_or("");
                let message = escape_error(content, bytes).unwrap_or_else(|| {
                    "(unicode error) 'unicodeescape' codec can't decode bytes: malformed escape".to_string()
                });
                syntax(self.source, message, range)
            }
            LexicalErrorType::OtherError(message) => match &**message {
                m if m.starts_with("Invalid decimal") || m.starts_with("invalid decimal") => {
                    syntax(self.source, "invalid decimal literal", location)
                }
                m if m.contains("leading zeros") || m.contains("Invalid Token") => syntax(
                    self.source,
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                    location,
                ),
                _ => syntax(self.source, number_message(text), location),
            },
        }
    }

    /// The string token that holds a position.
    fn string_token(&self, location: TextRange) -> Option<TextRange> {
        self.tokens
            .iter()
            .map(|t| t.range())
            .find(|r| r.start() <= location.start() && location.start() < r.end() && r.len() > TextSize::new(0))
    }

    fn unterminated(&self, location: TextRange, kind: &str) -> Box<Diagnostic> {
        let token = self.string_token(location).unwrap_or(location);
        let text = self.text(TextRange::new(
            token.start(),
            TextSize::new(self.source.text.len() as u32),
        ));
        let body = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let triple = body.starts_with("\"\"\"") || body.starts_with("'''");
        let last_line = self.source.text.trim_end_matches('\n').matches('\n').count() + 1;
        let line = self.source.position(token.start().to_u32()).0;
        let message = if triple {
            format!("unterminated triple-quoted {kind}string literal (detected at line {last_line})")
        } else {
            format!("unterminated {kind}string literal (detected at line {line})")
        };
        let mut d = syntax(self.source, message, TextRange::empty(token.start()));
        (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
        d
    }

    fn interpolated(&self, kind: &str, error: &InterpolatedStringErrorType, location: TextRange) -> Box<Diagnostic> {
        let message = match error {
            InterpolatedStringErrorType::UnclosedLbrace => format!("{kind}: expecting '}}'"),
            InterpolatedStringErrorType::InvalidConversionFlag => {
                let flag = self.text(location).trim_start_matches('!').to_string();
                format!("{kind}: invalid conversion character '{flag}': expected 's', 'r', or 'a'")
            }
            InterpolatedStringErrorType::SingleRbrace => format!("{kind}: single '}}' is not allowed"),
            InterpolatedStringErrorType::UnterminatedString => {
                return self.unterminated(location, &format!("{kind} ").replace("string ", ""));
            }
            InterpolatedStringErrorType::UnterminatedTripleQuotedString => {
                return self.unterminated(location, &format!("{kind} ").replace("string ", ""));
            }
            InterpolatedStringErrorType::LambdaWithoutParentheses => {
                format!("{kind}: lambda expressions are not allowed without parentheses")
            }
            InterpolatedStringErrorType::ConversionFlagNotImmediatelyAfterExclamation => {
                format!("{kind}: conversion type must come right after the exclamation mark")
            }
            InterpolatedStringErrorType::NewlineInFormatSpec => {
                format!("{kind}: newlines are not allowed in format specifiers for single quoted {kind}s")
            }
        };
        syntax(self.source, message, location)
    }

    /// "'(' was never closed", or a closing bracket that does not fit.
    fn unclosed(&self, error: TextSize) -> Option<Box<Diagnostic>> {
        let mut open: Vec<(char, Token)> = Vec::new();
        for token in self.tokens {
            let (opener, c) = match token.kind() {
                TokenKind::Lpar => (None, '('),
                TokenKind::Lsqb => (None, '['),
                TokenKind::Lbrace => (None, '{'),
                TokenKind::Rpar => (Some('('), ')'),
                TokenKind::Rsqb => (Some('['), ']'),
                TokenKind::Rbrace => (Some('{'), '}'),
                _ => continue,
            };
            let Some(opener) = opener else {
                open.push((c, *token));
                continue;
            };
            match open.pop() {
                Some((o, _)) if o == opener => {}
                Some((o, at)) => {
                    let (open_line, line) = (
                        self.source.position(at.range().start().to_u32()).0,
                        self.source.position(token.range().start().to_u32()).0,
                    );
                    let message = if open_line == line {
                        format!("closing parenthesis '{c}' does not match opening parenthesis '{o}'")
                    } else {
                        format!(
                            "closing parenthesis '{c}' does not match opening parenthesis '{o}' on line {open_line}"
                        )
                    };
                    let mut d = syntax(self.source, message, token.range());
                    (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
                    return Some(d);
                }
                None => {
                    if token.range().start() > error {
                        return None;
                    }
                    let mut d = syntax(self.source, format!("unmatched '{c}'"), token.range());
                    (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
                    return Some(d);
                }
            }
        }
        let (c, at) = open.last()?;
        if at.range().start() > error {
            return None;
        }
        let mut d = syntax(self.source, format!("'{c}' was never closed"), at.range());
        (d.end_lineno, d.end_offset) = (d.lineno, d.offset);
        Some(d)
    }

    fn target(&self, verb: &str, location: TextRange, assignment: bool) -> Box<Diagnostic> {
        let name = self.expr_name(location);
        let equals = self
            .tokens
            .iter()
            .find(|t| t.range().start() >= location.end())
            .is_some_and(|t| t.kind() == TokenKind::Equal);
        let hint = match name {
            _ if !assignment || !equals => "",
            "True" | "False" | "None" | "ellipsis" | "__debug__" => "",
            "attribute" | "subscript" | "name" | "tuple" | "list" | "starred" => "",
            "literal"
            | "function call"
            | "expression"
            | "comparison"
            | "f-string expression"
            | "t-string expression"
            | "set display"
            | "dict literal" => " here. Maybe you meant '==' instead of '='?",
            _ => "",
        };
        syntax(self.source, format!("cannot {verb} {name}{hint}"), location)
    }

    /// CPython: Parser/pegen.c, _PyPegen_get_expr_name, from the text of the expression.
    fn expr_name(&self, range: TextRange) -> &'static str {
        let text = self.text(range);
        let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Expression);
        let parsed = ruff_python_parser::parse_unchecked(text, options);
        let ruff::Mod::Expression(m) = parsed.syntax() else {
            return "expression";
        };
        expr_name(&m.body)
    }
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

fn number_message(text: &str) -> String {
    match text.get(..2) {
        Some("0x" | "0X") => "invalid hexadecimal literal".to_string(),
        Some("0o" | "0O") => "invalid octal literal".to_string(),
        Some("0b" | "0B") => "invalid binary literal".to_string(),
        _ => "invalid decimal literal".to_string(),
    }
}
