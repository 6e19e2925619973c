//! The built-in types, one file each, and their one list.
use crate::object::Header;
use crate::typeobj::TypeObject;

pub mod bool_;
pub mod build_class;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod classmethod;
pub mod code;
pub mod complex;
pub mod descr;
pub mod dict;
pub mod dict_views;
pub mod float;
pub mod format_number;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod none;
pub mod object;
pub mod object_methods;
pub mod property;
pub mod range;
pub mod repr_text;
pub mod seq_iter;
pub mod set;
pub mod simple_namespace;
pub mod slice;
pub mod staticmethod;
pub mod str;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod typevar;
pub mod union;
pub mod weakref;

/// Every type that is ready before the program starts. Order does not matter: a base is readied first.
pub static BUILTIN_TYPES: &[&TypeObject] = &[
    &crate::import::spec::MODULE_SPEC_TYPE,
    &crate::import::spec::SOURCE_FILE_LOADER_TYPE,
    &crate::import::spec::BUILTIN_IMPORTER_TYPE,
    &crate::import::spec::PATH_FINDER_TYPE,
    &object::OBJECT_TYPE,
    &type_::TYPE_TYPE,
    &none::NONE_TYPE,
    &none::ELLIPSIS_TYPE,
    &none::NOT_IMPLEMENTED_TYPE,
    &int::INT_TYPE,
    &bool_::BOOL_TYPE,
    &float::FLOAT_TYPE,
    &complex::COMPLEX_TYPE,
    &str::STR_TYPE,
    &str::STR_ITERATOR_TYPE,
    &str::STR_ASCII_ITERATOR_TYPE,
    &bytes::BYTES_TYPE,
    &bytes::BYTES_ITERATOR_TYPE,
    &bytearray::BYTEARRAY_TYPE,
    &bytes::BYTEARRAY_ITERATOR_TYPE,
    &memoryview::MEMORYVIEW_TYPE,
    &memoryview::MANAGED_BUFFER_TYPE,
    &memoryview::MEMORY_ITERATOR_TYPE,
    &crate::typeobj::python_buffer::BUFFER_WRAPPER_TYPE,
    &template::TEMPLATE_TYPE,
    &template::INTERPOLATION_TYPE,
    &template::TEMPLATE_ITER_TYPE,
    &crate::codecs::charmap::ENCODING_MAP_TYPE,
    &tuple::TUPLE_TYPE,
    &list::LIST_TYPE,
    &dict::DICT_TYPE,
    &dict_views::KEYS_TYPE,
    &dict_views::VALUES_TYPE,
    &dict_views::ITEMS_TYPE,
    &set::SET_TYPE,
    &set::FROZENSET_TYPE,
    &range::RANGE_TYPE,
    &slice::SLICE_TYPE,
    &iterators::sequence::LIST_ITERATOR_TYPE,
    &iterators::sequence::TUPLE_ITERATOR_TYPE,
    &iterators::sequence::LIST_REVERSE_ITERATOR_TYPE,
    &iterators::sequence::CALLABLE_ITERATOR_TYPE,
    &iterators::sequence::REVERSED_TYPE,
    &iterators::dict::KEY_ITERATOR_TYPE,
    &iterators::dict::VALUE_ITERATOR_TYPE,
    &iterators::dict::ITEM_ITERATOR_TYPE,
    &iterators::dict::REVERSE_KEY_ITERATOR_TYPE,
    &iterators::dict::REVERSE_VALUE_ITERATOR_TYPE,
    &iterators::dict::REVERSE_ITEM_ITERATOR_TYPE,
    &iterators::set::SET_ITERATOR_TYPE,
    &iterators::range::RANGE_ITERATOR_TYPE,
    &iterators::range::LONG_RANGE_ITERATOR_TYPE,
    &iterators::adapters::ENUMERATE_TYPE,
    &iterators::adapters::ZIP_TYPE,
    &iterators::adapters::MAP_TYPE,
    &iterators::adapters::FILTER_TYPE,
    &cell::CELL_TYPE,
    &code::CODE_TYPE,
    &function::FUNCTION_TYPE,
    &method::METHOD_TYPE,
    &module::MODULE_TYPE,
    &seq_iter::SEQUENCE_ITERATOR_TYPE,
    &property::PROPERTY_TYPE,
    &super_::SUPER_TYPE,
    &staticmethod::STATICMETHOD_TYPE,
    &classmethod::CLASSMETHOD_TYPE,
    &generic_alias::GENERIC_ALIAS_TYPE,
    &union::UNION_TYPE,
    &typevar::TYPE_VAR_TYPE,
    &typevar::PARAM_SPEC_TYPE,
    &typevar::TYPE_VAR_TUPLE_TYPE,
    &typevar::PARAM_SPEC_ARGS_TYPE,
    &typevar::PARAM_SPEC_KWARGS_TYPE,
    &typevar::CONST_EVALUATOR_TYPE,
    &typevar::NO_DEFAULT_TYPE,
    &typevar::TYPE_ALIAS_TYPE,
    &typevar::GENERIC_TYPE,
    &mappingproxy::MAPPING_PROXY_TYPE,
    &simple_namespace::SIMPLE_NAMESPACE_TYPE,
    &descr::MEMBER_DESCRIPTOR_TYPE,
    &descr::METHOD_DESCRIPTOR_TYPE,
    &descr::CLASSMETHOD_DESCRIPTOR_TYPE,
    &descr::GETSET_DESCRIPTOR_TYPE,
    &descr::WRAPPER_DESCRIPTOR_TYPE,
    &descr::METHOD_WRAPPER_TYPE,
    &generator::GENERATOR_TYPE,
    &generator::coroutine::COROUTINE_TYPE,
    &generator::coroutine::WRAPPER_TYPE,
    &generator::async_gen::ASYNC_GENERATOR_TYPE,
    &generator::async_gen::WRAPPED_TYPE,
    &generator::async_gen::ASEND_TYPE,
    &generator::async_gen::ATHROW_TYPE,
    &generator::async_gen::ANEXT_AWAITABLE_TYPE,
    &weakref::REF_TYPE,
    &weakref::PROXY_TYPE,
    &weakref::CALLABLE_PROXY_TYPE,
    &traceback::TRACEBACK_TYPE,
    &traceback::FRAME_TYPE,
    &crate::call::builtin::BUILTIN_FUNCTION_TYPE,
];

/// Items in the variable part of an instance of a variable-size type (int limbs, tuple items, str and bytes data).
pub fn variable_length(ty: &TypeObject, p: *mut Header) -> usize {
    use pyaot_abi::{BytesObject, IntObject, StrObject, TupleObject, type_flag};
    // SAFETY: the subclass bit states the layout.
    unsafe {
        if ty.has(type_flag::TUPLE) {
            (*p.cast::<TupleObject>()).len.get()
        } else if ty.has(type_flag::INT) {
            (*p.cast::<IntObject>()).len.get().unsigned_abs() as usize
        } else if ty.has(type_flag::STR) {
            str::byte_size(&*p.cast::<StrObject>())
        } else if ty.has(type_flag::BYTES) {
            (*p.cast::<BytesObject>()).len.get() + 1
        } else {
            0
        }
    }
}
