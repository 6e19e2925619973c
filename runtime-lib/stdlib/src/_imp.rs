//! `_imp`: what `importlib` asks of the runtime (CPython: Python/import.c). There are no frozen modules and no extension modules: modules
//! of the program are compiled in.
use crate::os_call;
use pyaot_core::import;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, module};

struct Lock(Cell<u32>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Lock {}
static LOCK: Lock = Lock(Cell::new(0));

fn name_arg(f: &str, v: Ref) -> PyResult<String> {
    if !os_call::is_str(v) {
        return exc::type_error(format_args!(
            "{f}() argument must be str, not {}",
            pyaot_core::call::convert::type_name(v)
        ));
    }
    Ok(str_::to_string_lossy(v))
}
fn no_frozen(name: &str) -> PyResult {
    exc::import_error(format_args!("No such frozen object named {name}"))
}

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("acquire_lock()"), |_| {
        LOCK.0.set(LOCK.0.get() + 1);
        Ok(Own::none())
    }),
    noargs(sig!("release_lock()"), |_| match LOCK.0.get() {
        0 => exc::runtime_error(format_args!("not holding the import lock")),
        n => {
            LOCK.0.set(n - 1);
            Ok(Own::none())
        }
    }),
    noargs(sig!("lock_held()"), |_| Ok(Own::bool(LOCK.0.get() > 0))),
    one(sig!("is_builtin(name, /)"), |_, v| {
        let n = name_arg("is_builtin", v)?;
        Ok(Own::int(
            (n == "builtins" || import::native_names().any(|m| m == n)) as i64,
        ))
    }),
    one(sig!("is_frozen(name, /)"), |_, v| {
        name_arg("is_frozen", v).map(|_| Own::bool(false))
    }),
    one(sig!("is_frozen_package(name, /)"), |_, v| {
        no_frozen(&name_arg("is_frozen_package", v)?)
    }),
    bound(sig!("find_frozen(name, /, *, withdata=False)"), |_, b| {
        name_arg("find_frozen", b.arg(0)).map(|_| Own::none())
    }),
    one(sig!("init_frozen(name, /)"), |_, v| {
        name_arg("init_frozen", v).map(|_| Own::none())
    }),
    bound(sig!("get_frozen_object(name, data=None, /)"), |_, b| {
        no_frozen(&name_arg("get_frozen_object", b.arg(0))?)
    }),
    noargs(sig!("_frozen_module_names()"), |_| types::list::new()),
    noargs(sig!("extension_suffixes()"), |_| types::list::new()),
    one(sig!("create_builtin(spec, /)"), |_, spec| {
        let name = protocol::get_attr(spec, pyaot_core::istr!("name"))?;
        import::import_module(&name_arg("create_builtin", name.r())?)
    }),
    one(sig!("exec_builtin(mod, /)"), |_, _| Ok(Own::int(0))),
];

pub fn make() -> PyResult {
    let m = module::new("_imp")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "check_hash_based_pycs", Own::str("default"))?;
    module::add(m.r(), "pyc_magic_number_token", Own::int(0x0A0D_0E2B))?;
    Ok(m)
}
