//! A token that is held until a process ends: by a process of its own, whose end gives it back (SEM_UNDO).
//!
//! The holder itself must take, because what is to be given back is not inherited by a fork. Meanwhile this process
//! waits for its report, sees whether the watched process still lives, and kills the holder when the wait is over:
//! what a killed holder had taken is given back. A holder that loses us (kill -9) ends too: by the parent-death signal
//! while it waits, and later because our end of the line closes before [`Holder::keep`].

mod holding;

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal, kill};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::unistd::{Pid, read, write};

use crate::fault::Fault;
use crate::ipc::sem::operate::sembufs;
use crate::ipc::sem::{Operation, Set};
use crate::sys::fork::fork;
use crate::sys::process::{pidfd_open, waitid};
use crate::sys::signal::sigaction_set;
use crate::sys::sysv::sem::{NOWAIT, UNDO};
use crate::wait::{self, Stop, Turn, Wait};

use holding::{Holding, TAKEN};

const HOLD: &str = "hold";

/// The process that holds a token. Dropped before [`Holder::keep`] it is killed, and the token given back.
#[must_use = "dropped, it gives the token back"]
pub struct Holder {
    pid: i32,
    kept: bool,
    line: OwnedFd,
}

/// What came first while we waited.
enum News {
    /// The holder's report.
    Taken,
    Refused(Errno),
    /// The holder ended without one.
    HolderDied,
    /// The watched process ended.
    Ended,
}

impl Set {
    /// Makes `operations` in a process of its own, which gives all of it back when process `target` ends, or itself.
    ///
    /// That process has its own session, none of our descriptors, and `/` as its directory.
    ///
    /// # Errors
    /// 3 if there is no process `target`, or if it ended before the operations were made; else as [`Set::operate`].
    pub fn hold_for(&self, target: i32, operations: &[Operation], wait: &Wait) -> Result<Holder, Fault> {
        let undone = |operation: &Operation| Operation { flags: operation.flags | UNDO, ..*operation };
        let operations: Vec<_> = operations.iter().map(undone).collect();
        let ended = |errno| Fault::os_because(self.what(HOLD), format!("process {target} has ended"), errno);
        let target_fd = pidfd_open(target).map_err(|errno| match errno {
            Errno::ESRCH => {
                Fault::os_because(self.what(HOLD), format!("there is no process {target}"), errno)
            }
            // That of a thread is refused so, or so by newer kernels.
            Errno::EINVAL | Errno::ENOENT => Fault::usage(format!("{target} is a thread: name its process")),
            _ => Fault::os(format_args!("watch process {target}"), errno),
        })?;
        let holder = Holder::start(self, &operations, &target_fd, wait.sleeps())
            .map_err(|errno| Fault::os(format_args!("start the process that holds {self}"), errno))?;
        // Its first report is about a try, and comes at once.
        let first = holder.news(&target_fd, &Wait::forever());
        let news = match first {
            Ok(News::Refused(Errno::EAGAIN)) if wait.sleeps() => holder.news(&target_fd, wait),
            other => other,
        };
        match news {
            Ok(News::Taken) => Ok(holder),
            Ok(News::Ended) => Err(ended(Errno::ESRCH)),
            Ok(News::HolderDied) => Err(Fault::new(self.what(HOLD), "the process that holds it was killed")),
            Ok(News::Refused(Errno::EAGAIN)) => Err(self.stopped(HOLD, &operations, Stop::WouldBlock)),
            Ok(News::Refused(errno)) => Err(self.stopped(HOLD, &operations, Stop::Failed(errno))),
            Err(stop) => Err(self.stopped(HOLD, &operations, stop)),
        }
    }
}

impl Holder {
    fn start(set: &Set, operations: &[Operation], target: &OwnedFd, sleeps: bool) -> nix::Result<Holder> {
        // Ignored, as we may have inherited it, it would let the PID of a dead child go before we have waited for it.
        sigaction_set(Signal::SIGCHLD, SigHandler::SigDfl)?;
        let flags = SockFlag::SOCK_CLOEXEC;
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        let at_once = sembufs(operations, NOWAIT);
        let asleep = sleeps.then(|| sembufs(operations, 0));
        match fork()? {
            Some(pid) => Ok(Holder { pid, kept: false, line: ours }),
            None => {
                // With it the holder would keep its own line open when we are gone.
                drop(ours);
                Holding { id: set.id, line: theirs.as_fd(), target: target.as_fd() }.hold(at_once, asleep)
            }
        }
    }

    /// The holder's PID: whoever kills it gives the token back.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Lets it hold from now on, whatever becomes of us.
    ///
    /// # Errors
    /// It was killed meanwhile.
    pub fn keep(mut self) -> Result<(), Fault> {
        write(&self.line, &[1])
            .map_err(|errno| Fault::os_because("hold", "the process that holds was killed", errno))?;
        self.kept = true;
        Ok(())
    }

    /// Waits for the holder's next report or the end of the watched process; what has ended comes first.
    fn news(&self, target: &OwnedFd, wait: &Wait) -> Result<News, Stop> {
        wait::timed(wait, |turn| {
            let event = |fd| PollFd::new(fd, PollFlags::POLLIN);
            let mut fds = [event(target.as_fd()), event(self.line.as_fd())];
            if poll(&mut fds, timeout(turn))? == 0 {
                return Err(Errno::EAGAIN);
            }
            match fds.map(|fd| fd.any().unwrap_or(true)) {
                [true, _] => Ok(News::Ended),
                _ => self.report(),
            }
        })
    }

    fn report(&self) -> nix::Result<News> {
        let mut report = [0; size_of::<i32>()];
        match read(&self.line, &mut report)? {
            0 => Ok(News::HolderDied),
            _ => Ok(match i32::from_ne_bytes(report) {
                TAKEN => News::Taken,
                errno => News::Refused(Errno::from_raw(errno)),
            }),
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        if !self.kept {
            // A child that was not waited for has no other's PID.
            let _ = kill(Pid::from_raw(self.pid), Signal::SIGKILL);
            while waitid(self.pid, true) == Err(Errno::EINTR) {}
        }
    }
}

/// Rounded up: a poll that ends before the deadline would only be made again.
fn timeout(turn: Turn) -> PollTimeout {
    match turn {
        Turn::Try => PollTimeout::ZERO,
        Turn::Sleep(None) => PollTimeout::NONE,
        Turn::Sleep(Some(left)) => {
            PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
        }
    }
}
