//! Native modules of the standard library: one file each, over `pyaot_core`'s prelude.
use pyaot_core::import::NativeModule;

mod _codecs;
pub mod _signal;
mod _string;
mod _struct;
mod _typing;
mod array;
pub mod atexit;
mod binascii;
mod collections;
pub mod io;
mod itertools;
mod native_type;
pub mod os_call;
pub mod structseq;
pub mod sys;

/// Every native module: dotted name and maker. `native_modules.txt` lists the same names for the compiler.
pub static MODULES: &[NativeModule] = &[
    ("_codecs", _codecs::make),
    ("_collections", collections::make),
    ("_string", _string::make),
    ("_typing", _typing::make),
    ("_struct", _struct::make),
    ("array", array::make),
    ("binascii", binascii::make),
    ("_io", io::make),
    ("_signal", _signal::make),
    ("_string", _string::make),
    ("atexit", atexit::make),
    ("itertools", itertools::make),
    ("sys", sys::make),
];
