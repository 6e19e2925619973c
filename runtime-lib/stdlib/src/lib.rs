//! pyaot_stdlib.
