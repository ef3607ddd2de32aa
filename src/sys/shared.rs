//! read(2) and write(2) straight into and out of an attached segment: no copy of ours, and a page that cannot be had is
//! EFAULT instead of SIGBUS.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;

use super::sysv::shm::Attached;

/// `MADV_POPULATE_READ` (Linux 5.14): map pages as a read of each would.
const MADV_POPULATE_READ: i32 = 22;
/// `MADV_POPULATE_WRITE` (Linux 5.14): map pages as a write to each would.
const MADV_POPULATE_WRITE: i32 = 23;

/// madvise(2) MADV_POPULATE_READ or, with `write`, MADV_POPULATE_WRITE: maps the pages of `length` bytes at `offset`, a
/// multiple of the page size, which the caller has checked to lie inside. EINVAL: the kernel does not know it.
pub fn populate(segment: &Attached, offset: usize, length: usize, write: bool) -> Result<(), Errno> {
    let first = segment.address().wrapping_byte_add(offset);
    let advice = if write { MADV_POPULATE_WRITE } else { MADV_POPULATE_READ };
    // SAFETY: this advice only maps pages of the segment, which stays attached through the call; no byte changes, and a page
    // that cannot be had is an error, no signal.
    let done = unsafe { libc::madvise(first, length, advice) };
    Errno::result(done).map(drop)
}

/// write(2) of `length` bytes at `offset` of the segment. EINTR is returned.
pub fn write_from(
    out: BorrowedFd<'_>,
    segment: &Attached,
    offset: usize,
    length: usize,
) -> Result<usize, Errno> {
    let first = segment.address().wrapping_byte_add(offset);
    // SAFETY: the kernel only reads, checks every page itself, and answers EFAULT where none is mapped.
    let count = unsafe { libc::write(out.as_raw_fd(), first, length) };
    Errno::result(count).map(isize::cast_unsigned)
}

/// read(2) of up to `length` bytes to `offset` of the segment, which the caller has checked to lie inside. EINTR is
/// returned.
pub fn read_into(
    input: BorrowedFd<'_>,
    segment: &Attached,
    offset: usize,
    length: usize,
) -> Result<usize, Errno> {
    let first = segment.address().wrapping_byte_add(offset);
    // SAFETY: the caller keeps offset + length within the attached segment, to which no reference exists; a read-only
    // attachment is EFAULT.
    let count = unsafe { libc::read(input.as_raw_fd(), first, length) };
    Errno::result(count).map(isize::cast_unsigned)
}

/// vmsplice(2): the pages of `length` bytes at `offset` of the segment into a pipe, not copied. EINVAL: no pipe.
pub fn vmsplice(
    out: BorrowedFd<'_>,
    segment: &Attached,
    offset: usize,
    length: usize,
) -> Result<usize, Errno> {
    let pages = libc::iovec { iov_base: segment.address().wrapping_byte_add(offset), iov_len: length };
    // SAFETY: the kernel takes references to the pages, which outlive our mapping; it checks every address itself, and
    // reads one iovec that lives through the call.
    let count = unsafe { libc::vmsplice(out.as_raw_fd(), &raw const pages, 1, 0) };
    Errno::result(count).map(isize::cast_unsigned)
}
