//! Directories: `listdir`, `scandir` with `DirEntry`, and the calls that make and remove names.
use super::stat::{self, done};
use super::{dir_fd, follow, path, path_maybe_fd};
use crate::os_call::{self, Path, fs_decode};
use pyaot_core::call::convert::c_int;
use pyaot_core::exc::os_error::{last_errno, raise_errno};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, bytes};
use pyaot_core::{istr, typeobj};

/// An open directory stream.
struct Stream(*mut libc::DIR);
impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: opened by `open`.
        unsafe { libc::closedir(self.0) };
    }
}
fn open(p: &Path) -> PyResult<Stream> {
    // SAFETY: a name that ends with NUL, or a copy of a descriptor that the stream owns from then on.
    let d = unsafe {
        match p.fd {
            Some(fd) => {
                let copy = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
                if copy < 0 {
                    return raise_errno(last_errno(), Some(p.r()), None);
                }
                let d = libc::fdopendir(copy);
                if d.is_null() {
                    let e = last_errno();
                    libc::close(copy);
                    return raise_errno(e, Some(p.r()), None);
                }
                libc::rewinddir(d);
                d
            }
            None => libc::opendir(p.ptr()),
        }
    };
    if d.is_null() {
        return raise_errno(last_errno(), if p.r().is_none() { None } else { Some(p.r()) }, None);
    }
    Ok(Stream(d))
}
/// Name, type and inode of the next entry, `.` and `..` left out.
fn read(d: &Stream, p: &Path) -> PyResult<Option<(Vec<u8>, u8, u64)>> {
    loop {
        // SAFETY: errno tells the end from an error; the entry is valid until the next call.
        unsafe {
            *libc::__errno_location() = 0;
            let e = libc::readdir(d.0);
            if e.is_null() {
                return match last_errno() {
                    0 => Ok(None),
                    n => raise_errno(n, Some(p.r()), None),
                };
            }
            let name = std::ffi::CStr::from_ptr((*e).d_name.as_ptr()).to_bytes();
            if name != b"." && name != b".." {
                return Ok(Some((name.to_vec(), (*e).d_type, (*e).d_ino)));
            }
        }
    }
}

fn listdir(b: &Bound) -> PyResult {
    let p = path_maybe_fd(b, 0, "listdir", "path")?;
    let d = open(&p)?;
    let list = types::list::new()?;
    while let Some((name, ..)) = read(&d, &p)? {
        types::list::append(list.r(), p.decode(&name)?)?;
    }
    if p.fd.is_some() {
        // SAFETY: the stream is open; the shared position goes back to the start.
        unsafe { libc::rewinddir(d.0) };
    }
    Ok(list)
}

// ---- scandir ----

#[repr(C)]
pub struct DirEntry {
    header: Header,
    name: Cell<Value>,
    path: Cell<Value>,
    /// Results of stat and lstat once asked for.
    stat: Cell<Value>,
    lstat: Cell<Value>,
    inode: Cell<u64>,
    kind: Cell<u8>,
    /// Of a scandir on a descriptor, else AT_FDCWD.
    dir: Cell<i32>,
}
#[repr(C)]
pub struct ScandirIterator {
    header: Header,
    state: RefCell<Option<(Stream, Path)>>,
}
// SAFETY (both): `repr(C)` with a header; final types.
unsafe impl Object for DirEntry {
    fn type_object() -> &'static TypeObject {
        &DIRENTRY_TYPE
    }
}
unsafe impl Object for ScandirIterator {
    fn type_object() -> &'static TypeObject {
        &SCANDIR_TYPE
    }
}
fn entry(o: Ref<'_>) -> &DirEntry {
    // SAFETY: methods receive instances.
    unsafe { o.cast() }
}
fn iterator(o: Ref<'_>) -> &ScandirIterator {
    // SAFETY: methods receive instances.
    unsafe { o.cast() }
}

pub static DIRENTRY_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "posix.DirEntry",
    basic_size: size_of::<DirEntry>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        repr: Some(|o| {
            let n = protocol::repr(Ref::from_value(entry(o).name.get()))?;
            Ok(Own::str(&format!("<DirEntry {}>", str_::to_string_lossy(n.r()))))
        }),
        traverse: Some(|o, visit| {
            let e = entry(o);
            for c in [&e.name, &e.path, &e.stat, &e.lstat] {
                visit(c.get());
            }
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let e = unsafe { &*p.cast::<DirEntry>() };
            for c in [&e.name, &e.path, &e.stat, &e.lstat] {
                decref(c.get());
            }
        }),
        ..Slots::NONE
    },
    methods: &[
        bound(sig!("is_dir(*, follow_symlinks=True)"), |o, b| {
            kind_test(o, follow(b, 0)?, libc::S_IFDIR)
        }),
        bound(sig!("is_file(*, follow_symlinks=True)"), |o, b| {
            kind_test(o, follow(b, 0)?, libc::S_IFREG)
        }),
        noargs(sig!("is_symlink()"), |o| kind_test(o, false, libc::S_IFLNK)),
        noargs(sig!("is_junction()"), |_| Ok(Own::bool(false))),
        bound(sig!("stat(*, follow_symlinks=True)"), |o, b| {
            entry_stat(o, follow(b, 0)?)
        }),
        noargs(sig!("inode()"), |o| Ok(Own::uint(entry(o).inode.get()))),
        noargs(sig!("__fspath__()"), |o| Ok(Ref::from_value(entry(o).path.get()).own())),
        one(sig!("__class_getitem__(item, /)"), |cls, item| {
            let m = pyaot_core::import::import_module("types")?;
            let alias = protocol::get_attr(m.r(), istr!("GenericAlias"))?;
            pyaot_core::call::call2(alias.r(), cls, item)
        })
        .class(),
    ],
    getset: &[
        getter("name", |o| Ok(Ref::from_value(entry(o).name.get()).own())),
        getter("path", |o| Ok(Ref::from_value(entry(o).path.get()).own())),
    ],
    ..TypeDef::NEW
});

pub static SCANDIR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "posix.ScandirIterator",
    basic_size: size_of::<ScandirIterator>(),
    flags: type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|o| Ok(o.own())),
        iternext: Some(next),
        finalize: Some(|o| {
            if iterator(o).state.borrow().is_some() {
                let pending = exc::take();
                let text = protocol::repr(o).map_or_else(|_| String::new(), |r| str_::to_string_lossy(r.r()));
                if pyaot_core::warn::resource(o, format_args!("unclosed scandir iterator {text}")).is_err() {
                    exc::unraisable::write("Exception ignored in", Some(o));
                }
                if let Some(e) = pending {
                    let _ = exc::restore::<()>(e);
                }
            }
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            drop(unsafe { &*p.cast::<ScandirIterator>() }.state.take());
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__enter__()"), |o| Ok(o.own())),
        raw(sig!("__exit__(*args)"), |o, _| {
            drop(iterator(o).state.take());
            Ok(Own::none())
        }),
        noargs(sig!("close()"), |o| {
            drop(iterator(o).state.take());
            Ok(Own::none())
        }),
    ],
    ..TypeDef::NEW
});

fn next(o: Ref) -> PyResult<Option<Own>> {
    let it = iterator(o);
    let (found, made) = {
        let state = it.state.borrow();
        let Some((d, p)) = &*state else { return Ok(None) };
        match read(d, p)? {
            None => (None, None),
            Some((name, kind, inode)) => {
                let (dir, full) = match p.fd {
                    Some(fd) => (fd, name.clone()),
                    None => {
                        let base = if p.r().is_none() { b"." } else { p.c.as_bytes() };
                        let mut full = base.to_vec();
                        if !full.ends_with(b"/") {
                            full.push(b'/');
                        }
                        full.extend_from_slice(&name);
                        (libc::AT_FDCWD, full)
                    }
                };
                let e = alloc::object(|header| DirEntry {
                    header,
                    name: Cell::new(Value::NULL),
                    path: Cell::new(Value::NULL),
                    stat: Cell::new(Value::NULL),
                    lstat: Cell::new(Value::NULL),
                    inode: Cell::new(inode),
                    kind: Cell::new(kind),
                    dir: Cell::new(dir),
                })?;
                (Some((p.decode(&name)?, p.decode(&full)?)), Some(e))
            }
        }
    };
    match (found, made) {
        (Some((name, full)), Some(e)) => {
            set_field(&entry(e.r()).name, Some(name));
            set_field(&entry(e.r()).path, Some(full));
            Ok(Some(e))
        }
        _ => {
            drop(it.state.take());
            Ok(None)
        }
    }
}

/// CPython: DirEntry_get_stat.
fn entry_stat(o: Ref, links: bool) -> PyResult {
    let e = entry(o);
    let symlink = kind_is(e, libc::DT_LNK);
    // Without a link in between both calls give the same.
    let cell = if links && symlink != Some(false) {
        &e.stat
    } else {
        &e.lstat
    };
    if let Some(s) = field(cell) {
        return Ok(s.own());
    }
    let p = os_call::fs_path(Ref::from_value(e.path.get()))?;
    match stat::call(&p, e.dir.get(), links && symlink != Some(false)) {
        Ok(st) => {
            let s = stat::result(&st)?;
            set_field(cell, Some(s.clone()));
            Ok(s)
        }
        Err(n) => raise_errno(n, Some(Ref::from_value(e.path.get())), None),
    }
}
/// `None` when the file system did not say.
fn kind_is(e: &DirEntry, kind: u8) -> Option<bool> {
    match e.kind.get() {
        libc::DT_UNKNOWN => None,
        k => Some(k == kind),
    }
}
/// CPython: DirEntry_test_mode.
fn kind_test(o: Ref, links: bool, mode: libc::mode_t) -> PyResult {
    let e = entry(o);
    let by_stat = e.kind.get() == libc::DT_UNKNOWN || (links && e.kind.get() == libc::DT_LNK);
    if !by_stat {
        let kind = match mode {
            libc::S_IFDIR => libc::DT_DIR,
            libc::S_IFREG => libc::DT_REG,
            _ => libc::DT_LNK,
        };
        return Ok(Own::bool(e.kind.get() == kind));
    }
    let s = match entry_stat(o, links) {
        Ok(s) => s,
        Err(_) if exc::raised_is(&exc::types::FILE_NOT_FOUND_ERROR) => {
            drop(exc::take());
            return Ok(Own::bool(false));
        }
        Err(x) => return Err(x),
    };
    let m = crate::structseq::item(s.r(), 0).r().small_int().unwrap_or(0) as libc::mode_t;
    Ok(Own::bool(m & libc::S_IFMT == mode))
}

fn scandir(b: &Bound) -> PyResult {
    let p = path_maybe_fd(b, 0, "scandir", "path")?;
    let d = open(&p)?;
    alloc::object(|header| ScandirIterator {
        header,
        state: RefCell::new(Some((d, p))),
    })
}

fn two_paths(b: &Bound, function: &str) -> PyResult<(Path, Path)> {
    Ok((path(b, 0, function, "src")?, path(b, 1, function, "dst")?))
}
fn done2(r: i32, a: &Path, b: &Path) -> PyResult {
    if r < 0 {
        raise_errno(last_errno(), Some(a.r()), Some(b.r()))
    } else {
        Ok(Own::none())
    }
}
fn rename(b: &Bound, function: &str) -> PyResult {
    let (from, to) = two_paths(b, function)?;
    let (d1, d2) = (dir_fd(b, 2)?, dir_fd(b, 3)?);
    // SAFETY: names that end with NUL.
    done2(unsafe { libc::renameat(d1, from.ptr(), d2, to.ptr()) }, &from, &to)
}
fn unlink(b: &Bound, function: &str, flags: i32) -> PyResult {
    let p = path(b, 0, function, "path")?;
    let dir = dir_fd(b, 1)?;
    // SAFETY: a name that ends with NUL.
    done(unsafe { libc::unlinkat(dir, p.ptr(), flags) }, Some(p.r()))
}
fn getcwd() -> PyResult<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    match std::env::current_dir() {
        Ok(p) => Ok(p.into_os_string().into_vec()),
        Err(e) => raise_errno(e.raw_os_error().unwrap_or(libc::ENOENT), None, None),
    }
}

pub static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("listdir(path=None)"), |_, b| listdir(b)),
    bound(sig!("scandir(path=None)"), |_, b| scandir(b)),
    bound(sig!("mkdir(path, mode=511, *, dir_fd=None)"), |_, b| {
        let p = path(b, 0, "mkdir", "path")?;
        let mode = b.get(1).map_or(Ok(0o777), c_int)?;
        let dir = dir_fd(b, 2)?;
        // SAFETY: a name that ends with NUL.
        done(
            unsafe { libc::mkdirat(dir, p.ptr(), mode as libc::mode_t) },
            Some(p.r()),
        )
    }),
    bound(sig!("rmdir(path, *, dir_fd=None)"), |_, b| {
        unlink(b, "rmdir", libc::AT_REMOVEDIR)
    }),
    bound(sig!("unlink(path, *, dir_fd=None)"), |_, b| unlink(b, "unlink", 0)),
    bound(sig!("remove(path, *, dir_fd=None)"), |_, b| unlink(b, "remove", 0)),
    bound(sig!("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)"), |_, b| {
        rename(b, "rename")
    }),
    bound(
        sig!("replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)"),
        |_, b| rename(b, "replace"),
    ),
    bound(
        sig!("link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)"),
        |_, b| {
            let (from, to) = two_paths(b, "link")?;
            let (d1, d2) = (dir_fd(b, 2)?, dir_fd(b, 3)?);
            // Without a wish links are linked as they are, as link(2) does.
            let flags = if b.get(4).is_some() && follow(b, 4)? {
                libc::AT_SYMLINK_FOLLOW
            } else {
                0
            };
            // SAFETY: names that end with NUL.
            done2(unsafe { libc::linkat(d1, from.ptr(), d2, to.ptr(), flags) }, &from, &to)
        },
    ),
    bound(
        sig!("symlink(src, dst, target_is_directory=False, *, dir_fd=None)"),
        |_, b| {
            let (from, to) = two_paths(b, "symlink")?;
            let dir = dir_fd(b, 3)?;
            // SAFETY: names that end with NUL.
            done2(unsafe { libc::symlinkat(from.ptr(), dir, to.ptr()) }, &from, &to)
        },
    ),
    bound(sig!("readlink(path, *, dir_fd=None)"), |_, b| {
        let p = path(b, 0, "readlink", "path")?;
        let dir = dir_fd(b, 1)?;
        let mut buf = vec![0u8; 4097];
        // SAFETY: the buffer's size is given.
        let n = unsafe { libc::readlinkat(dir, p.ptr(), buf.as_mut_ptr().cast(), buf.len()) };
        if n < 0 {
            return raise_errno(last_errno(), Some(p.r()), None);
        }
        p.decode(&buf[..n as usize])
    }),
    bound(sig!("truncate(path, length)"), |_, b| {
        let p = path_maybe_fd(b, 0, "truncate", "path")?;
        let n = types::int::as_i64(b.arg(1))?;
        // SAFETY: a descriptor or a name that ends with NUL.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::ftruncate(fd, n),
                None => libc::truncate(p.ptr(), n),
            }
        };
        done(r, Some(p.r()))
    }),
    bound(sig!("mkfifo(path, mode=438, *, dir_fd=None)"), |_, b| {
        let p = path(b, 0, "mkfifo", "path")?;
        let mode = b.get(1).map_or(Ok(0o666), c_int)?;
        let dir = dir_fd(b, 2)?;
        // SAFETY: a name that ends with NUL.
        done(
            unsafe { libc::mkfifoat(dir, p.ptr(), mode as libc::mode_t) },
            Some(p.r()),
        )
    }),
    bound(sig!("chdir(path)"), |_, b| {
        let p = super::path_fd(b, 0, "chdir", "path")?;
        // SAFETY: a descriptor or a name that ends with NUL.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::fchdir(fd),
                None => libc::chdir(p.ptr()),
            }
        };
        done(r, Some(p.r()))
    }),
    bound(sig!("fchdir(fd)"), |_, b| {
        let fd = os_call::file_descriptor(b.arg(0))?;
        // SAFETY: plain call.
        done(unsafe { libc::fchdir(fd) }, None)
    }),
    bound(sig!("chroot(path)"), |_, b| {
        let p = path(b, 0, "chroot", "path")?;
        // SAFETY: a name that ends with NUL.
        done(unsafe { libc::chroot(p.ptr()) }, Some(p.r()))
    }),
    noargs(sig!("getcwd()"), |_| fs_decode(&getcwd()?)),
    noargs(sig!("getcwdb()"), |_| bytes::from_slice(&getcwd()?)),
];

pub fn init() {
    typeobj::ready(&DIRENTRY_TYPE);
    typeobj::ready(&SCANDIR_TYPE);
}
