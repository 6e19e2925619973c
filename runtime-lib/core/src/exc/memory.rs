//! Memory of exceptions. In: a class and its constructor's arguments. Out: an instance; and the end of instances.
//!
//! Exceptions are made to be dropped soon, and most programs raise few classes: slots of dead instances are kept by class, with what
//! is the same for all its instances. A kept slot is free memory for the collector and for counts of living objects. One or two
//! arguments stand in the exception itself until somebody asks for the tuple.
use super::records;
use super::types::{BaseException, cast};
use crate::object::{Header, Own, PyResult, Ref, Value, alloc, decref, flag, incref};
use crate::typeobj::{TypeObject, cache, shape};
use crate::types::tuple;
use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;
use pyaot_abi::{TypeHead, type_flag};

/// In the place of the number of arguments: the tuple is there.
const TUPLE: u8 = u8::MAX;

/// Free slots for instances of a class.
struct Kept {
    ty: *const TypeObject,
    /// The entry is for `ty` as long as no class ends.
    epoch: u32,
    /// Value fields that a built-in class has of its own.
    fields: u16,
    /// Words behind the layout that are empty in a new instance; slots of attributes need not be.
    empty: u16,
    count: u16,
    /// The shape word stands where plain instances have it.
    plain: bool,
    /// Linked by their `args`.
    first: *mut BaseException,
}
const ENTRIES: usize = 64;
/// Slots that one class keeps.
const MOST: u16 = 64;
struct Table(UnsafeCell<[Kept; ENTRIES]>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Table {}
static TABLE: Table = Table(UnsafeCell::new(
    [const {
        Kept {
            ty: core::ptr::null(),
            epoch: 0,
            fields: 0,
            empty: 0,
            count: 0,
            plain: false,
            first: null_mut(),
        }
    }; ENTRIES],
));

#[inline(always)]
fn entry(ty: &TypeObject) -> *mut Kept {
    let at = ty as *const TypeObject as usize;
    // SAFETY: inside the table.
    unsafe { (*TABLE.0.get()).as_mut_ptr().add(((at >> 5) ^ (at >> 11)) % ENTRIES) }
}

/// The class's entry, emptied first when it was another's.
#[cold]
#[inline(never)]
fn claim(ty: &TypeObject) -> *mut Kept {
    let kept = entry(ty);
    // SAFETY: the GIL guards the table; freeing slots runs no other code.
    unsafe {
        free_all(kept);
        kept.write(Kept {
            ty,
            epoch: cache::epoch(),
            fields: fields_of(ty) as u16,
            empty: empty_of(ty) as u16,
            count: 0,
            plain: ty.head.shape_offset.get() as usize == core::mem::offset_of!(BaseException, shape),
            first: null_mut(),
        });
    }
    kept
}

/// # Safety
/// An entry of the table.
unsafe fn free_all(kept: *mut Kept) {
    // SAFETY: kept slots are free ones; each is linked by its `args`.
    unsafe {
        let mut at = core::mem::replace(&mut (*kept).first, null_mut());
        while !at.is_null() {
            let next = (*at).args.get().as_ptr::<BaseException>();
            // It was counted when it was kept.
            alloc::YOUNG_COUNT.0.set(alloc::YOUNG_COUNT.0.get() + 1);
            alloc::free(at.cast());
            at = next;
        }
        (*kept).count = 0;
    }
}

/// Gives back all that is kept, so that living objects can be counted.
pub fn forget_kept() {
    for i in 0..ENTRIES {
        // SAFETY: inside the table; freeing slots runs no other code.
        unsafe { free_all((*TABLE.0.get()).as_mut_ptr().add(i)) };
    }
}

fn empty_of(ty: &TypeObject) -> u32 {
    let (size, slots) = (ty.head.basic_size.get() as usize, ty.slots_offset.get() as usize);
    let last = slots != 0 && slots + ty.inline_slots.get() as usize * 8 == size;
    ((if last { slots } else { size } - size_of::<BaseException>()) / 8) as u32
}

fn fields_of(mut ty: &TypeObject) -> u32 {
    while ty.is_heap() {
        ty = ty.base().expect("object is built in");
    }
    ((ty.head.basic_size.get() as usize - size_of::<BaseException>()) / 8) as u32
}

#[inline(always)]
fn found(ty: &TypeObject) -> *mut Kept {
    let kept = entry(ty);
    // SAFETY: the GIL guards the table.
    if unsafe { core::ptr::eq((*kept).ty, ty) && (*kept).epoch == cache::epoch() } {
        kept
    } else {
        claim(ty)
    }
}

/// `cls.__new__(cls, *words)`, fields of its own empty.
#[inline]
pub fn make(cls: &'static TypeObject, words: &[Value]) -> PyResult {
    match *words {
        [] => make_few(cls, Value::NULL, Value::NULL, 0),
        [a] => make_few(cls, a, Value::NULL, 1),
        [a, b] => make_few(cls, a, b, 2),
        _ => {
            let all = tuple::from_words(words)?;
            let made = make_few(cls, all.r().value(), Value::NULL, 1)?;
            cast(made.r()).count.set(TUPLE);
            Ok(made)
        }
    }
}

/// Likewise with the first `count` of two words, the others null.
#[inline(always)]
pub fn make_few(cls: &'static TypeObject, args: Value, second: Value, count: u8) -> PyResult {
    let root = cls.root_shape.get();
    // SAFETY: root shapes live as long as their class.
    let shape = match root.is_null() {
        true => 0,
        false => unsafe { (*root).word() },
    };
    make_shaped(cls, shape, args, second, count)
}

/// Likewise; `shape` is 0 where the class has none yet.
#[inline(always)]
pub fn make_shaped(cls: &'static TypeObject, shape: u64, args: Value, second: Value, count: u8) -> PyResult {
    match make_quickly(cls, shape, args, second, count) {
        Some(made) => Ok(made),
        None => make_slowly(cls, shape, args, second, count),
    }
}

/// An exception of a class of which a slot is kept and nothing else has to be done; without calls, so that its caller takes no frame.
#[inline(always)]
fn make_quickly(cls: &'static TypeObject, shape: u64, args: Value, second: Value, count: u8) -> Option<Own> {
    let kept = entry(cls);
    // SAFETY: the GIL guards the table; a kept slot is a free one of the right size, of which the first bytes have the layout.
    unsafe {
        let p = (*kept).first;
        let mine = core::ptr::eq((*kept).ty, cls) && (*kept).epoch == cache::epoch();
        if !mine || p.is_null() || (*kept).empty != 0 || shape == 0 || !(*kept).plain {
            return None;
        }
        (*kept).first = (*p).args.get().as_ptr();
        (*kept).count -= 1;
        alloc::YOUNG_COUNT.0.set(alloc::YOUNG_COUNT.0.get() + 1);
        (*p).header.flags.set(flag::TRACKED);
        (*p).header.refcount.set(1);
        (*p).header.ty.set((cls as *const TypeObject).cast::<TypeHead>());
        if cls.has(type_flag::HEAP) {
            let uses = &cls.head.header.refcount;
            uses.set(uses.get().wrapping_add(1));
        }
        for word in [args, second].into_iter().take(usize::from(count)) {
            if word.is_heap_nonnull() {
                let uses = &(*word.as_ptr::<Header>()).refcount;
                uses.set(uses.get().wrapping_add(1));
            }
        }
        begin(&*p, shape, args, second, count);
        Some(Own::from_value(Value::from_ptr(p)))
    }
}

/// What every new exception holds, besides its header.
#[inline(always)]
fn begin(e: &BaseException, shape: u64, args: Value, second: Value, count: u8) {
    e.shape.set(shape);
    e.extra.set(0);
    e.args.set(args);
    e.second.set(second);
    e.traceback.set(Value::NULL);
    e.context.set(Value::NULL);
    e.cause.set(Value::NULL);
    e.records.set(null_mut());
    e.count.set(count);
    e.suppress_context.set(false);
}

#[inline(never)]
fn make_slowly(cls: &'static TypeObject, shape: u64, args: Value, second: Value, count: u8) -> PyResult {
    let kept = found(cls);
    // SAFETY: the GIL guards the table; a kept slot is a free one of the right size.
    let p = unsafe {
        let first = (*kept).first;
        if first.is_null() {
            anew(cls)?
        } else {
            (*kept).first = (*first).args.get().as_ptr();
            (*kept).count -= 1;
            alloc::YOUNG_COUNT.0.set(alloc::YOUNG_COUNT.0.get() + 1);
            (*first).header.flags.set(flag::TRACKED);
            (*first).header.refcount.set(1);
            (*first).header.ty.set((cls as *const TypeObject).cast::<TypeHead>());
            if cls.has(type_flag::HEAP) {
                incref(Value::from_ptr(cls));
            }
            first
        }
    };
    for word in [args, second].into_iter().take(usize::from(count)) {
        if word.is_heap_nonnull() {
            incref(word);
        }
    }
    // SAFETY: fresh memory, of which the first bytes have the layout; what classes add to it are words.
    unsafe {
        begin(&*p, shape, args, second, count);
        for i in 0..(*kept).empty as usize {
            p.add(1).cast::<u64>().add(i).write(0);
        }
        if shape == 0 || !(*kept).plain {
            shape::init_instance(cls, p.cast());
        }
    }
    Ok(Own::from_value(Value::from_ptr(p)))
}

#[cold]
#[inline(never)]
fn anew(cls: &'static TypeObject) -> PyResult<*mut BaseException> {
    Ok(alloc::raw(cls, cls.head.basic_size.get() as usize)?.cast())
}

/// The arguments as a tuple, which the exception has from now on.
#[inline]
pub fn args(e: Ref<'_>) -> Ref<'_> {
    let o = cast(e);
    if o.count.get() != TUPLE {
        make_tuple(o);
    }
    Ref::from_value(o.args.get())
}

#[cold]
#[inline(never)]
fn make_tuple(o: &BaseException) {
    let words = [o.args.get(), o.second.get()];
    let n = o.count.get() as usize;
    // SAFETY: the exception owns the words, which the tuple takes over.
    let made = unsafe { tuple::from_raw(words.as_ptr(), n) };
    let Ok(made) = made else {
        // As for a short text: no memory for a handful of words ends the process.
        std::process::abort();
    };
    o.args.set(made.into_value());
    o.second.set(Value::NULL);
    o.count.set(TUPLE);
}

fn replace(o: &BaseException, args: Value, second: Value, count: u8) {
    let old = (o.args.replace(args), o.second.replace(second));
    o.count.set(count);
    decref(old.0);
    decref(old.1);
}

/// `args = words`.
#[inline]
pub fn set_words(e: Ref, words: &[Value]) -> PyResult<()> {
    let (args, second) = match *words {
        [] => (Value::NULL, Value::NULL),
        [a] => (a, Value::NULL),
        [a, b] => (a, b),
        _ => {
            set_tuple(e, tuple::from_words(words)?);
            return Ok(());
        }
    };
    set_few(e, args, second, words.len() as u8);
    Ok(())
}

/// `args` = the first `count` of two words.
#[inline]
pub fn set_few(e: Ref, args: Value, second: Value, count: u8) {
    incref(args);
    incref(second);
    replace(cast(e), args, second, count);
}

pub fn set_tuple(e: Ref, tuple: Own) {
    replace(cast(e), tuple.into_value(), Value::NULL, TUPLE);
}

/// Value fields that the built-in class of `e` adds to [`BaseException`].
#[inline]
pub fn own_fields(e: Ref<'_>) -> &[Cell<Value>] {
    // SAFETY: the GIL guards the table; the class states its size, and `make` zeroed the fields.
    unsafe {
        let n = (*found(e.ty())).fields as usize;
        core::slice::from_raw_parts(e.value().as_ptr::<BaseException>().add(1).cast(), n)
    }
}

/// Ends an exception: content, then memory, then the class's reference.
///
/// # Safety
/// The object is dead; its finaliser has run.
#[inline(always)]
pub unsafe fn end(ty: &'static TypeObject, p: *mut Header) {
    // SAFETY: by contract; a class with instances has a first shape.
    unsafe {
        let o = &*p.cast::<BaseException>();
        let kept = found(ty);
        if o.extra.get() != 0 || o.shape.get() != (*ty.root_shape.get()).word() {
            if o.extra.get() != 0 || ty.slots_offset.get() == 0 || !(*kept).plain {
                shape::drop_instance_attributes(ty, p);
            } else {
                // The attributes are gone before their values go, which may run code.
                let count = shape::Shape::from_word(o.shape.get()).count as usize;
                o.shape.set(shape::empty_word());
                let slots = p.cast::<u8>().add(ty.slots_offset.get() as usize).cast::<Value>();
                for i in 0..count {
                    decref(*slots.add(i));
                }
            }
        }
        end_content(o, (*kept).fields as usize);
        give_back(ty, p.cast());
    }
    if ty.has(type_flag::HEAP) {
        decref(Value::from_ptr(ty));
    }
}

/// # Safety
/// Called once for a dead exception.
#[inline]
pub unsafe fn drop_content(p: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        let fields = own_fields(Ref::from_value(Value::from_ptr(p))).len();
        end_content(&*p.cast::<BaseException>(), fields);
    }
}

/// Gives up a field of a dead object: it is emptied first where that can matter to code that then runs.
#[inline(always)]
fn drop_field(field: &Cell<Value>) {
    let old = field.get();
    if old.is_heap() {
        field.set(Value::NULL);
        decref(old);
    }
}

/// # Safety
/// Called once for a dead exception with so many fields of its built-in class.
#[inline(always)]
unsafe fn end_content(o: &BaseException, fields: usize) {
    // SAFETY: by contract; the fields follow the layout.
    unsafe {
        let own = (o as *const BaseException).add(1).cast::<Cell<Value>>();
        for i in 0..fields {
            drop_field(&*own.add(i));
        }
    }
    if o.count.get() != 0 {
        drop_field(&o.args);
    }
    if o.second.get().0 | o.traceback.get().0 != 0 {
        drop_field(&o.second);
        drop_field(&o.traceback);
    }
    records::clear(o);
    if o.context.get().0 | o.cause.get().0 != 0 {
        drop_field(&o.context);
        drop_field(&o.cause);
    }
}

/// # Safety
/// Nobody refers to the instance, whose content has been dropped.
#[inline(always)]
unsafe fn give_back(ty: &TypeObject, p: *mut BaseException) {
    // SAFETY: by contract; a slot in a page can be kept.
    unsafe {
        // What ran meanwhile may have taken the entry for another class.
        let kept = entry(ty);
        let mine = core::ptr::eq((*kept).ty, ty) && (*kept).epoch == cache::epoch();
        // (An instance may have been made for another class.)
        if mine && (*kept).count < MOST && alloc::slot_size(p.cast()) >= ty.head.basic_size.get() as usize {
            alloc::YOUNG_COUNT.0.set(alloc::YOUNG_COUNT.0.get() - 1);
            (*p).header.flags.set(flag::FREE);
            (*p).args.set(match (*kept).first.is_null() {
                true => Value::NULL,
                false => Value::from_ptr((*kept).first),
            });
            (*kept).first = p;
            (*kept).count += 1;
        } else {
            alloc::free(p.cast());
        }
    }
}
