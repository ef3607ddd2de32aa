//! `ipctool shm create`: a new segment.

use std::ffi::OsString;

use super::target;
use crate::commands::{creation, size, stdout};
use crate::ipc::shm::{self, NewSegment};
use crate::refs::{ObjectName, Ref, SysvName};
use crate::status::Status;

/// Create a shared memory segment and print its reference.
///
/// REF is a key (0x4d2, key:1234), ftok:PATH[:PROJ], or private, which is also what is created without REF: a segment that
/// can be found by its identifier only. Its bytes are zero. If it exists it is printed and left as it is, unless its size or
/// the mode that --mode names differs: then exit with 1 and name the difference.
/// POSIX shared memory (/NAME) gets its memory at once: a full /dev/shm is an error here, not a SIGBUS in who maps it.
#[derive(Debug, clap::Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  ipctool shm create 0x4d2 64K --mode 0660
  segment=$(ipctool shm create 4096)"
)]
pub struct Args {
    /// The new segment's key or /NAME, or private
    #[arg(value_name = "REF")]
    segment: Option<OsString>,
    /// Its size: bytes, or with K, M, G, T
    #[arg(value_name = "SIZE", value_parser = size::parse)]
    size: u64,
    /// Make it of huge pages
    #[arg(long, help_heading = "Creation")]
    huge: bool,
    #[command(flatten)]
    creation: creation::Args,
}

/// Runs `ipctool shm create`. Status 1 if the segment exists and differs, or a limit is reached.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = match &args.segment {
        Some(word) => target::name(word)?,
        None => ObjectName::Sysv(SysvName::Private),
    };
    stdout::ready()?;
    let new = NewSegment {
        size: args.size,
        mode: args.creation.mode,
        huge: args.huge,
        exclusive: args.creation.exclusive,
    };
    let private = name == ObjectName::Sysv(SysvName::Private);
    let made = match name {
        ObjectName::Sysv(name) => ObjectName::Sysv(SysvName::Id(shm::create(&name, &new)?.0)),
        ObjectName::Posix(name) => {
            shm::posix::create(&name, &new)?;
            ObjectName::Posix(name)
        }
    };
    creation::tell(&Ref::Shm(made), private)
}
