//! Resuming through delegations: `next` of a generator that waits in `yield from` goes straight to the one at the chain's end.
//!
//! In: a suspended generator or coroutine with [`GENERATOR_DELEGATING`]. The ones between it and the end are not entered, so a step costs
//! one look at each of them instead of a call. They count as running, and their frames are on the stack, because the one that does run
//! knows by `via` where the chain begins. When the end is reached, or raises, its delegator is resumed as usual, and what its `SEND`
//! is to be given waits in the finished generator.
use super::{GeneratorObject, Step, is_generator_like, of, resume};
use crate::exc::{self, THREAD};
use crate::exec::watch;
use crate::object::{Own, PyResult, Raised, Ref, Value};
use core::cell::Cell;
use pyaot_abi::{GENERATOR_BUSY, GENERATOR_DELEGATING, GENERATOR_FINISHED, GENERATOR_RUNNING};

/// Bits of `marks`, beside those of async generators: what `via` of a finished generator is.
const RETURNED: u32 = 0x100;
const RAISED: u32 = 0x200;
/// Another generator's `end` was found through this one.
pub const PASSED: u32 = 0x400;

struct State {
    /// Chains that are being run.
    active: Cell<u32>,
    /// What generators note of their chains' ends holds in the epoch in which they noted it.
    epoch: Cell<u64>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    active: Cell::new(0),
    epoch: Cell::new(1),
};

/// A generator goes on without the chain that may lead through it.
#[inline]
pub fn touched(o: &GeneratorObject) {
    let marks = o.marks.get();
    if marks & PASSED != 0 {
        o.marks.set(marks & !PASSED);
        STATE.epoch.set(STATE.epoch.get() + 1);
    }
}

/// The iterator of a suspended `yield from` or `await`.
#[inline]
pub fn delegate_of(o: &GeneratorObject) -> Option<Ref<'_>> {
    if o.flags.get() & GENERATOR_DELEGATING == 0 || o.state.get() >= GENERATOR_RUNNING || o.live.get() == 0 {
        return None;
    }
    // SAFETY: the delegate is the last live slot.
    Some(Ref::from_value(unsafe {
        *o.slots.as_ptr().add(o.live.get() as usize - 1)
    }))
}

/// The generators from one that delegates on, outermost first, as long as each waits for the next.
fn members<'a>(g: Ref<'a>) -> impl Iterator<Item = Ref<'a>> {
    let mut at = Some(g);
    core::iter::from_fn(move || {
        let now = at?;
        at = delegate_of(of(now))
            .map(|d| Ref::from_value(d.value()))
            .filter(|d| is_generator_like(*d));
        Some(now)
    })
}

/// A chain that leads through `g` is being run.
pub fn runs_below(g: Ref) -> bool {
    if STATE.active.get() == 0 || delegate_of(of(g)).is_none() {
        return false;
    }
    let end = last(g);
    let o = of(end);
    o.state.get() == GENERATOR_RUNNING
        && Ref::from_nullable(o.via.get())
            .is_some_and(|from| from.value() == g.value() || members(from).any(|m| m.value() == g.value()))
}

/// Where the delegations of `g` end.
fn last<'a>(g: Ref<'a>) -> Ref<'a> {
    let o = of(g);
    let from = match o.epoch.get() == STATE.epoch.get() {
        true => Ref::from_value(o.end.get()),
        false => g,
    };
    members(from).last().unwrap_or(g)
}

/// The generators that wait for `g`, which is running and was gone straight to; the innermost first.
pub fn delegators<'a>(g: Ref<'a>) -> Vec<Ref<'a>> {
    let o = of(g);
    let from = match o.state.get() {
        GENERATOR_FINISHED => None,
        _ => Ref::from_nullable(o.via.get()),
    };
    let Some(from) = from else { return Vec::new() };
    let mut all: Vec<Ref> = members(from).take_while(|m| m.value() != g.value()).collect();
    all.reverse();
    all
}

/// The generator that can be entered in place of `g`, and how many wait for it.
fn end_of<'a>(g: Ref<'a>, sends_none: bool) -> (Ref<'a>, u32) {
    let root = of(g);
    let (mut at, mut waiting) = match root.epoch.get() == STATE.epoch.get() {
        true => (Ref::from_value(root.end.get()), root.waiting.get()),
        false => (g, 0),
    };
    if of(at).state.get() >= GENERATOR_RUNNING {
        (at, waiting) = (g, 0);
    }
    loop {
        let o = of(at);
        let Some(d) = delegate_of(o).map(|d| Ref::from_value(d.value())) else {
            break;
        };
        if o.handled.get() != Value::NONE || !is_generator_like(d) {
            break;
        }
        let next = of(d);
        if next.state.get() == GENERATOR_FINISHED || next.state.get() == 0 && !sends_none {
            break;
        }
        if next.state.get() == GENERATOR_RUNNING || next.flags.get() & GENERATOR_BUSY != 0 {
            // Whose error it is shows on the way through all of them.
            return (g, 0);
        }
        if next.delegator.get() != at.value() {
            // Two generators may delegate to one.
            touched(next);
        }
        next.delegator.set(at.value());
        next.marks.set(next.marks.get() | PASSED);
        at = d;
        waiting += 1;
    }
    note_end(root, at, waiting);
    (at, waiting)
}

fn note_end(root: &GeneratorObject, end: Ref, waiting: u32) {
    root.end.set(end.value());
    root.waiting.set(waiting);
    root.epoch.set(STATE.epoch.get());
}

/// `send` of a generator that waits in a delegation.
pub fn send(g: Ref, v: Own) -> PyResult<Step> {
    touched(of(g));
    let (end, mut waiting) = end_of(g, v.r().is_none());
    // At the limit, or with a request pending, the way through all of them.
    if waiting == 0 || THREAD.depth.get() + waiting >= THREAD.limit.get() {
        note_end(of(g), g, 0);
        return resume(g, Some(v));
    }
    let (mut end, mut v) = (end.own(), v);
    STATE.active.set(STATE.active.get() + 1);
    let r = loop {
        let waits = Ref::from_value(of(end.r()).delegator.get());
        let r = enter(g, end.r(), waiting, v);
        if waiting == 0 || matches!(r, Ok(Step::Yielded(_))) {
            break r;
        }
        let next = waits.own();
        keep_outcome(of(end.r()), r);
        end = next;
        waiting -= 1;
        note_end(of(g), end.r(), waiting);
        v = Own::none();
    };
    STATE.active.set(STATE.active.get() - 1);
    if watch::any_generator() {
        members(g).for_each(|m| watch::generator_left(m, false));
    }
    r
}

/// Resumes `end` with `waiting` generators between it and the caller of `g`.
fn enter(g: Ref, end: Ref, waiting: u32, v: Own) -> PyResult<Step> {
    let o = of(end);
    if waiting == 0 {
        return resume(end, Some(v));
    }
    o.via.set(g.value());
    THREAD.depth.set(THREAD.depth.get() + waiting);
    let r = resume(end, Some(v));
    THREAD.depth.set(THREAD.depth.get() - waiting);
    o.via.set(Value::NULL);
    r
}

/// What the delegator of a finished generator is to be given.
fn keep_outcome(o: &GeneratorObject, r: PyResult<Step>) {
    let (mark, v) = match r {
        Ok(Step::Returned(v) | Step::Yielded(v)) => (RETURNED, v),
        Err(raised) => (RAISED, exc::caught(raised)),
    };
    o.marks.set(o.marks.get() | mark);
    o.via.set(v.into_value());
}

pub fn kept_outcome(o: &GeneratorObject) -> Option<Value> {
    (o.marks.get() & (RETURNED | RAISED) != 0).then(|| o.via.get())
}

pub fn take_outcome(o: &GeneratorObject) -> Option<PyResult<Step>> {
    let marks = o.marks.get();
    if marks & (RETURNED | RAISED) == 0 {
        return None;
    }
    o.marks.set(marks & !(RETURNED | RAISED));
    let v = Own::from_value(o.via.replace(Value::NULL));
    Some(match marks & RETURNED {
        0 => Err(exc::restore::<core::convert::Infallible>(v).err().unwrap_or(Raised)),
        _ => Ok(Step::Returned(v)),
    })
}
