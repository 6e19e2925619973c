//! The methods of bytes that take their content for ASCII text (bytes beyond 0x7f are no letters), hex() and fromhex().
//! CPython: Objects/bytes_methods.c, Python/pystrhex.c.

use crate::search::is_ascii_space;
use crate::units::{NoMemory, Units, room_for};

/// bytes.title.
pub fn title(s: &[u8]) -> Vec<u8> {
    let mut after_letter = false;
    s.iter()
        .map(|&c| {
            let letter = c.is_ascii_alphabetic();
            // Bit 5 tells the cases apart.
            let mapped = if letter { c & !32 | (after_letter as u8) << 5 } else { c };
            after_letter = letter;
            mapped
        })
        .collect()
}

/// bytes.swapcase.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    s.iter()
        .map(|&c| if c.is_ascii_alphabetic() { c ^ 32 } else { c })
        .collect()
}

/// bytes.capitalize.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_ascii_lowercase();
    if let Some(c) = out.first_mut() {
        *c = c.to_ascii_uppercase();
    }
    out
}

macro_rules! all_of {
    ($($name:ident = $test:expr;)*) => { $(
        /// The bytes method of this name without its underscore.
        pub fn $name(s: &[u8]) -> bool {
            !s.is_empty() && s.iter().all($test)
        }
    )* };
}
all_of! {
    is_alpha = |c| c.is_ascii_alphabetic();
    is_digit = |c| c.is_ascii_digit();
    is_alnum = |c| c.is_ascii_alphanumeric();
    is_space = |&c| is_ascii_space(c as u32);
}

/// bytes.isupper.
pub fn is_upper(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase)
}

/// bytes.islower.
pub fn is_lower(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase)
}

/// bytes.istitle.
pub fn is_title(s: &[u8]) -> bool {
    let (mut any, mut after_letter) = (false, false);
    for c in s {
        if c.is_ascii_alphabetic() {
            if c.is_ascii_uppercase() == after_letter {
                return false;
            }
            any = true;
        }
        after_letter = c.is_ascii_alphabetic();
    }
    any
}

/// bytes.hex: `sep` every `group` bytes, counted from the right (negative: from the left); 0 is no separator.
pub fn hex(s: &[u8], sep: Option<u8>, group: isize) -> Result<Vec<u8>, NoMemory> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    room_for(s.len().saturating_mul(3))?;
    let size = group.unsigned_abs();
    let sep = sep.filter(|_| size > 0 && size < s.len());
    let mut out = Vec::with_capacity(s.len() * 2 + if sep.is_some() { s.len() / size } else { 0 });
    // Bytes of the first group.
    let first = if group > 0 && sep.is_some() {
        (s.len() - 1) % size + 1
    } else {
        size
    };
    for (i, &b) in s.iter().enumerate() {
        if let Some(c) = sep
            && i >= first
            && (i - first).is_multiple_of(size)
        {
            out.push(c);
        }
        out.extend_from_slice(&[HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]);
    }
    Ok(out)
}

/// ValueErrors of bytes.fromhex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromHexError {
    Odd,
    /// Position of what is no digit.
    At(usize),
}

impl FromHexError {
    pub fn message(self) -> String {
        match self {
            FromHexError::Odd => "fromhex() arg must contain an even number of hexadecimal digits".into(),
            FromHexError::At(i) => format!("non-hexadecimal number found in fromhex() arg at position {i}"),
        }
    }
}

/// bytes.fromhex of a str, or of bytes-like data as `Units::One`.
pub fn from_hex(text: Units, is_str: bool) -> Result<Vec<u8>, FromHexError> {
    if is_str && let Some(i) = text.iter().position(|c| c >= 0x80) {
        return Err(FromHexError::At(i));
    }
    let n = text.len();
    let digit = |i: usize| char::from_u32(text.get(i)).and_then(|c| c.to_digit(16));
    let mut out = Vec::with_capacity(n / 2);
    let mut i = 0;
    while i < n {
        if is_ascii_space(text.get(i)) {
            i += 1;
            continue;
        }
        let high = digit(i).ok_or(FromHexError::At(i))?;
        if i + 1 == n {
            return Err(FromHexError::Odd);
        }
        let low = digit(i + 1).ok_or(FromHexError::At(i + 1))?;
        out.push((high << 4 | low) as u8);
        i += 2;
    }
    Ok(out)
}
