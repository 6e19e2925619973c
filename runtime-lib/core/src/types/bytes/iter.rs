//! `bytes_iterator` and `bytearray_iterator`.
use crate::call::{MethodDef, noargs, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject, slots::Visitor};
use crate::types::tuple;
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct BytesIter {
    header: Header,
    index: Cell<usize>,
    /// bytes or bytearray; the null word once exhausted.
    source: Cell<Value>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for BytesIter {
    fn type_object() -> &'static TypeObject {
        &BYTES_ITERATOR_TYPE
    }
}

macro_rules! iterator_type {
    ($ident:ident, $name:literal) => {
        pub static $ident: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<BytesIter>(),
            flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
            slots: Slots {
                iter: Some(|it| Ok(it.own())),
                iternext: Some(next),
                traverse: Some(|it: Ref, visit: Visitor| visit(this(it).source.get())),
                dealloc: Some(dealloc),
                ..Slots::NONE
            },
            methods: METHODS,
            ..TypeDef::NEW
        });
    };
}
iterator_type!(BYTES_ITERATOR_TYPE, "bytes_iterator");
iterator_type!(BYTEARRAY_ITERATOR_TYPE, "bytearray_iterator");

static METHODS: &[MethodDef] = &[
    noargs(sig!("__length_hint__($self, /)"), |it| {
        let it = this(it);
        Ok(Own::usize(match field(&it.source) {
            Some(s) => super::methods::data(s).len().saturating_sub(it.index.get()),
            None => 0,
        }))
    }),
    noargs(sig!("__reduce__($self, /)"), |it| {
        let iter = crate::builtins::lookup(crate::istr!("iter"))?.unwrap_or(Own::none());
        let it = this(it);
        Ok(match field(&it.source) {
            Some(s) => tuple::from_vec(vec![iter, tuple::from_vec(vec![s.own()]), Own::usize(it.index.get())]),
            None => tuple::from_vec(vec![iter, tuple::from_vec(vec![tuple::from_vec(vec![])])]),
        })
    }),
    one(sig!("__setstate__($self, state, /)"), |it, state| {
        let i = crate::call::convert::index(state)?;
        let it = this(it);
        if let Some(s) = field(&it.source) {
            it.index.set((i.max(0) as usize).min(super::methods::data(s).len()));
        }
        Ok(Own::none())
    }),
];

fn this(it: Ref<'_>) -> &BytesIter {
    // SAFETY: slots and methods of the two types receive their instances.
    unsafe { &*it.value().as_ptr::<BytesIter>() }
}

pub fn new(source: Ref, ty: &'static TypeObject) -> PyResult {
    alloc::object_of(ty, |header| BytesIter {
        header,
        index: Cell::new(0),
        source: Cell::new(source.own().into_value()),
    })
}

fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = this(it);
    let Some(s) = field(&it.source) else { return Ok(None) };
    let i = it.index.get();
    if let Some(&c) = super::methods::data(s).get(i) {
        it.index.set(i + 1);
        return Ok(Some(Own::int(c as i64)));
    }
    set_field(&it.source, None);
    Ok(None)
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<BytesIter>() }.source.get());
}
