//! `_locale`: the C library's locale (CPython: Modules/_localemodule.c).
use crate::os_call;
use pyaot_core::call::convert::{c_int, type_name};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, module};
use std::ffi::{CStr, CString};

fn text(p: *const libc::c_char) -> PyResult {
    if p.is_null() {
        return Ok(Own::str(""));
    }
    // SAFETY: a NUL-terminated text of the C library.
    os_call::fs_decode(unsafe { CStr::from_ptr(p) }.to_bytes())
}
fn c_text(f: &str, v: Ref) -> PyResult<CString> {
    if !os_call::is_str(v) {
        return exc::type_error(format_args!("{f}() argument must be str, not {}", type_name(v)));
    }
    match CString::new(os_call::fs_encode(v)?) {
        Ok(c) => Ok(c),
        Err(_) => exc::value_error(format_args!("embedded null character")),
    }
}
fn error<R>(message: &str) -> PyResult<R> {
    exc::raise(&ERROR_TYPE, format_args!("{message}"))
}
/// `locale.Error`.
pub static ERROR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "locale.Error",
    base: Some(&exc::types::EXCEPTION),
    flags: exc::types::BASE_FLAGS,
    ..TypeDef::NEW
});

fn set_locale(b: &Bound) -> PyResult {
    let category = c_int(b.arg(0))?;
    if !(0..=12).contains(&category) {
        return error("invalid locale category");
    }
    let name = match b.get_not_none(1) {
        Some(v) => Some(c_text("setlocale", v)?),
        None => None,
    };
    // SAFETY: null or a NUL-terminated text.
    let r = unsafe { libc::setlocale(category, name.as_ref().map_or(core::ptr::null(), |n| n.as_ptr())) };
    if r.is_null() {
        return error(if name.is_some() {
            "unsupported locale setting"
        } else {
            "locale query failed"
        });
    }
    text(r)
}

/// Sizes of digit groups; CHAR_MAX ends them.
fn grouping(p: *const libc::c_char) -> PyResult {
    let list = types::list::new()?;
    if p.is_null() {
        return Ok(list);
    }
    // SAFETY: a NUL-terminated array.
    let all = unsafe { CStr::from_ptr(p) }.to_bytes();
    if all.is_empty() {
        return Ok(list);
    }
    for b in all {
        types::list::append(list.r(), Own::int(*b as i64))?;
        if *b == 127 {
            return Ok(list);
        }
    }
    types::list::append(list.r(), Own::int(0))?;
    Ok(list)
}
fn localeconv() -> PyResult {
    // SAFETY: the C library's static struct.
    let l = unsafe { &*libc::localeconv() };
    let d = types::dict::new();
    let add = |name: &str, v: Own| types::dict::set(d.r(), types::str::intern(name).r(), v.r());
    for (name, p) in [
        ("int_curr_symbol", l.int_curr_symbol),
        ("currency_symbol", l.currency_symbol),
        ("mon_decimal_point", l.mon_decimal_point),
        ("mon_thousands_sep", l.mon_thousands_sep),
    ] {
        add(name, text(p)?)?;
    }
    add("mon_grouping", grouping(l.mon_grouping)?)?;
    add("positive_sign", text(l.positive_sign)?)?;
    add("negative_sign", text(l.negative_sign)?)?;
    for (name, n) in [
        ("int_frac_digits", l.int_frac_digits),
        ("frac_digits", l.frac_digits),
        ("p_cs_precedes", l.p_cs_precedes),
        ("p_sep_by_space", l.p_sep_by_space),
        ("n_cs_precedes", l.n_cs_precedes),
        ("n_sep_by_space", l.n_sep_by_space),
        ("p_sign_posn", l.p_sign_posn),
        ("n_sign_posn", l.n_sign_posn),
    ] {
        add(name, Own::int(n as i64))?;
    }
    add("decimal_point", text(l.decimal_point)?)?;
    add("thousands_sep", text(l.thousands_sep)?)?;
    add("grouping", grouping(l.grouping)?)?;
    Ok(d)
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("setlocale(category, locale=None, /)"), |_, b| set_locale(b)),
    noargs(sig!("localeconv()"), |_| localeconv()),
    noargs(sig!("getencoding()"), |_| Ok(Own::str("UTF-8"))),
    one(sig!("nl_langinfo(key, /)"), |_, v| {
        let key = c_int(v)?;
        if !CONSTANTS
            .iter()
            .any(|(n, k)| *k == key as i64 && !n.starts_with("LC_") && *n != "CHAR_MAX")
        {
            return exc::value_error(format_args!("unsupported langinfo constant"));
        }
        if key == libc::CODESET {
            return Ok(Own::str("UTF-8"));
        }
        // SAFETY: a key of the table.
        text(unsafe { libc::nl_langinfo(key) })
    }),
    bound(sig!("strcoll(os1, os2, /)"), |_, b| {
        let (x, y) = (c_text("strcoll", b.arg(0))?, c_text("strcoll", b.arg(1))?);
        // SAFETY: NUL-terminated texts.
        Ok(Own::int(unsafe { libc::strcoll(x.as_ptr(), y.as_ptr()) } as i64))
    }),
    one(sig!("strxfrm(string, /)"), |_, v| {
        let s = c_text("strxfrm", v)?;
        // SAFETY: the first call asks for the size, the second has room for it.
        unsafe {
            let n = libc::strxfrm(core::ptr::null_mut(), s.as_ptr(), 0);
            let mut buf = vec![0u8; n + 1];
            libc::strxfrm(buf.as_mut_ptr().cast(), s.as_ptr(), n + 1);
            os_call::fs_decode(&buf[..n])
        }
    }),
    // Without message catalogues every text is its own translation.
    one(sig!("gettext(msg, /)"), |_, v| c_text("gettext", v).map(|_| v.own())),
    bound(sig!("dgettext(domain, msg, /)"), |_, b| {
        c_text("dgettext", b.arg(1)).map(|_| b.arg(1).own())
    }),
    bound(sig!("dcgettext(domain, msg, category, /)"), |_, b| {
        c_text("dcgettext", b.arg(1)).map(|_| b.arg(1).own())
    }),
];

static CONSTANTS: &[(&str, i64)] = &[
    ("ABDAY_1", 131072),
    ("ABDAY_2", 131073),
    ("ABDAY_3", 131074),
    ("ABDAY_4", 131075),
    ("ABDAY_5", 131076),
    ("ABDAY_6", 131077),
    ("ABDAY_7", 131078),
    ("ABMON_1", 131086),
    ("ABMON_10", 131095),
    ("ABMON_11", 131096),
    ("ABMON_12", 131097),
    ("ABMON_2", 131087),
    ("ABMON_3", 131088),
    ("ABMON_4", 131089),
    ("ABMON_5", 131090),
    ("ABMON_6", 131091),
    ("ABMON_7", 131092),
    ("ABMON_8", 131093),
    ("ABMON_9", 131094),
    ("ALT_DIGITS", 131119),
    ("AM_STR", 131110),
    ("CHAR_MAX", 127),
    ("CODESET", 14),
    ("CRNCYSTR", 262159),
    ("DAY_1", 131079),
    ("DAY_2", 131080),
    ("DAY_3", 131081),
    ("DAY_4", 131082),
    ("DAY_5", 131083),
    ("DAY_6", 131084),
    ("DAY_7", 131085),
    ("D_FMT", 131113),
    ("D_T_FMT", 131112),
    ("ERA", 131116),
    ("ERA_D_FMT", 131118),
    ("ERA_D_T_FMT", 131120),
    ("ERA_T_FMT", 131121),
    ("LC_ALL", 6),
    ("LC_COLLATE", 3),
    ("LC_CTYPE", 0),
    ("LC_MESSAGES", 5),
    ("LC_MONETARY", 4),
    ("LC_NUMERIC", 1),
    ("LC_TIME", 2),
    ("MON_1", 131098),
    ("MON_10", 131107),
    ("MON_11", 131108),
    ("MON_12", 131109),
    ("MON_2", 131099),
    ("MON_3", 131100),
    ("MON_4", 131101),
    ("MON_5", 131102),
    ("MON_6", 131103),
    ("MON_7", 131104),
    ("MON_8", 131105),
    ("MON_9", 131106),
    ("NOEXPR", 327681),
    ("PM_STR", 131111),
    ("RADIXCHAR", 65536),
    ("THOUSEP", 65537),
    ("T_FMT", 131114),
    ("T_FMT_AMPM", 131115),
    ("YESEXPR", 327680),
    ("_DATE_FMT", 131180),
];

pub fn make() -> PyResult {
    let m = module::new("_locale")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    pyaot_core::typeobj::ready(&ERROR_TYPE);
    module::add(m.r(), "Error", ERROR_TYPE.own())?;
    for (name, n) in CONSTANTS {
        module::add(m.r(), name, Own::int(*n))?;
    }
    Ok(m)
}
