//! pyaot_core.
