//! pyaot_frontend.
#![forbid(unsafe_code)]
