//! `_struct`: packing values into bytes by a format (CPython: Modules/_struct.c).
//!
//! A format is compiled into [`Code`]s once; the last ones are kept, so that `struct.unpack` in a loop does not parse again.
use pyaot_core::buffer;
use pyaot_core::call::convert::{self, IntValue};
use pyaot_core::prelude::*;
use pyaot_core::types::memoryview::item::{f64_to_half, half_to_f64, u64_of};
use pyaot_core::types::{bytearray, bytes, complex, float, module};
use std::rc::Rc;

pub fn make() -> PyResult {
    for ty in [&ERROR, &STRUCT, &UNPACK_ITERATOR] {
        pyaot_core::typeobj::ready(ty);
    }
    let m = module::new("_struct")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "error", ERROR.own())?;
    module::add(m.r(), "Struct", STRUCT.own())?;
    Ok(m)
}

static ERROR: TypeObject = TypeObject::builtin(&TypeDef {
    name: "struct.error",
    base: Some(&exc::types::EXCEPTION),
    flags: exc::types::BASE_FLAGS,
    ..TypeDef::NEW
});
fn error<R>(message: core::fmt::Arguments) -> PyResult<R> {
    exc::raise(&ERROR, message)
}

// ---- formats ----

#[derive(Clone, Copy)]
struct Code {
    /// Format character.
    c: u8,
    size: usize,
    offset: usize,
    /// Items; for `s` and `p` one item of `size` bytes.
    repeat: usize,
}
struct Format {
    codes: Vec<Code>,
    size: usize,
    items: usize,
    big: bool,
    text: Vec<u8>,
}

/// (size, alignment) of a character.
fn layout(c: u8, native: bool) -> Option<(usize, usize)> {
    let size = match c {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => 8,
        b'D' => 16,
        _ => return None,
    };
    let align = match c {
        _ if !native => 1,
        b'F' => 4,
        b'D' => 8,
        _ => size,
    };
    Some((size, align))
}

/// CPython: Modules/_struct.c, prepare_s.
fn parse(text: &[u8]) -> PyResult<Format> {
    if text.contains(&0) {
        return error(format_args!("embedded null character"));
    }
    let (native, big, mut at) = match text.first() {
        Some(b'<') | Some(b'=') => (false, false, 1),
        Some(b'>') | Some(b'!') => (false, true, 1),
        Some(b'@') => (true, false, 1),
        _ => (true, false, 0),
    };
    let too_long = || error(format_args!("total struct size too long"));
    let mut codes = Vec::new();
    let (mut size, mut items) = (0usize, 0usize);
    while at < text.len() {
        let c = text[at];
        at += 1;
        if matches!(c, 9..=13 | 32) {
            continue;
        }
        let mut c = c;
        let mut n = 1usize;
        if c.is_ascii_digit() {
            n = (c - b'0') as usize;
            loop {
                let Some(&d) = text.get(at) else {
                    return error(format_args!("repeat count given without format specifier"));
                };
                at += 1;
                if !d.is_ascii_digit() {
                    c = d;
                    break;
                }
                n = match n.checked_mul(10).and_then(|n| n.checked_add((d - b'0') as usize)) {
                    Some(n) if n <= isize::MAX as usize => n,
                    _ => return too_long(),
                };
            }
        }
        let Some((item, align)) = layout(c, native) else {
            return error(format_args!("bad char in struct format"));
        };
        if align > 1 {
            size = match size.checked_next_multiple_of(align) {
                Some(s) => s,
                None => return too_long(),
            };
        }
        let total = n.checked_mul(item).and_then(|t| t.checked_add(size));
        let Some(total) = total.filter(|t| *t <= isize::MAX as usize) else {
            return too_long();
        };
        match c {
            b'x' => {}
            b's' | b'p' => {
                codes.push(Code {
                    c,
                    size: n,
                    offset: size,
                    repeat: 1,
                });
                items += 1;
            }
            _ if n > 0 => {
                codes.push(Code {
                    c,
                    size: item,
                    offset: size,
                    repeat: n,
                });
                items += n;
            }
            _ => {}
        }
        size = total;
    }
    Ok(Format {
        codes,
        size,
        items,
        big,
        text: text.to_vec(),
    })
}

struct Cache(RefCell<Vec<Rc<Format>>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Cache {}
static CACHE: Cache = Cache(RefCell::new(Vec::new()));
const CACHE_SIZE: usize = 100;

fn format_arg(v: Ref) -> PyResult<Rc<Format>> {
    let owned;
    let text: &[u8] = if str_::is_str(v) {
        match str_::as_ascii(v) {
            Some(t) => t.as_bytes(),
            None => {
                owned = pyaot_core::codecs::encode(v, pyaot_core::codecs::Encoding::Ascii, None)?;
                bytes::as_slice(owned.r())
            }
        }
    } else if bytes::is_bytes(v) {
        bytes::as_slice(v)
    } else {
        return exc::type_error(format_args!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            v.ty().full_name()
        ));
    };
    if let Some(f) = CACHE.0.borrow().iter().find(|f| f.text == text) {
        return Ok(f.clone());
    }
    let f = Rc::new(parse(text)?);
    let mut cache = CACHE.0.borrow_mut();
    if cache.len() >= CACHE_SIZE {
        cache.clear();
    }
    cache.push(f.clone());
    Ok(f)
}

// ---- unpack ----

fn read(p: &[u8], big: bool) -> u64 {
    let mut w = [0u8; 8];
    if big {
        w[8 - p.len()..].copy_from_slice(p);
        u64::from_be_bytes(w)
    } else {
        w[..p.len()].copy_from_slice(p);
        u64::from_le_bytes(w)
    }
}

fn unpack_item(c: u8, p: &[u8], big: bool) -> PyResult {
    let signed = |bits: usize| {
        let shift = 64 - bits;
        Own::int(((read(p, big) << shift) as i64) >> shift)
    };
    let single = |p: &[u8]| f32::from_bits(read(p, big) as u32) as f64;
    let double = |p: &[u8]| f64::from_bits(read(p, big));
    Ok(match c {
        b'c' => bytes::from_slice(p)?,
        b'?' => Own::bool(p[0] != 0),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => signed(p.len() * 8),
        b'e' => Own::float(half_to_f64(read(p, big) as u16)),
        b'f' => Own::float(single(p)),
        b'd' => Own::float(double(p)),
        b'F' => complex::from_parts(single(&p[..4]), single(&p[4..]))?,
        b'D' => complex::from_parts(double(&p[..8]), double(&p[8..]))?,
        b's' => bytes::from_slice(p)?,
        b'p' => {
            let n = p.first().map_or(0, |n| *n as usize).min(p.len().saturating_sub(1));
            bytes::from_slice(p.get(1..1 + n).unwrap_or(&[]))?
        }
        _ => Own::uint(read(p, big)),
    })
}

fn unpack(f: &Format, data: &[u8]) -> PyResult {
    let mut items = Vec::with_capacity(f.items);
    for code in &f.codes {
        for i in 0..code.repeat {
            let at = code.offset + i * code.size;
            items.push(unpack_item(code.c, &data[at..at + code.size], f.big)?);
        }
    }
    tuple::try_from_vec(items)
}

fn unpack_all(f: &Format, v: Ref) -> PyResult {
    let data = buffer::contents(v)?;
    if data.len() != f.size {
        return error(format_args!("unpack requires a buffer of {} bytes", f.size));
    }
    unpack(f, &data)
}

fn unpack_from(f: &Format, v: Ref, offset: Option<Ref>) -> PyResult {
    let data = buffer::contents(v)?;
    let offset = match offset {
        Some(o) => convert::index(o)?,
        None => 0,
    };
    let n = data.len() as isize;
    let mut at = offset;
    if at < 0 {
        if at + f.size as isize > 0 {
            return error(format_args!(
                "not enough data to unpack {} bytes at offset {offset}",
                f.size
            ));
        }
        if at + n < 0 {
            return error(format_args!("offset {offset} out of range for {n}-byte buffer"));
        }
        at += n;
    }
    if n - at < f.size as isize {
        return error(format_args!(
            "unpack_from requires a buffer of at least {} bytes for unpacking {} bytes at offset {at} (actual buffer size is {n})",
            f.size as isize + at,
            f.size
        ));
    }
    unpack(f, &data[at as usize..at as usize + f.size])
}

// ---- pack ----

fn range_error<R>(c: u8, size: usize, signed: bool) -> PyResult<R> {
    let (min, max): (i128, i128) = if signed {
        (-(1i128 << (size * 8 - 1)), (1i128 << (size * 8 - 1)) - 1)
    } else {
        (0, (1i128 << (size * 8)) - 1)
    };
    error(format_args!("'{}' format requires {min} <= number <= {max}", c as char))
}

/// An int argument, through `__index__` (CPython: get_pylong).
fn int_arg(v: Ref) -> PyResult {
    if !convert::is_index(v) {
        return error(format_args!("required argument is not an integer"));
    }
    convert::index_object(v)
}

fn pack_int(c: u8, size: usize, v: Ref) -> PyResult<u64> {
    let i = int_arg(v)?;
    let signed = c.is_ascii_lowercase();
    let n = match convert::int_value(i.r()) {
        IntValue::Fits(n) => n as i128,
        IntValue::TooLarge => match u64_of(i.r()) {
            Some(n) => n as i128,
            None => return range_error(c, size, signed),
        },
        IntValue::TooSmall => return range_error(c, size, signed),
    };
    let bits = size * 8;
    let fits = if signed {
        n >= -(1i128 << (bits - 1)) && n < 1i128 << (bits - 1)
    } else {
        n >= 0 && n < 1i128 << bits
    };
    if fits {
        Ok(n as u64)
    } else {
        range_error(c, size, signed)
    }
}

fn real(v: Ref) -> PyResult<f64> {
    match float::as_f64(v) {
        Ok(x) => Ok(x),
        Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) => {
            drop(exc::take());
            error(format_args!("required argument is not a float"))
        }
        Err(e) => Err(e),
    }
}
fn to_single(x: f64) -> PyResult<u32> {
    let y = x as f32;
    if y.is_infinite() && x.is_finite() {
        return exc::overflow_error(format_args!("float too large to pack with f format"));
    }
    Ok(y.to_bits())
}

fn write(out: &mut [u8], w: u64, big: bool) {
    let n = out.len();
    if big {
        out.copy_from_slice(&w.to_be_bytes()[8 - n..]);
    } else {
        out.copy_from_slice(&w.to_le_bytes()[..n]);
    }
}

fn pack_item(code: &Code, v: Ref, big: bool, out: &mut [u8]) -> PyResult<()> {
    match code.c {
        b'c' => match bytes::is_bytes(v).then(|| bytes::as_slice(v)) {
            Some(&[c]) => out[0] = c,
            _ => return error(format_args!("char format requires a bytes object of length 1")),
        },
        b'?' => out[0] = protocol::truth(v)? as u8,
        b's' | b'p' => {
            if !bytes::is_bytes(v) && !bytearray::is_bytearray(v) {
                return error(format_args!("argument for '{}' must be a bytes object", code.c as char));
            }
            let data = bytes::methods::data(v);
            if code.c == b's' {
                let n = data.len().min(out.len());
                out[..n].copy_from_slice(&data[..n]);
            } else if !out.is_empty() {
                let n = data.len().min(out.len() - 1);
                out[1..1 + n].copy_from_slice(&data[..n]);
                out[0] = n.min(255) as u8;
            }
        }
        b'e' => match f64_to_half(real(v)?) {
            Some(h) => write(out, h as u64, big),
            None => return exc::overflow_error(format_args!("float too large to pack with e format")),
        },
        b'f' => write(out, to_single(real(v)?)? as u64, big),
        b'd' => write(out, real(v)?.to_bits(), big),
        b'F' | b'D' => {
            let (re, im) = match complex::as_parts(v) {
                Ok(z) => z,
                Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) => {
                    drop(exc::take());
                    return error(format_args!("required argument is not a complex"));
                }
                Err(e) => return Err(e),
            };
            let half = out.len() / 2;
            let (a, b) = out.split_at_mut(half);
            if code.c == b'F' {
                write(a, to_single(re)? as u64, big);
                write(b, to_single(im)? as u64, big);
            } else {
                write(a, re.to_bits(), big);
                write(b, im.to_bits(), big);
            }
        }
        b'P' => {
            let i = int_arg(v)?;
            let w = match convert::int_value(i.r()) {
                IntValue::Fits(n) => n as u64,
                _ => match u64_of(i.r()) {
                    Some(n) => n,
                    None => return error(format_args!("int too large to convert")),
                },
            };
            write(out, w, big);
        }
        c => write(out, pack_int(c, code.size, v)?, big),
    }
    Ok(())
}

/// Packs into zeroed memory, so that a failure changes nothing that is seen.
fn pack_bytes(f: &Format, name: &str, args: &[Value]) -> PyResult<Vec<u8>> {
    if args.len() != f.items {
        return error(format_args!(
            "{name} expected {} items for packing (got {})",
            f.items,
            args.len()
        ));
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(f.size).is_err() {
        return exc::memory_error();
    }
    out.resize(f.size, 0);
    let mut next = args.iter();
    for code in &f.codes {
        for i in 0..code.repeat {
            let Some(v) = next.next() else { break };
            let at = code.offset + i * code.size;
            pack_item(code, Ref::from_value(*v), f.big, &mut out[at..at + code.size])?;
        }
    }
    Ok(out)
}

/// `pack_into(buffer, offset, *values)` without the format.
fn pack_into(f: &Format, args: &[Value]) -> PyResult {
    let [target, rest @ ..] = args else {
        return error(format_args!("pack_into expected buffer argument"));
    };
    let [offset, values @ ..] = rest else {
        return error(format_args!("pack_into expected offset argument"));
    };
    if values.len() != f.items {
        return error(format_args!(
            "pack_into expected {} items for packing (got {})",
            f.items,
            values.len()
        ));
    }
    let target = buffer::writable(Ref::from_value(*target), "argument")?;
    let offset = convert::index(Ref::from_value(*offset))?;
    let n = target.len() as isize;
    let mut at = offset;
    if at < 0 {
        if at + f.size as isize > 0 {
            return error(format_args!("no space to pack {} bytes at offset {offset}", f.size));
        }
        if at + n < 0 {
            return error(format_args!("offset {offset} out of range for {n}-byte buffer"));
        }
        at += n;
    }
    if n - at < f.size as isize {
        return error(format_args!(
            "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {at} (actual buffer size is {n})",
            f.size as isize + at,
            f.size
        ));
    }
    let data = pack_bytes(f, "pack_into", values)?;
    // SAFETY: a writable buffer that is held; no other slice of it is alive.
    let memory = unsafe { target.as_mut() };
    memory[at as usize..at as usize + f.size].copy_from_slice(&data);
    Ok(Own::none())
}

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("_clearcache($module, /)"), |_| {
        CACHE.0.borrow_mut().clear();
        Ok(Own::none())
    }),
    one(sig!("calcsize($module, format, /)"), |_, f| {
        Ok(Own::usize(format_arg(f)?.size))
    }),
    raw(sig!("pack(*args)"), |_, a| {
        a.no_keywords("_struct.pack")?;
        let Some(f) = a.get(0) else {
            return exc::type_error(format_args!("missing format argument"));
        };
        bytes::from_slice(&pack_bytes(&*format_arg(f)?, "pack", &a.pos()[1..])?)
    }),
    raw(sig!("pack_into(*args)"), |_, a| {
        a.no_keywords("_struct.pack_into")?;
        let Some(f) = a.get(0) else {
            return exc::type_error(format_args!("missing format argument"));
        };
        pack_into(&*format_arg(f)?, &a.pos()[1..])
    }),
    bound(sig!("unpack($module, format, buffer, /)"), |_, b| {
        unpack_all(&*format_arg(b.arg(0))?, b.arg(1))
    }),
    bound(sig!("unpack_from($module, format, /, buffer, offset=0)"), |_, b| {
        unpack_from(&*format_arg(b.arg(0))?, b.arg(1), b.get(2))
    }),
    bound(sig!("iter_unpack($module, format, buffer, /)"), |_, b| {
        iter_unpack(format_arg(b.arg(0))?, b.arg(1))
    }),
];

// ---- Struct ----

#[repr(C)]
struct StructObject {
    header: Header,
    /// `None` until `__init__` ran.
    format: RefCell<Option<Rc<Format>>>,
}
// SAFETY: `repr(C)` with a header; subclasses extend it.
unsafe impl Object for StructObject {
    fn type_object() -> &'static TypeObject {
        &STRUCT
    }
}
static STRUCT: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_struct.Struct",
    basic_size: size_of::<StructObject>(),
    flags: type_flag::BASETYPE,
    slots: Slots {
        repr: Some(|s| {
            let text = Own::str(&String::from_utf8_lossy(&format_of(s)?.text));
            let shown = str_::to_string_lossy(protocol::repr(text.r())?.r());
            Ok(Own::str(&format!("{}({shown})", s.ty().name())))
        }),
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| StructObject {
                header,
                format: RefCell::new(None),
            })
        }),
        init: Some(|s, args| {
            pyaot_core::call::bind(sig!("Struct(format)"), args, |b| {
                let f = format_arg(b.arg(0))?;
                *struct_of(s).format.borrow_mut() = Some(f);
                Ok(())
            })
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            unsafe { core::ptr::drop_in_place(&raw mut (*p.cast::<StructObject>()).format) };
        }),
        ..Slots::NONE
    },
    methods: STRUCT_METHODS,
    getset: &[
        getter("format", |s| {
            Ok(Own::str(&String::from_utf8_lossy(&format_of(s)?.text)))
        }),
        getter("size", |s| Ok(Own::usize(format_of(s)?.size))),
    ],
    ..TypeDef::NEW
});
static STRUCT_METHODS: &[MethodDef] = &[
    raw(sig!("pack(*args)"), |s, a| {
        a.no_keywords("Struct.pack")?;
        bytes::from_slice(&pack_bytes(&*format_of(s)?, "pack", a.pos())?)
    }),
    raw(sig!("pack_into(*args)"), |s, a| {
        a.no_keywords("Struct.pack_into")?;
        pack_into(&*format_of(s)?, a.pos())
    }),
    one(sig!("unpack($self, buffer, /)"), |s, v| unpack_all(&*format_of(s)?, v)),
    bound(sig!("unpack_from($self, /, buffer, offset=0)"), |s, b| {
        unpack_from(&*format_of(s)?, b.arg(0), b.get(1))
    }),
    one(sig!("iter_unpack($self, buffer, /)"), |s, v| {
        iter_unpack(format_of(s)?, v)
    }),
    noargs(sig!("__sizeof__($self, /)"), |s| {
        Ok(Own::usize(56 + 32 * (format_of(s)?.codes.len() + 1)))
    }),
];

fn struct_of(s: Ref<'_>) -> &StructObject {
    // SAFETY: slots and methods receive instances.
    unsafe { s.cast() }
}
fn format_of(s: Ref) -> PyResult<Rc<Format>> {
    match &*struct_of(s).format.borrow() {
        Some(f) => Ok(f.clone()),
        None => exc::runtime_error(format_args!("Struct object is not initialized")),
    }
}

// ---- iter_unpack ----

#[repr(C)]
struct UnpackIterator {
    header: Header,
    format: Rc<Format>,
    data: buffer::Contents,
    at: Cell<usize>,
}
// SAFETY: `repr(C)` with a header; a final type.
unsafe impl Object for UnpackIterator {
    fn type_object() -> &'static TypeObject {
        &UNPACK_ITERATOR
    }
}
static UNPACK_ITERATOR: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_struct.unpack_iterator",
    basic_size: size_of::<UnpackIterator>(),
    flags: type_flag::DISALLOW_INSTANTIATION,
    slots: Slots {
        iter: Some(|it| Ok(it.own())),
        iternext: Some(|it| {
            // SAFETY: the slot receives instances.
            let it = unsafe { it.cast::<UnpackIterator>() };
            let at = it.at.get();
            if at >= it.data.len() {
                return Ok(None);
            }
            it.at.set(at + it.format.size);
            Ok(Some(unpack(&it.format, &it.data[at..at + it.format.size])?))
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            unsafe {
                core::ptr::drop_in_place(&raw mut (*p.cast::<UnpackIterator>()).format);
                core::ptr::drop_in_place(&raw mut (*p.cast::<UnpackIterator>()).data);
            }
        }),
        ..Slots::NONE
    },
    methods: &[noargs(sig!("__length_hint__($self, /)"), |it| {
        // SAFETY: the method receives instances.
        let it = unsafe { it.cast::<UnpackIterator>() };
        Ok(Own::usize((it.data.len() - it.at.get()) / it.format.size))
    })],
    ..TypeDef::NEW
});

fn iter_unpack(format: Rc<Format>, v: Ref) -> PyResult {
    if format.size == 0 {
        return error(format_args!("cannot iteratively unpack with a struct of length 0"));
    }
    let data = buffer::contents(v)?;
    if data.len() % format.size != 0 {
        return error(format_args!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            format.size
        ));
    }
    alloc::object(|header| UnpackIterator {
        header,
        format,
        data,
        at: Cell::new(0),
    })
}
