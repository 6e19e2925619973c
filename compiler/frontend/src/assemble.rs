//! From an optimised instruction sequence to the code object: code bytes, line table, exception table, name tables.
//!
//! In: a unit's metadata and its instructions as codegen left them. Out: `CodeObject`.
//! CPython: Python/compile.c, optimize_and_assemble_code_unit; Python/assemble.c.

use pyaot_code::{CodeObject, PyStr};

use crate::instr::{CompileFailure, InstructionSequence, UnitMetadata};

/// Optimises and assembles one unit. `code_flags` are `co_flags`; the caller has computed them.
pub fn optimize_and_assemble(
    unit: &mut UnitMetadata,
    instrs: InstructionSequence,
    code_flags: u32,
    filename: &PyStr,
) -> Result<CodeObject, CompileFailure> {
    let _ = (unit, instrs, code_flags, filename);
    Err(CompileFailure::internal(
        "optimize_and_assemble",
        "the assembler is not linked in",
    ))
}
