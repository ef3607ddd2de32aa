//! POSIX message queues by the kernel's own calls, as the C libraries have them with other checks (mq_overview(7)).

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use libc::{c_long, timespec};
use nix::errno::Errno;

/// `struct mq_attr`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MqAttr {
    /// O_NONBLOCK or 0.
    pub flags: c_long,
    /// Messages it may hold.
    pub max_messages: c_long,
    /// Bytes of one message at most.
    pub message_size: c_long,
    /// Messages in it now.
    pub messages: c_long,
    reserved: [c_long; 4],
}

impl MqAttr {
    /// What a new queue shall hold.
    pub fn new(max_messages: c_long, message_size: c_long) -> MqAttr {
        MqAttr { max_messages, message_size, ..MqAttr::default() }
    }
}

/// mq_open(2) with a name that has no slash, close-on-exec. With O_CREAT, `attr` and the mode less our umask are the new
/// queue's.
pub fn mq_open(name: &CStr, flags: i32, mode: u32, attr: Option<&MqAttr>) -> Result<OwnedFd, Errno> {
    let attr = attr.map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the name ends in NUL, and the attributes are null or live through the call, which only reads them.
    let fd = unsafe { libc::syscall(libc::SYS_mq_open, name.as_ptr(), flags | libc::O_CLOEXEC, mode, attr) };
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// mq_unlink(2), the name without its slash.
pub fn mq_unlink(name: &CStr) -> Result<(), Errno> {
    // SAFETY: the name ends in NUL.
    let done = unsafe { libc::syscall(libc::SYS_mq_unlink, name.as_ptr()) };
    Errno::result(done).map(drop)
}

/// mq_getsetattr(2), asking only.
pub fn mq_getattr(queue: BorrowedFd<'_>) -> Result<MqAttr, Errno> {
    let mut attr = MqAttr::default();
    let none: *const MqAttr = std::ptr::null();
    // SAFETY: nothing is set (null), and the answer goes to a struct that lives here.
    let done = unsafe { libc::syscall(libc::SYS_mq_getsetattr, queue.as_raw_fd(), none, &raw mut attr) };
    Errno::result(done).map(|_| attr)
}

/// A moment long past: a call with it does not sleep, and answers ETIMEDOUT instead.
static NEVER: timespec = timespec { tv_sec: 0, tv_nsec: 0 };

fn until(sleep: bool) -> *const timespec {
    if sleep { std::ptr::null() } else { &raw const NEVER }
}

/// mq_timedsend(2); sleeps while the queue is full, or answers ETIMEDOUT.
pub fn mq_timedsend(queue: BorrowedFd<'_>, body: &[u8], priority: u32, sleep: bool) -> Result<(), Errno> {
    // SAFETY: the kernel reads as many bytes as the slice has, and the time is null or a constant.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mq_timedsend,
            queue.as_raw_fd(),
            body.as_ptr(),
            body.len(),
            priority,
            until(sleep),
        )
    };
    Errno::result(done).map(drop)
}

/// mq_timedreceive(2): bytes and priority; sleeps while the queue is empty, or answers ETIMEDOUT. EMSGSIZE: `room` is
/// smaller than the queue's largest message may be.
pub fn mq_timedreceive(queue: BorrowedFd<'_>, room: &mut [u8], sleep: bool) -> Result<(usize, u32), Errno> {
    let mut priority = 0_u32;
    // SAFETY: the kernel writes at most as many bytes as the slice has, and the priority to a number that lives here;
    // the time is null or a constant.
    let count = unsafe {
        libc::syscall(
            libc::SYS_mq_timedreceive,
            queue.as_raw_fd(),
            room.as_mut_ptr(),
            room.len(),
            &raw mut priority,
            until(sleep),
        )
    };
    Errno::result(count).map(|count| (usize::try_from(count).unwrap_or(0), priority))
}
