//! The match statement and its patterns.
//!
//! CPython: Grammar/python.gram, match_stmt and closed_pattern.

use super::lexer::{Pos, T};
use super::{GiveUp, Parser, Quick};
use crate::syntax::ast::*;

impl<'t> Parser<'_, '_, 't> {
    /// Whether the name is `_`, which matches everything.
    fn is_wildcard(&self) -> bool {
        self.kind() == T::Name && self.text(self.token) == b"_"
    }

    /// A match statement, or nothing where `match` is a name.
    pub(super) fn match_statement(&mut self, from: Pos) -> Quick<bool> {
        let before = self.start_try();
        self.advance();
        let subject = self.subject();
        let is_match = subject.is_ok() && self.eat(T::Colon) && self.kind() == T::Newline;
        let (Ok(subject), true) = (subject, is_match) else {
            self.give_up_try(before);
            return Ok(false);
        };
        let subject = self.one(subject);
        self.advance();
        self.expect(T::Indent)?;
        let mut cases = Vec::new();
        self.deeper(|p| {
            while p.kind() != T::Dedent {
                let case = p.case()?;
                cases.push(case);
            }
            Ok(())
        })?;
        self.advance();
        let cases = self.lower.nodes.list(&cases);
        self.push(from, StmtKind::Match { subject, cases });
        Ok(true)
    }

    fn subject(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let first = self.star_expression(true)?;
        if self.kind() != T::Comma {
            return if first.is_starred() { Err(GiveUp) } else { Ok(first) };
        }
        let listed = self.exprs.len();
        self.exprs.push(first);
        while self.eat(T::Comma) {
            if self.kind() == T::Colon {
                break;
            }
            let next = self.star_expression(true)?;
            self.exprs.push(next);
        }
        let elts = self.listed(listed);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Tuple { elts, ctx: Ctx::Load },
        })
    }

    fn case(&mut self) -> Quick<MatchCase<'t>> {
        if self.kind() != T::Name || self.text(self.token) != b"case" {
            return Err(GiveUp);
        }
        self.advance();
        let from = self.token.from;
        let first = self.maybe_star_pattern()?;
        let is_star = matches!(first.kind, PatternKind::MatchStar(_));
        let pattern = if self.kind() == T::Comma {
            self.sequence(from, first, T::Colon)?
        } else if is_star {
            return Err(GiveUp);
        } else {
            first
        };
        let guard = if self.eat(T::If) {
            let guard = self.named_expression()?;
            Some(self.one(guard))
        } else {
            None
        };
        let body = self.block()?;
        Ok(MatchCase { pattern, guard, body })
    }

    /// The patterns from `first` on, up to `close`, which stays, or to a guard.
    fn sequence(&mut self, from: Pos, first: Pattern<'t>, close: T) -> Quick<Pattern<'t>> {
        let mut patterns = vec![first];
        while self.eat(T::Comma) {
            if self.kind() == close || self.kind() == T::If {
                break;
            }
            let next = self.maybe_star_pattern()?;
            patterns.push(next);
        }
        Ok(Pattern {
            loc: self.loc(from),
            kind: PatternKind::MatchSequence(self.lower.nodes.list(&patterns)),
        })
    }

    fn maybe_star_pattern(&mut self) -> Quick<Pattern<'t>> {
        if self.kind() != T::Star {
            return self.pattern();
        }
        let from = self.token.from;
        self.advance();
        let name = if self.is_wildcard() {
            self.advance();
            None
        } else {
            Some(self.name()?)
        };
        Ok(Pattern {
            loc: self.loc(from),
            kind: PatternKind::MatchStar(name),
        })
    }

    fn pattern(&mut self) -> Quick<Pattern<'t>> {
        let from = self.token.from;
        let pattern = self.deeper(Self::or_pattern)?;
        if !self.eat(T::As) {
            return Ok(pattern);
        }
        if self.is_wildcard() {
            return Err(GiveUp);
        }
        let name = self.name()?;
        let kind = PatternKind::MatchAs {
            pattern: Some(self.lower.nodes.one(pattern)),
            name: Some(name),
        };
        Ok(Pattern {
            loc: self.loc(from),
            kind,
        })
    }

    fn or_pattern(&mut self) -> Quick<Pattern<'t>> {
        let from = self.token.from;
        let first = self.closed_pattern()?;
        if self.kind() != T::VBar {
            return Ok(first);
        }
        let mut patterns = vec![first];
        while self.eat(T::VBar) {
            let next = self.closed_pattern()?;
            patterns.push(next);
        }
        Ok(Pattern {
            loc: self.loc(from),
            kind: PatternKind::MatchOr(self.lower.nodes.list(&patterns)),
        })
    }

    fn closed_pattern(&mut self) -> Quick<Pattern<'t>> {
        let from = self.token.from;
        let singleton = |value: &'t Constant| PatternKind::MatchSingleton(value);
        let kind = match self.kind() {
            T::Number | T::Minus | T::Str => {
                let value = self.literal_expr()?;
                PatternKind::MatchValue(self.one(value))
            }
            T::None => {
                self.advance();
                singleton(&Constant::None)
            }
            T::True => {
                self.advance();
                singleton(&Constant::Bool(true))
            }
            T::False => {
                self.advance();
                singleton(&Constant::Bool(false))
            }
            T::Name => self.name_pattern()?,
            T::LPar => return self.group_pattern(),
            T::LSqb => {
                self.advance();
                let patterns = self.patterns_up_to(T::RSqb)?;
                PatternKind::MatchSequence(patterns)
            }
            T::LBrace => self.mapping_pattern()?,
            _ => return Err(GiveUp),
        };
        Ok(Pattern {
            loc: self.loc(from),
            kind,
        })
    }

    /// Patterns of a sequence and its closing bracket.
    fn patterns_up_to(&mut self, close: T) -> Quick<&'t [Pattern<'t>]> {
        let mut patterns = Vec::new();
        while self.kind() != close {
            let pattern = self.maybe_star_pattern()?;
            patterns.push(pattern);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(close)?;
        Ok(self.lower.nodes.list(&patterns))
    }

    /// A pattern in brackets, or a sequence of them.
    fn group_pattern(&mut self) -> Quick<Pattern<'t>> {
        let from = self.token.from;
        self.expect(T::LPar)?;
        let mut kind = PatternKind::MatchSequence(&[]);
        if self.kind() != T::RPar {
            let inner = self.token.from;
            let first = self.maybe_star_pattern()?;
            if self.kind() != T::Comma {
                self.expect(T::RPar)?;
                let is_star = matches!(first.kind, PatternKind::MatchStar(_));
                return if is_star { Err(GiveUp) } else { Ok(first) };
            }
            kind = self.sequence(inner, first, T::RPar)?.kind;
        }
        self.expect(T::RPar)?;
        Ok(Pattern {
            loc: self.loc(from),
            kind,
        })
    }

    /// A number with its sign, a complex number or strings.
    fn literal_expr(&mut self) -> Quick<Expr<'t>> {
        if self.kind() == T::Str {
            let value = self.strings()?;
            return if value.as_constant().is_some() {
                Ok(value)
            } else {
                Err(GiveUp)
            };
        }
        let from = self.token.from;
        let is_complex = |e: &Expr| matches!(e.as_constant(), Some(Constant::Complex(..)));
        let is_negative = self.eat(T::Minus);
        let number = self.number_expr()?;
        let is_imaginary = is_complex(&number);
        let mut value = number;
        if is_negative {
            let operand = self.one(number);
            let op = UnaryOp::USub;
            value = Expr {
                loc: self.loc(from),
                kind: ExprKind::UnaryOp { op, operand },
            };
        }
        let op = match self.kind() {
            T::Plus => Operator::Add,
            T::Minus => Operator::Sub,
            _ => return Ok(self.lower.fold_pattern_constant(value)),
        };
        self.advance();
        let right = self.number_expr()?;
        if is_imaginary || !is_complex(&right) {
            return Err(GiveUp);
        }
        let (left, right) = (self.one(value), self.one(right));
        Ok(self.lower.fold_pattern_constant(Expr {
            loc: self.loc(from),
            kind: ExprKind::BinOp { left, op, right },
        }))
    }

    fn number_expr(&mut self) -> Quick<Expr<'t>> {
        if self.kind() != T::Number {
            return Err(GiveUp);
        }
        let from = self.token.from;
        let value = self.number()?;
        self.advance();
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Constant { value, u_prefix: false },
        })
    }

    /// A name and the attributes behind it.
    fn name_or_attr(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let id = self.name()?;
        // It is a constant in some places.
        if id == known::DEBUG {
            return Err(GiveUp);
        }
        let mut expr = Expr {
            loc: self.loc(from),
            kind: ExprKind::Name { id, ctx: Ctx::Load },
        };
        while self.eat(T::Dot) {
            let value = self.one(expr);
            let attr = self.name()?;
            let ctx = Ctx::Load;
            expr = Expr {
                loc: self.loc(from),
                kind: ExprKind::Attribute { value, attr, ctx },
            };
        }
        Ok(expr)
    }

    /// What starts with a name: a capture, a value with dots, a class.
    fn name_pattern(&mut self) -> Quick<PatternKind<'t>> {
        if self.is_wildcard() {
            self.advance();
            // It is neither a class nor an object with attributes.
            return match self.kind() {
                T::Dot | T::LPar => Err(GiveUp),
                _ => Ok(PatternKind::MatchAs {
                    pattern: None,
                    name: None,
                }),
            };
        }
        let expr = self.name_or_attr()?;
        if self.kind() == T::LPar {
            let cls = self.one(expr);
            return self.class_pattern(cls);
        }
        match expr.kind {
            ExprKind::Name { id, .. } => Ok(PatternKind::MatchAs {
                pattern: None,
                name: Some(id),
            }),
            _ => Ok(PatternKind::MatchValue(self.one(expr))),
        }
    }

    fn class_pattern(&mut self, cls: &'t Expr<'t>) -> Quick<PatternKind<'t>> {
        self.expect(T::LPar)?;
        let mut patterns = Vec::new();
        let mut kwd_attrs = Vec::new();
        let mut kwd_patterns = Vec::new();
        while self.kind() != T::RPar {
            if self.kind() == T::Name && self.names_keyword() {
                kwd_attrs.push(self.name()?);
                self.expect(T::Equal)?;
                let pattern = self.pattern()?;
                kwd_patterns.push(pattern);
            } else {
                if !kwd_attrs.is_empty() {
                    return Err(GiveUp);
                }
                let pattern = self.pattern()?;
                patterns.push(pattern);
            }
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RPar)?;
        Ok(PatternKind::MatchClass {
            cls,
            patterns: self.lower.nodes.list(&patterns),
            kwd_attrs: self.lower.nodes.list(&kwd_attrs),
            kwd_patterns: self.lower.nodes.list(&kwd_patterns),
        })
    }

    fn mapping_pattern(&mut self) -> Quick<PatternKind<'t>> {
        self.expect(T::LBrace)?;
        let mut keys = Vec::new();
        let mut patterns = Vec::new();
        let mut rest = None;
        while self.kind() != T::RBrace {
            if self.eat(T::DoubleStar) {
                if self.is_wildcard() {
                    return Err(GiveUp);
                }
                rest = Some(self.name()?);
                // Nothing but a comma may follow.
                self.eat(T::Comma);
                break;
            }
            let key = self.mapping_key()?;
            keys.push(key);
            self.expect(T::Colon)?;
            let pattern = self.pattern()?;
            patterns.push(pattern);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RBrace)?;
        Ok(PatternKind::MatchMapping {
            keys: self.lower.nodes.list(&keys),
            patterns: self.lower.nodes.list(&patterns),
            rest,
        })
    }

    fn mapping_key(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let value: &'t Constant = match self.kind() {
            T::Number | T::Minus | T::Str => return self.literal_expr(),
            T::Name => {
                let expr = self.name_or_attr()?;
                let is_plain = matches!(expr.kind, ExprKind::Name { .. });
                return if is_plain { Err(GiveUp) } else { Ok(expr) };
            }
            T::None => &Constant::None,
            T::True => &Constant::Bool(true),
            T::False => &Constant::Bool(false),
            _ => return Err(GiveUp),
        };
        self.advance();
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Constant { value, u_prefix: false },
        })
    }
}
