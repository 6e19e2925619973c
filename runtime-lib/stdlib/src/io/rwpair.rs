//! `BufferedRWPair`: a reader and a writer as one stream (CPython: Modules/_io/bufferedio.c, bufferedrwpair).
use super::*;
use crate::stream_object;

#[repr(C)]
pub struct RwPair {
    io: IoObject,
    reader: Cell<Value>,
    writer: Cell<Value>,
}
stream_object!(RwPair, RWPAIR_TYPE);

pub static RWPAIR_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.BufferedRWPair",
    base: Some(&iobase::BUFFEREDIOBASE_TYPE),
    basic_size: size_of::<RwPair>(),
    flags: STREAM_FLAGS,
    doc: "A buffered reader and writer object together.",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| RwPair {
                io: IoObject::new(header),
                reader: Cell::new(Value::NULL),
                writer: Cell::new(Value::NULL),
            })
        }),
        init: Some(init),
        traverse: Some(|o, visit| {
            visit(this(o).reader.get());
            visit(this(o).writer.get());
        }),
        clear: Some(|o| {
            set_field(&this(o).reader, None);
            set_field(&this(o).writer, None);
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let b = unsafe { &*p.cast::<RwPair>() };
            decref(b.reader.replace(Value::NULL));
            decref(b.writer.replace(Value::NULL));
        }),
        ..Slots::NONE
    },
    methods: &[
        raw(sig!("read(size=-1, /)"), |o, a| {
            forward(&this(o).reader, istr!("read"), a)
        }),
        raw(sig!("peek(size=0, /)"), |o, a| {
            forward(&this(o).reader, istr!("peek"), a)
        }),
        raw(sig!("read1(size=-1, /)"), |o, a| {
            forward(&this(o).reader, istr!("read1"), a)
        }),
        raw(sig!("readinto(buffer, /)"), |o, a| {
            forward(&this(o).reader, istr!("readinto"), a)
        }),
        raw(sig!("readinto1(buffer, /)"), |o, a| {
            forward(&this(o).reader, istr!("readinto1"), a)
        }),
        raw(sig!("write(buffer, /)"), |o, a| {
            forward(&this(o).writer, istr!("write"), a)
        }),
        raw(sig!("flush()"), |o, a| forward(&this(o).writer, istr!("flush"), a)),
        raw(sig!("readable()"), |o, a| {
            forward(&this(o).reader, istr!("readable"), a)
        }),
        raw(sig!("writable()"), |o, a| {
            forward(&this(o).writer, istr!("writable"), a)
        }),
        noargs(sig!("close()"), close),
        noargs(sig!("isatty()"), |o| {
            let w = forward(&this(o).writer, istr!("isatty"), &Args::EMPTY)?;
            if w.value() != Value::FALSE {
                return Ok(w);
            }
            forward(&this(o).reader, istr!("isatty"), &Args::EMPTY)
        }),
    ],
    getset: &[getter("closed", |o| match field(&this(o).writer) {
        Some(w) => protocol::get_attr(w, istr!("closed")),
        None => exc::runtime_error(format_args!("the BufferedRWPair object is being garbage-collected")),
    })],
    ..TypeDef::NEW
});

fn forward(cell: &Cell<Value>, name: Ref, args: &Args) -> PyResult {
    let Some(o) = field(cell) else { return uninitialized() };
    let f = protocol::get_attr(o, name)?;
    call::call(f.r(), args)
}

fn init(o: Ref, args: &Args) -> PyResult<()> {
    call::bind(
        sig!("BufferedRWPair(reader, writer, buffer_size=131072, /)"),
        args,
        |b| {
            let size = b.get(2).map_or(Ok(DEFAULT_BUFFER_SIZE as isize), int::as_isize)?;
            iobase::check_readable(b.arg(0))?;
            iobase::check_writable(b.arg(1))?;
            if size <= 0 {
                return exc::value_error(format_args!("buffer size must be strictly positive"));
            }
            let reader = buffered::open(buffered::Kind::Reader, b.arg(0), size as usize)?;
            let writer = buffered::open(buffered::Kind::Writer, b.arg(1), size as usize)?;
            set_field(&this(o).reader, Some(reader));
            set_field(&this(o).writer, Some(writer));
            Ok(())
        },
    )
}

/// Closes the writer, then the reader; the writer's error is the context of the reader's.
fn close(o: Ref) -> PyResult {
    let first = forward(&this(o).writer, istr!("close"), &Args::EMPTY).map_err(exc::caught);
    let second = forward(&this(o).reader, istr!("close"), &Args::EMPTY);
    match (first, second) {
        (Ok(_), second) => second,
        (Err(e), Ok(_)) => exc::restore(e),
        (Err(e), Err(_)) => {
            chain(e)?;
            Err(Raised)
        }
    }
}
