//! Looking into a pipe without taking: tee(2).

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, SpliceFFlags, fcntl, tee};
use nix::unistd::{pipe2, read};

use crate::sys::pipe::fionread;

/// What was seen in a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peeked {
    /// The bytes, from the first that will be read.
    pub bytes: Vec<u8>,
    /// How many were in it. More than were seen: a pipe as large as this one is not ours to make.
    pub of: usize,
}

/// What waits in the pipe behind `fd`, which must read; all of it stays there. One tee(2): a second one would begin at the
/// start again.
pub fn peek(fd: &OwnedFd) -> nix::Result<Peeked> {
    let capacity = fcntl(fd, FcntlArg::F_GETPIPE_SZ)?;
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    // As many pages as the source has, or the first pages only: refused above fs.pipe-max-size.
    let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(capacity));
    let of = fionread(fd.as_fd())?;
    let length = usize::try_from(capacity).unwrap_or(0).max(1);
    match tee(fd, &writer, length, SpliceFFlags::SPLICE_F_NONBLOCK) {
        Ok(_) => {}
        Err(Errno::EAGAIN) => return Ok(Peeked { bytes: Vec::new(), of: 0 }),
        Err(errno) => return Err(errno),
    }
    let bytes = drained(&reader)?;
    Ok(Peeked { of: of.max(bytes.len()), bytes })
}

/// Whether somebody has the pipe behind `fd`, which must read, open for writing, or bytes wait in it: also one who has
/// written nothing yet, whom no poll tells. Where it cannot be told: no.
pub fn has_writer(fd: &OwnedFd) -> bool {
    let Ok((_reader, writer)) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK) else { return false };
    matches!(tee(fd, &writer, 1, SpliceFFlags::SPLICE_F_NONBLOCK), Ok(1..) | Err(Errno::EAGAIN))
}

/// All that is in a pipe of our own.
fn drained(reader: &OwnedFd) -> nix::Result<Vec<u8>> {
    let mut bytes = vec![0; fionread(reader.as_fd())?];
    let mut filled = 0;
    while filled < bytes.len() {
        match read(reader, &mut bytes[filled..]) {
            Ok(0) | Err(Errno::EAGAIN) => break,
            Ok(count) => filled += count,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::write;

    #[test]
    fn a_writer_is_noticed_before_it_writes() {
        let (reader, writer) = pipe2(OFlag::O_NONBLOCK).unwrap();
        assert!(has_writer(&reader));
        write(&writer, b"a").unwrap();
        drop(writer);
        assert!(has_writer(&reader), "a byte waits");
        assert_eq!(drained(&reader).unwrap(), b"a");
        assert!(!has_writer(&reader));
    }

    #[test]
    fn all_is_seen_and_all_stays() {
        let (reader, writer) = pipe2(OFlag::O_NONBLOCK).unwrap();
        assert_eq!(peek(&reader).unwrap(), Peeked { bytes: vec![], of: 0 });
        fcntl(&writer, FcntlArg::F_SETPIPE_SZ(1 << 18)).unwrap();
        let mut expected = vec![];
        while let Ok(count) = write(&writer, &[(expected.len() % 251) as u8; 3001]) {
            let byte = (expected.len() % 251) as u8;
            expected.extend(std::iter::repeat_n(byte, count));
        }
        for _ in 0..2 {
            assert_eq!(peek(&reader).unwrap(), Peeked { of: expected.len(), bytes: expected.clone() });
        }
        assert_eq!(drained(&reader).unwrap(), expected);
    }
}
