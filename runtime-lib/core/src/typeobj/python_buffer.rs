//! Buffers that Python classes give with `__buffer__` and take back with `__release_buffer__`, and the two names as methods of
//! built-in exporters (CPython: Objects/typeobject.c, slot_bf_getbuffer, slot_bf_releasebuffer, wrap_buffer, wrap_releasebuffer).
//!
//! In: what the class's method returns, which must be a memoryview. Out: its memory in the name of a `_buffer_wrapper`, which holds
//! view and instance together, so that the consumer's release reaches both.
use super::slots::{BufferView, Visitor};
use super::{Slots, TypeDef, TypeObject, slot_functions as f};
use crate::buffer;
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field};
use crate::object_protocol as protocol;
use crate::types::memoryview;
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct BufferWrapper {
    header: Header,
    /// The memoryview that `__buffer__` returned; the null word once it is given back.
    view: Cell<Value>,
    object: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for BufferWrapper {
    fn type_object() -> &'static TypeObject {
        &BUFFER_WRAPPER_TYPE
    }
}
pub static BUFFER_WRAPPER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_buffer_wrapper",
    basic_size: size_of::<BufferWrapper>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        traverse: Some(|w: Ref, visit: Visitor| {
            visit(this(w).view.get());
            visit(this(w).object.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let w = unsafe { &*p.cast::<BufferWrapper>() };
            decref(w.view.replace(Value::NULL));
            decref(w.object.replace(Value::NULL));
        }),
        bf_releasebuffer: Some(release_wrapper),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
fn this(w: Ref<'_>) -> &BufferWrapper {
    // SAFETY: slots receive instances.
    unsafe { w.cast() }
}

/// Getting or releasing a buffer of an instance may run Python code.
pub fn overrides(ty: &TypeObject) -> bool {
    let s = ty.slots();
    releases(ty)
        || s.bf_getbuffer
            .is_some_and(|g| core::ptr::eq(g as *const (), getbuffer as *const ()))
}
fn releases(ty: &TypeObject) -> bool {
    ty.slots()
        .bf_releasebuffer
        .is_some_and(|g| core::ptr::eq(g as *const (), releasebuffer as *const ()))
}

// ---- slots of Python classes ----

/// CPython: slot_bf_getbuffer.
pub fn getbuffer(v: Ref, flags: i32) -> PyResult<BufferView> {
    let flags_object = Own::int(flags as i64);
    let view = f::call_method(&[v, flags_object.r()], crate::istr!("__buffer__"))?;
    if !memoryview::is_memoryview(view.r()) {
        return exc::type_error(format_args!("__buffer__ returned non-memoryview object"));
    }
    let mut memory = buffer::Buffer::of(view.r(), flags)?.into_view();
    let wrapper = alloc::object(|header| BufferWrapper {
        header,
        view: Cell::new(view.clone().into_value()),
        object: Cell::new(v.own().into_value()),
    });
    match wrapper {
        Ok(w) => {
            memory.object = w;
            Ok(memory)
        }
        Err(e) => {
            buffer::release(&mut memory);
            Err(e)
        }
    }
}

/// CPython: bufferwrapper_releasebuf.
fn release_wrapper(w: Ref, memory: &mut BufferView) {
    let w = this(w);
    let (Some(view), Some(object)) = (field(&w.view), field(&w.object)) else {
        return;
    };
    let (view, object) = (view.own(), object.own());
    let exporter = memoryview::exporter(view.r());
    if let Some(release) = view.r().ty().slots().bf_releasebuffer {
        release(view.r(), memory);
    }
    // Memory of the object's own comes back to it when the view goes.
    if !exporter.is_some_and(|e| e.r().is(object.r())) && releases(object.r().ty()) {
        call_python(object.r(), memory);
    }
    decref(w.view.replace(Value::NULL));
    decref(w.object.replace(Value::NULL));
}

/// CPython: slot_bf_releasebuffer.
pub fn releasebuffer(v: Ref, memory: &mut BufferView) {
    call_python(v, memory);
    // The method need not call that of the built-in base, which counts what it gave out.
    let base = v.ty().mro().skip(1).find_map(|t| {
        let release = t.slots().bf_releasebuffer?;
        (!releases(t)).then_some(release)
    });
    if let Some(release) = base {
        release(v, memory);
    }
}

/// CPython: releasebuffer_call_python.
fn call_python(v: Ref, memory: &BufferView) {
    // A buffer may be given back because of an exception, which must survive.
    let raised = exc::take();
    let ignored = |what: &str| {
        exc::unraisable::write(&format!("Exception ignored in {what} of {}", v.ty().full_name()), None);
    };
    let view = match memory.object.r().downcast_exact::<BufferWrapper>() {
        // The method gets the memoryview that `__buffer__` returned.
        Some(w) => field(&w.view).map(|view| (view.own(), false)),
        None => match memoryview::restricted(memory) {
            Ok(view) => Some((view, true)),
            Err(_) => {
                ignored("bf_releasebuffer");
                None
            }
        },
    };
    if let Some((view, temporary)) = view {
        if f::call_method(&[v, view.r()], crate::istr!("__release_buffer__")).is_err() {
            ignored("__release_buffer__");
        }
        if temporary && memoryview::release_view(view.r()).is_err() {
            ignored("bf_releasebuffer");
        }
    }
    if let Some(e) = raised {
        let _ = exc::restore::<()>(e);
    }
}

// ---- the names as methods ----

/// CPython: wrap_buffer.
pub fn call_getbuffer(get: fn(Ref, i32) -> PyResult<BufferView>, v: Ref, flags: Ref) -> PyResult {
    let flags = protocol::index_isize(flags, &exc::types::OVERFLOW_ERROR)?;
    let Ok(flags) = i32::try_from(flags) else {
        return exc::overflow_error(format_args!("buffer flags out of range"));
    };
    memoryview::from_view(get(v, flags)?)
}

/// CPython: wrap_releasebuffer.
pub fn call_releasebuffer(v: Ref, view: Ref) -> PyResult<()> {
    if !memoryview::is_memoryview(view) {
        return exc::type_error(format_args!("expected a memoryview object"));
    }
    if memoryview::is_released(view) {
        return exc::value_error(format_args!("memoryview's buffer has already been released"));
    }
    match memoryview::exporter(view) {
        None => Ok(()),
        Some(e) if e.r().is(v) => memoryview::release_view(view),
        Some(_) => exc::value_error(format_args!("memoryview's buffer is not this object")),
    }
}
