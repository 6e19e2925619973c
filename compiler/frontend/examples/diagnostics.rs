//! Compares the front end's errors and warnings with CPython's.
//!
//! In: a file that `diagnostics_oracle.py` wrote, and optionally a word that the kind of a difference must contain.
//! Out: examples of the differences by kind, and the share of sources that are accepted or refused alike, with the
//! same message, and with the same position too.

use std::collections::BTreeMap;

use pyaot_frontend::{Flags, Mode, compile};

fn unhex(text: &str) -> String {
    if text == "-" {
        return String::new();
    }
    let bytes: Vec<u8> = (0..text.len() / 2)
        .filter_map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        eprintln!("usage: diagnostics FILE [WORD]");
        std::process::exit(2);
    };
    let word = args.next().unwrap_or_default();
    let records = std::fs::read_to_string(path).expect("the oracle's records");
    let flags = Flags {
        ignore_cookie: true,
        ..Flags::default()
    };
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut all, mut decision, mut message, mut position, mut warnings) = (0, 0, 0, 0, 0);
    for line in records.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let mode = match fields[0] {
            "single" => Mode::Single,
            "eval" => Mode::Eval,
            _ => Mode::Exec,
        };
        let source = unhex(fields[1]);
        if source.contains('\u{fffd}') {
            continue;
        }
        all += 1;
        let theirs_warned: Vec<String> = fields[8..].iter().map(|w| w.to_string()).collect();
        let (ours, warned) = match compile(source.as_bytes(), "<string>", mode, 0, flags) {
            Ok(compiled) => {
                let hex = |s: &str| s.bytes().map(|b| format!("{b:02x}")).collect::<String>();
                let warned = compiled
                    .warnings
                    .iter()
                    .map(|w| format!("{}:{}", w.loc.lineno, hex(&w.message)))
                    .collect();
                (None, warned)
            }
            Err(d) => (Some(d), Vec::new()),
        };
        let mut add = |kind: String, detail: String| {
            kinds
                .entry(kind)
                .or_default()
                .push(format!("{}: {source:?}\n      {detail}", fields[0]));
        };
        let theirs = unhex(fields[7]);
        match (fields[2], &ours) {
            ("ok", None) => {
                decision += 1;
                message += 1;
                position += 1;
                if warned == theirs_warned {
                    warnings += 1;
                } else {
                    let show = |w: &[String]| {
                        w.iter()
                            .map(|w| {
                                w.split_once(':')
                                    .map_or(String::new(), |(l, m)| format!("{l}: {}", unhex(m)))
                            })
                            .collect::<Vec<_>>()
                    };
                    add(
                        "warnings".into(),
                        format!("CPython {:?}\n      ours    {:?}", show(&theirs_warned), show(&warned)),
                    );
                }
            }
            ("ok", Some(d)) => add(
                format!("refused: {}", d.message),
                format!("at {}:{}", d.lineno, d.offset),
            ),
            (_, None) => add(format!("accepted: {theirs}"), String::new()),
            (class, Some(d)) => {
                decision += 1;
                warnings += 1;
                if class != d.class.name() || theirs != d.message {
                    add(
                        format!("message: {theirs} / {}", d.message),
                        format!(
                            "CPython {class} {}:{}  ours {} {}:{}",
                            fields[3],
                            fields[4],
                            d.class.name(),
                            d.lineno,
                            d.offset
                        ),
                    );
                    continue;
                }
                message += 1;
                let ours = [d.lineno, d.offset, d.end_lineno, d.end_offset];
                let same = (0..4).all(|i| fields[3 + i] == "None" || fields[3 + i] == ours[i].to_string());
                if same {
                    position += 1;
                } else {
                    add(
                        format!("position: {theirs}"),
                        format!("CPython {}  ours {ours:?}", fields[3..7].join(" ")),
                    );
                }
            }
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(kind, _)| kind.contains(&word)).collect();
    kinds.sort_by_key(|(_, examples)| std::cmp::Reverse(examples.len()));
    for (kind, examples) in &kinds {
        println!("{:5} {kind}", examples.len());
        for example in examples.iter().take(if word.is_empty() { 2 } else { 12 }) {
            println!("    {example}");
        }
    }
    println!(
        "of {all}: {decision} decided alike, {message} same message, {position} same position, {warnings} same warnings"
    );
}
