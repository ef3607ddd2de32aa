//! `ipctool shm watch`: every change in shared memory.

use super::target::{self, Target};
use crate::commands::memory::watch;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Print each change of shared memory: time, offset, old and new bytes.
///
/// The memory is looked at every --interval; each difference between two looks is printed once, bytes in hex, sixteen at most
/// a line. What changes and changes back in between is not seen. Ends when the object is removed (exit with 3), when a
/// POSIX one is cut short (1), after --count differences, when its reader leaves, after --timeout (124), or by Ctrl-C. Holds
/// a copy of the range, which is 1 GiB at most.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm watch 0x4d2 --offset 0 --length 64
  ipctool shm watch shm:3 --struct 'int done; int total' --json")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    watch: watch::Args,
}

/// Runs `ipctool shm watch`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let (memory, name) = target::open(&args.target.name()?, Access::Read)?;
    watch::run(&args.watch, &memory, &name)
}
