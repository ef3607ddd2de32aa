//! `ipctool sem v`: give.

use crate::commands::sem::flags::{Amount, Target, Which};
use crate::commands::sem::wholly;
use crate::ipc::sem::{Semaphore, check_values};
use crate::status::Status;

/// Give to a semaphore (V): who waits for it goes on.
///
/// Never waits. Any process may give, also what another took; the value can grow to 32767, a POSIX
/// semaphore's to 2147483647.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem v 0x4d2
  ipctool sem v 3 --index 1 --by 4")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    amount: Amount,
}

/// Runs `ipctool sem v`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    args.amount.check()?;
    check_values(&name, &[args.amount.by])?;
    let semaphore = Semaphore::open(&name)?;
    wholly(|| semaphore.release(args.which.index, args.amount.by))
}
