//! `slice`, and what sequences do with indices and slices.
use crate::call::convert::{self, IntValue};
pub use crate::call::convert::{
    SliceBounds as Bounds, index as index_to_isize, index_object as index, is_index, item_index,
};
use crate::call::{Args, MethodDef, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, member};
use crate::types::range::arith;
use crate::types::repr_text::ReprText;
use crate::types::tuple;
pub use pyaot_abi::SliceObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for SliceObject {
    fn type_object() -> &'static TypeObject {
        &SLICE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_slice")]
pub static SLICE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "slice",
    basic_size: size_of::<SliceObject>(),
    flags: type_flag::GC,
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    slots: Slots {
        new: Some(new_instance),
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(richcompare),
        traverse: Some(|s, visit| {
            let s = cast(s);
            [s.start, s.stop, s.step].into_iter().for_each(visit);
        }),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[
        member("start", |s| Ok(Ref::from_value(cast(s).start).own())),
        member("stop", |s| Ok(Ref::from_value(cast(s).stop).own())),
        member("step", |s| Ok(Ref::from_value(cast(s).step).own())),
    ],
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("indices($self, length, /)"), indices).doc(
        "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices.",
    ),
    noargs(sig!("__reduce__($self, /)"), |s| {
        let [a, b, c] = parts(s);
        tuple::pair(SLICE_TYPE.own(), tuple::from_refs([a, b, c])?)
    })
    .doc("Return state information for pickling."),
];

fn cast(s: Ref<'_>) -> &SliceObject {
    // SAFETY: the caller passes a slice.
    unsafe { s.cast() }
}
fn parts(s: Ref<'_>) -> [Ref<'_>; 3] {
    let s = cast(s);
    [s.start, s.stop, s.step].map(Ref::from_value)
}
pub fn is_slice(v: Ref) -> bool {
    v.is_exact::<SliceObject>()
}
pub fn new(start: Own, stop: Own, step: Own) -> PyResult {
    alloc::object(|header| SliceObject {
        header,
        start: start.into_value(),
        stop: stop.into_value(),
        step: step.into_value(),
    })
}
fn new_instance(_cls: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("slice")?;
    args.count("slice", 1, 3)?;
    let get = |i| args.get(i).map_or(Own::none(), Ref::own);
    if args.len() == 1 {
        return new(Own::none(), get(0), Own::none());
    }
    new(get(0), get(1), get(2))
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let s = unsafe { &*p.cast::<SliceObject>() };
    [s.step, s.start, s.stop].into_iter().for_each(decref);
}
fn repr(s: Ref) -> PyResult {
    let [a, b, c] = parts(s);
    let mut out = ReprText::new();
    out.push("slice(");
    out.push_repr(a)?
        .push(", ")
        .push_repr(b)?
        .push(", ")
        .push_repr(c)?
        .push(")");
    out.finish()
}
/// CPython: Objects/sliceobject.c, slicehash: the tuple hash of the three parts, without the length step.
fn hash(s: Ref) -> PyResult<i64> {
    const PRIME_1: u64 = 11400714785074694791;
    const PRIME_2: u64 = 14029467366897019727;
    const PRIME_5: u64 = 2870177450012600261;
    let mut acc = PRIME_5;
    for v in parts(s) {
        let lane = protocol::hash(v)? as u64;
        acc = acc
            .wrapping_add(lane.wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
    }
    Ok(if acc == u64::MAX { 1546275796 } else { acc as i64 })
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_slice(a) || !is_slice(b) {
        return Ok(Own::not_implemented());
    }
    if a.is(b) {
        return Ok(Own::bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
    }
    let (x, y) = (tuple::from_refs(parts(a))?, tuple::from_refs(parts(b))?);
    protocol::compare(x.r(), y.r(), op)
}

// ---- indices ----

/// The value of an int or bool (or instance of a subclass); `None` outside of i64, with the sign from [`is_negative`].
#[inline]
pub fn int_value(v: Ref) -> Option<i64> {
    match convert::int_value(v) {
        IntValue::Fits(i) => Some(i),
        _ => None,
    }
}
/// Sign of an int.
pub fn is_negative(v: Ref) -> bool {
    match convert::int_value(v) {
        IntValue::Fits(i) => i < 0,
        side => side == IntValue::TooSmall,
    }
}
/// `start` and `stop` of `index` methods, put into `0..` (CPython: _PyEval_SliceIndexNotNone and the code behind it).
pub fn search_bounds(start: Option<Ref>, stop: Option<Ref>, len: usize) -> PyResult<(usize, usize)> {
    let place = |v: Option<Ref>, default: isize| -> PyResult<usize> {
        if v.is_some_and(Ref::is_none) {
            return exc::type_error(format_args!(
                "slice indices must be integers or have an __index__ method"
            ));
        }
        let i = convert::slice_index(v, default)?;
        Ok(if i < 0 {
            i.saturating_add(len as isize).max(0)
        } else {
            i
        } as usize)
    };
    Ok((place(start, 0)?, place(stop, isize::MAX)?))
}

/// Start, stop and step as machine numbers; may run Python code.
pub fn unpack(s: Ref) -> PyResult<(isize, isize, isize)> {
    convert::slice_unpack(cast(s))
}
/// The part of a sequence of `len` items that an unpacked slice names.
pub fn adjust(parts: (isize, isize, isize), len: usize) -> Bounds {
    convert::adjust(len, parts)
}

/// Start, stop and step for a sequence of `length` (an int, not negative), of any size (CPython: _PySlice_GetLongIndices).
pub fn long_indices(s: Ref, length: Ref) -> PyResult<[Own; 3]> {
    let [start, stop, step] = parts(s);
    let long = |v: Ref| {
        if !is_index(v) {
            return exc::type_error(format_args!(
                "slice indices must be integers or None or have an __index__ method"
            ));
        }
        index(v)
    };
    let step = if step.is_none() { Own::int(1) } else { long(step)? };
    if int_value(step.r()) == Some(0) {
        return exc::value_error(format_args!("slice step cannot be zero"));
    }
    let negative = is_negative(step.r());
    let one = Own::int(1);
    let (lower, upper) = if negative {
        (Own::int(-1), arith::sub(length, one.r())?)
    } else {
        (Own::int(0), length.own())
    };
    let place = |v: Ref, default: &Own| -> PyResult {
        if v.is_none() {
            return Ok(default.clone());
        }
        let mut i = long(v)?;
        if is_negative(i.r()) {
            i = arith::add(i.r(), length)?;
            if arith::less(i.r(), lower.r())? {
                return Ok(lower.clone());
            }
        } else if arith::less(upper.r(), i.r())? {
            return Ok(upper.clone());
        }
        Ok(i)
    };
    let start = place(start, if negative { &upper } else { &lower })?;
    let stop = place(stop, if negative { &lower } else { &upper })?;
    Ok([start, stop, step])
}
fn indices(s: Ref, length: Ref) -> PyResult {
    let length = index(length)?;
    if is_negative(length.r()) {
        return exc::value_error(format_args!("length should not be negative"));
    }
    let parts = long_indices(s, length.r())?;
    tuple::try_from_vec(parts.into())
}
