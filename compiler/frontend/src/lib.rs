//! `pyaot_frontend`.
#![forbid(unsafe_code)]

pub mod assemble;
pub mod instr;
