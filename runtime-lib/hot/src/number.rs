//! Arithmetic and comparison of small ints and self-tagged floats; truth.
//!
//! In: two words. Out: an owned result, or what the cold function of the same operator gives. Ints are computed on the tagged
//! words: `i << 2 | 1` makes overflow of 64 bits exactly the overflow of a small int.
use crate::*;
use pyaot_abi::{StrObject, Value};

/// CPython's NB_* numbers.
mod nb {
    pub const ADD: i32 = 0;
    pub const AND: i32 = 1;
    pub const FLOOR_DIVIDE: i32 = 2;
    pub const LSHIFT: i32 = 3;
    pub const MULTIPLY: i32 = 5;
    pub const REMAINDER: i32 = 6;
    pub const OR: i32 = 7;
    pub const RSHIFT: i32 = 9;
    pub const SUBTRACT: i32 = 10;
    pub const TRUE_DIVIDE: i32 = 11;
    pub const XOR: i32 = 12;
    /// First of the in-place numbers, which follow in the same order.
    pub const INPLACE: i32 = 13;
}

#[inline(always)]
fn both_small(a: Value, b: Value) -> bool {
    (a.0 ^ 1 | b.0 ^ 1) & 3 == 0
}

#[inline(always)]
fn both_float(a: Value, b: Value) -> bool {
    a.0 & b.0 & 2 != 0
}

/// The value of `f`: immediate where it has such a form.
#[inline(always)]
pub(crate) fn from_f64(f: f64) -> Value {
    // The tag of a NaN would be set for some payloads, and its identity matters: it is always boxed.
    let v = f.to_bits().rotate_left(4).wrapping_add(3);
    if v & 2 != 0 && !f.is_nan() {
        Value(v)
    } else {
        // SAFETY: a row of the table.
        unsafe { pyaot_box_f64(f) }
    }
}

#[inline(always)]
fn slow(a: Value, b: Value, op: i32) -> Value {
    // SAFETY: a row of the table; arguments are passed on.
    unsafe { pyaot_binary_op(a, b, op) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_box_result(word: i64, flag: i32, is_float: i32) -> Value {
    if flag != 0 {
        Value(word as u64)
    } else if is_float != 0 {
        from_f64(f64::from_bits(word as u64))
    } else if word << 2 >> 2 == word {
        Value::from_small(word)
    } else {
        // SAFETY: a row of the table.
        unsafe { pyaot_new_int(word) }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_add(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        if let Some(r) = (a.0.wrapping_sub(1) as i64).checked_add(b.0 as i64) {
            return Value(r as u64);
        }
    } else if both_float(a, b) {
        return from_f64(a.as_small_f64() + b.as_small_f64());
    }
    slow(a, b, nb::ADD)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sub(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        if let Some(r) = (a.0 as i64).checked_sub(b.0.wrapping_sub(1) as i64) {
            return Value(r as u64);
        }
    } else if both_float(a, b) {
        return from_f64(a.as_small_f64() - b.as_small_f64());
    }
    slow(a, b, nb::SUBTRACT)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_mul(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        if let Some(r) = a.as_small().checked_mul(b.0.wrapping_sub(1) as i64) {
            return Value(r as u64 | 1);
        }
    } else if both_float(a, b) {
        return from_f64(a.as_small_f64() * b.as_small_f64());
    }
    slow(a, b, nb::MULTIPLY)
}

/// Both below 2^53 in magnitude: then the quotient of the converted operands is the correctly rounded quotient.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_truediv(a: Value, b: Value) -> Value {
    if both_float(a, b) {
        let divisor = b.as_small_f64();
        if divisor != 0.0 {
            return from_f64(a.as_small_f64() / divisor);
        }
    } else if both_small(a, b) {
        let (x, y) = (a.as_small(), b.as_small());
        let limit = 1 << 53;
        if y != 0 && x > -limit && x < limit && y > -limit && y < limit {
            return from_f64(x as f64 / y as f64);
        }
    }
    slow(a, b, nb::TRUE_DIVIDE)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_floordiv(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        let (x, y) = (a.as_small(), b.as_small());
        // -1 apart: the smallest small int divided by it is not small.
        if y != -1
            && let Some(q) = x.checked_div(y)
        {
            let r = x.wrapping_sub(q.wrapping_mul(y));
            let down = r != 0 && (r ^ y) < 0;
            return Value::from_small(q - down as i64);
        }
    }
    slow(a, b, nb::FLOOR_DIVIDE)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_mod(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        let (x, y) = (a.as_small(), b.as_small());
        if y != -1
            && let Some(r) = x.checked_rem(y)
        {
            let down = r != 0 && (r ^ y) < 0;
            return Value::from_small(if down { r + y } else { r });
        }
    }
    slow(a, b, nb::REMAINDER)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_lshift(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        let (x, n) = (a.0.wrapping_sub(1) as i64, b.as_small());
        if (0..62).contains(&n) {
            let r = x.wrapping_shl(n as u32);
            if r.wrapping_shr(n as u32) == x {
                return Value(r as u64 | 1);
            }
        }
    }
    slow(a, b, nb::LSHIFT)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_rshift(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        let n = b.as_small();
        if n >= 0 {
            return Value::from_small(a.as_small().wrapping_shr(if n > 63 { 63 } else { n as u32 }));
        }
    }
    slow(a, b, nb::RSHIFT)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_and(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        Value(a.0 & b.0)
    } else {
        slow(a, b, nb::AND)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_or(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        Value(a.0 | b.0)
    } else {
        slow(a, b, nb::OR)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_xor(a: Value, b: Value) -> Value {
    if both_small(a, b) {
        Value((a.0 ^ b.0) | 1)
    } else {
        slow(a, b, nb::XOR)
    }
}

/// In-place operators of immutable numbers are the plain ones.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_inplace_op(a: Value, b: Value, op: i32) -> Value {
    let small = both_small(a, b);
    if small || both_float(a, b) {
        match op - nb::INPLACE {
            nb::ADD => return pyaot_add(a, b),
            nb::SUBTRACT => return pyaot_sub(a, b),
            nb::MULTIPLY => return pyaot_mul(a, b),
            nb::TRUE_DIVIDE => return pyaot_truediv(a, b),
            nb::FLOOR_DIVIDE => return pyaot_floordiv(a, b),
            nb::REMAINDER => return pyaot_mod(a, b),
            // Floats have none of the others, and the error names the operator in its in-place form.
            _ if !small => {}
            nb::LSHIFT => return pyaot_lshift(a, b),
            nb::RSHIFT => return pyaot_rshift(a, b),
            nb::AND => return pyaot_and(a, b),
            nb::OR => return pyaot_or(a, b),
            nb::XOR => return pyaot_xor(a, b),
            _ => {}
        }
    }
    slow(a, b, op)
}

/// `a` is immediate on the fast path, so there is no reference to take.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_add_take(a: Value, b: Value, op: i32) -> Value {
    if both_small(a, b) {
        if let Some(r) = (a.0.wrapping_sub(1) as i64).checked_add(b.0 as i64) {
            return Value(r as u64);
        }
    } else if both_float(a, b) {
        return from_f64(a.as_small_f64() + b.as_small_f64());
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_add_take_slow(a, b, op) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_neg(a: Value) -> Value {
    if a.is_small_int() {
        // The word of -i is 2 - the word of i; the smallest small int overflows.
        if let Some(r) = 2i64.checked_sub(a.0 as i64) {
            return Value(r as u64);
        }
    } else if a.is_small_float() {
        return from_f64(-a.as_small_f64());
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_neg_slow(a) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_truth(a: Value) -> i32 {
    if a.is_bool() {
        return (a == Value::TRUE) as i32;
    }
    if a.is_small_int() {
        return (a != Value::from_small(0)) as i32;
    }
    if a == Value::NONE {
        return 0;
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_truth_slow(a) }
}

#[inline(always)]
fn decide<T: PartialOrd>(x: T, y: T, op: i32) -> bool {
    match op {
        0 => x < y,
        1 => x <= y,
        2 => x == y,
        3 => x != y,
        4 => x > y,
        _ => x >= y,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare(a: Value, b: Value, op: i32) -> Value {
    if both_small(a, b) {
        return Value::from_bool(decide(a.0 as i64, b.0 as i64, op));
    }
    if both_float(a, b) {
        return Value::from_bool(decide(a.as_small_f64(), b.as_small_f64(), op));
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_compare_slow(a, b, op) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare_bool(a: Value, b: Value, op: i32) -> i32 {
    if both_small(a, b) {
        return decide(a.0 as i64, b.0 as i64, op) as i32;
    }
    if both_float(a, b) {
        return decide(a.as_small_f64(), b.as_small_f64(), op) as i32;
    }
    if (op == 2 || op == 3) && has_type(a, &raw const pyaot_type_str) && has_type(b, &raw const pyaot_type_str) {
        if a == b {
            return (op == 2) as i32;
        }
        // SAFETY: both are strs.
        if unsafe { (*a.as_ptr::<StrObject>()).len.get() != (*b.as_ptr::<StrObject>()).len.get() } {
            return (op == 3) as i32;
        }
        // SAFETY: both have a first byte (of an empty text it is behind it). Equal texts have equal first bytes and kinds.
        unsafe {
            let (x, y) = (a.as_ptr::<StrObject>(), b.as_ptr::<StrObject>());
            let first = |s: *const StrObject| *(&raw const (*s).data).cast::<u8>();
            if first(x) != first(y) {
                return (op == 3) as i32;
            }
            let kinds = (*x).header.flags.get() | (*y).header.flags.get();
            if (*x).len.get() == 1 && kinds & pyaot_abi::flag::STR_KIND_MASK == 0 {
                return (op == 2) as i32;
            }
        }
    }
    // SAFETY: a row of the table.
    unsafe { pyaot_compare_bool_slow(a, b, op) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_equal(a: Value, b: Value) -> i32 {
    pyaot_compare_bool(a, b, 2)
}
