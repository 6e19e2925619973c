//! `builtin_function_or_method`: a row of a method table with its `self`.
use super::{Args, MethodDef};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, to_abi};
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getter};
use crate::{exc, types};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct BuiltinFunction {
    header: Header,
    pub def: &'static MethodDef,
    /// `self`: instance, class or module; null for static methods.
    this: Cell<Value>,
    /// `__module__`: str or null.
    module: Cell<Value>,
}

// SAFETY: `repr(C)` with a header; the type is final.
unsafe impl Object for BuiltinFunction {
    fn type_object() -> &'static TypeObject {
        &BUILTIN_FUNCTION_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_builtin_function")]
pub static BUILTIN_FUNCTION_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "builtin_function_or_method",
        basic_size: size_of::<BuiltinFunction>(),
        flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
        slots: Slots {
            repr: Some(repr),
            hash: Some(hash),
            richcompare: Some(richcompare),
            traverse: Some(traverse),
            dealloc: Some(dealloc),
            ..Slots::NONE
        },
        methods: &[super::noargs(super::sig!("__reduce__($self, /)"), reduce)],
        getset: GETSET,
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

static GETSET: &[GetSetDef] = &[
    getter("__name__", |f| Ok(Own::str(cast(f).def.name()))),
    getter("__qualname__", qualname),
    getter("__self__", |f| Ok(field(&cast(f).this).map_or(Own::none(), Ref::own))),
    getter("__module__", |f| {
        Ok(field(&cast(f).module).map_or(Own::none(), Ref::own))
    }),
    getter("__doc__", |f| {
        Ok(match cast(f).def.doc {
            "" => Own::none(),
            d => Own::str(d),
        })
    }),
    getter("__text_signature__", |f| Ok(Own::str(cast(f).def.sig.text))),
];

/// `TYPE.__new__`: `this` is the type.
pub static NEW_METHOD: MethodDef = super::raw(super::sig!("__new__($type, *args, **kwargs)"), call_new)
    .doc("Create and return a new object.  See help(type) for accurate signature.");

/// CPython: Objects/typeobject.c, tp_new_wrapper.
fn call_new(this: Ref, args: &Args) -> PyResult {
    let ty = types::type_::cast(this);
    let name = ty.full_name();
    let Some(first) = args.get(0) else {
        return exc::type_error(format_args!("{name}.__new__(): not enough arguments"));
    };
    let Some(cls) = first.downcast::<TypeObject>() else {
        return exc::type_error(format_args!(
            "{name}.__new__(X): X is not a type object ({})",
            first.ty().name()
        ));
    };
    if !cls.is_subtype(ty) {
        return exc::type_error(format_args!(
            "{name}.__new__({0}): {0} is not a subtype of {name}",
            cls.full_name()
        ));
    }
    // The nearest built-in base decides what memory an instance needs.
    let mut solid = cls;
    while solid
        .slots()
        .new
        .is_some_and(|f| core::ptr::eq(f as *const (), crate::typeobj::slot_functions::new as *const ()))
    {
        match solid.base() {
            Some(b) => solid = b,
            None => break,
        }
    }
    if solid.slots().new.map(|f| f as usize) != ty.slots().new.map(|f| f as usize) {
        return exc::type_error(format_args!(
            "{name}.__new__({}) is not safe, use {}.__new__()",
            cls.full_name(),
            solid.full_name()
        ));
    }
    match ty.slots().new {
        Some(new) => new(types::type_::cast(first), &args.rest()),
        None => exc::type_error(format_args!("cannot create '{name}' instances")),
    }
}

/// Whether `d` is the `__new__` of a built-in type.
pub fn is_new_method(d: Ref) -> bool {
    d.downcast_exact::<BuiltinFunction>()
        .is_some_and(|f| core::ptr::eq(f.def, &NEW_METHOD))
}

fn cast(f: Ref<'_>) -> &BuiltinFunction {
    // SAFETY: slots and getters of this type receive its instances.
    unsafe { f.cast() }
}

/// A function of a module (`this` = the module, `module` = its name), or a bound method of a built-in type.
pub fn new(def: &'static MethodDef, this: Option<Own>, module: Option<Own>) -> PyResult {
    alloc::object(|header| BuiltinFunction {
        header,
        def,
        this: Cell::new(this.map_or(Value::NULL, Own::into_value)),
        module: Cell::new(module.map_or(Value::NULL, Own::into_value)),
    })
}

/// The body of an exact built-in function and its `self`.
#[inline(always)]
pub fn body<'a>(callable: Ref<'a>) -> Option<(&'static MethodDef, Ref<'a>)> {
    let f = callable.downcast_exact::<BuiltinFunction>()?;
    let this = f.this.get();
    Some((f.def, Ref::from_value(if this.is_null() { Value::NONE } else { this })))
}

unsafe extern "C" fn vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    // SAFETY: the vectorcall contract; `callable` is of this type.
    let (f, args) = unsafe {
        (
            &*callable.as_ptr::<BuiltinFunction>(),
            Args::from_abi(args, nargsf, kwnames),
        )
    };
    let this = f.this.get();
    to_abi(
        f.def
            .invoke(Ref::from_value(if this.is_null() { Value::NONE } else { this }), &args),
    )
}

/// CPython: Objects/methodobject.c, meth_get__qualname__.
fn qualname(f: Ref) -> PyResult {
    let f = cast(f);
    let name = f.def.name();
    let Some(this) = field(&f.this) else {
        return Ok(Own::str(name));
    };
    if this.ty().is_subtype(&types::module::MODULE_TYPE) {
        return Ok(Own::str(name));
    }
    let ty = match this.downcast::<TypeObject>() {
        Some(t) => t,
        None => this.ty(),
    };
    let q = crate::object_protocol::get_attr(ty.r(), types::str::intern("__qualname__").r())?;
    Ok(Own::str(&format!("{}.{}", types::str::to_string_lossy(q.r()), name)))
}

/// CPython: Objects/methodobject.c, meth_reduce.
fn reduce(f: Ref) -> PyResult {
    let name = Own::str(cast(f).def.name());
    match field(&cast(f).this) {
        Some(this) if !this.ty().is_subtype(&types::module::MODULE_TYPE) => {
            let getattr = types::iterators::builtin(crate::istr!("getattr"))?;
            let pair = types::tuple::try_from_vec(vec![this.own(), name])?;
            types::tuple::try_from_vec(vec![getattr, pair])
        }
        _ => Ok(name),
    }
}

fn repr(f: Ref) -> PyResult {
    let f = cast(f);
    let text = match field(&f.this) {
        None => format!("<built-in function {}>", f.def.name()),
        Some(m) if m.ty().is_subtype(&types::module::MODULE_TYPE) => format!("<built-in function {}>", f.def.name()),
        Some(this) => {
            format!(
                "<built-in method {} of {} object at {:#x}>",
                f.def.name(),
                this.ty().name(),
                this.value().0
            )
        }
    };
    Ok(Own::str(&text))
}

fn hash(f: Ref) -> PyResult<i64> {
    let f = cast(f);
    let h = (f.this.get().0 >> 4) as i64 ^ (f.def as *const MethodDef as i64 >> 4);
    Ok(if h == -1 { -2 } else { h })
}

fn richcompare(a: Ref, b: Ref, op: crate::typeobj::CompareOp) -> PyResult {
    use crate::typeobj::CompareOp::{Eq, Ne};
    let (Some(x), Some(y)) = (a.downcast::<BuiltinFunction>(), b.downcast::<BuiltinFunction>()) else {
        return Ok(Own::not_implemented());
    };
    let same = x.this.get() == y.this.get() && core::ptr::eq(x.def, y.def);
    Ok(match op {
        Eq => Own::bool(same),
        Ne => Own::bool(!same),
        _ => Own::not_implemented(),
    })
}

fn traverse(f: Ref, visit: crate::typeobj::slots::Visitor) {
    let f = cast(f);
    visit(f.this.get());
    visit(f.module.get());
}

unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let f = unsafe { &*p.cast::<BuiltinFunction>() };
    decref(f.this.get());
    decref(f.module.get());
}
