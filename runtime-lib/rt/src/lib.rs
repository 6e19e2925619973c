//! The static library that is linked into every executable: `main`, start and end of the process.
#![allow(clippy::missing_safety_doc)]
use pyaot_abi::ProgramStatic;
use pyaot_core::exec::frames;
use pyaot_core::object::{Own, Raised};
use pyaot_core::{entry, exc, gc, import, types};
// Only compiled code calls its functions; without this line they would not be linked.
use pyaot_hot as _;
use pyaot_stdlib::{io, sys, warnings};

mod checks;
mod finish;
mod panic;
mod signals;
mod stack;

/// What runs instead of the default `main` of Rust: the C entry point.
///
/// # Safety
/// Called by the C runtime with the process's arguments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(_argc: i32, _argv: *const *const u8) -> i32 {
    stack::run_on_large_stack(start)
}

extern "C" fn start() -> i32 {
    unsafe extern "C" {
        #[link_name = "pyaot_program"]
        static PROGRAM: ProgramStatic;
    }
    // SAFETY: the driver links the root of the static data.
    run(unsafe { &PROGRAM })
}

#[inline(never)]
fn run(program: &'static ProgramStatic) -> i32 {
    keep_memory();
    frames::set_stack_base(stack::frame_address());
    entry::program::register(program);
    let config = sys::config::get();
    pyaot_core::init();
    sys::config::apply(&config);
    import::register_native(native_modules(program));
    import::register_completions(pyaot_stdlib::COMPLETIONS);
    signals::install();
    if let Some(n) = checks::stress() {
        gc::STATE.thresholds[0].set(n);
    }
    let result = prepare().and_then(|()| run_main(program));
    let uncaught = result.err().map(exc::caught);
    finish::flush_streams();
    let status = uncaught.map_or(0, finish::uncaught);
    let status = finish::process(status);
    checks::report_leaks();
    status
}

/// Blocks of some ten kilobytes come and go (big ints, strs, tables): giving the end of the heap back each time would have the
/// kernel clear the same pages again and again.
fn keep_memory() {
    const TRIM: i32 = 16 << 20;
    const MMAP: i32 = 1 << 20;
    // SAFETY: settings of the allocator, before there are threads.
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, TRIM);
        libc::mallopt(libc::M_MMAP_THRESHOLD, MMAP);
    }
}

/// The native modules that the program can import.
fn native_modules(program: &'static ProgramStatic) -> &'static [&'static import::NativeModule] {
    if program.native_count == 0 {
        return &[];
    }
    // SAFETY: the driver makes an array of the addresses of `pyaot_native.NAME` symbols, each of which is such a row.
    unsafe { core::slice::from_raw_parts(program.native.cast(), program.native_count as usize) }
}

/// What CPython has loaded before the program begins.
fn prepare() -> Result<(), Raised> {
    let s = import::import_module("sys")?;
    drop(s);
    io::add_open_to_builtins()?;
    import::spec::of_native(pyaot_core::builtins::module(), "builtins")?;
    types::dict::set(
        import::modules(),
        types::str::intern("builtins").r(),
        pyaot_core::builtins::module(),
    )?;
    warnings::install()?;
    pyaot_core::builtins::started();
    Ok(())
}

fn run_main(program: &'static ProgramStatic) -> Result<Own, Raised> {
    // SAFETY: static data of the program.
    let main = unsafe { &*program.main };
    let module = import::create_compiled(main, "__main__")?;
    types::dict::set(import::modules(), types::str::intern("__main__").r(), module.r())?;
    import::run_body(main, module.r())
}

/// Collects everything that can be collected.
fn collect() {
    gc::run(2);
}
