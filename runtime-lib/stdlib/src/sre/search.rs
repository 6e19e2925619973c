//! Finding the first match: literal prefixes and first characters are looked for without the matcher (CPython: Modules/_sre/sre_lib.h,
//! search).
use super::chars::in_set;
use super::engine::{State, run};
use super::opcodes::{at, info, op};
use pyaot_core::prelude::*;
use pyaot_text::Unit;

/// Matches at `s.start`.
pub fn match_here<U: Unit>(s: &mut State, text: &[U], code: &[u32]) -> PyResult<bool> {
    s.ptr = s.start;
    run(s, text, code, 0, true)
}

/// Finds the first match from `s.start`; the match is `s.start..s.ptr`.
pub fn search<U: Unit>(s: &mut State, text: &[U], code: &[u32]) -> PyResult<bool> {
    let (mut ptr, end) = (s.start, s.end);
    if ptr > end {
        return Ok(false);
    }
    let (mut pc, mut last) = (0, end);
    if code[0] == op::INFO {
        let (flags, min) = (code[2], code[3] as usize);
        if end - ptr < min {
            return Ok(false);
        }
        // No match begins so near to the end that its fewest characters do not fit.
        if min > 1 {
            last = (end - (min - 1)).max(ptr);
        }
        pc = 1 + code[1] as usize;
        if flags & info::PREFIX != 0 {
            let (n, skip) = (code[5] as usize, code[6] as usize);
            let (prefix, overlap) = (&code[7..7 + n], &code[7 + n..7 + 2 * n]);
            let whole = flags & info::LITERAL != 0;
            if n == 1 {
                return first_literal(s, text, code, pc, prefix[0], skip, whole);
            }
            if n > 1 {
                return first_prefix(s, text, code, pc, prefix, overlap, skip, whole);
            }
        } else if flags & info::CHARSET != 0 {
            let set = &code[5..];
            s.must_advance = false;
            loop {
                match text[ptr..end].iter().position(|c| in_set(set, c.cp())) {
                    Some(n) => ptr += n,
                    None => return Ok(false),
                }
                s.start = ptr;
                s.ptr = ptr;
                if run(s, text, code, pc, false)? {
                    return Ok(true);
                }
                ptr += 1;
                s.reset();
            }
        }
    }
    s.start = ptr;
    s.ptr = ptr;
    let found = run(s, text, code, pc, true)?;
    s.must_advance = false;
    if found {
        return Ok(true);
    }
    if code[pc] == op::AT && matches!(code[pc + 1], at::BEGINNING | at::BEGINNING_STRING) {
        s.start = last;
        s.ptr = last;
        return Ok(false);
    }
    while ptr < last {
        ptr += 1;
        s.reset();
        s.start = ptr;
        s.ptr = ptr;
        if run(s, text, code, pc, false)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn first_literal<U: Unit>(
    s: &mut State,
    text: &[U],
    code: &[u32],
    pc: usize,
    c: u32,
    skip: usize,
    whole: bool,
) -> PyResult<bool> {
    let (mut ptr, end) = (s.start, s.end);
    if c > U::MAX {
        return Ok(false);
    }
    let c = U::from_cp(c);
    s.must_advance = false;
    loop {
        match text[ptr..end].iter().position(|u| *u == c) {
            Some(n) => ptr += n,
            None => return Ok(false),
        }
        s.start = ptr;
        s.ptr = ptr + skip;
        if whole || run(s, text, code, pc + 2 * skip, false)? {
            return Ok(true);
        }
        ptr += 1;
        s.reset();
    }
}

fn first_prefix<U: Unit>(
    s: &mut State,
    text: &[U],
    code: &[u32],
    pc: usize,
    prefix: &[u32],
    overlap: &[u32],
    skip: usize,
    whole: bool,
) -> PyResult<bool> {
    let (ptr, end, n) = (s.start, s.end, prefix.len());
    if n > end - ptr || prefix.iter().any(|c| *c > U::MAX) {
        return Ok(false);
    }
    s.must_advance = false;
    // `i` characters of the prefix stand before `at`.
    let (mut at, mut i) = (ptr, 0);
    while at < end {
        if i == 0 {
            let first = U::from_cp(prefix[0]);
            match text[at..end].iter().position(|u| *u == first) {
                Some(k) => at += k + 1,
                None => return Ok(false),
            }
            i = 1;
            continue;
        }
        if text[at].cp() == prefix[i] {
            at += 1;
            i += 1;
            if i < n {
                continue;
            }
            s.start = at - n;
            s.ptr = at - n + skip;
            if whole || run(s, text, code, pc + 2 * skip, false)? {
                return Ok(true);
            }
            s.reset();
            i = overlap[n - 1] as usize;
        } else {
            i = overlap[i - 1] as usize;
        }
    }
    Ok(false)
}
