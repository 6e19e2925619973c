//! Operators on any values: dispatch over the number slots, then the sequence slots, then CPython's TypeErrors
//! (CPython: Objects/abstract.c, binary_op1, binary_iop1, ternary_op, PyNumber_Add …).
use super::{index_isize, is_index};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::slots::{BinaryFn, TernaryFn, UnaryFn};
use crate::typeobj::{Slots, slot_functions};

/// CPython's NB_* numbers; the in-place form of `op` is `op + INPLACE`.
pub mod nb {
    pub const ADD: i32 = 0;
    pub const AND: i32 = 1;
    pub const FLOOR_DIVIDE: i32 = 2;
    pub const LSHIFT: i32 = 3;
    pub const MATRIX_MULTIPLY: i32 = 4;
    pub const MULTIPLY: i32 = 5;
    pub const REMAINDER: i32 = 6;
    pub const OR: i32 = 7;
    pub const POWER: i32 = 8;
    pub const RSHIFT: i32 = 9;
    pub const SUBTRACT: i32 = 10;
    pub const TRUE_DIVIDE: i32 = 11;
    pub const XOR: i32 = 12;
    pub const INPLACE: i32 = 13;
    pub const SUBSCR: i32 = 26;
}

struct Operator {
    symbol: &'static str,
    slot: fn(&Slots) -> Option<BinaryFn>,
    inplace: fn(&Slots) -> Option<BinaryFn>,
}
const fn operator(
    symbol: &'static str,
    slot: fn(&Slots) -> Option<BinaryFn>,
    inplace: fn(&Slots) -> Option<BinaryFn>,
) -> Operator {
    Operator { symbol, slot, inplace }
}
/// By NB_* number. Power has slots of three operands and functions of its own.
static OPERATORS: [Operator; 13] = [
    operator("+", |s| s.nb_add, |s| s.nb_inplace_add),
    operator("&", |s| s.nb_and, |s| s.nb_inplace_and),
    operator("//", |s| s.nb_floor_divide, |s| s.nb_inplace_floor_divide),
    operator("<<", |s| s.nb_lshift, |s| s.nb_inplace_lshift),
    operator("@", |s| s.nb_matrix_multiply, |s| s.nb_inplace_matrix_multiply),
    operator("*", |s| s.nb_multiply, |s| s.nb_inplace_multiply),
    operator("%", |s| s.nb_remainder, |s| s.nb_inplace_remainder),
    operator("|", |s| s.nb_or, |s| s.nb_inplace_or),
    operator("** or pow()", |_| None, |_| None),
    operator(">>", |s| s.nb_rshift, |s| s.nb_inplace_rshift),
    operator("-", |s| s.nb_subtract, |s| s.nb_inplace_subtract),
    operator("/", |s| s.nb_true_divide, |s| s.nb_inplace_true_divide),
    operator("^", |s| s.nb_xor, |s| s.nb_inplace_xor),
];

/// The left operand's slot, then the right one's; the right one first if its type is a subclass. NotImplemented if neither knows.
#[inline]
fn binary_op1(a: Ref, b: Ref, slot: impl Fn(&Slots) -> Option<BinaryFn>) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let left = slot(ta.slots());
    let mut right = if core::ptr::eq(ta, tb) { None } else { slot(tb.slots()) };
    if let Some(f) = left {
        if let Some(g) = right {
            if core::ptr::eq(f as *const (), g as *const ()) {
                right = None;
            } else if tb.is_subtype(ta) {
                let r = g(a, b)?;
                if !r.r().is_not_implemented() {
                    return Ok(r);
                }
                right = None;
            }
        }
        let r = f(a, b)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    match right {
        Some(g) => g(a, b),
        None => Ok(Own::not_implemented()),
    }
}

#[cold]
fn unsupported(a: Ref, b: Ref, symbol: &str, suffix: &str) -> PyResult {
    exc::type_error(format_args!(
        "unsupported operand type(s) for {symbol}{suffix}: '{}' and '{}'",
        a.ty().full_name(),
        b.ty().full_name()
    ))
}

/// CPython: Objects/abstract.c, sequence_repeat.
fn sequence_repeat(f: fn(Ref, isize) -> PyResult, seq: Ref, n: Ref) -> PyResult {
    if !is_index(n) {
        return exc::type_error(format_args!(
            "can't multiply sequence by non-int of type '{}'",
            n.ty().full_name()
        ));
    }
    f(seq, index_isize(n, &exc::types::OVERFLOW_ERROR)?)
}

/// Operator by its NB_* number, in-place ones included.
#[inline]
pub fn binary_op(a: Ref, b: Ref, op: i32) -> PyResult {
    match op {
        nb::SUBSCR => super::get_item(a, b),
        nb::REMAINDER if formats(a, b) => crate::format::percent::str_percent(a, b),
        nb::POWER => power(a, b, Ref::from_value(Value::NONE)),
        _ if op == nb::POWER + nb::INPLACE => inplace_power(a, b),
        _ if op >= nb::INPLACE => inplace(a, b, op - nb::INPLACE),
        _ => plain(a, b, op),
    }
}

/// A text is the left operand, and the right one's class has no say.
#[inline(always)]
fn formats(a: Ref, b: Ref) -> bool {
    a.is_exact::<pyaot_abi::StrObject>() && !b.ty().has(pyaot_abi::type_flag::HEAP)
}

fn plain(a: Ref, b: Ref, op: i32) -> PyResult {
    let o = &OPERATORS[op as usize];
    let r = binary_op1(a, b, o.slot)?;
    if !r.r().is_not_implemented() {
        return Ok(r);
    }
    match op {
        nb::ADD => {
            if let Some(f) = a.ty().slots().sq_concat {
                return f(a, b);
            }
        }
        nb::MULTIPLY => {
            if let Some(f) = a.ty().slots().sq_repeat {
                return sequence_repeat(f, a, b);
            }
            if let Some(f) = b.ty().slots().sq_repeat {
                return sequence_repeat(f, b, a);
            }
        }
        _ => {}
    }
    unsupported(a, b, o.symbol, "")
}

fn inplace(a: Ref, b: Ref, op: i32) -> PyResult {
    let o = &OPERATORS[op as usize];
    if let Some(f) = (o.inplace)(a.ty().slots()) {
        let r = f(a, b)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    let r = binary_op1(a, b, o.slot)?;
    if !r.r().is_not_implemented() {
        return Ok(r);
    }
    let s = a.ty().slots();
    match op {
        nb::ADD => {
            if let Some(f) = s.sq_inplace_concat.or(s.sq_concat) {
                return f(a, b);
            }
        }
        nb::MULTIPLY => {
            if let Some(f) = s.sq_inplace_repeat.or(s.sq_repeat) {
                return sequence_repeat(f, a, b);
            }
            if let Some(f) = b.ty().slots().sq_repeat {
                return sequence_repeat(f, b, a);
            }
        }
        _ => {}
    }
    unsupported(a, b, o.symbol, "=")
}

/// The operator once the method of the left operand's class gave NotImplemented, or (`reflected`) that of the right one's.
pub(crate) fn after_method(a: Ref, b: Ref, op: i32, reflected: bool) -> PyResult {
    let (plain, suffix) = if op >= nb::INPLACE {
        (op - nb::INPLACE, "=")
    } else {
        (op, "")
    };
    let o = &OPERATORS[plain as usize];
    let (left, right) = ((o.slot)(a.ty().slots()), (o.slot)(b.ty().slots()));
    if !reflected && !core::ptr::eq(a.ty(), b.ty()) {
        let r = match (left, right) {
            // A class of Python's: the slot would ask the left operand again.
            (Some(f), Some(g)) if core::ptr::eq(f as *const (), g as *const ()) => {
                let name = slot_functions::reflected_name(plain);
                crate::call::call_special(b, name, &[a]).unwrap_or_else(|| Ok(Own::not_implemented()))?
            }
            (_, Some(g)) => g(a, b)?,
            _ => Own::not_implemented(),
        };
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    let s = a.ty().slots();
    let inplace = !suffix.is_empty();
    match plain {
        nb::ADD => {
            if let Some(f) = s.sq_inplace_concat.filter(|_| inplace).or(s.sq_concat) {
                return f(a, b);
            }
        }
        nb::MULTIPLY => {
            if let Some(f) = s.sq_inplace_repeat.filter(|_| inplace).or(s.sq_repeat) {
                return sequence_repeat(f, a, b);
            }
            if let Some(f) = b.ty().slots().sq_repeat {
                return sequence_repeat(f, b, a);
            }
        }
        _ => {}
    }
    unsupported(a, b, o.symbol, suffix)
}

/// `a ** b`, or `pow(a, b, m)` when `m` is not None. NotImplemented if no operand knows (CPython: ternary_op).
fn power_op(a: Ref, b: Ref, m: Ref) -> PyResult {
    let slot = |v: Ref| v.ty().slots().nb_power;
    let same = |f: Option<TernaryFn>, g: Option<TernaryFn>| match (f, g) {
        (Some(f), Some(g)) => core::ptr::eq(f as *const (), g as *const ()),
        _ => false,
    };
    let left = slot(a);
    let mut right = slot(b).filter(|_| !core::ptr::eq(a.ty(), b.ty()));
    if same(left, right) {
        right = None;
    }
    let all_right = slot(b);
    if let Some(f) = left {
        if let Some(g) = right {
            if b.ty().is_subtype(a.ty()) {
                let r = g(a, b, m)?;
                if !r.r().is_not_implemented() {
                    return Ok(r);
                }
                right = None;
            }
        }
        let r = f(a, b, m)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(g) = right {
        let r = g(a, b, m)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    let third = slot(m);
    match third {
        Some(h) if !same(third, left) && !same(third, all_right) => h(a, b, m),
        _ => Ok(Own::not_implemented()),
    }
}
/// `pow(a, b, m)`; `m` is None for two operands.
pub fn power(a: Ref, b: Ref, m: Ref) -> PyResult {
    let r = power_op(a, b, m)?;
    if !r.r().is_not_implemented() {
        return Ok(r);
    }
    if m.is_none() {
        return unsupported(a, b, "** or pow()", "");
    }
    exc::type_error(format_args!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        a.ty().full_name(),
        b.ty().full_name(),
        m.ty().full_name()
    ))
}
fn inplace_power(a: Ref, b: Ref) -> PyResult {
    let none = Ref::from_value(Value::NONE);
    if let Some(f) = a.ty().slots().nb_inplace_power {
        let r = f(a, b, none)?;
        if !r.r().is_not_implemented() {
            return Ok(r);
        }
    }
    let r = power_op(a, b, none)?;
    if r.r().is_not_implemented() {
        return unsupported(a, b, "**", "=");
    }
    Ok(r)
}

/// `divmod(a, b)`.
pub fn divmod(a: Ref, b: Ref) -> PyResult {
    let r = binary_op1(a, b, |s| s.nb_divmod)?;
    if r.r().is_not_implemented() {
        return unsupported(a, b, "divmod()", "");
    }
    Ok(r)
}
pub fn add(a: Ref, b: Ref) -> PyResult {
    plain(a, b, nb::ADD)
}
pub fn subtract(a: Ref, b: Ref) -> PyResult {
    plain(a, b, nb::SUBTRACT)
}
pub fn multiply(a: Ref, b: Ref) -> PyResult {
    plain(a, b, nb::MULTIPLY)
}
pub fn or(a: Ref, b: Ref) -> PyResult {
    plain(a, b, nb::OR)
}
pub fn inplace_add(a: Ref, b: Ref) -> PyResult {
    inplace(a, b, nb::ADD)
}

#[inline]
fn unary(v: Ref, slot: Option<UnaryFn>, what: &str) -> PyResult {
    match slot {
        Some(f) => f(v),
        None => exc::type_error(format_args!("bad operand type for {what}: '{}'", v.ty().full_name())),
    }
}
pub fn negative(v: Ref) -> PyResult {
    unary(v, v.ty().slots().nb_negative, "unary -")
}
pub fn positive(v: Ref) -> PyResult {
    unary(v, v.ty().slots().nb_positive, "unary +")
}
pub fn invert(v: Ref) -> PyResult {
    unary(v, v.ty().slots().nb_invert, "unary ~")
}
pub fn absolute(v: Ref) -> PyResult {
    unary(v, v.ty().slots().nb_absolute, "abs()")
}
