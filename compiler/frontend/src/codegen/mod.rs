//! Code generation: from the tree and its scopes to instruction sequences, one per code object. In: the preprocessed
//! tree and `SymTable`. Out: the module's `CodeObject`; nested ones are its constants. The surprising decision: every
//! function emits what CPython's does, instruction by instruction and location by location, so that the flowgraph
//! behind it meets the same input; nothing is optimised here.
//!
//! CPython: Python/codegen.c; scopes and units are those of Python/compile.c (`unit`).

mod annotations;
mod call;
mod class;
mod comprehension;
mod control;
mod expr;
mod fstring;
mod function;
mod import;
mod pattern;
mod stmt;
mod tries;
mod type_params;
mod unit;
mod unparse;
mod warn;
mod with;

use pyaot_code::opcode::{intrinsic1, resume};
use pyaot_code::{CodeObject, Constant, Opcode, PyStr};

use crate::assemble::Assembler;
use crate::diagnostic::{Diagnostic, Result, Warning};
use crate::future::FutureFeatures;
use crate::instr::{InstructionSequence, Label};
use crate::symtable::{Entry, Scope, SymTable};
use crate::syntax::ast::*;
use unit::{ScopeType, Unit};

/// CPython: Include/internal/pycore_compile.h, _PY_STACK_USE_GUIDELINE.
const STACK_USE_GUIDELINE: usize = 30;

const NO_LOCATION: Location = Location::NO_LOCATION;

pub struct Options<'o> {
    pub filename: &'o str,
    pub optimize: u8,
    pub future: FutureFeatures,
}

/// Compiles a whole module.
pub fn compile_module(
    module: &ModKind,
    table: SymTable,
    options: &Options<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<CodeObject> {
    let mut c = Compiler {
        st: table,
        units: Vec::new(),
        spare: Vec::new(),
        assembler: Assembler::default(),
        filename: PyStr::from(options.filename),
        optimize: options.optimize,
        future: options.future,
        interactive: false,
        disable_warning: 0,
        warnings,
    };
    c.module(module)
}

struct Compiler<'a, 'w> {
    st: SymTable,
    /// Units from the module to the current one.
    units: Vec<Unit<'a>>,
    /// Units that have ended, for their room.
    spare: Vec<Unit<'a>>,
    assembler: Assembler,
    filename: PyStr,
    optimize: u8,
    future: FutureFeatures,
    interactive: bool,
    /// Above zero while a `finally` body is compiled again for the exceptional path.
    disable_warning: u32,
    warnings: &'w mut Vec<Warning>,
}

impl<'a> Compiler<'a, '_> {
    fn module(&mut self, module: &'a ModKind) -> Result<CodeObject> {
        self.enter_scope(
            known::ANGLE_MODULE,
            ScopeType::Module,
            crate::symtable::TOP,
            1,
            None,
            Default::default(),
        )?;
        let mut add_none = true;
        match module {
            ModKind::Module(body) => self.module_body(body, false)?,
            ModKind::Interactive(body) => {
                self.interactive = true;
                self.module_body(body, true)?;
            }
            ModKind::Expression(e) => {
                add_none = false;
                self.expr(e)?;
            }
        }
        Ok(self.assemble_and_exit(add_none)?.code)
    }

    fn module_body(&mut self, body: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        let loc = body.first().map_or(Location::new(1, 1, 0, 0), |s| s.loc);
        if self.entry().has_conditional_annotations {
            self.addop_i(loc, Opcode::BUILD_SET, 0);
            let i = self.add_name(known::CONDITIONAL_ANNOTATIONS);
            self.addop_i(loc, Opcode::STORE_NAME, i);
        }
        self.body(loc, body, interactive)
    }

    /// A block with its docstring and annotations. CPython: codegen_body.
    fn body(&mut self, loc: Location, stmts: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        if self.future.annotations && self.entry().annotations_used {
            self.addop(loc, Opcode::SETUP_ANNOTATIONS);
        }
        if stmts.is_empty() {
            return Ok(());
        }
        let mut first = 0;
        if !interactive
            && self.entry().has_docstring
            && let Some(e) = docstring(stmts)
            && let Some(Constant::Str(text)) = e.as_constant()
        {
            first = 1;
            self.load_const(e.loc, Constant::Str(clean_doc(text)));
            self.nameop(NO_LOCATION, known::DOC, Ctx::Store)?;
        }
        self.stmts(&stmts[first..])?;
        if !self.future.annotations {
            self.process_deferred_annotations(loc)?;
        }
        Ok(())
    }

    fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<()> {
        stmts.iter().try_for_each(|s| self.stmt(s))
    }

    fn u(&mut self) -> &mut Unit<'a> {
        let at = self.units.len() - 1;
        &mut self.units[at]
    }

    fn unit(&self) -> &Unit<'a> {
        &self.units[self.units.len() - 1]
    }

    fn seq(&mut self) -> &mut InstructionSequence {
        &mut self.u().seq
    }

    fn entry(&self) -> &Entry {
        &self.st.entries[self.unit().entry]
    }

    fn scope_type(&self) -> ScopeType {
        self.unit().scope
    }

    fn addop(&mut self, loc: Location, opcode: Opcode) {
        self.seq().addop(opcode, 0, loc);
    }

    fn addop_i(&mut self, loc: Location, opcode: Opcode, oparg: usize) {
        self.seq().addop(opcode, oparg as i32, loc);
    }

    fn addop_u(&mut self, loc: Location, opcode: Opcode, oparg: u32) {
        self.seq().addop(opcode, oparg as i32, loc);
    }

    fn addop_j(&mut self, loc: Location, opcode: Opcode, target: Label) {
        self.seq().addop_j(opcode, target, loc);
    }

    fn new_label(&mut self) -> Label {
        self.seq().new_label()
    }

    fn use_label(&mut self, label: Label) {
        self.seq().use_label(label);
    }

    fn load_const(&mut self, loc: Location, value: Constant) {
        let i = self.u().md.consts.add(value);
        self.addop_i(loc, Opcode::LOAD_CONST, i);
    }

    fn load_none(&mut self, loc: Location) {
        self.load_const(loc, Constant::None);
    }

    fn add_name(&mut self, name: Ident) -> usize {
        self.u().md.names.add(name)
    }

    fn text(&self, name: Ident) -> &PyStr {
        self.st.names.text(name)
    }

    /// The name's text as a constant.
    fn name_constant(&self, name: Ident) -> Constant {
        Constant::Str(self.text(name).clone())
    }

    fn load_name_text(&mut self, loc: Location, name: Ident) {
        let text = self.name_constant(name);
        self.load_const(loc, text);
    }

    fn maybe_mangle(&mut self, name: Ident) -> Ident {
        let unit = &self.units[self.units.len() - 1];
        self.st.maybe_mangle(unit.private, unit.entry, name)
    }

    /// An instruction on a name of the names table; `shift` makes room for the flags in `low`.
    fn addop_name(&mut self, loc: Location, opcode: Opcode, name: Ident, shift: u32, low: usize) {
        let mangled = self.maybe_mangle(name);
        let i = self.add_name(mangled);
        self.addop_i(loc, opcode, i << shift | low);
    }

    fn error<T>(&self, loc: Location, message: impl Into<String>) -> Result<T> {
        Err(Diagnostic::syntax(loc, message))
    }

    fn addop_yield(&mut self, loc: Location) {
        if self.entry().generator && self.entry().coroutine {
            self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::ASYNC_GEN_WRAP);
        }
        self.addop_i(loc, Opcode::YIELD_VALUE, 0);
        self.addop_u(loc, Opcode::RESUME, resume::AFTER_YIELD);
    }

    fn add_yield_from(&mut self, loc: Location, is_await: bool) {
        let send = self.new_label();
        let fail = self.new_label();
        let exit = self.new_label();
        self.use_label(send);
        self.addop_j(loc, Opcode::SEND, exit);
        // A throw into the suspended frame, and nothing else, makes YIELD_VALUE raise.
        self.addop_j(loc, Opcode::SETUP_FINALLY, fail);
        self.addop_i(loc, Opcode::YIELD_VALUE, 1);
        self.addop(NO_LOCATION, Opcode::POP_BLOCK);
        self.addop_u(
            loc,
            Opcode::RESUME,
            if is_await {
                resume::AFTER_AWAIT
            } else {
                resume::AFTER_YIELD_FROM
            },
        );
        self.addop_j(loc, Opcode::JUMP_NO_INTERRUPT, send);
        self.use_label(fail);
        self.addop(loc, Opcode::CLEANUP_THROW);
        self.use_label(exit);
        self.addop(loc, Opcode::END_SEND);
    }

    fn await_value(&mut self, loc: Location, kind: usize) {
        self.addop_i(loc, Opcode::GET_AWAITABLE, kind);
        self.load_none(loc);
        self.add_yield_from(loc, true);
    }

    fn pop_except_and_reraise(&mut self, loc: Location) {
        self.addop_i(loc, Opcode::COPY, 3);
        self.addop(loc, Opcode::POP_EXCEPT);
        self.addop_i(loc, Opcode::RERAISE, 1);
    }

    fn call_exit_with_nones(&mut self, loc: Location) {
        self.load_none(loc);
        self.load_none(loc);
        self.load_none(loc);
        self.addop_i(loc, Opcode::CALL, 3);
    }

    /// Loads, stores or deletes a name where its scope says. CPython: codegen_nameop, _PyCompile_ResolveNameop.
    fn nameop(&mut self, loc: Location, name: Ident, ctx: Ctx) -> Result<()> {
        use unit::NameHome;
        let mangled = self.maybe_mangle(name);
        let scope = self.entry().scope(mangled);
        let (home, arg) = self.resolve_nameop(mangled, scope)?;
        let in_class = self.entry().block == crate::symtable::Block::Class;
        let in_inlined_comp = self.unit().in_inlined_comp > 0;
        let sees_class = self.entry().can_see_class_scope;
        let opcode = match (home, ctx) {
            (NameHome::Deref, Ctx::Load) if in_class && !in_inlined_comp => {
                self.addop(loc, Opcode::LOAD_LOCALS);
                Opcode::LOAD_FROM_DICT_OR_DEREF
            }
            (NameHome::Deref, Ctx::Load) if sees_class => {
                self.load_classdict_freevar(loc)?;
                Opcode::LOAD_FROM_DICT_OR_DEREF
            }
            (NameHome::Deref, Ctx::Load) => Opcode::LOAD_DEREF,
            (NameHome::Deref, Ctx::Store) => Opcode::STORE_DEREF,
            (NameHome::Deref, Ctx::Del) => Opcode::DELETE_DEREF,
            (NameHome::Fast, Ctx::Load) => Opcode::LOAD_FAST,
            (NameHome::Fast, Ctx::Store) => Opcode::STORE_FAST,
            (NameHome::Fast, Ctx::Del) => Opcode::DELETE_FAST,
            (NameHome::Global, Ctx::Load) if sees_class && scope == Scope::GlobalImplicit => {
                self.load_classdict_freevar(loc)?;
                Opcode::LOAD_FROM_DICT_OR_GLOBALS
            }
            (NameHome::Global, Ctx::Load) => Opcode::LOAD_GLOBAL,
            (NameHome::Global, Ctx::Store) => Opcode::STORE_GLOBAL,
            (NameHome::Global, Ctx::Del) => Opcode::DELETE_GLOBAL,
            (NameHome::Name, Ctx::Load) if in_class && in_inlined_comp => Opcode::LOAD_GLOBAL,
            (NameHome::Name, Ctx::Load) => Opcode::LOAD_NAME,
            (NameHome::Name, Ctx::Store) => Opcode::STORE_NAME,
            (NameHome::Name, Ctx::Del) => Opcode::DELETE_NAME,
        };
        let arg = if opcode == Opcode::LOAD_GLOBAL { arg << 1 } else { arg };
        self.addop_i(loc, opcode, arg);
        Ok(())
    }

    fn load_classdict_freevar(&mut self, loc: Location) -> Result<()> {
        let i = self.free_index(known::CLASSDICT)?;
        self.addop_i(loc, Opcode::LOAD_DEREF, i);
        Ok(())
    }

    /// Turns StopIteration that escapes from a generator's body into RuntimeError.
    fn wrap_in_stopiteration_handler(&mut self) {
        let handler = self.new_label();
        self.seq()
            .insert_instruction(0, Opcode::SETUP_CLEANUP, handler.0, NO_LOCATION);
        self.load_none(NO_LOCATION);
        self.addop(NO_LOCATION, Opcode::RETURN_VALUE);
        self.use_label(handler);
        self.addop_u(NO_LOCATION, Opcode::CALL_INTRINSIC_1, intrinsic1::STOPITERATION_ERROR);
        self.addop_i(NO_LOCATION, Opcode::RERAISE, 1);
    }
}

/// The docstring as it is stored. CPython: Python/compile.c, _PyCompile_CleanDoc.
fn clean_doc(doc: &PyStr) -> PyStr {
    let text = expand_tabs(doc.as_bytes());
    let mut lines = text.split_inclusive(|b| *b == b'\n');
    let first = lines.next().unwrap_or(b"");
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ').count();
    let margin = lines
        .clone()
        .filter(|line| line.get(indent(line)).is_some_and(|b| *b != b'\n'))
        .map(indent)
        .min()
        .unwrap_or(0);
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&first[indent(first)..]);
    for line in lines {
        out.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    PyStr::from_surrogatepass(&out).unwrap_or_else(|| doc.clone())
}

/// `str.expandtabs()`: columns count code points.
fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0usize;
    for &b in text {
        match b {
            b'\t' => {
                let n = 8 - column % 8;
                out.resize(out.len() + n, b' ');
                column += n;
            }
            b'\n' | b'\r' => {
                out.push(b);
                column = 0;
            }
            _ => {
                out.push(b);
                column += usize::from(b & 0xc0 != 0x80);
            }
        }
    }
    out
}
