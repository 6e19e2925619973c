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

type Printing = HashSet<Value, BuildHasherDefault<DefaultHasher>>;
struct State {
    /// Lowest address that guarded functions may use; 0 = not asked for yet.
    limit: Cell<usize>,
    /// Objects whose repr is being made.
    printing: RefCell<Option<Printing>>,
}
// SAFETY: the GIL guards it; the limit is set anew when another thread takes over.
unsafe impl Sync for State {}
static STATE: State = State {
    limit: Cell::new(0),
    printing: RefCell::new(None),
};

/// The end of this thread's stack, from the C library.
#[cold]
fn stack_limit() -> usize {
    // SAFETY: the attributes are filled in by the C library for the running thread.
    unsafe {
        let mut attr: libc::pthread_attr_t = core::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) != 0 {
            return 1;
        }
        let (mut base, mut size) = (core::ptr::null_mut(), 0usize);
        let ok = libc::pthread_attr_getstack(&attr, &mut base, &mut size) == 0;
        libc::pthread_attr_destroy(&mut attr);
        if ok { base as usize + RESERVE.min(size / 4) } else { 1 }
    }
}
/// The stack of the running thread changed (thread switch).
pub fn forget_stack() {
    STATE.limit.set(0);
}
/// States the lowest usable stack address, where the start code has made the stack itself.
pub fn set_stack_limit(address: usize) {
    STATE.limit.set(address + RESERVE);
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
        STATE.limit.set(stack_limit());
    }
    if address > STATE.limit.get() {
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
