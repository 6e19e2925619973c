//! The main thread's stack: a large reservation of which only what is used gets memory, so that recursion is bounded by the recursion
//! limit and not by the shell's stack size.
use pyaot_core::exc::recursion;

/// Sizes that are tried, largest first (address space may be limited).
const SIZES: [usize; 4] = [1 << 30, 256 << 20, 64 << 20, 16 << 20];
const GUARD: usize = 64 * 1024;

/// Runs `f` on a stack of its own and gives its result. Without address space for one, `f` runs on the stack that is there.
pub fn run_on_large_stack(f: extern "C" fn() -> i32) -> i32 {
    for size in SIZES {
        // SAFETY: a fresh private mapping; its lowest part stays without access as a guard.
        unsafe {
            let base = libc::mmap(
                core::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK,
                -1,
                0,
            );
            if base == libc::MAP_FAILED {
                continue;
            }
            // A huge page at the top would cost every small program two megabytes.
            libc::madvise(base, size, libc::MADV_NOHUGEPAGE);
            libc::mprotect(base, GUARD, libc::PROT_NONE);
            recursion::set_stack(base as usize + GUARD, base as usize + size);
            return call_on(base as usize + size - 64, f);
        }
    }
    f()
}

/// Calls `f` with the stack pointer at `top` (a multiple of 64).
#[cfg(target_arch = "x86_64")]
unsafe fn call_on(top: usize, f: extern "C" fn() -> i32) -> i32 {
    let result: u64;
    // SAFETY: `top` is the end of writable memory; rbx is kept by the callee, so the old stack pointer comes back.
    unsafe {
        core::arch::asm!(
            "mov r12, rsp",
            "mov rsp, {top}",
            "call {f}",
            "mov rsp, r12",
            top = in(reg) top,
            f = in(reg) f,
            out("r12") _,
            lateout("rax") result,
            clobber_abi("C"),
        );
    }
    result as i32
}
#[cfg(target_arch = "aarch64")]
unsafe fn call_on(top: usize, f: extern "C" fn() -> i32) -> i32 {
    let result: u64;
    // SAFETY: as above, with x20.
    unsafe {
        core::arch::asm!(
            "mov x20, sp",
            "mov sp, {top}",
            "blr {f}",
            "mov sp, x20",
            top = in(reg) top,
            f = in(reg) f,
            out("x20") _,
            lateout("x0") result,
            clobber_abi("C"),
        );
    }
    result as i32
}

/// An address above every frame that the caller makes.
#[inline(always)]
pub fn frame_address() -> usize {
    let fp: usize;
    // SAFETY: reads a register; the runtime is built with frame pointers.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!("mov {}, rbp", out(reg) fp, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!("mov {}, x29", out(reg) fp, options(nomem, nostack, preserves_flags));
    }
    fp
}
