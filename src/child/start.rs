//! Starting a process with pipes of ours.

use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::pipe2;

use super::{Child, errno_of};
use crate::sys::signal::{sigaction_get, sigaction_set};
use crate::wait::cancel::Forward;

/// Which of a child's standard descriptors are pipes of ours; the others are inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// We write to it.
    pub stdin: bool,
    /// We read from it.
    pub stdout: bool,
}

/// Starts `command` with the pipes that `ends` asks for, and from then on passes TERM and HUP on to it.
pub(super) fn start(mut command: Command, ends: Ends) -> nix::Result<Child> {
    keep_statuses()?;
    let mut stdin = None;
    if ends.stdin {
        let (theirs, ours) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        command.stdin(Stdio::from(theirs));
        stdin = Some(ours);
    }
    let mut stdout = None;
    if ends.stdout {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        command.stdout(Stdio::from(theirs));
        stdout = Some(ours);
    }
    let (pid, forward) = Forward::to(|| spawn(command))?;
    Ok(Child::new(pid, forward, stdin, stdout))
}

/// Gives the PID. The child's ends of the pipes are closed here with `command`, or it would never see its input end.
/// It is waited for by [`Child::wait`]: std's own wait hides signals that come meanwhile.
fn spawn(mut command: Command) -> nix::Result<i32> {
    let child = command.spawn().map_err(|error| errno_of(&error))?;
    i32::try_from(child.id()).map_err(|_| Errno::ECHILD)
}

/// Only our end: the two ends of a pipe have flags of their own, and the command expects a blocking one.
fn set_nonblocking(ours: &OwnedFd) -> nix::Result<()> {
    fcntl(ours.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map(drop)
}

/// A SIGCHLD that we inherited ignored would throw our children's statuses away.
fn keep_statuses() -> nix::Result<()> {
    match sigaction_get(Signal::SIGCHLD)? {
        SigHandler::SigIgn => sigaction_set(Signal::SIGCHLD, SigHandler::SigDfl),
        _ => Ok(()),
    }
}
