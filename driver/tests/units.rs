//! What an edit compiles anew: the unit of the function that changed, and nothing when lines only move.
mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::compiler;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("pyaot-units.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("temporary folder");
        Folder(path)
    }

    /// Builds and runs `source`; gives what it printed, and the units that are in the cache now.
    fn run(&self, source: &str, name: &str) -> (Output, usize) {
        let script = self.0.join("script.py");
        std::fs::write(&script, source).expect("temporary file");
        let program = self.0.join(name);
        let output = compiler()
            .args(["build", "script.py", "-o", name])
            .current_dir(&self.0)
            .env("PYAOT_CACHE", self.0.join("cache"))
            .output()
            .expect("pyaot runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = Command::new(&program).output().expect("the program runs");
        (output, units(&self.0.join("cache")))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn units(cache: &Path) -> usize {
    let folders = std::fs::read_dir(cache).expect("a cache").flatten();
    let files = folders.flat_map(|f| std::fs::read_dir(f.path()).expect("a folder").flatten());
    files
        .filter(|f| f.path().extension().is_some_and(|e| e == "frames"))
        .count()
}

/// Functions of one shape that share constants, globals, attributes and a frozenset; `changed` returns something else.
fn program(changed: Option<usize>) -> String {
    let mut text = String::from(
        "LIMIT = 7\n\nclass Box:\n    def __init__(self, value):\n        self.value = value\n        self.parts = (1.5, 'a b', 1 << 70)\n\n",
    );
    for i in 0..14 {
        let last = if changed == Some(i) { "total - 1" } else { "total + 1" };
        let _ = write!(
            text,
            "def f{i}(a, b):\n    total = 0\n    box = Box(a)\n    for k in range(b):\n        total += box.value * k % (LIMIT + {i})\n        \
             if k in {{3, 5, 'x'}}:\n            total += len(box.parts)\n    return {last}\n\ndef g{i}(n):\n    for k in range(n):\n        \
             yield f{i}(k, n), box_of(k).parts is box_of(n).parts\n\n"
        );
    }
    text.push_str("def box_of(k):\n    return Box(k)\n\ndef fail(n):\n    return 1 // (n - n)\n\n");
    let names: Vec<String> = (0..14).map(|i| format!("g{i}")).collect();
    let _ = writeln!(text, "ALL = [{}]", names.join(", "));
    text.push_str("print([sum(a + b for a, b in function(5)) for function in ALL])\n");
    text.push_str("print((1.5, 'a b', 1 << 70) is Box(1).parts, Box(2).parts)\nfail(3)\n");
    text
}

#[test]
fn an_edit_compiles_the_unit_of_its_function() {
    let folder = Folder::new("edit");
    let (first, cold) = folder.run(&program(None), "first");
    assert!(cold > 3, "{cold} units");
    let text = String::from_utf8_lossy(&first.stderr).into_owned();
    let line = program(None).lines().count();
    assert!(text.contains(&format!("line {line}, in <module>")), "{text}");
    assert!(text.contains("ZeroDivisionError"), "{text}");

    let (second, warm) = folder.run(&program(Some(9)), "second");
    assert!((1..=2).contains(&(warm - cold)), "{} units were compiled", warm - cold);
    assert_ne!(first.stdout, second.stdout);

    // Lines move, code does not.
    let (moved, same) = folder.run(&format!("# é\n\n{}", program(Some(9))), "moved");
    // (The body of a class stores its line, `__firstlineno__`.)
    assert!(same - warm <= 1, "{} units were compiled", same - warm);
    assert_eq!(second.stdout, moved.stdout);
    let text = String::from_utf8_lossy(&moved.stderr).into_owned();
    assert!(text.contains(&format!("line {}, in <module>", line + 2)), "{text}");
    let at = program(None)
        .lines()
        .position(|l| l.contains("1 // (n - n)"))
        .expect("a line")
        + 3;
    assert!(text.contains(&format!("line {at}, in fail")), "{text}");

    // What is made from the cache is what is made without it.
    let with_cache = std::fs::read(folder.0.join("moved")).expect("an executable");
    std::fs::remove_dir_all(folder.0.join("cache")).expect("a cache");
    folder.run(&format!("# é\n\n{}", program(Some(9))), "fresh");
    let fresh = std::fs::read(folder.0.join("fresh")).expect("an executable");
    assert!(with_cache == fresh, "builds differ");
}
