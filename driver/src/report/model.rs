//! The report as data; its fields in this order are the JSON that README describes.
use serde::Serialize;

#[derive(Serialize, Debug)]
pub struct Report {
    pub format: u32,
    pub script: String,
    pub opt_level: u8,
    pub units: Units,
    pub total: Total,
    pub modules: Vec<ModuleCost>,
    pub functions: Vec<Function>,
    pub lines: Vec<Line>,
    pub worth_changing: Vec<Worth>,
}

#[derive(Serialize, Debug)]
pub struct Units {
    pub size: &'static str,
    pub time: &'static str,
}

#[derive(Serialize, Debug, Default)]
pub struct Total {
    pub code_bytes: u64,
    pub data_bytes: u64,
}

#[derive(Serialize, Debug)]
pub struct ModuleCost {
    pub name: String,
    pub file: String,
    pub library: bool,
    pub code_bytes: u64,
    pub data_bytes: u64,
    /// What it took when the module was compiled last; `None` when the cache does not say.
    pub front_ms: Option<f64>,
    pub back_ms: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Code for known types.
    Typed,
    /// Typed and general code.
    Mixed,
    /// Works for any types, through the runtime.
    Generic,
    /// The types are known or do not matter; the runtime does the work.
    Runtime,
    /// Runs once, and is compiled small.
    Cold,
}

#[derive(Serialize, Debug)]
pub struct Function {
    pub module: String,
    pub name: String,
    pub line: u32,
    pub end_line: u32,
    pub code_bytes: u64,
    /// Types of the arguments for which calls have versions of their own.
    pub versions: Vec<Vec<&'static str>>,
    /// Numbers of operations.
    pub typed: u32,
    pub mixed: u32,
    pub generic: u32,
    pub runtime: u32,
    pub count_operations: u32,
    /// Why it has no versions.
    pub reason: Option<String>,
}

#[derive(Serialize, Debug)]
pub struct Line {
    pub module: String,
    pub line: u32,
    /// None where no operation depends on types.
    pub status: Option<Status>,
    pub code_bytes: u64,
    pub count_operations: u32,
    pub type_tests: u32,
    /// Raw numbers that become objects.
    pub boxed_numbers: u32,
    pub loop_depth: u32,
    pub weight: u64,
    pub operations: Vec<Operation>,
}

#[derive(Clone, PartialEq, Serialize, Debug)]
pub struct Operation {
    pub operation: &'static str,
    pub text: String,
    /// In characters, from 1.
    pub column: Option<u32>,
    pub status: Status,
    /// Operand types, and the result's, of each kind of version.
    pub typed: Vec<String>,
    pub reasons: Vec<String>,
    pub hints: Vec<&'static str>,
}

#[derive(Serialize, Debug)]
pub struct Worth {
    pub module: String,
    pub line: u32,
    pub function: String,
    pub weight: u64,
    pub loop_depth: u32,
    pub reason: String,
    pub hint: Option<&'static str>,
}

/// The text of a module, which the page shows.
pub struct Source {
    pub module: String,
    pub file: String,
    pub text: String,
}
