//! `dict`: compact and ordered; layout, lookup, insertion and removal. Methods stand in `methods`, updates in `merge`, the hash table in
//! `table`.
//!
//! In: keys and values as references. Out: what CPython's PyDict_* functions give. The surprising decision: the values of a module's
//! dict live in the module's cells. Such an entry holds a *cell reference* instead of the value: reads and writes go through it, a
//! deletion clears the cell. A name that is added and has a cell in the owning module gets its value there.
use crate::call::{Signature, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, incref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use core::cell::Cell;
use pyaot_abi::{GlobalCell, ModuleStatic, guard, type_flag};

pub mod merge;
pub mod methods;
mod table;

pub use merge::{merge_keywords, update, update_from_pairs};
pub use methods::dict_repr;
use table::{EMPTY, Table, is_exact_str, is_simple};
pub use table::{immediate_hash, immediates_equal, is_exact_str as is_exact_str_word, str_hash, strs_equal};

#[repr(C)]
pub struct DictObject {
    header: Header,
    table: Cell<*mut Table>,
    /// Live entries.
    used: Cell<usize>,
    /// The module whose cells hold the values, or null.
    owner: Cell<*const ModuleStatic>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for DictObject {
    fn type_object() -> &'static TypeObject {
        &DICT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_dict")]
pub static DICT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "dict",
    basic_size: size_of::<DictObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::DICT | type_flag::MAPPING | type_flag::MATCH_SELF,
    doc: methods::DOC,
    slots: Slots {
        new: Some(methods::new_instance),
        init: Some(methods::init),
        repr: Some(dict_repr),
        richcompare: Some(methods::richcompare),
        iter: Some(crate::types::iterators::dict::keys),
        sq_contains: Some(contains),
        mp_length: Some(|d| Ok(len(d))),
        mp_subscript: Some(methods::subscript),
        mp_ass_subscript: Some(|d, key, v| match v {
            Some(v) => set(d, key, v),
            None => methods::delete_item(d, key),
        }),
        nb_or: Some(methods::or),
        nb_inplace_or: Some(methods::inplace_or),
        traverse: Some(traverse),
        clear: Some(clear),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    ..TypeDef::NEW
});

/// The signature that dict's constructor shows.
pub static SIGNATURE: &Signature = sig!("dict(*args, **kwargs)");

impl DictObject {
    /// The dict part of a new instance of a type that extends the layout.
    pub fn empty(header: Header) -> DictObject {
        DictObject {
            header,
            table: Cell::new(table::empty()),
            used: Cell::new(0),
            owner: Cell::new(core::ptr::null()),
        }
    }
    #[inline(always)]
    fn table(&self) -> &Table {
        // SAFETY: the field always points to a live table; callers fetch it anew after running foreign code.
        unsafe { &*self.table.get() }
    }
}

#[inline(always)]
pub(crate) fn cast(d: Ref<'_>) -> &DictObject {
    // SAFETY: the caller passes a dict or an instance of a subclass.
    unsafe { d.cast() }
}
/// The value behind a word of an entry; null when a module's cell has been emptied behind the dict's back.
#[inline(always)]
fn read(v: Value) -> Value {
    // SAFETY: cell references point into static arrays of cells.
    if v.is_cell_ref() {
        unsafe { *v.as_cell_ref() }
    } else {
        v
    }
}

/// Puts a value into a cell of a module from outside its code: what the code knows of the name ends.
///
/// # Safety
/// `cell` is the value of a [`GlobalCell`].
#[cold]
unsafe fn replace_cell(cell: *mut Value, v: Value) -> Value {
    // SAFETY: the caller's.
    let cell = unsafe { &*cell.cast::<GlobalCell>() };
    if cell.guard.get() == guard::NAMESPACE {
        crate::builtins::forget_cached();
    } else {
        cell.guard.set(guard::BROKEN);
    }
    cell.value.replace(v)
}

// ---- making ----

/// An empty dict. Raises MemoryError.
pub fn try_new() -> PyResult {
    try_new_of(&DICT_TYPE)
}
fn try_new_of(cls: &TypeObject) -> PyResult {
    alloc::object_of(cls, DictObject::empty)
}
pub fn new() -> Own {
    try_new().unwrap_or_else(|Raised| std::process::abort())
}
/// An empty dict with room for `n` entries (CPython: _PyDict_NewPresized).
pub fn with_capacity(n: usize) -> PyResult {
    let d = try_new()?;
    if n > 5 {
        cast(d.r()).table.set(Table::new(table::log2_for_entries(n), false)?);
    }
    Ok(d)
}

// ---- hashing ----

/// The hash of a key; the error for an unhashable one is a dict's (CPython: dict_unhashable_type).
#[inline(always)]
pub fn key_hash(key: Ref) -> PyResult<i64> {
    let v = key.value();
    if v.is_heap_nonnull() {
        if is_exact_str(v) {
            return Ok(table::str_hash(v));
        }
        return key_hash_slow(key);
    }
    Ok(table::immediate_hash(v))
}
#[inline(never)]
fn key_hash_slow(key: Ref) -> PyResult<i64> {
    protocol::hash(key).map_err(|e| unhashable(e, key, "a dict key"))
}
/// Replaces the TypeError of an unhashable `key` by one that says what it was to be used as.
#[cold]
pub fn unhashable(e: Raised, key: Ref, role: &str) -> Raised {
    let raised = exc::caught(e);
    let exact = core::ptr::eq(raised.r().ty(), &exc::types::TYPE_ERROR);
    let r: PyResult<()> = if exact {
        protocol::str(raised.r()).and_then(|text| {
            exc::type_error(format_args!(
                "cannot use '{}' as {role} ({})",
                crate::types::type_::fully_qualified_name(key.ty())?,
                crate::types::str::to_string_lossy(text.r())
            ))
        })
    } else {
        exc::restore(raised)
    };
    r.err().unwrap_or(e)
}
/// Module and qualified name, the module left out for built-in types.
pub fn qualified_type_name(ty: &TypeObject) -> String {
    let get = |name| {
        protocol::get_attr(ty.r(), name)
            .ok()
            .filter(|v| v.r().ty().has(type_flag::STR))
            .map(|v| crate::types::str::to_string_lossy(v.r()))
    };
    let parts = (get(crate::istr!("__module__")), get(crate::istr!("__qualname__")));
    if exc::is_raised() {
        drop(exc::take());
    }
    match parts {
        (Some(m), Some(q)) if m != "builtins" => format!("{m}.{q}"),
        (_, Some(q)) => q,
        _ => ty.full_name().to_owned(),
    }
}

// ---- lookup ----

/// Entry index of `key`, or EMPTY. Runs Python code only for keys that are neither exact strs nor immediates (or meet such).
#[inline(always)]
fn find(d: &DictObject, key: Ref, hash: i64) -> PyResult<isize> {
    let (t, k) = (d.table(), key.value());
    if !t.is_general() {
        if !k.is_heap_nonnull() {
            return Ok(t.find_immediate(k, hash));
        }
        if is_exact_str(k) {
            return Ok(t.find_str(k, hash));
        }
    }
    find_slow(d, key, hash)
}
/// CPython: dictkeys_generic_lookup, _Py_dict_lookup; starts over when a comparison changed the table.
#[inline(never)]
fn find_slow(d: &DictObject, key: Ref, hash: i64) -> PyResult<isize> {
    let k = key.value();
    if key.is_exact::<crate::types::tuple::TupleObject>() && d.table().is_general() {
        let same = |found| crate::types::tuple::quick_equal(found, k);
        if let Some(ix) = d.table().find_general(k, hash, same) {
            return Ok(ix);
        }
    }
    let quiet = is_simple(k);
    'restart: loop {
        let t = d.table();
        let (address, size) = (d.table.get(), t.log2_size());
        let mut walk = t.walk(hash);
        while let Some(ix) = walk.next(t) {
            let found = t.key(ix);
            if found == k {
                return Ok(ix as isize);
            }
            if t.hash(ix) != hash {
                continue;
            }
            if quiet && is_simple(found) {
                let (a, b) = (found.is_heap_nonnull(), k.is_heap_nonnull());
                if (a && b && strs_equal(found, k)) || (!a && !b && immediates_equal(found, k)) {
                    return Ok(ix as isize);
                }
                continue;
            }
            match crate::types::tuple::quick_equal(found, k) {
                Some(true) => return Ok(ix as isize),
                Some(false) => continue,
                None => {}
            }
            let start = Ref::from_value(found).own();
            let equal = protocol::compare_bool(start.r(), key, CompareOp::Eq)?;
            let t = d.table();
            if d.table.get() != address || t.log2_size() != size || ix >= t.len.get() || t.key(ix) != found {
                continue 'restart;
            }
            if equal {
                return Ok(ix as isize);
            }
        }
        return Ok(EMPTY);
    }
}
/// Entry index of an exact str without running Python code; in a general table only exact strs are compared.
#[inline]
fn find_str_quiet(d: &DictObject, name: Value) -> isize {
    let (t, hash) = (d.table(), table::str_hash(name));
    if !t.is_general() {
        return t.find_str(name, hash);
    }
    let same = |ix: usize| {
        let k = t.key(ix);
        k == name || (t.hash(ix) == hash && is_exact_str(k) && strs_equal(k, name))
    };
    t.probe(hash, |ix| same(ix).then_some(ix as isize)).unwrap_or(EMPTY)
}

#[inline(always)]
fn value_at(d: &DictObject, ix: isize) -> Option<Ref<'static>> {
    if ix < 0 {
        return None;
    }
    Ref::from_nullable(read(d.table().value(ix as usize)))
}

/// Value of `key`; the module cell is read for entries that refer to one.
#[inline]
pub fn get(d: Ref, key: Ref) -> PyResult<Option<Own>> {
    Ok(find_value(d, key)?.map(Ref::own))
}
#[inline]
pub fn get_with_hash(d: Ref, key: Ref, hash: i64) -> PyResult<Option<Own>> {
    let d = cast(d);
    let ix = find(d, key, hash)?;
    Ok(value_at(d, ix).map(Ref::own))
}
/// Entry index of a key, or EMPTY, where table and key are simple; else `None`.
#[inline(always)]
fn find_plain(t: &Table, k: Value) -> Option<isize> {
    if t.is_general() {
        return None;
    }
    if let Some(ix) = t.guess(k) {
        return Some(ix);
    }
    if !k.is_heap_nonnull() {
        Some(t.find_immediate(k, table::immediate_hash(k)))
    } else if is_exact_str(k) {
        Some(t.find_str(k, table::str_hash(k)))
    } else {
        None
    }
}
/// Likewise; for a key that is not there, where [`Table::push_at`] puts it.
#[inline(always)]
fn place_plain(t: &Table, k: Value) -> Option<isize> {
    if t.is_general() {
        return None;
    }
    if let Some(ix) = t.guess(k) {
        return Some(ix);
    }
    if !k.is_heap_nonnull() {
        Some(t.place_immediate(k, table::immediate_hash(k)))
    } else if is_exact_str(k) {
        Some(t.place_str(k, table::str_hash(k)))
    } else {
        None
    }
}
/// Fast path of `d[key]` on an exact dict for exact str and immediate keys; `None` = take the general way.
#[inline(always)]
pub fn getitem_fast(d: Ref, key: Ref) -> Option<Own> {
    find_quietly(d, key).flatten()
}
/// `d[key]` where looking for the key runs no other code; `None` where it may. The inner `None` is a missing key.
#[inline(always)]
pub fn find_quietly(d: Ref, key: Ref) -> Option<Option<Own>> {
    let d = cast(d);
    let ix = find_plain(d.table(), key.value())?;
    Some(value_at(d, ix).map(Ref::own))
}
/// Borrowed lookup by exact str, no Python code; the result lives until the entry changes.
#[inline]
pub fn get_str_static(d: Ref, name: Ref) -> Option<Ref<'static>> {
    let d = cast(d);
    value_at(d, find_str_quiet(d, name.value()))
}
/// Where the entry of an exact str stands, for [`value_if_at`]; negative when it is not there.
pub fn position(d: Ref, name: Ref) -> isize {
    find_str_quiet(cast(d), name.value())
}
/// The value of `name` (the very object) if its entry still stands at `ix`.
#[inline]
pub fn value_if_at(d: Ref, name: Ref, ix: u32) -> Option<Ref<'static>> {
    let d = cast(d);
    let (t, ix) = (d.table(), ix as usize);
    if t.is_general() || ix >= t.len.get() || t.key(ix) != name.value() {
        return None;
    }
    value_at(d, ix as isize)
}
/// Whether the value of `name` stands in a cell, so that its change is noticed.
pub fn is_in_cell(d: Ref, name: Ref) -> bool {
    let d = cast(d);
    let ix = find_str_quiet(d, name.value());
    ix >= 0 && d.table().value(ix as usize).is_cell_ref()
}
/// Lookup by text.
pub fn get_str(d: Ref, name: &str) -> Option<Own> {
    let key = Own::str(name);
    get_str_static(d, key.r()).map(Ref::own)
}
/// The value of a key, borrowed: it lives until other code runs.
#[inline(always)]
pub fn find_value<'a>(d: Ref<'a>, key: Ref) -> PyResult<Option<Ref<'a>>> {
    if let Some(ix) = find_plain(cast(d).table(), key.value()) {
        return Ok(value_at(cast(d), ix));
    }
    let hash = key_hash(key)?;
    let d = cast(d);
    let ix = find(d, key, hash)?;
    Ok(value_at(d, ix))
}
#[inline]
pub fn contains(d: Ref, key: Ref) -> PyResult<bool> {
    let hash = key_hash(key)?;
    contains_with_hash(d, key, hash)
}
#[inline]
pub fn contains_with_hash(d: Ref, key: Ref, hash: i64) -> PyResult<bool> {
    let d = cast(d);
    let ix = find(d, key, hash)?;
    Ok(value_at(d, ix).is_some())
}
#[inline(always)]
pub fn len(d: Ref) -> usize {
    cast(d).used.get()
}

// ---- insertion ----

/// The cell that the owning module has for `key`.
#[cold]
fn owner_cell(d: &DictObject, key: Ref) -> Option<*mut Value> {
    // SAFETY: owners are static data; arrays of `cell_count` items.
    let m = unsafe { &*d.owner.get() };
    if !is_exact_str(key.value()) {
        return None;
    }
    let name = crate::types::str::intern_object(key.own());
    (0..m.cell_count as usize)
        .find_map(|i| unsafe { (*m.cell_names.add(i) == name.value()).then(|| m.cells.add(i).cast()) })
}

/// New table of that size with the same entries.
fn resize(d: &DictObject, log2_size: u8, general: bool) -> PyResult<()> {
    let new = d.table().rebuilt(log2_size, general)?;
    let old = d.table.replace(new);
    // SAFETY: nothing refers to the old table.
    unsafe { Table::free(old) };
    Ok(())
}
/// Room for one more entry with that key (CPython: insertion_resize, GROWTH_RATE).
#[inline(always)]
fn make_room(d: &DictObject, key: Value) -> PyResult<()> {
    let t = d.table();
    let general = t.is_general() || !is_simple(key);
    if t.usable.get() == 0 || general != t.is_general() {
        return resize(d, table::log2_for(d.used.get() * 3), general);
    }
    Ok(())
}
/// Adds an entry for a key that is not there.
#[inline]
fn insert_new(d: &DictObject, key: Own, hash: i64, v: Own) -> PyResult<()> {
    make_room(d, key.value())?;
    let word = if d.owner.get().is_null() {
        v.into_value()
    } else {
        match owner_cell(d, key.r()) {
            // SAFETY: a cell of the owner. It is empty, or its content was dropped with its entry.
            Some(cell) => unsafe {
                let old = replace_cell(cell, v.into_value());
                d.table().push(key.into_value(), hash, Value::cell_ref(cell));
                d.used.set(d.used.get() + 1);
                decref(old);
                return Ok(());
            },
            None => v.into_value(),
        }
    };
    d.table().push(key.into_value(), hash, word);
    d.used.set(d.used.get() + 1);
    Ok(())
}
/// Stores `v` in an existing entry and drops what it held.
#[inline]
fn replace_at(d: &DictObject, ix: usize, v: Own) {
    let t = d.table();
    let word = t.value(ix);
    let old = if word.is_cell_ref() {
        // SAFETY: cell references point into static arrays of cells.
        unsafe { replace_cell(word.as_cell_ref(), v.into_value()) }
    } else {
        t.set_value(ix, v.into_value());
        word
    };
    decref(old);
}

pub fn set(d: Ref, key: Ref, v: Ref) -> PyResult<()> {
    let hash = key_hash(key)?;
    set_with_hash(d, key, hash, v.own())
}
/// `d[key] = v`.
#[inline]
pub fn set_own(d: Ref, key: Ref, v: Own) -> PyResult<()> {
    let this = cast(d);
    let ix = match place_plain(this.table(), key.value()) {
        Some(ix) if ix >= 0 => ix,
        Some(place) => {
            let t = this.table();
            if t.usable.get() == 0 || !this.owner.get().is_null() {
                return insert_absent(this, key, table::simple_hash(key.value()), v);
            }
            t.push_at(place, key.own().into_value(), v.into_value());
            this.used.set(this.used.get() + 1);
            return Ok(());
        }
        None => {
            let hash = key_hash(key)?;
            let ix = find(this, key, hash)?;
            if ix < 0 {
                return insert_absent(this, key, hash, v);
            }
            ix
        }
    };
    let t = this.table();
    let old = t.value(ix as usize);
    if old.is_cell_ref() {
        replace_at(this, ix as usize, v);
    } else {
        t.set_value(ix as usize, v.into_value());
        decref(old);
    }
    Ok(())
}
#[inline(never)]
fn insert_absent(d: &DictObject, key: Ref, hash: i64, v: Own) -> PyResult<()> {
    insert_new(d, key.own(), hash, v)
}
#[inline]
pub fn set_with_hash(d: Ref, key: Ref, hash: i64, v: Own) -> PyResult<()> {
    let d = cast(d);
    let ix = find(d, key, hash)?;
    if ix >= 0 {
        replace_at(d, ix as usize, v);
        return Ok(());
    }
    insert_new(d, key.own(), hash, v)
}
/// Adds 1 to the value of a key, from 0 if it is not there; false (and nothing is done) where other code than looking for the key
/// is needed.
pub fn count_one(d: Ref, key: Ref, hash: i64) -> PyResult<bool> {
    let d = cast(d);
    let ix = find(d, key, hash)?;
    if ix < 0 {
        insert_new(d, key.own(), hash, Own::int(1))?;
        return Ok(true);
    }
    let t = d.table();
    let old = t.value(ix as usize);
    if old.is_small_int() && old.as_small() < pyaot_abi::value::SMALL_MAX {
        t.set_value(ix as usize, Value::from_small(old.as_small() + 1));
        return Ok(true);
    }
    Ok(false)
}
/// Stores under an interned text.
pub fn set_str(d: Ref, name: &str, v: Own) -> PyResult<()> {
    set_own(d, crate::types::str::intern(name).r(), v)
}
/// Fast path of `d[key] = v` on an exact dict; `None` (and `v` not taken) when the general way is needed.
#[inline(always)]
pub fn setitem_fast(d: Ref, key: Ref, v: Value) -> Option<PyResult<()>> {
    is_simple(key.value()).then(|| set_own(d, key, Own::from_value(v)))
}
/// The value of `key`, stored first if it is not there (CPython: PyDict_SetDefaultRef).
pub fn set_default(d: Ref, key: Ref, v: Ref) -> PyResult {
    let d = cast(d);
    let (ix, hash) = match place_plain(d.table(), key.value()) {
        Some(place) if place < 0 && d.table().usable.get() != 0 && d.owner.get().is_null() => {
            d.table().push_at(place, key.own().into_value(), v.own().into_value());
            d.used.set(d.used.get() + 1);
            return Ok(v.own());
        }
        Some(ix) => (ix, table::simple_hash(key.value())),
        None => {
            let hash = key_hash(key)?;
            (find(d, key, hash)?, hash)
        }
    };
    if let Some(found) = value_at(d, ix) {
        return Ok(found.own());
    }
    insert_new(d, key.own(), hash, v.own())?;
    Ok(v.own())
}

// ---- removal ----

/// Takes entry `ix` out; gives its key and value.
fn take_at(d: &DictObject, ix: usize) -> (Own, Own) {
    let (k, word) = d.table().remove(ix);
    d.used.set(d.used.get() - 1);
    let v = if word.is_cell_ref() {
        // SAFETY: cell references point into static arrays of cells.
        unsafe { replace_cell(word.as_cell_ref(), Value::NULL) }
    } else {
        word
    };
    (Own::from_value(k), Own::from_nullable(v).unwrap_or_else(Own::none))
}
/// False when the key is not there.
pub fn delete(d: Ref, key: Ref) -> PyResult<bool> {
    Ok(pop(d, key)?.is_some())
}
/// Removes `key` and gives its value.
pub fn pop(d: Ref, key: Ref) -> PyResult<Option<Own>> {
    let hash = key_hash(key)?;
    pop_with_hash(d, key, hash)
}
pub fn pop_with_hash(d: Ref, key: Ref, hash: i64) -> PyResult<Option<Own>> {
    let d = cast(d);
    let ix = find(d, key, hash)?;
    if ix < 0 {
        return Ok(None);
    }
    let (key, v) = take_at(d, ix as usize);
    drop(key);
    Ok(Some(v))
}
/// Removes the last entry.
pub fn pop_last(d: Ref) -> Option<(Own, Own)> {
    let d = cast(d);
    let t = d.table();
    let ix = (0..t.len.get()).rev().find(|&i| !t.key(i).is_null())?;
    let pair = take_at(d, ix);
    d.table().truncate(ix);
    Some(pair)
}
/// Removes the first entry.
pub fn pop_first(d: Ref) -> Option<(Own, Own)> {
    let d = cast(d);
    let ix = d.table().next_live(0);
    (ix < d.table().len.get()).then(|| take_at(d, ix))
}
/// Moves the entry of `key` to the end or to the front; false when there is none.
pub fn move_to_end(d: Ref, key: Ref, last: bool) -> PyResult<bool> {
    let hash = key_hash(key)?;
    let this = cast(d);
    let ix = find(this, key, hash)?;
    if ix < 0 {
        return Ok(false);
    }
    if last && ix as usize + 1 == this.table().len.get() {
        return Ok(true);
    }
    let (k, v) = take_at(this, ix as usize);
    if last {
        insert_new(this, k, hash, v)?;
        return Ok(true);
    }
    // A new table with this entry in front of the others.
    let t = this.table();
    let new = Table::new(t.log2_size(), t.is_general())?;
    // SAFETY: just made, as large as the old one; the references move.
    unsafe {
        (*new).push(k.into_value(), hash, v.into_value());
        for i in 0..t.len.get() {
            if !t.key(i).is_null() {
                (*new).push(t.key(i), t.hash(i), t.value(i));
            }
        }
        Table::free(this.table.replace(new));
    }
    this.used.set(this.used.get() + 1);
    Ok(true)
}
/// Removes everything.
pub fn clear(d: Ref) {
    let d = cast(d);
    if d.table.get() == table::empty() {
        return;
    }
    let old = d.table.replace(table::empty());
    d.used.set(0);
    // SAFETY: the table is out of the dict: dropping its content cannot reach it.
    unsafe {
        drop_content(&*old);
        Table::free(old);
    }
}
fn drop_content(t: &Table) {
    for i in 0..t.len.get() {
        let (k, word) = (t.key(i), t.value(i));
        if !k.is_null() {
            decref(k);
            decref(if word.is_cell_ref() {
                // SAFETY: cell references point into static arrays of cells.
                unsafe { replace_cell(word.as_cell_ref(), Value::NULL) }
            } else {
                word
            });
        }
    }
}

// ---- whole dicts ----

/// Steps through the entries: `pos` starts at 0. Borrowed; valid until the dict changes (CPython: PyDict_Next).
#[inline]
pub fn next<'a>(d: Ref<'a>, pos: &mut usize) -> Option<(Ref<'a>, Ref<'a>)> {
    let (t, i) = (cast(d).table(), *pos);
    if i < t.len.get() {
        let (k, v) = t.words(i);
        if !k.is_null() && !v.is_cell_ref() {
            *pos = i + 1;
            return Some((Ref::from_value(k), Ref::from_value(v)));
        }
    }
    next_slow(t, pos)
}
#[inline(never)]
fn next_slow<'a>(t: &Table, pos: &mut usize) -> Option<(Ref<'a>, Ref<'a>)> {
    loop {
        let i = t.next_live(*pos);
        if i >= t.len.get() {
            *pos = i;
            return None;
        }
        *pos = i + 1;
        if let Some(v) = Ref::from_nullable(read(t.value(i))) {
            return Some((Ref::from_value(t.key(i)), v));
        }
    }
}
/// Like [`next`], with the hash of the key.
#[inline]
pub fn next_with_hash<'a>(d: Ref<'a>, pos: &mut usize) -> Option<(Ref<'a>, Ref<'a>, i64)> {
    let (k, v) = next(d, pos)?;
    Some((k, v, cast(d).table().hash(*pos - 1)))
}
/// Backwards: `pos` starts at [`entry_count`] and is one past the entry to look at.
pub fn previous<'a>(d: Ref<'a>, pos: &mut usize) -> Option<(Ref<'a>, Ref<'a>)> {
    let t = cast(d).table();
    *pos = (*pos).min(t.len.get());
    while *pos > 0 {
        *pos -= 1;
        let k = t.key(*pos);
        if !k.is_null() {
            if let Some(v) = Ref::from_nullable(read(t.value(*pos))) {
                return Some((Ref::from_value(k), v));
            }
        }
    }
    None
}
/// Entries ever added to the current table, dead ones included.
pub fn entry_count(d: Ref) -> usize {
    cast(d).table().len.get()
}
/// A snapshot of the entries.
/// `f` of the entries as they are now, which are held for as long.
pub fn with_items<R>(d: Ref, f: impl FnOnce(&[(Own, Own)]) -> R) -> R {
    const FEW: usize = 6;
    if len(d) > FEW {
        return f(&items_snapshot(d));
    }
    let mut held: [core::mem::MaybeUninit<(Own, Own)>; FEW] = [const { core::mem::MaybeUninit::uninit() }; FEW];
    let (mut n, mut pos) = (0, 0);
    while let Some((k, v)) = next(d, &mut pos) {
        held[n].write((k.own(), v.own()));
        n += 1;
    }
    // SAFETY: the first `n` are written; panics end the process.
    unsafe {
        let entries = core::slice::from_raw_parts_mut(held.as_mut_ptr().cast::<(Own, Own)>(), n);
        let r = f(entries);
        core::ptr::drop_in_place(entries);
        r
    }
}
pub fn items_snapshot(d: Ref) -> Vec<(Own, Own)> {
    let mut out = Vec::with_capacity(len(d));
    let mut pos = 0;
    while let Some((k, v)) = next(d, &mut pos) {
        out.push((k.own(), v.own()));
    }
    out
}
pub fn keys(d: Ref) -> Vec<Own> {
    let mut out = Vec::with_capacity(len(d));
    let mut pos = 0;
    while let Some((k, _)) = next(d, &mut pos) {
        out.push(k.own());
    }
    out
}
pub fn values(d: Ref) -> Vec<Own> {
    let mut out = Vec::with_capacity(len(d));
    let mut pos = 0;
    while let Some((_, v)) = next(d, &mut pos) {
        out.push(v.own());
    }
    out
}
/// A new exact dict with the same entries; values that live in cells are read (CPython: PyDict_Copy).
pub fn copy(d: Ref) -> PyResult {
    let new = try_new()?;
    let s = cast(d);
    if s.used.get() == 0 {
        return Ok(new);
    }
    if s.used.get() >= s.table().len.get() * 2 / 3 {
        copy_table(s, cast(new.r()))?;
    } else {
        merge::update_from_dict(new.r(), d)?;
    }
    Ok(new)
}
/// The table of `from` with counted references, for the empty dict `to`.
fn copy_table(from: &DictObject, to: &DictObject) -> PyResult<()> {
    let t = from.table().duplicate()?;
    // SAFETY: just made.
    let table = unsafe { &*t };
    let mut used = 0;
    for i in 0..table.len.get() {
        let k = table.key(i);
        if k.is_null() {
            continue;
        }
        let v = read(table.value(i));
        incref(k);
        table.set_value(i, v);
        incref(v);
        used += 1;
    }
    let old = to.table.replace(t);
    to.used.set(used);
    // SAFETY: the dict was empty.
    unsafe { Table::free(old) };
    Ok(())
}
/// CPython: _PyDict_SizeOf, with the sizes that CPython's objects have.
fn size_of_dict(d: Ref) -> usize {
    let t = cast(d).table();
    let head = 48;
    if cast(d).table.get() == table::empty() {
        return head;
    }
    let all_str = !t.is_general() && (0..t.len.get()).all(|i| t.key(i).is_null() || is_exact_str(t.key(i)));
    let size = 1usize << t.log2_size();
    let index = match t.log2_size() {
        0..8 => 1,
        8..16 => 2,
        16..32 => 4,
        _ => 8,
    };
    head + 32 + size * index + size * 2 / 3 * if all_str { 16 } else { 24 }
}

// ---- dicts of modules ----

/// Ties the dict to a compiled module: names that have cells there keep their values in them from now on. Values that the dict
/// already holds under such names move.
pub fn set_owner(d: Ref, owner: *const ModuleStatic) -> PyResult<()> {
    cast(d).owner.set(owner);
    // SAFETY: owners are static data; arrays of `cell_count` items.
    let m = unsafe { &*owner };
    for i in 0..m.cell_count as usize {
        let (name, cell) = unsafe { (Ref::from_value(*m.cell_names.add(i)), m.cells.add(i).cast()) };
        if find_str_quiet(cast(d), name.value()) >= 0 {
            insert_cell(d, name, cell)?;
        }
    }
    Ok(())
}
/// The entry of `name` (interned) refers to `cell` from now on. A value that the entry holds moves into an empty cell; without an
/// entry one is added for the value that stands in the cell.
pub fn insert_cell(d: Ref, name: Ref, cell: *mut Value) -> PyResult<()> {
    let d = cast(d);
    let ix = find_str_quiet(d, name.value());
    if ix < 0 {
        make_room(d, name.value())?;
        d.table().push(
            name.own().into_value(),
            table::str_hash(name.value()),
            Value::cell_ref(cell),
        );
        d.used.set(d.used.get() + 1);
        return Ok(());
    }
    let word = d.table().value(ix as usize);
    if !word.is_cell_ref() {
        d.table().set_value(ix as usize, Value::cell_ref(cell));
        // SAFETY: the module's cell.
        unsafe {
            if (*cell).is_null() {
                *cell = word;
            } else {
                decref(word);
            }
        }
    }
    Ok(())
}

/// Visits keys and values; for types that extend the layout, too.
pub fn traverse(d: Ref, visit: crate::typeobj::slots::Visitor) {
    let t = cast(d).table();
    for i in 0..t.len.get() {
        let k = t.key(i);
        if !k.is_null() {
            // CPython: dict_traverse takes the value first.
            visit(read(t.value(i)));
            visit(k);
        }
    }
}
/// Drops the content; for types that extend the layout, too.
///
/// # Safety
/// `p` is a dead dict.
pub unsafe fn dealloc(p: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        let d = &*p.cast::<DictObject>();
        let t = d.table.replace(table::empty());
        if t != table::empty() {
            drop_content(&*t);
            Table::free(t);
        }
    }
}

#[cfg(test)]
mod tests;
