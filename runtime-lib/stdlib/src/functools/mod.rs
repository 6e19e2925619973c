//! `_functools`: reduce and cmp_to_key here, `partial` and `lru_cache` beside.
use crate::native_type::{kept, native_type};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::typeobj::ready;
use pyaot_core::types::{iterators, module};

mod lru_cache;
mod partial;

pub fn make() -> PyResult {
    let m = module::new("_functools")?;
    let types: &[&'static TypeObject] = &[
        &partial::PARTIAL_TYPE,
        &partial::PLACEHOLDER_TYPE,
        &lru_cache::LRU_CACHE_TYPE,
    ];
    for ty in types {
        ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    ready(&KEY_TYPE);
    module::add(m.r(), "Placeholder", partial::placeholder())?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}
static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("cmp_to_key($module, /, mycmp)"), |_, b| Key::make(&KEY_TYPE, Some(b.arg(0).own()), None)).doc(
        "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
    ),
    bound(sig!("reduce($module, function, iterable, /, initial=<unrepresentable>)"), reduce).doc(
        "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).",
    ),
];

/// CPython: Modules/_functoolsmodule.c, functools_reduce.
fn reduce(_: Ref, b: &Bound) -> PyResult {
    let it = match protocol::iter(b.arg(1)) {
        Ok(it) => it,
        Err(e) if exc::raised_is(&exc::types::TYPE_ERROR) => {
            drop(exc::caught(e));
            return exc::type_error(format_args!("reduce() arg 2 must support iteration"));
        }
        Err(e) => return Err(e),
    };
    let mut total = b.get(2).map(Ref::own);
    while let Some(v) = iterators::next(it.r())? {
        total = Some(match total {
            None => v,
            Some(t) => call(b.arg(0), &Args::positional(&[t.r(), v.r()]))?,
        });
    }
    match total {
        Some(t) => Ok(t),
        None => exc::type_error(format_args!("reduce() of empty iterable with no initial value")),
    }
}

// ---- cmp_to_key ----

native_type! {
    struct Key, KEY_TYPE, "functools.KeyWrapper" { compare, object } {}
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
    slots: {
        call: Some(|k, args| pyaot_core::call::bind(sig!("K(obj)"), args, |b| {
            Key::make(&KEY_TYPE, Some(kept(&Key::cast(k).compare)), Some(b.arg(0).own()))
        })),
        richcompare: Some(key_compare),
        getattro: Some(protocol::generic_get_attr),
    },
    methods: &[],
    getset: &[getset("obj", |k| match field(&Key::cast(k).object) {
        Some(v) => Ok(v.own()),
        None => Ok(Own::none()),
    }, |k, v| {
        set_field(&Key::cast(k).object, v.map(Ref::own));
        Ok(())
    })]
}
fn key_compare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !b.is_exact::<Key>() {
        return exc::type_error(format_args!("other argument must be K instance"));
    }
    let (x, y) = (Key::cast(a), Key::cast(b));
    let (Some(v), Some(w)) = (field(&x.object).map(Ref::own), field(&y.object).map(Ref::own)) else {
        return exc::attribute_error(format_args!("object"));
    };
    let r = call(kept(&x.compare).r(), &Args::positional(&[v.r(), w.r()]))?;
    protocol::compare(r.r(), Own::int(0).r(), op)
}
