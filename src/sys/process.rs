//! Waiting for processes: nix loses the status of one that a realtime signal ended, and has no pidfd.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

/// How a child process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Exited(i32),
    /// This signal ended it, realtime ones included.
    Killed(i32),
}

/// Waits until the child `pid` has ended. With `reap` false it stays a zombie, and its PID stays its own. waitid(2).
///
/// EINTR: a signal came first. ECHILD: no child of ours, or SIGCHLD is ignored.
pub fn waitid(pid: i32, reap: bool) -> nix::Result<Ended> {
    let id = libc::id_t::try_from(pid).map_err(|_| Errno::ECHILD)?;
    let keep = if reap { 0 } else { libc::WNOWAIT };
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: `info` is room for one siginfo_t and outlives the call; the rest are integers.
    let done = unsafe { libc::waitid(libc::P_PID, id, info.as_mut_ptr(), libc::WEXITED | keep) };
    Errno::result(done)?;
    // SAFETY: plain data, zeroed before and filled by the call, which succeeded.
    let info = unsafe { info.assume_init() };
    // SAFETY: waitid fills the SIGCHLD form of siginfo, in which si_status is set.
    let status = unsafe { info.si_status() };
    Ok(if info.si_code == libc::CLD_EXITED { Ended::Exited(status) } else { Ended::Killed(status) })
}

/// A descriptor of the process `pid`, readable when it has ended; close-on-exec. pidfd_open(2), Linux 5.3.
///
/// ESRCH: there is no such process.
pub fn pidfd_open(pid: i32) -> nix::Result<OwnedFd> {
    // SAFETY: two integers by value.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A duplicate of the descriptor `fd` of another process: the same open file, flags shared; close-on-exec.
/// pidfd_getfd(2), Linux 5.6.
///
/// EPERM: we may not trace it (ptrace(2), PTRACE_MODE_ATTACH_REALCREDS). EBADF: it has no such descriptor. ESRCH: gone.
pub fn pidfd_getfd(pidfd: BorrowedFd<'_>, fd: i32) -> nix::Result<OwnedFd> {
    // SAFETY: three integers by value; `pidfd` is borrowed and so open.
    let got = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_fd().as_raw_fd(), fd, 0) };
    let got = i32::try_from(Errno::result(got)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(got) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    use std::process::{Child, Command};

    fn pid(child: std::io::Result<Child>) -> i32 {
        i32::try_from(child.unwrap().id()).unwrap()
    }

    #[test]
    fn an_exit_and_a_realtime_kill_are_told_apart_and_kept_until_reaped() {
        for (script, ended) in [("exit 7", Ended::Exited(7)), ("kill -36 $$", Ended::Killed(36))] {
            let pid = pid(Command::new("sh").args(["-c", script]).spawn());
            assert_eq!(waitid(pid, false), Ok(ended));
            assert_eq!(waitid(pid, true), Ok(ended));
            assert_eq!(waitid(pid, true), Err(Errno::ECHILD));
        }
    }

    #[test]
    fn a_pidfd_tells_the_end() {
        let pid = pid(Command::new("true").spawn());
        let pidfd = pidfd_open(pid).unwrap();
        let mut fds = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut fds, PollTimeout::NONE), Ok(1));
        assert_eq!(waitid(pid, true), Ok(Ended::Exited(0)));
        assert!(pidfd_open(-1).is_err());
    }

    #[test]
    fn a_descriptor_of_a_process_is_the_same_open_file() {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let own = pidfd_open(nix::unistd::getpid().as_raw()).unwrap();
        let copy = pidfd_getfd(own.as_fd(), writer.as_raw_fd()).unwrap();
        nix::unistd::write(&copy, b"x").unwrap();
        assert_eq!(nix::unistd::read(&reader, &mut [0; 9]), Ok(1));
        assert_eq!(pidfd_getfd(own.as_fd(), 9999).err(), Some(Errno::EBADF));
    }
}
