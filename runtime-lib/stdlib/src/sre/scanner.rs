//! `_sre.SRE_Scanner`: match after match over one text.
use super::engine::State;
use super::matched;
use super::pattern;
use super::subject::Subject;
use crate::native_type::{kept, native_type};
use crate::structseq::read_only;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;

/// Where the next match may begin; `None` when there is none any more.
pub struct Progress {
    text: Subject,
    state: State,
    pos: usize,
    endpos: usize,
    done: bool,
}

native_type! {
    struct Scanner, SCANNER_TYPE, "_sre.SRE_Scanner" { pattern } { progress: RefCell<Progress> }
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
    slots: {},
    methods: &[
        noargs(sig!("match($self, /)"), |s| step(s, |t, state, code| t.match_here(state, code))),
        noargs(sig!("search($self, /)"), |s| step(s, |t, state, code| t.search(state, code))),
    ],
    getset: &[getset("pattern", |s| Ok(kept(&Scanner::cast(s).pattern)), read_only)]
}

pub fn new(p: Ref, text: Subject, pos: usize, endpos: usize) -> PyResult {
    let mut state = State::default();
    state.prepare(pattern::groups(p), pos, endpos)?;
    let progress = RefCell::new(Progress {
        text,
        state,
        pos,
        endpos,
        done: pos > endpos,
    });
    Scanner::make(&SCANNER_TYPE, Some(p.own()), progress)
}

fn step(s: Ref, f: fn(&Subject, &mut State, &[u32]) -> PyResult<bool>) -> PyResult {
    let this = Scanner::cast(s);
    // A signal handler that runs during the match may come back here.
    let Ok(mut guard) = this.progress.try_borrow_mut() else {
        return exc::value_error(format_args!("regular expression scanner already executing"));
    };
    let p = &mut *guard;
    if p.done {
        return Ok(Own::none());
    }
    p.state.reset();
    let pattern = kept(&this.pattern);
    if !f(&p.text, &mut p.state, pattern::code(pattern.r()))? {
        p.done = true;
        return Ok(Own::none());
    }
    let m = matched::new(pattern.r(), &p.state, p.text.object.r(), p.pos, p.endpos)?;
    p.state.must_advance = p.state.ptr == p.state.start;
    p.state.start = p.state.ptr;
    Ok(m)
}
