//! Calls that may sleep: try, then sleep until the result, a signal or the deadline.

use std::time::Duration;

use nix::errno::Errno;

use super::cancel::{KICK, arm, watch};
use super::stop::Stop;
use super::{Deadline, Wait, reader};
use crate::sys::signal::thread_id;
use crate::sys::timer::ThreadTimer;

/// After the deadline a timer breaks the call this often, so that an expiry just before the call does not hang it.
const AGAIN: Duration = Duration::from_millis(10);

/// How the closure shall make its call this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Without sleeping (IPC_NOWAIT, O_NONBLOCK, a zero timeout). EAGAIN, ENOMSG and ETIMEDOUT mean "would block".
    Try,
    /// Sleeping, at most this long where given. The same errors mean "not yet": the clock decides.
    Sleep(Option<Duration>),
}

/// Makes a call that cannot sleep or shall not, once. A signal that has come, or a passed deadline, prevents it.
///
/// For the take before a flush, and for `drain`. The first call under a [`Wait`] is made even if its deadline is 0.
pub fn attempt<T>(wait: &Wait, mut call: impl FnMut() -> nix::Result<T>) -> Result<T, Stop> {
    watch()?;
    loop {
        wait.check()?;
        if wait.is_over() {
            return Err(Stop::TimedOut);
        }
        match call() {
            Err(Errno::EINTR) => {}
            Err(errno) if would_block(errno) => return Err(Stop::WouldBlock),
            other => return other.map_err(Stop::Failed),
        }
    }
}

/// Makes a call that takes a timeout of its own (semtimedop, mq_timed*, poll): [`Turn::Sleep`] says what is left.
pub fn timed<T>(wait: &Wait, call: impl FnMut(Turn) -> nix::Result<T>) -> Result<T, Stop> {
    run(wait, call, |_| Ok(None))
}

/// Makes a call that has no timed form (msgsnd, msgrcv, flock, open of a FIFO): a timer ends it.
pub fn untimed<T>(wait: &Wait, call: impl FnMut(Turn) -> nix::Result<T>) -> Result<T, Stop> {
    run(wait, call, |left| {
        if wait.needs_reader() {
            reader::watch()?;
        }
        let Some(left) = left else { return Ok(None) };
        let mut timer = ThreadTimer::create(thread_id(), KICK)?;
        timer.start(left, AGAIN)?;
        Ok(Some(timer))
    })
}

/// Tries; then, unless that would do, arms, starts `timer` and sleeps as often as it takes.
fn run<T>(
    wait: &Wait,
    mut call: impl FnMut(Turn) -> nix::Result<T>,
    timer: impl FnOnce(Option<Duration>) -> nix::Result<Option<ThreadTimer>>,
) -> Result<T, Stop> {
    match attempt(wait, || call(Turn::Try)) {
        Err(Stop::WouldBlock) if wait.sleeps() => {}
        other => return other,
    }
    arm()?;
    let (until, over) = wait.until();
    let _timer = timer(until.map(Deadline::left))?;
    loop {
        wait.check()?;
        let left = until.map(Deadline::left);
        if left == Some(Duration::ZERO) {
            return Err(over);
        }
        match call(Turn::Sleep(left)) {
            Err(Errno::EINTR) => {}
            Err(errno) if would_block(errno) => {}
            other => return other.map_err(Stop::Failed),
        }
    }
}

/// The answers of the several calls that mean "not now".
fn would_block(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMSG | Errno::ETIMEDOUT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn wait(millis: u64) -> Wait {
        Wait::new(false, Some(Duration::from_millis(millis)))
    }

    #[test]
    fn nowait_makes_one_try() {
        let mut turns = vec![];
        let end = timed(&Wait::nowait(), |turn| {
            turns.push(turn);
            Err::<(), _>(Errno::ENOMSG)
        });
        assert_eq!((end, turns), (Err(Stop::WouldBlock), vec![Turn::Try]));
    }

    #[test]
    fn a_zero_timeout_still_tries_once_and_later_calls_do_not() {
        let wait = wait(0);
        assert_eq!(timed(&wait, |_| Ok(7)), Ok(7));
        assert_eq!(timed(&wait, |_| Ok(7)), Err(Stop::TimedOut));
    }

    #[test]
    fn a_timed_call_ends_at_the_deadline_and_not_before() {
        let start = Instant::now();
        let end = timed(&wait(40), |turn| match turn {
            Turn::Sleep(Some(left)) => {
                std::thread::sleep(left / 3);
                Err::<(), _>(Errno::EAGAIN)
            }
            _ => Err(Errno::ETIMEDOUT),
        });
        assert_eq!(end, Err(Stop::TimedOut));
        assert!(start.elapsed() >= Duration::from_millis(40));
    }

    #[test]
    fn an_untimed_call_is_broken_at_the_deadline() {
        let (reader, _writer) = nix::unistd::pipe().unwrap();
        let start = Instant::now();
        let end = untimed(&wait(40), |turn| match turn {
            Turn::Try => Err(Errno::EAGAIN),
            Turn::Sleep(_) => nix::unistd::read(&reader, &mut [0]),
        });
        assert_eq!(end, Err(Stop::TimedOut));
        assert!(start.elapsed() >= Duration::from_millis(40));
    }

    #[test]
    fn a_deadline_that_passes_just_before_the_call_breaks_it_too() {
        let (reader, _writer) = nix::unistd::pipe().unwrap();
        let end = untimed(&wait(10), |turn| match turn {
            Turn::Try => Err(Errno::EAGAIN),
            Turn::Sleep(_) => {
                std::thread::sleep(Duration::from_millis(30));
                nix::unistd::read(&reader, &mut [0])
            }
        });
        assert_eq!(end, Err(Stop::TimedOut));
    }

    #[test]
    fn idle_is_not_the_deadline() {
        let wait = Wait::new(false, None).idle(Some(Duration::from_millis(10)));
        assert_eq!(timed(&wait, |_| Err::<(), _>(Errno::EAGAIN)), Err(Stop::Idle));
        let wait = Wait::new(false, Some(Duration::from_millis(5))).idle(Some(Duration::from_secs(9)));
        assert_eq!(timed(&wait, |_| Err::<(), _>(Errno::EAGAIN)), Err(Stop::TimedOut));
    }

    #[test]
    fn eintr_is_again() {
        let mut calls = 0;
        let end = timed(&Wait::new(false, None), |turn| {
            calls += 1;
            match turn {
                Turn::Try if calls < 3 => Err(Errno::EINTR),
                Turn::Try => Err(Errno::EAGAIN),
                Turn::Sleep(_) if calls < 6 => Err(Errno::EINTR),
                Turn::Sleep(_) => Ok(calls),
            }
        });
        assert_eq!(end, Ok(6));
    }

    #[test]
    fn other_errors_pass() {
        assert_eq!(untimed(&wait(9), |_| Err::<(), _>(Errno::EIDRM)), Err(Stop::Failed(Errno::EIDRM)));
    }
}
