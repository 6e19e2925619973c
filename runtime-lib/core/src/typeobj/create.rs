//! Making classes: `type(name, bases, dict, **keywords)` (CPython: Objects/typeobject.c, type_new).
//!
//! A class without built-in base has its instances laid out as shape, extra word, inline attribute slots (at least 4, at most 16;
//! as many as the class body's methods assign, plus two), then the members of `__slots__`. A class on a built-in base has all that
//! behind the base's fields; on str, the members stand behind the text, and shape, extra word and inline slots behind them.
use super::{BEHIND_ITEMS, Member, Quick, Slots, TypeObject, cache, member_field, mro, shape, slots, update};
use crate::call::{self, Args};
use crate::object::{Header, Own, PyResult, Raised, Ref, Value, alloc, decref, field};
use crate::types::{self, descr, str as str_, tuple};
use crate::{exc, istr, object_protocol as protocol};
use core::cell::{Cell, UnsafeCell};
use core::ptr::null;
use pyaot_abi::{TypeHead, type_flag};

const MIN_INLINE: u32 = 4;
const MAX_INLINE: u32 = 16;

/// The most derived base that decides the layout (CPython: solid_base).
pub fn solid_base(ty: &TypeObject) -> &TypeObject {
    let mut t = ty;
    loop {
        let Some(base) = t.base() else { return t };
        let adds = if t.is_heap() {
            // SAFETY: members never change after creation.
            !unsafe { &*t.members.get() }.is_empty()
        } else {
            let size = |t: &TypeObject| t.def.map_or(0, |d| d.basic_size.max(16));
            size(t) > base.head.basic_size.get() as usize
                || t.head.item_size.get() != base.head.item_size.get()
                || t.dict_offset.get() != base.dict_offset.get()
        };
        if adds {
            return t;
        }
        t = base;
    }
}

/// CPython: best_base.
pub fn best_base(bases: Ref) -> PyResult<&'static TypeObject> {
    let mut found: Option<(&TypeObject, &'static TypeObject)> = None;
    for v in tuple::items(bases) {
        let Some(base) = Ref::from_value(*v).downcast::<TypeObject>() else {
            return exc::type_error(format_args!("bases must be types"));
        };
        if !base.has(type_flag::BASETYPE) {
            return exc::type_error(format_args!(
                "type '{}' is not an acceptable base type",
                base.full_name()
            ));
        }
        let base = types::type_::cast(base.r());
        let candidate = solid_base(base);
        found = match found {
            None => Some((candidate, base)),
            Some((winner, b)) if winner.is_subtype(candidate) => Some((winner, b)),
            Some((winner, _)) if candidate.is_subtype(winner) => Some((candidate, base)),
            Some(_) => return exc::type_error(format_args!("multiple bases have instance lay-out conflict")),
        };
    }
    match found {
        Some((_, base)) => Ok(base),
        None => Ok(&types::object::OBJECT_TYPE),
    }
}

/// CPython: _PyType_CalculateMetaclass.
pub fn calculate_metaclass(meta: &'static TypeObject, bases: Ref) -> PyResult<&'static TypeObject> {
    let mut winner = meta;
    for v in tuple::items(bases) {
        let t = Ref::from_value(*v).ty();
        if winner.is_subtype(t) {
            continue;
        }
        if t.is_subtype(winner) {
            winner = t;
            continue;
        }
        return exc::type_error(format_args!(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
        ));
    }
    Ok(winner)
}

fn argument(args: &Args, i: usize, flag: u64, what: &str) -> PyResult {
    let v = args.get(i).expect("three arguments");
    if v.ty().has(flag) {
        return Ok(v.own());
    }
    exc::type_error(format_args!(
        "type.__new__() argument {} must be {what}, not {}",
        i + 1,
        crate::types::type_::none_or_name(v)
    ))
}

/// The `new` slot of `type`.
pub fn type_new(meta: &'static TypeObject, args: &Args) -> PyResult {
    if args.len() != 3 {
        return exc::type_error(format_args!(
            "type.__new__() takes exactly 3 arguments ({} given)",
            args.len()
        ));
    }
    let name = argument(args, 0, type_flag::STR, "str")?;
    let bases = argument(args, 1, type_flag::TUPLE, "tuple")?;
    let namespace = argument(args, 2, type_flag::DICT, "dict")?;
    for v in tuple::items(bases.r()) {
        let b = Ref::from_value(*v);
        if b.downcast::<TypeObject>().is_none() && protocol::get_attr_opt(b, istr!("__mro_entries__"))?.is_some() {
            return exc::type_error(format_args!(
                "type() doesn't support MRO entry resolution; use types.new_class()"
            ));
        }
    }
    let winner = calculate_metaclass(meta, bases.r())?;
    if !core::ptr::eq(winner, meta) {
        let new = winner.slots().new;
        if !new.is_some_and(|f| core::ptr::eq(f as *const (), type_new as *const ())) {
            return match new {
                Some(f) => f(winner, args),
                None => exc::type_error(format_args!("cannot create '{}' instances", winner.name())),
            };
        }
    }
    if str_::code_points(str_::cast(name.r())).any(|c| c == 0) {
        return exc::value_error(format_args!("type name must not contain null characters"));
    }
    let bases = if tuple::len(bases.r()) == 0 {
        tuple::from_vec(vec![types::object::OBJECT_TYPE.own()])
    } else {
        tuple::from_refs(tuple::items(bases.r()).iter().map(|v| Ref::from_value(*v)))?
    };
    let dict = types::dict::copy(namespace.r())?;
    let cls = new_class(winner, name.r(), bases.r(), dict.r())?;
    finish(types::type_::cast(cls.r()), dict.r(), args)?;
    Ok(cls)
}

/// What `__slots__` asks for.
struct Layout {
    dict: bool,
    weakrefs: bool,
    /// Mangled, sorted, interned.
    members: Vec<Own>,
}

/// CPython: type_new_slots.
fn read_slots(name: Ref, bases: Ref, base: &'static TypeObject, dict: Ref) -> PyResult<Layout> {
    let may_dict = base.head.shape_offset.get() == 0 && base.dict_offset.get() == 0 && !base.has(type_flag::TYPE);
    // CPython's str keeps its text elsewhere, so to its subclasses it is of fixed size.
    let fixed = base.head.item_size.get() == 0 || base.has(type_flag::STR);
    let may_weak = !base.has(type_flag::WEAKREFABLE) && fixed;
    let Some(slots) = types::dict::get(dict, istr!("__slots__"))? else {
        return Ok(Layout {
            dict: may_dict,
            weakrefs: may_weak,
            members: Vec::new(),
        });
    };
    let mut names = Vec::new();
    if slots.r().ty().has(type_flag::STR) {
        names.push(slots.clone());
    } else {
        let it = protocol::iter(slots.r())?;
        while let Some(n) = protocol::next(it.r())? {
            names.push(n);
        }
    }
    if !names.is_empty() && (!fixed || base.has(type_flag::TYPE)) {
        return exc::type_error(format_args!(
            "nonempty __slots__ not supported for subtype of '{}'",
            base.full_name()
        ));
    }
    let mut layout = Layout {
        dict: false,
        weakrefs: false,
        members: Vec::new(),
    };
    for n in names {
        if !n.r().ty().has(type_flag::STR) {
            return exc::type_error(format_args!(
                "__slots__ items must be strings, not '{}'",
                n.r().ty().name()
            ));
        }
        let text = str_::to_string_lossy(n.r());
        if !is_identifier(&text) {
            return exc::type_error(format_args!("__slots__ must be identifiers"));
        }
        match text.as_str() {
            "__dict__" if !may_dict || layout.dict => {
                return exc::type_error(format_args!("__dict__ slot disallowed: we already got one"));
            }
            "__dict__" => layout.dict = true,
            "__weakref__" if !may_weak || layout.weakrefs => {
                return exc::type_error(format_args!("__weakref__ slot disallowed: we already got one"));
            }
            "__weakref__" => layout.weakrefs = true,
            _ => {
                let mangled = str_::intern(&mangle(&str_::to_string_lossy(name), &text));
                let special = matches!(text.as_str(), "__qualname__" | "__classcell__" | "__classdictcell__");
                if !special && types::dict::get(dict, mangled.r())?.is_some() {
                    let shown = protocol::repr(mangled.r())?;
                    return exc::value_error(format_args!(
                        "{} in __slots__ conflicts with class variable",
                        str_::to_string_lossy(shown.r())
                    ));
                }
                layout.members.push(mangled);
            }
        }
    }
    layout.members.sort_by_key(|m| str_::to_string_lossy(m.r()));
    // Other bases may bring a dict or weak references.
    for v in tuple::items(bases) {
        let b = types::type_::cast(Ref::from_value(*v));
        if core::ptr::eq(b, base) {
            continue;
        }
        layout.dict |= may_dict && (b.head.shape_offset.get() != 0 || b.dict_offset.get() != 0);
        layout.weakrefs |= may_weak && b.has(type_flag::WEAKREFABLE);
    }
    Ok(layout)
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// `__name` inside class `_Cls` (CPython: Python/compile.c, _Py_Mangle).
fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || class.is_empty() {
        return name.to_owned();
    }
    format!("_{class}{name}")
}

/// How many attributes the class and its chain of bases expect instances to have: what their methods store to `self`, and two.
fn wanted_inline(dict: Ref, base: &TypeObject) -> u32 {
    let static_attributes = |dict: Ref| match types::dict::get(dict, istr!("__static_attributes__")) {
        Ok(found) => found.filter(|t| t.r().ty().has(type_flag::TUPLE)),
        Err(Raised) => {
            drop(exc::take());
            None
        }
    };
    let mut names: Vec<Value> = Vec::new();
    let mut next = Some(base);
    let mut dict = Some(dict);
    while let Some(d) = dict {
        if let Some(found) = static_attributes(d) {
            let new = tuple::items(found.r()).iter().filter(|n| !names.contains(n));
            names.extend(new.copied().collect::<Vec<_>>());
        }
        dict = next.filter(|t| t.has(type_flag::HEAP)).map(|t| t.dict());
        // SAFETY: the bases of a class that is alive.
        next = next.and_then(|t| unsafe { t.base.get().as_ref() });
    }
    let room = if names.is_empty() { 0 } else { names.len() as u32 + 2 };
    room.clamp(MIN_INLINE, MAX_INLINE)
}

/// Flags that classes take from their best base.
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
    | type_flag::MATCH_SELF
    | type_flag::WEAKREFABLE;

/// The type object with layout, slots and MRO; `dict` becomes its `__dict__`.
fn new_class(meta: &'static TypeObject, name: Ref, bases: Ref, dict: Ref) -> PyResult {
    let base = best_base(bases)?;
    let layout = read_slots(name, bases, base, dict)?;
    let qualname = match types::dict::get(dict, istr!("__qualname__"))? {
        Some(q) if !q.r().ty().has(type_flag::STR) => {
            return exc::type_error(format_args!(
                "type __qualname__ must be a str, not {}",
                q.r().ty().name()
            ));
        }
        Some(q) => {
            types::dict::delete(dict, istr!("__qualname__"))?;
            q
        }
        None => name.own(),
    };
    let mut flags = type_flag::HEAP | type_flag::BASETYPE | type_flag::READY | base.head.flags.get() & INHERITED;
    let mut basic = base.head.basic_size.get();
    let (mut shape_offset, mut slots_offset, mut inline) = (
        base.head.shape_offset.get(),
        base.slots_offset.get(),
        base.inline_slots.get(),
    );
    if shape_offset != 0 && shape_offset != u32::MAX {
        if inline == 0 && slots_offset == 0 {
            slots_offset = basic.next_multiple_of(8);
            basic = slots_offset;
        }
        if slots_offset + inline * 8 == basic {
            inline = inline.max(wanted_inline(dict, base));
            basic = slots_offset + inline * 8;
        }
    } else if shape_offset == u32::MAX {
        inline = inline.max(wanted_inline(dict, base));
    } else if layout.dict {
        inline = wanted_inline(dict, base);
        flags |= type_flag::GC;
        if base.head.item_size.get() != 0 {
            shape_offset = u32::MAX;
        } else {
            shape_offset = basic.next_multiple_of(8);
            slots_offset = shape_offset + 16;
            basic = slots_offset + inline * 8;
        }
    }
    let mut members = Vec::new();
    let mut tail_members = base.tail_members.get();
    for m in layout.members {
        flags |= type_flag::GC;
        let offset = if base.head.item_size.get() != 0 {
            tail_members += 1;
            BEHIND_ITEMS | ((tail_members - 1) * 8)
        } else {
            let offset = basic.next_multiple_of(8);
            basic = offset + 8;
            offset
        };
        members.push(Member { name: m, offset });
    }
    if layout.weakrefs {
        flags |= type_flag::WEAKREFABLE;
    }
    let has_members = !members.is_empty();
    let size = (meta.head.basic_size.get() as usize).max(size_of::<TypeObject>());
    let p = alloc::raw(meta, size)?.cast::<TypeObject>();
    // SAFETY: fresh memory of at least that size; the header made by `alloc` is kept.
    let cls = unsafe {
        p.cast::<u8>()
            .add(size_of::<TypeObject>())
            .write_bytes(0, size - size_of::<TypeObject>());
        let header = p.cast::<Header>().read();
        p.write(TypeObject {
            head: TypeHead {
                header,
                flags: Cell::new(flags),
                version: Cell::new(0),
                basic_size: Cell::new(basic),
                item_size: Cell::new(base.head.item_size.get()),
                shape_offset: Cell::new(shape_offset),
                vectorcall: Cell::new(None),
            },
            def: None,
            slots: UnsafeCell::new(*base.slots()),
            base: Cell::new(base),
            bases: Cell::new(bases.own().into_value()),
            mro: Cell::new(Value::NULL),
            dict: Cell::new(dict.own().into_value()),
            name_object: Cell::new(name.own().into_value()),
            qualname: Cell::new(qualname.into_value()),
            root_shape: Cell::new(core::ptr::null_mut()),
            subclasses: UnsafeCell::new(Vec::new()),
            caches: UnsafeCell::new(Vec::new()),
            value_caches: UnsafeCell::new(Vec::new()),
            values: UnsafeCell::new(Vec::new()),
            groups: UnsafeCell::new(Vec::new()),
            members: UnsafeCell::new(members),
            dict_offset: Cell::new(base.dict_offset.get()),
            constructor: Cell::new((0, Value::NULL)),
            slots_offset: Cell::new(slots_offset),
            inline_slots: Cell::new(inline),
            least_items: Cell::new(0),
            tail_members: Cell::new(tail_members),
            quick: Cell::new(Quick::NONE),
            state: Cell::new(Value::NULL),
        });
        Own::from_ptr(p)
    };
    shape::init_instance(meta, p.cast());
    let ty = types::type_::cast(cls.r());
    // The cells come out of the dict before the slots, which may have their names, go in.
    set_cells(ty)?;
    fill_dict(ty, layout.dict, layout.weakrefs)?;
    if let Some(old) = mro::update(ty)? {
        crate::object::decref(old);
    }
    warn_of_keys(ty)?;
    for b in ty.mro().skip(1) {
        if ty.head.flags.get() & (type_flag::SEQUENCE | type_flag::MAPPING) == 0 {
            ty.add_flags(b.head.flags.get() & (type_flag::SEQUENCE | type_flag::MAPPING));
        }
    }
    let inherits_members = base
        .slots()
        .dealloc
        .is_some_and(|f| core::ptr::eq(f as *const (), subtype_dealloc as *const ()));
    if has_members && !inherits_members {
        let s = ty.slots_mut();
        s.dealloc = Some(subtype_dealloc);
        s.traverse = Some(subtype_traverse);
        s.clear = Some(subtype_clear);
    }
    ty.quick.set(Quick::of(ty));
    if ty.has(type_flag::TUPLE) {
        tuple::find_least_items(ty, base);
    }
    for v in tuple::items(Ref::from_value(ty.bases.get())) {
        // SAFETY: `type_dealloc` takes the class off again.
        unsafe { (*types::type_::cast(Ref::from_value(*v)).subclasses.get()).push(ty) };
    }
    update::fixup_slot_dispatchers(ty);
    Ok(cls)
}

/// Names that every class dict gets, and the descriptors of its layout (CPython: type_new_set_attrs).
fn fill_dict(ty: &'static TypeObject, dict_added: bool, weakrefs: bool) -> PyResult<()> {
    let dict = ty.dict();
    let set = |n: Ref, v: Own| types::dict::set(dict, n, v.r());
    if types::dict::get(dict, istr!("__module__"))?.is_none() {
        if let Some(m) = types::function::calling_module_name()? {
            set(istr!("__module__"), m)?;
        }
    }
    // SAFETY: members never change after creation.
    for m in unsafe { &*ty.members.get() } {
        set(m.name.r(), descr::new_member(ty, m.name.r(), m.offset)?)?;
    }
    if let Some(new) = types::dict::get(dict, istr!("__new__"))? {
        if new.r().is_exact::<pyaot_abi::FunctionObject>() {
            set(istr!("__new__"), types::staticmethod::new(new.r())?)?;
        }
    }
    for n in [istr!("__init_subclass__"), istr!("__class_getitem__")] {
        if let Some(f) = types::dict::get(dict, n)? {
            if f.r().is_exact::<pyaot_abi::FunctionObject>() {
                set(n, types::classmethod::new(f.r())?)?;
            }
        }
    }
    if dict_added {
        set(istr!("__dict__"), descr::new_getset(ty, &types::object::DICT_GETSET)?)?;
    }
    if weakrefs {
        set(
            istr!("__weakref__"),
            descr::new_getset(ty, &types::object::WEAKREF_GETSET)?,
        )?;
    }
    if types::dict::get(dict, istr!("__doc__"))?.is_none() {
        set(istr!("__doc__"), Own::none())?;
    }
    if types::dict::get(dict, istr!("__hash__"))?.is_none() && types::dict::get(dict, istr!("__eq__"))?.is_some() {
        set(istr!("__hash__"), Own::none())?;
    }
    Ok(())
}

/// `__class__` and `__classdict__` of the methods: filled before the MRO is computed, because `mro()` may call them.
fn set_cells(ty: &'static TypeObject) -> PyResult<()> {
    let dict = ty.dict();
    for (name, content) in [(istr!("__classcell__"), ty.r()), (istr!("__classdictcell__"), dict)] {
        let Some(cell) = types::dict::get(dict, name)? else {
            continue;
        };
        let Some(c) = cell.r().downcast::<pyaot_abi::CellObject>() else {
            let shown = protocol::repr(cell.r().ty().r())?;
            return exc::type_error(format_args!(
                "{} must be a nonlocal cell, not {}",
                str_::to_string_lossy(name),
                str_::to_string_lossy(shown.r())
            ));
        };
        crate::object::set_field(&c.value, Some(content.own()));
        types::dict::delete(dict, name)?;
    }
    Ok(())
}

/// CPython: Objects/typeobject.c, type_new_impl's check of the namespace.
fn warn_of_keys(ty: &'static TypeObject) -> PyResult<()> {
    let keys = types::dict::keys(ty.dict());
    if keys.iter().all(|k| k.r().ty().has(type_flag::STR)) {
        return Ok(());
    }
    crate::warn::warn(
        &exc::types::RUNTIME_WARNING,
        format_args!("non-string key in the __dict__ of class {}", ty.name()),
        1,
    )
}

/// `__set_name__`, `__init_subclass__`.
fn finish(ty: &'static TypeObject, dict: Ref, args: &Args) -> PyResult<()> {
    set_names(ty, dict)?;
    // super(cls, cls).__init_subclass__(**keywords)
    if !ty.mro().any(|t| core::ptr::eq(t, ty)) {
        return exc::type_error(format_args!(
            "super(type, obj): obj (type {0}) is not an instance or subtype of type ({0}).",
            ty.full_name()
        ));
    }
    let init = types::super_::find(ty, ty.r(), ty, istr!("__init_subclass__"))?;
    if let Some(f) = init {
        let (all, nargs, kwnames) = args.raw();
        call::call(f.r(), &Args::new(&all[nargs..], 0, kwnames))?;
    }
    Ok(())
}

/// CPython: type_new_set_names.
fn set_names(ty: &'static TypeObject, dict: Ref) -> PyResult<()> {
    for (key, value) in types::dict::items_snapshot(dict) {
        let Some((f, unbound)) = super::slot_functions::lookup_method(value.r(), istr!("__set_name__"))? else {
            continue;
        };
        let r = if unbound {
            call::call3(f.r(), value.r(), ty.r(), key.r())
        } else {
            call::call2(f.r(), ty.r(), key.r())
        };
        if r.is_err() {
            let e = exc::take().expect("an error result comes with an exception");
            let shown = protocol::repr(key.r())?;
            let note = Own::str(&format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.r().ty().name(),
                str_::to_string_lossy(shown.r()),
                ty.name()
            ));
            if call::call_method(e.r(), istr!("add_note"), &[note.r()]).is_err() {
                drop(exc::take());
            }
            return exc::restore(e);
        }
    }
    Ok(())
}

// ---- instances with members ----

fn for_each_member(o: Ref, mut f: impl FnMut(&Cell<Value>)) {
    let mut t = Some(o.ty());
    while let Some(ty) = t.filter(|t| t.is_heap()) {
        // SAFETY: members never change after creation.
        for m in unsafe { &*ty.members.get() } {
            f(member_field(o, m.offset));
        }
        t = ty.base();
    }
}
fn static_base(ty: &TypeObject) -> &Slots {
    let mut t = ty;
    while let (true, Some(b)) = (t.is_heap(), t.base()) {
        t = b;
    }
    t.slots()
}
unsafe fn subtype_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance, whose type is still there.
    let ty = unsafe { &*(*p).ty.get().cast::<TypeObject>() };
    for_each_member(Ref::from_value(Value::from_ptr(p)), |c| decref(c.replace(Value::NULL)));
    if let Some(f) = static_base(ty).dealloc {
        // SAFETY: the rest of the instance is intact.
        unsafe { f(p) };
    }
}
fn subtype_traverse(v: Ref, visit: slots::Visitor) {
    for_each_member(v, |c| visit(c.get()));
    if let Some(f) = static_base(v.ty()).traverse {
        f(v, visit);
    }
}
fn subtype_clear(v: Ref) {
    for_each_member(v, |c| decref(c.replace(Value::NULL)));
    if let Some(f) = static_base(v.ty()).clear {
        f(v);
    }
}

// ---- life of a class ----

pub fn type_traverse(t: Ref, visit: slots::Visitor) {
    let ty = types::type_::cast(t);
    if !ty.is_heap() {
        return;
    }
    for f in [&ty.bases, &ty.mro, &ty.dict, &ty.name_object, &ty.qualname, &ty.state] {
        visit(f.get());
    }
}
/// The bases stay: instances that die after this still find their layout.
pub fn type_clear(t: Ref) {
    let ty = types::type_::cast(t);
    if !ty.is_heap() {
        return;
    }
    cache::modified(ty);
    if let Some(d) = field(&ty.dict) {
        types::dict::clear(d);
    }
    decref(ty.mro.replace(Value::NULL));
}
pub unsafe fn type_dealloc(p: *mut Header) {
    // SAFETY: a heap type that nobody refers to.
    unsafe {
        let ty = &*p.cast::<TypeObject>();
        cache::modified(ty);
        if let Some(bases) = Ref::from_nullable(ty.bases.get()) {
            for v in tuple::items(bases) {
                let list = &mut *types::type_::cast(Ref::from_value(*v)).subclasses.get();
                list.retain(|s| !core::ptr::eq(*s, ty));
            }
        }
        let root = ty.root_shape.replace(core::ptr::null_mut());
        if !root.is_null() {
            shape::Shape::free(root);
        }
        ty.base.set(null());
        for f in [&ty.mro, &ty.dict, &ty.name_object, &ty.qualname, &ty.state, &ty.bases] {
            decref(f.replace(Value::NULL));
        }
        drop(core::ptr::replace(ty.subclasses.get(), Vec::new()));
        drop(core::ptr::replace(ty.caches.get(), Vec::new()));
        drop(core::ptr::replace(ty.value_caches.get(), Vec::new()));
        drop(core::ptr::replace(ty.values.get(), Vec::new()));
        drop(core::ptr::replace(ty.groups.get(), Vec::new()));
        drop(core::ptr::replace(ty.members.get(), Vec::new()));
    }
}
