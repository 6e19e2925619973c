//! `_weakref`: references and proxies (CPython: Modules/_weakref.c).
use pyaot_core::prelude::*;
use pyaot_core::types::{list, module, weakref};

pub fn make() -> PyResult {
    let m = module::new("_weakref")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, ty) in [
        ("ref", &weakref::REF_TYPE),
        ("ReferenceType", &weakref::REF_TYPE),
        ("ProxyType", &weakref::PROXY_TYPE),
        ("CallableProxyType", &weakref::CALLABLE_PROXY_TYPE),
    ] {
        module::add(m.r(), name, ty.own())?;
    }
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("getweakrefcount(object, /)"), |_, v| {
        Ok(Own::usize(weakref::references(v).len()))
    }),
    one(sig!("getweakrefs(object, /)"), |_, v| {
        let out = list::new()?;
        for r in weakref::references(v) {
            list::append(out.r(), r)?;
        }
        Ok(out)
    }),
    bound(sig!("proxy(object, callback=None, /)"), |_, b| {
        weakref::make_proxy(b.arg(0), b.get(1))
    }),
    bound(sig!("_remove_dead_weakref(dct, key, /)"), |_, b| {
        let (d, key) = (b.arg(0), b.arg(1));
        if let Some(v) = dict::get(d, key)? {
            if weakref::is_weakref(v.r()) && weakref::referent(v.r()).is_none() {
                dict::delete(d, key)?;
            }
        }
        Ok(Own::none())
    }),
];
