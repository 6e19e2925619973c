//! Temporary files that never outlive the command, also when it is interrupted.
//!
//! Every path is registered while it exists; the signal handler removes what is registered and ends the process.
use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

static REGISTERED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn registered() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    REGISTERED.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Ctrl-C, SIGTERM and SIGHUP remove the registered paths.
pub fn clean_on_signals() {
    // A failure to install the handler leaves the default action: the process ends all the same.
    let _ = ctrlc::set_handler(|| {
        remove_all();
        std::process::exit(130);
    });
}

/// Removes everything that is registered.
pub fn remove_all() {
    for path in registered().drain(..) {
        remove(&path);
    }
}

fn remove(path: &Path) {
    // Nothing can be done about a file that does not go away, and the command's own result matters more.
    let _ = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
}

fn unique(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        ".{prefix}.{}.{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A folder that is removed when dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    pub fn new(keep: bool) -> Result<Folder> {
        loop {
            let path = std::env::temp_dir().join(unique("pyaot"));
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    if !keep {
                        registered().push(path.clone());
                    }
                    return Ok(Folder { path, keep });
                }
                // A process of this number was killed before it could remove its folder.
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Failure::io("make folder", &path, &e)),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            remove(&self.path);
            registered().retain(|p| *p != self.path);
        }
    }
}

/// A file beside its final place, moved there by [`Pending::commit`], removed if that does not happen.
#[derive(Debug)]
pub struct Pending {
    temporary: PathBuf,
    target: PathBuf,
}

impl Pending {
    pub fn new(target: &Path) -> Pending {
        let name = target
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let temporary = target.with_file_name(unique(&name));
        registered().push(temporary.clone());
        Pending {
            temporary,
            target: target.to_path_buf(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.temporary
    }

    pub fn write(target: &Path, data: &[u8]) -> std::io::Result<()> {
        let pending = Pending::new(target);
        std::fs::write(&pending.temporary, data)?;
        std::fs::rename(&pending.temporary, &pending.target)
    }

    pub fn commit(self) -> Result<()> {
        std::fs::rename(&self.temporary, &self.target).map_err(|e| Failure::io("write", &self.target, &e))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.temporary.exists() {
            remove(&self.temporary);
        }
        registered().retain(|p| *p != self.temporary);
    }
}
