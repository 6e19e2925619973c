//! pyaot_text.
