//! Updates of a dict from mappings, pairs and keyword arguments.
use super::{cast, contains_with_hash, insert_new, len, set_own, set_with_hash, table};
use crate::call::{self, Args};
use crate::object::{Own, PyResult, Raised, Ref};
use crate::object_protocol as protocol;
use crate::types::iterators::sequence::fast_items;
use crate::types::{list, tuple};
use crate::{exc, istr};
use pyaot_abi::type_flag;

/// What a merge does with keys that are already there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Present {
    Replace,
    Keep,
    /// KeyError.
    Raise,
}

/// A dict whose iteration is dict's own.
fn plain_dict(v: Ref) -> bool {
    v.ty().has(type_flag::DICT)
        && v.ty().slots().iter.map(|f| f as usize) == super::DICT_TYPE.slots().iter.map(|f| f as usize)
}

/// `d.update(other)` for a mapping or an iterable of pairs (CPython: dict_update_arg).
pub fn update(d: Ref, other: Ref) -> PyResult<()> {
    if other.ty().has(type_flag::DICT) && other.is_exact::<super::DictObject>() {
        return merge(d, other, Present::Replace);
    }
    match protocol::get_attr_opt(other, istr!("keys"))? {
        Some(_) => merge(d, other, Present::Replace),
        None => update_from_pairs(d, other),
    }
}
/// Merges a mapping into `d` (CPython: dict_merge).
pub fn merge(d: Ref, other: Ref, present: Present) -> PyResult<()> {
    if plain_dict(other) {
        return merge_dict(d, other, present);
    }
    merge_mapping(d, other, present)
}
/// Every entry of the dict `other`.
pub fn update_from_dict(d: Ref, other: Ref) -> PyResult<()> {
    merge_dict(d, other, Present::Replace)
}
fn merge_dict(d: Ref, other: Ref, present: Present) -> PyResult<()> {
    let n = len(other);
    if d.is(other) || n == 0 {
        return Ok(());
    }
    let (to, from) = (cast(d), cast(other));
    let present = if to.used.get() == 0 { Present::Replace } else { present };
    if to.used.get() == 0 && to.owner.get().is_null() && from.table().len.get() == n {
        let log2 = from.table().log2_size();
        if log2 == 3 || (1usize << log2) / 3 < n {
            return super::copy_table(from, to);
        }
    }
    let capacity = (2usize << to.table().log2_size()) / 3;
    if capacity < n {
        let general = to.table().is_general() || from.table().is_general();
        super::resize(to, table::log2_for_entries(to.used.get() + n), general)?;
    }
    let mut pos = 0;
    // Keys of simple tables differ from each other, and comparing them runs no code.
    if to.table().len.get() == 0 && to.owner.get().is_null() && !from.table().is_general() && !to.table().is_general() {
        while let Some((k, v, hash)) = super::next_with_hash(other, &mut pos) {
            insert_new(to, k.own(), hash, v.own())?;
        }
        return Ok(());
    }
    while let Some((k, v, hash)) = super::next_with_hash(other, &mut pos) {
        let (k, v) = (k.own(), v.own());
        if present == Present::Replace {
            set_with_hash(d, k.r(), hash, v)?;
        } else if !contains_with_hash(d, k.r(), hash)? {
            insert_new(to, k, hash, v)?;
        } else if present == Present::Raise {
            return exc::key_error(k.r());
        }
        if len(other) != n {
            return exc::runtime_error(format_args!("dict mutated during update"));
        }
    }
    Ok(())
}
fn merge_mapping(d: Ref, other: Ref, present: Present) -> PyResult<()> {
    let keys = call::call_method(other, istr!("keys"), &[])?;
    let it = protocol::iter(keys.r())?;
    while let Some(key) = protocol::next(it.r())? {
        if present != Present::Replace && super::contains(d, key.r())? {
            if present == Present::Raise {
                return exc::key_error(key.r());
            }
            continue;
        }
        let v = protocol::get_item(other, key.r())?;
        set_own(d, key.r(), v)?;
    }
    Ok(())
}
/// The items of an exact tuple or list of two.
#[inline]
fn exact_pair(v: Ref) -> Option<[Own; 2]> {
    if v.is_exact::<tuple::TupleObject>() && tuple::len(v) == 2 {
        return Some([tuple::get(v, 0).own(), tuple::get(v, 1).own()]);
    }
    if v.is_exact::<list::ListObject>() && list::len(v) == 2 {
        return Some([list::get(v, 0)?.own(), list::get(v, 1)?.own()]);
    }
    None
}
/// `d.update(pairs)` (CPython: PyDict_MergeFromSeq2).
pub fn update_from_pairs(d: Ref, pairs: Ref) -> PyResult<()> {
    let it = protocol::iter(pairs)?;
    let mut i = 0usize;
    while let Some(item) = protocol::next(it.r())? {
        // (A pair of a built-in type is looked at as it is; its items are held before other code can reach it.)
        if let Some([key, v]) = exact_pair(item.r()) {
            set_own(d, key.r(), v)?;
            i += 1;
            continue;
        }
        let pair = match fast_items(item.r(), "object is not iterable") {
            Ok(pair) => pair,
            Err(e) => return Err(not_a_pair(e, i)),
        };
        if pair.len() != 2 {
            return exc::value_error(format_args!(
                "dictionary update sequence element #{i} has length {}; 2 is required",
                pair.len()
            ));
        }
        let mut pair = pair.into_iter();
        if let (Some(key), Some(v)) = (pair.next(), pair.next()) {
            set_own(d, key.r(), v)?;
        }
        i += 1;
    }
    Ok(())
}
#[cold]
fn not_a_pair(e: Raised, i: usize) -> Raised {
    if exc::raised_is(&exc::types::TYPE_ERROR) {
        let raised = exc::caught(e);
        let note = Own::str(&format!(
            "Cannot convert dictionary update sequence element #{i} to a sequence"
        ));
        // A class without add_note cannot be: the exception is a TypeError.
        if call::call_method(raised.r(), istr!("add_note"), &[note.r()]).is_err() {
            drop(exc::take());
        }
        let r: PyResult<()> = exc::restore(raised);
        return r.err().unwrap_or(e);
    }
    e
}
/// The keyword arguments of a call go into `d`.
pub fn update_keywords(d: Ref, args: &Args) -> PyResult<()> {
    for (name, v) in args.keywords() {
        set_own(d, name, v.own())?;
    }
    Ok(())
}
/// `**other` in the call of `callable` (CPython: _PyDict_MergeEx, _PyEval_FormatKwargsError).
pub fn merge_keywords(d: Ref, other: Ref, callable: Ref) -> PyResult<()> {
    let Err(e) = merge(d, other, Present::Raise) else {
        return Ok(());
    };
    if exc::raised_is(&exc::types::ATTRIBUTE_ERROR) {
        drop(exc::take());
        let name = callable_text(callable)?;
        return exc::type_error(format_args!(
            "{name} argument after ** must be a mapping, not {}",
            other.ty().full_name()
        ));
    }
    if exc::raised_is(&exc::types::KEY_ERROR) {
        let raised = exc::caught(e);
        let args = protocol::get_attr(raised.r(), istr!("args"))?;
        if args.r().ty().has(type_flag::TUPLE) && crate::types::tuple::len(args.r()) == 1 {
            let name = callable_text(callable)?;
            let key = protocol::str(crate::types::tuple::get(args.r(), 0))?;
            return exc::type_error(format_args!(
                "{name} got multiple values for keyword argument '{}'",
                crate::types::str::to_string_lossy(key.r())
            ));
        }
        return exc::restore(raised);
    }
    Err(e)
}
/// CPython: Objects/object.c, _PyObject_FunctionStr.
pub fn callable_text(callable: Ref) -> PyResult<String> {
    let text = |v: &Own| protocol::str(v.r()).map(|s| crate::types::str::to_string_lossy(s.r()));
    let Some(qualname) = protocol::get_attr_opt(callable, istr!("__qualname__"))? else {
        return text(&callable.own());
    };
    if let Some(module) = protocol::get_attr_opt(callable, istr!("__module__"))? {
        if !module.r().is_none() {
            let module = text(&module)?;
            if module != "builtins" {
                return Ok(format!("{module}.{}()", text(&qualname)?));
            }
        }
    }
    Ok(format!("{}()", text(&qualname)?))
}
