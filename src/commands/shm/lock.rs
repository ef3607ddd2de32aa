//! `ipctool shm lock` and `unlock`: keep a segment in memory.

use std::ffi::OsString;

use super::target;
use crate::ipc::shm;
use crate::status::Status;

/// Keep a System V segment in memory: its pages are not swapped out.
///
/// The mark stays with the segment until `unlock`; `ls shm` shows it as `locked`. Pages not yet touched are not brought in.
/// Needs CAP_IPC_LOCK, or ownership and room in RLIMIT_MEMLOCK.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm lock 0x4d2
  ipctool shm lock shm:3")]
pub struct Lock {
    /// The segment
    #[arg(value_name = "REF")]
    memory: OsString,
}

/// Let a System V segment be swapped out again.
///
/// Undoes `lock`, whoever locked it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool shm unlock 0x4d2
  ipctool shm unlock shm:3")]
pub struct Unlock {
    /// The segment
    #[arg(value_name = "REF")]
    memory: OsString,
}

/// Runs `ipctool shm lock`.
pub fn lock(args: Lock) -> anyhow::Result<Status> {
    set(&args.memory, true)
}

/// Runs `ipctool shm unlock`.
pub fn unlock(args: Unlock) -> anyhow::Result<Status> {
    set(&args.memory, false)
}

fn set(word: &OsString, locked: bool) -> anyhow::Result<Status> {
    let name = target::sysv(target::name(word)?, "cannot be locked by the kernel's interface")?;
    shm::lock(&name, locked)?;
    Ok(Status::OK)
}
