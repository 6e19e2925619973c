//! `time`: clocks, `struct_time`, formatting (CPython: Modules/timemodule.c, Python/pytime.c).
use crate::os_call;
use crate::structseq;
use crate::sys::namespace;
use pyaot_core::call::{self, convert};
use pyaot_core::exc::os_error::{last_errno, raise_errno};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, float, int, module};
use pyaot_core::{exec, istr};

crate::structseq!(STRUCT_TIME_TYPE, STRUCT_TIME, "time.struct_time", 0, 9, "The time value as returned by gmtime(), localtime(), and strptime(), and accepted by asctime(), mktime() and strftime().", [
    0 "tm_year", 1 "tm_mon", 2 "tm_mday", 3 "tm_hour", 4 "tm_min", 5 "tm_sec", 6 "tm_wday", 7 "tm_yday", 8 "tm_isdst",
    9 "tm_zone", 10 "tm_gmtoff",
]);

pub(crate) const SECOND: i64 = 1_000_000_000;

fn clock_ns(clock: libc::clockid_t) -> PyResult<i64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: filled by the call.
    if unsafe { libc::clock_gettime(clock, &mut t) } != 0 {
        return os_call::raise_last();
    }
    Ok(t.tv_sec * SECOND + t.tv_nsec)
}
/// Nanoseconds as seconds, exact where a double can be (CPython: PyTime_AsSecondsDouble).
fn seconds(ns: i64) -> Own {
    Own::float(if ns % SECOND == 0 {
        (ns / SECOND) as f64
    } else {
        ns as f64 / 1e9
    })
}

/// Rounding of what does not fit nanoseconds.
#[derive(Clone, Copy)]
pub(crate) enum Round {
    Ceiling,
    /// Away from zero.
    Up,
}
/// Seconds of an int or float as nanoseconds (CPython: _PyTime_FromSecondsObject).
pub(crate) fn nanoseconds(v: Ref, round: Round, or_float: bool) -> PyResult<i64> {
    let too_large = || exc::overflow_error(format_args!("timestamp out of range for C PyTime_t"));
    if v.ty().has(type_flag::FLOAT) {
        let f = float::as_f64(v)?;
        if f.is_nan() {
            return exc::value_error(format_args!("Invalid value NaN (not a number)"));
        }
        let n = f * 1e9;
        let n = match round {
            Round::Ceiling => n.ceil(),
            Round::Up => {
                if n >= 0.0 {
                    n.ceil()
                } else {
                    n.floor()
                }
            }
        };
        if !(n >= i64::MIN as f64 && n < 9.223372036854776e18) {
            return too_large();
        }
        return Ok(n as i64);
    }
    if or_float && v.ty().slots().nb_index.is_none() {
        return exc::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer or float",
            v.ty().name()
        ));
    }
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()).and_then(|s| s.checked_mul(SECOND)) {
        Some(n) => Ok(n),
        None => too_large(),
    }
}

/// The time argument of gmtime and the like: whole seconds, rounded down (CPython: _PyTime_ObjectToTime_t).
fn time_arg(v: Option<Ref>) -> PyResult<i64> {
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return Ok(clock_ns(libc::CLOCK_REALTIME)?.div_euclid(SECOND));
    };
    if v.ty().has(type_flag::FLOAT) {
        let f = float::as_f64(v)?;
        if f.is_nan() {
            return exc::value_error(format_args!("Invalid value NaN (not a number)"));
        }
        let f = f.floor();
        if !(f >= i64::MIN as f64 && f < 9.223372036854776e18) {
            return exc::overflow_error(format_args!("timestamp out of range for platform time_t"));
        }
        return Ok(f as i64);
    }
    let i = int::index(v)?;
    match int::convert::to_i64(i.r()) {
        Some(t) => Ok(t),
        None => exc::overflow_error(format_args!("timestamp out of range for platform time_t")),
    }
}

fn broken_down(t: i64, local: bool) -> PyResult<libc::tm> {
    // SAFETY: zeroed plain data, filled by the call.
    unsafe {
        let mut tm: libc::tm = core::mem::zeroed();
        let r = if local {
            libc::localtime_r(&t, &mut tm)
        } else {
            libc::gmtime_r(&t, &mut tm)
        };
        if r.is_null() {
            let e = last_errno();
            return raise_errno(if e == 0 { libc::EINVAL } else { e }, None, None);
        }
        Ok(tm)
    }
}
fn zone(tm: &libc::tm) -> String {
    if tm.tm_zone.is_null() {
        return String::new();
    }
    // SAFETY: the C library's static text.
    unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) }
        .to_string_lossy()
        .into_owned()
}
fn struct_time(tm: &libc::tm, zone: &str) -> PyResult {
    let n = |i: i32| Own::int(i as i64);
    structseq::new(
        &STRUCT_TIME,
        vec![
            Own::int(tm.tm_year as i64 + 1900),
            n(tm.tm_mon + 1),
            n(tm.tm_mday),
            n(tm.tm_hour),
            n(tm.tm_min),
            n(tm.tm_sec),
            n((tm.tm_wday + 6) % 7),
            n(tm.tm_yday + 1),
            n(tm.tm_isdst),
            Own::str(zone),
            Own::int(tm.tm_gmtoff),
        ],
    )
}

/// A time tuple as the C struct (CPython: gettmarg). Keeps the zone text alive beside it.
struct Tm {
    tm: libc::tm,
    _zone: Option<std::ffi::CString>,
}
fn tm_arg(v: Ref, function: &str) -> PyResult<Tm> {
    if !v.ty().has(type_flag::TUPLE) {
        return exc::type_error(format_args!("Tuple or struct_time argument required"));
    }
    let bad = || exc::type_error(format_args!("{function}(): illegal time tuple argument"));
    if types::tuple::len(v) != 9 {
        return bad();
    }
    let mut n = [0i32; 9];
    for (i, slot) in n.iter_mut().enumerate() {
        let item = types::tuple::get(v, i);
        if item.ty().slots().nb_index.is_none() {
            return bad();
        }
        *slot = convert::c_int(item)?;
    }
    if n[0] < i32::MIN + 1900 {
        return exc::overflow_error(format_args!("year out of range"));
    }
    // SAFETY: zeroed plain data.
    let mut tm: libc::tm = unsafe { core::mem::zeroed() };
    tm.tm_year = n[0] - 1900;
    tm.tm_mon = n[1].wrapping_sub(1);
    tm.tm_mday = n[2];
    tm.tm_hour = n[3];
    tm.tm_min = n[4];
    tm.tm_sec = n[5];
    tm.tm_wday = n[6].wrapping_add(1).wrapping_rem(7);
    tm.tm_yday = n[7].wrapping_sub(1);
    tm.tm_isdst = n[8];
    let mut kept = None;
    if core::ptr::eq(v.ty(), &STRUCT_TIME_TYPE) {
        let z = structseq::item(v, 9);
        if os_call::is_str(z.r())
            && let Ok(c) = std::ffi::CString::new(os_call::fs_encode(z.r())?)
        {
            tm.tm_zone = c.as_ptr();
            kept = Some(c);
        }
        let offset = structseq::item(v, 10);
        if !offset.r().is_none() {
            tm.tm_gmtoff = int::as_i64(offset.r())?;
        }
    }
    Ok(Tm { tm, _zone: kept })
}
/// CPython: checktm. Zero months, days and days of the year stand for the first.
fn check_tm(tm: &mut libc::tm) -> PyResult<()> {
    let wrong = |what: &str| exc::value_error(format_args!("{what} out of range"));
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    } else if !(0..=11).contains(&tm.tm_mon) {
        return wrong("month");
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    } else if !(1..=31).contains(&tm.tm_mday) {
        return wrong("day of month");
    }
    if !(0..=23).contains(&tm.tm_hour) {
        return wrong("hour");
    }
    if !(0..=59).contains(&tm.tm_min) {
        return wrong("minute");
    }
    if !(0..=61).contains(&tm.tm_sec) {
        return wrong("seconds");
    }
    if tm.tm_wday < 0 {
        return wrong("day of week");
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    } else if !(0..=365).contains(&tm.tm_yday) {
        return wrong("day of year");
    }
    Ok(())
}

fn asctime(tm: &libc::tm) -> Own {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    Own::str(&format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday as usize % 7],
        MONTHS[tm.tm_mon as usize % 12],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        tm.tm_year as i64 + 1900
    ))
}

fn strftime(b: &Bound) -> PyResult {
    let format = b.arg(0);
    if !os_call::is_str(format) {
        return exc::type_error(format_args!(
            "strftime() argument 1 must be str, not {}",
            convert::type_name(format)
        ));
    }
    let mut t = match b.get(1) {
        Some(v) => tm_arg(v, "strftime")?,
        None => Tm {
            tm: broken_down(time_arg(None)?, true)?,
            _zone: None,
        },
    };
    check_tm(&mut t.tm)?;
    t.tm.tm_isdst = t.tm.tm_isdst.clamp(-1, 1);
    let text = surrogate_utf8(format);
    let mut out = Vec::new();
    for (i, piece) in text.split(|c| *c == 0).enumerate() {
        if i > 0 {
            out.push(0);
        }
        if piece.is_empty() {
            continue;
        }
        // A leading mark tells an empty result from a buffer that is too small.
        let mut c = vec![b'x'];
        c.extend_from_slice(piece);
        c.push(0);
        let mut size = 1024;
        loop {
            let mut buf: Vec<u8> = vec![0; size];
            // SAFETY: the buffer's size is given; the format ends with NUL.
            let n = unsafe { libc::strftime(buf.as_mut_ptr().cast(), size, c.as_ptr().cast(), &t.tm) };
            if n > 0 {
                out.extend_from_slice(&buf[1..n]);
                break;
            }
            if size > 256 * c.len() + 4096 {
                return exc::memory_error();
            }
            size *= 2;
        }
    }
    pyaot_core::codecs::decode_utf8(&out, Some("surrogatepass"))
}
fn surrogate_utf8(s: Ref) -> Vec<u8> {
    let u = str_::units(s);
    match pyaot_text::codec::encode(
        u,
        pyaot_text::codec::Encoding::Utf8,
        pyaot_text::codec::Handler::SurrogatePass,
        &|_| None,
    ) {
        Ok(v) => v,
        Err(_) => str_::to_string_lossy(s).into_bytes(),
    }
}

fn mktime(v: Ref) -> PyResult {
    let mut t = tm_arg(v, "mktime")?.tm;
    t.tm_wday = -1;
    // SAFETY: plain data.
    let r = unsafe { libc::mktime(&mut t) };
    if r == -1 && t.tm_wday == -1 {
        return exc::overflow_error(format_args!("mktime argument out of range"));
    }
    Ok(Own::float(r as f64))
}

/// CPython: pysleep. Signal handlers run in between; the rest of the time is slept again.
fn sleep(v: Ref) -> PyResult {
    let ns = nanoseconds(v, Round::Ceiling, true)?;
    if ns < 0 {
        return exc::value_error(format_args!("sleep length must be non-negative"));
    }
    let Some(end) = clock_ns(libc::CLOCK_MONOTONIC)?.checked_add(ns) else {
        return exc::overflow_error(format_args!("timestamp out of range for C PyTime_t"));
    };
    let t = libc::timespec {
        tv_sec: end / SECOND,
        tv_nsec: end % SECOND,
    };
    loop {
        // SAFETY: plain data.
        match unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &t, core::ptr::null_mut()) } {
            0 => return Ok(Own::none()),
            libc::EINTR => exec::run_pending()?,
            e => return raise_errno(e, None, None),
        }
    }
}

fn clock_arg(v: Ref) -> PyResult<libc::clockid_t> {
    convert::c_int(v)
}

fn clock_info(v: Ref) -> PyResult {
    if !os_call::is_str(v) {
        return exc::type_error(format_args!(
            "get_clock_info() argument 1 must be str, not {}",
            convert::type_name(v)
        ));
    }
    let name = str_::to_string_lossy(v);
    let (clock, text, monotonic) = match name.as_str() {
        "time" => (libc::CLOCK_REALTIME, "CLOCK_REALTIME", false),
        "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true),
        "process_time" => (libc::CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID", true),
        "thread_time" => (libc::CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID", true),
        _ => return exc::value_error(format_args!("unknown clock")),
    };
    namespace::new(&[
        ("implementation", Own::str(&format!("clock_gettime({text})"))),
        ("monotonic", Own::bool(monotonic)),
        ("adjustable", Own::bool(!monotonic)),
        ("resolution", resolution(clock)?),
    ])
}
fn resolution(clock: libc::clockid_t) -> PyResult {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: filled by the call.
    if unsafe { libc::clock_getres(clock, &mut t) } != 0 {
        return os_call::raise_last();
    }
    Ok(Own::float(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9))
}

/// `tzname`, `timezone`, `altzone`, `daylight` from the zone in January and July (CPython: init_timezone).
fn add_zone(m: Ref) -> PyResult<()> {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let start = clock_ns(libc::CLOCK_REALTIME)? / SECOND / YEAR * YEAR;
    let (january, july) = (broken_down(start, true)?, broken_down(start + YEAR / 2, true)?);
    let (a, b) = (-january.tm_gmtoff, -july.tm_gmtoff);
    let (standard, summer) = if a < b {
        ((b, zone(&july)), (a, zone(&january)))
    } else {
        ((a, zone(&january)), (b, zone(&july)))
    };
    module::add(m, "timezone", Own::int(standard.0))?;
    module::add(m, "altzone", Own::int(summer.0))?;
    module::add(m, "daylight", Own::int((a != b) as i64))?;
    let names = types::tuple::try_from_vec(vec![Own::str(&standard.1), Own::str(&summer.1)])?;
    module::add(m, "tzname", names)
}
unsafe extern "C" {
    fn tzset();
    fn pthread_getcpuclockid(thread: libc::pthread_t, clock: *mut libc::clockid_t) -> i32;
}

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("time()"), |_| Ok(seconds(clock_ns(libc::CLOCK_REALTIME)?))),
    noargs(sig!("time_ns()"), |_| Ok(Own::int(clock_ns(libc::CLOCK_REALTIME)?))),
    noargs(sig!("monotonic()"), |_| Ok(seconds(clock_ns(libc::CLOCK_MONOTONIC)?))),
    noargs(sig!("monotonic_ns()"), |_| {
        Ok(Own::int(clock_ns(libc::CLOCK_MONOTONIC)?))
    }),
    noargs(sig!("perf_counter()"), |_| {
        Ok(seconds(clock_ns(libc::CLOCK_MONOTONIC)?))
    }),
    noargs(sig!("perf_counter_ns()"), |_| {
        Ok(Own::int(clock_ns(libc::CLOCK_MONOTONIC)?))
    }),
    noargs(sig!("process_time()"), |_| {
        Ok(seconds(clock_ns(libc::CLOCK_PROCESS_CPUTIME_ID)?))
    }),
    noargs(sig!("process_time_ns()"), |_| {
        Ok(Own::int(clock_ns(libc::CLOCK_PROCESS_CPUTIME_ID)?))
    }),
    noargs(sig!("thread_time()"), |_| {
        Ok(seconds(clock_ns(libc::CLOCK_THREAD_CPUTIME_ID)?))
    }),
    noargs(sig!("thread_time_ns()"), |_| {
        Ok(Own::int(clock_ns(libc::CLOCK_THREAD_CPUTIME_ID)?))
    }),
    one(sig!("clock_gettime(clk_id, /)"), |_, v| {
        Ok(seconds(clock_ns(clock_arg(v)?)?))
    }),
    one(sig!("clock_gettime_ns(clk_id, /)"), |_, v| {
        Ok(Own::int(clock_ns(clock_arg(v)?)?))
    }),
    one(sig!("clock_getres(clk_id, /)"), |_, v| resolution(clock_arg(v)?)),
    bound(sig!("clock_settime(clk_id, time, /)"), |_, b| {
        set_clock(clock_arg(b.arg(0))?, nanoseconds(b.arg(1), Round::Up, false)?)
    }),
    bound(sig!("clock_settime_ns(clk_id, time, /)"), |_, b| {
        set_clock(clock_arg(b.arg(0))?, int::as_i64(b.arg(1))?)
    }),
    one(sig!("pthread_getcpuclockid(thread_id, /)"), |_, v| {
        let mut clock = 0;
        // SAFETY: the caller names a living thread, as in C.
        let e = unsafe { pthread_getcpuclockid(int::as_i64(v)? as libc::pthread_t, &mut clock) };
        if e != 0 {
            return raise_errno(e, None, None);
        }
        Ok(Own::int(clock as i64))
    }),
    one(sig!("sleep(seconds, /)"), |_, v| sleep(v)),
    bound(sig!("gmtime(seconds=None, /)"), |_, b| {
        let tm = broken_down(time_arg(b.get(0))?, false)?;
        struct_time(&tm, &zone(&tm))
    }),
    bound(sig!("localtime(seconds=None, /)"), |_, b| {
        let tm = broken_down(time_arg(b.get(0))?, true)?;
        struct_time(&tm, &zone(&tm))
    }),
    bound(sig!("asctime(time_tuple=None, /)"), |_, b| match b.get(0) {
        Some(v) => {
            let mut t = tm_arg(v, "asctime")?.tm;
            check_tm(&mut t)?;
            Ok(asctime(&t))
        }
        None => Ok(asctime(&broken_down(time_arg(None)?, true)?)),
    }),
    bound(sig!("ctime(seconds=None, /)"), |_, b| {
        Ok(asctime(&broken_down(time_arg(b.get(0))?, true)?))
    }),
    one(sig!("mktime(time_tuple, /)"), |_, v| mktime(v)),
    bound(sig!("strftime(format, time_tuple=None, /)"), |_, b| strftime(b)),
    raw(sig!("strptime(string, format='%a %b %d %H:%M:%S %Y', /)"), |_, a| {
        let m = pyaot_core::import::import_module("_strptime")?;
        let f = protocol::get_attr(m.r(), istr!("_strptime_time"))?;
        call::call(f.r(), a)
    }),
    one(sig!("get_clock_info(name, /)"), |_, v| clock_info(v)),
    noargs(sig!("tzset()"), |m| {
        // SAFETY: reads the environment; the GIL keeps others from changing it.
        unsafe { tzset() };
        add_zone(m)?;
        Ok(Own::none())
    }),
];

fn set_clock(clock: libc::clockid_t, ns: i64) -> PyResult {
    let t = libc::timespec {
        tv_sec: ns.div_euclid(SECOND),
        tv_nsec: ns.rem_euclid(SECOND),
    };
    // SAFETY: plain data.
    if unsafe { libc::clock_settime(clock, &t) } != 0 {
        return os_call::raise_last();
    }
    Ok(Own::none())
}

pub fn make() -> PyResult {
    let m = module::new("time")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    pyaot_core::typeobj::ready(&STRUCT_TIME_TYPE);
    module::add(m.r(), "struct_time", STRUCT_TIME_TYPE.own())?;
    module::add(m.r(), "_STRUCT_TM_ITEMS", Own::int(11))?;
    for (name, clock) in [
        ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
        ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
        ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
        ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
        ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
        ("CLOCK_TAI", libc::CLOCK_TAI),
    ] {
        module::add(m.r(), name, Own::int(clock as i64))?;
    }
    add_zone(m.r())?;
    Ok(m)
}
