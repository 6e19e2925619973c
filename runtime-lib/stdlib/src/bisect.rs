//! `_bisect`: binary search in sequences.
use pyaot_core::call::{call_method, convert};
use pyaot_core::prelude::*;
use pyaot_core::types::{list, module};

pub fn make() -> PyResult {
    let m = module::new("_bisect")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}
static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)"), |_, b| bisect(b, Side::Right)).doc(
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\ninsert just after the rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    bound(sig!("bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)"), |_, b| bisect(b, Side::Left)).doc(
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\ninsert just before the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    bound(sig!("insort_right($module, /, a, x, lo=0, hi=None, *, key=None)"), |_, b| insort(b, Side::Right)).doc(
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right of the rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    bound(sig!("insort_left($module, /, a, x, lo=0, hi=None, *, key=None)"), |_, b| insort(b, Side::Left)).doc(
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left of the leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// `lo` and `hi`; -1 as `hi` stands for the length, which is asked for in the search.
fn limits(b: &Bound) -> PyResult<(isize, isize)> {
    let lo = b.get(2).map_or(Ok(0), convert::index)?;
    let hi = match b.get_not_none(3) {
        None => -1,
        Some(v) if !convert::is_index(v) => {
            return exc::type_error(format_args!(
                "argument should be integer or None, not '{}'",
                v.ty().full_name()
            ));
        }
        Some(v) => convert::index(v)?,
    };
    Ok((lo, hi))
}
/// CPython: Modules/_bisectmodule.c, internal_bisect_right and internal_bisect_left.
fn search(a: Ref, x: Ref, (lo, hi): (isize, isize), key: Option<Ref>, side: Side) -> PyResult<isize> {
    if lo < 0 {
        return exc::value_error(format_args!("lo must be non-negative"));
    }
    let (mut lo, mut hi) = (lo, if hi == -1 { protocol::len(a)? as isize } else { hi });
    while lo < hi {
        let mid = ((lo as usize + hi as usize) / 2) as isize;
        let mut item = protocol::sequence_item(a, mid)?;
        if let Some(key) = key {
            item = call(key, &Args::positional(&[item.r()]))?;
        }
        let go_left = match (x.small_int(), item.r().small_int()) {
            (Some(x), Some(i)) if side == Side::Right => x < i,
            (Some(x), Some(i)) => i >= x,
            _ if side == Side::Right => protocol::compare_bool(x, item.r(), CompareOp::Lt)?,
            _ => !protocol::compare_bool(item.r(), x, CompareOp::Lt)?,
        };
        if go_left {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    Ok(lo)
}
fn bisect(b: &Bound, side: Side) -> PyResult {
    let i = search(b.arg(0), b.arg(1), limits(b)?, b.get_not_none(4), side)?;
    Ok(Own::int(i as i64))
}
fn insort(b: &Bound, side: Side) -> PyResult {
    let (a, x, key) = (b.arg(0), b.arg(1), b.get_not_none(4));
    let limits = limits(b)?;
    let i = match key {
        None => search(a, x, limits, None, side)?,
        Some(f) => {
            let of_x = call(f, &Args::positional(&[x]))?;
            search(a, of_x.r(), limits, key, side)?
        }
    };
    if a.is_exact::<list::ListObject>() {
        list::insert(a, (i as usize).min(list::len(a)), x.own())?;
    } else {
        call_method(a, pyaot_core::istr!("insert"), &[Own::int(i as i64).r(), x])?;
    }
    Ok(Own::none())
}
