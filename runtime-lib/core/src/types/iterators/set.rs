//! The iterator over sets and frozensets.
use super::builtin;
use crate::call::{noargs, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use crate::types::{list, set, tuple};
use core::cell::Cell;
use pyaot_abi::type_flag;

#[repr(C)]
pub struct SetIterator {
    header: Header,
    /// Null once exhausted.
    set: Cell<Value>,
    /// Elements at the start, `usize::MAX` after the size changed.
    used: Cell<usize>,
    pos: Cell<usize>,
    remaining: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; final type.
unsafe impl Object for SetIterator {
    fn type_object() -> &'static TypeObject {
        &SET_ITERATOR_TYPE
    }
}
pub static SET_ITERATOR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "set_iterator",
    basic_size: size_of::<SetIterator>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(next),
        traverse: Some(|it, visit| visit(cast(it).set.get())),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            decref(unsafe { &*p.cast::<SetIterator>() }.set.get());
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__length_hint__($self, /)"), |it| {
            let it = cast(it);
            Ok(Own::usize(match field(&it.set) {
                Some(s) if it.used.get() == set::len(s) => it.remaining.get(),
                _ => 0,
            }))
        }),
        noargs(sig!("__reduce__($self, /)"), |it| {
            let it = cast(it);
            let rest = list::new()?;
            if let Some(s) = field(&it.set) {
                if it.used.get() != set::len(s) {
                    it.used.set(usize::MAX);
                    return exc::runtime_error(format_args!("Set changed size during iteration"));
                }
                let mut pos = it.pos.get();
                while let Some((v, _)) = set::cast(s).table.next(&mut pos) {
                    list::append(rest.r(), v)?;
                }
            }
            tuple::pair(builtin(crate::istr!("iter"))?, tuple::try_from_vec(vec![rest])?)
        }),
    ],
    ..TypeDef::NEW
});
fn cast(it: Ref<'_>) -> &SetIterator {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { it.cast() }
}
pub fn new(s: Ref) -> PyResult {
    alloc::object(|header| SetIterator {
        header,
        set: Cell::new(s.own().into_value()),
        used: Cell::new(set::len(s)),
        pos: Cell::new(0),
        remaining: Cell::new(set::len(s)),
    })
}
fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = cast(it);
    let Some(s) = field(&it.set) else { return Ok(None) };
    if it.used.get() != set::len(s) {
        it.used.set(usize::MAX);
        return exc::runtime_error(format_args!("Set changed size during iteration"));
    }
    let mut pos = it.pos.get();
    let found = set::cast(s).table.next(&mut pos);
    it.pos.set(pos);
    match found {
        Some((v, _)) => {
            it.remaining.set(it.remaining.get().saturating_sub(1));
            Ok(Some(v))
        }
        None => {
            set_field(&it.set, None);
            Ok(None)
        }
    }
}
