//! The file that a segment is in the kernel, opened through our own mapping of it: bytes that are read from it cost no page
//! fault, which for a segment is taken page by page and costs as much as the copy.
//!
//! The links in `/proc/self/map_files` need CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE (proc(5)); without them pages are mapped.

use std::os::fd::OwnedFd;

use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::{Mode, fstat};
use nix::sys::statfs::{FsType, fstatfs};

use super::page_size;
use crate::sys::sysv::shm::{Attached, ShmId};

/// TMPFS_MAGIC (linux/magic.h): all segments but those of huge pages.
const TMPFS: i64 = 0x0102_1994;

/// The file of the segment of `size` bytes that is attached, to read only; None where it is not to be had.
pub fn open(id: ShmId, attached: &Attached, size: usize) -> Option<OwnedFd> {
    let first = attached.address().addr();
    let end = first.checked_add(size)?.checked_next_multiple_of(usize::try_from(page_size()).ok()?)?;
    let path = format!("/proc/self/map_files/{first:x}-{end:x}");
    let file = openat(AT_FDCWD, path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).ok()?;
    let stat = fstat(&file).ok()?;
    // A segment's inode is its identifier (linux/ipc/shm.c, newseg).
    let is_it = stat.st_ino == u64::try_from(id.0).ok()? && u64::try_from(stat.st_size).ok()? >= size as u64;
    (is_it && fstatfs(&file).ok()?.filesystem_type() == FsType(TMPFS as _)).then_some(file)
}
