//! Compares what becomes of deeply nested sources. In: a folder that `tests/identity/nesting.py` filled. Out: those that
//! end otherwise than in CPython, and the share of the others. Of a RecursionError only the class counts: CPython's
//! message says how much of its stack was used. Exit status 1 if any differs.

use pyaot_frontend::{Flags, Mode, compile};

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: nesting FOLDER");
        std::process::exit(2);
    };
    let index = std::fs::read_to_string(format!("{folder}/index.txt")).expect("index.txt");
    let (mut all, mut same) = (0, 0);
    for (number, line) in index.lines().enumerate() {
        let (name, theirs) = line.split_once(' ').unwrap_or((line, ""));
        let source = std::fs::read(format!("{folder}/{number}.py")).expect("the source");
        let ours = match compile(&source, "<s>", Mode::Exec, 0, Flags::default()) {
            Ok(_) => "ok".to_string(),
            Err(d) => format!("{} {}", d.class.name(), d.message),
        };
        all += 1;
        let deep = |text: &str| text.starts_with("RecursionError");
        if ours == theirs || deep(&ours) && deep(theirs) {
            same += 1;
        } else {
            println!("{name}: CPython {theirs:?}, ours {ours:?}");
        }
    }
    println!("{same} of {all} nested sources end as in CPython");
    std::process::exit(i32::from(same < all));
}
