//! `method`: a function bound to an instance (CPython: Objects/classobject.c).
use crate::call::{self, Args};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, to_abi};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use crate::{exc, istr, types};
use core::cell::Cell;
pub use pyaot_abi::MethodObject;
use pyaot_abi::{ARGS_MASK, ARGS_OFFSET, ARGS_STEAL, type_flag};

// SAFETY: abi layout.
unsafe impl Object for MethodObject {
    fn type_object() -> &'static TypeObject {
        &METHOD_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_method")]
pub static METHOD_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "method",
        basic_size: size_of::<MethodObject>(),
        flags: type_flag::GC | type_flag::WEAKREFABLE,
        doc: "Create a bound instance method object.",
        slots: Slots {
            new: Some(construct),
            repr: Some(repr),
            hash: Some(|m| {
                let m = cast(m);
                let h =
                    (m.instance.get().0.rotate_right(4) as i64) ^ protocol::hash(Ref::from_value(m.function.get()))?;
                Ok(if h == -1 { -2 } else { h })
            }),
            richcompare: Some(richcompare),
            getattro: Some(getattr),
            descr_get: Some(|m, _, _| Ok(m.own())),
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        methods: &[call::noargs(call::sig!("__reduce__($self, /)"), reduce)],
        getset: &[
            getter("__func__", |m| Ok(function(m).own())),
            getter("__self__", |m| Ok(instance(m).own())),
            getter("__doc__", |m| protocol::get_attr(function(m), istr!("__doc__"))),
        ],
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

fn cast(m: Ref<'_>) -> &MethodObject {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { m.cast() }
}
pub fn function(m: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(m).function.get())
}
pub fn instance(m: Ref<'_>) -> Ref<'_> {
    Ref::from_value(cast(m).instance.get())
}

pub fn new(function: Ref, instance: Ref) -> PyResult {
    alloc::object(|header| MethodObject {
        header,
        function: Cell::new(function.own().into_value()),
        instance: Cell::new(instance.own().into_value()),
    })
}
/// CPython: method_new_impl.
fn construct(_: &'static TypeObject, args: &Args) -> PyResult {
    args.no_keywords("method")?;
    args.count("method", 2, 2)?;
    let (f, i) = (args.get(0).expect("counted"), args.get(1).expect("counted"));
    if f.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("first argument must be callable"));
    }
    if i.is_none() {
        return exc::type_error(format_args!("instance must not be None"));
    }
    new(f, i)
}

/// Attributes of its own type first, then those of the function (CPython: method_getattro).
fn getattr(m: Ref, name: Ref) -> PyResult {
    let interned = types::str::intern_object(name.own());
    if let Some(d) = METHOD_TYPE.lookup(interned.r()).map(Ref::own) {
        return match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), Some(m), Some(METHOD_TYPE.r())),
            None => Ok(d),
        };
    }
    let f = function(m).own();
    protocol::get_attr(f.r(), interned.r())
}

/// CPython: method_repr.
fn repr(m: Ref) -> PyResult {
    let f = function(m);
    let mut name = protocol::get_attr_opt(f, istr!("__qualname__"))?;
    if !name.as_ref().is_some_and(|n| n.r().ty().has(type_flag::STR)) {
        name = protocol::get_attr_opt(f, istr!("__name__"))?;
    }
    let name = match name.filter(|n| n.r().ty().has(type_flag::STR)) {
        Some(n) => types::str::to_string_lossy(n.r()),
        None => "?".to_owned(),
    };
    let this = protocol::repr(instance(m))?;
    Ok(Own::str(&format!(
        "<bound method {name} of {}>",
        types::str::to_string_lossy(this.r())
    )))
}

fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<MethodObject>(), b.downcast::<MethodObject>()) else {
        return Ok(Own::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let functions = protocol::equal(Ref::from_value(x.function.get()), Ref::from_value(y.function.get()))?;
    let same = functions && x.instance.get() == y.instance.get();
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}

fn reduce(m: Ref) -> PyResult {
    let name = protocol::get_attr(function(m), istr!("__name__"))?;
    let Some(getattr) = crate::builtins::lookup(istr!("getattr"))? else {
        return exc::attribute_error(format_args!("module 'builtins' has no attribute 'getattr'"));
    };
    let args = types::tuple::from_vec(vec![instance(m).own(), name]);
    Ok(types::tuple::from_vec(vec![getattr, args]))
}

/// CPython: Objects/classobject.c, method_vectorcall.
unsafe extern "C" fn vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: `callable` is of this type; the vectorcall contract for the rest.
    unsafe {
        let m = &*callable.as_ptr::<MethodObject>();
        let (f, this) = (m.function.get(), m.instance.get());
        let Some(entry) = Ref::from_value(f).ty().head.vectorcall.get() else {
            return to_abi(call::not_callable(Ref::from_value(f)));
        };
        let n = nargsf & ARGS_MASK;
        if nargsf & ARGS_OFFSET != 0 {
            let first = args.sub(1);
            let old = first.replace(this);
            crate::object::incref(this);
            let r = entry(f, first, (n + 1) | (nargsf & ARGS_STEAL), kwnames);
            decref(first.replace(old));
            return r;
        }
        let view = Args::from_abi(args, nargsf, kwnames);
        to_abi(crate::typeobj::slot_functions::with_first(
            Ref::from_value(this),
            &view,
            |a| call::call(Ref::from_value(f), a),
        ))
    }
}

fn traverse(m: Ref, visit: crate::typeobj::slots::Visitor) {
    let m = cast(m);
    visit(m.function.get());
    visit(m.instance.get());
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let m = unsafe { &*p.cast::<MethodObject>() };
    decref(m.instance.get());
    decref(m.function.get());
}
