//! `BufferedReader`, `BufferedWriter`, `BufferedRandom` (CPython: Modules/_io/bufferedio.c).
//!
//! One layout: bytes read ahead (`ahead[pos..]`) and bytes not yet written (`pending`). At most one of the two is not empty. A raw
//! stream that is an exact FileIO is read and written without going through Python objects.
use super::fileio::{self, FileIo};
use super::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Reader,
    Writer,
    Random,
}

#[repr(C)]
pub struct Buffered {
    io: IoObject,
    /// Null before `__init__`.
    raw: Cell<Value>,
    detached: Cell<bool>,
    kind: Cell<Kind>,
    size: Cell<usize>,
    ahead: RefCell<Vec<u8>>,
    pos: Cell<usize>,
    pending: RefCell<Vec<u8>>,
    finalizing: Cell<bool>,
    /// The raw stream is an exact FileIO.
    direct: Cell<bool>,
    /// A raw call of this object is running.
    busy: Cell<bool>,
}
pub fn this(o: Ref<'_>) -> &Buffered {
    // SAFETY: methods and slots of the three types receive their instances.
    unsafe { &*o.value().as_ptr::<Buffered>() }
}
// SAFETY: `repr(C)`, begins with a header.
unsafe impl Object for Buffered {
    fn type_object() -> &'static TypeObject {
        &READER_TYPE
    }
}

fn allocate(cls: &'static TypeObject, kind: Kind) -> PyResult {
    alloc::object_of(cls, |header| Buffered {
        io: IoObject::new(header),
        raw: Cell::new(Value::NULL),
        detached: Cell::new(false),
        kind: Cell::new(kind),
        size: Cell::new(DEFAULT_BUFFER_SIZE),
        ahead: RefCell::new(Vec::new()),
        pos: Cell::new(0),
        pending: RefCell::new(Vec::new()),
        finalizing: Cell::new(false),
        direct: Cell::new(false),
        busy: Cell::new(false),
    })
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance; the vectors are not used afterwards.
    let b = unsafe { &*p.cast::<Buffered>() };
    drop(b.ahead.take());
    drop(b.pending.take());
    decref(b.raw.replace(Value::NULL));
}

const fn slots(new: fn(&'static TypeObject, &Args) -> PyResult, init: fn(Ref, &Args) -> PyResult<()>) -> Slots {
    Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        iternext: Some(next),
        traverse: Some(|o, visit| visit(this(o).raw.get())),
        dealloc: Some(dealloc),
        ..Slots::NONE
    }
}

macro_rules! buffered_type {
    ($ty:ident, $name:literal, $kind:expr, $doc:literal, [$($method:expr),* $(,)?]) => {
        pub static $ty: TypeObject = stream_type(&TypeDef {
            name: concat!("_io.", $name),
            base: Some(&iobase::BUFFEREDIOBASE_TYPE),
            basic_size: size_of::<Buffered>(),
            flags: STREAM_FLAGS,
            doc: $doc,
            slots: slots(
                |cls, _| allocate(cls, $kind),
                |o, args| init(o, args, sig!("__init__(raw, buffer_size=131072)"), $kind),
            ),
            methods: &[
                noargs(sig!("detach()"), detach),
                noargs(sig!("close()"), close),
                noargs(sig!("seekable()"), |o| forward(o, istr!("seekable"))),
                noargs(sig!("fileno()"), |o| forward(o, istr!("fileno"))),
                noargs(sig!("isatty()"), |o| forward(o, istr!("isatty"))),
                one(sig!("_dealloc_warn(source, /)"), dealloc_warn),
                noargs(sig!("__reduce__()"), cannot_pickle),
                one(sig!("__reduce_ex__(protocol, /)"), cannot_pickle1),
                noargs(sig!("__sizeof__()"), |o| {
                    Ok(Own::usize(size_of::<Buffered>() + this(o).size.get()))
                }),
                noargs(sig!("flush()"), flush_method),
                noargs(sig!("tell()"), |o| Ok(Own::int(tell(o)?))),
                bound(sig!("seek(target, whence=0, /)"), seek_method),
                bound(sig!("truncate(pos=None, /)"), truncate),
                $($method),*
            ],
            getset: &[
                getter("raw", |o| Ok(field(&this(o).raw).map_or(Own::none(), Ref::own))),
                getter("closed", |o| Ok(Own::bool(closed(o)?))),
                getter("name", |o| protocol::get_attr(raw(o)?, istr!("name"))),
                getter("mode", |o| protocol::get_attr(raw(o)?, istr!("mode"))),
                getset("_finalizing", |o| Ok(Own::bool(this(o).finalizing.get())), |o, v| {
                    this(o).finalizing.set(v.map_or(Ok(false), protocol::truth)?);
                    Ok(())
                }),
            ],
            ..TypeDef::NEW
        });
    };
}

const READABLE: MethodDef = noargs(sig!("readable()"), |o| forward(o, istr!("readable")));
const WRITABLE: MethodDef = noargs(sig!("writable()"), |o| forward(o, istr!("writable")));
const READ: MethodDef = bound(sig!("read(size=-1, /)"), |o, b| read(o, size_arg(b.get(0))?));
const READ1: MethodDef = bound(sig!("read1(size=-1, /)"), |o, b| {
    read1(
        o,
        match b.get(0) {
            Some(v) => int::as_isize(v)?,
            None => -1,
        },
    )
});
const READINTO: MethodDef = one(sig!("readinto(buffer, /)"), |o, v| readinto(o, v, false));
const READINTO1: MethodDef = one(sig!("readinto1(buffer, /)"), |o, v| readinto(o, v, true));
const READLINE: MethodDef = bound(sig!("readline(size=-1, /)"), |o, b| {
    check_closed(o, "readline of closed file")?;
    readline(o, size_arg(b.get(0))?)
});
const PEEK: MethodDef = bound(sig!("peek(size=0, /)"), |o, _| peek(o));
const WRITE: MethodDef = one(sig!("write(buffer, /)"), |o, v| {
    if os_call::is_str(v) {
        return exc::type_error(format_args!("a bytes-like object is required, not 'str'"));
    }
    let data = os_call::content(v)?;
    write(o, &data).map(Own::usize)
});

buffered_type!(
    READER_TYPE,
    "BufferedReader",
    Kind::Reader,
    "Create a new buffered reader using the given readable raw IO object.",
    [READABLE, READ, READ1, READINTO, READINTO1, READLINE, PEEK]
);
buffered_type!(
    WRITER_TYPE,
    "BufferedWriter",
    Kind::Writer,
    "A buffer for a writeable sequential RawIO object.",
    [WRITABLE, WRITE]
);
buffered_type!(
    RANDOM_TYPE,
    "BufferedRandom",
    Kind::Random,
    "A buffered interface to random access streams.",
    [
        READABLE, WRITABLE, READ, READ1, READINTO, READINTO1, READLINE, PEEK, WRITE
    ]
);

fn init(o: Ref, args: &Args, sig: &'static Signature, kind: Kind) -> PyResult<()> {
    call::bind(sig, args, |b| {
        let size = b.get(1).map_or(Ok(DEFAULT_BUFFER_SIZE as isize), int::as_isize)?;
        let r = b.arg(0);
        if kind != Kind::Writer {
            iobase::check_readable(r)?;
        }
        if kind != Kind::Reader {
            iobase::check_writable(r)?;
        }
        if kind == Kind::Random {
            iobase::check_seekable(r)?;
        }
        if size <= 0 {
            return exc::value_error(format_args!("buffer size must be strictly positive"));
        }
        set_up(o, r, kind, size as usize);
        Ok(())
    })
}
fn set_up(o: Ref, r: Ref, kind: Kind, size: usize) {
    let b = this(o);
    set_field(&b.raw, Some(r.own()));
    b.kind.set(kind);
    b.size.set(size);
    b.detached.set(false);
    b.pos.set(0);
    b.ahead.borrow_mut().clear();
    b.pending.borrow_mut().clear();
    b.direct.set(r.is_exact::<FileIo>());
}
/// A buffer of the exact type over a raw stream; CPython's checks are made.
pub fn open(kind: Kind, r: Ref, size: usize) -> PyResult {
    let ty = match kind {
        Kind::Reader => &READER_TYPE,
        Kind::Writer => &WRITER_TYPE,
        Kind::Random => &RANDOM_TYPE,
    };
    if kind == Kind::Random {
        iobase::check_seekable(r)?;
    }
    let o = allocate(ty, kind)?;
    set_up(o.r(), r, kind, size);
    Ok(o)
}
/// Whether writes may go through [`write`] without a method call.
pub fn is_exact_writer(o: Ref) -> bool {
    core::ptr::eq(o.ty(), &WRITER_TYPE)
}
pub fn is_exact_reader(o: Ref) -> bool {
    core::ptr::eq(o.ty(), &READER_TYPE)
}

fn raw(o: Ref<'_>) -> PyResult<Ref<'_>> {
    let b = this(o);
    match field(&b.raw) {
        Some(r) => Ok(r),
        None if b.detached.get() => exc::value_error(format_args!("raw stream has been detached")),
        None => uninitialized(),
    }
}
fn direct(b: &Buffered) -> Option<&FileIo> {
    // SAFETY: `direct` says that the field holds a FileIO.
    b.direct.get().then(|| fileio::this(Ref::from_value(b.raw.get())))
}
fn closed(o: Ref) -> PyResult<bool> {
    let r = raw(o)?;
    match direct(this(o)) {
        Some(f) => Ok(f.fd.get() < 0),
        None => is_closed(r),
    }
}
fn check_closed(o: Ref, message: &str) -> PyResult<()> {
    if closed(o)? {
        return exc::value_error(format_args!("{message}"));
    }
    Ok(())
}
fn forward(o: Ref, name: Ref) -> PyResult {
    call_method(raw(o)?, name, &[])
}

/// No second operation starts while a raw call of this object runs (a signal handler that prints, say).
struct Busy<'a>(&'a Buffered);
impl<'a> Busy<'a> {
    fn enter(o: Ref<'a>) -> PyResult<Busy<'a>> {
        let b = this(o);
        if b.busy.replace(true) {
            let text = protocol::repr(o)?;
            return exc::runtime_error(format_args!(
                "reentrant call inside {}",
                str_::to_string_lossy(text.r())
            ));
        }
        Ok(Busy(b))
    }
}
impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}

// ---- raw calls ----

/// One raw read of at most `n` bytes onto the end of `out`; `None` = would block.
fn raw_read(o: Ref, out: &mut Vec<u8>, n: usize) -> PyResult<Option<usize>> {
    let b = this(o);
    let r = raw(o)?.own();
    let _busy = Busy::enter(o)?;
    if let Some(f) = direct(b) {
        fileio::need_reading(r.r())?;
        if out.try_reserve(n).is_err() {
            return exc::memory_error();
        }
        // SAFETY: spare capacity of the vector.
        let got = fileio::read_into(f, unsafe { out.as_mut_ptr().add(out.len()) }, n)?;
        if let Some(got) = got {
            // SAFETY: filled by the call.
            unsafe { out.set_len(out.len() + got) };
        }
        return Ok(got);
    }
    let array = builtin_call("bytearray", Own::usize(n).r())?;
    let view = memoryview(array.r())?;
    let got = call_method(r.r(), istr!("readinto"), &[view.r()])?;
    drop(call_method(view.r(), istr!("release"), &[])?);
    if got.r().is_none() {
        return Ok(None);
    }
    let count = match int::as_isize(got.r()) {
        Ok(c) => c,
        Err(e) => {
            let cause = exc::caught(e);
            let made = exc::raise::<()>(&exc::types::OS_ERROR, format_args!("raw readinto() failed"));
            if made.is_err()
                && let Some(e) = exc::take()
            {
                set_field(&exc::types::cast(e.r()).cause, Some(cause));
                exc::types::cast(e.r()).suppress_context.set(true);
                return exc::restore(e);
            }
            return Err(Raised);
        }
    };
    if count < 0 || count as usize > n {
        return exc::raise(
            &exc::types::OS_ERROR,
            format_args!("raw readinto() returned invalid length {count} (should have been between 0 and {n})"),
        );
    }
    let all = os_call::content(array.r())?;
    out.extend_from_slice(&all[..(count as usize).min(all.len())]);
    Ok(Some(count as usize))
}
/// One raw write; `None` = would block.
fn raw_write(o: Ref, data: &[u8]) -> PyResult<Option<usize>> {
    let b = this(o);
    let r = raw(o)?.own();
    let _busy = Busy::enter(o)?;
    if let Some(f) = direct(b) {
        fileio::need_writing(r.r())?;
        return fileio::write_from(f, data);
    }
    let view = memoryview(bytes::from_slice(data)?.r())?;
    let got = call_method(r.r(), istr!("write"), &[view.r()])?;
    if got.r().is_none() {
        return Ok(None);
    }
    let count = int::as_isize(got.r())?;
    if count < 0 || count as usize > data.len() {
        return exc::raise(
            &exc::types::OS_ERROR,
            format_args!(
                "raw write() returned invalid length {count} (should have been between 0 and {})",
                data.len()
            ),
        );
    }
    Ok(Some(count as usize))
}
fn raw_tell(o: Ref) -> PyResult<i64> {
    let n = match direct(this(o)) {
        Some(f) if f.fd.get() >= 0 => fileio::seek_to(f, 0, 1)?,
        _ => int::as_i64(call_method(raw(o)?, istr!("tell"), &[])?.r())?,
    };
    if n < 0 {
        return exc::raise(
            &exc::types::OS_ERROR,
            format_args!("Raw stream returned invalid position {n}"),
        );
    }
    Ok(n)
}
fn raw_seek(o: Ref, pos: i64, whence: i32) -> PyResult<i64> {
    let n = match direct(this(o)) {
        Some(f) if f.fd.get() >= 0 => fileio::seek_to(f, pos, whence)?,
        _ => int::as_i64(seek(raw(o)?, pos, whence)?.r())?,
    };
    if n < 0 {
        return exc::raise(
            &exc::types::OS_ERROR,
            format_args!("Raw stream returned invalid position {n}"),
        );
    }
    Ok(n)
}

// ---- writing ----

/// Writes out what is pending (CPython: _bufferedwriter_flush_unlocked).
pub fn flush_pending(o: Ref) -> PyResult<()> {
    let b = this(o);
    if b.pending.borrow().is_empty() {
        return Ok(());
    }
    let data = b.pending.take();
    let mut done = 0;
    let r = loop {
        if done == data.len() {
            break Ok(());
        }
        match raw_write(o, &data[done..]) {
            Ok(Some(n)) => done += n,
            Ok(None) => break blocking("write could not complete without blocking", 0),
            Err(e) => break Err(e),
        }
    };
    let mut now = b.pending.borrow_mut();
    let added = core::mem::take(&mut *now);
    *now = data;
    now.drain(..done);
    now.extend_from_slice(&added);
    r
}
/// Goes back over what was read ahead, so that the raw position is the stream's (CPython: buffered_flush_and_rewind_unlocked).
fn flush_and_rewind(o: Ref) -> PyResult<()> {
    flush_pending(o)?;
    rewind(o)
}
fn rewind(o: Ref) -> PyResult<()> {
    let b = this(o);
    let rest = available(b);
    if rest > 0 {
        raw_seek(o, -(rest as i64), 1)?;
    }
    drop_ahead(b);
    Ok(())
}
fn available(b: &Buffered) -> usize {
    b.ahead.borrow().len() - b.pos.get()
}
fn drop_ahead(b: &Buffered) {
    b.ahead.borrow_mut().clear();
    b.pos.set(0);
}

/// CPython: _io_BufferedWriter_write_impl.
pub fn write(o: Ref, data: &[u8]) -> PyResult<usize> {
    raw(o)?;
    let b = this(o);
    if b.busy.get() {
        drop(Busy::enter(o)?);
    }
    check_closed(o, "write to closed file")?;
    if b.kind.get() == Kind::Random && !b.ahead.borrow().is_empty() {
        rewind(o)?;
    }
    let size = b.size.get();
    let have = b.pending.borrow().len();
    if have + data.len() <= size {
        let mut p = b.pending.borrow_mut();
        if p.capacity() == 0 && data.len() * 4 > size {
            p.reserve_exact(size);
        }
        p.extend_from_slice(data);
        return Ok(data.len());
    }
    if let Err(e) = flush_pending(o) {
        if !exc::raised_is(&exc::types::BLOCKING_IO_ERROR) {
            return Err(e);
        }
        // What still fits is kept; the error tells how much that was.
        let room = size.saturating_sub(b.pending.borrow().len());
        if data.len() <= room {
            drop(exc::take());
            b.pending.borrow_mut().extend_from_slice(data);
            return Ok(data.len());
        }
        b.pending.borrow_mut().extend_from_slice(&data[..room]);
        drop(exc::take());
        return blocking("write could not complete without blocking", room);
    }
    let mut done = 0;
    while data.len() - done > size {
        match raw_write(o, &data[done..])? {
            Some(n) => done += n,
            None => {
                let room = size.min(data.len() - done);
                b.pending.borrow_mut().extend_from_slice(&data[done..done + room]);
                return blocking("write could not complete without blocking", done + room);
            }
        }
    }
    b.pending.borrow_mut().extend_from_slice(&data[done..]);
    Ok(data.len())
}

fn flush_method(o: Ref) -> PyResult {
    if this(o).kind.get() == Kind::Reader {
        raw(o)?;
        check_closed(o, "flush of closed file")?;
        return call_method(raw(o)?, istr!("flush"), &[]);
    }
    flush(o)?;
    Ok(Own::none())
}
pub fn flush(o: Ref) -> PyResult<()> {
    check_closed(o, "flush of closed file")?;
    flush_pending(o)?;
    if this(o).kind.get() == Kind::Random {
        rewind(o)?;
    }
    Ok(())
}

// ---- reading ----

/// Before reading, what was written goes out.
fn before_read(o: Ref) -> PyResult<()> {
    if this(o).kind.get() == Kind::Random {
        flush_pending(o)?;
    }
    Ok(())
}
/// Takes up to `n` bytes that are there.
fn take(b: &Buffered, n: usize, out: &mut Vec<u8>) -> usize {
    let ahead = b.ahead.borrow();
    let from = &ahead[b.pos.get()..];
    let n = n.min(from.len());
    out.extend_from_slice(&from[..n]);
    b.pos.set(b.pos.get() + n);
    n
}
/// Fills the empty read-ahead with one raw read; `None` = would block.
fn fill(o: Ref) -> PyResult<Option<usize>> {
    let b = this(o);
    let mut v = b.ahead.take();
    v.clear();
    b.pos.set(0);
    let r = raw_read(o, &mut v, b.size.get());
    *b.ahead.borrow_mut() = v;
    r
}

/// CPython: _io__Buffered_read_impl.
pub fn read(o: Ref, n: isize) -> PyResult {
    raw(o)?;
    if n < -1 {
        return exc::value_error(format_args!("read length must be non-negative or -1"));
    }
    check_closed(o, "read of closed file")?;
    before_read(o)?;
    if n < 0 {
        return read_all(o);
    }
    let b = this(o);
    let n = n as usize;
    if available(b) >= n {
        let ahead = b.ahead.borrow();
        let at = b.pos.get();
        b.pos.set(at + n);
        return bytes::from_slice(&ahead[at..at + n]);
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(n).is_err() {
        return exc::memory_error();
    }
    take(b, n, &mut out);
    drop_ahead(b);
    while out.len() < n {
        let rest = n - out.len();
        // Whole blocks go straight to the result.
        let got = if rest >= b.size.get() {
            let whole = rest - rest % b.size.get();
            raw_read(o, &mut out, whole)?
        } else {
            let got = fill(o)?;
            take(b, rest, &mut out);
            got
        };
        match got {
            None if out.is_empty() => return Ok(Own::none()),
            None | Some(0) => break,
            Some(_) => {}
        }
    }
    bytes::from_slice(&out)
}

/// CPython: _bufferedreader_read_all.
fn read_all(o: Ref) -> PyResult {
    let b = this(o);
    let mut out = Vec::new();
    take(b, usize::MAX, &mut out);
    drop_ahead(b);
    if let Some(f) = direct(b) {
        fileio::need_reading(raw(o)?)?;
        let rest = {
            let _busy = Busy::enter(o)?;
            fileio::read_rest(f)?
        };
        return match rest {
            None if out.is_empty() => Ok(Own::none()),
            None => bytes::from_slice(&out),
            Some(v) if out.is_empty() => bytes::from_slice(&v),
            Some(v) => {
                out.extend_from_slice(&v);
                bytes::from_slice(&out)
            }
        };
    }
    let r = raw(o)?.own();
    if let Some(readall) = protocol::get_attr_opt(r.r(), istr!("readall"))? {
        let rest = call::call0(readall.r())?;
        if rest.r().is_none() {
            return if out.is_empty() {
                Ok(rest)
            } else {
                bytes::from_slice(&out)
            };
        }
        if !rest.r().ty().has(type_flag::BYTES) {
            return exc::type_error(format_args!("readall() should return bytes"));
        }
        if out.is_empty() {
            return Ok(rest);
        }
        out.extend_from_slice(bytes::as_slice(rest.r()));
        return bytes::from_slice(&out);
    }
    loop {
        let data = call_method(r.r(), istr!("read"), &[])?;
        if data.r().is_none() {
            return if out.is_empty() {
                Ok(data)
            } else {
                bytes::from_slice(&out)
            };
        }
        if !data.r().ty().has(type_flag::BYTES) {
            return exc::type_error(format_args!("read() should return bytes"));
        }
        let s = bytes::as_slice(data.r());
        if s.is_empty() {
            return bytes::from_slice(&out);
        }
        out.extend_from_slice(s);
    }
}

/// At most one raw read.
pub fn read1(o: Ref, n: isize) -> PyResult {
    raw(o)?;
    let b = this(o);
    let n = if n < 0 { b.size.get() } else { n as usize };
    check_closed(o, "read of closed file")?;
    if n == 0 {
        return empty_bytes();
    }
    let have = available(b);
    if have > 0 {
        let n = n.min(have);
        let ahead = b.ahead.borrow();
        let at = b.pos.get();
        b.pos.set(at + n);
        return bytes::from_slice(&ahead[at..at + n]);
    }
    before_read(o)?;
    drop_ahead(b);
    let mut out = Vec::new();
    match raw_read(o, &mut out, n)? {
        None => empty_bytes(),
        Some(_) => bytes::from_slice(&out),
    }
}

fn readinto(o: Ref, v: Ref, only_once: bool) -> PyResult {
    raw(o)?;
    check_closed(o, "readinto of closed file")?;
    let what = if only_once {
        "readinto1() argument"
    } else {
        "readinto() argument"
    };
    let target = os_call::writable(v, what)?;
    let room = target.len();
    before_read(o)?;
    let b = this(o);
    let mut out = Vec::new();
    take(b, room, &mut out);
    let mut blocked = false;
    while out.len() < room {
        if only_once && !out.is_empty() {
            break;
        }
        drop_ahead(b);
        let rest = room - out.len();
        let got = if rest > b.size.get() {
            raw_read(o, &mut out, rest)?
        } else {
            let got = fill(o)?;
            take(b, rest, &mut out);
            got
        };
        match got {
            None => {
                blocked = true;
                break;
            }
            Some(0) => break,
            Some(_) if only_once => break,
            Some(_) => {}
        }
    }
    if blocked && out.is_empty() {
        return Ok(Own::none());
    }
    Ok(Own::usize(target.put(&out)))
}

fn peek(o: Ref) -> PyResult {
    raw(o)?;
    check_closed(o, "peek of closed file")?;
    before_read(o)?;
    let b = this(o);
    if available(b) == 0 {
        fill(o)?;
    }
    bytes::from_slice(&b.ahead.borrow()[b.pos.get()..])
}

/// CPython: _buffered_readline.
fn readline(o: Ref, limit: isize) -> PyResult {
    let b = this(o);
    let limit = if limit < 0 { usize::MAX } else { limit as usize };
    {
        let ahead = b.ahead.borrow();
        let at = b.pos.get();
        let window = &ahead[at..ahead.len().min(at.saturating_add(limit))];
        if let Some(i) = iobase::memchr(b'\n', window) {
            b.pos.set(at + i + 1);
            return bytes::from_slice(&window[..=i]);
        }
        if window.len() == limit {
            b.pos.set(at + limit);
            return bytes::from_slice(window);
        }
    }
    before_read(o)?;
    let mut out = Vec::new();
    take(b, usize::MAX, &mut out);
    while out.len() < limit {
        match fill(o)? {
            None | Some(0) => break,
            Some(_) => {}
        }
        let rest = limit - out.len();
        let n = {
            let ahead = b.ahead.borrow();
            let window = &ahead[..ahead.len().min(rest)];
            iobase::memchr(b'\n', window).map(|i| i + 1)
        };
        match n {
            Some(n) => {
                take(b, n, &mut out);
                break;
            }
            None => {
                take(b, rest, &mut out);
            }
        }
    }
    bytes::from_slice(&out)
}
fn next(o: Ref) -> PyResult<Option<Own>> {
    raw(o)?;
    let exact = core::ptr::eq(o.ty(), &READER_TYPE) || core::ptr::eq(o.ty(), &RANDOM_TYPE);
    let line = if exact {
        check_closed(o, "readline of closed file")?;
        readline(o, -1)?
    } else {
        let line = call_method(o, istr!("readline"), &[])?;
        if !line.r().ty().has(type_flag::BYTES) {
            return exc::raise(
                &exc::types::OS_ERROR,
                format_args!(
                    "readline() should have returned a bytes object, not '{}'",
                    line.r().ty().name()
                ),
            );
        }
        line
    };
    Ok(if bytes::as_slice(line.r()).is_empty() {
        None
    } else {
        Some(line)
    })
}

// ---- position ----

fn tell(o: Ref) -> PyResult<i64> {
    raw(o)?;
    let b = this(o);
    let pos = raw_tell(o)?;
    let pos = pos - available(b) as i64 + b.pending.borrow().len() as i64;
    Ok(pos.max(0))
}

fn seek_method(o: Ref, a: &Bound) -> PyResult {
    let whence = a.get(1).map_or(Ok(0), os_call::c_int)?;
    if !(0..=4).contains(&whence) {
        return exc::value_error(format_args!("whence value {whence} unsupported"));
    }
    raw(o)?;
    check_closed(o, "seek of closed file")?;
    iobase::check_seekable(raw(o)?)?;
    let mut target = offset_arg(a.arg(0))?;
    let b = this(o);
    if whence <= 1 && b.kind.get() != Kind::Writer {
        // Inside what was read ahead no system call is needed beyond the question where we are.
        let here = raw_tell(o)?;
        let (at, all) = (b.pos.get() as i64, b.ahead.borrow().len() as i64);
        if all > at {
            let offset = match whence {
                0 => target - (here - (all - at)),
                _ => target,
            };
            if offset >= -at && offset <= all - at {
                b.pos.set((at + offset) as usize);
                return Ok(Own::int(here - (all - at) + offset));
            }
        }
    }
    flush_pending(o)?;
    if whence == 1 {
        target -= available(b) as i64;
    }
    let n = raw_seek(o, target, whence)?;
    drop_ahead(b);
    Ok(Own::int(n))
}

fn truncate(o: Ref, a: &Bound) -> PyResult {
    raw(o)?;
    check_closed(o, "truncate of closed file")?;
    if this(o).kind.get() == Kind::Reader {
        return unsupported("truncate");
    }
    flush_and_rewind(o)?;
    let none = Own::none();
    call_method(raw(o)?, istr!("truncate"), &[a.get(0).unwrap_or(none.r())])
}

// ---- ends ----

fn detach(o: Ref) -> PyResult {
    raw(o)?;
    call_method(o, istr!("flush"), &[])?;
    let b = this(o);
    let r = raw(o)?.own();
    set_field(&b.raw, None);
    b.direct.set(false);
    b.detached.set(true);
    Ok(r)
}

fn dealloc_warn(o: Ref, source: Ref) -> PyResult {
    if let Some(r) = field(&this(o).raw) {
        if call_method(r, istr!("_dealloc_warn"), &[source]).is_err() {
            drop(exc::take());
        }
    }
    Ok(Own::none())
}

/// CPython: _io__Buffered_close_impl.
fn close(o: Ref) -> PyResult {
    let r = raw(o)?.own();
    if closed(o)? {
        return Ok(Own::none());
    }
    if this(o).finalizing.get() {
        dealloc_warn(o, o)?;
    }
    let flushed = call_method(o, istr!("flush"), &[]).map_err(exc::caught);
    let ended = call_method(r.r(), istr!("close"), &[]);
    this(o).ahead.borrow_mut().clear();
    this(o).pos.set(0);
    match (flushed, ended) {
        (Ok(_), ended) => ended,
        (Err(first), Ok(_)) => exc::restore(first),
        (Err(first), Err(_)) => {
            chain(first)?;
            Err(Raised)
        }
    }
}

fn repr(o: Ref) -> PyResult {
    let ty = o.ty();
    let name = if ty.is_heap() {
        ty.name().to_owned()
    } else {
        ty.full_name().to_owned()
    };
    Ok(Own::str(&match name_repr(o)? {
        Some(n) => format!("<{name} name={n}>"),
        None => format!("<{name}>"),
    }))
}
/// Whether an exact writer is closed, without an attribute lookup.
pub fn is_closed_writer(o: Ref) -> PyResult<bool> {
    closed(o)
}
