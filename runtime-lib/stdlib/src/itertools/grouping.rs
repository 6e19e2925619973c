//! `groupby` and `tee`: iterators that share state with each other.
use super::{alloc, convert, itself, kept, native_type, next};
use pyaot_core::call::{MethodDef, bind};
use pyaot_core::prelude::*;
use pyaot_core::types::list;

pub static FUNCTIONS: &[MethodDef] =
    &[bound(sig!("tee($module, iterable, n=2, /)"), tee).doc("Returns a tuple of n independent iterators.")];

// ---- groupby ----

native_type! {
    struct GroupBy, GROUPBY_TYPE, "itertools.groupby" { iterator, key_function, target_key, current_key, current_value }
    { current_group: Cell<usize> }
    flags: type_flag::BASETYPE,
    doc: "make an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.",
    slots: { new: Some(groupby_new), iter: Some(itself), iternext: Some(groupby_next) }, methods: &[], getset: &[]
}
native_type! {
    struct Grouper, GROUPER_TYPE, "itertools._grouper" { parent, target_key } { id: usize }
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
    slots: { iter: Some(itself), iternext: Some(grouper_next) }, methods: &[], getset: &[]
}
fn groupby_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("groupby(iterable, key=None)"), args, |b| {
        let it = protocol::iter(b.arg(0))?;
        GroupBy::make(
            cls,
            Some(it),
            b.get_not_none(1).map(Ref::own),
            None,
            None,
            None,
            Cell::new(0),
        )
    })
}
/// Reads one item and its key; false at the end.
fn step(g: &GroupBy) -> PyResult<bool> {
    let Some(v) = next(kept(&g.iterator).r())? else {
        return Ok(false);
    };
    let key = match field(&g.key_function) {
        None => v.clone(),
        Some(f) => call(f.own().r(), &Args::positional(&[v.r()]))?,
    };
    set_field(&g.current_value, Some(v));
    set_field(&g.current_key, Some(key));
    Ok(true)
}
/// Skips to the next group (CPython: groupby_next).
fn groupby_next(it: Ref) -> PyResult<Option<Own>> {
    let g = GroupBy::cast(it);
    // Groups given out before stop here.
    let id = g.current_group.get() + 1;
    g.current_group.set(id);
    loop {
        if !g.current_key.get().is_null() {
            if g.target_key.get().is_null() {
                break;
            }
            let (target, current) = (kept(&g.target_key), kept(&g.current_key));
            if !protocol::equal(target.r(), current.r())? {
                break;
            }
        }
        if !step(g)? {
            return Ok(None);
        }
    }
    let key = kept(&g.current_key);
    set_field(&g.target_key, Some(key.clone()));
    // Another call may have gone on from within a comparison: its group is the current one then.
    let id = g.current_group.get().max(id);
    let group = Grouper::make(&GROUPER_TYPE, Some(it.own()), Some(key.clone()), id)?;
    tuple::pair(key, group).map(Some)
}
fn grouper_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Grouper::cast(it);
    let parent = kept(&this.parent);
    let g = GroupBy::cast(parent.r());
    if g.current_group.get() != this.id {
        return Ok(None);
    }
    if g.current_value.get().is_null() && !step(g)? {
        return Ok(None);
    }
    let (target, current) = (kept(&this.target_key), kept(&g.current_key));
    if !protocol::equal(target.r(), current.r())? {
        return Ok(None);
    }
    let v = g.current_value.replace(Value::NULL);
    Ok(Own::from_nullable(v))
}

// ---- tee ----

/// Items per link of the chain that the branches share.
const LINK: usize = 57;

native_type! {
    struct TeeData, TEE_DATA_TYPE, "itertools._tee_dataobject" { iterator, items, link } { running: Cell<bool> }
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.",
    slots: { }, methods: &[], getset: &[]
}
native_type! {
    struct Tee, TEE_TYPE, "itertools._tee" { data } { index: Cell<usize> }
    flags: type_flag::WEAKREFABLE, doc: "Iterator wrapped to make it copyable.",
    slots: { new: Some(|_, args| {
        args.no_keywords("_tee")?;
        args.count("_tee", 1, 1)?;
        branch(super::arg(args, 0))
    }), iter: Some(itself), iternext: Some(tee_next) },
    methods: &[noargs(sig!("__copy__($self, /)"), copy).doc("Returns an independent iterator.")],
    getset: &[]
}
fn link_of(iterator: Own) -> PyResult {
    TeeData::make(
        &TEE_DATA_TYPE,
        Some(iterator),
        Some(list::new()?),
        None,
        Cell::new(false),
    )
}
/// A first branch over an iterable; a copy when it is a branch itself (CPython: tee_fromiterable).
fn branch(v: Ref) -> PyResult {
    let it = protocol::iter(v)?;
    if it.r().is_exact::<Tee>() {
        return copy(it.r());
    }
    Tee::make(&TEE_TYPE, Some(link_of(it)?), Cell::new(0))
}
fn copy(t: Ref) -> PyResult {
    let this = Tee::cast(t);
    Tee::make(&TEE_TYPE, Some(kept(&this.data)), Cell::new(this.index.get()))
}
fn tee_next(t: Ref) -> PyResult<Option<Own>> {
    let this = Tee::cast(t);
    if this.index.get() >= LINK {
        let data = kept(&this.data);
        let d = TeeData::cast(data.r());
        if d.link.get().is_null() {
            set_field(&d.link, Some(link_of(kept(&d.iterator))?));
        }
        set_field(&this.data, Some(kept(&d.link)));
        this.index.set(0);
    }
    let data = kept(&this.data);
    let d = TeeData::cast(data.r());
    let items = kept(&d.items);
    let i = this.index.get();
    if let Some(v) = list::get(items.r(), i) {
        this.index.set(i + 1);
        return Ok(Some(v.own()));
    }
    if d.running.get() {
        return exc::runtime_error(format_args!("cannot re-enter the tee iterator"));
    }
    d.running.set(true);
    let r = next(kept(&d.iterator).r());
    d.running.set(false);
    let Some(v) = r? else { return Ok(None) };
    list::append(items.r(), v.clone())?;
    this.index.set(i + 1);
    Ok(Some(v))
}
fn tee(_: Ref, b: &Bound) -> PyResult {
    let n = match b.get(1) {
        Some(v) => convert::index(v)?,
        None => 2,
    };
    if n < 0 {
        return exc::value_error(format_args!("n must be >= 0"));
    }
    if n == 0 {
        return Ok(tuple::empty());
    }
    let first = branch(b.arg(0))?;
    let mut all = vec![first];
    for _ in 1..n {
        let next = copy(all[0].r())?;
        all.push(next);
    }
    tuple::try_from_vec(all)
}
