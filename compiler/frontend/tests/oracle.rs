//! A small part of `./x identity`, where CPython 3.14 is installed beside the repository (`./x oracle`): code objects of
//! some library files and of generated programs, and errors. Without it the recorded cases of the other tests remain.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pyaot_code::Constant;
use pyaot_code::marshal::{dumps, loads};
use pyaot_frontend::{Flags, Mode, compile};

struct Oracle {
    root: PathBuf,
    work: PathBuf,
}

impl Oracle {
    /// `None` where there is no reference system, or no right to enter it.
    fn find(name: &str) -> Option<Oracle> {
        let root = std::env::var_os("PYAOT_ORACLE").unwrap_or_else(|| "/opt/pyaot-oracle/sid".into());
        let root = PathBuf::from(root);
        let work = root.join(format!("tmp/identity-test.{}.{name}", std::process::id()));
        let works = root.join("usr/bin/python3.14").exists() && std::fs::create_dir_all(&work).is_ok();
        works.then_some(Oracle { root, work })
    }

    fn inside(&self) -> String {
        let path = self.work.strip_prefix(&self.root).expect("below the root");
        format!("/{}", path.display())
    }

    /// Runs a script of tests/identity there; `None` if the system cannot be entered.
    fn run(&self, script: &str, args: &[&str]) -> Option<()> {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/identity");
        let input = std::fs::File::open(scripts.join(script)).expect("the script");
        let mut command = Command::new("chroot");
        command.arg(&self.root).args(["python3.14", "-"]).args(args);
        let status = command.stdin(Stdio::from(input)).stderr(Stdio::null()).status().ok()?;
        status.success().then_some(())
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.work);
    }
}

/// Compares what oracle.py recorded; the number of files.
fn compare(oracle: &Oracle, out: &str, level: u8) -> usize {
    let folder = oracle.work.join(out);
    let index = std::fs::read_to_string(folder.join("index.txt")).expect("index.txt");
    let mut files = 0;
    for (number, path) in index.lines().enumerate() {
        let source = std::fs::read(folder.join(format!("{number}.py"))).expect("the source");
        let body = std::fs::read(folder.join(format!("{number}.{level}.bin"))).expect("a program that CPython takes");
        let ours =
            compile(&source, path, Mode::Exec, level, Flags::default()).unwrap_or_else(|d| panic!("{path}: {d}"));
        let ours = Constant::Code(ours.code.into());
        assert!(
            loads(&body).as_ref() == Ok(&ours),
            "{path} differs: ./x identity -O {level} {path}"
        );
        assert_eq!(loads(&dumps(&ours)), Ok(ours));
        files += 1;
    }
    files
}

#[test]
fn library_files_are_identical() {
    let Some(oracle) = Oracle::find("library") else { return };
    let lib = "/usr/lib/python3.14";
    let paths = [
        "json",
        "dataclasses.py",
        "typing.py",
        "test/test_patma.py",
        "test/test_fstring.py",
    ];
    let paths: Vec<String> = paths.iter().map(|path| format!("{lib}/{path}")).collect();
    let out = format!("{}/out", oracle.inside());
    let args: Vec<&str> = [out.as_str(), "02"]
        .into_iter()
        .chain(paths.iter().map(String::as_str))
        .collect();
    if oracle.run("oracle.py", &args).is_some() {
        assert!(compare(&oracle, "out", 0) >= 8);
        compare(&oracle, "out", 2);
    }
}

#[test]
fn generated_programs_are_identical() {
    let Some(oracle) = Oracle::find("random") else { return };
    let (programs, out) = (
        format!("{}/programs", oracle.inside()),
        format!("{}/out", oracle.inside()),
    );
    if oracle.run("generate.py", &[&programs, "40", "20261121"]).is_some() {
        oracle
            .run("oracle.py", &[&out, "1", &programs])
            .expect("the programs compile");
        assert_eq!(compare(&oracle, "out", 1), 40);
    }
}
