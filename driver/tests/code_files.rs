//! `.pyc` files and archives, in and out. Where CPython 3.14 is installed beside the repository (`./x oracle`), what
//! `compile` and `dis` give is compared with what `py_compile` and `dis` give there, and CPython imports and runs it.
mod support;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use support::compiler;
use zip::write::SimpleFileOptions;

const MODULE: &str = r#"
"""Doc."""
import sys
from dataclasses import dataclass

LIMIT: int = 10**20
WORDS = frozenset({"a", "b"}) if sys.argv else ("a", 1.5, -0.0, 2j, b"x", ...)

@dataclass
class Point[T]:
    x: T
    y: T = 0

    async def walk(self, *steps, é="ü", **rest):
        assert steps, "no steps"
        async for step in self:
            match step:
                case [a, {"k": v}, *_] if a:
                    yield f"{a!r:>{v}}"
        return

def main():
    try:
        print(sum(i * i for i in range(10)), [w for w in ("x", "y")], __doc__)
    except* ValueError as e:
        del e

main()
"#;

struct Folder {
    path: PathBuf,
    /// The same folder as the reference system names it.
    inside: Option<(PathBuf, String)>,
}

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("pyaot-code.{}.{name}", std::process::id());
        let oracle = std::env::var_os("PYAOT_ORACLE").unwrap_or_else(|| "/opt/pyaot-oracle/sid".into());
        let oracle = PathBuf::from(oracle);
        let path = oracle.join("tmp").join(&name);
        if oracle.join("usr/bin/python3.14").exists() && std::fs::create_dir_all(&path).is_ok() {
            let inside = Some((oracle, format!("/tmp/{name}")));
            return Folder { path, inside };
        }
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("temporary folder");
        Folder { path, inside: None }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("temporary folder");
        std::fs::write(&path, content).expect("temporary file");
        path
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// What CPython prints; `None` where there is none.
    fn python(&self, args: &str) -> Option<Output> {
        let (oracle, inside) = self.inside.as_ref()?;
        Command::new("chroot")
            .arg(oracle)
            .args(["sh", "-c", &format!("cd {inside} && python3.14 {args}")])
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .output()
            .ok()
            .filter(|output| output.status.code() != Some(125))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn pyaot(folder: &Folder, args: &[&str]) -> Output {
    compiler()
        .args(args)
        .current_dir(&folder.path)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .expect("pyaot runs")
}

fn succeeds(folder: &Folder, args: &[&str]) -> Vec<u8> {
    let output = pyaot(folder, args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {error}");
    output.stdout
}

#[test]
fn compile_writes_cpythons_file() {
    let folder = Folder::new("compile");
    folder.file("m.py", MODULE);
    for (mode, python_mode) in [
        ("timestamp", "TIMESTAMP"),
        ("checked-hash", "CHECKED_HASH"),
        ("unchecked-hash", "UNCHECKED_HASH"),
    ] {
        for (flags, level, suffix) in [(&[][..], 0, ""), (&["-O"], 1, ".opt-1"), (&["-OO"], 2, ".opt-2")] {
            let args = [&["compile", "m.py", "--invalidation-mode", mode], flags].concat();
            assert!(succeeds(&folder, &args).is_empty());
            let name = format!("__pycache__/m.cpython-314{suffix}.pyc");
            let ours = folder.read(&name);
            let theirs = folder.python(&format!(
                "-c 'import py_compile as p; p.compile(\"m.py\", \"theirs.pyc\", optimize={level}, \
                 invalidation_mode=p.PycInvalidationMode.{python_mode})'"
            ));
            if theirs.is_some() {
                assert!(ours == folder.read("theirs.pyc"), "{mode} {level}");
            }
        }
    }
    // The header fits the source, so CPython takes the file and does not make its own.
    succeeds(&folder, &["compile", "m.py"]);
    if let Some(run) = folder.python("-v -c 'import m'") {
        let log = String::from_utf8_lossy(&run.stderr);
        let taken = log
            .lines()
            .any(|l| l.contains("code object from") && l.contains("m.cpython-314.pyc"));
        assert!(taken, "{log}");
        assert_eq!(String::from_utf8_lossy(&run.stdout), "285 ['x', 'y'] Doc.\n");
    }
    // A changed header, the same code.
    let timestamp = folder.read("__pycache__/m.cpython-314.pyc");
    folder.file("copy.pyc", &timestamp);
    succeeds(
        &folder,
        &[
            "compile",
            "copy.pyc",
            "-o",
            "hash.pyc",
            "--invalidation-mode",
            "unchecked-hash",
        ],
    );
    let hash = folder.read("hash.pyc");
    assert_eq!((hash[4], &hash[16..]), (1, &timestamp[16..]));
}

/// Addresses differ from run to run.
fn without_addresses(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(" at 0x?");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

#[test]
fn dis_prints_cpythons_text() {
    let folder = Folder::new("dis");
    folder.file("m.py", MODULE);
    succeeds(&folder, &["compile", "m.py", "-o", "m.pyc"]);
    for flags in [
        &[][..],
        &["-C"],
        &["-O"],
        &["-P"],
        &["-S"],
        &["-COPS"],
        &["-C", "-S"],
        &["--show-offsets"],
    ] {
        let ours = without_addresses(&succeeds(&folder, &[&["dis", "m.py"], flags].concat()));
        assert!(ours.contains("RESUME") && ours.contains("Disassembly of <code object main at 0x?"));
        let compiled = without_addresses(&succeeds(&folder, &[&["dis", "m.pyc"], flags].concat()));
        assert!(ours == compiled, "{flags:?}");
        if let Some(theirs) = folder.python(&format!("-m dis {} m.py", flags.join(" "))) {
            assert!(ours == without_addresses(&theirs.stdout), "{flags:?}");
        }
    }
    let one = succeeds(&folder, &["dis", "m.py", "--function", "main"]);
    assert!(!without_addresses(&one).contains("Disassembly of <code object Point"));
}

fn archive(members: &[(&str, &[u8])], start: &[u8]) -> Vec<u8> {
    let mut data = std::io::Cursor::new(start.to_vec());
    data.set_position(start.len() as u64);
    let mut writer = zip::ZipWriter::new(data);
    for (i, (name, content)) in members.iter().enumerate() {
        let method = [zip::CompressionMethod::Deflated, zip::CompressionMethod::Stored][i % 2];
        writer
            .start_file(*name, SimpleFileOptions::default().compression_method(method))
            .expect("a member");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn archives_and_pyc_files_build_as_their_source() {
    let folder = Folder::new("archive");
    let main = b"import pkg.tool, other\nprint(pkg.tool.answer(), other.NAME, __name__)\n";
    let tool = b"from . import deep\ndef answer():\n    return deep.VALUE * 2\n";
    let deep = b"VALUE = 21\n";
    let other = b"NAME = __name__\n";
    let members: [(&str, &[u8]); 5] = [
        ("__main__.py", main),
        ("pkg/__init__.py", b""),
        ("pkg/tool.py", tool),
        ("pkg/deep.py", deep),
        ("other.py", other),
    ];
    for (name, content) in members {
        folder.file(&format!("source/{name}"), content);
    }
    let shebang = b"#!/usr/bin/env python3\n";
    folder.file("prog.pyz", archive(&members, shebang));
    // An archive in which some modules are compiled.
    let mut mixed: Vec<(&str, Vec<u8>)> = members.iter().map(|(n, c)| (*n, c.to_vec())).collect();
    for (at, compiled) in [(0, "__main__.pyc"), (2, "pkg/tool.pyc")] {
        let source = format!("source/{}", members[at].0);
        succeeds(&folder, &["compile", &source, "-o", "one.pyc"]);
        mixed[at] = (compiled, folder.read("one.pyc"));
    }
    let mixed: Vec<(&str, &[u8])> = mixed.iter().map(|(n, c)| (*n, c.as_slice())).collect();
    folder.file("mixed.zip", archive(&mixed, b""));
    for script in ["source", "prog.pyz", "mixed.zip"] {
        succeeds(&folder, &["build", script, "-o", "out"]);
        let output = Command::new(folder.path.join("out")).output().expect("it runs");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "42 other __main__\n",
            "{script}"
        );
    }
    folder.file("single.py", "def f(x):\n    return x + 1\nprint(f(41))\n");
    succeeds(&folder, &["compile", "single.py", "-o", "single.pyc"]);
    succeeds(&folder, &["build", "single.pyc", "-o", "out"]);
    let output = Command::new(folder.path.join("out")).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "42\n");

    let refused = |name: &str, needle: &str| {
        let output = pyaot(&folder, &["build", name, "-o", "none"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {text}");
        assert!(text.contains(needle), "{name}: {text}");
        assert!(!folder.path.join("none").exists());
    };
    folder.file("empty.pyz", archive(&[("other.py", other)], b""));
    refused("empty.pyz", "'empty.pyz' is an archive without __main__.py");
    folder.file("evil.pyz", archive(&[("__main__.py", main), ("../../x.py", b"")], b""));
    refused("evil.pyz", "would leave the archive");
    let mut damaged = archive(&members, b"");
    damaged[40..60].fill(0xff);
    folder.file("damaged.pyz", &damaged);
    refused("damaged.pyz", "cannot read");
}
