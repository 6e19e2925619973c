//! Scopes: which names each block binds, and where each name lives. In: the preprocessed tree and the future features.
//! Out: `SymTable`, one `Entry` per block. The surprising decision: entries are found by the `NodeId` of the node that
//! opens them, and annotation blocks by their owner's entry, where CPython uses addresses of nodes.
//!
//! CPython: Python/symtable.c.

mod analyze;
mod mangle;
mod visit_expr;
mod visit_stmt;

use rustc_hash::FxHashSet as HashSet;

use pyaot_code::PyStr;

use crate::diagnostic::{Diagnostic, Result};
use crate::future::FutureFeatures;
use crate::names::{NameMap, Names};
use crate::syntax::ast::*;

pub use mangle::mangle;

/// Flags of a symbol. CPython: Include/internal/pycore_symtable.h.
pub mod def {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 2;
    pub const PARAM: u32 = 2 << 1;
    pub const NONLOCAL: u32 = 2 << 2;
    pub const USE: u32 = 2 << 3;
    pub const FREE_CLASS: u32 = 2 << 5;
    pub const IMPORT: u32 = 2 << 6;
    pub const ANNOT: u32 = 2 << 7;
    pub const COMP_ITER: u32 = 2 << 8;
    pub const TYPE_PARAM: u32 = 2 << 9;
    pub const COMP_CELL: u32 = 2 << 10;
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT;
    pub const SCOPE_OFFSET: u32 = 12;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

/// The scope stored in a symbol's flags.
pub fn symbol_scope(symbol: u32) -> Scope {
    match (symbol >> def::SCOPE_OFFSET) & 15 {
        1 => Scope::Local,
        2 => Scope::GlobalExplicit,
        3 => Scope::GlobalImplicit,
        4 => Scope::Free,
        5 => Scope::Cell,
        _ => Scope::Unknown,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    Function,
    Class,
    Module,
    Annotation,
    TypeAlias,
    TypeParameters,
    TypeVariable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompKind {
    No,
    List,
    Dict,
    Set,
    Generator,
}

/// Flags of symbols, in order of first appearance: the parameters come before other names.
pub type Symbols = NameMap<u32>;

impl Symbols {
    /// Flags of `name`, 0 if it is unknown.
    pub fn flags(&self, name: Ident) -> u32 {
        self.get(name).copied().unwrap_or(0)
    }
}

pub type EntryId = usize;

/// CPython's `PySTEntryObject`.
#[derive(Debug)]
pub struct Entry {
    pub name: Ident,
    pub symbols: Symbols,
    pub children: Vec<EntryId>,
    directives: Vec<(Ident, Location)>,
    /// Index of the set of names that are mangled; all names are when it is absent.
    pub mangled_names: Option<usize>,
    pub block: Block,
    scope_info: &'static str,
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub annotations_used: bool,
    pub comprehension: CompKind,
    pub varargs: bool,
    pub varkeywords: bool,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub comp_inlined: bool,
    comp_iter_target: bool,
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    pub method: bool,
    pub has_conditional_annotations: bool,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    comp_iter_expr: u32,
    pub annotation_block: Option<EntryId>,
}

impl Entry {
    pub fn is_function_like(&self) -> bool {
        matches!(
            self.block,
            Block::Function | Block::Annotation | Block::TypeVariable | Block::TypeAlias | Block::TypeParameters
        )
    }

    pub fn scope(&self, name: Ident) -> Scope {
        symbol_scope(self.symbols.flags(name))
    }
}

pub struct SymTable {
    pub entries: Vec<Entry>,
    /// Entry of each node id; `NO_ENTRY` where it opens no block.
    by_node: Vec<u32>,
    mangled: Vec<HashSet<Ident>>,
    pub names: Names,
}

const NO_ENTRY: u32 = u32::MAX;

/// The module's entry.
pub const TOP: EntryId = 0;

impl SymTable {
    pub fn lookup(&self, node: NodeId) -> Option<EntryId> {
        let entry = *self.by_node.get(node.0 as usize)?;
        (entry != NO_ENTRY).then_some(entry as EntryId)
    }

    /// Mangles a name seen in `entry` inside the class `private`. CPython: Python/symtable.c, _Py_MaybeMangle.
    #[inline]
    pub fn maybe_mangle(&mut self, private: Option<Ident>, entry: EntryId, name: Ident) -> Ident {
        if !name.is_private() {
            return name;
        }
        if let Some(set) = self.entries[entry].mangled_names
            && !self.mangled[set].contains(&name)
        {
            return name;
        }
        mangle(&mut self.names, private, name)
    }
}

pub fn build(module: &ModKind, names: Names, future: &FutureFeatures) -> Result<SymTable> {
    let table = SymTable {
        entries: Vec::with_capacity(64),
        by_node: Vec::new(),
        mangled: Vec::new(),
        names,
    };
    let mut b = Builder {
        table,
        stack: Vec::new(),
        private: None,
        future,
    };
    b.enter_block(known::TOP, Block::Module, None, Location::new(0, 0, 0, 0))?;
    match module {
        ModKind::Module(body) => {
            b.cur().has_docstring = docstring(body).is_some();
            b.visit_stmts(body)?;
        }
        ModKind::Interactive(body) => b.visit_stmts(body)?,
        ModKind::Expression(e) => b.visit_expr(e)?,
    }
    b.exit_block();
    let mut table = b.table;
    analyze::analyze(&mut table)?;
    Ok(table)
}

struct Builder<'a> {
    table: SymTable,
    stack: Vec<EntryId>,
    private: Option<Ident>,
    future: &'a FutureFeatures,
}

impl Builder<'_> {
    fn text(&self, name: Ident) -> &PyStr {
        self.table.names.text(name)
    }

    fn cur_id(&self) -> EntryId {
        self.stack.last().copied().unwrap_or(TOP)
    }

    fn cur(&mut self) -> &mut Entry {
        let id = self.cur_id();
        &mut self.table.entries[id]
    }

    fn new_entry(&mut self, name: Ident, block: Block, key: Option<NodeId>) -> EntryId {
        let parent = self.stack.last().map(|&id| &self.table.entries[id]);
        let entry = Entry {
            name,
            symbols: Symbols::default(),
            children: Vec::new(),
            directives: Vec::new(),
            mangled_names: None,
            block,
            scope_info: "",
            nested: parent.is_some_and(|p| p.nested || p.is_function_like()),
            generator: false,
            coroutine: false,
            annotations_used: false,
            comprehension: CompKind::No,
            varargs: false,
            varkeywords: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            comp_iter_target: false,
            can_see_class_scope: false,
            has_docstring: false,
            method: block == Block::Function && parent.is_some_and(|p| p.block == Block::Class),
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_iter_expr: 0,
            annotation_block: None,
        };
        let id = self.table.entries.len();
        self.table.entries.push(entry);
        if let Some(key) = key {
            let at = key.0 as usize;
            if self.table.by_node.len() <= at {
                self.table.by_node.resize(at + 1, NO_ENTRY);
            }
            self.table.by_node[at] = id as u32;
        }
        id
    }

    /// Enters a block; it becomes a child of the current one, unless it is entered again.
    fn enter_existing_block(&mut self, id: EntryId, add_to_children: bool) {
        let prev = self.stack.last().copied();
        self.stack.push(id);
        if let Some(prev) = prev {
            // An assignment expression may stand nowhere below a comprehension's outermost iterable.
            let (comp_iter_expr, mangled) = (
                self.table.entries[prev].comp_iter_expr,
                self.table.entries[prev].mangled_names,
            );
            let entry = &mut self.table.entries[id];
            entry.comp_iter_expr = comp_iter_expr;
            if mangled.is_some() && entry.block != Block::Class {
                entry.mangled_names = mangled;
            }
            // Annotations that become strings have no effect on the table.
            if !add_to_children || self.future.annotations && entry.block == Block::Annotation {
                return;
            }
            self.table.entries[prev].children.push(id);
        }
    }

    fn enter_block(&mut self, name: Ident, block: Block, key: Option<NodeId>, loc: Location) -> Result<()> {
        let id = self.new_entry(name, block, key);
        self.enter_existing_block(id, true);
        if matches!(block, Block::Annotation | Block::TypeVariable | Block::TypeAlias) {
            self.add_def(known::DOT_FORMAT, def::PARAM, loc)?;
            self.add_def(known::DOT_FORMAT, def::USE, loc)?;
        }
        Ok(())
    }

    fn exit_block(&mut self) {
        self.stack.pop();
    }

    fn mangled(&mut self, name: Ident) -> Ident {
        let id = self.cur_id();
        self.table.maybe_mangle(self.private, id, name)
    }

    fn lookup(&mut self, name: Ident) -> u32 {
        self.lookup_in(self.cur_id(), name)
    }

    fn lookup_in(&mut self, id: EntryId, name: Ident) -> u32 {
        let mangled = self.table.maybe_mangle(self.private, id, name);
        self.table.entries[id].symbols.flags(mangled)
    }

    fn add_def_helper(&mut self, name: Ident, flag: u32, id: EntryId, loc: Location) -> Result<()> {
        let mangled = self.mangled(name);
        let entry = &self.table.entries[id];
        let at = entry.symbols.position(mangled);
        let mut val = at.map_or(0, |at| entry.symbols.entries()[at].1);
        if flag & val & def::PARAM != 0 {
            return Err(Diagnostic::syntax(
                loc,
                format!("duplicate argument '{}' in function definition", self.text(name)),
            ));
        }
        if flag & val & def::TYPE_PARAM != 0 {
            return Err(Diagnostic::syntax(
                loc,
                format!("duplicate type parameter '{}'", self.text(name)),
            ));
        }
        val |= flag;
        if entry.comp_iter_target {
            if val & (def::GLOBAL | def::NONLOCAL) != 0 {
                return Err(Diagnostic::syntax(
                    loc,
                    format!(
                        "comprehension inner loop cannot rebind assignment expression target '{}'",
                        self.text(name)
                    ),
                ));
            }
            val |= def::COMP_ITER;
        }
        let entry = &mut self.table.entries[id];
        entry.symbols.set_at(at, mangled, val);
        if flag & def::PARAM == 0 && flag & def::GLOBAL != 0 {
            let global = &mut self.table.entries[TOP].symbols;
            let val = global.flags(mangled) | flag;
            global.set(mangled, val);
        }
        Ok(())
    }

    fn check_name(&self, name: Ident, loc: Location, ctx: Ctx) -> Result<()> {
        match ctx {
            Ctx::Store if name == known::DEBUG => Err(Diagnostic::syntax(loc, "cannot assign to __debug__")),
            Ctx::Del if name == known::DEBUG => Err(Diagnostic::syntax(loc, "cannot delete __debug__")),
            _ => Ok(()),
        }
    }

    fn check_keywords(&self, keywords: &[Keyword]) -> Result<()> {
        for keyword in keywords {
            if let Some(arg) = keyword.arg {
                self.check_name(arg, keyword.loc, Ctx::Store)?;
            }
        }
        Ok(())
    }

    fn add_def_ctx(&mut self, name: Ident, flag: u32, loc: Location, ctx: Ctx) -> Result<()> {
        if flag & (def::PARAM | def::LOCAL | def::IMPORT) != 0 {
            self.check_name(name, loc, ctx)?;
        }
        let id = self.cur_id();
        if flag & def::TYPE_PARAM != 0
            && let Some(set) = self.table.entries[id].mangled_names
        {
            self.table.mangled[set].insert(name);
        }
        self.add_def_helper(name, flag, id, loc)
    }

    fn add_def(&mut self, name: Ident, flag: u32, loc: Location) -> Result<()> {
        self.add_def_ctx(name, flag, loc, if flag == def::USE { Ctx::Load } else { Ctx::Store })
    }

    fn record_directive(&mut self, name: Ident, loc: Location) {
        let mangled = self.mangled(name);
        self.cur().directives.push((mangled, loc));
    }

    /// Runs `f` with the conditional flag of the current block set.
    fn conditional(&mut self, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.cur().in_conditional_block, true);
        f(self)?;
        self.cur().in_conditional_block = before;
        Ok(())
    }
}
