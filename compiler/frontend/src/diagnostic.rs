//! What is wrong with the source: the exception CPython would raise, with its class, wording and position, and the
//! warnings it would issue. In: a message and a location from any stage. Out: `Diagnostic`, whose `Display` is
//! CPython's traceback form; `printed` adds what CPython adds when it has the file. The surprising decision: stages leave
//! `filename` and `text` empty; `compile` fills them, so that no stage carries the source around.
//!
//! CPython: Python/errors.c, _PyErr_RaiseSyntaxError; Python/pythonrun.c; Lib/traceback.py, _format_syntax_error.

use std::fmt;

use crate::instr::Location;
use crate::keyword_typos::{self, Typo, is_space};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    SyntaxError,
    IndentationError,
    TabError,
    RecursionError,
    MemoryError,
    OverflowError,
    ValueError,
    /// The front end is wrong, not the source.
    SystemError,
}

impl ErrorClass {
    pub fn name(self) -> &'static str {
        match self {
            ErrorClass::SyntaxError => "SyntaxError",
            ErrorClass::IndentationError => "IndentationError",
            ErrorClass::TabError => "TabError",
            ErrorClass::RecursionError => "RecursionError",
            ErrorClass::MemoryError => "MemoryError",
            ErrorClass::OverflowError => "OverflowError",
            ErrorClass::ValueError => "ValueError",
            ErrorClass::SystemError => "SystemError",
        }
    }

    /// Whether the exception has `filename`, `lineno`, `offset` and `text`.
    pub fn is_syntax_error(self) -> bool {
        matches!(
            self,
            ErrorClass::SyntaxError | ErrorClass::IndentationError | ErrorClass::TabError
        )
    }
}

/// An error in the source. Lines and offsets count from 1; offsets are in the unit CPython uses at that place
/// (characters from the parser, UTF-8 bytes from symtable and codegen). Zero means unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub class: ErrorClass,
    pub message: String,
    pub filename: String,
    pub lineno: i32,
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
    /// The source line with its newline.
    pub text: Option<String>,
    /// Of an error that the grammar found.
    pub(crate) grammar: Option<GrammarState>,
}

/// How far the grammar came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrammarState {
    /// Line of the last compound statement before the error, 0 if there is none: `SyntaxError._metadata`.
    pub last_stmt: i32,
    /// More lines could make it a program: `PyCF_ALLOW_INCOMPLETE_INPUT` tells.
    pub incomplete: bool,
}

impl Diagnostic {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic {
            class,
            message: message.into(),
            filename: String::new(),
            lineno: 0,
            offset: 0,
            end_lineno: 0,
            end_offset: 0,
            text: None,
            grammar: None,
        })
    }

    /// A SyntaxError at an AST location.
    pub fn syntax(loc: Location, message: impl Into<String>) -> Box<Diagnostic> {
        let mut d = Diagnostic::new(ErrorClass::SyntaxError, message);
        d.lineno = loc.lineno;
        d.offset = loc.col_offset + 1;
        d.end_lineno = loc.end_lineno;
        d.end_offset = loc.end_col_offset + 1;
        d
    }

    pub fn internal(stage: &str, message: impl fmt::Display) -> Box<Diagnostic> {
        Diagnostic::new(ErrorClass::SystemError, format!("{stage}: {message}"))
    }

    /// Fills in what only the driver of the stages knows.
    pub(crate) fn complete(mut self: Box<Self>, filename: &str, source: &str) -> Box<Self> {
        self.filename = filename.to_string();
        if self.class.is_syntax_error() && self.text.is_none() && self.lineno > 0 {
            self.text = source
                .split_inclusive('\n')
                .nth(self.lineno as usize - 1)
                .map(str::to_string);
        }
        self
    }
}

impl std::error::Error for Diagnostic {}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

impl Diagnostic {
    /// As `python3.14 FILE` prints it, which may suggest a keyword; `file` is what the file has in it.
    pub fn printed(&self, file: &[u8]) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut out, keyword_typos::find(self, file));
        out
    }

    fn write(&self, f: &mut impl fmt::Write, typo: Option<Typo>) -> fmt::Result {
        if self.class.is_syntax_error() {
            if self.lineno > 0 {
                writeln!(f, "  File \"{}\", line {}", self.filename, self.lineno)?;
            } else if !self.filename.is_empty() {
                writeln!(f, "  File \"{}\"", self.filename)?;
            }
            match (&typo, &self.text) {
                (Some(typo), _) => write_line(f, &typo.text, typo.offset, Some(typo.end_offset))?,
                (None, Some(text)) => {
                    let on_line = self.end_lineno <= self.lineno;
                    write_line(f, text, self.offset, Some(self.end_offset).filter(|_| on_line))?;
                }
                (None, None) => {}
            }
        }
        let message = typo.as_ref().map_or(self.message.as_str(), |typo| &typo.message);
        if message.is_empty() {
            write!(f, "{}", self.class.name())
        } else {
            write!(f, "{}: {message}", self.class.name())
        }
    }
}

/// A line and what is marked in it; without an end, that is all up to the end of the line.
fn write_line(f: &mut impl fmt::Write, text: &str, offset: i32, end_offset: Option<i32>) -> fmt::Result {
    let length = |text: &str| text.chars().count() as i32;
    let rtext = text.trim_end_matches('\n');
    let ltext = rtext.trim_start_matches([' ', '\n', '\x0c']);
    writeln!(f, "    {ltext}")?;
    if offset < 1 {
        return Ok(());
    }
    let behind = length(rtext) + 1;
    let end_offset = match end_offset {
        Some(0) => offset,
        Some(end) => end,
        None => behind,
    };
    let within = |offset: i32| if offset > length(text) { behind } else { offset };
    let (offset, mut end_offset) = (within(offset), within(end_offset));
    if offset >= end_offset || end_offset < 0 {
        end_offset = offset + 1;
    }
    let spaces = length(rtext) - length(ltext);
    let (start, end) = (offset - 1 - spaces, end_offset - 1 - spaces);
    if start >= 0 {
        // Blanks of other kinds, like tabs, stay what they are.
        let blank = |c: char| if is_space(c) { c } else { ' ' };
        let pad: String = ltext.chars().take(start as usize).map(blank).collect();
        writeln!(f, "    {pad}{}", "^".repeat((end - start) as usize))?;
    }
    Ok(())
}

/// The category of a warning of the compiler; both are on by default in CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCategory {
    SyntaxWarning,
    DeprecationWarning,
}

/// A warning about the source, at a line counted from 1. The position is kept so that `-W error` can turn it into the
/// SyntaxError that CPython raises then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub category: WarningCategory,
    pub message: String,
    pub loc: Location,
}

pub type Result<T> = std::result::Result<T, Box<Diagnostic>>;
