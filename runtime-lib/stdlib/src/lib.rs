//! Native modules of the standard library: one file each, over `pyaot_core`'s prelude.
use pyaot_core::import::NativeModule;

mod _codecs;
mod _string;
mod _struct;
mod binascii;
mod collections;
mod itertools;
mod native_type;

/// Every native module: dotted name and maker. `native_modules.txt` lists the same names for the compiler.
pub static MODULES: &[NativeModule] = &[
    ("_codecs", _codecs::make),
    ("_collections", collections::make),
    ("_string", _string::make),
    ("_struct", _struct::make),
    ("binascii", binascii::make),
    ("itertools", itertools::make),
];
