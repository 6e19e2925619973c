//! Makes compiler/frontend/src/syntax/east_asia.txt: where Python's encodings of East Asia differ from the web's. In, on
//! standard input: what `tests/identity/encoding_tables.py --wide` prints. Out: a line a table: its name, what it is
//! compared with, and the runs that differ, split by blanks: `first-last` for codes that have no meaning,
//! `first=characters` for codes one after the other, `code+characters` for one that stands for several; codes in hex.

use std::collections::BTreeMap;
use std::io::Read;

use encoding_rs::Encoding;

type Table = BTreeMap<u32, String>;

fn web(label: &str, prefix: &str, code: u32) -> Option<String> {
    let encoding = Encoding::for_label(label.as_bytes()).expect("a label of the web");
    let mut bytes: Vec<u8> = u8::from_str_radix(prefix, 16).into_iter().collect();
    bytes.extend(code.to_be_bytes().into_iter().skip_while(|b| *b == 0));
    encoding
        .decode_without_bom_handling_and_without_replacement(&bytes)
        .map(|text| text.into_owned())
}

fn runs(table: &Table, base: impl Fn(u32) -> Option<String>) -> String {
    let two = 0x8000..=0xffffu32;
    let four = table.keys().any(|code| *code > 0xffff);
    let digits = |code: u32, shift: u32| (0x30..0x3a).contains(&(code >> shift & 0xff));
    let long = (0x8130_8130..=0x8439_fe39u32).filter(|code| four && digits(*code, 16) && digits(*code, 0));
    let mut out: Vec<String> = Vec::new();
    // The run that is being made: its kind and the code that would continue it.
    let mut open: Option<(char, u32)> = None;
    for code in two.chain(long) {
        let (theirs, web) = (table.get(&code), base(code));
        if theirs.is_none() && web.is_none() {
            continue;
        }
        if theirs == web.as_ref() {
            open = None;
            continue;
        }
        match theirs {
            None => {
                if let (Some(('-', _)), Some(last)) = (open, out.last_mut()) {
                    let first = last.split('-').next().unwrap_or("").to_string();
                    *last = format!("{first}-{code:x}");
                } else {
                    out.push(format!("{code:x}-{code:x}"));
                }
                open = Some(('-', code + 1));
            }
            Some(text) if text.chars().count() > 1 => {
                out.push(format!("{code:x}+{text}"));
                open = None;
            }
            Some(text) => {
                match (open, out.last_mut()) {
                    (Some(('=', next)), Some(last)) if next == code => last.push_str(text),
                    _ => out.push(format!("{code:x}={text}")),
                }
                open = Some(('=', code + 1));
            }
        }
    }
    out.join(" ")
}

fn main() {
    let mut dump = String::new();
    std::io::stdin().read_to_string(&mut dump).expect("the dump");
    let mut tables: BTreeMap<&str, Table> = BTreeMap::new();
    for part in dump.split("> ").skip(1) {
        let (header, rows) = part.split_once('\n').expect("a header");
        let (name, base) = header.split_once(':').expect("a base");
        let mut table = Table::new();
        for row in rows.lines() {
            let mut fields = row.split(' ').map(|field| u32::from_str_radix(field, 16).expect("hex"));
            let code = fields.next().expect("a code");
            table.insert(code, fields.map(|c| char::from_u32(c).expect("a character")).collect());
        }
        let differences = match base.strip_prefix('=') {
            Some(other) => runs(&table, |code| tables[other].get(&code).cloned()),
            None if base.is_empty() => runs(&table, |_| None),
            None => {
                let (label, prefix) = base.split_once('/').unwrap_or((base, ""));
                runs(&table, |code| web(label, prefix, code))
            }
        };
        println!("{name}:{base}:{differences}");
        tables.insert(name, table);
    }
}
