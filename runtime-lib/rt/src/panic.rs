//! Where the runtime ends when it is wrong itself: one line on stderr, then SIGABRT.
//!
//! `./x home` binds the references to std's panic and out-of-memory handlers to these functions. Std's own would print a backtrace, and
//! so bring a reader of DWARF into every executable (130 kB), which has no debug information to read.
use core::fmt::{self, Write};
use core::panic::PanicInfo;

/// Text that goes to stderr in pieces, without a buffer on the heap.
struct Stderr;
impl Write for Stderr {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let mut rest = s.as_bytes();
        while !rest.is_empty() {
            // SAFETY: the bytes of `rest`.
            let n = unsafe { libc::write(2, rest.as_ptr().cast(), rest.len()) };
            if n <= 0 {
                return Err(fmt::Error);
            }
            rest = &rest[n as usize..];
        }
        Ok(())
    }
}

fn abort(what: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(Stderr, "pyaot: {what}");
    // SAFETY: ends the process.
    unsafe { libc::abort() }
}

/// Stands for std's `#[panic_handler]`, of which it has the signature.
#[unsafe(no_mangle)]
pub fn pyaot_panic(info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(at) => abort(format_args!(
            "internal error: {} ({}:{})",
            info.message(),
            at.file(),
            at.line()
        )),
        None => abort(format_args!("internal error: {}", info.message())),
    }
}

/// Stands for `__rust_alloc_error_handler`: small pieces of memory for which no MemoryError can be made.
#[unsafe(no_mangle)]
pub fn pyaot_out_of_memory(size: usize, _align: usize) -> ! {
    abort(format_args!("out of memory (a block of {size} bytes)"))
}
