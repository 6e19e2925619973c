//! Slots of Python classes: computed from what the MRO says when a class is made, and again when an attribute of a class with the
//! name of a dunder method changes (CPython: Objects/typeobject.c, fixup_slot_dispatchers, update_slot).
use super::wrappers::{self, set_slot_word, slot_word};
use super::{Slots, TypeObject};
use crate::call::builtin;
use crate::object::{Ref, Value};
use crate::types::descr::{self, WrapperDef};
use core::mem::offset_of;
use core::ptr::null;
use pyaot_abi::type_flag;

/// All slots of a new class. Slots without dunder methods have been inherited before.
pub fn fixup_slot_dispatchers(ty: &TypeObject) {
    for rows in wrappers::groups() {
        update_group(ty, rows);
    }
    update_vectorcall(ty);
}

/// Attribute `name` (interned) of a class has changed.
pub fn update_slot(ty: &TypeObject, name: Ref) {
    let text = crate::types::str::cast(name);
    let bytes = crate::types::str::bytes(text);
    if !bytes.starts_with(b"__") {
        return;
    }
    for rows in wrappers::groups() {
        if rows.iter().any(|r| r.name.as_bytes() == bytes) {
            update_with_subclasses(ty, rows);
        }
    }
}

/// The bases or the MRO of a class have changed.
pub fn update_all_slots(ty: &TypeObject) {
    fixup_slot_dispatchers(ty);
    for sub in ty.subclass_list() {
        update_all_slots(sub);
    }
}

fn update_with_subclasses(ty: &TypeObject, rows: &'static [WrapperDef]) {
    if ty.is_heap() {
        update_group(ty, rows);
        if rows[0].offset == offset_of!(Slots, call) {
            update_vectorcall(ty);
        }
    }
    for sub in ty.subclass_list() {
        update_with_subclasses(sub, rows);
    }
}

/// CPython: update_one_slot.
fn update_group(ty: &TypeObject, rows: &'static [WrapperDef]) {
    let offset = rows[0].offset;
    let (mut specific, mut generic): (*const (), *const ()) = (null(), null());
    let (mut use_generic, mut any) = (false, false);
    for row in rows {
        let Some(d) = ty.lookup(row.key.get()) else { continue };
        let mut take = |word: *const ()| {
            use_generic |= any && !core::ptr::eq(word, specific);
            specific = word;
            any = true;
        };
        if let Some(owner) = descr::slot_owner(d, row.name) {
            // The slot of a built-in base can be used as it is if all names of the slot come from it.
            if ty.is_subtype(owner) {
                take(slot_word(owner.slots(), offset));
            } else {
                use_generic = true;
            }
            generic = row.generic;
        } else if offset == offset_of!(Slots, new) && builtin::is_new_method(d) {
            take(ty.base().map_or(null(), |b| slot_word(b.slots(), offset)));
        } else if offset == offset_of!(Slots, hash) && d.value() == Value::NONE {
            take(null());
        } else {
            use_generic = true;
            generic = row.generic;
        }
    }
    // SAFETY: words of the same slot of other types, or the row's function, whose type the table checks.
    unsafe { set_slot_word(ty.slots_mut(), offset, if use_generic { generic } else { specific }) };
    if offset == offset_of!(Slots, finalize) {
        let flags = ty.head.flags.get() & !type_flag::HAS_FINALIZER;
        let finalizer = ty.slots().finalize.map_or(0, |_| type_flag::HAS_FINALIZER);
        ty.head.flags.set(flags | finalizer);
    }
}

/// The entry for calls of instances follows the `call` slot.
fn update_vectorcall(ty: &TypeObject) {
    let entry = match ty.slots().call {
        None => None,
        Some(f) => match ty.base() {
            Some(b)
                if b.slots()
                    .call
                    .is_some_and(|g| core::ptr::eq(f as *const (), g as *const ())) =>
            {
                b.head.vectorcall.get()
            }
            _ => Some(crate::call::slot_call_vectorcall as pyaot_abi::Vectorcall),
        },
    };
    ty.head.vectorcall.set(entry);
}
