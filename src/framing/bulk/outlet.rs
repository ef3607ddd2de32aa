//! Bytes out to standard output as they come, ended as a record at the end of each session.

use std::io::Stdout;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SpliceFFlags, fcntl, splice};

use super::{BLOCK, LARGE};
use crate::fault::Fault;
use crate::framing::Format;
use crate::framing::exit::{Exit, lost};
use crate::framing::memchr::memchr;

/// Writes blocks of records that stand in their frames already. Generic over the descriptor for tests.
#[derive(Debug)]
pub struct Outlet<F: AsFd = Stdout> {
    exit: Exit<F>,
    format: Format,
    block: Vec<u8>,
    /// So much of the block was taken and is not written yet.
    pending: usize,
    /// The last byte of the session: whether a record is unfinished.
    last: Option<u8>,
    /// Bulk came in this session.
    bulk: bool,
    /// Its kind of file takes pages of a pipe, as far as is known.
    takes_pages: bool,
}

/// Less than this is sooner copied.
const WORTH_PASSING: usize = 32 * 1024;

impl Outlet<Stdout> {
    /// Standard output; none where it is a terminal that must be protected from what comes.
    ///
    /// Fault: the caller closed it.
    pub fn stdout(format: Format) -> Result<Option<Outlet>, Fault> {
        let exit = Exit::stdout()?;
        Ok((format == Format::Raw || !exit.is_terminal).then(|| Outlet::new(exit, format)))
    }
}

impl<F: AsFd> Outlet<F> {
    /// An outlet by `exit`. Where that is a pipe, it is made large.
    fn new(exit: Exit<F>, format: Format) -> Outlet<F> {
        let fd = &exit.fd;
        if exit.is_pipe && fcntl(fd, FcntlArg::F_GETPIPE_SZ).is_ok_and(|size| size < LARGE) {
            let _ = fcntl(fd, FcntlArg::F_SETPIPE_SZ(LARGE));
        }
        Outlet {
            takes_pages: !exit.is_terminal,
            bulk: false,
            block: vec![0; 2 * BLOCK],
            pending: 0,
            last: None,
            exit,
            format,
        }
    }

    /// Whether something can still be written: to be asked before each take.
    ///
    /// Fault: the reader is gone, with the number of records that it did not get.
    pub fn ready(&mut self) -> Result<(), Fault> {
        if !self.exit.has_lost_its_reader() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        Err(lost(Errno::EPIPE, self.records(&self.block[..pending])))
    }

    /// Whether it can lose its reader.
    pub fn has_reader(&self) -> bool {
        self.exit.has_reader
    }

    /// Where bytes may be taken into; then [`Outlet::put`].
    ///
    /// Faults: as [`Outlet::flush`], which makes the room.
    pub fn room(&mut self) -> Result<&mut [u8], Fault> {
        if self.pending > self.block.len() / 2 {
            self.flush()?;
        }
        Ok(&mut self.block[self.pending..])
    }

    /// The first `count` bytes of [`Outlet::room`] have been taken: to be written by [`Outlet::flush`].
    pub fn put(&mut self, count: usize) {
        self.bulk |= count >= WORTH_PASSING;
        self.pending = self.block.len().min(self.pending + count);
        if count > 0 {
            self.last = self.block.get(self.pending - 1).copied();
        }
    }

    /// Passes bytes on from a pipe without copying them, by splice(2): as many as `waiting` says, but the last one, which has to be
    /// taken: it tells whether its record is finished. 0: take and [`Outlet::put`] instead, where there are few or the reader is
    /// slow.
    ///
    /// Faults: as [`Outlet::flush`]; nothing is lost by this call.
    pub fn pass(&mut self, from: impl AsFd, waiting: impl FnOnce() -> usize) -> Result<usize, Fault> {
        if !(self.bulk && self.takes_pages) {
            return Ok(0);
        }
        let most = waiting().saturating_sub(1);
        if most < WORTH_PASSING {
            return Ok(0);
        }
        self.flush()?;
        match splice(from, None, &self.exit.fd, None, most, SpliceFFlags::SPLICE_F_MOVE) {
            Ok(count) => {
                self.last =
                    self.format.end().map_or(Some(0), |end| Some(!end)).filter(|_| count > 0).or(self.last);
                Ok(count)
            }
            // It has no room: a write waits for some.
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(0),
            // A write says why, or can.
            Err(_) => {
                self.takes_pages = false;
                Ok(0)
            }
        }
    }

    /// Whether the last record has no end yet.
    pub fn is_unfinished(&self) -> bool {
        match self.format.end() {
            Some(end) => self.last.is_some_and(|last| last != end),
            None => self.last.is_some(),
        }
    }

    /// Ends the record that a session left unfinished, so that the next one is not glued to it.
    ///
    /// Faults: as [`Outlet::flush`].
    pub fn end_session(&mut self) -> Result<(), Fault> {
        if let Some(end) = self.format.end().filter(|_| self.is_unfinished()) {
            let room = self.room()?;
            room[0] = end;
            self.put(1);
        }
        (self.last, self.bulk) = (None, false);
        Ok(())
    }

    /// Writes what was taken, as long as the reader takes: what was taken is delivered.
    ///
    /// Fault: the write failed, with the number of records that were taken and did not go out whole.
    pub fn flush(&mut self) -> Result<(), Fault> {
        let pending = std::mem::take(&mut self.pending);
        let written = self.exit.write(&self.block[..pending]);
        written.map_err(|(written, errno)| lost(errno, self.records(&self.block[written..pending])))
    }

    /// How many records end in `bytes`, an unfinished last one counted.
    fn records(&self, bytes: &[u8]) -> usize {
        let Some(end) = self.format.end() else { return usize::from(!bytes.is_empty()) };
        let (mut rest, mut count) = (bytes, 0);
        while let Some(at) = memchr(end, rest) {
            rest = &rest[at + 1..];
            count += 1;
        }
        count + usize::from(!rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, read};
    use std::os::fd::OwnedFd;

    fn all(reader: &OwnedFd) -> Vec<u8> {
        let mut room = vec![0; 1 << 20];
        let count = read(reader, &mut room).unwrap();
        room.truncate(count);
        room
    }

    #[test]
    fn sessions_are_ended_once() {
        let (reader, writer) = pipe().unwrap();
        let mut outlet = Outlet::new(Exit::new(writer), Format::Lines);
        for text in ["a\nb", "c\n", "d"] {
            outlet.room().unwrap()[..text.len()].copy_from_slice(text.as_bytes());
            outlet.put(text.len());
            outlet.end_session().unwrap();
            outlet.end_session().unwrap();
        }
        outlet.flush().unwrap();
        assert_eq!(all(&reader), b"a\nb\nc\nd\n");
    }

    #[test]
    fn bulk_goes_on_but_for_its_last_byte() {
        let (source, into) = pipe().unwrap();
        let (reader, writer) = pipe().unwrap();
        let mut outlet = Outlet::new(Exit::new(writer), Format::Lines);
        let text = vec![b'x'; 50_000];
        nix::unistd::write(&into, &text).unwrap();
        assert_eq!(outlet.pass(&source, || 50_000).unwrap(), 0, "nothing came yet that was bulk");
        let count = read(&source, &mut outlet.room().unwrap()[..40_000]).unwrap();
        outlet.put(count);
        nix::unistd::write(&into, &text).unwrap();
        assert_eq!(outlet.pass(&source, || 60_000).unwrap(), 59_999);
        assert!(outlet.is_unfinished());
        assert_eq!(outlet.pass(&source, || 1).unwrap(), 0);
        let count = read(&source, outlet.room().unwrap()).unwrap();
        outlet.put(count);
        outlet.end_session().unwrap();
        outlet.flush().unwrap();
        assert_eq!(all(&reader), [&text[..], &text, b"\n"].concat());
    }

    #[test]
    fn what_is_lost_is_counted() {
        let (reader, writer) = pipe().unwrap();
        let mut outlet = Outlet::new(Exit::new(writer), Format::Lines);
        drop(reader);
        assert!(outlet.ready().is_err());
        outlet.room().unwrap()[..5].copy_from_slice(b"a\nb\nc");
        outlet.put(5);
        let fault = outlet.flush().unwrap_err();
        assert!(fault.to_string().contains("3 records were taken and not written"), "{fault}");
        // Also where that is seen before the next take.
        outlet.room().unwrap()[..1].copy_from_slice(b"d");
        outlet.put(1);
        let fault = outlet.ready().unwrap_err();
        assert!(fault.to_string().contains("1 record was taken and not written"), "{fault}");
        assert_eq!(outlet.flush(), Ok(()));
    }
}
