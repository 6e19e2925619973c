//! `dict`: compact and ordered.
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, decref};
use crate::object_protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::RefCell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct DictObject {
    header: Header,
    entries: RefCell<Vec<(Value, Value)>>,
}
// SAFETY: `repr(C)` with a header.
unsafe impl Object for DictObject {
    fn type_object() -> &'static TypeObject {
        &DICT_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_dict")]
pub static DICT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "dict",
    basic_size: size_of::<DictObject>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::DICT | type_flag::MAPPING | type_flag::MATCH_SELF,
    slots: Slots {
        traverse: Some(traverse),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

pub fn new() -> Own {
    alloc::object(|header| DictObject {
        header,
        entries: RefCell::new(Vec::new()),
    })
    .unwrap_or_else(|Raised| std::process::abort())
}

fn cast(d: Ref<'_>) -> &DictObject {
    // SAFETY: the caller passes a dict.
    unsafe { d.cast() }
}

fn find(d: Ref, key: Ref) -> PyResult<Option<usize>> {
    let n = cast(d).entries.borrow().len();
    for i in 0..n {
        let Some(&(k, _)) = cast(d).entries.borrow().get(i) else {
            break;
        };
        if k == key.value() || object_protocol::equal(Ref::from_value(k), key)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

/// Value of `key`; the module cell is read for entries that refer to one.
pub fn get(d: Ref, key: Ref) -> PyResult<Option<Own>> {
    Ok(find(d, key)?.map(|i| Ref::from_value(cast(d).entries.borrow()[i].1).own()))
}
/// Borrowed lookup by str in a dict that only has str keys; the result lives until the entry changes.
pub fn get_str_static(d: Ref, name: Ref) -> Option<Ref<'static>> {
    let e = cast(d).entries.borrow();
    e.iter()
        .find(|(k, _)| super::str::equal(Ref::from_value(*k), name))
        .map(|(_, v)| Ref::from_value(*v))
}
pub fn set(d: Ref, key: Ref, v: Ref) -> PyResult<()> {
    let v = v.own();
    match find(d, key)? {
        Some(i) => {
            let old = core::mem::replace(&mut cast(d).entries.borrow_mut()[i].1, v.into_value());
            decref(old);
        }
        None => cast(d)
            .entries
            .borrow_mut()
            .push((key.own().into_value(), v.into_value())),
    }
    Ok(())
}
/// False when the key is not there.
pub fn delete(d: Ref, key: Ref) -> PyResult<bool> {
    let Some(i) = find(d, key)? else { return Ok(false) };
    let (k, v) = cast(d).entries.borrow_mut().remove(i);
    decref(k);
    decref(v);
    Ok(true)
}
pub fn len(d: Ref) -> usize {
    cast(d).entries.borrow().len()
}

fn traverse(d: Ref, visit: crate::typeobj::slots::Visitor) {
    for &(k, v) in cast(d).entries.borrow().iter() {
        visit(k);
        visit(v);
    }
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let d = unsafe { &*p.cast::<DictObject>() };
    for (k, v) in d.entries.take() {
        decref(k);
        decref(v);
    }
}

/// All items as they are now.
pub fn items_snapshot(d: Ref) -> Vec<(Own, Own)> {
    let own = |v: Value| Ref::from_value(v).own();
    cast(d)
        .entries
        .borrow()
        .iter()
        .map(|&(k, v)| (own(k), own(v)))
        .collect()
}
