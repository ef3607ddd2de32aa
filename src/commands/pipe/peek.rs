//! `ipctool pipe peek`.

use std::ffi::OsString;

use crate::commands::peeked::{self, Framing};
use crate::commands::pipe::find;
use crate::fault::Fault;
use crate::ipc::pipe::peek;
use crate::status::Status;

/// Print what waits in a pipe, and leave it there.
///
/// Everything up to now, byte for byte, by one tee(2) into a pipe as large as this one. Where one so large is not ours to make
/// (fs.pipe-max-size), the first bytes are printed and status is 1. PID:FD may be either end; of a FIFO it must be one that
/// reads. An empty pipe prints nothing, status 0.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe peek 4711:1 | xxd | head
  ipctool pipe peek 4711:1 --jsonl")]
pub struct Args {
    /// Process and descriptor
    #[arg(value_name = "PID:FD")]
    end: OsString,
    #[command(flatten)]
    framing: Framing,
}

/// Runs `ipctool pipe peek`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let end = find(&args.end)?;
    let what = format!("look into {}", end.reference());
    let seen = peek(&end.looker()?).map_err(|errno| Fault::os(&what, errno))?;
    peeked::print(&args.framing, &seen, &what)
}
