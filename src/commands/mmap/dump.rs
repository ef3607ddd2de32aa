//! `ipctool mmap dump`: mapped memory to standard output.

use super::target::{self, Target};
use crate::commands::memory::dump;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Print what a mapped file, or a process's memory, holds.
///
/// On a terminal as hex and ASCII, elsewhere the bytes as they are. PID:ADDRESS is copied out of the process, which goes on
/// meanwhile: up to the end of that mapping, or --length bytes; PID:START-END is all of that range. Offsets count from
/// ADDRESS. Where it cannot be read it stops: what there is is printed, where it stopped is said, and the status is 1.
/// With --struct --json, what JSON has no number for is text: NaN, infinities, more than 64 bits, a wide long double.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool mmap dump ./table --offset 16 --length 64
  ipctool mmap dump 4711:0x7f2a10000000 --struct 'int n; char s[20]'")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    dump: dump::Args,
}

/// Runs `ipctool mmap dump`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let (memory, name) = target::open(&args.target.name()?, Access::Read, args.dump.end())?;
    dump::run(&args.dump, &memory, &name)
}
