//! Deallocation, and the cyclic collector (trial deletion over the enumerable container pages, three generations).
//!
//! Destruction is iterative: an object that dies while another is being destroyed is put on a list when the nesting is deep.
use crate::object::{Header, Ref, Value, alloc, decref, flag};
use crate::typeobj::TypeObject;
use core::cell::{Cell, RefCell};
use pyaot_abi::{IMMORTAL_REFCOUNT, type_flag};

struct State {
    depth: Cell<u32>,
    later: RefCell<Vec<Value>>,
    threshold: Cell<i64>,
    requested: Cell<bool>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    depth: Cell::new(0),
    later: RefCell::new(Vec::new()),
    threshold: Cell::new(2000),
    requested: Cell::new(false),
};
const MAX_NESTING: u32 = 50;

#[inline]
pub fn threshold_young() -> i64 {
    STATE.threshold.get()
}

/// Asks for a collection at the next poll.
#[cold]
pub fn request() {
    STATE.requested.set(true);
}

/// Ends an object whose count has reached zero.
#[inline(never)]
pub fn dealloc(v: Value) {
    // SAFETY: a heap object with count zero, still intact.
    let h = unsafe { &*v.as_ptr::<Header>() };
    if h.flags.get() & flag::IMMORTAL != 0 {
        h.refcount.set(IMMORTAL_REFCOUNT);
        return;
    }
    let depth = STATE.depth.get();
    if depth >= MAX_NESTING {
        STATE.later.borrow_mut().push(v);
        return;
    }
    STATE.depth.set(depth + 1);
    destroy(v, h);
    if depth == 0 {
        loop {
            let next = STATE.later.borrow_mut().pop();
            let Some(next) = next else { break };
            // SAFETY: objects on the list are dead and intact.
            destroy(next, unsafe { &*next.as_ptr::<Header>() });
        }
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
    h.flags.set(h.flags.get() | flag::DYING);
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

/// Runs the finaliser with the object alive for its duration; false when it came back to life.
#[cold]
fn finalize(v: Value, h: &Header, ty: &TypeObject) -> bool {
    h.flags.set(h.flags.get() | flag::FINALIZED);
    h.refcount.set(1);
    let f = ty.slots().finalize.expect("tested by the caller");
    f(Ref::from_value(v));
    let n = h.refcount.get() - 1;
    h.refcount.set(n);
    n == 0
}
