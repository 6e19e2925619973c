//! `type`: calling a class, attributes of classes.
use crate::call::{Args, noargs, one, raw, sig};
use crate::object::{Own, PyResult, Ref, Value, field, set_field, to_abi};
use crate::typeobj::{
    GetSetDef, Slots, TypeDef, TypeObject, cache, create, getset, getter, member, mro, slot_functions, update,
};
use crate::types::{dict, mappingproxy, str as str_, tuple};
use crate::{exc, istr, object_protocol};
use pyaot_abi::{ARGS_MASK, ARGS_OFFSET, FunctionObject, type_flag};

#[unsafe(export_name = "pyaot_type_type")]
pub static TYPE_TYPE: TypeObject = {
    let t = TypeObject::builtin(&TypeDef {
        name: "type",
        basic_size: size_of::<TypeObject>(),
        flags: type_flag::GC | type_flag::BASETYPE | type_flag::TYPE | type_flag::WEAKREFABLE,
        doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
        slots: Slots {
            repr: Some(repr),
            call: Some(call),
            getattro: Some(object_protocol::type_get_attr),
            setattro: Some(set_attr),
            new: Some(create::type_new),
            init: Some(init),
            nb_or: Some(crate::types::union::type_or),
            traverse: Some(create::type_traverse),
            clear: Some(create::type_clear),
            dealloc: Some(create::type_dealloc),
            ..Slots::NONE
        },
        methods: &[
            noargs(sig!("mro($self, /)"), |t| tuple_to_list(mro::linearise(cast(t))?))
                .doc("Return a type's method resolution order."),
            noargs(sig!("__subclasses__($self, /)"), |t| {
                tuple_to_list(cast(t).subclass_list().iter().map(|s| s.own()).collect())
            })
            .doc("Return a list of immediate subclasses."),
            raw(
                sig!("__prepare__($cls, name, bases, /, **kwds)"),
                |_, _| Ok(dict::new()),
            )
            .class()
            .doc("Create the namespace for the class statement"),
            one(sig!("__instancecheck__($self, instance, /)"), |t, o| {
                object_protocol::real_is_instance(o, t).map(Own::bool)
            })
            .doc("Check if an object is an instance."),
            one(sig!("__subclasscheck__($self, subclass, /)"), |t, o| {
                object_protocol::real_is_subclass(o, t).map(Own::bool)
            })
            .doc("Check if a class is a subclass."),
            noargs(sig!("__dir__($self, /)"), dir).doc("Specialized __dir__ implementation for types."),
            noargs(sig!("__sizeof__($self, /)"), |t| {
                Ok(Own::usize(t.ty().head.basic_size.get() as usize))
            })
            .doc("Return memory consumption of the type object."),
        ],
        getset: GETSET,
        ..TypeDef::NEW
    });
    t.head.vectorcall.replace(Some(vectorcall));
    t
};

static GETSET: &[GetSetDef] = &[
    getset("__name__", get_name, set_name),
    getset("__qualname__", |t| qualname(cast(t)), set_qualname),
    getset("__bases__", get_bases, set_bases),
    getset("__module__", get_module, set_module),
    getset("__abstractmethods__", get_abstract, set_abstract),
    getter("__dict__", |t| mappingproxy::new(cast(t).dict())),
    getset("__doc__", get_doc, set_doc),
    getter("__text_signature__", |t| Ok(text_signature(cast(t)))),
    getset("__annotations__", get_annotations, set_annotations),
    getset("__annotate__", get_annotate, set_annotate),
    getset("__type_params__", get_type_params, set_type_params),
    member("__base__", |t| {
        Ok(cast(t).base().map_or_else(Own::none, TypeObject::own))
    }),
    getter("__mro__", |t| Ok(field(&cast(t).mro).map_or_else(Own::none, Ref::own))),
    member("__basicsize__", |t| Ok(Own::int(cast(t).head.basic_size.get() as i64))),
    member("__itemsize__", |t| {
        let t = cast(t);
        // CPython's str points to its text.
        Ok(Own::int(if t.has(type_flag::STR) {
            0
        } else {
            t.head.item_size.get() as i64
        }))
    }),
    member("__flags__", |t| Ok(Own::int(cpython_flags(cast(t)) as i64))),
    member("__weakrefoffset__", |t| {
        Ok(Own::int(if cast(t).has(type_flag::WEAKREFABLE) { -32 } else { 0 }))
    }),
    member("__dictoffset__", |t| {
        let t = cast(t);
        Ok(Own::int(match t.head.shape_offset.get() {
            0 => t.dict_offset.get() as i64,
            _ => -1,
        }))
    }),
];

pub fn cast(t: Ref<'_>) -> &'static TypeObject {
    // SAFETY: the caller passes a type; types outlive what refers to them here.
    unsafe { &*t.value().as_ptr::<TypeObject>() }
}

fn tuple_to_list(items: Vec<Own>) -> PyResult {
    let list = crate::types::list::new()?;
    for v in items {
        crate::types::list::append(list.r(), v)?;
    }
    Ok(list)
}

/// The type's name as argument errors print it: "None" for None.
pub fn none_or_name(v: Ref) -> &'static str {
    if v.is_none() { "None" } else { v.ty().name() }
}

// ---- calling ----

unsafe extern "C" fn vectorcall(cls: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    let cls = Ref::from_value(cls);
    let ty = cast(cls);
    let s = ty.slots();
    let is = |f: Option<*const ()>, g: *const ()| f.is_some_and(|f| core::ptr::eq(f, g));
    if ty.has(type_flag::BASE_EXC) && kwnames.is_null() {
        // SAFETY: the vectorcall contract.
        let words = unsafe { Args::from_abi(args, nargsf, kwnames) };
        if let Some(made) = crate::exc::types::construct(ty, words.pos()) {
            return to_abi(made);
        }
    }
    if is(s.init.map(|f| f as _), slot_functions::init as *const ()) && !ty.has(type_flag::ABSTRACT) {
        if is(s.new.map(|f| f as _), crate::types::object::new as *const ()) {
            let made = crate::types::object::new_plain(ty);
            // SAFETY: the vectorcall contract.
            return to_abi(made.and_then(|obj| unsafe { initialise(obj, args, nargsf, kwnames) }));
        }
        if is(s.new.map(|f| f as _), crate::exc::types::new as *const ()) {
            // SAFETY: the vectorcall contract.
            let made = crate::exc::types::new(ty, &unsafe { Args::from_abi(args, nargsf, kwnames) });
            return to_abi(made.and_then(|obj| unsafe { initialise(obj, args, nargsf, kwnames) }));
        }
    }
    if let Some(new) = python_new(ty)
        && nargsf & ARGS_OFFSET != 0
        && let Some(f) = new.ty().head.vectorcall.get()
    {
        // SAFETY: the vectorcall contract; args[-1] may be overwritten for the time of the call. The function is kept for as long.
        unsafe {
            let kept = new.own();
            let first = args.sub(1);
            let old = first.replace(cls.own().into_value());
            let made = f(kept.r().value(), first, (nargsf & ARGS_MASK) + 1, kwnames);
            crate::object::decref(first.replace(old));
            let exact = !made.is_null() && core::ptr::eq(Ref::from_value(made).ty(), ty);
            if made.is_null() || exact && is(ty.slots().init.map(|f| f as _), crate::types::object::init as *const ()) {
                return made;
            }
            let made = Own::from_value(made);
            return to_abi(initialise_made(made, ty, &Args::from_abi(args, nargsf, kwnames)));
        }
    }
    // SAFETY: the vectorcall contract.
    let args = unsafe { Args::from_abi(args, nargsf, kwnames) };
    to_abi(call(cls, &args))
}

/// The function that `__new__` of a plain class is, where that is a Python function.
#[inline]
fn python_new(ty: &'static TypeObject) -> Option<Ref<'static>> {
    let slot = ty.slots().new.map(|f| f as *const ());
    let by_name = slot.is_some_and(|f| core::ptr::eq(f, slot_functions::new as *const ()));
    if !by_name || !core::ptr::eq(ty.r().ty(), &TYPE_TYPE) {
        return None;
    }
    let function = crate::types::staticmethod::exact_function(ty.lookup(istr!("__new__"))?)?;
    function.downcast_exact::<FunctionObject>().map(|_| function)
}

/// The second half of a call of a class.
fn initialise_made(obj: Own, ty: &'static TypeObject, args: &Args) -> PyResult {
    let obj_type = obj.r().ty();
    if obj_type.is_subtype(ty)
        && let Some(init) = obj_type.slots().init
    {
        init(obj.r(), args)?;
    }
    Ok(obj)
}

/// The `__init__` that a call of the class runs on a plain new instance, if that is a Python function with all that entails.
#[inline]
pub fn plain_constructor(ty: &'static TypeObject) -> Option<&'static FunctionObject> {
    constructor(ty).filter(|_| !ty.has(type_flag::BASE_EXC))
}

/// The `__init__` that a call of the class runs, where that is a Python function and `__new__` is `object`'s, or `BaseException`'s
/// for a class of exceptions.
#[inline]
pub fn constructor(ty: &'static TypeObject) -> Option<&'static FunctionObject> {
    let (version, function) = ty.constructor.get();
    if version == 0 || version != ty.head.version.get() {
        return find_constructor(ty);
    }
    // SAFETY: the class, unchanged since, holds the function.
    (!function.is_null()).then(|| unsafe { &*function.as_ptr::<FunctionObject>() })
}

#[cold]
fn find_constructor(ty: &'static TypeObject) -> Option<&'static FunctionObject> {
    let s = ty.slots();
    let is = |f: Option<*const ()>, g: *const ()| f.is_some_and(|f| core::ptr::eq(f, g));
    let new = match ty.has(type_flag::BASE_EXC) {
        true => crate::exc::types::new as *const (),
        false => crate::types::object::new as *const (),
    };
    let plain = is(s.init.map(|f| f as _), slot_functions::init as *const ())
        && is(s.new.map(|f| f as _), new)
        && !ty.has(type_flag::ABSTRACT);
    let init = ty.lookup(istr!("__init__")).filter(|_| plain);
    let function = init.filter(|f| f.downcast_exact::<FunctionObject>().is_some());
    ty.constructor
        .set((ty.head.version.get(), function.map_or(Value::NULL, |f| f.value())));
    // SAFETY: as in `constructor`.
    function.map(|f| unsafe { &*f.value().as_ptr::<FunctionObject>() })
}

/// Runs the Python `__init__` of a new instance; the arguments are passed on in place where the caller left room for `self`.
unsafe fn initialise(obj: Own, args: *mut Value, nargsf: u64, kwnames: Value) -> PyResult {
    let Some((init, true)) = slot_functions::lookup_method(obj.r(), istr!("__init__"))? else {
        // SAFETY: the vectorcall contract.
        slot_functions::init(obj.r(), &unsafe { Args::from_abi(args, nargsf, kwnames) })?;
        return Ok(obj);
    };
    let entry = init.r().ty().head.vectorcall.get();
    let r = match entry {
        // SAFETY: args[-1] may be overwritten for the time of the call.
        Some(f) if nargsf & ARGS_OFFSET != 0 => unsafe {
            // The array owns `self` for the time of the call: a callee that may steal can take it.
            let first = args.sub(1);
            let old = first.replace(obj.clone().into_value());
            let n = (nargsf & ARGS_MASK) + 1;
            let r = f(init.value(), first, n | nargsf & pyaot_abi::ARGS_STEAL, kwnames);
            crate::object::decref(first.replace(old));
            Own::from_abi(r)
        },
        // SAFETY: the vectorcall contract.
        _ => slot_functions::with_first(obj.r(), &unsafe { Args::from_abi(args, nargsf, kwnames) }, |a| {
            crate::call::call(init.r(), a)
        }),
    };
    slot_functions::check_init_result(r?.r())?;
    Ok(obj)
}

/// `cls(*args)`: `__new__`, then `__init__` if the result is an instance (CPython: type_call).
pub fn call(cls: Ref, args: &Args) -> PyResult {
    let ty = cast(cls);
    if core::ptr::eq(ty, &TYPE_TYPE) {
        if args.len() == 1 && !args.has_keywords() {
            return Ok(args.get(0).expect("length tested").ty().own());
        }
        if args.len() != 3 {
            return exc::type_error(format_args!("type() takes 1 or 3 arguments"));
        }
    }
    let Some(new) = ty.slots().new else {
        return exc::type_error(format_args!("cannot create '{}' instances", ty.full_name()));
    };
    initialise_made(new(ty, args)?, ty, args)
}

fn init(_: Ref, args: &Args) -> PyResult<()> {
    if args.has_keywords() && args.len() == 1 {
        return exc::type_error(format_args!("type.__init__() takes no keyword arguments"));
    }
    match args.len() {
        1 | 3 => Ok(()),
        _ => exc::type_error(format_args!("type.__init__() takes 1 or 3 arguments")),
    }
}

// ---- names ----

/// Name with the module, which is left out for `builtins` and `__main__` (CPython: _PyType_GetFullyQualifiedName).
pub fn fully_qualified_name(ty: &TypeObject) -> PyResult<String> {
    if ty.def.is_some() {
        return Ok(ty.full_name().to_string());
    }
    let name = str_::to_string_lossy(qualname(ty)?.r());
    let module = module_of(ty)?.filter(|m| m.r().ty().has(type_flag::STR));
    Ok(match module {
        Some(m) if !matches!(str_::as_ascii(m.r()), Some("builtins" | "__main__")) => {
            format!("{}.{name}", str_::to_string_lossy(m.r()))
        }
        _ => name.to_string(),
    })
}

/// CPython: type_repr.
fn repr(t: Ref) -> PyResult {
    let ty = cast(t);
    let name = str_::to_string_lossy(qualname(ty)?.r());
    let module = module_of(ty)?.filter(|m| m.r().ty().has(type_flag::STR));
    let text = match module {
        Some(m) if str_::as_ascii(m.r()) != Some("builtins") => {
            format!("<class '{}.{name}'>", str_::to_string_lossy(m.r()))
        }
        _ => format!("<class '{}'>", ty.full_name()),
    };
    Ok(Own::str(&text))
}
/// `__module__` as the type states it; `None` when a class lost it (CPython: type_module).
pub fn module_of(ty: &TypeObject) -> PyResult<Option<Own>> {
    match ty.def {
        Some(def) => Ok(Some(match def.name.rsplit_once('.') {
            Some((module, _)) => Own::str(module),
            None => istr!("builtins").own(),
        })),
        None => dict::get(ty.dict(), istr!("__module__")),
    }
}
/// `__qualname__`.
pub fn qualname(ty: &TypeObject) -> PyResult {
    Ok(match Ref::from_nullable(ty.qualname.get()) {
        Some(q) => q.own(),
        None => Own::str(ty.name()),
    })
}

/// Writing an attribute that the type object itself keeps (CPython: check_set_special_type_attr).
fn writable<'a>(ty: &TypeObject, name: &str, v: Option<Ref<'a>>) -> PyResult<Ref<'a>> {
    match v {
        _ if ty.has(type_flag::IMMUTABLE) => exc::type_error(format_args!(
            "cannot set '{name}' attribute of immutable type '{}'",
            ty.full_name()
        )),
        None => exc::type_error(format_args!(
            "cannot delete '{name}' attribute of immutable type '{}'",
            ty.full_name()
        )),
        Some(v) => Ok(v),
    }
}
fn get_name(t: Ref) -> PyResult {
    Ok(match field(&cast(t).name_object) {
        Some(n) => n.own(),
        None => Own::str(cast(t).name()),
    })
}
fn text_only<'a>(ty: &TypeObject, name: &str, v: Option<Ref<'a>>) -> PyResult<Ref<'a>> {
    let v = writable(ty, name, v)?;
    if !v.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "can only assign string to {}.{name}, not '{}'",
            ty.name(),
            v.ty().name()
        ));
    }
    Ok(v)
}
fn set_name(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let v = text_only(ty, "__name__", v)?;
    if str_::code_points(str_::cast(v)).any(|c| c == 0) {
        return exc::value_error(format_args!("type name must not contain null characters"));
    }
    cache::modified(ty);
    set_field(&ty.name_object, Some(v.own()));
    Ok(())
}
fn set_qualname(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let v = text_only(cast(t), "__qualname__", v)?;
    set_field(&cast(t).qualname, Some(v.own()));
    Ok(())
}
fn get_module(t: Ref) -> PyResult {
    match module_of(cast(t))? {
        Some(m) => Ok(m),
        None => exc::attribute_error(format_args!("__module__")),
    }
}
fn set_module(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let v = writable(ty, "__module__", v)?;
    cache::modified(ty);
    dict::delete(ty.dict(), istr!("__firstlineno__"))?;
    dict::set(ty.dict(), istr!("__module__"), v)
}

// ---- bases ----

fn get_bases(t: Ref) -> PyResult {
    Ok(field(&cast(t).bases).map_or_else(Own::none, Ref::own))
}
/// CPython: type_set_bases.
fn set_bases(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let v = writable(ty, "__bases__", v)?;
    if !v.ty().has(type_flag::TUPLE) {
        return exc::type_error(format_args!(
            "can only assign tuple to {}.__bases__, not {}",
            ty.name(),
            v.ty().name()
        ));
    }
    if tuple::len(v) == 0 {
        return exc::type_error(format_args!(
            "can only assign non-empty tuple to {}.__bases__, not ()",
            ty.name()
        ));
    }
    for b in tuple::items(v) {
        let b = Ref::from_value(*b);
        let Some(base) = b.downcast::<TypeObject>() else {
            return exc::type_error(format_args!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                ty.name(),
                b.ty().name()
            ));
        };
        // A base whose order is being computed by a custom mro() has the new base already, but the old order.
        let by_base = core::iter::successors(base.base(), |c| c.base()).any(|c| core::ptr::eq(c, ty));
        if base.is_subtype(ty) || !base.mro.get().is_null() && by_base {
            return exc::type_error(format_args!("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = create::best_base(v)?;
    if let Some(old) = ty.base() {
        crate::types::object::check_layout(old, new_base, "__bases__")?;
        let size = |b: &TypeObject| b.head.basic_size.get() > ty.head.basic_size.get();
        if size(new_base) {
            return exc::type_error(format_args!(
                "__bases__ assignment: '{}' object layout differs from '{}'",
                new_base.name(),
                old.name()
            ));
        }
    }
    let (old_bases, old_base) = (ty.bases.replace(v.own().into_value()), ty.base.replace(new_base));
    let updated = mro::update_hierarchy(ty);
    let old_bases = Own::from_value(old_bases);
    // A custom mro() may have assigned again: then that assignment stands, with its own bookkeeping.
    let replaced = ty.bases.get() != v.value();
    if let Err(e) = updated {
        if !replaced {
            crate::object::decref(ty.bases.replace(old_bases.into_value()));
            ty.base.set(old_base);
        }
        return Err(e);
    }
    if replaced {
        return Ok(());
    }
    for b in tuple::items(old_bases.r()) {
        // SAFETY: under the GIL; no reference to the list is kept.
        unsafe { (*cast(Ref::from_value(*b)).subclasses.get()).retain(|s| !core::ptr::eq(*s, ty)) };
    }
    for b in tuple::items(v) {
        // SAFETY: as above.
        unsafe { (*cast(Ref::from_value(*b)).subclasses.get()).push(ty) };
    }
    cache::modified(ty);
    update::update_all_slots(ty);
    Ok(())
}

// ---- attributes in the dict ----

fn own_attr(ty: &TypeObject, name: Ref) -> PyResult<Option<Own>> {
    dict::get(ty.dict(), name)
}
fn get_abstract(t: Ref) -> PyResult {
    // `type` itself has the descriptor under that name.
    let found = if core::ptr::eq(cast(t), &TYPE_TYPE) {
        None
    } else {
        own_attr(cast(t), istr!("__abstractmethods__"))?
    };
    match found {
        Some(m) => Ok(m),
        None => exc::raise_value(&exc::types::ATTRIBUTE_ERROR, istr!("__abstractmethods__").own()),
    }
}
fn set_abstract(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let name = istr!("__abstractmethods__");
    let abstract_ = match v {
        Some(v) => {
            let truth = object_protocol::truth(v)?;
            writable(ty, "__abstractmethods__", Some(v))?;
            dict::set(ty.dict(), name, v)?;
            truth
        }
        None => {
            if ty.has(type_flag::IMMUTABLE) || !dict::delete(ty.dict(), name)? {
                return exc::raise_value(&exc::types::ATTRIBUTE_ERROR, name.own());
            }
            false
        }
    };
    cache::modified(ty);
    let flags = ty.head.flags.get() & !type_flag::ABSTRACT;
    ty.head
        .flags
        .set(if abstract_ { flags | type_flag::ABSTRACT } else { flags });
    Ok(())
}
fn get_doc(t: Ref) -> PyResult {
    let ty = cast(t);
    if let Some(def) = ty.def {
        // The signature line is `__text_signature__`.
        let doc = def.doc.split_once("\n--\n\n").map_or(def.doc, |(_, text)| text);
        return Ok(if doc.is_empty() { Own::none() } else { Own::str(doc) });
    }
    match own_attr(ty, istr!("__doc__"))? {
        Some(d) => match d.r().ty().slots().descr_get {
            Some(get) => get(d.r(), None, Some(t)),
            None => Ok(d),
        },
        None => Ok(Own::none()),
    }
}
fn set_doc(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let v = writable(ty, "__doc__", v)?;
    cache::modified(ty);
    dict::set(ty.dict(), istr!("__doc__"), v)
}
fn text_signature(ty: &TypeObject) -> Own {
    let Some(def) = ty.def else { return Own::none() };
    // "NAME(signature)\n--\n\n" opens the doc string of types that state one.
    let found = def
        .doc
        .split_once("\n--\n\n")
        .and_then(|(s, _)| s.find('(').map(|i| &s[i..]));
    found.map_or_else(Own::none, Own::str)
}
/// CPython: type_get_annotations.
fn get_annotations(t: Ref) -> PyResult {
    let ty = cast(t);
    let missing = |ty: &TypeObject| {
        exc::attribute_error(format_args!(
            "type object '{}' has no attribute '__annotations__'",
            ty.name()
        ))
    };
    if ty.has(type_flag::IMMUTABLE) {
        return missing(ty);
    }
    for name in [istr!("__annotations__"), istr!("__annotations_cache__")] {
        if let Some(a) = own_attr(ty, name)? {
            return match a.r().ty().slots().descr_get {
                Some(get) => get(a.r(), None, Some(t)),
                None => Ok(a),
            };
        }
    }
    let annotate = get_annotate(t)?;
    let result = if annotate.r().is_none() {
        dict::new()
    } else {
        let r = crate::call::call1(annotate.r(), Own::int(1).r())?;
        if !r.r().ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "__annotate__ returned non-dict of type '{}'",
                r.r().ty().name()
            ));
        }
        r
    };
    dict::set(ty.dict(), istr!("__annotations_cache__"), result.r())?;
    cache::modified(ty);
    Ok(result)
}
fn set_annotations(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    if ty.has(type_flag::IMMUTABLE) {
        return writable(ty, "__annotations__", v).map(drop);
    }
    let (plain, cached) = (istr!("__annotations__"), istr!("__annotations_cache__"));
    match v {
        Some(v) => {
            // A class with the old kind of namespace keeps the name it has.
            let name = if own_attr(ty, plain)?.is_some() { plain } else { cached };
            dict::set(ty.dict(), name, v)?;
        }
        None => {
            if !dict::delete(ty.dict(), plain)? && !dict::delete(ty.dict(), cached)? {
                return exc::raise_value(&exc::types::ATTRIBUTE_ERROR, plain.own());
            }
        }
    }
    dict::delete(ty.dict(), istr!("__annotate_func__"))?;
    dict::delete(ty.dict(), istr!("__annotate__"))?;
    cache::modified(ty);
    Ok(())
}
fn get_annotate(t: Ref) -> PyResult {
    let ty = cast(t);
    if ty.has(type_flag::IMMUTABLE) {
        return exc::attribute_error(format_args!(
            "type object '{}' has no attribute '__annotate__'",
            ty.name()
        ));
    }
    for name in [istr!("__annotate_func__"), istr!("__annotate__")] {
        if let Some(a) = own_attr(ty, name)? {
            return match a.r().ty().slots().descr_get {
                Some(get) => get(a.r(), None, Some(t)),
                None => Ok(a),
            };
        }
    }
    dict::set(ty.dict(), istr!("__annotate_func__"), Own::none().r())?;
    cache::modified(ty);
    Ok(Own::none())
}
fn set_annotate(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let Some(v) = v else {
        return exc::type_error(format_args!("cannot delete __annotate__ attribute"));
    };
    let v = writable(ty, "__annotate__", Some(v))?;
    if !v.is_none() && v.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("__annotate__ must be callable or None"));
    }
    dict::set(ty.dict(), istr!("__annotate_func__"), v)?;
    if !v.is_none() {
        dict::delete(ty.dict(), istr!("__annotations_cache__"))?;
    }
    cache::modified(ty);
    Ok(())
}
fn get_type_params(t: Ref) -> PyResult {
    if core::ptr::eq(cast(t), &TYPE_TYPE) {
        return Ok(tuple::from_vec(Vec::new()));
    }
    Ok(own_attr(cast(t), istr!("__type_params__"))?.unwrap_or_else(|| tuple::from_vec(Vec::new())))
}
fn set_type_params(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    let v = writable(ty, "__type_params__", v)?;
    cache::modified(ty);
    dict::set(ty.dict(), istr!("__type_params__"), v)
}

/// `cls.name = v` (CPython: type_setattro).
fn set_attr(t: Ref, name: Ref, v: Option<Ref>) -> PyResult<()> {
    let ty = cast(t);
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "attribute name must be string, not '{}'",
            name.ty().name()
        ));
    }
    if ty.has(type_flag::IMMUTABLE) {
        return exc::type_error(format_args!(
            "cannot set '{}' attribute of immutable type '{}'",
            str_::to_string_lossy(name),
            ty.full_name()
        ));
    }
    let name = str_::intern_object(name.own());
    let name = name.r();
    if let Some(d) = t.ty().lookup(name).map(Ref::own) {
        if let Some(set) = d.r().ty().slots().descr_set {
            return set(d.r(), t, v);
        }
    }
    let old = dict::get(ty.dict(), name)?;
    if let (Some(old), Some(v)) = (&old, v)
        && is_plain_data(old.r())
        && is_plain_data(v)
        && !is_special(name)
    {
        dict::set(ty.dict(), name, v)?;
        cache::value_changed(ty, name);
        return Ok(());
    }
    // The old value may run code when it dies: the caches are cleared before.
    cache::modified(ty);
    match v {
        Some(v) => dict::set(ty.dict(), name, v)?,
        None => {
            if !dict::delete(ty.dict(), name)? {
                return exc::attribute_error_for(
                    t,
                    name,
                    format_args!(
                        "type object '{}' has no attribute '{}'",
                        ty.name(),
                        str_::to_string_lossy(name)
                    ),
                );
            }
        }
    }
    update::update_slot(ty, name);
    drop(old);
    Ok(())
}

/// Never a descriptor, whatever the program does: a value of an immutable type without `__get__` and `__set__`.
fn is_plain_data(v: Ref) -> bool {
    let ty = v.ty();
    ty.has(type_flag::IMMUTABLE) && ty.slots().descr_get.is_none() && ty.slots().descr_set.is_none()
}
/// Names that the type itself may look at.
fn is_special(name: Ref) -> bool {
    let text = name.downcast::<str_::StrObject>().map_or(&[][..], |s| str_::bytes(s));
    text.starts_with(b"__") && text.ends_with(b"__")
}

/// CPython: type___dir___impl, merge_class_dict.
fn dir(t: Ref) -> PyResult {
    let names = dict::new();
    merge_class_dict(names.r(), t)?;
    tuple_to_list(dict::items_snapshot(names.r()).into_iter().map(|(k, _)| k).collect())
}
/// Adds the names of a class and its bases to a dict.
pub fn merge_class_dict(names: Ref, cls: Ref) -> PyResult<()> {
    if let Some(d) = object_protocol::get_attr_opt(cls, istr!("__dict__"))? {
        let it = object_protocol::iter(d.r())?;
        while let Some(k) = object_protocol::next(it.r())? {
            dict::set(names, k.r(), Own::none().r())?;
        }
    }
    if let Some(bases) = object_protocol::get_attr_opt(cls, istr!("__bases__"))? {
        let n = object_protocol::len(bases.r())?;
        for i in 0..n {
            let b = object_protocol::sequence_item(bases.r(), i as isize)?;
            merge_class_dict(names, b.r())?;
        }
    }
    Ok(())
}

/// Flag bits as `type.__flags__` of CPython has them (Include/object.h).
fn cpython_flags(ty: &TypeObject) -> u64 {
    let f = ty.head.flags.get();
    let mut out = 1 << 12;
    for (ours, theirs) in [
        (type_flag::SEQUENCE, 5),
        (type_flag::MAPPING, 6),
        (type_flag::DISALLOW_INSTANTIATION, 7),
        (type_flag::IMMUTABLE, 8),
        (type_flag::HEAP, 9),
        (type_flag::BASETYPE, 10),
        (type_flag::GC, 14),
        (type_flag::METHOD_DESCRIPTOR, 17),
        (type_flag::ABSTRACT, 20),
        (type_flag::MATCH_SELF, 22),
        (type_flag::INT, 24),
        (type_flag::LIST, 25),
        (type_flag::TUPLE, 26),
        (type_flag::BYTES, 27),
        (type_flag::STR, 28),
        (type_flag::DICT, 29),
        (type_flag::BASE_EXC, 30),
        (type_flag::TYPE, 31),
    ] {
        if f & ours != 0 {
            out |= 1 << theirs;
        }
    }
    if ty.head.vectorcall.get().is_some() {
        out |= 1 << 11;
    }
    // Py_TPFLAGS_INLINE_VALUES, Py_TPFLAGS_MANAGED_DICT.
    match ty.head.shape_offset.get() {
        0 => {}
        _ if !ty.is_heap() => {}
        u32::MAX => out |= 1 << 4,
        _ => out |= 1 << 4 | 1 << 2,
    }
    out
}
