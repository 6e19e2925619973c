//! Methods of `object`: copying and pickling hooks, `__dir__`, `__format__`, `__init_subclass__`
//! (CPython: Objects/typeobject.c, object_methods).
use crate::call::{self, Args, MethodDef, noargs, one, raw, sig};
use crate::import::import_module;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol as protocol;
use crate::typeobj::{TypeObject, create};
use crate::types::{dict, str as str_, tuple};
use crate::{exc, istr, types};
use pyaot_abi::type_flag;

pub static METHODS: &[MethodDef] = &[
    one(sig!("__reduce_ex__($self, protocol, /)"), reduce_ex).doc("Helper for pickle."),
    noargs(sig!("__reduce__($self, /)"), |o| reduce_common(o, 0)).doc("Helper for pickle."),
    noargs(sig!("__getstate__($self, /)"), |o| default_state(o, false)).doc("Helper for pickle."),
    raw(sig!("__subclasshook__($type, object, /)"), |_, _| Ok(Own::not_implemented()))
        .class()
        .doc("Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached)."),
    raw(sig!("__init_subclass__($type, /)"), init_subclass)
        .class()
        .doc("This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses."),
    one(sig!("__format__($self, format_spec, /)"), format).doc("Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise."),
    noargs(sig!("__sizeof__($self, /)"), |o| {
        let ty = o.ty();
        let n = match o.header() {
            Some(_) if ty.head.item_size.get() != 0 => types::variable_length(ty, o.value().as_ptr()),
            _ => 0,
        };
        Ok(Own::usize(ty.head.basic_size.get() as usize + n * ty.head.item_size.get() as usize))
    })
    .doc("Size of object in memory, in bytes."),
    noargs(sig!("__dir__($self, /)"), dir).doc("Default dir() implementation."),
];

fn init_subclass(cls: Ref, args: &Args) -> PyResult {
    if args.is_empty() {
        return Ok(Own::none());
    }
    let name = types::type_::qualname(types::type_::cast(cls))?;
    let name = str_::to_string_lossy(name.r());
    if args.has_keywords() {
        return exc::type_error(format_args!("{name}.__init_subclass__() takes no keyword arguments"));
    }
    exc::type_error(format_args!(
        "{name}.__init_subclass__() takes no arguments ({} given)",
        args.len()
    ))
}

fn format(o: Ref, spec: Ref) -> PyResult {
    if !spec.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "__format__() argument must be str, not {}",
            types::type_::none_or_name(spec)
        ));
    }
    if str_::len(spec) > 0 {
        return exc::type_error(format_args!(
            "unsupported format string passed to {}.__format__",
            o.ty().name()
        ));
    }
    protocol::str(o)
}

/// CPython: object___dir___impl.
fn dir(o: Ref) -> PyResult {
    let names = dict::new();
    if let Some(d) = protocol::get_attr_opt(o, istr!("__dict__"))? {
        if d.r().ty().has(type_flag::DICT) {
            for (k, _) in dict::items_snapshot(d.r()) {
                dict::set(names.r(), k.r(), Own::none().r())?;
            }
        }
    }
    if let Some(cls) = protocol::get_attr_opt(o, istr!("__class__"))? {
        types::type_::merge_class_dict(names.r(), cls.r())?;
    }
    let list = types::list::new()?;
    for (k, _) in dict::items_snapshot(names.r()) {
        types::list::append(list.r(), k)?;
    }
    Ok(list)
}

fn copyreg(name: Ref) -> PyResult {
    let m = import_module("copyreg")?;
    protocol::get_attr(m.r(), name)
}

/// CPython: object___reduce_ex___impl.
fn reduce_ex(o: Ref, version: Ref) -> PyResult {
    let version = protocol::index_isize(version, &exc::types::OVERFLOW_ERROR)?;
    let own = types::object::OBJECT_TYPE.lookup(istr!("__reduce__"));
    let found = o.ty().lookup(istr!("__reduce__"));
    if let (Some(f), Some(own)) = (found, own) {
        if !f.is(own) {
            let m = protocol::get_attr(o, istr!("__reduce__"))?;
            return call::call0(m.r());
        }
    }
    reduce_common(o, version)
}
fn reduce_common(o: Ref, version: isize) -> PyResult {
    if version >= 2 {
        return reduce_newobj(o);
    }
    let f = copyreg(istr!("_reduce_ex"))?;
    call::call2(f.r(), o, Own::int(version as i64).r())
}

/// Arguments of `__new__` as the object states them: positional tuple and keyword dict (CPython: _PyObject_GetNewArguments).
fn new_arguments(o: Ref) -> PyResult<(Option<Own>, Option<Own>)> {
    if let Some(f) = special(o, istr!("__getnewargs_ex__"))? {
        let r = call::call0(f.r())?;
        if !r.r().ty().has(type_flag::TUPLE) {
            return exc::type_error(format_args!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                r.r().ty().name()
            ));
        }
        let n = tuple::len(r.r());
        if n != 2 {
            return exc::value_error(format_args!(
                "__getnewargs_ex__ should return a tuple of length 2, not {n}"
            ));
        }
        let (args, kwargs) = (tuple::get(r.r(), 0), tuple::get(r.r(), 1));
        if !args.ty().has(type_flag::TUPLE) {
            return exc::type_error(format_args!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                args.ty().name()
            ));
        }
        if !kwargs.ty().has(type_flag::DICT) {
            return exc::type_error(format_args!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                kwargs.ty().name()
            ));
        }
        return Ok((Some(args.own()), Some(kwargs.own())));
    }
    if let Some(f) = special(o, istr!("__getnewargs__"))? {
        let r = call::call0(f.r())?;
        if !r.r().ty().has(type_flag::TUPLE) {
            return exc::type_error(format_args!(
                "__getnewargs__ should return a tuple, not '{}'",
                r.r().ty().name()
            ));
        }
        return Ok((Some(r), None));
    }
    Ok((None, None))
}
/// A special method, bound.
fn special(o: Ref, name: Ref) -> PyResult<Option<Own>> {
    if o.ty().lookup(name).is_none() {
        return Ok(None);
    }
    protocol::get_attr(o, name).map(Some)
}

/// CPython: reduce_newobj.
fn reduce_newobj(o: Ref) -> PyResult {
    let ty = o.ty();
    if ty.slots().new.is_none() {
        return exc::type_error(format_args!("cannot pickle '{}' object", ty.full_name()));
    }
    let (args, kwargs) = new_arguments(o)?;
    let has_args = args.is_some();
    let (function, new_args) = match kwargs.filter(|k| dict::len(k.r()) > 0) {
        None => {
            let mut items = vec![ty.own()];
            if let Some(a) = &args {
                items.extend(tuple::items(a.r()).iter().map(|v| Ref::from_value(*v).own()));
            }
            (copyreg(istr!("__newobj__"))?, tuple::try_from_vec(items)?)
        }
        Some(k) => (
            copyreg(istr!("__newobj_ex__"))?,
            tuple::from_vec(vec![ty.own(), args.unwrap_or_else(|| tuple::from_vec(Vec::new())), k]),
        ),
    };
    let container = ty.has(type_flag::LIST | type_flag::DICT);
    let state = state_of(o, !(has_args || container))?;
    let list_items = if ty.has(type_flag::LIST) {
        protocol::iter(o)?
    } else {
        Own::none()
    };
    let dict_items = if ty.has(type_flag::DICT) {
        let items = call::call_method(o, istr!("items"), &[])?;
        protocol::iter(items.r())?
    } else {
        Own::none()
    };
    Ok(tuple::from_vec(vec![function, new_args, state, list_items, dict_items]))
}

/// CPython: object_getstate.
pub fn state_of(o: Ref, required: bool) -> PyResult {
    let own = types::object::OBJECT_TYPE.lookup(istr!("__getstate__"));
    match (o.ty().lookup(istr!("__getstate__")), own) {
        (Some(f), Some(own)) if f.is(own) => default_state(o, required),
        _ => {
            let f = protocol::get_attr(o, istr!("__getstate__"))?;
            call::call0(f.r())
        }
    }
}
/// CPython: object_getstate_default.
fn default_state(o: Ref, required: bool) -> PyResult {
    let ty = o.ty();
    let solid = create::solid_base(types::type_::cast(ty.r()));
    let plain = |t: &TypeObject| t.is_heap() || core::ptr::eq(t, &types::object::OBJECT_TYPE);
    if required && (ty.head.item_size.get() != 0 || !plain(solid)) {
        return exc::type_error(format_args!("cannot pickle '{}' object", ty.full_name()));
    }
    let state = protocol::get_attr_opt(o, istr!("__dict__"))?.unwrap_or_else(Own::none);
    let mut t = Some(ty);
    let mut slots = None;
    while let Some(c) = t.filter(|t| t.is_heap()) {
        // SAFETY: members never change after creation.
        if !unsafe { &*c.members.get() }.is_empty() {
            slots = Some(());
        }
        t = c.base();
    }
    let state = if state.r().ty().has(type_flag::DICT) && dict::len(state.r()) == 0 {
        Own::none()
    } else {
        state
    };
    // A class may state its slots itself. CPython: Objects/typeobject.c, _PyType_GetSlotNames.
    let stated = dict::get(ty.dict(), istr!("__slotnames__"))?.filter(|n| !n.r().is_none());
    if slots.is_none() && stated.is_none() {
        return Ok(state);
    }
    let names = match stated {
        Some(names) => names,
        None => call::call1(copyreg(istr!("_slotnames"))?.r(), ty.r())?,
    };
    let values = dict::new();
    let it = protocol::iter(names.r())?;
    while let Some(n) = protocol::next(it.r())? {
        if let Some(v) = protocol::get_attr_opt(o, n.r())? {
            dict::set(values.r(), n.r(), v.r())?;
        }
    }
    if dict::len(values.r()) == 0 {
        return Ok(state);
    }
    Ok(tuple::from_vec(vec![state, values]))
}
