//! One atomic addition to shared memory, whoever else writes it: the only access that is not a copy by the kernel.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

use super::bus::{end_on_bus_error, fill_hole};
use super::sysv::shm::Attached;

/// Adds `amount` to the `width` bytes at `offset` of the segment and returns what was there. The caller keeps offset +
/// width within the segment. EINVAL: no width of an atomic instruction, or not aligned.
pub fn add_to_segment(segment: &Attached, offset: usize, width: u32, amount: u64) -> Result<u64, Errno> {
    add(segment.address().wrapping_byte_add(offset), width, amount)
}

/// The same in a file, through a mapping of the page of `page` bytes it lies in. A file cut short at this very moment ends the
/// program with status 1, not with SIGBUS. ENOSPC, EDQUOT: there is a hole, and no room to fill it.
pub fn add_to_file(file: impl AsFd, page: u64, offset: u64, width: u32, amount: u64) -> Result<u64, Errno> {
    let within = offset % page.max(1);
    fill_hole(&file, offset, width.into())?;
    let start = i64::try_from(offset - within).map_err(|_| Errno::EOVERFLOW)?;
    let number = |value| usize::try_from(value).map_err(|_| Errno::EOVERFLOW);
    let window = Window::map(file, start, number(page)?)?;
    end_on_bus_error()?;
    // An aligned integer never crosses a page's end.
    add(window.start.as_ptr().wrapping_byte_add(number(within)?), width, amount)
}

/// A shared mapping of one page, unmapped when dropped.
struct Window {
    start: NonNull<c_void>,
    length: NonZeroUsize,
}

impl Window {
    fn map(file: impl AsFd, offset: i64, page: usize) -> Result<Window, Errno> {
        let length = NonZeroUsize::new(page).ok_or(Errno::EINVAL)?;
        let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice: no memory of ours changes.
        let start = unsafe { mmap(None, length, prot, MapFlags::MAP_SHARED, file, offset) }?;
        Ok(Window { start, length })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and is not used afterwards.
        let _ = unsafe { munmap(self.start, self.length.get()) };
    }
}

fn add(address: *mut c_void, width: u32, amount: u64) -> Result<u64, Errno> {
    if !address.addr().is_multiple_of(width.max(1) as usize) {
        return Err(Errno::EINVAL);
    }
    match width {
        1 => {
            // SAFETY: mapped for writing and aligned (checked above); an atomic may be shared with any writer.
            let cell = unsafe { AtomicU8::from_ptr(address.cast()) };
            Ok(cell.fetch_add(amount as u8, Ordering::SeqCst).into())
        }
        2 => {
            // SAFETY: mapped for writing and aligned (checked above); an atomic may be shared with any writer.
            let cell = unsafe { AtomicU16::from_ptr(address.cast()) };
            Ok(cell.fetch_add(amount as u16, Ordering::SeqCst).into())
        }
        4 => {
            // SAFETY: mapped for writing and aligned (checked above); an atomic may be shared with any writer.
            let cell = unsafe { AtomicU32::from_ptr(address.cast()) };
            Ok(cell.fetch_add(amount as u32, Ordering::SeqCst).into())
        }
        8 => {
            // SAFETY: mapped for writing and aligned (checked above); an atomic may be shared with any writer.
            let cell = unsafe { AtomicU64::from_ptr(address.cast()) };
            Ok(cell.fetch_add(amount, Ordering::SeqCst))
        }
        _ => Err(Errno::EINVAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::uio::{pread, pwrite};

    /// Pages have 4, 16 or 64 KiB; a mapping begins at a multiple of their size.
    #[test]
    fn an_addition_is_where_it_should_be_whatever_a_page_has() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(256 * 1024).unwrap();
        for page in [4096, 16 * 1024, 64 * 1024] {
            for offset in [0, 4092, 70_000, 262_140] {
                pwrite(&file, &7u32.to_ne_bytes(), offset).unwrap();
                assert_eq!(add_to_file(&file, page, offset.cast_unsigned(), 4, 5), Ok(7), "{page} {offset}");
                let mut sum = [0; 4];
                assert_eq!(pread(&file, &mut sum, offset), Ok(4));
                assert_eq!(u32::from_ne_bytes(sum), 12, "{page} {offset}");
            }
        }
        assert_eq!(add_to_file(&file, 4096, 2, 4, 5), Err(Errno::EINVAL));
    }
}
