//! The final link, through the C compiler driver.
use crate::failure::{Failure, Result};
use crate::toolchain::Linker;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Link<'a> {
    pub linker: &'a Linker,
    pub objects: &'a [PathBuf],
    pub archive: &'a Path,
    pub output: &'a Path,
    pub scratch: &'a Path,
    pub dynamic: bool,
    pub pie: bool,
    /// Keep symbols and line tables.
    pub debug: bool,
    /// With AddressSanitizer's runtime.
    pub sanitize: bool,
}

pub fn link(link: &Link<'_>) -> Result<()> {
    // Long command lines go through a file; each name is quoted against blanks and backslashes.
    let response = link.scratch.join("link.rsp");
    let mut text = String::new();
    for object in link.objects {
        let name = object.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!("\"{name}\"\n"));
    }
    std::fs::write(&response, text).map_err(|e| Failure::io("write", &response, &e))?;

    let mut command = Command::new(&link.linker.cc);
    command
        .arg("-o")
        .arg(link.output)
        .arg(format!("@{}", response.display()))
        .arg(link.archive);
    match (link.dynamic, link.pie) {
        (false, false) => command.args(["-static", "-no-pie"]),
        (false, true) => command.arg("-static-pie"),
        (true, false) => command.args(["-no-pie", "-static-libgcc"]),
        (true, true) => command.args(["-pie", "-static-libgcc"]),
    };
    command.args([
        "-lpthread",
        "-lm",
        "-ldl",
        "-Wl,--gc-sections",
        "-Wl,--as-needed",
        "-Wl,-z,noexecstack",
    ]);
    command.arg("-Wl,--build-id=none");
    if !link.debug {
        command.arg("-Wl,-s");
    }
    if link.sanitize {
        command.arg("-fsanitize=address");
    }
    // gold does not know the options of a static executable that can be moved.
    let moved = link.pie && !link.dynamic;
    if let Some(fuse) = link.linker.fuse.filter(|fuse| !(moved && *fuse == "gold")) {
        command.arg(format!("-fuse-ld={fuse}"));
    }
    command.stdin(Stdio::null()).env("LC_ALL", "C");
    // A linker asks for the current folder, which may have been deleted; no name here is relative then.
    if std::env::current_dir().is_err() {
        command.current_dir("/");
    }
    let result = command
        .output()
        .map_err(|e| Failure::request(format!("cannot run '{}': {e}", link.linker.cc.display())))?;
    if result.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&result.stderr);
    Err(explain(&text, link))
}

/// What the linker's complaint means for the user.
fn explain(text: &str, link: &Link<'_>) -> Failure {
    let has = |needle: &str| text.contains(needle);
    if has("No space left on device") {
        return Failure::request(format!(
            "cannot write '{}': No space left on device",
            link.output.display()
        ));
    }
    if has("cannot find -l") || has("unable to find library") || has("crt1.o") {
        return Failure::request(format!(
            "the C library to link with is missing; on Debian: apt-get install libc6-dev gcc\n{}",
            text.trim_end()
        ));
    }
    if has("cannot find 'ld'") || has("cannot execute") || has("cannot find \u{2018}ld\u{2019}") {
        return Failure::request("no linker found; on Debian: apt-get install binutils");
    }
    Failure::internal("link", text.trim_end())
}
