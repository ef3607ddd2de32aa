//! The descriptor that records leave by, and the account of those that did not.

use std::io::{IsTerminal, Stdout};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{SFlag, fstat};

use super::limit;
use crate::fault::{Fault, counted_were};
use crate::status::Status;
use crate::sys::stdio;

/// What a failure here could not do.
pub(super) const WHAT: &str = "write to standard output";

/// Where records go. Generic over the descriptor for tests.
#[derive(Debug)]
pub(super) struct Exit<F: AsFd = Stdout> {
    pub(super) fd: F,
    pub(super) is_terminal: bool,
    pub(super) is_pipe: bool,
    /// It can lose its reader: a pipe, a socket, a terminal.
    pub(super) has_reader: bool,
}

impl Exit<Stdout> {
    /// Standard output.
    ///
    /// Fault: the caller closed it.
    pub(super) fn stdout() -> Result<Exit, Fault> {
        match stdio::was_closed(1) {
            true => Err(Fault::new(WHAT, "it is closed")),
            false => Ok(Exit::new(std::io::stdout())),
        }
    }
}

impl<F: AsFd> Exit<F> {
    /// One by `fd`.
    pub(super) fn new(fd: F) -> Exit<F> {
        let kind = fstat(fd.as_fd()).map(|stat| SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT);
        let is_terminal = fd.as_fd().is_terminal();
        let is_pipe = kind == Ok(SFlag::S_IFIFO);
        if kind == Ok(SFlag::S_IFREG) {
            limit::expect();
        }
        let has_reader = is_terminal || is_pipe || kind == Ok(SFlag::S_IFSOCK);
        Exit { fd, is_terminal, is_pipe, has_reader }
    }

    /// Whether nobody reads any more. At most one system call.
    pub(super) fn has_lost_its_reader(&self) -> bool {
        if !self.has_reader {
            return false;
        }
        let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::empty())];
        let _ = poll(&mut fds, PollTimeout::ZERO);
        let gone = PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL;
        fds[0].revents().is_some_and(|events| events.intersects(gone))
    }

    /// Writes all of `bytes`, waiting as long as the reader takes. An INT, TERM or HUP meanwhile is only noted; a second
    /// one ends the program.
    ///
    /// The error tells how many bytes went before it.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), (usize, Errno)> {
        let mut written = 0;
        while written < bytes.len() {
            match nix::unistd::write(self.fd.as_fd(), &bytes[written..]) {
                Ok(count) => written += count,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => self.await_reader(),
                Err(errno) => return Err((written, errno)),
            }
        }
        Ok(())
    }

    /// Standard output was made O_NONBLOCK by somebody who shares it: wait by hand.
    fn await_reader(&self) {
        let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::POLLOUT)];
        let _ = poll(&mut fds, PollTimeout::NONE);
    }
}

/// The fault of a write that failed, by which so many records are lost.
pub(super) fn lost(errno: Errno, records: usize) -> Fault {
    unwritten(errno, records, "taken and not written")
}

/// The same for copies: what they are copies of is where it was.
pub(super) fn not_shown(errno: Errno, records: usize) -> Fault {
    unwritten(errno, records, "not written")
}

fn unwritten(errno: Errno, records: usize, fate: &str) -> Fault {
    let fault = match records {
        0 => Fault::os(WHAT, errno),
        _ => {
            let words = errno.desc().to_ascii_lowercase();
            let cause = format!("{words}; {} {fate}", counted_were(records, "record"));
            Fault::os_because(WHAT, cause, errno)
        }
    };
    fault.status(Status::FAILED)
}
