//! `ipctool sem z`: wait for zero.

use crate::commands::sem::flags::{Target, Which};
use crate::commands::sem::wholly;
use crate::commands::waiting;
use crate::ipc::sem::{Semaphore, SysvOnly};
use crate::status::Status;

/// Wait until a semaphore's value is zero, and change nothing (Z).
///
/// Needs read permission only. The value may have changed again when the next command runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem z 0x4d2
  ipctool sem z 3 --index 2 --timeout 1m && echo all workers are done")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool sem z`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    SysvOnly::Zero.check(&name)?;
    let wait = args.waiting.wait();
    let semaphore = Semaphore::open(&name)?;
    wholly(|| semaphore.wait_zero(args.which.index, &wait))
}
