//! Signals at start: SIGPIPE and SIGXFSZ are ignored, SIGINT raises KeyboardInterrupt at the next poll
//! (CPython: Python/pylifecycle.c, init_signals; Modules/signalmodule.c).
use pyaot_stdlib::_signal;

pub fn install() {
    // SAFETY: plain dispositions.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    _signal::install_interrupt();
}
