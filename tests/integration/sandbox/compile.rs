//! C programs for the tests: compiled once per source and flags, then copied into each sandbox.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles `source` with gcc and gives the path of the program in `dir`.
#[track_caller]
pub fn compile(dir: &Path, source: &str, flags: &[&str]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (source, flags).hash(&mut hasher);
    let name = format!("c-{:016x}", hasher.finish());
    let (program, kept) = (dir.join(&name), cache().join(&name));
    // What another test is about to replace is whole all the same: it came by rename.
    if !copied(&kept, &program) {
        build(&program, source, flags);
        keep(&program, &kept);
    }
    program
}

/// Copies a program by cp(1): what another test starts while we have it open for writing would have it open too, for a
/// moment, and the kernel does not run such a file (ETXTBSY).
fn copied(from: &Path, to: &Path) -> bool {
    let output = Command::new("cp").args([from, to]).output().expect("cp of coreutils");
    output.status.success()
}

#[track_caller]
fn build(program: &Path, source: &str, flags: &[&str]) {
    let text = program.with_extension("c");
    fs::write(&text, source).expect("the C source");
    let output = Command::new("gcc")
        .args(["-Wall", "-O1", "-g", "-o"])
        .arg(program)
        .arg(&text)
        .args(flags)
        .output()
        .expect("gcc");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "gcc refused the test's C program:\n{complaint}\n{source}");
}

/// Keeps a program for the next run. Where the cache cannot be written, the next run compiles again.
fn keep(program: &Path, kept: &Path) {
    let own = kept.with_extension(program.parent().and_then(Path::file_name).unwrap_or_default());
    let _ = fs::create_dir_all(cache());
    if fs::copy(program, &own).is_ok() {
        let _ = fs::rename(&own, kept);
    }
}

fn cache() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
