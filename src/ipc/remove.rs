//! Removing objects: by identifier, so that what goes is what was looked at, also if its key was given away meanwhile.

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::dev_shm;
use crate::ipc::identity::Identity;
use crate::ipc::msgq::mqueue::unlink as unlink_queue;
use crate::ipc::object::Object;
use crate::ipc::sem;
use crate::refs::{ObjectName, Ref};
use crate::status::Status;
use crate::sys::sysv::msg::{MsqId, msg_rmid};
use crate::sys::sysv::sem::{SemId, sem_rmid};
use crate::sys::sysv::shm::{ShmId, shm_rmid};

/// Removes the object. Whoever waits for a queue or set gets EIDRM; a segment goes with its last detach.
///
/// # Errors
/// Status 3 if it has gone already, 4 with owner and mode if it is not ours.
pub fn remove(object: &Object) -> Result<(), Fault> {
    let removed = match (object, object.identity()) {
        (Object::Queue(_), Identity::Sysv { id, .. }) => msg_rmid(MsqId(*id)),
        (Object::Set(_), Identity::Sysv { id, .. }) => sem_rmid(SemId(*id)),
        (Object::Segment(_), Identity::Sysv { id, .. }) => shm_rmid(ShmId(*id)),
        (Object::Queue(_), Identity::Posix(name)) => unlink_queue(name),
        (Object::Set(_), Identity::Posix(name)) => sem::posix::unlink(name),
        (Object::Segment(_), Identity::Posix(name)) => dev_shm::remove(name.as_bytes()),
        (_, Identity::InMemory { .. }) => return Err(in_memory(&object.reference())),
    };
    removed.map_err(|errno| {
        let what = format_args!("remove {}", object.reference()).to_string();
        match errno {
            Errno::EINVAL | Errno::EIDRM | Errno::ENOENT | Errno::EMEDIUMTYPE => {
                Fault::os_because(what, "it has gone already", errno).status(Status::NOT_FOUND)
            }
            Errno::EPERM | Errno::EACCES => denied(&what, object, errno),
            _ => Fault::os(what, errno),
        }
    })
}

/// The usage fault of removing a semaphore that has no name of its own.
pub fn in_memory(named: &Ref) -> Fault {
    Fault::usage(format!("cannot remove {named}: a semaphore in memory goes with its memory"))
}

/// Removes a POSIX queue that may not be looked at: whether a name may go is up to its directory, which is everybody's and
/// sticky, and not to the queue's mode. Of all else nothing is done.
///
/// # Errors
/// `fault`, which looking at it gave; 4 if it is another user's, 3 if it has gone.
pub fn unseen(named: &Ref, fault: Fault) -> Result<(), Fault> {
    let Ref::Msgq(ObjectName::Posix(name)) = named else { return Err(fault) };
    if fault.exit_status() != Status::DENIED {
        return Err(fault);
    }
    let what = format!("remove {named}");
    unlink_queue(name).map_err(|errno| match errno {
        Errno::ENOENT => Fault::os_because(what, "it has gone already", errno).status(Status::NOT_FOUND),
        Errno::EPERM | Errno::EACCES => Fault::os_because(what, "it is another user's", errno)
            .hint("only its owner and root may remove it"),
        _ => Fault::os(what, errno),
    })
}

/// Only the owner, the creator and the superuser may remove (msgctl(2), IPC_RMID); the mode has no say.
fn denied(what: &str, object: &Object, errno: Errno) -> Fault {
    let owner = object.owner();
    let creator = owner.creator.map_or(owner.uid, |(uid, _)| uid);
    let cause = format!("it is uid {}'s, mode {:04o}", owner.uid, owner.mode);
    Fault::os_because(what, cause, errno).hint(format!(
        "only its owner (uid {}), its creator (uid {creator}) and root may remove it",
        owner.uid
    ))
}
