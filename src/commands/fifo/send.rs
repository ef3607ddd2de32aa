//! `ipctool fifo send`.

use std::ffi::OsString;

use crate::commands::creation::OnDemand;
use crate::commands::fifo::{Owner, path};
use crate::commands::{transfer, waiting};
use crate::ipc::fifo::{self, Fifo};
use crate::status::Status;

/// Send records into a FIFO.
///
/// Waits for a reader: --nowait is status 5 without one, --timeout 124. Records are the arguments, or standard input without any;
/// each goes with its frame's end, a newline unless told otherwise. If the reader leaves, status is 1, and what went is said.
/// Records up to 4096 bytes given as arguments, and all with --atomic, are not mixed with those of other senders. Only FIFOs are
/// written to: a symbolic link is not followed, and in a sticky directory such as /tmp another user's FIFO is refused.
///
/// Data is copied, so that a file changed afterwards does not change what the reader gets; with --zero-copy its pages are passed
/// on, which is several times faster and lets such changes through.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool fifo send /run/jobs 'backup home' --timeout 5
  ipctool fifo send --raw --progress pipe <image.iso")]
pub struct Args {
    /// The FIFO
    #[arg(value_name = "PATH")]
    path: OsString,
    /// Records to send; standard input without any
    #[arg(value_name = "DATA", allow_negative_numbers = true)]
    data: Vec<OsString>,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    creation: OnDemand,
    #[command(flatten)]
    transfer: transfer::Args,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool fifo send`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let path = path(&args.path)?;
    let wait = args.waiting.wait();
    let transfer = args.transfer.prepare(&args.data, &wait)?;
    let trust = args.owner.trust();
    let fifo = match args.creation.args() {
        Some(new) => fifo::find_or_make(&path, new.mode, new.exclusive, trust)?.0,
        None => Fifo::find(&path, trust)?,
    };
    let mut sink = fifo.writer(&wait)?;
    transfer.send(&mut sink, &wait)?;
    Ok(Status::OK)
}
