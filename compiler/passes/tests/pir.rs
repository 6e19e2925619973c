//! Runs the text tests under `tests/ir`. A file is a directive, IR, and, for passes, `---` and the expected IR:
//! `; pass NAME` (what the pass makes of it), `; verify V4` (the invariant that is broken), `; certify TEXT` (part of the message).
//! PYAOT_BLESS=1 writes what the passes made.
use std::path::Path;

fn run(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let (directive, body) = text.split_once('\n').ok_or("empty file")?;
    let (kind, argument) = directive
        .trim_start_matches("; ")
        .split_once(' ')
        .ok_or("no directive")?;
    let (input, expected) = body.split_once("---\n").unwrap_or((body, ""));
    let mut module = pyaot_ir::text::parse_module(input).map_err(|e| e.to_string())?;
    match kind {
        "verify" => {
            let message = match pyaot_ir::verify_module(&module) {
                Ok(()) => return Err("verifies".into()),
                Err(message) => message,
            };
            if message.contains(&format!("{argument} ")) {
                Ok(())
            } else {
                Err(format!("not {argument}: {message}"))
            }
        }
        "certify" => {
            pyaot_ir::verify_module(&module)?;
            let pass = pyaot_passes::PASSES
                .iter()
                .find(|p| p.name == "certify")
                .ok_or("no such pass")?;
            match pyaot_passes::run_pass(&mut module, pass) {
                Ok(()) if argument == "ok" => Ok(()),
                Ok(()) => Err("certified".into()),
                Err(e) if e.message.contains(argument) => Ok(()),
                Err(e) => Err(e.to_string()),
            }
        }
        "pass" => {
            pyaot_ir::verify_module(&module)?;
            let pass = pyaot_passes::PASSES
                .iter()
                .find(|p| p.name == argument)
                .ok_or("no such pass")?;
            pyaot_passes::run_pass(&mut module, pass).map_err(|e| e.to_string())?;
            let got: Vec<String> = module.functions.iter().map(pyaot_ir::text::print_function).collect();
            let got = got.join("\n");
            if got == expected {
                return Ok(());
            }
            if std::env::var_os("PYAOT_BLESS").is_some() {
                return std::fs::write(path, format!("{directive}\n{input}---\n{got}")).map_err(|e| e.to_string());
            }
            Err(format!("expected\n{expected}\ngot\n{got}"))
        }
        other => Err(format!("unknown directive {other}")),
    }
}

#[test]
fn text_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ir");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "pir"))
        .collect();
    paths.sort();
    assert!(paths.len() > 10);
    let failures: Vec<String> = paths
        .iter()
        .filter_map(|p| run(p).err().map(|e| format!("{}: {e}", p.display())))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
