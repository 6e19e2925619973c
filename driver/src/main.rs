//! `pyaot`: the command line, and all file, process and cache work of the compiler.
//!
//! In: arguments. Out: an executable (or a printed form of the program), messages on stderr, an exit status: 0, 1 for a wrong
//! program or request, 2 for wrong arguments, 70 for an error of the compiler itself.
#![forbid(unsafe_code)]

mod archive;
mod build;
mod cache;
mod cli;
mod compile;
mod compile_units;
mod dataclass_text;
mod encodings;
mod failure;
mod finder;
mod imports;
mod link;
mod maps;
mod pipeline;
mod program;
mod progress;
mod report;
mod scratch;
mod script_errors;
mod texts;
mod toolchain;
mod units;

use build::Build;
use clap::Parser;
use cli::{BuildArgs, CacheAction, Cli, CodeArgs, Command, Emit, InspectArgs};
use failure::{Failure, Result};
use pipeline::Artifact;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use toolchain::Home;

/// A tree of many small nodes is made and dropped for each module.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Deeply nested programs recurse in every stage; the pages of a stack cost nothing until they are touched.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The heap's pages are written once and briefly: clearing them two megabytes at a time costs more than it saves. A kernel that
    // cannot be told so is as good.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    pipeline::enter("start");
    scratch::clean_on_signals();
    std::panic::set_hook(Box::new(|info| {
        scratch::remove_all();
        let message = info.payload_as_str().unwrap_or("panic");
        let place = info
            .location()
            .map(|l| format!(" ({}:{})", l.file(), l.line()))
            .unwrap_or_default();
        let stage = pipeline::current_stage();
        eprintln!("{}", Failure::internal(stage, format!("{message}{place}")));
        std::process::exit(70);
    }));
    // A pool that cannot be made (no threads to be had) leaves rayon's own, with smaller stacks.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
    pipeline::LARGE_STACKS.store(pool.is_ok(), std::sync::atomic::Ordering::Relaxed);
    let worker = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run(cli.command));
    let result = match worker.map(|w| w.join()) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Failure::internal("start", "the compiling thread ended")),
        Err(e) => Err(Failure::request(format!("cannot start a thread: {e}"))),
    };
    scratch::remove_all();
    match result {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            // A closed stderr is no reason to panic.
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn run(command: Command) -> Result<u8> {
    match command {
        Command::Build(args) => build_command(&args),
        Command::Run { options, script, args } => run_command(&options, &script, &args),
        Command::Check { options, script } => {
            let home = Home::find()?;
            Build::new(&home, &options, &script)?.check()?;
            Ok(0)
        }
        Command::Compile(args) => compile::compile(&args),
        Command::Dis(args) => {
            print(&compile::dis(&args)?)?;
            Ok(0)
        }
        Command::Ir(args) => inspect(
            &args,
            Artifact::Ir {
                function: args.function.clone(),
                after: args.after.clone(),
            },
        ),
        Command::Llvm(args) => inspect(
            &args,
            Artifact::Llvm {
                function: args.function.clone(),
            },
        ),
        Command::Asm(args) => inspect(
            &args,
            Artifact::Assembly {
                function: args.function.clone(),
            },
        ),
        Command::Report(args) => report::command(&args),
        Command::Cache { action } => cache_command(action.unwrap_or(CacheAction::Size)),
    }
}

fn build_command(args: &BuildArgs) -> Result<u8> {
    let home = Home::find()?;
    let build = Build::new(&home, &args.options, &args.script)?;
    let artifact = match args.emit {
        None => {
            let output = match &args.output {
                Some(path) => path.clone(),
                None => default_output(&args.script)?,
            };
            check_output(&output, &args.script)?;
            build.executable(&output)?;
            build.cache.trim();
            build.progress.finish();
            return Ok(0);
        }
        Some(Emit::Obj) => {
            let folder = args.output.clone().unwrap_or_else(|| PathBuf::from("."));
            std::fs::create_dir_all(&folder).map_err(|e| Failure::io("make folder", &folder, &e))?;
            for (name, data) in build.objects()? {
                let path = folder.join(name);
                scratch::Pending::write(&path, &data).map_err(|e| Failure::io("write", &path, &e))?;
            }
            return Ok(0);
        }
        Some(Emit::Bytecode) => Artifact::Bytecode,
        Some(Emit::Ir) => Artifact::Ir {
            function: None,
            after: None,
        },
        Some(Emit::Llvm) => Artifact::Llvm { function: None },
        Some(Emit::Asm) => Artifact::Assembly { function: None },
    };
    let text = build.artifact(artifact)?;
    match &args.output {
        Some(path) => scratch::Pending::write(path, &text).map_err(|e| Failure::io("write", path, &e))?,
        None => print(&text)?,
    }
    Ok(0)
}

/// The script's name without its suffix, in the current folder.
fn default_output(script: &Path) -> Result<PathBuf> {
    let named = if script.is_dir() {
        std::path::absolute(script).ok()
    } else {
        Some(script.to_path_buf())
    };
    match named.as_deref().and_then(Path::file_stem) {
        Some(stem) => Ok(PathBuf::from(stem)),
        None => Err(Failure::request("give the output a name with -o")),
    }
}

fn check_output(output: &Path, script: &Path) -> Result<()> {
    if output.is_dir() {
        return Err(Failure::request(format!(
            "cannot write '{}': Is a directory",
            output.display()
        )));
    }
    // A rename would put the executable in the place of the device.
    if output.metadata().is_ok_and(|meta| !meta.is_file()) {
        return Err(Failure::request(format!(
            "cannot write '{}': it is a non-regular file",
            output.display()
        )));
    }
    if let (Ok(a), Ok(b)) = (output.canonicalize(), script.canonicalize())
        && a == b
    {
        return Err(Failure::request(format!(
            "the output '{}' would replace the script; use -o",
            output.display()
        )));
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Failure::request(format!(
            "cannot write '{}': the folder '{}' does not exist",
            output.display(),
            folder.display()
        )));
    }
    Ok(())
}

fn run_command(options: &CodeArgs, script: &Path, args: &[std::ffi::OsString]) -> Result<u8> {
    use std::os::unix::process::CommandExt;
    let executable = {
        let home = Home::find()?;
        Build::new(&home, options, script)?.cached_executable()?
    };
    let error = std::process::Command::new(&executable).args(args).exec();
    Err(Failure::io("run", &executable, &error))
}

fn inspect(args: &InspectArgs, artifact: Artifact) -> Result<u8> {
    let home = Home::find()?;
    print(&Build::new(&home, &args.options, &args.script)?.artifact(artifact)?)?;
    Ok(0)
}

fn cache_command(action: CacheAction) -> Result<u8> {
    let cache = cache::Cache::open(None);
    match action {
        CacheAction::Size => {
            let (files, bytes) = cache.size();
            print(
                format!(
                    "{}: {files} files, {:.1} MB\n",
                    cache.dir().display(),
                    bytes as f64 / 1e6
                )
                .as_bytes(),
            )?;
        }
        CacheAction::Clear => cache.clear()?,
    }
    Ok(0)
}

/// Writes to stdout; a reader that went away ends the output, not with an error.
fn print(text: &[u8]) -> Result<()> {
    match std::io::stdout().lock().write_all(text) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::request(format!(
            "cannot write to the standard output: {}",
            failure::describe(&e)
        ))),
        _ => Ok(()),
    }
}
