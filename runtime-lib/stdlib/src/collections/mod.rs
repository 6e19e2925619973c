//! `_collections`: deque, defaultdict, OrderedDict, and what Counter and namedtuple ask for.
use crate::native_type::native_type;
use pyaot_core::call::{bind, convert};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::typeobj::ready;
use pyaot_core::types::{iterators, module};

mod default_dict;
mod deque;
mod ordered_dict;

pub fn make() -> PyResult {
    let m = module::new("_collections")?;
    let types: &[&'static TypeObject] = &[
        &deque::DEQUE_TYPE,
        &deque::ITERATOR_TYPE,
        &deque::REVERSE_ITERATOR_TYPE,
        &default_dict::DEFAULT_DICT_TYPE,
        &ordered_dict::ORDERED_DICT_TYPE,
        &TUPLE_GETTER_TYPE,
    ];
    for ty in types {
        ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    tuple::set_getter_type(&TUPLE_GETTER_TYPE, |g| TupleGetter::cast(g).index);
    ordered_dict::ready_views();
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("_count_elements($module, mapping, iterable, /)"), count_elements)
        .doc("Count elements in the iterable, updating the mapping"),
];

/// CPython: Modules/_collectionsmodule.c, _count_elements.
fn count_elements(_: Ref, b: &Bound) -> PyResult {
    let (mapping, iterable) = (b.arg(0), b.arg(1));
    let it = protocol::iter(iterable)?;
    let one = Own::int(1);
    let plus_one = |v: Ref| match v.small_int() {
        Some(i) => Ok(Own::int(i + 1)),
        None => protocol::add(v, one.r()),
    };
    let same = |name| match (mapping.ty().lookup(name), dict::DICT_TYPE.lookup(name)) {
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    };
    let plain =
        mapping.ty().has(type_flag::DICT) && same(pyaot_core::istr!("get")) && same(pyaot_core::istr!("__setitem__"));
    if plain {
        while let Some(key) = iterators::next(it.r())? {
            // The error for an unhashable key is not a dict's (CPython: Modules/_collectionsmodule.c, _count_elements).
            let hash = protocol::hash(key.r())?;
            if dict::count_one(mapping, key.r(), hash)? {
                continue;
            }
            let count = match dict::get_with_hash(mapping, key.r(), hash)? {
                None => one.clone(),
                Some(n) => plus_one(n.r())?,
            };
            dict::set_with_hash(mapping, key.r(), hash, count)?;
        }
        return Ok(Own::none());
    }
    let get = protocol::get_attr(mapping, pyaot_core::istr!("get"))?;
    let zero = Own::int(0);
    while let Some(key) = iterators::next(it.r())? {
        let n = call(get.r(), &Args::positional(&[key.r(), zero.r()]))?;
        protocol::set_item(mapping, key.r(), Some(plus_one(n.r())?.r()))?;
    }
    Ok(Own::none())
}

// ---- _tuplegetter: the attributes of a namedtuple ----

native_type! {
    struct TupleGetter, TUPLE_GETTER_TYPE, "collections._tuplegetter" { doc } { index: usize }
    flags: 0, doc: "",
    slots: {
        new: Some(|cls, args| bind(sig!("_tuplegetter(index, doc, /)"), args, |b| {
            let i = convert::index(b.arg(0))?;
            TupleGetter::make(cls, Some(b.arg(1).own()), i as usize)
        })),
        descr_get: Some(getter_get),
        descr_set: Some(|_, _, v| match v {
            Some(_) => exc::attribute_error(format_args!("can't set attribute")),
            None => exc::attribute_error(format_args!("can't delete attribute")),
        }),
        repr: Some(|g| {
            let this = TupleGetter::cast(g);
            let doc = protocol::repr(crate::native_type::kept(&this.doc).r())?;
            Ok(Own::str(&format!("_tuplegetter({}, {})", this.index, str_::to_string_lossy(doc.r()))))
        }),
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |g| {
        let this = TupleGetter::cast(g);
        let args = tuple::pair(Own::usize(this.index), crate::native_type::kept(&this.doc))?;
        tuple::pair(g.ty().own(), args)
    })],
    getset: &[getset(
        "__doc__",
        |g| Ok(crate::native_type::kept(&TupleGetter::cast(g).doc)),
        |g, v| {
            set_field(&TupleGetter::cast(g).doc, v.map(Ref::own));
            Ok(())
        },
    )]
}
fn getter_get(g: Ref, obj: Option<Ref>, _owner: Option<Ref>) -> PyResult {
    let Some(obj) = obj else { return Ok(g.own()) };
    let i = TupleGetter::cast(g).index;
    if !obj.ty().has(type_flag::TUPLE) {
        if obj.is_none() {
            return Ok(g.own());
        }
        return exc::type_error(format_args!(
            "descriptor for index '{i}' for tuple subclasses doesn't apply to '{}' object",
            obj.ty().full_name()
        ));
    }
    match tuple::items(obj).get(i) {
        Some(v) => Ok(Ref::from_value(*v).own()),
        None => exc::index_error(format_args!("tuple index out of range")),
    }
}
