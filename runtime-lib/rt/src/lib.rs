//! The static library that is linked into every executable: `main`, start and end of the process.
#![allow(clippy::missing_safety_doc)]
use pyaot_abi::ProgramStatic;
// Only compiled code calls its functions; without this line they would not be linked.
use pyaot_hot as _;
use pyaot_core::object::{Own, Raised};
use pyaot_core::{entry, exc, gc, import, types};

/// What runs instead of the default `main` of Rust: the C entry point.
///
/// # Safety
/// Called by the C runtime with the process's arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(_argc: i32, _argv: *const *const u8) -> i32 {
    unsafe extern "C" {
        #[link_name = "pyaot_program"]
        static PROGRAM: ProgramStatic;
    }
    // SAFETY: the driver links the root of the static data.
    run(unsafe { &PROGRAM })
}

fn run(program: &'static ProgramStatic) -> i32 {
    entry::program::register(program);
    pyaot_core::init();
    import::register_native(pyaot_stdlib::MODULES);
    let status = match run_main(program) {
        Ok(_) => 0,
        Err(e) => report(exc::caught(e)),
    };
    finish();
    status
}

fn run_main(program: &'static ProgramStatic) -> Result<Own, Raised> {
    // SAFETY: static data of the program.
    let main = unsafe { &*program.main };
    let module = import::create_compiled(main, "__main__")?;
    types::dict::set(import::modules(), types::str::intern("__main__").r(), module.r())?;
    import::run_body(main, module.r())
}

fn report(e: Own) -> i32 {
    use std::io::Write;
    let _ = std::io::stdout().flush();
    eprint!("{}", exc::print::format(e.r()));
    1
}

fn finish() {
    use std::io::Write;
    let _ = std::io::stdout().flush();
    gc::run(2);
}
