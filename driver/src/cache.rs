//! The compilation cache: objects and executables by the hash of everything that went into them.
//!
//! Entries are written whole and renamed, so several compilers may share the folder. A cache that cannot be written only costs
//! time, never a build.
use crate::failure::{Failure, Result};
use crate::scratch::Pending;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
    /// Entries that came with the compiler: common library modules. Never written to here.
    prebuilt: Option<PathBuf>,
}

/// Oldest entries go when the folder is larger than this (bytes).
const LIMIT: u64 = 4 << 30;

impl Cache {
    /// `$PYAOT_CACHE`, else `pyaot` in the user's cache folder, else in the temporary folder.
    pub fn open(prebuilt: Option<PathBuf>) -> Cache {
        let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let dir = var("PYAOT_CACHE")
            .or_else(|| var("XDG_CACHE_HOME").map(|d| d.join("pyaot")))
            .or_else(|| var("HOME").map(|d| d.join(".cache/pyaot")))
            .unwrap_or_else(|| std::env::temp_dir().join("pyaot-cache"));
        Cache { dir, prebuilt }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Place of an entry; its folder exists afterwards if it can.
    pub fn path(&self, key: &blake3::Hash, suffix: &str) -> PathBuf {
        let hex = key.to_hex();
        let dir = self.dir.join(&hex[..2]);
        let _ = std::fs::create_dir_all(&dir);
        dir.join(format!("{}.{suffix}", &hex[2..]))
    }

    /// Where the entry is, if it is there.
    pub fn find(&self, key: &blake3::Hash, suffix: &str) -> Option<PathBuf> {
        let hex = key.to_hex();
        let place = |dir: &PathBuf| dir.join(&hex[..2]).join(format!("{}.{suffix}", &hex[2..]));
        [Some(&self.dir), self.prebuilt.as_ref()]
            .into_iter()
            .flatten()
            .map(place)
            .find(|path| path.is_file())
    }

    pub fn get(&self, key: &blake3::Hash, suffix: &str) -> Option<Vec<u8>> {
        std::fs::read(self.find(key, suffix)?).ok()
    }

    /// False when the entry could not be written.
    pub fn put(&self, key: &blake3::Hash, suffix: &str, data: &[u8]) -> bool {
        Pending::write(&self.path(key, suffix), data).is_ok()
    }

    fn entries(&self) -> Vec<(PathBuf, std::fs::Metadata)> {
        let read = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
        read(&self.dir)
            .flat_map(|sub| read(&sub).collect::<Vec<_>>())
            .filter_map(|path| path.metadata().ok().map(|meta| (path, meta)))
            .collect()
    }

    /// Number of files and their bytes.
    pub fn size(&self) -> (usize, u64) {
        let entries = self.entries();
        (entries.len(), entries.iter().map(|(_, meta)| meta.len()).sum())
    }

    pub fn clear(&self) -> Result<()> {
        match std::fs::remove_dir_all(&self.dir) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Failure::io("remove", &self.dir, &e)),
        }
    }

    /// Removes the oldest entries of a folder that has grown too large. Called after builds that wrote much.
    pub fn trim(&self) {
        let mut entries = self.entries();
        let mut total: u64 = entries.iter().map(|(_, meta)| meta.len()).sum();
        if total <= LIMIT {
            return;
        }
        entries.sort_by_key(|(_, meta)| meta.modified().ok());
        for (path, meta) in entries {
            if total <= LIMIT / 2 {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                total -= meta.len();
            }
        }
    }
}
