//! Deallocation, and the cyclic collector (trial deletion over the enumerable container pages, three generations).
//!
//! Destruction is iterative: an object that dies while another is being destroyed is put on a list when the nesting is deep.
use crate::object::{Header, Own, Ref, Value, alloc, decref, flag};
use crate::typeobj::{Quick, TypeObject, shape};

use core::cell::{Cell, RefCell};
use pyaot_abi::{IMMORTAL_REFCOUNT, type_flag};
use std::collections::HashSet;
use std::hash::BuildHasherDefault;

pub mod collect;
mod leaf;
use collect::AddressHash;
pub use collect::{collect, visit_children};

pub struct State {
    depth: Cell<u32>,
    later: RefCell<Vec<Value>>,
    /// There is one in `later`.
    any_later: Cell<bool>,
    /// `gc.get_threshold()`; 0 in the first turns automatic collection off.
    pub thresholds: [Cell<i64>; 3],
    /// Collections of the next younger generation since the last one of generations 1 and 2.
    pub counts: [Cell<i64>; 2],
    /// Containers that survived the last full collection, and those that reached the oldest generation since.
    long_lived: [Cell<u64>; 2],
    pub enabled: Cell<bool>,
    requested: Cell<bool>,
    collecting: Cell<bool>,
    /// DEBUG_SAVEALL.
    pub save_all: Cell<bool>,
    /// `gc.garbage`, a list, once the gc module exists.
    pub garbage: RefCell<Option<Own>>,
    /// Per generation: collections, collected, uncollectable.
    pub stats: [[Cell<u64>; 3]; 3],
    /// What [`finalize_in_order`] has still to do.
    waiting: RefCell<HashSet<usize, BuildHasherDefault<AddressHash>>>,
    /// `gc.callbacks` runner: (phase, generation, collected).
    pub hook: Cell<Option<fn(&str, u32, usize)>>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
pub static STATE: State = State {
    depth: Cell::new(0),
    later: RefCell::new(Vec::new()),
    any_later: Cell::new(false),
    thresholds: [Cell::new(2000), Cell::new(10), Cell::new(10)],
    counts: [Cell::new(0), Cell::new(0)],
    long_lived: [Cell::new(0), Cell::new(0)],
    enabled: Cell::new(true),
    requested: Cell::new(false),
    collecting: Cell::new(false),
    save_all: Cell::new(false),
    garbage: RefCell::new(None),
    stats: [const { [const { Cell::new(0) }; 3] }; 3],
    waiting: RefCell::new(HashSet::with_hasher(BuildHasherDefault::new())),
    hook: Cell::new(None),
};
const MAX_NESTING: u32 = 50;

#[inline]
pub fn threshold_young() -> i64 {
    STATE.thresholds[0].get()
}

/// Asks for a collection at the next poll.
#[cold]
pub fn request() {
    if STATE.enabled.get() && STATE.thresholds[0].get() > 0 && !STATE.requested.get() && !STATE.collecting.get() {
        STATE.requested.set(true);
        crate::exec::request();
    }
}

/// The oldest generation whose threshold is passed is collected; the oldest of all only when it grew by a quarter, so that the work
/// stays linear (CPython: Python/gc.c, gc_collect_generations).
pub fn run_if_requested() {
    if !STATE.requested.replace(false) || !STATE.enabled.get() {
        return;
    }
    let due = |i: usize| STATE.counts[i].get() > STATE.thresholds[i + 1].get();
    let [total, pending] = &STATE.long_lived;
    let generation = if due(1) && pending.get() >= total.get() / 4 {
        2
    } else if due(0) {
        1
    } else {
        0
    };
    run_with(generation, !STATE.save_all.get() && STATE.hook.get().is_none());
}

/// One collection with its counters and callbacks; gives the number of unreachable objects.
pub fn run(generation: u32) -> usize {
    run_with(generation, false)
}
fn run_with(generation: u32, leaves_apart: bool) -> usize {
    // Callbacks allocate, too: they may not ask for a collection inside this one.
    if STATE.collecting.replace(true) {
        return 0;
    }
    if let Some(f) = STATE.hook.get() {
        f("start", generation, 0);
    }
    alloc::YOUNG_COUNT.0.set(0);
    match generation {
        0 => STATE.counts[0].set(STATE.counts[0].get() + 1),
        1 => {
            STATE.counts[0].set(0);
            STATE.counts[1].set(STATE.counts[1].get() + 1);
        }
        _ => STATE.counts.iter().for_each(|c| c.set(0)),
    }
    let (found, uncollectable) = collect::collect_locked(generation, leaves_apart);
    let stats = &STATE.stats[generation as usize];
    stats[0].set(stats[0].get() + 1);
    stats[1].set(stats[1].get() + found as u64);
    stats[2].set(stats[2].get() + uncollectable as u64);
    if let Some(f) = STATE.hook.get() {
        f("stop", generation, found);
    }
    STATE.collecting.set(false);
    found
}

/// DEBUG_SAVEALL: unreachable objects go to `gc.garbage`.
fn save_garbage(v: Value) {
    if let Some(list) = &*STATE.garbage.borrow() {
        let _ = crate::types::list::append(list.r(), Ref::from_value(v).own());
    }
}

/// Ends an object whose count has reached zero. (Without calls before its end, so that small instances take no frame.)
#[inline(never)]
pub fn dealloc(v: Value) {
    // SAFETY: a heap object with count zero, still intact.
    let h = unsafe { &*v.as_ptr::<Header>() };
    // SAFETY: the type outlives the instance.
    let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
    // SAFETY: read under the GIL.
    let layout = unsafe { &*ty.quick.as_ptr() };
    let simple = layout.size != 0 && h.flags.get() & (flag::IMMORTAL | flag::WEAKREFS) == 0;
    if !simple || ty.slots().finalize.is_some() {
        if h.flags.get() & (flag::IMMORTAL | flag::LARGE | flag::WEAKREFS) == 0 && ended_alone(v, ty) {
            return;
        }
        return match ty.has(type_flag::BASE_EXC) {
            true => end_exception(v),
            false => dealloc_other(v),
        };
    }
    let count = &ty.head.header.refcount;
    if !holds_nothing(v, layout) || count.get() == 1 {
        return dealloc_instance(v);
    }
    count.set(count.get().wrapping_sub(1));
    // SAFETY: nobody refers to the object, and it refers to nobody but its type.
    unsafe { alloc::free_container(v.as_ptr()) };
}

/// The end of a tuple, str or iterator that ends no other object.
#[inline(always)]
fn ended_alone(v: Value, ty: &TypeObject) -> bool {
    // SAFETY: the types say what the objects are; none of them is large.
    unsafe {
        if core::ptr::eq(ty, &crate::types::str::STR_TYPE) {
            alloc::free_small_plain(v.as_ptr());
            return true;
        }
        let alone = if core::ptr::eq(ty, &crate::types::tuple::TUPLE_TYPE) {
            crate::types::tuple::holds_nothing(v.as_ptr())
        } else {
            crate::types::iterators::sequence::is_iterator(ty) && crate::types::iterators::sequence::let_go(v.as_ptr())
        };
        if alone {
            alloc::free_container(v.as_ptr());
        }
        alone
    }
}

/// An instance of that layout refers to no other object.
#[inline(always)]
fn holds_nothing(v: Value, layout: &Quick) -> bool {
    let p = v.as_ptr::<u8>();
    // Empty places count as objects here.
    let all = |at: u16, count: usize| {
        // SAFETY: places of the instance's layout.
        (0..count).all(|i| unsafe { *p.add(usize::from(at)).cast::<u64>().add(i) } & 7 != 0)
    };
    if layout.shape != 0 {
        // SAFETY: two words; the shape of a live instance.
        let (extra, count) = unsafe {
            let words = p.add(usize::from(layout.shape)).cast::<u64>();
            (*words.add(1), shape::Shape::from_word(*words).count as usize)
        };
        if extra != 0 || !all(layout.slots, count) {
            return false;
        }
    }
    let (at, end) = layout.members;
    all(at, usize::from(end - at) / 8)
}

#[inline(never)]
fn dealloc_instance(v: Value) {
    let depth = STATE.depth.get();
    if depth >= MAX_NESTING {
        return dealloc_other(v);
    }
    STATE.depth.set(depth + 1);
    // SAFETY: as in `dealloc`.
    let h = unsafe { &*v.as_ptr::<Header>() };
    // SAFETY: likewise.
    let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
    drop_quick(v, h, ty, ty.quick.get());
    if depth == 0 && STATE.any_later.get() {
        destroy_later();
    }
    STATE.depth.set(depth);
}

#[cold]
#[inline(never)]
fn end_type(ty: &TypeObject) {
    dealloc(Value::from_ptr(ty));
}

#[inline(never)]
fn dealloc_other(v: Value) {
    // SAFETY: as in `dealloc`.
    let h = unsafe { &*v.as_ptr::<Header>() };
    // SAFETY: likewise.
    let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
    let depth = STATE.depth.get();
    if h.flags.get() & flag::IMMORTAL != 0 {
        h.refcount.set(IMMORTAL_REFCOUNT);
        return;
    }
    let exact = core::ptr::eq(ty, &crate::types::tuple::TUPLE_TYPE);
    if (exact || ty.has(type_flag::TUPLE) && is_bare_tuple(h, ty)) && depth < MAX_NESTING {
        STATE.depth.set(depth + 1);
        let flags = h.flags.get();
        h.flags.set(flags | flag::DYING);
        // SAFETY: the tuple is dead, and has no weak references.
        unsafe {
            crate::types::tuple::drop_items(v.as_ptr());
            match flags & flag::LARGE {
                0 => alloc::free_container(v.as_ptr()),
                _ => alloc::free(v.as_ptr()),
            }
        }
        if !exact {
            decref(Value::from_ptr(ty));
        }
        if depth == 0 && STATE.any_later.get() {
            destroy_later();
        }
        STATE.depth.set(depth);
        return;
    }
    if core::ptr::eq(ty, &crate::types::generator::GENERATOR_TYPE)
        && depth < MAX_NESTING
        && h.flags.get() & (flag::WEAKREFS | flag::LARGE) == 0
        && nobody_waits()
    {
        STATE.depth.set(depth + 1);
        let flags = h.flags.get();
        h.flags.set(flags | flag::DYING);
        // SAFETY: a dead generator without weak references; a finished one has no finaliser to run.
        let done = unsafe { crate::types::generator::end_finished(v.as_ptr()) };
        if done {
            // SAFETY: content dropped, nobody refers to it.
            unsafe { alloc::free_container(v.as_ptr()) };
            if depth == 0 && STATE.any_later.get() {
                destroy_later();
            }
        } else {
            h.flags.set(flags);
        }
        STATE.depth.set(depth);
        if done {
            return;
        }
    }
    // Exact strs have no content that needs dropping, no finaliser and no weak references.
    if core::ptr::eq(ty, &crate::types::str::STR_TYPE) {
        // SAFETY: the count is zero; strs are no containers.
        return unsafe { alloc::free_plain(v.as_ptr()) };
    }
    if depth < MAX_NESTING && crate::types::iterators::sequence::is_iterator(ty) && h.flags.get() & flag::LARGE == 0 {
        STATE.depth.set(depth + 1);
        h.flags.set(h.flags.get() | flag::DYING);
        // SAFETY: the iterator is dead; its type takes no weak references.
        unsafe {
            crate::types::iterators::sequence::dealloc(v.as_ptr());
            alloc::free_container(v.as_ptr());
        }
        if depth == 0 && STATE.any_later.get() {
            destroy_later();
        }
        STATE.depth.set(depth);
        return;
    }
    if depth < MAX_NESTING && ty.head.shape_offset.get() == 0 && is_simple(h, ty) {
        STATE.depth.set(depth + 1);
        h.flags.set(h.flags.get() | flag::DYING);
        if let Some(f) = ty.slots().dealloc {
            // SAFETY: the object is dead.
            unsafe { f(v.as_ptr()) };
        }
        // SAFETY: content dropped, nobody refers to it.
        unsafe { alloc::free(v.as_ptr()) };
        if depth == 0 && STATE.any_later.get() {
            destroy_later();
        }
        STATE.depth.set(depth);
        return;
    }
    if depth >= MAX_NESTING {
        STATE.later.borrow_mut().push(v);
        STATE.any_later.set(true);
        return;
    }
    STATE.depth.set(depth + 1);
    destroy(v, h);
    if depth == 0 && STATE.any_later.get() {
        destroy_later();
    }
    STATE.depth.set(depth);
}

/// An instance of a subclass of tuple that has nothing but items, without weak references and of which no finaliser has to run.
#[inline(always)]
fn is_bare_tuple(h: &Header, ty: &TypeObject) -> bool {
    let s = ty.slots();
    ty.has(type_flag::HEAP)
        && ty.head.shape_offset.get() == 0
        && s.finalize.is_none()
        && h.flags.get() & flag::WEAKREFS == 0
        && (s.dealloc).is_some_and(|f| core::ptr::fn_addr_eq(f, crate::types::tuple::dealloc as unsafe fn(*mut Header)))
}

/// Nothing waits for its finaliser: who does leaves the set where the finaliser runs, or would.
#[inline(always)]
fn nobody_waits() -> bool {
    STATE.waiting.borrow().is_empty()
}

/// An instance of a built-in type without weak references, of which no finaliser has to run.
#[inline(always)]
fn is_simple(h: &Header, ty: &TypeObject) -> bool {
    if ty.has(type_flag::HEAP) || h.flags.get() & flag::WEAKREFS != 0 {
        return false;
    }
    ty.slots().finalize.is_none()
        || core::ptr::eq(ty, &crate::types::generator::GENERATOR_TYPE) && {
            // SAFETY: the type says so.
            let g = unsafe { Ref::from_value(Value::from_ptr(h)).cast::<pyaot_abi::GeneratorObject>() };
            g.state.get() == pyaot_abi::GENERATOR_FINISHED && nobody_waits()
        }
}

#[cold]
#[inline(never)]
fn destroy_later() {
    loop {
        let next = STATE.later.borrow_mut().pop();
        let Some(next) = next else { break };
        // SAFETY: objects on the list are dead and intact.
        destroy(next, unsafe { &*next.as_ptr::<Header>() });
    }
    STATE.any_later.set(false);
}

/// As [`dealloc`] for an exception: here without finaliser and weak references.
#[inline(never)]
fn end_exception(v: Value) {
    // SAFETY: as in `dealloc`.
    let (h, ty) = unsafe {
        let h = &*v.as_ptr::<Header>();
        (h, &*h.ty.get().cast::<TypeObject>())
    };
    let (depth, flags) = (STATE.depth.get(), h.flags.get());
    if depth >= MAX_NESTING || flags & (flag::WEAKREFS | flag::IMMORTAL) != 0 || ty.slots().finalize.is_some() {
        return dealloc_other(v);
    }
    STATE.depth.set(depth + 1);
    h.flags.set(flags | flag::DYING);
    // SAFETY: the object is dead.
    unsafe { crate::exc::memory::end(ty, v.as_ptr()) };
    if depth == 0 && STATE.any_later.get() {
        destroy_later();
    }
    STATE.depth.set(depth);
}

fn destroy(v: Value, h: &Header) {
    // SAFETY: the type outlives the instance.
    let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
    if ty.slots().finalize.is_some() && h.flags.get() & flag::FINALIZED == 0 && !finalize(v, h, ty) {
        return;
    }
    if h.flags.get() & flag::WEAKREFS != 0 {
        crate::types::weakref::clear_weakrefs(v);
    }
    let layout = ty.quick.get();
    if layout.size != 0 {
        return drop_quick(v, h, ty, layout);
    }
    h.flags.set(h.flags.get() | flag::DYING);
    let is_exception = ty
        .slots()
        .dealloc
        .is_some_and(|f| core::ptr::fn_addr_eq(f, crate::exc::types::dealloc as unsafe fn(*mut Header)));
    if is_exception {
        return end_other_exception(v, ty);
    }
    crate::typeobj::shape::drop_instance_attributes(ty, v.as_ptr());
    if let Some(f) = ty.slots().dealloc {
        // SAFETY: the object is dead.
        unsafe { f(v.as_ptr()) };
    }
    let heap = ty.has(type_flag::HEAP);
    // SAFETY: content dropped, nobody refers to it.
    unsafe { alloc::free(v.as_ptr()) };
    if heap {
        decref(Value::from_ptr(ty));
    }
}

#[inline(never)]
fn end_other_exception(v: Value, ty: &'static TypeObject) {
    // SAFETY: the object is dead; its finaliser has run.
    unsafe { crate::exc::memory::end(ty, v.as_ptr()) };
}

/// The end of an instance with that layout, whose finaliser has run and that no weak reference knows any more.
#[inline(always)]
fn drop_quick(v: Value, h: &Header, ty: &TypeObject, layout: Quick) {
    h.flags.set(h.flags.get() | flag::DYING);
    let p = v.as_ptr::<u8>();
    // Each field is emptied before its content goes, which may run code.
    // SAFETY: the layout is that of the instance's class.
    unsafe {
        if layout.shape != 0 {
            let words = p.add(usize::from(layout.shape)).cast::<u64>();
            if *words.add(1) != 0 {
                shape::drop_instance_attributes(ty, v.as_ptr());
            } else {
                let count = shape::Shape::from_word(*words).count as usize;
                *words = shape::empty_word();
                let slots = p.add(usize::from(layout.slots)).cast::<Value>();
                for i in 0..count {
                    decref(*slots.add(i));
                }
            }
        }
        let (mut at, end) = (usize::from(layout.members.0), usize::from(layout.members.1));
        while at < end {
            let member = p.add(at).cast::<Value>();
            let old = member.replace(Value::NULL);
            if old.is_heap() && !old.is_null() {
                decref(old);
            }
            at += 8;
        }
        alloc::free_container(v.as_ptr());
    }
    let count = &ty.head.header.refcount;
    let n = count.get().wrapping_sub(1);
    count.set(n);
    if n == 0 {
        end_type(ty);
    }
}

/// Calls the finalisers of live objects one after the other, without keeping those alive whose turn has not come.
pub fn finalize_in_order(objects: &[Value]) {
    STATE.waiting.borrow_mut().extend(objects.iter().map(|v| v.0 as usize));
    for &v in objects {
        if !STATE.waiting.borrow_mut().remove(&(v.0 as usize)) {
            continue;
        }
        // Still alive and not finalised: it would have left the set.
        let o = Ref::from_value(v).own();
        if let (Some(h), Some(f)) = (o.r().header(), o.r().ty().slots().finalize)
            && h.flags.get() & flag::FINALIZED == 0
        {
            h.flags.set(h.flags.get() | flag::FINALIZED);
            f(o.r());
        }
    }
}

/// Runs the finaliser with the object alive for its duration; false when it came back to life.
#[cold]
fn finalize(v: Value, h: &Header, ty: &TypeObject) -> bool {
    h.flags.set(h.flags.get() | flag::FINALIZED);
    STATE.waiting.borrow_mut().remove(&(v.0 as usize));
    h.refcount.set(1);
    let f = ty.slots().finalize.expect("tested by the caller");
    f(Ref::from_value(v));
    let n = h.refcount.get() - 1;
    h.refcount.set(n);
    n == 0
}
