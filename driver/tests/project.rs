//! Rules of the project that no single crate can check: which crate may depend on which, and what the hot bitcode refers to.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn workspace() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    serde_json::from_slice(&output.stdout).expect("cargo metadata gives JSON")
}

/// `(crate, its folder relative to the root, its ordinary dependencies)`.
fn crates() -> Vec<(String, String, BTreeSet<String>)> {
    let metadata = workspace();
    let root = metadata["workspace_root"].as_str().unwrap_or_default().to_string();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_string();
    metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|package| {
            let folder = text(&package["manifest_path"])
                .replace(&format!("{root}/"), "")
                .replace("/Cargo.toml", "");
            let deps = package["dependencies"].as_array().into_iter().flatten();
            (
                text(&package["name"]),
                folder,
                deps.filter(|d| d["kind"].is_null()).map(|d| text(&d["name"])).collect(),
            )
        })
        .collect()
}

#[test]
fn dependencies_point_the_allowed_way() {
    let crates = crates();
    assert!(crates.len() >= 12, "{crates:?}");
    let below = |prefix: &str| {
        crates
            .iter()
            .filter(|(_, folder, _)| folder.starts_with(prefix))
            .map(|(n, _, _)| n.clone())
            .collect::<BTreeSet<_>>()
    };
    let (compiler, runtime) = (below("compiler/"), below("runtime-lib/"));
    for (name, folder, deps) in &crates {
        let wrong: Vec<&String> = if folder.starts_with("compiler/") {
            deps.iter()
                .filter(|d| runtime.contains(*d) && *d != "pyaot_abi")
                .collect()
        } else if folder.starts_with("runtime-lib/") {
            let vm = name == "pyaot_vm";
            deps.iter()
                .filter(|d| compiler.contains(*d) && *d != "pyaot_code" && !(vm && *d == "pyaot_frontend"))
                .collect()
        } else {
            Vec::new()
        };
        assert!(wrong.is_empty(), "{name} may not depend on {wrong:?}");
        assert!(
            name == "pyaot_llvm" || !deps.contains("inkwell"),
            "only pyaot_llvm names inkwell, not {name}"
        );
        assert!(
            name != "pyaot_core" || !deps.contains("pyaot_stdlib"),
            "core may not depend on stdlib"
        );
        let leaf = matches!(name.as_str(), "pyaot_abi" | "pyaot_code");
        assert!(
            !leaf || deps.iter().all(|d| !d.starts_with("pyaot_")),
            "{name} is a leaf"
        );
    }
}

/// Bounds, overflow and unwinding would pull in symbols that no executable has.
#[test]
fn hot_bitcode_needs_only_rows_of_the_table_and_types() {
    let home = std::env::var_os("PYAOT_HOME").map(std::path::PathBuf::from);
    let home = home.unwrap_or_else(|| Path::new(env!("CARGO_BIN_EXE_pyaot")).with_file_name("../pyaot-home"));
    let bitcode = std::fs::read(home.join("hot.bc")).expect("./x home makes hot.bc");
    let symbols = pyaot_llvm::hot::undefined_symbols(&bitcode).expect("hot.bc is bitcode");
    assert!(!symbols.is_empty());
    for symbol in symbols {
        let name = symbol.strip_prefix("pyaot_").unwrap_or("");
        let known = name == "thread" || name.starts_with("type_") || pyaot_abi::Intrinsic::find(name).is_some();
        assert!(
            known,
            "{symbol} is neither a row of the intrinsic table nor a type object nor the thread state"
        );
    }
}
