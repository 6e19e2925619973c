//! Exception classes with a few fields of their own: StopIteration, SystemExit, ImportError, NameError, AttributeError, KeyError.
use super::base::{args, opt, reduce_with};
use super::types::{init as base_init, own_fields};
use crate::call::{self, Args, MethodDef, noargs, sig};
use crate::exc;
use crate::object::{Own, PyResult, Ref, instance_dict, set_field};
use crate::typeobj::{GetSetDef, Slots, getset};
use crate::{object_protocol, types};

/// Field `i` as an attribute: None when empty.
pub fn get(e: Ref, i: usize) -> PyResult {
    Ok(opt(&own_fields(e)[i]))
}
pub fn set(e: Ref, i: usize, v: Option<Ref>) -> PyResult<()> {
    set_field(&own_fields(e)[i], v.map(Ref::own));
    Ok(())
}
/// Getter and setter of field N.
macro_rules! field_attribute {
    ($name:literal, $i:literal) => {
        getset(
            $name,
            |e| $crate::exc::fields::get(e, $i),
            |e, v| $crate::exc::fields::set(e, $i, v),
        )
    };
}
pub(super) use field_attribute;

pub const STOP_ITERATION_SLOTS: Slots = Slots {
    init: Some(init_first),
    ..Slots::NONE
};
pub static STOP_ITERATION_GETSET: &[GetSetDef] = &[field_attribute!("value", 0)];

/// The first argument is the field.
pub fn init_first(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    set_field(&own_fields(e)[0], Some(a.get(0).map_or(Own::none(), Ref::own)));
    Ok(())
}
/// `StopIteration.value`.
pub fn stop_iteration_value(e: Ref) -> Own {
    opt(&own_fields(e)[0])
}

pub const SYSTEM_EXIT_SLOTS: Slots = Slots {
    init: Some(init_code),
    ..Slots::NONE
};
pub static SYSTEM_EXIT_GETSET: &[GetSetDef] = &[field_attribute!("code", 0)];

fn init_code(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    let code = match a.len() {
        0 => None,
        1 => a.get(0).map(Ref::own),
        _ => Some(args(e).own()),
    };
    set_field(&own_fields(e)[0], code);
    Ok(())
}

pub const KEY_ERROR_SLOTS: Slots = Slots {
    str: Some(key_error_str),
    ..Slots::NONE
};
/// A single argument shows as its repr.
fn key_error_str(e: Ref) -> PyResult {
    let a = args(e).own();
    if types::tuple::len(a.r()) == 1 {
        object_protocol::repr(types::tuple::get(a.r(), 0))
    } else {
        super::base::str(e)
    }
}

/// Takes the keyword arguments `names` into fields 0.., leaving positionals to the base.
fn keywords_to_fields(e: Ref, a: &Args, function: &str, names: &[(&str, usize)]) -> PyResult<()> {
    let (all, n, _) = a.raw();
    base_init(e, &Args::new(&all[..n], n, None))?;
    for &(_, i) in names {
        set_field(&own_fields(e)[i], None);
    }
    let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    if a.keyword_count() > names.len() {
        return call::bind::too_many(function, names.len(), 0, a.keyword_count());
    }
    for (k, v) in a.keywords() {
        let key = types::str::to_string_lossy(k);
        match names.iter().find(|(name, _)| *name == key) {
            Some(&(_, i)) => set_field(&own_fields(e)[i], Some(v.own())),
            None => return call::bind::unexpected_keyword(function, &known, a),
        }
    }
    Ok(())
}

pub const NAME_ERROR_SLOTS: Slots = Slots {
    init: Some(|e, a| keywords_to_fields(e, a, "NameError", &[("name", 0)])),
    ..Slots::NONE
};
pub static NAME_ERROR_GETSET: &[GetSetDef] = &[field_attribute!("name", 0)];

pub const ATTRIBUTE_ERROR_SLOTS: Slots = Slots {
    init: Some(|e, a| keywords_to_fields(e, a, "AttributeError", &[("name", 0), ("obj", 1)])),
    ..Slots::NONE
};
pub static ATTRIBUTE_ERROR_GETSET: &[GetSetDef] = &[field_attribute!("name", 0), field_attribute!("obj", 1)];
pub static ATTRIBUTE_ERROR_METHODS: &[MethodDef] = &[
    noargs(sig!("__reduce__()"), |e| {
        let state = state_with(e, &[("name", 0), ("args", usize::MAX)])?;
        types::tuple::try_from_vec(vec![e.ty().own(), args(e).own(), state])
    }),
    noargs(sig!("__getstate__()"), |e| {
        state_with(e, &[("name", 0), ("args", usize::MAX)])
    }),
];

/// A copy of `__dict__` with the named fields added (`usize::MAX` = args).
fn state_with(e: Ref, fields: &[(&str, usize)]) -> PyResult {
    let state = types::dict::new();
    if let Some(d) = instance_dict::get_opt(e)? {
        for (k, v) in types::dict::items_snapshot(d.r()) {
            types::dict::set(state.r(), k.r(), v.r())?;
        }
    }
    for &(name, i) in fields {
        let v = if i == usize::MAX {
            args(e).own()
        } else {
            opt(&own_fields(e)[i])
        };
        types::dict::set(state.r(), types::str::intern(name).r(), v.r())?;
    }
    Ok(state)
}

/// Raises AttributeError with its `name` and `obj`, which suggestions read.
#[cold]
pub fn raise_attribute_error<R>(obj: Ref, name: Ref, message: core::fmt::Arguments) -> PyResult<R> {
    let e = make(&exc::types::ATTRIBUTE_ERROR, message)?;
    set_field(&own_fields(e.r())[0], Some(name.own()));
    set_field(&own_fields(e.r())[1], Some(obj.own()));
    exc::raise_object(e)
}
/// Raises NameError (or `ty`, a subclass) with its `name`.
#[cold]
pub fn raise_name_error<R>(
    ty: &'static crate::typeobj::TypeObject,
    name: Ref,
    message: core::fmt::Arguments,
) -> PyResult<R> {
    let e = make(ty, message)?;
    set_field(&own_fields(e.r())[0], Some(name.own()));
    exc::raise_object(e)
}
fn make(ty: &'static crate::typeobj::TypeObject, message: core::fmt::Arguments) -> PyResult {
    crate::call::call1(ty.r(), Own::str(&message.to_string()).r())
}

// Fields of ImportError: msg, name, path, name_from.
pub const IMPORT_ERROR_SLOTS: Slots = Slots {
    init: Some(import_init),
    str: Some(import_str),
    ..Slots::NONE
};
pub static IMPORT_ERROR_GETSET: &[GetSetDef] = &[
    field_attribute!("msg", 0),
    field_attribute!("name", 1),
    field_attribute!("path", 2),
    field_attribute!("name_from", 3),
];
pub static IMPORT_ERROR_METHODS: &[MethodDef] = &[noargs(sig!("__reduce__()"), import_reduce)];

fn import_init(e: Ref, a: &Args) -> PyResult<()> {
    keywords_to_fields(e, a, "ImportError", &[("name", 1), ("path", 2), ("name_from", 3)])?;
    set_field(
        &own_fields(e)[0],
        if a.len() == 1 { a.get(0).map(Ref::own) } else { None },
    );
    Ok(())
}
fn import_str(e: Ref) -> PyResult {
    match crate::object::field(&own_fields(e)[0]) {
        Some(m) if m.is_exact::<types::str::StrObject>() => Ok(m.own()),
        _ => super::base::str(e),
    }
}
fn import_reduce(e: Ref) -> PyResult {
    let named: Vec<(&str, usize)> = [("name", 1), ("path", 2), ("name_from", 3)]
        .into_iter()
        .filter(|(_, i)| !own_fields(e)[*i].get().is_null())
        .collect();
    if named.is_empty() {
        return reduce_with(e, args(e).own());
    }
    let state = state_with(e, &named)?;
    types::tuple::try_from_vec(vec![e.ty().own(), args(e).own(), state])
}

/// Raises ImportError (or a subclass) with name and path.
#[cold]
pub fn raise_import_error<R>(
    ty: &'static crate::typeobj::TypeObject,
    message: core::fmt::Arguments,
    name: Option<Ref>,
    path: Option<Ref>,
    name_from: Option<Ref>,
) -> PyResult<R> {
    let e = make(ty, message)?;
    for (i, v) in [(1, name), (2, path), (3, name_from)] {
        set_field(&own_fields(e.r())[i], v.map(Ref::own));
    }
    exc::raise_object(e)
}
