//! `_contextvars`: context variables (CPython: Python/context.c).
//!
//! The values of a context are one shared, sorted array: `copy_context` shares it, a `set` copies it only while it is shared.
use crate::native_type::{itself, kept, native_type};
use pyaot_core::call::{Args, call};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::{generic_alias, module};
use pyaot_core::{istr, typeobj};
use std::rc::Rc;

/// (variable, value), sorted by the address of the variable.
type Values = Rc<Vec<(Own, Own)>>;

struct State {
    /// The context that code runs in, null before one is needed.
    current: Cell<Value>,
    missing: Cell<Value>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    current: Cell::new(Value::NULL),
    missing: Cell::new(Value::NULL),
};

// ---- contexts ----

#[repr(C)]
pub struct Context {
    header: Header,
    values: RefCell<Values>,
    /// The context that comes back when `run` ends; null for the outermost.
    previous: Cell<Value>,
    entered: Cell<bool>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for Context {
    fn type_object() -> &'static TypeObject {
        &CONTEXT_TYPE
    }
}
pub static CONTEXT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_contextvars.Context",
    basic_size: size_of::<Context>(),
    flags: type_flag::GC | type_flag::WEAKREFABLE,
    slots: Slots {
        new: Some(|_, args| {
            if !args.is_empty() {
                return exc::type_error(format_args!("Context() does not accept any arguments"));
            }
            context(Values::default())
        }),
        richcompare: Some(compare),
        iter: Some(|c| names(c, &KEYS_TYPE)),
        mp_length: Some(|c| Ok(cast(c).values.borrow().len())),
        mp_subscript: Some(|c, key| match lookup(c, variable(key)?)? {
            Some(v) => Ok(v),
            None => exc::key_error(key),
        }),
        sq_contains: Some(|c, key| Ok(lookup(c, variable(key)?)?.is_some())),
        traverse: Some(|c, visit| {
            let this = cast(c);
            visit(this.previous.get());
            let values = this.values.borrow();
            // Shared arrays belong to several contexts: only a sole owner may claim the references.
            if Rc::strong_count(&values) == 1 {
                for (k, v) in values.iter() {
                    visit(k.value());
                    visit(v.value());
                }
            }
        }),
        clear: Some(|c| {
            let old = cast(c).values.take();
            drop(old);
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let this = unsafe { &*p.cast::<Context>() };
            decref(this.previous.replace(Value::NULL));
            // SAFETY: nobody reads the field afterwards.
            unsafe { core::ptr::drop_in_place((&raw const this.values).cast_mut()) };
        }),
        ..Slots::NONE
    },
    methods: &[
        bound(sig!("get($self, key, default=None, /)"), |c, b| {
            Ok(match lookup(c, variable(b.arg(0))?)? {
                Some(v) => v,
                None => b.get(1).map_or_else(Own::none, Ref::own),
            })
        })
        .doc("Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`.  If `default` is not\ngiven, return None."),
        noargs(sig!("items($self, /)"), |c| names(c, &ITEMS_TYPE)).doc(
            "Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value).",
        ),
        noargs(sig!("keys($self, /)"), |c| names(c, &KEYS_TYPE)).doc("Return a list of all variables in the context object."),
        noargs(sig!("values($self, /)"), |c| names(c, &VALUES_TYPE))
            .doc("Return a list of all variables' values in the context object."),
        noargs(sig!("copy($self, /)"), |c| context(cast(c).values.borrow().clone()))
            .doc("Return a shallow copy of the context object."),
        raw(sig!("run(*args, **kwargs)"), run),
    ],
    ..TypeDef::NEW
});
fn cast(c: Ref<'_>) -> &Context {
    // SAFETY: slots and methods receive instances; the current context is one.
    unsafe { c.cast() }
}
fn context(values: Values) -> PyResult {
    alloc::object(|header| Context {
        header,
        values: RefCell::new(values),
        previous: Cell::new(Value::NULL),
        entered: Cell::new(false),
    })
}
/// The context that code runs in.
fn current() -> PyResult {
    if let Some(c) = field(&STATE.current) {
        return Ok(c.own());
    }
    let c = context(Values::default())?;
    cast(c.r()).entered.set(true);
    set_field(&STATE.current, Some(c.clone()));
    Ok(c)
}
fn position(values: &[(Own, Own)], var: Ref) -> Result<usize, usize> {
    values.binary_search_by_key(&var.value().0, |(k, _)| k.value().0)
}
fn lookup(c: Ref, var: Ref) -> PyResult<Option<Own>> {
    let values = cast(c).values.borrow();
    Ok(position(&values, var).ok().map(|i| values[i].1.clone()))
}
/// Stores or (`None`) removes a value; the old one dies after the store.
fn store(c: Ref, var: Ref, v: Option<Own>) {
    let old = {
        let mut values = cast(c).values.borrow_mut();
        let at = position(&values, var);
        let values = Rc::make_mut(&mut values);
        match (at, v) {
            (Ok(i), Some(v)) => Some(core::mem::replace(&mut values[i].1, v)),
            (Ok(i), None) => Some(values.remove(i).1),
            (Err(i), Some(v)) => {
                values.insert(i, (var.own(), v));
                None
            }
            (Err(_), None) => None,
        }
    };
    drop(old);
}
/// The context variable behind a key.
fn variable(key: Ref<'_>) -> PyResult<Ref<'_>> {
    if key.is_exact::<ContextVar>() {
        return Ok(key);
    }
    let text = protocol::repr(key)?;
    exc::type_error(format_args!(
        "a ContextVar key was expected, got {}",
        str_::to_string_lossy(text.r())
    ))
}
fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !b.is_exact::<Context>() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let (x, y) = (cast(a).values.borrow().clone(), cast(b).values.borrow().clone());
    let mut same = x.len() == y.len() && x.iter().zip(y.iter()).all(|(p, q)| p.0.r().is(q.0.r()));
    if same && !Rc::ptr_eq(&x, &y) {
        for (p, q) in x.iter().zip(y.iter()) {
            if !p.1.r().is(q.1.r()) && !protocol::equal(p.1.r(), q.1.r())? {
                same = false;
                break;
            }
        }
    }
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}
/// CPython: context_run.
fn run(c: Ref, args: &Args) -> PyResult {
    let Some(f) = args.get(0) else {
        return exc::type_error(format_args!("run() missing 1 required positional argument"));
    };
    let this = cast(c);
    if this.entered.get() {
        let text = protocol::repr(c)?;
        return exc::runtime_error(format_args!(
            "cannot enter context: {} is already entered",
            str_::to_string_lossy(text.r())
        ));
    }
    let outer = Own::from_nullable(STATE.current.replace(c.own().into_value()));
    set_field(&this.previous, outer);
    this.entered.set(true);
    let result = call(f, &args.rest());
    this.entered.set(false);
    let outer = Own::from_nullable(this.previous.replace(Value::NULL));
    set_field(&STATE.current, outer);
    result
}

// ---- iterators over a context ----

macro_rules! views {
    ($($ident:ident, $ty:ident, $name:literal, |$pair:ident| $make:expr;)*) => { $(
        native_type! {
            struct $ident, $ty, $name {} { values: RefCell<Values>, next: Cell<usize> }
            flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
            slots: {
                iter: Some(itself),
                iternext: Some(|i| {
                    let this = $ident::cast(i);
                    let values = this.values.borrow().clone();
                    let Some($pair) = values.get(this.next.get()) else { return Ok(None) };
                    this.next.set(this.next.get() + 1);
                    $make.map(Some)
                }),
                mp_length: Some(|i| Ok($ident::cast(i).values.borrow().len())),
            },
            methods: &[], getset: &[]
        }
    )* };
}
views! {
    Keys, KEYS_TYPE, "keys", |p| Ok(p.0.clone());
    ContextValues, VALUES_TYPE, "values", |p| Ok(p.1.clone());
    Items, ITEMS_TYPE, "items", |p| tuple::pair(p.0.clone(), p.1.clone());
}
fn names(c: Ref, ty: &'static TypeObject) -> PyResult {
    let values = RefCell::new(cast(c).values.borrow().clone());
    match ty.full_name() {
        "keys" => Keys::make(ty, values, Cell::new(0)),
        "values" => ContextValues::make(ty, values, Cell::new(0)),
        _ => Items::make(ty, values, Cell::new(0)),
    }
}

// ---- variables ----

native_type! {
    struct ContextVar, CONTEXT_VAR_TYPE, "_contextvars.ContextVar" { name, default } {}
    flags: 0, doc: "",
    slots: {
        new: Some(new_variable),
        repr: Some(variable_repr),
        hash: Some(|v| Ok((v.value().0 >> 4) as i64)),
    },
    methods: VARIABLE_METHODS, getset: &[getter("name", |v| Ok(kept(&ContextVar::cast(v).name)))]
}

static VARIABLE_METHODS: &[MethodDef] = &[
    bound(sig!("get($self, default=<unrepresentable>, /)"), |v, b| {
        match get(v, b.get(0))? {
            Some(v) => Ok(v),
            None => exc::raise_value(&exc::types::LOOKUP_ERROR, v.own()),
        }
    })
    .doc("Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the\nmethod will:\n * return the value of the default argument of the method, if\n   provided; or\n * return the default value for the context variable, if it was\n   created with one; or\n * raise a LookupError."),
    one(sig!("set($self, value, /)"), set).doc(
        "Call to set a new value for the context variable in the current context.\n\nThe required value argument is the new value for the context\nvariable.\n\nReturns a Token object that can be used to restore the variable to\nits previous value via the `ContextVar.reset()` method.",
    ),
    one(sig!("reset($self, token, /)"), reset).doc(
        "Reset the context variable.\n\nThe variable is reset to the value it had before the\n`ContextVar.set()` that created the token was used.",
    ),
    one(sig!("__class_getitem__($type, object, /)"), generic_alias::new)
        .class()
        .doc("ContextVars are generic over the type of their contained values"),
];

/// A variable without a default.
pub fn variable_named(name: &str) -> PyResult {
    typeobj::ready(&CONTEXT_VAR_TYPE);
    ContextVar::make(&CONTEXT_VAR_TYPE, Some(str_::intern(name)), None)
}
/// The value in the current context, else `default`, else the variable's own default.
pub fn get(v: Ref, default: Option<Ref>) -> PyResult<Option<Own>> {
    if let Some(c) = field(&STATE.current)
        && let Some(v) = lookup(c, v)?
    {
        return Ok(Some(v));
    }
    Ok(default.or_else(|| field(&ContextVar::cast(v).default)).map(Ref::own))
}
pub fn is_variable(v: Ref) -> bool {
    v.is_exact::<ContextVar>()
}
fn new_variable(cls: &'static TypeObject, args: &Args) -> PyResult {
    let mut default = None;
    for (k, v) in args.keywords() {
        if str_::equals_ascii(k, "default") {
            default = Some(v.own());
        } else if !str_::equals_ascii(k, "name") || !args.pos().is_empty() {
            return exc::type_error(format_args!(
                "ContextVar() got an unexpected keyword argument '{}'",
                str_::to_string_lossy(k)
            ));
        }
    }
    let named = args
        .keywords()
        .find(|(k, _)| str_::equals_ascii(*k, "name"))
        .map(|(_, v)| v);
    let Some(name) = args.get(0).or(named) else {
        return exc::type_error(format_args!(
            "ContextVar() takes exactly 1 positional argument (0 given)"
        ));
    };
    if args.len() > 1 {
        return exc::type_error(format_args!(
            "ContextVar() takes at most 1 positional argument ({} given)",
            args.len()
        ));
    }
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("context variable name must be a str"));
    }
    ContextVar::make(cls, Some(name.own()), default)
}
fn variable_repr(v: Ref) -> PyResult {
    let this = ContextVar::cast(v);
    let shown = |v: Ref| -> PyResult<String> { Ok(str_::to_string_lossy(protocol::repr(v)?.r())) };
    let name = shown(kept(&this.name).r())?;
    let default = match field(&this.default) {
        None => String::new(),
        Some(d) => {
            let d = d.own();
            match exc::repr_enter(v)? {
                None => " default=...".to_owned(),
                Some(_guard) => format!(" default={}", shown(d.r())?),
            }
        }
    };
    Ok(Own::str(&format!(
        "<ContextVar name={name}{default} at {:#x}>",
        v.value().0
    )))
}
fn set(v: Ref, value: Ref) -> PyResult {
    let c = current()?;
    let old = lookup(c.r(), v)?;
    store(c.r(), v, Some(value.own()));
    Token::make(&TOKEN_TYPE, Some(v.own()), old, Some(c), Cell::new(false))
}
/// CPython: PyContextVar_Reset.
fn reset(v: Ref, token: Ref) -> PyResult {
    let text = || -> PyResult<String> { Ok(str_::to_string_lossy(protocol::repr(token)?.r())) };
    if !token.is_exact::<Token>() {
        return exc::type_error(format_args!("expected an instance of Token, got {}", text()?));
    }
    let t = Token::cast(token);
    if t.used.get() {
        return exc::runtime_error(format_args!("{} has already been used once", text()?));
    }
    if !kept(&t.var).r().is(v) {
        return exc::value_error(format_args!("{} was created by a different ContextVar", text()?));
    }
    let c = current()?;
    if !kept(&t.context).r().is(c.r()) {
        return exc::value_error(format_args!("{} was created in a different Context", text()?));
    }
    t.used.set(true);
    store(c.r(), v, field(&t.old).map(Ref::own));
    Ok(Own::none())
}

// ---- tokens ----

native_type! {
    struct Token, TOKEN_TYPE, "_contextvars.Token" { var, old, context } { used: Cell<bool> }
    flags: 0, doc: "",
    slots: {
        new: Some(|_, _| exc::runtime_error(format_args!("Tokens can only be created by ContextVars"))),
        repr: Some(|t| {
            let used = if Token::cast(t).used.get() { " used" } else { "" };
            let var = protocol::repr(kept(&Token::cast(t).var).r())?;
            Ok(Own::str(&format!("<Token{used} var={} at {:#x}>", str_::to_string_lossy(var.r()), t.value().0)))
        }),
        hash: Some(|t| Ok((t.value().0 >> 4) as i64)),
    },
    methods: &[
        one(sig!("__class_getitem__($type, object, /)"), generic_alias::new)
            .class()
            .doc("Tokens are generic over the same type as the ContextVar which created them."),
        noargs(sig!("__enter__($self, /)"), |t| Ok(t.own())).doc("Enter into Token context manager."),
        bound(sig!("__exit__($self, type, val, tb, /)"), |t, _| {
            reset(kept(&Token::cast(t).var).r(), t)
        })
        .doc("Exit from Token context manager, restore the linked ContextVar."),
    ],
    getset: &[
        getter("var", |t| Ok(kept(&Token::cast(t).var))),
        getter("old_value", |t| match field(&Token::cast(t).old) {
            Some(v) => Ok(v.own()),
            None => missing(),
        }),
    ]
}

native_type! {
    struct Missing, MISSING_TYPE, "Token.MISSING" {} { unused: u64 }
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
    slots: { repr: Some(|_| Ok(Own::str("<Token.MISSING>"))) },
    methods: &[], getset: &[]
}
fn missing() -> PyResult {
    if let Some(m) = field(&STATE.missing) {
        return Ok(m.own());
    }
    let m = Missing::make(&MISSING_TYPE, 0)?;
    set_field(&STATE.missing, Some(m.clone()));
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[noargs(sig!("copy_context($module, /)"), |_| {
    context(cast(current()?.r()).values.borrow().clone())
})];

pub fn make() -> PyResult {
    let m = module::new("_contextvars")?;
    module::add(m.r(), "__doc__", Own::str("Context Variables"))?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for ty in [&KEYS_TYPE, &VALUES_TYPE, &ITEMS_TYPE, &MISSING_TYPE] {
        typeobj::ready(ty);
    }
    for (name, ty) in [
        ("ContextVar", &CONTEXT_VAR_TYPE),
        ("Context", &CONTEXT_TYPE),
        ("Token", &TOKEN_TYPE),
    ] {
        typeobj::ready(ty);
        module::add(m.r(), name, ty.own())?;
    }
    dict::set(TOKEN_TYPE.dict(), istr!("MISSING"), missing()?.r())?;
    Ok(m)
}
