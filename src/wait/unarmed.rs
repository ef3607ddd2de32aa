//! Waiting for descriptors with nothing but a mask: no thread, no SIGURG. For verbs that read their own signals, and
//! for those that wait for pidfds and timers.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::errno::Errno;

use super::cancel::{ENDING_MASK, check, watch};
use super::stop::Stop;
use super::{Deadline, Wait};
use crate::sys::sigmask::{Change, ppoll, rt_sigprocmask};

/// Waits until one of `fds` is readable (or in error) and says which, in their order. Takes nothing.
///
/// INT, TERM and HUP are blocked except inside ppoll(2), so that none is missed between the look and the sleep. What
/// the caller has blocked stays blocked there.
pub fn any_readable(fds: &[BorrowedFd<'_>], wait: &Wait) -> Result<Vec<bool>, Stop> {
    watch()?;
    let before = rt_sigprocmask(Change::Block, ENDING_MASK)?;
    let end = sleep(fds, wait, before);
    rt_sigprocmask(Change::Set, before)?;
    end
}

fn sleep(fds: &[BorrowedFd<'_>], wait: &Wait, mask: u64) -> Result<Vec<bool>, Stop> {
    let (until, over) = wait.until();
    let mut looked = false;
    loop {
        check()?;
        let left = if looked { until.map(Deadline::left) } else { Some(Duration::ZERO) };
        match ppoll(fds, left, mask) {
            Ok(ready) if !ready.is_empty() => return Ok(ready),
            Ok(_) if !wait.sleeps() => return Err(Stop::WouldBlock),
            Ok(_) if until.is_some_and(Deadline::passed) => return Err(over),
            Ok(_) => looked = true,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(Stop::Failed(errno)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, write};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    #[test]
    fn says_which_is_readable_and_takes_nothing() {
        let (one, _one_end) = pipe().unwrap();
        let (other, end) = pipe().unwrap();
        let fds = [one.as_fd(), other.as_fd()];
        assert_eq!(any_readable(&fds, &Wait::nowait()), Err(Stop::WouldBlock));
        write(&end, b"a").unwrap();
        for _ in 0..2 {
            assert_eq!(any_readable(&fds, &Wait::forever()), Ok(vec![false, true]));
        }
    }

    #[test]
    fn ends_at_the_deadline_and_not_before() {
        let start = Instant::now();
        let wait = Wait::new(false, Some(Duration::from_millis(25)));
        assert_eq!(any_readable(&[], &wait), Err(Stop::TimedOut));
        assert!(start.elapsed() >= Duration::from_millis(25));
        let idle = Wait::forever().idle(Some(Duration::from_millis(5)));
        assert_eq!(any_readable(&[], &idle), Err(Stop::Idle));
    }
}
