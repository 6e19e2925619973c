//! `_abc`: registration and instance checks of abstract base classes (CPython: Modules/_abc.c).
//!
//! The data of a class stand in its `_abc_impl` attribute: a registry and two caches of weak references.
use pyaot_core::exc::types::TYPE_ERROR;
use pyaot_core::prelude::*;
use pyaot_core::types::{module, type_, weakref};
use pyaot_core::{call as calls, istr, typeobj};

pub fn make() -> PyResult {
    typeobj::ready(&DATA_TYPE);
    let m = module::new("_abc")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}

#[repr(C)]
struct Data {
    header: Header,
    /// Weak references to classes.
    registry: RefCell<Vec<Own>>,
    cache: RefCell<Vec<Own>>,
    negative: RefCell<Vec<Own>>,
    /// Invalidation counter that the negative cache is for.
    version: Cell<u64>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for Data {
    fn type_object() -> &'static TypeObject {
        &DATA_TYPE
    }
}
static DATA_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_abc._abc_data",
    basic_size: size_of::<Data>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        traverse: Some(|d, visit| {
            let d = data_of(d);
            for set in [&d.registry, &d.cache, &d.negative] {
                set.borrow().iter().for_each(|w| visit(w.value()));
            }
        }),
        clear: Some(|d| {
            let d = data_of(d);
            let _ = (d.registry.take(), d.cache.take(), d.negative.take());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let d = unsafe { &*p.cast::<Data>() };
            let _ = (d.registry.take(), d.cache.take(), d.negative.take());
        }),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});
fn data_of(d: Ref<'_>) -> &Data {
    // SAFETY: slots receive instances; `data` tests.
    unsafe { d.cast() }
}

struct Counter(Cell<u64>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Counter {}
static INVALIDATION: Counter = Counter(Cell::new(0));

fn data(cls: Ref) -> PyResult {
    let d = protocol::get_attr(cls, istr!("_abc_impl"))?;
    if d.r().downcast::<Data>().is_none() {
        return exc::type_error(format_args!("_abc_impl is set to a wrong type"));
    }
    Ok(d)
}

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("get_cache_token()"), |_| Ok(Own::uint(INVALIDATION.0.get()))),
    one(sig!("_abc_init(object, /)"), |_, cls| init(cls)),
    bound(sig!("_abc_register(self, subclass, /)"), |_, b| {
        register(b.arg(0), b.arg(1))
    }),
    bound(sig!("_abc_instancecheck(self, instance, /)"), |_, b| {
        instance_check(b.arg(0), b.arg(1))
    }),
    bound(sig!("_abc_subclasscheck(self, subclass, /)"), |_, b| {
        Ok(Own::bool(subclass_check(b.arg(0), b.arg(1))?))
    }),
    one(sig!("_reset_registry(object, /)"), |_, cls| {
        data_of(data(cls)?.r()).registry.take();
        Ok(Own::none())
    }),
    one(sig!("_reset_caches(object, /)"), |_, cls| {
        let d = data(cls)?;
        let _ = (data_of(d.r()).cache.take(), data_of(d.r()).negative.take());
        Ok(Own::none())
    }),
    one(sig!("_get_dump(object, /)"), |_, cls| {
        let d = data(cls)?;
        let d = data_of(d.r());
        let set = |s: &RefCell<Vec<Own>>| {
            let items: Vec<Own> = s.borrow().clone();
            let t = tuple::try_from_vec(items)?;
            calls::call1(pyaot_core::types::set::SET_TYPE.r(), t.r())
        };
        tuple::try_from_vec(vec![
            set(&d.registry)?,
            set(&d.cache)?,
            set(&d.negative)?,
            Own::uint(d.version.get()),
        ])
    }),
];

/// Names of abstract methods, and the class's data (CPython: _abc__abc_init_impl).
fn init(cls: Ref) -> PyResult {
    let mut abstracts: Vec<Own> = Vec::new();
    let ty = type_::cast(cls);
    for (name, value) in dict::items_snapshot(ty.dict()) {
        if is_abstract(value.r())? {
            abstracts.push(name);
        }
    }
    let bases = protocol::get_attr(cls, istr!("__bases__"))?;
    for base in tuple::items(bases.r()).to_vec() {
        let Some(names) = protocol::get_attr_opt(Ref::from_value(base), istr!("__abstractmethods__"))? else {
            continue;
        };
        let it = protocol::iter(names.r())?;
        while let Some(name) = protocol::next(it.r())? {
            if let Some(v) = protocol::get_attr_opt(cls, name.r())? {
                if is_abstract(v.r())? {
                    abstracts.push(name);
                }
            }
        }
    }
    let names = tuple::try_from_vec(abstracts)?;
    let set = calls::call1(pyaot_core::types::set::FROZENSET_TYPE.r(), names.r())?;
    protocol::set_attr(cls, istr!("__abstractmethods__"), Some(set.r()))?;
    let d = alloc::object(|header| Data {
        header,
        registry: RefCell::default(),
        cache: RefCell::default(),
        negative: RefCell::default(),
        version: Cell::new(INVALIDATION.0.get()),
    })?;
    protocol::set_attr(cls, istr!("_abc_impl"), Some(d.r()))?;
    // `__abc_tpflags__` asks for the pattern-matching flags of sequences and mappings.
    if let Some(flags) = dict::get(ty.dict(), istr!("__abc_tpflags__"))? {
        let bits = pyaot_core::types::int::as_i64(flags.r())?;
        if bits & 1 << 5 != 0 {
            ty.add_flags(type_flag::SEQUENCE);
        }
        if bits & 1 << 6 != 0 {
            ty.add_flags(type_flag::MAPPING);
        }
        protocol::set_attr(cls, istr!("__abc_tpflags__"), None)?;
    }
    Ok(Own::none())
}
fn is_abstract(v: Ref) -> PyResult<bool> {
    match protocol::get_attr_opt(v, istr!("__isabstractmethod__"))? {
        Some(f) => protocol::truth(f.r()),
        None => Ok(false),
    }
}

fn contains(set: &RefCell<Vec<Own>>, cls: Ref) -> bool {
    set.borrow()
        .iter()
        .any(|w| weakref::referent(w.r()).is_some_and(|c| c.r().is(cls)))
}
fn add(set: &RefCell<Vec<Own>>, cls: Ref) -> PyResult<()> {
    let w = weakref::make(&weakref::REF_TYPE, cls, None)?;
    let mut all = set.borrow_mut();
    all.retain(|w| weakref::referent(w.r()).is_some());
    all.push(w);
    Ok(())
}

fn register(this: Ref, subclass: Ref) -> PyResult {
    if subclass.downcast::<TypeObject>().is_none() {
        return exc::type_error(format_args!("Can only register classes"));
    }
    if protocol::is_subclass(subclass, this)? {
        return Ok(subclass.own());
    }
    if protocol::is_subclass(this, subclass)? {
        return exc::runtime_error(format_args!("Refusing to create an inheritance cycle"));
    }
    let d = data(this)?;
    add(&data_of(d.r()).registry, subclass)?;
    INVALIDATION.0.set(INVALIDATION.0.get() + 1);
    let (from, to) = (type_::cast(this), type_::cast(subclass));
    for f in [type_flag::SEQUENCE, type_flag::MAPPING] {
        if from.has(f) && to.is_heap() {
            add_flag(to, f);
        }
    }
    Ok(subclass.own())
}

/// CPython: Objects/typeobject.c, _PyType_SetFlagsRecursive.
fn add_flag(ty: &TypeObject, f: u64) {
    if !ty.is_heap() || ty.has(f) {
        return;
    }
    ty.add_flags(f);
    for s in ty.subclass_list() {
        add_flag(s, f);
    }
}

fn instance_check(this: Ref, instance: Ref) -> PyResult {
    let d = data(this)?;
    let d = data_of(d.r());
    let subclass = protocol::get_attr(instance, istr!("__class__"))?;
    if contains(&d.cache, subclass.r()) {
        return Ok(Own::bool(true));
    }
    let subtype = instance.ty().r();
    if subtype.is(subclass.r()) {
        if d.version.get() == INVALIDATION.0.get() && contains(&d.negative, subclass.r()) {
            return Ok(Own::bool(false));
        }
        return calls::call_method(this, istr!("__subclasscheck__"), &[subclass.r()]);
    }
    let r = calls::call_method(this, istr!("__subclasscheck__"), &[subclass.r()])?;
    if protocol::truth(r.r())? {
        return Ok(r);
    }
    calls::call_method(this, istr!("__subclasscheck__"), &[subtype])
}

/// CPython: _abc__abc_subclasscheck_impl: caches, `__subclasshook__`, the MRO, registered classes, subclasses.
fn subclass_check(this: Ref, subclass: Ref) -> PyResult<bool> {
    if subclass.downcast::<TypeObject>().is_none() {
        return exc::raise(&TYPE_ERROR, format_args!("issubclass() arg 1 must be a class"));
    }
    let held = data(this)?;
    let d = data_of(held.r());
    if contains(&d.cache, subclass) {
        return Ok(true);
    }
    if d.version.get() < INVALIDATION.0.get() {
        d.negative.take();
        d.version.set(INVALIDATION.0.get());
    } else if contains(&d.negative, subclass) {
        return Ok(false);
    }
    let answer = calls::call_method(this, istr!("__subclasshook__"), &[subclass])?;
    if !answer.r().is_not_implemented() {
        let yes = if answer.value() == Value::TRUE {
            true
        } else if answer.value() == Value::FALSE {
            false
        } else {
            return exc::raise(
                &pyaot_core::exc::types::ASSERTION_ERROR,
                format_args!("__subclasshook__ must return either False, True, or NotImplemented"),
            );
        };
        add(if yes { &d.cache } else { &d.negative }, subclass)?;
        return Ok(yes);
    }
    if type_::cast(subclass).is_subtype(type_::cast(this)) {
        add(&d.cache, subclass)?;
        return Ok(true);
    }
    let registered: Vec<Own> = d
        .registry
        .borrow()
        .iter()
        .filter_map(|w| weakref::referent(w.r()))
        .collect();
    for r in registered {
        if protocol::is_subclass(subclass, r.r())? {
            add(&d.cache, subclass)?;
            return Ok(true);
        }
    }
    let subclasses = calls::call_method(this, istr!("__subclasses__"), &[])?;
    let it = protocol::iter(subclasses.r())?;
    while let Some(s) = protocol::next(it.r())? {
        if protocol::is_subclass(subclass, s.r())? {
            add(&d.cache, subclass)?;
            return Ok(true);
        }
    }
    add(&d.negative, subclass)?;
    Ok(false)
}
