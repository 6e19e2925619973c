//! What the operators make of constants, for folding.
//!
//! In: an operator and constant operands. Out: the value, or `None` where Python raises or CPython declines because
//! the value would be large. The result must be the value that CPython computes, to the bit.
//! CPython: Python/flowgraph.c, eval_const_binop and eval_const_unaryop.

mod number;

use rustc_hash::FxHashSet as HashSet;
use std::sync::Arc;

use pyaot_code::opcode::nb;
use pyaot_code::{Constant, Opcode, PyStr};

use number::Number;

/// Limits of `const_folding_safe_*`: bits, items, characters, items of nested tuples.
const MAX_INT_SIZE: usize = 128;
const MAX_COLLECTION_SIZE: i64 = 256;
const MAX_STR_SIZE: i64 = 4096;
const MAX_TOTAL_ITEMS: i64 = 1024;

/// Python's truth of a constant.
pub(super) fn is_true(value: &Constant) -> bool {
    match value {
        Constant::None => false,
        Constant::Bool(b) => *b,
        Constant::Int(n) => *n != 0,
        Constant::Float(bits) => f64::from_bits(*bits) != 0.0,
        Constant::Complex(re, im) => f64::from_bits(*re) != 0.0 || f64::from_bits(*im) != 0.0,
        Constant::Str(s) => !s.is_empty(),
        Constant::Bytes(s) => !s.is_empty(),
        Constant::Tuple(items) => !items.is_empty(),
        Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Ellipsis | Constant::BigInt(_) | Constant::Slice(_) | Constant::Code(_) => true,
    }
}

/// The frozenset of `items`; of items that Python holds equal the first stays.
pub(super) fn frozenset(items: Vec<Constant>) -> Constant {
    let mut seen = HashSet::with_capacity_and_hasher(items.len(), Default::default());
    Constant::frozenset(items.into_iter().filter(|item| seen.insert(canonical(item))).collect())
}

/// The same constant for all that Python holds equal: `True`, `1`, `1.0` and `1+0j` give `1`.
fn canonical(value: &Constant) -> Constant {
    match value {
        Constant::Tuple(items) => Constant::Tuple(items.iter().map(canonical).collect()),
        Constant::Slice(parts) => Constant::Slice(Arc::new(parts.each_ref().map(canonical))),
        _ => match Number::new(value) {
            Some(number) => number.canonical(),
            None => value.clone(),
        },
    }
}

pub(super) fn unary(opcode: Opcode, operand: &Constant) -> Option<Constant> {
    match opcode {
        Opcode::UNARY_NOT => Some(Constant::Bool(!is_true(operand))),
        Opcode::UNARY_NEGATIVE => Number::new(operand)?.negative(),
        // `~True` warns when it runs, so it is left to run.
        Opcode::UNARY_INVERT if matches!(operand, Constant::Bool(_)) => None,
        Opcode::UNARY_INVERT => Number::new(operand)?.invert(),
        // The only other caller is INTRINSIC_UNARY_POSITIVE.
        _ => Number::new(operand)?.positive(),
    }
}

pub(super) fn binary(left: &Constant, op: u32, right: &Constant) -> Option<Constant> {
    if op == nb::SUBSCR {
        return subscript(left, right);
    }
    if let (nb::AND | nb::OR | nb::XOR, Constant::Bool(a), Constant::Bool(b)) = (op, left, right) {
        return Some(Constant::Bool(match op {
            nb::AND => a & b,
            nb::OR => a | b,
            _ => a ^ b,
        }));
    }
    if let (Some(a), Some(b)) = (Number::new(left), Number::new(right)) {
        return a.binary(op, &b);
    }
    match (op, left, right) {
        (nb::ADD, Constant::Str(a), Constant::Str(b)) => {
            PyStr::from_surrogatepass(&[a.as_bytes(), b.as_bytes()].concat()).map(Constant::Str)
        }
        (nb::ADD, Constant::Bytes(a), Constant::Bytes(b)) => Some(Constant::bytes(&[&a[..], &b[..]].concat())),
        (nb::ADD, Constant::Tuple(a), Constant::Tuple(b)) => {
            Some(Constant::Tuple(a.iter().chain(b.iter()).cloned().collect()))
        }
        (nb::MULTIPLY, Constant::Int(_) | Constant::Bool(_), sequence) => repeat(sequence, left),
        (nb::MULTIPLY, sequence, Constant::Int(_) | Constant::Bool(_)) => repeat(sequence, right),
        _ => None,
    }
}

/// CPython: Python/flowgraph.c, const_folding_safe_multiply
fn repeat(sequence: &Constant, count: &Constant) -> Option<Constant> {
    let n = match count {
        Constant::Int(n) => *n,
        Constant::Bool(b) => i64::from(*b),
        _ => return None,
    };
    let (size, limit) = match sequence {
        Constant::Tuple(items) => (items.len() as i64, MAX_COLLECTION_SIZE),
        Constant::Str(s) => (s.len() as i64, MAX_STR_SIZE),
        Constant::Bytes(s) => (s.len() as i64, MAX_STR_SIZE),
        _ => return None,
    };
    if size == 0 {
        return Some(sequence.clone());
    }
    if n < 0 || n > limit / size {
        return None;
    }
    if let Constant::Tuple(_) = sequence
        && n != 0
        && check_complexity(sequence, MAX_TOTAL_ITEMS / n) < 0
    {
        return None;
    }
    let n = n as usize;
    Some(match sequence {
        Constant::Tuple(items) => Constant::Tuple(std::iter::repeat_n(items.iter(), n).flatten().cloned().collect()),
        Constant::Str(s) => Constant::Str(PyStr::from_surrogatepass(&s.as_bytes().repeat(n))?),
        Constant::Bytes(s) => Constant::Bytes(s.repeat(n).into()),
        _ => return None,
    })
}

/// What is left of `limit` after the items of nested tuples; negative: too many.
/// CPython: Python/flowgraph.c, const_folding_check_complexity
fn check_complexity(value: &Constant, mut limit: i64) -> i64 {
    if let Constant::Tuple(items) = value {
        limit -= items.len() as i64;
        for item in items.iter() {
            if limit < 0 {
                break;
            }
            limit = check_complexity(item, limit);
        }
    }
    limit
}

fn index_of(value: &Constant) -> Option<i64> {
    match value {
        Constant::Int(n) => Some(*n),
        Constant::Bool(b) => Some(i64::from(*b)),
        _ => None,
    }
}

fn subscript(object: &Constant, key: &Constant) -> Option<Constant> {
    match object {
        Constant::Tuple(items) => match select(items.len(), key)? {
            Selection::One(i) => Some(items[i].clone()),
            Selection::Many(all) => Some(Constant::Tuple(all.into_iter().map(|i| items[i].clone()).collect())),
        },
        Constant::Bytes(bytes) => match select(bytes.len(), key)? {
            Selection::One(i) => Some(Constant::Int(i64::from(bytes[i]))),
            Selection::Many(all) => Some(Constant::Bytes(
                all.into_iter().map(|i| bytes[i]).collect::<Arc<[u8]>>(),
            )),
        },
        Constant::Str(s) => {
            let points: Vec<u32> = s.code_points().collect();
            let chosen = match select(points.len(), key)? {
                Selection::One(i) => vec![points[i]],
                Selection::Many(all) => all.into_iter().map(|i| points[i]).collect(),
            };
            PyStr::from_code_points(chosen).map(Constant::Str)
        }
        _ => None,
    }
}

enum Selection {
    One(usize),
    Many(Vec<usize>),
}

/// Which items of a sequence of `len` a subscript names; `None`: IndexError, TypeError or ValueError.
fn select(len: usize, key: &Constant) -> Option<Selection> {
    let len = len as i64;
    if let Constant::Slice(parts) = key {
        return slice_indices(len, parts).map(Selection::Many);
    }
    let index = index_of(key)?;
    let index = if index < 0 { index + len } else { index };
    (0..len).contains(&index).then_some(Selection::One(index as usize))
}

/// CPython: Objects/sliceobject.c, PySlice_Unpack and PySlice_AdjustIndices
fn slice_indices(len: i64, [start, stop, step]: &[Constant; 3]) -> Option<Vec<usize>> {
    let bound = |value: &Constant| match value {
        Constant::BigInt(n) => Some(if n.negative { i64::MIN } else { i64::MAX }),
        _ => index_of(value),
    };
    let step = if step.is_none() { 1 } else { bound(step)? }.max(-i64::MAX);
    if step == 0 {
        return None;
    }
    let clamp = |value: &Constant, default: i64| {
        if value.is_none() {
            return Some(default);
        }
        let at = bound(value)?;
        let at = if at < 0 { at.saturating_add(len) } else { at };
        Some(if step < 0 {
            at.clamp(-1, len - 1)
        } else {
            at.clamp(0, len)
        })
    };
    let (mut at, stop) = if step < 0 {
        (clamp(start, len - 1)?, clamp(stop, -1)?)
    } else {
        (clamp(start, 0)?, clamp(stop, len)?)
    };
    let mut out = Vec::new();
    while if step < 0 { at > stop } else { at < stop } {
        out.push(at as usize);
        at = at.saturating_add(step);
    }
    Some(out)
}
