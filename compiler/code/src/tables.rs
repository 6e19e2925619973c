//! Decoding of `co_linetable` and `co_exceptiontable`.
//!
//! Damaged tables never fail: decoding stops, and what was not described has no position or handler.
//! Facts: CPython Objects/locations.md, Objects/exception_handling_notes.txt, Objects/codeobject.c.

use crate::object::CodeObject;

/// Source range of one instruction; columns are byte offsets in the UTF-8 line, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub column: Option<i32>,
    pub end_column: Option<i32>,
}

/// One row of the exception table; offsets in bytes, `start <= pc < end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExceptionEntry {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Stack depth to unwind to.
    pub depth: u32,
    /// The offset of the raising instruction is pushed before the exception.
    pub lasti: bool,
}

/// One entry of the line table: `units` code units share `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEntry {
    pub units: usize,
    pub position: Position,
}

struct Varints<'a>(&'a [u8]);

impl Varints<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// CPython `scan_varint`: six bits a byte, least significant first.
    fn unsigned(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0u32, 0);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x3f).checked_shl(shift)?;
            if byte & 0x40 == 0 {
                return Some(value);
            }
            shift += 6;
        }
    }

    /// CPython `scan_signed_varint`: the sign is the lowest bit.
    fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { -magnitude } else { magnitude })
    }

    /// CPython `parse_varint` of the exception table: six bits a byte, most significant first.
    fn big_endian(&mut self) -> Option<u32> {
        let mut byte = self.byte()?;
        let mut value = u32::from(byte & 0x3f);
        while byte & 0x40 != 0 {
            byte = self.byte()?;
            value = value.checked_mul(64)? | u32::from(byte & 0x3f);
        }
        Some(value)
    }
}

impl CodeObject {
    /// The entries of the line table in order.
    pub fn line_entries(&self) -> Vec<LineEntry> {
        let mut out = Vec::new();
        let mut data = Varints(&self.linetable);
        let mut line = self.firstlineno;
        while let Some(first) = data.byte() {
            let units = usize::from(first & 7) + 1;
            let Some(position) = line_entry(first >> 3 & 15, &mut line, &mut data) else {
                break;
            };
            out.push(LineEntry { units, position });
        }
        out
    }

    /// `co_positions()`: one position for each code unit (index = byte offset / 2), caches included.
    pub fn positions(&self) -> Vec<Position> {
        let total = self.code.len() / 2;
        let mut out = Vec::with_capacity(total);
        for entry in self.line_entries() {
            out.extend(std::iter::repeat_n(entry.position, entry.units.min(total - out.len())));
        }
        out.resize(total, Position::default());
        out
    }

    /// The rows of the exception table in order; rows that start later and still match are inner ones.
    pub fn exception_entries(&self) -> Vec<ExceptionEntry> {
        let mut out = Vec::new();
        let mut data = Varints(&self.exceptiontable);
        let mut entry = || {
            let start = data.big_endian()?.checked_mul(2)?;
            let end = data.big_endian()?.checked_mul(2)?.checked_add(start)?;
            let target = data.big_endian()?.checked_mul(2)?;
            let depth_lasti = data.big_endian()?;
            Some(ExceptionEntry {
                start,
                end,
                target,
                depth: depth_lasti >> 1,
                lasti: depth_lasti & 1 != 0,
            })
        };
        while let Some(row) = entry() {
            out.push(row);
        }
        out
    }
}

/// Decodes the rest of an entry. `line` is the running line; CPython: Objects/codeobject.c, advance_with_locations.
fn line_entry(code: u8, line: &mut i32, data: &mut Varints<'_>) -> Option<Position> {
    let mut at = |delta: i32| {
        *line = line.wrapping_add(delta);
        *line
    };
    let position = |line: i32, end_line: i32, column: i32, end_column: i32| Position {
        line: Some(line),
        end_line: Some(end_line),
        column: (column >= 0).then_some(column),
        end_column: (end_column >= 0).then_some(end_column),
    };
    Some(match code {
        15 => Position::default(),
        14 => {
            let line = at(data.signed()?);
            let end_line = line.wrapping_add(data.unsigned()? as i32);
            let column = data.unsigned()? as i32 - 1;
            position(line, end_line, column, data.unsigned()? as i32 - 1)
        }
        13 => {
            let line = at(data.signed()?);
            position(line, line, -1, -1)
        }
        10..=12 => {
            let line = at(i32::from(code) - 10);
            let column = i32::from(data.byte()?);
            position(line, line, column, i32::from(data.byte()?))
        }
        0..=9 => {
            let second = data.byte()?;
            let column = i32::from(code) << 3 | i32::from(second >> 4);
            position(at(0), at(0), column, column + i32::from(second & 15))
        }
        16.. => return None,
    })
}
