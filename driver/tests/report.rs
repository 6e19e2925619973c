//! `pyaot report`: what the JSON says of known lines, what the page escapes, and what is refused.
mod support;

use serde_json::Value;
use std::path::PathBuf;
use std::process::Output;
use support::compiler;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("pyaot-report.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("temporary folder");
        Folder(path)
    }

    fn file(&self, name: &str, content: &str) {
        std::fs::write(self.0.join(name), content).expect("temporary file");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("a file")
    }

    fn pyaot(&self, args: &[&str]) -> Output {
        compiler()
            .args(args)
            .current_dir(&self.0)
            .env("TMPDIR", &self.0)
            .env(
                "PYAOT_CACHE",
                std::env::temp_dir().join(format!("pyaot-report.{}.cache", std::process::id())),
            )
            .output()
            .expect("pyaot runs")
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

    /// The JSON of a report on `source`, and its page.
    fn report(&self, source: &str, options: &[&str]) -> (Value, String) {
        self.file("script.py", source);
        let mut args = vec!["report", "script.py", "-o", "page.html", "--json", "report.json"];
        args.extend(options);
        let output = self.pyaot(&args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "page.html\n");
        assert_eq!(self.names(), ["page.html", "report.json", "script.py"]);
        let json = serde_json::from_str(&self.read("report.json")).expect("JSON");
        (json, self.read("page.html"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Temporary; a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn line(report: &Value, number: u64) -> &Value {
    let lines = report["lines"].as_array().expect("lines");
    lines.iter().find(|l| l["line"] == number).unwrap_or(&Value::Null)
}

/// Status and first reason of the operation that the source calls `text`.
fn operation<'a>(report: &'a Value, number: u64, text: &str) -> (&'a str, &'a str) {
    let operations = line(report, number)["operations"].as_array().expect("operations");
    let found = operations.iter().find(|o| o["text"] == text).expect(text);
    (
        found["status"].as_str().expect("a status"),
        found["reasons"][0].as_str().unwrap_or(""),
    )
}

const PROGRAM: &str = "\
def total(n):
    s = 0
    for i in range(n):
        s += i * i
    return s

def apply(f, xs):
    out = []
    for x in xs:
        out.append(f(x))
    return out

def both(*args):
    return args

def use(n):
    return both(n, total(n))

print(apply(total, [1, 2]), use(3))
";

#[test]
fn a_typed_loop_a_general_call_and_what_is_counted() {
    let folder = Folder::new("lines");
    let (report, _) = folder.report(PROGRAM, &["-O3"]);
    assert_eq!(report["format"], 1);
    assert_eq!(report["opt_level"], 3);
    assert_eq!(report["units"]["size"], "bytes");

    let typed = line(&report, 4);
    assert_eq!(typed["status"], "typed", "{typed}");
    assert_eq!(typed["loop_depth"], 1);
    assert_eq!(typed["weight"], 0);
    assert!(typed["code_bytes"].as_u64() > Some(0), "{typed}");
    let product = &typed["operations"].as_array().expect("operations")[1];
    assert_eq!(product["text"], "i * i");
    assert_eq!(product["column"], 14);
    assert_eq!(product["typed"][0], "int, int → int");

    assert_eq!(
        operation(&report, 10, "f(x)"),
        ("generic", "call of an unknown object: `f`")
    );
    // The items of the list, and the number that any function may get.
    assert!(line(&report, 9)["count_operations"].as_u64() > Some(0));
    assert_eq!(line(&report, 17)["boxed_numbers"], 1);
    assert_eq!(operation(&report, 17, "both(n, total(n))"), ("typed", ""));
    assert_eq!(line(&report, 19)["status"], "cold");

    let worth = report["worth_changing"].as_array().expect("a list");
    assert_eq!(worth[0]["line"], 10, "{worth:?}");
    assert_eq!(worth[0]["function"], "apply");
    let functions = report["functions"].as_array().expect("functions");
    let names: Vec<_> = functions.iter().map(|f| f["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["<module>", "total", "apply", "both", "use"]);
    assert_eq!(functions[0]["reason"], "module-level code is compiled small");
    let modules = report["modules"].as_array().expect("modules");
    assert!(modules.iter().any(|m| m["name"] == "__main__" && m["library"] == false));
}

#[test]
fn the_same_program_gives_the_same_report() {
    let folder = Folder::new("again");
    let (_, first) = folder.report(PROGRAM, &[]);
    let json = folder.read("report.json");
    let (_, second) = folder.report(PROGRAM, &[]);
    assert_eq!(first, second);
    assert_eq!(json, folder.read("report.json"));
}

#[test]
fn below_level_2_everything_is_general() {
    let folder = Folder::new("level");
    let (report, _) = folder.report(PROGRAM, &["-O0"]);
    assert_eq!(
        operation(&report, 4, "i * i"),
        ("generic", "functions get versions for types from -O2 on")
    );
}

#[test]
fn what_runs_once_is_compiled_small() {
    let folder = Folder::new("rare");
    let (report, _) = folder.report(PROGRAM, &[]);
    let rare =
        "the function seems to run rarely, or other functions of a large program left no room: it is compiled small";
    assert_eq!(operation(&report, 17, "both(n, total(n))"), ("cold", rare));
    assert_eq!(operation(&report, 10, "f(x)").0, "generic");
    assert_eq!(line(&report, 4)["status"], "typed");
}

#[test]
fn source_is_text_in_the_page() {
    let folder = Folder::new("markup");
    let source =
        "def größe(a, b):\n    return '</script><b>&amp;' if a < b else 'ünïcødé 日本'\n\nprint(größe(1, 2))\n";
    let (report, page) = folder.report(source, &["-O3"]);
    assert!(
        page.contains("&#39;&lt;/script&gt;&lt;b&gt;&amp;amp;&#39; if a &lt; b"),
        "{page}"
    );
    assert!(page.contains("def größe(a, b):") && page.contains("'ünïcødé 日本".replace('\'', "&#39;").as_str()));
    assert_eq!(page.matches("</script>").count(), 2, "only the page's own scripts end");
    assert_eq!(operation(&report, 2, "a < b"), ("typed", ""));
    let column = &line(&report, 2)["operations"][0]["column"];
    assert_eq!(column, 35);
    // Nothing is fetched from anywhere.
    assert!(!page.contains("http://") && !page.contains("https://"));
}

#[test]
fn modules_of_the_program_have_sections_of_their_own() {
    let folder = Folder::new("modules");
    folder.file("helper.py", "def twice(x):\n    return x + x\n");
    folder.file("script.py", "import helper\nprint(helper.twice(2))\n");
    let output = folder.pyaot(&["report", "script.py"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = folder.read("script.report.html");
    assert!(page.contains("return x + x") && page.contains("helper.twice"));
}

#[test]
fn what_cannot_be_done_is_one_clear_line_and_leaves_nothing() {
    let folder = Folder::new("refused");
    folder.file("ok.py", "print(1)\n");
    folder.file("bad.py", "print(\n");
    let compiled = folder.pyaot(&["compile", "ok.py", "-o", "ok.pyc"]);
    assert!(compiled.status.success());
    let before = folder.names();
    for (args, status, needle) in [
        (
            &["report", "missing.py"][..],
            1,
            "cannot open 'missing.py': No such file or directory",
        ),
        (
            &["report", "ok.py", "-o", "nowhere/x.html"],
            1,
            "the folder 'nowhere' does not exist",
        ),
        (
            &["report", "ok.py", "--json", "nowhere/x"],
            1,
            "the folder 'nowhere' does not exist",
        ),
        (&["report", "ok.py", "-o", "ok.py"], 1, "would replace the script"),
        (
            &["report", "ok.py", "-o", "a", "--json", "./a"],
            1,
            "cannot both be 'a'",
        ),
        (&["report", "ok.py", "-o", "/dev/null"], 1, "it is a non-regular file"),
        (&["report", "bad.py"], 1, "SyntaxError: '(' was never closed"),
        (&["report", "ok.pyc"], 1, "a report needs the program's source"),
        (
            &["report", "ok.py", "--frobnicate"],
            2,
            "unexpected argument '--frobnicate'",
        ),
        (&["report"], 2, "required arguments"),
    ] {
        let output = folder.pyaot(args);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
        assert!(text.contains(needle), "{args:?}: {text}");
        assert_eq!(folder.names(), before, "{args:?} left files behind");
    }
}
