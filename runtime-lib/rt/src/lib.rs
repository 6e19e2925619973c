//! pyaot_rt.
