//! Waiting until another process has used some CPU time.

use std::time::Duration;

use nix::errno::Errno;

use super::received::Code;
use super::signal::{RTMAX, Signal};
use super::trap::Trap;
use super::watched::Watched;
use crate::fault::Fault;
use crate::sys::cputimer::{CpuClock, CpuTimer};
use crate::wait::{Wait, any_readable};

/// Waits until `process` has used `total` CPU time since its start; with `user` only what it used in user mode counts.
/// At once if it has. No privilege is needed.
///
/// The timer's signal is SIGRTMAX, which stays blocked in this process.
///
/// # Errors
/// Status 3: it ended first. Those of the wait.
pub fn after_cpu(process: &Watched, total: Duration, user: bool, wait: &Wait) -> Result<(), Fault> {
    let what = format!("wait for the CPU time of sig:{}", process.pid);
    let ended = || Fault::not_found(&what, "the process has ended");
    let mut trap = Trap::arm(Signal::new(RTMAX).into_iter().collect())?;
    let clock = if user { CpuClock::User } else { CpuClock::All };
    let mut timer = CpuTimer::create(process.pid, clock, RTMAX).map_err(|errno| match errno {
        Errno::EINVAL | Errno::ESRCH => ended(),
        errno => Fault::os(&what, errno),
    })?;
    // The clock went by number: only now is it certain whose it is.
    if process.has_ended() {
        return Err(ended());
    }
    timer.start_at(total).map_err(|errno| Fault::os(&what, errno))?;
    loop {
        let ready = any_readable(&[trap.fd(), process.fd()], wait).map_err(|stop| stop.fault(&what))?;
        // Another process may send us that signal too.
        if trap.take(1)?.iter().any(|taken| taken.code == Code::Timer) {
            return Ok(());
        }
        if ready.last() == Some(&true) {
            return Err(ended());
        }
    }
}
