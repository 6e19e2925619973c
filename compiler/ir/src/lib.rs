//! pyaot_ir.
#![forbid(unsafe_code)]
