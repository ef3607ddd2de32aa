//! Interval timers, which survive execve. nix lacks them.

use std::ptr;
use std::time::Duration;

use nix::errno::Errno;

/// Which clock an interval timer runs by, and which signal it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Time as it passes: ALRM.
    Real,
    /// CPU time of the process in user mode: VTALRM.
    Virtual,
    /// CPU time of the process: PROF.
    Prof,
}

/// Starts a timer of this process: first after `first`, then every `every`; zero there means once. setitimer(2).
///
/// The kernel counts in microseconds; what is shorter is rounded up. A `first` of zero stops the timer.
pub fn setitimer(timer: Timer, first: Duration, every: Duration) -> nix::Result<()> {
    let which = match timer {
        Timer::Real => libc::ITIMER_REAL,
        Timer::Virtual => libc::ITIMER_VIRTUAL,
        Timer::Prof => libc::ITIMER_PROF,
    };
    let value = libc::itimerval { it_interval: timeval(every), it_value: timeval(first) };
    // Through syscall(2): the C libraries declare the first argument with different types.
    // SAFETY: `value` lives through the call, no old value is asked for.
    let done = unsafe {
        libc::syscall(libc::SYS_setitimer, which, ptr::from_ref(&value), ptr::null_mut::<libc::itimerval>())
    };
    Errno::result(done).map(drop)
}

/// A duration in microseconds, rounded up; one beyond the kernel's seconds is the longest it knows.
fn timeval(duration: Duration) -> libc::timeval {
    let rounded = duration.saturating_add(Duration::from_nanos(999));
    let tv_sec = i64::try_from(rounded.as_secs()).unwrap_or(i64::MAX);
    libc::timeval { tv_sec, tv_usec: rounded.subsec_micros().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_rounded_up() {
        assert_eq!(timeval(Duration::from_nanos(1)).tv_usec, 1);
        assert_eq!(timeval(Duration::ZERO).tv_usec, 0);
        assert_eq!(timeval(Duration::from_nanos(999_999_001)).tv_sec, 1);
        assert_eq!(timeval(Duration::MAX).tv_sec, i64::MAX);
    }
}
