//! Object memory: size-classed pages of 64 KiB that can be enumerated, so the collector needs no link fields; blocks of their own
//! from malloc for objects above [`MAX_SMALL`].
//!
//! Objects whose type takes part in collection and others live in different pages (`Heap::gc`, `Heap::plain`). With the feature
//! `malloc_objects` every object has a malloc block of its own, for AddressSanitizer and memcheck.
use super::{Header, Own, PyResult, Value, flag};
use crate::typeobj::TypeObject;
use core::cell::Cell;
use core::ptr::null_mut;
use pyaot_abi::{TypeHead, type_flag};

pub const PAGE_SIZE: usize = 64 * 1024;
/// Largest object in a page, bytes.
pub const MAX_SMALL: usize = 512;
const CLASSES: usize = MAX_SMALL / 16;
const CHUNK_PAGES: usize = 16;
const OLDEST: u8 = 2;

/// Head of a page. Slots follow, aligned to 16.
#[repr(C)]
pub struct Page {
    /// Free slots, linked through their second word (the first is a header with the FREE flag).
    free: Cell<*mut FreeSlot>,
    pub used: Cell<u32>,
    pub slot_size: u32,
    pub slot_count: u32,
    /// Slots handed out at least once; the rest of the page is untouched memory.
    touched: Cell<u32>,
    /// Pages of one heap and class.
    next: Cell<*mut Page>,
    /// Youngest generation of the objects here: 0 while the page is allocated from.
    generation: Cell<u8>,
    /// The page is current, or one of those with room.
    listed: Cell<bool>,
    gc: bool,
    /// One count per slot while a collection runs, else null.
    counts: Cell<*mut Cell<u32>>,
    /// 2^32 divided by the slot size, rounded up: a multiplication gives the index of a slot.
    reciprocal: u32,
}

#[repr(C)]
struct FreeSlot {
    header: Header,
    /// Overlays nothing of the header: slots are at least 32 bytes in gc pages, 32 in plain ones.
    next: *mut FreeSlot,
}

const PAGE_HEAD: usize = 64;
const _: () = assert!(size_of::<Page>() <= PAGE_HEAD);

impl Page {
    fn slot(&self, i: u32) -> *mut Header {
        // The address is inside the page by construction.
        (self as *const Page as usize + PAGE_HEAD + i as usize * self.slot_size as usize) as *mut Header
    }
    /// Live and free slots ever handed out; free ones carry the FREE flag.
    pub fn slots(&self) -> impl Iterator<Item = *mut Header> + '_ {
        (0..self.touched.get()).map(|i| self.slot(i))
    }
}

/// One kind of pages: current page and all pages, per class.
pub struct Heap {
    current: [Cell<*mut Page>; CLASSES + 1],
    /// Pages with room that are not current.
    partial: [Cell<*mut Page>; CLASSES + 1],
    pages: core::cell::RefCell<Vec<*mut Page>>,
}

// SAFETY: the GIL guards the heaps.
unsafe impl Sync for Heap {}

impl Heap {
    const fn new() -> Heap {
        Heap {
            current: [const { Cell::new(null_mut()) }; CLASSES + 1],
            partial: [const { Cell::new(null_mut()) }; CLASSES + 1],
            pages: core::cell::RefCell::new(Vec::new()),
        }
    }
}

static GC_HEAP: Heap = Heap::new();
static PLAIN_HEAP: Heap = Heap::new();
struct Global<T>(T);
// SAFETY: the GIL guards the content.
unsafe impl<T> Sync for Global<T> {}
/// Pages of the container heap whose generation is 0, and those whose generation is or was 1.
static YOUNG_PAGES: Global<[core::cell::RefCell<Vec<*mut Page>>; 2]> =
    Global([const { core::cell::RefCell::new(Vec::new()) }; 2]);
static LARGE: Global<core::cell::RefCell<Vec<*mut Header>>> = Global(core::cell::RefCell::new(Vec::new()));
static SPARE: Global<core::cell::RefCell<Vec<*mut Page>>> = Global(core::cell::RefCell::new(Vec::new()));
/// Number of large objects that are no containers.
static LARGE_PLAIN: Global<Cell<usize>> = Global(Cell::new(0));
/// Container objects allocated minus freed since the last collection of the youngest generation.
pub static YOUNG_COUNT: Global2 = Global2(Cell::new(0));
pub struct Global2(pub Cell<i64>);
// SAFETY: the GIL guards the content.
unsafe impl Sync for Global2 {}

#[cold]
fn new_page(size: usize, gc: bool) -> *mut Page {
    let mut spare = SPARE.0.borrow_mut();
    if spare.is_empty() {
        let bytes = CHUNK_PAGES * PAGE_SIZE;
        // SAFETY: plain anonymous mapping; the unaligned ends stay unused.
        let base = unsafe {
            libc::mmap(
                null_mut(),
                bytes + PAGE_SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return null_mut();
        }
        let first = (base as usize).next_multiple_of(PAGE_SIZE);
        spare.extend((0..CHUNK_PAGES).rev().map(|i| (first + i * PAGE_SIZE) as *mut Page));
    }
    let page = spare.pop().expect("filled above");
    // SAFETY: a fresh or fully freed page that nobody else uses.
    unsafe {
        page.write(Page {
            free: Cell::new(null_mut()),
            used: Cell::new(0),
            slot_size: size as u32,
            slot_count: ((PAGE_SIZE - PAGE_HEAD) / size) as u32,
            touched: Cell::new(0),
            next: Cell::new(null_mut()),
            generation: Cell::new(OLDEST),
            listed: Cell::new(false),
            gc,
            counts: Cell::new(null_mut()),
            reciprocal: (1u64 << 32).div_ceil(size as u64) as u32,
        });
    }
    page
}

/// Bytes that every object has at least: attribute sites read the word behind the header of whatever they meet.
const MIN_SIZE: usize = 32;

#[inline(always)]
fn class_of(size: usize) -> usize {
    size.max(MIN_SIZE).div_ceil(16)
}

/// Memory for an object of `size` bytes in `heap`; null when there is none.
#[inline]
fn small(heap: &'static Heap, size: usize) -> *mut Header {
    let class = class_of(size);
    let page = heap.current[class].get();
    if !page.is_null() {
        // SAFETY: current pages are live; their free list holds free slots of this page.
        unsafe {
            let slot = (*page).free.get();
            if !slot.is_null() {
                (*page).free.set((*slot).next);
                (*page).used.set((*page).used.get() + 1);
                return slot.cast();
            }
        }
    }
    small_slow(heap, class)
}

#[cold]
#[inline(never)]
fn small_slow(heap: &'static Heap, class: usize) -> *mut Header {
    loop {
        let page = heap.current[class].get();
        // SAFETY: pages in `current` and `partial` are live.
        unsafe {
            if !page.is_null() {
                let p = &*page;
                let slot = p.free.get();
                if !slot.is_null() {
                    p.free.set((*slot).next);
                    p.used.set(p.used.get() + 1);
                    return slot.cast();
                }
                // Untouched memory is taken in small batches, so that a page is committed as it fills.
                let first = p.touched.get();
                if first < p.slot_count {
                    let n = (p.slot_count - first).min(16.max(2048 / p.slot_size));
                    for i in (first..first + n).rev() {
                        let slot = p.slot(i).cast::<FreeSlot>();
                        (*slot).header.flags.set(flag::FREE);
                        (*slot).next = p.free.get();
                        p.free.set(slot);
                    }
                    p.touched.set(first + n);
                    continue;
                }
            }
            let next = heap.partial[class].get();
            if next.is_null() {
                let page = new_page(class * 16, core::ptr::eq(heap, &GC_HEAP));
                if page.is_null() {
                    return null_mut();
                }
                heap.pages.borrow_mut().push(page);
                make_current(heap, class, page);
            } else {
                heap.partial[class].set((*next).next.get());
                make_current(heap, class, next);
            }
        }
    }
}

fn make_current(heap: &'static Heap, class: usize, page: *mut Page) {
    let full = heap.current[class].replace(page);
    if !full.is_null() {
        // SAFETY: pages are never unmapped.
        unsafe { (*full).listed.set(false) };
    }
    // SAFETY: a live page.
    let page_ref = unsafe { &*page };
    page_ref.listed.set(true);
    if page_ref.gc && page_ref.generation.replace(0) != 0 {
        YOUNG_PAGES.0[0].borrow_mut().push(page);
    }
}

/// Raw memory for an object of type `ty` with `size` bytes in all; header set, count 1, rest not initialised.
/// Raises MemoryError.
pub fn raw(ty: &TypeObject, size: usize) -> PyResult<*mut Header> {
    let type_flags = ty.head.flags.get();
    let gc = type_flags & type_flag::GC != 0;
    if gc {
        let p = quick_container(ty, size);
        if !p.is_null() {
            if type_flags & type_flag::HEAP != 0 {
                super::incref(Value::from_ptr(ty));
            }
            return Ok(p);
        }
    }
    raw_slow(ty, size, gc)
}

#[inline(never)]
fn raw_slow(ty: &TypeObject, size: usize, gc: bool) -> PyResult<*mut Header> {
    let (p, mut flags) = if size <= MAX_SMALL && !cfg!(feature = "malloc_objects") {
        (
            if gc {
                small(&GC_HEAP, size)
            } else {
                small(&PLAIN_HEAP, size)
            },
            0,
        )
    } else {
        (large(size, gc), flag::LARGE)
    };
    if p.is_null() {
        return crate::exc::memory_error();
    }
    if gc {
        flags |= flag::TRACKED;
        let n = YOUNG_COUNT.0.get() + 1;
        YOUNG_COUNT.0.set(n);
        if n > crate::gc::threshold_young() {
            crate::gc::request();
        }
    }
    // SAFETY: fresh memory of at least `MIN_SIZE` bytes.
    unsafe {
        // What an object without fields has behind its header must not be the shape of the one that stood there before.
        p.add(1).cast::<u64>().write(0);
        p.write(Header {
            refcount: Cell::new(1),
            flags: Cell::new(flags),
            ty: Cell::new((ty as *const TypeObject).cast::<TypeHead>()),
        });
    }
    if ty.head.flags.get() & type_flag::HEAP != 0 {
        super::incref(Value::from_ptr(ty));
    }
    Ok(p)
}

/// As [`raw`] for a built-in type whose instances the collector does not know, with these flags.
#[inline(always)]
pub fn raw_plain(ty: &'static TypeObject, size: usize, flags: u32) -> PyResult<*mut Header> {
    let is_small = size <= MAX_SMALL && !cfg!(feature = "malloc_objects");
    let (p, flags) = match is_small {
        true => (small(&PLAIN_HEAP, size), flags),
        false => (large(size, false), flags | flag::LARGE),
    };
    if p.is_null() {
        return crate::exc::memory_error();
    }
    // SAFETY: fresh memory of at least `MIN_SIZE` bytes.
    unsafe {
        p.write(Header {
            refcount: Cell::new(1),
            flags: Cell::new(flags),
            ty: Cell::new((ty as *const TypeObject).cast::<TypeHead>()),
        });
    }
    Ok(p)
}

/// As [`raw`] for a container of a built-in type; null when that takes more than a free slot of the current page.
#[inline(always)]
pub fn quick_container(ty: &TypeObject, size: usize) -> *mut Header {
    if size > MAX_SMALL {
        return null_mut();
    }
    // SAFETY: small sizes have a class; the slot has room for a word behind the header.
    unsafe {
        let p = free_slot(ty, class_of(size));
        if !p.is_null() {
            p.add(1).cast::<u64>().write(0);
        }
        p
    }
}

/// A free slot of the current page for containers of a size class, with the header of a new object; null when there is none.
///
/// # Safety
/// There is such a class.
#[inline(always)]
unsafe fn free_slot(ty: &TypeObject, class: usize) -> *mut Header {
    if cfg!(feature = "malloc_objects") {
        return null_mut();
    }
    // SAFETY: current pages are live; their free list holds free slots of this page.
    unsafe {
        let page = GC_HEAP.current.get_unchecked(class).get();
        if page.is_null() {
            return null_mut();
        }
        let slot = (*page).free.get();
        if slot.is_null() {
            return null_mut();
        }
        (*page).free.set((*slot).next);
        (*page).used.set((*page).used.get() + 1);
        let n = YOUNG_COUNT.0.get() + 1;
        YOUNG_COUNT.0.set(n);
        if n > crate::gc::threshold_young() {
            crate::gc::request();
        }
        let p = slot.cast::<Header>();
        p.write(Header {
            refcount: Cell::new(1),
            flags: Cell::new(flag::TRACKED),
            ty: Cell::new((ty as *const TypeObject).cast::<TypeHead>()),
        });
        p
    }
}

/// A new instance of a class with a [`crate::typeobj::Quick`] layout, everything in it empty; `None` when that takes more than a free slot.
#[inline]
pub fn quick(ty: &TypeObject) -> Option<Own> {
    let (layout, root) = (ty.quick.get(), ty.root_shape.get());
    if layout.shape != 0 && root.is_null() {
        return None;
    }
    // SAFETY: root shapes live as long as their class.
    let shape = if layout.shape != 0 {
        unsafe { (*root).word() }
    } else {
        0
    };
    quick_of(ty, layout, shape)
}

/// Likewise, with this shape word if it has one.
#[inline]
pub fn quick_of(ty: &TypeObject, layout: crate::typeobj::Quick, shape: u64) -> Option<Own> {
    match layout.size {
        0 => None,
        size => quick_sized(ty, slot_bytes(size as usize), layout.shape, shape),
    }
}

/// Bytes of the slot for an object of that size.
pub fn slot_bytes(size: usize) -> usize {
    16 * class_of(size)
}

/// Likewise, of a class whose instances fill a slot of that many bytes.
#[inline(always)]
pub fn quick_sized(ty: &TypeObject, bytes: usize, shape_offset: u16, shape: u64) -> Option<Own> {
    // SAFETY: a slot has so many bytes, at least 32.
    unsafe {
        let p = free_slot(ty, bytes / 16);
        if p.is_null() {
            return None;
        }
        // Stores of 16 bytes, some of them twice: a loop or a call of memset takes longer.
        let bytes_at = p.cast::<u8>();
        let clear = |at: usize| bytes_at.add(at).cast::<[u64; 2]>().write_unaligned([0; 2]);
        let last = bytes - 16;
        clear(16);
        clear(last.min(32));
        clear(last.min(48));
        clear(last);
        if last > 64 {
            let mut at = 64;
            while at < last {
                clear(at);
                at += 16;
            }
        }
        if shape_offset != 0 {
            bytes_at.add(usize::from(shape_offset)).cast::<u64>().write(shape);
        }
        let count = &ty.head.header.refcount;
        count.set(count.get().wrapping_add(1));
        Some(Own::from_value(Value::from_ptr(p)))
    }
}

/// Bytes in front of a large object: its index in the list of large containers, and the collector's count; of one that is no container,
/// nothing and the bytes that malloc has given.
const LARGE_PREFIX: usize = 16;

#[cold]
fn large(size: usize, gc: bool) -> *mut Header {
    if size > isize::MAX as usize - LARGE_PREFIX {
        return null_mut();
    }
    // SAFETY: plain malloc; the prefix keeps 16-byte alignment.
    let p = unsafe { libc::malloc(size.max(MIN_SIZE) + LARGE_PREFIX) } as *mut u8;
    if p.is_null() {
        return null_mut();
    }
    let index = if gc {
        let mut list = LARGE.0.borrow_mut();
        list.push(unsafe { p.add(LARGE_PREFIX) }.cast());
        list.len() - 1
    } else {
        LARGE_PLAIN.0.set(LARGE_PLAIN.0.get() + 1);
        usize::MAX
    };
    unsafe {
        p.cast::<usize>().write(index);
        if !gc {
            p.cast::<usize>().add(1).write(libc::malloc_usable_size(p.cast()));
        }
        p.add(LARGE_PREFIX).cast()
    }
}

/// An object of exactly `T`'s type with the fields of `init` (its header is replaced). Raises MemoryError.
pub fn object<T: super::Object>(init: impl FnOnce(Header) -> T) -> PyResult {
    object_of(T::type_object(), init)
}

/// An object of type `ty`, whose layout begins with `T`. What follows `T` up to the type's basic size is zeroed.
pub fn object_of<T: super::Object>(ty: &TypeObject, init: impl FnOnce(Header) -> T) -> PyResult {
    let size = (ty.head.basic_size.get() as usize).max(size_of::<T>());
    let p = raw(ty, size)?;
    // SAFETY: `size` bytes of fresh memory; the header is moved out and put back by `init`.
    unsafe {
        let header = p.read();
        p.cast::<T>().write(init(header));
        let rest = size - size_of::<T>();
        if rest != 0 {
            p.cast::<u8>().add(size_of::<T>()).write_bytes(0, rest);
        }
    }
    if ty.head.shape_offset.get() != 0 {
        crate::typeobj::shape::init_instance(ty, p);
    }
    Ok(Own::from_value(Value::from_ptr(p)))
}

/// Bytes of the slot of a page in which an object stands; 0 when it stands in a block of its own.
///
/// # Safety
/// The object came from [`raw`].
#[inline]
pub unsafe fn slot_size(p: *mut Header) -> usize {
    // SAFETY: by contract.
    unsafe {
        match (*p).flags.get() & flag::LARGE {
            0 => (*page_of(p)).slot_size as usize,
            _ => 0,
        }
    }
}

/// Gives back the memory of an object whose content has been dropped. `size` is not needed: the page knows.
///
/// # Safety
/// The object came from [`raw`] and nobody refers to it.
pub unsafe fn free(p: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        let flags = (*p).flags.get();
        if flags & flag::LARGE != 0 {
            return free_large(p);
        }
        let page = page_of(p);
        if (*page).gc {
            YOUNG_COUNT.0.set(YOUNG_COUNT.0.get() - 1);
        }
        free_in(page, p);
    }
}

/// Likewise of an object that is no container.
///
/// # Safety
/// As for [`free`].
#[inline(always)]
pub unsafe fn free_plain(p: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        if (*p).flags.get() & flag::LARGE != 0 {
            return free_large(p);
        }
        free_in(page_of(p), p);
    }
}

/// Likewise, in a page.
///
/// # Safety
/// As for [`free`].
#[inline(always)]
pub unsafe fn free_small_plain(p: *mut Header) {
    // SAFETY: by contract.
    unsafe { free_in(page_of(p), p) };
}

/// Likewise of a container in a page.
///
/// # Safety
/// As for [`free`].
#[inline(always)]
pub unsafe fn free_container(p: *mut Header) {
    if cfg!(feature = "malloc_objects") {
        // SAFETY: by contract.
        return unsafe { free(p) };
    }
    YOUNG_COUNT.0.set(YOUNG_COUNT.0.get() - 1);
    // SAFETY: by contract.
    unsafe { free_in(page_of(p), p) };
}

#[inline(always)]
unsafe fn free_in(page: *mut Page, p: *mut Header) {
    // SAFETY: a slot of the page that nobody refers to.
    unsafe {
        let slot = p.cast::<FreeSlot>();
        (*slot).header.flags.set(flag::FREE);
        (*slot).next = (*page).free.get();
        (*page).free.set(slot);
        (*page).used.set((*page).used.get() - 1);
        if !(*page).listed.get() {
            free_slow(page);
        }
    }
}

/// The first free slot of a page that was full.
#[cold]
#[inline(never)]
unsafe fn free_slow(page: *mut Page) {
    // SAFETY: a live page.
    unsafe {
        let class = (*page).slot_size as usize / 16;
        let heap = if (*page).gc { &GC_HEAP } else { &PLAIN_HEAP };
        (*page).next.set(heap.partial[class].get());
        (*page).listed.set(true);
        heap.partial[class].set(page);
    }
}

#[cold]
unsafe fn free_large(p: *mut Header) {
    // SAFETY: made by `large`.
    unsafe {
        let base = p.cast::<u8>().sub(LARGE_PREFIX);
        let index = base.cast::<usize>().read();
        if index != usize::MAX {
            YOUNG_COUNT.0.set(YOUNG_COUNT.0.get() - 1);
            let mut list = LARGE.0.borrow_mut();
            list.swap_remove(index);
            if let Some(&moved) = list.get(index) {
                moved.cast::<u8>().sub(LARGE_PREFIX).cast::<usize>().write(index);
            }
        } else {
            LARGE_PLAIN.0.set(LARGE_PLAIN.0.get() - 1);
        }
        libc::free(base.cast());
    }
}

/// Room for an object of `size` bytes where `p` stands: the same address when the slot or block is large enough, a moved block
/// when it is one of its own, `None` when a new object must be made. Blocks grow by an eighth more than asked for.
///
/// # Safety
/// `p` is live, its type takes no part in collection, and the caller owns the only reference.
#[inline]
pub unsafe fn grow(p: *mut Header, size: usize) -> Option<*mut Header> {
    // SAFETY: by contract; LARGE blocks come from malloc, others lie in a page.
    unsafe {
        if (*p).flags.get() & flag::LARGE == 0 {
            let page = page_of(p);
            return (size <= (*page).slot_size as usize).then_some(p);
        }
        let base = p.cast::<u8>().sub(LARGE_PREFIX);
        let needed = size.checked_add(LARGE_PREFIX)?;
        if needed <= base.cast::<usize>().add(1).read() {
            return Some(p);
        }
        let moved = libc::realloc(base.cast(), needed.checked_add(size / 8)?).cast::<u8>();
        if moved.is_null() {
            return None;
        }
        moved
            .cast::<usize>()
            .add(1)
            .write(libc::malloc_usable_size(moved.cast()));
        Some(moved.add(LARGE_PREFIX).cast())
    }
}

/// Calls `f` for every live container object of pages that hold generation `upto` or a younger one, and for all large ones.
pub fn for_each_container(upto: u32, mut f: impl FnMut(*mut Header)) {
    let mut visit = |page: *mut Page| {
        // SAFETY: pages are never unmapped.
        for slot in unsafe { &*page }.slots() {
            // SAFETY: a touched slot has a header.
            if unsafe { (*slot).flags.get() } & flag::FREE == 0 {
                f(slot);
            }
        }
    };
    if upto >= u32::from(OLDEST) {
        GC_HEAP.pages.borrow().iter().for_each(|page| visit(*page));
    } else {
        for generation in 0..=upto {
            for &page in YOUNG_PAGES.0[generation as usize].borrow().iter() {
                // SAFETY: as above. A page of the second list may be young again: then it is on the first list, too.
                if u32::from(unsafe { (*page).generation.get() }) == generation {
                    visit(page);
                }
            }
        }
    }
    for &p in LARGE.0.borrow().iter() {
        f(p);
    }
}

/// Objects alive: containers and others. Every object that is no container counts, also one above [`MAX_SMALL`].
pub fn live_objects() -> (usize, usize) {
    let used = |heap: &Heap| -> usize {
        let pages = heap.pages.borrow();
        // SAFETY: pages are never unmapped.
        pages.iter().map(|p| unsafe { (**p).used.get() } as usize).sum()
    };
    let containers = used(&GC_HEAP) + LARGE.0.borrow().len();
    (containers, used(&PLAIN_HEAP) + LARGE_PLAIN.0.get())
}

/// After a collection of `upto`: what its pages hold is one generation older; pages that are allocated from are young.
pub fn age_pages(upto: u32) {
    let mut young = YOUNG_PAGES.0[0].borrow_mut();
    let mut middle = YOUNG_PAGES.0[1].borrow_mut();
    let next = (upto + 1).min(u32::from(OLDEST)) as u8;
    // SAFETY: pages are never unmapped.
    let set = |page: *mut Page, generation: u8| unsafe { (*page).generation.set(generation) };
    for &page in young.iter() {
        set(page, next);
    }
    if next == 1 {
        middle.append(&mut young);
        // A page that became young again is on the list already.
        middle.sort_unstable();
        middle.dedup();
    } else {
        for &page in middle.iter() {
            set(page, next);
        }
        middle.clear();
        young.clear();
    }
    for page in GC_HEAP.current.iter().map(Cell::get).filter(|p| !p.is_null()) {
        set(page, 0);
        young.push(page);
    }
}

/// Room for the collector's count of a container; false when there is no memory.
pub fn add_gc_count(p: *mut Header, n: u32, counted: &mut Vec<*mut Page>) -> bool {
    // SAFETY: a live container: of a page, or with a prefix of 16 bytes.
    unsafe {
        if (*p).flags.get() & flag::LARGE == 0 {
            let page = page_of(p);
            if (*page).counts.get().is_null() {
                let table = libc::malloc((*page).slot_count as usize * size_of::<u32>()).cast::<Cell<u32>>();
                if table.is_null() || counted.try_reserve(1).is_err() {
                    libc::free(table.cast());
                    return false;
                }
                (*page).counts.set(table);
                counted.push(page);
            }
        }
        (*gc_count(p)).set(n);
    }
    true
}

/// The count of a container that [`add_gc_count`] has seen, until [`drop_gc_counts`].
#[inline]
pub fn gc_count(p: *mut Header) -> *const Cell<u32> {
    // SAFETY: by contract.
    unsafe {
        if (*p).flags.get() & flag::LARGE != 0 {
            return p.cast::<u8>().sub(LARGE_PREFIX / 2).cast();
        }
        let page = page_of(p);
        let offset = (p as usize - page as usize - PAGE_HEAD) as u64;
        let index = (offset * u64::from((*page).reciprocal)) >> 32;
        (*page).counts.get().add(index as usize)
    }
}

/// Ends the use of the counts of these pages.
pub fn drop_gc_counts(counted: Vec<*mut Page>) {
    for page in counted {
        // SAFETY: made by `add_gc_count`.
        unsafe { libc::free((*page).counts.replace(null_mut()).cast()) };
    }
}

fn page_of(p: *mut Header) -> *mut Page {
    (p as usize & !(PAGE_SIZE - 1)) as *mut Page
}
