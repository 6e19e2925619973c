//! Statements that have no file of their own.
//!
//! CPython: Python/codegen.c, codegen_visit_stmt.

use pyaot_code::opcode::{common_constant, intrinsic1};
use pyaot_code::{Constant, Opcode};

use super::unit::ScopeType;
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    pub fn stmt(&mut self, s: &'a Stmt<'a>) -> Result<()> {
        let loc = s.loc;
        match s.kind {
            StmtKind::FunctionDef(f) => self.function(f, loc),
            StmtKind::ClassDef(c) => self.class(c, loc),
            StmtKind::TypeAlias(t) => self.type_alias(t, loc),
            StmtKind::Return(value) => self.return_stmt(loc, value),
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.expr(value)?;
                let n = targets.len();
                for (i, target) in targets.iter().enumerate() {
                    if i + 1 < n {
                        self.addop_i(loc, Opcode::COPY, 1);
                    }
                    self.expr(target)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.augassign(loc, target, op, value),
            StmtKind::AnnAssign(a) => self.annassign(loc, a),
            StmtKind::For(f) => self.conditional_block(|c| c.for_stmt(loc, f)),
            StmtKind::AsyncFor(f) => self.conditional_block(|c| c.async_for(loc, f)),
            StmtKind::While { test, body, orelse } => self.conditional_block(|c| c.while_stmt(loc, test, body, orelse)),
            StmtKind::If { test, body, orelse } => self.conditional_block(|c| c.if_stmt(test, body, orelse)),
            StmtKind::Match { subject, cases } => self.conditional_block(|c| c.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => {
                let mut n = 0;
                if let Some(exc) = exc {
                    self.expr(exc)?;
                    n += 1;
                    if let Some(cause) = cause {
                        self.expr(cause)?;
                        n += 1;
                    }
                }
                self.addop_i(loc, Opcode::RAISE_VARARGS, n);
                Ok(())
            }
            StmtKind::Try(t) => self.conditional_block(|c| c.try_stmt(loc, t)),
            StmtKind::TryStar(t) => self.conditional_block(|c| c.try_star(loc, t)),
            StmtKind::Assert { test, msg } => self.assert(loc, test, msg),
            StmtKind::Import(names) => self.import(loc, names),
            StmtKind::ImportFrom { module, names, level } => self.from_import(loc, module, names, level),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => Ok(()),
            StmtKind::Expr(value) => self.stmt_expr(loc, value),
            StmtKind::Pass => {
                self.addop(loc, Opcode::NOP);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(loc),
            StmtKind::Continue => self.continue_stmt(loc),
            StmtKind::With(w) => self.conditional_block(|c| c.with(w, 0)),
            StmtKind::AsyncWith(w) => self.conditional_block(|c| c.async_with(w, 0)),
        }
    }

    fn conditional_block(&mut self, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.u().in_conditional_block += 1;
        f(self)?;
        self.u().in_conditional_block -= 1;
        Ok(())
    }

    fn stmt_expr(&mut self, loc: Location, value: &'a Expr<'a>) -> Result<()> {
        if self.interactive && self.units.len() == 1 {
            self.expr(value)?;
            self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::PRINT);
            self.addop(NO_LOCATION, Opcode::POP_TOP);
            return Ok(());
        }
        if value.as_constant().is_some() {
            self.addop(loc, Opcode::NOP);
            return Ok(());
        }
        self.expr(value)?;
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        Ok(())
    }

    fn assert(&mut self, loc: Location, test: &'a Expr<'a>, msg: Option<&'a Expr<'a>>) -> Result<()> {
        let always_true = match test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant {
                value: Constant::Tuple(items),
                ..
            } => !items.is_empty(),
            _ => false,
        };
        if always_true {
            self.warn(loc, "assertion is always true, perhaps remove parentheses?".to_string());
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_if(test, end, true)?;
        self.addop_u(loc, Opcode::LOAD_COMMON_CONSTANT, common_constant::ASSERTIONERROR);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.addop_i(loc, Opcode::CALL, 0);
        }
        self.addop_i(test.loc, Opcode::RAISE_VARARGS, 1);
        self.use_label(end);
        Ok(())
    }

    /// CPython: codegen_augassign.
    fn augassign(&mut self, loc: Location, e: &'a Expr<'a>, op: Operator, value: &'a Expr<'a>) -> Result<()> {
        match e.kind {
            ExprKind::Attribute {
                value: object, attr, ..
            } => {
                self.expr(object)?;
                self.addop_i(e.loc, Opcode::COPY, 1);
                let at = self.attr_location(e.loc, e.loc, attr);
                self.addop_name(at, Opcode::LOAD_ATTR, attr, 1, 0);
                self.expr(value)?;
                self.addop_binary(loc, op, true);
                self.addop_i(at, Opcode::SWAP, 2);
                self.addop_name(at, Opcode::STORE_ATTR, attr, 0, 0);
            }
            ExprKind::Subscript {
                value: object, slice, ..
            } => {
                self.expr(object)?;
                if let Some((lower, upper)) = two_element_slice(slice) {
                    self.slice_two_parts(slice.loc, lower, upper)?;
                    for _ in 0..3 {
                        self.addop_i(e.loc, Opcode::COPY, 3);
                    }
                    self.addop(e.loc, Opcode::BINARY_SLICE);
                    self.expr(value)?;
                    self.addop_binary(loc, op, true);
                    for n in [4, 3, 2] {
                        self.addop_i(e.loc, Opcode::SWAP, n);
                    }
                    self.addop(e.loc, Opcode::STORE_SLICE);
                } else {
                    self.expr(slice)?;
                    self.addop_i(e.loc, Opcode::COPY, 2);
                    self.addop_i(e.loc, Opcode::COPY, 2);
                    self.addop_u(e.loc, Opcode::BINARY_OP, pyaot_code::opcode::nb::SUBSCR);
                    self.expr(value)?;
                    self.addop_binary(loc, op, true);
                    self.addop_i(e.loc, Opcode::SWAP, 3);
                    self.addop_i(e.loc, Opcode::SWAP, 2);
                    self.addop(e.loc, Opcode::STORE_SUBSCR);
                }
            }
            ExprKind::Name { id, .. } => {
                self.nameop(e.loc, id, Ctx::Load)?;
                self.expr(value)?;
                self.addop_binary(loc, op, true);
                self.nameop(e.loc, id, Ctx::Store)?;
            }
            _ => {
                return Err(Diagnostic::internal(
                    "augassign",
                    "invalid target of an augmented assignment",
                ));
            }
        }
        Ok(())
    }

    /// CPython: codegen_annassign.
    fn annassign(&mut self, loc: Location, a: &'a AnnAssign<'a>) -> Result<()> {
        let future = self.future.annotations;
        let in_namespace = matches!(self.scope_type(), ScopeType::Module | ScopeType::Class);
        if let Some(value) = a.value {
            self.expr(value)?;
            self.expr(a.target)?;
        }
        match a.target.kind {
            ExprKind::Name { id, .. } => {
                if a.simple && in_namespace {
                    if future {
                        self.annotation_string(a.annotation);
                        let names = known::ANNOTATIONS;
                        self.addop_name(loc, Opcode::LOAD_NAME, names, 0, 0);
                        let mangled = self.maybe_mangle(id);
                        self.load_name_text(loc, mangled);
                        self.addop(loc, Opcode::STORE_SUBSCR);
                    } else {
                        self.defer_annotation(loc, a)?;
                    }
                }
            }
            ExprKind::Attribute { value, .. } => {
                if a.value.is_none() {
                    self.check_ann_expr(value)?;
                }
            }
            ExprKind::Subscript { value, slice, .. } => {
                if a.value.is_none() {
                    self.check_ann_expr(value)?;
                    self.check_ann_subscr(slice)?;
                }
            }
            _ => return Err(Diagnostic::internal("annassign", "invalid target of an annotation")),
        }
        Ok(())
    }

    fn check_ann_expr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        self.expr(e)?;
        self.addop(e.loc, Opcode::POP_TOP);
        Ok(())
    }

    fn check_ann_subscr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        match e.kind {
            ExprKind::Slice { lower, upper, step } => [lower, upper, step]
                .into_iter()
                .flatten()
                .try_for_each(|e| self.check_ann_expr(e)),
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|e| self.check_ann_subscr(e)),
            _ => self.check_ann_expr(e),
        }
    }
}

/// Lower and upper bound of a slice without step that is not constant.
/// CPython: should_apply_two_element_slice_optimization.
pub fn two_element_slice<'t>(slice: &Expr<'t>) -> Option<(Option<&'t Expr<'t>>, Option<&'t Expr<'t>>)> {
    let ExprKind::Slice {
        lower,
        upper,
        step: None,
    } = slice.kind
    else {
        return None;
    };
    let constant = |e: Option<&Expr>| e.is_none_or(|e| e.as_constant().is_some());
    if constant(lower) && constant(upper) {
        return None;
    }
    Some((lower, upper))
}

impl Compiler<'_, '_> {
    /// An attribute on a later line than its object is located at its name.
    /// CPython: update_start_location_to_match_attr.
    pub fn attr_location(&self, mut loc: Location, attribute: Location, attr: Ident) -> Location {
        if loc.lineno != attribute.end_lineno {
            loc.lineno = attribute.end_lineno;
            let len = self.text(attr).len() as i32;
            if len <= attribute.end_col_offset {
                loc.col_offset = attribute.end_col_offset - len;
            } else {
                loc.col_offset = -1;
                loc.end_col_offset = -1;
            }
            loc.end_lineno = loc.end_lineno.max(loc.lineno);
            if loc.lineno == loc.end_lineno {
                loc.end_col_offset = loc.end_col_offset.max(loc.col_offset);
            }
        }
        loc
    }
}
