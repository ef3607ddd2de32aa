//! `ipctool sig send`: send a signal, and see what becomes of it.

use std::ffi::OsString;
use std::time::Duration;

use super::end::Ends;
use crate::commands::{confirm, report, stdout, targets};
use crate::fault::Fault;
use crate::ipc::sig::{
    Many, News, Receiver, Round, Schedule, Signal, after_cpu, find, would_reach_a_handler,
};
use crate::refs::{Kind, Process, Ref, TargetName};
use crate::status::Status;
use crate::wait::{Wait, parse_duration};

/// Send SIGNAL to each TARGET.
///
/// TARGET is a PID, PID/TID (one thread), name:COMMAND, pgrp:N or pgrp:self (a
/// process group), or all (every process that may be signalled: asks first).
/// Signal 0 only looks whether it is there. The process is held by a pidfd from
/// the start, so that another one that gets its PID meanwhile is never hit. A
/// realtime signal is queued, also without --value: a full queue is an error
/// that names the limit, and nothing is lost silently.
///
/// With --wait each end is a line: the PID, then 'exited' and the status,
/// 'killed' and the signal, or 'ended' where the kernel does not tell; then
/// 'after' and the last signal that was sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sig send TERM 4711 --then KILL --grace 2s
  ipctool sig send RTMIN+3 name:worker --value 42 --every 500ms -c 3")]
pub struct Args {
    /// Name with or without SIG, or number; 0 only looks
    #[arg(value_name = "SIGNAL", value_parser = Signal::parse_sent, allow_negative_numbers = true)]
    signal: Signal,
    /// PID, PID/TID, name:COMMAND, pgrp:N, pgrp:self, all
    #[arg(value_name = "TARGET", required = true, allow_negative_numbers = true)]
    targets: Vec<OsString>,
    /// Queue this 32-bit number with the signal (sigqueue(3), sival_int)
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    value: Option<i32>,
    /// Send to every process that runs name:COMMAND, not only to a single one
    #[arg(short = 'a', long)]
    all: bool,
    /// Refuse where the signal is not caught, nor blocked by every thread
    #[arg(long)]
    require_handler: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    waiting: Waiting,
}

/// When it is sent.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "When")]
struct When {
    /// Send the first after D
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    after: Option<Duration>,
    /// Send again every D, until interrupted or the target has ended
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    every: Option<Duration>,
    /// Send N signals: at once, or one --every D
    #[arg(short = 'c', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Send when the process has used D of CPU time since its start
    #[arg(long, value_name = "D", value_parser = parse_duration, conflicts_with = "after")]
    after_cpu: Option<Duration>,
    /// Count only CPU time in user mode
    #[arg(long, requires = "after_cpu")]
    user: bool,
}

/// What is waited for after it was sent.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Waiting")]
struct Waiting {
    /// Wait until the targets have ended
    #[arg(long)]
    wait: bool,
    /// Send this to those that have not ended after the grace, and wait on
    #[arg(long, value_name = "SIGNAL", value_parser = Signal::parse, requires = "grace")]
    then: Option<Signal>,
    /// How long the targets have before --then
    #[arg(long, value_name = "D", value_parser = parse_duration, requires = "then")]
    grace: Option<Duration>,
    /// Give up after D (`2`, `500ms`, `1m 30s`): exit with 124
    #[arg(short = 't', long, value_name = "D", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// Print each end as one JSON object a line
    #[arg(short = 'J', long, visible_alias = "jsonl")]
    json: bool,
}

/// Runs `ipctool sig send`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = Wait::new(false, args.waiting.timeout);
    let names = args.names()?;
    args.check(&names)?;
    let (mut receivers, mut status) = args.receivers(&names)?;
    if args.waits() {
        receivers.iter_mut().for_each(Receiver::note_commands);
    }
    let asks = names.contains(&TargetName::All) && !args.yes;
    if asks && !confirm::everybody(&format!("Send {} to", args.signal))? {
        return Ok(status.or(Status::FAILED));
    }
    if let Some(total) = args.when.after_cpu {
        for process in receivers.iter().flat_map(Receiver::processes) {
            after_cpu(process, total, args.when.user, &wait)?;
        }
    }
    if args.require_handler {
        receivers.retain(|receiver| match would_reach_a_handler(receiver, args.signal) {
            Ok(()) => true,
            Err(fault) => {
                status = status.or(report::fault_line(&fault));
                false
            }
        });
    }
    let mut round = Round::new(receivers, args.signal, args.value);
    let sent = args.send(&mut round, &wait)?;
    Ok(status.or(sent))
}

impl Args {
    fn names(&self) -> Result<Vec<TargetName>, Fault> {
        let words = targets::words(&self.targets, Some(Kind::Sig))?;
        let names = words.refs.into_iter().map(|reference| match reference {
            Ref::Sig(name) => Ok(name),
            other => Err(Fault::usage(format!("{other} is no target of signals"))),
        });
        names.collect()
    }

    /// Whether ends are waited for after sending.
    fn waits(&self) -> bool {
        self.waiting.wait || self.waiting.then.is_some()
    }

    /// What does not go together.
    fn check(&self, names: &[TargetName]) -> Result<(), Fault> {
        let waits = self.waits();
        let for_each = [
            ("--wait", waits),
            ("--require-handler", self.require_handler),
            ("--value", self.value.is_some()),
        ];
        if waits {
            stdout::ready()?;
        }
        let given = for_each.iter().find(|(_, given)| *given);
        if let (true, Some((flag, _))) = (names.contains(&TargetName::All), given) {
            return Err(Fault::usage(format!("{flag} does not go with all: kill(-1) names nobody")));
        }
        let own = |name: &TargetName| matches!(name, TargetName::Process(process) | TargetName::Thread { process, .. } if *process == Process::Own);
        if waits && names.iter().any(own) {
            let flag = if self.waiting.wait { "--wait" } else { "--then" };
            return Err(Fault::usage(format!("{flag} does not go with self: that is who would wait")));
        }
        if self.signal == Signal::CHECK && (self.value.is_some() || self.require_handler) {
            return Err(Fault::usage("0 is no signal: it has no value and no handler"));
        }
        if self.when.after_cpu.is_some()
            && !matches!(names, [TargetName::Process(_) | TargetName::Command(_)])
        {
            return Err(Fault::usage("--after-cpu goes with one process"));
        }
        Ok(())
    }

    /// Holds all who are meant. Who is not there is reported, the rest goes on.
    fn receivers(&self, names: &[TargetName]) -> Result<(Vec<Receiver>, Status), Fault> {
        let many = if self.all { Many::All } else { Many::One };
        let (mut receivers, mut status) = (Vec::new(), Status::OK);
        let mut missing = Vec::new();
        for name in names {
            match find(name, self.signal, many) {
                Ok(found) => receivers.extend(found),
                Err(fault) if fault.exit_status() == Status::USAGE => return Err(fault),
                Err(fault) => missing.push(fault),
            }
        }
        for fault in &missing {
            status = status.or(report::fault_line(fault));
        }
        Ok((receivers, status))
    }

    fn send(&self, round: &mut Round, wait: &Wait) -> anyhow::Result<Status> {
        let ends = Ends { json: self.waiting.json, tell_signal: true };
        let mut status = Ok(Status::OK);
        let mut tell = |news: News<'_>| match news {
            News::Lost(fault) => note(&mut status, Ok(report::fault_line(&fault))),
            News::Ended(end, after) => note(&mut status, ends.print(&end, after)),
            News::ByNumber(receiver) => report::note(format_args!(
                "{} was signalled by its number: its leader is gone, or Linux is older than 6.9",
                receiver.reference()
            )),
        };
        let count = match (self.when.every, self.when.count) {
            (None, count) => Some(count.unwrap_or(1)),
            (Some(_), count) => count,
        };
        let after = self.when.after.unwrap_or_default();
        let schedule = Schedule { after, every: self.when.every, count };
        let what = format!("send {} to {}", self.signal, round.names());
        let sent = round.send(schedule, wait, &mut tell);
        sent.map_err(|stop| round.counted(stop.fault(what), count))?;
        if self.waits() {
            let then = self.waiting.then.zip(self.waiting.grace);
            let waited = round.wait(then, wait, &mut tell);
            waited.map_err(|stop| stop.fault(format!("wait for the end of {}", round.names())))?;
        }
        status
    }
}

/// Keeps the first failure.
fn note(status: &mut anyhow::Result<Status>, next: anyhow::Result<Status>) {
    match (&*status, next) {
        (Ok(before), Ok(next)) => *status = Ok(before.or(next)),
        (Ok(_), Err(error)) => *status = Err(error),
        (Err(_), _) => {}
    }
}
