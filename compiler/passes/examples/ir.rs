//! Prints the IR of `.pyc` files after a pass: `ir [--after PASS|raw] [--quiet] FILE…`. A tool for people who work on the passes.
use std::sync::Arc;

fn main() {
    let mut after = None;
    let mut quiet = false;
    let mut failed = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--after" => after = args.next(),
            "--quiet" => quiet = true,
            path => {
                if let Err(message) = show(path, after.as_deref(), quiet) {
                    failed = true;
                    eprintln!("{path}: {message}");
                }
            }
        }
    }
    std::process::exit(i32::from(failed));
}

fn show(path: &str, after: Option<&str>, quiet: bool) -> Result<(), String> {
    let data = std::fs::read(path).map_err(|e| e.to_string())?;
    let (_, code) = pyaot_code::marshal::read_pyc(&data).map_err(|e| e.to_string())?;
    let mut module = pyaot_lower::lower_module("__main__", &Arc::new(code)).map_err(|e| e.to_string())?;
    pyaot_ir::verify_module(&module).map_err(|e| e.to_string())?;
    if after != Some("raw") {
        pyaot_passes::run_until(&mut module, after).map_err(|e| e.to_string())?;
    }
    let text = pyaot_ir::text::print_module(&module);
    if quiet {
        let again = pyaot_ir::text::parse_module(&text).map_err(|e| e.to_string())?;
        if again != module {
            return Err("text form is not lossless".into());
        }
        println!(
            "{path}: {} functions, {} lines",
            module.functions.len(),
            text.lines().count()
        );
    } else {
        print!("{text}");
    }
    Ok(())
}
