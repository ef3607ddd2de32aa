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

/// The same in a file, through a mapping of the page it lies in. A file cut short at this very moment ends the program
/// with status 1, not with SIGBUS. ENOSPC, EDQUOT: there is a hole, and no room to fill it.
pub fn add_to_file(file: impl AsFd, offset: u64, width: u32, amount: u64) -> Result<u64, Errno> {
    let page = offset & !(PAGE as u64 - 1);
    fill_hole(&file, offset, width.into())?;
    let window = Window::map(file, i64::try_from(page).map_err(|_| Errno::EOVERFLOW)?)?;
    let within = usize::try_from(offset - page).map_err(|_| Errno::EOVERFLOW)?;
    end_on_bus_error()?;
    add(window.0.as_ptr().wrapping_byte_add(within), width, amount)
}

/// No page is smaller, so that an aligned integer never crosses its end.
const PAGE: usize = 4096;

/// A shared mapping of one page, unmapped when dropped.
struct Window(NonNull<c_void>);

impl Window {
    fn map(file: impl AsFd, page: i64) -> Result<Window, Errno> {
        let length = NonZeroUsize::new(PAGE).ok_or(Errno::EINVAL)?;
        let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice: no memory of ours changes.
        unsafe { mmap(None, length, prot, MapFlags::MAP_SHARED, file, page) }.map(Window)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and is not used afterwards.
        let _ = unsafe { munmap(self.0, PAGE) };
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
