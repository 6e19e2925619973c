//! `posix`: the system calls behind `os` (CPython: Modules/posixmodule.c).
use crate::os_call::{self, Path, fspath, path_arg};
use pyaot_core::call::convert::c_int;
use pyaot_core::prelude::*;
use pyaot_core::typeobj;
use pyaot_core::types::{self, bytes, module};

mod dirs;
mod fds;
pub mod process;
mod stat;
mod tables;

/// Argument `i` as a path; `argument` is its name in messages.
fn path(b: &Bound, i: usize, function: &str, argument: &str) -> PyResult<Path> {
    path_arg(b.arg(i), function, argument, false, false)
}
fn path_fd(b: &Bound, i: usize, function: &str, argument: &str) -> PyResult<Path> {
    path_arg(b.arg(i), function, argument, true, false)
}
/// Also None or left out: the current folder.
fn path_maybe_fd(b: &Bound, i: usize, function: &str, argument: &str) -> PyResult<Path> {
    let none = Own::none();
    path_arg(b.get(i).unwrap_or(none.r()), function, argument, true, true)
}
/// `dir_fd`: None is the current folder.
fn dir_fd(b: &Bound, i: usize) -> PyResult<i32> {
    match b.get_not_none(i) {
        None => Ok(libc::AT_FDCWD),
        Some(v) if v.ty().slots().nb_index.is_some() => c_int(v),
        Some(v) => exc::type_error(format_args!(
            "argument should be integer or None, not {}",
            v.ty().name()
        )),
    }
}
fn follow(b: &Bound, i: usize) -> PyResult<bool> {
    b.get(i).map_or(Ok(true), protocol::truth)
}

/// The environment as a dict of bytes.
fn environ() -> PyResult {
    use std::os::unix::ffi::OsStrExt;
    let d = types::dict::new();
    for (k, v) in std::env::vars_os() {
        let (k, v) = (bytes::from_slice(k.as_bytes())?, bytes::from_slice(v.as_bytes())?);
        types::dict::set_default(d.r(), k.r(), v.r())?;
    }
    Ok(d)
}

/// `posix._path_splitroot_ex`: ('', root, tail).
fn split_root(p: &[u8]) -> (usize, usize) {
    let slashes = p.iter().take_while(|c| **c == b'/').count();
    match slashes {
        0 => (0, 0),
        2 => (0, 2),
        _ => (0, 1),
    }
}
/// CPython: Python/fileutils.c, _Py_normpath.
fn normalize(p: &[u8]) -> Vec<u8> {
    if p.is_empty() {
        return b".".to_vec();
    }
    let root = split_root(p).1;
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in p[root..].split(|c| *c == b'/') {
        match part {
            b"" | b"." => {}
            b".." if root > 0 && parts.is_empty() => {}
            b".." if parts.last().is_some_and(|l| *l != b"..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut out = p[..root].to_vec();
    out.extend_from_slice(&parts.join(&b'/'));
    if out.is_empty() { b".".to_vec() } else { out }
}
/// Bytes of a path object, and what makes the same type from bytes.
fn path_bytes(v: Ref) -> PyResult<(Vec<u8>, fn(&[u8]) -> PyResult)> {
    let p = fspath(v)?;
    if os_call::is_bytes(p.r()) {
        return Ok((bytes::as_slice(p.r()).to_vec(), bytes::from_slice));
    }
    // Lone surrogates that are no escaped bytes come back unchanged this way.
    let units = str_::units(p.r());
    match pyaot_text::codec::encode(
        units,
        pyaot_text::codec::Encoding::Utf8,
        pyaot_text::codec::Handler::SurrogatePass,
        &|_| None,
    ) {
        Ok(b) => Ok((b, |b| pyaot_core::codecs::decode_utf8(b, Some("surrogatepass")))),
        Err(_) => exc::value_error(format_args!("path cannot be encoded")),
    }
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("fspath(path)"), |_, b| fspath(b.arg(0))),
    bound(sig!("_path_normpath(path)"), |_, b| {
        let (p, make) = path_bytes(b.arg(0))?;
        make(&normalize(&p))
    }),
    bound(sig!("_path_splitroot_ex(path, /)"), |_, b| {
        let (p, make) = path_bytes(b.arg(0))?;
        let (_, root) = split_root(&p);
        types::tuple::try_from_vec(vec![make(b"")?, make(&p[..root])?, make(&p[root..])?])
    }),
    noargs(sig!("_inputhook()"), |_| Ok(Own::none())),
    noargs(sig!("_is_inputhook_installed()"), |_| Ok(Own::bool(false))),
];

fn names(table: &[(&str, i64)]) -> PyResult {
    let d = types::dict::new();
    for (k, v) in table {
        types::dict::set(d.r(), types::str::intern(k).r(), Own::int(*v).r())?;
    }
    Ok(d)
}

pub fn make() -> PyResult {
    let m = module::new("posix")?;
    for list in [
        FUNCTIONS,
        stat::FUNCTIONS,
        dirs::FUNCTIONS,
        fds::FUNCTIONS,
        process::FUNCTIONS,
    ] {
        module::add_functions(m.r(), list)?;
    }
    dirs::init();
    for ty in [
        &stat::STAT_RESULT_TYPE,
        &stat::STATVFS_RESULT_TYPE,
        &fds::TERMINAL_SIZE_TYPE,
        &process::UNAME_RESULT_TYPE,
        &process::TIMES_RESULT_TYPE,
        &process::WAITID_RESULT_TYPE,
        &process::SCHED_PARAM_TYPE,
        &dirs::DIRENTRY_TYPE,
    ] {
        typeobj::ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    module::add(m.r(), "error", exc::types::OS_ERROR.own())?;
    module::add(m.r(), "environ", environ()?)?;
    for (name, n) in tables::CONSTANTS {
        module::add(m.r(), name, Own::int(*n))?;
    }
    for (name, n) in tables::OPEN_FLAGS {
        module::add(m.r(), name, Own::int(*n as i64))?;
    }
    module::add(m.r(), "sysconf_names", names(tables::SYSCONF)?)?;
    module::add(m.r(), "confstr_names", names(tables::CONFSTR)?)?;
    module::add(m.r(), "pathconf_names", names(tables::PATHCONF)?)?;
    let have: Vec<Own> = tables::HAVE.iter().map(|n| Own::str(n)).collect();
    module::add(m.r(), "_have_functions", types::list::from_vec(have)?)?;
    Ok(m)
}
