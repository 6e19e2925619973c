//! `attrgetter`, `itemgetter` and `methodcaller`: callables that remember what to fetch.
use crate::native_type::{kept, native_type};
use pyaot_core::call::call_method;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::repr_text::ReprText;

/// The one argument of a call.
fn only<'a>(name: &str, args: &Args<'a>) -> PyResult<Ref<'a>> {
    args.no_keywords(name)?;
    args.count(name, 1, 1)?;
    Ok(args.get(0).unwrap_or(Ref::from_value(Value::NONE)))
}
fn repr_with(name: &str, parts: Ref) -> PyResult {
    let mut out = ReprText::new();
    out.push(name).push("(");
    for i in 0..tuple::len(parts) {
        if i > 0 {
            out.push(", ");
        }
        out.push_repr(tuple::get(parts, i))?;
    }
    out.push(")");
    out.finish()
}

// ---- itemgetter ----

native_type! {
    struct ItemGetter, ITEMGETTER_TYPE, "operator.itemgetter" { items } {}
    flags: 0,
    doc: "Return a callable object that fetches the given item(s) from its operand.\n\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    slots: {
        new: Some(|cls, args| {
            args.no_keywords("itemgetter")?;
            args.count("itemgetter", 1, usize::MAX)?;
            ItemGetter::make(cls, Some(tuple::from_refs(args.iter())?))
        }),
        call: Some(|g, args| {
            let v = only("itemgetter", args)?;
            let items = kept(&ItemGetter::cast(g).items);
            collect(items.r(), |key| protocol::get_item(v, key))
        }),
        repr: Some(|g| repr_with("operator.itemgetter", kept(&ItemGetter::cast(g).items).r())),
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |g| tuple::pair(g.ty().own(), kept(&ItemGetter::cast(g).items)))
        .doc("Return state information for pickling")],
    getset: &[]
}
/// One result, or a tuple of several.
fn collect(parts: Ref, mut fetch: impl FnMut(Ref) -> PyResult) -> PyResult {
    if tuple::len(parts) == 1 {
        return fetch(tuple::get(parts, 0));
    }
    let mut out = Vec::with_capacity(tuple::len(parts));
    for i in 0..tuple::len(parts) {
        out.push(fetch(tuple::get(parts, i))?);
    }
    tuple::try_from_vec(out)
}

// ---- attrgetter ----

native_type! {
    struct AttrGetter, ATTRGETTER_TYPE, "operator.attrgetter" { names, paths } {}
    flags: 0,
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\n\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    slots: {
        new: Some(attrgetter_new),
        call: Some(|g, args| {
            let v = only("attrgetter", args)?;
            let paths = kept(&AttrGetter::cast(g).paths);
            collect(paths.r(), |path| {
                let mut at = v.own();
                for i in 0..tuple::len(path) {
                    at = protocol::get_attr(at.r(), tuple::get(path, i))?;
                }
                Ok(at)
            })
        }),
        repr: Some(|g| repr_with("operator.attrgetter", kept(&AttrGetter::cast(g).names).r())),
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |g| tuple::pair(g.ty().own(), kept(&AttrGetter::cast(g).names)))
        .doc("Return state information for pickling")],
    getset: &[]
}
fn attrgetter_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("attrgetter")?;
    args.count("attrgetter", 1, usize::MAX)?;
    let mut names = Vec::new();
    let mut paths = Vec::new();
    for name in args.iter() {
        if !name.ty().has(type_flag::STR) {
            return exc::type_error(format_args!("attribute name must be a string"));
        }
        let name = str_::intern_object(str_::exact_copy(name));
        let dot = Own::str(".");
        let parts = if str_::code_points(str_::cast(name.r())).any(|c| c == '.' as u32) {
            let parts = call_method(name.r(), pyaot_core::istr!("split"), &[dot.r()])?;
            let parts = pyaot_core::types::list::snapshot(parts.r());
            parts.into_iter().map(str_::intern_object).collect()
        } else {
            vec![name.clone()]
        };
        paths.push(tuple::try_from_vec(parts)?);
        names.push(name);
    }
    AttrGetter::make(
        cls,
        Some(tuple::try_from_vec(names)?),
        Some(tuple::try_from_vec(paths)?),
    )
}

// ---- methodcaller ----

native_type! {
    struct MethodCaller, METHODCALLER_TYPE, "operator.methodcaller" { name, args, keywords } {}
    flags: 0,
    doc: "Return a callable object that calls the given method on its operand.\n\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    slots: {
        new: Some(methodcaller_new),
        call: Some(methodcaller_call),
        repr: Some(methodcaller_repr),
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), methodcaller_reduce).doc("Return state information for pickling")],
    getset: &[]
}
fn methodcaller_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let Some(name) = args.get(0) else {
        return exc::type_error(format_args!(
            "methodcaller needs at least one argument, the method name"
        ));
    };
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("method name must be a string"));
    }
    let name = str_::intern_object(str_::exact_copy(name));
    let keywords = dict::new();
    dict::merge::update_keywords(keywords.r(), args)?;
    let rest = tuple::from_refs(args.iter().skip(1))?;
    MethodCaller::make(cls, Some(name), Some(rest), Some(keywords))
}
fn methodcaller_call(m: Ref, args: &Args) -> PyResult {
    let v = only("methodcaller", args)?;
    let this = MethodCaller::cast(m);
    let (rest, keywords) = (kept(&this.args), kept(&this.keywords));
    let method = protocol::get_attr(v, kept(&this.name).r())?;
    let mut all: Vec<Value> = tuple::items(rest.r()).to_vec();
    let n = all.len();
    // The dict is never changed after it was made, so its borrowed values live through the call.
    let mut names = Vec::new();
    let mut pos = 0;
    while let Some((k, v)) = dict::next(keywords.r(), &mut pos) {
        names.push(k.own());
        all.push(v.value());
    }
    let names = if names.is_empty() {
        None
    } else {
        Some(tuple::try_from_vec(names)?)
    };
    call(method.r(), &Args::new(&all, n, names.as_ref().map(Own::r)))
}
fn methodcaller_repr(m: Ref) -> PyResult {
    let this = MethodCaller::cast(m);
    let Some(_guard) = exc::repr_enter(m)? else {
        return Ok(Own::str("operator.methodcaller(...)"));
    };
    let mut out = ReprText::new();
    out.push("operator.methodcaller(").push_repr(kept(&this.name).r())?;
    for v in tuple::items(kept(&this.args).r()) {
        out.push(", ").push_repr(Ref::from_value(*v))?;
    }
    for (k, v) in dict::items_snapshot(kept(&this.keywords).r()) {
        out.push(", ").push_object(k.r()).push("=").push_repr(v.r())?;
    }
    out.push(")");
    out.finish()
}
/// With keywords the callable is rebuilt through `functools.partial` (CPython: methodcaller_reduce).
fn methodcaller_reduce(m: Ref) -> PyResult {
    let this = MethodCaller::cast(m);
    let mut all = vec![kept(&this.name)];
    all.extend(
        tuple::items(kept(&this.args).r())
            .iter()
            .map(|v| Ref::from_value(*v).own()),
    );
    let keywords = kept(&this.keywords);
    if dict::len(keywords.r()) == 0 {
        return tuple::pair(m.ty().own(), tuple::try_from_vec(all)?);
    }
    let functools = pyaot_core::import::import_module("functools")?;
    let partial = protocol::get_attr(functools.r(), pyaot_core::istr!("partial"))?;
    let mut words = vec![m.ty().r().value(), kept(&this.name).value()];
    let n = words.len();
    let mut names = Vec::new();
    for (k, v) in dict::items_snapshot(keywords.r()) {
        names.push(k);
        words.push(v.value());
    }
    let names = tuple::try_from_vec(names)?;
    let constructor = call(partial.r(), &Args::new(&words, n, Some(names.r())))?;
    tuple::pair(constructor, kept(&this.args))
}
