//! Shapes (hidden classes): where the attributes of an instance stand. Instances of one class that got the same attributes in the
//! same order share a shape; the first `inline_slots` values are in the object, the rest in an overflow array.
//!
//! When `__dict__` is asked for, the attributes move into a dict of their own and the instance takes the shape [`DICT_MODE`].
use super::TypeObject;
use crate::object::{Header, Own, PyResult, Ref, Value, decref};
use crate::types;
use core::cell::RefCell;
use core::sync::atomic::{AtomicU32, Ordering};
use pyaot_abi::{GROUP_KEYS, SHAPE_TAG};

const _: () = assert!(GROUP_KEYS <= align_of::<Shape>());

/// What [`Shape::without`] has found.
struct Removal {
    from: *const Shape,
    name: Value,
    epoch: u32,
    to: *const Shape,
}
const REMOVAL_ENTRIES: usize = 64;
struct Removals(core::cell::UnsafeCell<[Removal; REMOVAL_ENTRIES]>);
// SAFETY: the GIL guards the table.
unsafe impl Sync for Removals {}
static REMOVALS: Removals = Removals(core::cell::UnsafeCell::new(
    [const {
        Removal {
            from: core::ptr::null(),
            name: Value::NULL,
            epoch: 0,
            to: core::ptr::null(),
        }
    }; REMOVAL_ENTRIES],
));

/// One step of the transition tree: the parent's attributes and `name` at `index`.
#[repr(align(16))]
pub struct Shape {
    parent: *const Shape,
    name: Value,
    pub count: u32,
    /// Tells apart, within a site's group, the shapes that a program likely has there: of its classes one each. Below [`GROUP_KEYS`].
    colour: u32,
    children: RefCell<Vec<(Value, *mut Shape)>>,
}
// SAFETY: the GIL guards shapes.
unsafe impl Sync for Shape {}

/// Attributes live in a dict (`extra` word with bit 0 set).
pub static DICT_MODE: Shape = Shape {
    parent: core::ptr::null(),
    name: Value::NULL,
    count: 0,
    colour: 0,
    children: RefCell::new(Vec::new()),
};

/// Attributes past this many go to a dict.
const MAX_ATTRIBUTES: u32 = 128;

/// Colours are given in turn.
fn next_colour() -> u32 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    GIVEN.fetch_add(1, Ordering::Relaxed) % GROUP_KEYS as u32
}

impl Shape {
    pub fn new_root() -> *mut Shape {
        Box::into_raw(Box::new(Shape {
            parent: core::ptr::null(),
            name: Value::NULL,
            count: 0,
            colour: next_colour(),
            children: RefCell::default(),
        }))
    }
    /// Ends a tree of shapes.
    ///
    /// # Safety
    /// `root` came from [`Shape::new_root`]; no instance has one of its shapes, no cache names one.
    pub unsafe fn free(root: *mut Shape) {
        let mut work = vec![root];
        while let Some(s) = work.pop() {
            // SAFETY: each shape is in its parent's list only.
            let s = unsafe { Box::from_raw(s) };
            work.extend(s.children.borrow().iter().map(|(_, c)| *c));
            decref(s.name);
        }
    }
    pub fn word(&self) -> u64 {
        self as *const Shape as u64 + SHAPE_TAG + u64::from(self.colour)
    }
    /// # Safety
    /// `word` came from [`Shape::word`].
    pub unsafe fn from_word(word: u64) -> &'static Shape {
        // SAFETY: shapes are never freed.
        unsafe { &*(((word - SHAPE_TAG) & !(align_of::<Shape>() as u64 - 1)) as *const Shape) }
    }
    /// Slot index of an interned name.
    pub fn find(&self, name: Ref) -> Option<u32> {
        let mut s = self;
        while s.count > 0 {
            if s.name == name.value() {
                return Some(s.count - 1);
            }
            // SAFETY: a shape with attributes has a parent; shapes are never freed.
            s = unsafe { &*s.parent };
        }
        None
    }
    /// The shape with `name` (interned) added.
    pub fn with(&self, name: Ref) -> &'static Shape {
        if let Some(&(_, child)) = self.children.borrow().iter().find(|(n, _)| *n == name.value()) {
            // SAFETY: shapes are never freed.
            return unsafe { &*child };
        }
        // Of a chain of shapes, sites see the last alone.
        let is_first = self.children.borrow().is_empty();
        let child = Box::into_raw(Box::new(Shape {
            parent: self,
            name: name.own().into_value(),
            count: self.count + 1,
            colour: if is_first { self.colour } else { next_colour() },
            children: RefCell::default(),
        }));
        self.children.borrow_mut().push((name.value(), child));
        // SAFETY: just made.
        unsafe { &*child }
    }
    /// The shape, of class `ty`, that lacks an attribute of this one.
    fn without(&self, ty: &TypeObject, name: Ref) -> &'static Shape {
        let place = (self as *const Shape as usize >> 5) ^ (name.value().0 as usize >> 4);
        // SAFETY: the GIL guards the table; shapes end with their class, which changes the epoch.
        unsafe {
            let known = (*REMOVALS.0.get()).as_mut_ptr().add(place % REMOVAL_ENTRIES);
            let epoch = super::cache::epoch();
            if core::ptr::eq((*known).from, self) && (*known).name == name.value() && (*known).epoch == epoch {
                return &*(*known).to;
            }
            let mut to: &Shape = &*ty.root_shape.get();
            for n in self.names() {
                if !n.is(name) {
                    to = to.with(n);
                }
            }
            *known = Removal {
                from: self,
                name: name.value(),
                epoch,
                to,
            };
            &*core::ptr::from_ref(to)
        }
    }
    /// Names in insertion order.
    pub fn names(&self) -> Vec<Ref<'static>> {
        let mut names = Vec::with_capacity(self.count as usize);
        let mut s = self;
        while s.count > 0 {
            names.push(Ref::from_value(s.name));
            // SAFETY: as in `find`.
            s = unsafe { &*s.parent };
        }
        names.reverse();
        names
    }
    /// Instances with this shape have their attributes where it says.
    pub fn is_cacheable(&self) -> bool {
        !core::ptr::eq(self, &DICT_MODE) && !core::ptr::eq(self, &EMPTY)
    }
    pub fn is_dict_mode(&self) -> bool {
        core::ptr::eq(self, &DICT_MODE)
    }
}

/// The shape and extra words of an instance, and its inline slots.
#[derive(Clone, Copy)]
pub struct Attributes {
    words: *mut u64,
    inline: u32,
    slots: *mut Value,
}

/// `None` when instances of the type keep no attributes by shape.
#[inline]
pub fn attributes(ty: &TypeObject, p: *mut Header) -> Option<Attributes> {
    let offset = ty.head.shape_offset.get();
    if offset == 0 {
        return None;
    }
    let offset = if offset == u32::MAX {
        items_end(ty, p) + ty.tail_members.get() as usize * 8
    } else {
        offset as usize
    };
    // SAFETY: the layout has two words there, then the slots.
    unsafe {
        let words = p.cast::<u8>().add(offset).cast::<u64>();
        let slots = if ty.slots_offset.get() == 0 {
            words.add(2).cast()
        } else {
            p.cast::<u8>().add(ty.slots_offset.get() as usize).cast()
        };
        Some(Attributes {
            words,
            inline: ty.inline_slots.get(),
            slots,
        })
    }
}

/// Bytes of an instance whose variable part ends at `end`: members, attribute words and inline slots stand behind it.
pub fn instance_size(ty: &TypeObject, end: usize) -> usize {
    let members = ty.tail_members.get() as usize * 8;
    match ty.head.shape_offset.get() {
        0 if members == 0 => end,
        0 => end.next_multiple_of(8) + members,
        u32::MAX => end.next_multiple_of(8) + members + 16 + ty.inline_slots.get() as usize * 8,
        _ => end.max(ty.head.basic_size.get() as usize),
    }
}

/// Offset behind the variable part of an object (subclasses of int, tuple, str and bytes).
pub fn items_end(ty: &TypeObject, p: *mut Header) -> usize {
    let n = types::variable_length(ty, p);
    (ty.head.basic_size.get() as usize + n * ty.head.item_size.get() as usize).next_multiple_of(8)
}

/// Sets the shape of a new instance (its extra word and slots are zero).
#[inline]
pub fn init_instance(ty: &TypeObject, p: *mut Header) {
    if let Some(a) = attributes(ty, p) {
        if ty.root_shape.get().is_null() {
            ty.root_shape.set(Shape::new_root());
        }
        // SAFETY: root shapes live as long as the process.
        unsafe {
            *a.words = (*ty.root_shape.get()).word();
            *a.words.add(1) = 0;
        }
    }
}

impl Attributes {
    pub fn shape(&self) -> &'static Shape {
        // SAFETY: set by `init_instance`.
        unsafe { Shape::from_word(*self.words) }
    }
    /// All attributes lie in the instance itself: there is neither a dict nor an overflow array.
    pub fn all_inline(&self) -> bool {
        self.extra() == 0 && !self.shape().is_dict_mode()
    }
    fn extra(&self) -> u64 {
        // SAFETY: second word.
        unsafe { *self.words.add(1) }
    }
    fn set_extra(&self, v: u64) {
        // SAFETY: second word.
        unsafe { *self.words.add(1) = v }
    }
    fn set_shape(&self, s: &Shape) {
        // SAFETY: first word.
        unsafe { *self.words = s.word() }
    }
    /// The dict in dict mode.
    pub fn dict(&self) -> Option<Ref<'static>> {
        let e = self.extra();
        (e & 1 != 0).then(|| Ref::from_value(Value(e - 1)))
    }
    /// Address of slot `i`; overflow arrays hold their capacity in front.
    fn slot(&self, i: u32) -> *mut Value {
        // SAFETY: `i` is below the count that the shape states.
        unsafe {
            if i < self.inline {
                self.slots.add(i as usize)
            } else {
                (self.extra() as *mut Value).add((i - self.inline) as usize)
            }
        }
    }
    /// Byte offset of slot `i` in the instance at `p`, if it is inline.
    pub fn inline_offset(&self, p: *mut Header, i: u32) -> Option<u32> {
        (i < self.inline).then(|| (self.slot(i) as usize - p as usize) as u32)
    }
    pub fn get(&self, name: Ref) -> Option<Ref<'static>> {
        match self.dict() {
            Some(d) => types::dict::get_str_static(d, name),
            None => self
                .shape()
                .find(name)
                .map(|i| Ref::from_value(unsafe { *self.slot(i) })),
        }
    }
    /// Owned lookup; a materialised dict may hold keys of any type, so this may run Python code.
    pub fn lookup(&self, name: Ref) -> PyResult<Option<Own>> {
        match self.dict() {
            Some(d) => {
                let d = d.own();
                types::dict::get(d.r(), name)
            }
            None => Ok(self
                .shape()
                .find(name)
                // SAFETY: slot of an existing attribute.
                .map(|i| Ref::from_value(unsafe { *self.slot(i) }).own())),
        }
    }
    /// Stores an attribute; `name` is an interned exact str.
    pub fn set(&self, name: Ref, v: Own) -> PyResult<()> {
        if let Some(d) = self.dict() {
            return types::dict::set(d, name, v.r());
        }
        let shape = self.shape();
        if core::ptr::eq(shape, &EMPTY) {
            let d = self.materialize()?;
            return types::dict::set(d, name, v.r());
        }
        if let Some(i) = shape.find(name) {
            // SAFETY: slot of an existing attribute.
            let old = unsafe { self.slot(i).replace(v.into_value()) };
            decref(old);
            return Ok(());
        }
        if shape.count >= MAX_ATTRIBUTES {
            let d = self.materialize()?;
            return types::dict::set(d, name, v.r());
        }
        self.grow(shape.count)?;
        self.set_shape(shape.with(name));
        // SAFETY: `grow` made room.
        unsafe { self.slot(shape.count).write(v.into_value()) };
        Ok(())
    }
    /// Room for slot `i` when it is past the inline ones: capacities 4, 8, 16, …
    fn grow(&self, i: u32) -> PyResult<()> {
        let Some(i) = i.checked_sub(self.inline) else {
            return Ok(());
        };
        if i == 0 || (i >= 4 && i.is_power_of_two()) {
            let capacity = if i == 0 { 4 } else { i as usize * 2 };
            // SAFETY: null or an array from an earlier call.
            let p = unsafe { libc::realloc(self.extra() as *mut libc::c_void, capacity * 8) };
            if p.is_null() {
                return crate::exc::memory_error();
            }
            self.set_extra(p as u64);
        }
        Ok(())
    }
    /// Removes an attribute; false when there is none.
    pub fn delete(&self, ty: &TypeObject, name: Ref) -> PyResult<bool> {
        if let Some(d) = self.dict() {
            return types::dict::delete(d, name);
        }
        let shape = self.shape();
        let Some(index) = shape.find(name) else {
            return Ok(false);
        };
        // SAFETY: slots below the count are live; the tail moves down by one.
        unsafe {
            let old = *self.slot(index);
            for i in index + 1..shape.count {
                self.slot(i - 1).write(*self.slot(i));
            }
            self.set_shape(shape.without(ty, name));
            decref(old);
        }
        Ok(true)
    }
    /// Moves the attributes into a dict and gives it: the instance's `__dict__`.
    pub fn materialize(&self) -> PyResult<Ref<'static>> {
        if let Some(d) = self.dict() {
            return Ok(d);
        }
        let shape = self.shape();
        let dict = types::dict::new();
        for (i, name) in shape.names().into_iter().enumerate() {
            // SAFETY: live slot.
            types::dict::set(dict.r(), name, Ref::from_value(unsafe { *self.slot(i as u32) }))?;
        }
        self.drop_slots();
        self.set_shape(&DICT_MODE);
        self.set_extra(dict.into_value().0 | 1);
        Ok(self.dict().expect("just set"))
    }
    /// Replaces `__dict__`; after `None` the next store makes a fresh one.
    pub fn replace_dict(&self, dict: Option<Own>) {
        let old = self.take();
        if let Some(d) = dict {
            self.set_shape(&DICT_MODE);
            self.set_extra(d.into_value().0 | 1);
        }
        drop(old);
    }
    /// `__class__` assignment: the attributes move to the shapes of the new class, or to a dict when its inline slots differ
    /// (an instance in a dict never goes back to slots, so the smaller memory of such an instance does not matter).
    pub fn change_type(&self, from: &TypeObject, to: &TypeObject) -> PyResult<()> {
        if self.dict().is_some() || core::ptr::eq(self.shape(), &EMPTY) {
            return Ok(());
        }
        if from.inline_slots.get() != to.inline_slots.get() || from.slots_offset.get() != to.slots_offset.get() {
            return self.materialize().map(drop);
        }
        if to.root_shape.get().is_null() {
            to.root_shape.set(Shape::new_root());
        }
        // SAFETY: root shapes live as long as their type.
        let mut s: &Shape = unsafe { &*to.root_shape.get() };
        for n in self.shape().names() {
            s = s.with(n);
        }
        self.set_shape(s);
        Ok(())
    }
    fn drop_slots(&self) {
        let shape = self.shape();
        let values: Vec<Value> = (0..shape.count).map(|i| unsafe { *self.slot(i) }).collect();
        if self.extra() != 0 {
            // SAFETY: not in dict mode: an overflow array.
            unsafe { libc::free(self.extra() as *mut libc::c_void) };
            self.set_extra(0);
        }
        self.set_shape(&EMPTY);
        for v in values {
            decref(v);
        }
    }
    /// Takes all attributes away (owned), leaving none.
    fn take(&self) -> Vec<Own> {
        if let Some(d) = self.dict() {
            self.set_extra(0);
            self.set_shape(&EMPTY);
            return vec![Own::from_value(d.value())];
        }
        let n = self.shape().count;
        let values = (0..n).map(|i| Own::from_value(unsafe { *self.slot(i) })).collect();
        if self.extra() != 0 {
            // SAFETY: an overflow array.
            unsafe { libc::free(self.extra() as *mut libc::c_void) };
            self.set_extra(0);
        }
        self.set_shape(&EMPTY);
        values
    }
    /// Drops all attributes (cycle breaking).
    pub fn clear(&self) {
        drop(self.take());
    }
    pub fn traverse(&self, visit: super::slots::Visitor) {
        match self.dict() {
            Some(d) => visit(d.value()),
            // SAFETY: live slots.
            None => (0..self.shape().count).for_each(|i| visit(unsafe { *self.slot(i) })),
        }
    }
}

/// Shape of an instance whose attributes were taken away. It has no children: the next store makes a dict.
static EMPTY: Shape = Shape {
    parent: core::ptr::null(),
    name: Value::NULL,
    count: 0,
    colour: 0,
    children: RefCell::new(Vec::new()),
};

/// The shape word of such an instance.
pub fn empty_word() -> u64 {
    EMPTY.word()
}

/// Drops the attributes of a dying instance.
pub fn drop_instance_attributes(ty: &TypeObject, p: *mut Header) {
    const FEW: usize = 8;
    let Some(a) = attributes(ty, p) else { return };
    let n = a.shape().count as usize;
    if a.extra() != 0 || n > FEW {
        return drop(a.take());
    }
    if n > 0 {
        let mut values = [Value::NULL; FEW];
        for (i, value) in values.iter_mut().enumerate().take(n) {
            // SAFETY: live slot.
            *value = unsafe { *a.slot(i as u32) };
        }
        a.set_shape(&EMPTY);
        values[..n].iter().for_each(|v| decref(*v));
    }
}
