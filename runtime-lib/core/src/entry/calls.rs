//! Calls with unpacked arguments, attributes of new functions, classes, and the numbered intrinsics.
use crate::call::{self, Args};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, set_field, to_abi};
use crate::object_protocol as protocol;
use crate::types::{self, dict, tuple};
use pyaot_abi::{FunctionObject, type_flag};

fn r<'a>(v: Value) -> Ref<'a> {
    Ref::from_value(v)
}

/// CALL_FUNCTION_EX.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_ex(callable: Value, args: Value, kwargs: Value) -> Value {
    to_abi(call_ex(r(callable), r(args), Ref::from_nullable(kwargs)))
}

pub fn call_ex(callable: Ref, args: Ref, kwargs: Option<Ref>) -> PyResult {
    let positional = if args.is_exact::<pyaot_abi::TupleObject>() {
        args.own()
    } else if args.is_exact::<types::list::ListObject>() {
        tuple::from_iterable(args)?
    } else {
        if args.ty().slots().iter.is_none() && !protocol::is_sequence(args) {
            return exc::type_error(format_args!(
                "{} argument after * must be an iterable, not {}",
                dict::merge::callable_text(callable)?,
                args.ty().name()
            ));
        }
        call::call1(tuple::TUPLE_TYPE.r(), args)?
    };
    let positional = tuple::items(positional.r());
    let Some(kwargs) = kwargs.filter(|k| !k.is_exact::<dict::DictObject>() || dict::len(*k) != 0) else {
        return call::call(callable, &Args::new(positional, positional.len(), None));
    };
    if kwargs.ty().has(type_flag::DICT) {
        return dict::with_items(kwargs, |pairs| call_with_items(callable, positional, pairs));
    }
    let d = dict::new();
    dict::merge::merge_keywords(d.r(), kwargs, callable)?;
    dict::with_items(d.r(), |pairs| call_with_items(callable, positional, pairs))
}

/// A call with keywords, names and values, that the caller holds.
pub fn call_with_items(callable: Ref, positional: &[Value], keywords: &[(Own, Own)]) -> PyResult {
    if keywords.is_empty() {
        return call::call(callable, &Args::new(positional, positional.len(), None));
    }
    if callable.is_exact::<FunctionObject>() && keywords.iter().all(|(k, _)| k.r().ty().has(type_flag::STR)) {
        return types::function::bind::call_with_pairs(callable, positional, keywords);
    }
    let mut words = Vec::with_capacity(positional.len() + keywords.len());
    words.extend_from_slice(positional);
    let mut names = Vec::with_capacity(keywords.len());
    for (k, v) in keywords {
        if !k.r().ty().has(type_flag::STR) {
            return exc::type_error(format_args!("keywords must be strings"));
        }
        names.push(k.clone());
        words.push(v.value());
    }
    let names = tuple::try_from_vec(names)?;
    call::call(callable, &Args::new(&words, positional.len(), Some(names.r())))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_set_function_attribute(function: Value, v: Value, which: i32) {
    // SAFETY: the compiler passes a function that it has just made.
    types::function::set_attribute(
        unsafe { r(function).cast::<FunctionObject>() },
        Own::from_value(v),
        which,
    );
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_build_class() -> Value {
    to_abi(types::build_class::object())
}

/// CALL_INTRINSIC_1 by CPython's number, those that have a row of their own left out.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_intrinsic_1(which: i32, v: Value) -> Value {
    to_abi(intrinsic_1(which, r(v)))
}
fn intrinsic_1(which: i32, v: Ref) -> PyResult {
    match which {
        1 => display(v),
        5 => protocol::positive(v),
        6 => call::call1(tuple::TUPLE_TYPE.r(), v),
        7 => types::typevar::new_type_var(v, None, None),
        8 => types::typevar::new_param_spec(v),
        9 => types::typevar::new_type_var_tuple(v),
        10 => types::typevar::subscript_generic(v),
        11 => types::typevar::new_type_alias(v),
        _ => exc::system_error(format_args!("intrinsic function {which} of one argument is not known")),
    }
}
/// Expression statements of interactive code go to `sys.displayhook`.
fn display(v: Ref) -> PyResult {
    let sys = crate::import::import_module("sys")?;
    let Some(hook) = protocol::get_attr_opt(sys.r(), crate::istr!("displayhook"))? else {
        return exc::runtime_error(format_args!("lost sys.displayhook"));
    };
    call::call1(hook.r(), v)
}

/// CALL_INTRINSIC_2 by CPython's number.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_intrinsic_2(which: i32, a: Value, b: Value) -> Value {
    to_abi(intrinsic_2(which, r(a), r(b)))
}
fn intrinsic_2(which: i32, a: Ref, b: Ref) -> PyResult<Own> {
    match which {
        1 => exc::group::prep_reraise_star(a, b),
        2 => types::typevar::new_type_var(a, Some(b), None),
        3 => types::typevar::new_type_var(a, None, Some(b)),
        5 => types::typevar::set_default(a, b),
        4 => {
            if let Some(f) = a.downcast::<FunctionObject>() {
                set_field(&f.type_params, Some(b.own()));
            }
            Ok(a.own())
        }
        _ => exc::system_error(format_args!("intrinsic function {which} of two arguments is not known")),
    }
}
