//! Newline translation between chunks, and the type `IncrementalNewlineDecoder` (CPython: Modules/_io/textio.c).
use super::*;
use crate::stream_object;
use pyaot_text::{StrBuf, Units};

pub const SEEN_CR: u8 = 1;
pub const SEEN_LF: u8 = 2;
pub const SEEN_CRLF: u8 = 4;

/// What translation carries from chunk to chunk.
#[derive(Clone, Copy, Default)]
pub struct Newlines {
    pub translate: bool,
    /// The last chunk ended with a CR that waits for what follows.
    pub pending_cr: bool,
    pub seen: u8,
}

impl Newlines {
    /// CPython: _PyIncrementalNewlineDecoder_decode.
    pub fn decode(&mut self, text: Own, last: bool) -> PyResult {
        let units = str_::units(text.r());
        if let Units::One(s) = units
            && !self.pending_cr
            && iobase::memchr(b'\r', s).is_none()
        {
            if self.seen & SEEN_LF == 0 && iobase::memchr(b'\n', s).is_some() {
                self.seen |= SEEN_LF;
            }
            return Ok(text);
        }
        let n = units.len();
        let mut out = StrBuf::with_capacity(n + 1);
        let mut i = 0;
        let mut cr = false;
        if self.pending_cr && (last || n > 0) {
            self.pending_cr = false;
            cr = true;
        }
        loop {
            if !cr {
                if i == n {
                    break;
                }
                let c = units.get(i);
                i += 1;
                if c == '\n' as u32 {
                    self.seen |= SEEN_LF;
                }
                if c != '\r' as u32 {
                    out.push(c);
                    continue;
                }
            }
            cr = false;
            if i == n && !last {
                self.pending_cr = true;
                break;
            }
            if i < n && units.get(i) == '\n' as u32 {
                i += 1;
                self.seen |= SEEN_CRLF;
                if !self.translate {
                    out.push('\r' as u32);
                }
                out.push('\n' as u32);
            } else {
                self.seen |= SEEN_CR;
                out.push(if self.translate { '\n' } else { '\r' } as u32);
            }
        }
        types::str::from_buf(out)
    }
    /// The `newlines` attribute.
    pub fn object(&self) -> PyResult {
        let all: Vec<Own> = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")]
            .iter()
            .filter(|(bit, _)| self.seen & bit != 0)
            .map(|(_, t)| Own::str(t))
            .collect();
        match all.len() {
            0 => Ok(Own::none()),
            1 => Ok(all.into_iter().next().unwrap_or_else(Own::none)),
            _ => types::tuple::try_from_vec(all),
        }
    }
}

#[repr(C)]
pub struct NewlineDecoder {
    io: IoObject,
    /// Null before `__init__`; None = input is str already.
    decoder: Cell<Value>,
    errors: Cell<Value>,
    state: Cell<Newlines>,
}
stream_object!(NewlineDecoder, DECODER_TYPE);

pub static DECODER_TYPE: TypeObject = stream_type(&TypeDef {
    name: "_io.IncrementalNewlineDecoder",
    basic_size: size_of::<NewlineDecoder>(),
    flags: STREAM_FLAGS,
    doc: "Codec used when reading a file in universal newlines mode.",
    slots: Slots {
        new: Some(|cls, _| {
            alloc::object_of(cls, |header| NewlineDecoder {
                io: IoObject::new(header),
                decoder: Cell::new(Value::NULL),
                errors: Cell::new(Value::NULL),
                state: Cell::new(Newlines::default()),
            })
        }),
        init: Some(|o, args| {
            call::bind(
                sig!("IncrementalNewlineDecoder(decoder, translate, errors='strict')"),
                args,
                |b| {
                    let d = this(o);
                    let errors = b.get(2).map_or_else(|| Own::str("strict"), Ref::own);
                    let translate = protocol::truth(b.arg(1))?;
                    set_field(&d.decoder, Some(b.arg(0).own()));
                    set_field(&d.errors, Some(errors));
                    d.state.set(Newlines {
                        translate,
                        ..Newlines::default()
                    });
                    Ok(())
                },
            )
        }),
        traverse: Some(|o, visit| {
            visit(this(o).decoder.get());
            visit(this(o).errors.get());
        }),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            let d = unsafe { &*p.cast::<NewlineDecoder>() };
            decref(d.decoder.get());
            decref(d.errors.get());
        }),
        ..Slots::NONE
    },
    methods: &[
        bound(sig!("decode(input, final=False)"), decode),
        noargs(sig!("getstate()"), getstate),
        one(sig!("setstate(state, /)"), setstate),
        noargs(sig!("reset()"), |o| {
            let mut s = this(o).state.get();
            s.pending_cr = false;
            s.seen = 0;
            this(o).state.set(s);
            let d = decoder(o)?;
            if d.is_none() {
                Ok(Own::none())
            } else {
                call_method(d, istr!("reset"), &[])
            }
        }),
    ],
    getset: &[
        getter("newlines", |o| {
            decoder(o)?;
            this(o).state.get().object()
        }),
        getset(
            "errors",
            |o| Ok(field(&this(o).errors).map_or(Own::none(), Ref::own)),
            |o, v| {
                set_field(&this(o).errors, v.map(Ref::own));
                Ok(())
            },
        ),
    ],
    ..TypeDef::NEW
});

fn decoder(o: Ref<'_>) -> PyResult<Ref<'_>> {
    match field(&this(o).decoder) {
        Some(d) => Ok(d),
        None => exc::value_error(format_args!("IncrementalNewlineDecoder.__init__() not called")),
    }
}
fn decode(o: Ref, b: &Bound) -> PyResult {
    let last = b.get(1).map_or(Ok(false), protocol::truth)?;
    let d = decoder(o)?;
    let text = if d.is_none() {
        b.arg(0).own()
    } else {
        call_method(d, istr!("decode"), &[b.arg(0), Own::bool(last).r()])?
    };
    if !os_call::is_str(text.r()) {
        return exc::type_error(format_args!(
            "decoder should return a string result, not '{}'",
            text.r().ty().name()
        ));
    }
    let mut s = this(o).state.get();
    let r = s.decode(text, last)?;
    this(o).state.set(s);
    Ok(r)
}
fn getstate(o: Ref) -> PyResult {
    let d = decoder(o)?;
    let (buffer, mut flag) = if d.is_none() {
        (empty_bytes()?, 0)
    } else {
        let state = call_method(d, istr!("getstate"), &[])?;
        split_state(state.r())?
    };
    flag = flag << 1 | this(o).state.get().pending_cr as i64;
    types::tuple::try_from_vec(vec![buffer, Own::int(flag)])
}
/// (bytes, int) of a decoder's state.
pub fn split_state(state: Ref) -> PyResult<(Own, i64)> {
    if !state.ty().has(type_flag::TUPLE) || types::tuple::len(state) != 2 {
        return exc::type_error(format_args!("illegal decoder state"));
    }
    let (b, n) = (types::tuple::get(state, 0), types::tuple::get(state, 1));
    if !n.ty().has(type_flag::INT) {
        return exc::type_error(format_args!("illegal decoder state"));
    }
    if !b.ty().has(type_flag::BYTES) {
        return exc::type_error(format_args!(
            "illegal decoder state: the first item should be a bytes object, not '{}'",
            b.ty().name()
        ));
    }
    Ok((b.own(), int::as_i64(n)?))
}
fn setstate(o: Ref, state: Ref) -> PyResult {
    if !state.ty().has(type_flag::TUPLE) {
        return exc::type_error(format_args!("state argument must be a tuple"));
    }
    let d = decoder(o)?;
    if types::tuple::len(state) != 2 {
        return exc::type_error(format_args!("setstate(): illegal state argument"));
    }
    let flag = int::as_i64(types::tuple::get(state, 1))?;
    let mut s = this(o).state.get();
    s.pending_cr = flag & 1 != 0;
    this(o).state.set(s);
    if d.is_none() {
        return Ok(Own::none());
    }
    let inner = types::tuple::try_from_vec(vec![types::tuple::get(state, 0).own(), Own::int(flag >> 1)])?;
    call_method(d, istr!("setstate"), &[inner.r()])
}
