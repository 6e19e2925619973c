//! pyaot_code.
#![forbid(unsafe_code)]
