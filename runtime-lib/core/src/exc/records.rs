//! Where an exception has been, before anybody looks: one small record for each frame instead of a traceback and a frame object.
//!
//! In: a frame that catches an exception or is left by it. Out: traceback and frame objects, made of the records when `__traceback__`
//! is asked for ([`traceback`]). An exception owns its records; they stand above the traceback object that it has already. The
//! words of a frame's local variables move into its record, so they live as long as they would in a frame object. Records do not
//! move between exceptions and are no objects: the collector sees their locals as children of the exception.
use super::types::{BaseException, cast};
use crate::exc;
use crate::exec::watch;
use crate::object::{Own, PyResult, Ref, Value, decref, field, set_field};
use crate::types::traceback as objects;
use core::cell::Cell;
use core::mem::offset_of;
use core::ptr::null_mut;
use pyaot_abi::CodeObject;

/// A frame that an exception has passed; the values of its locals follow.
#[repr(C)]
pub struct Record {
    /// Toward the place of the raise.
    next: *mut Record,
    code: &'static CodeObject,
    /// Address of the machine frame, if the exception was caught in it; else 0.
    base: usize,
    position: u32,
    /// Values behind the record.
    count: u32,
    /// Which free list it comes from.
    class: u32,
    locals: [Value; 0],
}

/// Bytes of the records of each free list; larger ones are blocks of malloc's.
const SIZES: [usize; 3] = [64, 128, 256];
const CHUNK: usize = 4096;

struct FreeLists([Cell<*mut Record>; SIZES.len()]);
// SAFETY: the GIL guards it.
unsafe impl Sync for FreeLists {}
static FREE: FreeLists = FreeLists([const { Cell::new(null_mut()) }; SIZES.len()]);

const fn room(size: usize) -> usize {
    (size - offset_of!(Record, locals)) / 8
}

impl Record {
    fn words(&self) -> *mut Value {
        // The words stand behind the record in its block.
        (self as *const Record as usize + offset_of!(Record, locals)) as *mut Value
    }
    fn locals(&self) -> &[Value] {
        // SAFETY: `count` says how many were written.
        unsafe { core::slice::from_raw_parts(self.words(), self.count as usize) }
    }
}

/// A block for `n` locals, or null.
#[inline]
fn block(n: usize) -> (*mut Record, u32) {
    let class = if n <= room(SIZES[0]) {
        0
    } else if n <= room(SIZES[1]) {
        1
    } else if n <= room(SIZES[2]) {
        2
    } else {
        // SAFETY: plain malloc of a small size.
        return (
            unsafe { libc::malloc(offset_of!(Record, locals) + n * 8) }.cast(),
            SIZES.len() as u32,
        );
    };
    let list = &FREE.0[class];
    let mut found = list.get();
    if found.is_null() {
        found = refill(class);
        if found.is_null() {
            return (null_mut(), 0);
        }
    }
    // SAFETY: free records are linked by their first word.
    list.set(unsafe { (*found).next });
    (found, class as u32)
}

#[cold]
#[inline(never)]
fn refill(class: usize) -> *mut Record {
    let size = SIZES[class];
    // SAFETY: plain malloc.
    let chunk = unsafe { libc::malloc(CHUNK) }.cast::<u8>();
    if chunk.is_null() {
        return null_mut();
    }
    let mut next = null_mut();
    for i in (0..CHUNK / size).rev() {
        // SAFETY: inside the chunk; only the link is written.
        unsafe {
            let record = chunk.add(i * size).cast::<Record>();
            (&raw mut (*record).next).write(next);
            next = record;
        }
    }
    FREE.0[class].set(next);
    next
}

/// # Safety
/// `record` came from [`block`], and nobody refers to it.
#[inline]
unsafe fn free(record: *mut Record) {
    // SAFETY: by contract.
    unsafe {
        match FREE.0.get((*record).class as usize) {
            Some(list) => {
                (*record).next = list.get();
                list.set(record);
            }
            None => libc::free(record.cast()),
        }
    }
}

/// A record of values that it takes over; null, and the values dropped, when there is no memory.
///
/// # Safety
/// `words` holds `n` owned words.
#[inline]
unsafe fn new(code: &'static CodeObject, position: u32, base: usize, words: *const Value, n: usize) -> *mut Record {
    let (record, class) = block(n);
    if record.is_null() {
        // SAFETY: by contract.
        (0..n).rev().for_each(|i| decref(unsafe { *words.add(i) }));
        return record;
    }
    // SAFETY: the block has room for the record and `n` words.
    unsafe {
        record.write(Record {
            next: null_mut(),
            code,
            base,
            position,
            count: n as u32,
            class,
            locals: [],
        });
        let to = (*record).words();
        for i in 0..n {
            to.add(i).write(*words.add(i));
        }
    }
    record
}

#[inline]
fn push(e: &BaseException, record: *mut Record) {
    if !record.is_null() {
        // SAFETY: just made.
        unsafe { (*record).next = e.records.get() };
        e.records.set(record);
    }
}

/// As [`caught`] where a record is at hand and no frame has an object; false when nothing was done.
#[inline(always)]
pub fn caught_plainly(e: Ref, code: &'static CodeObject, position: u32, base: usize) -> bool {
    let record = FREE.0[0].get();
    if watch::any() || record.is_null() {
        return false;
    }
    // SAFETY: a free record; it links the next one.
    unsafe {
        FREE.0[0].set((*record).next);
        record.write(Record {
            next: cast(e).records.get(),
            code,
            base,
            position,
            count: 0,
            class: 0,
            locals: [],
        });
    }
    cast(e).records.set(record);
    true
}

/// As [`left`] or (where `position` is negative) [`keep_locals`] where a record is at hand and no frame has an object; false when
/// nothing was done.
///
/// # Safety
/// As for these.
#[inline(always)]
pub unsafe fn left_plainly(e: Ref, code: &'static CodeObject, position: i32, words: *const Value, n: usize) -> bool {
    let o = cast(e);
    // SAFETY: records of an exception are live; a free record links the next one, and has room for a few words.
    unsafe {
        let record = if position < 0 {
            let newest = o.records.get();
            if newest.is_null() || (*newest).count != 0 || !core::ptr::eq((*newest).code, code) || n > room(SIZES[0]) {
                return false;
            }
            newest
        } else {
            let free = FREE.0[0].get();
            if watch::any() || free.is_null() || n > room(SIZES[0]) {
                return false;
            }
            FREE.0[0].set((*free).next);
            free.write(Record {
                next: o.records.get(),
                code,
                base: 0,
                position: position as u32,
                count: 0,
                class: 0,
                locals: [],
            });
            o.records.set(free);
            free
        };
        let to = (*record).words();
        const { assert!(room(SIZES[0]) == 3) };
        if n > 0 {
            to.write(*words);
        }
        if n > 1 {
            to.add(1).write(*words.add(1));
        }
        if n > 2 {
            to.add(2).write(*words.add(2));
        }
        (*record).count = n as u32;
    }
    true
}

/// The exception is caught in a running frame.
#[cold]
#[inline(never)]
pub fn caught(e: Ref, code: &'static CodeObject, position: u32, base: usize) {
    if watch::any() && objects::add_to_running(e, code, position, None, base) {
        return;
    }
    // SAFETY: no words.
    push(cast(e), unsafe { new(code, position, base, core::ptr::null(), 0) });
}

/// A frame is left by the exception.
///
/// # Safety
/// `words` holds `n` owned words, which are taken over.
#[inline]
pub unsafe fn left(e: Ref, code: &'static CodeObject, position: u32, base: usize, words: *const Value, n: usize) {
    if watch::any() {
        // SAFETY: by contract.
        let locals = unsafe { owned(words, n) };
        if objects::add_to_running(e, code, position, Some(&locals), base) {
            return;
        }
    }
    // SAFETY: by contract.
    push(cast(e), unsafe { new(code, position, 0, words, n) });
}

/// # Safety
/// `words` holds `n` words.
unsafe fn owned(words: *const Value, n: usize) -> Vec<Value> {
    match n {
        0 => Vec::new(),
        // SAFETY: by contract.
        n => unsafe { core::slice::from_raw_parts(words, n) }.to_vec(),
    }
}

/// The exception that has the entry of a frame which `e` leaves without one of its own: `e`, or the one that was caught in the frame and of
/// which `e` was made (CPython: stopiteration_error). `base`: the frame's address.
pub fn with_entry<'a>(e: Ref<'a>, code: &'static CodeObject, base: usize) -> Ref<'a> {
    let o = cast(e);
    if !o.records.get().is_null() || field(&o.traceback).is_some() {
        return e;
    }
    let Some(caught) = field(&o.context) else { return e };
    let c = cast(caught);
    // SAFETY: records of an exception are live.
    let is_here = match unsafe { c.records.get().as_ref() } {
        Some(record) => record.base == base && core::ptr::eq(record.code, code),
        None => field(&c.traceback).is_some_and(|t| objects::is_caught_at(t, code, base)),
    };
    if is_here { caught } else { e }
}

/// A frame is left by an exception that has an entry for it already: the locals go there.
///
/// # Safety
/// As for [`left`].
pub unsafe fn keep_locals(e: Ref, code: &'static CodeObject, words: *const Value, n: usize) {
    let o = cast(e);
    let newest = o.records.get();
    // SAFETY: records of an exception are live.
    match unsafe { newest.as_ref() } {
        Some(record)
            if core::ptr::eq(record.code, code)
                && record.count == 0
                && SIZES.get(record.class as usize).is_some_and(|size| n <= room(*size)) =>
        {
            // SAFETY: the record has room for them.
            unsafe {
                let to = record.words();
                for i in 0..n {
                    to.add(i).write(*words.add(i));
                }
                (*newest).count = n as u32;
            }
        }
        Some(record) if core::ptr::eq(record.code, code) => {
            // SAFETY: by contract.
            let made = unsafe { new(code, record.position, 0, words, n) };
            if !made.is_null() {
                // SAFETY: just made.
                unsafe { (*made).next = record.next };
                o.records.set(made);
                // SAFETY: no longer in the list.
                unsafe { drop_record(newest) };
            }
        }
        // SAFETY: by contract.
        Some(_) => (0..n).rev().for_each(|i| decref(unsafe { *words.add(i) })),
        // SAFETY: by contract.
        None => objects::keep_locals(e, code, unsafe { owned(words, n) }),
    }
}

/// # Safety
/// `record` is in no list.
#[inline]
unsafe fn drop_record(record: *mut Record) {
    // SAFETY: by contract; values are dropped from the last to the first, as in a frame object.
    unsafe {
        let (words, n) = ((*record).words(), (*record).count as usize);
        for i in (0..n).rev() {
            decref(*words.add(i));
        }
        free(record);
    }
}

/// The records of an exception, oldest first, which has none any more.
#[inline]
fn take(e: &BaseException) -> *mut Record {
    let (mut at, mut oldest) = (e.records.replace(null_mut()), null_mut());
    while !at.is_null() {
        // SAFETY: records of an exception are live.
        let next = unsafe { core::mem::replace(&mut (*at).next, oldest) };
        oldest = at;
        at = next;
    }
    oldest
}

/// Drops the records, inner frames first (CPython: Python/traceback.c, tb_dealloc).
#[inline(always)]
pub fn clear(e: &BaseException) {
    let mut at = e.records.get();
    if at.is_null() {
        return;
    }
    // SAFETY: records of an exception are live, and the exception's no more when they are dropped.
    unsafe {
        match (*at).next.is_null() {
            true => e.records.set(null_mut()),
            false => at = take(e),
        }
        loop {
            let next = (*at).next;
            drop_record(at);
            if next.is_null() {
                break;
            }
            at = next;
        }
    }
}

pub fn traverse(e: &BaseException, visit: crate::typeobj::slots::Visitor) {
    // SAFETY: records of an exception are live.
    let mut at = unsafe { e.records.get().as_ref() };
    while let Some(record) = at {
        record.locals().iter().for_each(|v| visit(*v));
        // SAFETY: as above.
        at = unsafe { record.next.as_ref() };
    }
}

/// `__traceback__`, made of the records if there are any.
#[inline]
pub fn traceback(e: Ref<'_>) -> Option<Ref<'_>> {
    let o = cast(e);
    if !o.records.get().is_null() {
        materialise(e);
    }
    field(&o.traceback)
}

/// The field of the traceback object below the records.
pub fn newest_object(e: Ref<'_>) -> &Cell<Value> {
    &cast(e).traceback
}

/// Replaces `__traceback__`.
pub fn set_traceback(e: Ref, traceback: Option<Own>) {
    let o = cast(e);
    let old = take(o);
    set_field(&o.traceback, traceback);
    let mut at = old;
    while !at.is_null() {
        // SAFETY: taken out of the exception.
        unsafe {
            let next = (*at).next;
            drop_record(at);
            at = next;
        }
    }
}

#[cold]
#[inline(never)]
pub fn materialise(e: Ref) {
    let o = cast(e);
    let mut at = take(o);
    while !at.is_null() {
        // SAFETY: taken out of the exception; its values move to the frame object.
        let record = unsafe { &*at };
        let made: PyResult<()> =
            objects::new_frame(record.code, record.position, record.locals().to_vec()).and_then(|f| {
                objects::frame(f.r()).caught_at.set(record.base);
                objects::push(e, f, record.position)
            });
        if made.is_err() {
            drop(exc::take());
        }
        let next = record.next;
        // SAFETY: as above.
        unsafe { free(at) };
        at = next;
    }
}
