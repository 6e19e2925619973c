//! Frame objects of functions that still run: a frame has one object from the first look at it until it is left.
//!
//! Compiled code knows nothing of frame objects, so their end is noticed through the return address: that of a watched frame leads to
//! [`pyaot_frame_left_entry`], which takes the frame off the list and goes on to where the function would have returned. Generators
//! come back to the same frame object in other machine frames; theirs are kept by generator, until that ends.
use super::frames;
use crate::object::{Own, Ref, Value, set_field};
use crate::types::{generator, traceback};
use core::cell::{Cell, RefCell};
use pyaot_abi::{CodeObject, GENERATOR_WATCHED};

struct Watched {
    /// Where the return address stands.
    slot: usize,
    /// What stood there.
    address: usize,
    frame: Own,
}
struct State {
    /// Outermost first, so by falling address.
    frames: RefCell<Vec<Watched>>,
    generators: RefCell<Vec<(Value, Own)>>,
    /// There is one in `generators`.
    any_generator: Cell<bool>,
    /// There is one in `frames`.
    any_frame: Cell<bool>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    frames: RefCell::new(Vec::new()),
    generators: RefCell::new(Vec::new()),
    any_generator: Cell::new(false),
    any_frame: Cell::new(false),
};

// Entered by the return of a watched function, whose results are in registers. The return address is put back before anything else
// runs, so the caller looks as if the function had not returned yet.
core::arch::global_asm!(
    ".globl pyaot_frame_left_entry",
    ".type pyaot_frame_left_entry, @function",
    "pyaot_frame_left_entry:",
    "push 0",
    "push rbp",
    "mov rbp, rsp",
    "push rax",
    "push rdx",
    "push rcx",
    "push rsi",
    "push rdi",
    "push r8",
    "push r9",
    "push r10",
    "push r11",
    "sub rsp, 40",
    "movups [rsp], xmm0",
    "movups [rsp + 16], xmm1",
    "lea rdi, [rbp + 8]",
    "call {left}",
    "movups xmm0, [rsp]",
    "movups xmm1, [rsp + 16]",
    "add rsp, 40",
    "pop r11",
    "pop r10",
    "pop r9",
    "pop r8",
    "pop rdi",
    "pop rsi",
    "pop rcx",
    "pop rdx",
    "pop rax",
    "pop rbp",
    "ret",
    ".size pyaot_frame_left_entry, . - pyaot_frame_left_entry",
    left = sym left,
);
unsafe extern "C" {
    fn pyaot_frame_left_entry();
}

/// A watched function has returned; `slot` is where its return address stood.
unsafe extern "C" fn left(slot: *mut usize) {
    loop {
        let w = STATE.frames.borrow_mut().pop();
        STATE.any_frame.set(!STATE.frames.borrow().is_empty());
        let Some(w) = w else {
            // Only a watched frame leads here.
            std::process::abort();
        };
        traceback::frame(w.frame.r()).base.set(0);
        if w.slot == slot as usize {
            // SAFETY: the assembly code above made room for it.
            unsafe { slot.write(w.address) };
            return;
        }
    }
}

/// Some running frame or living generator has a frame object.
#[inline]
pub fn any() -> bool {
    STATE.any_generator.get() || STATE.any_frame.get()
}

fn index_of(slot: usize) -> Result<usize, usize> {
    STATE.frames.borrow().binary_search_by(|w| slot.cmp(&w.slot))
}

/// The return address that belongs into `slot`, where `found` stands.
pub fn return_address(slot: usize, found: usize) -> usize {
    if found != pyaot_frame_left_entry as *const () as usize {
        return found;
    }
    index_of(slot).map_or(found, |i| STATE.frames.borrow()[i].address)
}

/// The object of the frame whose machine frame is at `base`.
pub fn of_frame(base: usize) -> Option<Own> {
    let i = index_of(base.wrapping_add(8)).ok()?;
    Some(STATE.frames.borrow()[i].frame.clone())
}

/// Watches the running frame whose machine frame is at `base`.
pub fn add(base: usize, frame: &Own) {
    let Err(i) = index_of(base + 8) else { return };
    let slot = (base + 8) as *mut usize;
    // SAFETY: the function runs, so its return address stands above the saved frame pointer.
    let address = unsafe { slot.replace(pyaot_frame_left_entry as *const () as usize) };
    traceback::frame(frame.r()).base.set(base);
    STATE.any_frame.set(true);
    STATE.frames.borrow_mut().insert(
        i,
        Watched {
            slot: base + 8,
            address,
            frame: frame.clone(),
        },
    );
}

/// The object that the innermost frame already has.
pub fn innermost(base: usize, code: &'static CodeObject) -> Option<Own> {
    let f = match STATE.frames.borrow().last() {
        Some(w) if w.slot == base.wrapping_add(8) => Some(w.frame.clone()),
        _ => None,
    };
    let f = f.or_else(|| match STATE.any_generator.get() {
        false => None,
        true => of_generator(generator::running_at(base, code)?),
    });
    f.filter(|f| core::ptr::eq(traceback::frame(f.r()).code, code))
}

pub fn of_generator(g: Ref) -> Option<Own> {
    let all = STATE.generators.borrow();
    let found = all.iter().find(|(v, _)| *v == g.value());
    found.map(|(_, f)| f.clone())
}

pub fn add_generator(g: Ref, frame: &Own) {
    traceback::frame(frame.r()).generator.set(g.value());
    STATE.generators.borrow_mut().push((g.value(), frame.clone()));
    STATE.any_generator.set(true);
    let marks = &generator::of(g).marks;
    marks.set(marks.get() | GENERATOR_WATCHED);
}

/// Some generator is watched.
pub fn any_generator() -> bool {
    STATE.any_generator.get()
}

/// A generator is suspended, or has ended.
#[inline]
pub fn generator_left(g: Ref, ended: bool) {
    if STATE.any_generator.get() {
        leave_generator(g, ended);
    }
}
#[cold]
fn leave_generator(g: Ref, ended: bool) {
    let Some(f) = of_generator(g) else { return };
    let o = traceback::frame(f.r());
    if ended {
        if let Some(now) = frames::position_of(o) {
            o.position.set(now);
        }
        o.generator.set(Value::NULL);
        let mut all = STATE.generators.borrow_mut();
        if let Some(i) = all.iter().position(|(v, _)| *v == g.value()) {
            let entry = all.swap_remove(i);
            STATE.any_generator.set(!all.is_empty());
            drop(all);
            drop(entry);
        }
    } else {
        set_field(&o.back, None);
    }
}
