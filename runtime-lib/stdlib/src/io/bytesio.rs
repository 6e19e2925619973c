//! `BytesIO`: bytes in memory as a stream (CPython: Modules/_io/bytesio.c).
use super::*;
use crate::stream_object;
use pyaot_core::buffer;

#[repr(C)]
pub struct BytesIo {
    io: IoObject,
    /// `None` once closed.
    data: RefCell<Option<Vec<u8>>>,
    pos: Cell<usize>,
    /// Buffers given out by `getbuffer`.
    exports: Cell<usize>,
}
stream_object!(BytesIo, BYTESIO_TYPE);

pub static BYTESIO_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.BytesIO",
    base: Some(&iobase::BUFFEREDIOBASE_TYPE),
    basic_size: size_of::<BytesIo>(),
    flags: STREAM_FLAGS,
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| BytesIo {
                io: IoObject::new(header),
                data: RefCell::new(Some(Vec::new())),
                pos: Cell::new(0),
                exports: Cell::new(0),
            })
        }),
        init: Some(init),
        iternext: Some(|o| {
            let line = line(o, -1)?;
            Ok(if bytes::as_slice(line.r()).is_empty() {
                None
            } else {
                Some(line)
            })
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let b = unsafe { &*p.cast::<BytesIo>() };
            if b.exports.get() > 0 {
                // The exporter of a view keeps this object alive, so nothing can be out.
                b.exports.set(0);
            }
            drop(b.data.take());
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("readable()"), yes),
        noargs(sig!("seekable()"), yes),
        noargs(sig!("writable()"), yes),
        noargs(sig!("close()"), |o| {
            check_exports(o)?;
            *this(o).data.borrow_mut() = None;
            Ok(Own::none())
        }),
        noargs(sig!("flush()"), |o| {
            open(o)?;
            Ok(Own::none())
        }),
        noargs(sig!("isatty()"), |o| {
            open(o)?;
            Ok(Own::bool(false))
        }),
        noargs(sig!("tell()"), |o| {
            open(o)?;
            Ok(Own::usize(this(o).pos.get()))
        }),
        one(sig!("write(b, /)"), |o, v| write(o, v).map(Own::usize)),
        one(sig!("writelines(lines, /)"), |o, lines| {
            open(o)?;
            let it = protocol::iter(lines)?;
            while let Some(line) = protocol::next(it.r())? {
                write(o, line.r())?;
            }
            Ok(Own::none())
        }),
        bound(sig!("read1(size=-1, /)"), read),
        one(sig!("readinto(buffer, /)"), readinto),
        bound(sig!("readline(size=-1, /)"), |o, b| {
            let n = size_arg(b.get(0))?;
            open(o)?;
            line(o, n)
        }),
        bound(sig!("readlines(size=None, /)"), readlines),
        bound(sig!("read(size=-1, /)"), read),
        noargs(sig!("getbuffer()"), getbuffer),
        noargs(sig!("getvalue()"), |o| {
            open(o)?;
            bytes::from_slice(this(o).data.borrow().as_deref().unwrap_or_default())
        }),
        bound(sig!("seek(pos, whence=0, /)"), seek),
        bound(sig!("truncate(size=None, /)"), truncate),
        noargs(sig!("__getstate__()"), getstate),
        one(sig!("__setstate__(state, /)"), setstate),
        noargs(sig!("__sizeof__()"), |o| {
            let n = this(o).data.borrow().as_ref().map_or(0, |d| d.capacity());
            Ok(Own::usize(o.ty().head.basic_size.get() as usize + n))
        }),
    ],
    getset: &[getter("closed", |o| Ok(Own::bool(this(o).data.borrow().is_none())))],
    ..TypeDef::NEW
});

fn yes(o: Ref) -> PyResult {
    open(o)?;
    Ok(Own::bool(true))
}
fn open(o: Ref) -> PyResult<()> {
    match &*this(o).data.borrow() {
        Some(_) => Ok(()),
        None => closed_error(),
    }
}
fn check_exports(o: Ref) -> PyResult<()> {
    if this(o).exports.get() > 0 {
        return exc::buffer_error(format_args!("Existing exports of data: object cannot be re-sized"));
    }
    Ok(())
}

fn init(o: Ref, args: &Args) -> PyResult<()> {
    call::bind(sig!("BytesIO(initial_bytes=b'')"), args, |b| {
        check_exports(o)?;
        let start = match b.get_not_none(0) {
            Some(v) => buffer::contents_as(v, buffer::request::CONTIG_RO)?.to_vec(),
            None => Vec::new(),
        };
        *this(o).data.borrow_mut() = Some(start);
        this(o).pos.set(0);
        Ok(())
    })
}

fn write(o: Ref, v: Ref) -> PyResult<usize> {
    open(o)?;
    check_exports(o)?;
    let source = buffer::contents_as(v, buffer::request::CONTIG_RO)?;
    // Code of the exporter has run.
    open(o)?;
    check_exports(o)?;
    let b = this(o);
    let mut data = b.data.borrow_mut();
    let Some(data) = data.as_mut() else {
        return closed_error();
    };
    let (at, n) = (b.pos.get(), source.len());
    if n == 0 {
        return Ok(0);
    }
    let Some(end) = at.checked_add(n).filter(|e| *e <= isize::MAX as usize) else {
        return exc::overflow_error(format_args!("new buffer size too large"));
    };
    if at == data.len() {
        if data.try_reserve(n).is_err() {
            return exc::memory_error();
        }
        data.extend_from_slice(&source);
    } else {
        if end > data.len() {
            if data.try_reserve(end - data.len()).is_err() {
                return exc::memory_error();
            }
            data.resize(end, 0);
        }
        data[at..end].copy_from_slice(&source);
    }
    b.pos.set(end);
    Ok(n)
}

/// Moves past up to `n` bytes and gives them.
fn advance(o: Ref, n: usize) -> PyResult {
    let b = this(o);
    let data = b.data.borrow();
    let Some(data) = data.as_deref() else {
        return closed_error();
    };
    let at = b.pos.get().min(data.len());
    let n = n.min(data.len() - at);
    if n > 0 {
        b.pos.set(at + n);
    }
    bytes::from_slice(&data[at..at + n])
}
fn read(o: Ref, a: &Bound) -> PyResult {
    let n = size_arg(a.get(0))?;
    advance(o, if n < 0 { usize::MAX } else { n as usize })
}
fn readinto(o: Ref, v: Ref) -> PyResult {
    open(o)?;
    let room = os_call::writable(v, "readinto() argument")?;
    let part = advance(o, room.len())?;
    Ok(Own::usize(room.put(bytes::as_slice(part.r()))))
}
fn line(o: Ref, limit: isize) -> PyResult {
    let n = {
        let data = this(o).data.borrow();
        let Some(data) = data.as_deref() else {
            return closed_error();
        };
        let at = this(o).pos.get().min(data.len());
        let n = iobase::memchr(b'\n', &data[at..]).map_or(data.len() - at, |i| i + 1);
        if limit >= 0 { n.min(limit as usize) } else { n }
    };
    advance(o, n)
}
fn readlines(o: Ref, a: &Bound) -> PyResult {
    open(o)?;
    let hint = size_arg(a.get(0))?;
    let list = types::list::new()?;
    let mut total = 0;
    loop {
        let l = line(o, -1)?;
        let n = bytes::as_slice(l.r()).len();
        if n == 0 {
            return Ok(list);
        }
        types::list::append(list.r(), l)?;
        total += n;
        if hint > 0 && total as isize >= hint {
            return Ok(list);
        }
    }
}

fn seek(o: Ref, a: &Bound) -> PyResult {
    let pos = int::as_isize(a.arg(0))?;
    let whence = a.get(1).map_or(Ok(0), os_call::c_int)?;
    open(o)?;
    let b = this(o);
    let base = match whence {
        0 if pos < 0 => return exc::value_error(format_args!("negative seek value {pos}")),
        0 => 0,
        1 => b.pos.get() as isize,
        2 => b.data.borrow().as_ref().map_or(0, Vec::len) as isize,
        _ => return exc::value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)")),
    };
    let Some(target) = base.checked_add(pos) else {
        return exc::overflow_error(format_args!("new position too large"));
    };
    b.pos.set(target.max(0) as usize);
    Ok(Own::usize(b.pos.get()))
}

fn truncate(o: Ref, a: &Bound) -> PyResult {
    open(o)?;
    check_exports(o)?;
    let b = this(o);
    let size = match a.get_not_none(0) {
        Some(v) => int::as_isize(v)?,
        None => b.pos.get() as isize,
    };
    if size < 0 {
        return exc::value_error(format_args!("negative size value {size}"));
    }
    if let Some(d) = b.data.borrow_mut().as_mut() {
        d.truncate(size as usize);
    }
    Ok(Own::int(size as i64))
}

fn getstate(o: Ref) -> PyResult {
    let value = call_method(o, istr!("getvalue"), &[])?;
    let dict = protocol::get_attr(o, istr!("__dict__"))?;
    let dict = if types::dict::len(dict.r()) == 0 {
        Own::none()
    } else {
        call_method(dict.r(), istr!("copy"), &[])?
    };
    types::tuple::try_from_vec(vec![value, Own::usize(this(o).pos.get()), dict])
}
fn setstate(o: Ref, state: Ref) -> PyResult {
    check_exports(o)?;
    if !state.ty().has(type_flag::TUPLE) || types::tuple::len(state) < 3 {
        return exc::type_error(format_args!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            o.ty().full_name(),
            state.ty().name()
        ));
    }
    let pos = types::tuple::get(state, 1).own();
    let dict = types::tuple::get(state, 2).own();
    open(o)?;
    *this(o).data.borrow_mut() = Some(Vec::new());
    this(o).pos.set(0);
    write(o, types::tuple::get(state, 0))?;
    if !pos.r().ty().has(type_flag::INT) {
        return exc::type_error(format_args!(
            "second item of state must be an integer, got {}",
            pos.r().ty().name()
        ));
    }
    let n = int::as_isize(pos.r())?;
    if n < 0 {
        return exc::value_error(format_args!("position value cannot be negative"));
    }
    this(o).pos.set(n as usize);
    restore_dict(o, dict.r(), "third")
}
/// The instance attributes of a pickled stream.
pub fn restore_dict(o: Ref, dict: Ref, which: &str) -> PyResult {
    if dict.is_none() {
        return Ok(Own::none());
    }
    if !dict.ty().has(type_flag::DICT) {
        return exc::type_error(format_args!(
            "{which} item of state should be a dict, got a {}",
            dict.ty().name()
        ));
    }
    for (k, v) in types::dict::items_snapshot(dict) {
        protocol::set_attr(o, k.r(), Some(v.r()))?;
    }
    Ok(Own::none())
}

// ---- getbuffer ----

/// The exporter behind `getbuffer()`: keeps the stream alive and its size fixed.
#[repr(C)]
pub struct BytesIoBuffer {
    header: Header,
    source: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; the type is final.
unsafe impl Object for BytesIoBuffer {
    fn type_object() -> &'static TypeObject {
        &BUFFER_TYPE
    }
}
pub static BUFFER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_io._BytesIOBuffer",
    basic_size: size_of::<BytesIoBuffer>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        // SAFETY (both): slots receive instances.
        traverse: Some(|o, visit| visit(unsafe { o.cast::<BytesIoBuffer>() }.source.get())),
        dealloc: Some(|p| decref(unsafe { &*p.cast::<BytesIoBuffer>() }.source.get())),
        bf_getbuffer: Some(|o, flags| {
            // SAFETY: slots receive instances.
            let source = Ref::from_value(unsafe { o.cast::<BytesIoBuffer>() }.source.get());
            let s = this(source);
            let mut data = s.data.borrow_mut();
            let Some(data) = data.as_mut() else {
                return closed_error();
            };
            let view = buffer::fill(o, data.as_mut_ptr(), data.len(), false, flags)?;
            s.exports.set(s.exports.get() + 1);
            Ok(view)
        }),
        bf_releasebuffer: Some(|o, _| {
            // SAFETY: slots receive instances.
            let s = this(Ref::from_value(unsafe { o.cast::<BytesIoBuffer>() }.source.get()));
            s.exports.set(s.exports.get() - 1);
        }),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
fn getbuffer(o: Ref) -> PyResult {
    open(o)?;
    let b = alloc::object(|header| BytesIoBuffer {
        header,
        source: Cell::new(o.own().into_value()),
    })?;
    memoryview(b.r())
}
