//! Compiling and running C programs in a directory of the test's own.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A compiled program; its directory goes with it.
pub struct Program {
    directory: TempDir,
}

/// Compiles `source` with these flags; the compiler's errors fail the test.
pub fn compile(source: &str, flags: &[&str]) -> Program {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("program.c");
    std::fs::write(&file, source).unwrap();
    let output = Command::new("gcc")
        .args(["-w", "-std=gnu11", "-o"])
        .arg(directory.path().join("program"))
        .args(flags)
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{source}", String::from_utf8_lossy(&output.stderr));
    Program { directory }
}

impl Program {
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("program")
    }

    /// Runs the program with `input` on its standard input; its output.
    pub fn run(&self, input: &[u8]) -> Vec<u8> {
        let file = self.directory.path().join("input");
        std::fs::write(&file, input).unwrap();
        let output = Command::new(self.path()).stdin(std::fs::File::open(&file).unwrap()).output().unwrap();
        assert!(output.status.success(), "{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}
