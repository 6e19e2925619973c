//! `dict_keys`, `dict_values` and `dict_items`: live views over a dict; keys and items are sets.
use crate::call::{self, MethodDef, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use crate::types::iterators::{self, dict as dict_iterators};
use crate::types::repr_text::ReprText;
use crate::types::{dict, list, set, tuple};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct DictView {
    header: Header,
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header. The three types have this layout and are final.
unsafe impl Object for DictView {
    fn type_object() -> &'static TypeObject {
        &KEYS_TYPE
    }
}

const VIEW: TypeDef = TypeDef {
    getset: &[getter("mapping", |v| crate::types::mappingproxy::new(dict_of(v)))],
    basic_size: size_of::<DictView>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    ..TypeDef::NEW
};
const SLOTS: Slots = Slots {
    repr: Some(repr),
    sq_length: Some(|v| Ok(dict::len(dict_of(v)))),
    traverse: Some(|v, visit| visit(cast(v).dict.get())),
    dealloc: Some(dealloc),
    ..Slots::NONE
};
const SET_SLOTS: Slots = Slots {
    richcompare: Some(richcompare),
    nb_subtract: Some(subtract),
    nb_and: Some(and),
    nb_xor: Some(xor),
    nb_or: Some(or),
    ..SLOTS
};
pub static KEYS_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "dict_keys",
    slots: Slots {
        iter: Some(|v| dict_iterators::keys(dict_of(v))),
        sq_contains: Some(contains),
        ..SET_SLOTS
    },
    methods: &[
        ISDISJOINT,
        noargs(sig!("__reversed__($self, /)"), |v| {
            dict_iterators::reversed_keys(dict_of(v))
        }),
    ],
    ..VIEW
});
pub static ITEMS_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "dict_items",
    slots: Slots {
        iter: Some(|v| dict_iterators::items(dict_of(v))),
        sq_contains: Some(contains),
        ..SET_SLOTS
    },
    methods: &[
        ISDISJOINT,
        noargs(sig!("__reversed__($self, /)"), |v| {
            dict_iterators::reversed_items(dict_of(v))
        }),
    ],
    ..VIEW
});
pub static VALUES_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "dict_values",
    slots: Slots {
        iter: Some(|v| dict_iterators::values(dict_of(v))),
        ..SLOTS
    },
    methods: &[noargs(sig!("__reversed__($self, /)"), |v| {
        dict_iterators::reversed_values(dict_of(v))
    })],
    ..VIEW
});
const ISDISJOINT: MethodDef = one(sig!("isdisjoint($self, other, /)"), is_disjoint)
    .doc("Return True if the view and the given iterable have a null intersection.");

fn cast(v: Ref<'_>) -> &DictView {
    // SAFETY: slots and methods of these types receive their instances.
    unsafe { &*v.value().as_ptr::<DictView>() }
}
/// The dict behind a view.
pub fn dict_of(v: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(v).dict.get())
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<DictView>() }.dict.get());
}
/// A view of type `ty`, one of the three or a subclass.
pub fn make(ty: &'static TypeObject, d: Ref) -> PyResult {
    alloc::object_of(ty, |header| DictView {
        header,
        dict: Cell::new(d.own().into_value()),
    })
}
pub fn keys(d: Ref) -> PyResult {
    make(&KEYS_TYPE, d)
}
pub fn items(d: Ref) -> PyResult {
    make(&ITEMS_TYPE, d)
}
pub fn values(d: Ref) -> PyResult {
    make(&VALUES_TYPE, d)
}
fn is_keys(v: Ref) -> bool {
    v.is_instance_of(&KEYS_TYPE)
}
fn is_items(v: Ref) -> bool {
    v.is_instance_of(&ITEMS_TYPE)
}
/// A view that is a set.
fn is_set_view(v: Ref) -> bool {
    is_keys(v) || is_items(v)
}

fn repr(v: Ref) -> PyResult {
    let Some(_guard) = exc::repr_enter(v)? else {
        return Ok(Own::str("..."));
    };
    let l = list::from_iterable(v)?;
    let mut out = ReprText::new();
    out.push(v.ty().name()).push("(").push_repr(l.r())?.push(")");
    out.finish()
}
/// CPython: dictkeys_contains, dictitems_contains.
fn contains(view: Ref, v: Ref) -> PyResult<bool> {
    let d = dict_of(view);
    if is_keys(view) {
        return dict::contains(d, v);
    }
    if !v.ty().has(type_flag::TUPLE) || tuple::len(v) != 2 {
        return Ok(false);
    }
    match dict::get(d, tuple::get(v, 0))? {
        Some(found) => protocol::equal(found.r(), tuple::get(v, 1)),
        None => Ok(false),
    }
}
/// Every item of `a` is in `b`.
fn all_contained(a: Ref, b: Ref) -> PyResult<bool> {
    let it = protocol::iter(a)?;
    while let Some(v) = iterators::next(it.r())? {
        let inside = if is_set_view(b) {
            contains(b, v.r())?
        } else {
            set::contains(b, v.r())?
        };
        if !inside {
            return Ok(false);
        }
    }
    Ok(true)
}
/// CPython: dictview_richcompare.
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !set::is_any(b) && !is_set_view(b) {
        return Ok(Own::not_implemented());
    }
    let (n, m) = (protocol::len(a)?, protocol::len(b)?);
    let r = match op {
        CompareOp::Eq => n == m && all_contained(a, b)?,
        CompareOp::Ne => !(n == m && all_contained(a, b)?),
        CompareOp::Lt => n < m && all_contained(a, b)?,
        CompareOp::Le => n <= m && all_contained(a, b)?,
        CompareOp::Gt => n > m && all_contained(b, a)?,
        CompareOp::Ge => n >= m && all_contained(b, a)?,
    };
    Ok(Own::bool(r))
}
/// CPython: dictviews_to_set.
fn to_set(v: Ref) -> PyResult {
    if is_keys(v) && dict_of(v).is_exact::<dict::DictObject>() {
        return set::from_iterable(dict_of(v));
    }
    set::from_iterable(v)
}
fn subtract(a: Ref, b: Ref) -> PyResult {
    let result = to_set(a)?;
    set::difference_update(result.r(), b)?;
    Ok(result)
}
fn or(a: Ref, b: Ref) -> PyResult {
    let result = to_set(a)?;
    set::update(result.r(), b)?;
    Ok(result)
}
/// CPython: _PyDictView_Intersect.
fn and(a: Ref, b: Ref) -> PyResult {
    // The view may be the right operand.
    let (mut view, mut other) = if is_set_view(a) { (a, b) } else { (b, a) };
    let n = protocol::len(view)?;
    if core::ptr::eq(other.ty(), &set::SET_TYPE) && n <= set::len(other) {
        return call::call_method(other, crate::istr!("intersection"), &[view]);
    }
    if is_set_view(other) && protocol::len(other)? > n {
        (view, other) = (other, view);
    }
    let result = set::new()?;
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        if contains(view, v.r())? {
            set::add(result.r(), v.r())?;
        }
    }
    Ok(result)
}
fn xor(a: Ref, b: Ref) -> PyResult {
    if is_items(a) && is_items(b) {
        return items_xor(dict_of(a), dict_of(b));
    }
    let result = to_set(a)?;
    set::symmetric_difference_update(result.r(), b)?;
    Ok(result)
}
/// Values that are equal need not be hashable (CPython: dictitems_xor).
fn items_xor<'a>(mut a: Ref<'a>, mut b: Ref<'a>) -> PyResult {
    if dict::len(a) > dict::len(b) {
        (a, b) = (b, a);
    }
    let left = dict::copy(a)?;
    let result = set::new()?;
    let mut pos = 0;
    while let Some((k, v, hash)) = dict::next_with_hash(b, &mut pos) {
        let (k, v) = (k.own(), v.own());
        let same = match dict::get_with_hash(left.r(), k.r(), hash)? {
            Some(w) => protocol::equal(w.r(), v.r())?,
            None => false,
        };
        if same {
            drop(dict::pop_with_hash(left.r(), k.r(), hash)?);
        } else {
            let pair = tuple::pair(k, v)?;
            set::add(result.r(), pair.r())?;
        }
    }
    let rest = items(left.r())?;
    set::update(result.r(), rest.r())?;
    Ok(result)
}
/// CPython: dictviews_isdisjoint.
fn is_disjoint(view: Ref, other: Ref) -> PyResult {
    if view.is(other) {
        return Ok(Own::bool(dict::len(dict_of(view)) == 0));
    }
    let (mut view, mut other) = (view, other);
    if (set::is_exact_any(other) || is_set_view(other)) && protocol::len(other)? > protocol::len(view)? {
        (view, other) = (other, view);
    }
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        let inside = if is_set_view(view) {
            contains(view, v.r())?
        } else {
            set::contains(view, v.r())?
        };
        if inside {
            return Ok(Own::bool(false));
        }
    }
    Ok(Own::bool(true))
}
