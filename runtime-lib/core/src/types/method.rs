//! `method`: a function bound to an instance.
use crate::call::{self, Args};
use crate::object::{Header, Object, PyResult, Ref, Value, alloc, decref, to_abi};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::MethodObject;
use pyaot_abi::{ARGS_MASK, ARGS_OFFSET, ARGS_STEAL, type_flag};

// SAFETY: abi layout.
unsafe impl Object for MethodObject {
    fn type_object() -> &'static TypeObject {
        &METHOD_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_method")]
pub static METHOD_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "method",
        basic_size: size_of::<MethodObject>(),
        flags: type_flag::GC | type_flag::WEAKREFABLE,
        slots: Slots {
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

pub fn new(function: Ref, instance: Ref) -> PyResult {
    alloc::object(|header| MethodObject {
        header,
        function: Cell::new(function.own().into_value()),
        instance: Cell::new(instance.own().into_value()),
    })
}

/// CPython: Objects/classobject.c, method_vectorcall.
unsafe extern "C" fn vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: `callable` is of this type; the vectorcall contract for the rest.
    unsafe {
        let m = &*callable.as_ptr::<MethodObject>();
        let (f, this) = (m.function.get(), m.instance.get());
        let Some(entry) = Ref::from_value(f).ty().head.vectorcall.get() else {
            return to_abi(call::not_callable(Ref::from_value(f)));
        };
        let n = nargsf & ARGS_MASK;
        if nargsf & ARGS_OFFSET != 0 {
            let first = args.sub(1);
            let old = first.replace(this);
            crate::object::incref(this);
            let r = entry(f, first, (n + 1) | (nargsf & ARGS_STEAL), kwnames);
            decref(first.replace(old));
            return r;
        }
        let view = Args::from_abi(args, nargsf, kwnames);
        let (all, _, _) = view.raw();
        let mut joined = Vec::with_capacity(all.len() + 1);
        joined.push(this);
        joined.extend_from_slice(all);
        entry(f, joined.as_mut_ptr(), n + 1, kwnames)
    }
}

fn traverse(m: Ref, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: slots receive instances.
    let m = unsafe { m.cast::<MethodObject>() };
    visit(m.function.get());
    visit(m.instance.get());
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let m = unsafe { &*p.cast::<MethodObject>() };
    decref(m.instance.get());
    decref(m.function.get());
}
