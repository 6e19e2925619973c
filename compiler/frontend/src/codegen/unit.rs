//! Units: what is known of one code object while it is generated, the stack of frame blocks in it, and the end of a
//! unit. In: calls of the generator. Out: `CodeObject`.
//!
//! CPython: Python/compile.c.

use pyaot_code::opcode::function_attribute;
use pyaot_code::{CodeObject, Constant, Opcode, PyStr, co};

use crate::names::{NameTable, Names};

use super::{Compiler, NO_LOCATION};
use crate::diagnostic::{Diagnostic, ErrorClass, Result};
use crate::instr::{CompileFailure, InstructionSequence, Label, UnitMetadata};
use crate::symtable::{Entry, EntryId, Scope, def, mangle, symbol_scope};
use crate::syntax::ast::*;

/// CPython: Include/cpython/code.h, CO_MAXBLOCKS.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameHome {
    Fast,
    Global,
    Deref,
    Name,
}

/// What a frame block is, with what its unwinding needs.
#[derive(Clone, Copy, Debug)]
pub enum BlockKind<'a> {
    WhileLoop,
    ForLoop,
    TryExcept,
    FinallyTry(&'a [Stmt<'a>]),
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup(Option<Ident>),
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

#[derive(Clone, Copy, Debug)]
pub struct FBlock<'a> {
    pub kind: BlockKind<'a>,
    pub block: Label,
    pub loc: Location,
    pub exit: Label,
}

pub struct Unit<'a> {
    pub entry: EntryId,
    pub scope: ScopeType,
    pub md: UnitMetadata,
    /// The class whose private names are mangled.
    pub private: Option<Ident>,
    pub seq: InstructionSequence,
    pub stashed: Option<InstructionSequence>,
    pub fblocks: Vec<FBlock<'a>>,
    pub in_inlined_comp: u32,
    pub in_conditional_block: u32,
    pub static_attributes: NameTable,
    /// Annotations of simple names with the index of a conditional one.
    pub deferred_annotations: Vec<(&'a AnnAssign<'a>, Location, Option<i64>)>,
    pub next_conditional_annotation_index: i64,
}

/// Parameter counts of a new unit.
#[derive(Clone, Copy, Default)]
pub struct ArgCounts {
    pub args: usize,
    pub posonly: usize,
    pub kwonly: usize,
}

impl ArgCounts {
    pub fn of(args: &Arguments) -> ArgCounts {
        ArgCounts {
            args: args.args.len(),
            posonly: args.posonlyargs.len(),
            kwonly: args.kwonlyargs.len(),
        }
    }
}

/// Puts the names whose scope is `scope` or that have `flag` into the empty table, sorted. CPython: dictbytype.
fn names_by_type(names: &Names, entry: &Entry, scope: Scope, flag: u32, table: &mut NameTable) {
    for (name, flags) in entry.symbols.entries() {
        if symbol_scope(*flags) == scope || flags & flag != 0 {
            table.push(*name, ());
        }
    }
    table.sort(names);
}

impl Unit<'_> {
    fn new() -> Self {
        Unit {
            entry: 0,
            scope: ScopeType::Module,
            md: UnitMetadata::default(),
            private: None,
            seq: InstructionSequence::default(),
            stashed: None,
            fblocks: Vec::new(),
            in_inlined_comp: 0,
            in_conditional_block: 0,
            static_attributes: NameTable::default(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation_index: 0,
        }
    }

    /// As `new`, with the room of a unit that has ended.
    fn clear(&mut self) {
        self.md.clear();
        self.stashed = None;
        self.fblocks.clear();
        self.in_inlined_comp = 0;
        self.in_conditional_block = 0;
        self.static_attributes.clear();
        self.deferred_annotations.clear();
        self.next_conditional_annotation_index = 0;
    }
}

/// A code object with the names that its closure holds.
pub struct Finished {
    pub code: CodeObject,
    pub freevars: NameTable,
}

impl<'a> Compiler<'a, '_> {
    /// Starts a code object and emits its RESUME. CPython: codegen_enter_scope, _PyCompile_EnterScope.
    pub fn enter_scope(
        &mut self,
        name: Ident,
        scope: ScopeType,
        entry: EntryId,
        lineno: i32,
        private: Option<Ident>,
        counts: ArgCounts,
    ) -> Result<()> {
        let e = &self.st.entries[entry];
        let mut unit = self.spare.pop().unwrap_or_else(Unit::new);
        unit.clear();
        let md = &mut unit.md;
        names_by_type(&self.st.names, e, Scope::Cell, def::COMP_CELL, &mut md.cellvars);
        let implicit = [
            (e.needs_class_closure, known::CLASS),
            (e.needs_classdict, known::CLASSDICT),
            (e.has_conditional_annotations, known::CONDITIONAL_ANNOTATIONS),
        ];
        for (needed, name) in implicit {
            if needed {
                md.cellvars.add(name);
            }
        }
        names_by_type(&self.st.names, e, Scope::Free, def::FREE_CLASS, &mut md.freevars);
        // The symbols have the parameters in their order.
        for (name, flags) in e.symbols.entries() {
            if flags & def::PARAM != 0 {
                md.varnames.push(*name, ());
            }
        }
        md.name = Some(name);
        md.qualname = None;
        md.argcount = counts.args;
        md.posonlyargcount = counts.posonly;
        md.kwonlyargcount = counts.kwonly;
        md.nparams = md.varnames.len();
        md.firstlineno = lineno;
        unit.entry = entry;
        unit.scope = scope;
        unit.private = private.or_else(|| self.units.last().and_then(|u| u.private));
        unit.seq = self.assembler.new_sequence();
        self.units.push(unit);
        let mut loc = Location::new(lineno, lineno, 0, 0);
        if scope == ScopeType::Module {
            loc.lineno = 0;
        } else {
            self.set_qualname();
        }
        self.addop_i(loc, Opcode::RESUME, 0);
        if scope == ScopeType::Module {
            self.addop(loc, Opcode::ANNOTATIONS_PLACEHOLDER);
        }
        Ok(())
    }

    /// CPython: Python/compile.c, compiler_set_qualname.
    fn set_qualname(&mut self) {
        let Some((unit, outer)) = self.units.split_last_mut() else {
            return;
        };
        let name = unit.md.name.unwrap_or(known::EMPTY);
        unit.md.qualname = Some(self.st.names.text(name).clone());
        let n = outer.len();
        if n < 2 {
            return;
        }
        let mut parent = &outer[n - 1];
        if parent.scope == ScopeType::Annotations {
            // Annotation scopes leave no trace in names.
            if n == 2 {
                return;
            }
            parent = &outer[n - 2];
        }
        let mut force_global = false;
        if matches!(
            unit.scope,
            ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class
        ) {
            let mangled = mangle(&mut self.st.names, parent.private, name);
            force_global = self.st.entries[parent.entry].scope(mangled) == Scope::GlobalExplicit;
        }
        if force_global {
            return;
        }
        let Some(base) = &parent.md.qualname else { return };
        let locals = matches!(
            parent.scope,
            ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda
        );
        let between = if locals { known::DOT_LOCALS_DOT } else { known::DOT };
        let names = &self.st.names;
        unit.md.qualname = Some(PyStr::concat(&[base, names.text(between), names.text(name)]));
    }

    /// Ends the current unit. `add_none`: it may fall off its end and then returns None.
    pub fn assemble_and_exit(&mut self, add_none: bool) -> Result<Finished> {
        if add_none {
            self.load_none(NO_LOCATION);
        }
        self.addop(NO_LOCATION, Opcode::RETURN_VALUE);
        let flags = self.code_flags();
        let Some(mut unit) = self.units.pop() else {
            return Err(Diagnostic::internal("codegen", "no unit to assemble"));
        };
        let names = &self.st.names;
        let code = self.assembler.assemble(
            &mut unit.md,
            std::mem::take(&mut unit.seq),
            flags,
            &self.filename,
            names,
        );
        let code = code.map_err(|failure| match failure {
            CompileFailure::Internal { function, message } => Diagnostic::internal(function, message),
            CompileFailure::Raise { class, message } => {
                let class = match class {
                    "MemoryError" => ErrorClass::MemoryError,
                    "OverflowError" => ErrorClass::OverflowError,
                    "ValueError" => ErrorClass::ValueError,
                    "RecursionError" => ErrorClass::RecursionError,
                    _ => ErrorClass::SystemError,
                };
                Diagnostic::new(class, message)
            }
        })?;
        let freevars = std::mem::take(&mut unit.md.freevars);
        self.spare.push(unit);
        Ok(Finished { code, freevars })
    }

    /// CPython: Python/compile.c, compute_code_flags.
    fn code_flags(&self) -> u32 {
        let e = self.entry();
        let mut flags = 0;
        let mut set = |on: bool, bit: u32| {
            if on {
                flags |= bit;
            }
        };
        if e.is_function_like() {
            set(true, co::NEWLOCALS | co::OPTIMIZED);
            set(e.nested, co::NESTED);
            set(e.generator && !e.coroutine, co::GENERATOR);
            set(e.generator && e.coroutine, co::ASYNC_GENERATOR);
            set(e.varargs, co::VARARGS);
            set(e.varkeywords, co::VARKEYWORDS);
            set(e.has_docstring, co::HAS_DOCSTRING);
            set(e.method, co::METHOD);
        }
        set(e.coroutine && !e.generator, co::COROUTINE);
        flags | self.future.code_flags()
    }

    pub fn push_fblock(&mut self, loc: Location, kind: BlockKind<'a>, block: Label, exit: Label) -> Result<()> {
        if self.unit().fblocks.len() >= MAX_BLOCKS {
            return self.error(loc, "too many statically nested blocks");
        }
        if matches!(kind, BlockKind::FinallyEnd) {
            self.disable_warning += 1;
        }
        self.u().fblocks.push(FBlock { kind, block, loc, exit });
        Ok(())
    }

    pub fn pop_fblock(&mut self) {
        if let Some(FBlock {
            kind: BlockKind::FinallyEnd,
            ..
        }) = self.u().fblocks.pop()
        {
            self.disable_warning -= 1;
        }
    }

    /// Index of a free variable: they are numbered after the cells.
    pub fn free_index(&self, name: Ident) -> Result<usize> {
        let md = &self.unit().md;
        match md.freevars.position(name) {
            Some(i) => Ok(i + md.cellvars.len()),
            None => Err(Diagnostic::internal(
                "codegen",
                format!("'{}' is not a free variable", self.text(name)),
            )),
        }
    }

    pub fn cell_index(&self, name: Ident) -> Result<usize> {
        match self.unit().md.cellvars.position(name) {
            Some(i) => Ok(i),
            None => Err(Diagnostic::internal(
                "codegen",
                format!("'{}' is not a cell", self.text(name)),
            )),
        }
    }

    /// CPython: Python/compile.c, _PyCompile_ResolveNameop.
    pub fn resolve_nameop(&mut self, mangled: Ident, scope: Scope) -> Result<(NameHome, usize)> {
        let function_like = self.entry().is_function_like();
        let home = match scope {
            Scope::Free => return Ok((NameHome::Deref, self.free_index(mangled)?)),
            Scope::Cell => return Ok((NameHome::Deref, self.cell_index(mangled)?)),
            Scope::Local if function_like || self.unit().md.fasthidden.get(mangled) == Some(&true) => NameHome::Fast,
            Scope::GlobalImplicit if function_like => NameHome::Global,
            Scope::GlobalExplicit => NameHome::Global,
            Scope::Local | Scope::GlobalImplicit | Scope::Unknown => NameHome::Name,
        };
        let arg = match home {
            NameHome::Fast => self.u().md.varnames.add(mangled),
            NameHome::Global | NameHome::Deref | NameHome::Name => self.u().md.names.add(mangled),
        };
        Ok((home, arg))
    }

    /// How the current unit holds `name`. CPython: Python/compile.c, _PyCompile_GetRefType.
    pub fn ref_type(&self, name: Ident) -> Scope {
        let implicit = [known::CLASS, known::CLASSDICT, known::CONDITIONAL_ANNOTATIONS];
        if self.scope_type() == ScopeType::Class && implicit.contains(&name) {
            return Scope::Cell;
        }
        self.entry().scope(name)
    }

    /// Makes a function of `code`: closure, MAKE_FUNCTION, attributes. CPython: codegen_make_closure.
    pub fn make_closure(&mut self, loc: Location, finished: Finished, mut flags: u32) -> Result<()> {
        let Finished { code, mut freevars } = finished;
        if !freevars.is_empty() {
            for name in freevars.iter() {
                let i = match self.ref_type(name) {
                    Scope::Cell => self.cell_index(name)?,
                    _ => self.free_index(name)?,
                };
                self.addop_i(loc, Opcode::LOAD_CLOSURE, i);
            }
            flags |= function_attribute::CLOSURE;
            self.addop_i(loc, Opcode::BUILD_TUPLE, freevars.len());
            freevars.clear();
        }
        // Its room goes back to where it came from.
        if let Some(unit) = self.spare.last_mut() {
            unit.md.freevars = freevars;
        }
        self.load_const(loc, Constant::Code(code.into()));
        self.addop(loc, Opcode::MAKE_FUNCTION);
        for attribute in [
            function_attribute::CLOSURE,
            function_attribute::ANNOTATIONS,
            function_attribute::ANNOTATE,
            function_attribute::KWDEFAULTS,
            function_attribute::DEFAULTS,
        ] {
            if flags & attribute != 0 {
                self.addop_u(loc, Opcode::SET_FUNCTION_ATTRIBUTE, attribute);
            }
        }
        Ok(())
    }
}
