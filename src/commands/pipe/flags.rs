//! `ipctool pipe flags`.

use std::ffi::OsString;

use clap::ArgGroup;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::commands::pipe::find;
use crate::fault::Fault;
use crate::status::Status;

/// Make a live pipe's end blocking again, or nonblocking.
///
/// O_NONBLOCK belongs to the open file, which all processes share that inherited it: one that sets it and leaves makes the
/// others fail with EAGAIN. This sets it on the process's own open file, by pidfd_getfd(2): through /proc/PID/fd a new one would
/// be changed and nothing mended. It takes the right to trace the process.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("flag").required(true)))]
#[command(after_help = "\
Examples:
  ipctool pipe flags 4711:1 --block
  ipctool pipe flags $$:0 --block")]
pub struct Args {
    /// Process and descriptor
    #[arg(value_name = "PID:FD")]
    end: OsString,
    /// Clear O_NONBLOCK: reads and writes wait
    #[arg(long, group = "flag")]
    block: bool,
    /// Set O_NONBLOCK: reads and writes fail with EAGAIN
    #[arg(long, group = "flag")]
    nonblock: bool,
}

/// Runs `ipctool pipe flags`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let end = find(&args.end)?;
    let fault = |errno| Fault::os(format!("change the flags of {}", end.reference()), errno);
    let fd = end.shared()?;
    let flags = OFlag::from_bits_retain(fcntl(&fd, FcntlArg::F_GETFL).map_err(fault)?);
    let wanted = match args.nonblock {
        true => flags | OFlag::O_NONBLOCK,
        false => flags & !OFlag::O_NONBLOCK,
    };
    if wanted != flags {
        fcntl(&fd, FcntlArg::F_SETFL(wanted)).map_err(fault)?;
    }
    Ok(Status::OK)
}
