//! The parser's tree to ours: one function per node kind, by family. In: ruff's nodes, free of errors, and the source.
//! Out: `ast` nodes with CPython's positions. The surprising decision: what the parser's ranges lack is read back from
//! the source text (the `def` after decorators, a `;` that ends a block's last line, the parentheses of a sole
//! generator argument).
//!
//! CPython: Grammar/python.gram (which tokens a node spans), Parser/action_helpers.c.

mod expr;
mod number;
mod pattern;
mod stmt;
mod string;

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

pub use string::escape_error;

use super::ast::{Constant, Expr, Ident, Location, NodeId, Stmt};
use super::source::SourceText;
use crate::diagnostic::{Diagnostic, ErrorClass, Result, Warning};

pub struct Lower<'a> {
    source: &'a SourceText,
    next_id: u32,
    depth: u32,
    /// Rules that CPython's parser would have open for operands that stand to the right of their operators.
    rules: u32,
    /// Replacement fields around the current one in the same f-string.
    field_depth: u32,
    /// Bytes at which `pass` stands for a bare `raise`.
    bare_raises: Vec<u32>,
    /// One text for all uses of a name.
    names: FxHashMap<&'a str, Ident>,
    pub warnings: Vec<Warning>,
}

/// Deepest nesting of statements and expressions that is compiled. CPython 3.14 stops where its C stack ends; this
/// many levels fit the stack that `compile` runs on.
pub const MAX_DEPTH: u32 = 12_000;

/// Rules of CPython's parser that may be open inside each other (MAXSTACK), less those of a plain statement.
/// CPython: Parser/pegen.h, Parser/parser.c
const MAX_RULES: u32 = 5967;

fn too_complex() -> Box<Diagnostic> {
    Diagnostic::new(
        ErrorClass::MemoryError,
        "Parser stack overflowed - Python source too complex to parse",
    )
}

impl<'a> Lower<'a> {
    pub fn new(source: &'a SourceText, bare_raises: Vec<u32>) -> Self {
        Lower {
            source,
            next_id: 0,
            depth: 0,
            rules: 0,
            field_depth: 0,
            bare_raises,
            names: FxHashMap::default(),
            warnings: Vec::new(),
        }
    }

    fn id(&mut self) -> NodeId {
        self.next_id += 1;
        NodeId(self.next_id)
    }

    fn loc(&self, range: TextRange) -> Location {
        self.source.location(range.start().to_u32(), range.end().to_u32())
    }

    fn text(&self) -> &'a str {
        &self.source.text
    }

    fn ident(&mut self, identifier: &ruff::Identifier) -> Ident {
        self.name(identifier.id.as_str(), identifier.range)
    }

    /// The name at `range`; as written there, unless it had to be normalised.
    fn name(&mut self, name: &str, range: TextRange) -> Ident {
        let written = self.text().get(range.start().to_usize()..range.end().to_usize());
        match written.filter(|written| *written == name) {
            Some(written) => self
                .names
                .entry(written)
                .or_insert_with(|| Ident::from(written))
                .clone(),
            None => Ident::from(name),
        }
    }

    fn opt_ident(&mut self, identifier: &Option<ruff::Identifier>) -> Option<Ident> {
        identifier.as_ref().map(|i| self.ident(i))
    }

    /// Runs `f` one level deeper.
    fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Diagnostic::new(
                ErrorClass::RecursionError,
                "maximum recursion depth exceeded during compilation",
            ));
        }
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// The range of a compound statement: a `;` after its last simple statement belongs to it.
    fn block_range(&self, range: TextRange) -> TextRange {
        let end = range.end().to_usize();
        let rest = self.text()[end..].trim_start_matches([' ', '\t', '\x0c']);
        if rest.starts_with(';') {
            let at = self.text().len() - rest.len() + 1;
            return TextRange::new(range.start(), (at as u32).into());
        }
        range
    }

    /// First byte of the keyword that follows the decorators: skips white space, comments and joined lines.
    fn after_decorators(&self, range: TextRange, decorators: &[ruff::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let text = self.text().as_bytes();
        let mut at = last.range().end().to_usize();
        while let Some(&b) = text.get(at) {
            match b {
                b'#' => {
                    while text.get(at).is_some_and(|b| *b != b'\n') {
                        at += 1;
                    }
                }
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\\' | b')' => at += 1,
                _ => break,
            }
        }
        TextRange::new((at as u32).into(), range.end())
    }

    pub fn top_expr(&mut self, expr: &ruff::Expr) -> Result<Expr> {
        self.expr(expr)
    }

    pub fn body(&mut self, stmts: &[ruff::Stmt]) -> Result<Vec<Stmt>> {
        stmts.iter().map(|s| self.stmt(s)).collect()
    }
}

fn no_value() -> Constant {
    Constant::None
}
