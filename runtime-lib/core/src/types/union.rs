//! `typing.Union`: `int | str` (CPython: Objects/unionobject.c).
use super::generic_alias::{self, GenericAlias};
use crate::call::{MethodDef, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use crate::types::{str as str_, tuple};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct UnionObject {
    header: Header,
    /// Tuple, flat and without duplicates.
    args: Cell<Value>,
    parameters: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; the type is final.
unsafe impl Object for UnionObject {
    fn type_object() -> &'static TypeObject {
        &UNION_TYPE
    }
}

pub static UNION_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.Union",
    basic_size: size_of::<UnionObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
    doc: "Represent a union type\n\nE.g. for int | str",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(richcompare),
        mp_subscript: Some(|u, item| {
            let args = generic_alias::substitute(u, args_of(u), parameters(u)?.r(), item)?;
            from_args(args.r())
        }),
        nb_or: Some(type_or),
        traverse: Some(|u, visit| {
            visit(cast(u).args.get());
            visit(cast(u).parameters.get());
        }),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[
        getter("__args__", |u| Ok(args_of(u).own())),
        getter("__parameters__", parameters),
        getter("__name__", |_| Ok(Own::str("Union"))),
        getter("__qualname__", |_| Ok(Own::str("Union"))),
        getter("__origin__", |_| Ok(UNION_TYPE.own())),
    ],
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("__mro_entries__($self, bases, /)"), |u, _| {
        let shown = protocol::repr(u)?;
        exc::type_error(format_args!("Cannot subclass {}", str_::to_string_lossy(shown.r())))
    }),
    one(sig!("__class_getitem__(object, /)"), |_, item| from_args(item)).class(),
];

fn cast(u: Ref<'_>) -> &UnionObject {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { u.cast() }
}
/// The alternatives: a tuple.
pub fn args_of(u: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(u).args.get())
}

/// `a | b` where at least one is a type or a form of one (CPython: _Py_union_type_or).
pub fn type_or(a: Ref, b: Ref) -> PyResult {
    if !unionable(a) || !unionable(b) {
        return Ok(Own::not_implemented());
    }
    from_args(tuple::from_vec(vec![a.own(), b.own()]).r())
}
fn unionable(v: Ref) -> bool {
    v.is_none()
        || v.ty().has(type_flag::TYPE)
        || v.downcast::<GenericAlias>().is_some()
        || v.downcast::<UnionObject>().is_some()
        || types::typevar::is_type_alias(v)
}
/// `Union[args]`: flattened, None as its type, equal members once (CPython: _Py_union_from_tuple).
pub fn from_args(item: Ref) -> PyResult {
    let mut out: Vec<Own> = Vec::new();
    let items: &[Value] = if item.ty().has(type_flag::TUPLE) {
        tuple::items(item)
    } else {
        &[item.value()]
    };
    for v in items {
        let v = Ref::from_value(*v);
        if let Some(u) = v.downcast::<UnionObject>() {
            for x in tuple::items(Ref::from_value(u.args.get())) {
                add(&mut out, Ref::from_value(*x))?;
            }
        } else if v.is_none() {
            add(&mut out, types::none::NONE_TYPE.r())?;
        } else {
            add(&mut out, v)?;
        }
    }
    match out.len() {
        0 => exc::type_error(format_args!("Cannot take a Union of no types.")),
        1 => Ok(out.remove(0)),
        _ => {
            let args = tuple::try_from_vec(out)?;
            alloc::object(|header| UnionObject {
                header,
                args: Cell::new(args.into_value()),
                parameters: Cell::new(Value::NULL),
            })
        }
    }
}
fn add(out: &mut Vec<Own>, v: Ref) -> PyResult<()> {
    for x in out.iter() {
        // `list[int]` and `list[bool]` differ although their arguments may compare equal; the types of the objects decide.
        if core::ptr::eq(x.r().ty(), v.ty()) && protocol::equal(x.r(), v)? {
            return Ok(());
        }
    }
    out.push(v.own());
    Ok(())
}
fn parameters(u: Ref) -> PyResult {
    if cast(u).parameters.get().is_null() {
        let p = generic_alias::make_parameters(args_of(u))?;
        crate::object::set_field(&cast(u).parameters, Some(p));
    }
    Ok(Ref::from_value(cast(u).parameters.get()).own())
}
fn repr(u: Ref) -> PyResult {
    let mut parts = Vec::new();
    for v in tuple::items(args_of(u)) {
        parts.push(generic_alias::type_repr(Ref::from_value(*v))?);
    }
    Ok(Own::str(&parts.join(" | ")))
}
/// Order does not matter.
fn hash(u: Ref) -> PyResult<i64> {
    let mut h: i64 = 0x5bd1_e995;
    for v in tuple::items(args_of(u)) {
        h = h.wrapping_add(protocol::hash(Ref::from_value(*v))?.wrapping_mul(0x9E37_79B9));
    }
    Ok(if h == -1 { -2 } else { h })
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<UnionObject>(), b.downcast::<UnionObject>()) else {
        return Ok(Own::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let (x, y) = (Ref::from_value(x.args.get()), Ref::from_value(y.args.get()));
    let mut same = tuple::len(x) == tuple::len(y);
    for v in tuple::items(x) {
        let mut found = false;
        for w in tuple::items(y) {
            found = found || protocol::equal(Ref::from_value(*v), Ref::from_value(*w))?;
        }
        same &= found;
    }
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let u = unsafe { &*p.cast::<UnionObject>() };
    decref(u.args.replace(Value::NULL));
    decref(u.parameters.replace(Value::NULL));
}
