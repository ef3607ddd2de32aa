//! `ipctool sig run`: a command with signals and timers set for it.

use std::ffi::OsString;
use std::time::Duration;

use crate::child::Command;
use crate::fault::Fault;
use crate::ipc::sig::{Clock, Exec, Signal, SignalSet, refused};
use crate::status::Status;
use crate::wait::parse_duration;

/// Run COMMAND with signals ignored, reset or blocked, and with timers.
///
/// ipctool becomes COMMAND: same PID, no process in between, and its status is
/// the command's. What survives that is what can be set: ignored signals, the
/// signal mask, and the interval timers. A timer that runs out sends ALRM
/// (real time), VTALRM (CPU time in user mode) or PROF (all CPU time), which
/// ends a command that does not catch it: status 142, 154 or 155. Such a signal
/// is put to its default action, also one that was ignored before, unless
/// --ignore names it. Signals that no option names stay as they are, but PIPE
/// gets its default action and the mask starts out empty.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sig run --alarm 10s -- make check
  ipctool sig run --ignore HUP,INT --timer prof=60 -- ./simulate")]
pub struct Args {
    /// Send ALRM after D: as --timer real=D, at finer grain than alarm(2)
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    alarm: Option<Duration>,
    /// Start the timer real, virtual or prof: first after D, then every EVERY
    #[arg(long, value_name = "CLOCK=D[,EVERY]", value_parser = timer)]
    timer: Vec<Timer>,
    /// Ignore these signals
    #[arg(long, value_name = "SIGNAL,…", value_delimiter = ',', value_parser = Signal::parse)]
    ignore: Vec<Signal>,
    /// Give these signals their default action
    #[arg(long, value_name = "SIGNAL,…", value_delimiter = ',', value_parser = Signal::parse)]
    default: Vec<Signal>,
    /// Block these signals: they stay pending
    #[arg(long, value_name = "SIGNAL,…", value_delimiter = ',', value_parser = Signal::parse)]
    block: Vec<Signal>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Clock, first expiry, time between later ones.
type Timer = (Clock, Duration, Duration);

/// Runs `ipctool sig run`: returns only if the command could not be executed.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let exec = args.exec()?;
    let command = Command::resolve(&args.command)?;
    let fault = command.exec_as(|| exec.set().map_err(|fault| fault.status(Status::OURS)));
    exec.stop_timers();
    Err(fault.into())
}

impl Args {
    fn exec(&self) -> Result<Exec, Fault> {
        let set = |signals: &[Signal]| signals.iter().copied().collect::<SignalSet>();
        let alarm = self.alarm.map(|after| (Clock::Real, after, Duration::ZERO));
        let timers: Vec<Timer> = alarm.into_iter().chain(self.timer.iter().copied()).collect();
        for (place, (clock, first, _)) in timers.iter().enumerate() {
            if timers.iter().skip(place + 1).any(|(other, ..)| other == clock) {
                return Err(Fault::usage(format!("the {} timer is given twice", clock.word()))
                    .hint("a process has one timer of each clock; --alarm is the real one"));
            }
            if first.is_zero() {
                return Err(Fault::usage(format!("the {} timer would never run out: it is 0", clock.word())));
            }
        }
        let named = [("ignored", &self.ignore), ("reset", &self.default), ("blocked", &self.block)];
        let wrong =
            named.into_iter().find_map(|(what, signals)| signals.iter().find_map(|s| refused(what, *s)));
        if let Some(fault) = wrong {
            return Err(fault);
        }
        if let Some(both) = self.ignore.iter().find(|signal| self.default.contains(signal)) {
            return Err(Fault::usage(format!("{both} cannot be ignored and have its default action")));
        }
        Ok(Exec { ignore: set(&self.ignore), default: set(&self.default), block: set(&self.block), timers })
    }
}

/// Reads `real=D`, `prof=D,EVERY`.
fn timer(text: &str) -> Result<Timer, String> {
    let clocks = || Clock::ALL.map(Clock::word).join(", ");
    let (clock, times) = text.split_once('=').ok_or("write CLOCK=D, as in real=200ms")?;
    let clock = Clock::ALL.into_iter().find(|known| known.word() == clock);
    let clock = clock.ok_or_else(|| format!("the clocks are {}", clocks()))?;
    let (first, every) = times.split_once(',').unwrap_or((times, "0"));
    Ok((clock, parse_duration(first)?, parse_duration(every)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_as_typed() {
        let millis = Duration::from_millis;
        assert_eq!(timer("real=200ms"), Ok((Clock::Real, millis(200), Duration::ZERO)));
        assert_eq!(timer("prof=1,0.5"), Ok((Clock::Prof, millis(1000), millis(500))));
        for text in ["", "real", "real=", "real=x", "cpu=1", "real=1,", "real=1,2,3", "REAL=1"] {
            assert!(timer(text).is_err(), "{text:?}");
        }
    }
}
