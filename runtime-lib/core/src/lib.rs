//! The object model of pyaot: values, types, built-in types, exceptions, calls, memory, and the intrinsics that compiled code calls.
//!
//! Every intrinsic of `pyaot_abi` has its body in [`entry`]; native modules are built on [`prelude`].
extern crate self as pyaot_core;

pub mod buffer;
pub mod builtins;
pub mod call;
pub mod codecs;
pub mod entry;
pub mod exc;
pub mod exec;
pub mod format;
pub mod gc;
pub mod hash_secret;
pub mod import;
pub mod object;
pub mod object_protocol;
pub mod typeobj;
pub mod types;
pub mod warn;

/// What the author of a built-in type or native module needs.
pub mod prelude {
    pub use crate::call::{Args, Bound, MethodDef, Signature, bound, call, noargs, one, raw, sig};
    pub use crate::exc;
    pub use crate::object::{
        Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref, field, incref, set_field,
    };
    pub use crate::object_protocol as protocol;
    pub use crate::typeobj::slots::{BufferView, Visitor};
    pub use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
    pub use crate::types::{dict, str as str_, tuple};
    pub use core::cell::{Cell, RefCell};
    pub use pyaot_abi::type_flag;
}

/// Makes the runtime usable: built-in types, the kept MemoryError. Idempotent.
pub fn init() {
    hash_secret::init();
    types::str::init();
    typeobj::init_builtin_types();
    for ty in exc::types::EXCEPTION_TYPES {
        typeobj::ready(ty);
    }
    drop(exc::types::memory_error_instance());
}

#[cfg(test)]
mod tests {
    use super::prelude::*;

    #[test]
    fn attributes_and_errors_of_plain_objects() {
        crate::init();
        let o = crate::call::call0(crate::types::object::OBJECT_TYPE.r()).unwrap();
        assert!(protocol::truth(o.r()).unwrap());
        assert!(protocol::get_attr(o.r(), crate::istr!("x")).is_err());
        let e = exc::take().unwrap();
        assert!(e.r().is_instance_of(&exc::types::ATTRIBUTE_ERROR));
        let text = str_::to_string_lossy(tuple::get(exc::base::args(e.r()), 0));
        assert_eq!(text, "'object' object has no attribute 'x'");
    }

    #[test]
    fn slots_are_methods_and_operators_have_errors() {
        crate::init();
        let add = protocol::get_attr(Ref::from_value(Value::from_small(1)), crate::istr!("__repr__")).unwrap();
        assert_eq!(str_::to_string_lossy(crate::call::call0(add.r()).unwrap().r()), "1");
        let message = |r: PyResult| {
            assert!(r.is_err());
            let e = exc::take().unwrap();
            str_::to_string_lossy(tuple::get(exc::base::args(e.r()), 0))
        };
        let (one, none) = (Own::int(1), Own::none());
        assert_eq!(
            message(protocol::binary_op(one.r(), none.r(), 13)),
            "unsupported operand type(s) for +=: 'int' and 'NoneType'"
        );
        assert_eq!(
            message(protocol::negative(none.r())),
            "bad operand type for unary -: 'NoneType'"
        );
        assert_eq!(
            message(protocol::get_item(none.r(), one.r())),
            "'NoneType' object is not subscriptable"
        );
        let new = protocol::get_attr(crate::types::object::OBJECT_TYPE.r(), crate::istr!("__new__")).unwrap();
        assert_eq!(
            message(crate::call::call1(new.r(), crate::types::int::INT_TYPE.r())),
            "object.__new__(int) is not safe, use int.__new__()"
        );
    }
}
