//! Writing into a pipe or FIFO, and saying how much went.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::fault::Fault;
use crate::sys::pages::Pages;
use crate::sys::pipe::fionread;
use crate::wait::{self, Stop, Turn, Wait};

/// A write of so many bytes or fewer goes in one piece: it is not mixed with other writers' bytes. pipe(7).
pub const PIPE_BUF: usize = libc::PIPE_BUF;

/// The size that the kernel grants everybody unless fs.pipe-max-size was lowered.
const LARGE: i32 = 1 << 20;

/// A write that ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteStop {
    /// Bytes of this write that went before.
    pub went: usize,
    /// Why it ended.
    pub stop: Stop,
}

/// The end that we write to.
#[derive(Debug)]
pub struct Sink {
    fd: OwnedFd,
    name: String,
    /// Our own open file, set O_NONBLOCK. Else another process's, whose flags are not ours to change.
    nonblocking: bool,
    /// Its size is not ours to change.
    kept: bool,
    /// Bytes that went in all.
    went: u64,
}

impl Sink {
    /// Writes to `fd`, called `name` in faults.
    pub fn new(fd: OwnedFd, name: String, nonblocking: bool) -> Sink {
        Sink { fd, name, nonblocking, kept: false, went: 0 }
    }

    /// The same for a pipe that others made, which stays as large as it is.
    pub(super) fn keeping_size(self) -> Sink {
        Sink { kept: true, ..self }
    }

    /// Makes the pipe large, so that fewer wakes are needed: whether it is now, for the size of blocks.
    pub fn enlarge(&self) -> bool {
        match fcntl(&self.fd, FcntlArg::F_GETPIPE_SZ) {
            Ok(size) if size >= LARGE => true,
            _ if self.kept => false,
            _ => fcntl(&self.fd, FcntlArg::F_SETPIPE_SZ(LARGE)).is_ok(),
        }
    }

    /// The descriptor, for copies that go by it.
    pub fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// `count` bytes went by [`Sink::fd`].
    pub fn count(&mut self, count: u64) {
        self.went += count;
    }

    /// Bytes that went in all.
    pub fn went(&self) -> u64 {
        self.went
    }

    /// Writes all of `bytes`, waiting for room as `wait` allows.
    pub fn write(&mut self, bytes: &[u8], wait: &Wait) -> Result<(), WriteStop> {
        let mut went = 0;
        while went < bytes.len() {
            match self.write_some(&bytes[went..], wait) {
                Ok(count) => {
                    went += count;
                    self.went += count as u64;
                }
                Err(stop) => return Err(WriteStop { went, stop }),
            }
        }
        Ok(())
    }

    /// As [`Sink::write`] for bytes on pages of their own: the pipe takes the pages.
    pub fn give(&mut self, mut pages: Pages, wait: &Wait) -> Result<(), WriteStop> {
        let all = pages.rest().len();
        while !pages.rest().is_empty() {
            let given = wait::ready(&self.fd, PollFlags::POLLOUT, wait)
                .and_then(|_| pages.give(self.fd.as_fd()).map_err(Stop::Failed));
            match given {
                Ok(count) => self.went += count as u64,
                Err(Stop::Failed(Errno::EAGAIN | Errno::EINTR)) => {}
                // A kernel without that call.
                Err(Stop::Failed(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL)) => {
                    return self.write(pages.rest(), wait);
                }
                Err(stop) => return Err(WriteStop { went: all - pages.rest().len(), stop }),
            }
        }
        Ok(())
    }

    /// One write(2). Up to [`PIPE_BUF`] bytes go whole or not at all.
    fn write_some(&self, bytes: &[u8], wait: &Wait) -> Result<usize, Stop> {
        if self.nonblocking {
            return wait::write(&self.fd, bytes, wait);
        }
        // A write that the pipe has a page for does not sleep; a timer breaks one that another writer overtook.
        let piece = &bytes[..bytes.len().min(PIPE_BUF)];
        wait::untimed(wait, |turn| {
            let timeout = if turn == Turn::Try { PollTimeout::ZERO } else { PollTimeout::NONE };
            let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::POLLOUT)];
            match poll(&mut fds, timeout)? {
                0 => Err(Errno::EAGAIN),
                _ => nix::unistd::write(&self.fd, piece),
            }
        })
    }

    /// The fault of a write that ended early; `went` says how much went until then.
    pub fn fault(&self, stop: Stop, went: impl std::fmt::Display) -> Fault {
        let what = format!("write to {}", self.name);
        let status = stop.fault("").exit_status();
        match stop {
            Stop::Failed(Errno::EPIPE) => {
                let unread = match fionread(self.fd.as_fd()) {
                    Ok(0) | Err(_) => String::new(),
                    Ok(unread) => format!(", {unread} of them unread"),
                };
                Fault::os_because(what, format!("its last reader left; {went} went{unread}"), Errno::EPIPE)
            }
            Stop::Failed(errno) => {
                let words = errno.desc().to_ascii_lowercase();
                Fault::os_because(what, format!("{words}; {went} went"), errno)
            }
            Stop::Signal(_) => stop.fault(what),
            Stop::TimedOut => Fault::new(what, format!("the timeout passed; {went} went")).status(status),
            _ => Fault::new(what, format!("it is full; {went} went")).status(status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use nix::unistd::{pipe2, read};

    #[test]
    fn amounts_are_told() {
        for flags in [OFlag::O_NONBLOCK, OFlag::empty()] {
            let (reader, writer) = pipe2(flags).unwrap();
            let mut sink = Sink::new(writer, "pipe:1:1".into(), flags == OFlag::O_NONBLOCK);
            let end = sink.write(&vec![7; 70_000], &Wait::nowait());
            assert_eq!(end, Err(WriteStop { went: 65_536, stop: Stop::WouldBlock }));
            let fault = sink.fault(Stop::WouldBlock, "65536 of 70000 bytes");
            assert_eq!(fault.to_string(), "cannot write to pipe:1:1: it is full; 65536 of 70000 bytes went");
            assert_eq!(fault.exit_status().code(), 5);
            read(&reader, &mut [0; 5536]).unwrap();
            drop(reader);
            let end = sink.write(&[7; 9], &Wait::forever()).unwrap_err();
            assert_eq!(
                sink.fault(end.stop, format!("{} bytes", sink.went())).to_string(),
                "cannot write to pipe:1:1: its last reader left; 65536 bytes went, 60000 of them unread (EPIPE)"
            );
        }
    }
}
