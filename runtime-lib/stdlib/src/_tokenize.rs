//! `_tokenize`: importable, so that `tokenize` is; the tokeniser itself (`TokenizerIter`) is absent.
use pyaot_core::prelude::*;
use pyaot_core::types::module;

pub fn make() -> PyResult {
    module::new("_tokenize")
}
