//! `_local`: an object whose attributes are different in every thread.
//!
//! Each thread that touches it has a dict of its own; `__init__` runs again, with the arguments of the construction, when a further
//! thread comes.
use super::ident;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::{istr, types};

#[repr(C)]
pub struct Local {
    header: Header,
    /// Positional arguments and keyword values of the construction (a tuple), and the tuple of the keyword names or null.
    args: Cell<Value>,
    kwnames: Cell<Value>,
    /// Dict of each thread.
    dicts: RefCell<Vec<(u64, Own)>>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Local {
    fn type_object() -> &'static TypeObject {
        &LOCAL_TYPE
    }
}
pub static LOCAL_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_thread._local",
    basic_size: size_of::<Local>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    doc: "Thread-local data",
    slots: Slots {
        new: Some(new),
        getattro: Some(get_attribute),
        setattro: Some(set_attribute),
        traverse: Some(|l, visit| {
            let this = cast(l);
            visit(this.args.get());
            visit(this.kwnames.get());
            this.dicts.borrow().iter().for_each(|(_, d)| visit(d.value()));
        }),
        clear: Some(|l| {
            let old = cast(l).dicts.take();
            drop(old);
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let this = unsafe { &*p.cast::<Local>() };
            decref(this.args.replace(Value::NULL));
            decref(this.kwnames.replace(Value::NULL));
            drop(this.dicts.take());
        }),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
fn cast(l: Ref<'_>) -> &Local {
    // SAFETY: slots receive instances.
    unsafe { l.cast() }
}

/// CPython: local_new.
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    if !args.is_empty() && same_init(cls) {
        return exc::type_error(format_args!("Initialization arguments are not supported"));
    }
    let (all, _, kwnames) = args.raw();
    let all = tuple::from_refs(all.iter().map(|v| Ref::from_value(*v)))?;
    let d = dict::try_new()?;
    alloc::object_of(cls, |header| Local {
        header,
        args: Cell::new(all.into_value()),
        kwnames: Cell::new(kwnames.map_or(Value::NULL, |k| k.own().into_value())),
        dicts: RefCell::new(vec![(ident(), d)]),
    })
}
/// The class has no `__init__` of its own.
fn same_init(cls: &TypeObject) -> bool {
    match (cls.slots().init, types::object::OBJECT_TYPE.slots().init) {
        (Some(a), Some(b)) => core::ptr::fn_addr_eq(a, b),
        (a, _) => a.is_none(),
    }
}

/// The running thread's dict (CPython: _ldict).
fn thread_dict(l: Ref) -> PyResult {
    let (this, me) = (cast(l), ident());
    if let Some((_, d)) = this.dicts.borrow().iter().find(|(t, _)| *t == me) {
        return Ok(d.clone());
    }
    let d = dict::try_new()?;
    this.dicts.borrow_mut().push((me, d.clone()));
    if let Some(init) = l.ty().slots().init.filter(|_| !same_init(l.ty())) {
        let values = Ref::from_value(this.args.get()).own();
        let names = field(&this.kwnames).map(Ref::own);
        let words = tuple::items(values.r());
        let keywords = names.as_ref().map_or(0, |n| tuple::len(n.r()));
        let args = Args::new(words, words.len() - keywords, names.as_ref().map(Own::r));
        if let Err(e) = init(l, &args) {
            this.dicts.borrow_mut().retain(|(t, _)| *t != me);
            return Err(e);
        }
    }
    Ok(d)
}

/// CPython: local_getattro.
fn get_attribute(l: Ref, name: Ref) -> PyResult {
    let d = thread_dict(l)?;
    if !name.ty().has(type_flag::STR) {
        return protocol::generic_get_attr(l, name);
    }
    if str_::equals_ascii(name, "__dict__") {
        return Ok(d);
    }
    let interned = str_::intern_object(str_::exact(name)?);
    let (name, ty) = (interned.r(), l.ty());
    let descr = ty.lookup(name).map(Ref::own);
    if let Some(f) = &descr {
        let s = f.r().ty().slots();
        if let (Some(get), Some(_)) = (s.descr_get, s.descr_set) {
            return get(f.r(), Some(l), Some(ty.r()));
        }
    }
    if let Some(v) = dict::get(d.r(), name)? {
        return Ok(v);
    }
    match descr {
        Some(f) => match f.r().ty().slots().descr_get {
            Some(get) => get(f.r(), Some(l), Some(ty.r())),
            None => Ok(f),
        },
        None => protocol::no_attribute(l, name),
    }
}
/// CPython: local_setattro.
fn set_attribute(l: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    let d = thread_dict(l)?;
    if !name.ty().has(type_flag::STR) {
        return protocol::generic_set_attr(l, name, v);
    }
    if str_::equals_ascii(name, "__dict__") {
        return exc::attribute_error_for(
            l,
            istr!("__dict__"),
            format_args!("'{}' object attribute '__dict__' is read-only", l.ty().full_name()),
        );
    }
    let interned = str_::intern_object(str_::exact(name)?);
    let name = interned.r();
    if let Some(f) = l.ty().lookup(name).map(Ref::own)
        && let Some(set) = f.r().ty().slots().descr_set
    {
        return set(f.r(), l, v);
    }
    match v {
        Some(v) => dict::set(d.r(), name, v),
        None if dict::delete(d.r(), name)? => Ok(()),
        None => protocol::no_attribute(l, name),
    }
}
