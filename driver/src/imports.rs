//! Which modules a code object may import.
//!
//! In: a code object. Out: requests, found from the instructions alone (so a `.pyc` serves as well as source):
//! IMPORT_NAME with its constant level and names, and `import_module("literal")`. Names of a from-import may be submodules;
//! so may the strings of a tuple that is stored to `__all__`. Requests come per function, with the names that the function
//! reads: a library function that no name in the program refers to does not pull its imports in. What stands behind
//! `if __name__ == "__main__"` counts only in the script.
use pyaot_code::{CodeObject, Constant, Instruction, Opcode, co};
use std::collections::{BTreeSet, HashSet};

/// One import statement (or call).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Leading dots.
    pub level: u32,
    /// May be empty when `level` is not 0.
    pub name: String,
    /// Names that may be submodules; none of them has to exist.
    pub names: Vec<String>,
}

/// A piece of a module that runs as a whole or not at all: the module's own code (with its class bodies), or a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Name of the function; empty for the module's own code.
    pub name: String,
    pub requests: Vec<Request>,
    /// Names that it reads, as variables or attributes.
    pub names: BTreeSet<String>,
    /// Modules of the texts that it hands to `eval` or `exec`, see `texts`.
    pub texts: BTreeSet<String>,
}

/// All units of a module; the module's own code comes first. `script`: the module runs as `__main__`.
pub fn units(code: &CodeObject, script: bool) -> Vec<Unit> {
    let mut out = vec![Unit::default()];
    collect(code, &mut out, 0, script, 0);
    for unit in &mut out {
        let mut seen = HashSet::new();
        unit.requests.retain(|request| seen.insert(request.clone()));
    }
    out
}

/// CPython's number of INTRINSIC_SUBSCRIPT_GENERIC.
const SUBSCRIPT_GENERIC: u32 = 10;

/// Nested deeper than this, only a damaged file is.
const MAX_DEPTH: u32 = 200;

/// Adds `code` to unit `at`; functions that stand in module or class bodies become units of their own.
fn collect(code: &CodeObject, out: &mut Vec<Unit>, at: usize, script: bool, depth: u32) {
    // Damaged bytecode is reported by the lowering, with its place.
    let instructions = code.instructions().unwrap_or_default();
    let constant = |oparg: u32| code.consts.get(oparg as usize);
    let name = |index: u32| code.names.get(index as usize).and_then(|n| n.to_str());
    out[at].texts.extend(crate::texts::foreseen(code));
    let mut before: [Option<(Opcode, u32)>; 2] = [None, None];
    let mut call_of_import_module = false;
    let mut last_tuple: Option<u32> = None;
    // Strings loaded one after the other: the items of a short list.
    let mut row: Vec<String> = Vec::new();
    let mut skip_until = 0;
    let mut reachable_functions = BTreeSet::new();
    for (i, instruction) in instructions.iter().enumerate() {
        let (opcode, oparg) = (instruction.opcode, instruction.oparg);
        if instruction.offset < skip_until {
            continue;
        }
        if !script && guards_main(&instructions[i.saturating_sub(3)..=i], code) {
            skip_until = instruction.jump_target().unwrap_or(0);
        }
        let unit = &mut out[at];
        match (opcode, constant(oparg)) {
            (Opcode::LOAD_CONST, Some(Constant::Str(s))) => row.extend(s.to_str().map(str::to_string)),
            (Opcode::BUILD_LIST | Opcode::BUILD_TUPLE | Opcode::STORE_NAME, _) => {}
            _ => row.clear(),
        }
        match opcode {
            Opcode::LOAD_NAME | Opcode::IMPORT_FROM | Opcode::LOAD_FROM_DICT_OR_GLOBALS => {
                unit.names.extend(name(oparg).map(str::to_string));
            }
            Opcode::LOAD_GLOBAL | Opcode::LOAD_ATTR => {
                unit.names.extend(name(oparg >> 1).map(str::to_string));
            }
            Opcode::LOAD_SUPER_ATTR => unit.names.extend(name(oparg >> 2).map(str::to_string)),
            _ => {}
        }
        match opcode {
            Opcode::IMPORT_NAME => {
                if let Some(name) = name(oparg) {
                    let level = match before[0] {
                        Some((Opcode::LOAD_SMALL_INT, n)) => n,
                        Some((Opcode::LOAD_CONST, c)) => match constant(c) {
                            Some(Constant::Int(n)) => u32::try_from(*n).unwrap_or(0),
                            _ => 0,
                        },
                        _ => 0,
                    };
                    let names = match before[1] {
                        Some((Opcode::LOAD_CONST, c)) => constant(c).map(strings).unwrap_or_default(),
                        _ => Vec::new(),
                    };
                    unit.requests.push(Request {
                        level,
                        name: name.to_string(),
                        names,
                    });
                }
            }
            Opcode::LOAD_CONST => {
                match constant(oparg) {
                    Some(Constant::Str(s)) if call_of_import_module => {
                        if let Some(text) = s.to_str() {
                            let name = text.trim_start_matches('.');
                            let level = (text.len() - name.len()) as u32;
                            unit.requests.push(Request {
                                level,
                                name: name.to_string(),
                                names: Vec::new(),
                            });
                        }
                    }
                    Some(Constant::Tuple(_)) => last_tuple = Some(oparg),
                    Some(Constant::Code(_)) => {
                        reachable_functions.insert(oparg);
                    }
                    _ => {}
                }
                call_of_import_module = false;
            }
            Opcode::LOAD_ATTR => call_of_import_module = name(oparg >> 1) == Some("import_module"),
            Opcode::LOAD_GLOBAL => {
                call_of_import_module = matches!(name(oparg >> 1), Some("import_module" | "__import__"));
            }
            Opcode::LOAD_NAME => call_of_import_module = matches!(name(oparg), Some("import_module" | "__import__")),
            Opcode::STORE_NAME if name(oparg) == Some("__all__") => {
                let mut names = last_tuple.and_then(constant).map(strings).unwrap_or_default();
                names.append(&mut row);
                unit.requests.push(Request {
                    level: 1,
                    name: String::new(),
                    names,
                });
            }
            Opcode::STORE_NAME => row.clear(),
            Opcode::PUSH_NULL => {}
            // The base `Generic[T]` of a class with a parameter list comes from typing.
            Opcode::CALL_INTRINSIC_1 if oparg == SUBSCRIPT_GENERIC => {
                unit.requests.push(Request {
                    level: 0,
                    name: "typing".to_string(),
                    names: Vec::new(),
                });
            }
            _ => call_of_import_module = false,
        }
        before = [before[1], Some((opcode, oparg))];
    }
    if depth >= MAX_DEPTH {
        return;
    }
    for index in reachable_functions {
        let Some(Constant::Code(inner)) = constant(index) else {
            continue;
        };
        let body = inner.flags & co::OPTIMIZED == 0;
        let anonymous = inner.name.to_str().is_none_or(|n| n.starts_with('<'));
        if out[at].name.is_empty() && !body && !anonymous {
            out.push(Unit {
                name: inner.name.to_string_lossy(),
                ..Unit::default()
            });
            let place = out.len() - 1;
            collect(inner, out, place, script, depth + 1);
        } else {
            collect(inner, out, at, script, depth + 1);
        }
    }
}

/// The instructions end in the jump of `if __name__ == "__main__":` or of `if TYPE_CHECKING:`.
fn guards_main(window: &[Instruction], code: &CodeObject) -> bool {
    let name = |i: &Instruction| code.names.get(i.oparg as usize).and_then(|n| n.to_str());
    let text = |i: &Instruction| match code.consts.get(i.oparg as usize) {
        Some(Constant::Str(s)) => s.to_str(),
        _ => None,
    };
    match window {
        [a, b, c, d] if d.opcode == Opcode::POP_JUMP_IF_FALSE => {
            a.opcode == Opcode::LOAD_NAME
                && name(a) == Some("__name__")
                && b.opcode == Opcode::LOAD_CONST
                && text(b) == Some("__main__")
                && c.opcode == Opcode::COMPARE_OP
                || b.opcode == Opcode::LOAD_NAME && name(b) == Some("TYPE_CHECKING") && c.opcode == Opcode::TO_BOOL
        }
        _ => false,
    }
}

fn strings(constant: &Constant) -> Vec<String> {
    match constant {
        Constant::Tuple(items) => items
            .iter()
            .filter_map(|item| match item {
                Constant::Str(s) => s.to_str().filter(|s| *s != "*").map(str::to_string),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Text form for the cache: a line for each unit (U), its names (N), its texts (T) and its requests (R).
pub fn to_text(units: &[Unit]) -> String {
    let mut out = String::new();
    for unit in units {
        let names = unit.names.iter().map(String::as_str).collect::<Vec<_>>();
        out.push_str(&format!("U {}\nN {}\n", unit.name, names.join(" ")));
        for text in &unit.texts {
            out.push_str(&format!("T {}\n", text.replace('\\', "\\\\").replace('\n', "\\n")));
        }
        for r in &unit.requests {
            out.push_str(&format!("R {} {} {}\n", r.level, r.name, r.names.join(" ")));
        }
    }
    out
}

pub fn from_text(text: &str) -> Option<Vec<Unit>> {
    let mut units: Vec<Unit> = Vec::new();
    for line in text.lines() {
        let (kind, rest) = line.split_once(' ')?;
        let words = |text: &str| {
            text.split(' ')
                .filter(|p| !p.is_empty())
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        match kind {
            "U" => units.push(Unit {
                name: rest.to_string(),
                ..Unit::default()
            }),
            "N" => units.last_mut()?.names.extend(words(rest)),
            "T" => {
                units.last_mut()?.texts.insert(unescaped(rest));
            }
            "R" => {
                let mut parts = rest.splitn(3, ' ');
                let level = parts.next()?.parse().ok()?;
                let name = parts.next()?.to_string();
                units.last_mut()?.requests.push(Request {
                    level,
                    name,
                    names: words(parts.next().unwrap_or("")),
                });
            }
            _ => return None,
        }
    }
    (!units.is_empty()).then_some(units)
}

fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => out.push(if chars.next() == Some('n') { '\n' } else { '\\' }),
            (c, false) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_survive_the_cache() {
        let requests = vec![
            Request {
                level: 0,
                name: "os".into(),
                names: vec![],
            },
            Request {
                level: 2,
                name: String::new(),
                names: vec!["a".into(), "b".into()],
            },
        ];
        let names = BTreeSet::from(["f".to_string(), "g".to_string()]);
        let all = vec![
            Unit {
                name: String::new(),
                requests: requests.clone(),
                names: names.clone(),
                texts: BTreeSet::from(["exec:a\\n\n b".to_string()]),
            },
            Unit {
                name: "f".into(),
                requests: vec![],
                ..Unit::default()
            },
            Unit {
                name: "g".into(),
                requests,
                names,
                ..Unit::default()
            },
        ];
        assert_eq!(from_text(&to_text(&all)), Some(all));
        assert_eq!(from_text("x y"), None);
    }
}
