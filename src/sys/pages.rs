//! New pages of our own, filled once and then given to a pipe, which keeps them when they are gone from here: bytes go through
//! it with one copy, not two, and no page is had or freed for each 4 KiB of them.
//!
//! A page is never filled twice, as a reader may keep it for ever (tee, splice): so each lot is mapped anew.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// What one lot holds: a huge page, which costs one fault. Small ones cost as much as the copy that is spared.
pub const LOT: usize = 2 << 20;

/// Twice that, as a huge page must be aligned.
const MAPPED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(2 * LOT - 1);

/// Some bytes on pages of their own.
#[derive(Debug)]
pub struct Pages {
    mapped: NonNull<c_void>,
    /// The first byte, aligned.
    start: NonNull<u8>,
    filled: usize,
    given: usize,
}

impl Pages {
    /// mmap(2): an empty lot. ENOMEM.
    pub fn map() -> Result<Pages, Errno> {
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a mapping at no given address takes the place of nothing.
        let mapped = unsafe { mmap_anonymous(None, MAPPED, access, MapFlags::MAP_PRIVATE) }?;
        let start = mapped.cast::<u8>();
        let skipped = start.align_offset(LOT).min(LOT);
        // SAFETY: less than LOT is skipped of a mapping of twice that.
        let start = unsafe { start.add(skipped) };
        let pages = Pages { mapped, start, filled: 0, given: 0 };
        // SAFETY: LOT bytes from an aligned start lie within the mapping; this advice changes none of them.
        let _ = unsafe { madvise(pages.start.cast(), LOT, MmapAdvise::MADV_HUGEPAGE) };
        Ok(pages)
    }

    /// read(2): adds bytes behind those that are there; 0 at the end of `file`, or when the lot is full. EINTR is returned.
    pub fn read_from(&mut self, file: BorrowedFd<'_>) -> Result<usize, Errno> {
        let to = self.start.as_ptr().wrapping_add(self.filled);
        // SAFETY: `filled` never exceeds LOT, and the kernel writes at most what is left of it; no reference to it exists.
        let count = unsafe { libc::read(file.as_raw_fd(), to.cast(), LOT - self.filled) };
        let count = Errno::result(count).map(isize::cast_unsigned)?;
        self.filled += count;
        Ok(count)
    }

    /// What was filled in and not given away yet.
    pub fn rest(&self) -> &[u8] {
        let first = self.start.as_ptr().wrapping_add(self.given);
        // SAFETY: these bytes were filled by read_from, lie in a private mapping that lives as long as `self`, and nothing
        // writes to them any more.
        unsafe { std::slice::from_raw_parts(first, self.filled - self.given) }
    }

    /// vmsplice(2) of the rest into a pipe, as much as it has room for now. EAGAIN: none. EPIPE. Others: not here.
    pub fn give(&mut self, pipe: BorrowedFd<'_>) -> Result<usize, Errno> {
        let rest = self.rest();
        let part = libc::iovec { iov_base: rest.as_ptr().cast_mut().cast(), iov_len: rest.len() };
        // SAFETY: the kernel reads one iovec that lives through the call, and takes references to pages whose bytes that are
        // given are not written to again; read_from fills what lies behind them.
        let count = unsafe { libc::vmsplice(pipe.as_raw_fd(), &raw const part, 1, libc::SPLICE_F_NONBLOCK) };
        let count = Errno::result(count).map(isize::cast_unsigned)?;
        self.given += count;
        Ok(count)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, made by map and used by nobody else; what a pipe took keeps its pages.
        let _ = unsafe { munmap(self.mapped, MAPPED.get()) };
    }
}

/// Whether this kernel gives huge pages to who asks for them.
pub fn are_huge() -> bool {
    std::fs::read("/sys/kernel/mm/transparent_hugepage/enabled")
        .is_ok_and(|modes| !modes.windows(7).any(|mode| mode == b"[never]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, read, write};
    use std::os::fd::AsFd;

    #[test]
    fn what_was_given_stays_when_the_pages_are_gone() {
        let (source, into) = pipe().unwrap();
        let (reader, writer) = pipe().unwrap();
        write(&into, &[b'a'; 5000]).unwrap();
        let mut pages = Pages::map().unwrap();
        assert_eq!(pages.start.align_offset(LOT), 0);
        assert_eq!(pages.read_from(source.as_fd()), Ok(5000));
        write(&into, b"z").unwrap();
        assert_eq!(pages.read_from(source.as_fd()), Ok(1));
        assert_eq!((pages.rest().len(), pages.rest().last()), (5001, Some(&b'z')));
        assert_eq!(pages.give(writer.as_fd()), Ok(5001));
        assert_eq!(pages.rest(), b"");
        drop(pages);
        let mut room = [0; 6000];
        assert_eq!(read(&reader, &mut room), Ok(5001));
        assert!(room[..5000].iter().all(|byte| *byte == b'a') && room[5000] == b'z');
    }

    #[test]
    fn a_full_pipe_takes_no_more_and_one_without_a_reader_nothing() {
        let (reader, writer) = pipe().unwrap();
        let zero = std::fs::File::open("/dev/zero").unwrap();
        let mut pages = Pages::map().unwrap();
        while pages.read_from(zero.as_fd()).unwrap() > 0 {}
        assert_eq!(pages.rest().len(), LOT);
        assert_eq!(pages.give(writer.as_fd()), Ok(65536));
        assert_eq!(pages.give(writer.as_fd()), Err(Errno::EAGAIN));
        drop(reader);
        assert_eq!(pages.give(writer.as_fd()), Err(Errno::EPIPE));
        assert_eq!(pages.rest().len(), LOT - 65536);
    }
}
