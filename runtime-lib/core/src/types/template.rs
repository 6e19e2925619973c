//! `string.templatelib.Template` and `Interpolation`: what t-strings make (CPython: Objects/templateobject.c, interpolationobject.c).
use crate::call::{Args, MethodDef, convert, noargs, one, sig};
use crate::exc;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref};
use crate::object_protocol;
use crate::typeobj::{GetSetDef, Slots, TypeDef, TypeObject, getter, member, slots::Visitor};
use crate::types::{str as str_, tuple};
use core::cell::Cell;
use pyaot_abi::type_flag;
use pyaot_text::StrBuf;

#[repr(C)]
pub struct TemplateObject {
    header: Header,
    /// Tuple of str, one more than there are interpolations.
    strings: Cell<Value>,
    /// Tuple of Interpolation.
    interpolations: Cell<Value>,
}
#[repr(C)]
pub struct InterpolationObject {
    header: Header,
    /// value, expression, conversion, format_spec.
    fields: [Cell<Value>; 4],
}
#[repr(C)]
pub struct TemplateIter {
    header: Header,
    template: Cell<Value>,
    /// Twice the index of the string, plus one for the interpolation behind it.
    next: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; final types.
unsafe impl Object for TemplateObject {
    fn type_object() -> &'static TypeObject {
        &TEMPLATE_TYPE
    }
}
// SAFETY: as above.
unsafe impl Object for InterpolationObject {
    fn type_object() -> &'static TypeObject {
        &INTERPOLATION_TYPE
    }
}
// SAFETY: as above.
unsafe impl Object for TemplateIter {
    fn type_object() -> &'static TypeObject {
        &TEMPLATE_ITER_TYPE
    }
}

pub static TEMPLATE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "string.templatelib.Template",
    basic_size: size_of::<TemplateObject>(),
    flags: type_flag::GC,
    slots: Slots {
        repr: Some(template_repr),
        iter: Some(|t| {
            alloc::object(|header| TemplateIter {
                header,
                template: Cell::new(t.own().into_value()),
                next: Cell::new(0),
            })
        }),
        new: Some(template_new),
        sq_concat: Some(concat),
        traverse: Some(|t: Ref, visit: Visitor| {
            visit(template(t).strings.get());
            visit(template(t).interpolations.get());
        }),
        dealloc: Some(template_dealloc),
        ..Slots::NONE
    },
    methods: &[
        one(
            sig!("__class_getitem__($type, object, /)"),
            crate::types::generic_alias::new,
        )
        .class(),
        noargs(sig!("__reduce__($self, /)"), |t| {
            let module = crate::import::import_module("string.templatelib")?;
            let f = object_protocol::get_attr(module.r(), crate::istr!("_template_unpickle"))?;
            let t = template(t);
            let args = tuple::from_vec(vec![own(&t.strings), own(&t.interpolations)]);
            Ok(tuple::from_vec(vec![f, args]))
        }),
    ],
    getset: &[
        member("strings", |t| Ok(own(&template(t).strings))),
        member("interpolations", |t| Ok(own(&template(t).interpolations))),
        getter("values", |t| {
            let all = own(&template(t).interpolations);
            let values = tuple::items(all.r())
                .iter()
                .map(|i| own(&interpolation(Ref::from_value(*i)).fields[0]))
                .collect();
            tuple::try_from_vec(values)
        }),
    ],
    ..TypeDef::NEW
});

static INTERPOLATION_GETSET: &[GetSetDef] = &[
    member("value", |i| Ok(own(&interpolation(i).fields[0]))),
    member("expression", |i| Ok(own(&interpolation(i).fields[1]))),
    member("conversion", |i| Ok(own(&interpolation(i).fields[2]))),
    member("format_spec", |i| Ok(own(&interpolation(i).fields[3]))),
];

pub static INTERPOLATION_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "string.templatelib.Interpolation",
    basic_size: size_of::<InterpolationObject>(),
    flags: type_flag::GC,
    slots: Slots {
        repr: Some(interpolation_repr),
        new: Some(interpolation_new),
        traverse: Some(|i: Ref, visit: Visitor| interpolation(i).fields.iter().for_each(|f| visit(f.get()))),
        dealloc: Some(interpolation_dealloc),
        ..Slots::NONE
    },
    methods: INTERPOLATION_METHODS,
    getset: INTERPOLATION_GETSET,
    attributes: Some(|ty| {
        let names = ["value", "expression", "conversion", "format_spec"].map(str_::intern);
        let names = tuple::from_vec(names.into_iter().collect());
        crate::types::dict::set(ty.dict(), crate::istr!("__match_args__"), names.r())
    }),
    ..TypeDef::NEW
});
static INTERPOLATION_METHODS: &[MethodDef] = &[
    one(
        sig!("__class_getitem__($type, object, /)"),
        crate::types::generic_alias::new,
    )
    .class(),
    noargs(sig!("__reduce__($self, /)"), |i| {
        let args = interpolation(i).fields.iter().map(own).collect();
        Ok(tuple::from_vec(vec![i.ty().own(), tuple::from_vec(args)]))
    }),
];

pub static TEMPLATE_ITER_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "string.templatelib.TemplateIter",
    basic_size: size_of::<TemplateIter>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(next),
        traverse: Some(|it: Ref, visit: Visitor| visit(iter(it).template.get())),
        dealloc: Some(iter_dealloc),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

fn template(t: Ref<'_>) -> &TemplateObject {
    // SAFETY: slots and methods receive instances.
    unsafe { t.cast() }
}
fn interpolation(i: Ref<'_>) -> &InterpolationObject {
    // SAFETY: slots and methods receive instances; templates hold only these.
    unsafe { i.cast() }
}
fn iter(it: Ref<'_>) -> &TemplateIter {
    // SAFETY: slots receive instances.
    unsafe { it.cast() }
}
fn own(cell: &Cell<Value>) -> Own {
    Ref::from_value(cell.get()).own()
}

/// Takes a tuple of n + 1 strs and one of n interpolations.
pub fn new(strings: Own, interpolations: Own) -> PyResult {
    alloc::object(|header| TemplateObject {
        header,
        strings: Cell::new(strings.into_value()),
        interpolations: Cell::new(interpolations.into_value()),
    })
}
/// `conversion` is None or one of the strs s, r, a.
pub fn new_interpolation(value: Own, expression: Own, conversion: Own, spec: Own) -> PyResult {
    alloc::object(|header| InterpolationObject {
        header,
        fields: [value, expression, conversion, spec].map(|v| Cell::new(v.into_value())),
    })
}

/// CPython: Objects/templateobject.c, template_new: neighbouring strings are joined.
fn template_new(_: &'static TypeObject, args: &Args) -> PyResult {
    if args.has_keywords() {
        return exc::type_error(format_args!("Template.__new__ only accepts *args arguments"));
    }
    let (mut strings, mut interpolations) = (Vec::new(), Vec::new());
    let mut pending: Option<Own> = None;
    for a in args.iter() {
        if str_::is_str(a) {
            pending = Some(match pending {
                Some(p) => str_::append(p, a)?,
                None => a.own(),
            });
        } else if a.is_exact::<InterpolationObject>() {
            strings.push(pending.take().unwrap_or_else(str_::empty));
            interpolations.push(a.own());
        } else {
            return exc::type_error(format_args!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                a.ty().full_name()
            ));
        }
    }
    strings.push(pending.unwrap_or_else(str_::empty));
    new(tuple::try_from_vec(strings)?, tuple::try_from_vec(interpolations)?)
}

/// CPython: Objects/interpolationobject.c, interpolation_new_impl.
fn interpolation_new(_: &'static TypeObject, args: &Args) -> PyResult {
    let sig = sig!("Interpolation(value, expression='', conversion=None, format_spec='')");
    crate::call::bind(sig, args, |b| {
        let text = |i: usize, name: &str| match b.get(i) {
            Some(v) => Ok(convert::str_arg("Interpolation", name, v)?.own()),
            None => Ok(str_::empty()),
        };
        let expression = text(1, "argument 'expression'")?;
        let conversion = match b.get_not_none(2) {
            None => Own::none(),
            Some(c) => {
                convert::str_arg("Interpolation", "argument 'conversion'", c)?;
                match str_::single_char(c).and_then(char::from_u32) {
                    Some('s' | 'r' | 'a') => c.own(),
                    _ => {
                        return exc::value_error(format_args!(
                            "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"
                        ));
                    }
                }
            }
        };
        let spec = text(3, "argument 'format_spec'")?;
        new_interpolation(b.arg(0).own(), expression, conversion, spec)
    })
}

fn concat(a: Ref, b: Ref) -> PyResult {
    if !a.is_exact::<TemplateObject>() || !b.is_exact::<TemplateObject>() {
        return exc::type_error(format_args!(
            "can only concatenate {} (not \"{}\") to {}",
            TEMPLATE_TYPE.full_name(),
            b.ty().full_name(),
            TEMPLATE_TYPE.full_name()
        ));
    }
    let (x, y) = (template(a), template(b));
    let items = |c: &Cell<Value>| -> Vec<Own> {
        tuple::items(Ref::from_value(c.get()))
            .iter()
            .map(|v| Ref::from_value(*v).own())
            .collect()
    };
    let (mut strings, tail) = (items(&x.strings), items(&y.strings));
    let mut tail = tail.into_iter();
    if let (Some(last), Some(first)) = (strings.pop(), tail.next()) {
        strings.push(str_::concat(last.r(), first.r())?);
    }
    strings.extend(tail);
    let mut interpolations = items(&x.interpolations);
    interpolations.extend(items(&y.interpolations));
    new(tuple::try_from_vec(strings)?, tuple::try_from_vec(interpolations)?)
}

fn template_repr(t: Ref) -> PyResult {
    let (strings, interpolations) = (own(&template(t).strings), own(&template(t).interpolations));
    let mut out = StrBuf::from("Template(strings=");
    out.push_units(str_::units(object_protocol::repr(strings.r())?.r()));
    out.push_str(", interpolations=");
    out.push_units(str_::units(object_protocol::repr(interpolations.r())?.r()));
    out.push(')' as u32);
    str_::from_buf(out)
}
fn interpolation_repr(i: Ref) -> PyResult {
    let mut out = StrBuf::from("Interpolation(");
    for (n, f) in interpolation(i).fields.iter().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        let v = own(f);
        out.push_units(str_::units(object_protocol::repr(v.r())?.r()));
    }
    out.push(')' as u32);
    str_::from_buf(out)
}

/// Strings and interpolations in turn; empty strings are left out.
fn next(it: Ref) -> PyResult<Option<Own>> {
    let it = iter(it);
    let t = template(Ref::from_value(it.template.get()));
    let (strings, interpolations) = (own(&t.strings), own(&t.interpolations));
    loop {
        let n = it.next.get();
        let found = if n.is_multiple_of(2) {
            tuple::items(strings.r()).get(n / 2)
        } else {
            tuple::items(interpolations.r()).get(n / 2)
        };
        let Some(v) = found else { return Ok(None) };
        it.next.set(n + 1);
        let v = Ref::from_value(*v);
        if n % 2 == 1 || str_::len(v) > 0 {
            return Ok(Some(v.own()));
        }
    }
}

unsafe fn template_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    let t = unsafe { &*p.cast::<TemplateObject>() };
    decref(t.strings.get());
    decref(t.interpolations.get());
}
unsafe fn interpolation_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    for f in unsafe { &(*p.cast::<InterpolationObject>()).fields } {
        decref(f.get());
    }
}
unsafe fn iter_dealloc(p: *mut Header) {
    // SAFETY: called once for a dead instance.
    decref(unsafe { &*p.cast::<TemplateIter>() }.template.get());
}
