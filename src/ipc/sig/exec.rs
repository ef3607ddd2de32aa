//! What a program finds set when it is executed: signals ignored and blocked, and timers that run.

use std::time::Duration;

use super::set::SignalSet;
use super::signal::Signal;
use crate::fault::Fault;
use crate::sys::disposition::set_disposition;
use crate::sys::itimer::{Timer, setitimer};
use crate::sys::sigmask::{Change, rt_sigprocmask};

/// Which time an interval timer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Time as it passes; sends ALRM.
    Real,
    /// CPU time of the process in user mode; sends VTALRM.
    Virtual,
    /// CPU time of the process; sends PROF.
    Prof,
}

impl Clock {
    /// Every clock.
    pub const ALL: [Clock; 3] = [Clock::Real, Clock::Virtual, Clock::Prof];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Clock::Real => "real",
            Clock::Virtual => "virtual",
            Clock::Prof => "prof",
        }
    }

    fn timer(self) -> (Timer, i32) {
        match self {
            Clock::Real => (Timer::Real, libc::SIGALRM),
            Clock::Virtual => (Timer::Virtual, libc::SIGVTALRM),
            Clock::Prof => (Timer::Prof, libc::SIGPROF),
        }
    }
}

/// What survives execve(2).
#[derive(Debug, Clone, Default)]
pub struct Exec {
    /// Ignored.
    pub ignore: SignalSet,
    /// Put to their default action.
    pub default: SignalSet,
    /// Blocked; no other is.
    pub block: SignalSet,
    /// The timers: clock, first expiry, time between later ones (zero: there are none).
    pub timers: Vec<(Clock, Duration, Duration)>,
}

impl Exec {
    /// Sets all of it in this process: the timers last, as they run from here on. The signal of a timer gets its
    /// default action unless it is to be ignored, since one that we inherited ignored would make the timer nothing.
    ///
    /// # Errors
    /// The kernel's; [`super::refused`] is to be asked first.
    pub fn set(&self) -> Result<(), Fault> {
        let timed = self.timers.iter().filter_map(|(clock, ..)| Signal::new(clock.timer().1));
        let default: SignalSet = self.default.iter().chain(timed).chain(Signal::new(libc::SIGPIPE)).collect();
        for signal in default.without(self.ignore).iter() {
            disposition(signal, false)?;
        }
        for signal in self.ignore.iter() {
            disposition(signal, true)?;
        }
        rt_sigprocmask(Change::Set, self.block.bits()).map_err(|errno| Fault::os("block signals", errno))?;
        for (clock, first, every) in &self.timers {
            let what = format_args!("start the {} timer", clock.word());
            setitimer(clock.timer().0, *first, *every).map_err(|errno| Fault::os(what, errno))?;
        }
        Ok(())
    }

    /// Stops the timers again: the program could not be executed.
    pub fn stop_timers(&self) {
        for (clock, ..) in &self.timers {
            let _ = setitimer(clock.timer().0, Duration::ZERO, Duration::ZERO);
        }
    }
}

fn disposition(signal: Signal, ignore: bool) -> Result<(), Fault> {
    let verb = if ignore { "ignore" } else { "reset" };
    set_disposition(signal.number(), ignore)
        .map_err(|errno| Fault::os(format_args!("{verb} {signal}"), errno))
}
