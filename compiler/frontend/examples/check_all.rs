//! Compiles every file of a folder and says nothing but how many were accepted: for runs over damaged sources.

use pyaot_frontend::{ErrorClass, Flags, Mode, compile};

fn main() {
    let mut accepted = 0;
    let mut refused = 0;
    for folder in std::env::args().skip(1) {
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .expect("a folder")
            .flatten()
            .map(|e| e.path())
            .collect();
        paths.sort();
        for path in paths {
            let source = std::fs::read(&path).expect("a file");
            let name = path.display().to_string();
            if std::env::var_os("VERBOSE").is_some() {
                eprintln!("{name}");
            }
            for optimize in 0..3 {
                match compile(&source, &name, Mode::Exec, optimize, Flags::default()) {
                    Ok(_) => accepted += 1,
                    Err(d) => {
                        refused += 1;
                        let _ = d.to_string();
                        if d.class == ErrorClass::SystemError {
                            println!("{name}: {d}");
                        }
                    }
                }
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
}
