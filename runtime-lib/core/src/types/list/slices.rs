//! Slices of lists: read, replaced and deleted.
use super::{cast, clear, from_borrowed, items, len, resize, with_capacity};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, decref, incref};
use crate::types::slice::{self, Bounds};
use crate::types::tuple::{self, TupleObject};
use pyaot_abi::ListObject;

/// New list of items `start..end`, which are there.
pub fn part(l: Ref, start: usize, end: usize) -> PyResult {
    // SAFETY: live items of the list; taking references runs no code.
    unsafe { from_borrowed(cast(l).items.get().add(start), end.saturating_sub(start)) }
}
/// New list of the items of a slice.
pub fn get_range(l: Ref, b: Bounds) -> PyResult {
    let this = cast(l);
    let new = with_capacity(b.count)?;
    let out = cast(new.r());
    for k in 0..b.count {
        // SAFETY: the bounds lie inside the list; nothing ran since they were made.
        unsafe {
            let v = *this.items.get().offset(b.start + k as isize * b.step);
            incref(v);
            out.items.get().add(k).write(v);
        }
    }
    out.len.set(b.count);
    Ok(new)
}
/// Replaces items `low..high` (inside the list) by `new`; the old ones are dropped at the end (CPython: list_ass_slice).
pub fn replace_range(l: Ref, low: usize, high: usize, new: Vec<Own>) -> PyResult<()> {
    let this = cast(l);
    let n = this.len.get();
    let removed = high - low;
    if n + new.len() == removed {
        clear(l);
        return Ok(());
    }
    // SAFETY: inside the list; the references move to `old`.
    let old: Vec<Own> = (low..high)
        .map(|i| Own::from_value(unsafe { *this.items.get().add(i) }))
        .collect();
    let tail = n - high;
    let total = n - removed + new.len();
    if new.len() > removed {
        if let Err(e) = resize(this, total) {
            // Nothing moved yet: the list keeps its items.
            old.into_iter().for_each(core::mem::forget);
            return Err(e);
        }
    }
    // SAFETY: room for `total` items; the tail moves to its new place.
    unsafe {
        let p = this.items.get();
        core::ptr::copy(p.add(high), p.add(low + new.len()), tail);
        for (i, v) in new.into_iter().enumerate() {
            p.add(low + i).write(v.into_value());
        }
    }
    if total < n {
        resize(this, total)?;
    }
    // First to last would be natural; CPython drops from the last to the first.
    let mut old = old;
    while let Some(v) = old.pop() {
        drop(v);
    }
    Ok(())
}
/// Items that are replaced without memory for them.
const FEW: usize = 16;

/// [`replace_range`] by the items of another exact list or tuple; `None` for other objects.
pub fn store_range(l: Ref, low: usize, high: usize, v: Ref) -> Option<PyResult<()>> {
    let new: &[Value] = if v.is_exact::<ListObject>() && v.value() != l.value() {
        // SAFETY: no code runs before the items are copied.
        unsafe { items(cast(v)) }
    } else if v.is_exact::<TupleObject>() {
        tuple::items(v)
    } else {
        return None;
    };
    Some(match high - low {
        0..=FEW => store_items(l, low, high, new, &mut [Value::NULL; FEW]),
        many => {
            let mut old = Vec::new();
            match old.try_reserve_exact(many) {
                Ok(()) => {
                    old.resize(many, Value::NULL);
                    store_items(l, low, high, new, &mut old)
                }
                Err(_) => exc::memory_error(),
            }
        }
    })
}

/// `old` has room for the replaced items.
fn store_items(l: Ref, low: usize, high: usize, new: &[Value], old: &mut [Value]) -> PyResult<()> {
    let this = cast(l);
    let (n, removed) = (this.len.get(), high - low);
    let total = n - removed + new.len();
    if total == 0 {
        clear(l);
        return Ok(());
    }
    if new.len() > removed {
        resize(this, total)?;
    }
    let old = &mut old[..removed];
    // SAFETY: inside the list, which has room for `total` items; what was between the bounds moves to `old`.
    unsafe {
        let p = this.items.get();
        core::ptr::copy_nonoverlapping(p.add(low), old.as_mut_ptr(), removed);
        if new.len() != removed {
            core::ptr::copy(p.add(high), p.add(low + new.len()), n - high);
        }
        for (i, v) in new.iter().enumerate() {
            incref(*v);
            p.add(low + i).write(*v);
        }
    }
    let done = if total < n { resize(this, total) } else { Ok(()) };
    // From the last to the first, when the list is whole again.
    old.iter().rev().for_each(|v| decref(*v));
    done
}

/// Deletes the items of a slice with a step other than 1.
pub(super) fn delete_stepped(l: Ref, b: Bounds) -> PyResult<()> {
    if b.count == 0 {
        return Ok(());
    }
    let (start, step) = if b.step < 0 {
        (b.start + b.step * (b.count as isize - 1), -b.step)
    } else {
        (b.start, b.step)
    };
    let this = cast(l);
    let n = this.len.get();
    let mut old = Vec::with_capacity(b.count);
    let (mut to, mut next) = (start as usize, start as usize);
    for i in start as usize..n {
        // SAFETY: inside the list.
        unsafe {
            let v = *this.items.get().add(i);
            if i == next && old.len() < b.count {
                old.push(Own::from_value(v));
                next = next.saturating_add(step as usize);
            } else {
                this.items.get().add(to).write(v);
                to += 1;
            }
        }
    }
    resize(this, to)?;
    drop(old);
    Ok(())
}
/// `l[slice] = v`, or deletion.
pub(super) fn assign_slice(l: Ref, s: Ref, v: Option<Ref>) -> PyResult<()> {
    let parts = slice::unpack(s)?;
    let b = slice::adjust(parts, len(l));
    if b.step == 1 {
        let end = b.start as usize + b.count;
        if let Some(done) = v.and_then(|v| store_range(l, b.start as usize, end, v)) {
            return done;
        }
        let new = match v {
            None => Vec::new(),
            Some(v) => crate::types::iterators::sequence::fast_items(v, "must assign iterable to extended slice")?,
        };
        // The iterable may have changed the list.
        let b = slice::adjust(parts, len(l));
        return replace_range(l, b.start as usize, b.start as usize + b.count, new);
    }
    let Some(v) = v else {
        return delete_stepped(l, b);
    };
    let new = crate::types::iterators::sequence::fast_items(v, "must assign iterable to extended slice")?;
    let b = slice::adjust(parts, len(l));
    if new.len() != b.count {
        return exc::value_error(format_args!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            new.len(),
            b.count
        ));
    }
    let this = cast(l);
    let mut old = Vec::with_capacity(b.count);
    for (k, v) in new.into_iter().enumerate() {
        // SAFETY: inside the list.
        let word = unsafe {
            let p = this.items.get().offset(b.start + k as isize * b.step);
            p.replace(v.into_value())
        };
        old.push(Own::from_value(word));
    }
    drop(old);
    Ok(())
}
