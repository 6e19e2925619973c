//! Native modules of the standard library: one file each, over `pyaot_core`'s prelude.
use pyaot_core::import::NativeModule;

mod _abc;
mod _codecs;
mod _random;
pub mod _signal;
mod _string;
mod _struct;
mod _typing;
mod _weakref;
mod array;
pub mod atexit;
mod binascii;
mod bisect;
mod collections;
mod functools;
mod gc;
mod heapq;
pub mod io;
mod itertools;
mod math;
mod native_type;
mod operator;
pub mod os_call;
pub mod structseq;
pub mod sys;

/// Every native module: dotted name and maker. `native_modules.txt` lists the same names for the compiler.
pub static MODULES: &[NativeModule] = &[
    ("_abc", _abc::make),
    ("_bisect", bisect::make),
    ("_codecs", _codecs::make),
    ("_collections", collections::make),
    ("_functools", functools::make),
    ("_heapq", heapq::make),
    ("_io", io::make),
    ("_operator", operator::make),
    ("_random", _random::make),
    ("_signal", _signal::make),
    ("_string", _string::make),
    ("_struct", _struct::make),
    ("_typing", _typing::make),
    ("_weakref", _weakref::make),
    ("array", array::make),
    ("atexit", atexit::make),
    ("binascii", binascii::make),
    ("gc", gc::make),
    ("itertools", itertools::make),
    ("math", math::make),
    ("sys", sys::make),
];
