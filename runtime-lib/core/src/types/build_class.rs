//! `__build_class__`: the class statement (CPython: Python/bltinmodule.c, builtin___build_class__).
use crate::call::{self as calls, Args};
use crate::object::{PyResult, Ref};
use crate::object_protocol as protocol;
use crate::typeobj::{TypeObject, create, mro};
use crate::types::{dict, function, str as str_, tuple, type_};
use crate::{exc, istr, types};
use pyaot_abi::{CellObject, FunctionObject, type_flag};

/// Body of the function in the `builtins` module.
pub fn call(_: Ref, args: &Args) -> PyResult {
    let (Some(func), Some(name)) = (args.get(0), args.get(1)) else {
        return exc::type_error(format_args!("__build_class__: not enough arguments"));
    };
    let Some(function) = func.downcast_exact::<FunctionObject>() else {
        return exc::type_error(format_args!("__build_class__: func must be a function"));
    };
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("__build_class__: name is not a string"));
    }
    let orig_bases = tuple::from_refs(args.iter().skip(2))?;
    let bases = mro::resolve_bases(orig_bases.r())?;
    let mut keywords: Vec<(Ref, Ref)> = args.keywords().collect();
    let explicit = keywords
        .iter()
        .position(|(k, _)| str_::equal(*k, istr!("metaclass")))
        .map(|i| keywords.remove(i).1);
    let mut meta = match explicit {
        Some(m) => m.own(),
        None => match tuple::items(bases.r()).first() {
            Some(b) => Ref::from_value(*b).ty().own(),
            None => type_::TYPE_TYPE.own(),
        },
    };
    let is_class = meta.r().downcast::<TypeObject>().is_some();
    if is_class {
        meta = create::calculate_metaclass(type_::cast(meta.r()), bases.r())?.own();
    }
    let kwnames = tuple::from_refs(keywords.iter().map(|(k, _)| *k))?;
    let with_keywords = |positional: &[Ref]| -> Vec<crate::object::Value> {
        positional
            .iter()
            .map(|r| r.value())
            .chain(keywords.iter().map(|(_, v)| v.value()))
            .collect()
    };
    let names = (!keywords.is_empty()).then(|| kwnames.r());
    let namespace = match protocol::get_attr_opt(meta.r(), istr!("__prepare__"))? {
        None => dict::new(),
        Some(prepare) => {
            let words = with_keywords(&[name, bases.r()]);
            calls::call(prepare.r(), &Args::new(&words, 2, names))?
        }
    };
    if !is_mapping(namespace.r()) {
        let shown = match meta.r().downcast::<TypeObject>() {
            Some(t) => t.name(),
            None => "<metaclass>",
        };
        return exc::type_error(format_args!(
            "{shown}.__prepare__() must return a mapping, not {}",
            namespace.r().ty().name()
        ));
    }
    let cell = function::bind::call_with_slots(func, function, &mut [namespace.value()])?;
    if !bases.r().is(orig_bases.r()) {
        protocol::set_item(namespace.r(), istr!("__orig_bases__"), Some(orig_bases.r()))?;
    }
    let words = with_keywords(&[name, bases.r(), namespace.r()]);
    let cls = calls::call(meta.r(), &Args::new(&words, 3, names))?;
    if let (Some(_), Some(c)) = (cls.r().downcast::<TypeObject>(), cell.r().downcast::<CellObject>()) {
        check_cell(c, name, cls.r())?;
    }
    Ok(cls)
}

/// CPython: PyMapping_Check.
fn is_mapping(v: Ref) -> bool {
    v.ty().slots().mp_subscript.is_some()
}

fn check_cell(cell: &CellObject, name: Ref, cls: Ref) -> PyResult<()> {
    let text = |v: Ref| -> PyResult<String> { Ok(str_::to_string_lossy(protocol::repr(v)?.r())) };
    match types::cell::content(cell).map(Ref::own) {
        None => exc::runtime_error(format_args!(
            "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
            text(name)?,
            text(cls)?
        )),
        Some(v) if !v.r().is(cls) => exc::type_error(format_args!(
            "__class__ set to {} defining {} as {}",
            text(v.r())?,
            text(name)?,
            text(cls)?
        )),
        Some(_) => Ok(()),
    }
}

/// The function as an object, for LOAD_BUILD_CLASS.
pub fn object() -> PyResult {
    let module = crate::builtins::module();
    match dict::get(types::module::dict(module), istr!("__build_class__"))? {
        Some(f) => Ok(f),
        None => exc::name_error(format_args!("__build_class__ not found")),
    }
}
