//! `ipctool sem create`: a new set, ready for use when its reference is printed.

use std::ffi::OsString;

use crate::commands::sem::flags::{self, Size};
use crate::commands::{creation, stdout};
use crate::ipc::sem::{Plan, Semaphore};
use crate::refs::{SemName, SysvName};
use crate::status::Status;
use crate::wait::Wait;

/// Create a semaphore set and print its reference.
///
/// Without REF the set is private: it has no key, and is found by the printed reference alone. Values are given in one
/// operation that also sets otime, so that nobody can act on a set before it has them. A set that exists is fine if it
/// is what was asked for; its values stay as they are. If it is just being made by another process, wait at most 5 s until
/// it has its values. A POSIX semaphore is one semaphore: /NAME, or in:REF+OFFSET in shared memory or a file, as sem_init
/// with pshared = 1 makes it; there the 32 bytes must be zero. It is made as 64-bit glibc lays it out; programs linked with musl
/// do not meet it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem create 0x4d2
  ipctool sem create ftok:/srv/app --value 1,0,8 --mode 0660")]
pub struct Args {
    /// 0xKEY, key:N, ftok:PATH[:PROJ], private, /NAME or in:REF+OFFSET
    #[arg(value_name = "REF")]
    reference: Option<OsString>,
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    creation: creation::Args,
}

/// Runs `ipctool sem create`. Status 1 if the set exists and is another than asked for.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = match &args.reference {
        Some(word) => flags::name(word)?,
        None => SemName::Sysv(SysvName::Private),
    };
    let Size { sems, value } = &args.size;
    let plan = Plan::new(*sems, value.clone(), args.creation.mode, args.creation.exclusive)?;
    stdout::ready()?;
    let semaphore = Semaphore::open_or_create(&name, &plan, &Wait::forever())?;
    creation::tell(&semaphore.reference(), name == SemName::Sysv(SysvName::Private))
}
