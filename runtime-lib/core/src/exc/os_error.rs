//! OSError: fields errno, strerror, filename, filename2, characters_written; the class that an errno stands for.
use super::base::{args, opt};
use super::fields::field_attribute;
use super::types::{self as t, own_fields};
use crate::call::{Args, MethodDef, noargs, sig};
use crate::exc;
use crate::object::{Own, PyResult, Ref, field, set_field};
use crate::typeobj::{GetSetDef, Slots, TypeObject, getset};
use crate::{object_protocol, types};

pub const SLOTS: Slots = Slots {
    new: Some(new),
    init: Some(init),
    str: Some(str),
    ..Slots::NONE
};
pub static GETSET: &[GetSetDef] = &[
    field_attribute!("errno", 0),
    field_attribute!("strerror", 1),
    field_attribute!("filename", 2),
    field_attribute!("filename2", 3),
    getset("characters_written", characters_written, set_characters_written),
];
pub static METHODS: &[MethodDef] = &[noargs(sig!("__reduce__()"), reduce)];

/// CPython: Objects/exceptions.c, the errnomap.
fn class_of(errno: i64) -> Option<&'static TypeObject> {
    use libc::*;
    Some(match errno as i32 {
        EAGAIN | EALREADY | EINPROGRESS => &t::BLOCKING_IO_ERROR,
        EPIPE | ESHUTDOWN => &t::BROKEN_PIPE_ERROR,
        ECHILD => &t::CHILD_PROCESS_ERROR,
        ECONNABORTED => &t::CONNECTION_ABORTED_ERROR,
        ECONNREFUSED => &t::CONNECTION_REFUSED_ERROR,
        ECONNRESET => &t::CONNECTION_RESET_ERROR,
        EEXIST => &t::FILE_EXISTS_ERROR,
        ENOENT => &t::FILE_NOT_FOUND_ERROR,
        EISDIR => &t::IS_A_DIRECTORY_ERROR,
        ENOTDIR => &t::NOT_A_DIRECTORY_ERROR,
        EINTR => &t::INTERRUPTED_ERROR,
        EACCES | EPERM => &t::PERMISSION_ERROR,
        ESRCH => &t::PROCESS_LOOKUP_ERROR,
        ETIMEDOUT => &t::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// A subclass with an `__init__` of its own and the inherited `__new__` parses its arguments in `__init__` (CPython: oserror_use_init).
fn use_init(cls: &TypeObject) -> bool {
    let same = |a: Option<usize>, b: usize| a == Some(b);
    !same(cls.slots().init.map(|f| f as usize), init as *const () as usize)
        && same(cls.slots().new.map(|f| f as usize), new as *const () as usize)
}

fn new(cls: &'static TypeObject, a: &Args) -> PyResult {
    if use_init(cls) {
        return t::make(cls, &[]);
    }
    a.no_keywords(cls.name())?;
    let mut cls = cls;
    if core::ptr::eq(cls, &t::OS_ERROR) && (2..=5).contains(&a.len()) {
        if let Some(c) = a.get(0).and_then(Ref::small_int).and_then(class_of) {
            cls = c;
        }
    }
    let e = t::make(cls, a.pos())?;
    parse(e.r(), a)?;
    Ok(e)
}
fn init(e: Ref, a: &Args) -> PyResult<()> {
    if use_init(e.ty()) {
        a.no_keywords(e.ty().name())?;
        super::memory::set_words(e, a.pos())?;
        parse(e, a)?;
    }
    Ok(())
}

/// errno, strerror[, filename[, winerror[, filename2]]] (CPython: oserror_parse_args, oserror_init).
fn parse(e: Ref, a: &Args) -> PyResult<()> {
    if !(2..=5).contains(&a.len()) {
        return Ok(());
    }
    let f = own_fields(e);
    set_field(&f[0], a.get(0).map(Ref::own));
    set_field(&f[1], a.get(1).map(Ref::own));
    let Some(filename) = a.get(2).filter(|v| !v.is_none()) else {
        return Ok(());
    };
    if core::ptr::eq(e.ty(), &t::BLOCKING_IO_ERROR) && filename.ty().slots().nb_index.is_some() {
        set_field(&f[4], Some(Own::int(types::int::as_isize(filename)? as i64)));
        return Ok(());
    }
    set_field(&f[2], Some(filename.own()));
    if let Some(second) = a.get(4).filter(|v| !v.is_none()) {
        set_field(&f[3], Some(second.own()));
    }
    if a.len() >= 2 {
        let two = types::tuple::from_refs([a.get(0).expect("length tested"), a.get(1).expect("length tested")])?;
        super::memory::set_tuple(e, two);
    }
    Ok(())
}

fn str(e: Ref) -> PyResult {
    let f = own_fields(e);
    let show =
        |i: usize| -> PyResult<String> { Ok(types::str::to_string_lossy(object_protocol::str(opt(&f[i]).r())?.r())) };
    if let Some(name) = field(&f[2]) {
        let name = object_protocol::repr(name)?;
        let name = types::str::to_string_lossy(name.r());
        let mut text = format!("[Errno {}] {}: {name}", show(0)?, show(1)?);
        if let Some(second) = field(&f[3]) {
            let second = object_protocol::repr(second)?;
            text.push_str(&format!(" -> {}", types::str::to_string_lossy(second.r())));
        }
        return Ok(Own::str(&text));
    }
    if field(&f[0]).is_some() && field(&f[1]).is_some() {
        return Ok(Own::str(&format!("[Errno {}] {}", show(0)?, show(1)?)));
    }
    super::base::str(e)
}

fn reduce(e: Ref) -> PyResult {
    let f = own_fields(e);
    let mut a = args(e).own();
    if types::tuple::len(a.r()) == 2 {
        if let Some(name) = field(&f[2]) {
            let items = types::tuple::items(a.r());
            let mut all = vec![
                Ref::from_value(items[0]).own(),
                Ref::from_value(items[1]).own(),
                name.own(),
            ];
            if let Some(second) = field(&f[3]) {
                all.push(Own::none());
                all.push(second.own());
            }
            a = types::tuple::from_vec(all);
        }
    }
    super::base::reduce_with(e, a)
}

fn characters_written(e: Ref) -> PyResult {
    match field(&own_fields(e)[4]) {
        Some(n) => Ok(n.own()),
        None => exc::attribute_error(format_args!("characters_written")),
    }
}
fn set_characters_written(e: Ref, v: Option<Ref>) -> PyResult<()> {
    let cell = &own_fields(e)[4];
    match v {
        None if cell.get().is_null() => exc::attribute_error(format_args!("characters_written")),
        None => {
            set_field(cell, None);
            Ok(())
        }
        Some(v) => {
            set_field(cell, Some(Own::int(types::int::as_isize(v)? as i64)));
            Ok(())
        }
    }
}

/// Text of an errno, as `os.strerror`.
pub fn strerror(errno: i32) -> String {
    let mut buf = [0u8; 256];
    // SAFETY: the buffer's size is given.
    unsafe { libc::strerror_r(errno, buf.as_mut_ptr().cast(), buf.len()) };
    let n = buf.iter().position(|b| *b == 0).unwrap_or(buf.len());
    String::from_utf8_lossy(&buf[..n]).into_owned()
}

/// The errno of the last system call.
pub fn last_errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Raises the OSError subclass of `errno`, with the file name if there is one.
#[cold]
pub fn raise_errno<R>(errno: i32, filename: Option<Ref>, filename2: Option<Ref>) -> PyResult<R> {
    let mut a = vec![Own::int(errno as i64), Own::str(&strerror(errno))];
    if let Some(f) = filename {
        a.push(f.own());
        if let Some(second) = filename2 {
            a.push(Own::none());
            a.push(second.own());
        }
    }
    exc::raise_args(&t::OS_ERROR, a)
}
