//! How much is in a pipe.

use std::os::fd::{AsFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::end::reopen_own;
use crate::sys::pipe::fionread;

/// What a pipe holds and can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Bytes it has room for if every page is filled (F_GETPIPE_SZ).
    pub capacity: u64,
    /// Bytes that wait in it (FIONREAD).
    pub buffered: u64,
    /// A writer would block: all its pages are taken, whatever they hold. `None`: only a descriptor for writing could tell.
    pub full: Option<bool>,
}

/// The level of the pipe behind any descriptor of it. One that only reads is opened once more to ask whether there is room;
/// not with `is_fifo`, where that would release who waits to open it.
pub fn level(fd: &OwnedFd, is_fifo: bool) -> nix::Result<Level> {
    let capacity = fcntl(fd, FcntlArg::F_GETPIPE_SZ)?;
    let buffered = fionread(fd.as_fd())?;
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    let full = match flags & OFlag::O_ACCMODE != OFlag::O_RDONLY {
        true => is_full(fd),
        false if is_fifo => None,
        false => reopen_own(fd, OFlag::O_WRONLY).ok().and_then(|writer| is_full(&writer)),
    };
    Ok(Level { capacity: u64::try_from(capacity).unwrap_or(0), buffered: buffered as u64, full })
}

fn is_full(writer: &OwnedFd) -> Option<bool> {
    let mut fds = [PollFd::new(writer.as_fd(), PollFlags::POLLOUT)];
    poll(&mut fds, PollTimeout::ZERO).ok()?;
    fds[0].revents().map(|events| !events.contains(PollFlags::POLLOUT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe2, write};

    #[test]
    fn full_is_by_pages() {
        let (reader, writer) = pipe2(OFlag::O_NONBLOCK).unwrap();
        assert_eq!(level(&writer, false).unwrap(), Level { capacity: 65536, buffered: 0, full: Some(false) });
        let mut written = 0;
        // 3,000 bytes take a page each: nothing more is put on one that has no room for the whole.
        while let Ok(count) = write(&writer, &[7; 3000]) {
            written += count as u64;
        }
        assert!(written < 65536);
        for end in [&reader, &writer] {
            let level = level(end, false).unwrap();
            assert_eq!((level.buffered, level.full), (written, Some(true)));
        }
        assert_eq!(level(&reader, true).unwrap().full, None);
    }
}
