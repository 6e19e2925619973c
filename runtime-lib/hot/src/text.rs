//! Characters of strs as codes.
use crate::*;
use pyaot_abi::{StrObject, Value, flag};

/// The code at an index inside an exact str.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_str_code(text: Value, index: i64) -> i64 {
    // SAFETY: the caller knows the type and has tested the index; the kind says how large the units are.
    unsafe {
        let text = text.as_ptr::<StrObject>();
        let data = (&raw const (*text).data).cast::<u8>();
        let i = index as usize;
        match ((*text).header.flags.get() & flag::STR_KIND_MASK) >> flag::STR_KIND_SHIFT {
            0 => i64::from(*data.add(i)),
            1 => i64::from(*data.cast::<u16>().add(i)),
            _ => i64::from(*data.cast::<u32>().add(i)),
        }
    }
}

/// One of `pyaot_abi::str_kind`'s methods of a str of one character.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_char_is(which: i32, code: i64) -> i32 {
    if !(0..128).contains(&code) {
        // SAFETY: a row of the table.
        return unsafe { pyaot_char_is_slow(which, code) };
    }
    let c = code as u8;
    let yes = match which {
        0 => c.is_ascii_digit(),
        1 => c.is_ascii_alphabetic(),
        2 => c.is_ascii_alphanumeric(),
        // CPython: Objects/unicodectype.c, the control characters that count as spaces.
        3 => matches!(c, 9..=13 | 28..=32),
        4 => c.is_ascii_uppercase(),
        _ => c.is_ascii_lowercase(),
    };
    yes as i32
}
