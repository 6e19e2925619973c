//! `_sre`: the engine behind the module `re` (CPython: Modules/_sre).
//!
//! `Lib/re` parses patterns and makes their code; here the code is checked, and matched over str of every width and any buffer.
use pyaot_core::call::convert;
use pyaot_core::prelude::*;
use pyaot_core::typeobj;
use pyaot_core::types::module;
use pyaot_text::unicode;

mod chars;
mod engine;
mod matched;
mod opcodes;
mod pattern;
mod scanner;
mod search;
mod subject;
mod validate;

fn character(v: Ref) -> PyResult<u32> {
    Ok(convert::c_int(v)? as u32)
}

static FUNCTIONS: &[MethodDef] = &[
    bound(
        sig!("compile($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)"),
        pattern::compile,
    ),
    bound(sig!("template($module, pattern, template, /)"), matched::template).doc(
        "\n\n  template\n    A list containing interleaved literal strings (str or bytes) and group\n    indices (int), as returned by re._parser.parse_template():\n        [literal1, group1, ..., literalN, groupN]",
    ),
    noargs(sig!("getcodesize($module, /)"), |_| Ok(Own::int(4))),
    one(sig!("ascii_iscased($module, character, /)"), |_, c| {
        let c = character(c)?;
        Ok(Own::bool(c < 128 && (c as u8).is_ascii_alphabetic()))
    }),
    one(sig!("unicode_iscased($module, character, /)"), |_, c| {
        let c = character(c)?;
        Ok(Own::bool(c <= 0x10ffff && unicode::is_sre_cased(c)))
    }),
    one(sig!("ascii_tolower($module, character, /)"), |_, c| {
        Ok(Own::int(chars::lower_ascii(character(c)?) as i32 as i64))
    }),
    one(sig!("unicode_tolower($module, character, /)"), |_, c| {
        let c = character(c)?;
        let lower = if c <= 0x10ffff { chars::lower_unicode(c) } else { c };
        Ok(Own::int(lower as i32 as i64))
    }),
];

pub fn make() -> PyResult {
    let m = module::new("_sre")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for ty in [
        &pattern::PATTERN_TYPE,
        &matched::MATCH_TYPE,
        &matched::TEMPLATE_TYPE,
        &scanner::SCANNER_TYPE,
    ] {
        typeobj::ready(ty);
    }
    for (name, value) in [
        ("MAGIC", opcodes::MAGIC),
        ("CODESIZE", 4),
        ("MAXREPEAT", opcodes::MAXREPEAT as i64),
        ("MAXGROUPS", opcodes::MAXGROUPS as i64),
    ] {
        module::add(m.r(), name, Own::int(value))?;
    }
    Ok(m)
}
