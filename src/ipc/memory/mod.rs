//! Memory that other processes share, as bytes at offsets: one code for System V segments, POSIX objects, files and
//! the memory of a process.
//!
//! What can be written by another process at any moment is never seen by reference: bytes are copied out and in by the
//! kernel. A page that is gone (a file cut short under us) is then an error or a short count, never SIGBUS.
//!
//! - [`Memory::read_at`] and [`Memory::write_at`] copy a few bytes: dumps, layouts, watches.
//! - [`Memory::send`] and [`Memory::receive`] move a range between the memory and a descriptor with no copy of ours.

mod ahead;
mod as_file;
mod attached;
mod file;
mod process;

use std::os::fd::{BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::unistd::{SysconfVar, sysconf};

use crate::sys::atomic::add_to_file;
use crate::sys::sysv::shm::{self, ShmId};
pub use ahead::Ahead;
use attached::Segment;
pub use process::Region;

/// The size of a page in bytes; 4,096 where the C library does not tell (sysconf(3)).
pub fn page_size() -> u64 {
    let told = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    told.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0).unwrap_or(4096)
}

/// What a handle may do with the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look only: needs read permission.
    Read,
    /// Look and change.
    Write,
}

/// An open piece of shared memory.
#[derive(Debug)]
pub enum Memory {
    /// An attached System V segment; detached when dropped.
    Attached(Segment),
    /// A file that can be mapped: read and written through its descriptor, which is the same memory.
    File(OwnedFd),
    /// Addresses of another process.
    Process(Region),
}

impl Memory {
    /// Attaches the segment of `size` bytes.
    ///
    /// Attaching moves `atime`, `lpid` and `nattch`, as shmop(2) says. Errors: EACCES, EIDRM, EINVAL, ENOMEM.
    pub fn attach(id: ShmId, size: u64, access: Access) -> Result<Memory, Errno> {
        let size = usize::try_from(size).map_err(|_| Errno::ENOMEM)?;
        let attached = shm::shmat(id, access == Access::Read)?;
        Ok(Memory::Attached(Segment::new(id, attached, size)))
    }

    /// The size in bytes, now: a file may grow and shrink under us.
    pub fn size(&self) -> Result<u64, Errno> {
        match self {
            Memory::Attached(segment) => Ok(segment.size()),
            Memory::File(fd) => file::size(fd),
            Memory::Process(region) => Ok(region.size()),
        }
    }

    /// Copies bytes from `offset` out; returns how many there were, fewer than asked only at the end.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        match self {
            Memory::Attached(segment) => segment.read_at(offset, into),
            Memory::File(fd) => file::read_at(fd, offset, into),
            Memory::Process(region) => region.read_at(offset, into),
        }
    }

    /// Copies bytes in at `offset`; returns how many had room. The memory never grows.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        match self {
            Memory::Attached(segment) => segment.write_at(offset, bytes),
            Memory::File(fd) => file::write_at(fd, offset, bytes),
            Memory::Process(region) => region.write_at(offset, bytes),
        }
    }

    /// Announces a transfer from `start` to `end`, to read or to write: where it helps, pages are brought in before it comes to
    /// them, as long as what is returned lives and is told of the progress.
    pub fn ahead(&self, start: u64, end: u64, access: Access) -> Option<Ahead> {
        match self {
            Memory::Attached(segment) => segment.ahead(start, end, access),
            Memory::File(_) | Memory::Process(_) => None,
        }
    }

    /// Writes up to `length` bytes from `offset` to `out` in one call of the kernel; returns how many went, 0 at the end.
    ///
    /// EINTR and EAGAIN are returned: the caller waits.
    pub fn send(&self, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
        match self {
            Memory::Attached(segment) => segment.send(offset, length, out),
            Memory::File(fd) => file::send(fd, offset, length, out),
            Memory::Process(region) => region.send(offset, length, out),
        }
    }

    /// As [`Memory::send`] into a pipe, without a copy: the pages themselves go, and what is written to the memory before they
    /// are read shows. EINVAL if `out` is no pipe.
    pub fn lend(&self, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
        match self {
            Memory::Attached(segment) => segment.lend(offset, length, out),
            Memory::File(fd) => file::lend(fd, offset, length, out),
            Memory::Process(_) => Err(Errno::EOPNOTSUPP),
        }
    }

    /// Adds `amount` to the integer of `width` bytes (1, 2, 4, 8) at `offset` by one atomic instruction, and returns what was
    /// there. EINVAL if it is not aligned, ENXIO if it does not lie within, EOPNOTSUPP in
    /// another process.
    pub fn add(&self, offset: u64, width: u32, amount: u64) -> Result<u64, Errno> {
        if offset.checked_add(width.into()).is_none_or(|end| self.size().is_ok_and(|size| end > size)) {
            return Err(Errno::ENXIO);
        }
        match self {
            Memory::Attached(segment) => segment.add(offset, width, amount),
            Memory::File(fd) => add_to_file(fd, page_size(), offset, width, amount),
            Memory::Process(_) => Err(Errno::EOPNOTSUPP),
        }
    }

    /// Waits until what was written has reached the disk, as msync(2) with MS_SYNC does; nothing where there is none.
    pub fn sync(&self) -> Result<(), Errno> {
        match self {
            Memory::File(fd) => nix::unistd::fdatasync(fd),
            Memory::Attached(_) | Memory::Process(_) => Ok(()),
        }
    }

    /// Whether the object has been removed, and only those who have it open still see it.
    pub fn is_removed(&self) -> bool {
        match self {
            Memory::Attached(segment) => segment.is_removed(),
            Memory::File(fd) => file::is_removed(fd),
            Memory::Process(region) => region.is_removed(),
        }
    }

    /// Reads up to `length` bytes from `input` to `offset` in one call of the kernel; returns how many came, 0 at the
    /// input's end or where no room is left.
    ///
    /// EINTR and EAGAIN are returned: the caller waits.
    pub fn receive(&self, offset: u64, length: usize, input: BorrowedFd<'_>) -> Result<usize, Errno> {
        match self {
            Memory::Attached(segment) => segment.receive(offset, length, input),
            Memory::File(fd) => file::receive(fd, offset, length, input),
            Memory::Process(region) => region.receive(offset, length, input),
        }
    }
}
