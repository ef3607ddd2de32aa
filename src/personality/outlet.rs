//! Standard output and standard error as the stdio(3) of these programs ends them.
//!
//! Which error is told, and whether one is, follows from stdio's buffer: what is written when it is full fails unnamed, what
//! is left for the end fails by name, or in silence where nobody could ever have read it.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal, raise};
use nix::sys::stat::fstat;

use super::voice::words;
use crate::sys::signal::sigaction_set;
use crate::sys::{stdio, terminal};

/// Standard output.
#[derive(Default)]
pub struct Outlet {
    /// Bytes that were to be written so far, and those that were.
    offered: u64,
    written: u64,
    failed: Option<Errno>,
}

/// What stdio's buffer holds where the descriptor tells no block size: BUFSIZ of glibc.
const UNTOLD: u64 = 8192;

impl Outlet {
    /// Writes `bytes`; nothing more once that has failed.
    pub fn write(&mut self, bytes: &[u8]) {
        self.offered += bytes.len() as u64;
        if self.failed.is_some() || bytes.is_empty() {
            return;
        }
        if stdio::was_closed(libc::STDOUT_FILENO) {
            self.failed = Some(Errno::EBADF);
            return;
        }
        let (written, failed) = write_all(io::stdout(), bytes);
        self.written += written as u64;
        self.failed = failed;
    }

    /// What is to be said at the end of the run; None if all went well, or if only its last block failed because nothing
    /// reads there.
    pub fn complaint(&self) -> Option<String> {
        let errno = self.failed?;
        let in_last_block = self.written >= self.offered.saturating_sub(1) / block() * block();
        match errno {
            _ if !in_last_block => Some("write error".to_string()),
            Errno::EBADF | Errno::EPIPE => None,
            _ => Some(format!("write error: {}", words(errno))),
        }
    }
}

/// How much stdio keeps of standard output before it writes.
fn block() -> u64 {
    if stdio::was_closed(libc::STDOUT_FILENO) {
        return UNTOLD;
    }
    if is_terminal() {
        return 1;
    }
    fstat(io::stdout()).ok().and_then(|stat| u64::try_from(stat.st_blksize).ok()).unwrap_or(UNTOLD).max(1)
}

/// Whether standard output is a terminal, on which each line is written at once.
pub fn is_terminal() -> bool {
    terminal::columns(io::stdout().as_fd()).is_ok()
}

/// Writes a line to standard error; false if that failed.
pub fn complain(parts: &[&[u8]]) -> bool {
    !stdio::was_closed(libc::STDERR_FILENO) && write_all(io::stderr(), &parts.concat()).1.is_none()
}

/// How much was written, and why not more. A reader that left ends the process, unless its parent ignored SIGPIPE.
fn write_all(file: impl AsFd, bytes: &[u8]) -> (usize, Option<Errno>) {
    let mut written = 0;
    while written < bytes.len() {
        match nix::unistd::write(&file, &bytes[written..]) {
            Ok(count) => written += count,
            Err(Errno::EINTR) => {}
            Err(errno) => {
                if errno == Errno::EPIPE && !stdio::sigpipe_was_ignored() {
                    die_of_broken_pipe();
                }
                return (written, Some(errno));
            }
        }
    }
    (written, None)
}

/// These programs have the default action for SIGPIPE, which our start takes away.
fn die_of_broken_pipe() {
    // Where this is refused, we go on to an ordinary end with the error.
    let _ = sigaction_set(Signal::SIGPIPE, SigHandler::SigDfl).and_then(|()| raise(Signal::SIGPIPE));
}
