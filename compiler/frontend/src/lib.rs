//! `pyaot_frontend`: Python 3.14 source to code objects, in CPython's stages.
//!
//! In: source bytes, a file name, a mode, an optimisation level. Out: the module's `CodeObject` and the warnings about
//! the source, or a `Diagnostic` with CPython's class, wording and position. Stages: `syntax` (the parser and our tree),
//! `future`, `symtable`, `codegen`, `flowgraph`, `assemble`. No stage opens a file, reads a clock or
//! panics on any input.
#![forbid(unsafe_code)]

pub mod assemble;
mod codegen;
pub mod diagnostic;
mod flowgraph;
mod future;
pub mod instr;
mod keyword_typos;
mod linetable;
pub mod names;
mod symtable;
mod syntax;

use pyaot_code::{CodeObject, co};

use diagnostic::Result;
pub use diagnostic::{Diagnostic, ErrorClass, Warning, WarningCategory};
use future::FutureFeatures;
pub use syntax::is_keyword;
use syntax::source::SourceText;

/// What the source is, the third argument of Python's `compile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Eval,
    Single,
}

/// The `flags` argument of Python's `compile`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// `co::FUTURE_*` bits inherited from the code that compiles.
    pub future: u32,
    pub allow_top_level_await: bool,
    /// The source was text: it is UTF-8 whatever its coding cookie says.
    pub ignore_cookie: bool,
}

#[derive(Debug)]
pub struct Compiled {
    pub code: CodeObject,
    pub warnings: Vec<Warning>,
}

/// Stack that the recursive stages need for the deepest source that is compiled; it has to be reserved, and is committed
/// only as far as the source is nested.
pub const STACK_SIZE: usize = 512 << 20;

/// Compiles `source` on a thread of its own. `optimize` is 0, 1 (`-O`) or 2 (`-OO`).
pub fn compile(source: &[u8], filename: &str, mode: Mode, optimize: u8, flags: Flags) -> Result<Compiled> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, || compile_here(source, filename, mode, optimize, flags));
        match worker.map(|w| w.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Diagnostic::internal("compile", "a stage failed")),
            Err(e) => Err(Diagnostic::new(
                ErrorClass::MemoryError,
                format!("no stack to compile on: {e}"),
            )),
        }
    })
}

/// As `compile`, for callers that run on a stack of `STACK_SIZE`: no thread is made.
pub fn compile_here(source: &[u8], filename: &str, mode: Mode, optimize: u8, flags: Flags) -> Result<Compiled> {
    let text = SourceText::decode(source, flags.ignore_cookie).map_err(|d| d.complete(filename, ""))?;
    stages(&text, filename, mode, optimize, flags).map_err(|d| d.complete(filename, &text.text))
}

fn stages(text: &SourceText, filename: &str, mode: Mode, optimize: u8, flags: Flags) -> Result<Compiled> {
    let nodes = syntax::ast::Nodes::new();
    let annotations = flags.future & co::FUTURE_ANNOTATIONS != 0;
    let parsed = syntax::parse(text, &nodes, mode, optimize, annotations)?;
    after_syntax(parsed, filename, optimize, flags)
}

fn after_syntax(parsed: syntax::Parsed<'_>, filename: &str, optimize: u8, flags: Flags) -> Result<Compiled> {
    let inherited = FutureFeatures {
        annotations: flags.future & co::FUTURE_ANNOTATIONS != 0,
        barry_as_bdfl: flags.future & co::FUTURE_BARRY_AS_BDFL != 0,
        allow_top_level_await: flags.allow_top_level_await,
        ..FutureFeatures::default()
    };
    let syntax::Parsed {
        module,
        names,
        mut warnings,
    } = parsed;
    let future = future::from_ast(&module, &names, inherited)?;
    let table = symtable::build(&module, names, &future)?;
    let options = codegen::Options {
        filename,
        optimize,
        future,
    };
    let code = codegen::compile_module(&module, table, &options, &mut warnings)?;
    Ok(Compiled { code, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: [&str; 6] = [
        include_str!("../tests/cases/control.py"),
        include_str!("../tests/cases/classes.py"),
        include_str!("../tests/cases/expressions.py"),
        include_str!("../tests/cases/functions.py"),
        include_str!("../tests/cases/imports.py"),
        include_str!("../tests/data/module.py"),
    ];

    const MUTANTS: usize = 20;

    /// Words, numbers, blanks and single characters.
    fn pieces(source: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        let mut start = 0;
        let class = |c: char| match c {
            _ if c.is_alphanumeric() || c == '_' => 1,
            ' ' => 2,
            _ => 0,
        };
        let chars: Vec<(usize, char)> = source.char_indices().collect();
        for pair in chars.windows(2) {
            if class(pair[0].1) == 0 || class(pair[0].1) != class(pair[1].1) {
                pieces.push(&source[start..pair[1].0]);
                start = pair[1].0;
            }
        }
        pieces.push(&source[start..]);
        pieces
    }

    /// The statements at the margin, by their indentation.
    fn statements(source: &str) -> Vec<String> {
        let mut statements: Vec<String> = Vec::new();
        for line in source.split_inclusive('\n') {
            match statements.last_mut() {
                Some(last) if line.starts_with([' ', '\n', ')', ']', '}']) => last.push_str(line),
                _ => statements.push(line.to_string()),
            }
        }
        statements
    }

    /// What the quick parser takes, the other takes too, and gives the same code object and warnings.
    fn check(source: &str) -> bool {
        let text = SourceText::decode(source.as_bytes(), false).expect("text");
        let nodes = syntax::ast::Nodes::new();
        let Some(quick) = syntax::parse_quickly(&text, &nodes, Mode::Exec, 0, false) else {
            return false;
        };
        let other_nodes = syntax::ast::Nodes::new();
        let full = syntax::parse_fully(&text, &other_nodes, Mode::Exec, 0, false);
        let full = full.unwrap_or_else(|d| panic!("only the quick parser takes it: {d}\n{source}"));
        let ours = after_syntax(quick, "f.py", 0, Flags::default());
        match (ours, after_syntax(full, "f.py", 0, Flags::default())) {
            (Ok(quick), Ok(full)) => {
                assert!(quick.code == full.code, "another code object of\n{source}");
                let warnings = |c: &Compiled| format!("{:?}", c.warnings);
                assert_eq!(warnings(&quick), warnings(&full), "{source}");
            }
            (Err(quick), Err(full)) => assert_eq!(quick.to_string(), full.to_string(), "{source}"),
            (quick, full) => panic!("{:?} and {:?}:\n{source}", quick.err(), full.err()),
        }
        true
    }

    #[test]
    fn both_parsers_agree() {
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(|| {
                let mut seed = 20_261_121u64 + 7;
                let mut random = |below: usize| {
                    seed = seed
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    (seed >> 33) as usize % below
                };
                let all: Vec<&str> = SOURCES.iter().flat_map(|source| pieces(source)).collect();
                let (mut taken, mut refused) = (0, 0);
                for source in SOURCES.iter().flat_map(|source| statements(source)) {
                    let original = pieces(&source);
                    for _ in 0..MUTANTS {
                        let mut mutant = original.clone();
                        let at = random(mutant.len());
                        match random(4) {
                            0 => drop(mutant.remove(at)),
                            1 => mutant.insert(at, all[random(all.len())]),
                            2 => mutant[at] = all[random(all.len())],
                            _ => {
                                let other = random(mutant.len());
                                mutant.swap(at, other);
                            }
                        }
                        if check(&mutant.concat()) {
                            taken += 1;
                        } else {
                            refused += 1;
                        }
                    }
                }
                assert!(taken > 100 && refused > 100, "{taken} taken, {refused} refused");
            })
            .expect("a thread")
            .join()
            .expect("they agree");
    }
}
