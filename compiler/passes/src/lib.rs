//! pyaot_passes.
#![forbid(unsafe_code)]
