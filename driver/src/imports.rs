//! Which modules a code object may import.
//!
//! In: a code object. Out: requests, found from the instructions alone (so a `.pyc` serves as well as source):
//! IMPORT_NAME with its constant level and names, and `import_module("literal")`. Names of a from-import may be submodules;
//! so may the strings of a tuple that is stored to `__all__`.
use pyaot_code::{CodeObject, Constant, Opcode};

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

pub fn requests(code: &CodeObject) -> Vec<Request> {
    let mut out = Vec::new();
    collect(code, &mut out, 0);
    let mut seen = std::collections::HashSet::new();
    out.retain(|request| seen.insert(request.clone()));
    out
}

/// Nested deeper than this, only a damaged file is.
const MAX_DEPTH: u32 = 200;

fn collect(code: &CodeObject, out: &mut Vec<Request>, depth: u32) {
    // Damaged bytecode is reported by the lowering, with its place.
    let instructions = code.instructions().unwrap_or_default();
    let constant = |oparg: u32| code.consts.get(oparg as usize);
    let name = |index: u32| code.names.get(index as usize).and_then(|n| n.to_str());
    let mut before: [Option<(Opcode, u32)>; 2] = [None, None];
    let mut call_of_import_module = false;
    let mut last_tuple: Option<u32> = None;
    for instruction in &instructions {
        let (opcode, oparg) = (instruction.opcode, instruction.oparg);
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
                    out.push(Request {
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
                            out.push(Request {
                                level,
                                name: name.to_string(),
                                names: Vec::new(),
                            });
                        }
                    }
                    Some(Constant::Tuple(_)) => last_tuple = Some(oparg),
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
                if let Some(names) = last_tuple.and_then(constant).map(strings) {
                    out.push(Request {
                        level: 1,
                        name: String::new(),
                        names,
                    });
                }
            }
            Opcode::PUSH_NULL => {}
            _ => call_of_import_module = false,
        }
        before = [before[1], Some((opcode, oparg))];
    }
    if depth < MAX_DEPTH {
        for constant in &code.consts {
            if let Constant::Code(inner) = constant {
                collect(inner, out, depth + 1);
            }
        }
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

/// Text form for the cache: one request a line.
pub fn to_text(requests: &[Request]) -> String {
    requests
        .iter()
        .map(|r| format!("{} {} {}\n", r.level, r.name, r.names.join(" ")))
        .collect()
}

pub fn from_text(text: &str) -> Option<Vec<Request>> {
    text.lines()
        .map(|line| {
            let mut parts = line.split(' ');
            let level = parts.next()?.parse().ok()?;
            let name = parts.next()?.to_string();
            Some(Request {
                level,
                name,
                names: parts.filter(|p| !p.is_empty()).map(str::to_string).collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_the_cache() {
        let all = vec![
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
        assert_eq!(from_text(&to_text(&all)), Some(all));
        assert_eq!(from_text("x y"), None);
    }
}
