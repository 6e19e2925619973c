//! Type parameters and aliases: TypeVar, ParamSpec, TypeVarTuple, TypeAliasType, Generic (CPython: Objects/typevarobject.c).
//!
//! Bounds, constraints, defaults and alias values of the new syntax are functions, called at the first look. What CPython asks
//! the module `typing` for is asked of it here, too.
use super::generic_alias;
use crate::call::{self, Args, MethodDef, bind, noargs, one, raw, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::object_protocol as protocol;
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getter};
use crate::types::{dict, str as str_, tuple};
use crate::{exc, istr, types};
use core::cell::Cell;
use core::mem::offset_of;
use pyaot_abi::type_flag;

/// TypeVar, ParamSpec and TypeVarTuple share one layout; what a kind does not have stays null.
#[repr(C)]
pub struct TypeParameter {
    header: Header,
    name: Cell<Value>,
    bound: Cell<Value>,
    evaluate_bound: Cell<Value>,
    constraints: Cell<Value>,
    evaluate_constraints: Cell<Value>,
    default: Cell<Value>,
    evaluate_default: Cell<Value>,
    dict: Cell<Value>,
    covariant: Cell<bool>,
    contravariant: Cell<bool>,
    infer_variance: Cell<bool>,
}
#[repr(C)]
pub struct TypeAlias {
    header: Header,
    name: Cell<Value>,
    type_params: Cell<Value>,
    compute: Cell<Value>,
    value: Cell<Value>,
    module: Cell<Value>,
}
/// `P.args`, `P.kwargs`, and the evaluators of constants: one value.
#[repr(C)]
pub struct Wrapped {
    header: Header,
    value: Cell<Value>,
}

// SAFETY: `repr(C)` with a header; final types (the other two kinds are read through `param`).
unsafe impl Object for TypeParameter {
    fn type_object() -> &'static TypeObject {
        &TYPE_VAR_TYPE
    }
}
// SAFETY: as above.
unsafe impl Object for TypeAlias {
    fn type_object() -> &'static TypeObject {
        &TYPE_ALIAS_TYPE
    }
}
// SAFETY: as above.
unsafe impl Object for Wrapped {
    fn type_object() -> &'static TypeObject {
        &PARAM_SPEC_ARGS_TYPE
    }
}

fn param(p: Ref<'_>) -> &TypeParameter {
    // SAFETY: slots, methods and getters of the three kinds receive their instances.
    unsafe { &*p.value().as_ptr::<TypeParameter>() }
}
fn param_fields(p: &TypeParameter) -> [&Cell<Value>; 8] {
    [
        &p.name,
        &p.bound,
        &p.evaluate_bound,
        &p.constraints,
        &p.evaluate_constraints,
        &p.default,
        &p.evaluate_default,
        &p.dict,
    ]
}
unsafe fn param_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in param_fields(unsafe { &*p.cast::<TypeParameter>() }) {
        decref(f.replace(Value::NULL));
    }
}

const PARAM_SLOTS: Slots = Slots {
    repr: Some(param_repr),
    traverse: Some(|p, visit| param_fields(param(p)).iter().for_each(|f| visit(f.get()))),
    clear: Some(|p| param_fields(param(p)).iter().for_each(|f| set_field(f, None))),
    dealloc: Some(param_dealloc),
    ..Slots::NONE
};
const PARAM_FLAGS: u64 = type_flag::GC | type_flag::WEAKREFABLE;

pub static TYPE_VAR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.TypeVar",
    basic_size: size_of::<TypeParameter>(),
    flags: PARAM_FLAGS,
    dict_offset: offset_of!(TypeParameter, dict),
    doc: "Type variable.",
    slots: Slots {
        new: Some(construct_type_var),
        nb_or: Some(make_union),
        ..PARAM_SLOTS
    },
    methods: TYPE_VAR_METHODS,
    getset: TYPE_VAR_GETSET,
    ..TypeDef::NEW
});
pub static PARAM_SPEC_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.ParamSpec",
    basic_size: size_of::<TypeParameter>(),
    flags: PARAM_FLAGS,
    dict_offset: offset_of!(TypeParameter, dict),
    doc: "Parameter specification variable.",
    slots: Slots {
        new: Some(construct_param_spec),
        nb_or: Some(make_union),
        ..PARAM_SLOTS
    },
    methods: PARAM_SPEC_METHODS,
    getset: PARAM_SPEC_GETSET,
    ..TypeDef::NEW
});
pub static TYPE_VAR_TUPLE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.TypeVarTuple",
    basic_size: size_of::<TypeParameter>(),
    flags: PARAM_FLAGS,
    dict_offset: offset_of!(TypeParameter, dict),
    doc: "Type variable tuple.",
    slots: Slots {
        new: Some(construct_type_var_tuple),
        iter: Some(unpacked_iter),
        ..PARAM_SLOTS
    },
    methods: TYPE_VAR_TUPLE_METHODS,
    getset: TYPE_VAR_TUPLE_GETSET,
    ..TypeDef::NEW
});

const NAME: GetSetDef = getter("__name__", |p| Ok(value(&param(p).name)));
const DICT: GetSetDef = getter("__dict__", types::object::get_dict);
const DEFAULT: GetSetDef = getter("__default__", |p| {
    let p = param(p);
    lazy(&p.default, &p.evaluate_default, no_default)
});
const EVALUATE_DEFAULT: GetSetDef = getter("evaluate_default", |p| {
    let p = param(p);
    evaluator(&p.default, &p.evaluate_default)
});
const COVARIANT: GetSetDef = getter("__covariant__", |p| Ok(Own::bool(param(p).covariant.get())));
const CONTRAVARIANT: GetSetDef = getter("__contravariant__", |p| Ok(Own::bool(param(p).contravariant.get())));
const INFER_VARIANCE: GetSetDef = getter("__infer_variance__", |p| Ok(Own::bool(param(p).infer_variance.get())));
const BOUND: GetSetDef = getter("__bound__", |p| {
    let p = param(p);
    lazy(&p.bound, &p.evaluate_bound, Own::none)
});
static TYPE_VAR_GETSET: &[GetSetDef] = &[
    NAME,
    DICT,
    DEFAULT,
    EVALUATE_DEFAULT,
    COVARIANT,
    CONTRAVARIANT,
    INFER_VARIANCE,
    BOUND,
    getter("__constraints__", |p| {
        let p = param(p);
        lazy(&p.constraints, &p.evaluate_constraints, || tuple::from_vec(Vec::new()))
    }),
    getter("evaluate_bound", |p| {
        evaluator(&param(p).bound, &param(p).evaluate_bound)
    }),
    getter("evaluate_constraints", |p| {
        evaluator(&param(p).constraints, &param(p).evaluate_constraints)
    }),
];
static PARAM_SPEC_GETSET: &[GetSetDef] = &[
    NAME,
    DICT,
    DEFAULT,
    EVALUATE_DEFAULT,
    COVARIANT,
    CONTRAVARIANT,
    INFER_VARIANCE,
    BOUND,
    getter("args", |p| wrap(&PARAM_SPEC_ARGS_TYPE, p)),
    getter("kwargs", |p| wrap(&PARAM_SPEC_KWARGS_TYPE, p)),
];
static TYPE_VAR_TUPLE_GETSET: &[GetSetDef] = &[NAME, DICT, DEFAULT, EVALUATE_DEFAULT];

const REDUCE: MethodDef = noargs(sig!("__reduce__($self, /)"), |p| Ok(value(&param(p).name)));
const HAS_DEFAULT: MethodDef = noargs(sig!("has_default($self, /)"), |p| {
    let p = param(p);
    let known = field(&p.default).is_some_and(|d| !d.is(NO_DEFAULT.r()));
    Ok(Own::bool(known || !p.evaluate_default.get().is_null()))
});
const MRO_ENTRIES: MethodDef = one(sig!("__mro_entries__($self, bases, /)"), |p, _| {
    exc::type_error(format_args!("Cannot subclass an instance of {}", p.ty().name()))
});
static TYPE_VAR_METHODS: &[MethodDef] = &[
    REDUCE,
    HAS_DEFAULT,
    MRO_ENTRIES,
    one(sig!("__typing_subst__($self, arg, /)"), |p, a| {
        ask_typing(istr!("_typevar_subst"), &[p, a])
    }),
    raw(
        sig!("__typing_prepare_subst__($self, alias, args, /)"),
        type_var_prepare,
    ),
];
static PARAM_SPEC_METHODS: &[MethodDef] = &[
    REDUCE,
    HAS_DEFAULT,
    MRO_ENTRIES,
    one(sig!("__typing_subst__($self, arg, /)"), |p, a| {
        ask_typing(istr!("_paramspec_subst"), &[p, a])
    }),
    raw(sig!("__typing_prepare_subst__($self, alias, args, /)"), |p, a| {
        a.count("__typing_prepare_subst__", 2, 2)?;
        ask_typing(
            istr!("_paramspec_prepare_subst"),
            &[p, a.get(0).expect("counted"), a.get(1).expect("counted")],
        )
    }),
];
static TYPE_VAR_TUPLE_METHODS: &[MethodDef] = &[
    REDUCE,
    HAS_DEFAULT,
    MRO_ENTRIES,
    one(sig!("__typing_subst__($self, arg, /)"), |_, _| {
        exc::type_error(format_args!("Substitution of bare TypeVarTuple is not supported"))
    }),
    raw(sig!("__typing_prepare_subst__($self, alias, args, /)"), |p, a| {
        a.count("__typing_prepare_subst__", 2, 2)?;
        ask_typing(
            istr!("_typevartuple_prepare_subst"),
            &[p, a.get(0).expect("counted"), a.get(1).expect("counted")],
        )
    }),
];

fn value(c: &Cell<Value>) -> Own {
    field(c).map_or_else(Own::none, Ref::own)
}
fn ask_typing(name: Ref, args: &[Ref]) -> PyResult {
    let typing = crate::import::import_module("typing")?;
    call::call_method(typing.r(), name, args)
}
/// A value that is there, or comes from its function at the first look.
fn lazy(value: &Cell<Value>, evaluate: &Cell<Value>, missing: fn() -> Own) -> PyResult {
    if let Some(v) = field(value) {
        return Ok(v.own());
    }
    let Some(f) = field(evaluate).map(Ref::own) else {
        return Ok(missing());
    };
    let v = call::call1(f.r(), Own::int(1).r())?;
    set_field(value, Some(v.clone()));
    Ok(v)
}
/// What `annotationlib` calls with a format.
fn evaluator(value: &Cell<Value>, evaluate: &Cell<Value>) -> PyResult {
    if let Some(f) = field(evaluate) {
        return Ok(f.own());
    }
    match field(value).filter(|v| !v.is(NO_DEFAULT.r()) && !v.is_none()) {
        Some(v) => wrap(&CONST_EVALUATOR_TYPE, v),
        None => Ok(Own::none()),
    }
}

fn param_repr(p: Ref) -> PyResult {
    let o = param(p);
    let name = str_::to_string_lossy(value(&o.name).r());
    let sign = if core::ptr::eq(p.ty(), &TYPE_VAR_TUPLE_TYPE) || o.infer_variance.get() {
        ""
    } else if o.covariant.get() {
        "+"
    } else if o.contravariant.get() {
        "-"
    } else {
        "~"
    };
    Ok(Own::str(&format!("{sign}{name}")))
}
fn make_union(a: Ref, b: Ref) -> PyResult {
    types::union::from_args(tuple::from_vec(vec![a.own(), b.own()]).r())
}
/// `*Ts` is `Unpack[Ts]`.
fn unpacked_iter(p: Ref) -> PyResult {
    let typing = crate::import::import_module("typing")?;
    let unpack = protocol::get_attr(typing.r(), istr!("Unpack"))?;
    let v = protocol::get_item(unpack.r(), p)?;
    protocol::iter(tuple::from_vec(vec![v]).r())
}
/// CPython: typevar_typing_prepare_subst_impl.
fn type_var_prepare(p: Ref, a: &Args) -> PyResult {
    a.count("__typing_prepare_subst__", 2, 2)?;
    let (alias, args) = (a.get(0).expect("counted"), a.get(1).expect("counted"));
    let params = protocol::get_attr(alias, istr!("__parameters__"))?;
    let given = protocol::len(args)?;
    let n = protocol::len(params.r())?;
    let mut index = n;
    for i in 0..n {
        if protocol::sequence_item(params.r(), i as isize)?.r().is(p) {
            index = i;
            break;
        }
    }
    if index < given {
        return Ok(args.own());
    }
    let o = param(p);
    let default = lazy(&o.default, &o.evaluate_default, no_default)?;
    if index > given || default.r().is(NO_DEFAULT.r()) {
        let shown = protocol::str(alias)?;
        return exc::type_error(format_args!(
            "Too few arguments for {}",
            str_::to_string_lossy(shown.r())
        ));
    }
    let extra = tuple::from_vec(vec![default]);
    protocol::add(args, extra.r())
}

// ---- making parameters ----

fn allocate(ty: &'static TypeObject, name: Ref) -> PyResult {
    let null = || Cell::new(Value::NULL);
    let p = alloc::object_of(ty, |header| TypeParameter {
        header,
        name: Cell::new(name.own().into_value()),
        bound: null(),
        evaluate_bound: null(),
        constraints: null(),
        evaluate_constraints: null(),
        default: null(),
        evaluate_default: null(),
        dict: null(),
        covariant: Cell::new(false),
        contravariant: Cell::new(false),
        infer_variance: Cell::new(false),
    })?;
    if let Some(m) = types::function::calling_module_name()? {
        let d = dict::new();
        dict::set(d.r(), istr!("__module__"), m.r())?;
        set_field(&param(p.r()).dict, Some(d));
    }
    Ok(p)
}
/// `[T]`, `[T: bound]`, `[T: (a, b)]`: bound and constraints as functions.
pub fn new_type_var(name: Ref, bound: Option<Ref>, constraints: Option<Ref>) -> PyResult {
    let p = allocate(&TYPE_VAR_TYPE, name)?;
    let o = param(p.r());
    set_field(&o.evaluate_bound, bound.map(Ref::own));
    set_field(&o.evaluate_constraints, constraints.map(Ref::own));
    o.infer_variance.set(true);
    Ok(p)
}
pub fn new_param_spec(name: Ref) -> PyResult {
    let p = allocate(&PARAM_SPEC_TYPE, name)?;
    param(p.r()).infer_variance.set(true);
    Ok(p)
}
pub fn new_type_var_tuple(name: Ref) -> PyResult {
    allocate(&TYPE_VAR_TUPLE_TYPE, name)
}
/// `[T = default]`.
pub fn set_default(p: Ref, evaluate: Ref) -> PyResult {
    set_field(&param(p).evaluate_default, Some(evaluate.own()));
    Ok(p.own())
}

fn text_name<'a>(v: Ref<'a>, what: &str) -> PyResult<Ref<'a>> {
    if v.ty().has(type_flag::STR) {
        return Ok(v);
    }
    exc::type_error(format_args!(
        "{what}() argument 'name' must be str, not {}",
        types::type_::none_or_name(v)
    ))
}
/// A bound is what `typing` makes of it (CPython: type_check).
fn check_bound(v: Option<Ref>) -> PyResult<Option<Own>> {
    match v {
        Some(v) => ask_typing(istr!("_type_check"), &[v, Own::str("Bound must be a type.").r()]).map(Some),
        None => Ok(None),
    }
}
fn variance(p: &TypeParameter, covariant: bool, contravariant: bool, infer: bool) -> PyResult<()> {
    if covariant && contravariant {
        return exc::value_error(format_args!("Bivariant types are not supported."));
    }
    if infer && (covariant || contravariant) {
        return exc::value_error(format_args!("Variance cannot be specified with infer_variance."));
    }
    p.covariant.set(covariant);
    p.contravariant.set(contravariant);
    p.infer_variance.set(infer);
    Ok(())
}
fn flag(v: Option<Ref>) -> PyResult<bool> {
    v.map_or(Ok(false), protocol::truth)
}
fn construct_type_var(_: &'static TypeObject, args: &Args) -> PyResult {
    let sig = sig!(
        "typevar(name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False)"
    );
    bind(sig, args, |b| {
        let name = text_name(b.arg(0), "typevar")?;
        let p = allocate(&TYPE_VAR_TYPE, name)?;
        let o = param(p.r());
        variance(o, flag(b.get(3))?, flag(b.get(4))?, flag(b.get(5))?)?;
        let bound = check_bound(b.get_not_none(1))?;
        if b.star.len() == 1 {
            return exc::type_error(format_args!("A single constraint is not allowed"));
        }
        if !b.star.is_empty() {
            if bound.is_some() {
                return exc::type_error(format_args!("Constraints cannot be combined with bound=..."));
            }
            let c = tuple::from_refs(b.star.iter().map(|v| Ref::from_value(*v)))?;
            set_field(&o.constraints, Some(c));
        }
        set_field(&o.bound, bound);
        set_field(&o.default, Some(b.get(2).map_or_else(no_default, Ref::own)));
        Ok(p)
    })
}
fn construct_param_spec(_: &'static TypeObject, args: &Args) -> PyResult {
    let sig = sig!(
        "paramspec(name, *, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False)"
    );
    bind(sig, args, |b| {
        let name = text_name(b.arg(0), "paramspec")?;
        let p = allocate(&PARAM_SPEC_TYPE, name)?;
        let o = param(p.r());
        variance(o, flag(b.get(3))?, flag(b.get(4))?, flag(b.get(5))?)?;
        set_field(&o.bound, check_bound(b.get_not_none(1))?);
        set_field(&o.default, Some(b.get(2).map_or_else(no_default, Ref::own)));
        Ok(p)
    })
}
fn construct_type_var_tuple(_: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("typevartuple(name, *, default=NoDefault)"), args, |b| {
        let p = allocate(&TYPE_VAR_TUPLE_TYPE, text_name(b.arg(0), "typevartuple")?)?;
        set_field(&param(p.r()).default, Some(b.get(1).map_or_else(no_default, Ref::own)));
        Ok(p)
    })
}

// ---- P.args, P.kwargs, evaluators, NoDefault ----

fn wrapped(w: Ref<'_>) -> Ref<'_> {
    // SAFETY: slots and getters of the types with this layout receive their instances.
    Ref::from_value(unsafe { &*w.value().as_ptr::<Wrapped>() }.value.get())
}
fn wrap(ty: &'static TypeObject, v: Ref) -> PyResult {
    alloc::object_of(ty, |header| Wrapped {
        header,
        value: Cell::new(v.own().into_value()),
    })
}
unsafe fn wrapped_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<Wrapped>() }.value.get());
}
fn wrapped_compare(a: Ref, b: Ref, op: crate::typeobj::CompareOp) -> PyResult {
    if !core::ptr::eq(a.ty(), b.ty()) {
        return Ok(Own::not_implemented());
    }
    protocol::compare(wrapped(a), wrapped(b), op)
}
macro_rules! param_spec_part {
    ($ty:ident $name:literal $what:literal) => {
        pub static $ty: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            basic_size: size_of::<Wrapped>(),
            flags: type_flag::GC | type_flag::WEAKREFABLE,
            slots: Slots {
                new: Some(|_, args| {
                    args.count($name, 1, 1)?;
                    wrap(&$ty, args.get(0).expect("counted"))
                }),
                repr: Some(|w| {
                    let origin = wrapped(w);
                    let name = match protocol::get_attr_opt(origin, istr!("__name__"))? {
                        Some(n) if core::ptr::eq(origin.ty(), &PARAM_SPEC_TYPE) => protocol::str(n.r())?,
                        _ => protocol::repr(origin)?,
                    };
                    Ok(Own::str(&format!(
                        "{}.{}",
                        str_::to_string_lossy(name.r()),
                        $what
                    )))
                }),
                richcompare: Some(wrapped_compare),
                traverse: Some(|w, visit| visit(wrapped(w).value())),
                dealloc: Some(wrapped_dealloc),
                ..Slots::NONE
            },
            methods: &[one(sig!("__mro_entries__($self, bases, /)"), |w, _| {
                exc::type_error(format_args!("Cannot subclass an instance of {}", w.ty().name()))
            })],
            getset: &[getter("__origin__", |w| Ok(wrapped(w).own()))],
            ..TypeDef::NEW
        });
    };
}
param_spec_part!(PARAM_SPEC_ARGS_TYPE "typing.ParamSpecArgs" "args");
param_spec_part!(PARAM_SPEC_KWARGS_TYPE "typing.ParamSpecKwargs" "kwargs");

/// `T.evaluate_bound` of a bound that is a plain value.
pub static CONST_EVALUATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_typing._ConstEvaluator",
    basic_size: size_of::<Wrapped>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        repr: Some(|w| {
            let v = protocol::repr(wrapped(w))?;
            Ok(Own::str(&format!("<constevaluator {}>", str_::to_string_lossy(v.r()))))
        }),
        call: Some(|w, args| {
            args.count("constevaluator.__call__", 1, 1)?;
            let format = protocol::index_isize(args.get(0).expect("counted"), &exc::types::OVERFLOW_ERROR)?;
            let v = wrapped(w);
            // Format 4 asks for source text.
            if format != 4 {
                return Ok(v.own());
            }
            if v.is_exact::<pyaot_abi::TupleObject>() {
                let mut parts = Vec::new();
                for x in tuple::items(v) {
                    parts.push(generic_alias::type_repr(Ref::from_value(*x))?);
                }
                let comma = if parts.len() == 1 { "," } else { "" };
                return Ok(Own::str(&format!("({}{comma})", parts.join(", "))));
            }
            Ok(Own::str(&generic_alias::type_repr(v)?))
        }),
        traverse: Some(|w, visit| visit(wrapped(w).value())),
        dealloc: Some(wrapped_dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

pub static NO_DEFAULT_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "NoDefaultType",
    slots: Slots {
        new: Some(|_, args| {
            if !args.is_empty() {
                return exc::type_error(format_args!("NoDefaultType takes no arguments"));
            }
            Ok(no_default())
        }),
        repr: Some(|_| Ok(Own::str("typing.NoDefault"))),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |_| Ok(Own::str("NoDefault")))],
    ..TypeDef::NEW
});
/// An object of nothing but a header, padded to the 24 bytes that attribute sites read.
#[repr(C)]
pub struct NoDefault {
    header: Header,
    pad: [u64; 2],
}
impl NoDefault {
    pub fn r(&'static self) -> Ref<'static> {
        Ref::from_value(Value::from_ptr(self))
    }
}
/// `typing.NoDefault`.
pub static NO_DEFAULT: NoDefault = NoDefault {
    header: Header {
        refcount: Cell::new(pyaot_abi::IMMORTAL_REFCOUNT),
        flags: Cell::new(pyaot_abi::flag::IMMORTAL),
        ty: Cell::new((&raw const NO_DEFAULT_TYPE).cast()),
    },
    pad: [0; 2],
};
pub fn no_default() -> Own {
    NO_DEFAULT.r().own()
}

// ---- type aliases ----

pub static TYPE_ALIAS_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.TypeAliasType",
    basic_size: size_of::<TypeAlias>(),
    flags: type_flag::GC | type_flag::WEAKREFABLE,
    doc: "Type alias.",
    slots: Slots {
        new: Some(construct_alias),
        repr: Some(|a| Ok(value(&alias(a).name))),
        iter: Some(unpacked_iter),
        mp_subscript: Some(|a, args| {
            let params = field(&alias(a).type_params).map_or(0, tuple::len);
            if params == 0 {
                return exc::type_error(format_args!("Only generic type aliases are subscriptable"));
            }
            generic_alias::new(a, args)
        }),
        nb_or: Some(types::union::type_or),
        traverse: Some(|a, visit| alias_fields(alias(a)).iter().for_each(|f| visit(f.get()))),
        clear: Some(|a| alias_fields(alias(a)).iter().for_each(|f| set_field(f, None))),
        dealloc: Some(alias_dealloc),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__reduce__($self, /)"), |a| Ok(value(&alias(a).name)))],
    getset: &[
        getter("__name__", |a| Ok(value(&alias(a).name))),
        getter("__value__", |a| {
            let a = alias(a);
            lazy(&a.value, &a.compute, Own::none)
        }),
        getter("evaluate_value", |a| {
            let a = alias(a);
            match field(&a.compute) {
                Some(f) => Ok(f.own()),
                None => wrap(&CONST_EVALUATOR_TYPE, value(&a.value).r()),
            }
        }),
        getter("__type_params__", |a| Ok(type_params(a))),
        getter("__parameters__", |a| {
            let p = type_params(a);
            let mut out = Vec::new();
            for v in tuple::items(p.r()) {
                let v = Ref::from_value(*v);
                if core::ptr::eq(v.ty(), &TYPE_VAR_TUPLE_TYPE) {
                    let it = unpacked_iter(v)?;
                    if let Some(u) = protocol::next(it.r())? {
                        out.push(u);
                    }
                } else {
                    out.push(v.own());
                }
            }
            tuple::try_from_vec(out)
        }),
        getter("__module__", |a| {
            let a = alias(a);
            if let Some(f) = field(&a.compute) {
                return protocol::get_attr(f, istr!("__module__"));
            }
            Ok(value(&a.module))
        }),
    ],
    ..TypeDef::NEW
});

fn alias(a: Ref<'_>) -> &TypeAlias {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { &*a.value().as_ptr::<TypeAlias>() }
}
fn alias_fields(a: &TypeAlias) -> [&Cell<Value>; 5] {
    [&a.name, &a.type_params, &a.compute, &a.value, &a.module]
}
unsafe fn alias_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in alias_fields(unsafe { &*p.cast::<TypeAlias>() }) {
        decref(f.replace(Value::NULL));
    }
}
pub fn is_type_alias(v: Ref) -> bool {
    core::ptr::eq(v.ty(), &TYPE_ALIAS_TYPE)
}
fn type_params(a: Ref) -> Own {
    field(&alias(a).type_params).map_or_else(|| tuple::from_vec(Vec::new()), Ref::own)
}
fn make_alias(name: Ref, params: Option<Ref>, compute: Option<Ref>, v: Option<Ref>, module: Option<Own>) -> PyResult {
    let own = |v: Option<Ref>| Cell::new(v.map_or(Value::NULL, |v| v.own().into_value()));
    let a = alloc::object(|header| TypeAlias {
        header,
        name: own(Some(name)),
        type_params: own(params),
        compute: own(compute),
        value: own(v),
        module: Cell::new(Value::NULL),
    })?;
    set_field(&alias(a.r()).module, module);
    Ok(a)
}
/// `type A[T] = …`: (name, type parameters or None, function that gives the value).
pub fn new_type_alias(parts: Ref) -> PyResult {
    let (name, params, compute) = (tuple::get(parts, 0), tuple::get(parts, 1), tuple::get(parts, 2));
    make_alias(name, Some(params).filter(|p| !p.is_none()), Some(compute), None, None)
}
fn construct_alias(_: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("typealias(name, value, *, type_params=())"), args, |b| {
        let name = text_name(b.arg(0), "typealias")?;
        let params = b.get(2);
        if let Some(p) = params.filter(|p| !p.ty().has(type_flag::TUPLE)) {
            let _ = p;
            return exc::type_error(format_args!("type_params must be a tuple"));
        }
        make_alias(
            name,
            params,
            None,
            Some(b.arg(1)),
            types::function::calling_module_name()?,
        )
    })
}

// ---- Generic ----

pub static GENERIC_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "typing.Generic",
    flags: type_flag::BASETYPE,
    doc: "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a parameter list after the class's name.",
    slots: Slots {
        new: Some(types::object::new),
        ..Slots::NONE
    },
    methods: &[
        raw(sig!("__class_getitem__($type, /, *args, **kwargs)"), |cls, a| {
            forward(istr!("_generic_class_getitem"), cls, a)
        })
        .class(),
        raw(sig!("__init_subclass__($type, /, *args, **kwargs)"), |cls, a| {
            forward(istr!("_generic_init_subclass"), cls, a)
        })
        .class(),
    ],
    ..TypeDef::NEW
});
fn forward(name: Ref, cls: Ref, args: &Args) -> PyResult {
    let typing = crate::import::import_module("typing")?;
    let f = protocol::get_attr(typing.r(), name)?;
    crate::typeobj::slot_functions::with_first(cls, args, |a| call::call(f.r(), a))
}
/// `Generic[T, *Ts]` of a class with a parameter list (CPython: _Py_subscript_generic).
pub fn subscript_generic(params: Ref) -> PyResult {
    let mut out = Vec::new();
    for v in tuple::items(params) {
        let v = Ref::from_value(*v);
        if core::ptr::eq(v.ty(), &TYPE_VAR_TUPLE_TYPE) {
            let it = unpacked_iter(v)?;
            if let Some(u) = protocol::next(it.r())? {
                out.push(u);
            }
        } else {
            out.push(v.own());
        }
    }
    let params = tuple::try_from_vec(out)?;
    ask_typing(istr!("_GenericAlias"), &[GENERIC_TYPE.r(), params.r()])
}
