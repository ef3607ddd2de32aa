//! What a process has mapped at an address.

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::memory::{Memory, Region};
use crate::proc::At;
use crate::proc::mappers::mapping_at;
use crate::proc::process;
use crate::refs::{MappingName, Process, Ref};
use crate::sys::process::pidfd_open;

/// The number that `/proc` has for `process`.
///
/// # Errors
/// There is no `/proc`.
pub fn number(process: Process) -> Result<i32, Fault> {
    match process {
        Process::Own => process::own(),
        Process::Pid(pid) => Ok(pid),
    }
}

/// The bytes from `start` up to `end`; without it `length` bytes, or up to the end of the mapping that `start` lies in.
///
/// # Errors
/// Status 3 if there is no such process, or nothing mapped at `start`; 4 if we may not trace it.
pub fn open(
    name: &MappingName,
    process: Process,
    start: u64,
    end: Option<u64>,
    length: Option<u64>,
) -> Result<Memory, Fault> {
    let pid = number(process)?;
    let what = format!("use {}", Ref::Mmap(name.clone()));
    let pidfd = pidfd_open(pid).map_err(|errno| refused(&what, pid, errno))?;
    let mapping = mapping_at(At::of_thread(pid, pid), start).map_err(|errno| refused(&what, pid, errno))?;
    let Some(mapping) = mapping else {
        return Err(Fault::not_found(what, format!("nothing is mapped at {start:#x}"))
            .hint(format!("'ipctool mmap ls {pid}' shows what is")));
    };
    let size = end.unwrap_or(mapping.end).saturating_sub(start);
    let size = if end.is_none() { length.unwrap_or(size) } else { size };
    Ok(Memory::Process(Region::new(pid, pidfd, start, size)))
}

/// The fault of looking at a process: ended, or another user's.
pub fn refused(what: &str, pid: i32, errno: Errno) -> Fault {
    match errno {
        Errno::ESRCH | Errno::ENOENT => process::missing(what, pid),
        Errno::EACCES | Errno::EPERM => {
            Fault::os(what, errno).hint("only its user, who may trace it, and root can look into a process")
        }
        errno => Fault::os(what, errno),
    }
}
