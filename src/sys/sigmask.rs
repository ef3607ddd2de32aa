//! Signal masks as the kernel has them: 64 bits, bit N-1 for signal N.
//!
//! Not by nix, which knows no realtime signals, nor by the C library: glibc never blocks 32 and 33, musl tells of no mask
//! that 32 to 34 are in it, so that whoever puts an old mask back lets 34 (RTMIN) in.

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;

use super::timer::timespec;

/// The bytes of a kernel's mask, which its calls want to be told.
const SIZE: usize = size_of::<u64>();

/// What becomes of the calling thread's mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// These signals are blocked too.
    Block,
    /// Exactly these are blocked.
    Set,
}

/// Changes the calling thread's mask and returns the one before. rt_sigprocmask(2).
///
/// KILL and STOP are silently left out by the kernel.
pub fn rt_sigprocmask(change: Change, mask: u64) -> nix::Result<u64> {
    let how = match change {
        Change::Block => libc::SIG_BLOCK,
        Change::Set => libc::SIG_SETMASK,
    };
    let mut before = 0_u64;
    // SAFETY: both pointers are to live integers of exactly SIZE bytes, the kernel's own mask size.
    let done = unsafe {
        libc::syscall(libc::SYS_rt_sigprocmask, how, ptr::from_ref(&mask), ptr::from_mut(&mut before), SIZE)
    };
    Errno::result(done).map(|_| before)
}

/// A descriptor that is readable while one of these signals is pending; close-on-exec, O_NONBLOCK. signalfd(2).
///
/// Each read takes signals off the queue, as struct signalfd_siginfo.
pub fn signalfd(mask: u64) -> nix::Result<OwnedFd> {
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    // SAFETY: the pointer is to a live integer of exactly SIZE bytes, which the kernel reads.
    let fd = unsafe { libc::syscall(libc::SYS_signalfd4, -1, ptr::from_ref(&mask), SIZE, flags) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Waits until one of `fds` is readable, with `mask` as the calling thread's while it sleeps; says which are readable or in
/// error, in their order, and an empty list after `timeout`. ppoll(2).
///
/// EINTR: a signal came that `mask` lets through; one that was pending before is among them.
pub fn ppoll(fds: &[BorrowedFd<'_>], timeout: Option<Duration>, mask: u64) -> nix::Result<Vec<bool>> {
    let look = |fd: &BorrowedFd<'_>| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut polled: Vec<libc::pollfd> = fds.iter().map(look).collect();
    let mut timeout = timeout.map(timespec);
    let timeout = timeout.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
    let count = polled.len();
    let list = polled.as_mut_ptr();
    // SAFETY: `list` has `count` entries; timeout is null or points to a live timespec, into which the kernel writes what is
    // left; the mask has SIZE bytes.
    let ready = unsafe { libc::syscall(libc::SYS_ppoll, list, count, timeout, ptr::from_ref(&mask), SIZE) };
    match Errno::result(ready)? {
        0 => Ok(Vec::new()),
        _ => Ok(polled.iter().map(|fd| fd.revents != 0).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::signal::{tgkill, thread_id};
    use nix::sys::signal::Signal;

    #[test]
    fn a_blocked_signal_is_read_from_its_descriptor() {
        let winch = 1 << (libc::SIGWINCH - 1);
        let before = rt_sigprocmask(Change::Block, winch).unwrap();
        let fd = signalfd(winch).unwrap();
        let mut room = [0; 128];
        assert_eq!(nix::unistd::read(&fd, &mut room), Err(Errno::EAGAIN));
        tgkill(thread_id(), Signal::SIGWINCH).unwrap();
        assert_eq!(nix::unistd::read(&fd, &mut room), Ok(128));
        assert_eq!(room[..4], libc::SIGWINCH.to_ne_bytes());
        assert_eq!(rt_sigprocmask(Change::Set, before), Ok(before | winch));
    }
}
