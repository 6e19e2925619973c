//! Compares the front end's code objects with CPython's.
//!
//! In: a folder that `tests/identity/oracle.py` filled, and optionally words that a path must contain. Out: for each
//! optimisation level the share of files and of code objects that are identical, and of `.pyc` bodies that are so byte
//! for byte; the number of differences of each kind, and the first difference of each kind with the two disassemblies
//! side by side. A code object counts for itself; nested ones are compared on their own. Exit status 1 if any code
//! object differs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pyaot_code::dis::{DisOptions, dis};
use pyaot_code::marshal::{dumps, loads};
use pyaot_code::repr::repr;
use pyaot_code::{CodeObject, Constant};
use pyaot_frontend::{Flags, Mode, compile};

/// Lines of disassembly around the first difference.
const BEFORE: usize = 8;
const AFTER: usize = 14;
/// Width of one of the two columns.
const COLUMN: usize = 78;

#[derive(Default)]
struct Totals {
    files: usize,
    same_files: usize,
    codes: usize,
    same_codes: usize,
    bodies: usize,
    same_bodies: usize,
    /// Number of differences and the first example, by kind.
    kinds: BTreeMap<String, (usize, String)>,
    different_files: Vec<String>,
}

impl Totals {
    fn difference(&mut self, kind: String, example: impl FnOnce() -> String) {
        self.kinds.entry(kind).or_insert_with(|| (0, example())).0 += 1;
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(folder) = args.next() else {
        eprintln!("usage: identity FOLDER [WORD]...");
        std::process::exit(2);
    };
    let words: Vec<String> = args.collect();
    let folder = Path::new(&folder);
    let index = std::fs::read_to_string(folder.join("index.txt")).expect("index.txt");
    let levels = std::fs::read_to_string(folder.join("levels.txt")).expect("levels.txt");
    let levels: Vec<u8> = levels.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
    let files: Vec<(usize, &str)> = index
        .lines()
        .enumerate()
        .filter(|(_, path)| words.iter().all(|word| path.contains(word)))
        .collect();
    let mut same = true;
    for level in levels {
        same &= one_level(folder, &files, level);
    }
    std::process::exit(i32::from(!same));
}

/// Compares and reports; whether all is the same.
fn one_level(folder: &Path, files: &[(usize, &str)], optimize: u8) -> bool {
    let next = AtomicUsize::new(0);
    let totals = Mutex::new(Totals::default());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            // As deep as CPython's limits let a program nest, also in a debug build.
            let worker = std::thread::Builder::new().stack_size(256 << 20);
            let run = || {
                while let Some(&(number, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one_file(folder, number, path, optimize, &totals);
                }
            };
            worker.spawn_scoped(scope, run).expect("a thread");
        }
    });
    let totals = totals.into_inner().expect("no poisoned lock");
    let mut kinds: Vec<_> = totals.kinds.iter().collect();
    kinds.sort_by_key(|(_, (count, _))| *count);
    for (kind, (count, example)) in &kinds {
        println!("=== {count} x {kind}\n{example}");
    }
    for (kind, (count, _)) in kinds.iter().rev() {
        println!("{count:6} {kind}");
    }
    if let Ok(path) = std::env::var("IDENTITY_LIST") {
        let mut list = totals.different_files;
        list.sort();
        std::fs::write(path, list.join("\n")).expect("the list can be written");
    }
    let share = |same: usize, all: usize| 100.0 * same as f64 / all.max(1) as f64;
    println!(
        "level {optimize}: identical: {} of {} files ({:.2} %), {} of {} code objects ({:.2} %), {} of {} .pyc bodies ({:.2} %)",
        totals.same_files,
        totals.files,
        share(totals.same_files, totals.files),
        totals.same_codes,
        totals.codes,
        share(totals.same_codes, totals.codes),
        totals.same_bodies,
        totals.bodies,
        share(totals.same_bodies, totals.bodies)
    );
    totals.same_files == totals.files
}

fn one_file(folder: &Path, number: usize, path: &str, optimize: u8, totals: &Mutex<Totals>) {
    let source = std::fs::read(folder.join(format!("{number}.py"))).expect("the source");
    let mine = compile(&source, path, Mode::Exec, optimize, Flags::default()).map(|compiled| compiled.code);
    let mut local = Totals {
        files: 1,
        ..Totals::default()
    };
    if let Ok(body) = std::fs::read(folder.join(format!("{number}.{optimize}.bin"))) {
        match (loads(&body), mine) {
            (Ok(Constant::Code(theirs)), Ok(mine)) => {
                compare(&mine, &theirs, path, &mut local);
                local.bodies = 1;
                local.same_bodies = usize::from(dumps(&Constant::Code(Arc::new(mine))) == body);
            }
            (Ok(_), Err(error)) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or("").to_string();
                local.difference(format!("refused: {last}"), || format!("{path}\n{text}\n"));
            }
            (error, _) => local.difference("unreadable oracle".into(), || format!("{path}: {:?}", error.err())),
        }
    } else {
        let theirs = std::fs::read_to_string(folder.join(format!("{number}.{optimize}.err"))).unwrap_or_default();
        if mine.is_ok() {
            local.difference("accepted".into(), || format!("{path}\n{theirs}\n"));
        }
    }
    local.same_files = usize::from(local.kinds.is_empty());
    let mut totals = totals.lock().expect("no poisoned lock");
    if local.same_files == 0 {
        totals.different_files.push(path.to_string());
    }
    totals.files += 1;
    totals.same_files += local.same_files;
    totals.codes += local.codes;
    totals.same_codes += local.same_codes;
    totals.bodies += local.bodies;
    totals.same_bodies += local.same_bodies;
    for (kind, (count, example)) in local.kinds {
        totals.kinds.entry(kind).or_insert((0, example)).0 += count;
    }
}

fn compare(mine: &CodeObject, theirs: &CodeObject, path: &str, totals: &mut Totals) {
    totals.codes += 1;
    match kind_of_difference(mine, theirs) {
        None => totals.same_codes += 1,
        Some(kind) => totals.difference(kind, || example(mine, theirs, path)),
    }
    let inner = |code: &CodeObject| -> Vec<Arc<CodeObject>> {
        let nested = |value: &Constant| match value {
            Constant::Code(code) => Some(code.clone()),
            _ => None,
        };
        code.consts.iter().filter_map(nested).collect()
    };
    let (mine, theirs) = (inner(mine), inner(theirs));
    for theirs in &theirs {
        let same = |mine: &&Arc<CodeObject>| mine.qualname == theirs.qualname && mine.firstlineno == theirs.firstlineno;
        let mut candidates = mine.iter().filter(same);
        let first = candidates.next();
        let equal = mine.iter().filter(same).find(|mine| mine == &theirs);
        match equal.or(first) {
            Some(mine) => compare(mine, theirs, path, totals),
            None => totals.codes += 1,
        }
    }
}

/// The constants with nested code reduced to its name.
fn flat(consts: &[Constant]) -> Vec<Constant> {
    let flat = |value: &Constant| match value {
        Constant::Code(code) => Constant::str(format!("<code {} {}>", code.qualname, code.firstlineno)),
        value => value.clone(),
    };
    consts.iter().map(flat).collect()
}

fn kind_of_difference(mine: &CodeObject, theirs: &CodeObject) -> Option<String> {
    let (a, b) = (flat(&mine.consts), flat(&theirs.consts));
    let same = CodeObject {
        consts: Vec::new(),
        ..mine.clone()
    } == CodeObject {
        consts: Vec::new(),
        ..theirs.clone()
    };
    if same && a == b {
        return None;
    }
    if mine.code != theirs.code {
        let (Ok(x), Ok(y)) = (mine.instructions(), theirs.instructions()) else {
            return Some("bad code".into());
        };
        let op = |i: &pyaot_code::Instruction| i.opcode;
        let at = (0..).find(|&i| x.get(i).map(op) != y.get(i).map(op) || (i >= x.len() && i >= y.len()))?;
        let name = |i: Option<&pyaot_code::Instruction>| i.map_or("end", |i| i.opcode.name()).to_string();
        if at < x.len().max(y.len()) {
            return Some(format!("code: {} for {}", name(x.get(at)), name(y.get(at))));
        }
        let at = (0..x.len()).find(|&i| x[i].oparg != y[i].oparg)?;
        if a == b && mine.names == theirs.names {
            return Some(format!("oparg of {}", x[at].opcode));
        }
    }
    let kinds = [
        ("consts", a != b),
        ("names", mine.names != theirs.names),
        ("localsplusnames", mine.localsplusnames != theirs.localsplusnames),
        ("localspluskinds", mine.localspluskinds != theirs.localspluskinds),
        ("flags", mine.flags != theirs.flags),
        ("argcounts", {
            let counts = |c: &CodeObject| [c.argcount, c.posonlyargcount, c.kwonlyargcount];
            counts(mine) != counts(theirs)
        }),
        ("stacksize", mine.stacksize != theirs.stacksize),
        ("name", (&mine.name, &mine.qualname) != (&theirs.name, &theirs.qualname)),
        ("firstlineno", mine.firstlineno != theirs.firstlineno),
        ("exceptiontable", mine.exceptiontable != theirs.exceptiontable),
        ("linetable", mine.linetable != theirs.linetable),
        ("filename", mine.filename != theirs.filename),
    ];
    let mut kind: Vec<String> = kinds
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name.to_string())
        .collect();
    if kind.last().is_some_and(|kind| kind == "linetable")
        && let (Ok(x), a, b) = (mine.instructions(), mine.positions(), theirs.positions())
        && let Some(at) = x
            .iter()
            .find(|i| a.get(i.offset as usize / 2) != b.get(i.offset as usize / 2))
    {
        kind.push(format!("at {}", at.opcode));
    }
    Some(kind.join(" "))
}

fn example(mine: &CodeObject, theirs: &CodeObject, path: &str) -> String {
    let mut out = format!("{path}: {} (line {})\n", theirs.qualname, theirs.firstlineno);
    let (a, b) = (flat(&mine.consts), flat(&theirs.consts));
    let mut field = |name: &str, a: String, b: String| {
        if a != b {
            out.push_str(&format!("{name}:\n  ours     {a}\n  CPython  {b}\n"));
        }
    };
    let first = (0..a.len().max(b.len())).find(|&i| a.get(i) != b.get(i));
    if let Some(i) = first {
        let text = |consts: &[Constant]| {
            let text = format!("#{i}: {}", consts.get(i).map_or("-".into(), repr));
            text.chars().take(300).collect::<String>() + &format!(" of {}", consts.len())
        };
        field("consts", text(&a), text(&b));
    }
    let names = |code: &CodeObject| format!("{:?}", code.names);
    field("names", names(mine), names(theirs));
    let locals = |code: &CodeObject| format!("{:?} {:02x?}", code.localsplusnames, code.localspluskinds);
    field("locals", locals(mine), locals(theirs));
    field("flags", format!("{:#x}", mine.flags), format!("{:#x}", theirs.flags));
    field("stacksize", mine.stacksize.to_string(), theirs.stacksize.to_string());
    field("qualname", mine.qualname.to_string(), theirs.qualname.to_string());
    field("name", mine.name.to_string(), theirs.name.to_string());
    field("filename", mine.filename.to_string(), theirs.filename.to_string());
    let flat_text = |code: &CodeObject| {
        let code = CodeObject {
            consts: flat(&code.consts),
            ..code.clone()
        };
        dis(
            &code,
            DisOptions {
                show_positions: true,
                ..DisOptions::default()
            },
        )
        .unwrap_or_else(|e| e.to_string())
    };
    let (a, b) = (flat_text(mine), flat_text(theirs));
    out.push_str(&side_by_side(&a, &b));
    out
}

fn side_by_side(a: &str, b: &str) -> String {
    // Blank lines mark new source lines only; without them the columns stay level.
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.is_empty())
            .map(|line| line.chars().take(COLUMN).collect())
            .collect()
    };
    let (a, b) = (lines(a), lines(b));
    let total = a.len().max(b.len());
    let Some(first) = (0..total).find(|&i| a.get(i) != b.get(i)) else {
        return String::new();
    };
    let mut out = String::new();
    for i in first.saturating_sub(BEFORE)..(first + AFTER).min(total) {
        let (x, y) = (a.get(i).map_or("", String::as_str), b.get(i).map_or("", String::as_str));
        let mark = if x == y { ' ' } else { '|' };
        out.push_str(&format!("{x:<COLUMN$} {mark} {y}\n"));
    }
    out
}
