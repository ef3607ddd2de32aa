//! What a command left behind, and what a test expects of it. Every disappointment prints the whole run.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::Signal;

/// A run that is over.
pub struct Output {
    /// The command line, for messages.
    pub command: String,
    /// How it ended.
    pub ended: ExitStatus,
    /// What it wrote to standard output, or to its terminal.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Expects this exit status.
    #[track_caller]
    pub fn status(self, code: i32) -> Output {
        self.check(self.ended.code() == Some(code), || format!("expected exit status {code}"));
        self
    }

    /// Expects that this signal ended it.
    #[track_caller]
    pub fn killed_by(self, signal: Signal) -> Output {
        self.check(self.ended.signal() == Some(signal as i32), || format!("expected death of {signal}"));
        self
    }

    /// Expects exactly this on standard output.
    #[track_caller]
    pub fn stdout_is(self, expected: impl AsRef<[u8]>) -> Output {
        let expected = expected.as_ref();
        self.check(self.stdout == expected, || format!("expected on standard output:\n{}", shown(expected)));
        self
    }

    /// Expects exactly this on standard error.
    #[track_caller]
    pub fn stderr_is(self, expected: impl AsRef<[u8]>) -> Output {
        let expected = expected.as_ref();
        self.check(self.stderr == expected, || format!("expected on standard error:\n{}", shown(expected)));
        self
    }

    /// Expects this somewhere on standard output.
    #[track_caller]
    pub fn stdout_contains(self, expected: &str) -> Output {
        let text = self.text();
        self.check(text.contains(expected), || format!("expected in standard output: {expected}"));
        self
    }

    /// Expects this somewhere on standard error.
    #[track_caller]
    pub fn stderr_contains(self, expected: &str) -> Output {
        let text = String::from_utf8_lossy(&self.stderr).into_owned();
        self.check(text.contains(expected), || format!("expected in standard error: {expected}"));
        self
    }

    /// Standard output as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_slice(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("expected JSON on standard output: {error}\n{}", self.whole()),
        }
    }

    #[track_caller]
    fn check(&self, holds: bool, wish: impl FnOnce() -> String) {
        assert!(holds, "{}\n{}", wish(), self.whole());
    }

    fn whole(&self) -> String {
        format!(
            "--- command: {}\n--- ended: {}\n--- standard output:\n{}\n--- standard error:\n{}\n---",
            self.command,
            self.ended,
            shown(&self.stdout),
            shown(&self.stderr)
        )
    }
}

/// Text as it is; bytes that are no text, escaped, so that a difference can be seen.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| c.is_control() && c != '\n') => text.to_string(),
        _ => format!("(escaped) {}", bytes.escape_ascii()),
    }
}
