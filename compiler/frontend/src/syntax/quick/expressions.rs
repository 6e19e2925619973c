//! Expressions.

use pyaot_code::PyStr;
use ruff_text_size::{TextRange, TextSize};

use super::lexer::{Pos, T};
use super::{GiveUp, Listed, MAX_CHAIN, Parser, Quick};
use crate::syntax::ast::*;

/// Binding strength of binary operators.
fn binary(kind: T) -> Option<(u8, Operator)> {
    Some(match kind {
        T::VBar => (1, Operator::BitOr),
        T::Circumflex => (2, Operator::BitXor),
        T::Amper => (3, Operator::BitAnd),
        T::LShift => (4, Operator::LShift),
        T::RShift => (4, Operator::RShift),
        T::Plus => (5, Operator::Add),
        T::Minus => (5, Operator::Sub),
        T::Star => (6, Operator::Mult),
        T::Slash => (6, Operator::Div),
        T::DoubleSlash => (6, Operator::FloorDiv),
        T::Percent => (6, Operator::Mod),
        T::At => (6, Operator::MatMult),
        _ => return None,
    })
}

/// Whether a token behind a primary goes on with its disjunction, by number of the token.
static CONTINUES: [bool; T::Yield as usize + 1] = {
    let mut continues = [false; T::Yield as usize + 1];
    let kinds = [
        T::VBar,
        T::Circumflex,
        T::Amper,
        T::LShift,
        T::RShift,
        T::Plus,
        T::Minus,
        T::Star,
        T::Slash,
        T::DoubleSlash,
        T::Percent,
        T::At,
        T::DoubleStar,
        T::EqEqual,
        T::NotEqual,
        T::Less,
        T::LessEqual,
        T::Greater,
        T::GreaterEqual,
        T::In,
        T::Is,
        T::Not,
        T::And,
        T::Or,
    ];
    let mut i = 0;
    while i < kinds.len() {
        continues[kinds[i] as usize] = true;
        i += 1;
    }
    continues
};

impl<'t> Parser<'_, '_, 't> {
    /// CPython: star_expressions
    pub(super) fn star_expressions(&mut self) -> Quick<Expr<'t>> {
        self.tuple_of(|p| p.star_expression(false))
    }

    /// One item, or a tuple without brackets.
    pub(super) fn tuple_of(&mut self, item: impl Fn(&mut Self) -> Quick<Expr<'t>>) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let first = item(self)?;
        if self.kind() != T::Comma {
            return Ok(first);
        }
        self.tuple_behind(from, first, item)
    }

    /// The tuple without brackets of `first` and the items behind it.
    pub(super) fn tuple_behind(
        &mut self,
        from: Pos,
        first: Expr<'t>,
        item: impl Fn(&mut Self) -> Quick<Expr<'t>>,
    ) -> Quick<Expr<'t>> {
        let listed = self.exprs.len();
        self.exprs.push(first);
        while self.eat(T::Comma) {
            if !self.starts_expression() {
                break;
            }
            let next = item(self)?;
            self.exprs.push(next);
        }
        let elts = self.listed(listed);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Tuple { elts, ctx: Ctx::Load },
        })
    }

    fn starts_expression(&self) -> bool {
        matches!(
            self.kind(),
            T::Name
                | T::Number
                | T::Str
                | T::FStr
                | T::LPar
                | T::LSqb
                | T::LBrace
                | T::Ellipsis
                | T::Plus
                | T::Minus
                | T::Tilde
                | T::Star
                | T::False
                | T::None
                | T::True
                | T::Await
                | T::Lambda
                | T::Not
        )
    }

    /// `named`: an assignment expression may stand there.
    pub(super) fn star_expression(&mut self, named: bool) -> Quick<Expr<'t>> {
        if self.kind() == T::Star {
            return self.starred();
        }
        if named {
            self.named_expression()
        } else {
            self.expression()
        }
    }

    pub(super) fn starred(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::Star)?;
        let value = self.bitwise_or()?;
        let value = self.one(value);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Starred { value, ctx: Ctx::Load },
        })
    }

    pub(super) fn yield_or_star_expressions(&mut self) -> Quick<Expr<'t>> {
        if self.kind() == T::Yield {
            self.yield_expression()
        } else {
            self.star_expressions()
        }
    }

    pub(super) fn yield_expression(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::Yield)?;
        if self.eat(T::From) {
            let value = self.expression()?;
            let value = self.one(value);
            return Ok(Expr {
                loc: self.loc(from),
                kind: ExprKind::YieldFrom(value),
            });
        }
        let value = if self.starts_expression() {
            let value = self.star_expressions()?;
            Some(self.one(value))
        } else {
            None
        };
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Yield(value),
        })
    }

    pub(super) fn named_expression(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        if self.kind() == T::Name && self.peek_is_walrus() {
            let id = self.name()?;
            let target = Expr {
                loc: self.loc(from),
                kind: ExprKind::Name { id, ctx: Ctx::Store },
            };
            let target = self.one(target);
            self.expect(T::ColonEqual)?;
            let value = self.expression()?;
            let value = self.one(value);
            return Ok(Expr {
                loc: self.loc(from),
                kind: ExprKind::NamedExpr { target, value },
            });
        }
        self.expression()
    }

    /// Whether `:=` follows the name, without reading a token.
    fn peek_is_walrus(&mut self) -> bool {
        let rest = &self.source.text.as_bytes()[self.token.end as usize..];
        match rest.iter().find(|b| !matches!(b, b' ' | b'\t')) {
            Some(b':') => self.peek() == T::ColonEqual,
            // It may stand on another line.
            Some(b'\n' | b'#' | b'\\' | 0x0c) => self.peek() == T::ColonEqual,
            _ => false,
        }
    }

    pub(super) fn expression(&mut self) -> Quick<Expr<'t>> {
        self.deeper(|p| {
            if p.kind() == T::Lambda {
                return p.lambda();
            }
            let from = p.token.from;
            let body = p.disjunction()?;
            if p.kind() != T::If {
                return Ok(body);
            }
            p.advance();
            let body = p.one(body);
            let test = p.disjunction()?;
            let test = p.one(test);
            p.expect(T::Else)?;
            let orelse = p.expression()?;
            let orelse = p.one(orelse);
            Ok(Expr {
                loc: p.loc(from),
                kind: ExprKind::IfExp { test, body, orelse },
            })
        })
    }

    fn lambda(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::Lambda)?;
        let id = self.lower.id();
        let args = self.parameters(T::Colon, false)?;
        self.expect(T::Colon)?;
        let body = self.expression()?;
        let lambda = self.lower.nodes.one(Lambda { id, args, body });
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Lambda(lambda),
        })
    }

    pub(super) fn disjunction(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let mut left = if matches!(self.kind(), T::Not | T::Plus | T::Minus | T::Tilde | T::Await) {
            self.inversion()?
        } else {
            // Mostly a primary is all there is.
            let primary = self.primary()?;
            if !CONTINUES[self.kind() as usize] {
                return Ok(primary);
            }
            let mut left = self.power_of(from, primary)?;
            left = self.binary_behind(from, left, 1)?;
            self.comparison_of(from, left)?
        };
        if self.kind() == T::And {
            left = self.bool_op(from, left, T::And, BoolOp::And, Self::inversion)?;
        }
        if self.kind() == T::Or {
            left = self.bool_op(from, left, T::Or, BoolOp::Or, Self::conjunction)?;
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let first = self.inversion()?;
        if self.kind() != T::And {
            return Ok(first);
        }
        self.bool_op(from, first, T::And, BoolOp::And, Self::inversion)
    }

    /// `first` and the operands behind it.
    fn bool_op(
        &mut self,
        from: Pos,
        first: Expr<'t>,
        word: T,
        op: BoolOp,
        operand: fn(&mut Self) -> Quick<Expr<'t>>,
    ) -> Quick<Expr<'t>> {
        let listed = self.exprs.len();
        self.exprs.push(first);
        while self.eat(word) {
            let next = operand(self)?;
            self.exprs.push(next);
        }
        let values = self.listed(listed);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::BoolOp { op, values },
        })
    }

    fn inversion(&mut self) -> Quick<Expr<'t>> {
        if self.kind() != T::Not {
            return self.comparison();
        }
        let from = self.token.from;
        self.advance();
        let operand = self.deeper(Self::inversion)?;
        let operand = self.one(operand);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            },
        })
    }

    fn comparison_operator(&mut self) -> Quick<Option<CmpOp>> {
        let op = match self.kind() {
            T::EqEqual => CmpOp::Eq,
            T::NotEqual => CmpOp::NotEq,
            T::Less => CmpOp::Lt,
            T::LessEqual => CmpOp::LtE,
            T::Greater => CmpOp::Gt,
            T::GreaterEqual => CmpOp::GtE,
            T::In => CmpOp::In,
            T::Is => {
                self.advance();
                return Ok(Some(if self.eat(T::Not) { CmpOp::IsNot } else { CmpOp::Is }));
            }
            T::Not => {
                self.advance();
                self.expect(T::In)?;
                return Ok(Some(CmpOp::NotIn));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(op))
    }

    fn comparison(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let left = self.bitwise_or()?;
        self.comparison_of(from, left)
    }

    #[inline]
    fn comparison_of(&mut self, from: Pos, left: Expr<'t>) -> Quick<Expr<'t>> {
        let Some(op) = self.comparison_operator()? else {
            return Ok(left);
        };
        let right = self.bitwise_or()?;
        let (ops, comparators) = match self.comparison_operator()? {
            None => (self.lower.nodes.list(&[op]), self.lower.nodes.list(&[right])),
            Some(second) => {
                let listed = self.exprs.len();
                self.exprs.push(right);
                let mut ops = vec![op];
                let mut next = Some(second);
                while let Some(op) = next {
                    ops.push(op);
                    let right = self.bitwise_or()?;
                    self.exprs.push(right);
                    next = self.comparison_operator()?;
                }
                (self.lower.nodes.list(&ops), self.listed(listed))
            }
        };
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Compare(self.lower.nodes.one(Compare { left, ops, comparators })),
        })
    }

    pub(super) fn bitwise_or(&mut self) -> Quick<Expr<'t>> {
        self.binary_operation(1)
    }

    /// Operators of that strength and above.
    fn binary_operation(&mut self, strength: u8) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let left = self.factor()?;
        self.binary_behind(from, left, strength)
    }

    #[inline]
    fn binary_behind(&mut self, from: Pos, mut left: Expr<'t>, strength: u8) -> Quick<Expr<'t>> {
        let mut chain = 0;
        while let Some((level, op)) = binary(self.kind())
            && level >= strength
        {
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(GiveUp);
            }
            self.advance();
            let right = self.binary_operation(level + 1)?;
            let kind = self.lower.binary(left, op, right);
            left = Expr {
                loc: self.loc(from),
                kind,
            };
        }
        Ok(left)
    }

    fn factor(&mut self) -> Quick<Expr<'t>> {
        let op = match self.kind() {
            T::Plus => UnaryOp::UAdd,
            T::Minus => UnaryOp::USub,
            T::Tilde => UnaryOp::Invert,
            _ => return self.power(),
        };
        let from = self.token.from;
        self.advance();
        let operand = self.deeper(Self::factor)?;
        let operand = self.one(operand);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::UnaryOp { op, operand },
        })
    }

    fn power(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let left = if self.eat(T::Await) {
            let value = self.primary()?;
            let value = self.one(value);
            Expr {
                loc: self.loc(from),
                kind: ExprKind::Await(value),
            }
        } else {
            self.primary()?
        };
        self.power_of(from, left)
    }

    #[inline]
    fn power_of(&mut self, from: Pos, left: Expr<'t>) -> Quick<Expr<'t>> {
        if self.kind() != T::DoubleStar {
            return Ok(left);
        }
        self.advance();
        let right = self.deeper(Self::factor)?;
        let (left, right) = (self.one(left), self.one(right));
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::BinOp {
                left,
                op: Operator::Pow,
                right,
            },
        })
    }

    fn primary(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let mut expr = self.atom()?;
        let mut chain = 0;
        loop {
            let kind = match self.kind() {
                T::Dot => {
                    self.advance();
                    let attr = self.name()?;
                    ExprKind::Attribute {
                        value: self.one(expr),
                        attr,
                        ctx: Ctx::Load,
                    }
                }
                T::LPar => {
                    let (args, keywords) = self.deeper(Self::arguments)?;
                    let func = expr;
                    ExprKind::Call(self.lower.nodes.one(Call { func, args, keywords }))
                }
                T::LSqb => {
                    let value = self.one(expr);
                    self.advance();
                    let slice = self.deeper(Self::slices)?;
                    let slice = self.one(slice);
                    self.expect(T::RSqb)?;
                    ExprKind::Subscript {
                        value,
                        slice,
                        ctx: Ctx::Load,
                    }
                }
                // Two strings that are not joined, a name in front of a string: nothing of Python's.
                _ => return Ok(expr),
            };
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(GiveUp);
            }
            expr = Expr {
                loc: self.loc(from),
                kind,
            };
        }
    }

    fn slices(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let item = |p: &mut Self| {
            if p.kind() == T::Star { p.starred() } else { p.slice() }
        };
        let is_starred = self.kind() == T::Star;
        let first = item(self)?;
        if self.kind() != T::Comma && !is_starred {
            return Ok(first);
        }
        let listed = self.exprs.len();
        self.exprs.push(first);
        while self.eat(T::Comma) {
            if self.kind() == T::RSqb {
                break;
            }
            let next = item(self)?;
            self.exprs.push(next);
        }
        let elts = self.listed(listed);
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Tuple { elts, ctx: Ctx::Load },
        })
    }

    fn slice(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let mut lower = None;
        if self.kind() != T::Colon {
            let in_brackets = self.kind() == T::LPar;
            let first = self.named_expression()?;
            if self.kind() != T::Colon {
                return Ok(first);
            }
            if matches!(first.kind, ExprKind::NamedExpr { .. }) && !in_brackets {
                return Err(GiveUp);
            }
            lower = Some(self.one(first));
        }
        self.expect(T::Colon)?;
        let part = |p: &mut Self| {
            if matches!(p.kind(), T::Colon | T::Comma | T::RSqb) {
                return Quick::Ok(None);
            }
            let e = p.expression()?;
            Ok(Some(p.one(e)))
        };
        let upper = part(self)?;
        let step = if self.eat(T::Colon) { part(self)? } else { None };
        Ok(Expr {
            loc: self.loc(from),
            kind: ExprKind::Slice { lower, upper, step },
        })
    }

    /// From the opening bracket to the closing one.
    pub(super) fn arguments(&mut self) -> Quick<(&'t [Expr<'t>], &'t [Keyword<'t>])> {
        let open = self.token.from;
        self.expect(T::LPar)?;
        let listed = self.exprs.len();
        let keywords = self.keywords.len();
        let mut unpacked = false;
        while self.kind() != T::RPar {
            let from = self.token.from;
            if self.eat(T::DoubleStar) {
                let value = self.expression()?;
                unpacked = true;
                let loc = self.loc(from);
                self.keywords.push(Keyword { loc, arg: None, value });
            } else if self.kind() == T::Star {
                if unpacked {
                    return Err(GiveUp);
                }
                self.advance();
                let value = self.expression()?;
                let value = self.one(value);
                let kind = ExprKind::Starred { value, ctx: Ctx::Load };
                let loc = self.loc(from);
                self.exprs.push(Expr { loc, kind });
            } else if self.kind() == T::Name && self.names_keyword() {
                let arg = Some(self.name()?);
                self.expect(T::Equal)?;
                let value = self.expression()?;
                let loc = self.loc(from);
                self.keywords.push(Keyword { loc, arg, value });
            } else {
                if self.keywords.len() > keywords {
                    return Err(GiveUp);
                }
                let arg = self.named_expression()?;
                if matches!(self.kind(), T::For | T::Async) {
                    // A generator that is not alone needs brackets of its own.
                    if self.exprs.len() > listed {
                        return Err(GiveUp);
                    }
                    let comp = self.comprehension(arg, None)?;
                    self.expect(T::RPar)?;
                    let generator = Expr {
                        loc: self.loc(open),
                        kind: ExprKind::GeneratorExp(comp),
                    };
                    return Ok((self.lower.nodes.list(&[generator]), &[]));
                }
                self.exprs.push(arg);
            }
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RPar)?;
        let args = self.listed(listed);
        let named = self.lower.nodes.list(&self.keywords[keywords..]);
        self.keywords.truncate(keywords);
        Ok((args, named))
    }

    /// Whether `=` follows the name.
    pub(super) fn names_keyword(&mut self) -> bool {
        let rest = &self.source.text.as_bytes()[self.token.end as usize..];
        match rest {
            [b'=', b'=', ..] => false,
            [b'=', ..] => true,
            [b',' | b')' | b'.' | b'(' | b'[', ..] => false,
            _ => self.peek() == T::Equal,
        }
    }

    fn comprehension(&mut self, elt: Expr<'t>, value: Option<Expr<'t>>) -> Quick<&'t Comp<'t>> {
        if elt.is_starred() {
            return Err(GiveUp);
        }
        let id = self.lower.id();
        let mut generators = Vec::new();
        loop {
            let is_async = self.eat(T::Async);
            self.expect(T::For)?;
            let target = self.targets()?;
            self.expect(T::In)?;
            let iter = self.disjunction()?;
            let listed = self.exprs.len();
            while self.eat(T::If) {
                let condition = self.disjunction()?;
                self.exprs.push(condition);
            }
            let ifs = self.listed(listed);
            generators.push(Comprehension {
                target,
                iter,
                ifs,
                is_async,
            });
            if !matches!(self.kind(), T::For | T::Async) {
                break;
            }
        }
        let generators = self.lower.nodes.list(&generators);
        Ok(self.lower.nodes.one(Comp {
            id,
            elt,
            value,
            generators,
        }))
    }

    fn atom(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let constant = |value: &'t Constant| ExprKind::Constant { value, u_prefix: false };
        let kind = match self.kind() {
            T::Name => {
                let id = self.name()?;
                let loc = self.loc(from);
                return Ok(self.lower.load_name(loc, id));
            }
            T::Str | T::FStr => return self.strings(),
            T::Number => {
                let value = self.number()?;
                self.advance();
                constant(value)
            }
            T::None => {
                self.advance();
                constant(&Constant::None)
            }
            T::True => {
                self.advance();
                constant(&Constant::Bool(true))
            }
            T::False => {
                self.advance();
                constant(&Constant::Bool(false))
            }
            T::Ellipsis => {
                self.advance();
                constant(&Constant::Ellipsis)
            }
            T::LPar => return self.deeper(Self::group),
            T::LSqb => return self.deeper(Self::list),
            T::LBrace => return self.deeper(Self::dict_or_set),
            _ => return Err(GiveUp),
        };
        Ok(Expr {
            loc: self.loc(from),
            kind,
        })
    }

    /// Items between brackets, of which the first has been read, up to the closing one.
    fn items(&mut self, first: Expr<'t>, close: T) -> Quick<Listed<'t>> {
        let listed = self.exprs.len();
        self.exprs.push(first);
        let mut comma = false;
        while self.eat(T::Comma) {
            comma = true;
            if self.kind() == close {
                break;
            }
            let next = self.star_expression(true)?;
            self.exprs.push(next);
        }
        self.expect(close)?;
        let elts = self.listed(listed);
        Ok(Listed { elts, comma })
    }

    fn group(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::LPar)?;
        let kind = match self.kind() {
            T::RPar => {
                self.advance();
                ExprKind::Tuple {
                    elts: &[],
                    ctx: Ctx::Load,
                }
            }
            T::Yield => {
                let value = self.yield_expression()?;
                self.expect(T::RPar)?;
                return Ok(value);
            }
            _ => {
                let first = self.star_expression(true)?;
                if matches!(self.kind(), T::For | T::Async) {
                    let comp = self.comprehension(first, None)?;
                    self.expect(T::RPar)?;
                    ExprKind::GeneratorExp(comp)
                } else {
                    let Listed { elts, comma } = self.items(first, T::RPar)?;
                    if !comma {
                        return if first.is_starred() { Err(GiveUp) } else { Ok(first) };
                    }
                    ExprKind::Tuple { elts, ctx: Ctx::Load }
                }
            }
        };
        Ok(Expr {
            loc: self.loc(from),
            kind,
        })
    }

    fn list(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::LSqb)?;
        let kind = if self.eat(T::RSqb) {
            ExprKind::List {
                elts: &[],
                ctx: Ctx::Load,
            }
        } else {
            let first = self.star_expression(true)?;
            if matches!(self.kind(), T::For | T::Async) {
                let comp = self.comprehension(first, None)?;
                self.expect(T::RSqb)?;
                ExprKind::ListComp(comp)
            } else {
                let elts = self.items(first, T::RSqb)?.elts;
                ExprKind::List { elts, ctx: Ctx::Load }
            }
        };
        Ok(Expr {
            loc: self.loc(from),
            kind,
        })
    }

    fn dict_or_set(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        self.expect(T::LBrace)?;
        let kind = match self.kind() {
            T::RBrace => {
                self.advance();
                ExprKind::Dict(&Dict { keys: &[], values: &[] })
            }
            T::DoubleStar => self.dict(None)?,
            T::Star => {
                let first = self.starred()?;
                ExprKind::Set(self.items(first, T::RBrace)?.elts)
            }
            _ => {
                let in_brackets = self.kind() == T::LPar;
                let first = self.named_expression()?;
                match self.kind() {
                    T::Colon if matches!(first.kind, ExprKind::NamedExpr { .. }) && !in_brackets => {
                        return Err(GiveUp);
                    }
                    T::Colon => self.dict(Some(first))?,
                    T::For | T::Async => {
                        let comp = self.comprehension(first, None)?;
                        self.expect(T::RBrace)?;
                        ExprKind::SetComp(comp)
                    }
                    _ => ExprKind::Set(self.items(first, T::RBrace)?.elts),
                }
            }
        };
        Ok(Expr {
            loc: self.loc(from),
            kind,
        })
    }

    /// The rest of a dict, of which the first key may have been read.
    fn dict(&mut self, first: Option<Expr<'t>>) -> Quick<ExprKind<'t>> {
        let mut keys: Vec<Option<Expr<'t>>> = Vec::new();
        let listed = self.exprs.len();
        let mut key = first;
        loop {
            let value = if key.is_none() && self.eat(T::DoubleStar) {
                keys.push(None);
                self.bitwise_or()?
            } else {
                keys.push(Some(match key.take() {
                    Some(key) => key,
                    None => self.expression()?,
                }));
                self.expect(T::Colon)?;
                self.expression()?
            };
            if keys.len() == 1
                && matches!(self.kind(), T::For | T::Async)
                && let [Some(key)] = keys.as_slice()
            {
                let comp = self.comprehension(*key, Some(value))?;
                self.expect(T::RBrace)?;
                return Ok(ExprKind::DictComp(comp));
            }
            self.exprs.push(value);
            if !self.eat(T::Comma) || self.kind() == T::RBrace {
                break;
            }
        }
        self.expect(T::RBrace)?;
        let values = self.listed(listed);
        let keys = self.lower.nodes.list(&keys);
        Ok(ExprKind::Dict(self.lower.nodes.one(Dict { keys, values })))
    }

    pub(super) fn number(&mut self) -> Quick<&'t Constant> {
        let range = TextRange::new(TextSize::new(self.token.start), TextSize::new(self.token.end));
        let text = &self.source.text[self.token.start as usize..self.token.end as usize];
        Ok(match text.as_bytes() {
            // The commonest.
            [digit @ b'0'..=b'9'] => self.lower.nodes.constant(Constant::Int(i64::from(digit - b'0'))),
            _ => {
                let value = self.lower.number_text(text, range)?;
                self.lower.nodes.constant(value)
            }
        })
    }

    /// One or more literals side by side.
    pub(super) fn strings(&mut self) -> Quick<Expr<'t>> {
        let from = self.token.from;
        let start = self.token.start;
        let first = self.token;
        let mut has_fstring = first.kind == T::FStr;
        let mut count = 1;
        let mut end = first.end;
        self.advance();
        let mut parts = Vec::new();
        while matches!(self.kind(), T::Str | T::FStr) {
            if count == 1 {
                parts.push(first);
            }
            has_fstring |= self.kind() == T::FStr;
            parts.push(self.token);
            count += 1;
            end = self.token.end;
            self.advance();
        }
        let loc = self.loc(from);
        if has_fstring {
            return self.fstring(start, end);
        }
        let text = &self.source.text;
        let is_bytes = |token: &super::Token| {
            let head = &text.as_bytes()[token.start as usize..];
            head.iter()
                .take_while(|b| !matches!(b, b'"' | b'\''))
                .any(|b| matches!(b, b'b' | b'B'))
        };
        let bytes = is_bytes(&first);
        let value = if count == 1 {
            self.lower.literal(first.start, first.end, bytes)?
        } else {
            if parts.iter().any(|part| is_bytes(part) != bytes) {
                return Err(GiveUp);
            }
            let mut out = Vec::new();
            for part in &parts {
                self.lower.literal_part(part.start, part.end, bytes, &mut out)?;
            }
            if bytes {
                Constant::Bytes(out.into())
            } else {
                Constant::Str(PyStr::from_surrogatepass(&out).ok_or(GiveUp)?)
            }
        };
        let u_prefix = matches!(text.as_bytes()[start as usize], b'u' | b'U');
        let value = self.lower.nodes.constant(value);
        Ok(Expr {
            loc,
            kind: ExprKind::Constant { value, u_prefix },
        })
    }
}
