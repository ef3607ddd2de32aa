//! `ipctool sig wait`: until processes have ended.

use std::ffi::OsString;

use super::end::Ends;
use crate::commands::{report, stdout, waiting};
use crate::fault::Fault;
use crate::ipc::sig::{Watched, any_ended, open};
use crate::refs::{Kind, Ref, parse};
use crate::status::Status;
use crate::wait::Wait;

/// Wait until processes have ended, whosever children they are.
///
/// Each end is a line as it comes: the PID, then 'exited' and the status,
/// 'killed' and the signal, or only 'ended' where the kernel does not tell:
/// before Linux 6.15 it does for processes of your own that are not reaped yet.
/// The status is 0 when all have ended, however they did; 3 if there is no
/// process with such a PID, after the others were waited for. A PID that is
/// given to another process meanwhile does no harm.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sig wait 4711 4712 --timeout 30s
  ipctool sig wait --any $(pidof worker)")]
pub struct Args {
    /// PIDs of processes
    #[arg(value_name = "PID", required = true, allow_negative_numbers = true)]
    pids: Vec<OsString>,
    /// Stop at the first end
    #[arg(long)]
    any: bool,
    /// Print one JSON object a line
    #[arg(short = 'J', long, visible_alias = "jsonl")]
    json: bool,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool sig wait`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = args.waiting.wait();
    let mut status = Status::OK;
    let mut held: Vec<Watched> = Vec::new();
    stdout::ready()?;
    let names = args.pids.iter().map(|text| parse(text, Some(Kind::Sig))).collect::<Result<Vec<_>, _>>()?;
    for name in &names {
        match hold(name) {
            Ok(process) if held.iter().any(|known| known.pid == process.pid) => {}
            Ok(process) => held.push(process),
            Err(fault) if fault.exit_status() == Status::USAGE => return Err(fault.into()),
            Err(fault) => status = status.or(report::fault_line(&fault)),
        }
    }
    let ends = Ends { json: args.json, tell_signal: false };
    let end = all(&mut held, args.any, &wait, &ends)?;
    Ok(status.or(end))
}

fn hold(reference: &Ref) -> Result<Watched, Fault> {
    let Ref::Sig(name) = reference else {
        return Err(Fault::usage(format!("{reference} is no process")));
    };
    let mut process = open(name, &format!("wait for {reference}"))?;
    process.note_command();
    Ok(process)
}

/// Waits for the end of each, or of the first.
fn all(held: &mut Vec<Watched>, any: bool, wait: &Wait, ends: &Ends) -> anyhow::Result<Status> {
    let mut status = Status::OK;
    while !held.is_empty() {
        let ended = any_ended(held.iter(), wait).map_err(|stop| stop.fault(what(held)))?;
        let mut ended = ended.into_iter();
        let gone: Vec<Watched> = held.extract_if(.., |_| ended.next() == Some(true)).collect();
        for process in &gone {
            status = status.or(ends.print(&process.end(), None)?);
        }
        if any {
            break;
        }
    }
    Ok(status)
}

fn what(held: &[Watched]) -> String {
    let names: Vec<String> = held.iter().map(|process| format!("sig:{}", process.pid)).collect();
    format!("wait for the end of {}", names.join(" "))
}
