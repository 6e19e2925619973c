//! `property` (CPython: Objects/descrobject.c, PyProperty_Type).
use crate::call::{self, Args, MethodDef, bind, one, raw, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getset, getter, member};
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct Property {
    header: Header,
    get: Cell<Value>,
    set: Cell<Value>,
    del: Cell<Value>,
    doc: Cell<Value>,
    name: Cell<Value>,
    /// The doc string came from the getter.
    getter_doc: Cell<bool>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Property {
    fn type_object() -> &'static TypeObject {
        &PROPERTY_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_property")]
pub static PROPERTY_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "property",
    basic_size: size_of::<Property>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    doc: "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    slots: Slots {
        new: Some(|cls, _| {
            let null = || Cell::new(Value::NULL);
            alloc::object_of(cls, |header| Property {
                header,
                get: null(),
                set: null(),
                del: null(),
                doc: null(),
                name: null(),
                getter_doc: Cell::new(false),
            })
        }),
        init: Some(init),
        descr_get: Some(descr_get),
        descr_set: Some(descr_set),
        traverse: Some(|p, visit| fields(cast(p)).iter().for_each(|f| visit(f.get()))),
        clear: Some(|p| fields(cast(p)).iter().for_each(|f| set_field(f, None))),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

static METHODS: &[MethodDef] = &[
    one(sig!("getter($self, object, /)"), |p, f| copy(p, Some(f), None, None))
        .doc("Descriptor to obtain a copy of the property with a different getter."),
    one(sig!("setter($self, object, /)"), |p, f| copy(p, None, Some(f), None))
        .doc("Descriptor to obtain a copy of the property with a different setter."),
    one(sig!("deleter($self, object, /)"), |p, f| copy(p, None, None, Some(f)))
        .doc("Descriptor to obtain a copy of the property with a different deleter."),
    raw(sig!("__set_name__($self, owner, name, /)"), |p, a| {
        match (a.get(1), a.len()) {
            (Some(name), 2) => set_field(&cast(p).name, Some(name.own())),
            _ => {
                return exc::type_error(format_args!(
                    "__set_name__() takes 2 positional arguments but {} were given",
                    a.len()
                ));
            }
        }
        Ok(Own::none())
    })
    .doc("Method to set name of a property."),
];
static GETSET: &[GetSetDef] = &[
    member("fget", |p| Ok(function(&cast(p).get))),
    member("fset", |p| Ok(function(&cast(p).set))),
    member("fdel", |p| Ok(function(&cast(p).del))),
    getset(
        "__doc__",
        |p| Ok(function(&cast(p).doc)),
        |p, v| {
            set_field(&cast(p).doc, v.map(Ref::own));
            Ok(())
        },
    ),
    getset(
        "__name__",
        |p| match name_of(p)? {
            Some(n) => Ok(n),
            None => protocol::no_attribute(p, istr!("__name__")),
        },
        |p, v| {
            set_field(&cast(p).name, v.map(Ref::own));
            Ok(())
        },
    ),
    getter("__isabstractmethod__", |p| {
        let p = cast(p);
        for f in [&p.get, &p.set, &p.del] {
            if let Some(f) = field(f).map(Ref::own) {
                if let Some(v) = protocol::get_attr_opt(f.r(), istr!("__isabstractmethod__"))? {
                    if protocol::truth(v.r())? {
                        return Ok(Own::bool(true));
                    }
                }
            }
        }
        Ok(Own::bool(false))
    }),
];

fn cast(p: Ref<'_>) -> &Property {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { p.cast() }
}
fn fields(p: &Property) -> [&Cell<Value>; 5] {
    [&p.get, &p.set, &p.del, &p.doc, &p.name]
}
fn function(f: &Cell<Value>) -> Own {
    field(f).map_or_else(Own::none, Ref::own)
}
/// CPython: property_name.
fn name_of(p: Ref) -> PyResult<Option<Own>> {
    let p = cast(p);
    if let Some(n) = field(&p.name) {
        return Ok(Some(n.own()));
    }
    match field(&p.get).map(Ref::own) {
        Some(f) => protocol::get_attr_opt(f.r(), istr!("__name__")),
        None => Ok(None),
    }
}

/// CPython: property_init_impl.
fn init(p: Ref, args: &Args) -> PyResult<()> {
    bind(sig!("property(fget=None, fset=None, fdel=None, doc=None)"), args, |b| {
        let this = cast(p);
        let own = |i: usize| b.get_not_none(i).map(Ref::own);
        set_field(&this.get, own(0));
        set_field(&this.set, own(1));
        set_field(&this.del, own(2));
        set_field(&this.doc, None);
        set_field(&this.name, None);
        this.getter_doc.set(false);
        let mut doc = own(3);
        if doc.is_none() {
            if let Some(get) = b.get_not_none(0) {
                doc = protocol::get_attr_opt(get, istr!("__doc__"))?.filter(|d| !d.r().is_none());
                this.getter_doc.set(doc.is_some());
            }
        }
        if p.is_exact::<Property>() {
            set_field(&this.doc, doc);
            return Ok(());
        }
        // Instances of subclasses keep it where the class's own `__doc__` cannot hide it.
        let value = doc.unwrap_or_else(Own::none);
        match protocol::set_attr(p, istr!("__doc__"), Some(value.r())) {
            // Before 3.12 such documentation was dropped silently; that is kept where it was given explicitly.
            Err(_) if !this.getter_doc.get() && exc::raised_is(&exc::types::ATTRIBUTE_ERROR) => {
                drop(exc::take());
                Ok(())
            }
            r => r,
        }
    })
}

/// CPython: property_copy.
fn copy(p: Ref, get: Option<Ref>, set: Option<Ref>, del: Option<Ref>) -> PyResult {
    let this = cast(p);
    let pick = |new: Option<Ref>, old: &Cell<Value>| match new.filter(|f| !f.is_none()) {
        Some(f) => f.own(),
        None => function(old),
    };
    let (get, set, del) = (pick(get, &this.get), pick(set, &this.set), pick(del, &this.del));
    let doc = if this.getter_doc.get() && !get.r().is_none() {
        Own::none()
    } else {
        function(&this.doc)
    };
    let new = call::call(p.ty().r(), &Args::positional(&[get.r(), set.r(), del.r(), doc.r()]))?;
    if let (Some(n), Some(q)) = (field(&this.name), new.r().downcast::<Property>()) {
        set_field(&q.name, Some(n.own()));
    }
    Ok(new)
}

#[cold]
fn missing<R>(p: Ref, obj: Ref, what: &str) -> PyResult<R> {
    let name = name_of(p)?;
    let owner = protocol::repr(types::type_::qualname(obj.ty())?.r())?;
    let owner = types::str::to_string_lossy(owner.r());
    match name {
        Some(n) => {
            let n = protocol::repr(n.r())?;
            exc::attribute_error(format_args!(
                "property {} of {owner} object has no {what}",
                types::str::to_string_lossy(n.r())
            ))
        }
        None => exc::attribute_error(format_args!("property of {owner} object has no {what}")),
    }
}
fn descr_get(p: Ref, obj: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Some(obj) = obj.filter(|o| !o.is_none()) else {
        return Ok(p.own());
    };
    match field(&cast(p).get).map(Ref::own) {
        Some(f) => call::call1(f.r(), obj),
        None => missing(p, obj, "getter"),
    }
}
fn descr_set(p: Ref, obj: Ref, v: Option<Ref>) -> PyResult<()> {
    let f = if v.is_some() { &cast(p).set } else { &cast(p).del };
    let Some(f) = field(f).map(Ref::own) else {
        return missing(p, obj, if v.is_some() { "setter" } else { "deleter" });
    };
    match v {
        Some(v) => call::call2(f.r(), obj, v),
        None => call::call1(f.r(), obj),
    }
    .map(drop)
}
/// The getter of an exact property, for attribute sites.
pub fn fget(d: Ref) -> Option<Own> {
    field(&d.downcast_exact::<Property>()?.get).map(Ref::own)
}
/// Getter or setter of an exact property, borrowed from it.
pub fn accessor<'a>(d: Ref<'a>, setter: bool) -> Option<Ref<'a>> {
    let p = d.downcast_exact::<Property>()?;
    Ref::from_nullable(if setter { &p.set } else { &p.get }.get())
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in fields(unsafe { &*p.cast::<Property>() }) {
        decref(f.replace(Value::NULL));
    }
}
