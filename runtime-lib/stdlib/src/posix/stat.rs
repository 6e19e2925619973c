//! `stat` and its relatives, `stat_result`, `statvfs`, `utime`, modes and owners.
use super::{dir_fd, follow, path, path_fd};
use crate::os_call::{self, Path, raise_last};
use crate::structseq;
use pyaot_core::call::convert::c_int;
use pyaot_core::exc::os_error::{last_errno, raise_errno};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, float, int};

crate::structseq!(STAT_RESULT_TYPE, STAT_RESULT, "os.stat_result", 0, 10, "stat_result: Result from stat, fstat, or lstat.", [
    0 "st_mode", 1 "st_ino", 2 "st_dev", 3 "st_nlink", 4 "st_uid", 5 "st_gid", 6 "st_size", 7 "", 8 "", 9 "",
    10 "st_atime", 11 "st_mtime", 12 "st_ctime", 13 "st_atime_ns", 14 "st_mtime_ns", 15 "st_ctime_ns",
    16 "st_blksize", 17 "st_blocks", 18 "st_rdev",
]);
crate::structseq!(STATVFS_RESULT_TYPE, STATVFS_RESULT, "os.statvfs_result", 0, 10, "statvfs_result: Result from statvfs or fstatvfs.", [
    0 "f_bsize", 1 "f_frsize", 2 "f_blocks", 3 "f_bfree", 4 "f_bavail", 5 "f_files", 6 "f_ffree", 7 "f_favail",
    8 "f_flag", 9 "f_namemax", 10 "f_fsid",
]);

pub fn result(st: &libc::stat) -> PyResult {
    let u = Own::uint;
    let times = [
        (st.st_atime, st.st_atime_nsec),
        (st.st_mtime, st.st_mtime_nsec),
        (st.st_ctime, st.st_ctime_nsec),
    ];
    let mut v = vec![
        u(st.st_mode as u64),
        u(st.st_ino),
        u(st.st_dev),
        u(st.st_nlink),
        u(st.st_uid as u64),
        u(st.st_gid as u64),
        Own::int(st.st_size),
    ];
    v.extend(times.iter().map(|t| Own::int(t.0)));
    v.extend(times.iter().map(|t| Own::float(t.0 as f64 + 1e-9 * t.1 as f64)));
    for t in times {
        let ns = t.0 as i128 * 1_000_000_000 + t.1 as i128;
        v.push(i64::try_from(ns).map_or_else(|_| int::big_from_i128(ns), Own::int));
    }
    v.extend([Own::int(st.st_blksize), Own::int(st.st_blocks), u(st.st_rdev)]);
    structseq::new(&STAT_RESULT, v)
}

/// stat, lstat or fstat of what a path argument names.
pub fn call(p: &Path, dir: i32, follow_links: bool) -> Result<libc::stat, i32> {
    // SAFETY: zeroed plain data, filled by the call; the name ends with NUL.
    unsafe {
        let mut st: libc::stat = core::mem::zeroed();
        let flags = if follow_links { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let r = match p.fd {
            Some(fd) => libc::fstat(fd, &mut st),
            None => libc::fstatat(dir, p.ptr(), &mut st, flags),
        };
        if r < 0 { Err(last_errno()) } else { Ok(st) }
    }
}

fn stat(b: &Bound) -> PyResult {
    let p = path_fd(b, 0, "stat", "path")?;
    let (dir, links) = (dir_fd(b, 1)?, follow(b, 2)?);
    if p.fd.is_some() {
        if dir != libc::AT_FDCWD {
            return exc::value_error(format_args!("stat: can't specify dir_fd without matching path"));
        }
        if !links {
            return exc::value_error(format_args!("stat: cannot use fd and follow_symlinks together"));
        }
    }
    match call(&p, dir, links) {
        Ok(st) => result(&st),
        Err(e) => raise_errno(e, Some(p.r()), None),
    }
}

fn vfs(st: &libc::statvfs) -> PyResult {
    let v = [
        st.f_bsize,
        st.f_frsize,
        st.f_blocks,
        st.f_bfree,
        st.f_bavail,
        st.f_files,
        st.f_ffree,
        st.f_favail,
        st.f_flag,
        st.f_namemax,
        st.f_fsid,
    ];
    structseq::new(&STATVFS_RESULT, v.iter().map(|n| Own::uint(*n)).collect())
}

/// Seconds (int or float) as a timespec, rounded down.
fn timespec(v: Ref) -> PyResult<libc::timespec> {
    if v.ty().has(type_flag::FLOAT) {
        let f = float::as_f64(v)?;
        if f.is_nan() {
            return exc::value_error(format_args!("Invalid value NaN (not a number)"));
        }
        let whole = f.floor();
        if !(whole >= i64::MIN as f64 && whole < 9.2e18) {
            return exc::overflow_error(format_args!("timestamp out of range for platform time_t"));
        }
        let mut ns = ((f - whole) * 1e9).floor() as i64;
        let mut s = whole as i64;
        if ns >= 1_000_000_000 {
            ns -= 1_000_000_000;
            s += 1;
        }
        return Ok(libc::timespec { tv_sec: s, tv_nsec: ns });
    }
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()) {
        Some(s) => Ok(libc::timespec { tv_sec: s, tv_nsec: 0 }),
        None => exc::overflow_error(format_args!("timestamp out of range for platform time_t")),
    }
}
fn two(v: Ref) -> Option<(Own, Own)> {
    (v.ty().has(type_flag::TUPLE) && types::tuple::len(v) == 2)
        .then(|| (types::tuple::get(v, 0).own(), types::tuple::get(v, 1).own()))
}

/// CPython: os_utime_impl.
fn utime(b: &Bound) -> PyResult {
    let p = path_fd(b, 0, "utime", "path")?;
    let (times, ns) = (b.get_not_none(1), b.get(2));
    let (dir, links) = (dir_fd(b, 3)?, follow(b, 4)?);
    if times.is_some() && ns.is_some() {
        return exc::value_error(format_args!(
            "utime: you may specify either 'times' or 'ns' but not both"
        ));
    }
    let spec = match (times, ns) {
        (Some(t), _) => match two(t) {
            Some((a, m)) => Some([timespec(a.r())?, timespec(m.r())?]),
            None => {
                return exc::type_error(format_args!(
                    "utime: 'times' must be either a tuple of two ints or None"
                ));
            }
        },
        (None, Some(n)) => match two(n) {
            Some((a, m)) => {
                let split = |v: Ref| -> PyResult<libc::timespec> {
                    let n = int::as_i64(v)?;
                    Ok(libc::timespec {
                        tv_sec: n.div_euclid(1_000_000_000),
                        tv_nsec: n.rem_euclid(1_000_000_000),
                    })
                };
                Some([split(a.r())?, split(m.r())?])
            }
            None => return exc::type_error(format_args!("utime: 'ns' must be a tuple of two ints")),
        },
        _ => None,
    };
    if p.fd.is_some() && (dir != libc::AT_FDCWD || !links) {
        return exc::value_error(format_args!(
            "utime: {}",
            if links {
                "can't specify dir_fd without matching path"
            } else {
                "cannot use fd and follow_symlinks together"
            }
        ));
    }
    let t = spec.as_ref().map_or(core::ptr::null(), |s| s.as_ptr());
    // SAFETY: two times or null; the name ends with NUL.
    let r = unsafe {
        match p.fd {
            Some(fd) => libc::futimens(fd, t),
            None => libc::utimensat(dir, p.ptr(), t, if links { 0 } else { libc::AT_SYMLINK_NOFOLLOW }),
        }
    };
    done(r, Some(p.r()))
}
/// None, or OSError with the file name.
pub fn done(r: i32, name: Option<Ref>) -> PyResult {
    if r < 0 {
        raise_errno(last_errno(), name, None)
    } else {
        Ok(Own::none())
    }
}

fn id_arg(v: Ref, what: &str) -> PyResult<u32> {
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()) {
        Some(-1) => Ok(u32::MAX),
        Some(n) => match u32::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) if n < 0 => exc::overflow_error(format_args!("{what} is less than minimum")),
            Err(_) => exc::overflow_error(format_args!("{what} is greater than maximum")),
        },
        None => exc::overflow_error(format_args!("{what} is greater than maximum")),
    }
}
pub fn uid(v: Ref) -> PyResult<u32> {
    id_arg(v, "uid")
}
pub fn gid(v: Ref) -> PyResult<u32> {
    id_arg(v, "gid")
}

pub static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("stat(path, *, dir_fd=None, follow_symlinks=True)"), |_, b| stat(b)),
    bound(sig!("lstat(path, *, dir_fd=None)"), |_, b| {
        let p = path(b, 0, "lstat", "path")?;
        match call(&p, dir_fd(b, 1)?, false) {
            Ok(st) => result(&st),
            Err(e) => raise_errno(e, Some(p.r()), None),
        }
    }),
    bound(sig!("fstat(fd)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        // SAFETY: zeroed plain data, filled by the call.
        let mut st: libc::stat = unsafe { core::mem::zeroed() };
        if unsafe { libc::fstat(fd, &mut st) } < 0 {
            return raise_last();
        }
        result(&st)
    }),
    bound(sig!("statvfs(path)"), |_, b| {
        let p = path_fd(b, 0, "statvfs", "path")?;
        // SAFETY: zeroed plain data, filled by the call.
        unsafe {
            let mut st: libc::statvfs = core::mem::zeroed();
            let r = match p.fd {
                Some(fd) => libc::fstatvfs(fd, &mut st),
                None => libc::statvfs(p.ptr(), &mut st),
            };
            if r < 0 {
                return raise_errno(last_errno(), Some(p.r()), None);
            }
            vfs(&st)
        }
    }),
    one(sig!("fstatvfs(fd, /)"), |_, v| {
        let fd = c_int(v)?;
        // SAFETY: zeroed plain data, filled by the call.
        let mut st: libc::statvfs = unsafe { core::mem::zeroed() };
        if unsafe { libc::fstatvfs(fd, &mut st) } < 0 {
            return raise_last();
        }
        vfs(&st)
    }),
    bound(
        sig!("utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)"),
        |_, b| utime(b),
    ),
    bound(
        sig!("chmod(path, mode, *, dir_fd=None, follow_symlinks=True)"),
        |_, b| {
            let p = path_fd(b, 0, "chmod", "path")?;
            let mode = c_int(b.arg(1))? as libc::mode_t;
            let (dir, links) = (dir_fd(b, 2)?, follow(b, 3)?);
            // SAFETY: the name ends with NUL.
            let r = unsafe {
                match p.fd {
                    Some(fd) => libc::fchmod(fd, mode),
                    None => libc::fchmodat(dir, p.ptr(), mode, if links { 0 } else { libc::AT_SYMLINK_NOFOLLOW }),
                }
            };
            done(r, Some(p.r()))
        },
    ),
    bound(sig!("fchmod(fd, mode)"), |_, b| {
        let (fd, mode) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        // SAFETY: plain call.
        os_call::check(|| unsafe { libc::fchmod(fd, mode as libc::mode_t) } as isize).map(|_| Own::none())
    }),
    bound(
        sig!("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)"),
        |_, b| {
            let p = path_fd(b, 0, "chown", "path")?;
            let (u, g) = (uid(b.arg(1))?, gid(b.arg(2))?);
            let (dir, links) = (dir_fd(b, 3)?, follow(b, 4)?);
            // SAFETY: the name ends with NUL.
            let r = unsafe {
                match p.fd {
                    Some(fd) => libc::fchown(fd, u, g),
                    None => libc::fchownat(dir, p.ptr(), u, g, if links { 0 } else { libc::AT_SYMLINK_NOFOLLOW }),
                }
            };
            done(r, Some(p.r()))
        },
    ),
    bound(sig!("fchown(fd, uid, gid)"), |_, b| {
        let (fd, u, g) = (c_int(b.arg(0))?, uid(b.arg(1))?, gid(b.arg(2))?);
        // SAFETY: plain call.
        os_call::check(|| unsafe { libc::fchown(fd, u, g) } as isize).map(|_| Own::none())
    }),
    bound(sig!("lchown(path, uid, gid)"), |_, b| {
        let p = path(b, 0, "lchown", "path")?;
        let (u, g) = (uid(b.arg(1))?, gid(b.arg(2))?);
        // SAFETY: the name ends with NUL.
        done(unsafe { libc::lchown(p.ptr(), u, g) }, Some(p.r()))
    }),
    bound(
        sig!("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)"),
        |_, b| {
            let p = path(b, 0, "access", "path")?;
            let mode = c_int(b.arg(1))?;
            let dir = dir_fd(b, 2)?;
            let effective = b.get(3).map_or(Ok(false), protocol::truth)?;
            let mut flags = if follow(b, 4)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
            if effective {
                flags |= libc::AT_EACCESS;
            }
            // SAFETY: the name ends with NUL.
            Ok(Own::bool(unsafe { libc::faccessat(dir, p.ptr(), mode, flags) } == 0))
        },
    ),
    one(sig!("umask(mask, /)"), |_, v| {
        let mask = c_int(v)?;
        // SAFETY: plain call.
        Ok(Own::int(unsafe { libc::umask(mask as libc::mode_t) } as i64))
    }),
];
