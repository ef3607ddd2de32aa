//! Why a wait ended without its operation.

use std::fmt;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use crate::fault::Fault;
use crate::status::Status;

/// Why an operation did not happen. When one of these is returned, nothing was taken or put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// INT, TERM or HUP came. Clean up and return; `main` then dies of it ([`super::cancel::finish`]).
    Signal(Signal),
    /// The command's deadline passed.
    TimedOut,
    /// The stream was quiet for the idle timeout: its regular end, not a failure.
    Idle,
    /// It would block, and `--nowait` was given.
    WouldBlock,
    /// The call failed.
    Failed(Errno),
}

impl Stop {
    /// The error line for it: `what` completes "cannot …". Verbs give better causes where they know more.
    ///
    /// A signal becomes a fault with EINTR, which `main` does not print ([`super::cancel::is_cancel`]).
    pub fn fault(self, what: impl fmt::Display) -> Fault {
        match self {
            Stop::Signal(signal) => Fault::os(what, Errno::EINTR).status(Status::of_signal(signal as i32)),
            Stop::TimedOut => Fault::new(what, "the timeout passed").status(Status::TIMED_OUT),
            Stop::Idle => Fault::new(what, "nothing came within the idle timeout"),
            Stop::WouldBlock => Fault::new(what, "it would block").status(Status::WOULD_BLOCK),
            Stop::Failed(errno) => Fault::os(what, errno),
        }
    }
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Stop {
        Stop::Failed(errno)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stop_has_its_status() {
        let status = |stop: Stop| stop.fault("wait").exit_status();
        assert_eq!(status(Stop::Signal(Signal::SIGINT)).code(), 130);
        assert_eq!(status(Stop::TimedOut), Status::TIMED_OUT);
        assert_eq!(status(Stop::WouldBlock), Status::WOULD_BLOCK);
        assert_eq!(status(Stop::Failed(Errno::EIDRM)), Status::NOT_FOUND);
        assert_eq!(Stop::WouldBlock.fault("take").to_string(), "cannot take: it would block");
    }
}
