//! Times the front end against CPython's compiler. In: a folder that `tests/identity/speed.py` filled, and the number of the
//! round. Out: CPU seconds of both over the same files, one file after the other: the least of all rounds so far, their
//! ratio, the ratio in each round, and the most memory that the process had; in the last round the status is 1 when the
//! goal is missed. Both sides go from the bytes of a source in memory to its code object, and give it back, in one thread.
//! With `--train FOLDER` it only compiles what is below the folder, for a profile of the front end.

use std::path::Path;

use pyaot_frontend::{Flags, Mode, STACK_SIZE, compile_here};

/// As the compiler's driver has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of `tests/identity/run`.
const ROUNDS: u32 = 4;

/// CPU time of this process, all threads, in seconds.
fn cpu_seconds() -> f64 {
    // Nanoseconds on the processor, of each thread that lives and of those that ended.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    // The system counts a hundred ticks a second on every Linux there is.
    (ticks(11) + ticks(12)) / 100.0
}

fn main() {
    let worker = std::thread::Builder::new()
        .stack_size(STACK_SIZE)
        .spawn(run)
        .expect("a thread");
    worker.join().expect("no panic");
}

/// Compiles all Python files below a folder; tests among them have sources that are wrong.
fn train(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok())
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            train(&path);
        } else if path.extension().is_some_and(|extension| extension == "py")
            && let Ok(source) = std::fs::read(&path)
        {
            // Whether it is a program does not matter here.
            let _ = compile_here(&source, "train.py", Mode::Exec, 0, Flags::default());
        }
    }
}

fn run() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: speed FOLDER [ROUND FILE], or speed --train FOLDER");
        std::process::exit(2);
    };
    if folder == "--train" {
        return std::env::args().skip(2).for_each(|folder| train(Path::new(&folder)));
    }
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of the oracle");
    let seconds = |text: &str| -> Vec<f64> { text.lines().map(|line| line.parse().expect("seconds")).collect() };
    let theirs = seconds(&read("seconds.txt"));
    let round: u32 = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let index = read("index.txt");
    let sources: Vec<(&str, Vec<u8>)> = index
        .lines()
        .enumerate()
        .map(|(number, path)| {
            (
                path,
                std::fs::read(folder.join(format!("{number}.py"))).expect("the source"),
            )
        })
        .collect();
    let bytes: usize = sources.iter().map(|(_, source)| source.len()).sum();
    let mut best = f64::INFINITY;
    for _ in 0..2 {
        let start = cpu_seconds();
        for (path, source) in &sources {
            if let Err(d) = compile_here(source, path, Mode::Exec, 0, Flags::default()) {
                println!("{path}: {d}");
                std::process::exit(1);
            }
        }
        best = best.min(cpu_seconds() - start);
    }
    // What earlier rounds took, a line each.
    let own = std::env::args().nth(3);
    let before = own
        .as_ref()
        .map_or_else(String::new, |own| std::fs::read_to_string(own).unwrap_or_default());
    if let Some(own) = &own {
        std::fs::write(own, format!("{before}{best}\n")).expect("the file can be written to");
    }
    let mut ours = seconds(&before);
    ours.push(best);
    // What else the machine does only adds to either side.
    let least = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let (their_best, our_best) = (least(&theirs), least(&ours));
    let ratio = their_best / our_best;
    let each: Vec<String> = theirs
        .iter()
        .zip(&ours)
        .map(|(theirs, ours)| format!("{:.1}", theirs / ours))
        .collect();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("")
        .trim();
    println!(
        "{} files, {:.1} MB, best of {round}: CPython {their_best:.2} s, pyaot {our_best:.2} s of CPU: {ratio:.1} times faster ({} in each round); peak memory {peak}",
        sources.len(),
        bytes as f64 / 1e6,
        each.join(", "),
    );
    std::process::exit(i32::from(round == ROUNDS && ratio < 5.0));
}
