//! `set` and `frozenset`: one layout, two types. The table is in `table`, methods in `methods`.
use crate::call::Args;
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, alloc};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use crate::types::generator::sink::{next_beside, sink_for, sink_kind};
use crate::types::{dict, iterators};
use core::cell::Cell;
use pyaot_abi::type_flag;

mod methods;
mod table;

pub use table::SetTable;

#[repr(C)]
pub struct SetObject {
    header: Header,
    pub(crate) table: SetTable,
    /// frozenset: -1 until asked for.
    hash: Cell<i64>,
}
// SAFETY: `repr(C)` with a header; frozenset has the same layout.
unsafe impl Object for SetObject {
    fn type_object() -> &'static TypeObject {
        &SET_TYPE
    }
}

const COMMON: Slots = Slots {
    repr: Some(methods::repr),
    richcompare: Some(methods::richcompare),
    iter: Some(iterators::set::new),
    sq_length: Some(|s| Ok(len(s))),
    sq_contains: Some(contains),
    nb_and: Some(methods::and),
    nb_or: Some(methods::or),
    nb_xor: Some(methods::xor),
    nb_subtract: Some(methods::subtract),
    traverse: Some(traverse),
    clear: Some(|s| cast(s).table.clear()),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

#[unsafe(export_name = "pyaot_type_set")]
pub static SET_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "set",
    basic_size: size_of::<SetObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::SET | type_flag::MATCH_SELF | type_flag::WEAKREFABLE,
    doc: "Build an unordered collection of unique elements.",
    slots: Slots {
        new: Some(|cls, _| new_of(cls)),
        init: Some(methods::init),
        nb_inplace_and: Some(methods::inplace_and),
        nb_inplace_or: Some(methods::inplace_or),
        nb_inplace_xor: Some(methods::inplace_xor),
        nb_inplace_subtract: Some(methods::inplace_subtract),
        ..COMMON
    },
    methods: methods::SET_METHODS,
    ..TypeDef::NEW
});
#[unsafe(export_name = "pyaot_type_frozenset")]
pub static FROZENSET_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "frozenset",
    basic_size: size_of::<SetObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::FROZENSET | type_flag::MATCH_SELF | type_flag::WEAKREFABLE,
    doc: "Build an immutable unordered collection of unique elements.",
    slots: Slots {
        new: Some(frozenset_new),
        hash: Some(hash),
        ..COMMON
    },
    methods: methods::FROZENSET_METHODS,
    ..TypeDef::NEW
});

/// The layout of a set or frozenset, subclasses included.
#[inline(always)]
pub(crate) fn cast(s: Ref<'_>) -> &SetObject {
    debug_assert!(is_any(s));
    // SAFETY: the caller passes a set or frozenset.
    unsafe { &*s.value().as_ptr::<SetObject>() }
}
pub fn is_any(v: Ref) -> bool {
    v.ty().has(type_flag::SET | type_flag::FROZENSET)
}
pub fn is_exact_any(v: Ref) -> bool {
    core::ptr::eq(v.ty(), &SET_TYPE) || core::ptr::eq(v.ty(), &FROZENSET_TYPE)
}
fn is_frozen(v: Ref) -> bool {
    v.ty().has(type_flag::FROZENSET)
}

fn new_of(cls: &TypeObject) -> PyResult {
    let s = alloc::object_of(cls, |header| SetObject {
        header,
        table: SetTable::new(),
        hash: Cell::new(-1),
    })?;
    cast(s.r()).table.start();
    Ok(s)
}
pub fn new() -> PyResult {
    new_of(&SET_TYPE)
}
/// A new instance of `cls` with the elements of an iterable.
fn from_iterable_of(cls: &TypeObject, v: Option<Ref>) -> PyResult {
    let s = new_of(cls)?;
    match v {
        Some(v) if !is_any(v) && !v.is_exact::<dict::DictObject>() => {
            let it = protocol::iter(v)?;
            // (Nobody else has the set, so its elements are those of the sink.)
            let sink = sink_for(it.r(), sink_kind::SET, s.value());
            while let Some(item) = next_beside(it.r(), &sink)? {
                sink.kind.set(sink_kind::NONE);
                add(s.r(), item.r())?;
            }
        }
        Some(v) => update(s.r(), v)?,
        None => {}
    }
    Ok(s)
}
/// `set(iterable)`.
pub fn from_iterable(v: Ref) -> PyResult {
    from_iterable_of(&SET_TYPE, Some(v))
}
/// `frozenset(iterable)`.
pub fn frozen_from_iterable(v: Ref) -> PyResult {
    if core::ptr::eq(v.ty(), &FROZENSET_TYPE) {
        return Ok(v.own());
    }
    from_iterable_of(&FROZENSET_TYPE, Some(v))
}
/// The class of results: set or frozenset, never a subclass (CPython: make_new_set_basetype).
fn base_type(s: Ref) -> &'static TypeObject {
    if is_frozen(s) { &FROZENSET_TYPE } else { &SET_TYPE }
}
fn frozenset_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let exact = core::ptr::eq(cls, &FROZENSET_TYPE);
    let own_init = cls.slots().init.map(|f| f as usize) != FROZENSET_TYPE.slots().init.map(|f| f as usize);
    if exact || !own_init {
        args.no_keywords("frozenset")?;
    }
    args.count(if exact { "frozenset" } else { cls.name() }, 0, 1)?;
    match args.get(0) {
        Some(v) if exact && core::ptr::eq(v.ty(), &FROZENSET_TYPE) => Ok(v.own()),
        v => from_iterable_of(cls, v),
    }
}

/// The hash of an element; the error for an unhashable one is a set's.
#[inline]
pub fn element_hash(v: Ref) -> PyResult<i64> {
    let w = v.value();
    if !w.is_heap_nonnull() {
        return Ok(dict::immediate_hash(w));
    }
    if dict::is_exact_str_word(w) {
        return Ok(dict::str_hash(w));
    }
    protocol::hash(v).map_err(|e| dict::unhashable(e, v, "a set element"))
}
/// Like [`element_hash`] for searches, where an unhashable set stands for its frozenset.
fn search_hash(v: Ref) -> PyResult<i64> {
    match element_hash(v) {
        Err(e) if v.ty().has(type_flag::SET) && exc::raised_is(&exc::types::TYPE_ERROR) => {
            drop(exc::caught(e));
            Ok(content_hash(v))
        }
        r => r,
    }
}
#[inline(always)]
pub fn len(s: Ref) -> usize {
    cast(s).table.used.get()
}
#[inline]
pub fn contains(s: Ref, v: Ref) -> PyResult<bool> {
    let w = v.value();
    if !w.is_heap_nonnull() {
        return cast(s).table.contains(v, dict::immediate_hash(w));
    }
    let hash = search_hash(v)?;
    cast(s).table.contains(v, hash)
}
#[inline]
pub fn add(s: Ref, v: Ref) -> PyResult<()> {
    let w = v.value();
    if !w.is_heap_nonnull() {
        return cast(s).table.add(v, dict::immediate_hash(w));
    }
    let hash = element_hash(v)?;
    cast(s).table.add(v, hash)
}
/// Adds an element whose comparison runs no code, where that needs no search; false (and nothing is done) else.
#[inline(always)]
pub fn add_quickly(s: Ref, v: Ref) -> bool {
    let w = v.value();
    let hash = if w.is_small_int() {
        dict::immediate_hash(w)
    } else if w.is_heap_nonnull() && dict::is_exact_str_word(w) {
        dict::str_hash(w)
    } else {
        return false;
    };
    cast(s).table.add_quickly(v, hash)
}
/// False when `v` is not there.
pub fn discard(s: Ref, v: Ref) -> PyResult<bool> {
    let hash = search_hash(v)?;
    Ok(cast(s).table.discard(v, hash)?.is_some())
}
pub fn clear(s: Ref) {
    cast(s).table.clear();
}
/// Owned copies of the elements in table order.
pub fn items(s: Ref) -> Vec<Own> {
    let mut out = Vec::with_capacity(len(s));
    let mut pos = 0;
    while let Some((v, _)) = cast(s).table.next(&mut pos) {
        out.push(v);
    }
    out
}
/// Steps through the elements in table order with their hashes; `pos` starts at 0.
pub fn next_with_hash(s: Ref, pos: &mut usize) -> Option<(Own, i64)> {
    cast(s).table.next(pos)
}
/// Adds all elements of an iterable (CPython: set_update_internal).
pub fn update(s: Ref, other: Ref) -> PyResult<()> {
    let t = &cast(s).table;
    if is_any(other) {
        return t.merge(&cast(other).table);
    }
    if other.is_exact::<dict::DictObject>() {
        t.prepare(dict::len(other))?;
        let mut pos = 0;
        while let Some((k, _, hash)) = dict::next_with_hash(other, &mut pos) {
            t.add(k, hash)?;
        }
        return Ok(());
    }
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        add(s, v.r())?;
    }
    Ok(())
}
/// A copy of the base type.
pub fn copy(s: Ref) -> PyResult {
    from_iterable_of(base_type(s), Some(s))
}

fn content_hash(s: Ref) -> i64 {
    let t = &cast(s).table;
    let hashes = (0..=t.mask.get())
        .map(|i| t.entry(i))
        .filter(|e| e.is_live())
        .map(|e| e.hash);
    pyaot_text::hash::frozenset(hashes, t.used.get())
}
/// CPython: frozenset_hash.
fn hash(s: Ref) -> PyResult<i64> {
    let this = cast(s);
    if this.hash.get() == -1 {
        this.hash.set(content_hash(s));
    }
    Ok(this.hash.get())
}
/// Both hashes are known and differ.
fn hashes_differ(a: Ref, b: Ref) -> bool {
    let (x, y) = (cast(a).hash.get(), cast(b).hash.get());
    x != -1 && y != -1 && x != y
}
/// `a <= b` for two sets (CPython: set_issubset).
pub fn is_subset(a: Ref, b: Ref) -> PyResult<bool> {
    if len(a) > len(b) {
        return Ok(false);
    }
    let mut pos = 0;
    while let Some((v, hash)) = cast(a).table.next(&mut pos) {
        if !cast(b).table.contains(v.r(), hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}
/// Equality of two sets.
pub fn equal(a: Ref, b: Ref) -> PyResult<bool> {
    Ok(len(a) == len(b) && !hashes_differ(a, b) && is_subset(a, b)?)
}
/// The answer of a comparison of two sets.
pub fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult<bool> {
    match op {
        CompareOp::Eq => equal(a, b),
        CompareOp::Ne => Ok(!equal(a, b)?),
        CompareOp::Le => is_subset(a, b),
        CompareOp::Ge => is_subset(b, a),
        CompareOp::Lt => Ok(len(a) < len(b) && is_subset(a, b)?),
        CompareOp::Gt => Ok(len(a) > len(b) && is_subset(b, a)?),
    }
}

fn traverse(s: Ref, visit: crate::typeobj::slots::Visitor) {
    let t = &cast(s).table;
    if t.used.get() == 0 {
        return;
    }
    for i in 0..=t.mask.get() {
        let e = t.entry(i);
        if e.is_live() {
            visit(e.key);
        }
    }
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe { &*p.cast::<SetObject>() }.table.end();
}

pub use methods::{difference_update, intersection, symmetric_difference_update};
