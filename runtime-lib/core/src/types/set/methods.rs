//! The methods and operators of set and frozenset.
use super::{
    FROZENSET_TYPE, SET_TYPE, base_type, cast, copy, discard, element_hash, is_any, is_exact_any, is_subset, len,
    new_of, update,
};
use crate::call::{Args, MethodDef, noargs, one, raw, sig};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::object_protocol as protocol;
use crate::typeobj::CompareOp;
use crate::types::repr_text::ReprText;
use crate::types::{dict, iterators, list, tuple};

fn none<T>(r: PyResult<T>) -> PyResult {
    r.map(|_| Own::none())
}

const CONTAINS: MethodDef = one(sig!("__contains__($self, object, /)"), |s, v| {
    Ok(Own::bool(super::contains(s, v)?))
})
.doc("x.__contains__(y) <==> y in x.");
const DIFFERENCE: MethodDef = raw(sig!("difference($self, /, *others)"), difference_many)
    .doc("Return a new set with elements in the set that are not in the others.");
const INTERSECTION: MethodDef = raw(sig!("intersection($self, /, *others)"), intersection_many)
    .doc("Return a new set with elements common to the set and all others.");
const ISDISJOINT: MethodDef =
    one(sig!("isdisjoint($self, other, /)"), is_disjoint).doc("Return True if two sets have a null intersection.");
const ISSUBSET: MethodDef =
    one(sig!("issubset($self, other, /)"), is_subset_method).doc("Report whether another set contains this set.");
const ISSUPERSET: MethodDef =
    one(sig!("issuperset($self, other, /)"), is_superset_method).doc("Report whether this set contains another set.");
const REDUCE: MethodDef = noargs(sig!("__reduce__($self, /)"), reduce).doc("Return state information for pickling.");
const SIZEOF: MethodDef = noargs(sig!("__sizeof__($self, /)"), |s| {
    Ok(Own::usize(200 + cast(s).table.extra_size()))
})
.doc("S.__sizeof__() -> size of S in memory, in bytes.");
const SYMMETRIC_DIFFERENCE: MethodDef = one(sig!("symmetric_difference($self, other, /)"), symmetric_difference)
    .doc("Return a new set with elements in either the set or other but not both.");
const UNION: MethodDef =
    raw(sig!("union($self, /, *others)"), union).doc("Return a new set with elements from the set and all others.");

pub static SET_METHODS: &[MethodDef] = &[
    one(sig!("__class_getitem__($type, object, /)"), crate::types::generic_alias::new)
        .class()
        .doc("See PEP 585"),
    one(sig!("add($self, object, /)"), |s, v| none(super::add(s, v)))
        .doc("Add an element to a set.\n\nThis has no effect if the element is already present."),
    noargs(sig!("clear($self, /)"), |s| {
        super::clear(s);
        Ok(Own::none())
    })
    .doc("Remove all elements from this set."),
    CONTAINS,
    noargs(sig!("copy($self, /)"), copy).doc("Return a shallow copy of a set."),
    one(sig!("discard($self, object, /)"), |s, v| none(discard(s, v))).doc(
        "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set.",
    ),
    DIFFERENCE,
    raw(sig!("difference_update($self, /, *others)"), |s, args| {
        args.no_keywords("set.difference_update")?;
        args.iter().try_for_each(|o| difference_update(s, o))?;
        Ok(Own::none())
    })
    .doc("Update the set, removing elements found in others."),
    INTERSECTION,
    raw(sig!("intersection_update($self, /, *others)"), |s, args| {
        args.no_keywords("set.intersection_update")?;
        let result = intersection_many(s, args)?;
        cast(s).table.swap(&cast(result.r()).table);
        Ok(Own::none())
    })
    .doc("Update the set, keeping only elements found in it and all others."),
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    noargs(sig!("pop($self, /)"), |s| match cast(s).table.pop() {
        Some(v) => Ok(v),
        None => exc::key_error(Own::str("pop from an empty set").r()),
    })
    .doc("Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty."),
    REDUCE,
    one(sig!("remove($self, object, /)"), |s, v| {
        if discard(s, v)? { Ok(Own::none()) } else { exc::key_error(v) }
    })
    .doc("Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError."),
    SIZEOF,
    SYMMETRIC_DIFFERENCE,
    one(sig!("symmetric_difference_update($self, other, /)"), |s, o| none(symmetric_difference_update(s, o)))
        .doc("Update the set, keeping only elements found in either set, but not in both."),
    UNION,
    raw(sig!("update($self, /, *others)"), |s, args| {
        args.no_keywords("set.update")?;
        args.iter().try_for_each(|o| update(s, o))?;
        Ok(Own::none())
    })
    .doc("Update the set, adding elements from all others."),
];
pub static FROZENSET_METHODS: &[MethodDef] = &[
    one(
        sig!("__class_getitem__($type, object, /)"),
        crate::types::generic_alias::new,
    )
    .class()
    .doc("See PEP 585"),
    CONTAINS,
    noargs(sig!("copy($self, /)"), |s| {
        if core::ptr::eq(s.ty(), &FROZENSET_TYPE) {
            Ok(s.own())
        } else {
            copy(s)
        }
    })
    .doc("Return a shallow copy of a set."),
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    REDUCE,
    SIZEOF,
    SYMMETRIC_DIFFERENCE,
    UNION,
];

/// CPython: set_init.
pub fn init(s: Ref, args: &Args) -> PyResult<()> {
    args.no_keywords("set")?;
    args.count(
        if core::ptr::eq(s.ty(), &SET_TYPE) {
            "set"
        } else {
            s.ty().name()
        },
        0,
        1,
    )?;
    super::clear(s);
    match args.get(0) {
        Some(v) => update(s, v),
        None => Ok(()),
    }
}
/// CPython: set_repr.
pub fn repr(s: Ref) -> PyResult {
    let name = s.ty().full_name();
    let Some(_guard) = exc::repr_enter(s)? else {
        return Ok(Own::str(&format!("{name}(...)")));
    };
    if len(s) == 0 {
        return Ok(Own::str(&format!("{name}()")));
    }
    let plain = core::ptr::eq(s.ty(), &SET_TYPE);
    let mut out = ReprText::new();
    if !plain {
        out.push(name).push("(");
    }
    out.push("{");
    for (i, v) in super::items(s).iter().enumerate() {
        if i > 0 {
            out.push(", ");
        }
        out.push_repr(v.r())?;
    }
    out.push(if plain { "}" } else { "})" });
    out.finish()
}
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_any(a) || !is_any(b) {
        return Ok(Own::not_implemented());
    }
    Ok(Own::bool(super::compare(a, b, op)?))
}
fn reduce(s: Ref) -> PyResult {
    let keys = list::from_vec(super::items(s))?;
    let state = match protocol::get_attr_opt(s, crate::istr!("__getstate__"))? {
        Some(f) => crate::call::call0(f.r())?,
        None => Own::none(),
    };
    tuple::try_from_vec(vec![s.ty().own(), tuple::try_from_vec(vec![keys])?, state])
}

// ---- operations ----

fn union(s: Ref, args: &Args) -> PyResult {
    args.no_keywords(&format!("{}.union", base_type(s).name()))?;
    let result = copy(s)?;
    for o in args.iter() {
        if !o.is(s) {
            update(result.r(), o)?;
        }
    }
    Ok(result)
}
/// A set of the base type of `s` with what is in both (CPython: set_intersection).
pub fn intersection(s: Ref, other: Ref) -> PyResult {
    if s.is(other) {
        return copy(s);
    }
    let result = new_of(base_type(s))?;
    let to = &cast(result.r()).table;
    if is_any(other) {
        let (small, large) = if len(other) > len(s) { (s, other) } else { (other, s) };
        let mut pos = 0;
        while let Some((v, hash)) = cast(small).table.next(&mut pos) {
            if cast(large).table.contains(v.r(), hash)? {
                to.add(v.r(), hash)?;
            }
        }
        return Ok(result);
    }
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        let hash = element_hash(v.r())?;
        if cast(s).table.contains(v.r(), hash)? {
            to.add(v.r(), hash)?;
            if to.used.get() >= len(s) {
                break;
            }
        }
    }
    Ok(result)
}
fn intersection_many(s: Ref, args: &Args) -> PyResult {
    args.no_keywords(&format!("{}.intersection", base_type(s).name()))?;
    let mut others = args.iter();
    let Some(first) = others.next() else { return copy(s) };
    let mut result = intersection(s, first)?;
    for o in others {
        result = intersection(result.r(), o)?;
    }
    Ok(result)
}
/// CPython: set_difference_update_internal.
pub fn difference_update(s: Ref, other: Ref) -> PyResult<()> {
    if s.is(other) {
        super::clear(s);
        return Ok(());
    }
    let t = &cast(s).table;
    if is_any(other) {
        let common;
        let mut from = other;
        if len(other) >> 3 > len(s) {
            common = intersection(s, other)?;
            from = common.r();
        }
        let mut pos = 0;
        while let Some((v, hash)) = cast(from).table.next(&mut pos) {
            drop(t.discard(v.r(), hash)?);
        }
    } else {
        let it = protocol::iter(other)?;
        while let Some(v) = iterators::next(it.r())? {
            let hash = element_hash(v.r())?;
            drop(t.discard(v.r(), hash)?);
        }
    }
    t.tidy()
}
/// CPython: set_difference.
fn difference(s: Ref, other: Ref) -> PyResult {
    let size = if is_any(other) {
        len(other)
    } else if other.is_exact::<dict::DictObject>() {
        dict::len(other)
    } else {
        return copy_and_remove(s, other);
    };
    if len(s) >> 2 > size {
        return copy_and_remove(s, other);
    }
    let result = new_of(base_type(s))?;
    let mut pos = 0;
    while let Some((v, hash)) = cast(s).table.next(&mut pos) {
        let there = if is_any(other) {
            cast(other).table.contains(v.r(), hash)?
        } else {
            dict::contains_with_hash(other, v.r(), hash)?
        };
        if !there {
            cast(result.r()).table.add(v.r(), hash)?;
        }
    }
    Ok(result)
}
fn copy_and_remove(s: Ref, other: Ref) -> PyResult {
    let result = copy(s)?;
    difference_update(result.r(), other)?;
    Ok(result)
}
fn difference_many(s: Ref, args: &Args) -> PyResult {
    args.no_keywords(&format!("{}.difference", base_type(s).name()))?;
    let mut others = args.iter();
    let Some(first) = others.next() else { return copy(s) };
    let result = difference(s, first)?;
    for o in others {
        difference_update(result.r(), o)?;
    }
    Ok(result)
}
/// CPython: set_symmetric_difference_update.
pub fn symmetric_difference_update(s: Ref, other: Ref) -> PyResult<()> {
    if s.is(other) {
        super::clear(s);
        return Ok(());
    }
    let t = &cast(s).table;
    let toggle = |v: Ref, hash: i64| -> PyResult<()> {
        if t.discard(v, hash)?.is_none() {
            t.add(v, hash)?;
        }
        Ok(())
    };
    if other.is_exact::<dict::DictObject>() {
        let mut pos = 0;
        while let Some((k, _, hash)) = dict::next_with_hash(other, &mut pos) {
            toggle(k.own().r(), hash)?;
        }
        return Ok(());
    }
    let made;
    let mut from = other;
    if !is_any(other) {
        made = super::from_iterable(other)?;
        from = made.r();
    }
    let mut pos = 0;
    while let Some((v, hash)) = cast(from).table.next(&mut pos) {
        toggle(v.r(), hash)?;
    }
    Ok(())
}
fn symmetric_difference(s: Ref, other: Ref) -> PyResult {
    let result = new_of(base_type(s))?;
    update(result.r(), other)?;
    symmetric_difference_update(result.r(), s)?;
    Ok(result)
}
/// CPython: set_isdisjoint.
fn is_disjoint(s: Ref, other: Ref) -> PyResult {
    if s.is(other) {
        return Ok(Own::bool(len(s) == 0));
    }
    if is_exact_any(other) {
        let (small, large) = if len(other) > len(s) { (s, other) } else { (other, s) };
        let mut pos = 0;
        while let Some((v, hash)) = cast(small).table.next(&mut pos) {
            if cast(large).table.contains(v.r(), hash)? {
                return Ok(Own::bool(false));
            }
        }
        return Ok(Own::bool(true));
    }
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        let hash = element_hash(v.r())?;
        if cast(s).table.contains(v.r(), hash)? {
            return Ok(Own::bool(false));
        }
    }
    Ok(Own::bool(true))
}
fn is_subset_method(s: Ref, other: Ref) -> PyResult {
    if is_any(other) {
        return Ok(Own::bool(is_subset(s, other)?));
    }
    let common = intersection(s, other)?;
    Ok(Own::bool(len(common.r()) == len(s)))
}
fn is_superset_method(s: Ref, other: Ref) -> PyResult {
    if is_any(other) {
        return Ok(Own::bool(is_subset(other, s)?));
    }
    let it = protocol::iter(other)?;
    while let Some(v) = iterators::next(it.r())? {
        if !super::contains(s, v.r())? {
            return Ok(Own::bool(false));
        }
    }
    Ok(Own::bool(true))
}

// ---- operators: both operands are sets ----

macro_rules! operator {
    ($name:ident, $f:expr) => {
        pub fn $name(a: Ref, b: Ref) -> PyResult {
            if !is_any(a) || !is_any(b) {
                return Ok(Own::from_value(Value::NOT_IMPLEMENTED));
            }
            let f: fn(Ref, Ref) -> PyResult = $f;
            f(a, b)
        }
    };
}
operator!(and, intersection);
operator!(subtract, difference);
operator!(xor, symmetric_difference);
operator!(or, |a, b| {
    let result = copy(a)?;
    if !a.is(b) {
        update(result.r(), b)?;
    }
    Ok(result)
});
operator!(inplace_and, |a, b| {
    let result = intersection(a, b)?;
    cast(a).table.swap(&cast(result.r()).table);
    Ok(a.own())
});
operator!(inplace_or, |a, b| {
    update(a, b)?;
    Ok(a.own())
});
operator!(inplace_xor, |a, b| {
    symmetric_difference_update(a, b)?;
    Ok(a.own())
});
operator!(inplace_subtract, |a, b| {
    difference_update(a, b)?;
    Ok(a.own())
});
