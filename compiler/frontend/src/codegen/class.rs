//! Classes.
//!
//! CPython: Python/codegen.c, codegen_class, codegen_class_body.

use pyaot_code::opcode::intrinsic1;
use pyaot_code::{Constant, Opcode};

use super::unit::ScopeType;
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    pub fn class(&mut self, c: &'a ClassDef, loc: Location) -> Result<()> {
        self.exprs(&c.decorator_list)?;
        let firstlineno = c.decorator_list.first().map_or(loc.lineno, |d| d.loc.lineno);
        let generic = !c.type_params.params.is_empty();
        let type_params = Ident::from(".type_params");
        if generic {
            let name = Ident::from(format!("<generic parameters of {}>", c.name));
            let entry = self.lookup_entry(c.type_params.id)?;
            let scope = ScopeType::Annotations;
            self.enter_scope(&name, scope, entry, firstlineno, Some(&c.name), Default::default())?;
            self.type_params(&c.type_params)?;
            self.nameop(loc, &type_params, Ctx::Store)?;
        }
        self.class_body(c, loc, firstlineno)?;
        if generic {
            let generic_base = Ident::from(".generic_base");
            self.nameop(loc, &type_params, Ctx::Load)?;
            self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::SUBSCRIPT_GENERIC);
            self.nameop(loc, &generic_base, Ctx::Store)?;
            self.call_helper(loc, 2, &c.bases, Some(&generic_base), &c.keywords)?;
            let code = self.assemble_and_exit(false)?;
            self.make_closure(loc, code, 0)?;
            self.addop(loc, Opcode::PUSH_NULL);
            self.addop_i(loc, Opcode::CALL, 0);
        } else {
            self.call_helper(loc, 2, &c.bases, None, &c.keywords)?;
        }
        self.apply_decorators(&c.decorator_list);
        self.nameop(loc, &c.name, Ctx::Store)
    }

    /// The body's code object, and `__build_class__` with its first two arguments.
    fn class_body(&mut self, c: &'a ClassDef, stmt_loc: Location, firstlineno: i32) -> Result<()> {
        let entry = self.lookup_entry(c.id)?;
        self.enter_scope(
            &c.name,
            ScopeType::Class,
            entry,
            firstlineno,
            Some(&c.name),
            Default::default(),
        )?;
        let loc = Location::new(firstlineno, firstlineno, 0, 0);
        self.nameop(loc, &Ident::from("__name__"), Ctx::Load)?;
        self.nameop(loc, &Ident::from("__module__"), Ctx::Store)?;
        let qualname = self.unit().md.qualname.clone().unwrap_or_else(|| c.name.clone());
        self.load_const(loc, Constant::Str(qualname));
        self.nameop(loc, &Ident::from("__qualname__"), Ctx::Store)?;
        self.load_const(loc, Constant::Int(i64::from(firstlineno)));
        self.nameop(loc, &Ident::from("__firstlineno__"), Ctx::Store)?;
        if !c.type_params.params.is_empty() {
            self.nameop(loc, &Ident::from(".type_params"), Ctx::Load)?;
            self.nameop(loc, &Ident::from("__type_params__"), Ctx::Store)?;
        }
        if self.entry().needs_classdict {
            self.addop(loc, Opcode::LOAD_LOCALS);
            let i = self.cell_index(&Ident::from("__classdict__"))?;
            self.addop_i(loc, Opcode::STORE_DEREF, i);
        }
        if self.entry().has_conditional_annotations {
            self.addop_i(loc, Opcode::BUILD_SET, 0);
            let i = self.cell_index(&Ident::from("__conditional_annotations__"))?;
            self.addop_i(loc, Opcode::STORE_DEREF, i);
        }
        self.body(loc, &c.body, false)?;
        let attributes = self
            .unit()
            .static_attributes
            .iter()
            .cloned()
            .map(Constant::Str)
            .collect();
        self.load_const(NO_LOCATION, Constant::tuple(attributes));
        self.nameop(NO_LOCATION, &Ident::from("__static_attributes__"), Ctx::Store)?;
        if self.entry().needs_classdict {
            let i = self.cell_index(&Ident::from("__classdict__"))?;
            self.addop_i(NO_LOCATION, Opcode::LOAD_CLOSURE, i);
            self.nameop(NO_LOCATION, &Ident::from("__classdictcell__"), Ctx::Store)?;
        }
        if self.entry().needs_class_closure {
            let i = self.cell_index(&Ident::from("__class__"))?;
            self.addop_i(NO_LOCATION, Opcode::LOAD_CLOSURE, i);
            self.addop_i(NO_LOCATION, Opcode::COPY, 1);
            self.nameop(NO_LOCATION, &Ident::from("__classcell__"), Ctx::Store)?;
        } else {
            self.load_none(NO_LOCATION);
        }
        self.addop(NO_LOCATION, Opcode::RETURN_VALUE);
        let code = self.assemble_and_exit(true)?;

        self.addop(stmt_loc, Opcode::LOAD_BUILD_CLASS);
        self.addop(stmt_loc, Opcode::PUSH_NULL);
        self.make_closure(stmt_loc, code, 0)?;
        self.load_const(stmt_loc, Constant::Str(c.name.clone()));
        Ok(())
    }
}
