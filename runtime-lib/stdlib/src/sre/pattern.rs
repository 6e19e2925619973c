//! `re.Pattern` (CPython: Modules/_sre/sre.c, pattern_methods).
use super::engine::State;
use super::matched::{self, Template};
use super::opcodes::flag;
use super::scanner;
use super::subject::Subject;
use super::validate;
use crate::native_type::{kept, native_type};
use crate::structseq::read_only;
use pyaot_core::call::{call1, convert};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, generic_alias, int, iterators, list, mappingproxy};
use pyaot_core::{import, istr};
use pyaot_text::{StrBuf, hash};

native_type! {
    struct Pattern, PATTERN_TYPE, "re.Pattern" { pattern, groupindex, indexgroup } {
        code: Box<[u32]>,
        flags: i32,
        groups: usize,
        // `None`: made from None, matches both kinds of text.
        bytes: Option<bool>,
    }
    flags: type_flag::WEAKREFABLE | type_flag::DISALLOW_INSTANTIATION,
    doc: "Compiled regular expression object.",
    slots: { repr: Some(repr), hash: Some(hash_of), richcompare: Some(compare) },
    methods: METHODS,
    getset: &[
        getset("pattern", |p| Ok(kept(&Pattern::cast(p).pattern)), read_only),
        getset("flags", |p| Ok(Own::int(Pattern::cast(p).flags as i64)), read_only),
        getset("groups", |p| Ok(Own::usize(Pattern::cast(p).groups)), read_only),
        getter("groupindex", |p| match field(&Pattern::cast(p).groupindex) {
            Some(d) => mappingproxy::new(d),
            None => dict::try_new(),
        }),
    ]
}

/// What matches need of their pattern.
pub fn groups(p: Ref) -> usize {
    Pattern::cast(p).groups
}
pub fn group_index(p: Ref<'_>) -> Option<Ref<'_>> {
    field(&Pattern::cast(p).groupindex)
}
pub fn index_group(p: Ref<'_>) -> Option<Ref<'_>> {
    field(&Pattern::cast(p).indexgroup)
}
pub fn code(p: Ref<'_>) -> &[u32] {
    &Pattern::cast(p).code
}

static METHODS: &[MethodDef] = &[
    bound(sig!("match($self, /, string, pos=0, endpos=sys.maxsize)"), |p, b| {
        single(p, b, |s, text, code| text.match_here(s, code))
    })
    .doc("Matches zero or more characters at the beginning of the string."),
    bound(sig!("fullmatch($self, /, string, pos=0, endpos=sys.maxsize)"), |p, b| {
        single(p, b, |s, text, code| {
            s.match_all = true;
            text.match_here(s, code)
        })
    })
    .doc("Matches against all of the string."),
    bound(sig!("search($self, /, string, pos=0, endpos=sys.maxsize)"), |p, b| {
        single(p, b, |s, text, code| text.search(s, code))
    })
    .doc("Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches."),
    bound(sig!("sub($self, /, repl, string, count=0)"), |p, b| Ok(substitute(p, b)?.0)).doc(
        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
    ),
    bound(sig!("subn($self, /, repl, string, count=0)"), |p, b| {
        let (text, n) = substitute(p, b)?;
        tuple::pair(text, Own::usize(n))
    })
    .doc("Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl."),
    bound(sig!("findall($self, /, string, pos=0, endpos=sys.maxsize)"), find_all)
        .doc("Return a list of all non-overlapping matches of pattern in string."),
    bound(sig!("split($self, /, string, maxsplit=0)"), split).doc("Split string by the occurrences of pattern."),
    bound(sig!("finditer($self, /, string, pos=0, endpos=sys.maxsize)"), |p, b| {
        let s = new_scanner(p, b)?;
        let search = protocol::get_attr(s.r(), istr!("search"))?;
        iterators::sequence::callable_iterator(search.r(), Own::none().r())
    })
    .doc("Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object."),
    bound(sig!("scanner($self, /, string, pos=0, endpos=sys.maxsize)"), new_scanner),
    noargs(sig!("__copy__($self, /)"), |p| Ok(p.own())),
    one(sig!("__deepcopy__($self, memo, /)"), |p, _| Ok(p.own())),
    one(sig!("__class_getitem__($type, object, /)"), generic_alias::new)
        .class()
        .doc("Patterns are generic over the type of string they handle (str or bytes)"),
];

struct Spare(RefCell<Vec<State>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Spare {}
/// States whose memory is used again.
static SPARE: Spare = Spare(RefCell::new(Vec::new()));

/// Runs `f` with a state; nested uses (a replacement function that matches) get states of their own.
fn with_state<R>(f: impl FnOnce(&mut State) -> PyResult<R>) -> PyResult<R> {
    let mut s = SPARE.0.borrow_mut().pop().unwrap_or_default();
    let r = f(&mut s);
    if s.is_small() {
        let mut spare = SPARE.0.borrow_mut();
        if spare.len() < 4 {
            spare.push(s);
        }
    }
    r
}

/// The subject of a pattern, with its kind checked (CPython: state_init).
pub fn subject(p: Ref, string: Ref) -> PyResult<Subject> {
    let text = Subject::new(string)?;
    match (Pattern::cast(p).bytes, text.is_bytes()) {
        (Some(false), true) => exc::type_error(format_args!("cannot use a string pattern on a bytes-like object")),
        (Some(true), false) => exc::type_error(format_args!("cannot use a bytes pattern on a string-like object")),
        _ => Ok(text),
    }
}
/// `pos` and `endpos`, put into the text.
fn range(b: &Bound) -> PyResult<(isize, isize)> {
    Ok((
        b.get(1).map_or(Ok(0), convert::index)?,
        b.get(2).map_or(Ok(isize::MAX), convert::index)?,
    ))
}
fn clip(i: isize, len: usize) -> usize {
    (i.max(0) as usize).min(len)
}

fn single(p: Ref, b: &Bound, f: impl FnOnce(&mut State, &Subject, &[u32]) -> PyResult<bool>) -> PyResult {
    let (pos, endpos) = range(b)?;
    let text = subject(p, b.arg(0))?;
    let (start, end) = (clip(pos, text.len()), clip(endpos, text.len()));
    with_state(|s| {
        s.prepare(groups(p), start, end)?;
        // A start behind the end matches nothing, not even the empty text.
        if start > end || !f(s, &text, code(p))? {
            return Ok(Own::none());
        }
        matched::new(p, s, text.object.r(), start, end)
    })
}
fn new_scanner(p: Ref, b: &Bound) -> PyResult {
    let (pos, endpos) = range(b)?;
    let text = subject(p, b.arg(0))?;
    let (start, end) = (clip(pos, text.len()), clip(endpos, text.len()));
    scanner::new(p, text, start, end)
}

/// Group `i` (from 0) of the current match, `None` when it took no part.
fn group(s: &State, text: &Subject, i: usize) -> PyResult<Option<Own>> {
    match s.group(i) {
        None => Ok(None),
        Some((a, b)) if a > b => matched::wrong_span(),
        Some((a, b)) => text.slice(a, b).map(Some),
    }
}

/// Calls `f` after each match from `start`; it says whether to go on. Empty matches move on as in CPython.
fn each_match(
    p: Ref,
    text: &Subject,
    start: usize,
    end: usize,
    mut f: impl FnMut(&mut State) -> PyResult<bool>,
) -> PyResult<()> {
    with_state(|s| {
        s.prepare(groups(p), start, end)?;
        while s.start <= s.end {
            s.reset();
            if !text.search(s, code(p))? {
                break;
            }
            if !f(s)? {
                break;
            }
            s.must_advance = s.ptr == s.start;
            s.start = s.ptr;
        }
        Ok(())
    })
}

fn find_all(p: Ref, b: &Bound) -> PyResult {
    let (pos, endpos) = range(b)?;
    let text = subject(p, b.arg(0))?;
    let out = list::new()?;
    let (n, empty) = (groups(p), text.slice(0, 0)?);
    each_match(p, &text, clip(pos, text.len()), clip(endpos, text.len()), |s| {
        let item = match n {
            0 => text.slice(s.start, s.ptr)?,
            1 => group(s, &text, 0)?.unwrap_or_else(|| empty.clone()),
            _ => {
                let mut all = Vec::with_capacity(n);
                for i in 0..n {
                    all.push(group(s, &text, i)?.unwrap_or_else(|| empty.clone()));
                }
                tuple::try_from_vec(all)?
            }
        };
        list::append(out.r(), item)?;
        Ok(true)
    })?;
    Ok(out)
}

fn split(p: Ref, b: &Bound) -> PyResult {
    let max = b.get(1).map_or(Ok(0), convert::index)?;
    let text = subject(p, b.arg(0))?;
    let out = list::new()?;
    let (len, mut n, mut last) = (text.len(), 0, 0);
    if max >= 0 {
        each_match(p, &text, 0, len, |s| {
            list::append(out.r(), text.slice(last, s.start)?)?;
            for i in 0..groups(p) {
                list::append(out.r(), group(s, &text, i)?.unwrap_or_else(Own::none))?;
            }
            n += 1;
            last = s.ptr;
            Ok(max == 0 || n < max)
        })?;
    }
    list::append(out.r(), text.slice(last, len)?)?;
    Ok(out)
}

enum Filter {
    Literal(Own),
    Template(Own),
    Function(Own),
}
/// What stands in for a match (CPython: pattern_subx).
fn filter(p: Ref, repl: Ref) -> PyResult<Filter> {
    if repl.ty().head.vectorcall.get().is_some() {
        return Ok(Filter::Function(repl.own()));
    }
    let literal = match Subject::new(repl) {
        Ok(text) => !text.units().iter().any(|c| c == '\\' as u32),
        Err(e) => {
            drop(exc::caught(e));
            false
        }
    };
    if literal {
        return Ok(Filter::Literal(repl.own()));
    }
    let t = compile_template(p, repl)?;
    Ok(match Template::only_literal(t.r()) {
        Some(text) => Filter::Literal(text),
        None => Filter::Template(t),
    })
}
/// CPython: compile_template.
pub fn compile_template(p: Ref, template: Ref) -> PyResult {
    let re = import::import_module("re")?;
    let f = protocol::get_attr(re.r(), istr!("_compile_template"))?;
    let run = |t: Ref| pyaot_core::call::call2(f.r(), p, t);
    let result = match run(template) {
        Err(e) if exc::raised_is(&exc::types::TYPE_ERROR) => {
            // An unhashable replacement is tried again as plain text.
            let ty = template.ty();
            let plain = if ty.has(type_flag::STR) && !template.is_exact::<str_::StrObject>() {
                drop(exc::caught(e));
                str_::exact(template)?
            } else if !ty.has(type_flag::STR)
                && pyaot_core::buffer::supports(template)
                && !template.is_exact::<bytes::BytesObject>()
            {
                drop(exc::caught(e));
                call1(bytes::BYTES_TYPE.r(), template)?
            } else {
                return Err(e);
            };
            run(plain.r())?
        }
        r => r?,
    };
    if !matched::is_template(result.r()) {
        return exc::runtime_error(format_args!(
            "the result of compiling a replacement string is {}",
            result.r().ty().full_name()
        ));
    }
    Ok(result)
}

fn substitute(p: Ref, b: &Bound) -> PyResult<(Own, usize)> {
    let max = b.get(2).map_or(Ok(0), convert::index)?;
    let filter = filter(p, b.arg(0))?;
    let text = subject(p, b.arg(1))?;
    let (len, mut n, mut last) = (text.len(), 0usize, 0);
    let mut parts: Vec<Own> = Vec::new();
    if max >= 0 {
        each_match(p, &text, 0, len, |s| {
            if last < s.start {
                parts.push(text.slice(last, s.start)?);
            }
            match &filter {
                Filter::Literal(t) => parts.push(t.clone()),
                Filter::Template(t) => {
                    let m = matched::new(p, s, text.object.r(), 0, len)?;
                    parts.push(Template::expand(t.r(), m.r())?);
                }
                Filter::Function(f) => {
                    let m = matched::new(p, s, text.object.r(), 0, len)?;
                    let r = call1(f.r(), m.r())?;
                    if !r.r().is_none() {
                        parts.push(r);
                    }
                }
            }
            last = s.ptr;
            n += 1;
            Ok(max == 0 || n < max as usize)
        })?;
    }
    if last < len {
        parts.push(text.slice(last, len)?);
    }
    let joiner = text.slice(0, 0)?;
    if parts.is_empty() {
        return Ok((joiner, n));
    }
    Ok((join(joiner.r(), parts)?, n))
}
pub fn join(joiner: Ref, parts: Vec<Own>) -> PyResult {
    let all = list::from_vec(parts)?;
    if joiner.ty().has(type_flag::STR) {
        pyaot_core::call::call_method(joiner, istr!("join"), &[all.r()])
    } else {
        bytes::methods::join(joiner, all.r())
    }
}

/// The first `n` characters of `repr(v)`.
pub fn short_repr(v: Ref, n: usize) -> PyResult {
    let text = protocol::repr(v)?;
    str_::slice(text.r(), 0, str_::len(text.r()).min(n))
}
fn repr(p: Ref) -> PyResult {
    const NAMES: [(&str, i32); 8] = [
        ("re.IGNORECASE", 2),
        ("re.LOCALE", flag::LOCALE),
        ("re.MULTILINE", 8),
        ("re.DOTALL", 16),
        ("re.UNICODE", flag::UNICODE),
        ("re.VERBOSE", 64),
        ("re.DEBUG", 128),
        ("re.ASCII", flag::ASCII),
    ];
    let this = Pattern::cast(p);
    let mut flags = this.flags;
    if this.bytes == Some(false) && flags & (flag::LOCALE | flag::UNICODE | flag::ASCII) == flag::UNICODE {
        flags &= !flag::UNICODE;
    }
    let mut names = Vec::new();
    for (name, bit) in NAMES {
        if flags & bit != 0 {
            names.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("{flags:#x}"));
    }
    let mut out = StrBuf::from("re.compile(");
    out.push_units(str_::units(short_repr(kept(&this.pattern).r(), 200)?.r()));
    if !names.is_empty() {
        out.push_str(", ");
        out.push_str(&names.join("|"));
    }
    out.push_str(")");
    str_::from_buf(out)
}
fn code_bytes(code: &[u32]) -> &[u8] {
    // SAFETY: initialised words as bytes of the same extent.
    unsafe { core::slice::from_raw_parts(code.as_ptr().cast(), size_of_val(code)) }
}
fn hash_of(p: Ref) -> PyResult<i64> {
    let this = Pattern::cast(p);
    let h = protocol::hash(kept(&this.pattern).r())?;
    let kind = this.bytes.map_or(-1, |b| b as i64);
    let h = h ^ hash::bytes(code_bytes(&this.code)) ^ this.flags as i64 ^ kind ^ this.code.len() as i64;
    Ok(if h == -1 { -2 } else { h })
}
fn compare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !b.is_exact::<Pattern>() {
        return Ok(Own::not_implemented());
    }
    let (x, y) = (Pattern::cast(a), Pattern::cast(b));
    let same = a.is(b)
        || (x.flags == y.flags
            && x.bytes == y.bytes
            && x.code == y.code
            && protocol::equal(kept(&x.pattern).r(), kept(&y.pattern).r())?);
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}

/// `_sre.compile`.
pub fn compile(_: Ref, b: &Bound) -> PyResult {
    let [pattern, flags, words, groups, groupindex, indexgroup] = [0, 1, 2, 3, 4, 5].map(|i| b.arg(i));
    let flags = convert::c_int(flags)?;
    let need = |v: Ref, name: &str, flag: u64, kind: &str| {
        if v.ty().has(flag) {
            return Ok(());
        }
        convert::bad_argument("compile", &format!("argument '{name}'"), kind, v)
    };
    need(words, "code", type_flag::LIST, "list")?;
    let groups = convert::index(groups)?;
    need(groupindex, "groupindex", type_flag::DICT, "dict")?;
    need(indexgroup, "indexgroup", type_flag::TUPLE, "tuple")?;
    let mut code = Vec::with_capacity(list::len(words));
    for v in list::snapshot(words) {
        if int::view_opt(v.r()).is_none() {
            return exc::type_error(format_args!("an integer is required"));
        }
        match int::convert::to_u64(v.r()) {
            Some(w) if w <= u32::MAX as u64 => code.push(w as u32),
            Some(_) => return exc::overflow_error(format_args!("regular expression code size limit exceeded")),
            None if int::view(v.r()).is_negative() => {
                return exc::overflow_error(format_args!("can't convert negative value to unsigned int"));
            }
            None => return exc::overflow_error(format_args!("Python int too large to convert to C unsigned long")),
        }
    }
    let bytes = match pattern.is_none() {
        true => None,
        false => Some(Subject::new(pattern)?.is_bytes()),
    };
    if !validate::is_valid(&code, groups) {
        return exc::runtime_error(format_args!("invalid SRE code"));
    }
    let named = dict::len(groupindex) > 0;
    Pattern::make(
        &PATTERN_TYPE,
        Some(pattern.own()),
        named.then(|| groupindex.own()),
        (named && tuple::len(indexgroup) > 0).then(|| indexgroup.own()),
        code.into_boxed_slice(),
        flags,
        groups as usize,
        bytes,
    )
}
