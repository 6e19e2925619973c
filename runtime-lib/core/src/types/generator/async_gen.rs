//! Async generators: `asend`, `athrow`, `aclose`, and the awaitables they give (CPython: Objects/genobject.c).
//!
//! A value yielded by the body is wrapped, so that it can be told from what an inner `await` yields to the event loop.
use super::{
    BASE_SLOTS, GeneratorObject, Step, code, delegate, finished, frame, name, of, qualname, resume, running, set_name,
    set_qualname, started, suspended, warn_signature,
};
use crate::call::{self, Bound, MethodDef, bound, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, field};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
use crate::types::{self, traceback};
use crate::{istr, object_protocol as protocol};
use core::cell::Cell;
use pyaot_abi::type_flag;

/// Bits of `marks` of async generators.
const HOOKS_RUN: u32 = 1 << 3;
const CLOSED: u32 = 1 << 4;
const RUNNING_ASYNC: u32 = 1 << 5;

#[unsafe(export_name = "pyaot_type_async_generator")]
pub static ASYNC_GENERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "async_generator",
    basic_size: size_of::<GeneratorObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
    slots: Slots {
        am_aiter: Some(|g| Ok(g.own())),
        am_anext: Some(|g| {
            run_hooks(g)?;
            asend(g, Value::NONE)
        }),
        ..BASE_SLOTS
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("asend(value, /)"), |g, v| {
        run_hooks(g)?;
        asend(g, v.own().into_value())
    }),
    bound(sig!("athrow(type, value=None, traceback=None, /)"), |g, b| {
        warn_signature(b)?;
        run_hooks(g)?;
        let none = Ref::from_value(Value::NONE);
        let args = [b.arg(0), b.get(1).unwrap_or(none), b.get(2).unwrap_or(none)];
        athrow(g, types::tuple::from_refs(args)?.into_value())
    }),
    noargs(sig!("aclose()"), |g| {
        run_hooks(g)?;
        athrow(g, Value::NULL)
    }),
];

static GETSET: &[GetSetDef] = &[
    getset("__name__", name, set_name),
    getset("__qualname__", qualname, set_qualname),
    getter("ag_code", |g| Ok(traceback::code_ref(code(g)).own())),
    getter("ag_frame", frame),
    getter("ag_running", |g| Ok(Own::bool(of(g).marks.get() & RUNNING_ASYNC != 0))),
    getter("ag_suspended", |g| Ok(Own::bool(suspended(g)))),
    getter("ag_await", |g| Ok(delegate(g).unwrap_or(Own::none()))),
];

/// `sys.set_asyncgen_hooks`: firstiter and finalizer, null when not set.
pub struct Hooks {
    pub firstiter: Cell<Value>,
    pub finalizer: Cell<Value>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for Hooks {}
pub static HOOKS: Hooks = Hooks {
    firstiter: Cell::new(Value::NULL),
    finalizer: Cell::new(Value::NULL),
};

fn set_status(g: Ref, bit: u32, on: bool) {
    let s = &of(g).marks;
    s.set(if on { s.get() | bit } else { s.get() & !bit });
}
fn has(g: Ref, bit: u32) -> bool {
    of(g).marks.get() & bit != 0
}

/// At the first iteration: the finalizer is remembered, firstiter is called (CPython: async_gen_init_hooks).
fn run_hooks(g: Ref) -> PyResult<()> {
    if has(g, HOOKS_RUN) {
        return Ok(());
    }
    set_status(g, HOOKS_RUN, true);
    if let Some(f) = field(&HOOKS.finalizer) {
        crate::object::set_field(&of(g).extra, Some(f.own()));
    }
    if let Some(f) = field(&HOOKS.firstiter) {
        let f = f.own();
        call::call1(f.r(), g)?;
    }
    Ok(())
}

/// Finalisation through the event loop's hook; false when there is none.
pub fn call_finalizer(g: Ref) -> bool {
    let Some(f) = field(&of(g).extra).map(Ref::own).filter(|_| !has(g, CLOSED)) else {
        return false;
    };
    if call::call1(f.r(), g).is_err() {
        crate::exec::write_unraisable("Exception ignored in", Some(g.own()));
    }
    true
}

/// A value that the body yielded.
#[repr(C)]
struct Wrapped {
    header: Header,
    value: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for Wrapped {
    fn type_object() -> &'static TypeObject {
        &WRAPPED_TYPE
    }
}
pub static WRAPPED_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "async_generator_wrapped_value",
    basic_size: size_of::<Wrapped>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        // SAFETY: slots receive instances.
        traverse: Some(|w, visit| visit(unsafe { w.cast::<Wrapped>() }.value.get())),
        // SAFETY: called once for a dead instance.
        dealloc: Some(|p| decref(unsafe { &*p.cast::<Wrapped>() }.value.get())),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
/// INTRINSIC_ASYNC_GEN_WRAP.
pub fn wrap(v: Own) -> PyResult {
    alloc::object(|header| Wrapped {
        header,
        value: Cell::new(v.into_value()),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Init,
    Iterating,
    Closed,
}

/// Awaitable of `asend`, `__anext__`, `athrow` and `aclose`.
#[repr(C)]
struct Operation {
    header: Header,
    generator: Cell<Value>,
    /// asend: the value; athrow: the argument tuple; aclose: null.
    argument: Cell<Value>,
    state: Cell<State>,
}
macro_rules! operation_type {
    ($marker:ident, $ty:ident, $name:literal, $send:ident, $throw:ident) => {
        pub static $ty: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<Operation>(),
            flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
            slots: Slots {
                am_await: Some(|o| Ok(o.own())),
                iter: Some(|o| Ok(o.own())),
                iternext: Some(|o| $send(o, Ref::from_value(Value::NONE)).map(Some)),
                finalize: Some(finalize),
                traverse: Some(|o, visit| {
                    visit(op(o).generator.get());
                    visit(op(o).argument.get());
                }),
                dealloc: Some(operation_dealloc),
                ..Slots::NONE
            },
            methods: &[
                one(sig!("send(value, /)"), |o, v| $send(o, v)),
                bound(sig!("throw(type, value=None, traceback=None, /)"), |o, b| {
                    warn_signature(b)?;
                    $throw(o, b)
                }),
                noargs(sig!("close()"), |o| operation_close(o, $throw)),
            ],
            ..TypeDef::NEW
        });
    };
}
operation_type!(Asend, ASEND_TYPE, "async_generator_asend", asend_send, asend_throw);
operation_type!(Athrow, ATHROW_TYPE, "async_generator_athrow", athrow_send, athrow_throw);

fn op(o: Ref<'_>) -> &Operation {
    // SAFETY: slots and methods of the two types receive their instances.
    unsafe { &*o.value().as_ptr::<Operation>() }
}
unsafe fn operation_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let o = unsafe { &*p.cast::<Operation>() };
    decref(o.argument.get());
    decref(o.generator.get());
}
fn new_operation(ty: &'static TypeObject, g: Ref, argument: Value) -> PyResult {
    let p = alloc::raw(ty, size_of::<Operation>())?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let header = p.read();
        p.cast::<Operation>().write(Operation {
            header,
            generator: Cell::new(g.own().into_value()),
            argument: Cell::new(argument),
            state: Cell::new(State::Init),
        });
    }
    Ok(Own::from_value(Value::from_ptr(p)))
}
fn asend(g: Ref, value: Value) -> PyResult {
    new_operation(&ASEND_TYPE, g, value)
}
fn athrow(g: Ref, args: Value) -> PyResult {
    new_operation(&ATHROW_TYPE, g, args)
}
fn generator(o: Ref) -> Own {
    Ref::from_value(op(o).generator.get()).own()
}

/// "coroutine method 'asend' of 'g' was never awaited".
fn finalize(o: Ref) {
    if op(o).state.get() != State::Init {
        return;
    }
    let method = if core::ptr::eq(o.ty(), &ASEND_TYPE) {
        "asend"
    } else if op(o).argument.get().is_null() {
        "aclose"
    } else {
        "athrow"
    };
    let g = generator(o);
    if !started(g.r()) && method != "asend" && finished(g.r()) {
        return;
    }
    let text = types::str::to_string_lossy(Ref::from_value(of(g.r()).qualname.get()));
    let r = crate::warn::warn_about(
        o,
        &exc::types::RUNTIME_WARNING,
        format_args!("coroutine method '{method}' of '{text}' was never awaited"),
    );
    if r.is_err() {
        crate::exec::write_unraisable("Exception ignored in", Some(o.own()));
    }
}

fn reuse<R>(what: &str) -> PyResult<R> {
    exc::runtime_error(format_args!("cannot reuse already awaited {what}"))
}
const ASEND: &str = "__anext__()/asend()";
const ATHROW: &str = "aclose()/athrow()";

/// One step of the body; its end raises StopAsyncIteration.
fn step(g: Ref, sent: Option<Own>) -> PyResult {
    if running(g) {
        return exc::value_error(format_args!("async generator already executing"));
    }
    if finished(g) {
        return exc::raise_args(&exc::types::STOP_ASYNC_ITERATION, vec![]);
    }
    match resume(g, sent)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(_) => exc::raise_args(&exc::types::STOP_ASYNC_ITERATION, vec![]),
    }
}

/// A wrapped value ends the awaiting with StopIteration(value) (CPython: async_gen_unwrap_value).
fn unwrap(g: Ref, r: PyResult) -> PyResult {
    match r {
        Err(e) => {
            if exc::raised_is(&exc::types::STOP_ASYNC_ITERATION) || exc::raised_is(&exc::types::GENERATOR_EXIT) {
                set_status(g, CLOSED, true);
            }
            set_status(g, RUNNING_ASYNC, false);
            Err(e)
        }
        Ok(v) => match v.r().downcast_exact::<Wrapped>() {
            Some(w) => {
                set_status(g, RUNNING_ASYNC, false);
                super::raise_stop(Ref::from_value(w.value.get()).own())
            }
            None => Ok(v),
        },
    }
}

fn asend_send(o: Ref, v: Ref) -> PyResult {
    let (a, g) = (op(o), generator(o));
    let sent = match a.state.get() {
        State::Closed => return reuse(ASEND),
        State::Init => {
            if has(g.r(), RUNNING_ASYNC) {
                a.state.set(State::Closed);
                return exc::runtime_error(format_args!("anext(): asynchronous generator is already running"));
            }
            a.state.set(State::Iterating);
            set_status(g.r(), RUNNING_ASYNC, true);
            if v.is_none() {
                Ref::from_value(a.argument.get()).own()
            } else {
                v.own()
            }
        }
        State::Iterating => v.own(),
    };
    if !started(g.r()) && !sent.r().is_none() {
        set_status(g.r(), RUNNING_ASYNC, false);
        a.state.set(State::Closed);
        return exc::type_error(format_args!(
            "can't send non-None value to a just-started async generator"
        ));
    }
    let r = step(g.r(), Some(sent));
    let r = unwrap(g.r(), r);
    if r.is_err() {
        a.state.set(State::Closed);
    }
    r
}

fn asend_throw(o: Ref, b: &Bound) -> PyResult {
    let (a, g) = (op(o), generator(o));
    match a.state.get() {
        State::Closed => return reuse(ASEND),
        State::Init => {
            if has(g.r(), RUNNING_ASYNC) {
                a.state.set(State::Closed);
                return exc::runtime_error(format_args!("anext(): asynchronous generator is already running"));
            }
            a.state.set(State::Iterating);
            set_status(g.r(), RUNNING_ASYNC, true);
        }
        State::Iterating => {}
    }
    let r = throw_step(g.r(), true, b.arg(0), b.get(1), b.get(2));
    let r = unwrap(g.r(), r);
    if r.is_err() {
        a.state.set(State::Closed);
    }
    r
}
fn throw_step(g: Ref, close_on_exit: bool, ty: Ref, value: Option<Ref>, tb: Option<Ref>) -> PyResult {
    match super::throw_with(g, close_on_exit, ty, value, tb)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(_) => exc::raise_args(&exc::types::STOP_ASYNC_ITERATION, vec![]),
    }
}

/// CPython: async_gen_asend_close, async_gen_athrow_close.
fn operation_close(o: Ref, throw: fn(Ref, &Bound) -> PyResult) -> PyResult {
    if op(o).state.get() == State::Closed {
        return Ok(Own::none());
    }
    let args = [exc::types::GENERATOR_EXIT.r()];
    let r = call::bind(
        sig!("throw(type, value=None, traceback=None, /)"),
        &call::Args::positional(&args),
        |b| throw(o, b),
    );
    match r {
        Ok(_) => exc::runtime_error(format_args!("coroutine ignored GeneratorExit")),
        Err(_)
            if exc::raised_is(&exc::types::STOP_ITERATION)
                || exc::raised_is(&exc::types::STOP_ASYNC_ITERATION)
                || exc::raised_is(&exc::types::GENERATOR_EXIT) =>
        {
            drop(exc::take());
            Ok(Own::none())
        }
        Err(e) => Err(e),
    }
}

/// First and later steps of `athrow` and `aclose` (CPython: async_gen_athrow_send).
fn athrow_send(o: Ref, v: Ref) -> PyResult {
    let (a, g) = (op(o), generator(o));
    let closing = a.argument.get().is_null();
    if a.state.get() == State::Closed {
        return reuse(ATHROW);
    }
    if finished(g.r()) {
        a.state.set(State::Closed);
        return exc::raise_args(&exc::types::STOP_ITERATION, vec![]);
    }
    let r = if a.state.get() == State::Init {
        if has(g.r(), RUNNING_ASYNC) {
            a.state.set(State::Closed);
            let what = if closing { "aclose" } else { "athrow" };
            return exc::runtime_error(format_args!("{what}(): asynchronous generator is already running"));
        }
        if has(g.r(), CLOSED) {
            a.state.set(State::Closed);
            return exc::raise_args(&exc::types::STOP_ASYNC_ITERATION, vec![]);
        }
        if !v.is_none() {
            return exc::runtime_error(format_args!("can't send non-None value to a just-started coroutine"));
        }
        a.state.set(State::Iterating);
        set_status(g.r(), RUNNING_ASYNC, true);
        if closing {
            set_status(g.r(), CLOSED, true);
            let r = throw_step(g.r(), false, exc::types::GENERATOR_EXIT.r(), None, None);
            if r.as_ref().is_ok_and(|v| v.r().downcast_exact::<Wrapped>().is_some()) {
                return ignored_exit(g.r());
            }
            r
        } else {
            let args = Ref::from_value(a.argument.get()).own();
            let get = |i| Some(types::tuple::get(args.r(), i)).filter(|v: &Ref| !v.is_none());
            let r = throw_step(g.r(), false, types::tuple::get(args.r(), 0), get(1), get(2));
            let r = unwrap(g.r(), r);
            if r.is_err() {
                a.state.set(State::Closed);
            }
            return r;
        }
    } else {
        step(g.r(), Some(v.own()))
    };
    settle(o, g.r(), closing, r)
}

/// What a step of `athrow`/`aclose` means.
fn settle(o: Ref, g: Ref, closing: bool, r: PyResult) -> PyResult {
    let a = op(o);
    if !closing {
        let r = unwrap(g, r);
        if r.is_err() {
            a.state.set(State::Closed);
        }
        return r;
    }
    match r {
        Ok(v) if v.r().downcast_exact::<Wrapped>().is_some() => {
            a.state.set(State::Closed);
            ignored_exit(g)
        }
        Ok(v) => Ok(v),
        Err(Raised) => {
            a.state.set(State::Closed);
            set_status(g, RUNNING_ASYNC, false);
            if exc::raised_is(&exc::types::STOP_ASYNC_ITERATION) || exc::raised_is(&exc::types::GENERATOR_EXIT) {
                drop(exc::take());
                return exc::raise_args(&exc::types::STOP_ITERATION, vec![]);
            }
            Err(Raised)
        }
    }
}
fn ignored_exit(g: Ref) -> PyResult {
    set_status(g, RUNNING_ASYNC, false);
    exc::runtime_error(format_args!("async generator ignored GeneratorExit"))
}

fn athrow_throw(o: Ref, b: &Bound) -> PyResult {
    let (a, g) = (op(o), generator(o));
    let closing = a.argument.get().is_null();
    match a.state.get() {
        State::Closed => return reuse(ATHROW),
        State::Init => {
            if has(g.r(), RUNNING_ASYNC) {
                a.state.set(State::Closed);
                let what = if closing { "aclose" } else { "athrow" };
                return exc::runtime_error(format_args!("{what}(): asynchronous generator is already running"));
            }
            a.state.set(State::Iterating);
            set_status(g.r(), RUNNING_ASYNC, true);
        }
        State::Iterating => {}
    }
    let r = throw_step(g.r(), false, b.arg(0), b.get(1), b.get(2));
    settle(o, g.r(), closing, r)
}

/// `anext(it, default)`: awaitable that gives the default instead of StopAsyncIteration.
#[repr(C)]
struct AnextAwaitable {
    header: Header,
    awaitable: Cell<Value>,
    default: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for AnextAwaitable {
    fn type_object() -> &'static TypeObject {
        &ANEXT_AWAITABLE_TYPE
    }
}
pub static ANEXT_AWAITABLE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "anext_awaitable",
    basic_size: size_of::<AnextAwaitable>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        am_await: Some(|a| Ok(a.own())),
        iter: Some(|a| Ok(a.own())),
        iternext: Some(|a| {
            let it = anext_iter(a)?;
            let f = it.r().ty().slots().iternext.expect("an awaitable's iterator is one");
            match f(it.r()) {
                Ok(Some(v)) => Ok(Some(v)),
                Ok(None) => exc::stop_iteration(None),
                Err(e) => with_default(a, Err(e)).map(Some),
            }
        }),
        traverse: Some(|a, visit| {
            visit(anext_of(a).awaitable.get());
            visit(anext_of(a).default.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let a = unsafe { &*p.cast::<AnextAwaitable>() };
            decref(a.awaitable.get());
            decref(a.default.get());
        }),
        ..Slots::NONE
    },
    methods: &[
        one(sig!("send(value, /)"), |a, v| anext_proxy(a, istr!("send"), &[v])),
        bound(sig!("throw(type, value=None, traceback=None, /)"), |a, b| {
            let mut args = vec![b.arg(0)];
            args.extend(b.get(1));
            args.extend(b.get(2));
            anext_proxy(a, istr!("throw"), &args)
        }),
        noargs(sig!("close()"), |a| anext_proxy(a, istr!("close"), &[])),
    ],
    ..TypeDef::NEW
});
fn anext_of(a: Ref<'_>) -> &AnextAwaitable {
    // SAFETY: slots and methods receive instances.
    unsafe { a.cast() }
}
pub fn anext_with_default(awaitable: Own, default: Ref) -> PyResult {
    alloc::object(|header| AnextAwaitable {
        header,
        awaitable: Cell::new(awaitable.into_value()),
        default: Cell::new(default.own().into_value()),
    })
}
fn anext_iter(a: Ref) -> PyResult {
    let it = super::coroutine::awaitable_iter(Ref::from_value(anext_of(a).awaitable.get()))?;
    if it.r().ty().slots().iternext.is_none() {
        // A coroutine: its wrapper iterates.
        let f = it.r().ty().slots().am_await.expect("awaitable_iter tested");
        return f(it.r());
    }
    Ok(it)
}
fn anext_proxy(a: Ref, method: Ref, args: &[Ref]) -> PyResult {
    let it = anext_iter(a)?;
    let f = protocol::get_attr(it.r(), method)?;
    let r = call::call(f.r(), &call::Args::positional(args));
    with_default(a, r)
}
fn with_default(a: Ref, r: PyResult) -> PyResult {
    match r {
        Err(_) if exc::raised_is(&exc::types::STOP_ASYNC_ITERATION) => {
            drop(exc::take());
            super::raise_stop(Ref::from_value(anext_of(a).default.get()).own())
        }
        r => r,
    }
}
