//! The built-in codecs and error handlers. A codec works in steps: it stops at the first thing it cannot convert and
//! says where and why (`CodecError`, the start, end and reason of the UnicodeError); the caller asks an error handler,
//! puts the replacement into the output, moves the position and goes on. So a handler written in Python, which may
//! even exchange the input, fits as well as the built-in ones. `decode` and `encode` are that loop for built-in ones.
//!
//! Decoders take `last`: false means that more input may come, and an incomplete sequence at the end is then no error
//! but stays unconsumed. Names of characters (`\N{…}`, 'namereplace') come through a function, so that the name table
//! is linked only where somebody passes it.

pub mod charmap;
mod escape;
mod handler;
mod utf7;
mod utf8;
mod wide;

pub use escape::{EscapeWarning, encode_raw_unicode_escape, encode_unicode_escape};
pub use handler::{Handler, Replacement, decode_error, encode_error};
pub use utf7::encode_utf7;
pub use utf8::utf8_len;

use crate::units::{StrBuf, Units};

/// Where and why a codec stopped. Offsets are bytes of the input when decoding, characters when encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodecError {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// Byte order of UTF-16 and UTF-32. `Detect` reads a byte order mark if there is one, and writes one; without one it
/// is the order of the machine, little endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Detect,
    Little,
    Big,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Latin1,
    Ascii,
    Utf16(Order),
    Utf32(Order),
    Utf7,
    UnicodeEscape,
    RawUnicodeEscape,
}

/// Looks up a character by its Unicode name.
pub type ByName<'a> = &'a dyn Fn(&[u8]) -> Option<u32>;

/// What decoding carries from step to step.
#[derive(Clone, Copy, Debug)]
pub struct DecodeState {
    pub encoding: Encoding,
    /// Next byte of the input.
    pub pos: usize,
    /// The first escape that is not valid, for the caller's warning (unicode-escape only).
    pub warning: Option<EscapeWarning>,
}

impl Encoding {
    /// The encodings that need no codec registry; `None` sends the caller there. Case, blanks, '-' and '_' do not
    /// matter.
    pub fn from_name(name: &str) -> Option<Encoding> {
        let norm: String = name
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match norm.as_str() {
            "utf8" | "cp65001" | "u8" => Encoding::Utf8,
            "latin1" | "iso88591" | "8859" | "iso8859" | "l1" | "latin" => Encoding::Latin1,
            "ascii" | "usascii" | "646" => Encoding::Ascii,
            "utf16" | "u16" => Encoding::Utf16(Order::Detect),
            "utf16le" => Encoding::Utf16(Order::Little),
            "utf16be" => Encoding::Utf16(Order::Big),
            "utf32" | "u32" => Encoding::Utf32(Order::Detect),
            "utf32le" => Encoding::Utf32(Order::Little),
            "utf32be" => Encoding::Utf32(Order::Big),
            "utf7" | "u7" => Encoding::Utf7,
            "unicodeescape" => Encoding::UnicodeEscape,
            "rawunicodeescape" => Encoding::RawUnicodeEscape,
            _ => return None,
        })
    }

    /// The `encoding` of a UnicodeDecodeError.
    pub fn decode_name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Latin1 => "latin-1",
            Encoding::Ascii => "ascii",
            Encoding::Utf16(Order::Big) => "utf-16-be",
            Encoding::Utf16(_) => "utf-16-le",
            Encoding::Utf32(Order::Big) => "utf-32-be",
            Encoding::Utf32(_) => "utf-32-le",
            Encoding::Utf7 => "utf7",
            Encoding::UnicodeEscape => "unicodeescape",
            Encoding::RawUnicodeEscape => "rawunicodeescape",
        }
    }

    /// The `encoding` of a UnicodeEncodeError.
    pub fn encode_name(self) -> &'static str {
        match self {
            Encoding::Utf16(Order::Detect) => "utf-16",
            Encoding::Utf32(Order::Detect) => "utf-32",
            other => other.decode_name(),
        }
    }
}

impl DecodeState {
    pub fn new(encoding: Encoding) -> DecodeState {
        DecodeState {
            encoding,
            pos: 0,
            warning: None,
        }
    }

    /// Decodes from `pos` on. On success `pos` is what was consumed (all of it when `last`). On an error everything
    /// before it is in `out`; set `pos` to where decoding goes on and call again. A byte order mark at the start turns
    /// `Order::Detect` into the order that it names.
    pub fn step(&mut self, input: &[u8], last: bool, by_name: ByName, out: &mut StrBuf) -> Result<(), CodecError> {
        match self.encoding {
            Encoding::Utf8 => utf8::decode(input, &mut self.pos, last, out),
            Encoding::Latin1 => {
                out.push_latin1(&input[self.pos..]);
                self.pos = input.len();
                Ok(())
            }
            Encoding::Ascii => charmap::decode_ascii(input, &mut self.pos, out),
            Encoding::Utf16(ref mut order) => wide::decode16(input, &mut self.pos, order, last, out),
            Encoding::Utf32(ref mut order) => wide::decode32(input, &mut self.pos, order, last, out),
            Encoding::Utf7 => utf7::decode(input, &mut self.pos, last, out),
            Encoding::UnicodeEscape => escape::decode(input, &mut self.pos, last, by_name, &mut self.warning, out),
            Encoding::RawUnicodeEscape => escape::decode_raw(input, &mut self.pos, last, out),
        }
    }
}

/// Decodes with a built-in handler. The state says what was consumed and which byte order was found.
pub fn decode(
    input: &[u8],
    encoding: Encoding,
    handler: Handler,
    last: bool,
    by_name: ByName,
) -> Result<(StrBuf, DecodeState), CodecError> {
    let mut state = DecodeState::new(encoding);
    let mut out = StrBuf::with_capacity(input.len());
    while let Err(e) = state.step(input, last, by_name, &mut out) {
        state.pos = decode_error(handler, state.encoding.decode_name(), input, &e, &mut out).ok_or(e)?;
    }
    Ok((out, state))
}

/// Encodes from `pos` on. On an error everything before it is in `out`; append what stands for the refused characters
/// with `push_replacement`, set `pos` and call again. The byte order mark is written when `pos` is 0.
pub fn encode_step(text: Units, pos: &mut usize, encoding: Encoding, out: &mut Vec<u8>) -> Result<(), CodecError> {
    match encoding {
        Encoding::Utf8 => utf8::encode(text, pos, out),
        Encoding::Latin1 => charmap::encode_below(text, pos, 256, out),
        Encoding::Ascii => charmap::encode_below(text, pos, 128, out),
        Encoding::Utf16(order) => wide::encode16(text, pos, order, out),
        Encoding::Utf32(order) => wide::encode32(text, pos, order, out),
        Encoding::Utf7 => {
            out.extend_from_slice(&encode_utf7(text.slice(*pos, text.len())));
            Ok(())
        }
        Encoding::UnicodeEscape => {
            out.extend_from_slice(&encode_unicode_escape(text.slice(*pos, text.len())));
            Ok(())
        }
        Encoding::RawUnicodeEscape => {
            out.extend_from_slice(&encode_raw_unicode_escape(text.slice(*pos, text.len())));
            Ok(())
        }
    }
}

/// Appends a handler's replacement in the encoding; false when it does not fit, and the original error is raised.
pub fn push_replacement(rep: &Replacement, encoding: Encoding, out: &mut Vec<u8>) -> bool {
    let width = match encoding {
        Encoding::Utf16(_) => 2,
        Encoding::Utf32(_) => 4,
        _ => 1,
    };
    match rep {
        Replacement::Bytes(b) => {
            if b.len() % width != 0 {
                return false;
            }
            out.extend_from_slice(b);
        }
        Replacement::Text(t) => {
            let limit = if encoding == Encoding::Latin1 { 0x100 } else { 0x80 };
            if t.units().iter().any(|c| c >= limit) {
                return false;
            }
            for c in t.units().iter() {
                match encoding {
                    Encoding::Utf16(o) => wide::push16(c as u16, o, out),
                    Encoding::Utf32(o) => wide::push32(c, o, out),
                    _ => out.push(c as u8),
                }
            }
        }
    }
    true
}

/// Encodes with a built-in handler.
pub fn encode(
    text: Units,
    encoding: Encoding,
    handler: Handler,
    name_of: handler::NameOf,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(text.len());
    let mut pos = 0;
    while let Err(mut e) = encode_step(text, &mut pos, encoding, &mut out) {
        if handler == Handler::SurrogateEscape
            && matches!(encoding, Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii)
        {
            // These three escape what they can before they report the rest of the run.
            while e.start < e.end
                && let c @ 0xdc80..=0xdcff = text.get(e.start)
            {
                out.push(c as u8);
                e.start += 1;
            }
            if e.start == e.end {
                pos = e.end;
                continue;
            }
        }
        let (rep, next) = encode_error(handler, encoding.encode_name(), text, &e, name_of).ok_or(e)?;
        if !push_replacement(&rep, encoding, &mut out) {
            return Err(e);
        }
        pos = next;
    }
    Ok(out)
}
