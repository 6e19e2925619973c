//! Python's `repr` of constants.
//!
//! In: a `Constant`. Out: the text CPython prints. Two things are not reproducible and stand for themselves: the
//! address in a code object's repr is written as `0x0`, and items of a frozenset come in the order of the table.

use std::fmt::Write;

use crate::object::{CodeObject, Constant};
use crate::printable::is_printable;
use crate::pystr::PyStr;

/// `repr(value)`.
pub fn repr(value: &Constant) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}

fn push(out: &mut String, value: &Constant) {
    match value {
        Constant::None => out.push_str("None"),
        Constant::Bool(true) => out.push_str("True"),
        Constant::Bool(false) => out.push_str("False"),
        Constant::Ellipsis => out.push_str("Ellipsis"),
        Constant::Int(n) => out.push_str(&n.to_string()),
        Constant::BigInt(n) => {
            if n.negative {
                out.push('-');
            }
            out.push_str(&decimal(&n.limbs));
        }
        Constant::Float(bits) => out.push_str(&float(f64::from_bits(*bits))),
        Constant::Complex(re, im) => out.push_str(&complex(f64::from_bits(*re), f64::from_bits(*im))),
        Constant::Str(s) => push_str(out, s),
        Constant::Bytes(s) => push_bytes(out, s),
        Constant::Tuple(items) => {
            out.push('(');
            push_items(out, items);
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(items) if items.is_empty() => out.push_str("frozenset()"),
        Constant::FrozenSet(items) => {
            out.push_str("frozenset({");
            push_items(out, &set_order(items));
            out.push_str("})");
        }
        Constant::Slice(parts) => {
            out.push_str("slice(");
            push_items(out, &parts[..]);
            out.push(')');
        }
        Constant::Code(code) => out.push_str(&code_repr(code)),
    }
}

fn push_items(out: &mut String, items: &[Constant]) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        push(out, item);
    }
}

/// `repr` of a code object, the address being `0x0`.
pub fn code_repr(code: &CodeObject) -> String {
    let line = if code.firstlineno == 0 { -1 } else { code.firstlineno };
    format!(
        "<code object {} at 0x0, file \"{}\", line {line}>",
        code.name, code.filename
    )
}

/// Small whole numbers hash to themselves, so their order in a set can be told; others keep their order.
/// CPython: Objects/setobject.c, set_add_entry and set_table_resize
fn set_order(items: &[Constant]) -> Vec<Constant> {
    const LINEAR_PROBES: usize = 9;
    let hashes: Option<Vec<u64>> = items
        .iter()
        .map(|item| match item {
            Constant::Int(-1) => Some(-2i64 as u64),
            Constant::Int(n) if n.unsigned_abs() < (1 << 61) - 1 => Some(*n as u64),
            _ => None,
        })
        .collect();
    let Some(hashes) = hashes else { return items.to_vec() };
    let insert = |table: &mut [Option<usize>], item: usize| {
        let mask = table.len() - 1;
        let mut perturb = hashes[item];
        let mut at = hashes[item] as usize & mask;
        loop {
            let last = if at + LINEAR_PROBES <= mask {
                at + LINEAR_PROBES
            } else {
                at
            };
            if let Some(free) = (at..=last).find(|&slot| table[slot].is_none()) {
                table[free] = Some(item);
                return;
            }
            perturb >>= 5;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    };
    let mut table = vec![None; 8];
    for item in 0..items.len() {
        insert(&mut table, item);
        let used = item + 1;
        if used * 5 >= (table.len() - 1) * 3 {
            let wanted = if used > 50_000 { used * 2 } else { used * 4 };
            let mut size = 8;
            while size <= wanted {
                size *= 2;
            }
            let old = std::mem::replace(&mut table, vec![None; size]);
            old.into_iter().flatten().for_each(|item| insert(&mut table, item));
        }
    }
    table.into_iter().flatten().map(|item| items[item].clone()).collect()
}

/// Decimal digits of a magnitude in 64-bit limbs, least significant first.
fn decimal(limbs: &[u64]) -> String {
    const CHUNK: u128 = 10_000_000_000_000_000_000;
    let mut limbs = limbs.to_vec();
    let mut chunks = Vec::new();
    while !limbs.is_empty() {
        let mut rest = 0u128;
        for limb in limbs.iter_mut().rev() {
            let value = rest << 64 | u128::from(*limb);
            *limb = (value / CHUNK) as u64;
            rest = value % CHUNK;
        }
        chunks.push(rest);
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
    }
    let mut out = chunks.pop().unwrap_or(0).to_string();
    for chunk in chunks.iter().rev() {
        out.push_str(&format!("{chunk:019}"));
    }
    out
}

/// `repr` of a float. CPython: Objects/floatobject.c, float_repr
pub fn float(x: f64) -> String {
    let text = float_digits(x);
    if x.is_finite() && !text.contains(['.', 'e']) {
        text + ".0"
    } else {
        text
    }
}

/// Shortest digits; an exponent below 1e-4 and from 1e16 on; no `.0`.
fn float_digits(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x < 0.0 { "-inf" } else { "inf" }.into();
    }
    let shortest = format!("{x:e}");
    // Of two shortest texts at the same distance CPython takes the even one; rounding to that length does, too.
    let digits = shortest
        .bytes()
        .take_while(|b| *b != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    let rounded = format!("{x:.*e}", digits - 1);
    let scientific = if rounded.parse() == Ok(x) { rounded } else { shortest };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) || x == 0.0 {
        return positional(mantissa, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Digits `d.ddd` times ten to the `exponent`, without an exponent.
fn positional(mantissa: &str, exponent: i32) -> String {
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

/// `repr` of a complex. CPython: Objects/complexobject.c, complex_repr
fn complex(re: f64, im: f64) -> String {
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", float_digits(im));
    }
    let imag = float_digits(im);
    let sign = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imag}j)", float_digits(re))
}

/// CPython: Objects/unicodeobject.c, unicode_repr
fn push_str(out: &mut String, s: &PyStr) {
    let single = s.as_bytes().contains(&b'\'');
    let double = s.as_bytes().contains(&b'"');
    let quote = if single && !double { '"' } else { '\'' };
    out.push(quote);
    for point in s.code_points() {
        match point {
            0x5c => out.push_str("\\\\"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x09 => out.push_str("\\t"),
            _ => match char::from_u32(point) {
                Some(c) if c == quote => {
                    out.push('\\');
                    out.push(c);
                }
                Some(c) if is_printable(point) => out.push(c),
                _ => {
                    let _ = match point {
                        0..=0xff => write!(out, "\\x{point:02x}"),
                        0x100..=0xffff => write!(out, "\\u{point:04x}"),
                        _ => write!(out, "\\U{point:08x}"),
                    };
                }
            },
        }
    }
    out.push(quote);
}

/// CPython: Objects/bytesobject.c, PyBytes_Repr
fn push_bytes(out: &mut String, s: &[u8]) {
    let quote = if s.contains(&b'\'') && !s.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    out.push('b');
    out.push(char::from(quote));
    for &byte in s {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if byte == quote => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..0x7f => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(char::from(quote));
}
