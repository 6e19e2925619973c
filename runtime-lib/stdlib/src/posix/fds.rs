//! File descriptors: open, read, write, positions, pipes, flags.
use super::stat::done;
use super::{dir_fd, path};
use crate::os_call::{self, check, file_descriptor, raise_last, retry};
use crate::structseq;
use pyaot_core::call::convert::c_int;
use pyaot_core::exc::os_error::{last_errno, raise_errno};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, bytes, int};

crate::structseq!(TERMINAL_SIZE_TYPE, TERMINAL_SIZE, "os.terminal_size", 0, 2, "A tuple of (columns, lines) for holding terminal window size.", [
    0 "columns", 1 "lines",
]);

fn pair(a: i64, b: i64) -> PyResult {
    types::tuple::try_from_vec(vec![Own::int(a), Own::int(b)])
}
fn none(r: i32) -> PyResult {
    done(r, None)
}
/// Room for `n` bytes.
fn room(n: usize) -> PyResult<Vec<u8>> {
    let mut v = Vec::new();
    if v.try_reserve_exact(n).is_err() {
        return exc::memory_error();
    }
    Ok(v)
}
fn length(v: Ref) -> PyResult<usize> {
    let n = int::as_isize(v)?;
    if n < 0 {
        return raise_errno(libc::EINVAL, None, None);
    }
    Ok(n as usize)
}
/// Buffers of a sequence, copied.
fn gather(v: Ref) -> PyResult<Vec<u8>> {
    let list = types::list::from_iterable(v)?;
    let mut all = Vec::new();
    for b in types::list::snapshot(list.r()) {
        all.extend_from_slice(&os_call::content(b.r())?);
    }
    Ok(all)
}
/// Spreads what was read over the buffers of a sequence.
fn scatter(v: Ref, read: impl FnOnce(&mut [u8]) -> PyResult<usize>) -> PyResult {
    let list = types::list::from_iterable(v)?;
    let buffers = types::list::snapshot(list.r());
    let mut targets = Vec::with_capacity(buffers.len());
    for b in &buffers {
        targets.push(os_call::room(b.r())?);
    }
    let total = targets.iter().map(|t| t.len()).sum();
    let mut all = room(total)?;
    all.resize(total, 0);
    let got = read(&mut all)?;
    let mut rest = &all[..got];
    for target in &targets {
        rest = &rest[target.put(rest)..];
    }
    Ok(Own::usize(got))
}

pub static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("open(path, flags, mode=511, *, dir_fd=None)"), |_, b| {
        let p = path(b, 0, "open", "path")?;
        let flags = c_int(b.arg(1))? | libc::O_CLOEXEC;
        let mode = b.get(2).map_or(Ok(0o777), c_int)?;
        let dir = dir_fd(b, 3)?;
        // SAFETY: a name that ends with NUL.
        match retry(|| unsafe { libc::openat(dir, p.ptr(), flags, mode) } as isize)? {
            Ok(fd) => Ok(Own::usize(fd)),
            Err(e) => raise_errno(e, Some(p.r()), None),
        }
    }),
    bound(sig!("close(fd)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        // A close that was interrupted has closed.
        // SAFETY: the caller gives the descriptor up.
        if unsafe { libc::close(fd) } < 0 && last_errno() != libc::EINTR {
            return raise_last();
        }
        Ok(Own::none())
    }),
    bound(sig!("closerange(fd_low, fd_high, /)"), |_, b| {
        let (low, high) = (c_int(b.arg(0))?.max(0), c_int(b.arg(1))?);
        for fd in low..high.min(1 << 20) {
            // SAFETY: the caller gives the descriptors up.
            unsafe { libc::close(fd) };
        }
        Ok(Own::none())
    }),
    bound(sig!("read(fd, length, /)"), |_, b| {
        let (fd, n) = (c_int(b.arg(0))?, length(b.arg(1))?);
        let n = n.min(0x7fff_f000);
        let mut v = room(n)?;
        // SAFETY: room for `n` bytes, filled by the call.
        let got = check(|| unsafe { libc::read(fd, v.as_mut_ptr().cast(), n) })?;
        unsafe { v.set_len(got) };
        bytes::from_slice(&v)
    }),
    bound(sig!("readinto(fd, buffer, /)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        // SAFETY: the buffer holds `n` bytes.
        os_call::writable(b.arg(1), "readinto() argument 2")?
            .with(|p, n| check(|| unsafe { libc::read(fd, p.cast(), n) }))
            .map(Own::usize)
    }),
    bound(sig!("write(fd, data, /)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        let data = os_call::content(b.arg(1))?;
        // SAFETY: the slice is readable.
        check(|| unsafe { libc::write(fd, data.as_ptr().cast(), data.len().min(0x7fff_f000)) }).map(Own::usize)
    }),
    bound(sig!("pread(fd, length, offset, /)"), |_, b| {
        let (fd, n, at) = (c_int(b.arg(0))?, length(b.arg(1))?, int::as_i64(b.arg(2))?);
        let mut v = room(n)?;
        // SAFETY: room for `n` bytes, filled by the call.
        let got = check(|| unsafe { libc::pread(fd, v.as_mut_ptr().cast(), n, at) })?;
        unsafe { v.set_len(got) };
        bytes::from_slice(&v)
    }),
    bound(sig!("pwrite(fd, buffer, offset, /)"), |_, b| {
        let (fd, at) = (c_int(b.arg(0))?, int::as_i64(b.arg(2))?);
        let data = os_call::content(b.arg(1))?;
        // SAFETY: the slice is readable.
        check(|| unsafe { libc::pwrite(fd, data.as_ptr().cast(), data.len(), at) }).map(Own::usize)
    }),
    bound(sig!("readv(fd, buffers, /)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        // SAFETY: the slice is writable.
        scatter(b.arg(1), |v| {
            check(|| unsafe { libc::read(fd, v.as_mut_ptr().cast(), v.len()) })
        })
    }),
    bound(sig!("writev(fd, buffers, /)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        let data = gather(b.arg(1))?;
        // SAFETY: the slice is readable.
        check(|| unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) }).map(Own::usize)
    }),
    bound(sig!("lseek(fd, position, whence, /)"), |_, b| {
        let (fd, at, whence) = (c_int(b.arg(0))?, int::as_i64(b.arg(1))?, c_int(b.arg(2))?);
        // SAFETY: plain call.
        let r = unsafe { libc::lseek(fd, at, whence) };
        if r < 0 { raise_last() } else { Ok(Own::int(r)) }
    }),
    bound(sig!("ftruncate(fd, length, /)"), |_, b| {
        let (fd, n) = (c_int(b.arg(0))?, int::as_i64(b.arg(1))?);
        // SAFETY: plain call.
        check(|| unsafe { libc::ftruncate(fd, n) } as isize).map(|_| Own::none())
    }),
    bound(sig!("fsync(fd)"), |_, b| {
        let fd = file_descriptor(b.arg(0))?;
        // SAFETY: plain call.
        check(|| unsafe { libc::fsync(fd) } as isize).map(|_| Own::none())
    }),
    bound(sig!("fdatasync(fd)"), |_, b| {
        let fd = file_descriptor(b.arg(0))?;
        // SAFETY: plain call.
        check(|| unsafe { libc::fdatasync(fd) } as isize).map(|_| Own::none())
    }),
    noargs(sig!("sync()"), |_| {
        // SAFETY: plain call.
        unsafe { libc::sync() };
        Ok(Own::none())
    }),
    bound(sig!("posix_fallocate(fd, offset, length, /)"), |_, b| {
        let (fd, at, n) = (c_int(b.arg(0))?, int::as_i64(b.arg(1))?, int::as_i64(b.arg(2))?);
        // SAFETY: plain call.
        match unsafe { libc::posix_fallocate(fd, at, n) } {
            0 => Ok(Own::none()),
            e => raise_errno(e, None, None),
        }
    }),
    bound(sig!("posix_fadvise(fd, offset, length, advice, /)"), |_, b| {
        let (fd, at, n, a) = (
            c_int(b.arg(0))?,
            int::as_i64(b.arg(1))?,
            int::as_i64(b.arg(2))?,
            c_int(b.arg(3))?,
        );
        // SAFETY: plain call.
        match unsafe { libc::posix_fadvise(fd, at, n, a) } {
            0 => Ok(Own::none()),
            e => raise_errno(e, None, None),
        }
    }),
    bound(sig!("lockf(fd, command, length, /)"), |_, b| {
        let (fd, c, n) = (c_int(b.arg(0))?, c_int(b.arg(1))?, int::as_i64(b.arg(2))?);
        // SAFETY: plain call.
        check(|| unsafe { libc::lockf(fd, c, n) } as isize).map(|_| Own::none())
    }),
    bound(sig!("sendfile(out_fd, in_fd, offset, count)"), |_, b| {
        let (to, from, n) = (c_int(b.arg(0))?, c_int(b.arg(1))?, int::as_isize(b.arg(3))?);
        let mut at = match b.get_not_none(2) {
            Some(v) => Some(int::as_i64(v)?),
            None => None,
        };
        let p = at.as_mut().map_or(core::ptr::null_mut(), |a| a as *mut i64);
        // SAFETY: null or the offset above.
        check(|| unsafe { libc::sendfile(to, from, p, n as usize) }).map(Own::usize)
    }),
    bound(
        sig!("copy_file_range(src, dst, count, offset_src=None, offset_dst=None)"),
        |_, b| {
            let (from, to, n) = (c_int(b.arg(0))?, c_int(b.arg(1))?, int::as_isize(b.arg(2))?);
            if n < 0 {
                return exc::value_error(format_args!("negative value for 'count' not allowed"));
            }
            let offset = |i: usize| -> PyResult<Option<i64>> {
                b.get_not_none(i).map_or(Ok(None), |v| int::as_i64(v).map(Some))
            };
            let (mut a, mut z) = (offset(3)?, offset(4)?);
            let pa = a.as_mut().map_or(core::ptr::null_mut(), |a| a as *mut i64);
            let pz = z.as_mut().map_or(core::ptr::null_mut(), |a| a as *mut i64);
            // SAFETY: null or the offsets above.
            check(|| unsafe { libc::copy_file_range(from, pa, to, pz, n as usize, 0) }).map(Own::usize)
        },
    ),
    one(sig!("dup(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: plain call.
        let r = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    bound(sig!("dup2(fd, fd2, inheritable=True)"), |_, b| {
        let (from, to) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        let inheritable = b.get(2).map_or(Ok(true), protocol::truth)?;
        // SAFETY: plain calls.
        let r = unsafe {
            if inheritable || from == to {
                libc::dup2(from, to)
            } else {
                libc::dup3(from, to, libc::O_CLOEXEC)
            }
        };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    noargs(sig!("pipe()"), |_| pipe(libc::O_CLOEXEC)),
    one(sig!("pipe2(flags, /)"), |_, v| pipe(c_int(v)?)),
    one(sig!("isatty(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: plain call.
        Ok(Own::bool(unsafe { libc::isatty(fd) } == 1))
    }),
    one(sig!("ttyname(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        let mut buf = [0u8; 256];
        // SAFETY: the buffer's size is given.
        match unsafe { libc::ttyname_r(fd, buf.as_mut_ptr().cast(), buf.len()) } {
            0 => {
                let n = buf.iter().position(|c| *c == 0).unwrap_or(0);
                os_call::fs_decode(&buf[..n])
            }
            e => raise_errno(e, None, None),
        }
    }),
    noargs(sig!("ctermid()"), |_| Ok(Own::str("/dev/tty"))),
    bound(sig!("get_terminal_size(fd=1, /)"), |_, b| {
        let fd = b.get(0).map_or(Ok(1), c_int)?;
        // SAFETY: zeroed plain data, filled by the call.
        let mut w: libc::winsize = unsafe { core::mem::zeroed() };
        if unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) } < 0 {
            return raise_last();
        }
        structseq::new(
            &TERMINAL_SIZE,
            vec![Own::int(w.ws_col as i64), Own::int(w.ws_row as i64)],
        )
    }),
    bound(sig!("device_encoding(fd)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        // SAFETY: plain call.
        let tty = unsafe { libc::isatty(fd) } == 1;
        Ok(if tty { Own::str("UTF-8") } else { Own::none() })
    }),
    one(sig!("get_inheritable(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: plain call.
        let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
        if flags < 0 {
            raise_last()
        } else {
            Ok(Own::bool(flags & libc::FD_CLOEXEC == 0))
        }
    }),
    bound(sig!("set_inheritable(fd, inheritable, /)"), |_, b| {
        let (fd, on) = (c_int(b.arg(0))?, c_int(b.arg(1))? != 0);
        // SAFETY: plain calls.
        unsafe {
            let flags = libc::fcntl(fd, libc::F_GETFD);
            if flags < 0 {
                return raise_last();
            }
            let new = if on {
                flags & !libc::FD_CLOEXEC
            } else {
                flags | libc::FD_CLOEXEC
            };
            none(libc::fcntl(fd, libc::F_SETFD, new))
        }
    }),
    one(sig!("get_blocking(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: plain call.
        let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
        if flags < 0 {
            raise_last()
        } else {
            Ok(Own::bool(flags & libc::O_NONBLOCK == 0))
        }
    }),
    bound(sig!("set_blocking(fd, blocking, /)"), |_, b| {
        let (fd, on) = (c_int(b.arg(0))?, protocol::truth(b.arg(1))?);
        // SAFETY: plain calls.
        unsafe {
            let flags = libc::fcntl(fd, libc::F_GETFL);
            if flags < 0 {
                return raise_last();
            }
            let new = if on {
                flags & !libc::O_NONBLOCK
            } else {
                flags | libc::O_NONBLOCK
            };
            none(libc::fcntl(fd, libc::F_SETFL, new))
        }
    }),
    bound(sig!("memfd_create(name, flags=1)"), |_, b| {
        let p = os_call::fs_path(b.arg(0))?;
        let flags = b.get(1).map_or(Ok(libc::MFD_CLOEXEC as i32), c_int)?;
        // SAFETY: a name that ends with NUL.
        let fd = unsafe { libc::memfd_create(p.ptr(), flags as u32) };
        if fd < 0 { raise_last() } else { Ok(Own::int(fd as i64)) }
    }),
    bound(sig!("eventfd(initval, flags=524288)"), |_, b| {
        let (n, flags) = (int::as_i64(b.arg(0))?, b.get(1).map_or(Ok(libc::EFD_CLOEXEC), c_int)?);
        // SAFETY: plain call.
        let fd = unsafe { libc::eventfd(n as u32, flags) };
        if fd < 0 { raise_last() } else { Ok(Own::int(fd as i64)) }
    }),
    bound(sig!("eventfd_read(fd)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        let mut n = 0u64;
        // SAFETY: eight bytes.
        check(|| unsafe { libc::read(fd, (&raw mut n).cast(), 8) })?;
        Ok(Own::uint(n))
    }),
    bound(sig!("eventfd_write(fd, value)"), |_, b| {
        let (fd, n) = (c_int(b.arg(0))?, int::as_i64(b.arg(1))? as u64);
        // SAFETY: eight bytes.
        check(|| unsafe { libc::write(fd, (&raw const n).cast(), 8) })?;
        Ok(Own::none())
    }),
    noargs(sig!("openpty()"), |_| {
        let (mut a, mut b) = (0, 0);
        let null = core::ptr::null_mut();
        // SAFETY: filled by the call.
        if unsafe { libc::openpty(&mut a, &mut b, null, core::ptr::null(), core::ptr::null()) } < 0 {
            return raise_last();
        }
        // SAFETY: plain calls.
        unsafe {
            libc::fcntl(a, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(b, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        pair(a as i64, b as i64)
    }),
    one(sig!("tcgetpgrp(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: plain call.
        let r = unsafe { libc::tcgetpgrp(fd) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    bound(sig!("tcsetpgrp(fd, pgid, /)"), |_, b| {
        let (fd, g) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        // SAFETY: plain call.
        none(unsafe { libc::tcsetpgrp(fd, g) })
    }),
];

fn pipe(flags: i32) -> PyResult {
    let mut fds = [0; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe2(fds.as_mut_ptr(), flags) } < 0 {
        return raise_last();
    }
    pair(fds[0] as i64, fds[1] as i64)
}
