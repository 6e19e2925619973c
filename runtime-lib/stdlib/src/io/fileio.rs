//! `FileIO`: a file descriptor (CPython: Modules/_io/fileio.c).
use super::*;
use crate::os_call::{check, retry};
use crate::stream_object;
use pyaot_core::exc::os_error::{last_errno, raise_errno};

#[repr(C)]
pub struct FileIo {
    io: IoObject,
    pub fd: Cell<i32>,
    created: Cell<bool>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    appending: Cell<bool>,
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    /// 0 = not asked yet, 1 = no, 2 = yes.
    seekable: Cell<u8>,
    block: Cell<u32>,
}
stream_object!(FileIo, FILEIO_TYPE);

pub static FILEIO_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.FileIO",
    base: Some(&iobase::RAWIOBASE_TYPE),
    basic_size: size_of::<FileIo>(),
    flags: STREAM_FLAGS,
    doc: "Open a file.",
    slots: Slots {
        new: Some(|cls, _| allocate(cls)),
        init: Some(init),
        repr: Some(repr),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let f = unsafe { &*p.cast::<FileIo>() };
            if f.fd.get() >= 0 && f.closefd.get() {
                // SAFETY: the descriptor is this object's.
                unsafe { libc::close(f.fd.get()) };
            }
        }),
        ..Slots::NONE
    },
    methods: &[
        bound(sig!("read(size=-1, /)"), |o, b| read(o, size_arg(b.get(0))?)),
        noargs(sig!("readall()"), |o| {
            descriptor(o)?;
            read_all(o)
        }),
        one(sig!("readinto(buffer, /)"), readinto),
        one(sig!("write(b, /)"), write),
        bound(sig!("seek(pos, whence=0, /)"), |o, b| {
            descriptor(o)?;
            let whence = b.get(1).map_or(Ok(0), os_call::c_int)?;
            Ok(Own::int(seek_to(this(o), offset_arg(b.arg(0))?, whence)?))
        }),
        noargs(sig!("tell()"), |o| {
            descriptor(o)?;
            Ok(Own::int(seek_to(this(o), 0, 1)?))
        }),
        bound(sig!("truncate(size=None, /)"), truncate),
        noargs(sig!("close()"), close),
        noargs(sig!("seekable()"), |o| {
            descriptor(o)?;
            Ok(Own::bool(seekable(this(o))))
        }),
        noargs(sig!("readable()"), |o| {
            descriptor(o)?;
            Ok(Own::bool(this(o).readable.get()))
        }),
        noargs(sig!("writable()"), |o| {
            descriptor(o)?;
            Ok(Own::bool(this(o).writable.get()))
        }),
        noargs(sig!("fileno()"), |o| Ok(Own::int(descriptor(o)? as i64))),
        noargs(sig!("isatty()"), |o| {
            // SAFETY: any descriptor may be asked.
            Ok(Own::bool(unsafe { libc::isatty(descriptor(o)?) } == 1))
        }),
        noargs(sig!("_isatty_open_only()"), |o| Ok(Own::bool(is_terminal(o)?))),
        one(sig!("_dealloc_warn(source, /)"), |o, source| {
            dealloc_warn(this(o), source);
            Ok(Own::none())
        }),
        noargs(sig!("__reduce__()"), cannot_pickle),
        one(sig!("__reduce_ex__(protocol, /)"), cannot_pickle1),
    ],
    getset: &[
        getter("closed", |o| Ok(Own::bool(this(o).fd.get() < 0))),
        getter("closefd", |o| Ok(Own::bool(this(o).closefd.get()))),
        getter("mode", |o| Ok(Own::str(mode_text(this(o))))),
        getter("_blksize", |o| Ok(Own::int(this(o).block.get() as i64))),
        getset(
            "_finalizing",
            |o| Ok(Own::bool(this(o).finalizing.get())),
            |o, v| {
                this(o).finalizing.set(v.map_or(Ok(false), protocol::truth)?);
                Ok(())
            },
        ),
    ],
    ..TypeDef::NEW
});

fn allocate(cls: &'static TypeObject) -> PyResult {
    alloc::object_of(cls, |header| FileIo {
        io: IoObject::new(header),
        fd: Cell::new(-1),
        created: Cell::new(false),
        readable: Cell::new(false),
        writable: Cell::new(false),
        appending: Cell::new(false),
        closefd: Cell::new(true),
        finalizing: Cell::new(false),
        seekable: Cell::new(0),
        block: Cell::new(DEFAULT_BUFFER_SIZE as u32),
    })
}

#[cold]
fn closed<R>() -> PyResult<R> {
    exc::value_error(format_args!("I/O operation on closed file"))
}
fn descriptor(o: Ref) -> PyResult<i32> {
    match this(o).fd.get() {
        fd @ 0.. => Ok(fd),
        _ => closed(),
    }
}
fn need(allowed: bool, word: &str) -> PyResult<()> {
    if allowed {
        Ok(())
    } else {
        unsupported(&format!("File not open for {word}"))
    }
}

/// A FileIO of the exact type.
pub fn open(file: Ref, mode: &str, closefd: bool, opener: Option<Ref>) -> PyResult {
    let f = allocate(&FILEIO_TYPE)?;
    set_up(f.r(), file, mode, closefd, opener)?;
    Ok(f)
}
/// For the standard streams: an open descriptor, not closed with the object.
pub fn of_descriptor(fd: i32, write: bool, name: Own) -> PyResult {
    let o = allocate(&FILEIO_TYPE)?;
    let f = this(o.r());
    f.closefd.set(false);
    f.fd.set(fd);
    f.readable.set(!write);
    f.writable.set(write);
    protocol::set_attr(o.r(), istr!("name"), Some(name.r()))?;
    Ok(o)
}

fn init(o: Ref, args: &Args) -> PyResult<()> {
    let sig = sig!("FileIO(file, mode='r', closefd=True, opener=None)");
    call::bind(sig, args, |b| {
        let mode = match b.get(1) {
            None => "r".to_owned(),
            Some(m) if os_call::is_str(m) => str_::to_string_lossy(m),
            Some(m) => {
                return exc::type_error(format_args!(
                    "FileIO() argument 'mode' must be str, not {}",
                    pyaot_core::call::convert::type_name(m)
                ));
            }
        };
        let closefd = b.get(2).map_or(Ok(true), protocol::truth)?;
        set_up(o, b.arg(0), &mode, closefd, b.get_not_none(3))
    })
}

fn set_up(o: Ref, file: Ref, mode: &str, closefd: bool, opener: Option<Ref>) -> PyResult<()> {
    let f = this(o);
    if f.fd.get() >= 0 {
        let old = f.fd.replace(-1);
        if f.closefd.get() {
            // SAFETY: the descriptor was this object's.
            unsafe { libc::close(old) };
        }
    }
    let mut fd = -1;
    let by_number = !os_call::is_str(file) && !os_call::is_bytes(file) && file.ty().slots().nb_index.is_some();
    let mut path = None;
    if by_number {
        fd = os_call::c_int(file)?;
        if fd < 0 {
            return exc::value_error(format_args!("negative file descriptor"));
        }
    } else {
        path = Some(os_call::fs_path(file)?);
    }
    let (mut kinds, mut plus) = (0, 0);
    let mut flags = 0;
    f.readable.set(false);
    f.writable.set(false);
    f.created.set(false);
    f.appending.set(false);
    for c in mode.chars() {
        kinds += matches!(c, 'x' | 'r' | 'w' | 'a') as u32;
        match c {
            'x' => {
                f.created.set(true);
                f.writable.set(true);
                flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => f.readable.set(true),
            'w' => {
                f.writable.set(true);
                flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                f.writable.set(true);
                f.appending.set(true);
                flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' => plus += 1,
            _ => return exc::value_error(format_args!("invalid mode: {mode}")),
        }
    }
    if kinds != 1 || plus > 1 {
        return exc::value_error(format_args!(
            "Must have exactly one of create/read/write/append mode and at most one plus"
        ));
    }
    if plus == 1 {
        f.readable.set(true);
        f.writable.set(true);
    }
    flags |= match (f.readable.get(), f.writable.get()) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    } | libc::O_CLOEXEC;
    f.seekable.set(0);
    if let Some(path) = path {
        f.closefd.set(closefd);
        if !closefd {
            return exc::value_error(format_args!("Cannot use closefd=False with file name"));
        }
        match opener {
            None => {
                // SAFETY: a NUL-terminated name.
                match retry(|| unsafe { libc::open(path.ptr(), flags, 0o666) } as isize)? {
                    Ok(n) => f.fd.set(n as i32),
                    Err(e) => return raise_errno(e, Some(file), None),
                }
            }
            Some(opener) => {
                let r = call2(opener, file, Own::int(flags as i64).r())?;
                if !r.r().ty().has(type_flag::INT) {
                    return exc::type_error(format_args!("expected integer from opener"));
                }
                let n = os_call::c_int(r.r())?;
                if n < 0 {
                    return exc::value_error(format_args!("opener returned {n}"));
                }
                f.fd.set(n);
                // SAFETY: plain descriptor flag calls.
                unsafe {
                    let old = libc::fcntl(n, libc::F_GETFD);
                    libc::fcntl(n, libc::F_SETFD, old | libc::FD_CLOEXEC);
                }
            }
        }
    } else {
        f.closefd.set(closefd);
        f.fd.set(fd);
    }
    let failed = |e: Option<i32>| -> PyResult<()> {
        // A descriptor that was handed in stays open.
        let fd = f.fd.replace(-1);
        if !by_number {
            // SAFETY: opened above.
            unsafe { libc::close(fd) };
        }
        match e {
            Some(e) => raise_errno(e, Some(file), None),
            None => Err(Raised),
        }
    };
    // SAFETY: zeroed plain data, filled by the call.
    let mut st: libc::stat = unsafe { core::mem::zeroed() };
    if unsafe { libc::fstat(f.fd.get(), &mut st) } < 0 {
        if last_errno() == libc::EBADF {
            f.fd.set(-1);
            return raise_errno(libc::EBADF, None, None);
        }
    } else {
        if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
            return failed(Some(libc::EISDIR));
        }
        if st.st_blksize > 1 {
            f.block
                .set((st.st_blksize as usize).clamp(DEFAULT_BUFFER_SIZE, 8 << 20) as u32);
        }
    }
    if protocol::set_attr(o, istr!("name"), Some(file)).is_err() {
        return failed(None);
    }
    if f.appending.get() {
        // SAFETY: plain call; pipes refuse it.
        let r = unsafe { libc::lseek(f.fd.get(), 0, libc::SEEK_END) };
        if r < 0 && last_errno() != libc::ESPIPE {
            return failed(Some(last_errno()));
        }
    }
    Ok(())
}

pub fn is_terminal(o: Ref) -> PyResult<bool> {
    if o.is_exact::<FileIo>() {
        // Only character devices can be terminals.
        // SAFETY: zeroed plain data, filled by the call.
        let mut st: libc::stat = unsafe { core::mem::zeroed() };
        let fd = descriptor(o)?;
        // SAFETY: plain calls.
        return Ok(unsafe {
            libc::fstat(fd, &mut st) == 0 && st.st_mode & libc::S_IFMT == libc::S_IFCHR && libc::isatty(fd) == 1
        });
    }
    asks(o, istr!("isatty"))
}
pub fn block_size(o: Ref) -> usize {
    this(o).block.get() as usize
}

fn mode_text(f: &FileIo) -> &'static str {
    match (f.created.get(), f.appending.get(), f.readable.get(), f.writable.get()) {
        (true, _, true, _) => "xb+",
        (true, ..) => "xb",
        (_, true, true, _) => "ab+",
        (_, true, ..) => "ab",
        (_, _, true, true) => "rb+",
        (_, _, true, false) => "rb",
        _ => "wb",
    }
}

fn repr(o: Ref) -> PyResult {
    let f = this(o);
    let ty = o.ty().full_name();
    let ty = if o.ty().is_heap() {
        ty.to_owned()
    } else {
        "_io.FileIO".to_owned()
    };
    if f.fd.get() < 0 {
        return Ok(Own::str(&format!("<{ty} [closed]>")));
    }
    let closefd = if f.closefd.get() { "True" } else { "False" };
    let what = match name_repr(o)? {
        Some(n) => format!("name={n}"),
        None => format!("fd={}", f.fd.get()),
    };
    Ok(Own::str(&format!(
        "<{ty} {what} mode='{}' closefd={closefd}>",
        mode_text(f)
    )))
}

/// One read into `out`; `None` = would block.
pub fn read_into(f: &FileIo, out: *mut u8, n: usize) -> PyResult<Option<usize>> {
    let fd = f.fd.get();
    // SAFETY: the caller gives room for `n` bytes.
    match retry(|| unsafe { libc::read(fd, out.cast(), n.min(0x7fff_f000)) })? {
        Ok(n) => Ok(Some(n)),
        Err(libc::EAGAIN) => Ok(None),
        Err(e) => raise_errno(e, None, None),
    }
}
/// One write; `None` = would block.
pub fn write_from(f: &FileIo, data: &[u8]) -> PyResult<Option<usize>> {
    let fd = f.fd.get();
    // SAFETY: the slice is readable.
    match retry(|| unsafe { libc::write(fd, data.as_ptr().cast(), data.len().min(0x7fff_f000)) })? {
        Ok(n) => Ok(Some(n)),
        Err(libc::EAGAIN) => Ok(None),
        Err(e) => raise_errno(e, None, None),
    }
}
pub fn need_reading(o: Ref) -> PyResult<()> {
    descriptor(o)?;
    need(this(o).readable.get(), "reading")
}
pub fn need_writing(o: Ref) -> PyResult<()> {
    descriptor(o)?;
    need(this(o).writable.get(), "writing")
}

fn read(o: Ref, n: isize) -> PyResult {
    need_reading(o)?;
    if n < 0 {
        return read_all(o);
    }
    let mut v: Vec<u8> = Vec::new();
    if v.try_reserve_exact(n as usize).is_err() {
        return exc::memory_error();
    }
    match read_into(this(o), v.as_mut_ptr(), n as usize)? {
        None => Ok(Own::none()),
        Some(got) => {
            // SAFETY: the call filled `got` bytes.
            unsafe { v.set_len(got) };
            bytes::from_slice(&v)
        }
    }
}
/// Everything up to the end of the file (CPython: _io_FileIO_readall_impl).
pub fn read_all(o: Ref) -> PyResult {
    need_reading(o)?;
    match read_rest(this(o))? {
        Some(v) => bytes::from_slice(&v),
        None => Ok(Own::none()),
    }
}
pub fn read_rest(f: &FileIo) -> PyResult<Option<Vec<u8>>> {
    // SAFETY: zeroed plain data, filled by the call.
    let mut st: libc::stat = unsafe { core::mem::zeroed() };
    // SAFETY: plain calls on a descriptor.
    let size = unsafe {
        if libc::fstat(f.fd.get(), &mut st) == 0 && st.st_size > 0 {
            let pos = libc::lseek(f.fd.get(), 0, libc::SEEK_CUR);
            (st.st_size - pos.max(0)).max(0) as usize + 1
        } else {
            DEFAULT_BUFFER_SIZE
        }
    };
    let mut v: Vec<u8> = Vec::new();
    let mut room = size;
    loop {
        if v.len() == v.capacity() {
            if v.try_reserve(room).is_err() {
                return exc::memory_error();
            }
            room = (v.capacity() / 2).max(DEFAULT_BUFFER_SIZE);
        }
        let n = v.capacity() - v.len();
        // SAFETY: spare capacity of the vector.
        match read_into(f, unsafe { v.as_mut_ptr().add(v.len()) }, n)? {
            None if v.is_empty() => return Ok(None),
            None | Some(0) => return Ok(Some(v)),
            // SAFETY: filled by the call.
            Some(got) => unsafe { v.set_len(v.len() + got) },
        }
    }
}

fn readinto(o: Ref, v: Ref) -> PyResult {
    need_reading(o)?;
    let room = os_call::writable(v, "readinto() argument 1")?;
    let r = room.with(|p, n| read_into(this(o), p, n))?;
    Ok(r.map_or(Own::none(), Own::usize))
}
fn write(o: Ref, v: Ref) -> PyResult {
    need_writing(o)?;
    let data = os_call::content(v)?;
    Ok(write_from(this(o), &data)?.map_or(Own::none(), Own::usize))
}

pub fn seek_to(f: &FileIo, pos: i64, whence: i32) -> PyResult<i64> {
    // SAFETY: plain call.
    let r = unsafe { libc::lseek(f.fd.get(), pos, whence) };
    if f.seekable.get() == 0 {
        f.seekable.set(if r >= 0 { 2 } else { 1 });
    }
    if r < 0 {
        return os_call::raise_last();
    }
    Ok(r)
}
pub fn seekable(f: &FileIo) -> bool {
    if f.seekable.get() == 0 {
        // SAFETY: plain call.
        let r = unsafe { libc::lseek(f.fd.get(), 0, libc::SEEK_CUR) };
        f.seekable.set(if r >= 0 { 2 } else { 1 });
    }
    f.seekable.get() == 2
}

fn truncate(o: Ref, b: &Bound) -> PyResult {
    need_writing(o)?;
    let f = this(o);
    let size = match b.get_not_none(0) {
        Some(v) => offset_arg(v)?,
        None => seek_to(f, 0, 1)?,
    };
    // SAFETY: plain call.
    check(|| unsafe { libc::ftruncate(f.fd.get(), size) } as isize)?;
    Ok(Own::int(size))
}

fn dealloc_warn(f: &FileIo, source: Ref) {
    if f.fd.get() >= 0 && f.closefd.get() {
        let pending = exc::take();
        let text = protocol::repr(source).map(|r| str_::to_string_lossy(r.r()));
        if let Ok(text) = text {
            if pyaot_core::warn::resource(source, format_args!("unclosed file {text}")).is_err()
                && exc::raised_is(&exc::types::WARNING)
            {
                exc::unraisable::write("Exception ignored in", Some(source));
            }
        }
        drop(exc::take());
        if let Some(e) = pending {
            let _ = exc::restore::<()>(e);
        }
    }
}

fn close(o: Ref) -> PyResult {
    let f = this(o);
    let base = iobase::close(o).map_err(exc::caught);
    if !f.closefd.get() {
        f.fd.set(-1);
    } else {
        if f.finalizing.get() {
            dealloc_warn(f, o);
        }
        let fd = f.fd.replace(-1);
        // SAFETY: the descriptor is this object's and is given up.
        if fd >= 0 && unsafe { libc::close(fd) } < 0 {
            let Err(Raised) = os_call::raise_last::<()>() else {
                return Ok(Own::none());
            };
            return match base {
                Err(first) => chain(first).map(|()| Own::none()),
                Ok(_) => Err(Raised),
            };
        }
    }
    match base {
        Ok(_) => Ok(Own::none()),
        Err(e) => exc::restore(e),
    }
}
