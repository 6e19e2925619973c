//! Type parameters and type aliases (PEP 695, PEP 696).
//!
//! CPython: Python/codegen.c, codegen_type_params, codegen_typealias.

use pyaot_code::opcode::{function_attribute, intrinsic1, intrinsic2};
use pyaot_code::{Constant, Opcode};

use super::Compiler;
use super::unit::ScopeType;
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    fn bound_or_default(&mut self, e: &'a Expr<'a>, name: Ident, key: NodeId, allow_starred: bool) -> Result<()> {
        self.load_const(e.loc, Constant::tuple(vec![Constant::Int(1)]));
        let entry = self.lookup_entry(key)?;
        self.setup_annotations_scope(e.loc, entry, name)?;
        match e.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.addop_i(e.loc, Opcode::UNPACK_SEQUENCE, 1);
            }
            _ => self.expr(e)?,
        }
        self.addop(e.loc, Opcode::RETURN_VALUE);
        let code = self.assemble_and_exit(true)?;
        self.make_closure(e.loc, code, function_attribute::DEFAULTS)
    }

    pub fn type_params(&mut self, params: &'a TypeParams<'a>) -> Result<()> {
        let mut seen_default = false;
        for p in params.params {
            let loc = p.loc;
            self.load_name_text(loc, p.name);
            let make = match p.kind {
                TypeParamKind::TypeVar => intrinsic1::TYPEVAR,
                TypeParamKind::TypeVarTuple => intrinsic1::TYPEVARTUPLE,
                TypeParamKind::ParamSpec => intrinsic1::PARAMSPEC,
            };
            match p.bound {
                Some(bound) => {
                    self.bound_or_default(bound, p.name, p.bound_id, false)?;
                    let constraints = matches!(bound.kind, ExprKind::Tuple { .. });
                    let make = if constraints {
                        intrinsic2::TYPEVAR_WITH_CONSTRAINTS
                    } else {
                        intrinsic2::TYPEVAR_WITH_BOUND
                    };
                    self.addop_u(loc, Opcode::CALL_INTRINSIC_2, make);
                }
                None => self.addop_u(loc, Opcode::CALL_INTRINSIC_1, make),
            }
            if let Some(default) = p.default_value {
                seen_default = true;
                let allow_starred = p.kind == TypeParamKind::TypeVarTuple;
                self.bound_or_default(default, p.name, p.default_id, allow_starred)?;
                self.addop_u(loc, Opcode::CALL_INTRINSIC_2, intrinsic2::SET_TYPEPARAM_DEFAULT);
            } else if seen_default {
                let message = format!(
                    "non-default type parameter '{}' follows default type parameter",
                    self.text(p.name)
                );
                return self.error(loc, message);
            }
            self.addop_i(loc, Opcode::COPY, 1);
            self.nameop(loc, p.name, Ctx::Store)?;
        }
        if let Some(first) = params.params.first() {
            self.addop_i(first.loc, Opcode::BUILD_TUPLE, params.params.len());
        }
        Ok(())
    }

    pub fn type_alias(&mut self, t: &'a TypeAlias<'a>, loc: Location) -> Result<()> {
        let ExprKind::Name { id: name, .. } = t.name.kind else {
            return Err(Diagnostic::internal("type_alias", "type alias without a name"));
        };
        let generic = !t.type_params.params.is_empty();
        if generic {
            let scope_name = self.generic_name(name);
            let entry = self.lookup_entry(t.type_params.id)?;
            let scope = ScopeType::Annotations;
            self.enter_scope(scope_name, scope, entry, loc.lineno, None, Default::default())?;
            self.load_name_text(loc, name);
            self.type_params(&t.type_params)?;
        } else {
            self.load_name_text(loc, name);
            self.load_none(loc);
        }
        self.load_const(loc, Constant::tuple(vec![Constant::Int(1)]));
        let entry = self.lookup_entry(t.id)?;
        self.setup_annotations_scope(loc, entry, name)?;
        self.expr(t.value)?;
        self.addop(loc, Opcode::RETURN_VALUE);
        let code = self.assemble_and_exit(false)?;
        self.make_closure(loc, code, function_attribute::DEFAULTS)?;
        self.addop_i(loc, Opcode::BUILD_TUPLE, 3);
        self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::TYPEALIAS);
        if generic {
            let code = self.assemble_and_exit(false)?;
            self.make_closure(loc, code, 0)?;
            self.addop(loc, Opcode::PUSH_NULL);
            self.addop_i(loc, Opcode::CALL, 0);
        }
        self.nameop(loc, name, Ctx::Store)
    }
}
