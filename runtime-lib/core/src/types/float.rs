//! `float`: most values are immediates, the rest [`FloatObject`]s.
use crate::object::{Object, Own, Raised, Ref, alloc};
use crate::typeobj::{Slots, TypeDef, TypeObject};
pub use pyaot_abi::FloatObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for FloatObject {
    fn type_object() -> &'static TypeObject {
        &FLOAT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_float")]
pub static FLOAT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "float",
    basic_size: size_of::<FloatObject>(),
    flags: type_flag::BASETYPE | type_flag::FLOAT | type_flag::QUIET_DEALLOC,
    slots: Slots { ..Slots::NONE },
    ..TypeDef::NEW
});

/// A float object for a value that has no immediate form.
#[cold]
pub fn boxed(f: f64) -> Own {
    alloc::object(|header| FloatObject { header, value: f }).unwrap_or_else(|Raised| std::process::abort())
}

/// The value of a float or an instance of a subclass.
pub fn value(r: Ref) -> Option<f64> {
    if r.value().is_small_float() {
        Some(r.value().as_small_f64())
    } else {
        r.downcast::<FloatObject>().map(|f| f.value)
    }
}
