//! System calls and file names: calls interrupted by a signal run the handlers and go on (PEP 475), names are decoded as UTF-8 with
//! surrogateescape, path-like arguments are checked with CPython's messages.
use pyaot_core::buffer::{Buffer, request};
use pyaot_core::exc::os_error::{last_errno, raise_errno};
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, int};
use pyaot_core::{exec, istr};
use pyaot_text::StrBuf;
use pyaot_text::codec::{self, Encoding, Handler};
use std::ffi::CString;

/// Runs a system call that reports failure by a negative result. The inner `Err` is the errno.
#[inline]
pub fn retry(mut f: impl FnMut() -> isize) -> PyResult<Result<usize, i32>> {
    loop {
        let r = f();
        if r >= 0 {
            return Ok(Ok(r as usize));
        }
        match last_errno() {
            libc::EINTR => exec::run_pending()?,
            e => return Ok(Err(e)),
        }
    }
}
/// Like [`retry`], raising OSError.
pub fn check(f: impl FnMut() -> isize) -> PyResult<usize> {
    match retry(f)? {
        Ok(n) => Ok(n),
        Err(e) => raise_errno(e, None, None),
    }
}
/// A call that is not repeated; raises OSError with the file name.
pub fn once(r: isize, filename: Option<Ref>) -> PyResult<usize> {
    match r {
        0.. => Ok(r as usize),
        _ => raise_errno(last_errno(), filename, None),
    }
}
pub fn raise_last<R>() -> PyResult<R> {
    raise_errno(last_errno(), None, None)
}

/// `os.fsdecode` of bytes from the system.
pub fn fs_decode(b: &[u8]) -> PyResult {
    if b.is_ascii() {
        return pyaot_core::types::str::from_ascii(b);
    }
    match codec::decode(b, Encoding::Utf8, Handler::SurrogateEscape, true, &|_| None) {
        Ok((buf, _)) => pyaot_core::types::str::from_buf(buf),
        // surrogateescape takes every byte.
        Err(_) => exc::value_error(format_args!("undecodable file name")),
    }
}
/// `os.fsencode` of a str.
pub fn fs_encode(s: Ref) -> PyResult<Vec<u8>> {
    if let Some(t) = str_::as_ascii(s) {
        return Ok(t.as_bytes().to_vec());
    }
    let units = str_::units(s);
    match codec::encode(units, Encoding::Utf8, Handler::SurrogateEscape, &|_| None) {
        Ok(v) => Ok(v),
        Err(e) => {
            let e = exc::unicode::encode_error("utf-8", s, e.start, e.end, e.reason)?;
            exc::raise_object(e)
        }
    }
}

pub fn is_str(v: Ref) -> bool {
    v.ty().has(type_flag::STR)
}
pub fn is_bytes(v: Ref) -> bool {
    v.ty().has(type_flag::BYTES)
}

/// `os.fspath(v)` (CPython: Modules/posixmodule.c, PyOS_FSPath).
pub fn fspath(v: Ref) -> PyResult {
    if is_str(v) || is_bytes(v) {
        return Ok(v.own());
    }
    let wrong = || {
        exc::type_error(format_args!(
            "expected str, bytes or os.PathLike object, not {}",
            v.ty().full_name()
        ))
    };
    match call_special(v, istr!("__fspath__")) {
        None => wrong(),
        Some(r) => {
            let r = r?;
            if r.r().is_none() && v.ty().lookup(istr!("__fspath__")).is_some_and(|f| f.is_none()) {
                return wrong();
            }
            if is_str(r.r()) || is_bytes(r.r()) {
                return Ok(r);
            }
            exc::type_error(format_args!(
                "expected {}.__fspath__() to return str or bytes, not {}",
                v.ty().full_name(),
                r.r().ty().full_name()
            ))
        }
    }
}
fn call_special(v: Ref, name: Ref) -> Option<PyResult> {
    if v.ty().lookup(name)?.is_none() {
        return None;
    }
    pyaot_core::call::call_special(v, name, &[])
}

/// A file name for a system call, with the object that error messages show.
pub struct Path {
    pub c: CString,
    pub object: Own,
    /// Given as bytes: results are bytes, too.
    pub bytes: bool,
    /// A descriptor was given instead of a name.
    pub fd: Option<i32>,
}
impl Path {
    pub fn ptr(&self) -> *const libc::c_char {
        self.c.as_ptr()
    }
    pub fn r(&self) -> Ref<'_> {
        self.object.r()
    }
    /// A name found under this path, in the path's type.
    pub fn decode(&self, name: &[u8]) -> PyResult {
        if self.bytes {
            bytes::from_slice(name)
        } else {
            fs_decode(name)
        }
    }
}

fn c_string(b: Vec<u8>, function: &str, argument: &str) -> PyResult<CString> {
    match CString::new(b) {
        Ok(c) => Ok(c),
        Err(_) if function.is_empty() => exc::value_error(format_args!("embedded null byte")),
        Err(_) => exc::value_error(format_args!("{function}: embedded null character in {argument}")),
    }
}

/// str, bytes or os.PathLike (CPython: PyUnicode_FSConverter).
pub fn fs_path(v: Ref) -> PyResult<Path> {
    let p = fspath(v)?;
    let b = if is_str(p.r()) {
        fs_encode(p.r())?
    } else {
        bytes::as_slice(p.r()).to_vec()
    };
    Ok(Path {
        c: c_string(b, "", "path")?,
        bytes: is_bytes(p.r()),
        object: p,
        fd: None,
    })
}

/// The path argument of a function of `posix` (CPython: Modules/posixmodule.c, path_converter).
pub fn path_arg(v: Ref, function: &str, argument: &str, allow_fd: bool, nullable: bool) -> PyResult<Path> {
    if nullable && v.is_none() {
        return Ok(Path {
            c: c".".to_owned(),
            object: Own::none(),
            bytes: false,
            fd: None,
        });
    }
    let what = match (allow_fd, nullable) {
        (true, true) => "string, bytes, os.PathLike, integer or None",
        (true, false) => "string, bytes, os.PathLike or integer",
        (false, true) => "string, bytes, os.PathLike or None",
        (false, false) => "string, bytes or os.PathLike",
    };
    if allow_fd && (v.ty().slots().nb_index.is_some() && !is_str(v) && !is_bytes(v)) {
        if v.value().is_bool() {
            pyaot_core::warn::warn(
                &exc::types::RUNTIME_WARNING,
                format_args!("bool is used as a file descriptor"),
                1,
            )?;
        }
        return Ok(Path {
            c: CString::default(),
            object: v.own(),
            bytes: false,
            fd: Some(fd_value(v)?),
        });
    }
    let wrong = |ty: &TypeObject| {
        exc::type_error(format_args!(
            "{function}: {argument} should be {what}, not {}",
            ty.name()
        ))
    };
    let p = if is_str(v) || is_bytes(v) {
        v.own()
    } else {
        match call_special(v, istr!("__fspath__")) {
            None => return wrong(v.ty()),
            Some(r) => {
                let r = r?;
                if !is_str(r.r()) && !is_bytes(r.r()) {
                    return exc::type_error(format_args!(
                        "expected {}.__fspath__() to return str or bytes, not {}",
                        v.ty().full_name(),
                        r.r().ty().full_name()
                    ));
                }
                r
            }
        }
    };
    let b = if is_str(p.r()) {
        fs_encode(p.r())?
    } else {
        bytes::as_slice(p.r()).to_vec()
    };
    Ok(Path {
        c: c_string(b, function, argument)?,
        bytes: is_bytes(p.r()),
        object: v.own(),
        fd: None,
    })
}

/// A C int; OverflowError outside its range (CPython: PyLong_AsInt).
pub fn c_int(v: Ref) -> PyResult<i32> {
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()).and_then(|i| i32::try_from(i).ok()) {
        Some(i) => Ok(i),
        None if int::convert::to_i64(i.r()).is_none() => {
            exc::overflow_error(format_args!("Python int too large to convert to C int"))
        }
        None => exc::overflow_error(format_args!("signed integer is {} than {}", bound(i.r()), limit(i.r()))),
    }
}
fn bound(i: Ref) -> &'static str {
    if int::view(i).is_negative() { "less" } else { "greater" }
}
fn limit(i: Ref) -> &'static str {
    if int::view(i).is_negative() {
        "minimum"
    } else {
        "maximum"
    }
}
fn fd_value(v: Ref) -> PyResult<i32> {
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()).and_then(|i| i32::try_from(i).ok()) {
        Some(i) => Ok(i),
        None => exc::overflow_error(format_args!("fd is {} than {}", bound(i.r()), limit(i.r()))),
    }
}

/// A descriptor: an int or an object with `fileno()` (CPython: PyObject_AsFileDescriptor).
pub fn file_descriptor(v: Ref) -> PyResult<i32> {
    let fd = if v.ty().has(type_flag::INT) || v.value().is_bool() {
        if v.value().is_bool() {
            pyaot_core::warn::warn(
                &exc::types::RUNTIME_WARNING,
                format_args!("bool is used as a file descriptor"),
                1,
            )?;
        }
        c_int(v)?
    } else {
        match protocol::get_attr_opt(v, istr!("fileno"))? {
            Some(f) => {
                let r = pyaot_core::call::call0(f.r())?;
                if !r.r().ty().has(type_flag::INT) {
                    return exc::type_error(format_args!("fileno() returned a non-integer"));
                }
                c_int(r.r())?
            }
            None => return exc::type_error(format_args!("argument must be an int, or have a fileno() method.")),
        }
    };
    if fd < 0 {
        return exc::value_error(format_args!("file descriptor cannot be a negative integer ({fd})"));
    }
    Ok(fd)
}

pub use pyaot_core::buffer::contents as content;

/// The memory of a read-write buffer, held until dropped.
pub struct Room(Buffer);
impl Room {
    pub fn len(&self) -> usize {
        self.0.view().len
    }
    /// Runs `f` with the memory. `f` runs no Python code.
    pub fn with<R>(&self, f: impl FnOnce(*mut u8, usize) -> R) -> R {
        f(self.0.view().ptr, self.len())
    }
    /// Writes at the start as much as there is room for.
    pub fn put(&self, data: &[u8]) -> usize {
        let n = data.len().min(self.len());
        // SAFETY: the exporter keeps its memory, which holds that many bytes; `data` is no part of it.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), self.0.view().ptr, n) };
        n
    }
}
/// An argument (`what` is "f() argument 1"); whatever keeps it from being written to is the same TypeError.
pub fn writable(v: Ref, what: &str) -> PyResult<Room> {
    Buffer::of(v, request::WRITABLE).map(Room).or_else(|e| {
        drop(exc::caught(e));
        exc::type_error(format_args!(
            "{what} must be read-write bytes-like object, not {}",
            pyaot_core::call::convert::type_name(v)
        ))
    })
}
/// A read-write buffer, with the error of its exporter.
pub fn room(v: Ref) -> PyResult<Room> {
    Buffer::of(v, request::WRITABLE).map(Room)
}
/// Runs `f` with the memory of a read-write buffer. `f` runs no Python code.
pub fn with_writable<R>(v: Ref, f: impl FnOnce(*mut u8, usize) -> R) -> PyResult<R> {
    Ok(room(v)?.with(f))
}

/// Text buffer to str.
pub fn text(b: StrBuf) -> PyResult {
    pyaot_core::types::str::from_buf(b)
}
