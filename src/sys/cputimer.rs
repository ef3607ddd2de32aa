//! A timer on the CPU time of any process: no privilege is needed for it. nix has neither these clocks nor these timers.

use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;

use super::timer::timespec;

/// Which of a process's CPU time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuClock {
    /// All of it.
    All,
    /// What it spent in user mode.
    User,
}

impl CpuClock {
    /// The clock's id for the process `pid`, as clock_getcpuclockid(3) makes it (linux/posix-timers_types.h).
    fn id(self, pid: i32) -> libc::clockid_t {
        let which = match self {
            CpuClock::User => 1,
            CpuClock::All => 2,
        };
        (!pid << 3) | which
    }
}

/// A timer on another process's CPU time, which signals this process; deleted when dropped. timer_create(2).
#[derive(Debug)]
pub struct CpuTimer(libc::timer_t);

impl CpuTimer {
    /// A timer, not yet running, that will send us the signal with this number.
    ///
    /// EINVAL: there is no such process. EAGAIN: our limit of queued signals (RLIMIT_SIGPENDING) is reached.
    pub fn create(pid: i32, clock: CpuClock, signal: i32) -> nix::Result<CpuTimer> {
        // SAFETY: sigevent is plain data, for which all zeroes is a valid value.
        let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = signal;
        let mut timer = MaybeUninit::<libc::timer_t>::uninit();
        // SAFETY: both pointers are to live local variables of the type that the call expects.
        let done = unsafe { libc::timer_create(clock.id(pid), &mut event, timer.as_mut_ptr()) };
        Errno::result(done)?;
        // SAFETY: the call succeeded, so the new timer's id has been written.
        Ok(CpuTimer(unsafe { timer.assume_init() }))
    }

    /// Signals once when the process has used `total` since its start; at once if it has already. timer_settime(2).
    pub fn start_at(&mut self, total: Duration) -> nix::Result<()> {
        // Zero would mean "stop".
        let value = timespec(total.max(Duration::from_nanos(1)));
        let spec = libc::itimerspec { it_interval: timespec(Duration::ZERO), it_value: value };
        // SAFETY: the timer is ours until Drop, `spec` lives through the call, no old value is asked for.
        let done = unsafe { libc::timer_settime(self.0, libc::TIMER_ABSTIME, &spec, ptr::null_mut()) };
        Errno::result(done).map(drop)
    }
}

impl Drop for CpuTimer {
    fn drop(&mut self) {
        // SAFETY: the id came from timer_create and is deleted only here.
        let _ = unsafe { libc::timer_delete(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::time::{ClockId, clock_getcpuclockid};
    use nix::unistd::Pid;

    #[test]
    fn the_clock_is_the_c_librarys() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let theirs = clock_getcpuclockid(Pid::from_raw(pid)).unwrap();
        assert_eq!(ClockId::from_raw(CpuClock::All.id(pid)), theirs);
    }

    #[test]
    fn no_process_no_timer() {
        assert_eq!(CpuTimer::create(i32::MAX >> 4, CpuClock::User, 40).unwrap_err(), Errno::EINVAL);
    }
}
