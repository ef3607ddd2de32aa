//! A file that can be mapped, through its descriptor: read(2) and write(2) see the same pages as every mapping does.

use std::cell::RefCell;
use std::os::fd::{BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{SpliceFFlags, splice};
use nix::sys::stat::fstat;
use nix::sys::uio::{pread, pwrite};
use nix::unistd::{read, write};

/// One transfer between the file and a descriptor goes through a block this large, which stays in the cache.
const BLOCK: usize = 128 * 1024;

thread_local! {
    /// The block, kept from one transfer to the next: to clear it anew costs a tenth of the copy.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Lends the first `length` bytes of the block, no more than it has.
fn with_block<T>(length: usize, work: impl FnOnce(&mut [u8]) -> T) -> T {
    ROOM.with_borrow_mut(|room| {
        room.resize(BLOCK, 0);
        work(&mut room[..length.min(BLOCK)])
    })
}

pub fn size(fd: &OwnedFd) -> Result<u64, Errno> {
    u64::try_from(fstat(fd)?.st_size).map_err(|_| Errno::EOVERFLOW)
}

pub fn read_at(fd: &OwnedFd, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
    let mut done = 0;
    while done < into.len() {
        match pread(fd, &mut into[done..], position(offset, done)?) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(done)
}

pub fn write_at(fd: &OwnedFd, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
    let room = usize::try_from(size(fd)?.saturating_sub(offset)).unwrap_or(usize::MAX);
    let bytes = &bytes[..bytes.len().min(room)];
    let mut done = 0;
    while done < bytes.len() {
        match pwrite(fd, &bytes[done..], position(offset, done)?) {
            Ok(count) => done += count,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(done)
}

pub fn send(fd: &OwnedFd, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
    with_block(length, |block| match read_at(fd, offset, block)? {
        0 => Ok(0),
        count => write(out, &block[..count]),
    })
}

pub fn lend(fd: &OwnedFd, offset: u64, length: usize, out: BorrowedFd<'_>) -> Result<usize, Errno> {
    let mut from = position(offset, 0)?;
    splice(fd, Some(&mut from), out, None, length, SpliceFFlags::empty())
}

pub fn is_removed(fd: &OwnedFd) -> bool {
    fstat(fd).is_ok_and(|stat| stat.st_nlink == 0)
}

pub fn receive(fd: &OwnedFd, offset: u64, length: usize, input: BorrowedFd<'_>) -> Result<usize, Errno> {
    let room = usize::try_from(size(fd)?.saturating_sub(offset)).unwrap_or(usize::MAX);
    with_block(length.min(room), |block| {
        let count = read(input, block)?;
        // What was read and finds no room any more is lost: that must be told.
        match write_at(fd, offset, &block[..count])? {
            written if written == count => Ok(count),
            _ => Err(Errno::ENXIO),
        }
    })
}

fn position(offset: u64, done: usize) -> Result<i64, Errno> {
    i64::try_from(offset + done as u64).map_err(|_| Errno::EOVERFLOW)
}
