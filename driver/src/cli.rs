//! The command line.
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Parser, Debug)]
#[command(
    name = "pyaot",
    version,
    about = "Compiles Python 3.14 programs to native executables."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Build an executable from a script, a .pyc file or a .pyz archive
    Build(BuildArgs),
    /// Build to the cache, then run the program
    Run {
        #[command(flatten)]
        options: CodeArgs,
        /// Python script, .pyc file, .pyz archive, or folder with a __main__.py
        script: PathBuf,
        /// Arguments of the program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Check the syntax of a script and of the modules it imports
    Check {
        #[command(flatten)]
        options: CodeArgs,
        script: PathBuf,
    },
    /// Write the .pyc file of a script, as `python3.14 -m py_compile` does
    Compile(CompileArgs),
    /// Print the bytecode of a script, as `python3.14 -m dis` does
    Dis(DisArgs),
    /// Print the intermediate representation of a script
    Ir(InspectArgs),
    /// Print the LLVM IR of a script
    Llvm(InspectArgs),
    /// Print the assembly of a script
    Asm(InspectArgs),
    /// Show what became of every line of a script: typed, generic and why, and what it costs
    Report(ReportArgs),
    /// Show the size of the cache, or empty it
    Cache {
        #[command(subcommand)]
        action: Option<CacheAction>,
    },
}

#[derive(Subcommand, Debug, Clone, Copy)]
pub enum CacheAction {
    /// Print the folder and its size
    Size,
    /// Remove everything
    Clear,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Emit {
    /// Code object text, as `dis` prints it
    Bytecode,
    /// Intermediate representation
    Ir,
    /// LLVM IR
    Llvm,
    /// Assembly
    Asm,
    /// Object files of the program (written to the folder OUT)
    Obj,
}

/// What decides the machine code.
#[derive(Args, Debug, Clone)]
pub struct CodeArgs {
    /// Optimisation level of the machine code
    #[arg(short = 'O', value_name = "LEVEL", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub opt_level: u8,
    /// Python's own level: 1 drops assertions, 2 docstrings too
    #[arg(long, value_name = "LEVEL", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub python_optimize: u8,
    /// Warning filter of the program (as Python's -W)
    #[arg(short = 'W', value_name = "FILTER", allow_hyphen_values = true)]
    pub warnings: Vec<String>,
    /// Option of the program (as Python's -X)
    #[arg(short = 'X', value_name = "OPTION")]
    pub x_options: Vec<String>,
    /// Keep line tables for debuggers and profilers
    #[arg(short = 'g')]
    pub debug: bool,
    /// Link libraries dynamically
    #[arg(long, conflicts_with = "static_link")]
    pub dynamic: bool,
    /// Link everything into the executable (the default)
    #[arg(long = "static")]
    pub static_link: bool,
    /// Make a position independent executable
    #[arg(long)]
    pub pie: bool,
    /// Check every access to memory of compiled code with AddressSanitizer (for tests of the compiler: ./x asan)
    #[arg(long, hide = true, requires = "dynamic")]
    pub sanitize_address: bool,
    /// Spend little time on machine code at every level (for tests of what comes before)
    #[arg(long, hide = true)]
    pub quick_machine_code: bool,
    /// Include a module that the program imports by a computed name
    #[arg(long, value_name = "MODULE")]
    pub include: Vec<String>,
    /// Replace the beginning of source paths in the executable
    #[arg(long, value_name = "FROM=TO")]
    pub remap_path: Vec<String>,
    /// Leave source lines out of the executable
    #[arg(long)]
    pub no_source: bool,
    /// Keep the intermediate files of the link and print their folder
    #[arg(long)]
    pub keep_temps: bool,
    /// Print stages and times
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Args, Debug)]
pub struct BuildArgs {
    /// Python script, .pyc file, .pyz archive, or folder with a __main__.py
    pub script: PathBuf,
    /// Output file (default: the script's name without its suffix)
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Stop at an earlier form and print it (or write it to OUT)
    #[arg(long, value_name = "FORM")]
    pub emit: Option<Emit>,
    #[command(flatten)]
    pub options: CodeArgs,
}

#[derive(Args, Debug)]
pub struct ReportArgs {
    /// Python script, .pyz archive, or folder with a __main__.py
    pub script: PathBuf,
    /// The page (default: the script's name with .report.html)
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Write the same as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[command(flatten)]
    pub options: CodeArgs,
}

/// How a .pyc file says whether it fits its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Invalidation {
    /// Modification time and size of the source
    Timestamp,
    /// Hash of the source, compared when the file is imported
    CheckedHash,
    /// Hash of the source, for tools of your own
    UncheckedHash,
}

#[derive(Args, Debug)]
pub struct CompileArgs {
    /// Python scripts
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Output file (default: __pycache__/NAME.cpython-314.pyc beside the script)
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Python's level: -O drops assertions, -OO docstrings too
    #[arg(short = 'O', action = clap::ArgAction::Count)]
    pub optimize: u8,
    /// What the header of the file holds (default: timestamp; checked-hash if SOURCE_DATE_EPOCH is set)
    #[arg(long, value_name = "MODE")]
    pub invalidation_mode: Option<Invalidation>,
}

#[derive(Args, Debug)]
pub struct DisArgs {
    /// Python script or .pyc file ("-": a script from the standard input)
    #[arg(default_value = "-")]
    pub script: PathBuf,
    /// Show inline caches
    #[arg(short = 'C', long)]
    pub show_caches: bool,
    /// Show instruction offsets
    #[arg(short = 'O', long)]
    pub show_offsets: bool,
    /// Show instruction positions
    #[arg(short = 'P', long)]
    pub show_positions: bool,
    /// Show specialised bytecode (code that never ran has none; its counters are set)
    #[arg(short = 'S', long)]
    pub specialized: bool,
    /// Only the function with this (qualified) name
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
    /// Python's own level: 1 drops assertions, 2 docstrings too
    #[arg(long, value_name = "LEVEL", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub python_optimize: u8,
}

#[derive(Args, Debug)]
pub struct InspectArgs {
    pub script: PathBuf,
    /// Only the function with this (qualified) name
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
    /// State after this pass
    #[arg(long, value_name = "PASS")]
    pub after: Option<String>,
    #[command(flatten)]
    pub options: CodeArgs,
}
