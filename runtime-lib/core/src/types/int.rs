//! `int`: small ints are immediates, others [`IntObject`]s.
use crate::object::{Object, Own, PyResult, Raised, Ref, Value, alloc};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::Cell;
pub use pyaot_abi::IntObject;
use pyaot_abi::type_flag;

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
    flags: type_flag::BASETYPE | type_flag::INT | type_flag::QUIET_DEALLOC,
    slots: Slots {
        repr: Some(repr),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// An int object from sign and magnitude; small results become immediates.
pub fn from_limbs(negative: bool, limbs: &[u64]) -> PyResult {
    let n = limbs.iter().rposition(|l| *l != 0).map_or(0, |i| i + 1);
    if n <= 1 {
        let m = limbs.first().copied().unwrap_or(0) as i128;
        let i = if negative { -m } else { m };
        if i >= pyaot_abi::value::SMALL_MIN as i128 && i <= pyaot_abi::value::SMALL_MAX as i128 {
            return Ok(Own::from_value(Value::from_small(i as i64)));
        }
    }
    let p = alloc::raw(&INT_TYPE, size_of::<IntObject>() + n * 8)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = p.cast::<IntObject>();
        (&raw mut (*p).len).write(Cell::new(if negative { -(n as i64) } else { n as i64 }));
        core::ptr::copy_nonoverlapping(limbs.as_ptr(), (&raw mut (*p).limbs).cast(), n);
        Ok(Own::from_ptr(p))
    }
}

/// For values that are known to need at most two limbs.
#[cold]
pub fn big_from_i128(i: i128) -> Own {
    let m = i.unsigned_abs();
    from_limbs(i < 0, &[m as u64, (m >> 64) as u64]).unwrap_or_else(|Raised| std::process::abort())
}

fn repr(i: Ref) -> PyResult {
    match i.small_int() {
        Some(i) => Ok(Own::str(&i.to_string())),
        None => Ok(Own::str("<big>")),
    }
}
