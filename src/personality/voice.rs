//! How a face speaks: facts through one buffer to standard output, complaints under the program's name.

use std::io::{self, Write};

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal, raise};

use crate::fault::Fault;
use crate::status::Status;
use crate::sys::signal::sigaction_set;

/// Why a run ends at once, and how that is said. The status is always 1.
#[derive(Debug)]
pub struct Refusal {
    pub text: Vec<u8>,
    /// getopt(3) names the program as it was called, with its path.
    by_getopt: bool,
    /// Whether a line follows that points to --help.
    hint: bool,
}

/// How a run ended.
pub type Ended = Result<Status, Refusal>;

impl Refusal {
    /// One line.
    pub fn new(text: impl Into<Vec<u8>>) -> Refusal {
        Refusal { text: text.into(), by_getopt: false, hint: false }
    }

    /// Nothing is said.
    pub fn silent() -> Refusal {
        Refusal::new(Vec::new())
    }

    /// A wrong command line: a second line points to --help.
    pub fn usage(text: impl Into<Vec<u8>>) -> Refusal {
        Refusal { hint: true, ..Refusal::new(text) }
    }

    /// As [`Refusal::usage`], in the C library's name.
    pub fn by_getopt(text: Vec<u8>) -> Refusal {
        Refusal { by_getopt: true, ..Refusal::usage(text) }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::new(fault.to_string())
    }
}

/// The voice of one run.
pub struct Voice {
    /// The program's name as it was called, path and all.
    called: Vec<u8>,
    /// Its name alone.
    pub name: Vec<u8>,
    /// What is to go to standard output.
    pub out: Vec<u8>,
    failed: Option<Errno>,
}

/// Text for standard output is kept up to this size.
const BLOCK: usize = 64 * 1024;

impl Voice {
    pub fn new(called: &[u8], name: &[u8]) -> Voice {
        Voice { called: called.to_vec(), name: name.to_vec(), out: Vec::new(), failed: None }
    }

    /// Writes what is kept if it is a block or more: call it after each row.
    pub fn spill(&mut self) {
        if self.out.len() >= BLOCK {
            self.flush();
        }
    }

    /// One line on standard error.
    pub fn warn(&self, text: &[u8]) {
        complain(&[&self.name, b": ", text, b"\n"]);
    }

    /// The text of --help, in which `NAME` stands for the program's name.
    pub fn help(&mut self, text: &str) -> Ended {
        let name = String::from_utf8_lossy(&self.name).into_owned();
        self.out.extend_from_slice(text.replace("NAME", &name).as_bytes());
        Ok(Status::OK)
    }

    /// The line of --version.
    pub fn version(&mut self) -> Ended {
        self.out.extend_from_slice(&self.name);
        self.out.extend_from_slice(b" from util-linux 2.38.1\n");
        Ok(Status::OK)
    }

    /// Says how the run ended and writes what is left to write.
    pub fn finish(mut self, ended: Ended) -> Status {
        let status = match ended {
            Ok(status) => status,
            Err(refusal) => {
                self.refuse(&refusal);
                Status::FAILED
            }
        };
        self.flush();
        match self.failed {
            None => status,
            Some(errno) => {
                self.warn(format!("write error: {}", words(errno)).as_bytes());
                Status::FAILED
            }
        }
    }

    fn refuse(&self, refusal: &Refusal) {
        if refusal.text.is_empty() {
            return;
        }
        let name = if refusal.by_getopt { &self.called } else { &self.name };
        complain(&[name, b": ", &refusal.text, b"\n"]);
        if refusal.hint {
            complain(&[b"Try '", &self.name, b" --help' for more information.\n"]);
        }
    }

    fn flush(&mut self) {
        let mut left = &self.out[..];
        while !left.is_empty() && self.failed.is_none() {
            match nix::unistd::write(io::stdout(), left) {
                Ok(count) => left = &left[count..],
                Err(Errno::EINTR) => {}
                Err(Errno::EPIPE) => self.failed = Some(die_of_broken_pipe()),
                Err(errno) => self.failed = Some(errno),
            }
        }
        self.out.clear();
    }
}

/// These programs have the default action for SIGPIPE, which our start takes away.
fn die_of_broken_pipe() -> Errno {
    // Where this is refused, we go on to an ordinary end with the error.
    let _ = sigaction_set(Signal::SIGPIPE, SigHandler::SigDfl).and_then(|()| raise(Signal::SIGPIPE));
    Errno::EPIPE
}

fn complain(parts: &[&[u8]]) {
    // Where standard error is gone there is nobody to tell.
    let _ = io::stderr().lock().write_all(&parts.concat());
}

/// glibc's words for an errno (strerror(3)), whichever libc we are linked with.
pub fn words(errno: Errno) -> &'static str {
    match errno {
        Errno::EPERM => "Operation not permitted",
        Errno::EIO => "Input/output error",
        Errno::EBADF => "Bad file descriptor",
        Errno::ENOMEM => "Cannot allocate memory",
        Errno::EACCES => "Permission denied",
        Errno::EEXIST => "File exists",
        Errno::EINVAL => "Invalid argument",
        Errno::ENOSPC => "No space left on device",
        Errno::ERANGE => "Numerical result out of range",
        Errno::ENOSYS => "Function not implemented",
        Errno::EIDRM => "Identifier removed",
        _ => errno.desc(),
    }
}
