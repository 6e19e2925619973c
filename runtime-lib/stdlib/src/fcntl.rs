//! `fcntl`: descriptor control (CPython: Modules/fcntlmodule.c).
use crate::os_call::{self, check, file_descriptor};
use pyaot_core::call::convert::c_int;
use pyaot_core::exc::os_error::raise_errno;
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, int, module};

/// Bytes that the kernel may read and write in place.
const BUFFER: usize = 1024;

fn control(b: &Bound, name: &str, call: impl Fn(i32, u64) -> i64) -> PyResult {
    let fd = file_descriptor(b.arg(0))?;
    let Some(arg) = b.get(2) else {
        return plain(&call, fd, 0);
    };
    if arg.ty().slots().nb_index.is_some() && !os_call::is_str(arg) && !os_call::is_bytes(arg) {
        let i = int::index(arg)?;
        let n = int::convert::to_i64(i.r())
            .map(|n| n as u64)
            .or_else(|| int::convert::to_u64(i.r()));
        return match n {
            Some(n) => plain(&call, fd, n),
            None => exc::overflow_error(format_args!("Python int too large to convert to C long")),
        };
    }
    let data = if os_call::is_str(arg) {
        os_call::fs_encode(arg)?
    } else {
        os_call::content(arg)?.to_vec()
    };
    if data.len() > BUFFER {
        return exc::value_error(format_args!("{name} argument 3 is too long"));
    }
    let mut buf = [0u8; BUFFER + 8];
    buf[..data.len()].copy_from_slice(&data);
    let p = buf.as_mut_ptr() as u64;
    check(|| call(fd, p) as isize)?;
    bytes::from_slice(&buf[..data.len()])
}
fn plain(call: &impl Fn(i32, u64) -> i64, fd: i32, n: u64) -> PyResult {
    check(|| call(fd, n) as isize).map(Own::usize)
}

fn ioctl(b: &Bound) -> PyResult {
    let request = int::as_i64(b.arg(1))? as libc::c_ulong;
    // SAFETY: a number or a buffer larger than what requests of this size transfer, as in CPython.
    let call = |fd: i32, n: u64| unsafe { libc::ioctl(fd, request, n) } as i64;
    let mutate = b.get(3).map_or(Ok(true), protocol::truth)?;
    let Some(arg) = b.get(2) else {
        return control(b, "ioctl", call);
    };
    let writable = mutate
        && !os_call::is_str(arg)
        && !os_call::is_bytes(arg)
        && arg.ty().slots().nb_index.is_none()
        && pyaot_core::buffer::supports(arg);
    if !writable {
        return control(b, "ioctl", call);
    }
    let fd = file_descriptor(b.arg(0))?;
    let r = os_call::with_writable(arg, |p, n| {
        let mut buf = [0u8; BUFFER + 8];
        if n > BUFFER {
            return call(fd, p as u64);
        }
        // SAFETY: both parts hold `n` bytes.
        unsafe {
            core::ptr::copy_nonoverlapping(p, buf.as_mut_ptr(), n);
            let r = call(fd, buf.as_mut_ptr() as u64);
            core::ptr::copy_nonoverlapping(buf.as_ptr(), p, n);
            r
        }
    })?;
    if r < 0 { os_call::raise_last() } else { Ok(Own::int(r)) }
}

fn lockf(b: &Bound) -> PyResult {
    let fd = file_descriptor(b.arg(0))?;
    let code = c_int(b.arg(1))?;
    let number = |i: usize| b.get(i).map_or(Ok(0), int::as_i64);
    let (len, start, whence) = (number(2)?, number(3)?, number(4)?);
    // SAFETY: zeroed plain data.
    let mut l: libc::flock = unsafe { core::mem::zeroed() };
    l.l_type = if code & libc::LOCK_UN != 0 {
        libc::F_UNLCK
    } else if code & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if code & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return exc::value_error(format_args!("unrecognized lockf argument"));
    } as i16;
    l.l_start = start;
    l.l_len = len;
    l.l_whence = whence as i16;
    let command = if code & libc::LOCK_NB != 0 {
        libc::F_SETLK
    } else {
        libc::F_SETLKW
    };
    // SAFETY: the struct above.
    check(|| unsafe { libc::fcntl(fd, command, &l) } as isize).map(|_| Own::none())
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("fcntl(fd, cmd, arg=0, /)"), |_, b| {
        let cmd = c_int(b.arg(1))?;
        // SAFETY: a number or a buffer larger than what commands transfer.
        control(b, "fcntl", |fd, n| unsafe { libc::fcntl(fd, cmd, n) } as i64)
    }),
    bound(sig!("ioctl(fd, request, arg=0, mutate_flag=True, /)"), |_, b| ioctl(b)),
    bound(sig!("flock(fd, operation, /)"), |_, b| {
        let (fd, op) = (file_descriptor(b.arg(0))?, c_int(b.arg(1))?);
        // SAFETY: plain call.
        match os_call::retry(|| unsafe { libc::flock(fd, op) } as isize)? {
            Ok(_) => Ok(Own::none()),
            Err(e) => raise_errno(e, None, None),
        }
    }),
    bound(sig!("lockf(fd, cmd, len=0, start=0, whence=0, /)"), |_, b| lockf(b)),
];

static CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 2147483648),
    ("DN_RENAME", 16),
    ("FASYNC", 8192),
    ("FD_CLOEXEC", 1),
    ("FICLONE", 1074041865),
    ("FICLONERANGE", 1075876877),
    ("F_ADD_SEALS", 1033),
    ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030),
    ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4),
    ("F_GETFD", 1),
    ("F_GETFL", 3),
    ("F_GETLEASE", 1025),
    ("F_GETLK", 5),
    ("F_GETLK64", 5),
    ("F_GETOWN", 9),
    ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034),
    ("F_NOTIFY", 1026),
    ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37),
    ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_RDLCK", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1),
    ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8),
    ("F_SETFD", 2),
    ("F_SETFL", 4),
    ("F_SETLEASE", 1024),
    ("F_SETLK", 6),
    ("F_SETLK64", 6),
    ("F_SETLKW", 7),
    ("F_SETLKW64", 7),
    ("F_SETOWN", 8),
    ("F_SETOWN_EX", 15),
    ("F_SETPIPE_SZ", 1031),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("F_SHLCK", 8),
    ("F_UNLCK", 2),
    ("F_WRLCK", 1),
    ("LOCK_EX", 2),
    ("LOCK_MAND", 32),
    ("LOCK_NB", 4),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_SH", 1),
    ("LOCK_UN", 8),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

pub fn make() -> PyResult {
    let m = module::new("fcntl")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, n) in CONSTANTS {
        module::add(m.r(), name, Own::int(*n))?;
    }
    Ok(m)
}
