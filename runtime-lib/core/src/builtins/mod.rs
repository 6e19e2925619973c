//! The `builtins` module: its functions and names. The dict's values are what compiled code falls back to when a global is not
//! bound.
use crate::object::{Own, PyResult, Ref, Value};
use crate::{exc, types};
use core::cell::Cell;

pub mod functions;
pub mod print;
pub mod texts;

struct Module(Cell<Value>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Module {}
static MODULE: Module = Module(Cell::new(Value::NULL));

/// The module object; made at the first call.
#[inline(always)]
pub fn module() -> Ref<'static> {
    if MODULE.0.get().is_null() {
        make_module();
    }
    Ref::from_value(MODULE.0.get())
}
#[cold]
fn make_module() {
    let m = types::module::new("builtins").expect("made at start");
    MODULE.0.set(m.clone().into_value());
    fill(m.r()).expect("made at start");
}

/// Where names were found last, by the address of the name: compiled code asks for the same few names again and again.
struct Hints([Cell<(u64, u32)>; HINTS]);
const HINTS: usize = 256;
// SAFETY: the GIL guards it.
unsafe impl Sync for Hints {}
static HINT: Hints = Hints([const { Cell::new((0, 0)) }; HINTS]);

/// A builtin by name, if it is there. `name` is an interned str.
pub fn lookup(name: Ref) -> PyResult<Option<Own>> {
    let dict = types::module::dict(module());
    let hint = &HINT.0[(name.value().0 >> 4) as usize % HINTS];
    let (known, at) = hint.get();
    if known == name.value().0
        && let Some(v) = types::dict::value_if_at(dict, name, at)
    {
        return Ok(Some(v.own()));
    }
    match u32::try_from(types::dict::position(dict, name)) {
        Ok(at) => {
            hint.set((name.value().0, at));
            types::dict::get(dict, name)
        }
        Err(_) => Ok(None),
    }
}

fn fill(m: Ref) -> PyResult<()> {
    types::module::add_functions(m, functions::FUNCTIONS)?;
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
        &types::complex::COMPLEX_TYPE,
        &types::str::STR_TYPE,
        &types::bytes::BYTES_TYPE,
        &types::bytearray::BYTEARRAY_TYPE,
        &types::memoryview::MEMORYVIEW_TYPE,
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
        &types::property::PROPERTY_TYPE,
        &types::super_::SUPER_TYPE,
        &types::staticmethod::STATICMETHOD_TYPE,
        &types::classmethod::CLASSMETHOD_TYPE,
    ] {
        types::module::add(m, ty.name(), ty.own())?;
    }
    Ok(())
}
