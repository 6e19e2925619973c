//! repr() of str and bytes, ascii(), and the escapes of single characters.
//! Non-printable characters are escaped by their size: \t \n \r, \xhh, \uhhhh, \Uhhhhhhhh.

use crate::unicode::is_printable;
use crate::units::{StrBuf, Unit, Units};
use crate::with_units;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_hex(out: &mut StrBuf, kind: u8, c: u32, digits: u32) {
    out.push_latin1(&[b'\\', kind]);
    for i in (0..digits).rev() {
        out.push(HEX[(c >> (4 * i) & 15) as usize] as u32);
    }
}

/// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, whichever fits (what 'backslashreplace' writes).
pub fn push_escape(out: &mut StrBuf, c: u32) {
    match c {
        0..0x100 => push_hex(out, b'x', c, 2),
        0x100..0x10000 => push_hex(out, b'u', c, 4),
        _ => push_hex(out, b'U', c, 8),
    }
}

/// The quote that repr() chooses: single ones, unless the text has those and no double ones.
fn quote(single: bool, double: bool) -> u32 {
    if single && !double { b'"' as u32 } else { b'\'' as u32 }
}

/// True for what repr() copies unchanged, whatever the quote.
#[inline]
fn plain(c: u8) -> bool {
    (32..127).contains(&c) && c != b'\\' && c != b'\''
}

/// repr() of a str.
pub fn repr(s: Units) -> StrBuf {
    push_repr(s, false)
}

/// ascii() of a str.
pub fn ascii(s: Units) -> StrBuf {
    push_repr(s, true)
}

fn push_repr(s: Units, ascii: bool) -> StrBuf {
    let mut out = StrBuf::with_capacity(s.len() + 2);
    if let Units::One(b) = s
        && b.iter().all(|&c| plain(c))
    {
        out.push(b'\'' as u32);
        out.push_latin1(b);
        out.push(b'\'' as u32);
        return out;
    }
    let (mut single, mut double) = (false, false);
    with_units!(s, s => for c in s {
        single |= c.cp() == b'\'' as u32;
        double |= c.cp() == b'"' as u32;
    });
    let q = quote(single, double);
    out.push(q);
    with_units!(s, s => {
        let mut i = 0;
        while i < s.len() {
            let c = s[i].cp();
            i += 1;
            match c {
                _ if c == q || c == b'\\' as u32 => {
                    out.push(b'\\' as u32);
                    out.push(c);
                }
                9 => out.push_latin1(b"\\t"),
                10 => out.push_latin1(b"\\n"),
                13 => out.push_latin1(b"\\r"),
                32..127 => out.push(c),
                _ if !ascii && c > 127 && is_printable(c) => out.push(c),
                _ => push_escape(&mut out, c),
            }
        }
    });
    out.push(q);
    out
}

/// repr() of bytes: `b'…'` (bytearray's repr holds the same text).
pub fn repr_bytes(s: &[u8]) -> StrBuf {
    let mut v = Vec::with_capacity(s.len() + 3);
    let q = quote(s.contains(&b'\''), s.contains(&b'"')) as u8;
    v.extend_from_slice(&[b'b', q]);
    for &c in s {
        match c {
            _ if c == q || c == b'\\' => v.extend_from_slice(&[b'\\', c]),
            9 => v.extend_from_slice(b"\\t"),
            10 => v.extend_from_slice(b"\\n"),
            13 => v.extend_from_slice(b"\\r"),
            32..127 => v.push(c),
            _ => v.extend_from_slice(&[b'\\', b'x', HEX[(c >> 4) as usize], HEX[(c & 15) as usize]]),
        }
    }
    v.push(q);
    StrBuf::from_ascii(v)
}
