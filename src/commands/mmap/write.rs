//! `ipctool mmap write`: bytes into mapped memory.

use std::ffi::OsString;

use super::target::{self, Target};
use crate::commands::memory::write;
use crate::fault::Fault;
use crate::ipc::memory::Access;
use crate::refs::MappingName;
use crate::status::Status;

/// Write bytes into a mapped file, or into a process's memory.
///
/// The arguments, one after the other as typed, or standard input without any: exactly these bytes, nothing before or behind
/// them. Arguments that do not fit change nothing; a stream is written as it comes, up to the end of the memory, which never
/// grows. Every process that maps the file shared sees the bytes at once. PID:ADDRESS ends where that mapping does;
/// offsets count from ADDRESS; memory that its process may not write is not written. --add is for files only.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool mmap write ./table --offset 4 hello --sync
  ipctool mmap write ./table --struct 'int count' --add count=1")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The bytes; standard input without any
    #[arg(value_name = "DATA")]
    data: Vec<OsString>,
    /// End only when the bytes are on the disk, as msync does
    #[arg(long)]
    sync: bool,
    #[command(flatten)]
    write: write::Args,
}

/// Runs `ipctool mmap write`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    if args.sync && matches!(name, MappingName::At { .. }) {
        return Err(Fault::usage("--sync is for files: a process's memory is on no disk").into());
    }
    let source = args.write.source(&args.data)?;
    let (memory, name) = target::open(&name, Access::Write, None)?;
    let status = write::run(&args.write, &source, &memory, &name)?;
    if args.sync {
        memory.sync().map_err(|errno| Fault::os(format_args!("sync {name}"), errno))?;
    }
    Ok(status)
}
