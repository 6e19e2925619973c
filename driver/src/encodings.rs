//! The modules of the package `encodings` that a program needs: CPython imports them by names that are computed at run time, mostly
//! from a string constant of the program (`open(path, encoding="cp1252")`).
//!
//! In: a module of the program. Out: a request for the codecs whose names, or aliases, stand among its string constants, if the module
//! reads or writes text at all. Built-in encodings (UTF-8 and its like) need no module, unless the module `codecs` is asked for
//! codec objects.
use crate::imports::{Request, Unit};
use pyaot_code::{CodeObject, Constant};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// Names that stand in modules which name encodings.
const USERS: &[&str] = &[
    "encode",
    "decode",
    "open",
    "fdopen",
    "str",
    "bytes",
    "bytearray",
    "encoding",
    "TextIOWrapper",
    "read_text",
    "write_text",
    "reconfigure",
];

/// What the runtime does itself.
const BUILT_IN: &[&str] = &[
    "ascii",
    "latin_1",
    "utf_7",
    "utf_8",
    "utf_16",
    "utf_16_be",
    "utf_16_le",
    "utf_32",
    "utf_32_be",
    "utf_32_le",
    "unicode_escape",
    "raw_unicode_escape",
];

/// What `codecs.lookup` and its like are given most.
const USUAL: &[&str] = &["ascii", "latin_1", "utf_8"];

pub fn request(code: &CodeObject, units: &[Unit], lib: &Path) -> Option<Request> {
    let codecs = units.iter().flat_map(|u| &u.requests).any(|r| r.name == "codecs");
    let mut strings = BTreeSet::new();
    collect(code, &mut strings, 0);
    let uses = |name: &str| strings.contains(name) || units.iter().any(|u| u.names.contains(name));
    if !codecs && !USERS.iter().any(|name| uses(name)) {
        return None;
    }
    let aliases = aliases(lib);
    let known = |name: &str| match aliases.get(name) {
        Some(module) => Some(module.clone()),
        None => {
            let is_module = !name.is_empty() && name != "aliases" && !name.starts_with('_');
            (is_module && lib.join(format!("encodings/{name}.py")).is_file()).then(|| name.to_string())
        }
    };
    let mut names: BTreeSet<String> = strings.iter().filter_map(|s| known(&normal(s))).collect();
    if codecs {
        names.extend(USUAL.iter().map(|name| name.to_string()));
    } else {
        // Codecs between bytes and bytes, or str and str, are reached through `codecs` only.
        names.retain(|name| !BUILT_IN.contains(&name.as_str()) && !name.ends_with("_codec") && name != "rot_13");
    }
    (!names.is_empty()).then(|| Request {
        level: 0,
        name: "encodings".to_string(),
        names: names.into_iter().collect(),
    })
}

/// Constants that may name an encoding, keyword names among them.
fn collect(code: &CodeObject, out: &mut BTreeSet<String>, depth: u32) {
    fn constant(c: &Constant, out: &mut BTreeSet<String>, depth: u32) {
        const LONGEST: usize = 32;
        const DEEPEST: u32 = 200;
        match c {
            Constant::Str(s) => out.extend(s.to_str().filter(|s| s.len() <= LONGEST).map(str::to_string)),
            Constant::Tuple(items) if depth < DEEPEST => items.iter().for_each(|i| constant(i, out, depth + 1)),
            Constant::Code(inner) if depth < DEEPEST => collect(inner, out, depth + 1),
            _ => {}
        }
    }
    code.consts.iter().for_each(|c| constant(c, out, depth));
}

/// CPython: Lib/encodings/__init__.py, normalize_encoding, in lower case.
fn normal(name: &str) -> String {
    let mut out = String::new();
    for part in name
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .filter(|p| !p.is_empty())
    {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(&part.to_ascii_lowercase());
    }
    out
}

/// The dict of `encodings.aliases`, from its lines.
fn aliases(lib: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(lib.join("encodings/aliases.py")).unwrap_or_default();
    let quoted = |part: &str| {
        part.trim()
            .strip_prefix('\'')?
            .split_once('\'')
            .map(|(name, _)| name.to_string())
    };
    text.lines()
        .filter_map(|line| {
            let (alias, module) = line.split_once(':')?;
            Some((quoted(alias)?, quoted(module)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        assert_eq!(normal("ISO-8859-15"), "iso_8859_15");
        assert_eq!(normal(" Windows 1252 "), "windows_1252");
        assert_eq!(normal("ansi_x3.4-1968"), "ansi_x3.4_1968");
        assert_eq!(normal("é"), "");
    }
}
