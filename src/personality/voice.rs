//! How a face speaks: facts through one buffer to standard output, complaints under the program's name.

use nix::errno::Errno;

use super::outlet::{self, Outlet};
use crate::fault::Fault;
use crate::status::Status;

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
    outlet: Outlet,
    /// Whether a line for standard error was lost.
    unheard: bool,
}

/// Text for standard output is kept up to this size.
const BLOCK: usize = 64 * 1024;

impl Voice {
    pub fn new(called: &[u8], name: &[u8]) -> Voice {
        Voice {
            called: called.to_vec(),
            name: name.to_vec(),
            out: Vec::new(),
            outlet: Outlet::default(),
            unheard: false,
        }
    }

    /// Writes what is kept if it is a block or more: call it after each row.
    pub fn spill(&mut self) {
        if self.out.len() >= BLOCK {
            self.flush();
        }
    }

    /// One line on standard error, on a terminal behind what was told before it.
    pub fn warn(&mut self, text: &[u8]) {
        let name = self.name.clone();
        self.complain(&[&name, b": ", text, b"\n"]);
    }

    fn complain(&mut self, parts: &[&[u8]]) {
        if !self.out.is_empty() && outlet::is_terminal() {
            self.flush();
        }
        self.unheard |= !outlet::complain(parts);
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

    /// Says how the run ended and writes what is left to write. What could not be written, or not be said, is a failure.
    pub fn finish(mut self, ended: Ended) -> Status {
        let mut status = match ended {
            Ok(status) => status,
            Err(refusal) => {
                self.refuse(&refusal);
                Status::FAILED
            }
        };
        self.flush();
        if let Some(complaint) = self.outlet.complaint() {
            self.warn(complaint.as_bytes());
            status = Status::FAILED;
        }
        if self.unheard { Status::FAILED } else { status }
    }

    fn refuse(&mut self, refusal: &Refusal) {
        if refusal.text.is_empty() {
            return;
        }
        let name = if refusal.by_getopt { self.called.clone() } else { self.name.clone() };
        self.complain(&[&name, b": ", &refusal.text, b"\n"]);
        if refusal.hint {
            let name = self.name.clone();
            self.complain(&[b"Try '", &name, b" --help' for more information.\n"]);
        }
    }

    fn flush(&mut self) {
        self.outlet.write(&self.out);
        self.out.clear();
    }
}

/// glibc's words for an errno (strerror(3)), whichever libc we are linked with.
pub fn words(errno: Errno) -> &'static str {
    match errno {
        Errno::EPERM => "Operation not permitted",
        Errno::EIO => "Input/output error",
        Errno::EBADF => "Bad file descriptor",
        Errno::EAGAIN => "Resource temporarily unavailable",
        Errno::ENOMEM => "Cannot allocate memory",
        Errno::EACCES => "Permission denied",
        Errno::EEXIST => "File exists",
        Errno::EINVAL => "Invalid argument",
        Errno::ENOSPC => "No space left on device",
        Errno::ERANGE => "Numerical result out of range",
        Errno::ENOSYS => "Function not implemented",
        Errno::EIDRM => "Identifier removed",
        Errno::EDQUOT => "Disk quota exceeded",
        _ => errno.desc(),
    }
}
