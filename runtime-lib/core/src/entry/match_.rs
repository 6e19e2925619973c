//! Patterns of match statements (CPython: Python/ceval.c, match_class, match_keys).
use crate::object::{Own, PyResult, Ref, Value, to_abi};
use crate::object_protocol as protocol;
use crate::typeobj::TypeObject;
use crate::types::{dict, str as str_, tuple};
use crate::{call, exc, istr};
use pyaot_abi::type_flag;

fn r<'a>(v: Value) -> Ref<'a> {
    Ref::from_value(v)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_match_class(subject: Value, cls: Value, nargs: i64, names: Value) -> Value {
    to_abi(match_class(r(subject), r(cls), nargs as usize, r(names)).map(|m| m.unwrap_or_else(Own::none)))
}

/// An attribute for a sub-pattern; naming one twice is an error.
fn sub_pattern(subject: Ref, ty: &TypeObject, name: Ref, seen: &mut Vec<Own>) -> PyResult<Option<Own>> {
    if seen.iter().any(|s| str_::equal(s.r(), name)) {
        let shown = protocol::repr(name)?;
        return exc::type_error(format_args!(
            "{}() got multiple sub-patterns for attribute {}",
            ty.name(),
            str_::to_string_lossy(shown.r())
        ));
    }
    seen.push(name.own());
    protocol::get_attr_opt(subject, name)
}

fn match_class(subject: Ref, cls: Ref, nargs: usize, names: Ref) -> PyResult<Option<Own>> {
    let Some(ty) = cls.downcast::<TypeObject>() else {
        return exc::type_error(format_args!("called match pattern must be a class"));
    };
    if !protocol::is_instance(subject, cls)? {
        return Ok(None);
    }
    let mut out = Vec::new();
    let mut seen = Vec::new();
    if nargs > 0 {
        let match_args = protocol::get_attr_opt(cls, istr!("__match_args__"))?;
        if let Some(m) = &match_args {
            if !m.r().is_exact::<pyaot_abi::TupleObject>() {
                return exc::type_error(format_args!(
                    "{}.__match_args__ must be a tuple (got {})",
                    ty.name(),
                    m.r().ty().name()
                ));
            }
        }
        let match_self = match_args.is_none() && ty.has(type_flag::MATCH_SELF);
        let allowed = if match_self {
            1
        } else {
            match_args.as_ref().map_or(0, |m| tuple::len(m.r()))
        };
        if allowed < nargs {
            return exc::type_error(format_args!(
                "{}() accepts {allowed} positional sub-pattern{} ({nargs} given)",
                ty.name(),
                if allowed == 1 { "" } else { "s" }
            ));
        }
        if match_self {
            out.push(subject.own());
        } else if let Some(m) = &match_args {
            for i in 0..nargs {
                let name = tuple::get(m.r(), i);
                if !name.is_exact::<str_::StrObject>() {
                    return exc::type_error(format_args!(
                        "__match_args__ elements must be strings (got {})",
                        name.ty().name()
                    ));
                }
                let Some(v) = sub_pattern(subject, ty, name, &mut seen)? else {
                    return Ok(None);
                };
                out.push(v);
            }
        }
    }
    for name in tuple::items(names) {
        let Some(v) = sub_pattern(subject, ty, r(*name), &mut seen)? else {
            return Ok(None);
        };
        out.push(v);
    }
    tuple::try_from_vec(out).map(Some)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_match_keys(subject: Value, keys: Value) -> Value {
    to_abi(match_keys(r(subject), r(keys)).map(|m| m.unwrap_or_else(Own::none)))
}
/// Values of the keys through `get`, which defaultdict and its like do not fill on a miss.
fn match_keys(subject: Ref, keys: Ref) -> PyResult<Option<Own>> {
    let n = tuple::len(keys);
    if n == 0 {
        return tuple::try_from_vec(Vec::new()).map(Some);
    }
    let exact = subject.is_exact::<dict::DictObject>();
    let get = if exact {
        None
    } else {
        Some(protocol::get_attr(subject, istr!("get"))?)
    };
    let missing = call::call0(crate::types::object::OBJECT_TYPE.r())?;
    let (seen, mut out) = (dict::new(), Vec::with_capacity(n));
    for k in tuple::items(keys) {
        let k = r(*k);
        if dict::get(seen.r(), k)?.is_some() {
            let shown = protocol::repr(k)?;
            return exc::value_error(format_args!(
                "mapping pattern checks duplicate key ({})",
                str_::to_string_lossy(shown.r())
            ));
        }
        dict::set(seen.r(), k, Own::none().r())?;
        let v = match &get {
            None => dict::get(subject, k)?,
            Some(get) => {
                let v = call::call2(get.r(), k, missing.r())?;
                if v.r().is(missing.r()) { None } else { Some(v) }
            }
        };
        match v {
            Some(v) => out.push(v),
            None => return Ok(None),
        }
    }
    tuple::try_from_vec(out).map(Some)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_match_mapping(subject: Value) -> i32 {
    r(subject).ty().has(type_flag::MAPPING) as i32
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_match_sequence(subject: Value) -> i32 {
    r(subject).ty().has(type_flag::SEQUENCE) as i32
}
