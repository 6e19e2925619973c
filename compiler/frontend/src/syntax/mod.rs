//! Source to syntax tree: the only module that names the parser. In: source bytes and a mode. Out: `Parsed`, or the
//! SyntaxError that CPython's tokenizer and parser would raise.
//!
//! CPython: Parser/pegen.c, _PyPegen_run_parser; Python/pythonrun.c.

pub mod ast;
mod errors;
mod lower;
pub mod source;
mod tokenizer;

pub use errors::is_keyword;
use ruff_python_ast as ruff;
use ruff_python_ast::PythonVersion;
use ruff_python_parser::{Mode as RuffMode, ParseOptions, parse_unchecked};

use crate::Mode;
use crate::diagnostic::{Diagnostic, Result, Warning};
use ast::ModKind;
use source::SourceText;

pub struct Parsed {
    pub module: ModKind,
    /// Warnings about literals, in source order.
    pub warnings: Vec<Warning>,
}

pub fn parse(source: &SourceText, mode: Mode) -> Result<Parsed> {
    let ruff_mode = match mode {
        Mode::Exec | Mode::Single => RuffMode::Module,
        Mode::Eval => RuffMode::Expression,
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(PythonVersion::PY314);
    let parsed = parse_unchecked(&source.text, options);
    errors::check_nesting(source, parsed.tokens())?;
    if !parsed.errors().is_empty() {
        return Err(errors::translate(source, &parsed, mode));
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        return Err(errors::unsupported(source, error));
    }
    let mut lower = lower::Lower::new(source);
    let module = match parsed.syntax() {
        ruff::Mod::Module(m) => {
            let body = lower.body(&m.body)?;
            if mode == Mode::Single {
                if body.is_empty() {
                    return Err(errors::empty_single(source));
                }
                if body.len() > 1 && !errors::one_line(&m.body, source) {
                    return Err(Diagnostic::syntax(
                        body[0].loc,
                        "multiple statements found while compiling a single statement",
                    ));
                }
                ModKind::Interactive(body)
            } else {
                ModKind::Module(body)
            }
        }
        ruff::Mod::Expression(m) => ModKind::Expression(Box::new(lower.top_expr(&m.body)?)),
    };
    let mut warnings = errors::number_warnings(source);
    warnings.append(&mut lower.warnings);
    Ok(Parsed { module, warnings })
}
