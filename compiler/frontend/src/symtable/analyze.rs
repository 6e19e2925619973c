//! The second pass: from definitions and uses to scopes, cells and free variables, and which comprehensions are
//! inlined.
//!
//! CPython: Python/symtable.c, symtable_analyze, analyze_block, inline_comprehension (PEP 709).

use rustc_hash::FxHashSet;

use super::{Block, CompKind, EntryId, Scope, SymTable, TOP, def, symbol_scope};
use crate::diagnostic::{Diagnostic, Result};
use crate::names::{Ident, known};

type NameSet = FxHashSet<Ident>;

pub fn analyze(table: &mut SymTable) -> Result<()> {
    let mut outer = Outer {
        bound: None,
        free: NameSet::default(),
        type_params: NameSet::default(),
        class_entry: None,
    };
    analyze_block(table, TOP, &mut outer)
}

/// What flows between a block and the blocks around it.
struct Outer<'b> {
    /// The blocks around this one; a module has none.
    bound: Option<&'b Bound<'b>>,
    free: NameSet,
    type_params: NameSet,
    /// The class whose namespace the block sees.
    class_entry: Option<EntryId>,
}

/// A block that binds names for those in it.
struct Bound<'b> {
    entry: EntryId,
    /// Its own symbols; those behind them came from inlined comprehensions.
    symbols: usize,
    around: Option<&'b Bound<'b>>,
}

impl Bound<'_> {
    fn contains(&self, table: &SymTable, name: Ident) -> bool {
        let entry = &table.entries[self.entry];
        // What a class binds is invisible in its methods.
        if entry.block == Block::Class {
            if CLASS_CELLS.contains(&name) {
                return true;
            }
        } else if let Some(at) = entry.symbols.position(name)
            && at < self.symbols
        {
            let flags = entry.symbols.entries()[at].1;
            if flags & def::GLOBAL != 0 {
                return false;
            }
            if entry.is_function_like() && symbol_scope(flags) == Scope::Local {
                return true;
            }
        }
        self.around.is_some_and(|around| around.contains(table, name))
    }
}

fn set_scope(flags: &mut u32, scope: Scope) {
    *flags = *flags & ((1 << def::SCOPE_OFFSET) - 1) | (scope as u32) << def::SCOPE_OFFSET;
}

fn error_at_directive(table: &SymTable, id: EntryId, name: Ident, before: &str, after: &str) -> Box<Diagnostic> {
    let message = format!("{before}'{}'{after}", table.names.text(name));
    match table.entries[id].directives.iter().find(|(n, _)| *n == name) {
        Some((_, loc)) => Diagnostic::syntax(*loc, message),
        None => Diagnostic::internal("symtable", "directive bookkeeping broken"),
    }
}

fn analyze_name(table: &SymTable, id: EntryId, name: Ident, flags: u32, outer: &mut Outer<'_>) -> Result<Scope> {
    let is_bound = || outer.bound.is_some_and(|bound| bound.contains(table, name));
    Ok(if flags & def::GLOBAL != 0 {
        if flags & def::NONLOCAL != 0 {
            return Err(error_at_directive(table, id, name, "name ", " is nonlocal and global"));
        }
        Scope::GlobalExplicit
    } else if flags & def::NONLOCAL != 0 {
        if outer.bound.is_none() {
            let message = "nonlocal declaration not allowed at module level";
            let place = table.entries[id].directives.iter().find(|(n, _)| *n == name);
            return Err(match place {
                Some((_, loc)) => Diagnostic::syntax(*loc, message),
                None => Diagnostic::internal("symtable", "directive bookkeeping broken"),
            });
        }
        if !is_bound() {
            return Err(error_at_directive(
                table,
                id,
                name,
                "no binding for nonlocal ",
                " found",
            ));
        }
        if outer.type_params.contains(&name) {
            let before = "nonlocal binding not allowed for type parameter ";
            return Err(error_at_directive(table, id, name, before, ""));
        }
        outer.free.insert(name);
        Scope::Free
    } else if flags & def::BOUND != 0 {
        if flags & def::TYPE_PARAM != 0 {
            outer.type_params.insert(name);
        } else if !outer.type_params.is_empty() {
            outer.type_params.remove(&name);
        }
        Scope::Local
    } else {
        // A name bound in the class around an annotation scope is looked up in the class and the globals only.
        let class_flags = match outer.class_entry {
            // The cell of the class namespace, also where the class has a variable of that name.
            Some(_) if name == known::CLASSDICT => 0,
            Some(c) => table.entries[c].symbols.flags(name),
            None => 0,
        };
        if class_flags & def::GLOBAL != 0 {
            Scope::GlobalExplicit
        } else if class_flags & def::BOUND != 0 && class_flags & def::NONLOCAL == 0 {
            Scope::GlobalImplicit
        } else if is_bound() {
            outer.free.insert(name);
            Scope::Free
        } else {
            Scope::GlobalImplicit
        }
    })
}

/// Names of the implicit cells of a class body, which are never free through it.
const CLASS_CELLS: [Ident; 3] = [known::CLASS, known::CLASSDICT, known::CONDITIONAL_ANNOTATIONS];

fn free_in_child(table: &SymTable, id: EntryId, name: Ident) -> bool {
    table.entries[id]
        .children
        .iter()
        .any(|&c| table.entries[c].scope(name) == Scope::Free)
}

fn inline_comprehension(
    table: &mut SymTable,
    id: EntryId,
    comp: EntryId,
    comp_free: &mut NameSet,
    inlined_cells: &mut NameSet,
) {
    let mut removed = Vec::new();
    let symbols: Vec<(Ident, u32)> = table.entries[comp].symbols.entries().to_vec();
    for (k, comp_flags) in symbols {
        if comp_flags & def::PARAM != 0 {
            continue;
        }
        let mut scope = symbol_scope(comp_flags);
        let only_flags = comp_flags & ((1 << def::SCOPE_OFFSET) - 1);
        if scope == Scope::Cell || only_flags & def::COMP_CELL != 0 {
            inlined_cells.insert(k);
        }
        let existing = table.entries[id].symbols.get(k).copied();
        if scope == Scope::Free && table.entries[id].block == Block::Class && CLASS_CELLS.contains(&k) {
            scope = Scope::GlobalImplicit;
            if !free_in_child(table, comp, k) {
                comp_free.remove(&k);
            }
            removed.push(k);
        }
        match existing {
            None => {
                let mut flags = only_flags;
                set_scope(&mut flags, scope);
                table.entries[id].symbols.set(k, flags);
            }
            Some(flags) => {
                // A free name of the comprehension that is local here is simply local, unless a child needs it.
                if flags & def::BOUND != 0 && table.entries[id].block != Block::Class && !free_in_child(table, comp, k)
                {
                    comp_free.remove(&k);
                }
            }
        }
    }
    for name in removed {
        table.entries[comp].symbols.remove(name);
    }
}

fn update_symbols(
    table: &mut SymTable,
    id: EntryId,
    bound: Option<&Bound<'_>>,
    free: &NameSet,
    inlined_cells: &NameSet,
    classflag: bool,
) {
    if !inlined_cells.is_empty() {
        for (name, flags) in table.entries[id].symbols.entries_mut() {
            if inlined_cells.contains(name) {
                *flags |= def::COMP_CELL;
            }
        }
    }
    if free.is_empty() {
        return;
    }
    let mut free: Vec<Ident> = free.iter().copied().collect();
    table.names.sort(&mut free);
    for name in free {
        if let Some(flags) = table.entries[id].symbols.get_mut(name) {
            if classflag {
                *flags |= def::FREE_CLASS;
            }
        } else if bound.is_none_or(|bound| bound.contains(table, name)) {
            let flags = (Scope::Free as u32) << def::SCOPE_OFFSET;
            table.entries[id].symbols.push(name, flags);
        }
    }
}

fn analyze_block(table: &mut SymTable, id: EntryId, outer: &mut Outer<'_>) -> Result<()> {
    let is_class = table.entries[id].block == Block::Class;
    let symbols = table.entries[id].symbols.len();
    for i in 0..symbols {
        let (name, flags) = table.entries[id].symbols.entries()[i];
        let scope = analyze_name(table, id, name, flags, outer)?;
        set_scope(&mut table.entries[id].symbols.entries_mut()[i].1, scope);
    }
    let children = std::mem::take(&mut table.entries[id].children);
    let mut new_free = NameSet::default();
    let mut inlined_cells = NameSet::default();
    if !children.is_empty() {
        let new_bound = Bound {
            entry: id,
            symbols,
            around: outer.bound,
        };
        // The children, with those of inlined comprehensions in their place, once there is one.
        let mut spliced: Option<Vec<EntryId>> = None;
        for (i, &child) in children.iter().enumerate() {
            let entry = &table.entries[child];
            let class_entry = match entry.can_see_class_scope {
                true if is_class => Some(id),
                true => outer.class_entry,
                false => None,
            };
            let inline =
                entry.comprehension != CompKind::No && !entry.generator && !table.entries[id].can_see_class_scope;
            let mut child_outer = Outer {
                bound: Some(&new_bound),
                free: if inline {
                    NameSet::default()
                } else {
                    std::mem::take(&mut new_free)
                },
                type_params: outer.type_params.clone(),
                class_entry,
            };
            analyze_block(table, child, &mut child_outer)?;
            if inline {
                inline_comprehension(table, id, child, &mut child_outer.free, &mut inlined_cells);
                table.entries[child].comp_inlined = true;
                new_free.extend(child_outer.free);
                let spliced = spliced.get_or_insert_with(|| children[..i].to_vec());
                spliced.extend_from_slice(&table.entries[child].children);
            } else {
                new_free = child_outer.free;
                if let Some(spliced) = &mut spliced {
                    spliced.push(child);
                }
            }
        }
        table.entries[id].children = spliced.unwrap_or(children);
    }
    let entry = &mut table.entries[id];
    if entry.is_function_like() {
        if !new_free.is_empty() || !inlined_cells.is_empty() {
            for (name, flags) in entry.symbols.entries_mut() {
                if symbol_scope(*flags) == Scope::Local && (new_free.contains(name) || inlined_cells.contains(name)) {
                    set_scope(flags, Scope::Cell);
                    new_free.remove(name);
                }
            }
        }
    } else if is_class {
        entry.needs_class_closure |= new_free.remove(&known::CLASS);
        entry.needs_classdict |= new_free.remove(&known::CLASSDICT);
        entry.has_conditional_annotations |= new_free.remove(&known::CONDITIONAL_ANNOTATIONS);
    }
    let classflag = is_class || entry.can_see_class_scope;
    update_symbols(table, id, outer.bound, &new_free, &inlined_cells, classflag);
    if outer.free.is_empty() {
        outer.free = new_free;
    } else {
        outer.free.extend(new_free);
    }
    Ok(())
}
