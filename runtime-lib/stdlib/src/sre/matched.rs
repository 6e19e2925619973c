//! `re.Match`, and the templates that replacements are compiled to.
use super::engine::State;
use super::pattern;
use super::subject::Subject;
use crate::native_type::{kept, native_type};
use crate::structseq::read_only;
use pyaot_core::call::convert;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::{generic_alias, int};
use pyaot_text::StrBuf;

/// Start and end of the whole match and of the groups; -1 for groups that took no part. Few of them need no memory of their own.
pub struct Spans {
    few: [(isize, isize); 3],
    more: Box<[(isize, isize)]>,
    len: usize,
}
impl Spans {
    fn get(&self, i: usize) -> (isize, isize) {
        if self.more.is_empty() {
            self.few[i]
        } else {
            self.more[i]
        }
    }
}

native_type! {
    struct Match, MATCH_TYPE, "re.Match" { string, pattern, regs } {
        spans: Spans,
        pos: usize,
        endpos: usize,
        last_index: i32,
    }
    flags: type_flag::DISALLOW_INSTANTIATION,
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    slots: { repr: Some(repr), mp_subscript: Some(|m, key| group(m, key, Own::none().r())) },
    methods: METHODS,
    getset: &[
        getset("string", |m| Ok(kept(&Match::cast(m).string)), read_only),
        getset("re", |m| Ok(kept(&Match::cast(m).pattern)), read_only),
        getset("pos", |m| Ok(Own::usize(Match::cast(m).pos)), read_only),
        getset("endpos", |m| Ok(Own::usize(Match::cast(m).endpos)), read_only),
        getter("lastindex", |m| Ok(match Match::cast(m).last_index {
            i @ 0.. => Own::int(i as i64),
            _ => Own::none(),
        })),
        getter("lastgroup", last_group),
        getter("regs", regs),
    ]
}

#[cold]
pub fn wrong_span<R>() -> PyResult<R> {
    exc::system_error(format_args!(
        "The span of capturing group is wrong, please report a bug for the re module."
    ))
}

/// The match that `s` has found (CPython: pattern_new_match).
pub fn new(p: Ref, s: &State, string: Ref, pos: usize, endpos: usize) -> PyResult {
    let n = pattern::groups(p) + 1;
    let mut few = [(-1, -1); 3];
    let mut more = if n > few.len() { vec![(-1, -1); n] } else { Vec::new() };
    let out: &mut [(isize, isize)] = if n > few.len() { &mut more } else { &mut few };
    out[0] = (s.start as isize, s.ptr as isize);
    for i in 1..n {
        if let Some((a, b)) = s.group(i - 1) {
            if a > b {
                return wrong_span();
            }
            out[i] = (a as isize, b as isize);
        }
    }
    Match::make(
        &MATCH_TYPE,
        Some(string.own()),
        Some(p.own()),
        None,
        Spans {
            few,
            more: more.into_boxed_slice(),
            len: n,
        },
        pos,
        endpos,
        s.last_index,
    )
}

/// Group number of an argument (CPython: match_getindex).
fn index_of(m: Ref, key: Option<Ref>) -> PyResult<usize> {
    let this = Match::cast(m);
    let i = match key {
        None => 0,
        Some(k) if convert::is_index(k) => convert::index_clipped(k)?,
        Some(k) => {
            let p = kept(&this.pattern);
            let found = match pattern::group_index(p.r()) {
                Some(d) => dict::get(d.own().r(), k)?,
                None => None,
            };
            match found {
                Some(i) if int::view_opt(i.r()).is_some() => convert::index_clipped(i.r())?,
                _ => -1,
            }
        }
    };
    if i < 0 || i as usize >= this.spans.len {
        return exc::index_error(format_args!("no such group"));
    }
    Ok(i as usize)
}
/// CPython: match_getslice_by_index.
fn slice(m: Ref, i: usize, default: Ref) -> PyResult {
    let this = Match::cast(m);
    let (a, b) = this.spans.get(i);
    if a < 0 {
        return Ok(default.own());
    }
    let string = kept(&this.string);
    let (a, b) = (a as usize, b as usize);
    if string.r().ty().has(type_flag::STR) {
        return str_::slice(string.r(), a, b);
    }
    // The buffer may have become shorter since the match.
    let text = Subject::new(string.r())?;
    let n = text.len();
    text.slice(a.min(n), b.min(n))
}
fn group(m: Ref, key: Ref, default: Ref) -> PyResult {
    slice(m, index_of(m, Some(key))?, default)
}
fn last_group(m: Ref) -> PyResult {
    let this = Match::cast(m);
    let p = kept(&this.pattern);
    let names = pattern::index_group(p.r());
    Ok(match (names, usize::try_from(this.last_index)) {
        (Some(t), Ok(i)) if i < tuple::len(t) => tuple::get(t, i).own(),
        _ => Own::none(),
    })
}
fn pair((a, b): (isize, isize)) -> PyResult {
    tuple::pair(Own::int(a as i64), Own::int(b as i64))
}
fn regs(m: Ref) -> PyResult {
    let this = Match::cast(m);
    if let Some(r) = field(&this.regs) {
        return Ok(r.own());
    }
    let mut all = Vec::with_capacity(this.spans.len);
    for i in 0..this.spans.len {
        all.push(pair(this.spans.get(i))?);
    }
    let t = tuple::try_from_vec(all)?;
    set_field(&this.regs, Some(t.clone()));
    Ok(t)
}
fn repr(m: Ref) -> PyResult {
    let this = Match::cast(m);
    let (a, b) = this.spans.get(0);
    let text = slice(m, 0, Own::none().r())?;
    let mut out = StrBuf::from(format!("<{} object; span=({a}, {b}), match=", m.ty().full_name()).as_str());
    out.push_units(str_::units(pattern::short_repr(text.r(), 50)?.r()));
    out.push_str(">");
    str_::from_buf(out)
}

static METHODS: &[MethodDef] = &[
    raw(sig!("group(*args)"), |m, a| {
        a.no_keywords("re.Match.group")?;
        let none = Own::none();
        match a.len() {
            0 => slice(m, 0, none.r()),
            1 => group(m, Ref::from_value(a.pos()[0]), none.r()),
            _ => {
                let mut all = Vec::with_capacity(a.len());
                for key in a.iter() {
                    all.push(group(m, key, none.r())?);
                }
                tuple::try_from_vec(all)
            }
        }
    })
    .doc("group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match."),
    bound(sig!("start($self, group=0, /)"), |m, b| {
        let i = index_of(m, b.get(0))?;
        Ok(Own::int(Match::cast(m).spans.get(i).0 as i64))
    })
    .doc("Return index of the start of the substring matched by group."),
    bound(sig!("end($self, group=0, /)"), |m, b| {
        let i = index_of(m, b.get(0))?;
        Ok(Own::int(Match::cast(m).spans.get(i).1 as i64))
    })
    .doc("Return index of the end of the substring matched by group."),
    bound(sig!("span($self, group=0, /)"), |m, b| {
        let i = index_of(m, b.get(0))?;
        pair(Match::cast(m).spans.get(i))
    })
    .doc("For match object m, return the 2-tuple (m.start(group), m.end(group))."),
    bound(sig!("groups($self, /, default=None)"), |m, b| {
        let default = b.get(0).map_or_else(Own::none, Ref::own);
        let n = Match::cast(m).spans.len;
        let mut all = Vec::with_capacity(n - 1);
        for i in 1..n {
            all.push(slice(m, i, default.r())?);
        }
        tuple::try_from_vec(all)
    })
    .doc("Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match."),
    bound(sig!("groupdict($self, /, default=None)"), |m, b| {
        let default = b.get(0).map_or_else(Own::none, Ref::own);
        let out = dict::try_new()?;
        let p = kept(&Match::cast(m).pattern);
        if let Some(d) = pattern::group_index(p.r()) {
            for (name, _) in dict::items_snapshot(d) {
                let v = group(m, name.r(), default.r())?;
                dict::set(out.r(), name.r(), v.r())?;
            }
        }
        Ok(out)
    })
    .doc("Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match."),
    bound(sig!("expand($self, /, template)"), |m, b| {
        let t = pattern::compile_template(kept(&Match::cast(m).pattern).r(), b.arg(0))?;
        Template::expand(t.r(), m)
    })
    .doc("Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."),
    noargs(sig!("__copy__($self, /)"), |m| Ok(m.own())),
    one(sig!("__deepcopy__($self, memo, /)"), |m, _| Ok(m.own())),
    one(sig!("__class_getitem__($type, object, /)"), generic_alias::new)
        .class()
        .doc("Matches are generic over the type of string which was matched (str or bytes)"),
];

// ---- templates ----

/// A group of a template and the text behind it.
pub struct Item {
    group: usize,
    /// `None` when empty.
    literal: Option<Own>,
}
native_type! {
    struct Template, TEMPLATE_TYPE, "_sre.SRE_Template" { literal } { items: Vec<Item> }
    flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
    slots: {}, methods: &[], getset: &[]
}
pub fn is_template(v: Ref) -> bool {
    v.is_exact::<Template>()
}

/// `_sre.template`: `[literal1, group1, …, literalN]`.
pub fn template(_: Ref, b: &Bound) -> PyResult {
    use pyaot_core::types::list;
    let parts = b.arg(1);
    if !parts.ty().has(type_flag::LIST) {
        return convert::bad_argument("template", "argument 2", "list", parts);
    }
    let parts = list::snapshot(parts);
    let invalid = || exc::type_error(format_args!("invalid template"));
    if parts.len().is_multiple_of(2) {
        return invalid();
    }
    let mut items = Vec::with_capacity(parts.len() / 2);
    for p in parts[1..].chunks_exact(2) {
        if int::view_opt(p[0].r()).is_none() {
            return exc::type_error(format_args!("an integer is required"));
        }
        let group = convert::index(p[0].r())?;
        if group < 0 {
            return invalid();
        }
        let text = p[1].r();
        let ty = text.ty();
        let empty = (ty.has(type_flag::STR) && str_::len(text) == 0)
            || (ty.has(type_flag::BYTES) && pyaot_core::types::bytes::as_slice(text).is_empty());
        items.push(Item {
            group: group as usize,
            literal: (!empty).then(|| text.own()),
        });
    }
    Template::make(&TEMPLATE_TYPE, Some(parts[0].clone()), items)
}
impl Template {
    /// The text of a template without groups.
    pub fn only_literal(t: Ref) -> Option<Own> {
        let this = Template::cast(t);
        this.items.is_empty().then(|| kept(&this.literal))
    }
    /// CPython: expand_template.
    pub fn expand(t: Ref, m: Ref) -> PyResult {
        let this = Template::cast(t);
        let literal = kept(&this.literal);
        if this.items.is_empty() {
            return Ok(literal);
        }
        let mut parts = vec![literal.clone()];
        for item in &this.items {
            if item.group >= Match::cast(m).spans.len {
                return exc::index_error(format_args!("no such group"));
            }
            let text = slice(m, item.group, Own::none().r())?;
            if !text.r().is_none() {
                parts.push(text);
            }
            parts.extend(item.literal.clone());
        }
        let joiner = if literal.r().ty().has(type_flag::STR) {
            str_::empty()
        } else {
            pyaot_core::types::bytes::empty()
        };
        pattern::join(joiner.r(), parts)
    }
}
