//! Exceptions whose `__init__` only calls BaseException's and stores to attributes: made with their arguments and with room for these.
//!
//! In: as in `filled`, and where the function's closure has the class for `super()`. Out: an exception with its arguments, whose attributes
//! are there and empty, or null. The group's first keys are the class, the function, the shape word, the cell of the class and what it held.
use super::attribute_groups::{clear, enlist};
use crate::exc::memory;
use crate::exc::types::BaseException;
use crate::object::{Ref, Value};
use crate::object_protocol as protocol;
use crate::typeobj::{TypeObject, shape};
use crate::types::{self, descr};
use core::mem::offset_of;
use pyaot_abi::{AttrGroup, CellObject, FunctionObject, type_flag};

/// `which`: the number of arguments, and above the lowest byte 1 + the place of the class's cell in the closure, or 0 when `__init__` calls
/// no other.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_filled(
    cls: Value,
    code: *mut u8,
    names: Value,
    group: *mut u8,
    which: i32,
    a: Value,
    b: Value,
) -> Value {
    // SAFETY: the compiler passes a group of the module's static data; what its keys name lives while they stand there.
    unsafe {
        let known = &*group.cast::<AttrGroup>();
        let keys = &known.head.keys;
        if keys[0].get() == cls.0 {
            let function = &*(keys[1].get() as *const FunctionObject);
            let cell = keys[3].get() as *const CellObject;
            let same = cell.is_null() || (*cell).value.get().0 == keys[4].get();
            if same && function.code.get().cast() == code.cast_const() {
                return make(cls, which, [a, b], known);
            }
        }
        other(cls, code, names, known, which, [a, b])
    }
}

/// # Safety
/// The group has admitted the class.
#[inline(always)]
unsafe fn make(cls: Value, which: i32, words: [Value; 2], group: &AttrGroup) -> Value {
    let count = which as u8;
    let [a, b] = [0, 1].map(|k| if count > k { words[usize::from(k)] } else { Value::NULL });
    // SAFETY: by contract: the class, its shape and its slots.
    unsafe {
        let keys = &group.head.keys;
        let ty = &*cls.as_ptr::<TypeObject>();
        let Ok(made) = memory::make_shaped(ty, keys[2].get(), a, b, count) else {
            // The call that is made instead runs out of memory again.
            let _ = crate::exc::take();
            return Value::NULL;
        };
        let slots = made
            .r()
            .value()
            .as_ptr::<u8>()
            .add(ty.slots_offset.get() as usize)
            .cast::<u64>();
        match keys[5].get() as usize {
            0 => {}
            1 => slots.write(0),
            2 => slots.cast::<[u64; 2]>().write([0; 2]),
            n => slots.write_bytes(0, n),
        }
        made.into_value()
    }
}

#[cold]
#[inline(never)]
fn other(cls: Value, code: *mut u8, names: Value, group: &AttrGroup, which: i32, words: [Value; 2]) -> Value {
    let Some(class) = Ref::from_nullable(cls).filter(|c| core::ptr::eq(c.ty(), &types::type_::TYPE_TYPE)) else {
        return Value::NULL;
    };
    let (ty, head) = (types::type_::cast(class), &group.head);
    if head.refused.get() == cls.0 {
        return Value::NULL;
    }
    if !admit(ty, code, types::tuple::items(Ref::from_value(names)), group, which >> 8) {
        clear(head);
        head.refused.set(cls.0);
        enlist(ty, head);
        return Value::NULL;
    }
    // SAFETY: just admitted.
    unsafe { make(cls, which, words, group) }
}

/// Whether calls of the class make a plain exception and run the `__init__` with this code, of which the call of the next one is
/// BaseException's, and whose stores go to places of the instance that are empty before.
fn admit(ty: &'static TypeObject, code: *mut u8, names: &[Value], group: &AttrGroup, which: i32) -> bool {
    let init = types::type_::constructor(ty)
        .filter(|_| ty.has(type_flag::BASE_EXC) && !ty.has(type_flag::ABSTRACT | type_flag::IMMUTABLE));
    let Some(init) = init.filter(|f| f.code.get().cast() == code.cast_const()) else {
        return false;
    };
    let slots = ty.slots_offset.get();
    let plain = ty.head.shape_offset.get() as usize == offset_of!(BaseException, shape);
    let room = if slots == 0 { 0 } else { ty.inline_slots.get() as usize };
    if !plain || !protocol::is_generic_set(ty.slots()) || names.len() > group.offsets.len().min(room) {
        return false;
    }
    let mut cell = (0, 0);
    if which != 0 {
        let Some(found) = super_is_plain(ty, init, which as usize - 1) else {
            return false;
        };
        cell = found;
    }
    if ty.root_shape.get().is_null() {
        ty.root_shape.set(shape::Shape::new_root());
    }
    // SAFETY: just made, or there before; it lives as long as the class.
    let mut at: &shape::Shape = unsafe { &*ty.root_shape.get() };
    for (k, name) in names.iter().enumerate() {
        let name = Ref::from_value(*name);
        if ty.lookup(name).is_some_and(|d| d.ty().slots().descr_set.is_some()) {
            return false;
        }
        at = at.with(name);
        group.offsets[k].set(slots + 8 * k as u32);
    }
    clear(&group.head);
    let keys = &group.head.keys;
    keys[0].set(Value::from_ptr(ty).0);
    keys[1].set(Ref::from_object(init).value().0);
    keys[2].set(at.word());
    keys[3].set(cell.0);
    keys[4].set(cell.1);
    keys[5].set(names.len() as u64);
    enlist(ty, &group.head);
    true
}

/// The cell of the closure at that place and the class in it, if `super().__init__` of an instance of `ty` is then BaseException's.
fn super_is_plain(ty: &'static TypeObject, init: &FunctionObject, place: usize) -> Option<(u64, u64)> {
    let closure = Ref::from_nullable(init.closure.get())?;
    let cell = *types::tuple::items(closure).get(place)?;
    // SAFETY: closures consist of cells.
    let class = Ref::from_nullable(unsafe { (*cell.as_ptr::<CellObject>()).value.get() })?;
    if !class.ty().has(type_flag::TYPE) || !ty.is_subtype(types::type_::cast(class)) {
        return None;
    }
    let found = types::super_::lookup(types::type_::cast(class), ty, crate::istr!("__init__"));
    let Ok(found) = found else {
        let _ = crate::exc::take();
        return None;
    };
    found
        .filter(|f| descr::is_exception_init(f.r()))
        .map(|_| (cell.0, class.value().0))
}
