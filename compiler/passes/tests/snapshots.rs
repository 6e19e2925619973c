//! IR of small functions after chosen passes. The `.pyc` files beside the sources were made by CPython 3.14.
use std::sync::Arc;

fn module(name: &str, after: Option<&str>) -> pyaot_ir::Module {
    let path = format!("{}/tests/code/{name}.pyc", env!("CARGO_MANIFEST_DIR"));
    let data = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let (_, code) = pyaot_code::marshal::read_pyc(&data).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut module = pyaot_lower::lower_module(name, &Arc::new(code)).unwrap_or_else(|e| panic!("{e}"));
    pyaot_ir::verify_module(&module).unwrap_or_else(|e| panic!("{e}"));
    if after != Some("raw") {
        pyaot_passes::run_until(&mut module, after).unwrap_or_else(|e| panic!("{e}"));
    }
    module
}

fn functions(name: &str, after: Option<&str>) -> String {
    let module = module(name, after);
    let shown = module.functions.iter().filter(|f| f.code.0 != 0);
    shown.map(pyaot_ir::text::print_function).collect::<Vec<_>>().join("\n")
}

#[test]
fn calls() {
    insta::assert_snapshot!("calls_raw", functions("calls", Some("raw")));
    insta::assert_snapshot!("calls_counted", functions("calls", Some("certify")));
    insta::assert_snapshot!("calls_lowered", functions("calls", None));
}

#[test]
fn loops() {
    insta::assert_snapshot!("loops_raw", functions("loops", Some("raw")));
    insta::assert_snapshot!("loops_counted", functions("loops", Some("certify")));
}

#[test]
fn handlers() {
    insta::assert_snapshot!("handlers_raw", functions("handlers", Some("raw")));
    insta::assert_snapshot!("handlers_counted", functions("handlers", Some("certify")));
}

#[test]
fn generators() {
    insta::assert_snapshot!("generators_raw", functions("generators", Some("raw")));
    insta::assert_snapshot!("generators_lowered", functions("generators", None));
}

#[test]
fn closures() {
    insta::assert_snapshot!("closures_counted", functions("closures", Some("certify")));
}

/// The module with versions for types, after chosen passes.
fn specialised(name: &str, after: Option<&str>) -> pyaot_ir::Module {
    let mut module = module(name, Some("raw"));
    module.specialise = true;
    pyaot_passes::run_until(&mut module, after).unwrap_or_else(|e| panic!("{e}"));
    module
}

#[test]
fn versions() {
    let module = specialised("versions", Some(pyaot_passes::SPECIALISE));
    insta::assert_snapshot!("versions_specialised", pyaot_ir::text::print_module(&module));
}

#[test]
fn versions_pass_the_verifier_and_the_certifier() {
    for name in ["calls", "loops", "handlers", "generators", "closures", "versions"] {
        let module = specialised(name, None);
        pyaot_ir::verify_module(&module).unwrap_or_else(|e| panic!("{name}: {e}"));
        let text = pyaot_ir::text::print_module(&specialised(name, Some(pyaot_passes::SPECIALISE)));
        let parsed = pyaot_ir::text::parse_module(&text).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(pyaot_ir::text::print_module(&parsed), text, "{name}");
    }
}

#[test]
fn text_form_is_lossless_after_every_pass() {
    for name in ["calls", "loops", "handlers", "generators", "closures"] {
        let stages = std::iter::once("raw").chain(pyaot_passes::PASSES.iter().map(|p| p.name));
        for after in stages {
            let module = module(name, Some(after));
            let text = pyaot_ir::text::print_module(&module);
            assert_eq!(
                pyaot_ir::text::parse_module(&text).as_ref(),
                Ok(&module),
                "{name} after {after}"
            );
        }
    }
}
