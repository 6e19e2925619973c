//! What the user sees while a build runs: nothing, a line on a terminal after half a second, or stages and times (`-v`).
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub struct Progress {
    start: Instant,
    verbose: bool,
    bar: Mutex<Option<ProgressBar>>,
    terminal: bool,
}

const PATIENCE: Duration = Duration::from_millis(500);

impl Progress {
    pub fn new(verbose: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal() && !verbose;
        Progress {
            start: Instant::now(),
            verbose,
            bar: Mutex::new(None),
            terminal,
        }
    }

    /// `done` of `total` modules are finished; `what` is the latest.
    pub fn step(&self, done: usize, total: usize, what: &str) {
        if !self.terminal || self.start.elapsed() < PATIENCE {
            return;
        }
        let mut guard = self.bar.lock().unwrap_or_else(|e| e.into_inner());
        let bar = guard.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("pyaot [{bar:30}] {pos}/{len} {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(what.to_string());
    }

    /// `done` of `total` units of a module are finished.
    pub fn part(&self, done: usize, total: usize, module: &str) {
        let guard = self.bar.lock().unwrap_or_else(|e| e.into_inner());
        match guard.as_ref() {
            Some(bar) => bar.set_message(format!("{module} ({done} of {total} units)")),
            None => {
                drop(guard);
                self.step(0, 1, module);
            }
        }
    }

    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// A line of `-v`: a stage that took `time`.
    pub fn stage(&self, name: &str, time: Duration) {
        if self.verbose {
            eprintln!("pyaot: {:>8.1} ms  {name}", time.as_secs_f64() * 1000.0);
        }
    }

    pub fn warn(&self, message: &str) {
        self.note(&format!("pyaot: warning: {message}"));
    }

    /// A line (or several) above the progress bar.
    pub fn note(&self, text: &str) {
        let guard = self.bar.lock().unwrap_or_else(|e| e.into_inner());
        let print = || eprintln!("{text}");
        match guard.as_ref() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(|e| e.into_inner()).take() {
            bar.finish_and_clear();
        }
        self.stage("total", self.start.elapsed());
    }
}
