//! `_types`: the type objects that the module `types` names (CPython: Modules/_typesmodule.c).
use pyaot_core::call::builtin::BUILTIN_FUNCTION_TYPE;
use pyaot_core::prelude::*;
use pyaot_core::typeobj;
use pyaot_core::types::*;

/// Capsules carry C pointers between extension modules; there are no instances here.
static CAPSULE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "PyCapsule",
    basic_size: 32,
    flags: type_flag::DISALLOW_INSTANTIATION,
    doc: "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.  They're a way of passing data through the Python interpreter\nwithout creating your own custom type.\n\nCapsules are used for communication between extension modules.\nThey provide a way for an extension module to export a C interface\nto other extension modules, so that extension modules can use the\nPython import mechanism to link to one another.",
    ..TypeDef::NEW
});

pub fn make() -> PyResult {
    let m = module::new("_types")?;
    module::add(m.r(), "__doc__", Own::str("Define names for built-in types."))?;
    let all: &[(&str, &'static TypeObject)] = &[
        ("AsyncGeneratorType", &generator::async_gen::ASYNC_GENERATOR_TYPE),
        ("BuiltinFunctionType", &BUILTIN_FUNCTION_TYPE),
        ("BuiltinMethodType", &BUILTIN_FUNCTION_TYPE),
        ("CapsuleType", &CAPSULE_TYPE),
        ("CellType", &cell::CELL_TYPE),
        ("ClassMethodDescriptorType", &descr::CLASSMETHOD_DESCRIPTOR_TYPE),
        ("CodeType", &code::CODE_TYPE),
        ("CoroutineType", &generator::coroutine::COROUTINE_TYPE),
        ("EllipsisType", &none::ELLIPSIS_TYPE),
        ("FrameType", &traceback::FRAME_TYPE),
        ("FunctionType", &function::FUNCTION_TYPE),
        ("GeneratorType", &generator::GENERATOR_TYPE),
        ("GenericAlias", &generic_alias::GENERIC_ALIAS_TYPE),
        ("GetSetDescriptorType", &descr::GETSET_DESCRIPTOR_TYPE),
        ("LambdaType", &function::FUNCTION_TYPE),
        ("MappingProxyType", &mappingproxy::MAPPING_PROXY_TYPE),
        ("MemberDescriptorType", &descr::MEMBER_DESCRIPTOR_TYPE),
        ("MethodDescriptorType", &descr::METHOD_DESCRIPTOR_TYPE),
        ("MethodType", &method::METHOD_TYPE),
        ("MethodWrapperType", &descr::METHOD_WRAPPER_TYPE),
        ("ModuleType", &pyaot_core::types::module::MODULE_TYPE),
        ("NoneType", &none::NONE_TYPE),
        ("NotImplementedType", &none::NOT_IMPLEMENTED_TYPE),
        ("SimpleNamespace", &simple_namespace::SIMPLE_NAMESPACE_TYPE),
        ("TracebackType", &traceback::TRACEBACK_TYPE),
        ("UnionType", &union::UNION_TYPE),
        ("WrapperDescriptorType", &descr::WRAPPER_DESCRIPTOR_TYPE),
    ];
    for (name, ty) in all {
        typeobj::ready(ty);
        module::add(m.r(), name, ty.own())?;
    }
    Ok(m)
}
