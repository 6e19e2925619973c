//! Coroutines and awaiting.
use super::{
    BASE_SLOTS, CO_COROUTINE, CO_ITERABLE_COROUTINE, GeneratorObject, Step, chain, close, code, delegate, frame,
    is_generator_like, name, of, opt, qualname, returned, running, send, set_name, set_qualname, suspended, throw,
    warn_signature,
};
use crate::call::{self, MethodDef, bound, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
use crate::types::{self, traceback};
use crate::{istr, object_protocol as protocol};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[unsafe(export_name = "pyaot_type_coroutine")]
pub static COROUTINE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "coroutine",
    basic_size: size_of::<GeneratorObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
    slots: Slots {
        am_await: Some(wrapper),
        ..BASE_SLOTS
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("send(value, /)"), |g, v| returned(send(g, Some(v.own())))),
    bound(sig!("throw(type, value=None, traceback=None, /)"), |g, b| {
        warn_signature(b)?;
        returned(throw(g, b.arg(0), b.get(1), b.get(2)))
    }),
    noargs(sig!("close()"), close),
];

static GETSET: &[GetSetDef] = &[
    getset("__name__", name, set_name),
    getset("__qualname__", qualname, set_qualname),
    getter("cr_code", |g| Ok(traceback::code_ref(code(g)).own())),
    getter("cr_frame", frame),
    getter("cr_running", |g| Ok(Own::bool(running(g)))),
    getter("cr_suspended", |g| Ok(Own::bool(suspended(g)))),
    getter("cr_await", |g| Ok(delegate(g).unwrap_or(Own::none()))),
    getter("cr_origin", |g| Ok(opt(&of(g).extra))),
];

/// What `coroutine.__await__()` gives: an iterator over the coroutine.
#[repr(C)]
struct Wrapper {
    header: Header,
    coroutine: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for Wrapper {
    fn type_object() -> &'static TypeObject {
        &WRAPPER_TYPE
    }
}
pub static WRAPPER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "coroutine_wrapper",
    basic_size: size_of::<Wrapper>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|w| Ok(w.own())),
        iternext: Some(|w| match send(inner(w).r(), None)? {
            Step::Yielded(v) => Ok(Some(v)),
            Step::Returned(v) => super::raise_stop(v),
        }),
        traverse: Some(|w, visit| visit(inner(w).value())),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            decref(unsafe { &*p.cast::<Wrapper>() }.coroutine.get());
        }),
        ..Slots::NONE
    },
    methods: &[
        one(sig!("send(value, /)"), |w, v| {
            returned(send(inner(w).r(), Some(v.own())))
        }),
        bound(sig!("throw(type, value=None, traceback=None, /)"), |w, b| {
            warn_signature(b)?;
            returned(throw(inner(w).r(), b.arg(0), b.get(1), b.get(2)))
        }),
        noargs(sig!("close()"), |w| close(inner(w).r())),
    ],
    ..TypeDef::NEW
});
fn inner(w: Ref) -> Own {
    // SAFETY: slots and methods receive instances.
    Ref::from_value(unsafe { w.cast::<Wrapper>() }.coroutine.get()).own()
}
fn wrapper(g: Ref) -> PyResult {
    alloc::object(|header| Wrapper {
        header,
        coroutine: Cell::new(g.own().into_value()),
    })
}

/// "coroutine 'x' was never awaited".
pub fn warn_never_awaited(g: Ref) {
    let text = types::str::to_string_lossy(Ref::from_value(of(g).qualname.get()));
    let r = crate::warn::warn_about(
        g,
        &exc::types::RUNTIME_WARNING,
        format_args!("coroutine '{text}' was never awaited"),
    );
    if r.is_err() {
        crate::exec::write_unraisable("Exception ignored in", Some(g.own()));
    }
}

/// The iterator behind `await v` (CPython: _PyCoro_GetAwaitableIter).
pub fn awaitable_iter(v: Ref) -> PyResult {
    let is_coroutine = core::ptr::eq(v.ty(), &COROUTINE_TYPE)
        || core::ptr::eq(v.ty(), &super::GENERATOR_TYPE) && code(v).flags & CO_ITERABLE_COROUTINE != 0;
    if is_coroutine {
        return Ok(v.own());
    }
    let Some(f) = v.ty().slots().am_await else {
        return exc::type_error(format_args!("'{}' object can't be awaited", v.ty().full_name()));
    };
    let it = f(v)?;
    if is_generator_like(it.r()) && code(it.r()).flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE) != 0 {
        return exc::type_error(format_args!("__await__() returned a coroutine"));
    }
    if it.r().ty().slots().iternext.is_none() {
        return exc::type_error(format_args!(
            "__await__() returned non-iterator of type '{}'",
            it.r().ty().full_name()
        ));
    }
    Ok(it)
}

/// GET_AWAITABLE: `place` is 1 after `__aenter__`, 2 after `__aexit__`.
pub fn get_awaitable(v: Ref, place: i32) -> PyResult {
    if v.ty().slots().am_await.is_none() && !is_generator_like(v) && (place == 1 || place == 2) {
        let method = if place == 1 { "__aenter__" } else { "__aexit__" };
        return exc::type_error(format_args!(
            "'async with' received an object from {method} that does not implement __await__: {}",
            v.ty().name()
        ));
    }
    let it = awaitable_iter(v)?;
    if core::ptr::eq(it.r().ty(), &COROUTINE_TYPE) && delegate(it.r()).is_some() {
        return exc::runtime_error(format_args!("coroutine is being awaited already"));
    }
    Ok(it)
}

/// Whether `types.coroutine` gave the running generator another code object, which the compiler did not see.
fn marked_as_coroutine() -> bool {
    super::innermost_running().is_some_and(|g| super::code(g).flags & super::CO_ITERABLE_COROUTINE != 0)
}

/// GET_YIELD_FROM_ITER.
pub fn yield_from_iter(v: Ref, in_coroutine: bool) -> PyResult {
    if core::ptr::eq(v.ty(), &COROUTINE_TYPE) {
        if !in_coroutine && !marked_as_coroutine() {
            return exc::type_error(format_args!(
                "cannot 'yield from' a coroutine object in a non-coroutine generator"
            ));
        }
        return Ok(v.own());
    }
    if core::ptr::eq(v.ty(), &super::GENERATOR_TYPE) {
        return Ok(v.own());
    }
    protocol::iter(v)
}

/// SEND: (value, done).
pub fn send_step(receiver: Ref, v: Own) -> PyResult<Step> {
    if is_generator_like(receiver) {
        if let Some(outcome) = chain::take_outcome(of(receiver)) {
            return outcome;
        }
        return send(receiver, Some(v));
    }
    let r = if v.r().is_none() && receiver.ty().slots().iternext.is_some() {
        let f = receiver.ty().slots().iternext.expect("tested");
        match f(receiver) {
            Ok(None) => return Ok(Step::Returned(Own::none())),
            Ok(Some(v)) => Ok(v),
            Err(e) => Err(e),
        }
    } else {
        call::call_method(receiver, istr!("send"), &[v.r()])
    };
    match r {
        Ok(v) => Ok(Step::Yielded(v)),
        Err(_) if exc::raised_is(&exc::types::STOP_ITERATION) => {
            let e = exc::take().expect("tested");
            Ok(Step::Returned(exc::fields::stop_iteration_value(e.r())))
        }
        Err(e) => Err(e),
    }
}
