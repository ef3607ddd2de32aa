//! Processes held by a pidfd, and how they end.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::fault::Fault;
use crate::proc::{process, status, zombie};
use crate::sys::pidfd::{ended, pidfd_exit};
use crate::sys::process::{Ended, pidfd_open};
use crate::sys::send::{Scope, pidfd_send_signal};
use crate::wait::{Stop, Wait, any_readable};

/// How long a parent may take to reap a child whose status is not told before, in milliseconds.
const REAPING: u8 = 100;

/// A process that we hold: whoever gets its PID later is another one, and is not meant.
#[derive(Debug)]
pub struct Watched {
    /// Its PID.
    pub pid: i32,
    /// Its command, once it was noted.
    comm: Vec<u8>,
    pidfd: OwnedFd,
}

/// The end of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The PID that it had.
    pub pid: i32,
    /// Its command, empty if that was not noted before.
    pub comm: Vec<u8>,
    /// Exit status or signal; `None` where the kernel does not tell (before Linux 6.15 only a process of our own user
    /// that is not reaped yet does).
    pub how: Option<Ended>,
}

impl Watched {
    /// Holds the process `pid`; `what` completes "cannot …" in a fault.
    ///
    /// # Errors
    /// Status 3 if there is none; a usage fault for a thread that is not its process's first.
    pub fn open(pid: i32, what: &str) -> Result<Watched, Fault> {
        match pidfd_open(pid) {
            Ok(pidfd) => Ok(Watched { pid, comm: Vec::new(), pidfd }),
            Err(errno) => Err(not_opened(pid, what, errno)),
        }
    }

    /// Notes its command, for [`Watched::end`]: when it has ended it is too late.
    pub fn note_command(&mut self) {
        self.comm = process::comm(self.pid);
    }

    /// Its pidfd, which is readable from its end on.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        any_readable(&[self.fd()], &Wait::nowait()).is_ok()
    }

    /// How it ended. To be asked when its pidfd is readable; waits a tenth of a second for its parent at most.
    pub fn end(&self) -> End {
        End { pid: self.pid, comm: self.comm.clone(), how: self.how() }
    }

    fn how(&self) -> Option<Ended> {
        let told = || pidfd_exit(&self.pidfd).ok().flatten();
        told().or_else(|| self.as_zombie()).or_else(|| {
            let mut reaped = [PollFd::new(self.fd(), PollFlags::empty())];
            let _ = poll(&mut reaped, PollTimeout::from(REAPING));
            told()
        })
    }

    /// What the zombie in `/proc` tells, if its PID is still its own after we have read it.
    fn as_zombie(&self) -> Option<Ended> {
        let status = zombie::wait_status(self.pid)?;
        let ours = pidfd_send_signal(&self.pidfd, 0, None, Scope::Itself) != Err(Errno::ESRCH);
        ours.then(|| ended(status))
    }
}

/// Waits until one of `watched` has ended, and says which have.
pub fn any_ended<'a>(watched: impl IntoIterator<Item = &'a Watched>, wait: &Wait) -> Result<Vec<bool>, Stop> {
    let fds: Vec<_> = watched.into_iter().map(Watched::fd).collect();
    any_readable(&fds, wait)
}

fn not_opened(pid: i32, what: &str, errno: Errno) -> Fault {
    let process = status::status(pid).ok().flatten().map(|status| status.tgid);
    match process {
        Some(process) if process != pid => {
            Fault::usage(format!("cannot {what}: {pid} is a thread of process {process}"))
                .hint(format!("write sig:{process} for the process, sig:{process}/{pid} for the thread"))
        }
        None if [Errno::ESRCH, Errno::EINVAL, Errno::ENOENT].contains(&errno) => {
            Fault::os_because(what, "there is no such process", Errno::ESRCH)
        }
        _ => Fault::os(what, errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Status;
    use crate::sys::signal::thread_id;
    use std::process::Command;

    #[test]
    fn the_end_of_a_zombie_and_of_a_reaped_process_is_told() {
        for (script, how) in [("exit 7", Ended::Exited(7)), ("kill -KILL $$", Ended::Killed(9))] {
            let mut child = Command::new("sh")
                .args(["-c", &format!("read x; {script}")])
                .stdin(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let watched = Watched::open(child.id().cast_signed(), "watch it").unwrap();
            assert_eq!(any_ended([&watched], &Wait::nowait()), Err(Stop::WouldBlock));
            drop(child.stdin.take());
            assert_eq!(any_ended([&watched], &Wait::forever()), Ok(vec![true]));
            assert_eq!(watched.end().how, Some(how));
            child.wait().unwrap();
            assert!(watched.has_ended());
            assert!([Some(how), None].contains(&watched.end().how));
        }
    }

    #[test]
    fn what_is_no_process_is_told_apart() {
        let fault = Watched::open(i32::MAX, "watch it").unwrap_err();
        assert_eq!(fault.to_string(), "cannot watch it: there is no such process (ESRCH)");
        assert_eq!(fault.exit_status(), Status::NOT_FOUND);
        let fault =
            std::thread::spawn(|| Watched::open(thread_id(), "watch it").unwrap_err()).join().unwrap();
        assert_eq!(fault.exit_status(), Status::USAGE);
        assert!(fault.to_string().contains("is a thread of process"), "{fault}");
    }
}
