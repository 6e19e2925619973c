//! The methods and operators of list.
use super::{ListObject, cast, get, len, sort};
use crate::call::{Args, Bound, MethodDef, bound, noargs, one, raw, sig};
use crate::exc;
use crate::object::{Header, Own, PyResult, Ref, Value};
use crate::object_protocol as protocol;
use crate::typeobj::CompareOp;
use crate::types::iterators::sequence;
use crate::types::repr_text::ReprText;
use crate::types::slice;
use pyaot_abi::type_flag;

pub static METHODS: &[MethodDef] = &[
    one(sig!("__class_getitem__($type, object, /)"), crate::types::generic_alias::new)
        .class()
        .doc("See PEP 585"),
    one(sig!("__getitem__($self, index, /)"), subscript).doc("Return self[index]."),
    noargs(sig!("__reversed__($self, /)"), sequence::list_reverse_iterator).doc("Return a reverse iterator over the list."),
    noargs(sig!("__sizeof__($self, /)"), |l| Ok(Own::usize(40 + cast(l).capacity.get() * 8)))
        .doc("Return the size of the list in memory, in bytes."),
    noargs(sig!("clear($self, /)"), |l| {
        super::clear(l);
        Ok(Own::none())
    })
    .doc("Remove all items from list."),
    noargs(sig!("copy($self, /)"), copy).doc("Return a shallow copy of the list."),
    one(sig!("append($self, object, /)"), |l, v| {
        super::append(l, v.own())?;
        Ok(Own::none())
    })
    .doc("Append object to the end of the list."),
    bound(sig!("insert($self, index, object, /)"), insert).doc("Insert object before index."),
    one(sig!("extend($self, iterable, /)"), |l, v| {
        super::extend(l, v)?;
        Ok(Own::none())
    })
    .doc("Extend list by appending elements from the iterable."),
    bound(sig!("pop($self, index=-1, /)"), pop)
        .doc("Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range."),
    one(sig!("remove($self, value, /)"), remove)
        .doc("Remove first occurrence of value.\n\nRaises ValueError if the value is not present."),
    bound(sig!("index($self, value, start=0, stop=sys.maxsize, /)"), index)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    one(sig!("count($self, value, /)"), count).doc("Return number of occurrences of value."),
    noargs(sig!("reverse($self, /)"), |l| {
        reverse(l);
        Ok(Own::none())
    })
    .doc("Reverse *IN PLACE*."),
    raw(sig!("sort($self, /, *, key=None, reverse=False)"), sort::method).doc(
        "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
    ),
];

/// CPython: list___init___impl.
pub fn init(l: Ref, args: &Args) -> PyResult<()> {
    let own_new = l.ty().slots().new.map(|f| f as usize) != super::LIST_TYPE.slots().new.map(|f| f as usize);
    if args.has_keywords() && (l.is_exact::<ListObject>() || !own_new) {
        return exc::type_error(format_args!("list() takes no keyword arguments"));
    }
    args.count("list", 0, 1)?;
    super::clear(l);
    match args.get(0) {
        Some(v) => super::extend(l, v),
        None => Ok(()),
    }
}
/// CPython: list_repr_impl.
pub fn repr(l: Ref) -> PyResult {
    if len(l) == 0 {
        return Ok(Own::str("[]"));
    }
    let Some(_guard) = exc::repr_enter(l)? else {
        return Ok(Own::str("[...]"));
    };
    let mut out = ReprText::new();
    out.push("[");
    let mut i = 0;
    while let Some(v) = get(l, i) {
        if i > 0 {
            out.push(", ");
        }
        out.push_repr(v.own().r())?;
        i += 1;
    }
    out.push("]");
    out.finish()
}

fn is_list(v: Ref) -> bool {
    v.ty().has(type_flag::LIST)
}
/// `a[i] == b` with both kept alive; fast for equal words.
#[inline(always)]
fn item_equal(item: Ref, v: Ref) -> PyResult<bool> {
    if item.is(v) {
        return Ok(true);
    }
    if item.value().is_small_int() && v.value().is_small_int() {
        return Ok(false);
    }
    let item = item.own();
    protocol::equal(item.r(), v)
}
/// CPython: list_richcompare_impl.
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !is_list(a) || !is_list(b) {
        return Ok(Own::not_implemented());
    }
    if len(a) != len(b) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::bool(op == CompareOp::Ne));
    }
    exc::recursion_guard(" in comparison")?;
    let mut i = 0;
    while let (Some(x), Some(y)) = (get(a, i), get(b, i)) {
        if !x.is(y) {
            let (x, y) = (x.own(), y.own());
            if !protocol::equal(x.r(), y.r())? {
                // The comparison may have shortened a list.
                if i >= len(a) || i >= len(b) {
                    break;
                }
                return match op {
                    CompareOp::Eq => Ok(Own::bool(false)),
                    CompareOp::Ne => Ok(Own::bool(true)),
                    _ => protocol::compare(x.r(), y.r(), op),
                };
            }
        }
        i += 1;
    }
    Ok(Own::bool(op.test(len(a).cmp(&len(b)))))
}
pub fn contains(l: Ref, v: Ref) -> PyResult<bool> {
    let mut i = 0;
    while let Some(item) = get(l, i) {
        if item_equal(item, v)? {
            return Ok(true);
        }
        i += 1;
    }
    Ok(false)
}
fn index(l: Ref, b: &Bound) -> PyResult {
    let (start, stop) = slice::search_bounds(b.get(1), b.get(2), len(l))?;
    let v = b.arg(0);
    let mut i = start;
    while i < stop {
        let Some(item) = get(l, i) else { break };
        if item_equal(item, v)? {
            return Ok(Own::usize(i));
        }
        i += 1;
    }
    exc::value_error(format_args!("list.index(x): x not in list"))
}
fn count(l: Ref, v: Ref) -> PyResult {
    let (mut i, mut n) = (0, 0);
    while let Some(item) = get(l, i) {
        n += item_equal(item, v)? as usize;
        i += 1;
    }
    Ok(Own::usize(n))
}
fn remove(l: Ref, v: Ref) -> PyResult {
    let mut i = 0;
    while let Some(item) = get(l, i) {
        if item_equal(item, v)? {
            // The comparison may have shortened the list.
            let high = (i + 1).min(len(l));
            super::replace_range(l, i.min(high), high, Vec::new())?;
            return Ok(Own::none());
        }
        i += 1;
    }
    exc::value_error(format_args!("list.remove(x): x not in list"))
}
fn insert(l: Ref, b: &Bound) -> PyResult {
    let i = slice::index_to_isize(b.arg(0))?;
    let n = len(l) as isize;
    let i = if i < 0 { (i + n).max(0) } else { i.min(n) };
    super::insert(l, i as usize, b.arg(1).own())?;
    Ok(Own::none())
}
fn pop(l: Ref, b: &Bound) -> PyResult {
    let i = match b.get(0) {
        Some(i) => slice::index_to_isize(i)?,
        None => -1,
    };
    let n = len(l) as isize;
    if n == 0 {
        return exc::index_error(format_args!("pop from empty list"));
    }
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return exc::index_error(format_args!("pop index out of range"));
    }
    Ok(super::remove_at(l, i as usize))
}
fn copy(l: Ref) -> PyResult {
    // SAFETY: live items of the list.
    unsafe { super::from_borrowed(cast(l).items.get(), len(l)) }
}
pub fn reverse(l: Ref) {
    let this = cast(l);
    if this.len.get() > 1 {
        // SAFETY: the list's own items; no code runs.
        unsafe { core::slice::from_raw_parts_mut(this.items.get(), this.len.get()) }.reverse();
    }
}

pub fn concat(a: Ref, b: Ref) -> PyResult {
    if !is_list(b) {
        return exc::type_error(format_args!(
            "can only concatenate list (not \"{}\") to list",
            b.ty().name()
        ));
    }
    let Some(n) = len(a).checked_add(len(b)) else {
        return exc::memory_error();
    };
    let new = super::with_capacity(n)?;
    // SAFETY: items of lists that live through the call; room for all.
    unsafe {
        super::extend_borrowed(new.r(), cast(a).items.get(), len(a), false)?;
        super::extend_borrowed(new.r(), cast(b).items.get(), len(b), false)?;
    }
    Ok(new)
}
/// CPython: list_repeat.
pub fn repeat(l: Ref, n: isize) -> PyResult {
    let (m, n) = (len(l), n.max(0) as usize);
    if m == 0 || n == 0 {
        return super::new();
    }
    let Some(total) = m.checked_mul(n) else {
        return exc::memory_error();
    };
    let new = super::with_capacity(total)?;
    let (from, to) = (cast(l), cast(new.r()));
    // SAFETY: `total` places; the source list does not change meanwhile.
    unsafe { fill_repeated(from.items.get(), to.items.get(), m, 0, n) };
    to.len.set(total);
    Ok(new)
}
/// Writes `n - first` further copies of the `m` words at `from` behind `first` copies at `to`, counting the references.
unsafe fn fill_repeated(from: *const Value, to: *mut Value, m: usize, first: usize, n: usize) {
    // SAFETY: the caller made room for `m * n` words.
    unsafe {
        for i in 0..m {
            let v = *from.add(i);
            if v.is_heap() {
                let h = &*v.as_ptr::<Header>();
                h.refcount.set(h.refcount.get().wrapping_add((n - first) as u32));
            }
            for k in first..n {
                to.add(k * m + i).write(v);
            }
        }
    }
}
pub fn inplace_concat(l: Ref, v: Ref) -> PyResult {
    super::extend(l, v)?;
    Ok(l.own())
}
pub fn inplace_repeat(l: Ref, n: isize) -> PyResult {
    let (this, m) = (cast(l), len(l));
    if m == 0 || n == 1 {
        return Ok(l.own());
    }
    if n < 1 {
        super::clear(l);
        return Ok(l.own());
    }
    let Some(total) = m.checked_mul(n as usize) else {
        return exc::memory_error();
    };
    super::resize(this, total)?;
    // SAFETY: room for `total` words, of which the first `m` are the items.
    unsafe { fill_repeated(this.items.get(), this.items.get(), m, 1, n as usize) };
    Ok(l.own())
}
/// CPython: list_subscript.
pub fn subscript(l: Ref, key: Ref) -> PyResult {
    if let Some(v) = super::getitem_fast(l, key) {
        return Ok(v);
    }
    if slice::is_slice(key) {
        let parts = slice::unpack(key)?;
        return super::get_range(l, slice::adjust(parts, len(l)));
    }
    if slice::is_index(key) {
        let i = slice::item_index(key)?;
        return super::item(l, if i < 0 { i + len(l) as isize } else { i });
    }
    bad_index(key)
}
#[cold]
fn bad_index<R>(key: Ref) -> PyResult<R> {
    exc::type_error(format_args!(
        "list indices must be integers or slices, not {}",
        key.ty().name()
    ))
}
/// CPython: list_ass_subscript_lock_held.
pub fn ass_subscript(l: Ref, key: Ref, v: Option<Ref>) -> PyResult<()> {
    if slice::is_index(key) {
        let i = slice::item_index(key)?;
        return super::set_item(l, if i < 0 { i + len(l) as isize } else { i }, v.map(Ref::own));
    }
    if slice::is_slice(key) {
        return super::assign_slice(l, key, v);
    }
    bad_index(key)
}
