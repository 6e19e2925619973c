//! Instances whose `__init__` only stores to attributes: made with room for these, which compiled code fills.
//!
//! In: the class that a call found, the code of the `__init__` that the compiler has seen, and the names. Out: an instance that has
//! the attributes already, all empty, or null. What was found of a class stands in the call's group: its first keys are the class, the
//! function, the shape word, bytes and place of it. The group is cleared when the class or a base changes.
use super::attribute_groups::{clear, enlist};
use crate::object::{Ref, Value, alloc};
use crate::object_protocol as protocol;
use crate::typeobj::{TypeObject, shape};
use crate::types::{self, descr};
use pyaot_abi::{AttrGroup, FunctionObject, type_flag};

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_filled(cls: Value, code: *mut u8, names: Value, group: *mut u8) -> Value {
    // SAFETY: the compiler passes a group of the module's static data; what its keys name lives while they stand there.
    unsafe {
        let known = &*group.cast::<AttrGroup>();
        let keys = &known.head.keys;
        if keys[0].get() == cls.0 {
            let function = &*(keys[1].get() as *const FunctionObject);
            let ty = &*cls.as_ptr::<TypeObject>();
            if function.code.get().cast() == code.cast_const()
                && let Some(object) =
                    alloc::quick_sized(ty, keys[3].get() as usize, keys[4].get() as u16, keys[2].get())
            {
                return object.into_value();
            }
        }
        other(cls, code, names, known)
    }
}

#[cold]
#[inline(never)]
fn other(cls: Value, code: *mut u8, names: Value, group: &AttrGroup) -> Value {
    let Some(class) = Ref::from_nullable(cls).filter(|c| core::ptr::eq(c.ty(), &types::type_::TYPE_TYPE)) else {
        return Value::NULL;
    };
    let (ty, head) = (types::type_::cast(class), &group.head);
    if head.refused.get() == cls.0 {
        return Value::NULL;
    }
    if !admit(ty, code, types::tuple::items(Ref::from_value(names)), group) {
        clear(head);
        head.refused.set(cls.0);
        enlist(ty, head);
        return Value::NULL;
    }
    let Ok(object) = types::object::new_plain(ty) else {
        // The call that is made instead runs out of memory again.
        let _ = crate::exc::take();
        return Value::NULL;
    };
    let at = ty.quick.get().shape;
    if at != 0 {
        // SAFETY: the layout has the shape word there; the attributes that the shape names are empty.
        unsafe { *object.r().value().as_ptr::<u8>().add(usize::from(at)).cast::<u64>() = head.keys[2].get() };
    }
    object.into_value()
}

/// Whether calls of the class make a plain instance and run the `__init__` with this code, whose stores go to places of the instance
/// that are empty before.
fn admit(ty: &'static TypeObject, code: *mut u8, names: &[Value], group: &AttrGroup) -> bool {
    let layout = ty.quick.get();
    let init = types::type_::plain_constructor(ty).filter(|f| f.code.get().cast() == code.cast_const());
    let Some(init) = init.filter(|_| !ty.has(type_flag::ABSTRACT | type_flag::IMMUTABLE)) else {
        return false;
    };
    if layout.size == 0 || !protocol::is_generic_set(ty.slots()) || names.len() > group.offsets.len() {
        return false;
    }
    let mut word = 0;
    let mut count = 0;
    if layout.shape != 0 {
        if ty.root_shape.get().is_null() {
            ty.root_shape.set(shape::Shape::new_root());
        }
        // SAFETY: just made, or there before; it lives as long as the class.
        let mut at: &shape::Shape = unsafe { &*ty.root_shape.get() };
        for name in names {
            let name = Ref::from_value(*name);
            if ty.lookup(name).is_none_or(|d| d.ty().slots().descr_set.is_none()) {
                at = at.with(name);
            }
        }
        word = at.word();
    }
    for (name, place) in names.iter().zip(&group.offsets) {
        let name = Ref::from_value(*name);
        if let Some(d) = ty.lookup(name).filter(|d| d.ty().slots().descr_set.is_some()) {
            match descr::member_offset(d) {
                Some((offset, owner)) if ty.is_subtype(owner) => place.set(offset),
                _ => return false,
            }
            continue;
        }
        if layout.shape == 0 || count >= ty.inline_slots.get() {
            return false;
        }
        place.set(u32::from(layout.slots) + 8 * count);
        count += 1;
    }
    clear(&group.head);
    group.head.keys[0].set(Value::from_ptr(ty).0);
    group.head.keys[1].set(Ref::from_object(init).value().0);
    group.head.keys[2].set(word);
    group.head.keys[3].set(alloc::slot_bytes(layout.size as usize) as u64);
    group.head.keys[4].set(u64::from(layout.shape));
    enlist(ty, &group.head);
    true
}
