//! `code`: static data made by the compiler.
use crate::object::{Object, Own, Ref};
use crate::typeobj::{Slots, TypeDef, TypeObject};
pub use pyaot_abi::CodeObject;

// SAFETY: abi layout.
unsafe impl Object for CodeObject {
    fn type_object() -> &'static TypeObject {
        &CODE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_code")]
pub static CODE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "code",
    basic_size: size_of::<CodeObject>(),
    slots: Slots {
        repr: Some(|c: Ref| Ok(Own::str(&format!("<code object at {:#x}>", c.value().0)))),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// Data of a `bytes` constant in a code object.
pub fn bytes_of(b: Ref<'_>) -> &[u8] {
    // SAFETY: the fields that this is used for hold bytes objects.
    unsafe {
        let b = &*b.value().as_ptr::<pyaot_abi::BytesObject>();
        core::slice::from_raw_parts(b.data.as_ptr(), b.len.get())
    }
}
