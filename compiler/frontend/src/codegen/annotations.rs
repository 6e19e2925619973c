//! Annotations: the `__annotate__` functions of modules, classes and signatures (PEP 649, PEP 749), or strings under
//! `from __future__ import annotations`.
//!
//! CPython: Python/codegen.c, codegen_process_deferred_annotations, codegen_function_annotations.

use pyaot_code::opcode::{common_constant, function_attribute};
use pyaot_code::{Constant, Opcode, PyStr};

use super::Compiler;
use super::unit::{ArgCounts, ScopeType};
use super::unparse::unparse;
use crate::diagnostic::{Diagnostic, Result};
use crate::symtable::{Block, EntryId};
use crate::syntax::ast::*;

/// CPython: Include/internal/pycore_object.h, _Py_ANNOTATE_FORMAT_VALUE_WITH_FAKE_GLOBALS.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

impl<'a> Compiler<'a, '_> {
    /// Opens an annotation scope; its code refuses formats it does not know.
    pub fn setup_annotations_scope(&mut self, loc: Location, entry: EntryId, name: Ident) -> Result<()> {
        let counts = ArgCounts {
            posonly: 1,
            ..ArgCounts::default()
        };
        self.enter_scope(name, ScopeType::Annotations, entry, loc.lineno, None, counts)?;
        self.addop_i(loc, Opcode::LOAD_FAST, 0);
        self.load_const(loc, Constant::Int(VALUE_WITH_FAKE_GLOBALS));
        self.addop_compare(loc, CmpOp::Gt);
        let body = self.new_label();
        self.addop_j(loc, Opcode::POP_JUMP_IF_FALSE, body);
        self.addop_u(loc, Opcode::LOAD_COMMON_CONSTANT, common_constant::NOTIMPLEMENTEDERROR);
        self.addop_i(loc, Opcode::RAISE_VARARGS, 1);
        self.use_label(body);
        Ok(())
    }

    /// Closes the scope and makes the function. Its parameter is shown as `format`; inside it is `.format`, so that
    /// an annotation may use the name.
    fn leave_annotations_scope(&mut self, loc: Location) -> Result<()> {
        self.addop(loc, Opcode::RETURN_VALUE);
        let mut code = self.assemble_and_exit(true)?;
        if let Some(first) = code.code.localsplusnames.first_mut() {
            *first = PyStr::from("format");
        }
        self.make_closure(loc, code, 0)
    }

    /// Keeps an annotation for `__annotate__`; a conditional one records that it was reached.
    pub fn defer_annotation(&mut self, loc: Location, a: &'a AnnAssign<'a>) -> Result<()> {
        let scope = self.scope_type();
        let u = self.u();
        let mut index = None;
        if scope == ScopeType::Module || u.in_conditional_block > 0 {
            index = Some(u.next_conditional_annotation_index);
            u.next_conditional_annotation_index += 1;
        }
        u.deferred_annotations.push((a, loc, index));
        if let Some(index) = index {
            let set = known::CONDITIONAL_ANNOTATIONS;
            let (opcode, i) = if scope == ScopeType::Class {
                (Opcode::LOAD_DEREF, self.cell_index(set)?)
            } else {
                (Opcode::LOAD_NAME, self.add_name(set))
            };
            self.addop_i(loc, opcode, i);
            self.load_const(loc, Constant::Int(index));
            self.addop_i(loc, Opcode::SET_ADD, 1);
            self.addop(loc, Opcode::POP_TOP);
        }
        Ok(())
    }

    pub fn process_deferred_annotations(&mut self, loc: Location) -> Result<()> {
        let deferred = std::mem::take(&mut self.u().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let scope = self.scope_type();
        // A module's function is made before its first statement.
        let separate = scope == ScopeType::Module;
        if separate {
            let main = std::mem::take(&mut self.u().seq);
            self.u().stashed = Some(main);
        }
        let entry = self.unit().entry;
        let Some(block) = self.st.entries[entry].annotation_block else {
            return Err(Diagnostic::internal("annotations", "no symbol table entry"));
        };
        let name = self.st.entries[block].name;
        self.setup_annotations_scope(loc, block, name)?;
        self.addop_i(loc, Opcode::BUILD_MAP, 0);
        for (a, at, index) in deferred {
            let ExprKind::Name { id, .. } = a.target.kind else {
                continue;
            };
            let mangled = {
                let private = self.unit().private;
                crate::symtable::mangle(&mut self.st.names, private, id)
            };
            let not_set = self.new_label();
            if let Some(index) = index {
                self.load_const(at, Constant::Int(index));
                let set = known::CONDITIONAL_ANNOTATIONS;
                if scope == ScopeType::Class {
                    // The symbol table does not know of this use: the name becomes a free variable here.
                    self.u().md.freevars.add(set);
                    let i = self.free_index(set)?;
                    self.addop_i(at, Opcode::LOAD_DEREF, i);
                } else {
                    self.addop_name(at, Opcode::LOAD_GLOBAL, set, 1, 0);
                }
                self.addop_i(at, Opcode::CONTAINS_OP, 0);
                self.addop_j(at, Opcode::POP_JUMP_IF_FALSE, not_set);
            }
            self.expr(a.annotation)?;
            self.addop_i(at, Opcode::COPY, 2);
            self.load_name_text(at, mangled);
            self.addop(loc, Opcode::STORE_SUBSCR);
            self.use_label(not_set);
        }
        self.leave_annotations_scope(loc)?;
        let is_class = self.st.entries[entry].block == Block::Class;
        self.nameop(
            loc,
            if is_class {
                known::ANNOTATE_FUNC
            } else {
                known::ANNOTATE
            },
            Ctx::Store,
        )?;
        if separate {
            let main = self.u().stashed.take().unwrap_or_default();
            let annotations = std::mem::replace(&mut self.u().seq, main);
            self.seq().set_annotations_code(annotations);
        }
        Ok(())
    }

    /// Returns the attribute that the annotations become.
    pub fn function_annotations(
        &mut self,
        loc: Location,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
    ) -> Result<u32> {
        let entry = self.lookup_entry(args.id)?;
        if !self.st.entries[entry].annotations_used {
            return Ok(0);
        }
        let name = self.st.entries[entry].name;
        self.setup_annotations_scope(loc, entry, name)?;
        let all = args
            .args
            .iter()
            .chain(args.posonlyargs)
            .chain(args.vararg)
            .chain(args.kwonlyargs)
            .chain(args.kwarg);
        let mut n = 0;
        for arg in all {
            if let Some(annotation) = arg.annotation {
                self.arg_annotation(loc, arg.arg, annotation)?;
                n += 1;
            }
        }
        if let Some(returns) = returns {
            self.arg_annotation(loc, known::RETURN, returns)?;
            n += 1;
        }
        self.addop_i(loc, Opcode::BUILD_MAP, n);
        self.leave_annotations_scope(loc)?;
        Ok(function_attribute::ANNOTATE)
    }

    fn arg_annotation(&mut self, loc: Location, name: Ident, annotation: &'a Expr<'a>) -> Result<()> {
        let mangled = self.maybe_mangle(name);
        self.load_name_text(loc, mangled);
        if self.future.annotations {
            self.annotation_string(annotation);
            return Ok(());
        }
        // `*args: *Ts` annotates with the only item of `*Ts`.
        if let ExprKind::Starred { value, .. } = annotation.kind {
            self.expr(value)?;
            self.addop_i(loc, Opcode::UNPACK_SEQUENCE, 1);
            return Ok(());
        }
        self.expr(annotation)
    }

    pub fn annotation_string(&mut self, annotation: &Expr) {
        let text = unparse(annotation, &self.st.names);
        self.load_const(annotation.loc, Constant::Str(text));
    }
}
