//! The hash table of a dict: one malloc block of a head, the index table (1, 2, 4 or 8 bytes per index) and the entries in insertion order.
//!
//! Sizes, growth and probing are CPython's (Objects/dictobject.c), so the `__eq__` calls of a program come in the same order.
//! Entries are {key, value} while every key is an exact str or an immediate (*simple*: the hash is cached in the str or computed
//! in no time), {key, value, hash} from the first other key on. Nothing here counts references or runs Python code.
use crate::object::{Header, PyResult, Value, blocks};
use crate::types::str::{STR_TYPE, StrObject};
use core::cell::Cell;

pub(super) const EMPTY: isize = -1;
const DUMMY: isize = -2;
const PERTURB_SHIFT: u32 = 5;
/// Slots of the smallest table, as power of two.
const LOG2_MIN: u8 = 3;

#[repr(C)]
pub struct Table {
    log2_size: u8,
    /// Bytes per index, as power of two.
    log2_index: u8,
    /// Entries hold their hash.
    general: bool,
    /// Entries below this one are dead: taking entries off the front stays linear.
    first: Cell<u32>,
    /// The entry that was found or added last, likely the one that is asked for next: any number.
    last: Cell<u32>,
    /// Where the entries begin, in bytes behind the head.
    entries_at: usize,
    /// Entries that can still be added.
    pub usable: Cell<usize>,
    /// Entries ever added, dead ones (key null) included.
    pub len: Cell<usize>,
}
const HEAD: usize = size_of::<Table>();

/// The table of every empty dict: one slot, no room.
#[repr(C)]
struct EmptyTable {
    table: Table,
    index: [i8; 8],
}
// SAFETY: never written: it has no room for entries.
unsafe impl Sync for EmptyTable {}
static EMPTY_TABLE: EmptyTable = EmptyTable {
    table: Table {
        log2_size: 0,
        log2_index: 0,
        general: false,
        first: Cell::new(0),
        last: Cell::new(0),
        entries_at: 8,
        usable: Cell::new(0),
        len: Cell::new(0),
    },
    index: [-1; 8],
};
pub fn empty() -> *mut Table {
    (&raw const EMPTY_TABLE).cast::<Table>().cast_mut()
}

/// An exact str: its hash is cached and its comparison runs no Python code.
#[inline(always)]
pub fn is_exact_str(v: Value) -> bool {
    // SAFETY: a heap word points to a live header.
    v.is_heap_nonnull() && core::ptr::eq(unsafe { (*v.as_ptr::<Header>()).ty.get() }.cast(), &STR_TYPE)
}
/// Keys of simple tables.
#[inline(always)]
pub fn is_simple(v: Value) -> bool {
    !v.is_heap_nonnull() || is_exact_str(v)
}
/// The hash of an exact str, computed once.
#[inline(always)]
pub fn str_hash(v: Value) -> i64 {
    // SAFETY: the caller passes an exact str.
    let s = unsafe { &*v.as_ptr::<StrObject>() };
    match s.hash.get() {
        -1 => str_hash_slow(s),
        h => h,
    }
}
#[cold]
fn str_hash_slow(s: &StrObject) -> i64 {
    let h = pyaot_text::hash::bytes(crate::types::str::bytes(s));
    s.hash.set(h);
    h
}
/// The hash of an immediate.
#[inline]
pub fn immediate_hash(v: Value) -> i64 {
    if v.is_small_int() {
        pyaot_text::hash::int(v.as_small())
    } else if v.is_small_float() {
        pyaot_text::hash::float(v.as_small_f64(), 0)
    } else {
        other_immediate_hash(v)
    }
}
fn other_immediate_hash(v: Value) -> i64 {
    match v {
        Value::TRUE => 1,
        Value::FALSE => 0,
        Value::NONE => 0xFCA8_6420,
        v => pyaot_text::hash::pointer(v.0 as usize),
    }
}
#[inline(always)]
pub fn simple_hash(v: Value) -> i64 {
    if v.is_heap_nonnull() {
        str_hash(v)
    } else {
        immediate_hash(v)
    }
}
/// `a == b` of two immediates that are different words: only numbers of different kinds can be equal.
#[inline(never)]
pub fn immediates_equal(a: Value, b: Value) -> bool {
    if a.is_small_int() && b.is_small_int() {
        return false;
    }
    let number = |v: Value| {
        if v.is_small_int() {
            Some(v.as_small())
        } else if v.is_bool() {
            Some((v == Value::TRUE) as i64)
        } else {
            None
        }
    };
    let float_is = |f: Value, i: i64| {
        let f = f.as_small_f64();
        f == f.trunc() && f.abs() < 9.3e18 && f as i128 == i as i128
    };
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x == y,
        (Some(x), None) => b.is_small_float() && float_is(b, x),
        (None, Some(y)) => a.is_small_float() && float_is(a, y),
        // 0.0 and -0.0 are different words.
        (None, None) => a.is_small_float() && b.is_small_float() && a.as_small_f64() == b.as_small_f64(),
    }
}
/// Same text of two exact strs that are different words, with equal hashes.
#[inline(always)]
pub fn strs_equal(a: Value, b: Value) -> bool {
    // SAFETY: the caller passes exact strs.
    let (x, y) = unsafe { (&*a.as_ptr::<StrObject>(), &*b.as_ptr::<StrObject>()) };
    crate::types::str::same_text(x, y)
}

/// Integer type of an index table.
trait Index: Copy {
    fn get(self) -> isize;
    fn new(i: isize) -> Self;
}
macro_rules! index {
    ($($t:ty)*) => {$(impl Index for $t {
        #[inline(always)]
        fn get(self) -> isize { self as isize }
        #[inline(always)]
        fn new(i: isize) -> Self { i as $t }
    })*};
}
index!(i8 i16 i32 i64);

/// Runs `$body` with `$I` bound to the table's index type.
macro_rules! with_index {
    ($table:expr, $I:ident, $body:expr) => {
        match $table.log2_index {
            0 => {
                type $I = i8;
                $body
            }
            1 => {
                type $I = i16;
                $body
            }
            2 => {
                type $I = i32;
                $body
            }
            _ => {
                type $I = i64;
                $body
            }
        }
    };
}

/// Slots of the smallest table of at least `n` slots, as power of two (CPython: calculate_log2_keysize).
pub fn log2_for(n: usize) -> u8 {
    let n = n.max(1 << LOG2_MIN);
    (usize::BITS - (n - 1).leading_zeros()) as u8
}
/// Slots for `n` entries without growth (CPython: estimate_log2_keysize).
pub fn log2_for_entries(n: usize) -> u8 {
    log2_for(n.saturating_mul(3).div_ceil(2))
}

/// Where a probe stands.
struct Probe {
    mask: usize,
    perturb: usize,
    at: usize,
}
impl Probe {
    #[inline(always)]
    fn new(hash: i64, mask: usize) -> Probe {
        Probe {
            mask,
            perturb: hash as usize,
            at: hash as usize & mask,
        }
    }
    #[inline(always)]
    fn advance(&mut self) {
        self.perturb >>= PERTURB_SHIFT;
        self.at = (self.at.wrapping_mul(5).wrapping_add(self.perturb).wrapping_add(1)) & self.mask;
    }
}

impl Table {
    /// A table of `1 << log2_size` slots. Raises MemoryError.
    pub fn new(log2_size: u8, general: bool) -> PyResult<*mut Table> {
        if log2_size >= 58 {
            return crate::exc::memory_error();
        }
        let size = 1usize << log2_size;
        let log2_index = match log2_size {
            0..8 => 0,
            8..16 => 1,
            16..32 => 2,
            _ => 3,
        };
        let usable = (size << 1) / 3;
        let index_bytes = size << log2_index;
        let stride = if general { 24 } else { 16 };
        // SAFETY: plain malloc; everything but the entries is written below.
        unsafe {
            let p = blocks::alloc(HEAD + index_bytes + usable * stride).cast::<Table>();
            if p.is_null() {
                return crate::exc::memory_error();
            }
            p.write(Table {
                log2_size,
                log2_index,
                general,
                first: Cell::new(0),
                last: Cell::new(0),
                entries_at: index_bytes,
                usable: Cell::new(usable),
                len: Cell::new(0),
            });
            p.cast::<u8>().add(HEAD).write_bytes(0xFF, index_bytes);
            Ok(p)
        }
    }
    /// # Safety
    /// `t` came from [`Table::new`] or [`empty`], and nobody uses it any more.
    pub unsafe fn free(t: *mut Table) {
        if t != empty() {
            // SAFETY: by contract.
            unsafe { blocks::free(t.cast(), (*t).byte_size()) };
        }
    }
    pub fn is_general(&self) -> bool {
        self.general
    }
    pub fn log2_size(&self) -> u8 {
        self.log2_size
    }
    #[inline(always)]
    fn mask(&self) -> usize {
        (1 << self.log2_size) - 1
    }
    #[inline(always)]
    fn indices<I>(&self) -> *mut I {
        (self as *const Table as usize + HEAD) as *mut I
    }
    #[inline(always)]
    fn entries(&self) -> *mut Value {
        (self as *const Table as usize + HEAD + self.entries_at) as *mut Value
    }
    #[inline(always)]
    fn stride(&self) -> usize {
        2 + self.general as usize
    }
    /// Bytes of the block.
    pub fn byte_size(&self) -> usize {
        if core::ptr::eq(self, empty()) {
            return 0;
        }
        let size = 1usize << self.log2_size;
        HEAD + (size << self.log2_index) + (size << 1) / 3 * self.stride() * 8
    }
    #[inline(always)]
    fn entry(&self, i: usize) -> *mut Value {
        debug_assert!(i < self.len.get() + self.usable.get());
        // SAFETY: entry `i` lies in the block.
        unsafe { self.entries().add(i * self.stride()) }
    }
    /// Key of entry `i` below `len`; null when dead.
    #[inline(always)]
    pub fn key(&self, i: usize) -> Value {
        // SAFETY: initialised entry.
        unsafe { *self.entry(i) }
    }
    #[inline(always)]
    pub fn value(&self, i: usize) -> Value {
        // SAFETY: initialised entry.
        unsafe { *self.entry(i).add(1) }
    }
    #[inline(always)]
    pub fn set_value(&self, i: usize, v: Value) {
        // SAFETY: initialised entry.
        unsafe { *self.entry(i).add(1) = v }
    }
    /// Hash of a live entry.
    #[inline(always)]
    pub fn hash(&self, i: usize) -> i64 {
        if self.general {
            // SAFETY: initialised entry of three words.
            unsafe { (*self.entry(i).add(2)).0 as i64 }
        } else {
            simple_hash(self.key(i))
        }
    }
    pub fn set_key(&self, i: usize, k: Value) {
        // SAFETY: initialised entry.
        unsafe { *self.entry(i) = k }
    }

    /// The entry of a key, if it is the very object that was looked for last or the one behind it, in a simple table. `d[k] += 1` behind
    /// `k in d` asks for the one, `for k in d: d[k]` for the other.
    #[inline(always)]
    pub fn guess(&self, key: Value) -> Option<isize> {
        debug_assert!(!self.general);
        let (ix, n) = (self.last.get() as usize, self.len.get());
        if ix >= n {
            return None;
        }
        // SAFETY: entries below the length are initialised; what has been taken out has no key.
        unsafe {
            let e = self.entries().add(ix * 2);
            if *e == key {
                return Some(ix as isize);
            }
            if ix + 1 < n && *e.add(2) == key {
                self.last.set(ix as u32 + 1);
                return Some(ix as isize + 1);
            }
        }
        None
    }
    #[inline(always)]
    fn found(&self, ix: isize) -> isize {
        self.last.set(ix as u32);
        ix
    }
    /// Index of the entry of an exact str, or EMPTY, in a simple table.
    #[inline]
    pub fn find_str(&self, key: Value, hash: i64) -> isize {
        self.place_str(key, hash).max(EMPTY)
    }
    /// Likewise; when there is none, the complement of the slot in which the index of a new entry goes, less one (see
    /// [`Table::push_at`]).
    #[inline(always)]
    pub fn place_str(&self, key: Value, hash: i64) -> isize {
        debug_assert!(!self.general);
        let ix = self.last.get() as usize;
        if ix < self.len.get() {
            let k = self.key(ix);
            // SAFETY: keys of simple tables that lie on the heap are exact strs.
            if k.is_heap() && unsafe { (*k.as_ptr::<StrObject>()).hash.get() } == hash && strs_equal(k, key) {
                return ix as isize;
            }
        }
        with_index!(self, I, self.place_str_in::<I>(key, hash))
    }
    #[inline(always)]
    fn place_str_in<I: Index>(&self, key: Value, hash: i64) -> isize {
        let (indices, entries) = (self.indices::<I>(), self.entries());
        let mut p = Probe::new(hash, self.mask());
        let mut free = EMPTY;
        loop {
            // SAFETY: the probe stays inside the table; indices refer to initialised, live entries.
            unsafe {
                let ix = (*indices.add(p.at)).get();
                if ix >= 0 {
                    let k = *entries.add(ix as usize * 2);
                    if k == key {
                        return self.found(ix);
                    }
                    if k.is_heap_nonnull() && (*k.as_ptr::<StrObject>()).hash.get() == hash && strs_equal(k, key) {
                        return self.found(ix);
                    }
                } else {
                    if free == EMPTY {
                        free = -2 - p.at as isize;
                    }
                    if ix == EMPTY {
                        return free;
                    }
                }
            }
            p.advance();
        }
    }
    /// Index of the entry of an immediate, or EMPTY, in a simple table.
    #[inline]
    pub fn find_immediate(&self, key: Value, hash: i64) -> isize {
        self.place_immediate(key, hash).max(EMPTY)
    }
    /// See [`Table::place_str`].
    #[inline(always)]
    pub fn place_immediate(&self, key: Value, hash: i64) -> isize {
        debug_assert!(!self.general);
        with_index!(self, I, self.place_immediate_in::<I>(key, hash))
    }
    #[inline(always)]
    fn place_immediate_in<I: Index>(&self, key: Value, hash: i64) -> isize {
        let (indices, entries) = (self.indices::<I>(), self.entries());
        let mut p = Probe::new(hash, self.mask());
        let mut free = EMPTY;
        loop {
            // SAFETY: as in `find_str_in`.
            unsafe {
                let ix = (*indices.add(p.at)).get();
                if ix >= 0 {
                    let k = *entries.add(ix as usize * 2);
                    if k == key {
                        return self.found(ix);
                    }
                    // Equal ints are the same word.
                    if !(k.is_heap_nonnull() || k.is_small_int() && key.is_small_int()) && immediates_equal(k, key) {
                        return ix;
                    }
                } else {
                    if free == EMPTY {
                        free = -2 - p.at as isize;
                    }
                    if ix == EMPTY {
                        return free;
                    }
                }
            }
            p.advance();
        }
    }
    /// Entry index of a key, or EMPTY, in a table whose entries hold their hash. `same` tells whether two keys of equal hashes are equal,
    /// without running other code; `None` where it cannot tell.
    #[inline(always)]
    pub fn find_general(&self, key: Value, hash: i64, same: impl Fn(Value) -> Option<bool>) -> Option<isize> {
        debug_assert!(self.general);
        with_index!(self, I, self.find_general_in::<I>(key, hash, same))
    }
    #[inline(always)]
    fn find_general_in<I: Index>(&self, key: Value, hash: i64, same: impl Fn(Value) -> Option<bool>) -> Option<isize> {
        let (indices, entries) = (self.indices::<I>(), self.entries());
        let mut p = Probe::new(hash, self.mask());
        loop {
            // SAFETY: as in `find_str_in`; entries have three words.
            unsafe {
                let ix = (*indices.add(p.at)).get();
                if ix >= 0 {
                    let e = entries.add(ix as usize * 3);
                    if *e == key || (*e.add(2)).0 as i64 == hash && same(*e)? {
                        return Some(ix);
                    }
                } else if ix == EMPTY {
                    return Some(EMPTY);
                }
            }
            p.advance();
        }
    }
    /// Calls `f` with every entry index along the probe of `hash`, until it gives a result or the probe ends.
    #[inline]
    pub fn probe<R>(&self, hash: i64, mut f: impl FnMut(usize) -> Option<R>) -> Option<R> {
        let mut p = Probe::new(hash, self.mask());
        loop {
            let ix = self.index_at(p.at);
            if ix >= 0 {
                if let Some(r) = f(ix as usize) {
                    return Some(r);
                }
            } else if ix == EMPTY {
                return None;
            }
            p.advance();
        }
    }
    /// Cursor form of [`Table::probe`], for lookups that run Python code between the steps.
    pub fn walk(&self, hash: i64) -> Walk {
        Walk(Probe::new(hash, self.mask()))
    }
    #[inline(always)]
    fn index_at(&self, at: usize) -> isize {
        // SAFETY: `at` is below the size.
        unsafe { with_index!(self, I, (*self.indices::<I>().add(at)).get()) }
    }
    #[inline(always)]
    fn set_index_at(&self, at: usize, ix: isize) {
        // SAFETY: `at` is below the size.
        unsafe { with_index!(self, I, *self.indices::<I>().add(at) = I::new(ix)) }
    }
    /// Adds an entry whose key is known to be absent; there is room (CPython: find_empty_slot and insertdict).
    #[inline]
    pub fn push(&self, key: Value, hash: i64, value: Value) {
        debug_assert!(self.usable.get() > 0);
        let mut p = Probe::new(hash, self.mask());
        while self.index_at(p.at) >= 0 {
            p.advance();
        }
        let n = self.len.get();
        self.set_index_at(p.at, n as isize);
        self.len.set(n + 1);
        self.last.set(n as u32);
        self.usable.set(self.usable.get() - 1);
        // SAFETY: `usable` said that there is room for entry n.
        unsafe {
            let e = self.entries().add(n * self.stride());
            *e = key;
            *e.add(1) = value;
            if self.general {
                *e.add(2) = Value(hash as u64);
            }
        }
    }
    /// [`Table::push`] to a simple table where looking for the key has found its place; there is room.
    #[inline(always)]
    pub fn push_at(&self, place: isize, key: Value, value: Value) {
        debug_assert!(self.usable.get() > 0 && !self.general);
        let n = self.len.get();
        self.set_index_at((-2 - place) as usize, n as isize);
        self.len.set(n + 1);
        self.last.set(n as u32);
        self.usable.set(self.usable.get() - 1);
        // SAFETY: `usable` said that there is room for entry n.
        unsafe {
            let e = self.entries().add(n * 2);
            *e = key;
            *e.add(1) = value;
        }
    }
    /// Place of the words of entry `i` below `len` with the key and the value that stand there.
    #[inline(always)]
    pub fn words(&self, i: usize) -> (Value, Value) {
        let e = self.entry(i);
        // SAFETY: initialised entry.
        unsafe { (*e, *e.add(1)) }
    }
    /// First live entry at `i` or behind it; `len` when there is none.
    #[inline]
    pub fn next_live(&self, i: usize) -> usize {
        let first = self.first.get() as usize;
        let n = self.len.get();
        let mut at = i.max(first);
        while at < n && self.key(at).is_null() {
            at += 1;
        }
        if i <= first && at > first {
            self.first.set(at.min(u32::MAX as usize) as u32);
        }
        at
    }
    /// Forgets the dead entries from `n` on: the next entry goes there.
    pub fn truncate(&self, n: usize) {
        self.len.set(n);
        self.first.set(self.first.get().min(n.min(u32::MAX as usize) as u32));
    }
    /// Takes entry `i` out of the index and marks it dead; gives its words.
    pub fn remove(&self, i: usize) -> (Value, Value) {
        let hash = self.hash(i);
        let mut p = Probe::new(hash, self.mask());
        while self.index_at(p.at) != i as isize {
            debug_assert!(self.index_at(p.at) != EMPTY);
            p.advance();
        }
        self.set_index_at(p.at, DUMMY);
        let words = (self.key(i), self.value(i));
        self.set_key(i, Value::NULL);
        self.set_value(i, Value::NULL);
        words
    }
    /// A table of the given size with the live entries of `self` in order; their references move.
    pub fn rebuilt(&self, log2_size: u8, general: bool) -> PyResult<*mut Table> {
        let new = Table::new(log2_size, general)?;
        // SAFETY: just made.
        let t = unsafe { &*new };
        if !self.general && !general {
            with_index!(t, I, self.fill_simple::<I>(t));
            return Ok(new);
        }
        for i in 0..self.len.get() {
            let k = self.key(i);
            if !k.is_null() {
                t.push(k, self.hash(i), self.value(i));
            }
        }
        Ok(new)
    }
    /// The live entries of a simple table go into an empty one with room for them, which is simple, too.
    #[inline(always)]
    fn fill_simple<I: Index>(&self, to: &Table) {
        let (from, entries, indices) = (self.entries(), to.entries(), to.indices::<I>());
        let (mask, mut n) = (to.mask(), 0);
        for i in 0..self.len.get() {
            // SAFETY: entries below the length are initialised; there is room for the live ones; the probe stays inside the table.
            unsafe {
                let (k, v) = (*from.add(i * 2), *from.add(i * 2 + 1));
                if k.is_null() {
                    continue;
                }
                let mut p = Probe::new(simple_hash(k), mask);
                while (*indices.add(p.at)).get() >= 0 {
                    p.advance();
                }
                *indices.add(p.at) = I::new(n as isize);
                *entries.add(n * 2) = k;
                *entries.add(n * 2 + 1) = v;
            }
            n += 1;
        }
        to.len.set(n);
        to.last.set(n as u32);
        to.usable.set(to.usable.get() - n);
    }
    /// A byte copy; the caller counts the references.
    pub fn duplicate(&self) -> PyResult<*mut Table> {
        let n = self.byte_size();
        // SAFETY: a block of `n` bytes.
        unsafe {
            let p = blocks::alloc(n).cast::<Table>();
            if p.is_null() {
                return crate::exc::memory_error();
            }
            let stride = self.stride() * 8;
            let live = n - self.usable.get() * stride;
            core::ptr::copy_nonoverlapping((self as *const Table).cast::<u8>(), p.cast::<u8>(), live);
            Ok(p)
        }
    }
}

/// See [`Table::walk`].
pub struct Walk(Probe);
impl Walk {
    /// Next entry index along the probe; `None` at its end. `t` is the table that made the walk.
    #[inline]
    pub fn next(&mut self, t: &Table) -> Option<usize> {
        loop {
            let ix = t.index_at(self.0.at);
            if ix == EMPTY {
                return None;
            }
            self.0.advance();
            if ix >= 0 {
                return Some(ix as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_cpython() {
        assert_eq!([0, 5, 8, 9, 16, 17].map(log2_for), [3, 3, 3, 4, 4, 5]);
        assert_eq!([5, 6, 10, 11].map(log2_for_entries), [3, 4, 4, 5]);
    }

    #[test]
    fn entries_survive_growth_and_removal() {
        let t = Table::new(3, false).unwrap();
        // SAFETY: alive until freed.
        let table = unsafe { &*t };
        for i in 0..5 {
            table.push(Value::from_small(i), i, Value::from_small(i * i));
        }
        assert_eq!(table.usable.get(), 0);
        table.remove(2);
        let big = table.rebuilt(10, true).unwrap();
        // SAFETY: as above.
        let b = unsafe { &*big };
        let found = |i: i64| {
            b.probe(i, |ix| {
                (b.key(ix) == Value::from_small(i)).then(|| b.value(ix).as_small())
            })
        };
        assert_eq!([0, 1, 2, 3, 4].map(found), [Some(0), Some(1), None, Some(9), Some(16)]);
        assert_eq!(table.find_immediate(Value::TRUE, 1), 1);
        // SAFETY: last uses.
        unsafe {
            Table::free(t);
            Table::free(big);
        }
    }
}
