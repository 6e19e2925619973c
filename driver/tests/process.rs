//! What a running executable does with signals, pipes, limits, environment and an empty root; kinds of executables.
//!
//! Expectations are what CPython 3.14 does with the same program in the same situation.
mod support;

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use support::compiler;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("pyaot-process.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("temporary folder");
        Folder(path)
    }

    /// Builds `source` and gives the executable's path.
    fn build(&self, name: &str, source: &str, args: &[&str]) -> PathBuf {
        let script = self.0.join(format!("{name}.py"));
        std::fs::write(&script, source).expect("temporary file");
        let out = self.0.join(name);
        let output = compiler()
            .arg("build")
            .arg(&script)
            .arg("-o")
            .arg(&out)
            .args(args)
            .output()
            .expect("pyaot runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(program: &Path, environment: &[(&str, &str)]) -> Output {
    Command::new(program)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .expect("the program runs")
}

#[test]
fn an_interrupt_ends_the_process_by_the_signal() {
    let folder = Folder::new("interrupt");
    // A signal that comes before a sleep has begun does not end it.
    let text_of_program = "import time\nprint('ready', flush=True)\nfor _ in range(600):\n    time.sleep(0.05)\n";
    let program = folder.build("wait", text_of_program, &[]);
    let mut command = Command::new(&program);
    // A test runner in the background of a shell has the signal ignored, and hands that down.
    // SAFETY: signal is async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            Ok(())
        });
    }
    let mut child = command
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut ready = [0; 6];
    child
        .stdout
        .as_mut()
        .expect("piped")
        .read_exact(&mut ready)
        .expect("a line");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill")
            .success()
    );
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.signal(), Some(2));
    assert!(
        text(&output.stderr).ends_with("KeyboardInterrupt\n"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_pipe_that_broke_at_exit_gives_120() {
    let folder = Folder::new("pipe");
    let program = folder.build("talk", "import time\nprint('x' * 100)\ntime.sleep(0.3)\n", &[]);
    let mut child = Command::new(&program)
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    std::thread::sleep(Duration::from_millis(10));
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(120));
    assert_eq!(
        text(&output.stderr),
        "Exception ignored while flushing sys.stdout:\nBrokenPipeError: [Errno 32] Broken pipe\n"
    );
}

#[test]
fn a_pipe_that_broke_outweighs_the_status() {
    let folder = Folder::new("pipes");
    let source = "import sys\nfor i in range(100000):\n    print(i)\nsys.exit(3)\n";
    let program = folder.build("count", source, &[]);
    let output = Command::new("sh")
        .args(["-c", "{ \"$0\"; echo $? >&2; } | true"])
        .arg(&program)
        .env_remove("PYTHONUNBUFFERED")
        .output()
        .expect("runs");
    let stderr = text(&output.stderr);
    assert!(
        stderr.ends_with("BrokenPipeError: [Errno 32] Broken pipe\n120\n"),
        "{stderr}"
    );
}

#[test]
fn status_130_is_no_signal() {
    let folder = Folder::new("status");
    let program = folder.build("leave", "import sys\nsys.exit(130)\n", &[]);
    assert_eq!(run(&program, &[]).status.code(), Some(130));
}

#[test]
fn memory_that_cannot_be_had_is_a_memory_error() {
    let folder = Folder::new("memory");
    let source = r#"
def grow(what):
    try:
        if what == "list":
            x = []
            while True: x.append(None)
        elif what == "dict":
            x, i = {}, 0
            while True: x[i] = i; i += 1
        elif what == "str":
            x = "a" * 1000
            while True: x += x
        elif what == "set":
            x, i = set(), 0
            while True: x.add(i); i += 1
        elif what == "int":
            x = 1 << 10**13
        elif what == "objects":
            class Node:
                pass
            x = []
            while True:
                node = Node()
                node.pair = (node, [1])
                x.append(node)
        else:
            x = bytearray()
            while True: x.extend(b"x" * 100000)
    except MemoryError:
        x = None
        print(what, "MemoryError")
for what in ("list", "dict", "str", "set", "int", "objects", "bytearray"):
    grow(what)
"#;
    let program = folder.build("grow", source, &[]);
    let output = Command::new("sh")
        .arg("-c")
        .arg("ulimit -v 1000000 && exec \"$0\"")
        .arg(&program)
        .output()
        .expect("runs");
    let expect = "list MemoryError\ndict MemoryError\nstr MemoryError\nset MemoryError\n\
        int MemoryError\nobjects MemoryError\nbytearray MemoryError\n";
    assert_eq!(text(&output.stdout), expect, "{}", text(&output.stderr));
}

#[test]
fn the_environment_is_honoured() {
    let folder = Folder::new("environment");
    let hashes = folder.build("hashes", "print(hash('spam'), hash(b'spam'))\n", &[]);
    let seeded = [("PYTHONHASHSEED", "7")];
    assert_eq!(run(&hashes, &seeded).stdout, run(&hashes, &seeded).stdout);
    // CPython 3.14 with PYTHONHASHSEED=0.
    assert_eq!(
        run(&hashes, &[("PYTHONHASHSEED", "0")]).stdout,
        b"-7643603308804133256 -7643603308804133256\n"
    );
    assert_ne!(run(&hashes, &[]).stdout, run(&hashes, &[]).stdout);

    let encoding = folder.build("encoding", "import sys\nprint('\\xe9', sys.stdout.encoding)\n", &[]);
    let unknown = run(&encoding, &[("PYTHONIOENCODING", "no-such")]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("LookupError: unknown encoding: no-such"));
    let latin = run(&encoding, &[("PYTHONIOENCODING", "latin-1")]);
    assert_eq!(latin.stdout, b"\xe9 iso8859-1\n");
    let utf8 = run(&encoding, &[("PYTHONUTF8", "1"), ("LC_ALL", "C")]);
    assert_eq!(utf8.stdout, "\u{e9} utf-8\n".as_bytes());

    let digits = folder.build("digits", "print(len(str(10 ** 5000)))\n", &[]);
    assert_eq!(run(&digits, &[("PYTHONINTMAXSTRDIGITS", "0")]).stdout, b"5001\n");
    let limited = text(&run(&digits, &[]).stderr);
    assert!(
        limited.ends_with("ValueError: Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit\n"),
        "{limited}"
    );
}

#[test]
fn development_mode_shows_warnings_and_checks_names() {
    let folder = Folder::new("development");
    let source = "\
import sys
print(sys.flags.dev_mode, sys.warnoptions)
for f in (lambda: ''.encode('utf-8', 'no-such'), lambda: b''.decode('no-such'), lambda: bytes('a', 'ascii', 'no-such')):
    try:
        print(repr(f()))
    except LookupError as e:
        print(e)
def leave():
    open('/dev/null')
leave()
";
    let program = folder.build("mode", source, &["--remap-path", "/=R/"]);
    let off = run(&program, &[("PYTHONDEVMODE", "")]);
    assert_eq!(text(&off.stdout), "False []\nb''\n''\nb'a'\n");
    assert_eq!(text(&off.stderr), "");
    let on = run(
        &program,
        &[("PYTHONDEVMODE", "1"), ("PYTHONWARNINGS", "ignore::ImportWarning")],
    );
    let name = "unknown error handler name 'no-such'";
    assert_eq!(
        text(&on.stdout),
        format!("True ['default', 'ignore::ImportWarning']\n{name}\nunknown encoding: no-such\n{name}\n")
    );
    let warning = ":9: ResourceWarning: unclosed file <_io.TextIOWrapper name='/dev/null' mode='r' encoding='";
    assert!(text(&on.stderr).contains(warning), "{}", text(&on.stderr));
}

#[test]
fn tracebacks_are_coloured_where_asked_for() {
    let folder = Folder::new("colour");
    let program = folder.build("fail", "def f(x):\n    return x / 0\nf(1)\n", &["--remap-path", "/=R/"]);
    let plain = text(&run(&program, &[]).stderr);
    assert!(!plain.contains('\x1b'), "{plain}");
    let coloured = text(&run(&program, &[("FORCE_COLOR", "1")]).stderr);
    for part in [
        ", line \x1b[35m2\x1b[0m, in \x1b[35mf\x1b[0m\n",
        "    return \x1b[31mx \x1b[0m\x1b[1;31m/\x1b[0m\x1b[31m 0\x1b[0m\n",
        "           \x1b[31m~~\x1b[0m\x1b[1;31m^\x1b[0m\x1b[31m~~\x1b[0m\n",
        "\x1b[1;35mZeroDivisionError\x1b[0m: \x1b[35mdivision by zero\x1b[0m\n",
    ] {
        assert!(coloured.contains(part), "{part:?} in {coloured:?}");
    }
    let refused = text(&run(&program, &[("FORCE_COLOR", "1"), ("PYTHON_COLORS", "0")]).stderr);
    assert_eq!(refused, plain);
}

#[test]
fn every_kind_of_executable_runs() {
    let folder = Folder::new("kinds");
    let source = "import sys\nprint('hello', len(sys.argv))\n";
    for (name, args) in [
        ("static", &[][..]),
        ("dynamic", &["--dynamic"]),
        ("pie", &["--pie"]),
        ("both", &["--dynamic", "--pie"]),
        ("debug", &["-g"]),
        ("plain", &["-O0"]),
        ("fast", &["-O3"]),
    ] {
        let program = folder.build(name, source, args);
        let output = run(&program, &[]);
        assert_eq!(text(&output.stdout), "hello 1\n", "{name}: {}", text(&output.stderr));
    }
}

#[test]
fn an_executable_needs_nothing_but_itself() {
    let folder = Folder::new("alone");
    let program = folder.build("hello", "print('hello')\n", &["--remap-path", "/=SOURCE/"]);
    let content = std::fs::read(&program).expect("the executable");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let own = root.display().to_string();
    assert!(
        !content.windows(own.len()).any(|w| w == own.as_bytes()),
        "the path of the repository is in the executable"
    );
    // SAFETY: geteuid has no preconditions.
    if unsafe { libc::geteuid() } != 0 {
        eprintln!("not root: the run in an empty root is left out");
        return;
    }
    let empty = folder.0.join("root");
    std::fs::create_dir(&empty).expect("folder");
    std::fs::copy(&program, empty.join("hello")).expect("copy");
    let mut command = Command::new("/hello");
    let inside = std::ffi::CString::new(empty.display().to_string()).expect("no NUL");
    // SAFETY: chroot and chdir are async-signal-safe system calls.
    unsafe {
        command.pre_exec(move || {
            if libc::chroot(inside.as_ptr()) != 0 || libc::chdir(c"/".as_ptr()) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
    let output = command.env_clear().output().expect("runs in an empty root");
    assert_eq!(text(&output.stdout), "hello\n", "{}", text(&output.stderr));
}

#[test]
fn more_of_the_same_leaves_no_more_objects_behind() {
    let folder = Folder::new("leaks");
    let source = r#"
import sys
class Node:
    count = 0
    def __init__(self, value):
        self.value, self.next = value, None
        Node.count += 1
    def __del__(self):
        Node.count -= 1
    @property
    def double(self): return self.value * 2
class Context:
    def __enter__(self): return self
    def __exit__(self, *args): return True
def numbers(n):
    try:
        received = 0
        for i in range(n):
            received = yield i * 10 ** 20 + (received or 0)
    finally:
        Node(n)
def closure(n):
    def add(x, *args, k=2.5, **kw): return x + n + k + len(args) + len(kw)
    return add
def fail(n):
    if n == 0: raise ValueError("x" * 30, n)
    fail(n - 1)
def everything(i):
    a, b = Node(i), Node(i + 1)
    a.next, b.next = b, a
    g = numbers(5); next(g); g.send(3)
    total = closure(i)(1, 2, 3, k=4, z=5) + sum(numbers(4)) + a.double
    try: fail(5)
    except ValueError as e: text = str(e) + repr(e.args)
    with Context(): raise KeyError(text)
    d = {f"key{j}": [j, str(j) * 3, (j, 1.5e300 * j)] for j in range(10)}
    d |= {1: {2: {3, 4, i}}}; del d["key3"]
    match d:
        case {"key1": [x, *rest], **others}: total += x + len(rest) + len(others)
    lines = "a,b;c".replace(";", ",").split(",") + sorted(d, key=str)
    class Local(Node):
        __slots__ = ("y",)
        def method(self): return super().double
    item = Local(3); item.y = item
    total += item.method() + len(b"%d" % i + bytearray(5)) + len(lines)
    try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as e: total += len(e.exceptions)
    except* TypeError: pass
    first, *middle = [*range(3), *{5: 6}]
    return f"{total:>20} {first!r} {middle}"
n = int(sys.argv[1])
for i in range(n): everything(1000 + i % 3)
"#;
    let program = folder.build("leaks", source, &[]);
    let alive = |n: &str| {
        let output = Command::new(&program)
            .arg(n)
            .env("PYAOT_LEAK_CHECK", "1")
            .output()
            .expect("the program runs");
        let report = text(&output.stderr);
        assert!(report.starts_with("pyaot: alive at exit: "), "{report}");
        report
    };
    assert_eq!(alive("20"), alive("200"));
}

#[test]
fn an_interrupted_build_leaves_nothing_behind() {
    let folder = Folder::new("interrupted");
    let mut source = String::new();
    for i in 0..3000 {
        source.push_str(&format!("def f{i}(a, b):\n    return a * {i} + b - f{i}(b, a)\n"));
    }
    std::fs::write(folder.0.join("big.py"), source).expect("temporary file");
    let scratch = folder.0.join("tmp");
    std::fs::create_dir(&scratch).expect("folder");
    let mut child = compiler()
        .args(["build", "big.py", "-o", "big"])
        .current_dir(&folder.0)
        .env("TMPDIR", &scratch)
        .env("PYAOT_CACHE", folder.0.join("cache"))
        .spawn()
        .expect("pyaot runs");
    std::thread::sleep(Duration::from_millis(400));
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill")
            .success()
    );
    assert!(!child.wait().expect("ends").success());
    assert!(!folder.0.join("big").exists());
    let left: Vec<_> = std::fs::read_dir(&scratch).expect("folder").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    let hidden = std::fs::read_dir(&folder.0)
        .expect("folder")
        .flatten()
        .any(|e| e.file_name().to_string_lossy().starts_with(".big"));
    assert!(!hidden, "a half-written output is left");
}

/// The size of the smallest program is a promise; an executable is static and stripped by default.
#[test]
fn hello_stays_small() {
    const LIMIT: u64 = 3_500_000;
    let folder = Folder::new("size");
    let program = folder.build("hello", "print('hello')\n", &[]);
    let size = std::fs::metadata(&program).expect("the executable").len();
    assert!(size <= LIMIT, "hello has {size} bytes");
}
