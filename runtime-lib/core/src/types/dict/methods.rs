//! The methods and operators of dict.
use super::{DictObject, len, merge};
use crate::call::{Args, Bound, MethodDef, bound, call0, noargs, one, raw, sig};
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, TypeObject};
use crate::types::iterators::dict as dict_iterators;
use crate::types::repr_text::ReprText;
use crate::types::{dict_views, type_};
use crate::{exc, istr};
use pyaot_abi::type_flag;

pub const DOC: &str = "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)";

pub static METHODS: &[MethodDef] = &[
    one(
        sig!("__class_getitem__($type, object, /)"),
        crate::types::generic_alias::new,
    )
    .class()
    .doc("See PEP 585"),
    one(sig!("__contains__($self, key, /)"), |d, key| {
        Ok(Own::bool(super::contains(d, key)?))
    }),
    one(sig!("__getitem__($self, key, /)"), subscript),
    noargs(sig!("__sizeof__($self, /)"), |d| Ok(Own::usize(super::size_of_dict(d)))),
    noargs(sig!("__reversed__($self, /)"), dict_iterators::reversed_keys),
    bound(sig!("get($self, key, default=None, /)"), get),
    bound(sig!("setdefault($self, key, default=None, /)"), |d, b| {
        super::set_default(d, b.arg(0), b.get(1).unwrap_or(Ref::from_value(pyaot_abi::Value::NONE)))
    }),
    bound(sig!("pop($self, key, default=<unrepresentable>, /)"), pop),
    noargs(sig!("popitem($self, /)"), popitem),
    noargs(sig!("keys($self, /)"), dict_views::keys),
    noargs(sig!("items($self, /)"), dict_views::items),
    noargs(sig!("values($self, /)"), dict_views::values),
    raw(sig!("update($self, /, *args, **kwargs)"), |d, args| {
        update_from_args(d, args, "update")?;
        Ok(Own::none())
    }),
    bound(sig!("fromkeys($type, iterable, value=None, /)"), fromkeys).class(),
    noargs(sig!("clear($self, /)"), |d| {
        super::clear(d);
        Ok(Own::none())
    }),
    noargs(sig!("copy($self, /)"), super::copy),
];

pub fn new_instance(cls: &'static TypeObject, _args: &Args) -> PyResult {
    super::try_new_of(cls)
}
pub fn init(d: Ref, args: &Args) -> PyResult<()> {
    update_from_args(d, args, "dict")
}
/// CPython: dict_update_common.
fn update_from_args(d: Ref, args: &Args, name: &str) -> PyResult<()> {
    args.count(name, 0, 1)?;
    if let Some(other) = args.get(0) {
        merge::update(d, other)?;
    }
    merge::update_keywords(d, args)
}

/// `d[key]` with `__missing__` of subclasses (CPython: dict_subscript).
pub fn subscript(d: Ref, key: Ref) -> PyResult {
    if let Some(v) = super::get(d, key)? {
        return Ok(v);
    }
    if !d.is_exact::<DictObject>() {
        if let Some(r) = crate::call::call_special(d, istr!("__missing__"), &[key]) {
            return r;
        }
    }
    exc::key_error(key)
}
pub fn delete_item(d: Ref, key: Ref) -> PyResult<()> {
    if super::delete(d, key)? {
        Ok(())
    } else {
        exc::key_error(key)
    }
}
fn get(d: Ref, b: &Bound) -> PyResult {
    Ok(match super::get(d, b.arg(0))? {
        Some(v) => v,
        None => b.get(1).map_or(Own::none(), Ref::own),
    })
}
fn pop(d: Ref, b: &Bound) -> PyResult {
    // An empty dict does not look at the key.
    if len(d) > 0 {
        if let Some(v) = super::pop(d, b.arg(0))? {
            return Ok(v);
        }
    }
    match b.get(1) {
        Some(v) => Ok(v.own()),
        None => exc::key_error(b.arg(0)),
    }
}
fn popitem(d: Ref) -> PyResult {
    match super::pop_last(d) {
        Some((k, v)) => crate::types::tuple::pair(k, v),
        None => exc::key_error(Own::str("popitem(): dictionary is empty").r()),
    }
}

/// CPython: _PyDict_FromKeys.
fn fromkeys(cls: Ref, b: &Bound) -> PyResult {
    let iterable = b.arg(0);
    let none = Own::none();
    let value = b.get(1).unwrap_or(none.r());
    let d = if core::ptr::eq(type_::cast(cls), &super::DICT_TYPE) {
        super::try_new()?
    } else {
        call0(cls)?
    };
    if d.r().is_exact::<DictObject>() && len(d.r()) == 0 {
        // Keys whose hashes are known are not hashed again.
        if iterable.is_exact::<DictObject>() {
            let mut pos = 0;
            while let Some((k, _, hash)) = super::next_with_hash(iterable, &mut pos) {
                super::set_with_hash(d.r(), k.own().r(), hash, value.own())?;
            }
            return Ok(d);
        }
        if crate::types::set::is_exact_any(iterable) {
            let mut pos = 0;
            while let Some((k, hash)) = crate::types::set::next_with_hash(iterable, &mut pos) {
                super::set_with_hash(d.r(), k.r(), hash, value.own())?;
            }
            return Ok(d);
        }
    }
    let it = protocol::iter(iterable)?;
    if d.r().is_exact::<DictObject>() {
        while let Some(key) = protocol::next(it.r())? {
            super::set(d.r(), key.r(), value)?;
        }
    } else {
        while let Some(key) = protocol::next(it.r())? {
            protocol::set_item(d.r(), key.r(), Some(value))?;
        }
    }
    Ok(d)
}

/// CPython: dict_repr.
pub fn dict_repr(d: Ref) -> PyResult {
    let Some(_guard) = exc::repr_enter(d)? else {
        return Ok(Own::str("{...}"));
    };
    let mut out = ReprText::new();
    out.push("{");
    let (mut pos, mut first) = (0, true);
    while let Some((k, v)) = super::next(d, &mut pos) {
        let (k, v) = (k.own(), v.own());
        if !first {
            out.push(", ");
        }
        first = false;
        out.push_repr(k.r())?.push(": ").push_repr(v.r())?;
    }
    out.push("}");
    out.finish()
}

fn both_dicts(a: Ref, b: Ref) -> bool {
    a.ty().has(type_flag::DICT) && b.ty().has(type_flag::DICT)
}
/// CPython: dict_or.
pub fn or(a: Ref, b: Ref) -> PyResult {
    if !both_dicts(a, b) {
        return Ok(Own::not_implemented());
    }
    let new = super::copy(a)?;
    merge::update(new.r(), b)?;
    Ok(new)
}
pub fn inplace_or(d: Ref, other: Ref) -> PyResult {
    merge::update(d, other)?;
    Ok(d.own())
}
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !both_dicts(a, b) {
        return Ok(Own::not_implemented());
    }
    match op {
        CompareOp::Eq => Ok(Own::bool(equal(a, b)?)),
        CompareOp::Ne => Ok(Own::bool(!equal(a, b)?)),
        _ => Ok(Own::not_implemented()),
    }
}
/// CPython: dict_equal.
fn equal(a: Ref, b: Ref) -> PyResult<bool> {
    exc::recursion_guard(" in comparison")?;
    if len(a) != len(b) {
        return Ok(false);
    }
    let mut pos = 0;
    while let Some((k, v, hash)) = super::next_with_hash(a, &mut pos) {
        let (k, v) = (k.own(), v.own());
        match super::get_with_hash(b, k.r(), hash)? {
            None => return Ok(false),
            Some(w) => {
                if !protocol::equal(v.r(), w.r())? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}
