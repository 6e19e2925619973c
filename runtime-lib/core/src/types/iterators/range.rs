//! Iterators over ranges: with machine numbers when every value is a small int, else with ints of any size.
use super::builtin;
use crate::call::{MethodDef, noargs, one, sig};
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::range::{self, arith};
use crate::types::{slice, tuple};
use core::cell::Cell;
pub use pyaot_abi::RangeIterObject;
use pyaot_abi::type_flag;

// SAFETY: abi layout.
unsafe impl Object for RangeIterObject {
    fn type_object() -> &'static TypeObject {
        &RANGE_ITERATOR_TYPE
    }
}
#[unsafe(export_name = "pyaot_type_range_iterator")]
pub static RANGE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "range_iterator",
    basic_size: size_of::<RangeIterObject>(),
    flags: type_flag::DISALLOW_INSTANTIATION | type_flag::QUIET_DEALLOC,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(next),
        ..Slots::NONE
    },
    methods: METHODS,
    ..TypeDef::NEW
});
static METHODS: &[MethodDef] = &[
    noargs(sig!("__length_hint__($self, /)"), |it| {
        Ok(Own::uint(cast(it).remaining.get()))
    }),
    noargs(sig!("__reduce__($self, /)"), |it| {
        let it = cast(it);
        let stop = it.next.get() as i128 + it.step as i128 * it.remaining.get() as i128;
        let stop = i64::try_from(stop).map_or_else(|_| crate::types::int::big_from_i128(stop), Own::int);
        reduce(Own::int(it.next.get()), stop, Own::int(it.step))
    }),
    one(sig!("__setstate__($self, object, /)"), |it, state| {
        let i = slice::index_to_isize(state)?.max(0) as u64;
        let it = cast(it);
        let i = i.min(it.remaining.get());
        it.next
            .set(it.next.get().wrapping_add((i as i64).wrapping_mul(it.step)));
        it.remaining.set(it.remaining.get() - i);
        Ok(Own::none())
    }),
];
fn cast(it: Ref<'_>) -> &RangeIterObject {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
fn reduce(start: Own, stop: Own, step: Own) -> PyResult {
    let r = range::new(start, stop, step)?;
    tuple::try_from_vec(vec![
        builtin(crate::istr!("iter"))?,
        tuple::try_from_vec(vec![r])?,
        Own::none(),
    ])
}
/// The iterator has one reference, this step, and only ints of 62 bits before it. (0: the step 1, and the two references of a generator
/// expression, whose parameter it is.)
pub fn is_unshared(it: Ref, step: i64) -> bool {
    let (step, references) = if step == 0 { (1, 2) } else { (step, 1) };
    it.value().is_heap()
        && core::ptr::eq(it.ty(), &RANGE_ITERATOR_TYPE)
        && cast(it).header.refcount.get() == references
        && cast(it).step == step
        && cast(it).remaining.get() < 1 << 61
        && (cast(it).next.get() as i128 + step as i128 * cast(it).remaining.get() as i128).unsigned_abs() < 1 << 61
}
/// Whether [`pass`] knows the iterator.
pub fn passes(it: Ref) -> bool {
    core::ptr::eq(it.ty(), &RANGE_ITERATOR_TYPE)
}
/// Steps over the ints that `taken` takes, which runs no other code.
#[inline]
pub fn pass(it: Ref, taken: &mut impl FnMut(Ref) -> bool) {
    if !passes(it) {
        return;
    }
    let it = cast(it);
    while it.remaining.get() != 0 {
        let next = it.next.get();
        if !Value::fits_small(next) || !taken(Ref::from_value(Value::from_small(next))) {
            return;
        }
        it.next.set(next.wrapping_add(it.step));
        it.remaining.set(it.remaining.get() - 1);
    }
}
/// An iterator over the ints from `next` to before `stop`, all of them small.
pub fn between(next: i64, stop: i64, step: i64) -> PyResult {
    let distance = if step > 0 {
        stop.saturating_sub(next)
    } else {
        next.saturating_sub(stop)
    };
    let steps = if distance > 0 {
        (distance - 1) / step.abs() + 1
    } else {
        0
    };
    alloc::object(|header| RangeIterObject {
        header,
        next: Cell::new(next),
        step,
        remaining: Cell::new(steps as u64),
    })
}
/// An iterator over `length` ints from `start` with `step`.
pub fn new(start: Ref, step: Ref, length: Ref) -> PyResult {
    if let (Some(a), Some(s), Some(n)) = (start.small_int(), step.small_int(), length.small_int())
        && i64::try_from(a as i128 + s as i128 * n as i128).is_ok()
    {
        return alloc::object(|header| RangeIterObject {
            header,
            next: Cell::new(a),
            step: s,
            remaining: Cell::new(n as u64),
        });
    }
    alloc::object(|header| LongRangeIterator {
        header,
        next: Cell::new(start.own().into_value()),
        step: Cell::new(step.own().into_value()),
        remaining: Cell::new(length.own().into_value()),
    })
}
fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let n = it.remaining.get();
    if n == 0 {
        return Ok(None);
    }
    let i = it.next.get();
    it.next.set(i.wrapping_add(it.step));
    it.remaining.set(n - 1);
    Ok(Some(Own::int(i)))
}

#[repr(C)]
pub struct LongRangeIterator {
    header: Header,
    next: Cell<Value>,
    step: Cell<Value>,
    remaining: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for LongRangeIterator {
    fn type_object() -> &'static TypeObject {
        &LONG_RANGE_ITERATOR_TYPE
    }
}
pub static LONG_RANGE_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "longrange_iterator",
    basic_size: size_of::<LongRangeIterator>(),
    flags: type_flag::DISALLOW_INSTANTIATION | type_flag::QUIET_DEALLOC,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(long_next),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let it = unsafe { &*p.cast::<LongRangeIterator>() };
            [&it.next, &it.step, &it.remaining]
                .into_iter()
                .for_each(|c| decref(c.get()));
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            Ok(get(&cast_long(it).remaining))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| {
            let it = cast_long(it);
            let (next, step) = (get(&it.next), get(&it.step));
            let whole = arith::mul(get(&it.remaining).r(), step.r())?;
            let stop = arith::add(next.r(), whole.r())?;
            reduce(next, stop, step)
        }),
        one(sig!("__setstate__($self, object, /)"), |it, state| {
            let it = cast_long(it);
            let mut i = slice::index(state)?;
            if slice::is_negative(i.r()) {
                i = Own::int(0);
            }
            let n = get(&it.remaining);
            if arith::less(n.r(), i.r())? {
                i = n.clone();
            }
            let moved = arith::mul(i.r(), get(&it.step).r())?;
            set_field(&it.next, Some(arith::add(get(&it.next).r(), moved.r())?));
            set_field(&it.remaining, Some(arith::sub(n.r(), i.r())?));
            Ok(Own::none())
        }),
    ],
    ..TypeDef::NEW
});
fn cast_long(it: Ref<'_>) -> &LongRangeIterator {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
fn get(c: &Cell<Value>) -> Own {
    field(c).map_or_else(Own::none, Ref::own)
}
fn long_next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast_long(it);
    let n = get(&it.remaining);
    if slice::int_value(n.r()) == Some(0) {
        return Ok(None);
    }
    let v = get(&it.next);
    set_field(&it.next, Some(arith::add(v.r(), get(&it.step).r())?));
    set_field(&it.remaining, Some(arith::sub(n.r(), Own::int(1).r())?));
    Ok(Some(v))
}
