//! What every listed object has: an identity, an owner, times; and the list they come in.

use nix::sys::stat::FileStat;

use crate::fault::Fault;
use crate::ipc::namespace::{outer_gid, outer_uid};
use crate::proc::sysvipc::Owned;
use crate::refs::{Key, MemoryName, PosixName, SysvName};
use crate::sys::sysv::IpcPerm;

/// What one object is called, as the kernel knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A System V object.
    Sysv {
        /// The identifier.
        id: i32,
        /// The key; 0 is IPC_PRIVATE, or an object that was removed and is still in use.
        key: Key,
    },
    /// A POSIX object.
    Posix(PosixName),
    /// A POSIX semaphore without a name of its own, at `offset` bytes in shared memory.
    InMemory {
        /// The memory.
        memory: MemoryName,
        /// Where in it.
        offset: u64,
    },
}

/// The file that a POSIX object is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    /// Device, as stat(2) has it.
    pub device: u64,
    /// Inode.
    pub inode: u64,
}

impl From<&FileStat> for FileId {
    fn from(stat: &FileStat) -> FileId {
        FileId { device: stat.st_dev, inode: stat.st_ino }
    }
}

impl Identity {
    /// The System V identifier, if it has one.
    pub fn id(&self) -> Option<i32> {
        match self {
            Identity::Sysv { id, .. } => Some(*id),
            Identity::Posix(_) | Identity::InMemory { .. } => None,
        }
    }

    /// The System V key, if it has one.
    pub fn key(&self) -> Option<Key> {
        match self {
            Identity::Sysv { key, .. } => Some(*key),
            Identity::Posix(_) | Identity::InMemory { .. } => None,
        }
    }

    /// The POSIX name, if it has one.
    pub fn name(&self) -> Option<&PosixName> {
        match self {
            Identity::Sysv { .. } | Identity::InMemory { .. } => None,
            Identity::Posix(name) => Some(name),
        }
    }

    /// The reference that names this very object: by identifier, since a key may be given away again.
    pub fn sysv_name(id: i32) -> SysvName {
        SysvName::Id(id)
    }
}

/// Whose an object is and who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owner {
    /// Owner's user.
    pub uid: u32,
    /// Owner's group.
    pub gid: u32,
    /// Creator's user and group; POSIX objects do not record them.
    pub creator: Option<(u32, u32)>,
    /// Permission bits alone, 0 to 0777.
    pub mode: u32,
}

impl Owner {
    /// From the kernel's uid, gid, cuid, cgid and mode; the ids become those of our own user namespace.
    fn of([uid, gid, cuid, cgid]: [u32; 4], mode: u32) -> Owner {
        Owner {
            uid: outer_uid(uid),
            gid: outer_gid(gid),
            creator: Some((outer_uid(cuid), outer_gid(cgid))),
            mode: mode & 0o777,
        }
    }
}

impl From<&IpcPerm> for Owner {
    fn from(perm: &IpcPerm) -> Owner {
        Owner::of([perm.uid, perm.gid, perm.cuid, perm.cgid], perm.mode)
    }
}

impl From<&Owned> for Owner {
    fn from(perm: &Owned) -> Owner {
        Owner::of([perm.uid, perm.gid, perm.cuid, perm.cgid], perm.mode)
    }
}

/// The objects that were found, and what could not be looked at.
#[derive(Debug)]
pub struct Listing<T> {
    /// The objects.
    pub rows: Vec<T>,
    /// What was in the way: a line that does not parse, a directory that cannot be read.
    pub faults: Vec<Fault>,
}

impl<T> Listing<T> {
    /// What `each` hands on, as one list.
    ///
    /// # Errors
    /// As `each`.
    pub fn collect(
        each: impl FnOnce(&mut dyn FnMut(T)) -> Result<Vec<Fault>, Fault>,
    ) -> Result<Listing<T>, Fault> {
        let mut rows = Vec::new();
        let faults = each(&mut |row| rows.push(row))?;
        Ok(Listing { rows, faults })
    }

    /// The same list with each row turned into something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U> {
        Listing { rows: self.rows.into_iter().map(change).collect(), faults: self.faults }
    }
}

impl<T> From<Vec<T>> for Listing<T> {
    fn from(rows: Vec<T>) -> Listing<T> {
        Listing { rows, faults: Vec::new() }
    }
}

/// A kernel time: 0 means it never happened.
pub fn happened(seconds: i64) -> Option<i64> {
    (seconds != 0).then_some(seconds)
}

/// A kernel PID: 0 means none, or one outside our PID namespace.
pub fn recorded(pid: i32) -> Option<i32> {
    (pid != 0).then_some(pid)
}
