//! Objects of several kinds in one list.

use crate::fault::Fault;
use crate::ipc::identity::{Identity, Listing, Owner};
use crate::ipc::msgq::{self, QueueStat};
use crate::ipc::sem::{self, SetStat};
use crate::ipc::shm::{self, SegmentStat};
use crate::refs::{Kind, ObjectName, Ref, SemName};

/// An object that outlives the process which made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A message queue.
    Queue(QueueStat),
    /// A semaphore set.
    Set(SetStat),
    /// Shared memory.
    Segment(SegmentStat),
}

impl Object {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Object::Queue(_) => Kind::Msgq,
            Object::Set(_) => Kind::Sem,
            Object::Segment(_) => Kind::Shm,
        }
    }

    /// What it is called.
    pub fn identity(&self) -> &Identity {
        match self {
            Object::Queue(queue) => &queue.identity,
            Object::Set(set) => &set.identity,
            Object::Segment(segment) => &segment.identity,
        }
    }

    /// Whose it is.
    pub fn owner(&self) -> &Owner {
        match self {
            Object::Queue(queue) => &queue.owner,
            Object::Set(set) => &set.owner,
            Object::Segment(segment) => &segment.owner,
        }
    }

    /// The newest of its times, in seconds since the epoch: when it was last used or changed.
    pub fn newest_time(&self) -> Option<i64> {
        match self {
            Object::Queue(queue) => queue.ctime.max(queue.stime).max(queue.rtime),
            Object::Set(set) => set.ctime.max(set.otime),
            Object::Segment(segment) => segment.ctime.max(segment.atime).max(segment.dtime),
        }
    }

    /// Bytes it holds: a queue's messages, shared memory's size; a set has none.
    pub fn size(&self) -> u64 {
        match self {
            Object::Queue(queue) => queue.cbytes,
            Object::Set(_) => 0,
            Object::Segment(segment) => segment.segsz,
        }
    }

    /// A queue without a message, a segment without an attachment; a set is never empty.
    pub fn is_empty(&self) -> bool {
        match self {
            Object::Queue(queue) => queue.qnum == 0,
            Object::Set(_) => false,
            Object::Segment(segment) => segment.nattch == 0,
        }
    }

    /// Removed already, and there until its last user lets go.
    pub fn is_deleted(&self) -> bool {
        matches!(self, Object::Segment(segment) if segment.dest)
    }

    /// The reference that names this very object.
    pub fn reference(&self) -> Ref {
        reference(self.kind(), self.identity())
    }
}

/// The reference that names the object of `kind` with this identity: by identifier, since a key may be given away again.
pub fn reference(kind: Kind, identity: &Identity) -> Ref {
    let name = match identity {
        Identity::Sysv { id, .. } => ObjectName::Sysv(Identity::sysv_name(*id)),
        Identity::Posix(name) => ObjectName::Posix(name.clone()),
    };
    match (kind, name) {
        (Kind::Msgq, name) => Ref::Msgq(name),
        (Kind::Sem, ObjectName::Sysv(name)) => Ref::Sem(SemName::Sysv(name)),
        (Kind::Sem, ObjectName::Posix(name)) => Ref::Sem(SemName::Posix(name)),
        (_, name) => Ref::Shm(name),
    }
}

/// All objects of `kind` (msgq, sem or shm); with `resident`, segments also tell where their pages are.
pub fn list(kind: Kind, resident: bool) -> Result<Listing<Object>, Fault> {
    match kind {
        Kind::Msgq => Ok(msgq::list()?.map(Object::Queue)),
        Kind::Sem => Ok(sem::list()?.map(Object::Set)),
        Kind::Shm if resident => Ok(shm::list_with_resident()?.map(Object::Segment)),
        Kind::Shm => Ok(shm::list()?.map(Object::Segment)),
        _ => Err(Fault::usage(format!("{kind} has no list of IPC objects"))),
    }
}

/// The facts of the one object that `reference` names. Status 3 if there is none.
///
/// # Errors
/// A usage fault for kinds that do not stand in this list.
pub fn look(reference: &Ref) -> Result<Object, Fault> {
    match reference {
        Ref::Msgq(ObjectName::Sysv(name)) => msgq::stat(msgq::find(name)?).map(Object::Queue),
        Ref::Sem(SemName::Sysv(name)) => sem::stat(sem::find(name)?).map(Object::Set),
        Ref::Shm(ObjectName::Sysv(name)) => shm::stat(shm::find(name)?).map(Object::Segment),
        _ => Err(Fault::usage(format!("{reference} cannot be looked at by this command"))),
    }
}
