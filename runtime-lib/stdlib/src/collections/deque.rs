//! `deque` and its iterators: a ring buffer. Every change of the length raises `state`, by which iterators notice.
use pyaot_core::call::convert;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::iterators::next;
use pyaot_core::types::repr_text::ReprText;
use pyaot_core::types::{list, slice};
use std::collections::VecDeque;

#[repr(C)]
pub struct Deque {
    header: Header,
    items: RefCell<VecDeque<Value>>,
    state: Cell<u64>,
    maxlen: Cell<Option<usize>>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Deque {
    fn type_object() -> &'static TypeObject {
        &DEQUE_TYPE
    }
}
pub static DEQUE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "collections.deque",
    basic_size: size_of::<Deque>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::SEQUENCE | type_flag::WEAKREFABLE,
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    slots: Slots {
        new: Some(|cls, _| new_of(cls)),
        init: Some(init),
        repr: Some(repr),
        richcompare: Some(richcompare),
        iter: Some(|d| iterator(&ITERATOR_TYPE, d)),
        sq_length: Some(|d| Ok(len(d))),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_ass_item: Some(set_item),
        sq_contains: Some(|d, v| Ok(find(d, v, 0, usize::MAX)?.is_some())),
        sq_inplace_concat: Some(|d, v| {
            extend(d, v)?;
            Ok(d.own())
        }),
        sq_inplace_repeat: Some(inplace_repeat),
        traverse: Some(|d, visit| cast(d).items.borrow().iter().for_each(|v| visit(*v))),
        clear: Some(clear),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[getter("maxlen", |d| {
        Ok(cast(d).maxlen.get().map_or_else(Own::none, Own::usize))
    })],
    ..TypeDef::NEW
});
fn unit(r: PyResult<()>) -> PyResult {
    r.map(|()| Own::none())
}
static METHODS: &[MethodDef] = &[
    one(
        sig!("__class_getitem__($type, object, /)"),
        pyaot_core::types::generic_alias::new,
    )
    .class()
    .doc("See PEP 585"),
    one(sig!("append($self, item, /)"), |d, v| unit(append(d, v.own())))
        .doc("Add an element to the right side of the deque."),
    one(sig!("appendleft($self, item, /)"), |d, v| unit(append_left(d, v.own())))
        .doc("Add an element to the left side of the deque."),
    noargs(sig!("clear($self, /)"), |d| {
        clear(d);
        Ok(Own::none())
    })
    .doc("Remove all elements from the deque."),
    noargs(sig!("__copy__($self, /)"), copy).doc("Return a shallow copy of a deque."),
    noargs(sig!("copy($self, /)"), copy).doc("Return a shallow copy of a deque."),
    one(sig!("count($self, value, /)"), count).doc("Return number of occurrences of value."),
    one(sig!("extend($self, iterable, /)"), |d, v| unit(extend(d, v)))
        .doc("Extend the right side of the deque with elements from the iterable."),
    one(sig!("extendleft($self, iterable, /)"), |d, v| unit(extend_left(d, v)))
        .doc("Extend the left side of the deque with elements from the iterable."),
    bound(
        sig!("index($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)"),
        index,
    )
    .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    bound(sig!("insert($self, index, value, /)"), insert).doc("Insert value before index."),
    noargs(sig!("pop($self, /)"), |d| pop(d, VecDeque::pop_back)).doc("Remove and return the rightmost element."),
    noargs(sig!("popleft($self, /)"), |d| pop(d, VecDeque::pop_front)).doc("Remove and return the leftmost element."),
    noargs(sig!("__reduce__($self, /)"), reduce).doc("Return state information for pickling."),
    one(sig!("remove($self, value, /)"), remove).doc("Remove first occurrence of value."),
    noargs(sig!("__reversed__($self, /)"), |d| iterator(&REVERSE_ITERATOR_TYPE, d))
        .doc("Return a reverse iterator over the deque."),
    noargs(sig!("reverse($self, /)"), |d| {
        cast(d).items.borrow_mut().make_contiguous().reverse();
        Ok(Own::none())
    })
    .doc("Reverse *IN PLACE*."),
    bound(sig!("rotate($self, n=1, /)"), |d, b| {
        let n = b.get(0).map_or(Ok(1), convert::index)?;
        rotate(d, n);
        Ok(Own::none())
    })
    .doc("Rotate the deque n steps to the right.  If n is negative, rotates left."),
    noargs(sig!("__sizeof__($self, /)"), |d| {
        Ok(Own::usize(216 + 528 * (len(d) + 32).div_ceil(64).max(1)))
    })
    .doc("Return the size of the deque in memory, in bytes."),
];

fn cast(d: Ref<'_>) -> &Deque {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { d.cast() }
}
fn is_deque(v: Ref) -> bool {
    v.is_instance_of(&DEQUE_TYPE)
}
fn new_of(cls: &TypeObject) -> PyResult {
    alloc::object_of(cls, |header| Deque {
        header,
        items: RefCell::new(VecDeque::new()),
        state: Cell::new(0),
        maxlen: Cell::new(None),
    })
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    unsafe {
        let d = p.cast::<Deque>();
        let items = (*d).items.take();
        items.iter().for_each(|v| decref(*v));
        core::ptr::drop_in_place(&raw mut (*d).items);
    }
}
fn len(d: Ref) -> usize {
    cast(d).items.borrow().len()
}
fn changed(d: &Deque) {
    d.state.set(d.state.get() + 1);
}
/// An owned copy of item `i`.
fn get(d: Ref, i: usize) -> Option<Own> {
    cast(d).items.borrow().get(i).map(|v| Ref::from_value(*v).own())
}
fn reserve(d: &Deque) -> PyResult<()> {
    let mut items = d.items.borrow_mut();
    if items.len() == items.capacity() && items.try_reserve(1).is_err() {
        return exc::memory_error();
    }
    Ok(())
}
#[inline]
fn append(d: Ref, v: Own) -> PyResult<()> {
    let this = cast(d);
    reserve(this)?;
    let mut items = this.items.borrow_mut();
    items.push_back(v.into_value());
    changed(this);
    let over = this.maxlen.get().is_some_and(|m| items.len() > m);
    let old = if over { items.pop_front() } else { None };
    drop(items);
    old.into_iter().for_each(decref);
    Ok(())
}
fn append_left(d: Ref, v: Own) -> PyResult<()> {
    let this = cast(d);
    reserve(this)?;
    let mut items = this.items.borrow_mut();
    items.push_front(v.into_value());
    changed(this);
    let over = this.maxlen.get().is_some_and(|m| items.len() > m);
    let old = if over { items.pop_back() } else { None };
    drop(items);
    old.into_iter().for_each(decref);
    Ok(())
}
fn pop(d: Ref, take: fn(&mut VecDeque<Value>) -> Option<Value>) -> PyResult {
    let this = cast(d);
    let mut items = this.items.borrow_mut();
    match take(&mut items) {
        Some(v) => {
            changed(this);
            if items.len() < items.capacity() / 8 && items.capacity() > 128 {
                let n = items.len() * 2;
                items.shrink_to(n);
            }
            Ok(Own::from_value(v))
        }
        None => exc::index_error(format_args!("pop from an empty deque")),
    }
}
fn clear(d: Ref) {
    let this = cast(d);
    let items = this.items.take();
    changed(this);
    items.into_iter().for_each(decref);
}
/// CPython: deque_init.
fn init(d: Ref, args: &Args) -> PyResult<()> {
    let total = args.len() + args.keyword_count();
    if total > 2 {
        return exc::type_error(format_args!("deque() takes at most 2 arguments ({total} given)"));
    }
    let (mut iterable, mut maxlen) = (args.get(0), args.get(1));
    for (name, v) in args.keywords() {
        match str_::as_ascii(name) {
            Some("iterable") if iterable.is_none() => iterable = Some(v),
            Some("maxlen") if maxlen.is_none() => maxlen = Some(v),
            _ => {
                return exc::type_error(format_args!(
                    "deque() got an unexpected keyword argument '{}'",
                    str_::to_string_lossy(name)
                ));
            }
        }
    }
    let limit = match maxlen.filter(|v| !v.is_none()) {
        None => None,
        Some(v) if !v.ty().has(type_flag::INT) => return exc::type_error(format_args!("an integer is required")),
        Some(v) => match convert::index(v)? {
            n if n < 0 => return exc::value_error(format_args!("maxlen must be non-negative")),
            n => Some(n as usize),
        },
    };
    cast(d).maxlen.set(limit);
    if len(d) > 0 {
        clear(d);
    }
    match iterable {
        Some(v) => extend(d, v),
        None => Ok(()),
    }
}
fn extend(d: Ref, v: Ref) -> PyResult<()> {
    if v.is(d) {
        let copy = list::from_iterable(d)?;
        return extend(d, copy.r());
    }
    let it = protocol::iter(v)?;
    while let Some(item) = next(it.r())? {
        append(d, item)?;
    }
    Ok(())
}
fn extend_left(d: Ref, v: Ref) -> PyResult<()> {
    if v.is(d) {
        let copy = list::from_iterable(d)?;
        return extend_left(d, copy.r());
    }
    let it = protocol::iter(v)?;
    while let Some(item) = next(it.r())? {
        append_left(d, item)?;
    }
    Ok(())
}
fn rotate(d: Ref, n: isize) {
    let this = cast(d);
    let mut items = this.items.borrow_mut();
    if items.len() > 1 {
        let n = n.rem_euclid(items.len() as isize) as usize;
        if n > 0 {
            items.rotate_right(n);
            changed(this);
        }
    }
}
fn item(d: Ref, i: isize) -> PyResult {
    match get(d, i as usize) {
        Some(v) if i >= 0 => Ok(v),
        _ => exc::index_error(format_args!("deque index out of range")),
    }
}
fn set_item(d: Ref, i: isize, v: Option<Ref>) -> PyResult<()> {
    let this = cast(d);
    let mut items = this.items.borrow_mut();
    if i < 0 || i as usize >= items.len() {
        return exc::index_error(format_args!("deque index out of range"));
    }
    let old = match v {
        Some(v) => Some(core::mem::replace(&mut items[i as usize], v.own().into_value())),
        None => {
            changed(this);
            items.remove(i as usize)
        }
    };
    drop(items);
    old.into_iter().for_each(decref);
    Ok(())
}
/// Index of the first item in `start..stop` that equals `v`.
fn find(d: Ref, v: Ref, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let state = cast(d).state.get();
    let mut i = start;
    while i < stop {
        let Some(item) = get(d, i) else { break };
        let equal = protocol::equal(item.r(), v)?;
        if equal {
            return Ok(Some(i));
        }
        if cast(d).state.get() != state {
            return exc::runtime_error(format_args!("deque mutated during iteration"));
        }
        i += 1;
    }
    Ok(None)
}
fn index(d: Ref, b: &Bound) -> PyResult {
    let (start, stop) = slice::search_bounds(b.get(1), b.get(2), len(d))?;
    match find(d, b.arg(0), start, stop.min(len(d)))? {
        Some(i) => Ok(Own::usize(i)),
        None => exc::value_error(format_args!("deque.index(x): x not in deque")),
    }
}
fn count(d: Ref, v: Ref) -> PyResult {
    let state = cast(d).state.get();
    let (mut i, mut n) = (0, 0);
    while let Some(item) = get(d, i) {
        n += protocol::equal(item.r(), v)? as usize;
        if cast(d).state.get() != state {
            return exc::runtime_error(format_args!("deque mutated during iteration"));
        }
        i += 1;
    }
    Ok(Own::usize(n))
}
/// CPython: deque_remove_impl.
fn remove(d: Ref, v: Ref) -> PyResult {
    let this = cast(d);
    let state = this.state.get();
    let mut i = 0;
    while let Some(item) = get(d, i) {
        let equal = protocol::equal(item.r(), v)?;
        if this.state.get() != state {
            return exc::index_error(format_args!("deque mutated during remove()."));
        }
        if equal {
            set_item(d, i as isize, None)?;
            return Ok(Own::none());
        }
        i += 1;
    }
    exc::value_error(format_args!("deque.remove(x): x not in deque"))
}
fn insert(d: Ref, b: &Bound) -> PyResult {
    let this = cast(d);
    let i = convert::index(b.arg(0))?;
    let n = len(d);
    if this.maxlen.get() == Some(n) {
        return exc::index_error(format_args!("deque already at its maximum size"));
    }
    let i = if i < 0 {
        (i + n as isize).max(0)
    } else {
        i.min(n as isize)
    } as usize;
    reserve(this)?;
    this.items.borrow_mut().insert(i, b.arg(1).own().into_value());
    changed(this);
    Ok(Own::none())
}
/// CPython: deque_copy_impl.
fn copy(d: Ref) -> PyResult {
    let maxlen = cast(d).maxlen.get();
    if d.is_exact::<Deque>() {
        let new = new_of(&DEQUE_TYPE)?;
        cast(new.r()).maxlen.set(maxlen);
        extend(new.r(), d)?;
        return Ok(new);
    }
    match maxlen {
        None => call(d.ty().r(), &Args::positional(&[d])),
        Some(m) => call(d.ty().r(), &Args::positional(&[d, Own::usize(m).r()])),
    }
}
fn concat(a: Ref, b: Ref) -> PyResult {
    if !is_deque(b) {
        return exc::type_error(format_args!(
            "can only concatenate deque (not \"{}\") to deque",
            b.ty().full_name()
        ));
    }
    let new = copy(a)?;
    extend(new.r(), b)?;
    Ok(new)
}
fn repeat(d: Ref, n: isize) -> PyResult {
    let new = copy(d)?;
    inplace_repeat(new.r(), n)
}
/// CPython: deque_inplace_repeat.
fn inplace_repeat(d: Ref, n: isize) -> PyResult {
    let size = len(d);
    if size == 0 || n == 1 {
        return Ok(d.own());
    }
    if n <= 0 {
        clear(d);
        return Ok(d.own());
    }
    let items = list::from_iterable(d)?;
    let mut rounds = n as usize;
    if let Some(max) = cast(d).maxlen.get() {
        // Rounds that would be pushed out again are left out.
        rounds = rounds.min(max.div_ceil(size) + 1);
    } else if size.checked_mul(rounds).is_none_or(|t| t > isize::MAX as usize / 8)
        || cast(d)
            .items
            .borrow_mut()
            .try_reserve_exact(size * (rounds - 1))
            .is_err()
    {
        return exc::memory_error();
    }
    for _ in 1..rounds {
        extend(d, items.r())?;
    }
    Ok(d.own())
}
fn repr(d: Ref) -> PyResult {
    let Some(_guard) = exc::repr_enter(d)? else {
        return Ok(Own::str("[...]"));
    };
    let items = list::from_iterable(d)?;
    let mut out = ReprText::new();
    out.push(d.ty().name()).push("(").push_repr(items.r())?;
    if let Some(m) = cast(d).maxlen.get() {
        out.push(&format!(", maxlen={m}"));
    }
    out.push(")");
    out.finish()
}
/// CPython: deque_richcompare.
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_deque(a) || !is_deque(b) {
        return Ok(Own::not_implemented());
    }
    if matches!(op, CompareOp::Eq | CompareOp::Ne) {
        if a.is(b) {
            return Ok(Own::bool(op == CompareOp::Eq));
        }
        if len(a) != len(b) {
            return Ok(Own::bool(op == CompareOp::Ne));
        }
    }
    let (x, y) = (iterator(&ITERATOR_TYPE, a)?, iterator(&ITERATOR_TYPE, b)?);
    loop {
        let (v, w) = (next(x.r())?, next(y.r())?);
        match (v, w) {
            (Some(v), Some(w)) => {
                if !protocol::equal(v.r(), w.r())? {
                    return Ok(Own::bool(protocol::compare_bool(v.r(), w.r(), op)?));
                }
            }
            (v, w) => return Ok(Own::bool(op.test(v.is_some().cmp(&w.is_some())))),
        }
    }
}
fn reduce(d: Ref) -> PyResult {
    let state = match protocol::get_attr_opt(d, pyaot_core::istr!("__getstate__"))? {
        Some(f) => pyaot_core::call::call0(f.r())?,
        None => Own::none(),
    };
    let args = match cast(d).maxlen.get() {
        None => tuple::empty(),
        Some(m) => tuple::pair(tuple::empty(), Own::usize(m))?,
    };
    tuple::try_from_vec(vec![d.ty().own(), args, state, protocol::iter(d)?])
}

// ---- iterators ----

#[repr(C)]
pub struct DequeIterator {
    header: Header,
    deque: Cell<Value>,
    index: Cell<usize>,
    state: u64,
    left: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; the two types have this layout and are final.
unsafe impl Object for DequeIterator {
    fn type_object() -> &'static TypeObject {
        &ITERATOR_TYPE
    }
}
const ITERATOR: TypeDef = TypeDef {
    basic_size: size_of::<DequeIterator>(),
    flags: type_flag::GC,
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            Ok(Own::usize(cast_iterator(it).left.get()))
        })
        .doc("Private method returning an estimate of len(list(it))."),
        noargs(sig!("__reduce__($self, /)"), |it| {
            let this = cast_iterator(it);
            let d = Ref::from_value(this.deque.get());
            let args = tuple::pair(d.own(), Own::usize(len(d).saturating_sub(this.left.get())))?;
            tuple::pair(it.ty().own(), args)
        })
        .doc("Return state information for pickling."),
    ],
    ..TypeDef::NEW
};
const ITERATOR_SLOTS: Slots = Slots {
    iter: Some(crate::native_type::itself),
    traverse: Some(|it, visit| visit(cast_iterator(it).deque.get())),
    dealloc: Some(|p| {
        // SAFETY: called once for a dead instance.
        decref(unsafe { &*p.cast::<DequeIterator>() }.deque.get());
    }),
    ..Slots::NONE
};
pub static ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "collections._deque_iterator",
    slots: Slots {
        new: Some(|_, args| iterator_new(&ITERATOR_TYPE, args)),
        iternext: Some(|it| step(it, |i, _| i)),
        ..ITERATOR_SLOTS
    },
    ..ITERATOR
});
pub static REVERSE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "collections._deque_reverse_iterator",
    slots: Slots {
        new: Some(|_, args| iterator_new(&REVERSE_ITERATOR_TYPE, args)),
        iternext: Some(|it| step(it, |i, n| n - 1 - i)),
        ..ITERATOR_SLOTS
    },
    ..ITERATOR
});
fn cast_iterator(it: Ref<'_>) -> &DequeIterator {
    // SAFETY: slots and methods of these types receive their instances.
    unsafe { &*it.value().as_ptr::<DequeIterator>() }
}
fn iterator(ty: &'static TypeObject, d: Ref) -> PyResult {
    alloc::object_of(ty, |header| DequeIterator {
        header,
        deque: Cell::new(d.own().into_value()),
        index: Cell::new(0),
        state: cast(d).state.get(),
        left: Cell::new(len(d)),
    })
}
/// `_deque_iterator(deque, index=0)`: what unpickling calls.
fn iterator_new(ty: &'static TypeObject, args: &Args) -> PyResult {
    args.count(ty.name(), 1, 2)?;
    let Some(d) = args.get(0).filter(|d| is_deque(*d)) else {
        return exc::type_error(format_args!("{}() argument 1 must be collections.deque", ty.name()));
    };
    let skip = args.get(1).map_or(Ok(0), convert::index)?;
    let it = iterator(ty, d)?;
    for _ in 0..skip.max(0) {
        if next(it.r())?.is_none() {
            break;
        }
    }
    Ok(it)
}
#[inline(always)]
fn step(it: Ref, place: fn(usize, usize) -> usize) -> PyResult<Option<Own>> {
    let this = cast_iterator(it);
    let d = Ref::from_value(this.deque.get());
    if cast(d).state.get() != this.state {
        this.left.set(0);
        return exc::runtime_error(format_args!("deque mutated during iteration"));
    }
    if this.left.get() == 0 {
        return Ok(None);
    }
    let i = this.index.get();
    this.index.set(i + 1);
    this.left.set(this.left.get() - 1);
    Ok(get(d, place(i, len(d))))
}
