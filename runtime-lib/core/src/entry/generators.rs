//! RETURN_GENERATOR, SEND, awaiting and what the compiler's handlers around them call.
use crate::exc;
use crate::exec::watch;
use crate::object::{Own, PyResult, Raised, Ref, Value, set_field, to_abi, to_abi_status};
use crate::types::generator::sink::{self, Sink, sink_kind};
use crate::types::generator::{self, Step, async_gen, coroutine};
use crate::types::iterators;

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_make_generator(function: Value, slots: *mut u8, n: i64) -> Value {
    // SAFETY: the compiler passes n owned words.
    to_abi(unsafe { generator::new(Ref::from_value(function), slots.cast(), n as usize) })
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_generator(items: *mut u8, n: i64) -> Value {
    // SAFETY: the compiler passes n words, the function among them; the other owned ones move into the generator.
    unsafe {
        let items: *const Value = items.cast();
        let (code, function) = (*items.add(1), Own::from_value(*items.add(2)));
        let made = generator::with_code(&*code.as_ptr(), function.r(), items.add(3), n as usize - 3);
        if let Ok(g) = &made {
            generator::goes_on_at(g.r(), (*items).as_small() as u32);
        }
        to_abi(made)
    }
}

/// As `iter_next_slow`, for a generator that cannot simply be entered.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next_slow(g: Value) -> Value {
    match iterators::next(Ref::from_value(g)) {
        Ok(Some(v)) => v.into_value(),
        _ => Value::NULL,
    }
}

fn next_beside(g: Value, sink: Sink) -> Value {
    match sink::next_beside(Ref::from_value(g), &sink) {
        Ok(Some(v)) => v.into_value(),
        _ => Value::NULL,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next_true(g: Value) -> Value {
    next_beside(g, Sink::new(sink_kind::FALSE, Value::NULL))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next_false(g: Value) -> Value {
    next_beside(g, Sink::new(sink_kind::TRUE, Value::NULL))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_next_listed(g: Value, list: Value) -> Value {
    next_beside(g, Sink::new(sink_kind::LIST, list))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_send_slow(g: Value, v: Value) -> Value {
    to_abi(generator::returned(generator::send(
        Ref::from_value(g),
        Some(Own::from_value(v)),
    )))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_returned(g: Value, v: Value) -> Value {
    let Some(v) = Own::from_nullable(v) else {
        generator::stopped(Ref::from_value(g), Value::NULL);
        return Value::NULL;
    };
    to_abi(generator::raise_stop(v))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_stopped(g: Value, v: Value) -> Value {
    generator::stopped(Ref::from_value(g), v);
    Value::NULL
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_generator_watched(g: Value) {
    let g = Ref::from_value(g);
    watch::generator_left(g, generator::finished(g));
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_send(receiver: Value, v: Value, done: *mut u8) -> Value {
    let g = Ref::from_value(receiver);
    let step = match generator::enter_plainly(g, v) {
        Some(step) => step,
        None => coroutine::send_step(g, Own::from_value(v)),
    };
    let (v, is_done) = match step {
        Ok(Step::Yielded(v)) => (v.into_value(), 0),
        Ok(Step::Returned(v)) => (v.into_value(), 1),
        Err(Raised) => (Value::NULL, 0),
    };
    // SAFETY: the compiler passes room for one 32-bit word.
    unsafe { done.cast::<i32>().write(is_done) };
    v
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_cleanup_throw(exc: Value) -> Value {
    let e = Ref::from_value(exc);
    if e.is_instance_of(&exc::types::STOP_ITERATION) {
        return exc::fields::stop_iteration_value(e).into_value();
    }
    to_abi(exc::restore(e.own()))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_end_async_for(exc: Value) -> i32 {
    let e = Ref::from_value(exc);
    if e.is_instance_of(&exc::types::STOP_ASYNC_ITERATION) {
        return 0;
    }
    to_abi_status(exc::restore(e.own()))
}

/// StopIteration (in async generators StopAsyncIteration too) that leaves a body becomes RuntimeError (CPython: stopiteration_error).
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_stopiteration_error(exc: Value) -> Value {
    to_abi(convert_stop(Ref::from_value(exc)))
}
fn convert_stop(e: Ref) -> PyResult {
    let in_flags = crate::exec::frames::at(0).map_or(0, |(code, _)| code.flags);
    let message = if e.is_instance_of(&exc::types::STOP_ITERATION) {
        if in_flags & generator::CO_ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if in_flags & generator::CO_COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if in_flags & generator::CO_ASYNC_GENERATOR != 0 && e.is_instance_of(&exc::types::STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(e.own());
    };
    let error = crate::call::call1(exc::types::RUNTIME_ERROR.r(), Own::str(message).r())?;
    let b = exc::types::cast(error.r());
    set_field(&b.cause, Some(e.own()));
    set_field(&b.context, Some(e.own()));
    b.suppress_context.set(true);
    Ok(error)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_async_gen_wrap(v: Value) -> Value {
    to_abi(async_gen::wrap(Own::from_value(v)))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_yield_from_iter(v: Value, in_coroutine: i32) -> Value {
    to_abi(coroutine::yield_from_iter(Ref::from_value(v), in_coroutine != 0))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_awaitable(v: Value, place: i32) -> Value {
    to_abi(coroutine::get_awaitable(Ref::from_value(v), place))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_aiter(v: Value) -> Value {
    to_abi(get_aiter(Ref::from_value(v)))
}
/// CPython: GET_AITER.
fn get_aiter(v: Ref) -> PyResult {
    let Some(f) = v.ty().slots().am_aiter else {
        return exc::type_error(format_args!(
            "'async for' requires an object with __aiter__ method, got {}",
            v.ty().full_name()
        ));
    };
    let it = f(v)?;
    if it.r().ty().slots().am_anext.is_none() {
        return exc::type_error(format_args!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.r().ty().full_name()
        ));
    }
    Ok(it)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_get_anext(v: Value) -> Value {
    to_abi(get_anext(Ref::from_value(v)))
}
/// CPython: _PyEval_GetANext.
fn get_anext(v: Ref) -> PyResult {
    let Some(f) = v.ty().slots().am_anext else {
        return exc::type_error(format_args!(
            "'async for' requires an iterator with __anext__ method, got {}",
            v.ty().full_name()
        ));
    };
    let awaitable = f(v)?;
    if core::ptr::eq(v.ty(), &async_gen::ASYNC_GENERATOR_TYPE) {
        return Ok(awaitable);
    }
    match coroutine::awaitable_iter(awaitable.r()) {
        Ok(it) => Ok(it),
        Err(Raised) => {
            let cause = exc::caught(Raised);
            let message = format!(
                "'async for' received an invalid object from __anext__: {}",
                awaitable.r().ty().full_name()
            );
            let e = crate::call::call1(exc::types::TYPE_ERROR.r(), Own::str(&message).r())?;
            let b = exc::types::cast(e.r());
            set_field(&b.cause, Some(cause.clone()));
            set_field(&b.context, Some(cause));
            b.suppress_context.set(true);
            exc::restore(e)
        }
    }
}
