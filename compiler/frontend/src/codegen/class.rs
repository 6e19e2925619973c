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
    pub fn class(&mut self, c: &'a ClassDef<'a>, loc: Location) -> Result<()> {
        self.exprs(c.decorator_list)?;
        let firstlineno = c.decorator_list.first().map_or(loc.lineno, |d| d.loc.lineno);
        let generic = !c.type_params.params.is_empty();
        let type_params = known::DOT_TYPE_PARAMS;
        if generic {
            let name = self.generic_name(c.name);
            let entry = self.lookup_entry(c.type_params.id)?;
            let scope = ScopeType::Annotations;
            self.enter_scope(name, scope, entry, firstlineno, Some(c.name), Default::default())?;
            self.type_params(&c.type_params)?;
            self.nameop(loc, type_params, Ctx::Store)?;
        }
        self.class_body(c, loc, firstlineno)?;
        if generic {
            let generic_base = known::DOT_GENERIC_BASE;
            self.nameop(loc, type_params, Ctx::Load)?;
            self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::SUBSCRIPT_GENERIC);
            self.nameop(loc, generic_base, Ctx::Store)?;
            self.call_helper(loc, 2, c.bases, Some(generic_base), c.keywords)?;
            let code = self.assemble_and_exit(false)?;
            self.make_closure(loc, code, 0)?;
            self.addop(loc, Opcode::PUSH_NULL);
            self.addop_i(loc, Opcode::CALL, 0);
        } else {
            self.call_helper(loc, 2, c.bases, None, c.keywords)?;
        }
        self.apply_decorators(c.decorator_list);
        self.nameop(loc, c.name, Ctx::Store)
    }

    /// The body's code object, and `__build_class__` with its first two arguments.
    fn class_body(&mut self, c: &'a ClassDef<'a>, stmt_loc: Location, firstlineno: i32) -> Result<()> {
        let entry = self.lookup_entry(c.id)?;
        self.enter_scope(
            c.name,
            ScopeType::Class,
            entry,
            firstlineno,
            Some(c.name),
            Default::default(),
        )?;
        let loc = Location::new(firstlineno, firstlineno, 0, 0);
        self.nameop(loc, known::NAME, Ctx::Load)?;
        self.nameop(loc, known::MODULE, Ctx::Store)?;
        let qualname = self
            .unit()
            .md
            .qualname
            .clone()
            .unwrap_or_else(|| self.text(c.name).clone());
        self.load_const(loc, Constant::Str(qualname));
        self.nameop(loc, known::QUALNAME, Ctx::Store)?;
        self.load_const(loc, Constant::Int(i64::from(firstlineno)));
        self.nameop(loc, known::FIRSTLINENO, Ctx::Store)?;
        if !c.type_params.params.is_empty() {
            self.nameop(loc, known::DOT_TYPE_PARAMS, Ctx::Load)?;
            self.nameop(loc, known::TYPE_PARAMS, Ctx::Store)?;
        }
        if self.entry().needs_classdict {
            self.addop(loc, Opcode::LOAD_LOCALS);
            let i = self.cell_index(known::CLASSDICT)?;
            self.addop_i(loc, Opcode::STORE_DEREF, i);
        }
        if self.entry().has_conditional_annotations {
            self.addop_i(loc, Opcode::BUILD_SET, 0);
            let i = self.cell_index(known::CONDITIONAL_ANNOTATIONS)?;
            self.addop_i(loc, Opcode::STORE_DEREF, i);
        }
        self.body(loc, c.body, false)?;
        let mut attributes: Vec<Ident> = self.unit().static_attributes.iter().collect();
        self.st.names.sort(&mut attributes);
        let attributes = attributes.into_iter().map(|name| self.name_constant(name)).collect();
        self.load_const(NO_LOCATION, Constant::tuple(attributes));
        self.nameop(NO_LOCATION, known::STATIC_ATTRIBUTES, Ctx::Store)?;
        if self.entry().needs_classdict {
            let i = self.cell_index(known::CLASSDICT)?;
            self.addop_i(NO_LOCATION, Opcode::LOAD_CLOSURE, i);
            self.nameop(NO_LOCATION, known::CLASSDICTCELL, Ctx::Store)?;
        }
        if self.entry().needs_class_closure {
            let i = self.cell_index(known::CLASS)?;
            self.addop_i(NO_LOCATION, Opcode::LOAD_CLOSURE, i);
            self.addop_i(NO_LOCATION, Opcode::COPY, 1);
            self.nameop(NO_LOCATION, known::CLASSCELL, Ctx::Store)?;
        } else {
            self.load_none(NO_LOCATION);
        }
        self.addop(NO_LOCATION, Opcode::RETURN_VALUE);
        let code = self.assemble_and_exit(true)?;

        self.addop(stmt_loc, Opcode::LOAD_BUILD_CLASS);
        self.addop(stmt_loc, Opcode::PUSH_NULL);
        self.make_closure(stmt_loc, code, 0)?;
        self.load_name_text(stmt_loc, c.name);
        Ok(())
    }
}
