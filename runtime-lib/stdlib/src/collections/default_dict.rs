//! `defaultdict`: a dict with a factory for missing keys.
use pyaot_core::istr;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::dict::DictObject;
use pyaot_core::types::repr_text::ReprText;

#[repr(C)]
pub struct DefaultDict {
    dict: DictObject,
    /// Null after `del d.default_factory`.
    factory: Cell<Value>,
}
// SAFETY: `repr(C)`, begins with a dict and so with a header.
unsafe impl Object for DefaultDict {
    fn type_object() -> &'static TypeObject {
        &DEFAULT_DICT_TYPE
    }
}
pub static DEFAULT_DICT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "collections.defaultdict",
    base: Some(&dict::DICT_TYPE),
    basic_size: size_of::<DefaultDict>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| DefaultDict {
                dict: DictObject::empty(header),
                factory: Cell::new(Value::NULL),
            })
        }),
        init: Some(init),
        repr: Some(repr),
        nb_or: Some(or),
        traverse: Some(|d, visit| {
            visit(cast(d).factory.get());
            dict::traverse(d, visit);
        }),
        clear: Some(|d| {
            set_field(&cast(d).factory, None);
            dict::clear(d);
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            unsafe {
                decref((*p.cast::<DefaultDict>()).factory.get());
                dict::dealloc(p);
            }
        }),
        ..Slots::NONE
    },
    methods: &[
        one(sig!("__missing__($self, key, /)"), missing).doc(
            "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n",
        ),
        noargs(sig!("copy($self, /)"), |d| copy_of(d, d)).doc("D.copy() -> a shallow copy of D."),
        noargs(sig!("__copy__($self, /)"), |d| copy_of(d, d)).doc("D.copy() -> a shallow copy of D."),
        noargs(sig!("__reduce__($self, /)"), reduce).doc("Return state information for pickling."),
    ],
    getset: &[getset(
        "default_factory",
        |d| Ok(factory(d)),
        |d, v| {
            set_field(&cast(d).factory, v.map(Ref::own));
            Ok(())
        },
    )],
    ..TypeDef::NEW
});
fn cast(d: Ref<'_>) -> &DefaultDict {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { d.cast() }
}
/// The factory, or None.
fn factory(d: Ref) -> Own {
    field(&cast(d).factory).map_or_else(Own::none, Ref::own)
}
/// CPython: Modules/_collectionsmodule.c, defdict_init.
fn init(d: Ref, args: &Args) -> PyResult<()> {
    let mut rest = *args;
    let mut new = None;
    if let Some(f) = args.get(0) {
        if !f.is_none() && f.ty().head.vectorcall.get().is_none() {
            return exc::type_error(format_args!("first argument must be callable or None"));
        }
        new = Some(f.own());
        rest = args.rest();
    }
    set_field(&cast(d).factory, new);
    dict::methods::init(d, &rest)
}
fn missing(d: Ref, key: Ref) -> PyResult {
    let f = factory(d);
    if f.r().is_none() {
        return exc::key_error(key);
    }
    let v = pyaot_core::call::call0(f.r())?;
    // The factory may have stored a value itself: that one stays.
    dict::set_default(d, key, v.r())
}
/// `type(d)(factory, items)`.
fn copy_of(d: Ref, items: Ref) -> PyResult {
    call(d.ty().r(), &Args::positional(&[factory(d).r(), items]))
}
fn reduce(d: Ref) -> PyResult {
    let f = factory(d);
    let args = if f.r().is_none() {
        tuple::empty()
    } else {
        tuple::try_from_vec(vec![f])?
    };
    let items = pyaot_core::call::call_method(d, istr!("items"), &[])?;
    let it = protocol::iter(items.r())?;
    tuple::try_from_vec(vec![d.ty().own(), args, Own::none(), Own::none(), it])
}
fn or(a: Ref, b: Ref) -> PyResult {
    let (this, other) = if a.is_instance_of(&DEFAULT_DICT_TYPE) {
        (a, b)
    } else {
        (b, a)
    };
    if !other.ty().has(type_flag::DICT) {
        return Ok(Own::not_implemented());
    }
    let new = copy_of(this, a)?;
    dict::update(new.r(), b)?;
    Ok(new)
}
fn repr(d: Ref) -> PyResult {
    let content = dict::dict_repr(d)?;
    let mut out = ReprText::new();
    out.push(d.ty().name()).push("(");
    let f = factory(d);
    match exc::repr_enter(f.r())? {
        Some(_guard) => out.push_repr(f.r())?,
        None => out.push("..."),
    };
    out.push(", ").push_object(content.r()).push(")");
    out.finish()
}
