//! `pyaot compile` and `pyaot dis`: what stops at the code object.
//!
//! In: a source file or a `.pyc`. Out: a `.pyc` that CPython 3.14 imports, or the text of `python3.14 -m dis`. Neither
//! needs the compiler's home. The surprising decision: a `.pyc` is accepted as input of `compile` too; its code is
//! kept, its header made anew, which turns a timestamp file into a hash file and back.
//! CPython: Lib/py_compile.py, compile.
use crate::cli::{CompileArgs, DisArgs, Invalidation};
use crate::failure::{Failure, Result};
use crate::finder::Found;
use crate::pipeline;
use crate::scratch::Pending;
use pyaot_code::dis::DisOptions;
use pyaot_code::marshal::{self, PycKind};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The name that CPython gives to its `.pyc` files; `sys.implementation.cache_tag`.
const CACHE_TAG: &str = "cpython-314";

/// A module as named on the command line: `co_filename` is the path that was given.
fn given(path: &Path, filename: String) -> Found {
    Found {
        name: "__main__".into(),
        path: Some(path.to_path_buf()),
        package: false,
        stdlib: false,
        filename,
    }
}

fn show_path(path: &Path) -> Result<String> {
    match path.to_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(Failure::request(format!("the path '{}' is not UTF-8", path.display()))),
    }
}

pub fn compile(args: &CompileArgs) -> Result<u8> {
    if args.output.is_some() && args.files.len() > 1 {
        return Err(Failure::request("-o goes with one file only"));
    }
    for file in &args.files {
        compile_file(args, file)?;
    }
    Ok(0)
}

fn compile_file(args: &CompileArgs, file: &Path) -> Result<()> {
    let io = |e: std::io::Error| Failure::io("read", file, &e);
    let target = match &args.output {
        Some(path) => path.clone(),
        None => cache_from_source(file, args.optimize)?,
    };
    check_target(&target)?;
    let meta = file.metadata().map_err(io)?;
    let source = std::fs::read(file).map_err(io)?;
    let (code, warnings) = pipeline::code_object(&given(file, show_path(file)?), &source, args.optimize.min(2))?;
    warnings.iter().for_each(|warning| eprintln!("{warning}"));
    let kind = match args.invalidation_mode.unwrap_or_else(default_invalidation) {
        Invalidation::Timestamp => PycKind::Timestamp {
            mtime: seconds(&meta),
            size: meta.len() as u32,
        },
        Invalidation::CheckedHash => hash(&source, true),
        Invalidation::UncheckedHash => hash(&source, false),
    };
    if let Some(folder) = target.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| Failure::io("make folder", folder, &e))?;
    }
    let write = |e: std::io::Error| Failure::io("write", &target, &e);
    let pending = Pending::new(&target);
    std::fs::write(pending.path(), marshal::write_pyc(kind, &code)).map_err(write)?;
    copy_mode(&meta, pending.path()).map_err(write)?;
    pending.commit()
}

/// Whole seconds since 1970, modulo 2^32 as the header has them.
fn seconds(meta: &std::fs::Metadata) -> u32 {
    let Ok(time) = meta.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_secs() as u32,
        // Python's int() cuts towards zero.
        Err(before) => (before.duration().as_secs() as u32).wrapping_neg(),
    }
}

/// CPython: Lib/py_compile.py, _get_default_invalidation_mode
fn default_invalidation() -> Invalidation {
    match std::env::var_os("SOURCE_DATE_EPOCH") {
        Some(value) if !value.is_empty() => Invalidation::CheckedHash,
        _ => Invalidation::Timestamp,
    }
}

/// CPython: Python/import.c, _imp_source_hash_impl
fn hash(source: &[u8], check: bool) -> PycKind {
    let key = u64::from(marshal::MAGIC_NUMBER) | 0x0a0d_0000;
    let mut hasher = SipHasher13::new_with_keys(key, 0);
    hasher.write(source);
    PycKind::Hash {
        hash: hasher.finish().to_le_bytes(),
        check,
    }
}

/// CPython: Lib/importlib/_bootstrap_external.py, cache_from_source
fn cache_from_source(file: &Path, optimize: u8) -> Result<PathBuf> {
    let Some(name) = file.file_name() else {
        return Err(Failure::request(format!("'{}' is not a file", file.display())));
    };
    let name = show_path(Path::new(name))?;
    let stem = match name.rsplit_once('.') {
        Some(("", rest)) => format!("{rest}."),
        Some((base, _)) => format!("{base}."),
        None => name,
    };
    let level = match optimize {
        0 => String::new(),
        level => format!(".opt-{}", level.min(2)),
    };
    Ok(file
        .with_file_name("__pycache__")
        .join(format!("{stem}{CACHE_TAG}{level}.pyc")))
}

/// A rename would replace a link or a device by a plain file.
fn check_target(target: &Path) -> Result<()> {
    let kind = match target.symlink_metadata() {
        Ok(meta) if meta.is_symlink() => "symbolic link",
        Ok(meta) if !meta.is_file() => "non-regular file",
        _ => return Ok(()),
    };
    Err(Failure::request(format!(
        "cannot write '{}': it is a {kind}",
        target.display()
    )))
}

/// The source's permissions, without those to execute. CPython: Lib/importlib/_bootstrap_external.py, _calc_mode
#[cfg(unix)]
fn copy_mode(source: &std::fs::Metadata, target: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = (source.permissions().mode() | 0o200) & 0o666;
    // CPython creates the file with this mode, so the umask applies: what it took from a new file it takes here.
    let fresh = target.metadata()?.permissions().mode() & 0o666;
    std::fs::set_permissions(target, std::fs::Permissions::from_mode(mode & (fresh | 0o600)))
}

#[cfg(not(unix))]
fn copy_mode(_: &std::fs::Metadata, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The text of `python3.14 -m dis`.
pub fn dis(args: &DisArgs) -> Result<Vec<u8>> {
    let (filename, source) = if args.script.as_os_str() == "-" {
        let mut source = Vec::new();
        match std::io::stdin().lock().read_to_end(&mut source) {
            Ok(_) => ("<stdin>".to_string(), source),
            Err(e) => return Err(Failure::io("read", Path::new("<stdin>"), &e)),
        }
    } else {
        let source = std::fs::read(&args.script).map_err(|e| Failure::io("read", &args.script, &e))?;
        (show_path(&args.script)?, source)
    };
    let (code, warnings) = pipeline::code_object(&given(&args.script, filename), &source, args.python_optimize)?;
    warnings.iter().for_each(|warning| eprintln!("{warning}"));
    let options = DisOptions {
        show_caches: args.show_caches,
        show_offsets: args.show_offsets,
        show_positions: args.show_positions,
        specialized: args.specialized,
    };
    pipeline::bytecode_text(&code, args.function.as_deref(), options)
}
