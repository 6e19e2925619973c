//! Groups of attributes and methods: what the inlined test of a [`Group`] leaves over, and filling them.
//!
//! In: an object whose key is not in the group. Out: whether the group is for it from now on. A group is put on the class's list
//! and cleared when the class or a base changes. Several shapes may be in a group, each at the place that bits of its address give.
use super::attributes::{SHAPE_OFFSET, own_attributes};
use crate::call;
use crate::object::{Ref, Value, to_abi, to_abi_status};
use crate::object_protocol as protocol;
use crate::typeobj::{TypeObject, slot_functions};
use crate::types::{self, descr};
use core::cell::Cell;
use pyaot_abi::{
    AttrCache, AttrGroup, BY_SHAPE, GROUP_KEYS, Group, Header, MethodGroup, SHAPE_TAG, group_index, shape_index,
    shape_key, type_flag, wanted,
};

/// Changes of offsets, after which objects with other offsets are refused.
const MAX_REFILLS: u32 = 64;

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_group_admit(obj: Value, names: Value, wanted: i32, group: *mut u8) -> i32 {
    // SAFETY: the compiler passes a group of the module's static data and a tuple of names.
    let (group, names) = unsafe { (&*group.cast::<AttrGroup>(), Ref::from_value(names)) };
    i32::from(admit(Ref::from_value(obj), types::tuple::items(names), wanted, group))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_class_admit(cls: Value, code: *mut u8, group: *mut u8) -> i32 {
    // SAFETY: as in `pyaot_group_admit`.
    let group = unsafe { &*group.cast::<MethodGroup>() };
    let class = Ref::from_value(cls);
    if !core::ptr::eq(class.ty(), &types::type_::TYPE_TYPE) {
        return 0;
    }
    let ty = types::type_::cast(class);
    let init = types::type_::plain_constructor(ty).filter(|_| !ty.has(type_flag::ABSTRACT | type_flag::IMMUTABLE));
    let Some(init) = init.filter(|f| f.code.get().cast() == code.cast_const()) else {
        return 0;
    };
    group.head.keys[0].set(cls.0);
    group.functions[0].set(Ref::from_object(init).value());
    enlist(ty, &group.head);
    1
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_class_admit(cls: Value, code: *mut u8, group: *mut u8) -> i32 {
    // SAFETY: as in `pyaot_group_admit`; a group's functions are functions.
    unsafe {
        let group = &*group.cast::<MethodGroup>();
        if group.head.keys[0].get() == cls.0 {
            let function = &*group.functions[0].get().as_ptr::<pyaot_abi::FunctionObject>();
            if function.code.get().cast() == code.cast_const() {
                return 1;
            }
        }
        i32::from(admit_exception_class(cls, code, group))
    }
}

#[cold]
#[inline(never)]
fn admit_exception_class(cls: Value, code: *mut u8, group: &MethodGroup) -> bool {
    let class = Ref::from_value(cls);
    if !core::ptr::eq(class.ty(), &types::type_::TYPE_TYPE) {
        return false;
    }
    let ty = types::type_::cast(class);
    let init = types::type_::constructor(ty)
        .filter(|_| ty.has(type_flag::BASE_EXC) && !ty.has(type_flag::ABSTRACT | type_flag::IMMUTABLE));
    let Some(init) = init.filter(|f| f.code.get().cast() == code.cast_const()) else {
        return false;
    };
    group.head.keys[0].set(cls.0);
    group.functions[0].set(Ref::from_object(init).value());
    enlist(ty, &group.head);
    true
}

fn new_exception(cls: Value, words: &[Value]) -> Value {
    to_abi(crate::exc::types::make(types::type_::cast(Ref::from_value(cls)), words))
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_new_0(cls: Value) -> Value {
    new_exception(cls, &[])
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_new_1(cls: Value, a: Value) -> Value {
    new_exception(cls, &[a])
}
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exception_new_2(cls: Value, a: Value, b: Value) -> Value {
    new_exception(cls, &[a, b])
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_new_plain(cls: Value) -> Value {
    to_abi(types::object::new_plain(types::type_::cast(Ref::from_value(cls))))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_init_result(result: Value) -> i32 {
    to_abi_status(slot_functions::check_init_result(Ref::from_value(result)))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_exact(obj: Value, name: Value, args: *mut u8, n: i64, cache: *mut u8) -> Value {
    let (obj, name) = (Ref::from_value(obj), Ref::from_value(name));
    // SAFETY: the site's entry; an array of n values that the caller keeps alive. Built-in types do not change, so what the site has
    // found once stays.
    let (site, args) = unsafe {
        (
            &*cache.cast::<AttrCache>(),
            core::slice::from_raw_parts(args.cast::<Value>(), n as usize),
        )
    };
    let known = Ref::from_nullable(site.value.get());
    let Some(method) = known.or_else(|| obj.ty().lookup(name)) else {
        return to_abi(protocol::no_attribute(obj, name));
    };
    site.value.set(method.value());
    let result = match descr::method_body(method, obj) {
        Some(def) => def.invoke_positional(obj, args),
        None => protocol::get_attr(obj, name).and_then(|f| call::call(f.r(), &call::Args::new(args, args.len(), None))),
    };
    to_abi(result)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_exact_method(obj: Value, name: Value) -> Value {
    let (obj, name) = (Ref::from_value(obj), Ref::from_value(name));
    // The compiler asks for methods that the type has.
    obj.ty().lookup(name).map_or(Value::NONE, |m| m.own().into_value())
}

/// Shape word (0 when there is none) and type of an object.
pub(super) fn keys_of(obj: Ref) -> Option<(u64, u64)> {
    let h = obj.header()?;
    // SAFETY: every heap object has 24 readable bytes.
    let word = unsafe { *obj.value().as_ptr::<u64>().add(2) };
    Some((if word >= SHAPE_TAG { word } else { 0 }, h.ty.get() as u64))
}

/// Where objects have the word that is a key.
fn key_place(key: u64) -> u32 {
    if key >= SHAPE_TAG {
        SHAPE_OFFSET
    } else {
        core::mem::offset_of!(Header, ty) as u32
    }
}

/// The group is on the list of the class.
pub(super) fn enlist(ty: &TypeObject, group: &Group) {
    if !ty.has(type_flag::IMMUTABLE) {
        // SAFETY: under the GIL; the list is walked by `cache::modified` only.
        let groups = unsafe { &mut *ty.groups.get() };
        if !groups.iter().any(|g| core::ptr::eq(*g, group)) {
            groups.push(group);
        }
    }
}

/// Takes everything out of a group. Its place is then that of the objects' counts, which are never 0.
pub fn clear(group: &Group) {
    group.place.set(0);
    group.latest.set(0);
    group.keys.iter().chain(&group.spare).for_each(|key| key.set(0));
    group.refused.set(0);
}

/// Shifts that are tried for keys that would share a place. Keys are addresses of blocks of 16 bytes.
const SHIFTS: core::ops::Range<u32> = 4..26;

/// Makes `key` one of the group's, with a function when the group has functions. An empty place holds a word that no object has there.
pub(super) fn add_key(group: &Group, key: u64, functions: Option<(&[Cell<Value>; GROUP_KEYS], Value)>) {
    if group.place.replace(key_place(key)) != key_place(key) {
        group.keys.iter().for_each(|k| k.set(SHAPE_TAG));
    }
    group.latest.set(key);
    let mut all = vec![(key, functions.map_or(Value::NULL, |(_, f)| f))];
    for (i, have) in group.keys.iter().enumerate() {
        if have.get() != SHAPE_TAG && have.get() != key {
            all.push((have.get(), functions.map_or(Value::NULL, |(all, _)| all[i].get())));
        }
    }
    let apart = |shift: u32| {
        let mut taken = 0u32;
        all.iter().all(|(key, _)| {
            let bit = 1 << group_index(*key, shift);
            let free = taken & bit == 0;
            taken |= bit;
            free
        })
    };
    let shift = Some(group.shift.get())
        .filter(|s| apart(*s))
        .or_else(|| SHIFTS.into_iter().find(|s| apart(*s)));
    if let Some(shift) = shift {
        group.shift.set(shift);
    } else {
        all.truncate(1);
    }
    if shift.is_some() {
        group.keys.iter().for_each(|k| k.set(SHAPE_TAG));
    }
    for (key, function) in all {
        let i = group_index(key, group.shift.get());
        group.keys[i].set(key);
        if let Some((functions, _)) = functions {
            functions[i].set(function);
        }
    }
}

/// A function of a method group, and where the functions of its spare keys are.
pub(super) type Functions<'g> = (&'g MethodGroup, Value);

/// Whether a group by shapes has the shape among its spare keys; then it is given the place that it shares with another.
pub(super) fn recall(head: &Group, shape: u64, group: Option<&MethodGroup>) -> bool {
    let Some(spare) = head.spare.iter().position(|k| k.get() == shape_key(shape)) else {
        return false;
    };
    let at = shape_index(shape);
    head.spare[spare].set(head.keys[at].replace(shape_key(shape)));
    if let Some(group) = group {
        let function = group.spare_functions[spare].get();
        group.spare_functions[spare].set(group.functions[at].replace(function));
    }
    true
}

/// Makes a shape one of those of a group by shapes.
pub(super) fn add_shape(head: &Group, shape: u64, function: Option<Functions>) {
    let at = shape_index(shape);
    let before = head.keys[at].replace(shape_key(shape));
    let function = function.map(|(group, function)| (group, group.functions[at].replace(function)));
    if before != 0 && before != shape_key(shape) {
        let spare = head.next_spare.get() as usize % head.spare.len();
        head.next_spare.set(spare as u32 + 1);
        head.spare[spare].set(before);
        if let Some((group, function)) = function {
            group.spare_functions[spare].set(function);
        }
    }
}

fn admit(obj: Ref, names: &[Value], wanted: i32, group: &AttrGroup) -> bool {
    let Some((shape, ty)) = keys_of(obj) else { return false };
    let head = &group.head;
    let by_shape = wanted & BY_SHAPE != 0;
    if by_shape && (shape == 0 || recall(head, shape, None)) {
        return shape != 0;
    }
    let refused = head.refused.get();
    if refused != 0 && (refused == shape || refused == ty) {
        return false;
    }
    let found = offsets(obj, names, wanted & wanted::STORES != 0)
        .filter(|(_, offsets)| wanted & wanted::IN_ORDER == 0 || are_in_order(offsets));
    let same = |offsets: &[u32]| group.offsets.iter().zip(offsets).all(|(have, new)| have.get() == *new);
    let fits =
        |(key, new): &(u64, Vec<u32>)| (!by_shape || *key == shape) && (same(new) || head.refills.get() < MAX_REFILLS);
    let Some((key, offsets)) = found.filter(fits) else {
        head.refused.set(if shape == 0 { ty } else { shape });
        return false;
    };
    if !same(&offsets) {
        head.refills.set(head.refills.get() + 1);
        clear(head);
        group
            .offsets
            .iter()
            .zip(&offsets)
            .for_each(|(have, new)| have.set(*new));
    }
    match by_shape {
        true => add_shape(head, key, None),
        false => add_key(head, key, None),
    }
    enlist(obj.ty(), head);
    true
}

fn are_in_order(offsets: &[u32]) -> bool {
    offsets.windows(2).all(|pair| pair[1] == pair[0] + 8)
}

/// The key of objects like `obj` and where they have all these attributes in themselves; nothing of the class stands before
/// them, nor in the way of stores.
fn offsets(obj: Ref, names: &[Value], stores: bool) -> Option<(u64, Vec<u32>)> {
    let ty = obj.ty();
    if !protocol::is_generic_get(ty.slots()) || stores && !protocol::is_generic_set(ty.slots()) {
        return None;
    }
    let mut offsets = Vec::with_capacity(names.len());
    let (mut members, mut own) = (0, 0);
    for name in names {
        if *name == Value::NONE {
            offsets.push(offsets.last().map_or(0, |last| last + 8));
            continue;
        }
        let name = Ref::from_value(*name);
        if let Some(d) = ty.lookup(name)
            && d.ty().slots().descr_set.is_some()
        {
            let offset = match stores {
                true => descr::member_offset(d).and_then(|(offset, owner)| ty.is_subtype(owner).then_some(offset)),
                false => descr::load_offset(d, ty),
            };
            members += 1;
            offsets.push(offset?);
            continue;
        }
        let attributes = own_attributes(ty, obj)?;
        let i = attributes.shape().find(name)?;
        own += 1;
        offsets.push(attributes.inline_offset(obj.value().as_ptr(), i)?);
    }
    if own == 0 {
        return Some((ty as *const TypeObject as u64, offsets));
    }
    let shape = own_attributes(ty, obj)?.shape();
    let whole = members == 0 && ty.head.shape_offset.get() == SHAPE_OFFSET && shape.is_cacheable();
    whole.then(|| (shape.word(), offsets))
}
