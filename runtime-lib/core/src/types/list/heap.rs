//! Binary heaps in lists (`heapq`), with CPython's order of comparisons (Modules/_heapqmodule.c).
//!
//! In: a list (or an instance of a subclass), of which nothing more is known. Items whose comparison runs no Python code are compared
//! as words; for the others the list is looked at anew after each comparison.
use super::{append, get, len, remove_at, set_item, swap};
use crate::exc;
use crate::object::{Header, Own, PyResult, Ref, Value};
use crate::object_protocol as protocol;
use crate::typeobj::CompareOp;
use crate::types::dict::is_exact_str_word;
use crate::types::{str as str_, tuple};
use pyaot_abi::TupleObject;

/// Which of two items is nearer to the top: the smaller (`MIN`) or the larger one.
pub const MIN: bool = false;
pub const MAX: bool = true;

/// An exact tuple.
#[inline(always)]
fn is_tuple(v: Value) -> bool {
    // SAFETY: a heap word points to a live header.
    v.is_heap_nonnull() && core::ptr::eq(unsafe { (*v.as_ptr::<Header>()).ty.get() }.cast(), &tuple::TUPLE_TYPE)
}
/// The order of two words that are no tuples where that runs no code; `None` else.
#[inline(always)]
fn plain_order(a: Value, b: Value) -> Option<core::cmp::Ordering> {
    if a.is_small_int() && b.is_small_int() {
        return Some(a.as_small().cmp(&b.as_small()));
    }
    if a.is_small_float() && b.is_small_float() {
        return a.as_small_f64().partial_cmp(&b.as_small_f64());
    }
    if a.is_heap_nonnull() && b.is_heap_nonnull() && is_exact_str_word(a) && is_exact_str_word(b) {
        return Some(str_::units(Ref::from_value(a)).compare(str_::units(Ref::from_value(b))));
    }
    None
}
/// `a < b` where that runs no code (CPython: tuplerichcompare).
#[inline(always)]
pub fn quick_less(a: Value, b: Value) -> Option<bool> {
    if !is_tuple(a) || !is_tuple(b) {
        return plain_order(a, b).map(|order| order.is_lt());
    }
    // SAFETY: exact tuples; nothing runs meanwhile.
    let (x, y) = unsafe { (&*a.as_ptr::<TupleObject>(), &*b.as_ptr::<TupleObject>()) };
    let (n, m) = (x.len.get(), y.len.get());
    let (p, q) = (
        (&raw const x.items).cast::<Value>(),
        (&raw const y.items).cast::<Value>(),
    );
    for i in 0..n.min(m) {
        // SAFETY: below both lengths.
        let (v, w) = unsafe { (*p.add(i), *q.add(i)) };
        // Identical items count as equal.
        if v != w {
            match plain_order(v, w)? {
                core::cmp::Ordering::Equal => {}
                order => return Some(order.is_lt()),
            }
        }
    }
    Some(n < m)
}
#[inline(always)]
fn less(a: Ref, b: Ref) -> PyResult<bool> {
    match quick_less(a.value(), b.value()) {
        Some(yes) => Ok(yes),
        None => less_slow(a, b),
    }
}
#[inline(never)]
fn less_slow(a: Ref, b: Ref) -> PyResult<bool> {
    let (a, b) = (a.own(), b.own());
    protocol::compare_bool(a.r(), b.r(), CompareOp::Lt)
}
/// `a` belongs above `b`.
#[inline(always)]
fn above(a: Ref, b: Ref, max: bool) -> PyResult<bool> {
    if max { less(b, a) } else { less(a, b) }
}
fn unchanged(h: Ref, n: usize) -> PyResult<()> {
    if len(h) == n {
        return Ok(());
    }
    exc::runtime_error(format_args!("list changed size during iteration"))
}
#[inline(always)]
fn at<'a>(h: Ref<'a>, i: usize) -> PyResult<Ref<'a>> {
    match get(h, i) {
        Some(v) => Ok(v),
        None => exc::index_error(format_args!("index out of range")),
    }
}
/// Moves the item at `pos` up to its place (CPython: siftdown).
fn sift_up(h: Ref, start: usize, mut pos: usize, max: bool) -> PyResult<()> {
    let n = len(h);
    at(h, pos)?;
    while pos > start {
        let parent = (pos - 1) >> 1;
        let higher = above(at(h, pos)?, at(h, parent)?, max)?;
        unchanged(h, n)?;
        if !higher {
            break;
        }
        swap(h, parent, pos);
        pos = parent;
    }
    Ok(())
}
/// Moves the item at `start` down to a leaf along the better children, then up to its place (CPython: siftup).
pub fn sift_down(h: Ref, start: usize, max: bool) -> PyResult<()> {
    let n = len(h);
    at(h, start)?;
    let mut pos = start;
    while pos < n >> 1 {
        let mut child = 2 * pos + 1;
        if child + 1 < n {
            let first = if max {
                less(at(h, child + 1)?, at(h, child)?)?
            } else {
                less(at(h, child)?, at(h, child + 1)?)?
            };
            child += !first as usize;
            unchanged(h, n)?;
        }
        swap(h, child, pos);
        pos = child;
    }
    sift_up(h, start, pos, max)
}
/// Adds an item.
pub fn push(h: Ref, item: Ref, max: bool) -> PyResult<()> {
    append(h, item.own())?;
    sift_up(h, 0, len(h) - 1, max)
}
/// Takes the top.
pub fn pop(h: Ref, max: bool) -> PyResult {
    let n = len(h);
    if n == 0 {
        return exc::index_error(format_args!("index out of range"));
    }
    let last = remove_at(h, n - 1);
    if n == 1 {
        return Ok(last);
    }
    replace(h, last, max)
}
/// Replaces the top by `v`, restores the order and gives the old top.
pub fn replace(h: Ref, v: Own, max: bool) -> PyResult {
    let top = at(h, 0)?.own();
    set_item(h, 0, Some(v))?;
    sift_down(h, 0, max)?;
    Ok(top)
}
/// The better of the top and `v`, of which the other stays.
pub fn push_pop(h: Ref, v: Ref, max: bool) -> PyResult {
    let Some(top) = get(h, 0) else { return Ok(v.own()) };
    if !above(top, v, max)? {
        return Ok(v.own());
    }
    replace(h, v.own(), max)
}
/// Makes a heap of a list.
pub fn heapify(h: Ref, max: bool) -> PyResult<()> {
    for i in (0..len(h) >> 1).rev() {
        sift_down(h, i, max)?;
    }
    Ok(())
}
/// The list that a function of `heapq` was given.
pub fn check<'a>(h: Ref<'a>, name: &str, which: &str) -> PyResult<Ref<'a>> {
    if h.ty().has(pyaot_abi::type_flag::LIST) {
        return Ok(h);
    }
    exc::type_error(format_args!(
        "{name}() argument{which} must be list, not {}",
        crate::call::convert::type_name(h)
    ))
}
