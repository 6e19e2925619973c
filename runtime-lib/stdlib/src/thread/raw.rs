//! Mutual exclusion between Python threads: a futex word that waits with a deadline and lets signal handlers run meanwhile.
use crate::time::{self, Round};
use pyaot_core::call::Bound;
use pyaot_core::exc::os_error::last_errno;
use pyaot_core::exec;
use pyaot_core::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const FREE: u32 = 0;
const TAKEN: u32 = 1;
/// Taken, and someone may be waiting.
const CONTENDED: u32 = 2;

/// How long `acquire` waits.
#[derive(Clone, Copy)]
pub enum Wait {
    Never,
    Forever,
    For(Duration),
}

#[derive(Default)]
pub struct RawLock(AtomicU32);

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock(AtomicU32::new(FREE))
    }
    pub fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed) != FREE
    }
    pub fn try_acquire(&self) -> bool {
        self.0
            .compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
    /// False when the time ran out; an error of a signal handler passes (CPython: acquire_timed).
    pub fn acquire(&self, wait: Wait) -> PyResult<bool> {
        if self.try_acquire() {
            return Ok(true);
        }
        let deadline = match wait {
            Wait::Never => return Ok(false),
            Wait::Forever => None,
            Wait::For(d) => Instant::now().checked_add(d),
        };
        while self.0.swap(CONTENDED, Ordering::Acquire) != FREE {
            let left = match deadline {
                None => None,
                Some(end) => match end.checked_duration_since(Instant::now()) {
                    Some(d) if !d.is_zero() => Some(d),
                    _ => return Ok(false),
                },
            };
            if self.sleep(left) == libc::EINTR {
                exec::run_pending()?;
            }
        }
        Ok(true)
    }
    pub fn release(&self) {
        if self.0.swap(FREE, Ordering::Release) == CONTENDED {
            // SAFETY: wakes one waiter of this word.
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.0.as_ptr(),
                    libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                    1,
                )
            };
        }
    }
    /// In the child of a fork nobody waits and nobody else holds the lock.
    pub fn reset(&self) {
        self.0.store(FREE, Ordering::Relaxed);
    }
    /// Sleeps while the word is CONTENDED; gives the errno, 0 when woken.
    fn sleep(&self, left: Option<Duration>) -> i32 {
        let t = left.map(|d| libc::timespec {
            tv_sec: d.as_secs() as libc::time_t,
            tv_nsec: d.subsec_nanos() as libc::c_long,
        });
        // SAFETY: the word lives as long as the lock; the timeout may be null.
        let r = unsafe {
            libc::syscall(
                libc::SYS_futex,
                self.0.as_ptr(),
                libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                CONTENDED,
                t.as_ref().map_or(core::ptr::null(), |t| t as *const libc::timespec),
            )
        };
        if r == 0 { 0 } else { last_errno() }
    }
}

/// `blocking` and `timeout` of an `acquire` method (CPython: lock_acquire_parse_timeout).
pub fn wait_arguments(b: &Bound) -> PyResult<Wait> {
    let blocking = b.get(0).map_or(Ok(true), protocol::truth)?;
    let ns = match b.get(1) {
        Some(v) => time::nanoseconds(v, Round::Up, true)?,
        None => -time::SECOND,
    };
    let unset = ns == -time::SECOND;
    if !blocking {
        if !unset {
            return exc::value_error(format_args!("can't specify a timeout for a non-blocking call"));
        }
        return Ok(Wait::Never);
    }
    if unset {
        return Ok(Wait::Forever);
    }
    if ns < 0 {
        return exc::value_error(format_args!("timeout value must be a non-negative number"));
    }
    Ok(if ns == 0 {
        Wait::Never
    } else {
        Wait::For(Duration::from_nanos(ns as u64))
    })
}
