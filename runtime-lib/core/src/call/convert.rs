//! Conversions of single arguments, with the words of CPython's argument clinic: indices, sizes, slices, text.
//!
//! In: an argument. Out: a machine value or the exception. `index*` run `__index__`, so nothing borrowed from an object's
//! content may be held across them.
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::types::int::IntObject;
use crate::types::str as str_;
use pyaot_abi::{SliceObject, type_flag};

/// TypeError `f() which must be expected, not got` (CPython: Python/getargs.c, _PyArg_BadArgument).
#[cold]
pub fn bad_argument<R>(f: &str, which: &str, expected: &str, arg: Ref) -> PyResult<R> {
    exc::type_error(format_args!("{f}() {which} must be {expected}, not {}", type_name(arg)))
}

/// The type's name as argument errors print it: "None" for None.
pub fn type_name(arg: Ref) -> &'static str {
    if arg.is_none() { "None" } else { arg.ty().full_name() }
}

/// The value of an int (or an instance of a subclass), or which side of the i64 range it lies on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntValue {
    Fits(i64),
    TooSmall,
    TooLarge,
}

/// `v` is an int, bool or instance of a subclass.
#[inline]
pub fn int_value(v: Ref) -> IntValue {
    let w = v.value();
    if w.is_small_int() {
        return IntValue::Fits(w.as_small());
    }
    if w.is_bool() {
        return IntValue::Fits((w == Value::TRUE) as i64);
    }
    // SAFETY: by contract a heap int; `len` states the limbs.
    let (len, limb) = unsafe {
        let i = &*w.as_ptr::<IntObject>();
        let len = i.len.get();
        (len, if len == 0 { 0 } else { *i.limbs.as_ptr() })
    };
    match len {
        0 => IntValue::Fits(0),
        1 if limb <= i64::MAX as u64 => IntValue::Fits(limb as i64),
        -1 if limb <= 1 << 63 => IntValue::Fits((limb as i64).wrapping_neg()),
        n if n < 0 => IntValue::TooSmall,
        _ => IntValue::TooLarge,
    }
}

/// `operator.index(v)`: an int (CPython: Objects/abstract.c, _PyNumber_Index).
#[inline]
pub fn index_object(v: Ref) -> PyResult {
    if v.value().is_small_int() || v.ty().has(type_flag::INT) {
        return Ok(v.own());
    }
    crate::object_protocol::index(v)
}

/// True for what [`index_object`] accepts.
pub fn is_index(v: Ref) -> bool {
    v.value().is_small_int() || v.ty().has(type_flag::INT) || v.ty().slots().nb_index.is_some()
}

/// A Py_ssize_t argument; OverflowError outside.
#[inline]
pub fn index(v: Ref) -> PyResult<isize> {
    if let Some(i) = v.small_int() {
        return Ok(i as isize);
    }
    match int_value(index_object(v)?.r()) {
        IntValue::Fits(i) => Ok(i as isize),
        _ => exc::overflow_error(format_args!("Python int too large to convert to C ssize_t")),
    }
}

/// An index of an item; IndexError outside the machine range.
#[inline]
pub fn item_index(v: Ref) -> PyResult<isize> {
    index_or(v, &exc::types::INDEX_ERROR)
}

/// An index; `error` with "cannot fit 'T' into an index-sized integer" outside the machine range
/// (CPython: PyNumber_AsSsize_t).
#[inline]
pub fn index_or(v: Ref, error: &'static crate::typeobj::TypeObject) -> PyResult<isize> {
    if let Some(i) = v.small_int() {
        return Ok(i as isize);
    }
    match int_value(index_object(v)?.r()) {
        IntValue::Fits(i) => Ok(i as isize),
        _ => exc::raise(
            error,
            format_args!("cannot fit '{}' into an index-sized integer", v.ty().full_name()),
        ),
    }
}

/// An index clipped to the machine range.
pub fn index_clipped(v: Ref) -> PyResult<isize> {
    Ok(clip(int_value(index_object(v)?.r())))
}

fn clip(v: IntValue) -> isize {
    match v {
        IntValue::Fits(i) => i as isize,
        IntValue::TooSmall => isize::MIN,
        IntValue::TooLarge => isize::MAX,
    }
}

/// A bound of a slice (CPython: Python/ceval.c, _PyEval_SliceIndex); `None` gives `default`.
#[inline]
pub fn slice_index(v: Option<Ref>, default: isize) -> PyResult<isize> {
    let Some(v) = v else { return Ok(default) };
    if let Some(i) = v.small_int() {
        return Ok(i as isize);
    }
    if v.is_none() {
        return Ok(default);
    }
    if !is_index(v) {
        return exc::type_error(format_args!(
            "slice indices must be integers or None or have an __index__ method"
        ));
    }
    index_clipped(v)
}

/// Start and end arguments of the find family, put into `0..=len` (CPython: ADJUST_INDICES). `start` may exceed `end`.
#[inline]
pub fn range_of(start: isize, end: isize, len: usize) -> (usize, usize) {
    let n = len as isize;
    let end = if end > n {
        n
    } else if end < 0 {
        (end + n).max(0)
    } else {
        end
    };
    let start = if start < 0 { (start + n).max(0) } else { start };
    (start as usize, end as usize)
}

/// A C int argument.
pub fn c_int(v: Ref) -> PyResult<i32> {
    match int_value(index_object(v)?.r()) {
        IntValue::Fits(i) if i32::try_from(i).is_ok() => Ok(i as i32),
        _ => exc::overflow_error(format_args!("Python int too large to convert to C int")),
    }
}

/// A str argument without its embedded NULs test.
pub fn str_arg<'a>(f: &str, which: &str, v: Ref<'a>) -> PyResult<Ref<'a>> {
    if v.ty().has(type_flag::STR) {
        Ok(v)
    } else {
        bad_argument(f, which, "str", v)
    }
}

/// What a C string argument accepts: a str without NUL characters, as UTF-8.
pub fn text_arg<'a>(f: &str, which: &str, v: Ref<'a>) -> PyResult<std::borrow::Cow<'a, str>> {
    let text = str_::to_utf8(str_arg(f, which, v)?)?;
    if text.contains('\0') {
        return exc::value_error(format_args!("embedded null character"));
    }
    Ok(text)
}

/// A slice applied to a sequence: `count` items from `start` with `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceBounds {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

/// `start`, `stop` and `step` of a slice as machine numbers (CPython: Objects/sliceobject.c, PySlice_Unpack). May run Python code:
/// the length is given to [`adjust`] afterwards.
pub fn slice_unpack(s: &SliceObject) -> PyResult<(isize, isize, isize)> {
    let step = Ref::from_value(s.step);
    let step = if step.is_none() {
        1
    } else {
        match slice_index(Some(step), 1)? {
            0 => return exc::value_error(format_args!("slice step cannot be zero")),
            n => n.max(-isize::MAX),
        }
    };
    let start = slice_index(Some(Ref::from_value(s.start)), if step < 0 { isize::MAX } else { 0 })?;
    let stop = slice_index(
        Some(Ref::from_value(s.stop)),
        if step < 0 { isize::MIN } else { isize::MAX },
    )?;
    Ok((start, stop, step))
}

/// CPython: Objects/sliceobject.c, PySlice_AdjustIndices.
pub fn adjust(len: usize, (start, stop, step): (isize, isize, isize)) -> SliceBounds {
    let n = len as isize;
    let place = |i: isize| {
        if i < 0 {
            let i = i.saturating_add(n);
            if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
        } else if i >= n {
            if step < 0 { n - 1 } else { n }
        } else {
            i
        }
    };
    let (start, stop) = (place(start), place(stop));
    let count = if step < 0 {
        if stop < start {
            (start - stop - 1) / -step + 1
        } else {
            0
        }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    SliceBounds {
        start,
        stop,
        step,
        count: count as usize,
    }
}

/// Both steps at once, for lengths that `__index__` cannot change.
pub fn slice_bounds(s: &SliceObject, len: usize) -> PyResult<SliceBounds> {
    Ok(adjust(len, slice_unpack(s)?))
}

/// The slice, if `v` is one.
pub fn as_slice(v: Ref<'_>) -> Option<&SliceObject> {
    v.downcast_exact::<SliceObject>()
}

/// An owned list of the items of any iterable (CPython: PySequence_Fast); `message` is the TypeError for what is not iterable.
pub fn sequence(v: Ref, message: &str) -> PyResult<Vec<Own>> {
    use crate::types::{list, tuple};
    if v.is_exact::<list::ListObject>() {
        // SAFETY: taking references runs no code.
        return Ok(unsafe { list::items(v.cast()) }
            .iter()
            .map(|v| Ref::from_value(*v).own())
            .collect());
    }
    if v.is_exact::<tuple::TupleObject>() {
        return Ok(tuple::items(v).iter().map(|v| Ref::from_value(*v).own()).collect());
    }
    let it = match crate::object_protocol::iter(v) {
        Ok(it) => it,
        Err(e) => {
            if exc::raised_is(&exc::types::TYPE_ERROR) {
                drop(exc::take());
                return exc::type_error(format_args!("{message}"));
            }
            return Err(e);
        }
    };
    let mut items = Vec::new();
    while let Some(v) = crate::object_protocol::next(it.r())? {
        items.push(v);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_cut_as_cpython_cuts_them() {
        let b = |len, s| {
            let b = adjust(len, s);
            (b.start, b.stop, b.count)
        };
        assert_eq!(b(5, (0, isize::MAX, 1)), (0, 5, 5));
        assert_eq!(b(5, (isize::MAX, isize::MIN, -1)), (4, -1, 5));
        assert_eq!(b(5, (-2, isize::MAX, 1)), (3, 5, 2));
        assert_eq!(b(5, (4, 0, -2)), (4, 0, 2));
        assert_eq!(b(5, (3, 1, 1)), (3, 1, 0));
        assert_eq!(b(0, (isize::MAX, isize::MIN, -isize::MAX)), (-1, -1, 0));
    }

    #[test]
    fn find_bounds() {
        assert_eq!(range_of(0, isize::MAX, 4), (0, 4));
        assert_eq!(range_of(-3, -1, 4), (1, 3));
        assert_eq!(range_of(9, isize::MAX, 4), (9, 4));
        assert_eq!(range_of(isize::MIN + 1, isize::MIN + 1, 4), (0, 0));
    }
}
