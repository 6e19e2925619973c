//! Iterators over dicts: keys, values and items, forwards and backwards.
use super::{builtin, next as next_item};
use crate::call::{MethodDef, noargs, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::{dict, list, tuple};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct DictIterator {
    header: Header,
    /// Null once exhausted.
    dict: Cell<Value>,
    /// Live entries at the start, `usize::MAX` after the size changed.
    used: Cell<usize>,
    pos: Cell<usize>,
    remaining: Cell<usize>,
    /// Items: the tuple given out last, reused when nobody kept it; else null.
    result: Cell<Value>,
}
// SAFETY: `repr(C)` with a header. All six types have this layout and are final.
unsafe impl Object for DictIterator {
    fn type_object() -> &'static TypeObject {
        &KEY_ITERATOR_TYPE
    }
}

const fn definition(name: &'static str, next: fn(Ref) -> PyResult<Option<Own>>) -> TypeDef {
    TypeDef {
        name,
        basic_size: size_of::<DictIterator>(),
        flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
        slots: Slots {
            iter: Some(|it| Ok(it.own())),
            iternext: Some(next),
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        methods: METHODS,
        ..TypeDef::NEW
    }
}
macro_rules! iterator_types {
    ($($ident:ident $name:literal $next:expr;)*) => {$(
        pub static $ident: TypeObject = {
            const DEF: &TypeDef = &definition($name, $next);
            TypeObject::builtin(DEF)
        };
    )*};
}
iterator_types! {
    KEY_ITERATOR_TYPE "dict_keyiterator" |it| forward(it, key);
    VALUE_ITERATOR_TYPE "dict_valueiterator" |it| forward(it, value);
    ITEM_ITERATOR_TYPE "dict_itemiterator" |it| forward(it, item);
    REVERSE_KEY_ITERATOR_TYPE "dict_reversekeyiterator" |it| backward(it, key);
    REVERSE_VALUE_ITERATOR_TYPE "dict_reversevalueiterator" |it| backward(it, value);
    REVERSE_ITEM_ITERATOR_TYPE "dict_reverseitemiterator" |it| backward(it, item);
}

static METHODS: &[MethodDef] = &[
    noargs(sig!("__length_hint__($self, /)"), |it| {
        let it = cast(it);
        Ok(Own::usize(match field(&it.dict) {
            Some(d) if it.used.get() == dict::len(d) => it.remaining.get(),
            _ => 0,
        }))
    }),
    noargs(sig!("__reduce__($self, /)"), reduce),
];

fn cast(it: Ref<'_>) -> &DictIterator {
    // SAFETY: slots and methods of these types receive their instances; all share the layout.
    unsafe { &*it.value().as_ptr::<DictIterator>() }
}
fn make(ty: &'static TypeObject, d: Ref, pos: usize) -> PyResult {
    alloc::object_of(ty, |header| DictIterator {
        header,
        dict: Cell::new(d.own().into_value()),
        used: Cell::new(dict::len(d)),
        pos: Cell::new(pos),
        remaining: Cell::new(dict::len(d)),
        result: Cell::new(Value::NULL),
    })
}
pub fn keys(d: Ref) -> PyResult {
    make(&KEY_ITERATOR_TYPE, d, 0)
}
pub fn values(d: Ref) -> PyResult {
    make(&VALUE_ITERATOR_TYPE, d, 0)
}
pub fn items(d: Ref) -> PyResult {
    make(&ITEM_ITERATOR_TYPE, d, 0)
}
pub fn reversed_keys(d: Ref) -> PyResult {
    make(&REVERSE_KEY_ITERATOR_TYPE, d, dict::entry_count(d))
}
pub fn reversed_values(d: Ref) -> PyResult {
    make(&REVERSE_VALUE_ITERATOR_TYPE, d, dict::entry_count(d))
}
pub fn reversed_items(d: Ref) -> PyResult {
    make(&REVERSE_ITEM_ITERATOR_TYPE, d, dict::entry_count(d))
}

fn key(_: &DictIterator, k: Ref, _: Ref) -> PyResult {
    Ok(k.own())
}
fn value(_: &DictIterator, _: Ref, v: Ref) -> PyResult {
    Ok(v.own())
}
/// The pair; the last tuple is used again when only the iterator holds it (CPython: dictiter_iternextitem).
#[inline]
fn item(it: &DictIterator, k: Ref, v: Ref) -> PyResult {
    tuple::reuse_pair(&it.result, k.own(), v.own())
}

/// The next key or value while the dict is as it was and has another one; `None` for the rest, and for other iterators.
#[inline(always)]
pub fn next_word(it: Ref) -> Option<Value> {
    let keys = core::ptr::eq(it.ty(), &KEY_ITERATOR_TYPE);
    if !keys && !core::ptr::eq(it.ty(), &VALUE_ITERATOR_TYPE) {
        return None;
    }
    let it = cast(it);
    let d = field(&it.dict)?;
    if it.used.get() != dict::len(d) || it.remaining.get() == 0 {
        return None;
    }
    let mut pos = it.pos.get();
    let (k, v) = dict::next(d, &mut pos)?;
    it.pos.set(pos);
    it.remaining.set(it.remaining.get() - 1);
    Some(if keys { k } else { v }.own().into_value())
}

/// Whether [`pass`] knows the iterator.
pub fn passes(it: Ref) -> bool {
    core::ptr::eq(it.ty(), &KEY_ITERATOR_TYPE) || core::ptr::eq(it.ty(), &VALUE_ITERATOR_TYPE)
}
/// Steps over the keys or values that `taken` takes, which runs no other code, under the same conditions.
#[inline]
pub fn pass(it: Ref, taken: &mut impl FnMut(Ref) -> bool) {
    if !passes(it) {
        return;
    }
    let keys = core::ptr::eq(it.ty(), &KEY_ITERATOR_TYPE);
    let it = cast(it);
    let Some(d) = field(&it.dict) else { return };
    while it.used.get() == dict::len(d) && it.remaining.get() != 0 {
        let mut pos = it.pos.get();
        match dict::next(d, &mut pos) {
            Some((k, v)) if taken(if keys { k } else { v }) => {
                it.pos.set(pos);
                it.remaining.set(it.remaining.get() - 1);
            }
            _ => return,
        }
    }
}

/// The next key and its value under the same conditions, where the pair that would be made is not missed (see `tuple::pair_parts`).
#[inline(always)]
pub fn next_words(it: Ref, second: &mut Value) -> Option<Value> {
    if !core::ptr::eq(it.ty(), &ITEM_ITERATOR_TYPE) {
        return None;
    }
    let it = cast(it);
    let d = field(&it.dict)?;
    if it.used.get() != dict::len(d) || it.remaining.get() == 0 || !it.result.get().is_null() {
        return None;
    }
    let mut pos = it.pos.get();
    let (k, v) = dict::next(d, &mut pos)?;
    if !tuple::dies_quietly(k.value()) || !tuple::dies_quietly(v.value()) {
        return None;
    }
    it.pos.set(pos);
    it.remaining.set(it.remaining.get() - 1);
    *second = v.own().into_value();
    Some(k.own().into_value())
}

/// The next key, and its value.
pub fn next_pair(it: Ref, second: &mut Value) -> PyResult<Option<Own>> {
    forward(it, |it, k, v| tuple::pair_parts(&it.result, k.own(), v.own(), second))
}

/// The next item of an iterator over items as a tuple that the iterator does not keep; `None` for other iterators.
#[inline]
pub fn next_new_pair(it: Ref) -> Option<PyResult<Option<Own>>> {
    let ours = core::ptr::eq(it.ty(), &ITEM_ITERATOR_TYPE) && cast(it).result.get().is_null();
    ours.then(|| forward(it, |_, k, v| tuple::pair(k.own(), v.own())))
}

#[inline(always)]
fn check_size(it: &DictIterator, d: Ref) -> PyResult<()> {
    if it.used.get() != dict::len(d) {
        it.used.set(usize::MAX);
        return exc::runtime_error(format_args!("dictionary changed size during iteration"));
    }
    Ok(())
}
#[inline(always)]
fn forward(it: Ref, make: impl FnOnce(&DictIterator, Ref, Ref) -> PyResult) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(d) = field(&it.dict) else { return Ok(None) };
    check_size(it, d)?;
    let mut pos = it.pos.get();
    match dict::next(d, &mut pos) {
        Some((k, v)) => {
            if it.remaining.get() == 0 {
                set_field(&it.dict, None);
                return exc::runtime_error(format_args!("dictionary keys changed during iteration"));
            }
            it.pos.set(pos);
            it.remaining.set(it.remaining.get() - 1);
            make(it, k, v).map(Some)
        }
        None => {
            set_field(&it.dict, None);
            Ok(None)
        }
    }
}
#[inline(always)]
fn backward(it: Ref, make: fn(&DictIterator, Ref, Ref) -> PyResult) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(d) = field(&it.dict) else { return Ok(None) };
    check_size(it, d)?;
    let mut pos = it.pos.get();
    if pos > dict::entry_count(d) {
        // The table is another one.
        set_field(&it.dict, None);
        return Ok(None);
    }
    match dict::previous(d, &mut pos) {
        Some((k, v)) => {
            if it.remaining.get() == 0 {
                set_field(&it.dict, None);
                return exc::runtime_error(format_args!("dictionary keys changed during iteration"));
            }
            it.pos.set(pos);
            it.remaining.set(it.remaining.get().saturating_sub(1));
            make(it, k, v).map(Some)
        }
        None => {
            set_field(&it.dict, None);
            Ok(None)
        }
    }
}

/// `(iter, ([what is left],))`, without moving the iterator (CPython: dictiter_reduce).
fn reduce(it: Ref) -> PyResult {
    let this = cast(it);
    let rest = list::new()?;
    if let Some(d) = field(&this.dict) {
        let twin = alloc::object_of(it.ty(), |header| DictIterator {
            header,
            dict: Cell::new(d.own().into_value()),
            used: Cell::new(this.used.get()),
            pos: Cell::new(this.pos.get()),
            remaining: Cell::new(this.remaining.get()),
            result: Cell::new(Value::NULL),
        })?;
        while let Some(v) = next_item(twin.r())? {
            list::append(rest.r(), v)?;
        }
    }
    let iter = builtin(crate::istr!("iter"))?;
    tuple::pair(iter, tuple::try_from_vec(vec![rest])?)
}

fn traverse(it: Ref, visit: crate::typeobj::slots::Visitor) {
    visit(cast(it).dict.get());
    visit(cast(it).result.get());
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let it = unsafe { &*p.cast::<DictIterator>() };
    decref(it.dict.get());
    decref(it.result.get());
}
