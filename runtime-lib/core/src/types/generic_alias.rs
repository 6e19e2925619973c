//! `types.GenericAlias`: `list[int]` (CPython: Objects/genericaliasobject.c).
use crate::call::{self, Args, MethodDef, noargs, one, raw, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use crate::types::{str as str_, tuple};
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct GenericAlias {
    header: Header,
    pub origin: Cell<Value>,
    /// Tuple.
    pub args: Cell<Value>,
    parameters: Cell<Value>,
    /// `*tuple[int, ...]`.
    starred: bool,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for GenericAlias {
    fn type_object() -> &'static TypeObject {
        &GENERIC_ALIAS_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_generic_alias")]
pub static GENERIC_ALIAS_TYPE: TypeObject = {
    TypeObject::builtin(&TypeDef {
        name: "types.GenericAlias",
        basic_size: size_of::<GenericAlias>(),
        flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
        doc: "GenericAlias(origin, args, /)\n--\n\nRepresent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
        slots: Slots {
            new: Some(construct),
            repr: Some(repr),
            hash: Some(|a| {
                let a = cast(a);
                let h =
                    protocol::hash(Ref::from_value(a.origin.get()))? ^ protocol::hash(Ref::from_value(a.args.get()))?;
                Ok(if h == -1 { -2 } else { h })
            }),
            call: Some(call_alias),
            getattro: Some(getattr),
            richcompare: Some(richcompare),
            iter: Some(iter),
            mp_subscript: Some(|a, item| {
                let args = substitute(a, args_of(a), parameters(a)?.r(), item)?;
                build(a.ty(), origin(a), args.r(), cast(a).starred)
            }),
            nb_or: Some(types::union::type_or),
            traverse: Some(|a, visit| fields(cast(a)).iter().for_each(|f| visit(f.get()))),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        methods: METHODS,
        getset: &[
            getter("__origin__", |a| Ok(origin(a).own())),
            getter("__args__", |a| Ok(args_of(a).own())),
            getter("__parameters__", parameters),
            getter("__unpacked__", |a| Ok(Own::bool(cast(a).starred))),
            getter("__typing_unpacked_tuple_args__", |a| {
                let a_ = cast(a);
                Ok(if a_.starred && origin(a).is(types::tuple::TUPLE_TYPE.r()) {
                    args_of(a).own()
                } else {
                    Own::none()
                })
            }),
        ],
        ..TypeDef::NEW
    })
};

static METHODS: &[MethodDef] = &[
    one(sig!("__mro_entries__($self, bases, /)"), |a, _| {
        Ok(tuple::from_vec(vec![origin(a).own()]))
    }),
    one(sig!("__instancecheck__($self, instance, /)"), |_, _| {
        exc::type_error(format_args!(
            "isinstance() argument 2 cannot be a parameterized generic"
        ))
    }),
    one(sig!("__subclasscheck__($self, cls, /)"), |_, _| {
        exc::type_error(format_args!(
            "issubclass() argument 2 cannot be a parameterized generic"
        ))
    }),
    noargs(sig!("__reduce__($self, /)"), |a| {
        if cast(a).starred {
            let plain = build(a.ty(), origin(a), args_of(a), false)?;
            let Some(next) = crate::builtins::lookup(istr!("next"))? else {
                return exc::attribute_error(format_args!("module 'builtins' has no attribute 'next'"));
            };
            let it = protocol::iter(plain.r())?;
            return Ok(tuple::from_vec(vec![next, tuple::from_vec(vec![it])]));
        }
        let args = tuple::from_vec(vec![origin(a).own(), args_of(a).own()]);
        Ok(tuple::from_vec(vec![a.ty().own(), args]))
    }),
    raw(sig!("__dir__($self, /)"), |a, _| {
        let f = protocol::get_attr(origin(a).ty().r(), istr!("__dir__"))?;
        let names = call::call1(f.r(), origin(a))?;
        for n in OWN_NAMES {
            let n = str_::intern(n);
            if !protocol::contains(names.r(), n.r())? {
                types::list::append(names.r(), n)?;
            }
        }
        Ok(names)
    }),
];

/// Attributes of the alias itself; all others are those of the origin.
const OWN_NAMES: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
    "__bases__",
];

fn cast(a: Ref<'_>) -> &GenericAlias {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { a.cast() }
}
fn fields(a: &GenericAlias) -> [&Cell<Value>; 3] {
    [&a.origin, &a.args, &a.parameters]
}
fn origin(a: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(a).origin.get())
}
fn args_of(a: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(a).args.get())
}
fn as_tuple(args: Ref) -> PyResult {
    if args.ty().has(type_flag::TUPLE) {
        Ok(args.own())
    } else {
        Ok(tuple::from_vec(vec![args.own()]))
    }
}
fn build(cls: &TypeObject, origin: Ref, args: Ref, starred: bool) -> PyResult {
    let args = as_tuple(args)?;
    alloc::object_of(cls, |header| GenericAlias {
        header,
        origin: Cell::new(origin.own().into_value()),
        args: Cell::new(args.into_value()),
        parameters: Cell::new(Value::NULL),
        starred,
    })
}
/// `origin[args]`; the `__class_getitem__` of built-in generic types.
pub fn new(origin: Ref, args: Ref) -> PyResult {
    build(&GENERIC_ALIAS_TYPE, origin, args, false)
}
fn construct(cls: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("GenericAlias")?;
    args.count("GenericAlias", 2, 2)?;
    build(cls, args.get(0).expect("counted"), args.get(1).expect("counted"), false)
}

/// A type as an alias prints it (CPython: _Py_typing_type_repr).
pub fn type_repr(v: Ref) -> PyResult<String> {
    if v.value() == Value::ELLIPSIS {
        return Ok("...".to_owned());
    }
    if v.is(types::none::NONE_TYPE.r()) {
        return Ok("None".to_owned());
    }
    let whole = |v: Ref| -> PyResult<String> { Ok(str_::to_string_lossy(protocol::repr(v)?.r())) };
    let has = |n: Ref| -> PyResult<bool> { Ok(protocol::get_attr_opt(v, n)?.is_some()) };
    if has(istr!("__origin__"))? && has(istr!("__args__"))? {
        return whole(v);
    }
    let qualname = protocol::get_attr_opt(v, istr!("__qualname__"))?;
    let module = protocol::get_attr_opt(v, istr!("__module__"))?;
    match (qualname, module) {
        (Some(q), Some(m)) if !m.r().is_none() => {
            let q = str_::to_string_lossy(protocol::str(q.r())?.r());
            let m = str_::to_string_lossy(protocol::str(m.r())?.r());
            Ok(if m == "builtins" { q } else { format!("{m}.{q}") })
        }
        _ => whole(v),
    }
}
fn repr(a: Ref) -> PyResult {
    let mut parts = Vec::new();
    for v in tuple::items(args_of(a)) {
        let v = Ref::from_value(*v);
        // The arguments of Callable-like aliases may be lists.
        if v.ty().has(type_flag::LIST) {
            let mut inner = Vec::new();
            let it = protocol::iter(v)?;
            while let Some(x) = protocol::next(it.r())? {
                inner.push(type_repr(x.r())?);
            }
            parts.push(format!("[{}]", inner.join(", ")));
        } else {
            parts.push(type_repr(v)?);
        }
    }
    let list = if parts.is_empty() {
        "()".to_owned()
    } else {
        parts.join(", ")
    };
    let star = if cast(a).starred { "*" } else { "" };
    Ok(Own::str(&format!("{star}{}[{list}]", type_repr(origin(a))?)))
}

fn getattr(a: Ref, name: Ref) -> PyResult {
    if name.ty().has(type_flag::STR) {
        let text = str_::to_string_lossy(name);
        if !OWN_NAMES.contains(&text.as_str()) {
            let o = origin(a).own();
            return protocol::get_attr(o.r(), name);
        }
    }
    protocol::generic_get_attr(a, name)
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<GenericAlias>(), b.downcast::<GenericAlias>()) else {
        return Ok(Own::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let same = x.starred == y.starred
        && protocol::equal(Ref::from_value(x.origin.get()), Ref::from_value(y.origin.get()))?
        && protocol::equal(Ref::from_value(x.args.get()), Ref::from_value(y.args.get()))?;
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}
/// `list[int]()`: the instance learns what it was made from, if it takes attributes.
fn call_alias(a: Ref, args: &Args) -> PyResult {
    let o = origin(a).own();
    let obj = call::call(o.r(), args)?;
    if protocol::set_attr(obj.r(), istr!("__orig_class__"), Some(a)).is_err() {
        if !exc::raised_is(&exc::types::ATTRIBUTE_ERROR) && !exc::raised_is(&exc::types::TYPE_ERROR) {
            return Err(crate::object::Raised);
        }
        drop(exc::take());
    }
    Ok(obj)
}
/// Iteration gives the starred form once: `*tuple[int, str]`.
fn iter(a: Ref) -> PyResult {
    let starred = build(a.ty(), origin(a), args_of(a), true)?;
    let once = tuple::from_vec(vec![starred]);
    protocol::iter(once.r())
}

fn parameters(a: Ref) -> PyResult {
    if cast(a).parameters.get().is_null() {
        let p = make_parameters(args_of(a))?;
        crate::object::set_field(&cast(a).parameters, Some(p));
    }
    Ok(Ref::from_value(cast(a).parameters.get()).own())
}
/// Type parameters in a tuple of arguments, each once (CPython: _Py_make_parameters).
pub fn make_parameters(args: Ref) -> PyResult {
    let mut found: Vec<Own> = Vec::new();
    collect(args, &mut found)?;
    tuple::try_from_vec(found)
}
fn collect(args: Ref, found: &mut Vec<Own>) -> PyResult<()> {
    let items: Vec<Own> = if args.ty().has(type_flag::TUPLE) {
        tuple::items(args).iter().map(|v| Ref::from_value(*v).own()).collect()
    } else {
        let mut items = Vec::new();
        let it = protocol::iter(args)?;
        while let Some(v) = protocol::next(it.r())? {
            items.push(v);
        }
        items
    };
    for v in items {
        // A class is no parameter, whatever its attributes say.
        if v.r().ty().has(type_flag::TYPE) {
            continue;
        }
        if protocol::get_attr_opt(v.r(), istr!("__typing_subst__"))?.is_some() {
            if !found.iter().any(|f| f.r().is(v.r())) {
                found.push(v);
            }
        } else if v.r().ty().has(type_flag::TUPLE | type_flag::LIST) {
            collect(v.r(), found)?;
        } else if let Some(sub) = protocol::get_attr_opt(v.r(), istr!("__parameters__"))? {
            if sub.r().ty().has(type_flag::TUPLE) {
                for p in tuple::items(sub.r()) {
                    let p = Ref::from_value(*p);
                    if !found.iter().any(|f| f.r().is(p)) {
                        found.push(p.own());
                    }
                }
            }
        }
    }
    Ok(())
}

/// Arguments of `alias[item]` with parameters replaced (CPython: _Py_subs_parameters).
pub fn substitute(this: Ref, args: Ref, params: Ref, item: Ref) -> PyResult {
    let n = tuple::len(params);
    if n == 0 {
        let shown = protocol::repr(this)?;
        return exc::type_error(format_args!(
            "{} is not a generic class",
            str_::to_string_lossy(shown.r())
        ));
    }
    let mut item = unpack_arguments(item)?;
    for p in tuple::items(params) {
        let p = Ref::from_value(*p);
        if let Some(prepare) = protocol::get_attr_opt(p, istr!("__typing_prepare_subst__"))? {
            if !prepare.r().is_none() {
                let given = as_tuple(item.r())?;
                item = call::call2(prepare.r(), this, given.r())?;
            }
        }
    }
    let given = as_tuple(item.r())?;
    let count = tuple::len(given.r());
    if count != n {
        let shown = protocol::repr(this)?;
        return exc::type_error(format_args!(
            "Too {} arguments for {}; actual {count}, expected {n}",
            if count > n { "many" } else { "few" },
            str_::to_string_lossy(shown.r())
        ));
    }
    replace(args, params, given.r())
}
fn replace(args: Ref, params: Ref, given: Ref) -> PyResult {
    let position = |v: Ref| tuple::items(params).iter().position(|p| *p == v.value());
    let mut out = Vec::new();
    for v in tuple::items(args) {
        let v = Ref::from_value(*v);
        if v.ty().has(type_flag::TYPE) {
            out.push(v.own());
            continue;
        }
        if v.ty().has(type_flag::TUPLE) {
            out.push(replace(v, params, given)?);
            continue;
        }
        if v.ty().has(type_flag::LIST) {
            let inner = crate::call::call1(types::tuple::TUPLE_TYPE.r(), v)?;
            let new = replace(inner.r(), params, given)?;
            out.push(call::call1(types::list::LIST_TYPE.r(), new.r())?);
            continue;
        }
        let unpacked = protocol::get_attr_opt(v, istr!("__typing_is_unpacked_typevartuple__"))?;
        let unpacked = match unpacked {
            Some(u) => protocol::truth(u.r())?,
            None => false,
        };
        let new = match protocol::get_attr_opt(v, istr!("__typing_subst__"))? {
            Some(subst) => match position(v) {
                Some(i) => call::call1(subst.r(), tuple::get(given, i))?,
                None => v.own(),
            },
            None => subscript_again(v, params, given)?,
        };
        if unpacked && new.r().ty().has(type_flag::TUPLE) {
            out.extend(tuple::items(new.r()).iter().map(|x| Ref::from_value(*x).own()));
        } else {
            out.push(new);
        }
    }
    tuple::try_from_vec(out)
}
/// An argument that has parameters itself (CPython: subs_tvars).
fn subscript_again(v: Ref, params: Ref, given: Ref) -> PyResult {
    let Some(own) = protocol::get_attr_opt(v, istr!("__parameters__"))? else {
        return Ok(v.own());
    };
    if !own.r().ty().has(type_flag::TUPLE) || tuple::len(own.r()) == 0 {
        return Ok(v.own());
    }
    let mut sub = Vec::new();
    for p in tuple::items(own.r()) {
        match tuple::items(params).iter().position(|q| q == p) {
            Some(i) => {
                let x = tuple::get(given, i);
                let p = Ref::from_value(*p);
                let variadic = p.ty().slots().iter.is_some() && x.ty().has(type_flag::TUPLE);
                if variadic {
                    sub.extend(tuple::items(x).iter().map(|y| Ref::from_value(*y).own()));
                } else {
                    sub.push(x.own());
                }
            }
            None => sub.push(Ref::from_value(*p).own()),
        }
    }
    let key = tuple::try_from_vec(sub)?;
    protocol::get_item(v, key.r())
}
/// `*tuple[int, str]` among the arguments stands for its own arguments (CPython: _unpack_args).
fn unpack_arguments(item: Ref) -> PyResult {
    let items = as_tuple(item)?;
    let mut out = Vec::new();
    for v in tuple::items(items.r()) {
        let v = Ref::from_value(*v);
        let inner = if v.ty().has(type_flag::TYPE) {
            None
        } else {
            protocol::get_attr_opt(v, istr!("__typing_unpacked_tuple_args__"))?
        };
        match inner.filter(|i| i.r().ty().has(type_flag::TUPLE)) {
            Some(i) if !tuple::items(i.r()).last().is_some_and(|l| *l == Value::ELLIPSIS) => {
                out.extend(tuple::items(i.r()).iter().map(|x| Ref::from_value(*x).own()));
            }
            _ => out.push(v.own()),
        }
    }
    tuple::try_from_vec(out)
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in fields(unsafe { &*p.cast::<GenericAlias>() }) {
        decref(f.replace(Value::NULL));
    }
}
