//! The order of keys whose comparison runs no code, so that nobody can tell which of them were compared: ints, floats, texts, and tuples
//! of these.
//!
//! A key is a number in the order of the keys, as far as one word goes; only keys with the same number are compared themselves.
use super::sort::{First, Kind, first_kind};
use crate::object::{Ref, Value};
use crate::types::str;
use crate::types::tuple;
use core::cmp::Ordering;

/// The places of the keys in ascending order, equal ones as they stand; `None` where a comparison might run code or depend on the order
/// of comparisons (NaN).
pub fn order(keys: &[Value], kind: Kind) -> Option<Vec<usize>> {
    let (number, compare) = match kind {
        Kind::Str => (begin_of(First::Str, keys.iter().copied()), compare_of(First::Str)),
        Kind::Float => {
            column(keys.iter().copied())?;
            (begin_of(First::Float, [].into_iter()), compare_of(First::Float))
        }
        Kind::Tuple(_) => {
            let width = items(keys[0]).len();
            if keys.iter().any(|k| items(*k).len() != width) {
                return None;
            }
            for i in 1..width {
                column(keys.iter().map(|k| items(*k)[i]))?;
            }
            let firsts = keys.iter().map(|k| items(*k)[0]);
            let kind = column(firsts.clone())?;
            (begin_of(kind, firsts), compare_tuples as Compare)
        }
        Kind::SmallInt | Kind::Any => return None,
    };
    let is_tuple = matches!(kind, Kind::Tuple(_));
    let begins = keys.iter().map(|k| number(if is_tuple { items(*k)[0] } else { *k }));
    let mut tagged: Vec<(u64, usize)> = begins.zip(0..).collect();
    tagged.sort_by(|a, b| match a.0 == b.0 {
        true => compare(keys[a.1], keys[b.1]),
        false => a.0.cmp(&b.0),
    });
    Some(tagged.into_iter().map(|t| t.1).collect())
}

fn items(v: Value) -> &'static [Value] {
    tuple::items(Ref::from_value(v))
}

/// What all these values are; `None` when that is not one thing, or some cannot be ordered.
fn column(mut values: impl Iterator<Item = Value>) -> Option<First> {
    let is = |v: Value| match first_kind(v) {
        First::Any => None,
        First::Float if v.as_small_f64().is_nan() => None,
        kind => Some(kind),
    };
    let kind = is(values.next()?)?;
    values.all(|v| is(v) == Some(kind)).then_some(kind)
}

/// Numbers in the order of the values.
fn begin_of(kind: First, mut values: impl Iterator<Item = Value>) -> fn(Value) -> u64 {
    const SIGN: u64 = 1 << 63;
    match kind {
        First::SmallInt => |v| v.as_small() as u64 ^ SIGN,
        First::Float => |v| {
            // (Both zeros are one number.)
            let bits = (v.as_small_f64() + 0.0).to_bits();
            if bits & SIGN != 0 { !bits } else { bits | SIGN }
        },
        First::Str if values.all(|v| str::unit_size(str::cast(Ref::from_value(v))) == 1) => |v| {
            let text = str::bytes(str::cast(Ref::from_value(v)));
            let mut word = [0; 8];
            let n = text.len().min(8);
            word[..n].copy_from_slice(&text[..n]);
            u64::from_be_bytes(word)
        },
        _ => |_| 0,
    }
}

type Compare = fn(Value, Value) -> Ordering;

/// How values with the same number compare.
fn compare_of(kind: First) -> Compare {
    match kind {
        First::Str => compare_texts,
        _ => |_, _| Ordering::Equal,
    }
}

fn compare_texts(a: Value, b: Value) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    str::units(Ref::from_value(a)).compare(str::units(Ref::from_value(b)))
}

/// Tuples of the same length with the same kinds of items.
fn compare_tuples(a: Value, b: Value) -> Ordering {
    for (x, y) in items(a).iter().zip(items(b)) {
        let order = if x == y {
            Ordering::Equal
        } else if x.is_small_int() {
            x.as_small().cmp(&y.as_small())
        } else if x.is_small_float() {
            (x.as_small_f64() + 0.0).total_cmp(&(y.as_small_f64() + 0.0))
        } else {
            compare_texts(*x, *y)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
