//! Comprehensions: inlined into the scope around them (PEP 709), or as a function of their own.
//!
//! CPython: Python/codegen.c, codegen_comprehension; Python/compile.c, _PyCompile_TweakInlinedComprehensionScopes.

use pyaot_code::Opcode;

use super::unit::{ArgCounts, BlockKind, ScopeType};
use super::{Compiler, NO_LOCATION};
use crate::diagnostic::{Diagnostic, Result};
use crate::instr::Label;
use crate::symtable::{Block, CompKind, EntryId, Scope, def, symbol_scope};
use crate::syntax::ast::*;

/// What an inlined comprehension changed in the scope around it.
#[derive(Default)]
struct InlinedState {
    pushed_locals: Vec<Ident>,
    temp_symbols: Vec<(Ident, u32)>,
    fast_hidden: Vec<Ident>,
    cleanup: Option<Label>,
}

/// The parts of a comprehension that its generators share.
#[derive(Clone, Copy)]
struct Body<'a> {
    comp: &'a Comp<'a>,
    kind: CompKind,
    loc: Location,
}

impl<'a> Compiler<'a, '_> {
    pub fn comprehension(&mut self, e: &'a Expr<'a>) -> Result<()> {
        let (comp, kind, name) = match e.kind {
            ExprKind::ListComp(c) => (c, CompKind::List, known::ANGLE_LISTCOMP),
            ExprKind::SetComp(c) => (c, CompKind::Set, known::ANGLE_SETCOMP),
            ExprKind::DictComp(c) => (c, CompKind::Dict, known::ANGLE_DICTCOMP),
            ExprKind::GeneratorExp(c) => (c, CompKind::Generator, known::ANGLE_GENEXPR),
            _ => return Err(Diagnostic::internal("comprehension", "not a comprehension")),
        };
        let loc = e.loc;
        let body = Body { comp, kind, loc };
        let entry = self.lookup_entry(comp.id)?;
        let is_inlined = self.st.entries[entry].comp_inlined;
        let is_async = self.st.entries[entry].coroutine;
        let outermost = &comp.generators[0];
        let mut state = InlinedState::default();
        if is_inlined {
            self.iterator(outermost)?;
            self.tweak_scopes(entry, &mut state);
            self.push_locals(loc, entry, &mut state)?;
        } else {
            let counts = ArgCounts {
                args: 1,
                ..ArgCounts::default()
            };
            self.enter_scope(name, ScopeType::Comprehension, entry, loc.lineno, None, counts)?;
        }
        let build = match kind {
            CompKind::List => Some(Opcode::BUILD_LIST),
            CompKind::Set => Some(Opcode::BUILD_SET),
            CompKind::Dict => Some(Opcode::BUILD_MAP),
            CompKind::Generator | CompKind::No => None,
        };
        if let Some(build) = build {
            self.addop_i(loc, build, 0);
            if is_inlined {
                self.addop_i(loc, Opcode::SWAP, 2);
            }
        }
        self.generator(body, 0, 0, is_inlined)?;
        if is_inlined {
            self.pop_locals(loc, &mut state)?;
            self.revert_scopes(state);
            return Ok(());
        }
        if kind == CompKind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.addop(loc, Opcode::RETURN_VALUE);
        }
        let code = self.assemble_and_exit(true)?;
        self.make_closure(loc, code, 0)?;
        self.iterator(outermost)?;
        self.addop_i(loc, Opcode::CALL, 0);
        if is_async && kind != CompKind::Generator {
            self.await_value(loc, 0);
        }
        Ok(())
    }

    /// The iterable of a generator, and its iterator.
    fn iterator(&mut self, generator: &'a Comprehension<'a>) -> Result<()> {
        self.expr(&generator.iter)?;
        let opcode = if generator.is_async {
            Opcode::GET_AITER
        } else {
            Opcode::GET_ITER
        };
        self.addop(generator.iter.loc, opcode);
        Ok(())
    }

    fn generator(&mut self, body: Body<'a>, index: usize, depth: usize, iter_on_stack: bool) -> Result<()> {
        if body.comp.generators[index].is_async {
            self.async_generator(body, index, depth, iter_on_stack)
        } else {
            self.sync_generator(body, index, depth, iter_on_stack)
        }
    }

    fn sync_generator(&mut self, body: Body<'a>, index: usize, depth: usize, iter_on_stack: bool) -> Result<()> {
        let start = self.new_label();
        let if_cleanup = self.new_label();
        let anchor = self.new_label();
        let generator = &body.comp.generators[index];
        let mut depth = depth;
        let mut loops = true;
        if !iter_on_stack {
            if index == 0 {
                self.addop_i(body.loc, Opcode::LOAD_FAST, 0);
            } else {
                // `for y in [f(x)]` binds a value without a loop.
                let single = match &generator.iter.kind {
                    ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match elts {
                        [elt] if !elt.is_starred() => Some(elt),
                        _ => None,
                    },
                    _ => None,
                };
                match single {
                    Some(elt) => {
                        self.expr(elt)?;
                        loops = false;
                    }
                    None => self.iterator(generator)?,
                }
            }
        }
        if loops {
            depth += 1;
            self.use_label(start);
            self.addop_j(generator.iter.loc, Opcode::FOR_ITER, anchor);
        }
        self.expr(&generator.target)?;
        for condition in generator.ifs {
            self.jump_if(condition, if_cleanup, false)?;
        }
        let elt_loc = self.rest_or_element(body, index, depth)?;
        self.use_label(if_cleanup);
        if loops {
            self.addop_j(elt_loc, Opcode::JUMP, start);
            self.use_label(anchor);
            self.addop(NO_LOCATION, Opcode::END_FOR);
            self.addop(NO_LOCATION, Opcode::POP_ITER);
        }
        Ok(())
    }

    fn async_generator(&mut self, body: Body<'a>, index: usize, depth: usize, iter_on_stack: bool) -> Result<()> {
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let if_cleanup = self.new_label();
        let generator = &body.comp.generators[index];
        let loc = body.loc;
        if !iter_on_stack {
            if index == 0 {
                self.addop_i(loc, Opcode::LOAD_FAST, 0);
            } else {
                self.iterator(generator)?;
            }
        }
        self.use_label(start);
        self.push_fblock(loc, BlockKind::AsyncComprehensionGenerator, start, Label::NO_LABEL)?;
        self.addop_j(loc, Opcode::SETUP_FINALLY, except);
        self.addop(loc, Opcode::GET_ANEXT);
        self.load_none(loc);
        self.use_label(send);
        self.add_yield_from(loc, true);
        self.addop(loc, Opcode::POP_BLOCK);
        self.expr(&generator.target)?;
        for condition in generator.ifs {
            self.jump_if(condition, if_cleanup, false)?;
        }
        let elt_loc = self.rest_or_element(body, index, depth + 1)?;
        self.use_label(if_cleanup);
        self.addop_j(elt_loc, Opcode::JUMP, start);
        self.pop_fblock();
        self.use_label(except);
        self.addop_j(loc, Opcode::END_ASYNC_FOR, send);
        Ok(())
    }

    /// The next generator, or the element after the last one. Returns the location of the jump back.
    fn rest_or_element(&mut self, body: Body<'a>, index: usize, depth: usize) -> Result<Location> {
        let elt = &body.comp.elt;
        let mut elt_loc = elt.loc;
        if index + 1 < body.comp.generators.len() {
            self.generator(body, index + 1, depth, false)?;
            return Ok(elt_loc);
        }
        self.expr(elt)?;
        match body.kind {
            CompKind::Generator | CompKind::No => {
                self.addop_yield(elt_loc);
                self.addop(elt_loc, Opcode::POP_TOP);
            }
            CompKind::List => self.addop_i(elt_loc, Opcode::LIST_APPEND, depth + 1),
            CompKind::Set => self.addop_i(elt_loc, Opcode::SET_ADD, depth + 1),
            CompKind::Dict => {
                if let Some(value) = &body.comp.value {
                    self.expr(value)?;
                    elt_loc.end_lineno = value.loc.end_lineno;
                    elt_loc.end_col_offset = value.loc.end_col_offset;
                }
                self.addop_i(elt_loc, Opcode::MAP_ADD, depth + 1);
            }
        }
        Ok(elt_loc)
    }

    fn comp_symbols(&self, entry: EntryId) -> Vec<(Ident, u32)> {
        self.st.entries[entry].symbols.entries().to_vec()
    }

    fn in_class_block(&self) -> bool {
        self.entry().block == Block::Class
    }

    /// Gives names of the comprehension their scope in it, for the time it is generated.
    fn tweak_scopes(&mut self, comp: EntryId, state: &mut InlinedState) {
        let in_class_block = self.in_class_block() && self.unit().in_inlined_comp == 0;
        self.u().in_inlined_comp += 1;
        let here = self.unit().entry;
        let function_like = self.entry().is_function_like();
        for (name, symbol) in self.comp_symbols(comp) {
            let scope = symbol_scope(symbol);
            let outer = self.st.entries[here].symbols.flags(name);
            let outer_scope = symbol_scope(outer);
            if scope != outer_scope && scope != Scope::Free && !(scope == Scope::Cell && outer_scope == Scope::Free)
                || in_class_block
            {
                self.st.entries[here].symbols.set(name, symbol);
                state.temp_symbols.push((name, outer));
            }
            let local = symbol & def::LOCAL != 0 && symbol & def::NONLOCAL == 0;
            if (local || in_class_block) && !function_like {
                let hidden = &mut self.u().md.fasthidden;
                if hidden.get(name) != Some(&true) {
                    hidden.set(name, true);
                    state.fast_hidden.push(name);
                }
            }
        }
    }

    fn revert_scopes(&mut self, state: InlinedState) {
        self.u().in_inlined_comp -= 1;
        let here = self.unit().entry;
        for (name, symbol) in state.temp_symbols {
            self.st.entries[here].symbols.set(name, symbol);
        }
        for name in state.fast_hidden {
            // False, not absent: the name keeps its place among the hidden locals.
            self.u().md.fasthidden.set(name, false);
        }
    }

    /// Saves the values of names that the comprehension binds.
    fn push_locals(&mut self, loc: Location, comp: EntryId, state: &mut InlinedState) -> Result<()> {
        let in_class_block = self.in_class_block() && self.unit().in_inlined_comp == 0;
        for (name, symbol) in self.comp_symbols(comp) {
            let local = symbol & def::LOCAL != 0 && symbol & def::NONLOCAL == 0;
            if !local && !in_class_block {
                continue;
            }
            let mangled = self.maybe_mangle(name);
            let i = self.u().md.varnames.add(mangled);
            self.addop_i(loc, Opcode::LOAD_FAST_AND_CLEAR, i);
            if symbol_scope(symbol) == Scope::Cell {
                let outer_scope = self.entry().scope(name);
                let i = if outer_scope == Scope::Free {
                    self.free_index(mangled)?
                } else {
                    self.u().md.cellvars.add(mangled)
                };
                self.addop_i(loc, Opcode::MAKE_CELL, i);
            }
            state.pushed_locals.push(name);
        }
        if !state.pushed_locals.is_empty() {
            // The outermost iterable goes back to the top; the saved values are rotated, and rotated back at the end.
            self.addop_i(loc, Opcode::SWAP, state.pushed_locals.len() + 1);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.addop_j(loc, Opcode::SETUP_FINALLY, cleanup);
        }
        Ok(())
    }

    fn restore_locals(&mut self, loc: Location, state: &InlinedState) {
        self.addop_i(loc, Opcode::SWAP, state.pushed_locals.len() + 1);
        for &name in state.pushed_locals.iter().rev() {
            let mangled = self.maybe_mangle(name);
            let i = self.u().md.varnames.add(mangled);
            self.addop_i(loc, Opcode::STORE_FAST_MAYBE_NULL, i);
        }
    }

    fn pop_locals(&mut self, loc: Location, state: &mut InlinedState) -> Result<()> {
        let Some(cleanup) = state.cleanup else { return Ok(()) };
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        let end = self.new_label();
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.addop_i(NO_LOCATION, Opcode::SWAP, 2);
        self.addop(NO_LOCATION, Opcode::POP_TOP);
        self.restore_locals(loc, state);
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 0);
        self.use_label(end);
        self.restore_locals(loc, state);
        Ok(())
    }
}
