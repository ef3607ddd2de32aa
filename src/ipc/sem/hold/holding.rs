//! The holder's side: a copy of our process that takes, holds and ends.
//!
//! It makes its calls itself, and not through `wait`: a signal shall end it, as any process, and its end gives back.

use std::os::fd::{AsRawFd, BorrowedFd};

use libc::sembuf;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigHandler, Signal};
use nix::sys::stat::Mode;
use nix::unistd::{chdir, dup2_stderr, dup2_stdin, dup2_stdout, read, setsid, write};

use crate::sys::close_range::close_range;
use crate::sys::signal::{exit_now, sigaction_set};
use crate::sys::sysv::sem::{SemId, semtimedop};
use crate::wait::cancel;

/// The report of success; any other is an errno.
pub(super) const TAKEN: i32 = 0;

/// What the holder needs of the process it is a copy of.
pub(super) struct Holding<'a> {
    pub(super) id: SemId,
    /// To our parent: reports go out, leave to hold comes in.
    pub(super) line: BorrowedFd<'a>,
    /// The pidfd of the process whose end is waited for.
    pub(super) target: BorrowedFd<'a>,
}

impl Holding<'_> {
    /// Takes, reports, holds, ends. Our end gives back.
    pub(super) fn hold(&self, mut at_once: Vec<sembuf>, asleep: Option<Vec<sembuf>>) -> ! {
        let held = self.detach().and_then(|()| {
            let tried = self.take(&mut at_once);
            match (tried, asleep) {
                (Err(Errno::EAGAIN), Some(mut asleep)) => {
                    self.report(Errno::EAGAIN as i32)?;
                    self.take(&mut asleep)
                }
                (tried, _) => tried,
            }
        });
        match held {
            Ok(()) => {
                let _ = self.stay();
            }
            Err(errno) => {
                let _ = self.report(errno as i32);
            }
        }
        exit_now(0)
    }

    /// Lets go of everything that we share with our parent but its end.
    fn detach(&self) -> nix::Result<()> {
        set_pdeathsig(Signal::SIGKILL)?;
        // It may have died before that: its end of the line is closed then.
        if ready(self.line, PollFlags::empty(), PollTimeout::ZERO)? {
            return Err(Errno::EPIPE);
        }
        // A signal that came before is our parent's, and it will kill us.
        let _ = cancel::restore();
        // Who started us may ignore it; `kill HOLDER` shall give back all the same.
        sigaction_set(Signal::SIGTERM, SigHandler::SigDfl)?;
        setsid()?;
        chdir("/")?;
        forget_standard_descriptors()?;
        self.close_others()
    }

    /// Whoever reads from a pipe to us, as `$(…)` does, shall see its end.
    fn close_others(&self) -> nix::Result<()> {
        let mut from = 3;
        let mut ours = [self.line, self.target].map(|fd| fd.as_raw_fd().unsigned_abs());
        ours.sort_unstable();
        for fd in ours {
            close_range(from, fd.saturating_sub(1))?;
            from = fd + 1;
        }
        close_range(from, u32::MAX)
    }

    fn take(&self, operations: &mut [sembuf]) -> nix::Result<()> {
        loop {
            match semtimedop(self.id, operations, None) {
                Err(Errno::EINTR) => {}
                other => return other,
            }
        }
    }

    /// Holds until the watched process ends; gives up if our parent dies before it has told our PID.
    fn stay(&self) -> nix::Result<()> {
        set_pdeathsig(None)?;
        self.report(TAKEN)?;
        let mut leave = [0];
        while !self.heard(&mut leave)? {}
        while !ready(self.target, PollFlags::POLLIN, PollTimeout::NONE)? {}
        Ok(())
    }

    /// Whether our parent lets us hold; EPIPE when it is gone.
    fn heard(&self, leave: &mut [u8]) -> nix::Result<bool> {
        match read(self.line, leave) {
            Ok(0) => Err(Errno::EPIPE),
            Ok(_) => Ok(true),
            Err(Errno::EINTR) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    fn report(&self, report: i32) -> nix::Result<()> {
        write(self.line, &report.to_ne_bytes()).map(drop)
    }
}

/// Its own descriptor is closed again before [`Holding::close_others`] closes what is left.
fn forget_standard_descriptors() -> nix::Result<()> {
    let null = open("/dev/null", OFlag::O_RDWR, Mode::empty())?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)
}

/// Whether one of `events`, or the other end's close, holds of `fd` in time; false also after a signal.
fn ready(fd: BorrowedFd<'_>, events: PollFlags, timeout: PollTimeout) -> nix::Result<bool> {
    match poll(&mut [PollFd::new(fd, events)], timeout) {
        Ok(count) => Ok(count > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(errno) => Err(errno),
    }
}
