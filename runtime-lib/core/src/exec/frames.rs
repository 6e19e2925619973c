//! Finding running Python frames: native frame pointers, and a table from return address to (code object, position).
//!
//! Compiled code pays nothing for this. The table (`FunctionMap`s in static data) is sorted at the first use.
use crate::entry::program;
use crate::object::{Own, PyResult, Ref, set_field};
use crate::types::traceback::{FrameObject, new_frame};
use core::cell::{Cell, OnceCell};
use pyaot_abi::{CodeObject, FunctionMap};

struct State {
    /// Address above the outermost frame.
    base: Cell<usize>,
    /// The innermost one; null when there is none.
    delegations: Cell<*const Delegation>,
    sorted: OnceCell<Vec<&'static FunctionMap>>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    base: Cell::new(0),
    delegations: Cell::new(core::ptr::null()),
    sorted: OnceCell::new(),
};

/// Called once by `main` with an address in its frame.
pub fn set_stack_base(address: usize) {
    STATE.base.set(address);
}

/// A suspended generator through which something is thrown into its delegate: it counts as running, but has no machine frame.
/// The record stands on the machine stack, between the frames of the delegate and of whoever throws.
struct Delegation {
    code: &'static CodeObject,
    position: u32,
    outer: *const Delegation,
}

/// Runs `f` with the frame of a suspended generator on the stack that [`walk`] sees (CPython: Objects/genobject.c, _gen_throw).
pub fn delegating<R>(code: &'static CodeObject, position: u32, f: impl FnOnce() -> R) -> R {
    let outer = STATE.delegations.get();
    let record = Delegation { code, position, outer };
    STATE.delegations.set(&record);
    let r = f();
    STATE.delegations.set(outer);
    r
}

fn maps() -> &'static [&'static FunctionMap] {
    STATE.sorted.get_or_init(|| {
        let Some(p) = program::program() else { return Vec::new() };
        // SAFETY: one array between the two symbols.
        let all = unsafe { core::slice::from_raw_parts(p.maps_start, p.maps_end.offset_from(p.maps_start) as usize) };
        let mut sorted: Vec<&FunctionMap> = all.iter().filter(|m| !m.start.is_null()).collect();
        sorted.sort_by_key(|m| m.start as usize);
        sorted
    })
}

fn find(address: usize) -> Option<(&'static CodeObject, u32)> {
    let all = maps();
    let i = all.partition_point(|m| m.start as usize <= address).checked_sub(1)?;
    let m = all[i];
    let offset = address - m.start as usize;
    if offset >= m.size as usize {
        return None;
    }
    // SAFETY: static data of the driver.
    let rows = unsafe { core::slice::from_raw_parts(m.rows, m.row_count as usize) };
    let row = rows.partition_point(|r| r.offset as usize <= offset).checked_sub(1)?;
    // SAFETY: as above.
    Some((unsafe { &*m.code }, rows[row].position))
}

/// Running Python frames, innermost first, until `f` returns false.
#[inline(never)]
pub fn walk(mut f: impl FnMut(&'static CodeObject, u32) -> bool) {
    let mut fp: usize;
    // SAFETY: reads a register; the runtime and compiled code are built with frame pointers.
    unsafe { core::arch::asm!("mov {}, rbp", out(reg) fp, options(nomem, nostack, preserves_flags)) };
    let base = STATE.base.get();
    let mut pending = STATE.delegations.get();
    while fp != 0 && fp < base && fp.is_multiple_of(8) {
        // SAFETY: between the stack pointer and the base lies a chain of frames.
        let (next, address) = unsafe { (*(fp as *const usize), *(fp as *const usize).add(1)) };
        if let Some((code, position)) = find(address - 1) {
            // Records below this address belong to frames further in.
            while !pending.is_null() && (pending as usize) < fp {
                // SAFETY: the function that made the record has not returned.
                let d = unsafe { &*pending };
                if !f(d.code, d.position) {
                    return;
                }
                pending = d.outer;
            }
            if !f(code, position) {
                return;
            }
        }
        if next <= fp {
            return;
        }
        fp = next;
    }
}

/// The `depth`-th running Python frame, 0 = innermost.
pub fn at(depth: usize) -> Option<(&'static CodeObject, u32)> {
    let (mut n, mut found) = (0, None);
    walk(|code, position| {
        if n == depth {
            found = Some((code, position));
            return false;
        }
        n += 1;
        true
    });
    found
}

/// `sys._getframe(depth)`: frame objects of the caller and everything that called it, linked by `f_back`.
pub fn frame_object(depth: usize) -> PyResult<Option<Own>> {
    let (mut n, mut all) = (0, Vec::new());
    walk(|code, position| {
        if n >= depth {
            all.push((code, position));
        }
        n += 1;
        true
    });
    let mut frame: Option<Own> = None;
    for (code, position) in all.into_iter().rev() {
        let f = new_frame(code, position, Vec::new())?;
        // SAFETY: just made.
        set_field(&unsafe { f.r().cast::<FrameObject>() }.back, frame.take());
        frame = Some(f);
    }
    Ok(frame)
}

/// Globals dict of the `depth`-th frame.
pub fn globals(depth: usize) -> Option<Ref<'static>> {
    let (code, _) = at(depth)?;
    // SAFETY: code objects of compiled modules name their module.
    let module = unsafe { code.module.as_ref() }?;
    Ref::from_nullable(module.object.get()).map(crate::types::module::dict)
}
