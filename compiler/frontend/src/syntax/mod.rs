//! Source to syntax tree: the only module that names the parser. In: source bytes and a mode. Out: `Parsed`, or the
//! SyntaxError that CPython's tokenizer and parser would raise.
//!
//! CPython: Parser/pegen.c, _PyPegen_run_parser; Python/pythonrun.c.

pub mod ast;
mod east_asia;
mod encodings;
mod errors;
mod escapes;
mod grammar;
mod lower;
mod quick;
pub mod source;
mod substitute;
mod tokenizer;
mod utf;

pub use errors::{KEYWORDS, is_keyword, names_of_text};
use ruff_python_ast as ruff;
use ruff_python_ast::PythonVersion;
use ruff_python_parser::{Mode as RuffMode, ParseOptions, parse_unchecked};

use crate::Mode;
use crate::diagnostic::{Diagnostic, Result, Warning};
use crate::names::Names;
use ast::{ModKind, Nodes};
use source::SourceText;

pub struct Parsed<'t> {
    pub module: ModKind<'t>,
    pub names: Names,
    /// Warnings about numbers, about other literals, and about leaving `finally` blocks, each in source order.
    pub warnings: Vec<Warning>,
}

/// `future_annotations`: annotations are kept as strings also without an import.
pub fn parse<'t>(
    source: &SourceText,
    nodes: &'t Nodes,
    mode: Mode,
    optimize: u8,
    future_annotations: bool,
) -> Result<Parsed<'t>> {
    match parse_quickly(source, nodes, mode, optimize, future_annotations) {
        Some(parsed) => Ok(parsed),
        None => parse_fully(source, nodes, mode, optimize, future_annotations),
    }
}

/// The tree of a plain source, if this is one.
pub fn parse_quickly<'t>(
    source: &SourceText,
    nodes: &'t Nodes,
    mode: Mode,
    optimize: u8,
    future_annotations: bool,
) -> Option<Parsed<'t>> {
    if mode != Mode::Exec || substitute::barry(&source.text).is_some() {
        return None;
    }
    let mut lower = lower::Lower::new(source, nodes, optimize, future_annotations);
    let body = quick::module(source, &mut lower)?;
    Some(finished(ModKind::Module(body), lower, Vec::new()))
}

/// The tree of any source, or what CPython says against it.
pub fn parse_fully<'t>(
    source: &SourceText,
    nodes: &'t Nodes,
    mode: Mode,
    optimize: u8,
    future_annotations: bool,
) -> Result<Parsed<'t>> {
    let barry = substitute::barry(&source.text);
    let text = barry.as_ref().map_or(&source.text, |barry| &barry.text);
    let ruff_mode = match mode {
        Mode::Exec | Mode::Single => RuffMode::Module,
        Mode::Eval => RuffMode::Expression,
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(PythonVersion::PY314);
    let mut parsed = parse_unchecked(text, options.clone());
    let runs_into_keyword = errors::check_nesting(source, parsed.tokens(), mode)?;
    let refused = |parsed: &ruff_python_parser::Parsed<ruff::Mod>| {
        !parsed.errors().is_empty() || !parsed.unsupported_syntax_errors().is_empty()
    };
    let mut bare_raises = Vec::new();
    // The parser skips a byte order mark, which is a character where the source was text.
    let has_mark = text.starts_with('\u{feff}');
    if refused(&parsed) || has_mark || barry.as_ref().is_some_and(|barry| barry.has_not_equal) {
        if let Some(error) = errors::diagnose(source, mode, barry.as_ref().map(|barry| barry.from)) {
            return Err(error);
        }
        // CPython takes what the parser does not know.
        let (text, places) = substitute::bare_raises(text);
        bare_raises = places;
        parsed = parse_unchecked(&text, options);
        if let Some(first) = parsed
            .errors()
            .iter()
            .map(|e| e.location)
            .min_by_key(|range| range.start())
        {
            return Err(errors::plain(source, first));
        }
        if let Some(error) = parsed.unsupported_syntax_errors().first() {
            return Err(errors::plain(source, error.range));
        }
    }
    errors::check_tabs(source, mode)?;
    let mut lower = lower::Lower::new(source, nodes, optimize, future_annotations).with_bare_raises(bare_raises);
    let module = match parsed.syntax() {
        ruff::Mod::Module(m) => {
            let body = match mode {
                Mode::Single => lower.body(&m.body)?,
                Mode::Exec | Mode::Eval => lower.documented_body(&m.body)?,
            };
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
        ruff::Mod::Expression(m) => ModKind::Expression(lower.top_expr(&m.body)?),
    };
    let warnings = if runs_into_keyword {
        errors::number_warnings(source)
    } else {
        Vec::new()
    };
    Ok(finished(module, lower, warnings))
}

fn finished<'t>(module: ModKind<'t>, lower: lower::Lower<'_, 't>, numbers: Vec<Warning>) -> Parsed<'t> {
    let mut warnings = numbers;
    warnings.extend(lower.warnings);
    warnings.extend(lower.finally_warnings);
    Parsed {
        module,
        names: lower.names,
        warnings,
    }
}
