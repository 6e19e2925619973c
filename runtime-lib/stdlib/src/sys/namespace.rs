//! `types.SimpleNamespace` (CPython: Objects/namespaceobject.c): an object whose attributes are given as keywords.
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types;

#[repr(C)]
pub struct Namespace {
    header: Header,
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Namespace {
    fn type_object() -> &'static TypeObject {
        &NAMESPACE_TYPE
    }
}
fn dict_of(o: Ref<'_>) -> Ref<'_> {
    // SAFETY: slots and methods receive instances; `new` makes the dict.
    Ref::from_value(unsafe { o.cast::<Namespace>() }.dict.get())
}

pub static NAMESPACE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "types.SimpleNamespace",
    basic_size: size_of::<Namespace>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    dict_offset: core::mem::offset_of!(Namespace, dict),
    doc: "A simple attribute-based namespace.",
    slots: Slots {
        new: Some(|cls, _| allocate(cls)),
        init: Some(init),
        repr: Some(repr),
        richcompare: Some(|a, b, op| {
            if !a.is_instance_of(&NAMESPACE_TYPE) || !b.is_instance_of(&NAMESPACE_TYPE) {
                return Ok(Own::not_implemented());
            }
            protocol::compare(dict_of(a), dict_of(b), op)
        }),
        // SAFETY (both): slots receive instances.
        traverse: Some(|o, visit| visit(unsafe { o.cast::<Namespace>() }.dict.get())),
        dealloc: Some(|p| decref(unsafe { &*p.cast::<Namespace>() }.dict.get())),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__reduce__()"), |o| {
            types::tuple::try_from_vec(vec![
                o.ty().own(),
                types::tuple::try_from_vec(vec![])?,
                dict_of(o).own(),
            ])
        }),
        raw(sig!("__replace__(**changes)"), |o, a| {
            if !a.pos().is_empty() {
                return exc::type_error(format_args!(
                    "__replace__() takes no positional arguments ({} given)",
                    a.len()
                ));
            }
            let made = pyaot_core::call::call0(o.ty().r())?;
            if !made.r().is_instance_of(&NAMESPACE_TYPE) {
                return exc::type_error(format_args!(
                    "expect {} type, but {}() returned '{}' object",
                    NAMESPACE_TYPE.full_name(),
                    o.ty().full_name(),
                    made.r().ty().full_name()
                ));
            }
            for (k, v) in types::dict::items_snapshot(dict_of(o)) {
                types::dict::set(dict_of(made.r()), k.r(), v.r())?;
            }
            for (k, v) in a.keywords() {
                types::dict::set(dict_of(made.r()), k, v)?;
            }
            Ok(made)
        }),
    ],
    getset: &[getter("__dict__", |o| Ok(dict_of(o).own()))],
    ..TypeDef::NEW
});

fn allocate(cls: &'static TypeObject) -> PyResult {
    alloc::object_of(cls, |header| Namespace {
        header,
        dict: Cell::new(types::dict::new().into_value()),
    })
}

/// A namespace with these attributes.
pub fn new(items: &[(&str, Own)]) -> PyResult {
    pyaot_core::typeobj::ready(&NAMESPACE_TYPE);
    let o = allocate(&NAMESPACE_TYPE)?;
    for (k, v) in items {
        types::dict::set(dict_of(o.r()), types::str::intern(k).r(), v.r())?;
    }
    Ok(o)
}

fn init(o: Ref, args: &Args) -> PyResult<()> {
    let name = o.ty().name();
    if args.len() > 1 {
        return exc::type_error(format_args!("{name} expected at most 1 argument, got {}", args.len()));
    }
    if let Some(source) = args.get(0) {
        let made = match pyaot_core::builtins::lookup(istr!("dict"))? {
            Some(d) => pyaot_core::call::call1(d.r(), source)?,
            None => return exc::name_error(format_args!("name 'dict' is not defined")),
        };
        for (k, v) in types::dict::items_snapshot(made.r()) {
            if !k.r().ty().has(type_flag::STR) {
                return exc::type_error(format_args!("keywords must be strings"));
            }
            types::dict::set(dict_of(o), k.r(), v.r())?;
        }
    }
    for (k, v) in args.keywords() {
        types::dict::set(dict_of(o), k, v)?;
    }
    Ok(())
}

fn repr(o: Ref) -> PyResult {
    let name = if core::ptr::eq(o.ty(), &NAMESPACE_TYPE) {
        "namespace"
    } else {
        o.ty().name()
    };
    let Some(_guard) = exc::recursion::repr_enter(o)? else {
        return Ok(Own::str(&format!("{name}(...)")));
    };
    let mut out = pyaot_text::StrBuf::from(name);
    out.push('(' as u32);
    let mut first = true;
    for (k, v) in types::dict::items_snapshot(dict_of(o)) {
        if !k.r().ty().has(type_flag::STR) || str_::len(k.r()) == 0 {
            continue;
        }
        if !first {
            out.push_str(", ");
        }
        first = false;
        out.push_units(str_::units(k.r()));
        out.push('=' as u32);
        out.push_units(str_::units(protocol::repr(v.r())?.r()));
    }
    out.push(')' as u32);
    types::str::from_buf(out)
}
