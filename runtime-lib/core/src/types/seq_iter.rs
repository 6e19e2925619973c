//! `iterator`: iteration over anything with `__getitem__`, by index from 0 (CPython: Objects/iterobject.c, PySeqIter_Type).
use crate::call::{noargs, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct SequenceIterator {
    header: Header,
    index: Cell<isize>,
    /// Null once exhausted.
    seq: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; the type is final.
unsafe impl Object for SequenceIterator {
    fn type_object() -> &'static TypeObject {
        &SEQUENCE_ITERATOR_TYPE
    }
}

pub static SEQUENCE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "iterator",
    basic_size: size_of::<SequenceIterator>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(next),
        traverse: Some(|it, visit| visit(cast(it).seq.get())),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), length_hint)
            .doc("Private method returning an estimate of len(list(it))."),
        noargs(sig!("__reduce__($self, /)"), reduce).doc("Return state information for pickling."),
        one(sig!("__setstate__($self, object, /)"), setstate).doc("Set state information for unpickling."),
    ],
    ..TypeDef::NEW
});

fn cast(it: Ref<'_>) -> &SequenceIterator {
    // SAFETY: slots receive instances.
    unsafe { it.cast() }
}
pub fn new(seq: Ref) -> PyResult {
    alloc::object(|header| SequenceIterator {
        header,
        index: Cell::new(0),
        seq: Cell::new(seq.own().into_value()),
    })
}
fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(seq) = field(&it.seq).map(Ref::own) else {
        return Ok(None);
    };
    let i = it.index.get();
    if i == isize::MAX {
        return exc::overflow_error(format_args!("iter index too large"));
    }
    match protocol::sequence_item(seq.r(), i) {
        Ok(v) => {
            it.index.set(i + 1);
            Ok(Some(v))
        }
        Err(_) if exc::raised_is(&exc::types::INDEX_ERROR) || exc::raised_is(&exc::types::STOP_ITERATION) => {
            drop(exc::take());
            set_field(&it.seq, None);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
fn length_hint(it: Ref) -> PyResult {
    let it = cast(it);
    let Some(seq) = field(&it.seq).map(Ref::own) else {
        return Ok(Own::int(0));
    };
    if seq
        .r()
        .ty()
        .slots()
        .sq_length
        .or(seq.r().ty().slots().mp_length)
        .is_none()
    {
        return Ok(Own::not_implemented());
    }
    let n = protocol::len(seq.r())? as i64 - it.index.get() as i64;
    Ok(Own::int(n.max(0)))
}
fn reduce(it: Ref) -> PyResult {
    let it = cast(it);
    let iter = match crate::builtins::lookup(crate::istr!("iter"))? {
        Some(f) => f,
        None => return exc::system_error(format_args!("no iter")),
    };
    Ok(match field(&it.seq) {
        Some(seq) => types::tuple::from_vec(vec![
            iter,
            types::tuple::from_vec(vec![seq.own()]),
            Own::int(it.index.get() as i64),
        ]),
        None => types::tuple::from_vec(vec![iter, types::tuple::from_vec(vec![types::tuple::from_vec(vec![])])]),
    })
}
fn setstate(it: Ref, state: Ref) -> PyResult {
    let i = protocol::index_isize(state, &exc::types::OVERFLOW_ERROR)?;
    let it = cast(it);
    if !it.seq.get().is_null() {
        it.index.set(i.max(0));
    }
    Ok(Own::none())
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<SequenceIterator>() }.seq.get());
}
