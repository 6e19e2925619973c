//! `native_type!`: the struct, type object, traversal and deallocation of a type whose state is value fields and plain Rust fields.
//!
//! ```text
//! native_type! {
//!     struct Chain, CHAIN_TYPE, "itertools.chain" { source, active } { position: Cell<usize> }
//!     flags: type_flag::BASETYPE, doc: "…",
//!     slots: { new: Some(chain_new), iternext: Some(chain_next) }, methods: &[], getset: &[]
//! }
//! ```
//! Value fields are `Cell<Value>` (null = absent). The struct gets `cast(Ref)` and `make(class, values…, fields…)`.

macro_rules! native_type {
    (struct $ident:ident, $ty:ident, $name:literal { $($field:ident),* $(,)? } { $($extra:ident: $t:ty),* $(,)? }
     flags: $flags:expr, doc: $doc:expr, slots: { $($slot:ident: $f:expr),* $(,)? }, methods: $methods:expr, getset: $getset:expr) => {
        #[repr(C)]
        pub struct $ident {
            header: Header,
            $($field: Cell<Value>,)*
            $($extra: $t,)*
        }
        // SAFETY: `repr(C)` with a header; subclasses extend the layout.
        unsafe impl Object for $ident {
            fn type_object() -> &'static TypeObject {
                &$ty
            }
        }
        pub static $ty: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<$ident>(),
            flags: type_flag::GC | ($flags),
            doc: $doc,
            slots: Slots {
                traverse: Some($ident::traverse),
                clear: Some($ident::clear_fields),
                dealloc: Some($ident::dealloc),
                $($slot: $f,)*
                ..Slots::NONE
            },
            methods: $methods,
            getset: $getset,
            ..TypeDef::NEW
        });
        #[allow(dead_code)]
        impl $ident {
            fn cast(v: Ref<'_>) -> &$ident {
                // SAFETY: slots and methods of the type receive its instances.
                unsafe { v.cast() }
            }
            #[allow(clippy::too_many_arguments)]
            fn make(cls: &TypeObject, $($field: Option<Own>,)* $($extra: $t,)*) -> PyResult {
                alloc::object_of(cls, |header| $ident {
                    header,
                    $($field: Cell::new($field.map_or(Value::NULL, Own::into_value)),)*
                    $($extra,)*
                })
            }
            fn traverse(v: Ref, visit: Visitor) {
                let this = $ident::cast(v);
                let _ = this;
                $(visit(this.$field.get());)*
                let _ = visit;
            }
            fn clear_fields(v: Ref) {
                let this = $ident::cast(v);
                let _ = this;
                $(set_field(&this.$field, None);)*
            }
            // A type may have no value fields.
            #[allow(unused_unsafe)]
            unsafe fn dealloc(p: *mut Header) {
                // SAFETY: called once for a dead instance.
                unsafe {
                    let this = p.cast::<$ident>();
                    $(decref((*this).$field.replace(Value::NULL));)*
                    $(core::ptr::drop_in_place(&raw mut (*this).$extra);)*
                    let _ = this;
                }
            }
        }
    };
}
pub(crate) use native_type;

/// `iter` of iterators.
pub(crate) fn itself(v: pyaot_core::object::Ref) -> pyaot_core::object::PyResult {
    Ok(v.own())
}
/// A field that is known to be set, kept alive.
pub(crate) fn kept(c: &core::cell::Cell<pyaot_core::object::Value>) -> pyaot_core::object::Own {
    pyaot_core::object::field(c).map_or_else(pyaot_core::object::Own::none, pyaot_core::object::Ref::own)
}
