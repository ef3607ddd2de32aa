//! Memory of another process, copied by the kernel: process_vm_readv(2).

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::{Pid, read, write};

/// One transfer between the process and a descriptor goes through a block this large.
const BLOCK: usize = 128 * 1024;

/// A range of addresses in a process, which cannot be mistaken for a later one with its PID.
#[derive(Debug)]
pub struct Region {
    pid: i32,
    pidfd: OwnedFd,
    start: u64,
    size: u64,
}

impl Region {
    /// `size` bytes from address `start` on; there may be holes among them.
    pub fn new(pid: i32, pidfd: OwnedFd, start: u64, size: u64) -> Region {
        Region { pid, pidfd, start, size }
    }

    /// The size in bytes, holes included.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where `length` bytes from `offset` lie, cut at the region's end.
    fn remote(&self, offset: u64, length: usize) -> Result<[RemoteIoVec; 1], Errno> {
        let rest = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let base = self.start.checked_add(offset).and_then(|base| usize::try_from(base).ok());
        Ok([RemoteIoVec { base: base.ok_or(Errno::EFAULT)?, len: length.min(rest) }])
    }

    /// Fewer bytes than asked: the next one cannot be read, and reading there gives EFAULT.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let remote = self.remote(offset, into.len())?;
        let count = match remote[0].len {
            0 => 0,
            len => {
                process_vm_readv(Pid::from_raw(self.pid), &mut [IoSliceMut::new(&mut into[..len])], &remote)?
            }
        };
        // What another process with this PID has would be no answer.
        if self.is_removed() { Err(Errno::ESRCH) } else { Ok(count) }
    }

    /// Fewer bytes than given: the next one cannot be written, and writing there gives EFAULT.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        let remote = self.remote(offset, bytes.len())?;
        if self.is_removed() {
            return Err(Errno::ESRCH);
        }
        match remote[0].len {
            0 => Ok(0),
            len => process_vm_writev(Pid::from_raw(self.pid), &[IoSlice::new(&bytes[..len])], &remote),
        }
    }

    /// Up to `length` bytes from `offset` to `out`, by way of a block of ours.
    pub fn send(&self, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
        let mut block = [0; BLOCK];
        let count = self.read_at(offset, &mut block[..length.min(BLOCK)])?;
        if count == 0 { Ok(0) } else { write(out, &block[..count]) }
    }

    /// Up to `length` bytes from `input` to `offset`; EFAULT if they cannot all be written.
    pub fn receive(&self, offset: u64, length: usize, input: BorrowedFd<'_>) -> Result<usize, Errno> {
        let room = self.remote(offset, length.min(BLOCK))?[0].len;
        let mut block = [0; BLOCK];
        let count = read(input, &mut block[..room])?;
        match self.write_at(offset, &block[..count])? {
            written if written == count => Ok(count),
            _ => Err(Errno::EFAULT),
        }
    }

    /// The process has ended. A kernel that does not answer counts as "still there".
    pub fn is_removed(&self) -> bool {
        let mut ended = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        poll(&mut ended, PollTimeout::ZERO).is_ok_and(|count| count > 0)
    }
}
