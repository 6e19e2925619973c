//! `code`: static data made by the compiler (CPython: Objects/codeobject.c).
use crate::call::{Args, MethodDef, noargs, raw, sig};
use crate::exc;
use crate::object::{Object, Own, PyResult, Ref, Value, alloc, incref};
use crate::object_protocol as protocol;
use crate::typeobj::{CompareOp, GetSetDef, Slots, TypeDef, TypeObject, getter};
use crate::types::{str as str_, traceback, tuple};
use core::cell::Cell;
pub use pyaot_abi::CodeObject;
use pyaot_abi::NO_FAST_ARITY;

// SAFETY: abi layout.
unsafe impl Object for CodeObject {
    fn type_object() -> &'static TypeObject {
        &CODE_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_code")]
pub static CODE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "code",
    basic_size: size_of::<CodeObject>(),
    flags: pyaot_abi::type_flag::WEAKREFABLE,
    doc: "Create a code object.  Not for mere mortals.",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        richcompare: Some(richcompare),
        ..Slots::NONE
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::NEW
});

/// Bits of a byte of `localspluskinds`.
const LOCAL: u8 = 0x20;
const CELL: u8 = 0x40;
const FREE: u8 = 0x80;

macro_rules! number {
    ($name:literal $field:ident) => {
        getter($name, |c| Ok(Own::int(cast(c).$field as i64)))
    };
}
macro_rules! value {
    ($name:literal $($get:tt)*) => {
        getter($name, |c| Ok(Ref::from_value(cast(c).$($get)*).own()))
    };
}
static GETSET: &[GetSetDef] = &[
    number!("co_argcount" argcount),
    number!("co_posonlyargcount" posonlyargcount),
    number!("co_kwonlyargcount" kwonlyargcount),
    number!("co_stacksize" stacksize),
    number!("co_flags" flags),
    number!("co_firstlineno" firstlineno),
    getter("co_nlocals", |c| Ok(Own::usize(names(cast(c), LOCAL).len()))),
    value!("co_names" names),
    value!("co_filename" filename.get()),
    value!("co_name" name.get()),
    value!("co_qualname" qualname.get()),
    value!("co_linetable" linetable),
    value!("co_exceptiontable" exceptiontable),
    value!("co_code" code),
    value!("_co_code_adaptive" code),
    getter("co_consts", consts),
    getter("co_varnames", |c| tuple::try_from_vec(names(cast(c), LOCAL))),
    getter("co_cellvars", |c| tuple::try_from_vec(names(cast(c), CELL))),
    getter("co_freevars", |c| tuple::try_from_vec(names(cast(c), FREE))),
];
static METHODS: &[MethodDef] = &[
    noargs(sig!("co_lines($self, /)"), lines),
    noargs(sig!("co_positions($self, /)"), positions),
    raw(sig!("replace($self, /, **changes)"), replace)
        .doc("Return a copy of the code object with new values for the specified fields."),
    raw(sig!("__replace__($self, /, **changes)"), replace).doc("The same as replace()."),
];

fn cast(c: Ref<'_>) -> &CodeObject {
    // SAFETY: slots, methods and getters receive instances.
    unsafe { c.cast() }
}
/// Data of a `bytes` constant in a code object.
pub fn bytes_of(b: Ref<'_>) -> &[u8] {
    // SAFETY: the fields that this is used for hold bytes objects.
    unsafe {
        let b = &*b.value().as_ptr::<pyaot_abi::BytesObject>();
        core::slice::from_raw_parts(b.data.as_ptr(), b.len.get())
    }
}
/// Names of `localsplusnames` whose kind has the bit.
fn names(c: &CodeObject, kind: u8) -> Vec<Own> {
    tuple::items(Ref::from_value(c.localsplusnames))
        .iter()
        .zip(bytes_of(Ref::from_value(c.localspluskinds)))
        .filter(|(_, k)| **k & kind != 0)
        .map(|(n, _)| Ref::from_value(*n).own())
        .collect()
}
/// Number of variables of enclosing functions that the code uses.
pub fn free_count(c: &CodeObject) -> usize {
    bytes_of(Ref::from_value(c.localspluskinds))
        .iter()
        .filter(|k| **k & FREE != 0)
        .count()
}

/// Frozenset constants are made when the code that uses them first runs.
fn consts(c: Ref) -> PyResult {
    let c = cast(c);
    let t = Ref::from_value(c.consts.get());
    if tuple::items(t).iter().all(|v| !v.is_null()) {
        return Ok(t.own());
    }
    let mut out = Vec::new();
    for (i, v) in tuple::items(t).iter().enumerate() {
        let v = match v.is_null() && !c.const_cells.is_null() {
            // SAFETY: one cell per constant.
            true => unsafe { *c.const_cells.add(i) },
            false => *v,
        };
        match Ref::from_nullable(v) {
            Some(v) => out.push(v.own()),
            None => {
                return exc::runtime_error(format_args!(
                    "co_consts: constant {i} is not made before the code that uses it has run"
                ));
            }
        }
    }
    tuple::try_from_vec(out)
}

fn text(v: &Cell<Value>) -> String {
    str_::to_string_lossy(Ref::from_value(v.get()))
}
fn repr(c: Ref) -> PyResult {
    let o = cast(c);
    Ok(Own::str(&format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        text(&o.name),
        c.value().0,
        text(&o.filename),
        o.firstlineno
    )))
}
fn numbers(c: &CodeObject) -> [u32; 5] {
    [c.argcount, c.posonlyargcount, c.kwonlyargcount, c.flags, c.firstlineno]
}
fn values(c: &CodeObject) -> [Value; 7] {
    [
        c.name.get(),
        c.qualname.get(),
        c.code,
        c.names,
        c.localsplusnames,
        c.linetable,
        c.exceptiontable,
    ]
}
fn hash(c: Ref) -> PyResult<i64> {
    let o = cast(c);
    let mut h = numbers(o)
        .iter()
        .fold(0i64, |h, n| h.wrapping_mul(31).wrapping_add(*n as i64));
    for v in values(o) {
        h = h.wrapping_mul(1000003) ^ protocol::hash(Ref::from_value(v))?;
    }
    Ok(if h == -1 { -2 } else { h })
}
fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<CodeObject>(), b.downcast::<CodeObject>()) else {
        return Ok(Own::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Own::not_implemented());
    }
    let mut same = numbers(x) == numbers(y);
    for (v, w) in values(x).into_iter().zip(values(y)) {
        same = same && protocol::equal(Ref::from_value(v), Ref::from_value(w))?;
    }
    if same && !a.is(b) {
        same = x.consts.get() == y.consts.get() || protocol::equal(consts(a)?.r(), consts(b)?.r())?;
    }
    Ok(Own::bool(same == (op == CompareOp::Eq)))
}

fn optional(n: Option<u32>) -> Own {
    n.map_or_else(Own::none, |n| Own::int(n as i64))
}
fn instructions(c: &CodeObject) -> u32 {
    (bytes_of(Ref::from_value(c.code)).len() / 2) as u32
}
fn iterate(items: Vec<Own>) -> PyResult {
    protocol::iter(tuple::try_from_vec(items)?.r())
}
/// (start, end, line) of each run of instructions on one line (CPython: code_lines).
fn lines(c: Ref) -> PyResult {
    let o = cast(c);
    let mut out = Vec::new();
    let (mut start, mut line) = (0, traceback::line_at(o, 0));
    for i in 1..=instructions(o) {
        let next = if i < instructions(o) {
            traceback::line_at(o, i)
        } else {
            None
        };
        if i == instructions(o) || next != line {
            out.push(tuple::from_vec(vec![
                Own::int(start as i64 * 2),
                Own::int(i as i64 * 2),
                optional(line),
            ]));
            (start, line) = (i, next);
        }
    }
    iterate(out)
}
/// (line, end line, column, end column) of each instruction (CPython: code_positionsiterator).
fn positions(c: Ref) -> PyResult {
    let o = cast(c);
    let mut out = Vec::new();
    for i in 0..instructions(o) {
        let p = traceback::positions_at(o, i);
        out.push(tuple::from_vec(match p {
            Some(p) => vec![
                optional(p.line),
                optional(p.end_line),
                optional(p.column),
                optional(p.end_column),
            ],
            None => vec![Own::none(), Own::none(), Own::none(), Own::none()],
        }));
    }
    iterate(out)
}

/// A copy with other values of some fields. Machine code stays while the bytecode and its constants are the same
/// (CPython: code_replace_impl).
fn replace(c: Ref, args: &Args) -> PyResult {
    if !args.pos().is_empty() {
        return exc::type_error(format_args!(
            "replace() takes 0 positional arguments but {} were given",
            args.len()
        ));
    }
    let o = cast(c);
    // SAFETY: a copy of plain words; the header is replaced below, shared values are counted.
    let mut new: CodeObject = unsafe { core::ptr::read(o) };
    let mut changed_code = false;
    for (k, v) in args.keywords() {
        let number = || protocol::index_isize(v, &exc::types::OVERFLOW_ERROR).map(|n| n as u32);
        let is_text = v.ty().has(pyaot_abi::type_flag::STR);
        match str_::to_string_lossy(k).as_str() {
            "co_name" if is_text => new.name = Cell::new(v.value()),
            "co_qualname" if is_text => new.qualname = Cell::new(v.value()),
            "co_filename" if is_text => new.filename = Cell::new(v.value()),
            "co_name" | "co_qualname" | "co_filename" => {
                return exc::type_error(format_args!(
                    "replace() argument '{}' must be str, not {}",
                    str_::to_string_lossy(k),
                    v.ty().name()
                ));
            }
            "co_firstlineno" => new.firstlineno = number()?,
            "co_flags" => {
                // Bits that say how the code runs are the machine code's own.
                const RUN: u32 = 0x4 | 0x8 | 0x20 | 0x80 | 0x200;
                let n = number()?;
                changed_code |= n & RUN != o.flags & RUN;
                new.flags = n;
            }
            "co_stacksize" => new.stacksize = number()?,
            "co_linetable" => new.linetable = v.value(),
            "co_exceptiontable" => new.exceptiontable = v.value(),
            "co_code" => {
                changed_code |= !protocol::equal(v, Ref::from_value(o.code))?;
                new.code = v.value();
            }
            "co_consts" => {
                changed_code |= !protocol::equal(v, consts(c)?.r())?;
                new.consts = Cell::new(v.value());
            }
            "co_names" => {
                changed_code |= !protocol::equal(v, Ref::from_value(o.names))?;
                new.names = v.value();
            }
            name @ ("co_argcount" | "co_posonlyargcount" | "co_kwonlyargcount" | "co_nlocals" | "co_varnames"
            | "co_freevars" | "co_cellvars") => {
                let name = str_::intern(name);
                if !protocol::equal(v, protocol::get_attr(c, name.r())?.r())? {
                    return exc::not_implemented_error(format_args!(
                        "replace() of {} in compiled code",
                        str_::to_string_lossy(name.r())
                    ));
                }
            }
            other => {
                return exc::type_error(format_args!("replace() got an unexpected keyword argument '{other}'"));
            }
        }
    }
    if changed_code {
        new.direct = core::ptr::null();
        new.resume = core::ptr::null();
        new.fast_arity = NO_FAST_ARITY;
    }
    for v in values(&new)
        .into_iter()
        .chain([new.filename.get(), new.consts.get(), new.localspluskinds])
    {
        incref(v);
    }
    // Code objects live as long as the process: frames and functions name them by address.
    let copy = alloc::object(|header| CodeObject { header, ..new })?;
    core::mem::forget(copy.clone());
    Ok(copy)
}
