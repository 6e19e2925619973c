//! The exception classes: one list, one layout family.
//!
//! Every exception has the fields of [`BaseException`]; classes with fields of their own extend it. Shape and attribute words stand
//! at the offset of plain instances, so attribute caches work on exceptions too.
use crate::call::Args;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct BaseException {
    pub header: Header,
    pub shape: Cell<u64>,
    pub extra: Cell<u64>,
    /// The tuple of the arguments, or the first of them; `memory::args` reads it.
    pub(super) args: Cell<Value>,
    pub(super) second: Cell<Value>,
    /// Traceback object or null; [`records::traceback`] reads it.
    pub(super) traceback: Cell<Value>,
    pub context: Cell<Value>,
    pub cause: Cell<Value>,
    /// Frames passed since `traceback` was looked at, newest first.
    pub(super) records: Cell<*mut Record>,
    /// How many of `args` and `second` are arguments; `memory` says what it is when there is a tuple.
    pub(super) count: Cell<u8>,
    pub suppress_context: Cell<bool>,
}

// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for BaseException {
    fn type_object() -> &'static TypeObject {
        &BASE_EXCEPTION
    }
}

pub const BASE_FLAGS: u64 = type_flag::GC | type_flag::BASETYPE | type_flag::BASE_EXC | type_flag::WEAKREFABLE;

#[unsafe(export_name = "pyaot_type_BaseException")]
pub static BASE_EXCEPTION: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "BaseException",
        basic_size: size_of::<BaseException>(),
        flags: BASE_FLAGS,
        doc: "The root of all exceptions.",
        slots: Slots {
            new: Some(new),
            init: Some(init),
            repr: Some(super::base::repr),
            str: Some(super::base::str),
            traverse: Some(traverse),
            clear: Some(clear),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        methods: super::base::METHODS,
        getset: super::base::GETSET,
        ..TypeDef::NEW
    });
    t.head.shape_offset.replace(16);
    t
};

/// Bytes of a class with `n` value fields of its own behind the base's.
pub const fn size_with(n: usize) -> usize {
    size_of::<BaseException>() + n * 8
}

/// One class a line: simple ones have their base's layout; the others name their field count and slots.
macro_rules! exceptions {
    ($($ident:ident $name:literal $base:ident $({ $($extra:tt)* })?;)*) => {
        $(#[unsafe(export_name = concat!("pyaot_type_", $name))]
        pub static $ident: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            base: Some(&$base),
            flags: BASE_FLAGS,
            $($($extra)*)?
            ..TypeDef::NEW
        });)*
        /// All exception classes, bases first.
        pub static EXCEPTION_TYPES: &[&TypeObject] = &[&BASE_EXCEPTION, $(&$ident),*];
    };
}

use super::records::{self, Record};
use super::{fields, group, os_error, syntax, unicode};

exceptions! {
    EXCEPTION "Exception" BASE_EXCEPTION;
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" BASE_EXCEPTION {
        basic_size: size_with(3), slots: group::SLOTS, methods: group::METHODS, getset: group::GETSET,
    };
    EXCEPTION_GROUP "ExceptionGroup" BASE_EXCEPTION_GROUP {
        second_base: Some(&EXCEPTION), basic_size: size_with(3), slots: group::SLOTS, methods: group::METHODS, getset: group::GETSET,
    };
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION;
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION;
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION { basic_size: size_with(1), slots: fields::SYSTEM_EXIT_SLOTS, getset: fields::SYSTEM_EXIT_GETSET, };
    STOP_ITERATION "StopIteration" EXCEPTION { basic_size: size_with(1), slots: fields::STOP_ITERATION_SLOTS, getset: fields::STOP_ITERATION_GETSET, };
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION;
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION;
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR;
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR;
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR;
    ASSERTION_ERROR "AssertionError" EXCEPTION;
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION {
        basic_size: size_with(2), slots: fields::ATTRIBUTE_ERROR_SLOTS, methods: fields::ATTRIBUTE_ERROR_METHODS, getset: fields::ATTRIBUTE_ERROR_GETSET,
    };
    BUFFER_ERROR "BufferError" EXCEPTION;
    EOF_ERROR "EOFError" EXCEPTION;
    IMPORT_ERROR "ImportError" EXCEPTION {
        basic_size: size_with(4), slots: fields::IMPORT_ERROR_SLOTS, methods: fields::IMPORT_ERROR_METHODS, getset: fields::IMPORT_ERROR_GETSET,
    };
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR;
    LOOKUP_ERROR "LookupError" EXCEPTION;
    INDEX_ERROR "IndexError" LOOKUP_ERROR;
    KEY_ERROR "KeyError" LOOKUP_ERROR { slots: fields::KEY_ERROR_SLOTS, };
    MEMORY_ERROR "MemoryError" EXCEPTION;
    NAME_ERROR "NameError" EXCEPTION { basic_size: size_with(1), slots: fields::NAME_ERROR_SLOTS, getset: fields::NAME_ERROR_GETSET, };
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR;
    OS_ERROR "OSError" EXCEPTION { basic_size: size_with(5), slots: os_error::SLOTS, methods: os_error::METHODS, getset: os_error::GETSET, };
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR;
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR;
    CONNECTION_ERROR "ConnectionError" OS_ERROR;
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR;
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR;
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR;
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR;
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR;
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR;
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR;
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR;
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR;
    PERMISSION_ERROR "PermissionError" OS_ERROR;
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR;
    TIMEOUT_ERROR "TimeoutError" OS_ERROR;
    REFERENCE_ERROR "ReferenceError" EXCEPTION;
    RUNTIME_ERROR "RuntimeError" EXCEPTION;
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR;
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" RUNTIME_ERROR;
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR;
    SYNTAX_ERROR "SyntaxError" EXCEPTION { basic_size: size_with(9), slots: syntax::SLOTS, getset: syntax::GETSET, };
    INDENTATION_ERROR "IndentationError" SYNTAX_ERROR;
    TAB_ERROR "TabError" INDENTATION_ERROR;
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" SYNTAX_ERROR;
    SYSTEM_ERROR "SystemError" EXCEPTION;
    TYPE_ERROR "TypeError" EXCEPTION;
    VALUE_ERROR "ValueError" EXCEPTION;
    UNICODE_ERROR "UnicodeError" VALUE_ERROR;
    UNICODE_DECODE_ERROR "UnicodeDecodeError" UNICODE_ERROR { basic_size: size_with(5), slots: unicode::DECODE_SLOTS, getset: unicode::GETSET, };
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" UNICODE_ERROR { basic_size: size_with(5), slots: unicode::ENCODE_SLOTS, getset: unicode::GETSET, };
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" UNICODE_ERROR { basic_size: size_with(5), slots: unicode::TRANSLATE_SLOTS, getset: unicode::GETSET, };
    WARNING "Warning" EXCEPTION;
    USER_WARNING "UserWarning" WARNING;
    DEPRECATION_WARNING "DeprecationWarning" WARNING;
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" WARNING;
    SYNTAX_WARNING "SyntaxWarning" WARNING;
    RUNTIME_WARNING "RuntimeWarning" WARNING;
    FUTURE_WARNING "FutureWarning" WARNING;
    IMPORT_WARNING "ImportWarning" WARNING;
    UNICODE_WARNING "UnicodeWarning" WARNING;
    BYTES_WARNING "BytesWarning" WARNING;
    RESOURCE_WARNING "ResourceWarning" WARNING;
    ENCODING_WARNING "EncodingWarning" WARNING;
}

pub fn cast(e: Ref<'_>) -> &BaseException {
    // SAFETY: slots of these types receive their instances.
    unsafe { e.cast() }
}

pub use super::memory::{make, own_fields};

fn is(f: Option<*const ()>, g: *const ()) -> bool {
    f.is_some_and(|f| core::ptr::eq(f, g))
}

/// `cls(*words)` for a class whose constructor only keeps its arguments, or the first of them in a field; `None` for others.
#[inline]
pub fn construct(cls: &'static TypeObject, words: &[Value]) -> Option<PyResult> {
    let s = cls.slots();
    if !is(s.new.map(|f| f as _), new as *const ()) {
        return None;
    }
    let init_of = s.init.map(|f| f as *const ());
    if is(init_of, init as *const ()) {
        return Some(make(cls, words));
    }
    if is(init_of, fields::init_first as *const ()) {
        return Some(make(cls, words).inspect(|e| {
            let first = words.first().map_or(Own::none(), |v| Ref::from_value(*v).own());
            set_field(&own_fields(e.r())[0], Some(first));
        }));
    }
    None
}

pub fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    make(cls, args.pos())
}

pub fn init(e: Ref, args: &Args) -> PyResult<()> {
    if args.has_keywords() {
        return args.no_keywords(e.ty().name());
    }
    super::memory::set_words(e, args.pos())
}

fn links(e: &BaseException) -> [&Cell<Value>; 3] {
    [&e.traceback, &e.context, &e.cause]
}

fn traverse(e: Ref, visit: crate::typeobj::slots::Visitor) {
    visit(cast(e).args.get());
    visit(cast(e).second.get());
    links(cast(e)).iter().for_each(|f| visit(f.get()));
    records::traverse(cast(e), visit);
    own_fields(e).iter().for_each(|f| visit(f.get()));
}
fn clear(e: Ref) {
    records::clear(cast(e));
    for f in links(cast(e)) {
        set_field(f, None);
    }
    own_fields(e).iter().for_each(|f| set_field(f, None));
}

pub unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe { super::memory::drop_content(p) };
}

/// `exc.__context__` = the handled exception, unless that is `exc` itself; a cycle in the context chain is cut
/// (CPython: Python/errors.c, _PyErr_SetObject).
#[inline(always)]
pub fn set_context_from_handled(exc: Ref) {
    let thread = &super::THREAD;
    let mut handled = thread.handled.get();
    if handled == Value::NONE {
        if thread.callers.get().is_null() {
            return;
        }
        handled = super::handled();
    }
    if handled == Value::NONE || handled == exc.value() {
        return;
    }
    let (handled, context) = (Ref::from_value(handled), &cast(exc).context);
    match field(&cast(handled).context).is_none() && context.get().is_null() {
        true => context.set(handled.own().into_value()),
        false => set_context(exc, handled),
    }
}

#[inline(never)]
fn set_context(exc: Ref, handled: Ref) {
    let mut at = handled;
    while let Some(context) = field(&cast(at).context) {
        if context.is(exc) {
            set_field(&cast(at).context, None);
            break;
        }
        at = context;
    }
    set_field(&cast(exc).context, Some(handled.own()));
}

/// MemoryError without arguments, made without needing memory when there is none: the instance is kept from start.
pub fn memory_error_instance() -> Own {
    use core::cell::OnceCell;
    struct Kept(OnceCell<Own>);
    // SAFETY: the GIL guards it.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept(OnceCell::new());
    KEPT.0
        .get_or_init(|| new(&MEMORY_ERROR, &Args::EMPTY).expect("made at start, when there is memory"))
        .clone()
}
