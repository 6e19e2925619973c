//! `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase` (CPython: Modules/_io/iobase.c, bufferedio.c, textio.c).
use super::*;

#[repr(C)]
pub struct IoBase {
    io: IoObject,
}
// SAFETY: `repr(C)` with a header; all streams extend it.
unsafe impl Object for IoBase {
    fn type_object() -> &'static TypeObject {
        &IOBASE_TYPE
    }
}

fn new(cls: &'static TypeObject, _: &Args) -> PyResult {
    alloc::object_of(cls, |header| IoBase {
        io: IoObject::new(header),
    })
}

pub static IOBASE_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io._IOBase",
    basic_size: size_of::<IoBase>(),
    flags: STREAM_FLAGS,
    doc: "The abstract base class for all I/O classes.",
    slots: Slots {
        new: Some(new),
        init: Some(|_, _| Ok(())),
        iter: Some(|o| {
            check_closed(o)?;
            Ok(o.own())
        }),
        iternext: Some(next),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    methods: &[
        raw(sig!("seek(offset, whence=0, /)"), |_, _| unsupported("seek")),
        noargs(sig!("tell()"), |o| {
            call_method(o, istr!("seek"), &[Own::int(0).r(), Own::int(1).r()])
        }),
        raw(sig!("truncate(size=None, /)"), |_, _| unsupported("truncate")),
        noargs(sig!("flush()"), |o| {
            if internally_closed(o)? {
                return closed_error();
            }
            Ok(Own::none())
        }),
        noargs(sig!("close()"), close),
        noargs(sig!("seekable()"), |_| Ok(Own::bool(false))),
        noargs(sig!("readable()"), |_| Ok(Own::bool(false))),
        noargs(sig!("writable()"), |_| Ok(Own::bool(false))),
        raw(sig!("_checkClosed(*args)"), |o, _| {
            check_closed(o).map(|()| Own::none())
        }),
        raw(sig!("_checkSeekable(*args)"), |o, _| {
            check(o, istr!("seekable"), "File or stream is not seekable.")
        }),
        raw(sig!("_checkReadable(*args)"), |o, _| {
            check(o, istr!("readable"), "File or stream is not readable.")
        }),
        raw(sig!("_checkWritable(*args)"), |o, _| {
            check(o, istr!("writable"), "File or stream is not writable.")
        }),
        noargs(sig!("fileno()"), |_| unsupported("fileno")),
        noargs(sig!("isatty()"), |o| {
            check_closed(o)?;
            Ok(Own::bool(false))
        }),
        noargs(sig!("__enter__()"), |o| {
            check_closed(o)?;
            Ok(o.own())
        }),
        raw(sig!("__exit__(*args)"), |o, _| call_method(o, istr!("close"), &[])),
        bound(sig!("readline(size=-1, /)"), |o, b| readline(o, size_arg(b.get(0))?)),
        bound(sig!("readlines(hint=-1, /)"), |o, b| readlines(o, size_arg(b.get(0))?)),
        one(sig!("writelines(lines, /)"), writelines),
    ],
    getset: &[DICT, getter("closed", |o| Ok(Own::bool(internally_closed(o)?)))],
    ..TypeDef::NEW
});

pub static RAWIOBASE_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io._RawIOBase",
    base: Some(&IOBASE_TYPE),
    basic_size: size_of::<IoBase>(),
    flags: STREAM_FLAGS,
    doc: "Base class for raw binary I/O.",
    slots: Slots {
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        bound(sig!("read(size=-1, /)"), |o, b| {
            raw_read(
                o,
                match b.get(0) {
                    Some(v) => int::as_isize(v)?,
                    None => -1,
                },
            )
        }),
        noargs(sig!("readall()"), raw_readall),
    ],
    ..TypeDef::NEW
});

pub static BUFFEREDIOBASE_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io._BufferedIOBase",
    base: Some(&IOBASE_TYPE),
    basic_size: size_of::<IoBase>(),
    flags: STREAM_FLAGS,
    doc: "Base class for buffered IO objects.",
    slots: Slots {
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("detach()"), |_| unsupported("detach")),
        raw(sig!("read(size=-1, /)"), |_, _| unsupported("read")),
        raw(sig!("read1(size=-1, /)"), |_, _| unsupported("read1")),
        one(sig!("readinto(buffer, /)"), |o, v| {
            generic_readinto(o, v, istr!("read"), "readinto() argument")
        }),
        one(sig!("readinto1(buffer, /)"), |o, v| {
            generic_readinto(o, v, istr!("read1"), "readinto1() argument")
        }),
        one(sig!("write(b, /)"), |_, _| unsupported("write")),
    ],
    ..TypeDef::NEW
});

pub static TEXTIOBASE_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io._TextIOBase",
    base: Some(&IOBASE_TYPE),
    basic_size: size_of::<IoBase>(),
    flags: STREAM_FLAGS,
    doc: "Base class for text I/O.",
    slots: Slots {
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("detach()"), |_| unsupported("detach")),
        raw(sig!("read(size=-1, /)"), |_, _| unsupported("read")),
        raw(sig!("readline(size=-1, /)"), |_, _| unsupported("readline")),
        one(sig!("write(s, /)"), |_, _| unsupported("write")),
    ],
    getset: &[
        getter("encoding", |_| Ok(Own::none())),
        getter("newlines", |_| Ok(Own::none())),
        getter("errors", |_| Ok(Own::none())),
    ],
    ..TypeDef::NEW
});

fn internally_closed(o: Ref) -> PyResult<bool> {
    Ok(protocol::instance_attr(o.ty(), o, istr!("__IOBase_closed"))?.is_some())
}
/// ValueError when `o.closed` is true.
pub fn check_closed(o: Ref) -> PyResult<()> {
    match protocol::get_attr_opt(o, istr!("closed"))? {
        Some(c) if protocol::truth(c.r())? => closed_error(),
        _ => Ok(()),
    }
}
fn check(o: Ref, name: Ref, message: &str) -> PyResult {
    let r = call_method(o, name, &[])?;
    if r.value() != Value::TRUE {
        return unsupported(message);
    }
    Ok(r)
}
pub fn check_readable(o: Ref) -> PyResult<()> {
    check(o, istr!("readable"), "File or stream is not readable.").map(drop)
}
pub fn check_writable(o: Ref) -> PyResult<()> {
    check(o, istr!("writable"), "File or stream is not writable.").map(drop)
}
pub fn check_seekable(o: Ref) -> PyResult<()> {
    check(o, istr!("seekable"), "File or stream is not seekable.").map(drop)
}

/// Flushes, then marks the stream closed whatever the flush did.
pub fn close(o: Ref) -> PyResult {
    if internally_closed(o)? {
        return Ok(Own::none());
    }
    let flushed = call_method(o, istr!("flush"), &[]).map_err(exc::caught);
    protocol::set_attr(o, istr!("__IOBase_closed"), Some(Own::bool(true).r()))?;
    match flushed {
        Ok(_) => Ok(Own::none()),
        Err(e) => exc::restore(e),
    }
}

/// CPython: iobase_finalize.
fn finalize(o: Ref) {
    let pending = exc::take();
    let closed = match protocol::get_attr_opt(o, istr!("closed")) {
        Ok(Some(c)) => protocol::truth(c.r()),
        Ok(None) => Ok(true),
        Err(e) => Err(e),
    };
    match closed {
        Ok(true) => {}
        Err(_) => drop(exc::take()),
        Ok(false) => {
            if protocol::set_attr(o, istr!("_finalizing"), Some(Own::bool(true).r())).is_err() {
                drop(exc::take());
            }
            if call_method(o, istr!("close"), &[]).is_err() {
                exc::unraisable::write("Exception ignored while finalizing file", Some(o));
            }
        }
    }
    if let Some(e) = pending {
        let _ = exc::restore::<()>(e);
    }
}

/// CPython: _io__IOBase_readline_impl.
fn readline(o: Ref, limit: isize) -> PyResult {
    let peek = protocol::get_attr_opt(o, istr!("peek"))?;
    let read = protocol::get_attr(o, istr!("read"))?;
    let mut out: Vec<u8> = Vec::new();
    while limit < 0 || (out.len() as isize) < limit {
        let mut want = 1;
        if let Some(peek) = &peek {
            let ahead = call1(peek.r(), Own::int(1).r())?;
            if !ahead.r().ty().has(type_flag::BYTES) {
                return exc::raise(
                    &exc::types::OS_ERROR,
                    format_args!(
                        "peek() should have returned a bytes object, not '{}'",
                        ahead.r().ty().name()
                    ),
                );
            }
            let b = bytes::as_slice(ahead.r());
            if !b.is_empty() {
                let most = if limit < 0 {
                    b.len()
                } else {
                    b.len().min(limit as usize - out.len())
                };
                want = memchr(b'\n', &b[..most]).map_or(most, |i| i + 1);
            }
        }
        let got = call1(read.r(), Own::usize(want).r())?;
        if !got.r().ty().has(type_flag::BYTES) {
            return exc::raise(
                &exc::types::OS_ERROR,
                format_args!(
                    "read() should have returned a bytes object, not '{}'",
                    got.r().ty().name()
                ),
            );
        }
        let b = bytes::as_slice(got.r());
        if b.is_empty() {
            break;
        }
        out.extend_from_slice(b);
        if b.last() == Some(&b'\n') {
            break;
        }
    }
    bytes::from_slice(&out)
}

/// Position of `c`.
#[inline]
pub fn memchr(c: u8, s: &[u8]) -> Option<usize> {
    // SAFETY: the pointer and the length belong together.
    let p = unsafe { libc::memchr(s.as_ptr().cast(), c as i32, s.len()) };
    if p.is_null() || s.is_empty() {
        None
    } else {
        Some(p as usize - s.as_ptr() as usize)
    }
}

fn next(o: Ref) -> PyResult<Option<Own>> {
    let line = call_method(o, istr!("readline"), &[])?;
    Ok(if protocol::len(line.r())? == 0 {
        None
    } else {
        Some(line)
    })
}

fn readlines(o: Ref, hint: isize) -> PyResult {
    let list = types::list::new()?;
    let it = protocol::iter(o)?;
    let mut length = 0;
    while let Some(line) = protocol::next(it.r())? {
        let n = protocol::len(line.r())?;
        types::list::append(list.r(), line)?;
        length += n;
        if hint > 0 && length as isize >= hint {
            break;
        }
    }
    Ok(list)
}

pub fn writelines(o: Ref, lines: Ref) -> PyResult {
    check_closed(o)?;
    let it = protocol::iter(lines)?;
    while let Some(line) = protocol::next(it.r())? {
        call_method(o, istr!("write"), &[line.r()])?;
    }
    Ok(Own::none())
}

// ---- raw ----

/// CPython: _io__RawIOBase_read_impl.
fn raw_read(o: Ref, n: isize) -> PyResult {
    if n < 0 {
        return call_method(o, istr!("readall"), &[]);
    }
    let buffer = builtin_call("bytearray", Own::int(n as i64).r())?;
    let got = call_method(o, istr!("readinto"), &[buffer.r()])?;
    if got.r().is_none() {
        return Ok(got);
    }
    let got = int::as_isize(got.r())?;
    let all = os_call::content(buffer.r())?;
    if got < 0 || got as usize > all.len() {
        return exc::value_error(format_args!(
            "readinto returned {got} outside buffer size {}",
            all.len()
        ));
    }
    bytes::from_slice(&all[..got as usize])
}
/// CPython: _io__RawIOBase_readall_impl.
fn raw_readall(o: Ref) -> PyResult {
    let mut out = Vec::new();
    loop {
        let data = call_method(o, istr!("read"), &[Own::usize(DEFAULT_BUFFER_SIZE).r()])?;
        if data.r().is_none() {
            if out.is_empty() {
                return Ok(data);
            }
            break;
        }
        if !data.r().ty().has(type_flag::BYTES) {
            return exc::type_error(format_args!("read() should return bytes"));
        }
        let b = bytes::as_slice(data.r());
        if b.is_empty() {
            break;
        }
        out.extend_from_slice(b);
    }
    bytes::from_slice(&out)
}

/// `readinto` by way of `read` (CPython: _bufferediobase_readinto_generic).
fn generic_readinto(o: Ref, v: Ref, read: Ref, what: &str) -> PyResult {
    let room = os_call::writable(v, what)?;
    let data = call_method(o, read, &[Own::usize(room.len()).r()])?;
    let data = expect_bytes(data, "read()")?;
    let b = bytes::as_slice(data.r());
    if b.len() > room.len() {
        return exc::value_error(format_args!(
            "read() returned too much data: {} bytes requested, {} returned",
            room.len(),
            b.len()
        ));
    }
    Ok(Own::usize(room.put(b)))
}
