//! Reading, writing and polling descriptors under a [`Wait`].

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Stop, Turn, Wait, timed, untimed};

/// Waits until one of `events` holds of `fd` (or its error conditions), and says which. Takes nothing.
pub fn ready(fd: impl AsFd, events: PollFlags, wait: &Wait) -> Result<PollFlags, Stop> {
    timed(wait, |turn| poll_one(fd.as_fd(), events, turn))
}

/// Reads what is there, waiting for the first byte: 0 is the end. The descriptor may block or not.
pub fn read(fd: impl AsFd, room: &mut [u8], wait: &Wait) -> Result<usize, Stop> {
    untimed(wait, |turn| {
        poll_one(fd.as_fd(), PollFlags::POLLIN, turn)?;
        nix::unistd::read(fd.as_fd(), room)
    })
}

/// Writes once, waiting until some of `bytes` can go; gives how many went. EPIPE: no reader is left.
///
/// The descriptor must be O_NONBLOCK: a write to a full pipe would otherwise sleep where no deadline reaches it.
pub fn write(fd: impl AsFd, bytes: &[u8], wait: &Wait) -> Result<usize, Stop> {
    timed(wait, |turn| {
        if turn != Turn::Try {
            poll_one(fd.as_fd(), PollFlags::POLLOUT, turn)?;
        }
        nix::unistd::write(fd.as_fd(), bytes)
    })
}

/// One poll(2); EAGAIN when nothing holds in time.
fn poll_one(fd: BorrowedFd<'_>, events: PollFlags, turn: Turn) -> nix::Result<PollFlags> {
    let mut fds = [PollFd::new(fd, events)];
    let timeout = match turn {
        Turn::Try => PollTimeout::ZERO,
        Turn::Sleep(left) => poll_timeout(left),
    };
    match poll(&mut fds, timeout)? {
        0 => Err(Errno::EAGAIN),
        _ => Ok(fds[0].revents().unwrap_or(PollFlags::empty())),
    }
}

/// What is left, for a poll that a verb makes itself; none: as long as it takes.
pub fn poll_timeout(left: Option<Duration>) -> PollTimeout {
    left.map_or(PollTimeout::NONE, whole_milliseconds)
}

/// Rounded up: a poll that ends before the deadline would only be made again.
fn whole_milliseconds(left: Duration) -> PollTimeout {
    let millis = left.as_nanos().div_ceil(1_000_000);
    PollTimeout::try_from(i32::try_from(millis).unwrap_or(i32::MAX)).unwrap_or(PollTimeout::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use nix::unistd::{pipe, pipe2};
    use std::time::Instant;

    #[test]
    fn reads_what_is_there_then_the_end() {
        let (reader, writer) = pipe().unwrap();
        nix::unistd::write(&writer, b"ab").unwrap();
        let mut room = [0; 9];
        assert_eq!(read(&reader, &mut room, &Wait::forever()), Ok(2));
        assert_eq!(read(&reader, &mut room, &Wait::nowait()), Err(Stop::WouldBlock));
        drop(writer);
        assert_eq!(read(&reader, &mut room, &Wait::nowait()), Ok(0));
    }

    #[test]
    fn a_quiet_pipe_is_left_at_the_deadline() {
        for flags in [OFlag::empty(), OFlag::O_NONBLOCK] {
            let (reader, _writer) = pipe2(flags).unwrap();
            let start = Instant::now();
            let wait = Wait::new(false, Some(Duration::from_millis(25)));
            assert_eq!(read(&reader, &mut [0; 9], &wait), Err(Stop::TimedOut));
            assert!(start.elapsed() >= Duration::from_millis(25));
        }
    }

    #[test]
    fn a_full_pipe_takes_no_more_until_it_is_read() {
        let (reader, writer) = pipe2(OFlag::O_NONBLOCK).unwrap();
        while write(&writer, &[7; 4096], &Wait::nowait()).is_ok() {}
        let soon = Wait::new(false, Some(Duration::from_millis(20)));
        assert_eq!(write(&writer, &[7; 9], &soon), Err(Stop::TimedOut));
        nix::unistd::read(&reader, &mut [0; 9000]).unwrap();
        assert_eq!(write(&writer, &[7; 9], &Wait::forever()), Ok(9));
        drop(reader);
        assert_eq!(write(&writer, &[7; 9], &Wait::forever()), Err(Stop::Failed(Errno::EPIPE)));
    }

    #[test]
    fn readiness_takes_nothing() {
        let (reader, writer) = pipe().unwrap();
        assert_eq!(ready(&reader, PollFlags::POLLIN, &Wait::nowait()), Err(Stop::WouldBlock));
        nix::unistd::write(&writer, b"a").unwrap();
        for _ in 0..2 {
            assert_eq!(ready(&reader, PollFlags::POLLIN, &Wait::forever()), Ok(PollFlags::POLLIN));
        }
        drop(reader);
        assert_eq!(ready(&writer, PollFlags::empty(), &Wait::nowait()), Ok(PollFlags::POLLERR));
    }

    #[test]
    fn milliseconds_are_rounded_up() {
        assert_eq!(whole_milliseconds(Duration::from_nanos(1)), PollTimeout::from(1_u8));
        assert_eq!(whole_milliseconds(Duration::MAX), PollTimeout::MAX);
    }
}
