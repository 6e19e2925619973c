//! Targets of assignments, and parameters with their annotations.

use super::lexer::{Pos, T};
use super::{GiveUp, Parser, Quick};
use crate::syntax::ast::*;

impl<'t> Parser<'_, '_, 't> {
    /// Targets of `for`: those of an assignment, up to `in`.
    pub(super) fn targets(&mut self) -> Quick<Expr<'t>> {
        let target = self.tuple_of(|p| {
            if p.kind() == T::Star {
                p.starred()
            } else {
                p.bitwise_or()
            }
        })?;
        self.target(target, Ctx::Store)
    }

    /// A target that was read as an expression.
    pub(super) fn target(&mut self, e: Expr<'t>, context: Ctx) -> Quick<Expr<'t>> {
        let kind = match e.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx: context },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute {
                value,
                attr,
                ctx: context,
            },
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript {
                value,
                slice,
                ctx: context,
            },
            ExprKind::Tuple { elts, .. } => ExprKind::Tuple {
                elts: self.target_list(elts, context)?,
                ctx: context,
            },
            ExprKind::List { elts, .. } => ExprKind::List {
                elts: self.target_list(elts, context)?,
                ctx: context,
            },
            _ => return Err(GiveUp),
        };
        Ok(Expr { loc: e.loc, kind })
    }

    fn target_list(&mut self, elts: &[Expr<'t>], context: Ctx) -> Quick<&'t [Expr<'t>]> {
        let listed = self.exprs.len();
        for elt in elts {
            let target = match elt.kind {
                ExprKind::Starred { value, .. } if context == Ctx::Store => {
                    let value = self.target(*value, context)?;
                    let value = self.one(value);
                    Expr {
                        loc: elt.loc,
                        kind: ExprKind::Starred { value, ctx: context },
                    }
                }
                _ => self.target(*elt, context)?,
            };
            self.exprs.push(target);
        }
        Ok(self.listed(listed))
    }

    /// Parameters up to `close`; those of a lambda have no annotations.
    pub(super) fn parameters(&mut self, close: T, annotated: bool) -> Quick<Arguments<'t>> {
        let id = self.lower.id();
        let mut posonlyargs: &'t [Arg<'t>] = &[];
        let args = self.args.len();
        let mut kwonlyargs: Vec<Arg<'t>> = Vec::new();
        let mut kw_defaults: Vec<Option<Expr<'t>>> = Vec::new();
        let (mut vararg, mut kwarg) = (None, None);
        let (mut seen_slash, mut seen_star, mut bare_star) = (false, false, false);
        let defaults = self.exprs.len();
        while self.kind() != close {
            match self.kind() {
                T::Slash => {
                    if seen_slash || seen_star || self.args.len() == args {
                        return Err(GiveUp);
                    }
                    self.advance();
                    seen_slash = true;
                    posonlyargs = self.lower.nodes.list(&self.args[args..]);
                    self.args.truncate(args);
                }
                T::Star => {
                    if seen_star {
                        return Err(GiveUp);
                    }
                    self.advance();
                    seen_star = true;
                    if self.kind() == T::Comma {
                        bare_star = true;
                    } else {
                        let arg = self.parameter(annotated, true)?;
                        vararg = Some(self.lower.nodes.one(arg));
                    }
                }
                T::DoubleStar => {
                    self.advance();
                    let arg = self.parameter(annotated, false)?;
                    kwarg = Some(self.lower.nodes.one(arg));
                    // Nothing but a comma may follow.
                    self.eat(T::Comma);
                    break;
                }
                _ => {
                    let arg = self.parameter(annotated, false)?;
                    let default = if self.eat(T::Equal) {
                        Some(self.expression()?)
                    } else {
                        None
                    };
                    if seen_star {
                        kwonlyargs.push(arg);
                        kw_defaults.push(default);
                    } else {
                        self.args.push(arg);
                        match default {
                            Some(default) => self.exprs.push(default),
                            None if self.exprs.len() > defaults => return Err(GiveUp),
                            None => {}
                        }
                    }
                }
            }
            if !self.eat(T::Comma) {
                break;
            }
        }
        if self.kind() != close || bare_star && kwonlyargs.is_empty() {
            return Err(GiveUp);
        }
        let listed = self.lower.nodes.list(&self.args[args..]);
        self.args.truncate(args);
        Ok(Arguments {
            id,
            posonlyargs,
            args: listed,
            vararg,
            kwonlyargs: self.lower.nodes.list(&kwonlyargs),
            kw_defaults: self.lower.nodes.list(&kw_defaults),
            kwarg,
            defaults: self.listed(defaults),
        })
    }

    /// `starred`: the annotation may be unpacked.
    fn parameter(&mut self, annotated: bool, starred: bool) -> Quick<Arg<'t>> {
        let from: Pos = self.token.from;
        let arg = self.name()?;
        let annotation = if annotated && self.eat(T::Colon) {
            let annotation = if starred && self.kind() == T::Star {
                let before = self.lower.start_annotation();
                let annotation = self.starred();
                self.lower.end_annotation(before);
                annotation?
            } else {
                self.annotation()?
            };
            Some(self.one(annotation))
        } else {
            None
        };
        Ok(Arg {
            loc: self.loc(from),
            arg,
            annotation,
        })
    }

    /// Type parameters in their brackets, if there are any.
    pub(super) fn type_params(&mut self) -> Quick<TypeParams<'t>> {
        let id = self.lower.id();
        let mut params = Vec::new();
        if self.eat(T::LSqb) {
            loop {
                let param = self.type_param()?;
                params.push(param);
                if !self.eat(T::Comma) || self.kind() == T::RSqb {
                    break;
                }
            }
            self.expect(T::RSqb)?;
        }
        Ok(TypeParams {
            id,
            params: self.lower.nodes.list(&params),
        })
    }

    fn type_param(&mut self) -> Quick<TypeParam<'t>> {
        let from = self.token.from;
        let kind = match self.kind() {
            T::Star => TypeParamKind::TypeVarTuple,
            T::DoubleStar => TypeParamKind::ParamSpec,
            _ => TypeParamKind::TypeVar,
        };
        if kind != TypeParamKind::TypeVar {
            self.advance();
        }
        let name = self.name()?;
        let mut bound = None;
        if kind == TypeParamKind::TypeVar && self.eat(T::Colon) {
            let expr = self.expression()?;
            bound = Some(self.one(expr));
        }
        let mut default_value = None;
        if self.eat(T::Equal) {
            let is_starred = kind == TypeParamKind::TypeVarTuple && self.kind() == T::Star;
            let expr = if is_starred {
                self.starred()?
            } else {
                self.expression()?
            };
            default_value = Some(self.one(expr));
        }
        Ok(TypeParam {
            loc: self.loc(from),
            kind,
            name,
            bound,
            default_value,
            bound_id: self.lower.id(),
            default_id: self.lower.id(),
        })
    }

    pub(super) fn annotation(&mut self) -> Quick<Expr<'t>> {
        let before = self.lower.start_annotation();
        let annotation = self.expression();
        self.lower.end_annotation(before);
        annotation
    }
}
