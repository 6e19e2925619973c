//! `str.maketrans` and `str.translate`.
use super::*;
use crate::call::convert::{self, IntValue};
use crate::object_protocol;
use crate::types::dict;

/// CPython: Objects/unicodeobject.c, unicode_maketrans_impl.
pub fn maketrans(_: Ref, args: &Args) -> PyResult {
    if args.has_keywords() {
        return exc::type_error(format_args!("str.maketrans() takes no keyword arguments"));
    }
    args.count("maketrans", 1, 3)?;
    let x = args.get(0).expect("counted");
    let y = match args.get(1) {
        Some(y) => Some(convert::str_arg("maketrans", "argument 2", y)?),
        None => None,
    };
    let z = match args.get(2) {
        Some(z) => Some(convert::str_arg("maketrans", "argument 3", z)?),
        None => None,
    };
    let table = dict::new();
    let Some(y) = y else {
        if !x.is_exact::<dict::DictObject>() {
            return exc::type_error(format_args!(
                "if you give only one argument to maketrans it must be a dict"
            ));
        }
        for (key, value) in dict::items_snapshot(x) {
            if is_str(key.r()) {
                let Some(c) = single_char(key.r()) else {
                    return exc::value_error(format_args!("string keys in translatetable must be of length 1"));
                };
                dict::set(table.r(), Own::int(c as i64).r(), value.r())?;
            } else if key.r().ty().has(type_flag::INT) {
                dict::set(table.r(), key.r(), value.r())?;
            } else {
                return exc::type_error(format_args!("keys in translate table mustbe strings or integers"));
            }
        }
        return Ok(table);
    };
    if !is_str(x) {
        return exc::type_error(format_args!(
            "first maketrans argument must be a string if there is a second argument"
        ));
    }
    if len(x) != len(y) {
        return exc::value_error(format_args!("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in code_points(cast(x)).zip(code_points(cast(y))) {
        dict::set(table.r(), Own::int(a as i64).r(), Own::int(b as i64).r())?;
    }
    if let Some(z) = z {
        for c in code_points(cast(z)) {
            dict::set(table.r(), Own::int(c as i64).r(), Own::none().r())?;
        }
    }
    Ok(table)
}

/// What a table says of one character.
enum Mapped {
    /// Not in the table.
    Same,
    Char(u32),
    Text(Own),
    Nothing,
}

/// CPython: Objects/unicodeobject.c, charmaptranslate_lookup.
fn look_up(table: Ref, c: u32) -> PyResult<Mapped> {
    let key = Own::int(c as i64);
    let value = match exc::swallow(object_protocol::get_item(table, key.r()), &exc::types::LOOKUP_ERROR)? {
        None => return Ok(Mapped::Same),
        Some(v) => v,
    };
    if value.r().is_none() {
        return Ok(Mapped::Nothing);
    }
    if value.r().ty().has(type_flag::INT) {
        return match convert::int_value(value.r()) {
            IntValue::Fits(i @ 0..=0x10ffff) => Ok(Mapped::Char(i as u32)),
            _ => exc::value_error(format_args!("character mapping must be in range(0x110000)")),
        };
    }
    if is_str(value.r()) {
        return Ok(match single_char(value.r()) {
            Some(c) => Mapped::Char(c),
            None => Mapped::Text(value),
        });
    }
    exc::type_error(format_args!("character mapping must return integer, None or str"))
}

/// `s.translate(table)`: answers for ASCII characters are asked for once (CPython: _PyUnicode_TranslateCharmap).
pub fn translate(s: Ref, table: Ref) -> PyResult {
    /// Not asked yet; 128..=254 do not occur.
    const UNKNOWN: u8 = 255;
    const DELETED: u8 = 254;
    const SLOW: u8 = 253;
    let mut known = [UNKNOWN; 128];
    let mut out = StrBuf::with_capacity(len(s));
    let mut changed = false;
    for i in 0..len(s) {
        let c = code_point(cast(s), i);
        if c < 128 {
            match known[c as usize] {
                UNKNOWN | SLOW => {}
                DELETED => {
                    changed = true;
                    continue;
                }
                to => {
                    changed |= to as u32 != c;
                    out.push(to as u32);
                    continue;
                }
            }
        }
        let (push, remember) = match look_up(table, c)? {
            Mapped::Same => (Some(c), c),
            Mapped::Char(to) => (Some(to), to),
            Mapped::Nothing => (None, DELETED as u32),
            Mapped::Text(t) => {
                changed = true;
                out.push_units(units(t.r()));
                if c < 128 {
                    known[c as usize] = SLOW;
                }
                continue;
            }
        };
        changed |= push != Some(c);
        if let Some(to) = push {
            out.push(to);
        }
        if c < 128 {
            known[c as usize] = if remember < 128 || push.is_none() {
                remember as u8
            } else {
                SLOW
            };
        }
    }
    if !changed {
        return exact(s);
    }
    from_buf(out)
}
