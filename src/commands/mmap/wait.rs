//! `ipctool mmap wait`: until mapped memory holds certain bytes.

use super::target::{self, Target};
use crate::commands::memory::until;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Wait until mapped memory holds certain bytes, or a field of a C struct a value.
///
/// The memory is looked at at once and then every --interval. Exits with 0 when the bytes are there, with 3 when the file is
/// removed or the process has ended, with 5 under --nowait if they are not there now, with 124 after --timeout.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool mmap wait ./table --offset 0 --bytes 01000000
  ipctool mmap wait ./table --struct 'int written' --until written=1 -t 5s")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    until: until::Args,
}

/// Runs `ipctool mmap wait`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    let wanted = args.until.wanted()?;
    let (memory, name) = target::open(&name, Access::Read, None)?;
    until::run(&args.until, &wanted, &memory, &name)
}
