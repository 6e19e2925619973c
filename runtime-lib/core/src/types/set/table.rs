//! The hash table of sets: open addressing with short linear runs, sizes and probing as CPython: Objects/setobject.c, so iteration
//! orders are the same.
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, blocks, decref, incref};
use crate::object_protocol as protocol;
use crate::types::dict::{immediates_equal, is_exact_str_word, strs_equal};
use core::cell::Cell;

pub const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// Key of an entry whose element was removed; no Python value.
const DUMMY: Value = Value::UNBOUND;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry {
    /// Null when never used.
    pub key: Value,
    pub hash: i64,
}
const EMPTY: Entry = Entry {
    key: Value::NULL,
    hash: 0,
};
impl Entry {
    #[inline(always)]
    pub fn is_live(&self) -> bool {
        !self.key.is_null() && self.key != DUMMY
    }
}

/// The table of one set; lives inside the set object, `entries` points to `small` or to a block of its own.
#[repr(C)]
pub struct SetTable {
    /// Live and dummy entries.
    pub fill: Cell<usize>,
    pub used: Cell<usize>,
    pub mask: Cell<usize>,
    pub entries: Cell<*mut Entry>,
    /// Where `pop` goes on looking.
    finger: Cell<usize>,
    small: Cell<[Entry; MIN_SIZE]>,
}

/// Entries that were never used; null when there is no memory.
fn empty_entries(size: usize) -> *mut Entry {
    // The smallest come from free lists; fresh pages of large ones are zero already.
    if size * size_of::<Entry>() > blocks::MAX_SMALL {
        // SAFETY: plain zeroed memory is a table of empty entries.
        return unsafe { libc::calloc(size, size_of::<Entry>()) }.cast();
    }
    let new: *mut Entry = blocks::alloc(size * size_of::<Entry>()).cast();
    if !new.is_null() {
        // SAFETY: the block has this size.
        unsafe { new.write_bytes(0, size) };
    }
    new
}

/// What a search finds.
enum Found {
    At(usize),
    Free(usize),
}

impl SetTable {
    /// Not usable before [`SetTable::start`] at its final address.
    pub const fn new() -> SetTable {
        SetTable {
            fill: Cell::new(0),
            used: Cell::new(0),
            mask: Cell::new(MIN_SIZE - 1),
            entries: Cell::new(core::ptr::null_mut()),
            finger: Cell::new(0),
            small: Cell::new([EMPTY; MIN_SIZE]),
        }
    }
    pub fn start(&self) {
        self.entries.set(self.small.as_ptr().cast());
    }
    fn is_small(&self) -> bool {
        core::ptr::eq(self.entries.get(), self.small.as_ptr().cast())
    }
    #[inline(always)]
    fn at(&self, i: usize) -> *mut Entry {
        debug_assert!(i <= self.mask.get());
        // SAFETY: `i` is at most the mask.
        unsafe { self.entries.get().add(i) }
    }
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Entry {
        // SAFETY: inside the table.
        unsafe { *self.at(i) }
    }
    /// Bytes of a table of its own.
    pub fn extra_size(&self) -> usize {
        if self.is_small() {
            0
        } else {
            (self.mask.get() + 1) * size_of::<Entry>()
        }
    }

    /// Walks the probe sequence of `hash` and asks `f` at every place until it answers.
    #[inline(always)]
    fn walk<R>(&self, hash: i64, mut f: impl FnMut(usize, Entry) -> Option<R>) -> R {
        let mask = self.mask.get();
        let (mut perturb, mut i) = (hash as usize, hash as usize & mask);
        loop {
            let last = if i + LINEAR_PROBES <= mask {
                i + LINEAR_PROBES
            } else {
                i
            };
            for k in i..=last {
                if let Some(r) = f(k, self.entry(k)) {
                    return r;
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }
    /// The search as far as it needs no `__eq__`: `None` where only a comparison can tell, and at a dummy if `STOP_AT_DUMMY`.
    #[inline(always)]
    fn find_plain<const STOP_AT_DUMMY: bool>(&self, key: Value, hash: i64) -> Option<Found> {
        let (entries, mask) = (self.entries.get().cast_const(), self.mask.get());
        let (mut perturb, mut i) = (hash as usize, hash as usize & mask);
        let text = key.is_heap_nonnull() && is_exact_str_word(key);
        loop {
            let last = if i + LINEAR_PROBES <= mask {
                i + LINEAR_PROBES
            } else {
                i
            };
            for k in i..=last {
                // SAFETY: `last` is at most the mask.
                let e = unsafe { &*entries.add(k) };
                if e.key == key {
                    return Some(Found::At(k));
                }
                if e.key.is_null() {
                    return Some(Found::Free(k));
                }
                if STOP_AT_DUMMY && e.key == DUMMY {
                    return None;
                }
                if e.hash == hash && e.key != DUMMY {
                    if !(text && e.key.is_heap_nonnull() && is_exact_str_word(e.key)) {
                        return None;
                    }
                    if strs_equal(e.key, key) {
                        return Some(Found::At(k));
                    }
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }
    #[inline]
    fn find(&self, key: Ref, hash: i64) -> PyResult<Found> {
        match self.find_plain::<false>(key.value(), hash) {
            Some(found) => Ok(found),
            None => self.find_or_dummy(key, hash, &Cell::new(None)),
        }
    }
    /// Search with comparisons; starts over when a comparison changed the table (CPython: set_lookkey). `dummy` becomes the last
    /// dummy on the way.
    fn find_or_dummy(&self, key: Ref, hash: i64, dummy: &Cell<Option<usize>>) -> PyResult<Found> {
        enum Step {
            Done(Found),
            Restart,
            Failed(exc::Raised),
        }
        let k = key.value();
        loop {
            let (table, mask) = (self.entries.get(), self.mask.get());
            dummy.set(None);
            let step = self.walk(hash, |i, e| {
                if e.hash == 0 && e.key.is_null() {
                    return Some(Step::Done(Found::Free(i)));
                }
                if e.key == DUMMY {
                    dummy.set(Some(i));
                    return None;
                }
                if e.hash != hash {
                    return None;
                }
                if e.key == k {
                    return Some(Step::Done(Found::At(i)));
                }
                let (a, b) = (e.key.is_heap_nonnull(), k.is_heap_nonnull());
                if !a && !b {
                    return immediates_equal(e.key, k).then_some(Step::Done(Found::At(i)));
                }
                if a && b && is_exact_str_word(e.key) && is_exact_str_word(k) {
                    return strs_equal(e.key, k).then_some(Step::Done(Found::At(i)));
                }
                let start = Ref::from_value(e.key).own();
                let equal = match protocol::equal(start.r(), key) {
                    Ok(equal) => equal,
                    Err(e) => return Some(Step::Failed(e)),
                };
                if self.entries.get() != table || self.mask.get() != mask || self.entry(i).key != start.value() {
                    return Some(Step::Restart);
                }
                equal.then_some(Step::Done(Found::At(i)))
            });
            match step {
                Step::Done(found) => return Ok(found),
                Step::Failed(e) => return Err(e),
                Step::Restart => {}
            }
        }
    }
    #[inline]
    pub fn contains(&self, key: Ref, hash: i64) -> PyResult<bool> {
        if self.used.get() == 0 && self.fill.get() == 0 {
            return Ok(false);
        }
        Ok(matches!(self.find(key, hash)?, Found::At(_)))
    }
    /// Adds an element unless an equal one is there (CPython: set_add_entry).
    #[inline]
    pub fn add(&self, key: Ref, hash: i64) -> PyResult<()> {
        match self.add_quickly(key, hash) {
            true => Ok(()),
            false => self.add_anywhere(key, hash),
        }
    }
    /// Adds an element where the first run of places shows at once that there is none like it, or that it is there itself; false (and
    /// nothing is done) else.
    #[inline(always)]
    pub fn add_quickly(&self, key: Ref, hash: i64) -> bool {
        let (mask, fill) = (self.mask.get(), self.fill.get());
        let i = hash as usize & mask;
        let last = if i + LINEAR_PROBES <= mask {
            i + LINEAR_PROBES
        } else {
            i
        };
        for k in i..=last {
            // SAFETY: `last` is at most the mask.
            let e = unsafe { &mut *self.at(k) };
            if e.key == key.value() {
                return true;
            }
            if e.key.is_null() {
                // (The table does not grow.)
                let fits = (fill + 1) * 5 < mask * 3;
                if fits {
                    let key = key.own().into_value();
                    *e = Entry { key, hash };
                    self.used.set(self.used.get() + 1);
                    self.fill.set(fill + 1);
                }
                return fits;
            }
            // Equal ones have the same hash; a dummy has this one.
            if e.hash == hash || e.hash == -1 {
                return false;
            }
        }
        false
    }
    #[inline(never)]
    fn add_anywhere(&self, key: Ref, hash: i64) -> PyResult<()> {
        let dummy = Cell::new(None);
        let (key, found) = match self.find_plain::<true>(key.value(), hash) {
            Some(Found::Free(i)) => (key.own(), Found::Free(i)),
            Some(_) => return Ok(()),
            None => {
                // Alive while comparisons run.
                let key = key.own();
                let found = self.find_or_dummy(key.r(), hash, &dummy)?;
                (key, found)
            }
        };
        let Found::Free(mut i) = found else {
            return Ok(());
        };
        let reused = dummy.get().is_some();
        i = dummy.get().unwrap_or(i);
        // SAFETY: inside the table.
        unsafe {
            *self.at(i) = Entry {
                key: key.into_value(),
                hash,
            }
        };
        self.used.set(self.used.get() + 1);
        if reused {
            return Ok(());
        }
        self.fill.set(self.fill.get() + 1);
        if self.fill.get() * 5 < self.mask.get() * 3 {
            return Ok(());
        }
        self.resize_for_growth()
    }
    fn resize_for_growth(&self) -> PyResult<()> {
        let used = self.used.get();
        self.resize(if used > 50_000 { used * 2 } else { used * 4 })
    }
    /// Removes an element and gives it.
    pub fn discard(&self, key: Ref, hash: i64) -> PyResult<Option<Own>> {
        match self.find(key, hash)? {
            Found::At(i) => Ok(Some(self.take(i))),
            Found::Free(_) => Ok(None),
        }
    }
    fn take(&self, i: usize) -> Own {
        let key = self.entry(i).key;
        // SAFETY: inside the table.
        unsafe { *self.at(i) = Entry { key: DUMMY, hash: -1 } };
        self.used.set(self.used.get() - 1);
        Own::from_value(key)
    }
    /// CPython: set_pop.
    pub fn pop(&self) -> Option<Own> {
        if self.used.get() == 0 {
            return None;
        }
        let mask = self.mask.get();
        let mut i = self.finger.get() & mask;
        while !self.entry(i).is_live() {
            i = if i == mask { 0 } else { i + 1 };
        }
        self.finger.set(i + 1);
        Some(self.take(i))
    }
    /// Places an element that is known to be absent in a table without dummies; the reference moves.
    #[inline]
    fn insert_clean(&self, e: Entry) {
        let i = self.walk(e.hash, |i, found| found.key.is_null().then_some(i));
        // SAFETY: inside the table.
        unsafe { *self.at(i) = e };
    }
    /// The smallest table with more than `wanted` places, without dummies (CPython: set_table_resize).
    pub fn resize(&self, wanted: usize) -> PyResult<()> {
        let mut size = MIN_SIZE;
        while size <= wanted {
            size <<= 1;
            if size > isize::MAX as usize / 32 {
                return exc::memory_error();
            }
        }
        let was_small = self.is_small();
        let (old, old_size) = (self.entries.get(), self.mask.get() + 1);
        let copy;
        let mut from = old.cast_const();
        if size == MIN_SIZE {
            if was_small {
                if self.fill.get() == self.used.get() {
                    return Ok(());
                }
                copy = self.small.get();
                from = copy.as_ptr();
            }
            self.small.set([EMPTY; MIN_SIZE]);
            self.start();
        } else {
            let new = empty_entries(size);
            if new.is_null() {
                return exc::memory_error();
            }
            self.entries.set(new);
        }
        self.mask.set(size - 1);
        self.fill.set(self.used.get());
        for i in 0..old_size {
            // SAFETY: the old table, or its copy, has that many entries.
            let e = unsafe { *from.add(i) };
            if e.is_live() {
                self.insert_clean(e);
            }
        }
        if !was_small {
            // SAFETY: a block of its own that nothing refers to any more.
            unsafe { blocks::free(old.cast(), old_size * size_of::<Entry>()) };
        }
        Ok(())
    }
    /// Room for `n` more elements before a merge.
    pub fn prepare(&self, n: usize) -> PyResult<()> {
        if (self.fill.get() + n) * 5 >= self.mask.get() * 3 {
            return self.resize((self.used.get() + n) * 2);
        }
        Ok(())
    }
    /// Adds all elements of another set (CPython: set_merge).
    pub fn merge(&self, other: &SetTable) -> PyResult<()> {
        let n = other.used.get();
        if core::ptr::eq(self, other) || n == 0 {
            return Ok(());
        }
        self.prepare(n)?;
        if self.fill.get() == 0 {
            let same = self.mask.get() == other.mask.get() && other.fill.get() == n;
            for i in 0..=other.mask.get() {
                let e = other.entry(i);
                if e.is_live() {
                    incref(e.key);
                    if same {
                        // SAFETY: tables of one size.
                        unsafe { *self.at(i) = e };
                    } else {
                        self.insert_clean(e);
                    }
                }
            }
            self.fill.set(n);
            self.used.set(n);
            return Ok(());
        }
        let mut pos = 0;
        while let Some((key, hash)) = other.next(&mut pos) {
            self.add(key.r(), hash)?;
        }
        Ok(())
    }
    /// Steps through the elements in table order; owned, so the table may change meanwhile.
    #[inline]
    pub fn next(&self, pos: &mut usize) -> Option<(Own, i64)> {
        while *pos <= self.mask.get() {
            let e = self.entry(*pos);
            *pos += 1;
            if e.is_live() {
                return Some((Ref::from_value(e.key).own(), e.hash));
            }
        }
        None
    }
    /// Drops dummies when they are more than a quarter of the table.
    pub fn tidy(&self) -> PyResult<()> {
        if self.fill.get() - self.used.get() <= self.mask.get() / 4 {
            return Ok(());
        }
        self.resize_for_growth()
    }
    /// Takes all elements out, then drops them (CPython: set_clear_internal).
    pub fn clear(&self) {
        let was_small = self.is_small();
        let (old, size) = (self.entries.get(), self.mask.get() + 1);
        let copy = self.small.get();
        let from = if was_small { copy.as_ptr() } else { old.cast_const() };
        self.small.set([EMPTY; MIN_SIZE]);
        self.start();
        self.fill.set(0);
        self.used.set(0);
        self.mask.set(MIN_SIZE - 1);
        for i in 0..size {
            // SAFETY: the old table or its copy.
            let e = unsafe { *from.add(i) };
            if e.is_live() {
                decref(e.key);
            }
        }
        if !was_small {
            // SAFETY: a block of its own that nothing refers to any more.
            unsafe { blocks::free(old.cast(), size * size_of::<Entry>()) };
        }
    }
    /// Drops the elements of a dead set, which is not used again: a collection meanwhile finds it empty.
    pub fn end(&self) {
        let mut left = self.used.replace(0);
        let (entries, size, mut i) = (self.entries.get(), self.mask.get() + 1, 0);
        while left > 0 {
            // SAFETY: there are as many elements as the table said, all of them inside it.
            let e = unsafe { *entries.add(i) };
            i += 1;
            if e.is_live() {
                left -= 1;
                decref(e.key);
            }
        }
        if !self.is_small() {
            // SAFETY: a block of its own that nothing refers to any more.
            unsafe { blocks::free(entries.cast(), size * size_of::<Entry>()) };
        }
    }
    /// Exchanges the elements of two sets (CPython: set_swap_bodies).
    pub fn swap(&self, other: &SetTable) {
        let (a, b) = (self.is_small(), other.is_small());
        self.fill.swap(&other.fill);
        self.used.swap(&other.used);
        self.mask.swap(&other.mask);
        self.entries.swap(&other.entries);
        self.small.swap(&other.small);
        if b {
            self.start();
        }
        if a {
            other.start();
        }
    }
}
