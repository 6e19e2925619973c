//! Type objects: the struct, its definition table ([`TypeDef`]), readiness, MRO lookup with the method cache.
//!
//! Built-in types are statics in the executable; [`init_builtin_types`] gives each its MRO and inherited slots at start, its
//! `__dict__` is filled at the first lookup. Python classes are `TypeObject`s on the heap (`create`).
use crate::call::MethodDef;
use crate::object::{Header, Own, PyResult, Ref, Value};
use core::cell::{Cell, UnsafeCell};
use core::ptr::null;
use pyaot_abi::{IMMORTAL_REFCOUNT, TypeHead, flag, type_flag};

pub mod create;
pub mod dict_fill;
pub mod mro;
pub mod python_buffer;
pub mod shape;
pub mod slot_functions;
pub mod slots;
pub mod update;
pub mod wrappers;

pub use slots::{CompareOp, Slots};

/// A type object. `head` is what compiled code reads.
#[repr(C)]
pub struct TypeObject {
    pub head: TypeHead,
    /// The definition of a built-in type; `None` for Python classes.
    pub def: Option<&'static TypeDef>,
    pub slots: UnsafeCell<Slots>,
    /// `__base__`; null for object.
    pub base: Cell<*const TypeObject>,
    /// `__bases__` and `__mro__`: tuples; null before the type is ready.
    pub bases: Cell<Value>,
    pub mro: Cell<Value>,
    /// `__dict__` (a dict); null before it is filled.
    pub dict: Cell<Value>,
    /// Python classes: `__name__` and `__qualname__` (str), null for built-in types.
    pub name_object: Cell<Value>,
    pub qualname: Cell<Value>,
    /// Root of the shapes of instances, null when instances have none.
    pub root_shape: Cell<*mut shape::Shape>,
    /// Weakly held direct subclasses (addresses), for cache invalidation and `__subclasses__`.
    pub subclasses: UnsafeCell<Vec<*const TypeObject>>,
    /// Attribute caches that name this type, cleared when it changes.
    pub caches: UnsafeCell<Vec<*const pyaot_abi::AttrCache>>,
    /// Those among them that hold a value of the class which is no descriptor: a store of another such value clears them alone.
    pub value_caches: UnsafeCell<Vec<*const pyaot_abi::AttrCache>>,
    /// Places of values that sites of compiled code read: interned name and what [`TypeObject::lookup`] gives, or null.
    pub values: UnsafeCell<Vec<(Own, Box<Cell<Value>>)>>,
    /// Groups of attributes likewise.
    pub groups: UnsafeCell<Vec<*const pyaot_abi::Group>>,
    /// Fields that `__slots__` of this class added.
    pub members: UnsafeCell<Vec<Member>>,
    /// Offset of a plain `__dict__` field (functions, modules, …), 0 = none.
    pub dict_offset: Cell<u32>,
    /// Where inline attribute slots begin (behind shape and extra words), and how many there are.
    pub slots_offset: Cell<u32>,
    pub inline_slots: Cell<u32>,
    /// How instances are made and dropped without looking at the class, where that is simple.
    pub quick: Cell<Quick>,
    /// How many of the members of the class and its bases stand behind the variable part ([`BEHIND_ITEMS`]).
    pub tail_members: Cell<u32>,
    /// The Python function that makes new instances after `object.__new__`, for this version of the type.
    pub constructor: Cell<(u32, Value)>,
    /// Subclasses of tuple: every instance has so many items, so that the getters of a namedtuple's fields need not look at the
    /// length; a class that a shorter instance is made of has 0 from then on.
    pub least_items: Cell<u32>,
    /// Type-specific word: `_abc` data, `__annotate__` state and the like live in the dict; this is for native modules.
    pub state: Cell<Value>,
}

/// Layout of small instances of Python classes whose built-in base is `object`. All in bytes.
#[derive(Clone, Copy)]
pub struct Quick {
    /// 0 when the class is none of these.
    pub size: u16,
    /// Place of shape and extra word; 0 when instances have none.
    pub shape: u16,
    /// Inline attribute slots.
    pub slots: u16,
    /// The members of `__slots__`.
    pub members: (u16, u16),
}

impl Quick {
    pub const NONE: Quick = Quick {
        size: 0,
        shape: 0,
        slots: 0,
        members: (0, 0),
    };

    pub fn of(ty: &TypeObject) -> Quick {
        let (size, shape) = (ty.head.basic_size.get(), ty.head.shape_offset.get());
        let simple = size as usize <= crate::object::alloc::MAX_SMALL
            && shape < size
            && ty.head.item_size.get() == 0
            && ty.tail_members.get() == 0
            && ty.dict_offset.get() == 0
            && ty.has(type_flag::GC);
        let mut offsets: Vec<u32> = Vec::new();
        let mut at = Some(ty);
        while let Some(t) = at.filter(|t| t.is_heap()) {
            // SAFETY: members never change after creation.
            offsets.extend(unsafe { &*t.members.get() }.iter().map(|m| m.offset));
            at = t.base();
        }
        offsets.sort();
        let together = offsets.windows(2).all(|w| w[0] + 8 == w[1]);
        let object = at.is_some_and(|t| core::ptr::eq(t, &crate::types::object::OBJECT_TYPE));
        if !simple || !together || !object {
            return Quick::NONE;
        }
        let slots = match ty.slots_offset.get() {
            0 => shape + 16,
            offset => offset,
        };
        let members = match (offsets.first(), offsets.last()) {
            (Some(first), Some(last)) => (*first as u16, *last as u16 + 8),
            _ => (0, 0),
        };
        Quick {
            size: size as u16,
            shape: shape as u16,
            slots: slots as u16,
            members,
        }
    }
}

/// A field of instances made by `__slots__`.
pub struct Member {
    /// Interned, mangled.
    pub name: Own,
    /// In bytes; with the bit [`BEHIND_ITEMS`] from the end of the variable part.
    pub offset: u32,
}
/// A member of a subclass of str: its field stands behind the text, whose length differs from instance to instance.
pub const BEHIND_ITEMS: u32 = 1 << 31;

/// The field of a member with that offset in an instance of a class that has it.
pub fn member_field(o: Ref<'_>, offset: u32) -> &Cell<Value> {
    let p = o.value().as_ptr::<Header>();
    let offset = match offset & BEHIND_ITEMS {
        0 => offset as usize,
        _ => shape::items_end(o.ty(), p) + (offset & !BEHIND_ITEMS) as usize,
    };
    // SAFETY: the caller passes an instance of the class that made the member.
    unsafe { &*p.cast::<u8>().add(offset).cast::<Cell<Value>>() }
}

// SAFETY: the GIL guards type objects.
unsafe impl Sync for TypeObject {}
// SAFETY: `repr(C)`, begins with a header; every type object has this layout.
unsafe impl crate::object::Object for TypeObject {
    fn type_object() -> &'static TypeObject {
        &crate::types::type_::TYPE_TYPE
    }
}

/// What a built-in type is made of.
pub struct TypeDef {
    /// With its module in front for types outside builtins: `collections.deque`.
    pub name: &'static str,
    /// `None` = object.
    pub base: Option<&'static TypeObject>,
    /// A further base that has the same base as `base`: it stands behind `base` in `__bases__` and `__mro__`.
    pub second_base: Option<&'static TypeObject>,
    pub basic_size: usize,
    pub item_size: usize,
    /// [`type_flag`] bits; IMMUTABLE is added, subclass bits are inherited.
    pub flags: u64,
    pub doc: &'static str,
    pub slots: Slots,
    pub methods: &'static [MethodDef],
    pub getset: &'static [GetSetDef],
    /// Offset of a plain dict field, 0 = none.
    pub dict_offset: usize,
    /// Further attributes of the type's dict (constants), made at the first lookup.
    pub attributes: Option<fn(&TypeObject) -> PyResult<()>>,
}

impl TypeDef {
    pub const NEW: TypeDef = TypeDef {
        name: "",
        base: None,
        second_base: None,
        basic_size: 16,
        item_size: 0,
        flags: 0,
        doc: "",
        slots: Slots::NONE,
        methods: &[],
        getset: &[],
        dict_offset: 0,
        attributes: None,
    };
}

/// A computed attribute. A missing setter makes it read-only; the setter gets `None` for `del`.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: fn(Ref) -> PyResult,
    pub set: Option<fn(Ref, Option<Ref>) -> PyResult<()>>,
    pub doc: &'static str,
    /// The descriptor is a `member_descriptor`, as for a field of CPython's C struct.
    pub member: bool,
}
impl GetSetDef {
    pub const fn doc(self, doc: &'static str) -> GetSetDef {
        GetSetDef { doc, ..self }
    }
}
/// A read-only field (CPython: PyMemberDef).
pub const fn member(name: &'static str, get: fn(Ref) -> PyResult) -> GetSetDef {
    GetSetDef {
        member: true,
        ..getter(name, get)
    }
}

pub const fn getter(name: &'static str, get: fn(Ref) -> PyResult) -> GetSetDef {
    GetSetDef {
        name,
        get,
        set: None,
        doc: "",
        member: false,
    }
}
pub const fn getset(
    name: &'static str,
    get: fn(Ref) -> PyResult,
    set: fn(Ref, Option<Ref>) -> PyResult<()>,
) -> GetSetDef {
    GetSetDef {
        name,
        get,
        set: Some(set),
        doc: "",
        member: false,
    }
}

impl TypeObject {
    /// A built-in type in static memory.
    pub const fn builtin(def: &'static TypeDef) -> TypeObject {
        TypeObject {
            head: TypeHead {
                header: Header {
                    refcount: Cell::new(IMMORTAL_REFCOUNT),
                    flags: Cell::new(flag::IMMORTAL),
                    ty: Cell::new((&raw const crate::types::type_::TYPE_TYPE).cast()),
                },
                flags: Cell::new(def.flags | type_flag::IMMUTABLE),
                version: Cell::new(0),
                basic_size: Cell::new(def.basic_size as u32),
                item_size: Cell::new(def.item_size as u32),
                shape_offset: Cell::new(0),
                vectorcall: Cell::new(None),
            },
            def: Some(def),
            slots: UnsafeCell::new(def.slots),
            base: Cell::new(null()),
            bases: Cell::new(Value::NULL),
            mro: Cell::new(Value::NULL),
            dict: Cell::new(Value::NULL),
            name_object: Cell::new(Value::NULL),
            qualname: Cell::new(Value::NULL),
            root_shape: Cell::new(core::ptr::null_mut()),
            subclasses: UnsafeCell::new(Vec::new()),
            caches: UnsafeCell::new(Vec::new()),
            value_caches: UnsafeCell::new(Vec::new()),
            values: UnsafeCell::new(Vec::new()),
            groups: UnsafeCell::new(Vec::new()),
            members: UnsafeCell::new(Vec::new()),
            dict_offset: Cell::new(def.dict_offset as u32),
            constructor: Cell::new((0, Value::NULL)),
            slots_offset: Cell::new(0),
            least_items: Cell::new(0),
            inline_slots: Cell::new(0),
            tail_members: Cell::new(0),
            quick: Cell::new(Quick::NONE),
            state: Cell::new(Value::NULL),
        }
    }

    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: slots change only through `set_slots`, never while a reference to one is used across it (fn pointers are copied out).
        unsafe { &*self.slots.get() }
    }
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub fn slots_mut(&self) -> &mut Slots {
        // SAFETY: short-lived, under the GIL.
        unsafe { &mut *self.slots.get() }
    }
    #[inline(always)]
    pub fn has(&self, flags: u64) -> bool {
        self.head.flags.get() & flags != 0
    }
    pub fn add_flags(&self, flags: u64) {
        self.head.flags.set(self.head.flags.get() | flags);
    }
    #[inline(always)]
    pub fn r(&self) -> Ref<'_> {
        Ref::from_value(Value::from_ptr(self))
    }
    pub fn own(&self) -> Own {
        self.r().own()
    }
    /// `tp_name`: dotted for built-in types outside builtins, plain `__name__` for Python classes.
    pub fn full_name(&self) -> &str {
        match self.def {
            Some(def) => def.name,
            None => crate::types::str::as_utf8_lossy_static(Ref::from_value(self.name_object.get())),
        }
    }
    /// The last part of the name, as error messages print it (`__name__`).
    pub fn name(&self) -> &str {
        let full = self.full_name();
        match self.def {
            Some(_) => full.rsplit_once('.').map_or(full, |(_, last)| last),
            None => full,
        }
    }
    pub fn base(&self) -> Option<&'static TypeObject> {
        // SAFETY: a base outlives its subclasses (they hold a reference in `bases`).
        unsafe { self.base.get().as_ref() }
    }
    /// The MRO as types, first this type.
    pub fn mro(&self) -> impl Iterator<Item = &'static TypeObject> + use<> {
        let items: &'static [Value] = match Ref::from_nullable(self.mro.get()) {
            // SAFETY: the tuple is alive while the type is; it is replaced only by `__bases__` assignment.
            Some(t) => unsafe { core::mem::transmute::<&[Value], &'static [Value]>(crate::types::tuple::items(t)) },
            None => &[],
        };
        // SAFETY: MRO items are types.
        items.iter().map(|v| unsafe { &*v.as_ptr::<TypeObject>() })
    }
    /// Subclass test along the MRO (CPython: Objects/typeobject.c, PyType_IsSubtype).
    #[inline]
    pub fn is_subtype(&self, other: &TypeObject) -> bool {
        core::ptr::eq(self, other) || self.is_subtype_slow(other)
    }
    #[inline(never)]
    fn is_subtype_slow(&self, other: &TypeObject) -> bool {
        if self.mro.get().is_null() {
            let mut t = Some(self);
            while let Some(ty) = t {
                if core::ptr::eq(ty, other) {
                    return true;
                }
                t = ty.base();
            }
            return core::ptr::eq(other, &crate::types::object::OBJECT_TYPE);
        }
        self.mro().any(|t| core::ptr::eq(t, other))
    }
    /// Living direct subclasses, oldest first.
    pub fn subclass_list(&self) -> Vec<&'static TypeObject> {
        // SAFETY: dead subclasses take themselves off the list.
        unsafe { (*self.subclasses.get()).iter().map(|t| &**t).collect() }
    }
    pub fn is_heap(&self) -> bool {
        self.has(type_flag::HEAP)
    }
    /// The type's own `__dict__` as a dict, filled at the first call for built-in types.
    pub fn dict(&self) -> Ref<'_> {
        if self.dict.get().is_null() {
            dict_fill::fill(self);
        }
        Ref::from_value(self.dict.get())
    }
    /// Attribute of the type or its bases by interned name, no descriptor protocol, borrowed from the defining class's dict
    /// (CPython: _PyType_Lookup).
    #[inline]
    pub fn lookup(&self, name: Ref<'_>) -> Option<Ref<'static>> {
        cache::lookup(self, name)
    }
}

/// Type of a word that is no heap pointer.
pub fn immediate_type(v: Value) -> &'static TypeObject {
    use crate::types::*;
    if v.is_small_int() {
        &int::INT_TYPE
    } else if v.is_small_float() {
        &float::FLOAT_TYPE
    } else if v.is_bool() {
        &bool_::BOOL_TYPE
    } else {
        match v {
            Value::NONE => &none::NONE_TYPE,
            Value::ELLIPSIS => &none::ELLIPSIS_TYPE,
            Value::NOT_IMPLEMENTED => &none::NOT_IMPLEMENTED_TYPE,
            // The null word and UNBOUND never reach here in correct code; naming them keeps debug output alive.
            _ => &none::NONE_TYPE,
        }
    }
}

/// Gives every built-in type its base, MRO and inherited slots. Called once at start, before anything else.
pub fn init_builtin_types() {
    for ty in crate::types::BUILTIN_TYPES {
        ready(ty);
    }
}

/// Readies a built-in type (native modules call it for theirs before use). Idempotent.
pub fn ready(ty: &'static TypeObject) {
    if ty.has(type_flag::READY) {
        return;
    }
    let def = ty.def.expect("only built-in types are readied from a definition");
    let is_object = core::ptr::eq(ty, &crate::types::object::OBJECT_TYPE);
    let base = if is_object {
        None
    } else {
        Some(def.base.unwrap_or(&crate::types::object::OBJECT_TYPE))
    };
    ty.add_flags(type_flag::READY);
    if let Some(base) = base {
        ready(base);
        ty.base.set(base);
        ty.head
            .basic_size
            .set(ty.head.basic_size.get().max(base.head.basic_size.get()));
        if ty.head.item_size.get() == 0 {
            ty.head.item_size.set(base.head.item_size.get());
        }
        const INHERITED: u64 = type_flag::INT
            | type_flag::LIST
            | type_flag::TUPLE
            | type_flag::BYTES
            | type_flag::STR
            | type_flag::DICT
            | type_flag::BASE_EXC
            | type_flag::TYPE
            | type_flag::FLOAT
            | type_flag::BYTEARRAY
            | type_flag::SET
            | type_flag::FROZENSET
            | type_flag::COMPLEX
            | type_flag::GC
            | type_flag::SEQUENCE
            | type_flag::MAPPING
            | type_flag::MATCH_SELF
            | type_flag::WEAKREFABLE;
        ty.add_flags(base.head.flags.get() & INHERITED);
        if ty.dict_offset.get() == 0 {
            ty.dict_offset.set(base.dict_offset.get());
        }
        if ty.head.shape_offset.get() == 0 {
            ty.head.shape_offset.set(base.head.shape_offset.get());
        }
        slots::inherit(ty, base);
        // A type that says nothing about construction cannot be made by calling it (CPython: type_ready_set_new).
        if def.slots.new.is_none() && base.base().is_none() {
            ty.slots_mut().new = None;
            ty.add_flags(type_flag::DISALLOW_INSTANTIATION);
        }
        if ty.has(type_flag::DISALLOW_INSTANTIATION) {
            ty.slots_mut().new = None;
        }
        if let Some(entry) = base.head.vectorcall.get() {
            if ty.head.vectorcall.get().is_none() && def.slots.call.is_none() {
                ty.head.vectorcall.set(Some(entry));
            }
        }
        // SAFETY: under the GIL; the list holds statics and types that take themselves off it.
        unsafe {
            (*base.subclasses.get()).push(ty);
            if let Some(second) = def.second_base {
                (*second.subclasses.get()).push(ty);
            }
        }
    }
    let mut mro = vec![ty.own()];
    let mut b = base;
    while let Some(t) = b {
        mro.push(t.own());
        if mro.len() == 2
            && let Some(second) = def.second_base
        {
            ready(second);
            mro.push(second.own());
        }
        b = t.base();
    }
    let bases = base.into_iter().chain(def.second_base).map(|b| b.own()).collect();
    ty.bases.set(crate::types::tuple::from_vec(bases).into_value());
    ty.mro.set(crate::types::tuple::from_vec(mro).into_value());
    if ty.head.vectorcall.get().is_none() && ty.slots().call.is_some() {
        ty.head.vectorcall.set(Some(crate::call::slot_call_vectorcall));
    }
    if ty.head.vectorcall.get().is_some() && ty.slots().call.is_none() {
        ty.slots_mut().call = Some(crate::call::call_through_vectorcall);
    }
}

/// Method cache: (type, interned name) -> attribute found along the MRO.
pub mod cache {
    use super::*;

    const SIZE: usize = 4096;
    #[derive(Clone, Copy)]
    struct Entry {
        ty: *const TypeObject,
        version: u32,
        name: Value,
        result: Value,
    }
    struct Table(UnsafeCell<[Entry; SIZE]>);
    // SAFETY: the GIL guards the table.
    unsafe impl Sync for Table {}
    static TABLE: Table = Table(UnsafeCell::new(
        [Entry {
            ty: null(),
            version: 0,
            name: Value::NULL,
            result: Value::NULL,
        }; SIZE],
    ));
    struct Next(Cell<u32>);
    // SAFETY: the GIL guards the counter.
    unsafe impl Sync for Next {}
    static NEXT_VERSION: Next = Next(Cell::new(1));
    /// Changes with every change of any class, and when one ends.
    static EPOCH: Next = Next(Cell::new(1));

    #[inline(always)]
    pub fn epoch() -> u32 {
        EPOCH.0.get()
    }
    pub fn new_epoch() {
        EPOCH.0.set(EPOCH.0.get().wrapping_add(1));
        VALUE_EPOCH.0.set(VALUE_EPOCH.0.get().wrapping_add(1));
    }
    /// Changes, besides, with every store of a value to a class.
    static VALUE_EPOCH: Next = Next(Cell::new(1));
    #[inline(always)]
    pub fn value_epoch() -> u32 {
        VALUE_EPOCH.0.get()
    }

    /// See [`TypeObject::lookup`]. Names that are not interned are looked up without the cache.
    pub fn lookup(ty: &TypeObject, name: Ref<'_>) -> Option<Ref<'static>> {
        if !crate::types::str::is_interned(name) {
            return find(ty, name);
        }
        let version = ty.head.version.get();
        let h = slot_of(ty, name);
        // SAFETY: no reference to an entry lives across `find`.
        let entry = unsafe { &mut (*TABLE.0.get())[h] };
        if core::ptr::eq(entry.ty, ty) && entry.name == name.value() && version != 0 && entry.version == version {
            return Ref::from_nullable(entry.result);
        }
        let found = find(ty, name);
        let version = match ty.head.version.get() {
            0 => {
                let v = NEXT_VERSION.0.get();
                NEXT_VERSION.0.set(v + 1);
                ty.head.version.set(v);
                v
            }
            v => v,
        };
        // SAFETY: as above. Interned names are kept alive by the intern table as long as a type's dict holds them; a stale
        // entry needs the same address and the same version, and versions are never reused.
        unsafe {
            (*TABLE.0.get())[h] = Entry {
                ty,
                version,
                name: name.value(),
                result: found.map_or(Value::NULL, Ref::value),
            };
        }
        found
    }

    fn find(ty: &TypeObject, name: Ref<'_>) -> Option<Ref<'static>> {
        if ty.mro.get().is_null() {
            return None;
        }
        ty.mro()
            .find_map(|t| crate::types::dict::get_str_static(t.dict(), name))
    }

    fn clear_caches(caches: &mut Vec<*const pyaot_abi::AttrCache>) {
        for c in caches.drain(..) {
            // SAFETY: caches are static data of compiled modules.
            let c = unsafe { &*c };
            c.shape.set(0);
            c.ty.set(null());
            c.offset.set(0);
            c.value.set(Value::NULL);
        }
    }

    fn slot_of(ty: &TypeObject, name: Ref<'_>) -> usize {
        let h = (ty as *const TypeObject as usize >> 5) ^ (name.value().0 as usize >> 4).wrapping_mul(0x9E37_79B9);
        h % SIZE
    }

    /// The place of a value that `ty` has by `name` (interned) and that is no descriptor.
    pub fn value_place<'a>(ty: &'a TypeObject, name: Ref<'_>) -> &'a Cell<Value> {
        // SAFETY: under the GIL; the boxes stay where they are while the type lives.
        let values = unsafe { &mut *ty.values.get() };
        let i = values.iter().position(|(n, _)| n.r().is(name)).unwrap_or_else(|| {
            values.push((name.own(), Box::new(Cell::new(Value::NULL))));
            values.len() - 1
        });
        let place = &values[i].1;
        place.set(lookup(ty, name).map_or(Value::NULL, Ref::value));
        place
    }

    /// The dict of `ty` has got another value for `name` (interned), where neither the old nor the new one is a descriptor: what is
    /// known of the class otherwise stays true.
    pub fn value_changed(ty: &TypeObject, name: Ref<'_>) {
        VALUE_EPOCH.0.set(VALUE_EPOCH.0.get().wrapping_add(1));
        forget_value(ty, name);
    }

    fn forget_value(ty: &TypeObject, name: Ref<'_>) {
        // SAFETY: no reference to an entry lives on.
        let entry = unsafe { &mut (*TABLE.0.get())[slot_of(ty, name)] };
        if core::ptr::eq(entry.ty, ty) && entry.name == name.value() {
            entry.ty = null();
        }
        // SAFETY: under the GIL.
        clear_caches(unsafe { &mut *ty.value_caches.get() });
        // SAFETY: likewise.
        let known = unsafe { &*ty.values.get() }.iter().find(|(n, _)| n.r().is(name));
        if let Some((_, place)) = known {
            place.set(find(ty, name).map_or(Value::NULL, Ref::value));
        }
        // SAFETY: dead subclasses take themselves off the list.
        for &sub in unsafe { &*ty.subclasses.get() } {
            forget_value(unsafe { &*sub }, name);
        }
    }

    /// The type changed: new version, caches of it and of its subclasses cleared (CPython: PyType_Modified).
    pub fn modified(ty: &TypeObject) {
        new_epoch();
        ty.head.version.set(0);
        // SAFETY: under the GIL, as for all lists of the type.
        clear_caches(unsafe { &mut *ty.caches.get() });
        // SAFETY: likewise.
        clear_caches(unsafe { &mut *ty.value_caches.get() });
        // SAFETY: likewise; the sites that know the places are told by their groups.
        for (_, place) in unsafe { &*ty.values.get() } {
            place.set(Value::NULL);
        }
        // SAFETY: as above.
        for group in unsafe { std::mem::take(&mut *ty.groups.get()) } {
            crate::entry::attribute_groups::clear(unsafe { &*group });
        }
        // SAFETY: dead subclasses take themselves off the list.
        for &sub in unsafe { &*ty.subclasses.get() } {
            modified(unsafe { &*sub });
        }
    }
}
