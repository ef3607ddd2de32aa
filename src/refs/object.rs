//! How objects of the two flavours are named: System V and POSIX.

use std::path::PathBuf;

use super::{Key, PosixName};

/// How a System V object was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SysvName {
    /// By its identifier, 0 or more.
    Id(i32),
    /// By its key, never 0: that is [`SysvName::Private`].
    Key(Key),
    /// By what `ftok(path, proj)` gives.
    Ftok {
        /// The file that must exist.
        path: PathBuf,
        /// The project byte.
        proj: u8,
    },
    /// `private`: IPC_PRIVATE, only where an object is created.
    Private,
}

/// A message queue or shared memory, of either flavour: the spelling decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectName {
    /// System V.
    Sysv(SysvName),
    /// POSIX.
    Posix(PosixName),
}

/// Shared memory of any sort, as `in:REF+OFFSET` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoryName {
    /// A System V segment.
    Sysv(SysvName),
    /// A POSIX shared memory object.
    Posix(PosixName),
    /// A file that can be mapped.
    File(PathBuf),
}

/// A semaphore set or semaphore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SemName {
    /// A System V set.
    Sysv(SysvName),
    /// A POSIX named semaphore.
    Posix(PosixName),
    /// A POSIX unnamed semaphore: `in:REF+OFFSET`, the offset in bytes.
    InMemory {
        /// Where it lies.
        memory: MemoryName,
        /// Bytes from the start of that memory.
        offset: u64,
    },
}

impl From<ObjectName> for SemName {
    fn from(name: ObjectName) -> SemName {
        match name {
            ObjectName::Sysv(name) => SemName::Sysv(name),
            ObjectName::Posix(name) => SemName::Posix(name),
        }
    }
}

impl From<ObjectName> for MemoryName {
    fn from(name: ObjectName) -> MemoryName {
        match name {
            ObjectName::Sysv(name) => MemoryName::Sysv(name),
            ObjectName::Posix(name) => MemoryName::Posix(name),
        }
    }
}
