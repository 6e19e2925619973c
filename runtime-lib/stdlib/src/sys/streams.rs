//! The standard streams (CPython: Python/pylifecycle.c, create_stdio).
use super::config::{self, Config};
use crate::io::{buffered, fileio, text};
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::module;

fn stream(c: &Config, fd: i32, name: &str, errors: &str) -> PyResult {
    let write = fd != 0;
    // SAFETY: a question about a descriptor.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return Ok(Own::none());
    }
    let raw = fileio::of_descriptor(fd, write, Own::str(name))?;
    let tty = fileio::is_terminal(raw.r())?;
    let unbuffered = c.unbuffered && write;
    let below = if unbuffered {
        raw
    } else {
        let kind = if write {
            buffered::Kind::Writer
        } else {
            buffered::Kind::Reader
        };
        buffered::open(kind, raw.r(), fileio::block_size(raw.r()))?
    };
    let line_buffering = !c.unbuffered && (tty || fd == 2);
    let (encoding, errors, newline) = (Own::str(&c.stdio_encoding), Own::str(errors), Own::str("\n"));
    let t = text::open(
        below.r(),
        Some(encoding.r()),
        Some(errors.r()),
        Some(newline.r()),
        line_buffering,
        unbuffered,
    )?;
    protocol::set_attr(t.r(), istr!("mode"), Some(Own::str(if write { "w" } else { "r" }).r()))?;
    Ok(t)
}

/// Makes stdin, stdout and stderr and stores them under both names.
pub fn add(m: Ref) -> PyResult<()> {
    let c = config::get();
    for (fd, name, errors) in [
        (0, "stdin", c.stdio_errors.as_str()),
        (1, "stdout", c.stdio_errors.as_str()),
        (2, "stderr", "backslashreplace"),
    ] {
        let s = match stream(&c, fd, &format!("<{name}>"), errors) {
            Err(_) if exc::raised_is(&exc::types::LOOKUP_ERROR) => config::unknown_stdio_encoding(&c.stdio_encoding),
            s => s?,
        };
        module::add(m, &format!("__{name}__"), s.clone())?;
        module::add(m, name, s)?;
    }
    Ok(())
}

/// Flushes `sys.stdout` and `sys.stderr`; false when one could not be (CPython: flush_std_files).
pub fn flush() -> bool {
    let mut ok = true;
    for (name, is_out) in [(istr!("stdout"), true), (istr!("stderr"), false)] {
        let Ok(Some(f)) = pyaot_core::builtins::print::sys_attribute(name) else {
            drop(exc::take());
            continue;
        };
        if f.r().is_none() {
            continue;
        }
        match crate::io::is_closed(f.r()) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => drop(exc::take()),
        }
        if pyaot_core::call::call_method(f.r(), istr!("flush"), &[]).is_err() {
            if is_out {
                exc::unraisable::write("Exception ignored while flushing sys.stdout", None);
            } else {
                drop(exc::take());
            }
            ok = false;
        }
    }
    ok
}
/// Flushes one stream of `sys`.
pub fn flush_one(name: Ref) -> PyResult<()> {
    match pyaot_core::builtins::print::sys_attribute(name)? {
        Some(f) if !f.r().is_none() => pyaot_core::call::call_method(f.r(), istr!("flush"), &[]).map(drop),
        _ => Ok(()),
    }
}
