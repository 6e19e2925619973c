//! `PyStr`: text as Python sees it, lone surrogates included.
//!
//! Held as UTF-8 in which each surrogate is encoded by itself (CPython's `surrogatepass`, the form of marshal data),
//! not as WTF-8: Python keeps two adjacent surrogates apart. Byte equality is string equality, clones are cheap.

use std::fmt;
use std::sync::Arc;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PyStr(Arc<[u8]>);

impl PyStr {
    /// Checks that `bytes` are `surrogatepass` UTF-8.
    pub fn from_surrogatepass(bytes: &[u8]) -> Option<PyStr> {
        if std::str::from_utf8(bytes).is_err() {
            let mut rest = bytes;
            while !rest.is_empty() {
                let (_, len) = decode(rest)?;
                rest = &rest[len..];
            }
        }
        Some(PyStr(bytes.into()))
    }

    /// The texts one after the other.
    pub fn concat(parts: &[&PyStr]) -> PyStr {
        let mut room = [0; 128];
        let mut len = 0;
        for part in parts {
            let Some(place) = room.get_mut(len..len + part.0.len()) else {
                let bytes: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
                return PyStr(bytes.concat().into());
            };
            place.copy_from_slice(&part.0);
            len += part.0.len();
        }
        PyStr(room[..len].into())
    }

    /// Builds from code points; `None` if one is above U+10FFFF.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Option<PyStr> {
        let mut bytes = Vec::new();
        for point in points {
            push_code_point(&mut bytes, point)?;
        }
        Some(PyStr(bytes.into()))
    }

    /// The bytes, one lone surrogate being three of them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, unless it holds a surrogate.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text with each surrogate replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        self.code_points()
            .map(|p| char::from_u32(p).unwrap_or('\u{fffd}'))
            .collect()
    }

    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (point, len) = decode(rest)?;
            rest = &rest[len..];
            Some(point)
        })
    }

    /// Number of code points, Python's `len`.
    pub fn len(&self) -> usize {
        self.0.iter().filter(|&&b| b & 0xc0 != 0x80).count()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }
}

/// Appends one code point in `surrogatepass` UTF-8; `None` if it is above U+10FFFF.
pub fn push_code_point(bytes: &mut Vec<u8>, point: u32) -> Option<()> {
    match char::from_u32(point) {
        Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None if point <= 0x10ffff => bytes.extend_from_slice(&[
            0xe0 | (point >> 12) as u8,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]),
        None => return None,
    }
    Some(())
}

/// First code point and its length in bytes; `None` at the end or on bytes that are not `surrogatepass` UTF-8.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let cont = |i: usize| {
        bytes
            .get(i)
            .filter(|&&b| b & 0xc0 == 0x80)
            .map(|&b| u32::from(b & 0x3f))
    };
    let first = u32::from(*bytes.first()?);
    let (point, len, min) = match first {
        0..0x80 => (first, 1, 0),
        0xc2..0xe0 => ((first & 0x1f) << 6 | cont(1)?, 2, 0x80),
        0xe0..0xf0 => ((first & 0x0f) << 12 | cont(1)? << 6 | cont(2)?, 3, 0x800),
        0xf0..0xf5 => (
            (first & 0x07) << 18 | cont(1)? << 12 | cont(2)? << 6 | cont(3)?,
            4,
            0x10000,
        ),
        _ => return None,
    };
    (point >= min && point <= 0x10ffff).then_some((point, len))
}

impl From<&str> for PyStr {
    fn from(s: &str) -> PyStr {
        PyStr(s.as_bytes().into())
    }
}

impl From<String> for PyStr {
    fn from(s: String) -> PyStr {
        PyStr(s.into_bytes().into())
    }
}

impl PartialEq<str> for PyStr {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for PyStr {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl fmt::Display for PyStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

impl fmt::Debug for PyStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string_lossy(), f)
    }
}
