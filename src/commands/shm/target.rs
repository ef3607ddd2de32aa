//! The one piece of shared memory that a verb names.

use std::ffi::{OsStr, OsString};

use crate::fault::Fault;
use crate::ipc::memory::{Access, Memory};
use crate::ipc::shm;
use crate::refs::{self, Kind, ObjectName, Ref, RefError, SysvName};

/// The reference that a verb takes.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Target {
    /// The shared memory
    #[arg(value_name = "REF")]
    memory: OsString,
}

impl Target {
    /// What it names.
    ///
    /// # Errors
    /// A usage fault.
    pub fn name(&self) -> Result<ObjectName, Fault> {
        name(&self.memory)
    }
}

/// Reads REF of `shm VERB REF`.
///
/// # Errors
/// A usage fault: it is no reference to shared memory.
pub fn name(word: &OsStr) -> Result<ObjectName, Fault> {
    match refs::parse(word, Some(Kind::Shm))? {
        Ref::Shm(name) => Ok(name),
        other => Err(RefError::differs(word, other.kind(), Kind::Shm).into()),
    }
}

/// The System V name, for what POSIX objects do not have.
///
/// # Errors
/// A usage fault for a POSIX name: `cannot` says what is not there.
pub fn sysv(name: ObjectName, cannot: &str) -> Result<SysvName, Fault> {
    match name {
        ObjectName::Sysv(name) => Ok(name),
        ObjectName::Posix(_) => Err(Fault::usage(format!("POSIX shared memory {cannot}"))),
    }
}

/// Opens what REF names, and tells how it is called in errors.
///
/// # Errors
/// As [`shm::open`].
pub fn open(name: &ObjectName, access: Access) -> Result<(Memory, String), Fault> {
    let called = Ref::Shm(name.clone()).to_string();
    match name {
        ObjectName::Sysv(name) => Ok((shm::open(name, access)?, called)),
        ObjectName::Posix(name) => Ok((shm::posix::open(name, access)?, called)),
    }
}
