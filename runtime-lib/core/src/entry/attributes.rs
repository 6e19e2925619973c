//! Attribute sites of compiled code: what the inlined cache test leaves over, and filling the caches.
//!
//! An entry says: objects with this shape word (or of this type) have the attribute at that offset, or get it from their class as
//! that value. It is put on the class's list and cleared when the class or a base changes; a site is refilled at most
//! [`MAX_REFILLS`] times.
use crate::object::{Own, PyResult, Raised, Ref, Value, decref, incref, to_abi, to_abi_status};
use crate::object_protocol as protocol;
use crate::typeobj::slot_functions::lookup_method;
use crate::typeobj::{TypeObject, cache as type_cache, shape};
use crate::types::{self, descr, str as str_};
use crate::{call, exc, istr};
use pyaot_abi::{AttrCache, SHAPE_TAG, TypeHead, type_flag};

const MAX_REFILLS: u32 = 64;
/// Where the shape of plain instances stands; only there a cache can test it.
pub(super) const SHAPE_OFFSET: u32 = 16;

fn cache_of<'a>(p: *mut u8) -> &'a AttrCache {
    // SAFETY: the compiler passes the site's entry, static data.
    unsafe { &*p.cast::<AttrCache>() }
}

/// What an entry is for.
#[derive(Clone, Copy)]
enum Key {
    Shape(u64),
    Type,
}

/// What a site does with the attribute; part of the key of [`SHARED`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Load = 0,
    Method = 1,
    Store = 2,
}

/// The content of a site's entry by shape (or type) and name, for sites that meet several: they find here what their own entry
/// has lost. An entry holds while no class changes.
#[derive(Clone, Copy)]
struct Shared {
    key: u64,
    /// The interned name plus the [`Use`].
    name: u64,
    epoch: u32,
    offset: u32,
    value: Value,
    next_shape: u64,
}
impl Shared {
    /// A value of the class, which a store to the class replaces.
    #[inline(always)]
    fn is_value(&self) -> bool {
        self.offset == 0 && self.name & 7 == Use::Load as u64
    }
    #[inline(always)]
    fn current_epoch(&self) -> u32 {
        if self.is_value() {
            type_cache::value_epoch()
        } else {
            type_cache::epoch()
        }
    }
}
const SHARED_SIZE: usize = 1024;
struct SharedTable(core::cell::UnsafeCell<[Shared; SHARED_SIZE]>);
// SAFETY: the GIL guards the table.
unsafe impl Sync for SharedTable {}
static SHARED: SharedTable = SharedTable(core::cell::UnsafeCell::new(
    [Shared {
        key: 0,
        name: 0,
        epoch: 0,
        offset: 0,
        value: Value::NULL,
        next_shape: 0,
    }; SHARED_SIZE],
));

#[inline(always)]
fn shared_place(key: u64, name: u64) -> usize {
    ((key >> 4) ^ (name >> 3)).wrapping_mul(0x9E37_79B9_7F4A_7C15) as usize >> 54
}

/// The entry for `obj`, by its shape, else by its type.
#[inline(always)]
fn shared(obj: Ref, name: Ref, purpose: Use) -> Option<Shared> {
    let h = obj.header()?;
    let name = name.value().0 + purpose as u64;
    let find = |key: u64| {
        // SAFETY: entries are copied out; nothing else runs meanwhile.
        let e = unsafe { (*SHARED.0.get())[shared_place(key, name)] };
        (e.key == key && e.name == name && e.epoch == e.current_epoch()).then_some(e)
    };
    // SAFETY: every heap object has 24 readable bytes. Only shape words have the tag and the bits of an address.
    let word = unsafe { *obj.value().as_ptr::<u64>().add(2) };
    if word >= SHAPE_TAG
        && let Some(e) = find(word)
    {
        return Some(e);
    }
    find(h.ty.get() as u64)
}

fn fill(
    cache: &AttrCache,
    ty: &'static TypeObject,
    (name, purpose): (Ref, Use),
    key: Key,
    offset: u32,
    value: Value,
    next_shape: Option<u64>,
) {
    let shared_key = match key {
        Key::Shape(w) => w,
        Key::Type => ty as *const TypeObject as u64,
    };
    let mut entry = Shared {
        key: shared_key,
        name: name.value().0 + purpose as u64,
        epoch: 0,
        offset,
        value,
        next_shape: next_shape.unwrap_or(shared_key),
    };
    entry.epoch = entry.current_epoch();
    // SAFETY: one assignment.
    unsafe { (*SHARED.0.get())[shared_place(entry.key, entry.name)] = entry };
    adopt(cache, ty, entry);
}

/// Makes `entry` the site's own, unless the site has changed too often.
fn adopt(cache: &AttrCache, ty: &TypeObject, entry: Shared) {
    let n = cache.refills.get();
    if n >= MAX_REFILLS {
        return;
    }
    cache.refills.set(n + 1);
    let (word, type_word) = if entry.key >= SHAPE_TAG {
        (entry.key, core::ptr::null())
    } else {
        (SHAPE_TAG, entry.key as *const TypeHead)
    };
    cache.shape.set(word);
    cache.ty.set(type_word);
    cache.offset.set(entry.offset);
    cache.value.set(entry.value);
    cache.next_shape.set(if entry.next_shape == entry.key {
        word
    } else {
        entry.next_shape
    });
    if !ty.has(type_flag::IMMUTABLE) {
        // The lists are walked by `type_cache` only, under the GIL.
        let list = if entry.is_value() {
            ty.value_caches.get()
        } else {
            ty.caches.get()
        };
        // SAFETY: nobody else looks at the list meanwhile.
        unsafe { (*list).push(cache) };
    }
    // A class whose instance is the value may become one of descriptors.
    if entry.is_value()
        && let Some(kind) = Ref::from_nullable(entry.value).map(Ref::ty)
        && !kind.has(type_flag::IMMUTABLE)
    {
        // SAFETY: as above.
        unsafe { (*kind.value_caches.get()).push(cache) };
    }
}

/// Whether the entry is for `obj`.
#[inline]
fn hit(obj: Ref, cache: &AttrCache) -> bool {
    let Some(h) = obj.header() else { return false };
    // SAFETY: every heap object has 24 readable bytes.
    let word = unsafe { *obj.value().as_ptr::<u64>().add(2) };
    (cache.shape.get() == word && word >= SHAPE_TAG) || core::ptr::eq(h.ty.get(), cache.ty.get())
}

/// The state of an instance's own attributes, for cache keys.
pub(super) fn own_attributes(ty: &TypeObject, obj: Ref) -> Option<shape::Attributes> {
    if obj.value().is_heap() {
        shape::attributes(ty, obj.value().as_ptr())
    } else {
        None
    }
}

/// What an exact module's dict holds under a name that is none of the type's descriptors.
#[inline(always)]
fn module_name<'a>(obj: Ref<'a>, name: Ref, cache: &AttrCache) -> Option<Ref<'a>> {
    if !obj.is_exact::<types::module::ModuleObject>() {
        return None;
    }
    let dict = types::module::dict(obj);
    // An entry that is for nothing keeps where the name was found last.
    let at = cache.next_shape.get();
    if cache.shape.get() == 0 && at != 0 {
        if let Some(v) = types::dict::value_if_at(dict, name, at as u32 - 1) {
            return Some(v);
        }
    }
    if str_::bytes(str_::cast(name)).starts_with(b"__") {
        return None;
    }
    let at = types::dict::position(dict, name);
    if cache.shape.get() == 0 && (0..1 << 30).contains(&at) {
        cache.next_shape.set(at as u64 + 1);
    }
    types::dict::get_str_static(dict, name)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_attr_slow(obj: Value, name: Value, cache: *mut u8) -> Value {
    let (obj, name, cache) = (Ref::from_value(obj), Ref::from_value(name), cache_of(cache));
    if obj.value().is_heap() && core::ptr::eq(obj.ty(), &types::type_::TYPE_TYPE) {
        return to_abi(protocol::get_attr(obj, name));
    }
    if !cache.value.get().is_null() && hit(obj, cache) {
        return of_class(obj, cache.value.get());
    }
    if let Some(v) = module_name(obj, name, cache) {
        return v.own().into_value();
    }
    if let Some(e) = shared(obj, name, Use::Load) {
        if e.offset == 0 {
            adopt(cache, obj.ty(), e);
            return of_class(obj, e.value);
        }
        let v = slot(obj, e.offset).get();
        if !v.is_null() {
            adopt(cache, obj.ty(), e);
            incref(v);
            return v;
        }
    }
    to_abi(load_attr(obj, name, cache))
}

/// What a value of the class, or a data descriptor of it, gives for the object.
#[inline]
fn of_class(obj: Ref, v: Value) -> Value {
    let v = Ref::from_value(v).own();
    match v.r().ty().slots().descr_get {
        Some(get) => to_abi(get(v.r(), Some(obj), Some(obj.ty().r()))),
        None => v.into_value(),
    }
}

/// The slot at a byte offset, of which an entry says that objects like `obj` have it.
#[inline(always)]
fn slot<'a>(obj: Ref<'a>, offset: u32) -> &'a core::cell::Cell<Value> {
    // SAFETY: the entry's key fits the object, so its layout has a value there.
    unsafe { &*obj.value().as_ptr::<u8>().add(offset as usize).cast() }
}

fn load_attr(obj: Ref, name: Ref, cache: &AttrCache) -> PyResult {
    let ty = obj.ty();
    if !protocol::is_generic_get(ty.slots()) {
        return protocol::get_attr(obj, name);
    }
    let d = ty.lookup(name).map(Ref::own);
    let mut get = None;
    if let Some(d) = &d {
        let s = d.r().ty().slots();
        get = s.descr_get;
        if let Some(get) = get
            && s.descr_set.is_some()
        {
            if let Some(offset) = descr::load_offset(d.r(), ty) {
                fill(cache, ty, (name, Use::Load), Key::Type, offset, Value::NULL, None);
            } else if d.r().ty().has(type_flag::IMMUTABLE) && obj.value().is_heap() {
                // Whatever the object has itself: it is asked each time.
                fill(cache, ty, (name, Use::Load), Key::Type, 0, d.r().value(), None);
            }
            return get(d.r(), Some(obj), Some(ty.r()));
        }
    }
    if let Some(a) = own_attributes(ty, obj) {
        let s = a.shape();
        let cacheable = ty.head.shape_offset.get() == SHAPE_OFFSET && s.is_cacheable();
        if let Some(i) = s.find(name) {
            if let Some(offset) = a.inline_offset(obj.value().as_ptr(), i) {
                if cacheable {
                    fill(
                        cache,
                        ty,
                        (name, Use::Load),
                        Key::Shape(s.word()),
                        offset,
                        Value::NULL,
                        None,
                    );
                }
            }
            return Ok(a.get(name).expect("in the shape").own());
        }
        if a.dict().is_some() {
            if let Some(v) = a.lookup(name)? {
                return Ok(v);
            }
        } else if cacheable && get.is_none() {
            if let Some(d) = &d {
                fill(cache, ty, (name, Use::Load), Key::Shape(s.word()), 0, d.value(), None);
            }
        }
    } else if ty.dict_offset.get() != 0 {
        if let Some(v) = protocol::instance_attr(ty, obj, name)? {
            return Ok(v);
        }
    } else if get.is_none() && obj.value().is_heap() {
        if let Some(d) = &d {
            fill(cache, ty, (name, Use::Load), Key::Type, 0, d.value(), None);
        }
    }
    match (d, get) {
        (Some(d), Some(get)) => get(d.r(), Some(obj), Some(ty.r())),
        (Some(d), None) => Ok(d),
        (None, _) => missing(obj, name),
    }
}
/// Modules have a `__getattr__` of their own kind; everything else has no such attribute.
fn missing(obj: Ref, name: Ref) -> PyResult {
    protocol::no_attribute(obj, name)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_method_slow(obj: Value, name: Value, cache: *mut u8, self_out: *mut u8) -> Value {
    let obj = Own::from_value(obj);
    if let Some(v) = module_name(obj.r(), Ref::from_value(name), cache_of(cache)).map(Ref::own) {
        return method_out(Ok((v, false)), obj, self_out);
    }
    if let Some(e) = shared(obj.r(), Ref::from_value(name), Use::Method) {
        adopt(cache_of(cache), obj.r().ty(), e);
        incref(e.value);
        return method_out(Ok((Own::from_value(e.value), true)), obj, self_out);
    }
    let found = load_method(obj.r(), Ref::from_value(name), cache_of(cache));
    method_out(found, obj, self_out)
}

/// The attribute, and whether it is a function to be called with the object first (CPython: _PyObject_GetMethod).
fn load_method(obj: Ref, name: Ref, cache: &AttrCache) -> PyResult<(Own, bool)> {
    let ty = obj.ty();
    if !protocol::is_generic_get(ty.slots()) {
        return protocol::get_attr(obj, name).map(|v| (v, false));
    }
    let d = ty.lookup(name).map(Ref::own);
    let (mut get, mut unbound) = (None, false);
    if let Some(d) = &d {
        let dt = d.r().ty();
        unbound = dt.has(type_flag::METHOD_DESCRIPTOR);
        if !unbound {
            get = dt.slots().descr_get;
            if let Some(get) = get
                && dt.slots().descr_set.is_some()
            {
                return get(d.r(), Some(obj), Some(ty.r())).map(|v| (v, false));
            }
        }
    }
    let mut key = None;
    if let Some(a) = own_attributes(ty, obj) {
        if let Some(v) = a.lookup(name)? {
            return Ok((v, false));
        }
        let s = a.shape();
        if ty.head.shape_offset.get() == SHAPE_OFFSET && s.is_cacheable() {
            key = Some(Key::Shape(s.word()));
        }
    } else if ty.dict_offset.get() != 0 {
        if let Some(v) = protocol::instance_attr(ty, obj, name)? {
            return Ok((v, false));
        }
    } else if obj.value().is_heap() {
        key = Some(Key::Type);
    }
    match (d, get) {
        (Some(d), _) if unbound => {
            if let Some(key) = key {
                fill(cache, ty, (name, Use::Method), key, 0, d.value(), None);
            }
            Ok((d, true))
        }
        (Some(d), Some(get)) => get(d.r(), Some(obj), Some(ty.r())).map(|v| (v, false)),
        (Some(d), None) => Ok((d, false)),
        (None, _) => missing(obj, name).map(|v| (v, false)),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_attr_slow(obj: Value, name: Value, v: Value, cache: *mut u8) -> i32 {
    let target = Ref::from_value(obj);
    if obj.is_heap() && core::ptr::eq(target.ty(), &types::type_::TYPE_TYPE) {
        let v = Own::from_value(v);
        return to_abi_status(protocol::set_attr(target, Ref::from_value(name), Some(v.r())));
    }
    if let Some(e) = shared(Ref::from_value(obj), Ref::from_value(name), Use::Store) {
        adopt(cache_of(cache), Ref::from_value(obj).ty(), e);
        let old = slot(Ref::from_value(obj), e.offset).replace(v);
        if e.next_shape != e.key {
            // The store adds the attribute: the slot held nothing. The word at offset 16 is the shape.
            slot(Ref::from_value(obj), SHAPE_OFFSET).set(Value(e.next_shape));
        } else if !old.is_null() {
            decref(old);
        }
        return 0;
    }
    to_abi_status(store_attr(
        Ref::from_value(obj),
        Ref::from_value(name),
        Own::from_value(v),
        cache_of(cache),
    ))
}
fn store_attr(obj: Ref, name: Ref, v: Own, cache: &AttrCache) -> PyResult<()> {
    let ty = obj.ty();
    if !protocol::is_generic_set(ty.slots()) {
        return protocol::set_attr(obj, name, Some(v.r()));
    }
    if let Some(d) = ty.lookup(name).map(Ref::own) {
        if let Some(set) = d.r().ty().slots().descr_set {
            if let Some((offset, owner)) = descr::member_offset(d.r()) {
                if ty.is_subtype(owner) {
                    fill(cache, ty, (name, Use::Store), Key::Type, offset, Value::NULL, None);
                }
            }
            return set(d.r(), obj, Some(v.r()));
        }
    }
    let Some(a) = own_attributes(ty, obj) else {
        return protocol::generic_set_attr(obj, name, Some(v.r()));
    };
    let before = a.shape();
    a.set(name, v)?;
    let after = a.shape();
    if ty.head.shape_offset.get() == SHAPE_OFFSET && before.is_cacheable() && after.is_cacheable() {
        if let Some(offset) = after.find(name).and_then(|i| a.inline_offset(obj.value().as_ptr(), i)) {
            fill(
                cache,
                ty,
                (name, Use::Store),
                Key::Shape(before.word()),
                offset,
                Value::NULL,
                Some(after.word()),
            );
        }
    }
    Ok(())
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_delete_attr(obj: Value, name: Value) -> i32 {
    to_abi_status(protocol::set_attr(Ref::from_value(obj), Ref::from_value(name), None))
}

// ---- super ----

/// The class and the object's class for the real `super`; `None` when the global is something else.
fn super_class(global: Ref, cls: Ref, obj: Ref, name: Ref) -> PyResult<Option<Own>> {
    if !global.is(types::super_::SUPER_TYPE.r()) || name.is(istr!("__class__")) {
        return Ok(None);
    }
    let Some(ty) = cls.downcast::<TypeObject>() else {
        return exc::type_error(format_args!(
            "super() argument 1 must be a type, not {}",
            types::type_::none_or_name(cls)
        ));
    };
    types::super_::check(ty, obj).map(Some)
}
/// Through a super object, or whatever the global makes of it.
fn super_object_attr(global: Ref, cls: Ref, obj: Ref, name: Ref, two_args: bool) -> PyResult {
    let s = if two_args || global.is(types::super_::SUPER_TYPE.r()) {
        call::call2(global, cls, obj)?
    } else {
        call::call0(global)?
    };
    protocol::get_attr(s.r(), name)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_super_attr(global: Value, cls: Value, obj: Value, name: Value, two_args: i32) -> Value {
    let r = Ref::from_value;
    let (global, cls, obj, name) = (r(global), r(cls), r(obj), r(name));
    to_abi(super_class(global, cls, obj, name).and_then(|object_class| {
        if let Some(c) = object_class {
            if let Some(v) = types::super_::find(types::type_::cast(cls), obj, types::type_::cast(c.r()), name)? {
                return Ok(v);
            }
        }
        super_object_attr(global, cls, obj, name, two_args != 0)
    }))
}

/// A method that `super` has found. The entry holds while no class changes, so a class has the method.
struct SuperEntry {
    class: Value,
    object_class: *const TypeObject,
    name: Value,
    epoch: u32,
    method: Value,
    /// It is `BaseException.__init__`, and the object is an exception.
    is_exception_init: bool,
}
const SUPER_ENTRIES: usize = 256;
struct SuperTable(core::cell::UnsafeCell<[SuperEntry; SUPER_ENTRIES]>);
// SAFETY: the GIL guards the table.
unsafe impl Sync for SuperTable {}
static SUPER_TABLE: SuperTable = SuperTable(core::cell::UnsafeCell::new(
    [const {
        SuperEntry {
            class: Value::NULL,
            object_class: core::ptr::null(),
            name: Value::NULL,
            epoch: 0,
            method: Value::NULL,
            is_exception_init: false,
        }
    }; SUPER_ENTRIES],
));

#[inline(always)]
fn super_entry(cls: Value, obj: Value, name: Value) -> *mut SuperEntry {
    let ty = Ref::from_value(obj).ty() as *const TypeObject as u64;
    let mixed = (cls.0 >> 4) ^ (ty >> 6) ^ (name.0 >> 5).wrapping_mul(0x9E37_79B1);
    // SAFETY: inside the table.
    unsafe { (*SUPER_TABLE.0.get()).as_mut_ptr().add(mixed as usize % SUPER_ENTRIES) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_super_method(
    global: Value,
    cls: Value,
    obj: Value,
    name: Value,
    two_args: i32,
    self_out: *mut u8,
) -> Value {
    let entry = super_entry(cls, obj, name);
    // SAFETY: the GIL guards the table; an object of the ABI is no null word.
    let (known, this) = unsafe { (&*entry, Ref::from_value(obj)) };
    if known.class == cls
        && known.name == name
        && known.epoch == type_cache::epoch()
        && global == types::super_::SUPER_TYPE.r().value()
        && core::ptr::eq(known.object_class, this.ty())
    {
        // SAFETY: the compiler passes a place for one value.
        unsafe { self_out.cast::<Value>().write(obj) };
        incref(known.method);
        return known.method;
    }
    let obj = Own::from_value(obj);
    let r = Ref::from_value;
    let (global, cls, name) = (r(global), r(cls), r(name));
    let found = super_class(global, cls, obj.r(), name).and_then(|object_class| {
        if let Some(c) = object_class {
            let object_class = types::type_::cast(c.r());
            if let Some(v) = types::super_::lookup(types::type_::cast(cls), object_class, name)? {
                let is_class = obj.r().is(c.r());
                if v.r().ty().has(type_flag::METHOD_DESCRIPTOR) && !is_class {
                    if core::ptr::eq(object_class, obj.r().ty()) && !object_class.has(type_flag::TYPE) {
                        // SAFETY: the GIL guards the table.
                        unsafe {
                            *entry = SuperEntry {
                                class: cls.value(),
                                object_class,
                                name: name.value(),
                                epoch: type_cache::epoch(),
                                method: v.value(),
                                is_exception_init: object_class.has(type_flag::BASE_EXC)
                                    && types::descr::is_exception_init(v.r()),
                            };
                        }
                    }
                    return Ok((v, true));
                }
                return match v.r().ty().slots().descr_get {
                    Some(get) => get(v.r(), (!is_class).then_some(obj.r()), Some(c.r())).map(|v| (v, false)),
                    None => Ok((v, false)),
                };
            }
        }
        super_object_attr(global, cls, obj.r(), name, two_args != 0).map(|v| (v, false))
    });
    method_out(found, obj, self_out)
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_super_init_is_plain(global: Value, cls: Value, obj: Value) -> i32 {
    let name = istr!("__init__").value();
    if global != types::super_::SUPER_TYPE.r().value() || !obj.is_heap_nonnull() {
        return 0;
    }
    // SAFETY: a live object; the GIL guards the table.
    let (ty, known) = unsafe {
        (
            (*obj.as_ptr::<pyaot_abi::Header>()).ty.get(),
            &*super_entry(cls, obj, name),
        )
    };
    let hit = known.class == cls
        && core::ptr::eq(known.object_class, ty.cast())
        && known.name == name
        && known.epoch == type_cache::epoch();
    i32::from(hit && known.is_exception_init)
}

/// Gives the callable back and puts `self` or the null word in its place.
fn method_out(found: PyResult<(Own, bool)>, obj: Own, self_out: *mut u8) -> Value {
    let (f, this) = match found {
        Ok((f, true)) => (f.into_value(), obj.into_value()),
        Ok((f, false)) => (f.into_value(), Value::NULL),
        Err(Raised) => (Value::NULL, Value::NULL),
    };
    // SAFETY: the compiler passes a place for one value.
    unsafe { self_out.cast::<Value>().write(this) };
    f
}

// ---- special methods of with statements ----

fn special_name(which: i32) -> Ref<'static> {
    match which {
        0 => istr!("__enter__"),
        1 => istr!("__exit__"),
        2 => istr!("__aenter__"),
        _ => istr!("__aexit__"),
    }
}

/// A special method of a class that goes with the object. The entry holds while no class changes, so the class has the method.
#[derive(Clone, Copy)]
struct SpecialEntry {
    ty: *const TypeObject,
    epoch: u32,
    method: Value,
}
const SPECIAL_ENTRIES: usize = 64;
struct SpecialTable(core::cell::UnsafeCell<[[SpecialEntry; 4]; SPECIAL_ENTRIES]>);
// SAFETY: the GIL guards the table.
unsafe impl Sync for SpecialTable {}
static SPECIAL_TABLE: SpecialTable = SpecialTable(core::cell::UnsafeCell::new(
    [[SpecialEntry {
        ty: core::ptr::null(),
        epoch: 0,
        method: Value::NULL,
    }; 4]; SPECIAL_ENTRIES],
));

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_special(obj: Value, which: i32, self_out: *mut u8) -> Value {
    if obj.is_heap_nonnull() {
        // SAFETY: a live object; the GIL guards the table.
        let (ty, entry) = unsafe {
            let ty = (*obj.as_ptr::<pyaot_abi::Header>()).ty.get();
            (ty, &*special_entry(ty.cast(), which))
        };
        if core::ptr::eq(entry.ty, ty.cast()) && entry.epoch == type_cache::epoch() {
            let method = entry.method;
            // SAFETY: the compiler passes a place for one value.
            unsafe { self_out.cast::<Value>().write(obj) };
            incref(method);
            return method;
        }
    }
    find_special(obj, which, self_out)
}

#[inline(always)]
fn special_entry(ty: *const TypeObject, which: i32) -> *mut SpecialEntry {
    let mixed = (ty as usize >> 6) ^ (ty as usize >> 12);
    // SAFETY: inside the table.
    unsafe {
        let row = (*SPECIAL_TABLE.0.get()).as_mut_ptr().add(mixed % SPECIAL_ENTRIES);
        row.cast::<SpecialEntry>().add(which as usize & 3)
    }
}

#[cold]
#[inline(never)]
fn find_special(obj: Value, which: i32, self_out: *mut u8) -> Value {
    let obj = Own::from_value(obj);
    let found = match lookup_method(obj.r(), special_name(which)) {
        Ok(Some((method, true))) => {
            let ty = obj.r().ty();
            // SAFETY: the GIL guards the table.
            unsafe {
                *special_entry(ty, which) = SpecialEntry {
                    ty,
                    epoch: type_cache::epoch(),
                    method: method.value(),
                };
            }
            Ok((method, true))
        }
        Ok(Some(found)) => Ok(found),
        Ok(None) => no_context_manager(obj.r(), which),
        Err(e) => Err(e),
    };
    method_out(found, obj, self_out)
}

/// CPython: Python/ceval.c, _PyEval_SpecialMethods and _PyEval_SpecialMethodCanSuggest.
#[cold]
fn no_context_manager<R>(obj: Ref, which: i32) -> PyResult<R> {
    let name = obj.ty().name();
    let missed = str_::to_string_lossy(special_name(which));
    let has = |a: i32, b: i32| obj.ty().lookup(special_name(a)).is_some() && obj.ty().lookup(special_name(b)).is_some();
    let (kind, hint) = if which < 2 {
        let hint = if has(2, 3) {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        } else {
            ""
        };
        ("context manager protocol", hint)
    } else {
        let hint = if has(0, 1) {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        } else {
            ""
        };
        ("asynchronous context manager protocol", hint)
    };
    exc::type_error(format_args!(
        "'{name}' object does not support the {kind} (missed {missed} method){hint}"
    ))
}
