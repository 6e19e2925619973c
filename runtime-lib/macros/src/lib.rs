//! pyaot_macros.
