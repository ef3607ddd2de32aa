//! `ipctool pipe recv`.

use std::ffi::OsString;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::child::{Child, Command, Ends};
use crate::commands::stream::{self, Sessions, Why};
use crate::commands::{report, stream::Args as StreamArgs};
use crate::fault::Fault;
use crate::ipc::pipe::Source;
use crate::status::Status;
use crate::wait::cancel;

/// Start a command and print the records that it writes.
///
/// As popen(3) with "r": no shell, its input is ours. All records are taken, or the first N with --count, after which its output
/// is closed. Its status is ours: 128+N if a signal ended it, 126 if it cannot be executed, 127 if it is not found. Fewer than N
/// records: status 1. When --timeout, --idle-timeout or --nowait ends the wait for records, it gets TERM.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe recv --jsonl -- find /etc -name '*.conf'
  ipctool pipe recv -c 1 -0 -- git ls-files -z")]
pub struct Args {
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    #[command(flatten)]
    stream: StreamArgs,
}

/// Runs `ipctool pipe recv`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let command = Command::resolve(&args.command)?;
    let name = format!("the output of {}", os_display::Quotable::maybe_quote(args.command[0].as_os_str()));
    let stream = args.stream.open(&[], &name)?;
    let mut child = command.start(Ends { stdin: false, stdout: true }, &[])?;
    let Some(stdout) = child.stdout.take() else {
        return end_of(child, Some(Fault::new("start the command", "its output is no pipe")), Status::OURS);
    };
    let source = Source::of_pipe(stdout, name.clone()).past_signals();
    let end = stream.run(source, Sessions::One, || {});
    let (unread, quiet) = match &end {
        Ok((why, _)) => (*why != Why::End, *why == Why::Quiet),
        // As in a pipeline: who writes to us learns that nobody reads us.
        Err(fault) if fault.errno() == Some(Errno::EPIPE) => (false, false),
        Err(fault) => (true, fault.exit_status() == Status::WOULD_BLOCK),
    };
    let came = stream::complete(end, args.stream.count, &name);
    if quiet {
        // It would not notice that nobody reads it any more.
        terminate(&child);
    }
    let ours = came.as_ref().map_or_else(Fault::exit_status, |_| Status::OK);
    let status = end_of(child, came.err(), Status::FAILED)?;
    // It was we who did not want more.
    let of = |signal: Signal| status == Status::of_signal(signal as i32);
    let by_us = unread && of(Signal::SIGPIPE) || quiet && of(Signal::SIGTERM);
    Ok(if by_us { ours } else { status })
}

/// Ends the command.
fn terminate(child: &Child) {
    // It is a child that was not waited for: the PID is its own.
    let _ = kill(Pid::from_raw(child.pid()), Signal::SIGTERM);
}

/// Waits for the command, and tells the status of both: its own, unless that is success and ours is not. `failure` stands for
/// what has no better one.
///
/// Signals that are passed on are the command's to answer. It knows nothing of an INT that cut us short: after its success we die
/// of that.
pub(super) fn end_of(child: Child, ours: Option<Fault>, failure: Status) -> anyhow::Result<Status> {
    let is_cut = ours.as_ref().is_some_and(cancel::is_cancel) && cancel::caught() == Some(Signal::SIGINT);
    let ours = ours.filter(|fault| !cancel::is_cancel(fault));
    let timed_out = ours.as_ref().is_some_and(|fault| fault.exit_status() == Status::TIMED_OUT);
    if timed_out {
        terminate(&child);
    }
    let told = ours.map(|fault| (report::fault_line(&fault), fault.errno()));
    let status = child.wait()?;
    if !is_cut || status != Status::OK {
        cancel::forget();
    }
    Ok(match told {
        Some((ours, _)) if timed_out => ours,
        Some((ours, Some(Errno::EPIPE))) => status.or(ours),
        Some((Status::WOULD_BLOCK, _)) => status.or(Status::WOULD_BLOCK),
        Some(_) => status.or(failure),
        None => status,
    })
}
