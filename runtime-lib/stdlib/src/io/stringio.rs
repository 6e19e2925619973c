//! `StringIO`: text in memory as a stream (CPython: Modules/_io/stringio.c).
//!
//! Text that is only appended stays in a `StrBuf`; the first seek, read or overwrite turns it into an array of code points.
use super::newlines::Newlines;
use super::*;
use crate::stream_object;
use pyaot_text::StrBuf;

enum Content {
    Closed,
    Appending(StrBuf),
    Array(Vec<u32>),
}

#[repr(C)]
pub struct StringIo {
    io: IoObject,
    content: RefCell<Content>,
    pos: Cell<usize>,
    ready: Cell<bool>,
    /// `newline` as given; `None` = None.
    newline: Cell<Option<&'static str>>,
    /// Line ends that readline looks for: universal when `newline` is ''.
    universal: Cell<bool>,
    /// Translation of what is written: `None` when newline is neither None nor ''.
    decoder: Cell<Option<Newlines>>,
    /// What a written '\n' becomes.
    write_newline: Cell<Option<&'static str>>,
}
stream_object!(StringIo, STRINGIO_TYPE);

pub static STRINGIO_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.StringIO",
    base: Some(&iobase::TEXTIOBASE_TYPE),
    basic_size: size_of::<StringIo>(),
    flags: STREAM_FLAGS,
    doc: "Text I/O implementation using an in-memory buffer.",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| StringIo {
                io: IoObject::new(header),
                content: RefCell::new(Content::Appending(StrBuf::new())),
                pos: Cell::new(0),
                ready: Cell::new(false),
                newline: Cell::new(Some("\n")),
                universal: Cell::new(false),
                decoder: Cell::new(None),
                write_newline: Cell::new(None),
            })
        }),
        init: Some(init),
        iternext: Some(|o| {
            open(o)?;
            let line = if o.is_exact::<StringIo>() {
                line(o, -1)?
            } else {
                let line = call_method(o, istr!("readline"), &[])?;
                if !os_call::is_str(line.r()) {
                    return exc::raise(
                        &exc::types::OS_ERROR,
                        format_args!(
                            "readline() should have returned a str object, not '{}'",
                            line.r().ty().name()
                        ),
                    );
                }
                line
            };
            Ok(if str_::len(line.r()) == 0 { None } else { Some(line) })
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            drop(unsafe { &*p.cast::<StringIo>() }.content.replace(Content::Closed));
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("close()"), |o| {
            *this(o).content.borrow_mut() = Content::Closed;
            Ok(Own::none())
        }),
        noargs(sig!("getvalue()"), getvalue),
        bound(sig!("read(size=-1, /)"), |o, b| {
            let n = size_arg(b.get(0))?;
            open(o)?;
            advance(o, if n < 0 { usize::MAX } else { n as usize })
        }),
        bound(sig!("readline(size=-1, /)"), |o, b| {
            let n = size_arg(b.get(0))?;
            open(o)?;
            line(o, n)
        }),
        noargs(sig!("tell()"), |o| {
            open(o)?;
            Ok(Own::usize(this(o).pos.get()))
        }),
        bound(sig!("truncate(pos=None, /)"), truncate),
        bound(sig!("seek(pos, whence=0, /)"), seek),
        one(sig!("write(s, /)"), write),
        noargs(sig!("seekable()"), yes),
        noargs(sig!("readable()"), yes),
        noargs(sig!("writable()"), yes),
        noargs(sig!("__getstate__()"), getstate),
        one(sig!("__setstate__(state, /)"), setstate),
    ],
    getset: &[
        getter("closed", |o| {
            ready(o)?;
            Ok(Own::bool(matches!(*this(o).content.borrow(), Content::Closed)))
        }),
        getter("newlines", |o| {
            open(o)?;
            this(o).decoder.get().map_or(Ok(Own::none()), |d| d.object())
        }),
        getter("line_buffering", |o| {
            open(o)?;
            Ok(Own::bool(false))
        }),
    ],
    ..TypeDef::NEW
});

fn yes(o: Ref) -> PyResult {
    open(o)?;
    Ok(Own::bool(true))
}
fn ready(o: Ref) -> PyResult<()> {
    if this(o).ready.get() { Ok(()) } else { uninitialized() }
}
fn open(o: Ref) -> PyResult<()> {
    ready(o)?;
    match *this(o).content.borrow() {
        Content::Closed => exc::value_error(format_args!("I/O operation on closed file")),
        _ => Ok(()),
    }
}

/// The newline argument of StringIO and TextIOWrapper as a static text; `quoted` = the message shows the repr.
pub fn newline_arg(v: Option<Ref>, missing: Option<&'static str>, quoted: bool) -> PyResult<Option<&'static str>> {
    let Some(v) = v else { return Ok(missing) };
    if v.is_none() {
        return Ok(None);
    }
    if !os_call::is_str(v) {
        return exc::type_error(format_args!("newline must be str or None, not {}", v.ty().full_name()));
    }
    let text = str_::to_string_lossy(v);
    match text.as_str() {
        "" => Ok(Some("")),
        "\n" => Ok(Some("\n")),
        "\r" => Ok(Some("\r")),
        "\r\n" => Ok(Some("\r\n")),
        _ if quoted => {
            let r = protocol::repr(v)?;
            exc::value_error(format_args!("illegal newline value: {}", str_::to_string_lossy(r.r())))
        }
        _ => exc::value_error(format_args!("illegal newline value: {text}")),
    }
}

fn init(o: Ref, args: &Args) -> PyResult<()> {
    call::bind(sig!("StringIO(initial_value='', newline='\\n')"), args, |b| {
        let newline = newline_arg(b.get(1), Some("\n"), true)?;
        let value = b.get_not_none(0);
        if let Some(v) = value.filter(|v| !os_call::is_str(*v)) {
            return exc::type_error(format_args!("initial_value must be str or None, not {}", v.ty().name()));
        }
        set_up(o, newline);
        if let Some(v) = value {
            append(o, v)?;
        }
        this(o).pos.set(0);
        Ok(())
    })
}
fn set_up(o: Ref, newline: Option<&'static str>) {
    let s = this(o);
    *s.content.borrow_mut() = Content::Appending(StrBuf::new());
    s.pos.set(0);
    s.newline.set(newline);
    s.universal.set(newline.is_none_or(str::is_empty));
    s.decoder.set(s.universal.get().then(|| Newlines {
        translate: newline.is_none(),
        ..Newlines::default()
    }));
    s.write_newline.set(newline.filter(|n| n.starts_with('\r')));
    s.ready.set(true);
}

fn with_array<R>(o: Ref, f: impl FnOnce(&mut Vec<u32>) -> R) -> R {
    let mut c = this(o).content.borrow_mut();
    if let Content::Appending(b) = &*c {
        let v: Vec<u32> = b.units().iter().collect();
        *c = Content::Array(v);
    }
    match &mut *c {
        Content::Array(v) => f(v),
        _ => f(&mut Vec::new()),
    }
}

/// Writes at the position (CPython: write_str).
fn append(o: Ref, text: Ref) -> PyResult<()> {
    let s = this(o);
    let mut text = text.own();
    if let Some(mut d) = s.decoder.get() {
        text = d.decode(text, true)?;
        s.decoder.set(Some(d));
    }
    if let Some(n) = s.write_newline.get() {
        text = replace_newlines(text, n)?;
    }
    let units = str_::units(text.r());
    let at = s.pos.get();
    let appended = match &mut *s.content.borrow_mut() {
        Content::Appending(b) if b.len() == at => {
            b.push_units(units);
            true
        }
        _ => false,
    };
    let Some(end) = at.checked_add(units.len()).filter(|e| *e <= isize::MAX as usize / 4) else {
        return exc::overflow_error(format_args!("new position too large"));
    };
    if !appended {
        let ok = with_array(o, |v| {
            if end > v.len() {
                if v.try_reserve(end - v.len()).is_err() {
                    return false;
                }
                v.resize(end, 0);
            }
            for (slot, c) in v[at..end].iter_mut().zip(units.iter()) {
                *slot = c;
            }
            true
        });
        if !ok {
            return exc::memory_error();
        }
    }
    s.pos.set(end);
    Ok(())
}
/// `text.replace('\n', newline)`.
pub fn replace_newlines(text: Own, newline: &str) -> PyResult {
    let u = str_::units(text.r());
    let mut out = StrBuf::with_capacity(u.len() + 8);
    for c in u.iter() {
        if c == '\n' as u32 {
            out.push_str(newline)
        } else {
            out.push(c)
        }
    }
    types::str::from_buf(out)
}
fn write(o: Ref, text: Ref) -> PyResult {
    ready(o)?;
    if !os_call::is_str(text) {
        return exc::type_error(format_args!(
            "string argument expected, got '{}'",
            text.ty().full_name()
        ));
    }
    open(o)?;
    let n = str_::len(text);
    if n > 0 {
        append(o, text)?;
    }
    Ok(Own::usize(n))
}

fn getvalue(o: Ref) -> PyResult {
    open(o)?;
    match &*this(o).content.borrow() {
        Content::Appending(b) => types::str::from_buf(b.clone()),
        Content::Array(v) => types::str::from_code_points(v),
        Content::Closed => closed_error(),
    }
}
fn advance(o: Ref, n: usize) -> PyResult {
    let s = this(o);
    let at = s.pos.get();
    if at == 0 && n == usize::MAX {
        let all = getvalue(o)?;
        s.pos.set(str_::len(all.r()));
        return Ok(all);
    }
    with_array(o, |v| {
        let at = at.min(v.len());
        let n = n.min(v.len() - at);
        if n > 0 {
            s.pos.set(at + n);
        }
        types::str::from_code_points(&v[at..at + n])
    })
}

fn line(o: Ref, limit: isize) -> PyResult {
    let s = this(o);
    let n = with_array(o, |v| {
        let rest = &v[s.pos.get().min(v.len())..];
        let rest = if limit >= 0 {
            &rest[..rest.len().min(limit as usize)]
        } else {
            rest
        };
        line_end(rest, s.universal.get() && s.newline.get().is_some(), s.newline.get()).unwrap_or(rest.len())
    });
    advance(o, n)
}
/// Where the first line of `v` ends, its line end included (CPython: _PyIO_find_line_ending).
fn line_end(v: &[u32], universal: bool, newline: Option<&str>) -> Option<usize> {
    let (cr, lf) = ('\r' as u32, '\n' as u32);
    if universal {
        let i = v.iter().position(|c| *c == cr || *c == lf)?;
        return Some(if v[i] == cr && v.get(i + 1) == Some(&lf) {
            i + 2
        } else {
            i + 1
        });
    }
    match newline {
        Some("\r") => v.iter().position(|c| *c == cr).map(|i| i + 1),
        Some("\r\n") => v.windows(2).position(|w| w == [cr, lf]).map(|i| i + 2),
        _ => v.iter().position(|c| *c == lf).map(|i| i + 1),
    }
}

fn truncate(o: Ref, a: &Bound) -> PyResult {
    open(o)?;
    let size = match a.get_not_none(0) {
        Some(v) => int::as_isize(v)?,
        None => this(o).pos.get() as isize,
    };
    if size < 0 {
        return exc::value_error(format_args!("Negative size value {size}"));
    }
    with_array(o, |v| v.truncate(size as usize));
    Ok(Own::int(size as i64))
}
fn seek(o: Ref, a: &Bound) -> PyResult {
    let pos = int::as_isize(a.arg(0))?;
    let whence = a.get(1).map_or(Ok(0), os_call::c_int)?;
    open(o)?;
    match whence {
        0 if pos < 0 => return exc::value_error(format_args!("Negative seek position {pos}")),
        0 => this(o).pos.set(pos as usize),
        1 | 2 if pos != 0 => {
            return exc::raise(
                &exc::types::OS_ERROR,
                format_args!("Can't do nonzero cur-relative seeks"),
            );
        }
        1 => {}
        2 => {
            let n = match &*this(o).content.borrow() {
                Content::Appending(b) => b.len(),
                Content::Array(v) => v.len(),
                Content::Closed => 0,
            };
            this(o).pos.set(n);
        }
        _ => return exc::value_error(format_args!("Invalid whence ({whence}, should be 0, 1 or 2)")),
    }
    Ok(Own::usize(this(o).pos.get()))
}

fn getstate(o: Ref) -> PyResult {
    let value = getvalue(o)?;
    let newline = this(o).newline.get().map_or(Own::none(), Own::str);
    let dict = protocol::get_attr(o, istr!("__dict__"))?;
    let dict = if types::dict::len(dict.r()) == 0 {
        Own::none()
    } else {
        call_method(dict.r(), istr!("copy"), &[])?
    };
    types::tuple::try_from_vec(vec![value, newline, Own::usize(this(o).pos.get()), dict])
}
fn setstate(o: Ref, state: Ref) -> PyResult {
    if this(o).ready.get() {
        open(o)?;
    }
    if !state.ty().has(type_flag::TUPLE) || types::tuple::len(state) < 4 {
        return exc::type_error(format_args!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            o.ty().full_name(),
            state.ty().name()
        ));
    }
    let newline = newline_arg(Some(types::tuple::get(state, 1)), None, true)?;
    let value = types::tuple::get(state, 0);
    if !os_call::is_str(value) {
        return exc::type_error(format_args!(
            "initial_value must be str or None, not {}",
            value.ty().name()
        ));
    }
    set_up(o, newline);
    // The saved text has been translated before.
    let points: Vec<u32> = str_::units(value).iter().collect();
    *this(o).content.borrow_mut() = Content::Array(points);
    let pos = types::tuple::get(state, 2);
    if !pos.ty().has(type_flag::INT) {
        return exc::type_error(format_args!(
            "third item of state must be an integer, got {}",
            pos.ty().name()
        ));
    }
    let n = int::as_isize(pos)?;
    if n < 0 {
        return exc::value_error(format_args!("position value cannot be negative"));
    }
    this(o).pos.set(n as usize);
    bytesio::restore_dict(o, types::tuple::get(state, 3), "fourth")
}
