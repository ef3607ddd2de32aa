//! Sending signals by number, with a value, and by pidfd: nix knows neither realtime signals nor pidfds.

use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

use nix::errno::Errno;
use nix::unistd::{getpid, getuid};

/// The part of the kernel's siginfo_t that a queued signal fills (asm-generic/siginfo.h); 64-bit only.
#[repr(C)]
struct Queued {
    signo: i32,
    errno: i32,
    code: i32,
    pad: i32,
    pid: i32,
    uid: u32,
    value: i32,
    rest: [u32; 25],
}

// The kernel copies the whole of it.
const _: () = assert!(size_of::<Queued>() == 128);

impl Queued {
    /// As sigqueue(3) fills it: from us, with `value`.
    fn new(signal: i32, value: i32) -> Queued {
        let (pid, uid) = (getpid().as_raw(), getuid().as_raw());
        Queued { signo: signal, errno: 0, code: libc::SI_QUEUE, pad: 0, pid, uid, value, rest: [0; 25] }
    }
}

/// Whom a pidfd stands for when a signal is sent through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What it was opened for: a process, or a thread (PIDFD_THREAD).
    Itself,
    /// The process group that the process leads; Linux 6.9.
    Group,
}

/// linux/pidfd.h.
const PIDFD_SIGNAL_PROCESS_GROUP: u32 = 1 << 2;

/// Sends a signal to the very process that `pidfd` stands for; 0 only asks whether it may be. With a value it is
/// queued, as by sigqueue(3). pidfd_send_signal(2).
///
/// ESRCH: it was reaped. EPERM. EAGAIN: queue full, only with a value. EINVAL: no such signal, or no such scope.
pub fn pidfd_send_signal(pidfd: impl AsFd, signal: i32, value: Option<i32>, scope: Scope) -> nix::Result<()> {
    let info = value.map(|value| Queued::new(signal, value));
    let info = info.as_ref().map_or(ptr::null(), ptr::from_ref);
    let flags = match scope {
        Scope::Itself => 0,
        Scope::Group => PIDFD_SIGNAL_PROCESS_GROUP,
    };
    let fd = pidfd.as_fd().as_raw_fd();
    // SAFETY: `info` is null or points to a live siginfo of the kernel's size; the rest are integers.
    let done = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, info, flags) };
    Errno::result(done).map(drop)
}

/// Sends a signal by number: above 0 to a process, -1 to all that may be signalled, below to a group. kill(2).
pub fn kill(pid: i32, signal: i32) -> nix::Result<()> {
    // SAFETY: two integers by value; the kernel checks both.
    let done = unsafe { libc::kill(pid, signal) };
    Errno::result(done).map(drop)
}

/// Sends a signal to one thread of a process. tgkill(2). ESRCH: that process has no such thread.
pub fn tgkill(pid: i32, tid: i32, signal: i32) -> nix::Result<()> {
    // SAFETY: three integers by value; the kernel checks all of them.
    let done = unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, signal) };
    Errno::result(done).map(drop)
}

/// Queues a signal with a value to one thread of a process. rt_tgsigqueueinfo(2). EAGAIN: the queue is full.
pub fn rt_tgsigqueueinfo(pid: i32, tid: i32, signal: i32, value: i32) -> nix::Result<()> {
    let info = Queued::new(signal, value);
    // SAFETY: `info` is a live siginfo of the kernel's size, which is only read; the rest are integers.
    let done = unsafe { libc::syscall(libc::SYS_rt_tgsigqueueinfo, pid, tid, signal, ptr::from_ref(&info)) };
    Errno::result(done).map(drop)
}
