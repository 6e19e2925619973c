//! `pyaot_frontend`.
#![forbid(unsafe_code)]

pub mod assemble;
mod flowgraph;
pub mod instr;
mod linetable;
