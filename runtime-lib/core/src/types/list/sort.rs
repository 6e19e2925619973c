//! `list.sort`: CPython's powersort with its order of comparisons; the comparison is specialised when all keys are of one simple type.
//!
//! While the sort runs the list is empty, so that foreign code cannot reach the array; what it appended is thrown away and reported.
use super::cast;
use crate::call::{Args, call1, sig};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, decref};
use crate::object_protocol as protocol;
use crate::typeobj::CompareOp;
use crate::types::dict::{is_exact_str_word, strs_equal};
use crate::types::str;
use crate::types::tuple::{self, TupleObject};

/// `list.sort(*, key=None, reverse=False)`.
pub fn method(l: Ref, args: &Args) -> PyResult {
    crate::call::bind(sig!("sort($self, /, *, key=None, reverse=False)"), args, |b| {
        let reverse = match b.get(1) {
            Some(v) => protocol::truth(v)?,
            None => false,
        };
        sort(l, b.get_not_none(0), reverse)?;
        Ok(Own::none())
    })
}

/// Sorts in place (CPython: list_sort_impl).
pub fn sort(l: Ref, key: Option<Ref>, reverse: bool) -> PyResult<()> {
    let this = cast(l);
    let n = this.len.replace(0);
    let items = this.items.replace(core::ptr::null_mut());
    let capacity = this.capacity.replace(0);
    // SAFETY: the array is ours alone now.
    let words: &mut [Value] = if n == 0 {
        &mut []
    } else {
        unsafe { core::slice::from_raw_parts_mut(items, n) }
    };
    let mut result = sort_words(words, key, reverse);
    let changed = !this.items.get().is_null() || this.len.get() != 0;
    let (stray, stray_len) = (this.items.replace(items), this.len.replace(n));
    let stray_capacity = this.capacity.replace(capacity);
    if changed && result.is_ok() {
        result = exc::value_error(format_args!("list modified during sort"));
    }
    // SAFETY: what foreign code put into the list meanwhile.
    unsafe {
        for i in (0..stray_len).rev() {
            decref(*stray.add(i));
        }
        super::free_items(stray, stray_capacity);
    }
    result
}

fn sort_words(words: &mut [Value], key: Option<Ref>, reverse: bool) -> PyResult<()> {
    let Some(key) = key else {
        // A stable descending sort: reversed before and after.
        if reverse {
            words.reverse();
        }
        let r = sort_by(words, |v| *v);
        if reverse {
            words.reverse();
        }
        return r;
    };
    let mut keys: Vec<(Value, Value)> = Vec::with_capacity(words.len());
    let mut result = Ok(());
    for w in words.iter() {
        match call1(key, Ref::from_value(*w)) {
            Ok(k) => keys.push((k.into_value(), *w)),
            Err(e) => {
                result = Err(e);
                break;
            }
        }
    }
    if result.is_ok() {
        if reverse {
            keys.reverse();
        }
        result = sort_by(&mut keys, |p| p.0);
        if reverse {
            keys.reverse();
        }
        for (w, (_, v)) in words.iter_mut().zip(&keys) {
            *w = *v;
        }
    }
    let pending = exc::take();
    keys.iter().for_each(|(k, _)| decref(*k));
    if let Some(e) = pending {
        let _: PyResult<()> = exc::restore(e);
    }
    result
}

/// What all keys have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    SmallInt,
    Float,
    /// Exact str.
    Str,
    /// Exact tuples, none empty, whose first items are of one kind.
    Tuple(First),
    Any,
}
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    SmallInt,
    Float,
    Str,
    Any,
}
pub(super) fn first_kind(v: Value) -> First {
    if v.is_small_int() {
        First::SmallInt
    } else if v.is_small_float() {
        First::Float
    } else if is_exact_str_word(v) {
        First::Str
    } else {
        First::Any
    }
}
fn kind_of(mut keys: impl Iterator<Item = Value>) -> Kind {
    let Some(first) = keys.next() else { return Kind::Any };
    let simple = |v: Value| match first_kind(v) {
        First::SmallInt => Kind::SmallInt,
        First::Float => Kind::Float,
        First::Str => Kind::Str,
        First::Any => Kind::Any,
    };
    let of_tuple = |v: Value| -> Option<First> {
        let t = Ref::from_value(v);
        if !t.is_exact::<TupleObject>() || tuple::len(t) == 0 {
            return None;
        }
        Some(first_kind(tuple::items(t)[0]))
    };
    match simple(first) {
        Kind::Any => {
            let Some(mut kind) = of_tuple(first) else {
                return Kind::Any;
            };
            for v in keys {
                match of_tuple(v) {
                    None => return Kind::Any,
                    Some(k) if k != kind => kind = First::Any,
                    Some(_) => {}
                }
            }
            Kind::Tuple(kind)
        }
        kind => {
            if keys.all(|v| simple(v) == kind) {
                kind
            } else {
                Kind::Any
            }
        }
    }
}
/// `x < y`, eight bytes at a time: keys are short.
#[inline(always)]
fn bytes_less(x: &[u8], y: &[u8]) -> bool {
    let (a, b) = (x.chunks_exact(8), y.chunks_exact(8));
    let done = x.len().min(y.len()) & !7;
    for (p, q) in a.zip(b) {
        let word = |c: &[u8]| u64::from_be_bytes(c.try_into().expect("eight bytes"));
        let (p, q) = (word(p), word(q));
        if p != q {
            return p < q;
        }
    }
    for (p, q) in x[done..].iter().zip(&y[done..]) {
        if p != q {
            return p < q;
        }
    }
    x.len() < y.len()
}
#[inline]
fn str_less(a: Value, b: Value) -> bool {
    let (x, y) = (str::cast(Ref::from_value(a)), str::cast(Ref::from_value(b)));
    if str::unit_size(x) == 1 && str::unit_size(y) == 1 {
        return bytes_less(str::bytes(x), str::bytes(y));
    }
    str::code_points(x).lt(str::code_points(y))
}
/// CPython: Objects/listobject.c, ISLT with PyObject_RichCompare.
#[inline]
fn object_less(a: Value, b: Value) -> PyResult<bool> {
    if a.is_small_int() && b.is_small_int() {
        return Ok(a.as_small() < b.as_small());
    }
    if is_exact_str_word(a) && is_exact_str_word(b) {
        return Ok(str_less(a, b));
    }
    let r = protocol::compare(Ref::from_value(a), Ref::from_value(b), CompareOp::Lt)?;
    protocol::truth(r.r())
}
/// CPython: unsafe_tuple_compare.
fn tuple_less(a: Value, b: Value, first: First) -> PyResult<bool> {
    let (ta, tb) = (Ref::from_value(a), Ref::from_value(b));
    let (n, m) = (tuple::len(ta), tuple::len(tb));
    let mut i = 0;
    let (p, q) = (tuple::items(ta), tuple::items(tb));
    while i < n && i < m {
        let (x, y) = (p[i], q[i]);
        let equal = x == y
            || !(x.is_small_int() && y.is_small_int())
                && if is_exact_str_word(x) && is_exact_str_word(y) {
                    strs_equal(x, y)
                } else {
                    protocol::equal(Ref::from_value(x), Ref::from_value(y))?
                };
        if !equal {
            break;
        }
        i += 1;
    }
    if i >= n || i >= m {
        return Ok(n < m);
    }
    let (x, y) = (p[i], q[i]);
    if i > 0 {
        return object_less(x, y);
    }
    match first {
        First::SmallInt => Ok(x.as_small() < y.as_small()),
        First::Float => Ok(x.as_small_f64() < y.as_small_f64()),
        First::Str => Ok(str_less(x, y)),
        First::Any => object_less(x, y),
    }
}
fn sort_by<T: Copy>(words: &mut [T], key: impl Fn(&T) -> Value + Copy) -> PyResult<()> {
    use pyaot_text::sort::sort;
    if words.len() < 2 {
        return Ok(());
    }
    let kind = kind_of(words.iter().map(key));
    if kind == Kind::SmallInt {
        // Words of small ints are in the order of the ints.
        words.sort_by_key(|w| key(w).0 as i64);
        return Ok(());
    }
    if kind != Kind::Any {
        let keys: Vec<Value> = words.iter().map(key).collect();
        if let Some(order) = super::plain_sort::order(&keys, kind) {
            let old = words.to_vec();
            for (w, i) in words.iter_mut().zip(order) {
                *w = old[i];
            }
            return Ok(());
        }
    }
    match kind {
        Kind::Tuple(first) => sort(words, |a, b| tuple_less(key(&a), key(&b), first)),
        _ => sort(words, |a, b| object_less(key(&a), key(&b))),
    }
}

/// `sorted(v)`.
pub fn sorted(v: Ref, key: Option<Ref>, reverse: bool) -> PyResult {
    let l = super::from_iterable(v)?;
    sort(l.r(), key, reverse)?;
    Ok(l)
}
