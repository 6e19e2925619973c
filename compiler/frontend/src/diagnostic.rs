//! What is wrong with the source: the exception CPython would raise, with its class, wording and position, and the
//! warnings it would issue. In: a message and a location from any stage. Out: `Diagnostic`, whose `Display` is
//! CPython's traceback form. The surprising decision: stages leave `filename` and `text` empty; `compile` fills them,
//! so that no stage carries the source around.
//!
//! CPython: Python/errors.c, _PyErr_RaiseSyntaxError; Python/pythonrun.c; Lib/traceback.py, _format_syntax_error.

use std::fmt;

use crate::instr::Location;

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
        if self.class.is_syntax_error() {
            if self.lineno > 0 {
                writeln!(f, "  File \"{}\", line {}", self.filename, self.lineno)?;
            } else if !self.filename.is_empty() {
                writeln!(f, "  File \"{}\"", self.filename)?;
            }
            if let Some(text) = &self.text {
                self.fmt_text(f, text)?;
            }
        }
        if self.message.is_empty() {
            write!(f, "{}", self.class.name())
        } else {
            write!(f, "{}: {}", self.class.name(), self.message)
        }
    }
}

impl Diagnostic {
    fn fmt_text(&self, f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
        let rtext = text.trim_end_matches('\n');
        let ltext = rtext.trim_start_matches([' ', '\n', '\x0c']);
        writeln!(f, "    {ltext}")?;
        if self.offset < 1 {
            return Ok(());
        }
        let spaces = (rtext.chars().count() - ltext.chars().count()) as i32;
        let mut offset = self.offset;
        let mut end_offset = if self.end_offset == 0 { offset } else { self.end_offset };
        if self.end_lineno > self.lineno {
            end_offset = rtext.chars().count() as i32 + 1;
        }
        if rtext.is_empty() || offset > rtext.chars().count() as i32 {
            offset = rtext.chars().count() as i32 + 1;
            end_offset = offset;
        }
        if offset >= end_offset || end_offset < 0 {
            end_offset = offset + 1;
        }
        let colno = offset - 1 - spaces;
        let end_colno = end_offset - 1 - spaces;
        if colno >= 0 {
            let pad: String = ltext
                .chars()
                .take(colno as usize)
                .map(|c| if c.is_whitespace() { c } else { ' ' })
                .collect();
            writeln!(f, "    {pad}{}", "^".repeat((end_colno - colno).max(1) as usize))?;
        }
        Ok(())
    }
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
