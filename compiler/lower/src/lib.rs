//! pyaot_lower.
#![forbid(unsafe_code)]
