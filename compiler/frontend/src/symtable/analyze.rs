//! The second pass: from definitions and uses to scopes, cells and free variables, and which comprehensions are
//! inlined.
//!
//! CPython: Python/symtable.c, symtable_analyze, analyze_block, inline_comprehension (PEP 709).

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::{Block, CompKind, Entry, EntryId, Scope, SymTable, TOP, def, symbol_scope};
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::Ident;

type Names = BTreeSet<Ident>;
type Scopes = HashMap<Ident, Scope>;

pub fn analyze(table: &mut SymTable) -> Result<()> {
    let mut outer = Outer::default();
    analyze_block(table, TOP, None, &mut outer, None)
}

/// What flows between a block and the blocks around it.
#[derive(Default, Clone)]
struct Outer {
    free: Names,
    global: Names,
    type_params: Names,
}

fn error_at_directive(entry: &Entry, name: &Ident, message: String) -> Box<Diagnostic> {
    match entry.directives.iter().find(|(n, _)| n == name) {
        Some((_, loc)) => Diagnostic::syntax(*loc, message),
        None => Diagnostic::internal("symtable", "directive bookkeeping broken"),
    }
}

struct NameState<'a> {
    bound: Option<&'a mut Names>,
    local: &'a mut Names,
    scopes: &'a mut Scopes,
}

fn analyze_name(
    table: &SymTable,
    id: EntryId,
    name: &Ident,
    flags: u32,
    state: &mut NameState<'_>,
    outer: &mut Outer,
    class_entry: Option<EntryId>,
) -> Result<()> {
    let entry = &table.entries[id];
    let scope = if flags & def::GLOBAL != 0 {
        if flags & def::NONLOCAL != 0 {
            return Err(error_at_directive(
                entry,
                name,
                format!("name '{name}' is nonlocal and global"),
            ));
        }
        outer.global.insert(name.clone());
        if let Some(bound) = &mut state.bound {
            bound.remove(name);
        }
        Scope::GlobalExplicit
    } else if flags & def::NONLOCAL != 0 {
        let Some(bound) = &state.bound else {
            let message = "nonlocal declaration not allowed at module level".to_string();
            return Err(error_at_directive(entry, name, message));
        };
        if !bound.contains(name) {
            return Err(error_at_directive(
                entry,
                name,
                format!("no binding for nonlocal '{name}' found"),
            ));
        }
        if outer.type_params.contains(name) {
            let message = format!("nonlocal binding not allowed for type parameter '{name}'");
            return Err(error_at_directive(entry, name, message));
        }
        outer.free.insert(name.clone());
        Scope::Free
    } else if flags & def::BOUND != 0 {
        state.local.insert(name.clone());
        outer.global.remove(name);
        if flags & def::TYPE_PARAM != 0 {
            outer.type_params.insert(name.clone());
        } else {
            outer.type_params.remove(name);
        }
        Scope::Local
    } else {
        // A name bound in the class around an annotation scope is looked up in the class and the globals only.
        let class_flags = match class_entry {
            // The cell of the class namespace, also where the class has a variable of that name.
            Some(_) if *name == "__classdict__" => 0,
            Some(c) => table.entries[c].symbols.get(name),
            None => 0,
        };
        if class_flags & def::GLOBAL != 0 {
            Scope::GlobalExplicit
        } else if class_flags & def::BOUND != 0 && class_flags & def::NONLOCAL == 0 {
            Scope::GlobalImplicit
        } else if state.bound.as_ref().is_some_and(|b| b.contains(name)) {
            outer.free.insert(name.clone());
            Scope::Free
        } else {
            Scope::GlobalImplicit
        }
    };
    state.scopes.insert(name.clone(), scope);
    Ok(())
}

/// Names of the implicit cells of a class body, which are never free through it.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

fn free_in_child(table: &SymTable, id: EntryId, name: &Ident) -> bool {
    table.entries[id]
        .children
        .iter()
        .any(|&c| table.entries[c].scope(name) == Scope::Free)
}

fn inline_comprehension(
    table: &mut SymTable,
    id: EntryId,
    comp: EntryId,
    scopes: &mut Scopes,
    comp_free: &mut Names,
    inlined_cells: &mut Names,
) {
    let mut removed = Vec::new();
    let symbols: Vec<(Ident, u32)> = table.entries[comp].symbols.iter().cloned().collect();
    for (k, comp_flags) in symbols {
        if comp_flags & def::PARAM != 0 {
            continue;
        }
        let mut scope = symbol_scope(comp_flags);
        let only_flags = comp_flags & ((1 << def::SCOPE_OFFSET) - 1);
        if scope == Scope::Cell || only_flags & def::COMP_CELL != 0 {
            inlined_cells.insert(k.clone());
        }
        let existing = table.entries[id]
            .symbols
            .contains(&k)
            .then(|| table.entries[id].symbols.get(&k));
        if scope == Scope::Free && table.entries[id].block == Block::Class && CLASS_CELLS.iter().any(|name| k == *name)
        {
            scope = Scope::GlobalImplicit;
            if !free_in_child(table, comp, &k) {
                comp_free.remove(&k);
            }
            removed.push(k.clone());
        }
        match existing {
            None => {
                table.entries[id].symbols.set(&k, only_flags);
                scopes.insert(k, scope);
            }
            Some(flags) => {
                // A free name of the comprehension that is local here is simply local, unless a child needs it.
                if flags & def::BOUND != 0 && table.entries[id].block != Block::Class && !free_in_child(table, comp, &k)
                {
                    comp_free.remove(&k);
                }
            }
        }
    }
    for name in removed {
        table.entries[comp].symbols.remove(&name);
    }
}

fn update_symbols(
    entry: &mut Entry,
    scopes: &Scopes,
    bound: Option<&Names>,
    free: &Names,
    inlined_cells: &Names,
    classflag: bool,
) -> Result<()> {
    let symbols: Vec<(Ident, u32)> = entry.symbols.iter().cloned().collect();
    for (name, mut flags) in symbols {
        if inlined_cells.contains(&name) {
            flags |= def::COMP_CELL;
        }
        let Some(scope) = scopes.get(&name) else {
            return Err(Diagnostic::internal("symtable", format!("no scope for {name}")));
        };
        entry.symbols.set(&name, flags | (*scope as u32) << def::SCOPE_OFFSET);
    }
    for name in free {
        if entry.symbols.contains(name) {
            if classflag {
                let flags = entry.symbols.get(name) | def::FREE_CLASS;
                entry.symbols.set(name, flags);
            }
        } else if bound.is_none_or(|b| b.contains(name)) {
            entry.symbols.set(name, (Scope::Free as u32) << def::SCOPE_OFFSET);
        }
    }
    Ok(())
}

fn analyze_block(
    table: &mut SymTable,
    id: EntryId,
    mut bound: Option<&mut Names>,
    outer: &mut Outer,
    class_entry: Option<EntryId>,
) -> Result<()> {
    let mut local = Names::new();
    let mut scopes = Scopes::default();
    let mut new_global = Names::new();
    let mut new_bound = Names::new();
    let mut inlined_cells = Names::new();
    let is_class = table.entries[id].block == Block::Class;

    // What a class binds is invisible in its methods, so the sets passed down are taken before its own names.
    if is_class {
        new_global.extend(outer.global.iter().cloned());
        if let Some(bound) = &bound {
            new_bound.extend(bound.iter().cloned());
        }
    }
    let symbols: Vec<(Ident, u32)> = table.entries[id].symbols.iter().cloned().collect();
    for (name, flags) in &symbols {
        let mut state = NameState {
            bound: bound.as_deref_mut(),
            local: &mut local,
            scopes: &mut scopes,
        };
        analyze_name(table, id, name, *flags, &mut state, outer, class_entry)?;
    }
    if is_class {
        new_bound.extend(CLASS_CELLS.iter().map(|name| Ident::from(*name)));
    } else {
        if table.entries[id].is_function_like() {
            new_bound.extend(local);
        }
        if let Some(bound) = &bound {
            new_bound.extend(bound.iter().cloned());
        }
        new_global.extend(outer.global.iter().cloned());
    }

    let mut new_free = Names::new();
    let children = table.entries[id].children.clone();
    for child in children.iter().copied() {
        let entry = &table.entries[child];
        let child_class = match entry.can_see_class_scope {
            true if is_class => Some(id),
            true => class_entry,
            false => None,
        };
        let inline = entry.comprehension != CompKind::No && !entry.generator && !table.entries[id].can_see_class_scope;
        let mut child_bound = new_bound.clone();
        let mut child_outer = Outer {
            free: new_free.clone(),
            global: new_global.clone(),
            type_params: outer.type_params.clone(),
        };
        analyze_block(table, child, Some(&mut child_bound), &mut child_outer, child_class)?;
        if inline {
            inline_comprehension(table, id, child, &mut scopes, &mut child_outer.free, &mut inlined_cells);
            table.entries[child].comp_inlined = true;
        }
        new_free.extend(child_outer.free);
    }
    let mut spliced = Vec::with_capacity(children.len());
    for child in children {
        if table.entries[child].comp_inlined {
            spliced.extend(table.entries[child].children.iter().copied());
        } else {
            spliced.push(child);
        }
    }
    let entry = &mut table.entries[id];
    entry.children = spliced;

    if entry.is_function_like() {
        for (name, scope) in scopes.iter_mut() {
            if *scope == Scope::Local && (new_free.contains(name) || inlined_cells.contains(name)) {
                *scope = Scope::Cell;
                new_free.remove(name);
            }
        }
    } else if is_class {
        let mut drop = |name: &str| new_free.remove(&Ident::from(name));
        entry.needs_class_closure |= drop("__class__");
        entry.needs_classdict |= drop("__classdict__");
        entry.has_conditional_annotations |= drop("__conditional_annotations__");
    }
    let classflag = is_class || entry.can_see_class_scope;
    update_symbols(entry, &scopes, bound.as_deref(), &new_free, &inlined_cells, classflag)?;
    outer.free.extend(new_free);
    Ok(())
}
