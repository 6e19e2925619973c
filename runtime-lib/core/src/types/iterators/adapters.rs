//! `enumerate`, `zip`, `map` and `filter`.
use super::{next as next_item, sequence};
use crate::call::{self, Args, MethodDef, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::range::arith;
use crate::types::{bool_, slice, tuple};
use core::cell::Cell;
use pyaot_abi::type_flag;

const ITERATOR: TypeDef = TypeDef {
    flags: type_flag::GC | type_flag::BASETYPE,
    ..TypeDef::NEW
};
fn null() -> Cell<Value> {
    Cell::new(Value::NULL)
}
fn owned(v: Own) -> Cell<Value> {
    Cell::new(v.into_value())
}
fn get(c: &Cell<Value>) -> Own {
    field(c).map_or_else(Own::none, Ref::own)
}

// ---- enumerate ----

#[repr(C)]
pub struct Enumerate {
    header: Header,
    iterator: Cell<Value>,
    /// The next index, an int of any size.
    index: Cell<Value>,
    /// The pair given out last.
    result: Cell<Value>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for Enumerate {
    fn type_object() -> &'static TypeObject {
        &ENUMERATE_TYPE
    }
}
pub static ENUMERATE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "enumerate",
    basic_size: size_of::<Enumerate>(),
    doc: "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    slots: Slots {
        new: Some(enumerate_new),
        iter: Some(|it| Ok(it.own())),
        iternext: Some(enumerate_next),
        traverse: Some(|it, visit| {
            let it = cast_enumerate(it);
            [&it.iterator, &it.index, &it.result]
                .into_iter()
                .for_each(|c| visit(c.get()));
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let it = unsafe { &*p.cast::<Enumerate>() };
            [&it.iterator, &it.index, &it.result]
                .into_iter()
                .for_each(|c| decref(c.get()));
        }),
        ..Slots::NONE
    },
    methods: &[
        one(
            sig!("__class_getitem__($type, object, /)"),
            crate::types::generic_alias::new,
        )
        .class()
        .doc("See PEP 585"),
        noargs(sig!("__reduce__($self, /)"), |it| {
            let this = cast_enumerate(it);
            tuple::pair(it.ty().own(), tuple::pair(get(&this.iterator), get(&this.index))?)
        })
        .doc("Return state information for pickling."),
    ],
    ..ITERATOR
});
fn cast_enumerate(it: Ref<'_>) -> &Enumerate {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
/// The argument errors are those of CPython: Objects/enumobject.c, enumerate_vectorcall.
fn enumerate_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let total = args.len() + args.keyword_count();
    if total > 2 {
        return exc::type_error(format_args!("enumerate() takes at most 2 arguments ({total} given)"));
    }
    let (mut iterable, mut start) = (args.get(0), args.get(1));
    for (name, v) in args.keywords() {
        let text = crate::types::str::to_string_lossy(name);
        match text.as_str() {
            "iterable" if iterable.is_none() => iterable = Some(v),
            "start" if start.is_none() => start = Some(v),
            _ => {
                return exc::type_error(format_args!("'{text}' is an invalid keyword argument for enumerate()"));
            }
        }
    }
    let Some(iterable) = iterable else {
        return exc::type_error(format_args!("enumerate() missing required argument 'iterable'"));
    };
    let index = match start {
        Some(v) => slice::index(v)?,
        None => Own::int(0),
    };
    let iterator = protocol::iter(iterable)?;
    alloc::object_of(cls, |header| Enumerate {
        header,
        iterator: owned(iterator),
        index: owned(index),
        result: null(),
    })
}
fn enumerate_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_enumerate(it);
    let iterator = Ref::from_value(this.iterator.get());
    let Some(v) = next_item(iterator)? else { return Ok(None) };
    let index = get(&this.index);
    let next = match index.r().small_int() {
        Some(i) => Own::int(i + 1),
        None => arith::add(index.r(), Own::int(1).r())?,
    };
    set_field(&this.index, Some(next));
    tuple::reuse_pair(&this.result, index, v).map(Some)
}

/// The next index, and its item.
pub fn enumerate_pair(it: Ref, second: &mut Value) -> PyResult<Option<Own>> {
    const FAR: i64 = 1 << 60;
    let this = cast_enumerate(it);
    let iterator = Ref::from_value(this.iterator.get());
    if this.result.get().is_null()
        && let (Some(i), Some(v)) = (
            Ref::from_value(this.index.get()).small_int(),
            sequence::list_item(iterator),
        )
        && tuple::dies_quietly(v)
        && i < FAR
    {
        sequence::step(iterator);
        this.index.set(Value::from_small(i + 1));
        *second = Ref::from_value(v).own().into_value();
        return Ok(Some(Own::from_value(Value::from_small(i))));
    }
    let Some(i) = Ref::from_value(this.index.get()).small_int() else {
        return Ok(split(enumerate_next(it)?, second));
    };
    let Some(v) = next_item(Ref::from_value(this.iterator.get()))? else {
        return Ok(None);
    };
    set_field(&this.index, Some(Own::int(i + 1)));
    tuple::pair_parts(&this.result, Own::int(i), v, second).map(Some)
}
/// The parts of a pair that was made.
fn split(pair: Option<Own>, second: &mut Value) -> Option<Own> {
    let pair = pair?;
    *second = tuple::get(pair.r(), 1).own().into_value();
    Some(tuple::get(pair.r(), 0).own())
}

// ---- zip and map: several iterators ----

#[repr(C)]
pub struct Zip {
    header: Header,
    /// map: the function; zip: null.
    function: Cell<Value>,
    /// Tuple of iterators.
    iterators: Cell<Value>,
    /// zip: the tuple given out last.
    result: Cell<Value>,
    strict: Cell<bool>,
}
// SAFETY: `repr(C)` with a header; `map` has the same layout.
unsafe impl Object for Zip {
    fn type_object() -> &'static TypeObject {
        &ZIP_TYPE
    }
}
const ZIP_SLOTS: Slots = Slots {
    iter: Some(|it| Ok(it.own())),
    traverse: Some(|it, visit| {
        let it = cast_zip(it);
        [&it.function, &it.iterators, &it.result]
            .into_iter()
            .for_each(|c| visit(c.get()));
    }),
    dealloc: Some(zip_dealloc),
    ..Slots::NONE
};
pub static ZIP_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "zip",
    basic_size: size_of::<Zip>(),
    doc: "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    slots: Slots {
        new: Some(zip_new),
        iternext: Some(zip_next),
        ..ZIP_SLOTS
    },
    methods: ZIP_METHODS,
    ..ITERATOR
});
pub static MAP_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "map",
    basic_size: size_of::<Zip>(),
    doc: "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.",
    slots: Slots {
        new: Some(map_new),
        iternext: Some(map_next),
        ..ZIP_SLOTS
    },
    methods: ZIP_METHODS,
    ..ITERATOR
});
static ZIP_METHODS: &[MethodDef] = &[
    noargs(sig!("__reduce__($self, /)"), |it| {
        let this = cast_zip(it);
        let mut parts: Vec<Own> = field(&this.function).map(Ref::own).into_iter().collect();
        parts.extend(tuple::items(iterators(this)).iter().map(|v| Ref::from_value(*v).own()));
        let mut all = vec![it.ty().own(), tuple::try_from_vec(parts)?];
        if this.strict.get() {
            all.push(Own::bool(true));
        }
        tuple::try_from_vec(all)
    })
    .doc("Return state information for pickling."),
    one(sig!("__setstate__($self, object, /)"), |it, state| {
        cast_zip(it).strict.set(protocol::truth(state)?);
        Ok(Own::none())
    })
    .doc("Set state information for unpickling."),
];
fn cast_zip(it: Ref<'_>) -> &Zip {
    // SAFETY: slots and methods of these types receive their instances.
    unsafe { &*it.value().as_ptr::<Zip>() }
}
fn iterators(z: &Zip) -> Ref<'_> {
    Ref::from_value(z.iterators.get())
}
unsafe fn zip_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let it = unsafe { &*p.cast::<Zip>() };
    [&it.iterators, &it.result, &it.function]
        .into_iter()
        .for_each(|c| decref(c.get()));
}
/// The `strict` keyword, the only one that there is.
fn strict(cls: &TypeObject, exact: &TypeObject, name: &str, args: &Args) -> PyResult<bool> {
    let mut strict = false;
    // Subclasses may have keywords of their own.
    if args.keyword_count() > 1 && super::takes_no_keywords(cls, exact) {
        return exc::type_error(format_args!(
            "{name}() takes at most 1 keyword argument ({} given)",
            args.keyword_count()
        ));
    }
    for (keyword, v) in args.keywords() {
        if crate::types::str::as_ascii(keyword) == Some("strict") {
            strict = protocol::truth(v)?;
        } else if super::takes_no_keywords(cls, exact) {
            return exc::type_error(format_args!(
                "{name}() got an unexpected keyword argument '{}'",
                crate::types::str::to_string_lossy(keyword)
            ));
        }
    }
    Ok(strict)
}
fn make_zip<'a>(
    cls: &TypeObject,
    function: Option<Own>,
    iterables: impl Iterator<Item = Ref<'a>>,
    strict: bool,
) -> PyResult {
    let iterators = iterables.map(protocol::iter).collect::<PyResult<Vec<Own>>>()?;
    let iterators = tuple::try_from_vec(iterators)?;
    alloc::object_of(cls, |header| Zip {
        header,
        function: Cell::new(function.map_or(Value::NULL, Own::into_value)),
        iterators: owned(iterators),
        result: null(),
        strict: Cell::new(strict),
    })
}
fn zip_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let strict = strict(cls, &ZIP_TYPE, "zip", args)?;
    make_zip(cls, None, args.iter(), strict)
}
/// After iterator `i` ended: the error of a strict zip, or the end.
fn strict_end(z: &Zip, name: &str, i: usize) -> PyResult<Option<Own>> {
    if !z.strict.get() {
        return Ok(None);
    }
    let plural = |n: usize| if n == 1 { " " } else { "s 1-" };
    if i > 0 {
        return exc::value_error(format_args!(
            "{name}() argument {} is shorter than argument{}{i}",
            i + 1,
            plural(i)
        ));
    }
    for k in 1..tuple::len(iterators(z)) {
        if next_item(tuple::get(iterators(z), k))?.is_some() {
            return exc::value_error(format_args!(
                "{name}() argument {} is longer than argument{}{k}",
                k + 1,
                plural(k)
            ));
        }
    }
    Ok(None)
}
fn zip_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_zip(it);
    let n = tuple::len(iterators(this));
    if n == 0 {
        return Ok(None);
    }
    if n == 2 {
        let Some(a) = next_item(tuple::get(iterators(this), 0))? else {
            return strict_end(this, "zip", 0);
        };
        let Some(b) = next_item(tuple::get(iterators(this), 1))? else {
            return strict_end(this, "zip", 1);
        };
        return tuple::reuse_pair(&this.result, a, b).map(Some);
    }
    const FEW: usize = 6;
    if n <= FEW {
        let mut items = [const { None }; FEW];
        for (i, place) in items.iter_mut().enumerate().take(n) {
            match next_item(tuple::get(iterators(this), i))? {
                Some(v) => *place = Some(v),
                None => return strict_end(this, "zip", i),
            }
        }
        let words = items.map(|v: Option<Own>| v.map_or(Value::NULL, Own::into_value));
        // SAFETY: the array gives up its first `n` words; the others are null.
        return unsafe { tuple::from_raw(words.as_ptr(), n) }.map(Some);
    }
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        match next_item(tuple::get(iterators(this), i))? {
            Some(v) => items.push(v),
            None => return strict_end(this, "zip", i),
        }
    }
    tuple::try_from_vec(items).map(Some)
}
/// The next items of two iterators; one item when there are not two.
pub fn zip_pair(it: Ref, second: &mut Value) -> PyResult<Option<Own>> {
    let this = cast_zip(it);
    if tuple::len(iterators(this)) != 2 {
        return zip_next(it);
    }
    let [x, y] = [0, 1].map(|i| tuple::get(iterators(this), i));
    if this.result.get().is_null()
        && let (Some(a), Some(b)) = (sequence::list_item(x), sequence::list_item(y))
        && tuple::dies_quietly(a)
        && tuple::dies_quietly(b)
        && !x.is(y)
    {
        sequence::step(x);
        sequence::step(y);
        *second = Ref::from_value(b).own().into_value();
        return Ok(Some(Ref::from_value(a).own()));
    }
    let Some(a) = next_item(tuple::get(iterators(this), 0))? else {
        return strict_end(this, "zip", 0);
    };
    let Some(b) = next_item(tuple::get(iterators(this), 1))? else {
        return strict_end(this, "zip", 1);
    };
    tuple::pair_parts(&this.result, a, b, second).map(Some)
}
fn map_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let strict = strict(cls, &MAP_TYPE, "map", args)?;
    let Some(function) = args.get(0).filter(|_| args.len() >= 2) else {
        return exc::type_error(format_args!("map() must have at least two arguments."));
    };
    make_zip(cls, Some(function.own()), args.iter().skip(1), strict)
}
fn map_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_zip(it);
    let n = tuple::len(iterators(this));
    let function = Ref::from_value(this.function.get());
    if n == 1 {
        let Some(v) = next_item(tuple::get(iterators(this), 0))? else {
            return Ok(None);
        };
        return call::call1(function, v.r()).map(Some);
    }
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        match next_item(tuple::get(iterators(this), i))? {
            Some(v) => items.push(v),
            None => return strict_end(this, "map", i),
        }
    }
    let refs: Vec<Ref> = items.iter().map(Own::r).collect();
    call::call(function, &Args::positional(&refs)).map(Some)
}

// ---- filter ----

#[repr(C)]
pub struct Filter {
    header: Header,
    function: Cell<Value>,
    iterator: Cell<Value>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for Filter {
    fn type_object() -> &'static TypeObject {
        &FILTER_TYPE
    }
}
pub static FILTER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "filter",
    basic_size: size_of::<Filter>(),
    doc: "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true.",
    slots: Slots {
        new: Some(filter_new),
        iter: Some(|it| Ok(it.own())),
        iternext: Some(filter_next),
        traverse: Some(|it, visit| {
            visit(cast_filter(it).function.get());
            visit(cast_filter(it).iterator.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let it = unsafe { &*p.cast::<Filter>() };
            decref(it.function.get());
            decref(it.iterator.get());
        }),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |it| {
        let this = cast_filter(it);
        tuple::pair(it.ty().own(), tuple::pair(get(&this.function), get(&this.iterator))?)
    })
    .doc("Return state information for pickling.")],
    ..ITERATOR
});
fn cast_filter(it: Ref<'_>) -> &Filter {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
fn filter_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if super::takes_no_keywords(cls, &FILTER_TYPE) {
        args.no_keywords("filter")?;
    }
    args.count("filter", 2, 2)?;
    let (Some(function), Some(iterable)) = (args.get(0), args.get(1)) else {
        return Ok(Own::none());
    };
    let iterator = protocol::iter(iterable)?;
    alloc::object_of(cls, |header| Filter {
        header,
        function: owned(function.own()),
        iterator: owned(iterator),
    })
}
fn filter_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_filter(it);
    let function = Ref::from_value(this.function.get());
    let by_truth = function.is_none() || function.value() == Value::from_ptr(&bool_::BOOL_TYPE);
    while let Some(v) = next_item(Ref::from_value(this.iterator.get()))? {
        let keep = if by_truth {
            protocol::truth(v.r())?
        } else {
            protocol::truth(call::call1(function, v.r())?.r())?
        };
        if keep {
            return Ok(Some(v));
        }
    }
    Ok(None)
}
