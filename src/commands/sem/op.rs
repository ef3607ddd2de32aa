//! `ipctool sem op`: an array of operations, all or none.

use crate::commands::sem::flags::{Target, undone_at_once};
use crate::commands::sem::{operation, wholly};
use crate::commands::waiting;
use crate::ipc::sem::{Operation, Semaphore, SysvOnly};
use crate::status::Status;
use crate::sys::sysv::sem::UNDO;

/// Make several operations on a set at once: all, or none.
///
/// INDEX:DELTA adds DELTA to semaphore INDEX; a negative one waits until the value is that high, 0 waits until the value is
/// zero. The kernel looks at them from left to right and waits until all can be made together. An n behind the delta
/// (0:-1n): do not wait for this one, exit with 5. A u (undo) is for 'sem run --op' only.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem op 0x4d2 0:-1 1:+1
  ipctool sem op 0x4d2 2:0 2:+1 --timeout 5")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Operations, in this order
    #[arg(value_name = "INDEX:DELTA", required = true, value_parser = operation::parse)]
    operations: Vec<Operation>,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool sem op`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    SysvOnly::Operations.check(&name)?;
    if args.operations.iter().any(|operation| operation.flags & UNDO != 0) {
        return Err(undone_at_once("an operation with u").into());
    }
    let wait = args.waiting.wait();
    let semaphore = Semaphore::open(&name)?;
    wholly(|| semaphore.operate(&args.operations, &wait))
}
