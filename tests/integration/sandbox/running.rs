//! A command that runs: its real PID, its streams, signals to it, and its bounded end.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::Child;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::facts::{BOUND, ended, poll, state, until, until_some};
use super::output::Output;
use super::stream::Stream;

/// The test's ends of a command's standard descriptors.
pub struct Streams {
    pub input: Option<File>,
    pub output: Stream,
    pub errors: Stream,
}

/// A command that was started. Dropped before its end, it is killed.
pub struct Running {
    /// The PID of the program itself, as seen from the test.
    pub pid: i32,
    command: String,
    child: Child,
    streams: Streams,
}

impl Running {
    pub fn new(command: String, child: Child, pid: i32, streams: Streams) -> Running {
        Running { pid, command, child, streams }
    }

    /// Waits until the process runs the program, whose words begin at `program` in the whole `line`, or what that
    /// became. Each step before it runs with an end of the line that is longer. By command lines, not by files: the
    /// program may become a shell as the steps are.
    pub fn wait_until_past(&self, line: &[OsString], program: usize) {
        let ends = |from: usize| -> Vec<u8> {
            line[from..].iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect()
        };
        let steps: Vec<_> = (0..program).map(ends).collect();
        until(&format!("the start of {}", self.command), || {
            let now = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
            self.is_over() || (!now.is_empty() && !steps.contains(&now))
        });
    }

    fn is_over(&self) -> bool {
        ended(self.pid)
    }

    /// Writes these bytes to standard input and ends it, without waiting for the command to take them.
    pub fn feed(mut self, bytes: Vec<u8>) -> Running {
        let input = self.streams.input.take();
        if let (Some(mut input), false) = (input, bytes.is_empty()) {
            // A command may leave what it does not want.
            thread::spawn(move || input.write_all(&bytes).ok());
        }
        self
    }

    /// Writes to standard input, or types at the terminal; says whether the command still takes it.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.streams.input.as_mut().expect("an open standard input").write_all(bytes.as_ref()).is_ok()
    }

    /// Ends standard input.
    pub fn close_stdin(&mut self) {
        drop(self.streams.input.take());
    }

    /// What it has written to standard output until now.
    pub fn stdout_so_far(&self) -> String {
        String::from_utf8_lossy(&self.streams.output.so_far()).into_owned()
    }

    /// Waits until standard output holds this text.
    #[track_caller]
    pub fn wait_for_stdout(&self, text: &str) {
        self.wait_for(&self.streams.output, text);
    }

    /// Waits until standard error holds this text.
    #[track_caller]
    pub fn wait_for_stderr(&self, text: &str) {
        self.wait_for(&self.streams.errors, text);
    }

    #[track_caller]
    fn wait_for(&self, stream: &Stream, text: &str) {
        let here = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if !stream.wait(here) {
            panic!("{} did not write {text:?}\n{}", self.command, self.so_far());
        }
    }

    /// Sends a signal to the program.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        if let Err(errno) = kill(Pid::from_raw(self.pid), signal) {
            panic!("no {signal} to {}: {errno}\n{}", self.command, self.so_far());
        }
    }

    /// Waits for its end, which must come, and for the end of what it wrote. Standard input is left as it is.
    #[track_caller]
    pub fn wait(mut self) -> Output {
        let Some(ended) = poll(BOUND, || self.child.try_wait().expect("a child of ours")) else {
            panic!("{} did not end in {BOUND:?}\n{}", self.command, self.so_far());
        };
        for stream in [&self.streams.output, &self.streams.errors] {
            if !stream.wait_for_end() {
                panic!("{} ended ({ended}), and another process holds its output open", self.command);
            }
        }
        let (stdout, stderr) = (self.streams.output.so_far(), self.streams.errors.so_far());
        Output { command: std::mem::take(&mut self.command), ended, stdout, stderr }
    }

    fn so_far(&self) -> String {
        let errors = self.streams.errors.so_far();
        format!(
            "state {:?}, standard output so far: {:?}, standard error so far: {:?}",
            state(self.pid),
            self.stdout_so_far(),
            String::from_utf8_lossy(&errors)
        )
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Of a child that is reaped already, std knows that its PID is no longer ours.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The only child of a process that just started it (unshare, nsenter), or itself where it is over already.
pub fn only_child(parent: i32) -> i32 {
    until_some("a process in the PID namespace", || {
        let children =
            fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        let child = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        child.or_else(|| ended(parent).then_some(parent))
    })
}
