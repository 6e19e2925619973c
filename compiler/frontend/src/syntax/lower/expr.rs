//! Expressions other than strings and numbers.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::super::ast::*;
use super::Lower;
use super::stmt::operator;
use super::{MAX_RULES, too_complex};
use crate::diagnostic::{Diagnostic, Result};

impl<'t> Lower<'_, 't> {
    pub(super) fn expr(&mut self, expr: &ruff::Expr) -> Result<Expr<'t>> {
        self.nested(|l| l.expr_inner(expr))
    }

    pub(super) fn boxed(&mut self, expr: &ruff::Expr) -> Result<&'t Expr<'t>> {
        Ok(self.nodes.one(self.expr(expr)?))
    }

    /// An operand that CPython's parser reads `levels` rules deeper, as often as it is nested.
    fn right(&mut self, levels: u32, expr: &ruff::Expr) -> Result<&'t Expr<'t>> {
        self.rules += levels;
        if self.rules > MAX_RULES {
            return Err(too_complex());
        }
        let operand = self.boxed(expr);
        self.rules -= levels;
        operand
    }

    pub(super) fn opt_expr(&mut self, expr: &Option<Box<ruff::Expr>>) -> Result<Option<&'t Expr<'t>>> {
        expr.as_ref().map(|e| self.boxed(e)).transpose()
    }

    pub(super) fn exprs(&mut self, exprs: &[ruff::Expr]) -> Result<&'t [Expr<'t>]> {
        let exprs: Vec<Expr> = exprs.iter().map(|e| self.expr(e)).collect::<Result<_>>()?;
        Ok(self.nodes.list(&exprs))
    }

    fn expr_inner(&mut self, expr: &ruff::Expr) -> Result<Expr<'t>> {
        let loc = self.loc(expr.range());
        let kind = match expr {
            ruff::Expr::BoolOp(e) => {
                let op = match e.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                };
                ExprKind::BoolOp {
                    op,
                    values: self.exprs(&e.values)?,
                }
            }
            ruff::Expr::Named(e) => ExprKind::NamedExpr {
                target: self.boxed(&e.target)?,
                value: self.boxed(&e.value)?,
            },
            ruff::Expr::BinOp(e) => {
                let left = self.boxed(&e.left)?;
                let levels = if e.op == ruff::Operator::Pow { 2 } else { 0 };
                let right = self.right(levels, &e.right)?;
                self.binary(*left, operator(e.op), *right)
            }
            ruff::Expr::UnaryOp(e) => {
                let op = match e.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                };
                ExprKind::UnaryOp {
                    op,
                    operand: self.right(1, &e.operand)?,
                }
            }
            ruff::Expr::Lambda(e) => {
                let id = self.id();
                let args = self.arguments(e.parameters.as_deref())?;
                let body = *self.right(2, &e.body)?;
                ExprKind::Lambda(self.nodes.one(Lambda { id, args, body }))
            }
            ruff::Expr::If(e) => ExprKind::IfExp {
                test: self.boxed(&e.test)?,
                body: self.boxed(&e.body)?,
                orelse: self.right(1, &e.orelse)?,
            },
            ruff::Expr::Dict(e) => {
                let mut keys = Vec::with_capacity(e.items.len());
                let mut values = Vec::with_capacity(e.items.len());
                for item in &e.items {
                    keys.push(match &item.key {
                        Some(key) => Some(self.expr(key)?),
                        None => None,
                    });
                    values.push(self.expr(&item.value)?);
                }
                let (keys, values) = (self.nodes.list(&keys), self.nodes.list(&values));
                ExprKind::Dict(self.nodes.one(Dict { keys, values }))
            }
            ruff::Expr::Set(e) => ExprKind::Set(self.exprs(&e.elts)?),
            ruff::Expr::ListComp(e) => ExprKind::ListComp(self.comp(&e.elt, None, &e.generators)?),
            ruff::Expr::SetComp(e) => ExprKind::SetComp(self.comp(&e.elt, None, &e.generators)?),
            ruff::Expr::DictComp(e) => match &e.key {
                Some(key) => ExprKind::DictComp(self.comp(key, Some(&e.value), &e.generators)?),
                None => {
                    return Err(Diagnostic::syntax(
                        loc,
                        "dict unpacking cannot be used in dict comprehension",
                    ));
                }
            },
            ruff::Expr::Generator(e) => ExprKind::GeneratorExp(self.comp(&e.elt, None, &e.generators)?),
            ruff::Expr::Await(e) => ExprKind::Await(self.boxed(&e.value)?),
            ruff::Expr::Yield(e) => ExprKind::Yield(self.opt_expr(&e.value)?),
            ruff::Expr::YieldFrom(e) => ExprKind::YieldFrom(self.boxed(&e.value)?),
            ruff::Expr::Compare(e) => {
                let left = self.expr(&e.left)?;
                let ops: Vec<CmpOp> = e.ops.iter().map(|op| cmp_op(*op)).collect();
                let (ops, comparators) = (self.nodes.list(&ops), self.exprs(&e.comparators)?);
                ExprKind::Compare(self.nodes.one(Compare { left, ops, comparators }))
            }
            ruff::Expr::Call(e) => {
                let func = self.expr(&e.func)?;
                let (args, keywords) = self.call_arguments(&e.arguments)?;
                ExprKind::Call(self.nodes.one(Call { func, args, keywords }))
            }
            ruff::Expr::FString(e) => return self.fstring(e),
            ruff::Expr::TString(e) => return self.tstring(e),
            ruff::Expr::StringLiteral(e) => {
                let u_prefix = e.value.iter().next().is_some_and(|s| s.flags.prefix().is_unicode());
                ExprKind::Constant {
                    value: self.nodes.constant(Constant::Str(self.string_value(&e.value)?)),
                    u_prefix,
                }
            }
            ruff::Expr::BytesLiteral(e) => ExprKind::Constant {
                value: self.nodes.constant(Constant::Bytes(self.bytes_value(&e.value)?.into())),
                u_prefix: false,
            },
            ruff::Expr::NumberLiteral(e) => ExprKind::Constant {
                value: self.nodes.constant(self.number(&e.value, e.range)?),
                u_prefix: false,
            },
            ruff::Expr::BooleanLiteral(e) => ExprKind::Constant {
                value: self.nodes.constant(Constant::Bool(e.value)),
                u_prefix: false,
            },
            ruff::Expr::NoneLiteral(_) => ExprKind::Constant {
                value: &Constant::None,
                u_prefix: false,
            },
            ruff::Expr::EllipsisLiteral(_) => ExprKind::Constant {
                value: &Constant::Ellipsis,
                u_prefix: false,
            },
            ruff::Expr::Attribute(e) => ExprKind::Attribute {
                value: self.boxed(&e.value)?,
                attr: self.ident(&e.attr),
                ctx: ctx(e.ctx),
            },
            ruff::Expr::Subscript(e) => ExprKind::Subscript {
                value: self.boxed(&e.value)?,
                slice: self.boxed(&e.slice)?,
                ctx: ctx(e.ctx),
            },
            ruff::Expr::Starred(e) => ExprKind::Starred {
                value: self.boxed(&e.value)?,
                ctx: ctx(e.ctx),
            },
            ruff::Expr::Name(e) => {
                let id = self.names.intern(e.id.as_bytes());
                match ctx(e.ctx) {
                    Ctx::Load => return Ok(self.load_name(loc, id)),
                    ctx => ExprKind::Name { id, ctx },
                }
            }
            ruff::Expr::List(e) => ExprKind::List {
                elts: self.exprs(&e.elts)?,
                ctx: ctx(e.ctx),
            },
            ruff::Expr::Tuple(e) => ExprKind::Tuple {
                elts: self.exprs(&e.elts)?,
                ctx: ctx(e.ctx),
            },
            ruff::Expr::Slice(e) => ExprKind::Slice {
                lower: self.opt_expr(&e.lower)?,
                upper: self.opt_expr(&e.upper)?,
                step: self.opt_expr(&e.step)?,
            },
            ruff::Expr::IpyEscapeCommand(_) => return Err(Diagnostic::syntax(loc, "invalid syntax")),
        };
        Ok(Expr { loc, kind })
    }

    fn comp(
        &mut self,
        elt: &ruff::Expr,
        value: Option<&ruff::Expr>,
        generators: &[ruff::Comprehension],
    ) -> Result<&'t Comp<'t>> {
        let id = self.id();
        let elt = self.expr(elt)?;
        if elt.is_starred() {
            return Err(Diagnostic::syntax(
                elt.loc,
                "iterable unpacking cannot be used in comprehension",
            ));
        }
        let value = match value {
            Some(value) => Some(self.expr(value)?),
            None => None,
        };
        let generators = generators
            .iter()
            .map(|g| {
                Ok(Comprehension {
                    target: self.expr(&g.target)?,
                    iter: self.expr(&g.iter)?,
                    ifs: self.exprs(&g.ifs)?,
                    is_async: g.is_async,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(self.nodes.one(Comp {
            id,
            elt,
            value,
            generators: self.nodes.list(&generators),
        }))
    }

    pub(super) fn call_arguments(
        &mut self,
        arguments: &ruff::Arguments,
    ) -> Result<(&'t [Expr<'t>], &'t [Keyword<'t>])> {
        let mut args = self.exprs(&arguments.args)?;
        if let ([ruff::Expr::Generator(g)], [arg]) = (&*arguments.args, args)
            && !g.parenthesized
        {
            let loc = self.loc(arguments.range);
            args = self.nodes.list(&[Expr { loc, ..*arg }]);
        }
        let keywords = arguments
            .keywords
            .iter()
            .map(|k| {
                Ok(Keyword {
                    loc: self.loc(k.range),
                    arg: self.opt_ident(&k.arg),
                    value: self.expr(&k.value)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok((args, self.nodes.list(&keywords)))
    }
}

fn ctx(ctx: ruff::ExprContext) -> Ctx {
    match ctx {
        ruff::ExprContext::Store => Ctx::Store,
        ruff::ExprContext::Del => Ctx::Del,
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Ctx::Load,
    }
}

fn cmp_op(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}
