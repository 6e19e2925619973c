//! `_typing`: the types behind the module `typing` (CPython: Modules/_typingmodule.c).
use pyaot_core::prelude::*;
use pyaot_core::types::{module, typevar, union};

static FUNCTIONS: &[MethodDef] = &[one(sig!("_idfunc($module, x, /)"), |_, x| Ok(x.own()))];

pub fn make() -> PyResult {
    let made = module::new("_typing")?;
    let m = made.r();
    module::add_functions(m, FUNCTIONS)?;
    for (name, ty) in [
        ("TypeVar", &typevar::TYPE_VAR_TYPE),
        ("TypeVarTuple", &typevar::TYPE_VAR_TUPLE_TYPE),
        ("ParamSpec", &typevar::PARAM_SPEC_TYPE),
        ("ParamSpecArgs", &typevar::PARAM_SPEC_ARGS_TYPE),
        ("ParamSpecKwargs", &typevar::PARAM_SPEC_KWARGS_TYPE),
        ("TypeAliasType", &typevar::TYPE_ALIAS_TYPE),
        ("Generic", &typevar::GENERIC_TYPE),
        ("Union", &union::UNION_TYPE),
    ] {
        module::add(m, name, ty.own())?;
    }
    module::add(m, "NoDefault", typevar::no_default())?;
    Ok(made)
}
