//! One-byte codecs: ASCII, Latin-1, and those given by a table (cp1252 and its kin).
//! CPython: Objects/unicodeobject.c, unicode_encode_ucs1, PyUnicode_DecodeCharmap, _PyUnicode_EncodeCharmap.

use super::CodecError;
use crate::units::{StrBuf, Units};

const UNDEFINED: &str = "character maps to <undefined>";

pub(super) fn decode_ascii(input: &[u8], pos: &mut usize, out: &mut StrBuf) -> Result<(), CodecError> {
    let rest = &input[*pos..];
    let n = if rest.is_ascii() {
        rest.len()
    } else {
        rest.iter().position(|&c| c >= 128).unwrap_or(rest.len())
    };
    out.push_latin1(&rest[..n]);
    *pos += n;
    if *pos == input.len() {
        return Ok(());
    }
    Err(CodecError {
        start: *pos,
        end: *pos + 1,
        reason: "ordinal not in range(128)",
    })
}

pub(super) fn encode_below(text: Units, pos: &mut usize, limit: u32, out: &mut Vec<u8>) -> Result<(), CodecError> {
    if let Units::One(s) = text
        && (limit == 256 || s.is_ascii())
    {
        out.extend_from_slice(&s[*pos..]);
        *pos = s.len();
        return Ok(());
    }
    let n = text.len();
    while *pos < n {
        let c = text.get(*pos);
        if c >= limit {
            let end = (*pos + 1..n).find(|&i| text.get(i) < limit).unwrap_or(n);
            let reason = if limit == 128 {
                "ordinal not in range(128)"
            } else {
                "ordinal not in range(256)"
            };
            return Err(CodecError {
                start: *pos,
                end,
                reason,
            });
        }
        out.push(c as u8);
        *pos += 1;
    }
    Ok(())
}

/// Decodes through a table of up to 256 characters; U+FFFE and what is past its end are undefined.
pub fn decode(input: &[u8], pos: &mut usize, table: Units, out: &mut StrBuf) -> Result<(), CodecError> {
    let n = table.len();
    while *pos < input.len() {
        let b = input[*pos] as usize;
        if b >= n || table.get(b) == 0xfffe {
            return Err(CodecError {
                start: *pos,
                end: *pos + 1,
                reason: UNDEFINED,
            });
        }
        out.push(table.get(b));
        *pos += 1;
    }
    Ok(())
}

/// The inverse of a decoding table (codecs.charmap_build).
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Sorted by code point.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// Of the bytes that stand for the same character the last one counts.
    pub fn new(table: Units) -> EncodingMap {
        let mut pairs: Vec<(u32, u8)> = table
            .iter()
            .take(256)
            .enumerate()
            .filter(|&(_, c)| c != 0xfffe)
            .map(|(i, c)| (c, i as u8))
            .collect();
        pairs.sort();
        pairs.reverse();
        pairs.dedup_by_key(|p| p.0);
        pairs.reverse();
        EncodingMap { pairs }
    }

    pub fn get(&self, c: u32) -> Option<u8> {
        self.pairs
            .binary_search_by_key(&c, |p| p.0)
            .ok()
            .map(|i| self.pairs[i].1)
    }

    /// Encodes from `pos` on; an error covers the whole run of characters that have no byte.
    pub fn encode(&self, text: Units, pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let n = text.len();
        while *pos < n {
            let Some(b) = self.get(text.get(*pos)) else {
                let end = (*pos + 1..n).find(|&i| self.get(text.get(i)).is_some()).unwrap_or(n);
                return Err(CodecError {
                    start: *pos,
                    end,
                    reason: UNDEFINED,
                });
            };
            out.push(b);
            *pos += 1;
        }
        Ok(())
    }

    /// Appends a handler's replacement; false when a character of it has no byte either.
    pub fn push_replacement(&self, rep: &super::Replacement, out: &mut Vec<u8>) -> bool {
        match rep {
            super::Replacement::Bytes(b) => out.extend_from_slice(b),
            super::Replacement::Text(t) => {
                for c in t.units().iter() {
                    let Some(b) = self.get(c) else { return false };
                    out.push(b);
                }
            }
        }
        true
    }
}
