//! pyaot_llvm.
