//! `ipctool fifo peek`.

use std::ffi::OsString;

use crate::commands::fifo::path;
use crate::commands::peeked::{self, Framing};
use crate::fault::{Fault, counted_were};
use crate::ipc::fifo::{Fifo, Trust};
use crate::ipc::pipe::{End, Sort, peek, survey};
use crate::refs::Process;
use crate::status::Status;

/// Print what waits in a FIFO, and leave it there.
///
/// The FIFO is never opened by its path: that would release senders that wait for a reader, and what they send would be lost.
/// A descriptor that some process has of it for reading is used instead; without one it cannot be told what is in the FIFO, and
/// status is 1. Senders that wait have put nothing in yet: see 'ipctool show fifo:PATH'.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool fifo peek /run/jobs
  ipctool fifo peek /run/jobs --jsonl")]
pub struct Args {
    /// The FIFO
    #[arg(value_name = "PATH")]
    path: OsString,
    #[command(flatten)]
    framing: Framing,
}

/// Runs `ipctool fifo peek`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let fifo = Fifo::find(&path(&args.path)?, Trust::Anybody)?;
    let what = format!("look into {}", fifo.reference());
    let found = survey(Sort::Fifo(fifo.inode()))?;
    let readers = found.pipes.iter().flat_map(|pipe| &pipe.ends).filter(|end| end.reads());
    let mut refused = None;
    for end in readers {
        let looked = End::find(Process::Pid(end.pid), end.fd).and_then(|end| end.looker());
        match looked {
            Ok(fd) => {
                let seen = peek(&fd).map_err(|errno| Fault::os(&what, errno))?;
                return peeked::print(&args.framing, &seen, &what);
            }
            Err(fault) => refused = refused.or(Some(fault)),
        }
    }
    let seen = found.visible;
    Err(refused
        .unwrap_or_else(|| {
            let cause = "it cannot be told: no process that may be looked into has it open for reading";
            Fault::new(what, cause).hint(format!(
                "{} of {} looked at",
                seen.looked,
                counted_were(seen.of, "process")
            ))
        })
        .into())
}
