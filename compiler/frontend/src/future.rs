//! `from __future__` imports at the head of a module. In: the tree. Out: the features and where the last one stands.
//!
//! CPython: Python/future.c.

use pyaot_code::co;

use crate::diagnostic::{Diagnostic, Result};
use crate::names::Names;
use crate::syntax::ast::*;

#[derive(Clone, Copy, Debug)]
pub struct FutureFeatures {
    pub annotations: bool,
    pub barry_as_bdfl: bool,
    pub allow_top_level_await: bool,
    /// Location of the last future statement; all -1 without one.
    pub location: Location,
}

impl Default for FutureFeatures {
    fn default() -> Self {
        FutureFeatures {
            annotations: false,
            barry_as_bdfl: false,
            allow_top_level_await: false,
            location: Location::NO_LOCATION,
        }
    }
}

impl FutureFeatures {
    /// The bits that go into `co_flags`.
    pub fn code_flags(&self) -> u32 {
        let mut flags = 0;
        if self.annotations {
            flags |= co::FUTURE_ANNOTATIONS;
        }
        if self.barry_as_bdfl {
            flags |= co::FUTURE_BARRY_AS_BDFL;
        }
        flags
    }
}

const MANDATORY: [&str; 8] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
];

pub fn from_ast(module: &ModKind, names: &Names, inherited: FutureFeatures) -> Result<FutureFeatures> {
    let mut features = inherited;
    features.location = Location::NO_LOCATION;
    let body = match module {
        ModKind::Module(body) | ModKind::Interactive(body) => body,
        ModKind::Expression(_) => return Ok(features),
    };
    let start = usize::from(docstring(body).is_some());
    for stmt in &body[start..] {
        let StmtKind::ImportFrom {
            module: Some(module),
            names: aliases,
            level: 0,
        } = stmt.kind
        else {
            break;
        };
        if module != known::FUTURE {
            break;
        }
        for alias in aliases {
            let name = names.text(alias.name).to_string_lossy();
            match name.as_str() {
                "annotations" => features.annotations = true,
                "barry_as_FLUFL" => features.barry_as_bdfl = true,
                "braces" => return Err(Diagnostic::syntax(alias.loc, "not a chance")),
                name if MANDATORY.contains(&name) => {}
                _ => {
                    return Err(Diagnostic::syntax(
                        alias.loc,
                        format!("future feature {name} is not defined"),
                    ));
                }
            }
        }
        features.location = stmt.loc;
    }
    Ok(features)
}
