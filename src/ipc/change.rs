//! Changing owner, mode and size of an object (IPC_SET).

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::sys::stat::{FchmodatFlags, Mode, fchmodat};
use nix::unistd::{Gid, Uid, chown};

use crate::fault::Fault;
use crate::ipc::dev_shm;
use crate::ipc::identity::Identity;
use crate::ipc::msgq::mqueue;
use crate::ipc::namespace::{inner_gid, inner_uid, own_uid};
use crate::ipc::object::{Object, glance};
use crate::ipc::sem::posix;
use crate::refs::{ObjectName, Ref, SemName};
use crate::status::Status;
use crate::sys::sysv::IpcPerm;
use crate::sys::sysv::msg::{self, MsqId, msg_set};
use crate::sys::sysv::sem::{self, SemId, sem_set};
use crate::sys::sysv::shm::{self, ShmId, shm_set};

/// What shall be different; None stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Permission bits.
    pub mode: Option<u32>,
    /// Owner's uid.
    pub uid: Option<u32>,
    /// Owning group's gid.
    pub gid: Option<u32>,
    /// Bytes that a queue may hold.
    pub max_bytes: Option<u64>,
}

impl Changes {
    fn apply(&self, perm: &mut IpcPerm) -> Result<(), Errno> {
        perm.mode = self.mode.unwrap_or(perm.mode & 0o777);
        perm.uid = self.inner_uid()?.unwrap_or(perm.uid);
        perm.gid = self.inner_gid()?.unwrap_or(perm.gid);
        Ok(())
    }

    /// The new owner as the kernel knows it now. EINVAL, as from the kernel itself: it has no number in our namespace.
    fn inner_uid(&self) -> Result<Option<u32>, Errno> {
        self.uid.map(|uid| inner_uid(uid).ok_or(Errno::EINVAL)).transpose()
    }

    fn inner_gid(&self) -> Result<Option<u32>, Errno> {
        self.gid.map(|gid| inner_gid(gid).ok_or(Errno::EINVAL)).transpose()
    }
}

/// Whether such an object can be changed so, as far as its reference tells: to be asked of all of them before the first one
/// is changed.
///
/// # Errors
/// A usage fault.
pub fn can_change(named: &Ref, changes: &Changes) -> Result<(), Fault> {
    let why = match named {
        Ref::Sem(SemName::InMemory { .. }) => "a semaphore in memory has the mode of its memory",
        Ref::Msgq(ObjectName::Posix(_)) if changes.max_bytes.is_some() => {
            "a POSIX queue keeps its geometry for life"
        }
        Ref::Sem(_) | Ref::Shm(_) if changes.max_bytes.is_some() => "only a message queue has --max-bytes",
        Ref::Msgq(_) | Ref::Sem(_) | Ref::Shm(_) => return Ok(()),
        _ => "only message queues, semaphores and shared memory are changed here",
    };
    Err(Fault::usage(format!("cannot change {named}: {why}")))
}

/// Makes the changes. What is kept comes from `*_STAT_ANY`, so that an owner can mend an object whose mode forbids to look.
///
/// # Errors
/// Status 4 if it is not ours, or a queue shall hold more than msgmnb; 3 if it has gone; as [`can_change`].
pub fn change(object: &Object, changes: &Changes) -> Result<(), Fault> {
    let reference = object.reference();
    can_change(&reference, changes)?;
    let what = format!("change {reference}");
    let changed = match (object, object.identity()) {
        // Refused above.
        (_, Identity::InMemory { .. }) => Err(Errno::EINVAL),
        (Object::Queue(_), Identity::Posix(name)) => mqueue::file(name).and_then(|fd| file(&fd, changes)),
        (Object::Set(_), Identity::Posix(name)) => {
            posix::file(name).and_then(|file| in_dev_shm(&file, changes))
        }
        (Object::Segment(_), Identity::Posix(name)) => in_dev_shm(name.as_bytes(), changes),
        (Object::Queue(_), Identity::Sysv { id, .. }) => queue(MsqId(*id), changes),
        (Object::Set(_), Identity::Sysv { id, .. }) => set(SemId(*id), changes),
        (Object::Segment(_), Identity::Sysv { id, .. }) => segment(ShmId(*id), changes),
    };
    changed.map_err(|errno| refused(&what, object, changes, errno))
}

/// A file in `/dev/shm`, through a descriptor that needs no permission on it.
fn in_dev_shm(name: &[u8], changes: &Changes) -> Result<(), Errno> {
    file(&dev_shm::open(name, OFlag::O_PATH)?, changes)
}

/// The mode first: a new owner's file is not ours to change.
fn file(fd: &OwnedFd, changes: &Changes) -> Result<(), Errno> {
    let path = dev_shm::reach(fd);
    let (uid, gid) = (changes.inner_uid()?.map(Uid::from_raw), changes.inner_gid()?.map(Gid::from_raw));
    if let Some(mode) = changes.mode {
        fchmodat(AT_FDCWD, &path, Mode::from_bits_truncate(mode), FchmodatFlags::FollowSymlink)?;
    }
    if uid.is_none() && gid.is_none() { Ok(()) } else { chown(&path, uid, gid) }
}

fn queue(id: MsqId, changes: &Changes) -> Result<(), Errno> {
    let mut ds = match msg::msg_stat_any(id.0) {
        Ok((found, ds)) if found == id => ds,
        _ => msg::msg_stat(id)?,
    };
    changes.apply(&mut ds.perm)?;
    ds.qbytes = changes.max_bytes.unwrap_or(ds.qbytes);
    msg_set(id, &ds)
}

fn set(id: SemId, changes: &Changes) -> Result<(), Errno> {
    let mut ds = match sem::sem_stat_any(id.0) {
        Ok((found, ds)) if found == id => ds,
        _ => sem::sem_stat(id)?,
    };
    changes.apply(&mut ds.perm)?;
    sem_set(id, &ds)
}

fn segment(id: ShmId, changes: &Changes) -> Result<(), Errno> {
    let mut ds = match shm::shm_stat_any(id.0) {
        Ok((found, ds)) if found == id => ds,
        _ => shm::shm_stat(id)?,
    };
    changes.apply(&mut ds.perm)?;
    shm_set(id, &ds)
}

/// Why the kernel refuses (msgctl(2), IPC_SET): it is another's, or the queue would be larger than users may make it.
fn refused(what: &str, object: &Object, changes: &Changes, errno: Errno) -> Fault {
    let owner = object.owner();
    let me = own_uid();
    let ours = me == 0 || me == owner.uid || owner.creator.is_some_and(|(uid, _)| uid == me);
    match errno {
        Errno::EINVAL if glance(&object.reference()).is_ok() => {
            Fault::os_because(what, "the user or group has no number in this user namespace", errno)
        }
        Errno::EINVAL | Errno::EIDRM | Errno::ENOENT | Errno::EMEDIUMTYPE => {
            Fault::os_because(what, "it has gone", errno).status(Status::NOT_FOUND)
        }
        Errno::EPERM if ours && changes.max_bytes.is_some() => {
            let msgmnb = msg::msg_info().map_or(0, |(_, info)| info.msgmnb);
            Fault::os_because(
                what,
                format!("more than msgmnb, {msgmnb} bytes, needs CAP_SYS_RESOURCE"),
                errno,
            )
            .hint(format!("ipctool limits set msgmnb {}", changes.max_bytes.unwrap_or(0)))
        }
        Errno::EPERM | Errno::EACCES => {
            let cause = format!("it is uid {}'s, mode {:04o}", owner.uid, owner.mode);
            Fault::os_because(what, cause, errno).hint("only its owner, its creator and root may change it")
        }
        _ => Fault::os(what, errno),
    }
}
