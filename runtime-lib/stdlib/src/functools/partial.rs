//! `partial` with placeholders. Nested partials become one (Modules/_functoolsmodule.c, partial_new).
use crate::native_type::kept;
use pyaot_core::call::Args;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::method;
use pyaot_core::types::repr_text::ReprText;

#[repr(C)]
pub struct Partial {
    header: Header,
    function: Cell<Value>,
    /// Tuple; may hold the placeholder.
    args: Cell<Value>,
    keywords: Cell<Value>,
    /// `__dict__` or null.
    dict: Cell<Value>,
    /// Placeholders in `args`.
    holes: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Partial {
    fn type_object() -> &'static TypeObject {
        &PARTIAL_TYPE
    }
}
pub static PARTIAL_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "functools.partial",
    basic_size: size_of::<Partial>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    dict_offset: core::mem::offset_of!(Partial, dict),
    doc: "Create a new function with partial application of the given arguments and keywords.",
    slots: Slots {
        new: Some(new),
        call: Some(call_partial),
        repr: Some(repr),
        descr_get: Some(|p, obj, _| match obj {
            None => Ok(p.own()),
            Some(o) => method::new(p, o),
        }),
        traverse: Some(|p, visit| fields(cast(p)).iter().for_each(|c| visit(c.get()))),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            fields(unsafe { &*p.cast::<Partial>() })
                .iter()
                .for_each(|c| decref(c.get()));
        }),
        ..Slots::NONE
    },
    methods: &[
        one(
            sig!("__class_getitem__($type, object, /)"),
            pyaot_core::types::generic_alias::new,
        )
        .class()
        .doc("See PEP 585"),
        noargs(sig!("__reduce__($self, /)"), reduce),
        one(sig!("__setstate__($self, state, /)"), set_state),
    ],
    getset: &[
        getset(
            "__dict__",
            pyaot_core::types::object::get_dict,
            pyaot_core::types::object::set_dict,
        ),
        getter("func", |p| Ok(kept(&cast(p).function))),
        getter("args", |p| Ok(kept(&cast(p).args))),
        getter("keywords", |p| Ok(kept(&cast(p).keywords))),
    ],
    ..TypeDef::NEW
});
fn cast(p: Ref<'_>) -> &Partial {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { p.cast() }
}
fn fields(p: &Partial) -> [&Cell<Value>; 4] {
    [&p.function, &p.args, &p.keywords, &p.dict]
}
fn is_callable(v: Ref) -> bool {
    v.ty().head.vectorcall.get().is_some()
}
fn count_holes(items: &[Value]) -> usize {
    let hole = placeholder();
    items.iter().filter(|v| **v == hole.value()).count()
}

fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let Some(f) = args.get(0) else {
        return exc::type_error(format_args!("type 'partial' takes at least one argument"));
    };
    if !is_callable(f) {
        return exc::type_error(format_args!("the first argument must be callable"));
    }
    let hole = placeholder();
    if args.len() > 1 && args.iter().last().is_some_and(|v| v.is(hole.r())) {
        return exc::type_error(format_args!("trailing Placeholders are not allowed"));
    }
    for (_, v) in args.keywords() {
        if v.is(hole.r()) {
            return exc::type_error(format_args!("Placeholder cannot be passed as a keyword argument"));
        }
    }
    let mut function = f.own();
    let mut all: Vec<Own> = args.iter().skip(1).map(Ref::own).collect();
    let mut keywords = None;
    if let Some(inner) = f.downcast::<Partial>().filter(|p| p.dict.get().is_null()) {
        function = kept(&inner.function);
        keywords = Some(dict::copy(kept(&inner.keywords).r())?);
        let mut given = all.into_iter();
        let before = kept(&inner.args);
        let mut joined = Vec::new();
        for v in tuple::items(before.r()) {
            let v = Ref::from_value(*v).own();
            let filled = if v.r().is(hole.r()) { given.next() } else { None };
            joined.push(filled.unwrap_or(v));
        }
        joined.extend(given);
        all = joined;
    }
    let keywords = match keywords {
        Some(k) => k,
        None => dict::try_new()?,
    };
    dict::merge::update_keywords(keywords.r(), args)?;
    let all = tuple::try_from_vec(all)?;
    let holes = count_holes(tuple::items(all.r()));
    alloc::object_of(cls, |header| Partial {
        header,
        function: Cell::new(function.into_value()),
        args: Cell::new(all.into_value()),
        keywords: Cell::new(keywords.into_value()),
        dict: Cell::new(Value::NULL),
        holes: Cell::new(holes),
    })
}
/// CPython: partial_vectorcall.
fn call_partial(p: Ref, args: &Args) -> PyResult {
    let this = cast(p);
    let (function, before, keywords) = (kept(&this.function), kept(&this.args), kept(&this.keywords));
    let holes = this.holes.get();
    if args.len() < holes {
        return exc::type_error(format_args!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {}",
            args.len()
        ));
    }
    const FEW: usize = 8;
    let items = tuple::items(before.r());
    if holes == 0 && !args.has_keywords() && items.len() + args.len() <= FEW {
        let (mut words, n) = ([Value::NULL; FEW], items.len() + args.len());
        words[..items.len()].copy_from_slice(items);
        words[items.len()..n].copy_from_slice(args.pos());
        // The entries are held: the call may change the partial's dict.
        return dict::with_items(keywords.r(), |pairs| {
            pyaot_core::entry::calls::call_with_items(function.r(), &words[..n], pairs)
        });
    }
    let mut given = args.iter().map(Ref::value);
    let mut words: Vec<Value> = Vec::with_capacity(tuple::len(before.r()) + args.len());
    let hole = placeholder();
    for v in tuple::items(before.r()) {
        let filled = if holes > 0 && *v == hole.value() {
            given.next()
        } else {
            None
        };
        words.push(filled.unwrap_or(*v));
    }
    words.extend(given);
    let n = words.len();
    if dict::len(keywords.r()) == 0 {
        let (all, nargs, names) = args.raw();
        words.extend_from_slice(&all[nargs..]);
        return call(function.r(), &Args::new(&words, n, names));
    }
    // A copy: the call may change the partial's dict.
    let entries = if args.raw().2.is_none() {
        dict::items_snapshot(keywords.r())
    } else {
        let merged = dict::copy(keywords.r())?;
        dict::merge::update_keywords(merged.r(), args)?;
        dict::items_snapshot(merged.r())
    };
    let mut names = Vec::with_capacity(entries.len());
    for (k, v) in &entries {
        if !k.r().ty().has(type_flag::STR) {
            return exc::type_error(format_args!("keywords must be strings"));
        }
        names.push(k.clone());
        words.push(v.value());
    }
    let names = tuple::try_from_vec(names)?;
    call(function.r(), &Args::new(&words, n, Some(names.r())))
}
fn repr(p: Ref) -> PyResult {
    let name = dict::qualified_type_name(p.ty());
    let Some(_guard) = exc::repr_enter(p)? else {
        return Ok(Own::str(&format!("{name}(...)")));
    };
    let this = cast(p);
    let mut out = ReprText::new();
    out.push(&name).push("(").push_repr(kept(&this.function).r())?;
    for v in tuple::items(kept(&this.args).r()) {
        out.push(", ").push_repr(Ref::from_value(*v).own().r())?;
    }
    for (k, v) in dict::items_snapshot(kept(&this.keywords).r()) {
        let key = protocol::str(k.r())?;
        out.push(", ").push_object(key.r()).push("=").push_repr(v.r())?;
    }
    out.push(")");
    out.finish()
}
fn reduce(p: Ref) -> PyResult {
    let this = cast(p);
    let (f, args, keywords) = (kept(&this.function), kept(&this.args), kept(&this.keywords));
    let state = tuple::try_from_vec(vec![f.clone(), args, keywords, kept(&this.dict)])?;
    tuple::try_from_vec(vec![p.ty().own(), tuple::try_from_vec(vec![f])?, state])
}
/// CPython: partial_setstate.
fn set_state(p: Ref, state: Ref) -> PyResult {
    let invalid = || exc::type_error(format_args!("invalid partial state"));
    if !state.ty().has(type_flag::TUPLE) || tuple::len(state) != 4 {
        return invalid();
    }
    let [f, args, keywords, namespace] = [0, 1, 2, 3].map(|i| tuple::get(state, i));
    if !is_callable(f)
        || !args.ty().has(type_flag::TUPLE)
        || !(keywords.is_none() || keywords.ty().has(type_flag::DICT))
    {
        return invalid();
    }
    let items = tuple::items(args);
    if items.last() == Some(&placeholder().value()) {
        return exc::type_error(format_args!("trailing Placeholders are not allowed"));
    }
    let holes = count_holes(items);
    let args = tuple::from_refs(items.iter().map(|v| Ref::from_value(*v)))?;
    let keywords = if keywords.is_none() {
        dict::try_new()?
    } else {
        dict::copy(keywords)?
    };
    let this = cast(p);
    set_field(&this.function, Some(f.own()));
    set_field(&this.args, Some(args));
    set_field(&this.keywords, Some(keywords));
    set_field(
        &this.dict,
        if namespace.is_none() {
            None
        } else {
            Some(namespace.own())
        },
    );
    this.holes.set(holes);
    Ok(Own::none())
}

// ---- the placeholder ----

#[repr(C)]
pub struct Placeholder {
    header: Header,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for Placeholder {
    fn type_object() -> &'static TypeObject {
        &PLACEHOLDER_TYPE
    }
}
pub static PLACEHOLDER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "functools._PlaceholderType",
    basic_size: 32,
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    slots: Slots {
        new: Some(|_, args| {
            if !args.is_empty() {
                return exc::type_error(format_args!("PlaceholderType takes no arguments"));
            }
            Ok(placeholder())
        }),
        repr: Some(|_| Ok(Own::str("Placeholder"))),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |_| Ok(Own::str("Placeholder")))],
    ..TypeDef::NEW
});
/// The one placeholder, made at the first call.
pub fn placeholder() -> Own {
    struct Kept(Cell<Value>);
    // SAFETY: the GIL guards it.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept(Cell::new(Value::NULL));
    if KEPT.0.get().is_null() {
        match alloc::object(|header| Placeholder { header }) {
            Ok(v) => KEPT.0.set(v.into_value()),
            Err(_) => std::process::abort(),
        }
    }
    Ref::from_value(KEPT.0.get()).own()
}
