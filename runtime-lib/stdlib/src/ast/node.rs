//! `ast.AST`, the base of all nodes: construction from fields, repr, copying (CPython: Parser/asdl_c.py, ast_type_init and its
//! neighbours).
use super::STATE;
use pyaot_core::call::{self, Args, convert};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, generic_alias, list, union};
use pyaot_core::{istr, warn};
use pyaot_text::StrBuf;

#[repr(C)]
pub struct Node {
    header: Header,
    /// `__dict__` or null.
    dict: Cell<Value>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Node {
    fn type_object() -> &'static TypeObject {
        &AST_TYPE
    }
}
pub static AST_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "ast.AST",
    basic_size: size_of::<Node>(),
    flags: type_flag::GC | type_flag::BASETYPE,
    dict_offset: core::mem::offset_of!(Node, dict),
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| Node {
                header,
                dict: Cell::new(Value::NULL),
            })
        }),
        init: Some(init),
        repr: Some(|n| repr(n, MAX_DEPTH)),
        traverse: Some(|n, visit| visit(cast(n).dict.get())),
        clear: Some(|n| set_field(&cast(n).dict, None)),
        // SAFETY: called once for a dead instance.
        dealloc: Some(|p| decref(unsafe { &*p.cast::<Node>() }.dict.replace(Value::NULL))),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("__reduce__($self, /)"), reduce),
        raw(sig!("__replace__($self, /, **fields)"), replace)
            .doc("Return a copy of the AST node with new values for the specified fields."),
    ],
    getset: &[getset("__dict__", types::object::get_dict, types::object::set_dict)],
    attributes: Some(|ty| {
        for name in [istr!("_fields"), istr!("__match_args__"), istr!("_attributes")] {
            dict::set(ty.dict(), name, tuple::empty().r())?;
        }
        Ok(())
    }),
    ..TypeDef::NEW
});
fn cast(n: Ref<'_>) -> &Node {
    // SAFETY: slots and methods receive instances.
    unsafe { n.cast() }
}
fn namespace(n: Ref) -> PyResult {
    types::object::get_dict(n)
}

/// `_fields` or `_attributes` of the class, as far as it has them.
fn names(n: Ref, attribute: Ref) -> PyResult<Vec<Own>> {
    match protocol::get_attr_opt(n.ty().r(), attribute)? {
        Some(f) => convert::sequence(f.r(), "fields must be a sequence"),
        None => Ok(Vec::new()),
    }
}
fn position(all: &[Own], name: Ref) -> PyResult<Option<usize>> {
    for (i, n) in all.iter().enumerate() {
        if protocol::equal(n.r(), name)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}
fn shown(v: Ref) -> PyResult<String> {
    Ok(str_::to_string_lossy(protocol::repr(v)?.r()))
}

fn init(n: Ref, args: &Args) -> PyResult<()> {
    let class = n.ty().full_name();
    let fields = names(n, istr!("_fields"))?;
    if args.len() > fields.len() {
        return exc::type_error(format_args!(
            "{} constructor takes at most {} positional argument{}",
            n.ty().name(),
            fields.len(),
            if fields.len() == 1 { "" } else { "s" }
        ));
    }
    let mut open: Vec<bool> = vec![true; fields.len()];
    for (i, v) in args.iter().enumerate() {
        protocol::set_attr(n, fields[i].r(), Some(v))?;
        open[i] = false;
    }
    if args.has_keywords() {
        let attributes = names(n, istr!("_attributes"))?;
        for (k, v) in args.keywords() {
            match position(&fields, k)? {
                Some(i) if !open[i] => {
                    return exc::type_error(format_args!("{class} got multiple values for argument {}", shown(k)?));
                }
                Some(i) => open[i] = false,
                None if position(&attributes, k)?.is_none() => warn::deprecation(format_args!(
                    "{class}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated \
                     and will be removed in Python 3.15.",
                    shown(k)?
                ))?,
                None => {}
            }
            protocol::set_attr(n, k, Some(v))?;
        }
    }
    if !open.contains(&true) {
        return Ok(());
    }
    let Some(kinds) = protocol::get_attr_opt(n.ty().r(), istr!("_field_types"))? else {
        return Ok(());
    };
    for (i, name) in fields.iter().enumerate() {
        if !open[i] {
            continue;
        }
        let kind = match kinds.r().ty().has(type_flag::DICT) {
            true => dict::get(kinds.r(), name.r())?,
            false => None,
        };
        let Some(kind) = kind else {
            warn::deprecation(format_args!(
                "Field {} is missing from {class}._field_types. This will become an error in Python 3.15.",
                shown(name.r())?
            ))?;
            continue;
        };
        let kind = kind.r();
        if core::ptr::eq(kind.ty(), &union::UNION_TYPE) {
            // Optional: the class has None.
        } else if kind.is_instance_of(&generic_alias::GENERIC_ALIAS_TYPE) {
            protocol::set_attr(n, name.r(), Some(list::new()?.r()))?;
        } else if field(&STATE.context_type).is_some_and(|t| t.is(kind)) {
            let load = field(&STATE.load).map_or_else(Own::none, Ref::own);
            protocol::set_attr(n, name.r(), Some(load.r()))?;
        } else {
            warn::deprecation(format_args!(
                "{class}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
                shown(name.r())?
            ))?;
        }
    }
    Ok(())
}

/// Nested nodes that a repr shows.
const MAX_DEPTH: usize = 3;

fn repr(n: Ref, depth: usize) -> PyResult {
    let class = n.ty().full_name();
    let cut = || Ok(Own::str(&format!("{class}(...)")));
    if depth == 0 {
        return cut();
    }
    let Some(_guard) = exc::repr_enter(n)? else {
        return cut();
    };
    let mut out = StrBuf::from(class);
    out.push_str("(");
    for (i, name) in names(n, istr!("_fields"))?.iter().enumerate() {
        let v = protocol::get_attr(n, name.r())?;
        if i > 0 {
            out.push_str(", ");
        }
        out.push_units(str_::units(protocol::str(name.r())?.r()));
        out.push_str("=");
        out.push_units(str_::units(value_repr(v.r(), depth)?.r()));
    }
    out.push_str(")");
    str_::from_buf(out)
}
fn value_repr(v: Ref, depth: usize) -> PyResult {
    if v.is_exact::<list::ListObject>() || v.is_exact::<tuple::TupleObject>() {
        return sequence_repr(v, depth);
    }
    if v.is_instance_of(&AST_TYPE) {
        return repr(v, depth - 1);
    }
    protocol::repr(v)
}
/// First and last item only (CPython: ast_repr_list).
fn sequence_repr(v: Ref, depth: usize) -> PyResult {
    let is_list = v.ty().has(type_flag::LIST);
    let items = convert::sequence(v, "")?;
    if items.is_empty() {
        return protocol::repr(v);
    }
    let mut out = StrBuf::from(if is_list { "[" } else { "(" });
    let item = |v: &Own| {
        if v.r().is_instance_of(&AST_TYPE) {
            repr(v.r(), depth - 1)
        } else {
            protocol::repr(v.r())
        }
    };
    out.push_units(str_::units(item(&items[0])?.r()));
    if items.len() > 2 {
        out.push_str(", ...");
    }
    if items.len() > 1 {
        out.push_str(", ");
        out.push_units(str_::units(item(&items[items.len() - 1])?.r()));
    }
    out.push_str(if is_list { "]" } else { ")" });
    str_::from_buf(out)
}

/// Fields that are set stand as None among the arguments, so that construction does not miss them; the dict sets them afterwards.
fn reduce(n: Ref) -> PyResult {
    let d = namespace(n)?;
    let mut args = Vec::new();
    for name in names(n, istr!("_fields"))? {
        if !dict::contains(d.r(), name.r())? {
            break;
        }
        args.push(Own::none());
    }
    tuple::try_from_vec(vec![n.ty().own(), tuple::try_from_vec(args)?, d])
}

/// CPython: ast_type_replace.
fn replace(n: Ref, args: &Args) -> PyResult {
    if !args.pos().is_empty() {
        return exc::type_error(format_args!("__replace__() takes no positional arguments"));
    }
    let class = n.ty().full_name();
    let d = namespace(n)?;
    let (fields, attributes) = (names(n, istr!("_fields"))?, names(n, istr!("_attributes"))?);
    let mut missing: Vec<Own> = fields.iter().chain(&attributes).cloned().collect();
    for (k, _) in args.keywords() {
        match position(&missing, k)? {
            Some(i) => drop(missing.remove(i)),
            None => {
                return exc::type_error(format_args!(
                    "{class}.__replace__ got an unexpected keyword argument {}.",
                    shown(k)?
                ));
            }
        }
    }
    for k in dict::keys(d.r()) {
        if let Some(i) = position(&missing, k.r())? {
            drop(missing.remove(i));
        }
    }
    // Attributes need not be set, nor fields that the class has a default for.
    let mut needed = Vec::new();
    for name in missing {
        if position(&attributes, name.r())?.is_none() && protocol::get_attr_opt(n.ty().r(), name.r())?.is_none() {
            needed.push(shown(name.r())?);
        }
    }
    if !needed.is_empty() {
        needed.sort();
        return exc::type_error(format_args!(
            "{class}.__replace__ missing {} keyword argument{}: {}.",
            needed.len(),
            if needed.len() == 1 { "" } else { "s" },
            needed.join(", ")
        ));
    }
    let payload = dict::try_new()?;
    for name in fields.iter().chain(&attributes) {
        if let Some(v) = dict::get(d.r(), name.r())? {
            dict::set(payload.r(), name.r(), v.r())?;
        }
    }
    types::dict::merge::update_keywords(payload.r(), args)?;
    let (mut words, mut keys) = (Vec::new(), Vec::new());
    let items = dict::items_snapshot(payload.r());
    for (k, v) in &items {
        keys.push(k.clone());
        words.push(v.value());
    }
    let keys = tuple::try_from_vec(keys)?;
    call::call(n.ty().r(), &Args::new(&words, 0, Some(keys.r())))
}
