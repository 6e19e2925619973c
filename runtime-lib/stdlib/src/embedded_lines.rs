//! Source lines for the module `linecache`: it reads them from files, which need not be there where a program runs.
//!
//! What the program carries goes into its cache as loaders that are asked when there is no file. `warnings` and others, which ask for a
//! line by file name alone, then find it too.
use pyaot_abi::ModuleStatic;
use pyaot_core::call::builtin;
use pyaot_core::entry::program;
use pyaot_core::exc::print::source;
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::module;

static GET_LINES: MethodDef = noargs(sig!("get_lines($self, /)"), |filename| {
    let found = modules().find(|m| Ref::from_nullable(m.file).is_some_and(|f| f.is(filename)));
    Ok(found
        .and_then(source::text)
        .map_or_else(Own::none, |text| Own::str(&text)))
});

fn modules() -> impl Iterator<Item = &'static ModuleStatic> {
    let main = program::program().map(|p| p.main);
    let all = program::modules().iter().copied().chain(main);
    // SAFETY: static data of the program.
    all.filter_map(|m| unsafe { m.as_ref() })
}

pub fn install(m: Ref) -> PyResult<()> {
    let Some(cache) = dict::get(module::dict(m), istr!("cache"))? else {
        return Ok(());
    };
    for m in modules().filter(|m| !m.source.is_null()) {
        if let Some(filename) = Ref::from_nullable(m.file) {
            let loader = builtin::new(&GET_LINES, Some(filename.own()), None)?;
            dict::set(cache.r(), filename, tuple::try_from_vec(vec![loader])?.r())?;
        }
    }
    Ok(())
}
