//! The cyclic collector: trial deletion (CPython: Python/gc.c, deduce_unreachable) over the container pages.
//!
//! Every container of the collected generations is marked, and a table beside its page counts references from outside: start with
//! the reference count, take away one per reference from another marked object. What stays above zero, and all that it reaches, is
//! alive. The rest is finalised, its weak references are cleared, then its cycles are broken with `clear`.
use super::{STATE, leaf};
use crate::object::{Header, Ref, Value, alloc, decref, flag, incref};
use crate::typeobj::{TypeObject, shape};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Hash of aligned addresses.
#[derive(Default)]
pub struct AddressHash(u64);
impl Hasher for AddressHash {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are addresses")
    }
    fn write_usize(&mut self, i: usize) {
        self.0 = (i as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_u64(&mut self, i: u64) {
        self.write_usize(i as usize);
    }
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}
type Counts = HashMap<usize, u32, BuildHasherDefault<AddressHash>>;

fn header(p: usize) -> &'static Header {
    // SAFETY: candidates are live while the collection holds them.
    unsafe { &*(p as *const Header) }
}
fn type_of(p: usize) -> &'static TypeObject {
    // SAFETY: a live header has a type.
    unsafe { &*header(p).ty.get().cast::<TypeObject>() }
}

/// Visits every value that the object at `p` owns, its type included when that is a heap type.
pub fn visit_children(p: *mut Header, visit: &mut dyn FnMut(Value)) {
    let ty = type_of(p as usize);
    if let Some(f) = ty.slots().traverse {
        f(Ref::from_value(Value::from_ptr(p)), visit);
    }
    if let Some(a) = shape::attributes(ty, p) {
        a.traverse(visit);
    }
    if ty.is_heap() {
        visit(Value::from_ptr(ty));
    }
}

/// As [`visit_children`], in any order.
#[inline]
fn visit_quickly(p: *mut Header, mut visit: impl FnMut(Value)) {
    let ty = type_of(p as usize);
    let layout = ty.quick.get();
    // SAFETY: a live instance of the class.
    if layout.size != 0 && unsafe { leaf::each_value(p, layout, &mut visit) } {
        return visit(Value::from_ptr(ty));
    }
    visit_children(p, &mut visit)
}

pub fn generation(h: &Header) -> u32 {
    (h.flags.get() & flag::GENERATION_MASK) >> flag::GENERATION_SHIFT
}
fn set_generation(h: &Header, g: u32) {
    h.flags
        .set(h.flags.get() & !flag::GENERATION_MASK | g << flag::GENERATION_SHIFT);
}

/// Whether a live container has a finaliser that has not run, besides those to leave out.
pub fn any_to_finalize(left_out: impl Fn(u64) -> bool) -> bool {
    let mut found = false;
    alloc::for_each_container(2, |p| {
        let h = header(p as usize);
        let alive = h.flags.get() & (flag::DYING | flag::FINALIZED) == 0 && h.refcount.get() > 0;
        found = found
            || alive
                && h.flags.get() & flag::TRACKED != 0
                && type_of(p as usize).slots().finalize.is_some()
                && !left_out(p as u64);
    });
    found
}

/// Collects `upto` and younger generations; gives (unreachable objects found, uncollectable ones).
pub fn collect(upto: u32) -> (usize, usize) {
    if STATE.collecting.replace(true) {
        return (0, 0);
    }
    let result = collect_locked(upto, false);
    STATE.collecting.set(false);
    result
}

/// With `leaves_apart`, objects that refer to no container are not looked at, nor counted, where that changes nothing else.
pub(super) fn collect_locked(upto: u32, leaves_apart: bool) -> (usize, usize) {
    let leaves_apart = leaves_apart && upto < 2;
    let mut candidates: Vec<usize> = Vec::new();
    let mut counted = Vec::new();
    let mut room = true;
    alloc::for_each_container(upto, |p| {
        let h = header(p as usize);
        let f = h.flags.get();
        if room
            // A page may be listed twice; a container that is counted twice would lose each reference twice.
            && f & (flag::IMMORTAL | flag::DYING | flag::GC_MARK) == 0
            && f & flag::TRACKED != 0
            && h.refcount.get() > 0
            && generation(h) <= upto
        {
            if leaves_apart && leaf::is_leaf(p, h) {
                set_generation(h, upto + 1);
                return;
            }
            room = candidates.try_reserve(1).is_ok() && alloc::add_gc_count(p, h.refcount.get(), &mut counted);
            if room {
                h.flags.set(f | flag::GC_MARK);
                candidates.push(p as usize);
            }
        }
    });
    // Each candidate is at most once in the list of those to visit. Without room for it there is no collection, and no abort.
    let mut work: Vec<usize> = Vec::new();
    if !room || work.try_reserve(candidates.len()).is_err() {
        candidates.iter().for_each(|p| unmark(header(*p)));
        alloc::drop_gc_counts(counted);
        return (0, 0);
    }
    // SAFETY: marked objects have a count.
    let count = |p: usize| unsafe { &*alloc::gc_count(p as *mut Header) };
    for &p in &candidates {
        visit_quickly(p as *mut Header, |v| {
            if is_marked(v) {
                let n = count(v.0 as usize);
                n.set(n.get().saturating_sub(1));
            }
        });
    }
    // What is referred to from outside, and what that reaches, loses its mark.
    for &p in &candidates {
        if header(p).flags.get() & flag::GC_MARK == 0 || count(p).get() == 0 {
            continue;
        }
        unmark(header(p));
        work.push(p);
        while let Some(p) = work.pop() {
            visit_quickly(p as *mut Header, |v| {
                if is_marked(v) {
                    unmark(header(v.0 as usize));
                    work.push(v.0 as usize);
                }
            });
        }
    }
    alloc::drop_gc_counts(counted);
    let next = (upto + 1).min(2);
    let seen = candidates.len();
    let mut garbage = candidates;
    garbage.retain(|&p| {
        let h = header(p);
        let dead = h.flags.get() & flag::GC_MARK != 0;
        if dead {
            unmark(h);
        } else {
            set_generation(h, next);
        }
        dead
    });
    alloc::age_pages(upto);
    let alive = (seen - garbage.len()) as u64;
    let [total, pending] = &STATE.long_lived;
    match upto {
        0 => {}
        1 => pending.set(pending.get() + alive),
        _ => {
            total.set(alive);
            pending.set(0);
        }
    }
    drop(work);
    if garbage.is_empty() { (0, 0) } else { dispose(garbage) }
}

fn is_marked(v: Value) -> bool {
    v.is_heap() && header(v.0 as usize).flags.get() & flag::GC_MARK != 0
}
fn unmark(h: &Header) {
    h.flags.set(h.flags.get() & !flag::GC_MARK);
}

/// Finalises and frees unreachable objects; those that a finaliser brought back stay.
fn dispose(garbage: Vec<usize>) -> (usize, usize) {
    for &p in &garbage {
        incref(Value(p as u64));
    }
    crate::types::weakref::clear_for_garbage(&garbage);
    let mut finalized = false;
    for &p in &garbage {
        let (h, ty) = (header(p), type_of(p));
        if let Some(f) = ty.slots().finalize {
            if h.flags.get() & flag::FINALIZED == 0 {
                finalized = true;
                super::STATE.waiting.borrow_mut().remove(&p);
                h.flags.set(h.flags.get() | flag::FINALIZED);
                f(Ref::from_value(Value(p as u64)));
            }
        }
    }
    let dead = if finalized {
        still_unreachable(&garbage)
    } else {
        garbage.clone()
    };
    let found = dead.len();
    if STATE.save_all.get() {
        for &p in &dead {
            super::save_garbage(Value(p as u64));
        }
    } else {
        for &p in &dead {
            if let Some(f) = type_of(p).slots().clear {
                f(Ref::from_value(Value(p as u64)));
            }
            if let Some(a) = shape::attributes(type_of(p), p as *mut Header) {
                a.clear();
            }
        }
    }
    for &p in &garbage {
        decref(Value(p as u64));
    }
    (found, 0)
}

/// After finalisers ran: the subset that nothing outside the set refers to (each has one extra count from the collection).
fn still_unreachable(garbage: &[usize]) -> Vec<usize> {
    let mut counts = Counts::default();
    for &p in garbage {
        counts.insert(p, header(p).refcount.get() - 1);
    }
    for &p in garbage {
        visit_children(p as *mut Header, &mut |v| {
            if v.is_heap() {
                if let Some(n) = counts.get_mut(&(v.0 as usize)) {
                    *n = n.saturating_sub(1);
                }
            }
        });
    }
    let mut work: Vec<usize> = garbage.iter().copied().filter(|p| counts[p] > 0).collect();
    for p in &work {
        counts.remove(p);
    }
    while let Some(p) = work.pop() {
        visit_children(p as *mut Header, &mut |v| {
            if v.is_heap() && counts.remove(&(v.0 as usize)).is_some() {
                work.push(v.0 as usize);
            }
        });
    }
    garbage.iter().copied().filter(|p| counts.contains_key(p)).collect()
}
