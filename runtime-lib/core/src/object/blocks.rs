//! Memory behind objects: the items of a list, the table of a dict. Small blocks come from free lists by size, others from malloc.
//!
//! In: sizes; whoever frees a block says again how large it is, so that blocks have no heads. What has been freed is used again for
//! blocks of the same size only. With the feature `malloc_objects` every block is malloc's, for AddressSanitizer and memcheck.
use core::cell::Cell;
use core::ptr::null_mut;

/// Largest block from a free list, bytes.
pub const MAX_SMALL: usize = 512;
const CLASSES: usize = MAX_SMALL / 16;
/// Bytes that are asked for at a time.
const CHUNK: usize = 32 * 1024;

struct Free {
    next: *mut Free,
}
struct Lists {
    free: [Cell<*mut Free>; CLASSES + 1],
    /// The rest of the current chunk.
    at: Cell<*mut u8>,
    left: Cell<usize>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for Lists {}
static LISTS: Lists = Lists {
    free: [const { Cell::new(null_mut()) }; CLASSES + 1],
    at: Cell::new(null_mut()),
    left: Cell::new(0),
};

const fn is_small(size: usize) -> bool {
    size <= MAX_SMALL && !cfg!(feature = "malloc_objects")
}

/// A block of `size` bytes, aligned to 16; null when there is no memory.
#[inline]
pub fn alloc(size: usize) -> *mut u8 {
    if !is_small(size) {
        // SAFETY: plain malloc.
        return unsafe { libc::malloc(size) }.cast();
    }
    let class = size.div_ceil(16);
    let list = &LISTS.free[class];
    let first = list.get();
    if first.is_null() {
        return carve(class);
    }
    // SAFETY: a free block.
    list.set(unsafe { (*first).next });
    first.cast()
}

#[cold]
#[inline(never)]
fn carve(class: usize) -> *mut u8 {
    let size = class.max(1) * 16;
    if LISTS.left.get() < size {
        // What is left over goes to its own list.
        let (rest, left) = (LISTS.at.get(), LISTS.left.get());
        if left >= 16 {
            // SAFETY: the end of a chunk that nobody uses, a multiple of 16 long.
            unsafe { free(rest, left) };
        }
        // SAFETY: plain malloc; chunks are never given back.
        let p = unsafe { libc::malloc(CHUNK) }.cast::<u8>();
        if p.is_null() {
            LISTS.left.set(0);
            return p;
        }
        LISTS.at.set(p);
        LISTS.left.set(CHUNK);
    }
    let p = LISTS.at.get();
    // SAFETY: inside the chunk.
    LISTS.at.set(unsafe { p.add(size) });
    LISTS.left.set(LISTS.left.get() - size);
    p
}

/// Gives a block back.
///
/// # Safety
/// `p` came from [`alloc`] or [`resize`] with this size (null with size 0), and nobody uses it any more.
#[inline]
pub unsafe fn free(p: *mut u8, size: usize) {
    // SAFETY: by contract.
    unsafe {
        if !is_small(size) {
            return libc::free(p.cast());
        }
        if p.is_null() {
            return;
        }
        let list = &LISTS.free[size.div_ceil(16)];
        p.cast::<Free>().write(Free { next: list.get() });
        list.set(p.cast());
    }
}

/// The block with another size, moved if need be, what fits of its content kept; null when there is no memory: then it stays as it is.
///
/// # Safety
/// As for [`free`].
pub unsafe fn resize(p: *mut u8, old: usize, new: usize) -> *mut u8 {
    // SAFETY: by contract.
    unsafe {
        if !is_small(old) && !is_small(new) {
            return libc::realloc(p.cast(), new).cast();
        }
        if !p.is_null() && is_small(old) && is_small(new) && old.div_ceil(16) == new.div_ceil(16) {
            return p;
        }
        let moved = alloc(new);
        if !moved.is_null() && !p.is_null() {
            core::ptr::copy_nonoverlapping(p, moved, old.min(new));
            free(p, old);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_content_when_they_grow_and_shrink() {
        let sizes = [1usize, 8, 16, 17, 40, 200, 512, 513, 4000, 600, 512, 100, 16];
        let mut p = alloc(sizes[0]);
        // SAFETY: sizes are those of the calls before.
        unsafe {
            p.write(42);
            for pair in sizes.windows(2) {
                p = resize(p, pair[0], pair[1]);
                assert_eq!(*p, 42);
                p.write_bytes(42, pair[1]);
            }
            let other = alloc(16);
            assert_ne!(p, other);
            free(p, 16);
            assert_eq!(alloc(9), p);
            free(null_mut(), 0);
        }
    }
}
