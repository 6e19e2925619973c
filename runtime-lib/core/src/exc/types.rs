//! The exception classes: one list, one layout family.
//!
//! Every exception has the fields of [`BaseException`]; classes with fields of their own extend it. Shape and attribute words stand
//! at the offset of plain instances, so attribute caches work on exceptions too.
use crate::call::Args;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct BaseException {
    pub header: Header,
    pub shape: Cell<u64>,
    pub extra: Cell<u64>,
    /// Tuple.
    pub args: Cell<Value>,
    /// Traceback object or null.
    pub traceback: Cell<Value>,
    pub context: Cell<Value>,
    pub cause: Cell<Value>,
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
        slots: Slots {
            new: Some(new),
            init: Some(init),
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        ..TypeDef::NEW
    });
    t.head.shape_offset.replace(16);
    t
};

/// Simple classes: same layout as their base.
macro_rules! exceptions {
    ($($ident:ident $name:literal $base:ident;)*) => {
        $(pub static $ident: TypeObject = TypeObject::builtin(&TypeDef { name: $name, base: Some(&$base), flags: BASE_FLAGS, ..TypeDef::NEW });)*
        /// All exception classes, bases first.
        pub static EXCEPTION_TYPES: &[&TypeObject] = &[&BASE_EXCEPTION, $(&$ident),*];
    };
}

exceptions! {
    EXCEPTION "Exception" BASE_EXCEPTION;
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION;
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION;
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION;
    STOP_ITERATION "StopIteration" EXCEPTION;
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION;
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION;
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR;
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR;
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR;
    ASSERTION_ERROR "AssertionError" EXCEPTION;
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION;
    BUFFER_ERROR "BufferError" EXCEPTION;
    EOF_ERROR "EOFError" EXCEPTION;
    IMPORT_ERROR "ImportError" EXCEPTION;
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR;
    LOOKUP_ERROR "LookupError" EXCEPTION;
    INDEX_ERROR "IndexError" LOOKUP_ERROR;
    KEY_ERROR "KeyError" LOOKUP_ERROR;
    MEMORY_ERROR "MemoryError" EXCEPTION;
    NAME_ERROR "NameError" EXCEPTION;
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR;
    OS_ERROR "OSError" EXCEPTION;
    REFERENCE_ERROR "ReferenceError" EXCEPTION;
    RUNTIME_ERROR "RuntimeError" EXCEPTION;
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR;
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR;
    SYNTAX_ERROR "SyntaxError" EXCEPTION;
    SYSTEM_ERROR "SystemError" EXCEPTION;
    TYPE_ERROR "TypeError" EXCEPTION;
    VALUE_ERROR "ValueError" EXCEPTION;
    UNICODE_ERROR "UnicodeError" VALUE_ERROR;
    WARNING "Warning" EXCEPTION;
}

fn cast(e: Ref<'_>) -> &BaseException {
    // SAFETY: slots of this type receive its instances.
    unsafe { e.cast() }
}

fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let tuple = crate::types::tuple::from_refs(args.iter())?;
    alloc::object_of(cls, |header| BaseException {
        header,
        shape: Cell::new(0),
        extra: Cell::new(0),
        args: Cell::new(tuple.into_value()),
        traceback: Cell::new(Value::NULL),
        context: Cell::new(Value::NULL),
        cause: Cell::new(Value::NULL),
        suppress_context: Cell::new(false),
    })
}

fn init(e: Ref, args: &Args) -> PyResult<()> {
    args.no_keywords(e.ty().name())?;
    set_field(&cast(e).args, Some(crate::types::tuple::from_refs(args.iter())?));
    Ok(())
}

fn traverse(e: Ref, visit: crate::typeobj::slots::Visitor) {
    let e = cast(e);
    for f in [&e.args, &e.traceback, &e.context, &e.cause] {
        visit(f.get());
    }
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let e = unsafe { &*p.cast::<BaseException>() };
    for f in [&e.args, &e.traceback, &e.context, &e.cause] {
        decref(f.replace(Value::NULL));
    }
}

/// `exc.__context__` = the handled exception, unless that is `exc` itself; a cycle in the context chain is cut
/// (CPython: Python/errors.c, _PyErr_SetObject).
pub fn set_context_from_handled(exc: Ref) {
    let handled = super::THREAD.handled.get();
    if handled == Value::NONE || handled == exc.value() {
        return;
    }
    let handled = Ref::from_value(handled);
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
