//! Starting a process with pipes of ours.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::{dup2_stdin, dup2_stdout, pipe2};

use super::Child;
use super::exec::Image;
use crate::status::Status;
use crate::sys::fork::fork;
use crate::sys::sigmask::{Change, rt_sigprocmask};
use crate::sys::signal::{exit_now, sigaction_get, sigaction_set};
use crate::wait::cancel::{self, Forward};

/// Which of a child's standard descriptors are pipes of ours; the others are inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// We write to it.
    pub stdin: bool,
    /// We read from it.
    pub stdout: bool,
}

/// Starts `command` with the pipes that `ends` asks for, and from then on passes TERM and HUP on to it.
///
/// By fork and execve, not by posix_spawn(3): that of musl lets signal 34 in for a moment, which a trap of RTMIN has
/// blocked; and std's spawn hands our signal mask down.
pub(super) fn start(image: &Image, ends: Ends) -> nix::Result<Child> {
    keep_statuses()?;
    let (mut stdin, mut stdout) = (None, None);
    // The child's ends are closed here with this list, or it would never see its input end.
    let mut theirs = Vec::new();
    if ends.stdin {
        let (reader, ours) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        theirs.push((reader, Standard::Input));
        stdin = Some(ours);
    }
    if ends.stdout {
        let (ours, writer) = pipe2(OFlag::O_CLOEXEC)?;
        set_nonblocking(&ours)?;
        theirs.push((writer, Standard::Output));
        stdout = Some(ours);
    }
    // Closed by a successful execve; else it tells why there was none.
    let (told, tells) = pipe2(OFlag::O_CLOEXEC)?;
    let (pid, forward) = Forward::to(|| match fork()? {
        Some(pid) => Ok(pid),
        None => {
            let errno = become_image(image, &theirs) as i32;
            let _ = nix::unistd::write(&tells, &errno.to_ne_bytes());
            exit_now(Status::NO_COMMAND.code().into())
        }
    })?;
    drop((theirs, tells));
    let child = Child::new(pid, forward, stdin, stdout);
    match failure(&told) {
        None => Ok(child),
        Some(errno) => {
            let _ = child.wait();
            Err(errno)
        }
    }
}

#[derive(Clone, Copy)]
enum Standard {
    Input,
    Output,
}

/// In the child: nothing of ours is left but ignored signals, then the program. Returns why it could not.
fn become_image(image: &Image, ends: &[(OwnedFd, Standard)]) -> Errno {
    for (end, standard) in ends {
        let placed = match standard {
            Standard::Input => dup2_stdin(end),
            Standard::Output => dup2_stdout(end),
        };
        if let Err(errno) = placed {
            return errno;
        }
    }
    // Our handlers must be gone before the mask is: they would note a signal that is the program's.
    let cleared = restore_dispositions().and_then(|()| rt_sigprocmask(Change::Set, 0));
    match cleared {
        Ok(_) => image.exec(),
        Err(errno) => errno,
    }
}

fn restore_dispositions() -> nix::Result<()> {
    for signal in cancel::handled() {
        if matches!(sigaction_get(signal), Ok(SigHandler::Handler(_))) {
            sigaction_set(signal, SigHandler::SigDfl)?;
        }
    }
    sigaction_set(Signal::SIGPIPE, SigHandler::SigDfl)
}

/// Why the child could not become the program; None: it has.
fn failure(told: &OwnedFd) -> Option<Errno> {
    let mut errno = [0; 4];
    loop {
        match nix::unistd::read(told, &mut errno) {
            Ok(4) => return Some(Errno::from_raw(i32::from_ne_bytes(errno))),
            Err(Errno::EINTR) => {}
            _ => return None,
        }
    }
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
