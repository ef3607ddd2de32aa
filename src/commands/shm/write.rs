//! `ipctool shm write`: bytes into shared memory.

use std::ffi::OsString;

use super::target::{self, Target};
use crate::commands::memory::write;
use crate::ipc::memory::Access;
use crate::status::Status;

/// Write bytes into shared memory.
///
/// The arguments, one after the other as typed, or standard input without any: exactly these bytes, nothing before or behind
/// them. Arguments that do not fit change nothing; a stream is written as it comes, up to the end of the memory. Readers may
/// see a part of it at any moment.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm write 0x4d2 --offset 4 hello
  ipctool shm write 0x4d2 --struct 'int n; char s[20]' --set n=1 --if n=0")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The bytes; standard input without any
    #[arg(value_name = "DATA")]
    data: Vec<OsString>,
    #[command(flatten)]
    write: write::Args,
}

/// Runs `ipctool shm write`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    let source = args.write.source(&args.data)?;
    let (memory, name) = target::open(&name, Access::Write)?;
    write::run(&args.write, &source, &memory, &name)
}
