//! Finding running Python frames: native frame pointers, and a table from return address to (code object, position).
//!
//! Compiled code pays nothing for this. The table (`FunctionMap`s in static data) is sorted at the first use.
use super::watch;
use crate::entry::program;
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, field, set_field};
use crate::types::generator;
use crate::types::traceback::{self, FrameObject};
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
    generator: Value,
    outer: *const Delegation,
}

/// Runs `f` with the frame of a suspended generator on the stack that [`walk`] sees (CPython: Objects/genobject.c, _gen_throw).
pub fn delegating<R>(g: Ref, f: impl FnOnce() -> R) -> R {
    let outer = STATE.delegations.get();
    let record = Delegation {
        generator: g.value(),
        outer,
    };
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

/// A Python frame that runs.
#[derive(Clone, Copy)]
pub struct Running {
    pub code: &'static CodeObject,
    pub position: u32,
    /// Address of its machine frame; 0 when it has none.
    base: usize,
    /// The generator that it belongs to, if that has no machine frame.
    delegating: Value,
}

impl Running {
    /// A suspended generator whose delegate runs.
    fn waiting(g: Ref) -> Running {
        Running {
            code: generator::code(g),
            position: generator::of(g).position.get(),
            base: 0,
            delegating: g.value(),
        }
    }
}

/// Running Python frames, innermost first, until `f` returns false.
#[inline(never)]
pub fn walk(mut f: impl FnMut(&Running) -> bool) {
    let mut fp: usize;
    // SAFETY: reads a register; the runtime and compiled code are built with frame pointers.
    unsafe { core::arch::asm!("mov {}, rbp", out(reg) fp, options(nomem, nostack, preserves_flags)) };
    let base = STATE.base.get();
    let mut pending = STATE.delegations.get();
    while fp != 0 && fp < base && fp.is_multiple_of(8) {
        // SAFETY: between the stack pointer and the base lies a chain of frames.
        let (next, address) = unsafe { (*(fp as *const usize), *(fp as *const usize).add(1)) };
        let address = watch::return_address(fp + 8, address);
        if let Some((code, position)) = find(address - 1) {
            // Records below this address belong to frames further in.
            while !pending.is_null() && (pending as usize) < fp {
                // SAFETY: the function that made the record has not returned.
                let d = unsafe { &*pending };
                if !f(&Running::waiting(Ref::from_value(d.generator))) {
                    return;
                }
                pending = d.outer;
            }
            if !f(&Running {
                code,
                position,
                base: next,
                delegating: Value::NULL,
            }) {
                return;
            }
            let through = generator::running_at(next, code).map_or(Vec::new(), generator::chain::delegators);
            if !through.into_iter().all(|g| f(&Running::waiting(g))) {
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
    walk(|r| {
        if n == depth {
            found = Some((r.code, r.position));
            return false;
        }
        n += 1;
        true
    });
    found
}

/// `sys._getframe(depth)`: frame objects of the caller and everything that called it, linked by `f_back`. A frame has one object as
/// long as it runs.
pub fn frame_object(depth: usize) -> PyResult<Option<Own>> {
    let (mut n, mut all) = (0, Vec::new());
    walk(|r| {
        if n >= depth {
            all.push(*r);
        }
        n += 1;
        true
    });
    let caught = caught_here();
    let mut frame: Option<Own> = None;
    for r in all.iter().rev() {
        let owner = match r.delegating {
            Value::NULL => generator::running_at(r.base, r.code),
            g => Some(Ref::from_value(g)),
        };
        let known = match owner {
            Some(g) => watch::of_generator(g),
            None => watch::of_frame(r.base),
        };
        let f = match known {
            Some(f) => f,
            None => {
                let made = caught.iter().find(|f| {
                    let f = traceback::frame(f.r());
                    f.caught_at.get() == r.base && core::ptr::eq(f.code, r.code)
                });
                let f = match made {
                    Some(f) => f.clone(),
                    None => traceback::new_frame(r.code, r.position, Vec::new())?,
                };
                match owner {
                    Some(g) => watch::add_generator(g, &f),
                    None if r.base != 0 => watch::add(r.base, &f),
                    None => {}
                }
                f
            }
        };
        let o = traceback::frame(f.r());
        o.position.set(r.position);
        let same = field(&o.back).map(|b| b.value()) == frame.as_ref().map(Own::value);
        if !same {
            set_field(&o.back, frame.take());
        }
        frame = Some(f);
    }
    Ok(frame)
}

/// Frames of tracebacks that may still run: those in which the exceptions that are being handled were caught.
fn caught_here() -> Vec<Own> {
    const LONGEST: usize = 64;
    let mut out = Vec::new();
    let mut at = Ref::from_nullable(exc::handled())
        .filter(|e| !e.is_none())
        .map(Ref::own);
    while let Some(e) = at {
        let o = exc::types::cast(e.r());
        if let Some(f) = exc::records::traceback(e.r()).and_then(traceback::frame_of) {
            out.push(f.own());
        }
        if out.len() > LONGEST {
            break;
        }
        at = field(&o.context).map(Ref::own);
    }
    out
}

/// Where a frame is now; `None` when it does not run.
pub fn position_of(f: &FrameObject) -> Option<u32> {
    let (base, owner) = (f.base.get(), f.generator.get());
    if let Some(g) = Ref::from_nullable(owner) {
        if !generator::running(g) {
            return Some(generator::of(g).position.get());
        }
    } else if base == 0 {
        return None;
    }
    let mut found = None;
    walk(|r| {
        let same = if owner.is_null() {
            r.base == base
        } else {
            r.delegating == owner || generator::running_at(r.base, r.code).is_some_and(|g| g.value() == owner)
        };
        if same {
            found = Some(r.position);
        }
        !same
    });
    found
}

/// Globals dict of the `depth`-th frame.
pub fn globals(depth: usize) -> Option<Ref<'static>> {
    let (code, _) = at(depth)?;
    // SAFETY: code objects of compiled modules name their module.
    let module = unsafe { code.module.as_ref() }?;
    Ref::from_nullable(module.object.get()).map(crate::types::module::dict)
}
