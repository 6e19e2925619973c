//! Checks compiled patterns: every jump lands inside, every operand is there; so the matcher can trust the numbers
//! (CPython: Modules/_sre/sre.c, _validate).
use super::opcodes::{MAXGROUPS, at, category, info, op};

struct Reader<'a> {
    code: &'a [u32],
    groups: usize,
}
/// Why a pattern is refused does not matter.
struct Invalid;
type Valid<T = ()> = Result<T, Invalid>;

fn demand(ok: bool) -> Valid {
    if ok { Ok(()) } else { Err(Invalid) }
}

pub fn is_valid(code: &[u32], groups: isize) -> bool {
    if groups < 0 || groups as usize > MAXGROUPS || code.last() != Some(&op::SUCCESS) {
        return false;
    }
    let r = Reader {
        code,
        groups: groups as usize,
    };
    matches!(r.block(0, code.len() - 1, 0), Ok(false))
}

/// Nested blocks of a pattern that someone made by hand must not use up the stack.
const MAX_DEPTH: usize = 10_000;

impl Reader<'_> {
    fn get(&self, at: &mut usize, end: usize) -> Valid<u32> {
        demand(*at < end)?;
        *at += 1;
        Ok(self.code[*at - 1])
    }
    /// A skip count, counted from its own place; gives the place that it leads to.
    fn skip(&self, at: &mut usize, end: usize, beyond: usize) -> Valid<usize> {
        demand(*at < end)?;
        let skip = self.code[*at] as usize;
        demand(skip <= end - *at + beyond)?;
        *at += 1;
        Ok(*at - 1 + skip)
    }

    fn set(&self, mut i: usize, end: usize) -> Valid {
        while i < end {
            match self.get(&mut i, end)? {
                op::NEGATE => {}
                op::LITERAL => drop(self.get(&mut i, end)?),
                op::RANGE | op::RANGE_UNI_IGNORE => {
                    self.get(&mut i, end)?;
                    self.get(&mut i, end)?;
                }
                op::CHARSET => {
                    demand(end - i >= 8)?;
                    i += 8;
                }
                op::BIGCHARSET => {
                    let count = self.get(&mut i, end)? as usize;
                    demand(end - i >= 64)?;
                    let all = self.code[i..i + 64].iter().flat_map(|w| w.to_le_bytes());
                    for block in all {
                        demand((block as usize) < count)?;
                    }
                    i += 64;
                    demand((end - i) / 8 >= count)?;
                    i += count * 8;
                }
                op::CATEGORY => demand(self.get(&mut i, end)? <= category::UNI_NOT_LINEBREAK)?,
                _ => return Err(Invalid),
            }
        }
        Ok(())
    }

    /// A nested block from `i` that must end, before `end`, with one of `ops`.
    fn nested(&self, i: usize, end: usize, ops: &[u32], depth: usize) -> Valid {
        demand(end > i && ops.contains(&self.code[end - 1]))?;
        demand(!self.block(i, end - 1, depth + 1)?)
    }

    /// True when the block ends with a JUMP.
    fn block(&self, mut i: usize, end: usize, depth: usize) -> Valid<bool> {
        demand(depth < MAX_DEPTH && i <= end)?;
        while i < end {
            match self.get(&mut i, end)? {
                op::MARK => demand(self.get(&mut i, end)? as usize <= 2 * self.groups + 1)?,
                op::LITERAL
                | op::NOT_LITERAL
                | op::LITERAL_IGNORE
                | op::NOT_LITERAL_IGNORE
                | op::LITERAL_UNI_IGNORE
                | op::NOT_LITERAL_UNI_IGNORE
                | op::LITERAL_LOC_IGNORE
                | op::NOT_LITERAL_LOC_IGNORE => drop(self.get(&mut i, end)?),
                op::SUCCESS | op::FAILURE | op::ANY | op::ANY_ALL => {}
                op::AT => demand(self.get(&mut i, end)? <= at::UNI_NON_BOUNDARY)?,
                op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => {
                    let after = self.skip(&mut i, end, 0)?;
                    demand(after > i && self.code[after - 1] == op::FAILURE)?;
                    self.set(i, after - 1)?;
                    i = after;
                }
                op::INFO => i = self.info(i, end)?,
                op::BRANCH => {
                    let mut target = None;
                    loop {
                        let from = i;
                        let after = self.skip(&mut i, end, 0)?;
                        if after == from {
                            break;
                        }
                        // The alternative ends with a JUMP to the common target.
                        demand(after >= i + 2 && self.code[after - 2] == op::JUMP)?;
                        demand(!self.block(i, after - 2, depth + 1)?)?;
                        let mut jump = after - 1;
                        let to = self.skip(&mut jump, end, 0)?;
                        demand(*target.get_or_insert(to) == to)?;
                        i = after;
                    }
                    demand(target == Some(i))?;
                }
                kind @ (op::REPEAT_ONE
                | op::MIN_REPEAT_ONE
                | op::POSSESSIVE_REPEAT_ONE
                | op::REPEAT
                | op::POSSESSIVE_REPEAT) => {
                    let to = self.skip(&mut i, end, 0)?;
                    let (min, max) = (self.get(&mut i, end)?, self.get(&mut i, end)?);
                    demand(min <= max)?;
                    // One-character repeats skip past their end, the others to it.
                    let (after, ops): (usize, &[u32]) = match kind {
                        op::REPEAT => (to + 1, &[op::MAX_UNTIL, op::MIN_UNTIL]),
                        op::POSSESSIVE_REPEAT => (to + 1, &[op::SUCCESS]),
                        _ => (to, &[op::SUCCESS]),
                    };
                    demand(after <= end)?;
                    self.nested(i, after, ops, depth)?;
                    i = after;
                }
                op::ATOMIC_GROUP => {
                    let after = self.skip(&mut i, end, 0)?;
                    self.nested(i, after, &[op::SUCCESS], depth)?;
                    i = after;
                }
                op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_UNI_IGNORE | op::GROUPREF_LOC_IGNORE => {
                    demand((self.get(&mut i, end)? as usize) < self.groups)?;
                }
                op::GROUPREF_EXISTS => {
                    demand((self.get(&mut i, end)? as usize) < self.groups)?;
                    // The skip counts from the group's number.
                    let mut after = self.skip(&mut i, end, 1)? - 1;
                    demand(after >= i)?;
                    if self.block(i, after, depth + 1)? {
                        let mut no = after - 1;
                        let to = self.skip(&mut no, end, 0)?;
                        demand(to >= after && !self.block(after, to, depth + 1)?)?;
                        after = to;
                    }
                    i = after;
                }
                op::ASSERT | op::ASSERT_NOT => {
                    let after = self.skip(&mut i, end, 0)?;
                    self.get(&mut i, end)?;
                    self.nested(i, after, &[op::SUCCESS], depth)?;
                    i = after;
                }
                op::JUMP => {
                    demand(i + 1 == end)?;
                    return Ok(true);
                }
                _ => return Err(Invalid),
            }
        }
        Ok(false)
    }

    fn info(&self, mut i: usize, end: usize) -> Valid<usize> {
        let after = self.skip(&mut i, end, 0)?;
        let flags = self.get(&mut i, end)?;
        self.get(&mut i, end)?;
        self.get(&mut i, end)?;
        demand(flags & !(info::PREFIX | info::LITERAL | info::CHARSET) == 0)?;
        demand(flags & info::PREFIX == 0 || flags & info::CHARSET == 0)?;
        demand(flags & info::LITERAL == 0 || flags & info::PREFIX != 0)?;
        demand(i <= after)?;
        if flags & info::PREFIX != 0 {
            let n = self.get(&mut i, after)? as usize;
            let skip = self.get(&mut i, after)? as usize;
            demand((after - i) / 2 >= n && skip <= n)?;
            // The matcher goes on behind the literals that the search has compared.
            demand(flags & info::LITERAL != 0 || end - after >= 2 * skip)?;
            demand(self.code[i + n..i + 2 * n].iter().all(|o| (*o as usize) < n))?;
            i += 2 * n;
        }
        if flags & info::CHARSET != 0 {
            demand(after > i && self.code[after - 1] == op::FAILURE)?;
            self.set(i, after - 1)?;
            i = after;
        }
        demand(i == after)?;
        Ok(after)
    }
}
