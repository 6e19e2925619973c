//! `_heapq`: binary heaps in lists (`pyaot_core::types::list::heap`).
use pyaot_core::prelude::*;
use pyaot_core::types::list::heap::{self, MAX, MIN};
use pyaot_core::types::module;

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

fn push(b: &Bound, max: bool) -> PyResult {
    let h = heap::check(b.arg(0), if max { "heappush_max" } else { "heappush" }, " 1")?;
    heap::push(h, b.arg(1), max)?;
    Ok(Own::none())
}
fn pop(h: Ref, name: &str, max: bool) -> PyResult {
    heap::pop(heap::check(h, name, "")?, max)
}
fn replace(b: &Bound, name: &str, max: bool) -> PyResult {
    let h = heap::check(b.arg(0), name, " 1")?;
    heap::replace(h, b.arg(1).own(), max)
}
fn push_pop(b: &Bound, name: &str, max: bool) -> PyResult {
    heap::push_pop(heap::check(b.arg(0), name, " 1")?, b.arg(1), max)
}
fn heapify(h: Ref, name: &str, max: bool) -> PyResult {
    heap::heapify(heap::check(h, name, "")?, max)?;
    Ok(Own::none())
}
