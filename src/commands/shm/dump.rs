//! `ipctool shm dump`: shared memory to standard output.

use super::target::{self, Target};
use crate::commands::memory::dump;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Print what shared memory holds.
///
/// On a terminal as hex and ASCII, elsewhere the bytes as they are. The memory is attached read-only; nothing in it changes,
/// but the kernel counts the attachment: nattch, atime and lpid of a System V segment move. What another process writes
/// meanwhile is seen or not. With --struct the bytes are shown as the fields of a C struct, laid
/// out as gcc does; in JSON, what JSON has no number for is text: NaN, infinities, more than 64 bits, a wide long double.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm dump 0x4d2 --offset 16 --length 64
  ipctool shm dump shm:3 --struct 'int age; char name[20]; int id'")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    dump: dump::Args,
}

/// Runs `ipctool shm dump`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let (memory, name) = target::open(&args.target.name()?, Access::Read)?;
    dump::run(&args.dump, &memory, &name)
}
