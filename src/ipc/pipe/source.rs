//! Reading from a pipe to its end, or from a FIFO session by session.
//!
//! A FIFO's reader that has no writer sees the end at once and for ever; one that has an own write end never sees it. So the
//! end of each session is answered by opening the same FIFO anew: a fresh open file tells nothing until a writer comes, and
//! then tells that writer's end, also of one that wrote nothing (fs/pipe.c pipe_poll).

use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::bytes::{Peeked, has_writer, peek};
use super::end::reopen_own;
use crate::fault::Fault;
use crate::ipc::fifo::{Fifo, Unlinked};
use crate::sys::pipe::fionread;
use crate::wait::{self, Stop, Turn, Wait};

/// What can be read of.
#[derive(Debug)]
pub struct Source {
    fd: OwnedFd,
    name: String,
    /// A read cannot sleep: our own open file.
    nonblocking: bool,
    /// Its size is not ours to change.
    kept: bool,
    /// INT, TERM and HUP end no take: who writes gets them, and ends.
    past_signals: bool,
    fifo: Option<Sessions>,
}

/// The rest of a FIFO's state.
#[derive(Debug)]
struct Sessions {
    fifo: Rc<Fifo>,
    unlinked: Unlinked,
    /// A writer has come since the last end.
    open: bool,
    /// The open file has not seen a writer yet: its reads mean nothing, its polls tell the first.
    fresh: bool,
}

/// What one look gave, or one take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Got {
    /// So many bytes; of a look: there are some.
    Bytes(usize),
    /// The last writer is gone and all is read: the end of the pipe, or of one session of a FIFO.
    End,
    /// Nothing yet.
    Nothing,
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// There is something to take, or an end.
    Look,
    /// The FIFO's path was removed or is another file's, and no writer is left.
    Gone,
}

/// The size that the kernel grants everybody unless fs.pipe-max-size was lowered.
const LARGE: i32 = 1 << 20;

impl Source {
    /// Reads the pipe behind `fd`, called `name` in faults.
    pub fn of_pipe(fd: OwnedFd, name: String) -> Source {
        let flags = fcntl(&fd, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        let nonblocking = flags.is_ok_and(|flags| flags.contains(OFlag::O_NONBLOCK));
        Source { fd, name, nonblocking, kept: false, past_signals: false, fifo: None }
    }

    /// The same for a pipe that others made, which stays as large as it is.
    pub fn keeping_size(self) -> Source {
        Source { kept: true, ..self }
    }

    /// The same for what a command of ours writes: signals are the command's, and its end is the end.
    pub fn past_signals(self) -> Source {
        Source { past_signals: true, ..self }
    }

    /// Reads `fifo`, which `fd` was opened of, O_RDONLY and O_NONBLOCK.
    pub(crate) fn of_fifo(fd: OwnedFd, fifo: Rc<Fifo>) -> Source {
        let (name, unlinked) = (fifo.reference().to_string(), Unlinked::watch(&fifo));
        let sessions = Sessions { unlinked, fifo, open: false, fresh: true };
        Source { fd, name, nonblocking: true, kept: false, past_signals: false, fifo: Some(sessions) }
    }

    /// The name that faults have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The descriptor, for copies that go by it.
    pub fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// Makes the pipe large, so that fewer wakes are needed, where that is ours to do.
    pub fn enlarge(&self) {
        if !self.kept && fcntl(&self.fd, FcntlArg::F_GETPIPE_SZ).is_ok_and(|size| size < LARGE) {
            let _ = fcntl(&self.fd, FcntlArg::F_SETPIPE_SZ(LARGE));
        }
    }

    /// Takes into `room` what is there, without waiting.
    pub fn take(&mut self, room: &mut [u8]) -> Result<Got, Stop> {
        if !self.nonblocking && self.look()? == Got::Nothing {
            return Ok(Got::Nothing);
        }
        self.check()?;
        match nix::unistd::read(&self.fd, room) {
            Ok(0) => Ok(self.at_end()),
            Ok(count) => {
                self.writer_came();
                Ok(Got::Bytes(count))
            }
            Err(Errno::EAGAIN) => {
                self.writer_came();
                Ok(Got::Nothing)
            }
            Err(Errno::EINTR) => Ok(Got::Nothing),
            Err(errno) => Err(Stop::Failed(errno)),
        }
    }

    /// Looks what a take would give, and takes nothing.
    pub fn look(&mut self) -> Result<Got, Stop> {
        self.check()?;
        let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::ZERO) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(Stop::Failed(errno)),
        }
        let events = fds[0].revents().unwrap_or(PollFlags::empty());
        if events.contains(PollFlags::POLLIN) {
            self.writer_came();
            return Ok(Got::Bytes(0));
        }
        Ok(if events.is_empty() { Got::Nothing } else { self.at_end() })
    }

    /// A signal that has come ends the taking.
    fn check(&self) -> Result<(), Stop> {
        if self.past_signals { Ok(()) } else { wait::cancel::check() }
    }

    /// No writer, and nothing to read: the end of something only if a writer had come.
    fn at_end(&mut self) -> Got {
        match &mut self.fifo {
            None => Got::End,
            Some(sessions) if sessions.open => {
                sessions.open = false;
                Got::End
            }
            Some(_) => Got::Nothing,
        }
    }

    fn writer_came(&mut self) {
        if let Some(sessions) = &mut self.fifo {
            (sessions.open, sessions.fresh) = (true, false);
        }
    }

    /// Waits until there is something to take, or an end. Nothing is taken.
    ///
    /// Faults are a [`Stop`]; ENOENT is not among them: [`Ready::Gone`] tells it.
    pub fn wait(&mut self, wait: &Wait) -> Result<Ready, Stop> {
        self.freshen()?;
        let past_signals = self.past_signals.then(|| wait.clone().past_signals());
        let wait = past_signals.as_ref().unwrap_or(wait);
        loop {
            let (events, news) = self.polled(wait)?;
            if !events.is_empty() {
                self.writer_came();
                return Ok(Ready::Look);
            }
            if news && has_writer(&self.fd) {
                // What it writes will still come. The news stays unheard, and is there again at this writer's end.
                self.writer_came();
            } else if news && self.is_gone() {
                return Ok(Ready::Gone);
            }
        }
    }

    /// Between two sessions: opens the FIFO anew.
    fn freshen(&mut self) -> nix::Result<()> {
        if let Some(sessions) = &mut self.fifo
            && !sessions.open
            && !sessions.fresh
        {
            self.fd = reopen_own(&self.fd, OFlag::O_RDONLY)?;
            sessions.fresh = true;
        }
        Ok(())
    }

    /// Polls the pipe, and the FIFO's name while no writer is there.
    fn polled(&self, wait: &Wait) -> Result<(PollFlags, bool), Stop> {
        let watch = self.fifo.as_ref().filter(|sessions| !sessions.open);
        let watch = watch.and_then(|sessions| sessions.unlinked.fd());
        let stdout = std::io::stdout();
        wait::timed(wait, |turn| {
            let mut fds = vec![PollFd::new(self.fd.as_fd(), PollFlags::POLLIN)];
            fds.extend(watch.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
            let with_news = fds.len();
            fds.extend(wait.needs_reader().then(|| PollFd::new(stdout.as_fd(), PollFlags::empty())));
            let timeout = match turn {
                Turn::Try => PollTimeout::ZERO,
                Turn::Sleep(left) => wait::poll_timeout(left),
            };
            match poll(&mut fds, timeout)? {
                0 => Err(Errno::EAGAIN),
                _ if fds.get(with_news).is_some_and(|fd| fd.any().unwrap_or(false)) => Err(Errno::EPIPE),
                _ => {
                    let news =
                        fds.get(1).filter(|_| with_news > 1).is_some_and(|fd| fd.any().unwrap_or(false));
                    Ok((fds[0].revents().unwrap_or(PollFlags::empty()), news))
                }
            }
        })
    }

    fn is_gone(&self) -> bool {
        self.fifo.as_ref().is_some_and(|sessions| {
            sessions.unlinked.heard();
            !sessions.fifo.is_there()
        })
    }

    /// Reads once into `room` what is there now, whatever signal came: a FIFO's sender was told that it went.
    pub fn take_now(&self, room: &mut [u8]) -> usize {
        loop {
            match nix::unistd::read(&self.fd, room) {
                Err(Errno::EINTR) => {}
                other => return other.unwrap_or(0),
            }
        }
    }

    /// What is there to be taken; all of it stays.
    pub fn peek(&self) -> Result<Peeked, Fault> {
        peek(&self.fd).map_err(|errno| Fault::os(format!("look into {}", self.name), errno))
    }

    /// How many bytes wait.
    pub fn unread(&self) -> usize {
        fionread(self.fd.as_fd()).unwrap_or(0)
    }

    /// How many bytes can be passed on by [`Source::fd`] without a sleep.
    pub fn waiting(&self) -> usize {
        if self.nonblocking { self.unread() } else { 0 }
    }

    /// The session that has begun is the last one: whether the FIFO keeps its name does not matter any more.
    pub fn expect_no_other(&mut self) {
        if let Some(sessions) = &mut self.fifo {
            sessions.unlinked.give_up();
        }
    }

    /// The FIFO, where it is one.
    pub fn fifo(&self) -> Option<&Fifo> {
        self.fifo.as_ref().map(|sessions| &*sessions.fifo)
    }
}
