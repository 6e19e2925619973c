//! `str_iterator`; ASCII text has a type of its own in CPython (`str_ascii_iterator`), and so here, since its name is visible.
use super::{StrObject, cast, char_object, code_point, is_ascii, len};
use crate::call::{MethodDef, noargs, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject, slots::Visitor};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct StrIter {
    header: Header,
    index: Cell<usize>,
    /// The null word once exhausted.
    text: Cell<Value>,
}
// Compiled code reads both alike.
const _: () = assert!(core::mem::offset_of!(StrIter, text) == core::mem::offset_of!(pyaot_abi::SeqIterObject, seq));
// SAFETY: `repr(C)` with a header.
unsafe impl Object for StrIter {
    fn type_object() -> &'static TypeObject {
        &STR_ITERATOR_TYPE
    }
}

const SLOTS: Slots = Slots {
    iter: Some(|it| Ok(it.own())),
    iternext: Some(next),
    traverse: Some(traverse),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

macro_rules! iterator_type {
    ($ident:ident, $name:literal, $symbol:literal) => {
        #[unsafe(export_name = $symbol)]
        pub static $ident: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<StrIter>(),
            flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
            slots: SLOTS,
            methods: METHODS,
            ..TypeDef::NEW
        });
    };
}
iterator_type!(STR_ITERATOR_TYPE, "str_iterator", "pyaot_type_str_iterator");
iterator_type!(
    STR_ASCII_ITERATOR_TYPE,
    "str_ascii_iterator",
    "pyaot_type_str_ascii_iterator"
);

static METHODS: &[MethodDef] = &[
    noargs(sig!("__length_hint__($self, /)"), |it| {
        let it = this(it);
        Ok(Own::usize(match field(&it.text) {
            Some(s) => len(s) - it.index.get(),
            None => 0,
        }))
    }),
    noargs(sig!("__reduce__($self, /)"), |it| {
        let it = this(it);
        let iter = crate::builtins::lookup(crate::istr!("iter"))?.unwrap_or(Own::none());
        Ok(match field(&it.text) {
            Some(s) => crate::types::tuple::from_vec(vec![
                iter,
                crate::types::tuple::from_vec(vec![s.own()]),
                Own::usize(it.index.get()),
            ]),
            None => crate::types::tuple::from_vec(vec![iter, crate::types::tuple::from_vec(vec![super::empty()])]),
        })
    }),
    one(sig!("__setstate__($self, state, /)"), |it, state| {
        let i = crate::call::convert::index(state)?;
        let it = this(it);
        if let Some(s) = field(&it.text) {
            it.index.set((i.max(0) as usize).min(len(s)));
        }
        Ok(Own::none())
    }),
];

fn this(it: Ref<'_>) -> &StrIter {
    // SAFETY: slots and methods of the two types receive their instances.
    unsafe { &*it.value().as_ptr::<StrIter>() }
}

/// `iter(s)`.
pub fn new(s: Ref) -> PyResult {
    at(s, 0)
}
/// Where an iterator over an exact str stands, if it has one reference and is not at its end.
pub fn index_of_unshared(it: Ref) -> Option<usize> {
    let ours = |ty| it.value().is_heap() && core::ptr::eq(it.ty(), ty);
    if !ours(&STR_ITERATOR_TYPE) && !ours(&STR_ASCII_ITERATOR_TYPE) || this(it).header.refcount.get() != 1 {
        return None;
    }
    let text = field(&this(it).text).filter(|s| s.is_exact::<StrObject>());
    text.map(|_| this(it).index.get())
}
/// `iter(s)` from an index on.
pub fn at(s: Ref, index: usize) -> PyResult {
    let ty = if is_ascii(cast(s)) && s.is_exact::<StrObject>() {
        &STR_ASCII_ITERATOR_TYPE
    } else {
        &STR_ITERATOR_TYPE
    };
    alloc::object_of(ty, |header| StrIter {
        header,
        index: Cell::new(index),
        text: Cell::new(s.own().into_value()),
    })
}

/// Whether [`pass`] knows the iterator.
pub fn passes(it: Ref) -> bool {
    core::ptr::eq(it.ty(), &STR_ITERATOR_TYPE) || core::ptr::eq(it.ty(), &STR_ASCII_ITERATOR_TYPE)
}
/// Steps over the characters of Latin-1 that `taken` takes, which runs no other code.
#[inline]
pub fn pass(it: Ref, taken: &mut impl FnMut(Ref) -> bool) {
    if !passes(it) {
        return;
    }
    let it = this(it);
    let Some(s) = field(&it.text) else { return };
    let o = cast(s);
    while it.index.get() < o.len.get() {
        let c = code_point(o, it.index.get());
        if c >= 0x100 || !char_object(c).is_ok_and(|c| taken(c.r())) {
            return;
        }
        it.index.set(it.index.get() + 1);
    }
}

fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = this(it);
    let Some(s) = field(&it.text) else { return Ok(None) };
    let (o, i) = (cast(s), it.index.get());
    if i < o.len.get() {
        it.index.set(i + 1);
        return Ok(Some(char_object(code_point(o, i))?));
    }
    set_field(&it.text, None);
    Ok(None)
}

fn traverse(it: Ref, visit: Visitor) {
    visit(this(it).text.get());
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<StrIter>() }.text.get());
}
