//! `int`: small ints are immediates, others [`IntObject`]s with their magnitude in 64-bit limbs. Arithmetic of big ones is dashu's, what takes one
//! pass apart ([`limbs`]).
//!
//! A bool is an int whose word is not a small int: [`view`] makes all three forms one.
use crate::object::{Object, Own, PyResult, Raised, Ref, Value, alloc};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
use dashu_int::{IBig, Sign, UBig};
pub use pyaot_abi::IntObject;
use pyaot_abi::type_flag;

mod arithmetic;
pub mod convert;
mod limbs;
pub mod methods;

pub use arithmetic::{add, divmod, exact_compare, exact_op, floordiv, modulo, mul, pow, sub, truediv};
pub use convert::{as_f64, as_i64, as_isize, as_isize_clamped, from_f64_trunc, index, parse, to_decimal};
pub use methods::text_of;

// SAFETY: abi layout.
unsafe impl Object for IntObject {
    fn type_object() -> &'static TypeObject {
        &INT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_int")]
pub static INT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "int",
    basic_size: size_of::<IntObject>(),
    item_size: 8,
    flags: type_flag::BASETYPE | type_flag::INT | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    doc: "An integer of any size.",
    slots: Slots {
        repr: Some(to_decimal),
        hash: Some(hash),
        richcompare: Some(arithmetic::richcompare),
        new: Some(methods::new),
        nb_add: Some(arithmetic::nb_add),
        nb_subtract: Some(arithmetic::nb_subtract),
        nb_multiply: Some(arithmetic::nb_multiply),
        nb_remainder: Some(arithmetic::nb_remainder),
        nb_divmod: Some(arithmetic::nb_divmod),
        nb_power: Some(arithmetic::nb_power),
        nb_negative: Some(arithmetic::negative),
        nb_positive: Some(exact),
        nb_absolute: Some(arithmetic::absolute),
        nb_bool: Some(|i| Ok(!matches!(view(i), View::Small(0)))),
        nb_invert: Some(arithmetic::invert),
        nb_lshift: Some(arithmetic::nb_lshift),
        nb_rshift: Some(arithmetic::nb_rshift),
        nb_and: Some(arithmetic::nb_and),
        nb_xor: Some(arithmetic::nb_xor),
        nb_or: Some(arithmetic::nb_or),
        nb_int: Some(exact),
        nb_float: Some(|i| Ok(Own::float(as_f64(i)?))),
        nb_floor_divide: Some(arithmetic::nb_floor_divide),
        nb_true_divide: Some(arithmetic::nb_true_divide),
        nb_index: Some(exact),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    getset: methods::GETSET,
    ..TypeDef::NEW
});

/// The value of an int in one of its two forms.
#[derive(Clone, Copy)]
pub enum View<'a> {
    Small(i64),
    /// Does not fit a small int, or belongs to a subclass instance that was not normalised.
    Big(bool, &'a [u64]),
}

/// Any int, bool or instance of a subclass; `None` for other objects.
#[inline]
pub fn view_opt(r: Ref<'_>) -> Option<View<'_>> {
    let v = r.value();
    if v.is_small_int() {
        return Some(View::Small(v.as_small()));
    }
    if v.is_heap() {
        return if r.ty().has(type_flag::INT) {
            Some(view_object(r))
        } else {
            None
        };
    }
    v.is_bool().then_some(View::Small((v == Value::TRUE) as i64))
}
/// A small int or a big one of exactly this type.
#[inline(always)]
pub fn view_exact(r: Ref<'_>) -> Option<View<'_>> {
    let v = r.value();
    if v.is_small_int() {
        return Some(View::Small(v.as_small()));
    }
    (v.is_heap_nonnull() && core::ptr::eq(r.ty(), &INT_TYPE)).then(|| view_object(r))
}
/// Like [`view_opt`] for what is known to be an int.
#[inline]
pub fn view(r: Ref<'_>) -> View<'_> {
    let v = r.value();
    if v.is_small_int() {
        View::Small(v.as_small())
    } else if v.is_heap() {
        view_object(r)
    } else {
        View::Small((v == Value::TRUE) as i64)
    }
}
fn view_object(r: Ref<'_>) -> View<'_> {
    // SAFETY: the caller tested that this is an int object.
    let (len, limbs) = unsafe {
        let o = &*r.value().as_ptr::<IntObject>();
        let len = o.len.get();
        (
            len,
            core::slice::from_raw_parts(o.limbs.as_ptr(), len.unsigned_abs() as usize),
        )
    };
    match limbs {
        [] => View::Small(0),
        [l] if *l <= pyaot_abi::value::SMALL_MAX as u64 => View::Small(if len < 0 { -(*l as i64) } else { *l as i64 }),
        _ => View::Big(len < 0, limbs),
    }
}

impl View<'_> {
    pub fn is_negative(&self) -> bool {
        match self {
            View::Small(i) => *i < 0,
            View::Big(negative, _) => *negative,
        }
    }
    pub fn to_ibig(self) -> IBig {
        match self {
            View::Small(i) => IBig::from(i),
            View::Big(negative, limbs) => IBig::from_parts(
                if negative { Sign::Negative } else { Sign::Positive },
                UBig::from_words(limbs),
            ),
        }
    }
    /// Bits of the magnitude.
    pub fn bit_length(&self) -> u64 {
        match self {
            View::Small(i) => 64 - i.unsigned_abs().leading_zeros() as u64,
            View::Big(_, l) => l.len() as u64 * 64 - l.last().map_or(0, |t| t.leading_zeros() as u64),
        }
    }
}

pub fn to_ibig(r: Ref) -> IBig {
    view(r).to_ibig()
}

pub fn from_ibig(i: &IBig) -> PyResult {
    let (sign, limbs) = i.as_sign_words();
    from_limbs(sign == Sign::Negative, limbs)
}

/// An int object from sign and magnitude; small results become immediates. Raises MemoryError.
pub fn from_limbs(negative: bool, limbs: &[u64]) -> PyResult {
    let n = limbs.iter().rposition(|l| *l != 0).map_or(0, |i| i + 1);
    if n <= 1 {
        let m = limbs.first().copied().unwrap_or(0) as i128;
        let i = if negative { -m } else { m };
        if i >= pyaot_abi::value::SMALL_MIN as i128 && i <= pyaot_abi::value::SMALL_MAX as i128 {
            return Ok(Own::from_value(Value::from_small(i as i64)));
        }
    }
    object_of(&INT_TYPE, negative, &limbs[..n])
}

/// An int from sign and magnitude in up to two limbs. Raises MemoryError.
#[inline]
pub fn from_u128(negative: bool, m: u128) -> PyResult {
    let (low, high) = (m as u64, (m >> 64) as u64);
    if high == 0 && low <= pyaot_abi::value::SMALL_MAX as u64 {
        let i = low as i64;
        return Ok(Own::from_value(Value::from_small(if negative { -i } else { i })));
    }
    if high == 0 && negative && low == pyaot_abi::value::SMALL_MIN.unsigned_abs() {
        return Ok(Own::from_value(Value::from_small(pyaot_abi::value::SMALL_MIN)));
    }
    let n = 1 + (high != 0) as i64;
    let p = alloc::raw_plain(&INT_TYPE, size_of::<IntObject>() + 16, 0)?;
    // SAFETY: fresh memory with room for two limbs.
    unsafe {
        let p = p.cast::<IntObject>();
        (&raw mut (*p).len).write(Cell::new(if negative { -n } else { n }));
        let limbs = (&raw mut (*p).limbs).cast::<u64>();
        limbs.write(low);
        limbs.add(1).write(high);
        Ok(Own::from_ptr(p))
    }
}

/// A heap int of type `ty` (int or a subclass), not normalised to an immediate.
pub fn object_of(ty: &TypeObject, negative: bool, limbs: &[u64]) -> PyResult {
    let n = limbs.len();
    let fixed = if ty.is_heap() {
        16 + ty.inline_slots.get() as usize * 8
    } else {
        0
    };
    let p = alloc::raw(ty, size_of::<IntObject>() + n * 8 + fixed)?;
    // SAFETY: fresh memory of that size; attribute words stand behind the limbs.
    unsafe {
        let p = p.cast::<IntObject>();
        (&raw mut (*p).len).write(Cell::new(if negative { -(n as i64) } else { n as i64 }));
        core::ptr::copy_nonoverlapping(limbs.as_ptr(), (&raw mut (*p).limbs).cast(), n);
        crate::typeobj::shape::init_instance(ty, p.cast());
        Ok(Own::from_ptr(p))
    }
}

/// For values that are known to need at most two limbs.
#[cold]
pub fn big_from_i128(i: i128) -> Own {
    from_u128(i < 0, i.unsigned_abs()).unwrap_or_else(|Raised| std::process::abort())
}

/// The value as an exact int (a subclass instance or bool loses its type).
pub fn exact(i: Ref) -> PyResult {
    if i.value().is_small_int() || i.is_exact::<IntObject>() {
        return Ok(i.own());
    }
    match view(i) {
        View::Small(i) => Ok(Own::int(i)),
        View::Big(negative, limbs) => from_limbs(negative, limbs),
    }
}

fn hash(i: Ref) -> PyResult<i64> {
    Ok(match view(i) {
        View::Small(i) => pyaot_text::hash::int(i),
        View::Big(negative, limbs) => pyaot_text::hash::int_limbs(negative, limbs),
    })
}
