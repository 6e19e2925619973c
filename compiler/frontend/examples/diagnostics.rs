//! Compares the front end's errors and warnings with CPython's.
//!
//! In: a file that `tests/identity/errors.py` or `encodings.py` wrote, the list of accepted differences, and optionally a
//! word that the kind of a difference must contain. Out: examples of the differences by kind, and the share of sources
//! that are decided alike, that have the same class and message, the same position, the same line of text, the same
//! warnings, and all of it. A line of the list is the number of a source and the reason why it differs; sources are not
//! in the list, they belong to CPython's tests. Exit status 1 if a difference is not in the list.

use std::collections::BTreeMap;

use pyaot_code::Constant;
use pyaot_code::marshal::loads;
use pyaot_frontend::{Compiled, Diagnostic, Flags, Mode, compile};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .filter_map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok())
        .collect()
}

fn text_of(hex: &str) -> String {
    String::from_utf8_lossy(&unhex(hex)).into_owned()
}

/// Number of a source: FNV-1a of its mode and bytes.
fn number(mode: &str, source: &[u8]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in mode.bytes().chain([0]).chain(source.iter().copied()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// What CPython made of a source.
struct Record<'a> {
    mode: &'a str,
    source: Vec<u8>,
    class: &'a str,
    position: [&'a str; 4],
    message: String,
    text: String,
    code: Vec<u8>,
    warnings: Vec<&'a str>,
}

fn parse(line: &str) -> Record<'_> {
    let fields: Vec<&str> = line.split(' ').collect();
    Record {
        mode: fields[0],
        source: unhex(fields[1]),
        class: fields[2],
        position: [fields[3], fields[4], fields[5], fields[6]],
        message: text_of(fields[7]),
        text: text_of(fields[8]),
        code: unhex(fields[9]),
        warnings: fields[10..].to_vec(),
    }
}

/// What differs, and both sides.
fn difference(record: &Record<'_>, ours: Result<Compiled, Box<Diagnostic>>) -> Option<(&'static str, String, String)> {
    match (record.class, ours) {
        ("ok", Ok(compiled)) => {
            let hex = |s: &str| s.bytes().map(|b| format!("{b:02x}")).collect::<String>();
            let warned: Vec<String> = compiled
                .warnings
                .iter()
                .map(|w| format!("{}:{:?}:{}", w.loc.lineno, w.category, hex(&w.message)))
                .collect();
            if warned != record.warnings {
                let show = |w: &str| {
                    w.rsplit_once(':')
                        .map_or(String::new(), |(l, m)| format!("{l}: {}", text_of(m)))
                };
                let theirs: Vec<String> = record.warnings.iter().map(|w| show(w)).collect();
                let ours: Vec<String> = warned.iter().map(|w| show(w)).collect();
                return Some((
                    "warnings",
                    String::new(),
                    format!("CPython {theirs:?}\n      ours    {ours:?}"),
                ));
            }
            if !record.code.is_empty() && loads(&record.code) != Ok(Constant::Code(compiled.code.into())) {
                return Some(("code", String::new(), String::new()));
            }
            None
        }
        ("ok", Err(d)) => Some((
            "decision",
            format!("refused: {}", d.message),
            format!("at {}:{}", d.lineno, d.offset),
        )),
        (_, Ok(_)) => Some(("decision", format!("accepted: {}", record.message), String::new())),
        (class, Err(d)) => {
            let ours = [d.lineno, d.offset, d.end_lineno, d.end_offset];
            let shown = format!("CPython {}  ours {ours:?}", record.position.join(" "));
            if class != d.class.name() || record.message != d.message {
                let kind = format!("{class}: {} / {}: {}", record.message, d.class.name(), d.message);
                return Some(("message", kind, shown));
            }
            let same = (0..4).all(|i| record.position[i] == "None" || record.position[i] == ours[i].to_string());
            if !same {
                return Some(("position", record.message.clone(), shown));
            }
            let text = d.text.as_deref().unwrap_or("");
            // Stages behind the parser read the line from the file, which a text has not.
            if !record.text.is_empty() && text.trim_end_matches('\n') != record.text.trim_end_matches('\n') {
                let shown = format!("CPython {:?}  ours {text:?}", record.text);
                return Some(("text", record.message.clone(), shown));
            }
            None
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [path, known, words @ ..] = args.as_slice() else {
        eprintln!("usage: diagnostics FILE KNOWN [WORD]");
        std::process::exit(2);
    };
    let word = words.first().map_or("", String::as_str);
    let records = std::fs::read_to_string(path).expect("the oracle's records");
    let known = std::fs::read_to_string(known).expect("the list of accepted differences");
    let known: BTreeMap<&str, &str> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .collect();
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut all, mut exact, mut accepted, mut unknown) = (0u32, 0u32, 0u32, 0u32);
    for line in records.lines() {
        let record = parse(line);
        let is_text = record.mode != "bytes";
        // A lone surrogate makes a text that no file can hold.
        if is_text && std::str::from_utf8(&record.source).is_err() {
            continue;
        }
        let mode = match record.mode {
            "single" => Mode::Single,
            "eval" => Mode::Eval,
            _ => Mode::Exec,
        };
        let flags = Flags {
            ignore_cookie: is_text,
            ..Flags::default()
        };
        all += 1;
        let number = number(record.mode, &record.source);
        match difference(&record, compile(&record.source, "<string>", mode, 0, flags)) {
            None => {
                exact += 1;
                if known.contains_key(number.as_str()) {
                    println!("{number} is in the list, and no longer differs");
                }
            }
            Some((what, kind, detail)) => {
                *wrong.entry(what).or_default() += 1;
                match known.get(number.as_str()) {
                    Some(_) => accepted += 1,
                    None => unknown += 1,
                }
                let source = String::from_utf8_lossy(&record.source);
                kinds
                    .entry(format!("{what}: {kind}"))
                    .or_default()
                    .push(format!("{number} {}: {source:?}\n      {detail}", record.mode));
            }
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(kind, _)| kind.contains(word)).collect();
    kinds.sort_by_key(|(_, examples)| std::cmp::Reverse(examples.len()));
    for (kind, examples) in &kinds {
        println!("{:5} {kind}", examples.len());
        for example in examples.iter().take(if word.is_empty() { 2 } else { usize::MAX }) {
            println!("    {example}");
        }
    }
    let mut left = all;
    for what in ["decision", "code", "message", "position", "text", "warnings"] {
        left -= wrong.get(what).copied().unwrap_or(0);
        println!(
            "same {what:<9} {left:6} of {all} ({:.2} %)",
            100.0 * f64::from(left) / f64::from(all.max(1))
        );
    }
    println!("{exact} of {all} exact; {accepted} differ for a listed reason, {unknown} for none");
    std::process::exit(i32::from(unknown > 0));
}
