//! The `builtins` module: its functions and names. The dict's values are what compiled code falls back to when a global is not
//! bound.
use crate::object::{Own, PyResult, Ref, Value};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::{GlobalCell, ModuleStatic, guard};

pub mod functions;
pub mod print;
pub mod texts;

struct Module(Cell<Value>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Module {}
static MODULE: Module = Module(Cell::new(Value::NULL));

/// The module object; made at the first call.
#[inline(always)]
pub fn module() -> Ref<'static> {
    if MODULE.0.get().is_null() {
        make_module();
    }
    Ref::from_value(MODULE.0.get())
}
#[cold]
fn make_module() {
    let m = types::module::new("builtins").expect("made at start");
    MODULE.0.set(m.clone().into_value());
    fill(m.r()).expect("made at start");
    own_cells(types::module::dict(m.r())).expect("made at start");
}

/// The namespace keeps its values in cells, so that a change of one is seen: compiled modules cache what they found.
fn own_cells(dict: Ref) -> PyResult<()> {
    let names: Vec<Value> = types::dict::keys(dict).into_iter().map(Own::into_value).collect();
    let cells = names.iter().map(|_| GlobalCell {
        value: Cell::new(Value::NULL),
        guard: Cell::new(guard::NAMESPACE),
        builtin: Cell::new(Value::NULL),
    });
    let cells: &'static mut [GlobalCell] = Box::leak(cells.collect());
    let names: &'static [Value] = Box::leak(names.into_boxed_slice());
    let owner = ModuleStatic {
        cells: cells.as_mut_ptr(),
        cell_names: names.as_ptr(),
        cell_count: names.len() as u32,
        // SAFETY: plain words and null pointers.
        ..unsafe { core::mem::zeroed() }
    };
    types::dict::set_owner(dict, Box::leak(Box::new(owner)))
}

/// Some builtin was replaced or deleted: what modules know of any of them ends.
#[cold]
pub fn forget_cached() {
    for m in crate::entry::program::modules() {
        // SAFETY: static data of the program; arrays of `cell_count` items.
        let cells = unsafe { core::slice::from_raw_parts((**m).cells, (**m).cell_count as usize) };
        for cell in cells {
            cell.builtin.set(Value::NULL);
            if cell.guard.get() == guard::BUILTIN {
                cell.guard.set(guard::BROKEN);
            }
        }
    }
    CHANGED.0.set(true);
}

/// The builtins are no longer those of the start.
struct Changed(Cell<bool>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Changed {}
static CHANGED: Changed = Changed(Cell::new(false));

/// The namespace is complete: what it holds now are the builtins of the start.
pub fn started() {
    CHANGED.0.set(false);
}

/// Remembers in a module's cell, which is empty, what its name means as a builtin. Names that the program added to the namespace
/// are looked up each time.
pub fn cache(cell: &GlobalCell, name: Ref, v: Ref) {
    if !types::dict::is_in_cell(types::module::dict(module()), name) {
        return;
    }
    cell.builtin.set(v.value());
    if cell.guard.get() == guard::NONE && !CHANGED.0.get() {
        cell.guard.set(guard::BUILTIN);
    }
}

/// Looks up the names that a module's code never binds.
pub fn find_free(compiled: &ModuleStatic) -> PyResult<()> {
    // SAFETY: static data of the program; arrays of `cell_count` items.
    let (cells, names) = unsafe {
        (
            core::slice::from_raw_parts(compiled.cells, compiled.cell_count as usize),
            core::slice::from_raw_parts(compiled.cell_names, compiled.cell_count as usize),
        )
    };
    for (cell, name) in cells.iter().zip(names).filter(|(c, _)| c.guard.get() == guard::FREE) {
        cell.guard.set(guard::NONE);
        let name = Ref::from_value(*name);
        if let Some(v) = lookup(name)? {
            cache(cell, name, v.r());
        }
    }
    Ok(())
}

/// Where names were found last, by the address of the name: compiled code asks for the same few names again and again.
struct Hints([Cell<(u64, u32)>; HINTS]);
const HINTS: usize = 256;
// SAFETY: the GIL guards it.
unsafe impl Sync for Hints {}
static HINT: Hints = Hints([const { Cell::new((0, 0)) }; HINTS]);

/// A builtin by name, if it is there. `name` is an interned str.
pub fn lookup(name: Ref) -> PyResult<Option<Own>> {
    let dict = types::module::dict(module());
    let hint = &HINT.0[(name.value().0 >> 4) as usize % HINTS];
    let (known, at) = hint.get();
    if known == name.value().0
        && let Some(v) = types::dict::value_if_at(dict, name, at)
    {
        return Ok(Some(v.own()));
    }
    match u32::try_from(types::dict::position(dict, name)) {
        Ok(at) => {
            hint.set((name.value().0, at));
            types::dict::get(dict, name)
        }
        Err(_) => Ok(None),
    }
}

fn fill(m: Ref) -> PyResult<()> {
    types::module::add_functions(m, functions::FUNCTIONS)?;
    for (name, v) in [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        (
            "__debug__",
            Value::from_bool(crate::entry::program::program().is_none_or(|p| p.optimize == 0)),
        ),
    ] {
        types::module::add(m, name, Own::from_value(v))?;
    }
    for ty in exc::types::EXCEPTION_TYPES {
        types::module::add(m, ty.name(), ty.own())?;
    }
    for ty in [
        &types::object::OBJECT_TYPE,
        &types::type_::TYPE_TYPE,
        &types::int::INT_TYPE,
        &types::bool_::BOOL_TYPE,
        &types::float::FLOAT_TYPE,
        &types::complex::COMPLEX_TYPE,
        &types::str::STR_TYPE,
        &types::bytes::BYTES_TYPE,
        &types::bytearray::BYTEARRAY_TYPE,
        &types::memoryview::MEMORYVIEW_TYPE,
        &types::tuple::TUPLE_TYPE,
        &types::list::LIST_TYPE,
        &types::dict::DICT_TYPE,
        &types::set::SET_TYPE,
        &types::set::FROZENSET_TYPE,
        &types::range::RANGE_TYPE,
        &types::slice::SLICE_TYPE,
        &types::iterators::sequence::REVERSED_TYPE,
        &types::iterators::adapters::ENUMERATE_TYPE,
        &types::iterators::adapters::ZIP_TYPE,
        &types::iterators::adapters::MAP_TYPE,
        &types::iterators::adapters::FILTER_TYPE,
        &types::property::PROPERTY_TYPE,
        &types::super_::SUPER_TYPE,
        &types::staticmethod::STATICMETHOD_TYPE,
        &types::classmethod::CLASSMETHOD_TYPE,
    ] {
        types::module::add(m, ty.name(), ty.own())?;
    }
    Ok(())
}
