//! `ipctool pipe read`.

use std::ffi::OsString;

use crate::commands::pipe::find;
use crate::commands::stream::{self, Sessions};
use crate::ipc::pipe::Source;
use crate::status::Status;

/// Take records out of a pipe that a process has open.
///
/// PID:FD may be either end. What is taken, its own reader will not get: to look only, see 'ipctool pipe peek'. Reads until the
/// last writer left, or exactly N records with --count; fewer than N is status 1. Opens the pipe once more through /proc/PID/fd,
/// which adds a reader: while this runs its writer gets no EPIPE. Where that is not allowed, the process's own read end is used
/// (pidfd_getfd).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe read 4711:1 --nowait
  ipctool pipe read 4711:1 -c 1 -- sh -c 'mail -s first root'")]
pub struct Args {
    /// Process and descriptor
    #[arg(value_name = "PID:FD")]
    end: OsString,
    /// Run this for each record, which is its standard input
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    #[command(flatten)]
    stream: stream::Args,
}

/// Runs `ipctool pipe read`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let end = find(&args.end)?;
    let name = end.reference().to_string();
    let stream = args.stream.open(&args.command, &name)?;
    let source = Source::of_pipe(end.reader()?, name.clone()).keeping_size();
    let came = stream.run(source, Sessions::One, || {});
    let (_, status) = stream::complete(came, args.stream.count, &name)?;
    Ok(status)
}
