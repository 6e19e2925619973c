//! Statements.

use super::lexer::{Pos, T};
use super::{GiveUp, MAX_CHAIN, Parser, Quick};
use crate::syntax::ast::*;
use crate::syntax::lower::Context;

fn augmented(kind: T) -> Option<Operator> {
    Some(match kind {
        T::PlusEqual => Operator::Add,
        T::MinusEqual => Operator::Sub,
        T::StarEqual => Operator::Mult,
        T::SlashEqual => Operator::Div,
        T::DoubleSlashEqual => Operator::FloorDiv,
        T::DoubleStarEqual => Operator::Pow,
        T::PercentEqual => Operator::Mod,
        T::AtEqual => Operator::MatMult,
        T::VBarEqual => Operator::BitOr,
        T::AmperEqual => Operator::BitAnd,
        T::CircumflexEqual => Operator::BitXor,
        T::LShiftEqual => Operator::LShift,
        T::RShiftEqual => Operator::RShift,
        _ => return None,
    })
}

impl<'t> Parser<'_, '_, 't> {
    pub(super) fn file(&mut self) -> Quick<&'t [Stmt<'t>]> {
        let from = self.stmts.len();
        while self.kind() != T::End {
            self.statement()?;
        }
        self.documented(from)
    }

    /// Takes the statements since `from` as a body that may start with a docstring.
    fn documented(&mut self, from: usize) -> Quick<&'t [Stmt<'t>]> {
        let body = self.lower.documented(&self.stmts[from..]);
        self.stmts.truncate(from);
        Ok(body)
    }

    /// Reads `:` and a block, whose statements are put behind the others.
    fn suite(&mut self) -> Quick<usize> {
        self.expect(T::Colon)?;
        let from = self.stmts.len();
        if !self.eat(T::Newline) {
            self.simple_statements()?;
            return Ok(from);
        }
        self.expect(T::Indent)?;
        self.deeper(|p| {
            while p.kind() != T::Dedent {
                p.statement()?;
            }
            Ok(())
        })?;
        self.advance();
        Ok(from)
    }

    pub(super) fn block(&mut self) -> Quick<&'t [Stmt<'t>]> {
        let from = self.suite()?;
        let body = self.lower.nodes.list(&self.stmts[from..]);
        self.stmts.truncate(from);
        Ok(body)
    }

    fn block_within(&mut self, context: Context) -> Quick<&'t [Stmt<'t>]> {
        let pushed = self.lower.enter(context);
        let body = self.block()?;
        self.lower.leave(pushed);
        Ok(body)
    }

    pub(super) fn push(&mut self, from: Pos, kind: StmtKind<'t>) {
        let loc = self.loc(from);
        self.stmts.push(Stmt { loc, kind });
    }

    fn statement(&mut self) -> Quick<()> {
        let from = self.token.from;
        let kind = match self.kind() {
            T::If => return self.if_statement(from),
            T::Def => return self.function(from, &[], false),
            T::Class => return self.class(from, &[]),
            T::For => return self.for_statement(from, false),
            T::With => return self.with_statement(from, false),
            T::Try => return self.try_statement(from),
            T::At => return self.decorated(),
            T::While => {
                self.advance();
                let test = self.named_expression()?;
                let test = self.one(test);
                let body = self.block_within(Context::Loop)?;
                let orelse = self.else_block()?;
                StmtKind::While { test, body, orelse }
            }
            T::Async => {
                self.advance();
                return match self.kind() {
                    T::Def => self.function(from, &[], true),
                    T::For => self.for_statement(from, true),
                    T::With => self.with_statement(from, true),
                    _ => Err(GiveUp),
                };
            }
            T::Name if self.may_be_match() && self.match_statement(from)? => return Ok(()),
            _ => return self.simple_statements(),
        };
        self.push(from, kind);
        Ok(())
    }

    fn else_block(&mut self) -> Quick<&'t [Stmt<'t>]> {
        if self.eat(T::Else) { self.block() } else { Ok(&[]) }
    }

    fn if_statement(&mut self, from: Pos) -> Quick<()> {
        // Tests, bodies and starts, to be nested from the last one on.
        let listed = self.clauses.len();
        let mut start = from;
        loop {
            self.advance();
            let test = self.named_expression()?;
            let test = self.one(test);
            let body = self.block()?;
            self.clauses.push((start, test, body));
            if self.clauses.len() - listed > MAX_CHAIN {
                return Err(GiveUp);
            }
            if self.kind() != T::Elif {
                break;
            }
            start = self.token.from;
        }
        let mut orelse = self.else_block()?;
        while let Some((start, test, body)) = self.clauses.pop() {
            let stmt = Stmt {
                loc: self.loc(start),
                kind: StmtKind::If { test, body, orelse },
            };
            if self.clauses.len() == listed {
                self.stmts.push(stmt);
                break;
            }
            orelse = self.lower.nodes.list(&[stmt]);
        }
        Ok(())
    }

    fn decorated(&mut self) -> Quick<()> {
        let listed = self.exprs.len();
        while self.eat(T::At) {
            let decorator = self.named_expression()?;
            self.exprs.push(decorator);
            self.expect(T::Newline)?;
        }
        let decorators = self.listed(listed);
        let from = self.token.from;
        match self.kind() {
            T::Def => self.function(from, decorators, false),
            T::Class => self.class(from, decorators),
            T::Async => {
                self.advance();
                self.function(from, decorators, true)
            }
            _ => Err(GiveUp),
        }
    }

    fn function(&mut self, from: Pos, decorator_list: &'t [Expr<'t>], is_async: bool) -> Quick<()> {
        self.expect(T::Def)?;
        let id = self.lower.id();
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(T::LPar)?;
        let args = self.parameters(T::RPar, true)?;
        self.expect(T::RPar)?;
        let returns = if self.eat(T::Arrow) {
            let returns = self.annotation()?;
            Some(self.one(returns))
        } else {
            None
        };
        let pushed = self.lower.enter(Context::Function);
        let body = self.suite()?;
        self.lower.leave(pushed);
        let body = self.documented(body)?;
        let def = self.lower.nodes.one(FunctionDef {
            id,
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
            is_async,
        });
        self.push(from, StmtKind::FunctionDef(def));
        Ok(())
    }

    fn class(&mut self, from: Pos, decorator_list: &'t [Expr<'t>]) -> Quick<()> {
        self.expect(T::Class)?;
        let id = self.lower.id();
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (bases, keywords): (&'t [Expr<'t>], &'t [Keyword<'t>]) = if self.kind() == T::LPar {
            self.arguments()?
        } else {
            (&[], &[])
        };
        // `class C(x for x in y)` is refused.
        if bases.iter().any(|base| matches!(base.kind, ExprKind::GeneratorExp(_))) {
            return Err(GiveUp);
        }
        let body = self.suite()?;
        let body = self.documented(body)?;
        let def = self.lower.nodes.one(ClassDef {
            id,
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        });
        self.push(from, StmtKind::ClassDef(def));
        Ok(())
    }

    fn for_statement(&mut self, from: Pos, is_async: bool) -> Quick<()> {
        self.expect(T::For)?;
        let target = self.targets()?;
        let target = self.one(target);
        self.expect(T::In)?;
        let iter = self.star_expressions()?;
        let iter = self.one(iter);
        let body = self.block_within(Context::Loop)?;
        let orelse = self.else_block()?;
        let node = self.lower.nodes.one(For {
            target,
            iter,
            body,
            orelse,
        });
        let kind = if is_async {
            StmtKind::AsyncFor(node)
        } else {
            StmtKind::For(node)
        };
        self.push(from, kind);
        Ok(())
    }

    fn with_statement(&mut self, from: Pos, is_async: bool) -> Quick<()> {
        self.expect(T::With)?;
        let mut items = Vec::new();
        // Items in brackets, unless something follows that makes the brackets part of an expression.
        if self.kind() == T::LPar {
            let before = self.start_try();
            if self.bracketed_items(&mut items).is_err() || self.kind() != T::Colon {
                items.clear();
                self.give_up_try(before);
            }
        }
        if items.is_empty() {
            loop {
                let item = self.with_item()?;
                items.push(item);
                if !self.eat(T::Comma) {
                    break;
                }
            }
        }
        let items = self.lower.nodes.list(&items);
        let body = self.block()?;
        let node = self.lower.nodes.one(With { items, body });
        let kind = if is_async {
            StmtKind::AsyncWith(node)
        } else {
            StmtKind::With(node)
        };
        self.push(from, kind);
        Ok(())
    }

    fn bracketed_items(&mut self, items: &mut Vec<WithItem<'t>>) -> Quick<()> {
        self.expect(T::LPar)?;
        loop {
            let item = self.with_item()?;
            items.push(item);
            if !self.eat(T::Comma) || self.kind() == T::RPar {
                break;
            }
        }
        self.expect(T::RPar)
    }

    fn with_item(&mut self) -> Quick<WithItem<'t>> {
        let context_expr = self.expression()?;
        let optional_vars = if self.eat(T::As) {
            let target = self.bitwise_or()?;
            let target = self.target(target, Ctx::Store)?;
            if !matches!(self.kind(), T::Comma | T::RPar | T::Colon) {
                return Err(GiveUp);
            }
            Some(self.one(target))
        } else {
            None
        };
        Ok(WithItem {
            context_expr,
            optional_vars,
        })
    }

    fn try_statement(&mut self, from: Pos) -> Quick<()> {
        self.expect(T::Try)?;
        let body = self.block()?;
        let mut handlers = Vec::new();
        let mut catches_groups = false;
        while self.kind() == T::Except {
            let start = self.token.from;
            self.advance();
            let has_star = self.eat(T::Star);
            // All of them, or none, and each names its classes.
            if has_star != catches_groups && !handlers.is_empty() || has_star && self.kind() == T::Colon {
                return Err(GiveUp);
            }
            catches_groups = has_star;
            let (mut typ, mut name) = (None, None);
            if self.kind() != T::Colon {
                let from = self.token.from;
                let first = self.expression()?;
                if self.kind() == T::Comma {
                    let classes = self.tuple_behind(from, first, Self::expression)?;
                    typ = Some(self.one(classes));
                } else {
                    typ = Some(self.one(first));
                    if self.eat(T::As) {
                        name = Some(self.name()?);
                    }
                }
            }
            let body = self.block()?;
            handlers.push(ExceptHandler {
                loc: self.loc(start),
                typ,
                name,
                body,
            });
        }
        let orelse = if handlers.is_empty() { &[] } else { self.else_block()? };
        let finalbody = if self.eat(T::Finally) {
            self.block_within(Context::Finally)?
        } else if handlers.is_empty() {
            return Err(GiveUp);
        } else {
            &[]
        };
        let handlers = self.lower.nodes.list(&handlers);
        let node = self.lower.nodes.one(Try {
            body,
            handlers,
            orelse,
            finalbody,
        });
        let kind = if catches_groups {
            StmtKind::TryStar(node)
        } else {
            StmtKind::Try(node)
        };
        self.push(from, kind);
        Ok(())
    }

    fn simple_statements(&mut self) -> Quick<()> {
        loop {
            self.simple_statement()?;
            if self.eat(T::Semi) {
                if self.kind() != T::Newline {
                    continue;
                }
            }
            return self.expect(T::Newline);
        }
    }

    fn simple_statement(&mut self) -> Quick<()> {
        let from = self.token.from;
        let kind = match self.kind() {
            T::Return => {
                self.advance();
                let value = if matches!(self.kind(), T::Newline | T::Semi) {
                    None
                } else {
                    let value = self.star_expressions()?;
                    Some(self.one(value))
                };
                self.lower.leaving("return", self.loc(from));
                StmtKind::Return(value)
            }
            T::Pass => {
                self.advance();
                StmtKind::Pass
            }
            T::Break => {
                self.advance();
                self.lower.leaving("break", self.loc(from));
                StmtKind::Break
            }
            T::Continue => {
                self.advance();
                self.lower.leaving("continue", self.loc(from));
                StmtKind::Continue
            }
            T::Raise => {
                self.advance();
                let (mut exc, mut cause) = (None, None);
                if !matches!(self.kind(), T::Newline | T::Semi) {
                    let value = self.expression()?;
                    exc = Some(self.one(value));
                    if self.eat(T::From) {
                        let value = self.expression()?;
                        cause = Some(self.one(value));
                    }
                }
                StmtKind::Raise { exc, cause }
            }
            T::Assert => {
                self.advance();
                let test = self.expression()?;
                let test = self.one(test);
                let msg = if self.eat(T::Comma) {
                    let msg = self.expression()?;
                    Some(self.one(msg))
                } else {
                    None
                };
                StmtKind::Assert { test, msg }
            }
            T::Del => self.delete()?,
            T::Global | T::Nonlocal => {
                let is_global = self.kind() == T::Global;
                self.advance();
                let mut names = vec![self.name()?];
                while self.eat(T::Comma) {
                    names.push(self.name()?);
                }
                let names = self.lower.nodes.list(&names);
                if is_global {
                    StmtKind::Global(names)
                } else {
                    StmtKind::Nonlocal(names)
                }
            }
            T::Import => {
                self.advance();
                let mut names = Vec::new();
                loop {
                    let start = self.token.from;
                    let name = self.dotted_name()?;
                    let asname = self.as_name()?;
                    names.push(Alias {
                        loc: self.loc(start),
                        name,
                        asname,
                    });
                    if !self.eat(T::Comma) {
                        break;
                    }
                }
                StmtKind::Import(self.lower.nodes.list(&names))
            }
            T::From => self.from_import()?,
            T::Name if self.text(self.token) == b"type" && self.peek() == T::Name => self.type_alias()?,
            _ => self.expression_statement()?,
        };
        self.push(from, kind);
        Ok(())
    }

    /// Whether a statement that starts with a name may be a match statement.
    fn may_be_match(&mut self) -> bool {
        if self.text(self.token) != b"match" {
            return false;
        }
        // An operator that no expression starts with says that it is a name.
        !matches!(
            self.peek(),
            T::Dot
                | T::Equal
                | T::Comma
                | T::Colon
                | T::Semi
                | T::Newline
                | T::RPar
                | T::PlusEqual
                | T::VBarEqual
                | T::EqEqual
                | T::NotEqual
        )
    }

    fn type_alias(&mut self) -> Quick<StmtKind<'t>> {
        self.advance();
        let id = self.lower.id();
        let from = self.token.from;
        let name = self.name()?;
        let name = Expr {
            loc: self.loc(from),
            kind: ExprKind::Name {
                id: name,
                ctx: Ctx::Store,
            },
        };
        let name = self.one(name);
        let type_params = self.type_params()?;
        self.expect(T::Equal)?;
        let value = self.expression()?;
        let value = self.one(value);
        Ok(StmtKind::TypeAlias(self.lower.nodes.one(TypeAlias {
            id,
            name,
            type_params,
            value,
        })))
    }

    fn delete(&mut self) -> Quick<StmtKind<'t>> {
        self.advance();
        let listed = self.exprs.len();
        loop {
            let target = self.bitwise_or()?;
            let target = self.target(target, Ctx::Del)?;
            self.exprs.push(target);
            if !self.eat(T::Comma) || matches!(self.kind(), T::Newline | T::Semi) {
                break;
            }
        }
        if !matches!(self.kind(), T::Newline | T::Semi) {
            return Err(GiveUp);
        }
        Ok(StmtKind::Delete(self.listed(listed)))
    }

    /// The name with its dots; blanks between them are left to the other way.
    fn dotted_name(&mut self) -> Quick<Ident> {
        let mut whole = self.token;
        let first = self.name()?;
        if self.kind() != T::Dot {
            return Ok(first);
        }
        while self.kind() == T::Dot {
            if self.token.start != whole.end {
                return Err(GiveUp);
            }
            whole.end = self.token.end;
            self.advance();
            if self.kind() != T::Name || self.token.start != whole.end {
                return Err(GiveUp);
            }
            whole.end = self.token.end;
            self.advance();
        }
        Ok(self.intern(whole))
    }

    fn as_name(&mut self) -> Quick<Option<Ident>> {
        if self.eat(T::As) {
            Ok(Some(self.name()?))
        } else {
            Ok(None)
        }
    }

    fn from_import(&mut self) -> Quick<StmtKind<'t>> {
        self.advance();
        let mut level = 0;
        loop {
            match self.kind() {
                T::Dot => level += 1,
                T::Ellipsis => level += 3,
                _ => break,
            }
            self.advance();
        }
        let module = if self.kind() == T::Name {
            Some(self.dotted_name()?)
        } else if level > 0 {
            None
        } else {
            return Err(GiveUp);
        };
        self.expect(T::Import)?;
        let mut names = Vec::new();
        let start = self.token.from;
        if self.eat(T::Star) {
            names.push(Alias {
                loc: self.loc(start),
                name: known::STAR,
                asname: None,
            });
        } else {
            let brackets = self.eat(T::LPar);
            loop {
                let start = self.token.from;
                let token = self.token;
                let name = self.name()?;
                if module == Some(known::FUTURE) && level == 0 && self.text(token) == b"annotations" {
                    // Elsewhere than at the head of a module it is refused.
                    self.lower.keep_annotations();
                }
                let asname = self.as_name()?;
                names.push(Alias {
                    loc: self.loc(start),
                    name,
                    asname,
                });
                if !self.eat(T::Comma) || brackets && self.kind() == T::RPar {
                    break;
                }
            }
            if brackets {
                self.expect(T::RPar)?;
            }
        }
        Ok(StmtKind::ImportFrom {
            module,
            names: self.lower.nodes.list(&names),
            level,
        })
    }

    fn expression_statement(&mut self) -> Quick<StmtKind<'t>> {
        let in_brackets = self.kind() == T::LPar;
        let first = self.yield_or_star_expressions()?;
        match self.kind() {
            T::Equal => {
                let listed = self.exprs.len();
                let mut value = first;
                while self.eat(T::Equal) {
                    let target = self.target(value, Ctx::Store)?;
                    self.exprs.push(target);
                    value = self.yield_or_star_expressions()?;
                }
                let targets = self.listed(listed);
                let value = self.one(value);
                Ok(StmtKind::Assign { targets, value })
            }
            T::Colon => {
                let simple = match first.kind {
                    ExprKind::Name { .. } => !in_brackets,
                    ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => false,
                    _ => return Err(GiveUp),
                };
                let target = self.target(first, Ctx::Store)?;
                let target = self.one(target);
                self.advance();
                let annotation = self.annotation()?;
                let annotation = self.one(annotation);
                let value = if self.eat(T::Equal) {
                    let value = self.yield_or_star_expressions()?;
                    Some(self.one(value))
                } else {
                    None
                };
                Ok(StmtKind::AnnAssign(self.lower.nodes.one(AnnAssign {
                    target,
                    annotation,
                    value,
                    simple,
                })))
            }
            kind => {
                let Some(op) = augmented(kind) else {
                    return Ok(StmtKind::Expr(self.one(first)));
                };
                if !matches!(
                    first.kind,
                    ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
                ) {
                    return Err(GiveUp);
                }
                let target = self.target(first, Ctx::Store)?;
                let target = self.one(target);
                self.advance();
                let value = self.yield_or_star_expressions()?;
                let value = self.one(value);
                Ok(StmtKind::AugAssign { target, op, value })
            }
        }
    }
}
