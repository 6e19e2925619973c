//! BaseExceptionGroup and ExceptionGroup: construction, split, subgroup, derive; `except*` matching and re-raising.
use super::base::{args, opt};
use super::types::{self as t, cast, own_fields};
use crate::call::{self, Args, MethodDef, one, sig};
use crate::exc::{self, records};
use crate::object::{Own, PyResult, Ref, decref, field, set_field};
use crate::typeobj::{GetSetDef, Slots, TypeObject, getset, getter};
use crate::{istr, object_protocol, types};
use pyaot_abi::type_flag;

// Fields: msg (str), excs (tuple), the repr of a sequence that is neither list nor tuple.
pub const SLOTS: Slots = Slots {
    new: Some(new),
    init: Some(init),
    str: Some(str),
    repr: Some(repr),
    ..Slots::NONE
};
pub static GETSET: &[GetSetDef] = &[
    getset(
        "message",
        |e| Ok(opt(&own_fields(e)[0])),
        |_, _| exc::attribute_error(format_args!("readonly attribute")),
    ),
    getter("exceptions", |e| Ok(opt(&own_fields(e)[1]))),
];
pub static METHODS: &[MethodDef] = &[
    one(sig!("derive(excs, /)"), |e, excs| {
        let msg = opt(&own_fields(e)[0]);
        call::call2(t::BASE_EXCEPTION_GROUP.r(), msg.r(), excs)
    }),
    one(sig!("split(matcher_value, /)"), |e, m| {
        let (matched, rest) = split(e, &Matcher::new(m)?)?;
        types::tuple::try_from_vec(vec![matched.unwrap_or(Own::none()), rest.unwrap_or(Own::none())])
    }),
    one(sig!("subgroup(matcher_value, /)"), |e, m| {
        Ok(split(e, &Matcher::new(m)?)?.0.unwrap_or(Own::none()))
    }),
];

/// CPython: BaseExceptionGroup_new.
fn new(cls: &'static TypeObject, a: &Args) -> PyResult {
    a.no_keywords(cls.name())?;
    if a.len() != 2 {
        return exc::type_error(format_args!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            a.len()
        ));
    }
    let (msg, excs) = (a.get(0).expect("length tested"), a.get(1).expect("length tested"));
    if !msg.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("argument 1 must be str, not {}", msg.ty().name()));
    }
    if !excs.ty().has(type_flag::TUPLE) && !excs.ty().has(type_flag::LIST) && excs.ty().slots().sq_item.is_none() {
        return exc::type_error(format_args!("second argument (exceptions) must be a sequence"));
    }
    // Such a sequence may look different later (CPython: BaseExceptionGroup_new, exceptions_str).
    let shown = match excs.ty().has(type_flag::TUPLE) || excs.ty().has(type_flag::LIST) {
        true => None,
        false => Some(object_protocol::repr(excs)?),
    };
    let list = types::list::from_iterable(excs)?;
    // SAFETY: the list is ours.
    let items = unsafe { types::list::items(list.r().cast()) };
    if items.is_empty() {
        return exc::value_error(format_args!(
            "second argument (exceptions) must be a non-empty sequence"
        ));
    }
    let mut nested_base = false;
    for (i, v) in items.iter().enumerate() {
        let v = Ref::from_value(*v);
        if !v.ty().has(type_flag::BASE_EXC) {
            return exc::value_error(format_args!(
                "Item {i} of second argument (exceptions) is not an exception"
            ));
        }
        nested_base |= !v.is_instance_of(&t::EXCEPTION);
    }
    let mut cls = cls;
    if core::ptr::eq(cls, &t::BASE_EXCEPTION_GROUP) {
        if !nested_base {
            cls = &t::EXCEPTION_GROUP;
        }
    } else if core::ptr::eq(cls, &t::EXCEPTION_GROUP) {
        if nested_base {
            return exc::type_error(format_args!("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if nested_base && cls.is_subtype(&t::EXCEPTION) {
        return exc::type_error(format_args!("Cannot nest BaseExceptions in '{}'", cls.name()));
    }
    let tuple = types::tuple::from_refs(items.iter().map(|v| Ref::from_value(*v)))?;
    let e = t::make(cls, a.pos())?;
    set_field(&own_fields(e.r())[0], Some(msg.own()));
    set_field(&own_fields(e.r())[1], Some(tuple));
    set_field(&own_fields(e.r())[2], shown);
    Ok(e)
}
fn init(e: Ref, a: &Args) -> PyResult<()> {
    a.no_keywords(e.ty().name())?;
    t::init(e, a)
}

fn str(e: Ref) -> PyResult {
    let (msg, n) = (message(e), exceptions(e).len());
    Ok(Own::str(&format!(
        "{msg} ({n} sub-exception{})",
        if n > 1 { "s" } else { "" }
    )))
}
/// CPython: BaseExceptionGroup_repr: the exceptions as the caller's sequence type showed them.
fn repr(e: Ref) -> PyResult {
    let a = args(e).own();
    let given = (types::tuple::len(a.r()) == 2).then(|| types::tuple::get(a.r(), 1));
    let inner = opt(&own_fields(e)[1]);
    let shown = match given {
        _ if !own_fields(e)[2].get().is_null() => opt(&own_fields(e)[2]),
        Some(g) if g.ty().has(type_flag::LIST) => {
            let list = types::list::from_iterable(inner.r())?;
            object_protocol::repr(list.r())?
        }
        _ => object_protocol::repr(inner.r())?,
    };
    let msg = object_protocol::repr(opt(&own_fields(e)[0]).r())?;
    Ok(Own::str(&format!(
        "{}({}, {})",
        e.ty().name(),
        types::str::to_string_lossy(msg.r()),
        types::str::to_string_lossy(shown.r())
    )))
}
/// The message, for texts.
pub fn message(e: Ref) -> String {
    field(&own_fields(e)[0]).map_or(String::new(), types::str::to_string_lossy)
}
/// The nested exceptions.
pub fn exceptions(e: Ref<'_>) -> Vec<Own> {
    match field(&own_fields(e)[1]) {
        Some(t) => types::tuple::items(t)
            .iter()
            .map(|v| Ref::from_value(*v).own())
            .collect(),
        None => Vec::new(),
    }
}
pub fn is_group(e: Ref) -> bool {
    e.is_instance_of(&t::BASE_EXCEPTION_GROUP)
}

/// What `split` selects by: a class, a tuple of classes, or a callable.
enum Matcher<'a> {
    Types(Ref<'a>),
    Callable(Ref<'a>),
    /// Leaves of another group, by identity (re-raising).
    Ids(Vec<u64>),
}
impl<'a> Matcher<'a> {
    fn new(m: Ref<'a>) -> PyResult<Matcher<'a>> {
        let is_class = |r: Ref| r.downcast::<TypeObject>().is_some_and(|t| t.has(type_flag::BASE_EXC));
        if is_class(m) {
            return Ok(Matcher::Types(m));
        }
        if m.downcast::<TypeObject>().is_none() && m.ty().head.vectorcall.get().is_some() {
            return Ok(Matcher::Callable(m));
        }
        if m.ty().has(type_flag::TUPLE) && types::tuple::items(m).iter().all(|v| is_class(Ref::from_value(*v))) {
            return Ok(Matcher::Types(m));
        }
        exc::type_error(format_args!(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)"
        ))
    }
    fn matches(&self, e: Ref) -> PyResult<bool> {
        match self {
            Matcher::Types(m) if m.ty().has(type_flag::TUPLE) => Ok(types::tuple::items(*m)
                .iter()
                .any(|v| e.is_instance_of(types::type_::cast(Ref::from_value(*v))))),
            Matcher::Types(m) => Ok(e.is_instance_of(types::type_::cast(*m))),
            Matcher::Callable(f) => {
                let r = call::call1(*f, e)?;
                object_protocol::truth(r.r())
            }
            Matcher::Ids(ids) => Ok(!is_group(e) && ids.contains(&e.value().0)),
        }
    }
}

/// (matching, rest), each `None` when empty (CPython: exceptiongroup_split_recursive).
fn split(e: Ref, m: &Matcher) -> PyResult<(Option<Own>, Option<Own>)> {
    exc::recursion_guard(" in exceptiongroup_split_recursive")?;
    if m.matches(e)? {
        return Ok((Some(e.own()), None));
    }
    if !is_group(e) {
        return Ok((None, Some(e.own())));
    }
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for x in exceptions(e) {
        let (a, b) = split(x.r(), m)?;
        matched.extend(a);
        rest.extend(b);
    }
    Ok((subset(e, matched)?, subset(e, rest)?))
}

/// A group like `orig` over `excs`, made by its `derive`, with its traceback, context, cause and notes.
fn subset(orig: Ref, excs: Vec<Own>) -> PyResult<Option<Own>> {
    if excs.is_empty() {
        return Ok(None);
    }
    let list = types::list::new()?;
    for e in excs {
        types::list::append(list.r(), e)?;
    }
    let g = call::call_method(orig, istr!("derive"), &[list.r()])?;
    if !is_group(g.r()) {
        return exc::type_error(format_args!("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (cast(orig), cast(g.r()));
    records::set_traceback(g.r(), records::traceback(orig).map(Ref::own));
    set_field(&to.context, field(&from.context).map(Ref::own));
    set_field(&to.cause, field(&from.cause).map(Ref::own));
    to.suppress_context.set(from.suppress_context.get());
    if let Some(notes) = object_protocol::get_attr_opt(orig, istr!("__notes__"))? {
        if notes.r().ty().has(type_flag::LIST) || notes.r().ty().has(type_flag::TUPLE) {
            let copy = types::list::from_iterable(notes.r())?;
            object_protocol::set_attr(g.r(), istr!("__notes__"), Some(copy.r()))?;
        }
    }
    Ok(Some(g))
}

/// CHECK_EG_MATCH: (rest, match), None where empty; the match becomes the handled exception (CPython: Python/ceval.c,
/// _PyEval_ExceptionGroupMatch).
pub fn check_match(e: Ref, ty: Ref) -> PyResult<(Own, Own)> {
    let (rest, matched) = match_group(e, ty)?;
    if !matched.r().is_none() {
        decref(super::THREAD.handled.replace(matched.clone().into_value()));
    }
    Ok((rest, matched))
}
fn match_group(e: Ref, ty: Ref) -> PyResult<(Own, Own)> {
    let classes: Vec<Ref> = if ty.ty().has(type_flag::TUPLE) {
        types::tuple::items(ty).iter().map(|v| Ref::from_value(*v)).collect()
    } else {
        vec![ty]
    };
    for c in &classes {
        match c.downcast::<TypeObject>().filter(|t| t.has(type_flag::BASE_EXC)) {
            None => {
                return exc::type_error(format_args!(
                    "catching classes that do not inherit from BaseException is not allowed"
                ));
            }
            Some(c) if c.is_subtype(&t::BASE_EXCEPTION_GROUP) => {
                return exc::type_error(format_args!(
                    "catching ExceptionGroup with except* is not allowed. Use except instead."
                ));
            }
            Some(_) => {}
        }
    }
    if e.is_none() {
        return Ok((Own::none(), Own::none()));
    }
    let m = Matcher::Types(ty);
    if m.matches(e)? {
        if is_group(e) {
            return Ok((Own::none(), e.own()));
        }
        // A naked exception is wrapped.
        let list = types::tuple::try_from_vec(vec![e.own()])?;
        let g = call::call2(t::BASE_EXCEPTION_GROUP.r(), Own::str("").r(), list.r())?;
        records::set_traceback(g.r(), records::traceback(e).map(Ref::own));
        return Ok((Own::none(), g));
    }
    if is_group(e) {
        let pair = call::call_method(e, istr!("split"), &[ty])?;
        if !pair.r().ty().has(type_flag::TUPLE) {
            return exc::type_error(format_args!(
                "{}.split must return a tuple, not {}",
                e.ty().name(),
                pair.r().ty().name()
            ));
        }
        if types::tuple::len(pair.r()) < 2 {
            return exc::type_error(format_args!(
                "{}.split must return a 2-tuple, got tuple of size {}",
                e.ty().name(),
                types::tuple::len(pair.r())
            ));
        }
        return Ok((
            types::tuple::get(pair.r(), 1).own(),
            types::tuple::get(pair.r(), 0).own(),
        ));
    }
    Ok((e.own(), Own::none()))
}

/// What is raised at the end of `except*` clauses: exceptions raised in them and the part of `orig` that none handled
/// (CPython: _PyExc_PrepReraiseStar). None when nothing is left.
pub fn prep_reraise_star(orig: Ref, raised: Ref) -> PyResult {
    // SAFETY: the compiler passes a list; nothing runs while it is read.
    let items: Vec<Own> = unsafe { types::list::items(raised.cast()) }
        .iter()
        .map(|v| Ref::from_value(*v).own())
        .collect();
    if items.is_empty() {
        return Ok(Own::none());
    }
    if !is_group(orig) {
        // A naked exception was wrapped: at most one thing was raised or re-raised.
        return Ok(items.into_iter().next().expect("not empty"));
    }
    let (mut new, mut reraised) = (Vec::new(), Vec::new());
    for e in items {
        if e.r().is_none() {
            continue;
        }
        if same_metadata(e.r(), orig) {
            reraised.push(e)
        } else {
            new.push(e)
        }
    }
    let projection = if reraised.is_empty() {
        None
    } else {
        let mut ids = Vec::new();
        for e in &reraised {
            leaf_ids(e.r(), &mut ids)?;
        }
        split(orig, &Matcher::Ids(ids))?.0
    };
    if new.is_empty() {
        return Ok(projection.unwrap_or(Own::none()));
    }
    new.extend(projection);
    if new.len() == 1 {
        return Ok(new.pop().expect("one item"));
    }
    let list = types::list::new()?;
    for e in new {
        types::list::append(list.r(), e)?;
    }
    call::call2(t::BASE_EXCEPTION_GROUP.r(), Own::str("").r(), list.r())
}
fn leaf_ids(e: Ref, ids: &mut Vec<u64>) -> PyResult<()> {
    exc::recursion_guard(" in collect_exception_group_leaf_ids")?;
    if !is_group(e) {
        ids.push(e.value().0);
        return Ok(());
    }
    exceptions(e).iter().try_for_each(|x| leaf_ids(x.r(), ids))
}
/// Notes, traceback, cause and context are the same objects (CPython: is_same_exception_metadata).
fn same_metadata(a: Ref, b: Ref) -> bool {
    let (x, y) = (cast(a), cast(b));
    let notes = |e: Ref| {
        object_protocol::get_attr_opt(e, istr!("__notes__"))
            .ok()
            .flatten()
            .map(|n| n.value())
    };
    let word = |r: Option<Ref>| r.map(|r| r.value());
    notes(a) == notes(b)
        && word(records::traceback(a)) == word(records::traceback(b))
        && x.cause.get() == y.cause.get()
        && x.context.get() == y.context.get()
}
