//! Words in memory that several processes share, and sleeping on them: futex(2), mmap(2).

use std::num::NonZeroUsize;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use libc::{c_int, c_void, timespec};
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;

use super::bus::{end_on_bus_error, fill_hole};
use super::sysv::shm::Attached;

/// Shared memory in our address space, seen as atomic words only.
///
/// A file may be cut short at any time, and its words are then SIGBUS: so the file's size is looked at whenever a word is
/// asked for, and a word is used at once.
#[derive(Debug)]
pub struct Words {
    first: NonNull<c_void>,
    length: usize,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Mapping { start: NonNull<c_void>, length: usize, file: OwnedFd, end: u64 },
    Segment(#[expect(dead_code, reason = "kept attached as long as the words are used")] Attached),
}

impl Words {
    /// Maps `length` bytes at `offset` of a file, for reading and writing. ENOSPC, EDQUOT: there is a hole, and no room to fill it.
    pub fn map(file: OwnedFd, offset: u64, length: usize, page: u64) -> Result<Words, Errno> {
        let before = offset % page.max(1);
        let inside = usize::try_from(before).map_err(|_| Errno::EOVERFLOW)?;
        let start = i64::try_from(offset - before).map_err(|_| Errno::EOVERFLOW)?;
        let end = offset.checked_add(length as u64).ok_or(Errno::EOVERFLOW)?;
        let whole = NonZeroUsize::new(inside + length).ok_or(Errno::EINVAL)?;
        end_on_bus_error()?;
        fill_hole(&file, offset, length as u64)?;
        let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice, which is only used as atomic words.
        let mapped = unsafe { mmap(None, whole, prot, MapFlags::MAP_SHARED, &file, start) }?;
        // SAFETY: `inside` is less than the mapping's length.
        let first = unsafe { mapped.byte_add(inside) };
        Ok(Words { first, length, held: Held::Mapping { start: mapped, length: whole.get(), file, end } })
    }

    /// `length` bytes at `offset` of an attached segment of `size` bytes. EINVAL: they are not inside.
    pub fn attached(segment: Attached, size: u64, offset: u64, length: usize) -> Result<Words, Errno> {
        if offset.checked_add(length as u64).is_none_or(|end| end > size) {
            return Err(Errno::EINVAL);
        }
        let offset = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let first = NonNull::new(segment.address().wrapping_byte_add(offset)).ok_or(Errno::EINVAL)?;
        Ok(Words { first: first.cast(), length, held: Held::Segment(segment) })
    }

    /// The 64-bit word at `offset`, to be used at once. EINVAL: it is not inside, or not aligned; ENXIO: the file was cut
    /// short.
    pub fn wide(&self, offset: usize) -> Result<&AtomicU64, Errno> {
        let word = self.at::<AtomicU64>(offset)?;
        // SAFETY: inside the memory and aligned, as `at` checked; it stays ours as long as `self`; other processes use it
        // by atomic instructions, and we by no others.
        Ok(unsafe { word.as_ref() })
    }

    /// The 32-bit word at `offset`; errors as [`Words::wide`].
    pub fn narrow(&self, offset: usize) -> Result<&AtomicU32, Errno> {
        let word = self.at::<AtomicU32>(offset)?;
        // SAFETY: inside the memory and aligned, as `at` checked; it stays ours as long as `self`; other processes use it
        // by atomic instructions, and we by no others.
        Ok(unsafe { word.as_ref() })
    }

    fn at<T>(&self, offset: usize) -> Result<NonNull<T>, Errno> {
        let end = offset.checked_add(size_of::<T>()).ok_or(Errno::EINVAL)?;
        let word = NonNull::new(self.first.as_ptr().wrapping_byte_add(offset)).ok_or(Errno::EINVAL)?;
        let word = word.cast::<T>();
        if end > self.length || !word.is_aligned() {
            return Err(Errno::EINVAL);
        }
        match &self.held {
            Held::Mapping { file, end, .. }
                if u64::try_from(fstat(file)?.st_size).is_ok_and(|size| size < *end) =>
            {
                Err(Errno::ENXIO)
            }
            _ => Ok(word),
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        if let Held::Mapping { start, length, .. } = self.held {
            // SAFETY: the mapping is ours, and references into it do not outlive `self`.
            let _ = unsafe { munmap(start, length) };
        }
    }
}

/// FUTEX_WAIT between processes: sleeps while the word is `expected`. EAGAIN: it is not; ETIMEDOUT: `timeout` passed; EINTR: a
/// signal came. Success means woken, by whomever: look again.
pub fn futex_wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Result<(), Errno> {
    let time = timeout.map(|timeout| timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(timeout.subsec_nanos()),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the word is borrowed through the call, and the time is null or lives here.
    let done = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, time) };
    Errno::result(done).map(drop)
}

/// FUTEX_WAKE between processes: wakes up to `count` of those who sleep on the word.
pub fn futex_wake(word: &AtomicU32, count: u32) -> Result<(), Errno> {
    let count = c_int::try_from(count).unwrap_or(c_int::MAX);
    // SAFETY: the word is borrowed through the call.
    let done = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, count) };
    Errno::result(done).map(drop)
}
