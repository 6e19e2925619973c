//! Generators: resuming, `send`, `throw`, `close`, finalisation (CPython: Objects/genobject.c). Coroutines and async generators are
//! in the sibling files; all three share the heap frame [`GeneratorObject`].
//!
//! While a generator runs, `THREAD.handled` is what it handles itself, and `THREAD.callers` leads to what its callers handle: compiled
//! bodies see to that when they are entered and left (`hot/src/generator.rs`).
use crate::call::{self, Bound, MethodDef, bound, noargs, one, sig};
use crate::exc::{self, THREAD};
use crate::exec::{frames, watch};
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
use crate::types::{self, traceback};
use crate::{istr, object_protocol as protocol};
use core::cell::Cell;
use core::mem::offset_of;
pub use pyaot_abi::GeneratorObject;
use pyaot_abi::{
    CallerHandles, CodeObject, GENERATOR_BUSY, GENERATOR_DELEGATING, GENERATOR_FINISHED, GENERATOR_PROTECTED,
    GENERATOR_RUNNING, GENERATOR_WATCHED, type_flag,
};

pub mod async_gen;
pub mod chain;
pub mod coroutine;
pub mod sink;

pub use async_gen::anext_with_default;

// SAFETY: abi layout.
unsafe impl Object for GeneratorObject {
    fn type_object() -> &'static TypeObject {
        &GENERATOR_TYPE
    }
}

pub const CO_GENERATOR: u32 = 0x20;
pub const CO_COROUTINE: u32 = 0x80;
pub const CO_ITERABLE_COROUTINE: u32 = 0x100;
pub const CO_ASYNC_GENERATOR: u32 = 0x200;

/// Slots that generators, coroutines and async generators share.
pub const BASE_SLOTS: Slots = Slots {
    repr: Some(repr),
    finalize: Some(finalize),
    traverse: Some(traverse),
    clear: Some(clear),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

#[unsafe(export_name = "pyaot_type_generator")]
pub static GENERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "generator",
    basic_size: size_of::<GeneratorObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
    slots: Slots {
        iter: Some(|g| Ok(g.own())),
        iternext: Some(iternext),
        ..BASE_SLOTS
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("send(value, /)"), |g, v| returned(send(g, Some(v.own())))),
    bound(sig!("throw(type, value=None, traceback=None, /)"), throw_method),
    noargs(sig!("close()"), close),
    noargs(sig!("__sizeof__()"), |g| {
        Ok(Own::usize(size_of::<GeneratorObject>() + of(g).live.get() as usize * 8))
    }),
];

static GETSET: &[GetSetDef] = &[
    getset("__name__", name, set_name),
    getset("__qualname__", qualname, set_qualname),
    getter("gi_code", |g| Ok(traceback::code_ref(code(g)).own())),
    getter("gi_frame", frame),
    getter("gi_running", |g| Ok(Own::bool(running(g)))),
    getter("gi_suspended", |g| Ok(Own::bool(suspended(g)))),
    getter("gi_yieldfrom", |g| Ok(delegate(g).unwrap_or(Own::none()))),
];

#[inline(always)]
pub fn of(g: Ref<'_>) -> &GeneratorObject {
    // SAFETY: slots, methods and getters of the three types receive their instances, which share the layout.
    unsafe { &*g.value().as_ptr::<GeneratorObject>() }
}
pub fn code(g: Ref<'_>) -> &'static CodeObject {
    // SAFETY: code objects of compiled functions are static.
    unsafe { &*of(g).code }
}
pub fn is_generator_like(v: Ref) -> bool {
    v.header().is_some_and(|h| {
        let t = h.ty.get().cast::<TypeObject>();
        core::ptr::eq(t, &GENERATOR_TYPE) || core::ptr::eq(t, &coroutine::COROUTINE_TYPE)
    })
}
pub fn running(g: Ref) -> bool {
    let o = of(g);
    o.state.get() == GENERATOR_RUNNING || o.flags.get() & GENERATOR_BUSY != 0 || chain::runs_below(g)
}
/// Whether it counts as running while something is done with its delegate.
fn set_busy(g: Ref, busy: bool) {
    chain::touched(of(g));
    let flags = &of(g).flags;
    flags.set(if busy {
        flags.get() | GENERATOR_BUSY
    } else {
        flags.get() & !GENERATOR_BUSY
    });
}
pub fn finished(g: Ref) -> bool {
    of(g).state.get() == GENERATOR_FINISHED
}
pub fn started(g: Ref) -> bool {
    of(g).state.get() != 0
}
pub fn suspended(g: Ref) -> bool {
    started(g) && !finished(g) && !running(g)
}
/// What the kind is called in messages.
fn kind(g: Ref) -> &'static str {
    if code(g).flags & CO_COROUTINE != 0 {
        "coroutine"
    } else if code(g).flags & CO_ASYNC_GENERATOR != 0 {
        "async generator"
    } else {
        "generator"
    }
}

/// RETURN_GENERATOR: takes the `n` owned values at `slots`.
///
/// # Safety
/// The array holds n values that the caller gives up.
pub unsafe fn new(function: Ref, slots: *const Value, n: usize) -> PyResult {
    // SAFETY: the compiler passes a Python function.
    unsafe {
        with_code(
            &*function.cast::<types::function::FunctionObject>().code.get(),
            function,
            slots,
            n,
        )
    }
}

/// Likewise of another code object than the function's.
///
/// # Safety
/// As [`new`].
pub unsafe fn with_code(code: &'static CodeObject, function: Ref, slots: *const Value, n: usize) -> PyResult {
    // SAFETY: the compiler passes a Python function.
    let f = unsafe { function.cast::<types::function::FunctionObject>() };
    let ty: &'static TypeObject = if code.flags & CO_ASYNC_GENERATOR != 0 {
        &async_gen::ASYNC_GENERATOR_TYPE
    } else if code.flags & CO_COROUTINE != 0 {
        &coroutine::COROUTINE_TYPE
    } else {
        &GENERATOR_TYPE
    };
    let p = alloc::raw(
        ty,
        size_of::<GeneratorObject>() + (code.frame_slots as usize).max(n) * 8,
    )?;
    // Functions and texts are heap objects.
    let own = |v: Value| {
        // SAFETY: they live as long as the function that the caller holds.
        let count = unsafe { &(*v.as_ptr::<Header>()).refcount };
        count.set(count.get().wrapping_add(1));
        v
    };
    // SAFETY: fresh memory of that size, written field by field; the slots are moved in.
    unsafe {
        let g = p.cast::<GeneratorObject>();
        (&raw mut (*g).code).write(code);
        (&raw mut (*g).function).write(own(function.value()));
        (&raw mut (*g).state).write(Cell::new(0));
        (&raw mut (*g).live).write(Cell::new(n as u32));
        (&raw mut (*g).position).write(Cell::new(0));
        (&raw mut (*g).flags).write(Cell::new(0));
        (&raw mut (*g).marks).write(Cell::new(0));
        (&raw mut (*g).waiting).write(Cell::new(0));
        (&raw mut (*g).base).write(Cell::new(0));
        (&raw mut (*g).caller.handled).write(Cell::new(Value::NONE));
        (&raw mut (*g).caller.callers).write(Cell::new(core::ptr::null()));
        (&raw mut (*g).handled).write(Cell::new(Value::NONE));
        (&raw mut (*g).name).write(Cell::new(own(f.name.get())));
        (&raw mut (*g).qualname).write(Cell::new(own(f.qualname.get())));
        (&raw mut (*g).extra).write(Cell::new(Value::NULL));
        (&raw mut (*g).via).write(Cell::new(Value::NULL));
        (&raw mut (*g).delegator).write(Cell::new(Value::NULL));
        (&raw mut (*g).end).write(Cell::new(Value::NULL));
        (&raw mut (*g).epoch).write(Cell::new(0));
        (&raw mut (*g).sink).write(Cell::new(core::ptr::null()));
        let to = (&raw mut (*g).slots).cast::<Value>();
        match n {
            0 => {}
            1 => to.write(*slots),
            2 => to.cast::<[Value; 2]>().write(*slots.cast::<[Value; 2]>()),
            _ => core::ptr::copy_nonoverlapping(slots, to, n),
        }
        Ok(Own::from_value(Value::from_ptr(g)))
    }
}

/// How a resumption ended.
pub enum Step {
    Yielded(Own),
    Returned(Own),
}

/// The generator that a note of its resumption stands in.
fn noted_in<'a>(record: *const CallerHandles) -> Ref<'a> {
    // SAFETY: `THREAD.callers` leads to the notes of running generators only.
    let o = unsafe {
        record
            .byte_sub(offset_of!(GeneratorObject, caller))
            .cast::<GeneratorObject>()
    };
    Ref::from_value(Value::from_ptr(o))
}

/// The generator whose body runs in the machine frame at `base`.
pub fn running_at<'a>(base: usize, frame_code: &CodeObject) -> Option<Ref<'a>> {
    if frame_code.flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR) == 0 {
        return None;
    }
    let mut record = THREAD.callers.get();
    while !record.is_null() {
        let g = noted_in(record);
        if of(g).base.get() >= base {
            return (of(g).base.get() == base).then_some(g);
        }
        // SAFETY: as in `noted_in`.
        record = unsafe { (*record).callers.get() };
    }
    None
}

/// The generator whose body, or something called by it, is running.
pub fn innermost_running<'a>() -> Option<Ref<'a>> {
    let record = THREAD.callers.get();
    (!record.is_null()).then(|| noted_in(record))
}

/// Runs to the next suspension; `None` raises the exception in the thread state at the suspension.
pub fn resume(g: Ref, sent: Option<Own>) -> PyResult<Step> {
    let o = of(g);
    let keep = g.own();
    if sent.is_none()
        && o.handled.get() != Value::NONE
        && let Some(raised) = Ref::from_nullable(THREAD.raised.get())
    {
        // CPython: Python/errors.c, _PyErr_ChainStackItem.
        let outer = THREAD.handled.replace(o.handled.get());
        exc::types::set_context_from_handled(raised);
        THREAD.handled.set(outer);
    }
    let step = enter(g, o, sent.map_or(Value::NULL, Own::into_value));
    drop(keep);
    step
}

/// Calls the body with an owned value, or with the null word to raise; somebody keeps the generator alive.
#[inline(always)]
fn enter(g: Ref, o: &GeneratorObject, sent: Value) -> PyResult<Step> {
    // SAFETY: the code object of a generator has its resume entry.
    let result = unsafe {
        let f: unsafe extern "C" fn(Value, Value) -> Value = core::mem::transmute((*o.code).resume);
        f(g.value(), sent)
    };
    if result.is_null() {
        clear_frame(o);
    }
    let result = Own::from_abi(result)?;
    Ok(match o.state.get() {
        GENERATOR_FINISHED => Step::Returned(result),
        _ => Step::Yielded(result),
    })
}

/// `send` of an exact generator that can simply be entered and somebody keeps alive; `None` when nothing was done.
#[inline]
pub fn enter_plainly(g: Ref, v: Value) -> Option<PyResult<Step>> {
    if !g.is_exact::<GeneratorObject>() {
        return None;
    }
    let o = of(g);
    let plain = o.state.get() < GENERATOR_RUNNING
        && o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) == 0
        && (o.state.get() != 0 || v == Value::NONE)
        && chain::kept_outcome(o).is_none();
    plain.then(|| enter(g, o, v))
}

/// The next item of an exact generator that can simply be entered and somebody keeps alive, as a loop asks for it; `None` when nothing
/// was done.
#[inline(always)]
pub fn next_plainly(g: Ref) -> Option<PyResult<Option<Own>>> {
    if !g.is_exact::<GeneratorObject>() {
        return None;
    }
    let o = of(g);
    if o.state.get() >= GENERATOR_RUNNING || o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) != 0 {
        return None;
    }
    Some(match enter(g, o, Value::NONE) {
        Ok(Step::Yielded(v)) => Ok(Some(v)),
        Ok(Step::Returned(_)) => Ok(None),
        Err(raised) => Err(raised),
    })
}

/// A body that did not yield gave `v` to a loop, which does not ask what was returned.
pub fn stopped(g: Ref, v: Value) {
    match v {
        Value::NULL => clear_frame(of(g)),
        v => decref(v),
    }
}

/// Drops what a suspended frame holds; the generator is finished.
pub fn clear_frame(o: &GeneratorObject) {
    let state = o.state.replace(GENERATOR_FINISHED);
    if state != GENERATOR_FINISHED {
        chain::touched(o);
    }
    watch::generator_left(Ref::from_value(Value::from_ptr(o)), true);
    let n = o.live.replace(0) as usize;
    for i in 0..n {
        // Parameters die as locals do, the last one first.
        let i = if state == 0 { n - 1 - i } else { i };
        // SAFETY: live slots are owned values.
        unsafe { decref(*o.slots.as_ptr().add(i)) };
    }
    let handled = o.handled.replace(Value::NONE);
    decref(handled);
}

/// `g.send(v)`; `None` is `next`. `Ok(Returned)` when the body returned (CPython: gen_send_ex2).
pub fn send(g: Ref, v: Option<Own>) -> PyResult<Step> {
    let o = of(g);
    if running(g) {
        return exc::value_error(format_args!("{} already executing", kind(g)));
    }
    if !started(g) {
        if v.as_ref().is_some_and(|v| !v.r().is_none()) {
            return exc::type_error(format_args!("can't send non-None value to a just-started {}", kind(g)));
        }
    } else if o.state.get() == GENERATOR_FINISHED {
        if code(g).flags & CO_COROUTINE != 0 {
            return exc::runtime_error(format_args!("cannot reuse already awaited coroutine"));
        }
        return Ok(Step::Returned(Own::none()));
    }
    let v = v.unwrap_or(Own::none());
    if o.flags.get() & GENERATOR_DELEGATING != 0 {
        return chain::send(g, v);
    }
    resume(g, Some(v))
}

/// A finished body becomes StopIteration (StopAsyncIteration is raised by the async generator's own objects).
pub fn returned(step: PyResult<Step>) -> PyResult {
    match step? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => raise_stop(v),
    }
}
/// StopIteration with the value; plain when it is None (CPython: _PyGen_SetStopIterationValue).
pub fn raise_stop<R>(v: Own) -> PyResult<R> {
    exc::stop_iteration(if v.r().is_none() { None } else { Some(v) })
}

/// `next(g)`: the returned value travels in a StopIteration unless it is None.
fn iternext(g: Ref) -> PyResult<Option<Own>> {
    let o = of(g);
    let step = if o.state.get() < GENERATOR_RUNNING && o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) == 0 {
        enter(g, o, Value::NONE)?
    } else {
        send(g, None)?
    };
    match step {
        Step::Yielded(v) => Ok(Some(v)),
        Step::Returned(v) if v.r().is_none() => Ok(None),
        Step::Returned(v) => raise_stop(v),
    }
}

/// The iterator of a suspended `yield from` or `await`.
pub fn delegate(g: Ref) -> Option<Own> {
    let o = of(g);
    if !suspended(g) {
        return None;
    }
    chain::delegate_of(o).map(Ref::own)
}

fn throw_method(g: Ref, b: &Bound) -> PyResult {
    warn_signature(b)?;
    returned(throw(g, b.arg(0), b.get(1), b.get(2)))
}
pub fn warn_signature(b: &Bound) -> PyResult<()> {
    if b.get(1).is_some() || b.get(2).is_some() {
        crate::warn::deprecation(format_args!(
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."
        ))?;
    }
    Ok(())
}

/// CPython: _gen_throw: to the delegate first, else at the suspension.
pub fn throw(g: Ref, ty: Ref, value: Option<Ref>, tb: Option<Ref>) -> PyResult<Step> {
    throw_with(g, true, ty, value, tb)
}
pub fn throw_with(g: Ref, close_on_exit: bool, ty: Ref, value: Option<Ref>, tb: Option<Ref>) -> PyResult<Step> {
    if let Some(d) = delegate(g) {
        let exits = exit_type(ty);
        if exits && close_on_exit {
            set_busy(g, true);
            let r = close_iter(d.r());
            set_busy(g, false);
            return match r {
                Ok(()) => throw_here(g, ty, value, tb),
                // The error of closing is raised at the suspension.
                Err(Raised) => resume(g, None),
            };
        }
        set_busy(g, true);
        let on_stack = |f: &mut dyn FnMut() -> PyResult<Step>| frames::delegating(g, f);
        let r = if is_generator_like(d.r()) {
            Some(on_stack(&mut || throw_with(d.r(), close_on_exit, ty, value, tb)))
        } else {
            match protocol::get_attr_opt(d.r(), istr!("throw")) {
                Ok(None) => None,
                Ok(Some(f)) => {
                    let mut args = vec![ty];
                    args.extend(value);
                    args.extend(tb);
                    Some(on_stack(&mut || {
                        call::call(f.r(), &call::Args::positional(&args)).map(Step::Yielded)
                    }))
                }
                Err(e) => Some(Err(e)),
            }
        };
        set_busy(g, false);
        return match r {
            None => throw_here(g, ty, value, tb),
            Some(Ok(Step::Yielded(v))) => Ok(Step::Yielded(v)),
            // The delegate ended: the error, or its value as StopIteration, is met at the suspension.
            Some(Ok(Step::Returned(v))) => {
                let Err(Raised) = raise_stop::<core::convert::Infallible>(v);
                resume(g, None)
            }
            Some(Err(Raised)) => resume(g, None),
        };
    }
    throw_here(g, ty, value, tb)
}

fn exit_type(ty: Ref) -> bool {
    match ty.downcast::<TypeObject>() {
        Some(t) => t.is_subtype(&exc::types::GENERATOR_EXIT),
        None => ty.is_instance_of(&exc::types::GENERATOR_EXIT),
    }
}

fn throw_here(g: Ref, ty: Ref, value: Option<Ref>, tb: Option<Ref>) -> PyResult<Step> {
    let e = exception_of(ty, value, tb)?;
    let o = of(g);
    if running(g) {
        return exc::value_error(format_args!("{} already executing", kind(g)));
    }
    if o.state.get() == GENERATOR_FINISHED {
        if code(g).flags & CO_COROUTINE != 0 {
            return exc::runtime_error(format_args!("cannot reuse already awaited coroutine"));
        }
        return exc::restore(e);
    }
    chain::touched(o);
    // What the caller handles is no context of it.
    let Err(Raised) = exc::restore::<core::convert::Infallible>(e);
    resume(g, None)
}

/// The instance that `throw(type, value, tb)` means.
fn exception_of(ty: Ref, value: Option<Ref>, tb: Option<Ref>) -> PyResult {
    let tb = tb.filter(|t| !t.is_none());
    if tb.is_some_and(|t| t.downcast::<traceback::TracebackObject>().is_none()) {
        return exc::type_error(format_args!("throw() third argument must be a traceback object"));
    }
    let value = value.filter(|v| !v.is_none());
    let e = if let Some(cls) = ty.downcast::<TypeObject>().filter(|t| t.has(type_flag::BASE_EXC)) {
        match value {
            Some(v) if v.is_instance_of(cls) => v.own(),
            Some(v) if v.ty().has(type_flag::TUPLE) => {
                let args: Vec<Ref> = types::tuple::items(v).iter().map(|v| Ref::from_value(*v)).collect();
                call::call(ty, &call::Args::positional(&args))?
            }
            Some(v) => call::call1(ty, v)?,
            None => call::call0(ty)?,
        }
    } else if ty.ty().has(type_flag::BASE_EXC) {
        if value.is_some() {
            return exc::type_error(format_args!("instance exception may not have a separate value"));
        }
        ty.own()
    } else {
        return exc::type_error(format_args!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            ty.ty().name()
        ));
    };
    // CPython: Python/errors.c, _PyErr_CreateException: what went wrong is thrown instead.
    let e = if e.r().ty().has(type_flag::BASE_EXC) {
        e
    } else {
        let class = protocol::repr(ty)?;
        let Err(raised) = exc::type_error::<core::convert::Infallible>(format_args!(
            "calling {} should have returned an instance of BaseException, not {}",
            types::str::to_string_lossy(class.r()),
            e.r().ty().full_name()
        ));
        exc::caught(raised)
    };
    if let Some(tb) = tb {
        exc::base::set_traceback(e.r(), Some(tb))?;
    }
    Ok(e)
}

/// Closes a delegate: generators directly, others by their `close` method, if any (CPython: gen_close_iter).
fn close_iter(it: Ref) -> PyResult<()> {
    if is_generator_like(it) {
        return close(it).map(drop);
    }
    match protocol::get_attr_opt(it, istr!("close")) {
        Ok(Some(f)) => call::call0(f.r()).map(drop),
        Ok(None) => Ok(()),
        Err(Raised) => {
            exc::unraisable::write("Exception ignored while closing generator", Some(it));
            Ok(())
        }
    }
}

/// A generator that was just made goes on at this suspension.
pub fn goes_on_at(g: Ref, state: u32) {
    of(g).state.set(state);
}

/// `g.close()` (CPython: gen_close): the value of a `return` in the body's reaction to GeneratorExit.
pub fn close(g: Ref) -> PyResult {
    let o = of(g);
    if running(g) {
        return exc::value_error(format_args!("{} already executing", kind(g)));
    }
    if finished(g) {
        return Ok(Own::none());
    }
    if !started(g) {
        clear_frame(o);
        return Ok(Own::none());
    }
    let mut failed = false;
    if let Some(d) = delegate(g) {
        set_busy(g, true);
        failed = close_iter(d.r()).is_err();
        set_busy(g, false);
    } else if o.flags.get() & GENERATOR_PROTECTED == 0 {
        clear_frame(o);
        return Ok(Own::none());
    }
    if !failed {
        let e = call::call0(exc::types::GENERATOR_EXIT.r())?;
        let Err(Raised) = exc::raise_object::<core::convert::Infallible>(e);
    }
    match resume(g, None) {
        Ok(Step::Yielded(_)) => exc::runtime_error(format_args!("{} ignored GeneratorExit", kind(g))),
        Ok(Step::Returned(v)) => Ok(v),
        Err(Raised) if exc::raised_is(&exc::types::GENERATOR_EXIT) => {
            drop(exc::take());
            Ok(Own::none())
        }
        Err(Raised) if exc::raised_is(&exc::types::STOP_ITERATION) => {
            let e = exc::caught(Raised);
            Ok(exc::fields::stop_iteration_value(e.r()))
        }
        Err(e) => Err(e),
    }
}

/// CPython: _PyGen_Finalize.
fn finalize(g: Ref) {
    if finished(g) {
        return;
    }
    let saved = exc::take();
    if code(g).flags & CO_ASYNC_GENERATOR != 0 && async_gen::call_finalizer(g) {
        restore(saved);
        return;
    }
    if code(g).flags & CO_COROUTINE != 0 && !started(g) {
        coroutine::warn_never_awaited(g);
    }
    if close(g).is_err() {
        let what = format!("Exception ignored while closing {} {}", kind(g), repr_text(g));
        crate::exec::write_unraisable(&what, None);
    }
    restore(saved);
}
fn restore(saved: Option<Own>) {
    if let Some(e) = saved {
        let Err(Raised) = exc::restore::<core::convert::Infallible>(e);
    }
}

fn repr_text(g: Ref) -> String {
    format!(
        "<{} object {} at {:#x}>",
        g.ty().name(),
        types::str::to_string_lossy(Ref::from_value(of(g).qualname.get())),
        g.value().0
    )
}
fn repr(g: Ref) -> PyResult {
    Ok(Own::str(&repr_text(g)))
}

fn fields(o: &GeneratorObject) -> [&Cell<Value>; 4] {
    [&o.handled, &o.name, &o.qualname, &o.extra]
}
fn traverse(g: Ref, visit: crate::typeobj::slots::Visitor) {
    let o = of(g);
    visit(o.function);
    fields(o).iter().for_each(|c| visit(c.get()));
    // SAFETY: live slots are owned values; a running body has none.
    (0..o.live.get() as usize).for_each(|i| visit(unsafe { *o.slots.as_ptr().add(i) }));
    if let Some(v) = chain::kept_outcome(o) {
        visit(v);
    }
}
fn clear(g: Ref) {
    if !running(g) {
        clear_frame(of(g));
    }
}
/// The end of a finished generator that has nothing left to give up but what it was made with; false when nothing was done.
///
/// # Safety
/// A dead generator without weak references.
#[inline(always)]
pub unsafe fn end_finished(p: *mut Header) -> bool {
    // SAFETY: by contract.
    let o = unsafe { &*p.cast::<GeneratorObject>() };
    let rest = o.live.get() | o.marks.get() & !chain::PASSED;
    if o.state.get() != GENERATOR_FINISHED || rest != 0 || o.handled.get() != Value::NONE || !o.extra.get().is_null() {
        return false;
    }
    decref(o.name.replace(Value::NULL));
    decref(o.qualname.replace(Value::NULL));
    decref(o.function);
    true
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let o = unsafe { &*p.cast::<GeneratorObject>() };
    let is_clear = o.state.get() == GENERATOR_FINISHED && o.live.get() == 0 && o.marks.get() & GENERATOR_WATCHED == 0;
    if !is_clear {
        clear_frame(o);
    }
    for c in fields(o) {
        decref(c.replace(Value::NULL));
    }
    if let Some(v) = chain::kept_outcome(o) {
        decref(v);
    }
    decref(o.function);
}

pub fn name(g: Ref) -> PyResult {
    Ok(Ref::from_value(of(g).name.get()).own())
}
pub fn qualname(g: Ref) -> PyResult {
    Ok(Ref::from_value(of(g).qualname.get()).own())
}
pub fn set_name(g: Ref, v: Option<Ref>) -> PyResult<()> {
    set_text(&of(g).name, v, "__name__")
}
pub fn set_qualname(g: Ref, v: Option<Ref>) -> PyResult<()> {
    set_text(&of(g).qualname, v, "__qualname__")
}
fn set_text(c: &Cell<Value>, v: Option<Ref>, what: &str) -> PyResult<()> {
    match v.filter(|v| v.ty().has(type_flag::STR)) {
        Some(v) => {
            set_field(c, Some(v.own()));
            Ok(())
        }
        None => exc::type_error(format_args!("{what} must be set to a string object")),
    }
}
/// `gi_frame`: None once finished.
pub fn frame(g: Ref) -> PyResult {
    if finished(g) {
        return Ok(Own::none());
    }
    if let Some(f) = watch::of_generator(g) {
        return Ok(f);
    }
    let f = traceback::new_frame(code(g), of(g).position.get(), Vec::new())?;
    watch::add_generator(g, &f);
    Ok(f)
}

/// A field that may be empty, as an attribute.
pub fn opt(c: &Cell<Value>) -> Own {
    field(c).map_or(Own::none(), Ref::own)
}
