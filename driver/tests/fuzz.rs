//! Random programs: the generator of `tests/fuzz` makes them from fixed seeds, and what they print must have the hashes that
//! were recorded from CPython (`./x fuzz --record`). The generator needs a Python of any version; without one the test says so.
mod support;

use std::path::Path;
use std::process::Command;

/// Runs the cases of `tests/fuzz/expected/NAME`, whose seed and size `options` give.
fn check(name: &str, from: u32, cases: u32, levels: &str, options: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository");
    let work = std::env::temp_dir().join(format!("pyaot-fuzz.{}.{name}.{from}", std::process::id()));
    std::fs::create_dir_all(&work).expect("a folder for temporary files");
    let compiler = support::compiler();
    let home = compiler
        .get_envs()
        .find(|(key, _)| *key == "PYAOT_HOME")
        .and_then(|(_, value)| value)
        .map(|value| value.to_os_string())
        .or_else(|| std::env::var_os("PYAOT_HOME"))
        .expect("PYAOT_HOME");
    let output = Command::new("python3")
        .arg(root.join("tests/fuzz/run.py"))
        .arg("--pyaot")
        .arg(compiler.get_program())
        .arg("--home")
        .arg(home)
        .arg("--work")
        .arg(&work)
        .arg("--expected")
        .arg(root.join("tests/fuzz/expected").join(name))
        .args([
            "--from",
            &from.to_string(),
            "--cases",
            &cases.to_string(),
            "--levels",
            levels,
            "--batch",
            "250",
        ])
        .args(options)
        .output()
        .expect("python3, which makes the programs");
    // Temporary; a leftover harms nobody.
    let _ = std::fs::remove_dir_all(&work);
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Small cases, at the levels that differ the most.
fn check_small(from: u32) {
    check("small.txt", from, 500, "0,3", &["--seed", "2", "--small"]);
}

#[test]
fn small_cases_0_to_499() {
    check_small(0);
}

#[test]
fn small_cases_500_to_999() {
    check_small(500);
}

#[test]
fn small_cases_1000_to_1499() {
    check_small(1000);
}

#[test]
fn small_cases_1500_to_1999() {
    check_small(1500);
}

/// Cases of several functions and classes.
#[test]
fn large_cases() {
    check("1.txt", 0, 75, "3", &[]);
}
