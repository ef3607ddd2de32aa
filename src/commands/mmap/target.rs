//! The mapped file or mapping that a verb names.

use std::ffi::{OsStr, OsString};

use crate::fault::Fault;
use crate::ipc::memory::{Access, Memory};
use crate::ipc::mmap;
use crate::refs::{self, Kind, MappingName, Ref, RefError};

/// The reference that a verb takes.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Target {
    /// The file, PID:ADDRESS or PID:START-END
    #[arg(value_name = "REF")]
    memory: OsString,
}

impl Target {
    /// What it names.
    ///
    /// # Errors
    /// A usage fault.
    pub fn name(&self) -> Result<MappingName, Fault> {
        name(&self.memory)
    }
}

/// Reads REF of `mmap VERB REF`.
///
/// # Errors
/// A usage fault: it is neither a path nor an address in a process.
pub fn name(word: &OsStr) -> Result<MappingName, Fault> {
    match refs::parse(word, Some(Kind::Mmap))? {
        Ref::Mmap(name) => Ok(name),
        other => Err(RefError::differs(word, other.kind(), Kind::Mmap).into()),
    }
}

/// Opens what REF names, and tells how it is called in errors. `length` reaches beyond a mapping's end.
///
/// # Errors
/// As [`mmap::open`].
pub fn open(name: &MappingName, access: Access, length: Option<u64>) -> Result<(Memory, String), Fault> {
    Ok((mmap::open(name, access, length)?, Ref::Mmap(name.clone()).to_string()))
}
