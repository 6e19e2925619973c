//! Whole programs: built with pyaot, run, and compared byte for byte with what CPython 3.14 printed.
//!
//! Every `tests/run/AREA/NAME.py`, `tests/run/AREA/NAME/main.py` and `samples/NAME/main.py` is one test. Beside it stand
//! `.stdout`, `.stderr` and `.rc`, recorded by `./x record`, and if it needs them `.args` (one a line) and `.stdin`. Addresses and
//! the place of the repository are named in what is recorded. A program listed in `tests/run/known_failures.txt` must fail;
//! one listed there with `?` in front is skipped (its result depends on the machine).
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::compiler;

/// Programs that run longer are not run again under GC stress.
const STRESSED: Duration = Duration::from_millis(400);

const LIMIT: Duration = Duration::from_secs(120);

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap_or_default();
    let known: HashSet<String> = std::fs::read_to_string(root.join("tests/run/known_failures.txt"))
        .unwrap_or_default()
        .lines()
        .map(|line| line.split('#').next().unwrap_or("").trim().to_string())
        .filter(|line| !line.is_empty())
        .collect();
    let mut scripts = Vec::new();
    find(&root.join("tests/run"), &mut scripts);
    find(&root.join("samples"), &mut scripts);
    scripts.sort();
    let trials = scripts
        .into_iter()
        .map(|script| {
            let name = script
                .strip_prefix(&root)
                .unwrap_or(&script)
                .with_extension("")
                .display()
                .to_string();
            let must_fail = known.contains(&name);
            let skipped = known.contains(&format!("?{name}"));
            let root = root.clone();
            Trial::test(name, move || match (run(&root, &script), must_fail) {
                (Ok(()), true) => Err("passes: take it off tests/run/known_failures.txt".into()),
                (Err(_), true) | (Ok(()), false) => Ok(()),
                (Err(message), false) => Err(Failed::from(message)),
            })
            .with_ignored_flag(skipped)
        })
        .collect();
    libtest_mimic::run(&args, trials).exit();
}

/// Scripts below `folder`; a folder with `main.py` is one program.
fn find(folder: &Path, out: &mut Vec<PathBuf>) {
    let main = folder.join("main.py");
    if main.is_file() {
        out.push(main);
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, out);
        } else if path.extension().is_some_and(|e| e == "py") && !entry.file_name().to_string_lossy().starts_with('_') {
            out.push(path);
        }
    }
}

/// Programs are short, so that at the default level most of their functions would be taken for rare ones.
fn level_of(root: &Path, script: &Path) -> &'static str {
    let is_large = script.starts_with(root.join("tests/run/library")) || script.starts_with(root.join("samples"));
    if is_large { "-O2" } else { "-O3" }
}

fn run(root: &Path, script: &Path) -> Result<(), String> {
    let expected = |suffix: &str| {
        std::fs::read(script.with_extension(suffix))
            .map_err(|e| format!("no recorded {suffix} ({e}): run ./x record {}", script.display()))
    };
    let (stdout, stderr, rc) = (expected("stdout")?, expected("stderr")?, expected("rc")?);
    let folder = scratch()?;
    let result = (|| {
        let executable = folder.join("program");
        let build = compiler()
            .arg("build")
            .arg(script)
            .arg(level_of(root, script))
            .arg("-o")
            .arg(&executable)
            .output()
            .map_err(|e| e.to_string())?;
        if !build.status.success() {
            return Err(format!(
                "build failed ({}):\n{}",
                build.status,
                String::from_utf8_lossy(&build.stderr)
            ));
        }
        let start = Instant::now();
        let (out, err, status) = execute(&executable, script, &folder, &[])?;
        let mut wrong = String::new();
        compare("stdout", &stdout, &normalise(&out, root, &executable), &mut wrong);
        compare("stderr", &stderr, &normalise(&err, root, &executable), &mut wrong);
        let wanted = String::from_utf8_lossy(&rc).trim().to_string();
        if wanted != status.to_string() {
            wrong.push_str(&format!("status {status} instead of {wanted}\n"));
        }
        // The same under GC stress, where the program is quick and does not look at the collector.
        let source = std::fs::read_to_string(script).unwrap_or_default();
        if wrong.is_empty() && start.elapsed() < STRESSED && !source.contains("import gc") {
            let (stressed, _, status) = execute(&executable, script, &folder, &[("PYAOT_GC_STRESS", "7")])?;
            compare(
                "stdout under GC stress",
                &stdout,
                &normalise(&stressed, root, &executable),
                &mut wrong,
            );
            if wanted != status.to_string() {
                wrong.push_str(&format!("status {status} instead of {wanted} under GC stress\n"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    })();
    // Temporary; a leftover harms nobody.
    let _ = std::fs::remove_dir_all(folder);
    result
}

fn scratch() -> Result<PathBuf, String> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "pyaot-test.{}.{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    Ok(folder)
}

/// Output, error output and status as a shell shows it. Output goes to files, so that no pipe can fill up.
fn execute(
    executable: &Path,
    script: &Path,
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<(Vec<u8>, Vec<u8>, i32), String> {
    use std::os::unix::process::ExitStatusExt;
    let (out, err) = (folder.join("out"), folder.join("err"));
    let file = |path: &Path| File::create(path).map_err(|e| e.to_string());
    let stdin = match File::open(script.with_extension("stdin")) {
        Ok(file) => Stdio::from(file),
        Err(_) => Stdio::null(),
    };
    let args = std::fs::read_to_string(script.with_extension("args")).unwrap_or_default();
    let mut child = Command::new(executable)
        .args(args.lines())
        .current_dir(script.parent().unwrap_or(Path::new("/")))
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", "/"),
            ("LANG", "C.UTF-8"),
            ("PYTHONHASHSEED", "0"),
            ("PYTHON_COLORS", "0"),
        ])
        .envs(environment.iter().copied())
        .stdin(stdin)
        .stdout(file(&out)?)
        .stderr(file(&err)?)
        .spawn()
        .map_err(|e| e.to_string())?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        if start.elapsed() > LIMIT {
            // The verdict stands whether or not the process was still there to end.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("still running after {} s", LIMIT.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |path: &Path| std::fs::read(path).map_err(|e| e.to_string());
    let code = status.code().or(status.signal().map(|s| 128 + s)).unwrap_or(-1);
    Ok((read(&out)?, read(&err)?, code))
}

/// `0x` and 6 to 16 hexadecimal digits become `0xADDRESS`, the repository's folder `ROOT`.
fn normalise(bytes: &[u8], root: &Path, _executable: &Path) -> Vec<u8> {
    let root = format!("{}/", root.display()).into_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(&root) {
            out.extend_from_slice(b"ROOT/");
            at += root.len();
        } else if rest.starts_with(b"0x") {
            let digits = rest[2..]
                .iter()
                .take(16)
                .take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                .count();
            if digits >= 6 {
                out.extend_from_slice(b"0xADDRESS");
            } else {
                out.extend_from_slice(&rest[..2 + digits]);
            }
            at += 2 + digits;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    out
}

/// The first line that differs, with its number.
fn compare(what: &str, wanted: &[u8], got: &[u8], wrong: &mut String) {
    if wanted == got {
        return;
    }
    let (wanted, got) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(got));
    let (mut a, mut b) = (wanted.lines(), got.lines());
    let mut number = 1;
    loop {
        let (x, y) = (a.next(), b.next());
        if x != y || x.is_none() {
            wrong.push_str(&format!(
                "{what} line {number}:\n  wanted {}\n  got    {}\n",
                x.unwrap_or("(end)"),
                y.unwrap_or("(end)")
            ));
            if y.is_some() {
                for line in b.take(8) {
                    wrong.push_str(&format!("         {line}\n"));
                }
            }
            return;
        }
        number += 1;
    }
}
