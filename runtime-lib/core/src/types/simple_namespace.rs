//! `types.SimpleNamespace` (CPython: Objects/namespaceobject.c).
use crate::call::{Args, MethodDef, noargs, raw, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct SimpleNamespace {
    header: Header,
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for SimpleNamespace {
    fn type_object() -> &'static TypeObject {
        &SIMPLE_NAMESPACE_TYPE
    }
}

pub static SIMPLE_NAMESPACE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "types.SimpleNamespace",
    basic_size: size_of::<SimpleNamespace>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    doc: "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\nA simple attribute-based namespace.",
    dict_offset: core::mem::offset_of!(SimpleNamespace, dict),
    slots: Slots {
        new: Some(|cls, _| {
            let d = types::dict::new();
            alloc::object_of(cls, |header| SimpleNamespace {
                header,
                dict: Cell::new(d.into_value()),
            })
        }),
        init: Some(init),
        repr: Some(repr),
        richcompare: Some(richcompare),
        traverse: Some(|n, visit| visit(dict(n).value())),
        clear: Some(|n| types::dict::clear(dict(n))),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: &[getter("__dict__", |n| Ok(dict(n).own()))],
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    noargs(sig!("__reduce__($self, /)"), |n| {
        let args = types::tuple::from_vec(Vec::new());
        Ok(types::tuple::from_vec(vec![n.ty().own(), args, dict(n).own()]))
    })
    .doc("Return state information for pickling"),
    raw(sig!("__replace__($self, /, **changes)"), |n, a| {
        if !a.pos().is_empty() {
            return exc::type_error(format_args!(
                "__replace__() takes no positional arguments ({} given)",
                a.len()
            ));
        }
        let new = crate::call::call0(n.ty().r())?;
        if let Some(ns) = new.r().downcast::<SimpleNamespace>() {
            let d = Ref::from_value(ns.dict.get());
            for (k, v) in types::dict::items_snapshot(dict(n)) {
                types::dict::set(d, k.r(), v.r())?;
            }
            for (k, v) in a.keywords() {
                types::dict::set(d, k, v)?;
            }
        }
        Ok(new)
    })
    .doc("Return a copy of the namespace object with new values for the specified attributes."),
];

fn dict(n: Ref<'_>) -> Ref<'_> {
    // SAFETY: slots and methods receive instances.
    Ref::from_value(unsafe { n.cast::<SimpleNamespace>() }.dict.get())
}
/// A namespace with the given attributes.
pub fn new(attributes: &[(&str, Own)]) -> PyResult {
    let n = crate::call::call0(SIMPLE_NAMESPACE_TYPE.r())?;
    for (name, v) in attributes {
        types::dict::set(dict(n.r()), types::str::intern(name).r(), v.r())?;
    }
    Ok(n)
}
fn init(n: Ref, args: &Args) -> PyResult<()> {
    args.count(n.ty().name(), 0, 1)?;
    if let Some(source) = args.get(0) {
        let d = if source.ty().has(type_flag::DICT) {
            source.own()
        } else {
            crate::call::call1(types::dict::DICT_TYPE.r(), source)?
        };
        for (k, v) in types::dict::items_snapshot(d.r()) {
            if !k.r().ty().has(type_flag::STR) {
                return exc::type_error(format_args!("keywords must be strings"));
            }
            types::dict::set(dict(n), k.r(), v.r())?;
        }
    }
    for (k, v) in args.keywords() {
        types::dict::set(dict(n), k, v)?;
    }
    Ok(())
}
fn repr(n: Ref) -> PyResult {
    let name = if n.is_exact::<SimpleNamespace>() {
        "namespace".to_owned()
    } else {
        n.ty().name().to_owned()
    };
    let Some(_guard) = exc::repr_enter(n)? else {
        return Ok(Own::str(&format!("{name}(...)")));
    };
    let mut parts = Vec::new();
    for (k, v) in types::dict::items_snapshot(dict(n)) {
        if k.r().ty().has(type_flag::STR) && types::str::len(k.r()) > 0 {
            let v = protocol::repr(v.r())?;
            parts.push(format!(
                "{}={}",
                types::str::to_string_lossy(k.r()),
                types::str::to_string_lossy(v.r())
            ));
        }
    }
    Ok(Own::str(&format!("{name}({})", parts.join(", "))))
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if a.downcast::<SimpleNamespace>().is_none() || b.downcast::<SimpleNamespace>().is_none() {
        return Ok(Own::not_implemented());
    }
    protocol::compare(dict(a), dict(b), op)
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<SimpleNamespace>() }.dict.replace(Value::NULL));
}
