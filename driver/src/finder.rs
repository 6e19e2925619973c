//! From module names to source files: the script's folder, the active virtual environment, the Python library.
//!
//! The surprising decision: library modules are named as if they stood in `/usr/lib/python3.14`, so that executables do not
//! depend on where the compiler is installed.
use crate::imports::Request;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A module that has source.
#[derive(Clone, Debug)]
pub struct Found {
    pub name: String,
    /// `None`: a folder without `__init__`.
    pub path: Option<PathBuf>,
    pub package: bool,
    pub stdlib: bool,
    /// `co_filename` and `__file__`.
    pub filename: String,
}

pub struct Finder {
    /// Folder and whether it is the Python library.
    roots: Vec<(PathBuf, bool)>,
    native: HashSet<String>,
    remap: Vec<(String, String)>,
    /// Folder of an unpacked archive, and the archive.
    pub archive: Option<(PathBuf, PathBuf)>,
}

const LIBRARY: &str = "/usr/lib/python3.14";

impl Finder {
    pub fn new(script_folder: &Path, lib: &Path, native: HashSet<String>, remap: Vec<(String, String)>) -> Finder {
        let mut roots = vec![(script_folder.to_path_buf(), false)];
        if let Some(env) = std::env::var_os("VIRTUAL_ENV").filter(|v| !v.is_empty()) {
            roots.push((Path::new(&env).join("lib/python3.14/site-packages"), false));
        }
        roots.push((lib.to_path_buf(), true));
        Finder {
            roots,
            native,
            remap,
            archive: None,
        }
    }

    /// What the executable calls the file at `path`.
    pub fn filename(&self, path: &Path, library: Option<&Path>) -> String {
        let text = match library.and_then(|root| path.strip_prefix(root).ok()) {
            Some(rest) => format!("{LIBRARY}/{}", rest.display()),
            None => match self
                .archive
                .as_ref()
                .map(|(folder, file)| (path.strip_prefix(folder), file))
            {
                Some((Ok(rest), file)) => file.join(rest).display().to_string(),
                _ => path.display().to_string(),
            },
        };
        for (from, to) in &self.remap {
            if let Some(rest) = text.strip_prefix(from.as_str()) {
                return format!("{to}{rest}");
            }
        }
        text
    }

    pub fn is_native(&self, name: &str) -> bool {
        self.native.contains(name)
    }

    /// The file of a dotted name. The first root that has the first component decides, as in CPython.
    pub fn find(&self, name: &str) -> Option<Found> {
        if self.is_native(name) {
            return None;
        }
        let mut parts = name.split('.');
        let first = parts.next()?;
        if first.is_empty() || name.contains('/') {
            return None;
        }
        let (root, library) = self.roots.iter().find(|(root, _)| present(&root.join(first)))?;
        let mut place = root.join(first);
        for part in parts {
            if !place.is_dir() || part.is_empty() {
                return None;
            }
            place = place.join(part);
        }
        let stdlib = *library;
        let make = |path: Option<PathBuf>, package: bool| {
            let shown = path.as_deref().map(|p| self.filename(p, stdlib.then_some(root)));
            Found {
                name: name.to_string(),
                path,
                package,
                stdlib,
                filename: shown.unwrap_or_default(),
            }
        };
        for suffix in ["py", "pyc"] {
            let init = place.join(format!("__init__.{suffix}"));
            if init.is_file() {
                return Some(make(Some(init), true));
            }
            let file = with_suffix(&place, suffix);
            if file.is_file() {
                return Some(make(Some(file), false));
            }
        }
        (!stdlib && place.is_dir()).then(|| make(None, true))
    }

    /// All modules that a request of `importer` may load: every package on the way, then the candidates among its names.
    /// Names that must exist come with `true`.
    pub fn expand(&self, importer: &Found, request: &Request) -> Vec<(String, bool)> {
        let base = match absolute(importer, request) {
            Some(base) => base,
            None => return Vec::new(),
        };
        let mut out = Vec::new();
        for (at, _) in base.match_indices('.') {
            out.push((base[..at].to_string(), true));
        }
        if !base.is_empty() {
            out.push((base.clone(), true));
        }
        out.extend(request.names.iter().map(|n| (format!("{base}.{n}"), false)));
        out
    }
}

/// CPython: Lib/importlib/_bootstrap.py, _resolve_name.
fn absolute(importer: &Found, request: &Request) -> Option<String> {
    if request.level == 0 {
        return Some(request.name.clone());
    }
    if importer.name == "__main__" {
        return None;
    }
    let mut package = importer.name.as_str();
    let mut up = request.level - u32::from(importer.package);
    while up > 0 {
        package = package.rsplit_once('.')?.0;
        up -= 1;
    }
    Some(if request.name.is_empty() {
        package.to_string()
    } else {
        format!("{package}.{}", request.name)
    })
}

fn with_suffix(place: &Path, suffix: &str) -> PathBuf {
    // Not `with_extension`: a module name has no extension to replace.
    let mut name = place.as_os_str().to_os_string();
    name.push(format!(".{suffix}"));
    PathBuf::from(name)
}

fn present(place: &Path) -> bool {
    place.is_dir() || with_suffix(place, "py").is_file() || with_suffix(place, "pyc").is_file()
}
