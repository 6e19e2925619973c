//! The `builtins` module: its functions and names. The dict's values are what compiled code falls back to when a global is not
//! bound.
use crate::call::{MethodDef, bound, sig};
use crate::object::{Own, PyResult, Ref, Value};
use crate::{exc, object_protocol, types};
use core::cell::Cell;

struct Module(Cell<Value>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Module {}
static MODULE: Module = Module(Cell::new(Value::NULL));

/// The module object; made at the first call.
pub fn module() -> Ref<'static> {
    if MODULE.0.get().is_null() {
        let m = types::module::new("builtins").expect("made at start");
        MODULE.0.set(m.clone().into_value());
        fill(m.r()).expect("made at start");
    }
    Ref::from_value(MODULE.0.get())
}

/// A builtin by name, if it is there.
pub fn lookup(name: Ref) -> PyResult<Option<Own>> {
    types::dict::get(types::module::dict(module()), name)
}

fn fill(m: Ref) -> PyResult<()> {
    types::module::add_functions(m, FUNCTIONS)?;
    for (name, v) in [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        (
            "__debug__",
            Value::from_bool(crate::entry::program::program().is_none_or(|p| p.optimize == 0)),
        ),
    ] {
        types::module::add(m, name, Own::from_value(v))?;
    }
    for ty in exc::types::EXCEPTION_TYPES {
        types::module::add(m, ty.name(), ty.own())?;
    }
    for ty in [
        &types::object::OBJECT_TYPE,
        &types::type_::TYPE_TYPE,
        &types::int::INT_TYPE,
        &types::bool_::BOOL_TYPE,
        &types::float::FLOAT_TYPE,
        &types::str::STR_TYPE,
        &types::tuple::TUPLE_TYPE,
        &types::list::LIST_TYPE,
        &types::dict::DICT_TYPE,
        &types::set::SET_TYPE,
        &types::set::FROZENSET_TYPE,
        &types::range::RANGE_TYPE,
        &types::slice::SLICE_TYPE,
        &types::iterators::sequence::REVERSED_TYPE,
        &types::iterators::adapters::ENUMERATE_TYPE,
        &types::iterators::adapters::ZIP_TYPE,
        &types::iterators::adapters::MAP_TYPE,
        &types::iterators::adapters::FILTER_TYPE,
    ] {
        types::module::add(m, ty.name(), ty.own())?;
    }
    Ok(())
}

static FUNCTIONS: &[MethodDef] = &[bound(
    sig!("print(*args, sep=' ', end='\\n', file=None, flush=False)"),
    |_, b| print(b),
)];

fn print(b: &crate::call::Bound) -> PyResult {
    let mut out = String::new();
    for (i, v) in b.star.iter().enumerate() {
        if i > 0 {
            out.push_str(&b.get_not_none(0).map_or(" ".to_owned(), types::str::to_string_lossy));
        }
        let text = object_protocol::str(Ref::from_value(*v))?;
        out.push_str(&types::str::to_string_lossy(text.r()));
    }
    out.push_str(&b.get_not_none(1).map_or("\n".to_owned(), types::str::to_string_lossy));
    use std::io::Write;
    let _ = std::io::stdout().write_all(out.as_bytes());
    Ok(Own::none())
}
