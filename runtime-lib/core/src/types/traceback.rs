//! `traceback` and `frame`: where an exception has been. The objects are made when someone looks (`exc::records`).
use crate::exc::records;
use crate::exec::{frames, watch};
use crate::istr;
use crate::object::{Header, Object, Own, PyResult, Ref, Value, alloc, decref, field, set_field};
use crate::typeobj::{Slots, TypeDef, TypeObject, getset, getter};
use crate::{exc, types};
use core::cell::{Cell, RefCell};
use pyaot_abi::{CodeObject, type_flag};

#[repr(C)]
pub struct TracebackObject {
    header: Header,
    /// Toward the place of the raise; null at the end.
    pub next: Cell<Value>,
    pub frame: Cell<Value>,
    /// Instruction index (byte offset / 2).
    pub position: Cell<u32>,
    /// 0 = from the line table.
    pub line: Cell<u32>,
}

#[repr(C)]
pub struct FrameObject {
    header: Header,
    pub code: &'static CodeObject,
    /// Instruction index of what runs, or ran last.
    pub position: Cell<u32>,
    pub back: Cell<Value>,
    /// Address of the machine frame of a frame that runs and is watched (`exec::watch`); else 0.
    pub base: Cell<usize>,
    /// Address of the machine frame that caught the exception whose traceback this frame was made for; else 0.
    pub caught_at: Cell<usize>,
    /// The generator that has not ended and whose frame this is, not counted; null for others.
    pub generator: Cell<Value>,
    /// Owned values of co_localsplusnames, UNBOUND or null where there is none.
    pub locals: RefCell<Vec<Value>>,
    /// `f_locals` once asked for.
    pub locals_dict: Cell<Value>,
    /// `__globals__`: dict of the module.
    pub globals: Cell<Value>,
}

// SAFETY: `repr(C)` with a header; final types.
unsafe impl Object for TracebackObject {
    fn type_object() -> &'static TypeObject {
        &TRACEBACK_TYPE
    }
}
// SAFETY: as above.
unsafe impl Object for FrameObject {
    fn type_object() -> &'static TypeObject {
        &FRAME_TYPE
    }
}

fn tb(r: Ref<'_>) -> &TracebackObject {
    // SAFETY: slots and getters receive instances.
    unsafe { r.cast() }
}
pub fn frame(r: Ref<'_>) -> &FrameObject {
    // SAFETY: slots and getters receive instances.
    unsafe { r.cast() }
}

#[unsafe(export_name = "pyaot_type_traceback")]
pub static TRACEBACK_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "traceback",
    basic_size: size_of::<TracebackObject>(),
    flags: type_flag::GC,
    slots: Slots {
        new: Some(new),
        traverse: Some(|t, visit| {
            visit(tb(t).next.get());
            visit(tb(t).frame.get());
        }),
        clear: Some(|t| {
            set_field(&tb(t).next, None);
            set_field(&tb(t).frame, None);
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let t = unsafe { &*p.cast::<TracebackObject>() };
            // Inner frames first. CPython: Python/traceback.c, tb_dealloc.
            decref(t.next.get());
            decref(t.frame.get());
        }),
        ..Slots::NONE
    },
    getset: &[
        getset("tb_next", |t| Ok(opt(&tb(t).next)), set_next),
        getter("tb_frame", |t| Ok(opt(&tb(t).frame))),
        getter("tb_lasti", |t| Ok(Own::int(tb(t).position.get() as i64 * 2))),
        getter("tb_lineno", |t| Ok(line_or_none(line_of(tb(t))))),
    ],
    ..TypeDef::NEW
});

#[unsafe(export_name = "pyaot_type_frame")]
pub static FRAME_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "frame",
    basic_size: size_of::<FrameObject>(),
    flags: type_flag::GC | type_flag::DISALLOW_INSTANTIATION | type_flag::WEAKREFABLE,
    slots: Slots {
        repr: Some(|f| {
            let f = frame(f);
            Ok(Own::str(&format!(
                "<frame at {:#x}, file '{}', line {}, code {}>",
                f as *const FrameObject as u64,
                types::str::to_string_lossy(Ref::from_value(f.code.filename.get())),
                line_at(f.code, f.position.get()).unwrap_or(0),
                types::str::to_string_lossy(Ref::from_value(f.code.name.get())),
            )))
        }),
        traverse: Some(|f, visit| {
            let f = frame(f);
            f.locals.borrow().iter().for_each(|v| visit(*v));
            visit(f.back.get());
            visit(f.locals_dict.get());
            visit(f.globals.get());
        }),
        clear: Some(clear_frame),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let f = unsafe { &*p.cast::<FrameObject>() };
            decref(f.locals_dict.get());
            for v in f.locals.take().into_iter().rev() {
                decref(v);
            }
            decref(f.back.get());
            decref(f.globals.get());
        }),
        ..Slots::NONE
    },
    methods: &[crate::call::noargs(crate::call::sig!("clear()"), clear_method)],
    getset: &[
        getter("f_code", |f| Ok(code_ref(frame(f).code).own())),
        getter("f_back", |f| {
            if let Some(g) = Ref::from_nullable(frame(f).generator.get()) {
                if !types::generator::running(g) {
                    return Ok(Own::none());
                }
                // Whoever resumed it this time.
                frames::frame_object(0)?;
            }
            Ok(opt(&frame(f).back))
        }),
        getter("f_globals", |f| Ok(opt(&frame(f).globals))),
        getter("f_builtins", |_| {
            Ok(types::module::dict(crate::builtins::module()).own())
        }),
        getter("f_locals", locals),
        getter("f_lasti", |f| Ok(Own::int(position(f) as i64 * 2))),
        getter("f_lineno", |f| Ok(line_or_none(line_at(frame(f).code, position(f))))),
        getter("f_trace", |_| Ok(Own::none())),
        getter("f_trace_lines", |_| Ok(Own::bool(true))),
        getter("f_trace_opcodes", |_| Ok(Own::bool(false))),
        getter("f_generator", |f| Ok(opt(&frame(f).generator))),
    ],
    ..TypeDef::NEW
});

/// `tb_frame`.
pub fn frame_of(t: Ref<'_>) -> Option<Ref<'_>> {
    field(&tb(t).frame)
}

/// Instruction index of what a frame runs, or ran last.
fn position(f: Ref) -> u32 {
    let f = frame(f);
    if let Some(now) = frames::position_of(f) {
        f.position.set(now);
    }
    f.position.get()
}

/// CPython: frame_clear.
fn clear_method(f: Ref) -> PyResult {
    let g = Ref::from_nullable(frame(f).generator.get());
    if frame(f).base.get() != 0 || g.is_some_and(types::generator::running) {
        return exc::runtime_error(format_args!("cannot clear an executing frame"));
    }
    if g.is_some_and(types::generator::started) {
        return exc::runtime_error(format_args!("cannot clear a suspended frame"));
    }
    clear_frame(f);
    Ok(Own::none())
}

fn opt(c: &Cell<Value>) -> Own {
    field(c).map_or(Own::none(), Ref::own)
}
fn line_or_none(line: Option<u32>) -> Own {
    line.map_or(Own::none(), |l| Own::int(l as i64))
}
pub fn code_ref(code: &CodeObject) -> Ref<'_> {
    Ref::from_value(Value::from_ptr(code))
}

fn clear_frame(f: Ref) {
    let f = frame(f);
    set_field(&f.locals_dict, None);
    let locals = f.locals.take();
    for v in locals.into_iter().rev() {
        decref(v);
    }
}

/// `f_locals`: names to values; cells are looked through.
fn locals(f: Ref) -> PyResult {
    let f = frame(f);
    if let Some(d) = field(&f.locals_dict) {
        return Ok(d.own());
    }
    if f.code.flags & 1 == 0 && f.locals.borrow().is_empty() {
        return Ok(opt(&f.globals));
    }
    let dict = types::dict::new();
    let names = Ref::from_value(f.code.localsplusnames);
    let values: Vec<Value> = f.locals.borrow().clone();
    for (name, value) in types::tuple::items(names).iter().zip(values) {
        let mut v = value;
        if let Some(c) = Ref::from_nullable(v).and_then(|r| r.downcast_exact::<types::cell::CellObject>()) {
            v = c.value.get();
        }
        if !v.is_null() && v != Value::UNBOUND {
            types::dict::set(dict.r(), Ref::from_value(*name), Ref::from_value(v))?;
        }
    }
    set_field(&f.locals_dict, Some(dict.clone()));
    Ok(dict)
}

/// A frame object; takes the references in `locals`.
pub fn new_frame(code: &'static CodeObject, position: u32, locals: Vec<Value>) -> PyResult {
    // SAFETY: code objects of compiled modules name their module; its object exists while code runs.
    let globals = match unsafe { code.module.as_ref() }.and_then(|m| Ref::from_nullable(m.object.get())) {
        Some(m) => types::module::dict(m).own().into_value(),
        None => Value::NULL,
    };
    alloc::object(|header| FrameObject {
        header,
        code,
        position: Cell::new(position),
        back: Cell::new(Value::NULL),
        base: Cell::new(0),
        caught_at: Cell::new(0),
        generator: Cell::new(Value::NULL),
        locals: RefCell::new(locals),
        locals_dict: Cell::new(Value::NULL),
        globals: Cell::new(globals),
    })
}

/// Puts a traceback object for a frame in front of those that the exception has (CPython: Python/traceback.c, PyTraceBack_Here).
pub fn push(e: Ref, f: Own, position: u32) -> PyResult<()> {
    let newest = records::newest_object(e);
    let next = newest.get();
    let made = alloc::object(|header| TracebackObject {
        header,
        next: Cell::new(next),
        frame: Cell::new(f.into_value()),
        position: Cell::new(position),
        line: Cell::new(0),
    })?;
    // The reference that the exception had is the new object's.
    newest.set(made.into_value());
    Ok(())
}

/// Adds an entry for a frame that has an object already; false when it has none. `base` is the address of its machine frame;
/// `locals` are those of a frame that is being left, taken over if the answer is true.
pub fn add_to_running(
    e: Ref,
    code: &'static CodeObject,
    position: u32,
    locals: Option<&Vec<Value>>,
    base: usize,
) -> bool {
    let Some(f) = watch::innermost(base, code) else {
        return false;
    };
    frame(f.r()).position.set(position);
    if let Some(locals) = locals {
        for v in frame(f.r()).locals.replace(locals.clone()).into_iter().rev() {
            decref(v);
        }
    }
    records::materialise(e);
    // Without memory the entry is left out.
    if push(e, f, position).is_err() {
        drop(exc::take());
    }
    true
}

/// The newest entry is that of the running frame at address `base`, in which the exception was caught.
pub fn is_caught_at(traceback: Ref, code: &'static CodeObject, base: usize) -> bool {
    let newest = field(&tb(traceback).frame).map(frame);
    newest.is_some_and(|f| f.caught_at.get() == base && core::ptr::eq(f.code, code))
}

/// A frame is left by an exception that already has an entry for it: the locals go to that entry's frame.
pub fn keep_locals(e: Ref, code: &'static CodeObject, locals: Vec<Value>) {
    let newest = records::traceback(e);
    let target = newest
        .and_then(|t| field(&tb(t).frame))
        .map(frame)
        .filter(|f| core::ptr::eq(f.code, code));
    let old = match target {
        Some(f) => f.locals.replace(locals),
        None => locals,
    };
    for v in old.into_iter().rev() {
        decref(v);
    }
}

/// Source line of an instruction (CPython: Objects/locations.md, the location table).
pub fn line_at(code: &CodeObject, position: u32) -> Option<u32> {
    positions_at(code, position).and_then(|p| p.line)
}
pub fn line_of(t: &TracebackObject) -> Option<u32> {
    if t.line.get() != 0 {
        return Some(t.line.get());
    }
    line_at(frame(field(&t.frame)?).code, t.position.get())
}

/// Source range of an instruction; columns in UTF-8 bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Position {
    pub line: Option<u32>,
    pub end_line: Option<u32>,
    pub column: Option<u32>,
    pub end_column: Option<u32>,
}

/// Decodes the location table up to the entry that covers instruction `position`.
pub fn positions_at(code: &CodeObject, position: u32) -> Option<Position> {
    let table = types::code::bytes_of(Ref::from_value(code.linetable));
    let mut reader = table.iter().copied();
    let mut line = code.firstlineno as i64;
    let mut at = 0u32;
    loop {
        let first = reader.next()?;
        let length = (first & 7) as u32 + 1;
        let kind = first >> 3 & 15;
        let mut p = Position::default();
        match kind {
            15 => {}
            14 => {
                line += signed(&mut reader)?;
                let end_line = line + varint(&mut reader)? as i64;
                let column = varint(&mut reader)?;
                let end_column = varint(&mut reader)?;
                p = Position {
                    line: Some(line as u32),
                    end_line: Some(end_line as u32),
                    column: column.checked_sub(1),
                    end_column: end_column.checked_sub(1),
                };
            }
            13 => {
                line += signed(&mut reader)?;
                p = Position {
                    line: Some(line as u32),
                    end_line: Some(line as u32),
                    column: None,
                    end_column: None,
                };
            }
            10..=12 => {
                line += kind as i64 - 10;
                let (c, e) = (reader.next()? as u32, reader.next()? as u32);
                p = Position {
                    line: Some(line as u32),
                    end_line: Some(line as u32),
                    column: Some(c),
                    end_column: Some(e),
                };
            }
            short => {
                let b = reader.next()? as u32;
                let c = (short as u32) << 3 | b >> 4;
                p = Position {
                    line: Some(line as u32),
                    end_line: Some(line as u32),
                    column: Some(c),
                    end_column: Some(c + (b & 15)),
                };
            }
        }
        if position < at + length {
            return Some(p);
        }
        at += length;
    }
}
fn varint(r: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let (mut value, mut shift) = (0u32, 0);
    loop {
        let b = r.next()?;
        value |= ((b & 63) as u32).checked_shl(shift)?;
        if b & 64 == 0 {
            return Some(value);
        }
        shift += 6;
    }
}
fn signed(r: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let v = varint(r)? as i64;
    Some(if v & 1 != 0 { -(v >> 1) } else { v >> 1 })
}

/// `types.TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)`.
fn new(_cls: &'static TypeObject, args: &crate::call::Args) -> PyResult {
    crate::call::bind(
        crate::call::sig!("traceback(tb_next, tb_frame, tb_lasti, tb_lineno)"),
        args,
        |b| {
            let next = b.arg(0);
            if !next.is_none() && next.downcast::<TracebackObject>().is_none() {
                return exc::type_error(format_args!(
                    "expected traceback object or None, got '{}'",
                    next.ty().name()
                ));
            }
            if b.arg(1).downcast::<FrameObject>().is_none() {
                return exc::type_error(format_args!(
                    "traceback() argument 'tb_frame' must be frame, not {}",
                    b.arg(1).ty().name()
                ));
            }
            let (Some(lasti), Some(line)) = (b.arg(2).small_int(), b.arg(3).small_int()) else {
                return exc::type_error(format_args!(
                    "'{}' object cannot be interpreted as an integer",
                    b.arg(2).ty().name()
                ));
            };
            alloc::object(|header| TracebackObject {
                header,
                next: Cell::new(if next.is_none() {
                    Value::NULL
                } else {
                    next.own().into_value()
                }),
                frame: Cell::new(b.arg(1).own().into_value()),
                position: Cell::new((lasti / 2) as u32),
                line: Cell::new(line as u32),
            })
        },
    )
}

/// CPython: tb_next_set; a loop is refused.
fn set_next(t: Ref, v: Option<Ref>) -> PyResult<()> {
    let Some(v) = v else {
        return exc::type_error(format_args!("can't delete tb_next attribute"));
    };
    if v.is_none() {
        set_field(&tb(t).next, None);
        return Ok(());
    }
    if v.downcast::<TracebackObject>().is_none() {
        return exc::type_error(format_args!("expected traceback object, got '{}'", v.ty().name()));
    }
    let mut at = Some(v);
    while let Some(x) = at {
        if x.is(t) {
            return exc::value_error(format_args!("traceback loop detected"));
        }
        at = field(&tb(x).next);
    }
    set_field(&tb(t).next, Some(v.own()));
    Ok(())
}

/// The module whose code `frame` runs, by its `__name__`.
pub fn module_name(f: Ref) -> Option<Own> {
    let globals = field(&frame(f).globals)?;
    types::dict::get(globals, istr!("__name__")).ok().flatten()
}
