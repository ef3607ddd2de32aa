//! A FIFO that was found: what it is cannot change any more.

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::{FchmodatFlags, FileStat, Mode, fchmodat, fstat};

use super::place::{Place, Trust};
use crate::fault::Fault;
use crate::ipc::pipe::{Inode, Sink, Source};
use crate::refs::Ref;
use crate::status::Status;
use crate::wait::{self, Stop, Turn, Wait};

/// A FIFO, found and not opened: a path may be given to another file at any time, this stays.
#[derive(Debug)]
pub struct Fifo {
    place: Place,
    /// Opened O_PATH: neither a reader nor a writer.
    file: OwnedFd,
    stat: FileStat,
}

/// While we wait for a reader, how often we look whether the FIFO is still there: the wait itself cannot tell.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

impl Fifo {
    pub(super) fn new(place: Place, file: OwnedFd, stat: FileStat) -> Fifo {
        Fifo { place, file, stat }
    }

    /// Finds the FIFO at `path`. Nobody is released or disturbed.
    ///
    /// Faults: nothing is there (3); a symbolic link, or no FIFO (1); another user's in a sticky directory (4).
    pub fn find(path: &Path, trust: Trust) -> Result<Fifo, Fault> {
        Place::of(path)?.fifo(trust)
    }

    /// The reference that names it.
    pub fn reference(&self) -> Ref {
        self.place.reference()
    }

    /// Which it is.
    pub fn inode(&self) -> Inode {
        Inode::of(&self.stat)
    }

    /// Its owner, mode and times when it was found.
    pub fn stat(&self) -> &FileStat {
        &self.stat
    }

    /// Gives it exactly the permission bits `mode`, where it has others.
    pub(super) fn set_mode(mut self, mode: u32) -> nix::Result<Fifo> {
        if self.stat.st_mode & 0o7777 != mode {
            let bits = Mode::from_bits_truncate(mode);
            fchmodat(AT_FDCWD, self.link().as_str(), bits, FchmodatFlags::FollowSymlink)?;
            self.stat = fstat(&self.file)?;
        }
        Ok(self)
    }

    /// Whether its path still leads to it.
    pub fn is_there(&self) -> bool {
        self.place.inode() == Some(self.inode())
    }

    /// Removes its path, unless that leads to another file by now; true if it was removed.
    pub fn remove(&self) -> nix::Result<bool> {
        self.place.remove(self.inode())
    }

    /// The path of the link by which the file that was found is opened, whatever stands at its own path now.
    pub(super) fn link(&self) -> String {
        format!("/proc/self/fd/{}", self.file.as_raw_fd())
    }

    /// Opens it for writing when somebody has it open for reading, or comes to.
    ///
    /// Faults: no reader under `--nowait` (5) or until the deadline (124); removed meanwhile (3); no permission (4).
    pub fn writer(&self, wait: &Wait) -> Result<Sink, Fault> {
        let name = self.reference().to_string();
        let fd = loop {
            let slice = match wait.deadline().map(wait::Deadline::left) {
                _ if !wait.sleeps() => wait.clone(),
                Some(left) if left <= LOOK => wait.clone(),
                _ => Wait::new(false, Some(LOOK)),
            };
            match wait::untimed(&slice, |turn| self.open_writer(turn)) {
                Ok(fd) => break fd,
                Err(Stop::TimedOut) if !self.is_there() => return Err(self.gone("write to")),
                Err(Stop::TimedOut) if wait.deadline().is_none_or(|deadline| !deadline.passed()) => {}
                Err(stop) => return Err(self.no_reader(stop)),
            }
        };
        let nonblocking = fcntl(&fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).is_ok();
        Ok(Sink::new(fd, name, nonblocking))
    }

    fn open_writer(&self, turn: Turn) -> nix::Result<OwnedFd> {
        let way = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
        let opened = match turn {
            Turn::Try => open(self.link().as_str(), way | OFlag::O_NONBLOCK, Mode::empty()),
            Turn::Sleep(_) => open(self.link().as_str(), way, Mode::empty()),
        };
        opened.map_err(|errno| if errno == Errno::ENXIO { Errno::EAGAIN } else { errno })
    }

    /// Opens it for reading, session by session. Writers that wait are released.
    pub fn source(self: &Rc<Fifo>) -> Result<Source, Fault> {
        let fd = self.open(OFlag::O_RDONLY | OFlag::O_NONBLOCK, "read")?;
        Ok(Source::of_fifo(fd, Rc::clone(self)))
    }

    /// Opens both ends: no writer waits for a reader, no reader sees an end, and what is put in stays.
    pub fn hold(&self) -> Result<OwnedFd, Fault> {
        self.open(OFlag::O_RDWR | OFlag::O_NONBLOCK, "hold")
    }

    fn open(&self, way: OFlag, verb: &str) -> Result<OwnedFd, Fault> {
        let opened = open(self.link().as_str(), way | OFlag::O_CLOEXEC, Mode::empty());
        opened.map_err(|errno| self.denied(verb, errno))
    }

    fn no_reader(&self, stop: Stop) -> Fault {
        let what = format!("write to {}", self.reference());
        let cause = "nobody has it open for reading";
        match stop {
            Stop::WouldBlock => Fault::new(what, cause).status(Status::WOULD_BLOCK),
            Stop::TimedOut => {
                Fault::new(what, format!("{cause}; the timeout passed")).status(Status::TIMED_OUT)
            }
            Stop::Failed(errno) => self.denied("write to", errno),
            stop => stop.fault(what),
        }
    }

    /// The fault of a FIFO whose path was removed or given to another file.
    pub fn gone(&self, verb: &str) -> Fault {
        let what = format!("{verb} {}", self.reference());
        match self.place.inode() {
            None => Fault::not_found(what, "it was removed meanwhile"),
            Some(_) => Fault::not_found(what, "another file has its name now"),
        }
    }

    fn denied(&self, verb: &str, errno: Errno) -> Fault {
        let what = format!("{verb} {}", self.reference());
        match errno {
            Errno::EACCES => {
                let (mode, uid) = (self.stat.st_mode & 0o7777, self.stat.st_uid);
                let cause = format!("permission denied: mode {mode:04o}, owner uid {uid}");
                Fault::os_because(what, cause, errno)
            }
            errno => Fault::os(what, errno),
        }
    }
}
