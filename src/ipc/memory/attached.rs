//! A System V segment in our own address space, touched through the kernel only.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Arc, OnceLock};

use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::getpid;

use super::ahead::{Ahead, WORTH_IT};
use super::{Access, as_file, file};
use crate::sys::atomic::add_to_segment;
use crate::sys::shared::{populate, read_into, vmsplice, write_from};
use crate::sys::sysv::shm::{Attached, SHM_DEST, ShmId, shm_stat_any};

/// An attached segment and its size.
#[derive(Debug)]
pub struct Segment {
    id: ShmId,
    attached: Arc<Attached>,
    size: usize,
    /// For long reads, where it can be had.
    file: OnceLock<Option<OwnedFd>>,
}

/// A segment's pages, for the thread that brings them in; attached until the last of both lets go.
pub struct Pages(Arc<Attached>);

impl Pages {
    /// Maps the pages of `length` bytes from `offset`, which lie within, before they are touched. EINVAL before Linux 5.14.
    pub fn bring(&self, offset: u64, length: u64, access: Access) -> Result<(), Errno> {
        let number = |value| usize::try_from(value).map_err(|_| Errno::EINVAL);
        populate(&self.0, number(offset)?, number(length)?, access == Access::Write)
    }
}

impl Segment {
    /// `size` must be the segment's own: it never changes.
    pub fn new(id: ShmId, attached: Attached, size: usize) -> Segment {
        Segment { id, attached: Arc::new(attached), size, file: OnceLock::new() }
    }

    pub fn ahead(&self, start: u64, end: u64, access: Access) -> Option<Ahead> {
        let end = end.min(self.size());
        if access == Access::Read && end.saturating_sub(start) >= WORTH_IT && self.opened().is_some() {
            return None;
        }
        Ahead::begin(Pages(Arc::clone(&self.attached)), start, end, access)
    }

    fn opened(&self) -> Option<&OwnedFd> {
        self.file.get_or_init(|| as_file::open(self.id, &self.attached, self.size)).as_ref()
    }

    pub fn size(&self) -> u64 {
        self.size as u64
    }

    /// Where `length` bytes from `offset` lie, cut at the segment's end.
    fn range(&self, offset: u64, length: usize) -> (usize, usize) {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.size);
        (offset, length.min(self.size - offset))
    }

    fn remote(&self, offset: usize, length: usize) -> [RemoteIoVec; 1] {
        [RemoteIoVec { base: self.attached.address() as usize + offset, len: length }]
    }

    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let (offset, length) = self.range(offset, into.len());
        if length == 0 {
            return Ok(0);
        }
        process_vm_readv(getpid(), &mut [IoSliceMut::new(&mut into[..length])], &self.remote(offset, length))
    }

    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        let (offset, length) = self.range(offset, bytes.len());
        if length == 0 {
            return Ok(0);
        }
        process_vm_writev(getpid(), &[IoSlice::new(&bytes[..length])], &self.remote(offset, length))
    }

    pub fn send(&self, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
        if let Some(Some(file)) = self.file.get() {
            return file::send(file, offset, length, out);
        }
        let (offset, length) = self.range(offset, length);
        write_from(out, &self.attached, offset, length)
    }

    pub fn lend(&self, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
        if let Some(Some(file)) = self.file.get() {
            return file::lend(file, offset, length, out);
        }
        let (offset, length) = self.range(offset, length);
        if length == 0 { Ok(0) } else { vmsplice(out, &self.attached, offset, length) }
    }

    pub fn add(&self, offset: u64, width: u32, amount: u64) -> Result<u64, Errno> {
        let (offset, _) = self.range(offset, 0);
        add_to_segment(&self.attached, offset, width, amount)
    }

    /// A removed segment lives on, marked, until its last detach. A kernel that does not answer counts as "still there".
    pub fn is_removed(&self) -> bool {
        match shm_stat_any(self.id.0) {
            Ok((found, ds)) => found != self.id || ds.perm.mode & SHM_DEST != 0,
            Err(Errno::EIDRM) => true,
            Err(_) => false,
        }
    }

    pub fn receive(&self, offset: u64, length: usize, input: BorrowedFd<'_>) -> Result<usize, Errno> {
        let (offset, length) = self.range(offset, length);
        if length == 0 {
            return Ok(0);
        }
        read_into(input, &self.attached, offset, length)
    }
}
