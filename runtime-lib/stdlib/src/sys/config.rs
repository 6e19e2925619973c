//! What the environment and the build say about the process: `PYTHON…` variables, `-W`, `-X` and `-O` of the build
//! (CPython: Python/initconfig.c, preconfig.c). Bad values end the process as they end CPython.
use pyaot_core::entry::program;
use pyaot_core::types::int;
use std::cell::RefCell;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

#[derive(Clone, Default)]
pub struct Config {
    pub argv: Vec<Vec<u8>>,
    pub utf8_mode: bool,
    pub unbuffered: bool,
    /// Encoding and error handler of the standard streams.
    pub stdio_encoding: String,
    pub stdio_errors: String,
    pub warn_options: Vec<String>,
    /// `-X` names with their values.
    pub x_options: Vec<(String, Option<String>)>,
    pub optimize: u32,
    pub dev_mode: bool,
    pub hash_randomization: bool,
    pub int_max_str_digits: usize,
}

struct State(RefCell<Option<Config>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State(RefCell::new(None));

/// The configuration; made at the first call.
pub fn get() -> Config {
    STATE.0.borrow_mut().get_or_insert_with(read).clone()
}
pub fn utf8_mode() -> bool {
    STATE.0.borrow_mut().get_or_insert_with(read).utf8_mode
}

/// PYTHONIOENCODING names no codec (CPython: Python/initconfig.c, config_get_codec_name).
pub fn unknown_stdio_encoding(name: &str) -> ! {
    let message = "failed to get the Python codec name of the stdio encoding";
    let state = format!("core initialized\nLookupError: unknown encoding: {name}");
    fatal("init_stdio_encoding", &state, message)
}
fn fatal(function: &str, state: &str, message: &str) -> ! {
    eprintln!("Fatal Python error: {function}: {message}\nPython runtime state: {state}\n");
    std::process::exit(1)
}
/// A variable that is set and not empty.
fn env(name: &str) -> Option<String> {
    let v = std::env::var_os(name)?;
    let v = String::from_utf8_lossy(v.as_bytes()).into_owned();
    (!v.is_empty()).then_some(v)
}

/// Options of the build, each with its letter in front.
fn build_options() -> Vec<String> {
    let mut all = Vec::new();
    let Some(p) = program::program() else { return all };
    let mut at = p.options;
    while !at.is_null() {
        // SAFETY: NUL-terminated texts, ended by an empty one.
        let text = unsafe { std::ffi::CStr::from_ptr(at.cast()) };
        if text.is_empty() {
            break;
        }
        all.push(text.to_string_lossy().into_owned());
        // SAFETY: the next text stands behind the NUL.
        at = unsafe { at.add(text.to_bytes().len() + 1) };
    }
    all
}

/// The name of the LC_CTYPE locale that the environment asks for.
fn locale() -> String {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|n| env(n))
        .unwrap_or_else(|| "C".to_owned())
}

fn read() -> Config {
    let mut c = Config {
        argv: std::env::args_os().map(|a| a.into_vec()).collect(),
        stdio_encoding: "utf-8".to_owned(),
        int_max_str_digits: 4300,
        ..Config::default()
    };
    c.optimize = program::program().map_or(0, |p| p.optimize);
    let mut build_warnings = Vec::new();
    for o in build_options() {
        let Some((letter, rest)) = o.split_at_checked(1) else {
            continue;
        };
        match letter {
            "W" => build_warnings.push(rest.to_owned()),
            "X" => c.x_options.push(match rest.split_once('=') {
                Some((k, v)) => (k.to_owned(), Some(v.to_owned())),
                None => (rest.to_owned(), None),
            }),
            _ => {}
        }
    }
    let x = |name: &str| {
        c.x_options
            .iter()
            .rev()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.clone())
    };
    c.dev_mode = x("dev").is_some() || env("PYTHONDEVMODE").is_some();
    let locale = locale();
    c.utf8_mode = match (x("utf8"), env("PYTHONUTF8").as_deref()) {
        (Some(None), _) => true,
        (Some(Some(v)), _) if v == "1" || v == "0" => v == "1",
        (Some(Some(_)), _) => fatal(
            "preconfig_init_utf8_mode",
            "preinitializing",
            "invalid -X utf8 option value",
        ),
        (None, Some("1")) => true,
        (None, Some("0")) => false,
        (None, Some(_)) => fatal(
            "preconfig_init_utf8_mode",
            "preinitializing",
            "invalid PYTHONUTF8 environment variable value",
        ),
        // CPython: Python/preconfig.c, preconfig_init_utf8_mode.
        (None, None) => matches!(locale.as_str(), "C" | "POSIX"),
    };
    let legacy = matches!(locale.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8");
    c.stdio_errors = if legacy || c.utf8_mode {
        "surrogateescape"
    } else {
        "strict"
    }
    .to_owned();
    if let Some(v) = env("PYTHONIOENCODING") {
        let (encoding, errors) = v.split_once(':').unwrap_or((&v, ""));
        if !encoding.is_empty() {
            c.stdio_encoding = codec_name(encoding);
            c.stdio_errors = "strict".to_owned();
        }
        if !errors.is_empty() {
            c.stdio_errors = errors.to_owned();
        }
    }
    c.unbuffered = env("PYTHONUNBUFFERED").is_some();
    if c.dev_mode {
        c.warn_options.push("default".to_owned());
    }
    if let Some(v) = env("PYTHONWARNINGS") {
        c.warn_options.extend(v.split(',').map(str::to_owned));
    }
    c.warn_options.extend(build_warnings);
    c.hash_randomization = env("PYTHONHASHSEED").is_none_or(|v| v != "0");
    let digits = match (x("int_max_str_digits"), env("PYTHONINTMAXSTRDIGITS")) {
        (Some(v), _) => Some((
            v.unwrap_or_default(),
            "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.",
        )),
        (None, Some(v)) => Some((
            v,
            "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.",
        )),
        _ => None,
    };
    if let Some((text, message)) = digits {
        match text.parse::<i32>() {
            Ok(n) if n == 0 || n >= 640 => c.int_max_str_digits = n as usize,
            _ => fatal("config_init_int_max_str_digits", "preinitialized", message),
        }
    }
    c
}

/// Hands the settings to the parts of the runtime that they are for.
pub fn apply(c: &Config) {
    int::convert::set_max_str_digits(c.int_max_str_digits);
    pyaot_core::codecs::set_check_names(c.dev_mode);
}

/// The codec's own name: `sys.stdout.encoding` of `PYTHONIOENCODING=UTF8` is "utf-8".
fn codec_name(name: &str) -> String {
    use pyaot_text::codec::Encoding;
    match crate::io::text_codec::native(name) {
        Some(Encoding::Latin1) => "iso8859-1".to_owned(),
        Some(e) => match e.encode_name() {
            "utf-16-le" if name.to_ascii_lowercase().replace(['-', '_'], "") == "utf16" => "utf-16".to_owned(),
            n => n.to_owned(),
        },
        None => name.to_owned(),
    }
}

/// Whether text on `fd` may be coloured (CPython: Lib/_colorize.py, can_colorize).
pub fn can_colour(fd: i32) -> bool {
    match env("PYTHON_COLORS").as_deref() {
        Some("0") => return false,
        Some("1") => return true,
        _ => {}
    }
    if env("NO_COLOR").is_some() {
        return false;
    }
    if env("FORCE_COLOR").is_some() {
        return true;
    }
    if env("TERM").as_deref() == Some("dumb") {
        return false;
    }
    // SAFETY: any descriptor may be asked.
    unsafe { libc::isatty(fd) == 1 }
}
