//! `range`: start, stop and step are ints of any size.
use crate::call::{Args, MethodDef, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, member};
use crate::types::iterators::range as iterators;
use crate::types::repr_text::ReprText;
use crate::types::slice::{self, int_value, is_negative};
use crate::types::tuple;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct RangeObject {
    header: Header,
    start: Value,
    stop: Value,
    step: Value,
    length: Value,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for RangeObject {
    fn type_object() -> &'static TypeObject {
        &RANGE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_range")]
pub static RANGE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "range",
    basic_size: size_of::<RangeObject>(),
    flags: type_flag::SEQUENCE,
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    slots: Slots {
        new: Some(new_instance),
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(richcompare),
        iter: Some(|r| iterators::new(start(r), step(r), length(r))),
        nb_bool: Some(|r| Ok(int_value(length(r)) != Some(0))),
        sq_length: Some(len),
        sq_item: Some(|r, i| item(r, Own::int(i as i64).r())),
        sq_contains: Some(contains),
        mp_length: Some(len),
        mp_subscript: Some(subscript),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[
        member("start", |r| Ok(start(r).own())),
        member("stop", |r| Ok(stop(r).own())),
        member("step", |r| Ok(step(r).own())),
    ],
    ..TypeDef::NEW
});
static METHODS: &[MethodDef] = &[
    noargs(sig!("__reversed__($self, /)"), reversed).doc("Return a reverse iterator."),
    noargs(sig!("__reduce__($self, /)"), |r| {
        tuple::pair(RANGE_TYPE.own(), tuple::from_refs([start(r), stop(r), step(r)])?)
    }),
    one(sig!("count($self, object, /)"), count)
        .doc("rangeobject.count(value) -> integer -- return number of occurrences of value"),
    one(sig!("index($self, object, /)"), index).doc(
        "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
    ),
];

/// Exact arithmetic of ints of any size.
pub mod arith {
    use super::*;
    use crate::typeobj::slots::BinaryFn;
    use crate::types::int::INT_TYPE;

    #[cold]
    fn big(f: Option<BinaryFn>, a: Ref, b: Ref) -> PyResult {
        match f {
            Some(f) => f(a, b),
            None => exc::overflow_error(format_args!("int too large")),
        }
    }
    macro_rules! op {
        ($name:ident, $slot:ident, $fast:expr) => {
            #[inline]
            pub fn $name(a: Ref, b: Ref) -> PyResult {
                if let (Some(x), Some(y)) = (int_value(a), int_value(b)) {
                    let fast: fn(i64, i64) -> Option<i64> = $fast;
                    if let Some(r) = fast(x, y) {
                        return Ok(Own::int(r));
                    }
                }
                big(INT_TYPE.slots().$slot, a, b)
            }
        };
    }
    op!(add, nb_add, i64::checked_add);
    op!(sub, nb_subtract, i64::checked_sub);
    op!(mul, nb_multiply, i64::checked_mul);
    op!(floor_div, nb_floor_divide, |x, y| {
        let q = x.checked_div(y)?;
        Some(if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q })
    });
    op!(modulo, nb_remainder, |x, y| {
        let r = x.checked_rem(y)?;
        Some(if r != 0 && (r < 0) != (y < 0) { r + y } else { r })
    });
    pub fn negate(a: Ref) -> PyResult {
        sub(Own::int(0).r(), a)
    }
    fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult<bool> {
        if let (Some(x), Some(y)) = (int_value(a), int_value(b)) {
            return Ok(op.test(x.cmp(&y)));
        }
        match INT_TYPE.slots().richcompare {
            Some(f) => Ok(f(a, b, op)?.value() == Value::TRUE),
            None => exc::overflow_error(format_args!("int too large")),
        }
    }
    pub fn less(a: Ref, b: Ref) -> PyResult<bool> {
        compare(a, b, CompareOp::Lt)
    }
    pub fn same(a: Ref, b: Ref) -> PyResult<bool> {
        compare(a, b, CompareOp::Eq)
    }
}
use arith::{add, less, mul, sub};

fn cast(r: Ref<'_>) -> &RangeObject {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { r.cast() }
}
fn start(r: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(r).start)
}
fn stop(r: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(r).stop)
}
fn step(r: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(r).step)
}
fn length(r: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(r).length)
}
pub fn is_range(v: Ref) -> bool {
    v.is_exact::<RangeObject>()
}

/// Ints; `step` is not zero.
pub fn new(start: Own, stop: Own, step: Own) -> PyResult {
    let length = length_of(start.r(), stop.r(), step.r())?;
    alloc::object(|header| RangeObject {
        header,
        start: start.into_value(),
        stop: stop.into_value(),
        step: step.into_value(),
        length: length.into_value(),
    })
}
/// CPython: compute_range_length.
fn length_of(start: Ref, stop: Ref, step: Ref) -> PyResult {
    if let (Some(a), Some(b), Some(s)) = (start.small_int(), stop.small_int(), step.small_int()) {
        let (low, high, s) = if s > 0 { (a, b, s) } else { (b, a, -s) };
        return Ok(Own::int(if low >= high { 0 } else { (high - low - 1) / s + 1 }));
    }
    let negative = is_negative(step);
    let (low, high) = if negative { (stop, start) } else { (start, stop) };
    if !less(low, high)? {
        return Ok(Own::int(0));
    }
    let one = Own::int(1);
    let step = if negative { arith::negate(step)? } else { step.own() };
    let difference = sub(sub(high, low)?.r(), one.r())?;
    add(arith::floor_div(difference.r(), step.r())?.r(), one.r())
}
fn new_instance(_cls: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("range")?;
    args.count("range", 1, 3)?;
    // Instances of subclasses of int become plain ints, so that arithmetic is int's own.
    let int = |i: usize| -> PyResult<Option<Own>> {
        match args.get(i) {
            None => Ok(None),
            Some(v) => {
                let n = slice::index(v)?;
                if n.value().is_small_int() {
                    Ok(Some(n))
                } else {
                    Ok(Some(add(n.r(), Own::int(0).r())?))
                }
            }
        }
    };
    let (Some(first), second, third) = (int(0)?, int(1)?, int(2)?) else {
        return Ok(Own::none());
    };
    let step = third.unwrap_or_else(|| Own::int(1));
    if int_value(step.r()) == Some(0) {
        return exc::value_error(format_args!("range() arg 3 must not be zero"));
    }
    match second {
        None => new(Own::int(0), first, step),
        Some(stop) => new(first, stop, step),
    }
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let r = unsafe { &*p.cast::<RangeObject>() };
    [r.start, r.stop, r.step, r.length].into_iter().for_each(decref);
}
fn repr(r: Ref) -> PyResult {
    let mut out = ReprText::new();
    out.push("range(");
    out.push_repr(start(r))?.push(", ").push_repr(stop(r))?;
    if int_value(step(r)) != Some(1) {
        out.push(", ").push_repr(step(r))?;
    }
    out.push(")");
    out.finish()
}
fn len(r: Ref) -> PyResult<usize> {
    match int_value(length(r)) {
        Some(n) => Ok(n as usize),
        None => exc::overflow_error(format_args!("Python int too large to convert to C ssize_t")),
    }
}
/// `start + i * step`.
fn value_at(r: Ref, i: Ref) -> PyResult {
    add(start(r), mul(i, step(r))?.r())
}
/// CPython: compute_range_item.
fn item(r: Ref, i: Ref) -> PyResult {
    let mut i = i.own();
    if is_negative(i.r()) {
        i = add(i.r(), length(r))?;
    }
    if is_negative(i.r()) || !less(i.r(), length(r))? {
        return exc::index_error(format_args!("range object index out of range"));
    }
    value_at(r, i.r())
}
fn subscript(r: Ref, key: Ref) -> PyResult {
    if slice::is_index(key) {
        return item(r, slice::index(key)?.r());
    }
    if slice::is_slice(key) {
        let [a, b, s] = slice::long_indices(key, length(r))?;
        let new_step = mul(step(r), s.r())?;
        return new(value_at(r, a.r())?, value_at(r, b.r())?, new_step);
    }
    exc::type_error(format_args!(
        "range indices must be integers or slices, not {}",
        key.ty().name()
    ))
}
/// An exact int or bool, for which membership is arithmetic.
fn is_plain_int(v: Ref) -> bool {
    v.value().is_small_int() || v.value().is_bool() || v.is_exact::<crate::types::int::IntObject>()
}
/// CPython: range_contains_long.
fn contains_int(r: Ref, v: Ref) -> PyResult<bool> {
    let inside = if is_negative(step(r)) {
        !less(start(r), v)? && less(stop(r), v)?
    } else {
        !less(v, start(r))? && less(v, stop(r))?
    };
    if !inside {
        return Ok(false);
    }
    let offset = sub(v, start(r))?;
    Ok(int_value(arith::modulo(offset.r(), step(r))?.r()) == Some(0))
}
fn contains(r: Ref, v: Ref) -> PyResult<bool> {
    if is_plain_int(v) {
        return contains_int(r, v);
    }
    let it = protocol::iter(r)?;
    while let Some(x) = super::iterators::next(it.r())? {
        if protocol::equal(x.r(), v)? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn count(r: Ref, v: Ref) -> PyResult {
    if is_plain_int(v) {
        return Ok(Own::int(contains_int(r, v)? as i64));
    }
    let it = protocol::iter(r)?;
    let mut n = 0;
    while let Some(x) = super::iterators::next(it.r())? {
        n += protocol::equal(x.r(), v)? as usize;
    }
    Ok(Own::usize(n))
}
fn index(r: Ref, v: Ref) -> PyResult {
    if is_plain_int(v) {
        if contains_int(r, v)? {
            let offset = sub(v, start(r))?;
            return arith::floor_div(offset.r(), step(r));
        }
        return exc::value_error(format_args!("range.index(x): x not in range"));
    }
    let it = protocol::iter(r)?;
    let mut i = 0;
    while let Some(x) = super::iterators::next(it.r())? {
        if protocol::equal(x.r(), v)? {
            return Ok(Own::usize(i));
        }
        i += 1;
    }
    exc::value_error(format_args!("sequence.index(x): x not in sequence"))
}
/// Length, then start unless empty, then step unless there is only one item (CPython: range_hash, range_equals).
fn key(r: Ref<'_>) -> [Ref<'_>; 3] {
    let none = Ref::from_value(Value::NONE);
    match int_value(length(r)) {
        Some(0) => [length(r), none, none],
        Some(1) => [length(r), start(r), none],
        _ => [length(r), start(r), step(r)],
    }
}
fn hash(r: Ref) -> PyResult<i64> {
    let mut h = pyaot_text::hash::Tuple::new();
    for v in key(r) {
        h.add(protocol::hash(v)?);
    }
    Ok(h.finish())
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_range(a) || !is_range(b) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let mut equal = true;
    for (x, y) in key(a).into_iter().zip(key(b)) {
        equal = equal && (x.is(y) || (!x.is_none() && !y.is_none() && arith::same(x, y)?));
    }
    Ok(Own::bool(equal == (op == CompareOp::Eq)))
}
fn reversed(r: Ref) -> PyResult {
    let last = if int_value(length(r)) == Some(0) {
        sub(start(r), step(r))?
    } else {
        value_at(r, sub(length(r), Own::int(1).r())?.r())?
    };
    iterators::new(last.r(), arith::negate(step(r))?.r(), length(r))
}
