//! Compares what is printed for wrong sources with what `python3.14 FILE` prints. In: a folder that
//! `tests/identity/keywords.py` filled, and its path as CPython saw it. Out: the first differences, and the share of
//! sources with the same text; the status is 1 if there is a difference.

use std::path::Path;

use pyaot_frontend::{Flags, Mode, compile};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, inside] = args.as_slice() else {
        eprintln!("usage: printed FOLDER PATH");
        std::process::exit(2);
    };
    let read = |name: &str| std::fs::read(Path::new(folder).join(name)).expect("a file of the oracle");
    let count = String::from_utf8_lossy(&read("count.txt"))
        .trim()
        .parse::<usize>()
        .expect("a number");
    let (mut wrong, mut refused, mut suggested) = (0, 0, 0);
    for number in 0..count {
        let source = read(&format!("{number}.py"));
        let theirs = String::from_utf8_lossy(&read(&format!("{number}.err"))).into_owned();
        let ours = match compile(
            &source,
            &format!("{inside}/{number}.py"),
            Mode::Exec,
            0,
            Flags::default(),
        ) {
            Ok(_) => String::new(),
            Err(d) => format!("{}\n", d.printed(&source)),
        };
        // Warnings of what stands before the error are not a part of it.
        let error = theirs.find("  File \"").map_or("", |at| &theirs[at..]);
        refused += usize::from(!error.is_empty());
        suggested += usize::from(error.contains("Did you mean"));
        if ours != error {
            wrong += 1;
            if wrong <= 20 {
                println!("{}\nCPython:\n{theirs}ours:\n{ours}", String::from_utf8_lossy(&source));
            }
        }
    }
    println!(
        "{} of {count} sources print the same; {refused} are refused, {suggested} with a suggestion",
        count - wrong
    );
    std::process::exit(i32::from(wrong > 0));
}
