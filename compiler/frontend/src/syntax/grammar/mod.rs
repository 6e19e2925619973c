//! What CPython's grammar says about a source that it refuses. In: CPython's tokens. Out: the SyntaxError, with the
//! message and position of CPython's own parser.
//!
//! The surprising decision: there is a second parser at all. Which error CPython reports depends on the order in which
//! its PEG rules look at the tokens: on the furthest token that any rule has read, and on the first `invalid_` rule
//! that matches on the way. So the rules are here in that order, as functions of the same names, and make no tree; it
//! runs only when the parser proper has refused the source.
//!
//! CPython: Grammar/python.gram, Parser/pegen.c, Parser/pegen_errors.c.

mod calls;
mod expressions;
mod parameters;
mod patterns;
mod statements;
mod strings;
mod targets;

use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

use super::errors::{Report, is_keyword};
use super::tokenizer::Kind;
use crate::Mode;
use crate::diagnostic::{Diagnostic, ErrorClass, GrammarState};

/// What a rule matched, as far as error messages tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    Operation,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    Literal,
    True,
    False,
    None,
    Ellipsis,
    /// Whether its first operator is `in`.
    Compare(bool),
    IfExp,
    NamedExpr,
    /// A keyword argument, and whether it is `**mapping`.
    Keyword(bool),
    /// Anything whose kind no message names.
    Other,
}

impl What {
    /// CPython: Parser/pegen.c, _PyPegen_get_expr_name
    fn name(self) -> &'static str {
        match self {
            What::Name => "name",
            What::Attribute => "attribute",
            What::Subscript => "subscript",
            What::Starred => "starred",
            What::List => "list",
            What::Tuple => "tuple",
            What::Lambda => "lambda",
            What::Call => "function call",
            What::Operation => "expression",
            What::Generator => "generator expression",
            What::Yield => "yield expression",
            What::Await => "await expression",
            What::ListComp => "list comprehension",
            What::SetComp => "set comprehension",
            What::DictComp => "dict comprehension",
            What::Dict => "dict literal",
            What::Set => "set display",
            What::FString => "f-string expression",
            What::TString => "t-string expression",
            What::Literal => "literal",
            What::True => "True",
            What::False => "False",
            What::None => "None",
            What::Ellipsis => "ellipsis",
            What::Compare(_) => "comparison",
            What::IfExp => "conditional expression",
            What::NamedExpr => "named expression",
            What::Keyword(_) | What::Other => "expression",
        }
    }
}

#[derive(Debug)]
pub(super) struct NodeData {
    pub what: What,
    /// First and last token.
    pub start: usize,
    pub end: usize,
    /// Elements of a list, a tuple or arguments; the value of a starred expression; the left side of a comparison.
    pub items: Vec<Node>,
}

pub(super) type Node = Rc<NodeData>;

/// Why a rule gave nothing: it does not match, or an error is set and everything ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fail {
    No,
    Raised,
}

pub(super) type P<T = Node> = Result<T, Fail>;

/// A token as the rules see it.
#[derive(Clone, Copy)]
pub(super) struct Tok<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub start: usize,
    pub end: usize,
    /// Brackets open behind it.
    pub level: usize,
}

/// Rules whose results are kept. CPython keeps those up to `TString`, over both kinds of rules below
/// `expression_without_invalid`, which its errors show; the others are kept apart for either kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rule {
    SimpleStmt,
    Block,
    Expression,
    StarExpression,
    InvalidNamedExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    ShiftExpr,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TPrimary,
    Strings,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    ClosedPattern,
    TypeParam,
    TString,
    NamedExpression,
    Comparison,
    Atom,
    Args,
    StarTargets,
    OrPattern,
    Slices,
    Genexp,
    ForIfClauses,
    FString,
    Kwargs,
}

pub(super) struct Parser<'a> {
    pub report: &'a Report<'a>,
    pub toks: Vec<Tok<'a>>,
    pub mark: usize,
    /// Tokens that any rule has read so far.
    pub fill: usize,
    /// The second pass, in which the `invalid_` rules apply.
    pub invalid: bool,
    memo: HashMap<(Rule, bool, usize), (Option<Node>, usize)>,
    pub error: Option<Box<Diagnostic>>,
    depth: usize,
    /// Line of the last compound statement. CPython: Parser/pegen.h, last_stmt_location
    last_stmt: i32,
}

/// Rules within rules before the parser gives up. CPython's own limit (MAXSTACK) counts finer rules than these.
const MAX_DEPTH: usize = 6000;

/// Tries alternatives in order: the first that matches is the result.
macro_rules! alt {
    ($p:ident; $($body:block)+) => {{
        let start = $p.mark;
        $(
            #[allow(clippy::redundant_closure_call)]
            match (|| -> P<_> { $body })() {
                Err(Fail::No) => $p.mark = start,
                other => return other,
            }
        )+
        Err(Fail::No)
    }};
}
pub(super) use alt;

/// The error of a refused source; `None` if the grammar takes it.
pub(super) fn diagnose(report: &Report<'_>, mode: Mode) -> Option<Box<Diagnostic>> {
    let mut p = Parser {
        report,
        toks: tokens(report, mode),
        mark: 0,
        fill: 0,
        invalid: false,
        memo: HashMap::default(),
        error: None,
        depth: 0,
        last_stmt: 0,
    };
    let start = |p: &mut Parser<'_>| match mode {
        Mode::Exec => statements::file(p),
        Mode::Single => statements::interactive(p),
        Mode::Eval => expressions::eval(p),
    };
    if start(&mut p).is_ok() {
        return None;
    }
    let incomplete = p.is_end_of_source();
    let mut error = p.second_pass(start);
    error.grammar = Some(GrammarState {
        last_stmt: p.last_stmt,
        incomplete,
    });
    Some(error)
}

/// CPython's tokens for the rules; in `single` mode the end of the input ends a line first.
fn tokens<'a>(report: &'a Report<'a>, mode: Mode) -> Vec<Tok<'a>> {
    let source = &report.source.text;
    let mut level = 0usize;
    let mut out: Vec<Tok<'a>> = Vec::with_capacity(report.tokenized.tokens.len());
    for t in &report.tokenized.tokens {
        let (start, end) = (t.start.min(source.len()), t.end.min(source.len()));
        let text = source.get(start..end).unwrap_or("");
        if t.kind == Kind::Op {
            match text {
                "(" | "[" | "{" => level += 1,
                ")" | "]" | "}" => level = level.saturating_sub(1),
                _ => {}
            }
        }
        out.push(Tok {
            kind: t.kind,
            text,
            start: t.start,
            end: t.end,
            level,
        });
    }
    if mode == Mode::Single && out.len() > 1 && out.last().is_some_and(|t| t.kind == Kind::EndMarker) {
        let dedents = out[..out.len() - 1]
            .iter()
            .rev()
            .take_while(|t| t.kind == Kind::Dedent)
            .count();
        let before = out.len() - 1 - dedents;
        let is_complete = before > 0 && out[before - 1].kind == Kind::Newline;
        let at = if is_complete { out.len() - 1 } else { before };
        let end = source.len();
        out.insert(
            at,
            Tok {
                kind: Kind::Newline,
                text: "",
                start: end,
                end: end + usize::from(!is_complete),
                level: 0,
            },
        );
    }
    out
}

impl<'a> Parser<'a> {
    /// Whether the rules have asked for what is behind the end. CPython: Parser/pegen.c, _is_end_of_source
    fn is_end_of_source(&self) -> bool {
        match self.toks.get(self.fill.saturating_sub(1)) {
            Some(t) => t.kind == Kind::EndMarker || t.kind == Kind::Dedent && t.start >= self.report.source.text.len(),
            None => self.report.tokenized.error.as_ref().is_none_or(|e| {
                e.message.starts_with("unexpected EOF") || e.message.starts_with("unterminated triple-quoted")
            }),
        }
    }

    /// A compound statement from token `start` has been read. CPython: Parser/action_helpers.c, _PyPegen_register_stmts
    fn register_stmt(&mut self, start: usize) {
        if !self.invalid {
            return;
        }
        // A class stands behind its decorators; functions do not count.
        let mut at = start;
        while self.toks[at].text == "@" {
            let decorator = self.toks[at..].iter().take_while(|t| t.kind != Kind::Newline);
            at = (at + decorator.count() + 1).min(self.toks.len() - 1);
        }
        let word = |at: usize| self.toks.get(at).map_or("", |t| t.text);
        if word(at) == "def" || word(at) == "async" && word(at + 1) == "def" {
            return;
        }
        self.last_stmt = self.last_stmt.max(self.report.chars(self.toks[at].start).0);
    }

    /// The error of the first pass, or else what the `invalid_` rules find, or else where the first pass came to.
    /// CPython: Parser/pegen.c, _PyPegen_run_parser; Parser/pegen_errors.c, _PyPegen_set_syntax_error
    fn second_pass(&mut self, start: impl Fn(&mut Self) -> P) -> Box<Diagnostic> {
        if let Some(error) = self.error.take() {
            return self.prefer_tokenizer(error);
        }
        let last = self.fill.saturating_sub(1);
        self.memo.clear();
        self.mark = 0;
        self.invalid = true;
        let _ = start(self);
        if let Some(error) = self.error.take() {
            return self.prefer_tokenizer(error);
        }
        let report = self.report;
        let indentation = match self.toks.get(last).map(|t| t.kind) {
            Some(Kind::Indent) => Some("unexpected indent"),
            Some(Kind::Dedent) => Some("unexpected unindent"),
            _ => None,
        };
        if let Some(message) = indentation {
            let furthest = self.toks.get(self.fill.saturating_sub(1));
            return report.at_last(ErrorClass::IndentationError, message, furthest);
        }
        self.prefer_tokenizer(report.at_tok("invalid syntax", self.toks.get(last)))
    }

    /// An error of the tokenizer behind the tokens read so far goes before one of the grammar, and so does a bracket
    /// that was opened on an earlier line and never closed. CPython: _PyPegen_tokenize_full_source_to_check_for_errors
    fn prefer_tokenizer(&self, error: Box<Diagnostic>) -> Box<Diagnostic> {
        let all_read = self.fill > self.toks.len();
        if !error.class.is_syntax_error() || all_read {
            return error;
        }
        if let Some(e) = &self.report.tokenized.error {
            if e.overrides {
                return self.report.token_error(e);
            }
            // The others end the search, with brackets looked at all the same.
        }
        let line = match self.toks.get(self.fill.saturating_sub(1)) {
            Some(t) => self.report.chars(t.start).0,
            None => i32::MAX,
        };
        self.report.unclosed(Some(line)).unwrap_or(error)
    }

    // Tokens

    /// The next token; reading past a damaged place raises the tokenizer's error.
    pub fn peek(&mut self) -> P<Tok<'a>> {
        if self.error.is_some() {
            return Err(Fail::Raised);
        }
        let at_end = match self.toks.get(self.mark) {
            Some(t) => t.kind == Kind::EndMarker && !self.report.tokenized.open.is_empty(),
            None => true,
        };
        if !at_end {
            self.fill = self.fill.max(self.mark + 1);
            return Ok(self.toks[self.mark]);
        }
        let error = match &self.report.tokenized.error {
            // The input that ends in a bracket is missing the bracket first of all.
            Some(e) if e.message.starts_with("unexpected EOF") && !self.report.tokenized.open.is_empty() => {
                self.report.unclosed(None).unwrap_or_else(|| self.report.token_error(e))
            }
            Some(e) if self.mark >= self.toks.len() => self.report.token_error(e),
            _ => match self.report.unclosed(None) {
                Some(d) => d,
                // Behind the end marker there is nothing that a rule asks for.
                None => return Err(Fail::No),
            },
        };
        self.fill = self.toks.len() + 1;
        self.error = Some(error);
        Err(Fail::Raised)
    }

    fn take(&mut self, what: What) -> Node {
        let at = self.mark;
        self.mark += 1;
        Rc::new(NodeData {
            what,
            start: at,
            end: at,
            items: Vec::new(),
        })
    }

    pub fn is(&mut self, text: &str) -> P<bool> {
        let t = self.peek()?;
        Ok(t.text == text && (t.kind == Kind::Op || t.kind == Kind::Name))
    }

    /// An operator or a keyword, soft ones too.
    pub fn t(&mut self, text: &str) -> P {
        if self.is(text)? {
            Ok(self.take(What::Other))
        } else {
            Err(Fail::No)
        }
    }

    pub fn any(&mut self, texts: &[&str]) -> P {
        for text in texts {
            if self.is(text)? {
                return Ok(self.take(What::Other));
            }
        }
        Err(Fail::No)
    }

    pub fn kind(&mut self, kind: Kind) -> P {
        if self.peek()?.kind == kind {
            let what = if kind == Kind::Number {
                What::Literal
            } else {
                What::Other
            };
            Ok(self.take(what))
        } else {
            Err(Fail::No)
        }
    }

    pub fn name(&mut self) -> P {
        let t = self.peek()?;
        if t.kind == Kind::Name && !is_keyword(t.text) {
            Ok(self.take(What::Name))
        } else {
            Err(Fail::No)
        }
    }

    pub fn newline(&mut self) -> P {
        self.kind(Kind::Newline)
    }

    /// A token that has to be there. CPython: _PyPegen_expect_forced_token
    pub fn force(&mut self, text: &str) -> P {
        if self.is(text)? {
            return Ok(self.take(What::Other));
        }
        let error = self
            .report
            .at_tok(&format!("expected '{text}'"), self.toks.get(self.mark));
        self.set(error)
    }

    // Combinators; each leaves the position where it was if it does not match

    pub fn opt<T>(&mut self, f: impl FnOnce(&mut Self) -> P<T>) -> P<Option<T>> {
        let start = self.mark;
        match f(self) {
            Ok(value) => Ok(Some(value)),
            Err(Fail::No) => {
                self.mark = start;
                Ok(None)
            }
            Err(Fail::Raised) => Err(Fail::Raised),
        }
    }

    pub fn look<T>(&mut self, f: impl FnOnce(&mut Self) -> P<T>) -> P<()> {
        let start = self.mark;
        let found = self.opt(f)?.is_some();
        self.mark = start;
        if found { Ok(()) } else { Err(Fail::No) }
    }

    pub fn not<T>(&mut self, f: impl FnOnce(&mut Self) -> P<T>) -> P<()> {
        let start = self.mark;
        let found = self.opt(f)?.is_some();
        self.mark = start;
        if found { Err(Fail::No) } else { Ok(()) }
    }

    pub fn many0<T>(&mut self, f: impl Fn(&mut Self) -> P<T>) -> P<Vec<T>> {
        let mut out = Vec::new();
        while let Some(item) = self.opt(&f)? {
            out.push(item);
        }
        Ok(out)
    }

    pub fn many1<T>(&mut self, f: impl Fn(&mut Self) -> P<T>) -> P<Vec<T>> {
        let mut out = vec![f(self)?];
        out.append(&mut self.many0(f)?);
        Ok(out)
    }

    /// One or more, with `separator` between them.
    pub fn list<T>(&mut self, separator: &str, f: impl Fn(&mut Self) -> P<T>) -> P<Vec<T>> {
        let mut out = vec![f(self)?];
        let f = &f;
        while let Some(item) = self.opt(|p| {
            p.t(separator)?;
            f(p)
        })? {
            out.push(item);
        }
        Ok(out)
    }

    pub fn memo(&mut self, rule: Rule, f: impl FnOnce(&mut Self) -> P) -> P {
        let start = self.mark;
        let key = (rule, self.invalid && rule > Rule::TString, start);
        if let Some((node, end)) = self.memo.get(&key) {
            self.mark = *end;
            return node.clone().ok_or(Fail::No);
        }
        if self.depth >= MAX_DEPTH {
            let error = Diagnostic::new(
                ErrorClass::MemoryError,
                "Parser stack overflowed - Python source too complex to parse",
            );
            return self.set(error);
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        match &result {
            Ok(node) => {
                self.memo.insert(key, (Some(node.clone()), self.mark));
            }
            Err(Fail::No) => {
                self.mark = start;
                self.memo.insert(key, (None, start));
            }
            Err(Fail::Raised) => {}
        }
        result
    }

    // Nodes

    /// A node from token `start` to the last one taken.
    pub fn node(&self, what: What, start: usize, items: Vec<Node>) -> Node {
        Rc::new(NodeData {
            what,
            start,
            end: self.mark.saturating_sub(1).max(start),
            items,
        })
    }

    pub fn other(&self, start: usize) -> P {
        Ok(self.node(What::Other, start, Vec::new()))
    }

    // Errors; an `invalid_` rule that found its error returns one of these

    pub fn set<T>(&mut self, error: Box<Diagnostic>) -> P<T> {
        if self.error.is_none() {
            self.error = Some(error);
        }
        Err(Fail::Raised)
    }

    /// At the furthest token read. CPython: RAISE_SYNTAX_ERROR
    pub fn raise<T>(&mut self, message: &str) -> P<T> {
        let last = self.toks.get(self.fill.saturating_sub(1));
        let error = self.report.at_last(ErrorClass::SyntaxError, message, last);
        self.set(error)
    }

    /// CPython: RAISE_INDENTATION_ERROR
    pub fn raise_indentation<T>(&mut self, message: &str) -> P<T> {
        let last = self.toks.get(self.fill.saturating_sub(1));
        let error = self.report.at_last(ErrorClass::IndentationError, message, last);
        self.set(error)
    }

    /// "expected an indented block after ... on line N", N being that of token `at`.
    pub fn no_block<T>(&mut self, after: &str, at: &Node) -> P<T> {
        let line = self.report.chars(self.toks[at.start].start).0;
        self.raise_indentation(&format!("expected an indented block after {after} on line {line}"))
    }

    /// CPython: RAISE_SYNTAX_ERROR_ON_NEXT_TOKEN
    pub fn raise_on_next<T>(&mut self, message: &str) -> P<T> {
        self.peek()?;
        let error = self
            .report
            .at_last(ErrorClass::SyntaxError, message, self.toks.get(self.mark));
        self.set(error)
    }

    /// CPython: RAISE_SYNTAX_ERROR_KNOWN_LOCATION
    pub fn raise_at<T>(&mut self, at: &Node, message: &str) -> P<T> {
        self.raise_range(at, at, message)
    }

    /// CPython: RAISE_SYNTAX_ERROR_KNOWN_RANGE
    pub fn raise_range<T>(&mut self, from: &Node, to: &Node, message: &str) -> P<T> {
        let error = if from.start == to.end {
            self.report.at_tok(message, self.toks.get(from.start))
        } else {
            let (start, end) = (self.toks[from.start].start, self.toks[to.end].end);
            self.report.span(ErrorClass::SyntaxError, message, start, end)
        };
        self.set(error)
    }

    /// From a node to where the tokenizer stands. CPython: RAISE_SYNTAX_ERROR_STARTING_FROM
    pub fn raise_from<T>(&mut self, from: &Node, message: &str) -> P<T> {
        let mut error = self.report.at_tok(message, self.toks.get(from.start));
        if let Some(last) = self.toks.get(self.fill.saturating_sub(1)) {
            let (line, column) = if last.kind == Kind::Newline {
                let (line, column) = self.report.chars(last.start);
                (line, column + 1)
            } else {
                self.report.chars(last.end)
            };
            (error.end_lineno, error.end_offset) = (line, column - 1);
        }
        self.set(error)
    }

    /// Raises for the part of `node` that cannot be a target, if there is one.
    /// CPython: Parser/pegen.h, RAISE_SYNTAX_ERROR_INVALID_TARGET
    pub fn raise_invalid_target<T>(&mut self, targets: Targets, node: &Node) -> P<T> {
        let Some(bad) = invalid_target(node, targets) else {
            return Err(Fail::No);
        };
        let verb = if targets == Targets::Del { "delete" } else { "assign to" };
        self.raise_at(&bad, &format!("cannot {verb} {}", bad.what.name()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Targets {
    Star,
    Del,
    For,
}

/// CPython: Parser/action_helpers.c, _PyPegen_get_invalid_target
fn invalid_target(node: &Node, targets: Targets) -> Option<Node> {
    match node.what {
        What::List | What::Tuple => node.items.iter().find_map(|item| invalid_target(item, targets)),
        What::Starred if targets == Targets::Del => Some(node.clone()),
        What::Starred => node.items.first().and_then(|value| invalid_target(value, targets)),
        What::Compare(first_is_in) if targets == Targets::For => {
            let left = node.items.first().filter(|_| first_is_in)?;
            invalid_target(left, targets)
        }
        What::Name | What::Subscript | What::Attribute => None,
        _ => Some(node.clone()),
    }
}
