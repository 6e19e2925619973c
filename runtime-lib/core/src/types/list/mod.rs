//! `list`: layout, growth, items and slices. Methods stand in `methods`, sorting in `sort`.
//!
//! Growth is CPython's (list_resize), so memory stays at or below its. Nothing holds a slice of the items while foreign code runs:
//! [`get`] looks at one item at a time, [`snapshot`] takes owned copies.
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, blocks, decref, incref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::ListObject;
use pyaot_abi::type_flag;

pub mod heap;
mod methods;
mod plain_sort;
mod slices;
pub mod sort;
use slices::assign_slice;
pub use slices::{get_range, part, replace_range, store_range};

// SAFETY: abi layout.
unsafe impl Object for ListObject {
    fn type_object() -> &'static TypeObject {
        &LIST_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_list")]
pub static LIST_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "list",
    basic_size: size_of::<ListObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::LIST | type_flag::SEQUENCE | type_flag::MATCH_SELF,
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    slots: Slots {
        new: Some(|cls, _| new_of(cls)),
        init: Some(methods::init),
        repr: Some(methods::repr),
        richcompare: Some(methods::richcompare),
        iter: Some(crate::types::iterators::sequence::list_iterator),
        sq_length: Some(|l| Ok(len(l))),
        sq_concat: Some(methods::concat),
        sq_repeat: Some(methods::repeat),
        sq_item: Some(item),
        sq_ass_item: Some(|l, i, v| set_item(l, i, v.map(Ref::own))),
        sq_contains: Some(methods::contains),
        sq_inplace_concat: Some(methods::inplace_concat),
        sq_inplace_repeat: Some(methods::inplace_repeat),
        mp_length: Some(|l| Ok(len(l))),
        mp_subscript: Some(methods::subscript),
        mp_ass_subscript: Some(methods::ass_subscript),
        traverse: Some(traverse),
        clear: Some(clear),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    ..TypeDef::NEW
});

#[inline(always)]
pub(crate) fn cast(l: Ref<'_>) -> &ListObject {
    // SAFETY: the caller passes a list or an instance of a subclass.
    unsafe { l.cast() }
}
fn new_of(cls: &TypeObject) -> PyResult {
    alloc::object_of(cls, |header| ListObject {
        header,
        len: Cell::new(0),
        capacity: Cell::new(0),
        items: Cell::new(core::ptr::null_mut()),
    })
}
pub fn new() -> PyResult {
    new_of(&LIST_TYPE)
}
/// An empty list with room for `n` items. Raises MemoryError.
pub fn with_capacity(n: usize) -> PyResult {
    let l = new()?;
    if n > 0 {
        set_capacity(cast(l.r()), n)?;
    }
    Ok(l)
}
pub fn from_vec(items: Vec<Own>) -> PyResult {
    let l = with_capacity(items.len())?;
    let this = cast(l.r());
    this.len.set(items.len());
    for (i, v) in items.into_iter().enumerate() {
        // SAFETY: room for all items was made.
        unsafe { this.items.get().add(i).write(v.into_value()) };
    }
    Ok(l)
}
/// Takes `n` owned values at `items`, also on error.
///
/// # Safety
/// The array holds n values that the caller gives up.
pub unsafe fn from_raw(items: *const Value, n: usize) -> PyResult {
    let l = match with_capacity(n) {
        Ok(l) => l,
        Err(e) => {
            // SAFETY: by contract.
            (0..n).for_each(|i| decref(unsafe { *items.add(i) }));
            return Err(e);
        }
    };
    let this = cast(l.r());
    if n > 0 {
        // SAFETY: room for n words was made.
        unsafe { core::ptr::copy_nonoverlapping(items, this.items.get(), n) };
    }
    this.len.set(n);
    Ok(l)
}
/// New references to the `n` values at `items`.
///
/// # Safety
/// The array holds n live values.
pub unsafe fn from_borrowed(items: *const Value, n: usize) -> PyResult {
    // SAFETY: by contract.
    unsafe {
        (0..n).for_each(|i| incref(*items.add(i)));
        from_raw(items, n)
    }
}
/// `list(iterable)`.
pub fn from_iterable(v: Ref) -> PyResult {
    let list = new()?;
    extend(list.r(), v)?;
    Ok(list)
}

// ---- memory ----

/// # Safety
/// `items` is null or the array of a list that had this capacity, and nobody uses it any more.
pub(super) unsafe fn free_items(items: *mut Value, capacity: usize) {
    // SAFETY: by contract.
    unsafe { blocks::free(items.cast(), capacity * 8) };
}

/// Exactly `n` places (at least the length). Raises MemoryError.
fn set_capacity(l: &ListObject, n: usize) -> PyResult<()> {
    debug_assert!(n >= l.len.get());
    if n == 0 {
        // SAFETY: null or an array from an earlier call.
        unsafe { free_items(l.items.get(), l.capacity.get()) };
        l.items.set(core::ptr::null_mut());
        l.capacity.set(0);
        return Ok(());
    }
    let Some(bytes) = n.checked_mul(8).filter(|b| *b <= isize::MAX as usize) else {
        return exc::memory_error();
    };
    // SAFETY: null or an array from an earlier call.
    let p = unsafe { blocks::resize(l.items.get().cast(), l.capacity.get() * 8, bytes) };
    if p.is_null() {
        return exc::memory_error();
    }
    l.items.set(p.cast());
    l.capacity.set(n);
    Ok(())
}
/// Sets the length; new places are not initialised. Grows and shrinks as CPython: Objects/listobject.c, list_resize.
fn resize(l: &ListObject, n: usize) -> PyResult<()> {
    let capacity = l.capacity.get();
    if capacity >= n && n >= capacity >> 1 {
        l.len.set(n);
        return Ok(());
    }
    let old = l.len.get();
    let mut wanted = n.saturating_add(n >> 3).saturating_add(6) & !3;
    if n > old && n - old > wanted - n {
        wanted = n.saturating_add(3) & !3;
    }
    if n == 0 {
        wanted = 0;
    }
    if n < old {
        l.len.set(n);
        // A list that shrinks keeps its memory when there is none for the smaller block.
        return match set_capacity(l, wanted) {
            Err(_) => {
                drop(exc::take());
                Ok(())
            }
            ok => ok,
        };
    }
    set_capacity(l, wanted)?;
    l.len.set(n);
    Ok(())
}
/// Room for `n` more items without moving (CPython: list_preallocate for empty lists).
pub fn reserve(l: Ref, n: usize) -> PyResult<()> {
    let l = cast(l);
    let wanted = l.len.get().saturating_add(n);
    if wanted > l.capacity.get() {
        set_capacity(l, wanted)
    } else {
        Ok(())
    }
}

// ---- items ----

/// Items of a list; the slice is valid until the list changes.
///
/// # Safety
/// No code that may change the list runs while the slice lives.
pub unsafe fn items(l: &ListObject) -> &[Value] {
    match l.len.get() {
        0 => &[],
        // SAFETY: `len` live items.
        n => unsafe { core::slice::from_raw_parts(l.items.get(), n) },
    }
}
#[inline(always)]
pub fn len(l: Ref) -> usize {
    cast(l).len.get()
}
/// Item `i`, if there is one; borrowed until the list changes.
#[inline(always)]
pub fn get<'a>(l: Ref<'a>, i: usize) -> Option<Ref<'a>> {
    let this = cast(l);
    // SAFETY: below the length.
    (i < this.len.get()).then(|| Ref::from_value(unsafe { *this.items.get().add(i) }))
}
/// Owned copies of all items.
pub fn snapshot(l: Ref) -> Vec<Own> {
    // SAFETY: taking references runs no code.
    unsafe { items(cast(l)) }
        .iter()
        .map(|v| Ref::from_value(*v).own())
        .collect()
}
/// Fast path of `l[i]` for a small int key on an exact list; `None` = take the general way.
#[inline(always)]
pub fn getitem_fast(l: Ref, key: Ref) -> Option<Own> {
    let mut i = key.small_int()? as isize;
    if i < 0 {
        i += len(l) as isize;
    }
    get(l, i as usize).map(Ref::own)
}
/// Fast path of `l[i] = v` for a small int key on an exact list; false (and `v` not taken) when the general way is needed.
#[inline(always)]
pub fn setitem_fast(l: Ref, key: Ref, v: Value) -> bool {
    let Some(i) = key.small_int() else { return false };
    let n = len(l);
    let i = if i < 0 { i.wrapping_add(n as i64) } else { i } as usize;
    if i >= n {
        return false;
    }
    // SAFETY: below the length. The old item is dropped when the list is whole again.
    decref(unsafe { cast(l).items.get().add(i).replace(v) });
    true
}
/// `l[i]`; `i` is not negative unless out of range.
fn item(l: Ref, i: isize) -> PyResult {
    match get(l, i as usize) {
        Some(v) if i >= 0 => Ok(v.own()),
        _ => exc::index_error(format_args!("list index out of range")),
    }
}
/// Replaces or (`None`) deletes item `i`.
pub fn set_item(l: Ref, i: isize, v: Option<Own>) -> PyResult<()> {
    let this = cast(l);
    if i < 0 || i as usize >= this.len.get() {
        return exc::index_error(format_args!("list assignment index out of range"));
    }
    match v {
        Some(v) => {
            // SAFETY: below the length.
            decref(unsafe { this.items.get().add(i as usize).replace(v.into_value()) });
            Ok(())
        }
        None => replace_range(l, i as usize, i as usize + 1, Vec::new()),
    }
}
/// Adds `v` at the end where there is room for it.
#[inline(always)]
pub fn push_within(l: Ref, v: Ref) -> bool {
    let l = cast(l);
    let n = l.len.get();
    if n == l.capacity.get() {
        return false;
    }
    // SAFETY: there is room behind the items below the capacity.
    unsafe { l.items.get().add(n).write(v.own().into_value()) };
    l.len.set(n + 1);
    true
}
/// Adds `v` at the end.
#[inline]
pub fn append(l: Ref, v: Own) -> PyResult<()> {
    let l = cast(l);
    let n = l.len.get();
    if n == l.capacity.get() {
        resize(l, n + 1)?;
    } else {
        l.len.set(n + 1);
    }
    // SAFETY: room was made.
    unsafe { l.items.get().add(n).write(v.into_value()) };
    Ok(())
}
/// Inserts before item `i` (`i` at most the length).
pub fn insert(l: Ref, i: usize, v: Own) -> PyResult<()> {
    let l = cast(l);
    let n = l.len.get();
    resize(l, n + 1)?;
    // SAFETY: n + 1 places; items from `i` move up by one.
    unsafe {
        let p = l.items.get().add(i);
        core::ptr::copy(p, p.add(1), n - i);
        p.write(v.into_value());
    }
    Ok(())
}
/// Exchanges two items, if both are there.
#[inline]
pub fn swap(l: Ref, i: usize, k: usize) {
    let l = cast(l);
    if i < l.len.get() && k < l.len.get() {
        // SAFETY: both are below the length.
        unsafe { core::ptr::swap(l.items.get().add(i), l.items.get().add(k)) };
    }
}
/// Takes item `i` (below the length) out.
pub fn remove_at(l: Ref, i: usize) -> Own {
    let l = cast(l);
    let n = l.len.get();
    // SAFETY: below the length; items behind move down by one.
    let v = unsafe {
        let p = l.items.get().add(i);
        let v = *p;
        core::ptr::copy(p.add(1), p, n - i - 1);
        v
    };
    // Shrinking cannot fail.
    let _ = resize(l, n - 1);
    Own::from_value(v)
}
/// Removes all items; they are dropped from the last to the first (CPython: list_clear).
pub fn clear(l: Ref) {
    let l = cast(l);
    let p = l.items.replace(core::ptr::null_mut());
    let n = l.len.replace(0);
    let capacity = l.capacity.replace(0);
    // SAFETY: the array is out of the list.
    unsafe {
        for i in (0..n).rev() {
            decref(*p.add(i));
        }
        free_items(p, capacity);
    }
}
/// Adds all items of an iterable (CPython: list_extend).
pub fn extend(l: Ref, v: Ref) -> PyResult<()> {
    use crate::types::generator::sink::{next_beside, sink_for, sink_kind};
    use crate::types::{dict, iterators, set, tuple};
    if v.is_exact::<ListObject>() {
        // SAFETY: the words are copied before anything else runs.
        let (p, n) = (cast(v).items.get(), len(v));
        return unsafe { extend_borrowed(l, p, n, v.is(l)) };
    }
    if v.is_exact::<tuple::TupleObject>() {
        let items = tuple::items(v);
        // SAFETY: the tuple keeps its items alive.
        return unsafe { extend_borrowed(l, items.as_ptr(), items.len(), false) };
    }
    if v.is_exact::<dict::DictObject>() {
        return extend_owned(l, dict::keys(v));
    }
    if set::is_exact_any(v) {
        return extend_owned(l, set::items(v));
    }
    let it = crate::object_protocol::iter(v)?;
    let hint = iterators::length_hint(v, 8)?;
    let n = len(l);
    if n.checked_add(hint).is_none_or(|m| m > isize::MAX as usize / 8) {
        // The hint may be wrong: memory is asked for item by item.
    } else if cast(l).items.get().is_null() {
        if hint > 0 {
            reserve(l, hint)?;
        }
    } else {
        let this = cast(l);
        resize(this, n + hint)?;
        this.len.set(n);
    }
    let sink = sink_for(it.r(), sink_kind::LIST, l.value());
    while let Some(pair) = iterators::dict::next_new_pair(it.r()) {
        match pair? {
            Some(pair) => append(l, pair)?,
            None => break,
        }
    }
    while let Some(item) = next_beside(it.r(), &sink)? {
        append(l, item)?;
    }
    let this = cast(l);
    if this.len.get() < this.capacity.get() && this.len.get() < this.capacity.get() / 2 {
        resize(this, this.len.get())?;
    }
    Ok(())
}
/// # Safety
/// `items` are `n` live words that stay alive; with `own` they are the list's own items.
unsafe fn extend_borrowed(l: Ref, items: *const Value, n: usize, own: bool) -> PyResult<()> {
    if n == 0 {
        return Ok(());
    }
    let l = cast(l);
    let m = l.len.get();
    if l.items.get().is_null() {
        set_capacity(l, n)?;
        l.len.set(n);
    } else {
        resize(l, m + n)?;
    }
    let from = if own { l.items.get().cast_const() } else { items };
    // SAFETY: room for n more words behind the first m.
    unsafe {
        for i in 0..n {
            let v = *from.add(i);
            incref(v);
            l.items.get().add(m + i).write(v);
        }
    }
    Ok(())
}
fn extend_owned(l: Ref, new: Vec<Own>) -> PyResult<()> {
    let this = cast(l);
    let m = this.len.get();
    if new.is_empty() {
        return Ok(());
    }
    if this.items.get().is_null() {
        set_capacity(this, new.len())?;
        this.len.set(new.len());
    } else {
        resize(this, m + new.len())?;
    }
    for (i, v) in new.into_iter().enumerate() {
        // SAFETY: room was made.
        unsafe { this.items.get().add(m + i).write(v.into_value()) };
    }
    Ok(())
}

/// From the end, as CPython's list_traverse: the order shows in `gc.get_referents` and in which finaliser runs first.
fn traverse(l: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: visiting changes nothing; slots receive instances.
    unsafe { items(cast(l)) }.iter().rev().for_each(|v| visit(*v));
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe {
        let l = &*p.cast::<ListObject>();
        let n = l.len.replace(0);
        for i in (0..n).rev() {
            decref(*l.items.get().add(i));
        }
        free_items(l.items.get(), l.capacity.get());
    }
}

#[cfg(test)]
mod tests;
