//! Objects of several kinds in one list.

use crate::fault::Fault;
use crate::ipc::identity::{FileId, Identity, Listing, Owner};
use crate::ipc::msgq::{self, QueueStat};
use crate::ipc::sem::{self, Place, SetStat};
use crate::ipc::shm::{self, SegmentStat};
use crate::ipc::slots::Slots;
use crate::ipc::sysv::private;
use crate::refs::{Kind, ObjectName, Ref, SemName, SysvName};

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

    /// A queue without a message, a segment without an attachment, a POSIX object of no bytes; a set is never empty.
    pub fn is_empty(&self) -> bool {
        match self {
            // Of a POSIX queue that may not be looked at nobody knows.
            Object::Queue(queue) => queue.qnum == 0 && (queue.file.is_none() || queue.geometry.is_some()),
            Object::Set(_) => false,
            Object::Segment(segment) if segment.file.is_some() => segment.segsz == 0,
            Object::Segment(segment) => segment.nattch == 0,
        }
    }

    /// Removed already, and there until its last user lets go.
    pub fn is_deleted(&self) -> bool {
        matches!(self, Object::Segment(segment) if segment.dest)
    }

    /// The file that it is, of a POSIX object.
    pub fn file(&self) -> Option<FileId> {
        match self {
            Object::Queue(queue) => queue.file,
            Object::Set(set) => set.file,
            Object::Segment(segment) => segment.file,
        }
    }

    /// The reference that names this very object.
    pub fn reference(&self) -> Ref {
        reference(self.kind(), self.identity())
    }
}

/// The reference that names the object of `kind` with this identity: by identifier, since a key may be given away again.
pub fn reference(kind: Kind, identity: &Identity) -> Ref {
    let name = match identity {
        Identity::InMemory { memory, offset } => {
            return Ref::Sem(SemName::InMemory { memory: memory.clone(), offset: *offset });
        }
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
///
/// What cannot be looked at is among its faults; `flavours` leaves the other one alone.
pub fn list(kind: Kind, resident: bool, flavours: Flavours) -> Result<Listing<Object>, Fault> {
    Listing::collect(|row| each(kind, resident, flavours, row))
}

/// As [`list`], one at a time: there may be more than should be held in memory.
pub fn each(
    kind: Kind,
    resident: bool,
    flavours: Flavours,
    row: &mut dyn FnMut(Object),
) -> Result<Vec<Fault>, Fault> {
    let mut faults = if flavours.sysv { sysv(kind, resident, row)? } else { Vec::new() };
    if flavours.posix {
        match posix(kind) {
            Ok(listing) => {
                listing.rows.into_iter().for_each(row);
                faults.extend(listing.faults);
            }
            Err(fault) => faults.push(fault),
        }
    }
    Ok(faults)
}

/// Which flavours are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flavours {
    /// System V.
    pub sysv: bool,
    /// POSIX.
    pub posix: bool,
}

impl Flavours {
    /// Both.
    pub const BOTH: Flavours = Flavours { sysv: true, posix: true };
}

fn posix(kind: Kind) -> Result<Listing<Object>, Fault> {
    match kind {
        Kind::Msgq => Ok(msgq::mqueue::list()?.map(Object::Queue)),
        Kind::Sem => Ok(sem::posix::list()?.map(Object::Set)),
        _ => Ok(shm::posix::list()?.map(Object::Segment)),
    }
}

fn sysv(kind: Kind, resident: bool, row: &mut dyn FnMut(Object)) -> Result<Vec<Fault>, Fault> {
    if !Kind::MIXED.contains(&kind) {
        return Err(Fault::usage(format!("{kind} has no list of IPC objects")));
    }
    let slots = Slots::new(kind, resident);
    let seen = slots.each(slots.all(), row);
    slots.rest(seen, row)
}

/// As [`look`], without where a segment's pages are: for many objects, one after the other.
///
/// # Errors
/// As [`look`].
pub fn glance(reference: &Ref) -> Result<Object, Fault> {
    match reference {
        Ref::Shm(ObjectName::Sysv(name)) => shm::stat(shm::find(name)?).map(Object::Segment),
        _ => look(reference),
    }
}

/// The facts of the one object that `reference` names. Status 3 if there is none.
///
/// # Errors
/// A usage fault for kinds that do not stand in this list.
pub fn look(reference: &Ref) -> Result<Object, Fault> {
    match reference {
        Ref::Msgq(ObjectName::Posix(name)) => msgq::mqueue::stat(name).map(Object::Queue),
        Ref::Sem(SemName::Posix(name)) => sem::posix::stat(name).map(Object::Set),
        Ref::Sem(SemName::InMemory { memory, offset }) => Place::new(memory, *offset).stat().map(Object::Set),
        Ref::Shm(ObjectName::Posix(name)) => shm::posix::stat(name).map(Object::Segment),
        Ref::Msgq(ObjectName::Sysv(name)) => msgq::stat(msgq::find(name)?).map(Object::Queue),
        Ref::Sem(SemName::Sysv(name)) => sem::stat(sem::find(name)?).map(Object::Set),
        Ref::Shm(ObjectName::Sysv(name)) => shm::stat_with_resident(shm::find(name)?).map(Object::Segment),
        _ => Err(Fault::usage(format!("{reference} cannot be looked at by this command"))),
    }
}

/// Whether `reference` can name an object that is there, as far as its text tells.
///
/// # Errors
/// The usage fault of `private`.
pub fn can_exist(reference: &Ref) -> Result<(), Fault> {
    match reference {
        Ref::Msgq(ObjectName::Sysv(SysvName::Private))
        | Ref::Sem(SemName::Sysv(SysvName::Private))
        | Ref::Shm(ObjectName::Sysv(SysvName::Private)) => Err(private(reference.kind())),
        _ => Ok(()),
    }
}
