//! `ipctool fifo create`.

use std::ffi::OsString;

use crate::commands::creation::{self, OWNER_ONLY};
use crate::commands::fifo::path;
use crate::commands::{report, stdout};
use crate::ipc::fifo;
use crate::status::Status;

/// Make FIFOs.
///
/// Each gets exactly the permissions of --mode, whatever the umask, and its reference is printed. One that exists with that mode
/// is fine, unless --exclusive; another file of that name, or another mode, is status 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool fifo create /run/jobs
  ipctool fifo create -m 0622 --exclusive log errors")]
pub struct Args {
    /// Where
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<OsString>,
    #[command(flatten)]
    creation: creation::Args,
}

/// Runs `ipctool fifo create`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let paths = args.paths.iter().map(|word| path(word)).collect::<Result<Vec<_>, _>>()?;
    stdout::ready()?;
    let mode = args.creation.mode.unwrap_or(OWNER_ONLY);
    let mut status = Status::OK;
    let mut made = String::new();
    for path in paths {
        match fifo::create(&path, mode, args.creation.exclusive) {
            Ok(fifo) => made += &format!("{}\n", fifo.reference()),
            Err(fault) => status = status.or(report::fault_line(&fault)),
        }
    }
    Ok(status.or(stdout::write_all(made.as_bytes())?))
}
