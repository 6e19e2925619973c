//! `TextIOWrapper`: its layout, method table, writing and small methods (CPython: Modules/_io/textio.c). Construction stands in
//! `text_init`, reading and positions in `text_read`.
use super::newlines::Newlines;
use super::text_codec::{Decoder, Encoder};
use super::*;

#[repr(C)]
pub struct TextIoWrapper {
    pub(super) io: IoObject,
    /// Null before `__init__` and once detached.
    pub(super) buffer: Cell<Value>,
    pub(super) encoding: Cell<Value>,
    pub(super) errors: Cell<Value>,
    pub(super) errors_text: RefCell<String>,
    pub(super) ready: Cell<bool>,
    pub(super) detached: Cell<bool>,
    pub(super) finalizing: Cell<bool>,
    pub(super) line_buffering: Cell<bool>,
    pub(super) write_through: Cell<bool>,
    pub(super) seekable: Cell<bool>,
    pub(super) telling: Cell<bool>,
    pub(super) has_read1: Cell<bool>,
    /// The buffer is an exact BufferedWriter.
    pub(super) direct_writer: Cell<bool>,
    /// The buffer is an exact BufferedReader.
    pub(super) direct_reader: Cell<bool>,
    pub(super) read_universal: Cell<bool>,
    pub(super) read_newline: Cell<Option<&'static str>>,
    pub(super) write_newline: Cell<Option<&'static str>>,
    pub(super) encoder: RefCell<Option<Encoder>>,
    pub(super) decoder: RefCell<Option<Decoder>>,
    pub(super) newlines: Cell<Option<Newlines>>,
    /// Nothing has been written at the start of the stream: the byte order mark is still to come.
    pub(super) encode_start: Cell<bool>,
    pub(super) chunk_size: Cell<usize>,
    /// Encoded text that has not gone to the buffer.
    pub(super) pending: RefCell<Vec<u8>>,
    /// Decoded text (str or null), of which `used` characters have been given out.
    pub(super) decoded: Cell<Value>,
    pub(super) used: Cell<usize>,
    /// Decoder flag, and the bytes that `decoded` came from: the start of `tell`'s reconstruction.
    pub(super) snapshot: RefCell<Option<(i64, Vec<u8>)>>,
    pub(super) bytes_per_char: Cell<f64>,
}
crate::stream_object!(TextIoWrapper, TEXTIOWRAPPER_TYPE);

pub static TEXTIOWRAPPER_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.TextIOWrapper",
    base: Some(&iobase::TEXTIOBASE_TYPE),
    basic_size: size_of::<TextIoWrapper>(),
    flags: STREAM_FLAGS,
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    slots: Slots {
        new: Some(|cls, _| allocate(cls)),
        init: Some(text_init::init),
        repr: Some(repr),
        iternext: Some(text_read::next),
        traverse: Some(|o, visit| {
            let t = this(o);
            visit(t.buffer.get());
            visit(t.encoding.get());
            visit(t.errors.get());
            if let Some(Encoder::Python(e)) = &*t.encoder.borrow() {
                visit(e.value());
            }
            if let Some(Decoder::Python(d)) = &*t.decoder.borrow() {
                visit(d.value());
            }
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance; nothing is used afterwards.
            let t = unsafe { &*p.cast::<TextIoWrapper>() };
            drop((
                t.encoder.take(),
                t.decoder.take(),
                t.pending.take(),
                t.snapshot.take(),
                t.errors_text.take(),
            ));
            for c in [&t.buffer, &t.encoding, &t.errors, &t.decoded] {
                decref(c.replace(Value::NULL));
            }
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("detach()"), detach),
        bound(
            sig!("reconfigure(*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"),
            text_init::reconfigure,
        ),
        one(sig!("write(text, /)"), write),
        bound(sig!("read(size=-1, /)"), |o, b| text_read::read(o, size_arg(b.get(0))?)),
        bound(sig!("readline(size=-1, /)"), |o, b| {
            let n = match b.get(0) {
                Some(v) => int::as_isize(v)?,
                None => -1,
            };
            text_read::readline(o, n)
        }),
        noargs(sig!("fileno()"), |o| call_method(buffer(o)?, istr!("fileno"), &[])),
        noargs(sig!("seekable()"), |o| call_method(buffer(o)?, istr!("seekable"), &[])),
        noargs(sig!("readable()"), |o| call_method(buffer(o)?, istr!("readable"), &[])),
        noargs(sig!("writable()"), |o| call_method(buffer(o)?, istr!("writable"), &[])),
        noargs(sig!("isatty()"), |o| call_method(buffer(o)?, istr!("isatty"), &[])),
        noargs(sig!("flush()"), |o| {
            check_closed(o)?;
            flush(o)?;
            Ok(Own::none())
        }),
        noargs(sig!("close()"), close),
        bound(sig!("seek(cookie, whence=0, /)"), text_read::seek),
        noargs(sig!("tell()"), text_read::tell),
        bound(sig!("truncate(pos=None, /)"), |o, b| {
            buffer(o)?;
            call_method(o, istr!("flush"), &[])?;
            let none = Own::none();
            call_method(buffer(o)?, istr!("truncate"), &[b.get(0).unwrap_or(none.r())])
        }),
        noargs(sig!("__reduce__()"), cannot_pickle),
        one(sig!("__reduce_ex__(protocol, /)"), cannot_pickle1),
    ],
    getset: &[
        getter("encoding", |o| {
            Ok(field(&this(o).encoding).map_or(Own::none(), Ref::own))
        }),
        getter("errors", |o| {
            buffer(o)?;
            Ok(field(&this(o).errors).map_or(Own::none(), Ref::own))
        }),
        getter("buffer", |o| Ok(buffer(o)?.own())),
        getter("line_buffering", |o| Ok(Own::bool(this(o).line_buffering.get()))),
        getter("write_through", |o| Ok(Own::bool(this(o).write_through.get()))),
        getter("name", |o| protocol::get_attr(buffer(o)?, istr!("name"))),
        getter("closed", |o| Ok(Own::bool(is_closed(buffer(o)?)?))),
        getter("newlines", |o| {
            buffer(o)?;
            this(o).newlines.get().map_or(Ok(Own::none()), |n| n.object())
        }),
        getset(
            "_CHUNK_SIZE",
            |o| Ok(Own::usize(this(o).chunk_size.get())),
            |o, v| {
                let Some(v) = v else {
                    return exc::attribute_error(format_args!("cannot delete attribute"));
                };
                let n = int::as_isize(v)?;
                if n <= 0 {
                    return exc::value_error(format_args!("a strictly positive integer is required"));
                }
                this(o).chunk_size.set(n as usize);
                Ok(())
            },
        ),
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

pub(super) fn allocate(cls: &'static TypeObject) -> PyResult {
    alloc::object_of(cls, |header| TextIoWrapper {
        io: IoObject::new(header),
        buffer: Cell::new(Value::NULL),
        encoding: Cell::new(Value::NULL),
        errors: Cell::new(Value::NULL),
        errors_text: RefCell::new(String::new()),
        ready: Cell::new(false),
        detached: Cell::new(false),
        finalizing: Cell::new(false),
        line_buffering: Cell::new(false),
        write_through: Cell::new(false),
        seekable: Cell::new(false),
        telling: Cell::new(false),
        has_read1: Cell::new(false),
        direct_writer: Cell::new(false),
        direct_reader: Cell::new(false),
        read_universal: Cell::new(false),
        read_newline: Cell::new(None),
        write_newline: Cell::new(None),
        encoder: RefCell::new(None),
        decoder: RefCell::new(None),
        newlines: Cell::new(None),
        encode_start: Cell::new(false),
        chunk_size: Cell::new(8192),
        pending: RefCell::new(Vec::new()),
        decoded: Cell::new(Value::NULL),
        used: Cell::new(0),
        snapshot: RefCell::new(None),
        bytes_per_char: Cell::new(0.0),
    })
}

/// A wrapper of the exact type.
pub fn open(
    buffer: Ref,
    encoding: Option<Ref>,
    errors: Option<Ref>,
    newline: Option<Ref>,
    line_buffering: bool,
    write_through: bool,
) -> PyResult {
    let o = allocate(&TEXTIOWRAPPER_TYPE)?;
    let newline = stringio::newline_arg(newline, None, false)?;
    text_init::set_up(o.r(), buffer, encoding, errors, newline, line_buffering, write_through)?;
    Ok(o)
}

/// The buffer; ValueError when there is none.
pub(super) fn buffer(o: Ref<'_>) -> PyResult<Ref<'_>> {
    let t = this(o);
    match field(&t.buffer) {
        Some(b) if t.ready.get() => Ok(b),
        _ if t.detached.get() => exc::value_error(format_args!("underlying buffer has been detached")),
        _ => uninitialized(),
    }
}
pub(super) fn check_closed(o: Ref) -> PyResult<()> {
    let b = buffer(o)?;
    let closed = if o.is_exact::<TextIoWrapper>() {
        is_closed(b)?
    } else {
        is_closed(o)?
    };
    if closed { closed_error() } else { Ok(()) }
}
/// The `errors` name, kept as text for the codecs.
pub(super) fn errors(t: &TextIoWrapper) -> String {
    t.errors_text.borrow().clone()
}

/// CPython: _io_TextIOWrapper_write_impl.
pub fn write(o: Ref, text: Ref) -> PyResult {
    if !os_call::is_str(text) {
        return exc::type_error(format_args!(
            "write() argument must be str, not {}",
            pyaot_core::call::convert::type_name(text)
        ));
    }
    write_text(o, text)?;
    Ok(Own::usize(str_::len(text)))
}
pub fn write_text(o: Ref, text: Ref) -> PyResult<()> {
    let t = this(o);
    let b = buffer(o)?;
    if t.direct_writer.get() {
        if buffered::is_closed_writer(b)? {
            return closed_error();
        }
    } else {
        check_closed(o)?;
    }
    let translate = t.write_newline.get();
    let watch = translate.is_some() || t.line_buffering.get();
    let has = |c: u8| match str_::units(text) {
        pyaot_text::Units::One(s) => iobase::memchr(c, s).is_some(),
        u => u.iter().any(|x| x == c as u32),
    };
    let has_lf = watch && has(b'\n');
    let replaced;
    let mut text = text;
    if let Some(n) = translate.filter(|_| has_lf) {
        replaced = stringio::replace_newlines(text.own(), n)?;
        text = replaced.r();
    }
    let flush_now = t.line_buffering.get() && (has_lf || has(b'\r'));
    let start = t.encode_start.get();
    // Text that needs no conversion goes straight behind what is pending.
    let mut encoded = None;
    let plain = match (&*t.encoder.borrow(), str_::units(text)) {
        (Some(Encoder::Native(e)), pyaot_text::Units::One(s)) => {
            use pyaot_text::codec::Encoding::{Ascii, Latin1, Utf8};
            match e {
                Utf8 | Ascii if str_::is_ascii(str_::cast(text)) => Some(s),
                Latin1 => Some(s),
                _ => None,
            }
        }
        (None, _) => return unsupported("not writable"),
        _ => None,
    };
    let data: &[u8] = match plain {
        Some(s) => s,
        None => {
            let mut out = Vec::new();
            let enc = t.encoder.borrow_mut().take();
            let r = match &enc {
                Some(e) => e.encode(text, &errors(t), start, &mut out),
                None => unsupported("not writable"),
            };
            let mut now = t.encoder.borrow_mut();
            if now.is_none() {
                *now = enc;
            }
            drop(now);
            r?;
            encoded.insert(out)
        }
    };
    if start && !data.is_empty() {
        t.encode_start.set(false);
    }
    let size = t.chunk_size.get();
    if t.pending.borrow().len() + data.len() > size {
        write_pending(o)?;
    }
    t.pending.borrow_mut().extend_from_slice(data);
    if t.pending.borrow().len() >= size || flush_now || t.write_through.get() {
        write_pending(o)?;
    }
    if flush_now {
        flush_buffer(o)?;
    }
    if !t.decoded.get().is_null() || t.snapshot.borrow().is_some() {
        set_field(&t.decoded, None);
        *t.snapshot.borrow_mut() = None;
    }
    if t.decoder.borrow().is_some() {
        text_read::reset_decoder(o)?;
    }
    Ok(())
}

/// Hands the pending bytes to the buffer (CPython: _textiowrapper_writeflush).
pub(super) fn write_pending(o: Ref) -> PyResult<()> {
    let t = this(o);
    if t.pending.borrow().is_empty() {
        return Ok(());
    }
    let data = t.pending.take();
    let b = buffer(o)?.own();
    let r = if t.direct_writer.get() {
        buffered::write(b.r(), &data).map(drop)
    } else {
        bytes::from_slice(&data)
            .and_then(|d| call_method(b.r(), istr!("write"), &[d.r()]))
            .map(drop)
    };
    // The memory is used again unless a write came in between.
    let mut now = t.pending.borrow_mut();
    if now.capacity() == 0 {
        *now = data;
        now.clear();
    }
    r
}
fn flush_buffer(o: Ref) -> PyResult<()> {
    let b = buffer(o)?.own();
    if this(o).direct_writer.get() {
        return buffered::flush(b.r());
    }
    call_method(b.r(), istr!("flush"), &[]).map(drop)
}
pub fn flush(o: Ref) -> PyResult<()> {
    buffer(o)?;
    this(o).telling.set(this(o).seekable.get());
    write_pending(o)?;
    flush_buffer(o)
}

fn detach(o: Ref) -> PyResult {
    buffer(o)?;
    call_method(o, istr!("flush"), &[])?;
    let t = this(o);
    let b = buffer(o)?.own();
    set_field(&t.buffer, None);
    t.direct_writer.set(false);
    t.direct_reader.set(false);
    t.detached.set(true);
    t.ready.set(false);
    Ok(b)
}

/// CPython: _io_TextIOWrapper_close_impl.
fn close(o: Ref) -> PyResult {
    let b = buffer(o)?.own();
    if is_closed(o)? {
        return Ok(Own::none());
    }
    if this(o).finalizing.get() && call_method(b.r(), istr!("_dealloc_warn"), &[o]).is_err() {
        drop(exc::take());
    }
    let flushed = call_method(o, istr!("flush"), &[]).map_err(exc::caught);
    let ended = call_method(b.r(), istr!("close"), &[]);
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
    let t = this(o);
    if !t.ready.get() && !t.detached.get() {
        return uninitialized();
    }
    let mut out = String::from("<_io.TextIOWrapper");
    if let Some(n) = if t.detached.get() { None } else { name_repr(o)? } {
        out.push_str(&format!(" name={n}"));
    }
    if let Some(mode) = protocol::get_attr_opt(o, istr!("mode"))? {
        out.push_str(&format!(
            " mode={}",
            str_::to_string_lossy(protocol::repr(mode.r())?.r())
        ));
    }
    let encoding = field(&t.encoding).map_or(Own::none(), Ref::own);
    out.push_str(&format!(
        " encoding={}>",
        str_::to_string_lossy(protocol::repr(encoding.r())?.r())
    ));
    Ok(Own::str(&out))
}
