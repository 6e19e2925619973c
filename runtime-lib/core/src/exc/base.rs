//! Text, methods and attributes of BaseException.
use super::types::cast;
use crate::call::{MethodDef, noargs, one, sig};
use crate::exc::{self, records};
use crate::object::{Own, PyResult, Ref, field, instance_dict, set_field};
use crate::typeobj::{GetSetDef, getset};
use crate::types::traceback::TracebackObject;
use crate::{istr, object_protocol, types};
use pyaot_abi::type_flag;

pub static METHODS: &[MethodDef] = &[
    one(sig!("with_traceback(object, /)"), |e, tb| {
        set_traceback(e, Some(tb))?;
        Ok(e.own())
    })
    .doc("Set self.__traceback__ to tb and return self."),
    one(sig!("add_note(object, /)"), add_note).doc("Add a note to the exception."),
    noargs(sig!("__reduce__()"), reduce),
    one(sig!("__setstate__(object, /)"), setstate),
];

pub static GETSET: &[GetSetDef] = &[
    getset("args", |e| Ok(args(e).own()), set_args),
    getset(
        "__traceback__",
        |e| Ok(records::traceback(e).map_or(Own::none(), Ref::own)),
        set_traceback,
    ),
    getset(
        "__context__",
        |e| Ok(opt(&cast(e).context)),
        |e, v| set_link(&cast(e).context, v, "context"),
    ),
    getset(
        "__cause__",
        |e| Ok(opt(&cast(e).cause)),
        |e, v| {
            set_link(&cast(e).cause, v, "cause")?;
            cast(e).suppress_context.set(true);
            Ok(())
        },
    ),
    getset(
        "__suppress_context__",
        |e| Ok(Own::bool(cast(e).suppress_context.get())),
        set_suppress,
    ),
    getset("__dict__", instance_dict::get, instance_dict::set),
];

pub fn opt(c: &core::cell::Cell<crate::object::Value>) -> Own {
    field(c).map_or(Own::none(), Ref::own)
}

/// The args tuple.
pub fn args(e: Ref<'_>) -> Ref<'_> {
    exc::memory::args(e)
}

/// CPython: BaseException_str.
pub fn str(e: Ref) -> PyResult {
    let a = args(e).own();
    match types::tuple::len(a.r()) {
        0 => Ok(Own::str("")),
        1 => object_protocol::str(types::tuple::get(a.r(), 0)),
        _ => object_protocol::str(a.r()),
    }
}

/// CPython: BaseException_repr.
pub fn repr(e: Ref) -> PyResult {
    let a = args(e).own();
    let text = if types::tuple::len(a.r()) == 1 {
        let r = object_protocol::repr(types::tuple::get(a.r(), 0))?;
        let mut b = pyaot_text::StrBuf::new();
        b.push_str("(");
        b.push_units(types::str::units(r.r()));
        b.push_str(")");
        types::str::from_buf(b)?
    } else {
        object_protocol::repr(a.r())?
    };
    let mut b = pyaot_text::StrBuf::new();
    b.push_str(e.ty().name());
    b.push_units(types::str::units(text.r()));
    types::str::from_buf(b)
}

fn set_args(e: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("args may not be deleted"));
    };
    let list = types::list::from_iterable(v)?;
    // SAFETY: the list is ours and nothing runs while it is read.
    let items = unsafe { types::list::items(list.r().cast()) };
    let tuple = types::tuple::from_refs(items.iter().map(|v| Ref::from_value(*v)))?;
    exc::memory::set_tuple(e, tuple);
    Ok(())
}

/// `__traceback__ = tb`.
pub fn set_traceback(e: Ref, v: Option<Ref>) -> PyResult<()> {
    match v {
        None => exc::type_error(format_args!("__traceback__ may not be deleted")),
        Some(v) if v.is_none() => {
            records::set_traceback(e, None);
            Ok(())
        }
        Some(v) if v.downcast::<TracebackObject>().is_some() => {
            records::set_traceback(e, Some(v.own()));
            Ok(())
        }
        Some(_) => exc::type_error(format_args!("__traceback__ must be a traceback or None")),
    }
}

fn set_link(c: &core::cell::Cell<crate::object::Value>, v: Option<Ref>, what: &str) -> PyResult<()> {
    match v {
        None => exc::type_error(format_args!("__{what}__ may not be deleted")),
        Some(v) if v.is_none() => {
            set_field(c, None);
            Ok(())
        }
        Some(v) if v.ty().has(type_flag::BASE_EXC) => {
            set_field(c, Some(v.own()));
            Ok(())
        }
        Some(_) => exc::type_error(format_args!(
            "exception {what} must be None or derive from BaseException"
        )),
    }
}

fn set_suppress(e: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("can't delete numeric/char attribute"));
    };
    if !v.value().is_bool() {
        return exc::type_error(format_args!("attribute value type must be bool"));
    }
    cast(e).suppress_context.set(object_protocol::truth(v)?);
    Ok(())
}

fn add_note(e: Ref, note: Ref) -> PyResult {
    if !note.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("note must be a str, not '{}'", note.ty().name()));
    }
    let notes = match object_protocol::get_attr_opt(e, istr!("__notes__"))? {
        Some(n) => n,
        None => {
            let n = types::list::new()?;
            object_protocol::set_attr(e, istr!("__notes__"), Some(n.r()))?;
            n
        }
    };
    if !notes.r().ty().has(type_flag::LIST) {
        return exc::type_error(format_args!("Cannot add note: __notes__ is not a list"));
    }
    types::list::append(notes.r(), note.own())?;
    Ok(Own::none())
}

/// (type, args) or (type, args, dict).
fn reduce(e: Ref) -> PyResult {
    reduce_with(e, args(e).own())
}
pub fn reduce_with(e: Ref, args: Own) -> PyResult {
    let mut parts = vec![e.ty().own(), args];
    if let Some(d) = instance_dict::get_opt(e)? {
        parts.push(d);
    }
    types::tuple::try_from_vec(parts)
}

fn setstate(e: Ref, state: Ref) -> PyResult {
    if state.is_none() {
        return Ok(Own::none());
    }
    if !state.ty().has(type_flag::DICT) {
        return exc::type_error(format_args!("state is not a dictionary"));
    }
    for (k, v) in types::dict::items_snapshot(state) {
        object_protocol::set_attr(e, k.r(), Some(v.r()))?;
    }
    Ok(Own::none())
}
