//! What a collection need not look at: containers that refer to no container but their class.
//!
//! In: a container of a young generation. Out: whether it can be left out. Such an object is on a cycle only through its class, and a
//! class that dies is found by a collection of all generations, which leaves nothing out; the object itself dies by its count when
//! what refers to it is freed. Objects that programs can watch dying (finalisers, weak references) are never left out.
use crate::object::{Header, Ref, Value, flag};
use crate::typeobj::{Quick, TypeObject, shape::Shape};
use crate::types::tuple::{self, TUPLE_TYPE};
use pyaot_abi::type_flag;

/// Calls `f` with the values of an instance with that layout; false (and nothing is done) when it keeps some of them elsewhere.
///
/// # Safety
/// `p` is a live instance of a class with that layout.
#[inline(always)]
pub unsafe fn each_value(p: *mut Header, layout: Quick, mut f: impl FnMut(Value)) -> bool {
    let base = p.cast::<u8>();
    // SAFETY: the layout is that of the instance's class.
    unsafe {
        let words = base.add(usize::from(layout.shape)).cast::<u64>();
        if layout.shape != 0 && *words.add(1) != 0 {
            return false;
        }
        let (mut at, end) = (usize::from(layout.members.0), usize::from(layout.members.1));
        while at < end {
            let v = *base.add(at).cast::<Value>();
            if !v.is_null() {
                f(v);
            }
            at += 8;
        }
        if layout.shape != 0 {
            let slots = base.add(usize::from(layout.slots)).cast::<Value>();
            for i in 0..Shape::from_word(*words).count as usize {
                f(*slots.add(i));
            }
        }
    }
    true
}

#[inline(always)]
fn is_container(v: Value) -> bool {
    if !v.is_heap_nonnull() {
        return false;
    }
    // SAFETY: a heap word points to a live header, which has a type.
    unsafe {
        let ty = &*(*v.as_ptr::<Header>()).ty.get().cast::<TypeObject>();
        ty.has(type_flag::GC)
    }
}

#[inline]
pub fn is_leaf(p: *mut Header, h: &Header) -> bool {
    // SAFETY: a live header has a type.
    let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
    if core::ptr::eq(ty, &TUPLE_TYPE) {
        return !tuple::items(Ref::from_value(Value::from_ptr(p)))
            .iter()
            .any(|v| is_container(*v));
    }
    let layout = ty.quick.get();
    if layout.size == 0 || h.flags.get() & flag::WEAKREFS != 0 || ty.slots().finalize.is_some() {
        return false;
    }
    let mut plain = true;
    // SAFETY: an instance of that class.
    unsafe { each_value(p, layout, |v| plain &= !is_container(v)) && plain }
}
