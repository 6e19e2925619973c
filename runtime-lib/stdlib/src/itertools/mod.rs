//! `itertools`. Iterators over one or several iterables stand here; `combinatoric` has those that hold a pool, `grouping` the
//! ones that share state (groupby, tee).
use crate::native_type::{itself, kept, native_type};
use pyaot_core::call::{bind, convert};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::typeobj::ready;
use pyaot_core::types::iterators::{self, next};
use pyaot_core::types::{list, module};

mod combinatoric;
mod grouping;

pub fn make() -> PyResult {
    let m = module::new("itertools")?;
    let types: &[&'static TypeObject] = &[
        &ACCUMULATE_TYPE,
        &BATCHED_TYPE,
        &CHAIN_TYPE,
        &combinatoric::COMBINATIONS_TYPE,
        &combinatoric::REPLACEMENT_TYPE,
        &COMPRESS_TYPE,
        &COUNT_TYPE,
        &CYCLE_TYPE,
        &DROPWHILE_TYPE,
        &FILTERFALSE_TYPE,
        &grouping::GROUPBY_TYPE,
        &grouping::GROUPER_TYPE,
        &ISLICE_TYPE,
        &PAIRWISE_TYPE,
        &combinatoric::PERMUTATIONS_TYPE,
        &combinatoric::PRODUCT_TYPE,
        &REPEAT_TYPE,
        &STARMAP_TYPE,
        &TAKEWHILE_TYPE,
        &grouping::TEE_TYPE,
        &grouping::TEE_DATA_TYPE,
        &ZIP_LONGEST_TYPE,
    ];
    for ty in types {
        ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    module::add_functions(m.r(), grouping::FUNCTIONS)?;
    Ok(m)
}

/// Positional arguments only; keywords are an error for the type itself, not for subclasses.
fn positional(cls: &TypeObject, exact: &TypeObject, args: &Args, min: usize, max: usize) -> PyResult<()> {
    if iterators::takes_no_keywords(cls, exact) {
        args.no_keywords(exact.name())?;
    }
    args.count(exact.name(), min, max)
}
/// A positional argument whose presence [`positional`] has tested.
fn arg<'a>(args: &Args<'a>, i: usize) -> Ref<'a> {
    args.get(i).unwrap_or(Ref::from_value(Value::NONE))
}

// ---- accumulate ----

native_type! {
    struct Accumulate, ACCUMULATE_TYPE, "itertools.accumulate" { iterator, function, total, initial } {}
    flags: type_flag::BASETYPE, doc: "Return series of accumulated sums.",
    slots: { new: Some(accumulate_new), iter: Some(itself), iternext: Some(accumulate_next) }, methods: &[], getset: &[]
}
fn accumulate_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("accumulate(iterable, func=None, *, initial=None)"), args, |b| {
        let it = protocol::iter(b.arg(0))?;
        Accumulate::make(
            cls,
            Some(it),
            b.get_not_none(1).map(Ref::own),
            None,
            b.get_not_none(2).map(Ref::own),
        )
    })
}
fn accumulate_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Accumulate::cast(it);
    if let Some(first) = field(&this.initial) {
        let first = first.own();
        set_field(&this.initial, None);
        set_field(&this.total, Some(first.clone()));
        return Ok(Some(first));
    }
    let Some(v) = next(kept(&this.iterator).r())? else {
        return Ok(None);
    };
    let total = match field(&this.total) {
        None => v,
        Some(t) => {
            let t = t.own();
            match field(&this.function) {
                None => protocol::add(t.r(), v.r())?,
                Some(f) => call(f.own().r(), &Args::positional(&[t.r(), v.r()]))?,
            }
        }
    };
    set_field(&this.total, Some(total.clone()));
    Ok(Some(total))
}

// ---- batched ----

native_type! {
    struct Batched, BATCHED_TYPE, "itertools.batched" { iterator } { size: usize, strict: bool }
    flags: type_flag::BASETYPE,
    doc: "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.",
    slots: { new: Some(batched_new), iter: Some(itself), iternext: Some(batched_next) }, methods: &[], getset: &[]
}
fn batched_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("batched(iterable, n, *, strict=False)"), args, |b| {
        let n = convert::index(b.arg(1))?;
        let strict = b.get(2).map_or(Ok(false), protocol::truth)?;
        if n < 1 {
            return exc::value_error(format_args!("n must be at least one"));
        }
        let it = protocol::iter(b.arg(0))?;
        Batched::make(cls, Some(it), n as usize, strict)
    })
}
fn batched_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Batched::cast(it);
    let Some(source) = field(&this.iterator).map(Ref::own) else {
        return Ok(None);
    };
    let mut items = Vec::new();
    while items.len() < this.size {
        match next(source.r()) {
            Ok(Some(v)) => items.push(v),
            Ok(None) => {
                set_field(&this.iterator, None);
                if items.is_empty() {
                    return Ok(None);
                }
                if this.strict {
                    return exc::value_error(format_args!("batched(): incomplete batch"));
                }
                break;
            }
            Err(e) => {
                let raised = exc::caught(e);
                set_field(&this.iterator, None);
                return exc::restore(raised);
            }
        }
    }
    tuple::try_from_vec(items).map(Some)
}

// ---- chain ----

native_type! {
    struct Chain, CHAIN_TYPE, "itertools.chain" { source, active } {}
    flags: type_flag::BASETYPE,
    doc: "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.",
    slots: { new: Some(chain_new), iter: Some(itself), iternext: Some(chain_next) },
    methods: &[
    one(sig!("__class_getitem__($type, object, /)"), pyaot_core::types::generic_alias::new)
        .class()
        .doc("See PEP 585"),
one(sig!("from_iterable($type, iterable, /)"), |cls, v| {
        let it = protocol::iter(v)?;
        Chain::make(pyaot_core::types::type_::cast(cls), Some(it), None)
    }).class().doc("Alternative chain() constructor taking a single iterable argument that evaluates lazily.")],
    getset: &[]
}
fn chain_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    positional(cls, &CHAIN_TYPE, args, 0, usize::MAX)?;
    let all = tuple::from_refs(args.iter())?;
    let it = protocol::iter(all.r())?;
    Chain::make(cls, Some(it), None)
}
fn chain_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Chain::cast(it);
    loop {
        let Some(source) = field(&this.source).map(Ref::own) else {
            return Ok(None);
        };
        let active = match field(&this.active) {
            Some(a) => a.own(),
            None => {
                let opened = match next(source.r()) {
                    Ok(Some(v)) => protocol::iter(v.r()).map(Some),
                    r => r,
                };
                match opened {
                    Ok(Some(a)) => {
                        set_field(&this.active, Some(a.clone()));
                        a
                    }
                    // The end, or an error, ends the chain.
                    Ok(None) => {
                        set_field(&this.source, None);
                        return Ok(None);
                    }
                    Err(e) => {
                        let raised = exc::caught(e);
                        set_field(&this.source, None);
                        return exc::restore(raised);
                    }
                }
            }
        };
        if let Some(v) = next(active.r())? {
            return Ok(Some(v));
        }
        set_field(&this.active, None);
    }
}

// ---- compress, dropwhile, takewhile, filterfalse, starmap ----

native_type! {
    struct Compress, COMPRESS_TYPE, "itertools.compress" { data, selectors } {}
    flags: type_flag::BASETYPE,
    doc: "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.",
    slots: { new: Some(compress_new), iter: Some(itself), iternext: Some(compress_next) }, methods: &[], getset: &[]
}
fn compress_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("compress(data, selectors)"), args, |b| {
        let data = protocol::iter(b.arg(0))?;
        let selectors = protocol::iter(b.arg(1))?;
        Compress::make(cls, Some(data), Some(selectors))
    })
}
fn compress_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Compress::cast(it);
    let (data, selectors) = (kept(&this.data), kept(&this.selectors));
    loop {
        let Some(v) = next(data.r())? else { return Ok(None) };
        let Some(s) = next(selectors.r())? else { return Ok(None) };
        if protocol::truth(s.r())? {
            return Ok(Some(v));
        }
    }
}

native_type! {
    struct DropWhile, DROPWHILE_TYPE, "itertools.dropwhile" { function, iterator } { started: Cell<bool> }
    flags: type_flag::BASETYPE,
    doc: "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.",
    slots: { new: Some(|cls, args| {
        positional(cls, &DROPWHILE_TYPE, args, 2, 2)?;
        let it = protocol::iter(arg(args, 1))?;
        DropWhile::make(cls, Some(arg(args, 0).own()), Some(it), Cell::new(false))
    }), iter: Some(itself), iternext: Some(dropwhile_next) }, methods: &[], getset: &[]
}
fn dropwhile_next(it: Ref) -> PyResult<Option<Own>> {
    let this = DropWhile::cast(it);
    let (function, source) = (kept(&this.function), kept(&this.iterator));
    loop {
        let Some(v) = next(source.r())? else { return Ok(None) };
        if this.started.get() {
            return Ok(Some(v));
        }
        let r = call(function.r(), &Args::positional(&[v.r()]))?;
        if !protocol::truth(r.r())? {
            this.started.set(true);
            return Ok(Some(v));
        }
    }
}

native_type! {
    struct TakeWhile, TAKEWHILE_TYPE, "itertools.takewhile" { function, iterator } { stopped: Cell<bool> }
    flags: type_flag::BASETYPE, doc: "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    slots: { new: Some(|cls, args| {
        positional(cls, &TAKEWHILE_TYPE, args, 2, 2)?;
        let it = protocol::iter(arg(args, 1))?;
        TakeWhile::make(cls, Some(arg(args, 0).own()), Some(it), Cell::new(false))
    }), iter: Some(itself), iternext: Some(takewhile_next) }, methods: &[], getset: &[]
}
fn takewhile_next(it: Ref) -> PyResult<Option<Own>> {
    let this = TakeWhile::cast(it);
    if this.stopped.get() {
        return Ok(None);
    }
    let Some(v) = next(kept(&this.iterator).r())? else {
        return Ok(None);
    };
    let r = call(kept(&this.function).r(), &Args::positional(&[v.r()]))?;
    if protocol::truth(r.r())? {
        return Ok(Some(v));
    }
    this.stopped.set(true);
    Ok(None)
}

native_type! {
    struct FilterFalse, FILTERFALSE_TYPE, "itertools.filterfalse" { function, iterator } {}
    flags: type_flag::BASETYPE,
    doc: "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.",
    slots: { new: Some(|cls, args| {
        positional(cls, &FILTERFALSE_TYPE, args, 2, 2)?;
        let it = protocol::iter(arg(args, 1))?;
        FilterFalse::make(cls, Some(arg(args, 0).own()), Some(it))
    }), iter: Some(itself), iternext: Some(filterfalse_next) }, methods: &[], getset: &[]
}
fn filterfalse_next(it: Ref) -> PyResult<Option<Own>> {
    let this = FilterFalse::cast(it);
    let (function, source) = (kept(&this.function), kept(&this.iterator));
    let by_truth = function.r().is_none() || function.r().is(pyaot_core::types::bool_::BOOL_TYPE.r());
    while let Some(v) = next(source.r())? {
        let truth = if by_truth {
            protocol::truth(v.r())?
        } else {
            protocol::truth(call(function.r(), &Args::positional(&[v.r()]))?.r())?
        };
        if !truth {
            return Ok(Some(v));
        }
    }
    Ok(None)
}

native_type! {
    struct StarMap, STARMAP_TYPE, "itertools.starmap" { function, iterator } {}
    flags: type_flag::BASETYPE,
    doc: "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
    slots: { new: Some(|cls, args| {
        positional(cls, &STARMAP_TYPE, args, 2, 2)?;
        let it = protocol::iter(arg(args, 1))?;
        StarMap::make(cls, Some(arg(args, 0).own()), Some(it))
    }), iter: Some(itself), iternext: Some(starmap_next) }, methods: &[], getset: &[]
}
fn starmap_next(it: Ref) -> PyResult<Option<Own>> {
    let this = StarMap::cast(it);
    let Some(v) = next(kept(&this.iterator).r())? else {
        return Ok(None);
    };
    let all = tuple::from_iterable(v.r())?;
    call(
        kept(&this.function).r(),
        &Args::new(tuple::items(all.r()), tuple::len(all.r()), None),
    )
    .map(Some)
}

// ---- count ----

native_type! {
    struct Count, COUNT_TYPE, "itertools.count" { value, step } {}
    flags: type_flag::BASETYPE,
    doc: "Return a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step",
    slots: { new: Some(count_new), iter: Some(itself), iternext: Some(count_next), repr: Some(count_repr) },
    methods: &[], getset: &[]
}
/// CPython: Objects/abstract.c, PyNumber_Check.
fn is_number(v: Ref) -> bool {
    let s = v.ty().slots();
    s.nb_index.is_some()
        || s.nb_int.is_some()
        || s.nb_float.is_some()
        || v.ty().has(type_flag::COMPLEX | type_flag::INT | type_flag::FLOAT)
}
fn count_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("count(start=0, step=1)"), args, |b| {
        let number = |i: usize, default: i64| match b.get(i) {
            Some(v) if !is_number(v) => exc::type_error(format_args!("a number is required")),
            Some(v) => Ok(v.own()),
            None => Ok(Own::int(default)),
        };
        let (value, step) = (number(0, 0)?, number(1, 1)?);
        Count::make(cls, Some(value), Some(step))
    })
}
fn count_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Count::cast(it);
    let (v, step) = (kept(&this.value), kept(&this.step));
    let after = match (v.r().small_int(), step.r().small_int()) {
        (Some(a), Some(b)) => Own::int(a + b),
        _ => protocol::add(v.r(), step.r())?,
    };
    set_field(&this.value, Some(after));
    Ok(Some(v))
}
fn count_repr(it: Ref) -> PyResult {
    let this = Count::cast(it);
    let value = str_::to_string_lossy(protocol::repr(kept(&this.value).r())?.r());
    let name = it.ty().name();
    let step = kept(&this.step);
    if step.r().small_int() == Some(1) {
        return Ok(Own::str(&format!("{name}({value})")));
    }
    let step = str_::to_string_lossy(protocol::repr(step.r())?.r());
    Ok(Own::str(&format!("{name}({value}, {step})")))
}

// ---- cycle ----

native_type! {
    struct Cycle, CYCLE_TYPE, "itertools.cycle" { iterator, saved } { index: Cell<usize> }
    flags: type_flag::BASETYPE,
    doc: "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    slots: { new: Some(|cls, args| {
        positional(cls, &CYCLE_TYPE, args, 1, 1)?;
        let it = protocol::iter(arg(args, 0))?;
        Cycle::make(cls, Some(it), Some(list::new()?), Cell::new(0))
    }), iter: Some(itself), iternext: Some(cycle_next) }, methods: &[], getset: &[]
}
fn cycle_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Cycle::cast(it);
    let saved = kept(&this.saved);
    if let Some(source) = field(&this.iterator).map(Ref::own) {
        if let Some(v) = next(source.r())? {
            list::append(saved.r(), v.clone())?;
            return Ok(Some(v));
        }
        set_field(&this.iterator, None);
    }
    let n = list::len(saved.r());
    if n == 0 {
        return Ok(None);
    }
    let i = this.index.get();
    this.index.set(if i + 1 >= n { 0 } else { i + 1 });
    Ok(list::get(saved.r(), i).map(Ref::own))
}

// ---- islice ----

native_type! {
    struct ISlice, ISLICE_TYPE, "itertools.islice" { iterator } { next: Cell<usize>, stop: Option<usize>, step: usize, count: Cell<usize> }
    flags: type_flag::BASETYPE,
    doc: "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.",
    slots: { new: Some(islice_new), iter: Some(itself), iternext: Some(islice_next) }, methods: &[], getset: &[]
}
fn islice_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    positional(cls, &ISLICE_TYPE, args, 2, 4)?;
    const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    const STEP: &str = "Step for islice() must be a positive integer or None.";
    // Whatever goes wrong with a number is a ValueError with the one text.
    let number = |v: Ref, message: &str| -> PyResult<Option<usize>> {
        if v.is_none() {
            return Ok(None);
        }
        match convert::index(v) {
            Ok(i) if i >= 0 => Ok(Some(i as usize)),
            Ok(_) => exc::value_error(format_args!("{message}")),
            Err(_) => {
                drop(exc::take());
                exc::value_error(format_args!("{message}"))
            }
        }
    };
    let (mut start, stop) = if args.len() == 2 {
        (0, number(arg(args, 1), STOP)?)
    } else {
        let stop = number(arg(args, 2), STOP)?;
        (number(arg(args, 1), INDICES)?.unwrap_or(0), stop)
    };
    let step = match args.get(3) {
        Some(v) => number(v, STEP)?.unwrap_or(1),
        None => 1,
    };
    if step < 1 {
        return exc::value_error(format_args!("{STEP}"));
    }
    let it = protocol::iter(arg(args, 0))?;
    start = start.min(isize::MAX as usize);
    ISlice::make(cls, Some(it), Cell::new(start), stop, step, Cell::new(0))
}
/// CPython: islice_next.
fn islice_next(it: Ref) -> PyResult<Option<Own>> {
    let this = ISlice::cast(it);
    let Some(source) = field(&this.iterator).map(Ref::own) else {
        return Ok(None);
    };
    let end = || {
        set_field(&this.iterator, None);
        Ok(None)
    };
    let fail = |e| {
        let raised = exc::caught(e);
        set_field(&this.iterator, None);
        exc::restore(raised)
    };
    while this.count.get() < this.next.get() {
        match next(source.r()) {
            Ok(Some(_)) => this.count.set(this.count.get() + 1),
            Ok(None) => return end(),
            Err(e) => return fail(e),
        }
    }
    if this.stop.is_some_and(|stop| this.count.get() >= stop) {
        return end();
    }
    match next(source.r()) {
        Ok(Some(v)) => {
            this.count.set(this.count.get() + 1);
            let after = this.next.get().saturating_add(this.step);
            this.next.set(this.stop.map_or(after, |stop| after.min(stop)));
            Ok(Some(v))
        }
        Ok(None) => end(),
        Err(e) => fail(e),
    }
}

// ---- pairwise ----

native_type! {
    struct Pairwise, PAIRWISE_TYPE, "itertools.pairwise" { iterator, old, result } {}
    flags: type_flag::BASETYPE,
    doc: "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    slots: { new: Some(|cls, args| {
        positional(cls, &PAIRWISE_TYPE, args, 1, 1)?;
        let it = protocol::iter(arg(args, 0))?;
        Pairwise::make(cls, Some(it), None, None)
    }), iter: Some(itself), iternext: Some(pairwise_next) }, methods: &[], getset: &[]
}
fn pairwise_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Pairwise::cast(it);
    let Some(source) = field(&this.iterator).map(Ref::own) else {
        return Ok(None);
    };
    let end = || {
        set_field(&this.iterator, None);
        set_field(&this.old, None);
        Ok(None)
    };
    if this.old.get().is_null() {
        let first = next(source.r())?;
        let Some(first) = first else { return end() };
        set_field(&this.old, Some(first));
        // Reading the first item may have ended this iterator.
        if this.iterator.get().is_null() {
            return end();
        }
    }
    let old = kept(&this.old);
    let Some(v) = next(source.r())? else { return end() };
    let pair = tuple::reuse_pair(&this.result, old, v.clone())?;
    set_field(&this.old, Some(v));
    Ok(Some(pair))
}

// ---- repeat ----

native_type! {
    struct Repeat, REPEAT_TYPE, "itertools.repeat" { element } { left: Cell<isize> }
    flags: type_flag::BASETYPE,
    doc: "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.",
    slots: { new: Some(repeat_new), iter: Some(itself), iternext: Some(repeat_next), repr: Some(repeat_repr) },
    methods: &[noargs(sig!("__length_hint__($self, /)"), |it| match Repeat::cast(it).left.get() {
        -1 => exc::type_error(format_args!("len() of unsized object")),
        n => Ok(Own::int(n as i64)),
    }).doc("Private method returning an estimate of len(list(it)).")],
    getset: &[]
}
fn repeat_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("repeat(object, times=<unrepresentable>)"), args, |b| {
        // -1 = without end.
        let left = match b.get(1) {
            Some(v) => convert::index(v)?.max(0),
            None => -1,
        };
        Repeat::make(cls, Some(b.arg(0).own()), Cell::new(left))
    })
}
fn repeat_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Repeat::cast(it);
    match this.left.get() {
        0 => return Ok(None),
        -1 => {}
        n => this.left.set(n - 1),
    }
    Ok(Some(kept(&this.element)))
}
fn repeat_repr(it: Ref) -> PyResult {
    let this = Repeat::cast(it);
    let element = str_::to_string_lossy(protocol::repr(kept(&this.element).r())?.r());
    let name = it.ty().name();
    Ok(Own::str(&match this.left.get() {
        -1 => format!("{name}({element})"),
        n => format!("{name}({element}, {n})"),
    }))
}

// ---- zip_longest ----

native_type! {
    struct ZipLongest, ZIP_LONGEST_TYPE, "itertools.zip_longest" { iterators, fill } { active: Cell<usize> }
    flags: type_flag::BASETYPE,
    doc: "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.",
    slots: { new: Some(zip_longest_new), iter: Some(itself), iternext: Some(zip_longest_next) }, methods: &[], getset: &[]
}
fn zip_longest_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let mut fill = Own::none();
    for (name, v) in args.keywords() {
        if str_::as_ascii(name) != Some("fillvalue") {
            return exc::type_error(format_args!("zip_longest() got an unexpected keyword argument"));
        }
        fill = v.own();
    }
    let iterators = args.iter().map(protocol::iter).collect::<PyResult<Vec<Own>>>()?;
    let n = iterators.len();
    // Exhausted iterators are replaced by None, so the tuple of CPython is a list here.
    let iterators = list::from_vec(iterators)?;
    ZipLongest::make(cls, Some(iterators), Some(fill), Cell::new(n))
}
fn zip_longest_next(it: Ref) -> PyResult<Option<Own>> {
    let this = ZipLongest::cast(it);
    let iterators = kept(&this.iterators);
    if this.active.get() == 0 {
        return Ok(None);
    }
    let n = list::len(iterators.r());
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        let source = list::get(iterators.r(), i).map_or_else(Own::none, Ref::own);
        if source.r().is_none() {
            items.push(kept(&this.fill));
            continue;
        }
        match next(source.r()) {
            Ok(Some(v)) => items.push(v),
            Ok(None) => {
                let active = this.active.get().saturating_sub(1);
                this.active.set(active);
                if active == 0 {
                    return Ok(None);
                }
                items.push(kept(&this.fill));
                list::set_item(iterators.r(), i as isize, Some(Own::none()))?;
            }
            Err(e) => {
                this.active.set(0);
                return Err(e);
            }
        }
    }
    tuple::try_from_vec(items).map(Some)
}
