//! `_string`: the template parser of str.format for `string.Formatter` (CPython: Objects/unicodeobject.c, _string_methods).
use pyaot_core::prelude::*;
use pyaot_core::types::module;
use pyaot_text::format_string::{self as fs, Access, First, Markup};

pub fn make() -> PyResult {
    let m = module::new("_string")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("formatter_parser($module, object, /)"), |_, s| parser(s)),
    one(sig!("formatter_field_name_split($module, object, /)"), |_, s| split(s)),
];

fn text_arg(v: Ref<'_>) -> PyResult<Ref<'_>> {
    if str_::is_str(v) {
        return Ok(v);
    }
    exc::type_error(format_args!("expected str, got {}", v.ty().full_name()))
}
fn part(s: Ref, (start, end): (usize, usize)) -> PyResult {
    str_::slice(s, start, end)
}

/// An iterator over tuples: the steps come lazily, so that what stands before a mistake is seen.
fn parser(s: Ref) -> PyResult {
    text_arg(s)?;
    let mut items = Vec::new();
    let mut failed = None;
    for step in Markup::new(str_::units(s)) {
        let step = match step {
            Ok(step) => step,
            Err(e) => {
                failed = Some(e.0);
                break;
            }
        };
        let literal = part(s, step.literal)?;
        items.push(match step.field {
            None => tuple::from_vec(vec![literal, Own::none(), Own::none(), Own::none()]),
            Some(f) => {
                let conversion = match f.conversion {
                    0 => Own::none(),
                    c => str_::char_object(c)?,
                };
                tuple::from_vec(vec![literal, part(s, f.name)?, part(s, f.spec)?, conversion])
            }
        });
    }
    iterator::new(items, failed)
}

/// `(first, iterator of (is_attribute, name))`.
fn split(s: Ref) -> PyResult {
    text_arg(s)?;
    let units = str_::units(s);
    let (first, steps) = match fs::split_field_name(units, (0, units.len())) {
        Ok(r) => r,
        Err(e) => return exc::value_error(format_args!("{}", e.0)),
    };
    let first = match first {
        First::Empty => str_::empty(),
        First::Index(i) => Own::usize(i),
        First::Name(range) => part(s, range)?,
    };
    let mut items = Vec::new();
    let mut failed = None;
    for step in steps {
        let (attribute, name) = match step {
            Ok(Access::Attribute(range)) => (true, part(s, range)?),
            Ok(Access::Index(i)) => (false, Own::usize(i)),
            Ok(Access::Key(range)) => (false, part(s, range)?),
            Err(e) => {
                failed = Some(e.0);
                break;
            }
        };
        items.push(tuple::from_vec(vec![Own::bool(attribute), name]));
    }
    let rest = iterator::new(items, failed)?;
    Ok(tuple::from_vec(vec![first, rest]))
}

/// The iterators' type: items that are known, then perhaps a ValueError.
mod iterator {
    use super::*;

    #[repr(C)]
    pub struct Parts {
        header: Header,
        items: RefCell<std::vec::IntoIter<Own>>,
        failed: Cell<Option<&'static str>>,
    }
    // SAFETY: `repr(C)` with a header; a final type.
    unsafe impl Object for Parts {
        fn type_object() -> &'static TypeObject {
            &TYPE
        }
    }
    static TYPE: TypeObject = TypeObject::builtin(&TypeDef {
        name: "formatteriterator",
        basic_size: size_of::<Parts>(),
        flags: type_flag::DISALLOW_INSTANTIATION,
        slots: Slots {
            iter: Some(|it| Ok(it.own())),
            iternext: Some(next),
            dealloc: Some(|p| {
                // SAFETY: called once for a dead instance; the box-like fields are dropped in place.
                unsafe { core::ptr::drop_in_place(&raw mut (*p.cast::<Parts>()).items) };
            }),
            ..Slots::NONE
        },
        ..TypeDef::NEW
    });

    pub fn new(items: Vec<Own>, failed: Option<&'static str>) -> PyResult {
        pyaot_core::typeobj::ready(&TYPE);
        alloc::object(|header| Parts {
            header,
            items: RefCell::new(items.into_iter()),
            failed: Cell::new(failed),
        })
    }
    fn next(it: Ref) -> PyResult<Option<Own>> {
        // SAFETY: the slot receives instances.
        let it = unsafe { it.cast::<Parts>() };
        if let Some(v) = it.items.borrow_mut().next() {
            return Ok(Some(v));
        }
        match it.failed.get() {
            Some(message) => exc::value_error(format_args!("{message}")),
            None => Ok(None),
        }
    }
}
