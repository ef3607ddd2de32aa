//! `ipctool sem get`: the values.

use crate::commands::sem::flags::Target;
use crate::commands::stdout;
use crate::ipc::sem::Semaphore;
use crate::status::Status;

/// Print a set's values, one a line.
///
/// All of them are of one moment: the kernel is asked once. Needs read permission only. 'sem show' also tells who waits and
/// who operated last.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem get 0x4d2
  ipctool sem get 3 --index 1")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Print this semaphore's value only
    #[arg(short = 'i', long, value_name = "I")]
    index: Option<u16>,
}

/// Runs `ipctool sem get`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let values = Semaphore::look(&args.target.name()?, args.index)?;
    stdout::facts(|out| values.iter().try_for_each(|value| writeln!(out, "{value}")))
}
