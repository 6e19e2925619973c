//! Modes for tests of the runtime itself, asked for by the environment.
//!
//! `PYAOT_GC_STRESS=N`: a collection after every N container allocations, at the next poll. `PYAOT_LEAK_CHECK=1`: after the end of
//! the program, the number of objects that are still alive goes to stderr; a program that does the same thing more often must not
//! end with more of them.
use pyaot_core::gc;
use pyaot_core::object::alloc;

/// The threshold of the youngest generation, if one is asked for.
pub fn stress() -> Option<i64> {
    let text = std::env::var("PYAOT_GC_STRESS").ok()?;
    text.parse().ok().filter(|n| *n > 0)
}

pub fn report_leaks() {
    if std::env::var_os("PYAOT_LEAK_CHECK").is_some_and(|v| v == "1") {
        gc::run(2);
        pyaot_core::exc::memory::forget_kept();
        let (containers, others) = alloc::live_objects();
        eprintln!("pyaot: alive at exit: {containers} containers, {others} other objects");
    }
}
