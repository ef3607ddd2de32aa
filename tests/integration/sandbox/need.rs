//! What not every machine or user has. A skip is told; under `IPCTOOL_TEST_STRICT=1` it is a failure.

use std::io::Write;

/// Says whether the test runs as root, as a test with a second user must.
#[track_caller]
pub fn need_root() -> bool {
    nix::unistd::geteuid().is_root() || skip("needs root")
}

/// Says whether a program is in the PATH.
#[track_caller]
pub fn need_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file()) || skip(&format!("needs {name}"))
}

/// How often a test that races shall do so: `usual` times in the suite, IPCTOOL_TEST_ROUNDS times where that is set.
pub fn rounds(usual: usize) -> usize {
    let asked = std::env::var("IPCTOOL_TEST_ROUNDS").ok();
    asked.and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// Says that a test is left out for want of something that a machine may have no way to get.
pub fn may_skip(reason: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    // Past the test harness, which would show it for a failed test only.
    let _ = writeln!(std::io::stderr(), "skipped: {test} {reason}");
}

#[track_caller]
fn skip(reason: &str) -> bool {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    assert!(std::env::var_os("IPCTOOL_TEST_STRICT").is_none_or(|strict| strict != "1"), "{test} {reason}");
    may_skip(reason);
    false
}
