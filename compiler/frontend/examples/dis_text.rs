//! Compares the text of `dis` with CPython's. In: a folder that `tests/identity/dis_text.py` filled. Out: for each set of
//! options the share of files with the same text, and the first line that differs of the first one that does not have
//! it. Exit status 1 if any differs.

use std::path::Path;

use pyaot_code::dis::{DisOptions, dis};
use pyaot_frontend::{Flags, Mode, compile};

/// The items of frozensets in one order: CPython's depends on the seed of its hashes.
fn without_set_order(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("frozenset({") {
        let (items, end) = after.split_once("})").unwrap_or((after, ""));
        let mut items: Vec<&str> = items.split(", ").collect();
        items.sort_unstable();
        out.push_str(before);
        out.push_str(&format!("frozenset({{{}}})", items.join(", ")));
        rest = end;
    }
    out + rest
}

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: dis_text FOLDER");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of the oracle");
    let (index, options) = (read("index.txt"), read("options.txt"));
    let mut all_same = true;
    for letters in options.lines() {
        let options = DisOptions {
            show_caches: letters.contains('C'),
            show_offsets: letters.contains('O'),
            show_positions: letters.contains('P'),
            specialized: letters.contains('S'),
        };
        let (mut files, mut same, mut first) = (0, 0, None);
        for (number, path) in index.lines().enumerate() {
            let source = std::fs::read(folder.join(format!("{number}.py"))).expect("the source");
            let theirs = read(&format!("{number}.{letters}.txt"));
            let ours = match compile(&source, path, Mode::Exec, 0, Flags::default()) {
                Ok(compiled) => dis(&compiled.code, options).unwrap_or_else(|e| e.to_string()),
                Err(d) => d.to_string(),
            };
            files += 1;
            let (ours, theirs) = (without_set_order(&ours), without_set_order(&theirs));
            if ours == theirs {
                same += 1;
            } else if first.is_none() {
                let pair = ours.lines().zip(theirs.lines()).find(|(a, b)| a != b);
                first = Some(format!(
                    "{path}\n  ours     {:?}\n  CPython  {:?}",
                    pair.map(|p| p.0),
                    pair.map(|p| p.1)
                ));
            }
        }
        let shown: String = letters.chars().map(|c| format!(" -{c}")).collect();
        println!("dis{shown}: {same} of {files} files have CPython's text");
        if let Some(first) = first {
            println!("{first}");
            all_same = false;
        }
    }
    std::process::exit(i32::from(!all_same));
}
