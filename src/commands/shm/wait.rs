//! `ipctool shm wait`: until shared memory holds certain bytes.

use super::target::{self, Target};
use crate::commands::memory::until;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Wait until shared memory holds certain bytes, or a field of a C struct a value.
///
/// The memory is looked at at once and then every --interval. Exits with 0 when the bytes are there, with 3 when the object
/// is removed, with 5 under --nowait if they are not there now, with 124 after --timeout.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm wait 0x4d2 --offset 0 --bytes 01000000
  ipctool shm wait 0x4d2 --struct 'int written' --until written=1 -t 5s")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    until: until::Args,
}

/// Runs `ipctool shm wait`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    let wanted = args.until.wanted()?;
    let (memory, name) = target::open(&name, Access::Read)?;
    until::run(&args.until, &wanted, &memory, &name)
}
