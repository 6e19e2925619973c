//! Times the front end against CPython's compiler. In: a folder that `tests/identity/speed.py` filled. Out: CPU seconds of
//! both over the same files, one file after the other, the ratio, and the most memory that the process had.

use std::path::Path;

use pyaot_frontend::{Flags, Mode, STACK_SIZE, compile_here};

/// As the compiler's driver has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

fn run() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: speed FOLDER");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of the oracle");
    let theirs: f64 = read("seconds.txt").trim().parse().expect("seconds");
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
    for _ in 0..3 {
        let start = cpu_seconds();
        for (path, source) in &sources {
            if let Err(d) = compile_here(source, path, Mode::Exec, 0, Flags::default()) {
                println!("{path}: {d}");
                std::process::exit(1);
            }
        }
        best = best.min(cpu_seconds() - start);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("")
        .trim();
    println!(
        "{} files, {:.1} MB: CPython {theirs:.2} s, pyaot {best:.2} s of CPU: {:.1} times faster; peak memory {peak}",
        sources.len(),
        bytes as f64 / 1e6,
        theirs / best
    );
    std::process::exit(i32::from(theirs / best < 5.0));
}
