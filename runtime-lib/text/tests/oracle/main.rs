//! Compares this crate with CPython: every *.txt here was recorded by record.py (which describes the format).
//! A failing test lists the first cases that differ.

mod codecs;
mod lists;
mod numbers;
mod templates;
mod texts;

use pyaot_text::{StrBuf, Text, Units};

/// Decodes the files' text form.
fn dec(s: &str) -> Text {
    let mut out = StrBuf::new();
    let mut rest = s;
    while let Some(i) = rest.find('\\') {
        out.push_str(&rest[..i]);
        let end = i + rest[i..].find(';').unwrap();
        out.push(u32::from_str_radix(&rest[i + 1..end], 16).unwrap());
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out.finish()
}

fn enc(s: Units) -> String {
    let mut out = String::new();
    for c in s.iter() {
        match char::from_u32(c) {
            Some(c @ '!'..='~') if c != '\\' => out.push(c),
            _ => out.push_str(&format!("\\{c:x};")),
        }
    }
    out
}

fn enc_buf(s: StrBuf) -> String {
    let minimal = s.clone().finish();
    assert_eq!(
        s.kind(),
        minimal.units().kind(),
        "not in its narrowest kind: {}",
        enc(s.units())
    );
    enc(s.units())
}

fn enc_bytes(s: &[u8]) -> String {
    enc(Units::One(s))
}

fn float(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).unwrap())
}

fn bits(x: f64) -> String {
    // The sign of a NaN is no part of what Python shows of it.
    format!(
        "{:016x}",
        if x.is_nan() {
            f64::NAN.copysign(x).to_bits()
        } else {
            x.to_bits()
        }
    )
}

/// Runs `f` on the fields of each line; it answers (what we make of it, what CPython made of it).
fn check(file: &str, mut f: impl FnMut(&[&str]) -> (String, String)) {
    let mut wrong = Vec::new();
    let mut total = 0;
    for line in file.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (ours, theirs) = f(&fields);
        total += 1;
        if ours != theirs {
            wrong.push(format!("{line}\n    ours   {ours}\n    theirs {theirs}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {total} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert!(total > 10);
}
