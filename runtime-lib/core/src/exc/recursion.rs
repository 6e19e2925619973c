//! Guards of recursive runtime functions: the native stack must not run out (RecursionError), and a container that contains itself
//! prints as `[...]`.
use super::PyResult;
use crate::object::{Ref, Value};
use core::cell::{Cell, RefCell};
use core::hash::BuildHasherDefault;
use std::collections::HashSet;
use std::hash::DefaultHasher;

/// Native stack that stays free for the work between two guards, bytes.
const RESERVE: usize = 256 * 1024;
/// What recursive runtime functions (repr, compare, …) may use: deeply nested data is a RecursionError where CPython's 8 MiB C
/// stack ends, however large the stack is.
const NATIVE: usize = (8 << 20) - RESERVE;
/// Each running Python frame adds this much, because here, unlike in CPython, it stands on the same stack.
const FRAME: usize = 2048;

type Printing = HashSet<Value, BuildHasherDefault<DefaultHasher>>;
struct State {
    /// Lowest address that guarded functions may use without a Python frame on the stack; 0 = not asked for yet.
    limit: Cell<usize>,
    /// Lowest address that they may use at all.
    floor: Cell<usize>,
    /// Objects whose repr is being made.
    printing: RefCell<Option<Printing>>,
}
// SAFETY: the GIL guards it; the limit is set anew when another thread takes over.
unsafe impl Sync for State {}
static STATE: State = State {
    limit: Cell::new(0),
    floor: Cell::new(0),
    printing: RefCell::new(None),
};

/// The bounds of a stack that nobody has stated: the initial one, of which not much is used yet. (Asking the C library for
/// them would bring its `sscanf` into every executable.)
#[cold]
fn assume_stack(address: usize) {
    const USUAL: usize = 8 << 20;
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: fills in the structure.
    let known =
        unsafe { libc::getrlimit(libc::RLIMIT_STACK, &mut limit) } == 0 && limit.rlim_cur != libc::RLIM_INFINITY;
    let size = if known { limit.rlim_cur as usize } else { USUAL };
    // Arguments and environment stand on it too.
    set_stack(address.saturating_sub(size - size / 4), address);
}
/// States the bounds of the running thread's stack; an empty one is unknown and has no limit.
pub fn set_stack(lowest: usize, top: usize) {
    let size = top - lowest;
    let floor = lowest + RESERVE.min(size / 4);
    STATE.floor.set(floor.max(1));
    STATE.limit.set(top.saturating_sub(NATIVE).max(floor).max(1));
}

/// RecursionError when the native stack is nearly used up; `activity` is like " in comparison"
/// (CPython: Python/ceval.c, _Py_CheckRecursiveCall).
#[inline]
pub fn recursion_guard(activity: &str) -> PyResult<()> {
    let here = 0u8;
    let address = &raw const here as usize;
    if address > STATE.limit.get() && STATE.limit.get() != 0 {
        return Ok(());
    }
    guard_slow(address, activity)
}
#[cold]
fn guard_slow(address: usize, activity: &str) -> PyResult<()> {
    if STATE.limit.get() == 0 {
        assume_stack(address);
    }
    let frames = super::THREAD.depth.get() as usize * FRAME;
    if address > STATE.limit.get().saturating_sub(frames).max(STATE.floor.get()) {
        return Ok(());
    }
    super::recursion_error(format_args!("maximum recursion depth exceeded{activity}"))
}

/// Marks `v` as being printed; `None` when it already is (CPython: Py_ReprEnter).
pub fn repr_enter(v: Ref) -> PyResult<Option<ReprGuard>> {
    recursion_guard(" while getting the repr of an object")?;
    // A set: nesting may be deep.
    let new = STATE.printing.borrow_mut().get_or_insert_default().insert(v.value());
    Ok(new.then(|| ReprGuard(v.value())))
}
/// Ends the mark of [`repr_enter`] when dropped.
pub struct ReprGuard(Value);
impl Drop for ReprGuard {
    fn drop(&mut self) {
        if let Some(printing) = &mut *STATE.printing.borrow_mut() {
            printing.remove(&self.0);
        }
    }
}
