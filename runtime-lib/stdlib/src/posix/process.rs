//! Processes: identity, fork and exec, waiting, signals, scheduling, limits and facts about the system.
use super::stat::{done, gid, uid};
use super::{path, tables};
use crate::os_call::{self, Path, check, fs_decode, fs_path, raise_last};
use crate::structseq;
use pyaot_core::call;
use pyaot_core::call::convert::c_int;
use pyaot_core::exc::os_error::{last_errno, raise_errno, strerror};
use pyaot_core::prelude::*;
use pyaot_core::types::{self, bytes, int};
use pyaot_core::{exec, istr};

crate::structseq!(UNAME_RESULT_TYPE, UNAME_RESULT, "posix.uname_result", 0, 5, "uname_result: Result from os.uname().", [
    0 "sysname", 1 "nodename", 2 "release", 3 "version", 4 "machine",
]);
crate::structseq!(TIMES_RESULT_TYPE, TIMES_RESULT, "posix.times_result", 0, 5, "times_result: Result from os.times().", [
    0 "user", 1 "system", 2 "children_user", 3 "children_system", 4 "elapsed",
]);
crate::structseq!(WAITID_RESULT_TYPE, WAITID_RESULT, "posix.waitid_result", 0, 5, "waitid_result: Result from waitid.", [
    0 "si_pid", 1 "si_uid", 2 "si_signo", 3 "si_status", 4 "si_code",
]);
crate::structseq!(SCHED_PARAM_TYPE, SCHED_PARAM, "posix.sched_param", 0, 1, "Currently has only one field: sched_priority", [
    0 "sched_priority",
]);
crate::structseq!(RUSAGE_TYPE, RUSAGE, "resource.struct_rusage", 0, 16, "struct_rusage: Result from getrusage.", [
    0 "ru_utime", 1 "ru_stime", 2 "ru_maxrss", 3 "ru_ixrss", 4 "ru_idrss", 5 "ru_isrss", 6 "ru_minflt", 7 "ru_majflt",
    8 "ru_nswap", 9 "ru_inblock", 10 "ru_oublock", 11 "ru_msgsnd", 12 "ru_msgrcv", 13 "ru_nsignals", 14 "ru_nvcsw",
    15 "ru_nivcsw",
]);

struct State {
    before: RefCell<Vec<Own>>,
    in_parent: RefCell<Vec<Own>>,
    in_child: RefCell<Vec<Own>>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    before: RefCell::new(Vec::new()),
    in_parent: RefCell::new(Vec::new()),
    in_child: RefCell::new(Vec::new()),
};

fn run_hooks(list: &RefCell<Vec<Own>>, backwards: bool) {
    let mut all = list.borrow().clone();
    if backwards {
        all.reverse();
    }
    for f in all {
        if call::call0(f.r()).is_err() {
            exc::unraisable::write("Exception ignored in", Some(f.r()));
        }
    }
}
fn register_at_fork(b: &Bound) -> PyResult {
    let names = ["before", "after_in_child", "after_in_parent"];
    let all = [&STATE.before, &STATE.in_child, &STATE.in_parent];
    if (0..3).all(|i| b.get(i).is_none()) {
        return exc::type_error(format_args!("At least one argument is required."));
    }
    for (i, list) in all.iter().enumerate() {
        if let Some(f) = b.get(i) {
            if f.ty().head.vectorcall.get().is_none() {
                return exc::type_error(format_args!("'{}' must be callable, not {}", names[i], f.ty().name()));
            }
            list.borrow_mut().push(f.own());
        }
    }
    Ok(Own::none())
}
fn fork() -> PyResult {
    run_hooks(&STATE.before, true);
    // SAFETY: the process has one thread that runs Python code; the child goes on with a copy of everything.
    let pid = unsafe { libc::fork() };
    let e = last_errno();
    match pid {
        0 => run_hooks(&STATE.in_child, false),
        _ => run_hooks(&STATE.in_parent, false),
    }
    if pid < 0 {
        raise_errno(e, None, None)
    } else {
        Ok(Own::int(pid as i64))
    }
}

/// Arguments of exec: at least one, the first not empty.
fn arguments(v: Ref, function: &str) -> PyResult<Vec<Path>> {
    if !v.ty().has(type_flag::LIST) && !v.ty().has(type_flag::TUPLE) {
        return exc::type_error(format_args!("{function}() arg 2 must be a tuple or list"));
    }
    let list = types::list::from_iterable(v)?;
    let items = types::list::snapshot(list.r());
    if items.is_empty() {
        return exc::value_error(format_args!("{function}() arg 2 must not be empty"));
    }
    let all = items.iter().map(|i| fs_path(i.r())).collect::<PyResult<Vec<Path>>>()?;
    if all[0].c.is_empty() {
        return exc::value_error(format_args!("{function}() arg 2 first element cannot be empty"));
    }
    Ok(all)
}
fn pointers(all: &[std::ffi::CString]) -> Vec<*const libc::c_char> {
    all.iter().map(|c| c.as_ptr()).chain([core::ptr::null()]).collect()
}
/// `KEY=value` texts of a mapping.
fn environment(v: Ref) -> PyResult<Vec<std::ffi::CString>> {
    let keys = protocol::get_attr_opt(v, istr!("keys"))?;
    let Some(keys) = keys else {
        return exc::type_error(format_args!("execve: environment must be a mapping object"));
    };
    let keys = call::call0(keys.r())?;
    let keys = types::list::from_iterable(keys.r())?;
    let mut all = Vec::new();
    for k in types::list::snapshot(keys.r()) {
        let value = protocol::get_item(v, k.r())?;
        let (k, value) = (fs_path(k.r())?, fs_path(value.r())?);
        if k.c.is_empty() || k.c.as_bytes()[1..].contains(&b'=') {
            return exc::value_error(format_args!("illegal environment variable name"));
        }
        let mut text = k.c.into_bytes();
        text.push(b'=');
        text.extend_from_slice(value.c.as_bytes());
        match std::ffi::CString::new(text) {
            Ok(c) => all.push(c),
            Err(_) => return exc::value_error(format_args!("embedded null byte")),
        }
    }
    Ok(all)
}

fn wait_status(pid: i32, options: i32) -> PyResult<(i32, i32)> {
    let mut status = 0;
    // SAFETY: filled by the call.
    let r = check(|| unsafe { libc::waitpid(pid, &mut status, options) } as isize)?;
    Ok((r as i32, status))
}
fn pair(a: i64, b: i64) -> PyResult {
    types::tuple::try_from_vec(vec![Own::int(a), Own::int(b)])
}
pub fn rusage(u: &libc::rusage) -> PyResult {
    let t = |t: libc::timeval| Own::float(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut v = vec![t(u.ru_utime), t(u.ru_stime)];
    let rest = [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ];
    v.extend(rest.iter().map(|n| Own::int(*n)));
    structseq::new(&RUSAGE, v)
}
fn wait4(pid: i32, options: i32) -> PyResult {
    let mut status = 0;
    // SAFETY: zeroed plain data, filled by the call.
    let mut u: libc::rusage = unsafe { core::mem::zeroed() };
    let r = check(|| unsafe { libc::wait4(pid, &mut status, options, &mut u) } as isize)?;
    types::tuple::try_from_vec(vec![Own::usize(r), Own::int(status as i64), rusage(&u)?])
}

fn uname() -> PyResult {
    // SAFETY: zeroed plain data, filled by the call.
    let mut u: libc::utsname = unsafe { core::mem::zeroed() };
    if unsafe { libc::uname(&mut u) } < 0 {
        return raise_last();
    }
    let text = |f: &[libc::c_char]| {
        // SAFETY: the fields are NUL-terminated.
        fs_decode(unsafe { std::ffi::CStr::from_ptr(f.as_ptr()) }.to_bytes())
    };
    structseq::new(
        &UNAME_RESULT,
        vec![
            text(&u.sysname)?,
            text(&u.nodename)?,
            text(&u.release)?,
            text(&u.version)?,
            text(&u.machine)?,
        ],
    )
}
fn times() -> PyResult {
    // SAFETY: zeroed plain data, filled by the call.
    let mut t: libc::tms = unsafe { core::mem::zeroed() };
    let elapsed = unsafe { libc::times(&mut t) };
    let hz = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    let v = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed];
    structseq::new(&TIMES_RESULT, v.iter().map(|n| Own::float(*n as f64 / hz)).collect())
}

/// A value of sysconf and the like: a name of the table or a number.
fn config_name(v: Ref, table: &[(&str, i64)]) -> PyResult<i32> {
    if v.ty().slots().nb_index.is_some() && !os_call::is_str(v) {
        return c_int(v);
    }
    if !os_call::is_str(v) {
        return exc::type_error(format_args!("configuration names must be strings or integers"));
    }
    let name = str_::to_string_lossy(v);
    match table.iter().find(|(n, _)| *n == name) {
        Some((_, i)) => Ok(*i as i32),
        None => exc::value_error(format_args!("unrecognized configuration name")),
    }
}
/// -1 without an errno means "no limit".
fn config_value(f: impl FnOnce() -> i64) -> PyResult {
    // SAFETY: this thread's errno.
    unsafe { *libc::__errno_location() = 0 };
    let r = f();
    if r == -1 && last_errno() != 0 {
        raise_last()
    } else {
        Ok(Own::int(r))
    }
}

fn random(n: isize, flags: u32) -> PyResult<Vec<u8>> {
    if n < 0 {
        return exc::value_error(format_args!("negative argument not allowed"));
    }
    let mut v = Vec::new();
    if v.try_reserve_exact(n as usize).is_err() {
        return exc::memory_error();
    }
    v.resize(n as usize, 0);
    let mut done = 0;
    while done < v.len() {
        let part = (v.len() - done).min(1 << 20);
        // SAFETY: the rest of the buffer.
        done += check(|| unsafe { libc::getrandom(v.as_mut_ptr().add(done).cast(), part, flags) })?;
        if flags != 0 {
            v.truncate(done);
        }
    }
    Ok(v)
}

fn affinity(pid: i32) -> PyResult {
    // SAFETY: zeroed plain data, filled by the call.
    unsafe {
        let mut set: libc::cpu_set_t = core::mem::zeroed();
        if libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &mut set) < 0 {
            return raise_last();
        }
        let list = types::list::new()?;
        for i in 0..libc::CPU_SETSIZE as usize {
            if libc::CPU_ISSET(i, &set) {
                types::list::append(list.r(), Own::usize(i))?;
            }
        }
        crate::io::builtin_call("set", list.r())
    }
}

fn environ_name(v: Ref) -> PyResult<std::ffi::CString> {
    let p = fs_path(v)?;
    if p.c.as_bytes().contains(&b'=') {
        return exc::value_error(format_args!("illegal environment variable name"));
    }
    Ok(p.c)
}

fn get_id(f: unsafe extern "C" fn() -> libc::uid_t) -> PyResult {
    // SAFETY: plain call.
    Ok(Own::int(unsafe { f() } as i64))
}
fn groups() -> PyResult {
    // SAFETY: the first call asks for the count, the second fills the array.
    unsafe {
        let n = libc::getgroups(0, core::ptr::null_mut());
        if n < 0 {
            return raise_last();
        }
        let mut v = vec![0; n as usize];
        let n = libc::getgroups(n, v.as_mut_ptr());
        if n < 0 {
            return raise_last();
        }
        types::list::from_vec(v[..n as usize].iter().map(|g| Own::int(*g as i64)).collect())
    }
}
fn three(a: u32, b: u32, c: u32) -> PyResult {
    types::tuple::try_from_vec([a, b, c].iter().map(|n| Own::int(*n as i64)).collect())
}

macro_rules! status_test {
    ($name:literal, $f:path) => {
        bound(sig!($name), |_, b| Ok(Own::bool($f(c_int(b.arg(0))?))))
    };
}
macro_rules! status_value {
    ($name:literal, $f:path) => {
        bound(sig!($name), |_, b| Ok(Own::int($f(c_int(b.arg(0))?) as i64)))
    };
}

pub static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("_exit(status)"), |_, b| {
        let status = c_int(b.arg(0))?;
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(status) }
    }),
    noargs(sig!("abort()"), |_| {
        // SAFETY: ends the process.
        unsafe { libc::abort() }
    }),
    noargs(sig!("fork()"), |_| fork()),
    bound(
        sig!("register_at_fork(*, before=None, after_in_child=None, after_in_parent=None)"),
        |_, b| register_at_fork(b),
    ),
    bound(sig!("execv(path, argv, /)"), |_, b| {
        let p = path(b, 0, "execv", "path")?;
        let all: Vec<_> = arguments(b.arg(1), "execv")?.into_iter().map(|p| p.c).collect();
        // SAFETY: arrays that end with null.
        unsafe { libc::execv(p.ptr(), pointers(&all).as_ptr()) };
        raise_last()
    }),
    bound(sig!("execve(path, argv, env)"), |_, b| {
        let p = super::path_fd(b, 0, "execve", "path")?;
        let all: Vec<_> = arguments(b.arg(1), "execve")?.into_iter().map(|p| p.c).collect();
        let env = environment(b.arg(2))?;
        // SAFETY: arrays that end with null.
        unsafe {
            match p.fd {
                Some(fd) => libc::fexecve(fd, pointers(&all).as_ptr(), pointers(&env).as_ptr()),
                None => libc::execve(p.ptr(), pointers(&all).as_ptr(), pointers(&env).as_ptr()),
            }
        };
        raise_errno(last_errno(), Some(p.r()), None)
    }),
    bound(sig!("waitpid(pid, options, /)"), |_, b| {
        let (pid, status) = wait_status(c_int(b.arg(0))?, c_int(b.arg(1))?)?;
        pair(pid as i64, status as i64)
    }),
    noargs(sig!("wait()"), |_| {
        let (pid, status) = wait_status(-1, 0)?;
        pair(pid as i64, status as i64)
    }),
    bound(sig!("wait3(options)"), |_, b| wait4(-1, c_int(b.arg(0))?)),
    bound(sig!("wait4(pid, options)"), |_, b| {
        wait4(c_int(b.arg(0))?, c_int(b.arg(1))?)
    }),
    bound(sig!("waitid(idtype, id, options, /)"), |_, b| {
        let (kind, id, options) = (c_int(b.arg(0))?, c_int(b.arg(1))?, c_int(b.arg(2))?);
        // SAFETY: zeroed plain data, filled by the call.
        unsafe {
            let mut si: libc::siginfo_t = core::mem::zeroed();
            check(|| libc::waitid(kind as libc::idtype_t, id as u32, &mut si, options) as isize)?;
            if si.si_pid() == 0 {
                return Ok(Own::none());
            }
            structseq::new(
                &WAITID_RESULT,
                [si.si_pid(), si.si_uid() as i32, si.si_signo, si.si_status(), si.si_code]
                    .iter()
                    .map(|n| Own::int(*n as i64))
                    .collect(),
            )
        }
    }),
    bound(sig!("waitstatus_to_exitcode(status)"), |_, b| {
        let s = c_int(b.arg(0))?;
        if libc::WIFEXITED(s) {
            Ok(Own::int(libc::WEXITSTATUS(s) as i64))
        } else if libc::WIFSIGNALED(s) {
            Ok(Own::int(-libc::WTERMSIG(s) as i64))
        } else if libc::WIFSTOPPED(s) {
            exc::value_error(format_args!(
                "process stopped by delivery of signal {}",
                libc::WSTOPSIG(s)
            ))
        } else {
            exc::value_error(format_args!("invalid wait status: {s}"))
        }
    }),
    status_test!("WIFEXITED(status)", libc::WIFEXITED),
    status_test!("WIFSIGNALED(status)", libc::WIFSIGNALED),
    status_test!("WIFSTOPPED(status)", libc::WIFSTOPPED),
    status_test!("WIFCONTINUED(status)", libc::WIFCONTINUED),
    status_test!("WCOREDUMP(status)", libc::WCOREDUMP),
    status_value!("WEXITSTATUS(status)", libc::WEXITSTATUS),
    status_value!("WTERMSIG(status)", libc::WTERMSIG),
    status_value!("WSTOPSIG(status)", libc::WSTOPSIG),
    bound(sig!("kill(pid, signal, /)"), |_, b| {
        let (pid, n) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        // SAFETY: plain call.
        if unsafe { libc::kill(pid, n) } < 0 {
            return raise_last();
        }
        exec::run_pending()?;
        Ok(Own::none())
    }),
    bound(sig!("killpg(pgid, signal, /)"), |_, b| {
        let (pid, n) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        // SAFETY: plain call.
        if unsafe { libc::killpg(pid, n) } < 0 {
            return raise_last();
        }
        exec::run_pending()?;
        Ok(Own::none())
    }),
    bound(sig!("system(command)"), |_, b| {
        let p = fs_path(b.arg(0))?;
        // SAFETY: a command that ends with NUL.
        Ok(Own::int(unsafe { libc::system(p.ptr()) } as i64))
    }),
    // SAFETY (the plain questions below): calls without arguments that cannot fail.
    noargs(sig!("getpid()"), |_| Ok(Own::int(unsafe { libc::getpid() } as i64))),
    noargs(sig!("getppid()"), |_| Ok(Own::int(unsafe { libc::getppid() } as i64))),
    noargs(sig!("getpgrp()"), |_| Ok(Own::int(unsafe { libc::getpgrp() } as i64))),
    noargs(sig!("getuid()"), |_| get_id(libc::getuid)),
    noargs(sig!("geteuid()"), |_| get_id(libc::geteuid)),
    noargs(sig!("getgid()"), |_| get_id(libc::getgid)),
    noargs(sig!("getegid()"), |_| get_id(libc::getegid)),
    noargs(sig!("getgroups()"), |_| groups()),
    noargs(sig!("getresuid()"), |_| {
        let (mut a, mut b, mut c) = (0, 0, 0);
        // SAFETY: filled by the call.
        if unsafe { libc::getresuid(&mut a, &mut b, &mut c) } < 0 {
            raise_last()
        } else {
            three(a, b, c)
        }
    }),
    noargs(sig!("getresgid()"), |_| {
        let (mut a, mut b, mut c) = (0, 0, 0);
        // SAFETY: filled by the call.
        if unsafe { libc::getresgid(&mut a, &mut b, &mut c) } < 0 {
            raise_last()
        } else {
            three(a, b, c)
        }
    }),
    // SAFETY (the setters below): plain calls.
    one(sig!("setuid(uid, /)"), |_, v| {
        done(unsafe { libc::setuid(uid(v)?) }, None)
    }),
    one(sig!("seteuid(euid, /)"), |_, v| {
        done(unsafe { libc::seteuid(uid(v)?) }, None)
    }),
    one(sig!("setgid(gid, /)"), |_, v| {
        done(unsafe { libc::setgid(gid(v)?) }, None)
    }),
    one(sig!("setegid(egid, /)"), |_, v| {
        done(unsafe { libc::setegid(gid(v)?) }, None)
    }),
    bound(sig!("setreuid(ruid, euid, /)"), |_, b| {
        done(unsafe { libc::setreuid(uid(b.arg(0))?, uid(b.arg(1))?) }, None)
    }),
    bound(sig!("setregid(rgid, egid, /)"), |_, b| {
        done(unsafe { libc::setregid(gid(b.arg(0))?, gid(b.arg(1))?) }, None)
    }),
    bound(sig!("setresuid(ruid, euid, suid, /)"), |_, b| {
        done(
            unsafe { libc::setresuid(uid(b.arg(0))?, uid(b.arg(1))?, uid(b.arg(2))?) },
            None,
        )
    }),
    bound(sig!("setresgid(rgid, egid, sgid, /)"), |_, b| {
        done(
            unsafe { libc::setresgid(gid(b.arg(0))?, gid(b.arg(1))?, gid(b.arg(2))?) },
            None,
        )
    }),
    one(sig!("setgroups(groups, /)"), |_, v| {
        let list = types::list::from_iterable(v)?;
        let all = types::list::snapshot(list.r())
            .iter()
            .map(|g| gid(g.r()))
            .collect::<PyResult<Vec<u32>>>()?;
        done(unsafe { libc::setgroups(all.len(), all.as_ptr()) }, None)
    }),
    one(sig!("getpgid(pid)"), |_, v| {
        let r = unsafe { libc::getpgid(c_int(v)?) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    one(sig!("getsid(pid, /)"), |_, v| {
        let r = unsafe { libc::getsid(c_int(v)?) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    noargs(sig!("setsid()"), |_| done(unsafe { libc::setsid() }, None)),
    noargs(sig!("setpgrp()"), |_| done(unsafe { libc::setpgid(0, 0) }, None)),
    bound(sig!("setpgid(pid, pgrp, /)"), |_, b| {
        done(unsafe { libc::setpgid(c_int(b.arg(0))?, c_int(b.arg(1))?) }, None)
    }),
    one(sig!("nice(increment, /)"), |_, v| {
        let n = c_int(v)?;
        config_value(|| unsafe { libc::nice(n) } as i64)
    }),
    bound(sig!("getpriority(which, who)"), |_, b| {
        let (which, who) = (c_int(b.arg(0))?, c_int(b.arg(1))?);
        config_value(|| unsafe { libc::getpriority(which as u32, who as u32) } as i64)
    }),
    bound(sig!("setpriority(which, who, priority)"), |_, b| {
        let (which, who, p) = (c_int(b.arg(0))?, c_int(b.arg(1))?, c_int(b.arg(2))?);
        done(unsafe { libc::setpriority(which as u32, who as u32, p) }, None)
    }),
    noargs(sig!("getlogin()"), |_| {
        let mut buf = [0u8; 256];
        match unsafe { getlogin_r(buf.as_mut_ptr().cast(), buf.len()) } {
            0 => fs_decode(&buf[..buf.iter().position(|c| *c == 0).unwrap_or(0)]),
            e => raise_errno(e, None, None),
        }
    }),
    noargs(sig!("getloadavg()"), |_| {
        let mut v = [0f64; 3];
        if unsafe { libc::getloadavg(v.as_mut_ptr(), 3) } != 3 {
            return exc::raise(&exc::types::OS_ERROR, format_args!("Load averages are unobtainable"));
        }
        types::tuple::try_from_vec(v.iter().map(|f| Own::float(*f)).collect())
    }),
    noargs(sig!("uname()"), |_| uname()),
    noargs(sig!("times()"), |_| times()),
    noargs(sig!("cpu_count()"), |_| {
        let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
        Ok(if n < 1 { Own::none() } else { Own::int(n) })
    }),
    noargs(sig!("sched_yield()"), |_| done(unsafe { libc::sched_yield() }, None)),
    one(sig!("sched_get_priority_max(policy)"), |_, v| {
        let r = unsafe { libc::sched_get_priority_max(c_int(v)?) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    one(sig!("sched_get_priority_min(policy)"), |_, v| {
        let r = unsafe { libc::sched_get_priority_min(c_int(v)?) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    one(sig!("sched_getscheduler(pid, /)"), |_, v| {
        let r = unsafe { libc::sched_getscheduler(c_int(v)?) };
        if r < 0 { raise_last() } else { Ok(Own::int(r as i64)) }
    }),
    one(sig!("sched_getaffinity(pid, /)"), |_, v| affinity(c_int(v)?)),
    bound(sig!("sched_setaffinity(pid, mask, /)"), |_, b| {
        let pid = c_int(b.arg(0))?;
        // SAFETY: plain data and calls.
        unsafe {
            let mut set: libc::cpu_set_t = core::mem::zeroed();
            let it = protocol::iter(b.arg(1))?;
            while let Some(i) = protocol::next(it.r())? {
                let i = int::as_i64(i.r())?;
                if i < 0 {
                    return exc::value_error(format_args!("negative CPU number"));
                }
                if i < libc::CPU_SETSIZE as i64 {
                    libc::CPU_SET(i as usize, &mut set);
                }
            }
            done(libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &set), None)
        }
    }),
    one(sig!("sysconf(name, /)"), |_, v| {
        let n = config_name(v, tables::SYSCONF)?;
        config_value(|| unsafe { libc::sysconf(n) })
    }),
    one(sig!("confstr(name, /)"), |_, v| {
        let n = config_name(v, tables::CONFSTR)?;
        let mut buf = vec![0u8; 4096];
        let got = unsafe { libc::confstr(n, buf.as_mut_ptr().cast(), buf.len()) };
        if got == 0 {
            return Ok(Own::none());
        }
        fs_decode(&buf[..got.saturating_sub(1).min(buf.len())])
    }),
    bound(sig!("pathconf(path, name)"), |_, b| {
        let p = super::path_fd(b, 0, "pathconf", "path")?;
        let n = config_name(b.arg(1), tables::PATHCONF)?;
        config_value(|| match p.fd {
            Some(fd) => unsafe { libc::fpathconf(fd, n) },
            None => unsafe { libc::pathconf(p.ptr(), n) },
        })
    }),
    bound(sig!("fpathconf(fd, name, /)"), |_, b| {
        let fd = c_int(b.arg(0))?;
        let n = config_name(b.arg(1), tables::PATHCONF)?;
        config_value(|| unsafe { libc::fpathconf(fd, n) })
    }),
    one(sig!("urandom(size, /)"), |_, v| {
        bytes::from_slice(&random(int::as_isize(v)?, 0)?)
    }),
    bound(sig!("getrandom(size, flags=0)"), |_, b| {
        let flags = b.get(1).map_or(Ok(0), c_int)?;
        let n = int::as_isize(b.arg(0))?;
        if n < 0 {
            return raise_errno(libc::EINVAL, None, None);
        }
        bytes::from_slice(&random(n, flags as u32)?)
    }),
    one(sig!("strerror(code, /)"), |_, v| Ok(Own::str(&strerror(c_int(v)?)))),
    bound(sig!("putenv(name, value, /)"), |_, b| {
        let (name, value) = (environ_name(b.arg(0))?, fs_path(b.arg(1))?);
        // SAFETY: the GIL keeps other Python threads away from the environment.
        done(unsafe { libc::setenv(name.as_ptr(), value.ptr(), 1) }, None)
    }),
    one(sig!("unsetenv(name, /)"), |_, v| {
        let name = fs_path(v)?;
        done(unsafe { libc::unsetenv(name.ptr()) }, None)
    }),
    noargs(sig!("_create_environ()"), |_| super::environ()),
    bound(sig!("getgrouplist(user, group, /)"), |_, b| {
        let user = fs_path(b.arg(0))?;
        let g = gid(b.arg(1))?;
        let mut n = 256;
        let mut v = vec![0; n as usize];
        // SAFETY: the array's size is given.
        if unsafe { libc::getgrouplist(user.ptr(), g, v.as_mut_ptr(), &mut n) } < 0 {
            return raise_last();
        }
        types::list::from_vec(v[..n as usize].iter().map(|g| Own::int(*g as i64)).collect())
    }),
    bound(sig!("pidfd_open(pid, flags=0)"), |_, b| {
        let (pid, flags) = (c_int(b.arg(0))?, b.get(1).map_or(Ok(0), c_int)?);
        // SAFETY: plain system call.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) };
        if fd < 0 { raise_last() } else { Ok(Own::int(fd)) }
    }),
    one(sig!("major(device, /)"), |_, v| {
        Ok(Own::int(libc::major(int::as_i64(v)? as u64) as i64))
    }),
    one(sig!("minor(device, /)"), |_, v| {
        Ok(Own::int(libc::minor(int::as_i64(v)? as u64) as i64))
    }),
    bound(sig!("makedev(major, minor, /)"), |_, b| {
        Ok(Own::uint(libc::makedev(
            c_int(b.arg(0))? as u32,
            c_int(b.arg(1))? as u32,
        )))
    }),
];

unsafe extern "C" {
    fn getlogin_r(name: *mut libc::c_char, size: usize) -> i32;
}
