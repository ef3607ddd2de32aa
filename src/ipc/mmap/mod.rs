//! Memory that is mapped: files, and what processes have mapped (mmap(2), proc_pid_maps(5)).
//!
//! [`open`] gives the bytes of a file or of a process as [`Memory`], [`create`] makes a file to map, [`sealed()`] one
//! without a name, [`survey`] tells what is mapped where, and by whom.

mod file;
mod region;
mod sealed;
pub mod survey;

pub use file::{create, descriptor};
pub use sealed::sealed;

use crate::fault::Fault;
use crate::ipc::memory::{Access, Memory};
use crate::refs::MappingName;

/// The bytes that `name` names. Of an address alone: up to the mapping's end, or `length` bytes.
///
/// # Errors
/// Status 3 if there is no such file, process or mapping, 4 if we may not, 1 if it is no regular file.
pub fn open(name: &MappingName, access: Access, length: Option<u64>) -> Result<Memory, Fault> {
    match name {
        MappingName::File(path) => file::open(path, access),
        MappingName::At { process, start, end } => region::open(name, *process, *start, *end, length),
    }
}
