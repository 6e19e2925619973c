//! `_heapq`: binary heaps in lists, with CPython's order of comparisons (Modules/_heapqmodule.c).
use pyaot_core::prelude::*;
use pyaot_core::types::{list, module};

pub fn make() -> PyResult {
    let m = module::new("_heapq")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}
static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("heappush($module, heap, item, /)"), |_, b| push(b, MIN)).doc("Push item onto heap, maintaining the heap invariant."),
    one(sig!("heappop($module, heap, /)"), |_, h| pop(h, "heappop", MIN))
        .doc("Pop the smallest item off the heap, maintaining the heap invariant."),
    bound(sig!("heapreplace($module, heap, item, /)"), |_, b| replace(b, "heapreplace", MIN)).doc(
        "Pop and return the current smallest value, and add the new item.\n\nThis is more efficient than heappop() followed by heappush(), and can be\nmore appropriate when using a fixed-size heap.  Note that the value\nreturned may be larger than item!  That constrains reasonable uses of\nthis routine unless written as part of a conditional replacement:\n\n    if item > heap[0]:\n        item = heapreplace(heap, item)",
    ),
    bound(sig!("heappushpop($module, heap, item, /)"), |_, b| push_pop(b, "heappushpop", MIN)).doc(
        "Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop().",
    ),
    one(sig!("heapify($module, heap, /)"), |_, h| heapify(h, "heapify", MIN))
        .doc("Transform list into a heap, in-place, in O(len(heap)) time."),
    bound(sig!("heappush_max($module, heap, item, /)"), |_, b| push(b, MAX)).doc("Push item onto max heap, maintaining the heap invariant."),
    one(sig!("heappop_max($module, heap, /)"), |_, h| pop(h, "heappop_max", MAX)).doc("Maxheap variant of heappop."),
    bound(sig!("heapreplace_max($module, heap, item, /)"), |_, b| replace(b, "heapreplace_max", MAX))
        .doc("Maxheap variant of heapreplace."),
    bound(sig!("heappushpop_max($module, heap, item, /)"), |_, b| push_pop(b, "heappushpop_max", MAX)).doc(
        "Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na separate call to heappop_max().",
    ),
    one(sig!("heapify_max($module, heap, /)"), |_, h| heapify(h, "heapify_max", MAX)).doc("Maxheap variant of heapify."),
];

/// Which of two items is nearer to the top: the smaller (`MIN`) or the larger one.
const MIN: bool = false;
const MAX: bool = true;

#[inline]
fn less(a: Ref, b: Ref) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return Ok(x < y);
    }
    let (a, b) = (a.own(), b.own());
    protocol::compare_bool(a.r(), b.r(), CompareOp::Lt)
}
/// `a` belongs above `b`.
#[inline]
fn above(a: Ref, b: Ref, max: bool) -> PyResult<bool> {
    if max { less(b, a) } else { less(a, b) }
}
fn is_list(h: Ref) -> bool {
    h.ty().has(type_flag::LIST)
}
fn check<'a>(h: Ref<'a>, name: &str, which: &str) -> PyResult<Ref<'a>> {
    if is_list(h) {
        return Ok(h);
    }
    exc::type_error(format_args!(
        "{name}() argument{which} must be list, not {}",
        pyaot_core::call::convert::type_name(h)
    ))
}
fn unchanged(h: Ref, n: usize) -> PyResult<()> {
    if list::len(h) == n {
        return Ok(());
    }
    exc::runtime_error(format_args!("list changed size during iteration"))
}
fn at<'a>(h: Ref<'a>, i: usize) -> PyResult<Ref<'a>> {
    match list::get(h, i) {
        Some(v) => Ok(v),
        None => exc::index_error(format_args!("index out of range")),
    }
}
/// Moves the item at `pos` up to its place (CPython: siftdown).
fn sift_up(h: Ref, start: usize, mut pos: usize, max: bool) -> PyResult<()> {
    let n = list::len(h);
    at(h, pos)?;
    while pos > start {
        let parent = (pos - 1) >> 1;
        let higher = above(at(h, pos)?, at(h, parent)?, max)?;
        unchanged(h, n)?;
        if !higher {
            break;
        }
        list::swap(h, parent, pos);
        pos = parent;
    }
    Ok(())
}
/// Moves the item at `start` down to a leaf along the better children, then up to its place (CPython: siftup).
fn sift_down(h: Ref, start: usize, max: bool) -> PyResult<()> {
    let n = list::len(h);
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
        list::swap(h, child, pos);
        pos = child;
    }
    sift_up(h, start, pos, max)
}
fn push(b: &Bound, max: bool) -> PyResult {
    let h = check(b.arg(0), if max { "heappush_max" } else { "heappush" }, " 1")?;
    list::append(h, b.arg(1).own())?;
    sift_up(h, 0, list::len(h) - 1, max)?;
    Ok(Own::none())
}
fn pop(h: Ref, name: &str, max: bool) -> PyResult {
    let h = check(h, name, "")?;
    let n = list::len(h);
    if n == 0 {
        return exc::index_error(format_args!("index out of range"));
    }
    let last = list::remove_at(h, n - 1);
    if n == 1 {
        return Ok(last);
    }
    put_on_top(h, last, max)
}
/// Replaces the top by `v`, restores the order and gives the old top.
fn put_on_top(h: Ref, v: Own, max: bool) -> PyResult {
    let top = at(h, 0)?.own();
    list::set_item(h, 0, Some(v))?;
    sift_down(h, 0, max)?;
    Ok(top)
}
fn replace(b: &Bound, name: &str, max: bool) -> PyResult {
    let h = check(b.arg(0), name, " 1")?;
    put_on_top(h, b.arg(1).own(), max)
}
fn push_pop(b: &Bound, name: &str, max: bool) -> PyResult {
    let h = check(b.arg(0), name, " 1")?;
    let v = b.arg(1);
    let Some(top) = list::get(h, 0) else { return Ok(v.own()) };
    if !above(top, v, max)? {
        return Ok(v.own());
    }
    put_on_top(h, v.own(), max)
}
fn heapify(h: Ref, name: &str, max: bool) -> PyResult {
    let h = check(h, name, "")?;
    for i in (0..list::len(h) >> 1).rev() {
        sift_down(h, i, max)?;
    }
    Ok(Own::none())
}
