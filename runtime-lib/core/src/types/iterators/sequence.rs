//! Iterators over lists and tuples, over anything with the sequence protocol, over a callable and a sentinel; `reversed`.
use super::{builtin, reduce_empty_list, reduce_empty_tuple, reduce_with_state};
use crate::call::{self, Args, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::{list, slice, tuple};
use core::cell::Cell;
pub use pyaot_abi::SeqIterObject;
use pyaot_abi::type_flag;

/// The items of any iterable, owned; `message` is the TypeError for what is not iterable (CPython: PySequence_Fast).
pub fn fast_items(v: Ref, message: &str) -> PyResult<Vec<Own>> {
    // A subclass may have another `__iter__`. CPython: Objects/abstract.c, PySequence_Fast.
    if v.is_exact::<list::ListObject>() {
        return Ok(list::snapshot(v));
    }
    if v.is_exact::<tuple::TupleObject>() {
        return Ok(tuple::items(v).iter().map(|v| Ref::from_value(*v).own()).collect());
    }
    let it = match protocol::iter(v) {
        Ok(it) => it,
        Err(e) if exc::raised_is(&exc::types::TYPE_ERROR) => {
            drop(exc::caught(e));
            return exc::type_error(format_args!("{message}"));
        }
        Err(e) => return Err(e),
    };
    let l = list::from_iterable(it.r())?;
    Ok(list::snapshot(l.r()))
}

// ---- list_iterator and tuple_iterator: the layout is the abi's ----

// SAFETY: abi layout, shared by the two types.
unsafe impl Object for SeqIterObject {
    fn type_object() -> &'static TypeObject {
        &LIST_ITERATOR_TYPE
    }
}
const SEQ_ITERATOR: TypeDef = TypeDef {
    basic_size: size_of::<SeqIterObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    ..TypeDef::NEW
};
const SEQ_SLOTS: Slots = Slots {
    iter: Some(|it| Ok(it.own())),
    traverse: Some(|it, visit| visit(cast(it).seq.get())),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

#[unsafe(export_name = "pyaot_type_list_iterator")]
pub static LIST_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "list_iterator",
    slots: Slots {
        iternext: Some(list_next),
        ..SEQ_SLOTS
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            let it = cast(it);
            Ok(Own::usize(
                field(&it.seq).map_or(0, |l| list::len(l).saturating_sub(it.index.get())),
            ))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| reduce(it, reduce_empty_list)),
        one(sig!("__setstate__($self, object, /)"), set_state),
    ],
    ..SEQ_ITERATOR
});
#[unsafe(export_name = "pyaot_type_tuple_iterator")]
pub static TUPLE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "tuple_iterator",
    slots: Slots {
        iternext: Some(tuple_next),
        ..SEQ_SLOTS
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            let it = cast(it);
            Ok(Own::usize(
                field(&it.seq).map_or(0, |t| tuple::len(t).saturating_sub(it.index.get())),
            ))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| reduce(it, reduce_empty_tuple)),
        one(sig!("__setstate__($self, object, /)"), set_state),
    ],
    ..SEQ_ITERATOR
});
pub static LIST_REVERSE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "list_reverseiterator",
    slots: Slots {
        iternext: Some(list_previous),
        ..SEQ_SLOTS
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            let it = cast(it);
            let n = it.index.get().wrapping_add(1);
            Ok(Own::usize(
                field(&it.seq).map_or(0, |l| if list::len(l) < n { 0 } else { n }),
            ))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| match field(&cast(it).seq) {
            Some(l) => reduce_with_state(crate::istr!("reversed"), l.own(), Own::int(cast(it).index.get() as i64)),
            None => reduce_empty_list(),
        }),
        one(sig!("__setstate__($self, object, /)"), |it, state| {
            let i = slice::index_to_isize(state)?;
            let it = cast(it);
            if let Some(l) = field(&it.seq) {
                it.index.set(i.max(-1).min(list::len(l) as isize - 1) as usize);
            }
            Ok(Own::none())
        }),
    ],
    ..SEQ_ITERATOR
});

fn cast(it: Ref<'_>) -> &SeqIterObject {
    // SAFETY: slots and methods of these types receive their instances; all share the layout.
    unsafe { &*it.value().as_ptr::<SeqIterObject>() }
}
fn make(ty: &'static TypeObject, seq: Ref, index: usize) -> PyResult {
    let p = alloc::quick_container(ty, size_of::<SeqIterObject>()).cast::<SeqIterObject>();
    if !p.is_null() {
        // SAFETY: fresh memory of that size, whose header is set.
        unsafe {
            (&raw mut (*p).index).write(Cell::new(index));
            (&raw mut (*p).seq).write(Cell::new(seq.own().into_value()));
            return Ok(Own::from_ptr(p));
        }
    }
    alloc::object_of(ty, |header| SeqIterObject {
        header,
        index: Cell::new(index),
        seq: Cell::new(seq.own().into_value()),
    })
}
/// The iterator over an exact list or tuple, if that takes no more than a free slot.
#[inline(always)]
pub fn of_exact(seq: Ref) -> Option<Own> {
    if !seq.value().is_heap_nonnull() {
        return None;
    }
    let ty = if core::ptr::eq(seq.ty(), &tuple::TUPLE_TYPE) {
        &TUPLE_ITERATOR_TYPE
    } else if core::ptr::eq(seq.ty(), &list::LIST_TYPE) {
        &LIST_ITERATOR_TYPE
    } else {
        return None;
    };
    let p = alloc::quick_container(ty, size_of::<SeqIterObject>()).cast::<SeqIterObject>();
    if p.is_null() {
        return None;
    }
    // SAFETY: fresh memory of that size, whose header is set.
    unsafe {
        (&raw mut (*p).index).write(Cell::new(0));
        (&raw mut (*p).seq).write(Cell::new(seq.own().into_value()));
    }
    Some(Own::from_ptr(p))
}

/// The iterator over an exact list or tuple that stands at `index`.
pub fn at(sequence: Ref, index: usize) -> PyResult {
    if sequence.is_exact::<crate::types::str::StrObject>() {
        return crate::types::str::iterator_at(sequence, index);
    }
    let is_list = core::ptr::eq(sequence.ty(), &crate::types::list::LIST_TYPE);
    make(
        if is_list {
            &LIST_ITERATOR_TYPE
        } else {
            &TUPLE_ITERATOR_TYPE
        },
        sequence,
        index,
    )
}
pub fn list_iterator(l: Ref) -> PyResult {
    make(&LIST_ITERATOR_TYPE, l, 0)
}
pub fn tuple_iterator(t: Ref) -> PyResult {
    make(&TUPLE_ITERATOR_TYPE, t, 0)
}
pub fn list_reverse_iterator(l: Ref) -> PyResult {
    make(&LIST_REVERSE_ITERATOR_TYPE, l, list::len(l).wrapping_sub(1))
}
/// The item that an exact list iterator stands at, if there is one.
#[inline(always)]
pub fn list_item(it: Ref) -> Option<Value> {
    let ty = it.header()?.ty.get();
    if !core::ptr::eq(ty.cast::<TypeObject>(), &LIST_ITERATOR_TYPE) {
        return None;
    }
    let it = cast(it);
    list::get(field(&it.seq)?, it.index.get()).map(Ref::value)
}
/// Goes on to the next item.
#[inline(always)]
pub fn step(it: Ref) {
    let it = cast(it);
    it.index.set(it.index.get() + 1);
}
/// Whether [`pass`] knows the iterator.
pub fn passes(it: Ref) -> bool {
    let all = [&LIST_ITERATOR_TYPE, &TUPLE_ITERATOR_TYPE, &LIST_REVERSE_ITERATOR_TYPE];
    all.iter().any(|ty| core::ptr::eq(it.ty(), *ty))
}
/// Steps over the items of an iterator of a list (also backwards) or tuple that `taken` takes, which runs no other code.
#[inline]
pub fn pass(it: Ref, taken: &mut impl FnMut(Ref) -> bool) {
    let ty = it.ty();
    let back = core::ptr::eq(ty, &LIST_REVERSE_ITERATOR_TYPE);
    let is_list = back || core::ptr::eq(ty, &LIST_ITERATOR_TYPE);
    if !is_list && !core::ptr::eq(ty, &TUPLE_ITERATOR_TYPE) {
        return;
    }
    let it = cast(it);
    let Some(s) = field(&it.seq) else { return };
    // (The place before the first item is past the last one.)
    let step = if back { usize::MAX } else { 1 };
    loop {
        let i = it.index.get();
        let item = match is_list {
            true => list::get(s, i),
            false => tuple::items(s).get(i).map(|v| Ref::from_value(*v)),
        };
        match item {
            Some(v) if taken(v) => it.index.set(i.wrapping_add(step)),
            _ => return,
        }
    }
}
fn list_next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(l) = field(&it.seq) else { return Ok(None) };
    let i = it.index.get();
    if let Some(v) = list::get(l, i) {
        it.index.set(i + 1);
        return Ok(Some(v.own()));
    }
    set_field(&it.seq, None);
    Ok(None)
}
fn tuple_next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(t) = field(&it.seq) else { return Ok(None) };
    let i = it.index.get();
    if let Some(v) = tuple::items(t).get(i) {
        it.index.set(i + 1);
        return Ok(Some(Ref::from_value(*v).own()));
    }
    set_field(&it.seq, None);
    Ok(None)
}
fn list_previous(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(l) = field(&it.seq) else { return Ok(None) };
    let i = it.index.get();
    if i as isize >= 0 {
        if let Some(v) = list::get(l, i) {
            it.index.set(i.wrapping_sub(1));
            return Ok(Some(v.own()));
        }
    }
    it.index.set(usize::MAX);
    set_field(&it.seq, None);
    Ok(None)
}
fn reduce(it: Ref, empty: fn() -> PyResult) -> PyResult {
    let it = cast(it);
    match field(&it.seq) {
        Some(s) => reduce_with_state(crate::istr!("iter"), s.own(), Own::usize(it.index.get())),
        None => empty(),
    }
}
fn set_state(it: Ref, state: Ref) -> PyResult {
    let i = slice::index_to_isize(state)?;
    let this = cast(it);
    if let Some(s) = field(&this.seq) {
        let n = if core::ptr::eq(it.ty(), &LIST_ITERATOR_TYPE) {
            list::len(s)
        } else {
            tuple::len(s)
        };
        this.index.set((i.max(0) as usize).min(n));
    }
    Ok(Own::none())
}
/// # Safety
/// Called once for a dead instance.
#[inline]
pub unsafe fn dealloc(p: *mut Header) {
    // SAFETY: by contract.
    decref(unsafe { &*p.cast::<SeqIterObject>() }.seq.get());
}

/// Gives up the sequence of a dead iterator unless that ends it; false when nothing was done.
///
/// # Safety
/// As for [`dealloc`].
#[inline(always)]
pub unsafe fn let_go(p: *mut Header) -> bool {
    // SAFETY: by contract; sequences are heap objects.
    unsafe {
        let seq = (*p.cast::<SeqIterObject>()).seq.get();
        if !seq.is_null() {
            let count = &(*seq.as_ptr::<Header>()).refcount;
            if count.get() == 1 {
                return false;
            }
            count.set(count.get().wrapping_sub(1));
        }
    }
    true
}

/// The type of iterators over exact lists and tuples.
#[inline(always)]
pub fn is_iterator(ty: &TypeObject) -> bool {
    core::ptr::eq(ty, &TUPLE_ITERATOR_TYPE) || core::ptr::eq(ty, &LIST_ITERATOR_TYPE)
}

/// IndexError and StopIteration end such iterators.
fn end_of_sequence(e: exc::Raised, seq: &Cell<Value>) -> PyResult<Option<Own>> {
    if exc::raised_is(&exc::types::INDEX_ERROR) || exc::raised_is(&exc::types::STOP_ITERATION) {
        drop(exc::caught(e));
        set_field(seq, None);
        return Ok(None);
    }
    Err(e)
}
// ---- callable_iterator ----

#[repr(C)]
pub struct CallableIterator {
    header: Header,
    /// Null once exhausted.
    callable: Cell<Value>,
    sentinel: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for CallableIterator {
    fn type_object() -> &'static TypeObject {
        &CALLABLE_ITERATOR_TYPE
    }
}
pub static CALLABLE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "callable_iterator",
    basic_size: size_of::<CallableIterator>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(callable_next),
        traverse: Some(|it, visit| {
            visit(cast_callable(it).callable.get());
            visit(cast_callable(it).sentinel.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let it = unsafe { &*p.cast::<CallableIterator>() };
            decref(it.callable.get());
            decref(it.sentinel.get());
        }),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |it| {
        let it = cast_callable(it);
        match (field(&it.callable), field(&it.sentinel)) {
            (Some(f), Some(s)) => tuple::pair(builtin(crate::istr!("iter"))?, tuple::pair(f.own(), s.own())?),
            _ => reduce_empty_tuple(),
        }
    })],
    ..TypeDef::NEW
});
fn cast_callable(it: Ref<'_>) -> &CallableIterator {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
/// `iter(callable, sentinel)`.
pub fn callable_iterator(f: Ref, sentinel: Ref) -> PyResult {
    alloc::object(|header| CallableIterator {
        header,
        callable: Cell::new(f.own().into_value()),
        sentinel: Cell::new(sentinel.own().into_value()),
    })
}
/// CPython: Objects/iterobject.c, calliter_iternext.
fn callable_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_callable(it);
    let Some(f) = field(&this.callable) else {
        return Ok(None);
    };
    let f = f.own();
    match call::call0(f.r()) {
        Ok(v) => {
            // The call may have ended the iterator.
            let Some(sentinel) = field(&this.sentinel) else {
                return Ok(None);
            };
            let sentinel = sentinel.own();
            if !protocol::equal(sentinel.r(), v.r())? {
                return Ok(Some(v));
            }
        }
        Err(e) if exc::raised_is(&exc::types::STOP_ITERATION) => drop(exc::caught(e)),
        Err(e) => return Err(e),
    }
    set_field(&this.callable, None);
    set_field(&this.sentinel, None);
    Ok(None)
}

// ---- reversed ----

pub static REVERSED_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "reversed",
    basic_size: size_of::<SeqIterObject>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    doc: "Return a reverse iterator over the values of the given sequence.",
    slots: Slots {
        new: Some(reversed_new),
        iternext: Some(reversed_next),
        ..SEQ_SLOTS
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            let it = cast(it);
            let Some(s) = field(&it.seq) else {
                return Ok(Own::int(0));
            };
            let s = s.own();
            let n = protocol::len(s.r())?;
            let left = it.index.get().wrapping_add(1);
            Ok(Own::usize(if n < left { 0 } else { left }))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| {
            let this = cast(it);
            match field(&this.seq) {
                Some(s) => tuple::try_from_vec(vec![
                    it.ty().own(),
                    tuple::try_from_vec(vec![s.own()])?,
                    Own::int(this.index.get() as i64),
                ]),
                None => tuple::pair(it.ty().own(), tuple::try_from_vec(vec![tuple::empty()])?),
            }
        }),
        one(sig!("__setstate__($self, object, /)"), |it, state| {
            let i = slice::index_to_isize(state)?;
            let it = cast(it);
            if let Some(s) = field(&it.seq) {
                let s = s.own();
                let n = protocol::len(s.r())? as isize;
                it.index.set(i.max(-1).min(n - 1) as usize);
            }
            Ok(Own::none())
        }),
    ],
    ..TypeDef::NEW
});
/// CPython: Objects/enumobject.c, reversed_new_impl.
fn reversed_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if super::takes_no_keywords(cls, &REVERSED_TYPE) {
        args.no_keywords("reversed")?;
    }
    args.count("reversed", 1, 1)?;
    match args.get(0) {
        Some(v) => reversed_of(cls, v),
        None => Ok(Own::none()),
    }
}
/// `reversed(v)`.
pub fn reversed(v: Ref) -> PyResult {
    reversed_of(&REVERSED_TYPE, v)
}
fn reversed_of(cls: &'static TypeObject, v: Ref) -> PyResult {
    let not_reversible = || exc::type_error(format_args!("'{}' object is not reversible", v.ty().full_name()));
    if v.ty().lookup(crate::istr!("__reversed__")).is_some_and(Ref::is_none) {
        return not_reversible();
    }
    if let Some(r) = call::call_special(v, crate::istr!("__reversed__"), &[]) {
        return r;
    }
    if v.ty().has(type_flag::DICT) || v.ty().slots().sq_item.is_none() {
        return not_reversible();
    }
    let n = protocol::len(v)?;
    make(cls, v, n.wrapping_sub(1))
}
fn reversed_next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(s) = field(&it.seq) else { return Ok(None) };
    let i = it.index.get() as isize;
    if i < 0 {
        set_field(&it.seq, None);
        return Ok(None);
    }
    let s = s.own();
    match protocol::sequence_item(s.r(), i) {
        Ok(v) => {
            it.index.set(i.wrapping_sub(1) as usize);
            Ok(Some(v))
        }
        Err(e) => {
            it.index.set(usize::MAX);
            end_of_sequence(e, &it.seq)
        }
    }
}
