//! `mappingproxy`: a read-only view of a mapping; `__dict__` of classes (CPython: Objects/descrobject.c, PyDictProxy_Type).
use crate::call::{self, Args, MethodDef, noargs, one, raw, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct MappingProxy {
    header: Header,
    mapping: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; the type is final.
unsafe impl Object for MappingProxy {
    fn type_object() -> &'static TypeObject {
        &MAPPING_PROXY_TYPE
    }
}

pub static MAPPING_PROXY_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "mappingproxy",
    basic_size: size_of::<MappingProxy>(),
    flags: type_flag::GC | type_flag::MAPPING,
    doc: "mappingproxy(object)\n--\n\nRead-only proxy of a mapping.",
    slots: Slots {
        new: Some(construct),
        repr: Some(|p| {
            let inner = protocol::repr(of(p))?;
            Ok(Own::str(&format!(
                "mappingproxy({})",
                types::str::to_string_lossy(inner.r())
            )))
        }),
        str: Some(|p| protocol::str(of(p))),
        hash: Some(|p| protocol::hash(of(p))),
        richcompare: Some(|p, o, op| protocol::compare(of(p), unwrap(o), op)),
        iter: Some(|p| protocol::iter(of(p))),
        mp_length: Some(|p| protocol::len(of(p))),
        mp_subscript: Some(|p, k| protocol::get_item(of(p), k)),
        sq_contains: Some(|p, k| protocol::contains(of(p), k)),
        nb_or: Some(|a, b| protocol::or(unwrap(a), unwrap(b))),
        nb_inplace_or: Some(|p, _| {
            exc::type_error(format_args!(
                "'|=' is not supported by {}; use '|' instead",
                p.ty().name()
            ))
        }),
        traverse: Some(|p, visit| visit(of(p).value())),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    raw(sig!("get($self, key, default=None, /)"), |p, a| {
        a.count("get", 1, 2)?;
        forward(p, istr!("get"), a)
    })
    .doc("Return the value for key if key is in the mapping, else default."),
    noargs(sig!("keys($self, /)"), |p| forward(p, istr!("keys"), &Args::EMPTY))
        .doc("a set-like object providing a view on D's keys"),
    noargs(sig!("values($self, /)"), |p| forward(p, istr!("values"), &Args::EMPTY))
        .doc("an object providing a view on D's values"),
    noargs(sig!("items($self, /)"), |p| forward(p, istr!("items"), &Args::EMPTY))
        .doc("a set-like object providing a view on D's items"),
    noargs(sig!("copy($self, /)"), |p| forward(p, istr!("copy"), &Args::EMPTY)).doc("a shallow copy of D"),
    noargs(sig!("__reversed__($self, /)"), |p| {
        forward(p, istr!("__reversed__"), &Args::EMPTY)
    })
    .doc("reverse iterator"),
    one(sig!("__class_getitem__(object, /)"), types::generic_alias::new)
        .class()
        .doc("See PEP 585"),
];

fn forward(p: Ref, name: Ref, args: &Args) -> PyResult {
    let f = protocol::get_attr(of(p), name)?;
    call::call(f.r(), args)
}
/// The mapping behind a proxy.
pub fn of(p: Ref<'_>) -> Ref<'_> {
    // SAFETY: slots and methods receive instances.
    Ref::from_value(unsafe { p.cast::<MappingProxy>() }.mapping.get())
}
fn unwrap(o: Ref<'_>) -> Ref<'_> {
    match o.downcast_exact::<MappingProxy>() {
        Some(p) => Ref::from_value(p.mapping.get()),
        None => o,
    }
}
pub fn new(mapping: Ref) -> PyResult {
    alloc::object(|header| MappingProxy {
        header,
        mapping: Cell::new(mapping.own().into_value()),
    })
}
fn construct(_: &'static TypeObject, args: &Args) -> PyResult {
    call::bind(sig!("mappingproxy(mapping)"), args, |b| {
        let m = b.arg(0);
        if m.ty().slots().mp_subscript.is_none() || m.ty().has(type_flag::LIST | type_flag::TUPLE) {
            return exc::type_error(format_args!(
                "mappingproxy() argument must be a mapping, not {}",
                m.ty().name()
            ));
        }
        new(m)
    })
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<MappingProxy>() }.mapping.get());
}
