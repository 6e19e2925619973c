//! `str.format` and `str.format_map` (CPython: Objects/stringlib/unicode_format.h).
use crate::call::Args;
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol;
use crate::types::str as str_;
use pyaot_text::format_string::{self as fs, Access, AutoNumber, Field, First, Markup, TemplateError};
use pyaot_text::{StrBuf, Units};

/// Where the first name of a field is looked up.
enum Source<'a> {
    Args(&'a Args<'a>),
    Mapping(Ref<'a>),
}

pub fn str_format(s: Ref, args: &Args) -> PyResult {
    if let Some(r) = super::fast::template(s, args) {
        return r;
    }
    run(s, Source::Args(args))
}
pub fn str_format_map(s: Ref, mapping: Ref) -> PyResult {
    run(s, Source::Mapping(mapping))
}

fn run(s: Ref, source: Source) -> PyResult {
    let text = str_::units(s);
    let mut out = StrBuf::with_capacity(text.len() + 16);
    let mut auto = AutoNumber::default();
    expand(s, (0, text.len()), &source, &mut auto, 2, &mut out)?;
    str_::from_buf(out)
}

fn template_error<R>(e: TemplateError) -> PyResult<R> {
    exc::value_error(format_args!("{}", e.0))
}

/// Expands the part `range` of the template.
fn expand(
    s: Ref,
    range: (usize, usize),
    source: &Source,
    auto: &mut AutoNumber,
    depth: u32,
    out: &mut StrBuf,
) -> PyResult<()> {
    if depth == 0 {
        return exc::value_error(format_args!("{}", fs::RECURSION));
    }
    let text = str_::units(s);
    for step in Markup::within(text, range) {
        let step = match step {
            Ok(s) => s,
            Err(e) => return template_error(e),
        };
        out.push_units(text.slice(step.literal.0, step.literal.1));
        if let Some(field) = step.field {
            replace(s, &field, source, auto, depth, out)?;
        }
    }
    Ok(())
}

fn replace(
    s: Ref,
    field: &Field,
    source: &Source,
    auto: &mut AutoNumber,
    depth: u32,
    out: &mut StrBuf,
) -> PyResult<()> {
    let mut v = look_up(s, field, source, auto)?;
    if field.conversion != 0 {
        v = match char::from_u32(field.conversion) {
            Some(c @ ('r' | 's' | 'a')) => super::convert(v.r(), c as u8)?,
            _ => return exc::value_error(format_args!("{}", fs::unknown_conversion(field.conversion))),
        };
    }
    let spec = if field.spec.0 == field.spec.1 {
        if super::push_simple(v.r(), out) {
            return Ok(());
        }
        None
    } else if field.nested {
        let mut spec = StrBuf::new();
        expand(s, field.spec, source, auto, depth - 1, &mut spec)?;
        Some(str_::from_buf(spec)?)
    } else {
        Some(str_::slice(s, field.spec.0, field.spec.1)?)
    };
    let r = super::format(v.r(), spec.as_ref().map(Own::r))?;
    out.push_units(str_::units(r.r()));
    Ok(())
}

/// The object of a field name (CPython: get_field_object).
fn look_up(s: Ref, field: &Field, source: &Source, auto: &mut AutoNumber) -> PyResult {
    let text: Units = str_::units(s);
    let (first, steps) = match fs::split_field_name(text, field.name) {
        Ok(r) => r,
        Err(e) => return template_error(e),
    };
    let first = match auto.resolve(first) {
        Ok(f) => f,
        Err(e) => return template_error(e),
    };
    let mut v = match (first, source) {
        (First::Name((start, end)), _) => {
            let name = str_::slice(s, start, end)?;
            match source {
                Source::Mapping(m) => object_protocol::get_item(*m, name.r())?,
                Source::Args(args) => {
                    let found = args.keywords().find(|(k, _)| str_::equal(*k, name.r()));
                    match found {
                        Some((_, v)) => v.own(),
                        None => return exc::key_error(name.r()),
                    }
                }
            }
        }
        (First::Empty, _) => return exc::value_error(format_args!("empty field name")),
        (First::Index(i), Source::Args(args)) => match args.get(i) {
            Some(v) => v.own(),
            None => {
                return exc::index_error(format_args!(
                    "Replacement index {i} out of range for positional args tuple"
                ));
            }
        },
        (First::Index(_), Source::Mapping(_)) => {
            return exc::value_error(format_args!("Format string contains positional fields"));
        }
    };
    for step in steps {
        v = match step {
            Err(e) => return template_error(e),
            Ok(Access::Attribute((start, end))) => {
                let name = str_::intern_object(str_::slice(s, start, end)?);
                object_protocol::get_attr(v.r(), name.r())?
            }
            Ok(Access::Index(i)) => object_protocol::get_item(v.r(), Own::usize(i).r())?,
            Ok(Access::Key((start, end))) => object_protocol::get_item(v.r(), str_::slice(s, start, end)?.r())?,
        };
    }
    Ok(v)
}
