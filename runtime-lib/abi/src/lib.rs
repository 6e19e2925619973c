//! pyaot_abi.
