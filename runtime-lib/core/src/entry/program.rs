//! The static data of the running program: the driver links `pyaot_program`, `rt` registers it here at start.
use core::cell::Cell;
use pyaot_abi::{ModuleStatic, ProgramStatic, Value};

struct Program(Cell<*const ProgramStatic>);
// SAFETY: set once before anything runs.
unsafe impl Sync for Program {}
static PROGRAM: Program = Program(Cell::new(core::ptr::null()));

/// Called once at start.
pub fn register(p: &'static ProgramStatic) {
    PROGRAM.0.set(p);
}
/// `None` in unit tests.
pub fn program() -> Option<&'static ProgramStatic> {
    // SAFETY: registered statics live for the process.
    unsafe { PROGRAM.0.get().as_ref() }
}
/// All compiled modules, sorted by name.
pub fn modules() -> &'static [*mut ModuleStatic] {
    match program() {
        // SAFETY: the driver states the count.
        Some(p) => unsafe { core::slice::from_raw_parts(p.modules, p.module_count as usize) },
        None => &[],
    }
}
/// Interned names in static data.
pub fn static_names() -> &'static [Value] {
    match program() {
        // SAFETY: one array between the two symbols.
        Some(p) => unsafe {
            core::slice::from_raw_parts(p.interned_start, p.interned_end.offset_from(p.interned_start) as usize)
        },
        None => &[],
    }
}
