//! Starting a process with pipes of ours.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigHandler, SigSet, Signal};
use nix::unistd::{Pid, pipe2};

use super::Child;
use super::exec::Image;
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
pub(super) fn start(image: &Image, ends: Ends) -> nix::Result<Child> {
    keep_statuses()?;
    let (mut stdin, mut stdout) = (None, None);
    // The child's ends are closed here with this list, or it would never see its input end.
    let mut theirs = Vec::new();
    let mut actions = PosixSpawnFileActions::init()?;
    if ends.stdin {
        let (reader, ours) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        actions.add_dup2(reader.as_raw_fd(), STDIN)?;
        theirs.push(reader);
        stdin = Some(ours);
    }
    if ends.stdout {
        let (ours, writer) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        actions.add_dup2(writer.as_raw_fd(), STDOUT)?;
        theirs.push(writer);
        stdout = Some(ours);
    }
    let attributes = attributes()?;
    let spawn = || posix_spawn(image.path.as_c_str(), &actions, &attributes, &image.argv, &image.environment);
    let (pid, forward) = Forward::to(|| spawn().map(Pid::as_raw))?;
    Ok(Child::new(pid, forward, stdin, stdout))
}

const STDIN: i32 = 0;
const STDOUT: i32 = 1;

/// An empty signal mask and default SIGPIPE for the child alone: std would hand our own mask down, and a trap's
/// signals must stay blocked here.
fn attributes() -> nix::Result<PosixSpawnAttr> {
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_flags(PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF)?;
    attributes.set_sigmask(&SigSet::empty())?;
    let mut pipe = SigSet::empty();
    pipe.add(Signal::SIGPIPE);
    attributes.set_sigdefault(&pipe)?;
    Ok(attributes)
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
