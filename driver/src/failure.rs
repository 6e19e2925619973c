//! Why a command ends without success, and the exit status that goes with it.
//!
//! Three kinds that are never mixed: the program is wrong (CPython's text, status 1), what was asked cannot be done (one
//! clear line, status 1 or clap's 2), and the compiler is wrong (names the stage, status 70).
use std::fmt;
use std::path::Path;

#[derive(Debug)]
pub enum Failure {
    /// A diagnostic of the program, complete with file, line and caret.
    Program(String),
    /// One line for the user.
    Request(String),
    /// The compiler is at fault.
    Internal { stage: &'static str, message: String },
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub fn request(message: impl Into<String>) -> Failure {
        Failure::Request(message.into())
    }

    pub fn internal(stage: &'static str, message: impl fmt::Display) -> Failure {
        Failure::Internal {
            stage,
            message: message.to_string(),
        }
    }

    /// A failed operation on a file.
    pub fn io(action: &str, path: &Path, error: &std::io::Error) -> Failure {
        Failure::Request(format!("cannot {action} '{}': {}", path.display(), describe(error)))
    }

    /// BSD's EX_SOFTWARE for errors of ours.
    pub fn status(&self) -> u8 {
        match self {
            Failure::Program(_) | Failure::Request(_) => 1,
            Failure::Internal { .. } => 70,
        }
    }
}

/// The system's words without Rust's "(os error N)".
pub fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Program(text) => f.write_str(text.trim_end_matches('\n')),
            Failure::Request(text) => write!(f, "pyaot: error: {text}"),
            Failure::Internal { stage, message } => {
                write!(
                    f,
                    "pyaot: internal error in {stage}: {message}\nThis is a bug in pyaot, not in your program."
                )
            }
        }
    }
}
