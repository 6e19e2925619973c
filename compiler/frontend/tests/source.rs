//! Source to code objects and to errors, against what CPython 3.14 makes of the same sources (`record.py`).

use std::path::Path;

use pyaot_code::marshal::loads;
use pyaot_code::{CodeObject, Constant};
use pyaot_frontend::{Diagnostic, Flags, Mode, compile};

fn cases() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn compile_text(source: &str, mode: Mode, optimize: u8) -> Result<pyaot_frontend::Compiled, Box<Diagnostic>> {
    compile(source.as_bytes(), "case.py", mode, optimize, Flags::default())
}

/// Names the first code object that differs, for a readable failure.
fn first_difference(ours: &CodeObject, theirs: &CodeObject) -> String {
    let nested = |code: &CodeObject| -> Vec<_> {
        let code_of = |c: &Constant| match c {
            Constant::Code(code) => Some(code.clone()),
            _ => None,
        };
        code.consts.iter().filter_map(code_of).collect()
    };
    for (a, b) in nested(ours).iter().zip(&nested(theirs)) {
        if a != b {
            return first_difference(a, b);
        }
    }
    format!("{} (line {})", theirs.qualname, theirs.firstlineno)
}

#[test]
fn code_objects_are_cpythons() {
    let mut seen = 0;
    for entry in std::fs::read_dir(cases()).expect("the cases") {
        let path = entry.expect("a case").path();
        if path.extension().is_none_or(|e| e != "py") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let source = std::fs::read(&path).expect("the source");
        let recorded = std::fs::read(path.with_extension("bin")).expect("the recorded code object");
        let Ok(Constant::Code(theirs)) = loads(&recorded) else {
            panic!("{name}: unreadable record")
        };
        let ours = compile(&source, &format!("cases/{name}"), Mode::Exec, 0, Flags::default());
        let ours = ours.unwrap_or_else(|d| panic!("{name}: {d}")).code;
        assert!(ours == *theirs, "{name}: {} differs", first_difference(&ours, &theirs));
        seen += 1;
    }
    assert!(seen >= 6);
}

#[test]
fn errors_are_cpythons() {
    let read = |name: &str| std::fs::read_to_string(cases().join(name)).expect("the file");
    let (sources, expected) = (read("errors.txt"), read("errors.expected"));
    let mut wrong = Vec::new();
    for (source, expected) in sources.split("----\n").zip(expected.split("----\n")) {
        let ours = match compile_text(source, Mode::Exec, 0) {
            Ok(_) => "accepted\n".to_string(),
            Err(d) => format!("{d}\n"),
        };
        if ours != expected {
            wrong.push(format!("{source}\nours:\n{ours}\nCPython:\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn suggested_keywords_are_cpythons() {
    let read = |name: &str| std::fs::read_to_string(cases().join(name)).expect("the file");
    let (sources, expected) = (read("keywords.txt"), read("keywords.expected"));
    let mut wrong = Vec::new();
    for (source, expected) in sources.split("----\n").zip(expected.split("----\n")) {
        let ours = match compile_text(source, Mode::Exec, 0) {
            Ok(_) => "accepted\n".to_string(),
            Err(d) => format!("{}\n", d.printed(source.as_bytes())),
        };
        if ours != expected {
            wrong.push(format!("{source}\nours:\n{ours}\nCPython:\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn warnings() {
    let messages = |source: &str| -> Vec<String> {
        compile_text(source, Mode::Exec, 0)
            .expect("valid")
            .warnings
            .iter()
            .map(|w| format!("{}: {}", w.loc.lineno, w.message))
            .collect()
    };
    assert_eq!(
        messages("x is 1\n'a' 'b'()\n"),
        [
            "1: \"is\" with 'int' literal. Did you mean \"==\"?",
            "2: 'str' object is not callable; perhaps you missed a comma?"
        ]
    );
    assert_eq!(
        messages("assert (1, 2)\n1or 2"),
        [
            "2: invalid decimal literal",
            "1: assertion is always true, perhaps remove parentheses?"
        ]
    );
    assert_eq!(
        messages("def f():\n try: pass\n finally:\n  return"),
        ["4: 'return' in a 'finally' block"]
    );
    assert_eq!(messages("'\\d'").len(), 1);
    assert!(
        messages("r'\\d' is x, x is None, x is ()[0:1]")
            .iter()
            .any(|m| m.contains("'str' literal"))
    );
}

#[test]
fn modes() {
    assert!(compile_text("a + b", Mode::Eval, 0).is_ok());
    assert!(compile_text("a = b", Mode::Eval, 0).is_err());
    assert!(compile_text("a = b\n", Mode::Single, 0).is_ok());
    let d = compile_text("a = b\nc = d\n", Mode::Single, 0).expect_err("two statements");
    assert_eq!(
        d.message,
        "multiple statements found while compiling a single statement"
    );
}

#[test]
fn nesting_is_bounded() {
    for (source, accepted) in [
        ("(".repeat(150) + &")".repeat(150), true),
        ("(".repeat(250) + &")".repeat(250), false),
        ("-".repeat(100_000) + "1", false),
        ("a".to_string() + &".b".repeat(100_000), false),
        ("x+".repeat(3_000) + "1", true),
        (
            (0..120).map(|i| " ".repeat(i) + "if x:\n").collect::<String>() + &" ".repeat(120) + "1",
            false,
        ),
    ] {
        assert_eq!(
            compile_text(&source, Mode::Exec, 0).is_ok(),
            accepted,
            "{}",
            &source[..20]
        );
    }
}

#[test]
fn damaged_sources_are_refused_quietly() {
    for source in [
        &b"\0"[..],
        b"\xff",
        b"# coding: nothing\n",
        b"'\xe9'",
        b"\xef\xbb\xbf",
        b"\\",
        b"f'{",
        b"'''",
        b"(",
        b"\t",
        b"@",
        b"=",
        b"\x0c",
    ] {
        if let Err(d) = compile(source, "case.py", Mode::Exec, 0, Flags::default()) {
            assert!(d.class.is_syntax_error(), "{d}");
        }
    }
}
