//! `ipctool pipe write`.

use std::ffi::OsString;

use crate::commands::pipe::find;
use crate::commands::{transfer, waiting};
use crate::status::Status;

/// Write records into a pipe that a process has open.
///
/// PID:FD may be either end: what is written is read by whoever has the read end, so that 4711:0 is the standard input of
/// process 4711 if that is a pipe. Opens the pipe once more through /proc/PID/fd, which adds a writer: while this runs its
/// reader sees no end. Where that is not allowed, the process's own write end is used (pidfd_getfd). Nobody has it open for
/// reading, or the last reader leaves: status 1 with what went. Another writer's bytes can come between ours; records up to
/// 4096 bytes stay whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe write 4711:0 'reload now'
  ipctool pipe write --atomic -t 5 4711:0 <lines")]
pub struct Args {
    /// Process and descriptor
    #[arg(value_name = "PID:FD")]
    end: OsString,
    /// Records to write; standard input without any
    #[arg(value_name = "DATA", allow_negative_numbers = true)]
    data: Vec<OsString>,
    #[command(flatten)]
    transfer: transfer::Args,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool pipe write`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = args.waiting.wait();
    let transfer = args.transfer.prepare(&args.data, &wait)?;
    let mut sink = find(&args.end)?.writer()?;
    transfer.send(&mut sink, &wait)?;
    Ok(Status::OK)
}
