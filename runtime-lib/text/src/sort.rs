//! list.sort: the stable powersort of CPython, with the same comparisons in the same order (a program can count them).
//! Elements are any `Copy` words; a sort with keys sorts (key, value) pairs. The comparison may fail, and may be
//! inconsistent: what is left is always a permutation of the input.
//! CPython: Objects/listobject.c, list_sort_impl and Objects/listsort.txt.

/// Wins in a row that switch a merge to galloping.
const MIN_GALLOP: usize = 7;
/// Natural runs are extended to between half of this and this.
const MAX_MINRUN: usize = 64;

struct Run {
    start: usize,
    len: usize,
    /// Depth of the boundary behind this run in the merge tree.
    power: u32,
}

struct Merger<T, F> {
    less: F,
    min_gallop: usize,
    runs: Vec<Run>,
    temp: Vec<T>,
}

/// Sorts `a` ascending by `less(x, y)` ("x < y"). After an error `a` is some permutation of what it was.
/// A descending sort that keeps equal elements in order reverses `a` before and after (`reverse=True`).
pub fn sort<T: Copy, E>(a: &mut [T], less: impl FnMut(T, T) -> Result<bool, E>) -> Result<(), E> {
    let n = a.len();
    if n < 2 {
        return Ok(());
    }
    let mut m = Merger {
        less,
        min_gallop: MIN_GALLOP,
        runs: Vec::new(),
        temp: Vec::new(),
    };
    let minrun = minimal_run(n);
    let mut lo = 0;
    while lo < n {
        let mut len = m.count_run(&mut a[lo..])?;
        if len < minrun {
            let force = minrun.min(n - lo);
            m.binary_sort(&mut a[lo..lo + force], len)?;
            len = force;
        }
        m.found_run(a, len)?;
        m.runs.push(Run {
            start: lo,
            len,
            power: 0,
        });
        lo += len;
    }
    while m.runs.len() > 1 {
        let mut i = m.runs.len() - 2;
        if i > 0 && m.runs[i - 1].len < m.runs[i + 1].len {
            i -= 1;
        }
        m.merge_at(a, i)?;
    }
    Ok(())
}

fn minimal_run(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= MAX_MINRUN {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// Depth at which the midpoints of two adjacent runs part in a perfectly balanced merge tree over `n` elements.
fn power(start: usize, n1: usize, n2: usize, n: usize) -> u32 {
    let mut a = 2 * start + n1;
    let mut b = a + n1 + n2;
    let mut depth = 1;
    loop {
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return depth;
        }
        a <<= 1;
        b <<= 1;
        depth += 1;
    }
}

impl<T: Copy, E, F: FnMut(T, T) -> Result<bool, E>> Merger<T, F> {
    /// Length of the ascending run at the start of `a`; a descending one is turned round, equal elements keeping order.
    fn count_run(&mut self, a: &mut [T]) -> Result<usize, E> {
        let mut n = 1;
        while n < a.len() && !(self.less)(a[n], a[n - 1])? {
            n += 1;
        }
        if n == a.len() {
            return Ok(n);
        }
        if n > 1 {
            if (self.less)(a[0], a[n - 1])? {
                return Ok(n);
            }
            a[..n].reverse();
        }
        n += 1;
        // Equal stretches inside the descent are reversed on their own, so that the final reversal restores them.
        let mut equal = 0;
        while n < a.len() {
            if (self.less)(a[n], a[n - 1])? {
                if equal > 0 {
                    a[n - equal - 1..n].reverse();
                    equal = 0;
                }
            } else if (self.less)(a[n - 1], a[n])? {
                break;
            } else {
                equal += 1;
            }
            n += 1;
        }
        if equal > 0 {
            a[n - equal - 1..n].reverse();
        }
        a[..n].reverse();
        while n < a.len() && !(self.less)(a[n], a[n - 1])? {
            n += 1;
        }
        Ok(n)
    }

    /// Binary insertion of `a[sorted..]` into the sorted start.
    fn binary_sort(&mut self, a: &mut [T], sorted: usize) -> Result<(), E> {
        for i in sorted.max(1)..a.len() {
            let pivot = a[i];
            let (mut l, mut r) = (0, i);
            while l < r {
                let m = (l + r) / 2;
                if (self.less)(pivot, a[m])? { r = m } else { l = m + 1 }
            }
            a.copy_within(l..i, l + 1);
            a[l] = pivot;
        }
        Ok(())
    }

    /// Index in `a` before which `key` belongs, left of equal elements; the search starts at `hint`.
    fn gallop_left(&mut self, key: T, a: &[T], hint: usize) -> Result<usize, E> {
        let (mut last, mut ofs) = (0usize, 1usize);
        // Invariant of the binary search: a[lo - 1] < key <= a[hi].
        let (mut lo, mut hi);
        if (self.less)(a[hint], key)? {
            let max = a.len() - hint;
            while ofs < max && (self.less)(a[hint + ofs], key)? {
                last = ofs;
                ofs = ofs * 2 + 1;
            }
            (lo, hi) = (hint + last + 1, hint + ofs.min(max));
        } else {
            let max = hint + 1;
            while ofs < max && !(self.less)(a[hint - ofs], key)? {
                last = ofs;
                ofs = ofs * 2 + 1;
            }
            (lo, hi) = (hint + 1 - ofs.min(max), hint - last);
        }
        while lo < hi {
            let m = lo + (hi - lo) / 2;
            if (self.less)(a[m], key)? { lo = m + 1 } else { hi = m }
        }
        Ok(hi)
    }

    /// As `gallop_left`, right of equal elements.
    fn gallop_right(&mut self, key: T, a: &[T], hint: usize) -> Result<usize, E> {
        let (mut last, mut ofs) = (0usize, 1usize);
        let (mut lo, mut hi);
        if (self.less)(key, a[hint])? {
            let max = hint + 1;
            while ofs < max && (self.less)(key, a[hint - ofs])? {
                last = ofs;
                ofs = ofs * 2 + 1;
            }
            (lo, hi) = (hint + 1 - ofs.min(max), hint - last);
        } else {
            let max = a.len() - hint;
            while ofs < max && !(self.less)(key, a[hint + ofs])? {
                last = ofs;
                ofs = ofs * 2 + 1;
            }
            (lo, hi) = (hint + last + 1, hint + ofs.min(max));
        }
        while lo < hi {
            let m = lo + (hi - lo) / 2;
            if (self.less)(key, a[m])? { hi = m } else { lo = m + 1 }
        }
        Ok(hi)
    }

    /// Merges what the next run, of length `n2`, makes ready to merge.
    fn found_run(&mut self, a: &mut [T], n2: usize) -> Result<(), E> {
        let Some(top) = self.runs.last() else { return Ok(()) };
        let power = power(top.start, top.len, n2, a.len());
        while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
            self.merge_at(a, self.runs.len() - 2)?;
        }
        if let Some(top) = self.runs.last_mut() {
            top.power = power;
        }
        Ok(())
    }

    /// Merges runs `i` and `i + 1` of the stack.
    fn merge_at(&mut self, a: &mut [T], i: usize) -> Result<(), E> {
        let (start, mid) = (self.runs[i].start, self.runs[i + 1].start);
        let end = mid + self.runs[i + 1].len;
        self.runs[i].len = end - start;
        self.runs.remove(i + 1);
        // What is in place already at both ends stays out of the merge.
        let start = start + self.gallop_right(a[mid], &a[start..mid], 0)?;
        if start == mid {
            return Ok(());
        }
        let nb = self.gallop_left(a[mid - 1], &a[mid..end], end - mid - 1)?;
        if nb == 0 {
            return Ok(());
        }
        let part = &mut a[start..mid + nb];
        if mid - start <= nb {
            self.merge_lo(part, mid - start)
        } else {
            self.merge_hi(part, mid - start)
        }
    }

    /// Merges `a[..na]` with `a[na..]` from the left, the first run moved to scratch memory.
    fn merge_lo(&mut self, a: &mut [T], na: usize) -> Result<(), E> {
        let mut temp = std::mem::take(&mut self.temp);
        temp.clear();
        temp.extend_from_slice(&a[..na]);
        // Unmerged are temp[x..] and a[b..]; a[dest..b] is the hole that temp[x..] fills.
        let (mut x, mut b, mut dest) = (0, na, 0);
        let result = self.merge_lo_loop(a, &temp, &mut x, &mut b, &mut dest);
        if let Ok(true) = result {
            // One element of the first run is left, and it belongs last.
            let rest = a.len() - b;
            a.copy_within(b.., dest);
            a[dest + rest] = temp[x];
        } else {
            a[dest..dest + temp.len() - x].copy_from_slice(&temp[x..]);
        }
        self.temp = temp;
        result.map(|_| ())
    }

    /// Ok(true) when only one element of the first run is left.
    fn merge_lo_loop(
        &mut self,
        a: &mut [T],
        temp: &[T],
        x: &mut usize,
        b: &mut usize,
        dest: &mut usize,
    ) -> Result<bool, E> {
        let n = a.len();
        macro_rules! take_b {
            () => {
                a[*dest] = a[*b];
                *dest += 1;
                *b += 1;
                if *b == n {
                    return Ok(false);
                }
            };
        }
        macro_rules! take_x {
            () => {
                a[*dest] = temp[*x];
                *dest += 1;
                *x += 1;
                if temp.len() - *x == 1 {
                    return Ok(true);
                }
            };
        }
        take_b!();
        if temp.len() == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut acount, mut bcount) = (0, 0);
            loop {
                if (self.less)(a[*b], temp[*x])? {
                    bcount += 1;
                    acount = 0;
                    take_b!();
                    if bcount >= min_gallop {
                        break;
                    }
                } else {
                    acount += 1;
                    bcount = 0;
                    take_x!();
                    if acount >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let k = self.gallop_right(a[*b], &temp[*x..], 0)?;
                acount = k;
                if k > 0 {
                    a[*dest..*dest + k].copy_from_slice(&temp[*x..*x + k]);
                    *dest += k;
                    *x += k;
                    match temp.len() - *x {
                        1 => return Ok(true),
                        // Only an inconsistent comparison gets here.
                        0 => return Ok(false),
                        _ => {}
                    }
                }
                take_b!();
                let k = self.gallop_left(temp[*x], &a[*b..], 0)?;
                bcount = k;
                if k > 0 {
                    a.copy_within(*b..*b + k, *dest);
                    *dest += k;
                    *b += k;
                    if *b == n {
                        return Ok(false);
                    }
                }
                take_x!();
                if acount < MIN_GALLOP && bcount < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges `a[..na]` with `a[na..]` from the right, the second run moved to scratch memory.
    fn merge_hi(&mut self, a: &mut [T], na: usize) -> Result<(), E> {
        let mut temp = std::mem::take(&mut self.temp);
        temp.clear();
        temp.extend_from_slice(&a[na..]);
        // Unmerged are a[..x] and temp[..y]; the hole for temp[..y] is a[x..x + y].
        let (mut x, mut y) = (na, temp.len());
        let result = self.merge_hi_loop(a, &temp, &mut x, &mut y);
        if let Ok(true) = result {
            // One element of the second run is left, and it belongs first.
            a.copy_within(..x, 1);
            a[0] = temp[0];
        } else {
            a[x..x + y].copy_from_slice(&temp[..y]);
        }
        self.temp = temp;
        result.map(|_| ())
    }

    /// Ok(true) when only one element of the second run is left.
    fn merge_hi_loop(&mut self, a: &mut [T], temp: &[T], x: &mut usize, y: &mut usize) -> Result<bool, E> {
        macro_rules! take_a {
            () => {
                a[*x + *y - 1] = a[*x - 1];
                *x -= 1;
                if *x == 0 {
                    return Ok(false);
                }
            };
        }
        macro_rules! take_y {
            () => {
                a[*x + *y - 1] = temp[*y - 1];
                *y -= 1;
                if *y == 1 {
                    return Ok(true);
                }
            };
        }
        take_a!();
        if *y == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut acount, mut bcount) = (0, 0);
            loop {
                if (self.less)(temp[*y - 1], a[*x - 1])? {
                    acount += 1;
                    bcount = 0;
                    take_a!();
                    if acount >= min_gallop {
                        break;
                    }
                } else {
                    bcount += 1;
                    acount = 0;
                    take_y!();
                    if bcount >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let k = *x - self.gallop_right(temp[*y - 1], &a[..*x], *x - 1)?;
                acount = k;
                if k > 0 {
                    a.copy_within(*x - k..*x, *x + *y - k);
                    *x -= k;
                    if *x == 0 {
                        return Ok(false);
                    }
                }
                take_y!();
                let k = *y - self.gallop_left(a[*x - 1], &temp[..*y], *y - 1)?;
                bcount = k;
                if k > 0 {
                    a[*x + *y - k..*x + *y].copy_from_slice(&temp[*y - k..*y]);
                    *y -= k;
                    match *y {
                        1 => return Ok(true),
                        // Only an inconsistent comparison gets here.
                        0 => return Ok(false),
                        _ => {}
                    }
                }
                take_a!();
                if acount < MIN_GALLOP && bcount < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}
