//! What the tests of the command line and of executables share.
use std::path::Path;
use std::process::Command;

/// The compiler under test: `$PYAOT_BIN` (the one that `./x test` built), else cargo's, with the home folder beside it.
pub fn compiler() -> Command {
    let program = std::env::var_os("PYAOT_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_pyaot").into());
    let mut command = Command::new(program);
    if std::env::var_os("PYAOT_HOME").is_none() {
        command.env(
            "PYAOT_HOME",
            Path::new(env!("CARGO_BIN_EXE_pyaot")).with_file_name("../pyaot-home"),
        );
    }
    command
}
