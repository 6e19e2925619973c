//! `OrderedDict`: dict keeps the order already; what is added is `move_to_end`, `popitem` at both ends, comparison by order, and
//! iterators that notice every change of order.
//!
//! Subclasses may override `__setitem__` and friends: bulk updates of such go through them, as CPython's do
//! (Objects/odictobject.c, mutablemapping_update).
use pyaot_core::call::call_method;
use pyaot_core::istr;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::typeobj::ready;
use pyaot_core::types::dict::DictObject;
use pyaot_core::types::iterators::{self, next, sequence::fast_items};
use pyaot_core::types::list;
use pyaot_core::types::repr_text::ReprText;
use pyaot_core::types::type_;

#[repr(C)]
pub struct OrderedDict {
    dict: DictObject,
    /// Changes with the order.
    state: Cell<u64>,
}
// SAFETY: `repr(C)`, begins with a dict and so with a header.
unsafe impl Object for OrderedDict {
    fn type_object() -> &'static TypeObject {
        &ORDERED_DICT_TYPE
    }
}
pub static ORDERED_DICT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "collections.OrderedDict",
    base: Some(&dict::DICT_TYPE),
    basic_size: size_of::<OrderedDict>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    doc: "Dictionary that remembers insertion order",
    slots: Slots {
        new: Some(|cls, _| new_of(cls)),
        init: Some(|d, args| update(d, args, "expected at most 1 argument, got")),
        repr: Some(repr),
        richcompare: Some(richcompare),
        iter: Some(|d| iterator(d, What::Keys, false)),
        mp_ass_subscript: Some(|d, key, v| match v {
            Some(v) => set(d, key, v),
            None => delete(d, key),
        }),
        nb_or: Some(or),
        nb_inplace_or: Some(|d, other| {
            update_from(d, other)?;
            Ok(d.own())
        }),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});
static METHODS: &[MethodDef] = &[
    bound(sig!("fromkeys($type, /, iterable, value=None)"), fromkeys)
        .class()
        .doc("Create a new ordered dictionary with keys from iterable and values set to value."),
    noargs(sig!("__sizeof__($self, /)"), |d| Ok(Own::usize(120 + 56 * dict::len(d)))),
    noargs(sig!("__reduce__($self, /)"), reduce).doc("Return state information for pickling"),
    bound(sig!("setdefault($self, /, key, default=None)"), setdefault).doc(
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
    ),
    bound(sig!("pop($self, /, key, default=<unrepresentable>)"), pop).doc(
        "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
    ),
    bound(sig!("popitem($self, /, last=True)"), popitem).doc(
        "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false.",
    ),
    noargs(sig!("keys($self, /)"), |d| view(&KEYS_TYPE, d)),
    noargs(sig!("values($self, /)"), |d| view(&VALUES_TYPE, d)),
    noargs(sig!("items($self, /)"), |d| view(&ITEMS_TYPE, d)),
    raw(sig!("update($self, /, *args, **kwargs)"), |d, args| {
        update(d, args, "update() takes at most 1 positional argument (")?;
        Ok(Own::none())
    }),
    noargs(sig!("clear($self, /)"), |d| {
        changed(d);
        dict::clear(d);
        Ok(Own::none())
    })
    .doc("od.clear() -> None.  Remove all items from od."),
    noargs(sig!("copy($self, /)"), copy).doc("od.copy() -> a shallow copy of od"),
    noargs(sig!("__reversed__($self, /)"), |d| iterator(d, What::Keys, true)).doc("od.__reversed__() <==> reversed(od)"),
    bound(sig!("move_to_end($self, /, key, last=True)"), |d, b| {
        let last = b.get(1).map_or(Ok(true), protocol::truth)?;
        changed(d);
        if !dict::move_to_end(d, b.arg(0), last)? {
            return exc::key_error(b.arg(0));
        }
        Ok(Own::none())
    })
    .doc("Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist."),
];
pub fn ready_views() {
    for ty in [&KEYS_TYPE, &VALUES_TYPE, &ITEMS_TYPE, &ITERATOR_TYPE] {
        ready(ty);
    }
}

fn cast(d: Ref<'_>) -> &OrderedDict {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { d.cast() }
}
fn is_ordered(v: Ref) -> bool {
    v.is_instance_of(&ORDERED_DICT_TYPE)
}
fn is_exact(v: Ref) -> bool {
    v.is_exact::<OrderedDict>()
}
fn changed(d: Ref) {
    let state = &cast(d).state;
    state.set(state.get() + 1);
}
fn new_of(cls: &TypeObject) -> PyResult {
    alloc::object_of(cls, |header| OrderedDict {
        dict: DictObject::empty(header),
        state: Cell::new(0),
    })
}
fn set(d: Ref, key: Ref, v: Ref) -> PyResult<()> {
    let n = dict::len(d);
    dict::set(d, key, v)?;
    if dict::len(d) != n {
        changed(d);
    }
    Ok(())
}
fn delete(d: Ref, key: Ref) -> PyResult<()> {
    if dict::delete(d, key)? {
        changed(d);
        return Ok(());
    }
    exc::key_error(key)
}
/// Stores through the class's `__setitem__`.
fn store(d: Ref, key: Ref, v: Ref) -> PyResult<()> {
    if is_exact(d) {
        set(d, key, v)
    } else {
        protocol::set_item(d, key, Some(v))
    }
}

/// CPython: mutablemapping_update.
fn update(d: Ref, args: &Args, message: &str) -> PyResult<()> {
    if args.len() > 1 {
        if message.ends_with('(') {
            return exc::type_error(format_args!("{message}{} given)", args.len()));
        }
        return exc::type_error(format_args!("{message} {}", args.len()));
    }
    if let Some(other) = args.get(0) {
        update_from(d, other)?;
    }
    for (name, v) in args.keywords() {
        store(d, name, v)?;
    }
    Ok(())
}
fn update_from(d: Ref, other: Ref) -> PyResult<()> {
    if other.is_exact::<DictObject>() {
        for (k, v) in dict::items_snapshot(other) {
            store(d, k.r(), v.r())?;
        }
        return Ok(());
    }
    if protocol::get_attr_opt(other, istr!("keys"))?.is_some() {
        let keys = call_method(other, istr!("keys"), &[])?;
        let it = protocol::iter(keys.r())?;
        while let Some(key) = next(it.r())? {
            let v = protocol::get_item(other, key.r())?;
            store(d, key.r(), v.r())?;
        }
        return Ok(());
    }
    let source = match protocol::get_attr_opt(other, istr!("items"))? {
        Some(f) => pyaot_core::call::call0(f.r())?,
        None => other.own(),
    };
    let it = protocol::iter(source.r())?;
    while let Some(pair) = next(it.r())? {
        let items = fast_items(
            pair.r(),
            &format!("'{}' object is not iterable", pair.r().ty().full_name()),
        )?;
        match items.as_slice() {
            [key, v] => store(d, key.r(), v.r())?,
            items if items.len() < 2 => {
                return exc::value_error(format_args!(
                    "need more than {} value{} to unpack",
                    items.len(),
                    if items.len() == 1 { "" } else { "s" }
                ));
            }
            _ => return exc::value_error(format_args!("too many values to unpack (expected 2)")),
        }
    }
    Ok(())
}
fn fromkeys(cls: Ref, b: &Bound) -> PyResult {
    let none = Own::none();
    let value = b.get(1).unwrap_or(none.r());
    let d = if core::ptr::eq(type_::cast(cls), &ORDERED_DICT_TYPE) {
        new_of(&ORDERED_DICT_TYPE)?
    } else {
        pyaot_core::call::call0(cls)?
    };
    let it = protocol::iter(b.arg(0))?;
    while let Some(key) = next(it.r())? {
        protocol::set_item(d.r(), key.r(), Some(value))?;
    }
    Ok(d)
}
/// CPython: OrderedDict_setdefault_impl.
fn setdefault(d: Ref, b: &Bound) -> PyResult {
    let key = b.arg(0);
    let none = Own::none();
    let default = b.get(1).unwrap_or(none.r());
    if is_exact(d) {
        if let Some(v) = dict::get(d, key)? {
            return Ok(v);
        }
        set(d, key, default)?;
        return Ok(default.own());
    }
    if protocol::contains(d, key)? {
        return protocol::get_item(d, key);
    }
    protocol::set_item(d, key, Some(default))?;
    Ok(default.own())
}
fn pop(d: Ref, b: &Bound) -> PyResult {
    let key = b.arg(0);
    if let Some(v) = dict::pop(d, key)? {
        changed(d);
        return Ok(v);
    }
    if !is_exact(d) && protocol::contains(d, key)? {
        let v = protocol::get_item(d, key)?;
        protocol::set_item(d, key, None)?;
        return Ok(v);
    }
    match b.get(1) {
        Some(v) => Ok(v.own()),
        None => exc::key_error(key),
    }
}
fn popitem(d: Ref, b: &Bound) -> PyResult {
    let last = b.get(0).map_or(Ok(true), protocol::truth)?;
    let pair = if last { dict::pop_last(d) } else { dict::pop_first(d) };
    match pair {
        Some((k, v)) => {
            changed(d);
            tuple::pair(k, v)
        }
        None => exc::key_error(Own::str("dictionary is empty").r()),
    }
}
/// CPython: odict_copy.
fn copy(d: Ref) -> PyResult {
    let new = if is_exact(d) {
        new_of(&ORDERED_DICT_TYPE)?
    } else {
        pyaot_core::call::call0(d.ty().r())?
    };
    for key in dict::keys(d) {
        let v = if is_exact(d) {
            match dict::get(d, key.r())? {
                Some(v) => v,
                None => return exc::key_error(key.r()),
            }
        } else {
            protocol::get_item(d, key.r())?
        };
        protocol::set_item(new.r(), key.r(), Some(v.r()))?;
    }
    Ok(new)
}
fn or(a: Ref, b: Ref) -> PyResult {
    // The class of the result is that of the OrderedDict operand.
    let (ty, other) = if is_ordered(a) { (a.ty(), b) } else { (b.ty(), a) };
    if !other.ty().has(type_flag::DICT) {
        return Ok(Own::not_implemented());
    }
    let new = call(ty.r(), &Args::positional(&[a]))?;
    update_from(new.r(), b)?;
    Ok(new)
}
fn reduce(d: Ref) -> PyResult {
    let state = match protocol::get_attr_opt(d, istr!("__getstate__"))? {
        Some(f) => pyaot_core::call::call0(f.r())?,
        None => Own::none(),
    };
    let items = call_method(d, istr!("items"), &[])?;
    let it = protocol::iter(items.r())?;
    tuple::try_from_vec(vec![d.ty().own(), tuple::empty(), state, Own::none(), it])
}
fn repr(d: Ref) -> PyResult {
    let name = d.ty().name();
    if dict::len(d) == 0 {
        return Ok(Own::str(&format!("{name}()")));
    }
    let Some(_guard) = exc::repr_enter(d)? else {
        return Ok(Own::str("..."));
    };
    let content = if is_exact(d) {
        dict::copy(d)?
    } else {
        let items = call_method(d, istr!("items"), &[])?;
        call(dict::DICT_TYPE.r(), &Args::positional(&[items.r()]))?
    };
    let mut out = ReprText::new();
    out.push(name).push("(").push_repr(content.r())?.push(")");
    out.finish()
}
/// Equal dicts, and the same order when both are ordered (CPython: odict_richcompare).
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !b.ty().has(type_flag::DICT) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let r = dict::methods::richcompare(a, b, CompareOp::Eq)?;
    let mut equal = protocol::truth(r.r())?;
    if equal && is_ordered(b) {
        let (x, y) = (dict::keys(a), dict::keys(b));
        for (k, l) in x.iter().zip(&y) {
            if !protocol::equal(k.r(), l.r())? {
                equal = false;
                break;
            }
        }
    }
    Ok(Own::bool(equal == (op == CompareOp::Eq)))
}

// ---- views ----

macro_rules! views {
    ($($ident:ident $name:literal $base:ident $what:expr;)*) => {$(
        pub static $ident: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            base: Some(&pyaot_core::types::dict_views::$base),
            basic_size: size_of::<pyaot_core::types::dict_views::DictView>(),
            flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
            slots: Slots {
                iter: Some(|v| iterator(pyaot_core::types::dict_views::dict_of(v), $what, false)),
                ..Slots::NONE
            },
            methods: &[noargs(sig!("__reversed__($self, /)"), |v| {
                iterator(pyaot_core::types::dict_views::dict_of(v), $what, true)
            })],
            ..TypeDef::NEW
        });
    )*};
}
views! {
    KEYS_TYPE "odict_keys" KEYS_TYPE What::Keys;
    VALUES_TYPE "odict_values" VALUES_TYPE What::Values;
    ITEMS_TYPE "odict_items" ITEMS_TYPE What::Items;
}
fn view(ty: &'static TypeObject, d: Ref) -> PyResult {
    pyaot_core::types::dict_views::make(ty, d)
}

// ---- the iterator ----

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Keys,
    Values,
    Items,
}
#[repr(C)]
pub struct OrderedIterator {
    header: Header,
    /// Null once ended.
    dict: Cell<Value>,
    /// The key to give next, null at the end: it is fetched one step ahead.
    current: Cell<Value>,
    pos: Cell<usize>,
    size: Cell<usize>,
    state: u64,
    what: What,
    backwards: bool,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for OrderedIterator {
    fn type_object() -> &'static TypeObject {
        &ITERATOR_TYPE
    }
}
pub static ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "odict_iterator",
    basic_size: size_of::<OrderedIterator>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(crate::native_type::itself),
        iternext: Some(iterator_next),
        traverse: Some(|it, visit| {
            visit(cast_iterator(it).dict.get());
            visit(cast_iterator(it).current.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let it = unsafe { &*p.cast::<OrderedIterator>() };
            decref(it.dict.get());
            decref(it.current.get());
        }),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |it| {
        let this = cast_iterator(it);
        let rest = list::new()?;
        if let Some(d) = field(&this.dict) {
            let twin = alloc::object(|header| OrderedIterator {
                header,
                dict: Cell::new(d.own().into_value()),
                current: Cell::new(field(&this.current).map_or(Value::NULL, |k| k.own().into_value())),
                pos: Cell::new(this.pos.get()),
                size: Cell::new(this.size.get()),
                state: this.state,
                what: this.what,
                backwards: this.backwards,
            })?;
            list::extend(rest.r(), twin.r())?;
        }
        tuple::pair(iterators::builtin(istr!("iter"))?, tuple::try_from_vec(vec![rest])?)
    })],
    ..TypeDef::NEW
});
fn cast_iterator(it: Ref<'_>) -> &OrderedIterator {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
/// Moves `pos` one entry on and fetches its key.
fn fetch(it: &OrderedIterator, d: Ref) {
    let mut pos = it.pos.get();
    let found = if it.backwards {
        dict::previous(d, &mut pos)
    } else {
        dict::next(d, &mut pos)
    };
    it.pos.set(pos);
    set_field(&it.current, found.map(|(k, _)| k.own()));
}
fn iterator(d: Ref, what: What, backwards: bool) -> PyResult {
    let it = alloc::object(|header| OrderedIterator {
        header,
        dict: Cell::new(d.own().into_value()),
        current: Cell::new(Value::NULL),
        pos: Cell::new(if backwards { dict::entry_count(d) } else { 0 }),
        size: Cell::new(dict::len(d)),
        state: cast(d).state.get(),
        what,
        backwards,
    })?;
    fetch(cast_iterator(it.r()), d);
    Ok(it)
}
/// CPython: odictiter_nextkey, odictiter_iternext.
fn iterator_next(it: Ref) -> PyResult<Option<Own>> {
    let this = cast_iterator(it);
    let Some(d) = field(&this.dict).map(Ref::own) else {
        return Ok(None);
    };
    let Some(key) = field(&this.current).map(Ref::own) else {
        set_field(&this.dict, None);
        return Ok(None);
    };
    if cast(d.r()).state.get() != this.state {
        set_field(&this.dict, None);
        return exc::runtime_error(format_args!("OrderedDict mutated during iteration"));
    }
    if dict::len(d.r()) != this.size.get() {
        this.size.set(usize::MAX);
        set_field(&this.dict, None);
        return exc::runtime_error(format_args!("OrderedDict changed size during iteration"));
    }
    fetch(this, d.r());
    if this.what == What::Keys {
        return Ok(Some(key));
    }
    let Some(v) = dict::get(d.r(), key.r())? else {
        set_field(&this.dict, None);
        return exc::key_error(key.r());
    };
    if this.what == What::Values {
        return Ok(Some(v));
    }
    tuple::pair(key, v).map(Some)
}
