//! pyaot_hot.
