//! The command line with bad input: one clear line, the right status, and nothing left behind.
mod support;

use std::path::PathBuf;
use std::process::Output;
use support::compiler;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("pyaot-cli.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("temporary folder");
        Folder(path)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("temporary file");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("temporary folder");
        let mut names: Vec<_> = entries
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn pyaot(folder: &Folder, args: &[&str]) -> Output {
    compiler()
        .args(args)
        .current_dir(&folder.0)
        .env("TMPDIR", &folder.0)
        .output()
        .expect("pyaot runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Status 1, the text in the first line of stderr, no panic, and only the named files in the folder.
fn refuses(folder: &Folder, args: &[&str], needle: &str) {
    let before = folder.names();
    let output = pyaot(folder, args);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {text}");
    assert!(text.contains(needle), "{args:?}: {text}");
    assert!(!text.contains("panicked") && !text.contains("internal error"), "{text}");
    assert_eq!(folder.names(), before, "{args:?} left files behind");
}

#[test]
fn requests_that_cannot_be_met_are_one_clear_line() {
    let folder = Folder::new("requests");
    folder.file("ok.py", b"print('hello')\n");
    folder.file("same", b"print('hello')\n");
    std::fs::create_dir(folder.0.join("empty")).expect("folder");
    refuses(
        &folder,
        &["build", "missing.py"],
        "cannot open 'missing.py': No such file or directory",
    );
    refuses(&folder, &["build", "empty"], "is a folder without __main__.py");
    refuses(
        &folder,
        &["build", "ok.py", "-o", "nowhere/out"],
        "the folder 'nowhere' does not exist",
    );
    refuses(&folder, &["build", "ok.py", "-o", "empty"], "Is a directory");
    refuses(&folder, &["build", "same"], "would replace the script");
    refuses(
        &folder,
        &["build", "ok.py", "-o", "/dev/null"],
        "it is a non-regular file",
    );
    refuses(
        &folder,
        &["build", "ok.py", "--include", "no.such"],
        "no module named 'no'",
    );
    refuses(
        &folder,
        &["build", "ok.py", "--remap-path", "x"],
        "--remap-path wants FROM=TO",
    );
}

#[test]
fn damaged_pyc_files_are_refused() {
    let folder = Folder::new("pyc");
    folder.file("short.pyc", b"\x2b\x0e\r\n");
    folder.file("old.pyc", b"\x42\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3");
    folder.file("cut.pyc", b"\x2b\x0e\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0\0");
    for name in ["short.pyc", "old.pyc", "cut.pyc"] {
        refuses(&folder, &["build", name, "-o", "out"], "cannot read");
    }
}

#[test]
fn wrong_arguments_are_clap_errors() {
    let folder = Folder::new("arguments");
    for args in [
        &["build"][..],
        &["build", "--no-such-option", "x.py"],
        &["frobnicate"],
        &["build", "-O7", "x.py"],
    ] {
        let output = pyaot(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            stderr(&output).starts_with("error:") || args == ["build"],
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn syntax_errors_show_file_line_and_caret() {
    let folder = Folder::new("syntax");
    folder.file("bad.py", b"x = 1\nprint(x\ny = 2\n");
    refuses(&folder, &["build", "bad.py"], "SyntaxError: '(' was never closed");
    let text = stderr(&pyaot(&folder, &["build", "bad.py"]));
    assert!(
        text.contains("line 2") && text.contains("print(x") && text.contains('^'),
        "{text}"
    );
}

#[test]
fn missing_linker_says_what_to_install() {
    let folder = Folder::new("linker");
    folder.file("ok.py", b"pass\n");
    let output = compiler()
        .args(["build", "ok.py"])
        .current_dir(&folder.0)
        .env("PATH", "/nonexistent")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("apt-get install gcc"), "{}", stderr(&output));
    assert_eq!(folder.names(), ["ok.py"]);
}
