//! `tuple`: items inline, hash cached.
use crate::call::{Args, Bound, MethodDef, bound, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, incref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject};
use crate::types::iterators::{self, sequence};
use crate::types::repr_text::ReprText;
use crate::types::slice;
use core::cell::Cell;
pub use pyaot_abi::TupleObject;
use pyaot_abi::{IMMORTAL_REFCOUNT, flag, type_flag};

// SAFETY: abi layout.
unsafe impl Object for TupleObject {
    fn type_object() -> &'static TypeObject {
        &TUPLE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_tuple")]
pub static TUPLE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "tuple",
    basic_size: size_of::<TupleObject>(),
    item_size: 8,
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::TUPLE | type_flag::SEQUENCE | type_flag::MATCH_SELF,
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    slots: Slots {
        new: Some(new_instance),
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(richcompare),
        iter: Some(sequence::tuple_iterator),
        sq_length: Some(|t| Ok(len(t))),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_contains: Some(contains),
        mp_length: Some(|t| Ok(len(t))),
        mp_subscript: Some(subscript),
        traverse: Some(traverse),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(
        sig!("__class_getitem__($type, object, /)"),
        crate::types::generic_alias::new,
    )
    .class()
    .doc("See PEP 585"),
    noargs(sig!("__getnewargs__($self, /)"), |t| {
        // SAFETY: live items.
        let copy = unsafe { from_borrowed(items(t).as_ptr(), len(t)) }?;
        try_from_vec(vec![copy])
    }),
    bound(sig!("index($self, value, start=0, stop=sys.maxsize, /)"), index)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    one(sig!("count($self, value, /)"), count).doc("Return number of occurrences of value."),
];

// ---- making ----

/// The one empty tuple.
#[repr(C)]
struct Empty(TupleObject);
static EMPTY: Empty = Empty(TupleObject {
    header: Header {
        refcount: Cell::new(IMMORTAL_REFCOUNT),
        flags: Cell::new(flag::IMMORTAL),
        ty: Cell::new((&raw const TUPLE_TYPE).cast()),
    },
    len: Cell::new(0),
    hash: Cell::new(-1),
    items: [],
});
// SAFETY: the GIL guards it.
unsafe impl Sync for Empty {}
pub fn empty() -> Own {
    Ref::from_object(&EMPTY.0).own()
}

/// A tuple of type `ty` whose `n` items are written by `fill` before anybody sees it.
fn with_len(ty: &TypeObject, n: usize, fill: impl FnOnce(*mut Value)) -> PyResult {
    check_least_items(ty, n);
    let end = size_of::<TupleObject>().saturating_add(n.saturating_mul(8));
    let size = match ty.head.shape_offset.get() {
        0 => end,
        u32::MAX => end.saturating_add(16 + ty.inline_slots.get() as usize * 8),
        _ => end.max(ty.head.basic_size.get() as usize),
    };
    let p = alloc::raw(ty, size)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let t = p.cast::<TupleObject>();
        (&raw mut (*t).len).write(Cell::new(n));
        (&raw mut (*t).hash).write(Cell::new(-1));
        if size > end {
            p.cast::<u8>().add(end).write_bytes(0, size - end);
        }
        fill((&raw mut (*t).items).cast());
        crate::typeobj::shape::init_instance(ty, p);
        Ok(Own::from_ptr(t))
    }
}
/// A tuple of these.
#[inline]
pub fn from_array<const N: usize>(items: [Own; N]) -> PyResult {
    with_len(&TUPLE_TYPE, N, |out| {
        for (i, v) in items.into_iter().enumerate() {
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(v.into_value()) };
        }
    })
}
pub fn try_from_vec(items: Vec<Own>) -> PyResult {
    if items.is_empty() {
        return Ok(empty());
    }
    exact_with_len(items.len(), |out| {
        for (i, v) in items.into_iter().enumerate() {
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(v.into_value()) };
        }
    })
}
/// For lengths that the interpreter itself bounds.
pub fn from_vec(items: Vec<Own>) -> Own {
    try_from_vec(items).unwrap_or_else(|Raised| std::process::abort())
}
pub fn from_refs<'a>(items: impl IntoIterator<Item = Ref<'a>>) -> PyResult {
    let mut items = items.into_iter();
    let mut few = [Value::NULL; 8];
    for n in 0..few.len() {
        match items.next() {
            Some(v) => few[n] = v.value(),
            None => return from_words(&few[..n]),
        }
    }
    let few = few.into_iter().map(|v| Ref::from_value(v).own());
    try_from_vec(few.chain(items.map(Ref::own)).collect())
}
/// A tuple of the values that are borrowed here.
pub fn from_words(items: &[Value]) -> PyResult {
    if items.is_empty() {
        return Ok(empty());
    }
    exact_with_len(items.len(), |out| {
        for (i, v) in items.iter().enumerate() {
            crate::object::incref(*v);
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(*v) };
        }
    })
}
/// Takes `n` owned values at `items`, also on error.
///
/// # Safety
/// The array holds n values that the caller gives up.
pub unsafe fn from_raw(items: *const Value, n: usize) -> PyResult {
    if n == 0 {
        return Ok(empty());
    }
    // SAFETY: by contract.
    let r = exact_with_len(n, |out| unsafe {
        match n {
            1 => out.write(*items),
            2 => out.cast::<[Value; 2]>().write(*items.cast::<[Value; 2]>()),
            3 => out.cast::<[Value; 3]>().write(*items.cast::<[Value; 3]>()),
            _ => core::ptr::copy_nonoverlapping(items, out, n),
        }
    });
    if r.is_err() {
        // SAFETY: by contract.
        (0..n).for_each(|i| decref(unsafe { *items.add(i) }));
    }
    r
}
/// New references to the `n` values at `items`.
///
/// # Safety
/// The array holds n live values.
pub unsafe fn from_borrowed(items: *const Value, n: usize) -> PyResult {
    // SAFETY: by contract.
    unsafe {
        (0..n).for_each(|i| incref(*items.add(i)));
        from_raw(items, n)
    }
}
#[inline]
pub fn pair(a: Own, b: Own) -> PyResult {
    exact_with_len(2, |out| {
        // SAFETY: two places.
        unsafe {
            out.write(a.into_value());
            out.add(1).write(b.into_value());
        }
    })
}
/// Items of an exact tuple that is made in a free slot.
const FEW: usize = 32;

/// As [`with_len`] for an exact tuple.
#[inline(always)]
fn exact_with_len(n: usize, fill: impl FnOnce(*mut Value)) -> PyResult {
    if n <= FEW {
        let p = alloc::quick_container(&TUPLE_TYPE, size_of::<TupleObject>() + n * 8);
        if !p.is_null() {
            // SAFETY: fresh memory of that size.
            unsafe {
                let t = p.cast::<TupleObject>();
                (&raw mut (*t).len).write(Cell::new(n));
                (&raw mut (*t).hash).write(Cell::new(-1));
                fill((&raw mut (*t).items).cast());
                return Ok(Own::from_ptr(t));
            }
        }
    }
    with_len(&TUPLE_TYPE, n, fill)
}

/// A pair for an iterator that keeps its last result in `kept`: that tuple again when nobody else holds it.
#[inline]
pub fn reuse_pair(kept: &Cell<Value>, a: Own, b: Own) -> PyResult {
    let last = kept.get();
    if !last.is_null() {
        // SAFETY: the field holds a pair.
        let t = unsafe { &*last.as_ptr::<TupleObject>() };
        if t.header.refcount.get() == 1 {
            t.hash.set(-1);
            // SAFETY: two items, which nobody else sees; the old ones are dropped last.
            unsafe {
                let p = t.items.as_ptr().cast_mut();
                let (x, y) = (p.replace(a.into_value()), p.add(1).replace(b.into_value()));
                let result = Ref::from_value(last).own();
                decref(x);
                decref(y);
                return Ok(result);
            }
        }
    }
    let new = pair(a, b)?;
    decref(kept.replace(new.clone().into_value()));
    Ok(new)
}
/// The end of the value runs no code.
#[inline(always)]
pub fn dies_quietly(v: Value) -> bool {
    !v.is_heap() || Ref::from_value(v).ty().has(type_flag::QUIET_DEALLOC)
}
/// The parts of such a pair, which is not made when nobody can notice: the tuple would keep alive only what runs no code when it dies.
#[inline]
pub fn pair_parts(kept: &Cell<Value>, a: Own, b: Own, second: &mut Value) -> PyResult {
    let quiet = |v: &Own| dies_quietly(v.value());
    if kept.get().is_null() && quiet(&a) && quiet(&b) {
        *second = b.into_value();
        return Ok(a);
    }
    let pair = reuse_pair(kept, a, b)?;
    *second = get(pair.r(), 1).own().into_value();
    Ok(get(pair.r(), 0).own())
}
/// `tuple(iterable)` (CPython: PySequence_Tuple).
pub fn from_iterable(v: Ref) -> PyResult {
    if v.is_exact::<TupleObject>() {
        return Ok(v.own());
    }
    if v.is_exact::<super::list::ListObject>() {
        let l = super::list::cast(v);
        // SAFETY: live items of the list.
        return unsafe { from_borrowed(l.items.get(), l.len.get()) };
    }
    if v.is_exact::<super::generator::GeneratorObject>() {
        let list = super::list::from_iterable(v)?;
        return from_iterable(list.r());
    }
    let mut out = Vec::new();
    let it = protocol::iter(v)?;
    let hint = iterators::length_hint(v, 10)?;
    if out.try_reserve(hint).is_err() {
        return exc::memory_error();
    }
    while let Some(item) = iterators::next(it.r())? {
        out.push(item);
    }
    try_from_vec(out)
}
/// CPython: tuple_new, tuple_subtype_new.
fn new_instance(cls: &'static TypeObject, args: &Args) -> PyResult {
    let exact = core::ptr::eq(cls, &TUPLE_TYPE);
    // A subclass with its own __init__ may take keywords.
    if args.has_keywords()
        && (exact || cls.slots().init.map(|f| f as usize) == TUPLE_TYPE.slots().init.map(|f| f as usize))
    {
        return exc::type_error(format_args!("tuple() takes no keyword arguments"));
    }
    args.count("tuple", 0, 1)?;
    let base = match args.get(0) {
        Some(v) => from_iterable(v)?,
        None => empty(),
    };
    if exact { Ok(base) } else { copy_as(cls, base.r()) }
}
/// The items of `t` in an instance of the subclass `cls`.
pub fn copy_as(cls: &TypeObject, t: Ref) -> PyResult {
    let from = items(t);
    with_len(cls, from.len(), |out| {
        for (i, v) in from.iter().enumerate() {
            incref(*v);
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(*v) };
        }
    })
}

// ---- fields of namedtuples ----

/// The type of `_collections._tuplegetter`, and the index that an instance of it is for.
struct Getter(Cell<Option<(&'static TypeObject, fn(Ref) -> usize)>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Getter {}
static GETTER: Getter = Getter(Cell::new(None));
pub fn set_getter_type(ty: &'static TypeObject, index: fn(Ref) -> usize) {
    GETTER.0.set(Some((ty, index)));
}
fn getter_index(d: Ref) -> Option<usize> {
    let (ty, index) = GETTER.0.get()?;
    core::ptr::eq(d.ty(), ty).then(|| index(d))
}
/// Where instances of `ty` have the item that a field's getter gives, if they all have it.
pub fn getter_offset(d: Ref, ty: &TypeObject) -> Option<u32> {
    let i = getter_index(d).filter(|i| *i < ty.least_items.get() as usize)?;
    Some((core::mem::offset_of!(TupleObject, items) + i * size_of::<Value>()) as u32)
}
/// A new class, of which there are no instances, has as many items at least as its fields ask for. `base` decides about its layout.
pub fn find_least_items(ty: &TypeObject, base: &TypeObject) {
    const MOST: usize = 1000;
    let mut least = base.least_items.get() as usize;
    let mut pos = 0;
    while let Some((_, d)) = super::dict::next(ty.dict(), &mut pos) {
        if let Some(i) = getter_index(d).filter(|i| *i < MOST) {
            least = least.max(i + 1);
        }
    }
    ty.least_items.set(least as u32);
}
/// An object with `n` items becomes an instance of `ty`.
#[inline(always)]
pub fn check_least_items(ty: &TypeObject, n: usize) {
    if n < ty.least_items.get() as usize {
        allow_fewer_items(ty);
    }
}
#[cold]
fn allow_fewer_items(ty: &TypeObject) {
    ty.least_items.set(0);
    crate::typeobj::cache::modified(ty);
}

// ---- items ----

/// Items of a tuple or of an instance of a subclass.
#[inline(always)]
pub fn items(t: Ref<'_>) -> &[Value] {
    // SAFETY: the caller passes a tuple.
    unsafe {
        let t = &*t.value().as_ptr::<TupleObject>();
        core::slice::from_raw_parts(t.items.as_ptr(), t.len.get())
    }
}
#[inline(always)]
pub fn len(t: Ref) -> usize {
    items(t).len()
}
#[inline(always)]
pub fn get(t: Ref<'_>, i: usize) -> Ref<'_> {
    Ref::from_value(items(t)[i])
}
/// Fast path of `t[i]` for a small int key on a tuple; `None` = take the general way.
#[inline(always)]
pub fn getitem_fast(t: Ref, key: Ref) -> Option<Own> {
    let mut i = key.small_int()?;
    let items = items(t);
    if i < 0 {
        i += items.len() as i64;
    }
    items.get(i as usize).map(|v| Ref::from_value(*v).own())
}
fn item(t: Ref, i: isize) -> PyResult {
    match items(t).get(i as usize) {
        Some(v) => Ok(Ref::from_value(*v).own()),
        None => exc::index_error(format_args!("tuple index out of range")),
    }
}
fn subscript(t: Ref, key: Ref) -> PyResult {
    if let Some(v) = getitem_fast(t, key) {
        return Ok(v);
    }
    if slice::is_slice(key) {
        let b = slice::adjust(slice::unpack(key)?, len(t));
        if b.count == len(t) && b.step == 1 && t.is_exact::<TupleObject>() {
            return Ok(t.own());
        }
        let all = items(t);
        if b.step == 1 {
            let start = b.start as usize;
            return from_words(&all[start..start + b.count]);
        }
        return from_refs((0..b.count).map(|k| Ref::from_value(all[(b.start + k as isize * b.step) as usize])));
    }
    if slice::is_index(key) {
        let i = slice::item_index(key)?;
        return item(t, if i < 0 { i + len(t) as isize } else { i });
    }
    exc::type_error(format_args!(
        "tuple indices must be integers or slices, not {}",
        key.ty().name()
    ))
}
/// Items `start..end` as a new tuple.
pub fn range(t: Ref, start: usize, end: usize) -> PyResult {
    from_words(&items(t)[start..end])
}

/// A tuple or an instance of a subclass without an `__iter__` of its own: its iterator gives the items.
#[inline]
pub fn iterates_plainly(v: Ref) -> bool {
    let ty = v.ty();
    core::ptr::eq(ty, &TUPLE_TYPE)
        || ty.has(type_flag::TUPLE)
            && (ty.slots().iter)
                .is_some_and(|f| core::ptr::fn_addr_eq(f, sequence::tuple_iterator as fn(Ref) -> PyResult))
}

// ---- behaviour ----

fn repr(t: Ref) -> PyResult {
    let n = len(t);
    if n == 0 {
        return Ok(Own::str("()"));
    }
    let Some(_guard) = exc::repr_enter(t)? else {
        return Ok(Own::str("(...)"));
    };
    let mut out = ReprText::new();
    out.push("(");
    for i in 0..n {
        if i > 0 {
            out.push(", ");
        }
        out.push_repr(get(t, i))?;
    }
    out.push(if n == 1 { ",)" } else { ")" });
    out.finish()
}
/// The hash of an item that cannot nest.
#[inline(always)]
fn quick_hash(v: Value) -> Option<i64> {
    use crate::types::dict::{immediate_hash, is_exact_str_word, str_hash};
    if !v.is_heap_nonnull() {
        Some(immediate_hash(v))
    } else if is_exact_str_word(v) {
        Some(str_hash(v))
    } else {
        None
    }
}
/// CPython: tuple_hash.
pub fn hash(t: Ref) -> PyResult<i64> {
    // SAFETY: slots receive instances.
    let this = unsafe { t.cast::<TupleObject>() };
    if this.hash.get() != -1 {
        return Ok(this.hash.get());
    }
    let mut h = pyaot_text::hash::Tuple::new();
    for v in items(t) {
        h.add(match quick_hash(*v) {
            Some(h) => h,
            None => {
                exc::recursion_guard(" while hashing a tuple")?;
                protocol::hash(Ref::from_value(*v))?
            }
        });
    }
    let h = h.finish();
    this.hash.set(h);
    Ok(h)
}
fn is_tuple(v: Ref) -> bool {
    v.ty().has(type_flag::TUPLE)
}
/// CPython: tuple_richcompare. Both tuples are immutable, so their items stay alive through the comparisons.
/// The first items that differ.
fn first_difference<'a>(a: Ref<'a>, b: Ref<'a>) -> PyResult<Option<(Ref<'a>, Ref<'a>)>> {
    exc::recursion_guard(" in comparison")?;
    for (v, w) in items(a).iter().zip(items(b)) {
        let (v, w) = (Ref::from_value(*v), Ref::from_value(*w));
        if !protocol::equal(v, w)? {
            return Ok(Some((v, w)));
        }
    }
    Ok(None)
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_tuple(a) || !is_tuple(b) {
        return Ok(Own::not_implemented());
    }
    match (first_difference(a, b)?, op) {
        (None, _) => Ok(Own::bool(op.test(len(a).cmp(&len(b))))),
        (Some(_), CompareOp::Eq) => Ok(Own::bool(false)),
        (Some(_), CompareOp::Ne) => Ok(Own::bool(true)),
        (Some((v, w)), _) => protocol::compare(v, w, op),
    }
}
/// Whether two exact tuples of one length are equal, where that runs no code.
#[inline]
pub fn quick_equal(a: Value, b: Value) -> Option<bool> {
    let (a, b) = (Ref::from_value(a), Ref::from_value(b));
    if !a.is_exact::<TupleObject>() || !b.is_exact::<TupleObject>() || len(a) != len(b) {
        return None;
    }
    for (v, w) in items(a).iter().zip(items(b)) {
        if v == w {
            continue;
        }
        if v.is_small_int() && w.is_small_int() {
            return Some(false);
        }
        let texts = crate::types::dict::is_exact_str_word(*v) && crate::types::dict::is_exact_str_word(*w);
        if !texts {
            return None;
        }
        if !crate::types::dict::strs_equal(*v, *w) {
            return Some(false);
        }
    }
    Some(true)
}
/// Truth of the comparison of two exact tuples.
pub fn compare_bool(a: Ref, b: Ref, op: CompareOp) -> PyResult<bool> {
    match (first_difference(a, b)?, op) {
        (None, _) => Ok(op.test(len(a).cmp(&len(b)))),
        (Some(_), CompareOp::Eq) => Ok(false),
        (Some(_), CompareOp::Ne) => Ok(true),
        (Some((v, w)), _) => protocol::compare_bool(v, w, op),
    }
}
pub fn contains(t: Ref, v: Ref) -> PyResult<bool> {
    use crate::types::dict::{is_exact_str_word, strs_equal};
    let word = v.value();
    if is_exact_str_word(word) {
        for &item in items(t) {
            let same = if is_exact_str_word(item) {
                item == word || strs_equal(item, word)
            } else {
                protocol::equal(Ref::from_value(item), v)?
            };
            if same {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    for i in 0..len(t) {
        if protocol::equal(get(t, i), v)? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn index(t: Ref, b: &Bound) -> PyResult {
    let (start, stop) = slice::search_bounds(b.get(1), b.get(2), len(t))?;
    for i in start..stop.min(len(t)) {
        if protocol::equal(get(t, i), b.arg(0))? {
            return Ok(Own::usize(i));
        }
    }
    exc::value_error(format_args!("tuple.index(x): x not in tuple"))
}
fn count(t: Ref, v: Ref) -> PyResult {
    let mut n = 0;
    for i in 0..len(t) {
        n += protocol::equal(get(t, i), v)? as usize;
    }
    Ok(Own::usize(n))
}
fn concat(a: Ref, b: Ref) -> PyResult {
    if len(a) == 0 && b.is_exact::<TupleObject>() {
        return Ok(b.own());
    }
    if !is_tuple(b) {
        return exc::type_error(format_args!(
            "can only concatenate tuple (not \"{}\") to tuple",
            b.ty().name()
        ));
    }
    if len(b) == 0 && a.is_exact::<TupleObject>() {
        return Ok(a.own());
    }
    from_refs(items(a).iter().chain(items(b)).map(|v| Ref::from_value(*v)))
}
fn repeat(t: Ref, n: isize) -> PyResult {
    let m = len(t);
    if (m == 0 || n == 1) && t.is_exact::<TupleObject>() {
        return Ok(t.own());
    }
    if m == 0 || n <= 0 {
        return Ok(empty());
    }
    let Some(total) = m.checked_mul(n as usize) else {
        return exc::memory_error();
    };
    let from = items(t);
    with_len(&TUPLE_TYPE, total, |out| {
        for i in 0..total {
            let v = from[i % m];
            incref(v);
            // SAFETY: `i` is below the length.
            unsafe { out.add(i).write(v) };
        }
    })
}

/// From the end, as CPython's tuple_traverse.
fn traverse(t: Ref, visit: crate::typeobj::slots::Visitor) {
    items(t).iter().rev().for_each(|v| visit(*v));
}
/// # Safety
/// Called once for a dead instance.
pub unsafe fn dealloc(p: *mut Header) {
    // SAFETY: by contract.
    unsafe { drop_items(p) };
}
/// No item is a heap object.
///
/// # Safety
/// A tuple.
#[inline(always)]
pub unsafe fn holds_nothing(p: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe {
        let t = &*p.cast::<TupleObject>();
        (0..t.len.get()).all(|i| (*t.items.as_ptr().add(i)).0 & 7 != 0)
    }
}

/// # Safety
/// Called once for a dead tuple.
#[inline(always)]
pub unsafe fn drop_items(p: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        let t = &*p.cast::<TupleObject>();
        for i in (0..t.len.get()).rev() {
            decref(*t.items.as_ptr().add(i));
        }
    }
}
