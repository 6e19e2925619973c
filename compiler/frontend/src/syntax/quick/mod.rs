//! A parser for plain sources, straight to our tree. In: source text. Out: the tree that the other way (the parser
//! behind `syntax`, then `lower`) makes of it, or nothing: errors, and forms that are rare, are left to that way.
//!
//! The surprising decision: there are two ways to the same tree. Nearly every file takes this one, which costs a
//! quarter of the other; it accepts nothing that CPython refuses, and whatever it does not know for certain it gives up.
//! f-strings are given to the other way one by one.
//!
//! CPython: Grammar/python.gram.

mod expressions;
mod lexer;
mod patterns;
mod statements;
mod targets;

use ruff_python_parser::{UnsupportedSyntaxErrorKind, parse_parenthesized_expression_range};
use ruff_text_size::{TextRange, TextSize};

use super::ast::*;
use super::lower::Lower;
use super::source::SourceText;
use crate::diagnostic::Diagnostic;
use lexer::{Lexer, Mark, Pos, T, Token};

/// The source is left to the other way.
struct GiveUp;

impl From<Box<Diagnostic>> for GiveUp {
    fn from(_: Box<Diagnostic>) -> GiveUp {
        GiveUp
    }
}

type Quick<T> = Result<T, GiveUp>;

/// Nesting, and length of chains that nest to the left, up to which sources are read here.
const MAX_DEPTH: u32 = 150;
const MAX_CHAIN: usize = 1000;

/// Reads a module; the nodes lie in those of `lower`, which also takes the names and warnings.
pub fn module<'t>(source: &SourceText, lower: &mut Lower<'_, 't>) -> Option<&'t [Stmt<'t>]> {
    let mut lexer = Lexer::new(&source.text);
    let token = lexer.next();
    let mut parser = Parser {
        source,
        lexer,
        token,
        end: Pos { line: 1, column: 0 },
        lower,
        depth: 0,
        exprs: Vec::new(),
        stmts: Vec::new(),
        args: Vec::new(),
        keywords: Vec::new(),
        clauses: Vec::new(),
    };
    parser.file().ok()
}

struct Parser<'p, 'a, 't> {
    source: &'p SourceText,
    lexer: Lexer<'p>,
    token: Token,
    /// End of the last token that has text.
    end: Pos,
    lower: &'p mut Lower<'a, 't>,
    depth: u32,
    /// Lists that are being read, each behind the one around it.
    exprs: Vec<Expr<'t>>,
    stmts: Vec<Stmt<'t>>,
    args: Vec<Arg<'t>>,
    keywords: Vec<Keyword<'t>>,
    /// Starts, tests and bodies of `if` and `elif`.
    clauses: Vec<(Pos, &'t Expr<'t>, &'t [Stmt<'t>])>,
}

/// Where a try began that may be given up: what it read and listed.
struct Try {
    state: (Mark, Token, Pos),
    made: (u32, usize),
    listed: (usize, usize, usize),
    depth: u32,
}

/// What a list of expressions was, by its form.
struct Listed<'t> {
    elts: &'t [Expr<'t>],
    /// Whether there was a comma, which makes it a tuple.
    comma: bool,
}

impl<'t> Parser<'_, '_, 't> {
    #[inline]
    fn kind(&self) -> T {
        self.token.kind
    }

    #[inline]
    fn advance(&mut self) {
        if !matches!(self.token.kind, T::Newline | T::Indent | T::Dedent) {
            self.end = self.token.to;
        }
        self.token = self.lexer.next();
    }

    #[inline]
    fn eat(&mut self, kind: T) -> bool {
        let found = self.token.kind == kind;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, kind: T) -> Quick<()> {
        if self.eat(kind) { Ok(()) } else { Err(GiveUp) }
    }

    /// From there to the end of the last token.
    #[inline]
    fn loc(&self, from: Pos) -> Location {
        Location {
            lineno: from.line,
            end_lineno: self.end.line,
            col_offset: from.column,
            end_col_offset: self.end.column,
        }
    }

    fn one(&self, expr: Expr<'t>) -> &'t Expr<'t> {
        self.lower.nodes.one(expr)
    }

    fn text(&self, token: Token) -> &[u8] {
        &self.source.text.as_bytes()[token.start as usize..token.end as usize]
    }

    fn name(&mut self) -> Quick<Ident> {
        if self.kind() != T::Name {
            return Err(GiveUp);
        }
        let name = self.intern(self.token);
        self.advance();
        Ok(name)
    }

    fn intern(&mut self, token: Token) -> Ident {
        let text = &self.source.text.as_bytes()[token.start as usize..token.end as usize];
        self.lower.names.intern(text)
    }

    fn state(&self) -> (Mark, Token, Pos) {
        (self.lexer.mark(), self.token, self.end)
    }

    /// Only inside a logical line.
    fn go_back(&mut self, state: (Mark, Token, Pos)) {
        self.lexer.go_back(state.0);
        (self.token, self.end) = (state.1, state.2);
    }

    /// Only inside a logical line.
    fn start_try(&self) -> Try {
        Try {
            state: self.state(),
            made: self.lower.mark(),
            listed: (self.exprs.len(), self.args.len(), self.keywords.len()),
            depth: self.depth,
        }
    }

    fn give_up_try(&mut self, before: Try) {
        let (exprs, args, keywords) = before.listed;
        self.exprs.truncate(exprs);
        self.args.truncate(args);
        self.keywords.truncate(keywords);
        self.depth = before.depth;
        self.lower.reset(before.made);
        self.go_back(before.state);
    }

    /// The token behind the current one.
    fn peek(&mut self) -> T {
        let state = self.state();
        let kind = self.lexer.next().kind;
        self.go_back(state);
        kind
    }

    fn deeper<R>(&mut self, f: impl FnOnce(&mut Self) -> Quick<R>) -> Quick<R> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(GiveUp);
        }
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// Takes what was listed since `from`.
    fn listed(&mut self, from: usize) -> &'t [Expr<'t>] {
        let elts = self.lower.nodes.list(&self.exprs[from..]);
        self.exprs.truncate(from);
        elts
    }

    /// An f-string, with the literals around it, from `start` to `end`.
    fn fstring(&mut self, start: u32, end: u32) -> Quick<Expr<'t>> {
        let range = TextRange::new(TextSize::new(start), TextSize::new(end));
        let parsed = parse_parenthesized_expression_range(&self.source.text, range).map_err(|_| GiveUp)?;
        let bytes = self.source.text.as_bytes();
        let runs_into_word = parsed.tokens().iter().any(|token| {
            use ruff_python_ast::token::TokenKind;
            use ruff_text_size::Ranged;
            matches!(token.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex)
                && bytes.get(token.end().to_usize()).is_some_and(u8::is_ascii_alphabetic)
        });
        // That parser takes it for a source of an older Python, which had other rules for f-strings.
        let is_refused = parsed
            .unsupported_syntax_errors()
            .iter()
            .any(|error| !matches!(error.kind, UnsupportedSyntaxErrorKind::Pep701FString(_)));
        if runs_into_word || is_refused {
            return Err(GiveUp);
        }
        Ok(*self.lower.top_expr(parsed.expr())?)
    }
}
