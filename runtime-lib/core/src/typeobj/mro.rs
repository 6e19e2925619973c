//! Method resolution order: C3 linearisation and the `mro()` of metaclasses (CPython: Objects/typeobject.c, mro_implementation).
use super::TypeObject;
use crate::object::{Own, PyResult, Ref, Value, decref};
use crate::{call, exc, istr, object_protocol as protocol, types};

fn cast(v: Value) -> &'static TypeObject {
    types::type_::cast(Ref::from_value(v))
}

/// C3 over the bases of `ty`.
pub fn linearise(ty: &TypeObject) -> PyResult<Vec<Own>> {
    let bases: Vec<&TypeObject> = types::tuple::items(Ref::from_value(ty.bases.get()))
        .iter()
        .map(|v| cast(*v))
        .collect();
    let order = |t: &TypeObject| -> Vec<Value> {
        match Ref::from_nullable(t.mro.get()) {
            Some(m) => types::tuple::items(m).to_vec(),
            None => Vec::new(),
        }
    };
    // A custom mro() may look at a class before it has an order.
    if let Some(b) = bases.iter().find(|b| b.mro.get().is_null()) {
        return exc::type_error(format_args!("Cannot extend an incomplete type '{}'", b.full_name()));
    }
    let mut result: Vec<Value> = vec![Value::from_ptr(ty)];
    if let [base] = bases[..] {
        result.extend(order(base));
    } else {
        for (i, b) in bases.iter().enumerate() {
            if bases[i + 1..].iter().any(|c| core::ptr::eq(*b, *c)) {
                return exc::type_error(format_args!("duplicate base class {}", b.name()));
            }
        }
        let mut lists: Vec<Vec<Value>> = bases.iter().map(|b| order(b)).collect();
        lists.push(bases.iter().map(|b| Value::from_ptr(*b)).collect());
        let mut heads = vec![0usize; lists.len()];
        loop {
            let left = |i: usize, heads: &[usize]| heads[i] < lists[i].len();
            let Some(next) = (0..lists.len())
                .filter(|i| left(*i, &heads))
                .map(|i| lists[i][heads[i]])
                .find(|c| !(0..lists.len()).any(|j| lists[j].iter().skip(heads[j] + 1).any(|d| d == c)))
            else {
                if (0..lists.len()).any(|i| left(i, &heads)) {
                    return inconsistent(&lists, &heads);
                }
                break;
            };
            for i in 0..lists.len() {
                if left(i, &heads) && lists[i][heads[i]] == next {
                    heads[i] += 1;
                }
            }
            result.push(next);
        }
    }
    Ok(result.into_iter().map(|v| Ref::from_value(v).own()).collect())
}

/// CPython: set_mro_error.
#[cold]
fn inconsistent(lists: &[Vec<Value>], heads: &[usize]) -> PyResult<Vec<Own>> {
    let mut names: Vec<(Value, &str)> = Vec::new();
    for (list, head) in lists.iter().zip(heads) {
        if let Some(v) = list.get(*head) {
            if names.iter().all(|(w, _)| w != v) {
                names.push((*v, cast(*v).name()));
            }
        }
    }
    let names: Vec<&str> = names.iter().map(|(_, n)| *n).collect();
    exc::type_error(format_args!(
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        names.join(", ")
    ))
}

/// The MRO as a tuple; asks the metaclass's `mro` when it has one of its own (CPython: mro_invoke).
fn compute(ty: &TypeObject) -> PyResult {
    let meta = ty.r().ty();
    let default = types::type_::TYPE_TYPE.lookup(istr!("mro")).map(Ref::value);
    let custom = meta.lookup(istr!("mro")).filter(|m| Some(m.value()) != default);
    let Some(_) = custom else {
        return types::tuple::try_from_vec(linearise(ty)?);
    };
    let result = match super::slot_functions::call_maybe(&[ty.r()], istr!("mro"))? {
        Some(r) => r,
        None => return types::tuple::try_from_vec(linearise(ty)?),
    };
    let mut items = Vec::new();
    let it = protocol::iter(result.r())?;
    let solid = super::create::solid_base(ty);
    while let Some(c) = protocol::next(it.r())? {
        let Some(t) = c.r().downcast::<TypeObject>() else {
            return exc::type_error(format_args!("mro() returned a non-class ('{}')", c.r().ty().name()));
        };
        if !solid.is_subtype(super::create::solid_base(t)) {
            return exc::type_error(format_args!(
                "mro() returned base with unsuitable layout ('{}')",
                t.name()
            ));
        }
        items.push(c);
    }
    types::tuple::try_from_vec(items)
}

/// Sets `__mro__`; gives the old tuple (null when there was none), or `None` when a custom `mro()` has set it meanwhile
/// (CPython: mro_internal).
pub fn update(ty: &TypeObject) -> PyResult<Option<Value>> {
    // Kept, so that no new tuple can be at its address.
    let old = Ref::from_nullable(ty.mro.get()).map(Ref::own);
    let before = ty.mro.get();
    let mro = compute(ty)?;
    if ty.mro.get() != before {
        return Ok(None);
    }
    decref(ty.mro.replace(mro.into_value()));
    super::cache::modified(ty);
    Ok(Some(old.map_or(Value::NULL, Own::into_value)))
}

/// `__bases__ = …`: new MROs for the class and all its subclasses, or the old ones everywhere
/// (CPython: type_set_bases, mro_hierarchy).
pub fn update_hierarchy(ty: &TypeObject) -> PyResult<()> {
    struct Saved {
        ty: &'static TypeObject,
        old: Value,
        new: Own,
    }
    fn go(ty: &'static TypeObject, saved: &mut Vec<Saved>) -> PyResult<()> {
        let Some(old) = update(ty)? else { return Ok(()) };
        let new = Ref::from_value(ty.mro.get()).own();
        saved.push(Saved { ty, old, new });
        ty.subclass_list().into_iter().try_for_each(|sub| go(sub, saved))
    }
    let mut saved = Vec::new();
    let r = go(cast(Value::from_ptr(ty)), &mut saved);
    for Saved { ty, old, new } in saved.into_iter().rev() {
        // What a nested assignment has set since then stays.
        if r.is_err() && ty.mro.get() == new.value() {
            decref(ty.mro.replace(old));
            super::cache::modified(ty);
        } else {
            decref(old);
        }
    }
    r
}

/// `cls.__mro_entries__`: bases that are no types are replaced by what they say (CPython: Python/bltinmodule.c, update_bases).
pub fn resolve_bases(bases: Ref) -> PyResult {
    let n = types::tuple::len(bases);
    let mut out: Option<Vec<Own>> = None;
    for i in 0..n {
        let base = types::tuple::get(bases, i);
        let entries = match base.downcast::<TypeObject>() {
            Some(_) => None,
            None => protocol::get_attr_opt(base, istr!("__mro_entries__"))?,
        };
        let Some(entries) = entries else {
            if let Some(o) = &mut out {
                o.push(base.own());
            }
            continue;
        };
        let new = call::call1(entries.r(), bases)?;
        if !new.r().ty().has(pyaot_abi::type_flag::TUPLE) {
            return exc::type_error(format_args!("__mro_entries__ must return a tuple"));
        }
        let o = out.get_or_insert_with(|| (0..i).map(|j| types::tuple::get(bases, j).own()).collect());
        o.extend(types::tuple::items(new.r()).iter().map(|v| Ref::from_value(*v).own()));
    }
    match out {
        Some(o) => types::tuple::try_from_vec(o),
        None => Ok(bases.own()),
    }
}
