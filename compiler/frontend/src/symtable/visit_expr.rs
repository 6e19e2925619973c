//! The first pass over expressions.

use super::{Block, Builder, CompKind, TOP, def};
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::*;

impl Builder<'_> {
    pub(super) fn visit_exprs(&mut self, exprs: &[Expr]) -> Result<()> {
        exprs.iter().try_for_each(|e| self.visit_expr(e))
    }

    pub(super) fn visit_opt(&mut self, e: Option<&Expr>) -> Result<()> {
        e.map_or(Ok(()), |e| self.visit_expr(e))
    }

    pub(super) fn allows_top_level_await(&mut self) -> bool {
        self.future.allow_top_level_await && self.cur().block == Block::Module
    }

    fn is_async_def(&mut self) -> bool {
        self.cur().block == Block::Function && self.cur().coroutine
    }

    pub(super) fn visit_expr(&mut self, e: &Expr) -> Result<()> {
        match e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.raise_if_annotation_block("named expression", e)?;
                self.handle_namedexpr(e, target, value)
            }
            ExprKind::BoolOp { values, .. } => self.visit_exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.visit_expr(left)?;
                self.visit_expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.visit_expr(operand),
            ExprKind::Lambda(l) => {
                self.visit_exprs(l.args.defaults)?;
                l.args
                    .kw_defaults
                    .iter()
                    .flatten()
                    .try_for_each(|e| self.visit_expr(e))?;
                self.enter_block(known::LAMBDA, Block::Function, Some(l.id), e.loc)?;
                self.visit_arguments(&l.args)?;
                self.visit_expr(&l.body)?;
                self.exit_block();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.visit_expr(test)?;
                self.visit_expr(body)?;
                self.visit_expr(orelse)
            }
            ExprKind::Dict(Dict { keys, values }) => {
                keys.iter().flatten().try_for_each(|k| self.visit_expr(k))?;
                self.visit_exprs(values)
            }
            ExprKind::Set(elts) => self.visit_exprs(elts),
            ExprKind::ListComp(c) => self.visit_comprehension(e, c, CompKind::List),
            ExprKind::SetComp(c) => self.visit_comprehension(e, c, CompKind::Set),
            ExprKind::DictComp(c) => self.visit_comprehension(e, c, CompKind::Dict),
            ExprKind::GeneratorExp(c) => self.visit_comprehension(e, c, CompKind::Generator),
            ExprKind::Yield(value) => {
                self.raise_if_annotation_block("yield expression", e)?;
                self.visit_opt(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(e)
            }
            ExprKind::YieldFrom(value) => {
                self.raise_if_annotation_block("yield expression", e)?;
                self.visit_expr(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(e)
            }
            ExprKind::Await(value) => {
                self.raise_if_annotation_block("await expression", e)?;
                if !self.allows_top_level_await() {
                    if !self.cur().is_function_like() {
                        return Err(Diagnostic::syntax(e.loc, "'await' outside function"));
                    }
                    if !self.is_async_def() && self.cur().comprehension == CompKind::No {
                        return Err(Diagnostic::syntax(e.loc, "'await' outside async function"));
                    }
                }
                self.visit_expr(value)?;
                self.cur().coroutine = true;
                Ok(())
            }
            ExprKind::Compare(Compare { left, comparators, .. }) => {
                self.visit_expr(left)?;
                self.visit_exprs(comparators)
            }
            ExprKind::Call(Call { func, args, keywords }) => {
                self.visit_expr(func)?;
                self.visit_exprs(args)?;
                self.check_keywords(keywords)?;
                keywords.iter().try_for_each(|k| self.visit_expr(&k.value))
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.visit_expr(value)?;
                self.visit_opt(format_spec)
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.visit_exprs(values),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, e.loc, ctx)?;
                self.visit_expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.visit_expr(value)?;
                self.visit_expr(slice)
            }
            ExprKind::Starred { value, .. } => self.visit_expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.visit_opt(lower)?;
                self.visit_opt(upper)?;
                self.visit_opt(step)
            }
            ExprKind::Name { id, ctx } => self.visit_name(e, id, ctx),
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.visit_exprs(elts),
        }
    }

    fn visit_name(&mut self, e: &Expr, id: Ident, ctx: Ctx) -> Result<()> {
        if self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        let flag = if ctx == Ctx::Load { def::USE } else { def::LOCAL };
        self.add_def_ctx(id, flag, e.loc, ctx)?;
        // `super` counts as a use of `__class__`.
        if ctx == Ctx::Load && id == known::SUPER && self.cur().is_function_like() {
            self.add_def(known::CLASS, def::USE, e.loc)?;
        }
        Ok(())
    }

    /// CPython: Python/symtable.c, symtable_extend_namedexpr_scope.
    fn extend_namedexpr_scope(&mut self, e: &Expr, name: Ident) -> Result<()> {
        for id in self.stack.clone().into_iter().rev() {
            let entry = &self.table.entries[id];
            if entry.comprehension != CompKind::No {
                let target = self.lookup_in(id, name);
                if target & def::COMP_ITER != 0 && target & def::LOCAL != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{}'",
                        self.text(name)
                    );
                    return Err(Diagnostic::syntax(e.loc, message));
                }
                continue;
            }
            let what = match entry.block {
                Block::Function | Block::Annotation => {
                    if entry.block == Block::Annotation {
                        continue;
                    }
                    let global = self.lookup_in(id, name) & def::GLOBAL != 0;
                    self.add_def(name, if global { def::GLOBAL } else { def::NONLOCAL }, e.loc)?;
                    self.record_directive(name, e.loc);
                    return self.add_def_helper(name, def::LOCAL, id, e.loc);
                }
                Block::Module => {
                    self.add_def(name, def::GLOBAL, e.loc)?;
                    self.record_directive(name, e.loc);
                    return self.add_def_helper(name, def::GLOBAL, TOP, e.loc);
                }
                Block::Class => "in a class body",
                Block::TypeParameters => "within the definition of a generic",
                Block::TypeAlias => "in a type alias",
                Block::TypeVariable => "in a TypeVar bound",
            };
            return Err(Diagnostic::syntax(
                e.loc,
                format!("assignment expression within a comprehension cannot be used {what}"),
            ));
        }
        Err(Diagnostic::internal(
            "symtable",
            "assignment expression outside any block",
        ))
    }

    fn handle_namedexpr(&mut self, e: &Expr, target: &Expr, value: &Expr) -> Result<()> {
        if self.cur().comp_iter_expr > 0 {
            return Err(Diagnostic::syntax(
                e.loc,
                "assignment expression cannot be used in a comprehension iterable expression",
            ));
        }
        if self.cur().comprehension != CompKind::No
            && let ExprKind::Name { id, .. } = target.kind
        {
            self.extend_namedexpr_scope(target, id)?;
        }
        self.visit_expr(value)?;
        self.visit_expr(target)
    }

    fn visit_comprehension(&mut self, e: &Expr, c: &Comp, kind: CompKind) -> Result<()> {
        let name = match kind {
            CompKind::List => known::LISTCOMP,
            CompKind::Set => known::SETCOMP,
            CompKind::Dict => known::DICTCOMP,
            CompKind::Generator | CompKind::No => known::GENEXPR,
        };
        let is_generator = kind == CompKind::Generator;
        let [outermost, rest @ ..] = c.generators else {
            return Err(Diagnostic::internal("symtable", "comprehension without a for"));
        };
        self.cur().comp_iter_expr += 1;
        self.visit_expr(&outermost.iter)?;
        self.cur().comp_iter_expr -= 1;
        self.enter_block(name, Block::Function, Some(c.id), e.loc)?;
        self.cur().comprehension = kind;
        if outermost.is_async {
            self.cur().coroutine = true;
        }
        self.add_def(known::DOT_0, def::PARAM, e.loc)?;
        self.visit_iteration_target(&outermost.target)?;
        self.visit_exprs(outermost.ifs)?;
        for generator in rest {
            self.visit_iteration_target(&generator.target)?;
            self.cur().comp_iter_expr += 1;
            self.visit_expr(&generator.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.visit_exprs(generator.ifs)?;
            if generator.is_async {
                self.cur().coroutine = true;
            }
        }
        if let Some(value) = &c.value {
            self.visit_expr(value)?;
        }
        self.visit_expr(&c.elt)?;
        self.cur().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.is_async_def() && self.cur().comprehension == CompKind::No && !self.allows_top_level_await() {
                return Err(Diagnostic::syntax(
                    e.loc,
                    "asynchronous comprehension outside of an asynchronous function",
                ));
            }
            self.cur().coroutine = true;
        }
        Ok(())
    }

    fn visit_iteration_target(&mut self, target: &Expr) -> Result<()> {
        self.cur().comp_iter_target = true;
        self.visit_expr(target)?;
        self.cur().comp_iter_target = false;
        Ok(())
    }

    fn raise_if_annotation_block(&mut self, name: &str, e: &Expr) -> Result<()> {
        let place = match self.cur().block {
            Block::Annotation => "an annotation",
            Block::TypeVariable => self.cur().scope_info,
            Block::TypeAlias => "a type alias",
            Block::TypeParameters => "the definition of a generic",
            Block::Function | Block::Class | Block::Module => return Ok(()),
        };
        Err(Diagnostic::syntax(
            e.loc,
            format!("{name} cannot be used within {place}"),
        ))
    }

    fn raise_if_comprehension_block(&mut self, e: &Expr) -> Result<()> {
        let place = match self.cur().comprehension {
            CompKind::No => return Ok(()),
            CompKind::List => "list comprehension",
            CompKind::Set => "set comprehension",
            CompKind::Dict => "dict comprehension",
            CompKind::Generator => "generator expression",
        };
        Err(Diagnostic::syntax(e.loc, format!("'yield' inside {place}")))
    }
}
