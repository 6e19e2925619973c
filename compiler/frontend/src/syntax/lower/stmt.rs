//! Statements, parameters and type parameters.

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

use super::super::ast::*;
use super::{Context, Lower};
use super::{MAX_RULES, too_complex};
use crate::diagnostic::{Diagnostic, Result};

impl<'t> Lower<'_, 't> {
    pub(super) fn stmt(&mut self, stmt: &ruff::Stmt) -> Result<Stmt<'t>> {
        self.nested(|l| l.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &ruff::Stmt) -> Result<Stmt<'t>> {
        let loc = self.loc(stmt.range());
        let block_loc = |l: &Self, range| l.loc(l.block_range(range));
        let (loc, kind) = match stmt {
            ruff::Stmt::FunctionDef(s) => {
                let range = self.after_decorators(self.block_range(s.range), &s.decorator_list);
                let def = FunctionDef {
                    id: self.id(),
                    name: self.ident(&s.name),
                    args: self.arguments(Some(&s.parameters))?,
                    body: self.within(Context::Function, |l| l.documented_body(&s.body))?,
                    decorator_list: self.decorators(&s.decorator_list)?,
                    returns: self.opt_annotation(&s.returns)?,
                    type_params: self.type_params(&s.type_params)?,
                    is_async: s.is_async,
                };
                (self.loc(range), StmtKind::FunctionDef(self.nodes.one(def)))
            }
            ruff::Stmt::ClassDef(s) => {
                let range = self.after_decorators(self.block_range(s.range), &s.decorator_list);
                let (bases, keywords) = match &s.arguments {
                    Some(arguments) => self.call_arguments(arguments)?,
                    None => (&[][..], &[][..]),
                };
                let def = ClassDef {
                    id: self.id(),
                    name: self.ident(&s.name),
                    bases,
                    keywords,
                    body: self.documented_body(&s.body)?,
                    decorator_list: self.decorators(&s.decorator_list)?,
                    type_params: self.type_params(&s.type_params)?,
                };
                (self.loc(range), StmtKind::ClassDef(self.nodes.one(def)))
            }
            ruff::Stmt::Return(s) => {
                self.leaving("return", loc);
                (loc, StmtKind::Return(self.opt_expr(&s.value)?))
            }
            ruff::Stmt::Delete(s) => (loc, StmtKind::Delete(self.exprs(&s.targets)?)),
            ruff::Stmt::TypeAlias(s) => {
                let alias = TypeAlias {
                    id: self.id(),
                    name: self.boxed(&s.name)?,
                    type_params: self.type_params(&s.type_params)?,
                    value: self.boxed(&s.value)?,
                };
                (loc, StmtKind::TypeAlias(self.nodes.one(alias)))
            }
            ruff::Stmt::Assign(s) => (
                loc,
                StmtKind::Assign {
                    targets: self.exprs(&s.targets)?,
                    value: self.boxed(&s.value)?,
                },
            ),
            ruff::Stmt::AugAssign(s) => {
                let target = self.boxed(&s.target)?;
                (
                    loc,
                    StmtKind::AugAssign {
                        target,
                        op: operator(s.op),
                        value: self.boxed(&s.value)?,
                    },
                )
            }
            ruff::Stmt::AnnAssign(s) => {
                let ann = self.nodes.one(AnnAssign {
                    target: self.boxed(&s.target)?,
                    annotation: self.annotation(&s.annotation)?,
                    value: self.opt_expr(&s.value)?,
                    simple: s.simple,
                });
                (loc, StmtKind::AnnAssign(ann))
            }
            ruff::Stmt::For(s) => {
                let node = self.nodes.one(For {
                    target: self.boxed(&s.target)?,
                    iter: self.boxed(&s.iter)?,
                    body: self.within(Context::Loop, |l| l.body(&s.body))?,
                    orelse: self.body(&s.orelse)?,
                });
                let kind = if s.is_async {
                    StmtKind::AsyncFor(node)
                } else {
                    StmtKind::For(node)
                };
                (block_loc(self, s.range), kind)
            }
            ruff::Stmt::While(s) => {
                let test = self.boxed(&s.test)?;
                let kind = StmtKind::While {
                    test,
                    body: self.within(Context::Loop, |l| l.body(&s.body))?,
                    orelse: self.body(&s.orelse)?,
                };
                (block_loc(self, s.range), kind)
            }
            ruff::Stmt::If(s) => {
                let test = self.boxed(&s.test)?;
                let body = self.body(&s.body)?;
                let range = self.block_range(s.range);
                let orelse = self.elif_chain(&s.elif_else_clauses, range)?;
                (self.loc(range), StmtKind::If { test, body, orelse })
            }
            ruff::Stmt::With(s) => {
                let items = s
                    .items
                    .iter()
                    .map(|item| {
                        Ok(WithItem {
                            context_expr: self.expr(&item.context_expr)?,
                            optional_vars: self.opt_expr(&item.optional_vars)?,
                        })
                    })
                    .collect::<Result<Vec<_>>>()?;
                let node = self.nodes.one(With {
                    items: self.nodes.list(&items),
                    body: self.body(&s.body)?,
                });
                let kind = if s.is_async {
                    StmtKind::AsyncWith(node)
                } else {
                    StmtKind::With(node)
                };
                (block_loc(self, s.range), kind)
            }
            ruff::Stmt::Match(s) => {
                let subject = self.boxed(&s.subject)?;
                let cases = s
                    .cases
                    .iter()
                    .map(|case| {
                        Ok(MatchCase {
                            pattern: self.pattern(&case.pattern)?,
                            guard: self.opt_expr(&case.guard)?,
                            body: self.body(&case.body)?,
                        })
                    })
                    .collect::<Result<Vec<_>>>()?;
                let cases: &[MatchCase] = self.nodes.list(&cases);
                (block_loc(self, s.range), StmtKind::Match { subject, cases })
            }
            ruff::Stmt::Raise(s) => (
                loc,
                StmtKind::Raise {
                    exc: self.opt_expr(&s.exc)?,
                    cause: self.opt_expr(&s.cause)?,
                },
            ),
            ruff::Stmt::Try(s) => {
                let body = self.body(&s.body)?;
                let handlers = s
                    .handlers
                    .iter()
                    .map(|handler| {
                        let ruff::ExceptHandler::ExceptHandler(h) = handler;
                        Ok(ExceptHandler {
                            loc: block_loc(self, h.range),
                            typ: self.opt_expr(&h.type_)?,
                            name: self.opt_ident(&h.name),
                            body: self.body(&h.body)?,
                        })
                    })
                    .collect::<Result<Vec<_>>>()?;
                let node = self.nodes.one(Try {
                    body,
                    handlers: self.nodes.list(&handlers),
                    orelse: self.body(&s.orelse)?,
                    finalbody: self.within(Context::Finally, |l| l.body(&s.finalbody))?,
                });
                let kind = if s.is_star {
                    StmtKind::TryStar(node)
                } else {
                    StmtKind::Try(node)
                };
                (block_loc(self, s.range), kind)
            }
            ruff::Stmt::Assert(s) => (
                loc,
                StmtKind::Assert {
                    test: self.boxed(&s.test)?,
                    msg: self.opt_expr(&s.msg)?,
                },
            ),
            ruff::Stmt::Import(s) => {
                if s.is_lazy {
                    return Err(Diagnostic::syntax(loc, "invalid syntax"));
                }
                (loc, StmtKind::Import(self.aliases(&s.names)))
            }
            ruff::Stmt::ImportFrom(s) => {
                if s.is_lazy {
                    return Err(Diagnostic::syntax(loc, "invalid syntax"));
                }
                let module = self.opt_ident(&s.module);
                // Elsewhere than at the head of a module it is refused.
                self.future_annotations |= module == Some(known::FUTURE)
                    && s.level == 0
                    && s.names.iter().any(|alias| alias.name.as_str() == "annotations");
                (
                    loc,
                    StmtKind::ImportFrom {
                        module,
                        names: self.aliases(&s.names),
                        level: s.level,
                    },
                )
            }
            ruff::Stmt::Global(s) => (loc, StmtKind::Global(self.idents(&s.names))),
            ruff::Stmt::Nonlocal(s) => (loc, StmtKind::Nonlocal(self.idents(&s.names))),
            ruff::Stmt::Expr(s) => (loc, StmtKind::Expr(self.boxed(&s.value)?)),
            ruff::Stmt::Pass(s) if self.bare_raises.contains(&s.range.start().to_u32()) => {
                let loc = Location {
                    end_col_offset: loc.end_col_offset + 1,
                    ..loc
                };
                (loc, StmtKind::Raise { exc: None, cause: None })
            }
            ruff::Stmt::Pass(_) => (loc, StmtKind::Pass),
            ruff::Stmt::Break(_) => {
                self.leaving("break", loc);
                (loc, StmtKind::Break)
            }
            ruff::Stmt::Continue(_) => {
                self.leaving("continue", loc);
                (loc, StmtKind::Continue)
            }
            ruff::Stmt::IpyEscapeCommand(_) => return Err(Diagnostic::syntax(loc, "invalid syntax")),
        };
        Ok(Stmt { loc, kind })
    }

    /// `elif` and `else` clauses as nested `If` nodes; each reaches to the end of the whole statement.
    fn elif_chain(&mut self, clauses: &[ruff::ElifElseClause], whole: TextRange) -> Result<&'t [Stmt<'t>]> {
        if clauses.len() as u32 > MAX_RULES {
            return Err(too_complex());
        }
        let mut orelse: &[Stmt] = &[];
        for clause in clauses.iter().rev() {
            let body = self.body(&clause.body)?;
            match &clause.test {
                None => orelse = body,
                Some(test) => {
                    let loc = self.loc(TextRange::new(clause.range.start(), whole.end()));
                    let test = self.boxed(test)?;
                    orelse = self.nodes.list(&[Stmt {
                        loc,
                        kind: StmtKind::If { test, body, orelse },
                    }]);
                }
            }
        }
        Ok(orelse)
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Result<&'t [Expr<'t>]> {
        let decorators = decorators
            .iter()
            .map(|d| self.expr(&d.expression))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.nodes.list(&decorators))
    }

    fn idents(&mut self, names: &[ruff::Identifier]) -> &'t [Ident] {
        let names: Vec<Ident> = names.iter().map(|name| self.ident(name)).collect();
        self.nodes.list(&names)
    }

    fn aliases(&mut self, names: &[ruff::Alias]) -> &'t [Alias] {
        let aliases: Vec<Alias> = names
            .iter()
            .map(|a| Alias {
                loc: self.loc(a.range),
                name: self.ident(&a.name),
                asname: self.opt_ident(&a.asname),
            })
            .collect();
        self.nodes.list(&aliases)
    }

    pub(super) fn arguments(&mut self, parameters: Option<&ruff::Parameters>) -> Result<Arguments<'t>> {
        let id = self.id();
        let mut out = Arguments {
            id,
            posonlyargs: &[],
            args: &[],
            vararg: None,
            kwonlyargs: &[],
            kw_defaults: &[],
            kwarg: None,
            defaults: &[],
        };
        let Some(p) = parameters else { return Ok(out) };
        let args = |l: &mut Self, args: &[ruff::ParameterWithDefault]| {
            let args = args
                .iter()
                .map(|arg| l.arg(&arg.parameter))
                .collect::<Result<Vec<_>>>()?;
            Result::Ok(l.nodes.list(&args))
        };
        out.posonlyargs = args(self, &p.posonlyargs)?;
        out.args = args(self, &p.args)?;
        let defaults = p
            .posonlyargs
            .iter()
            .chain(p.args.iter())
            .filter_map(|a| a.default.as_ref())
            .map(|default| self.expr(default))
            .collect::<Result<Vec<_>>>()?;
        out.defaults = self.nodes.list(&defaults);
        if let Some(arg) = &p.vararg {
            out.vararg = Some(self.nodes.one(self.arg(arg)?));
        }
        let mut kwonlyargs = Vec::new();
        let mut kw_defaults = Vec::new();
        for arg in p.kwonlyargs.iter() {
            kwonlyargs.push(self.arg(&arg.parameter)?);
            kw_defaults.push(match &arg.default {
                Some(default) => Some(self.expr(default)?),
                None => None,
            });
        }
        out.kwonlyargs = self.nodes.list(&kwonlyargs);
        out.kw_defaults = self.nodes.list(&kw_defaults);
        if let Some(arg) = &p.kwarg {
            out.kwarg = Some(self.nodes.one(self.arg(arg)?));
        }
        Ok(out)
    }

    fn arg(&mut self, p: &ruff::Parameter) -> Result<Arg<'t>> {
        let end = p.annotation.as_ref().map_or(p.name.range.end(), |_| p.range.end());
        Ok(Arg {
            loc: self.loc(TextRange::new(p.name.range.start(), end)),
            arg: self.ident(&p.name),
            annotation: self.opt_annotation(&p.annotation)?,
        })
    }

    fn type_params(&mut self, params: &Option<Box<ruff::TypeParams>>) -> Result<TypeParams<'t>> {
        let id = self.id();
        let mut out = Vec::new();
        for param in params.iter().flat_map(|p| p.type_params.iter()) {
            let (kind, name, bound, default) = match param {
                ruff::TypeParam::TypeVar(p) => (TypeParamKind::TypeVar, &p.name, self.opt_expr(&p.bound)?, &p.default),
                ruff::TypeParam::TypeVarTuple(p) => (TypeParamKind::TypeVarTuple, &p.name, None, &p.default),
                ruff::TypeParam::ParamSpec(p) => (TypeParamKind::ParamSpec, &p.name, None, &p.default),
            };
            out.push(TypeParam {
                loc: self.loc(param.range()),
                kind,
                name: self.ident(name),
                bound,
                default_value: self.opt_expr(default)?,
                bound_id: self.id(),
                default_id: self.id(),
            });
        }
        Ok(TypeParams {
            id,
            params: self.nodes.list(&out),
        })
    }
}

pub(super) fn operator(op: ruff::Operator) -> Operator {
    match op {
        ruff::Operator::Add => Operator::Add,
        ruff::Operator::Sub => Operator::Sub,
        ruff::Operator::Mult => Operator::Mult,
        ruff::Operator::MatMult => Operator::MatMult,
        ruff::Operator::Div => Operator::Div,
        ruff::Operator::Mod => Operator::Mod,
        ruff::Operator::Pow => Operator::Pow,
        ruff::Operator::LShift => Operator::LShift,
        ruff::Operator::RShift => Operator::RShift,
        ruff::Operator::BitOr => Operator::BitOr,
        ruff::Operator::BitXor => Operator::BitXor,
        ruff::Operator::BitAnd => Operator::BitAnd,
        ruff::Operator::FloorDiv => Operator::FloorDiv,
    }
}
