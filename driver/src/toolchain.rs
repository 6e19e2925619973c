//! Where the compiler's own files are (runtime archive, hot bitcode, Python library), and which linker there is.
//!
//! The home folder is `$PYAOT_HOME`, else `pyaot-home` beside the executable or beside its folder.
use crate::failure::{Failure, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

#[derive(Debug)]
pub struct Home {
    pub archive: PathBuf,
    pub hot: Vec<u8>,
    pub lib: PathBuf,
    /// Cache entries of common library modules, made by `./x home`.
    pub prebuilt: PathBuf,
    pub native_modules: HashSet<String>,
    /// Those that the runtime archive has.
    pub native_linked: HashSet<String>,
    /// Changes when the compiler or the hot bitcode changes: part of every cache key.
    pub fingerprint: [u8; 32],
    /// Changes when the runtime archive changes.
    pub archive_stamp: Vec<u8>,
}

impl Home {
    pub fn find() -> Result<Home> {
        let exe = std::env::current_exe().map_err(|e| Failure::internal("start", e))?;
        let exe = exe.canonicalize().unwrap_or(exe);
        let mut candidates = Vec::new();
        if let Some(path) = std::env::var_os("PYAOT_HOME") {
            candidates.push(PathBuf::from(path));
        } else {
            candidates.extend(exe.ancestors().skip(1).take(2).map(|dir| dir.join("pyaot-home")));
        }
        match candidates.iter().find(|dir| dir.join("libpyaot_rt.a").is_file()) {
            Some(dir) => Home::open(dir, &exe),
            None => Err(Failure::request(format!(
                "the compiler's home folder '{}' has no runtime library (libpyaot_rt.a); set PYAOT_HOME or run ./x home",
                candidates[0].display()
            ))),
        }
    }

    fn open(dir: &Path, exe: &Path) -> Result<Home> {
        let read = |name: &str| {
            let path = dir.join(name);
            std::fs::read(&path).map_err(|e| Failure::io("read", &path, &e))
        };
        let revision = String::from_utf8_lossy(&read("abi")?).trim().to_string();
        if revision != pyaot_abi::ABI_REVISION.to_string() {
            return Err(Failure::request(format!(
                "the runtime in '{}' has interface revision {revision}, this compiler needs {}; run ./x home",
                dir.display(),
                pyaot_abi::ABI_REVISION
            )));
        }
        let hot = read("hot.bc")?;
        let mut key = blake3::Hasher::new();
        key.update(&stamp(exe));
        key.update(&hot);
        let names = |file: &str| -> Result<HashSet<String>> {
            Ok(String::from_utf8_lossy(&read(file)?)
                .lines()
                .map(|line| line.split('#').next().unwrap_or("").trim().to_string())
                .filter(|line| !line.is_empty())
                .collect())
        };
        let native_modules = names("native_modules.txt")?;
        let native_linked = names("native_linked.txt")?;
        let archive = dir.join("libpyaot_rt.a");
        Ok(Home {
            archive_stamp: stamp(&archive),
            archive,
            hot,
            lib: dir.join("Lib"),
            prebuilt: dir.join("prebuilt"),
            native_modules,
            native_linked,
            fingerprint: *key.finalize().as_bytes(),
        })
    }
}

/// Size and modification time: tells two versions of a file apart without reading it.
fn stamp(path: &Path) -> Vec<u8> {
    let mut out = path.as_os_str().as_encoded_bytes().to_vec();
    if let Ok(meta) = path.metadata() {
        out.extend(meta.len().to_le_bytes());
        if let Ok(since) = meta
            .modified()
            .map(|t| t.duration_since(std::time::UNIX_EPOCH).unwrap_or_default())
        {
            out.extend(since.as_nanos().to_le_bytes());
        }
    }
    out
}

/// The C compiler driver that links; the fastest linker it can use.
#[derive(Debug, Clone)]
pub struct Linker {
    pub cc: PathBuf,
    pub fuse: Option<&'static str>,
}

pub fn linker() -> Result<Linker> {
    static FOUND: OnceLock<Option<Linker>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let cc = match std::env::var_os("CC").filter(|cc| !cc.is_empty()) {
            Some(cc) => which::which(cc).ok(),
            None => ["cc", "gcc", "clang"].iter().find_map(|name| which::which(name).ok()),
        }?;
        let fuse = [
            ("mold", "mold"),
            ("ld.lld", "lld"),
            ("ld.gold", "gold"),
            ("ld.bfd", "bfd"),
        ]
        .iter()
        .find(|(program, _)| which::which(program).is_ok())
        .map(|(_, name)| *name);
        Some(Linker { cc, fuse })
    });
    found.clone().ok_or_else(|| {
        Failure::request(
            "no C compiler to link with (cc, gcc or clang); install one, on Debian: apt-get install gcc libc6-dev",
        )
    })
}
