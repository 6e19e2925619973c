//! `_stat`: constants and tests of file modes (CPython: Modules/_stat.c).
use pyaot_core::prelude::*;
use pyaot_core::types::{int, module};

fn mode(v: Ref) -> PyResult<u32> {
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()).and_then(|i| u32::try_from(i).ok()) {
        Some(m) => Ok(m),
        None => exc::overflow_error(format_args!("mode out of range")),
    }
}
const FMT: u32 = 0o170000;
fn is(v: Ref, kind: u32) -> PyResult {
    Ok(Own::bool(mode(v)? & FMT == kind))
}

fn filemode(v: Ref) -> PyResult {
    let m = mode(v)?;
    let kind = match m & FMT {
        0o100000 => '-',
        0o040000 => 'd',
        0o120000 => 'l',
        0o060000 => 'b',
        0o020000 => 'c',
        0o010000 => 'p',
        0o140000 => 's',
        _ => '?',
    };
    let mut out = String::from(kind);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let b = m >> shift;
        out.push(if b & 4 != 0 { 'r' } else { '-' });
        out.push(if b & 2 != 0 { 'w' } else { '-' });
        out.push(match (m & special != 0, b & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(Own::str(&out))
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("S_ISDIR(mode, /)"), |_, v| is(v, 0o040000)),
    one(sig!("S_ISCHR(mode, /)"), |_, v| is(v, 0o020000)),
    one(sig!("S_ISBLK(mode, /)"), |_, v| is(v, 0o060000)),
    one(sig!("S_ISREG(mode, /)"), |_, v| is(v, 0o100000)),
    one(sig!("S_ISFIFO(mode, /)"), |_, v| is(v, 0o010000)),
    one(sig!("S_ISLNK(mode, /)"), |_, v| is(v, 0o120000)),
    one(sig!("S_ISSOCK(mode, /)"), |_, v| is(v, 0o140000)),
    one(sig!("S_ISDOOR(mode, /)"), |_, v| mode(v).map(|_| Own::bool(false))),
    one(sig!("S_ISPORT(mode, /)"), |_, v| mode(v).map(|_| Own::bool(false))),
    one(sig!("S_ISWHT(mode, /)"), |_, v| mode(v).map(|_| Own::bool(false))),
    one(sig!("S_IMODE(mode, /)"), |_, v| {
        Ok(Own::int((mode(v)? & 0o7777) as i64))
    }),
    one(sig!("S_IFMT(mode, /)"), |_, v| Ok(Own::int((mode(v)? & FMT) as i64))),
    one(sig!("filemode(mode, /)"), |_, v| filemode(v)),
];

static CONSTANTS: &[(&str, i64)] = &[
    ("SF_APPEND", 0o1000000),
    ("SF_ARCHIVED", 0o200000),
    ("SF_DATALESS", 0o10000000000),
    ("SF_FIRMLINK", 0o40000000),
    ("SF_IMMUTABLE", 0o400000),
    ("SF_NOUNLINK", 0o4000000),
    ("SF_SETTABLE", 0o37777600000),
    ("SF_SNAPSHOT", 0o10000000),
    ("ST_ATIME", 7),
    ("ST_CTIME", 9),
    ("ST_DEV", 2),
    ("ST_GID", 5),
    ("ST_INO", 1),
    ("ST_MODE", 0),
    ("ST_MTIME", 8),
    ("ST_NLINK", 3),
    ("ST_SIZE", 6),
    ("ST_UID", 4),
    ("S_ENFMT", 0o2000),
    ("S_IEXEC", 0o100),
    ("S_IFBLK", 0o60000),
    ("S_IFCHR", 0o20000),
    ("S_IFDIR", 0o40000),
    ("S_IFDOOR", 0o0),
    ("S_IFIFO", 0o10000),
    ("S_IFLNK", 0o120000),
    ("S_IFPORT", 0o0),
    ("S_IFREG", 0o100000),
    ("S_IFSOCK", 0o140000),
    ("S_IFWHT", 0o0),
    ("S_IREAD", 0o400),
    ("S_IRGRP", 0o40),
    ("S_IROTH", 0o4),
    ("S_IRUSR", 0o400),
    ("S_IRWXG", 0o70),
    ("S_IRWXO", 0o7),
    ("S_IRWXU", 0o700),
    ("S_ISGID", 0o2000),
    ("S_ISUID", 0o4000),
    ("S_ISVTX", 0o1000),
    ("S_IWGRP", 0o20),
    ("S_IWOTH", 0o2),
    ("S_IWRITE", 0o200),
    ("S_IWUSR", 0o200),
    ("S_IXGRP", 0o10),
    ("S_IXOTH", 0o1),
    ("S_IXUSR", 0o100),
    ("UF_APPEND", 4),
    ("UF_COMPRESSED", 32),
    ("UF_DATAVAULT", 128),
    ("UF_HIDDEN", 32768),
    ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1),
    ("UF_NOUNLINK", 16),
    ("UF_OPAQUE", 8),
    ("UF_SETTABLE", 65535),
    ("UF_TRACKED", 64),
];

pub fn make() -> PyResult {
    let m = module::new("_stat")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for (name, n) in CONSTANTS {
        module::add(m.r(), name, Own::int(*n))?;
    }
    Ok(m)
}
