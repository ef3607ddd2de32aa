//! `ipctool mmap create`: a file to map.

use std::ffi::OsString;

use super::target;
use crate::commands::{creation, size, stdout};
use crate::fault::Fault;
use crate::ipc::mmap;
use crate::refs::MappingName;
use crate::status::Status;

/// Create a file of SIZE zero bytes, to be mapped, and print its reference.
///
/// The file takes no room on the disk until it is written to. A file that exists is kept with what it holds: a shorter one is
/// lengthened by zero bytes, a longer one never shortened, as whoever maps the lost part would get SIGBUS; then exit
/// with 1, as when the mode that --mode names differs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool mmap create /srv/app/state 64K --mode 0660
  ipctool mmap create ./table 1G --exclusive")]
pub struct Args {
    /// The file's path
    #[arg(value_name = "PATH")]
    file: OsString,
    /// Its size: bytes, or with K, M, G, T
    #[arg(value_name = "SIZE", value_parser = size::parse)]
    size: u64,
    #[command(flatten)]
    creation: creation::Args,
}

/// Runs `ipctool mmap create`. Status 1 if the file exists and is longer, or differs in its mode.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let MappingName::File(path) = target::name(&args.file)? else {
        return Err(Fault::usage("a mapping in a process is not created: name a path").into());
    };
    stdout::ready()?;
    let reference = mmap::create(&path, args.size, args.creation.mode, args.creation.exclusive)?;
    stdout::write_all(format!("{reference}\n").as_bytes())
}
