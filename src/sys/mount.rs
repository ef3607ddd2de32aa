//! A file system to look into without mounting it anywhere: fsopen(2), fsconfig(2), fsmount(2), Linux 5.2.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use libc::{c_int, c_long, c_uint, c_void};
use nix::errno::Errno;

const FSOPEN_CLOEXEC: c_uint = 1;
const FSMOUNT_CLOEXEC: c_uint = 1;
const FSCONFIG_CMD_CREATE: c_uint = 6;

/// A context for a file system of this type. EPERM: it needs CAP_SYS_ADMIN in our user namespace; ENODEV: the kernel has none.
pub fn fsopen(name: &CStr) -> Result<OwnedFd, Errno> {
    // SAFETY: the name ends in NUL.
    let fd = unsafe { libc::syscall(libc::SYS_fsopen, name.as_ptr(), FSOPEN_CLOEXEC) };
    owned(fd)
}

/// Makes the file system that the context describes.
pub fn fsconfig_create(context: BorrowedFd<'_>) -> Result<(), Errno> {
    let none: *const c_void = std::ptr::null();
    // SAFETY: the command takes neither key nor value; both are null.
    let done = unsafe {
        libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, none, none, 0 as c_int)
    };
    Errno::result(done).map(drop)
}

/// The root directory of the new file system; it is gone when this is closed.
pub fn fsmount(context: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    // SAFETY: three integers by value.
    let fd = unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, 0 as c_uint) };
    owned(fd)
}

fn owned(fd: c_long) -> Result<OwnedFd, Errno> {
    let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call succeeded, so the descriptor is new and ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
