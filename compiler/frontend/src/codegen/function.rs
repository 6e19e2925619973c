//! Functions and lambdas: defaults, annotations, body.
//!
//! CPython: Python/codegen.c, codegen_function, codegen_lambda.

use pyaot_code::opcode::{function_attribute, intrinsic2};
use pyaot_code::{Constant, Opcode};

use super::unit::{ArgCounts, BlockKind, ScopeType};
use super::{Compiler, NO_LOCATION, clean_doc};
use crate::diagnostic::{Diagnostic, Result};
use crate::instr::Label;
use crate::symtable::EntryId;
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    pub fn lookup_entry(&self, node: NodeId) -> Result<EntryId> {
        self.st
            .lookup(node)
            .ok_or_else(|| Diagnostic::internal("codegen", "unknown symbol table entry"))
    }

    pub fn generic_name(&mut self, name: Ident) -> Ident {
        let text = [b"<generic parameters of ", self.st.names.bytes(name), b">"].concat();
        self.st.names.intern(&text)
    }

    pub fn apply_decorators(&mut self, decorators: &'a [Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.addop_i(decorator.loc, Opcode::CALL, 0);
        }
    }

    /// Pushes the defaults; returns the attributes that they become. CPython: codegen_default_arguments.
    fn default_arguments(&mut self, loc: Location, args: &'a Arguments<'a>) -> Result<u32> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            self.exprs(args.defaults)?;
            self.addop_i(loc, Opcode::BUILD_TUPLE, args.defaults.len());
            flags |= function_attribute::DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            if let Some(default) = default {
                count += 1;
                let mangled = self.maybe_mangle(arg.arg);
                self.load_name_text(loc, mangled);
                self.expr(default)?;
            }
        }
        if count > 0 {
            self.addop_i(loc, Opcode::BUILD_MAP, count);
            flags |= function_attribute::KWDEFAULTS;
        }
        Ok(flags)
    }

    pub fn function(&mut self, f: &'a FunctionDef<'a>, loc: Location) -> Result<()> {
        self.exprs(f.decorator_list)?;
        let firstlineno = f.decorator_list.first().map_or(loc.lineno, |d| d.loc.lineno);
        let generic = !f.type_params.params.is_empty();
        let mut flags = self.default_arguments(loc, &f.args)?;
        let mut num_typeparam_args = 0;
        if generic {
            num_typeparam_args = (flags & 3).count_ones() as usize;
            if num_typeparam_args == 2 {
                self.addop_i(loc, Opcode::SWAP, 2);
            }
            let name = self.generic_name(f.name);
            let entry = self.lookup_entry(f.type_params.id)?;
            let counts = ArgCounts {
                args: num_typeparam_args,
                ..ArgCounts::default()
            };
            self.enter_scope(name, ScopeType::Annotations, entry, firstlineno, None, counts)?;
            self.type_params(&f.type_params)?;
            for i in 0..num_typeparam_args {
                self.addop_i(loc, Opcode::LOAD_FAST, i);
            }
        }
        flags |= self.function_annotations(loc, &f.args, f.returns)?;
        self.function_body(f, loc, flags, firstlineno)?;
        if generic {
            self.addop_i(loc, Opcode::SWAP, 2);
            self.addop_u(loc, Opcode::CALL_INTRINSIC_2, intrinsic2::SET_FUNCTION_TYPE_PARAMS);
            let code = self.assemble_and_exit(false)?;
            self.make_closure(loc, code, 0)?;
            if num_typeparam_args > 0 {
                self.addop_i(loc, Opcode::SWAP, num_typeparam_args + 1);
                self.addop_i(loc, Opcode::CALL, num_typeparam_args - 1);
            } else {
                self.addop(loc, Opcode::PUSH_NULL);
                self.addop_i(loc, Opcode::CALL, 0);
            }
        }
        self.apply_decorators(f.decorator_list);
        self.nameop(loc, f.name, Ctx::Store)
    }

    fn function_body(&mut self, f: &'a FunctionDef<'a>, loc: Location, flags: u32, firstlineno: i32) -> Result<()> {
        let scope = if f.is_async {
            ScopeType::AsyncFunction
        } else {
            ScopeType::Function
        };
        let entry = self.lookup_entry(f.id)?;
        self.enter_scope(f.name, scope, entry, firstlineno, None, ArgCounts::of(&f.args))?;
        let mut first = 0;
        if self.entry().has_docstring
            && let Some(Constant::Str(text)) = docstring(f.body).and_then(Expr::as_constant)
        {
            first = 1;
            self.u().md.consts.add(Constant::Str(clean_doc(text)));
        }
        let start = self.new_label();
        self.use_label(start);
        let stops = self.entry().coroutine || self.entry().generator;
        if stops {
            self.push_fblock(NO_LOCATION, BlockKind::StopIteration, start, Label::NO_LABEL)?;
        }
        self.stmts(&f.body[first..])?;
        if stops {
            self.wrap_in_stopiteration_handler();
            self.pop_fblock();
        }
        let code = self.assemble_and_exit(true)?;
        self.make_closure(loc, code, flags)
    }

    pub fn lambda(&mut self, loc: Location, l: &'a Lambda<'a>) -> Result<()> {
        let flags = self.default_arguments(loc, &l.args)?;
        let entry = self.lookup_entry(l.id)?;
        let name = known::ANGLE_LAMBDA;
        self.enter_scope(name, ScopeType::Lambda, entry, loc.lineno, None, ArgCounts::of(&l.args))?;
        self.expr(&l.body)?;
        let code = if self.entry().generator {
            self.assemble_and_exit(false)?
        } else {
            self.addop(l.body.loc, Opcode::RETURN_VALUE);
            self.assemble_and_exit(true)?
        };
        self.make_closure(loc, code, flags)
    }
}
