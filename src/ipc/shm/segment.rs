//! Opening a segment, and keeping it in memory.

use nix::errno::Errno;

use super::{find, stat};
use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::memory::{Access, Memory};
use crate::refs::SysvName;
use crate::status::Status;
use crate::sys::sysv::shm::{shm_lock, shm_unlock};

/// The bytes of the segment that `name` names.
///
/// # Errors
/// Status 3 if there is none, 4 with owner and mode if its permissions forbid it.
pub fn open(name: &SysvName, access: Access) -> Result<Memory, Fault> {
    let id = find(name)?;
    let facts = stat(id)?;
    let verb = if access == Access::Read { "read" } else { "write to" };
    let what = format!("{verb} shm:{}", id.0);
    Memory::attach(id, facts.segsz, access).map_err(|errno| match errno {
        Errno::EACCES => denied::fault(&what, format_args!("shm:{}", id.0), &facts.owner),
        Errno::EIDRM | Errno::EINVAL => {
            Fault::os_because(what, "it was removed", errno).status(Status::NOT_FOUND)
        }
        _ => Fault::os(what, errno),
    })
}

/// Locks the segment's pages in memory, or lets them be swapped again.
///
/// # Errors
/// Status 3 if there is none, 4 if it is not ours, 1 if RLIMIT_MEMLOCK is reached (ENOMEM).
pub fn lock(name: &SysvName, locked: bool) -> Result<(), Fault> {
    let id = find(name)?;
    let (verb, done) = if locked { ("lock", shm_lock(id)) } else { ("unlock", shm_unlock(id)) };
    done.map_err(|errno| {
        let what = format!("{verb} shm:{}", id.0);
        match errno {
            Errno::EINVAL | Errno::EIDRM => Fault::os_because(what, "no such shared memory segment", errno)
                .status(Status::NOT_FOUND),
            Errno::ENOMEM | Errno::EPERM => Fault::os(what, errno)
                .hint("locking needs CAP_IPC_LOCK, or ownership and room in RLIMIT_MEMLOCK: see 'ipctool limits mmap'"),
            _ => Fault::os(what, errno),
        }
    })
}
