//! The constant facts of `sys`: versions, flags, limits.
use super::config::{self, Config};
use crate::structseq::{self, Spec};
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, module};

pub const VERSION: &str = "3.14.10 (main, Oct 26 2026, 15:12:11) [pyaot, LLVM 22]";
pub const HEXVERSION: i64 = 0x030E_0AF0;
const FINAL: u64 = type_flag::DISALLOW_INSTANTIATION;

crate::structseq!(FLAGS_TYPE, FLAGS, "sys.flags", FINAL, 18, "Flags provided through command line arguments or environment vars.", [
    0 "debug", 1 "inspect", 2 "interactive", 3 "optimize", 4 "dont_write_bytecode", 5 "no_user_site", 6 "no_site",
    7 "ignore_environment", 8 "verbose", 9 "bytes_warning", 10 "quiet", 11 "hash_randomization", 12 "isolated",
    13 "dev_mode", 14 "utf8_mode", 15 "warn_default_encoding", 16 "safe_path", 17 "int_max_str_digits", 18 "gil",
    19 "thread_inherit_context", 20 "context_aware_warnings",
]);
crate::structseq!(VERSION_INFO_TYPE, VERSION_INFO, "sys.version_info", FINAL, 5, "Version information as a named tuple.", [
    0 "major", 1 "minor", 2 "micro", 3 "releaselevel", 4 "serial",
]);
crate::structseq!(FLOAT_INFO_TYPE, FLOAT_INFO, "sys.float_info", 0, 11, "A named tuple holding information about the float type.", [
    0 "max", 1 "max_exp", 2 "max_10_exp", 3 "min", 4 "min_exp", 5 "min_10_exp", 6 "dig", 7 "mant_dig", 8 "epsilon",
    9 "radix", 10 "rounds",
]);
crate::structseq!(INT_INFO_TYPE, INT_INFO, "sys.int_info", 0, 4, "A named tuple that holds information about Python's internal representation of integers.", [
    0 "bits_per_digit", 1 "sizeof_digit", 2 "default_max_str_digits", 3 "str_digits_check_threshold",
]);
crate::structseq!(HASH_INFO_TYPE, HASH_INFO, "sys.hash_info", 0, 9, "A named tuple providing parameters used for computing hashes.", [
    0 "width", 1 "modulus", 2 "inf", 3 "nan", 4 "imag", 5 "algorithm", 6 "hash_bits", 7 "seed_bits", 8 "cutoff",
]);
crate::structseq!(THREAD_INFO_TYPE, THREAD_INFO, "sys.thread_info", 0, 3, "A named tuple holding information about the thread implementation.", [
    0 "name", 1 "lock", 2 "version",
]);
crate::structseq!(ASYNCGEN_HOOKS_TYPE, ASYNCGEN_HOOKS, "asyncgen_hooks", 0, 2, "A named tuple containing information about asynchronous generators hooks.", [
    0 "firstiter", 1 "finalizer",
]);
crate::structseq!(UNRAISABLE_TYPE, UNRAISABLE, "UnraisableHookArgs", 0, 5, "Type used to pass arguments to sys.unraisablehook.", [
    0 "exc_type", 1 "exc_value", 2 "exc_traceback", 3 "err_msg", 4 "object",
]);

fn ints(spec: &'static Spec, values: &[i64]) -> PyResult {
    structseq::new(spec, values.iter().map(|i| Own::int(*i)).collect())
}

fn flags(c: &Config) -> PyResult {
    let b = |v: bool| Own::int(v as i64);
    structseq::new(
        &FLAGS,
        vec![
            b(false),
            b(false),
            b(false),
            Own::int(c.optimize as i64),
            b(false),
            b(false),
            b(false),
            b(false),
            b(false),
            b(false),
            b(false),
            b(c.hash_randomization),
            b(false),
            Own::bool(c.dev_mode),
            b(c.utf8_mode),
            b(false),
            Own::bool(false),
            Own::usize(c.int_max_str_digits),
            b(true),
            b(false),
            b(false),
        ],
    )
}
pub fn version_info() -> PyResult {
    structseq::new(
        &VERSION_INFO,
        vec![Own::int(3), Own::int(14), Own::int(10), Own::str("final"), Own::int(0)],
    )
}
fn thread_version() -> String {
    let mut buf = [0u8; 64];
    // SAFETY: the buffer's size is given; 3 is _CS_GNU_LIBPTHREAD_VERSION.
    let n = unsafe { libc::confstr(3, buf.as_mut_ptr().cast(), buf.len()) };
    String::from_utf8_lossy(&buf[..n.saturating_sub(1).min(buf.len())]).into_owned()
}

/// The executable's own path.
pub fn executable(c: &Config) -> Vec<u8> {
    use std::os::unix::ffi::OsStringExt;
    match std::fs::read_link("/proc/self/exe") {
        Ok(p) => p.into_os_string().into_vec(),
        Err(_) => c
            .argv
            .first()
            .filter(|a| a.starts_with(b"/"))
            .cloned()
            .unwrap_or_default(),
    }
}

fn strings(items: impl Iterator<Item = Vec<u8>>) -> PyResult {
    let list = types::list::new()?;
    for i in items {
        types::list::append(list.r(), crate::os_call::fs_decode(&i)?)?;
    }
    Ok(list)
}

const COPYRIGHT: &str = "Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.\n\nCopyright (c) 2000 \
BeOpen.com.\nAll Rights Reserved.\n\nCopyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights \
Reserved.\n\nCopyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved.";

/// Adds everything that is not a function.
pub fn add(m: Ref) -> PyResult<()> {
    let c = config::get();
    let add = |name: &str, v: Own| module::add(m, name, v);
    add("version", Own::str(VERSION))?;
    add("hexversion", Own::int(HEXVERSION))?;
    add("version_info", version_info()?)?;
    add("api_version", Own::int(1013))?;
    add("copyright", Own::str(COPYRIGHT))?;
    add("platform", Own::str("linux"))?;
    add("maxsize", Own::int(i64::MAX))?;
    add("maxunicode", Own::int(0x10_FFFF))?;
    add(
        "byteorder",
        Own::str(if cfg!(target_endian = "little") {
            "little"
        } else {
            "big"
        }),
    )?;
    add("abiflags", Own::str(""))?;
    add("float_repr_style", Own::str("short"))?;
    add("_framework", Own::str(""))?;
    add(
        "_git",
        types::tuple::try_from_vec(vec![Own::str("CPython"), Own::str(""), Own::str("")])?,
    )?;
    add("platlibdir", Own::str("lib"))?;
    for name in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        add(name, Own::str("/usr"))?;
    }
    for name in ["pycache_prefix", "_home", "_stdlib_dir"] {
        add(name, Own::none())?;
    }
    add("dont_write_bytecode", Own::bool(false))?;
    add("flags", flags(&c)?)?;
    add(
        "float_info",
        structseq::new(
            &FLOAT_INFO,
            vec![
                Own::float(f64::MAX),
                Own::int(1024),
                Own::int(308),
                Own::float(f64::MIN_POSITIVE),
                Own::int(-1021),
                Own::int(-307),
                Own::int(15),
                Own::int(53),
                Own::float(f64::EPSILON),
                Own::int(2),
                Own::int(1),
            ],
        )?,
    )?;
    add("int_info", ints(&INT_INFO, &[30, 4, 4300, 640])?)?;
    add(
        "hash_info",
        structseq::new(
            &HASH_INFO,
            vec![
                Own::int(64),
                Own::int((1 << 61) - 1),
                Own::int(314_159),
                Own::int(0),
                Own::int(1_000_003),
                Own::str("siphash13"),
                Own::int(64),
                Own::int(128),
                Own::int(0),
            ],
        )?,
    )?;
    add(
        "thread_info",
        structseq::new(
            &THREAD_INFO,
            vec![Own::str("pthread"), Own::str("semaphore"), Own::str(&thread_version())],
        )?,
    )?;
    let multiarch = if cfg!(target_arch = "aarch64") {
        "aarch64-linux-gnu"
    } else {
        "x86_64-linux-gnu"
    };
    let marker = super::namespace::new(&[
        ("name", Own::str("pyaot")),
        ("version", Own::str(env!("CARGO_PKG_VERSION"))),
        ("compiled", Own::bool(true)),
    ])?;
    let implementation = super::namespace::new(&[
        ("name", Own::str("cpython")),
        ("cache_tag", Own::str("cpython-314")),
        ("version", version_info()?),
        ("hexversion", Own::int(HEXVERSION)),
        ("_multiarch", Own::str(multiarch)),
        ("supports_isolated_interpreters", Own::bool(true)),
        ("_pyaot", marker.clone()),
    ])?;
    add("implementation", implementation)?;
    add("_pyaot", marker)?;

    let argv = strings(c.argv.iter().cloned())?;
    add("orig_argv", strings(c.argv.iter().cloned())?)?;
    add("argv", argv)?;
    let exe = crate::os_call::fs_decode(&executable(&c))?;
    add("executable", exe.clone())?;
    add("_base_executable", exe)?;
    add("path", path()?)?;
    add("meta_path", pyaot_core::import::spec::meta_path()?)?;
    add("path_hooks", types::list::new()?)?;
    add("path_importer_cache", types::dict::new())?;
    add("modules", pyaot_core::import::modules().own())?;
    add(
        "warnoptions",
        strings(c.warn_options.iter().map(|w| w.clone().into_bytes()))?,
    )?;
    let x = types::dict::new();
    for (k, v) in &c.x_options {
        let v = v.as_ref().map_or(Own::bool(true), |v| Own::str(v));
        types::dict::set(x.r(), Own::str(k).r(), v.r())?;
    }
    add("_xoptions", x)?;
    let mut names: Vec<&str> = crate::native_names().collect();
    names.sort_unstable();
    names.dedup();
    add(
        "builtin_module_names",
        types::tuple::try_from_vec(names.iter().map(|n| Own::str(n)).collect())?,
    )?;
    let all: Vec<Own> = super::stdlib_names::STDLIB_MODULE_NAMES
        .iter()
        .map(|n| types::str::intern(n))
        .collect();
    let all = types::tuple::try_from_vec(all)?;
    add(
        "stdlib_module_names",
        match pyaot_core::builtins::lookup(istr!("frozenset"))? {
            Some(f) => pyaot_core::call::call1(f.r(), all.r())?,
            None => all,
        },
    )
}

/// `sys.path`: the folder of the script at build time.
fn path() -> PyResult {
    let list = types::list::new()?;
    // SAFETY: static data of the program.
    let main = pyaot_core::entry::program::program().and_then(|p| unsafe { p.main.as_ref() });
    if let Some(file) = main.and_then(|m| Ref::from_nullable(m.file)) {
        let text = str_::to_string_lossy(file);
        let folder = text.rsplit_once('/').map_or("", |(f, _)| f);
        types::list::append(list.r(), Own::str(folder))?;
    }
    Ok(list)
}
