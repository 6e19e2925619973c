//! The built-in error handlers. CPython: Python/codecs.c.

use super::CodecError;
use crate::int_text;
use crate::repr::push_escape;
use crate::units::{StrBuf, Units};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    SurrogateEscape,
    SurrogatePass,
    XmlCharRefReplace,
    NameReplace,
}

impl Handler {
    pub fn from_name(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "namereplace" => Handler::NameReplace,
            _ => return None,
        })
    }

    /// 'xmlcharrefreplace' and 'namereplace' only encode: for a decoding error they raise TypeError ("don't know how
    /// to handle UnicodeDecodeError in error callback").
    pub fn can_decode(self) -> bool {
        !matches!(self, Handler::XmlCharRefReplace | Handler::NameReplace)
    }
}

/// The Unicode name of a character.
pub type NameOf<'a> = &'a dyn Fn(u32) -> Option<String>;

/// What stands for characters that did not encode.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Still to be encoded.
    Text(StrBuf),
    Bytes(Vec<u8>),
}

/// The families that 'surrogatepass' knows, by the encoding name of the error.
enum Wide {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

/// CPython: Python/codecs.c, get_standard_encoding. Without an order it is the machine's: little.
fn family(name: &str) -> Option<Wide> {
    let lower = name.to_ascii_lowercase();
    let rest = lower.strip_prefix("utf")?;
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    if rest == "8" {
        return Some(Wide::Utf8);
    }
    let (bits, order) = rest.split_at_checked(2)?;
    let big = match order.trim_start_matches(['-', '_']) {
        "" | "le" => false,
        "be" => true,
        _ => return None,
    };
    match bits {
        "16" => Some(Wide::Utf16 { big }),
        "32" => Some(Wide::Utf32 { big }),
        _ => None,
    }
}

/// Handles a decoding error: appends the replacement and gives the position to go on from; None means: raise it.
pub fn decode_error(handler: Handler, encoding: &str, input: &[u8], e: &CodecError, out: &mut StrBuf) -> Option<usize> {
    let end = e.end.min(input.len());
    let bad = &input[e.start.min(end)..end];
    match handler {
        Handler::Strict | Handler::XmlCharRefReplace | Handler::NameReplace => None,
        Handler::Ignore => Some(e.end),
        Handler::Replace => {
            out.push(0xfffd);
            Some(e.end)
        }
        Handler::BackslashReplace => {
            bad.iter().for_each(|&b| push_escape(out, b as u32));
            Some(e.end)
        }
        Handler::SurrogateEscape => {
            let n = bad.iter().take(4).take_while(|&&b| b >= 128).count();
            bad[..n].iter().for_each(|&b| out.push(0xdc00 + b as u32));
            (n > 0).then_some(e.start + n)
        }
        Handler::SurrogatePass => {
            let rest = &input[e.start.min(end)..];
            let (c, n) = match (family(encoding)?, rest) {
                (Wide::Utf8, &[a, b, c, ..]) if a & 0xf0 == 0xe0 && b & 0xc0 == 0x80 && c & 0xc0 == 0x80 => {
                    ((a as u32 & 15) << 12 | (b as u32 & 63) << 6 | c as u32 & 63, 3)
                }
                (Wide::Utf16 { big: false }, &[a, b, ..]) => (u16::from_le_bytes([a, b]) as u32, 2),
                (Wide::Utf16 { big: true }, &[a, b, ..]) => (u16::from_be_bytes([a, b]) as u32, 2),
                (Wide::Utf32 { big: false }, &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
                (Wide::Utf32 { big: true }, &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
                _ => return None,
            };
            if !(0xd800..0xe000).contains(&c) {
                return None;
            }
            out.push(c);
            Some(e.start + n)
        }
    }
}

/// Handles an encoding error: the replacement and the position to go on from; None means: raise it.
pub fn encode_error(
    handler: Handler,
    encoding: &str,
    text: Units,
    e: &CodecError,
    name_of: NameOf,
) -> Option<(Replacement, usize)> {
    let end = e.end.min(text.len());
    let bad = text.slice(e.start.min(end), end);
    let mut out = StrBuf::new();
    match handler {
        Handler::Strict => return None,
        Handler::Ignore => {}
        Handler::Replace => out.push_repeat(b'?' as u32, bad.len()),
        Handler::BackslashReplace => bad.iter().for_each(|c| push_escape(&mut out, c)),
        Handler::XmlCharRefReplace => bad.iter().for_each(|c| {
            out.push_latin1(b"&#");
            out.push_latin1(int_text::decimal_u64(c as u64, &mut [0; 20]));
            out.push(b';' as u32);
        }),
        Handler::NameReplace => bad.iter().for_each(|c| match name_of(c) {
            Some(name) => {
                out.push_latin1(b"\\N{");
                out.push_str(&name);
                out.push(b'}' as u32);
            }
            None => push_escape(&mut out, c),
        }),
        Handler::SurrogateEscape => {
            let bytes: Option<Vec<u8>> = bad
                .iter()
                .map(|c| (0xdc80..=0xdcff).contains(&c).then_some(c as u8))
                .collect();
            return Some((Replacement::Bytes(bytes?), e.end));
        }
        Handler::SurrogatePass => {
            let family = family(encoding)?;
            let mut bytes = Vec::new();
            for c in bad.iter() {
                if !(0xd800..0xe000).contains(&c) {
                    return None;
                }
                match family {
                    Wide::Utf8 => super::utf8::push(c, &mut bytes),
                    Wide::Utf16 { big: false } => bytes.extend_from_slice(&(c as u16).to_le_bytes()),
                    Wide::Utf16 { big: true } => bytes.extend_from_slice(&(c as u16).to_be_bytes()),
                    Wide::Utf32 { big: false } => bytes.extend_from_slice(&c.to_le_bytes()),
                    Wide::Utf32 { big: true } => bytes.extend_from_slice(&c.to_be_bytes()),
                }
            }
            return Some((Replacement::Bytes(bytes), e.end));
        }
    }
    Some((Replacement::Text(out), e.end))
}
