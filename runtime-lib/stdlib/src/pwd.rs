//! `pwd`: the password database, read from /etc/passwd (static executables have no name service switch)
//! (CPython: Modules/pwdmodule.c).
use crate::os_call;
use crate::structseq;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, int, module};

crate::structseq!(STRUCT_PASSWD_TYPE, STRUCT_PASSWD, "pwd.struct_passwd", 0, 7, "pwd.struct_passwd: Results from getpw*() routines.", [
    0 "pw_name", 1 "pw_passwd", 2 "pw_uid", 3 "pw_gid", 4 "pw_gecos", 5 "pw_dir", 6 "pw_shell",
]);

fn lines() -> Vec<Vec<u8>> {
    let Ok(all) = std::fs::read("/etc/passwd") else {
        return Vec::new();
    };
    all.split(|c| *c == b'\n').map(<[u8]>::to_vec).collect()
}
/// (fields, uid, gid) of a line that is well formed.
fn parse(line: &[u8]) -> Option<(Vec<&[u8]>, i64, i64)> {
    let f: Vec<&[u8]> = line.split(|c| *c == b':').collect();
    let n = |b: &[u8]| core::str::from_utf8(b).ok()?.parse::<u32>().ok().map(i64::from);
    if f.len() != 7 || line.starts_with(b"#") {
        return None;
    }
    let (u, g) = (n(f[2])?, n(f[3])?);
    Some((f, u, g))
}
fn entry(line: &[u8]) -> PyResult<Option<Own>> {
    let Some((f, u, g)) = parse(line) else { return Ok(None) };
    let t = os_call::fs_decode;
    structseq::new(
        &STRUCT_PASSWD,
        vec![
            t(f[0])?,
            t(f[1])?,
            Own::int(u),
            Own::int(g),
            t(f[4])?,
            t(f[5])?,
            t(f[6])?,
        ],
    )
    .map(Some)
}

static FUNCTIONS: &[MethodDef] = &[
    one(sig!("getpwuid(uidobj, /)"), |_, v| {
        let i = int::index(v)?;
        let shown = str_::to_string_lossy(protocol::str(i.r())?.r());
        let wanted = int::convert::to_i64(i.r()).filter(|n| (0..=u32::MAX as i64).contains(n));
        for l in lines() {
            if let Some((_, u, _)) = parse(&l)
                && Some(u) == wanted
                && let Some(e) = entry(&l)?
            {
                return Ok(e);
            }
        }
        exc::raise(
            &exc::types::KEY_ERROR,
            format_args!("getpwuid(): uid not found: {shown}"),
        )
    }),
    one(sig!("getpwnam(name, /)"), |_, v| {
        if !os_call::is_str(v) {
            return exc::type_error(format_args!(
                "getpwnam() argument must be str, not {}",
                pyaot_core::call::convert::type_name(v)
            ));
        }
        let name = os_call::fs_encode(v)?;
        if name.contains(&0) {
            return exc::value_error(format_args!("embedded null byte"));
        }
        for l in lines() {
            if l.strip_prefix(name.as_slice()).is_some_and(|r| r.starts_with(b":"))
                && let Some(e) = entry(&l)?
            {
                return Ok(e);
            }
        }
        let shown = str_::to_string_lossy(protocol::repr(v)?.r());
        exc::raise(
            &exc::types::KEY_ERROR,
            format_args!("getpwnam(): name not found: {shown}"),
        )
    }),
    noargs(sig!("getpwall()"), |_| {
        let list = types::list::new()?;
        for l in lines() {
            if let Some(e) = entry(&l)? {
                types::list::append(list.r(), e)?;
            }
        }
        Ok(list)
    }),
];

pub fn make() -> PyResult {
    let m = module::new("pwd")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    pyaot_core::typeobj::ready(&STRUCT_PASSWD_TYPE);
    module::add(m.r(), "struct_passwd", STRUCT_PASSWD_TYPE.own())?;
    Ok(m)
}
