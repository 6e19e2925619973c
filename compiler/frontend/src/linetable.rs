//! Writing of `co_linetable`.
//!
//! In: locations with the number of code units each covers. Out: the table's bytes.
//! CPython: Python/assemble.c, assemble_location_info; Objects/locations.md has the format.

use crate::instr::Location;

const SHORT0: u8 = 0;
const ONE_LINE0: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

pub(crate) struct LineTable {
    out: Vec<u8>,
    lineno: i32,
}

impl LineTable {
    /// `room` is what the table is written to.
    pub(crate) fn new(firstlineno: i32, mut room: Vec<u8>) -> LineTable {
        room.clear();
        LineTable {
            out: room,
            lineno: firstlineno,
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// CPython: Python/assemble.c, assemble_emit_location
    #[inline]
    pub(crate) fn add(&mut self, loc: Location, mut units: u32) {
        while units > 8 {
            self.entry(loc, 8);
            units -= 8;
        }
        if units > 0 {
            self.entry(loc, units);
        }
    }

    fn first_byte(code: u8, units: u32) -> u8 {
        0x80 | code << 3 | (units as u8 - 1)
    }

    fn varint(&mut self, mut value: u32) {
        while value >= 64 {
            self.out.push(0x40 | (value & 63) as u8);
            value >>= 6;
        }
        self.out.push(value as u8);
    }

    fn signed_varint(&mut self, value: i32) {
        let sign = u32::from(value < 0);
        self.varint(value.unsigned_abs() << 1 | sign);
    }

    /// CPython: Python/assemble.c, write_location_info_entry
    fn entry(&mut self, loc: Location, units: u32) {
        if loc.lineno < 0 {
            self.out.push(LineTable::first_byte(NONE, units));
            return;
        }
        let delta = loc.lineno.wrapping_sub(self.lineno);
        let (column, end) = (loc.col_offset, loc.end_col_offset);
        if column < 0 || end < 0 {
            if loc.end_lineno == loc.lineno || loc.end_lineno == -1 {
                self.out.push(LineTable::first_byte(NO_COLUMNS, units));
                self.signed_varint(delta);
                self.lineno = loc.lineno;
                return;
            }
        } else if loc.end_lineno == loc.lineno {
            if delta == 0 && column < 80 && (0..16).contains(&(end - column)) {
                let first = LineTable::first_byte(SHORT0 + (column >> 3) as u8, units);
                self.out
                    .extend_from_slice(&[first, ((column & 7) << 4 | (end - column)) as u8]);
                return;
            }
            if (0..3).contains(&delta) && column < 128 && end < 128 {
                let first = LineTable::first_byte(ONE_LINE0 + delta as u8, units);
                self.out.extend_from_slice(&[first, column as u8, end as u8]);
                self.lineno = loc.lineno;
                return;
            }
        }
        self.out.push(LineTable::first_byte(LONG, units));
        self.signed_varint(delta);
        self.varint(loc.end_lineno.wrapping_sub(loc.lineno) as u32);
        self.varint(column.wrapping_add(1) as u32);
        self.varint(end.wrapping_add(1) as u32);
        self.lineno = loc.lineno;
    }
}
