//! `ipctool shm resize`: another size for POSIX shared memory.

use super::target::Target;
use crate::commands::size;
use crate::fault::Fault;
use crate::ipc::shm::posix;
use crate::refs::ObjectName;
use crate::status::Status;

/// Give POSIX shared memory another size.
///
/// What is added reads as zero and has its memory at once, so that a full /dev/shm is an error here and not a SIGBUS
/// in a program that maps it. What is cut off is gone: programs that still use it there die of SIGBUS. A System V
/// segment keeps its size for life, and is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm resize /frames 16M
  ipctool shm resize shm:/frames 0")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Its new size in bytes (`64K`)
    #[arg(value_name = "SIZE", value_parser = size::parse)]
    size: u64,
}

/// Runs `ipctool shm resize`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    match args.target.name()? {
        ObjectName::Posix(name) => posix::resize(&name, args.size)?,
        ObjectName::Sysv(_) => {
            return Err(Fault::usage("a System V segment keeps the size that it was created with")
                .hint("create a new one, and remove this one")
                .into());
        }
    }
    Ok(Status::OK)
}
