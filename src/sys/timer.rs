//! A POSIX timer that signals one thread. nix has no SIGEV_THREAD_ID on musl, and panics in its Drop.

use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::Signal;

/// A monotonic timer that sends a signal to one thread; deleted when dropped. timer_create(2).
#[derive(Debug)]
pub struct ThreadTimer(libc::timer_t);

impl ThreadTimer {
    /// A timer, not yet running, that will send `signal` to the thread with kernel id `thread`. timer_create(2).
    ///
    /// EAGAIN: the user's limit of queued signals (RLIMIT_SIGPENDING) is reached.
    pub fn create(thread: i32, signal: Signal) -> nix::Result<ThreadTimer> {
        // SAFETY: sigevent is plain data, for which all zeroes is a valid value.
        let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = signal as i32;
        event.sigev_notify_thread_id = thread;
        let mut timer = MaybeUninit::<libc::timer_t>::uninit();
        // SAFETY: both pointers are to live local variables of the type that the call expects.
        let done = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, timer.as_mut_ptr()) };
        Errno::result(done)?;
        // SAFETY: the call succeeded, so the new timer's id has been written.
        Ok(ThreadTimer(unsafe { timer.assume_init() }))
    }

    /// First signal after `first`, then one every `every`. timer_settime(2).
    ///
    /// A `first` of zero means at once; the kernel would take zero as "stop".
    pub fn start(&mut self, first: Duration, every: Duration) -> nix::Result<()> {
        let first = first.max(Duration::from_nanos(1));
        let spec = libc::itimerspec { it_interval: timespec(every), it_value: timespec(first) };
        // SAFETY: the timer is ours until Drop, `spec` lives through the call, no old value is asked for.
        let done = unsafe { libc::timer_settime(self.0, 0, &spec, ptr::null_mut()) };
        Errno::result(done).map(drop)
    }
}

impl Drop for ThreadTimer {
    fn drop(&mut self) {
        // SAFETY: the id came from timer_create and is deleted only here.
        let _ = unsafe { libc::timer_delete(self.0) };
    }
}

/// A duration in the kernel's form; one beyond its seconds is the longest it knows.
pub(super) fn timespec(duration: Duration) -> libc::timespec {
    let tv_sec = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    libc::timespec { tv_sec, tv_nsec: duration.subsec_nanos().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::signal::{sigaction_set, thread_id};
    use nix::sys::signal::SigHandler;
    use std::time::Instant;

    extern "C" fn nothing(_: i32) {}

    #[test]
    fn interrupts_a_blocked_call_not_before_its_time_and_again() {
        sigaction_set(Signal::SIGURG, SigHandler::Handler(nothing)).unwrap();
        let (reader, _writer) = nix::unistd::pipe().unwrap();
        let start = Instant::now();
        let mut timer = ThreadTimer::create(thread_id(), Signal::SIGURG).unwrap();
        timer.start(Duration::from_millis(30), Duration::from_millis(5)).unwrap();
        let mut byte = [0];
        assert_eq!(nix::unistd::read(&reader, &mut byte), Err(Errno::EINTR));
        assert!(start.elapsed() >= Duration::from_millis(30));
        assert_eq!(nix::unistd::read(&reader, &mut byte), Err(Errno::EINTR));
    }

    #[test]
    fn a_duration_beyond_the_kernel_is_the_longest() {
        assert_eq!(timespec(Duration::MAX).tv_sec, i64::MAX);
        assert_eq!(timespec(Duration::from_millis(1500)).tv_nsec, 500_000_000);
    }
}
