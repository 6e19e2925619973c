//! The matcher: a backtracking machine over compiled patterns (CPython: Modules/_sre/sre_lib.h), generic over the width of the text's
//! units.
//!
//! It does not recurse: what would be a recursive call pushes a [`Frame`] and goes on; the answer of the call comes back as
//! [`Step::Return`]. So a subject of any length matches without native stack, and running out of memory is a MemoryError. Patterns have
//! passed `validate`. This is used instead of the crate rustpython-sre_engine, whose subjects are UTF-8: it can not index a str of
//! two- or four-byte units in constant time, and knows no locale.
use super::chars::*;
use super::opcodes::{MAXREPEAT, at, op};
use pyaot_core::exec;
use pyaot_core::prelude::*;
use pyaot_text::Unit;

/// "No position".
pub const UNSET: usize = usize::MAX;

/// A search or match in progress; positions are indices of units.
#[derive(Default)]
pub struct State {
    /// Where the match begins.
    pub start: usize,
    /// Where it ends, after success.
    pub ptr: usize,
    /// End of the text that may be looked at.
    pub end: usize,
    /// `fullmatch`.
    pub match_all: bool,
    /// An empty match at `start` does not count.
    pub must_advance: bool,
    /// Start and end of each group.
    pub marks: Vec<usize>,
    /// Highest valid index in `marks`, -1 = none.
    last_mark: i32,
    pub last_index: i32,
    frames: Vec<Frame>,
    /// Saved marks.
    saved: Vec<usize>,
    repeats: Vec<Repeat>,
    /// The innermost repeat that is being matched.
    repeat: u32,
}
const NO_REPEAT: u32 = u32::MAX;

/// A `REPEAT … UNTIL` in progress.
struct Repeat {
    count: isize,
    /// Place of the operands of REPEAT: skip, min, max, item.
    pc: usize,
    /// Where the last round began: a round that consumes nothing is the last.
    last: usize,
    outer: u32,
}

/// What happens with the answer of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    None,
    MaxUntilMin,
    MaxUntilMore,
    MaxUntilTail,
    MinUntilMin,
    MinUntilTail,
    MinUntilMore,
    Repeat,
    RepeatOne,
    MinRepeatOne,
    Branch,
    Assert,
    AssertNot,
    PossessiveMin,
    PossessiveMore,
    Atomic,
}

/// A call sets `jump` and `toplevel` of the inner frame; every other field is set by the op that uses it.
#[derive(Clone, Copy)]
struct Frame {
    ptr: usize,
    count: isize,
    pc: u32,
    last_mark: i32,
    last_index: i32,
    /// The repeat that an UNTIL works on, and its `last` before the call.
    rep: u32,
    old_last: usize,
    jump: Jump,
    toplevel: bool,
    /// Marks were saved.
    pushed: bool,
}

enum Step {
    Dispatch,
    /// The next alternative of a BRANCH.
    Branch,
    /// The tail behind one item less.
    RepeatOne,
    /// The tail, then one item more.
    MinRepeatOne,
    PossessiveMin,
    PossessiveMore,
    MaxUntilTail,
    Return(bool),
}

#[cold]
fn grow<T>(v: &mut Vec<T>, n: usize) -> PyResult<()> {
    if v.try_reserve(n.max(v.capacity() / 2 + 16)).is_err() {
        return exc::memory_error();
    }
    Ok(())
}

impl State {
    /// Ready for a pattern with `groups` groups over `start..end`.
    pub fn prepare(&mut self, groups: usize, start: usize, end: usize) -> PyResult<()> {
        (self.start, self.ptr, self.end) = (start, start, end);
        (self.match_all, self.must_advance) = (false, false);
        self.marks.clear();
        if self.marks.try_reserve(groups * 2 + 2).is_err() {
            return exc::memory_error();
        }
        self.marks.resize(groups * 2 + 2, UNSET);
        self.reset();
        Ok(())
    }
    /// Worth keeping for the next match.
    pub fn is_small(&self) -> bool {
        self.frames.capacity() <= 16 * 1024 && self.saved.capacity() <= 64 * 1024 && self.marks.capacity() <= 1024
    }
    /// Forgets the groups of the last match.
    pub fn reset(&mut self) {
        self.last_mark = -1;
        self.last_index = -1;
    }
    /// Span of group `i`, from 0 (the first group).
    #[inline]
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        if (2 * i + 1) as i64 > self.last_mark as i64 {
            return None;
        }
        let (a, b) = (self.marks[2 * i], self.marks[2 * i + 1]);
        (a != UNSET && b != UNSET).then_some((a, b))
    }

    #[inline]
    fn push_marks(&mut self, last: i32) -> PyResult<()> {
        let n = (last + 1) as usize;
        if self.saved.capacity() - self.saved.len() < n {
            grow(&mut self.saved, n)?;
        }
        self.saved.extend_from_slice(&self.marks[..n]);
        Ok(())
    }
    #[inline]
    fn restore_marks(&mut self, last: i32) {
        let n = (last + 1) as usize;
        let from = self.saved.len() - n;
        self.marks[..n].copy_from_slice(&self.saved[from..]);
    }
    #[inline]
    fn drop_marks(&mut self, last: i32) {
        self.saved.truncate(self.saved.len() - (last + 1) as usize);
    }
    #[inline]
    fn save(&self, f: &mut Frame) {
        f.last_mark = self.last_mark;
        f.last_index = self.last_index;
    }
    #[inline]
    fn restore(&mut self, f: &Frame) {
        self.last_mark = f.last_mark;
        self.last_index = f.last_index;
    }
    /// The repeat `rep`, which is the innermost, is over.
    #[inline]
    fn end_repeat(&mut self, rep: u32) {
        self.repeat = self.repeats[rep as usize].outer;
        self.repeats.truncate(rep as usize);
    }
    #[inline]
    fn mark(&mut self, i: usize, ptr: usize) {
        if i & 1 != 0 {
            self.last_index = (i / 2 + 1) as i32;
        }
        if i as i32 > self.last_mark {
            for j in (self.last_mark + 1) as usize..i {
                self.marks[j] = UNSET;
            }
            self.last_mark = i as i32;
        }
        self.marks[i] = ptr;
    }
    /// Span of a group that a back reference may use.
    #[inline]
    fn referenced(&self, group: u32) -> Option<(usize, usize)> {
        let (a, b) = self.group(group as usize)?;
        (a <= b).then_some((a, b))
    }
}

fn is_at<U: Unit>(text: &[U], ptr: usize, end: usize, code: u32) -> bool {
    let boundary = |word: fn(u32) -> bool| {
        let before = ptr > 0 && word(text[ptr - 1].cp());
        let after = ptr < end && word(text[ptr].cp());
        before != after
    };
    match code {
        at::BEGINNING | at::BEGINNING_STRING => ptr == 0,
        at::BEGINNING_LINE => ptr == 0 || is_linebreak(text[ptr - 1].cp()),
        at::END => ptr == end || (end - ptr == 1 && is_linebreak(text[ptr].cp())),
        at::END_LINE => ptr == end || is_linebreak(text[ptr].cp()),
        at::END_STRING => ptr == end,
        at::BOUNDARY => boundary(is_word),
        at::NON_BOUNDARY => !boundary(is_word),
        at::LOC_BOUNDARY => boundary(is_locale_word),
        at::LOC_NON_BOUNDARY => !boundary(is_locale_word),
        at::UNI_BOUNDARY => boundary(is_unicode_word),
        at::UNI_NON_BOUNDARY => !boundary(is_unicode_word),
        _ => false,
    }
}

#[cold]
fn internal_error<R>() -> PyResult<R> {
    exc::runtime_error(format_args!("internal error in regular expression engine"))
}

/// How many characters from `ptr`, at most `max`, match the one-character pattern at `code[pc]` (CPython: sre_lib.h, count).
#[inline]
fn count<U: Unit>(text: &[U], code: &[u32], pc: usize, ptr: usize, end: usize, max: u32) -> PyResult<usize> {
    let stop = match max {
        MAXREPEAT => end,
        n => end.min(ptr.saturating_add(n as usize)),
    };
    let window = &text[ptr..stop];
    macro_rules! run {
        ($c:ident => $test:expr) => {
            window
                .iter()
                .position(|u| {
                    let $c = u.cp();
                    !$test
                })
                .unwrap_or(window.len())
        };
    }
    let set = &code[pc + 2..];
    let chr = code[pc + 1];
    Ok(match code[pc] {
        op::IN => run!(c => in_set(set, c)),
        op::ANY => run!(c => !is_linebreak(c)),
        op::ANY_ALL => window.len(),
        op::LITERAL => run!(c => c == chr),
        op::NOT_LITERAL => run!(c => c != chr),
        op::LITERAL_IGNORE => run!(c => lower_ascii(c) == chr),
        op::NOT_LITERAL_IGNORE => run!(c => lower_ascii(c) != chr),
        op::LITERAL_UNI_IGNORE => run!(c => lower_unicode(c) == chr),
        op::NOT_LITERAL_UNI_IGNORE => run!(c => lower_unicode(c) != chr),
        op::IN_IGNORE => run!(c => in_set(set, lower_ascii(c))),
        op::IN_UNI_IGNORE => run!(c => in_set(set, lower_unicode(c))),
        op::LITERAL_LOC_IGNORE => run!(c => same_in_locale(chr, c)),
        op::NOT_LITERAL_LOC_IGNORE => run!(c => !same_in_locale(chr, c)),
        op::IN_LOC_IGNORE => run!(c => in_set_locale(set, c)),
        op::CATEGORY => run!(c => in_category(chr, c)),
        // Lib/re/_compiler.py repeats nothing else in this way.
        _ => return internal_error(),
    })
}

/// Matches the pattern from `code[pc]` at `s.ptr`; `s.ptr` is the end of the match afterwards.
pub fn run<U: Unit>(s: &mut State, text: &[U], code: &[u32], start_pc: usize, toplevel: bool) -> PyResult<bool> {
    let end = s.end;
    debug_assert!(end <= text.len());
    s.frames.clear();
    s.saved.clear();
    s.repeats.clear();
    s.repeat = NO_REPEAT;
    let (mut pc, mut ptr) = (start_pc, s.ptr);
    let mut f = Frame {
        ptr,
        count: 0,
        pc: 0,
        last_mark: -1,
        last_index: -1,
        rep: NO_REPEAT,
        old_last: UNSET,
        jump: Jump::None,
        toplevel,
        pushed: false,
    };
    let mut step = Step::Dispatch;
    let mut ticks = 0u32;

    // A word of the pattern.
    macro_rules! word {
        ($i:expr) => {{
            let i = $i;
            debug_assert!(i < code.len());
            // SAFETY: `validate` has followed every jump and counted the operands of every op.
            unsafe { *code.get_unchecked(i) }
        }};
    }
    // A character; only behind a test against `end`.
    macro_rules! unit {
        ($i:expr) => {{
            let i = $i;
            debug_assert!(i < end);
            // SAFETY: below `end`, which is at most the length.
            unsafe { text.get_unchecked(i) }.cp()
        }};
    }
    macro_rules! call {
        ($jump:expr, $next:expr, $toplevel:expr) => {{
            let next = $next;
            let toplevel = $toplevel;
            f.pc = pc as u32;
            f.ptr = ptr;
            if s.frames.len() == s.frames.capacity() {
                grow(&mut s.frames, 1)?;
            }
            s.frames.push(f);
            f.jump = $jump;
            f.toplevel = toplevel;
            pc = next;
            ptr = s.ptr;
        }};
    }
    loop {
        match step {
            Step::Dispatch => {
                step = loop {
                    ticks = ticks.wrapping_add(1);
                    if ticks & 0xfff == 0 && exc::THREAD.limit.get() == 0 {
                        exec::run_pending()?;
                    }
                    macro_rules! one {
                        ($c:ident => $test:expr, $advance:expr) => {{
                            if ptr >= end {
                                break Step::Return(false);
                            }
                            let $c = unit!(ptr);
                            if !$test {
                                break Step::Return(false);
                            }
                            pc += $advance;
                            ptr += 1;
                        }};
                    }
                    let code_op = word!(pc);
                    pc += 1;
                    match code_op {
                        op::LITERAL => one!(c => c == word!(pc), 1),
                        op::MARK => {
                            s.mark(word!(pc) as usize, ptr);
                            pc += 1;
                        }
                        op::NOT_LITERAL => one!(c => c != word!(pc), 1),
                        op::ANY => one!(c => !is_linebreak(c), 0),
                        op::ANY_ALL => one!(_c => true, 0),
                        op::IN => one!(c => in_set(&code[pc + 1..], c), word!(pc) as usize),
                        op::CATEGORY => one!(c => in_category(word!(pc), c), 1),
                        op::LITERAL_IGNORE => one!(c => lower_ascii(c) == word!(pc), 1),
                        op::NOT_LITERAL_IGNORE => one!(c => lower_ascii(c) != word!(pc), 1),
                        op::LITERAL_UNI_IGNORE => one!(c => lower_unicode(c) == word!(pc), 1),
                        op::NOT_LITERAL_UNI_IGNORE => one!(c => lower_unicode(c) != word!(pc), 1),
                        op::LITERAL_LOC_IGNORE => one!(c => same_in_locale(word!(pc), c), 1),
                        op::NOT_LITERAL_LOC_IGNORE => one!(c => !same_in_locale(word!(pc), c), 1),
                        op::IN_IGNORE => one!(c => in_set(&code[pc + 1..], lower_ascii(c)), word!(pc) as usize),
                        op::IN_UNI_IGNORE => one!(c => in_set(&code[pc + 1..], lower_unicode(c)), word!(pc) as usize),
                        op::IN_LOC_IGNORE => one!(c => in_set_locale(&code[pc + 1..], c), word!(pc) as usize),
                        op::SUCCESS => {
                            let refused =
                                f.toplevel && ((s.match_all && ptr != end) || (s.must_advance && ptr == s.start));
                            if !refused {
                                s.ptr = ptr;
                            }
                            break Step::Return(!refused);
                        }
                        op::AT => {
                            if !is_at(text, ptr, end, word!(pc)) {
                                break Step::Return(false);
                            }
                            pc += 1;
                        }
                        op::JUMP => pc += word!(pc) as usize,
                        op::INFO => {
                            // Skip, flags, fewest characters.
                            if end - ptr < word!(pc + 2) as usize {
                                break Step::Return(false);
                            }
                            pc += word!(pc) as usize;
                        }
                        op::BRANCH => {
                            s.save(&mut f);
                            f.pushed = s.repeat != NO_REPEAT;
                            if f.pushed {
                                s.push_marks(f.last_mark)?;
                            }
                            break Step::Branch;
                        }
                        op::REPEAT_ONE => {
                            let (min, max, tail) = (word!(pc + 1) as usize, word!(pc + 2), pc + word!(pc) as usize);
                            if min > end - ptr {
                                break Step::Return(false);
                            }
                            let n = count(text, code, pc + 3, ptr, end, max)?;
                            if n < min {
                                break Step::Return(false);
                            }
                            ptr += n;
                            f.count = n as isize;
                            if word!(tail) == op::SUCCESS
                                && ptr == end
                                && !(f.toplevel && s.must_advance && ptr == s.start)
                            {
                                s.ptr = ptr;
                                break Step::Return(true);
                            }
                            s.save(&mut f);
                            f.pushed = s.repeat != NO_REPEAT;
                            if f.pushed {
                                s.push_marks(f.last_mark)?;
                            }
                            break Step::RepeatOne;
                        }
                        op::MIN_REPEAT_ONE => {
                            let (min, tail) = (word!(pc + 1) as usize, pc + word!(pc) as usize);
                            if min > end - ptr {
                                break Step::Return(false);
                            }
                            if min > 0 && count(text, code, pc + 3, ptr, end, min as u32)? < min {
                                break Step::Return(false);
                            }
                            ptr += min;
                            f.count = min as isize;
                            let refused =
                                f.toplevel && ((s.match_all && ptr != end) || (s.must_advance && ptr == s.start));
                            if word!(tail) == op::SUCCESS && !refused {
                                s.ptr = ptr;
                                break Step::Return(true);
                            }
                            s.save(&mut f);
                            f.pushed = s.repeat != NO_REPEAT;
                            if f.pushed {
                                s.push_marks(f.last_mark)?;
                            }
                            break Step::MinRepeatOne;
                        }
                        op::POSSESSIVE_REPEAT_ONE => {
                            let (min, max) = (word!(pc + 1) as usize, word!(pc + 2));
                            if min > end - ptr {
                                break Step::Return(false);
                            }
                            let n = count(text, code, pc + 3, ptr, end, max)?;
                            if n < min {
                                break Step::Return(false);
                            }
                            ptr += n;
                            pc += word!(pc) as usize;
                        }
                        op::REPEAT => {
                            if s.repeats.len() == s.repeats.capacity() {
                                grow(&mut s.repeats, 1)?;
                            }
                            s.repeats.push(Repeat {
                                count: -1,
                                pc,
                                last: UNSET,
                                outer: s.repeat,
                            });
                            f.rep = (s.repeats.len() - 1) as u32;
                            s.repeat = f.rep;
                            s.ptr = ptr;
                            call!(Jump::Repeat, pc + word!(pc) as usize, f.toplevel);
                        }
                        op::MAX_UNTIL => {
                            f.rep = s.repeat;
                            let Some(rep) = s.repeats.get_mut(f.rep as usize) else {
                                return internal_error();
                            };
                            s.ptr = ptr;
                            f.count = rep.count + 1;
                            let (min, max, item) = (word!(rep.pc + 1), word!(rep.pc + 2), rep.pc + 3);
                            if f.count < min as isize {
                                rep.count = f.count;
                                call!(Jump::MaxUntilMin, item, f.toplevel);
                            } else if (f.count < max as isize || max == MAXREPEAT) && ptr != rep.last {
                                rep.count = f.count;
                                f.old_last = rep.last;
                                rep.last = ptr;
                                s.save(&mut f);
                                s.push_marks(f.last_mark)?;
                                call!(Jump::MaxUntilMore, item, f.toplevel);
                            } else {
                                break Step::MaxUntilTail;
                            }
                        }
                        op::MIN_UNTIL => {
                            f.rep = s.repeat;
                            let Some(rep) = s.repeats.get_mut(f.rep as usize) else {
                                return internal_error();
                            };
                            s.ptr = ptr;
                            f.count = rep.count + 1;
                            if f.count < word!(rep.pc + 1) as isize {
                                rep.count = f.count;
                                let item = rep.pc + 3;
                                call!(Jump::MinUntilMin, item, f.toplevel);
                            } else {
                                s.repeat = rep.outer;
                                s.save(&mut f);
                                f.pushed = s.repeat != NO_REPEAT;
                                if f.pushed {
                                    s.push_marks(f.last_mark)?;
                                }
                                call!(Jump::MinUntilTail, pc, f.toplevel);
                            }
                        }
                        op::POSSESSIVE_REPEAT => {
                            // Inside a repeat, alternatives save the marks that they overwrite.
                            if s.repeats.len() == s.repeats.capacity() {
                                grow(&mut s.repeats, 1)?;
                            }
                            s.repeats.push(Repeat {
                                count: -1,
                                pc,
                                last: UNSET,
                                outer: s.repeat,
                            });
                            f.rep = (s.repeats.len() - 1) as u32;
                            s.repeat = f.rep;
                            s.ptr = ptr;
                            f.count = 0;
                            break Step::PossessiveMin;
                        }
                        op::ATOMIC_GROUP => {
                            s.ptr = ptr;
                            call!(Jump::Atomic, pc + 1, false);
                        }
                        op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_UNI_IGNORE | op::GROUPREF_LOC_IGNORE => {
                            let same: fn(u32) -> u32 = match code_op {
                                op::GROUPREF => |c| c,
                                op::GROUPREF_IGNORE => lower_ascii,
                                op::GROUPREF_UNI_IGNORE => lower_unicode,
                                _ => lower_locale,
                            };
                            let Some((a, b)) = s.referenced(word!(pc)) else {
                                break Step::Return(false);
                            };
                            let n = b - a;
                            if end - ptr < n || !(0..n).all(|i| same(text[a + i].cp()) == same(text[ptr + i].cp())) {
                                break Step::Return(false);
                            }
                            ptr += n;
                            pc += 1;
                        }
                        op::GROUPREF_EXISTS => match s.referenced(word!(pc)) {
                            Some(_) => pc += 2,
                            None => pc += word!(pc + 1) as usize,
                        },
                        op::ASSERT => {
                            let back = word!(pc + 1) as usize;
                            if ptr < back {
                                break Step::Return(false);
                            }
                            s.ptr = ptr - back;
                            call!(Jump::Assert, pc + 2, false);
                        }
                        op::ASSERT_NOT => {
                            let back = word!(pc + 1) as usize;
                            if ptr >= back {
                                s.ptr = ptr - back;
                                s.save(&mut f);
                                f.pushed = s.repeat != NO_REPEAT;
                                if f.pushed {
                                    s.push_marks(f.last_mark)?;
                                }
                                call!(Jump::AssertNot, pc + 2, false);
                            } else {
                                pc += word!(pc) as usize;
                            }
                        }
                        op::FAILURE => break Step::Return(false),
                        _ => return internal_error(),
                    }
                };
            }
            Step::Branch => {
                // An alternative that begins with a character that is not there is not tried.
                while word!(pc) != 0 {
                    let possible = match word!(pc + 1) {
                        op::LITERAL => ptr < end && unit!(ptr) == word!(pc + 2),
                        op::IN => ptr < end && in_set(&code[pc + 3..], unit!(ptr)),
                        _ => true,
                    };
                    if possible {
                        break;
                    }
                    pc += word!(pc) as usize;
                }
                if word!(pc) == 0 {
                    if f.pushed {
                        s.drop_marks(f.last_mark);
                    }
                    step = Step::Return(false);
                } else {
                    s.ptr = ptr;
                    call!(Jump::Branch, pc + 1, f.toplevel);
                    step = Step::Dispatch;
                }
            }
            Step::RepeatOne => {
                let (min, tail) = (word!(pc + 1) as isize, pc + word!(pc) as usize);
                match word!(tail) {
                    op::LITERAL => {
                        let c = word!(tail + 1);
                        while f.count >= min && (ptr >= end || unit!(ptr) != c) {
                            ptr = ptr.wrapping_sub(1);
                            f.count -= 1;
                        }
                    }
                    op::IN => {
                        let set = &code[tail + 2..];
                        while f.count >= min && (ptr >= end || !in_set(set, unit!(ptr))) {
                            ptr = ptr.wrapping_sub(1);
                            f.count -= 1;
                        }
                    }
                    _ => {}
                }
                if f.count < min {
                    if f.pushed {
                        s.drop_marks(f.last_mark);
                    }
                    step = Step::Return(false);
                } else {
                    s.ptr = ptr;
                    call!(Jump::RepeatOne, tail, f.toplevel);
                    step = Step::Dispatch;
                }
            }
            Step::MinRepeatOne => {
                let (max, tail) = (word!(pc + 2), pc + word!(pc) as usize);
                let mut more = true;
                if word!(tail) == op::LITERAL {
                    // As long as the tail's first character is not there, an item more.
                    let c = word!(tail + 1);
                    while (max == MAXREPEAT || f.count <= max as isize) && (ptr >= end || unit!(ptr) != c) {
                        if ptr >= end || count(text, code, pc + 3, ptr, end, 1)? == 0 {
                            more = false;
                            break;
                        }
                        ptr += 1;
                        f.count += 1;
                    }
                }
                if !more || (max != MAXREPEAT && f.count > max as isize) {
                    if f.pushed {
                        s.drop_marks(f.last_mark);
                    }
                    step = Step::Return(false);
                } else {
                    s.ptr = ptr;
                    call!(Jump::MinRepeatOne, tail, f.toplevel);
                    step = Step::Dispatch;
                }
            }
            Step::PossessiveMin => {
                if f.count < word!(pc + 1) as isize {
                    call!(Jump::PossessiveMin, pc + 3, false);
                    step = Step::Dispatch;
                } else {
                    ptr = UNSET;
                    step = Step::PossessiveMore;
                }
            }
            Step::PossessiveMore => {
                let max = word!(pc + 2);
                if (f.count < max as isize || max == MAXREPEAT) && s.ptr != ptr {
                    s.save(&mut f);
                    s.push_marks(f.last_mark)?;
                    ptr = s.ptr;
                    call!(Jump::PossessiveMore, pc + 3, false);
                } else {
                    s.end_repeat(f.rep);
                    pc += word!(pc) as usize + 1;
                    ptr = s.ptr;
                }
                step = Step::Dispatch;
            }
            Step::MaxUntilTail => {
                s.repeat = s.repeats[f.rep as usize].outer;
                call!(Jump::MaxUntilTail, pc, f.toplevel);
                step = Step::Dispatch;
            }
            Step::Return(ok) => {
                let jump = f.jump;
                if jump == Jump::None {
                    return Ok(ok);
                }
                let Some(outer) = s.frames.pop() else {
                    return internal_error();
                };
                f = outer;
                pc = f.pc as usize;
                ptr = f.ptr;
                step = match jump {
                    Jump::None => return Ok(ok),
                    Jump::Branch | Jump::RepeatOne | Jump::MinRepeatOne if ok => {
                        if f.pushed {
                            s.drop_marks(f.last_mark);
                        }
                        Step::Return(true)
                    }
                    Jump::Branch | Jump::RepeatOne | Jump::MinRepeatOne => {
                        if f.pushed {
                            s.restore_marks(f.last_mark);
                        }
                        s.restore(&f);
                        match jump {
                            Jump::Branch => {
                                pc += word!(pc) as usize;
                                Step::Branch
                            }
                            Jump::RepeatOne => {
                                ptr = ptr.wrapping_sub(1);
                                f.count -= 1;
                                Step::RepeatOne
                            }
                            _ => {
                                if ptr < end && count(text, code, pc + 3, ptr, end, 1)? == 1 {
                                    ptr += 1;
                                    f.count += 1;
                                    Step::MinRepeatOne
                                } else {
                                    if f.pushed {
                                        s.drop_marks(f.last_mark);
                                    }
                                    Step::Return(false)
                                }
                            }
                        }
                    }
                    Jump::Repeat => {
                        s.end_repeat(f.rep);
                        Step::Return(ok)
                    }
                    Jump::MaxUntilMin | Jump::MinUntilMin => {
                        if !ok {
                            s.repeats[f.rep as usize].count = f.count - 1;
                            s.ptr = ptr;
                        }
                        Step::Return(ok)
                    }
                    Jump::MaxUntilMore => {
                        s.repeats[f.rep as usize].last = f.old_last;
                        if ok {
                            s.drop_marks(f.last_mark);
                            Step::Return(true)
                        } else {
                            s.restore_marks(f.last_mark);
                            s.drop_marks(f.last_mark);
                            s.restore(&f);
                            s.repeats[f.rep as usize].count = f.count - 1;
                            s.ptr = ptr;
                            Step::MaxUntilTail
                        }
                    }
                    Jump::MaxUntilTail => {
                        s.repeat = f.rep;
                        if !ok {
                            s.ptr = ptr;
                        }
                        Step::Return(ok)
                    }
                    Jump::MinUntilTail => {
                        s.repeat = f.rep;
                        if !ok && f.pushed {
                            s.restore_marks(f.last_mark);
                        }
                        if f.pushed {
                            s.drop_marks(f.last_mark);
                        }
                        if ok {
                            Step::Return(true)
                        } else {
                            s.restore(&f);
                            s.ptr = ptr;
                            let rep = &mut s.repeats[f.rep as usize];
                            let max = word!(rep.pc + 2);
                            if (f.count >= max as isize && max != MAXREPEAT) || ptr == rep.last {
                                Step::Return(false)
                            } else {
                                rep.count = f.count;
                                f.old_last = rep.last;
                                rep.last = ptr;
                                let item = rep.pc + 3;
                                call!(Jump::MinUntilMore, item, f.toplevel);
                                Step::Dispatch
                            }
                        }
                    }
                    Jump::MinUntilMore => {
                        s.repeats[f.rep as usize].last = f.old_last;
                        if !ok {
                            s.repeats[f.rep as usize].count = f.count - 1;
                            s.ptr = ptr;
                        }
                        Step::Return(ok)
                    }
                    Jump::PossessiveMin => {
                        if ok {
                            f.count += 1;
                            Step::PossessiveMin
                        } else {
                            s.end_repeat(f.rep);
                            s.ptr = ptr;
                            Step::Return(false)
                        }
                    }
                    Jump::PossessiveMore => {
                        if ok {
                            s.drop_marks(f.last_mark);
                            f.count += 1;
                            Step::PossessiveMore
                        } else {
                            s.restore_marks(f.last_mark);
                            s.drop_marks(f.last_mark);
                            s.restore(&f);
                            s.end_repeat(f.rep);
                            s.ptr = ptr;
                            pc += word!(pc) as usize + 1;
                            Step::Dispatch
                        }
                    }
                    Jump::Atomic => {
                        if ok {
                            pc += word!(pc) as usize;
                            ptr = s.ptr;
                            Step::Dispatch
                        } else {
                            s.ptr = ptr;
                            Step::Return(false)
                        }
                    }
                    Jump::Assert => {
                        if ok {
                            pc += word!(pc) as usize;
                            Step::Dispatch
                        } else {
                            Step::Return(false)
                        }
                    }
                    Jump::AssertNot => {
                        if f.pushed {
                            if !ok {
                                s.restore_marks(f.last_mark);
                            }
                            s.drop_marks(f.last_mark);
                        }
                        if ok {
                            Step::Return(false)
                        } else {
                            s.restore(&f);
                            pc += word!(pc) as usize;
                            Step::Dispatch
                        }
                    }
                };
            }
        }
    }
}
