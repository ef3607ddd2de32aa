//! What else a pidfd can tell: threads, and how a process ended.

use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::ptr;

use nix::errno::Errno;

use super::process::Ended;

/// PIDFD_THREAD of linux/pidfd.h.
const THREAD: i32 = libc::O_EXCL;

/// A descriptor of the thread `tid`, readable when it has ended; close-on-exec. pidfd_open(2), Linux 6.9.
///
/// ESRCH: there is no such thread. EINVAL: the kernel is older.
pub fn pidfd_open_thread(tid: i32) -> nix::Result<OwnedFd> {
    // SAFETY: two integers by value.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, tid, THREAD) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// struct pidfd_info of linux/pidfd.h in its first form, of 64 bytes; only the fields that we read are named.
#[repr(C)]
#[derive(Default)]
struct Info {
    mask: u64,
    unread: [u32; 13],
    exit_code: i32,
}

// The request's number tells the kernel this size.
const _: () = assert!(size_of::<Info>() == 64);

/// PIDFD_INFO_EXIT: the exit code is wanted, or is there.
const INFO_EXIT: u64 = 1 << 3;

nix::ioctl_readwrite!(
    /// PIDFD_GET_INFO of linux/pidfd.h.
    get_info,
    0xff,
    11,
    Info
);

/// How the process of `pidfd` ended, if its parent has reaped it. PIDFD_GET_INFO, ioctl_pidfd(2), Linux 6.15.
///
/// None: not yet, or the kernel does not tell. ENOTTY: an older kernel. ESRCH: it is gone and left nothing.
pub fn pidfd_exit(pidfd: impl AsFd) -> nix::Result<Option<Ended>> {
    let mut info = Info { mask: INFO_EXIT, ..Info::default() };
    let fd = pidfd.as_fd().as_raw_fd();
    // SAFETY: `info` is a live structure of the size that the request's number tells the kernel.
    unsafe { get_info(fd, ptr::from_mut(&mut info)) }?;
    Ok((info.mask & INFO_EXIT != 0).then(|| ended(info.exit_code)))
}

/// What a wait status says, as in wait(2): the low seven bits are the signal, else the second byte is the exit status.
pub fn ended(status: i32) -> Ended {
    match status & 0x7f {
        0 => Ended::Exited((status >> 8) & 0xff),
        signal => Ended::Killed(signal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::process::pidfd_open;
    use crate::sys::signal::thread_id;
    use std::process::Command;

    #[test]
    fn a_wait_status_is_read() {
        assert_eq!(ended(0x700), Ended::Exited(7));
        assert_eq!(ended(0x8b), Ended::Killed(11), "with a core dump");
        assert_eq!(ended(36), Ended::Killed(36));
    }

    #[test]
    fn the_end_is_told_after_reaping() {
        let mut child = Command::new("sh").args(["-c", "exit 7"]).spawn().unwrap();
        let pidfd = pidfd_open(i32::try_from(child.id()).unwrap()).unwrap();
        child.wait().unwrap();
        // Kernels before 6.15 do not know.
        assert!(matches!(pidfd_exit(&pidfd), Ok(Some(Ended::Exited(7))) | Ok(None) | Err(_)));
    }

    #[test]
    fn a_thread_has_a_descriptor_where_the_kernel_knows() {
        assert!(matches!(pidfd_open_thread(thread_id()), Ok(_) | Err(Errno::EINVAL)));
    }
}
