//! Descriptors of built-in types: methods, class methods, computed attributes, slot wrappers.
use crate::call::{self, Args, MethodDef, builtin};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, to_abi};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getter};
use core::cell::Cell;
use pyaot_abi::type_flag;

/// `list.append`: a row of a method table and the type that it belongs to.
#[repr(C)]
pub struct MethodDescriptor {
    header: Header,
    pub def: &'static MethodDef,
    pub owner: &'static TypeObject,
}
/// `dict.fromkeys`, same layout.
#[repr(C)]
pub struct ClassMethodDescriptor(MethodDescriptor);
/// `int.real`.
#[repr(C)]
pub struct GetSetDescriptor {
    header: Header,
    pub def: &'static GetSetDef,
    pub owner: &'static TypeObject,
}
/// One dunder name of one slot; see `typeobj::wrappers`.
pub struct WrapperDef {
    pub name: &'static str,
    pub key: &'static super::str::StaticName,
    pub text: &'static str,
    pub doc: &'static str,
    /// Byte offset of the slot in [`Slots`].
    pub offset: usize,
    /// What a Python class that defines the name has in the slot; null when such classes use another slot.
    pub generic: *const (),
    /// (the type whose slot it is, self, arguments); `None` for names that have no wrapper.
    pub invoke: Option<fn(&'static TypeObject, Ref, &Args) -> PyResult>,
    /// Keyword arguments are allowed.
    pub keywords: bool,
}
// SAFETY: immutable; `generic` is the address of a function.
unsafe impl Sync for WrapperDef {}
impl WrapperDef {
    fn is_init(&self) -> bool {
        self.offset == core::mem::offset_of!(Slots, init)
    }
    pub fn present(&self, s: &Slots) -> bool {
        self.invoke.is_some() && !crate::typeobj::wrappers::slot_word(s, self.offset).is_null()
    }
    fn call(&self, owner: &'static TypeObject, this: Ref, args: &Args) -> PyResult {
        if args.has_keywords() && !self.keywords {
            return exc::type_error(format_args!("wrapper {}() takes no keyword arguments", self.name));
        }
        match self.invoke {
            Some(f) => f(owner, this, args),
            None => exc::system_error(format_args!("{} has no wrapper", self.name)),
        }
    }
}

/// `int.__add__`.
#[repr(C)]
pub struct WrapperDescriptor {
    header: Header,
    pub def: &'static WrapperDef,
    pub owner: &'static TypeObject,
}
/// `(1).__add__`.
#[repr(C)]
pub struct MethodWrapper {
    header: Header,
    pub descr: Cell<Value>,
    pub this: Cell<Value>,
}

/// A field made by `__slots__` of a class, or one of a built-in type.
#[repr(C)]
pub struct MemberDescriptor {
    header: Header,
    /// The class, owned.
    owner: Cell<Value>,
    name: Cell<Value>,
    offset: u32,
    /// For a built-in type.
    def: Option<&'static GetSetDef>,
}

macro_rules! object_impl {
    ($($t:ident => $s:ident;)*) => {
        $(// SAFETY: `repr(C)` with a header; final types.
        unsafe impl Object for $t { fn type_object() -> &'static TypeObject { &$s } })*
    };
}
object_impl! {
    MethodDescriptor => METHOD_DESCRIPTOR_TYPE;
    ClassMethodDescriptor => CLASSMETHOD_DESCRIPTOR_TYPE;
    GetSetDescriptor => GETSET_DESCRIPTOR_TYPE;
    WrapperDescriptor => WRAPPER_DESCRIPTOR_TYPE;
    MethodWrapper => METHOD_WRAPPER_TYPE;
    MemberDescriptor => MEMBER_DESCRIPTOR_TYPE;
}

pub static MEMBER_DESCRIPTOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "member_descriptor",
    basic_size: size_of::<MemberDescriptor>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        repr: Some(|d| {
            let d = cast::<MemberDescriptor>(d);
            Ok(Own::str(&format!(
                "<member '{}' of '{}' objects>",
                member_name(d),
                member_owner(d).full_name()
            )))
        }),
        descr_get: Some(|d, obj, _| match obj {
            None => Ok(d.own()),
            Some(o) => {
                let m = cast::<MemberDescriptor>(d);
                if let Some(def) = m.def {
                    check_owner(def.name, member_owner(m), o)?;
                    return (def.get)(o);
                }
                let field = member_field(m, o)?;
                match Ref::from_nullable(field.get()) {
                    Some(v) => Ok(v.own()),
                    // CPython: Python/structmember.c, PyMember_GetOne
                    None => {
                        let name = Ref::from_value(m.name.get());
                        let message = format!(
                            "'{}' object has no attribute '{}'",
                            super::type_::fully_qualified_name(o.ty())?,
                            super::str::to_string_lossy(name)
                        );
                        exc::attribute_error_for(o, name, format_args!("{message}"))
                    }
                }
            }
        }),
        descr_set: Some(|d, obj, v| {
            let m = cast::<MemberDescriptor>(d);
            if let Some(def) = m.def {
                check_owner(def.name, member_owner(m), obj)?;
                return match def.set {
                    Some(set) => set(obj, v),
                    None => exc::attribute_error(format_args!("readonly attribute")),
                };
            }
            let field = member_field(m, obj)?;
            if v.is_none() && field.get().is_null() {
                return exc::raise_value(&exc::types::ATTRIBUTE_ERROR, Ref::from_value(m.name.get()).own());
            }
            crate::object::set_field(field, v.map(Ref::own));
            Ok(())
        }),
        traverse: Some(|d, visit| {
            visit(cast::<MemberDescriptor>(d).owner.get());
            visit(cast::<MemberDescriptor>(d).name.get());
        }),
        dealloc: Some(member_dealloc),
        ..Slots::NONE
    },
    methods: &[call::noargs(call::sig!("__reduce__($self, /)"), |d| {
        let m = cast::<MemberDescriptor>(d);
        reduce(member_owner(m), &member_name(m))
    })],
    getset: &[
        getter("__name__", |d| {
            Ok(Ref::from_value(cast::<MemberDescriptor>(d).name.get()).own())
        }),
        getter("__objclass__", |d| {
            Ok(Ref::from_value(cast::<MemberDescriptor>(d).owner.get()).own())
        }),
        getter("__qualname__", |d| {
            let m = cast::<MemberDescriptor>(d);
            qualname(member_owner(m), &member_name(m))
        }),
        getter("__doc__", |d| {
            doc(cast::<MemberDescriptor>(d).def.map_or("", |def| def.doc))
        }),
    ],
    ..TypeDef::NEW
});
fn member_name(m: &MemberDescriptor) -> String {
    super::str::to_string_lossy(Ref::from_value(m.name.get()))
}
fn member_owner(m: &MemberDescriptor) -> &'static TypeObject {
    super::type_::cast(Ref::from_value(m.owner.get()))
}
/// The field in an instance of the owner.
fn member_field<'a>(m: &MemberDescriptor, o: Ref<'a>) -> PyResult<&'a Cell<Value>> {
    check_owner(&member_name(m), member_owner(m), o)?;
    Ok(crate::typeobj::member_field(o, m.offset))
}
unsafe fn member_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let m = unsafe { &*p.cast::<MemberDescriptor>() };
    decref(m.owner.replace(Value::NULL));
    decref(m.name.replace(Value::NULL));
}
/// Offset of a member and its owner, for attribute caches.
pub fn member_offset(d: Ref) -> Option<(u32, &'static TypeObject)> {
    d.downcast_exact::<MemberDescriptor>()
        .filter(|m| m.def.is_none() && m.offset & crate::typeobj::BEHIND_ITEMS == 0)
        .map(|m| (m.offset, member_owner(m)))
}
/// Offset in instances of `ty` of what such a descriptor gives when it is read, for attribute caches.
pub fn load_offset(d: Ref, ty: &TypeObject) -> Option<u32> {
    match member_offset(d) {
        Some((offset, owner)) => ty.is_subtype(owner).then_some(offset),
        None => super::tuple::getter_offset(d, ty),
    }
}
/// `name` is interned.
pub fn new_member(owner: &TypeObject, name: Ref, offset: u32) -> PyResult {
    alloc::object(|header| MemberDescriptor {
        header,
        owner: Cell::new(owner.own().into_value()),
        name: Cell::new(name.own().into_value()),
        offset,
        def: None,
    })
}
/// Descriptors are pickled as `getattr(owner, name)` (CPython: Objects/descrobject.c, descr_reduce).
fn reduce(owner: &TypeObject, name: &str) -> PyResult {
    let getattr = match crate::builtins::lookup(crate::istr!("getattr"))? {
        Some(f) => f,
        None => return exc::attribute_error(format_args!("module 'builtins' has no attribute 'getattr'")),
    };
    let args = super::tuple::from_vec(vec![owner.own(), Own::str(name)]);
    Ok(super::tuple::from_vec(vec![getattr, args]))
}
unsafe fn getset_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance; the owner is the instance's own reference.
    decref(Value::from_ptr(unsafe { (*p.cast::<GetSetDescriptor>()).owner }));
}

#[unsafe(export_name = "pyaot_type_method_descriptor")]
pub static METHOD_DESCRIPTOR_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "method_descriptor",
        basic_size: size_of::<MethodDescriptor>(),
        flags: type_flag::METHOD_DESCRIPTOR | type_flag::DISALLOW_INSTANTIATION,
        slots: Slots {
            repr: Some(|d| {
                let d = cast::<MethodDescriptor>(d);
                Ok(Own::str(&format!(
                    "<method '{}' of '{}' objects>",
                    d.def.name(),
                    d.owner.full_name()
                )))
            }),
            descr_get: Some(|d, obj, _| match obj {
                None => Ok(d.own()),
                Some(o) => {
                    let m = cast::<MethodDescriptor>(d);
                    check_owner(m.def.name(), m.owner, o)?;
                    builtin::new(m.def, Some(o.own()), None)
                }
            }),
            ..Slots::NONE
        },
        methods: &[call::noargs(call::sig!("__reduce__($self, /)"), |d| {
            reduce(
                cast::<MethodDescriptor>(d).owner,
                cast::<MethodDescriptor>(d).def.name(),
            )
        })],
        getset: &[
            getter("__name__", |d| Ok(Own::str(cast::<MethodDescriptor>(d).def.name()))),
            getter("__objclass__", |d| Ok(cast::<MethodDescriptor>(d).owner.own())),
            getter("__qualname__", |d| {
                qualname(
                    cast::<MethodDescriptor>(d).owner,
                    cast::<MethodDescriptor>(d).def.name(),
                )
            }),
            getter("__doc__", |d| doc(cast::<MethodDescriptor>(d).def.doc)),
            getter("__text_signature__", |d| {
                Ok(Own::str(cast::<MethodDescriptor>(d).def.sig.text))
            }),
        ],
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(method_vectorcall));
    t
};

pub static CLASSMETHOD_DESCRIPTOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "classmethod_descriptor",
    basic_size: size_of::<MethodDescriptor>(),
    flags: type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        repr: Some(|d| {
            let d = &cast::<ClassMethodDescriptor>(d).0;
            Ok(Own::str(&format!(
                "<method '{}' of '{}' objects>",
                d.def.name(),
                d.owner.full_name()
            )))
        }),
        descr_get: Some(|d, obj, owner| {
            let m = &cast::<ClassMethodDescriptor>(d).0;
            let (name, base) = (m.def.name(), m.owner.full_name());
            let cls = match (owner, obj) {
                (Some(c), _) => c,
                (None, Some(o)) => o.ty().r(),
                (None, None) => {
                    return exc::type_error(format_args!(
                        "descriptor '{name}' for type '{base}' needs either an object or a type"
                    ));
                }
            };
            // CPython: Objects/descrobject.c, classmethod_get.
            match cls.downcast::<TypeObject>() {
                None => {
                    return exc::type_error(format_args!(
                        "descriptor '{name}' for type '{base}' needs a type, not a '{}' as arg 2",
                        cls.ty().full_name()
                    ));
                }
                Some(c) if !c.is_subtype(m.owner) => {
                    return exc::type_error(format_args!(
                        "descriptor '{name}' requires a subtype of '{base}' but received '{}'",
                        c.full_name()
                    ));
                }
                Some(_) => {}
            }
            builtin::new(m.def, Some(cls.own()), None)
        }),
        ..Slots::NONE
    },
    getset: &[
        getter("__name__", |d| {
            Ok(Own::str(cast::<ClassMethodDescriptor>(d).0.def.name()))
        }),
        getter("__objclass__", |d| Ok(cast::<ClassMethodDescriptor>(d).0.owner.own())),
        getter("__qualname__", |d| {
            qualname(
                cast::<ClassMethodDescriptor>(d).0.owner,
                cast::<ClassMethodDescriptor>(d).0.def.name(),
            )
        }),
        getter("__doc__", |d| doc(cast::<ClassMethodDescriptor>(d).0.def.doc)),
    ],
    ..TypeDef::NEW
});

pub static GETSET_DESCRIPTOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "getset_descriptor",
    basic_size: size_of::<GetSetDescriptor>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        traverse: Some(|d, visit| visit(Value::from_ptr(cast::<GetSetDescriptor>(d).owner))),
        dealloc: Some(getset_dealloc),
        repr: Some(|d| {
            let d = cast::<GetSetDescriptor>(d);
            Ok(Own::str(&format!(
                "<attribute '{}' of '{}' objects>",
                d.def.name,
                d.owner.full_name()
            )))
        }),
        descr_get: Some(|d, obj, _| match obj {
            None => Ok(d.own()),
            Some(o) => {
                let g = cast::<GetSetDescriptor>(d);
                check_owner(g.def.name, g.owner, o)?;
                (g.def.get)(o)
            }
        }),
        descr_set: Some(|d, obj, v| {
            let g = cast::<GetSetDescriptor>(d);
            check_owner(g.def.name, g.owner, obj)?;
            match g.def.set {
                Some(set) => set(obj, v),
                None => exc::attribute_error(format_args!(
                    "attribute '{}' of '{}' objects is not writable",
                    g.def.name,
                    g.owner.full_name()
                )),
            }
        }),
        ..Slots::NONE
    },
    getset: &[
        getter("__name__", |d| Ok(Own::str(cast::<GetSetDescriptor>(d).def.name))),
        getter("__objclass__", |d| Ok(cast::<GetSetDescriptor>(d).owner.own())),
        getter("__qualname__", |d| {
            qualname(cast::<GetSetDescriptor>(d).owner, cast::<GetSetDescriptor>(d).def.name)
        }),
        getter("__doc__", |d| doc(cast::<GetSetDescriptor>(d).def.doc)),
    ],
    ..TypeDef::NEW
});

pub static WRAPPER_DESCRIPTOR_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "wrapper_descriptor",
        basic_size: size_of::<WrapperDescriptor>(),
        flags: type_flag::METHOD_DESCRIPTOR | type_flag::DISALLOW_INSTANTIATION,
        slots: Slots {
            repr: Some(|d| {
                let d = cast::<WrapperDescriptor>(d);
                Ok(Own::str(&format!(
                    "<slot wrapper '{}' of '{}' objects>",
                    d.def.name,
                    d.owner.full_name()
                )))
            }),
            descr_get: Some(|d, obj, _| match obj {
                None => Ok(d.own()),
                Some(o) => {
                    let w = cast::<WrapperDescriptor>(d);
                    check_owner(w.def.name, w.owner, o)?;
                    alloc::object(|header| MethodWrapper {
                        header,
                        descr: Cell::new(d.own().into_value()),
                        this: Cell::new(o.own().into_value()),
                    })
                }
            }),
            ..Slots::NONE
        },
        methods: &[call::noargs(call::sig!("__reduce__($self, /)"), |d| {
            reduce(
                cast::<WrapperDescriptor>(d).owner,
                cast::<WrapperDescriptor>(d).def.name,
            )
        })],
        getset: &[
            getter("__name__", |d| Ok(Own::str(cast::<WrapperDescriptor>(d).def.name))),
            getter("__objclass__", |d| Ok(cast::<WrapperDescriptor>(d).owner.own())),
            getter("__qualname__", |d| {
                qualname(
                    cast::<WrapperDescriptor>(d).owner,
                    cast::<WrapperDescriptor>(d).def.name,
                )
            }),
            getter("__doc__", |d| doc(cast::<WrapperDescriptor>(d).def.doc)),
            getter("__text_signature__", |d| {
                Ok(Own::str(cast::<WrapperDescriptor>(d).def.text))
            }),
        ],
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(wrapper_vectorcall));
    t
};

pub static METHOD_WRAPPER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "method-wrapper",
    basic_size: size_of::<MethodWrapper>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        repr: Some(|w| {
            let w = cast::<MethodWrapper>(w);
            let (d, this) = (
                cast::<WrapperDescriptor>(Ref::from_value(w.descr.get())),
                Ref::from_value(w.this.get()),
            );
            Ok(Own::str(&format!(
                "<method-wrapper '{}' of {} object at {:#x}>",
                d.def.name,
                this.ty().name(),
                this.value().0
            )))
        }),
        call: Some(|w, args| {
            let w = cast::<MethodWrapper>(w);
            let d = cast::<WrapperDescriptor>(Ref::from_value(w.descr.get()));
            d.def.call(d.owner, Ref::from_value(w.this.get()), args)
        }),
        hash: Some(|w| {
            let w = cast::<MethodWrapper>(w);
            let h = (w.this.get().0.rotate_right(4) ^ w.descr.get().0.rotate_right(4)) as i64;
            Ok(if h == -1 { -2 } else { h })
        }),
        richcompare: Some(|a, b, op| {
            let (Some(x), Some(y)) = (a.downcast::<MethodWrapper>(), b.downcast::<MethodWrapper>()) else {
                return Ok(Own::not_implemented());
            };
            let same = x.descr.get() == y.descr.get() && x.this.get() == y.this.get();
            Ok(match op {
                crate::typeobj::CompareOp::Eq => Own::bool(same),
                crate::typeobj::CompareOp::Ne => Own::bool(!same),
                _ => Own::not_implemented(),
            })
        }),
        traverse: Some(|w, visit| {
            let w = cast::<MethodWrapper>(w);
            visit(w.descr.get());
            visit(w.this.get());
        }),
        dealloc: Some(wrapper_dealloc),
        ..Slots::NONE
    },
    getset: &[
        getter("__self__", |w| {
            Ok(Ref::from_value(cast::<MethodWrapper>(w).this.get()).own())
        }),
        getter("__name__", |w| {
            Ok(Own::str(
                cast::<WrapperDescriptor>(Ref::from_value(cast::<MethodWrapper>(w).descr.get()))
                    .def
                    .name,
            ))
        }),
        getter("__objclass__", |w| {
            Ok(
                cast::<WrapperDescriptor>(Ref::from_value(cast::<MethodWrapper>(w).descr.get()))
                    .owner
                    .own(),
            )
        }),
        getter("__qualname__", |w| {
            let d = cast::<WrapperDescriptor>(Ref::from_value(cast::<MethodWrapper>(w).descr.get()));
            qualname(d.owner, d.def.name)
        }),
        getter("__doc__", |w| {
            doc(
                cast::<WrapperDescriptor>(Ref::from_value(cast::<MethodWrapper>(w).descr.get()))
                    .def
                    .doc,
            )
        }),
        getter("__text_signature__", |w| {
            Ok(Own::str(
                cast::<WrapperDescriptor>(Ref::from_value(cast::<MethodWrapper>(w).descr.get()))
                    .def
                    .text,
            ))
        }),
    ],
    methods: &[call::noargs(call::sig!("__reduce__($self, /)"), |w| {
        let m = cast::<MethodWrapper>(w);
        let getattr = match crate::builtins::lookup(crate::istr!("getattr"))? {
            Some(f) => f,
            None => return exc::attribute_error(format_args!("module 'builtins' has no attribute 'getattr'")),
        };
        let d = cast::<WrapperDescriptor>(Ref::from_value(m.descr.get()));
        let args = super::tuple::from_vec(vec![Ref::from_value(m.this.get()).own(), Own::str(d.def.name)]);
        Ok(super::tuple::from_vec(vec![getattr, args]))
    })],
    ..TypeDef::NEW
});

fn cast<'a, T: Object>(d: Ref<'a>) -> &'a T {
    // SAFETY: slots and getters of these types receive their instances.
    unsafe { d.cast() }
}
unsafe fn wrapper_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let w = unsafe { &*p.cast::<MethodWrapper>() };
    decref(w.descr.get());
    decref(w.this.get());
}
fn qualname(owner: &TypeObject, name: &str) -> PyResult {
    let q = super::type_::qualname(owner)?;
    Ok(Own::str(&format!("{}.{name}", super::str::to_string_lossy(q.r()))))
}
fn doc(text: &str) -> PyResult {
    Ok(if text.is_empty() { Own::none() } else { Own::str(text) })
}

/// CPython: Objects/descrobject.c, descr_check.
fn check_owner(name: &str, owner: &TypeObject, obj: Ref) -> PyResult<()> {
    if obj.is_instance_of(owner) {
        return Ok(());
    }
    exc::type_error(format_args!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.full_name(),
        obj.ty().full_name()
    ))
}

/// The first argument of an unbound call (CPython: method_check_args, wrapperdescr_call).
fn take_self<'a>(name: &str, owner: &TypeObject, args: &Args<'a>) -> PyResult<(Ref<'a>, Args<'a>)> {
    let Some(this) = args.get(0) else {
        return exc::type_error(format_args!(
            "unbound method {}.{name}() needs an argument",
            owner.name()
        ));
    };
    check_owner(name, owner, this)?;
    Ok((this, args.rest()))
}

/// The first argument of an unbound slot wrapper (CPython: wrapperdescr_call).
fn wrapper_self<'a>(d: &WrapperDescriptor, args: &Args<'a>) -> PyResult<(Ref<'a>, Args<'a>)> {
    let Some(this) = args.get(0) else {
        return exc::type_error(format_args!(
            "descriptor '{}' of '{}' object needs an argument",
            d.def.name,
            d.owner.full_name()
        ));
    };
    if !this.is_instance_of(d.owner) {
        return exc::type_error(format_args!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            d.def.name,
            d.owner.full_name(),
            this.ty().full_name()
        ));
    }
    Ok((this, args.rest()))
}

/// `BaseException.__init__`, in whichever class.
pub fn is_exception_init(callable: Ref) -> bool {
    callable.downcast_exact::<WrapperDescriptor>().is_some_and(|d| {
        let plain = crate::exc::types::init as fn(Ref, &Args) -> PyResult<()>;
        d.def.is_init() && d.owner.slots().init.is_some_and(|f| core::ptr::fn_addr_eq(f, plain))
    })
}

/// A call of a slot wrapper for which `this` is a receiver.
#[inline(always)]
pub fn call_wrapper(callable: Ref, this: Ref, words: &[Value]) -> Option<PyResult> {
    let d = callable.downcast_exact::<WrapperDescriptor>()?;
    if !this.is_instance_of(d.owner) {
        return None;
    }
    let args = Args::new(words, words.len(), None);
    let init = d.owner.slots().init.filter(|_| d.def.is_init());
    Some(match init {
        Some(init) => init(this, &args).map(|()| Own::none()),
        None => d.def.call(d.owner, this, &args),
    })
}

/// The body of an exact method descriptor for which `this` is a receiver.
#[inline(always)]
pub fn method_body(callable: Ref, this: Ref) -> Option<&'static MethodDef> {
    let d = callable.downcast_exact::<MethodDescriptor>()?;
    (core::ptr::eq(this.ty(), d.owner) || this.is_instance_of(d.owner)).then_some(d.def)
}

unsafe extern "C" fn method_vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: `callable` is of this type; the vectorcall contract.
    let (d, args) = unsafe {
        (
            &*callable.as_ptr::<MethodDescriptor>(),
            Args::from_abi(args, nargsf, kwnames),
        )
    };
    to_abi(take_self(d.def.name(), d.owner, &args).and_then(|(this, rest)| d.def.invoke(this, &rest)))
}

unsafe extern "C" fn wrapper_vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: `callable` is of this type; the vectorcall contract.
    let (d, args) = unsafe {
        (
            &*callable.as_ptr::<WrapperDescriptor>(),
            Args::from_abi(args, nargsf, kwnames),
        )
    };
    to_abi(wrapper_self(d, &args).and_then(|(this, rest)| d.def.call(d.owner, this, &rest)))
}

/// The built-in type whose slot (or method that does the slot's work) `d` is, if `d` goes by `name`.
pub fn slot_owner(d: Ref, name: &str) -> Option<&'static TypeObject> {
    if let Some(w) = d.downcast_exact::<WrapperDescriptor>() {
        return (w.def.name == name).then_some(w.owner);
    }
    d.downcast_exact::<MethodDescriptor>()
        .filter(|m| m.def.name() == name)
        .map(|m| m.owner)
}
/// The built-in type of a slot wrapper.
pub fn wrapper_owner(d: Ref) -> Option<&'static TypeObject> {
    d.downcast_exact::<WrapperDescriptor>().map(|w| w.owner)
}

/// The descriptor for a row of a method table.
pub fn new_method(owner: &'static TypeObject, def: &'static MethodDef) -> PyResult {
    match def.kind {
        call::MethodKind::Instance => alloc::object(|header| MethodDescriptor { header, def, owner }),
        call::MethodKind::Class => {
            alloc::object(|header| ClassMethodDescriptor(MethodDescriptor { header, def, owner }))
        }
        call::MethodKind::Static => builtin::new(def, None, None),
    }
}
pub fn new_getset(owner: &'static TypeObject, def: &'static GetSetDef) -> PyResult {
    if def.member {
        return alloc::object(|header| MemberDescriptor {
            header,
            owner: Cell::new(owner.own().into_value()),
            name: Cell::new(super::str::intern(def.name).into_value()),
            offset: 0,
            def: Some(def),
        });
    }
    // The owner may be a class: the descriptor keeps it alive.
    core::mem::forget(owner.own());
    alloc::object(|header| GetSetDescriptor { header, def, owner })
}
pub fn new_wrapper(owner: &'static TypeObject, def: &'static WrapperDef) -> PyResult {
    alloc::object(|header| WrapperDescriptor { header, def, owner })
}
