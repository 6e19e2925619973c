//! Native modules of the standard library: one file each, over `pyaot_core`'s prelude.
use pyaot_core::import::{Completion, NativeModule};

mod _abc;
mod _codecs;
mod _imp;
mod _locale;
mod _opcode;
mod _random;
mod _sha2;
pub mod _signal;
mod _stat;
mod _string;
mod _struct;
mod _testcapi;
mod _tokenize;
mod _tracemalloc;
mod _types;
mod _typing;
mod _weakref;
mod array;
mod ast;
pub mod atexit;
mod binascii;
mod bisect;
mod collections;
mod contextvars;
mod embedded_lines;
mod errno;
mod fcntl;
mod functools;
mod gc;
mod heapq;
pub mod io;
mod itertools;
mod marshal;
mod math;
mod native_type;
mod operator;
pub mod os_call;
pub mod posix;
mod pwd;
mod sre;
pub mod structseq;
pub mod sys;
mod thread;
pub mod time;
mod traceback_carets;
pub mod warnings;

/// Makes of each row a symbol `pyaot_native.NAME`, to which the driver refers when the program can import the module; the linker
/// drops the others with all that only they use.
macro_rules! native_modules {
    ($(($name:literal, $make:path),)*) => {
        $(const _: () = {
            #[unsafe(export_name = concat!("pyaot_native.", $name))]
            pub static ROW: NativeModule = ($name, $make);
        };)*
        /// All of them, for tests.
        pub static MODULES: &[NativeModule] = &[$(($name, $make)),*];
    };
}

// Every native module: dotted name and maker. `native_modules.txt` lists the same names for the compiler.
native_modules![
    ("_abc", _abc::make),
    ("_ast", ast::make),
    ("_bisect", bisect::make),
    ("_codecs", _codecs::make),
    ("_collections", collections::make),
    ("_contextvars", contextvars::make),
    ("_functools", functools::make),
    ("_heapq", heapq::make),
    ("_imp", _imp::make),
    ("_io", io::make),
    ("_locale", _locale::make),
    ("_opcode", _opcode::make),
    ("_operator", operator::make),
    ("_random", _random::make),
    ("_sha2", _sha2::make),
    ("_signal", _signal::make),
    ("_sre", sre::make),
    ("_stat", _stat::make),
    ("_string", _string::make),
    ("_struct", _struct::make),
    ("_testcapi", _testcapi::make),
    ("_testinternalcapi", _testcapi::make_internal),
    ("_thread", thread::make),
    ("_tokenize", _tokenize::make),
    ("_tracemalloc", _tracemalloc::make),
    ("_types", _types::make),
    ("_typing", _typing::make),
    ("_warnings", warnings::make),
    ("_weakref", _weakref::make),
    ("array", array::make),
    ("atexit", atexit::make),
    ("binascii", binascii::make),
    ("errno", errno::make),
    ("fcntl", fcntl::make),
    ("gc", gc::make),
    ("itertools", itertools::make),
    ("marshal", marshal::make),
    ("math", math::make),
    ("posix", posix::make),
    ("pwd", pwd::make),
    ("sys", sys::make),
    ("time", time::make),
];

/// The names in `native_modules.txt`, whatever is linked.
pub fn native_names() -> impl Iterator<Item = &'static str> {
    let text = include_str!("../native_modules.txt");
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Modules of `Lib` in which something is done natively.
pub static COMPLETIONS: &[Completion] = &[
    ("linecache", embedded_lines::install),
    ("traceback", traceback_carets::install),
];
