//! `binascii`: bytes as hexadecimal, base64, uuencoded and quoted-printable text, and checksums (CPython: Modules/binascii.c).
use pyaot_core::buffer::{self, Contents};
use pyaot_core::call::convert;
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, module};

pub fn make() -> PyResult {
    for ty in [&ERROR, &INCOMPLETE] {
        pyaot_core::typeobj::ready(ty);
    }
    let m = module::new("binascii")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "Error", ERROR.own())?;
    module::add(m.r(), "Incomplete", INCOMPLETE.own())?;
    Ok(m)
}

static ERROR: TypeObject = TypeObject::builtin(&TypeDef {
    name: "binascii.Error",
    base: Some(&exc::types::VALUE_ERROR),
    flags: exc::types::BASE_FLAGS,
    ..TypeDef::NEW
});
static INCOMPLETE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "binascii.Incomplete",
    base: Some(&exc::types::EXCEPTION),
    flags: exc::types::BASE_FLAGS,
    ..TypeDef::NEW
});
fn error<R>(message: &str) -> PyResult<R> {
    exc::raise(&ERROR, format_args!("{message}"))
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("a2b_uu($module, data, /)"), |_, b| a2b_uu(&ascii_arg(b.arg(0))?)),
    bound(sig!("b2a_uu($module, data, /, *, backtick=False)"), |_, b| {
        b2a_uu(&buffer::contents(b.arg(0))?, flag(b, 1, false)?)
    }),
    bound(sig!("a2b_base64($module, data, /, *, strict_mode=False)"), |_, b| {
        let strict = flag(b, 1, false)?;
        a2b_base64(&ascii_arg(b.arg(0))?, strict)
    }),
    bound(sig!("b2a_base64($module, data, /, *, newline=True)"), |_, b| {
        let newline = flag(b, 1, true)?;
        b2a_base64(&buffer::contents(b.arg(0))?, newline)
    }),
    bound(sig!("a2b_hex($module, hexstr, /)"), |_, b| {
        a2b_hex(&ascii_arg(b.arg(0))?)
    }),
    bound(sig!("unhexlify($module, hexstr, /)"), |_, b| {
        a2b_hex(&ascii_arg(b.arg(0))?)
    }),
    bound(
        sig!("b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"),
        |_, b| b2a_hex(b),
    ),
    bound(
        sig!("hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"),
        |_, b| b2a_hex(b),
    ),
    bound(sig!("crc_hqx($module, data, crc, /)"), |_, b| {
        let start = mask(b.arg(1))? as u16;
        Ok(Own::int(buffer::contents(b.arg(0))?.iter().fold(start, |crc, &c| {
            (0..8).fold(crc ^ (c as u16) << 8, |r, _| {
                if r & 0x8000 != 0 { r << 1 ^ 0x1021 } else { r << 1 }
            })
        }) as i64))
    }),
    bound(sig!("crc32($module, data, crc=0, /)"), |_, b| {
        let start = match b.get(1) {
            Some(v) => mask(v)? as u32,
            None => 0,
        };
        Ok(Own::int(crc32(start, &buffer::contents(b.arg(0))?) as i64))
    }),
    bound(sig!("a2b_qp($module, /, data, header=False)"), |_, b| {
        let header = flag(b, 1, false)?;
        a2b_qp(&ascii_arg(b.arg(0))?, header)
    }),
    bound(
        sig!("b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)"),
        |_, b| {
            let (tabs, text, header) = (flag(b, 1, false)?, flag(b, 2, true)?, flag(b, 3, false)?);
            b2a_qp(&buffer::contents(b.arg(0))?, tabs, text, header)
        },
    ),
];

fn flag(b: &Bound, i: usize, default: bool) -> PyResult<bool> {
    match b.get(i) {
        Some(v) => protocol::truth(v),
        None => Ok(default),
    }
}

/// The low 64 bits of an int.
fn mask(v: Ref) -> PyResult<u64> {
    let i = convert::index_object(v)?;
    let low = protocol::binary_op(i.r(), Own::int(0xffff_ffff).r(), AND)?;
    match convert::int_value(low.r()) {
        convert::IntValue::Fits(n) => Ok(n as u64),
        _ => Ok(0),
    }
}
/// CPython's NB_AND.
const AND: i32 = 1;

/// ASCII text or a buffer (CPython: ascii_buffer_converter).
enum Ascii<'a> {
    Text(&'a [u8]),
    Buffer(Contents),
}
impl core::ops::Deref for Ascii<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Ascii::Text(t) => t,
            Ascii::Buffer(b) => b,
        }
    }
}
fn ascii_arg(v: Ref<'_>) -> PyResult<Ascii<'_>> {
    if str_::is_str(v) {
        return match str_::as_ascii(v) {
            Some(t) => Ok(Ascii::Text(t.as_bytes())),
            None => exc::value_error(format_args!("string argument should contain only ASCII characters")),
        };
    }
    if !buffer::supports(v) {
        return exc::type_error(format_args!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            v.ty().full_name()
        ));
    }
    Ok(Ascii::Buffer(buffer::contents(v)?))
}

// ---- hexadecimal ----

fn b2a_hex(b: &Bound) -> PyResult {
    let data = buffer::contents(b.arg(0))?;
    let text = bytes::hex::hex_args(&data, b.get(1), b.get(2))?;
    bytes::from_slice(str_::bytes(str_::cast(text.r())))
}
fn a2b_hex(s: &[u8]) -> PyResult {
    if !s.len().is_multiple_of(2) {
        return error("Odd-length string");
    }
    let digit = |c: u8| (c as char).to_digit(16);
    let mut out = Vec::with_capacity(s.len() / 2);
    for p in s.chunks_exact(2) {
        match (digit(p[0]), digit(p[1])) {
            (Some(h), Some(l)) => out.push((h << 4 | l) as u8),
            _ => return error("Non-hexadecimal digit found"),
        }
    }
    bytes::from_slice(&out)
}

// ---- base64 ----

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static BASE64_VALUE: [u8; 256] = {
    let mut t = [255u8; 256];
    let mut i = 0;
    while i < 64 {
        t[BASE64[i] as usize] = i as u8;
        i += 1;
    }
    t
};

fn b2a_base64(s: &[u8], newline: bool) -> PyResult {
    let n = s.len().div_ceil(3) * 4 + newline as usize;
    let mut out = Vec::new();
    if out.try_reserve_exact(n).is_err() {
        return exc::memory_error();
    }
    for p in s.chunks(3) {
        let w = (p[0] as u32) << 16 | (*p.get(1).unwrap_or(&0) as u32) << 8 | *p.get(2).unwrap_or(&0) as u32;
        for i in 0..4 {
            out.push(if i <= p.len() {
                BASE64[(w >> (18 - 6 * i)) as usize & 63]
            } else {
                b'='
            });
        }
    }
    if newline {
        out.push(b'\n');
    }
    bytes::from_slice(&out)
}

/// CPython: binascii_a2b_base64_impl.
fn a2b_base64(s: &[u8], strict: bool) -> PyResult {
    let mut out = Vec::with_capacity(s.len() / 4 * 3 + 3);
    let (mut quad, mut left, mut pads) = (0, 0u8, 0);
    let mut padding_started = false;
    if strict && s.first() == Some(&b'=') {
        return error("Leading padding not allowed");
    }
    for (i, &c) in s.iter().enumerate() {
        if c == b'=' {
            padding_started = true;
            if strict && quad == 0 {
                return error("Excess padding not allowed");
            }
            pads += 1;
            if strict && quad >= 2 && quad + pads >= 4 && i + 1 < s.len() {
                return error(if s[i + 1] == b'=' {
                    "Excess padding not allowed"
                } else {
                    "Excess data after padding"
                });
            }
            continue;
        }
        let v = BASE64_VALUE[c as usize];
        if v >= 64 {
            if strict {
                return error("Only base64 data is allowed");
            }
            continue;
        }
        if strict && padding_started {
            return error("Discontinuous padding not allowed");
        }
        pads = 0;
        match quad {
            0 => {
                quad = 1;
                left = v;
            }
            1 => {
                quad = 2;
                out.push(left << 2 | v >> 4);
                left = v & 15;
            }
            2 => {
                quad = 3;
                out.push(left << 4 | v >> 2);
                left = v & 3;
            }
            _ => {
                quad = 0;
                out.push(left << 6 | v);
                left = 0;
            }
        }
    }
    match quad {
        0 => bytes::from_slice(&out),
        1 => exc::raise(
            &ERROR,
            format_args!(
                "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                out.len() / 3 * 4 + 1
            ),
        ),
        _ if quad + pads >= 4 => bytes::from_slice(&out),
        _ => error("Incorrect padding"),
    }
}

// ---- uuencode ----

fn a2b_uu(s: &[u8]) -> PyResult {
    let Some((&first, rest)) = s.split_first() else {
        return error("Missing length byte");
    };
    let n = (first.wrapping_sub(b' ') & 0o77) as usize;
    let mut out = Vec::with_capacity(n);
    let mut it = rest.iter();
    let (mut bits, mut have) = (0u32, 0);
    while out.len() < n {
        let v = match it.next() {
            // Short lines stand for trailing blanks.
            None | Some(b'\n') | Some(b'\r') => 0,
            Some(&c) if (b' '..=b' ' + 64).contains(&c) => (c - b' ') as u32 & 0o77,
            Some(_) => return error("Illegal char"),
        };
        bits = bits << 6 | v;
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    for &c in it {
        if !matches!(c, b' ' | b'`' | b'\n' | b'\r') {
            return error("Trailing garbage");
        }
    }
    bytes::from_slice(&out)
}

fn b2a_uu(s: &[u8], backtick: bool) -> PyResult {
    if s.len() > 45 {
        return error("At most 45 bytes at once");
    }
    let text = |v: u32| if backtick && v == 0 { b'`' } else { b' ' + v as u8 };
    let mut out = vec![text(s.len() as u32)];
    for p in s.chunks(3) {
        let w = (p[0] as u32) << 16 | (*p.get(1).unwrap_or(&0) as u32) << 8 | *p.get(2).unwrap_or(&0) as u32;
        for i in 0..4 {
            out.push(text(w >> (18 - 6 * i) & 63));
        }
    }
    out.push(b'\n');
    bytes::from_slice(&out)
}

// ---- quoted-printable ----

/// CPython: binascii_a2b_qp_impl.
fn a2b_qp(s: &[u8], header: bool) -> PyResult {
    let mut out = Vec::with_capacity(s.len());
    let hex = |c: Option<&u8>| c.and_then(|c| (*c as char).to_digit(16));
    let mut i = 0;
    while i < s.len() {
        let c = s[i];
        i += 1;
        if c == b'=' {
            match s.get(i) {
                None => break,
                // A soft line break: the rest of the line goes.
                Some(b'\n' | b'\r') => {
                    while i < s.len() && s[i] != b'\n' {
                        i += 1;
                    }
                    i += (i < s.len()) as usize;
                }
                // "==" is a broken encoder's equals sign.
                Some(b'=') => {
                    out.push(b'=');
                    i += 1;
                }
                Some(_) => match (hex(s.get(i)), hex(s.get(i + 1))) {
                    (Some(h), Some(l)) => {
                        out.push((h << 4 | l) as u8);
                        i += 2;
                    }
                    _ => out.push(b'='),
                },
            }
        } else if header && c == b'_' {
            out.push(b' ');
        } else {
            out.push(c);
        }
    }
    bytes::from_slice(&out)
}

/// CPython: binascii_b2a_qp_impl.
fn b2a_qp(s: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> PyResult {
    const MAX_LINE: usize = 76;
    // Line ends are those of the first line.
    let crlf = s
        .iter()
        .position(|&c| c == b'\n')
        .is_some_and(|i| i > 0 && s[i - 1] == b'\r');
    let hex = |c: u8| b"0123456789ABCDEF"[c as usize];
    let mut out: Vec<u8> = Vec::with_capacity(s.len() + s.len() / 8);
    let mut line = 0;
    let mut i = 0;
    let soft = |out: &mut Vec<u8>| out.extend_from_slice(if crlf { b"=\r\n" } else { b"=\n" });
    while i < s.len() {
        let c = s[i];
        let next = s.get(i + 1).copied();
        let quote = c > 126
            || c == b'='
            || (header && c == b'_')
            || (c == b'.' && line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!is_text && matches!(c, b'\r' | b'\n'))
            || (matches!(c, b'\t' | b' ') && next.is_none())
            || (c < 33 && !matches!(c, b'\r' | b'\n' | b'\t' | b' '))
            || (c < 33 && !matches!(c, b'\r' | b'\n') && (quote_tabs || !matches!(c, b'\t' | b' ')));
        if quote {
            if line + 3 >= MAX_LINE {
                soft(&mut out);
                line = 0;
            }
            out.extend_from_slice(&[b'=', hex(c >> 4), hex(c & 15)]);
            line += 3;
            i += 1;
            continue;
        }
        if is_text && (c == b'\n' || (c == b'\r' && next == Some(b'\n'))) {
            line = 0;
            // White space before a line end has to be quoted.
            if let Some(&w @ (b' ' | b'\t')) = out.last() {
                out.pop();
                out.extend_from_slice(&[b'=', hex(w >> 4), hex(w & 15)]);
            }
            out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
            i += if c == b'\r' { 2 } else { 1 };
            continue;
        }
        if next.is_some_and(|n| n != b'\n') && line + 1 >= MAX_LINE {
            soft(&mut out);
            line = 0;
        }
        line += 1;
        out.push(if header && c == b' ' { b'_' } else { c });
        i += 1;
    }
    bytes::from_slice(&out)
}

// ---- checksums ----

static CRC_TABLE: [u32; 256] = {
    let mut t = [0u32; 256];
    let mut i = 0;
    while i < 256 {
        let mut r = i as u32;
        let mut k = 0;
        while k < 8 {
            r = if r & 1 != 0 { r >> 1 ^ 0xedb8_8320 } else { r >> 1 };
            k += 1;
        }
        t[i] = r;
        i += 1;
    }
    t
};
fn crc32(start: u32, data: &[u8]) -> u32 {
    !data
        .iter()
        .fold(!start, |crc, &c| CRC_TABLE[(crc as u8 ^ c) as usize] ^ crc >> 8)
}
