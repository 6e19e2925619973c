//! `_ast`: the node classes of abstract syntax trees, made from the grammar in `asdl` when the module is imported.
//!
//! Trees of source text are not made here: `compile` with PyCF_ONLY_AST does that where the front end is part of the program.
use asdl::{Kind, RULES};
use pyaot_core::call::{call0, call3};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, generic_alias, module};
use pyaot_core::{istr, typeobj};

mod asdl;
mod node;

struct State {
    /// `expr_context`, and the `Load()` that contexts have when they are left out.
    context_type: Cell<Value>,
    load: Cell<Value>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    context_type: Cell::new(Value::NULL),
    load: Cell::new(Value::NULL),
};

/// A constructor's name and its fields: (type, marks, name).
fn parse(constructor: &'static str) -> (&'static str, Vec<(&'static str, &'static str, &'static str)>) {
    let Some((name, rest)) = constructor.split_once('(') else {
        return (constructor, Vec::new());
    };
    let fields = rest.trim_end_matches(')').split(", ").filter_map(|f| f.split_once(' '));
    let split = |(kind, field): (&'static str, &'static str)| {
        let plain = kind.trim_end_matches(['?', '*']);
        (plain, &kind[plain.len()..], field)
    };
    (name, fields.map(split).collect())
}

fn strings<'a>(names: impl Iterator<Item = &'a str>) -> PyResult {
    tuple::try_from_vec(names.map(str_::intern).collect())
}

/// A class with its fields; `end` of the two optional attributes are class attributes.
fn class(m: Ref, name: &str, base: Ref, doc: &str, fields: &[(&str, &str, &str)]) -> PyResult {
    let namespace = dict::try_new()?;
    let names = strings(fields.iter().map(|f| f.2))?;
    for (key, v) in [
        (istr!("_fields"), names.clone()),
        (istr!("__match_args__"), names),
        (istr!("__module__"), str_::intern("ast")),
        (istr!("__doc__"), Own::str(doc)),
    ] {
        dict::set(namespace.r(), key, v.r())?;
    }
    for (_, marks, field) in fields {
        if *marks == "?" {
            dict::set(namespace.r(), str_::intern(field).r(), Own::none().r())?;
        }
    }
    let bases = tuple::from_refs([base])?;
    let c = call3(
        types::type_::TYPE_TYPE.r(),
        str_::intern(name).r(),
        bases.r(),
        namespace.r(),
    )?;
    module::add(m, name, c.clone())?;
    Ok(c)
}

const POSITION: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

fn set(c: Ref, name: &str, v: Own) -> PyResult<()> {
    protocol::set_attr(c, str_::intern(name).r(), Some(v.r()))
}

fn make_classes(m: Ref) -> PyResult<()> {
    for rule in RULES {
        let is_sum = matches!(rule.kind, Kind::Sum);
        let doc = match rule.kind {
            Kind::Product => rule.constructors[0].to_owned(),
            // Constructors without fields stand on one line.
            Kind::Sum if !rule.constructors[0].contains('(') => {
                format!("{} = {}", rule.name, rule.constructors.join(" | "))
            }
            Kind::Sum => {
                let separator = format!("\n{}| ", " ".repeat(rule.name.len() + 1));
                format!("{} = {}", rule.name, rule.constructors.join(&separator))
            }
        };
        let fields = if is_sum {
            Vec::new()
        } else {
            parse(rule.constructors[0]).1
        };
        let base = class(m, rule.name, node::AST_TYPE.r(), &doc, &fields)?;
        set(
            base.r(),
            "_attributes",
            strings(POSITION.into_iter().filter(|_| rule.located))?,
        )?;
        if rule.optional_end {
            set(base.r(), POSITION[2], Own::none())?;
            set(base.r(), POSITION[3], Own::none())?;
        }
        if is_sum {
            for constructor in rule.constructors {
                let (name, fields) = parse(constructor);
                class(m, name, base.r(), constructor, &fields)?;
            }
        }
    }
    Ok(())
}

/// `_field_types` and `__annotations__`, when all classes are there.
fn annotate(m: Ref) -> PyResult<()> {
    let find = |name: &str| protocol::get_attr(m, str_::intern(name).r());
    for rule in RULES {
        for constructor in rule.constructors {
            let (name, fields) = parse(constructor);
            let kinds = dict::try_new()?;
            for (kind, marks, field) in fields {
                let plain = match kind {
                    "identifier" | "string" => types::str::STR_TYPE.own(),
                    "int" => types::int::INT_TYPE.own(),
                    "constant" => types::object::OBJECT_TYPE.own(),
                    _ => find(kind)?,
                };
                let kind = match marks {
                    "" => plain,
                    "?" => protocol::or(plain.r(), Own::none().r())?,
                    _ => generic_alias::new(types::list::LIST_TYPE.r(), plain.r())?,
                };
                dict::set(kinds.r(), str_::intern(field).r(), kind.r())?;
            }
            let c = find(name)?;
            set(c.r(), "_field_types", kinds.clone())?;
            set(c.r(), "__annotations__", kinds)?;
        }
    }
    Ok(())
}

pub fn make() -> PyResult {
    typeobj::ready(&node::AST_TYPE);
    let m = module::new("_ast")?;
    module::add(m.r(), "AST", node::AST_TYPE.own())?;
    for (name, value) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
        ("PyCF_ONLY_AST", 0x400),
        ("PyCF_TYPE_COMMENTS", 0x1000),
        ("PyCF_OPTIMIZED_AST", 0x8400),
    ] {
        module::add(m.r(), name, Own::int(value))?;
    }
    make_classes(m.r())?;
    annotate(m.r())?;
    set_field(
        &STATE.context_type,
        Some(protocol::get_attr(m.r(), istr!("expr_context"))?),
    );
    let load = protocol::get_attr(m.r(), istr!("Load"))?;
    set_field(&STATE.load, Some(call0(load.r())?));
    Ok(m)
}
