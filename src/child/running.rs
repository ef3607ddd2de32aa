//! A command that runs: feeding it, waiting for it.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::fault::Fault;
use crate::status::Status;
use crate::sys::process::{Ended, pidfd_open, waitid};
use crate::wait::cancel::Forward;

/// A running command. TERM and HUP are passed on to it until [`Child::wait`] has seen its end.
#[must_use = "a command must be waited for"]
pub struct Child {
    pid: i32,
    pub(super) forward: Forward,
    /// Where we write its input, O_NONBLOCK. Closed: it sees the end.
    pub stdin: Option<OwnedFd>,
    /// Where we read its output, O_NONBLOCK.
    pub stdout: Option<OwnedFd>,
}

impl Child {
    pub(super) fn new(pid: i32, forward: Forward, stdin: Option<OwnedFd>, stdout: Option<OwnedFd>) -> Child {
        Child { pid, forward, stdin, stdout }
    }

    /// Its PID.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Writes `input` to it and closes its input. It may read all, some or nothing; it may end.
    ///
    /// Signals do not stop this: the record in hand is finished, and they go to the command.
    pub fn feed(&mut self, mut input: &[u8]) -> Result<(), Fault> {
        let Some(stdin) = self.stdin.take() else { return Ok(()) };
        // Without a pidfd (no descriptor free) we only see a reader's end, which is enough for every usual command.
        let pidfd = pidfd_open(self.pid).ok();
        while !input.is_empty() {
            match nix::unistd::write(&stdin, input) {
                Ok(count) => input = &input[count..],
                Err(Errno::EPIPE) => break,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) if self.takes_more(&stdin, pidfd.as_ref()) => {}
                Err(Errno::EAGAIN) => break,
                Err(errno) => return Err(Fault::os("write to the command", errno)),
            }
        }
        Ok(())
    }

    /// Waits until the full pipe has room. False: the command has ended, and left the pipe to somebody who does not
    /// read it.
    fn takes_more(&self, stdin: &OwnedFd, pidfd: Option<&OwnedFd>) -> bool {
        let pipe = PollFd::new(stdin.as_fd(), PollFlags::POLLOUT);
        let mut fds = vec![pipe];
        fds.extend(pidfd.map(|pidfd| PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)));
        match poll(&mut fds, PollTimeout::NONE) {
            Ok(_) => fds[0].any().unwrap_or(true),
            // Interrupted: the write tells whether there is room.
            Err(_) => true,
        }
    }

    /// Closes our pipes to it and waits for its end, however long that takes.
    ///
    /// Returns its exit status, or 128 + N if signal N ended it, realtime signals included.
    pub fn wait(self) -> Result<Status, Fault> {
        let Child { pid, forward, stdin, stdout } = self;
        drop((stdin, stdout));
        let fault = |errno| Fault::os("wait for the command", errno).status(Status::OURS);
        until_ended(pid, false).map_err(fault)?;
        // Still a zombie: no signal of ours can reach a stranger with its PID.
        drop(forward);
        match until_ended(pid, true).map_err(fault)? {
            Ended::Exited(code) => Ok(Status::of_command((code & 0xff) as u8)),
            Ended::Killed(signal) => Ok(Status::of_signal(signal)),
        }
    }
}

/// [`waitid`] to its answer: signals are passed on by their handler, and change nothing here.
fn until_ended(pid: i32, reap: bool) -> nix::Result<Ended> {
    loop {
        match waitid(pid, reap) {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}
