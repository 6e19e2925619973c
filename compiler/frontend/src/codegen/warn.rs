//! SyntaxWarnings about expressions that cannot mean what they say.
//!
//! CPython: Python/codegen.c, codegen_check_compare, check_caller, check_subscripter, check_index.

use pyaot_code::Constant;

use super::Compiler;
use crate::diagnostic::{Warning, WarningCategory};
use crate::syntax::ast::*;

/// Type name of what an expression gives, if its form decides it. CPython: infer_type.
fn infer_type(e: &Expr) -> Option<&'static str> {
    Some(match e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp(_) => "list",
        ExprKind::Dict(_) | ExprKind::DictComp(_) => "dict",
        ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
        ExprKind::GeneratorExp(_) => "generator",
        ExprKind::Lambda(_) => "function",
        ExprKind::TemplateStr(_) | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr(_) | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::Bool(_) => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) | Constant::BigInt(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex(..) => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
            Constant::Slice(_) => "slice",
            Constant::Code(_) => "code",
        },
        _ => return None,
    })
}

/// Whether `is` makes sense with this operand. CPython: check_is_arg.
fn is_arg(e: &Expr) -> bool {
    match e.kind {
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|e| e.as_constant().is_some()),
        ExprKind::Constant { value, .. } => {
            matches!(value, Constant::None | Constant::Bool(_) | Constant::Ellipsis)
        }
        _ => true,
    }
}

impl Compiler<'_, '_> {
    pub fn warn(&mut self, loc: Location, message: String) {
        if self.disable_warning == 0 {
            self.warnings.push(Warning {
                category: WarningCategory::SyntaxWarning,
                message,
                loc,
            });
        }
    }

    pub fn check_compare(&mut self, loc: Location, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let (word, better) = match op {
                CmpOp::Is => ("is", "=="),
                CmpOp::IsNot => ("is not", "!="),
                _ => {
                    left = right;
                    continue;
                }
            };
            let literal = if !is_arg(left) { left } else { right };
            if !is_arg(literal) {
                let typ = infer_type(literal).unwrap_or("object");
                self.warn(
                    loc,
                    format!("\"{word}\" with '{typ}' literal. Did you mean \"{better}\"?"),
                );
                return;
            }
            left = right;
        }
    }

    pub fn check_caller(&mut self, e: &Expr) {
        if matches!(e.kind, ExprKind::Lambda(_)) {
            return;
        }
        if let Some(typ) = infer_type(e) {
            self.warn(
                e.loc,
                format!("'{typ}' object is not callable; perhaps you missed a comma?"),
            );
        }
    }

    pub fn check_subscripter(&mut self, e: &Expr) {
        let subscriptable = match e.kind {
            ExprKind::Constant { value, .. } => !matches!(
                value,
                Constant::None
                    | Constant::Ellipsis
                    | Constant::Bool(_)
                    | Constant::Int(_)
                    | Constant::BigInt(_)
                    | Constant::Float(_)
                    | Constant::Complex(..)
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set(_)
            | ExprKind::SetComp(_)
            | ExprKind::GeneratorExp(_)
            | ExprKind::TemplateStr(_)
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda(_) => false,
            _ => true,
        };
        if !subscriptable && let Some(typ) = infer_type(e) {
            self.warn(
                e.loc,
                format!("'{typ}' object is not subscriptable; perhaps you missed a comma?"),
            );
        }
    }

    pub fn check_index(&mut self, e: &Expr, index: &Expr) {
        let Some(index_type) = infer_type(index) else { return };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let is_sequence = match e.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp(_)
            | ExprKind::JoinedStr(_)
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if is_sequence && let Some(typ) = infer_type(e) {
            self.warn(
                e.loc,
                format!("{typ} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"),
            );
        }
    }
}
