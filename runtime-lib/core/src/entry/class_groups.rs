//! What sites of compiled code find in classes: filling a [`MethodGroup`].
//!
//! In: an object (or a class) whose key is not in the group, a name, and what is looked for ([`found`]). Out: a function, or the place of a
//! value. Functions are borrowed: the class holds them, and clears the group when it changes. A value has a place that the class
//! keeps up to date (`TypeObject::values`), so that a store to a class attribute clears nothing.
use super::attribute_groups::{add_key, add_shape, clear, enlist, keys_of, recall};
use super::attributes::{SHAPE_OFFSET, own_attributes};
use crate::istr;
use crate::object::{Own, PyResult, Ref, Value, to_abi, to_abi_bool};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, TypeObject, cache as type_cache};
use crate::types::{self, classmethod, descr, property, staticmethod, str as str_};
use pyaot_abi::{BY_SHAPE, FunctionObject, MethodGroup, found, shape_index, type_flag};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_method_admit(obj: Value, name: Value, kind: i32, group: *mut u8) -> *mut u8 {
    // SAFETY: the compiler passes a group of the module's static data.
    let group = unsafe { &*group.cast::<MethodGroup>() };
    let (obj, name) = (Ref::from_value(obj), Ref::from_value(name));
    let Some((shape, type_key)) = keys_of(obj) else {
        return core::ptr::null_mut();
    };
    let (of_class, special) = (kind & found::OF_CLASS != 0, kind & 15 == found::SPECIAL);
    let by_shape = kind & BY_SHAPE != 0;
    if by_shape {
        if shape == 0 {
            return core::ptr::null_mut();
        }
        if recall(&group.head, shape, Some(group)) {
            return group.functions[shape_index(shape)].get().as_ptr();
        }
    }
    let refused = group.head.refused.get();
    let own_key = match shape {
        _ if of_class => obj.value().0,
        0 => type_key,
        shape if !special => shape,
        _ => type_key,
    };
    if refused != 0 && refused == own_key {
        return core::ptr::null_mut();
    }
    let what = if of_class {
        of_class_found(obj, name, kind & 15, group)
    } else if special {
        find_special(obj.ty(), name, kind & found::NOT_INPLACE != 0).map(|f| (type_key, f))
    } else {
        find(obj, name, kind & 15, group)
    };
    let Some((key, what)) = what.filter(|(key, _)| !by_shape || *key == shape) else {
        group.head.refused.set(own_key);
        return core::ptr::null_mut();
    };
    match by_shape {
        true => add_shape(&group.head, key, Some((group, Value(what)))),
        false => add_key(&group.head, key, Some((&group.functions, Value(what)))),
    }
    enlist(if of_class { types::type_::cast(obj) } else { obj.ty() }, &group.head);
    what as *mut u8
}

fn is_function(v: Ref) -> bool {
    v.downcast_exact::<FunctionObject>().is_some()
}

fn word(v: Ref) -> u64 {
    v.value().0
}

/// The key of objects like `obj`, if the object has no attribute of that name itself.
fn key_without(ty: &TypeObject, obj: Ref, name: Ref) -> Option<u64> {
    match own_attributes(ty, obj) {
        Some(a) => {
            let shape = a.shape();
            let plain =
                ty.head.shape_offset.get() == SHAPE_OFFSET && shape.is_cacheable() && shape.find(name).is_none();
            plain.then(|| shape.word())
        }
        None if ty.dict_offset.get() == 0 => Some(ty as *const TypeObject as u64),
        None => None,
    }
}

/// CPython: Objects/object.c, _PyObject_GetMethod and _PyObject_GenericGetAttrWithDict.
fn find(obj: Ref, name: Ref, kind: i32, group: &MethodGroup) -> Option<(u64, u64)> {
    let ty = obj.ty();
    let generic = match kind {
        found::SETTER => protocol::is_generic_set(ty.slots()),
        _ => protocol::is_generic_get(ty.slots()),
    };
    if !generic {
        return None;
    }
    let d = ty.lookup(name);
    match kind {
        found::GETTER | found::SETTER => {
            let function = property::accessor(d?, kind == found::SETTER)?;
            let key = match own_attributes(ty, obj) {
                Some(a) => (ty.head.shape_offset.get() == SHAPE_OFFSET && a.shape().is_cacheable())
                    .then(|| a.shape().word())?,
                None => ty as *const TypeObject as u64,
            };
            is_function(function).then(|| (key, word(function)))
        }
        found::METHOD | found::STATIC => {
            let d = d?;
            let function = match kind {
                found::STATIC => staticmethod::exact_function(d)?,
                _ => d,
            };
            let key = key_without(ty, obj, name)?;
            is_function(function).then(|| (key, word(function)))
        }
        found::VALUE => {
            if let Some(d) = d
                && d.ty().slots().descr_set.is_some()
            {
                let offset = u64::from(descr::load_offset(d, ty)?);
                return (offset < found::OFFSETS)
                    .then_some((ty as *const TypeObject as u64, offset))
                    .filter(|_| own_attributes(ty, obj).is_none());
            }
            if let Some(a) = own_attributes(ty, obj)
                && let Some(i) = a.shape().find(name)
            {
                let plain = ty.head.shape_offset.get() == SHAPE_OFFSET && a.shape().is_cacheable();
                let offset = a.inline_offset(obj.value().as_ptr(), i).filter(|_| plain)?;
                return Some((a.shape().word(), u64::from(offset))).filter(|(_, o)| *o < found::OFFSETS);
            }
            let key = key_without(ty, obj, name)?;
            Some((key, value_place(ty, name, d?, group)?))
        }
        _ => None,
    }
}

/// CPython: Objects/typeobject.c, _Py_type_getattro_impl, for names that the metaclass does not have.
fn of_class_found(obj: Ref, name: Ref, kind: i32, group: &MethodGroup) -> Option<(u64, u64)> {
    let meta = obj.ty();
    let generic = meta.has(type_flag::TYPE)
        && match (meta.slots().getattro, types::type_::TYPE_TYPE.slots().getattro) {
            (Some(f), Some(g)) => core::ptr::eq(f as *const (), g as *const ()),
            _ => false,
        };
    if !generic || meta.lookup(name).is_some() {
        return None;
    }
    let ty = types::type_::cast(obj);
    let d = ty.lookup(name)?;
    let function = match kind {
        found::METHOD => d,
        found::STATIC => staticmethod::exact_function(d)?,
        found::CLASS => classmethod::exact_function(d)?,
        _ => {
            enlist(meta, &group.head);
            return Some((word(obj), value_place(ty, name, d, group)?));
        }
    };
    enlist(meta, &group.head);
    is_function(function).then(|| (word(obj), word(function)))
}

/// The place of a class's value that is no descriptor.
fn value_place(ty: &TypeObject, name: Ref, value: Ref, group: &MethodGroup) -> Option<u64> {
    let kind = value.ty();
    if kind.slots().descr_get.is_some() || kind.slots().descr_set.is_some() {
        return None;
    }
    enlist(kind, &group.head);
    Some(type_cache::value_place(ty, name) as *const _ as u64)
}

/// CPython: Objects/typeobject.c, lookup_maybe_method. `inplace`: the class has no `__iadd__` where `name` is `__add__`.
fn find_special(ty: &TypeObject, name: Ref, inplace: bool) -> Option<u64> {
    if inplace {
        let text = str_::to_string_lossy(name);
        let name = str_::intern(&format!("__i{}", &text[2..]));
        if ty.lookup(name.r()).is_some() {
            return None;
        }
    }
    ty.lookup(name).filter(|f| is_function(*f)).map(word)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_instance_admit(obj: Value, cls: Value, group: *mut u8) -> i32 {
    // SAFETY: as in `pyaot_method_admit`.
    let group = unsafe { &*group.cast::<MethodGroup>() };
    let (obj, cls) = (Ref::from_value(obj), Ref::from_value(cls));
    let ty = obj.ty();
    if core::ptr::eq(ty.r().value().as_ptr::<u8>(), cls.value().as_ptr::<u8>()) {
        return 1;
    }
    if !cls.value().is_heap() || !core::ptr::eq(cls.ty(), &types::type_::TYPE_TYPE) {
        return -1;
    }
    let class = types::type_::cast(cls);
    let answer = ty.is_subtype(class);
    // CPython: Objects/abstract.c, object_isinstance, asks for `__class__` next.
    let plain = protocol::is_generic_get(ty.slots()) && has_plain_class(ty);
    if !answer && !plain {
        return -1;
    }
    if group.head.refused.get() != word(cls) {
        clear(&group.head);
        group.head.refused.set(word(cls));
    }
    let key = ty as *const TypeObject as u64;
    add_key(&group.head, key, Some((&group.functions, Value(u64::from(answer)))));
    enlist(ty, &group.head);
    enlist(class, &group.head);
    i32::from(answer)
}

/// `__class__` of the instances is that of `object`.
fn has_plain_class(ty: &TypeObject) -> bool {
    let name = istr!("__class__");
    match (ty.lookup(name), types::object::OBJECT_TYPE.lookup(name)) {
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_left_first_slow(a: Value, b: Value) -> i32 {
    i32::from(!Ref::from_value(b).ty().is_subtype(Ref::from_value(a).ty()))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_binary_rest(a: Value, b: Value, op: i32, reflected: i32) -> Value {
    to_abi(protocol::number::after_method(
        Ref::from_value(a),
        Ref::from_value(b),
        op,
        reflected != 0,
    ))
}

/// What a comparison gives whose method gave `result`.
fn compared(result: Value, a: Value, b: Value, op: i32) -> PyResult {
    let result = Own::from_value(result);
    if !result.r().is_not_implemented() {
        return Ok(result);
    }
    protocol::compare::after_method(Ref::from_value(a), Ref::from_value(b), CompareOp::from_i32(op))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare_rest(result: Value, a: Value, b: Value, op: i32) -> Value {
    to_abi(compared(result, a, b, op))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_compare_truth(result: Value, a: Value, b: Value, op: i32) -> i32 {
    to_abi_bool(compared(result, a, b, op).and_then(|v| protocol::truth(v.r())))
}
