//! Properties of characters as patterns ask for them: categories, case, sets. ASCII, Unicode and the C library's locale.
use super::opcodes::{category, op};
use pyaot_text::unicode as u;

unsafe extern "C" {
    safe fn isalnum(c: i32) -> i32;
    safe fn tolower(c: i32) -> i32;
    safe fn toupper(c: i32) -> i32;
}

const NEWLINE: u32 = '\n' as u32;
const UNDERSCORE: u32 = '_' as u32;

#[inline(always)]
pub fn is_linebreak(c: u32) -> bool {
    c == NEWLINE
}
#[inline(always)]
fn is_digit(c: u32) -> bool {
    c.wrapping_sub(48) < 10
}
#[inline(always)]
fn is_space(c: u32) -> bool {
    c == 32 || c.wrapping_sub(9) < 5
}
#[inline(always)]
pub fn is_word(c: u32) -> bool {
    c < 128 && (c == UNDERSCORE || (c as u8).is_ascii_alphanumeric())
}
pub fn is_locale_word(c: u32) -> bool {
    c == UNDERSCORE || (c < 256 && isalnum(c as i32) != 0)
}
#[inline(always)]
pub fn is_unicode_word(c: u32) -> bool {
    u::is_alnum(c) || c == UNDERSCORE
}

#[inline(always)]
pub fn lower_ascii(c: u32) -> u32 {
    if c < 128 {
        (c as u8).to_ascii_lowercase() as u32
    } else {
        c
    }
}
pub fn lower_locale(c: u32) -> u32 {
    if c < 256 { tolower(c as i32) as u32 } else { c }
}
pub fn upper_locale(c: u32) -> u32 {
    if c < 256 { toupper(c as i32) as u32 } else { c }
}
#[inline(always)]
pub fn lower_unicode(c: u32) -> u32 {
    u::simple_lower(c)
}
/// The first character of the uppercase form (CPython: Objects/unicodectype.c, _PyUnicode_ToUppercase).
pub fn upper_unicode(c: u32) -> u32 {
    u::to_upper(c).as_slice()[0]
}
/// The pattern's character, or its other case in the locale.
pub fn same_in_locale(pattern: u32, c: u32) -> bool {
    c == pattern || lower_locale(c) == pattern || upper_locale(c) == pattern
}

/// CPython: Modules/_sre/sre.c, sre_category.
#[inline]
pub fn in_category(kind: u32, c: u32) -> bool {
    match kind {
        category::DIGIT => is_digit(c),
        category::NOT_DIGIT => !is_digit(c),
        category::SPACE => is_space(c),
        category::NOT_SPACE => !is_space(c),
        category::WORD => is_word(c),
        category::NOT_WORD => !is_word(c),
        category::LINEBREAK => is_linebreak(c),
        category::NOT_LINEBREAK => !is_linebreak(c),
        category::LOC_WORD => is_locale_word(c),
        category::LOC_NOT_WORD => !is_locale_word(c),
        category::UNI_DIGIT => u::is_decimal(c),
        category::UNI_NOT_DIGIT => !u::is_decimal(c),
        category::UNI_SPACE => u::is_space(c),
        category::UNI_NOT_SPACE => !u::is_space(c),
        category::UNI_WORD => is_unicode_word(c),
        category::UNI_NOT_WORD => !is_unicode_word(c),
        category::UNI_LINEBREAK => u::is_line_break(c),
        category::UNI_NOT_LINEBREAK => !u::is_line_break(c),
        _ => false,
    }
}

/// Bit `c` of a bitmap of 32-bit words.
#[inline(always)]
fn bit(words: &[u32], c: usize) -> bool {
    words[c >> 5] & (1 << (c & 31)) != 0
}

/// Membership in the set that begins at `code[0]` (CPython: Modules/_sre/sre_lib.h, charset).
#[inline]
pub fn in_set(code: &[u32], c: u32) -> bool {
    let (mut i, mut ok) = (0, true);
    // The set of an ASCII character class is most often one bitmap.
    if code[0] == op::CHARSET && c < 256 && code.len() > 9 && code[9] == op::FAILURE {
        return bit(&code[1..9], c as usize);
    }
    loop {
        let args = i + 1;
        match code[i] {
            op::FAILURE => return !ok,
            op::LITERAL => {
                if c == code[args] {
                    return ok;
                }
                i = args + 1;
            }
            op::CATEGORY => {
                if in_category(code[args], c) {
                    return ok;
                }
                i = args + 1;
            }
            op::CHARSET => {
                if c < 256 && bit(&code[args..args + 8], c as usize) {
                    return ok;
                }
                i = args + 8;
            }
            op::RANGE => {
                if code[args] <= c && c <= code[args + 1] {
                    return ok;
                }
                i = args + 2;
            }
            op::RANGE_UNI_IGNORE => {
                let range = code[args]..=code[args + 1];
                if range.contains(&c) || range.contains(&upper_unicode(c)) {
                    return ok;
                }
                i = args + 2;
            }
            op::NEGATE => {
                ok = !ok;
                i = args;
            }
            op::BIGCHARSET => {
                // Block count, 256 block numbers of a byte each, blocks of 256 bits.
                let blocks = args + 1 + 64;
                let count = code[args] as usize;
                if c < 0x10000 {
                    let word = code[args + 1 + (c as usize >> 10)];
                    let block = (word >> ((c >> 8 & 3) * 8) & 0xff) as usize;
                    if bit(&code[blocks + block * 8..blocks + block * 8 + 8], c as usize & 255) {
                        return ok;
                    }
                }
                i = blocks + count * 8;
            }
            _ => return false,
        }
    }
}
/// As [`in_set`], for either case of the character in the locale.
pub fn in_set_locale(code: &[u32], c: u32) -> bool {
    let (lower, upper) = (lower_locale(c), upper_locale(c));
    in_set(code, lower) || (upper != lower && in_set(code, upper))
}
