//! `super` (CPython: Objects/typeobject.c, PySuper_Type).
use crate::call::Args;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{Slots, TypeDef, TypeObject, member};
use crate::types::type_;
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct SuperObject {
    header: Header,
    /// The class whose successors in the MRO are looked at; null before `__init__`.
    this_class: Cell<Value>,
    /// Instance or class; null when unbound.
    object: Cell<Value>,
    /// Whose MRO it is.
    object_class: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for SuperObject {
    fn type_object() -> &'static TypeObject {
        &SUPER_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_super")]
pub static SUPER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "super",
    basic_size: size_of::<SuperObject>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| SuperObject {
                header,
                this_class: Cell::new(Value::NULL),
                object: Cell::new(Value::NULL),
                object_class: Cell::new(Value::NULL),
            })
        }),
        init: Some(init),
        repr: Some(repr),
        getattro: Some(getattr),
        descr_get: Some(descr_get),
        traverse: Some(|s, visit| fields(cast(s)).iter().for_each(|f| visit(f.get()))),
        dealloc: Some(dealloc),
        ..Slots::NONE
    },
    getset: &[
        member("__thisclass__", |s| {
            Ok(field(&cast(s).this_class).map_or_else(Own::none, Ref::own))
        }),
        member("__self__", |s| {
            Ok(field(&cast(s).object).map_or_else(Own::none, Ref::own))
        }),
        member("__self_class__", |s| {
            Ok(field(&cast(s).object_class).map_or_else(Own::none, Ref::own))
        }),
    ],
    ..TypeDef::NEW
});

fn cast(s: Ref<'_>) -> &SuperObject {
    // SAFETY: slots and getters receive instances.
    unsafe { s.cast() }
}
fn fields(s: &SuperObject) -> [&Cell<Value>; 3] {
    [&s.this_class, &s.object, &s.object_class]
}

/// The class whose MRO a bound super walks (CPython: supercheck).
pub fn check(ty: &TypeObject, obj: Ref) -> PyResult {
    if let Some(t) = obj.downcast::<TypeObject>() {
        if t.is_subtype(ty) {
            return Ok(obj.own());
        }
    }
    if obj.is_instance_of(ty) {
        return Ok(obj.ty().own());
    }
    if let Some(c) = protocol::get_attr_opt(obj, istr!("__class__"))? {
        if c.r()
            .downcast::<TypeObject>()
            .is_some_and(|t| !c.r().is(obj.ty().r()) && t.is_subtype(ty))
        {
            return Ok(c);
        }
    }
    let (what, name) = match obj.downcast::<TypeObject>() {
        Some(t) => ("type", t.name()),
        None => ("instance of", obj.ty().name()),
    };
    exc::type_error(format_args!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        ty.name()
    ))
}

/// The class attribute behind `ty` in the MRO of `object_class`, unbound (CPython: _super_lookup_descr).
pub fn lookup(ty: &TypeObject, object_class: &TypeObject, name: Ref) -> PyResult<Option<Own>> {
    if object_class.mro.get().is_null() {
        return Ok(None);
    }
    let order = Ref::from_value(object_class.mro.get()).own();
    let items = types::tuple::items(order.r());
    let Some(at) = items.iter().position(|t| core::ptr::eq(t.as_ptr::<TypeObject>(), ty)) else {
        return Ok(None);
    };
    for t in &items[at + 1..] {
        if let Some(v) = types::dict::get(type_::cast(Ref::from_value(*t)).dict(), name)? {
            return Ok(Some(v));
        }
    }
    Ok(None)
}
/// `super(ty, obj).name` with descriptors bound; `None` when there is none.
pub fn find(ty: &TypeObject, obj: Ref, object_class: &TypeObject, name: Ref) -> PyResult<Option<Own>> {
    let Some(v) = lookup(ty, object_class, name)? else {
        return Ok(None);
    };
    match v.r().ty().slots().descr_get {
        Some(get) => {
            let is_class = obj.is(object_class.r());
            get(v.r(), (!is_class).then_some(obj), Some(object_class.r())).map(Some)
        }
        None => Ok(Some(v)),
    }
}

fn getattr(s: Ref, name: Ref) -> PyResult {
    let o = cast(s);
    let name_own = types::str::intern_object(name.own());
    if let (Some(ty), Some(obj), Some(cls)) = (field(&o.this_class), field(&o.object), field(&o.object_class)) {
        // `super().__class__` is super itself.
        if !name_own.r().is(istr!("__class__")) {
            let (ty, obj, cls) = (ty.own(), obj.own(), cls.own());
            if let Some(v) = find(type_::cast(ty.r()), obj.r(), type_::cast(cls.r()), name_own.r())? {
                return Ok(v);
            }
        }
    }
    protocol::generic_get_attr(s, name)
}

fn repr(s: Ref) -> PyResult {
    let s = cast(s);
    let name = |f: &Cell<Value>| field(f).map_or("NULL".to_owned(), |t| type_::cast(t).name().to_owned());
    Ok(Own::str(&match field(&s.object_class) {
        Some(c) => format!(
            "<super: <class '{}'>, <{} object>>",
            name(&s.this_class),
            type_::cast(c).name()
        ),
        None => format!("<super: <class '{}'>, NULL>", name(&s.this_class)),
    }))
}

fn init(s: Ref, args: &Args) -> PyResult<()> {
    args.no_keywords("super")?;
    args.count("super()", 0, 2)?;
    let Some(cls) = args.get(0) else {
        return exc::runtime_error(format_args!("super(): no arguments"));
    };
    let Some(ty) = cls.downcast::<TypeObject>() else {
        return exc::type_error(format_args!(
            "super() argument 1 must be a type, not {}",
            type_::none_or_name(cls)
        ));
    };
    let object = args.get(1).filter(|o| !o.is_none());
    let object_class = match object {
        Some(o) => Some(check(ty, o)?),
        None => None,
    };
    let this = cast(s);
    set_field(&this.this_class, Some(cls.own()));
    set_field(&this.object, object.map(Ref::own));
    set_field(&this.object_class, object_class);
    Ok(())
}

/// CPython: super_descr_get.
fn descr_get(s: Ref, obj: Option<Ref>, _owner: Option<Ref>) -> PyResult {
    let this = cast(s);
    let (Some(obj), true) = (obj.filter(|o| !o.is_none()), this.object.get().is_null()) else {
        return Ok(s.own());
    };
    let Some(ty) = field(&this.this_class).map(Ref::own) else {
        return Ok(s.own());
    };
    if !s.is_exact::<SuperObject>() {
        return crate::call::call2(s.ty().r(), ty.r(), obj);
    }
    let cls = check(type_::cast(ty.r()), obj)?;
    alloc::object(|header| SuperObject {
        header,
        this_class: Cell::new(ty.into_value()),
        object: Cell::new(obj.own().into_value()),
        object_class: Cell::new(cls.into_value()),
    })
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in fields(unsafe { &*p.cast::<SuperObject>() }) {
        decref(f.replace(Value::NULL));
    }
}
