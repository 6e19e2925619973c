//! Module specs and loaders: what `__spec__` and `__loader__` of modules are.
//!
//! CPython has these classes in Python (Lib/importlib/_bootstrap.py and _bootstrap_external.py), under the names
//! `_frozen_importlib` and `_frozen_importlib_external`. The finders know what is linked into the executable, native and
//! compiled modules; importlib's own Python code, where it is imported, works over them.
use crate::call::{Args, MethodDef, bind, bound, noargs, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getset, getter};
use crate::types::{dict, list, str as str_};
use crate::{exc, istr, types};
use core::cell::Cell;
use pyaot_abi::{MODULE_PACKAGE, ModuleStatic, type_flag};

/// An object that is its `__dict__`: the layout of specs and of file loaders.
#[repr(C)]
struct Record {
    header: Header,
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Record {
    fn type_object() -> &'static TypeObject {
        &MODULE_SPEC_TYPE
    }
}

const RECORD: Slots = Slots {
    new: Some(|cls, _| {
        let d = dict::new();
        alloc::object_of(cls, |header| Record {
            header,
            dict: Cell::new(d.into_value()),
        })
    }),
    traverse: Some(|r, visit| visit(fields(r).value())),
    clear: Some(|r| dict::clear(fields(r))),
    dealloc: Some(dealloc),
    ..Slots::NONE
};

pub static MODULE_SPEC_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_frozen_importlib.ModuleSpec",
    basic_size: size_of::<Record>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    doc: "The specification for a module, used for loading.",
    dict_offset: core::mem::offset_of!(Record, dict),
    slots: Slots {
        init: Some(init_spec),
        repr: Some(repr_spec),
        richcompare: Some(compare_specs),
        ..RECORD
    },
    getset: SPEC_GETSET,
    ..TypeDef::NEW
});
static SPEC_GETSET: &[GetSetDef] = &[
    getter("__dict__", |s| Ok(fields(s).own())),
    getter("parent", |s| {
        let name = protocol::get_attr(s, istr!("name"))?;
        if !protocol::get_attr(s, istr!("submodule_search_locations"))?
            .r()
            .is_none()
        {
            return Ok(name);
        }
        let text = str_::to_string_lossy(name.r());
        Ok(Own::str(text.rsplit_once('.').map_or("", |(p, _)| p)))
    }),
    getset(
        "cached",
        |s| protocol::get_attr(s, istr!("_cached")),
        |s, v| protocol::set_attr(s, istr!("_cached"), v),
    ),
    getset(
        "has_location",
        |s| protocol::get_attr(s, istr!("_set_fileattr")),
        |s, v| match v {
            Some(v) => {
                let truth = Own::bool(protocol::truth(v)?);
                protocol::set_attr(s, istr!("_set_fileattr"), Some(truth.r()))
            }
            None => exc::attribute_error(format_args!(
                "property 'has_location' of 'ModuleSpec' object has no deleter"
            )),
        },
    ),
];

pub static SOURCE_FILE_LOADER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_frozen_importlib_external.SourceFileLoader",
    basic_size: size_of::<Record>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE,
    doc: "Concrete implementation of SourceLoader using the file system.",
    dict_offset: core::mem::offset_of!(Record, dict),
    slots: Slots {
        init: Some(init_loader),
        richcompare: Some(compare_loaders),
        hash: Some(hash_loader),
        ..RECORD
    },
    methods: LOADER_METHODS,
    getset: &[getter("__dict__", |l| Ok(fields(l).own()))],
    ..TypeDef::NEW
});
static LOADER_METHODS: &[MethodDef] = &[
    bound(sig!("create_module($self, spec)"), |_, b| {
        let name = str_::to_string_lossy(protocol::get_attr(b.arg(0), istr!("name"))?.r());
        match super::find_module(&name) {
            Some(m) => super::create_compiled(m, &name),
            None => Ok(Own::none()),
        }
    })
    .doc("Use default semantics for module creation."),
    one(sig!("exec_module($self, module)"), |_, module| {
        let name = protocol::get_attr(module, istr!("__name__"))?;
        let name = str_::to_string_lossy(name.r());
        match super::find_module(&name) {
            Some(m) if module.downcast::<types::module::ModuleObject>().is_some() => super::run_body(m, module),
            _ => exc::import_error(format_args!(
                "cannot load module {name} when get_code() returns None"
            )),
        }
    })
    .doc("Execute the module."),
    bound(sig!("get_code($self, fullname)"), |l, b| {
        Ok(match compiled(l, b.get(0))?.filter(|m| !m.code.is_null()) {
            Some(m) => Ref::from_value(Value::from_ptr(m.code)).own(),
            None => Own::none(),
        })
    })
    .doc("Concrete implementation of InspectLoader.get_code."),
    bound(sig!("get_filename($self, name=None)"), |l, b| {
        check_name(l, b.get(0))?;
        protocol::get_attr(l, istr!("path"))
    })
    .doc("Return the path to the source file as found by the finder."),
    bound(sig!("get_source($self, fullname)"), |l, b| {
        match compiled(l, b.get(0))?.and_then(exc::print::source::text) {
            Some(text) => Ok(Own::str(&text)),
            None => exc::import_error(format_args!("source not available through get_data()")),
        }
    })
    .doc("Concrete implementation of InspectLoader.get_source."),
    bound(sig!("is_package($self, fullname)"), |l, b| {
        check_name(l, b.get(0))?;
        let path = str_::to_string_lossy(protocol::get_attr(l, istr!("path"))?.r());
        let stem = path.rsplit_once('/').map_or(path.as_str(), |(_, f)| f);
        let is_init = stem.rsplit_once('.').map_or(stem, |(s, _)| s) == "__init__";
        let name = str_::to_string_lossy(b.arg(0));
        Ok(Own::bool(is_init && name.rsplit('.').next() != Some("__init__")))
    })
    .doc("Concrete implementation of InspectLoader.is_package by checking if\nthe path returned by get_filename has a filename of '__init__.py'."),
];

/// Loader of native modules; used as a class, never instantiated.
pub static BUILTIN_IMPORTER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_frozen_importlib.BuiltinImporter",
    flags: type_flag::BASETYPE,
    doc: "Meta path import for built-in modules.\n\nAll methods are either class or static methods to avoid the need to\ninstantiate the class.",
    methods: &[
        one(sig!("create_module(spec)"), |_, spec| {
            let name = protocol::get_attr(spec, istr!("name"))?;
            native_only(name.r())?;
            super::make_native(&str_::to_string_lossy(name.r()))
        })
        .static_(),
        one(sig!("exec_module(module)"), |_, _| Ok(Own::none())).static_(),
        bound(sig!("find_spec($type, fullname, path=None, target=None)"), |_, b| {
            let name = str_::to_string_lossy(b.arg(0));
            if super::native_names().any(|n| n == name) {
                native_spec(&name)
            } else {
                Ok(Own::none())
            }
        })
        .class(),
        one(sig!("get_code($type, fullname)"), |_, name| {
            native_only(name).map(|()| Own::none())
        })
        .class(),
        one(sig!("get_source($type, fullname)"), |_, name| {
            native_only(name).map(|()| Own::none())
        })
        .class(),
        one(sig!("is_package($type, fullname)"), |_, name| {
            native_only(name).map(|()| Own::bool(false))
        })
        .class(),
    ],
    ..TypeDef::NEW
});

/// Finder of compiled modules; used as a class, never instantiated.
pub static PATH_FINDER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_frozen_importlib_external.PathFinder",
    flags: type_flag::BASETYPE,
    doc: "Meta path finder for sys.path and package __path__ attributes.",
    methods: &[
        bound(sig!("find_spec($type, fullname, path=None, target=None)"), |_, b| {
            let name = str_::to_string_lossy(b.arg(0));
            match super::find_module(&name) {
                Some(m) => of_compiled(m, &name),
                None => Ok(Own::none()),
            }
        })
        .class(),
        noargs(sig!("invalidate_caches()"), |_| Ok(Own::none())).static_(),
    ],
    ..TypeDef::NEW
});

/// `sys.meta_path`.
pub fn meta_path() -> PyResult {
    list::from_vec(vec![BUILTIN_IMPORTER_TYPE.own(), PATH_FINDER_TYPE.own()])
}

fn fields(r: Ref<'_>) -> Ref<'_> {
    // SAFETY: slots and methods receive instances.
    Ref::from_value(unsafe { r.cast::<Record>() }.dict.get())
}
unsafe fn dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<Record>() }.dict.replace(Value::NULL));
}

fn native_only(name: Ref) -> PyResult<()> {
    let text = str_::to_string_lossy(name);
    if super::native_names().any(|n| n == text) {
        return Ok(());
    }
    let shown = str_::to_string_lossy(protocol::repr(name)?.r());
    exc::import_error(format_args!("{shown} is not a built-in module"))
}

fn init_spec(s: Ref, args: &Args) -> PyResult<()> {
    let sig = sig!("ModuleSpec(name, loader, *, origin=None, loader_state=None, is_package=None)");
    bind(sig, args, |b| {
        let is_package = match b.get_not_none(4) {
            Some(v) => protocol::truth(v)?,
            None => false,
        };
        let locations = if is_package { list::new()? } else { Own::none() };
        let or_none = |i: usize| b.get(i).map_or_else(Own::none, Ref::own);
        fill(
            fields(s),
            b.arg(0).own(),
            b.arg(1).own(),
            or_none(2),
            or_none(3),
            locations,
        )
    })
}
fn fill(d: Ref, name: Own, loader: Own, origin: Own, state: Own, locations: Own) -> PyResult<()> {
    for (key, v) in [
        (istr!("name"), name),
        (istr!("loader"), loader),
        (istr!("origin"), origin),
        (istr!("loader_state"), state),
        (istr!("submodule_search_locations"), locations),
        (istr!("_uninitialized_submodules"), list::new()?),
        (istr!("_set_fileattr"), Own::bool(false)),
        (istr!("_cached"), Own::none()),
    ] {
        dict::set(d, key, v.r())?;
    }
    Ok(())
}

/// CPython: Lib/importlib/_bootstrap.py, ModuleSpec.__repr__.
fn repr_spec(s: Ref) -> PyResult {
    let shown = |name: Ref| -> PyResult<String> {
        let v = protocol::get_attr(s, name)?;
        Ok(str_::to_string_lossy(protocol::repr(v.r())?.r()))
    };
    let is_none = |name: Ref| protocol::get_attr(s, name).map(|v| v.r().is_none());
    let mut text = format!("name={}, loader={}", shown(istr!("name"))?, shown(istr!("loader"))?);
    if !is_none(istr!("origin"))? {
        text.push_str(&format!(", origin={}", shown(istr!("origin"))?));
    }
    if !is_none(istr!("submodule_search_locations"))? {
        let places = shown(istr!("submodule_search_locations"))?;
        text.push_str(&format!(", submodule_search_locations={places}"));
    }
    let class = protocol::get_attr(s.ty().r(), istr!("__name__"))?;
    Ok(Own::str(&format!("{}({text})", str_::to_string_lossy(class.r()))))
}

fn compare_specs(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let mut equal = true;
    for name in [
        istr!("name"),
        istr!("loader"),
        istr!("origin"),
        istr!("submodule_search_locations"),
        istr!("cached"),
        istr!("has_location"),
    ] {
        let Some(other) = protocol::get_attr_opt(b, name)? else {
            return Ok(Own::not_implemented());
        };
        let own = protocol::get_attr(a, name)?;
        equal = protocol::equal(own.r(), other.r())?;
        if !equal {
            break;
        }
    }
    Ok(Own::bool(equal == (op == CompareOp::Eq)))
}

fn init_loader(l: Ref, args: &Args) -> PyResult<()> {
    bind(sig!("FileLoader(fullname, path)"), args, |b| {
        dict::set(fields(l), istr!("name"), b.arg(0))?;
        dict::set(fields(l), istr!("path"), b.arg(1))
    })
}
fn compare_loaders(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !core::ptr::eq(a.ty(), b.ty()) {
        return Ok(Own::not_implemented());
    }
    let equal = protocol::equal(fields(a), fields(b))?;
    Ok(Own::bool(equal == (op == CompareOp::Eq)))
}
fn hash_loader(l: Ref) -> PyResult<i64> {
    let name = protocol::hash(protocol::get_attr(l, istr!("name"))?.r())?;
    Ok(name ^ protocol::hash(protocol::get_attr(l, istr!("path"))?.r())?)
}
/// CPython: Lib/importlib/_bootstrap_external.py, _check_name.
fn check_name(l: Ref, name: Option<Ref>) -> PyResult<()> {
    let own = protocol::get_attr(l, istr!("name"))?;
    match name.filter(|n| !n.is_none()) {
        Some(n) if !protocol::equal(n, own.r())? => exc::import_error(format_args!(
            "loader for {} cannot handle {}",
            str_::to_string_lossy(own.r()),
            str_::to_string_lossy(n)
        )),
        _ => Ok(()),
    }
}
fn compiled(l: Ref, name: Option<Ref>) -> PyResult<Option<&'static ModuleStatic>> {
    check_name(l, name)?;
    let own = protocol::get_attr(l, istr!("name"))?;
    Ok(super::find_module(&str_::to_string_lossy(own.r())))
}

/// Sets `__spec__` and `__loader__` of a native module that CPython has built in.
pub fn of_native(module: Ref, name: &str) -> PyResult<()> {
    types::module::add(module, "__loader__", BUILTIN_IMPORTER_TYPE.own())?;
    types::module::add(module, "__spec__", native_spec(name)?)
}
fn native_spec(name: &str) -> PyResult {
    let spec = new_record(&MODULE_SPEC_TYPE)?;
    let (loader, origin) = (BUILTIN_IMPORTER_TYPE.own(), Own::str("built-in"));
    fill(
        fields(spec.r()),
        Own::str(name),
        loader,
        origin,
        Own::none(),
        Own::none(),
    )?;
    Ok(spec)
}

/// The loader of a compiled module.
pub fn file_loader(name: &str, file: Ref) -> PyResult {
    let loader = new_record(&SOURCE_FILE_LOADER_TYPE)?;
    dict::set(fields(loader.r()), istr!("name"), Own::str(name).r())?;
    dict::set(fields(loader.r()), istr!("path"), file)?;
    Ok(loader)
}

/// The file of a compiled module; a folder without `__init__` has none.
pub fn file_of(m: &ModuleStatic) -> Option<Ref<'static>> {
    Ref::from_nullable(m.file).filter(|f| str_::len(*f) > 0)
}

/// A new spec of a compiled module.
pub fn of_compiled(m: &ModuleStatic, name: &str) -> PyResult {
    let file = file_of(m);
    let text = file.map_or(String::new(), str_::to_string_lossy);
    let path = if m.flags & MODULE_PACKAGE != 0 {
        let folder = text.rsplit_once('/').map_or("", |(f, _)| f);
        list::from_vec(vec![Own::str(folder)])?
    } else {
        Own::none()
    };
    let (loader, origin, cached) = match file {
        Some(f) => (file_loader(name, f)?, f.own(), Own::str(&cache_path(&text))),
        None => (Own::none(), Own::none(), Own::none()),
    };
    let spec = new_record(&MODULE_SPEC_TYPE)?;
    let d = fields(spec.r());
    fill(d, Own::str(name), loader, origin, Own::none(), path)?;
    dict::set(d, istr!("_set_fileattr"), Own::bool(file.is_some()).r())?;
    dict::set(d, istr!("_cached"), cached.r())?;
    Ok(spec)
}

/// A field of a spec that this module made.
pub fn part(spec: Ref, name: Ref) -> PyResult {
    Ok(dict::get(fields(spec), name)?.unwrap_or_else(Own::none))
}

/// Marks a spec while the body of its module runs.
pub fn set_initializing(spec: Ref, running: bool) -> PyResult<()> {
    protocol::set_attr(spec, istr!("_initializing"), Some(Own::bool(running).r()))
}

/// Where CPython would keep the bytecode of a source file (CPython: _bootstrap_external.py, cache_from_source).
pub fn cache_path(file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').map_or(("", file), |(d, n)| (d, n));
    let stem = name.rsplit_once('.').map_or(name, |(s, _)| s);
    format!("{folder}/__pycache__/{stem}.cpython-314.pyc")
}

fn new_record(ty: &'static TypeObject) -> PyResult {
    let d = dict::new();
    alloc::object_of(ty, |header| Record {
        header,
        dict: Cell::new(d.into_value()),
    })
}
