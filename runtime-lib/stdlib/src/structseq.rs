//! Named tuple-like types (CPython: Objects/structseq.c): tuples with a fixed visible length whose items, and hidden ones behind them,
//! are attributes.
//!
//! An instance is a tuple whose length is the visible one; the hidden items stand behind the visible ones in the same array.
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types;
use pyaot_core::types::tuple::TupleObject;

/// What a type is made of; `fields` has an empty name for items that are reachable by index only.
pub struct Spec {
    pub ty: &'static TypeObject,
    pub fields: &'static [&'static str],
    pub visible: usize,
}

/// `structseq!(IDENT, SPEC, "module.name", flags, visible, doc, [0 "field", 1 "field", …])`.
#[macro_export]
macro_rules! structseq {
    ($ty:ident, $spec:ident, $name:literal, $flags:expr, $visible:literal, $doc:literal, [$($i:literal $field:literal),* $(,)?]) => {
        pub static $spec: $crate::structseq::Spec = $crate::structseq::Spec {
            ty: &$ty,
            fields: &[$($field),*],
            visible: $visible,
        };
        pub static $ty: TypeObject = TypeObject::builtin(&TypeDef {
            name: $name,
            base: Some(&pyaot_core::types::tuple::TUPLE_TYPE),
            basic_size: size_of::<pyaot_core::types::tuple::TupleObject>(),
            item_size: 8,
            flags: type_flag::GC | $flags,
            doc: $doc,
            slots: Slots {
                new: Some(|cls, args| $crate::structseq::construct(&$spec, cls, args)),
                repr: Some(|o| $crate::structseq::repr(&$spec, o)),
                traverse: Some(|o, visit| $crate::structseq::traverse(&$spec, o, visit)),
                dealloc: Some(|p| unsafe { $crate::structseq::dealloc(&$spec, p) }),
                ..Slots::NONE
            },
            methods: &[
                noargs(sig!("__reduce__()"), |o| $crate::structseq::reduce(&$spec, o)),
                raw(sig!("__replace__(**changes)"), |o, a| $crate::structseq::replace(&$spec, o, a)),
            ],
            getset: &[$(getset($field, |o| Ok($crate::structseq::item(o, $i)), $crate::structseq::read_only)),*],
            attributes: Some(|_| $crate::structseq::attributes(&$spec)),
            ..TypeDef::NEW
        });
    };
}

fn array(o: Ref) -> *mut Value {
    // SAFETY: instances have the layout of a tuple.
    unsafe { (&raw mut (*o.value().as_ptr::<TupleObject>()).items).cast() }
}
/// Item `i`, hidden ones included.
pub fn item(o: Ref, i: usize) -> Own {
    // SAFETY: `i` is a field of the type.
    Ref::from_nullable(unsafe { *array(o).add(i) }).map_or(Own::none(), Ref::own)
}

/// An instance from all its fields.
pub fn new(spec: &'static Spec, values: Vec<Own>) -> PyResult {
    pyaot_core::typeobj::ready(spec.ty);
    debug_assert_eq!(values.len(), spec.fields.len());
    let p = alloc::raw(spec.ty, size_of::<TupleObject>() + spec.fields.len() * 8)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = p.cast::<TupleObject>();
        (&raw mut (*p).len).write(Cell::new(spec.visible));
        (&raw mut (*p).hash).write(Cell::new(-1));
        let out: *mut Value = (&raw mut (*p).items).cast();
        for (i, v) in values.into_iter().enumerate() {
            out.add(i).write(v.into_value());
        }
        Ok(Own::from_ptr(p))
    }
}

/// Setter of every field.
pub fn read_only(_: Ref, _: Option<Ref>) -> PyResult<()> {
    exc::attribute_error(format_args!("readonly attribute"))
}

/// CPython: structseq_new_impl.
pub fn construct(spec: &'static Spec, cls: &'static TypeObject, args: &Args) -> PyResult {
    let sig = sig!("structseq(sequence, dict={})");
    pyaot_core::call::bind(sig, args, |b| {
        let name = cls.full_name();
        let list = match protocol::iter(b.arg(0)) {
            Ok(_) => types::list::from_iterable(b.arg(0))?,
            Err(_) => {
                drop(exc::take());
                return exc::type_error(format_args!("constructor requires a sequence"));
            }
        };
        let dict = b.get_not_none(1);
        if dict.is_some_and(|d| !d.ty().has(type_flag::DICT)) {
            return exc::type_error(format_args!("{name}() takes a dict as second arg, if any"));
        }
        // SAFETY: nothing changes the list here.
        let given = unsafe { types::list::items(list.r().cast()) };
        let (n, min, max) = (given.len(), spec.visible, spec.fields.len());
        if min != max {
            if n < min {
                return exc::type_error(format_args!(
                    "{name}() takes an at least {min}-sequence ({n}-sequence given)"
                ));
            }
            if n > max {
                return exc::type_error(format_args!(
                    "{name}() takes an at most {max}-sequence ({n}-sequence given)"
                ));
            }
        } else if n != min {
            return exc::type_error(format_args!("{name}() takes a {min}-sequence ({n}-sequence given)"));
        }
        let mut values: Vec<Own> = given.iter().map(|v| Ref::from_value(*v).own()).collect();
        let mut used = 0;
        for field in &spec.fields[n..] {
            let v = match dict {
                Some(d) => types::dict::get(d, Own::str(field).r())?,
                None => None,
            };
            used += v.is_some() as usize;
            values.push(v.unwrap_or_else(Own::none));
        }
        if dict.is_some_and(|d| types::dict::len(d) > used) {
            return exc::type_error(format_args!("{name}() got duplicate or unexpected field name(s)"));
        }
        new(spec, values)
    })
}

/// CPython: structseq_repr.
pub fn repr(spec: &'static Spec, o: Ref) -> PyResult {
    let mut out = pyaot_text::StrBuf::from(spec.ty.full_name());
    out.push('(' as u32);
    for i in 0..spec.visible {
        if i > 0 {
            out.push_str(", ");
        }
        let name = spec.fields[i];
        out.push_str(if name.is_empty() {
            spec.fields.get(visible_name(spec, i)).copied().unwrap_or("")
        } else {
            name
        });
        out.push('=' as u32);
        out.push_units(str_::units(protocol::repr(item(o, i).r())?.r()));
    }
    out.push(')' as u32);
    types::str::from_buf(out)
}
/// Unnamed visible items print under the name of the first hidden fields: `st_atime` (CPython stores the member table in this order).
fn visible_name(spec: &Spec, i: usize) -> usize {
    let before = spec.fields[..i].iter().filter(|f| f.is_empty()).count();
    spec.visible + before
}

pub fn traverse(spec: &'static Spec, o: Ref, visit: Visitor) {
    for i in 0..spec.fields.len() {
        // SAFETY: the type states the number of fields.
        visit(unsafe { *array(o).add(i) });
    }
}
/// # Safety
/// Called once for a dead instance.
pub unsafe fn dealloc(spec: &'static Spec, p: *mut Header) {
    let o = Ref::from_value(Value::from_ptr(p));
    for i in (0..spec.fields.len()).rev() {
        // SAFETY: by contract.
        decref(unsafe { *array(o).add(i) });
    }
}

fn hidden_dict(spec: &'static Spec, o: Ref) -> PyResult {
    let d = types::dict::new();
    for i in spec.visible..spec.fields.len() {
        types::dict::set(d.r(), types::str::intern(spec.fields[i]).r(), item(o, i).r())?;
    }
    Ok(d)
}
pub fn reduce(spec: &'static Spec, o: Ref) -> PyResult {
    let items = types::tuple::try_from_vec((0..spec.visible).map(|i| item(o, i)).collect())?;
    let args = types::tuple::try_from_vec(vec![items, hidden_dict(spec, o)?])?;
    types::tuple::try_from_vec(vec![o.ty().own(), args])
}
/// CPython: structseq_replace.
pub fn replace(spec: &'static Spec, o: Ref, a: &Args) -> PyResult {
    if !a.pos().is_empty() {
        return exc::type_error(format_args!(
            "__replace__() takes no positional arguments ({} given)",
            a.len()
        ));
    }
    if spec.fields.iter().any(|f| f.is_empty()) {
        return exc::type_error(format_args!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            spec.ty.full_name()
        ));
    }
    let mut values: Vec<Own> = (0..spec.fields.len()).map(|i| item(o, i)).collect();
    let mut unknown = Vec::new();
    for (k, v) in a.keywords() {
        let name = str_::to_string_lossy(k);
        match spec.fields.iter().position(|f| *f == name) {
            Some(i) => values[i] = v.own(),
            None => unknown.push(format!("'{name}'")),
        }
    }
    if !unknown.is_empty() {
        return exc::type_error(format_args!("Got unexpected field name(s): [{}]", unknown.join(", ")));
    }
    new(spec, values)
}

/// `n_fields` and the like of the type's dict.
pub fn attributes(spec: &'static Spec) -> PyResult<()> {
    let d = spec.ty.dict();
    let unnamed = spec.fields.iter().filter(|f| f.is_empty()).count();
    types::dict::set(d, istr!("n_sequence_fields"), Own::usize(spec.visible).r())?;
    types::dict::set(d, istr!("n_fields"), Own::usize(spec.fields.len()).r())?;
    types::dict::set(d, istr!("n_unnamed_fields"), Own::usize(unnamed).r())?;
    let names = spec.fields[..spec.visible].iter().filter(|f| !f.is_empty());
    let names = types::tuple::try_from_vec(names.map(|f| types::str::intern(f)).collect())?;
    types::dict::set(d, istr!("__match_args__"), names.r())?;
    // Rows of unnamed fields have no attribute.
    types::dict::delete(d, types::str::intern("").r())?;
    Ok(())
}
