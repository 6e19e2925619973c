//! Weak references and proxies (CPython: Objects/weakrefobject.c).
//!
//! A referent does not know its references: a table from address to references does, and a header flag says that there is an entry.
use crate::call::{self, Args};
use crate::exc;
use crate::gc::collect::AddressHash;
use crate::object::{Header, Object, Own, PyResult, Raised, Ref, Value, alloc, field, flag, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, Slots, TypeDef, TypeObject, getter};
use core::cell::{Cell, RefCell};
use pyaot_abi::type_flag;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

#[repr(C)]
pub struct WeakRef {
    header: Header,
    /// Not counted; null once the referent is dead.
    object: Cell<Value>,
    callback: Cell<Value>,
    /// -1 until asked for.
    hash: Cell<i64>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout; proxies share it.
unsafe impl Object for WeakRef {
    fn type_object() -> &'static TypeObject {
        &REF_TYPE
    }
}

const SHARED: Slots = Slots {
    traverse: Some(traverse),
    clear: Some(clear),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

#[unsafe(export_name = "pyaot_type_weakref")]
pub static REF_TYPE: TypeObject = {
    TypeObject::builtin(&TypeDef {
        name: "weakref.ReferenceType",
        basic_size: size_of::<WeakRef>(),
        flags: type_flag::GC | type_flag::BASETYPE,
        slots: Slots {
            new: Some(new),
            init: Some(|_, a| a.count("__init__", 1, 2)),
            call: Some(|r, a| {
                a.no_keywords("weakref")?;
                a.count("weakref", 0, 0)?;
                Ok(referent(r).unwrap_or(Own::none()))
            }),
            hash: Some(hash),
            richcompare: Some(richcompare),
            repr: Some(repr),
            ..SHARED
        },
        getset: &[getter("__callback__", |r| {
            Ok(field(&of(r).callback).map_or(Own::none(), Ref::own))
        })],
        ..TypeDef::NEW
    })
};

macro_rules! proxy_type {
    ($ty:ident, $name:literal, $($extra:tt)*) => {
        pub static $ty: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<WeakRef>(),
            flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
            slots: Slots {
                repr: Some(proxy_repr),
                str: Some(|p| protocol::str(alive(p)?.r())),
                getattro: Some(|p, name| protocol::get_attr(alive(p)?.r(), name)),
                setattro: Some(|p, name, v| protocol::set_attr(alive(p)?.r(), name, v)),
                richcompare: Some(|a, b, op| protocol::compare(unwrap(a)?.r(), unwrap(b)?.r(), op)),
                iter: Some(|p| protocol::iter(alive(p)?.r())),
                iternext: Some(|p| {
                    let o = alive(p)?;
                    match o.r().ty().slots().iternext {
                        Some(f) => f(o.r()),
                        None => exc::type_error(format_args!("Weakref proxy referenced a non-iterator '{}' object", o.r().ty().name())),
                    }
                }),
                nb_bool: Some(|p| protocol::truth(alive(p)?.r())),
                mp_length: Some(|p| protocol::len(alive(p)?.r())),
                mp_subscript: Some(|p, k| protocol::get_item(alive(p)?.r(), k)),
                mp_ass_subscript: Some(|p, k, v| protocol::set_item(alive(p)?.r(), k, v)),
                sq_contains: Some(|p, v| protocol::contains(alive(p)?.r(), v)),
                nb_add: Some(|a, b| binary(a, b, 0)),
                nb_and: Some(|a, b| binary(a, b, 1)),
                nb_floor_divide: Some(|a, b| binary(a, b, 2)),
                nb_lshift: Some(|a, b| binary(a, b, 3)),
                nb_matrix_multiply: Some(|a, b| binary(a, b, 4)),
                nb_multiply: Some(|a, b| binary(a, b, 5)),
                nb_remainder: Some(|a, b| binary(a, b, 6)),
                nb_or: Some(|a, b| binary(a, b, 7)),
                nb_power: Some(|a, b, m| protocol::power(unwrap(a)?.r(), unwrap(b)?.r(), unwrap(m)?.r())),
                nb_rshift: Some(|a, b| binary(a, b, 9)),
                nb_subtract: Some(|a, b| binary(a, b, 10)),
                nb_true_divide: Some(|a, b| binary(a, b, 11)),
                nb_xor: Some(|a, b| binary(a, b, 12)),
                nb_inplace_add: Some(|a, b| binary(a, b, 13)),
                nb_inplace_and: Some(|a, b| binary(a, b, 14)),
                nb_inplace_floor_divide: Some(|a, b| binary(a, b, 15)),
                nb_inplace_lshift: Some(|a, b| binary(a, b, 16)),
                nb_inplace_matrix_multiply: Some(|a, b| binary(a, b, 17)),
                nb_inplace_multiply: Some(|a, b| binary(a, b, 18)),
                nb_inplace_remainder: Some(|a, b| binary(a, b, 19)),
                nb_inplace_or: Some(|a, b| binary(a, b, 20)),
                nb_inplace_rshift: Some(|a, b| binary(a, b, 22)),
                nb_inplace_subtract: Some(|a, b| binary(a, b, 23)),
                nb_inplace_true_divide: Some(|a, b| binary(a, b, 24)),
                nb_inplace_xor: Some(|a, b| binary(a, b, 25)),
                nb_divmod: Some(|a, b| protocol::divmod(unwrap(a)?.r(), unwrap(b)?.r())),
                nb_negative: Some(|p| protocol::negative(alive(p)?.r())),
                nb_positive: Some(|p| protocol::positive(alive(p)?.r())),
                nb_absolute: Some(|p| protocol::absolute(alive(p)?.r())),
                nb_invert: Some(|p| protocol::invert(alive(p)?.r())),
                nb_int: Some(|p| crate::types::int::methods::convert_object(alive(p)?.r())),
                nb_float: Some(|p| Ok(Own::float(crate::types::float::from_object(alive(p)?.r())?))),
                nb_index: Some(|p| protocol::index(alive(p)?.r())),
                $($extra)*
                ..SHARED
            },
            ..TypeDef::NEW
        });
    };
}
proxy_type!(PROXY_TYPE, "weakref.ProxyType",);
proxy_type!(CALLABLE_PROXY_TYPE, "weakref.CallableProxyType", call: Some(|p, a| call::call(alive(p)?.r(), a)),);

struct Table(RefCell<HashMap<usize, Vec<Value>, BuildHasherDefault<AddressHash>>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Table {}
static TABLE: Table = Table(RefCell::new(HashMap::with_hasher(BuildHasherDefault::new())));

fn of(r: Ref<'_>) -> &WeakRef {
    // SAFETY: slots of the three types receive their instances, which share the layout.
    unsafe { &*r.value().as_ptr::<WeakRef>() }
}

/// The referent, if it is alive.
pub fn referent(r: Ref) -> Option<Own> {
    field(&of(r).object).map(Ref::own)
}
pub fn is_weakref(v: Ref) -> bool {
    v.is_instance_of(&REF_TYPE) || is_proxy(v)
}
fn is_proxy(v: Ref) -> bool {
    core::ptr::eq(v.ty(), &PROXY_TYPE) || core::ptr::eq(v.ty(), &CALLABLE_PROXY_TYPE)
}

/// References to `v`, oldest first (borrowed words).
pub fn references(v: Ref) -> Vec<Own> {
    match v.header() {
        Some(h) if h.flags.get() & flag::WEAKREFS != 0 => {
            let table = TABLE.0.borrow();
            table
                .get(&(v.value().0 as usize))
                .map_or(Vec::new(), |l| l.iter().map(|w| Ref::from_value(*w).own()).collect())
        }
        _ => Vec::new(),
    }
}

fn can_be_referenced(v: Ref) -> bool {
    v.value().is_heap() && v.ty().has(type_flag::WEAKREFABLE)
}

/// A reference of type `ty` to `v`; one without callback is shared when the type is exact.
pub fn make(ty: &'static TypeObject, v: Ref, callback: Option<Ref>) -> PyResult {
    if !can_be_referenced(v) {
        return exc::type_error(format_args!(
            "cannot create weak reference to '{}' object",
            v.ty().name()
        ));
    }
    let callback = callback.filter(|c| !c.is_none());
    if callback.is_none() && !ty.is_heap() {
        if let Some(r) = references(v)
            .into_iter()
            .find(|r| core::ptr::eq(r.r().ty(), ty) && of(r.r()).callback.get().is_null())
        {
            return Ok(r);
        }
    }
    let size = (ty.head.basic_size.get() as usize).max(size_of::<WeakRef>());
    let p = alloc::raw(ty, size)?;
    // SAFETY: `size` bytes of fresh memory.
    unsafe {
        let header = p.read();
        p.cast::<WeakRef>().write(WeakRef {
            header,
            object: Cell::new(v.value()),
            callback: Cell::new(callback.map_or(Value::NULL, |c| c.own().into_value())),
            hash: Cell::new(-1),
        });
        p.cast::<u8>()
            .add(size_of::<WeakRef>())
            .write_bytes(0, size - size_of::<WeakRef>());
    }
    crate::typeobj::shape::init_instance(ty, p);
    let h = v.header().expect("a heap object");
    h.flags.set(h.flags.get() | flag::WEAKREFS);
    TABLE
        .0
        .borrow_mut()
        .entry(v.value().0 as usize)
        .or_default()
        .push(Value::from_ptr(p));
    Ok(Own::from_value(Value::from_ptr(p)))
}
fn new(cls: &'static TypeObject, a: &Args) -> PyResult {
    if core::ptr::eq(cls, &REF_TYPE) {
        a.no_keywords("ReferenceType")?;
    }
    a.count("__new__", 1, 2)?;
    make(cls, a.get(0).expect("count tested"), a.get(1))
}
pub fn make_proxy(v: Ref, callback: Option<Ref>) -> PyResult {
    let callable = v.ty().head.vectorcall.get().is_some();
    make(if callable { &CALLABLE_PROXY_TYPE } else { &PROXY_TYPE }, v, callback)
}

/// The object at `v` dies: its references become dead, their callbacks run, newest first.
pub fn clear_weakrefs(v: Value) {
    let Some(list) = TABLE.0.borrow_mut().remove(&(v.0 as usize)) else {
        return;
    };
    // SAFETY: the dying object is intact.
    let h = unsafe { &*v.as_ptr::<Header>() };
    h.flags.set(h.flags.get() & !flag::WEAKREFS);
    let mut with_callback = Vec::new();
    for w in list.into_iter().rev() {
        let r = Ref::from_value(w);
        of(r).object.set(Value::NULL);
        if !of(r).callback.get().is_null() && r.header().is_some_and(|h| h.refcount.get() > 0) {
            with_callback.push(r.own());
        }
    }
    run_callbacks(with_callback);
}
fn run_callbacks(refs: Vec<Own>) {
    if refs.is_empty() {
        return;
    }
    let saved = exc::take();
    for r in refs {
        let Some(callback) = Own::from_nullable(of(r.r()).callback.replace(Value::NULL)) else {
            continue;
        };
        if call::call1(callback.r(), r.r()).is_err() {
            crate::exec::write_unraisable("Exception ignored while calling weakref callback", Some(callback));
        }
    }
    if let Some(e) = saved {
        let Err(Raised) = exc::restore::<core::convert::Infallible>(e);
    }
}

/// The collector found these objects unreachable: weak references to them die before finalisers run; callbacks of references that
/// are themselves reachable are called (CPython: Python/gc.c, handle_weakrefs).
pub fn clear_for_garbage(garbage: &[usize]) {
    let mut callbacks = Vec::new();
    for &p in garbage {
        // SAFETY: the collector keeps the objects alive.
        let h = unsafe { &*(p as *const Header) };
        if h.flags.get() & flag::WEAKREFS == 0 {
            continue;
        }
        let Some(list) = TABLE.0.borrow_mut().remove(&p) else {
            continue;
        };
        h.flags.set(h.flags.get() & !flag::WEAKREFS);
        for w in list.into_iter().rev() {
            let r = Ref::from_value(w);
            of(r).object.set(Value::NULL);
            if !of(r).callback.get().is_null() && !garbage.contains(&(w.0 as usize)) {
                callbacks.push(r.own());
            }
        }
    }
    run_callbacks(callbacks);
}

fn unlink(r: Ref) {
    let object = of(r).object.replace(Value::NULL);
    if object.is_null() {
        return;
    }
    let mut table = TABLE.0.borrow_mut();
    if let Some(list) = table.get_mut(&(object.0 as usize)) {
        list.retain(|w| *w != r.value());
        if list.is_empty() {
            table.remove(&(object.0 as usize));
            // SAFETY: a referent outlives its table entry.
            let h = unsafe { &*object.as_ptr::<Header>() };
            h.flags.set(h.flags.get() & !flag::WEAKREFS);
        }
    }
}
fn traverse(r: Ref, visit: crate::typeobj::slots::Visitor) {
    visit(of(r).callback.get());
}
fn clear(r: Ref) {
    unlink(r);
    set_field(&of(r).callback, None);
}
unsafe fn dealloc(p: *mut Header) {
    clear(Ref::from_value(Value::from_ptr(p)));
}

fn hash(r: Ref) -> PyResult<i64> {
    let w = of(r);
    if w.hash.get() == -1 {
        let Some(o) = referent(r) else {
            return exc::type_error(format_args!("weak object has gone away"));
        };
        w.hash.set(protocol::hash(o.r())?);
    }
    Ok(w.hash.get())
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !b.is_instance_of(&REF_TYPE) || !a.is_instance_of(&REF_TYPE) {
        return Ok(Own::not_implemented());
    }
    match (referent(a), referent(b)) {
        (Some(x), Some(y)) => protocol::compare(x.r(), y.r(), op),
        _ => Ok(Own::bool(a.is(b) == (op == CompareOp::Eq))),
    }
}
fn repr(r: Ref) -> PyResult {
    let Some(o) = referent(r) else {
        return Ok(Own::str(&format!("<weakref at {:#x}; dead>", r.value().0)));
    };
    let name = match protocol::get_attr_opt(o.r(), crate::istr!("__name__"))? {
        Some(n) if n.r().ty().has(type_flag::STR) => format!(" ({})", crate::types::str::to_string_lossy(n.r())),
        _ => String::new(),
    };
    Ok(Own::str(&format!(
        "<weakref at {:#x}; to '{}' at {:#x}{name}>",
        r.value().0,
        o.r().ty().full_name(),
        o.value().0
    )))
}

fn alive(p: Ref) -> PyResult {
    match referent(p) {
        Some(o) => Ok(o),
        None => exc::raise(
            &exc::types::REFERENCE_ERROR,
            format_args!("weakly-referenced object no longer exists"),
        ),
    }
}
/// An operand: proxies stand for their referents.
fn unwrap(v: Ref) -> PyResult {
    if is_proxy(v) { alive(v) } else { Ok(v.own()) }
}
fn binary(a: Ref, b: Ref, op: i32) -> PyResult {
    protocol::binary_op(unwrap(a)?.r(), unwrap(b)?.r(), op)
}
fn proxy_repr(p: Ref) -> PyResult {
    match referent(p) {
        Some(o) => Ok(Own::str(&format!(
            "<weakproxy at {:#x}; to '{}' at {:#x}>",
            p.value().0,
            o.r().ty().full_name(),
            o.value().0
        ))),
        None => Ok(Own::str(&format!("<weakproxy at {:#x}; dead>", p.value().0))),
    }
}
