//! Bytes through, without cutting them into records: where records go out in the frame they came in.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SpliceFFlags, fcntl, splice};
use nix::sys::stat::{SFlag, fstat};

use super::Format;
use crate::fault::Fault;
use crate::sys::pages::{self, LOT, Pages};
use crate::sys::stdio;
use crate::wait::{self, Stop, Wait};

mod outlet;

pub use outlet::Outlet;

/// The size of one read and write where the pipe is large: a pipe of 1 MiB takes several.
const BLOCK: usize = 128 * 1024;

/// Half of what a pipe holds at first.
const SHORT_BLOCK: usize = 32 * 1024;

/// What the kernel grants every pipe unless fs.pipe-max-size was lowered.
const LARGE: i32 = 1 << 20;

/// Whether frames of this format stand in a stream as they are: one that comes in so can go out so.
pub fn passes(format: Format) -> bool {
    matches!(format, Format::Lines | Format::Null | Format::Raw)
}

/// A stream that is passed on as it is, but for the end of its last record.
#[derive(Debug)]
pub struct Inlet {
    fd: OwnedFd,
    name: &'static str,
    format: Format,
    wait: Wait,
    block: Vec<u8>,
    /// The last byte of the last block.
    last: Option<u8>,
    ended: bool,
    /// Whether [`Inlet::next_lot`] is worth it: found out at its first call.
    lots: Option<bool>,
}

/// From so many bytes on a regular file is read in lots.
const WORTH_LOTS: u64 = 2 * LOT as u64;

impl Inlet {
    /// Standard input. Reading it ends with `wait`'s deadline, not with its `--nowait`.
    ///
    /// Fault: the caller closed it.
    pub fn stdin(format: Format, wait: &Wait) -> Result<Inlet, Fault> {
        let name = "standard input";
        if stdio::was_closed(0) {
            return Err(Fault::os(format!("read {name}"), Errno::EBADF).status(crate::status::Status::FAILED));
        }
        let fd = std::io::stdin().as_fd().try_clone_to_owned();
        let fd = fd.map_err(|error| {
            let errno = Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO));
            Fault::os(format!("read {name}"), errno)
        })?;
        Ok(Inlet::new(fd, name, format, wait))
    }

    /// Any stream, called `name` in faults. Where it is a pipe, it is made large.
    pub fn new(fd: OwnedFd, name: &'static str, format: Format, wait: &Wait) -> Inlet {
        if fcntl(&fd, FcntlArg::F_GETPIPE_SZ).is_ok_and(|size| size < LARGE) {
            let _ = fcntl(&fd, FcntlArg::F_SETPIPE_SZ(LARGE));
        }
        let wait = wait.clone().sleeping();
        Inlet { fd, name, format, wait, block: vec![0; BLOCK], last: None, ended: false, lots: None }
    }

    /// Reads smaller blocks, for a pipe that could not be made large: one as large as the pipe costs a sleep each.
    pub fn shorten_blocks(&mut self) {
        self.block.truncate(SHORT_BLOCK);
    }

    /// How many bytes there are, where it is a regular file that only we read.
    pub fn size(&self) -> Option<u64> {
        let stat = fstat(&self.fd).ok()?;
        let is_file = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG;
        let at = nix::unistd::lseek(&self.fd, 0, nix::unistd::Whence::SeekCur).ok()?;
        is_file.then(|| u64::try_from(stat.st_size - at).unwrap_or(0))
    }

    /// The next bytes; none at the end. The end of an unfinished last record is made up for.
    ///
    /// Faults: it cannot be read, or the wait ended.
    pub fn next_block(&mut self) -> Result<Option<&[u8]>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let count = match wait::read(&self.fd, &mut self.block, &self.wait) {
            Err(Stop::Idle) => 0,
            other => other.map_err(|stop| stop.fault(format!("read {}", self.name)))?,
        };
        if count > 0 {
            self.last = self.block.get(count - 1).copied();
            return Ok(self.block.get(..count));
        }
        self.ended = true;
        match self.format.end().filter(|end| self.last.is_some_and(|last| last != *end)) {
            Some(end) => {
                self.block[0] = end;
                Ok(self.block.get(..1))
            }
            None => Ok(None),
        }
    }

    /// Much of a long regular file, on pages that can be given to a pipe as they are: none where that is no gain, at the end, and
    /// when it cannot be read; then [`Inlet::next_block`] has the rest, or tells.
    pub fn next_lot(&mut self) -> Option<Pages> {
        let worth = self.lots.unwrap_or_else(|| self.size() >= Some(WORTH_LOTS) && pages::are_huge());
        self.lots = Some(worth);
        if !worth {
            return None;
        }
        let mut lot = Pages::map().ok()?;
        while let Ok(1..) | Err(Errno::EINTR) = lot.read_from(self.fd.as_fd()) {}
        self.last = lot.rest().last().copied().or(self.last);
        Some(lot).filter(|lot| !lot.rest().is_empty())
    }

    /// Passes a regular file's pages on to `pipe`, which does not block, by splice(2): the reader gets what is in the file
    /// when it reads, also what was written there after this. `full` waits for room, `moved` is told each amount. Then
    /// [`Inlet::next_block`] has the rest: all, if this input cannot be spliced.
    pub fn splice(
        &mut self,
        pipe: &OwnedFd,
        mut full: impl FnMut() -> Result<(), Stop>,
        mut moved: impl FnMut(usize),
    ) -> Result<(), Stop> {
        let flags = SpliceFFlags::SPLICE_F_MOVE | SpliceFFlags::SPLICE_F_MORE;
        let length = usize::try_from(LARGE).unwrap_or(BLOCK);
        let mut any = false;
        loop {
            wait::cancel::check()?;
            match splice(&self.fd, None, pipe, None, length, flags) {
                Ok(0) => break,
                Ok(count) => {
                    any = true;
                    moved(count);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => full()?,
                Err(Errno::EINVAL) => break,
                Err(errno) => return Err(Stop::Failed(errno)),
            }
        }
        let end = nix::unistd::lseek(&self.fd, 0, nix::unistd::Whence::SeekCur)?;
        if any && nix::sys::uio::pread(&self.fd, &mut self.block[..1], end - 1)? == 1 {
            self.last = Some(self.block[0]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, write};

    fn through(input: &[u8], format: Format) -> Vec<u8> {
        let (reader, writer) = pipe().unwrap();
        write(&writer, input).unwrap();
        drop(writer);
        let mut inlet = Inlet::new(reader, "the pipe", format, &Wait::forever());
        let mut all = vec![];
        while let Some(block) = inlet.next_block().unwrap() {
            all.extend_from_slice(block);
        }
        all
    }

    #[test]
    fn an_unfinished_record_is_ended_and_nothing_else_changes() {
        assert_eq!(through(b"a\nb", Format::Lines), b"a\nb\n");
        assert_eq!(through(b"a\nb\n", Format::Lines), b"a\nb\n");
        assert_eq!(through(b"a\0b", Format::Null), b"a\0b\0");
        assert_eq!(through(b"a\nb", Format::Raw), b"a\nb");
        assert_eq!(through(b"", Format::Lines), b"");
    }
}
