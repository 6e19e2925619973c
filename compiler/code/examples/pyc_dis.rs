//! Prints the disassembly of `.pyc` files, one after the other; options as those of `python3.14 -m dis`.

use pyaot_code::dis::{DisOptions, dis};
use pyaot_code::marshal::read_pyc;

fn main() {
    let mut options = DisOptions::default();
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "-C" => options.show_caches = true,
            "-O" => options.show_offsets = true,
            "-P" => options.show_positions = true,
            "-S" => options.specialized = true,
            path => match std::fs::read(path).map_err(|e| e.to_string()).and_then(|data| {
                let (_, code) = read_pyc(&data).map_err(|e| e.to_string())?;
                dis(&code, options).map_err(|e| e.to_string())
            }) {
                Ok(text) => print!("{text}"),
                Err(error) => {
                    eprintln!("{path}: {error}");
                    std::process::exit(1);
                }
            },
        }
    }
}
