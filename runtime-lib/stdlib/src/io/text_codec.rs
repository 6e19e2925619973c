//! Encoders and decoders of text streams: the built-in encodings run without Python objects, others are incremental codecs from the
//! `codecs` module.
use super::newlines::split_state;
use super::*;
use pyaot_core::codecs::{self, registry};
use pyaot_text::Units;
use pyaot_text::codec::{self, Encoding, Handler, Order};

/// Part of a str.
pub fn substr(s: Ref, from: usize, to: usize) -> PyResult {
    types::str::slice(s, from, to)
}

/// The encodings that text streams handle natively.
pub fn native(name: &str) -> Option<Encoding> {
    Encoding::from_name(name).filter(|e| {
        matches!(
            e,
            Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii | Encoding::Utf16(_) | Encoding::Utf32(_)
        )
    })
}

/// Whether there is an error handler of that name.
pub fn check_errors(errors: &str) -> PyResult<()> {
    if Handler::from_name(errors).is_some() {
        return Ok(());
    }
    registry::lookup_error(errors).map(drop)
}

pub enum Encoder {
    Native(Encoding),
    Python(Own),
}
impl Encoder {
    /// Appends the encoded text. `start` = nothing was written yet: a byte order mark may come first.
    pub fn encode(&self, text: Ref, errors: &str, start: bool, out: &mut Vec<u8>) -> PyResult<()> {
        match self {
            Encoder::Native(e) => {
                let e = match *e {
                    Encoding::Utf16(Order::Detect) if !start => Encoding::Utf16(Order::Little),
                    Encoding::Utf32(Order::Detect) if !start => Encoding::Utf32(Order::Little),
                    e => e,
                };
                if let Units::One(b) = str_::units(text)
                    && (e == Encoding::Latin1
                        || matches!(e, Encoding::Utf8 | Encoding::Ascii) && str_::is_ascii(str_::cast(text)))
                {
                    out.extend_from_slice(b);
                    return Ok(());
                }
                let units = str_::units(text);
                if e == Encoding::Utf8 {
                    let (mark, mut pos) = (out.len(), 0);
                    if codec::encode_step(units, &mut pos, e, out).is_ok() {
                        return Ok(());
                    }
                    out.truncate(mark);
                }
                let b = codecs::encode(text, e, Some(errors))?;
                out.extend_from_slice(bytes::as_slice(b.r()));
                Ok(())
            }
            Encoder::Python(p) => {
                let b = call_method(p.r(), istr!("encode"), &[text])?;
                if !b.r().ty().has(type_flag::BYTES) {
                    return exc::type_error(format_args!(
                        "encoder should return a bytes object, not '{}'",
                        b.r().ty().name()
                    ));
                }
                out.extend_from_slice(bytes::as_slice(b.r()));
                Ok(())
            }
        }
    }
}

/// An incremental decoder of a built-in encoding.
#[derive(Clone)]
pub struct NativeDecoder {
    first: Encoding,
    now: Encoding,
    pending: Vec<u8>,
}
impl NativeDecoder {
    pub fn new(e: Encoding) -> NativeDecoder {
        NativeDecoder {
            first: e,
            now: e,
            pending: Vec::new(),
        }
    }
    pub fn reset(&mut self) {
        self.now = self.first;
        self.pending.clear();
    }
    /// The flag of CPython's `encodings.utf_16` decoders; 0 for encodings without a byte order.
    fn flag(&self) -> i64 {
        let detect = |e| matches!(e, Encoding::Utf16(Order::Detect) | Encoding::Utf32(Order::Detect));
        if !detect(self.first) {
            return 0;
        }
        match self.now {
            Encoding::Utf16(Order::Detect) | Encoding::Utf32(Order::Detect) => 2,
            Encoding::Utf16(Order::Big) | Encoding::Utf32(Order::Big) => 1,
            _ => 0,
        }
    }
    fn set_flag(&mut self, flag: i64) {
        let order = match flag {
            0 => Order::Little,
            1 => Order::Big,
            _ => Order::Detect,
        };
        self.now = match self.first {
            Encoding::Utf16(Order::Detect) => Encoding::Utf16(order),
            Encoding::Utf32(Order::Detect) => Encoding::Utf32(order),
            e => e,
        };
    }
    fn decode(&mut self, input: &[u8], errors: &str, last: bool) -> PyResult {
        if self.pending.is_empty()
            && input.is_ascii()
            && matches!(self.now, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1)
        {
            return str_::from_ascii(input);
        }
        let mut joined = Vec::new();
        let input = if self.pending.is_empty() {
            input
        } else {
            joined.extend_from_slice(&self.pending);
            joined.extend_from_slice(input);
            &joined
        };
        let (text, state) = codecs::decode(input, self.now, Some(errors), last)?;
        let consumed = state.pos.min(input.len());
        self.now = match (self.now, state.encoding) {
            (Encoding::Utf16(Order::Detect), Encoding::Utf16(Order::Detect)) if consumed >= 2 => {
                return exc::unicode_error(format_args!("UTF-16 stream does not start with BOM"));
            }
            (Encoding::Utf32(Order::Detect), Encoding::Utf32(Order::Detect)) if consumed >= 4 => {
                return exc::unicode_error(format_args!("UTF-32 stream does not start with BOM"));
            }
            (_, e) => e,
        };
        self.pending = input[consumed..].to_vec();
        Ok(text)
    }
}

pub enum Decoder {
    Native(NativeDecoder),
    Python(Own),
}
impl Decoder {
    pub fn decode(&mut self, input: Ref, errors: &str, last: bool) -> PyResult {
        match self {
            Decoder::Native(d) => {
                let data = os_call::content(input)?;
                d.decode(&data, errors, last)
            }
            Decoder::Python(p) => {
                let text = call_method(p.r(), istr!("decode"), &[input, Own::bool(last).r()])?;
                if !os_call::is_str(text.r()) {
                    return exc::type_error(format_args!(
                        "decoder should return a string result, not '{}'",
                        text.r().ty().name()
                    ));
                }
                Ok(text)
            }
        }
    }
    pub fn decode_slice(&mut self, input: &[u8], errors: &str, last: bool) -> PyResult {
        match self {
            Decoder::Native(d) => d.decode(input, errors, last),
            Decoder::Python(_) => self.decode(bytes::from_slice(input)?.r(), errors, last),
        }
    }
    /// (bytes not decoded yet, flag).
    pub fn state(&self) -> PyResult<(Vec<u8>, i64)> {
        match self {
            Decoder::Native(d) => Ok((d.pending.clone(), d.flag())),
            Decoder::Python(p) => {
                let s = call_method(p.r(), istr!("getstate"), &[])?;
                let (b, n) = split_state(s.r())?;
                Ok((bytes::as_slice(b.r()).to_vec(), n))
            }
        }
    }
    pub fn set_state(&mut self, pending: &[u8], flag: i64) -> PyResult<()> {
        match self {
            Decoder::Native(d) => {
                d.pending = pending.to_vec();
                d.set_flag(flag);
                Ok(())
            }
            Decoder::Python(p) => {
                let s = types::tuple::try_from_vec(vec![bytes::from_slice(pending)?, Own::int(flag)])?;
                call_method(p.r(), istr!("setstate"), &[s.r()]).map(drop)
            }
        }
    }
    pub fn reset(&mut self) -> PyResult<()> {
        match self {
            Decoder::Native(d) => {
                d.reset();
                Ok(())
            }
            Decoder::Python(p) => call_method(p.r(), istr!("reset"), &[]).map(drop),
        }
    }
}

/// The `CodecInfo` of an encoding that is not native (CPython: _PyCodec_LookupTextEncoding).
pub fn lookup(name: &str) -> PyResult {
    let info = registry::lookup(name)?;
    if let Some(text) = protocol::get_attr_opt(info.r(), istr!("_is_text_encoding"))? {
        if !protocol::truth(text.r())? {
            return exc::lookup_error(format_args!(
                "'{name}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
            ));
        }
    }
    Ok(info)
}
