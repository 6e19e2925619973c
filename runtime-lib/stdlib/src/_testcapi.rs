//! `_testcapi`, for CPython's own tests: functions of every calling convention that native code has, and the limits of C types.
//! As in CPython it is there for tests; an executable has it only when its program imports it.
use crate::native_type::native_type;
use pyaot_core::prelude::*;
use pyaot_core::types::module;

/// What a function with its `self` gives back: `self` is None for static methods.
fn with_self(this: Ref, rest: &[Own]) -> PyResult {
    let mut items = vec![this.own()];
    items.extend_from_slice(rest);
    tuple::try_from_vec(items)
}
fn positional(args: &Args) -> PyResult {
    tuple::from_refs(args.pos().iter().map(|v| Ref::from_value(*v)))
}
fn keywords(args: &Args) -> PyResult {
    let names = dict::try_new()?;
    for (name, value) in args.keywords() {
        dict::set(names.r(), name, value)?;
    }
    Ok(names)
}
fn varargs(this: Ref, args: &Args) -> PyResult {
    with_self(this, &[positional(args)?])
}
fn varargs_keywords(this: Ref, args: &Args) -> PyResult {
    with_self(this, &[positional(args)?, keywords(args)?])
}

/// The rows for one kind of owner; `$name` is what errors call it, `$kind` what becomes of a row.
macro_rules! conventions {
    ($owner:literal, $kind:ident) => {
        &[
            $kind(raw(sig!("meth_varargs(*args)"), |this, args| {
                args.no_keywords(concat!($owner, "meth_varargs"))?;
                varargs(this, args)
            })),
            $kind(raw(sig!("meth_varargs_keywords(*args, **kwargs)"), varargs_keywords)),
            $kind(one(sig!("meth_o(arg, /)"), |this, arg| with_self(this, &[arg.own()]))),
            $kind(noargs(sig!("meth_noargs()"), |this| Ok(this.own()))),
            $kind(raw(sig!("meth_fastcall(*args)"), |this, args| {
                args.no_keywords(concat!($owner, "meth_fastcall"))?;
                varargs(this, args)
            })),
            $kind(raw(sig!("meth_fastcall_keywords(*args, **kwargs)"), varargs_keywords)),
        ]
    };
}
const fn plain(def: MethodDef) -> MethodDef {
    def
}
const fn of_class(def: MethodDef) -> MethodDef {
    def.class()
}
const fn of_nothing(def: MethodDef) -> MethodDef {
    def.static_()
}

static FUNCTIONS: &[MethodDef] = conventions!("_testcapi.", plain);
static CALLERS: &[MethodDef] = &[
    bound(sig!("pyobject_vectorcall(func, func_args, kwnames, /)"), |_, b| {
        let names = b.get_not_none(2);
        let words = words_of(b.get_not_none(1))?;
        let count = names.map_or(0, tuple::len);
        if words.len() < count {
            return exc::value_error(format_args!("kwnames is longer than the arguments"));
        }
        // CPython takes an empty tuple of names, too.
        let names = names.filter(|_| count > 0);
        call(b.arg(0), &Args::new(&words, words.len() - count, names))
    }),
    one(sig!("set_errno(value, /)"), |_, value| {
        let n = pyaot_core::call::convert::c_int(value)?;
        // SAFETY: the C library's own variable of this thread.
        unsafe { *libc::__errno_location() = n };
        Ok(Own::none())
    }),
    bound(
        sig!("pyobject_fastcalldict(func, func_args, kwargs, /)"),
        call_with_dict,
    ),
    bound(sig!("pycfunction_call(func, args, kwargs=None, /)"), call_with_dict),
];

/// The words of a tuple of arguments; borrowed from it.
fn words_of(args: Option<Ref<'_>>) -> PyResult<Vec<Value>> {
    match args {
        None => Ok(Vec::new()),
        Some(t) if t.ty().has(type_flag::TUPLE) => Ok(tuple::items(t).to_vec()),
        Some(_) => exc::type_error(format_args!("args must be None or a tuple")),
    }
}
fn call_with_dict(_: Ref, b: &Bound) -> PyResult {
    let mut words = words_of(b.get_not_none(1))?;
    let positional = words.len();
    let items = b.get_not_none(2).map_or(Vec::new(), dict::items_snapshot);
    words.extend(items.iter().map(|(_, value)| value.value()));
    let names = tuple::from_refs(items.iter().map(|(name, _)| name.r()))?;
    call(
        b.arg(0),
        &Args::new(&words, positional, (!items.is_empty()).then(|| names.r())),
    )
}

native_type! {
    struct MethInstance, INSTANCE_TYPE, "_testcapi.MethInstance" {} {}
    flags: type_flag::BASETYPE, doc: "Its methods take the instance.",
    slots: { new: Some(|cls, _| MethInstance::make(cls)) }, methods: conventions!("MethInstance.", plain), getset: &[]
}
native_type! {
    struct MethClass, CLASS_TYPE, "_testcapi.MethClass" {} {}
    flags: type_flag::BASETYPE, doc: "Its methods take the class.",
    slots: { new: Some(|cls, _| MethClass::make(cls)) }, methods: conventions!("MethClass.", of_class), getset: &[]
}
native_type! {
    struct MethStatic, STATIC_TYPE, "_testcapi.MethStatic" {} {}
    flags: type_flag::BASETYPE, doc: "Its methods take nothing of their owner.",
    slots: { new: Some(|cls, _| MethStatic::make(cls)) }, methods: conventions!("MethStatic.", of_nothing), getset: &[]
}

static INTERNAL: &[MethodDef] = &[one(sig!("has_inline_values(obj, /)"), |_, v| {
    let of_instance = |v: Ref| {
        let header = v.header()? as *const Header;
        pyaot_core::typeobj::shape::attributes(v.ty(), header.cast_mut())
    };
    Ok(Own::bool(of_instance(v).is_some_and(|a| a.all_inline())))
})];

/// `_testinternalcapi`: where the attributes of an object are (CPython: Modules/_testinternalcapi.c, has_inline_values).
pub fn make_internal() -> PyResult {
    let m = module::new("_testinternalcapi")?;
    module::add_functions(m.r(), INTERNAL)?;
    // Calls after which CPython specialises; tests loop that often.
    module::add(m.r(), "SPECIALIZATION_THRESHOLD", Own::int(2))?;
    Ok(m)
}

/// CPython: Modules/_testcapimodule.c, PyInit__testcapi.
pub fn make() -> PyResult {
    let m = module::new("_testcapi")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add_functions(m.r(), CALLERS)?;
    for (name, ty) in [
        ("MethInstance", &INSTANCE_TYPE),
        ("MethClass", &CLASS_TYPE),
        ("MethStatic", &STATIC_TYPE),
    ] {
        pyaot_core::typeobj::ready(ty);
        module::add(m.r(), name, ty.own())?;
    }
    let whole: &[(&str, i64)] = &[
        ("CHAR_MAX", i8::MAX as i64),
        ("CHAR_MIN", i8::MIN as i64),
        ("UCHAR_MAX", u8::MAX as i64),
        ("SHRT_MAX", i16::MAX as i64),
        ("SHRT_MIN", i16::MIN as i64),
        ("USHRT_MAX", u16::MAX as i64),
        ("INT_MAX", i32::MAX as i64),
        ("INT_MIN", i32::MIN as i64),
        ("UINT_MAX", u32::MAX as i64),
        ("LONG_MAX", i64::MAX),
        ("LONG_MIN", i64::MIN),
        ("LLONG_MAX", i64::MAX),
        ("LLONG_MIN", i64::MIN),
        ("PY_SSIZE_T_MAX", i64::MAX),
        ("PY_SSIZE_T_MIN", i64::MIN),
        ("SIZEOF_VOID_P", 8),
        ("SIZEOF_TIME_T", 8),
    ];
    for &(name, value) in whole {
        module::add(m.r(), name, Own::int(value))?;
    }
    for name in ["ULONG_MAX", "ULLONG_MAX", "SIZE_MAX"] {
        module::add(m.r(), name, Own::uint(u64::MAX))?;
    }
    for (name, value) in [
        ("FLT_MAX", f32::MAX as f64),
        ("FLT_MIN", f32::MIN_POSITIVE as f64),
        ("DBL_MAX", f64::MAX),
        ("DBL_MIN", f64::MIN_POSITIVE),
    ] {
        module::add(m.r(), name, Own::float(value))?;
    }
    Ok(m)
}
