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
    let inherited = FutureFeatures {
        annotations: flags.future & co::FUTURE_ANNOTATIONS != 0,
        barry_as_bdfl: flags.future & co::FUTURE_BARRY_AS_BDFL != 0,
        allow_top_level_await: flags.allow_top_level_await,
        ..FutureFeatures::default()
    };
    let nodes = syntax::ast::Nodes::new();
    let syntax::Parsed {
        module,
        names,
        mut warnings,
    } = syntax::parse(text, &nodes, mode, optimize, inherited.annotations)?;
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
