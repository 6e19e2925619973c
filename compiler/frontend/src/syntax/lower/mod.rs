//! The parser's tree to ours: one function per node kind, by family. In: ruff's nodes, free of errors, and the source.
//! Out: `ast` nodes with CPython's positions. The surprising decision: what the parser's ranges lack is read back from
//! the source text (the `def` after decorators, a `;` that ends a block's last line, the parentheses of a sole
//! generator argument).
//!
//! CPython: Grammar/python.gram (which tokens a node spans), Parser/action_helpers.c.

mod expr;
mod format;
mod number;
mod pattern;
mod stmt;
mod string;

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

pub use string::{escape_error, unescape_source};

use super::ast::*;
use super::source::SourceText;
use crate::diagnostic::{Diagnostic, ErrorClass, Result, Warning, WarningCategory};
use crate::names::Names;

pub struct Lower<'a, 't> {
    source: &'a SourceText,
    pub(super) nodes: &'t Nodes,
    pub names: Names,
    optimize: u8,
    future_annotations: bool,
    /// Whether `__debug__` and formats are rewritten here.
    rewrites: bool,
    /// What `return`, `break` and `continue` would leave first.
    contexts: Vec<Context>,
    next_id: u32,
    depth: u32,
    /// Rules that CPython's parser would have open for operands that stand to the right of their operators.
    rules: u32,
    /// Replacement fields around the current one in the same f-string.
    field_depth: u32,
    /// Bytes at which `pass` stands for a bare `raise`.
    bare_raises: Vec<u32>,
    /// About literals.
    pub warnings: Vec<Warning>,
    /// About leaving `finally` blocks.
    pub finally_warnings: Vec<Warning>,
}

/// A block that `return`, `break` or `continue` may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    Finally,
    Function,
    Loop,
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

impl<'a, 't> Lower<'a, 't> {
    pub fn new(source: &'a SourceText, nodes: &'t Nodes, optimize: u8, future_annotations: bool) -> Self {
        Lower {
            source,
            nodes,
            names: Names::new(),
            optimize,
            future_annotations,
            rewrites: true,
            contexts: Vec::new(),
            next_id: 0,
            depth: 0,
            rules: 0,
            field_depth: 0,
            bare_raises: Vec::new(),
            warnings: Vec::new(),
            finally_warnings: Vec::new(),
        }
    }

    /// Bytes at which `pass` stands for a bare `raise`.
    pub fn with_bare_raises(self, bare_raises: Vec<u32>) -> Self {
        Lower { bare_raises, ..self }
    }

    pub(super) fn id(&mut self) -> NodeId {
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
        self.names.intern(identifier.id.as_bytes())
    }

    fn opt_ident(&mut self, identifier: &Option<ruff::Identifier>) -> Option<Ident> {
        identifier.as_ref().map(|i| self.ident(i))
    }

    fn constant(&self, loc: Location, value: Constant) -> Expr<'t> {
        Expr {
            loc,
            kind: ExprKind::Constant {
                value: self.nodes.constant(value),
                u_prefix: false,
            },
        }
    }

    /// Runs `f` with the rewriting of expressions on or off.
    fn rewriting<T>(&mut self, rewrites: bool, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.rewrites, rewrites);
        let result = f(self);
        self.rewrites = before;
        result
    }

    /// Annotations that are kept as strings are kept as written.
    fn annotation(&mut self, annotation: &ruff::Expr) -> Result<&'t Expr<'t>> {
        let rewrites = self.rewrites && !self.future_annotations;
        self.rewriting(rewrites, |l| l.boxed(annotation))
    }

    fn opt_annotation(&mut self, annotation: &Option<Box<ruff::Expr>>) -> Result<Option<&'t Expr<'t>>> {
        annotation.as_ref().map(|e| self.annotation(e)).transpose()
    }

    fn within<T>(&mut self, context: Context, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let entered = self.enter(context);
        let result = f(self);
        self.leave(entered);
        result
    }

    /// Returns what `leave` wants. CPython: Python/ast_preprocess.c, push_c_array and its callers
    pub(super) fn enter(&mut self, context: Context) -> bool {
        let counts = context == Context::Finally || !self.contexts.is_empty();
        if counts {
            self.contexts.push(context);
        }
        counts
    }

    pub(super) fn leave(&mut self, entered: bool) {
        if entered {
            self.contexts.pop();
        }
    }

    pub(super) fn leaving(&mut self, what: &str, loc: Location) {
        if self.contexts.last() == Some(&Context::Finally) {
            self.finally_warnings.push(Warning {
                category: WarningCategory::SyntaxWarning,
                message: format!("'{what}' in a 'finally' block"),
                loc,
            });
        }
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

    pub fn top_expr(&mut self, expr: &ruff::Expr) -> Result<&'t Expr<'t>> {
        self.boxed(expr)
    }

    pub fn body(&mut self, stmts: &[ruff::Stmt]) -> Result<&'t [Stmt<'t>]> {
        Ok(self.nodes.list(&self.stmts(stmts)?))
    }

    fn stmts(&mut self, stmts: &[ruff::Stmt]) -> Result<Vec<Stmt<'t>>> {
        stmts.iter().map(|s| self.stmt(s)).collect()
    }

    /// A body that may start with a docstring, which `-OO` takes away.
    /// CPython: Python/ast_preprocess.c, astfold_body
    pub fn documented_body(&mut self, stmts: &[ruff::Stmt]) -> Result<&'t [Stmt<'t>]> {
        let body = self.stmts(stmts)?;
        Ok(self.documented(&body))
    }

    pub(super) fn documented(&self, body: &[Stmt<'t>]) -> &'t [Stmt<'t>] {
        if self.optimize < 2 || docstring(body).is_none() {
            return self.nodes.list(body);
        }
        let mut body = body.to_vec();
        let removed = body.remove(0);
        if body.is_empty() {
            let Location { lineno, col_offset, .. } = removed.loc;
            let loc = Location::new(lineno, lineno, col_offset, col_offset + "pass".len() as i32);
            body.push(Stmt {
                loc,
                kind: StmtKind::Pass,
            });
        }
        // A string that has become the first statement only now is no docstring.
        if let Some(value) = docstring(&body) {
            let loc = body[0].loc;
            let kind = ExprKind::JoinedStr(self.nodes.list(&[*value]));
            body[0].kind = StmtKind::Expr(self.nodes.one(Expr { loc, kind }));
        }
        self.nodes.list(&body)
    }
}

/// What the quick parser makes nodes with.
impl<'t> Lower<'_, 't> {
    pub(super) fn load_name(&self, loc: Location, id: Ident) -> Expr<'t> {
        if id == known::DEBUG && self.rewrites {
            return self.constant(loc, Constant::Bool(self.optimize == 0));
        }
        Expr {
            loc,
            kind: ExprKind::Name { id, ctx: Ctx::Load },
        }
    }

    /// A binary operation, or the f-string that it is.
    pub(super) fn binary(&self, left: Expr<'t>, op: Operator, right: Expr<'t>) -> ExprKind<'t> {
        if op == Operator::Mod
            && self.rewrites
            && let Some(Constant::Str(format)) = left.as_constant()
            && let ExprKind::Tuple { elts, .. } = right.kind
            && let Some(kind) = self.optimized_format(format, elts)
        {
            return kind;
        }
        ExprKind::BinOp {
            left: self.nodes.one(left),
            op,
            right: self.nodes.one(right),
        }
    }

    /// From here on annotations are kept as strings.
    pub(super) fn keep_annotations(&mut self) {
        self.future_annotations = true;
    }

    /// Returns what `end_annotation` wants.
    pub(super) fn start_annotation(&mut self) -> bool {
        let rewrites = self.rewrites && !self.future_annotations;
        std::mem::replace(&mut self.rewrites, rewrites)
    }

    pub(super) fn end_annotation(&mut self, before: bool) {
        self.rewrites = before;
    }

    /// What reading an expression changes, for `reset`.
    pub(super) fn mark(&self) -> (u32, usize) {
        (self.next_id, self.warnings.len())
    }

    pub(super) fn reset(&mut self, mark: (u32, usize)) {
        self.next_id = mark.0;
        self.warnings.truncate(mark.1);
    }
}
