//! `.pyz` archives: a zip file with `__main__` and its modules, as `zipapp` makes them.
//!
//! In: the path of the script. Out: a folder with the archive's modules, if it is one. The surprising decision: members
//! are unpacked beside each other and found like files, and only their names say that they come from an archive
//! (`prog.pyz/pkg/mod.py`, as CPython's zipimport has it).
use crate::failure::{Failure, Result};
use crate::scratch::Folder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use zip::ZipArchive;

/// More than any program has; a member that unpacks to more is meant to fill the disk.
const MAX_MEMBER: u64 = 256 << 20;

/// Unpacks the modules of the archive at `path`; `None` if it is no archive.
pub fn unpack(path: &Path) -> Result<Option<Folder>> {
    let Some(mut archive) = open(path) else { return Ok(None) };
    let bad = |e: &dyn std::fmt::Display| Failure::request(format!("cannot read '{}': {e}", path.display()));
    if !["__main__.py", "__main__.pyc"]
        .iter()
        .any(|name| archive.index_for_name(name).is_some())
    {
        return Err(Failure::request(format!(
            "'{}' is an archive without __main__.py",
            path.display()
        )));
    }
    let folder = Folder::new(false)?;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|e| bad(&e))?;
        let Some(name) = member.enclosed_name() else {
            let name = String::from_utf8_lossy(member.name_raw()).into_owned();
            return Err(bad(&format!("the member '{name}' would leave the archive")));
        };
        let is_module = name.extension().is_some_and(|e| e == "py" || e == "pyc");
        if member.is_dir() || !is_module {
            continue;
        }
        let mut content = Vec::new();
        let shown = name.display().to_string();
        member
            .take(MAX_MEMBER + 1)
            .read_to_end(&mut content)
            .map_err(|e| bad(&format!("{shown}: {e}")))?;
        if content.len() as u64 > MAX_MEMBER {
            return Err(bad(&format!("{shown} is larger than {} MB", MAX_MEMBER >> 20)));
        }
        let target = folder.path().join(name);
        let io = |e: std::io::Error| Failure::io("write", &target, &e);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        std::fs::write(&target, content).map_err(io)?;
    }
    Ok(Some(folder))
}

/// A source or a `.pyc` is no archive whatever stands at its end; anything else is one if it has a zip directory.
fn open(path: &Path) -> Option<ZipArchive<File>> {
    if !path.is_file() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    let mut start = [0; 4];
    let starts_like_one = file.read_exact(&mut start).is_ok() && start == *b"PK\x03\x04";
    let is_module = path.extension().is_some_and(|e| e == "py" || e == "pyc" || e == "pyw");
    if is_module && !starts_like_one {
        return None;
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    ZipArchive::new(file).ok()
}
