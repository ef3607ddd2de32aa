//! `ipctool sig trap`: receive signals.

mod action;
mod line;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use action::{Actions, OnSignal};
use line::Lines;

use crate::commands::waiting;
use crate::fault::Fault;
use crate::ipc::sig::{PidFile, Received, Signal, SignalSet, Trap};
use crate::status::Status;
use crate::wait::{Stop, Wait, parse_duration};

/// Receive signals and tell of each who sent it, how, and with which value.
///
/// Without SIGNAL: HUP, USR1, USR2 and the realtime signals, except those that
/// were ignored when ipctool was started. Each signal that arrives is a line of
/// name, code, value, PID, uid and command of the sender, '-' for what is not
/// known: the code is user (kill), queue (sigqueue), tkill (raise), timer,
/// kernel (alarm, setitimer, a key) and others of sigaction(2). Standard
/// signals that arrive before the first of their kind is taken are one signal:
/// the kernel merges them. Realtime signals are all received, in their order.
///
/// Signals are received from before the PID file appears to the end, which is
/// --count, --timeout, or INT, TERM or HUP unless that is trapped.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A command, and a shell's --on, gets the line on its standard input and the
variables IPCTOOL_SIGNAL, _CODE, _VALUE, _PID, _UID, IPCTOOL_TYPE (the number),
IPCTOOL_SEQ, and IPCTOOL_REF, the trap itself. The next signal waits for its end.

Examples:
  ipctool sig trap USR1 RTMIN+1 -c 3 --json
  ipctool sig trap --pid-file run/pid --on USR1='make' --on TERM='rm -f lock'")]
pub struct Args {
    /// Signals to receive, by name or number
    #[arg(value_name = "SIGNAL", value_parser = Signal::parse)]
    signals: Vec<Signal>,
    /// Run this for each signal, instead of printing a line
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// End after N signals
    #[arg(short = 'c', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Run this shell command for each SIGNAL, instead of printing a line
    #[arg(long, value_name = "SIGNAL=COMMAND", conflicts_with = "command")]
    on: Vec<OsString>,
    /// Write our PID to this file once signals are received; remove it at the end
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(short = 'J', long, visible_alias = "jsonl")]
    json: bool,
    /// End when no signal came for D
    #[arg(long, value_name = "D", value_parser = parse_duration, help_heading = "Waiting")]
    idle_timeout: Option<Duration>,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool sig trap`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let on = args.on.iter().map(|text| OnSignal::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let mut wanted: SignalSet = args.signals.iter().copied().chain(on.iter().map(|on| on.signal)).collect();
    if wanted.is_empty() {
        wanted = Trap::usual();
    }
    let actions = Actions::new(&args.command, &on)?;
    let printed = wanted.iter().any(|signal| actions.command(signal).is_none());
    let mut session = Session {
        actions,
        lines: Lines::open(args.json, printed)?,
        left: args.count,
        wait: args.waiting.wait().idle(args.idle_timeout),
        trap: Trap::arm(wanted)?,
    };
    let pid_file = args.pid_file.as_deref().map(PidFile::create).transpose()?;
    let end = session.receive();
    let end = session.lines.flush().and(end);
    drop(pid_file);
    end?;
    Ok(if session.actions.failed() { Status::FAILED } else { Status::OK })
}

/// Signals on their way to lines and commands.
struct Session {
    trap: Trap,
    lines: Lines,
    actions: Actions,
    /// How many more signals are to come.
    left: Option<u64>,
    wait: Wait,
}

impl Session {
    /// Receives until enough have come or the time is over.
    fn receive(&mut self) -> Result<(), Fault> {
        while self.left != Some(0) {
            match self.trap.wait(&self.wait) {
                Ok(()) => self.take()?,
                Err(Stop::Idle) => return self.idle(),
                Err(stop @ Stop::Signal(_)) => {
                    self.last_lines()?;
                    return Err(stop.fault(WHAT));
                }
                Err(stop) => return Err(stop.fault(WHAT)),
            }
        }
        Ok(())
    }

    /// Takes what is pending and delivers it before the next sleep. Where commands run, one signal at a time: the others
    /// stay pending, and whoever stops us loses no signal that we hold.
    fn take(&mut self) -> Result<(), Fault> {
        self.lines.ready()?;
        let most = if self.actions.is_empty() { usize::MAX } else { 1 };
        let left = self.left.map_or(most, |left| usize::try_from(left).unwrap_or(usize::MAX));
        for received in self.trap.take(most.min(left))? {
            self.deliver(&received)?;
        }
        self.lines.flush()
    }

    fn deliver(&mut self, received: &Received) -> Result<(), Fault> {
        if self.actions.is_own_child(received) {
            return Ok(());
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        let line = self.lines.format(received);
        match self.actions.run(received, &line, &mut self.wait)? {
            true => Ok(()),
            false => self.lines.put(&line),
        }
    }

    /// A signal of ours came: what was pending before it is told, once. Commands are not run any more.
    fn last_lines(&mut self) -> Result<(), Fault> {
        if self.actions.is_empty() { self.take() } else { Ok(()) }
    }

    /// Nothing came for the idle timeout: the regular end, unless more were asked for.
    fn idle(&self) -> Result<(), Fault> {
        match self.left {
            None => Ok(()),
            Some(left) => Err(Stop::Idle.fault(WHAT).besides(format!("{left} more were to come"))),
        }
    }
}

const WHAT: &str = "receive signals";
