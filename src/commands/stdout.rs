//! Facts to standard output: a reader that went away is a quiet end, a full disk is an error.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::fault::Fault;
use crate::status::Status;

const BUFFER: usize = 64 * 1024;

/// Lets `write` fill standard output through one buffer, and tells how that went.
///
/// OK also when the reader is gone (EPIPE). Status 1 when it cannot be written to, or was closed by our caller.
pub fn facts(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<Status> {
    ready()?;
    let mut out = BufWriter::with_capacity(BUFFER, Unbuffered);
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Ok(Status::OK),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            let _ = out.into_parts();
            Ok(Status::OK)
        }
        Err(error) => {
            let _ = out.into_parts();
            Err(Fault::os(WHAT, Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))).into())
        }
    }
}

/// Whether there is a standard output: to be asked before something is done whose only trace is printed.
///
/// # Errors
/// Our caller closed it.
pub fn ready() -> Result<(), Fault> {
    match crate::sys::stdio::was_closed(libc::STDOUT_FILENO) {
        true => Err(Fault::os(WHAT, Errno::EBADF)),
        false => Ok(()),
    }
}

/// Writes `bytes` as [`facts`] does.
pub fn write_all(bytes: &[u8]) -> anyhow::Result<Status> {
    facts(|out| out.write_all(bytes))
}

/// Writes `bytes` that somebody must get: here a reader that is gone is an error too.
///
/// # Errors
/// Standard output cannot be written to, or was closed by our caller.
pub fn deliver(bytes: &[u8]) -> Result<(), Fault> {
    ready()?;
    let errno = |error: io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO));
    Unbuffered.write_all(bytes).map_err(|error| Fault::os(WHAT, errno(error)))
}

const WHAT: &str = "write to standard output";

/// Descriptor 1 without the line buffer that `std::io::stdout` puts in front of it.
struct Unbuffered;

impl Write for Unbuffered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match nix::unistd::write(io::stdout(), bytes) {
                Err(Errno::EAGAIN) => await_room(),
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until standard output takes more, after EAGAIN: whoever shares it may have set it not to wait. May end earlier.
pub fn await_room() {
    let out = io::stdout();
    let _ = poll(&mut [PollFd::new(out.as_fd(), PollFlags::POLLOUT)], PollTimeout::NONE);
}

/// Whether anybody reads standard output: a pipe or socket whose reader has gone has none (POLLERR).
pub fn has_reader() -> bool {
    let out = io::stdout();
    let mut watched = [PollFd::new(out.as_fd(), PollFlags::empty())];
    let polled = poll(&mut watched, PollTimeout::ZERO);
    polled.is_err() || !watched[0].revents().is_some_and(|events| events.contains(PollFlags::POLLERR))
}
