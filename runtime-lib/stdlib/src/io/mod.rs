//! `_io`: files, buffers and text streams, as types that Python classes can extend.
//!
//! Every stream object begins with [`IoObject`]: header, then the two words of instance attributes, so classes made in Python and
//! attribute caches treat streams like plain instances.
use crate::os_call;
use pyaot_core::call::{self, call1, call2};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, bytes, int, module};
use pyaot_core::{istr, typeobj};

pub mod buffered;
pub mod bytesio;
pub mod fileio;
pub mod iobase;
pub mod newlines;
pub mod rwpair;
pub mod stringio;
pub mod text;
pub mod text_codec;
mod text_init;
mod text_read;

pub use pyaot_core::call::call_method;

pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// What every stream begins with.
#[repr(C)]
pub struct IoObject {
    pub header: Header,
    pub shape: Cell<u64>,
    pub extra: Cell<u64>,
}
impl IoObject {
    pub fn new(header: Header) -> IoObject {
        IoObject {
            header,
            shape: Cell::new(0),
            extra: Cell::new(0),
        }
    }
}
/// A stream type: instance attributes stand behind the header.
pub const fn stream_type(def: &'static TypeDef) -> TypeObject {
    let t = TypeObject::builtin(def);
    t.head.shape_offset.replace(16);
    t
}
pub const STREAM_FLAGS: u64 = type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE;

/// `Object` for a layout that begins with [`IoObject`], and the shared reference that its methods start from.
#[macro_export]
macro_rules! stream_object {
    ($layout:ident, $ty:ident) => {
        // SAFETY: `repr(C)`, begins with a header; subclasses extend the layout.
        unsafe impl Object for $layout {
            fn type_object() -> &'static TypeObject {
                &$ty
            }
        }
        #[inline(always)]
        pub fn this(o: Ref<'_>) -> &$layout {
            // SAFETY: methods and slots of the type receive its instances.
            unsafe { o.cast() }
        }
    };
}

struct State {
    unsupported: Cell<Value>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    unsupported: Cell::new(Value::NULL),
};

/// `io.UnsupportedOperation`, made at the first use.
pub fn unsupported_operation() -> PyResult<Ref<'static>> {
    if STATE.unsupported.get().is_null() {
        let bases = types::tuple::from_refs([exc::types::OS_ERROR.r(), exc::types::VALUE_ERROR.r()])?;
        let dict = types::dict::new();
        types::dict::set(dict.r(), istr!("__module__"), istr!("io"))?;
        let t = call::call3(
            types::type_::TYPE_TYPE.r(),
            istr!("UnsupportedOperation"),
            bases.r(),
            dict.r(),
        )?;
        STATE.unsupported.set(t.into_value());
    }
    Ok(Ref::from_value(STATE.unsupported.get()))
}
#[cold]
pub fn unsupported<R>(message: &str) -> PyResult<R> {
    let e = call1(unsupported_operation()?, Own::str(message).r())?;
    exc::raise_object(e)
}
#[cold]
pub fn closed_error<R>() -> PyResult<R> {
    exc::value_error(format_args!("I/O operation on closed file."))
}
#[cold]
pub fn uninitialized<R>() -> PyResult<R> {
    exc::value_error(format_args!("I/O operation on uninitialized object"))
}
/// The truth of an attribute.
pub fn flag(o: Ref, name: Ref) -> PyResult<bool> {
    protocol::truth(protocol::get_attr(o, name)?.r())
}
pub fn is_closed(o: Ref) -> PyResult<bool> {
    flag(o, istr!("closed"))
}
/// `o.name()` as a truth value.
pub fn asks(o: Ref, name: Ref) -> PyResult<bool> {
    protocol::truth(call_method(o, name, &[])?.r())
}

/// A size argument: None or an integer (CPython: _Py_convert_optional_to_ssize_t).
pub fn size_arg(v: Option<Ref>) -> PyResult<isize> {
    match v {
        None => Ok(-1),
        Some(v) if v.is_none() => Ok(-1),
        Some(v) if v.ty().slots().nb_index.is_some() => int::as_isize(v),
        Some(v) => exc::type_error(format_args!(
            "argument should be integer or None, not '{}'",
            v.ty().name()
        )),
    }
}
/// A file offset from an object.
pub fn offset_arg(v: Ref) -> PyResult<i64> {
    if v.ty().slots().nb_index.is_none() {
        return exc::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer",
            v.ty().name()
        ));
    }
    int::as_i64(v)
}
pub fn cannot_pickle(o: Ref) -> PyResult {
    exc::type_error(format_args!("cannot pickle '{}' instances", o.ty().full_name()))
}
pub fn cannot_pickle1(o: Ref, _: Ref) -> PyResult {
    cannot_pickle(o)
}

/// The `__dict__` row that every root stream type has.
pub const DICT: GetSetDef = getset(
    "__dict__",
    pyaot_core::object::instance_dict::get,
    pyaot_core::object::instance_dict::set,
);

/// `name` of a stream for reprs: `None` when it has none.
pub fn name_repr(o: Ref) -> PyResult<Option<String>> {
    match protocol::get_attr_opt(o, istr!("name")) {
        Ok(Some(n)) => {
            if n.r().is(o) {
                return exc::runtime_error(format_args!("reentrant call inside {}.__repr__", o.ty().name()));
            }
            Ok(Some(str_::to_string_lossy(protocol::repr(n.r())?.r())))
        }
        Ok(None) => Ok(None),
        Err(_) => {
            if exc::raised_is(&exc::types::VALUE_ERROR) || exc::raised_is(&exc::types::ATTRIBUTE_ERROR) {
                drop(exc::take());
                return Ok(None);
            }
            Err(Raised)
        }
    }
}

/// `io.text_encoding(encoding, stacklevel)`: "locale" or "utf-8" where nothing was said.
fn text_encoding(_: Ref, b: &Bound) -> PyResult {
    match b.get_not_none(0) {
        Some(e) => Ok(e.own()),
        None => Ok(Own::str(if crate::sys::utf8_mode() { "utf-8" } else { "locale" })),
    }
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("open_code(path)"), |_, b| {
        if !os_call::is_str(b.arg(0)) {
            return exc::type_error(format_args!(
                "open_code() argument 'path' must be str, not {}",
                pyaot_core::call::convert::type_name(b.arg(0))
            ));
        }
        open(b.arg(0), "rb", -1, None, None, None, true, None)
    }),
    bound(sig!("text_encoding(encoding, stacklevel=2, /)"), text_encoding),
];

/// The row of `io.open`; `builtins.open` is the same function.
pub const OPEN: MethodDef = bound(
    sig!("open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"),
    open_function,
);

fn text_arg<'a>(b: &Bound<'a>, i: usize, name: &str) -> PyResult<Option<Ref<'a>>> {
    match b.get(i) {
        None => Ok(None),
        Some(v) if v.is_none() && i > 1 => Ok(None),
        Some(v) if os_call::is_str(v) => Ok(Some(v)),
        Some(v) => exc::type_error(format_args!(
            "open() argument '{name}' must be str{}, not {}",
            if i > 1 { " or None" } else { "" },
            if v.is_none() { "None" } else { v.ty().name() }
        )),
    }
}
fn open_function(_: Ref, b: &Bound) -> PyResult {
    let mode = text_arg(b, 1, "mode")?.map_or("r".to_owned(), str_::to_string_lossy);
    let buffering = match b.get(2) {
        Some(v) => os_call::c_int(v)? as i64,
        None => -1,
    };
    let (encoding, errors, newline) = (
        text_arg(b, 3, "encoding")?,
        text_arg(b, 4, "errors")?,
        text_arg(b, 5, "newline")?,
    );
    let closefd = b.get(6).map_or(Ok(true), protocol::truth)?;
    open(
        b.arg(0),
        &mode,
        buffering,
        encoding,
        errors,
        newline,
        closefd,
        b.get_not_none(7),
    )
}

/// CPython: Modules/_io/_iomodule.c, _io_open_impl.
#[allow(clippy::too_many_arguments)]
pub fn open(
    file: Ref,
    mode: &str,
    buffering: i64,
    encoding: Option<Ref>,
    errors: Option<Ref>,
    newline: Option<Ref>,
    closefd: bool,
    opener: Option<Ref>,
) -> PyResult {
    let is_number = !os_call::is_str(file) && !os_call::is_bytes(file) && file.ty().slots().nb_index.is_some();
    let path = if is_number { file.own() } else { os_call::fspath(file)? };
    let (mut creating, mut reading, mut writing, mut appending) = (false, false, false, false);
    let (mut updating, mut text, mut binary) = (false, false, false);
    for (i, c) in mode.char_indices() {
        let seen = match c {
            'x' => &mut creating,
            'r' => &mut reading,
            'w' => &mut writing,
            'a' => &mut appending,
            '+' => &mut updating,
            't' => &mut text,
            'b' => &mut binary,
            _ => return exc::value_error(format_args!("invalid mode: '{mode}'")),
        };
        *seen = true;
        if mode[i + 1..].contains(c) {
            return exc::value_error(format_args!("invalid mode: '{mode}'"));
        }
    }
    if text && binary {
        return exc::value_error(format_args!("can't have text and binary mode at once"));
    }
    if creating as u8 + reading as u8 + writing as u8 + appending as u8 != 1 {
        return exc::value_error(format_args!("must have exactly one of create/read/write/append mode"));
    }
    for (given, name) in [
        (encoding.is_some(), "encoding"),
        (errors.is_some(), "errors"),
        (newline.is_some(), "newline"),
    ] {
        if binary && given {
            return exc::value_error(format_args!(
                "binary mode doesn't take {name} argument",
                name = match name {
                    "encoding" => "an encoding",
                    "errors" => "an errors",
                    _ => "a newline",
                }
            ));
        }
    }
    if binary && buffering == 1 {
        pyaot_core::warn::warn(
            &exc::types::RUNTIME_WARNING,
            format_args!(
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"
            ),
            1,
        )?;
    }
    let mut raw_mode = String::new();
    for (on, c) in [
        (creating, 'x'),
        (reading, 'r'),
        (writing, 'w'),
        (appending, 'a'),
        (updating, '+'),
    ] {
        if on {
            raw_mode.push(c);
        }
    }
    let raw = fileio::open(path.r(), &raw_mode, closefd, opener)?;
    let mut result = raw.clone();
    let built = (|| {
        let mut buffering = buffering;
        let isatty = buffering < 0 && fileio::is_terminal(raw.r())?;
        let line_buffering = buffering == 1 && !binary || isatty;
        if buffering < 0 || buffering == 1 {
            buffering = fileio::block_size(raw.r()) as i64;
        }
        if buffering < 0 {
            return exc::value_error(format_args!("invalid buffering size"));
        }
        if buffering == 0 {
            if !binary {
                return exc::value_error(format_args!("can't have unbuffered text I/O"));
            }
            return Ok(());
        }
        let kind = if updating {
            buffered::Kind::Random
        } else if creating || writing || appending {
            buffered::Kind::Writer
        } else {
            buffered::Kind::Reader
        };
        result = buffered::open(kind, raw.r(), buffering as usize)?;
        if binary {
            return Ok(());
        }
        let t = text::open(result.r(), encoding, errors, newline, line_buffering, false)?;
        result = t;
        protocol::set_attr(result.r(), istr!("mode"), Some(Own::str(mode).r()))
    })();
    if let Err(e) = built {
        let raised = exc::caught(e);
        if call_method(result.r(), istr!("close"), &[]).is_err() {
            let second = exc::take();
            if let Some(second) = second {
                set_field(&exc::types::cast(second.r()).context, Some(raised));
                return exc::restore(second);
            }
        }
        return exc::restore(raised);
    }
    Ok(result)
}

pub static TYPES: &[&TypeObject] = &[
    &iobase::IOBASE_TYPE,
    &iobase::RAWIOBASE_TYPE,
    &iobase::BUFFEREDIOBASE_TYPE,
    &iobase::TEXTIOBASE_TYPE,
    &fileio::FILEIO_TYPE,
    &bytesio::BYTESIO_TYPE,
    &stringio::STRINGIO_TYPE,
    &buffered::READER_TYPE,
    &buffered::WRITER_TYPE,
    &buffered::RANDOM_TYPE,
    &rwpair::RWPAIR_TYPE,
    &text::TEXTIOWRAPPER_TYPE,
    &newlines::DECODER_TYPE,
];

/// Readies the types; idempotent.
pub fn init() {
    for t in TYPES {
        typeobj::ready(t);
    }
    typeobj::ready(&bytesio::BUFFER_TYPE);
    pyaot_core::builtins::print::set_direct_write(&text::TEXTIOWRAPPER_TYPE, text::write_text);
}

pub fn make() -> PyResult {
    init();
    let m = module::new("_io")?;
    module::add(m.r(), "DEFAULT_BUFFER_SIZE", Own::usize(DEFAULT_BUFFER_SIZE))?;
    module::add(m.r(), "UnsupportedOperation", unsupported_operation()?.own())?;
    module::add(m.r(), "BlockingIOError", exc::types::BLOCKING_IO_ERROR.own())?;
    for t in TYPES {
        module::add(m.r(), t.name(), t.own())?;
    }
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "open", shared_open()?)?;
    Ok(m)
}

/// `builtins.open`, added at start.
pub fn add_open_to_builtins() -> PyResult<()> {
    module::add(pyaot_core::builtins::module(), "open", shared_open()?)
}
/// The one `open`, which `builtins` and `_io` share.
fn shared_open() -> PyResult {
    static OPEN_DEF: MethodDef = OPEN;
    struct Kept(Cell<Value>);
    // SAFETY: the GIL guards it.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept(Cell::new(Value::NULL));
    if KEPT.0.get().is_null() {
        let f = call::builtin::new(&OPEN_DEF, None, Some(Own::str("_io")))?;
        set_field(&KEPT.0, Some(f));
    }
    Ok(Ref::from_value(KEPT.0.get()).own())
}

/// BlockingIOError(EAGAIN, message, written).
pub fn blocking<R>(message: &str, written: usize) -> PyResult<R> {
    exc::raise_args(
        &exc::types::BLOCKING_IO_ERROR,
        vec![Own::int(libc::EAGAIN as i64), Own::str(message), Own::usize(written)],
    )
}

/// Sets the context of the raised exception to `first`, at the end of its chain (CPython: _PyErr_ChainExceptions1).
pub fn chain(first: Own) -> PyResult<()> {
    match exc::take() {
        Some(second) => {
            set_field(&exc::types::cast(second.r()).context, Some(first));
            exc::restore(second)
        }
        None => exc::restore(first),
    }
}

/// `memoryview(v)`.
pub fn memoryview(v: Ref) -> PyResult {
    builtin_call("memoryview", v)
}
pub fn builtin_call(name: &str, v: Ref) -> PyResult {
    match pyaot_core::builtins::lookup(types::str::intern(name).r())? {
        Some(t) => call1(t.r(), v),
        None => exc::name_error(format_args!("name '{name}' is not defined")),
    }
}
/// Bytes that a stream's method returned; anything else is a TypeError.
pub fn expect_bytes(v: Own, what: &str) -> PyResult {
    if v.r().ty().has(type_flag::BYTES) {
        return Ok(v);
    }
    exc::type_error(format_args!(
        "{what} should have returned a bytes object, not '{}'",
        v.r().ty().name()
    ))
}
pub fn empty_bytes() -> PyResult {
    bytes::from_slice(b"")
}
pub fn seek(o: Ref, pos: i64, whence: i32) -> PyResult {
    let (p, w) = (Own::int(pos), Own::int(whence as i64));
    let f = protocol::get_attr(o, istr!("seek"))?;
    call2(f.r(), p.r(), w.r())
}
